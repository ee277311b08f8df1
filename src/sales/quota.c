/* sales/quota.c: the table of quotas and its rule. What they come to is measured: sales/measure_quota.c. */
#include "sales/quota.h"

#include "base/num.h"
#include "org/people.h"
#include "record/record.h"

const struct cox_choice cox_measures[] = {
    [COX_MEASURE_REVENUE] = {"revenue", "Revenue won", "amount|sales|bookings"},
    [COX_MEASURE_DEALS] = {"deals", "Deals won", "wins"},
    [COX_MEASURE_CREATED] = {"created", "Deals created", "new deals"},
    [COX_MEASURE_MEETINGS] = {"meetings", "Meetings held", NULL},
    [COX_MEASURE_CALLS] = {"calls", "Calls made", NULL},
    {0},
};

/* A manager sets the line's quotas; the rule below keeps everybody off their own. */
static const struct cox_grant quota_grants[] = {
    {COX_ROLE_BIT(COX_REP), .read = COX_OWN},
    {COX_ROLE_BIT(COX_MANAGER), COX_LINE, COX_LINE, COX_LINE, COX_LINE},
    {COX_ROLE_BIT(COX_LEADER), .read = COX_LINE},
    {COX_ROLE_BIT(COX_EXECUTIVE), .read = COX_OWN},
    {COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR), COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

/* ---- quota ---- */

static const struct cox_field quota_fields[] = {
    [COX_QUOTA_USER] = {"user", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_FIXED, .at = COX_AT_INT(struct cox_quota, user),
        .alias = {"QuotaOwnerId", NULL, NULL},
        .also = "sales_agent|salesperson|rep|EmployeeID|employee",
        .help = "Whose quota; of a team's quota, who leads the team."},
    [COX_QUOTA_TEAM] = {"team", .type = COX_REF, .ref = &cox_team, .on_delete = COX_REFUSE,
        .flags = COX_FIXED, .at = COX_AT_INT(struct cox_quota, team),
        .also = "team|regional_office", .help = "Which team's quota; empty: the person's own."},
    [COX_QUOTA_MEASURE] = {"measure", .type = COX_CHOICE, .choices = cox_measures,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_quota, measure),
        .help = "What is counted."},
    [COX_QUOTA_FROM_DAY] = {"from_day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_quota, from_day), .alias = {"StartDate", NULL, NULL},
        .also = "month|TargetMonth|QuotaDate|start date|period", .help = "First day."},
    [COX_QUOTA_TO_DAY] = {"to_day", .type = COX_DATE, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_quota, to_day), .alias = {"EndDate", NULL, NULL},
        .also = "end date", .help = "First day after."},
    [COX_QUOTA_AMOUNT] = {"amount", .type = COX_MONEY, .at = COX_AT_INT(struct cox_quota, amount),
        .alias = {"QuotaAmount", NULL, NULL}, .also = "target|quota|TargetAmount|SalesQuota|goal",
        .help = "To be reached, for money."},
    [COX_QUOTA_CURRENCY] = {"currency", .type = COX_TEXT, .max = 3,
        .at = COX_AT_TEXT(struct cox_quota, currency), .alias = {"CurrencyIsoCode", NULL, NULL},
        .help = "Currency of the amount; empty: the company's."},
    [COX_QUOTA_COUNT] = {"count", .type = COX_INT, .min = 0, .max = 1000000000,
        .at = COX_AT_INT(struct cox_quota, count), .alias = {"QuotaQuantity", NULL, NULL},
        .help = "To be reached, for what is counted."},
    [COX_QUOTA_REASON] = {"reason", .type = COX_TEXT, .max = 2000,
        .at = COX_AT_TEXT(struct cox_quota, reason),
        .help = "Why it is that much, or was changed."},
};
_Static_assert(COX_COUNT(quota_fields) == COX_QUOTA_FIELD_COUNT, "one row for each field id");

/* A team's quota stands with whoever leads the team, so that rights follow the line. */
static enum cox_rc fill_user(struct cox_call *call, struct cox_row *after, struct cox_err *reterr)
{
    int64_t team = cox_row_int(after, COX_QUOTA_TEAM);
    const struct cox_row *row;

    if (cox_row_int(after, COX_QUOTA_USER) == COX_NULL && team != COX_NULL) {
        COX_TRY(cox_peek(call, &cox_team, team, &row, reterr));
        cox_row_set(after, COX_QUOTA_USER, cox_int(cox_row_int(row, COX_TEAM_LEAD)));
    }
    if (cox_row_int(after, COX_QUOTA_USER) == COX_NULL) {
        return cox_fail_at(reterr, COX_INVALID, "user", 0,
            "a quota is a person's, or a team's that somebody leads");
    }
    return COX_OK;
}

static enum cox_rc check_value(struct cox_call *call, struct cox_row *after, struct cox_err *reterr)
{
    bool is_money = cox_row_int(after, COX_QUOTA_MEASURE) == COX_MEASURE_REVENUE;
    int64_t amount = cox_row_int(after, COX_QUOTA_AMOUNT);
    int64_t count = cox_row_int(after, COX_QUOTA_COUNT);

    if (is_money ? amount == COX_NULL || count != COX_NULL
                 : count == COX_NULL || amount != COX_NULL) {
        return cox_fail_at(reterr, COX_INVALID, is_money ? "amount" : "count", 0,
            "this measure is given as %s alone", is_money ? "an amount" : "a count");
    }
    if (is_money && amount < 0) {
        return cox_fail_at(reterr, COX_INVALID, "amount", 0, "a quota is not negative");
    }
    if (cox_row_text(after, COX_QUOTA_CURRENCY).size == 0) {
        cox_row_set(after, COX_QUOTA_CURRENCY, cox_text_value(cox_call_currency(call)));
    }
    return COX_OK;
}

static enum cox_rc check_not_own(struct cox_call *call, const struct cox_row *row,
    struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id;

    if (row != NULL && actor != 0 && cox_row_int(row, COX_QUOTA_USER) == actor) {
        return cox_fail_at(reterr, COX_DENIED, "user", 0, "nobody sets one's own quota");
    }
    return COX_OK;
}

static enum cox_rc check_quota(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    COX_TRY(check_not_own(call, before, reterr));
    if (after == NULL) {
        return COX_OK;
    }
    if (cox_row_int(after, COX_QUOTA_MEASURE) == COX_NULL) {
        cox_row_set(after, COX_QUOTA_MEASURE, cox_int(COX_MEASURE_REVENUE));
    }
    COX_TRY(fill_user(call, after, reterr));
    COX_TRY(check_not_own(call, after, reterr));
    COX_TRY(cox_days_check(cox_row_int(after, COX_QUOTA_FROM_DAY),
        cox_row_int(after, COX_QUOTA_TO_DAY), reterr));
    return check_value(call, after, reterr);
}

const struct cox_entity cox_quota = {
    .name = "quota",
    .plural = "quotas",
    .label = "Quota",
    .label_plural = "Quotas",
    .number = 80,
    .fields = quota_fields,
    .field_count = COX_QUOTA_FIELD_COUNT,
    .struct_size = sizeof(struct cox_quota),
    .reach = COX_REACH_LINE,
    .name_field = COX_QUOTA_MEASURE,
    .owner_field = COX_QUOTA_USER,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_QUOTA_CURRENCY,
    .grants = quota_grants,
    .check = check_quota,
    .external_alias = {"ForecastingQuota", NULL, NULL},
    .also = "targets|goals|Targets|SalesPersonQuotaHistory",
    .help = "What a person or team is to reach within a span of days.",
};

/* ---- parts ---- */

static int64_t value_before(const struct cox_workweek *week, struct cox_span quota, int64_t value,
    int64_t day)
{
    int64_t whole = cox_workday_count(week, quota.from_day, quota.to_day);
    int64_t part = cox_workday_count(week, quota.from_day, day), share;

    if (day >= quota.to_day || day <= quota.from_day) {
        return day <= quota.from_day ? 0 : value;
    }
    if (whole == 0) {
        whole = quota.to_day - quota.from_day;
        part = day - quota.from_day;
    }
    return cox_num_mul_div(value, part, whole, &share) ? share : 0;
}

int64_t cox_quota_part(const struct cox_workweek *week, struct cox_span quota, int64_t value,
    struct cox_span span)
{
    return value_before(week, quota, value, span.to_day) -
           value_before(week, quota, value, span.from_day);
}

static const struct cox_entity *const entities[] = {&cox_quota, NULL};

const struct cox_feature cox_feature_quota = {
    .name = "quota",
    .help = "What people and teams are to reach, and how far they are.",
    .entities = entities,
};
