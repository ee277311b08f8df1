/* bench/serve/load.c: see load.h. */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../bench.h"

enum { ROOM = 256 * 1024, EVENTS = 256, SAMPLES = 1 << 20 };

struct peer {
    int fd;
    size_t next; /* request */
    char *bytes;
    size_t size;
    double sent_at;
};

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void connect_to(struct peer *peer, uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    const int on = 1;

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (peer->fd < 0 || connect(peer->fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
        fail("connect");
    }
    (void)setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* slower without */
    peer->bytes = malloc(ROOM);
    if (peer->bytes == NULL) {
        fail("malloc");
    }
}

static void send_next(const struct load *load, struct peer *peer)
{
    const char *request = load->requests[peer->next % load->request_count];
    size_t size = strlen(request);

    peer->next += (size_t)load->connections;
    peer->size = 0;
    peer->sent_at = bench_now();
    if (send(peer->fd, request, size, MSG_NOSIGNAL) != (ssize_t)size) {
        fail("send");
    }
}

/* Is the reply whole? ret_body: its size. */
static int is_whole(const struct peer *peer, size_t *ret_body)
{
    const char *end = memmem(peer->bytes, peer->size, "\r\n\r\n", 4), *length;

    if (end == NULL) {
        return 0;
    }
    length = memmem(peer->bytes, (size_t)(end - peer->bytes), "Content-Length: ", 16);
    *ret_body = length == NULL ? 0 : strtoul(length + 16, NULL, 10);
    return peer->size >= (size_t)(end + 4 - peer->bytes) + *ret_body;
}

static void receive(const struct load *load, struct peer *peer, struct load_result *result,
    double *samples)
{
    size_t body;
    ssize_t size = recv(peer->fd, peer->bytes + peer->size, ROOM - peer->size, MSG_DONTWAIT);

    if (size <= 0) {
        if (size < 0 && errno == EAGAIN) {
            return;
        }
        fprintf(stderr, "load: the server has closed a connection\n");
        exit(1);
    }
    peer->size += (size_t)size;
    if (!is_whole(peer, &body)) {
        return;
    }
    double ms = (bench_now() - peer->sent_at) * 1000;
    samples[result->count % SAMPLES] = ms;
    result->longest_ms = ms > result->longest_ms ? ms : result->longest_ms;
    result->count++;
    result->refused += peer->bytes[9] != '2';
    result->reply_size = body;
    send_next(load, peer);
}

void load_run(const struct load *load, struct load_result *ret_result)
{
    struct peer *peers = calloc((size_t)load->connections, sizeof(*peers));
    double *samples = malloc(SAMPLES * sizeof(*samples));
    struct epoll_event events[EVENTS];
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    if (peers == NULL || samples == NULL || epoll < 0) {
        fail("load");
    }
    *ret_result = (struct load_result){0};
    for (int i = 0; i < load->connections; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &peers[i]};
        connect_to(&peers[i], load->port);
        peers[i].next = (size_t)i;
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, peers[i].fd, &event) != 0) {
            fail("epoll_ctl");
        }
    }
    double start = bench_now(), end = start + load->seconds, now = start;
    for (int i = 0; i < load->connections; i++) {
        send_next(load, &peers[i]);
    }
    while (now < end) {
        int count = epoll_wait(epoll, events, EVENTS, 100);
        for (int i = 0; i < count; i++) {
            receive(load, events[i].data.ptr, ret_result, samples);
        }
        now = bench_now();
    }
    size_t sampled = ret_result->count < SAMPLES ? ret_result->count : SAMPLES;
    ret_result->per_second = (double)ret_result->count / (now - start);
    if (sampled > 0) {
        ret_result->p50_ms = bench_quantile(samples, sampled, 0.5);
        ret_result->p99_ms = bench_quantile(samples, sampled, 0.99);
    }
    for (int i = 0; i < load->connections; i++) {
        ret_result->stuck += now - peers[i].sent_at > 2;
        (void)close(peers[i].fd);
        free(peers[i].bytes);
    }
    (void)close(epoll);
    free(samples);
    free(peers);
}
