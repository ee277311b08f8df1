/* base/day.c: the civil calendar and writing of days and instants. Reading is date_read.c. */
#include "base/day.h"

#include <assert.h>
#include <stdio.h>

enum { DAYS_400_YEARS = 146097, DAYS_TO_EPOCH = 719468 }; /* from 0000-03-01 to 1970-01-01 */

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int cox_month_days(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    assert(month >= 1 && month <= 12);
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool cox_civil_is_valid(struct cox_civil civil)
{
    return civil.year >= 1 && civil.year <= 9999 && civil.month >= 1 && civil.month <= 12 &&
           civil.day >= 1 && civil.day <= cox_month_days(civil.year, civil.month);
}

/* Years begin on 1 March here, so that the leap day is the last of its year. */
int64_t cox_day_of(struct cox_civil civil)
{
    assert(cox_civil_is_valid(civil));
    int64_t year = civil.month <= 2 ? civil.year - 1 : civil.year;
    int64_t era = year / 400; /* years are positive, so this rounds down */
    int64_t year_of_era = year - era * 400;
    int64_t month = civil.month > 2 ? civil.month - 3 : civil.month + 9;
    int64_t day_of_year = (153 * month + 2) / 5 + civil.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * DAYS_400_YEARS + day_of_era - DAYS_TO_EPOCH;
}

int64_t cox_day_ymd(int year, int month, int day)
{
    return cox_day_of((struct cox_civil){year, month, day});
}

struct cox_civil cox_day_civil(int64_t day)
{
    assert(day >= COX_DAY_MIN && day <= COX_DAY_MAX);
    int64_t shifted = day + DAYS_TO_EPOCH;
    int64_t era = shifted / DAYS_400_YEARS;
    int64_t day_of_era = shifted - era * DAYS_400_YEARS;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    int civil_month = (int)(month < 10 ? month + 3 : month - 9);

    return (struct cox_civil){
        .year = (int)(year_of_era + era * 400 + (civil_month <= 2 ? 1 : 0)),
        .month = civil_month,
        .day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
    };
}

int cox_day_weekday(int64_t day)
{
    int64_t since_monday = (day + 3) % 7; /* 1970-01-01 was a Thursday */

    return (int)(since_monday < 0 ? since_monday + 7 : since_monday) + 1;
}

static int64_t clamp(int64_t day)
{
    return day < COX_DAY_MIN ? COX_DAY_MIN : day > COX_DAY_MAX ? COX_DAY_MAX : day;
}

int64_t cox_day_add_months(int64_t day, int64_t count)
{
    struct cox_civil civil = cox_day_civil(day);
    int64_t month = (int64_t)civil.year * 12 + civil.month - 1;

    if (__builtin_add_overflow(month, count, &month)) {
        return count < 0 ? COX_DAY_MIN : COX_DAY_MAX;
    }
    if (month < 12) {
        return COX_DAY_MIN;
    }
    if (month > INT64_C(9999) * 12 + 11) {
        return COX_DAY_MAX;
    }
    civil.year = (int)(month / 12);
    civil.month = (int)(month % 12) + 1;
    int last = cox_month_days(civil.year, civil.month);
    civil.day = civil.day > last ? last : civil.day;
    return cox_day_of(civil);
}

int64_t cox_us_day(int64_t us)
{
    int64_t day = us / COX_DAY_US;

    return us % COX_DAY_US < 0 ? day - 1 : day;
}

/* number in exactly count figures; the place behind them. Lists are full of days: printf is too slow for them. */
static char *put_figures(char *at, unsigned number, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + number % 10);
        number /= 10;
    }
    return at + count;
}

static char *put_day(char *at, int64_t day)
{
    struct cox_civil civil = cox_day_civil(clamp(day)); /* four figures of a year at most */

    at = put_figures(at, (unsigned)civil.year, 4);
    *at++ = '-';
    at = put_figures(at, (unsigned)civil.month, 2);
    *at++ = '-';
    return put_figures(at, (unsigned)civil.day, 2);
}

void cox_day_format(int64_t day, char ret_text[COX_DAY_SIZE])
{
    *put_day(ret_text, day) = '\0';
}

void cox_instant_format(int64_t us, char ret_text[COX_INSTANT_SIZE])
{
    int64_t day = cox_us_day(us);
    char *at;

    if (day != clamp(day)) {
        us = day < COX_DAY_MIN ? COX_DAY_MIN * COX_DAY_US : COX_DAY_MAX * COX_DAY_US;
        day = clamp(day);
    }
    uint64_t rest = (uint64_t)(us - day * COX_DAY_US);
    unsigned micros = (unsigned)(rest % 1000000), seconds = (unsigned)(rest / 1000000);
    at = put_day(ret_text, day);
    *at++ = 'T';
    at = put_figures(at, seconds / 3600, 2);
    *at++ = ':';
    at = put_figures(at, seconds / 60 % 60, 2);
    *at++ = ':';
    at = put_figures(at, seconds % 60, 2);
    if (micros != 0) {
        *at++ = '.';
        at = put_figures(at, micros, 6);
    }
    *at++ = 'Z';
    *at = '\0';
}
