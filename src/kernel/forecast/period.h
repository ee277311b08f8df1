/*
 * kernel/forecast/period.h: what a set of open deals will bring by the end of a period, as a
 * distribution: S = closed + sum A_i B_i + N, computed without simulation.
 *
 * B_i ~ Bernoulli(win_prob) is "won in what is left of the period", A_i the amount, N the business of
 * deals not yet created: a Poisson number of Gamma-sized wins. One common factor z may tie all deals:
 * p_i(z) = Phi((Phi^-1(p_i) - sqrt(rho) z) / sqrt(1 - rho)). Given z the sum is exact: enumeration
 * of a few deals, inversion of the characteristic function, or Edgeworth's series with the large
 * deals enumerated where there are many. z is integrated by the trapezoid rule, whose error for a
 * normal weight falls exponentially; its step follows the width of the distribution given z, because
 * a fixed rule of 16 points leaves lumps once the deals themselves average out.
 * Sources: O. Vasicek, "Loan portfolio value", Risk, 2002; P. Hughett, "Error bounds for numerical
 * inversion of a probability characteristic function", SIAM J. Num. Anal. 1998; Abramowitz and
 * Stegun 26.2.47 (Edgeworth).
 */
#ifndef COX_KERNEL_FORECAST_PERIOD_H
#define COX_KERNEL_FORECAST_PERIOD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { COX_PERIOD_SWING_MAX = 10 };

/* Arrays have count rows and stay the caller's; count 0 is allowed. One currency. */
struct cox_period_deals {
    size_t count;
    const int64_t *amount_minor; /* what is booked if won, 0 .. 9e15 */
    const double *win_prob;      /* won within the period, 0..1 */
};

/* Business not yet created. All zero: none. */
struct cox_period_new {
    double create_count; /* expected number of deals still to be created in the period */
    double win_prob;     /* each won within the period, 0..1 */
    double mean_minor;   /* mean won amount */
    double shape;        /* of the Gamma amounts; 1 is exponential; > 0 where create_count > 0 */
};

/* How far off past forecasts were: log(actual / forecast) ~ N(bias, sd^2) on what is not yet closed. */
struct cox_period_error {
    double bias, sd; /* sd >= 0; both 0: taken as exact */
};

struct cox_period_opt {
    int64_t closed_minor; /* already won in the period, >= 0 */
    int64_t target_minor; /* > 0: P(S >= target) is wanted; 0: the P50 takes its place for swing */
    double rho;           /* 0 <= rho < 1 */
    const double *level;  /* quantile levels, in (0, 1) */
    size_t level_count;
    struct cox_period_new later;
    struct cox_period_error error;
    bool
        is_rough; /* for a glance: an inversion stops ten times earlier, within .01 standard deviations */
    bool without_swing; /* swing deals cost twenty times the rest; a backtest has no use for them */
};

enum cox_period_method {
    COX_PERIOD_CERTAIN,    /* nothing is open */
    COX_PERIOD_ENUMERATED, /* all outcomes of up to 22 deals */
    COX_PERIOD_INVERTED,   /* characteristic function */
    COX_PERIOD_EDGEWORTH,  /* series, with large deals enumerated */
};

/* A deal whose outcome moves the period: chance of reaching the target either way, all else equal. */
struct cox_period_swing {
    size_t row; /* in the caller's arrays */
    double prob_if_won, prob_if_lost;
};

struct cox_period_result {
    enum cox_period_method method;
    /* Expected value and what it consists of: total = closed + open + later + correction, exactly. */
    int64_t closed_minor, open_minor, later_minor, correction_minor, total_minor;
    double sd_minor;    /* of S before the error scale */
    double prob_target; /* P(S >= target); of the P50 without a target */
    size_t swing_count; /* at most COX_PERIOD_SWING_MAX, largest move first */
    struct cox_period_swing swing[COX_PERIOD_SWING_MAX];
};

/* Bytes; aligned as malloc would. */
size_t cox_period_workspace_size(size_t count);

/*
 * ret_quantile_minor[i] is the smallest amount x with P(S <= x) >= level[i]. Nothing is written on
 * failure. Cost: n <= 5,000: about n * 32..300 multiplications; above: n (times 16 with rho > 0).
 * Errors: COX_INVALID names "amount_minor" or "win_prob" and the row, or the option; COX_TOO_LARGE
 * when the amounts add up to more than 9e15. NaN is invalid everywhere.
 * Checks: against enumeration, a fine lattice, permutation of rows, scale of amounts.
 */
enum cox_rc cox_period_forecast(const struct cox_period_deals *deals,
    const struct cox_period_opt *opt, void *workspace, int64_t *ret_quantile_minor,
    struct cox_period_result *ret_result, struct cox_err *reterr) COX_NODISCARD;

enum { COX_PERIOD_ERROR_MIN = 3 };

/*
 * The error scale from past periods: forecast and actual, both > 0 to count. Bias and sd of
 * log(actual / forecast), both shrunk: bias by n / (n + 3), the variance with 3 pseudo-periods of the
 * default. Under 3 usable periods: bias 0, P10..P90 of +-40 %, *ret_is_default true ("wide by default").
 */
struct cox_period_error cox_period_error_scale(const double *forecast, const double *actual,
    size_t count, bool *ret_is_default);

#endif
