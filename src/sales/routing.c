/* sales/routing.c: the tables of routing rules and of the people they give leads to. */
#include "sales/routing.h"

#include "org/people.h"
#include "record/query.h"
#include "sales/lead.h"
#include "sales/rule.h"

/* Everybody may know why a lead is whose it is; managers and administrators make the rules. */
static const struct cox_grant routing_grants[] = {
    {COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_LEADER) | COX_ROLE_BIT(COX_EXECUTIVE),
        .read = COX_ALL},
    {COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR), COX_ALL,
        COX_ALL, COX_ALL, COX_ALL},
    {0},
};

/* ---- rule ---- */

static const struct cox_choice methods[] = {
    [COX_ROUND_ROBIN] = {"round_robin", "Round robin", NULL},
    [COX_LEAST_LOADED] = {"least_loaded", "Fewest open leads", NULL},
    {0},
};

static const struct cox_field rule_fields[] = {
    [COX_ROUTING_RULE_NAME] = {"name", .type = COX_TEXT, .max = 120,
        .flags = COX_REQUIRED | COX_SORTED, .at = COX_AT_TEXT(struct cox_routing_rule, name),
        .help = "What the rule is called."},
    [COX_ROUTING_RULE_POSITION] = {"position", .type = COX_INT, .min = 1, .max = 10000,
        .flags = COX_REQUIRED | COX_SORTED, .at = COX_AT_INT(struct cox_routing_rule, position),
        .help =
            "Rules are asked in this order; the first one that is met and has somebody free takes "
            "the lead."},
    [COX_ROUTING_RULE_IS_ACTIVE] = {"is_active", .label = "Active", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_routing_rule, is_active), .help = "Is it asked at all?"},
    [COX_ROUTING_RULE_CONDITION] = {"condition", .type = COX_TEXT, .max = 4000,
        .at = COX_AT_TEXT(struct cox_routing_rule, condition),
        .help = "A filter of leads as in the address of a list, such as "
                "country=in.(DE,AT)&employees=gte.200; empty: every lead."},
    [COX_ROUTING_RULE_METHOD] = {"method", .type = COX_CHOICE, .choices = methods,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_routing_rule, method),
        .help = "In turn, or to whoever has the fewest open leads."},
    [COX_ROUTING_RULE_AT_WORK] = {"at_work", .label = "Only people at work", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_routing_rule, at_work),
        .help =
            "Passes over people outside of their working hours; when nobody is at work, whoever "
            "begins first."},
    [COX_ROUTING_RULE_RESPOND_MIN] = {"respond_min", .label = "Answer within (minutes)",
        .type = COX_INT, .min = 1, .max = 60 * 24 * 60,
        .at = COX_AT_INT(struct cox_routing_rule, respond_min),
        .help = "Minutes of the owner's working time until the first answer; empty: no clock."},
};
_Static_assert(COX_COUNT(rule_fields) == COX_ROUTING_RULE_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_rule(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_filter *filter;
    struct cox_err why;
    enum cox_rc rc;

    (void)before; /* a rule is judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_ROUTING_RULE_IS_ACTIVE, 1);
    cox_fill_int(after, COX_ROUTING_RULE_METHOD, COX_ROUND_ROBIN);
    cox_fill_int(after, COX_ROUTING_RULE_AT_WORK, 0);
    rc = cox_filter_parse(call, &cox_lead, cox_row_text(after, COX_ROUTING_RULE_CONDITION), &filter,
        &why);
    if (rc != COX_OK) {
        return cox_fail_at(reterr, rc, "condition", 0, "%s: %s", why.field, why.text);
    }
    return COX_OK;
}

const struct cox_entity cox_routing_rule = {
    .name = "routing_rule",
    .plural = "routing_rules",
    .label = "Routing rule",
    .label_plural = "Routing rules",
    .number = 70,
    .fields = rule_fields,
    .field_count = COX_ROUTING_RULE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_routing_rule),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_ROUTING_RULE_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = routing_grants,
    .check = check_rule,
    .external_alias = {"AssignmentRule", NULL, NULL},
    .help = "Which new leads go to whom, and by when they are to be answered.",
};

/* ---- member ---- */

static const struct cox_field member_fields[] = {
    [COX_ROUTING_MEMBER_RULE] = {"rule", .type = COX_REF, .ref = &cox_routing_rule,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_routing_member, rule), .help = "The rule."},
    [COX_ROUTING_MEMBER_USER] = {"user", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_routing_member, user), .help = "Who gets leads by it."},
    [COX_ROUTING_MEMBER_WEIGHT] = {"weight", .type = COX_INT, .min = 1, .max = 100,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_routing_member, weight),
        .help = "Share of the turns: 2 gets twice as many as 1."},
    [COX_ROUTING_MEMBER_OPEN_MAX] = {"open_max", .label = "Open leads at most", .type = COX_INT,
        .min = 1, .max = 10000, .at = COX_AT_INT(struct cox_routing_member, open_max),
        .help = "Gets no more while so many are open; empty: any number."},
    [COX_ROUTING_MEMBER_DAY_MAX] = {"day_max", .label = "Leads a day at most", .type = COX_INT,
        .min = 1, .max = 10000, .at = COX_AT_INT(struct cox_routing_member, day_max),
        .help = "Gets no more than so many a day; empty: any number."},
    [COX_ROUTING_MEMBER_FROM_DAY] = {"from_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_routing_member, from_day), .help = "First day."},
    [COX_ROUTING_MEMBER_TO_DAY] = {"to_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_routing_member, to_day), .help = "First day no longer."},
};
_Static_assert(COX_COUNT(member_fields) == COX_ROUTING_MEMBER_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_member(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call, (void)before; /* only the days can be wrong */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_ROUTING_MEMBER_WEIGHT, 1);
    return cox_days_check(cox_row_int(after, COX_ROUTING_MEMBER_FROM_DAY),
        cox_row_int(after, COX_ROUTING_MEMBER_TO_DAY), reterr);
}

const struct cox_entity cox_routing_member = {
    .name = "routing_member",
    .plural = "routing_members",
    .label = "Person of a routing rule",
    .label_plural = "People of routing rules",
    .number = 71,
    .fields = member_fields,
    .field_count = COX_ROUTING_MEMBER_FIELD_COUNT,
    .struct_size = sizeof(struct cox_routing_member),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_ROUTING_MEMBER_USER,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = routing_grants,
    .check = check_member,
    .help = "Who gets leads by a rule, what share of them, and how many at most.",
};

/* ---- the rules as they stand ---- */

enum { RULES_MAX = 200, MEMBERS_MAX = 1000 };

static enum cox_rc read_rules(struct cox_call *call, struct cox_arena *arena,
    struct cox_routing_rules *rules, struct cox_err *reterr)
{
    const struct cox_filter_term active[] = {{COX_ROUTING_RULE_IS_ACTIVE, "eq", cox_int(1)}};
    struct cox_query query = {.entity = &cox_routing_rule,
        .limit = RULES_MAX,
        .order = {{COX_ROUTING_RULE_POSITION, false}},
        .order_count = 1};
    struct cox_routing_rule *at;
    struct cox_page page;

    COX_TRY(cox_filter_build(call, &cox_routing_rule, active, COX_COUNT(active), &query.filter,
        reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    at = COX_NEW_ARRAY(arena, page.count + 1, struct cox_routing_rule);
    if (at == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < page.count; i++) {
        cox_row_unpack(&page.rows[i], &at[i]);
        at[i].name = cox_arena_text(arena, at[i].name);
        at[i].condition = cox_arena_text(arena, at[i].condition);
    }
    rules->rules = at;
    rules->rule_count = page.count;
    return COX_OK;
}

enum cox_rc cox_routing_rules_load(struct cox_call *call, struct cox_arena *arena,
    struct cox_routing_rules *ret_rules, struct cox_err *reterr)
{
    struct cox_query query = {.entity = &cox_routing_member, .limit = MEMBERS_MAX};
    struct cox_routing_member *members;
    struct cox_page page;

    COX_TRY(read_rules(call, arena, ret_rules, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    members = COX_NEW_ARRAY(arena, page.count + 1, struct cox_routing_member);
    if (members == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < page.count; i++) {
        cox_row_unpack(&page.rows[i], &members[i]);
    }
    ret_rules->members = members;
    ret_rules->member_count = page.count;
    return COX_OK;
}
