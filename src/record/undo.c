/* record/undo.c: carrying an undo out, chunk by chunk; single records where a chunk is refused. */
#include "record/undo.h"

#include <stdio.h>
#include <string.h>

#include "record/save.h"
#include "record/scope.h"
#include "record/store.h"
#include "record/undo_plan.h"

enum { PLAN_MEMORY_MAX = 512 << 20 };

struct run {
    struct cox_store *store;
    const struct cox_undo_opt *opt;
    struct cox_arena *arena;
    struct cox_undo_work work;
    struct cox_undo_report *report;
    int64_t batch;               /* of the undo's own commits; 0: none is needed */
    size_t from, to;             /* items of the chunk at hand */
    enum cox_undo_state *before; /* states of the chunk's items, for when it is refused */
    bool *was_done;              /* items that the chunk's commit has taken back */
    char note[64];
};

const char *cox_undo_state_text(enum cox_undo_state state)
{
    static const char *const texts[COX_UNDO_STATE_COUNT] = {
        [COX_UNDO_FREE] = "can be taken back",
        [COX_UNDO_DONE] = "was taken back",
        [COX_UNDO_CHANGED] = "was changed since",
        [COX_UNDO_REFERENCED] = "other records refer to it by now",
        [COX_UNDO_DANGLING] = "refers to a record that is no more",
        [COX_UNDO_ERASED] = "was erased",
        [COX_UNDO_REFUSED] = "is refused by a rule",
    };

    return texts[state];
}

/* ---- taking back one record ---- */

static bool is_boss(const struct cox_call *call)
{
    return (call->actor.roles & (COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR))) != 0;
}

static unsigned flags_of(const struct cox_call *call)
{
    return COX_SAVE_NO_REFERENCES | (is_boss(call) ? (unsigned)COX_SAVE_NO_RIGHTS : 0);
}

/* A later import of the same file must not think that the record is there. */
static enum cox_rc drop_external(struct cox_call *call, const struct cox_undo_item *item,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("DELETE FROM \"external_id\" WHERE \"entity\" = $1 AND \"id\" = $2"), &stmt,
        reterr));
    cox_stmt_bind_int(stmt, 1, item->entity);
    cox_stmt_bind_int(stmt, 2, item->id);
    return cox_stmt_run(stmt, reterr);
}

static enum cox_rc withdraw(struct cox_call *call, const struct cox_table *table,
    const struct cox_undo_item *item, struct cox_err *reterr)
{
    struct cox_stored stored;
    bool is_there;

    if (!is_boss(call)) {
        COX_TRY(cox_save_stored(call, table, item->id, &stored, &is_there, reterr));
        if (!is_there) {
            return COX_OK; /* made and removed by the same hand: nothing shows */
        }
        COX_TRY(cox_scope_check(call, table, &stored.row, NULL, reterr));
    }
    COX_TRY(drop_external(call, item, reterr));
    enum cox_rc rc = cox_save_withdraw(call, table, item->id, reterr);
    return rc == COX_MISSING ? COX_OK : rc; /* made and removed in one commit */
}

static enum cox_rc revert(struct cox_call *call, const struct cox_table *table,
    const struct cox_undo_item *item, const struct cox_row *row, struct cox_err *reterr)
{
    struct cox_change *changes = COX_NEW_ARRAY(call->arena, table->field_count, struct cox_change);

    if (changes == NULL) {
        return cox_no_memory(reterr);
    }
    for (uint32_t at = 0; at < table->field_count; at++) {
        changes[at] = (struct cox_change){at, row->values[at]};
    }
    return cox_save_change(call, table, item->id, 0, changes, table->field_count, flags_of(call),
        NULL, reterr);
}

static enum cox_rc rewrite(struct cox_call *call, const struct cox_table *table,
    const struct cox_undo_item *item, const struct cox_undo_before *before, struct cox_err *reterr)
{
    const struct cox_history_ask ask = {
        .table = table,
        .id = item->id,
        .versions = before->versions,
        .count = before->count,
        .end_us = before->was_there ? COX_FOREVER : before->versions[before->count - 1].row->to_us,
        .flags = flags_of(call) | COX_SAVE_KEEP_IMPORTED | COX_SAVE_NO_CHECK,
    };
    bool is_changed;
    int64_t id;

    return cox_save_put_history(call, &ask, &id, &is_changed, reterr);
}

static enum cox_rc take_back(struct run *run, const struct cox_undo_item *item,
    struct cox_err *reterr)
{
    struct cox_call *call = run->work.call;
    const struct cox_table *table = cox_registry_number(call->registry, item->entity);
    struct cox_undo_before before;
    int64_t id;

    if (item->kind == COX_UNDO_WITHDRAW) {
        return withdraw(call, table, item, reterr);
    }
    COX_TRY(cox_undo_read_before(&run->work, item, &before, reterr));
    struct cox_row *row = before.versions[before.count - 1].row;
    switch (item->kind) {
    case COX_UNDO_REVERT:
        return revert(call, table, item, row, reterr);
    case COX_UNDO_REVIVE:
        return cox_save_create(call, row, flags_of(call), &id, reterr);
    case COX_UNDO_REWRITE:
        return rewrite(call, table, item, &before, reterr);
    case COX_UNDO_WITHDRAW:
        break;
    }
    return COX_OK;
}

/* ---- a chunk ---- */

static enum cox_rc do_chunk(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct run *run = ctx;

    run->work.call = call;
    for (size_t i = run->from; i < run->to; i++) {
        struct cox_undo_item *item = &run->work.plan.items[i];
        item->state = run->before[i - run->from]; /* this may be the second time */
        run->was_done[i - run->from] = false;
        if (item->state != COX_UNDO_FREE) {
            continue;
        }
        COX_TRY(cox_undo_judge(&run->work, item, reterr));
        if (item->state == COX_UNDO_FREE) {
            COX_TRY(take_back(run, item, reterr));
            run->was_done[i - run->from] = true;
        } else if (run->opt->all_or_nothing) {
            return cox_fail(reterr, COX_CONFLICT, "a record %s: nothing was undone",
                cox_undo_state_text(item->state));
        }
    }
    return COX_OK;
}

/* The chunk's states, kept while it is tried; has room for it. */
static enum cox_rc try_chunk(struct run *run, struct cox_err *reterr)
{
    const struct cox_write_opt opt = {.actor = run->opt->actor,
        .cause = COX_CAUSE_UNDO,
        .batch = run->batch,
        .request = "undo",
        .note = run->note};
    const size_t count = run->to - run->from;
    struct cox_undo_item *items = run->work.plan.items + run->from;
    struct cox_commit commit = {0};

    for (size_t i = 0; i < count; i++) {
        run->before[i] = items[i].state;
    }
    enum cox_rc rc = cox_store_write(run->store, &opt, do_chunk, run, &commit, reterr);
    for (size_t i = 0; i < count; i++) {
        if (rc != COX_OK) {
            items[i].state = run->before[i];
        } else if (run->was_done[i]) {
            items[i].state = COX_UNDO_DONE;
        }
    }
    if (rc == COX_OK && commit.seq != 0) {
        run->report->commit_count++;
        run->report->last_seq = commit.seq;
    }
    return rc;
}

static void tell_left(struct run *run, const struct cox_undo_item *item, const char *why)
{
    if (run->opt->left != NULL) {
        run->opt->left(run->opt->ctx, item, why);
    }
}

static enum cox_rc try_singly(struct run *run, struct cox_err *reterr)
{
    const size_t from = run->from, to = run->to;
    struct cox_err err;
    char why[400];

    for (size_t i = from; i < to; i++) {
        run->from = i;
        run->to = i + 1;
        enum cox_rc rc = try_chunk(run, &err);
        if (rc != COX_OK && !cox_rc_is_refusal(rc)) {
            if (reterr != NULL) {
                *reterr = err;
            }
            return rc;
        }
        if (rc != COX_OK) {
            run->work.plan.items[i].state = COX_UNDO_REFUSED;
            cox_err_format(&err, why, sizeof(why));
            tell_left(run, &run->work.plan.items[i], why);
        }
    }
    return COX_OK;
}

static enum cox_rc run_chunks(struct run *run, size_t chunk, struct cox_err *reterr)
{
    const size_t count = run->work.plan.count;

    run->before = COX_NEW_ARRAY(run->arena, chunk, enum cox_undo_state);
    run->was_done = COX_NEW_ARRAY(run->arena, chunk, bool);
    if (run->before == NULL || run->was_done == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t at = 0; at < count; at += chunk) {
        run->from = at;
        run->to = count - at < chunk ? count : at + chunk;
        enum cox_rc rc = try_chunk(run, reterr);
        if (rc != COX_OK && (run->opt->all_or_nothing || !cox_rc_is_refusal(rc))) {
            return rc;
        }
        if (rc != COX_OK) {
            COX_TRY(try_singly(run, reterr));
        }
        if (run->opt->progress != NULL) {
            run->opt->progress(run->opt->ctx, (int64_t)(at + (run->to - at)), (int64_t)count);
        }
    }
    return COX_OK;
}

/* ---- the whole ---- */

static enum cox_rc plan_call(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct run *run = ctx;

    return cox_undo_plan_make(call, run->arena, &run->opt->target, &run->work, reterr);
}

static enum cox_rc check_whole(const struct run *run, struct cox_err *reterr)
{
    const struct cox_undo_plan *plan = &run->work.plan;

    if (!run->opt->all_or_nothing) {
        return COX_OK;
    }
    if (plan->counts[COX_UNDO_FREE] != plan->count) {
        return cox_fail(reterr, COX_CONFLICT,
            "%zu of %zu records cannot be taken back: nothing was undone",
            plan->count - plan->counts[COX_UNDO_FREE], plan->count);
    }
    return plan->count <= COX_UNDO_WHOLE_MAX
               ? COX_OK
               : cox_fail(reterr, COX_TOO_LARGE, "at most %d records can be undone in one commit",
                     COX_UNDO_WHOLE_MAX);
}

/* Several commits get a batch of their own, by which a later run knows what was done. */
static enum cox_rc open_batch(struct run *run, struct cox_err *reterr)
{
    char name[40];

    cox_undo_name(&run->opt->target, name);
    (void)snprintf(run->note, sizeof(run->note), "undo of %s", name);
    run->batch = run->work.undo_batch;
    if (run->batch != 0 || run->opt->all_or_nothing || run->work.plan.count <= COX_UNDO_CHUNK) {
        return COX_OK;
    }
    return cox_batch_open(run->store, run->opt->actor, "undo", name, &run->batch, reterr);
}

static enum cox_rc close_batches(struct run *run, struct cox_err *reterr)
{
    const size_t done = run->report->counts[COX_UNDO_DONE];

    if (run->batch != 0) {
        COX_TRY(cox_batch_close(run->store, run->batch, COX_BATCH_DONE, reterr));
    }
    if (run->opt->target.batch != 0 && done == run->work.plan.count) {
        COX_TRY(cox_batch_close(run->store, run->opt->target.batch, COX_BATCH_UNDONE, reterr));
    }
    return COX_OK;
}

static void count_states(struct run *run)
{
    for (size_t i = 0; i < run->work.plan.count; i++) {
        const struct cox_undo_item *item = &run->work.plan.items[i];
        run->report->counts[item->state]++;
        if (item->state != COX_UNDO_DONE && item->state != COX_UNDO_REFUSED) {
            tell_left(run, item,
                cox_undo_state_text(item->state)); /* refusals were told with why */
        }
    }
}

static enum cox_rc run_all(struct run *run, struct cox_err *reterr)
{
    const struct cox_read_opt read = {.actor = run->opt->actor};

    COX_TRY(cox_store_read(run->store, &read, plan_call, run, reterr));
    COX_TRY(check_whole(run, reterr));
    COX_TRY(open_batch(run, reterr));
    COX_TRY(
        run_chunks(run, run->opt->all_or_nothing ? run->work.plan.count : COX_UNDO_CHUNK, reterr));
    count_states(run);
    return close_batches(run, reterr);
}

enum cox_rc cox_undo(struct cox_store *store, const struct cox_undo_opt *opt,
    struct cox_undo_report *ret_report, struct cox_err *reterr)
{
    struct cox_undo_report report = {.commit_count = 0};
    struct run run = {.store = store, .opt = opt, .report = &report};

    run.arena = cox_arena_open(PLAN_MEMORY_MAX);
    if (run.arena == NULL) {
        return cox_no_memory(reterr);
    }
    enum cox_rc rc = run_all(&run, reterr);
    cox_arena_close(run.arena);
    if (rc == COX_OK) {
        *ret_report = report;
    }
    return rc;
}
