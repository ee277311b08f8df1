/*
 * bench/record.c: saves of one record each through the record engine, against a bare UPDATE in
 * SQLite in transactions of the same size, in the same folder and run; then a filled store: from
 * opening it to the first answer, and the memory a process holds at rest.
 * usage: bench_record FOLDER [DEALS [THREADS [SAVES]]] - a store is made in FOLDER and removed.
 */
#include <pthread.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/day.h"
#include "base/random.h"
#include "bench.h"
#include "command/feature_list.h"
#include "org/people.h"
#include "record/query.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/seed.h"

enum { CHUNK = 1000, THREAD_MAX = 256, ROUNDS = 5 };

struct world {
    struct cox_store *store;
    const struct cox_entity *const *entities;
    char url[512];
    int64_t user, pipeline, stage, first_deal, deal_count, made;
    bool is_counting; /* of groups: not while time is taken */
    int64_t group, group_count;
    struct cox_random random;
};

static void must(enum cox_rc rc, const struct cox_err *err, const char *what)
{
    if (rc != COX_OK) {
        fprintf(stderr, "%s: %s: %s %s\n", what, cox_rc_name(rc), err->field, err->text);
        exit(1);
    }
}

static void remove_file(const char *folder, const char *name)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char path[700];

    for (size_t i = 0; i < COX_COUNT(ends); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s%s", folder, name, ends[i]);
        (void)unlink(path); /* not all of them exist */
    }
}

static void open_store(struct world *world, bool create)
{
    const struct cox_store_opt opt = {.url = world->url,
        .entities = world->entities,
        .create = create,
        .migrate = create};
    struct cox_err err = {0};

    must(cox_store_open(&opt, &world->store, &err), &err, "open");
}

/* ---- filling ---- */

static enum cox_rc first_stage(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct world *world = ctx;

    (void)reterr;
    if (world->stage == 0 && cox_row_int(row, COX_STAGE_PIPELINE) == world->pipeline) {
        world->stage = row->id;
    }
    return COX_OK;
}

static enum cox_rc seed(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_seed_opt opt = {.currency = "EUR", .zone = "UTC"};
    struct world *world = ctx;
    struct cox_row *user = cox_row_new(call, &cox_user);

    COX_TRY(cox_seed(call, &opt, reterr));
    COX_TRY(cox_default_pipeline(call, &world->pipeline, reterr));
    COX_TRY(cox_each(call, &cox_stage, NULL, first_stage, world, reterr));
    cox_row_set(user, COX_USER_NAME, cox_text_value(COX_LIT("Ada Berg")));
    return cox_create(call, user, &world->user, reterr);
}

static enum cox_rc make_chunk(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct world *world = ctx;

    for (int i = 0; i < CHUNK && world->made < world->deal_count; i++, world->made++) {
        struct cox_row *row = cox_row_new(call, &cox_opportunity);
        char *name =
            cox_arena_format(cox_call_arena(call), "Deal %lld seats", (long long)world->made);
        int64_t id;
        cox_row_set(row, COX_OPPORTUNITY_NAME, cox_text_value(cox_text_of(name)));
        cox_row_set(row, COX_OPPORTUNITY_OWNER, cox_int(world->user));
        cox_row_set(row, COX_OPPORTUNITY_PIPELINE, cox_int(world->pipeline));
        cox_row_set(row, COX_OPPORTUNITY_STAGE, cox_int(world->stage));
        cox_row_set(row, COX_OPPORTUNITY_CLOSE_DAY, cox_int(cox_call_today(call) + 90));
        cox_row_set(row, COX_OPPORTUNITY_AMOUNT,
            cox_int((int64_t)cox_random_below(&world->random, 10000000)));
        COX_TRY(cox_create(call, row, &id, reterr));
        world->first_deal = world->first_deal == 0 ? id : world->first_deal;
    }
    return COX_OK;
}

static const struct cox_write_opt import_opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
    .cause = COX_CAUSE_IMPORT};

static void fill(struct world *world)
{
    struct cox_err err = {0};
    double start = bench_now();

    must(cox_store_write(world->store, &import_opt, seed, world, NULL, &err), &err, "seed");
    while (world->made < world->deal_count) {
        must(cox_store_write(world->store, &import_opt, make_chunk, world, NULL, &err), &err,
            "fill");
    }
    double seconds = bench_now() - start;
    bench_print(&(struct bench_line){"record", "create_rows_indexed", "1/s",
        (double)world->deal_count / seconds, (double)NAN, NULL, false});
}

/* ---- saves ---- */

struct saver {
    struct world *world;
    int64_t count, at, amount;
    struct cox_random random;
    pthread_t thread;
};

/* The group at hand, told apart by its number. Only the one writer comes here. */
static enum cox_rc note_group(struct cox_call *call, struct world *world, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(call), COX_LIT("SELECT \"group_id\" FROM \"log_head\""),
        &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    world->group_count += cox_stmt_int(stmt, 0) != world->group;
    world->group = cox_stmt_int(stmt, 0);
    return COX_OK;
}

static enum cox_rc save_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct saver *saver = ctx;
    const struct cox_change change = {COX_OPPORTUNITY_AMOUNT, cox_int(saver->amount)};

    if (saver->world->is_counting) {
        COX_TRY(note_group(call, saver->world, reterr));
    }
    return cox_change_fields(call, &cox_opportunity, saver->world->first_deal + saver->at, 0,
        &change, 1, NULL, reterr);
}

static void *save_many(void *ctx)
{
    struct saver *saver = ctx;
    const struct cox_write_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
        .cause = COX_CAUSE_API};
    struct cox_err err = {0};

    for (int64_t i = 0; i < saver->count; i++) {
        saver->at = (int64_t)cox_random_below(&saver->random, (uint64_t)saver->world->deal_count);
        saver->amount = (int64_t)cox_random_below(&saver->random, 1000000000);
        must(cox_store_write(saver->world->store, &opt, save_one, saver, NULL, &err), &err, "save");
    }
    return NULL;
}

/* Returns saves a second. */
static double saves(struct world *world, int thread_count, int64_t count, uint64_t seed)
{
    static struct saver savers[THREAD_MAX];
    double start = bench_now();

    for (int t = 0; t < thread_count; t++) {
        savers[t] = (struct saver){.world = world,
            .count = count / thread_count,
            .random = cox_random_part(seed, (uint64_t)t)};
        if (pthread_create(&savers[t].thread, NULL, save_many, &savers[t]) != 0) {
            exit(1);
        }
    }
    for (int t = 0; t < thread_count; t++) {
        (void)pthread_join(savers[t].thread, NULL);
    }
    double seconds = bench_now() - start;
    return (double)(count / thread_count * thread_count) / seconds;
}

/* ---- the same number of rows in the same groups, with nothing but SQLite ---- */

static void sql(sqlite3 *db, const char *text)
{
    if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", text, sqlite3_errmsg(db));
        exit(1);
    }
}

static sqlite3 *open_bare(const char *folder, int64_t rows)
{
    char path[600];
    sqlite3 *db;

    (void)snprintf(path, sizeof(path), "%s/bare.db", folder);
    if (sqlite3_open(path, &db) != SQLITE_OK) {
        exit(1);
    }
    sql(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
            "CREATE TABLE deal (id INTEGER PRIMARY KEY, name TEXT, owner INTEGER, stage INTEGER,"
            " amount INTEGER, currency TEXT, close_day INTEGER, created_day INTEGER);"
            "CREATE INDEX deal_amount ON deal (amount, id);"
            "CREATE INDEX deal_owner_amount ON deal (owner, amount, id); BEGIN");
    char insert[256];
    (void)snprintf(insert, sizeof(insert),
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %lld) INSERT INTO "
        "deal SELECT i, 'Deal ' || i || ' seats', 1, 2, i * 7919 %% 10000000, 'EUR', 20600, 20500 "
        "FROM n",
        (long long)rows);
    sql(db, insert);
    sql(db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    return db;
}

static double bare_updates(sqlite3 *db, int64_t rows, int64_t count, int64_t group, uint64_t seed)
{
    struct cox_random random = cox_random_part(42, seed);
    sqlite3_stmt *stmt;

    if (sqlite3_prepare_v2(db, "UPDATE deal SET amount = ?1 WHERE id = ?2", -1, &stmt, NULL) !=
        SQLITE_OK) {
        exit(1);
    }
    double start = bench_now();
    for (int64_t i = 0; i < count; i++) {
        if (i % group == 0) {
            sql(db, "BEGIN IMMEDIATE");
        }
        sqlite3_bind_int64(stmt, 1, (int64_t)cox_random_below(&random, 1000000000));
        sqlite3_bind_int64(stmt, 2, 1 + (int64_t)cox_random_below(&random, (uint64_t)rows));
        if (sqlite3_step(stmt) != SQLITE_DONE || sqlite3_reset(stmt) != SQLITE_OK) {
            exit(1);
        }
        if (i % group == group - 1 || i == count - 1) {
            sql(db, "COMMIT");
        }
    }
    double seconds = bench_now() - start;
    (void)sqlite3_finalize(stmt);
    return (double)count / seconds;
}

/* Rounds take turns, so that a slow minute of the machine hits both alike; medians are compared. */
static void compare_saves(struct world *world, const char *folder, int threads, int64_t count)
{
    double own[ROUNDS], bare[ROUNDS], own_cpu = 0, bare_cpu = 0;
    sqlite3 *db = open_bare(folder, world->deal_count);
    char metric[64];

    world->is_counting = true;
    world->group_count = 0;
    (void)saves(world, threads, count, 1); /* also warms up */
    world->is_counting = false;
    double group = (double)(count / threads * threads) / (double)world->group_count;
    for (int i = 0; i < ROUNDS; i++) {
        double start = bench_cpu();
        own[i] = saves(world, threads, count, (uint64_t)i + 2);
        double middle = bench_cpu();
        bare[i] = bare_updates(db, world->deal_count, count, (int64_t)(group + 0.5), (uint64_t)i);
        own_cpu += middle - start;
        bare_cpu += bench_cpu() - middle;
    }
    (void)sqlite3_close(db);
    (void)snprintf(metric, sizeof(metric), "durable_saves_%d_threads", threads);
    double mid = bench_quantile(own, ROUNDS, 0.5), base = bench_quantile(bare, ROUNDS, 0.5);
    bench_print(&(struct bench_line){"record", metric, "1/s", mid, base,
        "at least half of a bare UPDATE in the same groups", mid >= base / 2});
    (void)snprintf(metric, sizeof(metric), "durable_saves_%d_threads_cpu", threads);
    double us = 1e6 / (double)(count / threads * threads * ROUNDS);
    bench_print(
        &(struct bench_line){"record", metric, "us", own_cpu * us, bare_cpu * us, NULL, false});
    (void)snprintf(metric, sizeof(metric), "group_size_%d_threads", threads);
    bench_print(&(struct bench_line){"record", metric, "saves", group, (double)NAN, NULL, false});
    remove_file(folder, "bare.db");
}

/* ---- a process of its own: open, first answer, memory ---- */

static enum cox_rc first_page(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_query query = {.entity = &cox_opportunity,
        .limit = 50,
        .order = {{COX_OPPORTUNITY_CLOSE_DAY, true}},
        .order_count = 1};
    struct cox_page page;

    COX_TRY(cox_list(call, &query, &page, reterr));
    *(size_t *)ctx = page.count;
    return COX_OK;
}

static double resident_mib(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long kib = 0;

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (sscanf(line, "VmRSS: %ld kB", &kib) == 1) {
            break;
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return (double)kib / 1024;
}

static int answer(struct world *world)
{
    const struct cox_read_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)}};
    struct cox_err err = {0};
    size_t rows = 0;
    double start = bench_now();

    open_store(world, false);
    must(cox_store_read(world->store, &opt, first_page, &rows, &err), &err, "list");
    double seconds = bench_now() - start;
    bench_print(&(struct bench_line){"record", "open_to_first_answer", "s", seconds, (double)NAN,
        "< 0.2 s with 100,000 deals", seconds < 0.2 && rows == 50});
    double mib = resident_mib();
    bench_print(&(struct bench_line){"record", "memory_at_rest", "MiB", mib, (double)NAN,
        "< 64 MiB", mib < 64});
    cox_store_close(world->store);
    return 0;
}

static void answer_apart(const char *program, const char *url)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        (void)execl(program, program, "--answer", url, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
        fprintf(stderr, "the process that opens the store failed\n");
        exit(1);
    }
}

static int64_t number(char **argv, int argc, int at, int64_t otherwise)
{
    return at < argc ? strtoll(argv[at], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    struct cox_arena *arena = cox_arena_open(1 << 20);
    struct world world = {.entities = arena == NULL ? NULL : cox_features_entities(arena)};

    if (argc < 2 || world.entities == NULL) {
        fprintf(stderr, "usage: bench_record FOLDER [DEALS [THREADS [SAVES]]]\n");
        return 2;
    }
    if (strcmp(argv[1], "--answer") == 0 && argc == 3) {
        (void)snprintf(world.url, sizeof(world.url), "%s", argv[2]);
        return answer(&world);
    }
    (void)snprintf(world.url, sizeof(world.url), "%s/record.db", argv[1]);
    world.deal_count = number(argv, argc, 2, 100000);
    int64_t threads = number(argv, argc, 3, 64), count = number(argv, argc, 4, 6400);
    if (threads < 1 || threads > THREAD_MAX || count < threads || world.deal_count < 50) {
        fprintf(stderr, "1 to %d threads, at least one save each, 50 deals or more\n", THREAD_MAX);
        return 2;
    }
    cox_random_init(&world.random, 42);
    remove_file(argv[1], "record.db");
    remove_file(argv[1], "bare.db");
    open_store(&world, true);
    fill(&world);
    compare_saves(&world, argv[1], (int)threads, count);
    compare_saves(&world, argv[1], 1, count / 16);
    cox_store_close(world.store);
    answer_apart(argv[0], world.url);
    remove_file(argv[1], "record.db");
    cox_arena_close(arena);
    return 0;
}
