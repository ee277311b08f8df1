/* kernel/stats/budget.c: the limit of a CUSUM by simulation of healthy weeks. */
#include "kernel/stats/budget.h"

#include <math.h>

#include "kernel/stats/draw.h"
#include "kernel/stats/special.h"

enum { RUNS = 1000, WEEKS_MIN = 8, BISECTIONS = 13, TABLE = 512 };

static const double limit_most = 60, normal_from = 400, dispersion_most = 0.5;

/* ---- draws ---- */

static double draw_unit(uint64_t *state)
{
    return ((double)(cox_draw_bits(state) >> 11) + 0.5) * 0x1p-53;
}

static double draw_normal(uint64_t *state)
{
    return cox_normal_quantile(draw_unit(state));
}

/* G. Marsaglia, W. Tsang, "A simple method for generating gamma variables", ACM TOMS 2000. */
static double draw_gamma(double shape, uint64_t *state)
{
    double boost = 1, d, c;

    if (shape < 1) {
        boost = pow(draw_unit(state), 1 / shape);
        shape += 1;
    }
    d = shape - 1.0 / 3;
    c = 1 / sqrt(9 * d);
    for (;;) {
        double x = draw_normal(state), v = 1 + c * x;

        if (v > 0 && log(draw_unit(state)) < x * x / 2 + d - d * v * v * v + 3 * d * log(v)) {
            return boost * d * v * v * v;
        }
    }
}

static double draw_beta(double a, double b, uint64_t *state)
{
    double x = draw_gamma(a, state), y = draw_gamma(b, state);

    return x + y > 0 ? x / (x + y) : a / (a + b);
}

/* By adding up chances; large means by the normal, whose skew no longer matters here. */
static double draw_poisson(double mean, uint64_t *state)
{
    double left = draw_unit(state), chance = exp(-mean), k = 0;

    if (mean > normal_from) {
        return fmax(nearbyint(mean + sqrt(mean) * draw_normal(state)), 0);
    }
    while (left > chance && k < 10 * normal_from) {
        left -= chance;
        k++;
        chance *= mean / k;
    }
    return k;
}

static double draw_binomial(double trials, double rate, uint64_t *state)
{
    double hits = 0;

    if (trials > normal_from) {
        hits = nearbyint(trials * rate + sqrt(trials * rate * (1 - rate)) * draw_normal(state));
        return fmin(fmax(hits, 0), trials);
    }
    for (double i = 0; i < trials; i++) {
        hits += draw_unit(state) < rate;
    }
    return hits;
}

/* ---- a healthy week ---- */

struct week_maker {
    const struct cox_budget_series *series;
    double trials, other; /* other: the mean that is looked for */
    uint64_t state;
    double gain[TABLE]; /* by events, as far as they have been seen; NaN: not yet */
};

static double true_mean(struct week_maker *maker)
{
    const struct cox_budget_series *s = maker->series;
    double known =
        s->known * (1 - s->dispersion * (s->trials > 0)); /* weeks that vary teach less */

    if (isinf(s->known)) {
        return s->mean;
    }
    if (s->trials > 0) {
        return fmin(fmax(draw_beta(s->mean * known, (1 - s->mean) * known, &maker->state), 1e-6),
            1 - 1e-6);
    }
    known /= 1 + s->mean * s->dispersion;
    return draw_gamma(s->mean * known, &maker->state) / known;
}

static double draw_week(struct week_maker *maker, double truth)
{
    const struct cox_budget_series *s = maker->series;

    if (s->trials > 0) {
        double precision = s->dispersion > 0 ? 1 / s->dispersion - 1 : 0;
        double rate = s->dispersion > 0
                          ? draw_beta(truth * precision, (1 - truth) * precision, &maker->state)
                          : truth;
        return draw_binomial(maker->trials, rate, &maker->state);
    }
    if (s->dispersion > 0) {
        truth *= draw_gamma(1 / s->dispersion, &maker->state) * s->dispersion;
    }
    return draw_poisson(truth, &maker->state);
}

/* As the CUSUM of watch.c adds up: the log of the chance of the week if changed, less that if not. */
static double gain_of(const struct week_maker *maker, double events)
{
    const struct cox_budget_series *s = maker->series;
    double mean = s->mean, other = maker->other, n = maker->trials;

    if (s->trials > 0 && s->dispersion > 0) {
        double precision = 1 / s->dispersion - 1;
        return cox_log_beta(other * precision + events, (1 - other) * precision + n - events) -
               cox_log_beta(other * precision, (1 - other) * precision) -
               cox_log_beta(mean * precision + events, (1 - mean) * precision + n - events) +
               cox_log_beta(mean * precision, (1 - mean) * precision);
    }
    if (s->trials > 0) {
        return events * log(other / mean) + (n - events) * (log1p(-other) - log1p(-mean));
    }
    if (s->dispersion > 0) {
        double shape = 1 / s->dispersion;
        return events * log(other / mean) -
               (shape + events) * log((shape + other) / (shape + mean));
    }
    return events * log(other / mean) - (other - mean);
}

/* Every run sees the same few numbers of events. */
static double gain_seen(struct week_maker *maker, double events)
{
    size_t at = events < TABLE ? (size_t)events : TABLE;

    if (at == TABLE) {
        return gain_of(maker, events);
    }
    if (isnan(maker->gain[at])) {
        maker->gain[at] = gain_of(maker, events);
    }
    return maker->gain[at];
}

/* ---- the limit ---- */

static size_t runs_of(const struct cox_budget_opt *opt)
{
    return opt->run_count == 0 ? RUNS : opt->run_count;
}

size_t cox_budget_workspace_size(const struct cox_budget_opt *opt)
{
    return runs_of(opt) * 2 * opt->weeks * sizeof(double);
}

/* Alarms of the second half of all runs. */
static double count_alarms(const double *gain, const struct cox_budget_opt *opt, double limit)
{
    size_t weeks = 2 * opt->weeks;
    double alarms = 0;

    for (size_t run = 0; run < runs_of(opt); run++) {
        double sum = 0;
        for (size_t week = 0; week < weeks; week++) {
            sum = fmax(sum + gain[run * weeks + week], 0);
            if (sum >= limit) {
                alarms += week >= opt->weeks;
                sum = 0;
            }
        }
    }
    return alarms / (double)runs_of(opt);
}

static enum cox_rc check(const struct cox_budget_series *series, const struct cox_budget_opt *opt,
    struct cox_err *reterr)
{
    bool is_rate = series->trials > 0;

    if (!(series->trials >= 0 && series->trials < 1e6)) {
        return cox_fail_at(reterr, COX_INVALID, "trials", 0, "outside 0 to a million");
    }
    if (!(series->mean > 0 && series->mean < (is_rate ? 1.0 : 1e6))) {
        return cox_fail_at(reterr, COX_INVALID, "mean", 0, "a rate lies in (0, 1), a mean above 0");
    }
    if (!(series->known > 0)) {
        return cox_fail_at(reterr, COX_INVALID, "known", 0, "must be above 0");
    }
    if (!(series->dispersion >= 0 && series->dispersion <= dispersion_most)) {
        return cox_fail_at(reterr, COX_INVALID, "dispersion", 0, "outside 0 to .5");
    }
    if (!(series->ratio > 0 && series->ratio != 1 && series->ratio < 100)) {
        return cox_fail_at(reterr, COX_INVALID, "ratio", 0, "must be above 0 and not 1");
    }
    if (opt->weeks == 0 || opt->weeks > COX_BUDGET_WEEKS_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "weeks", 0, "outside 1 to 60");
    }
    if (!(opt->budget > 0 && opt->budget < 1)) {
        return cox_fail_at(reterr, COX_INVALID, "budget", 0, "outside 0 to 1");
    }
    return runs_of(opt) >= 100 && runs_of(opt) <= COX_BUDGET_RUNS_MAX
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, "run_count", 0, "outside 100 to 20,000");
}

enum cox_rc cox_budget_limit(const struct cox_budget_series *series,
    const struct cox_budget_opt *opt, void *workspace, double *ret_limit, struct cox_err *reterr)
{
    struct week_maker maker = {.series = series,
        .trials = series->trials > 0 ? fmax(nearbyint(series->trials), 1) : 0,
        .other = series->mean * series->ratio,
        .state = opt->seed};
    double *gain = workspace, low = 0, high = limit_most;
    size_t weeks = 2 * opt->weeks;

    COX_TRY(check(series, opt, reterr));
    if (series->trials > 0 && maker.other > 0.999) {
        maker.other = (series->mean + 1) / 2;
    }
    for (size_t i = 0; i < TABLE; i++) {
        maker.gain[i] = (double)NAN;
    }
    for (size_t run = 0; run < runs_of(opt); run++) {
        double truth = true_mean(&maker);
        for (size_t week = 0; week < weeks; week++) {
            gain[run * weeks + week] = gain_seen(&maker, draw_week(&maker, truth));
        }
    }
    for (int i = 0; i < BISECTIONS; i++) {
        double middle = (low + high) / 2;
        if (count_alarms(gain, opt, middle) > opt->budget) {
            low = middle;
        } else {
            high = middle;
        }
    }
    *ret_limit = high;
    return COX_OK;
}

/* ---- dispersion ---- */

double cox_budget_dispersion(const int64_t *attempts, const int64_t *events, const double *expected,
    size_t week_count)
{
    double excess = 0, scale = 0;
    size_t known = 0;

    for (size_t i = 0; i < week_count; i++) {
        double n = attempts == NULL ? 1 : (double)attempts[i], e = expected[i];
        double off = (double)events[i] - n * e;

        if (isnan(e) || n <= 0) {
            continue;
        }
        known++;
        if (attempts == NULL) {
            excess += off * off - e;
            scale += e * e;
        } else {
            excess += off * off - n * e * (1 - e);
            scale += n * (n - 1) * e * (1 - e);
        }
    }
    if (known < WEEKS_MIN || scale <= 0 || excess <= 0) {
        return 0;
    }
    return fmin(excess / scale, dispersion_most);
}
