/* kernel/forecast/judgement.c: shrunken record of commits, inverse-loss weights. */
#include "kernel/forecast/judgement.h"

#include <math.h>
#include <stdbool.h>

#include "kernel/stats/special.h"

static const double pseudo_periods = 3.0, wide_spread = 0.4 / 1.2815515655446004;

static bool counts(const double *commit, const double *actual, size_t i)
{
    return commit[i] > 0.0 && actual[i] > 0.0;
}

/* Bias and spread of the rows of one owner (or all: owner SIZE_MAX) around a prior. */
static struct cox_judgement fit_one(const double *commit, const double *actual, const size_t *owner,
    size_t count, size_t who, struct cox_judgement prior, double weight)
{
    double sum = 0.0, square = 0.0, n = 0.0;

    for (size_t i = 0; i < count; i++) {
        if (counts(commit, actual, i) && (who == (size_t)-1 || owner[i] == who)) {
            sum += log(actual[i] / commit[i]);
            n += 1.0;
        }
    }
    double bias = (sum + weight * prior.bias) / (n + weight);
    for (size_t i = 0; i < count; i++) {
        if (counts(commit, actual, i) && (who == (size_t)-1 || owner[i] == who)) {
            double off = log(actual[i] / commit[i]) - bias;
            square += off * off;
        }
    }
    double var = (square + weight * prior.spread * prior.spread) / (n + weight);
    return (struct cox_judgement){bias, sqrt(var), n};
}

void cox_judgement_fit(const double *commit, const double *actual, const size_t *owner,
    size_t count, size_t owner_count, struct cox_judgement *ret_judgement)
{
    const struct cox_judgement start = {0.0, wide_spread, 0.0};
    struct cox_judgement peers =
        fit_one(commit, actual, owner, count, (size_t)-1, start, pseudo_periods);

    for (size_t who = 0; who < owner_count; who++) {
        ret_judgement[who] = fit_one(commit, actual, owner, count, who, peers, pseudo_periods);
    }
}

double cox_judgement_quantile(const struct cox_judgement *judgement, double commit, double level)
{
    return commit * exp(judgement->bias + judgement->spread * cox_normal_quantile(level));
}

void cox_blend_weights(const double *loss, size_t source_count, size_t period_count,
    double *ret_weight)
{
    double sum = 0.0;
    bool equal = period_count < COX_BLEND_PERIODS_MIN;

    for (size_t s = 0; s < source_count; s++) {
        equal = equal || !(loss[s] > 0.0);
    }
    for (size_t s = 0; s < source_count; s++) {
        ret_weight[s] = equal ? 1.0 : 1.0 / loss[s];
        sum += ret_weight[s];
    }
    for (size_t s = 0; s < source_count; s++) {
        ret_weight[s] /= sum;
    }
}
