/*
 * manager/alert_series.h: weekly figures of people and teams, with what was to be expected of each: own rate of the
 * weeks before those that are watched, the company's season, weeks off left out, and how much weeks vary
 * beyond chance.
 */
#ifndef COX_MANAGER_ALERT_SERIES_H
#define COX_MANAGER_ALERT_SERIES_H

#include "kernel/stats/watch.h"
#include "record/record.h"
#include "sales/measure.h"

enum {
    COX_ALERT_WEEKS = 130,   /* that are read: two and a half years, so that a season comes round */
    COX_ALERT_BASELINE = 52, /* weeks that count, before the watched ones */
    COX_ALERT_BASELINE_MIN = 26,
    COX_ALERT_WATCHED = 26, /* newest weeks */
};

/* One subject: user or team. Arrays of COX_ALERT_WEEKS, oldest first. */
struct cox_alert_series {
    int64_t id;
    int64_t *events, *attempts;             /* attempts NULL: a count */
    double *worked;                         /* share of the week at work; 0: not here */
    double *expected;                       /* NaN: not watched */
    double mean, trials, known, dispersion; /* of the watched weeks, for the budget */
    size_t first; /* first watched week; COX_ALERT_WEEKS: too short a history */
};

/* All of a measure, of people or of teams. */
struct cox_alert_figures {
    const struct cox_sales_measure *measure;
    bool of_teams;
    int64_t
        first_day; /* Monday of the oldest week; the newest begins COX_ALERT_WEEKS - 1 weeks later */
    struct cox_alert_series *series; /* by id */
    size_t count;
};

/*
 * As the program; newest: Monday of the newest week, which is over. In arena. Whoever never had an event is left
 * out: there is nothing to expect.
 */
enum cox_rc cox_alert_figures_read(struct cox_call *call, struct cox_books *books,
    struct cox_arena *arena, const struct cox_sales_measure *measure, bool of_teams, int64_t newest,
    struct cox_alert_figures *ret_figures, struct cox_err *reterr) COX_NODISCARD;

/* NULL when there is none. */
const struct cox_alert_series *cox_alert_series_find(const struct cox_alert_figures *figures,
    int64_t id);

/* Fills in expected, mean, trials, known, dispersion and first of every series; season: by week, of the measure. */
enum cox_rc cox_alert_expect(struct cox_alert_series *series, size_t count, const int32_t *season,
    struct cox_arena *arena, struct cox_err *reterr) COX_NODISCARD;

#endif
