/* manager/alert.c: the tables of what is watched, of alerts and of the budget of false ones; their rules. */
#include "manager/alert.h"

#include "manager/alert_job.h"
#include "manager/alert_series.h"
#include "manager/alert_signal.h"
#include "manager/contest.h"
#include "org/people.h"
#include "record/query.h"
#include "record/record.h"
#include "sales/measure.h"
#include "sales/rule.h"

#define EVERYBODY                                                                                  \
    (COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER) |                \
        COX_ROLE_BIT(COX_EXECUTIVE) | COX_ROLE_BIT(COX_ADMIN))

/* One's own, whoever one is: nobody looks over another's shoulder, not the manager above either. */
static const struct cox_grant own_grants[] = {
    {EVERYBODY, COX_OWN, COX_OWN, COX_OWN, COX_OWN},
    {COX_ROLE_BIT(COX_OPERATOR), COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

/* The program alone raises them. */
static const struct cox_grant alert_grants[] = {
    {EVERYBODY, .read = COX_OWN, .change = COX_OWN},
    {COX_ROLE_BIT(COX_OPERATOR), COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

static const struct cox_choice whose[] = {
    [COX_ALERT_OF_PERSON] = {"person", "One person", NULL},
    [COX_ALERT_OF_TEAM] = {"team", "A team as a whole", NULL},
    [COX_ALERT_OF_LINE] = {"line", "Everybody in my line", NULL},
    {0},
};

static const struct cox_choice directions[] = {
    [COX_ALERT_FALLS] = {"falls", "Falls", NULL},
    [COX_ALERT_RISES] = {"rises", "Rises", NULL},
    {0},
};

static const struct cox_choice cadences[] = {
    [COX_ALERT_WEEKLY] = {"week", "Every week", NULL},
    [COX_ALERT_MONTHLY] = {"month", "Once a month", NULL},
    {0},
};

static const struct cox_choice states[] = {
    [COX_ALERT_OPEN] = {"open", "Open", NULL},
    [COX_ALERT_DISMISSED] = {"dismissed", "Dismissed", NULL},
    {0},
};

/* ---- what is watched ---- */

static const struct cox_field rule_fields[] = {
    [COX_ALERT_RULE_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_alert_rule, owner),
        .help = "Who is told."},
    [COX_ALERT_RULE_MEASURE] = {"measure", .type = COX_TEXT, .max = 60, .flags = COX_REQUIRED,
        .at = COX_AT_TEXT(struct cox_alert_rule, measure),
        .help = "Name of the measure: a count of a period (won_count, created_count ...) or a rate "
                "of counts (win_rate)."},
    [COX_ALERT_RULE_WHOSE] = {"whose", .type = COX_CHOICE, .choices = whose,
        .at = COX_AT_INT(struct cox_alert_rule, whose), .help = "Whose figures are watched."},
    [COX_ALERT_RULE_USER] = {"user", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .at = COX_AT_INT(struct cox_alert_rule, user), .help = "The person, for one person."},
    [COX_ALERT_RULE_TEAM] = {"team", .type = COX_REF, .ref = &cox_team, .on_delete = COX_CASCADE,
        .at = COX_AT_INT(struct cox_alert_rule, team), .help = "The team, for a team as a whole."},
    [COX_ALERT_RULE_DIRECTION] = {"direction", .type = COX_CHOICE, .choices = directions,
        .at = COX_AT_INT(struct cox_alert_rule, direction), .help = "Falls or rises."},
    [COX_ALERT_RULE_CADENCE] = {"cadence", .type = COX_CHOICE, .choices = cadences,
        .at = COX_AT_INT(struct cox_alert_rule, cadence), .help = "How often it is looked at."},
    [COX_ALERT_RULE_IS_PAUSED] = {"is_paused", .label = "Paused", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_alert_rule, is_paused),
        .help = "Not looked at; takes no part of the budget."},
    [COX_ALERT_RULE_CHECKED_DAY] = {"checked_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_alert_rule, checked_day),
        .help = "Monday of the newest week that was looked at."},
    [COX_ALERT_RULE_SERIES_COUNT] = {"series_count", .label = "Watched", .type = COX_INT,
        .flags = COX_SYSTEM, .at = COX_AT_INT(struct cox_alert_rule, series_count),
        .help = "How many people or teams were watched then."},
    [COX_ALERT_RULE_QUIET_COUNT] = {"quiet_count", .label = "Too thin", .type = COX_INT,
        .flags = COX_SYSTEM, .at = COX_AT_INT(struct cox_alert_rule, quiet_count),
        .help = "Of those, how many have too little to say anything."},
};
_Static_assert(COX_COUNT(rule_fields) == COX_ALERT_RULE_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_subject(struct cox_call *call, const struct cox_alert_rule *rule,
    struct cox_err *reterr)
{
    bool wants_user = rule->whose == COX_ALERT_OF_PERSON,
         wants_team = rule->whose == COX_ALERT_OF_TEAM;

    if ((rule->user != COX_NULL) != wants_user) {
        return cox_fail_at(reterr, COX_INVALID, "user", 0,
            wants_user ? "whose figures?" : "only a rule about one person names one");
    }
    if ((rule->team != COX_NULL) != wants_team) {
        return cox_fail_at(reterr, COX_INVALID, "team", 0,
            wants_team ? "which team's figures?" : "only a rule about a team names one");
    }
    return rule->whose == COX_ALERT_OF_LINE || !cox_is_own_entry(call)
               ? COX_OK
               : cox_may_put_up(call, rule->owner, rule->user, rule->team, reterr);
}

static enum cox_rc check_rule(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id;
    const struct cox_sales_measure *measure;
    struct cox_alert_rule rule;

    (void)before; /* judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_ALERT_RULE_OWNER, actor == 0 ? COX_NULL : actor);
    cox_fill_int(after, COX_ALERT_RULE_WHOSE,
        cox_row_int(after, COX_ALERT_RULE_USER) != COX_NULL   ? COX_ALERT_OF_PERSON
        : cox_row_int(after, COX_ALERT_RULE_TEAM) != COX_NULL ? COX_ALERT_OF_TEAM
                                                              : COX_ALERT_OF_LINE);
    cox_fill_int(after, COX_ALERT_RULE_DIRECTION, COX_ALERT_FALLS);
    cox_fill_int(after, COX_ALERT_RULE_CADENCE, COX_ALERT_WEEKLY);
    cox_fill_int(after, COX_ALERT_RULE_IS_PAUSED, 0);
    measure = cox_sales_measure_find(cox_row_text(after, COX_ALERT_RULE_MEASURE));
    if (measure == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "measure", 0, "there is no measure of this name");
    }
    if (!cox_measure_can_watch(measure)) {
        return cox_fail_at(reterr, COX_INVALID, "measure", 0,
            "what is watched is a count of a period or a rate of counts: chance is known of those");
    }
    cox_row_unpack(after, &rule);
    return check_subject(call, &rule, reterr);
}

const struct cox_entity cox_alert_rule = {
    .name = "alert_rule",
    .plural = "alert_rules",
    .label = "Alert rule",
    .label_plural = "Alert rules",
    .number = 125,
    .fields = rule_fields,
    .field_count = COX_ALERT_RULE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_alert_rule),
    .reach = COX_REACH_LINE,
    .name_field = COX_ALERT_RULE_MEASURE,
    .owner_field = COX_ALERT_RULE_OWNER,
    .fills_owner = true,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = own_grants,
    .check = check_rule,
    .keep = {"So that who leads sees a change in work with customers early.", COX_BASIS_INTEREST,
        0},
    .help = "A measure that its owner wants to be told of when it changes beyond chance.",
};

/* ---- alerts ---- */

static const struct cox_field alert_fields[] = {
    [COX_ALERT_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_SYSTEM, .at = COX_AT_INT(struct cox_alert, owner),
        .help = "Who is told."},
    [COX_ALERT_RULE] = {"rule", .type = COX_REF, .ref = &cox_alert_rule, .on_delete = COX_SET_NULL,
        .flags = COX_SYSTEM, .at = COX_AT_INT(struct cox_alert, rule),
        .help = "The rule it came of."},
    [COX_ALERT_MEASURE] = {"measure", .type = COX_TEXT, .max = 60,
        .flags = COX_REQUIRED | COX_SYSTEM, .at = COX_AT_TEXT(struct cox_alert, measure),
        .help = "What moved."},
    [COX_ALERT_USER] = {"user", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_SYSTEM, .at = COX_AT_INT(struct cox_alert, user), .help = "Whose figures."},
    [COX_ALERT_TEAM] = {"team", .type = COX_REF, .ref = &cox_team, .on_delete = COX_CASCADE,
        .flags = COX_SYSTEM, .at = COX_AT_INT(struct cox_alert, team),
        .help = "Which team's figures."},
    [COX_ALERT_IS_RISE] = {"is_rise", .type = COX_BOOL, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_alert, is_rise), .help = "It rose; otherwise it fell."},
    [COX_ALERT_WEEK_DAY] = {"week_day", .type = COX_DATE, .flags = COX_SYSTEM | COX_SORTED,
        .at = COX_AT_INT(struct cox_alert, week_day), .help = "Monday of the week that decided."},
    [COX_ALERT_SINCE_DAY] = {"since_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_alert, since_day),
        .help = "Monday of the week since when it has likeliest been so."},
    [COX_ALERT_OBSERVED] = {"observed", .type = COX_REAL, .flags = COX_SYSTEM,
        .at = COX_AT_REAL(struct cox_alert, observed), .help = "How many since then."},
    [COX_ALERT_EXPECTED] = {"expected", .type = COX_REAL, .flags = COX_SYSTEM,
        .at = COX_AT_REAL(struct cox_alert, expected), .help = "How many were to be expected."},
    [COX_ALERT_LOW] = {"low", .type = COX_REAL, .flags = COX_SYSTEM,
        .at = COX_AT_REAL(struct cox_alert, low),
        .help = "Observed over expected, lower bound (90 % interval)."},
    [COX_ALERT_HIGH] = {"high", .type = COX_REAL, .flags = COX_SYSTEM,
        .at = COX_AT_REAL(struct cox_alert, high), .help = "Upper bound."},
    [COX_ALERT_STATISTIC] = {"statistic", .type = COX_REAL, .flags = COX_SYSTEM,
        .at = COX_AT_REAL(struct cox_alert, statistic), .help = "Of the CUSUM."},
    [COX_ALERT_LIMIT] = {"limit_value", .label = "Limit", .type = COX_REAL, .flags = COX_SYSTEM,
        .at = COX_AT_REAL(struct cox_alert, limit),
        .help = "Where the budget of false alarms puts it."},
    [COX_ALERT_CAUSE] = {"cause", .type = COX_TEXT, .max = 200, .flags = COX_SYSTEM,
        .at = COX_AT_TEXT(struct cox_alert, cause), .help = "What the figures say of why."},
    [COX_ALERT_QUESTION] = {"question", .type = COX_TEXT, .max = 200, .flags = COX_SYSTEM,
        .at = COX_AT_TEXT(struct cox_alert, question), .help = "What to ask first."},
    [COX_ALERT_RECORDS] = {"records", .type = COX_TEXT, .max = 4000, .flags = COX_SYSTEM,
        .at = COX_AT_TEXT(struct cox_alert, records),
        .help = "The list of what is behind it, as an address: opportunities?owner=eq.3&..."},
    [COX_ALERT_STATE] = {"state", .type = COX_CHOICE, .choices = states, .flags = COX_SORTED,
        .at = COX_AT_INT(struct cox_alert, state), .help = "Open or dismissed."},
    [COX_ALERT_REASON] = {"reason", .type = COX_TEXT, .max = 500, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_alert, reason), .help = "Why it was dismissed.",
        .purpose = "So that its owner knows later why nothing was done, or what was."},
    [COX_ALERT_DISMISSED_DAY] = {"dismissed_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_alert, dismissed_day), .help = "Set when dismissed."},
};
_Static_assert(COX_COUNT(alert_fields) == COX_ALERT_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_alert(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    bool is_dismissed;

    (void)before; /* judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_ALERT_STATE, COX_ALERT_OPEN);
    is_dismissed = cox_row_int(after, COX_ALERT_STATE) == COX_ALERT_DISMISSED;
    if (is_dismissed != (cox_row_text(after, COX_ALERT_REASON).size > 0)) {
        return cox_fail_at(reterr, COX_INVALID, "reason", 0,
            is_dismissed ? "an alert is dismissed with a reason"
                         : "an open alert has no reason for being dismissed");
    }
    if (is_dismissed) {
        cox_fill_int(after, COX_ALERT_DISMISSED_DAY,
            cox_call_day(call, cox_row_at_us(call, after)));
    } else {
        cox_row_set(after, COX_ALERT_DISMISSED_DAY, cox_null());
    }
    return COX_OK;
}

const struct cox_entity cox_alert = {
    .name = "alert",
    .plural = "alerts",
    .label = "Alert",
    .label_plural = "Alerts",
    .number = 126,
    .fields = alert_fields,
    .field_count = COX_ALERT_FIELD_COUNT,
    .struct_size = sizeof(struct cox_alert),
    .reach = COX_REACH_LINE,
    .name_field = COX_ALERT_MEASURE,
    .owner_field = COX_ALERT_OWNER,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = alert_grants,
    .check = check_alert,
    .keep = {"So that who leads sees a change in work with customers early.", COX_BASIS_INTEREST,
        24},
    .help = "A measure that has changed beyond chance: since when, by how much, what is behind it.",
};

/* ---- how often for nothing ---- */

static const struct cox_field budget_fields[] = {
    [COX_ALERT_BUDGET_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_alert_budget, owner), .help = "Whose budget."},
    [COX_ALERT_BUDGET_PER_QUARTER] = {"per_quarter", .label = "False alarms a quarter",
        .type = COX_INT, .min = 1, .max = COX_ALERT_BUDGET_MAX,
        .at = COX_AT_INT(struct cox_alert_budget, per_quarter),
        .help = "How many alarms in a quarter may be chance alone, over all that is watched."},
};
_Static_assert(COX_COUNT(budget_fields) == COX_ALERT_BUDGET_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_budget(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id;
    struct cox_query query = {.entity = &cox_alert_budget, .limit = 1};
    struct cox_page page;

    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_ALERT_BUDGET_OWNER, actor == 0 ? COX_NULL : actor);
    cox_fill_int(after, COX_ALERT_BUDGET_PER_QUARTER, COX_ALERT_BUDGET_USUAL);
    if (before != NULL) {
        return COX_OK;
    }
    const struct cox_filter_term term = {COX_ALERT_BUDGET_OWNER, "eq",
        cox_int(cox_row_int(after, COX_ALERT_BUDGET_OWNER))};
    COX_TRY(cox_filter_build(call, &cox_alert_budget, &term, 1, &query.filter, reterr));
    COX_TRY(cox_peek_list(call, &query, &page, reterr));
    return page.count == 0
               ? COX_OK
               : cox_fail_at(reterr, COX_CONFLICT, "owner", 0, "there is one: change it");
}

const struct cox_entity cox_alert_budget = {
    .name = "alert_budget",
    .plural = "alert_budgets",
    .label = "Budget of false alarms",
    .label_plural = "Budgets of false alarms",
    .number = 127,
    .fields = budget_fields,
    .field_count = COX_ALERT_BUDGET_FIELD_COUNT,
    .struct_size = sizeof(struct cox_alert_budget),
    .reach = COX_REACH_LINE,
    .name_field = COX_ALERT_BUDGET_OWNER,
    .owner_field = COX_ALERT_BUDGET_OWNER,
    .fills_owner = true,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = own_grants,
    .check = check_budget,
    .help = "How often somebody may be told of a change that is chance alone.",
};

static const struct cox_entity *const entities[] = {&cox_alert_rule, &cox_alert, &cox_alert_budget,
    NULL};
static const struct cox_part *const parts[] = {&cox_part_alerts, NULL};
static const struct cox_signal *const signals[] = {&cox_signal_alerts, NULL};
static const struct cox_notice_source *const notices[] = {&cox_notices_alerts, NULL};

const struct cox_feature cox_feature_alerts = {
    .name = "alerts",
    .help = "Being told when a measure changes beyond chance, within a budget of false alarms.",
    .entities = entities,
    .signals = signals,
    .parts = parts,
    .notices = notices,
};
