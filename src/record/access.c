/* record/access.c: the access log of people data. */
#include "record/access.h"

#include <string.h>

#include "record/call.h"

/* Of a record about two people the one who does not look is the one looked at. */
static int64_t subject_of(const struct cox_call *call, const struct cox_row *row)
{
    const struct cox_entity *entity = row->table->entity;
    const uint32_t about[] = {entity->participant[0], entity->participant[1], entity->owner_field};

    for (size_t i = 0; i < COX_COUNT(about); i++) {
        int64_t subject = about[i] == COX_NO_FIELD ? COX_NULL : cox_row_int(row, about[i]);
        if (subject != COX_NULL && subject != call->actor.user_id) {
            return subject;
        }
    }
    return COX_NULL;
}

enum cox_rc cox_access_note(struct cox_call *call, const struct cox_row *row,
    struct cox_err *reterr)
{
    const struct cox_entity *entity = row->table->entity;
    struct cox_looks *looks = &call->looks;
    int64_t subject;

    if (!cox_entity_is_people(entity) || call->write != NULL) {
        return COX_OK; /* a write is in the log itself */
    }
    if (looks->count == looks->room) {
        size_t room = looks->room == 0 ? 16 : looks->room * 2;
        struct cox_look *more = COX_NEW_ARRAY(call->arena, room, struct cox_look);
        if (more == NULL) {
            return cox_no_memory(reterr);
        }
        if (looks->count > 0) {
            memcpy(more, looks->rows, looks->count * sizeof(*more));
        }
        looks->rows = more;
        looks->room = room;
    }
    subject = subject_of(call, row);
    if (subject != COX_NULL) {
        looks->rows[looks->count++] = (struct cox_look){entity->number, row->id, subject};
    }
    return COX_OK;
}

static enum cox_rc insert_looks(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_call *read = ctx;
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            "INSERT INTO \"access_log\" (\"at_us\", \"actor\", \"entity\", \"id\", \"subject\") "
            "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (\"at_us\", \"actor\", \"entity\", \"id\") DO NOTHING"),
        &stmt, reterr));
    for (size_t i = 0; i < read->looks.count; i++) {
        cox_stmt_bind_int(stmt, 1, call->now_us);
        cox_stmt_bind_int(stmt, 2, read->actor.user_id);
        cox_stmt_bind_int(stmt, 3, read->looks.rows[i].entity);
        cox_stmt_bind_int(stmt, 4, read->looks.rows[i].id);
        cox_stmt_bind_int(stmt, 5, read->looks.rows[i].subject);
        COX_TRY(cox_stmt_run(stmt, reterr));
    }
    return COX_OK;
}

enum cox_rc cox_access_flush(struct cox_call *call, struct cox_err *reterr)
{
    const struct cox_write_opt opt = {.actor = call->actor,
        .cause = COX_CAUSE_JOB,
        .request = "access"};

    if (call->looks.count == 0) {
        return COX_OK;
    }
    return cox_store_write(call->store, &opt, insert_looks, call, NULL, reterr);
}

static enum cox_rc take_rows(struct cox_call *call, struct cox_stmt *stmt, uint32_t limit,
    const struct cox_access **ret_rows, size_t *ret_count, struct cox_err *reterr)
{
    struct cox_access *rows = COX_NEW_ARRAY(call->arena, limit, struct cox_access);
    size_t count = 0;
    bool is_row;

    if (rows == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row && count < limit) {
        rows[count++] = (struct cox_access){.at_us = cox_stmt_int(stmt, 0),
            .actor_id = cox_stmt_int(stmt, 1),
            .subject_id = cox_stmt_int(stmt, 2),
            .id = cox_stmt_int(stmt, 3),
            .table = cox_registry_number(call->registry, (uint16_t)cox_stmt_int(stmt, 4))};
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    *ret_rows = rows;
    *ret_count = count;
    return COX_OK;
}

#define LOOKS                                                                                      \
    "SELECT \"at_us\", \"actor\", \"subject\", \"id\", \"entity\" FROM \"access_log\" WHERE "

enum cox_rc cox_access_list(struct cox_call *call, uint32_t limit,
    const struct cox_access **ret_rows, size_t *ret_count, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(LOOKS "\"subject\" = $1 ORDER BY \"at_us\" DESC, \"actor\", \"id\" LIMIT $2"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, call->actor.user_id);
    cox_stmt_bind_int(stmt, 2, limit);
    return take_rows(call, stmt, limit, ret_rows, ret_count, reterr);
}

enum cox_rc cox_access_list_all(struct cox_call *call, const struct cox_access_ask *ask,
    const struct cox_access **ret_rows, size_t *ret_count, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    if ((call->actor.roles & COX_ROLE_BIT(COX_COUNCIL)) == 0) {
        return cox_fail(reterr, COX_DENIED,
            "who looked at whose data is the works council's to read");
    }
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            LOOKS "\"at_us\" < $1 AND (\"actor\" = $2 OR $2 = 0) AND (\"subject\" = $3 OR $3 = 0) "
                  "ORDER BY \"at_us\" DESC, \"actor\", \"id\" LIMIT $4"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, ask->before_us);
    cox_stmt_bind_int(stmt, 2, ask->actor_id);
    cox_stmt_bind_int(stmt, 3, ask->subject_id);
    cox_stmt_bind_int(stmt, 4, ask->limit);
    return take_rows(call, stmt, ask->limit, ret_rows, ret_count, reterr);
}
