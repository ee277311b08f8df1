/* record/version.c: reading and writing single versions. */
#include "record/version.h"

#include <stdlib.h>
#include <string.h>

#include "record/digest.h"
#include "record/sql.h"
#include "record/store.h"

/* ---- reading what stands ---- */

static enum cox_rc read_stored(struct cox_call *call, const struct cox_table_inside *inside,
    struct cox_stmt *stmt, struct cox_stored *ret_stored, struct cox_err *reterr)
{
    memset(ret_stored, 0, sizeof(*ret_stored));
    COX_TRY(cox_row_read(call->arena, &inside->table, stmt, &ret_stored->row, reterr));
    if (inside->has_personal) {
        unsigned at = COX_ROW_COLUMNS + inside->table.field_count;
        ret_stored->psalt = cox_arena_text(call->arena, cox_stmt_text(stmt, at));
        ret_stored->phash = cox_arena_text(call->arena, cox_stmt_text(stmt, at + 1));
    }
    return COX_OK;
}

enum cox_rc cox_save_stored(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_stored *ret_stored, bool *ret_is_there, struct cox_err *reterr)
{
    const struct cox_table_inside *inside = (const struct cox_table_inside *)(const void *)table;
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db, inside->get_sql, &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, id);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_is_there = is_row;
    return is_row ? read_stored(call, inside, stmt, ret_stored, reterr) : COX_OK;
}

enum cox_rc cox_version_past(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_stored **ret_versions, size_t *ret_count, struct cox_err *reterr)
{
    const struct cox_table_inside *inside = (const struct cox_table_inside *)(const void *)table;
    struct cox_stored *versions = NULL;
    size_t count = 0, room = 0;
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db, inside->versions_sql, &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, id);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        if (count == room) {
            room = room == 0 ? 8 : room * 2;
            struct cox_stored *more = COX_NEW_ARRAY(call->arena, room, struct cox_stored);
            if (more == NULL) {
                return cox_no_memory(reterr);
            }
            if (count > 0) {
                memcpy(more, versions, count * sizeof(*more));
            }
            versions = more;
        }
        COX_TRY(read_stored(call, inside, stmt, &versions[count++], reterr));
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    *ret_versions = versions;
    *ret_count = count;
    return COX_OK;
}

static int by_from(const void *a, const void *b)
{
    const struct cox_stored *const *left = a, *const *right = b;

    return (*left)->row.from_us < (*right)->row.from_us
               ? -1
               : (*left)->row.from_us > (*right)->row.from_us;
}

enum cox_rc cox_version_made(struct cox_call *call, const struct cox_table *table, int64_t id,
    int64_t seq, struct cox_stored ***ret_made, size_t *ret_count, struct cox_err *reterr)
{
    struct cox_stored *current = COX_NEW(call->arena, struct cox_stored), *past = NULL, **made;
    size_t count = 0, made_count = 0;
    bool is_there;

    COX_TRY(cox_version_past(call, table, id, &past, &count, reterr));
    made = COX_NEW_ARRAY(call->arena, count + 1, struct cox_stored *);
    if (current == NULL || made == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_save_stored(call, table, id, current, &is_there, reterr));
    for (size_t i = 0; i < count; i++) {
        if (past[i].row.rev == seq) {
            made[made_count++] = &past[i];
        }
    }
    if (is_there && current->row.rev == seq) {
        made[made_count++] = current;
    }
    qsort(made, made_count, sizeof(*made), by_from);
    *ret_made = made;
    *ret_count = made_count;
    return COX_OK;
}

/* ---- writing ---- */

static void bind_value(struct cox_stmt *stmt, unsigned at, const struct cox_field *field,
    const struct cox_value *value)
{
    switch (value->kind) {
    case COX_VALUE_NULL:
        cox_stmt_bind_null(stmt, at);
        break;
    case COX_VALUE_INT:
        cox_stmt_bind_int(stmt, at, value->number);
        break;
    case COX_VALUE_REAL:
        cox_stmt_bind_real(stmt, at, value->real);
        break;
    case COX_VALUE_TEXT:
        if (field->type == COX_BYTES) {
            cox_stmt_bind_bytes(stmt, at, value->text);
        } else {
            cox_stmt_bind_text(stmt, at, value->text);
        }
        break;
    }
}

static enum cox_rc bind_fold(struct cox_call *call, struct cox_stmt *stmt, unsigned at,
    const struct cox_value *value, struct cox_err *reterr)
{
    struct cox_text fold;

    if (value->kind != COX_VALUE_TEXT) {
        cox_stmt_bind_null(stmt, at);
        return COX_OK;
    }
    fold = cox_text_fold(call->arena, value->text);
    if (fold.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    cox_stmt_bind_text(stmt, at, fold);
    return COX_OK;
}

/* Binds a row in the order of cox_table_inside.columns; ret_next is the number after the last. */
static enum cox_rc bind_row(struct cox_call *call, struct cox_stmt *stmt, const struct cox_row *row,
    const struct cox_personal *personal, unsigned *ret_next, struct cox_err *reterr)
{
    const struct cox_table *table = row->table;
    unsigned at = 1;

    cox_stmt_bind_int(stmt, at++, row->id);
    cox_stmt_bind_int(stmt, at++, row->rev);
    cox_stmt_bind_int(stmt, at++, row->from_us);
    cox_stmt_bind_int(stmt, at++, row->imported ? 1 : 0);
    if (personal->is_used) {
        cox_stmt_bind_bytes(stmt, at++,
            (struct cox_text){(const char *)personal->salt, COX_SALT_SIZE});
        cox_stmt_bind_bytes(stmt, at++,
            (struct cox_text){(const char *)personal->hash, COX_DIGEST_SIZE});
    }
    for (uint32_t i = 0; i < table->field_count; i++) {
        bind_value(stmt, at++, table->fields[i], &row->values[i]);
    }
    for (uint32_t i = 0; i < table->entity->field_count; i++) {
        if (cox_field_has_fold(table->entity, i)) {
            COX_TRY(bind_fold(call, stmt, at++, &row->values[i], reterr));
        }
    }
    *ret_next = at;
    return COX_OK;
}

/* salt: 16 bytes of the record's earlier versions, or ptr NULL for a new one. */
void cox_personal_make(struct cox_call *call, const struct cox_row *row, struct cox_text salt,
    struct cox_personal *ret_personal)
{
    const struct cox_table_inside *inside =
        (const struct cox_table_inside *)(const void *)row->table;

    memset(ret_personal, 0, sizeof(*ret_personal));
    if (!inside->has_personal) {
        return;
    }
    ret_personal->is_used = true;
    if (salt.size == COX_SALT_SIZE) {
        memcpy(ret_personal->salt, salt.ptr, COX_SALT_SIZE);
    } else {
        cox_store_random(call->store, ret_personal->salt, COX_SALT_SIZE);
    }
    cox_digest_personal(row, ret_personal->salt, ret_personal->hash);
}

enum cox_rc cox_version_insert(struct cox_call *call, const struct cox_row *row,
    const struct cox_personal *personal, struct cox_err *reterr)
{
    const struct cox_table_inside *inside =
        (const struct cox_table_inside *)(const void *)row->table;
    struct cox_mark mark = cox_arena_mark(call->arena);
    COX_AUTO_STMT stmt = NULL;
    unsigned next;
    enum cox_rc rc;

    COX_TRY(cox_db_prepare(call->db, inside->insert_sql, &stmt, reterr));
    rc = bind_row(call, stmt, row, personal, &next, reterr);
    if (rc == COX_OK) {
        rc = cox_stmt_run(stmt, reterr);
    }
    cox_arena_rewind(call->arena, mark);
    return rc;
}

enum cox_rc cox_version_insert_past(struct cox_call *call, const struct cox_row *row,
    const struct cox_personal *personal, struct cox_err *reterr)
{
    const struct cox_table_inside *inside =
        (const struct cox_table_inside *)(const void *)row->table;
    struct cox_mark mark = cox_arena_mark(call->arena);
    COX_AUTO_STMT stmt = NULL;
    unsigned next;
    enum cox_rc rc;

    COX_TRY(cox_db_prepare(call->db, inside->past_sql, &stmt, reterr));
    rc = bind_row(call, stmt, row, personal, &next, reterr);
    if (rc == COX_OK) {
        cox_stmt_bind_int(stmt, next, row->to_us);
        cox_stmt_bind_int(stmt, next + 1, row->seq_to);
        rc = cox_stmt_run(stmt, reterr);
    }
    cox_arena_rewind(call->arena, mark);
    return rc;
}

enum cox_rc cox_version_archive(struct cox_call *call, const struct cox_table *table, int64_t id,
    int64_t to_us, int64_t seq_to, struct cox_err *reterr)
{
    const struct cox_table_inside *inside = (const struct cox_table_inside *)(const void *)table;
    COX_AUTO_STMT stmt = NULL;

    /* While loading in bulk there are no indexes to spare. */
    bool is_fresh =
        inside->has_tail && cox_db_engine(call->db) == COX_SQLITE && call->store->bulk_count == 0;

    COX_TRY(
        cox_db_prepare(call->db, is_fresh ? inside->tail_sql : inside->archive_sql, &stmt, reterr));
    call->store->tails[table->entity->number] += is_fresh ? 1 : 0;
    cox_stmt_bind_int(stmt, 1, to_us);
    cox_stmt_bind_int(stmt, 2, seq_to);
    cox_stmt_bind_int(stmt, 3, id);
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_version_drop(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr)
{
    const struct cox_table_inside *inside = (const struct cox_table_inside *)(const void *)table;
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db, inside->drop_sql, &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, id);
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_version_update(struct cox_call *call, const struct cox_row *before,
    const struct cox_row *after, const struct cox_personal *personal, struct cox_err *reterr)
{
    const struct cox_table *table = after->table;
    struct cox_mark mark = cox_arena_mark(call->arena);
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;
    enum cox_rc rc;

    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "UPDATE ");
    cox_sql_name(&sql, table->entity->name);
    cox_sql_lit(&sql, " SET \"rev\" = ");
    cox_sql_int(&sql, after->rev);
    cox_sql_lit(&sql, ", \"from_us\" = ");
    cox_sql_int(&sql, after->from_us);
    cox_sql_lit(&sql, ", \"imported\" = ");
    cox_sql_int(&sql, after->imported ? 1 : 0);
    if (personal->is_used) {
        cox_sql_lit(&sql, ", \"psalt\" = ");
        cox_sql_bytes(&sql, (struct cox_text){(const char *)personal->salt, COX_SALT_SIZE});
        cox_sql_lit(&sql, ", \"phash\" = ");
        cox_sql_bytes(&sql, (struct cox_text){(const char *)personal->hash, COX_DIGEST_SIZE});
    }
    for (uint32_t i = 0; i < table->field_count; i++) {
        if (cox_value_same(&before->values[i], &after->values[i])) {
            continue;
        }
        cox_sql_lit(&sql, ", ");
        cox_sql_column(&sql, table->fields[i]);
        cox_sql_lit(&sql, " = ");
        if (table->fields[i]->type == COX_BYTES) {
            cox_sql_bytes(&sql, cox_row_text(after, i));
        } else {
            cox_sql_value(&sql, after->values[i]);
        }
        if (cox_field_has_fold(table->entity, i)) {
            cox_sql_lit(&sql, ", ");
            cox_sql_fold_column(&sql, table->fields[i]);
            cox_sql_lit(&sql, " = ");
            cox_sql_text(&sql, cox_text_fold(call->arena, cox_row_text(after, i)));
        }
    }
    cox_sql_lit(&sql, " WHERE \"id\" = ");
    cox_sql_int(&sql, after->id);
    rc = cox_sql_prepare(call->db, &sql, &stmt, reterr);
    if (rc == COX_OK) {
        rc = cox_stmt_run(stmt, reterr);
    }
    cox_arena_rewind(call->arena, mark);
    return rc;
}
