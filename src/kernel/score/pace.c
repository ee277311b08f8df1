/* kernel/score/pace.c: the first months of newcomers, and what people bring over what their months would bring. */
#include <math.h>

#include "kernel/score/trend.h"

enum { PEOPLE_MIN = 5, RAMP_MAX = COX_SCORE_RAMP_MONTHS / 2, RAMP_MIN = 3 };

#define NOTHING ((double)NAN)

/* ---- the ramp ---- */

/* What somebody settled brings in a month, per weight; NaN when nobody is. */
static double settled_mean(const struct cox_score_panel *panel, const int32_t *since, size_t month)
{
    double count = 0.0, weight = 0.0;
    size_t people = 0;

    for (size_t row = 0; row < panel->row_count; row++) {
        size_t at = row * panel->month_count + month;
        if (since[at] < RAMP_MAX || panel->weight[at] <= 0.0) {
            continue;
        }
        count += (double)panel->count[at];
        weight += panel->weight[at];
        people++;
    }
    return people >= PEOPLE_MIN ? count / weight : NOTHING;
}

/* Pools neighbours until the shares rise; weight: what they are of. */
static void make_rising(double *share, double *weight, size_t count)
{
    size_t size[RAMP_MAX], blocks = 0;
    double level[RAMP_MAX], mass[RAMP_MAX];

    for (size_t i = 0; i < count; i++) {
        level[blocks] = share[i];
        mass[blocks] = weight[i];
        size[blocks++] = 1;
        while (blocks > 1 && level[blocks - 2] > level[blocks - 1]) {
            double sum = mass[blocks - 2] + mass[blocks - 1];
            level[blocks - 2] =
                (level[blocks - 2] * mass[blocks - 2] + level[blocks - 1] * mass[blocks - 1]) / sum;
            mass[blocks - 2] = sum;
            size[blocks - 2] += size[blocks - 1];
            blocks--;
        }
    }
    for (size_t b = 0, i = 0; b < blocks; b++) {
        for (size_t end = i + size[b]; i < end; i++) {
            share[i] = fmin(1.0, level[b]);
        }
    }
}

enum cox_rc cox_score_ramp(const struct cox_score_panel *panel, const int32_t *since,
    struct cox_score_ramp *ret_ramp, struct cox_err *reterr)
{
    double count[RAMP_MAX] = {0}, base[RAMP_MAX] = {0};
    struct cox_score_ramp ramp = {0};

    if (panel->trials != NULL) {
        return cox_fail_at(reterr, COX_INVALID, "trials", 0, "a ramp is of counts");
    }
    for (size_t month = 0; month < panel->month_count; month++) {
        double mean = settled_mean(panel, since, month);
        for (size_t row = 0; row < panel->row_count && mean > 0.0; row++) {
            size_t at = row * panel->month_count + month;
            if (since[at] < 0 || since[at] >= RAMP_MAX || panel->weight[at] <= 0.0) {
                continue;
            }
            count[since[at]] += (double)panel->count[at];
            base[since[at]] += mean * panel->weight[at];
            ramp.people[since[at]]++;
        }
    }
    while (ramp.month_count < RAMP_MAX && ramp.people[ramp.month_count] >= PEOPLE_MIN) {
        ramp.share[ramp.month_count] = count[ramp.month_count] / base[ramp.month_count];
        ramp.month_count++;
    }
    if (ramp.month_count < RAMP_MIN) {
        ramp.month_count = 0;
    }
    make_rising(ramp.share, base, ramp.month_count);
    *ret_ramp = ramp;
    return COX_OK;
}

double cox_score_ramp_share(const struct cox_score_ramp *ramp, int32_t since)
{
    return since < 0 || (size_t)since >= ramp->month_count ? 1.0 : ramp->share[since];
}

/* ---- pace ---- */

/* Byar's approximation to the Poisson interval of a count, in units of dispersion. */
static void set_interval(struct cox_score_pace *pace, double dispersion)
{
    double seen = (double)pace->observed / dispersion, next = seen + 1.0;
    double low = 1.0 - 1.0 / (9.0 * seen) - 1.96 / (3.0 * sqrt(seen));
    double high = 1.0 - 1.0 / (9.0 * next) + 1.96 / (3.0 * sqrt(next));

    pace->ratio = (double)pace->observed / pace->expected;
    pace->low = seen > 0.0 ? fmax(0.0, seen * low * low * low) * dispersion / pace->expected : 0.0;
    pace->high = next * high * high * high * dispersion / pace->expected;
}

enum cox_rc cox_score_pace(const struct cox_score_panel *panel, double spread,
    struct cox_score_pace *ret_paces, struct cox_err *reterr)
{
    if (!(spread >= 0.0 && spread < 1e9)) {
        return cox_fail_at(reterr, COX_INVALID, "spread", 0, "a spread is not negative");
    }
    for (size_t row = 0; row < panel->row_count; row++) {
        ret_paces[row] = (struct cox_score_pace){0};
    }
    for (size_t month = 0; month < panel->month_count; month++) {
        double count = 0.0, weight = 0.0, mean;
        for (size_t row = 0; row < panel->row_count; row++) {
            size_t at = row * panel->month_count + month;
            count += panel->weight[at] > 0.0 ? (double)panel->count[at] : 0.0;
            weight += panel->weight[at];
        }
        for (size_t row = 0; row < panel->row_count && weight > 0.0; row++) {
            size_t at = row * panel->month_count + month;
            ret_paces[row].observed += panel->weight[at] > 0.0 ? panel->count[at] : 0;
            mean = count / weight * panel->weight[at];
            ret_paces[row].expected += mean;
            ret_paces[row].high += mean * mean; /* for now: of the months' means */
        }
    }
    for (size_t row = 0; row < panel->row_count; row++) {
        struct cox_score_pace *pace = &ret_paces[row];
        double squares = pace->high;
        pace->ratio = pace->low = pace->high = NOTHING;
        if (pace->expected > 0.0) {
            set_interval(pace, 1.0 + spread * squares / pace->expected);
        }
    }
    return COX_OK;
}
