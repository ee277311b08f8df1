/*
 * bench/csv.c: reading CSV and writing JSON, 200,000 rows of 8 columns from a fixed seed. Baselines in
 * the same run: a plain parser that looks at one byte after the other, and a tree of jansson.
 */
#include "base/csv.h"

#include <jansson.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/random.h"
#include "bench.h"

enum { ROWS = 200000, REPEATS = 5 };

static void make_csv(struct cox_buf *buf, const char *quote)
{
    struct cox_random random;

    cox_random_init(&random, 1);
    cox_buf_clear(buf);
    cox_buf_add_string(buf, "id,name,owner,stage,amount,close,city,note\n");
    for (int i = 0; i < ROWS; i++) {
        int number = (int)cox_random_below(&random, 100000);
        cox_buf_format(buf,
            "%s%d%s,%sAcme Corp %d%s,%sowner%d@example.com%s,%sProposal%s,%s%d.50%s,%s2024-03-%02d%s,"
            "%sK\xc3\xb6ln%s,%snote about %d%s\n",
            quote, i, quote, quote, number, quote, quote, number % 50, quote, quote, quote, quote,
            number, quote, quote, i % 28 + 1, quote, quote, quote, quote, i, quote);
    }
}

/* Fields, bytes of fields, sum of their first bytes: so that the work cannot be left out. */
struct seen {
    size_t fields, bytes, firsts;
};

static struct seen read_ours(struct cox_text text)
{
    COX_AUTO_FILE file = NULL;
    COX_AUTO_CSV csv = NULL;
    struct cox_csv_row row = {.field_count = 1};
    struct cox_err err;
    struct seen seen = {0};

    if (cox_file_open_bytes(text, 0, &file, &err) != COX_OK ||
        cox_csv_open(cox_file_source(file), NULL, &csv, &err) != COX_OK) {
        exit(1);
    }
    while (row.field_count > 0) {
        if (cox_csv_read(csv, &row, &err) != COX_OK) {
            exit(1);
        }
        seen.fields += row.field_count;
        for (size_t i = 0; i < row.field_count; i++) {
            seen.bytes += row.fields[i].size;
            seen.firsts += row.fields[i].size > 0 ? (unsigned char)row.fields[i].ptr[0] : 0;
        }
    }
    return seen;
}

/* One byte after the other into a field of its own. */
static struct seen read_plain(struct cox_text text)
{
    static char field[1 << 16];
    struct seen seen = {0};
    size_t size = 0;
    bool quoted = false;

    for (size_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        if (quoted && c == '"' && i + 1 < text.size && text.ptr[i + 1] == '"') {
            field[size++] = text.ptr[++i];
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == ',' || c == '\n')) {
            seen.fields++;
            seen.bytes += size;
            seen.firsts += size > 0 ? (unsigned char)field[0] : 0;
            size = 0;
        } else {
            field[size++] = c;
        }
    }
    return seen;
}

static double speed(struct seen (*read)(struct cox_text), struct cox_text text,
    struct seen *ret_seen)
{
    double times[REPEATS];

    for (int i = 0; i < REPEATS; i++) {
        double start = bench_cpu();
        *ret_seen = read(text);
        times[i] = bench_cpu() - start;
    }
    return (double)text.size / bench_quantile(times, REPEATS, 0.5) / 1e6;
}

static void bench_read(struct cox_buf *buf, const char *quote, const char *metric)
{
    struct seen ours, plain;
    struct bench_line line = {.bench = "csv", .metric = metric, .unit = "MB/s", .bar = "300 MB/s"};

    make_csv(buf, quote);
    line.value = speed(read_ours, cox_buf_text(buf), &ours);
    line.baseline = speed(read_plain, cox_buf_text(buf), &plain);
    line.is_met = line.value >= 300 && ours.fields == plain.fields && ours.bytes == plain.bytes &&
                  ours.firsts == plain.firsts;
    bench_print(&line);
}

static size_t write_ours(struct cox_buf *buf)
{
    COX_AUTO_ARENA arena = cox_arena_open(1U << 20);
    struct cox_json json;
    struct cox_err err;

    if (arena == NULL) {
        exit(1);
    }
    cox_buf_clear(buf);
    cox_json_init(&json, arena, cox_buf_sink(buf));
    cox_json_begin_array(&json);
    for (int i = 0; i < ROWS; i++) {
        cox_json_begin_object(&json);
        cox_json_put_int(&json, "id", i);
        cox_json_put_string(&json, "name", "Acme \"Corp\" K\xc3\xb6ln");
        cox_json_put_real(&json, "win_prob", (i % 100) / 100.0);
        cox_json_put_string(&json, "stage", "Proposal");
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    return cox_json_done(&json, &err) == COX_OK ? buf->size : 0;
}

static size_t write_tree(struct cox_buf *buf)
{
    json_t *list = json_array();
    char *text;
    size_t size;

    (void)buf;
    for (int i = 0; i < ROWS; i++) {
        (void)json_array_append_new(list,
            json_pack("{s:i,s:s,s:f,s:s}", "id", i, "name", "Acme \"Corp\" K\xc3\xb6ln", "win_prob",
                (i % 100) / 100.0, "stage", "Proposal"));
    }
    text = json_dumps(list, JSON_COMPACT);
    size = text == NULL ? 0 : strlen(text);
    free(text);
    json_decref(list);
    return size;
}

static double write_speed(size_t (*write)(struct cox_buf *), struct cox_buf *buf)
{
    double times[REPEATS];
    size_t size = 0;

    for (int i = 0; i < REPEATS; i++) {
        double start = bench_cpu();
        size = write(buf);
        times[i] = bench_cpu() - start;
    }
    return (double)size / bench_quantile(times, REPEATS, 0.5) / 1e6;
}

int main(void)
{
    struct cox_buf buf;
    struct bench_line line = {.bench = "csv",
        .metric = "json written",
        .unit = "MB/s",
        .bar = "3 x a jansson tree"};

    cox_buf_init(&buf, 256U << 20);
    bench_read(&buf, "", "csv read, plain");
    bench_read(&buf, "\"", "csv read, all fields quoted");
    line.value = write_speed(write_ours, &buf);
    line.baseline = write_speed(write_tree, &buf);
    line.is_met = line.value >= 3 * line.baseline;
    bench_print(&line);
    cox_buf_done(&buf);
    return 0;
}
