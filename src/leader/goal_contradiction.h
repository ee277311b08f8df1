/* leader/goal_contradiction.h: what in the goals, and between goals and quotas, cannot be meant so. */
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
    COX_CONTRADICTION_COUNT
};
extern const char *const cox_contradiction_names[COX_CONTRADICTION_COUNT];

struct cox_contradiction {
    enum cox_contradiction_kind kind;
    size_t goal, other; /* positions; other SIZE_MAX: none */
    struct cox_text measure;
    double asks, against; /* NaN: no figures. Money in major units */
};

struct cox_contradictions {
    struct cox_contradiction *at;
    size_t count;
};

/* Of active goals; quotas are those the asker sees. */
enum cox_rc cox_contradictions_load(struct cox_call *call, struct cox_goals *goals,
    struct cox_contradictions *ret_found, struct cox_err *reterr) COX_NODISCARD;

#endif
