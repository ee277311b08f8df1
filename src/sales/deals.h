/*
 * sales/deals.h: the deals a brief is about, in one array: open ones as of the call's instant, and
 * those closed since a day, with amounts in the company's currency.
 */
#ifndef COX_SALES_DEALS_H
#define COX_SALES_DEALS_H

#include "record/record.h"
#include "sales/learnt.h"

struct cox_imap;
struct cox_book_generation;
struct cox_open_facts;

struct cox_deal {
    int64_t id, owner, account, stage; /* stage: position in cox_deals.stages */
    int64_t amount_minor; /* company currency; 0 and is_rated false when there is no rate */
    bool is_rated, has_next_step, has_amount; /* without one amount_minor is 0: not known */
    int64_t close_day, created_day, closed_day, won_day, stage_day, next_step_day;
    int64_t from_us;           /* since when it is as it is here */
    int64_t last_activity_day; /* newest done activity on or before the day; COX_NULL: none */
    double win_prob;
};

/* A person's share of a closed deal's amount; without splits the owner has it all. */
struct cox_deal_credit {
    size_t deal; /* position */
    int64_t user, amount_minor;
};

struct cox_deals {
    struct cox_text currency;
    const struct cox_imap *by_id; /* deal id -> position */
    struct cox_deal *at;
    size_t count, room;
    struct cox_deal_stage *stages; /* by pipeline and position */
    size_t stage_count;
    struct cox_deal_credit *credits; /* of won deals, by position of the deal */
    size_t credit_count, credit_room;
    size_t unrated_count; /* left out of sums for want of a rate */
    /* From the book: the generation, and bits of these deals by part; NULL: from the records. */
    const struct cox_book_generation *generation;
    const uint64_t *const *picked;
};

/*
 * Deals the actor may see: open as of the call's instant, or closed (won alone unless with_lost) on
 * or after closed_from. Closed
 * ones are converted at the spot rate of the day they were closed, open ones at the plan rate of the
 * expected day (record.h's rule: half-even per record, then added). In the call's arena.
 */
enum cox_rc cox_deals_load(struct cox_call *call, int64_t closed_from, bool with_lost,
    struct cox_deals *ret_deals, struct cox_err *reterr) COX_NODISCARD;

/*
 * The same of the book, as the call's actor sees it now, without account, from_us and is_rated (always true: only
 * for a generation without unrated deals). Only deals of owners (NULL: all), and won ones that they share. The
 * generation must live as long as the deals.
 */
struct cox_deals_ask {
    const struct cox_book_generation *generation;
    const struct cox_open_facts *facts;
    int64_t closed_from;
    bool with_lost;
    const int64_t *owners;
    size_t owner_count;
};
enum cox_rc cox_deals_load_from_book(struct cox_call *call, const struct cox_deals_ask *ask,
    struct cox_deals *ret_deals, struct cox_err *reterr) COX_NODISCARD;

/* Tells of every deal with activities the newest day, not after the call's, on which one was done; the caller drops
 * deals that the actor does not see. */
typedef void (*cox_deal_day_fn)(void *ctx, int64_t deal, int64_t day);
enum cox_rc cox_deal_activity_days(struct cox_call *call, cox_deal_day_fn fn, void *ctx,
    struct cox_err *reterr) COX_NODISCARD;

/* A deal's name, for the few that are shown. In the call's arena. */
enum cox_rc cox_deal_name(struct cox_call *call, int64_t id, struct cox_text *ret_name,
    struct cox_err *reterr) COX_NODISCARD;

static inline bool cox_deal_is_open(const struct cox_deal *deal)
{
    return deal->closed_day == COX_NULL;
}

#endif
