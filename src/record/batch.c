/* record/batch.c: many commits under one name, and bulk loading. */
#include "record/schema.h"
#include "record/store.h"

struct open_ask {
    const char *kind, *name;
    int64_t id;
};

static enum cox_rc insert_batch(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct open_ask *ask = ctx;
    COX_AUTO_STMT stmt = NULL;

    ask->id = call->commit.next_id++;
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            "INSERT INTO \"log_batch\" (\"id\", \"kind\", \"name\", \"actor\", \"started_us\", \"state\") "
            "VALUES ($1, $2, $3, $4, $5, $6)"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, ask->id);
    cox_stmt_bind_text(stmt, 2, cox_text_of(ask->kind));
    cox_stmt_bind_text(stmt, 3, cox_text_of(ask->name));
    cox_stmt_bind_int(stmt, 4, call->actor.user_id);
    cox_stmt_bind_int(stmt, 5, call->commit.at_us);
    cox_stmt_bind_int(stmt, 6, COX_BATCH_OPEN);
    call->commit.is_noted = true;
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_batch_open(struct cox_store *store, struct cox_actor actor, const char *kind,
    const char *name, int64_t *ret_batch, struct cox_err *reterr)
{
    const struct cox_write_opt opt = {.actor = actor, .cause = COX_CAUSE_CLI, .request = kind};
    struct cox_commit commit;

    return cox_batch_open_once(store, &opt, kind, name, ret_batch, &commit, reterr);
}

enum cox_rc cox_batch_open_once(struct cox_store *store, const struct cox_write_opt *opt,
    const char *kind, const char *name, int64_t *ret_batch, struct cox_commit *ret_commit,
    struct cox_err *reterr)
{
    struct open_ask ask = {kind, name, 0};

    COX_TRY(cox_store_write(store, opt, insert_batch, &ask, ret_commit, reterr));
    *ret_batch = ask.id;
    return COX_OK;
}

/* No two commits have the same instant, so that of its opening names a batch. */
enum cox_rc cox_batch_find_opened(struct cox_call *call, const struct cox_commit *commit,
    const char *kind, int64_t *ret_batch, struct cox_text *ret_mark, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT \"id\", \"mark\" FROM \"log_batch\" WHERE \"started_us\" = $1 AND "
                "\"actor\" = $2 AND \"kind\" = $3"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, commit->at_us);
    cox_stmt_bind_int(stmt, 2, call->actor.user_id);
    cox_stmt_bind_text(stmt, 3, cox_text_of(kind));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (!is_row) {
        return cox_fail(reterr, COX_MISSING, "there is no such batch");
    }
    *ret_batch = cox_stmt_int(stmt, 0);
    *ret_mark = cox_stmt_is_null(stmt, 1) ? (struct cox_text){0}
                                          : cox_arena_text(call->arena, cox_stmt_text(stmt, 1));
    return COX_OK;
}

struct close_ask {
    int64_t batch;
    enum cox_batch_state state;
};

static enum cox_rc update_batch(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct close_ask *ask = ctx;
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("UPDATE \"log_batch\" SET \"state\" = $1, \"ended_us\" = $2 WHERE \"id\" = $3"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, (int64_t)ask->state);
    cox_stmt_bind_int(stmt, 2, call->commit.at_us);
    cox_stmt_bind_int(stmt, 3, ask->batch);
    COX_TRY(cox_stmt_run(stmt, reterr));
    if (cox_stmt_changes(stmt) == 0) {
        return cox_fail(reterr, COX_MISSING, "there is no batch %lld", (long long)ask->batch);
    }
    call->commit.is_noted = true;
    return COX_OK;
}

enum cox_rc cox_batch_close(struct cox_store *store, int64_t batch, enum cox_batch_state state,
    struct cox_err *reterr)
{
    struct close_ask ask = {batch, state};
    const struct cox_write_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
        .cause = COX_CAUSE_CLI,
        .request = "batch"};

    return cox_store_write(store, &opt, update_batch, &ask, NULL, reterr);
}

enum cox_rc cox_batch_mark(struct cox_call *call, int64_t batch, struct cox_text mark,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    if (call->write == NULL) {
        return cox_fail(reterr, COX_INTERNAL, "a read cannot save");
    }
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("UPDATE \"log_batch\" SET \"mark\" = $1 WHERE \"id\" = $2"), &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, mark);
    cox_stmt_bind_int(stmt, 2, batch);
    call->commit.is_noted = true;
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_batch_find_open(struct cox_call *call, const char *kind, const char *name,
    int64_t *ret_batch, struct cox_text *ret_mark, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            "SELECT \"id\", \"mark\" FROM \"log_batch\" WHERE \"kind\" = $1 AND \"name\" = $2 AND "
            "\"state\" = 0 ORDER BY \"id\" DESC LIMIT 1"),
        &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, cox_text_of(kind));
    cox_stmt_bind_text(stmt, 2, cox_text_of(name));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_batch = is_row ? cox_stmt_int(stmt, 0) : 0;
    *ret_mark = is_row ? cox_arena_text(call->arena, cox_stmt_text(stmt, 1)) : (struct cox_text){0};
    return COX_OK;
}

/* ---- bulk loading ---- */

struct bulk_ask {
    const struct cox_entity *const *entities;
    size_t count;
};

static enum cox_rc drop_indexes(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct bulk_ask *ask = ctx;

    for (size_t i = 0; i < ask->count; i++) {
        COX_TRY(cox_schema_drop_indexes(call->db,
            cox_registry_entity(call->registry, ask->entities[i]), reterr));
    }
    call->commit.is_noted = true;
    return COX_OK;
}

static enum cox_rc make_indexes(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct bulk_ask *ask = ctx;

    for (size_t i = 0; i < ask->count; i++) {
        COX_TRY(cox_schema_make_indexes(call->db,
            cox_registry_entity(call->registry, ask->entities[i]), reterr));
    }
    call->commit.is_noted = true;
    return cox_schema_note(call->db, call->store->entities, reterr);
}

static enum cox_rc run_bulk(struct cox_store *store, cox_call_fn fn, struct bulk_ask *ask,
    struct cox_err *reterr)
{
    const struct cox_write_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
        .cause = COX_CAUSE_MIGRATE,
        .request = "bulk"};

    return cox_store_write(store, &opt, fn, ask, NULL, reterr);
}

enum cox_rc cox_bulk_begin(struct cox_store *store, const struct cox_entity *const *entities,
    size_t count, struct cox_err *reterr)
{
    struct bulk_ask ask = {entities, count};

    COX_TRY(run_bulk(store, drop_indexes, &ask, reterr));
    store->bulk_entities = entities;
    store->bulk_count = count;
    return COX_OK;
}

enum cox_rc cox_bulk_end(struct cox_store *store, struct cox_err *reterr)
{
    struct bulk_ask ask = {store->bulk_entities, store->bulk_count};

    if (store->bulk_count == 0) {
        return COX_OK;
    }
    COX_TRY(run_bulk(store, make_indexes, &ask, reterr));
    store->bulk_count = 0;
    return COX_OK;
}
