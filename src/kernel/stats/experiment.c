/* kernel/stats/experiment.c: the sequential reading of an experiment, see the header for sources. */
#include "kernel/stats/experiment.h"

#include <math.h>

#include "kernel/stats/special.h"

enum { CLUSTER_MIN = 4, BISECTIONS = 60 };

static struct cox_experiment_opt with_defaults(const struct cox_experiment_opt *opt)
{
    struct cox_experiment_opt full = {0};

    if (opt != NULL) {
        full = *opt;
    }
    full.alpha = full.alpha == 0 ? 0.05 : full.alpha;
    full.tau = full.tau == 0 ? 0.08 : full.tau;
    full.burn_count = full.burn_count == 0 ? 20 : full.burn_count;
    full.variant_share = full.variant_share == 0 ? 0.5 : full.variant_share;
    full.mismatch_alpha = full.mismatch_alpha == 0 ? 0.001 : full.mismatch_alpha;
    return full;
}

static enum cox_rc check_opt(const struct cox_experiment_opt *opt, struct cox_err *reterr)
{
    if (!(opt->alpha > 0 && opt->alpha < 1)) {
        return cox_fail_at(reterr, COX_INVALID, "alpha", 0, "outside (0, 1)");
    }
    if (!(opt->tau > 0 && opt->tau <= 1)) {
        return cox_fail_at(reterr, COX_INVALID, "tau", 0, "outside (0, 1]");
    }
    if (opt->burn_count < 1) {
        return cox_fail_at(reterr, COX_INVALID, "burn_count", 0, "below 1");
    }
    if (!(opt->variant_share > 0 && opt->variant_share < 1)) {
        return cox_fail_at(reterr, COX_INVALID, "variant_share", 0, "outside (0, 1)");
    }
    return COX_OK;
}

static enum cox_rc check_arm(const struct cox_experiment_arm *arm, const char *name,
    struct cox_err *reterr)
{
    if (arm->trial_count < 0 || arm->win_count < 0 || arm->win_count > arm->trial_count) {
        return cox_fail_at(reterr, COX_INVALID, name, 0,
            "wins must be from 0 to the number of trials");
    }
    if (arm->cluster_count > 0 && !(arm->variance >= 0)) {
        return cox_fail_at(reterr, COX_INVALID, name, 0, "the variance is below 0 or not a number");
    }
    return COX_OK;
}

static double rate_of(const struct cox_experiment_arm *arm)
{
    return arm->trial_count == 0 ? 0 : (double)arm->win_count / (double)arm->trial_count;
}

/* Wins and losses, and the log-likelihood below which a rate is outside the bounds. */
struct rate_limit {
    double wins, losses, floor;
};

static double log_likelihood(const struct rate_limit *limit, double p)
{
    return (limit->wins > 0 ? limit->wins * log(p) : 0) +
           (limit->losses > 0 ? limit->losses * log1p(-p) : 0);
}

static double crossing(const struct rate_limit *limit, double inside, double outside)
{
    for (int i = 0; i < BISECTIONS; i++) {
        double middle = (inside + outside) / 2;
        if (log_likelihood(limit, middle) > limit->floor) {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    return outside;
}

void cox_experiment_rate_bounds(int64_t win_count, int64_t trial_count, double alpha,
    double *ret_low, double *ret_high)
{
    struct rate_limit limit = {.wins = (double)win_count,
        .losses = (double)(trial_count - win_count)};
    double rate = trial_count == 0 ? 0.5 : limit.wins / (double)trial_count;

    limit.floor =
        cox_log_beta(limit.wins + 0.5, limit.losses + 0.5) - cox_log_beta(0.5, 0.5) + log(alpha);
    /* At the rate itself the likelihood is largest, so the rate is always inside. */
    *ret_low = win_count == 0 ? 0 : crossing(&limit, rate, 0);
    *ret_high = win_count == trial_count ? 1 : crossing(&limit, rate, 1);
}

/*
 * Variance of the lift. Binomial arms pool their rates for the test (they are equal if there is no
 * effect), with one win and one loss added so that a run without wins is not taken for certainty.
 */
static double lift_variance(const struct cox_experiment_arm *control,
    const struct cox_experiment_arm *variant, bool pooled)
{
    double n_control = (double)control->trial_count, n_variant = (double)variant->trial_count;
    double wins = (double)(control->win_count + variant->win_count);
    double both = (wins + 1) / (n_control + n_variant + 2);
    double p_control = ((double)control->win_count + 0.5) / (n_control + 1);
    double p_variant = ((double)variant->win_count + 0.5) / (n_variant + 1);

    if (control->cluster_count > 0 || variant->cluster_count > 0) {
        double v_control = control->cluster_count > 0 ? control->variance
                                                      : p_control * (1 - p_control) / n_control;
        double v_variant = variant->cluster_count > 0 ? variant->variance
                                                      : p_variant * (1 - p_variant) / n_variant;
        return v_control + v_variant;
    }
    if (pooled) {
        return both * (1 - both) * (1 / n_control + 1 / n_variant);
    }
    return p_control * (1 - p_control) / n_control + p_variant * (1 - p_variant) / n_variant;
}

/* 1/p of one look. */
static double mixture_ratio(double lift, double variance, double tau)
{
    double sum = variance + tau * tau;

    return sqrt(variance / sum) * exp(lift * lift * tau * tau / (2 * variance * sum));
}

/* |lift - truth| stays below this at all looks with chance 1 - alpha. */
static double always_valid_reach(double variance, double tau, double alpha)
{
    double sum = variance + tau * tau;

    return sqrt(2 * variance * sum / (tau * tau) * (0.5 * log(sum / variance) - log(alpha)));
}

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static bool is_collecting(const struct cox_experiment_opt *opt,
    const struct cox_experiment_arm *arm)
{
    return arm->trial_count < opt->burn_count ||
           (arm->cluster_count > 0 && arm->cluster_count < CLUSTER_MIN);
}

/* A variance that says something: reps all alike to the last win give no measure of chance. */
static bool is_usable(double variance)
{
    return variance > 0 && !isinf(variance);
}

double cox_experiment_p_value(const struct cox_experiment_opt *opt,
    const struct cox_experiment_arm *control, const struct cox_experiment_arm *variant,
    double p_before)
{
    struct cox_experiment_opt full = with_defaults(opt);
    double variance;

    if (is_collecting(&full, control) || is_collecting(&full, variant)) {
        return p_before;
    }
    variance = lift_variance(control, variant, true);
    if (!is_usable(variance)) {
        return p_before;
    }
    return fmin(p_before,
        1 / mixture_ratio(rate_of(variant) - rate_of(control), variance, full.tau));
}

static void read_lift(const struct cox_experiment_opt *opt,
    const struct cox_experiment_arm *control, const struct cox_experiment_arm *variant,
    struct cox_experiment_reading *reading)
{
    double variance = lift_variance(control, variant, false), reach;

    if (is_usable(variance)) {
        reach = always_valid_reach(variance, opt->tau, opt->alpha);
        reading->lift_low = clamp(reading->lift - reach, -1, 1);
        reading->lift_high = clamp(reading->lift + reach, -1, 1);
        reading->lift_shrunk =
            reading->lift * opt->tau * opt->tau / (opt->tau * opt->tau + variance);
    }
    reading->p_value = cox_experiment_p_value(opt, control, variant, reading->p_value);
}

enum cox_rc cox_experiment_read(const struct cox_experiment_opt *opt,
    const struct cox_experiment_arm *control, const struct cox_experiment_arm *variant,
    double p_before, struct cox_experiment_reading *ret_reading, struct cox_err *reterr)
{
    struct cox_experiment_opt full = with_defaults(opt);
    struct cox_experiment_reading reading = {.lift_low = -1, .lift_high = 1, .p_value = p_before};

    COX_TRY(check_opt(&full, reterr));
    COX_TRY(check_arm(control, "control", reterr));
    COX_TRY(check_arm(variant, "variant", reterr));
    if (!(p_before >= 0 && p_before <= 1)) {
        return cox_fail_at(reterr, COX_INVALID, "p_before", 0, "outside [0, 1]");
    }
    reading.control_rate = rate_of(control);
    reading.variant_rate = rate_of(variant);
    reading.lift = reading.variant_rate - reading.control_rate;
    cox_experiment_rate_bounds(control->win_count, control->trial_count, full.alpha,
        &reading.control_low, &reading.control_high);
    cox_experiment_rate_bounds(variant->win_count, variant->trial_count, full.alpha,
        &reading.variant_low, &reading.variant_high);
    reading.mismatch_p =
        cox_experiment_mismatch_p(control->trial_count, variant->trial_count, full.variant_share);
    if (is_collecting(&full, control) || is_collecting(&full, variant)) {
        reading.verdict = COX_EXPERIMENT_COLLECTING;
    } else if (reading.mismatch_p < full.mismatch_alpha) {
        reading.verdict = COX_EXPERIMENT_MISMATCH;
    } else {
        read_lift(&full, control, variant, &reading);
        reading.verdict = reading.p_value > full.alpha ? COX_EXPERIMENT_UNDECIDED
                          : reading.lift > 0           ? COX_EXPERIMENT_BETTER
                                                       : COX_EXPERIMENT_WORSE;
    }
    *ret_reading = reading;
    return COX_OK;
}

enum cox_rc cox_experiment_cluster(const int64_t *trials, const int64_t *wins, size_t count,
    struct cox_experiment_arm *ret_arm, struct cox_err *reterr)
{
    struct cox_experiment_arm arm = {.cluster_count = count};
    double rate, squares = 0;

    for (size_t i = 0; i < count; i++) {
        if (trials[i] < 0 || wins[i] < 0 || wins[i] > trials[i] || trials[i] > INT32_MAX) {
            return cox_fail_at(reterr, COX_INVALID, "wins", (int64_t)i + 1,
                "wins must be from 0 to the number of trials");
        }
        arm.trial_count += trials[i];
        arm.win_count += wins[i];
    }
    rate = rate_of(&arm);
    for (size_t i = 0; i < count; i++) {
        double residual = (double)wins[i] - rate * (double)trials[i];
        squares += residual * residual;
    }
    arm.variance = count < 2 || arm.trial_count == 0
                       ? (double)INFINITY
                       : (double)count / (double)(count - 1) * squares /
                             ((double)arm.trial_count * (double)arm.trial_count);
    *ret_arm = arm;
    return COX_OK;
}

double cox_experiment_mismatch_p(int64_t control_count, int64_t variant_count, double variant_share)
{
    double both = (double)control_count + (double)variant_count;
    double expected = both * variant_share, gap = (double)variant_count - expected;

    if (both <= 0) {
        return 1;
    }
    return 1 - cox_chi_square_cdf(1, gap * gap / expected + gap * gap / (both - expected));
}

enum cox_rc cox_experiment_power(const struct cox_experiment_opt *opt,
    const struct cox_experiment_plan *plan, double *ret_fixed, double *ret_sequential,
    struct cox_err *reterr)
{
    struct cox_experiment_opt full = with_defaults(opt);
    double variant = plan->control_rate + plan->lift, n = (double)plan->trials_per_arm;
    double pooled = plan->control_rate + plan->lift / 2, v_null, v_true, reach, fixed;

    COX_TRY(check_opt(&full, reterr));
    if (!(plan->control_rate > 0 && plan->control_rate < 1 && variant > 0 && variant < 1)) {
        return cox_fail_at(reterr, COX_INVALID, "lift", 0, "both rates must lie in (0, 1)");
    }
    if (plan->trials_per_arm < 1 || !(plan->design_effect >= 1)) {
        return cox_fail_at(reterr, COX_INVALID,
            plan->trials_per_arm < 1 ? "trials_per_arm" : "design_effect", 0, "below 1");
    }
    v_null = 2 * pooled * (1 - pooled) / n * plan->design_effect;
    v_true = (plan->control_rate * (1 - plan->control_rate) + variant * (1 - variant)) / n *
             plan->design_effect;
    fixed = -cox_normal_quantile(full.alpha / 2) * sqrt(v_null);
    reach = always_valid_reach(v_null, full.tau, full.alpha);
    *ret_fixed = cox_normal_cdf((fabs(plan->lift) - fixed) / sqrt(v_true));
    *ret_sequential = cox_normal_cdf((fabs(plan->lift) - reach) / sqrt(v_true));
    return COX_OK;
}
