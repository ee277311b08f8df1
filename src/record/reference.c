/* record/reference.c: references lead somewhere, and what happens when that goes away. */
#include "record/reference.h"

#include "record/scope.h"
#include "record/sql.h"

enum { RELEASE_PAGE = 500 };

/* Does a record of this id stand in the current table? */
static enum cox_rc stands(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    bool *ret_stands, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_mark mark = cox_arena_mark(call->arena);
    struct cox_sql sql;
    enum cox_rc rc;

    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "SELECT 1 FROM ");
    cox_sql_name(&sql, entity->name);
    cox_sql_lit(&sql, " WHERE \"id\" = ");
    cox_sql_int(&sql, id);
    rc = cox_sql_prepare(call->db, &sql, &stmt, reterr);
    if (rc == COX_OK) {
        rc = cox_stmt_step(stmt, ret_stands, reterr);
    }
    cox_arena_rewind(call->arena, mark);
    return rc;
}

static enum cox_rc check_one(struct cox_call *call, const struct cox_field *field, int64_t id,
    unsigned flags, struct cox_err *reterr)
{
    int64_t key = cox_record_key(field->ref->number, id);
    bool is_there = false;

    if (call->commit.known_refs == NULL) {
        COX_TRY(cox_imap_open_in(call->arena, 64, &call->commit.known_refs, reterr));
    }
    if (cox_imap_find(call->commit.known_refs, key, &(uint64_t){0})) {
        return COX_OK;
    }
    COX_TRY(stands(call, field->ref, id, &is_there, reterr));
    if (is_there && (flags & COX_SAVE_NO_RIGHTS) == 0) {
        COX_TRY(cox_scope_sees(call, cox_registry_entity(call->registry, field->ref), COX_READ, id,
            &is_there, reterr));
    }
    if (!is_there) {
        return cox_fail_at(reterr, COX_INVALID, field->name, 0,
            "there is no such %s, or you may not see it", field->ref->label);
    }
    return cox_imap_put(call->commit.known_refs, key, 1, reterr);
}

enum cox_rc cox_reference_check(struct cox_call *call, const struct cox_row *before,
    const struct cox_row *after, unsigned flags, struct cox_err *reterr)
{
    if ((flags & COX_SAVE_NO_REFERENCES) != 0) {
        return COX_OK;
    }
    for (uint32_t i = 0; i < after->table->field_count; i++) {
        const struct cox_field *field = after->table->fields[i];
        if (field->type != COX_REF || after->values[i].kind == COX_VALUE_NULL ||
            (before != NULL && cox_value_same(&before->values[i], &after->values[i]))) {
            continue;
        }
        if (before == NULL && after->id != 0 && field->ref == after->table->entity &&
            after->values[i].number == after->id) {
            continue; /* brought back by undo, pointing at itself */
        }
        COX_TRY(check_one(call, field, after->values[i].number, flags, reterr));
    }
    return COX_OK;
}

/* Ids of up to RELEASE_PAGE records of table whose field leads to id. */
static enum cox_rc referring(struct cox_call *call, const struct cox_table *table,
    const struct cox_field *field, int64_t id, int64_t *ret_ids, size_t *ret_count,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;
    bool is_row;

    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "SELECT \"id\" FROM ");
    cox_sql_name(&sql, table->entity->name);
    cox_sql_lit(&sql, " WHERE ");
    cox_sql_column(&sql, field);
    cox_sql_lit(&sql, " = ");
    cox_sql_int(&sql, id);
    cox_sql_lit(&sql, " ORDER BY \"id\" LIMIT ");
    cox_sql_int(&sql, RELEASE_PAGE);
    COX_TRY(cox_sql_prepare(call->db, &sql, &stmt, reterr));
    *ret_count = 0;
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row && *ret_count < RELEASE_PAGE) {
        ret_ids[(*ret_count)++] = cox_stmt_int(stmt, 0);
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

/* What hangs on a record goes or lets go with it, whoever owns it: rights were asked for the record. */
static enum cox_rc release_one(struct cox_call *call, const struct cox_table *table, uint32_t at,
    int64_t id, struct cox_err *reterr)
{
    const struct cox_change cut = {at, cox_null()};

    if (table->fields[at]->on_delete == COX_CASCADE) {
        return cox_save_remove(call, table, id, 0, COX_SAVE_NO_RIGHTS, reterr);
    }
    return cox_save_change(call, table, id, 0, &cut, 1, COX_SAVE_NO_RIGHTS | COX_SAVE_NO_CHECK,
        NULL, reterr);
}

static enum cox_rc release_field(struct cox_call *call, const struct cox_table *table, uint32_t at,
    const struct cox_table *gone, int64_t id, struct cox_err *reterr)
{
    int64_t *ids = COX_NEW_ARRAY(call->arena, RELEASE_PAGE, int64_t);
    size_t count = 0;

    if (ids == NULL) {
        return cox_no_memory(reterr);
    }
    do {
        COX_TRY(referring(call, table, table->fields[at], id, ids, &count, reterr));
        for (size_t i = 0; i < count; i++) {
            if (table == gone && ids[i] == id) {
                continue; /* points at itself */
            }
            if (table->fields[at]->on_delete == COX_REFUSE) {
                return cox_fail(reterr, COX_CONFLICT, "%s is still used as %s of at least one %s",
                    gone->entity->label, table->fields[at]->name, table->entity->label);
            }
            COX_TRY(release_one(call, table, at, ids[i], reterr));
        }
    } while (count == RELEASE_PAGE);
    return COX_OK;
}

enum cox_rc cox_reference_release(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr)
{
    for (size_t i = 0; i < call->registry->table_count; i++) {
        const struct cox_table *other = &call->registry->tables[i]->table;
        for (uint32_t at = 0; at < other->field_count; at++) {
            if (other->fields[at]->type == COX_REF && other->fields[at]->ref == table->entity) {
                COX_TRY(release_field(call, other, at, table, id, reterr));
            }
        }
    }
    return COX_OK;
}

/* ---- merges ---- */

static enum cox_rc move_field(struct cox_call *call, const struct cox_table *table, uint32_t at,
    int64_t from_id, int64_t into_id, struct cox_err *reterr)
{
    int64_t *ids = COX_NEW_ARRAY(call->arena, RELEASE_PAGE, int64_t);
    size_t count = 0;

    if (ids == NULL) {
        return cox_no_memory(reterr);
    }
    do {
        COX_TRY(referring(call, table, table->fields[at], from_id, ids, &count, reterr));
        for (size_t i = 0; i < count; i++) {
            /* The record merged into may have been a child of the other: not of itself. */
            bool is_self = table->fields[at]->ref == table->entity && ids[i] == into_id;
            const struct cox_change change = {at, is_self ? cox_null() : cox_int(into_id)};
            COX_TRY(cox_save_change(call, table, ids[i], 0, &change, 1,
                COX_SAVE_NO_RIGHTS | COX_SAVE_NO_CHECK, NULL, reterr));
        }
    } while (count == RELEASE_PAGE);
    return COX_OK;
}

enum cox_rc cox_reference_move(struct cox_call *call, const struct cox_table *table,
    int64_t from_id, int64_t into_id, struct cox_err *reterr)
{
    for (size_t i = 0; i < call->registry->table_count; i++) {
        const struct cox_table *other = &call->registry->tables[i]->table;
        for (uint32_t at = 0; at < other->field_count; at++) {
            if (other->fields[at]->type == COX_REF && other->fields[at]->ref == table->entity) {
                COX_TRY(move_field(call, other, at, from_id, into_id, reterr));
            }
        }
    }
    return COX_OK;
}
