/* serve/server.c: opening, starting and stopping the server. */
#include "serve/server.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record/head.h"
#include "serve/auth.h"
#include "serve/inside.h"
#include "serve/limit.h"
#include "serve/list.h"
#include "serve/metrics.h"
#include "serve/reply_memo.h"
#include "serve/static.h"
#include "serve/tls.h"
#include "serve/watch.h"

#define SERVER_MEMORY_MAX ((size_t)64 << 20)

/* ---- opening ---- */

static void set(unsigned *field, unsigned otherwise)
{
    *field = *field == 0 ? otherwise : *field;
}

static void resolve_limits(struct cox_server_limits *limits)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    set(&limits->loop_count, processors < 2 ? 2 : processors > 8 ? 8 : (unsigned)processors);
    set(&limits->worker_count, 32);
    set(&limits->queue_max, 1024);
    set(&limits->connection_max, 4096);
    set(&limits->address_max, 1024);
    set(&limits->stream_max, 2048);
    set(&limits->user_stream_max, 16);
    set(&limits->header_s, 10);
    set(&limits->idle_s, 60);
    set(&limits->body_s, 20);
    set(&limits->body_rate, 16 * 1024);
    set(&limits->user_rate, 200);
    set(&limits->user_burst, 2000);
    set(&limits->address_rate, 50);
    set(&limits->address_burst, 500);
    set(&limits->hook_timeout_ms, 10000);
    set(&limits->hook_retry_ms, 5000);
    set(&limits->hook_fail_max, 20);
    set(&limits->expire_ms, 20000);
    set(&limits->digest_ms, 60000);
    limits->memory_max = limits->memory_max == 0 ? (size_t)256 << 20 : limits->memory_max;
}

/* The name in a url; COX_INVALID when it is none. */
static enum cox_rc read_url(struct cox_server *server, struct cox_err *reterr)
{
    struct cox_text url = cox_text_of(server->opt.url);
    size_t size;

    if (url.ptr == NULL) {
        return COX_OK;
    }
    server->is_https = cox_text_starts(url, COX_LIT("https://"));
    if (!server->is_https && !cox_text_starts(url, COX_LIT("http://"))) {
        return cox_fail(reterr, COX_INVALID, "the url starts with https:// or http://");
    }
    while (url.size > 0 && url.ptr[url.size - 1] == '/') {
        url.size--;
    }
    const char *host = server->opt.url + (server->is_https ? 8 : 7);
    size = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
    if (size == 0 || size >= sizeof(server->host_name) || url.size >= sizeof(server->url) ||
        memchr(host, '/', (size_t)(url.ptr + url.size - host)) != NULL) {
        return cox_fail(reterr, COX_INVALID, "the url is a host alone: https://crm.example.com");
    }
    memcpy(server->host_name, host, size);
    memcpy(server->url, url.ptr, url.size);
    return COX_OK;
}

static size_t count_routes(const struct cox_route *routes)
{
    size_t count = 0;

    while (routes != NULL && routes[count].path != NULL) {
        count++;
    }
    return count;
}

static enum cox_rc collect_routes(struct cox_server *server, struct cox_err *reterr)
{
    const struct cox_feature *const *features = server->opt.host->features;
    size_t count = 0;

    for (size_t i = 0; cox_serve_routes[i] != NULL; i++) {
        count += count_routes(cox_serve_routes[i]);
    }
    for (size_t i = 0; features[i] != NULL; i++) {
        count += count_routes(features[i]->routes);
    }
    server->routes = COX_NEW_ARRAY(server->arena, count, const struct cox_route *);
    server->route_features = COX_NEW_ARRAY(server->arena, count, const char *);
    if (server->routes == NULL || server->route_features == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; cox_serve_routes[i] != NULL; i++) {
        for (size_t r = 0; r < count_routes(cox_serve_routes[i]); r++) {
            server->routes[server->route_count++] = &cox_serve_routes[i][r];
        }
    }
    for (size_t i = 0; features[i] != NULL; i++) {
        for (size_t r = 0; r < count_routes(features[i]->routes); r++) {
            server->route_features[server->route_count] = features[i]->name;
            server->routes[server->route_count++] = &features[i]->routes[r];
        }
    }
    return cox_router_open(server->arena, server->routes, server->route_count, &server->router,
        reterr);
}

static void add_parts(struct cox_server *server, const struct cox_part *const *parts,
    bool is_counting)
{
    for (size_t i = 0; parts != NULL && parts[i] != NULL; i++) {
        if (!is_counting) {
            server->parts[server->part_count] = parts[i];
        }
        server->part_count++;
    }
}

static void each_part(struct cox_server *server, bool is_counting)
{
    const struct cox_feature *const *features = server->opt.host->features;

    server->part_count = 0;
    add_parts(server, cox_serve_parts, is_counting);
    for (size_t i = 0; features[i] != NULL; i++) {
        add_parts(server, features[i]->parts, is_counting);
    }
}

static enum cox_rc open_parts(struct cox_server *server, struct cox_err *reterr)
{
    each_part(server, true);
    server->parts = COX_NEW_ARRAY(server->arena, server->part_count, const struct cox_part *);
    server->part_states = COX_NEW_ARRAY(server->arena, server->part_count, void *);
    if (server->parts == NULL || server->part_states == NULL) {
        return cox_no_memory(reterr);
    }
    each_part(server, false);
    while (server->part_open_count < server->part_count) {
        size_t at = server->part_open_count;
        COX_TRY(server->parts[at]->open(server, &server->part_states[at], reterr));
        server->part_open_count++;
    }
    return COX_OK;
}

static enum cox_rc fill(struct cox_server *server, struct cox_err *reterr)
{
    unsigned char random[4];
    struct cox_address address;

    resolve_limits(&server->limits);
    randombytes_buf(random, sizeof(random));
    (void)sodium_bin2hex(server->boot, sizeof(server->boot), random, sizeof(random));
    server->loop_count = server->limits.loop_count;
    server->loops = COX_NEW_ARRAY(server->arena, server->loop_count, struct cox_loop);
    if (server->loops == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_listen_parse(server->opt.listen, &server->bind_to, &server->bind_size, reterr));
    cox_address_of((const struct sockaddr *)&server->bind_to, &address, &server->is_on_loopback);
    server->is_https = server->opt.tls_cert != NULL;
    COX_TRY(read_url(server, reterr));
    COX_TRY(collect_routes(server, reterr));
    COX_TRY(cox_auth_open(server, 0, reterr));
    COX_TRY(cox_limiter_open(server->arena, &server->limiter, reterr));
    COX_TRY(cox_reply_memo_open(&server->reply_memo, reterr));
    COX_TRY(cox_metrics_open(server, reterr));
    COX_TRY(cox_static_open(server, reterr));
    if (server->opt.tls_cert != NULL) {
        COX_TRY(cox_tls_open(server, reterr));
    }
    return open_parts(server, reterr);
}

enum cox_rc cox_server_open(const struct cox_server_opt *opt, struct cox_server **ret_server,
    struct cox_err *reterr)
{
    struct cox_arena *arena = cox_arena_open(SERVER_MEMORY_MAX);
    struct cox_server *server = arena == NULL ? NULL : COX_NEW(arena, struct cox_server);
    enum cox_rc rc;

    if (server == NULL) {
        cox_arena_close(arena);
        return cox_no_memory(reterr);
    }
    server->arena = arena;
    server->opt = *opt;
    server->limits = opt->limits;
    rc = fill(server, reterr);
    if (rc != COX_OK) {
        cox_server_close(server);
        return rc;
    }
    *ret_server = server;
    return COX_OK;
}

/* ---- running ---- */

/* By the thread that saw a new commit: loops look for who waits for it. */
static void head_moved(void *ctx, int64_t seq)
{
    struct cox_server *server = ctx;

    (void)seq; /* they ask the store themselves */
    for (unsigned i = 0; i < server->loop_count; i++) {
        if (atomic_load(&server->loops[i].wants_head)) {
            cox_loop_wake(&server->loops[i]);
        }
    }
    for (size_t i = 0; i < server->part_open_count; i++) {
        if (server->parts[i]->moved != NULL) {
            server->parts[i]->moved(server->part_states[i]);
        }
    }
}

static void stop_loops(struct cox_server *server)
{
    for (unsigned i = 0; i < server->loop_count; i++) {
        cox_loop_stop(&server->loops[i]);
    }
}

enum cox_rc cox_server_start(struct cox_server *server, struct cox_err *reterr)
{
    int *fds = COX_NEW_ARRAY(server->arena, server->loop_count, int);
    enum cox_rc rc = COX_OK;
    unsigned started = 0;

    if (fds == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_workers_open(server, reterr));
    COX_TRY(cox_listen_open(server, fds, server->loop_count, reterr));
    if (server->url[0] == '\0') {
        const char *colon = strrchr(server->opt.listen, ':');
        (void)snprintf(server->url, sizeof(server->url), "%s://%.*s:%u",
            server->is_https ? "https" : "http", (int)(colon - server->opt.listen),
            server->opt.listen, server->port);
    }
    while (rc == COX_OK && started < server->loop_count) {
        server->loops[started].server = server;
        rc = cox_loop_start(&server->loops[started], fds[started], reterr);
        started++;
    }
    if (rc != COX_OK) {
        for (unsigned i = started; i < server->loop_count; i++) {
            (void)close(fds[i]);
        }
        stop_loops(server);
        return rc;
    }
    server->is_started = true;
    cox_store_keep_reads(server->opt.store, true);
    cox_store_listen(server->opt.store, head_moved, server);
    return cox_watch_open(server->opt.store, server->opt.log, &server->watch, reterr);
}

static unsigned begun(const struct cox_server *server)
{
    unsigned count = 0;

    for (unsigned i = 0; i < server->loop_count; i++) {
        count += atomic_load(&server->loops[i].request_count);
    }
    return count;
}

void cox_server_stop(struct cox_server *server, unsigned grace_ms)
{
    enum { STEP_MS = 5 };

    if (!server->is_started) {
        return;
    }
    atomic_store(&server->is_stopping, true);
    for (unsigned i = 0; i < server->loop_count; i++) {
        cox_loop_wake(&server->loops[i]);
    }
    for (unsigned waited = 0; waited < grace_ms && begun(server) > 0; waited += STEP_MS) {
        (void)usleep(STEP_MS * 1000);
    }
    cox_watch_close(server->watch);
    server->watch = NULL;
    cox_store_listen(server->opt.store, NULL, NULL);
    cox_workers_close(server->workers);
    server->workers = NULL;
    stop_loops(server);
    cox_store_keep_reads(server->opt.store, false);
    server->is_started = false;
}

enum cox_rc cox_server_reload(struct cox_server *server, struct cox_err *reterr)
{
    return server->tls == NULL ? COX_OK : cox_tls_reload(server->tls, reterr);
}

void cox_server_close(struct cox_server *server)
{
    if (server == NULL) {
        return;
    }
    cox_server_stop(server, 0);
    cox_workers_close(server->workers);
    while (server->part_open_count > 0) {
        size_t at = --server->part_open_count;
        server->parts[at]->close(server->part_states[at]);
    }
    cox_tls_close(server->tls);
    cox_static_close(server->files);
    cox_auth_close(server->auth);
    cox_reply_memo_close(server->reply_memo);
    cox_arena_close(server->arena);
}

/* ---- for handlers and parts ---- */

void *cox_server_part(const struct cox_server *server, const struct cox_part *part)
{
    for (size_t i = 0; i < server->part_open_count; i++) {
        if (server->parts[i] == part) {
            return server->part_states[i];
        }
    }
    assert(false && "a part that is not listed");
    return NULL;
}

uint16_t cox_server_port(const struct cox_server *server)
{
    return server->port;
}

struct cox_store *cox_server_store(const struct cox_server *server)
{
    return server->opt.store;
}

const struct cox_host *cox_server_host(const struct cox_server *server)
{
    return server->opt.host;
}

const struct cox_log *cox_server_log(const struct cox_server *server)
{
    return server->opt.log;
}

const char *cox_server_url(const struct cox_server *server)
{
    return server->url;
}

const char *cox_server_smtp(const struct cox_server *server)
{
    return server->opt.smtp;
}

const char *cox_server_mail_from(const struct cox_server *server)
{
    return server->opt.mail_from;
}

const char *cox_server_ca_file(const struct cox_server *server)
{
    return server->opt.ca_file;
}

bool cox_server_is_https(const struct cox_server *server)
{
    return server->is_https;
}

const struct cox_server_limits *cox_server_limit_table(const struct cox_server *server)
{
    return &server->limits;
}

int64_t cox_server_head(const struct cox_server *server)
{
    return cox_store_head(server->opt.store);
}

const struct cox_route *const *cox_server_routes(const struct cox_server *server, size_t *ret_count)
{
    *ret_count = server->route_count;
    return server->routes;
}
