/*
 * record/record.h: the record engine: a store, calls (one transaction with an actor), rows.
 *
 * Every write is a commit in one log. A version of a record has two intervals: from_us/to_us, when
 * it was so, and seq_from/seq_to, when we knew. It is visible as of (t, s) when
 * seq_from <= s < seq_to and from_us <= t < to_us; an own save closes a version by setting to_us
 * alone; taking history back (undo of an import, better history) sets seq_to.
 */
#ifndef COX_RECORD_RECORD_H
#define COX_RECORD_RECORD_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "record/db.h"
#include "record/entity.h"

#define COX_FOREVER    INT64_MAX
#define COX_SINCE_EVER (-INT64_C(62135596800000000)) /* 0001-01-01: the first instant there is */

struct cox_zone;
struct cox_registry; /* compiled tables and run-time fields, swapped as a whole */
struct cox_store;
struct cox_call;

/* ---- values and rows ---- */

enum cox_value_kind { COX_VALUE_NULL, COX_VALUE_INT, COX_VALUE_REAL, COX_VALUE_TEXT };

struct cox_value {
    enum cox_value_kind kind;
    union {
        int64_t number;
        double real;
        struct cox_text text;
    };
};

static inline struct cox_value cox_null(void)
{
    return (struct cox_value){.kind = COX_VALUE_NULL};
}

static inline struct cox_value cox_int(int64_t number)
{
    return number == COX_NULL ? cox_null() : (struct cox_value){COX_VALUE_INT, {.number = number}};
}

static inline struct cox_value cox_real(double real)
{
    return isnan(real) ? cox_null() : (struct cox_value){COX_VALUE_REAL, {.real = real}};
}

static inline struct cox_value cox_text_value(struct cox_text text)
{
    return text.ptr == NULL || text.size == 0 ? cox_null()
                                              : (struct cox_value){COX_VALUE_TEXT, {.text = text}};
}

bool cox_value_same(const struct cox_value *a, const struct cox_value *b);

/* An entity as it is now: compiled fields first (position = id), then run-time fields. */
struct cox_table {
    const struct cox_entity *entity;
    const struct cox_field *const *fields;
    uint32_t field_count;
};

/* One version of a record. values has table->field_count elements. Lives in the call's arena. */
struct cox_row {
    const struct cox_table *table;
    int64_t id, rev;          /* rev: seq of the commit that made this version; the ETag */
    int64_t from_us, to_us;   /* when it was so; to_us COX_FOREVER: still is */
    int64_t seq_from, seq_to; /* when we knew */
    bool imported;            /* a version of another system's history */
    struct cox_value *values;
};

int64_t cox_row_int(const struct cox_row *row, uint32_t field);
double cox_row_real(const struct cox_row *row, uint32_t field);
struct cox_text cox_row_text(const struct cox_row *row, uint32_t field);
void cox_row_set(struct cox_row *row, uint32_t field, struct cox_value value);

/* Between a row and the entity's typed struct; texts are shared, not copied. */
void cox_row_unpack(const struct cox_row *row, void *ret_struct);
void cox_row_pack(struct cox_row *row, const void *structure);

/* Every member of a typed struct to "no value", id and rev to 0. */
void cox_struct_init(const struct cox_entity *entity, void *structure);

/* ---- registry ---- */

/* entities: all of the program, NULL-terminated; their order does not matter. */
enum cox_rc cox_registry_open(const struct cox_entity *const *entities,
    struct cox_registry **ret_registry, struct cox_err *reterr) COX_NODISCARD;
void cox_registry_close(struct cox_registry *registry);
size_t cox_registry_count(const struct cox_registry *registry);
const struct cox_table *cox_registry_at(const struct cox_registry *registry, size_t index);
/* By name, plural or number; NULL when there is none. */
const struct cox_table *cox_registry_find(const struct cox_registry *registry,
    struct cox_text name);
const struct cox_table *cox_registry_number(const struct cox_registry *registry, uint16_t number);
const struct cox_table *cox_registry_entity(const struct cox_registry *registry,
    const struct cox_entity *entity);
/* By name (compiled or "x12"); COX_NO_FIELD when there is none or it is retired. */
uint32_t cox_table_field(const struct cox_table *table, struct cox_text name);

/*
 * A call's registry kept beyond the call: its tables stay valid until it is released, also when an
 * administrator adds fields meanwhile. For long work that plans by tables (imports).
 */
const struct cox_registry *cox_registry_keep(struct cox_call *call);
void cox_registry_release(struct cox_store *store, const struct cox_registry *registry);

/* ---- store ---- */

struct cox_store_opt {
    const char *url;
    const struct cox_entity *const *entities;
    int64_t (*now_us)(void *ctx);                        /* NULL: the system's clock */
    void (*random)(void *ctx, void *bytes, size_t size); /* NULL: the system's */
    void *ctx;
    bool create; /* make it when it is absent */
    bool
        migrate; /* carry out the plan of changes at open; else a store that needs one is refused */
    size_t call_memory_max; /* 0: 256 MiB */
    unsigned reader_max;    /* 0: 8 connections */
    unsigned tail_max;      /* closed versions not yet in the indexes of the past; 0: 10,000 */
};

enum cox_rc cox_store_open(const struct cox_store_opt *opt, struct cox_store **ret_store,
    struct cox_err *reterr) COX_NODISCARD;
void cox_store_close(struct cox_store *store);
enum cox_engine cox_store_engine(const struct cox_store *store);
int64_t cox_store_now_us(struct cox_store *store);
const char *cox_store_url(const struct cox_store *store);

/* Plan of changes that opening with migrate would carry out, one line each; "" when none. */
enum cox_rc cox_store_plan(const struct cox_store_opt *opt, struct cox_arena *arena,
    struct cox_text *ret_plan, struct cox_err *reterr) COX_NODISCARD;

/* ---- calls ---- */

struct cox_actor {
    int64_t user_id; /* 0: the program itself (operator) */
    unsigned roles;  /* COX_ROLE_BIT(...) held now */
};

/*
 * Which versions are read. {0} means now. at_us: the instant; 0: now. seq: what was known at that
 * commit; 0: all that is known now. "As of instant T" is {T, 0}; replies carry the resolved seq,
 * and {T, seq} reads the same for ever.
 */
struct cox_as_of {
    int64_t at_us, seq;
};

struct cox_read_opt {
    struct cox_actor actor;
    struct cox_as_of as_of;
    bool is_quick; /* over within a millisecond: need not wait behind long reads for a connection */
};

typedef enum cox_rc (*cox_call_fn)(struct cox_call *call, void *ctx, struct cox_err *reterr);

/* Runs fn in one consistent read transaction on a connection of its own. Thread-safe. */
enum cox_rc cox_store_read(struct cox_store *store, const struct cox_read_opt *opt, cox_call_fn fn,
    void *ctx, struct cox_err *reterr) COX_NODISCARD;

/*
 * SQLite, for servers: a connection keeps its read when a call is over, for the next one to go on with when
 * nobody has committed since (also another process). A read kept holds up the reuse of the log, so whoever
 * asks for this calls relax now and then: it ends what has been kept, unused, since before that time of
 * cox_store_clock_us. Off at first; off again before the store is closed ends all.
 */
void cox_store_keep_reads(struct cox_store *store, bool keeps);
void cox_store_relax(struct cox_store *store, int64_t before_us);
int64_t cox_store_clock_us(void); /* monotonic, to a few milliseconds */

struct cox_write_opt {
    struct cox_actor actor;
    enum cox_cause cause;
    int64_t batch;            /* 0, or the id of a log_batch (import, bulk edit) */
    const char *note;         /* short, never personal; may be NULL */
    const char *request;      /* request id or command; may be NULL */
    struct cox_text key;      /* Idempotency-Key; ptr NULL: none */
    struct cox_text key_hash; /* digest of the request the key stands for */
};

struct cox_commit {
    int64_t seq; /* 0: fn changed nothing, nothing was committed */
    int64_t at_us;
    bool repeated; /* the key was seen before: seq is that of the first time, fn was not run */
};

/*
 * Queues fn for the one writer, waits until its group is durable. fn runs in a savepoint of its
 * own; it may run again after a lost group, so it has no effect but through call (and what it
 * sets in ctx anew each run). All changes of one call are one commit: a record changes once in it
 * (a second change of a record made in the same call is folded into the first).
 */
enum cox_rc cox_store_write(struct cox_store *store, const struct cox_write_opt *opt,
    cox_call_fn fn, void *ctx, struct cox_commit *ret_commit, struct cox_err *reterr) COX_NODISCARD;

struct cox_arena *cox_call_arena(struct cox_call *call);
struct cox_store *cox_call_store(struct cox_call *call);
const struct cox_registry *cox_call_registry(struct cox_call *call);
const struct cox_actor *cox_call_actor(struct cox_call *call);
struct cox_as_of cox_call_as_of(struct cox_call *call); /* resolved: both parts set */
bool cox_call_is_now(struct cox_call *call); /* reads what is current, not an earlier instant */
int64_t cox_call_head_seq(struct cox_call *call); /* a read: the newest commit when it began */
int64_t cox_call_now_us(
    struct cox_call *call); /* write: the commit's instant; read: the as-of instant */
enum cox_cause cox_call_cause(struct cox_call *call);
int64_t cox_call_today(struct cox_call *call);     /* company day of the clock, whatever as_of is */
int64_t cox_call_as_of_day(struct cox_call *call); /* company day of the as-of instant */
const struct cox_zone *cox_call_zone(struct cox_call *call); /* the company's; never NULL */
/* For named analytical SQL of features; every such statement carries the actor's scope itself. */
struct cox_db *cox_call_db(struct cox_call *call);

/* Write: would this call be a commit if it ended now? */
bool cox_call_is_changed(const struct cox_call *call);

/* ---- reading ---- */

/* COX_MISSING when absent, invisible or not yet there as of the call's instant; COX_GONE if merged. */
enum cox_rc cox_get(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const struct cox_row **ret_row, struct cox_err *reterr) COX_NODISCARD;

/* The same into a typed struct. */
enum cox_rc cox_load(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    void *ret_struct, struct cox_err *reterr) COX_NODISCARD;

/* For checks: a referenced record, whoever the actor is. Never hand its content to a reply. */
enum cox_rc cox_peek(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const struct cox_row **ret_row, struct cox_err *reterr) COX_NODISCARD;

/* Name of a record for showing a reference: the last one for a deleted record, "erased", or ptr
 * NULL when the actor may not see it. */
enum cox_rc cox_ref_name(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    struct cox_text *ret_name, struct cox_err *reterr) COX_NODISCARD;

/* All versions known at the call's seq, oldest first: the record's history. */
enum cox_rc cox_history(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const struct cox_row **ret_rows, size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

/* ---- lists: record/query.h ---- */

/* ---- writing (in cox_store_write only) ---- */

struct cox_change {
    uint32_t field;
    struct cox_value value;
};

/* A new row of the call's arena with every value null, to be filled and created. */
struct cox_row *cox_row_new(struct cox_call *call, const struct cox_entity *entity);

/* Checks rights, bounds, references and the entity's rule, then saves. row->id 0: a new id. */
enum cox_rc cox_create(struct cox_call *call, struct cox_row *row, int64_t *ret_id,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_create_struct(struct cox_call *call, const struct cox_entity *entity,
    const void *structure, int64_t *ret_id, struct cox_err *reterr) COX_NODISCARD;

/*
 * The same for reference data of another system that tells no beginning (people, stages, products,
 * customers): other records' history leans on it, so it has been there since ever. Marked imported.
 */
enum cox_rc cox_create_since_ever(struct cox_call *call, struct cox_row *row, int64_t *ret_id,
    struct cox_err *reterr) COX_NODISCARD;

/* if_rev: 0, or the rev the caller saw; COX_STALE when it has changed. A change to the same values
 * is no change: ret_is_changed (may be NULL) is false and nothing is logged. */
enum cox_rc cox_change_fields(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    int64_t if_rev, const struct cox_change *changes, size_t count, bool *ret_is_changed,
    struct cox_err *reterr) COX_NODISCARD;

enum cox_rc cox_remove(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    int64_t if_rev, struct cox_err *reterr) COX_NODISCARD;

/*
 * History of another system onto the time axis. versions are in order of from_us (strictly
 * rising); each is so until the next one's from_us; the last is the current state. id 0 creates
 * the record; else the record's known versions are replaced where they differ (seq_to of the old
 * ones is set). end_us: COX_FOREVER, or when the record was deleted there.
 */
struct cox_version {
    int64_t from_us;
    struct cox_row *row;
};
enum cox_rc cox_put_history(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const struct cox_version *versions, size_t count, int64_t end_us, int64_t *ret_id,
    bool *ret_is_changed, struct cox_err *reterr) COX_NODISCARD;

/* ---- external ids: (source, entity, text) -> id; not part of the state digest ---- */

enum cox_rc cox_external_find(struct cox_call *call, struct cox_text source,
    const struct cox_entity *entity, struct cox_text external, int64_t *ret_id,
    struct cox_err *reterr) COX_NODISCARD; /* 0: none */
enum cox_rc cox_external_put(struct cox_call *call, struct cox_text source,
    const struct cox_entity *entity, struct cox_text external, int64_t id,
    struct cox_err *reterr) COX_NODISCARD;
/* The record's id in that source; ptr NULL when it has none. */
enum cox_rc cox_external_of(struct cox_call *call, struct cox_text source,
    const struct cox_entity *entity, int64_t id, struct cox_text *ret_external,
    struct cox_err *reterr) COX_NODISCARD;

/* ---- batches: an import, bulk edit, sync run, demo ---- */

enum cox_batch_state { COX_BATCH_OPEN, COX_BATCH_DONE, COX_BATCH_UNDONE };

/* Opens a batch in a commit of its own; what it writes names it in cox_write_opt.batch. */
enum cox_rc cox_batch_open(struct cox_store *store, struct cox_actor actor, const char *kind,
    const char *name, int64_t *ret_batch, struct cox_err *reterr) COX_NODISCARD;
/* The same under opt's key. ret_commit->repeated: that key has opened one before, which cox_batch_find_opened
 * finds by the commit; *ret_batch is 0 then. */
enum cox_rc cox_batch_open_once(struct cox_store *store, const struct cox_write_opt *opt,
    const char *kind, const char *name, int64_t *ret_batch, struct cox_commit *ret_commit,
    struct cox_err *reterr) COX_NODISCARD;
/* The actor's batch of this kind that the commit opened; mark in arena, ptr NULL when there is none. */
enum cox_rc cox_batch_find_opened(struct cox_call *call, const struct cox_commit *commit,
    const char *kind, int64_t *ret_batch, struct cox_text *ret_mark,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_batch_close(struct cox_store *store, int64_t batch, enum cox_batch_state state,
    struct cox_err *reterr) COX_NODISCARD;
/* Progress marker of a batch ("file 3 row 120000"), written in the same commit as its rows, so a
 * crashed import resumes exactly there. */
enum cox_rc cox_batch_mark(struct cox_call *call, int64_t batch, struct cox_text mark,
    struct cox_err *reterr) COX_NODISCARD;
/* The newest open batch of this kind and name: id 0 when there is none. mark in arena. */
enum cox_rc cox_batch_find_open(struct cox_call *call, const char *kind, const char *name,
    int64_t *ret_batch, struct cox_text *ret_mark, struct cox_err *reterr) COX_NODISCARD;

/* ---- bulk loading: secondary indexes of these entities away until the end ---- */

enum cox_rc cox_bulk_begin(struct cox_store *store, const struct cox_entity *const *entities,
    size_t count, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_bulk_end(struct cox_store *store, struct cox_err *reterr) COX_NODISCARD;

/* ---- rights data kept by org/: who is in whose line, from when to when ---- */

struct cox_line_row {
    int64_t leader_id, member_id; /* member is the leader, or below through one or more steps */
    int64_t from_day, to_day;     /* company days, to_day not included; COX_FOREVER: open */
};
/* Replaces the whole closure (also each user's own row, made by the engine). Part of the commit. */
enum cox_rc cox_line_replace(struct cox_call *call, const struct cox_line_row *rows, size_t count,
    struct cox_err *reterr) COX_NODISCARD;

/* ---- settings of the engine: company zone (for days of instants), company currency ---- */

enum cox_rc cox_setting_get(struct cox_call *call, const char *key, struct cox_text *ret_value,
    struct cox_err *reterr) COX_NODISCARD; /* ptr NULL: not set */
enum cox_rc cox_setting_put(struct cox_call *call, const char *key, struct cox_text value,
    struct cox_err *reterr) COX_NODISCARD; /* logged as a commit */

/* Settings every save needs, kept by the store so that no row pays for reading them: the day of an
 * instant in the company's zone ("zone", else UTC), and the company's currency ("currency", else
 * ptr NULL), as of the call's start or its own last cox_setting_put. */
int64_t cox_call_day(struct cox_call *call, int64_t at_us);
struct cox_text cox_call_currency(struct cox_call *call);

#endif
