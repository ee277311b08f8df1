/*
 * leader/skill_estimate.h: where somebody stands in a skill, from several people's judgements, with how sure
 * that is. Never a number alone: an estimate, its standard error and an interval, and how many sources it has.
 *
 * Levels are 1 to 5. The true levels of people are taken as spread around the middle of the scale (mean 3,
 * sd 1). What one says is the truth and an error; all that one person says about another shares an error of its own,
 * so ten scores of one coach are far from ten sources. The estimate is the mean of sources and of the
 * middle of the scale, weighted by 1 / variance (Kelley's regressed true score; the best linear predictor):
 *     m = (3 / 1 + sum y_r / v_r) / (1 / 1 + sum 1 / v_r),   error = 1 / sqrt(1 / 1 + sum 1 / v_r)
 * with, of a rater r with k ratings of a level and n scores of scenes, y_r their mean weighted alike and
 *     v_r = RATER + 1 / (k / OCCASION + n / SCENE) + DRIFT * years since;   of oneself v = SELF + DRIFT * years.
 * RATER and OCCASION: one superior's rating agrees with another's by .52 and with itself by .86 (shares of
 * variance: truth .52, the rater .34, the occasion .14); to the occasion comes that levels are told as whole
 * numbers (1 / 12). TEST: a certificate that holds is one reading of the level it speaks for, with v = TEST + DRIFT * years;
 * tests of job knowledge agree by .48 with how well people do. SELF: what people say of themselves agrees with their superiors by .22 only. SCENE and
 * DRIFT are assumptions, not findings: a line of a rubric in one session is one scene (as much error as
 * people differ), and levels wander by half a level a year.
 * Sources: T. Kelley, "Interpretation of Educational Measurements", 1927; G. Robinson, "That BLUP is a good
 * thing", Statistical Science 1991; C. Viswesvaran, D. Ones, F. Schmidt, Journal of Applied Psychology 81, 1996
 * (.52; the .86 as it is usually quoted from there, not looked up); H. Heidemeier, K. Moser, Journal of Applied
 * Psychology 94, 2009 (.22); F. Schmidt, J. Hunter, Psychological Bulletin 124, 1998 (.48). That passing is a reading of just
 * the level written on the certificate is an assumption.
 */
#ifndef COX_LEADER_SKILL_ESTIMATE_H
#define COX_LEADER_SKILL_ESTIMATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define COX_SKILL_MEAN     3.0
#define COX_SKILL_SPREAD   1.0                         /* variance of true levels between people */
#define COX_SKILL_RATER    .654                        /* .34 / .52 */
#define COX_SKILL_ROUNDING (1 / 12.)                   /* levels are told as whole numbers */
#define COX_SKILL_OCCASION (.269 + COX_SKILL_ROUNDING) /* .14 / .52 */
#define COX_SKILL_SELF     9.76                        /* 1 / (.22^2 * (1 + .654 + .269)) - 1 */
#define COX_SKILL_SCENE    1.0
#define COX_SKILL_TEST     (3.34 + COX_SKILL_ROUNDING) /* 1 / .48^2 - 1 */
#define COX_SKILL_DRIFT    .25                         /* variance a year */
#define COX_SKILL_REACH    1.2816 /* normal: the interval holds the truth with chance .8 */

enum cox_skill_source {
    COX_SKILL_BY_SELF,
    COX_SKILL_BY_MANAGER,
    COX_SKILL_BY_SCENE,
    COX_SKILL_BY_CERTIFICATE, /* nobody's word: rater is a number of its own, below 0 */
    COX_SKILL_SOURCE_COUNT
};

struct cox_skill_saying {
    int64_t rater;
    enum cox_skill_source source;
    double level;
    double years; /* ago, >= 0 */
};

struct cox_skill_estimate {
    size_t count[COX_SKILL_SOURCE_COUNT]; /* sayings */
    size_t rater_count;                   /* people, oneself included; no certificates */
    double estimate, error;               /* NaN without any saying */
    double low, high;                     /* 80 %, within 1 and 5 */
};

/* What an expected level is to an estimate. */
enum cox_skill_gap {
    COX_SKILL_UNSEEN,  /* nobody has said anything */
    COX_SKILL_BELOW,   /* the whole interval is below it */
    COX_SKILL_OPEN,    /* the interval holds it: cannot be told */
    COX_SKILL_REACHED, /* the whole interval is at it or above */
};

/*
 * sayings of one person and skill; of one rater's ratings by source SELF or MANAGER only the newest
 * is to be given. Their order does not matter. Cost: O(count^2), allocates nothing.
 * Checks: closed forms for one source; planted truth (tests/unit/test_talent.c).
 */
void cox_skill_judge(const struct cox_skill_saying *sayings, size_t count,
    struct cox_skill_estimate *ret_estimate);

enum cox_skill_gap cox_skill_gap_of(const struct cox_skill_estimate *estimate, double level);

#endif
