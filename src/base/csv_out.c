/* base/csv_out.c: the writer, RFC 4180. */
#include <string.h>

#include "base/arena.h"
#include "base/csv.h"

enum { FLUSH_SIZE = 65536, ROW_MAX = 256 * 1024 * 1024 };

void cox_csv_out_init(struct cox_csv_out *out, struct cox_sink sink)
{
    *out = (struct cox_csv_out){.sink = sink, .delimiter = ','};
    cox_buf_init(&out->buf, ROW_MAX);
}

/*
 * Besides what RFC 4180 asks for: blanks at the ends, which readers trim, and the beginnings that a
 * reader would take for a byte order mark or Excel's "sep=".
 */
static bool needs_quotes(const struct cox_csv_out *out, struct cox_text field)
{
    if (field.size == 0) {
        return false;
    }
    if (field.ptr[0] == ' ' || field.ptr[field.size - 1] == ' ' ||
        cox_text_starts(field, COX_LIT("\xef\xbb\xbf")) ||
        (field.size >= 4 &&
            cox_text_same_ascii((struct cox_text){field.ptr, 4}, COX_LIT("sep=")))) {
        return true;
    }
    for (size_t i = 0; i < field.size; i++) {
        char c = field.ptr[i];
        if (c == '"' || c == '\n' || c == '\r' || c == out->delimiter || (i == 0 && c == '\'')) {
            return true;
        }
    }
    return false;
}

static void add_quoted(struct cox_buf *buf, const char *before, struct cox_text field)
{
    const char *quote;

    cox_buf_add_char(buf, '"');
    cox_buf_add_string(buf, before);
    while (field.size > 0 && (quote = memchr(field.ptr, '"', field.size)) != NULL) {
        size_t size = (size_t)(quote - field.ptr) + 1;
        cox_buf_add(buf, field.ptr, size);
        cox_buf_add_char(buf, '"');
        field.ptr += size;
        field.size -= size;
    }
    cox_buf_add_text(buf, field);
    cox_buf_add_char(buf, '"');
}

static void add_field(struct cox_csv_out *out, struct cox_text field, bool guard)
{
    if (out->field_count == 0) {
        out->row_start = out->buf.size;
    } else {
        cox_buf_add_char(&out->buf, out->delimiter);
    }
    out->field_count++;
    if (guard && field.size > 0 && memchr("=+-@\t\r", field.ptr[0], 6) != NULL) {
        add_quoted(&out->buf, "'", field);
    } else if (needs_quotes(out, field)) {
        add_quoted(&out->buf, "", field);
    } else {
        cox_buf_add_text(&out->buf, field);
    }
}

void cox_csv_out_text(struct cox_csv_out *out, struct cox_text field)
{
    add_field(out, field, out->guard);
}

void cox_csv_out_plain(struct cox_csv_out *out, const char *field)
{
    add_field(out, cox_text_of(field), false);
}

static void flush(struct cox_csv_out *out)
{
    if (out->err.rc == COX_OK && out->buf.failed) {
        (void)cox_no_memory(&out->err); /* told by cox_csv_out_done */
    }
    if (out->err.rc == COX_OK && out->buf.size > 0) {
        out->err.rc = out->sink.write(out->sink.ctx, out->buf.ptr, out->buf.size, &out->err);
    }
    cox_buf_clear(&out->buf);
}

void cox_csv_out_end_row(struct cox_csv_out *out)
{
    /* One empty field alone would read as a blank line, which is no row. */
    if (out->field_count == 1 && out->buf.size == out->row_start) {
        cox_buf_add_string(&out->buf, "\"\"");
    }
    cox_buf_add_string(&out->buf, out->lf ? "\n" : "\r\n");
    out->field_count = 0;
    if (out->buf.size >= FLUSH_SIZE) {
        flush(out);
    }
}

enum cox_rc cox_csv_out_done(struct cox_csv_out *out, struct cox_err *reterr)
{
    flush(out);
    cox_buf_done(&out->buf);
    if (out->err.rc != COX_OK && reterr != NULL) {
        *reterr = out->err;
    }
    return out->err.rc;
}
