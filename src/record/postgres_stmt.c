/*
 * record/postgres_stmt.c: statements of PostgreSQL. Parameters go as text, so that the server
 * finds their types from the statement; bytes go as they are. Results come in binary form.
 */
#include <assert.h>
#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/postgres.h"

enum { COPY_KEEP_MAX = 65536, PARAM_MAX = 8192 /* a little above COX_SQL_BIND_MAX */ };

/* Object ids of built-in types. Source: src/include/catalog/pg_type.dat. */
enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_OID = 26,
    TYPE_FLOAT4 = 700,
    TYPE_FLOAT8 = 701,
    TYPE_NUMERIC = 1700
};

static struct cox_pg *pg_of(struct cox_stmt *stmt)
{
    return (struct cox_pg *)stmt->db;
}

static struct cox_pg_stmt *stmt_of(struct cox_stmt *stmt)
{
    return (struct cox_pg_stmt *)stmt;
}

/* ---- statements ---- */

/* The highest n of $n outside quotes. */
static unsigned count_params(const char *sql)
{
    unsigned most = 0;
    char quote = '\0';

    for (const char *at = sql; *at != '\0'; at++) {
        if (quote != '\0') {
            if (*at == quote) {
                quote = '\0';
            }
        } else if (*at == '\'' || *at == '"') {
            quote = *at;
        } else if (*at == '$') {
            unsigned long n = strtoul(at + 1, NULL, 10);
            most = n <= PARAM_MAX && n > most ? (unsigned)n : most;
        }
    }
    return most;
}

static void free_stmt(struct cox_pg_stmt *stmt)
{
    for (unsigned i = 0; stmt->params != NULL && i < stmt->param_count; i++) {
        cox_memory_free(stmt->params[i].copy);
    }
    cox_memory_free(stmt->params);
    cox_memory_free(stmt->values);
    cox_memory_free(stmt->sizes);
    cox_memory_free(stmt->formats);
    PQclear(stmt->result);
    cox_memory_free(stmt);
}

static void *zeroed(size_t count, size_t size)
{
    void *block = cox_memory_alloc((count + 1) * size); /* at most PARAM_MAX of them */

    return block == NULL ? NULL : memset(block, 0, (count + 1) * size);
}

enum cox_rc cox_pg_compile(struct cox_db *db, struct cox_text sql, struct cox_stmt **ret_stmt,
    struct cox_err *reterr)
{
    struct cox_pg_stmt *stmt = zeroed(1, sizeof(*stmt));

    if (stmt == NULL) {
        db->is_lost = true;
        return cox_no_memory(reterr);
    }
    stmt->param_count = count_params(sql.ptr);
    stmt->params = zeroed(stmt->param_count, sizeof(*stmt->params));
    stmt->values = zeroed(stmt->param_count, sizeof(*stmt->values));
    stmt->sizes = zeroed(stmt->param_count, sizeof(*stmt->sizes));
    stmt->formats = zeroed(stmt->param_count, sizeof(*stmt->formats));
    if (stmt->params == NULL || stmt->values == NULL || stmt->sizes == NULL ||
        stmt->formats == NULL) {
        free_stmt(stmt);
        db->is_lost = true;
        return cox_no_memory(reterr);
    }
    *ret_stmt = &stmt->base;
    return COX_OK;
}

static void remember_dropped(struct cox_pg *pg, uint64_t name)
{
    if (pg->dropped_count == pg->dropped_room) {
        size_t room = pg->dropped_room * 2 + 64;
        uint64_t *more = cox_memory_resize(pg->dropped, room * sizeof(*more));
        if (more == NULL) {
            return; /* the server keeps the name until the connection ends; it is not used again */
        }
        pg->dropped = more;
        pg->dropped_room = room;
    }
    pg->dropped[pg->dropped_count++] = name;
}

void cox_pg_drop(struct cox_stmt *stmt)
{
    struct cox_pg *pg = pg_of(stmt);
    struct cox_pg_stmt *pg_stmt = stmt_of(stmt);

    if (pg_stmt->pending_count > 0) {
        cox_pg_sync_later(pg);
    }
    if (pg_stmt->is_prepared && pg_stmt->generation == pg->generation) {
        remember_dropped(pg, pg_stmt->name);
    }
    free_stmt(pg_stmt);
}

static void clear_rows(struct cox_pg_stmt *stmt)
{
    PQclear(stmt->result);
    stmt->result = NULL;
    stmt->is_stepped = false;
}

void cox_pg_reset(struct cox_stmt *stmt)
{
    struct cox_pg_stmt *pg_stmt = stmt_of(stmt);

    clear_rows(pg_stmt);
    for (unsigned i = 0; i < pg_stmt->param_count; i++) {
        pg_stmt->values[i] = NULL;
        if (pg_stmt->params[i].room > COPY_KEEP_MAX) {
            cox_memory_free(pg_stmt->params[i].copy);
            pg_stmt->params[i].copy = NULL;
            pg_stmt->params[i].room = 0;
        }
    }
    pg_stmt->bind_rc = COX_OK;
}

/* libpq wants texts terminated; the caller's are not. */
static const char *copy_text(struct cox_pg_param *param, struct cox_text text)
{
    if (param->room < text.size + 1) {
        size_t room = text.size + 1 < 64 ? 64 : text.size + 1;
        char *copy = cox_memory_alloc(room);
        if (copy == NULL) {
            return NULL;
        }
        cox_memory_free(param->copy);
        param->copy = copy;
        param->room = room;
    }
    memcpy(param->copy, text.ptr, text.size);
    param->copy[text.size] = '\0';
    return param->copy;
}

static void note_failure(struct cox_pg_stmt *stmt, enum cox_rc rc)
{
    stmt->bind_rc = stmt->bind_rc == COX_OK ? rc : stmt->bind_rc;
}

static void bind_text(struct cox_pg_stmt *stmt, unsigned i, const struct cox_param *param)
{
    bool is_bytes = param->kind == COX_PARAM_BYTES;

    if (param->text.size >= INT32_MAX) {
        note_failure(stmt, COX_TOO_LARGE);
        return;
    }
    if (!is_bytes && param->text.size > 0 &&
        memchr(param->text.ptr, '\0', param->text.size) != NULL) {
        note_failure(stmt, COX_INVALID); /* it would be cut there without a word */
        return;
    }
    stmt->values[i] = copy_text(&stmt->params[i], param->text);
    stmt->sizes[i] = (int)param->text.size;
    stmt->formats[i] = is_bytes;
    if (stmt->values[i] == NULL) {
        note_failure(stmt, COX_NO_MEMORY);
    }
}

static void write_real(char ret_number[COX_PG_NUMBER_SIZE], double real)
{
    if (isinf(real)) {
        (void)snprintf(ret_number, COX_PG_NUMBER_SIZE, "%sInfinity", real < 0 ? "-" : "");
        return;
    }
    (void)snprintf(ret_number, COX_PG_NUMBER_SIZE, "%.17g", real);
}

void cox_pg_bind(struct cox_stmt *stmt, unsigned at, const struct cox_param *param)
{
    struct cox_pg_stmt *pg_stmt = stmt_of(stmt);
    unsigned i = at - 1;

    assert(at >= 1 && at <= pg_stmt->param_count);
    if (pg_stmt->is_stepped) {
        clear_rows(pg_stmt);
    }
    pg_stmt->formats[i] = 0;
    pg_stmt->values[i] = NULL;
    switch (param->kind) {
    case COX_PARAM_INT:
        (void)snprintf(pg_stmt->params[i].number, COX_PG_NUMBER_SIZE, "%lld",
            (long long)param->number);
        pg_stmt->values[i] = pg_stmt->params[i].number;
        break;
    case COX_PARAM_REAL:
        write_real(pg_stmt->params[i].number, param->real);
        pg_stmt->values[i] = pg_stmt->params[i].number;
        break;
    case COX_PARAM_TEXT:
    case COX_PARAM_BYTES:
        bind_text(pg_stmt, i, param);
        break;
    case COX_PARAM_NULL:
        break;
    }
}

static enum cox_rc check_binds(struct cox_pg_stmt *stmt, struct cox_err *reterr)
{
    enum cox_rc rc = stmt->bind_rc;

    stmt->bind_rc = COX_OK;
    if (rc == COX_NO_MEMORY) {
        stmt->base.db->is_lost = true;
    }
    if (rc == COX_INVALID) {
        return cox_fail(reterr, rc, "a text holds a NUL character");
    }
    return rc == COX_OK ? COX_OK : cox_fail(reterr, rc, "%s", cox_rc_sentence(rc));
}

enum cox_rc cox_pg_step(struct cox_stmt *stmt, bool *ret_is_row, struct cox_err *reterr)
{
    struct cox_pg_stmt *pg_stmt = stmt_of(stmt);

    if (!pg_stmt->is_stepped) {
        COX_TRY(check_binds(pg_stmt, reterr));
        COX_TRY(cox_pg_send(pg_of(stmt), pg_stmt, COX_PG_STEP, reterr));
        pg_stmt->is_stepped = true;
        pg_stmt->row = -1;
        COX_TRY(cox_pg_sync(pg_of(stmt), reterr));
    }
    int count = PQntuples(pg_stmt->result); /* 0 without a result */
    pg_stmt->row = pg_stmt->row < count ? pg_stmt->row + 1 : count;
    *ret_is_row = pg_stmt->row < count;
    return COX_OK;
}

enum cox_rc cox_pg_run(struct cox_stmt *stmt, struct cox_err *reterr)
{
    struct cox_pg_stmt *pg_stmt = stmt_of(stmt);
    enum cox_rc rc = check_binds(pg_stmt, reterr);

    if (rc == COX_OK) {
        rc = cox_pg_send(pg_of(stmt), pg_stmt, COX_PG_RUN, reterr);
    }
    if (rc == COX_OK && !stmt->db->in_transaction) {
        rc = cox_pg_sync(pg_of(stmt), reterr); /* committed by itself: the caller relies on it */
    }
    cox_pg_reset(stmt);
    return rc;
}

int64_t cox_pg_changes(struct cox_stmt *stmt)
{
    if (stmt_of(stmt)->pending_count > 0) {
        cox_pg_sync_later(pg_of(stmt));
    }
    return stmt_of(stmt)->changes;
}

/* ---- values ---- */

bool cox_pg_is_null(struct cox_stmt *stmt, unsigned column)
{
    struct cox_pg_stmt *pg_stmt = stmt_of(stmt);

    return PQgetisnull(pg_stmt->result, pg_stmt->row, (int)column) != 0;
}

static uint16_t read_16(const char *bytes)
{
    uint16_t value;

    memcpy(&value, bytes, sizeof(value));
    return be16toh(value);
}

static uint32_t read_32(const char *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof(value));
    return be32toh(value);
}

static uint64_t read_64(const char *bytes)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof(value));
    return be64toh(value);
}

static double real_32(const char *bytes)
{
    uint32_t bits = read_32(bytes);
    float value;

    memcpy(&value, &bits, sizeof(value));
    return (double)value;
}

static double real_64(const char *bytes)
{
    uint64_t bits = read_64(bytes);
    double value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* numeric: count, weight, sign, scale, then groups of four digits. Source: numeric_send(). */
enum { NUMERIC_HEAD = 8, NUMERIC_NEGATIVE = 0x4000, NUMERIC_SPECIAL = 0xc000, NUMERIC_GROUPS = 24 };

static double numeric_real(const char *bytes)
{
    unsigned count = read_16(bytes);
    int weight = (int16_t)read_16(bytes + 2);
    unsigned sign = read_16(bytes + 4);
    char text[NUMERIC_GROUPS * 4 + 32], *at = text;

    if ((sign & NUMERIC_SPECIAL) == NUMERIC_SPECIAL) {
        return (double)NAN;
    }
    count = count > NUMERIC_GROUPS ? NUMERIC_GROUPS : count; /* far beyond what a double holds */
    *at++ = sign == NUMERIC_NEGATIVE ? '-' : '+';
    *at++ = '0';
    for (unsigned i = 0; i < count; i++) {
        unsigned group = read_16(bytes + NUMERIC_HEAD + (size_t)2 * (size_t)i);
        at += snprintf(at, 6, "%04u", group % 10000);
    }
    (void)snprintf(at, 24, "e%d", 4 * (weight - (int)count + 1));
    return strtod(text, NULL);
}

static int64_t int_of_real(double real)
{
    if (isnan(real)) {
        return 0;
    }
    if (real >= 9223372036854775807.0) {
        return INT64_MAX;
    }
    return real <= -9223372036854775808.0 ? INT64_MIN : (int64_t)real;
}

/* Without its fraction; what does not fit goes to the nearest end, as SQLite does. */
static int64_t numeric_int(const char *bytes)
{
    unsigned count = read_16(bytes);
    int weight = (int16_t)read_16(bytes + 2);
    bool is_negative = read_16(bytes + 4) == NUMERIC_NEGATIVE;
    int64_t total = 0;

    for (int i = 0; i <= weight; i++) {
        int64_t group = i < (int)count ? read_16(bytes + NUMERIC_HEAD + (size_t)2 * (size_t)i) : 0;
        if (__builtin_mul_overflow(total, 10000, &total) ||
            __builtin_add_overflow(total, is_negative ? -group : group, &total)) {
            return is_negative ? INT64_MIN : INT64_MAX;
        }
    }
    return total;
}

int64_t cox_pg_read_int(struct cox_stmt *stmt, unsigned column)
{
    struct cox_pg_stmt *pg_stmt = stmt_of(stmt);
    const char *bytes = PQgetvalue(pg_stmt->result, pg_stmt->row, (int)column);

    switch (PQftype(pg_stmt->result, (int)column)) {
    case TYPE_INT8:
        return (int64_t)read_64(bytes);
    case TYPE_INT4:
        return (int32_t)read_32(bytes);
    case TYPE_INT2:
        return (int16_t)read_16(bytes);
    case TYPE_OID:
        return read_32(bytes);
    case TYPE_BOOL:
        return bytes[0] != 0;
    case TYPE_NUMERIC:
        return numeric_int(bytes);
    case TYPE_FLOAT8:
        return int_of_real(real_64(bytes));
    case TYPE_FLOAT4:
        return int_of_real(real_32(bytes));
    default:
        return strtoll(bytes, NULL, 10); /* a text, as SQLite reads it */
    }
}

double cox_pg_read_real(struct cox_stmt *stmt, unsigned column)
{
    struct cox_pg_stmt *pg_stmt = stmt_of(stmt);
    const char *bytes = PQgetvalue(pg_stmt->result, pg_stmt->row, (int)column);

    switch (PQftype(pg_stmt->result, (int)column)) {
    case TYPE_FLOAT8:
        return real_64(bytes);
    case TYPE_FLOAT4:
        return real_32(bytes);
    case TYPE_NUMERIC:
        return numeric_real(bytes);
    case TYPE_INT8:
    case TYPE_INT4:
    case TYPE_INT2:
    case TYPE_OID:
    case TYPE_BOOL:
        return (double)cox_pg_read_int(stmt, column);
    default:
        return strtod(bytes, NULL);
    }
}

static bool is_text(Oid type)
{
    switch (type) {
    case TYPE_BOOL:
    case TYPE_INT8:
    case TYPE_INT4:
    case TYPE_INT2:
    case TYPE_OID:
    case TYPE_FLOAT4:
    case TYPE_FLOAT8:
    case TYPE_NUMERIC:
        return false;
    default:
        return true;
    }
}

struct cox_text cox_pg_read_text(struct cox_stmt *stmt, unsigned column)
{
    struct cox_pg_stmt *pg_stmt = stmt_of(stmt);

    assert(
        is_text(PQftype(pg_stmt->result, (int)column))); /* a number read as text: cast it in SQL */
    return (struct cox_text){PQgetvalue(pg_stmt->result, pg_stmt->row, (int)column),
        (size_t)PQgetlength(pg_stmt->result, pg_stmt->row, (int)column)};
}
