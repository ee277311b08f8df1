/*
 * tests/api/site.h: a company with somebody of each role, and the real server over it on a free port of
 * loopback. Tests ask as one of them and look at the answer.
 */
#ifndef COX_TESTS_API_SITE_H
#define COX_TESTS_API_SITE_H

#include "client.h"
#include "firm.h"
#include "record/token.h"
#include "serve/server.h"

/* The leader leads the manager, who leads rep and peer. The admin and the executive lead nobody. */
enum site_role {
    SITE_NOBODY, /* without sign-in */
    SITE_REP,
    SITE_PEER, /* another rep */
    SITE_MANAGER,
    SITE_LEADER,
    SITE_EXECUTIVE,
    SITE_ADMIN,
    SITE_ROLE_COUNT,
};

struct site {
    struct firm *firm;
    struct cox_server *server;
    uint16_t port;
    int64_t users[SITE_ROLE_COUNT];
    char tokens[SITE_ROLE_COUNT][COX_TOKEN_SIZE]; /* scope write,people */
    struct client clients[SITE_ROLE_COUNT];       /* a kept connection each */
    struct cox_arena *arena;                      /* of answers; the test's */
    struct cox_log log;
    char lines[64 * 1024]; /* the end of the server's log */
    size_t line_size;
};

int site_sqlite(void **state);
int site_postgres(void **state);
int site_close(void **state);

/* Skips the test when the engine is not to be had. */
struct site *site_of(void **state);

/* The server anew, with other limits or options; opt's store, listen and, unless given, host are filled in. */
void site_restart(struct site *site, const struct cox_server_opt *opt);

/*
 * A second server over a second store on the same database. It is asked as the same people; ret_second is site's copy, with
 * connections of its own.
 */
void site_open_second(struct site *site, struct site *ret_second, struct cox_store **ret_store,
    const struct cox_server_opt *opt);
void site_close_second(struct site *second, struct cox_store *store);

/* body NULL: none; else JSON. headers: "If-Match: \"3\"\r\n", or NULL. path with its query. */
struct answer site_ask(struct site *site, enum site_role who, const char *method, const char *path,
    const char *body, const char *headers);

/* GET that must give status. */
struct answer site_get(struct site *site, enum site_role who, const char *path, int status);

/* The body as JSON, freed with the site's arena; a test that asks for what is none fails. */
json_t *site_json(struct site *site, const struct answer *answer);

/* Bytes as they are on a connection of their own; the first reply. */
struct answer site_raw(struct site *site, const char *bytes, size_t size);

/* Does a line of the server's log hold this, now or within half a minute? */
bool site_logged(struct site *site, const char *text);

/* Does none, now and half a second on? */
bool site_never_logged(struct site *site, const char *text);

/* The problem details have this code. */
void site_refused(struct site *site, const struct answer *answer, int status, const char *code);

#define BOTH_SITES(test)                                                                           \
    {#test " on SQLite", test, site_sqlite, site_close, NULL},                                     \
    {                                                                                              \
#        test " on PostgreSQL", test, site_postgres, site_close, NULL                              \
    }

#endif
