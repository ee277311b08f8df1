/* record/scope_check.c: rights on single rows: what save asks, and what a reply may show. */
#include "record/scope.h"

enum cox_rc cox_scope_missing(const struct cox_table *table, struct cox_err *reterr)
{
    return cox_fail(reterr, COX_MISSING, "there is no such %s, or you may not see it",
        table->entity->name);
}

/* ---- authors and private fields ---- */

static bool is_participant(const struct cox_call *call, const struct cox_row *row, int which)
{
    return call->actor.user_id > 0 &&
           cox_row_int(row, row->table->entity->participant[which]) == call->actor.user_id;
}

bool cox_scope_is_author(const struct cox_call *call, const struct cox_row *row)
{
    const struct cox_entity *entity = row->table->entity;

    if (entity->reach == COX_REACH_PARTICIPANTS) {
        return is_participant(call, row, 0);
    }
    return call->actor.user_id > 0 && entity->owner_field < entity->field_count &&
           cox_row_int(row, entity->owner_field) == call->actor.user_id;
}

void cox_scope_mask(const struct cox_call *call, struct cox_row *row)
{
    const struct cox_table *table = row->table;

    if (cox_scope_is_author(call, row)) {
        return;
    }
    for (uint32_t i = 0; i < table->field_count; i++) {
        if ((table->fields[i]->flags & COX_PRIVATE) != 0) {
            row->values[i] = cox_null();
        }
    }
}

/* ---- one question each ---- */

static enum cox_rc ask(struct cox_call *call, const struct cox_sql *sql, bool *ret_yes,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_sql_prepare(call->db, sql, &stmt, reterr));
    return cox_stmt_step(stmt, ret_yes, reterr);
}

enum cox_rc cox_scope_sees(struct cox_call *call, const struct cox_table *table, enum cox_verb verb,
    int64_t id, bool *ret_sees, struct cox_err *reterr)
{
    struct cox_call now = *call;
    const struct cox_scope scope = {&now, verb, COX_ARM_CURRENT, COX_WIDE};
    struct cox_sql sql;

    now.is_now = true;
    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "SELECT 1 FROM ");
    cox_scope_add_table(&sql, table, COX_ARM_CURRENT, "r");
    cox_sql_lit(&sql, " WHERE \"r\".\"id\" = ");
    cox_sql_int(&sql, id);
    cox_sql_lit(&sql, " AND ");
    cox_scope_add(&sql, &scope, table, "r");
    return ask(call, &sql, ret_sees, reterr);
}

static enum cox_rc is_in_line(struct cox_call *call, int64_t member, bool *ret_yes,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    for (unsigned i = 0; i < call->line_count; i++) {
        if (call->lines[i].member == member) {
            *ret_yes = call->lines[i].is_in;
            return COX_OK;
        }
    }
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT 1 FROM \"line\" WHERE \"leader_id\" = $1 AND \"member_id\" = $2 AND "
                "\"from_day\" <= $3 AND \"to_day\" > $4"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, call->actor.user_id);
    cox_stmt_bind_int(stmt, 2, member);
    cox_stmt_bind_int(stmt, 3, call->today);
    cox_stmt_bind_int(stmt, 4, call->today);
    COX_TRY(cox_stmt_step(stmt, ret_yes, reterr));
    if (call->write == NULL && call->line_count < COX_LINE_NOTE_COUNT) { /* a write may change it */
        call->lines[call->line_count++] = (struct cox_line_note){member, *ret_yes};
    }
    return COX_OK;
}

static enum cox_rc is_shared(struct cox_call *call, const struct cox_table *table,
    enum cox_verb verb, int64_t id, bool *ret_yes, struct cox_err *reterr)
{
    struct cox_sql sql;

    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "SELECT 1 FROM \"share\" WHERE \"user_id\" = ");
    cox_sql_int(&sql, call->actor.user_id);
    cox_sql_lit(&sql, " AND \"entity\" = ");
    cox_sql_int(&sql, table->entity->number);
    cox_sql_lit(&sql, " AND \"id\" = ");
    cox_sql_int(&sql, id);
    cox_sql_lit(&sql, " AND \"verb\" >= ");
    cox_sql_int(&sql, (int64_t)verb);
    cox_sql_lit(&sql, " AND (\"until_day\" IS NULL OR \"until_day\" >= ");
    cox_sql_int(&sql, call->today);
    cox_sql_lit(&sql, ")");
    return ask(call, &sql, ret_yes, reterr);
}

/* ---- may the actor do this with a row as it is given (stored, or about to be)? ---- */

static enum cox_rc may_people(const struct cox_call *call, enum cox_verb verb,
    const struct cox_row *row, bool *ret_may)
{
    bool is_author_only = verb == COX_CREATE || verb == COX_REMOVE;

    *ret_may = is_participant(call, row, 0) || (!is_author_only && is_participant(call, row, 1));
    return COX_OK;
}

static enum cox_rc may_by_owner(struct cox_call *call, enum cox_extent extent,
    const struct cox_row *row, bool *ret_may, struct cox_err *reterr)
{
    const struct cox_entity *entity = row->table->entity;
    int64_t owner;

    *ret_may = false;
    if (entity->owner_field >= entity->field_count) {
        return COX_OK;
    }
    owner = cox_row_int(row, entity->owner_field);
    if (owner == COX_NULL) {
        return COX_OK;
    }
    if (owner == call->actor.user_id) {
        *ret_may = true;
        return COX_OK;
    }
    return extent == COX_LINE ? is_in_line(call, owner, ret_may, reterr) : COX_OK;
}

static enum cox_rc may_person(struct cox_call *call, enum cox_verb verb, const struct cox_row *row,
    bool *ret_may, struct cox_err *reterr)
{
    const struct cox_entity *entity = row->table->entity;
    enum cox_extent extent = cox_scope_extent(call, row->table, verb);

    *ret_may = false;
    if (call->actor.user_id > 0 && extent != COX_NONE) {
        COX_TRY(may_by_owner(call, extent, row, ret_may, reterr));
    }
    for (int i = 0; i < 2 && (verb == COX_READ || verb == COX_CHANGE); i++) {
        *ret_may |= entity->participant[i] != COX_NO_FIELD && is_participant(call, row, i);
    }
    return COX_OK;
}

static enum cox_rc may_by_parent(struct cox_call *call, const struct cox_row *row,
    enum cox_verb verb, bool *ret_may, struct cox_err *reterr)
{
    const struct cox_entity *entity = row->table->entity;
    const struct cox_table *parent;
    int64_t id;

    *ret_may = false;
    if (entity->parent_field >= entity->field_count ||
        entity->fields[entity->parent_field].ref == NULL) {
        return COX_OK;
    }
    id = cox_row_int(row, entity->parent_field);
    parent = cox_registry_entity(call->registry, entity->fields[entity->parent_field].ref);
    if (id == COX_NULL || parent == NULL) {
        return COX_OK;
    }
    return cox_scope_sees(call, parent, verb == COX_READ ? COX_READ : COX_CHANGE, id, ret_may,
        reterr);
}

static enum cox_rc may(struct cox_call *call, enum cox_verb verb, const struct cox_row *row,
    bool *ret_may, struct cox_err *reterr)
{
    const struct cox_table *table = row->table;
    enum cox_extent extent = cox_scope_extent(call, table, verb);

    if (table->entity->reach == COX_REACH_PARTICIPANTS) {
        return may_people(call, verb, row, ret_may);
    }
    if (table->entity->reach == COX_REACH_PERSON) {
        return may_person(call, verb, row, ret_may, reterr);
    }
    if (cox_scope_is_people(call, table)) {
        return may_by_parent(call, row, verb, ret_may, reterr);
    }
    *ret_may = extent == COX_ALL;
    if (extent == COX_ALL || extent == COX_NONE) {
        return COX_OK;
    }
    if (verb == COX_READ && table->entity->open_field != 0 &&
        cox_row_int(row, table->entity->open_field - 1) == 1) {
        *ret_may = true;
        return COX_OK;
    }
    COX_TRY(may_by_owner(call, extent, row, ret_may, reterr));
    if (!*ret_may) {
        COX_TRY(may_by_parent(call, row, verb, ret_may, reterr));
    }
    if (*ret_may || verb == COX_CREATE) {
        return COX_OK;
    }
    /* Reading is asked of stored rows only, so SQL may answer for memberships as well. */
    return verb == COX_READ ? cox_scope_sees(call, table, verb, row->id, ret_may, reterr)
                            : is_shared(call, table, verb, row->id, ret_may, reterr);
}

enum cox_rc cox_scope_may_read(struct cox_call *call, const struct cox_row *row, bool *ret_may,
    struct cox_err *reterr)
{
    if (cox_scope_is_absent(call, row->table)) {
        *ret_may = false;
        return COX_OK;
    }
    return may(call, COX_READ, row, ret_may, reterr);
}

/* ---- what a save may do to single fields ---- */

/* Handing authorship over would hand over the private fields written so far. */
static enum cox_rc check_participants(const struct cox_call *call, const struct cox_row *before,
    const struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_entity *entity = before->table->entity;

    for (int i = 0; i < 2; i++) {
        uint32_t at = entity->participant[i];
        bool is_kept = cox_row_int(before, at) == cox_row_int(after, at);
        if (!is_kept && (i == 0 || !cox_scope_is_author(call, before))) {
            return cox_fail_at(reterr, COX_DENIED, entity->fields[at].name, 0,
                i == 0 ? "the author of a %s cannot be changed"
                       : "only the author may change whom a %s is for",
                entity->name);
        }
    }
    return COX_OK;
}

static enum cox_rc check_private(const struct cox_call *call, const struct cox_row *before,
    const struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_table *table = after->table;

    if (cox_scope_is_author(call, before != NULL ? before : after)) {
        return COX_OK;
    }
    for (uint32_t i = 0; i < table->field_count; i++) {
        bool is_kept = before != NULL ? cox_value_same(&before->values[i], &after->values[i])
                                      : after->values[i].kind == COX_VALUE_NULL;
        if ((table->fields[i]->flags & COX_PRIVATE) != 0 && !is_kept) {
            return cox_fail_at(reterr, COX_DENIED, table->fields[i]->name, 0,
                "only the author of a %s writes this", table->entity->name);
        }
    }
    return COX_OK;
}

static enum cox_rc check_fields(const struct cox_call *call, const struct cox_row *before,
    const struct cox_row *after, struct cox_err *reterr)
{
    if (before != NULL && after->table->entity->reach == COX_REACH_PARTICIPANTS) {
        COX_TRY(check_participants(call, before, after, reterr));
    }
    return check_private(call, before, after, reterr);
}

static enum cox_rc denied(const struct cox_table *table, const char *what, struct cox_err *reterr)
{
    return cox_fail(reterr, COX_DENIED, "you may not %s this %s", what, table->entity->name);
}

enum cox_rc cox_scope_check(struct cox_call *call, const struct cox_table *table,
    const struct cox_row *before, const struct cox_row *after, struct cox_err *reterr)
{
    enum cox_verb verb = before == NULL ? COX_CREATE : after == NULL ? COX_REMOVE : COX_CHANGE;
    const char *what = verb == COX_CREATE ? "create" : verb == COX_REMOVE ? "remove" : "change";
    bool is_ok;

    if (before != NULL) {
        COX_TRY(may(call, COX_READ, before, &is_ok, reterr));
        if (!is_ok) {
            return cox_scope_missing(table, reterr);
        }
        COX_TRY(may(call, verb, before, &is_ok, reterr));
        if (!is_ok) {
            return denied(table, what, reterr);
        }
    }
    if (after == NULL) {
        return COX_OK;
    }
    COX_TRY(may(call, verb, after, &is_ok, reterr));
    if (!is_ok) {
        return before == NULL ? denied(table, what, reterr)
                              : cox_fail(reterr, COX_DENIED,
                                    "you may not give this %s to somebody outside your line",
                                    table->entity->name);
    }
    return check_fields(call, before, after, reterr);
}
