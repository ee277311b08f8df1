/*
 * kernel/stats/tilt.h: towards which of two ends what somebody did leans, and how sure that is. Acts come in weeks,
 * and acts of one week are alike; so the error is taken over weeks, never as if each act had been decided anew.
 */
#ifndef COX_KERNEL_STATS_TILT_H
#define COX_KERNEL_STATS_TILT_H

#include <stdbool.h>
#include <stddef.h>

/* The acts of one week: their weights towards the low end and the high one, and the sum of squared weights. */
struct cox_tilt_week {
    double low, high, square;
};

struct cox_tilt {
    double
        tilt; /* 0: all towards the low end .. 1: towards the high end; shrunk a little to the middle */
    double error;     /* standard error */
    double low, high; /* interval of 80 % */
    double effective; /* as many independent acts as they are worth */
    double design;    /* how much weeks blow the variance up, at least 1 */
};

/*
 * Posterior of the share under Jeffreys' prior Beta(1/2, 1/2), with as many observations as the acts are worth:
 * Kish's number (sum of weights)^2 / sum of squares, divided by the design effect, the variance of the ratio
 * over weeks (linearised, divisor m - 1) over the binomial one, at least 1. Under three weeks the design effect is
 * not to be known and taken as 2; from three on the number shrinks by (normal / Student's t with weeks - 1)^2 of the
 * interval, as the design effect is itself estimated. No acts: false, and nothing is written.
 * Sources: L. Kish, "Survey Sampling", 1965; W. Cochran, "Sampling Techniques", 1977, ch. 6; effective size with
 * a beta posterior: E. Korn, B. Graubard, Survey Methodology 1998; C. Chen, T. Lumley, J. Wakefield, Survey Methodology 2014.
 */
bool cox_tilt_of(const struct cox_tilt_week *weeks, size_t count, struct cox_tilt *ret_tilt);

#endif
