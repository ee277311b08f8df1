/*
 * kernel/forecast/course.h: what something that comes step by step (a month's sum) will have come to in the steps
 * left, when it goes on as it did: no trend, no season, steps independent of each other.
 *
 * With n steps seen, their mean m and standard deviation s, the sum over the next h steps (h need not be whole) has
 * (F - h m) / (s sqrt(h + h^2 / n)) ~ Student's t with n - 1 degrees of freedom: the future's own scatter and
 * the error of the mean. A share a / b is at or over t exactly when a - t b >= 0, so ratios are courses of a - t b.
 * Source: G. Hahn, W. Meeker, "Statistical Intervals", 1991, ch. 4 (mean of future observations).
 */
#ifndef COX_KERNEL_FORECAST_COURSE_H
#define COX_KERNEL_FORECAST_COURSE_H

#include <stddef.h>

struct cox_course {
    double mean, sd; /* of what is still to come */
    double df;
};

/* steps has count >= 2 values; left >= 0. Cost: O(count). */
struct cox_course cox_course_of(const double *steps, size_t count, double left);

/* Chance that at least needed is still to come. Without any scatter 0 or 1. */
double cox_course_over(const struct cox_course *course, double needed);

#endif
