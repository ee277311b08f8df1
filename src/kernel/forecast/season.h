/*
 * kernel/forecast/season.h: is there a season, and what does it look like: the test of the M4
 * competition, classical indices, and quota shares made from them.
 */
#ifndef COX_KERNEL_FORECAST_SEASON_H
#define COX_KERNEL_FORECAST_SEASON_H

#include <stdbool.h>
#include <stddef.h>

enum { COX_SEASON_MAX = 60 }; /* longest period */

/*
 * |acf at period| > 1.645 standard errors (Bartlett), as M4's Naive 2 tests it. false under
 * two full periods, when the series is constant, or for period < 2. NaN values are gaps: left out.
 */
bool cox_season_test(const double *y, size_t count, size_t period);

/*
 * Classical indices of the period positions 0 .. period - 1 (position of y[0] is 0): centred moving
 * average, mean of the ratio (or difference) per position, normalised to mean 1 (or sum 0). Gaps are
 * left out. false when a position has no value or a ratio is impossible; ret_index is then flat.
 */
bool cox_season_indices(const double *y, size_t count, size_t period, bool is_ratio,
    double *ret_index);

/*
 * Shares of a year's quota per position, summing to 1: ratio indices shrunk to flat by
 * years / (years + 2). Flat where there is no season to be had.
 */
void cox_season_shares(const double *y, size_t count, size_t period, double *ret_share);

#endif
