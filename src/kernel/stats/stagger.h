/*
 * kernel/stats/stagger.h: effect of a change that teams start at different times. Each starting
 * group is compared with the teams that have not started yet; two-way fixed effects are not offered,
 * because they use teams that started earlier as controls and can get even the sign wrong.
 */
#ifndef COX_KERNEL_STATS_STAGGER_H
#define COX_KERNEL_STATS_STAGGER_H

#include "kernel/stats/impact.h"

/* Caller's arrays. outcome[team * period_count + period]; NaN: not observed. */
struct cox_stagger_panel {
    size_t team_count, period_count;
    const double *outcome;
    /* First treated period by team; 0: before the data begin, such teams are left out; negative or
     * period_count and above: never. */
    const int32_t *start;
};

struct cox_stagger_effect {
    double estimate; /* mean over treated team-periods that have a control */
    double error;    /* sd of the estimate over orders of starting */
    double low, high;
    double
        p_permutation; /* two-sided, over orders of starting; exact in expectation if drawn at random */
    size_t started_count, never_count, left_out;
    size_t cell_count;     /* pairs of starting group and period that entered */
    size_t uncontrolled;   /* pairs that had nobody left to compare with */
    bool descriptive_only; /* fewer than 6 teams, or all but one started together */
};

/* Bytes, aligned as for double. */
size_t cox_stagger_workspace_size(const struct cox_stagger_panel *panel,
    const struct cox_impact_opt *opt);

/*
 * ret_by_age has period_count elements: the effect in the first treated period, the second ...; NaN
 * where none was seen. opt->draw_count 0 takes 1,999; exact_max is not used.
 * Fewer than 1 / alpha different orders of starting: no interval (infinite).
 * The interval comes from the same draws after the estimated effect is taken off the treated
 * periods; it holds for effects that do not change much with age and is wide otherwise.
 * Errors: COX_INVALID names "start" (nobody starts, or nobody to compare with), "outcome" and its row.
 * Cost: O(draws * groups * periods * teams).
 * Source: B. Callaway, P. Sant'Anna, "Difference-in-differences with multiple time periods", Journal
 * of Econometrics 2021 (not-yet-treated controls, base period g - 1).
 */
enum cox_rc cox_stagger_estimate(const struct cox_stagger_panel *panel,
    const struct cox_impact_opt *opt, struct cox_stagger_effect *ret_effect, double *ret_by_age,
    void *workspace, struct cox_err *reterr) COX_NODISCARD;

#endif
