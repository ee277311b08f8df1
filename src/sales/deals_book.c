/* sales/deals_book.c: a brief's deals from the book and the facts beside it: no record is read. */
#include <math.h>

#include "sales/book.h"
#include "sales/deals_parts.h"
#include "sales/open_facts.h"

struct taking {
    struct cox_deals_loading load;
    const struct cox_deals_ask *ask;
    size_t *stage_at; /* of the book's stage: position among the brief's; count: none */
    uint64_t **bits;
};

static int64_t day_of(int32_t day)
{
    return day == COX_BOOK_NO_DAY ? COX_NULL : day;
}

static void add_facts(const struct taking *t, struct cox_deal *deal)
{
    const struct cox_open_fact *fact = cox_open_fact_find(t->ask->facts, deal->id);

    if (fact != NULL) { /* else it was closed a moment ago */
        deal->stage_day = cox_fact_day(fact->stage_day);
        deal->has_next_step = fact->has_next_step;
        deal->next_step_day = cox_fact_day(fact->next_step_day);
        deal->last_activity_day = cox_fact_day(fact->last_activity_day);
        deal->has_amount = fact->has_amount;
    }
}

static enum cox_rc take(void *ctx, const struct cox_book_deal *found, struct cox_err *reterr)
{
    struct taking *t = ctx;
    const struct cox_book_generation *g = t->ask->generation;
    const struct cox_book_state *state = &found->state;
    size_t stage = t->stage_at[state->stage];
    struct cox_deal deal = {.id = found->id,
        .owner = state->owner < g->book.owner_count ? g->owners[state->owner] : COX_NULL,
        .account = COX_NULL,
        .stage = (int64_t)stage,
        .amount_minor = state->amount_minor,
        .is_rated = true,
        .has_amount = true,
        .close_day = day_of(state->close_day),
        .created_day = day_of(found->created_day),
        .closed_day = day_of(state->closed_day),
        .won_day = COX_NULL,
        .stage_day = COX_NULL,
        .next_step_day = COX_NULL,
        .last_activity_day = COX_NULL,
        .win_prob =
            state->win_bp == COX_BOOK_NO_PROB ? (double)NAN : (double)state->win_bp / 10000.0};
    uint64_t at;

    if (stage == t->load.deals->stage_count || cox_imap_find(t->load.by_id, deal.id, &at)) {
        return COX_OK; /* of a stage that is no more, or shared by one of those asked for too */
    }
    if (g->book.stages[state->stage].kind == COX_BOOK_WON) {
        deal.won_day = deal.closed_day;
    }
    if (deal.closed_day == COX_NULL) {
        add_facts(t, &deal);
    }
    t->bits[found->part][found->at / 64] |= UINT64_C(1) << found->at % 64;
    return cox_deals_put(&t->load, &deal, reterr);
}

static enum cox_rc make_bits(struct taking *t, uint64_t ***ret_bits, struct cox_err *reterr)
{
    const struct cox_book *book = &t->ask->generation->book;
    uint64_t **bits = COX_NEW_ARRAY(t->load.arena, book->part_count + 1, uint64_t *);

    for (size_t p = 0; bits != NULL && p < book->part_count; p++) {
        bits[p] = COX_NEW_ARRAY(t->load.arena, book->parts[p].deal_count / 64 + 1, uint64_t);
        if (bits[p] == NULL) {
            return cox_no_memory(reterr);
        }
    }
    *ret_bits = bits;
    return bits == NULL ? cox_no_memory(reterr) : COX_OK;
}

static enum cox_rc begin(struct taking *t, struct cox_call *call, struct cox_deals *deals,
    struct cox_err *reterr)
{
    const struct cox_book_generation *g = t->ask->generation;

    COX_TRY(cox_deals_begin(&t->load, call, deals, reterr));
    COX_TRY(make_bits(t, &t->bits, reterr));
    t->stage_at = COX_NEW_ARRAY(t->load.arena, g->book.stage_count + 1, size_t);
    if (t->stage_at == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < g->book.stage_count; i++) {
        t->stage_at[i] = cox_deal_stage_at(deals->stages, deals->stage_count, g->stages[i].id);
    }
    deals->generation = g;
    deals->picked = (const uint64_t *const *)t->bits;
    return COX_OK;
}

static bool is_asked_for(const struct cox_deals_ask *ask, int64_t user)
{
    for (size_t i = 0; i < ask->owner_count; i++) {
        if (ask->owners[i] == user) {
            return true;
        }
    }
    return false;
}

/* Deals of others, won, of which somebody asked for has a share. */
static enum cox_rc take_shared(struct taking *t, const struct cox_deal_shares *shares,
    struct cox_book_ask question, struct cox_err *reterr)
{
    uint64_t **bits;

    COX_TRY(make_bits(t, &bits, reterr));
    for (size_t i = 0; i < shares->count; i++) {
        size_t part, at;
        if (is_asked_for(t->ask, shares->at[i].user) &&
            cox_book_find(t->ask->generation, shares->at[i].deal, &part, &at)) {
            bits[part][at / 64] |= UINT64_C(1) << at % 64;
        }
    }
    question.owner_in = NULL;
    question.picked = (const uint64_t *const *)bits;
    return cox_book_each(&t->ask->generation->book, &question, take, t, reterr);
}

static enum cox_rc take_closed(struct taking *t, struct cox_book_ask question,
    const struct cox_deal_shares *shares, struct cox_err *reterr)
{
    const struct cox_book *book = &t->ask->generation->book;
    unsigned char *won = COX_NEW_ARRAY(t->load.arena, book->stage_count + 1, unsigned char);

    if (won == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < book->stage_count; i++) {
        won[i] = book->stages[i].kind == COX_BOOK_WON;
    }
    question.stage_in = t->ask->with_lost ? NULL : won;
    question.closed = (struct cox_book_days){(int32_t)t->ask->closed_from, INT32_MAX};
    COX_TRY(cox_book_each(book, &question, take, t, reterr));
    if (t->ask->owners == NULL || shares->count == 0) {
        return COX_OK;
    }
    question.stage_in = won;
    return take_shared(t, shares, question, reterr);
}

enum cox_rc cox_deals_load_from_book(struct cox_call *call, const struct cox_deals_ask *ask,
    struct cox_deals *ret_deals, struct cox_err *reterr)
{
    struct taking t = {.ask = ask};
    struct cox_deal_shares shares;
    struct cox_book_ask question;

    COX_TRY(begin(&t, call, ret_deals, reterr));
    COX_TRY(cox_book_ask_of(call, ask->generation, &question, reterr));
    question.wants = COX_BOOK_NO_PAST;
    if (ask->owners != NULL) {
        question.owner_in =
            cox_book_owner_bits(call, ask->generation, ask->owners, ask->owner_count);
        if (question.owner_in == NULL) {
            return cox_no_memory(reterr);
        }
    }
    COX_TRY(cox_deal_shares_load(call, &shares, reterr));
    question.closed = (struct cox_book_days){COX_BOOK_NO_DAY, COX_BOOK_NO_DAY + 1}; /* open */
    COX_TRY(cox_book_each(&ask->generation->book, &question, take, &t, reterr));
    COX_TRY(take_closed(&t, question, &shares, reterr));
    return cox_deals_credit(&t.load, &shares, reterr);
}
