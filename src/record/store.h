/* record/store.h: the inside of a store: its connections, registry and writer. For record/ only. */
#ifndef COX_RECORD_STORE_H
#define COX_RECORD_STORE_H

#include <pthread.h>
#include <stdatomic.h>

#include "record/call.h"
#include "record/head.h"
#include "record/memo.h"
#include "record/name_memo.h"

struct cox_writer; /* write.c */

/*
 * How many records an actor sees of an entity, few or many, as last found out (scope.c): a measure
 * for planning, no right, so an old answer costs time and nothing else.
 */
enum { COX_WIDTH_COUNT = 512, COX_WIDTH_COMMITS = 100, COX_WIDTH_US = 10 * 1000 * 1000 };
struct cox_width_note {
    int64_t user_id, seq, at_us; /* seq, at_us: when it was found out */
    unsigned roles;
    uint16_t entity; /* 0: empty */
    bool is_narrow;
};

struct cox_memo {
    char key[COX_MEMO_KEY_MAX]; /* "": empty */
    int64_t at_us;
    size_t size;
    unsigned char bytes[COX_MEMO_SIZE_MAX];
};

/* What log_head says. */
struct cox_head_state {
    int64_t seq, at_us, next_id, schema_seq;
    unsigned char digest[COX_DIGEST_SIZE];
};

/* A connection for reading. Between calls it may keep its read, for whoever finds it the newest state still. */
struct cox_reader {
    struct cox_db *db;
    bool is_kept;
    struct cox_head_state head; /* as the read sees it */
    int64_t kept_us;            /* of cox_store_relax: when it was given back */
};

struct cox_store {
    struct cox_arena *arena;
    const char *url;
    enum cox_engine engine;
    const struct cox_entity *const *entities;
    int64_t (*now_us)(void *ctx);
    void (*random)(void *ctx, void *bytes, size_t size);
    void *ctx;
    size_t call_memory_max;
    unsigned char key[32];

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t reader_free;
    struct cox_width_note widths[COX_WIDTH_COUNT]; /* by hash of user and entity */
    struct cox_memo *memos;                        /* COX_MEMO_COUNT of them */
    struct cox_registry *registry;                 /* the newest one */
    struct cox_reader *readers;                    /* idle ones first */
    unsigned reader_idle, reader_open, reader_max;
    _Atomic bool keeps_reads;
    _Atomic unsigned kept_count; /* idle ones that keep their read; written under the lock */

    struct cox_name_memo *names;
    _Atomic int64_t head;      /* newest commit seen */
    pthread_mutex_t head_lock; /* guards what follows, and that it is called by one at a time */
    cox_head_fn head_fn;
    void *head_ctx;

    struct cox_writer *writer;
    const struct cox_entity *const *bulk_entities; /* between bulk_begin and bulk_end */
    size_t bulk_count;
    int64_t
        tails[COX_ENTITY_NUMBER_MAX]; /* versions in the tail of the past, about: the writer's */
    int64_t tail_max;
};

enum cox_rc cox_head_read(struct cox_db *db, struct cox_head_state *ret_head,
    struct cox_err *reterr) COX_NODISCARD;

/* The head has been seen at seq: tells who listens when that is news. is_ours: by this process's writer, which
 * has told before what the commits touched. */
void cox_head_note(struct cox_store *store, int64_t seq, bool is_ours);

/* The registry for a schema_seq, read anew through db when it has moved; given back by unuse. */
enum cox_rc cox_registry_use(struct cox_store *store, struct cox_db *db, int64_t schema_seq,
    struct cox_registry **ret_registry, struct cox_err *reterr) COX_NODISCARD;
void cox_registry_unuse(struct cox_store *store, struct cox_registry *registry);

/* Run-time fields as stored. */
enum cox_rc cox_custom_load(struct cox_store *store, struct cox_db *db, struct cox_arena *arena,
    struct cox_custom_row **ret_customs, size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

/* Names of what is switched off, as the settings have them, into a new registry (switches.c). */
void cox_switches_read(struct cox_registry *registry, struct cox_text features,
    struct cox_text entities);

/* The writer thread with its connection; close waits for what is queued. */
enum cox_rc cox_writer_open(struct cox_store *store, struct cox_db *db,
    struct cox_err *reterr) COX_NODISCARD;
void cox_writer_close(struct cox_store *store);

/* A call's fields that do not depend on whether it reads or writes. */
enum cox_rc cox_call_begin(struct cox_store *store, struct cox_db *db, struct cox_actor actor,
    const struct cox_registry *registry, struct cox_call *ret_call,
    struct cox_err *reterr) COX_NODISCARD;

#endif
