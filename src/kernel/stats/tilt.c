/* kernel/stats/tilt.c: a weighted share over weeks, with a beta posterior. */
#include "kernel/stats/tilt.h"

#include <math.h>

#include "kernel/stats/reliability.h"
#include "kernel/stats/special.h"

static const double level = .8, normal_half = 1.2815515655446004;
static const double design_unknown = 2; /* under so many weeks: */
enum { WEEKS_LEAST = 3 };

/* Variance of the ratio over weeks; weeks without acts say nothing. */
static double variance_over_weeks(const struct cox_tilt_week *weeks, size_t count, double share,
    double total, size_t *ret_active)
{
    double sum = 0;
    size_t active = 0;

    for (size_t i = 0; i < count; i++) {
        double weight = weeks[i].low + weeks[i].high;
        double gap = weeks[i].high - share * weight;

        active += weight > 0;
        sum += gap * gap;
    }
    *ret_active = active;
    return active < 2 ? 0 : sum / (total * total) * (double)active / ((double)active - 1);
}

bool cox_tilt_of(const struct cox_tilt_week *weeks, size_t count, struct cox_tilt *ret_tilt)
{
    double low = 0, high = 0, square = 0, kish, share, guarded, design, a, b;
    size_t active;

    for (size_t i = 0; i < count; i++) {
        low += weeks[i].low;
        high += weeks[i].high;
        square += weeks[i].square;
    }
    if (!(low + high > 0) || !(square > 0)) {
        return false;
    }
    kish = (low + high) * (low + high) / square;
    share = high / (low + high);
    guarded = (share * kish + .5) / (kish + 1); /* all to one end is no certainty */
    design = variance_over_weeks(weeks, count, share, low + high, &active) * kish /
             (guarded * (1 - guarded));
    design = active < WEEKS_LEAST ? design_unknown : fmax(1, design);
    ret_tilt->design = design;
    ret_tilt->effective = kish / design;
    if (active >= WEEKS_LEAST) {
        double ratio = normal_half / cox_student_half((double)active - 1, level);
        ret_tilt->effective *= ratio * ratio;
    }
    a = share * ret_tilt->effective + .5;
    b = (1 - share) * ret_tilt->effective + .5;
    ret_tilt->tilt = a / (a + b);
    ret_tilt->error = sqrt(a * b / (a + b + 1)) / (a + b);
    ret_tilt->low = cox_beta_quantile(a, b, .1);
    ret_tilt->high = cox_beta_quantile(a, b, .9);
    return true;
}
