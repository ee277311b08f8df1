/*
 * kernel/forecast/series.h: a monthly (or other seasonal) series and what comes next: seasonal naive, naive 2,
 * Theta, exponential smoothing (ets.h), seasonal ARIMA (arima.h), and the mean of the last three as the
 * answer, with the 80 and 95 % intervals of smoothing around it.
 * Sources: Assimakopoulos and Nikolopoulos, IJF 2000; Hyndman and Billah, IJF 2003 (Theta is simple
 * smoothing with half the trend as drift); Makridakis et al., IJF 2020 (M4).
 */
#ifndef COX_KERNEL_FORECAST_SERIES_H
#define COX_KERNEL_FORECAST_SERIES_H

#include "kernel/forecast/arima.h"
#include "kernel/forecast/ets.h"

enum {
    COX_SERIES_MEAN_MAX = 11, /* up to so many values: their mean and a wide band */
    COX_SERIES_HORIZON_MAX = 120,
};

enum cox_series_note {
    COX_SERIES_SHORT = 1,     /* under 12 values: mean, wide by default */
    COX_SERIES_NO_SEASON = 2, /* none found, or under two periods to look for it */
    COX_SERIES_GAPS = 4,      /* values were missing and filled by the state-space form */
    COX_SERIES_ADDITIVE = 8,  /* zeros or negatives: additive forms only */
};

/* All arrays have horizon elements and are the caller's. */
struct cox_series_path {
    double *ets, *theta, *point, *arima; /* point = mean of the other three */
    double *low80, *high80, *low95, *high95;
};

struct cox_series {
    unsigned notes; /* of enum cox_series_note */
    size_t gap_count;
    bool has_season; /* by the test */
    bool has_ets;
    struct cox_ets ets;
    bool has_arima; /* else the path's arima is that of Theta, and point the mean of two */
    struct cox_arima arima;
    double sigma; /* one-step sd where there is no ets */
};

size_t cox_series_workspace_size(size_t count); /* doubles */

/*
 * period 1 means no season. y[t] NaN is a gap. Errors: COX_INVALID for an empty series, infinities,
 * a horizon of 0 or above COX_SERIES_HORIZON_MAX, a period above COX_SEASON_MAX.
 */
enum cox_rc cox_series_forecast(const double *y, size_t count, size_t period, size_t horizon,
    double *workspace, const struct cox_series_path *ret_path, struct cox_series *ret_series,
    struct cox_err *reterr) COX_NODISCARD;

/* The baselines. No gaps; scratch has count doubles. */
void cox_series_naive(const double *y, size_t count, size_t period, size_t horizon,
    double *ret_point);
void cox_series_naive2(const double *y, size_t count, size_t period, size_t horizon,
    double *scratch, double *ret_point);
void cox_series_theta(const double *y, size_t count, size_t period, size_t horizon, double *scratch,
    double *ret_point);

#endif
