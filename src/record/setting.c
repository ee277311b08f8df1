/* record/setting.c: settings of the store and the closure of reporting lines. */
#include <string.h>

#include "record/store.h"

static enum cox_rc must_write(struct cox_call *call, struct cox_err *reterr)
{
    return call->write != NULL ? COX_OK : cox_fail(reterr, COX_INTERNAL, "a read cannot save");
}

enum cox_rc cox_setting_get(struct cox_call *call, const char *key, struct cox_text *ret_value,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT \"value\" FROM \"setting\" WHERE \"name\" = $1"), &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, cox_text_of(key));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_value = (struct cox_text){0};
    if (is_row && !cox_stmt_is_null(stmt, 0)) {
        *ret_value = cox_arena_text(call->arena, cox_stmt_text(stmt, 0));
        return ret_value->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
    }
    return COX_OK;
}

/* Zone and currency hold from here on in this call, and for everybody from the commit on. */
static enum cox_rc take_effect(struct cox_call *call, const char *key, struct cox_text value,
    struct cox_err *reterr)
{
    if (strcmp(key, "zone") == 0) {
        COX_TRY(cox_zone_open(value, call->arena, &call->zone, reterr));
        call->today = cox_zone_day(call->zone, call->now_us);
    } else if (strcmp(key, "currency") == 0) {
        call->currency = cox_arena_text(call->arena, value);
    } else if (strcmp(key, "features_off") != 0 && strcmp(key, "entities_off") != 0) {
        return COX_OK;
    }
    call->commit.is_schema_changed = true;
    return COX_OK;
}

enum cox_rc cox_setting_put(struct cox_call *call, const char *key, struct cox_text value,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(must_write(call, reterr));
    COX_TRY(take_effect(call, key, value, reterr));
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("INSERT INTO \"setting\" (\"name\", \"value\") VALUES ($1, $2) "
                "ON CONFLICT (\"name\") DO UPDATE SET \"value\" = excluded.\"value\""),
        &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, cox_text_of(key));
    cox_stmt_bind_text(stmt, 2, value);
    call->commit.is_noted = true;
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_line_replace(struct cox_call *call, const struct cox_line_row *rows, size_t count,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(must_write(call, reterr));
    COX_TRY(cox_db_exec(call->db, "DELETE FROM \"line\"", reterr));
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("INSERT INTO \"line\" (\"leader_id\", \"member_id\", \"from_day\", \"to_day\") "
                "VALUES ($1, $2, $3, $4) ON CONFLICT (\"leader_id\", \"member_id\", \"from_day\") "
                "DO NOTHING"),
        &stmt, reterr));
    for (size_t i = 0; i < count; i++) {
        cox_stmt_bind_int(stmt, 1, rows[i].leader_id);
        cox_stmt_bind_int(stmt, 2, rows[i].member_id);
        cox_stmt_bind_int(stmt, 3, rows[i].from_day);
        cox_stmt_bind_int(stmt, 4, rows[i].to_day);
        COX_TRY(cox_stmt_run(stmt, reterr));
    }
    return COX_OK;
}
