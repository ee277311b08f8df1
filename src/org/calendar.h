/*
 * org/calendar.h: the company's calendar: fiscal years and their periods as rows, holidays, working
 * hours. Periods are rows, not formulas, so a change of calendar moves no earlier period.
 */
#ifndef COX_ORG_CALENDAR_H
#define COX_ORG_CALENDAR_H

#include "base/fiscal.h"
#include "record/entity.h"

/* Is the day (COX_NULL: none) in the span? */
static inline bool cox_span_has(struct cox_span span, int64_t day)
{
    return day != COX_NULL && day >= span.from_day && day < span.to_day;
}

struct cox_arena;

enum {
    COX_FISCAL_CALENDAR_NAME,
    COX_FISCAL_CALENDAR_KIND,
    COX_FISCAL_CALENDAR_START_MONTH,
    COX_FISCAL_CALENDAR_END_WEEKDAY,
    COX_FISCAL_CALENDAR_END_RULE,
    COX_FISCAL_CALENDAR_NAME_RULE,
    COX_FISCAL_CALENDAR_FIELD_COUNT
};

struct cox_fiscal_calendar {
    struct cox_head head;
    struct cox_text name;
    int64_t kind, start_month, end_weekday, end_rule, name_rule; /* as in struct cox_fiscal */
};
extern const struct cox_entity cox_fiscal_calendar;

enum cox_period_kind { COX_PERIOD_YEAR, COX_PERIOD_QUARTER, COX_PERIOD_PERIOD };

enum {
    COX_PERIOD_ROW_CALENDAR,
    COX_PERIOD_ROW_KIND,
    COX_PERIOD_ROW_LABEL,
    COX_PERIOD_ROW_YEAR,
    COX_PERIOD_ROW_QUARTER,
    COX_PERIOD_ROW_PERIOD,
    COX_PERIOD_ROW_FROM_DAY,
    COX_PERIOD_ROW_TO_DAY,
    COX_PERIOD_ROW_FIELD_COUNT
};

struct cox_period {
    struct cox_head head;
    int64_t calendar, kind; /* kind: enum cox_period_kind */
    struct cox_text label;
    int64_t year, quarter, period; /* no value where coarser than that */
    int64_t from_day, to_day;
};
extern const struct cox_entity cox_period;

enum { COX_HOLIDAY_NAME, COX_HOLIDAY_DAY, COX_HOLIDAY_OFFICE, COX_HOLIDAY_FIELD_COUNT };

struct cox_holiday {
    struct cox_head head;
    struct cox_text name;
    int64_t day;
    int64_t office; /* a team; no value: everywhere */
};
extern const struct cox_entity cox_holiday;

enum {
    COX_WORKING_HOURS_NAME,
    COX_WORKING_HOURS_USER,
    COX_WORKING_HOURS_WEEKDAY,
    COX_WORKING_HOURS_FROM_MINUTE,
    COX_WORKING_HOURS_TO_MINUTE,
    COX_WORKING_HOURS_FROM_DAY,
    COX_WORKING_HOURS_TO_DAY,
    COX_WORKING_HOURS_FIELD_COUNT
};

struct cox_working_hours {
    struct cox_head head;
    struct cox_text name;
    int64_t user;                   /* no value: the company's */
    int64_t weekday;                /* 1 Monday .. 7 Sunday */
    int64_t from_minute, to_minute; /* of the local day */
    int64_t from_day, to_day;
};
extern const struct cox_entity cox_working_hours;

/*
 * Makes the year, quarter and period rows of a calendar for the years from_year..to_year; rows that
 * are there already (same kind and numbers) stay as they are. Part of the caller's commit.
 */
enum cox_rc cox_fiscal_fill(struct cox_call *call, int64_t calendar, int from_year, int to_year,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * The period of a kind in which a day lies, from the rows as of the call; where there is no row,
 * from the first calendar, and without any, the calendar year. Never COX_MISSING.
 */
struct cox_period_at {
    struct cox_span span;
    char label[COX_FISCAL_LABEL_SIZE];
};
enum cox_rc cox_fiscal_at_day(struct cox_call *call, enum cox_period_kind kind, int64_t day,
    struct cox_period_at *ret_period, struct cox_err *reterr) COX_NODISCARD;

/*
 * The company's working week and holidays valid on day, for counting working days. Without rows:
 * Monday to Friday. The holidays live in the call's arena.
 */
enum cox_rc cox_workweek_load(struct cox_call *call, int64_t day, struct cox_workweek *ret_week,
    struct cox_err *reterr) COX_NODISCARD;

#endif
