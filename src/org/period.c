/* org/period.c: periods made from a calendar, found by day; the working week for counting days. */
#include <stdlib.h>

#include "base/num.h"
#include "org/calendar.h"
#include "org/people.h"
#include "record/query.h"
#include "record/record.h"

static enum cox_rc fiscal_load(struct cox_call *call, int64_t id, struct cox_fiscal *ret_fiscal,
    struct cox_err *reterr)
{
    struct cox_fiscal_calendar calendar;

    COX_TRY(cox_load(call, &cox_fiscal_calendar, id, &calendar, reterr));
    *ret_fiscal = (struct cox_fiscal){
        .kind = (enum cox_fiscal_kind)calendar.kind,
        .start_month = (int)calendar.start_month,
        .end_weekday = calendar.end_weekday == COX_NULL ? 6 : (int)calendar.end_weekday,
        .end = calendar.end_rule == COX_NULL ? COX_FISCAL_LAST
                                             : (enum cox_fiscal_end)calendar.end_rule,
        .name = calendar.name_rule == COX_NULL ? COX_FISCAL_BY_END
                                               : (enum cox_fiscal_name)calendar.name_rule,
    };
    return COX_OK;
}

struct fill {
    struct cox_call *call;
    int64_t calendar;
    int year;
    bool has[3][14]; /* kind, number */
};

static enum cox_rc note_period(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct fill *fill = (struct fill *)ctx;
    struct cox_period period;
    int64_t number;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &period);
    number = period.kind == COX_PERIOD_QUARTER  ? period.quarter
             : period.kind == COX_PERIOD_PERIOD ? period.period
                                                : 0;
    if (number >= 0 && number < 14) {
        fill->has[period.kind][number] = true;
    }
    return COX_OK;
}

static enum cox_rc add_period(const struct fill *fill, enum cox_period_kind kind, int quarter,
    int number, struct cox_span span, struct cox_err *reterr)
{
    struct cox_period period;
    char label[COX_FISCAL_LABEL_SIZE];
    int64_t id;

    if (fill->has[kind][kind == COX_PERIOD_PERIOD ? number : quarter]) {
        return COX_OK;
    }
    cox_struct_init(&cox_period, &period);
    cox_fiscal_label(fill->year, quarter, number, label);
    period.calendar = fill->calendar;
    period.kind = (int64_t)kind;
    period.label = cox_text_of(label);
    period.year = fill->year;
    period.quarter = quarter == 0 ? COX_NULL : quarter;
    period.period = number == 0 ? COX_NULL : number;
    period.from_day = span.from_day;
    period.to_day = span.to_day;
    return cox_create_struct(fill->call, &cox_period, &period, &id, reterr);
}

static enum cox_rc fill_year(struct fill *fill, const struct cox_fiscal *fiscal,
    struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_PERIOD_ROW_CALENDAR, "eq", cox_int(fill->calendar)},
        {COX_PERIOD_ROW_YEAR, "eq", cox_int(fill->year)},
    };
    const struct cox_filter *filter;
    int count = cox_fiscal_period_count(fiscal);

    memset(fill->has, 0, sizeof(fill->has));
    COX_TRY(cox_filter_build(fill->call, &cox_period, terms, COX_COUNT(terms), &filter, reterr));
    COX_TRY(cox_each(fill->call, &cox_period, filter, note_period, fill, reterr));
    COX_TRY(add_period(fill, COX_PERIOD_YEAR, 0, 0, cox_fiscal_year(fiscal, fill->year), reterr));
    for (int quarter = 1; quarter <= 4; quarter++) {
        COX_TRY(add_period(fill, COX_PERIOD_QUARTER, quarter, 0,
            cox_fiscal_quarter(fiscal, fill->year, quarter), reterr));
    }
    for (int number = 1; number <= count; number++) {
        struct cox_span span = cox_fiscal_period(fiscal, fill->year, number);
        int quarter = cox_fiscal_find(fiscal, span.from_day).quarter;

        COX_TRY(add_period(fill, COX_PERIOD_PERIOD, quarter, number, span, reterr));
    }
    return COX_OK;
}

enum cox_rc cox_fiscal_fill(struct cox_call *call, int64_t calendar, int from_year, int to_year,
    struct cox_err *reterr)
{
    struct fill fill = {.call = call, .calendar = calendar};
    struct cox_fiscal fiscal;

    if (from_year < 2 || to_year > 9998 || to_year - from_year > 100) {
        return cox_fail_at(reterr, COX_INVALID, "year", 0, "at most a hundred years at once");
    }
    COX_TRY(fiscal_load(call, calendar, &fiscal, reterr));
    for (fill.year = from_year; fill.year <= to_year; fill.year++) {
        COX_TRY(fill_year(&fill, &fiscal, reterr));
    }
    return COX_OK;
}

/* Without a row for the day: what the formula of the oldest calendar says, or plain years. */
static enum cox_rc period_by_formula(struct cox_call *call, enum cox_period_kind kind, int64_t day,
    struct cox_period_at *ret_period, struct cox_err *reterr)
{
    const struct cox_query query = {.entity = &cox_fiscal_calendar, .limit = 1};
    struct cox_fiscal fiscal = {.start_month = 1};
    struct cox_fiscal_at at;
    struct cox_page page;

    COX_TRY(cox_list(call, &query, &page, reterr));
    if (page.count > 0) {
        COX_TRY(fiscal_load(call, page.rows[0].id, &fiscal, reterr));
    }
    at = cox_fiscal_find(&fiscal, day);
    ret_period->span = kind == COX_PERIOD_YEAR      ? at.year_span
                       : kind == COX_PERIOD_QUARTER ? at.quarter_span
                                                    : at.period_span;
    cox_fiscal_label(at.year, kind == COX_PERIOD_YEAR ? 0 : at.quarter,
        kind == COX_PERIOD_PERIOD ? at.period : 0, ret_period->label);
    return COX_OK;
}

enum cox_rc cox_fiscal_at_day(struct cox_call *call, enum cox_period_kind kind, int64_t day,
    struct cox_period_at *ret_period, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_PERIOD_ROW_KIND, "eq", cox_int((int64_t)kind)},
        {COX_PERIOD_ROW_FROM_DAY, "lte", cox_int(day)},
        {COX_PERIOD_ROW_TO_DAY, "gt", cox_int(day)},
    };
    struct cox_query query = {.entity = &cox_period, .limit = 1};
    struct cox_page page;
    struct cox_text label;
    size_t size;

    COX_TRY(cox_filter_build(call, &cox_period, terms, COX_COUNT(terms), &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    if (page.count == 0) {
        return period_by_formula(call, kind, day, ret_period, reterr);
    }
    ret_period->span.from_day = cox_row_int(&page.rows[0], COX_PERIOD_ROW_FROM_DAY);
    ret_period->span.to_day = cox_row_int(&page.rows[0], COX_PERIOD_ROW_TO_DAY);
    label = cox_row_text(&page.rows[0], COX_PERIOD_ROW_LABEL);
    size = label.size < sizeof(ret_period->label) ? label.size : sizeof(ret_period->label) - 1;
    memcpy(ret_period->label, label.ptr, size);
    ret_period->label[size] = '\0';
    return COX_OK;
}

/* ---- working week ---- */

struct week {
    struct cox_arena *arena;
    int64_t day;
    unsigned days;
    int64_t *holidays;
    size_t count, room;
};

static enum cox_rc note_hours(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct week *week = (struct week *)ctx;
    struct cox_working_hours hours;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &hours);
    if (hours.user == COX_NULL && cox_days_hold(hours.from_day, hours.to_day, week->day)) {
        week->days |= 1u << (unsigned)(hours.weekday - 1);
    }
    return COX_OK;
}

static enum cox_rc note_holiday(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct week *week = (struct week *)ctx;

    if (cox_row_int(row, COX_HOLIDAY_OFFICE) != COX_NULL) {
        return COX_OK;
    }
    if (week->count == week->room) {
        size_t room = week->room == 0 ? 64 : 2 * week->room;
        int64_t *holidays = COX_NEW_ARRAY(week->arena, room, int64_t);

        if (holidays == NULL) {
            return cox_no_memory(reterr);
        }
        if (week->count > 0) {
            memcpy(holidays, week->holidays, week->count * sizeof(*holidays));
        }
        week->holidays = holidays;
        week->room = room;
    }
    week->holidays[week->count++] = cox_row_int(row, COX_HOLIDAY_DAY);
    return COX_OK;
}

enum cox_rc cox_workweek_load(struct cox_call *call, int64_t day, struct cox_workweek *ret_week,
    struct cox_err *reterr)
{
    struct week week = {.arena = cox_call_arena(call), .day = day};
    size_t kept = 0;

    COX_TRY(cox_each(call, &cox_working_hours, NULL, note_hours, &week, reterr));
    COX_TRY(cox_each(call, &cox_holiday, NULL, note_holiday, &week, reterr));
    if (week.count > 1) {
        qsort(week.holidays, week.count, sizeof(*week.holidays), cox_num_compare);
    }
    for (size_t i = 0; i < week.count; i++) {
        if (kept == 0 || week.holidays[kept - 1] != week.holidays[i]) {
            week.holidays[kept++] = week.holidays[i];
        }
    }
    *ret_week = (struct cox_workweek){
        .days = week.days == 0 ? 0x1f : week.days,
        .holidays = week.holidays,
        .holiday_count = kept,
    };
    return COX_OK;
}
