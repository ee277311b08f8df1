/* connect/run.c: one import from its paths to its report. */
#include "connect/run.h"

#include <stdio.h>

#include "connect/dry.h"
#include "connect/files.h"
#include "connect/history.h"
#include "connect/keep.h"
#include "connect/later.h"
#include "connect/links.h"
#include "connect/look.h"
#include "connect/seen.h"
#include "connect/teams.h"
#include "record/journal.h"
#include "sales/opportunity.h"

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

    do {
        COX_TRY(cox_feed_rewind(job->feed, reterr));
        COX_TRY(cox_survey_take(work->arena, &ask, &job->survey, reterr));
    } while (cox_feed_has_new_groups(job->feed));
    return COX_OK;
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
        COX_TRY(cox_records_file(job, done_row, error_size, reterr));
        break;
    case COX_KIND_TEAMS:
        COX_TRY(cox_work_load_names(job->work, guess->table, reterr));
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
    case COX_KIND_MEANINGS:
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
    COX_TRY(cox_work_resume(work, &first, &done_row, &error_size, reterr));
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
    work->today = cox_call_today(call);
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
