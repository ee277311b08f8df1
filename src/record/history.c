/*
 * record/history.c: several versions of one record at once: another system's history put onto the
 * time axis, and a record taken off it.
 */
#include <assert.h>
#include <string.h>

#include "record/digest.h"
#include "record/reference.h"
#include "record/scope.h"
#include "record/sql.h"
#include "record/version.h"

/* ---- the log's entry of several versions ---- */

enum cox_rc cox_history_note(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr)
{
    struct cox_stored **made;
    struct cox_digest digest;
    unsigned char bytes[COX_DIGEST_SIZE];
    size_t count;

    COX_TRY(cox_version_made(call, table, id, call->commit.seq, &made, &count, reterr));
    cox_digest_entry_begin(&digest, table->entity->number, id, 'h');
    for (size_t i = 0; i < count; i++) {
        cox_digest_version(&made[i]->row,
            made[i]->phash.size == COX_DIGEST_SIZE ? (const unsigned char *)made[i]->phash.ptr
                                                   : NULL,
            bytes);
        cox_digest_bytes(&digest, bytes, sizeof(bytes));
    }
    cox_digest_done(&digest, bytes);
    return cox_save_note(call, table, id, 'h', bytes, reterr);
}

/* ---- comparing with what is known ---- */

struct known {
    struct cox_stored *past; /* versions not taken back, by from_us */
    size_t past_count;
    struct cox_stored current;
    bool has_current;
    struct cox_text salt;
};

static enum cox_rc read_known(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct known *ret_known, struct cox_err *reterr)
{
    struct cox_stored *all = NULL;
    size_t count = 0;

    memset(ret_known, 0, sizeof(*ret_known));
    COX_TRY(cox_version_past(call, table, id, &all, &count, reterr));
    ret_known->past = all;
    for (size_t i = 0; i < count; i++) {
        ret_known->salt = all[i].psalt.size > 0 ? all[i].psalt : ret_known->salt;
        if (all[i].row.seq_to == COX_FOREVER) {
            ret_known->past[ret_known->past_count++] = all[i];
        }
    }
    COX_TRY(cox_save_stored(call, table, id, &ret_known->current, &ret_known->has_current, reterr));
    if (ret_known->has_current && ret_known->current.psalt.size > 0) {
        ret_known->salt = ret_known->current.psalt;
    }
    return COX_OK;
}

static bool is_same_version(const struct cox_row *row, int64_t from_us,
    const struct cox_row *wanted)
{
    if (row->from_us != from_us) {
        return false;
    }
    for (uint32_t i = 0; i < row->table->field_count; i++) {
        if (!cox_value_same(&row->values[i], &wanted->values[i])) {
            return false;
        }
    }
    return true;
}

static bool is_known(const struct known *known, const struct cox_version *versions, size_t count,
    int64_t end_us)
{
    size_t past_count = end_us == COX_FOREVER ? count - 1 : count;

    if (known->past_count != past_count || known->has_current != (end_us == COX_FOREVER)) {
        return false;
    }
    for (size_t i = 0; i < past_count; i++) {
        if (!is_same_version(&known->past[i].row, versions[i].from_us, versions[i].row)) {
            return false;
        }
    }
    return !known->has_current || is_same_version(&known->current.row, versions[count - 1].from_us,
                                      versions[count - 1].row);
}

/* ---- taking back ---- */

/* Every known version of the past table: gone as of this commit, or as if never made by it. */
static enum cox_rc take_back_past(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr)
{
    struct cox_sql sql;

    for (int step = 0; step < 2; step++) {
        COX_AUTO_STMT stmt = NULL;
        cox_sql_init(&sql, call->arena);
        if (step == 0) {
            cox_sql_lit(&sql, "DELETE FROM ");
            cox_sql_name_with(&sql, table->entity->name, "_past");
            cox_sql_lit(&sql, " WHERE \"rev\" = ");
            cox_sql_int(&sql, call->commit.seq);
        } else {
            cox_sql_lit(&sql, "UPDATE ");
            cox_sql_name_with(&sql, table->entity->name, "_past");
            cox_sql_lit(&sql, " SET \"seq_to\" = ");
            cox_sql_int(&sql, call->commit.seq);
            cox_sql_lit(&sql, " WHERE \"seq_to\" = ");
            cox_sql_int(&sql, COX_FOREVER);
        }
        cox_sql_lit(&sql, " AND \"id\" = ");
        cox_sql_int(&sql, id);
        COX_TRY(cox_sql_prepare(call->db, &sql, &stmt, reterr));
        COX_TRY(cox_stmt_run(stmt, reterr));
    }
    return COX_OK;
}

static enum cox_rc take_back(struct cox_call *call, const struct cox_table *table, int64_t id,
    const struct known *known, struct cox_err *reterr)
{
    COX_TRY(take_back_past(call, table, id, reterr));
    if (!known->has_current) {
        return COX_OK;
    }
    if (known->current.row.rev != call->commit.seq) {
        COX_TRY(cox_version_archive(call, table, id, COX_FOREVER, call->commit.seq, reterr));
    }
    return cox_version_drop(call, table, id, reterr);
}

enum cox_rc cox_save_withdraw(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr)
{
    struct known *known = COX_NEW(call->arena, struct known);

    if (known == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_known(call, table, id, known, reterr));
    if (!known->has_current && known->past_count == 0) {
        return cox_scope_missing(table, reterr);
    }
    COX_TRY(take_back(call, table, id, known, reterr));
    if (known->has_current) {
        COX_TRY(cox_save_words(call, &known->current.row, NULL, reterr));
    }
    COX_TRY(cox_save_note(call, table, id, 'w', NULL, reterr));
    return cox_save_keep_edit(call, table, id, known->has_current ? &known->current.row : NULL,
        NULL, reterr);
}

/* ---- putting ---- */

static enum cox_rc check_version(struct cox_call *call, const struct cox_row *current,
    const struct cox_history_ask *ask, size_t i, struct cox_err *reterr)
{
    const struct cox_version *version = &ask->versions[i];
    struct cox_row *row = version->row;

    assert(row->table == ask->table);
    if (i > 0 && version->from_us <= version[-1].from_us) {
        return cox_fail(reterr, COX_INVALID, "history is not in order of time");
    }
    for (uint32_t at = 0; at < ask->table->field_count; at++) {
        COX_TRY(cox_value_check(ask->table, at, &row->values[at], reterr));
    }
    row->from_us = version->from_us;
    row->imported = (ask->flags & COX_SAVE_KEEP_IMPORTED) != 0 ? row->imported : true;
    if ((ask->flags & COX_SAVE_NO_CHECK) == 0) {
        COX_TRY(cox_save_rule(call, i == 0 ? NULL : version[-1].row, row, reterr));
    }
    return cox_reference_check(call, current, row, ask->flags, reterr);
}

static enum cox_rc check_versions(struct cox_call *call, const struct known *known,
    const struct cox_history_ask *ask, struct cox_err *reterr)
{
    struct cox_row *last = ask->versions[ask->count - 1].row;
    const struct cox_row *before = known->has_current ? &known->current.row : NULL;

    if ((ask->flags & COX_SAVE_NO_RIGHTS) == 0) {
        COX_TRY(cox_scope_check(call, last->table, before, last, reterr));
    }
    for (size_t i = 0; i < ask->count; i++) {
        COX_TRY(check_version(call, before, ask, i, reterr));
    }
    for (size_t i = 0; before != NULL && i < ask->count; i++) {
        COX_TRY(cox_save_refuse_erased(call, before, ask->versions[i].row, reterr));
    }
    if (ask->versions[ask->count - 1].from_us > call->commit.at_us) {
        return cox_fail(reterr, COX_INVALID, "history lies in the future");
    }
    return (ask->flags & COX_SAVE_NO_CHECK) != 0 ? COX_OK : cox_save_required(last, reterr);
}

/* Puts one version and adds it to the digest of the record's entry. */
static enum cox_rc put_version(struct cox_call *call, struct cox_row *row, int64_t from_us,
    int64_t to_us, struct cox_text *salt, struct cox_digest *digest, struct cox_err *reterr)
{
    struct cox_personal personal;
    unsigned char bytes[COX_DIGEST_SIZE];

    row->rev = row->seq_from = call->commit.seq;
    row->seq_to = COX_FOREVER;
    row->from_us = from_us;
    row->to_us = to_us;
    cox_personal_make(call, row, *salt, &personal);
    if (personal.is_used && salt->ptr == NULL) {
        *salt = cox_arena_text(call->arena,
            (struct cox_text){(const char *)personal.salt, COX_SALT_SIZE});
        if (salt->ptr == NULL) {
            return cox_no_memory(reterr);
        }
    }
    cox_digest_version(row, personal.is_used ? personal.hash : NULL, bytes);
    cox_digest_bytes(digest, bytes, sizeof(bytes));
    return to_us == COX_FOREVER ? cox_version_insert(call, row, &personal, reterr)
                                : cox_version_insert_past(call, row, &personal, reterr);
}

enum cox_rc cox_save_put_history(struct cox_call *call, const struct cox_history_ask *ask,
    int64_t *ret_id, bool *ret_is_changed, struct cox_err *reterr)
{
    const struct cox_version *versions = ask->versions;
    struct known *known = COX_NEW(call->arena, struct known);
    const int64_t id = ask->id, end_us = ask->end_us;
    const size_t count = ask->count;
    unsigned char bytes[COX_DIGEST_SIZE];
    struct cox_digest digest;

    if (known == NULL) {
        return cox_no_memory(reterr);
    }
    if (call->write == NULL || count == 0) {
        return cox_fail(reterr, COX_INTERNAL, "history needs a write and a version");
    }
    struct cox_row *last = end_us == COX_FOREVER ? versions[count - 1].row : NULL;
    if (id != 0) {
        COX_TRY(read_known(call, ask->table, id, known, reterr));
    }
    const struct cox_row *before = known->has_current ? &known->current.row : NULL;
    COX_TRY(check_versions(call, known, ask, reterr));
    *ret_is_changed = !is_known(known, versions, count, end_us);
    *ret_id = id != 0 ? id : call->commit.next_id;
    if (!*ret_is_changed) {
        return COX_OK;
    }
    call->commit.next_id += id != 0 ? 0 : 1;
    if (id != 0) {
        COX_TRY(take_back(call, ask->table, id, known, reterr));
    }
    cox_digest_entry_begin(&digest, ask->table->entity->number, *ret_id, 'h');
    for (size_t i = 0; i < count; i++) {
        versions[i].row->id = *ret_id;
        COX_TRY(put_version(call, versions[i].row, versions[i].from_us,
            i + 1 < count ? versions[i + 1].from_us : end_us, &known->salt, &digest, reterr));
    }
    cox_digest_done(&digest, bytes);
    if (before != NULL || last != NULL) {
        COX_TRY(cox_save_words(call, before, last, reterr));
    }
    COX_TRY(cox_save_note(call, ask->table, *ret_id, 'h', bytes, reterr));
    return cox_save_keep_edit(call, ask->table, *ret_id, before, last, reterr);
}

enum cox_rc cox_put_history(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const struct cox_version *versions, size_t count, int64_t end_us, int64_t *ret_id,
    bool *ret_is_changed, struct cox_err *reterr)
{
    const struct cox_history_ask ask = {.table = cox_registry_entity(call->registry, entity),
        .id = id,
        .versions = versions,
        .count = count,
        .end_us = end_us};

    return cox_save_put_history(call, &ask, ret_id, ret_is_changed, reterr);
}
