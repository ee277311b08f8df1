/* connect/feed.c: rows from delimited text, and from JSON by way of feed_json.c. */
#include "connect/feed.h"

#include <stdio.h>

#include "base/map.h"
#include "connect/trailer.h"

enum { GROUPS_MAX = 8, CELL_MAX = 1 << 22, TITLES_MAX = 24 };

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
    int64_t row, short_count, long_count, total_count;
    size_t title_count; /* rows above the table */
    size_t group_seen,
        group_count; /* columns of groups: seen in this pass, known from an earlier one */
    struct cox_buf above[GROUPS_MAX];
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
        for (size_t i = 0; i < GROUPS_MAX; i++) {
            cox_buf_done(&feed->above[i]);
            cox_buf_init(&feed->above[i], CELL_MAX);
        }
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

/* A title or a line of its filters, alone in its row, as stands above the table of a report. */
static bool is_title(const struct cox_csv_row *row, size_t *ret_filled)
{
    *ret_filled = 0;
    for (size_t i = 0; i < row->field_count; i++) {
        *ret_filled += cox_text_trim(row->fields[i]).size > 0;
    }
    return row->field_count == 1 || (*ret_filled <= 2 && row->field_count >= 3);
}

/* How many rows stand above the table: titles, then two rows in a line that are wide. 0 when not so. */
static enum cox_rc count_titles(struct cox_feed *feed, struct cox_csv_row *first,
    struct cox_err *reterr)
{
    struct cox_csv_row row = *first;
    size_t count = 0, filled;

    while (count < TITLES_MAX && row.field_count > 0 && is_title(&row, &filled)) {
        count++;
        COX_TRY(cox_csv_read(feed->csv, &row, reterr));
    }
    if (count == TITLES_MAX || row.field_count == 0 || filled < 3) {
        return COX_OK;
    }
    COX_TRY(cox_csv_read(feed->csv, &row, reterr));
    (void)is_title(&row, &filled); /* how wide it is is asked */
    feed->title_count = filled >= 3 ? count : 0;
    return COX_OK;
}

static enum cox_rc open_csv(struct cox_feed *feed, struct cox_err *reterr);

/* The file from its start again, and past what stands above its table. */
static enum cox_rc read_table_header(struct cox_feed *feed, struct cox_csv_row *row,
    struct cox_err *reterr)
{
    cox_feed_close(feed);
    COX_TRY(cox_file_open(feed->path, 0, &feed->file, reterr));
    COX_TRY(open_csv(feed, reterr));
    for (size_t i = 0; i <= feed->title_count; i++) {
        COX_TRY(cox_csv_read(feed->csv, row, reterr));
    }
    return COX_OK;
}

static enum cox_rc read_header(struct cox_feed *feed, struct cox_err *reterr)
{
    struct cox_csv_row row;
    size_t filled;

    COX_TRY(cox_csv_read(feed->csv, &row, reterr));
    if (feed->headers == NULL && row.field_count > 0 && is_title(&row, &filled)) {
        COX_TRY(count_titles(feed, &row, reterr));
        COX_TRY(read_table_header(feed, &row, reterr));
    } else {
        for (size_t i = 0; i < feed->title_count; i++) {
            COX_TRY(cox_csv_read(feed->csv, &row, reterr));
        }
    }
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

/*
 * A report with sums of groups writes what a group is of once, in its first row: blank cells of those
 * columns mean what stands above them. Known once the whole file has been gone through.
 */
static enum cox_rc fill_group(struct cox_feed *feed, struct cox_err *reterr)
{
    for (size_t i = 0; i < feed->group_count; i++) {
        if (feed->cells[i].size > 0) {
            cox_buf_clear(&feed->above[i]);
            cox_buf_add_text(&feed->above[i], feed->cells[i]);
            for (size_t right = i + 1; right < feed->group_count; right++) {
                cox_buf_clear(&feed->above[right]); /* a new group has its own below */
            }
        } else {
            feed->cells[i] = cox_buf_text(&feed->above[i]);
        }
        if (feed->above[i].failed) {
            return cox_no_memory(reterr);
        }
    }
    return COX_OK;
}

/* Passes over what is no record; ret_row->field_count 0 at the end. */
static enum cox_rc next_record(struct cox_feed *feed, struct cox_csv_row *ret_row,
    struct cox_err *reterr)
{
    for (;;) {
        size_t at = 0;

        COX_TRY(cox_csv_read(feed->csv, ret_row, reterr));
        if (ret_row->field_count == 0) {
            return COX_OK;
        }
        switch (cox_line_of(ret_row, &at)) {
        case COX_LINE_SUBTOTAL:
            if (feed->group_seen <= at && at < GROUPS_MAX) {
                feed->group_seen = at + 1;
            }
            feed->total_count++;
            break;
        case COX_LINE_TOTAL:
            feed->total_count++;
            break;
        case COX_LINE_EMPTY:
        case COX_LINE_TRAILER:
            break;
        case COX_LINE_RECORD:
        default:
            return COX_OK;
        }
    }
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

    COX_TRY(next_record(feed, &row, reterr));
    if (row.field_count == 0) {
        *ret_row = (struct cox_feed_row){0};
        return COX_OK;
    }
    feed->short_count += row.field_count < feed->header_count;
    feed->long_count += row.field_count > feed->header_count;
    for (size_t i = 0; i < feed->header_count; i++) {
        feed->cells[i] = i < row.field_count ? row.fields[i] : (struct cox_text){0};
    }
    COX_TRY(fill_group(feed, reterr));
    *ret_row = (struct cox_feed_row){feed->cells, ++feed->row, row.line, fault_of(feed, &row)};
    return COX_OK;
}

bool cox_feed_has_new_groups(const struct cox_feed *feed)
{
    return feed->group_seen > feed->group_count;
}

const char *cox_feed_oddities(const struct cox_feed *feed, struct cox_arena *arena)
{
    struct cox_csv_counts counts = {0};
    int64_t odd;

    if (feed->csv != NULL) {
        counts = cox_csv_counts(feed->csv);
    }
    odd = feed->short_count + feed->long_count + counts.recoded + counts.stray_quotes + counts.nuls;
    if (feed->total_count > 0) {
        return cox_arena_format(arena, "%lld lines of sums are left out%s",
            (long long)feed->total_count,
            feed->group_count > 0
                ? "; blank cells of the columns they are summed by mean what stands above them"
                : "");
    }
    if (odd == 0) {
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
    feed->row = feed->short_count = feed->long_count = feed->total_count = 0;
    feed->group_count = feed->group_seen > feed->group_count ? feed->group_seen : feed->group_count;
    for (size_t i = 0; i < feed->group_count; i++) {
        cox_buf_clear(&feed->above[i]);
    }
    return start(feed, reterr);
}

enum cox_rc cox_feed_next(struct cox_feed *feed, struct cox_feed_row *ret_row,
    struct cox_err *reterr)
{
    return feed->is_json ? next_json(feed, ret_row, reterr) : next_csv(feed, ret_row, reterr);
}

/* What people save beside, or instead of, the CSV they meant. */
static enum cox_rc refuse_foreign(const char *bytes, size_t size, struct cox_err *reterr)
{
    static const struct {
        const char *magic, *what;
    } foreign[] = {
        {"PK\x03\x04",
            "a workbook (.xlsx, .ods) or a ZIP archive: save its sheets as CSV, or unpack it"},
        {"\xd0\xcf\x11\xe0", "a workbook of an old kind (.xls): save its sheets as CSV"},
        {"\x1f\x8b", "packed by gzip twice: unpack it once"},
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

/* JSON is told by its first sign, not by the file's name. */
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
