/*
 * kernel/stats/reliability.h: how far answers to a questionnaire can be trusted: agreement of its items (alpha,
 * omega), of those who answer (ICC, r_wg), the error of a mean, and when a change is more than that error. Pure, no
 * state. What cannot be said comes back as NaN; why stands at each function.
 */
#ifndef COX_KERNEL_STATS_RELIABILITY_H
#define COX_KERNEL_STATS_RELIABILITY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { COX_RELIABILITY_ITEMS_MAX = 120 };

/* Sums over people from which covariances follow, so that single answers need not be kept.
 * sum: items; product: items x items, both triangles. count people. */
struct cox_moments {
    size_t items, count;
    double *sum, *product;
};

/* One person's answers, all of them. */
void cox_moments_add(struct cox_moments *moments, const double *answers);

/* Covariances with divisor count - 1, items x items. COX_INVALID "count" below 2. */
enum cox_rc cox_moments_covariance(const struct cox_moments *moments, double *ret_covariance,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Cronbach's alpha of items scored in one direction, from their covariances: k/(k-1) (1 - trace / total). NaN:
 * fewer than two items, or no variance. Below 0 when the items contradict each other; never bounded.
 * Source: L. Cronbach, "Coefficient alpha and the internal structure of tests", Psychometrika 1951.
 */
double cox_alpha(const double *covariance, size_t items);

/*
 * McDonald's omega (total, one factor): (sum of loadings)^2 / ((sum of loadings)^2 + sum of unique variances),
 * loadings by maximum likelihood on the correlations, scaled back. NaN: fewer than three items, a constant item,
 * or an item that the factor explains wholly (a Heywood case), where the model says nothing.
 * workspace: cox_omega_workspace_size(items) bytes. O(steps * items^2), steps at most 20,000.
 * Source: R. McDonald, "Test Theory", 1999, ch. 6; EM steps: D. Rubin, D. Thayer, Psychometrika 1982.
 */
double cox_omega(const double *covariance, size_t items, void *workspace);
size_t cox_omega_workspace_size(size_t items);

/*
 * One-way agreement of raters over the rated: single is ICC(1), mean is ICC(1,k) for the average number of raters.
 * From sums, count of rated; size[i] raters of the i-th (any number from 1), their sum and sum of squares.
 * COX_INVALID "count" below two rated, or nobody with two raters. Negative estimates are told as they are.
 * Source: P. Shrout, J. Fleiss, "Intraclass correlations", Psychological Bulletin 1979; unequal sizes: n0 of
 * the analysis of variance.
 */
struct cox_icc {
    double single, mean, mean_size;
};
enum cox_rc cox_icc_of(const double *size, const double *sum, const double *square, size_t count,
    struct cox_icc *ret_icc, struct cox_err *reterr) COX_NODISCARD;

/*
 * Agreement within a group: r_wg of one item with variance (divisor n - 1), and r_wg(j) of several with a mean
 * variance, against answers drawn evenly from points options. Below 0 becomes 0, as is usual. NaN: points < 2.
 * Source: L. James, R. Demaree, G. Wolf, Journal of Applied Psychology 1984.
 */
double cox_r_wg(double variance, unsigned points);
double cox_r_wg_j(double mean_variance, size_t items, unsigned points);

/* A mean of count independent values. error: sd / sqrt(count), NaN below two. */
struct cox_mean {
    double mean, error;
    double df; /* count - 1 */
};
struct cox_mean cox_mean_of(const double *values, size_t count);

/* Half the width of the two-sided interval that holds level (0..1) of Student's t with df. */
double cox_student_half(double df, double level);

/*
 * Is after - before more than error? index: the change over its standard error; chance: of so large a change
 * without one (two-sided, Welch's degrees of freedom, so that five raters are not taken for fifty). is_reliable:
 * chance < .05. NaN errors or errors of 0 on both sides: index NaN, never reliable.
 * Source: N. Jacobson, P. Truax, Journal of Consulting and Clinical Psychology 1991; B. Welch, Biometrika 1947.
 */
struct cox_change_index {
    double change, error, index, chance;
    bool is_reliable;
};
struct cox_change_index cox_reliable_change(const struct cox_mean *before,
    const struct cox_mean *after);

/* Standard error of measurement of one person's score: sd sqrt(1 - reliability). */
double cox_measurement_error(double sd, double reliability);

#endif
