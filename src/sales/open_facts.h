/*
 * sales/open_facts.h: what the book has no column for, of every open deal as it is now: since when it is in its
 * stage, its next step, when something was last done about it. Kept beside the book and current by the same log.
 *
 * No rights: who asks has the deals from the book. 24 bytes an open deal.
 */
#ifndef COX_SALES_OPEN_FACTS_H
#define COX_SALES_OPEN_FACTS_H

#include "record/record.h"

#define COX_FACT_NO_DAY INT32_MIN

struct cox_open_fact {
    int64_t id;
    int32_t stage_day, next_step_day, last_activity_day; /* COX_FACT_NO_DAY: none */
    bool has_next_step, has_amount;
};

/* Constant while somebody holds it. */
struct cox_open_facts {
    const struct cox_open_fact *at; /* by id */
    size_t count;
    int64_t seq, day; /* every commit up to it is in; activities until the day */
};

struct cox_facts_keeper;
enum cox_rc cox_facts_keeper_open(struct cox_facts_keeper **ret_keeper,
    struct cox_err *reterr) COX_NODISCARD;
void cox_facts_keeper_close(struct cox_facts_keeper *keeper);

/* At call's commit or later, given back by cox_open_facts_release. call reads now. */
enum cox_rc cox_open_facts_use(struct cox_facts_keeper *keeper, struct cox_call *call,
    const struct cox_open_facts **ret_facts, struct cox_err *reterr) COX_NODISCARD;
void cox_open_facts_release(struct cox_facts_keeper *keeper, const struct cox_open_facts *facts);

/* NULL: the deal is not open, or not there. */
const struct cox_open_fact *cox_open_fact_find(const struct cox_open_facts *facts, int64_t id);

/* The same for ids that mostly ascend, as the book tells of deals: at is where the last was found, 0 at first. */
const struct cox_open_fact *cox_open_fact_next(const struct cox_open_facts *facts, int64_t id,
    size_t *at);

/* As the other days of deals are told: COX_NULL where there is none. */
static inline int64_t cox_fact_day(int32_t day)
{
    return day == COX_FACT_NO_DAY ? COX_NULL : day;
}

#endif
