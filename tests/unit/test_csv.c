/*
 * tests/unit/test_csv.c: the CSV reader and writer: golden files (tests/golden/csv: NAME.csv with
 * NAME.out, or NAME.bad for what must be refused), limits, and round trips of random tables through
 * every delimiter and encoding. COX_GOLDEN_WRITE=1 writes the golden answers anew.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/csv_scan.h"
#include "base/file.h"
#include "base/utf8.h"
#include "check.h"
#include "shared_data.h"

#define GOLDEN "tests/golden/csv"

static int setup(void **state)
{
    *state = cox_arena_open(256U << 20);
    return *state == NULL;
}

static int teardown(void **state)
{
    cox_arena_close(*state);
    return 0;
}

/* Fields between bars; what would be mistaken for the frame is escaped. */
static void show_field(struct cox_buf *buf, struct cox_text field)
{
    cox_buf_add_char(buf, '|');
    for (size_t i = 0; i < field.size; i++) {
        char c = field.ptr[i];
        if (c == '\n' || c == '\r' || c == '\t' || c == '|' || c == '\\') {
            cox_buf_format(buf, "\\x%02x", c);
        } else {
            cox_buf_add_char(buf, c);
        }
    }
}

static void show_char(struct cox_buf *buf, char c)
{
    if (c > ' ') {
        cox_buf_format(buf, " %c", c);
    } else {
        cox_buf_format(buf, " %d", c);
    }
}

static enum cox_rc show_file(struct cox_source source, const struct cox_csv_opt *opt,
    struct cox_buf *buf, struct cox_err *reterr)
{
    static const char flags[] = "RWQN"; /* ragged, Windows-1252, stray quote, NUL */
    COX_AUTO_CSV csv = NULL;
    struct cox_csv_row row;

    COX_TRY(cox_csv_open(source, opt, &csv, reterr));
    const struct cox_csv_shape *shape = cox_csv_shape(csv);
    cox_buf_format(buf, "%s%s, delimiter", cox_encoding_name(shape->encoding),
        shape->has_bom ? " with mark" : "");
    show_char(buf, shape->delimiter);
    cox_buf_add_string(buf, ", quote");
    show_char(buf, shape->quote);
    cox_buf_format(buf, "%s%s%s%s\n", shape->backslash ? ", backslash" : "",
        shape->blanks ? ", blanks" : "", shape->has_sep_line ? ", sep line" : "",
        shape->has_header ? ", header" : "");
    for (;;) {
        COX_TRY(cox_csv_read(csv, &row, reterr));
        if (row.field_count == 0) {
            break;
        }
        cox_buf_format(buf, "%lld:%lld", (long long)row.row, (long long)row.line);
        for (unsigned i = 0; i < 4; i++) {
            if ((row.flags >> i & 1) != 0) {
                cox_buf_add_char(buf, flags[i]);
            }
        }
        for (size_t i = 0; i < row.field_count; i++) {
            show_field(buf, row.fields[i]);
        }
        cox_buf_add_char(buf, '\n');
    }
    return COX_OK;
}

static struct cox_text load(struct cox_arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    char *bytes = cox_arena_alloc(arena, 1U << 20);

    if (file == NULL) {
        return (struct cox_text){0};
    }
    size_t size = fread(bytes, 1, 1U << 20, file);
    (void)fclose(file);
    return (struct cox_text){bytes, size};
}

static void save(const char *path, struct cox_text text)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    (void)fwrite(text.ptr, 1, text.size, file);
    (void)fclose(file);
}

/* A source that gives one byte at a time must change nothing. */
static enum cox_rc drip(void *ctx, void *ret_bytes, size_t room, size_t *ret_size,
    struct cox_err *reterr)
{
    struct cox_text *left = ctx;

    (void)reterr;
    *ret_size = room > 0 && left->size > 0;
    if (*ret_size == 1) {
        *(char *)ret_bytes = *left->ptr++;
        left->size--;
    }
    return COX_OK;
}

static void check_golden(struct cox_arena *arena, const char *name)
{
    struct cox_text bytes = load(arena, cox_arena_format(arena, GOLDEN "/%s.csv", name));
    const char *out_path = cox_arena_format(arena, GOLDEN "/%s.out", name);
    const char *bad_path = cox_arena_format(arena, GOLDEN "/%s.bad", name);
    struct cox_buf buf;
    struct cox_err err = {0};
    struct cox_text left = bytes;
    enum cox_rc rc;

    cox_buf_init(&buf, 1U << 20);
    rc = show_file((struct cox_source){drip, &left}, NULL, &buf, &err);
    if (rc != COX_OK) {
        char text[400];
        cox_err_format(&err, text, sizeof(text));
        cox_buf_clear(&buf);
        cox_buf_format(&buf, "%s: %s\n", cox_rc_name(rc), text);
    }
    if (getenv("COX_GOLDEN_WRITE") != NULL) {
        save(rc == COX_OK ? out_path : bad_path, cox_buf_text(&buf));
    }
    struct cox_text expected = load(arena, rc == COX_OK ? out_path : bad_path);
    if (!cox_text_same(expected, cox_buf_text(&buf))) {
        fail_msg("%s.csv gives:\n%.*s", name, (int)buf.size, buf.ptr);
    }
    cox_buf_done(&buf);
}

static void golden_files(void **state)
{
    DIR *folder = opendir(GOLDEN);
    int count = 0;

    if (folder == NULL) {
        fail_msg("run from the top of the source tree: no %s here", GOLDEN);
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        size_t size = strlen(entry->d_name);
        if (size > 4 && strcmp(entry->d_name + size - 4, ".csv") == 0) {
            char *name = cox_arena_string(*state, entry->d_name);
            name[size - 4] = '\0';
            check_golden(*state, name);
            count++;
        }
    }
    (void)closedir(folder);
    assert_true(count >= 30);
}

static enum cox_rc read_all(struct cox_text bytes, const struct cox_csv_opt *opt,
    struct cox_err *reterr)
{
    COX_AUTO_FILE file = NULL;
    struct cox_buf buf;
    enum cox_rc rc;

    COX_TRY(cox_file_open_bytes(bytes, 0, &file, reterr));
    cox_buf_init(&buf, 64U << 20);
    rc = show_file(cox_file_source(file), opt, &buf, reterr);
    cox_buf_done(&buf);
    return rc;
}

static void limits_name_row_and_line(void **state)
{
    struct cox_csv_opt opt = {.field_max = 10, .row_max = 1 << 20, .column_max = 3};
    struct cox_err err = {0};
    size_t size = 3U << 20;
    char *large = malloc(size);

    (void)state;
    assert_int_equal(read_all(COX_LIT("a,b\n\n1,01234567890\n"), &opt, &err), COX_TOO_LARGE);
    assert_int_equal(err.row, 2);
    assert_string_equal(err.text,
        "line 3: a field has too many bytes, perhaps a quote is left open (the limit is 10)");
    assert_int_equal(read_all(COX_LIT("a,b,c\n1,2,3,4\n"), &opt, &err), COX_TOO_LARGE);
    assert_string_equal(err.text, "line 2: too many columns (the limit is 3)");
    memset(large, 'x', size);
    memcpy(large, "a,b\n1,\"", 7);
    assert_int_equal(read_all((struct cox_text){large, size}, &opt, &err), COX_TOO_LARGE);
    assert_int_equal(err.row, 2);
    assert_non_null(strstr(err.text, "the row has too many bytes"));
    opt.row_max = 4U << 20;
    assert_int_equal(read_all((struct cox_text){large, size}, &opt, &err), COX_INVALID);
    assert_non_null(strstr(err.text, "never closed"));
    memset(large, '\n', size);
    assert_int_equal(read_all((struct cox_text){large, size}, NULL, &err), COX_OK);
    free(large);
}

/* An open quote costs its own line; a table of 2 columns is found again behind it. */
static void a_lenient_reader_goes_on(void **state)
{
    static const struct {
        const char *fields[2];
        unsigned flags;
        int64_t line;
    } wanted[] = {{{"a", "b"}, 0, 1}, {{"1", "x\ny"}, 0, 2}, {{"2", "\"open"}, 16, 4},
        {{"3", "z"}, 0, 5}, {{"4", "q, r"}, 0, 6}, {{"5", "\"never"}, 16, 7}, {{"6", "w"}, 0, 8}};
    struct cox_text bytes = COX_LIT("a,b\n1,\"x\ny\"\n2,\"open\n3,z\n4,\"q, r\"\n5,\"never\n6,w\n");
    const struct cox_csv_opt opt = {.shape = {.delimiter = ',', .quote = '"'}, .lenient = true};
    COX_AUTO_CSV csv = NULL;
    struct cox_csv_row row;
    struct cox_err err;

    (void)state;
    assert_int_equal(cox_csv_open((struct cox_source){drip, &bytes}, &opt, &csv, &err), COX_OK);
    for (size_t i = 0; i < COX_COUNT(wanted); i++) {
        assert_int_equal(cox_csv_read(csv, &row, &err), COX_OK);
        assert_int_equal(row.field_count, 2);
        assert_int_equal(row.flags, wanted[i].flags);
        assert_int_equal(row.line, wanted[i].line);
        for (size_t f = 0; f < 2; f++) {
            assert_true(cox_text_same(row.fields[f], cox_text_of(wanted[i].fields[f])));
        }
    }
    assert_int_equal(cox_csv_read(csv, &row, &err), COX_OK);
    assert_int_equal(row.field_count, 0);
}

static void a_failed_reader_stays_failed(void **state)
{
    COX_AUTO_CSV csv = NULL;
    struct cox_text bytes = COX_LIT("a,b\n\"1");
    struct cox_csv_row row;
    struct cox_err err;

    (void)state;
    assert_int_equal(cox_csv_open((struct cox_source){drip, &bytes}, NULL, &csv, &err), COX_OK);
    assert_int_equal(cox_csv_read(csv, &row, &err), COX_OK);
    assert_int_equal(cox_csv_read(csv, &row, &err), COX_INVALID);
    assert_int_equal(cox_csv_read(csv, &row, &err), COX_INVALID);
    assert_int_equal(row.row, 1);
}

/* A table of random fields made of what is hard to read. */
struct table {
    struct cox_text field[40][6];
    size_t row_count, column_count;
};

static struct cox_text random_field(struct cox_arena *arena, unsigned *seed, bool wide)
{
    static const char *const bits[] = {"\"", "\"\"", ",", ";", "\t", "|", "\n", "\r", "\r\n", " ",
        "'", "\\", "a", "Sep=", "12.5", "=1+1", "\xc3\xa4", "\xe2\x82\xac", "\xe6\x9d\xb1",
        "\xf0\x9f\x98\x80", "\xef\xbb\xbf"};
    struct cox_buf buf;
    struct cox_text copy;

    cox_buf_init(&buf, 1U << 20);
    for (int i = rand_r(seed) % 8; i > 0; i--) {
        size_t last = wide ? COX_COUNT(bits) : 18;
        cox_buf_add_string(&buf, bits[(size_t)rand_r(seed) % last]);
    }
    copy = cox_arena_text(arena, cox_buf_text(&buf));
    cox_buf_done(&buf);
    return copy;
}

static void fill_table(struct cox_arena *arena, unsigned *seed, bool wide, struct table *table)
{
    table->row_count = 1 + (size_t)rand_r(seed) % COX_COUNT(table->field);
    table->column_count = 1 + (size_t)rand_r(seed) % COX_COUNT(table->field[0]);
    for (size_t i = 0; i < table->row_count; i++) {
        for (size_t j = 0; j < table->column_count; j++) {
            table->field[i][j] = random_field(arena, seed, wide);
        }
    }
}

static void write_table(const struct table *table, char delimiter, bool lf, struct cox_buf *buf)
{
    struct cox_csv_out out;
    struct cox_err err;

    cox_csv_out_init(&out, cox_buf_sink(buf));
    out.delimiter = delimiter;
    out.lf = lf;
    for (size_t i = 0; i < table->row_count; i++) {
        for (size_t j = 0; j < table->column_count; j++) {
            cox_csv_out_text(&out, table->field[i][j]);
        }
        cox_csv_out_end_row(&out);
    }
    assert_int_equal(cox_csv_out_done(&out, &err), COX_OK);
}

static void add_unit(struct cox_buf *buf, uint32_t unit, size_t size, bool big)
{
    for (size_t i = 0; i < size; i++) {
        cox_buf_add_char(buf, (char)(unit >> (8 * (big ? size - 1 - i : i))));
    }
}

/* From UTF-8; Windows-1252 only for what has a place there. */
static void encode(struct cox_text from, enum cox_encoding encoding, struct cox_buf *buf)
{
    bool big = encoding == COX_UTF_16BE || encoding == COX_UTF_32BE;

    for (size_t at = 0; at < from.size;) {
        int32_t read;
        size_t taken = cox_utf8_read(from.ptr + at, from.size - at, &read);
        uint32_t code = (uint32_t)read;

        assert_true(read >= 0);
        if (encoding == COX_UTF_8) {
            cox_buf_add(buf, from.ptr + at, taken);
        } else if (encoding == COX_WINDOWS_1252) {
            cox_buf_add_char(buf, code == 0x20AC ? (char)0x80 : (char)code);
        } else if (encoding >= COX_UTF_32LE) {
            add_unit(buf, code, 4, big);
        } else if (code < 0x10000) {
            add_unit(buf, code, 2, big);
        } else {
            add_unit(buf, 0xD800 + ((code - 0x10000) >> 10), 2, big);
            add_unit(buf, 0xDC00 + ((code - 0x10000) & 0x3FF), 2, big);
        }
        at += taken;
    }
}

static void assert_same_table(struct cox_text bytes, const struct cox_csv_opt *opt,
    const struct table *table)
{
    COX_AUTO_FILE file = NULL;
    COX_AUTO_CSV csv = NULL;
    struct cox_csv_row row;
    struct cox_err err;

    assert_int_equal(cox_file_open_bytes(bytes, 0, &file, &err), COX_OK);
    assert_int_equal(cox_csv_open(cox_file_source(file), opt, &csv, &err), COX_OK);
    for (size_t i = 0; i < table->row_count; i++) {
        if (cox_csv_read(csv, &row, &err) != COX_OK) {
            fail_msg("%s", err.text);
        }
        assert_int_equal(row.field_count, table->column_count);
        assert_int_equal(row.row, i + 1);
        for (size_t j = 0; j < row.field_count; j++) {
            assert_int_equal(row.fields[j].size, table->field[i][j].size);
            assert_memory_equal(row.fields[j].ptr, table->field[i][j].ptr, row.fields[j].size);
        }
    }
    assert_int_equal(cox_csv_read(csv, &row, &err), COX_OK);
    assert_int_equal(row.field_count, 0);
}

static void what_is_written_reads_back(void **state)
{
    static const char delimiters[] = {',', ';', '\t', '|', '^', '`', ':'};
    struct cox_arena *arena = *state;
    unsigned seed = 23;

    for (unsigned run = 0; run < 1400; run++) {
        struct cox_mark mark = cox_arena_mark(arena);
        enum cox_encoding encoding = (enum cox_encoding)(COX_UTF_8 + run % 6);
        struct cox_csv_opt opt = {.shape = {.encoding = encoding, .quote = '"'}};
        struct cox_buf written, encoded;
        struct table table;

        cox_buf_init(&written, 1U << 20);
        cox_buf_init(&encoded, 1U << 22);
        opt.shape.delimiter = delimiters[run / 6 % sizeof(delimiters)];
        fill_table(arena, &seed, encoding != COX_WINDOWS_1252, &table);
        write_table(&table, opt.shape.delimiter, run % 2 == 0, &written);
        encode(cox_buf_text(&written), encoding, &encoded);
        assert_same_table(cox_buf_text(&encoded), &opt, &table);
        cox_buf_done(&written);
        cox_buf_done(&encoded);
        cox_arena_rewind(arena, mark);
    }
}

/* Tables as businesses have them are recognised without any help, in every encoding. */
static void shapes_are_recognised(void **state)
{
    static const char delimiters[] = {',', ';', '\t', '|', '^', '`'};
    unsigned seed = 29;

    (void)state;
    for (unsigned run = 0; run < 180; run++) {
        enum cox_encoding encoding = (enum cox_encoding)(COX_UTF_8 + run % 6);
        char delimiter = delimiters[run / 6 % sizeof(delimiters)];
        struct cox_buf written, encoded;
        struct cox_csv_out out;
        struct cox_err err;
        COX_AUTO_FILE file = NULL;
        COX_AUTO_CSV csv = NULL;

        cox_buf_init(&written, 1U << 20);
        cox_buf_init(&encoded, 1U << 22);
        cox_csv_out_init(&out, cox_buf_sink(&written));
        out.delimiter = delimiter;
        for (int i = 0; i < 30; i++) {
            char number[32];
            (void)snprintf(number, sizeof(number), "%d,%02d", rand_r(&seed) % 10000, i);
            cox_csv_out_text(&out, i == 0 ? COX_LIT("Name") : COX_LIT("M\xc3\xbcller, \"Hans\""));
            cox_csv_out_text(&out, i == 0 ? COX_LIT("Betrag") : cox_text_of(number));
            cox_csv_out_text(&out, i == 0 ? COX_LIT("Notiz") : COX_LIT("a\nb"));
            cox_csv_out_end_row(&out);
        }
        assert_int_equal(cox_csv_out_done(&out, &err), COX_OK);
        encode(cox_buf_text(&written), encoding, &encoded);
        assert_int_equal(cox_file_open_bytes(cox_buf_text(&encoded), 0, &file, &err), COX_OK);
        assert_int_equal(cox_csv_open(cox_file_source(file), NULL, &csv, &err), COX_OK);
        assert_int_equal(cox_csv_shape(csv)->encoding, encoding);
        assert_int_equal(cox_csv_shape(csv)->delimiter, delimiter);
        assert_int_equal(cox_csv_shape(csv)->quote, '"');
        assert_true(cox_csv_shape(csv)->has_header);
        cox_buf_done(&written);
        cox_buf_done(&encoded);
    }
}

static void formulas_are_guarded_on_request(void **state)
{
    struct cox_csv_out out;
    struct cox_buf buf;
    struct cox_err err;

    (void)state;
    cox_buf_init(&buf, 1000);
    cox_csv_out_init(&out, cox_buf_sink(&buf));
    cox_csv_out_text(&out, COX_LIT("=1+1"));
    out.guard = true;
    cox_csv_out_text(&out, COX_LIT("=A1&\"x\""));
    cox_csv_out_text(&out, COX_LIT("-5"));
    cox_csv_out_plain(&out, "-5");
    cox_csv_out_text(&out, (struct cox_text){0});
    cox_csv_out_text(&out, COX_LIT("a-b"));
    cox_csv_out_end_row(&out);
    assert_int_equal(cox_csv_out_done(&out, &err), COX_OK);
    cox_buf_add_char(&buf, '\0');
    assert_string_equal(buf.ptr, "=1+1,\"'=A1&\"\"x\"\"\",\"'-5\",-5,,a-b\r\n");
    cox_buf_done(&buf);
    cox_buf_init(&buf, 3);
    cox_csv_out_init(&out, cox_buf_sink(&buf));
    cox_csv_out_text(&out, COX_LIT("too long"));
    cox_csv_out_end_row(&out);
    assert_int_equal(cox_csv_out_done(&out, &err), COX_TOO_LARGE);
    cox_buf_done(&buf);
}

/* The same rows whatever the window's place in the file: a file many windows long, rows of odd sizes. */
static void windows_do_not_show(void **state)
{
    struct cox_csv_opt opt = {.shape = {.delimiter = ',', .quote = '"'}};
    struct cox_buf buf;
    struct cox_csv_row row;
    struct cox_err err;
    COX_AUTO_FILE file = NULL;
    COX_AUTO_CSV csv = NULL;
    int64_t lines = 1;

    (void)state;
    cox_buf_init(&buf, 64U << 20);
    for (int i = 0; i < 60000; i++) {
        cox_buf_format(&buf, "%d,\"%0*d\n\"\"%d\",x\r\n", i, i % 97 + 1, i, i);
    }
    assert_int_equal(cox_file_open_bytes(cox_buf_text(&buf), 0, &file, &err), COX_OK);
    assert_int_equal(cox_csv_open(cox_file_source(file), &opt, &csv, &err), COX_OK);
    for (int i = 0; i < 60000; i++) {
        char expected[200];
        assert_int_equal(cox_csv_read(csv, &row, &err), COX_OK);
        assert_true(
            row.row == i + 1 && row.line == lines && row.field_count == 3 && row.flags == 0);
        (void)snprintf(expected, sizeof(expected), "%0*d\n\"%d", i % 97 + 1, i, i);
        assert_true(cox_text_same(row.fields[1], cox_text_of(expected)));
        lines += 2;
    }
    assert_int_equal(cox_csv_read(csv, &row, &err), COX_OK);
    assert_int_equal(row.field_count, 0);
    cox_buf_done(&buf);
}

static void memory_runs_out_cleanly(void **state)
{
    static const char bytes[] = "\xff\xfe"
                                "a\0,\0b\0\n\0\"\0x\0\"\0,\0y\0\n\0";
    struct cox_err err;
    int64_t n;

    (void)state;
    for (n = 0; n < 60; n++) {
        enum cox_rc rc;
        cox_memory_fail_after(n);
        rc = read_all((struct cox_text){bytes, sizeof(bytes) - 1}, NULL, &err);
        cox_memory_fail_after(-1);
        assert_true(rc == COX_OK || rc == COX_NO_MEMORY);
    }
    assert_int_equal(read_all((struct cox_text){bytes, sizeof(bytes) - 1}, NULL, &err), COX_OK);
}

static void samples_for_a_preview(void **state)
{
    struct cox_csv_sample sample;
    struct cox_text bytes = COX_LIT("a;b\n1;2;3\n4;5\n6;7\n");
    struct cox_err err;

    assert_int_equal(
        cox_csv_sniff(*state, (struct cox_source){drip, &bytes}, NULL, 3, &sample, &err), COX_OK);
    assert_int_equal(sample.row_count, 3);
    assert_int_equal(sample.column_count, 3);
    assert_int_equal(sample.shape.delimiter, ';');
    assert_true(sample.shape.has_header);
    assert_true(cox_text_same(sample.rows[1].fields[2], COX_LIT("3")));
    assert_int_equal(sample.rows[1].flags, COX_CSV_RAGGED);
}

static void encodings_have_names(void **state)
{
    (void)state;
    assert_int_equal(cox_encoding_parse(COX_LIT("utf-8")), COX_UTF_8);
    assert_int_equal(cox_encoding_parse(COX_LIT("ISO-8859-1")), COX_WINDOWS_1252);
    assert_int_equal(cox_encoding_parse(COX_LIT("UTF-16BE")), COX_UTF_16BE);
    assert_int_equal(cox_encoding_parse(COX_LIT("ebcdic")), COX_ENCODING_ANY);
    assert_string_equal(cox_encoding_name(COX_WINDOWS_1252), "Windows-1252");
}

/* Files: gzip, two members, damage, limits, folders. */
static void save_gzip(const char *path, const char *mode, const char *text)
{
    gzFile file = gzopen(path, mode);

    assert_non_null(file);
    assert_int_equal(gzwrite(file, text, (unsigned)strlen(text)), strlen(text));
    assert_int_equal(gzclose(file), Z_OK);
}

static enum cox_rc slurp(const char *path, uint64_t size_max, struct cox_buf *buf,
    struct cox_err *reterr)
{
    COX_AUTO_FILE file = NULL;
    char bytes[7];
    size_t size = 1;

    COX_TRY(cox_file_open(path, size_max, &file, reterr));
    cox_buf_clear(buf);
    while (size > 0) {
        struct cox_source source = cox_file_source(file);
        COX_TRY(source.read(source.ctx, bytes, sizeof(bytes), &size, reterr));
        cox_buf_add(buf, bytes, size);
    }
    assert_int_equal(cox_file_position(file), cox_file_size(file));
    return COX_OK;
}

static void gzip_is_unpacked_on_the_way(void **state)
{
    char folder[] = "/tmp/cox-test-csv-XXXXXX";
    struct cox_err err;
    struct cox_buf buf;
    struct cox_text packed;

    assert_non_null(mkdtemp(folder));
    char *path = cox_arena_format(*state, "%s/a.csv.gz", folder);
    cox_buf_init(&buf, 1U << 20);
    save_gzip(path, "wb", "a,b\n1,2\n");
    save_gzip(path, "ab", "3,4\n");
    assert_int_equal(slurp(path, 0, &buf, &err), COX_OK);
    assert_true(cox_text_same(cox_buf_text(&buf), COX_LIT("a,b\n1,2\n3,4\n")));
    assert_int_equal(slurp(path, 11, &buf, &err), COX_TOO_LARGE);
    assert_int_equal(slurp(path, 12, &buf, &err), COX_OK);
    packed = load(*state, path);
    save(path, (struct cox_text){packed.ptr, packed.size - 5});
    assert_int_equal(slurp(path, 0, &buf, &err), COX_INVALID);
    assert_string_equal(err.text, "the gzip file is cut off");
    *(char *)(uintptr_t)(packed.ptr + 12) ^= 0x55;
    save(path, packed);
    assert_int_equal(slurp(path, 0, &buf, &err), COX_INVALID);
    save(path, COX_LIT("\x1f"));
    assert_int_equal(slurp(path, 0, &buf, &err), COX_OK);
    assert_int_equal(buf.size, 1);
    save(path, COX_LIT(""));
    assert_int_equal(slurp(path, 0, &buf, &err), COX_OK);
    assert_int_equal(buf.size, 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(slurp(path, 0, &buf, &err), COX_MISSING);
    assert_int_equal(slurp(folder, 0, &buf, &err), COX_INVALID);
    assert_int_equal(rmdir(folder), 0);
    cox_buf_done(&buf);
}

/* Files of other programs: read whole, with the row counts that their ORIGIN.md states. */
static void real_files(void **state)
{
    static const struct {
        const char *path;
        int64_t rows, columns;
        char delimiter;
        enum cox_encoding encoding;
    } files[] = {
        {"maven-crm/sales_pipeline.csv", 8801, 8, ',', COX_UTF_8},
        {"superstore/superstore.csv.gz", 9995, 21, ',', COX_UTF_8},
        {"adventureworks-reseller/Sales.psv.gz", 57852, 10, '|', COX_UTF_8},
        {"crm-fixtures/salesforce/dataloader-accounts.csv", 0, 0, ',', COX_WINDOWS_1252},
        {"crm-fixtures/zoho/Leads.csv.gz", 0, 0, ',', COX_UTF_8},
        {"ibm-win-loss/sales-win-loss.train.csv.gz", 54604, 19, ',', COX_UTF_8},
        {"skygeni-deals/deals.csv.gz", 0, 0, ',', COX_UTF_8},
    };

    (void)state;
    for (size_t i = 0; i < COX_COUNT(files); i++) {
        char path[SHARED_PATH_SIZE];
        COX_AUTO_FILE file = NULL;
        COX_AUTO_CSV csv = NULL;
        struct cox_csv_row row = {.field_count = 1};
        struct cox_err err;

        if (!find_shared(files[i].path, path)) {
            print_message("no shared %s: skipped\n", files[i].path);
            skip();
        }
        assert_int_equal(cox_file_open(path, 0, &file, &err), COX_OK);
        assert_int_equal(cox_csv_open(cox_file_source(file), NULL, &csv, &err), COX_OK);
        const struct cox_csv_shape *shape = cox_csv_shape(csv);
        size_t columns = 0;
        while (row.field_count > 0) {
            if (cox_csv_read(csv, &row, &err) != COX_OK) {
                fail_msg("%s: %s", path, err.text);
            }
            columns = row.field_count > columns ? row.field_count : columns;
        }
        struct cox_csv_counts counts = cox_csv_counts(csv);
        print_message("%s: %lld rows, %zu columns, %lld ragged, %lld recoded, %s '%c'\n",
            files[i].path, (long long)counts.rows, columns, (long long)counts.ragged,
            (long long)counts.recoded, cox_encoding_name(shape->encoding), shape->delimiter);
        assert_int_equal(shape->delimiter, files[i].delimiter);
        assert_int_equal(shape->encoding, files[i].encoding);
        assert_true(shape->has_header);
        assert_int_equal(counts.ragged, 0);
        assert_int_equal(counts.stray_quotes, 0);
        if (files[i].rows > 0) {
            assert_int_equal(counts.rows, files[i].rows);
            assert_int_equal(columns, files[i].columns);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(limits_name_row_and_line),
        cmocka_unit_test(a_lenient_reader_goes_on),
        cmocka_unit_test(a_failed_reader_stays_failed),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(shapes_are_recognised),
        cmocka_unit_test(formulas_are_guarded_on_request),
        cmocka_unit_test(windows_do_not_show),
        cmocka_unit_test(memory_runs_out_cleanly),
        cmocka_unit_test(samples_for_a_preview),
        cmocka_unit_test(encodings_have_names),
        cmocka_unit_test(gzip_is_unpacked_on_the_way),
        cmocka_unit_test(real_files),
    };

    return cmocka_run_group_tests_name("csv", tests, setup, teardown);
}
