/*
 * base/csv.c: the reader: a window of UTF-8 over the source, rows scanned in place, quotes undone in
 * place, what is not UTF-8 recoded beside it.
 */
#include "base/csv.h"

#include <string.h>

#include "base/arena.h"
#include "base/csv_scan.h"
#include "base/csv_shape.h"

enum {
    WINDOW_SIZE = 256 * 1024,
    FIELD_MAX = 4 * 1024 * 1024,
    ROW_MAX = 16 * 1024 * 1024,
    COLUMN_MAX = 4096,
    HEADER_ROWS = 100, /* looked at to tell whether the first one is a header */
};

struct cox_csv {
    struct cox_source source;
    struct cox_csv_shape shape;
    size_t field_max, row_max, column_max;
    char *raw; /* WINDOW_SIZE undecoded bytes; NULL for UTF-8 */
    size_t raw_at, raw_size;
    char *window; /* room + COX_CSV_PADDING bytes */
    size_t at, size, room;
    bool source_end, failed, lenient;
    struct cox_csv_scan scan;
    struct cox_text *fields;
    size_t field_room, first_count;
    char *recoded;
    size_t recoded_room;
    int64_t line; /* the line at stands on */
    struct cox_csv_counts counts;
};

static enum cox_rc read_source(struct cox_csv *csv, char *bytes, size_t room, size_t *size,
    struct cox_err *reterr)
{
    while (*size < room && !csv->source_end) {
        size_t got = 0;
        COX_TRY(csv->source.read(csv->source.ctx, bytes + *size, room - *size, &got, reterr));
        csv->source_end = got == 0;
        *size += got;
    }
    return COX_OK;
}

/* The size without half a character that stands alone in the last line: a byte too many is no row. */
static size_t without_stray_byte(struct cox_csv *csv, bool is_last)
{
    static const char mark[] = "\xef\xbf\xbd";
    size_t size = csv->size;
    bool is_wide = csv->shape.encoding == COX_UTF_16LE || csv->shape.encoding == COX_UTF_16BE ||
                   csv->shape.encoding == COX_UTF_32LE || csv->shape.encoding == COX_UTF_32BE;

    if (!is_wide || !is_last || size < 3 || memcmp(csv->window + size - 3, mark, 3) != 0 ||
        (size > 3 && csv->window[size - 4] != '\n' && csv->window[size - 4] != '\r')) {
        return size;
    }
    csv->counts.recoded++;
    return size - 3;
}

/* Decodes as long as there is room for what a piece may become. */
static enum cox_rc fill_decoded(struct cox_csv *csv, struct cox_err *reterr)
{
    size_t taken = 1;

    while (taken > 0) {
        size_t room = csv->room - csv->size;
        struct cox_text from;
        bool is_last;

        memmove(csv->raw, csv->raw + csv->raw_at, csv->raw_size - csv->raw_at);
        csv->raw_size -= csv->raw_at;
        csv->raw_at = 0;
        COX_TRY(read_source(csv, csv->raw, WINDOW_SIZE, &csv->raw_size, reterr));
        room = room < 16 ? 0 : (room - 3) / COX_ENCODING_GROWTH;
        from = (struct cox_text){csv->raw, csv->raw_size < room ? csv->raw_size : room};
        if (from.size == 0) {
            return COX_OK;
        }
        is_last = csv->source_end && from.size == csv->raw_size;
        csv->size += cox_encoding_decode(csv->shape.encoding, from, is_last,
            csv->window + csv->size, &taken);
        csv->size = without_stray_byte(csv, is_last);
        csv->raw_at = taken;
    }
    return COX_OK;
}

static bool at_end(const struct cox_csv *csv)
{
    return csv->source_end && csv->raw_at == csv->raw_size;
}

static enum cox_rc grow_window(struct cox_csv *csv, struct cox_err *reterr)
{
    char *grown = cox_memory_resize(csv->window, csv->room * 2 + COX_CSV_PADDING);

    if (grown == NULL) {
        return cox_no_memory(reterr);
    }
    csv->window = grown;
    csv->room *= 2;
    return COX_OK;
}

/* Moves what is left to the front and reads behind it; makes the window larger when that is all. */
static enum cox_rc fill(struct cox_csv *csv, struct cox_err *reterr)
{
    size_t left = csv->size - csv->at;

    memmove(csv->window, csv->window + csv->at, left);
    csv->at = 0;
    csv->size = left;
    if (left > csv->room / 2) {
        COX_TRY(grow_window(csv, reterr));
    }
    if (csv->raw == NULL) {
        COX_TRY(read_source(csv, csv->window, csv->room, &csv->size, reterr));
    } else {
        COX_TRY(fill_decoded(csv, reterr));
    }
    memset(csv->window + csv->size, 0, COX_CSV_PADDING);
    cox_csv_scan_set(&csv->scan, csv->window, csv->size, at_end(csv));
    return COX_OK;
}

/* The first bytes tell the encoding; what is not UTF-8 goes through a second buffer. */
static enum cox_rc begin_decoding(struct cox_csv *csv, struct cox_err *reterr)
{
    enum cox_encoding found;
    size_t bom_size, size = 0;

    COX_TRY(read_source(csv, csv->window, csv->room, &size, reterr));
    found = cox_encoding_detect((struct cox_text){csv->window, size}, &bom_size);
    if (csv->shape.encoding == COX_ENCODING_ANY) {
        csv->shape.encoding = found;
    }
    csv->shape.has_bom = bom_size > 0 && found == csv->shape.encoding;
    bom_size = csv->shape.has_bom ? bom_size : 0;
    if (csv->shape.encoding == COX_UTF_8) {
        csv->at = bom_size;
        csv->size = size;
        memset(csv->window + size, 0, COX_CSV_PADDING);
        return COX_OK;
    }
    csv->raw = csv->window;
    csv->raw_at = bom_size;
    csv->raw_size = size;
    csv->window = cox_memory_alloc(csv->room + COX_CSV_PADDING);
    if (csv->window == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(fill_decoded(csv, reterr));
    memset(csv->window + csv->size, 0, COX_CSV_PADDING);
    return COX_OK;
}

/* Excel's "sep=;" in front of the table. */
static void take_sep_line(struct cox_csv *csv)
{
    struct cox_text head = {csv->window + csv->at, csv->size - csv->at};
    size_t end = 5;

    if (head.size < 6 || !cox_text_same_ascii((struct cox_text){head.ptr, 4}, COX_LIT("sep="))) {
        return;
    }
    end += head.ptr[end] == '\r';
    end += end < head.size && head.ptr[end] == '\n';
    if (end == 5 || head.ptr[4] == '\r' || head.ptr[4] == '\n') {
        return;
    }
    csv->shape.has_sep_line = true;
    csv->shape.delimiter = csv->shape.delimiter == 0 ? head.ptr[4] : csv->shape.delimiter;
    csv->at += end;
    csv->line++;
}

static bool copy_row(struct cox_arena *arena, const struct cox_csv_scan *scan,
    struct cox_csv_row *ret_row)
{
    struct cox_text *fields = COX_NEW_ARRAY(arena, scan->span_count, struct cox_text);

    for (size_t i = 0; fields != NULL && i < scan->span_count; i++) {
        fields[i] = (struct cox_text){scan->bytes + scan->spans[i].start,
            scan->spans[i].end - scan->spans[i].start};
    }
    ret_row->fields = fields;
    ret_row->field_count = scan->span_count;
    return fields != NULL;
}

/* Judged by the first rows as they are written, quotes inside of fields not undone. */
static enum cox_rc look_for_header(struct cox_csv *csv, struct cox_err *reterr)
{
    COX_AUTO_ARENA arena = cox_arena_open((size_t)HEADER_ROWS * csv->column_max * 64);
    struct cox_csv_row rows[HEADER_ROWS];
    size_t count = 0;

    if (arena == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t at = csv->at; at < csv->size && count < HEADER_ROWS; at = csv->scan.next) {
        enum cox_csv_found found = cox_csv_scan_row(&csv->scan, at);
        if (found == COX_CSV_OUT_OF_MEMORY) {
            return cox_no_memory(reterr);
        }
        if (found == COX_CSV_BLANK) {
            continue;
        }
        if (found != COX_CSV_ROW) {
            break;
        }
        if (!copy_row(arena, &csv->scan, &rows[count])) {
            return cox_no_memory(reterr);
        }
        count++;
    }
    csv->shape.has_header = cox_csv_guess_header(rows, count);
    return COX_OK;
}

static enum cox_rc begin(struct cox_csv *csv, struct cox_err *reterr)
{
    COX_TRY(begin_decoding(csv, reterr));
    take_sep_line(csv);
    if (csv->shape.delimiter == 0 || csv->shape.quote == 0) {
        COX_TRY(cox_csv_guess(csv->window + csv->at, csv->size - csv->at, at_end(csv), &csv->shape,
            reterr));
    }
    cox_csv_scan_init(&csv->scan, &csv->shape, csv->column_max);
    cox_csv_scan_set(&csv->scan, csv->window, csv->size, at_end(csv));
    return look_for_header(csv, reterr);
}

enum cox_rc cox_csv_open(struct cox_source source, const struct cox_csv_opt *opt,
    struct cox_csv **ret_csv, struct cox_err *reterr)
{
    static const struct cox_csv_opt plain = {.field_max = 0};
    struct cox_csv *csv = cox_memory_alloc(sizeof(*csv));
    enum cox_rc rc;

    if (csv == NULL) {
        return cox_no_memory(reterr);
    }
    opt = opt == NULL ? &plain : opt;
    *csv = (struct cox_csv){
        .source = source,
        .shape = opt->shape,
        .field_max = opt->field_max == 0 ? FIELD_MAX : opt->field_max,
        .row_max = opt->row_max == 0 ? ROW_MAX : opt->row_max,
        .column_max = opt->column_max == 0 ? COLUMN_MAX : opt->column_max,
        .lenient = opt->lenient,
        .room = WINDOW_SIZE,
        .line = 1,
    };
    csv->shape.has_bom = csv->shape.has_sep_line = csv->shape.has_header = false;
    csv->window = cox_memory_alloc(csv->room + COX_CSV_PADDING);
    rc = csv->window == NULL ? cox_no_memory(reterr) : begin(csv, reterr);
    if (rc != COX_OK) {
        cox_csv_close(csv);
        return rc;
    }
    *ret_csv = csv;
    return COX_OK;
}

void cox_csv_close(struct cox_csv *csv)
{
    if (csv == NULL) {
        return;
    }
    cox_csv_scan_done(&csv->scan);
    cox_memory_free(csv->raw);
    cox_memory_free(csv->window);
    cox_memory_free(csv->fields);
    cox_memory_free(csv->recoded);
    cox_memory_free(csv);
}

void cox_csv_close_at(struct cox_csv **csv)
{
    cox_csv_close(*csv);
}

const struct cox_csv_shape *cox_csv_shape(const struct cox_csv *csv)
{
    return &csv->shape;
}

struct cox_csv_counts cox_csv_counts(const struct cox_csv *csv)
{
    return csv->counts;
}

static enum cox_rc fail_row(const struct cox_csv *csv, enum cox_rc rc, const char *what,
    size_t limit, struct cox_err *reterr)
{
    int64_t row = csv->counts.rows + 1;

    if (limit == 0) {
        return cox_fail_at(reterr, rc, "", row, "line %lld: %s", (long long)csv->line, what);
    }
    return cox_fail_at(reterr, rc, "", row, "line %lld: %s (the limit is %zu)",
        (long long)csv->line, what, limit);
}

/* "" to ", and with backslashes \" to " and \\ to \; in place. */
static size_t undo_quotes(const struct cox_csv *csv, char *bytes, size_t size)
{
    size_t to = 0;

    for (size_t from = 0; from < size; from++) {
        char next = from + 1 < size ? bytes[from + 1] : '\0';
        bool pair = (bytes[from] == csv->shape.quote && next == csv->shape.quote) ||
                    (csv->shape.backslash && bytes[from] == '\\' &&
                        (next == csv->shape.quote || next == '\\'));
        from += pair;
        bytes[to++] = bytes[from];
    }
    return to;
}

static struct cox_text field_of(struct cox_csv *csv, const struct cox_csv_span *span)
{
    char *bytes = csv->window + span->start;
    size_t size = span->end - span->start;

    if (span->kind == COX_CSV_ESCAPED) {
        size = undo_quotes(csv, bytes, size);
    } else if (span->kind == COX_CSV_STRAY) {
        size_t tail = span->end - span->quote_at - 1;
        size = undo_quotes(csv, bytes, span->quote_at - span->start);
        memmove(bytes + size, csv->window + span->quote_at + 1, tail);
        size += tail;
    }
    return (struct cox_text){bytes, size};
}

static size_t drop_nuls(char *bytes, size_t size)
{
    size_t to = 0;

    for (size_t from = 0; from < size; from++) {
        bytes[to] = bytes[from];
        to += bytes[from] != '\0';
    }
    return to;
}

static bool field_room(struct cox_csv *csv, size_t count)
{
    if (count > csv->field_room) {
        struct cox_text *grown =
            cox_memory_resize(csv->fields, csv->scan.span_room * sizeof(*grown));
        if (grown == NULL) {
            return false;
        }
        csv->fields = grown;
        csv->field_room = csv->scan.span_room;
    }
    return true;
}

/* Fields that are not UTF-8 are read as Windows-1252, each for itself. */
static enum cox_rc recode(struct cox_csv *csv, size_t count, unsigned *flags,
    struct cox_err *reterr)
{
    size_t need = 0, used = 0, taken;

    for (size_t i = 0; i < count; i++) {
        need += cox_text_is_utf8(csv->fields[i]) ? 0 : csv->fields[i].size * COX_ENCODING_GROWTH;
    }
    if (need == 0) {
        return COX_OK;
    }
    if (need > csv->recoded_room) {
        char *grown = cox_memory_resize(csv->recoded, need);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        csv->recoded = grown;
        csv->recoded_room = need;
    }
    for (size_t i = 0; i < count; i++) {
        struct cox_text *field = &csv->fields[i];
        if (!cox_text_is_utf8(*field)) {
            char *to = csv->recoded + used;
            *field = (struct cox_text){to,
                cox_encoding_decode(COX_WINDOWS_1252, *field, true, to, &taken)};
            used += field->size;
        }
    }
    *flags |= COX_CSV_RECODED;
    csv->counts.recoded++;
    return COX_OK;
}

/* The fields of the row just scanned, clean; the row's flags. */
static enum cox_rc clean_row(struct cox_csv *csv, unsigned *flags, struct cox_err *reterr)
{
    const struct cox_csv_scan *scan = &csv->scan;
    bool high, nul;

    if (!field_room(csv, scan->span_count)) {
        return cox_no_memory(reterr);
    }
    cox_csv_look(csv->window + csv->at, scan->next - csv->at, &high, &nul);
    for (size_t i = 0; i < scan->span_count; i++) {
        csv->fields[i] = field_of(csv, &scan->spans[i]);
        if (csv->fields[i].size > csv->field_max) {
            return fail_row(csv, COX_TOO_LARGE,
                "a field has too many bytes, perhaps a quote is left open", csv->field_max, reterr);
        }
        if (nul) {
            csv->fields[i].size =
                drop_nuls(csv->window + scan->spans[i].start, csv->fields[i].size);
        }
    }
    if (nul) {
        *flags |= COX_CSV_NUL;
        csv->counts.nuls++;
    }
    if (scan->stray) {
        *flags |= COX_CSV_STRAY_QUOTE;
        csv->counts.stray_quotes++;
    }
    return high && csv->shape.encoding == COX_UTF_8 ? recode(csv, scan->span_count, flags, reterr)
                                                    : COX_OK;
}

/* Does a quoted field run over a line end and is then followed by text? Its quote was left open. */
static bool runs_on(const struct cox_csv *csv)
{
    for (size_t i = 0; csv->scan.stray && i < csv->scan.span_count; i++) {
        const struct cox_csv_span *span = &csv->scan.spans[i];

        if (span->kind == COX_CSV_STRAY &&
            cox_csv_count_lines(csv->window + span->start, span->quote_at - span->start) > 0) {
            return true;
        }
    }
    return false;
}

/* The line at hand, its quotes as ordinary signs. */
static enum cox_csv_found scan_line(struct cox_csv *csv)
{
    struct cox_csv_scan *scan = &csv->scan;
    bool blanks = scan->blanks;
    char quote = scan->quote;
    enum cox_csv_found found;

    scan->quote = COX_CSV_NO_QUOTE;
    scan->blanks = false;
    cox_csv_scan_set(scan, scan->bytes, scan->size, scan->at_end);
    found = cox_csv_scan_row(scan, csv->at);
    scan->quote = quote;
    scan->blanks = blanks;
    cox_csv_scan_set(scan, scan->bytes, scan->size, scan->at_end);
    return found;
}

static enum cox_rc take_row(struct cox_csv *csv, unsigned flags, struct cox_csv_row *ret_row,
    struct cox_err *reterr)
{
    const struct cox_csv_scan *scan = &csv->scan;
    int64_t lines = 1;

    if (scan->quoted_count > 0) {
        char last = csv->window[scan->next - 1];
        lines = cox_csv_count_lines(csv->window + csv->at, scan->next - csv->at);
        lines += last != '\n' && last != '\r';
    }
    COX_TRY(clean_row(csv, &flags, reterr));
    csv->counts.rows++;
    if (csv->counts.rows == 1) {
        csv->first_count = scan->span_count;
    }
    if (scan->span_count != csv->first_count) {
        flags |= COX_CSV_RAGGED;
        csv->counts.ragged++;
    }
    *ret_row = (struct cox_csv_row){
        .fields = csv->fields,
        .field_count = scan->span_count,
        .row = csv->counts.rows,
        .line = csv->line,
        .flags = flags,
    };
    csv->line += lines;
    csv->at = scan->next;
    return COX_OK;
}

/* A row whose quote is at fault: its first line, flagged, when that is wanted. */
static enum cox_rc take_line(struct cox_csv *csv, struct cox_csv_row *ret_row,
    struct cox_err *reterr)
{
    bool is_open = csv->size - csv->at <= csv->row_max;

    if (csv->lenient && csv->scan.quoted_count > 0 && scan_line(csv) == COX_CSV_ROW) {
        return take_row(csv, COX_CSV_BAD_QUOTE, ret_row, reterr);
    }
    return is_open ? fail_row(csv, COX_INVALID, "a quote in this row is never closed", 0, reterr)
                   : fail_row(csv, COX_TOO_LARGE,
                         "the row has too many bytes, perhaps a quote is left open", csv->row_max,
                         reterr);
}

/* The next row, or the end; ret_row->fields NULL: neither, look again. */
static enum cox_rc step(struct cox_csv *csv, struct cox_csv_row *ret_row, struct cox_err *reterr)
{
    enum cox_csv_found found = COX_CSV_MORE;

    *ret_row = (struct cox_csv_row){0};
    if (csv->at < csv->size) {
        found = cox_csv_scan_row(&csv->scan, csv->at);
    }
    switch (found) {
    case COX_CSV_ROW:
        return csv->lenient && runs_on(csv) ? take_line(csv, ret_row, reterr)
                                            : take_row(csv, 0, ret_row, reterr);
    case COX_CSV_BLANK:
        csv->line++;
        csv->at = csv->scan.next;
        return COX_OK;
    case COX_CSV_MORE:
        return csv->size - csv->at > csv->row_max ? take_line(csv, ret_row, reterr)
                                                  : fill(csv, reterr);
    case COX_CSV_OPEN_QUOTE:
        return take_line(csv, ret_row, reterr);
    case COX_CSV_MANY_COLUMNS:
        return fail_row(csv, COX_TOO_LARGE, "too many columns", csv->column_max, reterr);
    case COX_CSV_OUT_OF_MEMORY:
    default:
        return cox_no_memory(reterr);
    }
}

enum cox_rc cox_csv_read(struct cox_csv *csv, struct cox_csv_row *ret_row, struct cox_err *reterr)
{
    struct cox_csv_row row;

    if (csv->failed) {
        return cox_fail(reterr, COX_INVALID, "the file could not be read any further");
    }
    csv->failed = true; /* until this row went well */
    do {
        if (csv->at >= csv->size && at_end(csv)) {
            row = (struct cox_csv_row){.row = csv->counts.rows, .line = csv->line};
            break;
        }
        COX_TRY(step(csv, &row, reterr));
    } while (row.fields == NULL);
    csv->failed = false;
    *ret_row = row;
    return COX_OK;
}

static bool keep_row(struct cox_arena *arena, const struct cox_csv_row *row,
    struct cox_csv_row *ret_kept)
{
    struct cox_text *fields = COX_NEW_ARRAY(arena, row->field_count, struct cox_text);

    for (size_t i = 0; fields != NULL && i < row->field_count; i++) {
        fields[i] = cox_arena_text(arena, row->fields[i]);
        if (fields[i].ptr == NULL) {
            return false;
        }
    }
    *ret_kept = *row;
    ret_kept->fields = fields;
    return fields != NULL;
}

enum cox_rc cox_csv_sniff(struct cox_arena *arena, struct cox_source source,
    const struct cox_csv_opt *opt, size_t row_max, struct cox_csv_sample *ret_sample,
    struct cox_err *reterr)
{
    COX_AUTO_CSV csv = NULL;
    struct cox_csv_sample sample = {.rows = COX_NEW_ARRAY(arena, row_max, struct cox_csv_row)};

    if (sample.rows == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_csv_open(source, opt, &csv, reterr));
    sample.shape = csv->shape;
    while (sample.row_count < row_max) {
        struct cox_csv_row row;

        COX_TRY(cox_csv_read(csv, &row, reterr));
        if (row.field_count == 0) {
            break;
        }
        if (!keep_row(arena, &row, &sample.rows[sample.row_count])) {
            return cox_no_memory(reterr);
        }
        sample.row_count++;
        sample.column_count =
            row.field_count > sample.column_count ? row.field_count : sample.column_count;
    }
    *ret_sample = sample;
    return COX_OK;
}
