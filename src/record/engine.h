/*
 * record/engine.h: what SQLite and PostgreSQL each bring to record/db.h. Private to db.c, sqlite.c
 * and postgres*.c: everybody else sees record/db.h only.
 */
#ifndef COX_RECORD_ENGINE_H
#define COX_RECORD_ENGINE_H

#include "record/db.h"

#define COX_NULL_INT INT64_MIN /* the same as COX_NULL of record/entity.h, which is above this */

enum { COX_STMT_CACHE_MAX = 200, COX_STMT_BUCKETS = 256 };

enum cox_savepoint {
    COX_SAVEPOINT_SET,
    COX_SAVEPOINT_RELEASE,
    COX_SAVEPOINT_BACK,
    COX_SAVEPOINT_COUNT
};

enum cox_param_kind {
    COX_PARAM_NULL,
    COX_PARAM_INT,
    COX_PARAM_REAL,
    COX_PARAM_TEXT,
    COX_PARAM_BYTES
};

struct cox_param {
    enum cox_param_kind kind;
    int64_t number;
    double real;
    struct cox_text text;
};

/* First member of an engine's own statement. */
struct cox_stmt {
    struct cox_db *db;
    struct cox_stmt *next;          /* idle: in the same bucket */
    struct cox_stmt *newer, *older; /* idle: by last use */
    uint64_t hash;
    struct cox_text sql; /* the statement's own copy, terminated */
    char *sql_copy;      /* the same, to be freed by db.c */
    bool is_broken;      /* never used again: it failed in a way that may repeat */
};

/* One engine. Each function keeps what record/db.h says of the call of the same name. */
struct cox_engine_ops {
    void (*close)(struct cox_db *db); /* the cache is empty by then */
    enum cox_rc (*exec)(struct cox_db *db, const char *sql, struct cox_err *reterr);
    enum cox_rc (*begin)(struct cox_db *db, enum cox_db_begin how, struct cox_err *reterr);
    enum cox_rc (*commit)(struct cox_db *db, struct cox_err *reterr);
    void (*rollback)(struct cox_db *db);
    enum cox_rc (*savepoint)(struct cox_db *db, enum cox_savepoint what, struct cox_err *reterr);
    enum cox_rc (*reconnect)(struct cox_db *db, struct cox_err *reterr);
    bool (*is_fresh)(struct cox_db *db); /* NULL: cannot be told */
    enum cox_rc (*has)(struct cox_db *db, const char *kind, const char *name, bool *ret_has,
        struct cox_err *reterr);

    /* A new statement; db, hash and sql are filled in by the caller, who owns sql. */
    enum cox_rc (*compile)(struct cox_db *db, struct cox_text sql, struct cox_stmt **ret_stmt,
        struct cox_err *reterr);
    void (*drop)(struct cox_stmt *stmt);
    void (*reset)(struct cox_stmt *stmt); /* no rows, no parameters */
    void (*bind)(struct cox_stmt *stmt, unsigned at, const struct cox_param *param);
    enum cox_rc (*step)(struct cox_stmt *stmt, bool *ret_is_row, struct cox_err *reterr);
    enum cox_rc (*run)(struct cox_stmt *stmt, struct cox_err *reterr);
    int64_t (*changes)(struct cox_stmt *stmt);
    bool (*is_null)(struct cox_stmt *stmt, unsigned column);
    int64_t (*read_int)(struct cox_stmt *stmt, unsigned column); /* of a value that is not null */
    double (*read_real)(struct cox_stmt *stmt, unsigned column);
    struct cox_text (*read_text)(struct cox_stmt *stmt, unsigned column);
};

/* First member of an engine's own connection. */
struct cox_db {
    const struct cox_engine_ops *ops;
    enum cox_engine engine;
    enum cox_db_mode mode;
    bool is_lost;        /* see cox_db_lost; set by the engine, cleared by begin */
    bool in_transaction; /* between begin and commit or rollback */
    struct cox_stmt *buckets[COX_STMT_BUCKETS];
    struct cox_stmt *newest, *oldest; /* idle statements */
    unsigned idle_count;
};

enum cox_rc cox_sqlite_open(const char *path, enum cox_db_mode mode, struct cox_db **ret_db,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_postgres_open(const char *url, enum cox_db_mode mode, struct cox_db **ret_db,
    struct cox_err *reterr) COX_NODISCARD;

/* Drops every idle statement: for engines whose connection or schema has changed beneath them. */
void cox_db_forget_idle(struct cox_db *db);

#endif
