/*
 * record/write.c: the one writer. Functions queue up; a group of them runs in one transaction, each
 * in its own savepoint; nobody is answered before the group is durable.
 *
 * Order: the group begins by updating the single row of log_head, whose lock is held to the commit,
 * so seq is dense also with several nodes on one PostgreSQL; at_us = max(clock, last + 1).
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "record/digest.h"
#include "record/schema.h"
#include "record/store.h"

enum {
    GROUP_MAX_SQLITE = 64,
    GROUP_MAX_POSTGRES = 48
}; /* savepoints a transaction: docs/record-engine.md */

struct request {
    const struct cox_write_opt *opt;
    cox_call_fn fn;
    void *ctx;
    struct cox_commit commit;
    struct cox_err err;
    enum cox_rc rc;
    bool is_done;
    unsigned turn; /* of the writer's when it was queued */
    struct request *next;
};

struct cox_writer {
    struct cox_db *db;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wanted;
    pthread_cond_t answered[2]; /* by turn, so that who waits for the next group sleeps on */
    unsigned turn;              /* groups taken */
    struct request *first, **last;
    bool is_closing, is_started;
    bool knows_tail
        [COX_ENTITY_NUMBER_MAX]; /* store->tails counts what earlier processes left, too */
    int64_t head_seq; /* newest commit of the group at hand, and whose records it touches */
    bool touched[COX_ENTITY_NUMBER_MAX];
    int64_t group_id; /* of the group at hand, looked up after a lost connection */
};

/* ---- one function's commit ---- */

static int by_record(const void *a, const void *b)
{
    const struct cox_entry *left = a, *right = b;

    if (left->entity != right->entity) {
        return left->entity < right->entity ? -1 : 1;
    }
    return left->id < right->id ? -1 : left->id > right->id;
}

static enum cox_rc settle(struct cox_call *call, struct cox_err *reterr)
{
    struct cox_commit_state *commit = &call->commit;

    for (size_t i = 0; i < call->registry->table_count; i++) {
        const struct cox_entity *entity = call->registry->tables[i]->table.entity;
        struct cox_edit *edits;
        size_t count = 0;
        if (entity->settle == NULL) {
            continue;
        }
        edits = COX_NEW_ARRAY(call->arena, commit->count, struct cox_edit);
        if (edits == NULL) {
            return cox_no_memory(reterr);
        }
        for (size_t j = 0; j < commit->count; j++) {
            bool is_edit = commit->entries[j].before != NULL || commit->entries[j].after != NULL;
            if (commit->entries[j].entity == entity->number && is_edit) { /* a share is none */
                edits[count++] = (struct cox_edit){commit->entries[j].id, commit->entries[j].before,
                    commit->entries[j].after};
            }
        }
        if (count > 0) {
            COX_TRY(entity->settle(call, edits, count, reterr));
        }
    }
    return COX_OK;
}

static enum cox_rc insert_log_rows(struct cox_call *call, struct cox_err *reterr)
{
    struct cox_commit_state *commit = &call->commit;
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            "INSERT INTO \"log_row\" (\"seq\", \"entity\", \"id\", \"op\") VALUES ($1, $2, $3, $4)"),
        &stmt, reterr));
    for (size_t i = 0; i < commit->count; i++) {
        cox_stmt_bind_int(stmt, 1, commit->seq);
        cox_stmt_bind_int(stmt, 2, commit->entries[i].entity);
        cox_stmt_bind_int(stmt, 3, commit->entries[i].id);
        cox_stmt_bind_int(stmt, 4, commit->entries[i].op);
        COX_TRY(cox_stmt_run(stmt, reterr));
    }
    return COX_OK;
}

static enum cox_rc insert_log(struct cox_call *call, const struct cox_log_line *line,
    const unsigned char digest[COX_DIGEST_SIZE], struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT(
            "INSERT INTO \"log\" (\"seq\", \"at_us\", \"actor\", \"cause\", \"batch\", \"request\", "
            "\"note\", \"digest\") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, line->seq);
    cox_stmt_bind_int(stmt, 2, line->at_us);
    cox_stmt_bind_int(stmt, 3, line->actor);
    cox_stmt_bind_int(stmt, 4, line->cause);
    if (line->batch == 0) {
        cox_stmt_bind_null(stmt, 5);
    } else {
        cox_stmt_bind_int(stmt, 5, line->batch);
    }
    cox_stmt_bind_text(stmt, 6, line->request);
    cox_stmt_bind_text(stmt, 7, line->note);
    cox_stmt_bind_bytes(stmt, 8, (struct cox_text){(const char *)digest, COX_DIGEST_SIZE});
    return cox_stmt_run(stmt, reterr);
}

/* Keys are kept for 24 hours. */
static enum cox_rc drop_old_keys(struct cox_call *call, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db, COX_LIT("DELETE FROM \"idempotency\" WHERE \"at_us\" < $1"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, call->commit.at_us - COX_DAY_US);
    return cox_stmt_run(stmt, reterr);
}

static enum cox_rc insert_key(struct cox_call *call, struct cox_err *reterr)
{
    const struct cox_write_opt *opt = call->write;
    COX_AUTO_STMT stmt = NULL;

    if (opt->key.ptr == NULL) {
        return COX_OK;
    }
    COX_TRY(drop_old_keys(call, reterr));
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("INSERT INTO \"idempotency\" (\"actor\", \"name\", \"hash\", \"seq\", \"at_us\") "
                "VALUES ($1, $2, $3, $4, $5)"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, opt->actor.user_id);
    cox_stmt_bind_text(stmt, 2, opt->key);
    cox_stmt_bind_bytes(stmt, 3, opt->key_hash.ptr == NULL ? COX_LIT("-") : opt->key_hash);
    cox_stmt_bind_int(stmt, 4, call->commit.seq);
    cox_stmt_bind_int(stmt, 5, call->commit.at_us);
    return cox_stmt_run(stmt, reterr);
}

/* Log, chain and key of what fn did; moves head on. */
static enum cox_rc finish(struct cox_call *call, struct cox_head_state *head,
    struct cox_err *reterr)
{
    struct cox_commit_state *commit = &call->commit;
    const struct cox_log_line line = {
        .seq = commit->seq,
        .at_us = commit->at_us,
        .actor = call->actor.user_id,
        .cause = (int64_t)call->write->cause,
        .batch = call->write->batch,
        .request = cox_text_of(call->write->request),
        .note = cox_text_of(call->write->note),
    };
    struct cox_digest link;
    unsigned char digest[COX_DIGEST_SIZE];

    COX_TRY(settle(call, reterr));
    if (commit->count > 0) {
        qsort(commit->entries, commit->count, sizeof(*commit->entries), by_record);
    }
    cox_digest_link_begin(&link, head->digest, &line);
    for (size_t i = 0; i < commit->count; i++) {
        call->store->writer->touched[commit->entries[i].entity] = true;
        cox_digest_link_entry(&link, &commit->entries[i]);
    }
    cox_digest_done(&link, digest);
    COX_TRY(insert_log_rows(call, reterr));
    COX_TRY(insert_log(call, &line, digest, reterr));
    COX_TRY(insert_key(call, reterr));
    head->seq = commit->seq;
    head->at_us = commit->at_us;
    head->next_id = commit->next_id;
    head->schema_seq = commit->is_schema_changed ? commit->seq : head->schema_seq;
    memcpy(head->digest, digest, COX_DIGEST_SIZE);
    return COX_OK;
}

/* Has this actor used the key before? Then the first commit answers, if the request is the same. */
static enum cox_rc find_key(struct cox_db *db, struct request *request, bool *ret_is_repeated,
    struct cox_err *reterr)
{
    const struct cox_write_opt *opt = request->opt;
    struct cox_text hash = opt->key_hash.ptr == NULL ? COX_LIT("-") : opt->key_hash;
    COX_AUTO_STMT stmt = NULL;

    *ret_is_repeated = false;
    if (opt->key.ptr == NULL) {
        return COX_OK;
    }
    COX_TRY(cox_db_prepare(db,
        COX_LIT("SELECT \"hash\", \"seq\", \"at_us\" FROM \"idempotency\" WHERE \"actor\" = $1 AND "
                "\"name\" = $2"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, opt->actor.user_id);
    cox_stmt_bind_text(stmt, 2, opt->key);
    COX_TRY(cox_stmt_step(stmt, ret_is_repeated, reterr));
    if (!*ret_is_repeated) {
        return COX_OK;
    }
    if (!cox_text_same(cox_stmt_text(stmt, 0), hash)) {
        return cox_fail(reterr, COX_CONFLICT, "this Idempotency-Key was used for another request");
    }
    request->commit = (struct cox_commit){.seq = cox_stmt_int(stmt, 1),
        .at_us = cox_stmt_int(stmt, 2),
        .repeated = true};
    return COX_OK;
}

static enum cox_rc run_call(struct cox_store *store, struct request *request,
    const struct cox_registry *registry, struct cox_head_state *head, bool *ret_is_changed,
    struct cox_err *reterr)
{
    struct cox_db *db = store->writer->db;
    struct cox_call call;
    bool is_repeated;
    enum cox_rc rc;

    *ret_is_changed = false;
    COX_TRY(find_key(db, request, &is_repeated, reterr));
    if (is_repeated) {
        return COX_OK;
    }
    rc = cox_call_begin(store, db, request->opt->actor, registry, &call, reterr);
    if (rc == COX_OK) {
        call.write = request->opt;
        call.is_now = true;
        call.now_us = call.now_us > head->at_us ? call.now_us : head->at_us + 1;
        call.commit.seq = head->seq + 1;
        call.commit.at_us = call.now_us;
        call.commit.next_id = head->next_id;
        call.as_of = (struct cox_as_of){call.now_us, head->seq + 1};
        call.as_of_day = call.today;
        rc = request->fn(&call, request->ctx, reterr);
    }
    if (rc == COX_OK &&
        (call.commit.count > 0 || call.commit.is_noted || request->opt->key.ptr != NULL)) {
        rc = finish(&call, head, reterr);
        *ret_is_changed = true;
        request->commit = (struct cox_commit){.seq = call.commit.seq, .at_us = call.commit.at_us};
    }
    cox_arena_close(call.arena);
    return rc;
}

/* ---- a group ---- */

static enum cox_rc lock_head(struct cox_writer *writer, struct cox_head_state *ret_head,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(writer->db,
        COX_LIT("UPDATE \"log_head\" SET \"group_id\" = $1 WHERE \"one\" = 1"), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, writer->group_id);
    COX_TRY(cox_stmt_run(stmt, reterr));
    return cox_head_read(writer->db, ret_head, reterr);
}

static enum cox_rc save_head(struct cox_writer *writer, const struct cox_head_state *head,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(writer->db,
        COX_LIT("UPDATE \"log_head\" SET \"seq\" = $1, \"at_us\" = $2, \"next_id\" = $3, "
                "\"schema_seq\" = $4, \"digest\" = $5 WHERE \"one\" = 1"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, head->seq);
    cox_stmt_bind_int(stmt, 2, head->at_us);
    cox_stmt_bind_int(stmt, 3, head->next_id);
    cox_stmt_bind_int(stmt, 4, head->schema_seq);
    cox_stmt_bind_bytes(stmt, 5, (struct cox_text){(const char *)head->digest, COX_DIGEST_SIZE});
    return cox_stmt_run(stmt, reterr);
}

/* One function in its savepoint. Returns not OK only when the whole transaction is lost. */
static enum cox_rc run_one(struct cox_store *store, struct request *request,
    const struct cox_registry *registry, struct cox_head_state *head)
{
    struct cox_db *db = store->writer->db;
    const struct cox_head_state before = *head;
    bool is_changed = false;

    request->commit = (struct cox_commit){0};
    request->rc = cox_db_savepoint(db, &request->err);
    if (request->rc != COX_OK) {
        return request->rc;
    }
    request->rc = run_call(store, request, registry, head, &is_changed, &request->err);
    if (request->rc == COX_OK) {
        request->rc = cox_db_release(db, &request->err); /* what was sent ahead fails here */
        if (request->rc == COX_OK) {
            return COX_OK;
        }
    }
    *head = before;
    request->commit = (struct cox_commit){0};
    if (cox_db_lost(db)) {
        return request->rc;
    }
    struct cox_err err;
    return cox_db_rollback_savepoint(db, &err);
}

static void fail_all(struct request *first, enum cox_rc rc, const struct cox_err *err)
{
    for (struct request *request = first; request != NULL; request = request->next) {
        request->rc = rc;
        request->err = *err;
        request->commit = (struct cox_commit){0};
    }
}

/* After a connection lost during COMMIT: did the group make it? */
static enum cox_rc look_up_group(struct cox_writer *writer, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    if (cox_db_reconnect(writer->db, NULL) != COX_OK) {
        return COX_UNKNOWN_OUTCOME;
    }
    if (cox_db_prepare(writer->db, COX_LIT("SELECT \"group_id\" FROM \"log_head\""), &stmt, NULL) !=
            COX_OK ||
        cox_stmt_step(stmt, &is_row, NULL) != COX_OK || !is_row) {
        return COX_UNKNOWN_OUTCOME;
    }
    if (cox_stmt_int(stmt, 0) == writer->group_id) {
        return COX_OK;
    }
    return cox_fail(reterr, COX_BUSY,
        "the connection to the database was lost; nothing was saved, try again");
}

/* Requests behind one that changed the fields: they wait for a group that knows them. */
static void put_back(struct cox_writer *writer, struct request *after)
{
    struct request *rest = after->next, **end = &rest;

    after->next = NULL;
    if (rest == NULL) {
        return;
    }
    while (*end != NULL) {
        end = &(*end)->next;
    }
    (void)pthread_mutex_lock(&writer->lock);
    *end = writer->first;
    if (writer->first == NULL) {
        writer->last = end;
    }
    writer->first = rest;
    (void)pthread_mutex_unlock(&writer->lock);
}

static enum cox_rc run_group_inside(struct cox_store *store, struct request *first,
    struct cox_err *reterr)
{
    struct cox_writer *writer = store->writer;
    struct cox_registry *registry = NULL;
    struct cox_head_state head;
    enum cox_rc rc = COX_OK;

    COX_TRY(lock_head(writer, &head, reterr));
    int64_t seq = head.seq, schema_seq = head.schema_seq;
    memset(writer->touched, 0, sizeof(writer->touched));
    COX_TRY(cox_registry_use(store, writer->db, head.schema_seq, &registry, reterr));
    for (struct request *request = first; rc == COX_OK && request != NULL;
         request = request->next) {
        rc = run_one(store, request, registry, &head);
        if (rc != COX_OK) {
            *reterr = request->err;
        } else if (head.schema_seq != schema_seq) {
            put_back(writer, request);
        }
    }
    cox_registry_unuse(store, registry);
    COX_TRY(rc);
    writer->head_seq = head.seq;
    return head.seq == seq ? COX_OK : save_head(writer, &head, reterr);
}

static void run_group(struct cox_store *store, struct request *first)
{
    struct cox_writer *writer = store->writer;
    struct cox_err err = {0};
    enum cox_rc rc;

    cox_store_random(store, &writer->group_id, sizeof(writer->group_id));
    writer->group_id &= INT64_MAX;
    rc = cox_db_begin(writer->db, COX_BEGIN_WRITE, &err);
    if (rc != COX_OK && cox_db_lost(writer->db) && cox_db_reconnect(writer->db, &err) == COX_OK) {
        rc = cox_db_begin(writer->db, COX_BEGIN_WRITE, &err);
    }
    if (rc == COX_OK) {
        rc = run_group_inside(store, first, &err);
        if (rc != COX_OK) {
            cox_db_rollback(writer->db);
        }
    }
    if (rc == COX_OK) {
        rc = cox_db_commit(writer->db, &err);
        if (rc == COX_UNKNOWN_OUTCOME) {
            rc = look_up_group(writer, &err);
        }
    }
    if (rc != COX_OK) {
        fail_all(first, rc, &err);
        return;
    }
    for (uint16_t entity = 1; entity < COX_COUNT(writer->touched); entity++) {
        if (writer->touched[entity]) {
            cox_name_memo_touch(store->names, entity, writer->head_seq);
        }
    }
    cox_head_note(store, writer->head_seq, true);
}

/* ---- the tail of the past: schema.h ---- */

static enum cox_rc settle_tail(struct cox_writer *writer, const struct cox_entity *entity,
    struct cox_err *reterr)
{
    enum cox_rc rc;

    COX_TRY(cox_db_begin(writer->db, COX_BEGIN_WRITE, reterr));
    rc = cox_schema_settle(writer->db, entity, reterr);
    if (rc == COX_OK) {
        return cox_db_commit(writer->db, reterr);
    }
    cox_db_rollback(writer->db);
    return rc;
}

/* After a group. When it fails nothing is lost: the tail is longer, and its turn comes again. */
static void look_at_tails(struct cox_store *store)
{
    struct cox_writer *writer = store->writer;
    int64_t stored;

    for (size_t i = 0; store->entities[i] != NULL; i++) {
        const struct cox_entity *entity = store->entities[i];
        int64_t *count = &store->tails[entity->number];
        if (*count > 0 && !writer->knows_tail[entity->number] &&
            cox_schema_tail(writer->db, entity, &stored, NULL) == COX_OK) {
            *count = stored;
            writer->knows_tail[entity->number] = true;
        }
        if (*count >= store->tail_max) {
            *count = settle_tail(writer, entity, NULL) == COX_OK ? 0 : *count / 2;
        }
    }
}

/* ---- the thread ---- */

static struct request *take_group(struct cox_store *store)
{
    struct cox_writer *writer = store->writer;
    int room = store->engine == COX_SQLITE ? GROUP_MAX_SQLITE : GROUP_MAX_POSTGRES;
    struct request *first, **cut;

    (void)pthread_mutex_lock(&writer->lock);
    while (writer->first == NULL && !writer->is_closing) {
        (void)pthread_cond_wait(&writer->wanted, &writer->lock);
    }
    writer->turn++;
    first = writer->first;
    cut = &writer->first;
    while (*cut != NULL && room > 0) {
        cut = &(*cut)->next;
        room--;
    }
    writer->first = *cut;
    *cut = NULL;
    if (writer->first == NULL || cut == &writer->first) {
        writer->last = &writer->first;
    }
    (void)pthread_mutex_unlock(&writer->lock);
    return first;
}

static void *write_groups(void *arg)
{
    struct cox_store *store = arg;
    struct cox_writer *writer = store->writer;
    struct request *first;

    while ((first = take_group(store)) != NULL) {
        run_group(store, first);
        look_at_tails(store);
        (void)pthread_mutex_lock(&writer->lock);
        bool is_of_turn[2] = {false, false};
        while (first != NULL) {
            struct request *next = first->next; /* once answered it is gone */
            is_of_turn[first->turn % 2] = true;
            first->is_done = true;
            first = next;
        }
        for (unsigned turn = 0; turn < 2; turn++) {
            if (is_of_turn[turn]) {
                (void)pthread_cond_broadcast(&writer->answered[turn]);
            }
        }
        (void)pthread_mutex_unlock(&writer->lock);
    }
    return NULL;
}

enum cox_rc cox_store_write(struct cox_store *store, const struct cox_write_opt *opt,
    cox_call_fn fn, void *ctx, struct cox_commit *ret_commit, struct cox_err *reterr)
{
    struct cox_writer *writer = store->writer;
    struct request request = {.opt = opt, .fn = fn, .ctx = ctx};

    (void)pthread_mutex_lock(&writer->lock);
    assert(!writer->is_closing);
    request.turn = writer->turn;
    *writer->last = &request;
    writer->last = &request.next;
    (void)pthread_cond_signal(&writer->wanted);
    while (!request.is_done) {
        (void)pthread_cond_wait(&writer->answered[request.turn % 2], &writer->lock);
    }
    (void)pthread_mutex_unlock(&writer->lock);
    if (request.rc != COX_OK) {
        if (reterr != NULL) {
            *reterr = request.err;
        }
        return request.rc;
    }
    if (ret_commit != NULL) {
        *ret_commit = request.commit;
    }
    return COX_OK;
}

enum cox_rc cox_writer_open(struct cox_store *store, struct cox_db *db, struct cox_err *reterr)
{
    struct cox_writer *writer = COX_NEW(store->arena, struct cox_writer);

    if (writer == NULL) {
        return cox_no_memory(reterr);
    }
    writer->db = db;
    writer->last = &writer->first;
    (void)pthread_mutex_init(&writer->lock, NULL); /* default attributes: cannot fail */
    (void)pthread_cond_init(&writer->wanted, NULL);
    (void)pthread_cond_init(&writer->answered[0], NULL);
    (void)pthread_cond_init(&writer->answered[1], NULL);
    store->writer = writer;
    if (pthread_create(&writer->thread, NULL, write_groups, store) != 0) {
        store->writer = NULL;
        return cox_fail(reterr, COX_NO_MEMORY, "the writer's thread cannot be started");
    }
    writer->is_started = true;
    return COX_OK;
}

void cox_writer_close(struct cox_store *store)
{
    struct cox_writer *writer = store->writer;

    if (writer == NULL || !writer->is_started) {
        return;
    }
    (void)pthread_mutex_lock(&writer->lock);
    writer->is_closing = true;
    (void)pthread_cond_signal(&writer->wanted);
    (void)pthread_mutex_unlock(&writer->lock);
    (void)pthread_join(writer->thread, NULL); /* it only ends by itself */
    cox_db_close(writer->db);
}
