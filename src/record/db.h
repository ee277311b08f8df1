/*
 * record/db.h: one connection to SQLite or PostgreSQL behind one set of calls. SQL is the subset
 * both share, with $1 ... $n parameters. Only record/ (and named analytical SQL) uses this.
 */
#ifndef COX_RECORD_DB_H
#define COX_RECORD_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

struct cox_db;
struct cox_stmt;

enum cox_engine { COX_SQLITE, COX_POSTGRES };

enum cox_db_mode {
    COX_DB_READ,   /* SQLite: read only connection; PostgreSQL: default_transaction_read_only */
    COX_DB_WRITE,  /* must exist */
    COX_DB_CREATE, /* made when absent (SQLite: the file; PostgreSQL: the tables by the caller) */
};

/*
 * url: a file path, ":memory:" is refused; or "postgresql://...". SQLite is opened with WAL,
 * synchronous FULL, foreign keys off (the engine keeps references itself), a busy timeout, a cache
 * of at least 64 MiB for writers and 16 for readers, secure_delete on. PostgreSQL: version >= 15 and the listed
 * features are probed, else COX_UNSUPPORTED says what is missing; strings in UTF-8.
 * The connection belongs to one thread at a time.
 */
enum cox_rc cox_db_open(const char *url, enum cox_db_mode mode, struct cox_db **ret_db,
    struct cox_err *reterr) COX_NODISCARD;
void cox_db_close(struct cox_db *db);
enum cox_engine cox_db_engine(const struct cox_db *db);

/* One or several statements without parameters. Only literals and generated names go in here. */
enum cox_rc cox_db_exec(struct cox_db *db, const char *sql, struct cox_err *reterr) COX_NODISCARD;

enum cox_db_begin { COX_BEGIN_READ, COX_BEGIN_WRITE };

/*
 * READ: one consistent state until commit or rollback (PostgreSQL: REPEATABLE READ READ ONLY).
 * WRITE: SQLite BEGIN IMMEDIATE, PostgreSQL READ COMMITTED; the caller then locks log_head.
 */
enum cox_rc cox_db_begin(struct cox_db *db, enum cox_db_begin how,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * COX_UNKNOWN_OUTCOME when the connection was lost during COMMIT: the caller looks the group up.
 * Any other failure means nothing was committed.
 */
enum cox_rc cox_db_commit(struct cox_db *db, struct cox_err *reterr) COX_NODISCARD;
void cox_db_rollback(struct cox_db *db);
enum cox_rc cox_db_savepoint(struct cox_db *db, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_db_release(struct cox_db *db, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_db_rollback_savepoint(struct cox_db *db, struct cox_err *reterr) COX_NODISCARD;

/*
 * In a read that has read something: is what it reads still the newest state, whoever writes? Costs no
 * call of the system. False also where that cannot be told (PostgreSQL, a read just opened).
 */
bool cox_db_is_fresh(struct cox_db *db);

/*
 * After a failure: has the whole transaction been lost (disk full, I/O, memory, connection,
 * serialisation), or only the statement (a constraint: rolling back the savepoint is enough)?
 */
bool cox_db_lost(const struct cox_db *db);

/* PostgreSQL: open the connection anew after it was lost. SQLite: nothing to do. */
enum cox_rc cox_db_reconnect(struct cox_db *db, struct cox_err *reterr) COX_NODISCARD;

/*
 * A statement prepared for this text, from the connection's cache (least recently used go). One
 * text may be in use several times at once. It is the caller's until cox_stmt_done.
 */
enum cox_rc cox_db_prepare(struct cox_db *db, struct cox_text sql, struct cox_stmt **ret_stmt,
    struct cox_err *reterr) COX_NODISCARD;

/* at counts from 1. Texts and bytes must live until the first step. A failure shows at the step. */
void cox_stmt_bind_int(struct cox_stmt *stmt, unsigned at, int64_t value);
void cox_stmt_bind_real(struct cox_stmt *stmt, unsigned at, double value);
void cox_stmt_bind_text(struct cox_stmt *stmt, unsigned at,
    struct cox_text value); /* ptr NULL: null */
void cox_stmt_bind_bytes(struct cox_stmt *stmt, unsigned at, struct cox_text value);
void cox_stmt_bind_null(struct cox_stmt *stmt, unsigned at);

/*
 * After a failure roll back, to the savepoint at least: part of what the statement did may stand
 * (SQLite), or nothing more is accepted (PostgreSQL).
 */
/* Next row, if any. PostgreSQL fetches the whole result at the first step: page large reads. */
enum cox_rc cox_stmt_step(struct cox_stmt *stmt, bool *ret_is_row,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Run a statement whose rows nobody wants, and leave it bound-free for the next use (not done).
 * PostgreSQL may send it ahead and report its failure at the next step, savepoint, release or commit.
 */
enum cox_rc cox_stmt_run(struct cox_stmt *stmt, struct cox_err *reterr) COX_NODISCARD;

/* Columns count from 0. Texts live until the next step or done. Null gives COX_NULL, NaN, ptr NULL. */
int64_t cox_stmt_int(struct cox_stmt *stmt, unsigned column);
double cox_stmt_real(struct cox_stmt *stmt, unsigned column);
struct cox_text cox_stmt_text(struct cox_stmt *stmt, unsigned column); /* TEXT and BYTES alike */
bool cox_stmt_is_null(struct cox_stmt *stmt, unsigned column);

/* Back to the cache. Accepts NULL. */
void cox_stmt_done(struct cox_stmt *stmt);
#define COX_AUTO_STMT __attribute__((cleanup(cox_stmt_done_at))) struct cox_stmt *
void cox_stmt_done_at(struct cox_stmt **stmt);

/* Rows changed by the last step or run (PostgreSQL: forces out what was sent ahead). */
int64_t cox_stmt_changes(struct cox_stmt *stmt);

/* Does a table or index of this name exist? */
enum cox_rc cox_db_has(struct cox_db *db, const char *kind, const char *name, bool *ret_has,
    struct cox_err *reterr) COX_NODISCARD;

/* Words of DDL in which the engines differ. */
const char *cox_db_type_name(enum cox_engine engine, char type); /* 'i', 'r', 't', 'b' */

#endif
