/* kernel/stats/pool.c: partial pooling of many estimates, for comparing leaders without a league table. */
#include <math.h>

#include "base/real.h"
#include "kernel/stats/draw.h"
#include "kernel/stats/impact.h"
#include "kernel/stats/special.h"

enum { SCAN_STEPS = 200, REFINE_STEPS = 80 };

struct estimates {
    const double *value, *error;
    size_t count;
};

static double pooled_mean(const struct estimates *in, double variance, double *ret_weight)
{
    double weight = 0, sum = 0;

    for (size_t i = 0; i < in->count; i++) {
        double w = 1 / (in->error[i] * in->error[i] + variance);
        weight += w;
        sum += w * in->value[i];
    }
    *ret_weight = weight;
    return sum / weight;
}

/* Restricted log-likelihood of the between-variance, without constants. */
static double restricted(const struct estimates *in, double variance)
{
    double weight, mean = pooled_mean(in, variance, &weight), value = -log(weight);

    for (size_t i = 0; i < in->count; i++) {
        double v = in->error[i] * in->error[i] + variance, gap = in->value[i] - mean;
        value -= log(v) + gap * gap / v;
    }
    return value / 2;
}

/* A grid of spreads finds the hill, golden section its top; 0 where no spread does better. */
static double find_spread(const struct estimates *in)
{
    const double ratio = 0.6180339887498949;
    double widest = 0, best = 0, best_value = restricted(in, 0), mean, weight, low, high;

    mean = pooled_mean(in, 0, &weight);
    for (size_t i = 0; i < in->count; i++) {
        widest = fmax(widest, fabs(in->value[i] - mean));
    }
    if (widest == 0) {
        return 0;
    }
    for (int i = 1; i <= SCAN_STEPS; i++) {
        double spread = 2 * widest * i / SCAN_STEPS, value = restricted(in, spread * spread);
        if (value > best_value) {
            best_value = value;
            best = spread;
        }
    }
    low = fmax(best - 2 * widest / SCAN_STEPS, 0);
    high = best + 2 * widest / SCAN_STEPS;
    for (int i = 0; i < REFINE_STEPS; i++) {
        double left = high - ratio * (high - low), right = low + ratio * (high - low);
        if (restricted(in, left * left) < restricted(in, right * right)) {
            low = left;
        } else {
            high = right;
        }
    }
    best = (low + high) / 2;
    return restricted(in, best * best) > restricted(in, 0) + 1e-12 ? best : 0;
}

/* Box-Muller would give two at a time; the inverse gives one, and the same on every machine. */
static double draw_normal(uint64_t *state)
{
    return cox_normal_quantile(((double)(cox_draw_bits(state) >> 11) + 0.5) * 0x1p-53);
}

static void count_best(const struct cox_impact_opt *opt, struct cox_impact_pool *pool, size_t count)
{
    size_t draws = opt == NULL || opt->draw_count == 0 ? 9999 : opt->draw_count;
    uint64_t state = opt == NULL ? 0 : opt->seed;

    for (size_t i = 0; i < count; i++) {
        pool->best_prob[i] = 0;
    }
    for (size_t draw = 0; draw < draws; draw++) {
        double largest = -(double)INFINITY;
        size_t best = 0;
        for (size_t i = 0; i < count; i++) {
            double value = pool->effect[i] + pool->error[i] * draw_normal(&state);
            if (value > largest) {
                largest = value;
                best = i;
            }
        }
        pool->best_prob[best] += 1 / (double)draws;
    }
}

enum cox_rc cox_impact_shrink(const double *estimate, const double *error, size_t count,
    const struct cox_impact_opt *opt, struct cox_impact_pool *ret_pool, struct cox_err *reterr)
{
    struct estimates in = {estimate, error, count};
    double alpha = opt == NULL || opt->alpha == 0 ? 0.05 : opt->alpha, weight, variance, reach;

    if (count < 3) {
        return cox_fail_at(reterr, COX_INVALID, "estimate", 0,
            "at least 3 are needed for comparing");
    }
    for (size_t i = 0; i < count; i++) {
        if (!(fabs(estimate[i]) <= COX_REAL_MAX)) {
            return cox_fail_at(reterr, COX_INVALID, "estimate", (int64_t)i + 1, "not a number");
        }
        if (!(error[i] > 0 && error[i] <= COX_REAL_MAX)) {
            return cox_fail_at(reterr, COX_INVALID, "error", (int64_t)i + 1,
                "must be above 0, and at most 1e75");
        }
    }
    ret_pool->spread = find_spread(&in);
    variance = ret_pool->spread * ret_pool->spread;
    ret_pool->mean = pooled_mean(&in, variance, &weight);
    reach = -cox_normal_quantile(alpha / 2);
    for (size_t i = 0; i < count; i++) {
        double own = error[i] * error[i], kept = variance / (variance + own);
        ret_pool->effect[i] = ret_pool->mean + kept * (estimate[i] - ret_pool->mean);
        ret_pool->error[i] = sqrt(kept * own + (1 - kept) * (1 - kept) / weight);
        ret_pool->low[i] = ret_pool->effect[i] - reach * ret_pool->error[i];
        ret_pool->high[i] = ret_pool->effect[i] + reach * ret_pool->error[i];
    }
    count_best(opt, ret_pool, count);
    return COX_OK;
}
