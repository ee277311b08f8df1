/* kernel/forecast/judgement.c: shrunken record of commits, inverse-loss weights. */
#include "kernel/forecast/judgement.h"

#include <math.h>
#include <stdbool.h>

#include "kernel/forecast/score.h"
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

static const double call_levels[3] = {0.1, 0.5, 0.9};

/* Past loss of the model and of each call on the owner's periods with all calls; how many those are. */
static size_t past_loss(const struct cox_calls *c, const struct cox_call_row *row, size_t period,
    size_t owner, double *ret_loss)
{
    size_t n = 0;

    for (size_t s = 0; s <= c->call_count; s++) {
        ret_loss[s] = 0.0;
    }
    for (size_t k = 0; k < period; k++) {
        size_t at = k * c->owner_count + owner;
        bool whole = true;
        for (size_t s = 0; s < c->call_count; s++) {
            whole = whole && !isnan(row[at].call[s][1]);
        }
        if (!whole) {
            continue;
        }
        n++;
        ret_loss[0] += cox_mean_pinball(&c->actual[at], c->model + 3 * at, 1, call_levels, 3);
        for (size_t s = 0; s < c->call_count; s++) {
            ret_loss[s + 1] += cox_mean_pinball(&c->actual[at], row[at].call[s], 1, call_levels, 3);
        }
    }
    return n;
}

static void blend_calls(const struct cox_calls *c, size_t period, size_t owner,
    struct cox_call_row *rows)
{
    struct cox_call_row *row = &rows[period * c->owner_count + owner];
    const double *model = c->model + 3 * (period * c->owner_count + owner);
    double loss[COX_CALLS_MAX + 1], sum = 0.0;
    size_t known = past_loss(c, rows, period, owner, loss);

    cox_blend_weights(loss, c->call_count + 1, known, row->weight);
    for (size_t s = 0; s <= c->call_count; s++) {
        row->weight[s] = s > 0 && isnan(row->call[s - 1][1]) ? 0.0 : row->weight[s];
        sum += row->weight[s];
    }
    for (size_t s = 0; s <= c->call_count; s++) {
        row->weight[s] /= sum;
    }
    for (size_t q = 0; q < 3; q++) {
        row->blend[q] = row->weight[0] * model[q];
        for (size_t s = 0; s < c->call_count; s++) {
            row->blend[q] += row->weight[s + 1] > 0.0 ? row->weight[s + 1] * row->call[s][q] : 0.0;
        }
    }
}

void cox_calls_walk(const struct cox_calls *calls, size_t *owner, struct cox_judgement *judgement,
    struct cox_call_row *ret_row)
{
    size_t owners = calls->owner_count;

    for (size_t i = 0; i < calls->period_count * owners; i++) {
        owner[i] = i % owners;
    }
    for (size_t k = 0; k < calls->period_count; k++) {
        for (size_t s = 0; s < calls->call_count; s++) {
            cox_judgement_fit(calls->call[s], calls->actual, owner, k * owners, owners,
                judgement + s * owners);
        }
        for (size_t i = 0; i < owners; i++) {
            struct cox_call_row *row = &ret_row[k * owners + i];
            *row = (struct cox_call_row){0};
            for (size_t s = 0; s < COX_CALLS_MAX; s++) {
                double call = s < calls->call_count ? calls->call[s][k * owners + i] : (double)NAN;
                for (size_t q = 0; q < 3; q++) {
                    row->call[s][q] = call >= 0.0
                                          ? cox_judgement_quantile(&judgement[s * owners + i], call,
                                                call_levels[q])
                                          : (double)NAN;
                }
            }
            blend_calls(calls, k, i, ret_row);
        }
    }
}
