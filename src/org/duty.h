/*
 * org/duty.h: when somebody is at work, to the minute: the person's own working hours, else the
 * company's, else Monday to Friday 09:00 to 17:00; off on the company's holidays and those of the
 * person's office; in the person's zone, else the company's.
 */
#ifndef COX_ORG_DUTY_H
#define COX_ORG_DUTY_H

#include "record/record.h"

struct cox_duty_span {
    int64_t weekday;                /* 1 Monday .. 7 Sunday */
    int64_t from_minute, to_minute; /* of the local day; to not included */
};

/* Lives in the call's arena. Spans are sorted by weekday and minute and do not overlap. */
struct cox_duty {
    const struct cox_zone *zone;
    const struct cox_duty_span *spans;
    size_t span_count;
    const int64_t *holidays; /* rising */
    size_t holiday_count;
};

/* As the hours and holidays stand on a company day. */
enum cox_rc cox_duty_load(struct cox_call *call, int64_t user, int64_t day,
    struct cox_duty *ret_duty, struct cox_err *reterr) COX_NODISCARD;

bool cox_duty_is_on(const struct cox_duty *duty, int64_t us);

/*
 * The instant at which so many minutes of work have passed since us; 0: the first instant at work from us on.
 * COX_NULL: there is no work within ten years.
 */
int64_t cox_duty_add(const struct cox_duty *duty, int64_t us, int64_t minutes);

/* Minutes of work in [from_us, to_us), rounded down; 0 when to_us lies before. */
int64_t cox_duty_between(const struct cox_duty *duty, int64_t from_us, int64_t to_us);

#endif
