/* manager/moves.c: what became of the open pipeline since an instant. */
#include "manager/moves.h"

#include <stdlib.h>

#include "base/map.h"
#include "org/currency.h"
#include "sales/book.h"
#include "sales/deals.h"

enum move {
    OPENING,
    NEW,
    CAME_IN,
    PULLED_IN,
    RAISED,
    LOWERED,
    MOVED_OUT,
    WON,
    LOST,
    CLOSING,
    LATER,
    MOVE_COUNT, /* also: nothing moved */
};

static const struct {
    const char *key, *label;
} names[MOVE_COUNT] = {
    [OPENING] = {"opening", "Open then"},
    [NEW] = {"new", "New"},
    [CAME_IN] = {"came_in", "Came in (reopened, imported)"},
    [PULLED_IN] = {"pulled_in", "Pulled into the period"},
    [RAISED] = {"raised", "Raised"},
    [LOWERED] = {"lowered", "Lowered"},
    [MOVED_OUT] = {"moved_out", "Moved out of the period"},
    [WON] = {"won", "Won"},
    [LOST] = {"lost", "Lost"},
    [CLOSING] = {"closing", "Open now"},
    [LATER] = {"later", "Of these, expected later than then"},
};

/* What a deal was at the instant. */
struct then {
    bool was_open;
    int64_t amount_minor, close_day;
};

/* A step of one deal, and its money in the sums. */
struct step {
    enum move move;
    int64_t amount_minor;
};

struct moves {
    struct cox_brief *brief;
    int64_t then_day;
    struct then *then; /* by position in the brief's deals */
};

/* ---- then ---- */

/*
 * deals-then: what deals were at an instant that have been changed since. Deals that the actor does not
 * see now are dropped in C, so this needs no scope of its own. $1 instant, $2 seq. The second asks for
 * one deal, $3: quicker while few were changed.
 */
#define DEALS_THEN                                                                                 \
    "SELECT \"id\", \"amount\", \"currency\", \"close_day\" FROM \"opportunity_past\" "            \
    "WHERE \"from_us\" <= $1 AND \"to_us\" > $1 AND \"rev\" <= $2 AND \"seq_to\" > $2 "            \
    "AND \"closed_day\" IS NULL"
static const char then_sql[] = DEALS_THEN;
static const char deal_then_sql[] = DEALS_THEN " AND \"id\" = $3";

enum { FEW_CHANGED = 5000 };

static enum cox_rc then_amount(const struct moves *moves, struct cox_stmt *stmt, int64_t *ret_minor,
    struct cox_err *reterr)
{
    struct cox_text currency = cox_stmt_text(stmt, 2), own = moves->brief->currency;
    int64_t amount = cox_stmt_int(stmt, 1), close_day = cox_stmt_int(stmt, 3);
    bool is_known;

    if (amount == COX_NULL || currency.size == 0 || cox_text_same(currency, own)) {
        *ret_minor = amount == COX_NULL ? 0 : amount;
        return COX_OK;
    }
    currency = cox_arena_text(cox_call_arena(moves->brief->call), currency);
    return cox_currency_convert(moves->brief->call, amount, currency, own,
        close_day == COX_NULL ? moves->then_day : close_day, COX_RATE_PLAN, ret_minor, &is_known,
        reterr); /* without a rate 0, as today's sums have it */
}

static enum cox_rc note_then(struct moves *moves, struct cox_stmt *stmt, struct cox_err *reterr)
{
    const struct cox_deals *deals = moves->brief->deals;
    struct then *then;
    uint64_t at;

    if (!cox_imap_find(deals->by_id, cox_stmt_int(stmt, 0), &at)) {
        return COX_OK;
    }
    then = &moves->then[at];
    then->was_open = true;
    then->close_day = cox_stmt_int(stmt, 3);
    return then_amount(moves, stmt, &then->amount_minor, reterr);
}

/* id 0: all that were changed. */
static enum cox_rc look_back_at(struct moves *moves, int64_t id, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(moves->brief->call),
        cox_text_of(id == 0 ? then_sql : deal_then_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, moves->brief->since_us);
    cox_stmt_bind_int(stmt, 2, cox_call_as_of(moves->brief->call).seq);
    if (id != 0) {
        cox_stmt_bind_int(stmt, 3, id);
    }
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        COX_TRY(note_then(moves, stmt, reterr));
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

/* ---- then, of the book ---- */

static enum cox_rc note_state_then(void *ctx, const struct cox_book_deal *deal,
    struct cox_err *reterr)
{
    struct moves *moves = ctx;
    uint64_t at;

    (void)reterr;
    if (deal->state.closed_day == COX_BOOK_NO_DAY &&
        cox_imap_find(moves->brief->deals->by_id, deal->id, &at)) {
        moves->then[at] = (struct then){true, deal->state.amount_minor,
            deal->state.close_day == COX_BOOK_NO_DAY ? COX_NULL : deal->state.close_day};
    }
    return COX_OK;
}

/* Whoever sees a deal now may know what it was: the deals themselves are the right. */
static enum cox_rc look_back_in_book(struct moves *moves, struct cox_err *reterr)
{
    const struct cox_deals *deals = moves->brief->deals;
    const struct cox_book_ask ask = {.at_us = moves->brief->since_us,
        .at_day = (int32_t)moves->then_day,
        .close = COX_BOOK_ANY_DAY,
        .created = COX_BOOK_ANY_DAY,
        .closed = COX_BOOK_ANY_DAY,
        .picked = deals->picked,
        .wants = COX_BOOK_NO_PAST};

    return cox_book_each(&deals->generation->book, &ask, note_state_then, moves, reterr);
}

/* A deal that has not changed since was then what it is now. */
static enum cox_rc look_back(struct moves *moves, struct cox_err *reterr)
{
    const struct cox_deals *deals = moves->brief->deals;
    size_t changed_count = 0;

    if (deals->generation != NULL) {
        return look_back_in_book(moves, reterr);
    }

    for (size_t i = 0; i < deals->count; i++) {
        const struct cox_deal *deal = &deals->at[i];

        if (!cox_brief_counts(moves->brief, deal->owner)) {
            continue;
        }
        if (deal->from_us > moves->brief->since_us) {
            changed_count++;
        } else if (cox_deal_is_open(deal)) {
            moves->then[i] = (struct then){true, deal->amount_minor, deal->close_day};
        }
    }
    if (changed_count > FEW_CHANGED) {
        return look_back_at(moves, 0, reterr);
    }
    for (size_t i = 0; i < deals->count; i++) {
        if (deals->at[i].from_us > moves->brief->since_us &&
            cox_brief_counts(moves->brief, deals->at[i].owner)) {
            COX_TRY(look_back_at(moves, deals->at[i].id, reterr));
        }
    }
    return COX_OK;
}

/* ---- from then to now ---- */

static bool is_due(const struct cox_brief *brief, int64_t close_day)
{
    return close_day != COX_NULL && close_day < brief->period.span.to_day;
}

/* How a deal got in that is in now and was not then. */
static enum move way_in(const struct moves *moves, const struct cox_deal *deal,
    const struct then *then)
{
    return then->was_open ? PULLED_IN : deal->created_day >= moves->then_day ? NEW : CAME_IN;
}

/* The deal's step in the pipeline, or in the part of it that is due in the period. */
static struct step step_of(const struct moves *moves, size_t at, bool of_due)
{
    const struct cox_deal *deal = &moves->brief->deals->at[at];
    const struct then *then = &moves->then[at];
    bool was_in = then->was_open && (!of_due || is_due(moves->brief, then->close_day));
    bool is_open = cox_deal_is_open(deal);
    bool is_in = is_open && (!of_due || is_due(moves->brief, deal->close_day));
    int64_t change = deal->amount_minor - then->amount_minor;

    if (was_in && is_in) {
        return (struct step){change > 0 ? RAISED : change < 0 ? LOWERED : MOVE_COUNT, change};
    }
    if (is_in) {
        return (struct step){way_in(moves, deal, then), deal->amount_minor};
    }
    if (was_in) {
        return (struct step){is_open                     ? MOVED_OUT
                             : deal->won_day != COX_NULL ? WON
                                                         : LOST,
            -then->amount_minor};
    }
    return (struct step){MOVE_COUNT, 0};
}

struct sums {
    int64_t count[MOVE_COUNT], sum[MOVE_COUNT];
};

static void add(struct sums *sums, enum move move, int64_t amount_minor)
{
    sums->count[move]++;
    sums->sum[move] += amount_minor;
}

static void add_deal(const struct moves *moves, size_t at, bool of_due, struct sums *sums)
{
    const struct cox_deal *deal = &moves->brief->deals->at[at];
    const struct then *then = &moves->then[at];
    struct step step = step_of(moves, at, of_due);
    bool is_open = cox_deal_is_open(deal);

    if (then->was_open && (!of_due || is_due(moves->brief, then->close_day))) {
        add(sums, OPENING, then->amount_minor);
        if (!of_due && is_open && then->close_day != COX_NULL &&
            deal->close_day > then->close_day) {
            add(sums, LATER, deal->amount_minor);
        }
    }
    if (step.move != MOVE_COUNT) {
        add(sums, step.move, step.amount_minor);
    }
    if (is_open && (!of_due || is_due(moves->brief, deal->close_day))) {
        add(sums, CLOSING, deal->amount_minor);
    }
}

/* ---- the sections ---- */

static const struct cox_brief_column columns[] = {
    {"move", "Move", COX_BRIEF_TEXT},
    {"count", "Deals", COX_BRIEF_COUNT},
    {"amount", "Sum", COX_BRIEF_MONEY},
    {"key", "Key", COX_BRIEF_KEY},
};

static enum cox_rc add_sums(const struct moves *moves, bool of_due, struct cox_err *reterr)
{
    const struct cox_deals *deals = moves->brief->deals;
    char day[COX_DAY_SIZE];
    const char *title;
    struct cox_brief_section *section;
    struct sums sums = {0};

    cox_day_format(moves->then_day, day);
    title = cox_arena_format(cox_call_arena(moves->brief->call), "%s since %s",
        of_due ? "Due by the period's end" : "The open pipeline", day);
    section = cox_brief_section(moves->brief, of_due ? "due_moves" : "moves", title, columns,
        COX_COUNT(columns));
    if (title == NULL || section == NULL) {
        return cox_no_memory(reterr);
    }
    section->note =
        "Of the deals seen now. What was won or lost leaves with the amount of then; the "
        "rows from the first to \"Open now\" add up.";
    for (size_t i = 0; i < deals->count; i++) {
        if (cox_brief_counts(moves->brief, deals->at[i].owner)) {
            add_deal(moves, i, of_due, &sums);
        }
    }
    for (int move = 0; move < MOVE_COUNT; move++) {
        const struct cox_value cells[] = {
            cox_text_value(cox_text_of(names[move].label)),
            cox_int(sums.count[move]),
            cox_int(sums.sum[move]),
            cox_text_value(cox_text_of(names[move].key)),
        };

        if (sums.count[move] > 0 || move == OPENING || move == CLOSING) {
            COX_TRY(cox_brief_row(moves->brief, section, cells, reterr));
        }
    }
    return COX_OK;
}

static const struct cox_brief_column deal_columns[] = {
    {"deal", "Deal", COX_BRIEF_TEXT},
    {"owner", "Owner", COX_BRIEF_TEXT},
    {"change", "In the pipeline", COX_BRIEF_MONEY},
    {"due_change", "In what is due", COX_BRIEF_MONEY},
    {"close_day", "Expected", COX_BRIEF_DAY},
    {"was_close_day", "Expected then", COX_BRIEF_DAY},
    {"key", "Move", COX_BRIEF_KEY},
    {"due_key", "Move of what is due", COX_BRIEF_KEY},
    {"opportunity", "opportunity", COX_BRIEF_ID},
    {"user", "user", COX_BRIEF_ID},
};

struct moved {
    size_t at;
    int64_t size, id;
    struct step step, due;
};

static int compare_moved(const void *a, const void *b)
{
    const struct moved *x = (const struct moved *)a, *y = (const struct moved *)b;

    if (x->size != y->size) {
        return x->size > y->size ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

static struct cox_value key_of(struct step step)
{
    return step.move == MOVE_COUNT ? cox_null() : cox_text_value(cox_text_of(names[step.move].key));
}

static struct cox_value change_of(struct step step)
{
    return step.move == MOVE_COUNT ? cox_null() : cox_int(step.amount_minor);
}

static enum cox_rc add_moved_row(const struct moves *moves, struct cox_brief_section *section,
    const struct moved *moved, struct cox_err *reterr)
{
    const struct cox_deal *deal = &moves->brief->deals->at[moved->at];
    const struct then *then = &moves->then[moved->at];
    struct cox_text name;

    COX_TRY(cox_deal_name(moves->brief->call, deal->id, &name, reterr));
    const struct cox_value cells[] = {
        cox_text_value(name),
        cox_brief_name(moves->brief, deal->owner),
        change_of(moved->step),
        change_of(moved->due),
        cox_int(deal->close_day),
        then->was_open ? cox_int(then->close_day) : cox_null(),
        key_of(moved->step),
        key_of(moved->due),
        cox_int(deal->id),
        cox_int(deal->owner),
    };
    _Static_assert(COX_COUNT(cells) == COX_COUNT(deal_columns), "one cell a column");
    return cox_brief_row(moves->brief, section, cells, reterr);
}

static enum cox_rc add_moved(const struct moves *moves, struct cox_err *reterr)
{
    const struct cox_deals *deals = moves->brief->deals;
    struct cox_brief_section *section = cox_brief_section(moves->brief, "moved_deals",
        "Deals that moved", deal_columns, COX_COUNT(deal_columns));
    struct moved *moved =
        COX_NEW_ARRAY(cox_call_arena(moves->brief->call), deals->count + 1, struct moved);
    size_t count = 0;

    if (section == NULL || moved == NULL) {
        return cox_no_memory(reterr);
    }
    section->is_for_screens = true;
    section->empty = "Nothing has moved.";
    for (size_t i = 0; i < deals->count; i++) {
        struct moved one = {.at = i, .id = deals->at[i].id};

        if (!cox_brief_counts(moves->brief, deals->at[i].owner)) {
            continue;
        }
        one.step = step_of(moves, i, false);
        one.due = step_of(moves, i, true);
        if (one.step.move != MOVE_COUNT || one.due.move != MOVE_COUNT) {
            one.size = llabs(one.step.amount_minor) > llabs(one.due.amount_minor)
                           ? llabs(one.step.amount_minor)
                           : llabs(one.due.amount_minor);
            moved[count++] = one;
        }
    }
    qsort(moved, count, sizeof(*moved), compare_moved);
    for (size_t i = 0; i < count && i < COX_MOVES_SHOWN_MAX; i++) {
        COX_TRY(add_moved_row(moves, section, &moved[i], reterr));
    }
    section->more_count = count > COX_MOVES_SHOWN_MAX ? count - COX_MOVES_SHOWN_MAX : 0;
    return COX_OK;
}

enum cox_rc cox_moves_add(struct cox_brief *brief, struct cox_err *reterr)
{
    struct moves moves = {
        .brief = brief,
        .then_day = cox_call_day(brief->call, brief->since_us),
        .then = COX_NEW_ARRAY(cox_call_arena(brief->call), brief->deals->count + 1, struct then),
    };

    if (moves.then == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(look_back(&moves, reterr));
    COX_TRY(add_sums(&moves, false, reterr));
    COX_TRY(add_sums(&moves, true, reterr));
    return add_moved(&moves, reterr);
}
