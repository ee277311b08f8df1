/* kernel/forecast/score.c: the scores, each a few lines. */
#include "kernel/forecast/score.h"

#include <math.h>

#include "base/random.h"
#include "kernel/stats/order.h"
#include "kernel/stats/special.h"

double cox_wape(const double *actual, const double *forecast, size_t count)
{
    double off = 0.0, size = 0.0;

    for (size_t i = 0; i < count; i++) {
        off += fabs(actual[i] - forecast[i]);
        size += fabs(actual[i]);
    }
    return size > 0.0 ? off / size : (double)NAN;
}

double cox_bias(const double *actual, const double *forecast, size_t count)
{
    double off = 0.0, size = 0.0;

    for (size_t i = 0; i < count; i++) {
        off += forecast[i] - actual[i];
        size += fabs(actual[i]);
    }
    return size > 0.0 ? off / size : (double)NAN;
}

double cox_smape(const double *actual, const double *forecast, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        double size = fabs(actual[i]) + fabs(forecast[i]);
        sum += size > 0.0 ? 200.0 * fabs(actual[i] - forecast[i]) / size : 0.0;
    }
    return sum / (double)count;
}

double cox_mase(const double *actual, const double *forecast, size_t count, const double *sample,
    size_t sample_count, size_t period)
{
    double off = 0.0, scale = 0.0;

    if (sample_count <= period) {
        return (double)NAN;
    }
    for (size_t t = period; t < sample_count; t++) {
        scale += fabs(sample[t] - sample[t - period]) / (double)(sample_count - period);
    }
    for (size_t i = 0; i < count; i++) {
        off += fabs(actual[i] - forecast[i]) / (double)count;
    }
    return scale > 0.0 ? off / scale : (double)NAN;
}

double cox_pinball(double actual, double quantile, double level)
{
    return 2.0 * (actual - quantile) * (level - (actual < quantile ? 1.0 : 0.0));
}

double cox_mean_pinball(const double *actual, const double *quantile, size_t count,
    const double *level, size_t level_count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < level_count; k++) {
            sum += cox_pinball(actual[i], quantile[i * level_count + k], level[k]);
        }
    }
    return sum / (double)(count * level_count);
}

double cox_cover(const double *actual, const double *low, const double *high, size_t count)
{
    double in = 0.0;

    for (size_t i = 0; i < count; i++) {
        in += actual[i] >= low[i] && actual[i] <= high[i];
    }
    return in / (double)count;
}

/* With sorted x, sum over pairs |x_i - x_j| = 2 sum (2 i + 1 - n) x_i. */
double cox_crps_sample(double actual, const double *sorted, size_t count)
{
    double near = 0.0, spread = 0.0, n = (double)count;

    for (size_t i = 0; i < count; i++) {
        near += fabs(sorted[i] - actual);
        spread += (2.0 * (double)i + 1.0 - n) * sorted[i];
    }
    return near / n - spread / (n * n);
}

double cox_crps_normal(double actual, double mean, double sd)
{
    if (!(sd > 0.0)) {
        return fabs(actual - mean);
    }
    double z = (actual - mean) / sd;
    return sd *
           (z * (2.0 * cox_normal_cdf(z) - 1.0) + 2.0 * cox_normal_pdf(z) - 0.56418958354775628695);
}

double cox_log_loss(const double *prob, const unsigned char *won, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        double p = fmin(1.0 - 1e-15, fmax(1e-15, prob[i]));
        sum -= won[i] != 0 ? log(p) : log1p(-p);
    }
    return sum / (double)count;
}

double cox_brier(const double *prob, const unsigned char *won, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        double off = prob[i] - (won[i] != 0);
        sum += off * off;
    }
    return sum / (double)count;
}

double cox_calibration_error(const double *prob, const unsigned char *won, size_t count,
    size_t bin_count)
{
    double total = 0.0;

    for (size_t b = 0; b < bin_count; b++) {
        double gap = 0.0;
        for (size_t i = 0; i < count; i++) {
            size_t bin = (size_t)(prob[i] * (double)bin_count);
            bin = bin < bin_count ? bin : bin_count - 1;
            gap += bin == b ? prob[i] - (won[i] != 0) : 0.0;
        }
        total += fabs(gap);
    }
    return total / (double)count;
}

void cox_calibration_line(const double *prob, const unsigned char *won, size_t count,
    double *ret_slope, double *ret_intercept)
{
    double a = 0.0, b = 1.0;

    for (int step = 0; step < 50; step++) {
        double ga = 0.0, gb = 0.0, haa = 0.0, hab = 0.0, hbb = 0.0;
        for (size_t i = 0; i < count; i++) {
            double s = cox_logit(fmin(1.0 - 1e-12, fmax(1e-12, prob[i])));
            double p = cox_logistic(a + b * s), w = p * (1.0 - p), r = (won[i] != 0) - p;
            ga += r;
            gb += r * s;
            haa += w;
            hab += w * s;
            hbb += w * s * s;
        }
        double det = haa * hbb - hab * hab;
        if (!(det > 1e-12 * haa * hbb) || fabs(b) > 1e3) {
            a = b = (double)NAN;
            break;
        }
        double da = (hbb * ga - hab * gb) / det, db = (haa * gb - hab * ga) / det;
        a += da;
        b += db;
        if (fabs(da) + fabs(db) < 1e-11) {
            break;
        }
    }
    *ret_intercept = a;
    *ret_slope = b;
}

struct cox_skill cox_skill_of(const double *loss, const double *base_loss, size_t count,
    size_t block_size, size_t sample_count, uint64_t seed, double *scratch)
{
    struct cox_random random;
    double loss_sum = 0.0, base_sum = 0.0;
    size_t block = block_size > 0 ? block_size : (size_t)ceil(cbrt((double)count)), used = 0;

    for (size_t i = 0; i < count; i++) {
        loss_sum += loss[i];
        base_sum += base_loss[i];
    }
    struct cox_skill r = {1.0 - loss_sum / base_sum, (double)NAN, (double)NAN};
    if (count < 2 || !(base_sum > 0.0) || sample_count == 0) {
        r.skill = base_sum > 0.0 ? r.skill : (double)NAN;
        return r;
    }
    cox_random_init(&random, seed);
    for (size_t s = 0; s < sample_count; s++) {
        loss_sum = base_sum = 0.0;
        for (size_t n = 0, at = 0; n < count; n++, at++) {
            at = n % block == 0 ? (size_t)cox_random_below(&random, count) : at;
            loss_sum += loss[at % count];
            base_sum += base_loss[at % count];
        }
        if (base_sum > 0.0) {
            scratch[used++] = 1.0 - loss_sum / base_sum;
        }
    }
    cox_sort_doubles(scratch, used, scratch + sample_count);
    if (used > 0) {
        r.low = cox_sorted_quantile(scratch, used, 0.1);
        r.high = cox_sorted_quantile(scratch, used, 0.9);
    }
    return r;
}
