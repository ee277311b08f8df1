/*
 * bench/import.c: files of 200,000 and 1,000,000 deals (COX_BENCH_ROWS: of so many) as the Salesforce Data Loader writes them,
 * imported with validation, history, references, search and indexes, against the sqlite3 shell's
 * .import of the very same rows into the same tables, all their indexes included. What only the import
 * does (reading dates, money and stages, finding owners, the log's digests, search words) counts
 * against us; the search index is left out for the shell. The shell is stopped when it has taken four
 * times as long as we: then the baseline is at most what is printed. Seed 7.
 */
#include "connect/import.h"

#include <inttypes.h>
#include <sys/wait.h>

#include "bench.h"
#include "command/feature_list.h"

static const char *const tables[] = {"opportunity", "opportunity_past", "external_id", "log_row"};

static uint64_t next(uint64_t *seed)
{
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void write_deals(const char *path, int64_t rows)
{
    static const char *const stages[] = {"Prospecting", "Qualification", "Needs Analysis",
        "Value Proposition", "Proposal/Price Quote", "Negotiation/Review", "Closed Won",
        "Closed Lost"};
    FILE *file = fopen(path, "w");
    uint64_t seed = 7;

    if (file == NULL) {
        perror(path);
        exit(1);
    }
    fputs("Id,Name,StageName,Amount,CloseDate,CreatedDate,OwnerId,Type,LeadSource,NextStep\n",
        file);
    for (int64_t i = 1; i <= rows; i++) {
        unsigned year = 2020 + (unsigned)(next(&seed) % 4),
                 month = 1 + (unsigned)(next(&seed) % 12);
        unsigned day = 1 + (unsigned)(next(&seed) % 28);

        fprintf(file,
            "006%012" PRId64 "AAA,Deal number %" PRId64 " for customer %u,%s,%u.00,%u-%02u-%02u,"
            "%u-%02u-%02uT09:%02u:00.000Z,005%012uAAA,New Business,Web,call back\n",
            i, i, (unsigned)(next(&seed) % 5000), stages[next(&seed) % 8],
            (unsigned)(next(&seed) % 100000), year + 1, month, day, year, month, day,
            (unsigned)(i % 60), (unsigned)(next(&seed) % 100));
    }
    if (fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static struct cox_store *open_store(struct cox_arena *arena, const char *url)
{
    struct cox_store_opt opt = {.url = url,
        .entities = cox_features_entities(arena),
        .create = true,
        .migrate = true};
    struct cox_store *store = NULL;
    struct cox_err err;

    if (cox_store_open(&opt, &store, &err) != COX_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return store;
}

static double import(struct cox_arena *arena, const char *url, const char *path, int64_t rows)
{
    struct cox_store *store = open_store(arena, url);
    struct cox_import_opt opt = {.store = store,
        .actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
        .paths = &path,
        .path_count = 1,
        .from = -1};
    struct cox_import_report report;
    struct cox_err err;
    double start = bench_now(), took;

    if (cox_import_run(arena, &opt, &report, &err) != COX_OK || report.files[0].created != rows) {
        fprintf(stderr, "the import failed: %s\n", err.text);
        exit(1);
    }
    took = bench_now() - start;
    cox_store_close(store);
    return took;
}

/* Returns the exit code. */
static int run(const char *command)
{
    enum { STOPPED = 124 };       /* by timeout(1) */
    int status = system(command); /* fixed words and our own folder */

    if (status == -1 || !WIFEXITED(status) ||
        (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != STOPPED)) {
        fprintf(stderr, "failed: %s\n", command);
        exit(1);
    }
    return WEXITSTATUS(status);
}

/* The finished rows as CSV, then the shell's own reading of them. */
static double shell(struct cox_arena *arena, const char *folder, double limit)
{
    char *command = cox_arena_format(arena,
        "sqlite3 %s/shell.db 'delete from log_row; delete from "
        "external_id'",
        folder);
    double start;

    cox_store_close(open_store(arena, cox_arena_format(arena, "%s/shell.db", folder)));
    (void)run(command);
    command =
        cox_arena_format(arena, "timeout %.0f sqlite3 %s/shell.db -cmd '.mode csv'", limit, folder);
    for (size_t i = 0; i < COX_COUNT(tables); i++) {
        (void)run(
            cox_arena_format(arena, "sqlite3 -csv %s/ours.db 'select * from \"%s\"' > %s/%s.csv",
                folder, tables[i], folder, tables[i]));
        command = cox_arena_format(arena, "%s '.import %s/%s.csv %s'", command, folder, tables[i],
            tables[i]);
    }
    start = bench_now();
    if (run(cox_arena_format(arena, "%s 2>/dev/null", command)) != 0) {
        fprintf(stderr, "# .import had not ended after %.0f s: its speed is less than printed\n",
            limit);
    }
    return bench_now() - start;
}

static void remove_stores(struct cox_arena *arena, const char *folder)
{
    (void)run(cox_arena_format(arena, "rm -f %s/ours.db* %s/shell.db*", folder, folder));
}

static void measure(struct cox_arena *arena, const char *folder, int64_t rows)
{
    struct bench_line line = {.bench = "import",
        .metric = cox_arena_format(arena, "%" PRId64 "_rows", rows),
        .unit = "1/s",
        .bar = "at least half of the sqlite3 shell's .import"};
    char *path = cox_arena_format(arena, "%s/deals.csv", folder);
    double ours;

    remove_stores(arena, folder);
    write_deals(path, rows);
    ours = import(arena, cox_arena_format(arena, "%s/ours.db", folder), path, rows);
    line.value = (double)rows / ours;
    line.baseline = (double)rows / shell(arena, folder, 4 * ours + 1);
    line.is_met = line.value >= 0.5 * line.baseline;
    bench_print(&line);
    remove_stores(arena, folder);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : ".";
    const char *wanted = getenv("COX_BENCH_ROWS");
    struct cox_arena *arena = cox_arena_open((size_t)2 << 30);

    if (arena == NULL) {
        return 1;
    }
    if (wanted != NULL) {
        measure(arena, folder, strtoll(wanted, NULL, 10));
    } else {
        measure(arena, folder, 200000);
        measure(arena, folder, 1000000);
    }
    cox_arena_close(arena);
    return 0;
}
