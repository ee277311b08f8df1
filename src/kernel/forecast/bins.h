/* kernel/forecast/bins.h: a numeric column as a few bins of about equal count. */
#ifndef COX_KERNEL_FORECAST_BINS_H
#define COX_KERNEL_FORECAST_BINS_H

#include <stddef.h>

enum { COX_BINS_MAX = 32 };

/*
 * Bin b holds values in (edge[b - 1], edge[b]]; the last is open above; code count is "missing" (NaN).
 * Edges are midpoints between neighbouring values, so equal values never part.
 */
struct cox_bins {
    size_t count; /* without the one for missing; at least 1 */
    double edge[COX_BINS_MAX];
};

/*
 * At most bin_max bins (up to COX_BINS_MAX) of the finite values among count; scratch has 2 * count
 * doubles. A value as frequent as a bin has one to itself. All missing: one bin.
 */
struct cox_bins cox_bins_fit(const double *value, size_t count, size_t bin_max, double *scratch);

/* 0 .. count; NaN is count. */
size_t cox_bins_code(const struct cox_bins *bins, double value);

#endif
