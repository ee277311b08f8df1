/* manager/moves.c: what became of the open pipeline within a week. */
#include "manager/moves.h"

#include "base/map.h"
#include "org/currency.h"
#include "sales/deals.h"

enum move { OPENING, NEW, CAME_IN, RAISED, LOWERED, WON, LOST, CLOSING, LATER, MOVE_COUNT };

static const char *const labels[MOVE_COUNT] = {
    [OPENING] = "Open a week ago",
    [NEW] = "New",
    [CAME_IN] = "Came in (reopened, imported)",
    [RAISED] = "Raised",
    [LOWERED] = "Lowered",
    [WON] = "Won",
    [LOST] = "Lost",
    [CLOSING] = "Open now",
    [LATER] = "Of these, expected later than then",
};

struct moves {
    struct cox_brief *brief;
    int64_t then_us, then_day;
    int64_t count[MOVE_COUNT], sum[MOVE_COUNT];
    bool *was_open; /* by position in the brief's deals */
};

static void add(struct moves *moves, enum move move, int64_t amount_minor)
{
    moves->count[move]++;
    moves->sum[move] += amount_minor;
}

/*
 * deals-open-then: every deal open at an instant, with its money. Deals that the actor does not see
 * now are dropped in C, so this needs no scope of its own. $1 instant, $2 seq.
 */
static const char then_sql[] =
    "SELECT \"id\", \"amount\", \"currency\", \"close_day\" FROM \"opportunity\" "
    "WHERE \"from_us\" <= $1 AND \"rev\" <= $2 AND \"closed_day\" IS NULL "
    "UNION ALL SELECT \"id\", \"amount\", \"currency\", \"close_day\" FROM \"opportunity_past\" "
    "WHERE \"from_us\" <= $1 AND \"to_us\" > $1 AND \"rev\" <= $2 AND \"seq_to\" > $2 "
    "AND \"closed_day\" IS NULL";

static enum cox_rc then_amount(const struct moves *moves, struct cox_stmt *stmt, int64_t *ret_minor,
    bool *ret_is_known, struct cox_err *reterr)
{
    struct cox_text currency = cox_stmt_text(stmt, 2), own = moves->brief->currency;
    int64_t amount = cox_stmt_int(stmt, 1), close_day = cox_stmt_int(stmt, 3);

    *ret_is_known = true;
    if (amount == COX_NULL || currency.size == 0 || cox_text_same(currency, own)) {
        *ret_minor = amount == COX_NULL ? 0 : amount;
        return COX_OK;
    }
    currency = cox_arena_text(cox_call_arena(moves->brief->call), currency);
    return cox_currency_convert(moves->brief->call, amount, currency, own,
        close_day == COX_NULL ? moves->then_day : close_day, COX_RATE_PLAN, ret_minor, ret_is_known,
        reterr);
}

/* From what a deal was then to what it is now. */
static void follow(struct moves *moves, const struct cox_deal *deal, int64_t minor,
    int64_t close_day)
{
    add(moves, OPENING, minor);
    if (deal->won_day != COX_NULL) {
        add(moves, WON, -minor);
        return;
    }
    if (!cox_deal_is_open(deal)) {
        add(moves, LOST, -minor);
        return;
    }
    if (deal->amount_minor != minor) {
        add(moves, deal->amount_minor > minor ? RAISED : LOWERED, deal->amount_minor - minor);
    }
    if (close_day != COX_NULL && deal->close_day > close_day) {
        add(moves, LATER, deal->amount_minor);
    }
}

static enum cox_rc follow_all(struct moves *moves, struct cox_err *reterr)
{
    const struct cox_deals *deals = moves->brief->deals;
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(moves->brief->call), cox_text_of(then_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, moves->then_us);
    cox_stmt_bind_int(stmt, 2, cox_call_as_of(moves->brief->call).seq);
    for (;;) {
        int64_t minor;
        uint64_t at;
        bool is_known;

        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            return COX_OK;
        }
        if (!cox_imap_find(deals->by_id, cox_stmt_int(stmt, 0), &at) ||
            !cox_brief_counts(moves->brief, deals->at[at].owner)) {
            continue;
        }
        COX_TRY(then_amount(moves, stmt, &minor, &is_known, reterr));
        moves->was_open[at] = true;
        follow(moves, &deals->at[at], minor, cox_stmt_int(stmt, 3));
    }
}

static void add_arrivals(struct moves *moves)
{
    const struct cox_deals *deals = moves->brief->deals;

    for (size_t i = 0; i < deals->count; i++) {
        const struct cox_deal *deal = &deals->at[i];

        if (!cox_deal_is_open(deal) || !cox_brief_counts(moves->brief, deal->owner)) {
            continue;
        }
        add(moves, CLOSING, deal->amount_minor);
        if (!moves->was_open[i]) {
            add(moves, deal->created_day >= moves->then_day ? NEW : CAME_IN, deal->amount_minor);
        }
    }
}

static const struct cox_brief_column columns[] = {
    {"move", "Move", COX_BRIEF_TEXT},
    {"count", "Deals", COX_BRIEF_COUNT},
    {"amount", "Sum", COX_BRIEF_MONEY},
};

static enum cox_rc add_rows(struct moves *moves, struct cox_err *reterr)
{
    struct cox_brief_section *section = cox_brief_section(moves->brief, "moves",
        "The open pipeline within a week", columns, COX_COUNT(columns));

    if (section == NULL) {
        return cox_no_memory(reterr);
    }
    section->note =
        "Of the deals seen now. What was won or lost leaves with the amount of then; the "
        "rows from the first to \"Open now\" add up.";
    for (int move = 0; move < MOVE_COUNT; move++) {
        const struct cox_value cells[] = {
            cox_text_value(cox_text_of(labels[move])),
            cox_int(moves->count[move]),
            cox_int(moves->sum[move]),
        };

        if (moves->count[move] > 0 || move == OPENING || move == CLOSING) {
            COX_TRY(cox_brief_row(moves->brief, section, cells, reterr));
        }
    }
    return COX_OK;
}

enum cox_rc cox_moves_add(struct cox_brief *brief, struct cox_err *reterr)
{
    struct moves moves = {
        .brief = brief,
        .then_us = cox_call_as_of(brief->call).at_us - COX_MOVES_DAYS * COX_DAY_US,
        .was_open = COX_NEW_ARRAY(cox_call_arena(brief->call), brief->deals->count + 1, bool),
    };

    if (moves.was_open == NULL) {
        return cox_no_memory(reterr);
    }
    moves.then_day = cox_call_day(brief->call, moves.then_us);
    COX_TRY(follow_all(&moves, reterr));
    add_arrivals(&moves);
    return add_rows(&moves, reterr);
}
