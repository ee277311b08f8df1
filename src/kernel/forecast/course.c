/* kernel/forecast/course.c: sums to come of a course that goes on. */
#include "kernel/forecast/course.h"

#include <math.h>

#include "kernel/stats/special.h"

struct cox_course cox_course_of(const double *steps, size_t count, double left)
{
    double n = (double)count, mean = 0, squares = 0;

    for (size_t i = 0; i < count; i++) {
        mean += steps[i] / n;
    }
    for (size_t i = 0; i < count; i++) {
        squares += (steps[i] - mean) * (steps[i] - mean);
    }
    return (struct cox_course){.mean = left * mean,
        .sd = sqrt(squares / (n - 1) * (left + left * left / n)),
        .df = n - 1};
}

double cox_course_over(const struct cox_course *course, double needed)
{
    if (!(course->sd > 0)) {
        return course->mean >= needed ? 1 : 0;
    }
    return cox_student_cdf(course->df, (course->mean - needed) / course->sd);
}
