/* record/share.c: shares and merges. */
#include "record/share.h"

#include "record/reference.h"
#include "record/scope.h"
#include "record/sql.h"

/* ---- shares ---- */

static enum cox_rc may_share(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr)
{
    bool sees = false;

    if (call->write == NULL) {
        return cox_fail(reterr, COX_INTERNAL, "a read cannot save");
    }
    COX_TRY(cox_scope_sees(call, table, COX_READ, id, &sees, reterr));
    if (!sees) {
        return cox_scope_missing(table, reterr);
    }
    if (cox_scope_is_people(call, table)) {
        return cox_fail(reterr, COX_DENIED, "%s is its participants' alone", table->entity->label);
    }
    COX_TRY(cox_scope_sees(call, table, COX_CHANGE, id, &sees, reterr));
    return sees ? COX_OK
                : cox_fail(reterr, COX_DENIED, "only who may change a record may share it");
}

/* A share is news about the record: readers of the log hear of it. */
static enum cox_rc note_share(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr)
{
    bool is_touched = call->commit.by_record != NULL &&
                      cox_imap_find(call->commit.by_record,
                          cox_record_key(table->entity->number, id), &(uint64_t){0});

    return is_touched ? COX_OK : cox_save_note(call, table, id, 's', NULL, reterr);
}

enum cox_rc cox_share_put(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const struct cox_share *share, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(call->registry, entity);
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(may_share(call, table, id, reterr));
    if (share->verb != COX_READ && share->verb != COX_CHANGE) {
        return cox_fail_at(reterr, COX_INVALID, "verb", 0,
            "a share is for reading or for changing");
    }
    if (share->user_id <= 0) {
        return cox_fail_at(reterr, COX_INVALID, "user", 0, "is not an id");
    }
    COX_TRY(cox_share_drop(call, entity, id, share->user_id, reterr));
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            "INSERT INTO \"share\" (\"entity\", \"id\", \"user_id\", \"team_id\", \"verb\", \"until_day\") "
            "VALUES ($1, $2, $3, 0, $4, $5)"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, entity->number);
    cox_stmt_bind_int(stmt, 2, id);
    cox_stmt_bind_int(stmt, 3, share->user_id);
    cox_stmt_bind_int(stmt, 4, (int64_t)share->verb);
    if (share->until_day == COX_NULL) {
        cox_stmt_bind_null(stmt, 5);
    } else {
        cox_stmt_bind_int(stmt, 5, share->until_day);
    }
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_share_drop(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    int64_t user_id, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(call->registry, entity);
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(may_share(call, table, id, reterr));
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("DELETE FROM \"share\" WHERE \"entity\" = $1 AND \"id\" = $2 AND \"user_id\" = $3"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, entity->number);
    cox_stmt_bind_int(stmt, 2, id);
    cox_stmt_bind_int(stmt, 3, user_id);
    COX_TRY(cox_stmt_run(stmt, reterr));
    return note_share(call, table, id, reterr);
}

enum cox_rc cox_share_list(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const struct cox_share **ret_shares, size_t *ret_count, struct cox_err *reterr)
{
    enum { SHARE_MAX = 1000 };
    const struct cox_table *table = cox_registry_entity(call->registry, entity);
    struct cox_share *shares = COX_NEW_ARRAY(call->arena, SHARE_MAX, struct cox_share);
    COX_AUTO_STMT stmt = NULL;
    bool is_row, sees = false;
    size_t count = 0;

    if (shares == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_scope_sees(call, table, COX_READ, id, &sees, reterr));
    if (!sees) {
        return cox_scope_missing(table, reterr);
    }
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            "SELECT \"user_id\", \"verb\", \"until_day\" FROM \"share\" WHERE \"entity\" = $1 AND "
            "\"id\" = $2 ORDER BY \"user_id\", \"verb\""),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, entity->number);
    cox_stmt_bind_int(stmt, 2, id);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row && count < SHARE_MAX) {
        shares[count++] = (struct cox_share){cox_stmt_int(stmt, 0),
            (enum cox_verb)cox_stmt_int(stmt, 1), cox_stmt_int(stmt, 2)};
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    *ret_shares = shares;
    *ret_count = count;
    return COX_OK;
}

/* ---- merges ---- */

enum cox_rc cox_merged_into(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    int64_t *ret_into_id, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            "SELECT \"into_id\" FROM \"merged\" WHERE \"entity\" = $1 AND \"id\" = $2 AND \"seq\" <= $3"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, entity->number);
    cox_stmt_bind_int(stmt, 2, id);
    cox_stmt_bind_int(stmt, 3, call->as_of.seq);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_into_id = is_row ? cox_stmt_int(stmt, 0) : 0;
    return COX_OK;
}

static enum cox_rc note_merge(struct cox_call *call, const struct cox_entity *entity,
    int64_t from_id, int64_t into_id, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            "INSERT INTO \"merged\" (\"entity\", \"id\", \"into_id\", \"seq\") VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (\"entity\", \"id\") DO UPDATE SET \"into_id\" = excluded.\"into_id\", "
            "\"seq\" = excluded.\"seq\""),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, entity->number);
    cox_stmt_bind_int(stmt, 2, from_id);
    cox_stmt_bind_int(stmt, 3, into_id);
    cox_stmt_bind_int(stmt, 4, call->commit.seq);
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_merge(struct cox_call *call, const struct cox_entity *entity, int64_t from_id,
    int64_t into_id, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(call->registry, entity);
    bool sees = false;

    if (call->write == NULL) {
        return cox_fail(reterr, COX_INTERNAL, "a read cannot save");
    }
    if (from_id == into_id) {
        return cox_fail(reterr, COX_INVALID, "a record cannot be merged into itself");
    }
    COX_TRY(cox_scope_sees(call, table, COX_CHANGE, into_id, &sees, reterr));
    if (!sees) {
        return cox_scope_missing(table, reterr);
    }
    COX_TRY(cox_reference_move(call, table, from_id, into_id, reterr));
    COX_TRY(cox_save_remove(call, table, from_id, 0, 0, reterr));
    return note_merge(call, entity, from_id, into_id, reterr);
}
