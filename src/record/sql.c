/* record/sql.c: one SQL text and the values bound to it. */
#include "record/sql.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_ROOM_MIN = 512, BIND_ROOM_MIN = 16, NAME_MAX_SIZE = 60 };

void cox_sql_init(struct cox_sql *sql, struct cox_arena *arena)
{
    *sql = (struct cox_sql){.arena = arena};
}

/* Room for more bytes; false marks the builder as failed. */
static bool reserve_text(struct cox_sql *sql, size_t more)
{
    size_t room = sql->room == 0 ? TEXT_ROOM_MIN : sql->room;
    char *grown;

    if (sql->failed != COX_OK) {
        return false;
    }
    if (more > COX_SQL_TEXT_MAX - sql->size) {
        sql->failed = COX_TOO_LARGE;
        return false;
    }
    while (room < sql->size + more) {
        room *= 2;
    }
    if (room == sql->room) {
        return true;
    }
    grown = cox_arena_alloc(sql->arena, room);
    if (grown == NULL) {
        sql->failed = COX_NO_MEMORY;
        return false;
    }
    if (sql->size > 0)
        memcpy(grown, sql->text, sql->size);
    sql->text = grown;
    sql->room = room;
    return true;
}

static void add_bytes(struct cox_sql *sql, const char *bytes, size_t size)
{
    if (size == 0 || !reserve_text(sql, size)) {
        return;
    }
    memcpy(sql->text + sql->size, bytes, size);
    sql->size += size;
}

void cox_sql_add_literal(struct cox_sql *sql, const char *literal, size_t size)
{
    add_bytes(sql, literal, size);
}

/* Names are ours (static rows or generated), so another character is a mistake of the program. */
static bool is_name(const char *name, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)name[i];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_') {
            return false;
        }
    }
    return size > 0 && size <= NAME_MAX_SIZE;
}

/* A question names every column each time it is asked, so the pieces are put in with one step. */
void cox_sql_add_name(struct cox_sql *sql, const char *name, const char *suffix)
{
    size_t name_size = strlen(name), suffix_size = strlen(suffix);
    char *at;

    assert(is_name(name, name_size));
    if (!reserve_text(sql, name_size + suffix_size + 2)) {
        return;
    }
    at = sql->text + sql->size;
    *at++ = '"';
    memcpy(at, name, name_size);
    memcpy(at + name_size, suffix, suffix_size);
    at[name_size + suffix_size] = '"';
    sql->size += name_size + suffix_size + 2;
}

void cox_sql_name(struct cox_sql *sql, const char *name)
{
    cox_sql_add_name(sql, name, "");
}

static void add_column(struct cox_sql *sql, const struct cox_field *field, const char *suffix)
{
    char generated[16];

    if (field->custom_id == 0) {
        cox_sql_add_name(sql, field->name, suffix);
        return;
    }
    (void)snprintf(generated, sizeof generated, "x%" PRIu32, field->custom_id);
    cox_sql_add_name(sql, generated, suffix);
}

void cox_sql_column(struct cox_sql *sql, const struct cox_field *field)
{
    add_column(sql, field, "");
}

void cox_sql_fold_column(struct cox_sql *sql, const struct cox_field *field)
{
    add_column(sql, field, "_fold");
}

static bool reserve_bind(struct cox_sql *sql)
{
    unsigned room = sql->bind_room == 0 ? BIND_ROOM_MIN : sql->bind_room * 2;
    struct cox_sql_bind *grown;

    if (sql->failed != COX_OK) {
        return false;
    }
    if (sql->bind_count >= COX_SQL_BIND_MAX) {
        sql->failed = COX_TOO_LARGE;
        return false;
    }
    if (sql->bind_count < sql->bind_room) {
        return true;
    }
    grown = COX_NEW_ARRAY(sql->arena, room, struct cox_sql_bind);
    if (grown == NULL) {
        sql->failed = COX_NO_MEMORY;
        return false;
    }
    if (sql->bind_count > 0)
        memcpy(grown, sql->binds, sql->bind_count * sizeof *grown);
    sql->binds = grown;
    sql->bind_room = room;
    return true;
}

static void add_bind(struct cox_sql *sql, struct cox_value value, bool is_bytes)
{
    char place[16];
    int size;

    if (!reserve_bind(sql)) {
        return;
    }
    sql->binds[sql->bind_count++] = (struct cox_sql_bind){value, is_bytes};
    size = snprintf(place, sizeof place, "$%u", sql->bind_count);
    add_bytes(sql, place, (size_t)size);
}

void cox_sql_int(struct cox_sql *sql, int64_t value)
{
    /* Not cox_int: INT64_MIN is a number here, the SQL may want to compare with it. */
    add_bind(sql, (struct cox_value){COX_VALUE_INT, {.number = value}}, false);
}

void cox_sql_text(struct cox_sql *sql, struct cox_text value)
{
    /* Not cox_text_value: "" stays "", only ptr NULL is null. */
    if (value.ptr == NULL) {
        add_bind(sql, cox_null(), false);
    } else {
        add_bind(sql, (struct cox_value){COX_VALUE_TEXT, {.text = value}}, false);
    }
}

void cox_sql_bytes(struct cox_sql *sql, struct cox_text value)
{
    if (value.ptr == NULL) {
        add_bind(sql, cox_null(), true);
    } else {
        add_bind(sql, (struct cox_value){COX_VALUE_TEXT, {.text = value}}, true);
    }
}

void cox_sql_value(struct cox_sql *sql, struct cox_value value)
{
    add_bind(sql, value, false);
}

static void bind_one(struct cox_stmt *stmt, unsigned at, const struct cox_sql_bind *bind)
{
    switch (bind->value.kind) {
    case COX_VALUE_NULL:
        cox_stmt_bind_null(stmt, at);
        return;
    case COX_VALUE_INT:
        cox_stmt_bind_int(stmt, at, bind->value.number);
        return;
    case COX_VALUE_REAL:
        cox_stmt_bind_real(stmt, at, bind->value.real);
        return;
    case COX_VALUE_TEXT:
        if (bind->is_bytes) {
            cox_stmt_bind_bytes(stmt, at, bind->value.text);
        } else {
            cox_stmt_bind_text(stmt, at, bind->value.text);
        }
        return;
    }
}

enum cox_rc cox_sql_prepare(struct cox_db *db, const struct cox_sql *sql,
    struct cox_stmt **ret_stmt, struct cox_err *reterr)
{
    struct cox_stmt *stmt;

    if (sql->failed == COX_NO_MEMORY) {
        return cox_no_memory(reterr);
    }
    if (sql->failed != COX_OK) {
        return cox_fail(reterr, sql->failed, "the question to the database is too large");
    }
    COX_TRY(cox_db_prepare(db, (struct cox_text){sql->text, sql->size}, &stmt, reterr));
    for (unsigned i = 0; i < sql->bind_count; i++)
        bind_one(stmt, i + 1, &sql->binds[i]);
    *ret_stmt = stmt;
    return COX_OK;
}
