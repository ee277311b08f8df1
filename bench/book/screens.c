/*
 * bench/book/screens.c: every screen over the book on a large company against one of 10,000 deals in the same
 * organisation, through the server's own routes: CPU time of the first ask, and of asks with a commit before
 * each. usage: book_screens FOLDER [DEALS [SMALL]]; the stores are made in FOLDER and kept.
 */
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../bench.h"
#include "base/day.h"
#include "command/feature_list.h"
#include "command/serve_host.h"
#include "demo/demo.h"
#include "org/people.h"
#include "record/query.h"
#include "record/token.h"
#include "sales/opportunity.h"

enum { REPEATS = 7, TODAY = 20780, REPLY_MAX = 8 << 20, LEADS_MAX = 1000, OPEN_MAX = 500 };
struct lead {
    int64_t user, team;
};
enum eye { MANAGER, REP, EXECUTIVE, EYE_COUNT };
static const char *const eye_names[EYE_COUNT] = {"manager", "rep", "executive"};

#define AS(eye) (1U << (eye))
#define ALL     (AS(MANAGER) | AS(REP) | AS(EXECUTIVE))
static const struct screen {
    const char *name, *path;
    unsigned eyes;
} screens[] = {
    {"home_manager", "/home?hat=manager", AS(MANAGER) | AS(EXECUTIVE)},
    {"home_leader", "/home?hat=leader", AS(MANAGER) | AS(EXECUTIVE)},
    {"home_rep", "/home?hat=rep", AS(REP)},
    {"board", "/board", ALL},
    {"board_by_amount", "/board?order=amount", AS(EXECUTIVE)},
    {"measures_team", "/measures/query?measure=pipeline,weighted,won,win_rate,coverage&by=team",
        ALL},
    {"measures_month", "/measures/query?measure=won,created&by=month&period=2026", ALL},
    {"measures_owner", "/measures/query?measure=pipeline,won&by=owner",
        AS(MANAGER) | AS(EXECUTIVE)},
    {"measures_then", "/measures/query?measure=pipeline,won&by=team&as_of=2026-06-30", ALL},
    {"waterfall", "/pipeline/waterfall", ALL},
    {"waterfall_quarter", "/pipeline/waterfall?from=2026-08-01&by=team",
        AS(MANAGER) | AS(EXECUTIVE)},
    {"slippage", "/pipeline/slippage", ALL},
    {"funnel", "/pipeline/funnel", ALL},
    {"velocity", "/pipeline/velocity", ALL},
    {"ageing", "/pipeline/ageing", ALL},
    {"reasons", "/pipeline/reasons", ALL},
    {"hygiene", "/pipeline/hygiene", ALL},
    {"risk", "/pipeline/risk", ALL},
    {"performance", "/performance", AS(MANAGER) | AS(EXECUTIVE)},
    {"list_of_50", "/opportunities?limit=50&order=close_day", ALL},
};

struct world {
    struct cox_store *store;
    struct cox_server *server;
    const struct cox_entity *const *entities;
    int64_t users[EYE_COUNT], deals, open[OPEN_MAX];
    size_t open_count;
    struct lead leads[LEADS_MAX];
    int lead_count;
    char tokens[EYE_COUNT][COX_TOKEN_SIZE];
    int64_t amount; /* of the deal that is changed between two questions */
    char *reply;
};

static void must(enum cox_rc rc, const struct cox_err *err, const char *what)
{
    if (rc != COX_OK) {
        fprintf(stderr, "%s: %s: %s %s\n", what, cox_rc_name(rc), err->field, err->text);
        exit(1);
    }
}

/* ---- who asks ---- */

static enum cox_rc note_hat(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct world *world = ctx;

    (void)reterr;
    if (cox_row_int(row, COX_HAT_ROLE) == COX_EXECUTIVE) {
        world->users[EXECUTIVE] = cox_row_int(row, COX_HAT_USER);
    } else if (cox_row_int(row, COX_HAT_ROLE) == COX_LEADER && world->lead_count < LEADS_MAX) {
        world->leads[world->lead_count++] = (struct lead){cox_row_int(row, COX_HAT_USER), 0};
    }
    return COX_OK;
}

static enum cox_rc note_team(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct world *world = ctx;

    (void)reterr;
    for (int i = 0; i < world->lead_count; i++) {
        if (world->leads[i].user == cox_row_int(row, COX_TEAM_LEAD)) {
            world->leads[i].team = row->id;
        }
    }
    return COX_OK;
}

/* A manager who is a leader too, and one of those whom he leads. */
static enum cox_rc note_member(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct world *world = ctx;
    int64_t user = cox_row_int(row, COX_TEAM_MEMBER_USER);

    (void)reterr;
    for (int i = 0; i < world->lead_count && world->users[REP] == 0; i++) {
        if (cox_row_int(row, COX_TEAM_MEMBER_TEAM) == world->leads[i].team &&
            cox_row_int(row, COX_TEAM_MEMBER_TO_DAY) == COX_NULL && user != world->leads[i].user) {
            world->users[MANAGER] = world->leads[i].user;
            world->users[REP] = user;
        }
    }
    return COX_OK;
}

static enum cox_rc prepare(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct world *world = ctx;

    COX_TRY(cox_each(call, &cox_hat, NULL, note_hat, world, reterr));
    COX_TRY(cox_each(call, &cox_team, NULL, note_team, world, reterr));
    COX_TRY(cox_each(call, &cox_team_member, NULL, note_member, world, reterr));
    for (int eye = 0; eye < EYE_COUNT; eye++) {
        if (world->users[eye] == 0) {
            return cox_fail(reterr, COX_MISSING, "nobody is %s", eye_names[eye]);
        }
        COX_TRY(cox_token_add(call, world->users[eye], COX_LIT("bench"),
            COX_TOKEN_WRITE | COX_TOKEN_PEOPLE, COX_NULL, world->tokens[eye], reterr));
    }
    return COX_OK;
}

/* Open deals of many people: changing one again and again would measure its history. */
static enum cox_rc find_deals(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct world *world = ctx;
    const struct cox_filter_term term = {COX_OPPORTUNITY_CLOSED_DAY, "is", cox_null()};
    struct cox_query query = {.entity = &cox_opportunity, .limit = OPEN_MAX};
    struct cox_page page;

    COX_TRY(cox_filter_build(call, &cox_opportunity, &term, 1, &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    for (size_t i = 0; i < page.count; i++) {
        world->open[world->open_count++] = page.rows[i].id;
    }
    return page.count == 0 ? cox_fail(reterr, COX_MISSING, "no deal is open") : COX_OK;
}

static enum cox_rc change_deal(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct world *world = ctx;
    const struct cox_change change = {COX_OPPORTUNITY_AMOUNT, cox_int(++world->amount)};
    int64_t id = world->open[(size_t)world->amount % world->open_count];
    bool is_changed;

    return cox_change_fields(call, &cox_opportunity, id, 0, &change, 1, &is_changed, reterr);
}

static void commit(struct world *world)
{
    const struct cox_write_opt opt = {.actor.roles = COX_ROLE_BIT(COX_OPERATOR),
        .cause = COX_CAUSE_CLI};
    struct cox_err err = {0};

    must(cox_store_write(world->store, &opt, change_deal, world, NULL, &err), &err, "commit");
    (void)usleep(5000); /* what follows a commit is not of the question */
}

static void open_world(struct world *world, const char *folder, int64_t deals)
{
    struct cox_arena *arena = cox_arena_open(1 << 20);
    char path[600];
    struct cox_err err = {0};
    const struct cox_write_opt write = {.actor.roles = COX_ROLE_BIT(COX_OPERATOR),
        .cause = COX_CAUSE_CLI};
    const struct cox_read_opt read = {.actor.roles = COX_ROLE_BIT(COX_OPERATOR)};

    (void)snprintf(path, sizeof(path), "%s/screens-%lld.db", folder, (long long)deals);
    world->entities = cox_features_entities(arena);
    world->deals = deals;
    world->amount = 12345600;
    if (access(path, R_OK) != 0) {
        struct cox_demo_opt demo = {.url = path,
            .entities = world->entities,
            .size = COX_DEMO_LARGE,
            .seed = 7,
            .today = TODAY,
            .deal_count = deals};
        struct cox_demo_report report;
        double begun = bench_now();
        must(cox_demo_make(&demo, &report, &err), &err, path);
        fprintf(stderr, "# %s made in %.0f s\n", path, bench_now() - begun);
    }
    struct cox_store_opt store = {.url = path, .entities = world->entities, .migrate = true};
    must(cox_store_open(&store, &world->store, &err), &err, path);
    must(cox_store_write(world->store, &write, prepare, world, NULL, &err), &err, "prepare");
    must(cox_store_read(world->store, &read, find_deals, world, &err), &err, "deal");
    struct cox_server_opt server = {.store = world->store,
        .host = &cox_serve_host,
        .listen = "127.0.0.1:0",
        .limits = {.loop_count = 2,
            .user_rate = 1000000,
            .user_burst = 1000000,
            .memory_max = (size_t)2 << 30}};
    must(cox_server_open(&server, &world->server, &err), &err, "server");
    must(cox_server_start(world->server, &err), &err, "server");
    world->reply = malloc(REPLY_MAX);
}

/* ---- asking ---- */

static int connect_to(const struct world *world)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
        .sin_port = htons(cox_server_port(world->server)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        perror("connect");
        exit(1);
    }
    return fd;
}

/* CPU milliseconds of the whole process, server and this client, for one request. */
static double ask(struct world *world, enum eye eye, const char *path)
{
    char request[1024];
    int fd = connect_to(world), size;
    size_t got = 0;
    double begun = bench_cpu();
    ssize_t part;

    size = snprintf(request, sizeof(request),
        "GET /api/v1%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nConnection: "
        "close\r\n\r\n",
        path, world->tokens[eye]);
    if (write(fd, request, (size_t)size) != size) {
        perror("write");
        exit(1);
    }
    while ((part = read(fd, world->reply + got, REPLY_MAX - 1 - got)) > 0) {
        got += (size_t)part;
    }
    begun = bench_cpu() - begun;
    (void)close(fd);
    world->reply[got] = '\0';
    if (strncmp(world->reply, "HTTP/1.1 200", 12) != 0) {
        fprintf(stderr, "%s as %s: %.300s\n", path, eye_names[eye], world->reply);
        exit(1);
    }
    return begun * 1000;
}

/* The first figure waits for the book; the first home begins what else is kept. */
static void read_books(struct world *world)
{
    double begun = bench_now();

    (void)ask(world, EXECUTIVE, "/measures/query?measure=pipeline");
    (void)ask(world, EXECUTIVE, "/pipeline/risk?limit=1");
    fprintf(stderr, "# %lld deals: book and facts read in %.1f s\n", (long long)world->deals,
        bench_now() - begun);
}

static void print(const char *screen, enum eye eye, const char *which, const double *ms)
{
    char metric[96];
    struct bench_line line = {"screens", metric, "ms", ms[1], ms[0], "<= 2 x of 10 k",
        ms[1] <= 2 * ms[0]};

    (void)snprintf(metric, sizeof(metric), "%s_%s_%s", screen, eye_names[eye], which);
    bench_print(&line);
}

static void measure(struct world *worlds, const struct screen *screen, enum eye eye)
{
    double first[2], again[2];

    for (int i = 0; i < 2; i++) {
        double ms[REPEATS];
        first[i] = ask(&worlds[i], eye, screen->path);
        for (int r = 0; r < REPEATS; r++) {
            commit(&worlds[i]);
            ms[r] = ask(&worlds[i], eye, screen->path);
        }
        again[i] = bench_quantile(ms, REPEATS, 0.5);
    }
    print(screen->name, eye, "first", first);
    print(screen->name, eye, "again", again);
}

int main(int count, char **args)
{
    static struct world worlds[2];
    const char *folder = count > 1 ? args[1] : "/tmp", *only = getenv("SCREEN");
    int64_t large = count > 2 ? atoll(args[2]) : 2000000;

    open_world(&worlds[0], folder, count > 3 ? atoll(args[3]) : 10000);
    open_world(&worlds[1], folder, large);
    for (int i = 0; i < 2; i++) {
        read_books(&worlds[i]);
    }
    for (size_t s = 0; s < COX_COUNT(screens); s++) {
        for (int eye = 0; eye < EYE_COUNT; eye++) {
            if ((screens[s].eyes & AS(eye)) != 0 &&
                (only == NULL || strstr(screens[s].name, only) != NULL)) {
                measure(worlds, &screens[s], (enum eye)eye);
            }
        }
    }
    for (int i = 0; i < 2; i++) {
        cox_server_stop(worlds[i].server, 1000);
        cox_server_close(worlds[i].server);
        cox_store_close(worlds[i].store);
    }
    return 0;
}
