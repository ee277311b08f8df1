/* base/err.c: filling and printing errors. */
#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

COX_PRINTF(5, 0)
static enum cox_rc fill(struct cox_err *reterr, enum cox_rc rc, const char *field, int64_t row,
    const char *text, va_list args)
{
    assert(rc != COX_OK);
    if (reterr == NULL) {
        return rc;
    }
    reterr->rc = rc;
    reterr->row = row;
    /* Cut text is still a useful sentence: the length returned is of no interest. */
    (void)snprintf(reterr->field, sizeof(reterr->field), "%s", field == NULL ? "" : field);
    (void)vsnprintf(reterr->text, sizeof(reterr->text), text, args);
    return rc;
}

enum cox_rc cox_fail(struct cox_err *reterr, enum cox_rc rc, const char *text, ...)
{
    va_list args;
    va_start(args, text);
    (void)fill(reterr, rc, NULL, 0, text, args);
    va_end(args);
    return rc;
}

enum cox_rc cox_fail_at(struct cox_err *reterr, enum cox_rc rc, const char *field, int64_t row,
    const char *text, ...)
{
    va_list args;
    va_start(args, text);
    (void)fill(reterr, rc, field, row, text, args);
    va_end(args);
    return rc;
}

static const struct {
    const char *name;
    int http_status;
    const char *sentence;
} rc_rows[COX_RC_COUNT] = {
#define COX_RC_ROW(code, status, sentence) {#code, status, sentence},
    COX_RC_LIST(COX_RC_ROW)
#undef COX_RC_ROW
};

const char *cox_rc_name(enum cox_rc rc)
{
    assert(rc < COX_RC_COUNT);
    return rc_rows[rc].name;
}

const char *cox_rc_sentence(enum cox_rc rc)
{
    assert(rc < COX_RC_COUNT);
    return rc_rows[rc].sentence;
}

int cox_rc_http_status(enum cox_rc rc)
{
    assert(rc < COX_RC_COUNT);
    return rc_rows[rc].http_status;
}

bool cox_rc_is_refusal(enum cox_rc rc)
{
    return rc == COX_INVALID || rc == COX_DENIED || rc == COX_MISSING || rc == COX_CONFLICT ||
           rc == COX_GONE || rc == COX_STALE || rc == COX_TOO_LARGE || rc == COX_UNSUPPORTED;
}

void cox_err_format(const struct cox_err *err, char *ret_text, uint64_t size)
{
    char row[32] = "";

    if (err->row > 0) {
        (void)snprintf(row, sizeof(row), "row %lld: ", (long long)err->row);
    }
    (void)snprintf(ret_text, size, "%s%s%s%s", row, err->field, err->field[0] == '\0' ? "" : ": ",
        err->text[0] == '\0' ? cox_rc_sentence(err->rc) : err->text);
}
