/* connect/reject.c: rejected rows, as a file to mend. */
#include "connect/reject.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { BUFFER_MAX = 1 << 28 };

struct cox_reject {
    struct cox_job *job;
    int fd; /* -1: not made yet */
    int64_t size;
    struct cox_buf buf;
};

static void done(void *what)
{
    struct cox_reject *reject = what;

    if (reject->fd >= 0) {
        (void)close(reject->fd); /* written by pwrite; a failure showed there */
    }
    cox_buf_done(&reject->buf);
}

static enum cox_rc failed(const struct cox_reject *reject, struct cox_err *reterr)
{
    return cox_fail(reterr, errno == ENOSPC ? COX_FULL : COX_IO, "%s: %s",
        reject->job->file->error_path, strerror(errno));
}

static enum cox_rc open_file(struct cox_reject *reject, struct cox_err *reterr)
{
    struct cox_job *job = reject->job;
    const struct cox_work *work = job->work;
    const char *path = NULL;

    /* Files of the same name from several folders do not overwrite each other's. */
    for (size_t n = 0, same = 1; same > 0; n++) {
        same = 0;
        path = n == 0 ? cox_arena_format(work->arena, "%s/%.*s.rejected.csv", work->opt->folder,
                            (int)job->file->name.size, job->file->name.ptr)
                      : cox_arena_format(work->arena, "%s/%.*s.%zu.rejected.csv", work->opt->folder,
                            (int)job->file->name.size, job->file->name.ptr, n);
        for (size_t i = 0; path != NULL && i < work->job_count; i++) {
            const char *other = work->jobs[i].file->error_path;

            same += other != NULL && strcmp(other, path) == 0;
        }
    }
    if (path == NULL) {
        return cox_no_memory(reterr);
    }
    job->file->error_path = path;
    reject->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (reject->fd < 0 || ftruncate(reject->fd, reject->size) != 0) {
        return failed(reject, reterr);
    }
    return COX_OK;
}

enum cox_rc cox_reject_open(struct cox_job *job, int64_t size, struct cox_reject **ret_reject,
    struct cox_err *reterr)
{
    struct cox_reject *reject = COX_NEW(job->work->arena, struct cox_reject);

    if (reject == NULL) {
        return cox_no_memory(reterr);
    }
    *reject = (struct cox_reject){.job = job, .fd = -1, .size = size};
    cox_buf_init(&reject->buf, BUFFER_MAX);
    if (cox_arena_defer(job->work->arena, done, reject) != COX_OK) {
        return cox_no_memory(reterr);
    }
    *ret_reject = reject;
    return size > 0 && job->work->opt->folder != NULL ? open_file(reject, reterr) : COX_OK;
}

/* ---- rows ---- */

static void add_cell(struct cox_buf *buf, struct cox_text text, bool is_last)
{
    bool has_quote = false;

    for (size_t i = 0; i < text.size && !has_quote; i++) {
        has_quote =
            text.ptr[i] == '"' || text.ptr[i] == ',' || text.ptr[i] == '\n' || text.ptr[i] == '\r';
    }
    has_quote |= text.size > 0 && (text.ptr[0] == ' ' || text.ptr[text.size - 1] == ' ');
    if (has_quote) {
        cox_buf_add_char(buf, '"');
    }
    for (size_t i = 0; i < text.size; i++) {
        if (text.ptr[i] == '"') {
            cox_buf_add_char(buf, '"');
        }
        cox_buf_add_char(buf, text.ptr[i]);
    }
    if (has_quote) {
        cox_buf_add_char(buf, '"');
    }
    cox_buf_add_string(buf, is_last ? "\r\n" : ",");
}

static void add_header(struct cox_reject *reject)
{
    const struct cox_mapping *mapping = &reject->job->mapping;

    for (size_t i = 0; i < mapping->count; i++) {
        if (mapping->columns[i].role != COX_COL_ERROR) {
            add_cell(&reject->buf, mapping->columns[i].header, false);
        }
    }
    cox_buf_add_string(&reject->buf, "error_field,error_reason\r\n");
}

void cox_reject_add(struct cox_reject *reject, const struct cox_text *cells,
    const struct cox_err *err)
{
    const struct cox_mapping *mapping = &reject->job->mapping;

    if (reject->size == 0 && reject->buf.size == 0) {
        add_header(reject);
    }
    for (size_t i = 0; i < mapping->count; i++) {
        if (mapping->columns[i].role != COX_COL_ERROR) {
            add_cell(&reject->buf, cells[i], false);
        }
    }
    add_cell(&reject->buf, cox_text_of(err->field), false);
    add_cell(&reject->buf, cox_text_of(err->text), true);
}

void cox_reject_clear(struct cox_reject *reject)
{
    cox_buf_clear(&reject->buf);
}

enum cox_rc cox_reject_write(struct cox_reject *reject, struct cox_err *reterr)
{
    size_t at = 0;

    if (reject->buf.failed) {
        return cox_no_memory(reterr);
    }
    if (reject->buf.size == 0 || reject->job->work->opt->folder == NULL) {
        return COX_OK;
    }
    if (reject->fd < 0) {
        COX_TRY(open_file(reject, reterr));
    }
    while (at < reject->buf.size) {
        ssize_t wrote = pwrite(reject->fd, reject->buf.ptr + at, reject->buf.size - at,
            (off_t)(reject->size + (int64_t)at));

        if (wrote < 0 && errno != EINTR) {
            return failed(reject, reterr);
        }
        at += wrote > 0 ? (size_t)wrote : 0;
    }
    return COX_OK;
}

void cox_reject_keep(struct cox_reject *reject)
{
    reject->size = cox_reject_size(reject);
    cox_buf_clear(&reject->buf);
}

enum cox_rc cox_reject_flush(struct cox_reject *reject, struct cox_err *reterr)
{
    COX_TRY(cox_reject_write(reject, reterr));
    cox_reject_keep(reject);
    return COX_OK;
}

int64_t cox_reject_size(const struct cox_reject *reject)
{
    return reject->size + (int64_t)reject->buf.size;
}
