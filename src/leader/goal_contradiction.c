/* leader/goal_contradiction.c: goals against each other. Against quotas and pay plans: goal_pay.c. */
#include "leader/goal_contradiction.h"

#include "base/money.h"

const char *const cox_contradiction_names[COX_CONTRADICTION_COUNT] = {
    [COX_UNDER_QUOTA] = "under_quota",
    [COX_OVER_QUOTA] = "over_quota",
    [COX_CHILDREN_SHORT] = "children_short",
    [COX_OUT_OF_SPAN] = "out_of_span",
    [COX_OTHER_DIRECTION] = "other_direction",
    [COX_NOTHING_MEASURED] = "nothing_measured",
    [COX_PAY_OTHER_DIRECTION] = "pay_other_direction",
    [COX_GOAL_UNPAID] = "goal_unpaid",
    [COX_QUOTA_UNPAID] = "quota_unpaid",
};

enum { FOUND_MAX = 500 };

void cox_contradiction_add(struct cox_contradictions *found, const struct cox_contradiction *one)
{
    if (found->count < FOUND_MAX) {
        found->at[found->count++] = *one;
    }
}

/* Of goals alone. */
static void add(struct cox_contradictions *found, enum cox_contradiction_kind kind, size_t goal,
    size_t other, struct cox_text measure, double asks, double against)
{
    const struct cox_contradiction one = {.kind = kind,
        .goal = goal,
        .other = other,
        .measure = measure,
        .asks = asks,
        .against = against};

    cox_contradiction_add(found, &one);
}

static bool is_active(const struct cox_goals *goals, size_t at)
{
    return goals->goals[at].row.state == COX_OBJECTIVE_ACTIVE;
}

/* ---- goals among themselves ---- */

static void judge_span(const struct cox_goals *goals, size_t at, struct cox_contradictions *found)
{
    const struct cox_goal *goal = &goals->goals[at];
    const struct cox_goal *parent;

    if (goal->parent == SIZE_MAX) {
        return;
    }
    parent = &goals->goals[goal->parent];
    if (goal->row.from_day < parent->row.from_day || goal->row.to_day > parent->row.to_day) {
        add(found, COX_OUT_OF_SPAN, at, goal->parent, (struct cox_text){0}, (double)NAN,
            (double)NAN);
    }
}

static void judge_measured(const struct cox_goals *goals, size_t at,
    struct cox_contradictions *found)
{
    for (size_t i = 0; i < goals->result_count; i++) {
        if (goals->results[i].goal == at) {
            return;
        }
    }
    for (size_t i = 0; i < goals->goal_count; i++) {
        if (goals->goals[i].parent == at) {
            return;
        }
    }
    add(found, COX_NOTHING_MEASURED, at, SIZE_MAX, (struct cox_text){0}, (double)NAN, (double)NAN);
}

/* Sums may be added up over the goals below; ratios may not. */
static void judge_children(const struct cox_goals *goals, const struct cox_goal_result *above,
    struct cox_contradictions *found)
{
    const struct cox_sales_measure *measure = cox_sales_measure_find(above->row.measure);
    double sum = 0;
    size_t count = 0;

    if (measure == NULL) {
        return;
    }
    for (size_t i = 0; i < goals->result_count; i++) {
        const struct cox_goal_result *below = &goals->results[i];

        if (goals->goals[below->goal].parent != above->goal || !is_active(goals, below->goal) ||
            !cox_text_same(below->row.measure, above->row.measure)) {
            continue;
        }
        if (below->row.direction != above->row.direction) {
            add(found, COX_OTHER_DIRECTION, below->goal, above->goal, above->row.measure,
                below->row.target, above->row.target);
            continue;
        }
        sum += below->row.target;
        count++;
    }
    if (count > 0 && measure->value == NULL && above->row.direction == COX_AT_LEAST &&
        sum < above->row.target) {
        add(found, COX_CHILDREN_SHORT, above->goal, SIZE_MAX, above->row.measure, sum,
            above->row.target);
    }
}

enum cox_rc cox_contradictions_load(struct cox_call *call, struct cox_goals *goals,
    struct cox_contradictions *ret_found, struct cox_err *reterr)
{
    const struct cox_iso_currency *currency = cox_iso_currency_find(goals->currency);
    struct cox_contradictions found = {0};

    goals->minor_per_unit = pow(10, currency == NULL ? 2 : currency->digits);
    found.at = COX_NEW_ARRAY(goals->arena, FOUND_MAX, struct cox_contradiction);
    if (found.at == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < goals->goal_count; i++) {
        if (is_active(goals, i)) {
            judge_span(goals, i, &found);
            judge_measured(goals, i, &found);
        }
    }
    for (size_t i = 0; i < goals->result_count; i++) {
        if (is_active(goals, goals->results[i].goal)) {
            judge_children(goals, &goals->results[i], &found);
        }
    }
    COX_TRY(cox_contradictions_with_pay(call, goals, &found, reterr));
    *ret_found = found;
    return COX_OK;
}
