/* sales/measure_route.c: the list of measures, and any of them by any dimension, period and instant. */
#include "sales/measure_route.h"

#include <stdio.h>

#include "org/people.h"
#include "record/cell.h"
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
}

enum cox_rc cox_measures_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_json json;

    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    for (const struct cox_sales_measure *m = cox_sales_measures; m->name != NULL; m++) {
        put_measure(&json, m);
        cox_json_key(&json, "dimensions");
        cox_json_begin_array(&json);
        for (int by = COX_BY_NOTHING + 1; by < COX_BY_COUNT; by++) {
            cox_json_string(&json, cox_measure_by_name((enum cox_measure_by)by));
        }
        cox_json_end_array(&json);
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

/* ---- a query ---- */

enum cox_rc cox_measure_query_parse(struct cox_text measures, struct cox_text by,
    struct cox_measure_query *query, struct cox_err *reterr)
{
    while (measures.size > 0) {
        struct cox_text name = cox_text_split(&measures, ',');
        const struct cox_sales_measure *measure = cox_sales_measure_find(name);
        if (measure == NULL) {
            return cox_fail_at(reterr, COX_INVALID, "measure", 0, "there is no measure %.*s",
                (int)(name.size < 40 ? name.size : 40), name.ptr);
        }
        if (query->count == COX_MEASURES_MAX) {
            return cox_fail_at(reterr, COX_INVALID, "measure", 0, "at most %d at once",
                COX_MEASURES_MAX);
        }
        query->measures[query->count++] = measure;
        query->ask.wants |= cox_measure_uses(measure);
    }
    for (size_t i = 0; by.size > 0; i++) {
        struct cox_text name = cox_text_split(&by, ',');
        enum cox_measure_by dimension = cox_measure_by_find(name);
        if (dimension == COX_BY_COUNT || i == 2 || (i == 1 && dimension == query->ask.by[0])) {
            return cox_fail_at(reterr, COX_INVALID, "by", 0,
                "is one or two of owner, team, stage, product, month, quarter, week, day");
        }
        query->ask.by[i] = dimension;
    }
    return query->count > 0 ? COX_OK
                            : cox_fail_at(reterr, COX_INVALID, "measure", 0,
                                  "names one or more measures of /measures");
}

static enum cox_rc load_frame(struct cox_analysis *a, struct cox_err *reterr)
{
    struct cox_measure_query *query = a->ctx;

    query->ask.period = a->period.span;
    query->ask.as_it_is = a->as_it_is;
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
    } else if (measure->unit == COX_UNIT_MONEY || measure->unit == COX_UNIT_MONEY_A_DAY) {
        cox_analysis_put_money(a, measure->name,
            isfinite(value) && fabs(value) < 9e18 ? (int64_t)nearbyint(value) : COX_NULL);
    } else {
        cox_json_put_real(&a->json, measure->name, value);
    }
}

static enum cox_rc put_figures(struct cox_analysis *a, const int64_t *keys, const int64_t *sums,
    struct cox_err *reterr)
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
        cox_buf_clear(&text);
        cox_buf_add_text(&text, a->filter);
        cox_measure_add_filter(&text, &query->ask, query->frame, a->generation, keys,
            query->measures[i]->behind);
        cox_json_put_text(&a->json, query->measures[i]->name,
            text.failed ? (struct cox_text){0} : cox_buf_text(&text));
    }
    cox_buf_done(&text);
    cox_json_end_object(&a->json);
    (void)reterr;
    return COX_OK;
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
    COX_TRY(put_figures(a, row->keys, row->sums, reterr));
    cox_json_end_object(&a->json);
    return COX_OK;
}

static enum cox_rc put_total(struct cox_analysis *a, const struct cox_measure_ask *ask,
    struct cox_err *reterr)
{
    struct cox_measure_query *query = a->ctx;
    const struct cox_measure_ask whole = {.period = ask->period, .wants = ask->wants};
    struct cox_measure_result result;
    int64_t sums[COX_SUM_COUNT] = {0};

    COX_TRY(cox_measure_sum_deals(a->call, a->generation, &a->ask, &whole, query->frame, &result,
        reterr));
    if (result.count > 0) {
        memcpy(sums, result.rows[0].sums, sizeof(sums));
    }
    cox_json_key(&a->json, "total");
    cox_json_begin_object(&a->json);
    COX_TRY(put_figures(a, NULL, sums, reterr));
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
