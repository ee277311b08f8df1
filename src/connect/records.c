/* connect/records.c: a file of one record a row, read in chunks and saved. */
#include <signal.h>
#include <unistd.h>

#include "connect/run.h"
#include "connect/save.h"
#include "connect/seen.h"
#include "connect/stages.h"
#include "record/query.h"
#include "sales/opportunity.h"
#include "sales/product.h"

struct reading {
    struct cox_job *job;
    struct cox_map *prints; /* rows without an id: how often each was there */
    int64_t done_row;       /* rows up to here were counted by an earlier run */
    struct cox_progress *progress;
};

/* Products of the same name are told apart by their number. */
static enum cox_rc code_as_id(const struct cox_job *job, struct cox_arena *arena,
    struct cox_prepared *row, struct cox_err *reterr)
{
    size_t at = cox_mapping_find(&job->mapping, COX_COL_FIELD, COX_PRODUCT_CODE);
    const char *id;

    if (job->mapping.guess.table->entity != &cox_product || at == job->mapping.count ||
        row->values[at].kind != COX_VALUE_TEXT) {
        return COX_OK;
    }
    id = cox_arena_format(arena, "code:%.*s", (int)row->values[at].text.size,
        row->values[at].text.ptr);
    row->external = cox_text_of(id);
    return id == NULL ? cox_no_memory(reterr) : COX_OK;
}

/* Fills the chunk; count 0 at the end. */
static enum cox_rc fill(struct reading *reading, struct cox_chunk *chunk, struct cox_err *reterr)
{
    struct cox_job *job = reading->job;
    struct cox_feed_row from;

    cox_arena_rewind(chunk->arena, (struct cox_mark){0});
    chunk->missed = NULL;
    chunk->missed_room = chunk->missed_count = 0;
    chunk->count = 0;
    while (chunk->count < COX_IMPORT_CHUNK) {
        struct cox_prepared *row = &chunk->rows[chunk->count];

        COX_TRY(cox_feed_next(job->feed, &from, reterr));
        if (from.row == 0) {
            return COX_OK;
        }
        COX_TRY(cox_prepare_row(job, chunk->arena, &from, row, reterr));
        if (row->is_blank) {
            cox_import_note(job->file, job->work->arena,
                "some rows say nothing in the columns that are taken over (a list below the record "
                "above them?); they are passed over");
            chunk->count++;
            continue;
        }
        if (row->external.size == 0) {
            COX_TRY(code_as_id(job, chunk->arena, row, reterr));
        }
        if (row->external.size == 0 && row->other_external.size == 0 &&
            !cox_is_matched_by_name(job->mapping.guess.table->entity)) {
            COX_TRY(
                cox_prepare_print(job, chunk->arena, row, reading->prints, &row->external, reterr));
        }
        row->is_superseded =
            job->mapping.key < job->mapping.count &&
            !cox_seen_counts(job->work->seen, &job->mapping, (uint32_t)job->work->job_at, &from);
        if (row->is_superseded) {
            cox_import_note(job->file, job->work->arena,
                "some records come several times; their newest row counts");
        }
        chunk->count++;
    }
    return COX_OK;
}

/* Names of what is referred to, and of the records themselves where a name says which one it is. */
enum cox_rc cox_work_load_names(struct cox_work *work, const struct cox_table *table,
    struct cox_err *reterr)
{
    if (cox_is_matched_by_name(table->entity) ||
        cox_table_field(table, COX_LIT("email")) != COX_NO_FIELD) {
        COX_TRY(cox_resolver_load(work->resolver, table, reterr));
    }
    for (uint32_t i = 0; i < table->field_count; i++) {
        if (table->fields[i]->type == COX_REF) {
            COX_TRY(cox_resolver_load(work->resolver,
                cox_registry_entity(work->registry, table->fields[i]->ref), reterr));
        }
    }
    return COX_OK;
}

static void end_abruptly(const struct cox_work *work)
{
    if (work->opt->stop_after > 0 && work->chunks_done >= work->opt->stop_after) {
        (void)kill(getpid(), SIGKILL); /* what a power cut does, for the test of resuming */
    }
}

static enum cox_rc tell(const struct cox_job *job, struct cox_err *reterr)
{
    const struct cox_import_opt *opt = job->work->opt;

    if (opt->progress == NULL ||
        opt->progress(opt->progress_ctx, job->file->name, job->file->read, job->survey.row_count)) {
        return COX_OK;
    }
    return cox_fail(reterr, COX_CANCELLED, "stopped on request");
}

static enum cox_rc read_chunks(struct reading *reading, struct cox_chunk *chunk,
    struct cox_reject *reject, struct cox_err *reterr)
{
    struct cox_work *work = reading->job->work;
    struct cox_saving saving = {.work = work,
        .chunk = chunk,
        .reject = reject,
        .today = work->today,
        .done_row = reading->done_row};

    for (;;) {
        COX_TRY(fill(reading, chunk, reterr));
        if (chunk->count == 0) {
            cox_oddities_tell(reading->job, &saving.oddities);
            return COX_OK;
        }
        COX_TRY(cox_save_rows(&saving, 0, chunk->count, reterr));
        cox_progress_at(reading->progress, reading->job->file->read);
        COX_TRY(tell(reading->job, reterr));
        work->chunks_done++;
        end_abruptly(work);
    }
}

static enum cox_rc run_rows(struct cox_job *job, int64_t done_row, int64_t error_size,
    struct cox_err *reterr)
{
    struct cox_work *work = job->work;
    const struct cox_map_opt opt = {.copy_keys = true};
    const struct cox_table *table = job->mapping.guess.table;
    struct cox_progress progress;
    struct reading reading = {.job = job, .done_row = done_row, .progress = &progress};
    struct cox_chunk *chunk = cox_memory_alloc(sizeof *chunk);
    struct cox_reject *reject;
    enum cox_rc rc;

    if (chunk == NULL) {
        return cox_no_memory(reterr);
    }
    memset(chunk, 0, sizeof *chunk);
    chunk->job = job;
    chunk->arena = cox_arena_open((size_t)1 << 30);
    cox_progress_init(&progress, cox_arena_format(work->arena, "importing %s", job->file->entity),
        job->survey.row_count);
    progress.is_on &= work->opt->show_progress;
    rc = chunk->arena == NULL ? cox_no_memory(reterr) : COX_OK;
    rc = rc == COX_OK ? cox_map_open(&opt, &reading.prints, reterr) : rc;
    rc = rc == COX_OK ? cox_work_load_names(work, table, reterr) : rc;
    if (rc == COX_OK && table->entity == &cox_opportunity) {
        rc = cox_stages_ensure(job, reterr);
    }
    rc = rc == COX_OK ? cox_reject_open(job, error_size, &reject, reterr) : rc;
    rc = rc == COX_OK ? read_chunks(&reading, chunk, reject, reterr) : rc;
    cox_progress_done(&progress);
    cox_map_close(reading.prints);
    cox_arena_close(chunk->arena);
    cox_memory_free(chunk);
    return rc;
}

/* ---- many rows into a small table ---- */

enum { BULK_ROWS = 50000 };

static enum cox_rc count_few(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_job *job = ctx;
    const struct cox_query query = {.entity = job->mapping.guess.table->entity,
        .limit = 1,
        .want_count = true};
    struct cox_page page;

    COX_TRY(cox_list(call, &query, &page, reterr));
    return page.total_is_exact ? COX_OK : COX_CONFLICT;
}

/*
 * A large file into a table that is small as yet is saved without the table's indexes, which are made
 * at the end. If this process dies before, whoever opens the store next makes them.
 */
enum cox_rc cox_records_file(struct cox_job *job, int64_t done_row, int64_t error_size,
    struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = job->work->opt->actor};
    const struct cox_entity **bulk = COX_NEW(job->work->arena, const struct cox_entity *);
    struct cox_err ignored;

    if (bulk == NULL) {
        return cox_no_memory(reterr);
    }
    if (job->survey.row_count < BULK_ROWS ||
        cox_store_read(job->work->store, &opt, count_few, job, &ignored) != COX_OK) {
        return run_rows(job, done_row, error_size, reterr);
    }
    *bulk = job->mapping.guess.table->entity;
    COX_TRY(cox_bulk_begin(job->work->store, bulk, 1, reterr));
    enum cox_rc rc = run_rows(job, done_row, error_size, reterr);
    enum cox_rc end = cox_bulk_end(job->work->store, rc == COX_OK ? reterr : &ignored);
    return rc == COX_OK ? end : rc;
}
