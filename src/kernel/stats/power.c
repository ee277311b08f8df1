/* kernel/stats/power.c: smallest detectable effects and sample sizes. */
#include "kernel/stats/power.h"

#include <math.h>

#include "kernel/stats/impact.h"
#include "kernel/stats/special.h"

enum { BISECTIONS = 100 };

struct reach {
    double alpha, power, null, found; /* normal quantiles of 1 - alpha/2 and of power */
};

static enum cox_rc reach_of(const struct cox_power_opt *opt, struct reach *ret,
    struct cox_err *reterr)
{
    struct reach reach = {.alpha = 0.05, .power = 0.8};

    if (opt != NULL) {
        reach.alpha = opt->alpha == 0 ? reach.alpha : opt->alpha;
        reach.power = opt->power == 0 ? reach.power : opt->power;
    }
    if (!(reach.alpha > 0 && reach.alpha < 1)) {
        return cox_fail_at(reterr, COX_INVALID, "alpha", 0, "outside (0, 1)");
    }
    if (!(reach.power > reach.alpha && reach.power < 1)) {
        return cox_fail_at(reterr, COX_INVALID, "power", 0, "outside (alpha, 1)");
    }
    reach.null = -cox_normal_quantile(reach.alpha / 2);
    reach.found = cox_normal_quantile(reach.power);
    *ret = reach;
    return COX_OK;
}

double cox_power_design_effect(double mean_size, double size_cv, double icc)
{
    double effect = 1 + ((1 + size_cv * size_cv) * mean_size - 1) * icc;

    return effect > 1 ? effect : 1;
}

static enum cox_rc check_rates(double control_rate, double design_effect, struct cox_err *reterr)
{
    if (!(control_rate > 0 && control_rate < 1)) {
        return cox_fail_at(reterr, COX_INVALID, "control_rate", 0, "outside (0, 1)");
    }
    if (!(design_effect >= 1) || isinf(design_effect)) {
        return cox_fail_at(reterr, COX_INVALID, "design_effect", 0, "below 1");
    }
    return COX_OK;
}

enum cox_rc cox_power_rate_mde(const struct cox_power_opt *opt, double control_rate,
    double control_trials, double variant_trials, double design_effect, double *ret_mde,
    struct cox_err *reterr)
{
    double low = 0, high = 1 - control_rate;
    struct reach reach;

    COX_TRY(reach_of(opt, &reach, reterr));
    COX_TRY(check_rates(control_rate, design_effect, reterr));
    if (!(control_trials >= 1 && variant_trials >= 1)) {
        return cox_fail_at(reterr, COX_INVALID, "trials", 0, "below 1");
    }
    for (int i = 0; i < BISECTIONS; i++) {
        double lift = (low + high) / 2, variant = control_rate + lift;
        double pooled = (control_rate * control_trials + variant * variant_trials) /
                        (control_trials + variant_trials);
        double null = pooled * (1 - pooled) * (1 / control_trials + 1 / variant_trials);
        double true_variance = control_rate * (1 - control_rate) / control_trials +
                               variant * (1 - variant) / variant_trials;
        if (lift < reach.null * sqrt(null * design_effect) +
                       reach.found * sqrt(true_variance * design_effect)) {
            low = lift;
        } else {
            high = lift;
        }
    }
    if (high >= 1 - control_rate - 1e-12) {
        return cox_fail_at(reterr, COX_INVALID, "trials", 0, "too few to detect any rise");
    }
    *ret_mde = high;
    return COX_OK;
}

enum cox_rc cox_power_rate_count(const struct cox_power_opt *opt, double control_rate, double lift,
    double design_effect, double *ret_trials, struct cox_err *reterr)
{
    double variant = control_rate + lift, pooled = control_rate + lift / 2, root;
    struct reach reach;

    COX_TRY(reach_of(opt, &reach, reterr));
    COX_TRY(check_rates(control_rate, design_effect, reterr));
    if (!(variant > 0 && variant < 1) || lift == 0) {
        return cox_fail_at(reterr, COX_INVALID, "lift", 0, "0, or leads outside (0, 1)");
    }
    root = reach.null * sqrt(2 * pooled * (1 - pooled)) +
           reach.found * sqrt(control_rate * (1 - control_rate) + variant * (1 - variant));
    *ret_trials = ceil(root * root / (lift * lift) * design_effect);
    return COX_OK;
}

enum cox_rc cox_power_mean_mde(const struct cox_power_opt *opt, double sd, size_t control_count,
    size_t treated_count, double *ret_mde, struct cox_err *reterr)
{
    struct reach reach;
    double df, error;

    COX_TRY(reach_of(opt, &reach, reterr));
    if (!(sd > 0) || isinf(sd)) {
        return cox_fail_at(reterr, COX_INVALID, "sd", 0, "must be above 0");
    }
    if (control_count < 1 || treated_count < 1 || control_count + treated_count < 3) {
        return cox_fail_at(reterr, COX_INVALID, "count", 0, "at least 3 in both groups together");
    }
    df = (double)(control_count + treated_count - 2);
    error = sd * sqrt(1 / (double)control_count + 1 / (double)treated_count);
    /* The quantile of the power is that of a t variable too: close to the non-central one. */
    double found = cox_student_reach(df, 2 * fmin(1 - reach.power, reach.power));
    *ret_mde = error * (cox_student_reach(df, reach.alpha) + (reach.power >= 0.5 ? found : -found));
    return COX_OK;
}

enum cox_rc cox_power_rollout_mde(const struct cox_power_opt *opt,
    const struct cox_power_rollout *rollout, double *ret_mde, struct cox_err *reterr)
{
    double clusters = (double)rollout->cluster_count, periods = (double)rollout->period_count;
    double treated = 0, by_period = 0, by_cluster = 0, cell = rollout->cell_variance;
    double between = rollout->cluster_variance, numerator, denominator;
    struct reach reach;

    COX_TRY(reach_of(opt, &reach, reterr));
    if (!(cell > 0) || isinf(cell)) {
        return cox_fail_at(reterr, COX_INVALID, "cell_variance", 0, "must be above 0");
    }
    if (!(between >= 0) || isinf(between)) {
        return cox_fail_at(reterr, COX_INVALID, "cluster_variance", 0, "below 0");
    }
    for (size_t j = 0; j < rollout->period_count; j++) {
        double column = 0;
        for (size_t i = 0; i < rollout->cluster_count; i++) {
            column += j >= rollout->start[i];
        }
        treated += column;
        by_period += column * column;
    }
    for (size_t i = 0; i < rollout->cluster_count; i++) {
        size_t start = rollout->start[i];
        double row = start >= rollout->period_count ? 0 : (double)(rollout->period_count - start);
        by_cluster += row * row;
    }
    numerator = clusters * cell * (cell + periods * between);
    denominator = (clusters * treated - by_period) * cell +
                  (treated * treated + clusters * periods * treated - periods * by_period -
                      clusters * by_cluster) *
                      between;
    if (!(denominator > 1e-12 * (numerator + cell))) {
        return cox_fail_at(reterr, COX_INVALID, "start", 0,
            "this order of starting cannot tell the effect from the passing of time");
    }
    *ret_mde = (reach.null + reach.found) * sqrt(numerator / denominator);
    return COX_OK;
}
