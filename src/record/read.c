/* record/read.c: single records: get, load, peek, the name of a reference, history. */
#include <assert.h>
#include <stdio.h>

#include "base/day.h"
#include "record/access.h"
#include "record/rows.h"
#include "record/share.h"
#include "record/store.h"

/* ---- whole rows ---- */

void cox_rows_add_columns(struct cox_sql *sql, const struct cox_table *table, enum cox_arm arm,
    const char *alias)
{
    static const char *const current[] = {"id", "rev", "from_us"};
    static const char *const past[] = {"id", "rev", "from_us", "to_us", "seq_to", "imported"};
    size_t count = arm == COX_ARM_PAST ? COX_COUNT(past) : COX_COUNT(current);

    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            cox_sql_lit(sql, ", ");
        }
        cox_sql_name(sql, alias);
        cox_sql_lit(sql, ".");
        cox_sql_name(sql, arm == COX_ARM_PAST ? past[i] : current[i]);
    }
    if (arm == COX_ARM_CURRENT) {
        cox_sql_lit(sql, ", 9223372036854775807 AS \"to_us\", 9223372036854775807 AS \"seq_to\", ");
        cox_sql_name(sql, alias);
        cox_sql_lit(sql, ".\"imported\"");
    }
    for (uint32_t i = 0; i < table->field_count; i++) {
        cox_sql_lit(sql, ", ");
        cox_scope_add_column(sql, alias, table->fields[i]);
    }
}

enum cox_rc cox_rows_horizon(struct cox_call *call, int64_t *ret_until_us, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;
    bool is_row;

    if (call->is_now || call->as_of.seq == COX_ALL_KNOWN) {
        *ret_until_us = COX_FOREVER;
        return COX_OK;
    }
    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "SELECT \"at_us\" FROM \"log\" WHERE \"seq\" = ");
    cox_sql_int(&sql, call->as_of.seq);
    COX_TRY(cox_sql_prepare(call->db, &sql, &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    /* No commit of that number: seq is before the first one, and no version is known. */
    *ret_until_us = is_row ? cox_stmt_int(stmt, 0) : 0;
    return COX_OK;
}

static void hide_future(const struct cox_call *call, int64_t until_us, struct cox_row *row)
{
    if (call->is_now) {
        return;
    }
    row->seq_to = COX_FOREVER;
    if (row->to_us > until_us) {
        row->to_us = COX_FOREVER;
    }
}

enum cox_rc cox_rows_read(struct cox_call *call, const struct cox_table *table,
    struct cox_stmt *stmt, int64_t until_us, struct cox_row *ret_row, struct cox_err *reterr)
{
    COX_TRY(cox_row_read(call->arena, table, stmt, ret_row, reterr));
    hide_future(call, until_us, ret_row);
    cox_scope_mask(call, ret_row);
    return COX_OK;
}

/* ---- one record ---- */

enum eyes { OF_ACTOR, OF_ANYBODY };

static void add_one_arm(struct cox_sql *sql, struct cox_call *call, const struct cox_table *table,
    enum cox_arm arm, int64_t id, enum eyes eyes)
{
    const struct cox_scope scope = {call, COX_READ, arm, COX_WIDE};

    cox_sql_lit(sql, "SELECT ");
    cox_rows_add_columns(sql, table, arm, "r");
    cox_sql_lit(sql, " FROM ");
    cox_scope_add_table(sql, table, arm, "r");
    cox_sql_lit(sql, " WHERE \"r\".\"id\" = ");
    cox_sql_int(sql, id);
    cox_sql_lit(sql, " AND ");
    cox_scope_add_valid(sql, call, arm, "r");
    if (eyes == OF_ACTOR) {
        cox_sql_lit(sql, " AND ");
        cox_scope_add(sql, &scope, table, "r");
    }
}

static enum cox_rc read_one(struct cox_call *call, const struct cox_table *table, int64_t id,
    enum eyes eyes, const struct cox_row **ret_row, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_row *row = COX_NEW(call->arena, struct cox_row);
    struct cox_sql sql;
    int64_t until_us;
    bool is_row;

    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_rows_horizon(call, &until_us, reterr));
    if (call->is_now) {
        /* Asking about the row at hand is far cheaper than the general condition. */
        COX_TRY(cox_db_prepare(call->db,
            ((const struct cox_table_inside *)(const void *)table)->get_sql, &stmt, reterr));
        cox_stmt_bind_int(stmt, 1, id);
    } else {
        cox_sql_init(&sql, call->arena);
        add_one_arm(&sql, call, table, COX_ARM_CURRENT, id, eyes);
        cox_sql_lit(&sql, " UNION ALL ");
        add_one_arm(&sql, call, table, COX_ARM_PAST, id, eyes);
        COX_TRY(cox_sql_prepare(call->db, &sql, &stmt, reterr));
    }
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (!is_row) {
        return cox_scope_missing(table, reterr);
    }
    COX_TRY(cox_row_read(call->arena, table, stmt, row, reterr));
    hide_future(call, until_us, row);
    if (eyes == OF_ACTOR && call->is_now) {
        bool may_read;
        COX_TRY(cox_scope_may_read(call, row, &may_read, reterr));
        if (!may_read) {
            return cox_scope_missing(table, reterr);
        }
    }
    if (eyes == OF_ACTOR) {
        cox_scope_mask(call, row);
    }
    *ret_row = row;
    return COX_OK;
}

static const struct cox_table *table_of(const struct cox_call *call,
    const struct cox_entity *entity)
{
    const struct cox_table *table = cox_registry_entity(call->registry, entity);

    assert(table != NULL);
    return table;
}

/* A record that is not there may have been merged into one that the actor sees. */
static enum cox_rc gone_or_missing(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr)
{
    int64_t into_id = 0;
    bool sees = false;

    COX_TRY(cox_merged_into(call, table->entity, id, &into_id, reterr));
    if (into_id != 0) {
        COX_TRY(cox_scope_sees(call, table, COX_READ, into_id, &sees, reterr));
    }
    return sees ? cox_fail(reterr, COX_GONE, "this %s was merged into %lld", table->entity->label,
                      (long long)into_id)
                : cox_scope_missing(table, reterr);
}

enum cox_rc cox_get(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const struct cox_row **ret_row, struct cox_err *reterr)
{
    const struct cox_table *table = table_of(call, entity);
    enum cox_rc rc = read_one(call, table, id, OF_ACTOR, ret_row, reterr);

    if (rc == COX_MISSING) {
        return gone_or_missing(call, table, id, reterr);
    }
    COX_TRY(rc);
    return cox_access_note(call, *ret_row, reterr);
}

enum cox_rc cox_peek(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const struct cox_row **ret_row, struct cox_err *reterr)
{
    return read_one(call, table_of(call, entity), id, OF_ANYBODY, ret_row, reterr);
}

enum cox_rc cox_load(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    void *ret_struct, struct cox_err *reterr)
{
    const struct cox_row *row;

    COX_TRY(cox_get(call, entity, id, &row, reterr));
    cox_row_unpack(row, ret_struct);
    return COX_OK;
}

/* ---- names of references ---- */

static void add_name(struct cox_sql *sql, const struct cox_table *table, enum cox_arm arm,
    int64_t id)
{
    cox_sql_lit(sql, "SELECT ");
    cox_scope_add_column(sql, "r", table->fields[table->entity->name_field]);
    cox_sql_lit(sql, " FROM ");
    cox_scope_add_table(sql, table, arm, "r");
    cox_sql_lit(sql, " WHERE \"r\".\"id\" = ");
    cox_sql_int(sql, id);
    cox_sql_lit(sql, " AND ");
}

/* Known, begun by then, and (seen from alias) of the record in question. */
static void add_begun(struct cox_sql *sql, const struct cox_call *call, enum cox_arm arm,
    const char *alias)
{
    int64_t seq = call->is_now ? COX_ALL_KNOWN : call->as_of.seq;

    cox_sql_name(sql, alias);
    cox_sql_lit(sql, ".\"rev\" <= ");
    cox_sql_int(sql, seq);
    cox_sql_lit(sql, " AND ");
    cox_sql_name(sql, alias);
    cox_sql_lit(sql, ".\"from_us\" <= ");
    cox_sql_int(sql, call->is_now ? COX_FOREVER : call->as_of.at_us);
    if (arm == COX_ARM_PAST) {
        cox_sql_lit(sql, " AND ");
        cox_sql_name(sql, alias);
        cox_sql_lit(sql, ".\"seq_to\" > ");
        cox_sql_int(sql, seq);
    }
}

/* The last version begun by then, when nothing newer of the record is known: it has been deleted. */
static void add_last_name(struct cox_sql *sql, struct cox_call *call, const struct cox_table *table,
    int64_t id)
{
    const struct cox_scope scope = {call, COX_READ, COX_ARM_PAST, COX_WIDE};

    add_name(sql, table, COX_ARM_PAST, id);
    add_begun(sql, call, COX_ARM_PAST, "r");
    cox_sql_lit(sql, " AND NOT EXISTS (SELECT 1 FROM ");
    cox_scope_add_table(sql, table, COX_ARM_PAST, "z");
    cox_sql_lit(sql,
        " WHERE \"z\".\"id\" = \"r\".\"id\" AND \"z\".\"from_us\" > \"r\".\"from_us\" AND ");
    add_begun(sql, call, COX_ARM_PAST, "z");
    cox_sql_lit(sql, ") AND NOT EXISTS (SELECT 1 FROM ");
    cox_scope_add_table(sql, table, COX_ARM_CURRENT, "z");
    cox_sql_lit(sql, " WHERE \"z\".\"id\" = \"r\".\"id\" AND ");
    add_begun(sql, call, COX_ARM_CURRENT, "z");
    cox_sql_lit(sql, ") AND ");
    cox_scope_add(sql, &scope, table, "r");
}

static void add_valid_name(struct cox_sql *sql, struct cox_call *call,
    const struct cox_table *table, enum cox_arm arm, int64_t id)
{
    const struct cox_scope scope = {call, COX_READ, arm, COX_WIDE};

    add_name(sql, table, arm, id);
    cox_scope_add_valid(sql, call, arm, "r");
    cox_sql_lit(sql, " AND ");
    cox_scope_add(sql, &scope, table, "r");
}

static enum cox_rc is_erased(struct cox_call *call, const struct cox_table *table, int64_t id,
    bool *ret_is_erased, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;

    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "SELECT 1 FROM \"erased\" WHERE \"entity\" = ");
    cox_sql_int(&sql, table->entity->number);
    cox_sql_lit(&sql, " AND \"id\" = ");
    cox_sql_int(&sql, id);
    COX_TRY(cox_sql_prepare(call->db, &sql, &stmt, reterr));
    return cox_stmt_step(stmt, ret_is_erased, reterr);
}

/* The first column of the statement's row; ptr NULL when it is null. */
static enum cox_rc take_name(struct cox_call *call, const struct cox_field *field,
    struct cox_stmt *stmt, struct cox_text *ret_name, struct cox_err *reterr)
{
    char day[COX_DAY_SIZE], number[24];

    *ret_name = (struct cox_text){0};
    if (cox_stmt_is_null(stmt, 0)) {
        return COX_OK;
    }
    if (field->type == COX_DATE) { /* what has no title goes by its day */
        cox_day_format(cox_stmt_int(stmt, 0), day);
        *ret_name = cox_arena_text(call->arena, cox_text_of(day));
    } else if (field->type == COX_TEXT) {
        *ret_name = cox_arena_text(call->arena, cox_stmt_text(stmt, 0));
    } else {
        (void)snprintf(number, sizeof(number), "%lld", (long long)cox_stmt_int(stmt, 0));
        *ret_name = cox_arena_text(call->arena, cox_text_of(number));
    }
    return ret_name->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

/* ret_name with ptr NULL and ret_is_there false: nothing the actor may see. */
static enum cox_rc read_name(struct cox_call *call, const struct cox_field *field,
    const struct cox_sql *sql, struct cox_text *ret_name, bool *ret_is_there,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    *ret_name = (struct cox_text){0};
    COX_TRY(cox_sql_prepare(call->db, sql, &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, ret_is_there, reterr));
    return *ret_is_there ? take_name(call, field, stmt, ret_name, reterr) : COX_OK;
}

/* As it is now, by looking at the row at hand. ret_stands: there is such a record, seen or not. */
static enum cox_rc read_name_now(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_text *ret_name, bool *ret_stands, bool *ret_is_seen, struct cox_err *reterr)
{
    const struct cox_table_inside *inside = (const struct cox_table_inside *)(const void *)table;
    const struct cox_entity *entity = table->entity;
    struct cox_row row = {.table = table, .id = id};
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db, inside->name_sql, &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, id);
    COX_TRY(cox_stmt_step(stmt, ret_stands, reterr));
    if (!*ret_stands) {
        return COX_OK;
    }
    COX_TRY(take_name(call, &entity->fields[entity->name_field], stmt, ret_name, reterr));
    row.values = COX_NEW_ARRAY(call->arena, table->field_count, struct cox_value);
    if (row.values == NULL) {
        return cox_no_memory(reterr);
    }
    for (unsigned i = 0; i < inside->route_count; i++) {
        row.values[inside->route_fields[i]] = cox_int(cox_stmt_int(stmt, i + 1));
    }
    return cox_scope_may_read(call, &row, ret_is_seen, reterr);
}

/* The same for what everybody may read, of which the store remembers names. */
static enum cox_rc name_now(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_text *ret_name, bool *ret_stands, bool *ret_is_seen, struct cox_err *reterr)
{
    bool is_shared = table->entity->reach == COX_REACH_COMPANY && call->write == NULL;
    struct cox_name_memo *memo = call->store->names;
    uint16_t number = table->entity->number;

    if (is_shared) {
        *ret_name = cox_name_memo_find(memo, number, id, call->as_of.seq, call->arena);
        if (ret_name->ptr != NULL) {
            *ret_stands = *ret_is_seen = true;
            return COX_OK;
        }
    }
    COX_TRY(read_name_now(call, table, id, ret_name, ret_stands, ret_is_seen, reterr));
    if (is_shared && *ret_stands) {
        cox_name_memo_put(memo, number, id, call->as_of.seq, *ret_name);
    }
    return COX_OK;
}

enum cox_rc cox_ref_name(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    struct cox_text *ret_name, struct cox_err *reterr)
{
    const struct cox_table *table = table_of(call, entity);
    const struct cox_field *field = &entity->fields[entity->name_field]; /* every entity has one */
    struct cox_text name = {0};
    struct cox_sql sql;
    bool is_there = false, stands = false;

    if (id == COX_NULL || !cox_scope_may_name(field)) {
        *ret_name = name;
        return COX_OK;
    }
    if (call->is_now) {
        COX_TRY(name_now(call, table, id, &name, &stands, &is_there, reterr));
        name = is_there ? name : (struct cox_text){0};
    } else {
        cox_sql_init(&sql, call->arena);
        add_valid_name(&sql, call, table, COX_ARM_CURRENT, id);
        cox_sql_lit(&sql, " UNION ALL ");
        add_valid_name(&sql, call, table, COX_ARM_PAST, id);
        COX_TRY(read_name(call, field, &sql, &name, &is_there, reterr));
    }
    if (!is_there && !stands) {
        cox_sql_init(&sql, call->arena);
        add_last_name(&sql, call, table, id);
        COX_TRY(read_name(call, field, &sql, &name, &is_there, reterr));
    }
    if (is_there && name.ptr == NULL) {
        COX_TRY(is_erased(call, table, id, &is_there, reterr));
        name = is_there ? COX_LIT("erased") : name;
    }
    *ret_name = name;
    return COX_OK;
}

/* ---- history ---- */

/* Starts of all versions of a record known at seq, oldest first. */
static enum cox_rc read_starts(struct cox_call *call, const struct cox_table *table, int64_t id,
    int64_t seq, struct cox_stmt **ret_stmt, struct cox_err *reterr)
{
    struct cox_sql sql;

    cox_sql_init(&sql, call->arena);
    for (int arm = COX_ARM_CURRENT; arm <= COX_ARM_PAST; arm++) {
        if (arm == COX_ARM_PAST) {
            cox_sql_lit(&sql, " UNION ALL ");
        }
        cox_sql_lit(&sql, "SELECT \"r\".\"from_us\" AS \"from_us\" FROM ");
        cox_scope_add_table(&sql, table, (enum cox_arm)arm, "r");
        cox_sql_lit(&sql, " WHERE \"r\".\"id\" = ");
        cox_sql_int(&sql, id);
        cox_sql_lit(&sql, " AND \"r\".\"rev\" <= ");
        cox_sql_int(&sql, seq);
        if (arm == COX_ARM_PAST) {
            cox_sql_lit(&sql, " AND \"r\".\"seq_to\" > ");
            cox_sql_int(&sql, seq);
        }
    }
    cox_sql_lit(&sql, " ORDER BY \"from_us\"");
    return cox_sql_prepare(call->db, &sql, ret_stmt, reterr);
}

struct starts {
    int64_t *from_us;
    size_t count, room;
};

static enum cox_rc add_start(struct cox_arena *arena, struct starts *starts, int64_t from_us,
    struct cox_err *reterr)
{
    if (starts->count == starts->room) {
        size_t room = starts->room == 0 ? 32 : starts->room * 2;
        int64_t *grown = COX_NEW_ARRAY(arena, room, int64_t);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (starts->count > 0) {
            memcpy(grown, starts->from_us, starts->count * sizeof(*grown));
        }
        starts->from_us = grown;
        starts->room = room;
    }
    starts->from_us[starts->count++] = from_us;
    return COX_OK;
}

/* A version is shown exactly when reading as of its first instant shows it. */
static enum cox_rc read_versions(struct cox_call *call, const struct cox_table *table, int64_t id,
    const struct starts *starts, struct cox_row *ret_rows, size_t *ret_count,
    struct cox_err *reterr)
{
    struct cox_call then = *call;
    const struct cox_row *row = NULL;

    then.is_now = false;
    then.as_of.seq = call->is_now ? COX_ALL_KNOWN : call->as_of.seq;
    for (size_t i = 0; i < starts->count; i++) {
        enum cox_rc rc;
        then.as_of.at_us = starts->from_us[i];
        then.as_of_day = cox_call_day(call, then.as_of.at_us);
        rc = read_one(&then, table, id, OF_ACTOR, &row, reterr);
        if (rc == COX_OK && row != NULL) {
            ret_rows[(*ret_count)++] = *row;
        } else if (rc != COX_OK && rc != COX_MISSING) {
            return rc;
        }
    }
    return COX_OK;
}

enum cox_rc cox_history(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const struct cox_row **ret_rows, size_t *ret_count, struct cox_err *reterr)
{
    const struct cox_table *table = table_of(call, entity);
    COX_AUTO_STMT stmt = NULL;
    struct starts starts = {0};
    struct cox_row *rows;
    size_t count = 0;
    bool is_row;

    COX_TRY(read_starts(call, table, id, call->is_now ? COX_ALL_KNOWN : call->as_of.seq, &stmt,
        reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        COX_TRY(add_start(call->arena, &starts, cox_stmt_int(stmt, 0), reterr));
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    rows = COX_NEW_ARRAY(call->arena, starts.count, struct cox_row);
    if (rows == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_versions(call, table, id, &starts, rows, &count, reterr));
    if (count == 0) {
        return cox_scope_missing(table, reterr);
    }
    *ret_rows = rows;
    *ret_count = count;
    return cox_access_note(call, &rows[0], reterr);
}
