/*
 * kernel/forecast/rate.h: win rates of nested groups (company > region > team > rep, or stage x
 * segment), each shrunk to the group above it: p = (won + m * parent) / (n + m). The strength m of each
 * level maximises the beta-binomial marginal likelihood of its groups, so groups that differ by
 * chance only are pulled together.
 * Source: beta-binomial empirical Bayes, e.g. Carlin and Louis, Bayesian Methods, ch. 5.
 */
#ifndef COX_KERNEL_FORECAST_RATE_H
#define COX_KERNEL_FORECAST_RATE_H

#include <stddef.h>
#include <stdint.h>

enum { COX_RATE_DEPTH = 4 };

/* code[k][i] < group_count[k] names the group of row i at depth k; a group lies in one parent. */
struct cox_rate_data {
    size_t count, depth;
    const uint16_t *const *code;
    const size_t *group_count;
    const unsigned char *won;
};

struct cox_rates {
    size_t depth, row_count;
    double overall;                  /* Beta(1, 1) posterior mean */
    double strength[COX_RATE_DEPTH]; /* m: as many deals as the parent counts for */
    double gain[COX_RATE_DEPTH];     /* log marginal likelihood won against one common rate */
    double *won[COX_RATE_DEPTH], *count[COX_RATE_DEPTH]; /* per group; the caller's memory */
};

/* Doubles of memory for a fit: the rates live in it. */
size_t cox_rates_workspace_size(const struct cox_rate_data *data);

/* Rows outside [skip_from, skip_to). Never fails: no rows give 1/2. */
struct cox_rates cox_rates_fit(const struct cox_rate_data *data, size_t skip_from, size_t skip_to,
    double *workspace);

/* What is known of a deal in these groups (one code per depth; a code past the fit is unknown). */
struct cox_rate {
    double prob, low, high; /* shrunk rate and its 80 % interval */
    double count;           /* deals in the deepest group that has any */
    size_t depth;           /* of that group; 0 is the whole */
};
struct cox_rate cox_rates_get(const struct cox_rates *rates, const uint16_t *code);

/* Log marginal likelihood of won of n under Beta(m * mean, m * (1 - mean)), without the binomial term. */
double cox_beta_binomial_log(double won, double n, double mean, double m);

#endif
