/* sales/measure_route.c: the list of measures, and any of them by any dimension, period and instant. */
#include "sales/measure_route.h"

#include <stdio.h>

#include "org/people.h"
#include "record/cell.h"
#include "record/switches.h"
#include "sales/analysis.h"
#include "sales/measure.h"
#include "sales/pipeline.h"
#include "sales/product.h"

enum { ROWS_MAX = 5000, FILTER_SIZE_MAX = 64 * 1024 };

/* ---- the list ---- */

static void put_measure(struct cox_json *json, const struct cox_sales_measure *measure)
{
    cox_json_begin_object(json);
    cox_json_put_string(json, "name", measure->name);
    cox_json_put_string(json, "label", measure->label);
    cox_json_put_string(json, "unit", cox_measure_unit_name(measure->unit));
    cox_json_put_string(json, "formula", measure->formula);
    cox_json_put_string(json, "records", cox_measure_records(measure->behind));
}

static void put_dimensions(struct cox_json *json, const struct cox_sales_measure *measure)
{
    cox_json_key(json, "dimensions");
    cox_json_begin_array(json);
    for (int by = COX_BY_NOTHING + 1; by < COX_BY_COUNT; by++) {
        if (cox_measure_has_by(measure, (enum cox_measure_by)by)) {
            cox_json_string(json, cox_measure_by_name((enum cox_measure_by)by));
        }
    }
    cox_json_end_array(json);
}

enum cox_rc cox_measures_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_json json;

    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    for (const struct cox_sales_measure *m = cox_sales_measures; m->name != NULL; m++) {
        const char *feature = cox_measure_feature(m);
        if (feature == NULL || !cox_store_is_off(x->store, feature)) {
            put_measure(&json, m);
            cox_json_put_bool(&json, "can_watch", cox_measure_can_watch(m));
            put_dimensions(&json, m);
            cox_json_end_object(&json);
        }
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

/* ---- a query ---- */

static enum cox_rc no_measure(struct cox_text name, struct cox_err *reterr)
{
    return cox_fail_at(reterr, COX_INVALID, "measure", 0, "there is no measure %.*s",
        (int)(name.size < 40 ? name.size : 40), name.ptr == NULL ? "" : name.ptr);
}

static enum cox_rc parse_by(struct cox_text by, struct cox_measure_query *query,
    struct cox_err *reterr)
{
    for (size_t i = 0; by.size > 0; i++) {
        struct cox_text name = cox_text_split(&by, ',');
        enum cox_measure_by dimension = cox_measure_by_find(name);
        if (dimension == COX_BY_COUNT || i == 2 || (i == 1 && dimension == query->ask.by[0])) {
            return cox_fail_at(reterr, COX_INVALID, "by", 0,
                "is one or two of owner, team, stage, product, month, quarter, week, day");
        }
        for (size_t m = 0; m < query->count; m++) {
            if (!cox_measure_has_by(query->measures[m], dimension)) {
                return cox_fail_at(reterr, COX_INVALID, "by", 0, "%s is not told by %s",
                    query->measures[m]->name, cox_measure_by_name(dimension));
            }
        }
        query->ask.by[i] = dimension;
    }
    return COX_OK;
}

enum cox_rc cox_measure_query_parse(struct cox_text measures, struct cox_text by,
    struct cox_measure_query *query, struct cox_err *reterr)
{
    while (measures.size > 0) {
        struct cox_text name = cox_text_split(&measures, ',');
        const struct cox_sales_measure *measure = cox_sales_measure_find(name);
        if (measure == NULL) {
            return no_measure(name, reterr);
        }
        if (query->count == COX_MEASURES_MAX) {
            return cox_fail_at(reterr, COX_INVALID, "measure", 0, "at most %d at once",
                COX_MEASURES_MAX);
        }
        query->measures[query->count++] = measure;
        query->ask.wants |= cox_measure_uses(measure);
    }
    COX_TRY(parse_by(by, query, reterr));
    return query->count > 0 ? COX_OK
                            : cox_fail_at(reterr, COX_INVALID, "measure", 0,
                                  "names one or more measures of /measures");
}

enum cox_rc cox_measure_query_check(struct cox_call *call, const struct cox_measure_query *query,
    bool is_part, struct cox_err *reterr)
{
    for (size_t i = 0; i < query->count; i++) {
        const struct cox_sales_measure *measure = query->measures[i];
        const char *feature = cox_measure_feature(measure);
        if (feature != NULL && cox_call_is_off(call, feature)) {
            return no_measure(cox_text_of(measure->name), reterr);
        }
        if (is_part &&
            (cox_measure_uses(measure) & (COX_SUMS_OF_QUOTAS | COX_SUMS_OF_ACTIVITIES)) != 0) {
            return cox_fail_at(reterr, COX_INVALID, "measure", 0,
                "%s is of quotas or activities: it cannot be told of some of the deals",
                measure->name);
        }
    }
    return COX_OK;
}

static enum cox_rc load_frame(struct cox_analysis *a, struct cox_err *reterr)
{
    struct cox_measure_query *query = a->ctx;

    COX_TRY(cox_measure_query_check(a->call, query, a->has_given || a->pipeline != 0, reterr));
    query->ask.period = a->period.span;
    query->ask.as_it_is = a->as_it_is;
    query->ask.owners = a->people;
    query->ask.owner_count = a->people_count;
    return cox_measure_frame_load(a->call, &query->ask, a->x->arena, &query->frame, reterr);
}

static void put_value(struct cox_analysis *a, const struct cox_sales_measure *measure,
    const int64_t *sums)
{
    double value = measure->value == NULL ? 0.0 : measure->value(sums);

    if (measure->value == NULL && measure->unit == COX_UNIT_MONEY) {
        cox_analysis_put_money(a, measure->name, sums[measure->sum]);
    } else if (measure->value == NULL) {
        cox_json_put_int(&a->json, measure->name, sums[measure->sum]);
    } else if (measure->unit == COX_UNIT_COUNT && isfinite(value)) {
        cox_json_put_int(&a->json, measure->name, (int64_t)nearbyint(value));
    } else if (measure->unit == COX_UNIT_MONEY || measure->unit == COX_UNIT_MONEY_A_DAY) {
        cox_analysis_put_money(a, measure->name,
            isfinite(value) && fabs(value) < 9e18 ? (int64_t)nearbyint(value) : COX_NULL);
    } else {
        cox_json_put_real(&a->json, measure->name, value);
    }
}

/* The filter of the records behind a figure; none where no list shows just these. */
static void put_filter(struct cox_analysis *a, struct cox_buf *text, const int64_t *keys,
    const struct cox_sales_measure *measure)
{
    const struct cox_measure_query *query = a->ctx;

    cox_buf_clear(text);
    cox_buf_add_text(text,
        cox_measure_is_of_deals(measure->behind) ? a->filter : (struct cox_text){0});
    if (!cox_measure_add_filter(text, &query->ask, query->frame, a->generation, keys,
            measure->behind, cox_call_as_of_day(a->call)) ||
        text->failed) {
        cox_json_put_text(&a->json, measure->name, (struct cox_text){0});
        return;
    }
    cox_json_put_text(&a->json, measure->name, cox_buf_text(text));
}

static void put_figures(struct cox_analysis *a, const int64_t *keys, const int64_t *sums)
{
    const struct cox_measure_query *query = a->ctx;
    struct cox_buf text;

    cox_json_key(&a->json, "values");
    cox_json_begin_object(&a->json);
    for (size_t i = 0; i < query->count; i++) {
        put_value(a, query->measures[i], sums);
    }
    cox_json_end_object(&a->json);
    cox_json_key(&a->json, "filters");
    cox_json_begin_object(&a->json);
    cox_buf_init(&text, FILTER_SIZE_MAX);
    for (size_t i = 0; i < query->count; i++) {
        put_filter(a, &text, keys, query->measures[i]);
    }
    cox_buf_done(&text);
    cox_json_end_object(&a->json);
}

static enum cox_rc put_key(struct cox_analysis *a, enum cox_measure_by by, int64_t key,
    struct cox_err *reterr)
{
    static const struct cox_entity *const entities[COX_BY_COUNT] = {[COX_BY_OWNER] = &cox_user,
        [COX_BY_TEAM] = &cox_team,
        [COX_BY_STAGE] = &cox_stage,
        [COX_BY_PRODUCT] = &cox_product};
    char day[COX_DAY_SIZE];

    cox_json_begin_object(&a->json);
    if (entities[by] != NULL) {
        COX_TRY(cox_analysis_put_ref(a, "id", "name", entities[by], key, reterr));
    } else {
        cox_day_format(key, day);
        cox_json_put_string(&a->json, "day", day);
    }
    cox_json_end_object(&a->json);
    return COX_OK;
}

static enum cox_rc put_row(struct cox_analysis *a, const struct cox_measure_row *row,
    struct cox_err *reterr)
{
    const struct cox_measure_query *query = a->ctx;

    cox_json_begin_object(&a->json);
    cox_json_key(&a->json, "keys");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < 2; i++) {
        if (query->ask.by[i] != COX_BY_NOTHING) {
            COX_TRY(put_key(a, query->ask.by[i], row->keys[i], reterr));
        }
    }
    cox_json_end_array(&a->json);
    put_figures(a, row->keys, row->sums);
    cox_json_end_object(&a->json);
    return COX_OK;
}

static enum cox_rc put_total(struct cox_analysis *a, const struct cox_measure_ask *ask,
    struct cox_err *reterr)
{
    struct cox_measure_query *query = a->ctx;
    const struct cox_measure_ask whole = {.period = ask->period,
        .wants = ask->wants,
        .as_it_is = ask->as_it_is,
        .owners = ask->owners,
        .owner_count = ask->owner_count};
    struct cox_measure_result result;
    int64_t sums[COX_SUM_COUNT] = {0};

    COX_TRY(cox_measure_sum_deals(a->call, a->generation, &a->ask, &whole, query->frame, &result,
        reterr));
    if (result.count > 0) {
        memcpy(sums, result.rows[0].sums, sizeof(sums));
    }
    cox_json_key(&a->json, "total");
    cox_json_begin_object(&a->json);
    put_figures(a, NULL, sums);
    cox_json_end_object(&a->json);
    return COX_OK;
}

enum cox_rc cox_measure_query_put(struct cox_analysis *a, struct cox_err *reterr)
{
    const struct cox_measure_query *query = a->ctx;
    struct cox_measure_result result;

    COX_TRY(cox_measure_sum_deals(a->call, a->generation, &a->ask, &query->ask, query->frame,
        &result, reterr));
    if (result.count > ROWS_MAX) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "by", 0, "%zu rows are more than %d",
            result.count, ROWS_MAX);
    }
    cox_json_key(&a->json, "by");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < 2; i++) {
        if (query->ask.by[i] != COX_BY_NOTHING) {
            cox_json_string(&a->json, cox_measure_by_name(query->ask.by[i]));
        }
    }
    cox_json_end_array(&a->json);
    cox_json_key(&a->json, "measures");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < query->count; i++) {
        put_measure(&a->json, query->measures[i]);
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    cox_json_key(&a->json, "rows");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < result.count; i++) {
        COX_TRY(put_row(a, &result.rows[i], reterr));
    }
    cox_json_end_array(&a->json);
    return put_total(a, &query->ask, reterr);
}

enum cox_rc cox_measures_query(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_measure_query *query = COX_NEW(x->arena, struct cox_measure_query);
    struct cox_text measures, by;

    if (query == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_exchange_parameter(x, "measure", &measures, reterr));
    COX_TRY(cox_exchange_parameter(x, "by", &by, reterr));
    COX_TRY(cox_measure_query_parse(measures, by, query, reterr));
    return cox_analysis_reply(x, load_frame, cox_measure_query_put, query, reterr);
}
