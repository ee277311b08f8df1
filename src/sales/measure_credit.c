/* sales/measure_credit.c: deals won that several people share: each has the credit of the own share. */
#include <stdlib.h>

#include "base/money.h"
#include "record/query.h"
#include "sales/measure_parts.h"
#include "sales/opportunity.h"

enum { SHARES_MAX = 64 }; /* with more of them the owner has it all: as sales/deals.c */

struct share {
    int64_t deal, user, share_bp;
};

struct shares {
    struct cox_measure_reading *r;
    struct share *at;
    size_t count, room;
};

enum { DEAL, USER, SHARE_BP };
static const uint32_t fields[] = {[DEAL] = COX_OPPORTUNITY_SPLIT_OPPORTUNITY,
    [USER] = COX_OPPORTUNITY_SPLIT_USER,
    [SHARE_BP] = COX_OPPORTUNITY_SPLIT_SHARE_BP};

static enum cox_rc note_share(void *ctx, int64_t id, const struct cox_value *values,
    struct cox_err *reterr)
{
    struct shares *shares = ctx;

    (void)id;
    if (shares->count == shares->room) {
        size_t room = shares->room == 0 ? 256 : 2 * shares->room;
        struct share *grown = COX_NEW_ARRAY(shares->r->arena, room, struct share);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (shares->count > 0) {
            memcpy(grown, shares->at, shares->count * sizeof(*grown));
        }
        shares->at = grown;
        shares->room = room;
    }
    shares->at[shares->count++] =
        (struct share){values[DEAL].number, values[USER].number, values[SHARE_BP].number};
    return COX_OK;
}

static int compare_shares(const void *a, const void *b)
{
    const struct share *x = a, *y = b;

    if (x->deal != y->deal) {
        return x->deal < y->deal ? -1 : 1;
    }
    return (x->user > y->user) - (x->user < y->user);
}

static int compare_deals(const void *a, const void *b)
{
    const struct share *x = a, *y = b;

    return (x->deal > y->deal) - (x->deal < y->deal);
}

/* The shares of a deal, one behind the other; 0: none. */
static size_t shares_of(const struct shares *shares, int64_t deal, const struct share **ret_first)
{
    const struct share wanted = {.deal = deal};
    const struct share *end = shares->at + shares->count, *first;
    size_t count = 0;

    first = bsearch(&wanted, shares->at, shares->count, sizeof(wanted), compare_deals);
    if (first == NULL) {
        return 0;
    }
    while (first > shares->at && first[-1].deal == deal) {
        first--;
    }
    while (first + count < end && first[count].deal == deal) {
        count++;
    }
    *ret_first = first;
    return count <= SHARES_MAX ? count : 0;
}

/* The owner was given all of it with the deals won; here it goes to those who share. */
static enum cox_rc share_out(void *ctx, const struct cox_book_deal *deal, struct cox_err *reterr)
{
    struct shares *shares = ctx;
    struct cox_measure_reading *r = shares->r;
    int64_t owner = deal->state.owner < r->generation->book.owner_count
                        ? r->generation->owners[deal->state.owner]
                        : 0;
    struct cox_measure_place place = {owner, 0, deal->state.closed_day};
    const struct share *share = NULL;
    size_t count = shares_of(shares, deal->id, &share);
    int64_t parts[SHARES_MAX];
    double weights[SHARES_MAX];

    if (count == 0) {
        return COX_OK;
    }
    for (size_t i = 0; i < count; i++) {
        weights[i] = (double)share[i].share_bp;
    }
    COX_TRY(cox_money_split(deal->state.amount_minor, weights, count, parts, reterr));
    if (cox_measure_counts(r->ask, owner)) {
        COX_TRY(cox_measure_add(r, &place, COX_SUM_CREDIT, -deal->state.amount_minor, reterr));
    }
    for (size_t i = 0; i < count; i++) {
        place.user = share[i].user;
        if (cox_measure_counts(r->ask, place.user)) {
            COX_TRY(cox_measure_add(r, &place, COX_SUM_CREDIT, parts[i], reterr));
        }
    }
    return COX_OK;
}

/* Deals of others count as far as somebody asked for shares them. */
static enum cox_rc share_out_all(struct shares *shares, struct cox_err *reterr)
{
    struct cox_measure_reading *r = shares->r;
    const struct cox_span period = r->ask->period;
    struct cox_book_ask question = r->question;
    uint64_t **bits;

    qsort(shares->at, shares->count, sizeof(*shares->at), compare_shares);
    COX_TRY(cox_measure_bits(r, &bits, reterr));
    for (size_t i = 0; i < shares->count; i++) {
        cox_measure_mark(r, bits, shares->at[i].deal);
    }
    cox_measure_bits_within(r, bits);
    for (size_t i = 0; i < r->generation->book.stage_count; i++) {
        r->kind_in[i] = r->generation->book.stages[i].kind == COX_BOOK_WON &&
                        (question.stage_in == NULL || question.stage_in[i] != 0);
    }
    question.stage_in = r->kind_in;
    question.picked = (const uint64_t *const *)bits;
    question.owner_in = NULL;
    question.closed = (struct cox_book_days){(int32_t)period.from_day, (int32_t)period.to_day};
    return cox_book_each(&r->generation->book, &question, share_out, shares, reterr);
}

enum cox_rc cox_measure_add_credit(struct cox_measure_reading *r, struct cox_err *reterr)
{
    const struct cox_filter_term term = {COX_OPPORTUNITY_SPLIT_KIND, "eq",
        cox_int(COX_SPLIT_REVENUE)};
    struct cox_query query = {.entity = &cox_opportunity_split};
    struct shares shares = {.r = r};

    COX_TRY(cox_filter_build(r->call, &cox_opportunity_split, &term, 1, &query.filter, reterr));
    COX_TRY(cox_scan(r->call, &query, fields, COX_COUNT(fields), note_share, &shares, reterr));
    return shares.count == 0 ? COX_OK : share_out_all(&shares, reterr);
}
