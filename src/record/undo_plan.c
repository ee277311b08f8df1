/* record/undo_plan.c: which records a commit or batch touched, and in what order they are taken back. */
#include "record/undo_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/sql.h"
#include "record/store.h"

enum { COMMIT_PAGE = 200 };

void cox_undo_name(const struct cox_undo_target *target, char ret_name[40])
{
    (void)snprintf(ret_name, 40, "%s %lld", target->batch != 0 ? "batch" : "commit",
        (long long)(target->batch != 0 ? target->batch : target->seq));
}

/* ---- the target's commits ---- */

static enum cox_rc check_batch(struct cox_undo_work *work, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(work->call->db, COX_LIT("SELECT 1 FROM \"log_batch\" WHERE \"id\" = $1"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, work->target.batch);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    return is_row ? COX_OK
                  : cox_fail(reterr, COX_MISSING, "there is no batch %lld",
                        (long long)work->target.batch);
}

static enum cox_rc add_commit(struct cox_undo_work *work, struct cox_stmt *stmt, int64_t *ret_seq,
    struct cox_err *reterr)
{
    *ret_seq = cox_stmt_int(stmt, 0);
    if (cox_stmt_int(stmt, 2) == COX_CAUSE_ERASE) {
        return cox_fail(reterr, COX_UNSUPPORTED, "an erasure cannot be undone");
    }
    if (cox_stmt_int(stmt, 3) != work->call->actor.user_id) {
        work->is_foreign = true;
    }
    return cox_imap_put(work->commits, *ret_seq, (uint64_t)cox_stmt_int(stmt, 1), reterr);
}

static enum cox_rc read_commits(struct cox_undo_work *work, struct cox_err *reterr)
{
    const bool is_batch = work->target.batch != 0;
    COX_AUTO_STMT stmt = NULL;
    int64_t seq = 0;
    bool is_row;

    COX_TRY(cox_db_prepare(work->call->db,
        is_batch ? COX_LIT("SELECT \"seq\", \"at_us\", \"cause\", \"actor\" FROM \"log\""
                           " WHERE \"batch\" = $1 ORDER BY \"seq\"")
                 : COX_LIT("SELECT \"seq\", \"at_us\", \"cause\", \"actor\" FROM \"log\""
                           " WHERE \"seq\" = $1"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, is_batch ? work->target.batch : work->target.seq);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (!is_row && !is_batch) {
        return cox_fail(reterr, COX_MISSING, "there is no commit %lld",
            (long long)work->target.seq);
    }
    while (is_row) {
        COX_TRY(add_commit(work, stmt, &seq, reterr));
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

static enum cox_rc check_authority(const struct cox_undo_work *work, struct cox_err *reterr)
{
    const unsigned any = COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR);

    if ((work->call->actor.roles & any) == 0 && work->is_foreign) {
        return cox_fail(reterr, COX_DENIED,
            "only an administrator may undo what somebody else has done");
    }
    return COX_OK;
}

/* ---- the records they touched ---- */

static enum cox_rc grow(struct cox_undo_work *work, size_t *room, struct cox_err *reterr)
{
    struct cox_undo_plan *plan = &work->plan;

    if (plan->count < *room) {
        return COX_OK;
    }
    if (plan->count >= COX_UNDO_RECORDS_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "more than %d records cannot be undone in one go",
            COX_UNDO_RECORDS_MAX);
    }
    *room = *room == 0 ? 256 : *room * 2;
    struct cox_undo_item *items = COX_NEW_ARRAY(work->arena, *room, struct cox_undo_item);
    if (items == NULL) {
        return cox_no_memory(reterr);
    }
    if (plan->count > 0) {
        memcpy(items, plan->items, plan->count * sizeof(*items));
    }
    plan->items = items;
    return COX_OK;
}

/* One row of the log: seq, entity, id, op. */
static enum cox_rc add_row(struct cox_undo_work *work, struct cox_stmt *stmt, size_t *room,
    struct cox_err *reterr)
{
    const int64_t seq = cox_stmt_int(stmt, 0), id = cox_stmt_int(stmt, 2);
    const uint16_t entity = (uint16_t)cox_stmt_int(stmt, 1);
    const char op = (char)cox_stmt_int(stmt, 3);
    uint64_t *place;
    bool is_new;

    COX_TRY(grow(work, room, reterr));
    COX_TRY(cox_imap_add(work->by_record, cox_record_key(entity, id), work->plan.count, &place,
        &is_new, reterr));
    struct cox_undo_item *item = &work->plan.items[*place];
    if (is_new) {
        *item =
            (struct cox_undo_item){.entity = entity, .id = id, .first_seq = seq, .first_op = op};
        work->plan.count++;
    }
    item->last_seq = seq;
    item->last_op = op;
    item->has_history = item->has_history || op == 'h' || op == 'w';
    return COX_OK;
}

/* The log is read by ranges of seq, so that no page depends on what was read before. */
static enum cox_rc read_rows_of_batch(struct cox_undo_work *work, size_t *room,
    struct cox_err *reterr)
{
    int64_t from = 0, to = 0;

    for (;;) {
        COX_AUTO_STMT range = NULL;
        COX_AUTO_STMT stmt = NULL;
        bool is_row;
        COX_TRY(cox_db_prepare(work->call->db,
            COX_LIT("SELECT MAX(\"seq\") FROM (SELECT \"seq\" FROM \"log\" WHERE \"batch\" = $1"
                    " AND \"seq\" > $2 ORDER BY \"seq\" LIMIT $3) AS \"page\""),
            &range, reterr));
        cox_stmt_bind_int(range, 1, work->target.batch);
        cox_stmt_bind_int(range, 2, from);
        cox_stmt_bind_int(range, 3, COMMIT_PAGE);
        COX_TRY(cox_stmt_step(range, &is_row, reterr));
        if (!is_row || cox_stmt_is_null(range, 0)) {
            return COX_OK;
        }
        to = cox_stmt_int(range, 0);
        COX_TRY(cox_db_prepare(work->call->db,
            COX_LIT("SELECT r.\"seq\", r.\"entity\", r.\"id\", r.\"op\" FROM \"log\" l"
                    " JOIN \"log_row\" r ON r.\"seq\" = l.\"seq\" WHERE l.\"batch\" = $1"
                    " AND l.\"seq\" > $2 AND l.\"seq\" <= $3 ORDER BY 1, 2, 3"),
            &stmt, reterr));
        cox_stmt_bind_int(stmt, 1, work->target.batch);
        cox_stmt_bind_int(stmt, 2, from);
        cox_stmt_bind_int(stmt, 3, to);
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        while (is_row) {
            COX_TRY(add_row(work, stmt, room, reterr));
            COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        }
        from = to;
    }
}

static enum cox_rc read_rows_of_commit(struct cox_undo_work *work, size_t *room,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(work->call->db,
        COX_LIT("SELECT \"seq\", \"entity\", \"id\", \"op\" FROM \"log_row\" WHERE \"seq\" = $1"
                " ORDER BY \"entity\", \"id\""),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, work->target.seq);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        COX_TRY(add_row(work, stmt, room, reterr));
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

/* ---- what an earlier run has done ---- */

static enum cox_rc mark_done(struct cox_undo_work *work, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    uint64_t at;
    bool is_row;

    COX_TRY(cox_db_prepare(work->call->db,
        COX_LIT("SELECT r.\"entity\", r.\"id\" FROM \"log\" l JOIN \"log_row\" r"
                " ON r.\"seq\" = l.\"seq\" WHERE l.\"batch\" = $1"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, work->undo_batch);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        int64_t key = cox_record_key((uint16_t)cox_stmt_int(stmt, 0), cox_stmt_int(stmt, 1));
        if (cox_imap_find(work->by_record, key, &at)) {
            work->plan.items[at].state = COX_UNDO_DONE;
        }
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

static enum cox_rc find_earlier_run(struct cox_undo_work *work, struct cox_err *reterr)
{
    struct cox_text mark;
    char name[40];

    cox_undo_name(&work->target, name);
    COX_TRY(cox_batch_find_open(work->call, "undo", name, &work->undo_batch, &mark, reterr));
    return work->undo_batch == 0 ? COX_OK : mark_done(work, reterr);
}

/* ---- order ---- */

/*
 * One commit: what goes first, so that its unique values are free again. Several: what comes back
 * first, so that between two commits no reference leads nowhere.
 */
static int rank_of(const struct cox_undo_item *item, bool is_one)
{
    static const int ranks[2][4] = {
        [0] = {[COX_UNDO_WITHDRAW] = 3,
            [COX_UNDO_REVERT] = 2,
            [COX_UNDO_REWRITE] = 1,
            [COX_UNDO_REVIVE] = 0},
        [1] = {[COX_UNDO_WITHDRAW] = 0,
            [COX_UNDO_REVERT] = 1,
            [COX_UNDO_REWRITE] = 2,
            [COX_UNDO_REVIVE] = 3},
    };

    return ranks[is_one ? 1 : 0][item->kind];
}

static int by_rank(const struct cox_undo_item *left, const struct cox_undo_item *right, bool is_one)
{
    int difference = rank_of(left, is_one) - rank_of(right, is_one);

    if (difference != 0) {
        return difference;
    }
    if (left->entity != right->entity) {
        return left->entity < right->entity ? -1 : 1;
    }
    return left->id < right->id ? -1 : left->id > right->id;
}

static int by_rank_in_one(const void *a, const void *b)
{
    return by_rank(a, b, true);
}

static int by_rank_in_several(const void *a, const void *b)
{
    return by_rank(a, b, false);
}

static enum cox_rc sort(struct cox_undo_work *work, struct cox_err *reterr)
{
    struct cox_undo_plan *plan = &work->plan;

    qsort(plan->items, plan->count, sizeof(*plan->items),
        plan->count <= COX_UNDO_CHUNK ? by_rank_in_one : by_rank_in_several);
    for (size_t i = 0; i < plan->count; i++) {
        const struct cox_undo_item *item = &plan->items[i];
        plan->counts[item->state]++;
        COX_TRY(cox_imap_put(work->by_record, cox_record_key(item->entity, item->id), i, reterr));
    }
    return COX_OK;
}

/* ---- the plan ---- */

enum cox_rc cox_undo_plan_make(struct cox_call *call, struct cox_arena *arena,
    const struct cox_undo_target *target, struct cox_undo_work *ret_work, struct cox_err *reterr)
{
    size_t room = 0;

    *ret_work = (struct cox_undo_work){.call = call, .arena = arena, .target = *target};
    if ((target->seq == 0) == (target->batch == 0)) {
        return cox_fail(reterr, COX_INVALID, "name one commit or one batch");
    }
    COX_TRY(cox_imap_open_in(arena, 64, &ret_work->commits, reterr));
    COX_TRY(cox_imap_open_in(arena, 64, &ret_work->by_record, reterr));
    if (target->batch != 0) {
        COX_TRY(check_batch(ret_work, reterr));
    }
    COX_TRY(read_commits(ret_work, reterr));
    COX_TRY(check_authority(ret_work, reterr));
    COX_TRY(target->batch != 0 ? read_rows_of_batch(ret_work, &room, reterr)
                               : read_rows_of_commit(ret_work, &room, reterr));
    if (ret_work->plan.count == 0) {
        return cox_fail(reterr, COX_INVALID, "it changed no records: there is nothing to undo");
    }
    COX_TRY(find_earlier_run(ret_work, reterr));
    COX_TRY(cox_undo_judge_all(ret_work, reterr));
    return sort(ret_work, reterr);
}

enum cox_rc cox_undo_preview(struct cox_call *call, const struct cox_undo_target *target,
    struct cox_undo_plan *ret_plan, struct cox_err *reterr)
{
    struct cox_undo_work work;

    COX_TRY(cox_undo_plan_make(call, call->arena, target, &work, reterr));
    *ret_plan = work.plan;
    return COX_OK;
}
