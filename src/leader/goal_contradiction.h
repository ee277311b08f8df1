/* leader/goal_contradiction.h: what in the goals, and between goals, quotas and pay plans, cannot be meant so. */
#ifndef COX_LEADER_GOAL_CONTRADICTION_H
#define COX_LEADER_GOAL_CONTRADICTION_H

#include "leader/goals.h"

enum cox_contradiction_kind {
    COX_UNDER_QUOTA,     /* reaching the goal still misses the quota of the same person and days */
    COX_OVER_QUOTA,      /* the goal asks for over a quarter more than the quota pays for */
    COX_CHILDREN_SHORT,  /* all goals below together do not make up the one above */
    COX_OUT_OF_SPAN,     /* it ends after, or begins before, the goal it serves */
    COX_OTHER_DIRECTION, /* one wants more of what the other wants less of */
    COX_NOTHING_MEASURED,
    COX_PAY_OTHER_DIRECTION, /* the owner's pay depends on less of what the goal wants more of, or the reverse */
    COX_GOAL_UNPAID,  /* the owner's pay depends on nothing that the goal measures */
    COX_QUOTA_UNPAID, /* nor on what the owner has a quota of in the goal's days */
    COX_CONTRADICTION_COUNT
};
extern const char *const cox_contradiction_names[COX_CONTRADICTION_COUNT];

struct cox_contradiction {
    enum cox_contradiction_kind kind;
    size_t goal, other; /* positions; other SIZE_MAX: none */
    struct cox_text measure;
    double asks, against;          /* NaN: no figures. Money in major units */
    int64_t pay_plan;              /* 0: it is about none */
    struct cox_text pay_plan_name; /* in the goals' arena */
    const char *label;             /* of the measure, or of what a quota counts; NULL */
};

struct cox_contradictions {
    struct cox_contradiction *at;
    size_t count;
};

/* Of active goals; quotas and pay plans are those the asker sees, while their features are on. */
enum cox_rc cox_contradictions_load(struct cox_call *call, struct cox_goals *goals,
    struct cox_contradictions *ret_found, struct cox_err *reterr) COX_NODISCARD;

/* For goal_contradiction.c alone: what is said against quotas and pay plans. */
void cox_contradiction_add(struct cox_contradictions *found, const struct cox_contradiction *one);
enum cox_rc cox_contradictions_with_pay(struct cox_call *call, struct cox_goals *goals,
    struct cox_contradictions *found, struct cox_err *reterr) COX_NODISCARD;

#endif
