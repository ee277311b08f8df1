/* kernel/book/sum.c: figures of groups of deals, and the deals behind them. */
#include "kernel/book/pass.h"

/* ---- what all passes need ---- */

bool cox_book_has_id(const int64_t *ids, size_t count, int64_t id)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (ids[mid] < id) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low < count && ids[low] == id;
}

size_t cox_book_place_of(const struct cox_book_part *part, int64_t id)
{
    size_t low = 0, high = part->deal_count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (part->id[mid] < id) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

int64_t cox_book_weigh(int64_t amount_minor, int64_t bp)
{
    int64_t whole = amount_minor / 10000 * bp, rest = amount_minor % 10000 * bp;
    int64_t part = rest / 10000, left = rest % 10000;
    int64_t twice = (left < 0 ? -left : left) * 2, sum = whole + part;

    if (twice > 10000 || (twice == 10000 && sum % 2 != 0)) {
        sum += left < 0 ? -1 : 1;
    }
    return sum;
}

enum cox_rc cox_book_check_ask(const struct cox_book *book, const struct cox_book_ask *ask,
    struct cox_err *reterr)
{
    if (book->stage_count >= COX_BOOK_NO_STAGE || book->owner_count >= COX_BOOK_NO_OWNER) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "stage_count", 0,
            "a book has fewer than 65,535 stages and owners");
    }
    for (size_t i = 1; i < ask->scope.extra_count; i++) {
        if (ask->scope.extra_ids[i] < ask->scope.extra_ids[i - 1]) {
            return cox_fail_at(reterr, COX_INVALID, "extra_ids", (int64_t)i + 1, "must ascend");
        }
    }
    return COX_OK;
}

/* ---- groups ---- */

/* The bounds' interval that holds the day, or group_count. */
static size_t interval_of(const struct cox_book_group *group, int32_t day)
{
    size_t low = 0, high = group->group_count + 1;

    while (low < high) { /* first bound behind the day */
        size_t mid = (low + high) / 2;
        if (group->bounds[mid] <= day) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low == 0 || day == COX_BOOK_NO_DAY ? group->group_count : low - 1;
}

static inline size_t mapped(const struct cox_book_group *group, size_t number)
{
    return number >= group->map_count ? group->group_count
           : group->map == NULL       ? number
                                      : group->map[number];
}

static inline size_t group_of(const struct cox_book_group *group, const struct cox_book_part *part,
    size_t deal, const struct cox_book_state *state)
{
    switch (group->by) {
    case COX_BOOK_BY_NOTHING:
        return 0;
    case COX_BOOK_BY_OWNER:
        return mapped(group, state->owner);
    case COX_BOOK_BY_STAGE:
        return mapped(group, state->stage);
    case COX_BOOK_BY_CODE:
        return mapped(group, part->code[deal]);
    case COX_BOOK_BY_CAUSE:
        return mapped(group, part->cause[deal]);
    case COX_BOOK_BY_CLOSE_DAY:
        return interval_of(group, state->close_day);
    case COX_BOOK_BY_CREATED_DAY:
        return interval_of(group, part->created_day[deal]);
    case COX_BOOK_BY_CLOSED_DAY:
        return interval_of(group, state->closed_day);
    }
    return group->group_count;
}

static inline bool add(const struct cox_book *book, const struct cox_book_ask *ask,
    const struct cox_book_state *state, int32_t created_day, struct cox_book_cell *cell)
{
    bool is_open = book->stages[state->stage].kind == COX_BOOK_OPEN;
    bool is_over =
        __builtin_add_overflow(cell->amount_minor, state->amount_minor, &cell->amount_minor);

    cell->count++;
    if ((ask->wants & COX_BOOK_DAYS) != 0 && created_day != COX_BOOK_NO_DAY) {
        bool has_ended = !is_open && state->closed_day != COX_BOOK_NO_DAY;
        cell->days += (int64_t)(has_ended ? state->closed_day : ask->at_day) - created_day;
    }
    if ((ask->wants & COX_BOOK_WEIGHTED) != 0 && is_open) {
        int64_t weighted = cox_book_weigh(state->amount_minor, cox_book_chance(book, state));
        is_over |= __builtin_add_overflow(cell->weighted_minor, weighted, &cell->weighted_minor);
    }
    return !is_over;
}

static bool sum_part(struct cox_book_scan *scan, const struct cox_book_group *rows,
    const struct cox_book_group *columns, struct cox_book_cell *cells)
{
    const struct cox_book *book = scan->book;
    const struct cox_book_ask *ask = scan->ask;
    const struct cox_book_part *part = scan->part;
    bool fits = true, is_settled = cox_book_is_settled(part, ask->at_us);

    for (size_t i; cox_book_scan_next(scan, &i);) {
        struct cox_book_state state;
        size_t row, column;

        cox_book_state_at(part, i, ask->at_us, is_settled, &state);
        if (!cox_book_matches(book, ask, scan->part_at, i, &state)) {
            continue;
        }
        row = group_of(rows, part, i, &state);
        column = group_of(columns, part, i, &state);
        if (row < rows->group_count && column < columns->group_count) {
            fits &= add(book, ask, &state, part->created_day[i],
                &cells[row * columns->group_count + column]);
        }
    }
    return fits;
}

/*
 * ---- the quick way ----
 *
 * Counts and amounts as they are now, by owner, stage, code or nothing, asked with rights by owner and
 * filters by stage and owner only: what a home page asks. Three columns are read; what does not count goes
 * to a cell that nobody reads, so that no branch depends on the data.
 */

enum { QUICK_STAGES = 256 };

static bool is_any(struct cox_book_days days)
{
    return days.from == INT32_MIN && days.to == INT32_MAX;
}

static bool is_quick(const struct cox_book *book, const struct cox_book_ask *ask,
    const struct cox_book_group *rows, const struct cox_book_group *columns)
{
    return ask->at_us == COX_BOOK_NOW && ask->wants == 0 && ask->picked == NULL &&
           ask->scope.extra_count == 0 && book->stage_count <= QUICK_STAGES && is_any(ask->close) &&
           is_any(ask->created) && is_any(ask->closed) && rows->by <= COX_BOOK_BY_CAUSE &&
           columns->by <= COX_BOOK_BY_CAUSE;
}

static const uint16_t *column_of(const struct cox_book_group *group,
    const struct cox_book_part *part)
{
    return group->by == COX_BOOK_BY_OWNER   ? part->owner
           : group->by == COX_BOOK_BY_STAGE ? part->stage
           : group->by == COX_BOOK_BY_CODE  ? part->code
           : group->by == COX_BOOK_BY_CAUSE ? part->cause
                                            : NULL;
}

static inline size_t quick_group(const struct cox_book_group *group, const uint16_t *column,
    size_t at)
{
    return column == NULL ? 0 : mapped(group, column[at]);
}

static inline bool is_of(const uint64_t *owners, size_t owner_count, uint16_t owner)
{
    return owners == NULL || (owner < owner_count && cox_book_bit(owners, owner));
}

/* The owner then is the owner now. */
static inline bool is_visible(const struct cox_book *book, const struct cox_book_scope *scope,
    uint16_t owner)
{
    return (scope->now == NULL && scope->then == NULL) ||
           (scope->now != NULL && is_of(scope->now, book->owner_count, owner)) ||
           (scope->then != NULL && is_of(scope->then, book->owner_count, owner));
}

/* has_owners, is_plain: constants where this is called. is_plain: no map, no dead deals. */
__attribute__((always_inline)) static inline bool sum_quick_part(const struct cox_book *book,
    const struct cox_book_ask *ask, const struct cox_book_part *part, const unsigned char *in,
    const struct cox_book_group *rows, const struct cox_book_group *columns, bool has_owners,
    bool is_plain, struct cox_book_cell *cells)
{
    const uint16_t *row_of = column_of(rows, part), *column_at = column_of(columns, part);
    size_t end = cox_book_slice_end(ask, part->deal_count);
    struct cox_book_cell unread = {0};
    bool is_over = false;

    for (size_t i = cox_book_slice_first(ask, part->deal_count); i < end; i++) {
        uint16_t stage = part->stage[i], owner = has_owners ? part->owner[i] : 0;
        size_t row = is_plain ? (row_of == NULL ? 0 : row_of[i]) : quick_group(rows, row_of, i);
        size_t column =
            is_plain ? (column_at == NULL ? 0 : column_at[i]) : quick_group(columns, column_at, i);
        bool counts = (stage < QUICK_STAGES) & (in[stage % QUICK_STAGES] != 0) &
                      (row < rows->group_count) & (column < columns->group_count);
        struct cox_book_cell *cell;

        if (has_owners) {
            counts = counts && is_visible(book, &ask->scope, owner) &&
                     is_of(ask->owner_in, book->owner_count, owner);
        }
        if (!is_plain) {
            counts = counts && !cox_book_is_dead(part, i);
        }
        cell = counts ? &cells[row * columns->group_count + column] : &unread;
        cell->count++;
        is_over |= counts && __builtin_add_overflow(cell->amount_minor, part->amount_minor[i],
                                 &cell->amount_minor);
    }
    return !is_over;
}

static bool is_plain_group(const struct cox_book_group *group)
{
    return group->by == COX_BOOK_BY_NOTHING ||
           (group->map == NULL && group->map_count >= group->group_count);
}

static bool sum_quick(const struct cox_book *book, size_t part_at, const struct cox_book_ask *ask,
    const struct cox_book_group *rows, const struct cox_book_group *columns,
    struct cox_book_cell *cells)
{
    const struct cox_book_part *part = &book->parts[part_at];
    bool has_owners = ask->owner_in != NULL || ask->scope.now != NULL || ask->scope.then != NULL;
    bool is_plain = is_plain_group(rows) && is_plain_group(columns) && part->dead == NULL;
    unsigned char in[QUICK_STAGES] = {0};

    for (size_t i = 0; i < book->stage_count; i++) {
        in[i] = ask->stage_in == NULL || ask->stage_in[i] != 0;
    }
    if (is_plain) {
        return has_owners ? sum_quick_part(book, ask, part, in, rows, columns, true, true, cells)
                          : sum_quick_part(book, ask, part, in, rows, columns, false, true, cells);
    }
    return sum_quick_part(book, ask, part, in, rows, columns, true, false, cells);
}

enum cox_rc cox_book_sum(const struct cox_book *book, const struct cox_book_ask *ask,
    const struct cox_book_group *rows, const struct cox_book_group *columns,
    struct cox_book_cell *ret_cells, struct cox_err *reterr)
{
    bool fits = true;

    COX_TRY(cox_book_check_ask(book, ask, reterr));
    for (size_t p = 0; p < book->part_count; p++) {
        struct cox_book_scan scan;
        if (!cox_book_may_answer(book, &book->parts[p], ask)) {
            continue;
        }
        cox_book_scan_begin(&scan, book, ask, p);
        fits &= scan.plan == COX_BOOK_BY_ALL && is_quick(book, ask, rows, columns)
                    ? sum_quick(book, p, ask, rows, columns, ret_cells)
                    : sum_part(&scan, rows, columns, ret_cells);
    }
    return fits ? COX_OK
                : cox_fail_at(reterr, COX_TOO_LARGE, "amount_minor", 0, "the sum is too large");
}

/* ---- single deals ---- */

/* What the events until then tell beyond the state. */
static void read_past(const struct cox_book_part *part, size_t deal, int64_t at_us,
    struct cox_book_deal *ret_deal)
{
    int32_t close_day = COX_BOOK_NO_DAY;

    for (size_t e = cox_book_first_event(part, deal); e < part->event_end[deal]; e++) {
        int64_t us = cox_book_event_us(part, e), value = cox_book_word_value(part->word[e]);
        enum cox_book_kind kind = cox_book_word_kind(part->word[e]);
        if (us > at_us) {
            return;
        }
        if (kind == COX_BOOK_STAGE) {
            ret_deal->stage_at_us = us;
        } else if (kind == COX_BOOK_CLOSE_DAY) {
            ret_deal->push_count +=
                close_day != COX_BOOK_NO_DAY && value != COX_BOOK_NO_DAY && value > close_day;
            close_day = (int32_t)value;
        }
    }
}

uint32_t cox_book_pushes(const struct cox_book *book, size_t part, size_t at, int64_t at_us)
{
    struct cox_book_deal deal = {0};

    read_past(&book->parts[part], at, at_us, &deal);
    return deal.push_count;
}

static enum cox_rc tell_part(const struct cox_book *book, size_t part_at,
    const struct cox_book_ask *ask, cox_book_deal_fn fn, void *ctx, struct cox_err *reterr)
{
    const struct cox_book_part *part = &book->parts[part_at];
    bool is_settled = cox_book_is_settled(part, ask->at_us);
    struct cox_book_scan scan;

    cox_book_scan_begin(&scan, book, ask, part_at);
    for (size_t i; cox_book_scan_next(&scan, &i);) {
        struct cox_book_state state;
        cox_book_state_at(part, i, ask->at_us, is_settled, &state);
        if (!cox_book_matches(book, ask, part_at, i, &state)) {
            continue;
        }
        struct cox_book_deal deal = {.id = part->id[i],
            .state = state,
            .created_day = part->created_day[i],
            .part = part_at,
            .at = i};
        if ((ask->wants & COX_BOOK_NO_PAST) == 0) {
            read_past(part, i, ask->at_us, &deal);
        }
        COX_TRY(fn(ctx, &deal, reterr));
    }
    return COX_OK;
}

enum cox_rc cox_book_each(const struct cox_book *book, const struct cox_book_ask *ask,
    cox_book_deal_fn fn, void *ctx, struct cox_err *reterr)
{
    COX_TRY(cox_book_check_ask(book, ask, reterr));
    for (size_t p = 0; p < book->part_count; p++) {
        if (cox_book_may_answer(book, &book->parts[p], ask)) {
            COX_TRY(tell_part(book, p, ask, fn, ctx, reterr));
        }
    }
    return COX_OK;
}
