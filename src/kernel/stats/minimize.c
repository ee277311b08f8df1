/* kernel/stats/minimize.c: Nelder-Mead and BFGS. */
#include "kernel/stats/minimize.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

struct simplex {
    cox_minimize_fn fn;
    void *ctx;
    size_t count, calls;
    double *points; /* count + 1 rows */
    double *values, *centre, *trial, *other;
};

static double at_least_defined(double value)
{
    return isnan(value) ? HUGE_VAL : value;
}

static double call_fn(struct simplex *s, const double *x)
{
    s->calls++;
    return at_least_defined(s->fn(x, NULL, s->ctx));
}

size_t cox_nelder_mead_workspace_size(size_t count)
{
    return (count + 1) * count + (count + 1) + 3 * count;
}

static void order_ends(const struct simplex *s, size_t *ret_best, size_t *ret_worst,
    size_t *ret_second)
{
    size_t best = 0, worst = 0, second;

    for (size_t i = 1; i <= s->count; i++) {
        best = s->values[i] < s->values[best] ? i : best;
        worst = s->values[i] > s->values[worst] ? i : worst;
    }
    second = worst == 0 ? 1 : 0;
    for (size_t i = 0; i <= s->count; i++) {
        if (i != worst && s->values[i] > s->values[second]) {
            second = i;
        }
    }
    *ret_best = best;
    *ret_worst = worst;
    *ret_second = second;
}

/* x = centre + factor * (worst - centre), and its value. */
static double try_along(struct simplex *s, size_t worst, double factor, double *x)
{
    for (size_t j = 0; j < s->count; j++) {
        x[j] = s->centre[j] + factor * (s->points[worst * s->count + j] - s->centre[j]);
    }
    return call_fn(s, x);
}

static void take(struct simplex *s, size_t row, const double *x, double value)
{
    memcpy(s->points + row * s->count, x, s->count * sizeof(double));
    s->values[row] = value;
}

static void shrink(struct simplex *s, size_t best)
{
    for (size_t i = 0; i <= s->count; i++) {
        double *row = s->points + i * s->count;
        if (i == best) {
            continue;
        }
        for (size_t j = 0; j < s->count; j++) {
            row[j] = 0.5 * (row[j] + s->points[best * s->count + j]);
        }
        s->values[i] = call_fn(s, row);
    }
}

static void set_centre(struct simplex *s, size_t worst)
{
    for (size_t j = 0; j < s->count; j++) {
        double sum = 0.0;
        for (size_t i = 0; i <= s->count; i++) {
            sum += i == worst ? 0.0 : s->points[i * s->count + j];
        }
        s->centre[j] = sum / (double)s->count;
    }
}

static void move_worst(struct simplex *s, size_t best, size_t worst, size_t second)
{
    double value = try_along(s, worst, -1.0, s->trial);

    if (value < s->values[best]) {
        double further = try_along(s, worst, -2.0, s->other);
        take(s, worst, further < value ? s->other : s->trial, fmin(further, value));
        return;
    }
    if (value < s->values[second]) {
        take(s, worst, s->trial, value);
        return;
    }
    double nearer = try_along(s, worst, value < s->values[worst] ? -0.5 : 0.5, s->other);
    if (nearer < fmin(value, s->values[worst])) {
        take(s, worst, s->other, nearer);
    } else {
        shrink(s, best);
    }
}

static double run_simplex(struct simplex *s, double *x, double step, double tol, size_t call_max)
{
    size_t best, worst, second;

    for (size_t i = 0; i <= s->count; i++) {
        double *row = s->points + i * s->count;
        memcpy(row, x, s->count * sizeof(double));
        if (i > 0) {
            row[i - 1] += step;
        }
        s->values[i] = call_fn(s, row);
    }
    for (;;) {
        order_ends(s, &best, &worst, &second);
        double spread = s->values[worst] - s->values[best];
        if (!(spread > tol * (fabs(s->values[best]) + tol)) || s->calls >= call_max) {
            break;
        }
        set_centre(s, worst);
        move_worst(s, best, worst, second);
    }
    memcpy(x, s->points + best * s->count, s->count * sizeof(double));
    return s->values[best];
}

double cox_nelder_mead(cox_minimize_fn fn, void *ctx, size_t count, double *x,
    const struct cox_minimize_opt *opt, double *workspace)
{
    struct simplex s = {.fn = fn, .ctx = ctx, .count = count};
    double step = opt->step > 0.0 ? opt->step : 0.1;
    double tol = opt->value_tol > 0.0 ? opt->value_tol : 1e-10;
    size_t call_max = opt->call_max > 0 ? opt->call_max : 500 * count;

    s.points = workspace;
    s.values = s.points + (count + 1) * count;
    s.centre = s.values + count + 1;
    s.trial = s.centre + count;
    s.other = s.trial + count;
    if (count == 0) {
        return at_least_defined(fn(x, NULL, ctx));
    }
    (void)run_simplex(&s, x, step, tol, call_max); /* the second run starts from its point */
    s.calls = 0;
    return run_simplex(&s, x, 0.3 * step, tol, call_max);
}

size_t cox_bfgs_workspace_size(size_t count)
{
    return count * count + 6 * count;
}

struct descent {
    size_t count;
    double *inverse, *gradient, *direction, *next, *next_gradient, *change;
};

static void reset_inverse(const struct descent *d, double scale)
{
    memset(d->inverse, 0, d->count * d->count * sizeof(double));
    for (size_t i = 0; i < d->count; i++) {
        d->inverse[i * d->count + i] = scale;
    }
}

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* direction = -inverse * gradient; its slope along the gradient. */
static double set_direction(const struct descent *d)
{
    for (size_t i = 0; i < d->count; i++) {
        d->direction[i] = -dot(d->inverse + i * d->count, d->gradient, d->count);
    }
    return dot(d->direction, d->gradient, d->count);
}

/* H += (1 + yHy/sy) ss'/sy - (Hy s' + s Hy')/sy with s the step, y the change of gradient. */
static void update_inverse(const struct descent *d, const double *x, bool first)
{
    size_t n = d->count;
    double *s = d->direction, *hy = d->change, *y = d->gradient, sy, yhy;

    for (size_t i = 0; i < n; i++) {
        s[i] = d->next[i] - x[i];
        y[i] = d->next_gradient[i] - y[i];
    }
    sy = dot(s, y, n);
    if (!(sy > 1e-12 * sqrt(dot(s, s, n) * dot(y, y, n)))) {
        return;
    }
    if (first) {
        reset_inverse(d, sy / dot(y, y, n));
    }
    for (size_t i = 0; i < n; i++) {
        hy[i] = dot(d->inverse + i * n, y, n);
    }
    yhy = dot(y, hy, n);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            d->inverse[i * n + j] +=
                ((1.0 + yhy / sy) * s[i] * s[j] - hy[i] * s[j] - s[i] * hy[j]) / sy;
        }
    }
}

/* Largest of 1, 1/4, 1/16 ... of the step that lowers the value enough; 0 when none does. */
static double search_line(cox_minimize_fn fn, void *ctx, const struct descent *d, const double *x,
    double slope, double *value)
{
    double start = *value;

    for (double length = 1.0; length > 1e-10; length *= 0.25) {
        for (size_t i = 0; i < d->count; i++) {
            d->next[i] = x[i] + length * d->direction[i];
        }
        double next = at_least_defined(fn(d->next, d->next_gradient, ctx));
        if (next <= start + 1e-4 * length * slope && next < HUGE_VAL) {
            *value = next;
            return length;
        }
    }
    return 0.0;
}

double cox_bfgs(cox_minimize_fn fn, void *ctx, size_t count, double *x,
    const struct cox_minimize_opt *opt, double *workspace)
{
    struct descent d = {.count = count};
    double tol = opt->value_tol > 0.0 ? opt->value_tol : 1e-10;
    size_t step_max = opt->call_max > 0 ? opt->call_max : 50 + 20 * count;
    bool fresh = true;

    d.inverse = workspace;
    d.gradient = d.inverse + count * count;
    d.direction = d.gradient + count;
    d.next = d.direction + count;
    d.next_gradient = d.next + count;
    d.change = d.next_gradient + count;
    double value = at_least_defined(fn(x, d.gradient, ctx));
    reset_inverse(&d, 1.0 / fmax(1.0, sqrt(dot(d.gradient, d.gradient, count))));
    for (size_t step = 0; step < step_max && value < HUGE_VAL; step++) {
        double before = value, slope = set_direction(&d);
        double length = slope < 0.0 ? search_line(fn, ctx, &d, x, slope, &value) : 0.0;
        if (length == 0.0) {
            if (fresh) {
                break;
            }
            reset_inverse(&d, 1.0 / fmax(1.0, sqrt(dot(d.gradient, d.gradient, count))));
            fresh = true;
            continue;
        }
        update_inverse(&d, x, fresh);
        fresh = false;
        memcpy(x, d.next, count * sizeof(double));
        memcpy(d.gradient, d.next_gradient, count * sizeof(double));
        if (before - value <= tol * (fabs(value) + tol)) {
            break;
        }
    }
    return value;
}
