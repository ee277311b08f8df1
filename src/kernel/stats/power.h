/*
 * kernel/stats/power.h: what a plan could detect at all, to be said before anything starts. The
 * smallest detectable effect is the true effect that a two-sided test at alpha finds with chance
 * power.
 */
#ifndef COX_KERNEL_STATS_POWER_H
#define COX_KERNEL_STATS_POWER_H

#include <stddef.h>

#include "base/err.h"

struct cox_power_opt {
    double alpha; /* 0 takes .05 */
    double power; /* 0 takes .8 */
};

/*
 * How much clusters blow up the variance: 1 + ((1 + cv^2) mean_size - 1) icc, never below 1. icc is
 * the correlation within a rep or team, cv the spread of sizes over their mean.
 * Source: S. Eldridge, D. Ashby, S. Kerry, International Journal of Epidemiology 2006.
 */
double cox_power_design_effect(double mean_size, double size_cv, double icc);

/*
 * Two arms, a rate: smallest rise over control_rate; trials per arm may differ. COX_INVALID names the
 * argument out of range, or "trials" when not even a rise to 1 would be seen.
 */
enum cox_rc cox_power_rate_mde(const struct cox_power_opt *opt, double control_rate,
    double control_trials, double variant_trials, double design_effect, double *ret_mde,
    struct cox_err *reterr) COX_NODISCARD;

/* Trials per arm, two equal arms, to detect a rise or fall. */
enum cox_rc cox_power_rate_count(const struct cox_power_opt *opt, double control_rate, double lift,
    double design_effect, double *ret_trials, struct cox_err *reterr) COX_NODISCARD;

/* Two groups of a mean with a common sd; small groups are allowed for by Student's t. */
enum cox_rc cox_power_mean_mde(const struct cox_power_opt *opt, double sd, size_t control_count,
    size_t treated_count, double *ret_mde, struct cox_err *reterr) COX_NODISCARD;

/*
 * A roll-out over clusters and periods: start[i] is cluster i's first treated period (0: from the
 * beginning; period_count or more: never), so that parallel groups, a stepped wedge and anything
 * between are one design. cell_variance: of a cluster's figure in one period about its own mean;
 * cluster_variance: between clusters.
 * Errors: COX_INVALID "start" when the design cannot tell the effect from the periods.
 * Source: M. Hussey, J. Hughes, "Design and analysis of stepped wedge cluster randomized trials",
 * Contemporary Clinical Trials 2007, eq. 8.
 */
struct cox_power_rollout {
    size_t cluster_count, period_count;
    const size_t *start;
    double cell_variance, cluster_variance;
};

enum cox_rc cox_power_rollout_mde(const struct cox_power_opt *opt,
    const struct cox_power_rollout *rollout, double *ret_mde, struct cox_err *reterr) COX_NODISCARD;

#endif
