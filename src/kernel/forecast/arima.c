/* kernel/forecast/arima.c: differences, residuals with backcasts, least squares, the walk over orders. */
#include "kernel/forecast/arima.h"

#include <math.h>
#include <string.h>

#include "kernel/forecast/season.h"
#include "kernel/stats/matrix.h"

enum {
    LAGS_MAX = 2 * COX_ARIMA_ORDER_MAX + 1, /* of a product of two polynomials */
    PARAM_MAX = 2 * COX_ARIMA_ORDER_MAX + 3,
    PAD_MAX = COX_ARIMA_PERIOD_MAX + COX_ARIMA_ORDER_MAX,
    BACK_MAX = 2 * COX_ARIMA_PERIOD_MAX + 8,
    FULL_MAX = COX_ARIMA_ORDER_MAX + 2 + 2 * COX_ARIMA_PERIOD_MAX + 1,
    HORIZON_MAX = 256, /* room for the weights of shocks */
    ITERATIONS_MAX = 20,
};

static const double root_max = 0.995;

/* 1 - sum coef[k] B^lag[k], or with + for the moving average. */
struct lags {
    size_t count, lag[LAGS_MAX];
    double coef[LAGS_MAX];
};

struct task {
    struct cox_arima_order order;
    size_t period, count, back; /* count: differenced values; back: values forecast backwards */
    const double *w;
    double unit;               /* sd of w: the unit of the mean in x */
    double *z, *error, *trial; /* back + count, pad zeros on either side; the first are backcasts */
    double *jacobian;          /* the same, one for each parameter, stride apart */
    size_t pad, stride;
};

static size_t free_count(const struct cox_arima_order *o)
{
    return (size_t)o->ar + o->ma + o->season_ar + o->season_ma + o->has_constant;
}

/* Partial autocorrelations in (-1, 1) to the coefficients of a stationary polynomial. */
static void from_partials(const double *x, size_t count, double *ret)
{
    for (size_t k = 0; k < count; k++) {
        double r = root_max * tanh(x[k]), before[COX_ARIMA_ORDER_MAX];
        memcpy(before, ret, k * sizeof(double));
        ret[k] = r;
        for (size_t j = 0; j < k; j++) {
            ret[j] = before[j] - r * before[k - 1 - j];
        }
    }
}

/* x in the order phi, theta, season phi, season theta, mean. */
static void unpack(const struct task *t, const double *x, struct cox_arima *a)
{
    size_t at = 0;

    from_partials(x, t->order.ar, a->phi);
    at += t->order.ar;
    from_partials(x + at, t->order.ma, a->theta);
    at += t->order.ma;
    a->season_phi = t->order.season_ar ? root_max * tanh(x[at++]) : 0.0;
    a->season_theta = t->order.season_ma ? root_max * tanh(x[at++]) : 0.0;
    a->mean = t->order.has_constant ? x[at] * t->unit : 0.0;
}

/* (1 - sum c B^k)(1 - season B^period) as lags; sign -1 turns it into (1 + ..)(1 + ..). */
static struct lags product(const double *coef, size_t count, double season, bool has_season,
    size_t period, double sign)
{
    struct lags r = {0};

    for (size_t k = 0; k < count; k++) {
        r.lag[r.count] = k + 1;
        r.coef[r.count++] = coef[k];
    }
    if (has_season) {
        r.lag[r.count] = period;
        r.coef[r.count++] = season;
        for (size_t k = 0; k < count; k++) {
            r.lag[r.count] = period + k + 1;
            r.coef[r.count++] = -sign * coef[k] * season;
        }
    }
    return r;
}

static struct lags ar_of(const struct cox_arima *a)
{
    return product(a->phi, a->order.ar, a->season_phi, a->order.season_ar != 0, a->period, 1.0);
}

/* Moving averages as 1 + sum: the partials of theta serve with either sign. */
static struct lags ma_of(const struct cox_arima *a)
{
    return product(a->theta, a->order.ma, a->season_theta, a->order.season_ma != 0, a->period,
        -1.0);
}

/* Sum over lags of coef * value[-lag], or of value[lag]; arrays have room for that on either side. */
static double before(const struct lags *l, const double *value)
{
    double sum = 0.0;

    for (size_t k = 0; k < l->count; k++) {
        sum += l->coef[k] * *(value - l->lag[k]);
    }
    return sum;
}

static double after(const struct lags *l, const double *value)
{
    double sum = 0.0;

    for (size_t k = 0; k < l->count; k++) {
        sum += l->coef[k] * value[l->lag[k]];
    }
    return sum;
}

/* Errors into error[back + count], backcasts included; their sum of squares. */
static double residuals_of(const struct task *t, const struct cox_arima *a, double *error)
{
    struct lags ar = ar_of(a), ma = ma_of(a);
    size_t n = t->back + t->count;
    double square = 0.0;

    /* The series read backwards, then on into what was before it. */
    for (size_t i = n; i-- > t->back;) {
        t->z[i] = t->w[i - t->back] - a->mean;
        error[i] = t->z[i] - after(&ar, t->z + i) - after(&ma, error + i);
    }
    for (size_t i = t->back; i-- > 0;) {
        error[i] = 0.0;
        t->z[i] = after(&ar, t->z + i) + after(&ma, error + i);
    }
    memset(error - t->pad, 0, t->pad * sizeof(double));
    for (size_t i = 0; i < n; i++) {
        error[i] = t->z[i] - before(&ar, t->z + i) - before(&ma, error + i);
        square += error[i] * error[i];
    }
    return square;
}

static double residuals(const struct task *t, const double *x, double *error)
{
    struct cox_arima a = {.order = t->order, .period = t->period};

    unpack(t, x, &a);
    return residuals_of(t, &a, error);
}

/* ---- least squares ---- */

/* Normal equations of the linearised errors with lambda on the diagonal; step in ret_step. */
static bool solve(const struct task *t, size_t params, double lambda, double *ret_step)
{
    double matrix[PARAM_MAX * PARAM_MAX];
    size_t n = t->back + t->count;

    for (size_t i = 0; i < params; i++) {
        ret_step[i] = 0.0;
        for (size_t k = 0; k < n; k++) {
            ret_step[i] -= t->jacobian[i * t->stride + k] * t->error[k];
        }
        for (size_t j = 0; j <= i; j++) {
            double sum = 0.0;
            for (size_t k = 0; k < n; k++) {
                sum += t->jacobian[i * t->stride + k] * t->jacobian[j * t->stride + k];
            }
            matrix[i * params + j] = matrix[j * params + i] = sum;
        }
    }
    for (size_t i = 0; i < params; i++) {
        matrix[i * params + i] += lambda * matrix[i * params + i] + 1e-12 * t->unit * t->unit;
    }
    if (!cox_cholesky(matrix, params)) {
        return false;
    }
    cox_cholesky_solve(matrix, params, ret_step);
    return true;
}

static void differentiate(const struct task *t, size_t params, double *x)
{
    const double h = 1e-5;
    size_t n = t->back + t->count;

    for (size_t i = 0; i < params; i++) {
        double *column = t->jacobian + i * t->stride, keep = x[i];
        x[i] = keep + h;
        (void)residuals(t, x, column); /* the errors are wanted, not their sum */
        x[i] = keep;
        for (size_t k = 0; k < n; k++) {
            column[k] = (column[k] - t->error[k]) / h;
        }
    }
}

/* Levenberg-Marquardt from x; the sum of squares reached. */
static double least_squares(struct task *t, double *x)
{
    size_t params = free_count(&t->order), n = t->back + t->count;
    double square = residuals(t, x, t->error), lambda = 1e-3, step[PARAM_MAX], next[PARAM_MAX];

    for (size_t round = 0; params > 0 && round < ITERATIONS_MAX; round++) {
        double before = square;
        differentiate(t, params, x);
        for (int tries = 0; tries < 6 && square >= before; tries++, lambda *= 8.0) {
            if (!solve(t, params, lambda, step)) {
                continue;
            }
            for (size_t i = 0; i < params; i++) {
                next[i] = fmax(-4.0, fmin(4.0, x[i] + fmax(-1.0, fmin(1.0, step[i]))));
            }
            next[params - 1] =
                t->order.has_constant ? x[params - 1] + step[params - 1] : next[params - 1];
            double value = residuals(t, next, t->trial);
            if (value < square) {
                square = value;
                memcpy(x, next, params * sizeof(double));
                memcpy(t->error, t->trial, n * sizeof(double));
                lambda *= 0.02;
            }
        }
        if (before - square <= 1e-5 * before) {
            break;
        }
    }
    return square;
}

/* ---- differences ---- */

/* In place; how many values are left, at the front. */
static size_t difference(double *w, size_t count, size_t lag)
{
    for (size_t i = 0; i + lag < count; i++) {
        w[i] = w[i + lag] - w[i];
    }
    return count > lag ? count - lag : 0;
}

static double mean_of(const double *y, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += y[i];
    }
    return count > 0 ? sum / (double)count : 0.0;
}

static double variance_of(const double *y, size_t count)
{
    double mean = mean_of(y, count), sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += (y[i] - mean) * (y[i] - mean);
    }
    return count > 1 ? sum / (double)(count - 1) : 0.0;
}

/* KPSS statistic for a level, Bartlett weights; above .463 the level is not stable at 5 %. */
static double kpss(const double *y, size_t count)
{
    double mean = mean_of(y, count), partial = 0.0, eta = 0.0, n = (double)count;
    double spread = variance_of(y, count) * (n - 1.0) / n;
    size_t reach = (size_t)(3.0 * sqrt(n) / 13.0);

    for (size_t i = 0; i < count; i++) {
        partial += y[i] - mean;
        eta += partial * partial / (n * n);
    }
    for (size_t lag = 1; lag <= reach; lag++) {
        double sum = 0.0;
        for (size_t i = lag; i < count; i++) {
            sum += (y[i] - mean) * (y[i - lag] - mean);
        }
        spread += 2.0 * (1.0 - (double)lag / ((double)reach + 1.0)) * sum / n;
    }
    return spread > 0.0 ? eta / spread : 0.0;
}

/* 1 - var(rest) / var(season + rest), trend a moving average over a year. scratch: 2 count. */
static double season_strength(const double *y, size_t count, size_t period, double *scratch)
{
    double index[COX_SEASON_MAX], *both = scratch, *rest = scratch + count;
    size_t half = period / 2, n = 0;

    if (!cox_season_indices(y, count, period, false, index)) {
        return 0.0;
    }
    for (size_t t = half; t + half < count; t++) {
        double trend = 0.0;
        for (size_t k = t - half; k <= t + half; k++) {
            bool end = period % 2 == 0 && (k == t - half || k == t + half);
            trend += (end ? 0.5 : 1.0) * y[k] / (double)period;
        }
        both[n] = y[t] - trend;
        rest[n] = both[n] - index[t % period];
        n++;
    }
    double all = variance_of(both, n);
    return all > 0.0 ? fmax(0.0, 1.0 - variance_of(rest, n) / all) : 0.0;
}

/* The differences the series needs. */
static void set_differences(const double *y, size_t count, size_t period, double *scratch,
    struct cox_arima_order *order)
{
    size_t n = count;

    order->season_diff =
        period > 1 && count >= 3 * period && season_strength(y, count, period, scratch) > 0.64;
    memcpy(scratch, y, count * sizeof(double));
    n = order->season_diff ? difference(scratch, n, period) : n;
    for (order->diff = 0; order->diff < 2 && n > 8 && kpss(scratch, n) > 0.463; order->diff++) {
        n = difference(scratch, n, 1);
    }
    if (order->season_diff && order->diff > 1) {
        order->diff = 1;
    }
}

/* ---- one form ---- */

size_t cox_arima_workspace_size(size_t count)
{
    return 2 * count + (count + BACK_MAX + PAD_MAX) * (PARAM_MAX + 3) + PAD_MAX + HORIZON_MAX;
}

static enum cox_rc check(const double *y, size_t count, size_t period,
    const struct cox_arima_order *o, struct cox_err *reterr)
{
    bool season = o->season_ar > 0 || o->season_diff > 0 || o->season_ma > 0;

    if (o->ar > COX_ARIMA_ORDER_MAX || o->ma > COX_ARIMA_ORDER_MAX || o->diff > 2 ||
        o->season_ar > 1 || o->season_ma > 1 || o->season_diff > 1) {
        return cox_fail_at(reterr, COX_INVALID, "order", 0, "is outside the grid");
    }
    if (period < 1 || period > COX_ARIMA_PERIOD_MAX || (season && period < 2)) {
        return cox_fail_at(reterr, COX_INVALID, "period", 0, "must be 1 to %d, 2 for a season",
            COX_ARIMA_PERIOD_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(y[i])) {
            return cox_fail_at(reterr, COX_INVALID, "y", (int64_t)i + 1, "is not a finite number");
        }
    }
    size_t lost = o->diff + (o->season_diff ? period : 0);
    if (count < lost + free_count(o) + 4 || (season && count < 2 * period)) {
        return cox_fail_at(reterr, COX_INVALID, "y", 0, "has too few values for this form");
    }
    return COX_OK;
}

static void lay_out(struct task *t, const double *y, size_t count, double *workspace)
{
    double *w = workspace;

    memcpy(w, y, count * sizeof(double));
    t->count = t->order.season_diff ? difference(w, count, t->period) : count;
    for (size_t d = 0; d < t->order.diff; d++) {
        t->count = difference(w, t->count, 1);
    }
    t->w = w;
    t->unit = sqrt(variance_of(w, t->count));
    t->unit = t->unit > 0.0 ? t->unit : 1.0;
    t->back = t->order.season_ar || t->order.season_ma ? 2 * t->period + 4 : 8;
    t->back = free_count(&t->order) == (size_t)t->order.has_constant ? 0 : t->back;
    size_t n = t->back + t->count;
    t->pad = t->order.season_ar || t->order.season_ma ? t->period + COX_ARIMA_ORDER_MAX
                                                      : COX_ARIMA_ORDER_MAX;
    t->stride = n + t->pad; /* what follows one array is what comes before the next */
    memset(w + count, 0, ((PARAM_MAX + 3) * t->stride + t->pad) * sizeof(double));
    t->z = w + count + t->pad;
    t->error = t->z + t->stride;
    t->trial = t->error + t->stride;
    t->jacobian = t->trial + t->stride;
}

enum cox_rc cox_arima_fit(const double *y, size_t count, size_t period,
    struct cox_arima_order order, double *workspace, struct cox_arima *ret_arima,
    struct cox_err *reterr)
{
    struct task t = {.order = order, .period = period};
    double x[PARAM_MAX] = {0};
    size_t params = free_count(&order);

    COX_TRY(check(y, count, period, &order, reterr));
    lay_out(&t, y, count, workspace);
    for (size_t k = 0; k < params; k++) {
        x[k] = k < order.ar ? 0.1 : -0.1;
    }
    if (order.has_constant) {
        x[params - 1] = mean_of(t.w, t.count) / t.unit;
    }
    double square = fmax(least_squares(&t, x), 1e-12 * t.unit * t.unit), n = (double)t.count;
    struct cox_arima a = {.order = order, .period = period, .param_count = params + 1};
    unpack(&t, x, &a);
    double k = (double)a.param_count;
    a.sigma2 = square / fmax(1.0, n - (double)params);
    a.log_likelihood = -0.5 * n * (log(2.0 * M_PI * square / n) + 1.0);
    a.aicc = -2.0 * a.log_likelihood + 2.0 * k + 2.0 * k * (k + 1.0) / fmax(1.0, n - k - 1.0);
    *ret_arima = a;
    return COX_OK;
}

/* ---- the walk ---- */

struct walk {
    const double *y;
    size_t count, period;
    double *workspace;
    struct cox_arima best;
    bool found;
    bool seen[4 * 4 * 2 * 2 * 2];
    struct cox_err first;
};

static void try_order(struct walk *w, struct cox_arima_order o)
{
    size_t at = (((o.ar * 4U + o.ma) * 2U + o.season_ar) * 2U + o.season_ma) * 2U + o.has_constant;
    struct cox_arima one;
    struct cox_err err;

    if (w->seen[at] || o.ar + o.ma > 4) {
        return;
    }
    w->seen[at] = true;
    if (cox_arima_fit(w->y, w->count, w->period, o, w->workspace, &one, &err) != COX_OK) {
        w->first = w->first.rc == COX_OK ? err : w->first;
    } else if (!w->found || one.aicc < w->best.aicc) {
        w->best = one;
        w->found = true;
    }
}

/* One order up or down in a coordinate, where the grid allows. */
static void try_near(struct walk *w, struct cox_arima_order o, int ar, int ma, int sar, int sma)
{
    int top = w->period > 1 && w->count >= 2 * w->period + 8 ? 1 : 0;
    int p = o.ar + ar, q = o.ma + ma, sp = o.season_ar + sar, sq = o.season_ma + sma;

    if (p < 0 || q < 0 || sp < 0 || sq < 0 || p > COX_ARIMA_ORDER_MAX || q > COX_ARIMA_ORDER_MAX ||
        sp > top || sq > top) {
        return;
    }
    o.ar = (unsigned char)p;
    o.ma = (unsigned char)q;
    o.season_ar = (unsigned char)sp;
    o.season_ma = (unsigned char)sq;
    try_order(w, o);
}

enum cox_rc cox_arima_choose(const double *y, size_t count, size_t period, double *workspace,
    struct cox_arima *ret_arima, struct cox_err *reterr)
{
    static const signed char starts[][4] = {{2, 2, 1, 1}, {2, 2, 0, 0}, {0, 0, 0, 0}, {1, 0, 1, 0},
        {0, 1, 0, 1}};
    static const signed char steps[][4] = {{1, 0, 0, 0}, {-1, 0, 0, 0}, {0, 1, 0, 0}, {0, -1, 0, 0},
        {0, 0, 1, 0}, {0, 0, -1, 0}, {0, 0, 0, 1}, {0, 0, 0, -1}, {1, 1, 0, 0}, {-1, -1, 0, 0},
        {0, 0, -1, 1}, {0, 0, 1, -1}};
    struct walk w = {.y = y, .count = count, .period = period, .workspace = workspace};
    struct cox_arima_order base = {0};

    COX_TRY(check(y, count, period, &base, reterr));
    set_differences(y, count, period, workspace, &base);
    bool may = base.diff + base.season_diff < 2;
    base.has_constant = may;
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        try_near(&w, base, starts[i][0], starts[i][1], starts[i][2], starts[i][3]);
    }
    for (bool moved = w.found; moved;) {
        struct cox_arima before = w.best;
        for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && w.best.aicc >= before.aicc;
             i++) {
            try_near(&w, before.order, steps[i][0], steps[i][1], steps[i][2], steps[i][3]);
        }
        if (may && w.best.aicc >= before.aicc) {
            struct cox_arima_order other = before.order;
            other.has_constant = !other.has_constant;
            try_order(&w, other);
        }
        moved = w.best.aicc < before.aicc;
    }
    if (!w.found) {
        return cox_fail_at(reterr, COX_INVALID, w.first.field, w.first.row, "%s", w.first.text);
    }
    *ret_arima = w.best;
    return COX_OK;
}

/* ---- forecast ---- */

/* ret[k] for y_t = sum ret[k] y_{t-k} + ..: autoregression and differences multiplied out. */
static size_t full_polynomial(const struct cox_arima *a, double *ret)
{
    struct lags ar = ar_of(a);
    size_t top = 0;

    memset(ret, 0, (FULL_MAX + 1) * sizeof(double));
    ret[0] = 1.0;
    for (size_t k = 0; k < ar.count; k++) {
        ret[ar.lag[k]] -= ar.coef[k];
        top = ar.lag[k] > top ? ar.lag[k] : top;
    }
    for (size_t d = 0; d < (size_t)a->order.diff + a->order.season_diff; d++) {
        size_t lag = d < a->order.diff ? 1 : a->period;
        top += lag;
        for (size_t k = top; k >= lag; k--) {
            ret[k] -= ret[k - lag];
        }
    }
    for (size_t k = 1; k <= top; k++) {
        ret[k] = -ret[k];
    }
    return top;
}

/* sd of the h-step error: the weights of past shocks, by the same recursion. */
static void spread(const struct cox_arima *a, const double *full, size_t top, size_t horizon,
    double *psi, double *ret_sd)
{
    struct lags ma = ma_of(a);
    double square = 0.0;

    for (size_t h = 0; h < horizon; h++) {
        psi[h] = h == 0 ? 1.0 : 0.0;
        for (size_t k = 0; k < ma.count; k++) {
            psi[h] += ma.lag[k] == h ? ma.coef[k] : 0.0;
        }
        for (size_t k = 1; k <= top && k <= h; k++) {
            psi[h] += full[k] * psi[h - k];
        }
        square += psi[h] * psi[h];
        ret_sd[h] = sqrt(a->sigma2 * square);
    }
}

void cox_arima_forecast(const struct cox_arima *arima, const double *y, size_t count,
    size_t horizon, double *workspace, double *ret_point, double *ret_sd)
{
    struct task t = {.order = arima->order, .period = arima->period};
    struct lags ar = ar_of(arima), ma = ma_of(arima);
    double full[FULL_MAX + 1], constant = arima->mean;
    size_t top = full_polynomial(arima, full);

    lay_out(&t, y, count, workspace);
    (void)residuals_of(&t, arima, t.error); /* the errors are wanted, not their sum */
    for (size_t k = 0; k < ar.count; k++) {
        constant -= arima->mean * ar.coef[k];
    }
    const double *last = t.error + t.back + t.count; /* one behind the last error */
    for (size_t h = 0; h < horizon; h++) {
        ret_point[h] = constant;
        for (size_t k = 1; k <= top; k++) {
            ret_point[h] += full[k] * (k <= h ? ret_point[h - k] : y[count + h - k]);
        }
        for (size_t k = 0; k < ma.count; k++) {
            ret_point[h] += ma.lag[k] > h ? ma.coef[k] * *(last + h - ma.lag[k]) : 0.0;
        }
    }
    spread(arima, full, top, horizon, t.jacobian, ret_sd);
}

void cox_arima_name(struct cox_arima_order order, char *ret_name)
{
    const unsigned char parts[] = {order.ar, order.diff, order.ma, order.season_ar,
        order.season_diff, order.season_ma};

    memcpy(ret_name, "ARIMA(0,0,0)(0,0,0)", 20);
    for (size_t k = 0; k < 6; k++) {
        ret_name[6 + 2 * k + (k > 2 ? 1 : 0)] = (char)('0' + parts[k]);
    }
    if (order.has_constant) {
        memcpy(ret_name + 19, "+c", 3);
    }
}
