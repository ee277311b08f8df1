/*
 * serve/deadline.c: until when a connection has to come on. The library's own timeout counts from the last
 * byte, so a client that drips never meets it, and one that waits for a worker is not looked at. Past its
 * deadline a connection is shut down; the library then finds it closed.
 */
#include "serve/inside.h"

enum { REPLY_S = 60, REPLY_RATE = 16 * 1024, SWEEP_MS = 500 };

static const struct cox_server_limits *limits_of(const struct cox_connection *connection)
{
    return &connection->loop->server->limits;
}

/* A new connection: its first head, or its TLS handshake, has to come. */
void cox_deadline_open(struct cox_connection *connection)
{
    connection->deadline_ms = cox_clock_ms() + (int64_t)limits_of(connection)->header_s * 1000;
}

/* The request line is there: the rest of the head has to come soon. */
void cox_deadline_head(struct cox_request *request)
{
    int64_t until =
        request->start_us / 1000 + (int64_t)limits_of(request->connection)->header_s * 1000;

    if (until < request->connection->deadline_ms) {
        request->connection->deadline_ms = until;
    }
}

void cox_deadline_body(struct cox_request *request)
{
    const struct cox_server_limits *limits = limits_of(request->connection);

    request->connection->deadline_ms =
        request->start_us / 1000 +
        1000 * ((int64_t)limits->body_s + (int64_t)(request->body_size / limits->body_rate));
}

/* Whoever does not fetch the reply. Streams set their own, beat by beat. */
void cox_deadline_reply(struct cox_request *request)
{
    request->connection->deadline_ms =
        cox_clock_ms() + 1000 * (REPLY_S + (int64_t)(request->reply_size / REPLY_RATE));
}

void cox_deadline_idle(struct cox_connection *connection)
{
    connection->deadline_ms = cox_clock_ms() + (int64_t)limits_of(connection)->idle_s * 1000;
}

void cox_deadline_sweep(struct cox_loop *loop, int64_t now_ms)
{
    if (now_ms - loop->swept_ms < SWEEP_MS) {
        return;
    }
    loop->swept_ms = now_ms;
    for (struct cox_connection *c = loop->connections; c != NULL; c = c->next) {
        if (c->deadline_ms <= now_ms) {
            (void)shutdown(c->fd, SHUT_RDWR); /* gone already: as good */
            c->deadline_ms = INT64_MAX;
        }
    }
}
