/* leader/goals.c: goals with their key results and check-ins as the asker sees them; the roll-up. */
#include "leader/goals.h"

#include "org/line.h"
#include "org/people.h"
#include "record/query.h"
#include "record/reach.h"
#include "sales/opportunity.h"

enum { GOALS_MAX = 2000, RESULTS_MAX = 6000 };

struct loading {
    struct cox_call *call;
    struct cox_goals *goals;
    struct cox_span span;
};

/* ---- what is read as the asker ---- */

static struct cox_text keep(struct cox_goals *goals, struct cox_text text)
{
    return text.ptr == NULL ? text : cox_arena_text(goals->arena, text);
}

static enum cox_rc note_goal(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *loading = ctx;
    struct cox_goals *goals = loading->goals;
    struct cox_goal goal = {.id = row->id, .rev = row->rev, .parent = SIZE_MAX};

    cox_row_unpack(row, &goal.row);
    if (goal.row.from_day >= loading->span.to_day || goal.row.to_day <= loading->span.from_day) {
        return COX_OK;
    }
    if (goals->goal_count == GOALS_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "more than %d goals: ask for a shorter span",
            GOALS_MAX);
    }
    goal.row.name = keep(goals, goal.row.name);
    goal.row.text = keep(goals, goal.row.text);
    goal.row.reason = keep(goals, goal.row.reason);
    goal.pillar = goal.row.pillar;
    COX_TRY(cox_ref_name(loading->call, &cox_user, goal.row.owner, &goal.owner_name, reterr));
    goal.owner_name = keep(goals, goal.owner_name);
    goals->goals[goals->goal_count++] = goal;
    return COX_OK;
}

/* Goals are in order of their ids, as cox_each gives them. */
static size_t goal_at(const struct cox_goals *goals, int64_t id)
{
    size_t low = 0, high = goals->goal_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (goals->goals[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < goals->goal_count && goals->goals[low].id == id ? low : SIZE_MAX;
}

static enum cox_rc note_result(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *loading = ctx;
    struct cox_goals *goals = loading->goals;
    struct cox_goal_result result = {.id = row->id,
        .rev = row->rev,
        .known = COX_GOAL_NOT_TOLD,
        .value = (double)NAN,
        .progress = (double)NAN,
        .chance = (double)NAN,
        .end_low = (double)NAN,
        .end_high = (double)NAN,
        .confidence = COX_NULL,
        .check_in_day = COX_NULL};

    cox_row_unpack(row, &result.row);
    result.goal = goal_at(goals, result.row.objective);
    if (result.goal == SIZE_MAX) {
        return COX_OK;
    }
    if (goals->result_count == RESULTS_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "more than %d key results: ask for a shorter span",
            RESULTS_MAX);
    }
    result.row.name = keep(goals, result.row.name);
    result.row.measure = keep(goals, result.row.measure);
    result.row.unit = keep(goals, result.row.unit);
    result.history = COX_NEW_ARRAY(goals->arena, COX_GOAL_HISTORY_MAX, struct cox_goal_point);
    if (result.history == NULL) {
        return cox_no_memory(reterr);
    }
    goals->results[goals->result_count++] = result;
    return COX_OK;
}

static struct cox_goal_result *result_at(const struct cox_goals *goals, int64_t id)
{
    size_t low = 0, high = goals->result_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (goals->results[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < goals->result_count && goals->results[low].id == id ? &goals->results[low] : NULL;
}

/* By day; of one day the later one counts. The oldest ones give way. */
static void add_point(struct cox_goal_result *result, int64_t day, double value)
{
    size_t at = result->history_count;

    while (at > 0 && result->history[at - 1].day > day) {
        at--;
    }
    if (at > 0 && result->history[at - 1].day == day) {
        result->history[at - 1].value = value;
        return;
    }
    if (result->history_count == COX_GOAL_HISTORY_MAX) {
        if (at == 0) {
            return;
        }
        memmove(result->history, result->history + 1, (at - 1) * sizeof(*result->history));
        result->history[at - 1] = (struct cox_goal_point){day, value};
        return;
    }
    memmove(result->history + at + 1, result->history + at,
        (result->history_count - at) * sizeof(*result->history));
    result->history[at] = (struct cox_goal_point){day, value};
    result->history_count++;
}

static enum cox_rc note_check_in(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loading *loading = ctx;
    struct cox_goal_result *result;
    struct cox_check_in check_in;

    cox_row_unpack(row, &check_in);
    result = result_at(loading->goals, check_in.key_result);
    if (result == NULL || check_in.day > loading->goals->day) {
        return COX_OK;
    }
    if (!isnan(check_in.value)) {
        add_point(result, check_in.day, check_in.value);
        result->known = COX_GOAL_KNOWN;
    }
    if (result->check_in_day == COX_NULL || check_in.day >= result->check_in_day) {
        result->check_in_day = check_in.day;
        result->confidence = check_in.confidence;
        result->check_in_text = keep(loading->goals, check_in.text);
        if (check_in.text.size > 0 && result->check_in_text.ptr == NULL) {
            return cox_no_memory(reterr);
        }
    }
    return COX_OK;
}

/* ---- what may be shown ---- */

enum cox_rc cox_goal_population(struct cox_call *call, const struct cox_goals *goals,
    const struct cox_goal_result *result, const int64_t **ret_users, size_t *ret_count,
    struct cox_err *reterr)
{
    int64_t owner = goals->goals[result->goal].row.owner;
    const int64_t *below = NULL;
    int64_t *users;
    size_t count = 0;

    *ret_users = NULL;
    *ret_count = 0;
    if (result->row.whose == COX_WHOSE_ALL) {
        return COX_OK;
    }
    if (result->row.whose == COX_WHOSE_LINE) {
        COX_TRY(cox_line_below(call, owner, goals->day, &below, &count, reterr));
    }
    users = COX_NEW_ARRAY(goals->arena, count + 1, int64_t);
    if (users == NULL) {
        return cox_no_memory(reterr);
    }
    users[0] = owner;
    if (count > 0) {
        memcpy(users + 1, below, count * sizeof(*users));
    }
    *ret_users = users;
    *ret_count = count + 1;
    return COX_OK;
}

static bool is_in(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

/* Does the asker see all deals of the population? */
static enum cox_rc judge_reach(struct cox_call *call, struct cox_goals *goals,
    const struct cox_reach_set *reach, struct cox_goal_result *result, struct cox_err *reterr)
{
    const int64_t *users;
    size_t count;

    if (result->row.kind != COX_KEY_RESULT_MEASURE) {
        return COX_OK;
    }
    result->known = COX_GOAL_KNOWN;
    if (goals->goals[result->goal].row.is_open == 1 || reach->is_all) {
        return COX_OK;
    }
    COX_TRY(cox_goal_population(call, goals, result, &users, &count, reterr));
    if (users == NULL) {
        result->known = COX_GOAL_WITHHELD;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_in(reach->now, reach->now_count, users[i])) {
            result->known = COX_GOAL_WITHHELD;
        }
    }
    return COX_OK;
}

static void link_parents(struct cox_goals *goals)
{
    for (size_t i = 0; i < goals->goal_count; i++) {
        goals->goals[i].parent = goals->goals[i].row.parent == COX_NULL
                                     ? SIZE_MAX
                                     : goal_at(goals, goals->goals[i].row.parent);
    }
    for (size_t i = 0; i < goals->goal_count; i++) {
        size_t at = i;

        /* The rule of the table keeps loops out; a bound all the same, for versions as of earlier. */
        for (int depth = 0; depth < 16 && goals->goals[i].pillar == COX_NULL; depth++) {
            at = goals->goals[at].parent;
            if (at == SIZE_MAX) {
                break;
            }
            goals->goals[i].pillar = goals->goals[at].row.pillar;
        }
    }
}

static void tell_manual(struct cox_goal_result *result)
{
    if (result->row.kind == COX_KEY_RESULT_MANUAL && result->history_count > 0) {
        result->value = result->history[result->history_count - 1].value;
        result->progress = cox_goal_progress(&result->row, result->value);
    }
}

enum cox_rc cox_goals_load(struct cox_call *call, struct cox_span span, struct cox_goals *goals,
    struct cox_err *reterr)
{
    struct loading loading = {call, goals, span};
    struct cox_reach_set reach;

    goals->day = cox_call_as_of_day(call);
    goals->currency = keep(goals, cox_call_currency(call));
    goals->goals = COX_NEW_ARRAY(goals->arena, GOALS_MAX, struct cox_goal);
    goals->results = COX_NEW_ARRAY(goals->arena, RESULTS_MAX, struct cox_goal_result);
    if (goals->goals == NULL || goals->results == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_each(call, &cox_objective, NULL, note_goal, &loading, reterr));
    link_parents(goals);
    COX_TRY(cox_each(call, &cox_key_result, NULL, note_result, &loading, reterr));
    COX_TRY(cox_each(call, &cox_check_in, NULL, note_check_in, &loading, reterr));
    COX_TRY(cox_reach_of(call, &cox_opportunity, &reach, reterr));
    for (size_t i = 0; i < goals->result_count; i++) {
        tell_manual(&goals->results[i]);
        COX_TRY(judge_reach(call, goals, &reach, &goals->results[i], reterr));
    }
    return COX_OK;
}

/* ---- progress ---- */

/* Without a start one begins at 0; "at most" without a start is reached or not. */
double cox_goal_progress(const struct cox_key_result *row, double value)
{
    double start = isnan(row->start) ? 0 : row->start;
    double way;

    if (isnan(value)) {
        return (double)NAN;
    }
    if (row->direction == COX_AT_MOST && isnan(row->start)) {
        return value <= row->target ? 1 : 0;
    }
    way = row->target - start;
    if (way == 0) {
        return (row->direction == COX_AT_MOST ? value <= row->target : value >= row->target) ? 1
                                                                                             : 0;
    }
    return fmin(fmax((value - start) / way, 0), 1);
}

struct share {
    double sum, weight;
};

static void add_share(struct share *share, double progress, int64_t weight)
{
    if (!isnan(progress)) {
        share->sum += progress * (double)weight;
        share->weight += (double)weight;
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which the rule of objectives bounds */
static void sum_goal(struct cox_goals *goals, size_t at)
{
    struct cox_goal *goal = &goals->goals[at];
    struct share share = {0};

    if (goal->is_summed) {
        return;
    }
    goal->is_summed = true;
    goal->chance = (double)NAN;
    for (size_t i = 0; i < goals->result_count; i++) {
        const struct cox_goal_result *result = &goals->results[i];

        if (result->goal == at) {
            add_share(&share, result->progress, result->row.weight);
            goal->chance =
                isnan(goal->chance) ? result->chance : fmin(goal->chance, result->chance);
        }
    }
    for (size_t i = 0; i < goals->goal_count; i++) {
        if (goals->goals[i].parent == at && goals->goals[i].row.state != COX_OBJECTIVE_DROPPED) {
            sum_goal(goals, i);
            add_share(&share, goals->goals[i].progress, goals->goals[i].row.weight);
        }
    }
    goal->progress = share.weight > 0 ? share.sum / share.weight : (double)NAN;
}

void cox_goals_roll_up(struct cox_goals *goals)
{
    for (size_t i = 0; i < goals->goal_count; i++) {
        sum_goal(goals, i);
    }
}
