/*
 * leader/coaching_plan.h: a series of sessions of two people towards one thing: 1:1s, and coaching on deals, on calls and
 * in the field, planned and held. A session or a 1:1 names the plan it is part of; nothing is kept twice.
 */
#ifndef COX_LEADER_COACHING_PLAN_H
#define COX_LEADER_COACHING_PLAN_H

#include "record/feature.h"

enum {
    COX_COACHING_PLAN_AUTHOR,
    COX_COACHING_PLAN_OTHER,
    COX_COACHING_PLAN_COACH,
    COX_COACHING_PLAN_GOAL,
    COX_COACHING_PLAN_SKILL,
    COX_COACHING_PLAN_FROM_DAY,
    COX_COACHING_PLAN_TO_DAY,
    COX_COACHING_PLAN_STATE,
    COX_COACHING_PLAN_REASON,
    COX_COACHING_PLAN_FIELD_COUNT
};

struct cox_coaching_plan {
    struct cox_head head;
    int64_t author, other, coach; /* coach: which of the two */
    struct cox_text goal, skill;
    int64_t from_day, to_day, state; /* state: enum cox_plan_state of leader/coaching.h */
    struct cox_text reason;          /* why it was dropped */
};
extern const struct cox_entity cox_coaching_plan;

/* A session or 1:1 of these two people may name the plan id (COX_NULL: none): else COX_INVALID at field. */
enum cox_rc cox_coaching_plan_check(struct cox_call *call, int64_t id, int64_t one, int64_t two,
    const char *field, struct cox_err *reterr) COX_NODISCARD;

/* GET /coaching/plans/{id}: leader/coaching_series.c. */
struct cox_exchange;
enum cox_rc cox_coaching_series_get(struct cox_exchange *x, struct cox_err *reterr);

#endif
