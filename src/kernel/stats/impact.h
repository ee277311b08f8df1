/*
 * kernel/stats/impact.h: what one programme or change did to an outcome of teams: comparison of
 * changes, with inference over teams, because a team's periods resemble each other. Outcomes are in
 * any unit; effects are in the same. Ranking many leaders is by partial pooling only.
 */
#ifndef COX_KERNEL_STATS_IMPACT_H
#define COX_KERNEL_STATS_IMPACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Caller's arrays. outcome[team * period_count + period]; NaN: not observed. */
struct cox_impact_panel {
    size_t team_count, period_count;
    const double *outcome;
    const bool *treated; /* by team */
    size_t start;        /* first period of the treatment: 1..period_count - 1 */
};

struct cox_impact_opt {
    double alpha;      /* of the intervals; 0 takes .05 */
    size_t exact_max;  /* assignments enumerated rather than drawn; 0 takes 100,000 */
    size_t draw_count; /* drawn otherwise; 0 takes 9,999 */
    uint64_t seed;     /* of the draws */
};

struct cox_impact_effect {
    double estimate, error; /* and its standard error */
    double low, high;       /* 1 - alpha, Student's t with df degrees */
    double p_value;         /* two-sided, of the same t */
    double p_permutation;   /* two-sided, over assignments of teams; NaN where not computed */
    bool exact;             /* all assignments were enumerated */
    size_t treated_count, control_count;
    size_t left_out; /* teams without an observation before or after */
    size_t df;
    /* Fewer than 6 teams, 2 on a side, or 3 periods before or after: a description, no inference. */
    bool descriptive_only;
};

/* Bytes of workspace, aligned as for double, for all functions here. */
size_t cox_impact_workspace_size(size_t team_count);

/*
 * Difference in differences: each team becomes its mean after minus its mean before; the effect is
 * the difference of these between treated and control teams.
 * Exact when treatment was assigned at random. If the worst teams were chosen it shows a false gain
 * (regression to the mean): use cox_impact_ancova then.
 * Errors: COX_INVALID names "start", "treated" (nobody, or everybody, in use) or "outcome".
 * Cost: O(teams * (periods + draws)). Source: M. Bertrand, E. Duflo, S. Mullainathan, "How much should
 * we trust differences-in-differences estimates?", QJE 2004.
 */
enum cox_rc cox_impact_did(const struct cox_impact_panel *panel, const struct cox_impact_opt *opt,
    struct cox_impact_effect *ret_effect, void *workspace, struct cox_err *reterr) COX_NODISCARD;

/*
 * The mean after, adjusted by regression for the mean before and the last period before. No
 * permutation: the assignment may have followed the outcomes. Errors as above; also COX_INVALID
 * "outcome" when too few teams are left for the regression.
 */
enum cox_rc cox_impact_ancova(const struct cox_impact_panel *panel,
    const struct cox_impact_opt *opt, struct cox_impact_effect *ret_effect, void *workspace,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Event study: for each period, the treated teams' change since the last period before the start
 * minus that of the controls. ret_effect has period_count elements; the base period's is 0 with no
 * error. Effects before the start should be near 0, or the groups were not comparable. A period
 * without enough observations has NaN as estimate.
 */
enum cox_rc cox_impact_event_study(const struct cox_impact_panel *panel,
    const struct cox_impact_opt *opt, struct cox_impact_effect *ret_effect, void *workspace,
    struct cox_err *reterr) COX_NODISCARD;

/* Many leaders, each with an estimate and its error, pulled towards their mean. Arrays of count. */
struct cox_impact_pool {
    double mean, spread; /* of the true effects; spread 0: nothing but noise between them */
    double *effect, *error;
    double *low, *high; /* 1 - alpha, each for itself */
    double *best_prob;  /* chance of being the largest */
};

/*
 * Normal random effects, spread by maximum restricted likelihood (draw_count draws for best_prob).
 * The errors allow for the mean being estimated. count >= 3.
 * Errors: COX_INVALID names "estimate" or "error" and its row.
 * Source: B. Efron, C. Morris, "Data analysis using Stein's estimator", JASA 1975.
 */
enum cox_rc cox_impact_shrink(const double *estimate, const double *error, size_t count,
    const struct cox_impact_opt *opt, struct cox_impact_pool *ret_pool,
    struct cox_err *reterr) COX_NODISCARD;

/* |t| that a Student variable of df degrees passes with chance alpha. */
double cox_student_reach(double df, double alpha);

#endif
