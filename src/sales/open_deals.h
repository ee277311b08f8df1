/* sales/open_deals.h: the open deals a question is about, one by one, with what the book has no column for. */
#ifndef COX_SALES_OPEN_DEALS_H
#define COX_SALES_OPEN_DEALS_H

#include "sales/analysis.h"
#include "sales/learnt.h"

/* COX_NULL where there is none. */
struct cox_open_deal {
    int64_t id, owner, amount_minor;
    int64_t close_day, created_day, stage_day, next_step_day, last_activity_day;
    uint32_t part, at;    /* in the book, for cox_book_pushes */
    uint16_t stage, code; /* positions in the book */
    bool has_next_step, has_amount;
};

struct cox_open_deals {
    struct cox_analysis *a;
    const struct cox_deal_stage **stages; /* by the book's position; NULL: not known */
};

enum cox_rc cox_open_deals_begin(struct cox_analysis *a, struct cox_open_deals *ret_deals,
    struct cox_err *reterr) COX_NODISCARD;

/* Tells of all of a->ask, as of the call's instant, in no order; the records are asked with the same rights. */
typedef enum cox_rc (
    *cox_open_deal_fn)(void *ctx, const struct cox_open_deal *deal, struct cox_err *reterr);
enum cox_rc cox_open_deals_each(const struct cox_open_deals *deals, cox_open_deal_fn fn, void *ctx,
    struct cox_err *reterr) COX_NODISCARD;

/* The first of many: largest amount first, then by id. In x->arena. */
struct cox_open_first {
    struct cox_open_deal *at;
    size_t count, max;
    int64_t offered;
};
enum cox_rc cox_open_first_begin(struct cox_analysis *a, int64_t max,
    struct cox_open_first *ret_first, struct cox_err *reterr) COX_NODISCARD;
void cox_open_first_offer(struct cox_open_first *first, const struct cox_open_deal *deal);
void cox_open_first_sort(struct cox_open_first *first);

/* COX_NULL where too few deals were won. */
int64_t cox_open_deal_usual(const struct cox_open_deals *deals, const struct cox_open_deal *deal);

/* {id, name, owner, owner_name, stage, stage_label, amount, close_day}, begun and left open. */
enum cox_rc cox_open_deal_begin(struct cox_analysis *a, const struct cox_open_deal *deal,
    struct cox_err *reterr) COX_NODISCARD;

#endif
