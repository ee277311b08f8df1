/* leader/months.c: what people brought and did in each of the last whole months. */
#include "leader/months.h"

#include "base/map.h"
#include "base/money.h"
#include "record/query.h"
#include "sales/activity.h"

const struct cox_month_label cox_month_labels[COX_MONTH_OUTCOME_COUNT] = {
    [COX_MONTH_WON] = {"won", "money", "result"},
    [COX_MONTH_WON_COUNT] = {"won_count", "count", "result"},
    [COX_MONTH_CREATED_COUNT] = {"created_count", "count", "behaviour"},
    [COX_MONTH_ACTIVITIES] = {"activities_done", "count", "behaviour"},
};

static const enum cox_measure_sum sums[COX_MONTH_ACTIVITIES] = {
    [COX_MONTH_WON] = COX_SUM_WON,
    [COX_MONTH_WON_COUNT] = COX_SUM_WON_COUNT,
    [COX_MONTH_CREATED_COUNT] = COX_SUM_CREATED_COUNT,
};

struct reading {
    struct cox_call *call;
    const struct cox_month_person *people;
    size_t count;
    struct cox_imap *place; /* user -> position */
    struct cox_months *months;
};

void cox_months_begin(struct cox_call *call, struct cox_months *ret_months)
{
    struct cox_civil civil = cox_day_civil(cox_call_as_of_day(call));
    int64_t this_month = cox_day_ymd(civil.year, civil.month, 1);

    *ret_months = (struct cox_months){0};
    for (int m = 0; m <= COX_MONTH_COUNT; m++) {
        ret_months->first[m] = cox_day_add_months(this_month, m - COX_MONTH_COUNT);
    }
}

size_t cox_month_of(const struct cox_months *months, int64_t day)
{
    size_t month = 0;

    while (month < COX_MONTH_COUNT && months->first[month + 1] <= day) {
        month++;
    }
    return month;
}

static bool was_here(const struct reading *r, size_t person, size_t month)
{
    const struct cox_month_person *one = &r->people[person];

    return (one->hire_day == COX_NULL || one->hire_day <= r->months->first[month]) &&
           (one->leave_day == COX_NULL || one->leave_day >= r->months->first[month + 1]);
}

static enum cox_rc read_deals(struct reading *r, struct cox_books *books, struct cox_err *reterr)
{
    const struct cox_iso_currency *currency = cox_iso_currency_find(cox_call_currency(r->call));
    const double minor_per_unit = pow(10, currency == NULL ? 2 : currency->digits);
    int64_t *owners = COX_NEW_ARRAY(cox_call_arena(r->call), r->count + 1, int64_t);
    struct cox_months *months = r->months;
    const struct cox_measure_ask ask = {
        .period = {months->first[0], months->first[COX_MONTH_COUNT]},
        .by = {COX_BY_OWNER, COX_BY_MONTH},
        .as_it_is = true,
        .owners = owners,
        .owner_count = r->count};
    struct cox_measure_result found;

    if (owners == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < r->count; i++) {
        owners[i] = r->people[i].user;
    }
    COX_TRY(cox_measure_read(r->call, books, &ask, &found, reterr));
    for (size_t row = 0; row < found.count; row++) {
        size_t month = cox_month_of(months, found.rows[row].keys[1]);
        uint64_t person;

        if (month == COX_MONTH_COUNT || found.rows[row].keys[1] < months->first[0] ||
            !cox_imap_find(r->place, found.rows[row].keys[0], &person)) {
            continue;
        }
        for (int o = 0; o < COX_MONTH_ACTIVITIES; o++) {
            months->figures[o][person * COX_MONTH_COUNT + month] +=
                (double)found.rows[row].sums[sums[o]] / (o == COX_MONTH_WON ? minor_per_unit : 1);
        }
    }
    return COX_OK;
}

static enum cox_rc note_activity(void *ctx, int64_t id, const struct cox_value *values,
    struct cox_err *reterr)
{
    const struct reading *r = (const struct reading *)ctx;
    uint64_t person;
    size_t month;

    (void)id, (void)reterr; /* nothing can fail */
    if (values[0].kind != COX_VALUE_INT || values[1].kind != COX_VALUE_INT ||
        !cox_imap_find(r->place, values[0].number, &person)) {
        return COX_OK;
    }
    month = cox_month_of(r->months, values[1].number);
    if (month < COX_MONTH_COUNT) {
        r->months->figures[COX_MONTH_ACTIVITIES][person * COX_MONTH_COUNT + month] += 1;
    }
    return COX_OK;
}

static enum cox_rc read_activities(struct reading *r, struct cox_err *reterr)
{
    static const uint32_t fields[] = {COX_ACTIVITY_OWNER, COX_ACTIVITY_DONE_DAY};
    const struct cox_filter_term since = {COX_ACTIVITY_DONE_DAY, "gte",
        cox_int(r->months->first[0])};
    struct cox_query query = {.entity = &cox_activity};

    COX_TRY(cox_filter_build(r->call, &cox_activity, &since, 1, &query.filter, reterr));
    return cox_scan(r->call, &query, fields, COX_COUNT(fields), note_activity, r, reterr);
}

enum cox_rc cox_months_read(struct cox_call *call, struct cox_books *books,
    const struct cox_month_person *people, size_t count, struct cox_months *months,
    struct cox_err *reterr)
{
    struct reading r = {call, people, count, NULL, months};

    COX_TRY(cox_imap_open_in(cox_call_arena(call), count, &r.place, reterr));
    for (size_t i = 0; i < count; i++) {
        COX_TRY(cox_imap_put(r.place, people[i].user, i, reterr));
    }
    for (int o = 0; o < COX_MONTH_OUTCOME_COUNT; o++) {
        months->figures[o] =
            COX_NEW_ARRAY(cox_call_arena(call), count * COX_MONTH_COUNT + 1, double);
        if (months->figures[o] == NULL) {
            return cox_no_memory(reterr);
        }
        for (size_t i = 0; i < count * COX_MONTH_COUNT; i++) {
            months->figures[o][i] =
                was_here(&r, i / COX_MONTH_COUNT, i % COX_MONTH_COUNT) ? 0 : (double)NAN;
        }
    }
    COX_TRY(read_deals(&r, books, reterr));
    return read_activities(&r, reterr);
}
