/*
 * connect/history_file.c: history exports. Snapshots say how a deal stood from an instant on; changes
 * say which field of a record became what. The rows of a record may stand anywhere in the file, so they are
 * gathered: part by part of all records, so that memory stays bounded.
 */
#include <stdlib.h>

#include "connect/history.h"
#include "connect/reject.h"
#include "connect/run.h"
#include "connect/stages.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"

enum { PART_ROWS = 50000, GROUPS_PER_CALL = 200, CHANGES_MAX = 2000 };

static const struct cox_hash_key part_key = {0x68697374, 0x6f7279};

struct gathered {
    struct cox_prepared row;
    enum cox_outcome outcome;
    struct cox_err err;
};

struct putting {
    struct cox_job *job;
    struct cox_arena *arena;
    struct gathered **rows; /* of this part, by record and instant */
    size_t count;
    size_t first, end; /* rows of this call: whole records */
};

static int by_record(const void *left, const void *right)
{
    const struct gathered *a = *(const struct gathered *const *)left;
    const struct gathered *b = *(const struct gathered *const *)right;
    int order = cox_text_compare(a->row.external, b->row.external);

    if (order == 0) {
        order = (a->row.at_us > b->row.at_us) - (a->row.at_us < b->row.at_us);
    }
    return order != 0 ? order : (a->row.row > b->row.row) - (a->row.row < b->row.row);
}

/* ---- one record ---- */

struct past {
    const struct cox_entity *entity;
    struct cox_call *call;
    struct putting *putting;
    const struct cox_row *present;
    int64_t began_us; /* of its first version known */
    struct cox_version *versions;
    size_t count;
};

static enum cox_rc find_record(struct past *past, struct cox_text known_as, struct cox_err *reterr)
{
    const struct cox_job *job = past->putting->job;
    const struct cox_row *versions;
    enum cox_found how;
    size_t count;
    int64_t id;

    COX_TRY(cox_resolver_find(job->work->resolver, past->call, job->mapping.guess.table,
        job->source, known_as, &id, &how, reterr));
    if (id == 0) {
        return cox_fail_at(reterr, COX_INVALID, past->entity->name, 0,
            how == COX_FOUND_MANY ? "several %s are called \"%.*s\""
                                  : "there are no %s known as \"%.*s\"",
            past->entity->plural, (int)known_as.size, known_as.size > 0 ? known_as.ptr : "");
    }
    COX_TRY(cox_get(past->call, past->entity, id, &past->present, reterr));
    COX_TRY(cox_history(past->call, past->entity, id, &versions, &count, reterr));
    past->began_us = count > 0 ? versions[0].from_us : past->present->from_us;
    return COX_OK;
}

static struct cox_row *copy_row(struct past *past, const struct cox_row *from, int64_t from_us)
{
    struct cox_row *row = cox_row_new(past->call, past->entity);

    if (row != NULL) {
        memcpy(row->values, from->values, from->table->field_count * sizeof *row->values);
        row->imported = true;
        row->from_us = from_us;
    }
    return row;
}

static enum cox_rc add_version(struct past *past, struct cox_row *row, int64_t from_us,
    struct cox_err *reterr)
{
    const struct cox_row *before = past->count > 0 ? past->versions[past->count - 1].row : NULL;

    if (past->entity->check != NULL) {
        COX_TRY(past->entity->check(past->call, before, row, reterr));
    }
    past->versions[past->count++] = (struct cox_version){from_us, row};
    return COX_OK;
}

/* The present state, from an instant on; its values are not touched. */
static enum cox_rc add_present(struct past *past, int64_t from_us, struct cox_err *reterr)
{
    struct cox_row *row = copy_row(past, past->present, from_us);

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    row->id = past->present->id;
    past->versions[past->count++] = (struct cox_version){from_us, row};
    return COX_OK;
}

static enum cox_rc put(struct past *past, struct gathered **rows, size_t count,
    struct cox_err *reterr)
{
    bool is_changed = false;
    int64_t id;

    if (past->count > 0) {
        COX_TRY(cox_put_history(past->call, past->entity, past->present->id, past->versions,
            past->count, COX_FOREVER, &id, &is_changed, reterr));
    }
    for (size_t i = 0; i < count; i++) {
        if (rows[i]->outcome != COX_OUTCOME_REJECTED) {
            rows[i]->outcome = is_changed ? COX_OUTCOME_UPDATED : COX_OUTCOME_UNCHANGED;
        }
    }
    return COX_OK;
}

/* ---- snapshots ---- */

static enum cox_rc snapshot_row(struct past *past, const struct gathered *gathered,
    struct cox_row **ret_row, struct cox_err *reterr)
{
    static const uint32_t unknown[] = {COX_OPPORTUNITY_AMOUNT, COX_OPPORTUNITY_CLOSE_DAY,
        COX_OPPORTUNITY_CLOSED_DAY, COX_OPPORTUNITY_WON_DAY, COX_OPPORTUNITY_WIN_PROB,
        COX_OPPORTUNITY_FORECAST_CATEGORY, COX_OPPORTUNITY_LOSS_REASON, COX_OPPORTUNITY_CLOSE_NOTE,
        COX_OPPORTUNITY_STAGE_DAY};
    const struct cox_job *job = past->putting->job;
    const struct cox_prepared *prepared = &gathered->row;
    struct cox_row *row = copy_row(past, past->present, prepared->at_us);
    const struct cox_stage_line *line;
    int64_t stage;

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < COX_COUNT(unknown); i++) {
        cox_row_set(row, unknown[i], cox_null());
    }
    for (size_t i = 0; i < job->mapping.count; i++) {
        const struct cox_column *column = &job->mapping.columns[i];

        if (column->role == COX_COL_FIELD && prepared->values[i].kind != COX_VALUE_NULL &&
            column->field != COX_OPPORTUNITY_CREATED_DAY) {
            cox_row_set(row, column->field, prepared->values[i]);
        }
    }
    /* Where the file names no pipeline it is the one the deal is in. */
    stage = prepared->pipeline.size > 0
                ? 0
                : cox_stages_by_label(job, cox_row_int(past->present, COX_OPPORTUNITY_PIPELINE),
                      prepared->stage, cox_call_arena(past->call));
    if (stage == 0) {
        cox_stages_of_row(job, prepared->pipeline, prepared->stage, -1, -1, &stage);
    }
    line = cox_stages_line(job, stage);
    if (line == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "stage", 0, "there is no stage \"%.*s\"",
            (int)prepared->stage.size, prepared->stage.size > 0 ? prepared->stage.ptr : "");
    }
    cox_row_set(row, COX_OPPORTUNITY_STAGE, cox_int(stage));
    cox_row_set(row, COX_OPPORTUNITY_PIPELINE, cox_int(line->pipeline));
    *ret_row = row;
    return COX_OK;
}

static bool same_stage(const struct cox_row *a, const struct cox_row *b)
{
    return cox_row_int(a, COX_OPPORTUNITY_STAGE) == cox_row_int(b, COX_OPPORTUNITY_STAGE);
}

static enum cox_rc put_snapshots(struct past *past, struct gathered **rows, size_t count,
    struct cox_err *reterr)
{
    size_t last = count;
    int64_t from_us = 0;

    for (size_t i = 0; i < count; i++) {
        last = rows[i]->outcome == COX_OUTCOME_REJECTED ? last : i;
    }
    for (size_t i = 0; i < count; i++) {
        struct cox_row *row = NULL;

        if (rows[i]->outcome == COX_OUTCOME_REJECTED ||
            (i < last && rows[i + 1]->row.at_us == rows[i]->row.at_us)) {
            continue; /* of two at once the later line counts */
        }
        COX_TRY(snapshot_row(past, rows[i], &row, reterr));
        from_us = rows[i]->row.at_us;
        if (i == last && same_stage(row, past->present)) {
            COX_TRY(add_present(past, from_us, reterr));
            return put(past, rows, count, reterr);
        }
        COX_TRY(add_version(past, row, from_us, reterr));
    }
    if (past->count > 0) {
        /* The export is older than what is known: the present follows it. */
        COX_TRY(add_present(past,
            past->present->from_us > from_us ? past->present->from_us : from_us + 1, reterr));
    }
    return put(past, rows, count, reterr);
}

/* ---- changes ---- */

static enum cox_rc value_of(struct past *past, uint32_t field, struct cox_text text,
    struct cox_value *ret_value, struct cox_err *reterr)
{
    const struct cox_job *job = past->putting->job;
    const struct cox_table *table = job->mapping.guess.table, *ref;
    struct cox_column column = {.order = COX_DATE_YMD, .point = COX_POINT_DOT, .scale = 1};
    struct cox_convert convert = {.arena = past->putting->arena,
        .zone = job->work->zone,
        .currency = past->entity->currency_field == COX_NO_FIELD
                        ? (struct cox_text){0}
                        : cox_row_text(past->present, past->entity->currency_field)};
    bool is_deal = past->entity == &cox_opportunity;
    enum cox_found how;
    double chance;
    int64_t id;

    if (is_deal && field == COX_OPPORTUNITY_WIN_PROB && text.size > 0) {
        COX_TRY(cox_convert_chance(&column, text, &chance, reterr));
        *ret_value = cox_real(chance);
        return COX_OK;
    }
    if (table->fields[field]->type != COX_REF || text.size == 0) {
        return cox_convert_value(&convert, &column, table->fields[field], text, ret_value, reterr);
    }
    ref = cox_registry_entity(job->work->registry, table->fields[field]->ref);
    if (is_deal && field == COX_OPPORTUNITY_STAGE) {
        id = cox_stages_by_label(job, cox_row_int(past->present, COX_OPPORTUNITY_PIPELINE), text,
            past->putting->arena);
    } else {
        COX_TRY(cox_resolver_find(job->work->resolver, past->call, ref, job->source, text, &id,
            &how, reterr));
    }
    if (id == 0) {
        return cox_fail_at(reterr, COX_INVALID, table->fields[field]->name, 0,
            "there is no %s \"%.*s\"", ref->entity->name, (int)text.size, text.ptr);
    }
    *ret_value = cox_int(id);
    return COX_OK;
}

/* The field a change is about; COX_NO_FIELD: one that is not kept here, or the creation itself. */
static uint32_t field_of(const struct past *past, struct cox_text name)
{
    const struct cox_job *job = past->putting->job;
    bool is_id;
    struct cox_text key = cox_header_key(past->putting->arena, name, &is_id);
    double weight;
    const struct cox_name *found = cox_names_best(job->work->names, name, key, is_id,
        job->mapping.guess.table, job->mapping.guess.source, &weight);

    return found == NULL || found->role != COX_COL_FIELD ? COX_NO_FIELD : found->field;
}

/* Before a change its field had the old value: from the present back to the beginning. */
static enum cox_rc put_changes(struct past *past, struct gathered **rows, size_t count,
    struct cox_err *reterr)
{
    struct cox_row *state = copy_row(past, past->present, 0);
    struct cox_version *back = COX_NEW_ARRAY(past->putting->arena, count + 2, struct cox_version);
    size_t back_count = 0;
    int64_t began_us = past->began_us;

    if (state == NULL || back == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = count; i-- > 0;) {
        uint32_t field = field_of(past, rows[i]->row.changed);
        struct cox_value old;

        if (rows[i]->outcome == COX_OUTCOME_REJECTED) {
            continue;
        }
        began_us = rows[i]->row.at_us < began_us ? rows[i]->row.at_us : began_us;
        if (field == COX_NO_FIELD) {
            continue;
        }
        rows[i]->err.rc = value_of(past, field, rows[i]->row.old_value, &old, &rows[i]->err);
        if (rows[i]->err.rc != COX_OK) {
            rows[i]->outcome = COX_OUTCOME_REJECTED;
            continue;
        }
        if (back_count == 0 || back[back_count - 1].from_us != rows[i]->row.at_us) {
            struct cox_row *version = copy_row(past, state, rows[i]->row.at_us);

            if (version == NULL) {
                return cox_no_memory(reterr);
            }
            back[back_count++] = (struct cox_version){rows[i]->row.at_us, version};
        }
        cox_row_set(state, field, old);
    }
    if (back_count == 0) {
        return put(past, rows, count, reterr);
    }
    if (began_us < back[back_count - 1].from_us) {
        state->from_us = began_us;
        COX_TRY(add_version(past, state, began_us, reterr));
    }
    for (size_t i = back_count; i-- > 1;) {
        COX_TRY(add_version(past, back[i].row, back[i].from_us, reterr));
    }
    COX_TRY(add_present(past, back[0].from_us, reterr));
    return put(past, rows, count, reterr);
}

/* ---- a call: some records ---- */

static enum cox_rc put_record(struct cox_call *call, struct putting *putting, size_t first,
    size_t count, struct cox_err *reterr)
{
    struct gathered **rows = putting->rows + first;
    struct past past = {.entity = putting->job->mapping.guess.table->entity,
        .call = call,
        .putting = putting,
        .versions = COX_NEW_ARRAY(cox_call_arena(call), count + 3, struct cox_version)};
    struct cox_err err = {0};

    if (past.versions == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        rows[i]->err = rows[i]->row.err;
        if (rows[i]->err.rc == COX_OK && rows[i]->row.at_us == COX_NULL) {
            rows[i]->err.rc =
                cox_fail_at(&rows[i]->err, COX_INVALID, "at", 0, "the row does not say when");
        }
        rows[i]->outcome = rows[i]->err.rc != COX_OK ? COX_OUTCOME_REJECTED : COX_OUTCOME_UNCHANGED;
    }
    err.rc = find_record(&past, rows[0]->row.external, &err);
    if (err.rc == COX_OK) {
        err.rc = putting->job->mapping.guess.kind == COX_KIND_CHANGES
                     ? put_changes(&past, rows, count, &err)
                     : put_snapshots(&past, rows, count, &err);
    }
    if (err.rc != COX_OK && !cox_rc_is_refusal(err.rc)) {
        *reterr = err;
        return err.rc;
    }
    for (size_t i = 0; err.rc != COX_OK && i < count; i++) {
        if (rows[i]->outcome != COX_OUTCOME_REJECTED) {
            rows[i]->outcome = COX_OUTCOME_REJECTED;
            rows[i]->err = err;
        }
    }
    return COX_OK;
}

static size_t record_end(const struct putting *putting, size_t first)
{
    size_t end = first + 1;

    while (end < putting->count &&
           cox_text_same(putting->rows[end]->row.external, putting->rows[first]->row.external)) {
        end++;
    }
    return end;
}

static enum cox_rc put_some(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct putting *putting = ctx;

    for (size_t at = putting->first; at < putting->end;) {
        size_t end = record_end(putting, at);

        COX_TRY(put_record(call, putting, at, end - at, reterr));
        at = end;
    }
    return COX_OK;
}

/* ---- the file ---- */

static enum cox_rc gather(struct putting *putting, uint64_t part, uint64_t parts,
    struct cox_err *reterr)
{
    struct cox_job *job = putting->job;
    struct cox_feed_row from;

    cox_arena_rewind(putting->arena, (struct cox_mark){0});
    putting->count = 0;
    putting->rows = COX_NEW_ARRAY(putting->arena, (size_t)job->survey.row_count, struct gathered *);
    if (putting->rows == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_feed_rewind(job->feed, reterr));
    for (;;) {
        struct cox_mark mark = cox_arena_mark(putting->arena);
        struct gathered *gathered = COX_NEW(putting->arena, struct gathered);

        COX_TRY(cox_feed_next(job->feed, &from, reterr));
        if (from.row == 0 || gathered == NULL) {
            return gathered == NULL ? cox_no_memory(reterr) : COX_OK;
        }
        COX_TRY(cox_prepare_row(job, putting->arena, &from, &gathered->row, reterr));
        if (cox_hash_text(&part_key, gathered->row.external) % parts == part) {
            putting->rows[putting->count++] = gathered;
        } else {
            cox_arena_rewind(putting->arena, mark);
        }
    }
}

static void tally(const struct putting *putting, struct cox_reject *reject)
{
    struct cox_import_file *file = putting->job->file;

    for (size_t i = putting->first; i < putting->end; i++) {
        const struct gathered *row = putting->rows[i];

        file->read++;
        file->updated += row->outcome == COX_OUTCOME_UPDATED;
        file->unchanged += row->outcome == COX_OUTCOME_UNCHANGED;
        if (row->outcome == COX_OUTCOME_REJECTED) {
            file->rejected++;
            cox_reject_add(reject, row->row.cells, &row->err);
            cox_import_reject(file, putting->job->work->arena, row->row.line, &row->err);
        }
    }
}

static enum cox_rc put_part(struct putting *putting, struct cox_reject *reject,
    struct cox_err *reterr)
{
    qsort(putting->rows, putting->count, sizeof(struct gathered *), by_record);
    for (putting->first = 0; putting->first < putting->count; putting->first = putting->end) {
        putting->end = putting->first;
        for (int i = 0; i < GROUPS_PER_CALL && putting->end < putting->count; i++) {
            putting->end = record_end(putting, putting->end);
        }
        COX_TRY(cox_work_write(putting->job->work, put_some, putting, reterr));
        tally(putting, reject);
        COX_TRY(cox_reject_flush(reject, reterr));
    }
    return COX_OK;
}

enum cox_rc cox_history_file(struct cox_job *job, struct cox_err *reterr)
{
    COX_AUTO_ARENA arena = cox_arena_open((size_t)1 << 30);
    struct putting putting = {.job = job, .arena = arena};
    uint64_t parts = (uint64_t)job->survey.row_count / PART_ROWS + 1;
    struct cox_reject *reject;

    if (arena == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_work_load_names(job->work, job->mapping.guess.table, reterr));
    COX_TRY(cox_resolver_load(job->work->resolver, job->mapping.guess.table, reterr));
    if (job->mapping.guess.table->entity == &cox_opportunity) {
        COX_TRY(cox_resolver_load(job->work->resolver,
            cox_registry_entity(job->work->registry, &cox_pipeline), reterr));
        COX_TRY(cox_stages_ensure(job, reterr));
    }
    COX_TRY(cox_reject_open(job, 0, &reject, reterr));
    for (uint64_t part = 0; part < parts; part++) {
        COX_TRY(gather(&putting, part, parts, reterr));
        COX_TRY(put_part(&putting, reject, reterr));
    }
    return COX_OK;
}
