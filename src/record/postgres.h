/*
 * record/postgres.h: the inside of the PostgreSQL engine, shared by postgres.c (connection and
 * transactions), postgres_pipe.c (what is sent ahead, errors) and postgres_stmt.c (statements and
 * values). The connection is always in pipeline mode, but for exec.
 */
#ifndef COX_RECORD_POSTGRES_H
#define COX_RECORD_POSTGRES_H

#include <libpq-fe.h>

#include "record/engine.h"

enum { COX_PG_PENDING_MAX = 256, COX_PG_NUMBER_SIZE = 32, COX_PG_NAME_SIZE = 32 };

enum cox_pg_sent { COX_PG_CONTROL, COX_PG_PREPARE, COX_PG_RUN, COX_PG_STEP };

struct cox_pg_stmt;

/* One message sent whose answer has not been read. */
struct cox_pg_pending {
    enum cox_pg_sent kind;
    struct cox_pg_stmt *stmt; /* NULL for a control command */
};

struct cox_pg {
    struct cox_db base;
    PGconn *conn;
    char *url;
    uint64_t generation; /* of the connection: statements of another one are not prepared on it */
    uint64_t name_count; /* names of prepared statements given out */
    bool has_runs;       /* something pending may break a constraint */
    bool is_writing;     /* the transaction was begun for writing */
    bool has_committed;  /* the last control command read said COMMIT */
    struct cox_err late; /* a failure met where it could not be told; told at the next sync */
    uint64_t *dropped;   /* names to be deallocated before the next transaction */
    size_t dropped_count, dropped_room;
    unsigned pending_count;
    struct cox_pg_pending pending[COX_PG_PENDING_MAX];
};

struct cox_pg_param {
    char number[COX_PG_NUMBER_SIZE];
    char *copy; /* texts, terminated */
    size_t room;
};

struct cox_pg_stmt {
    struct cox_stmt base;
    uint64_t name, generation;
    bool is_prepared, is_stepped;
    enum cox_rc bind_rc;
    unsigned param_count, pending_count;
    struct cox_pg_param *params;
    const char **values;
    int *sizes, *formats;
    PGresult *result;
    int row;
    int64_t changes;
};

/* ---- postgres_pipe.c ---- */

/* Says what the server said without values: PostgreSQL's own details quote rows. */
enum cox_rc cox_pg_fail(struct cox_pg *pg, const PGresult *result, struct cox_err *reterr);
enum cox_rc cox_pg_fail_lost(struct cox_pg *pg, struct cox_err *reterr);

/* BEGIN and the like. */
enum cox_rc cox_pg_send_control(struct cox_pg *pg, const char *sql,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_pg_send(struct cox_pg *pg, struct cox_pg_stmt *stmt, enum cox_pg_sent kind,
    struct cox_err *reterr) COX_NODISCARD;

/* Reads the answers to all that was sent. The first failure is returned. */
enum cox_rc cox_pg_sync(struct cox_pg *pg, struct cox_err *reterr) COX_NODISCARD;

/* The same where nobody can be told: the next sync returns the failure. */
void cox_pg_sync_later(struct cox_pg *pg);

/* The same where what failed is about to be taken back: failures are forgotten. */
void cox_pg_sync_quietly(struct cox_pg *pg);

/* Forgets what was sent over a connection that is no more. */
void cox_pg_forget_pending(struct cox_pg *pg);

/* ---- postgres_stmt.c ---- */

enum cox_rc cox_pg_compile(struct cox_db *db, struct cox_text sql, struct cox_stmt **ret_stmt,
    struct cox_err *reterr);
void cox_pg_drop(struct cox_stmt *stmt);
void cox_pg_reset(struct cox_stmt *stmt);
void cox_pg_bind(struct cox_stmt *stmt, unsigned at, const struct cox_param *param);
enum cox_rc cox_pg_step(struct cox_stmt *stmt, bool *ret_is_row, struct cox_err *reterr);
enum cox_rc cox_pg_run(struct cox_stmt *stmt, struct cox_err *reterr);
int64_t cox_pg_changes(struct cox_stmt *stmt);
bool cox_pg_is_null(struct cox_stmt *stmt, unsigned column);
int64_t cox_pg_read_int(struct cox_stmt *stmt, unsigned column);
double cox_pg_read_real(struct cox_stmt *stmt, unsigned column);
struct cox_text cox_pg_read_text(struct cox_stmt *stmt, unsigned column);

#endif
