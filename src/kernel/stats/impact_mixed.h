/*
 * kernel/stats/impact_mixed.h: the effect of a change on a panel of teams by a mixed model: outcome = period +
 * treated group + effect x (treated and started) + team's own level + AR(1) noise. It uses every figure that was
 * observed, where the difference of changes (impact.h) uses two means a team; read them side by side.
 */
#ifndef COX_KERNEL_STATS_IMPACT_MIXED_H
#define COX_KERNEL_STATS_IMPACT_MIXED_H

#include "kernel/stats/impact.h"

enum { COX_MIXED_PERIODS_MAX = 60 };

struct cox_impact_mixed {
    /* Standard error and interval of Student's t with teams - 2 degrees; no permutation. */
    struct cox_impact_effect effect;
    double ar1;            /* correlation of a team's noise from one period to the next */
    double team_share;     /* variance of the teams' own levels over all variance, 0..1 */
    double log_likelihood; /* restricted */
};

/* Bytes, aligned as for double. */
size_t cox_impact_mixed_workspace_size(size_t period_count);

/*
 * Restricted maximum likelihood over the correlation and the teams' share, generalised least squares for
 * the rest. Missing figures (NaN) are left out one by one. Errors: as cox_impact_did; COX_INVALID "period"
 * for more periods than COX_MIXED_PERIODS_MAX, "outcome" when the effect cannot be told.
 * Cost: O(teams * periods^3) a step, some hundred steps.
 * Source: N. Laird, J. Ware, "Random-effects models for longitudinal data", Biometrics 1982; R. Jones,
 * Longitudinal Data with Serial Correlation, 1993.
 */
enum cox_rc cox_impact_mixed(const struct cox_impact_panel *panel, const struct cox_impact_opt *opt,
    struct cox_impact_mixed *ret_mixed, void *workspace, struct cox_err *reterr) COX_NODISCARD;

#endif
