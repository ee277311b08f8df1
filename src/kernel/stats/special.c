/* kernel/stats/special.c: series, continued fractions and Newton steps for the special functions. */
#include "kernel/stats/special.h"

#include <float.h>
#include <math.h>

enum { STEP_MAX = 500 };

static const double tiny = 1e-300;

double cox_normal_pdf(double x)
{
    return exp(-0.5 * x * x) * 0.39894228040143267794;
}

double cox_normal_cdf(double x)
{
    return 0.5 * erfc(-x * M_SQRT1_2);
}

/*
 * Start: Abramowitz and Stegun 26.2.23 (error 4.5e-4), then two Halley steps, which cube it twice.
 * Done on the lower half, where the distribution function keeps its relative accuracy.
 */
double cox_normal_quantile(double p)
{
    if (!(p >= 0.0 && p <= 1.0)) {
        return (double)NAN;
    }
    if (p == 0.0 || p == 1.0) {
        return p == 0.0 ? -HUGE_VAL : HUGE_VAL;
    }
    double half = p < 0.5 ? p : 1.0 - p;
    double t = sqrt(-2.0 * log(half));
    double x = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                         (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308))));

    for (int step = 0; step < 2; step++) {
        double u = (cox_normal_cdf(x) - half) / cox_normal_pdf(x);
        x -= u / (1.0 + 0.5 * x * u);
    }
    return p < 0.5 ? x : -x;
}

double cox_log_gamma(double x)
{
    int sign;

    return x > 0.0 ? lgamma_r(x, &sign) : (double)NAN;
}

double cox_log_beta(double a, double b)
{
    return cox_log_gamma(a) + cox_log_gamma(b) - cox_log_gamma(a + b);
}

/* Recurrence up to 10, then the asymptotic series with Bernoulli numbers (A&S 6.3.18, 6.4.12). */
double cox_digamma(double x)
{
    double sum = 0.0;

    if (!(x > 0.0)) {
        return (double)NAN;
    }
    for (; x < 10.0; x += 1.0) {
        sum -= 1.0 / x;
    }
    double r = 1.0 / (x * x);
    double tail =
        r * (1.0 / 12 -
                r * (1.0 / 120 -
                        r * (1.0 / 252 - r * (1.0 / 240 - r * (1.0 / 132 - r * 691.0 / 32760)))));
    return sum + log(x) - 0.5 / x - tail;
}

double cox_trigamma(double x)
{
    double sum = 0.0;

    if (!(x > 0.0)) {
        return (double)NAN;
    }
    for (; x < 10.0; x += 1.0) {
        sum += 1.0 / (x * x);
    }
    double r = 1.0 / (x * x);
    double tail =
        r *
        (1.0 / 6 -
            r * (1.0 / 30 - r * (1.0 / 42 - r * (1.0 / 30 - r * (5.0 / 66 - r * 691.0 / 2730)))));
    return sum + 1.0 / x + 0.5 * r + tail / x;
}

static double gamma_series(double a, double x)
{
    double term = 1.0 / a, sum = term;

    for (int n = 1; n < 100 * STEP_MAX && term > sum * DBL_EPSILON; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * exp(a * log(x) - x - cox_log_gamma(a));
}

/* Upper tail by the continued fraction A&S 6.5.31, evaluated with Lentz's method. */
static double gamma_fraction(double a, double x)
{
    double b = x + 1.0 - a, c = 1.0 / tiny, d = 1.0 / b, h = d;

    for (int n = 1; n < 100 * STEP_MAX; n++) {
        double an = -n * (n - a);
        b += 2.0;
        d = an * d + b;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = b + an / c;
        c = fabs(c) < tiny ? tiny : c;
        h *= d * c;
        if (fabs(d * c - 1.0) < DBL_EPSILON) {
            break;
        }
    }
    return h * exp(a * log(x) - x - cox_log_gamma(a));
}

double cox_gamma_cdf(double a, double x)
{
    if (!(a > 0.0) || !(x >= 0.0)) {
        return (double)NAN;
    }
    if (x == 0.0 || isinf(x)) {
        return x == 0.0 ? 0.0 : 1.0;
    }
    return x < a + 1.0 ? gamma_series(a, x) : 1.0 - gamma_fraction(a, x);
}

/* Continued fraction A&S 26.5.8 by Lentz's method; converges fast for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
    double c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0);

    d = 1.0 / (fabs(d) < tiny ? tiny : d);
    double h = d;
    for (int m = 1; m < 100 * STEP_MAX; m++) {
        double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 + even * d;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = 1.0 + even / c;
        c = fabs(c) < tiny ? tiny : c;
        h *= d * c;
        d = 1.0 + odd * d;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = 1.0 + odd / c;
        c = fabs(c) < tiny ? tiny : c;
        h *= d * c;
        if (fabs(d * c - 1.0) < DBL_EPSILON) {
            break;
        }
    }
    return h;
}

double cox_beta_cdf(double a, double b, double x)
{
    if (!(a > 0.0) || !(b > 0.0) || !(x >= 0.0 && x <= 1.0)) {
        return (double)NAN;
    }
    if (x == 0.0 || x == 1.0) {
        return x;
    }
    double front = exp(a * log(x) + b * log1p(-x) - cox_log_beta(a, b));
    if (x < (a + 1.0) / (a + b + 2.0)) {
        return front * beta_fraction(a, b, x) / a;
    }
    return 1.0 - front * beta_fraction(b, a, 1.0 - x) / b;
}

double cox_beta_quantile(double a, double b, double p)
{
    double low = 0.0, high = 1.0;

    if (!(a > 0.0) || !(b > 0.0) || !(p >= 0.0 && p <= 1.0)) {
        return (double)NAN;
    }
    if (p == 0.0 || p == 1.0) {
        return p;
    }
    while (high - low > 1e-13 * (high + DBL_MIN) && high - low > 1e-16) {
        double mid = 0.5 * (low + high);
        if (cox_beta_cdf(a, b, mid) < p) {
            low = mid;
        } else {
            high = mid;
        }
    }
    return 0.5 * (low + high);
}

double cox_student_cdf(double df, double t)
{
    if (!(df > 0.0) || isnan(t)) {
        return (double)NAN;
    }
    double tail = 0.5 * cox_beta_cdf(0.5 * df, 0.5, df / (df + t * t));
    return t < 0.0 ? tail : 1.0 - tail;
}

double cox_chi_square_cdf(double df, double x)
{
    return cox_gamma_cdf(0.5 * df, 0.5 * x);
}

double cox_logistic(double x)
{
    if (x >= 0.0) {
        return 1.0 / (1.0 + exp(-x));
    }
    double e = exp(x);
    return e / (1.0 + e);
}

double cox_logit(double p)
{
    return log(p) - log1p(-p);
}

double cox_log1p_exp(double x)
{
    return x > 0.0 ? x + log1p(exp(-x)) : log1p(exp(x));
}
