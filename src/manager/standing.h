/*
 * manager/standing.h: who stands where by a measure: the order of a contest or a leaderboard. Pure: figures
 * in, places out. Where the measure is a rate, places that chance alone may have made are one place.
 */
#ifndef COX_MANAGER_STANDING_H
#define COX_MANAGER_STANDING_H

#include "base/arena.h"
#include "base/err.h"

enum cox_contest_rule {
    COX_CONTEST_MOST,     /* the best figure */
    COX_CONTEST_FIRST,    /* to reach the target, by the day */
    COX_CONTEST_IMPROVED, /* against the own span of the same length before */
    COX_CONTEST_ALL,      /* who reaches the target has won */
};

enum cox_contest_tie {
    COX_TIE_SHARED,  /* they share the place */
    COX_TIE_EARLIER, /* whoever had the figure on an earlier day */
    COX_TIE_BASE,    /* whoever has more deals behind it */
};

struct cox_standing_line {
    int64_t id; /* user or team */
    /* Figures, by the caller. value and past: money in major units; NaN: nothing to measure. */
    double value, past;
    int64_t base, past_base; /* deals behind them */
    int64_t events, trials;  /* of a rate of counts; trials -1: the measure is none */
    int64_t reached_day;     /* on which the target was reached; COX_NULL: not yet */
    int64_t last_day;        /* since which value has been what it is; COX_NULL: not known */
    /* Places, by cox_standing_rank. */
    double score;            /* what is compared: value, change, or the shrunk rate */
    double low, high, error; /* of a rate: 80 % interval and error of the shrunk rate; NaN else */
    int64_t place;           /* from 1 on, without gaps for who is not here; 0: not ranked */
    bool is_tied, is_winner;
};

struct cox_standing_opt {
    enum cox_contest_rule rule;
    enum cox_contest_tie tie;
    bool low_is_best; /* days to win, deals lost */
    double target;    /* FIRST, ALL */
    int64_t
        base_min;  /* fewer deals than this (IMPROVED: on either side): not ranked; 0 counts as 1 */
    bool is_share; /* IMPROVED: change in points, else as a share of the past */
};

/*
 * Fills the places and sorts the lines: by place, those without one last, by id among equals.
 *
 * Equal figures share a place (1, 1, 3) unless the tie rule parts them. Rates (all trials >= 0, rule MOST) are
 * pooled: each is drawn towards the mean of all by as much as chance explains; whoever lies within
 * 1.28 standard errors of the difference below the first of a group belongs to the group; fewer than
 * three rates are compared unpooled. IMPROVED ranks the change, which for who began low is partly chance.
 * Winners are place 1 of MOST and IMPROVED (with a change for the better), place 1 of FIRST, and all who pass of ALL.
 * Errors: memory of the arena only.
 */
enum cox_rc cox_standing_rank(struct cox_standing_line *lines, size_t count,
    const struct cox_standing_opt *opt, struct cox_arena *arena,
    struct cox_err *reterr) COX_NODISCARD;

#endif
