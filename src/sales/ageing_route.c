/*
 * sales/ageing_route.c: how long open deals have been in their stage, against what the deals won in the two years
 * before took: per stage, and per stage and product where ten or more were won.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/day.h"
#include "record/cell.h"
#include "record/memo.h"
#include "sales/open_deals.h"
#include "sales/pipeline.h"
#include "sales/pipeline_route.h"
#include "sales/product.h"

enum { DAYS_MAX = COX_LEARNT_SPAN_DAYS + 1, SEGMENTS_MAX = 40, SHOWN = 100, SHOWN_MAX = 1000 };

struct cell {
    int64_t count, minor, over_count, over_minor;
};

/* How long an open deal has been in its stage. */
struct stay {
    int64_t days;
    uint16_t stage;
};

struct usual {
    int64_t days, count; /* days: COX_NULL below COX_LEARNT_MIN */
};

struct ageing {
    int64_t limit;
    struct cox_open_deals deals;
    struct cox_open_first over;
    struct stay *stays;
    size_t stay_count, stay_room;
    struct cell *stages, *segments;
    int64_t total; /* of amounts, whatever their sign: when it fits, so does every sum */
    bool fits;
    uint32_t *days;      /* of stays, by segment and stage; NULL: too many products */
    struct usual *usual; /* by segment and stage */
    size_t stage_count, segment_count;
    size_t *stage_order, *segment_order;
};

/* ---- what is usual ---- */

/* Whoever asks: a percentile names no deal. As sales/learnt.h has it for stages. */
static enum cox_rc learn_segments(struct cox_analysis *a, struct ageing *g, struct cox_err *reterr)
{
    const struct cox_book_generation *book = a->generation;
    struct cox_book_ask ask = a->ask;
    unsigned char *won = COX_NEW_ARRAY(a->x->arena, book->book.stage_count + 1, unsigned char);
    uint32_t *map = COX_NEW_ARRAY(a->x->arena, book->code_count + 1, uint32_t);
    size_t size = book->book.stage_count * COX_BOOK_STAY_COUNT * DAYS_MAX;

    g->days = COX_NEW_ARRAY(a->x->arena, g->segment_count * size + 1, uint32_t);
    if (won == NULL || map == NULL || g->days == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < book->book.stage_count; i++) {
        won[i] = book->book.stages[i].kind == COX_BOOK_WON;
    }
    for (size_t i = 0; i < g->segment_count; i++) {
        map[i] = (uint32_t)i;
    }
    ask = (struct cox_book_ask){.at_us = cox_call_as_of(a->call).at_us,
        .at_day = a->ask.at_day,
        .stage_in = won,
        .close = COX_BOOK_ANY_DAY,
        .created = COX_BOOK_ANY_DAY,
        .closed = {a->ask.at_day - COX_LEARNT_SPAN_DAYS, a->ask.at_day + 1}};
    return g->segment_count == 0 ? COX_OK
                                 : cox_book_stays_by(&book->book, &ask, 0, DAYS_MAX, map,
                                       book->code_count, g->segment_count, g->days, reterr);
}

/* Nearest-rank 80th percentile. */
static struct usual usual_in(const uint32_t *days)
{
    struct usual usual = {COX_NULL, 0};
    int64_t seen = 0;

    for (size_t day = 0; day < DAYS_MAX; day++) {
        usual.count += days[day];
    }
    for (size_t day = 0; day < DAYS_MAX && usual.count >= COX_LEARNT_MIN; day++) {
        seen += days[day];
        if (seen > usual.count * 4 / 5) {
            usual.days = (int64_t)day;
            break;
        }
    }
    return usual;
}

/* ---- kept for a while, as sales/learnt.h has it ---- */

enum { KEPT_MAX = 250 /* what a memo has room for */ };
struct kept {
    struct usual usual[KEPT_MAX];
};
_Static_assert(sizeof(struct kept) <= COX_MEMO_SIZE_MAX, "a memo holds it");

static bool kept_key(const struct cox_analysis *a, const struct ageing *g,
    char ret_key[COX_MEMO_KEY_MAX])
{
    (void)snprintf(ret_key, COX_MEMO_KEY_MAX, "segments %lld %zu %zu", /* 60 bytes at most */
        (long long)cox_call_as_of_day(a->call), g->stage_count, g->segment_count);
    return cox_call_is_now(a->call) && g->stage_count * g->segment_count <= KEPT_MAX;
}

static bool find_kept(const struct cox_analysis *a, struct ageing *g)
{
    char key[COX_MEMO_KEY_MAX];
    struct kept kept;

    if (!kept_key(a, g, key) ||
        !cox_memo_find(cox_call_store(a->call), key, 3600 * COX_SECOND_US, &kept, sizeof(kept))) {
        return false;
    }
    memcpy(g->usual, kept.usual, g->stage_count * g->segment_count * sizeof(*g->usual));
    return true;
}

static void keep(const struct cox_analysis *a, const struct ageing *g)
{
    char key[COX_MEMO_KEY_MAX];
    struct kept kept = {0};
    int64_t count = 0;

    for (size_t i = 0; i < g->stage_count * g->segment_count; i++) {
        count += g->usual[i].count;
    }
    if (kept_key(a, g, key) && count >= COX_LEARNT_KEPT) {
        memcpy(kept.usual, g->usual, g->stage_count * g->segment_count * sizeof(*g->usual));
        cox_memo_put(cox_call_store(a->call), key, &kept, sizeof(kept));
    }
}

static enum cox_rc learn(struct cox_analysis *a, struct ageing *g, struct cox_err *reterr)
{
    size_t count;

    g->stage_count = a->generation->book.stage_count;
    g->segment_count = a->generation->code_count <= SEGMENTS_MAX ? a->generation->code_count : 0;
    count = g->segment_count * g->stage_count;
    g->usual = COX_NEW_ARRAY(a->x->arena, count + 1, struct usual);
    if (g->usual == NULL) {
        return cox_no_memory(reterr);
    }
    if (find_kept(a, g)) {
        return COX_OK;
    }
    COX_TRY(learn_segments(a, g, reterr));
    for (size_t i = 0; i < count; i++) {
        g->usual[i] =
            usual_in(g->days + (i * COX_BOOK_STAY_COUNT + COX_BOOK_STAY_ONWARD) * DAYS_MAX);
    }
    keep(a, g);
    return COX_OK;
}

static struct usual usual_of(const struct ageing *g, size_t segment, size_t stage)
{
    return segment < g->segment_count ? g->usual[segment * g->stage_count + stage]
                                      : (struct usual){COX_NULL, 0};
}

/* The product's own where enough of it were won, else the stage's. */
static int64_t usual_for(const struct ageing *g, const struct cox_open_deal *deal)
{
    int64_t own = usual_of(g, deal->code, deal->stage).days;

    return own != COX_NULL ? own : cox_open_deal_usual(&g->deals, deal);
}

static int64_t age_of(const struct cox_analysis *a, const struct cox_open_deal *deal)
{
    return deal->stage_day == COX_NULL ? COX_NULL : cox_call_as_of_day(a->call) - deal->stage_day;
}

static bool is_over(const struct cox_analysis *a, const struct ageing *g,
    const struct cox_open_deal *deal)
{
    int64_t age = age_of(a, deal), usual = usual_for(g, deal);

    return age != COX_NULL && usual != COX_NULL && age > usual;
}

static void add(struct cell *cell, const struct cox_open_deal *deal, bool over)
{
    cell->count++;
    cell->minor += deal->amount_minor; /* checked: a total of all of them was taken before */
    cell->over_count += over;
    cell->over_minor += over ? deal->amount_minor : 0;
}

/* ---- the reply ---- */

static void put_cell(struct cox_analysis *a, const struct cell *cell, int64_t usual,
    int64_t usual_count)
{
    cox_json_put_int(&a->json, "count", cell->count);
    cox_analysis_put_money(a, "amount", cell->minor);
    cox_cell_put_number(&a->json, "usual_days", usual);
    cox_json_put_int(&a->json, "usual_count", usual_count);
    cox_json_put_int(&a->json, "over_count", cell->over_count);
    cox_analysis_put_money(a, "over_amount", cell->over_minor);
}

static int compare_stays(const void *a, const void *b)
{
    const struct stay *x = a, *y = b;

    if (x->stage != y->stage) {
        return x->stage < y->stage ? -1 : 1;
    }
    return (x->days > y->days) - (x->days < y->days);
}

/* Of the stage's run in the sorted stays. */
static void put_median(struct cox_analysis *a, const struct ageing *g, size_t stage)
{
    size_t first = 0, end;

    while (first < g->stay_count && g->stays[first].stage != stage) {
        first++;
    }
    for (end = first; end < g->stay_count && g->stays[end].stage == stage; end++) {
    }
    cox_cell_put_number(&a->json, "median_days",
        end == first ? COX_NULL : g->stays[first + (end - first - 1) / 2].days);
}

static bool comes_before(const struct cox_book_stage_row *x, const struct cox_book_stage_row *y)
{
    return x->pipeline != y->pipeline   ? x->pipeline < y->pipeline
           : x->position != y->position ? x->position < y->position
                                        : x->id < y->id;
}

static enum cox_rc put_stage(struct cox_analysis *a, const struct ageing *g, size_t stage,
    const struct cell *cell, struct cox_err *reterr)
{
    const struct cox_deal_stage *known = g->deals.stages[stage];

    cox_json_begin_object(&a->json);
    COX_TRY(cox_analysis_put_ref(a, "stage", "label", &cox_stage, a->generation->stages[stage].id,
        reterr));
    put_cell(a, cell, known == NULL ? COX_NULL : known->learnt_days,
        known == NULL ? 0 : (int64_t)known->learnt_count);
    put_median(a, g, stage);
    COX_TRY(cox_analysis_put_filter(a, "filter", reterr, "closed_day=is.null&stage=eq.%lld",
        (long long)a->generation->stages[stage].id));
    cox_json_end_object(&a->json);
    return COX_OK;
}

/* Positions of the book in the order that people read: by pipeline and place in it; products by id. */
static enum cox_rc make_order(struct cox_analysis *a, struct ageing *g, struct cox_err *reterr)
{
    const struct cox_book_generation *book = a->generation;

    g->stage_order = COX_NEW_ARRAY(a->x->arena, g->stage_count + 1, size_t);
    g->segment_order = COX_NEW_ARRAY(a->x->arena, g->segment_count + 1, size_t);
    if (g->stage_order == NULL || g->segment_order == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < g->stage_count; i++) {
        size_t at = i;
        while (at > 0 && comes_before(&book->stages[i], &book->stages[g->stage_order[at - 1]])) {
            g->stage_order[at] = g->stage_order[at - 1];
            at--;
        }
        g->stage_order[at] = i;
    }
    for (size_t i = 0; i < g->segment_count; i++) {
        size_t at = i;
        while (at > 0 && book->codes[i] < book->codes[g->segment_order[at - 1]]) {
            g->segment_order[at] = g->segment_order[at - 1];
            at--;
        }
        g->segment_order[at] = i;
    }
    return COX_OK;
}

static enum cox_rc put_segments(struct cox_analysis *a, const struct ageing *g,
    const struct cell *cells, struct cox_err *reterr)
{
    cox_json_key(&a->json, "segments");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < g->segment_count * g->stage_count; i++) {
        size_t segment = g->segment_order[i / g->stage_count];
        size_t stage = g->stage_order[i % g->stage_count];
        size_t at = segment * g->stage_count + stage;
        struct usual usual = usual_of(g, segment, stage);
        if (cells[at].count == 0 && usual.days == COX_NULL) {
            continue;
        }
        cox_json_begin_object(&a->json);
        COX_TRY(cox_analysis_put_ref(a, "product", "name", &cox_product,
            a->generation->codes[segment], reterr));
        COX_TRY(cox_analysis_put_ref(a, "stage", "label", &cox_stage,
            a->generation->stages[stage].id, reterr));
        put_cell(a, &cells[at], usual.days, usual.count);
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    return COX_OK;
}

static enum cox_rc put_over(struct cox_analysis *a, struct ageing *g, struct cox_err *reterr)
{
    cox_open_first_sort(&g->over);
    cox_json_key(&a->json, "deals");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < g->over.count; i++) {
        const struct cox_open_deal *deal = &g->over.at[i];
        COX_TRY(cox_open_deal_begin(a, deal, reterr));
        cox_json_put_int(&a->json, "days", age_of(a, deal));
        cox_json_put_int(&a->json, "usual_days", usual_for(g, deal));
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    cox_json_put_int(&a->json, "more_count", g->over.offered - (int64_t)g->over.count);
    return COX_OK;
}

/* ---- the deals ---- */

static enum cox_rc add_stay(struct ageing *g, struct stay stay, struct cox_err *reterr)
{
    if (g->stay_count == g->stay_room) {
        size_t room = g->stay_room == 0 ? 1024 : 2 * g->stay_room;
        struct stay *grown = COX_NEW_ARRAY(g->deals.a->x->arena, room, struct stay);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (g->stay_count > 0) {
            memcpy(grown, g->stays, g->stay_count * sizeof(*grown));
        }
        g->stays = grown;
        g->stay_room = room;
    }
    g->stays[g->stay_count++] = stay;
    return COX_OK;
}

static enum cox_rc note_deal(void *ctx, const struct cox_open_deal *deal, struct cox_err *reterr)
{
    struct ageing *g = ctx;
    struct cox_analysis *a = g->deals.a;
    bool over = is_over(a, g, deal);

    g->fits &= !__builtin_add_overflow(g->total, llabs(deal->amount_minor), &g->total);
    if (!g->fits) {
        return cox_fail(reterr, COX_TOO_LARGE, "the sum is too large");
    }
    add(&g->stages[deal->stage], deal, over);
    if (deal->code < g->segment_count) {
        add(&g->segments[deal->code * g->stage_count + deal->stage], deal, over);
    }
    if (over) {
        cox_open_first_offer(&g->over, deal);
    }
    return age_of(a, deal) == COX_NULL
               ? COX_OK
               : add_stay(g, (struct stay){age_of(a, deal), deal->stage}, reterr);
}

static enum cox_rc put_ageing(struct cox_analysis *a, struct cox_err *reterr)
{
    struct ageing *g = a->ctx;

    g->fits = true;
    COX_TRY(cox_open_deals_begin(a, &g->deals, reterr));
    COX_TRY(cox_open_first_begin(a, g->limit, &g->over, reterr));
    COX_TRY(learn(a, g, reterr));
    COX_TRY(make_order(a, g, reterr));
    g->stages = COX_NEW_ARRAY(a->x->arena, g->stage_count + 1, struct cell);
    g->segments = COX_NEW_ARRAY(a->x->arena, g->segment_count * g->stage_count + 1, struct cell);
    if (g->stages == NULL || g->segments == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_open_deals_each(&g->deals, note_deal, g, reterr));
    if (g->stay_count > 1) {
        qsort(g->stays, g->stay_count, sizeof(*g->stays), compare_stays);
    }
    cox_json_key(&a->json, "stages");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < g->stage_count; i++) {
        size_t at = g->stage_order[i];
        if (g->stages[at].count > 0) {
            COX_TRY(put_stage(a, g, at, &g->stages[at], reterr));
        }
    }
    cox_json_end_array(&a->json);
    COX_TRY(put_segments(a, g, g->segments, reterr));
    return put_over(a, g, reterr);
}

enum cox_rc cox_ageing_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct ageing *g = COX_NEW(x->arena, struct ageing);

    if (g == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_exchange_integer(x, "limit", 1, SHOWN_MAX, SHOWN, &g->limit, reterr));
    return cox_analysis_reply(x, NULL, put_ageing, g, reterr);
}
