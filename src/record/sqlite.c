/*
 * record/sqlite.c: SQLite behind record/engine.h. Values never reach an error text: SQLite's own
 * messages are passed on only where they name tables, columns or SQL.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "record/engine.h"
#include "record/sqlite_cache.h"

enum {
    BUSY_MS = 10000,
    PARAM_MAX = 8192, /* a little above COX_SQL_BIND_MAX */
    HEADER_SIZE =
        48, /* of the log's index: it changes with every commit (SQLite, "WAL-mode File Format", 2.1) */
    REGION_SIZE = 32 * 1024
};

enum control {
    BEGIN_READ,
    BEGIN_WRITE,
    COMMIT,
    ROLLBACK,
    SAVEPOINT_SET,
    SAVEPOINT_RELEASE,
    SAVEPOINT_BACK,
    CONTROL_COUNT
};

/* Prepared at open, so that taking something back needs no memory. */
static const char *const control_sql[CONTROL_COUNT] = {
    [BEGIN_READ] = "BEGIN",
    [BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [SAVEPOINT_SET] = "SAVEPOINT cox",
    [SAVEPOINT_RELEASE] = "RELEASE cox",
    [SAVEPOINT_BACK] = "ROLLBACK TO cox",
};

struct lite {
    struct cox_db base;
    sqlite3 *handle;
    sqlite3_stmt *control[CONTROL_COUNT];
    const volatile void
        *index; /* of the log, in memory shared by all who have the file open; or NULL */
    unsigned char header[HEADER_SIZE]; /* of the index, no later than the read began */
    bool is_header_known;
};

struct lite_stmt {
    struct cox_stmt base;
    sqlite3_stmt *handle;
    uint16_t *place; /* SQLite's number of parameter $n at [n], 0 where the text has no $n */
    unsigned place_count;
    int bind_rc; /* first failure of a bind: shown at the step */
    bool is_stepped, is_done;
    int64_t changes;
};

static struct lite *lite_of(struct cox_db *db)
{
    return (struct lite *)db;
}

static struct lite_stmt *stmt_of(struct cox_stmt *stmt)
{
    return (struct lite_stmt *)stmt;
}

/* ---- errors ---- */

static enum cox_rc rc_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return COX_CONFLICT;
    case SQLITE_FULL:
        return COX_FULL;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
        return COX_IO;
    case SQLITE_NOMEM:
        return COX_NO_MEMORY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return COX_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return COX_CORRUPT;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return COX_DENIED;
    case SQLITE_TOOBIG:
        return COX_TOO_LARGE;
    case SQLITE_INTERRUPT:
        return COX_TIMEOUT;
    default:
        return COX_INTERNAL;
    }
}

static bool loses_transaction(enum cox_rc rc)
{
    return rc != COX_CONFLICT && rc != COX_INTERNAL && rc != COX_TOO_LARGE && rc != COX_DENIED;
}

/* code is what a call on this connection has just returned. */
static enum cox_rc fail(struct lite *lite, int code, struct cox_err *reterr)
{
    enum cox_rc rc = rc_of(code);

    if (loses_transaction(rc) ||
        (lite->base.in_transaction && sqlite3_get_autocommit(lite->handle) != 0)) {
        lite->base.is_lost = true;
    }
    if (rc == COX_CONFLICT || rc == COX_INTERNAL) {
        return cox_fail(reterr, rc, "%s", sqlite3_errmsg(lite->handle));
    }
    if (rc == COX_DENIED) {
        return cox_fail(reterr, rc, "the database file may not be written");
    }
    return cox_fail(reterr, rc, "%s (%s)", cox_rc_sentence(rc), sqlite3_errstr(code & 0xff));
}

/* ---- connection ---- */

static enum cox_rc exec(struct cox_db *db, const char *sql, struct cox_err *reterr)
{
    struct lite *lite = lite_of(db);
    int code = sqlite3_exec(lite->handle, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? COX_OK : fail(lite, code, reterr);
}

static void close_lite(struct cox_db *db)
{
    struct lite *lite = lite_of(db);

    for (unsigned i = 0; i < CONTROL_COUNT; i++) {
        (void)sqlite3_finalize(lite->control[i]); /* repeats the failure of the last step */
    }
    (void)sqlite3_close_v2(lite->handle); /* waits for statements still in use, cannot fail */
    cox_memory_free(lite);
}

/* WAL survives a kill at any instant, and lets readers read while the writer writes. */
static enum cox_rc set_wal(struct lite *lite, struct cox_err *reterr)
{
    sqlite3_stmt *stmt = NULL;
    bool is_wal = false;
    int code = sqlite3_prepare_v2(lite->handle, "PRAGMA journal_mode=WAL", -1, &stmt, NULL);

    if (code == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
        const unsigned char *mode = sqlite3_column_text(stmt, 0);
        is_wal = mode != NULL && strcmp((const char *)mode, "wal") == 0;
    }
    int end_code = sqlite3_finalize(stmt);
    if (code != SQLITE_OK || end_code != SQLITE_OK) {
        return fail(lite, code != SQLITE_OK ? code : end_code, reterr);
    }
    return is_wal ? COX_OK
                  : cox_fail(reterr, COX_UNSUPPORTED,
                        "the file system of the store cannot do write-ahead logging; "
                        "put the store on a local disk");
}

static enum cox_rc set_up(struct lite *lite, struct cox_err *reterr)
{
    (void)sqlite3_extended_result_codes(lite->handle, 1); /* always SQLITE_OK */
    (void)sqlite3_busy_timeout(lite->handle, BUSY_MS);    /* always SQLITE_OK */
    (void)sqlite3_db_config(lite->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(lite->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_db_config(lite->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (lite->base.mode != COX_DB_READ) {
        COX_TRY(set_wal(lite, reterr));
    }
    /* Temporary tables stay in memory: what is deleted here must not survive in a file elsewhere. */
    COX_TRY(exec(&lite->base,
        "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA case_sensitive_like=ON;"
        "PRAGMA foreign_keys=OFF; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
        "PRAGMA wal_autocheckpoint=16000; PRAGMA journal_size_limit=67108864",
        reterr));
    COX_TRY(exec(&lite->base,
        lite->base.mode == COX_DB_READ ? "PRAGMA cache_size=-16384; PRAGMA query_only=ON"
                                       : "PRAGMA cache_size=-65536",
        reterr));
    for (unsigned i = 0; i < CONTROL_COUNT; i++) {
        int code = sqlite3_prepare_v3(lite->handle, control_sql[i], -1, SQLITE_PREPARE_PERSISTENT,
            &lite->control[i], NULL);
        if (code != SQLITE_OK) {
            return fail(lite, code, reterr);
        }
    }
    return COX_OK;
}

/* Made by us and not by SQLite, so that only the owner may read it; -wal and -shm take its mode. */
static enum cox_rc make_file(const char *path, struct cox_err *reterr)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (file < 0) {
        return cox_fail(reterr, errno == ENOSPC ? COX_FULL : COX_IO,
            "the store's file cannot be made: %s", strerror(errno));
    }
    (void)close(file); /* nothing was written */
    return COX_OK;
}

/* ---- transactions ---- */

static int run_control(struct lite *lite, enum control which)
{
    sqlite3_stmt *stmt = lite->control[which];
    int code = sqlite3_step(stmt);
    int reset_code = sqlite3_reset(stmt);

    return code == SQLITE_DONE ? SQLITE_OK : reset_code == SQLITE_OK ? SQLITE_ERROR : reset_code;
}

static void copy_header(const struct lite *lite, unsigned char ret_header[HEADER_SIZE])
{
    const volatile unsigned char *from = lite->index;

    atomic_thread_fence(memory_order_seq_cst);
    for (unsigned i = 0; i < HEADER_SIZE; i++) {
        ret_header[i] = from[i]; /* half of it new: then it is another one */
    }
    atomic_thread_fence(memory_order_seq_cst);
}

/* SQLite maps the index when the file is first read; it stays where it is until the connection closes. */
static void find_index(struct lite *lite)
{
    volatile void *index = NULL;
    sqlite3_file *file = NULL;
    int code = sqlite3_file_control(lite->handle, "main", SQLITE_FCNTL_FILE_POINTER, (void *)&file);

    if (code == SQLITE_OK && file != NULL && file->pMethods != NULL &&
        file->pMethods->iVersion >= 2 &&
        file->pMethods->xShmMap(file, 0, REGION_SIZE, 0, &index) == SQLITE_OK) {
        lite->index = index;
    }
}

static bool is_fresh(struct cox_db *db)
{
    struct lite *lite = lite_of(db);
    unsigned char header[HEADER_SIZE];

    if (lite->index == NULL) {
        find_index(lite);
    }
    if (lite->index == NULL || !lite->is_header_known) {
        return false;
    }
    copy_header(lite, header);
    return memcmp(header, lite->header, HEADER_SIZE) == 0;
}

static enum cox_rc begin(struct cox_db *db, enum cox_db_begin how, struct cox_err *reterr)
{
    struct lite *lite = lite_of(db);

    lite->is_header_known = how == COX_BEGIN_READ && lite->index != NULL;
    if (lite->is_header_known) {
        copy_header(lite, lite->header);
    }
    int code = run_control(lite, how == COX_BEGIN_WRITE ? BEGIN_WRITE : BEGIN_READ);

    if (code != SQLITE_OK) {
        return fail(lite, code, reterr);
    }
    db->is_lost = false;
    return COX_OK;
}

static void rollback(struct cox_db *db)
{
    struct lite *lite = lite_of(db);

    if (sqlite3_get_autocommit(lite->handle) == 0) {
        (void)run_control(lite,
            ROLLBACK); /* the transaction is gone even where this says otherwise */
    }
}

static enum cox_rc commit(struct cox_db *db, struct cox_err *reterr)
{
    struct lite *lite = lite_of(db);

    if (sqlite3_get_autocommit(lite->handle) != 0) {
        db->is_lost = true;
        return cox_fail(reterr, COX_IO, "the transaction was lost before it could be committed");
    }
    int code = run_control(lite, COMMIT);
    if (code != SQLITE_OK) {
        (void)fail(lite, code, reterr);
        rollback(db);
        db->is_lost = true;
        return rc_of(code);
    }
    return COX_OK;
}

static enum cox_rc savepoint(struct cox_db *db, enum cox_savepoint what, struct cox_err *reterr)
{
    static const enum control controls[COX_SAVEPOINT_COUNT] = {
        [COX_SAVEPOINT_SET] = SAVEPOINT_SET,
        [COX_SAVEPOINT_RELEASE] = SAVEPOINT_RELEASE,
        [COX_SAVEPOINT_BACK] = SAVEPOINT_BACK,
    };
    struct lite *lite = lite_of(db);

    if (sqlite3_get_autocommit(lite->handle) != 0) {
        db->is_lost = true; /* a savepoint outside would open a transaction of its own */
        return cox_fail(reterr, COX_IO, "the transaction was lost before");
    }
    int code = run_control(lite, controls[what]);
    if (code == SQLITE_OK && what == COX_SAVEPOINT_BACK) {
        code = run_control(lite, SAVEPOINT_RELEASE);
    }
    return code == SQLITE_OK ? COX_OK : fail(lite, code, reterr);
}

static enum cox_rc reconnect(struct cox_db *db, struct cox_err *reterr)
{
    (void)reterr; /* there is no connection that could fail */
    db->is_lost = false;
    return COX_OK;
}

/* ---- statements ---- */

static void drop_stmt(struct cox_stmt *stmt)
{
    struct lite_stmt *lite_stmt = stmt_of(stmt);

    (void)sqlite3_finalize(lite_stmt->handle); /* repeats the failure of the last step */
    cox_memory_free(lite_stmt->place);
    cox_memory_free(lite_stmt);
}

/* SQLite numbers $n by first appearance, PostgreSQL by n: bind goes by n on both. */
static bool read_place(sqlite3_stmt *handle, int index, unsigned *ret_at)
{
    const char *name = sqlite3_bind_parameter_name(handle, index);
    char *end = NULL;

    if (name == NULL || name[0] != '$') {
        return false;
    }
    unsigned long at = strtoul(name + 1, &end, 10);
    *ret_at = (unsigned)at;
    return *end == '\0' && at >= 1 && at <= PARAM_MAX;
}

static enum cox_rc map_places(struct lite_stmt *stmt, struct cox_err *reterr)
{
    int count = sqlite3_bind_parameter_count(stmt->handle);
    unsigned at, most = 0;

    for (int i = 1; i <= count; i++) {
        if (!read_place(stmt->handle, i, &at)) {
            return cox_fail(reterr, COX_INTERNAL,
                "a parameter of the statement is not one of $1 ... $8192");
        }
        most = at > most ? at : most;
    }
    stmt->place = cox_memory_alloc((most + 1) * sizeof(*stmt->place));
    if (stmt->place == NULL) {
        return cox_no_memory(reterr);
    }
    memset(stmt->place, 0, (most + 1) * sizeof(*stmt->place));
    stmt->place_count = most;
    for (int i = 1; i <= count; i++) {
        if (read_place(stmt->handle, i, &at)) {
            stmt->place[at] = (uint16_t)i;
        }
    }
    return COX_OK;
}

/*
 * A statement that may fail after it has written would get a journal of its own to take back its part;
 * FTS5 then writes its index out at every such statement (measured: 4,700 instead of 69,000
 * archived rows a second). Callers roll back to their savepoint after a failure anyway, as
 * PostgreSQL demands, so that journal is left out. NULL: the text stays as it is.
 */
static char *without_journal(struct cox_text sql)
{
    static const struct {
        const char *from, *to, *needs;
    } rows[] = {
        {"UPDATE ", "UPDATE OR FAIL ", " WHERE "},
        {"INSERT INTO ", "INSERT OR FAIL INTO ", " SELECT "},
    };

    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        size_t from_size = strlen(rows[i].from), to_size = strlen(rows[i].to);
        if (strncmp(sql.ptr, rows[i].from, from_size) != 0 ||
            strstr(sql.ptr, rows[i].needs) == NULL) {
            continue;
        }
        size_t rest = sql.size - from_size + 1; /* with the terminator */
        char *text = cox_memory_alloc(to_size + rest);
        if (text != NULL) {
            memcpy(text, rows[i].to, to_size);
            memcpy(text + to_size, sql.ptr + from_size, rest);
        }
        return text; /* without memory it is only slower */
    }
    return NULL;
}

static enum cox_rc compile_into(struct lite *lite, struct cox_text sql, struct lite_stmt *stmt,
    struct cox_err *reterr)
{
    char *changed = without_journal(sql);
    const char *text = changed == NULL ? sql.ptr : changed;
    const char *tail = NULL;
    int code =
        sqlite3_prepare_v3(lite->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &stmt->handle, &tail);
    bool is_one =
        code != SQLITE_OK || (stmt->handle != NULL && tail[strspn(tail, " \n\t;")] == '\0');

    cox_memory_free(changed);
    if (code != SQLITE_OK) {
        return fail(lite, code, reterr);
    }
    if (!is_one) {
        return cox_fail(reterr, COX_INTERNAL, "one statement at a time can be prepared");
    }
    return map_places(stmt, reterr);
}

static enum cox_rc compile(struct cox_db *db, struct cox_text sql, struct cox_stmt **ret_stmt,
    struct cox_err *reterr)
{
    struct lite_stmt *stmt = cox_memory_alloc(sizeof(*stmt));

    if (stmt == NULL) {
        return cox_no_memory(reterr);
    }
    *stmt = (struct lite_stmt){.bind_rc = SQLITE_OK};
    enum cox_rc rc = compile_into(lite_of(db), sql, stmt, reterr);
    if (rc != COX_OK) {
        drop_stmt(&stmt->base);
        return rc;
    }
    *ret_stmt = &stmt->base;
    return COX_OK;
}

static void reset(struct cox_stmt *stmt)
{
    struct lite_stmt *lite_stmt = stmt_of(stmt);

    (void)sqlite3_reset(lite_stmt->handle);          /* repeats the failure of the last step */
    (void)sqlite3_clear_bindings(lite_stmt->handle); /* always SQLITE_OK */
    lite_stmt->bind_rc = SQLITE_OK;
    lite_stmt->is_stepped = lite_stmt->is_done = false;
}

static int bind_value(struct lite_stmt *stmt, int place, const struct cox_param *param)
{
    /* A statement that writes has read its parameters when its first step is over. */
    sqlite3_destructor_type life =
        sqlite3_stmt_readonly(stmt->handle) != 0 ? SQLITE_TRANSIENT : SQLITE_STATIC;

    switch (param->kind) {
    case COX_PARAM_INT:
        return sqlite3_bind_int64(stmt->handle, place, param->number);
    case COX_PARAM_REAL:
        return sqlite3_bind_double(stmt->handle, place, param->real);
    case COX_PARAM_TEXT:
        return sqlite3_bind_text64(stmt->handle, place, param->text.ptr, param->text.size, life,
            SQLITE_UTF8);
    case COX_PARAM_BYTES:
        return sqlite3_bind_blob64(stmt->handle, place, param->text.ptr, param->text.size, life);
    case COX_PARAM_NULL:
        break;
    }
    return sqlite3_bind_null(stmt->handle, place);
}

static void bind(struct cox_stmt *stmt, unsigned at, const struct cox_param *param)
{
    struct lite_stmt *lite_stmt = stmt_of(stmt);

    if (lite_stmt->is_stepped) {
        (void)sqlite3_reset(lite_stmt->handle); /* repeats the failure of the last step */
        lite_stmt->is_stepped = lite_stmt->is_done = false;
    }
    assert(at >= 1 && at <= lite_stmt->place_count && lite_stmt->place[at] != 0);
    int code = bind_value(lite_stmt, lite_stmt->place[at], param);
    if (lite_stmt->bind_rc == SQLITE_OK) {
        lite_stmt->bind_rc = code;
    }
}

static enum cox_rc step(struct cox_stmt *stmt, bool *ret_is_row, struct cox_err *reterr)
{
    struct lite_stmt *lite_stmt = stmt_of(stmt);
    struct lite *lite = lite_of(stmt->db);

    if (lite_stmt->is_done) {
        *ret_is_row = false;
        return COX_OK;
    }
    if (lite_stmt->bind_rc != SQLITE_OK) {
        int bind_code = lite_stmt->bind_rc;
        lite_stmt->bind_rc = SQLITE_OK;
        return fail(lite, bind_code, reterr);
    }
    int code = sqlite3_step(lite_stmt->handle);
    lite_stmt->is_stepped = true;
    if (code == SQLITE_ROW) {
        *ret_is_row = true;
        return COX_OK;
    }
    lite_stmt->is_done = true;
    if (code != SQLITE_DONE) {
        return fail(lite, code, reterr);
    }
    lite_stmt->changes =
        sqlite3_stmt_readonly(lite_stmt->handle) != 0 ? 0 : sqlite3_changes64(lite->handle);
    *ret_is_row = false;
    return COX_OK;
}

static enum cox_rc run(struct cox_stmt *stmt, struct cox_err *reterr)
{
    bool is_row = true;
    enum cox_rc rc = COX_OK;

    while (rc == COX_OK && is_row) {
        rc = step(stmt, &is_row, reterr);
    }
    reset(stmt);
    return rc;
}

static int64_t changes(struct cox_stmt *stmt)
{
    return stmt_of(stmt)->changes;
}

/* ---- values ---- */

static bool is_null(struct cox_stmt *stmt, unsigned column)
{
    return sqlite3_column_type(stmt_of(stmt)->handle, (int)column) == SQLITE_NULL;
}

static int64_t read_int(struct cox_stmt *stmt, unsigned column)
{
    return sqlite3_column_int64(stmt_of(stmt)->handle, (int)column);
}

static double read_real(struct cox_stmt *stmt, unsigned column)
{
    return sqlite3_column_double(stmt_of(stmt)->handle, (int)column);
}

static struct cox_text read_text(struct cox_stmt *stmt, unsigned column)
{
    sqlite3_stmt *handle = stmt_of(stmt)->handle;
    const char *ptr = sqlite3_column_blob(handle, (int)column);

    /* An empty value has no pointer there, but is a value. */
    return (
        struct cox_text){ptr == NULL ? "" : ptr, (size_t)sqlite3_column_bytes(handle, (int)column)};
}

static enum cox_rc has(struct cox_db *db, const char *kind, const char *name, bool *ret_has,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(db, COX_LIT("SELECT 1 FROM sqlite_master WHERE type=$1 AND name=$2"),
        &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, cox_text_of(kind));
    cox_stmt_bind_text(stmt, 2, cox_text_of(name));
    return cox_stmt_step(stmt, ret_has, reterr);
}

static const struct cox_engine_ops ops = {
    .close = close_lite,
    .exec = exec,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .savepoint = savepoint,
    .reconnect = reconnect,
    .is_fresh = is_fresh,
    .has = has,
    .compile = compile,
    .drop = drop_stmt,
    .reset = reset,
    .bind = bind,
    .step = step,
    .run = run,
    .changes = changes,
    .is_null = is_null,
    .read_int = read_int,
    .read_real = read_real,
    .read_text = read_text,
};

static enum cox_rc open_lite(struct lite *lite, const char *path, struct cox_err *reterr)
{
    int flags = SQLITE_OPEN_NOMUTEX |
                (lite->base.mode == COX_DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);

    if (lite->base.mode == COX_DB_CREATE) {
        COX_TRY(make_file(path, reterr));
    }
    cox_sqlite_configure();
    int code = sqlite3_open_v2(path, &lite->handle, flags, NULL);
    if (lite->handle == NULL) {
        return cox_no_memory(reterr);
    }
    if (code == SQLITE_CANTOPEN) {
        return access(path, F_OK) != 0
                   ? cox_fail(reterr, COX_MISSING, "there is no store at %s", path)
                   : cox_fail(reterr, COX_DENIED, "the store at %s cannot be opened", path);
    }
    return code == SQLITE_OK ? set_up(lite, reterr) : fail(lite, code, reterr);
}

enum cox_rc cox_sqlite_open(const char *path, enum cox_db_mode mode, struct cox_db **ret_db,
    struct cox_err *reterr)
{
    struct lite *lite = cox_memory_alloc(sizeof(*lite));

    if (lite == NULL) {
        return cox_no_memory(reterr);
    }
    *lite = (struct lite){.base = {.ops = &ops, .engine = COX_SQLITE, .mode = mode}};
    enum cox_rc rc = open_lite(lite, path, reterr);
    if (rc != COX_OK) {
        close_lite(&lite->base);
        return rc;
    }
    *ret_db = &lite->base;
    return COX_OK;
}
