/*
 * record/postgres_pipe.c: statements sent ahead to PostgreSQL and the answers read in order, and
 * what its errors mean for us.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/postgres.h"

/* ---- errors ---- */

/* Rows are tried in order; the code starts with prefix. Source: PostgreSQL manual, appendix A. */
static const struct {
    const char *prefix;
    enum cox_rc rc;
    bool is_lost; /* the whole transaction, not the statement alone */
} states[] = {
    {"23", COX_CONFLICT, false},
    {"22003", COX_INVALID, false}, /* number out of range */
    {"22021", COX_INVALID, false}, /* not UTF-8 */
    {"40", COX_BUSY, true},        /* serialisation, deadlock */
    {"55P03", COX_BUSY, false},    /* lock not available in time */
    {"53100", COX_FULL, true},
    {"53200", COX_NO_MEMORY, true},
    {"53300", COX_BUSY, true},
    {"53", COX_BUSY, true},
    {"54", COX_TOO_LARGE, false},
    {"57014", COX_TIMEOUT, false},
    {"57", COX_IO, true}, /* shut down, crash of the server */
    {"58", COX_IO, true},
    {"08", COX_IO, true},
    {"28", COX_DENIED, true},
    {"42501", COX_DENIED, false},
    {"XX001", COX_CORRUPT, true},
    {"XX002", COX_CORRUPT, true},
};

enum cox_rc cox_pg_fail_lost(struct cox_pg *pg, struct cox_err *reterr)
{
    pg->base.is_lost = true;
    return cox_fail(reterr, COX_IO, "the connection to PostgreSQL was lost");
}

enum cox_rc cox_pg_fail(struct cox_pg *pg, const PGresult *result, struct cox_err *reterr)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    const char *table = PQresultErrorField(result, PG_DIAG_TABLE_NAME);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    enum cox_rc rc = COX_INTERNAL;

    if (state == NULL) { /* made by libpq, not by the server */
        return cox_pg_fail_lost(pg, reterr);
    }
    for (size_t i = 0; i < COX_COUNT(states); i++) {
        if (strncmp(state, states[i].prefix, strlen(states[i].prefix)) == 0) {
            rc = states[i].rc;
            pg->base.is_lost = pg->base.is_lost || states[i].is_lost;
            break;
        }
    }
    if (rc == COX_CONFLICT) {
        return cox_fail(reterr, rc, "constraint %s of %s refuses this",
            constraint == NULL ? "(no name)" : constraint, table == NULL ? "the table" : table);
    }
    /* Class 42 speaks of SQL and names only, and our SQL holds no values. */
    return strncmp(state, "42", 2) == 0 && message != NULL
               ? cox_fail(reterr, rc, "%s", message)
               : cox_fail(reterr, rc, "%s (PostgreSQL %s)", cox_rc_sentence(rc), state);
}

/* ---- sending ---- */

static enum cox_rc make_room(struct cox_pg *pg, unsigned count, struct cox_err *reterr)
{
    return pg->pending_count + count > COX_PG_PENDING_MAX ? cox_pg_sync(pg, reterr) : COX_OK;
}

static void add_pending(struct cox_pg *pg, enum cox_pg_sent kind, struct cox_pg_stmt *stmt)
{
    pg->pending[pg->pending_count++] = (struct cox_pg_pending){kind, stmt};
    if (stmt != NULL) {
        stmt->pending_count++;
        pg->has_runs = true;
    }
}

enum cox_rc cox_pg_send_control(struct cox_pg *pg, const char *sql, struct cox_err *reterr)
{
    COX_TRY(make_room(pg, 1, reterr));
    if (PQsendQueryParams(pg->conn, sql, 0, NULL, NULL, NULL, NULL, 0) != 1) {
        return cox_pg_fail_lost(pg, reterr);
    }
    add_pending(pg, COX_PG_CONTROL, NULL);
    return COX_OK;
}

static void name_of(const struct cox_pg_stmt *stmt, char ret_name[COX_PG_NAME_SIZE])
{
    (void)snprintf(ret_name, COX_PG_NAME_SIZE, "c%llu", (unsigned long long)stmt->name);
}

static enum cox_rc send_prepare(struct cox_pg *pg, struct cox_pg_stmt *stmt, struct cox_err *reterr)
{
    char name[COX_PG_NAME_SIZE];

    stmt->name = ++pg->name_count;
    name_of(stmt, name);
    if (PQsendPrepare(pg->conn, name, stmt->base.sql.ptr, 0, NULL) != 1) {
        return cox_pg_fail_lost(pg, reterr);
    }
    stmt->generation = pg->generation;
    stmt->is_prepared = true; /* taken back when the answer says otherwise */
    add_pending(pg, COX_PG_PREPARE, stmt);
    return COX_OK;
}

enum cox_rc cox_pg_send(struct cox_pg *pg, struct cox_pg_stmt *stmt, enum cox_pg_sent kind,
    struct cox_err *reterr)
{
    char name[COX_PG_NAME_SIZE];

    COX_TRY(make_room(pg, 2, reterr));
    if (!stmt->is_prepared || stmt->generation != pg->generation) {
        COX_TRY(send_prepare(pg, stmt, reterr));
    }
    name_of(stmt, name);
    if (PQsendQueryPrepared(pg->conn, name, (int)stmt->param_count, stmt->values, stmt->sizes,
            stmt->formats, 1) != 1) {
        return cox_pg_fail_lost(pg, reterr);
    }
    add_pending(pg, kind, stmt);
    return COX_OK;
}

/* ---- reading ---- */

void cox_pg_forget_pending(struct cox_pg *pg)
{
    for (unsigned i = 0; i < pg->pending_count; i++) {
        if (pg->pending[i].stmt != NULL) {
            pg->pending[i].stmt->pending_count = 0;
            pg->pending[i].stmt->is_prepared = false;
        }
    }
    pg->pending_count = 0;
    pg->has_runs = false;
}

/* A result that went well; the statement takes it over when it wants rows. */
static void accept(struct cox_pg *pg, const struct cox_pg_pending *sent, PGresult *result)
{
    const char *changes = PQcmdTuples(result);

    if (sent->kind == COX_PG_CONTROL) {
        pg->has_committed = strcmp(PQcmdStatus(result), "COMMIT") == 0;
    } else if (sent->kind != COX_PG_PREPARE) {
        assert(sent->stmt != NULL);
        sent->stmt->changes = PQresultStatus(result) == PGRES_TUPLES_OK &&
                                      strncmp(PQcmdStatus(result), "SELECT", 6) == 0
                                  ? 0
                                  : strtoll(changes, NULL, 10);
    }
    if (sent->kind == COX_PG_STEP) {
        PQclear(sent->stmt->result);
        sent->stmt->result = result;
        return;
    }
    PQclear(result);
}

static void refuse(struct cox_pg *pg, const struct cox_pg_pending *sent, PGresult *result,
    struct cox_err *first)
{
    bool is_cause = PQresultStatus(result) != PGRES_PIPELINE_ABORTED;
    enum cox_rc rc = COX_OK;

    if (is_cause && first->rc == COX_OK) {
        rc = cox_pg_fail(pg, result, first);
    }
    if (sent->stmt != NULL) {
        sent->stmt->changes = 0;
        sent->stmt->is_prepared = sent->stmt->is_prepared && sent->kind != COX_PG_PREPARE;
        sent->stmt->base.is_broken = sent->stmt->base.is_broken || (is_cause && rc != COX_CONFLICT);
    }
    PQclear(result);
}

static void read_one(struct cox_pg *pg, const struct cox_pg_pending *sent, struct cox_err *first)
{
    PGresult *result;

    if (sent->stmt != NULL) {
        sent->stmt->pending_count--;
    }
    while ((result = PQgetResult(pg->conn)) != NULL) {
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            accept(pg, sent, result);
        } else {
            refuse(pg, sent, result, first);
        }
        if (PQstatus(pg->conn) == CONNECTION_BAD) {
            return;
        }
    }
}

static enum cox_rc read_all(struct cox_pg *pg, struct cox_err *first)
{
    if (PQpipelineSync(pg->conn) != 1) {
        return COX_IO;
    }
    for (unsigned i = 0; i < pg->pending_count; i++) {
        struct cox_pg_pending sent = pg->pending[i];
        read_one(pg, &sent, first);
        pg->pending[i].stmt = NULL;
        if (PQstatus(pg->conn) == CONNECTION_BAD) {
            return COX_IO;
        }
    }
    PGresult *result = PQgetResult(pg->conn);
    bool is_end = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    PQclear(result);
    return is_end ? COX_OK : COX_IO;
}

enum cox_rc cox_pg_sync(struct cox_pg *pg, struct cox_err *reterr)
{
    struct cox_err first = pg->late;

    pg->late = (struct cox_err){.rc = COX_OK};
    if (PQstatus(pg->conn) == CONNECTION_BAD) {
        cox_pg_forget_pending(pg);
        return cox_pg_fail_lost(pg, reterr);
    }
    if (pg->pending_count > 0 && read_all(pg, &first) != COX_OK) {
        cox_pg_forget_pending(pg);
        return cox_pg_fail_lost(pg, reterr);
    }
    pg->pending_count = 0;
    pg->has_runs = false;
    if (first.rc != COX_OK && reterr != NULL) {
        *reterr = first;
    }
    return first.rc;
}

void cox_pg_sync_later(struct cox_pg *pg)
{
    struct cox_err err = {.rc = COX_OK};

    if (cox_pg_sync(pg, &err) != COX_OK) {
        pg->late = err;
    }
}

void cox_pg_sync_quietly(struct cox_pg *pg)
{
    cox_pg_sync_later(pg);
    pg->late = (struct cox_err){.rc = COX_OK};
}
