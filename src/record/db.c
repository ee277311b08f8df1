/*
 * record/db.c: the calls of record/db.h that are the same for both engines: which engine a url
 * means, and the cache of prepared statements.
 */
#include "record/db.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "record/engine.h"

enum cox_rc cox_db_open(const char *url, enum cox_db_mode mode, struct cox_db **ret_db,
    struct cox_err *reterr)
{
    if (strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0) {
        return cox_postgres_open(url, mode, ret_db, reterr);
    }
    if (url[0] == '\0' || url[0] == ':') {
        return cox_fail(reterr, COX_INVALID,
            "the store must be a file path or postgresql://..., for it is opened more than once");
    }
    if (strstr(url, "://") != NULL) {
        return cox_fail(reterr, COX_UNSUPPORTED,
            "the store must be a file path or postgresql://...; other databases are not supported");
    }
    return cox_sqlite_open(url, mode, ret_db, reterr);
}

void cox_db_close(struct cox_db *db)
{
    if (db == NULL) {
        return;
    }
    cox_db_forget_idle(db);
    db->ops->close(db);
}

enum cox_engine cox_db_engine(const struct cox_db *db)
{
    return db->engine;
}

bool cox_db_lost(const struct cox_db *db)
{
    return db->is_lost;
}

enum cox_rc cox_db_exec(struct cox_db *db, const char *sql, struct cox_err *reterr)
{
    return db->ops->exec(db, sql, reterr);
}

/* ---- transactions ---- */

enum cox_rc cox_db_begin(struct cox_db *db, enum cox_db_begin how, struct cox_err *reterr)
{
    assert(!db->in_transaction);
    if (how == COX_BEGIN_WRITE && db->mode == COX_DB_READ) {
        return cox_fail(reterr, COX_INTERNAL, "a write was begun on a connection for reading");
    }
    COX_TRY(db->ops->begin(db, how, reterr));
    db->in_transaction = true;
    return COX_OK;
}

enum cox_rc cox_db_commit(struct cox_db *db, struct cox_err *reterr)
{
    assert(db->in_transaction);
    enum cox_rc rc = db->ops->commit(db, reterr);
    db->in_transaction = false;
    return rc;
}

void cox_db_rollback(struct cox_db *db)
{
    if (db->in_transaction) {
        db->ops->rollback(db);
        db->in_transaction = false;
    }
}

bool cox_db_is_fresh(struct cox_db *db)
{
    return db->in_transaction && db->ops->is_fresh != NULL && db->ops->is_fresh(db);
}

enum cox_rc cox_db_savepoint(struct cox_db *db, struct cox_err *reterr)
{
    assert(db->in_transaction);
    return db->ops->savepoint(db, COX_SAVEPOINT_SET, reterr);
}

enum cox_rc cox_db_release(struct cox_db *db, struct cox_err *reterr)
{
    assert(db->in_transaction);
    return db->ops->savepoint(db, COX_SAVEPOINT_RELEASE, reterr);
}

enum cox_rc cox_db_rollback_savepoint(struct cox_db *db, struct cox_err *reterr)
{
    assert(db->in_transaction);
    return db->ops->savepoint(db, COX_SAVEPOINT_BACK, reterr);
}

enum cox_rc cox_db_reconnect(struct cox_db *db, struct cox_err *reterr)
{
    cox_db_rollback(db);
    return db->ops->reconnect(db, reterr);
}

/* ---- cache of statements ---- */

static uint64_t hash_of(struct cox_text sql)
{
    uint64_t hash = sql.size, word;
    size_t at = 0;

    for (; at + sizeof(word) <= sql.size; at += sizeof(word)) {
        memcpy(&word, sql.ptr + at, sizeof(word));
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    word = 0;
    memcpy(&word, sql.ptr + at, sql.size - at);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

static void take_from_list(struct cox_db *db, struct cox_stmt *stmt)
{
    if (stmt->newer == NULL) {
        db->newest = stmt->older;
    } else {
        stmt->newer->older = stmt->older;
    }
    if (stmt->older == NULL) {
        db->oldest = stmt->newer;
    } else {
        stmt->older->newer = stmt->newer;
    }
    stmt->newer = stmt->older = NULL;
    db->idle_count--;
}

static void take_from_bucket(struct cox_db *db, struct cox_stmt *stmt)
{
    struct cox_stmt **at = &db->buckets[stmt->hash % COX_STMT_BUCKETS];

    while (*at != stmt) {
        at = &(*at)->next;
    }
    *at = stmt->next;
    stmt->next = NULL;
}

static void drop(struct cox_stmt *stmt)
{
    char *copy = stmt->sql_copy;

    stmt->db->ops->drop(stmt);
    cox_memory_free(copy);
}

static void drop_idle(struct cox_db *db, struct cox_stmt *stmt)
{
    take_from_list(db, stmt);
    take_from_bucket(db, stmt);
    drop(stmt);
}

void cox_db_forget_idle(struct cox_db *db)
{
    while (db->oldest != NULL) {
        drop_idle(db, db->oldest);
    }
}

static struct cox_stmt *find_idle(struct cox_db *db, struct cox_text sql, uint64_t hash)
{
    struct cox_stmt *stmt = db->buckets[hash % COX_STMT_BUCKETS];

    while (stmt != NULL) {
        struct cox_stmt *next = stmt->next;
        if (stmt->is_broken) {
            drop_idle(db, stmt);
        } else if (stmt->hash == hash && cox_text_same(stmt->sql, sql)) {
            return stmt;
        }
        stmt = next;
    }
    return NULL;
}

static enum cox_rc prepare_new(struct cox_db *db, struct cox_text sql, uint64_t hash,
    struct cox_stmt **ret_stmt, struct cox_err *reterr)
{
    char *copy = cox_memory_alloc(sql.size + 1);

    if (copy == NULL) {
        return cox_no_memory(reterr);
    }
    memcpy(copy, sql.ptr, sql.size);
    copy[sql.size] = '\0';
    enum cox_rc rc = db->ops->compile(db, (struct cox_text){copy, sql.size}, ret_stmt, reterr);
    if (rc != COX_OK) {
        cox_memory_free(copy);
        return rc;
    }
    (*ret_stmt)->db = db;
    (*ret_stmt)->hash = hash;
    (*ret_stmt)->sql = (struct cox_text){copy, sql.size};
    (*ret_stmt)->sql_copy = copy;
    return COX_OK;
}

enum cox_rc cox_db_prepare(struct cox_db *db, struct cox_text sql, struct cox_stmt **ret_stmt,
    struct cox_err *reterr)
{
    uint64_t hash = hash_of(sql);
    struct cox_stmt *stmt = find_idle(db, sql, hash);

    if (stmt == NULL) {
        return prepare_new(db, sql, hash, ret_stmt, reterr);
    }
    take_from_list(db, stmt);
    take_from_bucket(db, stmt);
    *ret_stmt = stmt;
    return COX_OK;
}

void cox_stmt_done(struct cox_stmt *stmt)
{
    if (stmt == NULL) {
        return;
    }
    struct cox_db *db = stmt->db;
    db->ops->reset(stmt);
    if (stmt->is_broken) {
        drop(stmt);
        return;
    }
    struct cox_stmt **bucket = &db->buckets[stmt->hash % COX_STMT_BUCKETS];
    stmt->next = *bucket;
    *bucket = stmt;
    stmt->older = db->newest;
    if (db->newest != NULL) {
        db->newest->newer = stmt;
    }
    db->newest = stmt;
    if (db->oldest == NULL) {
        db->oldest = stmt;
    }
    db->idle_count++;
    if (db->idle_count > COX_STMT_CACHE_MAX) {
        drop_idle(db, db->oldest);
    }
}

void cox_stmt_done_at(struct cox_stmt **stmt)
{
    cox_stmt_done(*stmt);
}

/* ---- statements ---- */

void cox_stmt_bind_int(struct cox_stmt *stmt, unsigned at, int64_t value)
{
    stmt->db->ops->bind(stmt, at, &(struct cox_param){.kind = COX_PARAM_INT, .number = value});
}

void cox_stmt_bind_real(struct cox_stmt *stmt, unsigned at, double value)
{
    stmt->db->ops->bind(stmt, at,
        &(struct cox_param){.kind = isnan(value) ? COX_PARAM_NULL : COX_PARAM_REAL, .real = value});
}

void cox_stmt_bind_text(struct cox_stmt *stmt, unsigned at, struct cox_text value)
{
    stmt->db->ops->bind(stmt, at,
        &(struct cox_param){.kind = value.ptr == NULL ? COX_PARAM_NULL : COX_PARAM_TEXT,
            .text = value});
}

void cox_stmt_bind_bytes(struct cox_stmt *stmt, unsigned at, struct cox_text value)
{
    stmt->db->ops->bind(stmt, at,
        &(struct cox_param){.kind = value.ptr == NULL ? COX_PARAM_NULL : COX_PARAM_BYTES,
            .text = value});
}

void cox_stmt_bind_null(struct cox_stmt *stmt, unsigned at)
{
    stmt->db->ops->bind(stmt, at, &(struct cox_param){.kind = COX_PARAM_NULL});
}

enum cox_rc cox_stmt_step(struct cox_stmt *stmt, bool *ret_is_row, struct cox_err *reterr)
{
    return stmt->db->ops->step(stmt, ret_is_row, reterr);
}

enum cox_rc cox_stmt_run(struct cox_stmt *stmt, struct cox_err *reterr)
{
    return stmt->db->ops->run(stmt, reterr);
}

int64_t cox_stmt_changes(struct cox_stmt *stmt)
{
    return stmt->db->ops->changes(stmt);
}

bool cox_stmt_is_null(struct cox_stmt *stmt, unsigned column)
{
    return stmt->db->ops->is_null(stmt, column);
}

int64_t cox_stmt_int(struct cox_stmt *stmt, unsigned column)
{
    return cox_stmt_is_null(stmt, column) ? COX_NULL_INT : stmt->db->ops->read_int(stmt, column);
}

double cox_stmt_real(struct cox_stmt *stmt, unsigned column)
{
    return cox_stmt_is_null(stmt, column) ? (double)NAN : stmt->db->ops->read_real(stmt, column);
}

struct cox_text cox_stmt_text(struct cox_stmt *stmt, unsigned column)
{
    return cox_stmt_is_null(stmt, column) ? (struct cox_text){0}
                                          : stmt->db->ops->read_text(stmt, column);
}

/* ---- schema ---- */

enum cox_rc cox_db_has(struct cox_db *db, const char *kind, const char *name, bool *ret_has,
    struct cox_err *reterr)
{
    return db->ops->has(db, kind, name, ret_has, reterr);
}

const char *cox_db_type_name(enum cox_engine engine, char type)
{
    static const char *const names[][2] = {
        {"INTEGER", "BIGINT"},
        {"REAL", "DOUBLE PRECISION"},
        {"TEXT", "TEXT COLLATE \"C\""},
        {"BLOB", "BYTEA"},
    };
    static const char types[] = "irtb";
    const char *at = strchr(types, type);

    assert(type != '\0' && at != NULL);
    return names[at - types][engine == COX_POSTGRES];
}
