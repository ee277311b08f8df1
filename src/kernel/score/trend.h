/*
 * kernel/score/trend.h: months of many people beside each other: what each month would be had nothing changed
 * for the person, and how far chance alone takes it. Pure; the caller owns every array.
 *
 * A panel is row_count people (or teams) by month_count months, cell [row * month_count + month].
 */
#ifndef COX_KERNEL_SCORE_TREND_H
#define COX_KERNEL_SCORE_TREND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    COX_SCORE_MONTHS_MIN = 6,  /* fewer months of somebody say nothing */
    COX_SCORE_EVENTS_MIN = 10, /* nor do fewer events in all of them */
    COX_SCORE_TRIALS_MIN = 20, /* nor fewer trials of a rate */
    COX_SCORE_SEASON_ROWS = 5, /* fewer people make no season of the company's */
    COX_SCORE_RAMP_MONTHS = 24,
};

struct cox_score_panel {
    size_t row_count, month_count;
    const int64_t *count;  /* events, of rates the successes */
    const int64_t *trials; /* of rates; NULL: events are counted */
    /* How much of the month was worked, 0..1 for a person (a newcomer's ramp in it), more for a team; 0: not
     * there, and the cell is left out. */
    const double *weight;
};

struct cox_score_point {
    double expected; /* in events; of rates in successes. NaN: too little to say */
    double low,
        high; /* natural limits, between whole numbers: chance alone leaves them in less than 27 of
                         10,000 months, as 3 sigma do */
    double p_value; /* of a month as far off by chance, two-sided; NaN where nothing is tested */
};

/* The last months together, beside all of the row's. */
struct cox_score_recent {
    int64_t observed;
    double expected, p_value; /* NaN: too little to say */
};

struct cox_score_trend {
    struct cox_score_point *points;   /* a cell each */
    struct cox_score_recent *recents; /* a row each; NULL: not asked */
    size_t recent_count;              /* months that are recent */
    /*
     * How much months vary beyond chance, found by moments (Pearson's X2 = its degrees of freedom), at least 0. Of
     * counts the squared variation of a month's level (variance mean + spread * mean^2), of rates the correlation of
     * a month's trials.
     */
    double spread;
};

/* Doubles of workspace for cox_score_trend. */
size_t cox_score_workspace_count(size_t row_count, size_t month_count);

/*
 * Counts: expected of a cell is own level x the company's month x weight (quasi-independence, by iterative
 * proportional fitting), so that a season or a common bad month is nobody's signal; with fewer than
 * COX_SCORE_SEASON_ROWS rows there is no company's month. Given the row's sum a cell is binomial, or with spread
 * beta-binomial.
 *
 * Rates: the chance of a row's month is the row's own, shifted (in log odds) by the company's month where
 * COX_SCORE_SEASON_ROWS rows have 30 trials in it; a cell is binomial or beta-binomial likewise: a p chart.
 *
 * Rows with fewer months or events than the least above get NaN.
 * Errors: COX_INVALID names "count", "trials" or "weight" and its cell.
 * Sources: W. Shewhart, "Economic Control of Quality", 1931; D. Spiegelhalter, "Handling over-dispersion of
 * performance indicators", Qual Saf Health Care 2005; W. Deming, F. Stephan, Ann Math Stat 1940 (the fitting).
 */
enum cox_rc cox_score_trend(const struct cox_score_panel *panel, struct cox_score_trend *trend,
    double *workspace, struct cox_err *reterr) COX_NODISCARD;

/*
 * Natural limits of single values, which have no counting law (sums of money, mean days): mean and 2.66 mean
 * moving ranges either way. NaN values are months without any; fewer than COX_SCORE_MONTHS_MIN say nothing
 * (false, limits untouched). Values under 0 cannot be: low is at least 0.
 * Source: D. Wheeler, "Understanding Variation", 1993 (XmR).
 */
struct cox_score_limits {
    double mean, low, high;
};
bool cox_score_single(const double *value, size_t count, struct cox_score_limits *ret_limits);

/* ---- the first months ---- */

struct cox_score_ramp {
    size_t month_count;                  /* measured months; 0: too few newcomers to say */
    double share[COX_SCORE_RAMP_MONTHS]; /* of what the others make in a month; rising, at most 1 */
    size_t people[COX_SCORE_RAMP_MONTHS];
};

/*
 * How much newcomers bring month by month since they were hired, over what people beyond COX_SCORE_RAMP_MONTHS / 2
 * months bring in the same months; made rising by pooling neighbours. since[cell]: whole months since hiring, < 0:
 * not known. Months from the first on with at least 5 newcomers each are measured, at most half of
 * COX_SCORE_RAMP_MONTHS; fewer than 3 of them: none. The panel is of counts; weights have no ramp in them.
 * Source: M. Ayer et al., Ann Math Stat 1955 (pooling adjacent violators).
 */
enum cox_rc cox_score_ramp(const struct cox_score_panel *panel, const int32_t *since,
    struct cox_score_ramp *ret_ramp, struct cox_err *reterr) COX_NODISCARD;

/* The share of month since hiring; 1 past the measured ones and where since < 0. */
double cox_score_ramp_share(const struct cox_score_ramp *ramp, int32_t since);

/*
 * What a row brought over what its months would bring by the company's mean (ramp and season in it):
 * ratio, with a 95 % interval by Byar's approximation, widened by spread (of cox_score_trend). NaN without an
 * expectation.
 * Source: N. Breslow, N. Day, "Statistical Methods in Cancer Research", vol. 2, IARC 1987.
 */
struct cox_score_pace {
    int64_t observed;
    double expected, ratio, low, high;
};
enum cox_rc cox_score_pace(const struct cox_score_panel *panel, double spread,
    struct cox_score_pace *ret_paces, struct cox_err *reterr) COX_NODISCARD;

#endif
