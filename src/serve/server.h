/*
 * serve/server.h: the HTTP server: opened over a store and a list of features, started on an address,
 * run until it is told to stop.
 *
 * Each of its threads has an event loop of its own over one socket (SO_REUSEPORT). Handlers flagged
 * COX_ROUTE_QUICK run there; the others run on a pool of workers while their connection waits,
 * since a write blocks until its group of commits is durable.
 */
#ifndef COX_SERVE_SERVER_H
#define COX_SERVE_SERVER_H

#include "base/log.h"
#include "record/feature.h"
#include "serve/http.h"

/* ---- what the server needs of the rooms above it ---- */

/* Who somebody is, for GET /session. Texts of the call's arena; ptr NULL: not set. */
struct cox_profile {
    struct cox_text name, email, locale, zone, currency, title;
};

/* The company, for GET /session. */
struct cox_company {
    struct cox_text name, zone, currency;
};

struct cox_host {
    /* The actor of a user today: COX_MISSING; COX_DENIED when the person no longer works here. */
    enum cox_rc (*actor)(struct cox_call *call, int64_t user_id, struct cox_actor *ret_actor,
        struct cox_err *reterr);
    /* By address, no regard to case; 0 when there is none. */
    enum cox_rc (*user_by_email)(struct cox_call *call, struct cox_text email, int64_t *ret_user,
        struct cox_err *reterr);
    enum cox_rc (*profile)(struct cox_call *call, int64_t user_id, struct cox_profile *ret_profile,
        struct cox_err *reterr);
    enum cox_rc (
        *company)(struct cox_call *call, struct cox_company *ret_company, struct cox_err *reterr);
    /* Entities whose records decide what actor says (users, hats); NULL-terminated. */
    const struct cox_entity *const *actor_entities;
    const struct cox_feature *const *features; /* NULL-terminated */
};

/* ---- files of the web app, in the program ---- */

struct cox_web_file {
    const char *path; /* "/assets/app-3f2a.js"; "/index.html" also answers every other page */
    const char *type; /* "text/javascript; charset=utf-8" */
    const char *etag; /* with its quotes */
    const unsigned char *plain, *gzip, *brotli; /* gzip, brotli may be NULL */
    size_t plain_size, gzip_size, brotli_size;
    bool is_immutable; /* its name changes with its content: kept for a year */
};

/* ---- limits ---- */

/* 0 in a field: the number behind it. */
struct cox_server_limits {
    unsigned loop_count;            /* one a processor, 2 at least, 8 at most */
    unsigned worker_count;          /* 32 */
    unsigned queue_max;             /* 1024 requests waiting for a worker; then 503 */
    unsigned connection_max;        /* 4096 */
    unsigned address_max;           /* 1024 connections from one address (a proxy: all of them) */
    unsigned stream_max;            /* 2048 streams of events; user_stream_max of one user */
    unsigned user_stream_max;       /* 16 */
    unsigned header_s, idle_s;      /* 10 s for a request's head, 60 s between requests */
    unsigned body_s, body_rate;     /* 20 s for a body, and 1 s more for each 16 KiB of it */
    size_t memory_max;              /* 256 MiB an exchange */
    unsigned user_rate, user_burst; /* requests a second of one user or token: 200, at once 2000 */
    unsigned hook_timeout_ms;       /* 10 s for a webhook's receiver to answer */
    unsigned
        hook_retry_ms; /* 5 s after a failure, twice as long after each further one, 1 h at most */
    unsigned hook_fail_max; /* 20 failures in a row: the webhook is switched off */
    unsigned expire_ms; /* 20 s until what has been kept long enough is first erased; then hourly */
    unsigned digest_ms; /* 60 s between looks for digests to send, and until a first second try */
    unsigned address_rate, address_burst; /* without sign-in, of one address: 50, at once 500 */
};

/* ---- the server ---- */

struct cox_server_opt {
    struct cox_store *store; /* outlives the server */
    const struct cox_host *host;
    const char *listen;   /* "127.0.0.1:8080", "[::1]:8080", "0.0.0.0:80"; port 0: a free one */
    const char *url;      /* as people reach it, "https://crm.example.com"; NULL: by listen alone */
    bool is_behind_proxy; /* believe X-Forwarded-For of a peer on loopback */
    const char *smtp;     /* smtp://user:password@host:587; NULL: no mail is sent */
    const char *mail_from; /* address; with smtp */
    const char *
        ca_file; /* PEM of authorities to believe instead of the system's, when calling out; NULL */
    const char *tls_cert, *tls_key;   /* PEM files; NULL: plain HTTP */
    const struct cox_web_file *files; /* ends with {0}; NULL: none */
    const struct cox_log *log;        /* NULL: none */
    struct cox_server_limits limits;
};

/* Checks routes (an ambiguous one is COX_INTERNAL), opens parts. Texts and tables of opt are kept. */
enum cox_rc cox_server_open(const struct cox_server_opt *opt, struct cox_server **ret_server,
    struct cox_err *reterr) COX_NODISCARD;

/* Listens and answers from now on, in threads of its own. COX_CONFLICT: the address is taken. */
enum cox_rc cox_server_start(struct cox_server *server, struct cox_err *reterr) COX_NODISCARD;

/* No new connections; what has begun is answered, for at most grace_ms. Thread-safe, returns at the end. */
void cox_server_stop(struct cox_server *server, unsigned grace_ms);

/* Certificates are read anew; running connections keep theirs. A failure leaves the old ones. */
enum cox_rc cox_server_reload(struct cox_server *server, struct cox_err *reterr) COX_NODISCARD;

/* After stop; accepts NULL and one that was never started. */
void cox_server_close(struct cox_server *server);

/* ---- for handlers and parts ---- */

uint16_t cox_server_port(const struct cox_server *server); /* as bound */
struct cox_store *cox_server_store(const struct cox_server *server);
const struct cox_host *cox_server_host(const struct cox_server *server);
const struct cox_log *cox_server_log(const struct cox_server *server);
/* "https://crm.example.com" or "http://127.0.0.1:8080", no slash at the end. */
const char *cox_server_url(const struct cox_server *server);
/* As given when it was opened; NULL: not. */
const char *cox_server_smtp(const struct cox_server *server);
const char *cox_server_mail_from(const struct cox_server *server);
const char *cox_server_ca_file(const struct cox_server *server);
bool cox_server_is_https(const struct cox_server *server); /* by url: cookies Secure, HSTS */
const struct cox_server_limits *cox_server_limit_table(const struct cox_server *server);
int64_t cox_server_head(const struct cox_server *server); /* newest commit it has seen */

/* Every route there is, serve's own first; ret_count of them. For OpenAPI. */
const struct cox_route *const *cox_server_routes(const struct cox_server *server,
    size_t *ret_count);

/* Whoever has been authenticated is looked up anew: after a session's end or a change of rights that is no
 * commit. (Commits on tokens, settings and actor_entities do it by themselves.) */
void cox_server_forget(struct cox_server *server);

#endif
