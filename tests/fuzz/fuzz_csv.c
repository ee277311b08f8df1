/*
 * tests/fuzz/fuzz_csv.c: any bytes through the CSV reader. Besides not crashing: every field is
 * valid UTF-8, rows and lines count up, the same rows come out whether the source gives much or
 * little at a time, and what comes out, written and read again, is the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/encoding.h"
#include "fuzz.h"

struct slices {
    struct cox_text left;
    size_t step;
};

static enum cox_rc give(void *ctx, void *ret_bytes, size_t room, size_t *ret_size,
    struct cox_err *reterr)
{
    struct slices *slices = ctx;
    size_t size = slices->left.size < slices->step ? slices->left.size : slices->step;

    (void)reterr;
    size = size < room ? size : room;
    if (size > 0) {
        memcpy(ret_bytes, slices->left.ptr, size);
        slices->left.ptr += size;
        slices->left.size -= size;
    }
    *ret_size = size;
    return COX_OK;
}

static void check(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "%s\n", what);
        abort();
    }
}

static void add_row(struct cox_buf *buf, const struct cox_csv_row *row, struct cox_csv_out *out)
{
    for (size_t i = 0; i < row->field_count; i++) {
        check(cox_text_is_utf8(row->fields[i]), "a field is not UTF-8");
        cox_buf_format(buf, "%zu:", row->fields[i].size);
        cox_buf_add_text(buf, row->fields[i]);
        cox_csv_out_text(out, row->fields[i]);
    }
    cox_buf_add_char(buf, '\n');
    cox_csv_out_end_row(out);
}

static enum cox_rc read_rows(struct cox_text bytes, size_t step, const struct cox_csv_opt *opt,
    struct cox_buf *ret_rows, struct cox_buf *ret_written)
{
    struct slices slices = {bytes, step};
    COX_AUTO_CSV csv = NULL;
    struct cox_csv_row row;
    struct cox_csv_out out;
    struct cox_err err = {0};
    int64_t count = 0, line = 0;
    enum cox_rc rc = cox_csv_open((struct cox_source){give, &slices}, opt, &csv, &err);

    cox_csv_out_init(&out, cox_buf_sink(ret_written));
    while (rc == COX_OK && (rc = cox_csv_read(csv, &row, &err)) == COX_OK && row.field_count > 0) {
        check(row.row == ++count && row.line > line, "rows or lines do not count up");
        line = row.line;
        add_row(ret_rows, &row, &out);
    }
    check(rc == COX_OK || err.text[0] != '\0', "refused without a word");
    cox_buf_format(ret_rows, "%s %s", cox_rc_name(rc), rc == COX_OK ? "" : err.text);
    check(cox_csv_out_done(&out, &err) == COX_OK, "not written");
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiters[] = {0, ',', ';', '\t', '|'}, quotes[] = {0, '"', '\'', 1};
    unsigned choice = size > 0 ? data[0] : 0;
    struct cox_text bytes = {(const char *)data + (size > 0), size > 0 ? size - 1 : 0};
    struct cox_csv_opt opt = {.field_max = 3000, .row_max = 5000, .column_max = 50},
                       plain = {.shape = {.encoding = COX_UTF_8, .delimiter = ',', .quote = '"'}};
    struct cox_buf whole, drips, written, again, unused;

    cox_buf_init(&whole, 64U << 20);
    cox_buf_init(&drips, 64U << 20);
    cox_buf_init(&written, 64U << 20);
    cox_buf_init(&again, 64U << 20);
    cox_buf_init(&unused, 64U << 20);
    opt.shape.delimiter = delimiters[choice % 5];
    opt.shape.quote = quotes[choice / 5 % 4];
    opt.shape.encoding = (enum cox_encoding)(choice / 20 % COX_ENCODING_COUNT);
    enum cox_rc rc = read_rows(bytes, SIZE_MAX, &opt, &whole, &written);
    (void)read_rows(bytes, 1 + size % 7, &opt, &drips, &unused);
    check(cox_text_same(cox_buf_text(&whole), cox_buf_text(&drips)), "it matters how bytes arrive");
    if (rc == COX_OK) {
        cox_buf_clear(&unused);
        (void)read_rows(cox_buf_text(&written), SIZE_MAX, &plain, &again, &unused);
        check(cox_text_same(cox_buf_text(&whole), cox_buf_text(&again)), "no round trip");
    }
    cox_buf_done(&whole);
    cox_buf_done(&drips);
    cox_buf_done(&written);
    cox_buf_done(&again);
    cox_buf_done(&unused);
    return 0;
}
