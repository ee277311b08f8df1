/*
 * serve/inside.h: what the files of the server's core share: the server, a loop, a connection, a request.
 * Handlers see http.h, server.h and part.h only.
 *
 * Who touches what: a loop's lists, its connections and its requests belong to the loop's thread. A
 * request belongs to a worker from the moment it is queued until it is in the loop's list of done ones.
 */
#ifndef COX_SERVE_INSIDE_H
#define COX_SERVE_INSIDE_H

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>

#include "record/head.h"
#include "serve/part.h"
#include "serve/route.h"
#include "serve/server.h"

struct cox_auth;
struct cox_connection;
struct cox_limiter;
struct cox_loop;
struct cox_metrics;
struct cox_request;
struct cox_router;
struct cox_static;
struct cox_tls;
struct cox_workers;

/* ---- a request ---- */

enum cox_request_state {
    COX_REQUEST_HEAD, /* the request line is there */
    COX_REQUEST_BODY, /* checked; its body comes in */
    COX_REQUEST_WORK, /* a worker has it, or it waits for a commit; the connection is suspended */
    COX_REQUEST_DONE, /* the response is made and not yet given to the library */
    COX_REQUEST_SENT, /* given */
};

/* Work for the pool: run is called once on a worker thread. */
struct cox_task {
    struct cox_task *next;
    void (*run)(struct cox_task *task);
};

struct cox_request {
    struct cox_task task; /* first: a task of the pool is one of these */
    struct cox_exchange x;
    struct cox_connection *connection;
    struct MHD_Connection *mhd;
    enum cox_request_state state;
    bool is_on_loop;      /* a quick one: runs on the loop itself */
    bool is_head;         /* HEAD */
    bool is_refused;      /* x.reply is a problem already: no handler runs */
    unsigned route_index; /* of server->routes; COX_NO_ROUTE */
    bool is_page;         /* not of the API: answered by static.c */
    struct cox_mark mark; /* the arena, kept from request to request, as it is when empty */
    bool must_close;      /* the connection is not to be trusted with another request */
    struct cox_buf body;  /* in memory */
    int body_fd;          /* -1, or a file without a name that holds it */
    void *body_map;       /* and its bytes */
    uint64_t body_size;
    size_t body_max;
    int64_t start_us;  /* monotonic */
    int64_t after_seq; /* Coxswain-After: waits for it until after_us; 0: no */
    int64_t after_us;
    struct MHD_Response *response; /* the request's own reference, unless is_shared */
    bool is_shared;
    int status;
    uint64_t reply_size;
    struct cox_request *next; /* in the loop's done, waiting or free list */
    char id[24];
};

/* ---- a connection ---- */

struct cox_address {
    unsigned char bytes[16]; /* IPv6, or IPv4 mapped into it; of IPv6 the first 64 bits count */
};

struct cox_connection {
    struct cox_loop *loop;
    struct cox_connection *next, *prev;
    int fd;
    int64_t deadline_ms; /* monotonic; INT64_MAX: none */
    struct cox_address address;
    bool is_loopback;
};

/* ---- a loop ---- */

struct cox_loop {
    struct cox_server *server;
    struct MHD_Daemon *daemon;
    pthread_t thread;
    bool is_started;
    int listen_fd, epoll_fd, wake_fd;
    struct cox_connection *connections; /* all of them */
    struct cox_request *waiting;        /* for a commit */
    struct cox_request *free_requests;
    size_t free_count;
    struct cox_stream_state *streams; /* all of them */
    int64_t swept_ms;                 /* deadlines were looked at */
    _Atomic bool wants_head;          /* somebody waits for a commit, or streams */

    pthread_mutex_t lock; /* guards done */
    struct cox_request *done;
    _Atomic bool is_quitting;
    _Atomic unsigned request_count; /* begun and not completed: what a graceful stop waits for */
    _Atomic unsigned connection_count;
};

struct cox_server {
    struct cox_arena *arena;
    struct cox_server_opt opt;
    struct cox_server_limits limits; /* resolved */
    char address[64], url[256];
    struct sockaddr_storage bind_to;
    socklen_t bind_size;
    uint16_t port;
    bool is_https, is_on_loopback;
    char host_name[256]; /* of opt.url; "" when none is given */

    struct cox_router *router;
    const struct cox_route **routes;
    const char **route_features; /* by route: the feature it is of; NULL: serve's own */
    size_t route_count;
    const struct cox_part **parts;
    void **part_states;
    size_t part_count, part_open_count;

    struct cox_loop *loops;
    unsigned loop_count;
    struct cox_workers *workers;
    struct cox_auth *auth;
    struct cox_limiter *limiter;
    struct cox_reply_memo *reply_memo;
    struct cox_metrics *metrics;
    struct cox_static *files;
    struct cox_tls *tls;
    struct cox_watch *watch;
    char boot[9]; /* begins every request id of this run */
    _Atomic uint64_t request_number;
    _Atomic unsigned stream_count;
    _Atomic bool is_stopping;
    bool is_started;
};

static inline struct cox_request *cox_request_of(struct cox_exchange *x)
{
    return (struct cox_request *)((char *)x - offsetof(struct cox_request, x));
}

/* ---- clocks ---- */

int64_t cox_clock_us(void); /* monotonic */
static inline int64_t cox_clock_ms(void)
{
    return cox_clock_us() / 1000;
}

/* ---- listen.c ---- */

/* "127.0.0.1:8080", "[::1]:0": COX_INVALID says what is wrong. */
enum cox_rc cox_listen_parse(const char *text, struct sockaddr_storage *ret_address,
    socklen_t *ret_size, struct cox_err *reterr) COX_NODISCARD;

/* count sockets that share the address, listening; closes what it opened on failure. */
enum cox_rc cox_listen_open(struct cox_server *server, int *ret_fds, unsigned count,
    struct cox_err *reterr) COX_NODISCARD;

void cox_address_of(const struct sockaddr *address, struct cox_address *ret_address,
    bool *ret_is_loopback);

/* ---- loop.c ---- */

enum cox_rc cox_loop_start(struct cox_loop *loop, int listen_fd,
    struct cox_err *reterr) COX_NODISCARD;
void cox_loop_wake(struct cox_loop *loop);                              /* any thread */
void cox_loop_done(struct cox_loop *loop, struct cox_request *request); /* any thread */
void cox_loop_stop(struct cox_loop *loop);

/* ---- request.c: from its first byte to its response ---- */

/* MHD's callbacks; loop is the closure. */
void *cox_request_begin(void *loop, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result cox_request_step(void *loop, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_size,
    void **request);
void cox_request_end(void *loop, struct MHD_Connection *mhd, void **request,
    enum MHD_RequestTerminationCode how);

void cox_request_drop_free(struct cox_loop *loop);

/* It is over: for the log and the metrics (note.c). */
void cox_request_note(struct cox_request *request, bool is_complete);

/* On a worker or the loop: who asks, may they, the handler, its response. */
void cox_request_run(struct cox_request *request);

/* Waiting is over: to a worker, or refused when there are too many. */
void cox_request_queue(struct cox_request *request);

/* ---- check.c: is it a request at all? Fills the exchange; a refusal becomes the reply. ---- */

void cox_request_check(struct cox_request *request, const char *method, const char *version);

/* ---- body.c ---- */

enum cox_rc cox_body_add(struct cox_request *request, const char *bytes, size_t size,
    struct cox_err *reterr) COX_NODISCARD;
/* All is there: x.body. */
enum cox_rc cox_body_finish(struct cox_request *request, struct cox_err *reterr) COX_NODISCARD;
void cox_body_drop(struct cox_request *request);

/* ---- respond.c ---- */

/* x.reply becomes response, status, reply_size; without memory response stays NULL. */
void cox_respond(struct cox_request *request);
void cox_security_headers(const struct cox_server *server, struct MHD_Response *response,
    bool is_page);

/* ---- worker.c ---- */

enum cox_rc cox_workers_open(struct cox_server *server, struct cox_err *reterr) COX_NODISCARD;
/* False when queue_max wait already. */
bool cox_workers_add(struct cox_workers *workers, struct cox_task *task);
unsigned cox_workers_queue(struct cox_workers *workers);
void cox_workers_close(struct cox_workers *workers); /* after what is queued */

/* ---- deadline.c ---- */

void cox_deadline_open(struct cox_connection *connection);
void cox_deadline_head(struct cox_request *request);
void cox_deadline_body(struct cox_request *request);
void cox_deadline_reply(struct cox_request *request);
void cox_deadline_idle(struct cox_connection *connection);
void cox_deadline_sweep(struct cox_loop *loop, int64_t now_ms);

#endif
