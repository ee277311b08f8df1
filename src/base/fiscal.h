/*
 * base/fiscal.h: fiscal years, quarters and periods of a company, and working days. A calendar is
 * a small value: copy it freely. Days as in day.h.
 */
#ifndef COX_BASE_FISCAL_H
#define COX_BASE_FISCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "base/err.h"

enum cox_fiscal_kind {
    COX_FISCAL_MONTHS, /* 12 periods: calendar months from start_month on */
    COX_FISCAL_445,    /* 12 periods of 4, 4 and 5 weeks in each quarter */
    COX_FISCAL_454,
    COX_FISCAL_544,
    COX_FISCAL_13, /* 13 periods of 4 weeks; quarters of 3, 3, 3 and 4 periods */
    COX_FISCAL_KIND_COUNT
};

/* Where a year of weeks ends. Source: NRF 4-5-4 calendar; FASB/IRC section 441(f) 52-53 weeks. */
enum cox_fiscal_end {
    COX_FISCAL_LAST,    /* on the last end_weekday of the month before start_month */
    COX_FISCAL_NEAREST, /* on the end_weekday nearest to that month's end (up to 3 days either way) */
    COX_FISCAL_END_COUNT
};

/* Which calendar year a fiscal year is named after. */
enum cox_fiscal_name {
    COX_FISCAL_BY_END,   /* the one in which its last month (that before start_month) lies; usual */
    COX_FISCAL_BY_START, /* the one in which start_month lies */
    COX_FISCAL_NAME_COUNT
};

/* {0} with start_month 1 is the calendar year. In a 53-week year the last period has a week more. */
struct cox_fiscal {
    enum cox_fiscal_kind kind;
    int start_month;         /* 1..12 */
    int end_weekday;         /* kinds of weeks: 1 Monday .. 7 Sunday; unused by MONTHS */
    enum cox_fiscal_end end; /* kinds of weeks */
    enum cox_fiscal_name name;
};

enum cox_rc cox_fiscal_check(const struct cox_fiscal *fiscal, struct cox_err *reterr) COX_NODISCARD;

/* A span of whole days; to_day is not in it. */
struct cox_span {
    int64_t from_day, to_day;
};

/* Where a day lies. Numbers count from 1. */
struct cox_fiscal_at {
    int year, quarter, period, week; /* week of the year; MONTHS: of 7 days from its first day */
    struct cox_span year_span, quarter_span, period_span;
};

/* fiscal must have passed cox_fiscal_check; day within years 2..9998, else it is clamped. */
struct cox_fiscal_at cox_fiscal_find(const struct cox_fiscal *fiscal, int64_t day);

int cox_fiscal_period_count(const struct cox_fiscal *fiscal); /* a year: 12 or 13 */

/* quarter 1..4, period 1..12 or 13; a number out of range gives an empty span. */
struct cox_span cox_fiscal_year(const struct cox_fiscal *fiscal, int year);
struct cox_span cox_fiscal_quarter(const struct cox_fiscal *fiscal, int year, int quarter);
struct cox_span cox_fiscal_period(const struct cox_fiscal *fiscal, int year, int period);

/* "FY2026", "FY2026 Q2", "FY2026 Q2 P5": quarter and period 0 are left out. */
enum { COX_FISCAL_LABEL_SIZE = 24 };
void cox_fiscal_label(int year, int quarter, int period, char ret_text[COX_FISCAL_LABEL_SIZE]);

/* ---- working days ---- */

struct cox_workweek {
    unsigned days;           /* bit weekday - 1 (1 Monday) set: worked; 0x1f: Monday to Friday */
    const int64_t *holidays; /* strictly rising; stays the caller's */
    size_t holiday_count;
};

bool cox_workday_is(const struct cox_workweek *week, int64_t day);

/* Working days in [from_day, to_day); negative when to_day lies before. Cost grows with the
 * holidays between them alone. */
int64_t cox_workday_count(const struct cox_workweek *week, int64_t from_day, int64_t to_day);

/* The count-th working day after day (before it when negative); 0 gives day. A week without
 * working days gives day as well; holidays without end do not exist, so it stops. */
int64_t cox_workday_add(const struct cox_workweek *week, int64_t day, int64_t count);

#endif
