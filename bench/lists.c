/*
 * bench/lists.c: lists and reads on a large store against a small one of the same make, now and as of
 * random instants. usage: bench_lists FOLDER [DEALS [SMALL]] - stores are made in FOLDER and kept.
 */
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

enum { USERS = 200, VERSIONS = 6, CHUNK = 2000, ASKS = 200 };
static const int64_t start_us = INT64_C(1672531200000000); /* 2023-01-01 */
static const int64_t span_days = 1000;

struct world {
    struct cox_store *store;
    struct cox_random random;
    int64_t users[USERS], pipeline, stages[16];
    size_t stage_count;
    int64_t first, made, wanted; /* deal ids and counts */
    double *seconds;
    int kind;
};

static void must(enum cox_rc rc, const struct cox_err *err, const char *what)
{
    if (rc != COX_OK) {
        fprintf(stderr, "%s: %s: %s %s\n", what, cox_rc_name(rc), err->field, err->text);
        exit(1);
    }
}

static enum cox_rc read_stage(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct world *world = ctx;

    (void)reterr;
    if (cox_row_int(row, COX_STAGE_PIPELINE) == world->pipeline && world->stage_count < 16) {
        world->stages[world->stage_count++] = row->id;
    }
    return COX_OK;
}

static enum cox_rc seed(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_seed_opt opt = {.currency = "EUR", .zone = "UTC"};
    struct world *world = ctx;
    struct cox_line_row lines[USERS * 2];

    COX_TRY(cox_seed(call, &opt, reterr));
    COX_TRY(cox_default_pipeline(call, &world->pipeline, reterr));
    COX_TRY(cox_each(call, &cox_stage, NULL, read_stage, world, reterr));
    for (int i = 0; i < USERS; i++) {
        struct cox_row *row = cox_row_new(call, &cox_user);
        char *name = cox_arena_format(cox_call_arena(call), "Person %d", i);
        cox_row_set(row, COX_USER_NAME, cox_text_value(cox_text_of(name)));
        COX_TRY(cox_create(call, row, &world->users[i], reterr));
    }
    for (int i = 0; i < USERS; i++) { /* every tenth leads the ten from there on */
        lines[2 * i] = (struct cox_line_row){world->users[i], world->users[i], 0, COX_FOREVER};
        lines[2 * i + 1] =
            (struct cox_line_row){world->users[i / 10 * 10], world->users[i], 1, COX_FOREVER};
    }
    return cox_line_replace(call, lines, COX_COUNT(lines), reterr);
}

static struct cox_row *make_version(struct cox_call *call, struct world *world,
    const struct cox_row *before, int at)
{
    struct cox_row *row = cox_row_new(call, &cox_opportunity);
    int64_t created = cox_us_day(start_us) + (int64_t)(world->made * span_days / world->wanted);

    if (before != NULL) {
        memcpy(row->values, before->values, row->table->field_count * sizeof(*row->values));
    } else {
        char *name =
            cox_arena_format(cox_call_arena(call), "Deal %lld seats", (long long)world->made);
        cox_row_set(row, COX_OPPORTUNITY_NAME, cox_text_value(cox_text_of(name)));
        cox_row_set(row, COX_OPPORTUNITY_OWNER,
            cox_int(world->users[cox_random_below(&world->random, USERS)]));
        cox_row_set(row, COX_OPPORTUNITY_PIPELINE, cox_int(world->pipeline));
        cox_row_set(row, COX_OPPORTUNITY_CREATED_DAY, cox_int(created));
        cox_row_set(row, COX_OPPORTUNITY_CLOSE_DAY, cox_int(created + 90));
    }
    cox_row_set(row, COX_OPPORTUNITY_STAGE, cox_int(world->stages[at < 4 ? at : 3]));
    cox_row_set(row, COX_OPPORTUNITY_AMOUNT,
        cox_int((int64_t)cox_random_below(&world->random, 10000000)));
    return row;
}

static enum cox_rc make_chunk(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct world *world = ctx;

    for (int i = 0; i < CHUNK && world->made < world->wanted; i++, world->made++) {
        struct cox_version versions[VERSIONS];
        int64_t day = (int64_t)(world->made * span_days / world->wanted), id;
        bool is_changed;
        for (int at = 0; at < VERSIONS; at++) {
            versions[at].from_us = start_us + (day + at * 12) * COX_DAY_US + world->made % 1000;
            versions[at].row = make_version(call, world, at == 0 ? NULL : versions[at - 1].row, at);
        }
        COX_TRY(cox_put_history(call, &cox_opportunity, 0, versions, VERSIONS, COX_FOREVER, &id,
            &is_changed, reterr));
        world->first = world->first == 0 ? id : world->first;
    }
    return COX_OK;
}

static void fill(struct world *world)
{
    static const struct cox_entity *const bulk[] = {&cox_opportunity};
    const struct cox_write_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
        .cause = COX_CAUSE_IMPORT};
    struct cox_err err = {0};

    must(cox_store_write(world->store, &opt, seed, world, NULL, &err), &err, "seed");
    must(cox_bulk_begin(world->store, bulk, 1, &err), &err, "bulk");
    while (world->made < world->wanted) {
        must(cox_store_write(world->store, &opt, make_chunk, world, NULL, &err), &err, "fill");
    }
    must(cox_bulk_end(world->store, &err), &err, "indexes");
}

/* ---- what is asked ---- */

enum ask { READ_ONE, LIST_AMOUNT, LIST_STAGE, LIST_AS_OF, ASK_COUNT };
static const char *const ask_names[] = {"read", "list_by_amount", "list_stage_by_close_day",
    "list_as_of"};

static enum cox_rc ask_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct world *world = ctx;
    struct cox_query query = {.entity = &cox_opportunity,
        .limit = 50,
        .order_count = 1,
        .order = {{COX_OPPORTUNITY_AMOUNT, true}}};
    const struct cox_row *row;
    struct cox_page page;

    if (world->kind == READ_ONE) {
        return cox_get(call, &cox_opportunity,
            world->first + (int64_t)cox_random_below(&world->random, (uint64_t)world->wanted), &row,
            reterr);
    }
    if (world->kind == LIST_STAGE) {
        const struct cox_filter_term term = {COX_OPPORTUNITY_STAGE, "eq",
            cox_int(world->stages[3])};
        COX_TRY(cox_filter_build(call, &cox_opportunity, &term, 1, &query.filter, reterr));
        query.order[0] = (struct cox_order){COX_OPPORTUNITY_CLOSE_DAY, false};
    }
    return cox_list(call, &query, &page, reterr);
}

static double p95_of(struct world *world, int kind, unsigned roles, int64_t user_id)
{
    double seconds[ASKS];
    struct cox_err err = {0};

    world->kind = kind;
    for (int i = 0; i < ASKS; i++) {
        struct cox_read_opt opt = {.actor = {user_id, roles}};
        if (kind == LIST_AS_OF) {
            opt.as_of.at_us = start_us + (int64_t)cox_random_below(&world->random,
                                             (uint64_t)span_days * (uint64_t)COX_DAY_US);
        }
        double begun = bench_now();
        enum cox_rc rc = cox_store_read(world->store, &opt, ask_one, world, &err);
        seconds[i] = bench_now() - begun;
        if (rc != COX_OK && rc != COX_MISSING) {
            must(rc, &err, ask_names[kind]);
        }
    }
    return bench_quantile(seconds, ASKS, 0.95) * 1000;
}

static void open_world(struct world *world, const char *folder, int64_t wanted)
{
    struct cox_arena *arena = cox_arena_open(1 << 20);
    char path[600];
    struct cox_err err = {0};

    memset(world, 0, sizeof(*world));
    world->wanted = wanted;
    cox_random_init(&world->random, 42);
    (void)snprintf(path, sizeof(path), "%s/lists-%lld.db", folder, (long long)wanted);
    const struct cox_store_opt opt = {.url = path,
        .entities = cox_features_entities(arena),
        .create = true,
        .migrate = true};
    (void)unlink(path); /* a store of an earlier run is of no use: its ids are not known */
    must(cox_store_open(&opt, &world->store, &err), &err, path);
    double begun = bench_now();
    fill(world);
    fprintf(stderr, "# %s: %lld deals, %lld versions, made in %.1f s\n", path, (long long)wanted,
        (long long)wanted * VERSIONS, bench_now() - begun);
}

int main(int count, char **args)
{
    const char *folder = count > 1 ? args[1] : "/tmp";
    int64_t large = count > 2 ? atoll(args[2]) : 2000000,
            small = count > 3 ? atoll(args[3]) : 10000;
    static const struct {
        const char *name;
        unsigned roles;
    } eyes[] = {{"operator", COX_ROLE_BIT(COX_OPERATOR)}, {"manager", COX_ROLE_BIT(COX_MANAGER)}};
    struct world worlds[2];

    open_world(&worlds[0], folder, small);
    open_world(&worlds[1], folder, large);
    for (size_t eye = 0; eye < COX_COUNT(eyes); eye++) {
        for (int kind = 0; kind < ASK_COUNT; kind++) {
            double p95[2];
            char metric[80];
            for (int i = 0; i < 2; i++) {
                int64_t user = eye == 0 ? 0 : worlds[i].users[0];
                (void)p95_of(&worlds[i], kind, eyes[eye].roles, user); /* warm */
                p95[i] = p95_of(&worlds[i], kind, eyes[eye].roles, user);
            }
            (void)snprintf(metric, sizeof(metric), "%s_p95_%s", ask_names[kind], eyes[eye].name);
            bool is_as_of = kind == LIST_AS_OF;
            bench_print(&(struct bench_line){"lists", metric, "ms", p95[1], p95[0],
                is_as_of ? "<= 50 ms" : "<= 2 x small or <= 30 ms",
                is_as_of ? p95[1] <= 50 : p95[1] <= 30 || p95[1] <= 2 * p95[0]});
        }
    }
    for (int i = 0; i < 2; i++) {
        cox_store_close(worlds[i].store);
    }
    return 0;
}
