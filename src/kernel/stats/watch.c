/* kernel/stats/watch.c: CUSUM and EWMA of weekly figures, false alarm budget, false discovery rate. */
#include "kernel/stats/watch.h"

#include <math.h>

#include "kernel/stats/order.h"
#include "kernel/stats/special.h"

enum { WEEKS_MIN = 8, TRIALS_MIN = 30, STEPS = 256, ATTEMPTS_MAX = 500, BISECTIONS = 24 };

static struct cox_watch_opt with_defaults(const struct cox_watch_opt *opt)
{
    struct cox_watch_opt full = {0};

    if (opt != NULL) {
        full = *opt;
    }
    full.ratio = full.ratio == 0 ? 0.6 : full.ratio;
    full.weight = full.weight == 0 ? 0.2 : full.weight;
    if (full.limit == 0) {
        full.limit = full.method == COX_WATCH_CUSUM ? 4.5 : 2.75;
    }
    return full;
}

static enum cox_rc check(const struct cox_watch_series *series, const struct cox_watch_opt *opt,
    struct cox_err *reterr)
{
    if (!(opt->ratio > 0 && opt->ratio != 1 && opt->ratio < 100)) {
        return cox_fail_at(reterr, COX_INVALID, "ratio", 0, "must be above 0 and not 1");
    }
    if (!(opt->limit > 0)) {
        return cox_fail_at(reterr, COX_INVALID, "limit", 0, "must be above 0");
    }
    if (!(opt->weight > 0 && opt->weight <= 1)) {
        return cox_fail_at(reterr, COX_INVALID, "weight", 0, "outside (0, 1]");
    }
    if (!(series->dispersion >= 0 && (series->attempts == NULL || series->dispersion < 1))) {
        return cox_fail_at(reterr, COX_INVALID, "dispersion", 0, "outside [0, 1)");
    }
    for (size_t i = 0; i < series->week_count; i++) {
        int64_t week = (int64_t)i + 1;
        double expected = series->expected[i];
        if (series->attempts != NULL && series->attempts[i] < 0) {
            return cox_fail_at(reterr, COX_INVALID, "attempts", week, "below 0");
        }
        if (series->events[i] < 0 ||
            (series->attempts != NULL && series->events[i] > series->attempts[i])) {
            return cox_fail_at(reterr, COX_INVALID, "events", week,
                "below 0, or more than attempts");
        }
        if (!isnan(expected) &&
            !(expected > 0 && (series->attempts == NULL ? !isinf(expected) : expected < 1))) {
            return cox_fail_at(reterr, COX_INVALID, "expected", week,
                "a rate must lie in (0, 1), a mean above 0");
        }
    }
    return COX_OK;
}

static bool counts(const struct cox_watch_series *series, size_t week)
{
    return !isnan(series->expected[week]) &&
           (series->attempts == NULL || series->attempts[week] > 0);
}

/* log of the chance of a week's events; terms that do not depend on expected are left out. */
static double log_chance(const struct cox_watch_series *series, size_t week, double expected)
{
    double events = (double)series->events[week], attempts, precision, shape;

    if (series->attempts == NULL) {
        if (series->dispersion == 0) {
            return events * log(expected) - expected;
        }
        shape = 1 / series->dispersion;
        return events * log(expected) - (shape + events) * log(shape + expected);
    }
    attempts = (double)series->attempts[week];
    if (series->dispersion == 0) {
        return events * log(expected) + (attempts - events) * log1p(-expected);
    }
    precision = 1 / series->dispersion - 1;
    return cox_log_beta(expected * precision + events,
               (1 - expected) * precision + attempts - events) -
           cox_log_beta(expected * precision, (1 - expected) * precision);
}

/* A changed rate stays a rate. */
static double changed(const struct cox_watch_series *series, double expected, double ratio)
{
    double other = expected * ratio;

    return series->attempts != NULL && other > 0.999 ? (expected + 1) / 2 : other;
}

static double standard_score(const struct cox_watch_series *series, size_t week)
{
    double expected = series->expected[week], events = (double)series->events[week];

    if (series->attempts == NULL) {
        return (events - expected) / sqrt(expected * (1 + expected * series->dispersion));
    }
    double attempts = (double)series->attempts[week];
    return (events - attempts * expected) /
           sqrt(attempts * expected * (1 - expected) * (1 + (attempts - 1) * series->dispersion));
}

/* Sums of observed and expected since a week. */
static void compare_since(const struct cox_watch_series *series, int64_t since,
    struct cox_watch_reading *reading)
{
    for (size_t i = since < 0 ? 0 : (size_t)since; i < series->week_count; i++) {
        if (counts(series, i)) {
            double trials = series->attempts == NULL ? 1 : (double)series->attempts[i];
            reading->observed += (double)series->events[i];
            reading->expected += trials * series->expected[i];
        }
    }
}

enum cox_rc cox_watch_read(const struct cox_watch_series *series, const struct cox_watch_opt *opt,
    struct cox_watch_reading *ret_reading, struct cox_err *reterr)
{
    struct cox_watch_opt full = with_defaults(opt);
    struct cox_watch_reading reading = {.silent = true, .first_week = -1, .since_week = -1};
    double sum = 0, smooth = 0, forgotten = 1, known = 0;

    COX_TRY(check(series, &full, reterr));
    for (size_t i = 0; i < series->week_count; i++) {
        if (!counts(series, i)) {
            continue;
        }
        double expected = series->expected[i];
        reading.week_count++;
        reading.trial_count += series->attempts == NULL ? series->events[i] : series->attempts[i];
        known += series->attempts == NULL ? expected : (double)series->attempts[i];
        if (full.method == COX_WATCH_CUSUM) {
            reading.since_week = sum > 0 ? reading.since_week : (int64_t)i;
            sum = fmax(sum + log_chance(series, i, changed(series, expected, full.ratio)) -
                           log_chance(series, i, expected),
                0);
            reading.since_week = sum > 0 ? reading.since_week : -1;
            reading.statistic = sum;
        } else {
            forgotten *= (1 - full.weight) * (1 - full.weight);
            smooth = full.weight * standard_score(series, i) + (1 - full.weight) * smooth;
            reading.statistic = (full.rises ? smooth : -smooth) /
                                sqrt(full.weight / (2 - full.weight) * (1 - forgotten));
        }
        reading.silent = reading.week_count < WEEKS_MIN || known < TRIALS_MIN;
        reading.alarm = !reading.silent && reading.statistic >= full.limit;
        if (reading.alarm && reading.first_week < 0) {
            reading.first_week = (int64_t)i;
        }
    }
    reading.p_value = full.method == COX_WATCH_CUSUM ? exp(-reading.statistic)
                                                     : cox_normal_cdf(-reading.statistic);
    compare_since(series, reading.since_week, &reading);
    *ret_reading = reading;
    return COX_OK;
}

/* One week of the statistic's distribution: mass at places k * step; what reaches the limit leaves. */
static double step_week(const double *from, double *to, int64_t attempts, const double *chance,
    const double *gain)
{
    double left = 0;

    for (size_t k = 0; k <= STEPS; k++) {
        to[k] = 0;
    }
    for (size_t k = 0; k < STEPS; k++) {
        for (int64_t s = 0; s <= attempts && from[k] > 0; s++) {
            double mass = from[k] * chance[s], place = (double)k + gain[s];
            if (place >= STEPS) {
                left += mass;
            } else if (place <= 0) {
                to[0] += mass;
            } else {
                size_t below = (size_t)place;
                double share = place - (double)below; /* split so that the mean is kept */
                to[below] += mass * (1 - share);
                to[below + 1] += mass * share;
            }
        }
    }
    left += to[STEPS];
    to[STEPS] = 0;
    return left;
}

/* Expected rate, the true one, and the rate looked for. */
static double alarm_prob(int64_t attempts, double rate, double truth, double ratio, double limit,
    size_t weeks)
{
    double mass[2][STEPS + 1] = {{1}}, chance[ATTEMPTS_MAX + 1], gain[ATTEMPTS_MAX + 1],
                           alarmed = 0;
    double other = rate * ratio > 0.999 ? (rate + 1) / 2 : rate * ratio, n = (double)attempts;

    for (int64_t s = 0; s <= attempts; s++) {
        double hit = (double)s;
        chance[s] = exp(hit * log(truth) + (n - hit) * log1p(-truth) -
                        cox_log_beta(hit + 1, n - hit + 1) - log(n + 1));
        gain[s] =
            (hit * log(other / rate) + (n - hit) * (log1p(-other) - log1p(-rate))) / limit * STEPS;
    }
    for (size_t week = 0; week < weeks; week++) {
        alarmed += step_week(mass[week % 2], mass[(week + 1) % 2], attempts, chance, gain);
    }
    return alarmed;
}

double cox_watch_alarm_prob(int64_t attempts, double rate, double known, double ratio, double limit,
    size_t weeks)
{
    /* Gauss-Hermite for the standard normal, 5 nodes. */
    static const double node[] = {-2.856970013872806, -1.355626179974266, 0, 1.355626179974266,
        2.856970013872806};
    static const double weight[] = {0.011257411327721, 0.222075922005613, 0.533333333333333,
        0.222075922005613, 0.011257411327721};
    double sum = 0, sd;

    if (attempts < 1 || attempts > ATTEMPTS_MAX || !(rate > 0 && rate < 1) || !(ratio > 0) ||
        !(limit > 0) || !(known > 0)) {
        return (double)NAN;
    }
    if (isinf(known)) {
        return alarm_prob(attempts, rate, rate, ratio, limit, weeks);
    }
    sd = 1 / sqrt(known * rate * (1 - rate));
    for (size_t i = 0; i < sizeof(node) / sizeof(node[0]); i++) {
        double truth = 1 / (1 + exp(-(log(rate / (1 - rate)) + sd * node[i])));
        truth = fmin(fmax(truth, 1e-6), 1 - 1e-6);
        sum += weight[i] * alarm_prob(attempts, rate, truth, ratio, limit, weeks);
    }
    return sum;
}

enum cox_rc cox_watch_limit(int64_t attempts, double rate, double known, double ratio, size_t weeks,
    double budget, double *ret_limit, struct cox_err *reterr)
{
    double low = 0.01, high = 50;

    if (attempts < 1 || attempts > ATTEMPTS_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "attempts", 0, "outside 1 to 500");
    }
    if (!(rate > 0 && rate < 1)) {
        return cox_fail_at(reterr, COX_INVALID, "rate", 0, "outside (0, 1)");
    }
    if (!(ratio > 0 && ratio != 1)) {
        return cox_fail_at(reterr, COX_INVALID, "ratio", 0, "must be above 0 and not 1");
    }
    if (!(known > 0)) {
        return cox_fail_at(reterr, COX_INVALID, "known", 0, "must be above 0");
    }
    if (!(budget > 0 && budget < 1) || weeks == 0) {
        return cox_fail_at(reterr, COX_INVALID, weeks == 0 ? "weeks" : "budget", 0,
            "outside its range");
    }
    for (int i = 0; i < BISECTIONS; i++) {
        double middle = (low + high) / 2;
        if (cox_watch_alarm_prob(attempts, rate, known, ratio, middle, weeks) > budget) {
            low = middle;
        } else {
            high = middle;
        }
    }
    *ret_limit = high;
    return COX_OK;
}

size_t cox_watch_stand_out(const double *p_value, size_t count, double q, bool *ret_chosen,
    double *scratch)
{
    size_t known = 0, chosen = 0;
    double limit = -1;

    for (size_t i = 0; i < count; i++) {
        if (!isnan(p_value[i])) {
            scratch[known++] = p_value[i];
        }
    }
    cox_sort_doubles(scratch, known, scratch + count);
    for (size_t i = 0; i < known; i++) {
        if (scratch[i] <= q * (double)(i + 1) / (double)known) {
            limit = scratch[i];
        }
    }
    for (size_t i = 0; i < count; i++) {
        ret_chosen[i] = !isnan(p_value[i]) && p_value[i] <= limit;
        chosen += ret_chosen[i];
    }
    return chosen;
}
