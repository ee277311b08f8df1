/* kernel/forecast/rate.c: counting groups, one-dimensional search for each level's strength. */
#include "kernel/forecast/rate.h"

#include <math.h>
#include <string.h>

#include "kernel/stats/special.h"

double cox_beta_binomial_log(double won, double n, double mean, double m)
{
    double a = m * mean, b = m * (1.0 - mean);

    return cox_log_beta(won + a, n - won + b) - cox_log_beta(a, b);
}

/* Per depth: won, count, parent's mean. */
size_t cox_rates_workspace_size(const struct cox_rate_data *data)
{
    size_t groups = 0;

    for (size_t k = 0; k < data->depth; k++) {
        groups += data->group_count[k];
    }
    return 3 * groups;
}

static double shrunk(double won, double n, double m, double parent)
{
    return (won + m * parent) / (n + m);
}

static double level_likelihood(const double *won, const double *count, const double *parent,
    size_t groups, double m)
{
    double sum = 0.0;

    for (size_t g = 0; g < groups; g++) {
        sum += count[g] > 0.0 ? cox_beta_binomial_log(won[g], count[g], parent[g], m) : 0.0;
    }
    return sum;
}

static const double strength_max = 1e5, strength_min = 2.0; /* never surer than Beta(1, 1) */

/* Best m on a grid of factors of 2, then by golden section; strength_max when groups do not differ. */
static double find_strength(const double *won, const double *count, const double *parent,
    size_t groups, double *ret_gain)
{
    const double golden = 0.6180339887498949;
    double best = log(strength_max), top = -HUGE_VAL, flat;

    flat = level_likelihood(won, count, parent, groups, strength_max);
    for (double at = log(strength_min); at <= log(strength_max); at += log(2.0)) {
        double value = level_likelihood(won, count, parent, groups, exp(at));
        if (value > top) {
            top = value;
            best = at;
        }
    }
    *ret_gain = fmax(0.0, top - flat);
    double low = best - log(2.0), high = best + log(2.0);
    while (high - low > 1e-6) {
        double a = high - golden * (high - low), b = low + golden * (high - low);
        if (level_likelihood(won, count, parent, groups, exp(a)) <
            level_likelihood(won, count, parent, groups, exp(b))) {
            low = a;
        } else {
            high = b;
        }
    }
    return fmax(strength_min, fmin(strength_max, exp(0.5 * (low + high))));
}

static void count_rows(const struct cox_rate_data *data, size_t skip_from, size_t skip_to,
    struct cox_rates *r)
{
    double won = 0.0, n = 0.0;

    for (size_t i = 0; i < data->count; i++) {
        if (i >= skip_from && i < skip_to) {
            continue;
        }
        won += data->won[i] != 0;
        n += 1.0;
        for (size_t k = 0; k < r->depth; k++) {
            r->won[k][data->code[k][i]] += data->won[i] != 0;
            r->count[k][data->code[k][i]] += 1.0;
        }
    }
    r->overall = (won + 1.0) / (n + 2.0);
    r->row_count = (size_t)n;
}

/* Mean of each group's parent, from any of its rows. */
static void set_parents(const struct cox_rate_data *data, size_t k, const struct cox_rates *r,
    double *parent)
{
    for (size_t i = 0; i < data->count; i++) {
        double mean = r->overall;
        for (size_t above = 0; above < k; above++) {
            size_t g = data->code[above][i];
            mean = shrunk(r->won[above][g], r->count[above][g], r->strength[above], mean);
        }
        parent[data->code[k][i]] = mean;
    }
}

struct cox_rates cox_rates_fit(const struct cox_rate_data *data, size_t skip_from, size_t skip_to,
    double *workspace)
{
    struct cox_rates r = {.depth = data->depth};
    double *at = workspace, *parent[COX_RATE_DEPTH];

    memset(workspace, 0, cox_rates_workspace_size(data) * sizeof(double));
    for (size_t k = 0; k < r.depth; k++) {
        r.won[k] = at;
        r.count[k] = r.won[k] + data->group_count[k];
        parent[k] = r.count[k] + data->group_count[k];
        at = parent[k] + data->group_count[k];
    }
    count_rows(data, skip_from, skip_to, &r);
    for (size_t k = 0; k < r.depth; k++) {
        set_parents(data, k, &r, parent[k]);
        r.strength[k] =
            find_strength(r.won[k], r.count[k], parent[k], data->group_count[k], &r.gain[k]);
    }
    return r;
}

struct cox_rate cox_rates_get(const struct cox_rates *rates, const uint16_t *code)
{
    struct cox_rate rate = {.prob = rates->overall, .count = (double)rates->row_count};
    double a = rates->overall * ((double)rates->row_count + 2.0);
    double b = (1.0 - rates->overall) * ((double)rates->row_count + 2.0);

    for (size_t k = 0; k < rates->depth; k++) {
        double won = rates->won[k][code[k]], n = rates->count[k][code[k]], m = rates->strength[k];
        a = won + m * rate.prob;
        b = n - won + m * (1.0 - rate.prob);
        rate.prob = shrunk(won, n, m, rate.prob);
        if (n > 0.0) {
            rate.count = n;
            rate.depth = k + 1;
        }
    }
    rate.low = cox_beta_quantile(a, b, 0.1);
    rate.high = cox_beta_quantile(a, b, 0.9);
    return rate;
}
