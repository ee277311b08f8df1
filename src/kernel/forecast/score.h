/*
 * kernel/forecast/score.h: how good were forecasts: scores of points, quantiles and distributions,
 * and whether one beats another beyond chance. Rows with NaN are an error, never left out silently.
 * Sources: Gneiting and Raftery, JASA 2007 (proper scores); Hyndman and Koehler, IJF 2006 (MASE);
 * Kunsch, Ann. Statist. 1989 (block bootstrap).
 */
#ifndef COX_KERNEL_FORECAST_SCORE_H
#define COX_KERNEL_FORECAST_SCORE_H

#include <stddef.h>
#include <stdint.h>

/* Sum of |actual - forecast| / sum of |actual|; NaN when nothing was actual. */
double cox_wape(const double *actual, const double *forecast, size_t count);

/* Mean of forecast - actual over mean of |actual|: > 0 is too optimistic. */
double cox_bias(const double *actual, const double *forecast, size_t count);

/* Mean of 200 |a - f| / (|a| + |f|), in percent; a step with both 0 counts 0. */
double cox_smape(const double *actual, const double *forecast, size_t count);

/* Mean |a - f| over the in-sample mean |y_t - y_{t - period}|; NaN for a constant sample. */
double cox_mase(const double *actual, const double *forecast, size_t count, const double *sample,
    size_t sample_count, size_t period);

/* 2 * (a - q)(level - 1[a < q]): the loss whose least mean is at the quantile; half of it is usual too. */
double cox_pinball(double actual, double quantile, double level);

/* Mean of the pinball loss over levels: quantile[i * level_count + k] for row i. */
double cox_mean_pinball(const double *actual, const double *quantile, size_t count,
    const double *level, size_t level_count);

/* Share of actual within [low, high]. */
double cox_cover(const double *actual, const double *low, const double *high, size_t count);

/*
 * CRPS of a sample: E|X - a| - E|X - X'| / 2 with the empirical distribution (not the unbiased
 * variant). sample must be sorted ascending.
 */
double cox_crps_sample(double actual, const double *sorted, size_t count);

/* CRPS of a normal forecast, closed form. sd 0 gives |a - mean|. */
double cox_crps_normal(double actual, double mean, double sd);

/* Probability forecasts: mean log-loss (p clipped to [1e-15, 1 - 1e-15]), Brier, and expected
 * calibration error over bin_count equal-width bins. */
double cox_log_loss(const double *prob, const unsigned char *won, size_t count);
double cox_brier(const double *prob, const unsigned char *won, size_t count);
double cox_calibration_error(const double *prob, const unsigned char *won, size_t count,
    size_t bin_count);

/*
 * Slope and intercept of the logistic recalibration of prob: 1 and 0 when calibrated; slope under 1
 * says too sure. NaN with one class or constant prob.
 */
void cox_calibration_line(const double *prob, const unsigned char *won, size_t count,
    double *ret_slope, double *ret_intercept);

/*
 * Skill 1 - sum(loss) / sum(base_loss) of paired losses in time order, and its 80 % interval by
 * circular block bootstrap (block_size 0 takes about the cube root of count), sample_count draws.
 * scratch has 2 * sample_count doubles. One row, or no base loss: NaN limits.
 */
struct cox_skill {
    double skill, low, high;
};
struct cox_skill cox_skill_of(const double *loss, const double *base_loss, size_t count,
    size_t block_size, size_t sample_count, uint64_t seed, double *scratch);

#endif
