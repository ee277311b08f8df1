/*
 * sales/funnel_route.c: how far the deals created in a period came, cohort by cohort, and how fast. Deals that
 * are still under way count as not yet known: the rate of going on leaves them out, times are Kaplan-Meier.
 */
#include <stdlib.h>

#include "base/zone.h"
#include "kernel/stats/special.h"
#include "record/cell.h"
#include "sales/analysis.h"
#include "sales/measure.h"
#include "sales/pipeline.h"
#include "sales/pipeline_route.h"

enum { DAYS_MAX = 731, LEAST = 10, SPANS_MAX = 60, FILTER_MAX = 4000 };

enum outcome { ENTERED, ONWARD, STILL, LOST, OUTCOME_COUNT };
static const char *const outcome_names[OUTCOME_COUNT] = {"entered", "onward", "still", "lost"};

struct funnel {
    struct cox_measure_ask by; /* by[0]: month, quarter or nothing */
    struct cox_measure_frame *frame;
    int16_t *position;  /* of each stage */
    uint16_t *stage_at; /* of each step */
    size_t step_count;
    int64_t step; /* a stage whose deals are shown; 0: none */
    enum outcome outcome;
    struct cox_shown shown;
};

/* ---- the steps: open stages of a pipeline in order ---- */

/* Without one asked for: that with most deals. */
static enum cox_rc choose_pipeline(struct cox_analysis *a, struct cox_err *reterr)
{
    const struct cox_book_generation *g = a->generation;
    const struct cox_book_group all = {.by = COX_BOOK_BY_NOTHING, .group_count = 1};
    const struct cox_book_group by_stage = {.by = COX_BOOK_BY_STAGE,
        .group_count = g->book.stage_count,
        .map_count = g->book.stage_count};
    struct cox_book_cell *cells =
        COX_NEW_ARRAY(a->x->arena, g->book.stage_count + 1, struct cox_book_cell);
    int64_t most = -1;

    if (cells == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_book_sum(&g->book, &a->ask, &by_stage, &all, cells, reterr));
    for (size_t i = 0; i < g->book.stage_count; i++) {
        int64_t count = 0, pipeline = g->stages[i].pipeline;
        for (size_t j = 0; j < g->book.stage_count; j++) {
            count += g->stages[j].pipeline == pipeline ? cells[j].count : 0;
        }
        if (count > most || (count == most && pipeline < a->pipeline)) {
            most = count;
            a->pipeline = pipeline;
        }
    }
    return COX_OK;
}

static bool comes_before(const struct cox_book_stage_row *x, const struct cox_book_stage_row *y)
{
    return x->position != y->position ? x->position < y->position : x->id < y->id;
}

static enum cox_rc make_steps(struct cox_analysis *a, struct funnel *f, struct cox_err *reterr)
{
    const struct cox_book_generation *g = a->generation;
    size_t stage_count = g->book.stage_count;

    if (a->pipeline == 0) {
        COX_TRY(choose_pipeline(a, reterr));
    }
    f->position = COX_NEW_ARRAY(a->x->arena, stage_count + 1, int16_t);
    f->stage_at = COX_NEW_ARRAY(a->x->arena, stage_count + 1, uint16_t);
    if (f->position == NULL || f->stage_at == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < stage_count; i++) {
        size_t at = f->step_count;
        f->position[i] = -1;
        if (g->stages[i].pipeline != a->pipeline || g->book.stages[i].kind != COX_BOOK_OPEN) {
            continue;
        }
        while (at > 0 && comes_before(&g->stages[i], &g->stages[f->stage_at[at - 1]])) {
            f->stage_at[at] = f->stage_at[at - 1];
            at--;
        }
        f->stage_at[at] = (uint16_t)i;
        f->step_count++;
    }
    for (size_t step = 0; step < f->step_count; step++) {
        f->position[f->stage_at[step]] = (int16_t)step;
    }
    return COX_OK;
}

/* Deals of the pipeline alone, also those that are won or lost now. */
static enum cox_rc narrow(struct cox_analysis *a, struct cox_err *reterr)
{
    const struct cox_book_generation *g = a->generation;
    unsigned char *in = COX_NEW_ARRAY(a->x->arena, g->book.stage_count + 1, unsigned char);

    if (in == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < g->book.stage_count; i++) {
        in[i] = g->stages[i].pipeline == a->pipeline;
    }
    a->ask.stage_in = in;
    return COX_OK;
}

/* ---- the reply ---- */

static double share(int64_t part, int64_t whole)
{
    return whole == 0 ? (double)NAN : (double)part / (double)whole;
}

/* A bound of the share that goes on, of those whose way is known: Jeffreys' interval, 95 %. */
static double bound(const struct cox_book_step *step, double part)
{
    return step->onward + step->lost == 0
               ? (double)NAN
               : cox_beta_quantile((double)step->onward + 0.5, (double)step->lost + 0.5, part);
}

static enum cox_rc put_step(struct cox_analysis *a, size_t at, const struct cox_book_step *step,
    struct cox_err *reterr)
{
    const struct funnel *f = a->ctx;

    cox_json_begin_object(&a->json);
    COX_TRY(cox_analysis_put_ref(a, "stage", "label", &cox_stage,
        a->generation->stages[f->stage_at[at]].id, reterr));
    cox_json_put_int(&a->json, "entered", step->entered);
    cox_analysis_put_money(a, "entered_amount", step->entered_minor);
    cox_json_put_int(&a->json, "onward", step->onward);
    cox_json_put_int(&a->json, "still", step->still);
    cox_json_put_int(&a->json, "lost", step->lost);
    cox_json_put_real(&a->json, "onward_share", share(step->onward, step->entered));
    cox_json_put_real(&a->json, "onward_share_known",
        share(step->onward, step->onward + step->lost));
    cox_json_put_real(&a->json, "onward_low", bound(step, 0.025));
    cox_json_put_real(&a->json, "onward_high", bound(step, 0.975));
    cox_json_end_object(&a->json);
    return COX_OK;
}

static enum cox_rc put_steps(struct cox_analysis *a, struct cox_book_days created,
    struct cox_err *reterr)
{
    const struct funnel *f = a->ctx;
    struct cox_book_ask ask = a->ask;
    struct cox_book_step *steps =
        COX_NEW_ARRAY(a->x->arena, f->step_count + 1, struct cox_book_step);
    char from[COX_DAY_SIZE], to[COX_DAY_SIZE];

    if (steps == NULL) {
        return cox_no_memory(reterr);
    }
    ask.created = created;
    COX_TRY(cox_book_funnel(&a->generation->book, &ask, f->position, f->step_count, steps, reterr));
    cox_json_put_int(&a->json, "won", f->step_count == 0 ? 0 : steps[f->step_count - 1].onward);
    cox_json_key(&a->json, "steps");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i < f->step_count; i++) {
        COX_TRY(put_step(a, i, &steps[i], reterr));
    }
    cox_json_end_array(&a->json);
    cox_day_format(created.from, from);
    cox_day_format(created.to, to);
    return cox_analysis_put_filter(a, "filter", reterr,
        "pipeline=eq.%lld&created_day=gte.%s&created_day=lt.%s", (long long)a->pipeline, from, to);
}

static enum cox_rc put_cohorts(struct cox_analysis *a, struct cox_err *reterr)
{
    const struct funnel *f = a->ctx;
    const int32_t *bounds = f->frame->bounds[0];
    char day[COX_DAY_SIZE];

    cox_json_key(&a->json, "cohorts");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i + 1 < f->frame->bound_count[0]; i++) {
        struct cox_book_days days = {bounds[i], bounds[i + 1]};
        days.from =
            days.from > a->period.span.from_day ? days.from : (int32_t)a->period.span.from_day;
        days.to = days.to < a->period.span.to_day ? days.to : (int32_t)a->period.span.to_day;
        cox_json_begin_object(&a->json);
        cox_day_format(bounds[i], day);
        cox_json_put_string(&a->json, "day", day);
        COX_TRY(put_steps(a, days, reterr));
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    return COX_OK;
}

/* ---- the deals behind a step ---- */

static enum outcome outcome_of(const struct cox_analysis *a, const struct cox_book_arrival *arrival,
    size_t step)
{
    return arrival->furthest > step                                           ? ONWARD
           : a->generation->book.stages[arrival->stage].kind == COX_BOOK_LOST ? LOST
                                                                              : STILL;
}

static enum cox_rc show_arrival(void *ctx, const struct cox_book_arrival *arrival,
    struct cox_err *reterr)
{
    struct cox_analysis *a = ctx;
    struct funnel *f = a->ctx;
    size_t step = (size_t)f->position[cox_book_stage_of(a->generation, f->step)];

    if (arrival->furthest < step ||
        (f->outcome != ENTERED && outcome_of(a, arrival, step) != f->outcome) ||
        !cox_shown_next(&f->shown)) {
        return COX_OK;
    }
    COX_TRY(cox_analysis_begin_deal(a, arrival->id, reterr));
    cox_analysis_put_money(a, "amount", arrival->amount_minor);
    COX_TRY(cox_analysis_put_ref(a, "stage", "stage_label", &cox_stage,
        a->generation->stages[arrival->stage].id, reterr));
    cox_json_end_object(&a->json);
    return COX_OK;
}

static enum cox_rc put_deals(struct cox_analysis *a, struct cox_err *reterr)
{
    struct funnel *f = a->ctx;
    uint16_t stage = cox_book_stage_of(a->generation, f->step);
    struct cox_book_ask ask = a->ask;

    if (stage == COX_BOOK_NO_STAGE || f->position[stage] < 0) {
        return cox_fail_at(reterr, COX_MISSING, "step", 0, "there is no such stage here");
    }
    ask.created =
        (struct cox_book_days){(int32_t)a->period.span.from_day, (int32_t)a->period.span.to_day};
    cox_shown_begin(a, "deals");
    COX_TRY(cox_book_arrivals(&a->generation->book, &ask, f->position, f->step_count, show_arrival,
        a, reterr));
    cox_shown_end(a, &f->shown);
    return COX_OK;
}

static enum cox_rc put_funnel(struct cox_analysis *a, struct cox_err *reterr)
{
    struct funnel *f = a->ctx;
    struct cox_book_days created = {(int32_t)a->period.span.from_day,
        (int32_t)a->period.span.to_day};

    COX_TRY(make_steps(a, f, reterr));
    COX_TRY(narrow(a, reterr));
    COX_TRY(
        cox_analysis_put_ref(a, "pipeline", "pipeline_name", &cox_pipeline, a->pipeline, reterr));
    COX_TRY(put_steps(a, created, reterr));
    if (f->by.by[0] != COX_BY_NOTHING) {
        COX_TRY(put_cohorts(a, reterr));
    }
    return f->step == 0 ? COX_OK : put_deals(a, reterr);
}

static enum cox_rc load_frame(struct cox_analysis *a, struct cox_err *reterr)
{
    struct funnel *f = a->ctx;

    f->by.period = a->period.span;
    COX_TRY(cox_measure_frame_load(a->call, &f->by, a->x->arena, &f->frame, reterr));
    return f->frame->bound_count[0] <= SPANS_MAX + 1
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, "period", 0, "at most %d spans", SPANS_MAX);
}

static enum cox_rc read_outcome(struct cox_exchange *x, struct funnel *f, struct cox_err *reterr)
{
    struct cox_text text;
    int outcome = 0;

    COX_TRY(cox_exchange_parameter(x, "outcome", &text, reterr));
    while (text.size > 0 && outcome < OUTCOME_COUNT &&
           !cox_text_same(text, cox_text_of(outcome_names[outcome]))) {
        outcome++;
    }
    f->outcome = (enum outcome)outcome;
    return outcome < OUTCOME_COUNT ? COX_OK
                                   : cox_fail_at(reterr, COX_INVALID, "outcome", 0,
                                         "is entered, onward, still or lost");
}

static enum cox_rc read_by(struct cox_exchange *x, struct funnel *f, struct cox_err *reterr)
{
    struct cox_text by;

    COX_TRY(cox_exchange_parameter(x, "by", &by, reterr));
    f->by.by[0] = by.size > 0 ? cox_measure_by_find(by) : COX_BY_NOTHING;
    return by.size == 0 || f->by.by[0] == COX_BY_MONTH || f->by.by[0] == COX_BY_QUARTER
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, "by", 0, "is month or quarter");
}

enum cox_rc cox_funnel_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct funnel *f = COX_NEW(x->arena, struct funnel);

    if (f == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_by(x, f, reterr));
    COX_TRY(cox_exchange_integer(x, "step", 1, INT64_MAX, 0, &f->step, reterr));
    COX_TRY(cox_shown_read(x, &f->shown, reterr));
    COX_TRY(read_outcome(x, f, reterr));
    return cox_analysis_reply(x, load_frame, put_funnel, f, reterr);
}

/* ---- velocity ---- */

static void put_days(struct cox_analysis *a, const char *key, const uint32_t *days, double part)
{
    cox_cell_put_number(&a->json, key,
        cox_book_stay_quantile(days, DAYS_MAX, part, LEAST) < 0
            ? COX_NULL
            : cox_book_stay_quantile(days, DAYS_MAX, part, LEAST));
}

static int64_t count_of(const uint32_t *days, enum cox_book_stay stay)
{
    int64_t count = 0;

    for (size_t day = 0; day < DAYS_MAX; day++) {
        count += days[(size_t)stay * DAYS_MAX + day];
    }
    return count;
}

static enum cox_rc put_stays(struct cox_analysis *a, struct cox_err *reterr)
{
    struct funnel *f = a->ctx;
    const struct cox_book_generation *g = a->generation;
    size_t size = (size_t)COX_BOOK_STAY_COUNT * DAYS_MAX;
    uint32_t *days = COX_NEW_ARRAY(a->x->arena, (g->book.stage_count + 1) * size, uint32_t);
    struct cox_book_ask ask = a->ask;

    if (days == NULL) {
        return cox_no_memory(reterr);
    }
    ask.at_us = cox_call_as_of(a->call).at_us;
    COX_TRY(cox_book_stays(&g->book, &ask, ask.at_us - (DAYS_MAX - 1) * COX_DAY_US, DAYS_MAX, days,
        reterr));
    cox_json_key(&a->json, "stages");
    cox_json_begin_array(&a->json);
    for (size_t step = 0; step < f->step_count; step++) {
        const uint32_t *own = days + f->stage_at[step] * size;
        cox_json_begin_object(&a->json);
        COX_TRY(cox_analysis_put_ref(a, "stage", "label", &cox_stage,
            g->stages[f->stage_at[step]].id, reterr));
        cox_json_put_int(&a->json, "onward", count_of(own, COX_BOOK_STAY_ONWARD));
        cox_json_put_int(&a->json, "lost", count_of(own, COX_BOOK_STAY_LOST));
        cox_json_put_int(&a->json, "still", count_of(own, COX_BOOK_STAY_STILL));
        put_days(a, "median_days", own, 0.5);
        put_days(a, "most_days", own, 0.8);
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    return COX_OK;
}

static const char *const velocity_parts[] = {"pipeline_count", "win_rate", "average_deal", "cycle",
    "velocity"};

static void put_parts(struct cox_analysis *a, const int64_t *sums)
{
    for (size_t i = 0; i < COX_COUNT(velocity_parts); i++) {
        const struct cox_sales_measure *m = cox_sales_measure_find(cox_text_of(velocity_parts[i]));
        double value = m->value == NULL ? (double)sums[m->sum] : m->value(sums);
        if (m->unit == COX_UNIT_MONEY || m->unit == COX_UNIT_MONEY_A_DAY) {
            cox_analysis_put_money(a, m->name,
                isfinite(value) ? (int64_t)nearbyint(value) : COX_NULL);
        } else {
            cox_json_put_real(&a->json, m->name, value);
        }
    }
}

/* What each of the parts is of: the deals of its measure, of this pipeline. */
static enum cox_rc put_part_filters(struct cox_analysis *a, const struct cox_measure_ask *ask,
    struct cox_err *reterr)
{
    const struct funnel *f = a->ctx;
    struct cox_buf text;

    cox_json_key(&a->json, "filters");
    cox_json_begin_object(&a->json);
    cox_buf_init(&text, FILTER_MAX);
    for (size_t i = 0; i < COX_COUNT(velocity_parts); i++) {
        const struct cox_sales_measure *m = cox_sales_measure_find(cox_text_of(velocity_parts[i]));
        cox_buf_clear(&text);
        if (cox_measure_add_filter(&text, ask, f->frame, a->generation, NULL, m->behind,
                cox_call_as_of_day(a->call))) {
            cox_buf_format(&text, "&pipeline=eq.%lld", (long long)a->pipeline);
        }
        if (text.failed) {
            cox_buf_done(&text);
            return cox_no_memory(reterr);
        }
        COX_TRY(cox_analysis_put_filter(a, m->name, reterr, "%.*s", (int)text.size,
            text.size == 0 ? "" : text.ptr));
    }
    cox_buf_done(&text);
    cox_json_end_object(&a->json);
    return COX_OK;
}

/*
 * Deals open at the end of a span that is over, else now, those removed since as well: where a waterfall from then
 * begins. Who may see them is of the instant that is read.
 */
static enum cox_rc count_open(struct cox_analysis *a, int64_t to_day, int64_t *ret_count,
    struct cox_err *reterr)
{
    int64_t end_us = cox_zone_day_start(cox_call_zone(a->call), to_day) - 1;
    int64_t now_us = cox_call_as_of(a->call).at_us;
    struct cox_book_ask ask = a->ask;
    struct cox_book_flow flow;

    end_us = end_us < now_us ? end_us : now_us;
    COX_TRY(cox_book_scope_since(a->call, a->generation, end_us, &ask.scope, reterr));
    COX_TRY(cox_book_waterfall(&a->generation->book, &ask, end_us, NULL, NULL, &flow, reterr));
    *ret_count = flow.opening_count;
    return COX_OK;
}

/* Each span with the deals that were open at its end. */
static enum cox_rc put_spans(struct cox_analysis *a, struct cox_err *reterr)
{
    const struct funnel *f = a->ctx;
    const struct cox_span *period = &a->period.span;
    struct cox_measure_result result;
    size_t row = 0;

    COX_TRY(
        cox_measure_sum_deals(a->call, a->generation, &a->ask, &f->by, f->frame, &result, reterr));
    cox_json_key(&a->json, "spans");
    cox_json_begin_array(&a->json);
    for (size_t i = 0; i + 1 < f->frame->bound_count[0]; i++) {
        int64_t day = f->frame->bounds[0][i], to_day = f->frame->bounds[0][i + 1];
        int64_t sums[COX_SUM_COUNT] = {0};
        if (day > cox_call_as_of_day(a->call)) {
            break;
        }
        while (row < result.count && result.rows[row].keys[0] < day) {
            row++;
        }
        if (row < result.count && result.rows[row].keys[0] == day) {
            memcpy(sums, result.rows[row].sums, sizeof(sums));
        }
        to_day = to_day < period->to_day ? to_day : period->to_day;
        COX_TRY(count_open(a, to_day, &sums[COX_SUM_OPEN_COUNT], reterr));
        cox_json_begin_object(&a->json);
        cox_cell_put_day(&a->json, "day", day);
        cox_json_put_bool(&a->json, "is_complete", to_day <= cox_call_as_of_day(a->call));
        put_parts(a, sums);
        cox_json_end_object(&a->json);
    }
    cox_json_end_array(&a->json);
    return COX_OK;
}

static enum cox_rc put_velocity(struct cox_analysis *a, struct cox_err *reterr)
{
    struct funnel *f = a->ctx;
    struct cox_measure_ask whole;
    struct cox_measure_result result;
    int64_t sums[COX_SUM_COUNT] = {0};

    COX_TRY(make_steps(a, f, reterr));
    COX_TRY(narrow(a, reterr));
    COX_TRY(
        cox_analysis_put_ref(a, "pipeline", "pipeline_name", &cox_pipeline, a->pipeline, reterr));
    f->by.wants = cox_measure_uses(cox_sales_measure_find(COX_LIT("velocity")));
    whole = f->by;
    whole.by[0] = COX_BY_NOTHING;
    COX_TRY(
        cox_measure_sum_deals(a->call, a->generation, &a->ask, &whole, f->frame, &result, reterr));
    if (result.count > 0) {
        memcpy(sums, result.rows[0].sums, sizeof(sums));
    }
    put_parts(a, sums);
    COX_TRY(put_part_filters(a, &whole, reterr));
    cox_json_put_string(&a->json, "formula", cox_sales_measure_find(COX_LIT("velocity"))->formula);
    if (f->by.by[0] != COX_BY_NOTHING) {
        COX_TRY(put_spans(a, reterr));
    }
    return put_stays(a, reterr);
}

enum cox_rc cox_velocity_get(struct cox_exchange *x, struct cox_err *reterr)
{
    struct funnel *f = COX_NEW(x->arena, struct funnel);

    if (f == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_by(x, f, reterr));
    return cox_analysis_reply(x, load_frame, put_velocity, f, reterr);
}
