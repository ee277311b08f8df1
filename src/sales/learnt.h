/* sales/learnt.h: stages, and how long the deals that were won took in each of them. */
#ifndef COX_SALES_LEARNT_H
#define COX_SALES_LEARNT_H

#include "record/record.h"

struct cox_deal_stage {
    int64_t id, kind, pipeline, position; /* kind: enum cox_stage_kind */
    struct cox_text label;
    double win_prob;
    bool is_active;
    /* Days that deals won in the two years before took in it: 80th percentile, of how many. */
    int64_t learnt_days; /* COX_NULL below COX_LEARNT_MIN deals */
    size_t learnt_count;
};

/* The newest COX_LEARNT_DEALS_MAX of them are looked at: a percentile needs no more. */
enum { COX_LEARNT_MIN = 10, COX_LEARNT_SPAN_DAYS = 730, COX_LEARNT_DEALS_MAX = 20000 };

/*
 * All stages by pipeline and position, in the call's arena. The learnt days are of all the company's
 * won deals as of the call's instant, whoever asks: a percentile names no deal. Once they rest on
 * COX_LEARNT_KEPT of them, reads of now take them from an hour before.
 */
enum { COX_LEARNT_KEPT = 2000 };
enum cox_rc cox_deal_stages_load(struct cox_call *call, struct cox_deal_stage **ret_stages,
    size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

/* Position of a stage; count when it is not among them. */
size_t cox_deal_stage_at(const struct cox_deal_stage *stages, size_t count, int64_t id);

#endif
