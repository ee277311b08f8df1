/*
 * manager/alert_watch.h: what one person watches, looked at for the newest week: the budget of false alarms split
 * over all that can say anything, a CUSUM of each, and what is to be told.
 */
#ifndef COX_MANAGER_ALERT_WATCH_H
#define COX_MANAGER_ALERT_WATCH_H

#include "manager/alert.h"
#include "manager/alert_series.h"

/* No figure takes more of the budget than this a quarter, however few are watched. */
#define COX_ALERT_SHARE_MAX 0.1
enum { COX_ALERT_QUARTER_WEEKS = 13 };

struct cox_alert_watched { /* a figure of a rule */
    size_t rule;           /* position in the caller's rules */
    const struct cox_alert_figures *figures;
    const struct cox_alert_series *series;
    size_t from; /* first week that is looked at: after the last alert of it */
    /* By cox_alert_look. */
    bool is_quiet; /* too thin to say anything */
    double limit;
    struct cox_watch_reading reading; /* weeks count from `from` */
    enum cox_watch_cause cause;
};

/*
 * Looks at all that one person watches. is_rise: by rule. budget: false alarms a quarter. Reads nothing; the
 * limit of a figure follows from its own past alone, so that looking again says the same.
 * Errors: memory.
 */
enum cox_rc cox_alert_look(struct cox_alert_watched *watched, size_t count, const bool *is_rise,
    double budget, struct cox_arena *arena, struct cox_err *reterr) COX_NODISCARD;

/*
 * 90 % interval of observed / expected: of a count by Byar's approximation to the exact Poisson bounds; of a rate
 * (trials > 0) by Wilson's score. dispersion widens it, as in struct cox_watch_series.
 * Source: N. Breslow, N. Day, "Statistical methods in cancer research", vol. 2, 1987; E. Wilson, JASA 1927.
 */
void cox_alert_interval(double observed, double expected, double trials, double variance_ratio,
    double *ret_low, double *ret_high);

#endif
