/*
 * serve/stream.c: replies that go on. A stream's bytes belong to one side at a time: to a worker while
 * is_pulling, else to the loop.
 */
#include "serve/stream.h"

#include <stdlib.h>
#include <string.h>

#include "serve/auth.h"
#include "serve/limit.h"

enum { BEAT_MS = 15000, OUT_MAX = 4 << 20, STUCK_MS = 30000 };

struct cox_stream_state {
    struct cox_task task; /* first */
    struct cox_loop *loop;
    struct cox_connection *connection;
    struct MHD_Connection *mhd;
    struct cox_stream stream;
    struct cox_auth_ticket ticket; /* who asked, to be asked again */
    struct cox_buf out;
    size_t sent; /* of out */
    int64_t user_id;
    int64_t head, beat_ms;
    bool is_beat, is_suspended, is_over;
    _Atomic bool is_pulling, is_gone;
    struct cox_stream_state *next, *prev;
};

/* ---- how many ---- */

enum cox_rc cox_stream_admit(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_server *server = x->server;
    struct cox_limit_key key = cox_limit_user('s', x->who.actor.user_id);

    if (atomic_fetch_add(&server->stream_count, 1) >= server->limits.stream_max) {
        atomic_fetch_sub(&server->stream_count, 1);
        return cox_fail(reterr, COX_BUSY, "too many streams are open");
    }
    if (!cox_limiter_enter(server->limiter, &key, server->limits.user_stream_max)) {
        atomic_fetch_sub(&server->stream_count, 1);
        return cox_fail(reterr, COX_TOO_OFTEN, "you have %u streams open already",
            server->limits.user_stream_max);
    }
    return COX_OK;
}

static void leave(struct cox_server *server, int64_t user_id)
{
    struct cox_limit_key key = cox_limit_user('s', user_id);

    cox_limiter_leave(server->limiter, &key);
    atomic_fetch_sub(&server->stream_count, 1);
}

/* ---- on a worker ---- */

static void pull(struct cox_task *task)
{
    struct cox_stream_state *stream = (struct cox_stream_state *)task;
    struct cox_loop *loop = stream->loop;
    struct cox_who who;
    struct cox_err err;

    if (cox_auth_again(loop->server, &stream->ticket, &who, &err) != COX_OK ||
        stream->stream.pull(stream->stream.ctx, &who, stream->is_beat, &stream->out, &err) !=
            COX_OK ||
        stream->out.failed) {
        stream->is_over = true;
    }
    atomic_store(&stream->is_pulling, false);
    cox_loop_wake(loop);
}

/* ---- on the loop ---- */

static void drop(struct cox_stream_state *stream)
{
    struct cox_loop *loop = stream->loop;

    if (stream->prev != NULL) {
        stream->prev->next = stream->next;
    } else if (loop->streams == stream) {
        loop->streams = stream->next;
    }
    if (stream->next != NULL) {
        stream->next->prev = stream->prev;
    }
    stream->stream.close(stream->stream.ctx);
    cox_buf_done(&stream->out);
    leave(loop->server, stream->user_id);
    free(stream);
}

static void link_stream(struct cox_stream_state *stream)
{
    struct cox_loop *loop = stream->loop;

    stream->next = loop->streams;
    if (loop->streams != NULL) {
        loop->streams->prev = stream;
    }
    loop->streams = stream;
}

/* The library wants bytes: what there is, or the connection sleeps until there is some. */
static ssize_t read_stream(void *ctx, uint64_t position, char *bytes, size_t room)
{
    struct cox_stream_state *stream = ctx;

    (void)position;
    if (stream->mhd == NULL) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    if (stream->prev == NULL && stream->loop->streams != stream) {
        link_stream(stream);
    }
    if (!atomic_load(&stream->is_pulling)) {
        size_t left = stream->out.size - stream->sent;
        size_t size = left < room ? left : room;
        if (size > 0) {
            memcpy(bytes, stream->out.ptr + stream->sent, size);
            stream->sent += size;
            stream->connection->deadline_ms = cox_clock_ms() + BEAT_MS + STUCK_MS;
            return (ssize_t)size;
        }
        if (stream->is_over) {
            return MHD_CONTENT_READER_END_OF_STREAM;
        }
        cox_buf_clear(&stream->out);
        stream->sent = 0;
    }
    stream->is_suspended = true;
    MHD_suspend_connection(stream->mhd);
    return 0;
}

/* The connection is over; a worker that is pulling finishes first. */
static void end_stream(void *ctx)
{
    struct cox_stream_state *stream = ctx;

    stream->mhd = NULL;
    stream->connection = NULL;
    atomic_store(&stream->is_gone, true);
    if (!atomic_load(&stream->is_pulling)) {
        drop(stream);
    } /* else cox_streams_look drops it */
}

static bool look_at(struct cox_stream_state *stream, int64_t head, int64_t now_ms)
{
    if (atomic_load(&stream->is_pulling)) {
        return false;
    }
    if (atomic_load(&stream->is_gone)) {
        drop(stream);
        return false;
    }
    stream->is_over = stream->is_over || atomic_load(&stream->loop->server->is_stopping);
    bool is_due = stream->head != head || now_ms >= stream->beat_ms;
    if (stream->sent < stream->out.size || stream->is_over) {
        if (stream->is_suspended) {
            stream->is_suspended = false;
            MHD_resume_connection(stream->mhd);
            return true;
        }
    } else if (is_due && stream->is_suspended) {
        int64_t seen = stream->head;
        stream->is_beat = now_ms >= stream->beat_ms;
        stream->head = head;
        atomic_store(&stream->is_pulling, true);
        if (cox_workers_add(stream->loop->server->workers, &stream->task)) {
            stream->beat_ms = now_ms + BEAT_MS;
        } else {
            atomic_store(&stream->is_pulling, false); /* later */
            stream->head = seen;
        }
    }
    return false;
}

bool cox_streams_look(struct cox_loop *loop, int64_t now_ms)
{
    struct cox_stream_state *next;
    bool is_resumed = false;

    if (loop->streams == NULL) {
        return false;
    }
    int64_t head = cox_store_head(loop->server->opt.store);
    for (struct cox_stream_state *stream = loop->streams; stream != NULL; stream = next) {
        next = stream->next;
        is_resumed |= look_at(stream, head, now_ms);
    }
    return is_resumed;
}

void cox_streams_stop(struct cox_loop *loop)
{
    for (struct cox_stream_state *stream = loop->streams; stream != NULL; stream = stream->next) {
        stream->is_over = true;
        if (stream->is_suspended && stream->mhd != NULL) {
            stream->is_suspended = false;
            MHD_resume_connection(stream->mhd);
        }
    }
}

struct MHD_Response *cox_stream_respond(struct cox_request *request)
{
    struct cox_server *server = request->x.server;
    struct cox_reply *reply = &request->x.reply;
    struct cox_stream_state *stream = calloc(1, sizeof(*stream));
    struct MHD_Response *response = NULL;

    if (stream != NULL) {
        *stream = (struct cox_stream_state){.task.run = pull,
            .loop = request->connection->loop,
            .connection = request->connection,
            .mhd = request->mhd,
            .stream = reply->stream,
            .user_id = request->x.who.actor.user_id,
            .out = reply->body,
            .head = -1, /* pulled at once */
            .beat_ms = cox_clock_ms() + BEAT_MS};
        stream->out.max = OUT_MAX;
        cox_auth_ticket(&request->x, &stream->ticket);
        response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_stream, stream,
            end_stream);
    }
    cox_buf_init(&reply->body, reply->body.max);
    if (response == NULL) {
        reply->stream.close(reply->stream.ctx);
        leave(server, request->x.who.actor.user_id);
        free(stream);
    }
    return response;
}
