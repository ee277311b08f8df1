/*
 * manager/attainment.h: results against quotas within a span of days.
 *
 * A quota counts with the share of its working days that lies in the span (cox_quota_part). Expected by
 * now is the target times working days passed / working days of the span, today included.
 */
#ifndef COX_MANAGER_ATTAINMENT_H
#define COX_MANAGER_ATTAINMENT_H

#include "sales/brief.h"
#include "sales/deals.h"
#include "sales/quota.h"

struct cox_attainment {
    int64_t user, team; /* team COX_NULL: the person's own quota */
    enum cox_measure measure;
    int64_t target, result; /* minor units of the brief's currency, or a count */
    double pace;            /* share of the span's working days that has passed, 0..1 */
};

/*
 * Every person and team with a quota that touches the span, of those the brief counts; in order of
 * measure and id. unrated: quotas in a currency without a rate, left out. In the call's arena.
 */
enum cox_rc cox_attainment_load(struct cox_brief *brief, struct cox_span span,
    struct cox_attainment **ret_rows, size_t *ret_count, size_t *ret_unrated_count,
    struct cox_err *reterr) COX_NODISCARD;

/* Deals won in a span, those open that are due in it, and the revenue target, of all the brief counts. */
struct cox_period_sum {
    int64_t won_count; /* deals won by their owners */
    int64_t
        won_minor; /* by credit, as attainment has it: divided among those who share the deals */
    int64_t due_count, due_minor;
    int64_t due_weighted_minor; /* of sums rounded per deal, as those of measures */
    int64_t target_minor;       /* people's revenue quotas; where there are none, those of teams */
    size_t unrated_count;       /* quotas left out for want of a rate */
};

/* due_from: open deals expected earlier are not due in it; COX_NULL: those overdue are. */
enum cox_rc cox_period_sum_load(struct cox_brief *brief, struct cox_span span, int64_t due_from,
    struct cox_period_sum *ret_sum, struct cox_err *reterr) COX_NODISCARD;

/* Share of the span's working days that has passed on the brief's day, it included: 0..1. */
double cox_pace(const struct cox_brief *brief, struct cox_span span);

/* Amount x chance of winning, rounded half-even. */
int64_t cox_deal_weighted(const struct cox_deal *deal);

#endif
