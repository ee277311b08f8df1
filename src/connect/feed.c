/* connect/feed.c: rows from delimited text, and from JSON by way of feed_json.c. */
#include "connect/feed.h"

#include <stdio.h>

#include "base/map.h"

struct cox_feed {
    struct cox_arena *arena;
    char *path, *format;
    struct cox_file *file;
    struct cox_csv *csv;        /* NULL: JSON */
    struct cox_feed_json *json; /* NULL: delimited text */
    struct cox_text *headers, *cells;
    size_t header_count, header_room;
    struct cox_map *places; /* JSON: header to its column */
    bool is_json, is_learning;
    struct cox_text object;
    int64_t row, short_count, long_count;
    char fault[400];
};

static void close_at(void *feed)
{
    cox_feed_close(feed);
}

void cox_feed_close(struct cox_feed *feed)
{
    if (feed != NULL) {
        cox_csv_close(feed->csv);
        cox_feed_json_close(feed->json);
        cox_file_close(feed->file);
        feed->csv = NULL;
        feed->json = NULL;
        feed->file = NULL;
    }
}

const struct cox_text *cox_feed_headers(const struct cox_feed *feed, size_t *ret_count)
{
    *ret_count = feed->header_count;
    return feed->headers;
}

struct cox_text cox_feed_object(const struct cox_feed *feed)
{
    return feed->object;
}

const char *cox_feed_format(const struct cox_feed *feed)
{
    return feed->format;
}

double cox_feed_share(const struct cox_feed *feed)
{
    uint64_t size = feed->file == NULL ? 0 : cox_file_size(feed->file);

    return size == 0 ? -1 : (double)cox_file_position(feed->file) / (double)size;
}

/* ---- delimited text ---- */

static const char *delimiter_name(char delimiter)
{
    switch (delimiter) {
    case ',':
        return "comma";
    case ';':
        return "semicolon";
    case '\t':
        return "tab";
    case '|':
        return "pipe";
    default:
        return "other";
    }
}

static enum cox_rc open_csv(struct cox_feed *feed, struct cox_err *reterr)
{
    const struct cox_csv_opt opt = {.lenient = true};
    const struct cox_csv_shape *shape;

    COX_TRY(cox_csv_open(cox_file_source(feed->file), &opt, &feed->csv, reterr));
    shape = cox_csv_shape(feed->csv);
    feed->format = cox_arena_format(feed->arena, "CSV, %s, %s", delimiter_name(shape->delimiter),
        cox_encoding_name(shape->encoding));
    return feed->format == NULL ? cox_no_memory(reterr) : COX_OK;
}

static enum cox_rc read_header(struct cox_feed *feed, struct cox_err *reterr)
{
    struct cox_csv_row row;

    COX_TRY(cox_csv_read(feed->csv, &row, reterr));
    if (feed->headers != NULL) {
        return COX_OK; /* read again from the start */
    }
    feed->header_count = row.field_count;
    feed->headers = COX_NEW_ARRAY(feed->arena, row.field_count, struct cox_text);
    feed->cells = COX_NEW_ARRAY(feed->arena, row.field_count, struct cox_text);
    if (feed->headers == NULL || feed->cells == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < row.field_count; i++) {
        feed->headers[i] = cox_arena_text(feed->arena, cox_text_trim(row.fields[i]));
        if (feed->headers[i].ptr == NULL && row.fields[i].ptr != NULL) {
            return cox_no_memory(reterr);
        }
    }
    return COX_OK;
}

/* Lines below the table of a report: only the first cell says something, and it is one of these. */
static bool is_trailer(const struct cox_csv_row *row)
{
    static const char *const starts[] = {"Grand Totals (", "Grand Total (", "Total (",
        "Confidential Information", "Copyright (c)", "Copyright \xc2\xa9"};
    struct cox_text first = cox_text_trim(row->fields[0]);

    for (size_t i = 1; i < row->field_count; i++) {
        if (cox_text_trim(row->fields[i]).size > 0) {
            return false;
        }
    }
    for (size_t i = 0; i < COX_COUNT(starts); i++) {
        if (cox_text_starts(first, cox_text_of(starts[i]))) {
            return true;
        }
    }
    return first.size == 0;
}

static const char *fault_of(struct cox_feed *feed, const struct cox_csv_row *row)
{
    if ((row->flags & COX_CSV_BAD_QUOTE) != 0) {
        return "a quote in this line is not closed";
    }
    for (size_t i = feed->header_count; i < row->field_count; i++) {
        if (cox_text_trim(row->fields[i]).size > 0) {
            /* The error file has as many columns as the header: what is beyond is told here. */
            (void)snprintf(feed->fault, sizeof feed->fault,
                "the row has %zu cells, the header %zu (a delimiter in a text without quotes?); "
                "the first one too many: \"%.*s\"",
                row->field_count, feed->header_count, (int)row->fields[i].size,
                row->fields[i].ptr); /* cut is fine: it is for reading */
            return feed->fault;
        }
    }
    return NULL;
}

static enum cox_rc next_csv(struct cox_feed *feed, struct cox_feed_row *ret_row,
    struct cox_err *reterr)
{
    struct cox_csv_row row;

    do {
        COX_TRY(cox_csv_read(feed->csv, &row, reterr));
        if (row.field_count == 0) {
            *ret_row = (struct cox_feed_row){0};
            return COX_OK;
        }
    } while (is_trailer(&row));
    feed->short_count += row.field_count < feed->header_count;
    feed->long_count += row.field_count > feed->header_count;
    for (size_t i = 0; i < feed->header_count; i++) {
        feed->cells[i] = i < row.field_count ? row.fields[i] : (struct cox_text){0};
    }
    *ret_row = (struct cox_feed_row){feed->cells, ++feed->row, row.line, fault_of(feed, &row)};
    return COX_OK;
}

const char *cox_feed_oddities(const struct cox_feed *feed, struct cox_arena *arena)
{
    struct cox_csv_counts counts = {0};

    if (feed->csv != NULL) {
        counts = cox_csv_counts(feed->csv);
    }
    if (feed->short_count + feed->long_count + counts.recoded + counts.stray_quotes + counts.nuls ==
        0) {
        return "";
    }
    return cox_arena_format(arena,
        "%lld rows shorter and %lld longer than the header, %lld with bytes of another encoding, "
        "%lld with a stray quote, %lld with NUL bytes, which are left out",
        (long long)feed->short_count, (long long)feed->long_count, (long long)counts.recoded,
        (long long)counts.stray_quotes, (long long)counts.nuls);
}

/* ---- JSON ---- */

static enum cox_rc learn_header(struct cox_feed *feed, struct cox_text header,
    struct cox_err *reterr)
{
    if (feed->header_count == feed->header_room) {
        size_t room = feed->header_room * 2 + 32;
        struct cox_text *headers = COX_NEW_ARRAY(feed->arena, room, struct cox_text);

        if (headers == NULL) {
            return cox_no_memory(reterr);
        }
        if (feed->header_count > 0) {
            memcpy(headers, feed->headers, feed->header_count * sizeof *headers);
        }
        feed->headers = headers;
        feed->header_room = room;
    }
    header = cox_arena_text(feed->arena, header);
    if (header.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    feed->headers[feed->header_count++] = header;
    return cox_map_put(feed->places, header, feed->header_count - 1, reterr);
}

static enum cox_rc take_cell(void *ctx, struct cox_text header, struct cox_text value,
    struct cox_err *reterr)
{
    struct cox_feed *feed = ctx;
    uint64_t place;

    if (cox_map_find(feed->places, header, &place)) {
        if (!feed->is_learning) {
            feed->cells[place] = value;
        }
        return COX_OK;
    }
    return feed->is_learning ? learn_header(feed, header, reterr) : COX_OK;
}

static enum cox_rc next_json(struct cox_feed *feed, struct cox_feed_row *ret_row,
    struct cox_err *reterr)
{
    bool is_row;

    if (!feed->is_learning && feed->header_count > 0) {
        memset(feed->cells, 0, feed->header_count * sizeof *feed->cells);
    }
    COX_TRY(cox_feed_json_next(feed->json, take_cell, feed, &is_row, reterr));
    *ret_row = (struct cox_feed_row){0};
    if (is_row) {
        feed->row++;
        *ret_row = (struct cox_feed_row){feed->cells, feed->row, feed->row, NULL};
    }
    return COX_OK;
}

static enum cox_rc learn_json(struct cox_feed *feed, struct cox_err *reterr)
{
    struct cox_feed_row row;

    COX_TRY(cox_map_open_in(feed->arena, NULL, &feed->places, reterr));
    feed->is_learning = true;
    do {
        COX_TRY(next_json(feed, &row, reterr));
    } while (row.row != 0);
    feed->is_learning = false;
    feed->object = cox_arena_text(feed->arena, cox_feed_json_object(feed->json));
    feed->cells = COX_NEW_ARRAY(feed->arena, feed->header_count, struct cox_text);
    feed->format = cox_arena_string(feed->arena, "JSON");
    if (feed->cells == NULL || feed->format == NULL) {
        return cox_no_memory(reterr);
    }
    return cox_feed_rewind(feed, reterr);
}

/* ---- both ---- */

static enum cox_rc start(struct cox_feed *feed, struct cox_err *reterr)
{
    COX_TRY(cox_file_open(feed->path, 0, &feed->file, reterr));
    if (feed->is_json) {
        return cox_feed_json_open(feed->arena, cox_file_source(feed->file), &feed->json, reterr);
    }
    COX_TRY(open_csv(feed, reterr));
    return read_header(feed, reterr);
}

enum cox_rc cox_feed_rewind(struct cox_feed *feed, struct cox_err *reterr)
{
    cox_feed_close(feed);
    feed->row = feed->short_count = feed->long_count = 0;
    return start(feed, reterr);
}

enum cox_rc cox_feed_next(struct cox_feed *feed, struct cox_feed_row *ret_row,
    struct cox_err *reterr)
{
    return feed->is_json ? next_json(feed, ret_row, reterr) : next_csv(feed, ret_row, reterr);
}

/* JSON is told by its first sign, not by the file's name. */
/* What people save beside, or instead of, the CSV they meant. */
static enum cox_rc refuse_foreign(const char *bytes, size_t size, struct cox_err *reterr)
{
    static const struct {
        const char *magic, *what;
    } foreign[] = {
        {"PK\x03\x04",
            "a workbook (.xlsx, .ods) or a ZIP archive: save its sheets as CSV, or unpack it"},
        {"\xd0\xcf\x11\xe0", "a workbook of an old kind (.xls): save its sheets as CSV"},
        {"\x1f\x8b", "packed by gzip: unpack it"},
        {"%PDF-", "a PDF: export the table as CSV"},
        {"SQLite format 3", "a database file: export its tables as CSV"},
    };

    for (size_t i = 0; i < COX_COUNT(foreign); i++) {
        size_t length = strlen(foreign[i].magic);

        if (size >= length && memcmp(bytes, foreign[i].magic, length) == 0) {
            return cox_fail(reterr, COX_UNSUPPORTED, "this is %s", foreign[i].what);
        }
    }
    return COX_OK;
}

static enum cox_rc looks_json(const char *path, bool *ret_is_json, struct cox_err *reterr)
{
    COX_AUTO_FILE file = NULL;
    struct cox_source source;
    char bytes[512];
    size_t size = 0, at = 0;

    COX_TRY(cox_file_open(path, 0, &file, reterr));
    source = cox_file_source(file);
    COX_TRY(source.read(source.ctx, bytes, sizeof bytes, &size, reterr));
    COX_TRY(refuse_foreign(bytes, size, reterr));
    if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        at = 3;
    }
    while (at < size &&
           (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
        at++;
    }
    *ret_is_json = at < size && (bytes[at] == '{' || bytes[at] == '[');
    return COX_OK;
}

enum cox_rc cox_feed_open(struct cox_arena *arena, const char *path, struct cox_feed **ret_feed,
    struct cox_err *reterr)
{
    struct cox_feed *feed = COX_NEW(arena, struct cox_feed);

    if (feed == NULL) {
        return cox_no_memory(reterr);
    }
    feed->arena = arena;
    feed->path = cox_arena_string(arena, path);
    if (feed->path == NULL) {
        return cox_no_memory(reterr);
    }
    if (cox_arena_defer(arena, close_at, feed) != COX_OK) {
        return cox_no_memory(reterr);
    }
    COX_TRY(looks_json(path, &feed->is_json, reterr));
    COX_TRY(start(feed, reterr));
    if (feed->is_json) {
        COX_TRY(learn_json(feed, reterr));
    }
    if (feed->header_count == 0) {
        return cox_fail(reterr, COX_INVALID, "there is no header line and no record");
    }
    *ret_feed = feed;
    return COX_OK;
}
