/*
 * kernel/stats/experiment.h: reading a two-armed experiment on a rate at any time, as often as one
 * likes, without false wins from peeking. Arms are analysed as assigned.
 */
#ifndef COX_KERNEL_STATS_EXPERIMENT_H
#define COX_KERNEL_STATS_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct cox_experiment_arm {
    int64_t trial_count, win_count; /* wins <= trials */
    /*
     * Variance of the arm's rate where whole reps were assigned (cox_experiment_cluster), and how many
     * of them; 0 clusters: deals were assigned one by one, and the variance is binomial.
     */
    double variance;
    size_t cluster_count;
};

struct cox_experiment_opt {
    double alpha;          /* false wins allowed over the whole life; 0 takes .05 */
    double tau;            /* sd of effects thought possible, in rate; 0 takes .08 */
    int64_t burn_count;    /* trials per arm before anything is said; 0 takes 20 */
    double variant_share;  /* share of trials planned for the variant; 0 takes .5 */
    double mismatch_alpha; /* for the sample ratio; 0 takes .001 */
};

enum cox_experiment_verdict {
    COX_EXPERIMENT_COLLECTING, /* too little yet: fewer than burn_count, or than 4 clusters, per arm */
    COX_EXPERIMENT_MISMATCH, /* the arms' sizes do not fit the plan: nothing may be concluded */
    COX_EXPERIMENT_UNDECIDED,
    COX_EXPERIMENT_BETTER, /* the variant wins */
    COX_EXPERIMENT_WORSE,
};

struct cox_experiment_reading {
    enum cox_experiment_verdict verdict;
    double control_rate, variant_rate; /* 0 for an arm without trials */
    double control_low, control_high;  /* always-valid bounds at 1 - alpha, exact for deals */
    double variant_low, variant_high;
    double lift;                /* variant minus control */
    double lift_low, lift_high; /* always-valid bounds at 1 - alpha */
    double lift_shrunk;         /* what to expect of it later: the winner's curse taken off */
    double p_value;             /* always-valid: the smallest of all looks so far */
    double mismatch_p;          /* of the sample ratio */
};

/*
 * p_before is the p_value of the look before (1 at the first). Normal-mixture sequential test:
 * with lift d of variance v, 1/p = sqrt(v / (v + tau^2)) exp(d^2 tau^2 / (2 v (v + tau^2))).
 * Rate bounds: Beta(1/2, 1/2)-mixture confidence sequence, exact by Ville's inequality.
 * Errors: COX_INVALID names the argument out of range.
 * Source: R. Johari, L. Pekelis, D. Walsh, "Always valid inference", Operations Research 2022;
 * H. Robbins, "Statistical methods related to the law of the iterated logarithm", 1970.
 */
enum cox_rc cox_experiment_read(const struct cox_experiment_opt *opt,
    const struct cox_experiment_arm *control, const struct cox_experiment_arm *variant,
    double p_before, struct cox_experiment_reading *ret_reading,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Only the running p-value, for replaying many looks: what cox_experiment_read gives as p_value.
 * Arguments as there, but unchecked. p_before while collecting.
 */
double cox_experiment_p_value(const struct cox_experiment_opt *opt,
    const struct cox_experiment_arm *control, const struct cox_experiment_arm *variant,
    double p_before);

/* The bounds of one rate: all p with p^w (1-p)^(n-w) / E_prior[...] > alpha. 0 trials: 0 to 1. */
void cox_experiment_rate_bounds(int64_t win_count, int64_t trial_count, double alpha,
    double *ret_low, double *ret_high);

/*
 * An arm of reps: trials and wins per rep, count of them. Ratio estimator with linearised variance,
 * count / (count - 1) sum (w - r n)^2 / N^2. Reps without trials count as clusters.
 * Errors: COX_INVALID, names the row. Fewer than 2 reps: variance infinite.
 */
enum cox_rc cox_experiment_cluster(const int64_t *trials, const int64_t *wins, size_t count,
    struct cox_experiment_arm *ret_arm, struct cox_err *reterr) COX_NODISCARD;

/* Chance that sizes as uneven as these or more come from the planned share: chi-square, 1 df. */
double cox_experiment_mismatch_p(int64_t control_count, int64_t variant_count,
    double variant_share);

/* For the table shown before the start. design_effect >= 1: 1 + (deals per rep - 1) * icc. */
struct cox_experiment_plan {
    double control_rate, lift, design_effect;
    int64_t trials_per_arm;
};

/* Power of one test at the end, and of the sequential test by the end (a lower bound: it may end earlier). */
enum cox_rc cox_experiment_power(const struct cox_experiment_opt *opt,
    const struct cox_experiment_plan *plan, double *ret_fixed, double *ret_sequential,
    struct cox_err *reterr) COX_NODISCARD;

#endif
