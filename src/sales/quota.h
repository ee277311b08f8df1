/* sales/quota.h: what people and teams are to reach, by measure and span of days. */
#ifndef COX_SALES_QUOTA_H
#define COX_SALES_QUOTA_H

#include "base/fiscal.h"
#include "record/feature.h"

enum cox_measure {
    COX_MEASURE_REVENUE,  /* amount won, by won_day; in money */
    COX_MEASURE_DEALS,    /* deals won */
    COX_MEASURE_CREATED,  /* deals created */
    COX_MEASURE_MEETINGS, /* meetings held */
    COX_MEASURE_CALLS,    /* calls made */
    COX_MEASURE_COUNT
};
extern const struct cox_choice cox_measures[];

enum {
    COX_QUOTA_USER,
    COX_QUOTA_TEAM,
    COX_QUOTA_MEASURE,
    COX_QUOTA_FROM_DAY,
    COX_QUOTA_TO_DAY,
    COX_QUOTA_AMOUNT,
    COX_QUOTA_CURRENCY,
    COX_QUOTA_COUNT,
    COX_QUOTA_REASON,
    COX_QUOTA_FIELD_COUNT
};

struct cox_quota {
    struct cox_head head;
    int64_t user, team, measure, from_day, to_day, amount;
    struct cox_text currency;
    int64_t count;
    struct cox_text reason;
};
extern const struct cox_entity cox_quota;

extern const struct cox_feature cox_feature_quota;

/*
 * The part of a quota's value that lies in span: by its working days (a quota of holidays alone: by days), so that a
 * yearly quota gives a quarter its part and a monthly one all of it. What lies before a day is rounded half-even and
 * a part is the difference of two such, so that parts of neighbouring spans add up to the whole.
 */
int64_t cox_quota_part(const struct cox_workweek *week, struct cox_span quota, int64_t value,
    struct cox_span span);

#endif
