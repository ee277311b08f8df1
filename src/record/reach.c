/* record/reach.c: rights as sets. The condition they stand for is scope.c's. */
#include "record/reach.h"

#include <assert.h>

#include "record/scope.h"
#include "record/switches.h"

struct ids {
    int64_t *at;
    size_t count, room;
};

static enum cox_rc add_id(struct cox_arena *arena, struct ids *ids, int64_t id,
    struct cox_err *reterr)
{
    if (ids->count == ids->room) {
        size_t room = ids->room == 0 ? 64 : ids->room * 2;
        int64_t *grown = COX_NEW_ARRAY(arena, room, int64_t);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (ids->count > 0) {
            memcpy(grown, ids->at, ids->count * sizeof(*grown));
        }
        ids->at = grown;
        ids->room = room;
    }
    ids->at[ids->count++] = id;
    return COX_OK;
}

static enum cox_rc read_ids(struct cox_call *call, const struct cox_sql *sql,
    const int64_t **ret_ids, size_t *ret_count, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct ids ids = {0};
    bool is_row;

    COX_TRY(cox_sql_prepare(call->db, sql, &stmt, reterr));
    for (;;) {
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            *ret_ids = ids.at;
            *ret_count = ids.count;
            return COX_OK;
        }
        COX_TRY(add_id(call->arena, &ids, cox_stmt_int(stmt, 0), reterr));
    }
}

/* The line led on a day, the actor included. */
static enum cox_rc read_line(struct cox_call *call, enum cox_extent extent, int64_t day,
    const int64_t **ret_ids, size_t *ret_count, struct cox_err *reterr)
{
    struct cox_sql sql;

    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "SELECT CAST(");
    cox_sql_int(&sql, call->actor.user_id);
    cox_sql_lit(&sql, " AS BIGINT) AS \"member_id\"");
    if (extent == COX_LINE) {
        cox_sql_lit(&sql, " UNION SELECT \"member_id\" FROM \"line\" WHERE \"leader_id\" = ");
        cox_sql_int(&sql, call->actor.user_id);
        cox_sql_lit(&sql, " AND \"from_day\" <= ");
        cox_sql_int(&sql, day);
        cox_sql_lit(&sql, " AND \"to_day\" > ");
        cox_sql_int(&sql, day);
    }
    cox_sql_lit(&sql, " ORDER BY \"member_id\"");
    return read_ids(call, &sql, ret_ids, ret_count, reterr);
}

static enum cox_rc read_extra(struct cox_call *call, const struct cox_table *table,
    struct cox_reach_set *set, struct cox_err *reterr)
{
    struct cox_sql sql;

    cox_sql_init(&sql, call->arena);
    cox_scope_add_extra(&sql, call, table);
    return read_ids(call, &sql, &set->extra, &set->extra_count, reterr);
}

enum cox_rc cox_reach_of(struct cox_call *call, const struct cox_entity *entity,
    struct cox_reach_set *ret_set, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(call->registry, entity);
    enum cox_extent extent;

    assert(table != NULL);
    *ret_set = (struct cox_reach_set){0};
    if (cox_scope_is_people(call, table) || entity->parent_field != COX_NO_FIELD ||
        entity->owner_field == COX_NO_FIELD || entity->open_field != 0) {
        return cox_fail(reterr, COX_UNSUPPORTED, "a %s is not visible by its owner alone",
            entity->name);
    }
    extent = cox_scope_extent(call, table, COX_READ);
    ret_set->is_all = extent == COX_ALL;
    if (extent == COX_ALL || extent == COX_NONE) {
        return COX_OK;
    }
    COX_TRY(read_line(call, extent, call->today, &ret_set->now, &ret_set->now_count, reterr));
    if (!call->is_now) {
        COX_TRY(
            read_line(call, extent, call->as_of_day, &ret_set->then, &ret_set->then_count, reterr));
    }
    return read_extra(call, table, ret_set, reterr);
}

enum cox_rc cox_reach_between(struct cox_call *call, const struct cox_entity *entity,
    int64_t from_day, int64_t to_day, const int64_t **ret_users, size_t *ret_count,
    struct cox_err *reterr)
{
    enum cox_extent extent =
        cox_scope_extent(call, cox_registry_entity(call->registry, entity), COX_READ);
    const int64_t *first, *last;
    size_t first_count, last_count, count = 0;
    int64_t *both;

    *ret_users = NULL;
    *ret_count = 0;
    if (extent == COX_ALL || extent == COX_NONE) {
        return COX_OK;
    }
    COX_TRY(read_line(call, extent, from_day, &first, &first_count, reterr));
    COX_TRY(read_line(call, extent, to_day, &last, &last_count, reterr));
    both = COX_NEW_ARRAY(call->arena, first_count + 1, int64_t);
    if (both == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0, j = 0; i < first_count; i++) {
        while (j < last_count && last[j] < first[i]) {
            j++;
        }
        if (j < last_count && last[j] == first[i]) {
            both[count++] = first[i];
        }
    }
    *ret_users = both;
    *ret_count = count;
    return COX_OK;
}

/* history-replaced-since: $1 commit, $2 entity, $3 and $4 the operations that change known history. */
static const char replaced_sql[] =
    "SELECT 1 FROM \"log_row\" WHERE \"seq\" > $1 AND \"entity\" = $2 "
    "AND \"op\" IN ($3, $4) LIMIT 1";

enum cox_rc cox_reach_check_seq(struct cox_call *call, const struct cox_entity *entity, int64_t seq,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db, cox_text_of(replaced_sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, seq);
    cox_stmt_bind_int(stmt, 2, entity->number);
    cox_stmt_bind_int(stmt, 3, 'h');
    cox_stmt_bind_int(stmt, 4, 'w');
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    return !is_row ? COX_OK
                   : cox_fail_at(reterr, COX_UNSUPPORTED, "as_of", 0,
                         "history was imported or taken back after commit %lld: ask for an instant "
                         "instead",
                         (long long)seq);
}

bool cox_reach_is_people(struct cox_call *call, const struct cox_table *table)
{
    return cox_scope_is_people(call, table);
}

bool cox_reach_may(struct cox_call *call, const struct cox_table *table, enum cox_verb verb)
{
    if (cox_table_is_off(table)) {
        return false;
    }
    /* 1:1s and the like belong to people, not to roles; the operator is nobody's participant. */
    if (cox_scope_is_people(call, table) && table->entity->reach != COX_REACH_PERSON) {
        return call->actor.user_id > 0;
    }
    return cox_scope_extent(call, table, verb) != COX_NONE;
}

enum cox_rc cox_reach_sees(struct cox_call *call, const struct cox_table *table, int64_t id,
    bool *ret_sees, struct cox_err *reterr)
{
    if (cox_table_is_off(table)) {
        *ret_sees = false;
        return COX_OK;
    }
    return cox_scope_sees(call, table, COX_READ, id, ret_sees, reterr);
}
