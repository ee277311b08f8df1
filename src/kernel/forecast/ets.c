/* kernel/forecast/ets.c: the recursion forward, its gradient backward, choice of form. */
#include "kernel/forecast/ets.h"

#include <math.h>
#include <string.h>

#include "kernel/forecast/season.h"
#include "kernel/stats/minimize.h"
#include "kernel/stats/special.h"

enum { PARAM_MAX = 4 + 2 + COX_ETS_PERIOD_MAX, STARTS = 6 };

/* Chosen on the training parts of the shared M3 and M4 series; 3 to 100 do about as well. */
static const double choose_pull = 10.0;

static const double low = 1e-4, high = 0.9999, phi_low = 0.8, phi_high = 0.98;

/* The series divided by scale, with a tape of each step for the way back. */
struct tape {
    double q, f, level, slope, season, error;
};

struct task {
    struct cox_ets_form form;
    size_t count, period, known; /* known: without gaps */
    const double *y;             /* scaled */
    struct tape *tape;
    double level_unit, slope_unit, season_unit; /* units of the optimiser's states */
    double start[PARAM_MAX];
};

/* All that the likelihood depends on. */
struct params {
    double alpha, beta, gamma, phi, level, slope, season[COX_ETS_PERIOD_MAX];
};

static bool has_trend(struct cox_ets_form form)
{
    return form.trend != COX_ETS_NONE;
}

static size_t smoothing_count(struct cox_ets_form form)
{
    return 1 + (size_t)has_trend(form) + (form.season != COX_ETS_NONE) +
           (form.trend == COX_ETS_DAMPED);
}

static size_t free_count(const struct task *t)
{
    size_t season = t->form.season == COX_ETS_NONE ? 0 : t->period - 1;

    return smoothing_count(t->form) + 1 + (size_t)has_trend(t->form) + season;
}

/* Order of the optimiser's x: alpha, beta, gamma, phi (those there are), level, slope, season but the last. */
static struct params unpack(const struct task *t, const double *x)
{
    struct params p = {.phi = 1.0};
    size_t at = 0;

    p.alpha = low + (high - low) * cox_logistic(x[at++]);
    if (has_trend(t->form)) {
        p.beta = low + (p.alpha - low) * cox_logistic(x[at++]);
    }
    if (t->form.season != COX_ETS_NONE) {
        p.gamma = low + (1.0 - p.alpha - low) * cox_logistic(x[at++]);
    }
    if (t->form.trend == COX_ETS_DAMPED) {
        p.phi = phi_low + (phi_high - phi_low) * cox_logistic(x[at++]);
    }
    p.level = x[at++] * t->level_unit;
    if (has_trend(t->form)) {
        p.slope = x[at++] * t->slope_unit;
    }
    if (t->form.season != COX_ETS_NONE) {
        double sum = 0.0;
        for (size_t k = 0; k + 1 < t->period; k++) {
            p.season[k] = x[at++] * t->season_unit;
            sum += p.season[k];
        }
        p.season[t->period - 1] = (t->form.season == COX_ETS_MULT ? (double)t->period : 0.0) - sum;
    }
    return p;
}

/* -2 log-likelihood as R's ets has it; +inf where a MULT part turns non-positive. */
static double run_forward(const struct task *t, struct params *p)
{
    double square = 0.0, logs = 0.0;
    bool mult = t->form.error == COX_ETS_MULT;

    for (size_t i = 0; i < t->count; i++) {
        double *season = &p->season[t->period > 0 ? i % t->period : 0], y = t->y[i];
        double damped = p->phi * p->slope, q = p->level + damped, s = *season, f = q;
        f = t->form.season == COX_ETS_ADD ? q + s : t->form.season == COX_ETS_MULT ? q * s : q;
        if ((mult && !(f > 1e-10)) ||
            (t->form.season == COX_ETS_MULT && !(q > 1e-10 && s > 1e-10))) {
            return HUGE_VAL;
        }
        double e = isnan(y) ? 0.0 : mult ? (y - f) / f : y - f;
        t->tape[i] = (struct tape){q, f, p->level, p->slope, s, e};
        square += e * e;
        logs += mult && !isnan(y) ? log(fabs(f)) : 0.0;
        y = isnan(y) ? f : y;
        double gap = (t->form.season == COX_ETS_ADD       ? y - s
                         : t->form.season == COX_ETS_MULT ? y / s
                                                          : y) -
                     q;
        p->level = q + p->alpha * gap;
        p->slope = has_trend(t->form) ? damped + p->beta * gap : 0.0;
        if (t->form.season != COX_ETS_NONE) {
            *season = s + p->gamma * ((t->form.season == COX_ETS_ADD ? y - q : y / q) - s);
        }
    }
    double n = (double)t->known;
    return n * log(fmax(square, 1e-300)) + 2.0 * logs;
}

static double sum_of_squares(const struct task *t)
{
    double square = 0.0;

    for (size_t i = 0; i < t->count; i++) {
        square += t->tape[i].error * t->tape[i].error;
    }
    return fmax(square, 1e-300);
}

/* One step of the way back: g holds the derivatives by the states after the step, then before it. */
static void step_back(const struct task *t, const struct params *p, size_t i, double factor,
    struct params *g)
{
    const struct tape *at = &t->tape[i];
    double *gs = &g->season[t->period > 0 ? i % t->period : 0], y = t->y[i], gf = 0.0;
    double g_gap = 0.0, gq, g_damped = g->slope, s = at->season;

    if (!isnan(y)) {
        bool mult = t->form.error == COX_ETS_MULT;
        gf = mult ? -factor * at->error * y / (at->f * at->f) + 2.0 / at->f : -factor * at->error;
        g_gap = p->alpha * g->level + p->beta * g->slope;
    }
    gq = g->level - g_gap + (t->form.season == COX_ETS_MULT ? gf * s : gf);
    if (!isnan(y)) {
        double adjusted = t->form.season == COX_ETS_ADD    ? y - s
                          : t->form.season == COX_ETS_MULT ? y / s
                                                           : y;
        g->alpha += g->level * (adjusted - at->q);
        g->beta += g->slope * (adjusted - at->q);
    }
    if (t->form.season != COX_ETS_NONE && !isnan(y)) {
        bool ratio = t->form.season == COX_ETS_MULT;
        g->gamma += *gs * ((ratio ? y / at->q : y - at->q) - s);
        gq -= p->gamma * *gs * (ratio ? y / (at->q * at->q) : 1.0);
        *gs = *gs * (1.0 - p->gamma) - g_gap * (ratio ? y / (s * s) : 1.0) +
              gf * (ratio ? at->q : 1.0);
    }
    g_damped += gq;
    g->level = gq;
    g->phi += g_damped * at->slope;
    g->slope = has_trend(t->form) ? g_damped * p->phi : 0.0;
}

/* Derivatives by the parameters to those by x. */
static void pack_gradient(const struct task *t, const double *x, const struct params *p,
    const struct params *g, double *ret)
{
    size_t at = 1;
    double by_alpha = g->alpha, l;

    if (has_trend(t->form)) {
        l = cox_logistic(x[at]);
        by_alpha += g->beta * l;
        ret[at++] = g->beta * (p->alpha - low) * l * (1.0 - l);
    }
    if (t->form.season != COX_ETS_NONE) {
        l = cox_logistic(x[at]);
        by_alpha -= g->gamma * l;
        ret[at++] = g->gamma * (1.0 - p->alpha - low) * l * (1.0 - l);
    }
    if (t->form.trend == COX_ETS_DAMPED) {
        l = cox_logistic(x[at]);
        ret[at++] = g->phi * (phi_high - phi_low) * l * (1.0 - l);
    }
    l = cox_logistic(x[0]);
    ret[0] = by_alpha * (high - low) * l * (1.0 - l);
    ret[at++] = g->level * t->level_unit;
    if (has_trend(t->form)) {
        ret[at++] = g->slope * t->slope_unit;
    }
    for (size_t k = 0; t->form.season != COX_ETS_NONE && k + 1 < t->period; k++) {
        ret[at++] = (g->season[k] - g->season[t->period - 1]) * t->season_unit;
    }
}

static double objective(const double *x, double *ret_gradient, void *ctx)
{
    const struct task *t = ctx;
    struct params p = unpack(t, x), start = p, g = {0};
    double value = run_forward(t, &p);

    if (!(value < HUGE_VAL)) {
        return HUGE_VAL;
    }
    double factor = 2.0 * (double)t->known / sum_of_squares(t);
    for (size_t i = t->count; i-- > 0;) {
        step_back(t, &start, i, factor, &g);
    }
    pack_gradient(t, x, &start, &g, ret_gradient);
    for (size_t k = smoothing_count(t->form); k < free_count(t); k++) {
        double off = x[k] - t->start[k];
        value += t->form.pull * off * off;
        ret_gradient[k] += 2.0 * t->form.pull * off;
    }
    return value;
}

/* ---- start ---- */

/* Line through the seasonally adjusted beginning. */
static void start_line(const struct task *t, const double *index, double *ret_level,
    double *ret_slope)
{
    size_t most = 2 * t->period > 10 ? 2 * t->period : 10, n = 0;
    double st = 0, sy = 0, stt = 0, sty = 0;

    for (size_t i = 0; i < t->count && i < most; i++) {
        double y = t->y[i];
        if (!isnan(y)) {
            if (t->form.season == COX_ETS_ADD) {
                y -= index[i % t->period];
            } else if (t->form.season == COX_ETS_MULT) {
                y /= fmax(index[i % t->period], 0.01);
            }
            double at = (double)i + 1.0;
            st += at;
            sy += y;
            stt += at * at;
            sty += at * y;
            n++;
        }
    }
    double det = (double)n * stt - st * st;
    *ret_slope = det > 0.0 ? ((double)n * sty - st * sy) / det : 0.0;
    *ret_level = n > 0 ? (sy - *ret_slope * st) / (double)n : 0.0;
    if (!has_trend(t->form)) {
        *ret_level = n > 0 ? sy / (double)n : 0.0;
    }
}

static double usual_change(const struct task *t)
{
    double sum = 0.0, n = 0.0;

    for (size_t i = 1; i < t->count; i++) {
        if (!isnan(t->y[i]) && !isnan(t->y[i - 1])) {
            sum += fabs(t->y[i] - t->y[i - 1]);
            n += 1.0;
        }
    }
    return n > 0.0 && sum > 0.0 ? sum / n : 1.0;
}

static void set_start(struct task *t, double alpha, double *x)
{
    double index[COX_ETS_PERIOD_MAX] = {0}, level, slope;
    bool ratio = t->form.season == COX_ETS_MULT;
    size_t at = 0;

    if (t->form.season != COX_ETS_NONE) {
        (void)cox_season_indices(t->y, t->count, t->period, ratio, index); /* flat is a start too */
        for (size_t k = 0; ratio && k < t->period; k++) {
            index[k] = fmax(index[k], 0.02);
        }
    }
    start_line(t, index, &level, &slope);
    if (t->form.error == COX_ETS_MULT || ratio) {
        level = fmax(level, 1e-3);
        slope = fmax(slope, -0.9 * level / fmax(10.0, 0.5 * (double)t->count)); /* stays positive */
    }
    t->level_unit = usual_change(t);
    t->slope_unit = 0.1 * t->level_unit;
    t->season_unit = ratio ? t->level_unit / fmax(fabs(level), t->level_unit) : t->level_unit;
    x[at++] = cox_logit(alpha);
    if (has_trend(t->form)) {
        x[at++] = -2.0;
    }
    if (t->form.season != COX_ETS_NONE) {
        x[at++] = -2.5;
    }
    if (t->form.trend == COX_ETS_DAMPED) {
        x[at++] = 1.5;
    }
    x[at++] = level / t->level_unit;
    if (has_trend(t->form)) {
        x[at++] = slope / t->slope_unit;
    }
    for (size_t k = 0; t->form.season != COX_ETS_NONE && k + 1 < t->period; k++) {
        x[at++] = index[k] / t->season_unit;
    }
}

/* ---- fit ---- */

enum {
    TAPE_DOUBLES = sizeof(struct tape) / sizeof(double),
    SEARCH_DOUBLES = PARAM_MAX * (PARAM_MAX + 8)
};

size_t cox_ets_workspace_size(size_t count)
{
    return count * (TAPE_DOUBLES + 1) + SEARCH_DOUBLES;
}

static enum cox_rc check_series(const double *y, size_t count, size_t period,
    struct cox_ets_form form, size_t *ret_known, struct cox_err *reterr)
{
    bool positive = form.error == COX_ETS_MULT || form.season == COX_ETS_MULT;
    size_t known = 0;

    if (form.season != COX_ETS_NONE &&
        (period < 2 || period > COX_ETS_PERIOD_MAX || count < 2 * period)) {
        return cox_fail_at(reterr, COX_INVALID, "period", 0,
            "a season needs a period of 2 to %d and two full periods", COX_ETS_PERIOD_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        if (isinf(y[i]) || (positive && y[i] <= 0.0)) {
            return cox_fail_at(reterr, COX_INVALID, "y", (int64_t)i + 1,
                isinf(y[i]) ? "is infinite" : "is not positive, as a multiplicative form needs");
        }
        known += isnan(y[i]) ? 0 : 1;
    }
    if (known < 4) {
        return cox_fail_at(reterr, COX_INVALID, "y", 0, "needs at least 4 values");
    }
    *ret_known = known;
    return COX_OK;
}

/* From slow and quick starts, more of them where nothing holds the states; the best end in ret_x. */
static double search(struct task *t, double *space, double *ret_x)
{
    static const double starts[STARTS][2] = {{0.1, -2.0}, {0.6, -2.0}, {0.97, -4.0}, {0.3, 1.0},
        {0.02, 0.0}, {0.94, 0.0}};
    static const double season_starts[] = {-2.5, 0.5, -7.0};
    /* Held states need no last digits: they are compared by AICc, not with other programs. */
    const struct cox_minimize_opt opt = {.value_tol = t->form.pull > 0.0 ? 1e-7 : 1e-10,
        .call_max = 400};
    double best = HUGE_VAL, x[PARAM_MAX];
    size_t n = free_count(t);

    size_t rounds = t->form.pull > 0.0 ? 2 : t->form.season == COX_ETS_NONE ? STARTS : 3 * STARTS;
    for (size_t s = 0; s < rounds; s++) {
        set_start(t, starts[s % STARTS][0], x);
        if (has_trend(t->form)) {
            x[1] = starts[s % STARTS][1];
        }
        if (t->form.season != COX_ETS_NONE) {
            x[has_trend(t->form) ? 2 : 1] = season_starts[s / STARTS];
        }
        if (s == STARTS - 1 && t->form.season == COX_ETS_NONE && !isnan(t->y[0])) {
            /* A quick series remembers only its first value: a line through a year is far from it. */
            x[smoothing_count(t->form)] = t->y[0] / t->level_unit;
            if (has_trend(t->form)) {
                x[smoothing_count(t->form) + 1] = 0.0;
            }
        }
        memcpy(t->start, x, sizeof(x));
        double value = cox_bfgs(objective, t, n, x, &opt, space);
        if (value < best) {
            best = value;
            memcpy(ret_x, x, n * sizeof(double));
        }
    }
    return best;
}

static void keep_end(const struct task *t, const double *x, double scale, double value,
    struct cox_ets *r)
{
    struct params p = unpack(t, x);
    double np = (double)free_count(t) + 1.0, n = (double)t->known;

    *r =
        (struct cox_ets){.form = t->form, .period = t->form.season == COX_ETS_NONE ? 0 : t->period};
    r->alpha = p.alpha;
    r->beta = p.beta;
    r->gamma = p.gamma;
    r->phi = p.phi;
    (void)run_forward(t, &p); /* leaves the states of the end in p; the value is known */
    r->param_count = free_count(t) + 1;
    /* R's likelihood is that of the unscaled series: both kinds of error shift by 2 n log(scale). */
    double minus2 = value + 2.0 * n * log(scale);
    r->log_likelihood = -0.5 * minus2;
    r->aicc = minus2 + 2.0 * np + 2.0 * np * (np + 1.0) / (n - np - 1.0);
    bool mult = t->form.error == COX_ETS_MULT;
    r->sigma2 = sum_of_squares(t) / fmax(1.0, n - np) * (mult ? 1.0 : scale * scale);
    r->level = p.level * scale;
    r->slope = p.slope * scale;
    for (size_t k = 0; k < r->period; k++) {
        double s = p.season[(t->count + k) % t->period];
        r->season[k] = t->form.season == COX_ETS_MULT ? s : s * scale;
    }
}

enum cox_rc cox_ets_fit(const double *y, size_t count, size_t period, struct cox_ets_form form,
    double *workspace, struct cox_ets *ret_ets, struct cox_err *reterr)
{
    struct task t = {.form = form,
        .count = count,
        .period = form.season == COX_ETS_NONE ? 0 : period};
    double x[PARAM_MAX], *scaled = workspace + count * TAPE_DOUBLES, scale = 0.0;

    COX_TRY(check_series(y, count, period, form, &t.known, reterr));
    if (t.known <= free_count(&t) + 2) {
        return cox_fail_at(reterr, COX_INVALID, "y", 0, "has too few values for this form");
    }
    for (size_t i = 0; i < count; i++) {
        scale += isnan(y[i]) ? 0.0 : fabs(y[i]) / (double)t.known;
    }
    scale = scale > 0.0 ? scale : 1.0;
    for (size_t i = 0; i < count; i++) {
        scaled[i] = y[i] / scale;
    }
    t.y = scaled;
    t.tape = (struct tape *)(void *)workspace;
    double value = search(&t, scaled + count, x);
    if (!(value < HUGE_VAL)) {
        return cox_fail_at(reterr, COX_INVALID, "y", 0, "cannot be fitted by this form");
    }
    keep_end(&t, x, scale, value, ret_ets);
    return COX_OK;
}

enum cox_rc cox_ets_choose(const double *y, size_t count, size_t period, double *workspace,
    struct cox_ets *ret_ets, struct cox_err *reterr)
{
    static const enum cox_ets_part errors[] = {COX_ETS_ADD, COX_ETS_MULT};
    static const enum cox_ets_part trends[] = {COX_ETS_NONE, COX_ETS_ADD, COX_ETS_DAMPED};
    static const enum cox_ets_part seasons[] = {COX_ETS_NONE, COX_ETS_ADD, COX_ETS_MULT};
    struct cox_err first = {0};
    bool found = false;

    for (size_t i = 0; i < 18; i++) {
        struct cox_ets_form form = {errors[i / 9], trends[i / 3 % 3], seasons[i % 3], choose_pull};
        struct cox_ets one;
        struct cox_err err;
        if (form.error == COX_ETS_ADD && form.season == COX_ETS_MULT) {
            continue; /* numerically unstable: R leaves it out too */
        }
        if (cox_ets_fit(y, count, period, form, workspace, &one, &err) != COX_OK) {
            first = first.rc == COX_OK ? err : first;
        } else if (!found || one.aicc < ret_ets->aicc) {
            *ret_ets = one;
            found = true;
        }
    }
    return found ? COX_OK : cox_fail_at(reterr, first.rc, first.field, first.row, "%s", first.text);
}

/* ---- forecast ---- */

static double season_ahead(const struct cox_ets *e, size_t h)
{
    return e->period == 0 ? 0.0 : e->season[h % e->period];
}

void cox_ets_forecast(const struct cox_ets *ets, size_t horizon, double *ret_point, double *ret_sd)
{
    double power = ets->phi, damp = ets->phi;
    bool mult = ets->form.error == COX_ETS_MULT, ratio = ets->form.season == COX_ETS_MULT;

    for (size_t h = 0; h < horizon; h++) {
        double q = ets->level + (has_trend(ets->form) ? damp * ets->slope : 0.0);
        double s = season_ahead(ets, h), theta = 1.0, base = ratio ? q : q + s;
        ret_point[h] = ratio ? q * s : q + s;
        /* Variance sums c_j^2 (times theta of the earlier step for relative errors), j = 1 .. h. */
        theta = mult ? base * base : 1.0;
        double sum_phi = 0.0, phi_j = 1.0;
        for (size_t j = 1; j <= h; j++) {
            phi_j *= ets->phi;
            sum_phi += phi_j;
            double c = ets->alpha + (has_trend(ets->form) ? ets->beta * sum_phi : 0.0);
            c += ets->period > 0 && j % ets->period == 0 ? ets->gamma : 0.0;
            theta += c * c * (mult ? ets->sigma2 * ret_sd[h - j] : 1.0);
        }
        ret_sd[h] = theta; /* kept until all steps have used it */
        power *= ets->phi;
        damp += power;
    }
    for (size_t h = 0; h < horizon; h++) {
        double s = ratio ? season_ahead(ets, h) : 1.0, base = ret_point[h] / (ratio ? s : 1.0);
        double var = mult ? (1.0 + ets->sigma2) * ret_sd[h] - base * base : ets->sigma2 * ret_sd[h];
        ret_sd[h] = fabs(s) * sqrt(fmax(var, 0.0));
    }
}

void cox_ets_name(struct cox_ets_form form, char *ret_name)
{
    static const char *const names[] = {"N", "A", "Ad", "M"};
    const char *parts[] = {"ETS(", names[form.error], ",", names[form.trend], ",",
        names[form.season], ")"};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        size_t size = strlen(parts[i]);
        memcpy(ret_name, parts[i], size);
        ret_name += size;
    }
    *ret_name = '\0';
}
