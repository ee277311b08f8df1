/*
 * kernel/score/compare.h: is somebody's rate of success another than the company's in the same segments, beyond
 * chance? Nobody is told better or worse for having been given the easier deals, and a list of a hundred people
 * names somebody by chance no more often than the budget says.
 */
#ifndef COX_KERNEL_SCORE_COMPARE_H
#define COX_KERNEL_SCORE_COMPARE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Cell [row * segment_count + segment]; the caller's. */
struct cox_score_strata {
    size_t row_count, segment_count;
    const int64_t *trials, *successes;
};

struct cox_score_ratio {
    int64_t trials, observed;
    double
        expected; /* successes at the company's rates in the same segments (indirect standardisation) */
    double ratio; /* observed / expected; NaN without an expectation */
    double low,
        high; /* 95 %: Jeffreys' interval of the own rate over the expected rate, taken as known */
    double p_value; /* two-sided; NaN: too few to say */
};

/* Doubles of workspace. */
size_t cox_score_compare_workspace_count(size_t segment_count);

/*
 * Every row against all rows. Given how many trials and successes each segment has and how many of the trials are
 * the row's, its successes are a sum of hypergeometric numbers if it is like the others: the Cochran-Mantel-Haenszel
 * test, exact (by convolution) up to 600 trials, else normal with continuity correction. Needs 20 trials of the row
 * and 20 of others.
 * Errors: COX_INVALID names "trials" or "successes" and the cell.
 * Sources: N. Mantel, W. Haenszel, JNCI 1959; M. Gart, Biometrika 1970 (exact form).
 */
enum cox_rc cox_score_compare(const struct cox_score_strata *strata,
    struct cox_score_ratio *ret_ratios, double *workspace, struct cox_err *reterr) COX_NODISCARD;

/*
 * p-values adjusted for their number, so that naming those under the budget names anybody by chance at most that
 * often, however the tests depend on each other. NaN stays NaN and does not count. order, scratch and keys
 * have count elements.
 * Returns how many count. Source: S. Holm, Scandinavian Journal of Statistics 1979.
 */
size_t cox_score_holm(const double *p_value, size_t count, double *ret_adjusted, uint32_t *order,
    uint32_t *scratch, double *keys);

#endif
