/* base/fiscal.c: fiscal years by months or weeks, and working days. */
#include "base/fiscal.h"

#include <assert.h>
#include <stdio.h>

enum { QUARTERS = 4, QUARTER_WEEKS = 13, PERIODS_MAX = 13, WEEK_DAYS = 7 };

enum cox_rc cox_fiscal_check(const struct cox_fiscal *fiscal, struct cox_err *reterr)
{
    if ((unsigned)fiscal->kind >= COX_FISCAL_KIND_COUNT) {
        return cox_fail_at(reterr, COX_INVALID, "kind", 0, "unknown kind of fiscal year");
    }
    if (fiscal->start_month < 1 || fiscal->start_month > 12) {
        return cox_fail_at(reterr, COX_INVALID, "start_month", 0, "a month is 1 to 12");
    }
    if ((unsigned)fiscal->end >= COX_FISCAL_END_COUNT) {
        return cox_fail_at(reterr, COX_INVALID, "end", 0, "unknown rule for the year's end");
    }
    if ((unsigned)fiscal->name >= COX_FISCAL_NAME_COUNT) {
        return cox_fail_at(reterr, COX_INVALID, "name", 0, "unknown rule for the year's name");
    }
    if (fiscal->kind != COX_FISCAL_MONTHS && (fiscal->end_weekday < 1 || fiscal->end_weekday > 7)) {
        return cox_fail_at(reterr, COX_INVALID, "end_weekday", 0,
            "a week day is 1 (Monday) to 7 (Sunday)");
    }
    return COX_OK;
}

int cox_fiscal_period_count(const struct cox_fiscal *fiscal)
{
    return fiscal->kind == COX_FISCAL_13 ? 13 : 12;
}

/* Calendar year in which the fiscal year's last month lies. */
static int end_year(const struct cox_fiscal *fiscal, int year)
{
    return fiscal->name == COX_FISCAL_BY_START && fiscal->start_month > 1 ? year + 1 : year;
}

/* First day after the fiscal year whose last month lies in a calendar year. */
static int64_t day_after(const struct cox_fiscal *fiscal, int calendar_year)
{
    int64_t start_year = fiscal->start_month == 1 ? calendar_year + 1 : calendar_year;
    int64_t month_end =
        start_year > 9999 ? COX_DAY_MAX + 1 : cox_day_ymd((int)start_year, fiscal->start_month, 1);

    if (fiscal->kind == COX_FISCAL_MONTHS) {
        return month_end;
    }
    /* The last end_weekday before from is at most seven days back. */
    int64_t from = fiscal->end == COX_FISCAL_NEAREST ? month_end + 3 : month_end;
    int64_t last = from - 1;
    last -= (cox_day_weekday(last) - fiscal->end_weekday + WEEK_DAYS) % WEEK_DAYS;
    return last + 1;
}

static bool is_in_range(int year)
{
    return year >= 2 && year <= 9998;
}

struct cox_span cox_fiscal_year(const struct cox_fiscal *fiscal, int year)
{
    if (!is_in_range(year)) {
        return (struct cox_span){0};
    }
    int end = end_year(fiscal, year);
    return (struct cox_span){day_after(fiscal, end - 1), day_after(fiscal, end)};
}

static int quarter_of(const struct cox_fiscal *fiscal, int period)
{
    int quarter = (period - 1) / 3 + 1;

    assert(period <= cox_fiscal_period_count(fiscal));
    return quarter > QUARTERS ? QUARTERS : quarter; /* the 13th period of a year of 13 */
}

/* Weeks before a period; the 53rd week, if there is one, is left to the year's end. */
static int weeks_before(const struct cox_fiscal *fiscal, int period)
{
    static const int before[COX_FISCAL_KIND_COUNT][3] =
        {[COX_FISCAL_445] = {0, 4, 8}, [COX_FISCAL_454] = {0, 4, 9}, [COX_FISCAL_544] = {0, 5, 9}};

    if (fiscal->kind == COX_FISCAL_13) {
        return (period - 1) * 4;
    }
    return (period - 1) / 3 * QUARTER_WEEKS + before[fiscal->kind][(period - 1) % 3];
}

/* First day of a period; that of the one behind the last is the next year's. */
static int64_t period_from(const struct cox_fiscal *fiscal, struct cox_span year, int period)
{
    if (period > cox_fiscal_period_count(fiscal)) {
        return year.to_day;
    }
    if (fiscal->kind == COX_FISCAL_MONTHS) {
        return cox_day_add_months(year.from_day, period - 1);
    }
    return year.from_day + (int64_t)WEEK_DAYS * weeks_before(fiscal, period);
}

struct cox_span cox_fiscal_period(const struct cox_fiscal *fiscal, int year, int period)
{
    struct cox_span span = cox_fiscal_year(fiscal, year);

    if (period < 1 || period > cox_fiscal_period_count(fiscal) || span.from_day == span.to_day) {
        return (struct cox_span){0};
    }
    return (
        struct cox_span){period_from(fiscal, span, period), period_from(fiscal, span, period + 1)};
}

struct cox_span cox_fiscal_quarter(const struct cox_fiscal *fiscal, int year, int quarter)
{
    struct cox_span span = cox_fiscal_year(fiscal, year);

    if (quarter < 1 || quarter > QUARTERS || span.from_day == span.to_day) {
        return (struct cox_span){0};
    }
    int first = (quarter - 1) * 3 + 1;
    return (struct cox_span){period_from(fiscal, span, first),
        quarter == QUARTERS ? span.to_day : period_from(fiscal, span, first + 3)};
}

/* The fiscal year's own number of a day: at most one off the calendar's. */
static int year_of(const struct cox_fiscal *fiscal, int64_t day)
{
    int year = cox_day_civil(day).year - 1;

    while (is_in_range(year + 1) && day >= cox_fiscal_year(fiscal, year).to_day) {
        year++;
    }
    return year < 2 ? 2 : year;
}

struct cox_fiscal_at cox_fiscal_find(const struct cox_fiscal *fiscal, int64_t day)
{
    const int64_t least = cox_fiscal_year(fiscal, 3).from_day;
    const int64_t most = cox_fiscal_year(fiscal, 9997).to_day - 1;

    day = day < least ? least : day > most ? most : day;
    struct cox_fiscal_at at = {.year = year_of(fiscal, day), .period = 1};
    at.year_span = cox_fiscal_year(fiscal, at.year);
    while (day >= period_from(fiscal, at.year_span, at.period + 1)) {
        at.period++;
    }
    at.quarter = quarter_of(fiscal, at.period);
    at.week = (int)((day - at.year_span.from_day) / WEEK_DAYS) + 1;
    at.period_span = cox_fiscal_period(fiscal, at.year, at.period);
    at.quarter_span = cox_fiscal_quarter(fiscal, at.year, at.quarter);
    return at;
}

void cox_fiscal_label(int year, int quarter, int period, char ret_text[COX_FISCAL_LABEL_SIZE])
{
    char rest[12] = "";

    assert(quarter >= 0 && quarter <= QUARTERS && period >= 0 && period <= PERIODS_MAX);
    if (quarter > 0 && period > 0) {
        (void)snprintf(rest, sizeof(rest), " Q%d P%d", quarter % 10, period % 100);
    } else if (quarter > 0) {
        (void)snprintf(rest, sizeof(rest), " Q%d", quarter % 10);
    } else if (period > 0) {
        (void)snprintf(rest, sizeof(rest), " P%d", period % 100);
    }
    (void)snprintf(ret_text, COX_FISCAL_LABEL_SIZE, "FY%d%s", year, rest);
}

/* ---- working days ---- */

static bool is_worked_weekday(const struct cox_workweek *week, int64_t day)
{
    return (week->days >> (unsigned)(cox_day_weekday(day) - 1) & 1) != 0;
}

/* Position of the first holiday on day or later. */
static size_t holiday_from(const struct cox_workweek *week, int64_t day)
{
    size_t low = 0, high = week->holiday_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (week->holidays[middle] < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool cox_workday_is(const struct cox_workweek *week, int64_t day)
{
    size_t at = holiday_from(week, day);

    return is_worked_weekday(week, day) && !(at < week->holiday_count && week->holidays[at] == day);
}

int64_t cox_workday_count(const struct cox_workweek *week, int64_t from_day, int64_t to_day)
{
    int64_t sign = to_day < from_day ? -1 : 1;

    if (sign < 0) {
        int64_t later = from_day;
        from_day = to_day;
        to_day = later;
    }
    int64_t whole = (to_day - from_day) / WEEK_DAYS;
    int64_t count = whole * __builtin_popcount(week->days & 0x7f);
    for (int64_t day = from_day + whole * WEEK_DAYS; day < to_day; day++) {
        count += is_worked_weekday(week, day);
    }
    for (size_t i = holiday_from(week, from_day);
         i < week->holiday_count && week->holidays[i] < to_day; i++) {
        count -= is_worked_weekday(week, week->holidays[i]);
    }
    return sign * count;
}

int64_t cox_workday_add(const struct cox_workweek *week, int64_t day, int64_t count)
{
    int64_t step = count < 0 ? -1 : 1;

    if ((week->days & 0x7f) == 0) {
        return day;
    }
    while (count != 0 && day > COX_DAY_MIN && day < COX_DAY_MAX) {
        day += step;
        if (cox_workday_is(week, day)) {
            count -= step;
        }
    }
    return day;
}
