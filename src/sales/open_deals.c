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
    struct cox_open_deals *deals;
    struct cox_imap *by_id; /* NULL: not needed */
};

static int64_t day_of(int32_t day)
{
    return day == COX_BOOK_NO_DAY ? COX_NULL : day;
}

static enum cox_rc note_deal(void *ctx, const struct cox_book_deal *deal, struct cox_err *reterr)
{
    struct loading *l = ctx;
    const struct cox_book_generation *g = l->a->generation;
    struct cox_open_deals *deals = l->deals;

    if (deals->count == deals->room) {
        size_t room = deals->room == 0 ? 256 : 2 * deals->room;
        struct cox_open_deal *grown = COX_NEW_ARRAY(l->a->x->arena, room, struct cox_open_deal);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (deals->count > 0) {
            memcpy(grown, deals->at, deals->count * sizeof(*grown));
        }
        deals->at = grown;
        deals->room = room;
    }
    if (l->by_id != NULL) {
        COX_TRY(cox_imap_put(l->by_id, deal->id, deals->count, reterr));
    }
    deals->at[deals->count++] = (struct cox_open_deal){.id = deal->id,
        .owner = deal->state.owner < g->book.owner_count ? g->owners[deal->state.owner] : COX_NULL,
        .amount_minor = deal->state.amount_minor,
        .close_day = day_of(deal->state.close_day),
        .created_day = day_of(deal->created_day),
        .stage_day = COX_NULL,
        .next_step_day = COX_NULL,
        .last_activity_day = COX_NULL,
        .push_count = deal->push_count,
        .stage = deal->state.stage,
        .code = g->book.parts[deal->part].code[deal->at]};
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
    deal = &l->deals->at[at];
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

    if (cox_imap_find(l->by_id, id, &at) && day > l->deals->at[at].last_activity_day) {
        l->deals->at[at].last_activity_day = day;
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

static enum cox_rc complete_now(struct loading *l, struct cox_err *reterr)
{
    struct cox_facts_keeper *keeper = cox_books_facts(l->a->books);
    const struct cox_open_facts *facts;

    COX_TRY(cox_open_facts_use(keeper, l->a->call, &facts, reterr));
    for (size_t i = 0; i < l->deals->count; i++) {
        struct cox_open_deal *deal = &l->deals->at[i];
        const struct cox_open_fact *fact = cox_open_fact_find(facts, deal->id);
        if (fact != NULL) { /* else it was closed a moment ago */
            deal->stage_day = cox_fact_day(fact->stage_day);
            deal->has_next_step = fact->has_next_step;
            deal->next_step_day = cox_fact_day(fact->next_step_day);
            deal->last_activity_day = cox_fact_day(fact->last_activity_day);
            deal->has_amount = fact->has_amount;
        }
    }
    cox_open_facts_release(keeper, facts);
    return COX_OK;
}

static enum cox_rc load_stages(struct loading *l, struct cox_err *reterr)
{
    const struct cox_book_generation *g = l->a->generation;
    struct cox_deal_stage *stages;
    size_t count;

    COX_TRY(cox_deal_stages_load(l->a->call, &stages, &count, reterr));
    l->deals->stages =
        COX_NEW_ARRAY(l->a->x->arena, g->book.stage_count + 1, const struct cox_deal_stage *);
    if (l->deals->stages == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < g->book.stage_count; i++) {
        size_t at = cox_deal_stage_at(stages, count, g->stages[i].id);
        l->deals->stages[i] = at < count ? &stages[at] : NULL;
    }
    return COX_OK;
}

static int compare_deals(const void *a, const void *b)
{
    const struct cox_open_deal *x = a, *y = b;

    if (x->amount_minor != y->amount_minor) {
        return x->amount_minor > y->amount_minor ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

enum cox_rc cox_open_deals_load(struct cox_analysis *a, struct cox_open_deals *ret_deals,
    struct cox_err *reterr)
{
    struct loading l = {.a = a, .deals = ret_deals};
    struct cox_book_ask ask = a->ask;

    *ret_deals = (struct cox_open_deals){0};
    ask.stage_in = cox_analysis_stages(a, COX_BOOK_OPEN);
    if (ask.stage_in == NULL) {
        return cox_no_memory(reterr);
    }
    if (!cox_call_is_now(a->call)) {
        COX_TRY(cox_imap_open_in(a->x->arena, 256, &l.by_id, reterr));
    }
    COX_TRY(cox_book_each(&a->generation->book, &ask, note_deal, &l, reterr));
    COX_TRY(cox_call_is_now(a->call) ? complete_now(&l, reterr) : complete_then(&l, reterr));
    COX_TRY(load_stages(&l, reterr));
    if (ret_deals->count > 1) {
        qsort(ret_deals->at, ret_deals->count, sizeof(*ret_deals->at), compare_deals);
    }
    return COX_OK;
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
