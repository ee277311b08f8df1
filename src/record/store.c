/* record/store.c: opening a store, its registry, its readers. */
#include "record/store.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/day.h"
#include "record/access.h"
#include "record/schema.h"

enum { STORE_MEMORY_MAX = 1 << 20, PLAN_MEMORY_MAX = 64 << 20 };

static int64_t system_now(void *ctx)
{
    struct timespec now;

    (void)ctx;
    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * COX_SECOND_US + now.tv_nsec / 1000;
}

int64_t cox_store_clock_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * COX_SECOND_US + now.tv_nsec / 1000;
}

static void system_random(void *ctx, void *bytes, size_t size)
{
    (void)ctx;
    randombytes_buf(bytes, size);
}

int64_t cox_store_now_us(struct cox_store *store)
{
    return store->now_us(store->ctx);
}

void cox_store_random(struct cox_store *store, void *bytes, size_t size)
{
    store->random(store->ctx, bytes, size);
}

enum cox_engine cox_store_engine(const struct cox_store *store)
{
    return store->engine;
}

const char *cox_store_url(const struct cox_store *store)
{
    return store->url;
}

const unsigned char *cox_store_key(const struct cox_store *store)
{
    return store->key;
}

/* ---- log_head ---- */

enum cox_rc cox_head_read(struct cox_db *db, struct cox_head_state *ret_head,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_text digest;
    bool is_row;

    COX_TRY(cox_db_prepare(db,
        COX_LIT(
            "SELECT \"seq\", \"at_us\", \"next_id\", \"schema_seq\", \"digest\" FROM \"log_head\""),
        &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (!is_row) {
        return cox_fail(reterr, COX_CORRUPT, "this is no Coxswain store: log_head is empty");
    }
    digest = cox_stmt_text(stmt, 4);
    if (digest.size != COX_DIGEST_SIZE) {
        return cox_fail(reterr, COX_CORRUPT, "log_head has no digest");
    }
    ret_head->seq = cox_stmt_int(stmt, 0);
    ret_head->at_us = cox_stmt_int(stmt, 1);
    ret_head->next_id = cox_stmt_int(stmt, 2);
    ret_head->schema_seq = cox_stmt_int(stmt, 3);
    memcpy(ret_head->digest, digest.ptr, COX_DIGEST_SIZE);
    return COX_OK;
}

static enum cox_rc insert_head(struct cox_store *store, struct cox_db *db, struct cox_err *reterr)
{
    static const unsigned char zero[COX_DIGEST_SIZE];
    unsigned char key[sizeof(store->key)];
    COX_AUTO_STMT stmt = NULL;

    cox_store_random(store, key, sizeof(key));
    COX_TRY(cox_db_prepare(db,
        COX_LIT(
            "INSERT INTO \"log_head\" (\"one\", \"seq\", \"at_us\", \"next_id\", \"schema_seq\", "
            "\"group_id\", \"digest\", \"store_key\") VALUES (1, 0, 0, 1, 0, 0, $1, $2) "
            "ON CONFLICT (\"one\") DO NOTHING"),
        &stmt, reterr));
    cox_stmt_bind_bytes(stmt, 1, (struct cox_text){(const char *)zero, sizeof(zero)});
    cox_stmt_bind_bytes(stmt, 2, (struct cox_text){(const char *)key, sizeof(key)});
    return cox_stmt_run(stmt, reterr);
}

static enum cox_rc read_key(struct cox_store *store, struct cox_db *db, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_text key;
    bool is_row;

    COX_TRY(cox_db_prepare(db, COX_LIT("SELECT \"store_key\" FROM \"log_head\""), &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    key = is_row ? cox_stmt_text(stmt, 0) : (struct cox_text){0};
    if (key.size != sizeof(store->key)) {
        return cox_fail(reterr, COX_CORRUPT, "this is no Coxswain store: log_head has no key");
    }
    memcpy(store->key, key.ptr, sizeof(store->key));
    return COX_OK;
}

/* ---- registry ---- */

static enum cox_rc read_company(struct cox_db *db, struct cox_registry *registry,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    registry->zone = cox_zone_utc();
    COX_TRY(cox_db_prepare(db,
        COX_LIT(
            "SELECT \"name\", \"value\" FROM \"setting\" WHERE \"name\" IN ('zone', 'currency', "
            "'features_off', 'entities_off')"),
        &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        struct cox_text value = cox_arena_text(registry->arena, cox_stmt_text(stmt, 1));
        struct cox_text name = cox_stmt_text(stmt, 0);
        if (cox_text_same(name, COX_LIT("currency"))) {
            registry->currency = value;
        } else if (cox_text_same(name, COX_LIT("features_off"))) {
            cox_switches_read(registry, value, (struct cox_text){0});
        } else if (cox_text_same(name, COX_LIT("entities_off"))) {
            cox_switches_read(registry, (struct cox_text){0}, value);
        } else if (value.ptr != NULL) {
            COX_TRY(cox_zone_open(value, registry->arena, &registry->zone, reterr));
        }
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

static enum cox_rc read_registry(struct cox_store *store, struct cox_db *db, int64_t schema_seq,
    struct cox_registry **ret_registry, struct cox_err *reterr)
{
    COX_AUTO_ARENA arena = cox_arena_open(STORE_MEMORY_MAX);
    struct cox_custom_row *customs = NULL;
    struct cox_registry *registry = NULL;
    size_t count = 0;
    enum cox_rc rc;

    if (arena == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_custom_load(store, db, arena, &customs, &count, reterr));
    COX_TRY(cox_registry_build(store->entities, customs, count, &registry, reterr));
    registry->schema_seq = schema_seq;
    rc = read_company(db, registry, reterr);
    if (rc != COX_OK) {
        cox_registry_close(registry);
        return rc;
    }
    *ret_registry = registry;
    return COX_OK;
}

/* Under the lock: registry is the newest from now on. */
static void swap_registry(struct cox_store *store, struct cox_registry *registry)
{
    struct cox_registry *old = store->registry;

    store->registry = registry;
    if (old != NULL) {
        old->is_old = true;
        if (old->users == 0) {
            cox_registry_close(old);
        }
    }
}

/* Under the lock: the store's registry, if it is of this state. */
static struct cox_registry *take_registry(struct cox_store *store, int64_t schema_seq)
{
    if (store->registry == NULL || store->registry->schema_seq != schema_seq) {
        return NULL;
    }
    store->registry->users++;
    return store->registry;
}

enum cox_rc cox_registry_use(struct cox_store *store, struct cox_db *db, int64_t schema_seq,
    struct cox_registry **ret_registry, struct cox_err *reterr)
{
    struct cox_registry *registry, *mine = NULL;

    (void)pthread_mutex_lock(&store->lock); /* a plain mutex: fails on misuse only */
    registry = take_registry(store, schema_seq);
    (void)pthread_mutex_unlock(&store->lock);
    if (registry == NULL) {
        COX_TRY(read_registry(store, db, schema_seq, &mine, reterr));
        (void)pthread_mutex_lock(&store->lock);
        registry = take_registry(store, schema_seq);
        if (registry != NULL) {
            cox_registry_close(mine); /* another thread was quicker */
        } else {
            registry = mine;
            mine->users = 1;
            if (store->registry == NULL || store->registry->schema_seq < schema_seq) {
                swap_registry(store, mine);
            } else {
                mine->is_old = true; /* this call reads a state before the last change of fields */
            }
        }
        (void)pthread_mutex_unlock(&store->lock);
    }
    *ret_registry = registry;
    return COX_OK;
}

void cox_registry_unuse(struct cox_store *store, struct cox_registry *registry)
{
    (void)pthread_mutex_lock(&store->lock);
    struct cox_registry *mine =
        (struct cox_registry *)(uintptr_t)registry; /* const to calls only */
    mine->users--;
    if (mine->is_old && mine->users == 0) {
        cox_registry_close(mine);
    }
    (void)pthread_mutex_unlock(&store->lock);
}

const struct cox_registry *cox_registry_keep(struct cox_call *call)
{
    struct cox_registry *mine =
        (struct cox_registry *)(uintptr_t)call->registry; /* const to calls only */

    (void)pthread_mutex_lock(&call->store->lock); /* a plain mutex: fails on misuse only */
    mine->users++;
    (void)pthread_mutex_unlock(&call->store->lock);
    return call->registry;
}

void cox_registry_release(struct cox_store *store, const struct cox_registry *registry)
{
    cox_registry_unuse(store, (struct cox_registry *)(uintptr_t)registry);
}

/* ---- opening ---- */

/* Indexes that a broken off bulk load left away are made again by whoever opens the store next. */
static bool needs_asking(const struct cox_step *steps)
{
    while (steps != NULL && steps->is_index) {
        steps = steps->next;
    }
    return steps != NULL;
}

static enum cox_rc change_schema(struct cox_store *store, struct cox_db *db,
    const struct cox_registry *compiled, const struct cox_store_opt *opt, struct cox_err *reterr)
{
    COX_AUTO_ARENA arena = cox_arena_open(PLAN_MEMORY_MAX);
    struct cox_step *steps = NULL;
    bool is_store = false;

    if (arena == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_db_has(db, "table", "log_head", &is_store, reterr));
    if (!is_store && !opt->create) {
        return cox_fail(reterr, COX_MISSING,
            "there is no Coxswain store here; make one with: coxswain init");
    }
    COX_TRY(cox_schema_plan(db, compiled, arena, &steps, reterr));
    if (is_store && !opt->migrate && needs_asking(steps)) {
        return cox_fail(reterr, COX_CONFLICT,
            "this store was made by another version; bring it up to date with: coxswain migrate");
    }
    COX_TRY(cox_schema_apply(db, compiled, steps, reterr));
    return insert_head(store, db, reterr);
}

static enum cox_rc migrate(struct cox_store *store, struct cox_db *db,
    const struct cox_store_opt *opt, struct cox_err *reterr)
{
    struct cox_registry *compiled = NULL;
    bool is_current = false;
    enum cox_rc rc;

    COX_TRY(cox_registry_open(store->entities, &compiled, reterr));
    rc = cox_schema_is_current(db, compiled, &is_current, reterr);
    if (rc == COX_OK && !is_current) {
        rc = cox_db_begin(db, COX_BEGIN_WRITE, reterr);
    }
    if (rc == COX_OK && !is_current) {
        rc = change_schema(store, db, compiled, opt, reterr);
        if (rc == COX_OK) {
            rc = cox_db_commit(db, reterr);
        } else {
            cox_db_rollback(db);
        }
    }
    cox_registry_close(compiled);
    return rc;
}

static enum cox_rc fill(struct cox_store *store, const struct cox_store_opt *opt,
    struct cox_err *reterr)
{
    enum { READER_MAX = 8, CALL_MEMORY_MAX = 256 << 20, TAIL_MAX = 10000 };

    store->url = cox_arena_string(store->arena, opt->url);
    store->entities = opt->entities;
    store->now_us = opt->now_us != NULL ? opt->now_us : system_now;
    store->random = opt->random != NULL ? opt->random : system_random;
    store->ctx = opt->ctx;
    store->tail_max = opt->tail_max != 0 ? opt->tail_max : TAIL_MAX;
    store->call_memory_max =
        opt->call_memory_max != 0 ? opt->call_memory_max : (size_t)CALL_MEMORY_MAX;
    store->reader_max = opt->reader_max != 0 ? opt->reader_max : READER_MAX;
    store->readers = COX_NEW_ARRAY(store->arena, store->reader_max, struct cox_reader);
    store->memos = COX_NEW_ARRAY(store->arena, COX_MEMO_COUNT, struct cox_memo);
    if (store->url == NULL || store->readers == NULL || store->memos == NULL) {
        return cox_no_memory(reterr);
    }
    (void)pthread_mutex_init(&store->lock, NULL);       /* default attributes: cannot fail */
    (void)pthread_cond_init(&store->reader_free, NULL); /* likewise */
    (void)pthread_mutex_init(&store->head_lock, NULL);
    COX_TRY(cox_name_memo_open(store->arena, &store->names, reterr));
    return sodium_init() < 0 ? cox_fail(reterr, COX_INTERNAL, "libsodium does not start") : COX_OK;
}

static enum cox_rc start(struct cox_store *store, const struct cox_store_opt *opt,
    struct cox_err *reterr)
{
    struct cox_registry *registry = NULL;
    struct cox_head_state head;
    struct cox_db *db = NULL;
    enum cox_rc rc;

    COX_TRY(cox_db_open(store->url, opt->create ? COX_DB_CREATE : COX_DB_WRITE, &db, reterr));
    store->engine = cox_db_engine(db);
    rc = migrate(store, db, opt, reterr);
    if (rc == COX_OK) {
        rc = read_key(store, db, reterr);
    }
    if (rc == COX_OK) {
        rc = cox_head_read(db, &head, reterr);
    }
    if (rc == COX_OK) {
        rc = cox_registry_use(store, db, head.schema_seq, &registry, reterr);
    }
    if (rc == COX_OK) {
        cox_registry_unuse(store, registry);
        atomic_init(&store->head, head.seq);
        rc = cox_writer_open(store, db, reterr); /* takes db */
    }
    if (rc != COX_OK) {
        cox_db_close(db);
    }
    return rc;
}

enum cox_rc cox_store_open(const struct cox_store_opt *opt, struct cox_store **ret_store,
    struct cox_err *reterr)
{
    struct cox_arena *arena = cox_arena_open(STORE_MEMORY_MAX);
    struct cox_store *store = arena == NULL ? NULL : COX_NEW(arena, struct cox_store);
    enum cox_rc rc;

    if (store == NULL) {
        cox_arena_close(arena);
        return cox_no_memory(reterr);
    }
    store->arena = arena;
    rc = fill(store, opt, reterr);
    if (rc == COX_OK) {
        rc = start(store, opt, reterr);
    }
    if (rc != COX_OK) {
        cox_store_close(store);
        return rc;
    }
    *ret_store = store;
    return COX_OK;
}

void cox_store_close(struct cox_store *store)
{
    if (store == NULL) {
        return;
    }
    assert(store->reader_idle == store->reader_open);
    for (unsigned i = 0; i < store->reader_open; i++) {
        cox_db_rollback(store->readers[i].db); /* what it has kept */
        cox_db_close(store->readers[i].db);
    }
    cox_writer_close(store); /* last: who can write folds SQLite's log into the one file */
    cox_registry_close(store->registry);
    cox_arena_close(store->arena);
}

enum cox_rc cox_store_plan(const struct cox_store_opt *opt, struct cox_arena *arena,
    struct cox_text *ret_plan, struct cox_err *reterr)
{
    struct cox_registry *compiled = NULL;
    struct cox_step *steps = NULL;
    struct cox_db *db = NULL;
    struct cox_buf text;
    enum cox_rc rc;

    COX_TRY(cox_db_open(opt->url, COX_DB_READ, &db, reterr));
    rc = cox_registry_open(opt->entities, &compiled, reterr);
    if (rc == COX_OK) {
        rc = cox_schema_plan(db, compiled, arena, &steps, reterr);
    }
    cox_registry_close(compiled);
    cox_db_close(db);
    COX_TRY(rc);
    cox_buf_init(&text, PLAN_MEMORY_MAX);
    for (; steps != NULL; steps = steps->next) {
        cox_buf_format(&text, "%s\n", steps->text);
    }
    *ret_plan = text.failed ? (struct cox_text){0} : cox_arena_text(arena, cox_buf_text(&text));
    cox_buf_done(&text);
    return ret_plan->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

/* ---- reading ---- */

/* Some connections are kept back for quick reads, which the server runs where nothing may wait long. */
static bool must_wait(const struct cox_store *store, bool is_quick)
{
    enum { KEPT = 2, SHARED_LEAST = 4 };
    unsigned left = store->reader_idle + store->reader_max - store->reader_open;
    unsigned kept = is_quick || store->reader_max < KEPT + SHARED_LEAST ? 0 : KEPT;

    return left <= kept;
}

static enum cox_rc take_reader(struct cox_store *store, bool is_quick,
    struct cox_reader *ret_reader, struct cox_err *reterr)
{
    (void)pthread_mutex_lock(&store->lock);
    while (must_wait(store, is_quick)) {
        (void)pthread_cond_wait(&store->reader_free, &store->lock);
    }
    if (store->reader_idle > 0) {
        *ret_reader = store->readers[--store->reader_idle];
        store->kept_count -= ret_reader->is_kept ? 1 : 0;
        (void)pthread_mutex_unlock(&store->lock);
        return COX_OK;
    }
    store->reader_open++;
    (void)pthread_mutex_unlock(&store->lock);
    *ret_reader = (struct cox_reader){0};
    enum cox_rc rc = cox_db_open(store->url, COX_DB_READ, &ret_reader->db, reterr);
    if (rc != COX_OK) {
        (void)pthread_mutex_lock(&store->lock);
        store->reader_open--;
        (void)pthread_cond_broadcast(&store->reader_free);
        (void)pthread_mutex_unlock(&store->lock);
    }
    return rc;
}

static void give_reader(struct cox_store *store, struct cox_reader *reader)
{
    (void)pthread_mutex_lock(&store->lock);
    if (reader->is_kept && !store->keeps_reads) {
        reader->is_kept = false;
        cox_db_rollback(reader->db);
    }
    store->kept_count += reader->is_kept ? 1 : 0;
    store->readers[store->reader_idle++] = *reader;
    (void)pthread_cond_broadcast(&store->reader_free);
    (void)pthread_mutex_unlock(&store->lock);
}

void cox_store_keep_reads(struct cox_store *store, bool keeps)
{
    (void)pthread_mutex_lock(&store->lock);
    store->keeps_reads = keeps;
    (void)pthread_mutex_unlock(&store->lock);
    if (!keeps) {
        cox_store_relax(store, INT64_MAX);
    }
}

void cox_store_relax(struct cox_store *store, int64_t before_us)
{
    if (atomic_load(&store->kept_count) == 0) {
        return;
    }
    (void)pthread_mutex_lock(&store->lock);
    for (unsigned i = 0; i < store->reader_idle; i++) {
        struct cox_reader *reader = &store->readers[i];
        if (reader->is_kept && reader->kept_us < before_us) {
            cox_db_rollback(reader->db);
            reader->is_kept = false;
            store->kept_count--;
        }
    }
    (void)pthread_mutex_unlock(&store->lock);
}

enum cox_rc cox_call_begin(struct cox_store *store, struct cox_db *db, struct cox_actor actor,
    const struct cox_registry *registry, struct cox_call *ret_call, struct cox_err *reterr)
{
    *ret_call = (struct cox_call){
        .store = store,
        .db = db,
        .actor = actor,
        .registry = registry,
        .zone = registry->zone,
        .currency = registry->currency,
        .now_us = cox_store_now_us(store),
    };
    ret_call->today = cox_zone_day(registry->zone, ret_call->now_us);
    ret_call->arena = cox_arena_open(store->call_memory_max);
    return ret_call->arena == NULL ? cox_no_memory(reterr) : COX_OK;
}

/* The instant of a commit; of one not yet made COX_MISSING. */
static enum cox_rc instant_of_seq(struct cox_db *db, int64_t seq, int64_t *ret_us,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(db, COX_LIT("SELECT \"at_us\" FROM \"log\" WHERE \"seq\" = $1"), &stmt,
        reterr));
    cox_stmt_bind_int(stmt, 1, seq);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (!is_row) {
        return cox_fail_at(reterr, COX_MISSING, "as_of_seq", 0, "there is no commit %lld",
            (long long)seq);
    }
    *ret_us = cox_stmt_int(stmt, 0);
    return COX_OK;
}

static enum cox_rc resolve_as_of(struct cox_call *call, struct cox_as_of wanted,
    const struct cox_head_state *head, struct cox_err *reterr)
{
    int64_t last = call->now_us > head->at_us ? call->now_us : head->at_us;

    call->as_of.seq = wanted.seq == 0 ? head->seq : wanted.seq;
    if (wanted.seq != 0 && wanted.seq != head->seq) {
        COX_TRY(instant_of_seq(call->db, wanted.seq, &last, reterr));
    }
    call->as_of.at_us = wanted.at_us == 0 || wanted.at_us > last ? last : wanted.at_us;
    call->is_now = call->as_of.seq == head->seq && call->as_of.at_us == last;
    call->as_of_day = cox_zone_day(call->zone, call->as_of.at_us);
    return COX_OK;
}

static enum cox_rc run_read(struct cox_store *store, const struct cox_reader *reader,
    const struct cox_read_opt *opt, cox_call_fn fn, void *ctx, struct cox_err *reterr)
{
    const struct cox_head_state *head = &reader->head;
    struct cox_registry *registry = NULL;
    struct cox_call call;
    enum cox_rc rc;

    cox_head_note(store, head->seq, false);
    COX_TRY(cox_registry_use(store, reader->db, head->schema_seq, &registry, reterr));
    rc = cox_call_begin(store, reader->db, opt->actor, registry, &call, reterr);
    if (rc == COX_OK) {
        call.head_seq = head->seq;
        rc = resolve_as_of(&call, opt->as_of, head, reterr);
    }
    if (rc == COX_OK) {
        rc = fn(&call, ctx, reterr);
    }
    if (rc == COX_OK) {
        rc = cox_access_flush(&call, reterr); /* who looked is on record before the answer is out */
    }
    cox_arena_close(call.arena);
    cox_registry_unuse(store, registry);
    return rc;
}

/* A read of the newest state: the one kept, if that is so, else a new one. */
static enum cox_rc begin_read(struct cox_reader *reader, struct cox_err *reterr)
{
    struct cox_db *db = reader->db;

    if (reader->is_kept && cox_db_is_fresh(db)) {
        return COX_OK;
    }
    reader->is_kept = false;
    cox_db_rollback(db); /* of the one kept, if any */
    enum cox_rc rc = cox_db_begin(db, COX_BEGIN_READ, reterr);
    if (rc != COX_OK && cox_db_lost(db)) { /* the server went away since the last call */
        COX_TRY(cox_db_reconnect(db, reterr));
        rc = cox_db_begin(db, COX_BEGIN_READ, reterr);
    }
    return rc == COX_OK ? cox_head_read(db, &reader->head, reterr) : rc;
}

enum cox_rc cox_store_read(struct cox_store *store, const struct cox_read_opt *opt, cox_call_fn fn,
    void *ctx, struct cox_err *reterr)
{
    struct cox_reader reader;

    COX_TRY(take_reader(store, opt->is_quick, &reader, reterr));
    enum cox_rc rc = begin_read(&reader, reterr);
    if (rc == COX_OK) {
        rc = run_read(store, &reader, opt, fn, ctx, reterr);
    }
    reader.is_kept = rc == COX_OK && store->keeps_reads && cox_db_is_fresh(reader.db);
    if (reader.is_kept) {
        reader.kept_us = cox_store_clock_us();
    } else {
        cox_db_rollback(reader.db); /* nothing was written: the quickest way out */
    }
    give_reader(store, &reader);
    return rc;
}
