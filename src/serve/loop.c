/*
 * serve/loop.c: one thread's event loop around the library's own epoll descriptor. Whoever has finished a
 * request elsewhere puts it into the list of done ones and writes the wake descriptor: resuming alone
 * does not wake a loop that is not the library's.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "serve/inside.h"
#include "serve/limit.h"
#include "serve/stream.h"
#include "serve/tls.h"

enum { TICK_MS = 250, KEPT_US = 20 * 1000, CONNECTION_MEMORY = 24 * 1024 };

int64_t cox_clock_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- connections ---- */

static struct cox_limit_key key_of(const struct cox_address *address)
{
    struct cox_limit_key key = {.kind = 'c'};

    memcpy(key.who, address->bytes, sizeof(key.who));
    return key;
}

/* One address cannot take all connections; on loopback it is a proxy, or ourselves. */
static enum MHD_Result let_in(void *ctx, const struct sockaddr *from, socklen_t size)
{
    const struct cox_server *server = ((const struct cox_loop *)ctx)->server;
    struct cox_address address;
    bool is_loopback;

    (void)size;
    cox_address_of(from, &address, &is_loopback);
    struct cox_limit_key key = key_of(&address);
    if (is_loopback) {
        return MHD_YES;
    }
    if (!cox_limiter_enter(server->limiter, &key, server->limits.address_max)) {
        return MHD_NO;
    }
    cox_limiter_leave(server->limiter, &key); /* counted for good when it has begun */
    return MHD_YES;
}

static void begin_connection(struct cox_loop *loop, struct MHD_Connection *mhd, void **context)
{
    struct cox_connection *connection = calloc(1, sizeof(*connection));

    if (connection == NULL) {
        return; /* its requests find no context and are refused */
    }
    connection->loop = loop;
    connection->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    cox_address_of(MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr,
        &connection->address, &connection->is_loopback);
    if (!connection->is_loopback) {
        struct cox_limit_key key = key_of(&connection->address);
        (void)cox_limiter_enter(loop->server->limiter, &key, UINT_MAX); /* let in already */
    }
    connection->next = loop->connections;
    if (loop->connections != NULL) {
        loop->connections->prev = connection;
    }
    loop->connections = connection;
    atomic_fetch_add(&loop->connection_count, 1);
    cox_deadline_open(connection);
    *context = connection;
}

static void end_connection(struct cox_connection *connection)
{
    struct cox_loop *loop = connection->loop;

    if (connection->prev != NULL) {
        connection->prev->next = connection->next;
    } else {
        loop->connections = connection->next;
    }
    if (connection->next != NULL) {
        connection->next->prev = connection->prev;
    }
    if (!connection->is_loopback) {
        struct cox_limit_key key = key_of(&connection->address);
        cox_limiter_leave(loop->server->limiter, &key);
    }
    atomic_fetch_sub(&loop->connection_count, 1);
    free(connection);
}

static void note_connection(void *loop, struct MHD_Connection *mhd, void **context,
    enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        begin_connection(loop, mhd, context);
    } else if (*context != NULL) {
        end_connection(*context);
        *context = NULL;
    }
}

/* Paths are decoded by us: the library leaves them alone. */
static size_t keep_encoded(void *ctx, struct MHD_Connection *mhd, char *text)
{
    (void)ctx;
    (void)mhd;
    return strlen(text);
}

/* ---- what others have finished ---- */

void cox_loop_wake(struct cox_loop *loop)
{
    const uint64_t one = 1;

    (void)!write(loop->wake_fd, &one, sizeof(one)); /* full: it is awake anyway */
}

void cox_loop_done(struct cox_loop *loop, struct cox_request *request)
{
    (void)pthread_mutex_lock(&loop->lock); /* a plain mutex: fails on misuse only */
    bool is_first = loop->done == NULL;
    request->next = loop->done;
    loop->done = request;
    (void)pthread_mutex_unlock(&loop->lock);
    if (is_first) {
        cox_loop_wake(loop);
    }
}

static void resume_done(struct cox_loop *loop)
{
    struct cox_request *request;

    (void)pthread_mutex_lock(&loop->lock);
    request = loop->done;
    loop->done = NULL;
    (void)pthread_mutex_unlock(&loop->lock);
    while (request != NULL) {
        struct cox_request *next = request->next;
        request->state = COX_REQUEST_DONE;
        MHD_resume_connection(request->mhd);
        request = next;
    }
}

/* Those whose commit has been seen, or who have waited long enough. */
static void release_waiting(struct cox_loop *loop, int64_t now_us)
{
    int64_t head = cox_store_head(loop->server->opt.store);
    struct cox_request **at = &loop->waiting;

    while (*at != NULL) {
        struct cox_request *request = *at;
        if (request->after_seq <= head || request->after_us <= now_us) {
            *at = request->next;
            cox_request_queue(request);
        } else {
            at = &request->next;
        }
    }
}

/* ---- the loop ---- */

static int timeout_of(struct cox_loop *loop)
{
    MHD_UNSIGNED_LONG_LONG wanted;
    int64_t timeout = TICK_MS;

    if (MHD_get_timeout(loop->daemon, &wanted) == MHD_YES && wanted < (uint64_t)timeout) {
        timeout = (int64_t)wanted;
    }
    for (struct cox_request *r = loop->waiting; r != NULL; r = r->next) {
        int64_t left = (r->after_us - cox_clock_us()) / 1000 + 1;
        timeout = left < timeout ? left : timeout;
    }
    return timeout < 0 ? 0 : (int)timeout;
}

/* When the server is about to stop: who comes now is refused by the system. */
static void stop_listening(struct cox_loop *loop)
{
    if (loop->listen_fd >= 0 && atomic_load(&loop->server->is_stopping)) {
        MHD_socket fd = MHD_quiesce_daemon(loop->daemon);
        if (fd != MHD_INVALID_SOCKET) {
            (void)close(fd);
        }
        loop->listen_fd = -1;
    }
}

static void *run_loop(void *arg)
{
    struct cox_loop *loop = arg;
    struct epoll_event events[2];

    while (!atomic_load(&loop->is_quitting)) {
        /* Before the head is looked at, so that no commit falls between. */
        atomic_store(&loop->wants_head, loop->waiting != NULL || loop->streams != NULL);
        release_waiting(loop, cox_clock_us());
        bool is_resumed = cox_streams_look(loop, cox_clock_ms());
        int count = epoll_wait(loop->epoll_fd, events, (int)COX_COUNT(events),
            is_resumed ? 0 : timeout_of(loop));
        for (int i = 0; i < count; i++) {
            uint64_t wakes;
            if (events[i].data.fd == loop->wake_fd) {
                (void)!read(loop->wake_fd, &wakes, sizeof(wakes)); /* empty: as good */
            }
        }
        resume_done(loop);
        stop_listening(loop);
        (void)MHD_run(loop->daemon);
        cox_deadline_sweep(loop, cox_clock_ms());
        cox_store_relax(loop->server->opt.store, cox_store_clock_us() - KEPT_US);
    }
    return NULL;
}

static void ignore_log(void *ctx, const char *format, va_list args)
{
    (void)ctx; /* the library's words about clients that go away: not for our log */
    (void)format;
    (void)args;
}

static enum cox_rc start_daemon(struct cox_loop *loop, int listen_fd, struct cox_err *reterr)
{
    const struct cox_server *server = loop->server;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                     (server->bind_to.ss_family == AF_INET6 ? (unsigned)MHD_USE_IPv6 : 0);
    struct MHD_OptionItem tls[3] = {{MHD_OPTION_END, 0, NULL}};

    if (server->tls != NULL) {
        flags |= MHD_USE_TLS;
        cox_tls_options(tls);
    }

    loop->daemon =
        MHD_start_daemon(flags, 0, let_in, loop, cox_request_step, loop, MHD_OPTION_EXTERNAL_LOGGER,
            ignore_log, NULL, MHD_OPTION_ARRAY, tls, MHD_OPTION_LISTEN_SOCKET, listen_fd,
            MHD_OPTION_CONNECTION_LIMIT, server->limits.connection_max / server->loop_count + 1,
            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
            MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_URI_LOG_CALLBACK, cox_request_begin, loop,
            MHD_OPTION_NOTIFY_COMPLETED, cox_request_end, loop, MHD_OPTION_NOTIFY_CONNECTION,
            note_connection, loop, MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, NULL,
            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (loop->daemon == NULL) {
        (void)close(listen_fd);
        return cox_fail(reterr, COX_IO, "the HTTP library does not start");
    }
    loop->listen_fd = listen_fd;
    return COX_OK;
}

enum cox_rc cox_loop_start(struct cox_loop *loop, int listen_fd, struct cox_err *reterr)
{
    struct epoll_event event = {.events = EPOLLIN};

    loop->wake_fd = loop->epoll_fd = -1;
    (void)pthread_mutex_init(&loop->lock, NULL); /* default attributes: cannot fail */
    COX_TRY(start_daemon(loop, listen_fd, reterr));
    loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int library_fd = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    event.data.fd = library_fd;
    if (loop->wake_fd < 0 || loop->epoll_fd < 0 ||
        epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, library_fd, &event) != 0) {
        return cox_fail(reterr, COX_IO, "an event loop cannot be made: %s", strerror(errno));
    }
    event.data.fd = loop->wake_fd;
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, loop->wake_fd, &event) != 0 ||
        pthread_create(&loop->thread, NULL, run_loop, loop) != 0) {
        return cox_fail(reterr, COX_IO, "an event loop cannot be started");
    }
    loop->is_started = true;
    return COX_OK;
}

void cox_loop_stop(struct cox_loop *loop)
{
    if (loop->is_started) {
        atomic_store(&loop->is_quitting, true);
        cox_loop_wake(loop);
        (void)pthread_join(loop->thread, NULL); /* it only ends by itself */
        loop->is_started = false;
    }
    if (loop->daemon != NULL) {
        resume_done(loop);
        cox_streams_stop(loop);
        MHD_stop_daemon(loop->daemon);
        loop->daemon = NULL;
        (void)close(loop->wake_fd);
        (void)close(loop->epoll_fd);
    }
    cox_request_drop_free(loop);
}
