/*
 * kernel/stats/watch.h: early warning on a rep's weekly figures against the rep's own expectation,
 * with the number of false alarms fixed first. Weeks off are left out, not counted as bad.
 */
#ifndef COX_KERNEL_STATS_WATCH_H
#define COX_KERNEL_STATS_WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Caller's arrays, a week each, oldest first. */
struct cox_watch_series {
    size_t week_count;
    const int64_t *attempts; /* NULL: events are a count (Poisson), not successes of attempts */
    const int64_t *events;
    /* Own expected rate (0..1, with attempts) or mean of that week, season in it; NaN or, with
     * attempts, 0 attempts: the week does not count. */
    const double *expected;
    /*
     * How much weeks vary beyond chance, 0: not. With attempts: correlation between attempts of a
     * week, 1 / (precision + 1) of a beta-binomial; else 1 / shape of a gamma-Poisson.
     */
    double dispersion;
};

enum cox_watch_method { COX_WATCH_CUSUM, COX_WATCH_EWMA };

struct cox_watch_opt {
    enum cox_watch_method method;
    double
        ratio; /* CUSUM: the change to find, as a share of expected; below 1 a drop; 0 takes .6 */
    double limit;  /* alarm at; 0 takes 4.5 (CUSUM) or 2.75 sd (EWMA) */
    double weight; /* EWMA: of the newest week; 0 takes .2 */
    bool rises;    /* EWMA: watch for rises instead of drops */
};

struct cox_watch_reading {
    bool silent; /* fewer than 8 weeks, or 30 attempts (or expected events): nothing is said */
    bool alarm;  /* now */
    int64_t first_week; /* of the first alarm; -1: none */
    int64_t
        since_week; /* CUSUM: since when the change is likeliest to have been; -1: no sign of one */
    double statistic; /* now: log-likelihood ratio, or sd below (above) expected */
    double
        p_value; /* EWMA: of the statistic now, one-sided; CUSUM: exp(-statistic), a bound for one look */
    size_t week_count;         /* that counted */
    int64_t trial_count;       /* attempts, or events where there are none */
    double observed, expected; /* events of the weeks since since_week (EWMA: of all) */
};

/*
 * Follows a series to its end. Errors: COX_INVALID names "attempts", "events", "expected" and the week,
 * or the option out of range.
 * Source: E. Page, "Continuous inspection schemes", Biometrika 1954; S. Roberts, Technometrics 1959.
 */
enum cox_rc cox_watch_read(const struct cox_watch_series *series, const struct cox_watch_opt *opt,
    struct cox_watch_reading *ret_reading, struct cox_err *reterr) COX_NODISCARD;

/*
 * Chance that a healthy rep with the same attempts (1..500) and rate every week is alarmed by the
 * CUSUM within weeks: the false alarm budget. Markov chain on 256 steps of the statistic; absolute
 * error below .005. No dispersion. known: trials that the rate was learnt from (kernel/stats/expect.h): the true
 * rate then lies about it, logit-normal, and the chance is the mean over that; INFINITY: it is the true one.
 * NaN for arguments out of range.
 * Source: D. Brook, D. Evans, "An approach to the probability distribution of CUSUM run length",
 * Biometrika 1972.
 */
double cox_watch_alarm_prob(int64_t attempts, double rate, double known, double ratio, double limit,
    size_t weeks);

/* The limit at which that chance is budget. Errors: COX_INVALID names the argument. */
enum cox_rc cox_watch_limit(int64_t attempts, double rate, double known, double ratio, size_t weeks,
    double budget, double *ret_limit, struct cox_err *reterr) COX_NODISCARD;

/* What the figures themselves say of why; the first that holds. */
enum cox_watch_cause {
    COX_WATCH_NO_CAUSE, /* no alarm */
    COX_WATCH_TEAM,     /* the others fell at the same time */
    COX_WATCH_ABSENCE,  /* it began with the return from weeks that did not count */
    COX_WATCH_EFFORT,   /* attempts fell too */
    COX_WATCH_THIN,     /* more attempts, and fewer of them come through */
    COX_WATCH_RATE,     /* the same effort, fewer come through */
    COX_WATCH_NUMBER,   /* only a count is known */
    COX_WATCH_CAUSE_COUNT,
};

struct cox_watch_finding {
    enum cox_watch_cause cause;
    double attempts_before, attempts_since; /* a week, on weeks that count; NaN where not known */
    double team_ratio; /* the others' events over expected since then; NaN without others */
};

/*
 * Reads the likely cause of an alarm off all series of the team (reading[i] belongs to series[i]). Weeks of
 * all series are the same. The others fell: two thirds of them under .9
 * of expected, and together by two standard errors.
 */
struct cox_watch_finding cox_watch_explain(const struct cox_watch_series *series,
    const struct cox_watch_reading *reading, size_t count, size_t which);

/* A sentence on the cause, and the one question to ask; "" without alarm. */
const char *cox_watch_cause_text(enum cox_watch_cause cause);
const char *cox_watch_question(enum cox_watch_cause cause);

/*
 * Benjamini-Hochberg across a team: which of count p-values stand out, with at most a share q of false
 * ones among them on average. scratch has 2 * count elements. NaN is never chosen. Returns how many.
 * Source: Y. Benjamini, Y. Hochberg, JRSS B 1995.
 */
size_t cox_watch_stand_out(const double *p_value, size_t count, double q, bool *ret_chosen,
    double *scratch);

#endif
