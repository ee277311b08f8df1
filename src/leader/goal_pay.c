/*
 * leader/goal_pay.c: goals against what their owners are measured and paid by: quotas of the same days, and the pay plan
 * of the owner's role and team. Two measures are of the same thing when they count the same sums: won, and attainment
 * of its quota, are.
 */
#include "leader/goal_contradiction.h"
#include "org/actor.h"
#include "org/people.h"
#include "record/query.h"
#include "record/switches.h"
#include "sales/activity.h"
#include "sales/pay_plan.h"
#include "sales/quota.h"

enum { PLANS_MAX = 500, PARTS_MAX = 4000 };
static const double OVER_QUOTA = 1.25;

struct plan {
    int64_t id, role, team, from_day, to_day;
    struct cox_text name;
};

struct part {
    int64_t plan, direction;
    uint64_t counts;
};

struct pay {
    struct cox_call *call;
    struct cox_goals *goals;
    struct cox_contradictions *found;
    bool has_quotas, has_plans;
    struct plan *plans;
    size_t plan_count;
    struct part *parts;
    size_t part_count;
    /* Of the goal being judged: */
    size_t goal;
    unsigned roles;
    int64_t teams[8];
    size_t team_count;
    int64_t quotas[COX_MEASURE_COUNT]; /* own, within its days; 0: none */
};

/* ---- what counts ---- */

/* Who sells alone has the credit of it all: both are what was won. */
static uint64_t as_won(uint64_t sums)
{
    return sums == COX_SUM_BIT(COX_SUM_CREDIT) ? COX_SUM_BIT(COX_SUM_WON) : sums;
}

static uint64_t counts_of(struct cox_text name)
{
    const struct cox_sales_measure *measure = cox_sales_measure_find(name);

    return measure == NULL ? 0 : as_won(cox_measure_uses(measure) & ~COX_SUMS_OF_QUOTAS);
}

static uint64_t counts_of_quota(enum cox_measure measure)
{
    static const enum cox_measure_sum sums[COX_MEASURE_COUNT] = {
        [COX_MEASURE_REVENUE] = COX_SUM_WON,
        [COX_MEASURE_DEALS] = COX_SUM_WON_COUNT,
        [COX_MEASURE_CREATED] = COX_SUM_CREATED_COUNT,
        [COX_MEASURE_MEETINGS] = COX_SUM_ACTIVITY + COX_ACTIVITY_MEETING,
        [COX_MEASURE_CALLS] = COX_SUM_ACTIVITY + COX_ACTIVITY_CALL,
    };

    return COX_SUM_BIT(sums[measure]);
}

/* ---- pay plans ---- */

static enum cox_rc note_plan(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct pay *pay = ctx;
    struct cox_pay_plan plan;

    cox_row_unpack(row, &plan);
    if (pay->plan_count < PLANS_MAX) {
        pay->plans[pay->plan_count++] = (struct plan){row->id, plan.role, plan.team, plan.from_day,
            plan.to_day, cox_arena_text(pay->goals->arena, plan.name)};
    }
    return pay->plan_count > 0 && pay->plans[pay->plan_count - 1].name.ptr == NULL
               ? cox_no_memory(reterr)
               : COX_OK;
}

static enum cox_rc note_part(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct pay *pay = ctx;

    (void)reterr; /* nothing can fail */
    if (pay->part_count < PARTS_MAX) {
        pay->parts[pay->part_count++] = (struct part){cox_row_int(row, COX_PAY_PART_PLAN),
            cox_row_int(row, COX_PAY_PART_DIRECTION),
            counts_of(cox_row_text(row, COX_PAY_PART_MEASURE))};
    }
    return COX_OK;
}

static enum cox_rc load_plans(struct pay *pay, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(pay->call);

    pay->plans = COX_NEW_ARRAY(arena, PLANS_MAX, struct plan);
    pay->parts = COX_NEW_ARRAY(arena, PARTS_MAX, struct part);
    if (pay->plans == NULL || pay->parts == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_each(pay->call, &cox_pay_plan, NULL, note_plan, pay, reterr));
    return cox_each(pay->call, &cox_pay_part, NULL, note_part, pay, reterr);
}

static bool is_of_team(const struct pay *pay, int64_t team)
{
    for (size_t i = 0; i < pay->team_count; i++) {
        if (pay->teams[i] == team) {
            return true;
        }
    }
    return false;
}

static bool holds(const struct pay *pay, const struct plan *plan, bool of_team)
{
    const struct cox_objective *goal = &pay->goals->goals[pay->goal].row;

    return (pay->roles & COX_ROLE_BIT((unsigned)plan->role)) != 0 &&
           plan->from_day < goal->to_day && plan->to_day > goal->from_day &&
           (of_team ? plan->team != COX_NULL && is_of_team(pay, plan->team)
                    : plan->team == COX_NULL);
}

/* The plan that pays the goal's owner in its days: the team's own, else the role's; the newest. NULL: none. */
static const struct plan *plan_of(const struct pay *pay)
{
    for (int of_team = 1; of_team >= 0; of_team--) {
        const struct plan *found = NULL;

        for (size_t i = 0; i < pay->plan_count; i++) {
            if (holds(pay, &pay->plans[i], of_team == 1) &&
                (found == NULL || pay->plans[i].from_day >= found->from_day)) {
                found = &pay->plans[i];
            }
        }
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

/* The part of a plan that counts this; NULL: it pays nothing for it. */
static const struct part *part_of(const struct pay *pay, const struct plan *plan, uint64_t counts)
{
    for (size_t i = 0; i < pay->part_count; i++) {
        if (pay->parts[i].plan == plan->id && pay->parts[i].counts == counts && counts != 0) {
            return &pay->parts[i];
        }
    }
    return NULL;
}

/* ---- the owner ---- */

static enum cox_rc note_team(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct pay *pay = ctx;

    (void)reterr; /* nothing can fail */
    if (cox_days_hold(cox_row_int(row, COX_TEAM_MEMBER_FROM_DAY),
            cox_row_int(row, COX_TEAM_MEMBER_TO_DAY), pay->goals->day) &&
        pay->team_count < COX_COUNT(pay->teams)) {
        pay->teams[pay->team_count++] = cox_row_int(row, COX_TEAM_MEMBER_TEAM);
    }
    return COX_OK;
}

/* Own quotas of the goal's owner that lie within its days. */
static enum cox_rc note_quota(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct pay *pay = ctx;
    const struct cox_objective *goal = &pay->goals->goals[pay->goal].row;
    struct cox_quota quota;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &quota);
    if (quota.measure != COX_NULL && quota.team == COX_NULL && quota.from_day >= goal->from_day &&
        quota.to_day <= goal->to_day) {
        int64_t value = quota.measure == COX_MEASURE_REVENUE ? quota.amount : quota.count;

        pay->quotas[quota.measure] += value == COX_NULL ? 0 : value;
    }
    return COX_OK;
}

static enum cox_rc load_owner(struct pay *pay, struct cox_err *reterr)
{
    int64_t owner = pay->goals->goals[pay->goal].row.owner;
    const struct cox_filter_term of_quota = {COX_QUOTA_USER, "eq", cox_int(owner)};
    const struct cox_filter_term of_team = {COX_TEAM_MEMBER_USER, "eq", cox_int(owner)};
    const struct cox_filter *filter;
    struct cox_err gone = {0};
    struct cox_actor actor;

    memset(pay->quotas, 0, sizeof(pay->quotas));
    pay->team_count = 0;
    /* Somebody who has left is paid by no plan. */
    pay->roles = cox_actor_of_user(pay->call, owner, pay->goals->day, &actor, &gone) == COX_OK
                     ? actor.roles
                     : 0;
    if (pay->has_quotas) {
        COX_TRY(cox_filter_build(pay->call, &cox_quota, &of_quota, 1, &filter, reterr));
        COX_TRY(cox_each(pay->call, &cox_quota, filter, note_quota, pay, reterr));
    }
    if (pay->plan_count == 0) {
        return COX_OK;
    }
    COX_TRY(cox_filter_build(pay->call, &cox_team_member, &of_team, 1, &filter, reterr));
    return cox_each(pay->call, &cox_team_member, filter, note_team, pay, reterr);
}

/* ---- judging ---- */

static void judge_quota(struct pay *pay, const struct cox_goal_result *result)
{
    uint64_t counts = counts_of(result->row.measure);
    const struct cox_sales_measure *measure = cox_sales_measure_find(result->row.measure);
    bool of_money = counts == COX_SUM_BIT(COX_SUM_WON);
    double quota = of_money ? (double)pay->quotas[COX_MEASURE_REVENUE] / pay->goals->minor_per_unit
                            : (double)pay->quotas[COX_MEASURE_DEALS];

    if (measure == NULL || measure->value != NULL || result->row.whose != COX_WHOSE_OWNER ||
        result->row.direction != COX_AT_LEAST || !(quota > 0) ||
        (!of_money && counts != COX_SUM_BIT(COX_SUM_WON_COUNT))) {
        return;
    }
    if (result->row.target < quota || result->row.target > OVER_QUOTA * quota) {
        const struct cox_contradiction one = {.kind = result->row.target < quota ? COX_UNDER_QUOTA
                                                                                 : COX_OVER_QUOTA,
            .goal = result->goal,
            .other = SIZE_MAX,
            .measure = result->row.measure,
            .asks = result->row.target,
            .against = quota,
            .label = measure->label};

        cox_contradiction_add(pay->found, &one);
    }
}

static void add_pay(const struct pay *pay, enum cox_contradiction_kind kind,
    const struct plan *plan, struct cox_text measure, const char *label)
{
    const struct cox_contradiction one = {.kind = kind,
        .goal = pay->goal,
        .other = SIZE_MAX,
        .measure = measure,
        .asks = (double)NAN,
        .against = (double)NAN,
        .pay_plan = plan->id,
        .pay_plan_name = plan->name,
        .label = label};

    cox_contradiction_add(pay->found, &one);
}

/* Results that are told by hand are of nothing that a plan could name. */
static void judge_plan(const struct pay *pay, const struct plan *plan)
{
    size_t measured = 0, paid = 0;

    for (size_t i = 0; i < pay->goals->result_count; i++) {
        const struct cox_goal_result *result = &pay->goals->results[i];
        const struct cox_sales_measure *measure = cox_sales_measure_find(result->row.measure);
        const struct part *part;

        if (result->goal != pay->goal || measure == NULL || result->row.whose == COX_WHOSE_ALL) {
            continue;
        }
        measured++;
        part = part_of(pay, plan, counts_of(result->row.measure));
        paid += part != NULL;
        if (part != NULL &&
            (part->direction == COX_PAY_LESS) != (result->row.direction == COX_AT_MOST)) {
            add_pay(pay, COX_PAY_OTHER_DIRECTION, plan, result->row.measure, measure->label);
        }
    }
    if (measured > 0 && paid == 0) {
        add_pay(pay, COX_GOAL_UNPAID, plan, (struct cox_text){0}, NULL);
    }
}

/* A goal that measures nothing of its people can contradict nothing here. */
static bool is_measured(const struct pay *pay)
{
    for (size_t i = 0; i < pay->goals->result_count; i++) {
        const struct cox_goal_result *result = &pay->goals->results[i];

        if (result->goal == pay->goal && result->row.kind == COX_KEY_RESULT_MEASURE &&
            result->row.whose != COX_WHOSE_ALL) {
            return true;
        }
    }
    return false;
}

/* Once for each owner: with the first active goal in whose days the quota lies. */
static bool is_told(const struct pay *pay, const char *label)
{
    int64_t owner = pay->goals->goals[pay->goal].row.owner;

    for (size_t i = 0; i < pay->found->count; i++) {
        const struct cox_contradiction *one = &pay->found->at[i];

        if (one->kind == COX_QUOTA_UNPAID && one->label == label &&
            pay->goals->goals[one->goal].row.owner == owner) {
            return true;
        }
    }
    return false;
}

static void judge_quotas_paid(const struct pay *pay, const struct plan *plan)
{
    for (int m = 0; m < COX_MEASURE_COUNT; m++) {
        if (pay->quotas[m] > 0 &&
            part_of(pay, plan, counts_of_quota((enum cox_measure)m)) == NULL &&
            !is_told(pay, cox_measures[m].label)) {
            add_pay(pay, COX_QUOTA_UNPAID, plan, (struct cox_text){0}, cox_measures[m].label);
        }
    }
}

enum cox_rc cox_contradictions_with_pay(struct cox_call *call, struct cox_goals *goals,
    struct cox_contradictions *found, struct cox_err *reterr)
{
    struct pay pay = {.call = call,
        .goals = goals,
        .found = found,
        .has_quotas = !cox_call_is_off(call, "quota"),
        .has_plans = !cox_call_is_off(call, "pay_plans")};

    if (pay.has_plans) {
        COX_TRY(load_plans(&pay, reterr));
    }
    for (pay.goal = 0; pay.goal < goals->goal_count; pay.goal++) {
        const struct plan *plan;

        if (goals->goals[pay.goal].row.state != COX_OBJECTIVE_ACTIVE ||
            (!pay.has_quotas && pay.plan_count == 0) || !is_measured(&pay)) {
            continue;
        }
        COX_TRY(load_owner(&pay, reterr));
        for (size_t i = 0; i < goals->result_count; i++) {
            if (goals->results[i].goal == pay.goal) {
                judge_quota(&pay, &goals->results[i]);
            }
        }
        plan = plan_of(&pay);
        if (plan != NULL) {
            judge_plan(&pay, plan);
            judge_quotas_paid(&pay, plan);
        }
    }
    return COX_OK;
}
