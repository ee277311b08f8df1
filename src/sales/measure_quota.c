/* sales/measure_quota.c: quotas as sums, and how far the period is by working days. */
#include "org/calendar.h"
#include "org/currency.h"
#include "record/query.h"
#include "sales/measure_parts.h"
#include "sales/quota.h"

/* Part by part: the spans in which neither the month nor the person's team changes. */
static enum cox_rc add_parts(struct cox_measure_reading *r, const struct cox_quota *quota,
    int64_t value, struct cox_err *reterr)
{
    const struct cox_span whole = {quota->from_day, quota->to_day}, period = r->ask->period;
    int64_t day = whole.from_day > period.from_day ? whole.from_day : period.from_day;
    int64_t end = whole.to_day < period.to_day ? whole.to_day : period.to_day, next;
    int sum = quota->team == COX_NULL ? COX_SUM_QUOTA : COX_SUM_TEAM_QUOTA;

    for (; day < end; day = next) {
        const struct cox_measure_place place = {quota->user,
            quota->team == COX_NULL ? 0 : quota->team, day};
        next = cox_measure_next_change(r, quota->user, day, end);
        COX_TRY(cox_measure_add(r, &place, sum + (int)quota->measure,
            cox_quota_part(&r->frame->week, whole, value, (struct cox_span){day, next}), reterr));
    }
    return COX_OK;
}

static enum cox_rc note_quota(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct cox_measure_reading *r = ctx;
    struct cox_text own = cox_call_currency(r->call);
    struct cox_quota quota;
    bool is_known = true;
    int64_t value;

    cox_row_unpack(row, &quota);
    if (!cox_measure_counts(r->ask, quota.user) || quota.measure < 0 ||
        quota.measure >= COX_MEASURE_COUNT) {
        return COX_OK;
    }
    value = quota.measure == COX_MEASURE_REVENUE ? quota.amount : quota.count;
    if (quota.measure == COX_MEASURE_REVENUE && quota.currency.size > 0 &&
        !cox_text_same(quota.currency, own)) {
        COX_TRY(cox_currency_convert(r->call, quota.amount, quota.currency, own, quota.from_day,
            COX_RATE_PLAN, &value, &is_known, reterr));
    }
    return is_known && value != COX_NULL ? add_parts(r, &quota, value, reterr) : COX_OK;
}

enum cox_rc cox_measure_add_quotas(struct cox_measure_reading *r, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_QUOTA_FROM_DAY, "lt", cox_int(r->ask->period.to_day)},
        {COX_QUOTA_TO_DAY, "gt", cox_int(r->ask->period.from_day)},
    };
    const struct cox_filter *filter;

    COX_TRY(cox_filter_build(r->call, &cox_quota, terms, COX_COUNT(terms), &filter, reterr));
    return cox_each(r->call, &cox_quota, filter, note_quota, r, reterr);
}

/* ---- working days ---- */

/* The part of the period that a row is of. */
static struct cox_span span_of(const struct cox_measure_reading *r,
    const struct cox_measure_row *row)
{
    struct cox_span span = r->ask->period;

    for (size_t at = 0; at < 2; at++) {
        const int32_t *bounds = r->frame->bounds[at];
        for (size_t i = 0;
             cox_measure_by_is_time(r->axes[at].by) && i + 1 < r->frame->bound_count[at]; i++) {
            if (bounds[i] == row->keys[at]) {
                span.from_day = bounds[i] > span.from_day ? bounds[i] : span.from_day;
                span.to_day = bounds[i + 1] < span.to_day ? bounds[i + 1] : span.to_day;
            }
        }
    }
    return span;
}

enum cox_rc cox_measure_add_workdays(struct cox_measure_reading *r, struct cox_err *reterr)
{
    int64_t end = cox_call_as_of_day(r->call) + 1;
    struct cox_measure_row *whole;

    if (r->axes[0].by == COX_BY_NOTHING && r->axes[1].by == COX_BY_NOTHING) {
        COX_TRY(cox_measure_row_of(r, 0, 0, &whole, reterr)); /* known even where nothing is */
    }
    for (size_t i = 0; i < r->row_count; i++) {
        struct cox_span span = span_of(r, &r->rows[i]);
        int64_t passed = end < span.to_day ? end : span.to_day;
        r->rows[i].sums[COX_SUM_WORKDAYS] =
            cox_workday_count(&r->frame->week, span.from_day, span.to_day);
        r->rows[i].sums[COX_SUM_WORKDAYS_PASSED] =
            passed > span.from_day ? cox_workday_count(&r->frame->week, span.from_day, passed) : 0;
    }
    return COX_OK;
}
