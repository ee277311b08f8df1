/* record/pin.c: named commits. */
#include "record/pin.h"

#include "record/call.h"

enum cox_rc cox_pin_put(struct cox_call *call, struct cox_text name, struct cox_text scope,
    struct cox_text why, int64_t *ret_id, struct cox_err *reterr)
{
    struct cox_text trimmed = cox_text_trim(name);
    COX_AUTO_STMT stmt = NULL;

    if (call->write == NULL) {
        return cox_fail(reterr, COX_INTERNAL, "a read cannot save");
    }
    if (trimmed.size == 0 || trimmed.size > 200 || !cox_text_is_utf8(trimmed)) {
        return cox_fail_at(reterr, COX_INVALID, "name", 0, "a name of 1 to 200 bytes is needed");
    }
    *ret_id = call->commit.next_id++;
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            "INSERT INTO \"pin\" (\"id\", \"name\", \"seq\", \"at_us\", \"scope\", \"actor\", \"why\") "
            "VALUES ($1, $2, $3, $4, $5, $6, $7)"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, *ret_id);
    cox_stmt_bind_text(stmt, 2, trimmed);
    cox_stmt_bind_int(stmt, 3, call->commit.seq - 1);
    cox_stmt_bind_int(stmt, 4, call->commit.at_us);
    cox_stmt_bind_text(stmt, 5, scope);
    cox_stmt_bind_int(stmt, 6, call->actor.user_id);
    cox_stmt_bind_text(stmt, 7, why);
    call->commit.is_noted = true;
    return cox_stmt_run(stmt, reterr);
}

static enum cox_rc read_pin(struct cox_call *call, struct cox_stmt *stmt, struct cox_pin *ret_pin,
    struct cox_err *reterr)
{
    *ret_pin = (struct cox_pin){
        .id = cox_stmt_int(stmt, 0),
        .seq = cox_stmt_int(stmt, 1),
        .at_us = cox_stmt_int(stmt, 2),
        .actor_id = cox_stmt_int(stmt, 3),
        .name = cox_arena_text(call->arena, cox_stmt_text(stmt, 4)),
        .scope = cox_arena_text(call->arena, cox_stmt_text(stmt, 5)),
        .why = cox_arena_text(call->arena, cox_stmt_text(stmt, 6)),
    };
    return ret_pin->name.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_pin_find(struct cox_call *call, struct cox_text name, struct cox_pin *ret_pin,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            "SELECT \"id\", \"seq\", \"at_us\", \"actor\", \"name\", \"scope\", \"why\" FROM \"pin\" "
            "WHERE \"name\" = $1 ORDER BY \"id\" DESC LIMIT 1"),
        &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, cox_text_trim(name));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    return is_row ? read_pin(call, stmt, ret_pin, reterr)
                  : cox_fail_at(reterr, COX_MISSING, "name", 0, "there is no pin of this name");
}
