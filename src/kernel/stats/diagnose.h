/*
 * kernel/stats/diagnose.h: where a rep's funnel leaks against comparable peers. Rates are shrunk to
 * the peers' by as much as the data say, so that small numbers make neither stars nor strugglers;
 * when nothing but chance separates the peers, nobody is flagged.
 */
#ifndef COX_KERNEL_STATS_DIAGNOSE_H
#define COX_KERNEL_STATS_DIAGNOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* One stage of the funnel; arrays of rep_count. */
struct cox_diagnose_stage {
    const int64_t *entry_count, *success_count;
    /*
     * What this rep's mix of segments makes expected, over what the average mix does (1: average);
     * NULL: all alike.
     */
    const double *mix_ratio;
    double downstream_rate; /* chance of winning after this stage is passed, 0..1 */
    double mean_amount;     /* of what is won, in any unit of money */
};

/* The peers' distribution at a stage: Beta(mean * precision, (1 - mean) * precision). */
struct cox_diagnose_fit {
    double mean, precision;
    double log_likelihood; /* beta-binomial, with the binomial coefficients */
    bool no_signal;        /* precision at its limit (1e6): the reps differ by chance only */
    size_t rep_count;      /* with entries */
};

enum cox_diagnose_flag { COX_DIAGNOSE_NONE, COX_DIAGNOSE_LEAK, COX_DIAGNOSE_STRENGTH };

struct cox_diagnose_cell {
    double raw;                    /* NaN without entries */
    double expected;               /* the peers' rate at this rep's mix */
    double shrunk;                 /* posterior mean */
    double low, high;              /* 80 % interval */
    double weak_prob, strong_prob; /* chance that the true rate is under .9, over 1.1 of expected */
    double leak, leak_low,
        leak_high; /* value lost to the leak in the period of the entries; 80 % */
    enum cox_diagnose_flag flag;
};

/*
 * (mean, precision) by marginal likelihood. Reps without entries say nothing. mix_ratio may be NULL.
 * Errors: COX_INVALID names "entries", "successes" or "mix_ratio" and its row; "entries" without row
 * when fewer than 3 reps have any.
 * Source: empirical Bayes as in B. Efron, "Large-Scale Inference", Cambridge 2010, chapter 1, with the
 * beta-binomial in place of the normal.
 */
enum cox_rc cox_diagnose_fit(const struct cox_diagnose_stage *stage, size_t rep_count,
    struct cox_diagnose_fit *ret_fit, struct cox_err *reterr) COX_NODISCARD;

/*
 * mix_ratio from what reps had to deal with: entries[rep * segment_count + segment] and successes alike. A
 * segment's rate is that of the *other* reps, with 10 entries at the overall rate added, so that nobody is
 * excused by the own weakness. ret_ratio has rep_count elements; 1 for reps without entries.
 * Errors: COX_INVALID names "entries" or "successes" and the place.
 */
enum cox_rc cox_diagnose_mix(const int64_t *entries, const int64_t *successes, size_t rep_count,
    size_t segment_count, double *ret_ratio, struct cox_err *reterr) COX_NODISCARD;

/*
 * All stages of a team. ret_fit has stage_count elements, ret_cell stage_count * rep_count (stage by
 * stage). Posteriors average over the precision (prior leaning to alike peers), since few reps fix
 * it badly. Nobody is flagged at a stage without signal.
 * A rep has at most two leaks flagged, of those with weak_prob > .9 the costliest, and at most
 * two strengths (strong_prob > .9), the surest.
 * Errors: as above; also "downstream_rate" and "mean_amount".
 */
enum cox_rc cox_diagnose_team(const struct cox_diagnose_stage *stages, size_t stage_count,
    size_t rep_count, struct cox_diagnose_fit *ret_fit, struct cox_diagnose_cell *ret_cell,
    struct cox_err *reterr) COX_NODISCARD;

#endif
