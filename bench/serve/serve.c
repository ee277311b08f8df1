/*
 * bench/serve/serve.c: the server under load, against the same HTTP library answering a constant of the same size.
 * The client is one thread on the same machine and takes its share of it; the server's CPU time a request is
 * printed beside. usage: bench_serve FOLDER [DEALS [STORE]]: STORE is a demo made earlier; it is
 * written to.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../bench.h"
#include "command/feature_list.h"
#include "command/serve_host.h"
#include "constant.h"
#include "demo/demo.h"
#include "load.h"
#include "org/people.h"
#include "record/query.h"
#include "record/token.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "sales/seed.h"

enum { DEALS = 100000, IDS = 2000, LOOPS = 2, STAGES = 16, LISTS = 20000 };

struct world {
    const char *url;
    struct cox_arena *arena;
    const struct cox_entity *const *entities;
    int64_t user, ids[IDS], stages[STAGES], pipeline;
    size_t id_count, stage_count;
    char token[COX_TOKEN_SIZE];
};

static void must(enum cox_rc rc, const struct cox_err *err)
{
    if (rc != COX_OK) {
        fprintf(stderr, "%s: %s %s\n", cox_rc_name(rc), err->field, err->text);
        exit(1);
    }
}

/* ---- what is asked for ---- */

static enum cox_rc note_leader(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct world *world = ctx;

    (void)reterr;
    if (world->user == 0 && cox_row_int(row, COX_HAT_ROLE) == COX_MANAGER) {
        world->user = cox_row_int(row, COX_HAT_USER);
    }
    return COX_OK;
}

static enum cox_rc note_stage(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct world *world = ctx;

    (void)reterr;
    if (cox_row_int(row, COX_STAGE_PIPELINE) == world->pipeline &&
        cox_row_int(row, COX_STAGE_KIND) == COX_STAGE_OPEN && world->stage_count < STAGES) {
        world->stages[world->stage_count++] = row->id;
    }
    return COX_OK;
}

/* A manager, open deals of his line, a token: as an integrator would have them. */
static enum cox_rc prepare(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct world *world = ctx;

    COX_TRY(cox_each(call, &cox_hat, NULL, note_leader, world, reterr));
    COX_TRY(cox_default_pipeline(call, &world->pipeline, reterr));
    COX_TRY(cox_each(call, &cox_stage, NULL, note_stage, world, reterr));
    return cox_token_add(call, world->user, COX_LIT("bench"), COX_TOKEN_WRITE, COX_NULL,
        world->token, reterr);
}

static enum cox_rc note_ids(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct world *world = ctx;
    const struct cox_filter_term term = {COX_OPPORTUNITY_STAGE, "eq", cox_int(world->stages[0])};
    struct cox_query query = {.entity = &cox_opportunity, .limit = 1000};
    struct cox_page page;

    COX_TRY(cox_filter_build(call, &cox_opportunity, &term, 1, &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    for (size_t i = 0; i < page.count && world->id_count < IDS; i++) {
        world->ids[world->id_count++] = page.rows[i].id;
    }
    return COX_OK;
}

static void open_world(struct world *world, int64_t deals, bool is_made)
{
    struct cox_demo_opt demo = {.url = world->url,
        .entities = world->entities,
        .size = COX_DEMO_COMPANY,
        .seed = 7,
        .today = 20780,
        .deal_count = deals};
    struct cox_store_opt opt = {.url = world->url, .entities = world->entities, .migrate = true};
    const struct cox_write_opt write = {.actor.roles = COX_ROLE_BIT(COX_OPERATOR),
        .cause = COX_CAUSE_CLI};
    struct cox_read_opt read = {.actor.roles = COX_ROLE_BIT(COX_MANAGER)};
    struct cox_demo_report report;
    struct cox_store *store;
    struct cox_err err;

    if (!is_made) {
        must(cox_demo_make(&demo, &report, &err), &err);
    }
    must(cox_store_open(&opt, &store, &err), &err);
    must(cox_store_write(store, &write, prepare, world, NULL, &err), &err);
    read.actor.user_id = world->user;
    must(cox_store_read(store, &read, note_ids, world, &err), &err);
    cox_store_close(store);
    if (world->id_count == 0 || world->stage_count < 2) {
        fprintf(stderr, "no open deals that the manager sees\n");
        exit(1);
    }
}

static const char *request(struct world *world, const char *method, const char *path,
    const char *body)
{
    return cox_arena_format(world->arena,
        "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: "
        "application/json\r\nContent-Length: %zu\r\n\r\n%s",
        method, path, world->token, strlen(body), body);
}

/* ---- the servers, each in a process of its own ---- */

struct server {
    pid_t pid;
    uint16_t port;
    int stop_fd;
};

static void serve(const struct world *world, int port_fd, int stop_fd)
{
    struct cox_store_opt store_opt = {.url = world->url, .entities = world->entities};
    struct cox_server_opt opt = {.host = &cox_serve_host,
        .listen = "127.0.0.1:0",
        .limits = {.loop_count = LOOPS,
            .user_rate = 1000000,
            .user_burst = 1000000,
            .address_rate = 1000000,
            .address_burst = 1000000}};
    struct cox_server *server;
    struct cox_err err;
    char byte;

    must(cox_store_open(&store_opt, &opt.store, &err), &err);
    must(cox_server_open(&opt, &server, &err), &err);
    must(cox_server_start(server, &err), &err);
    uint16_t port = cox_server_port(server);
    (void)!write(port_fd, &port, sizeof(port));
    (void)!read(stop_fd, &byte, 1); /* the parent closes its end */
    cox_server_stop(server, 1000);
    cox_server_close(server);
    cox_store_close(opt.store);
}

/* size 0: ours; else the constant. */
static struct server start(const struct world *world, size_t size)
{
    int ports[2], stops[2];
    struct server server = {0};

    if (pipe(ports) != 0 || pipe(stops) != 0 || (server.pid = fork()) < 0) {
        perror("fork");
        exit(1);
    }
    if (server.pid == 0) {
        (void)close(stops[1]);
        if (size == 0) {
            serve(world, ports[1], stops[0]);
        } else {
            char byte;
            uint16_t port = constant_start(size, LOOPS);
            (void)!write(ports[1], &port, sizeof(port));
            (void)!read(stops[0], &byte, 1);
        }
        _exit(0);
    }
    (void)close(ports[1]);
    (void)close(stops[0]);
    if (read(ports[0], &server.port, sizeof(server.port)) != sizeof(server.port)) {
        fprintf(stderr, "the server did not start\n");
        exit(1);
    }
    (void)close(ports[0]);
    server.stop_fd = stops[1];
    return server;
}

static void stop(const struct server *server)
{
    (void)close(server->stop_fd);
    (void)waitpid(server->pid, NULL, 0);
}

static double cpu_of(const struct server *server)
{
    struct timespec time = {0};
    clockid_t clock;

    if (clock_getcpuclockid(server->pid, &clock) == 0) {
        (void)clock_gettime(clock, &time); /* 0 is seen in the figures */
    }
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double memory_mib(const struct server *server)
{
    char path[64];
    unsigned long all = 0, resident = 0;
    FILE *file;

    (void)snprintf(path, sizeof(path), "/proc/%d/statm", (int)server->pid);
    file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%lu %lu", &all, &resident) != 2) {
        perror(path);
        exit(1);
    }
    (void)fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

/* ---- figures ---- */

static void print(const char *metric, double value, const char *unit, double baseline,
    const char *bar, bool is_met)
{
    const struct bench_line line = {"serve", metric, unit, value, baseline, bar, is_met};

    bench_print(&line);
}

struct figure {
    const char *name;
    const char *const *requests;
    size_t count;
    double baseline, share; /* a ratio to reach, 0: none */
    double least;           /* requests a second to reach, 0: none */
};

static double measure(const struct server *server, const struct figure *figure, int connections,
    struct load_result *ret_result)
{
    struct load load = {server->port, figure->requests, figure->count, connections, 0.5};
    char name[64], bar[64] = "";
    bool is_met = true;

    load_run(&load, ret_result); /* warm */
    load.seconds = 4;
    double cpu = cpu_of(server);
    load_run(&load, ret_result);
    cpu = cpu_of(server) - cpu;
    if (ret_result->refused > 0) {
        fprintf(stderr, "%s: %llu of %llu were refused\n", figure->name,
            (unsigned long long)ret_result->refused, (unsigned long long)ret_result->count);
        exit(1);
    }
    if (figure->share > 0) {
        (void)snprintf(bar, sizeof(bar), "at least %g of a constant", figure->share);
        is_met = ret_result->per_second >= figure->share * figure->baseline;
    } else if (figure->least > 0) {
        (void)snprintf(bar, sizeof(bar), "at least %g", figure->least);
        is_met = ret_result->per_second >= figure->least;
    }
    print(figure->name, ret_result->per_second, "1/s", figure->baseline,
        bar[0] == '\0' ? NULL : bar, is_met);
    (void)snprintf(name, sizeof(name), "%s_cpu", figure->name);
    print(name, cpu / (double)ret_result->count * 1e6, "us", (double)NAN, NULL, true);
    (void)snprintf(name, sizeof(name), "%s_p99", figure->name);
    print(name, ret_result->p99_ms, "ms", (double)NAN, NULL, true);
    return ret_result->per_second;
}

static void measure_constant(const struct world *world, const char *const *requests, size_t count,
    size_t size, double *ret_few, double *ret_many)
{
    const struct figure few = {"constant_8", requests, count, (double)NAN, 0, 0},
                        many = {"constant_1024", requests, count, (double)NAN, 0, 0};
    struct server server = start(world, size);
    struct load_result result;

    *ret_few = measure(&server, &few, 8, &result);
    *ret_many = measure(&server, &many, 1024, &result);
    stop(&server);
}

/* Other servers' figures: CRMs on the same two cores, 8 connections: 130 reads, 90 lists of 50, 93 durable
 * changes a second (docs/operations.md). */
static void measure_server(struct world *world, const char *const *reads)
{
    const char *list = request(world, "GET", "/api/v1/opportunities?limit=50&order=close_day", "");
    const char **lists = COX_NEW_ARRAY(world->arena, LISTS, const char *);
    const char **changes = COX_NEW_ARRAY(world->arena, 2 * world->id_count, const char *);
    struct figure figure = {.requests = reads, .count = world->id_count};
    struct server server = start(world, 0);
    double constant_few, constant_many;
    struct load_result result;

    (void)sleep(1);
    double rest = memory_mib(&server);
    load_run(&(struct load){server.port, reads, world->id_count, 1, 0.2}, &result);
    measure_constant(world, reads, world->id_count, result.reply_size, &constant_few,
        &constant_many);
    print("memory_at_rest", rest, "MiB", (double)NAN, "at most 64", rest <= 64);
    print("record_bytes", (double)result.reply_size, "bytes", (double)NAN, NULL, true);
    figure.name = "record_8";
    figure.baseline = constant_few;
    figure.share = 0.5;
    (void)measure(&server, &figure, 8, &result);
    print("record_8_x_crm", result.per_second / 130, "times", (double)NAN, "at least 200",
        result.per_second >= 200 * 130);
    figure.name = "record_1024";
    figure.baseline = constant_many;
    (void)measure(&server, &figure, 1024, &result);
    print("record_1024_stuck", result.stuck, "connections", (double)NAN, "none", result.stuck == 0);
    print("memory_1024", memory_mib(&server), "MiB", (double)NAN, NULL, true);
    figure = (struct figure){"list_of_50", &list, 1, constant_few, 0, 200 * 90};
    (void)measure(&server, &figure, 8, &result);
    for (size_t i = 0; i < LISTS; i++) { /* each another question: none is answered from memory */
        lists[i] = request(world, "GET",
            cox_arena_format(world->arena,
                "/api/v1/opportunities?limit=50&order=close_day&amount=gte.%zu", i),
            "");
    }
    figure = (struct figure){"list_of_50_anew", lists, LISTS, (double)NAN, 0, 200 * 90};
    (void)measure(&server, &figure, 8, &result);
    print("list_bytes", (double)result.reply_size, "bytes", (double)NAN, NULL, true);
    for (size_t i = 0; i < 2 * world->id_count; i++) {
        int64_t stage = world->stages[i < world->id_count];
        changes[i] = request(world, "PATCH",
            cox_arena_format(world->arena, "/api/v1/opportunities/%lld",
                (long long)world->ids[i % world->id_count]),
            cox_arena_format(world->arena, "{\"stage\":%lld}", (long long)stage));
    }
    figure =
        (struct figure){"stage_change_8", changes, 2 * world->id_count, (double)NAN, 0, 200 * 93};
    (void)measure(&server, &figure, 8, &result);
    figure.name = "stage_change_128";
    (void)measure(&server, &figure, 128, &result);
    stop(&server);
}

int main(int argc, char **argv)
{
    static struct world world; /* large */
    world = (struct world){.arena = cox_arena_open((size_t)256 << 20)};
    const char **reads;

    if (argc < 2 || world.arena == NULL) {
        fprintf(stderr, "usage: bench_serve FOLDER [DEALS [STORE]]\n");
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    world.entities = cox_features_entities(world.arena);
    world.url = argc > 3 ? argv[3] : cox_arena_format(world.arena, "%s/serve.db", argv[1]);
    open_world(&world, argc > 2 ? atoll(argv[2]) : DEALS, argc > 3);
    reads = COX_NEW_ARRAY(world.arena, world.id_count, const char *);
    for (size_t i = 0; i < world.id_count; i++) {
        reads[i] = request(&world, "GET",
            cox_arena_format(world.arena, "/api/v1/opportunities/%lld", (long long)world.ids[i]),
            "");
    }
    measure_server(&world, reads);
    cox_arena_close(world.arena);
    return 0;
}
