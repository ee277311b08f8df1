/*
 * kernel/stats/special.h: the special functions every statistic here rests on. Pure, no state;
 * relative error about 1e-13, 1e-10 where a parameter passes 1e4. NaN in gives NaN out; arguments outside the domain give NaN.
 */
#ifndef COX_KERNEL_STATS_SPECIAL_H
#define COX_KERNEL_STATS_SPECIAL_H

#include <stddef.h>

/* Standard normal: density, distribution function, and its inverse (0 -> -inf, 1 -> +inf). */
double cox_normal_pdf(double x);
double cox_normal_cdf(double x);
double cox_normal_quantile(double p);

/* log Gamma(x), x > 0, without libm's global sign. */
double cox_log_gamma(double x);

/* log of the beta function B(a, b), a and b > 0. */
double cox_log_beta(double a, double b);

/* First and second derivative of log Gamma, x > 0. */
double cox_digamma(double x);
double cox_trigamma(double x);

/* Regularised incomplete gamma P(a, x), a > 0, x >= 0: distribution function of Gamma(a, 1). */
double cox_gamma_cdf(double a, double x);

/* Regularised incomplete beta I_x(a, b), a and b > 0, x in [0, 1]: distribution function of Beta. */
double cox_beta_cdf(double a, double b, double x);

/* x with I_x(a, b) = p, absolute error below 1e-12; for credible intervals of a rate. */
double cox_beta_quantile(double a, double b, double p);

/* Student's t and chi-square distribution functions; df > 0. */
double cox_student_cdf(double df, double t);
double cox_chi_square_cdf(double df, double x);

/* 1 / (1 + exp(-x)) and its inverse, without overflow; log(1 + exp(x)) likewise. */
double cox_logistic(double x);
double cox_logit(double p);
double cox_log1p_exp(double x);

#endif
