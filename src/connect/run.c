/* connect/run.c: one import from its paths to its report. */
#include "connect/run.h"

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connect/dry.h"
#include "connect/files.h"
#include "connect/history.h"
#include "connect/keep.h"
#include "connect/later.h"
#include "connect/links.h"
#include "connect/look.h"
#include "connect/reject.h"
#include "connect/seen.h"
#include "connect/stages.h"
#include "connect/teams.h"
#include "record/journal.h"
#include "record/query.h"
#include "sales/opportunity.h"
#include "sales/product.h"

static const char kind[] = "import";

struct cox_write_opt cox_work_write_opt(const struct cox_work *work)
{
    return (struct cox_write_opt){.actor = work->opt->actor,
        .cause = COX_CAUSE_IMPORT,
        .batch = work->batch,
        .request = "import"};
}

/* ---- the batch, opened by the first change ---- */

struct probing {
    cox_call_fn fn;
    void *ctx;
    bool is_changed;
};

static enum cox_rc probe(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct probing *probing = ctx;

    COX_TRY(probing->fn(call, probing->ctx, reterr));
    probing->is_changed = cox_call_is_changed(call);
    return probing->is_changed
               ? cox_fail(reterr, COX_CANCELLED, "the first change of an import opens its batch")
               : COX_OK;
}

/* The same paths with the same content have the same name: a crashed run is found by it. */
static enum cox_rc batch_name(const struct cox_work *work, const char **ret_name,
    struct cox_err *reterr)
{
    static const struct cox_hash_key key = {0x636f78, 0x696d706f7274};
    struct cox_buf buf;
    uint64_t hash;

    cox_buf_init(&buf, 1 << 22);
    for (size_t i = 0; i < work->job_count; i++) {
        struct stat stat_of = {0};

        (void)stat(work->jobs[i].path, &stat_of); /* it was read a moment ago */
        cox_buf_format(&buf, "%s %lld %lld\n", work->jobs[i].path, (long long)stat_of.st_size,
            (long long)stat_of.st_mtime);
    }
    hash = cox_hash_text(&key, cox_buf_text(&buf));
    cox_buf_done(&buf);
    *ret_name = cox_arena_format(work->arena, "%.*s%s #%08x",
        work->job_count == 0 ? 0 : (int)work->jobs[work->job_count - 1].file->name.size,
        work->job_count == 0 ? "" : work->jobs[work->job_count - 1].file->name.ptr,
        work->job_count > 1 ? " and others" : "", (unsigned)hash);
    return *ret_name == NULL ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_work_write(struct cox_work *work, cox_call_fn fn, void *ctx, struct cox_err *reterr)
{
    struct probing probing = {.fn = fn, .ctx = ctx};
    struct cox_write_opt opt = cox_work_write_opt(work);
    struct cox_commit commit;
    const char *name;
    enum cox_rc rc;

    if (work->batch == 0) {
        rc = cox_store_write(work->store, &opt, probe, &probing, &commit, reterr);
        if (rc != COX_CANCELLED || !probing.is_changed) {
            return rc;
        }
        COX_TRY(batch_name(work, &name, reterr));
        COX_TRY(cox_batch_open(work->store, work->opt->actor, kind, name, &work->batch, reterr));
        opt.batch = work->report->batch = work->batch;
    }
    return cox_store_write(work->store, &opt, fn, ctx, &commit, reterr);
}

/* ---- saving a chunk ---- */

struct saving {
    struct cox_work *work;
    struct cox_chunk *chunk;
    struct cox_reject *reject;
    size_t first, count; /* rows of the chunk to be saved in this call */
    int64_t last_row;    /* of the file, once this call stands */
    int64_t done_row;    /* rows up to here were saved and counted by an earlier run */
};

static int64_t count_of(const struct saving *saving, enum cox_outcome outcome)
{
    int64_t count = 0;

    for (size_t i = saving->first; i < saving->first + saving->count; i++) {
        count +=
            saving->chunk->rows[i].row > saving->done_row && saving->chunk->outcome[i] == outcome;
    }
    return count;
}

static int64_t count_new(const struct saving *saving)
{
    return count_of(saving, COX_OUTCOME_CREATED) + count_of(saving, COX_OUTCOME_UPDATED) +
           count_of(saving, COX_OUTCOME_UNCHANGED) + count_of(saving, COX_OUTCOME_REJECTED);
}

static bool is_rejected(const struct saving *saving, size_t at)
{
    return saving->chunk->rows[at].row > saving->done_row &&
           saving->chunk->outcome[at] == COX_OUTCOME_REJECTED;
}

/* "job row error_size  read created updated unchanged rejected deleted ..." for the files so far. */
static enum cox_rc write_mark(struct cox_call *call, const struct saving *saving,
    struct cox_err *reterr)
{
    const struct cox_work *work = saving->work;
    struct cox_buf buf;
    enum cox_rc rc;

    cox_buf_init(&buf, 1 << 20);
    cox_buf_format(&buf, "%zu %lld %lld", work->job_at, (long long)saving->last_row,
        (long long)cox_reject_size(saving->reject));
    for (size_t i = 0; i <= work->job_at; i++) {
        const struct cox_import_file *file = work->jobs[i].file;
        bool is_this = i == work->job_at;

        cox_buf_format(&buf, " %lld %lld %lld %lld %lld %lld",
            (long long)(file->read + (is_this ? count_new(saving) : 0)),
            (long long)(file->created + (is_this ? count_of(saving, COX_OUTCOME_CREATED) : 0)),
            (long long)(file->updated + (is_this ? count_of(saving, COX_OUTCOME_UPDATED) : 0)),
            (long long)(file->unchanged + (is_this ? count_of(saving, COX_OUTCOME_UNCHANGED) : 0)),
            (long long)(file->rejected + (is_this ? count_of(saving, COX_OUTCOME_REJECTED) : 0)),
            (long long)(file->deleted + (is_this ? saving->chunk->deleted_count : 0)));
    }
    rc = buf.failed ? cox_no_memory(reterr)
                    : cox_batch_mark(call, work->batch, cox_buf_text(&buf), reterr);
    cox_buf_done(&buf);
    return rc;
}

static enum cox_rc save(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct saving *saving = ctx;
    struct cox_chunk *chunk = saving->chunk;

    cox_resolver_forget(saving->work->resolver);
    chunk->missed_count = 0;
    chunk->deleted_count = 0;
    COX_TRY(cox_apply_rows(call, chunk, saving->first, saving->count, reterr));
    cox_reject_clear(saving->reject);
    for (size_t i = saving->first; i < saving->first + saving->count; i++) {
        if (is_rejected(saving, i)) {
            cox_reject_add(saving->reject, chunk->rows[i].cells, &chunk->err[i]);
        }
    }
    COX_TRY(cox_reject_write(saving->reject, reterr));
    return saving->work->batch != 0 && cox_call_is_changed(call) ? write_mark(call, saving, reterr)
                                                                 : COX_OK;
}

static void tell_rejected(const struct saving *saving)
{
    const struct cox_chunk *chunk = saving->chunk;

    for (size_t i = saving->first; i < saving->first + saving->count; i++) {
        if (is_rejected(saving, i)) {
            cox_import_reject(chunk->job->file, saving->work->arena, chunk->rows[i].line,
                &chunk->err[i]);
        }
    }
}

static enum cox_rc save_rows(struct saving *saving, size_t first, size_t count,
    struct cox_err *reterr)
{
    struct cox_import_file *file = saving->chunk->job->file;

    saving->first = first;
    saving->count = count;
    saving->last_row = saving->chunk->rows[first + count - 1].row;
    COX_TRY(cox_work_write(saving->work, save, saving, reterr));
    cox_resolver_settle(saving->work->resolver);
    tell_rejected(saving);
    cox_reject_keep(saving->reject);
    file->read += count_new(saving);
    file->created += count_of(saving, COX_OUTCOME_CREATED);
    file->updated += count_of(saving, COX_OUTCOME_UPDATED);
    file->unchanged += count_of(saving, COX_OUTCOME_UNCHANGED);
    file->rejected += count_of(saving, COX_OUTCOME_REJECTED);
    file->deleted += saving->last_row > saving->done_row ? saving->chunk->deleted_count : 0;
    return cox_later_add(saving->work, saving->chunk, reterr);
}

/* A failure of the whole call that is about one row (two rows that only clash together): halves, down
 * to the row. */
static enum cox_rc save_split(struct saving *saving, size_t first, size_t count,
    struct cox_err *reterr)
{
    struct cox_err err;
    enum cox_rc rc = save_rows(saving, first, count, &err);

    if (rc == COX_OK || !cox_rc_is_refusal(rc)) {
        *reterr = err;
        return rc;
    }
    if (count == 1) {
        saving->chunk->rows[first].err = err;
        return save_rows(saving, first, 1, reterr);
    }
    COX_TRY(save_split(saving, first, count / 2, reterr));
    return save_split(saving, first + count / 2, count - count / 2, reterr);
}

/* ---- a file of records ---- */

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
static enum cox_rc load_names(struct cox_work *work, const struct cox_table *table,
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
    struct saving saving = {.work = work,
        .chunk = chunk,
        .reject = reject,
        .done_row = reading->done_row};

    for (;;) {
        COX_TRY(fill(reading, chunk, reterr));
        if (chunk->count == 0) {
            return COX_OK;
        }
        COX_TRY(save_split(&saving, 0, chunk->count, reterr));
        cox_progress_at(reading->progress, reading->job->file->read);
        COX_TRY(tell(reading->job, reterr));
        work->chunks_done++;
        end_abruptly(work);
    }
}

static enum cox_rc run_records(struct cox_job *job, int64_t done_row, int64_t error_size,
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
    rc = rc == COX_OK ? load_names(work, table, reterr) : rc;
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

/* ---- a file ---- */

static void note_columns(struct cox_job *job)
{
    struct cox_buf buf;

    cox_buf_init(&buf, 1 << 16);
    for (size_t i = 0; i < job->mapping.count; i++) {
        const struct cox_column *column = &job->mapping.columns[i];

        if (column->assumed != NULL) {
            cox_import_note(job->file, job->work->arena, "%.*s: %s", (int)column->header.size,
                column->header.ptr, column->assumed);
        }
        if (column->role == COX_COL_UNKNOWN && column->header.size > 0 && buf.size < 2000) {
            cox_buf_format(&buf, "%s%.*s", buf.size > 0 ? ", " : "", (int)column->header.size,
                column->header.ptr);
            if (column->proposal.ptr != NULL) {
                cox_buf_format(&buf, " (perhaps %.*s)", (int)column->proposal.size,
                    column->proposal.ptr);
            }
        }
    }
    if (buf.size > 0 && !buf.failed && job->mapping.guess.kind == COX_KIND_RECORDS) {
        cox_import_note(job->file, job->work->arena, "columns not imported: %.*s", (int)buf.size,
            buf.ptr);
    }
    cox_buf_done(&buf);
}

static enum cox_rc survey_job(struct cox_work *work, size_t at, struct cox_err *reterr)
{
    struct cox_job *job = &work->jobs[at];
    const struct cox_guess *guess = &job->mapping.guess;
    struct cox_survey_ask ask = {.feed = job->feed,
        .mapping = &job->mapping,
        .stage = guess->table->entity == &cox_opportunity ? COX_OPPORTUNITY_STAGE : COX_NO_FIELD,
        .seen = guess->kind == COX_KIND_RECORDS ? work->seen : NULL,
        .file = (uint32_t)at};

    COX_TRY(cox_feed_rewind(job->feed, reterr));
    return cox_survey_take(work->arena, &ask, &job->survey, reterr);
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
static enum cox_rc run_in_bulk(struct cox_job *job, int64_t done_row, int64_t error_size,
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
        return run_records(job, done_row, error_size, reterr);
    }
    *bulk = job->mapping.guess.table->entity;
    COX_TRY(cox_bulk_begin(job->work->store, bulk, 1, reterr));
    enum cox_rc rc = run_records(job, done_row, error_size, reterr);
    enum cox_rc end = cox_bulk_end(job->work->store, rc == COX_OK ? reterr : &ignored);
    return rc == COX_OK ? end : rc;
}

/* Names of what a row makes beside its record: pipelines of stages, teams, tags. */
static enum cox_rc load_beside(const struct cox_job *job, struct cox_err *reterr)
{
    const struct cox_mapping *mapping = &job->mapping;
    const char *const names[] = {
        mapping->guess.table != NULL && mapping->guess.table->entity == &cox_opportunity
            ? "pipeline"
            : NULL,
        cox_mapping_find(mapping, COX_COL_TEAM, COX_NO_FIELD) < mapping->count ? "team" : NULL,
        cox_mapping_find(mapping, COX_COL_TAGS, COX_NO_FIELD) < mapping->count ? "tag" : NULL,
    };

    for (size_t i = 0; mapping->guess.kind == COX_KIND_RECORDS && i < COX_COUNT(names); i++) {
        if (names[i] != NULL) {
            COX_TRY(cox_resolver_load(job->work->resolver,
                cox_registry_find(job->work->registry, cox_text_of(names[i])), reterr));
        }
    }
    return COX_OK;
}

static enum cox_rc run_job(struct cox_job *job, int64_t done_row, int64_t error_size,
    struct cox_err *reterr)
{
    const struct cox_guess *guess = &job->mapping.guess;
    const char *odd;

    COX_TRY(load_beside(job, reterr));
    COX_TRY(cox_feed_rewind(job->feed, reterr));
    note_columns(job);
    switch (guess->kind) {
    case COX_KIND_RECORDS:
        COX_TRY(run_in_bulk(job, done_row, error_size, reterr));
        break;
    case COX_KIND_TEAMS:
        COX_TRY(load_names(job->work, guess->table, reterr));
        COX_TRY(cox_resolver_load(job->work->resolver,
            cox_registry_find(job->work->registry, COX_LIT("team")), reterr));
        COX_TRY(cox_teams_file(job, reterr));
        break;
    case COX_KIND_LINKS:
        COX_TRY(cox_links_file(job, reterr));
        break;
    case COX_KIND_SNAPSHOTS:
    case COX_KIND_CHANGES:
        COX_TRY(cox_history_file(job, reterr));
        break;
    case COX_KIND_NONE:
    case COX_KIND_DICTIONARY:
    case COX_KIND_COUNT:
    default:
        break;
    }
    odd = cox_feed_oddities(job->feed, job->work->arena);
    if (odd != NULL && *odd != '\0') {
        cox_import_note(job->file, job->work->arena, "%s", odd);
    }
    cox_feed_close(job->feed);
    return COX_OK;
}

/* ---- resuming ---- */

struct resuming {
    struct cox_work *work;
    const char *name;
    struct cox_text mark;
};

static enum cox_rc find_open(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct resuming *resuming = ctx;

    COX_TRY(cox_batch_find_open(call, kind, resuming->name, &resuming->work->batch, &resuming->mark,
        reterr));
    resuming->mark = cox_arena_text(resuming->work->arena, resuming->mark);
    return COX_OK;
}

static int64_t next_number(struct cox_text *mark)
{
    int64_t number = 0;

    return cox_num_parse_plain(cox_text_split(mark, ' '), &number) ? number : 0;
}

static enum cox_rc resume(struct cox_work *work, size_t *ret_job, int64_t *ret_row,
    int64_t *ret_error_size, struct cox_err *reterr)
{
    struct cox_read_opt opt = {.actor = work->opt->actor};
    struct resuming resuming = {.work = work};

    COX_TRY(batch_name(work, &resuming.name, reterr));
    COX_TRY(cox_store_read(work->store, &opt, find_open, &resuming, reterr));
    work->report->batch = work->batch;
    if (work->batch == 0 || resuming.mark.size == 0) {
        return COX_OK;
    }
    work->report->is_resumed = true;
    *ret_job = (size_t)next_number(&resuming.mark);
    *ret_row = next_number(&resuming.mark);
    *ret_error_size = next_number(&resuming.mark);
    for (size_t i = 0; i <= *ret_job && i < work->job_count; i++) {
        struct cox_import_file *file = work->jobs[i].file;

        file->read = next_number(&resuming.mark);
        file->created = next_number(&resuming.mark);
        file->updated = next_number(&resuming.mark);
        file->unchanged = next_number(&resuming.mark);
        file->rejected = next_number(&resuming.mark);
        file->deleted = next_number(&resuming.mark);
    }
    return COX_OK;
}

/* ---- the run ---- */

static enum cox_rc write_map(struct cox_work *work, struct cox_err *reterr)
{
    struct cox_buf buf;
    const char *path;
    FILE *file;
    bool failed;
    enum cox_rc rc;

    cox_buf_init(&buf, (size_t)1 << 26);
    rc = cox_later_tell(work, &buf, reterr);
    if (rc != COX_OK || buf.size == 0 || buf.failed || work->opt->folder == NULL) {
        cox_buf_done(&buf);
        return rc;
    }
    path = cox_arena_format(work->arena, "%s/import.map", work->opt->folder);
    file = path == NULL ? NULL : fopen(path, "we");
    if (file == NULL) {
        cox_buf_done(&buf);
        return cox_fail(reterr, COX_IO, "the proposals could not be written to \"%s/import.map\"",
            work->opt->folder);
    }
    failed = fputs("# Proposals: keep the lines that are right, then import again with "
                   "--map import.map\n",
                 file) < 0;
    failed |= fwrite(buf.ptr, 1, buf.size, file) != buf.size;
    failed |= fclose(file) != 0;
    cox_buf_done(&buf);
    work->report->map_path = path;
    return failed ? cox_fail(reterr, COX_IO, "the proposals could not be written to \"%s\"", path)
                  : COX_OK;
}

/* A failure with the file it is about. */
static enum cox_rc of_file(const struct cox_job *job, const struct cox_err *err,
    struct cox_err *reterr)
{
    return cox_fail_at(reterr, err->rc, err->field, err->row, "%.*s: %s", (int)job->file->name.size,
        job->file->name.ptr, err->text);
}

static enum cox_rc run_jobs(struct cox_work *work, struct cox_err *reterr)
{
    size_t first = 0;
    int64_t done_row = 0, error_size = 0;

    for (size_t i = 0; i < work->job_count; i++) {
        struct cox_err err = {0};

        err.rc = survey_job(work, i, &err);
        if (err.rc != COX_OK) {
            return of_file(&work->jobs[i], &err, reterr);
        }
    }
    COX_TRY(resume(work, &first, &done_row, &error_size, reterr));
    for (size_t i = 0; i < work->job_count; i++) {
        bool is_there = i == first;
        struct cox_err err = {0};

        work->job_at = i;
        if (i < first && work->jobs[i].mapping.guess.kind != COX_KIND_RECORDS) {
            continue;
        }
        /* What was saved is gone through again without counting: references that wait for a later
         * file are known to this process only. */
        err.rc = run_job(&work->jobs[i],
            i < first  ? INT64_MAX
            : is_there ? done_row
                       : 0,
            is_there ? error_size : 0, &err);
        if (err.rc != COX_OK) {
            return of_file(&work->jobs[i], &err, reterr);
        }
    }
    work->job_at = work->job_count;
    COX_TRY(cox_later_run(work, reterr));
    COX_TRY(write_map(work, reterr));
    return work->batch == 0 ? COX_OK
                            : cox_batch_close(work->store, work->batch, COX_BATCH_DONE, reterr);
}

static enum cox_rc read_settings(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_work *work = ctx;

    work->registry = cox_registry_keep(call);
    work->zone = cox_call_zone(call); /* the registry's, kept with it */
    work->currency = cox_arena_text(work->arena, cox_call_currency(call));
    return cox_call_currency(call).size > 0 && work->currency.ptr == NULL ? cox_no_memory(reterr)
                                                                          : COX_OK;
}

/* Everything that hangs on the registry: read anew when fields have been made. */
static enum cox_rc plan(struct cox_work *work, struct cox_err *reterr)
{
    struct cox_read_opt read = {.actor = work->opt->actor};

    if (work->registry != NULL) {
        cox_registry_release(work->store, work->registry);
        work->registry = NULL;
    }
    work->job_count = 0;
    COX_TRY(cox_store_read(work->store, &read, read_settings, work, reterr));
    COX_TRY(cox_names_open(work->arena, work->registry, &work->names, reterr));
    return cox_files_plan(work, reterr);
}

static enum cox_rc read_map(struct cox_work *work, struct cox_err *reterr)
{
    if (work->opt->map_text.size > 0) {
        return cox_map_file_parse(work->arena, work->opt->map_text, false, &work->map, reterr);
    }
    return work->opt->map_path == NULL
               ? COX_OK
               : cox_map_file_read(work->arena, work->opt->map_path, &work->map, reterr);
}

static enum cox_rc run_all(struct cox_work *work, struct cox_err *reterr)
{
    const struct cox_import_opt *opt = work->opt;
    bool is_made;

    COX_TRY(read_map(work, reterr));
    COX_TRY(plan(work, reterr));
    COX_TRY(cox_keep_columns(work, opt->keep_unknown, &is_made, reterr));
    if (is_made) {
        COX_TRY(plan(work, reterr));
    }
    COX_TRY(cox_resolver_open(work->arena, opt->store, opt->actor, &work->resolver, reterr));
    COX_TRY(cox_seen_open(work->arena, &work->seen, reterr));
    COX_TRY(cox_later_open(work->arena, &work->later, reterr));
    return run_jobs(work, reterr);
}

enum cox_rc cox_import_run_in(struct cox_arena *arena, const struct cox_import_opt *opt,
    struct cox_import_report *ret_report, struct cox_err *reterr)
{
    struct cox_work *work = COX_NEW(arena, struct cox_work);
    enum cox_rc rc;

    *ret_report = (struct cox_import_report){.is_dry = opt->dry_run};
    if (work == NULL) {
        return cox_no_memory(reterr);
    }
    *work =
        (struct cox_work){.arena = arena, .opt = opt, .store = opt->store, .report = ret_report};
    rc = run_all(work, reterr);
    if (work->registry != NULL) {
        cox_registry_release(opt->store, work->registry);
    }
    return rc;
}

static enum cox_rc look(struct cox_work *work, cox_look_fn fn, void *ctx, struct cox_err *reterr)
{
    COX_TRY(read_map(work, reterr));
    COX_TRY(plan(work, reterr));
    for (size_t i = 0; i < work->job_count; i++) {
        struct cox_err err = {0};

        err.rc = survey_job(work, i, &err);
        if (err.rc != COX_OK) {
            return of_file(&work->jobs[i], &err, reterr);
        }
    }
    return fn(ctx, work, reterr);
}

enum cox_rc cox_import_look(struct cox_arena *arena, const struct cox_import_opt *opt,
    cox_look_fn fn, void *ctx, struct cox_err *reterr)
{
    struct cox_import_report *report = COX_NEW(arena, struct cox_import_report);
    struct cox_work *work = COX_NEW(arena, struct cox_work);
    enum cox_rc rc;

    if (work == NULL || report == NULL) {
        return cox_no_memory(reterr);
    }
    *work = (struct cox_work){.arena = arena, .opt = opt, .store = opt->store, .report = report};
    rc = look(work, fn, ctx, reterr);
    if (work->registry != NULL) {
        cox_registry_release(opt->store, work->registry);
    }
    return rc;
}

static enum cox_rc read_demo(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    return cox_journal_has_batch(call, "demo", ctx, reterr);
}

enum cox_rc cox_import_check_demo(const struct cox_import_opt *opt, struct cox_err *reterr)
{
    const struct cox_read_opt read = {.actor = opt->actor};
    bool is_demo = false;

    if (opt->dry_run || opt->into_demo) {
        return COX_OK;
    }
    COX_TRY(cox_store_read(opt->store, &read, read_demo, &is_demo, reterr));
    return is_demo ? cox_fail_at(reterr, COX_CONFLICT, "into_demo", 0,
                         "this store holds the made-up demo company; import real records into a "
                         "store of their own, or say that they are to be mixed (into_demo)")
                   : COX_OK;
}

enum cox_rc cox_import_run(struct cox_arena *arena, const struct cox_import_opt *opt,
    struct cox_import_report *ret_report, struct cox_err *reterr)
{
    COX_TRY(cox_import_check_demo(opt, reterr));
    return opt->dry_run ? cox_import_dry(arena, opt, ret_report, reterr)
                        : cox_import_run_in(arena, opt, ret_report, reterr);
}
