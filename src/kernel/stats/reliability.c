/* kernel/stats/reliability.c: alpha, omega, ICC, r_wg, reliable change. */
#include "kernel/stats/reliability.h"

#include <math.h>

#include "kernel/stats/special.h"

enum { OMEGA_STEPS_MAX = 20000 };
static const double omega_step_least = 1e-12; /* of a loading on the scale of correlations */
static const double unique_least = 1e-6;      /* below: a Heywood case */
static const double chance_max = .05;

/* ---- moments ---- */

void cox_moments_add(struct cox_moments *moments, const double *answers)
{
    moments->count++;
    for (size_t i = 0; i < moments->items; i++) {
        moments->sum[i] += answers[i];
        for (size_t j = 0; j < moments->items; j++) {
            moments->product[i * moments->items + j] += answers[i] * answers[j];
        }
    }
}

enum cox_rc cox_moments_covariance(const struct cox_moments *moments, double *ret_covariance,
    struct cox_err *reterr)
{
    double n = (double)moments->count;

    if (moments->count < 2) {
        return cox_fail_at(reterr, COX_INVALID, "count", 0, "a covariance takes two people");
    }
    for (size_t i = 0; i < moments->items; i++) {
        for (size_t j = 0; j < moments->items; j++) {
            ret_covariance[i * moments->items + j] =
                (moments->product[i * moments->items + j] - moments->sum[i] * moments->sum[j] / n) /
                (n - 1);
        }
    }
    return COX_OK;
}

/* ---- items ---- */

double cox_alpha(const double *covariance, size_t items)
{
    double trace = 0, total = 0, k = (double)items;

    for (size_t i = 0; i < items; i++) {
        trace += covariance[i * items + i];
        for (size_t j = 0; j < items; j++) {
            total += covariance[i * items + j];
        }
    }
    return items < 2 || !(total > 0) ? (double)NAN : k / (k - 1) * (1 - trace / total);
}

size_t cox_omega_workspace_size(size_t items)
{
    return sizeof(double) * (items * items + 4 * items);
}

struct factor {
    size_t items;
    double *correlation, *loading, *unique, *weight, *product; /* product: correlation x weight */
};

/* One step of expectation and maximisation; the largest change of a loading. */
static double improve(const struct factor *f)
{
    double strength = 0, factor_variance, largest = 0;

    for (size_t i = 0; i < f->items; i++) {
        strength += f->loading[i] * f->loading[i] / f->unique[i];
    }
    for (size_t i = 0; i < f->items; i++) {
        f->weight[i] = f->loading[i] / f->unique[i] / (1 + strength);
    }
    factor_variance = 1 / (1 + strength);
    for (size_t i = 0; i < f->items; i++) {
        f->product[i] = 0;
        for (size_t j = 0; j < f->items; j++) {
            f->product[i] += f->correlation[i * f->items + j] * f->weight[j];
        }
    }
    for (size_t i = 0; i < f->items; i++) {
        factor_variance += f->weight[i] * f->product[i];
    }
    for (size_t i = 0; i < f->items; i++) {
        double loading = f->product[i] / factor_variance;

        largest = fmax(largest, fabs(loading - f->loading[i]));
        f->loading[i] = loading;
        f->unique[i] = fmax(unique_least / 10, 1 - loading * f->product[i]);
    }
    return largest;
}

/* Begins where each item goes with the sum of all: in the direction most of them share. */
static bool begin(const struct factor *f, const double *covariance)
{
    double total = 0;

    for (size_t i = 0; i < f->items; i++) {
        if (!(covariance[i * f->items + i] > 0)) {
            return false;
        }
    }
    for (size_t i = 0; i < f->items; i++) {
        f->loading[i] = 0;
        for (size_t j = 0; j < f->items; j++) {
            f->correlation[i * f->items + j] =
                covariance[i * f->items + j] /
                sqrt(covariance[i * f->items + i] * covariance[j * f->items + j]);
            f->loading[i] += f->correlation[i * f->items + j];
        }
        total += f->loading[i];
    }
    for (size_t i = 0; i < f->items; i++) {
        f->loading[i] = total > 0 ? fmin(.95, fmax(-.95, f->loading[i] / sqrt(total))) : .5;
        f->unique[i] = 1 - f->loading[i] * f->loading[i];
    }
    return true;
}

double cox_omega(const double *covariance, size_t items, void *workspace)
{
    double *room = (double *)workspace;
    const struct factor f = {items, room, room + items * items, room + items * items + items,
        room + items * items + 2 * items, room + items * items + 3 * items};
    double common = 0, unique = 0;

    if (items < 3 || !begin(&f, covariance)) {
        return (double)NAN;
    }
    for (int step = 0; step < OMEGA_STEPS_MAX && improve(&f) > omega_step_least; step++) {
    }
    for (size_t i = 0; i < items; i++) {
        double scale = sqrt(covariance[i * items + i]);

        if (!(f.unique[i] > unique_least)) {
            return (double)NAN;
        }
        common += f.loading[i] * scale;
        unique += f.unique[i] * scale * scale;
    }
    return common * common / (common * common + unique);
}

/* ---- those who answer ---- */

enum cox_rc cox_icc_of(const double *size, const double *sum, const double *square, size_t count,
    struct cox_icc *ret_icc, struct cox_err *reterr)
{
    double n = 0, total = 0, squares = 0, within = 0, between = 0, k = (double)count, n0;

    for (size_t i = 0; i < count; i++) {
        n += size[i];
        total += sum[i];
        squares += size[i] * size[i];
        within += square[i] - sum[i] * sum[i] / size[i];
    }
    if (count < 2 || !(n > k)) {
        return cox_fail_at(reterr, COX_INVALID, "count", 0,
            "agreement over the rated takes two of them, and two raters");
    }
    for (size_t i = 0; i < count; i++) {
        double gap = sum[i] / size[i] - total / n;
        between += size[i] * gap * gap;
    }
    n0 = (n - squares / n) / (k - 1);
    within /= n - k;
    between /= k - 1;
    *ret_icc = (struct cox_icc){
        .single = (between - within) / (between + (n0 - 1) * within),
        .mean = (between - within) / between,
        .mean_size = n0,
    };
    return COX_OK;
}

double cox_r_wg(double variance, unsigned points)
{
    return cox_r_wg_j(variance, 1, points);
}

double cox_r_wg_j(double mean_variance, size_t items, unsigned points)
{
    double even = ((double)points * (double)points - 1) / 12, j = (double)items;
    double agreement = 1 - mean_variance / even;

    if (points < 2 || isnan(mean_variance)) {
        return (double)NAN;
    }
    return agreement <= 0 ? 0 : j * agreement / (j * agreement + mean_variance / even);
}

struct cox_mean cox_mean_of(const double *values, size_t count)
{
    struct cox_mean mean = {(double)NAN, (double)NAN, (double)count - 1};
    double sum = 0, square = 0;

    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    if (count == 0) {
        return mean;
    }
    mean.mean = sum / (double)count;
    for (size_t i = 0; i < count; i++) {
        square += (values[i] - mean.mean) * (values[i] - mean.mean);
    }
    if (count > 1) {
        mean.error = sqrt(square / mean.df / (double)count);
    }
    return mean;
}

/* P(|T| > t) = I(df / (df + t^2); df/2, 1/2), turned round. */
double cox_student_half(double df, double level)
{
    double x = cox_beta_quantile(df / 2, .5, 1 - level);

    return df > 0 && level > 0 && level < 1 ? sqrt(df * (1 - x) / x) : (double)NAN;
}

/* ---- change ---- */

struct cox_change_index cox_reliable_change(const struct cox_mean *before,
    const struct cox_mean *after)
{
    double a = before->error * before->error, b = after->error * after->error, df;
    struct cox_change_index change = {after->mean - before->mean, sqrt(a + b), (double)NAN,
        (double)NAN, false};

    if (!(change.error > 0) || !(before->df > 0) || !(after->df > 0)) {
        return change;
    }
    df = (a + b) * (a + b) / (a * a / before->df + b * b / after->df);
    change.index = change.change / change.error;
    change.chance = 2 * cox_student_cdf(df, -fabs(change.index));
    change.is_reliable = change.chance < chance_max;
    return change;
}

double cox_measurement_error(double sd, double reliability)
{
    return reliability >= 0 && reliability <= 1 ? sd * sqrt(1 - reliability) : (double)NAN;
}
