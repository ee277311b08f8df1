/* connect/history.c: the versions a new record begins with. */
#include "connect/history.h"

#include <stdlib.h>

#include "connect/stages.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"

enum { EVENTS_MAX = 200 };

/* From this instant on the deal was in this stage. */
struct event {
    int64_t at_us, stage;
};

static int by_time(const void *left, const void *right)
{
    const struct event *a = left, *b = right;

    return (a->at_us > b->at_us) - (a->at_us < b->at_us);
}

/* What a snapshot says of the end of a deal, or of its present state, was not so before. */
static void forget_present(struct cox_row *row)
{
    static const uint32_t fields[] = {COX_OPPORTUNITY_AMOUNT, COX_OPPORTUNITY_CLOSE_DAY,
        COX_OPPORTUNITY_CLOSED_DAY, COX_OPPORTUNITY_WON_DAY, COX_OPPORTUNITY_WIN_PROB,
        COX_OPPORTUNITY_FORECAST_CATEGORY, COX_OPPORTUNITY_NEXT_STEP, COX_OPPORTUNITY_NEXT_STEP_DAY,
        COX_OPPORTUNITY_LOSS_REASON, COX_OPPORTUNITY_CLOSE_NOTE, COX_OPPORTUNITY_STAGE_DAY,
        COX_OPPORTUNITY_LAST_ACTIVITY_DAY};

    for (size_t i = 0; i < COX_COUNT(fields); i++) {
        cox_row_set(row, fields[i], cox_null());
    }
}

static enum cox_rc find_entered(struct cox_call *call, const struct cox_job *job,
    struct cox_text text, int64_t pipeline, int64_t *ret_stage, struct cox_err *reterr)
{
    COX_TRY(cox_external_find(call, job->source, &cox_stage, text, ret_stage, reterr));
    if (*ret_stage == 0) {
        *ret_stage = cox_stages_by_label(job, pipeline, text, cox_call_arena(call));
    }
    if (*ret_stage == 0) {
        *ret_stage =
            cox_stages_by_label(job, pipeline, cox_entered_stage(text), cox_call_arena(call));
    }
    return COX_OK;
}

/* From the columns "date entered <stage>". */
static enum cox_rc entered_events(struct cox_call *call, const struct cox_job *job,
    const struct cox_prepared *prepared, int64_t pipeline, struct event *events, size_t *ret_count,
    struct cox_err *reterr)
{
    size_t count = 0;

    for (size_t i = 0; i < prepared->entered_count && count < EVENTS_MAX; i++) {
        const struct cox_entered *entered = &prepared->entered[i];
        const struct cox_stage_line *line;
        int64_t stage;

        COX_TRY(find_entered(call, job, entered->stage, pipeline, &stage, reterr));
        line = cox_stages_line(job, stage);
        if (line != NULL && line->pipeline == pipeline && entered->at_us <= cox_call_now_us(call)) {
            events[count++] = (struct event){entered->at_us, stage};
        }
    }
    qsort(events, count, sizeof *events, by_time);
    *ret_count = count;
    return COX_OK;
}

/* From the day it began and the day it was closed. */
static size_t snapshot_events(struct cox_call *call, const struct cox_job *job,
    const struct cox_prepared *prepared, const struct cox_row *row, struct event *events)
{
    int64_t stage = cox_row_int(row, COX_OPPORTUNITY_STAGE);
    const struct cox_stage_line *line = cox_stages_line(job, stage);
    int64_t day = cox_row_int(row, COX_OPPORTUNITY_CLOSED_DAY), closed_us, opening;
    size_t count = 0;

    if (line == NULL) {
        return 0;
    }
    day = day == COX_NULL ? cox_row_int(row, COX_OPPORTUNITY_CLOSE_DAY) : day;
    if (line->kind == COX_STAGE_OPEN || day == COX_NULL) {
        events[0] = (struct event){prepared->since_us, stage};
        return prepared->since_us != COX_NULL && prepared->since_us <= cox_call_now_us(call);
    }
    closed_us = cox_zone_day_start(job->work->zone, day);
    if (closed_us > cox_call_now_us(call)) {
        return 0; /* closed, it says, on a day yet to come: it is so since now */
    }
    opening = job->mapping.since < job->mapping.count
                  ? cox_stages_opening(job, stage, job->mapping.columns[job->mapping.since].header)
                  : 0;
    if (prepared->since_us != COX_NULL && prepared->since_us < closed_us && opening != 0) {
        events[count++] = (struct event){prepared->since_us, opening};
    } else if (prepared->since_us != COX_NULL && prepared->since_us > closed_us &&
               prepared->since_us <= cox_call_now_us(call)) {
        closed_us = prepared->since_us; /* made afterwards: it was never seen open */
    }
    events[count++] = (struct event){closed_us, stage};
    return count;
}

/* Whom or what a field named then; somebody unknown leaves what it names now. */
static enum cox_rc set_past_ref(struct cox_call *call, const struct cox_job *job,
    const struct cox_past *past, struct cox_row *row, struct cox_err *reterr)
{
    const struct cox_table *ref =
        cox_registry_entity(cox_call_registry(call), row->table->fields[past->field]->ref);
    enum cox_found how;
    int64_t id;

    if (past->text.size == 0) {
        if ((row->table->fields[past->field]->flags & COX_REQUIRED) == 0) {
            cox_row_set(row, past->field, cox_null());
        }
        return COX_OK;
    }
    COX_TRY(cox_resolver_find(job->work->resolver, call, ref, job->source,
        cox_external_id(cox_call_arena(call), job->mapping.guess.source, past->text), &id, &how,
        reterr));
    if (id != 0) {
        cox_row_set(row, past->field, cox_int(id));
    }
    return COX_OK;
}

/* What the source says a field was at an instant, where it says so: of each field the last value. */
static enum cox_rc set_past(struct cox_call *call, const struct cox_job *job,
    const struct cox_prepared *prepared, int64_t at_us, struct cox_row *row, struct cox_err *reterr)
{
    for (size_t i = 0; i < prepared->past_count; i++) {
        const struct cox_past *past = &prepared->pasts[i];
        int64_t last_us = INT64_MIN;
        bool is_last = past->at_us <= at_us;

        for (size_t j = 0; is_last && j < prepared->past_count; j++) {
            if (prepared->pasts[j].field == past->field && prepared->pasts[j].at_us <= at_us &&
                prepared->pasts[j].at_us > last_us) {
                last_us = prepared->pasts[j].at_us;
            }
        }
        if (!is_last || past->at_us != last_us) {
            continue;
        }
        if (row->table->fields[past->field]->type == COX_REF) {
            COX_TRY(set_past_ref(call, job, past, row, reterr));
        } else {
            cox_row_set(row, past->field, past->value);
        }
    }
    return COX_OK;
}

/* An instant at which another field than the stage changed, between two that are there. */
static size_t add_past_events(struct cox_call *call, const struct cox_prepared *prepared,
    struct event *events, size_t count)
{
    size_t stages = count;

    for (size_t i = 0; i < prepared->past_count && count > 0 && count < EVENTS_MAX; i++) {
        int64_t at_us = prepared->pasts[i].at_us, stage = 0;
        bool is_new = at_us > events[0].at_us && at_us <= cox_call_now_us(call);

        for (size_t j = 0; j < count; j++) {
            is_new &= events[j].at_us != at_us;
            stage = j < stages && events[j].at_us <= at_us ? events[j].stage : stage;
        }
        if (is_new) {
            events[count++] = (struct event){at_us, stage};
        }
    }
    qsort(events, count, sizeof *events, by_time);
    return count;
}

/* An earlier version: the record as it stands, but in another stage and without what came later. */
static enum cox_rc earlier(struct cox_call *call, const struct cox_job *job,
    const struct cox_prepared *prepared, const struct cox_row *present,
    const struct cox_row *before, const struct event *event, struct cox_row **ret_row,
    struct cox_err *reterr)
{
    const struct cox_entity *entity = present->table->entity;
    struct cox_row *row = cox_row_new(call, entity);

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    memcpy(row->values, present->values, present->table->field_count * sizeof *row->values);
    forget_present(row);
    COX_TRY(set_past(call, job, prepared, event->at_us, row, reterr));
    cox_row_set(row, COX_OPPORTUNITY_STAGE, cox_int(event->stage));
    row->imported = true;
    row->from_us = event->at_us;
    COX_TRY(entity->check(call, before, row, reterr));
    *ret_row = row;
    return COX_OK;
}

static enum cox_rc deal_versions(struct cox_call *call, const struct cox_job *job,
    const struct cox_prepared *prepared, struct cox_row *row, struct cox_version *versions,
    size_t *ret_count, struct cox_err *reterr)
{
    struct event events[EVENTS_MAX + 2];
    const struct cox_row *before = NULL;
    size_t count = 0, made = 0;

    COX_TRY(entered_events(call, job, prepared, cox_row_int(row, COX_OPPORTUNITY_PIPELINE), events,
        &count, reterr));
    if (count == 0 || events[count - 1].stage != cox_row_int(row, COX_OPPORTUNITY_STAGE)) {
        size_t more = snapshot_events(call, job, prepared, row, &events[count]);

        /* What the columns say of the stages before outweighs the general rule. */
        if (count > 0 && more > 0) {
            struct event last = events[count + more - 1];

            if (last.at_us > events[count - 1].at_us) {
                events[count++] = last;
            }
        } else {
            count += more;
        }
    }
    count = add_past_events(call, prepared, events, count);
    for (size_t i = 0; i < count; i++) {
        struct cox_row *version = row;

        if (i + 1 < count && events[i + 1].at_us <= events[i].at_us) {
            continue; /* passed through in no time */
        }
        if (i + 1 < count) {
            COX_TRY(earlier(call, job, prepared, row, before, &events[i], &version, reterr));
        } else {
            row->imported = true;
            row->from_us = events[i].at_us;
        }
        versions[made++] = (struct cox_version){events[i].at_us, version};
        before = version;
    }
    *ret_count = made;
    return COX_OK;
}

/* ---- other records: from the day they were made, and by the histories of their properties ---- */

static size_t past_instants(struct cox_call *call, const struct cox_prepared *prepared,
    struct event *events)
{
    size_t count = 0;

    if (prepared->since_us != COX_NULL && prepared->since_us <= cox_call_now_us(call)) {
        events[count++] = (struct event){prepared->since_us, 0};
    }
    for (size_t i = 0; i < prepared->past_count && count < EVENTS_MAX; i++) {
        int64_t at_us = prepared->pasts[i].at_us;
        bool is_new = at_us <= cox_call_now_us(call) &&
                      (prepared->since_us == COX_NULL || at_us > prepared->since_us);

        for (size_t j = 0; j < count; j++) {
            is_new &= events[j].at_us != at_us;
        }
        if (is_new) {
            events[count++] = (struct event){at_us, 0};
        }
    }
    qsort(events, count, sizeof *events, by_time);
    return count;
}

/* As it was at an instant: what has a history and did not begin yet is not known. */
static enum cox_rc earlier_record(struct cox_call *call, const struct cox_job *job,
    const struct cox_prepared *prepared, const struct cox_row *present, int64_t at_us,
    struct cox_row **ret_row, struct cox_err *reterr)
{
    struct cox_row *row = cox_row_new(call, present->table->entity);

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    memcpy(row->values, present->values, present->table->field_count * sizeof *row->values);
    for (size_t i = 0; i < prepared->past_count; i++) {
        uint32_t field = prepared->pasts[i].field;

        if ((present->table->fields[field]->flags & COX_REQUIRED) == 0) {
            cox_row_set(row, field, cox_null());
        }
    }
    row->imported = true;
    row->from_us = at_us;
    *ret_row = row;
    return set_past(call, job, prepared, at_us, row, reterr);
}

static enum cox_rc record_versions(struct cox_call *call, const struct cox_job *job,
    const struct cox_prepared *prepared, struct cox_row *row, struct cox_version *versions,
    size_t *ret_count, struct cox_err *reterr)
{
    struct event events[EVENTS_MAX + 1];
    size_t count = past_instants(call, prepared, events);
    const struct cox_entity *entity = row->table->entity;
    const struct cox_row *before = NULL;

    for (size_t i = 0; i < count; i++) {
        struct cox_row *version = row;

        if (i + 1 < count) {
            COX_TRY(earlier_record(call, job, prepared, row, events[i].at_us, &version, reterr));
            if (entity->check != NULL) {
                COX_TRY(entity->check(call, before, version, reterr));
            }
        } else {
            row->imported = true;
            row->from_us = events[i].at_us;
        }
        versions[i] = (struct cox_version){events[i].at_us, version};
        before = version;
    }
    *ret_count = count;
    return COX_OK;
}

enum cox_rc cox_history_of_row(struct cox_call *call, const struct cox_job *job,
    const struct cox_prepared *prepared, struct cox_row *row, struct cox_version **ret_versions,
    size_t *ret_count, struct cox_err *reterr)
{
    struct cox_version *versions = COX_NEW_ARRAY(cox_call_arena(call),
        prepared->entered_count + prepared->past_count + 3, struct cox_version);

    *ret_versions = versions;
    *ret_count = 0;
    if (versions == NULL) {
        return cox_no_memory(reterr);
    }
    if (row->table->entity == &cox_opportunity) {
        return deal_versions(call, job, prepared, row, versions, ret_count, reterr);
    }
    return record_versions(call, job, prepared, row, versions, ret_count, reterr);
}
