/*
 * record/plan.c: how a list comes to its rows. Three ways: along the index of the order, testing
 * each row; from the actor's own few records; or from the few rows that one term of the filter
 * leaves. The last two sort what they find. Which way is decided by looking whether the few are few
 * (an index walk of at most COX_NARROW_MAX entries), never by guessing.
 */
#include "record/find.h"
#include "record/list.h"

/* ---- conditions of one arm ---- */

enum cox_rc cox_list_add_where(struct cox_sql *sql, const struct cox_list *list, int arm,
    bool is_count, struct cox_err *reterr)
{
    const enum cox_arm table = arm == COX_ARM_CURRENT ? COX_ARM_CURRENT : COX_ARM_PAST;
    const struct cox_scope scope = {list->call, COX_READ, table, list->width};
    const struct cox_filter_view view = {.call = list->call,
        .table = list->table,
        .alias = "r",
        .arm = table,
        .is_shielded = !is_count,
        .driver = list->driver,
        .has_open = cox_list_walks(list),
        .open = list->keys[0].field};

    cox_scope_add_valid(sql, list->call, table, "r");
    cox_sql_lit(sql, " AND ");
    if (arm == COX_ARM_PAST && list->last_arm == COX_ARM_TAIL) {
        cox_sql_lit(sql, "\"r\".\"fresh\" IS NULL AND ");
    }
    cox_scope_add(sql, &scope, list->table, "r");
    if (list->words.ptr != NULL) {
        cox_sql_lit(sql, " AND \"r\".\"id\"");
        cox_find_in(sql, cox_db_engine(list->call->db), list->table->entity->name, list->words);
    }
    if (list->filter != NULL) {
        cox_sql_lit(sql, " AND ");
        COX_TRY(cox_filter_add(sql, &view, list->filter, reterr));
    }
    return COX_OK;
}

/* ---- is it few? ---- */

static enum cox_rc has_more_than(const struct cox_list *list, struct cox_sql *sql, int64_t count,
    bool *ret_has, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    cox_sql_lit(sql, " LIMIT 1 OFFSET ");
    cox_sql_int(sql, count);
    COX_TRY(cox_sql_prepare(list->call->db, sql, &stmt, reterr));
    return cox_stmt_step(stmt, ret_has, reterr);
}

static void begin_probe(struct cox_sql *sql, const struct cox_list *list)
{
    cox_sql_init(sql, list->call->arena);
    cox_sql_lit(sql, "SELECT 1 FROM ");
    cox_scope_add_table(sql, list->table, COX_ARM_CURRENT, "r");
    cox_sql_lit(sql, " WHERE ");
}

/* Counted among today's records, as a measure for any instant. */
static enum cox_rc is_few(const struct cox_list *list, const struct cox_filter *term,
    bool *ret_is_few, struct cox_err *reterr)
{
    struct cox_call now = *list->call;
    const struct cox_filter_view view = {.call = &now, .table = list->table, .alias = "r"};
    struct cox_sql sql;
    bool has_more;

    now.is_now = true;
    begin_probe(&sql, list);
    COX_TRY(cox_filter_add(&sql, &view, term, reterr));
    COX_TRY(has_more_than(list, &sql, COX_NARROW_MAX, &has_more, reterr));
    *ret_is_few = !has_more;
    return COX_OK;
}

/* ---- few by their time ---- */

enum { FEW_MAX = 5000 };

static bool has_tail(const struct cox_list *list)
{
    return ((const struct cox_table_inside *)(const void *)list->table)->has_tail &&
           cox_db_engine(list->call->db) == COX_SQLITE;
}

/* Appends the versions that few means, without a LIMIT; of the past those not in the tail when few had begun. */
static void add_few(struct cox_sql *sql, const struct cox_list *list, enum cox_arm arm,
    enum cox_few few)
{
    cox_scope_add_table(sql, list->table, arm, "t");
    if (few == COX_FEW_BEGUN && arm == COX_ARM_PAST && has_tail(list)) {
        cox_sql_lit(sql, " WHERE \"t\".\"fresh\" IS NULL AND \"t\".\"from_us\" <= ");
    } else if (few == COX_FEW_BEGUN) {
        cox_sql_lit(sql, " WHERE \"t\".\"from_us\" <= ");
    } else {
        cox_sql_lit(sql, " WHERE \"t\".\"to_us\" > ");
    }
    cox_sql_int(sql, list->call->as_of.at_us);
}

static enum cox_rc is_few_by_time(const struct cox_list *list, enum cox_arm arm, enum cox_few few,
    bool *ret_is_few, struct cox_err *reterr)
{
    struct cox_sql sql;
    bool has_more;

    cox_sql_init(&sql, list->call->arena);
    cox_sql_lit(&sql, "SELECT 1 FROM ");
    add_few(&sql, list, arm, few);
    COX_TRY(has_more_than(list, &sql, FEW_MAX, &has_more, reterr));
    *ret_is_few = !has_more;
    return COX_OK;
}

/*
 * Soon after the beginning few versions had begun, and just before now few have ended since: an
 * order's index would be walked to its end for them.
 */
static enum cox_rc find_few(struct cox_list *list, struct cox_err *reterr)
{
    bool is_good = false;

    list->few[COX_ARM_CURRENT] = list->few[COX_ARM_PAST] = COX_FEW_NOT;
    if (list->call->is_now ||
        list->table->entity->owner_field >= list->table->entity->field_count) {
        return COX_OK;
    }
    COX_TRY(is_few_by_time(list, COX_ARM_CURRENT, COX_FEW_BEGUN, &is_good, reterr));
    list->few[COX_ARM_CURRENT] = is_good ? COX_FEW_BEGUN : COX_FEW_NOT;
    COX_TRY(is_few_by_time(list, COX_ARM_PAST, COX_FEW_BEGUN, &is_good, reterr));
    if (is_good) {
        list->few[COX_ARM_PAST] = COX_FEW_BEGUN;
        return COX_OK;
    }
    COX_TRY(is_few_by_time(list, COX_ARM_PAST, COX_FEW_OPEN, &is_good, reterr));
    list->few[COX_ARM_PAST] = is_good ? COX_FEW_OPEN : COX_FEW_NOT;
    return COX_OK;
}

void cox_list_add_table(struct cox_sql *sql, const struct cox_list *list, int arm)
{
    if (arm != COX_ARM_TAIL && list->few[arm] == COX_FEW_NOT) {
        cox_scope_add_table(sql, list->table, (enum cox_arm)arm, "r");
        return;
    }
    /* The LIMIT is never reached; neither engine plans across it. */
    cox_sql_lit(sql, "(SELECT * FROM ");
    if (arm == COX_ARM_TAIL) {
        cox_scope_add_table(sql, list->table, COX_ARM_PAST, "t");
        cox_sql_lit(sql, " WHERE \"t\".\"fresh\" = 1 AND ");
        cox_scope_add_valid(sql, list->call, COX_ARM_PAST, "t");
    } else {
        add_few(sql, list, (enum cox_arm)arm, list->few[arm]);
    }
    cox_sql_lit(sql, " LIMIT ");
    cox_sql_int(sql, arm == COX_ARM_TAIL ? INT64_MAX : FEW_MAX + 1);
    cox_sql_lit(sql, ") AS \"r\"");
}

/* ---- which terms have an index to come from ---- */

static bool has_index(const struct cox_list *list, uint32_t field)
{
    const struct cox_entity *entity = list->table->entity;

    if (field == COX_NO_FIELD) {
        return true;
    }
    if (field >= entity->field_count) {
        return false; /* added at run time */
    }
    /* Closed versions have an index for some sorted fields, the owner and the parent (schema.c). */
    return list->call->is_now ? cox_field_is_indexed(entity, field)
                              : (entity->fields[field].flags & COX_SORTED_PAST) != 0 ||
                                    field == entity->owner_field || field == entity->parent_field;
}

static bool can_drive(const struct cox_list *list, const struct cox_filter *term)
{
    switch (term->op) {
    case COX_OP_EQ:
    case COX_OP_IN:
    case COX_OP_GT:
    case COX_OP_GTE:
    case COX_OP_LT:
    case COX_OP_LTE:
    case COX_OP_ILIKE:
        return term->kind == COX_FILTER_TERM && has_index(list, term->field);
    case COX_OP_NULL: /* no index holds rows without a value */
    case COX_OP_NEQ:
    case COX_OP_LIKE:
    case COX_OP_NOT_LIKE:
    case COX_OP_NOT_ILIKE:
    case COX_OP_NOT_IN:
    case COX_OP_NOT_NULL:
    case COX_OP_COUNT:
        break;
    }
    return false;
}

static enum cox_rc find_driver(struct cox_list *list, struct cox_err *reterr)
{
    enum { LOOKED_AT_MAX = 4 };
    unsigned looked_at = 0;

    for (uint32_t i = 0; list->filter != NULL && i < list->filter->part_count; i++) {
        const struct cox_filter *term = list->filter->parts[i];
        bool is_good;
        if (list->filter->kind != COX_FILTER_AND || looked_at == LOOKED_AT_MAX ||
            !can_drive(list, term)) {
            continue;
        }
        looked_at++;
        COX_TRY(is_few(list, term, &is_good, reterr));
        if (is_good) {
            list->driver = term;
            return COX_OK;
        }
    }
    return COX_OK;
}

/* ---- too much to sort ---- */

static enum cox_rc check_sortable(const struct cox_list *list, struct cox_err *reterr)
{
    struct cox_call now = *list->call;
    const struct cox_scope scope = {&now, COX_READ, COX_ARM_CURRENT, COX_WIDE};
    struct cox_sql sql;
    bool is_too_much;

    now.is_now = true;
    begin_probe(&sql, list);
    cox_scope_add(&sql, &scope, list->table, "r");
    COX_TRY(has_more_than(list, &sql, COX_UNSORTED_MAX, &is_too_much, reterr));
    if (!is_too_much) {
        return COX_OK;
    }
    return cox_fail_at(reterr, COX_INVALID, list->keys[0].field->name, 0,
        "%s is not kept in order, and there are more than %d rows: order by another field, or "
        "filter first",
        list->keys[0].field->name, COX_UNSORTED_MAX);
}

enum cox_rc cox_list_plan(struct cox_list *list, struct cox_err *reterr)
{
    const struct cox_key *first = &list->keys[0];
    bool is_indexed = has_index(list, first->at);

    list->driver = NULL;
    COX_TRY(find_few(list, reterr));
    list->last_arm = list->call->is_now ? COX_ARM_CURRENT : COX_ARM_PAST;
    if (!list->call->is_now && has_tail(list) && list->few[COX_ARM_PAST] != COX_FEW_OPEN) {
        list->last_arm = COX_ARM_TAIL; /* the index by to_us has those of the tail, too */
    }
    COX_TRY(cox_scope_width(list->call, list->table, &list->width, reterr));
    /* PostgreSQL chooses by its statistics; there the driver only tells whether sorting is cheap. */
    if (list->width == COX_WIDE && (!is_indexed || cox_db_engine(list->call->db) == COX_SQLITE)) {
        COX_TRY(find_driver(list, reterr));
    }
    if (!is_indexed && cox_list_walks(list) && list->words.ptr == NULL) {
        COX_TRY(check_sortable(list, reterr));
    }
    return COX_OK;
}
