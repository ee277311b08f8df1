/* sales/open_deals.h: the open deals a question is about, one by one, with what the book has no column for. */
#ifndef COX_SALES_OPEN_DEALS_H
#define COX_SALES_OPEN_DEALS_H

#include "sales/analysis.h"
#include "sales/learnt.h"

/* COX_NULL where there is none. */
struct cox_open_deal {
    int64_t id, owner, amount_minor;
    int64_t close_day, created_day, stage_day, next_step_day, last_activity_day;
    uint32_t push_count;
    uint16_t stage, code; /* positions in the book */
    bool has_next_step, has_amount;
};

struct cox_open_deals {
    struct cox_open_deal *at; /* largest amount first, then by id; in x->arena */
    size_t count, room;
    const struct cox_deal_stage **stages; /* by the book's position; NULL: not known */
};

/* Of a->ask, as of the call's instant; what is asked of the records is asked with the same rights. */
enum cox_rc cox_open_deals_load(struct cox_analysis *a, struct cox_open_deals *ret_deals,
    struct cox_err *reterr) COX_NODISCARD;

/* COX_NULL where too few deals were won. */
int64_t cox_open_deal_usual(const struct cox_open_deals *deals, const struct cox_open_deal *deal);

/* {id, name, owner, owner_name, stage, stage_label, amount, close_day}, begun and left open. */
enum cox_rc cox_open_deal_begin(struct cox_analysis *a, const struct cox_open_deal *deal,
    struct cox_err *reterr) COX_NODISCARD;

#endif
