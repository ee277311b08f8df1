/*
 * kernel/stats/budget.h: how far the CUSUM of watch.h may go before it says something, when somebody watches many
 * figures and is to be disturbed for nothing at most so often: a budget of false alarms, split over what is
 * watched. Where watch.h has one rate for all weeks, this allows for counts, for weeks that vary beyond
 * chance, and for a statistic that has run for some time already.
 */
#ifndef COX_KERNEL_STATS_BUDGET_H
#define COX_KERNEL_STATS_BUDGET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { COX_BUDGET_WEEKS_MAX = 60, COX_BUDGET_RUNS_MAX = 20000 };

/* A healthy series from now on, every week alike. */
struct cox_budget_series {
    double trials; /* attempts a week, rounded; 0: a count */
    double mean;   /* rate of attempts (0..1), or events a week */
    double known;  /* attempts, or weeks, that mean is known from; INFINITY: it is the true one */
    double dispersion; /* as in struct cox_watch_series */
    double ratio;      /* the change looked for; below 1 a drop */
};

struct cox_budget_opt {
    size_t weeks;     /* of the budget: 13 a quarter */
    double budget;    /* false alarms expected of this series in them */
    size_t run_count; /* 0 takes 1,000 */
    uint64_t seed;    /* same seed, same limit */
};

size_t cox_budget_workspace_size(const struct cox_budget_opt *opt);

/*
 * The least limit of the CUSUM, to 1/100, at which a healthy series alarms budget times in weeks on average. The statistic
 * has run for as many weeks before, and begins anew after an alarm. The true mean is drawn for each run: gamma, or beta,
 * about mean with known behind it.
 * Error: that of run_count runs, sqrt(budget / run_count) of the count.
 * Errors: COX_INVALID names "trials", "mean", "known", "dispersion", "ratio", "weeks", "budget" or "run_count".
 */
enum cox_rc cox_budget_limit(const struct cox_budget_series *series,
    const struct cox_budget_opt *opt, void *workspace, double *ret_limit,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * How much weeks vary beyond chance, as struct cox_watch_series wants it, from weeks whose expected is not NaN: by moments,
 * at least 0, at most .5. attempts NULL: counts. Fewer than 8 weeks say nothing: 0.
 */
double cox_budget_dispersion(const int64_t *attempts, const int64_t *events, const double *expected,
    size_t week_count);

#endif
