/*
 * kernel/forecast/period.c: checks and sorts the deals, picks the method, and reads quantiles, parts
 * and swing deals off the distribution function.
 */
#include "kernel/forecast/period.h"

#include <math.h>
#include <string.h>

#include "kernel/forecast/period_engine.h"
#include "kernel/stats/special.h"

static const double money_max = 9e15;

enum { SPREAD_MAX = 1024 };

/* ---- what the methods share ---- */

double period_prob_given(const struct period_engine *e, double quantile, double z)
{
    return cox_normal_cdf((quantile - sqrt(e->rho) * z) / sqrt(1.0 - e->rho));
}

void period_moments_given(const struct period_engine *e, double z, double *ret_mean,
    double *ret_var)
{
    double mean = 0.0, var = 0.0, p = e->later.win_prob, m = e->later.mean_minor;

    for (size_t i = 0; i < e->count; i++) {
        double q = e->prob[i];
        q = e->rho > 0.0 ? period_prob_given(e, e->normal[i], z) : q;
        mean += e->amount[i] * q;
        var += e->amount[i] * e->amount[i] * q * (1.0 - q);
    }
    if (e->later.create_count > 0.0) {
        p = e->rho > 0.0 ? period_prob_given(e, cox_normal_quantile(p), z) : p;
        mean += e->later.create_count * p * m;
        var += e->later.create_count * p * m * m * (1.0 + 1.0 / e->later.shape);
    }
    *ret_mean = mean;
    *ret_var = var;
}

double period_node_step(const struct period_engine *e)
{
    double step = 0.25;

    for (double z = -3.0; e->rho > 0.0 && z <= 3.0; z += 1.5) {
        double mean, var, next_mean, next_var;
        period_moments_given(e, z, &mean, &var);
        period_moments_given(e, z + 0.05, &next_mean, &next_var);
        double slope = fabs(next_mean - mean) / 0.05;
        if (slope > 0.0 && var > 0.0) {
            step = fmin(step, sqrt(var) / slope);
        }
    }
    return step;
}

void period_set_nodes(struct period_engine *e, double step)
{
    const double end = 5.5;
    double total = 0.0;
    size_t count = (size_t)ceil(2.0 * end / step) + 1;

    e->node_count = e->rho > 0.0 ? (count < PERIOD_NODE_MAX ? count : PERIOD_NODE_MAX) : 1;
    if (e->node_count == 1) {
        e->node[0] = 0.0;
        e->node_weight[0] = 1.0;
        return;
    }
    step = 2.0 * end / (double)(e->node_count - 1);
    for (size_t i = 0; i < e->node_count; i++) {
        e->node[i] = -end + step * (double)i;
        e->node_weight[i] = step * cox_normal_pdf(e->node[i]);
        total += e->node_weight[i];
    }
    for (size_t i = 0; i < e->node_count; i++) {
        e->node_weight[i] /= total; /* what lies beyond the ends, 4e-8 */
    }
}

/* ---- checks ---- */

static enum cox_rc check_deals(const struct cox_period_deals *deals, struct cox_err *reterr)
{
    double total = 0.0;

    for (size_t i = 0; i < deals->count; i++) {
        double p = deals->win_prob[i];
        if (deals->amount_minor[i] < 0) {
            return cox_fail_at(reterr, COX_INVALID, "amount_minor", (int64_t)i + 1, "is negative");
        }
        if (!(p >= 0.0 && p <= 1.0)) {
            return cox_fail_at(reterr, COX_INVALID, "win_prob", (int64_t)i + 1,
                "%g is outside [0, 1]", p);
        }
        total += (double)deals->amount_minor[i];
    }
    if (!(total <= money_max)) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "amount_minor", 0, "adds up to more than 9e15");
    }
    return COX_OK;
}

static enum cox_rc check_opt(const struct cox_period_opt *opt, struct cox_err *reterr)
{
    const struct cox_period_new *later = &opt->later;

    for (size_t i = 0; i < opt->level_count; i++) {
        if (!(opt->level[i] > 0.0 && opt->level[i] < 1.0)) {
            return cox_fail_at(reterr, COX_INVALID, "level", (int64_t)i + 1,
                "must be within (0, 1)");
        }
    }
    if (!(opt->rho >= 0.0 && opt->rho < 1.0)) {
        return cox_fail_at(reterr, COX_INVALID, "rho", 0, "must be within [0, 1)");
    }
    if (opt->closed_minor < 0 || opt->target_minor < 0 || (double)opt->closed_minor > money_max) {
        return cox_fail_at(reterr, COX_INVALID,
            opt->target_minor < 0 ? "target_minor" : "closed_minor", 0, "must be within 0 .. 9e15");
    }
    if (!(opt->error.sd >= 0.0 && opt->error.sd < 5.0) || !(fabs(opt->error.bias) < 5.0)) {
        return cox_fail_at(reterr, COX_INVALID, "error", 0,
            "sd must be within [0, 5), bias within +-5");
    }
    if (!(later->create_count >= 0.0 && later->create_count < 1e9) ||
        !(later->win_prob >= 0.0 && later->win_prob <= 1.0) ||
        (later->create_count > 0.0 &&
            (!(later->mean_minor > 0.0 && later->mean_minor < money_max) ||
                !(later->shape > 0.0 && later->shape < 1e6)))) {
        return cox_fail_at(reterr, COX_INVALID, "later", 0,
            "needs create_count >= 0, win_prob in [0, 1], mean_minor > 0 and shape > 0");
    }
    return COX_OK;
}

/* ---- sorting deals into certain, apart and rest ---- */

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static double spread_of(const struct cox_period_deals *deals, size_t i)
{
    double a = (double)deals->amount_minor[i], p = deals->win_prob[i];

    return a * a * p * (1.0 - p);
}

static void keep_apart(struct period_engine *e, const struct cox_period_deals *deals, size_t row)
{
    double spread = spread_of(deals, row);
    size_t at = e->apart_count;

    while (at > 0 && spread_of(deals, e->apart_row[at - 1]) < spread) {
        at--;
    }
    if (at == COX_PERIOD_SWING_MAX) {
        return;
    }
    e->apart_count += e->apart_count < COX_PERIOD_SWING_MAX;
    for (size_t i = e->apart_count - 1; i > at; i--) {
        e->apart_row[i] = e->apart_row[i - 1];
    }
    e->apart_row[at] = row;
}

static bool is_apart(const struct period_engine *e, size_t row)
{
    for (size_t i = 0; i < e->apart_count; i++) {
        if (e->apart_row[i] == row) {
            return true;
        }
    }
    return false;
}

/* Fills the engine's deals in units; *ret_certain is what deals of probability 1 add. */
static void sort_deals(struct period_engine *e, const struct cox_period_deals *deals,
    int64_t *ret_certain)
{
    int64_t unit = 0, certain = 0;

    for (size_t i = 0; i < deals->count; i++) {
        if (spread_of(deals, i) > 0.0) {
            unit = unit == 1 ? 1 : common_divisor(deals->amount_minor[i], unit);
            keep_apart(e, deals, i);
        } else if (deals->win_prob[i] > 0.5) {
            certain += deals->amount_minor[i];
        }
    }
    unit = unit == 0 || e->later.create_count > 0.0 ? 1 : unit;
    for (size_t i = 0; i < deals->count; i++) {
        double amount = (double)(deals->amount_minor[i] / unit), p = deals->win_prob[i];
        if (!(spread_of(deals, i) > 0.0)) {
            continue;
        }
        e->total += amount;
        e->mean += amount * p;
        if (!is_apart(e, i)) {
            e->amount[e->count] = amount;
            e->normal[e->count] = e->rho > 0.0 ? cox_normal_quantile(p) : 0.0;
            e->prob[e->count++] = p;
        }
    }
    for (size_t i = 0; i < e->apart_count; i++) {
        e->apart_amount[i] = (double)(deals->amount_minor[e->apart_row[i]] / unit);
        e->apart_prob[i] = deals->win_prob[e->apart_row[i]];
    }
    e->unit_minor = unit;
    *ret_certain = certain;
}

static double apart_variance_given(const struct period_engine *e, double z, double *mean)
{
    double var = 0.0;

    for (size_t i = 0; i < e->apart_count; i++) {
        double p = e->apart_prob[i], a = e->apart_amount[i];
        p = e->rho > 0.0 ? period_prob_given(e, cox_normal_quantile(p), z) : p;
        *mean += a * p;
        var += a * a * p * (1.0 - p);
    }
    return var;
}

/* Mean and sd of the open part and new business. The factor leaves each p as it is on average. */
static void set_moments(struct period_engine *e)
{
    double first = 0.0, second = 0.0, total = 0.0;
    double step = e->rho == 0.0 ? 10.0 : e->count > PERIOD_CF_COUNT_MAX ? 1.5 : 0.5;

    for (double z = e->rho > 0.0 ? -4.5 : 0.0; z <= 4.6; z += step) {
        double mean, var, weight = cox_normal_pdf(z);
        period_moments_given(e, z, &mean, &var);
        var += apart_variance_given(e, z, &mean);
        first += weight * mean;
        second += weight * (var + mean * mean);
        total += weight;
    }
    first /= total;
    e->sd = sqrt(fmax(0.0, second / total - first * first));
    e->mean += e->later.create_count * e->later.win_prob * e->later.mean_minor;
}

/* ---- method ---- */

static void build(struct period_engine *e)
{
    size_t open = e->count + e->apart_count;

    if (open == 0 && e->later.create_count * e->later.win_prob == 0.0) {
        e->method = COX_PERIOD_CERTAIN;
        e->later.create_count = 0.0;
    } else if (open <= PERIOD_ENUM_MAX && e->later.create_count == 0.0) {
        period_enum_build(e);
    } else {
        /* Blurred by the common factor or by new business, the series is good enough much earlier. */
        bool blurred = e->rho > 0.0 || e->later.create_count > 0.0;
        bool many = open > (blurred ? PERIOD_EDGE_BLURRED_MIN : PERIOD_CF_COUNT_MAX);
        if (!many || !period_edge_build(e, open > PERIOD_CF_COUNT_MAX ? 0.25 : 0.2)) {
            period_cf_build(e);
        }
    }
}

static void assemble(struct period_engine *e, struct period_force force)
{
    if (e->method == COX_PERIOD_ENUMERATED) {
        period_enum_assemble(e, force);
    } else if (e->method == COX_PERIOD_INVERTED) {
        period_cf_assemble(e, force);
    } else if (e->method == COX_PERIOD_EDGEWORTH) {
        period_edge_assemble(e, force);
    }
}

/* P(open part <= x units). */
static double cdf(const struct period_engine *e, double x)
{
    if (e->method == COX_PERIOD_CERTAIN || x < 0.0) {
        return x < 0.0 ? 0.0 : 1.0;
    }
    if (e->later.create_count == 0.0 && x >= e->total) {
        return 1.0;
    }
    if (e->method == COX_PERIOD_ENUMERATED) {
        return period_enum_cdf(e, x);
    }
    return e->method == COX_PERIOD_INVERTED ? period_cf_cdf(e, x) : period_edge_cdf(e, x);
}

/* Smallest whole x with cdf(x) >= level, within [low, high]. */
static double quantile(const struct period_engine *e, double level)
{
    double low = e->low - 1.0, high = e->high;

    while (high - low > 1.0) {
        double mid = floor(0.5 * (low + high));
        if (cdf(e, mid) >= level - 1e-10) {
            high = mid;
        } else {
            low = mid;
        }
    }
    return high;
}

/* ---- the error scale: T = closed + (S - closed) * exp(bias + sd * e) ---- */

struct spread {
    size_t count;
    double *value, *mass; /* minor units beyond what is closed */
    struct cox_period_error error;
};

static void set_spread(const struct period_engine *e, int64_t certain, struct spread *s)
{
    double span = e->method == COX_PERIOD_CERTAIN ? 0.0 : e->high - e->low, before = 0.0;

    s->count = span < SPREAD_MAX ? (size_t)span + 1 : SPREAD_MAX;
    for (size_t i = 0; i < s->count; i++) {
        double end = floor(e->low + span * (double)(i + 1) / (double)s->count);
        double start = floor(e->low + span * (double)i / (double)s->count);
        double upto =
            i + 1 == s->count ? 1.0 : cdf(e, s->count < SPREAD_MAX ? e->low + (double)i : end);
        double middle = 0.5 * (start + end);
        if (s->count < SPREAD_MAX || (i == 0 && e->low <= 0.0)) {
            middle = fmax(0.0, e->low + (double)i);
        }
        s->value[i] = (double)certain + middle * (double)e->unit_minor;
        s->mass[i] = fmax(0.0, upto - before);
        before = fmax(before, upto);
    }
}

static double spread_cdf(const struct spread *s, double x)
{
    double total = 0.0;

    for (size_t i = 0; i < s->count && x >= 0.0; i++) {
        double ratio = s->value[i] > 0.0 ? log(x / s->value[i]) - s->error.bias : HUGE_VAL;
        total +=
            s->mass[i] * (s->error.sd > 0.0 ? cox_normal_cdf(ratio / s->error.sd) : ratio >= 0.0);
    }
    return total;
}

static double spread_quantile(const struct spread *s, double level)
{
    double low = -1.0, high = 1.0;

    while (spread_cdf(s, high) < level - 1e-10 && high < 1e18) {
        high *= 2.0;
    }
    while (high - low > 1.0) {
        double mid = floor(0.5 * (low + high));
        if (spread_cdf(s, mid) >= level - 1e-10) {
            high = mid;
        } else {
            low = mid;
        }
    }
    return high;
}

/* ---- answers ---- */

struct answer {
    struct period_engine *engine;
    const struct cox_period_opt *opt;
    int64_t certain;
    bool scaled;
    struct spread spread;
};

static int64_t answer_quantile(const struct answer *a, double level)
{
    const struct period_engine *e = a->engine;

    if (a->scaled) {
        return a->opt->closed_minor + (int64_t)spread_quantile(&a->spread, level);
    }
    double units = e->method == COX_PERIOD_CERTAIN ? 0.0 : quantile(e, level);
    return a->opt->closed_minor + a->certain + (int64_t)units * e->unit_minor;
}

/* P(total >= line), plus being what a forced deal adds for sure. */
static double answer_reach(const struct answer *a, int64_t line, int64_t plus)
{
    const struct period_engine *e = a->engine;
    int64_t left = line - a->opt->closed_minor;

    if (a->scaled && plus == 0) {
        return left <= 0 ? 1.0 : 1.0 - spread_cdf(&a->spread, (double)left - 1.0);
    }
    left -= a->certain + plus;
    /* Sums are whole units: below the line means at most the last unit before it. */
    return left <= 0 ? 1.0 : 1.0 - cdf(e, ceil((double)left / (double)e->unit_minor) - 1.0);
}

static void sort_swings(struct cox_period_result *r)
{
    for (size_t i = 1; i < r->swing_count; i++) {
        struct cox_period_swing s = r->swing[i];
        double move = s.prob_if_won - s.prob_if_lost;
        size_t at = i;
        for (; at > 0 && r->swing[at - 1].prob_if_won - r->swing[at - 1].prob_if_lost < move;
             at--) {
            r->swing[at] = r->swing[at - 1];
        }
        r->swing[at] = s;
    }
}

/* The error scale is left out here: it blurs both sides alike and would cost a table a deal. */
static void find_swings(struct answer *a, int64_t line, struct cox_period_result *r)
{
    struct period_engine *e = a->engine;

    r->swing_count = e->apart_count;
    a->scaled = false;
    for (size_t i = 0; i < e->apart_count; i++) {
        assemble(e, (struct period_force){(int)i, true});
        int64_t amount = (int64_t)e->apart_amount[i] * e->unit_minor;
        r->swing[i] = (struct cox_period_swing){.row = e->apart_row[i],
            .prob_if_won = answer_reach(a, line, amount),
            .prob_if_lost = answer_reach(a, line, 0)};
    }
    sort_swings(r);
}

static void add_parts(const struct answer *a, struct cox_period_result *r)
{
    const struct period_engine *e = a->engine;
    const struct cox_period_error *error = &a->opt->error;
    double later = e->later.create_count * e->later.win_prob * e->later.mean_minor;
    double open = (double)a->certain + (e->mean * (double)e->unit_minor - later);
    double factor = exp(error->bias + 0.5 * error->sd * error->sd);

    r->closed_minor = a->opt->closed_minor;
    r->open_minor = (int64_t)llround(open);
    r->later_minor = (int64_t)llround(later);
    r->correction_minor = (int64_t)llround((open + later) * (factor - 1.0));
    r->total_minor = r->closed_minor + r->open_minor + r->later_minor + r->correction_minor;
    r->sd_minor = e->sd * (double)e->unit_minor;
}

/* Workspace in doubles: amounts and probabilities, nodes, spread, the method's work and table. */
enum {
    FIXED_DOUBLES =
        2 * PERIOD_NODE_MAX + 2 * SPREAD_MAX + PERIOD_WORK_DOUBLES + PERIOD_TABLE_DOUBLES
};

size_t cox_period_workspace_size(size_t count)
{
    return (3 * count + FIXED_DOUBLES) * sizeof(double);
}

static void lay_out(struct period_engine *e, struct spread *s, size_t count, double *at)
{
    e->amount = at;
    e->prob = e->amount + count;
    e->normal = e->prob + count;
    e->node = e->normal + count;
    e->node_weight = e->node + PERIOD_NODE_MAX;
    s->value = e->node_weight + PERIOD_NODE_MAX;
    s->mass = s->value + SPREAD_MAX;
    e->work = s->mass + SPREAD_MAX;
    e->table = e->work + PERIOD_WORK_DOUBLES;
}

enum cox_rc cox_period_forecast(const struct cox_period_deals *deals,
    const struct cox_period_opt *opt, void *workspace, int64_t *ret_quantile_minor,
    struct cox_period_result *ret_result, struct cox_err *reterr)
{
    struct period_engine engine = {.rho = opt->rho, .is_rough = opt->is_rough, .later = opt->later};
    struct answer a = {.engine = &engine, .opt = opt};
    struct cox_period_result r = {0};

    COX_TRY(check_deals(deals, reterr));
    COX_TRY(check_opt(opt, reterr));
    lay_out(&engine, &a.spread, deals->count, workspace);
    sort_deals(&engine, deals, &a.certain);
    set_moments(&engine);
    build(&engine);
    assemble(&engine, (struct period_force){.index = -1});
    a.scaled = opt->error.sd > 0.0 || opt->error.bias != 0.0;
    a.spread.error = opt->error;
    if (a.scaled) {
        set_spread(&engine, a.certain, &a.spread);
    }
    for (size_t i = 0; i < opt->level_count; i++) {
        ret_quantile_minor[i] = answer_quantile(&a, opt->level[i]);
    }
    int64_t line = opt->target_minor > 0 ? opt->target_minor : answer_quantile(&a, 0.5);
    r.method = engine.method;
    r.prob_target = answer_reach(&a, line, 0);
    add_parts(&a, &r);
    if (!opt->without_swing) {
        find_swings(&a, line, &r);
    }
    *ret_result = r;
    return COX_OK;
}

struct cox_period_error cox_period_error_scale(const double *forecast, const double *actual,
    size_t count, bool *ret_is_default)
{
    const double wide = 0.4 / 1.2815515655446004; /* P10..P90 of +-40 % */
    double sum = 0.0, square = 0.0, n = 0.0;

    for (size_t i = 0; i < count; i++) {
        if (forecast[i] > 0.0 && actual[i] > 0.0) {
            sum += log(actual[i] / forecast[i]);
            n += 1.0;
        }
    }
    *ret_is_default = n < COX_PERIOD_ERROR_MIN;
    if (*ret_is_default) {
        return (struct cox_period_error){.sd = wide};
    }
    double bias = sum / (n + 3.0);
    for (size_t i = 0; i < count; i++) {
        if (forecast[i] > 0.0 && actual[i] > 0.0) {
            double off = log(actual[i] / forecast[i]) - bias;
            square += off * off;
        }
    }
    return (struct cox_period_error){.bias = bias,
        .sd = sqrt((square + 3.0 * wide * wide) / (n + 3.0))};
}
