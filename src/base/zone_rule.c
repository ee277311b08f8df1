/* base/zone_rule.c: the footer of a TZif file, a POSIX TZ text: "CET-1CEST,M3.5.0,M10.5.0/3". */
#include "base/day.h"
#include "base/zone_parts.h"

struct cursor {
    const char *at, *end;
};

static enum cox_rc corrupt(struct cox_err *reterr)
{
    return cox_fail(reterr, COX_CORRUPT, "the zone file's rule for later years is not valid");
}

static bool take(struct cursor *in, char c)
{
    if (in->at < in->end && *in->at == c) {
        in->at++;
        return true;
    }
    return false;
}

static bool number(struct cursor *in, int least, int most, int *ret)
{
    int value = 0, count = 0;

    while (in->at < in->end && *in->at >= '0' && *in->at <= '9' && count < 4) {
        value = value * 10 + (*in->at - '0');
        count++;
        in->at++;
    }
    *ret = value;
    return count > 0 && value >= least && value <= most;
}

/* CET, <+0330>; at least three characters. */
static bool name(struct cursor *in)
{
    const char *start = in->at;

    if (take(in, '<')) {
        while (in->at < in->end && *in->at != '>') {
            in->at++;
        }
        return take(in, '>') && in->at - start >= 5;
    }
    while (in->at < in->end &&
           ((*in->at >= 'a' && *in->at <= 'z') || (*in->at >= 'A' && *in->at <= 'Z'))) {
        in->at++;
    }
    return in->at - start >= 3;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool span(struct cursor *in, int hour_max, int64_t *ret_s)
{
    int hour, minute = 0, second = 0;
    bool is_negative = take(in, '-');

    if (!is_negative) {
        (void)take(in, '+'); /* may be there or not */
    }
    if (!number(in, 0, hour_max, &hour)) {
        return false;
    }
    if (take(in, ':') && !number(in, 0, 59, &minute)) {
        return false;
    }
    if (take(in, ':') && !number(in, 0, 59, &second)) {
        return false;
    }
    int64_t seconds = ((int64_t)hour * 60 + minute) * 60 + second;
    *ret_s = is_negative ? -seconds : seconds;
    return true;
}

static bool date(struct cursor *in, struct zone_date *ret)
{
    ret->time_s = INT64_C(2) * 3600;
    if (take(in, 'M')) {
        ret->how = ZONE_BY_WEEK;
        if (!number(in, 1, 12, &ret->month) || !take(in, '.') || !number(in, 1, 5, &ret->week) ||
            !take(in, '.') || !number(in, 0, 6, &ret->weekday)) {
            return false;
        }
    } else if (take(in, 'J')) {
        ret->how = ZONE_BY_DAY_WITHOUT_LEAP;
        if (!number(in, 1, 365, &ret->day)) {
            return false;
        }
    } else {
        ret->how = ZONE_BY_DAY;
        if (!number(in, 0, 365, &ret->day)) {
            return false;
        }
    }
    return !take(in, '/') || span(in, 167, &ret->time_s);
}

enum cox_rc zone_rule_parse(struct cox_text text, struct zone_rule *ret_rule,
    struct cox_err *reterr)
{
    struct cursor in = {text.ptr, text.ptr + text.size};
    struct zone_rule rule = {0};
    int64_t west_s;

    if (!name(&in) || !span(&in, 24, &west_s)) {
        return corrupt(reterr);
    }
    rule.standard_east_s = -west_s; /* POSIX counts west of Greenwich as positive */
    if (in.at < in.end) {
        rule.has_summer = true;
        rule.summer_east_s = rule.standard_east_s + 3600;
        if (!name(&in)) {
            return corrupt(reterr);
        }
        if (in.at < in.end && *in.at != ',') {
            if (!span(&in, 24, &west_s)) {
                return corrupt(reterr);
            }
            rule.summer_east_s = -west_s;
        }
        if (!take(&in, ',') || !date(&in, &rule.start) || !take(&in, ',') ||
            !date(&in, &rule.end) || in.at != in.end) {
            return corrupt(reterr);
        }
    }
    *ret_rule = rule;
    return COX_OK;
}

/* The day of a year on which the clocks move. */
static int64_t day_in(const struct zone_date *date, int year)
{
    int64_t first = cox_day_ymd(year, 1, 1);

    if (date->how == ZONE_BY_DAY) {
        return first + date->day;
    }
    if (date->how == ZONE_BY_DAY_WITHOUT_LEAP) {
        bool is_leap = cox_month_days(year, 2) == 29;
        return first + date->day - 1 + (is_leap && date->day >= 60 ? 1 : 0);
    }
    int64_t month_first = cox_day_ymd(year, date->month, 1);
    int64_t past = (date->weekday - cox_day_weekday(month_first) + 14) % 7;
    int64_t day = month_first + past + INT64_C(7) * (date->week - 1);
    int64_t month_end = month_first + cox_month_days(year, date->month);
    return day >= month_end ? day - 7 : day;
}

/*
 * The last move at or before at_s decides. A year's moves may fall into its neighbours (times run
 * to 167 hours either way). Where both moves meet, summer time wins: "0/0,J365/25" is summer time
 * all year round.
 */
int64_t zone_rule_east(const struct zone_rule *rule, int64_t at_s)
{
    int64_t best_s = INT64_MIN, east_s = rule->standard_east_s;
    int64_t day = at_s / 86400;

    if (!rule->has_summer) {
        return east_s;
    }
    day = day < COX_DAY_MIN + 366 ? COX_DAY_MIN + 366 : day;
    day = day > COX_DAY_MAX - 366 ? COX_DAY_MAX - 366 : day;
    int middle = cox_day_civil(day).year;
    for (int year = middle - 1; year <= middle + 1; year++) {
        int64_t end_s = day_in(&rule->end, year) * 86400 + rule->end.time_s - rule->summer_east_s;
        int64_t start_s =
            day_in(&rule->start, year) * 86400 + rule->start.time_s - rule->standard_east_s;
        if (end_s <= at_s && end_s > best_s) {
            best_s = end_s;
            east_s = rule->standard_east_s;
        }
        if (start_s <= at_s && start_s >= best_s) {
            best_s = start_s;
            east_s = rule->summer_east_s;
        }
    }
    return east_s;
}
