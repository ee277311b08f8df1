/* kernel/forecast/season.c: autocorrelation test and classical seasonal indices. */
#include "kernel/forecast/season.h"

#include <math.h>

static double mean_of(const double *y, size_t count)
{
    double sum = 0.0, n = 0.0;

    for (size_t t = 0; t < count; t++) {
        if (!isnan(y[t])) {
            sum += y[t];
            n += 1.0;
        }
    }
    return n > 0.0 ? sum / n : 0.0;
}

static double autocovariance(const double *y, size_t count, size_t lag, double mean)
{
    double sum = 0.0;

    for (size_t t = lag; t < count; t++) {
        if (!isnan(y[t]) && !isnan(y[t - lag])) {
            sum += (y[t] - mean) * (y[t - lag] - mean);
        }
    }
    return sum;
}

bool cox_season_test(const double *y, size_t count, size_t period)
{
    double mean = mean_of(y, count), zero = autocovariance(y, count, 0, mean), sum = 1.0, acf = 0.0;

    if (period < 2 || count < 2 * period || !(zero > 0.0)) {
        return false;
    }
    for (size_t lag = 1; lag <= period; lag++) {
        acf = autocovariance(y, count, lag, mean) / zero;
        sum += lag < period ? 2.0 * acf * acf : 0.0;
    }
    return fabs(acf) > 1.645 * sqrt(sum / (double)count);
}

/* Moving average over one period centred at t; NaN where it does not fit or has a gap. */
static double centred(const double *y, size_t count, size_t period, size_t t)
{
    size_t half = period / 2;
    double sum = 0.0;

    if (t < half || t + half >= count) {
        return (double)NAN;
    }
    for (size_t k = t - half; k <= t + half; k++) {
        bool end = period % 2 == 0 && (k == t - half || k == t + half);
        sum += (end ? 0.5 : 1.0) * y[k];
    }
    return sum / (double)period;
}

bool cox_season_indices(const double *y, size_t count, size_t period, bool is_ratio,
    double *ret_index)
{
    double total[COX_SEASON_MAX] = {0}, n[COX_SEASON_MAX] = {0}, flat = is_ratio ? 1.0 : 0.0,
           sum = 0.0;
    bool whole = period >= 2 && period <= COX_SEASON_MAX;

    for (size_t t = 0; whole && t < count; t++) {
        double trend = centred(y, count, period, t);
        if (!isnan(trend) && !isnan(y[t])) {
            whole = !is_ratio || trend > 0.0;
            total[t % period] += is_ratio ? y[t] / trend : y[t] - trend;
            n[t % period] += 1.0;
        }
    }
    for (size_t k = 0; whole && k < period; k++) {
        whole = n[k] > 0.0;
        ret_index[k] = whole ? total[k] / n[k] : flat;
        sum += ret_index[k];
    }
    for (size_t k = 0; k < period; k++) {
        if (!whole || (is_ratio && !(sum > 0.0))) {
            ret_index[k] = flat;
        } else {
            ret_index[k] = is_ratio ? ret_index[k] * (double)period / sum
                                    : ret_index[k] - sum / (double)period;
        }
    }
    return whole;
}

void cox_season_shares(const double *y, size_t count, size_t period, double *ret_share)
{
    double years = (double)count / (double)period, keep = years / (years + 2.0), sum = 0.0;

    if (!cox_season_indices(y, count, period, true, ret_share)) {
        keep = 0.0;
    }
    for (size_t k = 0; k < period; k++) {
        ret_share[k] = fmax(0.0, 1.0 + keep * (ret_share[k] - 1.0));
        sum += ret_share[k];
    }
    for (size_t k = 0; k < period; k++) {
        ret_share[k] /= sum;
    }
}
