/*
 * leader/goals_route.c: GET /goals/tree: the goals somebody sees, each with its key results, live values,
 * progress and chance, and what contradicts what.
 */
#include <string.h>

#include "leader/goal_contradiction.h"
#include "org/line.h"
#include "record/cell.h"
#include "sales/analysis.h"
#include "serve/http.h"

/* ---- as JSON ---- */

struct tree {
    struct cox_exchange *x;
    struct cox_span span;
    struct cox_text from, to;
    struct cox_goals goals;
    struct cox_contradictions contradictions;
    struct cox_as_of as_of;
    const int64_t *line; /* of the asker, who changes their goals if the hat lets them */
    size_t line_count;
};

static const char *const known_names[] = {
    [COX_GOAL_KNOWN] = "known",
    [COX_GOAL_NOT_TOLD] = "not_told",
    [COX_GOAL_WITHHELD] = "withheld",
    [COX_GOAL_OWNER_SHORT] = "owner_does_not_see",
    [COX_GOAL_NOT_BEGUN] = "not_begun",
};

static const char *const whose_names[] = {
    [COX_WHOSE_OWNER] = "owner",
    [COX_WHOSE_LINE] = "line",
    [COX_WHOSE_ALL] = "all",
};

static const char *const state_names[] = {
    [COX_OBJECTIVE_ACTIVE] = "active",
    [COX_OBJECTIVE_REACHED] = "reached",
    [COX_OBJECTIVE_MISSED] = "missed",
    [COX_OBJECTIVE_DROPPED] = "dropped",
};

static void put_history(struct cox_json *json, const struct cox_goal_result *result)
{
    cox_json_key(json, "history");
    cox_json_begin_array(json);
    for (size_t i = 0; i < result->history_count; i++) {
        cox_json_begin_object(json);
        cox_cell_put_day(json, "day", result->history[i].day);
        cox_json_put_real(json, "value", result->history[i].value);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

/* Of a measure the unit is the measure's, else what the key result says. */
static void put_unit(struct cox_json *json, const struct cox_goals *goals,
    const struct cox_goal_result *result)
{
    const struct cox_sales_measure *measure = cox_sales_measure_find(result->row.measure);

    if (measure == NULL) {
        cox_json_put_text(json, "unit", result->row.unit);
        return;
    }
    cox_json_put_string(json, "unit", cox_measure_unit_name(measure->unit));
    cox_json_put_string(json, "formula", measure->formula);
    if (measure->unit == COX_UNIT_MONEY || measure->unit == COX_UNIT_MONEY_A_DAY) {
        cox_json_put_text(json, "currency", goals->currency);
    }
}

static void put_result(struct cox_json *json, const struct cox_goals *goals,
    const struct cox_goal_result *result)
{
    cox_json_begin_object(json);
    cox_json_put_int(json, "id", result->id);
    cox_json_put_int(json, "rev", result->rev);
    cox_json_put_text(json, "name", result->row.name);
    cox_json_put_text(json, "measure", result->row.measure);
    put_unit(json, goals, result);
    cox_json_put_string(json, "whose", whose_names[result->row.whose]);
    cox_json_put_string(json, "direction",
        result->row.direction == COX_AT_MOST ? "at_most" : "at_least");
    cox_json_put_real(json, "start", result->row.start);
    cox_json_put_real(json, "target", result->row.target);
    cox_json_put_string(json, "known", known_names[result->known]);
    cox_json_put_real(json, "value", result->value);
    cox_json_put_real(json, "progress", result->progress);
    cox_json_put_real(json, "chance", result->chance);
    cox_json_put_string(json, "chance_by", cox_chance_names[result->chance_by]);
    cox_json_put_real(json, "end_low", result->end_low);
    cox_json_put_real(json, "end_high", result->end_high);
    cox_cell_put_number(json, "confidence", result->confidence);
    cox_cell_put_day(json, "check_in_day", result->check_in_day);
    cox_json_put_text(json, "check_in_text", result->check_in_text);
    put_history(json, result);
    cox_json_end_object(json);
}

/* As the grants of the objective say it: one's own, and those of one's line for who leads. */
static bool may_change(const struct tree *tree, int64_t owner)
{
    const struct cox_actor *actor = &tree->x->who.actor;

    if (owner == actor->user_id) {
        return true;
    }
    for (size_t i = 0; i < tree->line_count; i++) {
        if (tree->line[i] == owner) {
            return (actor->roles & COX_OBJECTIVE_LEADING) != 0;
        }
    }
    return false;
}

static void put_goal(struct cox_json *json, const struct tree *tree, size_t at)
{
    const struct cox_goals *goals = &tree->goals;
    const struct cox_goal *goal = &goals->goals[at];

    cox_json_begin_object(json);
    cox_json_put_int(json, "id", goal->id);
    cox_json_put_int(json, "rev", goal->rev);
    cox_json_put_text(json, "name", goal->row.name);
    cox_json_put_text(json, "text", goal->row.text);
    cox_json_put_int(json, "owner", goal->row.owner);
    cox_json_put_text(json, "owner_name", goal->owner_name);
    cox_cell_put_number(json, "team", goal->row.team);
    cox_cell_put_number(json, "parent",
        goal->parent == SIZE_MAX ? COX_NULL : goals->goals[goal->parent].id);
    cox_cell_put_number(json, "pillar", goal->pillar);
    cox_cell_put_day(json, "from_day", goal->row.from_day);
    cox_cell_put_day(json, "to_day", goal->row.to_day);
    cox_json_put_string(json, "state", state_names[goal->row.state]);
    cox_json_put_text(json, "reason", goal->row.reason);
    cox_json_put_bool(json, "is_open", goal->row.is_open == 1);
    cox_json_put_int(json, "weight", goal->row.weight);
    cox_json_put_bool(json, "may_change", may_change(tree, goal->row.owner));
    cox_json_put_real(json, "progress", goal->progress);
    cox_json_put_real(json, "chance", goal->chance);
    cox_json_key(json, "key_results");
    cox_json_begin_array(json);
    for (size_t i = 0; i < goals->result_count; i++) {
        if (goals->results[i].goal == at) {
            put_result(json, goals, &goals->results[i]);
        }
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
}

static void put_contradiction(struct cox_json *json, const struct cox_goals *goals,
    const struct cox_contradiction *one)
{
    cox_json_begin_object(json);
    cox_json_put_string(json, "kind", cox_contradiction_names[one->kind]);
    cox_json_put_int(json, "goal", goals->goals[one->goal].id);
    cox_cell_put_number(json, "other",
        one->other == SIZE_MAX ? COX_NULL : goals->goals[one->other].id);
    cox_json_put_text(json, "measure", one->measure);
    cox_json_put_real(json, "asks", one->asks);
    cox_json_put_real(json, "against", one->against);
    cox_json_put_string(json, "label", one->label);
    cox_cell_put_number(json, "pay_plan", one->pay_plan == 0 ? COX_NULL : one->pay_plan);
    cox_json_put_text(json, "pay_plan_name", one->pay_plan_name);
    cox_json_end_object(json);
}

static enum cox_rc put_tree(struct tree *tree, struct cox_err *reterr)
{
    const struct cox_goals *goals = &tree->goals;
    struct cox_json json;

    tree->x->reply.seq = tree->as_of.seq;
    cox_reply_json(tree->x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "as_of_seq", tree->as_of.seq);
    cox_cell_put_day(&json, "day", goals->day);
    cox_json_key(&json, "goals");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < goals->goal_count; i++) {
        put_goal(&json, tree, i);
    }
    cox_json_end_array(&json);
    cox_json_key(&json, "contradictions");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < tree->contradictions.count; i++) {
        put_contradiction(&json, goals, &tree->contradictions.at[i]);
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(tree->x, &json, reterr);
}

/* ---- the route ---- */

static enum cox_rc read_span(struct cox_call *call, struct tree *tree, struct cox_err *reterr)
{
    const struct cox_date_opt date = {.order = COX_DATE_YMD};
    int64_t today = cox_call_as_of_day(call);

    tree->span = (struct cox_span){today, today + 1};
    if (tree->from.ptr != NULL) {
        COX_TRY(cox_day_parse(tree->from, &date, &tree->span.from_day, reterr));
        tree->span.to_day = tree->span.from_day + 1;
    }
    if (tree->to.ptr != NULL) {
        COX_TRY(cox_day_parse(tree->to, &date, &tree->span.to_day, reterr));
    }
    return tree->span.from_day < tree->span.to_day
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, "to", 0, "lies before the first day");
}

static enum cox_rc load_line(struct cox_call *call, struct tree *tree, struct cox_err *reterr)
{
    const int64_t *line;
    int64_t *kept;

    COX_TRY(cox_line_below(call, tree->x->who.actor.user_id, cox_call_as_of_day(call), &line,
        &tree->line_count, reterr));
    kept = COX_NEW_ARRAY(tree->x->arena, tree->line_count + 1, int64_t);
    if (kept == NULL) {
        return cox_no_memory(reterr);
    }
    memcpy(kept, line, tree->line_count * sizeof(*kept));
    tree->line = kept;
    return COX_OK;
}

static enum cox_rc load(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct tree *tree = ctx;

    COX_TRY(read_span(call, tree, reterr));
    COX_TRY(load_line(call, tree, reterr));
    COX_TRY(cox_goals_load(call, tree->span, &tree->goals, reterr));
    tree->as_of = cox_call_as_of(call);
    return cox_contradictions_load(call, &tree->goals, &tree->contradictions, reterr);
}

static enum cox_rc measure(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct tree *tree = ctx;

    return cox_goals_measure(call, cox_books_of(tree->x->server), &tree->goals, reterr);
}

static enum cox_rc get_tree(struct cox_exchange *x, struct cox_err *reterr)
{
    struct tree tree = {.x = x, .goals = {.arena = x->arena}};
    struct cox_read_opt opt, own = {0};

    COX_TRY(cox_exchange_parameter(x, "from", &tree.from, reterr));
    COX_TRY(cox_exchange_parameter(x, "to", &tree.to, reterr));
    COX_TRY(cox_exchange_read_opt(x, &opt, reterr));
    COX_TRY(cox_store_read(x->store, &opt, load, &tree, reterr));
    own.as_of = opt.as_of.at_us == 0 && opt.as_of.seq == 0 ? (struct cox_as_of){0} : tree.as_of;
    COX_TRY(cox_store_read(x->store, &own, measure, &tree, reterr));
    cox_goals_roll_up(&tree.goals);
    return put_tree(&tree, reterr);
}

static const struct cox_parameter tree_parameters[] = {
    {"from", "string", "a day: goals that hold then or later (without it: today)"},
    {"to", "string", "a day: goals that hold before it (without it: on the first day)"},
    {"as_of", "string", "a date, an instant or seq:N"},
    {0},
};

const struct cox_route cox_routes_goals[] = {
    {.method = COX_GET,
        .path = "/api/v1/goals/tree",
        .handle = get_tree,
        .summary = "Goals with key results, live values, progress, chances and contradictions.",
        .parameters = tree_parameters,
        .out = "{\"type\":\"object\",\"required\":[\"as_of_seq\",\"day\",\"goals\","
               "\"contradictions\"],\"properties\":{\"goals\":{\"type\":\"array\"},"
               "\"contradictions\":{\"type\":\"array\"}}}"},
    {0},
};
