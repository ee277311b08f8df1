/* record/journal.c: the last commits and batches. */
#include "record/journal.h"

#include <assert.h>

static enum cox_rc may_look(struct cox_call *call, uint32_t limit, struct cox_err *reterr)
{
    unsigned roles = COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR);

    assert(limit >= 1 && limit <= COX_JOURNAL_MAX);
    return (cox_call_actor(call)->roles & roles) != 0
               ? COX_OK
               : cox_fail(reterr, COX_DENIED, "only administrators read the log");
}

const char *cox_cause_name(enum cox_cause cause)
{
    static const char *const names[COX_CAUSE_COUNT] = {"ui", "api", "import", "sync", "rule", "job",
        "cli", "undo", "erase", "migrate", "restore"};

    assert(cause < COX_CAUSE_COUNT);
    return names[cause];
}

const char *cox_batch_state_name(enum cox_batch_state state)
{
    static const char *const names[] = {"open", "done", "undone"};

    assert((size_t)state < COX_COUNT(names));
    return names[state];
}

/* Texts live until the next step: keep them. */
static enum cox_rc keep(struct cox_call *call, struct cox_text *text, struct cox_err *reterr)
{
    struct cox_text kept = cox_arena_text(cox_call_arena(call), *text);

    if (text->ptr != NULL && kept.ptr == NULL) {
        return cox_no_memory(reterr);
    }
    *text = kept;
    return COX_OK;
}

enum cox_rc cox_journal_commits(struct cox_call *call, uint32_t limit,
    const struct cox_journal_commit **ret_commits, size_t *ret_count, struct cox_err *reterr)
{
    struct cox_journal_commit *commits =
        COX_NEW_ARRAY(cox_call_arena(call), limit, struct cox_journal_commit);
    COX_AUTO_STMT stmt = NULL;
    size_t count = 0;

    if (commits == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(may_look(call, limit, reterr));
    COX_TRY(cox_db_prepare(cox_call_db(call),
        COX_LIT("SELECT \"l\".\"seq\", \"l\".\"at_us\", \"l\".\"actor\", \"l\".\"cause\", "
                "\"l\".\"batch\", \"l\".\"request\", \"l\".\"note\", (SELECT count(*) FROM "
                "\"log_row\" AS \"r\" WHERE \"r\".\"seq\" = \"l\".\"seq\") FROM \"log\" AS \"l\" "
                "WHERE \"l\".\"seq\" <= $1 ORDER BY \"l\".\"seq\" DESC LIMIT $2"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, cox_call_as_of(call).seq);
    cox_stmt_bind_int(stmt, 2, limit);
    for (bool is_row = true; is_row && count < limit;) {
        struct cox_journal_commit *commit = &commits[count];
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            break;
        }
        int64_t cause = cox_stmt_int(stmt, 3);
        if (cause < 0 || cause >= COX_CAUSE_COUNT) {
            return cox_fail(reterr, COX_CORRUPT, "commit %lld has an unknown cause",
                (long long)cox_stmt_int(stmt, 0));
        }
        *commit = (struct cox_journal_commit){.seq = cox_stmt_int(stmt, 0),
            .at_us = cox_stmt_int(stmt, 1),
            .actor_id = cox_stmt_int(stmt, 2),
            .cause = (enum cox_cause)cause,
            .batch = cox_stmt_int(stmt, 4),
            .request = cox_stmt_text(stmt, 5),
            .note = cox_stmt_text(stmt, 6),
            .change_count = cox_stmt_int(stmt, 7)};
        COX_TRY(keep(call, &commit->request, reterr));
        COX_TRY(keep(call, &commit->note, reterr));
        count++;
    }
    *ret_commits = commits;
    *ret_count = count;
    return COX_OK;
}

enum cox_rc cox_journal_batches(struct cox_call *call, uint32_t limit,
    const struct cox_journal_batch **ret_batches, size_t *ret_count, struct cox_err *reterr)
{
    struct cox_journal_batch *batches =
        COX_NEW_ARRAY(cox_call_arena(call), limit, struct cox_journal_batch);
    COX_AUTO_STMT stmt = NULL;
    size_t count = 0;

    if (batches == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(may_look(call, limit, reterr));
    COX_TRY(cox_db_prepare(cox_call_db(call),
        COX_LIT("SELECT \"b\".\"id\", \"b\".\"actor\", \"b\".\"started_us\", \"b\".\"ended_us\", "
                "\"b\".\"kind\", \"b\".\"name\", \"b\".\"state\", (SELECT count(*) FROM \"log\" AS "
                "\"l\" WHERE \"l\".\"batch\" = \"b\".\"id\") FROM \"log_batch\" AS \"b\" "
                "ORDER BY \"b\".\"id\" DESC LIMIT $1"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, limit);
    for (bool is_row = true; is_row && count < limit;) {
        struct cox_journal_batch *batch = &batches[count];
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            break;
        }
        int64_t state = cox_stmt_int(stmt, 6);
        if (state < COX_BATCH_OPEN || state > COX_BATCH_UNDONE) {
            return cox_fail(reterr, COX_CORRUPT, "batch %lld has an unknown state",
                (long long)cox_stmt_int(stmt, 0));
        }
        *batch = (struct cox_journal_batch){.id = cox_stmt_int(stmt, 0),
            .actor_id = cox_stmt_int(stmt, 1),
            .started_us = cox_stmt_int(stmt, 2),
            .ended_us = cox_stmt_int(stmt, 3),
            .kind = cox_stmt_text(stmt, 4),
            .name = cox_stmt_text(stmt, 5),
            .state = (enum cox_batch_state)state,
            .commit_count = cox_stmt_int(stmt, 7)};
        COX_TRY(keep(call, &batch->kind, reterr));
        COX_TRY(keep(call, &batch->name, reterr));
        count++;
    }
    *ret_batches = batches;
    *ret_count = count;
    return COX_OK;
}

enum cox_rc cox_journal_commit(struct cox_call *call, int64_t seq,
    struct cox_journal_commit *ret_commit, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(call),
        COX_LIT(
            "SELECT \"at_us\", \"actor\", \"cause\", \"batch\", \"note\" FROM \"log\" WHERE \"seq\" = $1"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, seq);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (!is_row || cox_stmt_int(stmt, 2) < 0 || cox_stmt_int(stmt, 2) >= COX_CAUSE_COUNT) {
        return cox_fail(reterr, COX_MISSING, "there is no commit %lld", (long long)seq);
    }
    *ret_commit = (struct cox_journal_commit){.seq = seq,
        .at_us = cox_stmt_int(stmt, 0),
        .actor_id = cox_stmt_int(stmt, 1),
        .cause = (enum cox_cause)cox_stmt_int(stmt, 2),
        .batch = cox_stmt_int(stmt, 3),
        .note = cox_stmt_text(stmt, 4)};
    return keep(call, &ret_commit->note, reterr);
}

enum cox_rc cox_journal_made(struct cox_call *call, int64_t seq, const struct cox_entity *entity,
    int64_t *ret_id, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(cox_call_db(call),
        COX_LIT(
            "SELECT MIN(\"id\") FROM \"log_row\" WHERE \"seq\" = $1 AND \"entity\" = $2 AND \"op\" = $3"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, seq);
    cox_stmt_bind_int(stmt, 2, entity->number);
    cox_stmt_bind_int(stmt, 3, 'c');
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (!is_row || cox_stmt_is_null(stmt, 0)) {
        return cox_fail(reterr, COX_MISSING, "commit %lld made no %s", (long long)seq,
            entity->name);
    }
    *ret_id = cox_stmt_int(stmt, 0);
    return COX_OK;
}

enum cox_rc cox_journal_changes(struct cox_call *call, int64_t after_seq, int64_t until_seq,
    size_t limit, const struct cox_journal_change **ret_changes, size_t *ret_count,
    bool *ret_is_cut, struct cox_err *reterr)
{
    struct cox_journal_change *changes =
        COX_NEW_ARRAY(cox_call_arena(call), limit + 1, struct cox_journal_change);
    COX_AUTO_STMT stmt = NULL;
    size_t count = 0;
    bool is_row;

    if (changes == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_db_prepare(cox_call_db(call),
        COX_LIT(
            "SELECT \"seq\", \"entity\", \"id\", \"op\" FROM \"log_row\" WHERE \"seq\" > $1 AND "
            "\"seq\" <= $2 ORDER BY \"seq\", \"entity\", \"id\" LIMIT $3"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, after_seq);
    cox_stmt_bind_int(stmt, 2, until_seq);
    cox_stmt_bind_int(stmt, 3, (int64_t)limit + 1);
    for (;;) {
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            break;
        }
        changes[count++] = (struct cox_journal_change){.seq = cox_stmt_int(stmt, 0),
            .entity = (uint16_t)cox_stmt_int(stmt, 1),
            .id = cox_stmt_int(stmt, 2),
            .op = (char)cox_stmt_int(stmt, 3)};
    }
    *ret_is_cut = count > limit;
    *ret_changes = changes;
    *ret_count = *ret_is_cut ? 0 : count;
    return COX_OK;
}

enum cox_rc cox_journal_has_batch(struct cox_call *call, const char *kind, bool *ret_has,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(cox_call_db(call),
        COX_LIT("SELECT 1 FROM \"log_batch\" WHERE \"kind\" = $1 AND \"state\" <> $2 LIMIT 1"),
        &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, cox_text_of(kind));
    cox_stmt_bind_int(stmt, 2, COX_BATCH_UNDONE);
    return cox_stmt_step(stmt, ret_has, reterr);
}
