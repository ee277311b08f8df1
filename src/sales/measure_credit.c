/* sales/measure_credit.c: deals won that several people share: each has the credit of the own share. */
#include "base/money.h"
#include "sales/deals_parts.h"
#include "sales/measure_parts.h"

struct sharing {
    struct cox_measure_reading *r;
    struct cox_deal_shares shares;
};

/* The owner was given all of it with the deals won; here it goes to those who share. */
static enum cox_rc share_out(void *ctx, const struct cox_book_deal *deal, struct cox_err *reterr)
{
    struct sharing *sharing = ctx;
    struct cox_measure_reading *r = sharing->r;
    int64_t owner = deal->state.owner < r->generation->book.owner_count
                        ? r->generation->owners[deal->state.owner]
                        : 0;
    struct cox_measure_place place = {owner, 0, deal->state.closed_day};
    const struct cox_deal_share *share;
    size_t count = cox_deal_shares_of(&sharing->shares, deal->id, &share);
    int64_t parts[COX_DEAL_SHARES_MAX];
    double weights[COX_DEAL_SHARES_MAX];

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
static enum cox_rc share_out_all(struct sharing *sharing, struct cox_err *reterr)
{
    struct cox_measure_reading *r = sharing->r;
    const struct cox_span period = r->ask->period;
    struct cox_book_ask question = r->question;
    uint64_t **bits;

    COX_TRY(cox_measure_bits(r, &bits, reterr));
    for (size_t i = 0; i < sharing->shares.count; i++) {
        cox_measure_mark(r, bits, sharing->shares.at[i].deal);
    }
    cox_measure_bits_within(r, bits);
    for (size_t i = 0; i < r->generation->book.stage_count; i++) {
        r->kind_in[i] = r->generation->book.stages[i].kind == COX_BOOK_WON &&
                        (question.stage_in == NULL || question.stage_in[i] != 0);
    }
    question.stage_in = r->kind_in;
    question.picked = (const uint64_t *const *)bits;
    question.owner_in = NULL;
    question.wants = COX_BOOK_NO_PAST;
    question.closed = (struct cox_book_days){(int32_t)period.from_day, (int32_t)period.to_day};
    return cox_book_each(&r->generation->book, &question, share_out, sharing, reterr);
}

enum cox_rc cox_measure_add_credit(struct cox_measure_reading *r, struct cox_err *reterr)
{
    struct sharing sharing = {.r = r};

    COX_TRY(cox_deal_shares_load(r->call, &sharing.shares, reterr));
    return sharing.shares.count == 0 ? COX_OK : share_out_all(&sharing, reterr);
}
