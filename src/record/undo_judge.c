/*
 * record/undo_judge.c: can a record be taken back? It stands as the target left it, nothing made since
 * refers to it, and what its former values refer to still stands or comes back with it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/sql.h"
#include "record/store.h"
#include "record/undo_plan.h"
#include "record/version.h"

enum { ID_PAGE = 1000, ROUND_MAX = 100 };

/* ---- a record before the target ---- */

static int by_from(const void *a, const void *b)
{
    const struct cox_version *left = a, *right = b;

    return left->from_us < right->from_us ? -1 : left->from_us > right->from_us;
}

/* Keeps the version if it was known before the record's first commit of the target. */
static void keep_known(struct cox_undo_before *before, struct cox_row *row, int64_t first_seq)
{
    if (row->rev < first_seq && row->seq_to >= first_seq) {
        before->versions[before->count++] = (struct cox_version){row->from_us, row};
    }
}

enum cox_rc cox_undo_read_before(struct cox_undo_work *work, const struct cox_undo_item *item,
    struct cox_undo_before *ret_before, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_number(work->call->registry, item->entity);
    struct cox_stored *past = NULL;
    struct cox_stored *current = COX_NEW(work->call->arena, struct cox_stored);
    size_t count = 0;
    uint64_t at_us = 0;
    bool is_there;

    *ret_before = (struct cox_undo_before){.versions = NULL};
    COX_TRY(cox_version_past(work->call, table, item->id, &past, &count, reterr));
    ret_before->versions = COX_NEW_ARRAY(work->call->arena, count + 1, struct cox_version);
    if (current == NULL || ret_before->versions == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_save_stored(work->call, table, item->id, current, &is_there, reterr));
    for (size_t i = 0; i < count; i++) {
        keep_known(ret_before, &past[i].row, item->first_seq);
    }
    if (is_there) {
        current->row.to_us = current->row.seq_to = COX_FOREVER;
        keep_known(ret_before, &current->row, item->first_seq);
    }
    if (ret_before->count == 0) {
        return COX_OK;
    }
    qsort(ret_before->versions, ret_before->count, sizeof(*ret_before->versions), by_from);
    (void)cox_imap_find(work->commits, item->first_seq, &at_us); /* every first_seq is in it */
    ret_before->was_there =
        ret_before->versions[ret_before->count - 1].row->to_us >= (int64_t)at_us;
    return COX_OK;
}

/* ---- as the target left it? ---- */

struct standing {
    bool is_there;
    int64_t rev;      /* of the current row, when there is one */
    int64_t past_rev; /* highest of the closed versions; 0: none */
    bool is_known;    /* a closed version has not been taken back */
    bool is_erased;
};

/* A statement with the table's quoted name between its halves, and the id as $1. */
struct question {
    const char *head, *tail;
};

static const struct question each_rev = {"SELECT \"rev\" FROM ", "_past\" WHERE \"id\" = $1"};
static const struct question any_now = {"SELECT 1 FROM ", "\" WHERE \"id\" = $1"};

static enum cox_rc ask(struct cox_undo_work *work, const struct question *question,
    const struct cox_table *table, int64_t id, struct cox_stmt **ret_stmt, bool *ret_is_row,
    struct cox_err *reterr)
{
    char sql[300];

    (void)snprintf(sql, sizeof(sql), "%s\"%.100s%s", question->head, table->entity->name,
        question->tail); /* the registry keeps names short */
    COX_TRY(cox_db_prepare(work->call->db, cox_text_of(sql), ret_stmt, reterr));
    cox_stmt_bind_int(*ret_stmt, 1, id);
    return cox_stmt_step(*ret_stmt, ret_is_row, reterr);
}

/* In one question: over a network this is what undoing a large batch costs. */
static enum cox_rc read_standing(struct cox_undo_work *work, const struct cox_table *table,
    int64_t id, struct standing *ret_standing, struct cox_err *reterr)
{
    const char *name = table->entity->name;
    COX_AUTO_STMT stmt = NULL;
    char sql[800];
    bool is_row;

    (void)snprintf(sql, sizeof(sql),
        "SELECT (SELECT \"rev\" FROM \"%.100s\" WHERE \"id\" = $1),"
        " (SELECT MAX(\"rev\") FROM \"%.100s_past\" WHERE \"id\" = $1),"
        " (SELECT MAX(\"seq_to\") FROM \"%.100s_past\" WHERE \"id\" = $1),"
        " (SELECT 1 FROM \"erased\" WHERE \"entity\" = $2 AND \"id\" = $1)",
        name, name, name); /* the registry keeps names short */
    COX_TRY(cox_db_prepare(work->call->db, cox_text_of(sql), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, id);
    cox_stmt_bind_int(stmt, 2, table->entity->number);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_standing = (struct standing){
        .is_there = !cox_stmt_is_null(stmt, 0),
        .rev = cox_stmt_int(stmt, 0),
        .past_rev = cox_stmt_is_null(stmt, 1) ? 0 : cox_stmt_int(stmt, 1),
        .is_known = cox_stmt_int(stmt, 2) == COX_FOREVER,
        .is_erased = !cox_stmt_is_null(stmt, 3),
    };
    return COX_OK;
}

/* Did somebody else save it between the target's first and last commit? */
static enum cox_rc is_mixed(struct cox_undo_work *work, const struct cox_table *table,
    const struct cox_undo_item *item, bool *ret_is_mixed, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    uint64_t at_us;
    bool is_row;

    *ret_is_mixed = false;
    if (item->first_seq == item->last_seq) {
        return COX_OK;
    }
    COX_TRY(ask(work, &each_rev, table, item->id, &stmt, &is_row, reterr));
    while (is_row) {
        int64_t rev = cox_stmt_int(stmt, 0);
        if (rev > item->first_seq && rev < item->last_seq &&
            !cox_imap_find(work->commits, rev, &at_us)) {
            *ret_is_mixed = true;
        }
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

static bool has_same_values(const struct cox_row *a, const struct cox_row *b)
{
    for (uint32_t at = 0; at < a->table->field_count; at++) {
        if (!cox_value_same(&a->values[at], &b->values[at])) {
            return false;
        }
    }
    return true;
}

/* A version that history from elsewhere has brought since, and that was not known before. */
static bool is_news(const struct cox_stored *past, size_t count, const struct cox_row *row,
    int64_t seq)
{
    if (row->rev <= seq || !row->imported || row->seq_to != COX_FOREVER) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (past[i].row.rev <= seq && past[i].row.from_us == row->from_us &&
            has_same_values(&past[i].row, row)) {
            return false; /* put back by an undo */
        }
    }
    return true;
}

/*
 * Later commits that took each other back (a change and its undo) are none: the row stands as the
 * target left it. History that came in later from elsewhere is another matter.
 */
static enum cox_rc is_back_again(struct cox_undo_work *work, const struct cox_table *table,
    const struct cox_undo_item *item, bool *ret_is_back, struct cox_err *reterr)
{
    struct cox_stored *current = COX_NEW(work->call->arena, struct cox_stored), *past = NULL;
    const struct cox_row *left = NULL;
    size_t count = 0;
    bool is_there, has_news = false;

    *ret_is_back = false;
    if (current == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_save_stored(work->call, table, item->id, current, &is_there, reterr));
    COX_TRY(cox_version_past(work->call, table, item->id, &past, &count, reterr));
    for (size_t i = 0; i < count; i++) { /* by from_us: the last one of the target's was current */
        const struct cox_row *row = &past[i].row;
        left = row->rev == item->last_seq ? row : left;
        has_news = has_news || is_news(past, count, row, item->last_seq);
    }
    *ret_is_back = is_there && left != NULL && !has_news && has_same_values(left, &current->row);
    return COX_OK;
}

static enum cox_rc is_changed_since(struct cox_undo_work *work, const struct cox_table *table,
    const struct cox_undo_item *item, const struct standing *standing, bool *ret_is_changed,
    struct cox_err *reterr)
{
    const bool is_gone = item->last_op == 'd' || item->last_op == 'w';
    bool is_back = false;

    *ret_is_changed = standing->is_there && (is_gone || standing->rev > item->last_seq);
    if (*ret_is_changed && !is_gone) {
        COX_TRY(is_back_again(work, table, item, &is_back, reterr));
        *ret_is_changed = !is_back;
    }
    if (!standing->is_there && !is_gone) {
        /* History that ended in the other system leaves no current row either. */
        *ret_is_changed =
            item->last_op != 'h' || standing->past_rev != item->last_seq || !standing->is_known;
    }
    return *ret_is_changed ? COX_OK : is_mixed(work, table, item, ret_is_changed, reterr);
}

/* ---- references to a record that is to go ---- */

static bool find_item(const struct cox_undo_work *work, uint16_t entity, int64_t id,
    struct cox_undo_item **ret_item)
{
    uint64_t at;

    if (!cox_imap_find(work->by_record, cox_record_key(entity, id), &at)) {
        return false;
    }
    *ret_item = &work->plan.items[at];
    return true;
}

/* Will this record, which refers to id now, let go of it by the same undo? */
static enum cox_rc lets_go(struct cox_undo_work *work, const struct cox_table *table, uint32_t at,
    const int64_t referrer_and_id[2], bool *ret_lets_go, struct cox_err *reterr)
{
    struct cox_mark mark = cox_arena_mark(work->call->arena);
    struct cox_undo_before before;
    struct cox_undo_item *item;

    *ret_lets_go = false;
    if (!find_item(work, table->entity->number, referrer_and_id[0], &item) ||
        item->state != COX_UNDO_FREE) {
        return COX_OK;
    }
    if (item->kind == COX_UNDO_WITHDRAW) {
        *ret_lets_go = true;
        return COX_OK;
    }
    COX_TRY(cox_undo_read_before(work, item, &before, reterr));
    *ret_lets_go = before.count > 0 &&
                   cox_row_int(before.versions[before.count - 1].row, at) != referrer_and_id[1];
    cox_arena_rewind(work->call->arena, mark);
    return COX_OK;
}

/* A page of ids above after that refer to id by this field. */
static enum cox_rc referring(struct cox_undo_work *work, const struct cox_table *table, uint32_t at,
    const int64_t id_and_after[2], int64_t *ret_ids, size_t *ret_count, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;
    bool is_row;

    cox_sql_init(&sql, work->call->arena);
    cox_sql_lit(&sql, "SELECT \"id\" FROM ");
    cox_sql_name(&sql, table->entity->name);
    cox_sql_lit(&sql, " WHERE ");
    cox_sql_column(&sql, table->fields[at]);
    cox_sql_lit(&sql, " = ");
    cox_sql_int(&sql, id_and_after[0]);
    cox_sql_lit(&sql, " AND \"id\" > ");
    cox_sql_int(&sql, id_and_after[1]);
    cox_sql_lit(&sql, " ORDER BY \"id\" LIMIT ");
    cox_sql_int(&sql, ID_PAGE);
    COX_TRY(cox_sql_prepare(work->call->db, &sql, &stmt, reterr));
    *ret_count = 0;
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row && *ret_count < ID_PAGE) {
        ret_ids[(*ret_count)++] = cox_stmt_int(stmt, 0);
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

static enum cox_rc is_held_by_field(struct cox_undo_work *work, const struct cox_table *table,
    uint32_t at, const struct cox_undo_item *item, bool *ret_is_held, struct cox_err *reterr)
{
    struct cox_mark mark = cox_arena_mark(work->call->arena);
    int64_t id_and_after[2] = {item->id, 0};
    int64_t *ids = COX_NEW_ARRAY(work->call->arena, ID_PAGE, int64_t);
    size_t count;
    bool goes;

    if (ids == NULL) {
        return cox_no_memory(reterr);
    }
    do {
        COX_TRY(referring(work, table, at, id_and_after, ids, &count, reterr));
        for (size_t i = 0; i < count && !*ret_is_held; i++) {
            const int64_t pair[2] = {ids[i], item->id};
            COX_TRY(lets_go(work, table, at, pair, &goes, reterr));
            *ret_is_held = !goes;
            id_and_after[1] = ids[i];
        }
    } while (count == ID_PAGE && !*ret_is_held);
    cox_arena_rewind(work->call->arena, mark);
    return COX_OK;
}

/* Does any record refer to it at all? Most of the time none does, and one question says so. */
static enum cox_rc is_referred_to(struct cox_undo_work *work, const struct cox_table *gone,
    int64_t id, bool *ret_is_so, struct cox_err *reterr)
{
    const struct cox_registry *registry = work->call->registry;
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;

    cox_sql_init(&sql, work->call->arena);
    cox_sql_lit(&sql, "SELECT 1 WHERE 1 = 0");
    for (size_t i = 0; i < registry->table_count; i++) {
        const struct cox_table *table = &registry->tables[i]->table;
        for (uint32_t at = 0; at < table->field_count; at++) {
            if (table->fields[at]->type != COX_REF || table->fields[at]->ref != gone->entity) {
                continue;
            }
            cox_sql_lit(&sql, " OR EXISTS (SELECT 1 FROM ");
            cox_sql_name(&sql, table->entity->name);
            cox_sql_lit(&sql, " WHERE ");
            cox_sql_column(&sql, table->fields[at]);
            cox_sql_lit(&sql, " = ");
            cox_sql_int(&sql, id);
            cox_sql_lit(&sql, ")");
        }
    }
    if (sql.bind_count == 0) {
        *ret_is_so = false;
        return COX_OK;
    }
    COX_TRY(cox_sql_prepare(work->call->db, &sql, &stmt, reterr));
    return cox_stmt_step(stmt, ret_is_so, reterr);
}

static enum cox_rc is_held(struct cox_undo_work *work, const struct cox_undo_item *item,
    bool *ret_is_held, struct cox_err *reterr)
{
    const struct cox_registry *registry = work->call->registry;
    const struct cox_table *gone = cox_registry_number(registry, item->entity);
    bool is_referred = false;

    *ret_is_held = false;
    COX_TRY(is_referred_to(work, gone, item->id, &is_referred, reterr));
    for (size_t i = 0; is_referred && i < registry->table_count && !*ret_is_held; i++) {
        const struct cox_table *table = &registry->tables[i]->table;
        for (uint32_t at = 0; at < table->field_count && !*ret_is_held; at++) {
            if (table->fields[at]->type == COX_REF && table->fields[at]->ref == gone->entity) {
                COX_TRY(is_held_by_field(work, table, at, item, ret_is_held, reterr));
            }
        }
    }
    return COX_OK;
}

/* ---- references of former values ---- */

/* Does it stand, and will it after the undo? */
static enum cox_rc will_stand(struct cox_undo_work *work, const struct cox_entity *entity,
    int64_t id, bool *ret_stands, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(work->call->registry, entity);
    struct cox_undo_item *item;
    COX_AUTO_STMT stmt = NULL;

    if (find_item(work, entity->number, id, &item) && item->state == COX_UNDO_FREE) {
        *ret_stands = item->kind != COX_UNDO_WITHDRAW;
        return COX_OK;
    }
    return ask(work, &any_now, table, id, &stmt, ret_stands, reterr);
}

static enum cox_rc is_dangling(struct cox_undo_work *work, const struct cox_undo_item *item,
    const struct cox_row *row, bool *ret_is_dangling, struct cox_err *reterr)
{
    *ret_is_dangling = false;
    for (uint32_t at = 0; at < row->table->field_count && !*ret_is_dangling; at++) {
        const struct cox_field *field = row->table->fields[at];
        bool stands = true;
        if (field->type != COX_REF || row->values[at].kind == COX_VALUE_NULL ||
            (field->ref == row->table->entity && row->values[at].number == item->id)) {
            continue;
        }
        COX_TRY(will_stand(work, field->ref, row->values[at].number, &stands, reterr));
        *ret_is_dangling = !stands;
    }
    return COX_OK;
}

/* ---- judging ---- */

static enum cox_rc choose_kind(struct cox_undo_work *work, struct cox_undo_item *item,
    const struct standing *standing, struct cox_undo_before *ret_before, struct cox_err *reterr)
{
    *ret_before = (struct cox_undo_before){.versions = NULL};
    if (item->first_op == 'c') {
        item->kind = COX_UNDO_WITHDRAW;
        return COX_OK;
    }
    COX_TRY(cox_undo_read_before(work, item, ret_before, reterr));
    if (ret_before->count == 0) {
        item->kind = COX_UNDO_WITHDRAW;
    } else if (item->has_history) {
        item->kind = COX_UNDO_REWRITE;
    } else {
        item->kind = standing->is_there ? COX_UNDO_REVERT : COX_UNDO_REVIVE;
    }
    return COX_OK;
}

static enum cox_rc judge(struct cox_undo_work *work, struct cox_undo_item *item,
    struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_number(work->call->registry, item->entity);
    struct cox_undo_before before;
    struct standing standing;
    bool is_so = false;

    item->state = COX_UNDO_CHANGED;
    if (table == NULL) {
        return COX_OK; /* an entity that this program no longer has */
    }
    COX_TRY(read_standing(work, table, item->id, &standing, reterr));
    COX_TRY(choose_kind(work, item, &standing, &before, reterr));
    if (standing.is_erased || item->last_op == 'e') {
        item->state = COX_UNDO_ERASED;
        return COX_OK;
    }
    COX_TRY(is_changed_since(work, table, item, &standing, &is_so, reterr));
    if (is_so) {
        return COX_OK;
    }
    item->state = COX_UNDO_FREE; /* for itself, should it refer to itself */
    if (item->kind == COX_UNDO_WITHDRAW) {
        COX_TRY(is_held(work, item, &is_so, reterr));
        item->state = is_so ? COX_UNDO_REFERENCED : COX_UNDO_FREE;
    } else if (before.was_there) {
        COX_TRY(is_dangling(work, item, before.versions[before.count - 1].row, &is_so, reterr));
        item->state = is_so ? COX_UNDO_DANGLING : COX_UNDO_FREE;
    }
    return COX_OK;
}

enum cox_rc cox_undo_judge(struct cox_undo_work *work, struct cox_undo_item *item,
    struct cox_err *reterr)
{
    struct cox_mark mark = cox_arena_mark(work->call->arena);
    enum cox_rc rc = judge(work, item, reterr);

    cox_arena_rewind(work->call->arena, mark);
    return rc;
}

/* Kinds first, all free: what refers to what can only be told when every kind is known. */
static enum cox_rc judge_kinds(struct cox_undo_work *work, struct cox_err *reterr)
{
    for (size_t i = 0; i < work->plan.count; i++) {
        struct cox_undo_item *item = &work->plan.items[i];
        const struct cox_table *table = cox_registry_number(work->call->registry, item->entity);
        struct cox_mark mark = cox_arena_mark(work->call->arena);
        struct cox_undo_before before;
        struct standing standing;
        if (item->state == COX_UNDO_DONE || table == NULL || item->first_op == 'c') {
            continue; /* what was created can only be withdrawn: that is how an item begins */
        }
        COX_TRY(read_standing(work, table, item->id, &standing, reterr));
        COX_TRY(choose_kind(work, item, &standing, &before, reterr));
        cox_arena_rewind(work->call->arena, mark);
    }
    return COX_OK;
}

/* A record that cannot go may hold others: again until nothing changes. */
enum cox_rc cox_undo_judge_all(struct cox_undo_work *work, struct cox_err *reterr)
{
    bool is_settled = false;

    COX_TRY(judge_kinds(work, reterr));
    for (int round = 0; !is_settled; round++) {
        is_settled = true;
        if (round == ROUND_MAX) {
            return cox_fail(reterr, COX_TOO_LARGE,
                "records hang on each other more than %d deep: they cannot be undone in one go",
                ROUND_MAX);
        }
        for (size_t i = 0; i < work->plan.count; i++) {
            struct cox_undo_item *item = &work->plan.items[i];
            if (item->state != COX_UNDO_FREE) {
                continue;
            }
            COX_TRY(cox_undo_judge(work, item, reterr));
            is_settled = is_settled && item->state == COX_UNDO_FREE;
        }
    }
    return COX_OK;
}
