/* jobs/schedule.h: on which day something that recurs was last due, on the clock of a zone. Pure. */
#ifndef COX_JOBS_SCHEDULE_H
#define COX_JOBS_SCHEDULE_H

#include "base/zone.h"

enum cox_frequency { COX_NEVER, COX_DAILY, COX_WEEKLY, COX_FREQUENCY_COUNT };

/*
 * The newest day, from Monday to Friday (weekly: a Monday), whose given hour has struck there by now_us; hour 0 to 23.
 * An hour that the clocks leave out strikes as base/zone.h says, one that comes twice the first time. INT64_MIN:
 * COX_NEVER.
 */
int64_t cox_schedule_last(const struct cox_zone *zone, int64_t now_us, enum cox_frequency frequency,
    int hour);

#endif
