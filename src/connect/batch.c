/* connect/batch.c: the batch of an import: opened by its first change, found again after a crash. */
#include <sys/stat.h>

#include "connect/run.h"
#include "record/journal.h"

static const char kind[] = "import";

struct cox_write_opt cox_work_write_opt(const struct cox_work *work)
{
    return (struct cox_write_opt){.actor = work->opt->actor,
        .cause = COX_CAUSE_IMPORT,
        .batch = work->batch,
        .request = "import"};
}

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

enum cox_rc cox_work_resume(struct cox_work *work, size_t *ret_job, int64_t *ret_row,
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
