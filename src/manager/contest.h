/*
 * manager/contest.h: contests: who takes part, what is measured from when to when, what decides, what there
 * is to win. The standing is computed from the deals (contest_read.h); at the end it is written down as
 * results, under a pin, and no later edit of a deal changes them.
 */
#ifndef COX_MANAGER_CONTEST_H
#define COX_MANAGER_CONTEST_H

#include "record/feature.h"

enum cox_contest_state { COX_CONTEST_PLANNED, COX_CONTEST_RUNNING, COX_CONTEST_ENDED };
enum cox_contest_among { COX_AMONG_PEOPLE, COX_AMONG_TEAMS };
extern const struct cox_choice cox_among_choices[];

/* At most so many days, so that the course can be followed by the day. */
enum { COX_CONTEST_DAYS_MAX = 398, COX_CONTEST_GRACE_MAX = 14 };

enum {
    COX_CONTEST_NAME,
    COX_CONTEST_OWNER,
    COX_CONTEST_MEASURE,
    COX_CONTEST_FROM_DAY,
    COX_CONTEST_TO_DAY,
    COX_CONTEST_AMONG,
    COX_CONTEST_RULE,
    COX_CONTEST_TARGET,
    COX_CONTEST_TIE,
    COX_CONTEST_BASE_MIN,
    COX_CONTEST_GRACE_DAYS,
    COX_CONTEST_PRIZE,
    COX_CONTEST_TEXT,
    COX_CONTEST_IS_OPEN,
    COX_CONTEST_STATE,
    COX_CONTEST_FROZEN_DAY,
    COX_CONTEST_PIN_SEQ,
    COX_CONTEST_FIELD_COUNT
};

struct cox_contest {
    struct cox_head head;
    struct cox_text name;
    int64_t owner;
    struct cox_text measure;  /* cox_sales_measures' name */
    int64_t from_day, to_day; /* to_day: first day after */
    int64_t among, rule;      /* enum cox_contest_among, cox_contest_rule */
    double target;            /* money in major units, shares 0..1; NaN: none */
    int64_t tie, base_min;
    int64_t grace_days; /* for entering late what happened in time */
    struct cox_text prize, text;
    int64_t is_open, state;
    int64_t frozen_day, pin_seq; /* pin_seq: what was known when the results were written */
};
extern const struct cox_entity cox_contest;

enum {
    COX_CONTEST_ENTRY_CONTEST,
    COX_CONTEST_ENTRY_USER,
    COX_CONTEST_ENTRY_TEAM,
    COX_CONTEST_ENTRY_FIELD_COUNT
};

struct cox_contest_entry {
    struct cox_head head;
    int64_t contest, user, team; /* one of the two */
};
extern const struct cox_entity cox_contest_entry;

enum {
    COX_CONTEST_RESULT_CONTEST,
    COX_CONTEST_RESULT_USER,
    COX_CONTEST_RESULT_TEAM,
    COX_CONTEST_RESULT_PLACE,
    COX_CONTEST_RESULT_IS_WINNER,
    COX_CONTEST_RESULT_VALUE,
    COX_CONTEST_RESULT_PAST,
    COX_CONTEST_RESULT_BASE,
    COX_CONTEST_RESULT_REACHED_DAY,
    COX_CONTEST_RESULT_LOW,
    COX_CONTEST_RESULT_HIGH,
    COX_CONTEST_RESULT_FIELD_COUNT
};

struct cox_contest_result {
    struct cox_head head;
    int64_t contest, user, team, place, is_winner; /* place COX_NULL: not ranked */
    double value, past;
    int64_t base, reached_day;
    double low, high;
};
extern const struct cox_entity cox_contest_result;

/* What the days say: PLANNED before from_day; ENDED once results are written; RUNNING between. */
enum cox_contest_state cox_contest_state_on(const struct cox_contest *contest, int64_t day);

/* Is the one with this owner allowed to put these figures up: the own line's, or an executive's all? */
enum cox_rc cox_may_put_up(struct cox_call *call, int64_t owner, int64_t user, int64_t team,
    struct cox_err *reterr) COX_NODISCARD;

extern const struct cox_feature cox_feature_contests;

#endif
