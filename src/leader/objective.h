/*
 * leader/objective.h: what people, teams and the company want to reach, as a tree; key results that say
 * how far it is, by hand or as a measure of the deals; check-ins. A goal is seen by its owner's line, by
 * those who take part, and by everybody when it is open.
 */
#ifndef COX_LEADER_OBJECTIVE_H
#define COX_LEADER_OBJECTIVE_H

#include "record/feature.h"

/* Who changes the goals of their line. */
#define COX_OBJECTIVE_LEADING                                                                      \
    (COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER) | COX_ROLE_BIT(COX_EXECUTIVE))

enum cox_objective_state {
    COX_OBJECTIVE_ACTIVE,
    COX_OBJECTIVE_REACHED,
    COX_OBJECTIVE_MISSED,
    COX_OBJECTIVE_DROPPED,
};

enum {
    COX_OBJECTIVE_NAME,
    COX_OBJECTIVE_TEXT,
    COX_OBJECTIVE_OWNER,
    COX_OBJECTIVE_TEAM,
    COX_OBJECTIVE_PARENT,
    COX_OBJECTIVE_PILLAR,
    COX_OBJECTIVE_FROM_DAY,
    COX_OBJECTIVE_TO_DAY,
    COX_OBJECTIVE_STATE,
    COX_OBJECTIVE_IS_OPEN,
    COX_OBJECTIVE_WEIGHT,
    COX_OBJECTIVE_REASON,
    COX_OBJECTIVE_FIELD_COUNT
};

struct cox_objective {
    struct cox_head head;
    struct cox_text name, text;
    int64_t owner, team, parent, pillar;
    int64_t from_day, to_day; /* to_day: first day after */
    int64_t state, is_open;
    int64_t weight;         /* in the parent's progress */
    struct cox_text reason; /* of dropping it */
};
extern const struct cox_entity cox_objective;

enum {
    COX_OBJECTIVE_MEMBER_OBJECTIVE,
    COX_OBJECTIVE_MEMBER_USER,
    COX_OBJECTIVE_MEMBER_PART,
    COX_OBJECTIVE_MEMBER_FIELD_COUNT
};

struct cox_objective_member {
    struct cox_head head;
    int64_t objective, user;
    struct cox_text part;
};
extern const struct cox_entity cox_objective_member;

enum cox_key_result_kind { COX_KEY_RESULT_MANUAL, COX_KEY_RESULT_MEASURE };
enum cox_key_result_whose { COX_WHOSE_OWNER, COX_WHOSE_LINE, COX_WHOSE_ALL };
enum cox_key_result_direction { COX_AT_LEAST, COX_AT_MOST };

enum {
    COX_KEY_RESULT_OBJECTIVE,
    COX_KEY_RESULT_NAME,
    COX_KEY_RESULT_KIND,
    COX_KEY_RESULT_MEASURE_NAME,
    COX_KEY_RESULT_WHOSE,
    COX_KEY_RESULT_DIRECTION,
    COX_KEY_RESULT_START,
    COX_KEY_RESULT_TARGET,
    COX_KEY_RESULT_UNIT,
    COX_KEY_RESULT_WEIGHT,
    COX_KEY_RESULT_FIELD_COUNT
};

struct cox_key_result {
    struct cox_head head;
    int64_t objective;
    struct cox_text name;
    int64_t kind;
    struct cox_text measure; /* cox_sales_measures' name */
    int64_t whose, direction;
    double start, target; /* money in major units of the company's currency, shares 0..1 */
    struct cox_text unit;
    int64_t weight;
};
extern const struct cox_entity cox_key_result;

enum {
    COX_CHECK_IN_KEY_RESULT,
    COX_CHECK_IN_VALUE,
    COX_CHECK_IN_CONFIDENCE,
    COX_CHECK_IN_TEXT,
    COX_CHECK_IN_DAY,
    COX_CHECK_IN_AUTHOR,
    COX_CHECK_IN_FIELD_COUNT
};

struct cox_check_in {
    struct cox_head head;
    int64_t key_result;
    double value;
    int64_t confidence; /* 0..10 */
    struct cox_text text;
    int64_t day, author;
};
extern const struct cox_entity cox_check_in;

extern const struct cox_feature cox_feature_goals;

#endif
