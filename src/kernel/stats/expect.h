/*
 * kernel/stats/expect.h: what a healthy week of a rep looks like, learnt from the rep's own first weeks, with the
 * season of the whole team in it and leave out of it. What cox_watch_read then compares with.
 */
#ifndef COX_KERNEL_STATS_EXPECT_H
#define COX_KERNEL_STATS_EXPECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Caller's arrays, [rep * week_count + week], oldest week first; all reps have the same weeks. */
struct cox_expect_team {
    size_t rep_count, week_count;
    const int64_t *attempts; /* NULL: events are counts, not successes of attempts */
    const int64_t *events;
    const double
        *worked; /* share of the week at work, 0..1; 0: away or no figure, does not count */
    /* By week, 0 .. season_count - 1 (month of the year, week of the quarter ...); NULL: no season. */
    const int32_t *season;
    size_t season_count;
    size_t baseline_weeks; /* that count, of each rep: the rest is watched */
};

/*
 * Own rate: events of the baseline over exposure (attempts, or weeks worked), pulled to the team's with 20 attempts
 * (2 weeks). Season: a factor on every rate, events over expected of the whole team in the other times the same
 * season was seen, pulled to 1 with 20 events; 1 while it has been seen once only, for then a season and
 * a slump look the same.
 * ret_expected: a rate (with attempts) or the mean of that week, NaN where the week does not count or
 * belongs to the baseline. ret_known (rep_count): exposure the own rate is known from, pull included.
 * ret_factor (week_count, may be NULL): the season's factor.
 * workspace: cox_expect_workspace_size bytes, aligned as for double.
 * Errors: COX_INVALID names "attempts", "events", "worked", "season" and the week (1-based), or "baseline".
 */
size_t cox_expect_workspace_size(const struct cox_expect_team *team);
enum cox_rc cox_expect_learn(const struct cox_expect_team *team, double *ret_expected,
    double *ret_known, double *ret_factor, void *workspace, struct cox_err *reterr) COX_NODISCARD;

#endif
