/*
 * serve/request.c: a request from its first line to its response. The library calls step several
 * times: with the head, with pieces of the body, at its end, and again when a suspended connection is resumed.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "serve/auth.h"
#include "serve/inside.h"
#include "serve/static.h"
#include "serve/stream.h"
#include "serve/url.h"

enum { FREE_MAX = 64 };

/* ---- memory ---- */

static struct cox_request *take(struct cox_loop *loop)
{
    struct cox_request *request = loop->free_requests;
    struct cox_arena *arena;
    struct cox_mark mark;

    if (request != NULL) {
        loop->free_requests = request->next;
        loop->free_count--;
        arena = request->x.arena;
        mark = request->mark;
    } else {
        request = malloc(sizeof(*request));
        arena = request == NULL ? NULL : cox_arena_open(loop->server->limits.memory_max);
        if (arena == NULL || cox_arena_alloc(arena, 1) == NULL) { /* its first block stays */
            cox_arena_close(arena);
            free(request);
            return NULL;
        }
        mark = cox_arena_mark(arena);
    }
    *request = (struct cox_request){.x.arena = arena, .mark = mark, .body_fd = -1};
    request->x.reply.file = -1;
    cox_buf_init(&request->body, loop->server->limits.memory_max);
    cox_buf_init(&request->x.reply.body, loop->server->limits.memory_max);
    return request;
}

static void give(struct cox_loop *loop, struct cox_request *request)
{
    cox_body_drop(request);
    cox_buf_done(&request->x.reply.body);
    if (request->x.reply.file >= 0) {
        (void)close(request->x.reply.file); /* of a reply that was never sent */
    }
    if (request->response != NULL && !request->is_shared) {
        MHD_destroy_response(request->response);
    }
    cox_arena_rewind(request->x.arena, request->mark);
    if (loop->free_count < FREE_MAX) {
        request->next = loop->free_requests;
        loop->free_requests = request;
        loop->free_count++;
        return;
    }
    cox_arena_close(request->x.arena);
    free(request);
}

void cox_request_drop_free(struct cox_loop *loop)
{
    while (loop->free_requests != NULL) {
        struct cox_request *next = loop->free_requests->next;
        cox_arena_close(loop->free_requests->x.arena);
        free(loop->free_requests);
        loop->free_requests = next;
    }
    loop->free_count = 0;
}

void *cox_request_begin(void *loop_ctx, const char *uri, struct MHD_Connection *mhd)
{
    struct cox_loop *loop = loop_ctx;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct cox_request *request = take(loop);
    const char *copy = request == NULL ? NULL : cox_arena_string(request->x.arena, uri);

    if (copy == NULL || info == NULL) {
        if (request != NULL) {
            give(loop, request);
        }
        return NULL; /* step closes the connection */
    }
    struct cox_text query = cox_text_of(copy);
    request->x.path = cox_text_split(&query, '?');
    request->x.query = query.ptr == NULL ? COX_LIT("") : query;
    request->x.server = loop->server;
    request->x.store = loop->server->opt.store;
    request->x.connection = mhd;
    request->route_index = COX_NO_ROUTE;
    request->mhd = mhd;
    request->connection = info->socket_context;
    request->start_us = cox_clock_us();
    (void)snprintf(request->id, sizeof(request->id), "%s-%llu", loop->server->boot,
        (unsigned long long)atomic_fetch_add(&loop->server->request_number, 1));
    request->x.request_id = request->id;
    atomic_fetch_add(&loop->request_count, 1);
    cox_deadline_head(request);
    return request;
}

void cox_request_end(void *loop_ctx, struct MHD_Connection *mhd, void **request_ctx,
    enum MHD_RequestTerminationCode how)
{
    struct cox_loop *loop = loop_ctx;
    struct cox_request *request = *request_ctx;

    (void)mhd;
    if (request == NULL) {
        return;
    }
    cox_request_note(request, how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    cox_deadline_idle(request->connection);
    give(loop, request);
    *request_ctx = NULL;
    atomic_fetch_sub(&loop->request_count, 1);
}

/* ---- running ---- */

/* What is our fault is for the log, not for the one who asked. */
static void fail(struct cox_request *request, struct cox_err *err)
{
    struct cox_exchange *x = &request->x;

    if (cox_rc_http_status(err->rc) == 500) {
        cox_log_err(x->server->opt.log, COX_LOG_ERROR, "request_failed", err);
        err->text[0] = err->field[0] = '\0';
        err->row = 0;
    }
    if (err->rc == COX_BUSY || err->rc == COX_TOO_OFTEN || err->rc == COX_NO_MEMORY) {
        x->reply.retry_after_s = x->reply.retry_after_s > 0 ? x->reply.retry_after_s : 1;
    }
    x->reply.header_count = 0; /* those of the reply that was begun */
    cox_reply_problem(x, 0, NULL, err);
    if (err->rc == COX_SIGN_IN &&
        cox_reply_header(x, "WWW-Authenticate", "Bearer", err) != COX_OK) {
        return; /* without memory: without it */
    }
}

/* Names that the route does not declare are refused, unless field filters stand for them. */
static enum cox_rc check_query(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_text rest = x->query, name, value;
    const struct cox_parameter *p;

    while (cox_url_next(&rest, &name, &value)) {
        for (p = x->route->parameters; p != NULL && p->name != NULL; p++) {
            if (strcmp(p->name, "*") == 0 || cox_text_same(cox_text_of(p->name), name)) {
                break;
            }
        }
        if (p == NULL || p->name == NULL) {
            bool is_plain = cox_text_is_utf8(name) && name.size < 50;
            return cox_fail(reterr, COX_INVALID, "there is no parameter \"%.*s\" here",
                is_plain ? (int)name.size : 0, name.ptr);
        }
    }
    return COX_OK;
}

static enum cox_rc run_route(struct cox_exchange *x, struct cox_err *reterr)
{
    COX_TRY(cox_auth_run(x, reterr));
    COX_TRY(check_query(x, reterr));
    COX_TRY(x->route->handle(x, reterr));
    if (x->reply.body.failed) { /* half a body is none */
        return cox_no_memory(reterr);
    }
    return x->reply.stream.pull == NULL ? COX_OK : cox_stream_admit(x, reterr);
}

void cox_request_run(struct cox_request *request)
{
    struct cox_exchange *x = &request->x;
    int64_t head = cox_store_head(x->store);
    struct cox_err err = {0};
    enum cox_rc rc = COX_OK;

    if (!request->is_refused) {
        rc = cox_body_finish(request, &err);
        rc = rc == COX_OK ? run_route(x, &err) : rc;
    }
    if (rc != COX_OK) {
        err.rc = rc;
        fail(request, &err);
    }
    if (x->reply.seq == 0) {
        x->reply.seq = head;
    }
    cox_respond(request);
}

static void run_task(struct cox_task *task)
{
    struct cox_request *request = (struct cox_request *)task;

    cox_request_run(request);
    cox_loop_done(request->connection->loop, request);
}

void cox_request_queue(struct cox_request *request)
{
    struct cox_err err = {.rc = COX_BUSY};

    request->task.run = run_task;
    if (cox_workers_add(request->x.server->workers, &request->task)) {
        return;
    }
    (void)snprintf(err.text, sizeof(err.text), "too many requests wait already");
    fail(request, &err);
    cox_respond(request);
    cox_loop_done(request->connection->loop, request);
}

/* ---- the library's steps ---- */

static enum MHD_Result answer(struct cox_request *request)
{
    request->state = COX_REQUEST_SENT;
    if (request->response == NULL) {
        return MHD_NO; /* no memory: the connection is closed */
    }
    cox_deadline_reply(request);
    return MHD_queue_response(request->mhd, (unsigned)request->status, request->response);
}

/* On the loop itself? Not where the store is a network away. */
static bool is_quick(struct cox_request *request)
{
    return (request->x.route->flags & COX_ROUTE_QUICK) != 0 &&
           cox_store_engine(request->x.store) == COX_SQLITE && cox_auth_is_ready(&request->x);
}

/* Nobody sends a large file to be told afterwards that it is not taken from him. */
static void check_sender(struct cox_request *request)
{
    unsigned flags = request->x.route == NULL ? 0 : request->x.route->flags;
    struct cox_err err = {0};

    request->is_on_loop = true; /* for now */
    if ((flags & COX_ROUTE_KEEPS_BODY) != 0 && cox_auth_run(&request->x, &err) != COX_OK) {
        request->is_refused = request->must_close = true;
        fail(request, &err);
    }
    request->is_on_loop = false;
}

/* Everything has come in. */
static enum MHD_Result start(struct cox_loop *loop, struct cox_request *request)
{
    if (request->is_page) {
        cox_static_run(request);
        return answer(request);
    }
    bool is_early = request->after_seq > cox_store_head(request->x.store);
    if (request->is_refused || (!is_early && is_quick(request))) {
        request->is_on_loop = true;
        cox_request_run(request);
        return answer(request);
    }
    request->state = COX_REQUEST_WORK;
    request->connection->deadline_ms = INT64_MAX;
    MHD_suspend_connection(request->mhd);
    if (is_early) {
        request->next = loop->waiting;
        loop->waiting = request;
    } else {
        cox_request_queue(request);
    }
    return MHD_YES;
}

static enum MHD_Result add_body(struct cox_request *request, const char *upload,
    size_t *upload_size)
{
    enum { DISCARD_MAX = 1 << 20 };
    struct cox_err err = {0};

    if (request->is_refused) { /* the reply can only be sent at the end of the body */
        request->body_size += *upload_size;
        if (request->body_size > request->body_max + DISCARD_MAX) {
            return MHD_NO;
        }
    } else if (cox_body_add(request, upload, *upload_size, &err) != COX_OK) {
        request->is_refused = request->must_close = true;
        fail(request, &err);
    }
    *upload_size = 0;
    cox_deadline_body(request);
    return MHD_YES;
}

enum MHD_Result cox_request_step(void *loop, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_size,
    void **request_ctx)
{
    struct cox_request *request = *request_ctx;

    (void)mhd;
    (void)url; /* decoded by the library; ours is as sent */
    if (request == NULL) {
        return MHD_NO;
    }
    switch (request->state) {
    case COX_REQUEST_HEAD:
        request->state = COX_REQUEST_BODY;
        cox_request_check(request, method, version);
        if (!request->is_refused) {
            check_sender(request);
        }
        if (request->is_refused && request->must_close) { /* else it keeps the connection */
            cox_request_run(request);
            return answer(request);
        }
        cox_deadline_body(request);
        return MHD_YES;
    case COX_REQUEST_BODY:
        return *upload_size > 0 ? add_body(request, upload, upload_size) : start(loop, request);
    case COX_REQUEST_DONE:
        return answer(request);
    case COX_REQUEST_WORK:
    case COX_REQUEST_SENT:
        break;
    }
    return MHD_YES;
}
