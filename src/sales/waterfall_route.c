/*
 * sales/waterfall_route.c: what became of the open pipeline between two instants, and of what was due in a
 * period. Every event between them counts: opening + moves = closing, to the cent.
 */
#include <math.h>
#include <stdlib.h>

#include "base/zone.h"
#include "org/people.h"
#include "record/cell.h"
#include "sales/analysis.h"
#include "sales/measure.h"
#include "sales/opportunity.h"
#include "sales/pipeline_route.h"

enum { SINCE_DAYS = 7, DEALS_MAX = 2000000, PUSHES_MAX = 5 };

static const char *const move_names[COX_BOOK_MOVE_COUNT] = {
    [COX_BOOK_NEW] = "new",
    [COX_BOOK_RAISED] = "raised",
    [COX_BOOK_LOWERED] = "lowered",
    [COX_BOOK_PULLED] = "pulled_in",
    [COX_BOOK_PUSHED] = "pushed_out",
    [COX_BOOK_RECEIVED] = "received",
    [COX_BOOK_HANDED] = "handed_over",
    [COX_BOOK_REOPENED] = "reopened",
    [COX_BOOK_DONE_WON] = "won",
    [COX_BOOK_DONE_LOST] = "lost",
    [COX_BOOK_REMOVED] = "removed",
};

struct waterfall {
    struct cox_measure_ask by; /* by[0]: owner, team or nothing */
    struct cox_measure_frame *frame;
    int64_t from_us;
    bool has_window; /* only what is expected in the period */
    unsigned moves;  /* bit per enum cox_book_move: whose deals are shown */
    int64_t of;      /* of this row of by alone, 0 for that of no team; -1: of all */
    int64_t pushed;  /* slippage: open deals pushed so often are shown instead; -1: none */
    struct cox_shown shown;
    struct cox_book_moved *deals;
    size_t count, room;
    uint32_t *map;   /* group of each owner position */
    int64_t *groups; /* key of each group */
    size_t group_count;
};

/* ---- parameters ---- */

static enum cox_rc read_by(struct cox_exchange *x, struct waterfall *w, struct cox_err *reterr)
{
    struct cox_text text;

    COX_TRY(cox_exchange_parameter(x, "by", &text, reterr));
    if (text.size == 0) {
        return COX_OK;
    }
    w->by.by[0] = cox_measure_by_find(text);
    return w->by.by[0] == COX_BY_OWNER || w->by.by[0] == COX_BY_TEAM
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, "by", 0, "is owner or team");
}

static enum cox_rc read_move(struct cox_exchange *x, struct waterfall *w, struct cox_err *reterr)
{
    struct cox_text text;

    COX_TRY(cox_analysis_parameter(x, "move", &text, reterr));
    while (text.size > 0) {
        struct cox_text name = cox_text_split(&text, ',');
        int move = 0;
        while (move < COX_BOOK_MOVE_COUNT && !cox_text_same(name, cox_text_of(move_names[move]))) {
            move++;
        }
        if (move == COX_BOOK_MOVE_COUNT) {
            return cox_fail_at(reterr, COX_INVALID, "move", 0, "is none of the moves");
        }
        w->moves |= 1U << move;
    }
    COX_TRY(cox_exchange_integer(x, "of", 0, INT64_MAX, -1, &w->of, reterr));
    if (w->of >= 0 && w->by.by[0] == COX_BY_NOTHING) {
        return cox_fail_at(reterr, COX_INVALID, "of", 0, "is a row of by: say by what");
    }
    return cox_shown_read(x, &w->shown, reterr);
}

/* A day stands for its beginning: what happened on it has happened since. */
static enum cox_rc read_from(struct cox_analysis *a, struct waterfall *w, struct cox_err *reterr)
{
    const struct cox_date_opt date = {.order = COX_DATE_YMD};
    int64_t at_us = cox_call_as_of(a->call).at_us;
    struct cox_stamp stamp;
    struct cox_text text;
    struct cox_err why;

    COX_TRY(cox_exchange_parameter(a->x, "from", &text, reterr));
    if (text.size == 0) {
        w->from_us = at_us - SINCE_DAYS * COX_DAY_US;
        return COX_OK;
    }
    if (cox_stamp_parse(text, &date, &stamp, &why) != COX_OK ||
        cox_instant_parse(text, &date, cox_call_zone(a->call), &w->from_us, &why) != COX_OK) {
        return cox_fail_at(reterr, COX_INVALID, "from", 0, "is a day or an instant");
    }
    w->from_us -= stamp.has_time ? 0 : 1;
    return w->from_us > 0 && w->from_us <= at_us
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, "from", 0, "lies after the end");
}

static enum cox_rc load_frame(struct cox_analysis *a, struct cox_err *reterr)
{
    struct waterfall *w = a->ctx;

    w->by.period = a->period.span;
    w->by.as_it_is = a->as_it_is;
    return cox_measure_frame_load(a->call, &w->by, a->x->arena, &w->frame, reterr);
}

/* ---- groups ---- */

static enum cox_rc make_groups(struct cox_analysis *a, struct waterfall *w, struct cox_err *reterr)
{
    const struct cox_book_generation *g = a->generation;
    size_t owner_count = g->book.owner_count;

    w->map = COX_NEW_ARRAY(a->x->arena, owner_count + 1, uint32_t);
    w->groups = COX_NEW_ARRAY(a->x->arena, owner_count + 1, int64_t);
    if (w->map == NULL || w->groups == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < owner_count; i++) {
        int64_t key = w->by.by[0] == COX_BY_OWNER
                          ? g->owners[i]
                          : cox_measure_team_of(w->frame, g->owners[i], w->frame->day);
        size_t at = w->by.by[0] == COX_BY_OWNER ? w->group_count : 0;
        while (at < w->group_count && w->groups[at] != key) {
            at++;
        }
        if (at == w->group_count) {
            w->groups[w->group_count++] = key;
        }
        w->map[i] = (uint32_t)at;
    }
    return COX_OK;
}

/* ---- the deals behind a move ---- */

static enum cox_rc keep_moved(struct cox_analysis *a, const struct cox_book_moved *moved,
    struct cox_err *reterr)
{
    struct waterfall *w = a->ctx;

    if (w->count == w->room) {
        size_t room = w->room == 0 ? 256 : 2 * w->room;
        struct cox_book_moved *grown =
            room > DEALS_MAX ? NULL : COX_NEW_ARRAY(a->x->arena, room, struct cox_book_moved);
        if (grown == NULL) {
            return cox_fail(reterr, COX_TOO_LARGE, "too many deals moved so: ask for less at once");
        }
        if (w->count > 0) {
            memcpy(grown, w->deals, w->count * sizeof(*grown));
        }
        w->deals = grown;
        w->room = room;
    }
    w->deals[w->count++] = *moved;
    return COX_OK;
}

static enum cox_rc note_move(void *ctx, const struct cox_book_moved *moved, struct cox_err *reterr)
{
    struct cox_analysis *a = ctx;
    const struct waterfall *w = a->ctx;

    return (w->moves >> moved->move & 1U) != 0 ? keep_moved(a, moved, reterr) : COX_OK;
}

static int compare_moved(const void *a, const void *b)
{
    const struct cox_book_moved *x = a, *y = b;
    int64_t p = llabs(x->amount_minor), q = llabs(y->amount_minor);

    if (p != q) {
        return p > q ? -1 : 1;
    }
    if (x->id != y->id) {
        return x->id < y->id ? -1 : 1;
    }
    return (x->at_us > y->at_us) - (x->at_us < y->at_us);
}

static enum cox_rc put_deals(struct cox_analysis *a, struct cox_err *reterr)
{
    struct waterfall *w = a->ctx;

    if (w->count > 1) {
        qsort(w->deals, w->count, sizeof(*w->deals), compare_moved);
    }
    cox_shown_begin(a, "deals");
    for (size_t i = 0; i < w->count; i++) {
        if (!cox_shown_next(&w->shown)) {
            continue;
        }
        COX_TRY(cox_analysis_begin_deal(a, w->deals[i].id, reterr));
        if (w->deals[i].move != COX_BOOK_MOVE_COUNT) {
            cox_json_put_string(&a->json, "move", move_names[w->deals[i].move]);
            cox_cell_put_instant(&a->json, "at", w->deals[i].at_us);
            cox_json_put_bool(&a->json, "is_inside", w->deals[i].is_inside);
        }
        cox_analysis_put_money(a, "amount", w->deals[i].amount_minor);
        cox_json_end_object(&a->json);
    }
    cox_shown_end(a, &w->shown);
    return COX_OK;
}

/* ---- a flow ---- */

static enum cox_rc put_end(struct cox_analysis *a, const char *key, int64_t count, int64_t minor,
    int64_t at_us, struct cox_err *reterr)
{
    const struct waterfall *w = a->ctx;
    char from[COX_DAY_SIZE], to[COX_DAY_SIZE];

    cox_day_format(a->period.span.from_day, from);
    cox_day_format(a->period.span.to_day, to);
    cox_json_key(&a->json, key);
    cox_json_begin_object(&a->json);
    cox_json_put_int(&a->json, "count", count);
    cox_analysis_put_money(a, "amount", minor);
    if (at_us != COX_NULL) {
        cox_cell_put_instant(&a->json, "as_of", at_us);
        COX_TRY(w->has_window ? cox_analysis_put_filter(a, "filter", reterr,
                                    "closed_day=is.null&close_day=gte.%s&close_day=lt.%s", from, to)
                              : cox_analysis_put_filter(a, "filter", reterr, "closed_day=is.null"));
    }
    cox_json_end_object(&a->json);
    return COX_OK;
}

static enum cox_rc put_flow(struct cox_analysis *a, const struct cox_book_flow *flow,
    bool has_filters, struct cox_err *reterr)
{
    const struct waterfall *w = a->ctx;

    COX_TRY(put_end(a, "opening", flow->opening_count, flow->opening_minor,
        has_filters ? w->from_us : COX_NULL, reterr));
    cox_json_key(&a->json, "moves");
    cox_json_begin_array(&a->json);
    for (int m = 0; m < COX_BOOK_MOVE_COUNT; m++) {
        cox_json_begin_object(&a->json);
        cox_json_put_string(&a->json, "key", move_names[m]);
        cox_json_put_int(&a->json, "count", flow->moves[m].count);
        cox_json_put_int(&a->json, "in_count", flow->moves[m].in_count);
        cox_analysis_put_money(a, "amount", flow->moves[m].amount_minor);
        cox_json_put_int(&a->json, "inside_count", flow->moves[m].inside_count);
        cox_analysis_put_money(a, "inside_amount", flow->moves[m].inside_minor);
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    return put_end(a, "closing", flow->closing_count, flow->closing_minor,
        has_filters ? cox_call_as_of(a->call).at_us : COX_NULL, reterr);
}

static bool is_empty(const struct cox_book_flow *flow)
{
    static const struct cox_book_flow none;

    return memcmp(flow, &none, sizeof(none)) == 0;
}

struct group_row {
    int64_t key;
    const struct cox_book_flow *flow;
};

static int compare_rows(const void *a, const void *b)
{
    const struct group_row *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

static enum cox_rc put_groups(struct cox_analysis *a, struct cox_err *reterr)
{
    struct waterfall *w = a->ctx;
    const struct cox_entity *entity = w->by.by[0] == COX_BY_TEAM ? &cox_team : &cox_user;
    struct cox_book_flow *flows;
    struct group_row *rows;
    size_t count = 0;

    COX_TRY(make_groups(a, w, reterr));
    flows = COX_NEW_ARRAY(a->x->arena, w->group_count + 1, struct cox_book_flow);
    rows = COX_NEW_ARRAY(a->x->arena, w->group_count + 1, struct group_row);
    if (flows == NULL || rows == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_book_waterfall_by(&a->generation->book, &a->ask, w->from_us, w->map, w->group_count,
        flows, reterr));
    for (size_t g = 0; g < w->group_count; g++) {
        if (!is_empty(&flows[g])) {
            rows[count++] = (struct group_row){w->groups[g], &flows[g]};
        }
    }
    if (count > 1) {
        qsort(rows, count, sizeof(*rows), compare_rows);
    }
    cox_json_key(&a->json, "rows");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < count; i++) {
        cox_json_begin_object(&a->json);
        COX_TRY(cox_analysis_put_ref(a, "id", "name", entity, rows[i].key, reterr));
        COX_TRY(put_flow(a, rows[i].flow, false, reterr));
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    return COX_OK;
}

/* The flow of one row again, this time told move by move: as in it, a handover leaves one owner and arrives at another. */
static enum cox_rc note_row(struct cox_analysis *a, struct cox_err *reterr)
{
    struct waterfall *w = a->ctx;
    size_t owner_count = a->generation->book.owner_count;
    uint64_t *in = COX_NEW_ARRAY(a->x->arena, owner_count / 64 + 1, uint64_t);
    struct cox_book_ask ask = a->ask;
    struct cox_book_flow flow;

    if (in == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < owner_count; i++) {
        bool is_asked = a->ask.owner_in == NULL || (a->ask.owner_in[i / 64] >> i % 64 & 1U) != 0;
        if (is_asked && w->groups[w->map[i]] == w->of) {
            in[i / 64] |= UINT64_C(1) << i % 64;
        }
    }
    ask.owner_in = in;
    return cox_book_waterfall(&a->generation->book, &ask, w->from_us, note_move, a, &flow, reterr);
}

static enum cox_rc read_flow(struct cox_analysis *a, struct cox_book_flow *ret_flow,
    struct cox_err *reterr)
{
    struct waterfall *w = a->ctx;

    return cox_book_waterfall(&a->generation->book, &a->ask, w->from_us,
        w->moves == 0 || w->of >= 0 ? NULL : note_move, a, ret_flow, reterr);
}

/* The flow of all, of each row, and the deals behind. */
static enum cox_rc put_flows(struct cox_analysis *a, const struct cox_book_flow *flow,
    bool has_filters, struct cox_err *reterr)
{
    struct waterfall *w = a->ctx;

    COX_TRY(put_flow(a, flow, has_filters, reterr));
    if (w->by.by[0] != COX_BY_NOTHING) {
        COX_TRY(put_groups(a, reterr));
    }
    if (w->of >= 0 && w->moves != 0) {
        COX_TRY(note_row(a, reterr));
    }
    return w->moves == 0 ? COX_OK : put_deals(a, reterr);
}

static void set_window(struct cox_analysis *a)
{
    a->ask.close =
        (struct cox_book_days){(int32_t)a->period.span.from_day, (int32_t)a->period.span.to_day};
}

static enum cox_rc put_waterfall(struct cox_analysis *a, struct cox_err *reterr)
{
    struct waterfall *w = a->ctx;
    struct cox_book_flow flow;

    COX_TRY(read_from(a, w, reterr));
    COX_TRY(cox_book_scope_since(a->call, a->generation, w->from_us, &a->ask.scope, reterr));
    if (w->has_window) {
        set_window(a);
    }
    cox_cell_put_instant(&a->json, "from", w->from_us);
    cox_json_put_bool(&a->json, "is_of_period", w->has_window);
    COX_TRY(read_flow(a, &flow, reterr));
    return put_flows(a, &flow, true, reterr);
}

enum cox_rc cox_waterfall_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct waterfall *w = COX_NEW(x->arena, struct waterfall);
    struct cox_text period;

    if (w == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_by(x, w, reterr));
    COX_TRY(read_move(x, w, reterr));
    w->pushed = -1;
    COX_TRY(cox_exchange_parameter(x, "period", &period, reterr));
    w->has_window = period.size > 0;
    return cox_analysis_reply(x, load_frame, put_waterfall, w, reterr);
}

/* ---- slippage ---- */

struct pushes {
    struct cox_analysis *a;
    int64_t count[PUSHES_MAX], minor[PUSHES_MAX];
    bool fits;
};

static enum cox_rc count_pushes(void *ctx, const struct cox_book_deal *deal, struct cox_err *reterr)
{
    struct pushes *pushes = ctx;
    const struct waterfall *w = pushes->a->ctx;
    size_t at = deal->push_count < PUSHES_MAX ? deal->push_count : PUSHES_MAX - 1;
    const struct cox_book_moved shown = {.id = deal->id,
        .at_us = COX_NULL,
        .amount_minor = deal->state.amount_minor,
        .move = COX_BOOK_MOVE_COUNT};

    pushes->count[at]++;
    pushes->fits &=
        !__builtin_add_overflow(pushes->minor[at], deal->state.amount_minor, &pushes->minor[at]);
    return w->pushed == (int64_t)at ? keep_moved(pushes->a, &shown, reterr) : COX_OK;
}

static enum cox_rc put_pushes(struct cox_analysis *a, struct cox_err *reterr)
{
    struct cox_book_ask ask = a->ask;
    const struct waterfall *w = a->ctx;
    struct pushes pushes = {.a = a, .fits = true};

    ask.stage_in = cox_analysis_stages(a, COX_BOOK_OPEN);
    if (ask.stage_in == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_book_each(&a->generation->book, &ask, count_pushes, &pushes, reterr));
    if (!pushes.fits) {
        return cox_fail(reterr, COX_TOO_LARGE, "the sum is too large");
    }
    cox_json_key(&a->json, "pushes");
    cox_json_begin_array(&a->json);
    for (int i = 0; i < PUSHES_MAX; i++) {
        cox_json_begin_object(&a->json);
        cox_json_put_int(&a->json, "times", i); /* the last: so often or more */
        cox_json_put_int(&a->json, "count", pushes.count[i]);
        cox_analysis_put_money(a, "amount", pushes.minor[i]);
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    return w->pushed >= 0 ? put_deals(a, reterr) : COX_OK;
}

static double slip_rate(const struct cox_book_flow *flow)
{
    int64_t due = cox_slip_due(flow);

    return due == 0 ? (double)NAN : (double)cox_slip_out(flow) / (double)due;
}

/* What was due in the period, from its beginning to its end or the instant, whichever comes first. */
static enum cox_rc put_slippage(struct cox_analysis *a, struct cox_err *reterr)
{
    struct waterfall *w = a->ctx;
    const struct cox_book_ask whole = a->ask;
    struct cox_book_flow flow;
    bool has_begun;

    COX_TRY(cox_slip_window(a->call, a->generation, a->period.span, &a->ask, &w->from_us,
        &has_begun, reterr));
    if (!has_begun) {
        return cox_fail_at(reterr, COX_INVALID, "period", 0, "has not begun");
    }
    COX_TRY(read_flow(a, &flow, reterr));
    cox_json_put_real(&a->json, "rate", slip_rate(&flow));
    cox_json_put_string(&a->json, "formula",
        "Deals pushed out of the period / deals that were due in it at its beginning or came to be.");
    COX_TRY(put_flows(a, &flow, false, reterr));
    a->ask = whole;
    return put_pushes(a, reterr);
}

enum cox_rc cox_slippage_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct waterfall *w = COX_NEW(x->arena, struct waterfall);

    if (w == NULL) {
        return cox_no_memory(reterr);
    }
    w->has_window = true;
    COX_TRY(read_by(x, w, reterr));
    COX_TRY(read_move(x, w, reterr));
    COX_TRY(cox_exchange_integer(x, "pushed", 0, PUSHES_MAX - 1, -1, &w->pushed, reterr));
    if (w->pushed >= 0 && w->moves != 0) {
        return cox_fail_at(reterr, COX_INVALID, "pushed", 0, "is of open deals: leave out move");
    }
    return cox_analysis_reply(x, load_frame, put_slippage, w, reterr);
}
