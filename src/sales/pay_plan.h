/*
 * sales/pay_plan.h: what pay depends on, by role and span of days: measures and their weights. No amounts, and nobody's
 * name: everybody reads it. Goals are held against it (leader/goal_contradiction.h).
 */
#ifndef COX_SALES_PAY_PLAN_H
#define COX_SALES_PAY_PLAN_H

#include "record/feature.h"

enum {
    COX_PAY_PLAN_NAME,
    COX_PAY_PLAN_ROLE,
    COX_PAY_PLAN_TEAM,
    COX_PAY_PLAN_FROM_DAY,
    COX_PAY_PLAN_TO_DAY,
    COX_PAY_PLAN_TEXT,
    COX_PAY_PLAN_FIELD_COUNT
};

struct cox_pay_plan {
    struct cox_head head;
    struct cox_text name;
    int64_t role; /* enum cox_role */
    int64_t team; /* COX_NULL: of everybody with the role whose team has no plan of its own */
    int64_t from_day, to_day;
    struct cox_text text;
};
extern const struct cox_entity cox_pay_plan;

enum cox_pay_direction { COX_PAY_MORE, COX_PAY_LESS };

enum {
    COX_PAY_PART_PLAN,
    COX_PAY_PART_MEASURE,
    COX_PAY_PART_WEIGHT,
    COX_PAY_PART_DIRECTION,
    COX_PAY_PART_FIELD_COUNT
};

struct cox_pay_part {
    struct cox_head head;
    int64_t plan;
    struct cox_text measure; /* cox_sales_measures' name */
    int64_t weight;          /* percent of the variable pay; at most 100 in a plan */
    int64_t direction;       /* enum cox_pay_direction: what pays */
};
extern const struct cox_entity cox_pay_part;

extern const struct cox_feature cox_feature_pay_plans;

#endif
