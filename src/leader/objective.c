/* leader/objective.c: the tables of objectives, key results and check-ins, and their rules. */
#include "leader/objective.h"

#include "leader/goals.h"
#include "leader/vision.h"
#include "org/people.h"
#include "record/record.h"
#include "sales/measure.h"
#include "sales/rule.h"

enum { TREE_DEPTH_MAX = 12 };

static const struct cox_grant objective_grants[] = {
    {COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_ADMIN), COX_OWN, COX_OWN, COX_OWN, COX_OWN},
    {COX_OBJECTIVE_LEADING, COX_LINE, COX_LINE, COX_LINE, COX_LINE},
    {COX_ROLE_BIT(COX_OPERATOR), COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

static const struct cox_choice objective_states[] = {
    [COX_OBJECTIVE_ACTIVE] = {"active", "Active", "open"},
    [COX_OBJECTIVE_REACHED] = {"reached", "Reached", "achieved|done"},
    [COX_OBJECTIVE_MISSED] = {"missed", "Missed", NULL},
    [COX_OBJECTIVE_DROPPED] = {"dropped", "Dropped", "cancelled"},
    {0},
};

/* ---- objective ---- */

static const struct cox_field objective_fields[] = {
    [COX_OBJECTIVE_NAME] = {"name", .type = COX_TEXT, .max = 255,
        .flags = COX_REQUIRED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_objective, name),
        .help = "What is to be so in the end."},
    [COX_OBJECTIVE_TEXT] = {"text", .type = COX_TEXT, .max = 8000,
        .at = COX_AT_TEXT(struct cox_objective, text), .help = "Why, and what is not meant."},
    [COX_OBJECTIVE_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_objective, owner),
        .help = "Who answers for it."},
    [COX_OBJECTIVE_TEAM] = {"team", .type = COX_REF, .ref = &cox_team, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_objective, team), .help = "The team whose goal it is."},
    [COX_OBJECTIVE_PARENT] = {"parent", .type = COX_REF, .ref = &cox_objective,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_objective, parent),
        .help = "The goal it serves."},
    [COX_OBJECTIVE_PILLAR] = {"pillar", .type = COX_REF, .ref = &cox_pillar,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_objective, pillar),
        .help = "The pillar it belongs to; without one, that of the goal it serves."},
    [COX_OBJECTIVE_FROM_DAY] = {"from_day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_objective, from_day), .help = "First day."},
    [COX_OBJECTIVE_TO_DAY] = {"to_day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_objective, to_day), .help = "First day after."},
    [COX_OBJECTIVE_STATE] = {"state", .type = COX_CHOICE, .choices = objective_states,
        .at = COX_AT_INT(struct cox_objective, state), .help = "Active, reached, missed, dropped."},
    [COX_OBJECTIVE_IS_OPEN] = {"is_open", .label = "Everybody reads it", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_objective, is_open),
        .help = "Read by the whole company; otherwise by the owner's line and who takes part."},
    [COX_OBJECTIVE_WEIGHT] = {"weight", .type = COX_INT, .min = 1, .max = 100,
        .at = COX_AT_INT(struct cox_objective, weight),
        .help = "Share in the progress of the goal it serves; 1 without it."},
    [COX_OBJECTIVE_REASON] = {"reason", .type = COX_TEXT, .max = 1000,
        .at = COX_AT_TEXT(struct cox_objective, reason),
        .help = "Why it was dropped: a dropped goal says so."},
};
_Static_assert(COX_COUNT(objective_fields) == COX_OBJECTIVE_FIELD_COUNT,
    "one row for each field id");

/* A goal that serves itself, through however many others, would never end. */
static enum cox_rc check_parent(struct cox_call *call, const struct cox_row *after,
    struct cox_err *reterr)
{
    int64_t parent = cox_row_int(after, COX_OBJECTIVE_PARENT);

    for (int depth = 0; parent != COX_NULL; depth++) {
        const struct cox_row *row;

        if (parent == after->id || depth == TREE_DEPTH_MAX) {
            return cox_fail_at(reterr, COX_INVALID, "parent", 0,
                parent == after->id ? "a goal cannot serve itself" : "at most %d goals deep",
                TREE_DEPTH_MAX);
        }
        COX_TRY(cox_peek(call, &cox_objective, parent, &row, reterr));
        parent = cox_row_int(row, COX_OBJECTIVE_PARENT);
    }
    return COX_OK;
}

static enum cox_rc check_objective(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_actor *actor = cox_call_actor(call);

    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_OBJECTIVE_OWNER, actor->user_id == 0 ? COX_NULL : actor->user_id);
    cox_fill_int(after, COX_OBJECTIVE_STATE, COX_OBJECTIVE_ACTIVE);
    cox_fill_int(after, COX_OBJECTIVE_IS_OPEN, 0);
    cox_fill_int(after, COX_OBJECTIVE_WEIGHT, 1);
    if (cox_row_int(after, COX_OBJECTIVE_IS_OPEN) == 1 && actor->user_id != 0 &&
        (actor->roles & COX_OBJECTIVE_LEADING) == 0 &&
        (before == NULL || cox_row_int(before, COX_OBJECTIVE_IS_OPEN) != 1)) {
        return cox_fail_at(reterr, COX_DENIED, "is_open", 0,
            "managers, leaders and executives open a goal to everybody");
    }
    if (cox_row_int(after, COX_OBJECTIVE_STATE) == COX_OBJECTIVE_DROPPED &&
        cox_row_text(after, COX_OBJECTIVE_REASON).size == 0 &&
        (before == NULL || cox_row_int(before, COX_OBJECTIVE_STATE) != COX_OBJECTIVE_DROPPED)) {
        return cox_fail_at(reterr, COX_INVALID, "reason", 0, "a goal that is dropped says why");
    }
    COX_TRY(cox_days_check(cox_row_int(after, COX_OBJECTIVE_FROM_DAY),
        cox_row_int(after, COX_OBJECTIVE_TO_DAY), reterr));
    return check_parent(call, after, reterr);
}

const struct cox_entity cox_objective = {
    .name = "objective",
    .plural = "objectives",
    .label = "Goal",
    .label_plural = "Goals",
    .number = 147,
    .fields = objective_fields,
    .field_count = COX_OBJECTIVE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_objective),
    .reach = COX_REACH_LINE,
    .name_field = COX_OBJECTIVE_NAME,
    .owner_field = COX_OBJECTIVE_OWNER,
    .fills_owner = true,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .member = {&cox_objective_member, COX_OBJECTIVE_MEMBER_OBJECTIVE, COX_OBJECTIVE_MEMBER_USER},
    .open_field = 1 + COX_OBJECTIVE_IS_OPEN,
    .grants = objective_grants,
    .check = check_objective,
    .help = "What somebody, a team or the company wants to reach in a span of days.",
};

/* ---- who takes part ---- */

static const struct cox_field member_fields[] = {
    [COX_OBJECTIVE_MEMBER_OBJECTIVE] = {"objective", .type = COX_REF, .ref = &cox_objective,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_objective_member, objective), .help = "The goal."},
    [COX_OBJECTIVE_MEMBER_USER] = {"user", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_objective_member, user), .help = "Who takes part."},
    [COX_OBJECTIVE_MEMBER_PART] = {"part", .type = COX_TEXT, .max = 255,
        .at = COX_AT_TEXT(struct cox_objective_member, part),
        .help = "With what: marketing, product, finance ..."},
};
_Static_assert(COX_COUNT(member_fields) == COX_OBJECTIVE_MEMBER_FIELD_COUNT,
    "one row for each field id");

const struct cox_entity cox_objective_member = {
    .name = "objective_member",
    .plural = "objective_members",
    .label = "Who takes part in a goal",
    .label_plural = "Who takes part in goals",
    .number = 148,
    .fields = member_fields,
    .field_count = COX_OBJECTIVE_MEMBER_FIELD_COUNT,
    .struct_size = sizeof(struct cox_objective_member),
    .reach = COX_REACH_LINE,
    .name_field = COX_OBJECTIVE_MEMBER_USER,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_OBJECTIVE_MEMBER_OBJECTIVE,
    .currency_field = COX_NO_FIELD,
    .grants = objective_grants,
    .help = "Somebody of any department who carries a goal together with its owner.",
};

/* ---- key result ---- */

static const struct cox_choice kinds[] = {
    [COX_KEY_RESULT_MANUAL] = {"manual", "By check-ins", NULL},
    [COX_KEY_RESULT_MEASURE] = {"measure", "Measure of the deals", NULL},
    {0},
};

static const struct cox_choice whose[] = {
    [COX_WHOSE_OWNER] = {"owner", "The goal's owner", NULL},
    [COX_WHOSE_LINE] = {"line", "The owner and everybody below", NULL},
    [COX_WHOSE_ALL] = {"all", "Everybody", NULL},
    {0},
};

static const struct cox_choice directions[] = {
    [COX_AT_LEAST] = {"at_least", "At least the target", NULL},
    [COX_AT_MOST] = {"at_most", "At most the target", NULL},
    {0},
};

static const struct cox_field key_result_fields[] = {
    [COX_KEY_RESULT_OBJECTIVE] = {"objective", .type = COX_REF, .ref = &cox_objective,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_key_result, objective), .help = "The goal it tells about."},
    [COX_KEY_RESULT_NAME] = {"name", .type = COX_TEXT, .max = 255,
        .flags = COX_REQUIRED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_key_result, name),
        .help = "What is counted or measured."},
    [COX_KEY_RESULT_KIND] = {"kind", .type = COX_CHOICE, .choices = kinds,
        .at = COX_AT_INT(struct cox_key_result, kind),
        .help = "Told in check-ins, or read from the deals."},
    [COX_KEY_RESULT_MEASURE_NAME] = {"measure", .type = COX_TEXT, .max = 60,
        .at = COX_AT_TEXT(struct cox_key_result, measure),
        .help = "Name of the measure: won, won_count, win_rate, created_count ..."},
    [COX_KEY_RESULT_WHOSE] = {"whose", .type = COX_CHOICE, .choices = whose,
        .at = COX_AT_INT(struct cox_key_result, whose), .help = "Whose deals are measured."},
    [COX_KEY_RESULT_DIRECTION] = {"direction", .type = COX_CHOICE, .choices = directions,
        .at = COX_AT_INT(struct cox_key_result, direction),
        .help = "Is the target to be reached, or not to be passed?"},
    [COX_KEY_RESULT_START] = {"start", .type = COX_REAL,
        .at = COX_AT_REAL(struct cox_key_result, start),
        .help = "Where one begins; 0 without it. Money in units of the company's currency."},
    [COX_KEY_RESULT_TARGET] = {"target", .type = COX_REAL, .flags = COX_REQUIRED,
        .at = COX_AT_REAL(struct cox_key_result, target),
        .help = "Where one wants to be. Money in units of the company's currency; shares from 0 "
                "to 1."},
    [COX_KEY_RESULT_UNIT] = {"unit", .type = COX_TEXT, .max = 40,
        .at = COX_AT_TEXT(struct cox_key_result, unit), .help = "Of a value told by hand."},
    [COX_KEY_RESULT_WEIGHT] = {"weight", .type = COX_INT, .min = 1, .max = 100,
        .at = COX_AT_INT(struct cox_key_result, weight),
        .help = "Share in the goal's progress; 1 without it."},
};
_Static_assert(COX_COUNT(key_result_fields) == COX_KEY_RESULT_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_measure(const struct cox_row *after, struct cox_err *reterr)
{
    struct cox_text measure = cox_row_text(after, COX_KEY_RESULT_MEASURE_NAME);
    bool is_measure = cox_row_int(after, COX_KEY_RESULT_KIND) == COX_KEY_RESULT_MEASURE;

    if (is_measure && cox_sales_measure_find(measure) == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "measure", 0, "there is no measure of this name");
    }
    if (!is_measure && measure.size > 0) {
        return cox_fail_at(reterr, COX_INVALID, "measure", 0,
            "a key result told by hand has no measure");
    }
    return COX_OK;
}

static enum cox_rc check_key_result(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    double start, target;
    bool is_down;

    (void)call, (void)before; /* judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_KEY_RESULT_KIND,
        cox_row_text(after, COX_KEY_RESULT_MEASURE_NAME).size > 0 ? COX_KEY_RESULT_MEASURE
                                                                  : COX_KEY_RESULT_MANUAL);
    cox_fill_int(after, COX_KEY_RESULT_WHOSE, COX_WHOSE_LINE);
    cox_fill_int(after, COX_KEY_RESULT_DIRECTION, COX_AT_LEAST);
    cox_fill_int(after, COX_KEY_RESULT_WEIGHT, 1);
    COX_TRY(check_measure(after, reterr));
    start = cox_row_real(after, COX_KEY_RESULT_START);
    target = cox_row_real(after, COX_KEY_RESULT_TARGET);
    is_down = cox_row_int(after, COX_KEY_RESULT_DIRECTION) == COX_AT_MOST;
    if (!isnan(start) && !isnan(target) && (is_down ? target > start : target < start)) {
        return cox_fail_at(reterr, COX_INVALID, "target", 0, "lies on the wrong side of the start");
    }
    return COX_OK;
}

const struct cox_entity cox_key_result = {
    .name = "key_result",
    .plural = "key_results",
    .label = "Key result",
    .label_plural = "Key results",
    .number = 149,
    .fields = key_result_fields,
    .field_count = COX_KEY_RESULT_FIELD_COUNT,
    .struct_size = sizeof(struct cox_key_result),
    .reach = COX_REACH_LINE,
    .name_field = COX_KEY_RESULT_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_KEY_RESULT_OBJECTIVE,
    .currency_field = COX_NO_FIELD,
    .grants = objective_grants,
    .check = check_key_result,
    .help = "By what one sees how far a goal is: told by hand, or read from the deals.",
};

/* ---- check-in ---- */

static const struct cox_field check_in_fields[] = {
    [COX_CHECK_IN_KEY_RESULT] = {"key_result", .type = COX_REF, .ref = &cox_key_result,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_check_in, key_result), .help = "Of which key result."},
    [COX_CHECK_IN_VALUE] = {"value", .type = COX_REAL,
        .at = COX_AT_REAL(struct cox_check_in, value),
        .help = "Where it stands, for one told by hand."},
    [COX_CHECK_IN_CONFIDENCE] = {"confidence", .type = COX_INT, .min = 0, .max = 10,
        .at = COX_AT_INT(struct cox_check_in, confidence),
        .help = "How sure one is to reach the target: 0 not at all, 10 quite. A judgement, shown "
                "beside the computed chance and never mixed with it."},
    [COX_CHECK_IN_TEXT] = {"text", .type = COX_TEXT, .max = 4000,
        .at = COX_AT_TEXT(struct cox_check_in, text), .help = "What happened, what comes next."},
    [COX_CHECK_IN_DAY] = {"day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_check_in, day), .help = "The day it was so."},
    [COX_CHECK_IN_AUTHOR] = {"author", .type = COX_REF, .ref = &cox_user, .on_delete = COX_SET_NULL,
        .flags = COX_SYSTEM, .at = COX_AT_INT(struct cox_check_in, author),
        .help = "Who says so. Set when saved."},
};
_Static_assert(COX_COUNT(check_in_fields) == COX_CHECK_IN_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_check_in(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id;
    const struct cox_row *result;

    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_CHECK_IN_DAY, cox_call_day(call, cox_row_at_us(call, after)));
    cox_fill_int(after, COX_CHECK_IN_AUTHOR, actor == 0 ? COX_NULL : actor);
    if (before != NULL || cox_row_int(after, COX_CHECK_IN_KEY_RESULT) == COX_NULL) {
        return COX_OK;
    }
    COX_TRY(cox_peek(call, &cox_key_result, cox_row_int(after, COX_CHECK_IN_KEY_RESULT), &result,
        reterr));
    if (cox_row_int(result, COX_KEY_RESULT_KIND) == COX_KEY_RESULT_MEASURE &&
        !isnan(cox_row_real(after, COX_CHECK_IN_VALUE))) {
        return cox_fail_at(reterr, COX_INVALID, "value", 0,
            "this key result is read from the deals: nobody tells it");
    }
    return COX_OK;
}

const struct cox_entity cox_check_in = {
    .name = "check_in",
    .plural = "check_ins",
    .label = "Check-in",
    .label_plural = "Check-ins",
    .number = 150,
    .fields = check_in_fields,
    .field_count = COX_CHECK_IN_FIELD_COUNT,
    .struct_size = sizeof(struct cox_check_in),
    .reach = COX_REACH_LINE,
    .name_field = COX_CHECK_IN_DAY,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_CHECK_IN_KEY_RESULT,
    .currency_field = COX_NO_FIELD,
    .grants = objective_grants,
    .check = check_check_in,
    .help = "Where a key result stands, how sure one is, and why.",
};

static const struct cox_entity *const entities[] = {
    &cox_objective,
    &cox_objective_member,
    &cox_key_result,
    &cox_check_in,
    NULL,
};

const struct cox_feature cox_feature_goals = {
    .name = "goals",
    .help = "Goals as a tree, key results by hand or from the deals, check-ins.",
    .entities = entities,
    .routes = cox_routes_goals,
};
