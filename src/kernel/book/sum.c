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
    int32_t until =
        !is_open && state->closed_day != COX_BOOK_NO_DAY ? state->closed_day : ask->at_day;
    bool is_over =
        __builtin_add_overflow(cell->amount_minor, state->amount_minor, &cell->amount_minor);

    cell->count++;
    cell->days += created_day == COX_BOOK_NO_DAY ? 0 : (int64_t)until - created_day;
    if (is_open) {
        int64_t weighted = cox_book_weigh(state->amount_minor, cox_book_chance(book, state));
        is_over |= __builtin_add_overflow(cell->weighted_minor, weighted, &cell->weighted_minor);
    }
    return !is_over;
}

/* is_now is a constant where this is called, so that each way becomes a loop of its own. */
__attribute__((always_inline)) static inline bool sum_part(const struct cox_book *book,
    size_t part_at, const struct cox_book_ask *ask, const struct cox_book_group *rows,
    const struct cox_book_group *columns, bool is_now, struct cox_book_cell *cells)
{
    const struct cox_book_part *part = &book->parts[part_at];
    bool fits = true;

    for (size_t i = 0; i < part->deal_count; i++) {
        struct cox_book_state state;
        size_t row, column;

        if (is_now) {
            state = cox_book_now(part, i);
        } else {
            (void)cox_book_replay(part, i, ask->at_us, &state);
        }
        if (!cox_book_matches(book, ask, part_at, i, &state) || cox_book_is_dead(part, i)) {
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

enum cox_rc cox_book_sum(const struct cox_book *book, const struct cox_book_ask *ask,
    const struct cox_book_group *rows, const struct cox_book_group *columns,
    struct cox_book_cell *ret_cells, struct cox_err *reterr)
{
    bool fits = true;

    COX_TRY(cox_book_check_ask(book, ask, reterr));
    for (size_t p = 0; p < book->part_count; p++) {
        fits &= ask->at_us == COX_BOOK_NOW
                    ? sum_part(book, p, ask, rows, columns, true, ret_cells)
                    : sum_part(book, p, ask, rows, columns, false, ret_cells);
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

enum cox_rc cox_book_each(const struct cox_book *book, const struct cox_book_ask *ask,
    cox_book_deal_fn fn, void *ctx, struct cox_err *reterr)
{
    COX_TRY(cox_book_check_ask(book, ask, reterr));
    for (size_t p = 0; p < book->part_count; p++) {
        const struct cox_book_part *part = &book->parts[p];
        for (size_t i = 0; i < part->deal_count; i++) {
            struct cox_book_deal deal = {.id = part->id[i], .part = p, .at = i};
            if (ask->at_us == COX_BOOK_NOW) {
                deal.state = cox_book_now(part, i);
            } else {
                (void)cox_book_replay(part, i, ask->at_us, &deal.state);
            }
            if (cox_book_is_dead(part, i) || !cox_book_matches(book, ask, p, i, &deal.state)) {
                continue;
            }
            deal.created_day = part->created_day[i];
            read_past(part, i, ask->at_us, &deal);
            COX_TRY(fn(ctx, &deal, reterr));
        }
    }
    return COX_OK;
}
