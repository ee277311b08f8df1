/* org/calendar.c: the tables of fiscal calendars, periods, holidays and working hours. */
#include "org/calendar.h"

#include "org/people.h"
#include "record/record.h"

/* ---- fiscal calendar ---- */

static const struct cox_choice calendar_kinds[] = {
    [COX_FISCAL_MONTHS] = {"months", "Calendar months", "gregorian|standard"},
    [COX_FISCAL_445] = {"445", "Weeks 4-4-5", "4-4-5"},
    [COX_FISCAL_454] = {"454", "Weeks 4-5-4", "4-5-4"},
    [COX_FISCAL_544] = {"544", "Weeks 5-4-4", "5-4-4"},
    [COX_FISCAL_13] = {"13", "13 periods of 4 weeks", "13 periods"},
    {0},
};

static const struct cox_choice end_rules[] = {
    [COX_FISCAL_LAST] = {"last", "Last such weekday of the month", NULL},
    [COX_FISCAL_NEAREST] = {"nearest", "Such weekday nearest to the month's end", NULL},
    {0},
};

static const struct cox_choice name_rules[] = {
    [COX_FISCAL_BY_END] = {"by_end", "After the year it ends in", NULL},
    [COX_FISCAL_BY_START] = {"by_start", "After the year it starts in", NULL},
    {0},
};

static const struct cox_field fiscal_calendar_fields[] = {
    [COX_FISCAL_CALENDAR_NAME] = {"name", .type = COX_TEXT, .max = 100,
        .flags = COX_REQUIRED | COX_SORTED, .at = COX_AT_TEXT(struct cox_fiscal_calendar, name),
        .help = "What the calendar is called."},
    [COX_FISCAL_CALENDAR_KIND] = {"kind", .type = COX_CHOICE, .choices = calendar_kinds,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_fiscal_calendar, kind),
        .help = "Calendar months, or weeks grouped into periods."},
    [COX_FISCAL_CALENDAR_START_MONTH] = {"start_month", .type = COX_INT, .min = 1, .max = 12,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_fiscal_calendar, start_month),
        .help = "Month the fiscal year starts in, 1 to 12."},
    [COX_FISCAL_CALENDAR_END_WEEKDAY] = {"end_weekday", .type = COX_INT, .min = 1, .max = 7,
        .at = COX_AT_INT(struct cox_fiscal_calendar, end_weekday),
        .help = "For weeks: the weekday the year ends on, 1 Monday to 7 Sunday."},
    [COX_FISCAL_CALENDAR_END_RULE] = {"end_rule", .type = COX_CHOICE, .choices = end_rules,
        .at = COX_AT_INT(struct cox_fiscal_calendar, end_rule),
        .help = "For weeks: which such weekday."},
    [COX_FISCAL_CALENDAR_NAME_RULE] = {"name_rule", .type = COX_CHOICE, .choices = name_rules,
        .at = COX_AT_INT(struct cox_fiscal_calendar, name_rule),
        .help = "The calendar year a fiscal year is named after."},
};
_Static_assert(COX_COUNT(fiscal_calendar_fields) == COX_FISCAL_CALENDAR_FIELD_COUNT,
    "one row for each field id");

static int int_or(const struct cox_row *row, uint32_t field, int otherwise)
{
    int64_t value = cox_row_int(row, field);

    return value == COX_NULL ? otherwise : (int)value;
}

static struct cox_fiscal fiscal_of(const struct cox_row *row)
{
    return (struct cox_fiscal){
        .kind = (enum cox_fiscal_kind)int_or(row, COX_FISCAL_CALENDAR_KIND, COX_FISCAL_MONTHS),
        .start_month = int_or(row, COX_FISCAL_CALENDAR_START_MONTH, 1),
        .end_weekday = int_or(row, COX_FISCAL_CALENDAR_END_WEEKDAY, 6),
        .end = (enum cox_fiscal_end)int_or(row, COX_FISCAL_CALENDAR_END_RULE, COX_FISCAL_LAST),
        .name = (enum cox_fiscal_name)int_or(row, COX_FISCAL_CALENDAR_NAME_RULE, COX_FISCAL_BY_END),
    };
}

static enum cox_rc check_fiscal_calendar(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    struct cox_fiscal fiscal;

    (void)call, (void)before; /* a calendar is judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    fiscal = fiscal_of(after);
    return cox_fiscal_check(&fiscal, reterr);
}

const struct cox_entity cox_fiscal_calendar = {
    .name = "fiscal_calendar",
    .plural = "fiscal_calendars",
    .label = "Fiscal calendar",
    .label_plural = "Fiscal calendars",
    .number = 25,
    .fields = fiscal_calendar_fields,
    .field_count = COX_FISCAL_CALENDAR_FIELD_COUNT,
    .struct_size = sizeof(struct cox_fiscal_calendar),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_FISCAL_CALENDAR_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_fiscal_calendar,
    .help = "How the company cuts its years into quarters and periods.",
};

/* ---- fiscal period ---- */

static const struct cox_choice period_kinds[] = {
    [COX_PERIOD_YEAR] = {"year", "Year", NULL},
    [COX_PERIOD_QUARTER] = {"quarter", "Quarter", NULL},
    [COX_PERIOD_PERIOD] = {"period", "Period", "month"},
    {0},
};

static const struct cox_field fiscal_period_fields[] = {
    [COX_PERIOD_ROW_CALENDAR] = {"calendar", .type = COX_REF, .ref = &cox_fiscal_calendar,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_period, calendar), .help = "The calendar it belongs to."},
    [COX_PERIOD_ROW_KIND] = {"kind", .type = COX_CHOICE, .choices = period_kinds,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_period, kind),
        .help = "Year, quarter or period."},
    [COX_PERIOD_ROW_LABEL] = {"label", .type = COX_TEXT, .max = 60, .flags = COX_REQUIRED,
        .at = COX_AT_TEXT(struct cox_period, label), .help = "As FY2026 Q2."},
    [COX_PERIOD_ROW_YEAR] = {"year", .type = COX_INT, .min = 1, .max = 9999, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_period, year), .help = "The fiscal year."},
    [COX_PERIOD_ROW_QUARTER] = {"quarter", .type = COX_INT, .min = 1, .max = 4,
        .at = COX_AT_INT(struct cox_period, quarter), .help = "1 to 4; empty for a year."},
    [COX_PERIOD_ROW_PERIOD] = {"period", .type = COX_INT, .min = 1, .max = 13,
        .at = COX_AT_INT(struct cox_period, period),
        .help = "1 to 12 or 13; empty for a year or quarter."},
    [COX_PERIOD_ROW_FROM_DAY] = {"from_day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_period, from_day), .help = "First day."},
    [COX_PERIOD_ROW_TO_DAY] = {"to_day", .type = COX_DATE, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_period, to_day), .help = "First day after."},
};
_Static_assert(COX_COUNT(fiscal_period_fields) == COX_PERIOD_ROW_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_fiscal_period(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call, (void)before; /* only the days can be wrong */
    return after == NULL ? COX_OK
                         : cox_days_check(cox_row_int(after, COX_PERIOD_ROW_FROM_DAY),
                               cox_row_int(after, COX_PERIOD_ROW_TO_DAY), reterr);
}

const struct cox_entity cox_period = {
    .name = "fiscal_period",
    .plural = "fiscal_periods",
    .label = "Fiscal period",
    .label_plural = "Fiscal periods",
    .number = 26,
    .fields = fiscal_period_fields,
    .field_count = COX_PERIOD_ROW_FIELD_COUNT,
    .struct_size = sizeof(struct cox_period),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_PERIOD_ROW_LABEL,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_fiscal_period,
    .external_alias = {"Period", NULL, NULL},
    .help = "A fiscal year, quarter or period with its days.",
};

/* ---- holiday ---- */

static const struct cox_field holiday_fields[] = {
    [COX_HOLIDAY_NAME] = {"name", .type = COX_TEXT, .max = 100, .flags = COX_REQUIRED,
        .at = COX_AT_TEXT(struct cox_holiday, name), .alias = {"Name", NULL, "name"},
        .help = "What the day is called."},
    [COX_HOLIDAY_DAY] = {"day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_holiday, day), .alias = {"ActivityDate", NULL, "date"},
        .also = "date", .help = "The day nobody works."},
    [COX_HOLIDAY_OFFICE] = {"office", .type = COX_REF, .ref = &cox_team, .on_delete = COX_CASCADE,
        .at = COX_AT_INT(struct cox_holiday, office),
        .help = "The office it holds for; empty: all."},
};
_Static_assert(COX_COUNT(holiday_fields) == COX_HOLIDAY_FIELD_COUNT, "one row for each field id");

const struct cox_entity cox_holiday = {
    .name = "holiday",
    .plural = "holidays",
    .label = "Holiday",
    .label_plural = "Holidays",
    .number = 27,
    .fields = holiday_fields,
    .field_count = COX_HOLIDAY_FIELD_COUNT,
    .struct_size = sizeof(struct cox_holiday),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_HOLIDAY_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .external_alias = {"Holiday", NULL, NULL},
    .help = "A day on which nobody works.",
};

/* ---- working hours ---- */

static const struct cox_field working_hours_fields[] = {
    [COX_WORKING_HOURS_NAME] = {"name", .type = COX_TEXT, .max = 100,
        .at = COX_AT_TEXT(struct cox_working_hours, name),
        .help = "As early shift; may stay empty."},
    [COX_WORKING_HOURS_USER] = {"user", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .at = COX_AT_INT(struct cox_working_hours, user),
        .help = "Whose hours; empty: the company's."},
    [COX_WORKING_HOURS_WEEKDAY] = {"weekday", .type = COX_INT, .min = 1, .max = 7,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_working_hours, weekday),
        .help = "1 Monday to 7 Sunday."},
    [COX_WORKING_HOURS_FROM_MINUTE] = {"from_minute", .type = COX_INT, .min = 0, .max = 1439,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_working_hours, from_minute),
        .help = "Start, in minutes after midnight."},
    [COX_WORKING_HOURS_TO_MINUTE] = {"to_minute", .type = COX_INT, .min = 1, .max = 1440,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_working_hours, to_minute),
        .help = "End, in minutes after midnight."},
    [COX_WORKING_HOURS_FROM_DAY] = {"from_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_working_hours, from_day),
        .help = "First day they hold; empty: always."},
    [COX_WORKING_HOURS_TO_DAY] = {"to_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_working_hours, to_day),
        .help = "First day they no longer hold; empty: still do."},
};
_Static_assert(COX_COUNT(working_hours_fields) == COX_WORKING_HOURS_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_working_hours(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call, (void)before; /* hours are judged by what they become */
    if (after == NULL) {
        return COX_OK;
    }
    if (cox_row_int(after, COX_WORKING_HOURS_TO_MINUTE) <=
        cox_row_int(after, COX_WORKING_HOURS_FROM_MINUTE)) {
        return cox_fail_at(reterr, COX_INVALID, "to_minute", 0, "work ends before it starts");
    }
    return cox_days_check(cox_row_int(after, COX_WORKING_HOURS_FROM_DAY),
        cox_row_int(after, COX_WORKING_HOURS_TO_DAY), reterr);
}

const struct cox_entity cox_working_hours = {
    .name = "working_hours",
    .plural = "working_hours",
    .label = "Working hours",
    .label_plural = "Working hours",
    .number = 28,
    .fields = working_hours_fields,
    .field_count = COX_WORKING_HOURS_FIELD_COUNT,
    .struct_size = sizeof(struct cox_working_hours),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_WORKING_HOURS_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_working_hours,
    .external_alias = {"BusinessHours", NULL, NULL},
    .help = "When people work: the company's hours, or one person's.",
};
