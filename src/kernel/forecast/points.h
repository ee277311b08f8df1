/*
 * kernel/forecast/points.h: win probability as a sum of points: logit p = base + one value per feature
 * from a table of its bins or levels + values from tables of feature pairs.
 *
 * Fitted by penalised likelihood, one table at a time (Newton steps on working residuals). Each
 * table has its own ridge penalty, which is the inverse variance of a random effect and is set by
 * marginal likelihood (MacKay's fixed point), so a table without signal shrinks to nothing. Pairs
 * are the ones that would explain most of what single features leave over.
 * Sources: Breslow and Clayton, JASA 1993 (penalised quasi-likelihood); D. MacKay, Neural Computation
 * 1992 (evidence); Lou, Caruana et al., KDD 2013 (choosing pairs by residual tables).
 */
#ifndef COX_KERNEL_FORECAST_POINTS_H
#define COX_KERNEL_FORECAST_POINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum {
    COX_POINTS_FEATURES = 64,
    COX_POINTS_LEVELS = 64, /* per feature, the one for "missing" included */
    COX_POINTS_PAIRS = 20,
    COX_POINTS_TERMS = COX_POINTS_FEATURES + COX_POINTS_PAIRS,
    COX_POINTS_NONE = 255,
};

/* Columns of count rows. code[f][i] is below level_count[f]. */
struct cox_points_data {
    size_t count, feature_count;
    const unsigned char *const *code;
    const unsigned char *level_count;
    const unsigned char *won; /* 0 or 1 */
};

/* A table: of feature a alone (b is COX_POINTS_NONE), or of a and b, cell a * level_count[b] + b. */
struct cox_points_term {
    unsigned char a, b;
    size_t first, cells;     /* where its values are */
    double penalty, freedom; /* ridge, and effective number of parameters */
};

struct cox_points {
    double base, base_spread; /* logit with all tables at their mean; its variance */
    size_t term_count, feature_count, row_count;
    struct cox_points_term term[COX_POINTS_TERMS];
    unsigned char level_count[COX_POINTS_FEATURES];
    double *value;  /* points, each table with mean 0 over the training rows */
    double *spread; /* variance of each value */
};

/* Codes and level counts within their limits? COX_INVALID names the feature and row of the first that is not. */
enum cox_rc cox_points_check(const struct cox_points_data *data,
    struct cox_err *reterr) COX_NODISCARD;

/* Doubles for both tables together, with up to pair_max pairs of these features. */
size_t cox_points_table_size(const struct cox_points_data *data, size_t pair_max);

/* Bytes of scratch for a fit; aligned as malloc would. */
size_t cox_points_workspace_size(const struct cox_points_data *data);

/*
 * Fits single features to the rows outside [skip_from, skip_to) (equal: all rows). ret_points keeps
 * table, which the caller owns. Deterministic. data must have passed cox_points_check. Errors:
 * COX_INVALID when one class is missing.
 */
enum cox_rc cox_points_fit(const struct cox_points_data *data, size_t skip_from, size_t skip_to,
    double *table, void *workspace, struct cox_points *ret_points,
    struct cox_err *reterr) COX_NODISCARD;

/* Adds up to pair_max pair tables to a fit of the same rows, with the same workspace, untouched since. */
void cox_points_add_pairs(const struct cox_points_data *data, size_t skip_from, size_t skip_to,
    size_t pair_max, void *workspace, struct cox_points *points);

/*
 * ret_logit[i] for rows from .. to - 1 of the columns (index 0 is row from). ret_spread (may be NULL)
 * is the variance of each, from the tables' own variances.
 */
void cox_points_score(const struct cox_points *points, const unsigned char *const *code,
    size_t from, size_t to, double *ret_logit, double *ret_spread);

/*
 * What each table adds for one deal: ret_part has term_count values, and base + their sum is the
 * logit (within 1e-12).
 */
void cox_points_explain(const struct cox_points *points, const unsigned char *code,
    double *ret_part);

#endif
