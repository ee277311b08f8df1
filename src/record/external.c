/* record/external.c: ids that records bear in other systems. */
#include "record/call.h"

enum cox_rc cox_external_find(struct cox_call *call, struct cox_text source,
    const struct cox_entity *entity, struct cox_text external, int64_t *ret_id,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT \"id\" FROM \"external_id\" WHERE \"source\" = $1 AND \"entity\" = $2 AND "
                "\"external\" = $3"),
        &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, source);
    cox_stmt_bind_int(stmt, 2, entity->number);
    cox_stmt_bind_text(stmt, 3, external);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_id = is_row ? cox_stmt_int(stmt, 0) : 0;
    return COX_OK;
}

enum cox_rc cox_external_put(struct cox_call *call, struct cox_text source,
    const struct cox_entity *entity, struct cox_text external, int64_t id, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    if (call->write == NULL) {
        return cox_fail(reterr, COX_INTERNAL, "a read cannot save");
    }
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("INSERT INTO \"external_id\" (\"source\", \"entity\", \"external\", \"id\") "
                "VALUES ($1, $2, $3, $4) ON CONFLICT (\"source\", \"entity\", \"external\") "
                "DO UPDATE SET \"id\" = excluded.\"id\""),
        &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, source);
    cox_stmt_bind_int(stmt, 2, entity->number);
    cox_stmt_bind_text(stmt, 3, external);
    cox_stmt_bind_int(stmt, 4, id);
    call->commit.is_noted = true;
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_external_of(struct cox_call *call, struct cox_text source,
    const struct cox_entity *entity, int64_t id, struct cox_text *ret_external,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            "SELECT \"external\" FROM \"external_id\" WHERE \"entity\" = $1 AND \"id\" = $2 AND "
            "\"source\" = $3 ORDER BY \"external\" LIMIT 1"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, entity->number);
    cox_stmt_bind_int(stmt, 2, id);
    cox_stmt_bind_text(stmt, 3, source);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_external =
        is_row ? cox_arena_text(call->arena, cox_stmt_text(stmt, 0)) : (struct cox_text){0};
    return is_row && ret_external->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}
