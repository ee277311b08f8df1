/* jobs/schedule.c: see schedule.h. */
#include "jobs/schedule.h"

enum { WEEK_DAYS = 7, FRIDAY = 5 };

int64_t cox_schedule_last(const struct cox_zone *zone, int64_t now_us, enum cox_frequency frequency,
    int hour)
{
    int64_t day = cox_zone_day(zone, now_us);
    int64_t hour_us = (int64_t)hour * 3600 * COX_SECOND_US;

    if (frequency == COX_NEVER) {
        return INT64_MIN;
    }
    for (int back = 0; back <= WEEK_DAYS; back++, day--) {
        int weekday = cox_day_weekday(day);
        bool is_one = frequency == COX_WEEKLY ? weekday == 1 : weekday <= FRIDAY;
        if (is_one && cox_zone_instant(zone, day * COX_DAY_US + hour_us) <= now_us) {
            return day;
        }
    }
    return INT64_MIN; /* every week has such a day */
}
