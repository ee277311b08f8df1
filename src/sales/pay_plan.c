/* sales/pay_plan.c: the tables of pay plans and of their parts, and their rules. */
#include "sales/pay_plan.h"

#include "org/people.h"
#include "record/query.h"
#include "sales/measure.h"
#include "sales/rule.h"

/* Read by everybody: what one's pay depends on is no secret. */
static const struct cox_grant pay_grants[] = {
    {COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER) |
            COX_ROLE_BIT(COX_COUNCIL),
        .read = COX_ALL},
    {COX_ROLE_BIT(COX_EXECUTIVE) | COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR), COX_ALL,
        COX_ALL, COX_ALL, COX_ALL},
    {0},
};

/* ---- plan ---- */

static const struct cox_choice pay_roles[] = {
    [COX_REP] = {"rep", "Rep", NULL},
    [COX_MANAGER] = {"manager", "Manager", NULL},
    [COX_LEADER] = {"leader", "Leader", NULL},
    [COX_EXECUTIVE] = {"executive", "Executive", NULL},
    {0},
};

static const struct cox_field plan_fields[] = {
    [COX_PAY_PLAN_NAME] = {"name", .type = COX_TEXT, .max = 200,
        .flags = COX_REQUIRED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_pay_plan, name),
        .help = "What it is called."},
    [COX_PAY_PLAN_ROLE] = {"role", .type = COX_CHOICE, .choices = pay_roles, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_pay_plan, role),
        .help = "Of whom it is: everybody who has this role."},
    [COX_PAY_PLAN_TEAM] = {"team", .type = COX_REF, .ref = &cox_team, .on_delete = COX_REFUSE,
        .at = COX_AT_INT(struct cox_pay_plan, team),
        .help = "Of this team's people alone; it then stands in the place of the role's plan."},
    [COX_PAY_PLAN_FROM_DAY] = {"from_day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_pay_plan, from_day), .help = "First day."},
    [COX_PAY_PLAN_TO_DAY] = {"to_day", .type = COX_DATE, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_pay_plan, to_day), .help = "First day after."},
    [COX_PAY_PLAN_TEXT] = {"text", .type = COX_TEXT, .max = 4000,
        .at = COX_AT_TEXT(struct cox_pay_plan, text), .help = "What else belongs to it."},
};
_Static_assert(COX_COUNT(plan_fields) == COX_PAY_PLAN_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_plan(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call, (void)before; /* judged by what it becomes */
    return after == NULL ? COX_OK
                         : cox_days_check(cox_row_int(after, COX_PAY_PLAN_FROM_DAY),
                               cox_row_int(after, COX_PAY_PLAN_TO_DAY), reterr);
}

const struct cox_entity cox_pay_plan = {
    .name = "pay_plan",
    .plural = "pay_plans",
    .label = "Pay plan",
    .label_plural = "Pay plans",
    .number = 74,
    .fields = plan_fields,
    .field_count = COX_PAY_PLAN_FIELD_COUNT,
    .struct_size = sizeof(struct cox_pay_plan),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_PAY_PLAN_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = pay_grants,
    .check = check_plan,
    .help = "What the variable pay of a role depends on in a span of days.",
};

/* ---- part ---- */

static const struct cox_choice directions[] = {
    [COX_PAY_MORE] = {"more", "More of it", NULL},
    [COX_PAY_LESS] = {"less", "Less of it", NULL},
    {0},
};

static const struct cox_field part_fields[] = {
    [COX_PAY_PART_PLAN] = {"plan", .type = COX_REF, .ref = &cox_pay_plan, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_pay_part, plan),
        .help = "Of which plan."},
    [COX_PAY_PART_MEASURE] = {"measure", .type = COX_TEXT, .max = 60, .flags = COX_REQUIRED,
        .at = COX_AT_TEXT(struct cox_pay_part, measure),
        .help = "Name of the measure that pays: won, attainment, win_rate, created_count ..."},
    [COX_PAY_PART_WEIGHT] = {"weight", .type = COX_INT, .min = 1, .max = 100, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_pay_part, weight),
        .help = "Percent of the variable pay that depends on it; at most 100 in a plan."},
    [COX_PAY_PART_DIRECTION] = {"direction", .type = COX_CHOICE, .choices = directions,
        .at = COX_AT_INT(struct cox_pay_part, direction), .help = "Does more of it pay, or less?"},
};
_Static_assert(COX_COUNT(part_fields) == COX_PAY_PART_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_part(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call, (void)before; /* judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_PAY_PART_DIRECTION, COX_PAY_MORE);
    return cox_sales_measure_find(cox_row_text(after, COX_PAY_PART_MEASURE)) != NULL
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, "measure", 0, "there is no measure of this name");
}

static enum cox_rc add_weight(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    int64_t *sum = ctx;

    (void)reterr; /* nothing can fail */
    *sum += cox_row_int(row, COX_PAY_PART_WEIGHT);
    return COX_OK;
}

/* What a plan pays for is all of it, or a part. */
static enum cox_rc settle_parts(struct cox_call *call, const struct cox_edit *edits, size_t count,
    struct cox_err *reterr)
{
    for (size_t i = 0; i < count; i++) {
        struct cox_filter_term of = {COX_PAY_PART_PLAN, "eq", {0}};
        const struct cox_filter *filter;
        int64_t sum = 0;

        if (edits[i].after == NULL) {
            continue;
        }
        of.value = cox_int(cox_row_int(edits[i].after, COX_PAY_PART_PLAN));
        COX_TRY(cox_filter_build(call, &cox_pay_part, &of, 1, &filter, reterr));
        COX_TRY(cox_each(call, &cox_pay_part, filter, add_weight, &sum, reterr));
        if (sum > 100) {
            return cox_fail_at(reterr, COX_INVALID, "weight", 0,
                "the parts of a plan are at most 100 percent together, not %lld", (long long)sum);
        }
    }
    return COX_OK;
}

const struct cox_entity cox_pay_part = {
    .name = "pay_part",
    .plural = "pay_parts",
    .label = "Part of a pay plan",
    .label_plural = "Parts of pay plans",
    .number = 75,
    .fields = part_fields,
    .field_count = COX_PAY_PART_FIELD_COUNT,
    .struct_size = sizeof(struct cox_pay_part),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_PAY_PART_MEASURE,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = pay_grants,
    .check = check_part,
    .settle = settle_parts,
    .help = "A measure on which pay depends, and how much of the pay.",
};

static const struct cox_entity *const entities[] = {&cox_pay_plan, &cox_pay_part, NULL};

const struct cox_feature cox_feature_pay_plans = {
    .name = "pay_plans",
    .help = "What pay depends on, by role: measures and weights, which goals are held against.",
    .entities = entities,
};
