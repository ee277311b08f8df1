/* sales/board.c: the pipeline board. What it says as JSON is sales/board_json.c. */
#include "sales/board.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/num.h"
#include "org/currency.h"
#include "record/query.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"

const char *const cox_board_orders[COX_BOARD_ORDER_COUNT] = {
    [COX_BOARD_CLOSE_DAY] = "close_day",
    [COX_BOARD_AMOUNT] = "amount",
    [COX_BOARD_STAGE_DAY] = "stage_day",
};

enum { FILTER_SIZE_MAX = 20 * 1024, PIPELINES_MAX = 200 };

struct load {
    struct cox_board *board;
    struct cox_deal_stage *stages;
    size_t stage_count;
    struct cox_board_column **column_of; /* by position in stages; NULL: not on this board */
    struct cox_board_place after;
    bool has_after;
    struct cox_rate_memo *rates;
    const struct cox_book_generation *generation; /* NULL: the records are asked */
    struct cox_board_column **book_column;        /* by the book's position of a stage */
    bool wants_open;
};

/* ---- which pipeline, which columns ---- */

static enum cox_rc note_pipeline(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct cox_board *board = (struct cox_board *)ctx;
    struct cox_pipeline pipeline;
    struct cox_board_pipeline *kept;

    cox_row_unpack(row, &pipeline);
    if (pipeline.is_active == 0 && row->id != board->ask->pipeline) {
        return COX_OK;
    }
    if (board->pipeline_count == PIPELINES_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "there are more than %d pipelines", PIPELINES_MAX);
    }
    kept = &board->pipelines[board->pipeline_count++];
    *kept = (struct cox_board_pipeline){
        .id = row->id,
        .position = pipeline.position == COX_NULL ? INT64_MAX : pipeline.position,
        .is_default = pipeline.is_default == 1,
        .name = cox_arena_text(cox_call_arena(board->call), pipeline.name),
    };
    return kept->name.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static int compare_pipelines(const void *a, const void *b)
{
    const struct cox_board_pipeline *x = (const struct cox_board_pipeline *)a;
    const struct cox_board_pipeline *y = (const struct cox_board_pipeline *)b;

    if (x->is_default != y->is_default) {
        return x->is_default ? -1 : 1;
    }
    if (x->position != y->position) {
        return x->position < y->position ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

static enum cox_rc load_pipelines(struct cox_board *board, struct cox_err *reterr)
{
    board->pipelines =
        COX_NEW_ARRAY(cox_call_arena(board->call), PIPELINES_MAX, struct cox_board_pipeline);
    if (board->pipelines == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_each(board->call, &cox_pipeline, NULL, note_pipeline, board, reterr));
    qsort(board->pipelines, board->pipeline_count, sizeof(*board->pipelines), compare_pipelines);
    for (size_t i = 0; i < board->pipeline_count; i++) {
        if (board->ask->pipeline == 0 || board->pipelines[i].id == board->ask->pipeline) {
            board->pipeline = board->pipelines[i].id;
            return COX_OK;
        }
    }
    return cox_fail_at(reterr, COX_MISSING, "pipeline", 0, "there is no such pipeline");
}

/* The order of columns: open stages first as they are passed, then won, then lost. */
static enum cox_rc make_columns(struct load *load, struct cox_err *reterr)
{
    struct cox_board *board = load->board;
    struct cox_arena *arena = cox_call_arena(board->call);

    board->columns = COX_NEW_ARRAY(arena, load->stage_count + 1, struct cox_board_column);
    load->column_of = COX_NEW_ARRAY(arena, load->stage_count + 1, struct cox_board_column *);
    if (board->columns == NULL || load->column_of == NULL) {
        return cox_no_memory(reterr);
    }
    for (int64_t kind = COX_STAGE_OPEN; kind < COX_STAGE_KIND_COUNT; kind++) {
        for (size_t i = 0; i < load->stage_count; i++) {
            const struct cox_deal_stage *stage = &load->stages[i];
            struct cox_board_column *column = &board->columns[board->column_count];

            if (stage->pipeline != board->pipeline || stage->kind != kind ||
                (board->ask->stage != 0 && stage->id != board->ask->stage)) {
                continue;
            }
            column->stage = stage;
            column->cards = COX_NEW_ARRAY(arena, board->ask->card_max + 1, struct cox_board_card);
            if (column->cards == NULL) {
                return cox_no_memory(reterr);
            }
            load->column_of[i] = column;
            board->column_count++;
        }
    }
    return board->column_count == 0 && board->ask->stage != 0
               ? cox_fail_at(reterr, COX_MISSING, "stage", 0, "there is no such stage here")
               : COX_OK;
}

/* Stages that are no longer used are shown while they hold deals. */
static void drop_unused(struct cox_board *board)
{
    size_t count = 0;

    for (size_t i = 0; i < board->column_count; i++) {
        if (board->columns[i].stage->is_active || board->columns[i].count > 0) {
            board->columns[count++] = board->columns[i];
        }
    }
    board->column_count = count;
}

/* ---- cards ---- */

static bool comes_before(struct cox_board_place a, struct cox_board_place b)
{
    return a.key != b.key ? a.key < b.key : a.id < b.id;
}

static int compare_cards(const void *a, const void *b)
{
    const struct cox_board_card *x = (const struct cox_board_card *)a;
    const struct cox_board_card *y = (const struct cox_board_card *)b;

    return comes_before(x->place, y->place) ? -1 : comes_before(y->place, x->place);
}

/* A heap of the first cards with the last of them on top. */
static void sift_down(struct cox_board_card *cards, size_t count, size_t at)
{
    for (;;) {
        size_t last = at, left = 2 * at + 1;

        for (size_t child = left; child < left + 2 && child < count; child++) {
            if (comes_before(cards[last].place, cards[child].place)) {
                last = child;
            }
        }
        if (last == at) {
            return;
        }
        struct cox_board_card swap = cards[at];
        cards[at] = cards[last];
        cards[last] = swap;
        at = last;
    }
}

static void offer(struct cox_board_column *column, size_t max, struct cox_board_card card)
{
    if (column->card_count < max) {
        column->cards[column->card_count++] = card;
        if (column->card_count == max) {
            for (size_t i = max / 2; i-- > 0;) {
                sift_down(column->cards, max, i);
            }
        }
        return;
    }
    column->behind_count++;
    if (comes_before(card.place, column->cards[0].place)) {
        column->cards[0] = card;
        sift_down(column->cards, max, 0);
    }
}

/* ---- the pass ---- */

enum { STAGE, AMOUNT, CURRENCY, CLOSE_DAY, CLOSED_DAY, WIN_PROB, STAGE_DAY, FIELD_COUNT };

static const uint32_t fields[FIELD_COUNT] = {
    [STAGE] = COX_OPPORTUNITY_STAGE,
    [AMOUNT] = COX_OPPORTUNITY_AMOUNT,
    [CURRENCY] = COX_OPPORTUNITY_CURRENCY,
    [CLOSE_DAY] = COX_OPPORTUNITY_CLOSE_DAY,
    [CLOSED_DAY] = COX_OPPORTUNITY_CLOSED_DAY,
    [WIN_PROB] = COX_OPPORTUNITY_WIN_PROB,
    [STAGE_DAY] = COX_OPPORTUNITY_STAGE_DAY,
};

static int64_t number_of(const struct cox_value *value)
{
    return value->kind == COX_VALUE_INT ? value->number : COX_NULL;
}

/* As sales/deals.h has it: open deals at the plan rate of the expected day, closed ones at the spot
 * rate of the day they were closed. COX_NULL without a rate. */
static enum cox_rc convert(const struct load *load, const struct cox_value *values,
    int64_t *ret_minor, struct cox_err *reterr)
{
    struct cox_text currency =
        values[CURRENCY].kind == COX_VALUE_TEXT ? values[CURRENCY].text : (struct cox_text){0};
    int64_t amount = number_of(&values[AMOUNT]), closed_day = number_of(&values[CLOSED_DAY]);
    int64_t day = closed_day == COX_NULL ? number_of(&values[CLOSE_DAY]) : closed_day;

    if (amount == COX_NULL || currency.size == 0 ||
        cox_text_same(currency, load->board->currency)) {
        *ret_minor = amount == COX_NULL ? 0 : amount;
        return COX_OK;
    }
    return cox_currency_convert_by(load->rates, load->board->call, amount, currency,
        load->board->currency, day == COX_NULL ? load->board->day : day,
        closed_day == COX_NULL ? COX_RATE_PLAN : COX_RATE_SPOT, ret_minor, reterr);
}

static int64_t order_key(const struct load *load, const struct cox_value *values,
    int64_t amount_minor)
{
    int64_t day;

    if (load->board->ask->order == COX_BOARD_AMOUNT) {
        return amount_minor == COX_NULL ? 0 : -amount_minor;
    }
    day =
        number_of(&values[load->board->ask->order == COX_BOARD_CLOSE_DAY ? CLOSE_DAY : STAGE_DAY]);
    return day == COX_NULL ? INT64_MAX : day;
}

/* Counts it, and keeps it when it is among the first. */
static void add_deal(const struct load *load, struct cox_board_column *column,
    struct cox_board_card card, double win_prob)
{
    column->count++;
    if (card.amount_minor == COX_NULL) {
        load->board->unrated_count++;
    } else {
        column->sum_minor += card.amount_minor;
        column->weighted_minor += (double)card.amount_minor * win_prob;
    }
    if (!load->has_after || comes_before(load->after, card.place)) {
        offer(column, load->board->ask->card_max, card);
    }
}

static enum cox_rc note_deal(void *ctx, int64_t id, const struct cox_value *values,
    struct cox_err *reterr)
{
    struct load *load = (struct load *)ctx;
    size_t at = cox_deal_stage_at(load->stages, load->stage_count, number_of(&values[STAGE]));
    struct cox_board_column *column = at < load->stage_count ? load->column_of[at] : NULL;
    struct cox_board_card card = {.place.id = id};
    double win_prob = values[WIN_PROB].kind == COX_VALUE_REAL ? values[WIN_PROB].real : 0;

    if (column == NULL) {
        return COX_OK;
    }
    COX_TRY(convert(load, values, &card.amount_minor, reterr));
    card.place.key = order_key(load, values, card.amount_minor);
    add_deal(load, column, card, win_prob);
    return COX_OK;
}

/* Appends which deals; returns how many columns there are for them. */
static size_t add_kind(const struct cox_board *board, bool of_open, struct cox_buf *text)
{
    char day[COX_DAY_SIZE];
    size_t count = 0;

    cox_day_format(board->period.span.from_day, day);
    if (of_open) {
        cox_buf_add_string(text, "closed_day=is.null&stage=in.(");
    } else {
        cox_buf_format(text, "closed_day=gte.%s", day);
    }
    for (size_t i = 0; i < board->column_count; i++) {
        if ((board->columns[i].stage->kind == COX_STAGE_OPEN) != of_open) {
            continue;
        }
        if (of_open) {
            cox_buf_format(text, "%s%lld", count > 0 ? "," : "",
                (long long)board->columns[i].stage->id);
        }
        count++;
    }
    cox_buf_add_string(text, of_open ? ")" : "");
    return count;
}

/*
 * The asked filter, and with it which deals: open ones by their stages, whose index leads to them;
 * closed ones by their day alone, as many more were closed before it in the same stages.
 */
static enum cox_rc scan_kind(struct load *load, bool of_open, struct cox_err *reterr)
{
    struct cox_board *board = load->board;
    struct cox_query query = {.entity = &cox_opportunity, .search = board->ask->search};
    struct cox_buf text;
    size_t count;
    enum cox_rc rc;

    cox_buf_init(&text, FILTER_SIZE_MAX);
    if (board->ask->filter.size > 0) {
        cox_buf_add_text(&text, board->ask->filter);
        cox_buf_add_char(&text, '&');
    }
    count = add_kind(board, of_open, &text);
    rc = text.failed ? cox_fail(reterr, COX_TOO_LARGE, "the filter is too long")
         : count > 0 ? cox_filter_parse(board->call, &cox_opportunity, cox_buf_text(&text),
                           &query.filter, reterr)
                     : COX_OK;
    cox_buf_done(&text);
    COX_TRY(rc);
    return count == 0 ? COX_OK
                      : cox_scan(board->call, &query, fields, FIELD_COUNT, note_deal, load, reterr);
}

/* ---- the same from the book ---- */

static enum cox_rc note_book_deal(void *ctx, const struct cox_book_deal *deal,
    struct cox_err *reterr)
{
    struct load *load = ctx;
    struct cox_board_column *column = load->book_column[deal->state.stage];
    struct cox_board_card card = {.place.id = deal->id, .amount_minor = deal->state.amount_minor};
    uint16_t win_bp = deal->state.win_bp;

    (void)reterr;
    if (column == NULL || (load->wants_open && deal->state.closed_day != COX_BOOK_NO_DAY)) {
        return COX_OK;
    }
    card.place.key = load->board->ask->order == COX_BOARD_AMOUNT ? -card.amount_minor
                     : deal->state.close_day == COX_BOOK_NO_DAY  ? INT64_MAX
                                                                 : deal->state.close_day;
    add_deal(load, column, card, win_bp == COX_BOOK_NO_PROB ? 0 : win_bp / 10000.0);
    return COX_OK;
}

/* Open deals of the open columns, or those closed since the period began. */
static enum cox_rc scan_book(struct load *load, bool of_open, struct cox_err *reterr)
{
    struct cox_board *board = load->board;
    const struct cox_book *book = &load->generation->book;
    struct cox_arena *arena = cox_call_arena(board->call);
    unsigned char *in = COX_NEW_ARRAY(arena, book->stage_count + 1, unsigned char);
    struct cox_book_ask ask;

    load->book_column = COX_NEW_ARRAY(arena, book->stage_count + 1, struct cox_board_column *);
    if (in == NULL || load->book_column == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < load->stage_count; i++) {
        uint16_t at = cox_book_stage_of(load->generation, load->stages[i].id);
        if (at != COX_BOOK_NO_STAGE && load->column_of[i] != NULL &&
            (!of_open || load->stages[i].kind == COX_STAGE_OPEN)) {
            load->book_column[at] = load->column_of[i];
            in[at] = 1;
        }
    }
    COX_TRY(cox_book_ask_of(board->call, load->generation, &ask, reterr));
    ask.stage_in = in;
    if (!of_open) {
        ask.closed.from = (int32_t)board->period.span.from_day;
    }
    load->wants_open = of_open;
    return cox_book_each(book, &ask, note_book_deal, load, reterr);
}

/* A place is "order.key.id", so that one of another order is told apart. */
static enum cox_rc read_place(struct load *load, struct cox_err *reterr)
{
    const struct cox_board_ask *ask = load->board->ask;
    struct cox_text rest = ask->after, order;

    load->has_after = ask->after.ptr != NULL;
    if (!load->has_after) {
        return COX_OK;
    }
    order = cox_text_split(&rest, '.');
    if (ask->stage == 0 || !cox_text_same(order, cox_text_of(cox_board_orders[ask->order])) ||
        !cox_num_parse_plain(cox_text_split(&rest, '.'), &load->after.key) ||
        !cox_num_parse_plain(rest, &load->after.id)) {
        return cox_fail_at(reterr, COX_INVALID, "cursor", 0,
            "this place does not belong to a column in this order");
    }
    return COX_OK;
}

/* The columns of board->pipeline and what is in them. */
static enum cox_rc fill(struct load *load, struct cox_err *reterr)
{
    struct cox_board *board = load->board;

    board->column_count = 0;
    board->unrated_count = 0;
    COX_TRY(make_columns(load, reterr));
    if (load->generation != NULL) {
        COX_TRY(scan_book(load, true, reterr));
        COX_TRY(scan_book(load, false, reterr));
    } else {
        COX_TRY(scan_kind(load, true, reterr));
        COX_TRY(scan_kind(load, false, reterr));
    }
    for (size_t i = 0; i < board->column_count; i++) {
        struct cox_board_column *column = &board->columns[i];

        qsort(column->cards, column->card_count, sizeof(*column->cards), compare_cards);
    }
    return COX_OK;
}

static bool is_empty(const struct cox_board *board)
{
    for (size_t i = 0; i < board->column_count; i++) {
        if (board->columns[i].count > 0) {
            return false;
        }
    }
    return true;
}

/* The pipeline asked for; without one the default, or the first in which there is anything. */
static enum cox_rc fill_first(struct load *load, struct cox_err *reterr)
{
    struct cox_board *board = load->board;
    const struct cox_board_ask *ask = board->ask;

    COX_TRY(fill(load, reterr));
    /* A company that imported its deals has an empty pipeline of the beginning before them. */
    for (size_t i = 1;
         ask->pipeline == 0 && ask->stage == 0 && is_empty(board) && i < board->pipeline_count;
         i++) {
        board->pipeline = board->pipelines[i].id;
        COX_TRY(fill(load, reterr));
    }
    if (ask->pipeline == 0 && is_empty(board) && board->pipeline_count > 1) {
        board->pipeline = board->pipelines[0].id;
        COX_TRY(fill(load, reterr));
    }
    drop_unused(board);
    return COX_OK;
}

/* The book counts deals without a rate as 0; a board says that it left them out. */
static enum cox_rc open_book(struct load *load, struct cox_err *reterr)
{
    const struct cox_board_ask *ask = load->board->ask;

    if (ask->books == NULL || ask->filter.size > 0 || ask->search.ptr != NULL ||
        ask->order == COX_BOARD_STAGE_DAY) {
        return COX_OK;
    }
    COX_TRY(cox_books_use(ask->books, load->board->call, &load->generation, reterr));
    if (load->generation->unrated_count > 0) {
        cox_books_release(ask->books, load->generation);
        load->generation = NULL;
    }
    return COX_OK;
}

enum cox_rc cox_board_load(struct cox_call *call, const struct cox_board_ask *ask,
    struct cox_board *ret_board, struct cox_err *reterr)
{
    enum cox_rc rc;
    struct load load = {.board = ret_board,
        .rates = COX_NEW(cox_call_arena(call), struct cox_rate_memo)};

    *ret_board = (struct cox_board){
        .call = call,
        .ask = ask,
        .day = cox_call_as_of_day(call),
        .currency = cox_call_currency(call),
    };
    if (load.rates == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_place(&load, reterr));
    COX_TRY(
        cox_fiscal_at_day(call, COX_PERIOD_QUARTER, ret_board->day, &ret_board->period, reterr));
    COX_TRY(load_pipelines(ret_board, reterr));
    COX_TRY(cox_deal_stages_load(call, &load.stages, &load.stage_count, reterr));
    COX_TRY(open_book(&load, reterr));
    rc = fill_first(&load, reterr);
    if (load.generation != NULL) {
        cox_books_release(ask->books, load.generation);
    }
    return rc;
}
