/*
 * sales/board.h: the pipeline board: for each stage count, sums and the first cards, exact, within the
 * actor's rights, in one pass over the open deals.
 */
#ifndef COX_SALES_BOARD_H
#define COX_SALES_BOARD_H

#include "base/json.h"
#include "org/calendar.h"
#include "record/record.h"
#include "sales/book.h"
#include "sales/learnt.h"

enum { COX_BOARD_CARDS = 50, COX_BOARD_CARDS_MAX = 200 };

enum cox_board_order {
    COX_BOARD_CLOSE_DAY, /* soonest first, without a day last */
    COX_BOARD_AMOUNT,    /* largest first, in the company's currency */
    COX_BOARD_STAGE_DAY, /* longest in the stage first */
    COX_BOARD_ORDER_COUNT
};
extern const char *const cox_board_orders[COX_BOARD_ORDER_COUNT];

struct cox_board_ask {
    int64_t pipeline;       /* 0: the default one, or the first in which there is anything */
    int64_t stage;          /* 0: all; else only that column */
    struct cox_text filter; /* of deals, as in a list's address; "" or ptr NULL: none */
    struct cox_text search; /* ptr NULL: none */
    struct cox_text after;  /* with stage: cards behind this place (a column's next); ptr NULL: from
                               the first */
    enum cox_board_order order;
    size_t card_max;
    /* Where there is a book, it is asked instead of the records what it can tell: boards without filter and
     * search, of deals that all have a rate, in an order that it knows. NULL: never. */
    struct cox_books *books;
};

/* Where a card stands in its column. */
struct cox_board_place {
    int64_t key, id; /* key: what the column is ordered by, smaller first */
};

struct cox_board_card {
    struct cox_board_place place;
    int64_t amount_minor; /* company currency; COX_NULL without a rate */
};

struct cox_board_pipeline {
    int64_t id, position;
    bool is_default;
    struct cox_text name;
};

struct cox_board_column {
    const struct cox_deal_stage *stage;
    int64_t count, sum_minor;
    double weighted_minor;
    struct cox_board_card *cards; /* card_count of them, in order */
    size_t card_count;
    int64_t behind_count; /* further cards behind the last one */
};

/*
 * Columns of the active stages of one pipeline and of those that hold deals. Open stages have every open
 * deal; won and lost ones those closed in the fiscal quarter of the call's day. Lives in the call's
 * arena.
 */
struct cox_board {
    struct cox_call *call;
    const struct cox_board_ask *ask;
    int64_t pipeline, day;
    struct cox_board_pipeline *pipelines; /* all that are in use, the default one first */
    size_t pipeline_count;
    struct cox_text currency; /* of the company */
    struct cox_period_at period;
    struct cox_board_column *columns;
    size_t column_count;
    size_t unrated_count; /* counted, but left out of the sums for want of a rate */
};

/*
 * Errors: COX_MISSING no such pipeline, or stage in it; COX_INVALID from the filter, or for a place that
 * does not belong to the order.
 */
enum cox_rc cox_board_load(struct cox_call *call, const struct cox_board_ask *ask,
    struct cox_board *ret_board, struct cox_err *reterr) COX_NODISCARD;

/* The board as one JSON object, with what the cards show. */
enum cox_rc cox_board_put_json(struct cox_board *board, struct cox_json *json,
    struct cox_err *reterr) COX_NODISCARD;

#endif
