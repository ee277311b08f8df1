/* leader/goal_contradiction.c: goals against quotas of the same people and days, and against each other. */
#include "leader/goal_contradiction.h"

#include "base/money.h"
#include "record/query.h"

const char *const cox_contradiction_names[COX_CONTRADICTION_COUNT] = {
    [COX_UNDER_QUOTA] = "under_quota",
    [COX_OVER_QUOTA] = "over_quota",
    [COX_CHILDREN_SHORT] = "children_short",
    [COX_OUT_OF_SPAN] = "out_of_span",
    [COX_OTHER_DIRECTION] = "other_direction",
    [COX_NOTHING_MEASURED] = "nothing_measured",
};

enum { FOUND_MAX = 500 };
static const double OVER_QUOTA = 1.25;

static void add(struct cox_contradictions *found, struct cox_contradiction one)
{
    if (found->count < FOUND_MAX) {
        found->at[found->count++] = one;
    }
}

static bool is_active(const struct cox_goals *goals, size_t at)
{
    return goals->goals[at].row.state == COX_OBJECTIVE_ACTIVE;
}

/* ---- quotas ---- */

/*
 * The hats' rooms do not know each other: quotas are met by the names of their fields, as any client of
 * the records does. Without such an entity, or with it switched off, there is nothing to contradict.
 */
struct quota_table {
    const struct cox_table *table;
    uint32_t user, team, measure, from_day, to_day, amount, count;
};

struct quota_search {
    const struct quota_table *names;
    const struct cox_goal *goal;
    bool of_money;
    int64_t sum;
    bool is_found;
};

static uint32_t field_of(const struct cox_table *table, const char *name)
{
    for (uint32_t i = 0; i < table->field_count; i++) {
        if (cox_text_same(cox_text_of(table->fields[i]->name), cox_text_of(name))) {
            return i;
        }
    }
    return COX_NO_FIELD;
}

static bool find_quotas(struct cox_call *call, struct quota_table *ret_names)
{
    const struct cox_table *table = cox_registry_find(cox_call_registry(call), COX_LIT("quota"));

    if (table == NULL) {
        return false;
    }
    *ret_names = (struct quota_table){table, field_of(table, "user"), field_of(table, "team"),
        field_of(table, "measure"), field_of(table, "from_day"), field_of(table, "to_day"),
        field_of(table, "amount"), field_of(table, "count")};
    return ret_names->user != COX_NO_FIELD && ret_names->measure != COX_NO_FIELD &&
           ret_names->from_day != COX_NO_FIELD && ret_names->to_day != COX_NO_FIELD &&
           ret_names->amount != COX_NO_FIELD && ret_names->count != COX_NO_FIELD;
}

/* Own quotas of the goal's owner that lie within its days. */
static enum cox_rc note_quota(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct quota_search *search = ctx;
    const struct quota_table *names = search->names;
    const struct cox_choice *choices = row->table->fields[names->measure]->choices;
    int64_t measure = cox_row_int(row, names->measure);
    const char *wanted = search->of_money ? "revenue" : "deals";
    int64_t value = cox_row_int(row, search->of_money ? names->amount : names->count);

    (void)reterr; /* nothing can fail */
    if (measure == COX_NULL || value == COX_NULL ||
        !cox_text_same(cox_text_of(choices[measure].name), cox_text_of(wanted)) ||
        (names->team != COX_NO_FIELD && cox_row_int(row, names->team) != COX_NULL) ||
        cox_row_int(row, names->from_day) < search->goal->row.from_day ||
        cox_row_int(row, names->to_day) > search->goal->row.to_day) {
        return COX_OK;
    }
    search->sum += value;
    search->is_found = true;
    return COX_OK;
}

static enum cox_rc judge_quota(struct cox_call *call, const struct cox_goals *goals,
    const struct quota_table *names, const struct cox_goal_result *result,
    struct cox_contradictions *found, struct cox_err *reterr)
{
    const struct cox_sales_measure *measure = cox_sales_measure_find(result->row.measure);
    const struct cox_goal *goal = &goals->goals[result->goal];
    const struct cox_filter_term of_owner = {names->user, "eq", cox_int(goal->row.owner)};
    struct quota_search search = {.names = names, .goal = goal};
    const struct cox_filter *filter;
    double quota;

    if (measure == NULL || measure->value != NULL || result->row.whose != COX_WHOSE_OWNER ||
        result->row.direction != COX_AT_LEAST ||
        (measure->sum != COX_SUM_WON && measure->sum != COX_SUM_WON_COUNT)) {
        return COX_OK;
    }
    search.of_money = measure->sum == COX_SUM_WON;
    COX_TRY(cox_filter_build(call, names->table->entity, &of_owner, 1, &filter, reterr));
    COX_TRY(cox_each(call, names->table->entity, filter, note_quota, &search, reterr));
    if (!search.is_found || search.sum <= 0) {
        return COX_OK;
    }
    quota = (double)search.sum / (search.of_money ? goals->minor_per_unit : 1);
    if (result->row.target < quota || result->row.target > OVER_QUOTA * quota) {
        add(found, (struct cox_contradiction){result->row.target < quota ? COX_UNDER_QUOTA
                                                                         : COX_OVER_QUOTA,
                       result->goal, SIZE_MAX, result->row.measure, result->row.target, quota});
    }
    return COX_OK;
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
        add(found, (struct cox_contradiction){COX_OUT_OF_SPAN, at, goal->parent, {0}, (double)NAN,
                       (double)NAN});
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
    add(found, (struct cox_contradiction){COX_NOTHING_MEASURED, at, SIZE_MAX, {0}, (double)NAN,
                   (double)NAN});
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
            add(found, (struct cox_contradiction){COX_OTHER_DIRECTION, below->goal, above->goal,
                           above->row.measure, below->row.target, above->row.target});
            continue;
        }
        sum += below->row.target;
        count++;
    }
    if (count > 0 && measure->value == NULL && above->row.direction == COX_AT_LEAST &&
        sum < above->row.target) {
        add(found, (struct cox_contradiction){COX_CHILDREN_SHORT, above->goal, SIZE_MAX,
                       above->row.measure, sum, above->row.target});
    }
}

enum cox_rc cox_contradictions_load(struct cox_call *call, struct cox_goals *goals,
    struct cox_contradictions *ret_found, struct cox_err *reterr)
{
    const struct cox_iso_currency *currency = cox_iso_currency_find(goals->currency);
    struct cox_contradictions found = {0};
    struct quota_table names;
    bool has_quotas = find_quotas(call, &names);

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
            if (has_quotas) {
                COX_TRY(judge_quota(call, goals, &names, &goals->results[i], &found, reterr));
            }
        }
    }
    *ret_found = found;
    return COX_OK;
}
