/*
 * record/postgres.c: PostgreSQL behind record/engine.h: connecting, probing, transactions.
 */
#include "record/postgres.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

enum { VERSION_LEAST = 150000, LOCK_PROBE_KEY = 0x636f78 };

static struct cox_pg *pg_of(struct cox_db *db)
{
    return (struct cox_pg *)db;
}

/* ---- connecting ---- */

static void ignore_notice(void *ctx, const PGresult *result)
{
    (void)ctx;
    (void)result; /* the default prints to stderr; notices may quote values */
}

static enum cox_rc fail_connect(PGconn *conn, struct cox_err *reterr)
{
    const char *text = conn == NULL ? "out of memory" : PQerrorMessage(conn);

    /* libpq never puts the password into its messages. */
    return cox_fail(reterr, conn == NULL ? COX_NO_MEMORY : COX_IO,
        "PostgreSQL cannot be reached: %.*s", (int)strcspn(text, "\n"), text);
}

static enum cox_rc connect(const char *url, PGconn **ret_conn, struct cox_err *reterr)
{
    /* What comes before dbname is a default that the url overrides. */
    static const char *const names[] = {"connect_timeout", "fallback_application_name", "dbname",
        "client_encoding", NULL};
    const char *const values[] = {"10", "coxswain", url, "UTF8", NULL};
    PGconn *conn = PQconnectdbParams(names, values, 1);

    if (PQstatus(conn) != CONNECTION_OK) {
        enum cox_rc rc = fail_connect(conn, reterr);
        PQfinish(conn);
        return rc;
    }
    (void)PQsetNoticeReceiver(conn, ignore_notice, NULL); /* returns the former one */
    *ret_conn = conn;
    return COX_OK;
}

/* The only cell of a question's answer is this text. */
static bool answers(PGconn *conn, const char *sql, const char *want)
{
    PGresult *result = PQexec(conn, sql);
    bool is_so = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1 &&
                 strcmp(PQgetvalue(result, 0, 0), want) == 0;

    PQclear(result);
    return is_so;
}

/* What the engine relies on beyond plain SQL; named in the refusal. */
static const struct {
    const char *feature, *sql, *want;
} probes[] = {
    {"a database in UTF-8", "SHOW server_encoding", "UTF8"},
    {"search vectors", "SELECT array_to_tsvector(string_to_array('ab c', ' ')) @@ 'a:*'::tsquery",
        "t"},
    {"bytewise order of texts", "SELECT 'B' COLLATE \"C\" < 'a' COLLATE \"C\"", "t"},
    {"transactions that read one state",
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SHOW transaction_isolation",
        "repeatable read"},
    {"savepoints", "SAVEPOINT cox; ROLLBACK TO SAVEPOINT cox; RELEASE SAVEPOINT cox; SELECT 1",
        "1"},
    {"transactions", "ROLLBACK; SELECT 1", "1"},
};

/* "PostgreSQL 15.4 (...)" and nothing that merely speaks its protocol. */
static bool is_postgres(PGconn *conn)
{
    return answers(conn,
        "SELECT version() LIKE 'PostgreSQL %' AND version() NOT LIKE '%-YB-%'"
        " AND version() NOT LIKE '%edshift%'",
        "t");
}

/* Two sessions must not hold one lock: an engine that only pretends would fork the log. */
static bool has_locks(PGconn *first, PGconn *second)
{
    char sql[80];

    (void)snprintf(sql, sizeof(sql), "SELECT pg_try_advisory_lock(%d, %d)", LOCK_PROBE_KEY,
        PQbackendPID(first));
    bool is_held = answers(first, sql, "t") && answers(second, sql, "f");
    PQclear(PQexec(first, "SELECT pg_advisory_unlock_all()"));
    return is_held;
}

static enum cox_rc probe_locks(struct cox_pg *pg, struct cox_err *reterr)
{
    PGconn *second = NULL;

    COX_TRY(connect(pg->url, &second, reterr));
    bool is_held = has_locks(pg->conn, second);
    PQfinish(second);
    return is_held ? COX_OK
                   : cox_fail(reterr, COX_UNSUPPORTED,
                         "this server lacks locks that hold between sessions; "
                         "Coxswain needs PostgreSQL 15 or later");
}

static enum cox_rc probe(struct cox_pg *pg, struct cox_err *reterr)
{
    int version = PQserverVersion(pg->conn);

    if (version < VERSION_LEAST || !is_postgres(pg->conn)) {
        return cox_fail(reterr, COX_UNSUPPORTED,
            "Coxswain needs PostgreSQL 15 or later; this server is version %d.%d or another product",
            version / 10000, version % 10000);
    }
    for (size_t i = 0; i < COX_COUNT(probes); i++) {
        if (!answers(pg->conn, probes[i].sql, probes[i].want)) {
            return cox_fail(reterr, COX_UNSUPPORTED, "this server lacks %s; Coxswain needs it",
                probes[i].feature);
        }
    }
    return pg->base.mode == COX_DB_READ ? COX_OK : probe_locks(pg, reterr);
}

/* Settings that answers or durability depend on, whatever the server's defaults are. */
static enum cox_rc set_up(struct cox_pg *pg, struct cox_err *reterr)
{
    static const char sql[] =
        "SET standard_conforming_strings = on; SET timezone = 'UTC'; SET jit = off;"
        "SET extra_float_digits = 1; SET client_min_messages = error;"
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') = 'off'";
    PGresult *result = PQexec(pg->conn, sql);
    bool is_fine = PQresultStatus(result) == PGRES_TUPLES_OK;

    PQclear(result);
    if (is_fine && pg->base.mode == COX_DB_READ) {
        result = PQexec(pg->conn, "SET default_transaction_read_only = on");
        is_fine = PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
    }
    if (!is_fine || PQenterPipelineMode(pg->conn) != 1) {
        return fail_connect(pg->conn, reterr);
    }
    return COX_OK;
}

static enum cox_rc reconnect(struct cox_db *db, struct cox_err *reterr)
{
    struct cox_pg *pg = pg_of(db);

    PQfinish(pg->conn);
    pg->conn = NULL;
    cox_pg_forget_pending(pg);
    pg->generation++; /* whatever was prepared is so no more */
    pg->dropped_count = 0;
    pg->late = (struct cox_err){.rc = COX_OK};
    db->is_lost = true;
    COX_TRY(connect(pg->url, &pg->conn, reterr));
    COX_TRY(set_up(pg, reterr));
    db->is_lost = false;
    return COX_OK;
}

static void close_pg(struct cox_db *db)
{
    struct cox_pg *pg = pg_of(db);

    PQfinish(pg->conn);
    cox_memory_free(pg->dropped);
    cox_memory_free(pg->url);
    cox_memory_free(pg);
}

/* ---- statements without parameters ---- */

static enum cox_rc exec_simple(struct cox_pg *pg, const char *sql, struct cox_err *reterr)
{
    PGresult *result = PQexec(pg->conn, sql);
    ExecStatusType status = PQresultStatus(result);
    enum cox_rc rc = COX_OK;

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
        rc = PQstatus(pg->conn) == CONNECTION_BAD ? cox_pg_fail_lost(pg, reterr)
                                                  : cox_pg_fail(pg, result, reterr);
    }
    PQclear(result);
    return rc;
}

static enum cox_rc exec(struct cox_db *db, const char *sql, struct cox_err *reterr)
{
    struct cox_pg *pg = pg_of(db);

    COX_TRY(cox_pg_sync(pg, reterr));
    /* Several statements at once are not possible in pipeline mode. */
    if (PQexitPipelineMode(pg->conn) != 1) {
        return cox_pg_fail_lost(pg, reterr);
    }
    enum cox_rc rc = exec_simple(pg, sql, reterr);
    if (PQstatus(pg->conn) == CONNECTION_OK && PQenterPipelineMode(pg->conn) != 1) {
        rc = cox_pg_fail_lost(pg, reterr);
    }
    cox_db_forget_idle(db); /* this may have changed what prepared statements return */
    return rc;
}

/* ---- transactions ---- */

/* Has the server closed the connection while it lay idle? */
static bool is_alive(struct cox_pg *pg)
{
    if (pg->conn == NULL || PQstatus(pg->conn) != CONNECTION_OK) {
        return false;
    }
    struct pollfd socket = {.fd = PQsocket(pg->conn), .events = POLLIN};
    for (int round = 0; round < 4 && poll(&socket, 1, 0) > 0; round++) {
        if (PQconsumeInput(pg->conn) != 1) {
            return false;
        }
    }
    return PQstatus(pg->conn) == CONNECTION_OK;
}

static enum cox_rc send_dropped(struct cox_pg *pg, struct cox_err *reterr)
{
    char sql[COX_PG_NAME_SIZE + 16];

    while (pg->dropped_count > 0) {
        (void)snprintf(sql, sizeof(sql), "DEALLOCATE c%llu",
            (unsigned long long)pg->dropped[--pg->dropped_count]);
        COX_TRY(cox_pg_send_control(pg, sql, reterr));
    }
    return COX_OK;
}

static enum cox_rc begin(struct cox_db *db, enum cox_db_begin how, struct cox_err *reterr)
{
    struct cox_pg *pg = pg_of(db);

    if (!is_alive(pg)) {
        COX_TRY(reconnect(db, reterr));
    }
    COX_TRY(cox_pg_sync(pg, reterr));
    db->is_lost = false;
    pg->is_writing = how == COX_BEGIN_WRITE;
    COX_TRY(send_dropped(pg, reterr));
    COX_TRY(cox_pg_sync(pg, reterr)); /* BEGIN takes no isolation level behind another statement */
    return cox_pg_send_control(pg,
        pg->is_writing ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
                       : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        reterr);
}

static void rollback(struct cox_db *db)
{
    struct cox_pg *pg = pg_of(db);

    if (pg->conn == NULL) {
        return;
    }
    /* First alone: behind a failure the ROLLBACK itself would be skipped. Failures are no news. */
    cox_pg_sync_quietly(pg);
    if (PQstatus(pg->conn) == CONNECTION_OK &&
        cox_pg_send_control(pg, "ROLLBACK", NULL) == COX_OK) {
        cox_pg_sync_quietly(pg);
    }
    if (PQstatus(pg->conn) == CONNECTION_OK && PQtransactionStatus(pg->conn) != PQTRANS_IDLE) {
        db->is_lost = true;
    }
}

static enum cox_rc commit(struct cox_db *db, struct cox_err *reterr)
{
    struct cox_pg *pg = pg_of(db);
    bool was_lost = db->is_lost || PQstatus(pg->conn) != CONNECTION_OK;
    enum cox_rc rc =
        was_lost ? cox_pg_fail_lost(pg, reterr) : cox_pg_send_control(pg, "COMMIT", reterr);

    if (rc == COX_OK) {
        pg->has_committed = false;
        rc = cox_pg_sync(pg, reterr);
    }
    if (rc == COX_OK && !pg->has_committed) {
        rc = cox_fail(reterr, COX_INTERNAL,
            "the transaction had failed before and was not committed");
    }
    if (rc == COX_OK) {
        return COX_OK;
    }
    bool is_open = PQstatus(pg->conn) == CONNECTION_OK;
    if (is_open) {
        rollback(db);
    } else if (!was_lost && pg->is_writing) {
        rc = cox_fail(reterr, COX_UNKNOWN_OUTCOME,
            "the connection to PostgreSQL was lost while saving; retry with the same key");
    }
    db->is_lost = true;
    return rc;
}

static enum cox_rc savepoint_back(struct cox_pg *pg, struct cox_err *reterr)
{
    cox_pg_sync_quietly(pg); /* what failed is being taken back */
    if (PQstatus(pg->conn) != CONNECTION_OK) {
        return cox_pg_fail_lost(pg, reterr);
    }
    COX_TRY(cox_pg_send_control(pg, "ROLLBACK TO SAVEPOINT cox", reterr));
    COX_TRY(cox_pg_send_control(pg, "RELEASE SAVEPOINT cox", reterr));
    return cox_pg_sync(pg, reterr);
}

static enum cox_rc savepoint(struct cox_db *db, enum cox_savepoint what, struct cox_err *reterr)
{
    struct cox_pg *pg = pg_of(db);

    if (what == COX_SAVEPOINT_BACK) {
        return savepoint_back(pg, reterr);
    }
    if (what == COX_SAVEPOINT_RELEASE) {
        COX_TRY(cox_pg_send_control(pg, "RELEASE SAVEPOINT cox", reterr));
        return cox_pg_sync(pg, reterr);
    }
    if (pg->has_runs || pg->late.rc != COX_OK) {
        COX_TRY(cox_pg_sync(pg, reterr)); /* so that a failure is not taken for the savepoint's */
    }
    return cox_pg_send_control(pg, "SAVEPOINT cox", reterr);
}

/* ---- schema ---- */

static enum cox_rc has(struct cox_db *db, const char *kind, const char *name, bool *ret_has,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(db,
        COX_LIT("SELECT 1 FROM pg_catalog.pg_class WHERE relname = $2"
                " AND relnamespace = current_schema()::regnamespace"
                " AND CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table'"
                " WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' WHEN 'v' THEN 'view' END = $1"),
        &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, cox_text_of(kind));
    cox_stmt_bind_text(stmt, 2, cox_text_of(name));
    return cox_stmt_step(stmt, ret_has, reterr);
}

static const struct cox_engine_ops ops = {
    .close = close_pg,
    .exec = exec,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .savepoint = savepoint,
    .reconnect = reconnect,
    .has = has,
    .compile = cox_pg_compile,
    .drop = cox_pg_drop,
    .reset = cox_pg_reset,
    .bind = cox_pg_bind,
    .step = cox_pg_step,
    .run = cox_pg_run,
    .changes = cox_pg_changes,
    .is_null = cox_pg_is_null,
    .read_int = cox_pg_read_int,
    .read_real = cox_pg_read_real,
    .read_text = cox_pg_read_text,
};

static enum cox_rc open_pg(struct cox_pg *pg, const char *url, struct cox_err *reterr)
{
    size_t size = strlen(url) + 1;

    pg->url = cox_memory_alloc(size);
    if (pg->url == NULL) {
        return cox_no_memory(reterr);
    }
    memcpy(pg->url, url, size);
    COX_TRY(connect(pg->url, &pg->conn, reterr));
    COX_TRY(probe(pg, reterr));
    return set_up(pg, reterr);
}

enum cox_rc cox_postgres_open(const char *url, enum cox_db_mode mode, struct cox_db **ret_db,
    struct cox_err *reterr)
{
    struct cox_pg *pg = cox_memory_alloc(sizeof(*pg));

    if (pg == NULL) {
        return cox_no_memory(reterr);
    }
    *pg = (struct cox_pg){.base = {.ops = &ops, .engine = COX_POSTGRES, .mode = mode}};
    enum cox_rc rc = open_pg(pg, url, reterr);
    if (rc != COX_OK) {
        close_pg(&pg->base);
        return rc;
    }
    *ret_db = &pg->base;
    return COX_OK;
}
