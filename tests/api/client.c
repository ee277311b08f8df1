/* tests/api/client.c: see client.h. */
#include "client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000, CHUNK = 64 * 1024 };

bool client_open(struct client *client, uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *client = (struct client){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    return client->fd >= 0 && connect(client->fd, (const struct sockaddr *)&to, sizeof(to)) == 0;
}

void client_close(struct client *client)
{
    if (client->fd >= 0) {
        (void)close(client->fd);
    }
    free(client->bytes);
    *client = (struct client){.fd = -1};
}

bool client_send(struct client *client, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(client->fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* More bytes; false at the end, or when none come within ms. */
static bool more(struct client *client, int ms)
{
    struct pollfd poller = {.fd = client->fd, .events = POLLIN};

    if (client->room - client->size < CHUNK) {
        char *grown = realloc(client->bytes, client->room + 2 * CHUNK);
        if (grown == NULL) {
            return false;
        }
        client->bytes = grown;
        client->room += 2 * CHUNK;
    }
    if (poll(&poller, 1, ms) <= 0) {
        return false;
    }
    ssize_t size = recv(client->fd, client->bytes + client->size, CHUNK, 0);
    if (size <= 0) {
        return false;
    }
    client->size += (size_t)size;
    return true;
}

static void consume(struct client *client, size_t size)
{
    client->size -= size;
    memmove(client->bytes, client->bytes + size, client->size);
}

struct cox_text answer_header(const struct answer *answer, const char *name)
{
    struct cox_text rest = answer->head;

    while (rest.ptr != NULL) {
        struct cox_text value = cox_text_split(&rest, '\n');
        struct cox_text key = cox_text_split(&value, ':');
        if (value.ptr != NULL && cox_text_same_ascii(key, cox_text_of(name))) {
            return cox_text_trim(value);
        }
    }
    return (struct cox_text){0};
}

/* A chunked body from the front of the buffer; false when it breaks off. */
static bool read_chunks(struct client *client, struct cox_arena *arena, struct cox_text *ret_body)
{
    struct cox_buf body;
    bool is_whole = false;

    cox_buf_init(&body, (size_t)64 << 20);
    for (;;) {
        char *line = client->size == 0 ? NULL : memchr(client->bytes, '\n', client->size);
        if (line == NULL) {
            if (!more(client, PATIENCE_MS)) {
                break;
            }
            continue;
        }
        size_t head = (size_t)(line + 1 - client->bytes);
        size_t size = strtoul(client->bytes, NULL, 16);
        while (client->size < head + size + 2) {
            if (!more(client, PATIENCE_MS)) {
                cox_buf_done(&body);
                return false;
            }
        }
        cox_buf_add(&body, client->bytes + head, size);
        consume(client, head + size + 2);
        if (size == 0) {
            is_whole = true;
            break;
        }
    }
    *ret_body = cox_arena_text(arena, cox_buf_text(&body));
    cox_buf_done(&body);
    return is_whole;
}

struct answer client_read(struct client *client, struct cox_arena *arena, bool is_head)
{
    struct answer answer = {0}, none = {.closes = true};
    char *end;

    while (
        client->size == 0 || (end = memmem(client->bytes, client->size, "\r\n\r\n", 4)) == NULL) {
        if (!more(client, PATIENCE_MS)) {
            return none;
        }
    }
    size_t head = (size_t)(end - client->bytes) + 4;
    answer.head = cox_arena_text(arena, (struct cox_text){client->bytes, head});
    answer.status = head > 12 ? atoi(client->bytes + 9) : 0;
    consume(client, head);
    if (answer.status == 100) { /* the interim reply: the real one follows */
        return client_read(client, arena, is_head);
    }
    answer.closes = cox_text_same_ascii(answer_header(&answer, "Connection"), COX_LIT("close"));
    struct cox_text length = answer_header(&answer, "Content-Length");
    answer.body = COX_LIT("");
    if (is_head || answer.status == 204 || answer.status == 304) {
        return answer;
    }
    if (length.ptr == NULL) {
        return read_chunks(client, arena, &answer.body) ? answer : none;
    }
    size_t size = strtoul(length.ptr, NULL, 10);
    while (client->size < size) {
        if (!more(client, PATIENCE_MS)) {
            return none;
        }
    }
    answer.body = cox_arena_text(arena, (struct cox_text){client->bytes, size});
    consume(client, size);
    return answer;
}

bool client_wait(struct client *client, const char *text, int ms, struct cox_arena *arena,
    struct cox_text *ret_all)
{
    int64_t until = now_ms() + ms;
    const char *found;

    for (;;) {
        found = client->size > 0 ? memmem(client->bytes, client->size, text, strlen(text)) : NULL;
        int64_t left = until - now_ms();
        if (found != NULL || left <= 0 || !more(client, (int)left)) {
            break;
        }
    }
    if (ret_all != NULL) {
        *ret_all = client->size == 0
                       ? COX_LIT("")
                       : cox_arena_text(arena, (struct cox_text){client->bytes, client->size});
    }
    /* What came in the same piece behind it is for the next wait. */
    consume(client, found == NULL ? client->size : (size_t)(found - client->bytes) + strlen(text));
    return found != NULL;
}

bool client_is_closed(struct client *client, int ms)
{
    struct pollfd poller = {.fd = client->fd, .events = POLLIN};
    int64_t until = now_ms() + ms;
    char bytes[4096];

    for (;;) {
        int64_t left = until - now_ms();
        if (left <= 0 || poll(&poller, 1, (int)left) <= 0) {
            return false;
        }
        if (recv(client->fd, bytes, sizeof(bytes), 0) <= 0) {
            return true;
        }
    }
}
