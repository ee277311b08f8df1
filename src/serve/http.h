/*
 * serve/http.h: one request and its reply as handlers see them, and how a route is declared.
 *
 * A handler reads the exchange, works through record/, and writes the reply or returns a failure, which
 * becomes problem details (RFC 9457) with the status of its code. It runs on a worker thread, or with
 * COX_ROUTE_QUICK on the event loop itself; it keeps no pointer beyond its return.
 */
#ifndef COX_SERVE_HTTP_H
#define COX_SERVE_HTTP_H

#include <jansson.h>

#include "base/json.h"
#include "record/record.h"

struct cox_server; /* serve/server.h */
struct cox_exchange;

enum cox_method { COX_GET, COX_POST, COX_PUT, COX_PATCH, COX_DELETE, COX_METHOD_COUNT };

enum cox_route_flag {
    COX_ROUTE_PUBLIC = 1 << 0,  /* without sign-in */
    COX_ROUTE_SESSION = 1 << 1, /* signed in by session only: never by a token */
    COX_ROUTE_QUICK =
        1 << 2, /* answers within a millisecond: on SQLite it runs on the event loop */
    COX_ROUTE_PEOPLE = 1 << 3,     /* people data: tokens need scope "people" */
    COX_ROUTE_SAFE = 1 << 4,       /* POST that only reads: a read token may */
    COX_ROUTE_UNLOGGED = 1 << 5,   /* not in the access log */
    COX_ROUTE_KEEPS_BODY = 1 << 6, /* no JSON: any content type, kept in a file past 1 MiB */
};

/* A query parameter, for OpenAPI and for refusing unknown ones. type: "string", "integer", "boolean". */
struct cox_parameter {
    const char *name, *type, *help;
};

typedef enum cox_rc (*cox_handler_fn)(struct cox_exchange *x, struct cox_err *reterr);

enum { COX_ROUTE_PARAM_MAX = 4, COX_REPLY_HEADER_MAX = 12 };

/* Arrays of routes end with {0}. */
struct cox_route {
    enum cox_method method;
    const char *path; /* "/api/v1/fields/{id}": a name in braces matches one segment */
    cox_handler_fn handle;
    unsigned flags;
    unsigned roles;      /* COX_ROLE_BIT(...) of which one is needed; 0: whoever is signed in */
    size_t body_max;     /* 0: takes no body */
    const char *summary; /* one sentence */
    const struct cox_parameter *parameters; /* ends with {0}; NULL: none. A parameter named "*"
                                               stands for field filters */
    const char *in, *out; /* JSON Schema (as JSON text) of the body and of the reply; NULL: none */
};

/* Who asks. user_id 0 only on public routes. */
struct cox_who {
    struct cox_actor actor;
    unsigned token_scope; /* enum cox_token_scope; 0: a session, which may all that its user may */
    unsigned char session[32]; /* digest of the session's secret; zero without a session */
};

/*
 * A reply that goes on (server-sent events). pull runs on a worker thread, never twice at once: at the
 * start, whenever the store's head has moved, and every 15 s (is_beat: say that one is alive); it adds
 * what there is to out. Before each pull the server has asked again who is there: a stream ends by itself when its
 * session or token ends; x->who's newest actor is in who. A failure ends it. close runs once, also when the
 * client has gone.
 */
struct cox_stream {
    enum cox_rc (*pull)(void *ctx, const struct cox_who *who, bool is_beat, struct cox_buf *out,
        struct cox_err *reterr);
    void (*close)(void *ctx);
    void *ctx; /* not of the request's arena */
};

/* The reply. body is sent as it is; the server adds Date, Content-Length, Coxswain-Seq, security. */
struct cox_reply {
    int status;       /* 0: 200, or 204 when body is empty */
    const char *type; /* NULL: application/json */
    struct cox_buf body;
    int file; /* -1, or a file to send instead of body; the server closes it */
    int64_t file_size;
    struct cox_stream stream; /* pull not NULL: body is what comes first, then what pull says */
    int retry_after_s;        /* 0: none. With 429 and 503 */
    int64_t seq;              /* what was read or committed: Coxswain-Seq; 0: not said */
    struct {
        const char *name, *value; /* in the arena */
    } headers[COX_REPLY_HEADER_MAX];
    size_t header_count;
};

struct cox_exchange {
    struct cox_server *server;
    struct cox_store *store;
    struct cox_arena *arena; /* of this request; limited */
    const struct cox_route *route;
    enum cox_method method;
    struct cox_text path;                        /* as sent, without the query */
    struct cox_text query;                       /* as sent, percent-encoded; "" when none */
    struct cox_text params[COX_ROUTE_PARAM_MAX]; /* what the braces matched, decoded */
    struct cox_text body;
    const char *request_id; /* of this server, in the log and in problem details */
    struct cox_who who;
    struct cox_reply reply;
    void *connection; /* the server's own */
};

/* A request header; ptr NULL when absent. Name without regard to case. */
struct cox_text cox_exchange_header(const struct cox_exchange *x, const char *name);

/* Where the request comes from, 16 bytes to count by: an IPv4 address, or a network of IPv6; behind a proxy
 * that is believed, what it says. */
struct cox_text cox_exchange_peer(const struct cox_exchange *x);

/* A query parameter, decoded; ptr NULL when absent. The first one counts when it is repeated. */
enum cox_rc cox_exchange_parameter(struct cox_exchange *x, const char *name,
    struct cox_text *ret_value, struct cox_err *reterr) COX_NODISCARD;

/* A whole number within bounds; otherwise when absent. COX_INVALID names the parameter. */
enum cox_rc cox_exchange_integer(struct cox_exchange *x, const char *name, int64_t least,
    int64_t most, int64_t otherwise, int64_t *ret_value, struct cox_err *reterr) COX_NODISCARD;

/* The at-th path parameter as a record's id: COX_MISSING when it is not a number. */
enum cox_rc cox_exchange_id(struct cox_exchange *x, size_t at, int64_t *ret_id,
    struct cox_err *reterr) COX_NODISCARD;

/* The query without the parameters that the route declares: the field filters, still encoded. */
enum cox_rc cox_exchange_filter(struct cox_exchange *x, struct cox_text *ret_filter,
    struct cox_err *reterr) COX_NODISCARD;

/* The body as a JSON object; freed with the arena. COX_INVALID says line and column. */
enum cox_rc cox_exchange_json(struct cox_exchange *x, json_t **ret_json,
    struct cox_err *reterr) COX_NODISCARD;

/* A parameter that says what is read as as_of does; {0} when it is absent. */
enum cox_rc cox_exchange_as_of(struct cox_exchange *x, const char *name,
    struct cox_as_of *ret_as_of, struct cox_err *reterr) COX_NODISCARD;

/* Read options: who asks, and the parameter as_of (a date: its end in the company's zone; an instant;
 * "seq:123"). {who, now} without it. */
enum cox_rc cox_exchange_read_opt(struct cox_exchange *x, struct cox_read_opt *ret_opt,
    struct cox_err *reterr) COX_NODISCARD;

/* Write options: who asks, cause UI for sessions and API for tokens, request id, Idempotency-Key with the
 * request's digest. */
enum cox_rc cox_exchange_write_opt(struct cox_exchange *x, struct cox_write_opt *ret_opt,
    struct cox_err *reterr) COX_NODISCARD;

/* One write with these options, except the Idempotency-Key: what says a password, a code, a link or a token
 * is never answered a second time. */
enum cox_rc cox_exchange_write_secret(struct cox_exchange *x, cox_call_fn fn, void *ctx,
    struct cox_err *reterr) COX_NODISCARD;

/* Starts the reply's JSON; what was begun is ended by cox_reply_json_done. */
void cox_reply_json(struct cox_exchange *x, int status, struct cox_json *ret_json);
enum cox_rc cox_reply_json_done(struct cox_exchange *x, struct cox_json *json,
    struct cox_err *reterr) COX_NODISCARD;

/* Problem details instead of whatever reply was begun; err's text, field and row are in it. code NULL: the
 * name of err->rc, status 0: its status. For what a return of err alone cannot say ("totp_required"). */
void cox_reply_problem(struct cox_exchange *x, int status, const char *code,
    const struct cox_err *err);

/* value is copied. A header past COX_REPLY_HEADER_MAX is a fault of the program (assertion). */
enum cox_rc cox_reply_header(struct cox_exchange *x, const char *name, const char *value,
    struct cox_err *reterr) COX_NODISCARD;

#endif
