/* sales/open_deals.c: open deals from the book, completed from the records. */
#include "sales/open_deals.h"

#include <stdlib.h>

#include "base/map.h"
#include "org/people.h"
#include "record/cell.h"
#include "record/query.h"
#include "sales/deals.h"
#include "sales/open_facts.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"

struct loading {
    struct cox_analysis *a;
    cox_open_deal_fn fn;
    void *ctx;
    /* Now: completed from what is kept beside the book. */
    const struct cox_open_facts *facts;
    size_t fact_at;
    /* As of an instant: gathered, and completed from the records. */
    struct cox_open_deal *deals;
    size_t count, room;
    struct cox_imap *by_id;
};

static int64_t day_of(int32_t day)
{
    return day == COX_BOOK_NO_DAY ? COX_NULL : day;
}

static struct cox_open_deal deal_of(const struct loading *l, const struct cox_book_deal *deal)
{
    const struct cox_book_generation *g = l->a->generation;

    return (struct cox_open_deal){.id = deal->id,
        .owner = deal->state.owner < g->book.owner_count ? g->owners[deal->state.owner] : COX_NULL,
        .amount_minor = deal->state.amount_minor,
        .close_day = day_of(deal->state.close_day),
        .created_day = day_of(deal->created_day),
        .stage_day = COX_NULL,
        .next_step_day = COX_NULL,
        .last_activity_day = COX_NULL,
        .part = (uint32_t)deal->part,
        .at = (uint32_t)deal->at,
        .stage = deal->state.stage,
        .code = g->book.parts[deal->part].code[deal->at]};
}

static enum cox_rc tell_deal(void *ctx, const struct cox_book_deal *found, struct cox_err *reterr)
{
    struct loading *l = ctx;
    struct cox_open_deal deal = deal_of(l, found);
    const struct cox_open_fact *fact = cox_open_fact_next(l->facts, deal.id, &l->fact_at);

    if (fact != NULL) { /* else it was closed a moment ago */
        deal.stage_day = cox_fact_day(fact->stage_day);
        deal.has_next_step = fact->has_next_step;
        deal.next_step_day = cox_fact_day(fact->next_step_day);
        deal.last_activity_day = cox_fact_day(fact->last_activity_day);
        deal.has_amount = fact->has_amount;
    }
    return l->fn(l->ctx, &deal, reterr);
}

static enum cox_rc gather_deal(void *ctx, const struct cox_book_deal *found, struct cox_err *reterr)
{
    struct loading *l = ctx;

    if (l->count == l->room) {
        size_t room = l->room == 0 ? 256 : 2 * l->room;
        struct cox_open_deal *grown = COX_NEW_ARRAY(l->a->x->arena, room, struct cox_open_deal);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (l->count > 0) {
            memcpy(grown, l->deals, l->count * sizeof(*grown));
        }
        l->deals = grown;
        l->room = room;
    }
    COX_TRY(cox_imap_put(l->by_id, found->id, l->count, reterr));
    l->deals[l->count++] = deal_of(l, found);
    return COX_OK;
}

/* ---- from the records ---- */

enum { STAGE_DAY, NEXT_STEP, NEXT_STEP_DAY, ACTIVITY_DAY, AMOUNT, FIELD_COUNT };

static const uint32_t fields[FIELD_COUNT] = {
    [STAGE_DAY] = COX_OPPORTUNITY_STAGE_DAY,
    [NEXT_STEP] = COX_OPPORTUNITY_NEXT_STEP,
    [NEXT_STEP_DAY] = COX_OPPORTUNITY_NEXT_STEP_DAY,
    [ACTIVITY_DAY] = COX_OPPORTUNITY_LAST_ACTIVITY_DAY,
    [AMOUNT] = COX_OPPORTUNITY_AMOUNT,
};

static int64_t number_of(const struct cox_value *value)
{
    return value->kind == COX_VALUE_INT ? value->number : COX_NULL;
}

static enum cox_rc complete(void *ctx, int64_t id, const struct cox_value *values,
    struct cox_err *reterr)
{
    struct loading *l = ctx;
    struct cox_open_deal *deal;
    uint64_t at;

    (void)reterr;
    if (!cox_imap_find(l->by_id, id, &at)) {
        return COX_OK;
    }
    deal = &l->deals[at];
    deal->stage_day = number_of(&values[STAGE_DAY]);
    deal->has_next_step =
        values[NEXT_STEP].kind == COX_VALUE_TEXT && values[NEXT_STEP].text.size > 0;
    deal->next_step_day = number_of(&values[NEXT_STEP_DAY]);
    deal->last_activity_day = number_of(&values[ACTIVITY_DAY]);
    deal->has_amount = number_of(&values[AMOUNT]) != COX_NULL;
    return COX_OK;
}

static void note_activity(void *ctx, int64_t id, int64_t day)
{
    struct loading *l = ctx;
    uint64_t at;

    if (cox_imap_find(l->by_id, id, &at) && day > l->deals[at].last_activity_day) {
        l->deals[at].last_activity_day = day;
    }
}

/* As of an instant: asked of the records with the asker's rights. */
static enum cox_rc complete_then(struct loading *l, struct cox_err *reterr)
{
    struct cox_query query = {.entity = &cox_opportunity};

    COX_TRY(cox_filter_parse(l->a->call, &cox_opportunity, COX_LIT("closed_day=is.null"),
        &query.filter, reterr));
    COX_TRY(cox_scan(l->a->call, &query, fields, FIELD_COUNT, complete, l, reterr));
    return cox_deal_activity_days(l->a->call, note_activity, l, reterr);
}

/* ---- telling ---- */

static enum cox_rc tell_now(struct loading *l, const struct cox_book_ask *ask,
    struct cox_err *reterr)
{
    struct cox_facts_keeper *keeper = cox_books_facts(l->a->books);
    enum cox_rc rc;

    COX_TRY(cox_open_facts_use(keeper, l->a->call, &l->facts, reterr));
    rc = cox_book_each(&l->a->generation->book, ask, tell_deal, l, reterr);
    cox_open_facts_release(keeper, l->facts);
    return rc;
}

static enum cox_rc tell_then(struct loading *l, const struct cox_book_ask *ask,
    struct cox_err *reterr)
{
    COX_TRY(cox_imap_open_in(l->a->x->arena, 256, &l->by_id, reterr));
    COX_TRY(cox_book_each(&l->a->generation->book, ask, gather_deal, l, reterr));
    COX_TRY(complete_then(l, reterr));
    for (size_t i = 0; i < l->count; i++) {
        COX_TRY(l->fn(l->ctx, &l->deals[i], reterr));
    }
    return COX_OK;
}

enum cox_rc cox_open_deals_each(const struct cox_open_deals *deals, cox_open_deal_fn fn, void *ctx,
    struct cox_err *reterr)
{
    struct loading l = {.a = deals->a, .fn = fn, .ctx = ctx};
    struct cox_book_ask ask = deals->a->ask;

    ask.wants = COX_BOOK_NO_PAST;
    ask.stage_in = cox_analysis_stages(deals->a, COX_BOOK_OPEN);
    if (ask.stage_in == NULL) {
        return cox_no_memory(reterr);
    }
    return cox_call_is_now(deals->a->call) ? tell_now(&l, &ask, reterr)
                                           : tell_then(&l, &ask, reterr);
}

enum cox_rc cox_open_deals_begin(struct cox_analysis *a, struct cox_open_deals *ret_deals,
    struct cox_err *reterr)
{
    const struct cox_book_generation *g = a->generation;
    struct cox_deal_stage *stages;
    size_t count;

    *ret_deals = (struct cox_open_deals){.a = a};
    COX_TRY(cox_deal_stages_load(a->call, &stages, &count, reterr));
    ret_deals->stages =
        COX_NEW_ARRAY(a->x->arena, g->book.stage_count + 1, const struct cox_deal_stage *);
    if (ret_deals->stages == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < g->book.stage_count; i++) {
        size_t at = cox_deal_stage_at(stages, count, g->stages[i].id);
        ret_deals->stages[i] = at < count ? &stages[at] : NULL;
    }
    return COX_OK;
}

/* ---- the first of many ---- */

static bool comes_before(const struct cox_open_deal *x, const struct cox_open_deal *y)
{
    return x->amount_minor != y->amount_minor ? x->amount_minor > y->amount_minor : x->id < y->id;
}

static int compare_deals(const void *a, const void *b)
{
    const struct cox_open_deal *x = a, *y = b;

    return comes_before(x, y) ? -1 : comes_before(y, x);
}

enum cox_rc cox_open_first_begin(struct cox_analysis *a, int64_t max,
    struct cox_open_first *ret_first, struct cox_err *reterr)
{
    *ret_first = (struct cox_open_first){.max = (size_t)max,
        .at = COX_NEW_ARRAY(a->x->arena, (size_t)max + 1, struct cox_open_deal)};
    return ret_first->at == NULL ? cox_no_memory(reterr) : COX_OK;
}

/* A heap with the last of the first on top. */
static void sift_down(struct cox_open_deal *deals, size_t count, size_t at)
{
    struct cox_open_deal moving = deals[at];

    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && comes_before(&deals[child], &deals[child + 1])) {
            child++;
        }
        if (!comes_before(&moving, &deals[child])) {
            break;
        }
        deals[at] = deals[child];
    }
    deals[at] = moving;
}

void cox_open_first_offer(struct cox_open_first *first, const struct cox_open_deal *deal)
{
    first->offered++;
    if (first->count < first->max) {
        first->at[first->count++] = *deal;
        for (size_t i = first->count == first->max ? first->max / 2 : 0; i-- > 0;) {
            sift_down(first->at, first->count, i);
        }
    } else if (comes_before(deal, &first->at[0])) {
        first->at[0] = *deal;
        sift_down(first->at, first->count, 0);
    }
}

void cox_open_first_sort(struct cox_open_first *first)
{
    if (first->count > 1) {
        qsort(first->at, first->count, sizeof(*first->at), compare_deals);
    }
}

int64_t cox_open_deal_usual(const struct cox_open_deals *deals, const struct cox_open_deal *deal)
{
    const struct cox_deal_stage *stage = deals->stages[deal->stage];

    return stage == NULL ? COX_NULL : stage->learnt_days;
}

enum cox_rc cox_open_deal_begin(struct cox_analysis *a, const struct cox_open_deal *deal,
    struct cox_err *reterr)
{
    COX_TRY(cox_analysis_begin_deal(a, deal->id, reterr));
    COX_TRY(cox_analysis_put_ref(a, "stage", "stage_label", &cox_stage,
        a->generation->stages[deal->stage].id, reterr));
    cox_analysis_put_money(a, "amount", deal->has_amount ? deal->amount_minor : COX_NULL);
    cox_cell_put_day(&a->json, "close_day", deal->close_day);
    return COX_OK;
}
