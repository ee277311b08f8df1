/* kernel/stats/diagnose.c: beta-binomial shrinkage of funnel rates, leaks and flags. */
#include "kernel/stats/diagnose.h"

#include <math.h>

#include "kernel/stats/minimize.h"
#include "kernel/stats/special.h"

enum { FLAGS_MAX = 2, SIMPLEX_SPACE = 64, REPS_MIN = 3, GRID = 24, MEANS = 3 };

static const double precision_max = 1e6, rate_edge = 1e-9, sure = 0.9, weak_share = 0.9,
                    strong_share = 1.1;

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static double expected_of(const struct cox_diagnose_stage *stage, size_t rep, double mean)
{
    double ratio = stage->mix_ratio == NULL ? 1 : stage->mix_ratio[rep];

    return clamp(mean * ratio, rate_edge, 1 - rate_edge);
}

/* log of the beta-binomial probability of a rep's successes. */
static double log_chance(double successes, double entries, double mean, double precision)
{
    double a = mean * precision, b = precision - a;

    return cox_log_beta(a + successes, b + entries - successes) - cox_log_beta(a, b) -
           cox_log_beta(successes + 1, entries - successes + 1) - log(entries + 1);
}

struct fitting {
    const struct cox_diagnose_stage *stage;
    size_t rep_count;
};

static double log_likelihood(const struct fitting *fitting, double mean, double precision)
{
    double sum = 0;

    for (size_t i = 0; i < fitting->rep_count; i++) {
        double entries = (double)fitting->stage->entry_count[i];
        if (entries > 0) {
            sum += log_chance((double)fitting->stage->success_count[i], entries,
                expected_of(fitting->stage, i, mean), precision);
        }
    }
    return sum;
}

/* Of the logit of the mean and the log of the precision; beyond the limit it only gets worse. */
static double negative(const double *x, double *ret_gradient, void *ctx)
{
    double precision = exp(x[1]), over = fmax(x[1] - log(precision_max), 0);

    (void)ret_gradient;
    return -log_likelihood(ctx, cox_logistic(x[0]), fmin(precision, precision_max)) + over * over;
}

static enum cox_rc check_stage(const struct cox_diagnose_stage *stage, size_t rep_count,
    struct cox_err *reterr)
{
    size_t used = 0;

    for (size_t i = 0; i < rep_count; i++) {
        int64_t row = (int64_t)i + 1;
        if (stage->entry_count[i] < 0 || stage->entry_count[i] > INT32_MAX) {
            return cox_fail_at(reterr, COX_INVALID, "entries", row, "below 0 or too many");
        }
        if (stage->success_count[i] < 0 || stage->success_count[i] > stage->entry_count[i]) {
            return cox_fail_at(reterr, COX_INVALID, "successes", row, "not from 0 to the entries");
        }
        if (stage->mix_ratio != NULL && !(stage->mix_ratio[i] > 0 && stage->mix_ratio[i] < 1e6)) {
            return cox_fail_at(reterr, COX_INVALID, "mix_ratio", row, "must be above 0");
        }
        used += stage->entry_count[i] > 0;
    }
    if (used < REPS_MIN) {
        return cox_fail_at(reterr, COX_INVALID, "entries", 0,
            "fewer than 3 reps have any: there are no peers to compare with");
    }
    return COX_OK;
}

/* All entries together, half a success and half a failure added. */
static double pooled_rate(const struct cox_diagnose_stage *stage, size_t rep_count)
{
    double entries = 1, successes = 0.5;

    for (size_t i = 0; i < rep_count; i++) {
        entries += (double)stage->entry_count[i];
        successes += (double)stage->success_count[i];
    }
    return successes / entries;
}

/* No success, or no failure, anywhere: the likelihood runs off to a rate of 0 or 1. */
static bool is_one_sided(const struct cox_diagnose_stage *stage, size_t rep_count)
{
    int64_t entries = 0, successes = 0;

    for (size_t i = 0; i < rep_count; i++) {
        entries += stage->entry_count[i];
        successes += stage->success_count[i];
    }
    return successes == 0 || successes == entries;
}

enum cox_rc cox_diagnose_fit(const struct cox_diagnose_stage *stage, size_t rep_count,
    struct cox_diagnose_fit *ret_fit, struct cox_err *reterr)
{
    static const double starts[] = {3, 30, 300};
    struct cox_minimize_opt opt = {.step = 0.5, .value_tol = 1e-13, .call_max = 2000};
    struct fitting fitting = {stage, rep_count};
    struct cox_diagnose_fit fit = {.log_likelihood = -(double)INFINITY};
    double space[SIMPLEX_SPACE];

    COX_TRY(check_stage(stage, rep_count, reterr));
    if (cox_nelder_mead_workspace_size(2) > SIMPLEX_SPACE) {
        return cox_fail(reterr, COX_INTERNAL, "the workspace for two variables is too small");
    }
    for (size_t i = 0; i < COX_COUNT(starts); i++) {
        double x[2] = {cox_logit(pooled_rate(stage, rep_count)), log(starts[i])}, value;
        value = -cox_nelder_mead(negative, &fitting, 2, x, &opt, space);
        if (value > fit.log_likelihood) {
            fit.log_likelihood = value;
            fit.mean = cox_logistic(x[0]);
            fit.precision = exp(x[1]);
        }
    }
    if (is_one_sided(stage, rep_count)) {
        fit.mean = pooled_rate(stage, rep_count);
        fit.precision = precision_max;
    }
    /* A hill that still rises at great precision is flat: the limit is as likely as any place on it. */
    if (fit.precision >= precision_max ||
        log_likelihood(&fitting, fit.mean, precision_max) > fit.log_likelihood - 1e-6) {
        fit.precision = precision_max;
        fit.log_likelihood = log_likelihood(&fitting, fit.mean, precision_max);
    }
    fit.no_signal = fit.precision >= precision_max;
    for (size_t i = 0; i < rep_count; i++) {
        fit.rep_count += stage->entry_count[i] > 0;
    }
    *ret_fit = fit;
    return COX_OK;
}

/*
 * How strongly peers pull, and to where, is itself uncertain with few reps. Both are averaged over:
 * precisions by the likelihood and a prior Beta(2, 1) of the shrinkage precision / (precision + mean
 * entries), which leans to alike peers and keeps false flags as rare as promised; the mean by three points with the mean and variance of its logit.
 */
struct mixture {
    double precision[GRID], weight[GRID];
    double mean[MEANS];
};

static const double mean_weight[MEANS] = {1.0 / 6, 2.0 / 3, 1.0 / 6};

/* The fitted mean and sqrt(3) standard errors of its logit to either side. */
static void spread_mean(const struct fitting *fitting, const struct cox_diagnose_fit *fit,
    double ret_mean[static MEANS])
{
    const double step = 0.05;
    double place = cox_logit(fit->mean), curvature;

    curvature = 2 * log_likelihood(fitting, fit->mean, fit->precision) -
                log_likelihood(fitting, cox_logistic(place - step), fit->precision) -
                log_likelihood(fitting, cox_logistic(place + step), fit->precision);
    double reach = sqrt(3 * step * step / fmax(curvature, 3 * step * step));

    ret_mean[0] = cox_logistic(place - reach);
    ret_mean[1] = fit->mean;
    ret_mean[2] = cox_logistic(place + reach);
}

static void weigh_precisions(const struct cox_diagnose_stage *stage, size_t rep_count,
    const struct cox_diagnose_fit *fit, struct mixture *ret_mixture)
{
    struct fitting fitting = {stage, rep_count};
    double entries = 0, sum = 0;

    for (size_t i = 0; i < rep_count; i++) {
        entries += (double)stage->entry_count[i] / (double)fit->rep_count;
    }
    for (size_t k = 0; k < GRID; k++) {
        double shrinkage = ((double)k + 0.5) / GRID;
        ret_mixture->precision[k] = entries * shrinkage / (1 - shrinkage);
        ret_mixture->weight[k] =
            shrinkage * exp(log_likelihood(&fitting, fit->mean, ret_mixture->precision[k]) -
                            fit->log_likelihood);
        sum += ret_mixture->weight[k];
    }
    for (size_t k = 0; k < GRID; k++) {
        ret_mixture->weight[k] /= sum;
    }
    spread_mean(&fitting, fit, ret_mixture->mean);
}

/* Adds what one mean and precision say of the true rate, with a weight. */
static void add_component(const struct cox_diagnose_stage *stage, size_t rep, double expected,
    double precision, double weight, struct cox_diagnose_cell *cell, double *square)
{
    double entries = (double)stage->entry_count[rep], successes = (double)stage->success_count[rep];
    double a = expected * precision + successes,
           b = (1 - expected) * precision + entries - successes;
    double mean = a / (a + b);

    cell->shrunk += weight * mean;
    *square += weight * (mean * mean + mean * (1 - mean) / (a + b + 1));
    cell->weak_prob += weight * cox_beta_cdf(a, b, weak_share * expected);
    cell->strong_prob += weight * (1 - cox_beta_cdf(a, b, fmin(strong_share * expected, 1)));
}

/* Mean, variance and tail chances of the true rate, over all means and precisions. */
static void average(const struct cox_diagnose_stage *stage, size_t rep,
    const struct mixture *mixture, struct cox_diagnose_cell *cell, double *ret_variance)
{
    double square = 0;

    for (size_t k = 0; k < GRID; k++) {
        for (size_t m = 0; m < MEANS && mixture->weight[k] > 1e-9; m++) {
            add_component(stage, rep, expected_of(stage, rep, mixture->mean[m]),
                mixture->precision[k], mixture->weight[k] * mean_weight[m], cell, &square);
        }
    }
    *ret_variance = fmax(square - cell->shrunk * cell->shrunk, 1e-18);
}

static void fill_cell(const struct cox_diagnose_stage *stage, size_t rep,
    const struct cox_diagnose_fit *fit, const struct mixture *mixture,
    struct cox_diagnose_cell *cell)
{
    double entries = (double)stage->entry_count[rep], variance, total, worth;

    *cell = (struct cox_diagnose_cell){
        .raw = entries > 0 ? (double)stage->success_count[rep] / entries : (double)NAN,
        .expected = expected_of(stage, rep, fit->mean),
    };
    average(stage, rep, mixture, cell, &variance);
    /* The interval is that of the beta with the same mean and variance. */
    total = fmax(cell->shrunk * (1 - cell->shrunk) / variance - 1, 1e-3);
    cell->low = cox_beta_quantile(cell->shrunk * total, (1 - cell->shrunk) * total, 0.1);
    cell->high = cox_beta_quantile(cell->shrunk * total, (1 - cell->shrunk) * total, 0.9);
    worth = entries * stage->downstream_rate * stage->mean_amount;
    cell->leak = (cell->expected - cell->shrunk) * worth;
    cell->leak_low = (cell->expected - cell->high) * worth;
    cell->leak_high = (cell->expected - cell->low) * worth;
}

/* What decides between several that are sure: cost for leaks, certainty for strengths and ties. */
static double weight_of(const struct cox_diagnose_cell *cell, enum cox_diagnose_flag flag)
{
    if (flag == COX_DIAGNOSE_STRENGTH) {
        return cell->strong_prob > sure ? cell->strong_prob : -(double)INFINITY;
    }
    return cell->weak_prob > sure ? cell->leak + cell->weak_prob * 1e-9 : -(double)INFINITY;
}

static void raise_flags(const struct cox_diagnose_fit *fit, struct cox_diagnose_cell *cell,
    size_t stage_count, size_t rep_count, size_t rep, enum cox_diagnose_flag flag)
{
    for (int n = 0; n < FLAGS_MAX; n++) {
        struct cox_diagnose_cell *best = NULL;
        double most = -(double)INFINITY;

        for (size_t s = 0; s < stage_count; s++) {
            struct cox_diagnose_cell *here = &cell[s * rep_count + rep];
            bool open = here->flag == COX_DIAGNOSE_NONE && !fit[s].no_signal;
            double weight = open ? weight_of(here, flag) : -(double)INFINITY;
            if (weight > most) {
                most = weight;
                best = here;
            }
        }
        if (best == NULL) {
            return;
        }
        best->flag = flag;
    }
}

static enum cox_rc check_worth(const struct cox_diagnose_stage *stage, struct cox_err *reterr)
{
    if (!(stage->downstream_rate >= 0 && stage->downstream_rate <= 1)) {
        return cox_fail_at(reterr, COX_INVALID, "downstream_rate", 0, "outside [0, 1]");
    }
    if (!(stage->mean_amount >= 0) || isinf(stage->mean_amount)) {
        return cox_fail_at(reterr, COX_INVALID, "mean_amount", 0, "below 0 or not a number");
    }
    return COX_OK;
}

enum cox_rc cox_diagnose_team(const struct cox_diagnose_stage *stages, size_t stage_count,
    size_t rep_count, struct cox_diagnose_fit *ret_fit, struct cox_diagnose_cell *ret_cell,
    struct cox_err *reterr)
{
    for (size_t s = 0; s < stage_count; s++) {
        COX_TRY(check_worth(&stages[s], reterr));
        COX_TRY(check_stage(&stages[s], rep_count, reterr));
    }
    for (size_t s = 0; s < stage_count; s++) {
        struct mixture mixture;

        COX_TRY(cox_diagnose_fit(&stages[s], rep_count, &ret_fit[s], reterr));
        weigh_precisions(&stages[s], rep_count, &ret_fit[s], &mixture);
        for (size_t rep = 0; rep < rep_count; rep++) {
            fill_cell(&stages[s], rep, &ret_fit[s], &mixture, &ret_cell[s * rep_count + rep]);
        }
    }
    for (size_t rep = 0; rep < rep_count; rep++) {
        raise_flags(ret_fit, ret_cell, stage_count, rep_count, rep, COX_DIAGNOSE_LEAK);
        raise_flags(ret_fit, ret_cell, stage_count, rep_count, rep, COX_DIAGNOSE_STRENGTH);
    }
    return COX_OK;
}

/* ---- mix ---- */

struct sums {
    double entries, successes;
};

static struct sums sum_of(const int64_t *entries, const int64_t *successes, size_t from,
    size_t step, size_t count)
{
    struct sums sums = {0, 0};

    for (size_t i = 0; i < count; i++) {
        sums.entries += (double)entries[from + i * step];
        sums.successes += (double)successes[from + i * step];
    }
    return sums;
}

enum cox_rc cox_diagnose_mix(const int64_t *entries, const int64_t *successes, size_t rep_count,
    size_t segment_count, double *ret_ratio, struct cox_err *reterr)
{
    const double pseudo = 10;

    for (size_t i = 0; i < rep_count * segment_count; i++) {
        if (entries[i] < 0 || successes[i] < 0 || successes[i] > entries[i]) {
            return cox_fail_at(reterr, COX_INVALID, entries[i] < 0 ? "entries" : "successes",
                (int64_t)i + 1, "must be from 0 to the entries");
        }
    }
    struct sums all = sum_of(entries, successes, 0, 1, rep_count * segment_count);
    double overall = (all.successes + 0.5) / (all.entries + 1);
    for (size_t rep = 0; rep < rep_count; rep++) {
        double expected = 0, own = 0;
        for (size_t k = 0; k < segment_count; k++) {
            size_t at = rep * segment_count + k;
            struct sums segment = sum_of(entries, successes, k, segment_count, rep_count);
            double rate = (segment.successes - (double)successes[at] + pseudo * overall) /
                          (segment.entries - (double)entries[at] + pseudo);
            expected += (double)entries[at] * rate;
            own += (double)entries[at];
        }
        ret_ratio[rep] = own > 0 ? expected / own / overall : 1;
    }
    return COX_OK;
}
