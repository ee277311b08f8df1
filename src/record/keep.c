/* record/keep.c: what is held about people, why, on what ground, for how long. */
#include "record/keep.h"

#include <assert.h>
#include <stdio.h>

#include "base/num.h"
#include "record/call.h"
#include "record/reach.h"
#include "record/sql.h"

#define ACCESS_KEY "keep.access_log"

const char *cox_basis_name(enum cox_basis basis)
{
    static const char *const names[COX_BASIS_COUNT] = {
        [COX_BASIS_CONSENT] = "consent",
        [COX_BASIS_CONTRACT] = "contract",
        [COX_BASIS_DUTY] = "legal_duty",
        [COX_BASIS_INTEREST] = "legitimate_interest",
    };

    return names[basis];
}

bool cox_keep_can_expire(const struct cox_table *table)
{
    return ((const struct cox_table_inside *)(const void *)table)->has_personal;
}

bool cox_keep_is_about_people(struct cox_call *call, const struct cox_table *table)
{
    return cox_keep_can_expire(table) || cox_reach_is_people(call, table);
}

bool cox_keep_has_field(struct cox_call *call, const struct cox_table *table, uint32_t field)
{
    const struct cox_field *is = table->fields[field];

    return (is->flags & COX_RETIRED) == 0 &&
           ((is->flags & COX_PERSONAL) != 0 || cox_reach_is_people(call, table));
}

const char *cox_keep_purpose(const struct cox_table *table, uint32_t field)
{
    const char *own = table->fields[field]->purpose;

    return own != NULL ? own : table->entity->keep.purpose;
}

enum cox_basis cox_keep_basis(const struct cox_table *table, uint32_t field)
{
    enum cox_basis own = table->fields[field]->basis;

    return own != COX_BASIS_NONE ? own : table->entity->keep.basis;
}

/* ---- how long ---- */

static const char *key_of(struct cox_call *call, const struct cox_table *table)
{
    return cox_arena_format(call->arena, "keep.%s", table->entity->name);
}

static enum cox_rc read_months(struct cox_call *call, const char *key, int64_t declared,
    int64_t *ret_months, struct cox_err *reterr)
{
    struct cox_text value;

    if (key == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_setting_get(call, key, &value, reterr));
    if (!cox_num_parse_plain(value, ret_months)) {
        *ret_months = declared;
    }
    return COX_OK;
}

static enum cox_rc put_months(struct cox_call *call, const char *key, int64_t least, int64_t months,
    struct cox_err *reterr)
{
    const unsigned allowed = COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR);
    char text[24];

    if ((call->actor.roles & allowed) == 0) {
        return cox_fail(reterr, COX_DENIED, "only an administrator says how long data is kept");
    }
    if (months < least || months > COX_KEEP_MONTHS_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "months", 0, "is a whole number from %d to %d",
            (int)least, COX_KEEP_MONTHS_MAX);
    }
    (void)snprintf(text, sizeof(text), "%lld", (long long)months); /* fits */
    return key == NULL ? cox_no_memory(reterr)
                       : cox_setting_put(call, key, cox_text_of(text), reterr);
}

enum cox_rc cox_keep_months(struct cox_call *call, const struct cox_table *table,
    int64_t *ret_months, struct cox_err *reterr)
{
    return read_months(call, key_of(call, table), table->entity->keep.months, ret_months, reterr);
}

/* ---- of one field ---- */

bool cox_keep_field_can_expire(const struct cox_table *table, uint32_t field)
{
    unsigned flags = table->fields[field]->flags;

    return (flags & COX_PERSONAL) != 0 &&
           (flags & (COX_REQUIRED | COX_FIXED | COX_SYSTEM | COX_RETIRED)) == 0;
}

static const char *field_key_of(struct cox_call *call, const struct cox_table *table,
    uint32_t field)
{
    return cox_arena_format(call->arena, "keep.%s.%s", table->entity->name,
        table->fields[field]->name);
}

enum cox_rc cox_keep_field_months(struct cox_call *call, const struct cox_table *table,
    uint32_t field, int64_t *ret_months, struct cox_err *reterr)
{
    int64_t own = 0;

    COX_TRY(cox_keep_months(call, table, ret_months, reterr));
    if (!cox_keep_field_can_expire(table, field)) {
        return COX_OK;
    }
    COX_TRY(read_months(call, field_key_of(call, table, field), table->fields[field]->months, &own,
        reterr));
    if (own > 0 && (*ret_months == 0 || own < *ret_months)) {
        *ret_months = own;
    }
    return COX_OK;
}

enum cox_rc cox_keep_put_field(struct cox_call *call, const struct cox_table *table, uint32_t field,
    int64_t months, struct cox_err *reterr)
{
    if (!cox_keep_field_can_expire(table, field)) {
        return cox_fail_at(reterr, COX_INVALID, "field", 0,
            "%s goes with its record: it is not personal, or the record needs it",
            table->fields[field]->name);
    }
    return put_months(call, field_key_of(call, table, field),
        table->fields[field]->months > 0 ? 1 : 0, months, reterr);
}

/* ---- of a kind of record ---- */

enum cox_rc cox_keep_put(struct cox_call *call, const struct cox_table *table, int64_t months,
    struct cox_err *reterr)
{
    if (!cox_keep_can_expire(table)) {
        return cox_fail_at(reterr, COX_INVALID, "months", 0,
            "%s hold no personal values of their own", table->entity->label_plural);
    }
    return put_months(call, key_of(call, table), table->entity->keep.months > 0 ? 1 : 0, months,
        reterr);
}

enum cox_rc cox_keep_access_months(struct cox_call *call, int64_t *ret_months,
    struct cox_err *reterr)
{
    return read_months(call, ACCESS_KEY, COX_ACCESS_MONTHS, ret_months, reterr);
}

enum cox_rc cox_keep_access_put(struct cox_call *call, int64_t months, struct cox_err *reterr)
{
    return put_months(call, ACCESS_KEY, 1, months, reterr);
}

/* ---- how much about somebody ---- */

size_t cox_keep_people_fields(const struct cox_entity *entity, uint32_t ret_fields[3])
{
    const uint32_t fields[] = {entity->owner_field, entity->participant[0], entity->participant[1]};
    size_t count = 0;

    for (size_t i = 0; cox_entity_is_people(entity) && i < COX_COUNT(fields); i++) {
        if (fields[i] != COX_NO_FIELD) {
            ret_fields[count++] = fields[i];
        }
    }
    return count;
}

/* "(f1 = $ OR f2 = $)" of the entity's own fields. */
static void add_names(struct cox_sql *sql, const struct cox_table *table, int64_t user_id)
{
    uint32_t fields[3];
    size_t count = cox_keep_people_fields(table->entity, fields);

    for (size_t i = 0; i < count; i++) {
        if (i == 0) {
            cox_sql_lit(sql, "(");
        } else {
            cox_sql_lit(sql, " OR ");
        }
        cox_sql_column(sql, table->fields[fields[i]]);
        cox_sql_lit(sql, " = ");
        cox_sql_int(sql, user_id);
    }
    cox_sql_lit(sql, ")");
}

enum cox_rc cox_keep_count(struct cox_call *call, const struct cox_table *table, int64_t user_id,
    int64_t *ret_count, struct cox_err *reterr)
{
    const struct cox_entity *entity = table->entity;
    const struct cox_table *parent = NULL;
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;
    bool is_row;

    *ret_count = 0;
    if (!cox_entity_is_people(entity)) {
        if (entity->parent_field == COX_NO_FIELD) {
            return COX_OK;
        }
        parent = cox_registry_entity(call->registry, table->fields[entity->parent_field]->ref);
        if (!cox_entity_is_people(parent->entity)) {
            return COX_OK;
        }
    }
    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "SELECT COUNT(*) FROM ");
    cox_sql_name(&sql, entity->name);
    cox_sql_lit(&sql, " WHERE ");
    if (parent != NULL) {
        cox_sql_column(&sql, table->fields[entity->parent_field]);
        cox_sql_lit(&sql, " IN (SELECT \"id\" FROM ");
        cox_sql_name(&sql, parent->entity->name);
        cox_sql_lit(&sql, " WHERE ");
        add_names(&sql, parent, user_id);
        cox_sql_lit(&sql, ")");
    } else {
        add_names(&sql, table, user_id);
    }
    COX_TRY(cox_sql_prepare(call->db, &sql, &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_count = is_row ? cox_stmt_int(stmt, 0) : 0;
    return COX_OK;
}

/* ---- when ---- */

static void add_columns(struct cox_sql *sql, const struct cox_table *table,
    const struct cox_keep_ask *ask)
{
    cox_sql_lit(sql, "SELECT \"id\", \"rev\", \"from_us\"");
    for (size_t i = 0; i < ask->count; i++) {
        const struct cox_field *field =
            ask->fields[i] == COX_NO_FIELD ? NULL : table->fields[ask->fields[i]];
        cox_sql_lit(sql, ", ");
        if (field == NULL) {
            cox_sql_lit(sql, "NULL");
            continue;
        }
        assert((field->flags & (COX_PERSONAL | COX_PRIVATE)) == 0 &&
               cox_type_storage(field->type) == 'i');
        cox_sql_column(sql, field);
    }
}

enum cox_rc cox_keep_days(struct cox_call *call, const struct cox_table *table,
    const struct cox_keep_ask *ask, const struct cox_keep_row **ret_rows, size_t *ret_count,
    struct cox_err *reterr)
{
    struct cox_keep_row *rows = COX_NEW_ARRAY(call->arena, COX_KEEP_DAYS_MAX, struct cox_keep_row);
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;
    size_t count = 0;
    bool is_row;

    assert(cox_entity_is_people(table->entity) && ask->count <= COX_KEEP_FIELDS_MAX);
    if (rows == NULL) {
        return cox_no_memory(reterr);
    }
    cox_sql_init(&sql, call->arena);
    add_columns(&sql, table, ask);
    cox_sql_lit(&sql, " FROM ");
    cox_sql_name(&sql, table->entity->name);
    cox_sql_lit(&sql, " WHERE ");
    add_names(&sql, table, ask->user_id);
    cox_sql_lit(&sql, " AND ");
    cox_sql_column(&sql, table->fields[ask->fields[0]]);
    cox_sql_lit(&sql, " BETWEEN ");
    cox_sql_int(&sql, ask->from_day);
    cox_sql_lit(&sql, " AND ");
    cox_sql_int(&sql, ask->to_day);
    cox_sql_lit(&sql, " ORDER BY ");
    cox_sql_column(&sql, table->fields[ask->fields[0]]);
    cox_sql_lit(&sql, " DESC, \"id\" LIMIT ");
    cox_sql_int(&sql, COX_KEEP_DAYS_MAX);
    COX_TRY(cox_sql_prepare(call->db, &sql, &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row && count < COX_KEEP_DAYS_MAX) {
        struct cox_keep_row *row = &rows[count++];
        row->id = cox_stmt_int(stmt, 0);
        row->rev = cox_stmt_int(stmt, 1);
        row->from_us = cox_stmt_int(stmt, 2);
        for (size_t i = 0; i < ask->count; i++) {
            unsigned column = 3 + (unsigned)i;
            row->values[i] = cox_stmt_is_null(stmt, column) ? COX_NULL : cox_stmt_int(stmt, column);
        }
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    *ret_rows = rows;
    *ret_count = count;
    return COX_OK;
}
