/*
 * tests/api/client.h: a plain HTTP client for tests: one connection, bytes as the test says, replies taken
 * apart. What takes longer than a minute fails.
 */
#ifndef COX_TESTS_API_CLIENT_H
#define COX_TESTS_API_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

struct client {
    int fd; /* -1: closed */
    char *bytes;
    size_t size, room;
};

/* Texts in the arena given, terminated. */
struct answer {
    int status; /* 0: no whole reply came */
    struct cox_text head, body;
    bool closes; /* the server has closed, or says that it will */
};

bool client_open(struct client *client, uint16_t port);
void client_close(struct client *client);

bool client_send(struct client *client, const char *bytes, size_t size);

/* The next reply on the connection. is_head: of a HEAD request. */
struct answer client_read(struct client *client, struct cox_arena *arena, bool is_head);

/* Bytes until text stands among those received since the last call, false when the server closes or ms have
 * passed: for streams. ret_all (may be NULL): all bytes since. */
bool client_wait(struct client *client, const char *text, int ms, struct cox_arena *arena,
    struct cox_text *ret_all);

/* Has the server closed (within ms)? */
bool client_is_closed(struct client *client, int ms);

/* ptr NULL when absent. */
struct cox_text answer_header(const struct answer *answer, const char *name);

#endif
