/* kernel/forecast/series.c: the baselines, Theta, and the combined forecast with its notes. */
#include "kernel/forecast/series.h"

#include <math.h>
#include <string.h>

#include "base/real.h"
#include "kernel/forecast/season.h"

static const double z80 = 1.2815515655446004, z95 = 1.959963984540054;

void cox_series_naive(const double *y, size_t count, size_t period, size_t horizon,
    double *ret_point)
{
    size_t step = period >= 1 && period <= count ? period : 1;

    for (size_t h = 0; h < horizon; h++) {
        ret_point[h] = y[count - step + h % step];
    }
}

/* y by its ratio indices into adjusted where the test finds a season; whether it did. */
static bool adjust(const double *y, size_t count, size_t period, double *index, double *adjusted)
{
    bool positive = true;

    for (size_t t = 0; t < count; t++) {
        positive = positive && y[t] > 0.0;
    }
    bool season = positive && period <= COX_SEASON_MAX && cox_season_test(y, count, period) &&
                  cox_season_indices(y, count, period, true, index);
    for (size_t k = 0; season && k < period; k++) {
        season = index[k] > 0.01;
    }
    for (size_t t = 0; t < count; t++) {
        adjusted[t] = season ? y[t] / index[t % period] : y[t];
    }
    return season;
}

void cox_series_naive2(const double *y, size_t count, size_t period, size_t horizon,
    double *scratch, double *ret_point)
{
    double index[COX_SEASON_MAX];
    bool season = adjust(y, count, period, index, scratch);

    for (size_t h = 0; h < horizon; h++) {
        ret_point[h] = scratch[count - 1] * (season ? index[(count + h) % period] : 1.0);
    }
}

/* Sum of squared one-step errors of simple smoothing from level; leaves the last level. */
static double smooth(const double *y, size_t count, double alpha, double *level)
{
    double square = 0.0;

    for (size_t t = 0; t < count; t++) {
        double e = y[t] - *level;
        square += e * e;
        *level += alpha * e;
    }
    return square;
}

/*
 * The start of simple smoothing is linear in the errors: e_t = e_t(0) - level (1 - alpha)^t, so the
 * best start for an alpha is a regression on the geometric weights.
 */
static double best_level(const double *y, size_t count, double alpha)
{
    double level = 0.0, weight = 1.0, up = 0.0, down = 0.0;

    for (size_t t = 0; t < count; t++) {
        up += (y[t] - level) * weight;
        down += weight * weight;
        level += alpha * (y[t] - level);
        weight *= 1.0 - alpha;
    }
    return up / down;
}

static double smooth_from_best(const double *y, size_t count, double alpha, double *ret_last)
{
    double level = best_level(y, count, alpha), square = smooth(y, count, alpha, &level);

    *ret_last = level;
    return square;
}

static double best_alpha(const double *y, size_t count)
{
    double best = 0.5, least = HUGE_VAL, last;

    for (int step = 0; step <= 20; step++) {
        double alpha = fmin(0.9999, fmax(1e-4, step / 20.0));
        double square = smooth_from_best(y, count, alpha, &last);
        if (square < least) {
            least = square;
            best = alpha;
        }
    }
    double low = fmax(1e-4, best - 0.05), high = fmin(0.9999, best + 0.05);
    while (high - low > 1e-7) {
        double a = low + 0.382 * (high - low), b = low + 0.618 * (high - low);
        if (smooth_from_best(y, count, a, &last) < smooth_from_best(y, count, b, &last)) {
            high = b;
        } else {
            low = a;
        }
    }
    return 0.5 * (low + high);
}

void cox_series_theta(const double *y, size_t count, size_t period, size_t horizon, double *scratch,
    double *ret_point)
{
    double index[COX_SEASON_MAX], level, st = 0.0, sy = 0.0, stt = 0.0, sty = 0.0,
                                         n = (double)count;
    bool season = adjust(y, count, period, index, scratch);
    double alpha = best_alpha(scratch, count);

    (void)smooth_from_best(scratch, count, alpha, &level); /* only the last level is wanted */
    for (size_t t = 0; t < count; t++) {
        double at = (double)t;
        st += at;
        sy += scratch[t];
        stt += at * at;
        sty += at * scratch[t];
    }
    double det = n * stt - st * st, drift = det > 0.0 ? 0.5 * (n * sty - st * sy) / det : 0.0;
    for (size_t h = 0; h < horizon; h++) {
        double ahead = (double)h + (1.0 - pow(1.0 - alpha, n)) / alpha;
        ret_point[h] = (level + drift * ahead) * (season ? index[(count + h) % period] : 1.0);
    }
}

/* ---- the combined forecast ---- */

size_t cox_series_workspace_size(size_t count)
{
    size_t ets = cox_ets_workspace_size(count), arima = cox_arima_workspace_size(count);

    return (ets > arima ? ets : arima) + 2 * count + 2 * COX_SERIES_HORIZON_MAX;
}

static enum cox_rc check(const double *y, size_t count, size_t period, size_t horizon,
    struct cox_series *r, struct cox_err *reterr)
{
    if (horizon < 1 || horizon > COX_SERIES_HORIZON_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "horizon", 0, "must be 1 to %d",
            COX_SERIES_HORIZON_MAX);
    }
    if (period < 1 || period > COX_SEASON_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "period", 0, "must be 1 to %d", COX_SEASON_MAX);
    }
    for (size_t t = 0; t < count; t++) {
        if (fabs(y[t]) > COX_REAL_MAX) {
            return cox_fail_at(reterr, COX_INVALID, "y", (int64_t)t + 1,
                "is infinite, or beyond 1e75");
        }
        r->gap_count += isnan(y[t]) ? 1 : 0;
        r->notes |= !isnan(y[t]) && y[t] <= 0.0 ? COX_SERIES_ADDITIVE : 0U;
    }
    if (r->gap_count == count) {
        return cox_fail_at(reterr, COX_INVALID, "y", 0, "has no values");
    }
    r->notes |= r->gap_count > 0 ? COX_SERIES_GAPS : 0U;
    return COX_OK;
}

/* Mean of what there is; the band is that of a new value, at least a third of the mean. */
static void forecast_mean(const double *y, size_t count, size_t horizon,
    const struct cox_series_path *path, double *sd, struct cox_series *r)
{
    double sum = 0.0, square = 0.0, n = (double)(count - r->gap_count);

    for (size_t t = 0; t < count; t++) {
        sum += isnan(y[t]) ? 0.0 : y[t];
    }
    for (size_t t = 0; t < count; t++) {
        square += isnan(y[t]) ? 0.0 : (y[t] - sum / n) * (y[t] - sum / n);
    }
    r->notes |= COX_SERIES_SHORT | COX_SERIES_NO_SEASON;
    r->sigma = fmax(sqrt((square / fmax(1.0, n - 1.0)) * (1.0 + 1.0 / n)), fabs(sum / n) / 3.0);
    for (size_t h = 0; h < horizon; h++) {
        path->ets[h] = path->theta[h] = path->arima[h] = path->point[h] = sum / n;
        sd[h] = r->sigma;
    }
}

/* Gaps by the neighbours in line, for Theta, which has no state-space form of its own. */
static void fill_gaps(const double *y, size_t count, double *ret_filled)
{
    for (size_t t = 0; t < count; t++) {
        size_t before = t, after = t;
        while (before > 0 && isnan(y[before])) {
            before--;
        }
        while (after + 1 < count && isnan(y[after])) {
            after++;
        }
        double a = isnan(y[before]) ? y[after] : y[before],
               b = isnan(y[after]) ? y[before] : y[after];
        double share = after > before ? (double)(t - before) / (double)(after - before) : 0.0;
        ret_filled[t] = isnan(y[t]) ? a + share * (b - a) : y[t];
    }
}

static void set_bands(size_t horizon, const double *sd, const struct cox_series_path *path)
{
    for (size_t h = 0; h < horizon; h++) {
        path->low80[h] = path->point[h] - z80 * sd[h];
        path->high80[h] = path->point[h] + z80 * sd[h];
        path->low95[h] = path->point[h] - z95 * sd[h];
        path->high95[h] = path->point[h] + z95 * sd[h];
    }
}

/* ARIMA on the series without gaps, and the mean of what there is. */
static void combine(const double *filled, size_t count, size_t period, size_t horizon,
    double *scratch, double *space, const struct cox_series_path *path, struct cox_series *r)
{
    struct cox_err err;

    /* What no ARIMA fits (a constant, too few values) the other two still forecast. */
    r->has_arima = cox_arima_choose(filled, count, period <= COX_ARIMA_PERIOD_MAX ? period : 1,
                       space, &r->arima, &err) == COX_OK;
    if (r->has_arima) {
        cox_arima_forecast(&r->arima, filled, count, horizon, space, path->arima, scratch);
    } else {
        memcpy(path->arima, path->theta, horizon * sizeof(double));
    }
    for (size_t h = 0; h < horizon; h++) {
        path->point[h] = r->has_arima ? (path->ets[h] + path->theta[h] + path->arima[h]) / 3.0
                                      : 0.5 * (path->ets[h] + path->theta[h]);
    }
}

enum cox_rc cox_series_forecast(const double *y, size_t count, size_t period, size_t horizon,
    double *workspace, const struct cox_series_path *ret_path, struct cox_series *ret_series,
    struct cox_err *reterr)
{
    double *sd = workspace, *filled = sd + 2 * COX_SERIES_HORIZON_MAX, *scratch = filled + count;
    double *space = scratch + count;
    struct cox_series r = {0};

    COX_TRY(check(y, count, period, horizon, &r, reterr));
    if (count - r.gap_count <= COX_SERIES_MEAN_MAX) {
        forecast_mean(y, count, horizon, ret_path, sd, &r);
        set_bands(horizon, sd, ret_path);
        *ret_series = r;
        return COX_OK;
    }
    size_t season = count >= 2 * period ? period : 1;
    fill_gaps(y, count, filled);
    r.has_season = cox_season_test(filled, count, season);
    r.notes |= r.has_season ? 0U : COX_SERIES_NO_SEASON;
    COX_TRY(cox_ets_choose(y, count, season, space, &r.ets, reterr));
    r.has_ets = true;
    cox_ets_forecast(&r.ets, horizon, ret_path->ets, sd);
    cox_series_theta(filled, count, season, horizon, scratch, ret_path->theta);
    combine(filled, count, season, horizon, sd + COX_SERIES_HORIZON_MAX, space, ret_path, &r);
    set_bands(horizon, sd, ret_path);
    *ret_series = r;
    return COX_OK;
}
