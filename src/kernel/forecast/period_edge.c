/*
 * kernel/forecast/period_edge.c: many deals. Given z the rest follows Edgeworth's series with four
 * cumulants; deals large against the whole are enumerated beside it. The cumulants are smooth in z,
 * so they are taken at 16 Chebyshev points and interpolated to as many z as the integral needs.
 */
#include <math.h>
#include <string.h>

#include "kernel/forecast/period_engine.h"
#include "kernel/stats/special.h"

static const double z_end = 5.5;

enum { CUMULANTS = 4, PROB_ROW = COX_PERIOD_SWING_MAX };

/* work: raw cumulants at the Chebyshev points; their sums with a forced deal; z of the points. */
static double *raw(const struct period_engine *e)
{
    return e->work;
}

static double *summed(const struct period_engine *e)
{
    return e->work + PERIOD_CHEB * CUMULANTS;
}

static double *points(const struct period_engine *e)
{
    return e->work + 2 * PERIOD_CHEB * CUMULANTS;
}

/* table: per fine z its weight, mean, sd, two shape terms, then probabilities of whales' outcomes. */
enum { FINE_ROW = 5 };

static double *fine(const struct period_engine *e, size_t i)
{
    return e->table + i * FINE_ROW;
}

static double *whale_sum(const struct period_engine *e)
{
    return e->work + 4 * PERIOD_CHEB * CUMULANTS;
}

static double *whale_weight(const struct period_engine *e, size_t i)
{
    return e->work + 1024 + (i << e->whale_count);
}

static void add_deal(double *k, double a, double p)
{
    double v = p * (1.0 - p);

    k[0] += a * p;
    k[1] += a * a * v;
    k[2] += a * a * a * v * (1.0 - 2.0 * p);
    k[3] += a * a * a * a * v * (1.0 - 6.0 * v);
}

/* Moments of a Gamma amount: a compound Poisson's cumulants are its rate times these. */
static void add_later(const struct period_engine *e, double *k, double z)
{
    double p = e->later.win_prob, moment = 1.0, scale;

    if (e->later.create_count == 0.0) {
        return;
    }
    p = e->rho > 0.0 ? period_prob_given(e, cox_normal_quantile(p), z) : p;
    scale = e->later.mean_minor / e->later.shape;
    for (int order = 0; order < CUMULANTS; order++) {
        moment *= scale * (e->later.shape + order);
        k[order] += e->later.create_count * p * moment;
    }
}

static size_t point_count(const struct period_engine *e)
{
    return e->rho > 0.0 ? PERIOD_CHEB : 1;
}

static void take_cumulants(struct period_engine *e)
{
    size_t count = point_count(e);

    memset(raw(e), 0, PERIOD_CHEB * CUMULANTS * sizeof(double));
    for (size_t c = 0; c < count; c++) {
        points(e)[c] = count == 1 ? 0.0 : z_end * cos(M_PI * ((double)c + 0.5) / PERIOD_CHEB);
        add_later(e, raw(e) + c * CUMULANTS, points(e)[c]);
    }
    for (size_t i = 0; i < e->count; i++) {
        for (size_t c = 0; c < count; c++) {
            double p = count == 1 ? e->prob[i] : period_prob_given(e, e->normal[i], points(e)[c]);
            add_deal(raw(e) + c * CUMULANTS, e->amount[i], p);
        }
    }
}

/* Large against the whole distribution: worth the exact treatment. */
static bool is_whale(const struct period_engine *e, size_t i)
{
    return e->apart_amount[i] > 0.1 * e->sd;
}

/* The series holds when skewness and excess of the rest are small where z is likely. */
static bool series_fits(const struct period_engine *e, double shape_max)
{
    for (size_t c = 0; c < point_count(e); c++) {
        const double *k = raw(e) + c * CUMULANTS;
        double root = sqrt(k[1]);
        if (fabs(points(e)[c]) < 2.5 && k[1] > 0.0 &&
            (fabs(k[2]) > shape_max * root * k[1] || fabs(k[3]) > shape_max * k[1] * k[1])) {
            return false;
        }
        if (k[1] <= 0.0) {
            return false;
        }
    }
    return true;
}

/* Interpolation through Chebyshev points of the first kind, barycentric form. */
static void interpolate(const struct period_engine *e, double z, double *ret_k)
{
    double sum[CUMULANTS] = {0}, total = 0.0;

    for (size_t c = 0; c < PERIOD_CHEB; c++) {
        double angle = M_PI * ((double)c + 0.5) / PERIOD_CHEB, gap = z - points(e)[c];
        double weight = (c % 2 == 0 ? 1.0 : -1.0) * sin(angle);
        if (fabs(gap) < 1e-12) {
            memcpy(ret_k, summed(e) + c * CUMULANTS, CUMULANTS * sizeof(double));
            return;
        }
        weight /= gap;
        total += weight;
        for (int k = 0; k < CUMULANTS; k++) {
            sum[k] += weight * summed(e)[c * CUMULANTS + (size_t)k];
        }
    }
    for (int k = 0; k < CUMULANTS; k++) {
        ret_k[k] = sum[k] / total;
    }
}

/* Step of z from the ratio of the sd given z to the slope of the mean, at the points. */
static void set_fine_count(struct period_engine *e)
{
    double step = 0.25;

    for (size_t c = 0; c + 1 < point_count(e); c++) {
        const double *k = raw(e) + c * CUMULANTS, *next = k + CUMULANTS;
        double slope = fabs((next[0] - k[0]) / (points(e)[c + 1] - points(e)[c]));
        if (fabs(points(e)[c]) < 3.5 && slope > 0.0) {
            step = fmin(step, sqrt(k[1]) / slope);
        }
    }
    double most = (double)(PERIOD_WORK_DOUBLES - 1024) / (double)(1 << e->whale_count);
    double count = ceil(2.0 * z_end / step) + 1.0;
    e->fine_count = e->rho > 0.0 ? (size_t)fmin(count, fmin(most, PERIOD_FINE_MAX)) : 1;
}

bool period_edge_build(struct period_engine *e, double shape_max)
{
    e->method = COX_PERIOD_EDGEWORTH;
    take_cumulants(e);
    if (!series_fits(e, shape_max)) {
        return false;
    }
    e->whale_count = 0;
    for (size_t i = 0; i < e->apart_count && e->whale_count < PERIOD_WHALE_MAX; i++) {
        if (is_whale(e, i)) {
            e->whale[e->whale_count++] = i;
        }
    }
    set_fine_count(e);
    double span = 9.0 * e->sd;
    for (size_t w = 0; w < e->whale_count; w++) {
        span += e->apart_amount[e->whale[w]];
    }
    e->low = floor(fmax(0.0, e->mean - span));
    e->high = ceil(e->mean + span);
    e->high = e->later.create_count > 0.0 ? e->high : fmin(e->high, e->total);
    return true;
}

static bool among_whales(const struct period_engine *e, size_t i)
{
    for (size_t w = 0; w < e->whale_count; w++) {
        if (e->whale[w] == i) {
            return true;
        }
    }
    return false;
}

static void add_minnows(struct period_engine *e, struct period_force force)
{
    memcpy(summed(e), raw(e), PERIOD_CHEB * CUMULANTS * sizeof(double));
    for (size_t i = 0; i < e->apart_count; i++) {
        if (among_whales(e, i) || (int)i == force.index) {
            continue;
        }
        double q = cox_normal_quantile(e->apart_prob[i]);
        for (size_t c = 0; c < point_count(e); c++) {
            double p = e->rho > 0.0 ? period_prob_given(e, q, points(e)[c]) : e->apart_prob[i];
            add_deal(summed(e) + c * CUMULANTS, e->apart_amount[i], p);
        }
    }
}

static void weigh_whales(const struct period_engine *e, struct period_force force, double z,
    double *to)
{
    to[0] = 1.0;
    for (size_t w = 0; w < e->whale_count; w++) {
        size_t i = e->whale[w], size = (size_t)1 << w;
        double p = e->apart_prob[i];
        p = e->rho > 0.0 ? period_prob_given(e, cox_normal_quantile(p), z) : p;
        p = (int)i == force.index ? 0.0 : p;
        for (size_t m = 0; m < size; m++) {
            to[size + m] = to[m] * p;
            to[m] *= 1.0 - p;
        }
    }
}

void period_edge_assemble(struct period_engine *e, struct period_force force)
{
    double step = e->fine_count > 1 ? 2.0 * z_end / (double)(e->fine_count - 1) : 1.0;

    add_minnows(e, force);
    whale_sum(e)[0] = 0.0;
    for (size_t w = 0; w < e->whale_count; w++) {
        size_t size = (size_t)1 << w;
        for (size_t m = 0; m < size; m++) {
            whale_sum(e)[size + m] = whale_sum(e)[m] + e->apart_amount[e->whale[w]];
        }
    }
    for (size_t i = 0; i < e->fine_count; i++) {
        double z = e->fine_count > 1 ? -z_end + step * (double)i : 0.0, k[CUMULANTS];
        if (e->fine_count > 1) {
            interpolate(e, z, k);
        } else {
            memcpy(k, summed(e), sizeof(k));
        }
        double sd = sqrt(fmax(k[1], 1e-12)), *row = fine(e, i);
        row[0] = e->fine_count > 1 ? step * cox_normal_pdf(z) : 1.0;
        row[1] = k[0];
        row[2] = sd;
        row[3] = k[2] / (sd * sd * sd);
        row[4] = k[3] / (sd * sd * sd * sd);
        weigh_whales(e, force, z, whale_weight(e, i));
    }
}

static double series_cdf(double t, double skew, double excess)
{
    double t2 = t * t, cdf = cox_normal_cdf(t);

    if (fabs(t) > 8.0) {
        return cdf;
    }
    double he2 = t2 - 1.0, he3 = t * (t2 - 3.0), he5 = t * (t2 * (t2 - 10.0) + 15.0);
    cdf -= cox_normal_pdf(t) * (skew / 6.0 * he2 + excess / 24.0 * he3 + skew * skew / 72.0 * he5);
    return fmin(1.0, fmax(0.0, cdf));
}

double period_edge_cdf(const struct period_engine *e, double x)
{
    double total = 0.0, middle = floor(x) + (e->later.create_count > 0.0 ? 0.0 : 0.5);

    for (size_t i = 0; i < e->fine_count; i++) {
        const double *row = fine(e, i), *weight = whale_weight(e, i);
        double inner = 0.0;
        for (size_t m = 0; m >> e->whale_count == 0; m++) {
            double t = (middle - whale_sum(e)[m] - row[1]) / row[2];
            inner += weight[m] == 0.0 ? 0.0 : weight[m] * series_cdf(t, row[3], row[4]);
        }
        total += row[0] * inner;
    }
    return fmin(1.0, total);
}
