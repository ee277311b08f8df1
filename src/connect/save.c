/* connect/save.c: a chunk of a file becomes a commit, and is counted once that stands. */
#include "connect/save.h"

#include "connect/later.h"
#include "connect/run.h"
#include "record/journal.h"

static int64_t count_of(const struct cox_saving *saving, enum cox_outcome outcome)
{
    int64_t count = 0;

    for (size_t i = saving->first; i < saving->first + saving->count; i++) {
        count +=
            saving->chunk->rows[i].row > saving->done_row && saving->chunk->outcome[i] == outcome;
    }
    return count;
}

static int64_t count_new(const struct cox_saving *saving)
{
    return count_of(saving, COX_OUTCOME_CREATED) + count_of(saving, COX_OUTCOME_UPDATED) +
           count_of(saving, COX_OUTCOME_UNCHANGED) + count_of(saving, COX_OUTCOME_REJECTED);
}

static bool is_rejected(const struct cox_saving *saving, size_t at)
{
    return saving->chunk->rows[at].row > saving->done_row &&
           saving->chunk->outcome[at] == COX_OUTCOME_REJECTED;
}

/* "job row error_size  read created updated unchanged rejected deleted ..." for the files so far. */
static enum cox_rc write_mark(struct cox_call *call, const struct cox_saving *saving,
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
    struct cox_saving *saving = ctx;
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

static void tell_rejected(const struct cox_saving *saving)
{
    const struct cox_chunk *chunk = saving->chunk;

    for (size_t i = saving->first; i < saving->first + saving->count; i++) {
        if (is_rejected(saving, i)) {
            cox_import_reject(chunk->job->file, saving->work->arena, chunk->rows[i].line,
                &chunk->err[i]);
        }
    }
}

static void look_at_saved(struct cox_saving *saving)
{
    const struct cox_chunk *chunk = saving->chunk;

    for (size_t i = saving->first; i < saving->first + saving->count; i++) {
        if (chunk->rows[i].row > saving->done_row && chunk->outcome[i] != COX_OUTCOME_REJECTED &&
            !chunk->rows[i].is_blank && !chunk->rows[i].is_superseded) {
            cox_oddities_look(chunk->job, &chunk->rows[i], saving->today, &saving->oddities);
        }
    }
}

static enum cox_rc save_rows(struct cox_saving *saving, size_t first, size_t count,
    struct cox_err *reterr)
{
    struct cox_import_file *file = saving->chunk->job->file;

    saving->first = first;
    saving->count = count;
    saving->last_row = saving->chunk->rows[first + count - 1].row;
    COX_TRY(cox_work_write(saving->work, save, saving, reterr));
    cox_resolver_settle(saving->work->resolver);
    tell_rejected(saving);
    look_at_saved(saving);
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
enum cox_rc cox_save_rows(struct cox_saving *saving, size_t first, size_t count,
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
    COX_TRY(cox_save_rows(saving, first, count / 2, reterr));
    return cox_save_rows(saving, first + count / 2, count - count / 2, reterr);
}
