/* kernel/stats/expect.c: own rates and the team's season, each from the other in turn. */
#include "kernel/stats/expect.h"

#include <math.h>

enum { ROUNDS = 6 };

static const double pull_attempts = 20, pull_weeks = 2, pull_events = 20, rate_most = 0.98;

/* Carved out of the workspace. */
struct state {
    const struct cox_expect_team *team;
    double *rate;            /* by rep */
    double *factor;          /* by week */
    double *observed, *mean; /* by stretch: events, and what own rates alone would expect */
    double *season_observed, *season_mean; /* by season: sums of its stretches */
    size_t *stretch;                       /* by week: runs of weeks of one season, numbered */
    size_t *baseline_end;                  /* by rep: first week that is watched */
    size_t stretch_count;
};

size_t cox_expect_workspace_size(const struct cox_expect_team *team)
{
    return (team->rep_count + 3 * team->week_count + 2 * team->season_count) * sizeof(double) +
           (team->week_count + team->rep_count) * sizeof(size_t) + sizeof(double);
}

static void carve(const struct cox_expect_team *team, void *workspace, struct state *state)
{
    double *at = workspace;

    *state = (struct state){.team = team, .rate = at};
    at += team->rep_count;
    state->factor = at;
    at += team->week_count;
    state->observed = at;
    at += team->week_count;
    state->mean = at;
    at += team->week_count;
    state->season_observed = at;
    at += team->season_count;
    state->season_mean = at;
    at += team->season_count;
    state->stretch = (size_t *)(void *)at;
    state->baseline_end = state->stretch + team->week_count;
}

static enum cox_rc check_week(const struct cox_expect_team *team, size_t at, size_t week,
    struct cox_err *reterr)
{
    bool is_rate = team->attempts != NULL;

    if (!(team->worked[at] >= 0 && team->worked[at] <= 1)) {
        return cox_fail_at(reterr, COX_INVALID, "worked", (int64_t)week + 1, "outside 0 to 1");
    }
    if (is_rate && team->attempts[at] < 0) {
        return cox_fail_at(reterr, COX_INVALID, "attempts", (int64_t)week + 1, "below 0");
    }
    if (team->events[at] < 0 || (is_rate && team->events[at] > team->attempts[at])) {
        return cox_fail_at(reterr, COX_INVALID, "events", (int64_t)week + 1,
            "below 0, or more than attempts");
    }
    return COX_OK;
}

static enum cox_rc check(const struct cox_expect_team *team, struct cox_err *reterr)
{
    if (team->baseline_weeks < 8 || team->baseline_weeks > 1000) {
        return cox_fail_at(reterr, COX_INVALID, "baseline", 0, "is 8 to 1000 weeks");
    }
    for (size_t week = 0; team->season != NULL && week < team->week_count; week++) {
        if (team->season[week] < 0 || (size_t)team->season[week] >= team->season_count) {
            return cox_fail_at(reterr, COX_INVALID, "season", (int64_t)week + 1, "no such season");
        }
    }
    for (size_t at = 0; at < team->rep_count * team->week_count; at++) {
        COX_TRY(check_week(team, at, at % team->week_count, reterr));
    }
    return COX_OK;
}

static double exposure(const struct cox_expect_team *team, size_t at)
{
    if (team->worked[at] <= 0) {
        return 0;
    }
    return team->attempts == NULL ? team->worked[at] : (double)team->attempts[at];
}

static void find_stretches(struct state *state)
{
    const struct cox_expect_team *team = state->team;

    state->stretch_count = 0;
    for (size_t week = 0; week < team->week_count; week++) {
        bool is_new =
            week == 0 || (team->season != NULL && team->season[week] != team->season[week - 1]);
        state->stretch_count += is_new ? 1 : 0;
        state->stretch[week] = state->stretch_count - 1;
        state->factor[week] = 1;
    }
    for (size_t rep = 0; rep < team->rep_count; rep++) {
        size_t week = 0;

        for (size_t seen = 0; week < team->week_count && seen < team->baseline_weeks; week++) {
            seen += exposure(team, rep * team->week_count + week) > 0 ? 1 : 0;
        }
        state->baseline_end[rep] = week;
    }
}

/* Rates by the season's factors as they stand. */
static void learn_rates(struct state *state, double *ret_known)
{
    const struct cox_expect_team *team = state->team;
    double pull = team->attempts == NULL ? pull_weeks : pull_attempts, events = 0, all = 0;

    for (int pass = 0; pass < 2; pass++) { /* first the team's rate, then each pulled to it */
        double common = all > 0 ? events / all : 0;

        for (size_t rep = 0; rep < team->rep_count; rep++) {
            double won = 0, tried = 0;
            for (size_t week = 0; week < state->baseline_end[rep]; week++) {
                size_t at = rep * team->week_count + week;
                double here = exposure(team, at) * state->factor[week];
                won += here > 0 ? (double)team->events[at] : 0;
                tried += here;
            }
            events += pass == 0 ? won : 0;
            all += pass == 0 ? tried : 0;
            state->rate[rep] = (won + pull * common) / (tried + pull);
            ret_known[rep] = tried + pull;
        }
    }
}

/* Factors by the rates as they stand; a week's own stretch says nothing about itself. */
static void learn_season(struct state *state)
{
    const struct cox_expect_team *team = state->team;

    for (size_t i = 0; i < team->season_count; i++) {
        state->season_observed[i] = state->season_mean[i] = 0;
    }
    for (size_t i = 0; i < state->stretch_count; i++) {
        state->observed[i] = state->mean[i] = 0;
    }
    for (size_t at = 0; at < team->rep_count * team->week_count; at++) {
        size_t week = at % team->week_count, stretch = state->stretch[week];
        double mean = exposure(team, at) * state->rate[at / team->week_count];

        state->observed[stretch] += mean > 0 ? (double)team->events[at] : 0;
        state->mean[stretch] += mean;
    }
    for (size_t week = 0; week < team->week_count; week++) {
        if (week == 0 || state->stretch[week] != state->stretch[week - 1]) {
            state->season_observed[team->season[week]] += state->observed[state->stretch[week]];
            state->season_mean[team->season[week]] += state->mean[state->stretch[week]];
        }
    }
    for (size_t week = 0; week < team->week_count; week++) {
        size_t stretch = state->stretch[week];
        double observed = state->season_observed[team->season[week]] - state->observed[stretch];
        double mean = state->season_mean[team->season[week]] - state->mean[stretch];

        state->factor[week] = mean > 0 ? (observed + pull_events) / (mean + pull_events) : 1;
    }
}

static void write_expected(const struct state *state, double *ret_expected)
{
    const struct cox_expect_team *team = state->team;

    for (size_t at = 0; at < team->rep_count * team->week_count; at++) {
        size_t rep = at / team->week_count, week = at % team->week_count;
        double rate = state->rate[rep] * state->factor[week];

        if (week < state->baseline_end[rep] || exposure(team, at) <= 0 || rate <= 0) {
            ret_expected[at] = (double)NAN;
        } else {
            ret_expected[at] =
                team->attempts == NULL ? rate * team->worked[at] : fmin(rate, rate_most);
        }
    }
}

enum cox_rc cox_expect_learn(const struct cox_expect_team *team, double *ret_expected,
    double *ret_known, double *ret_factor, void *workspace, struct cox_err *reterr)
{
    struct state state;

    COX_TRY(check(team, reterr));
    carve(team, workspace, &state);
    find_stretches(&state);
    learn_rates(&state, ret_known);
    for (int round = 0; team->season != NULL && round < ROUNDS; round++) {
        learn_season(&state);
        learn_rates(&state, ret_known);
    }
    write_expected(&state, ret_expected);
    for (size_t week = 0; ret_factor != NULL && week < team->week_count; week++) {
        ret_factor[week] = state.factor[week];
    }
    return COX_OK;
}
