/*
 * record/undo.h: taking back one commit, or a whole batch (import, bulk edit, sync run), by new
 * commits. What was created is withdrawn from the time axis, what was changed gets its former
 * values in a new version, what was removed comes back with its id. Nothing that was known earlier is
 * altered: as of any seq before the undo, pinned ones above all, everything reads as it did. Works
 * without showing a value, so private notes stay private. Credentials and the like are not
 * records and are never touched; an erasure is never undone.
 */
#ifndef COX_RECORD_UNDO_H
#define COX_RECORD_UNDO_H

#include "record/record.h"

enum { COX_UNDO_CHUNK = 500, COX_UNDO_WHOLE_MAX = 20000, COX_UNDO_RECORDS_MAX = 2000000 };

/* Exactly one of the two. */
struct cox_undo_target {
    int64_t seq;   /* of a commit */
    int64_t batch; /* id of a log_batch */
};

enum cox_undo_kind {
    COX_UNDO_WITHDRAW, /* it was created */
    COX_UNDO_REVERT,   /* it was changed */
    COX_UNDO_REVIVE,   /* it was removed */
    COX_UNDO_REWRITE,  /* its history was replaced or taken off */
};

enum cox_undo_state {
    COX_UNDO_FREE,       /* can be taken back */
    COX_UNDO_DONE,       /* was taken back by an earlier run of the same undo */
    COX_UNDO_CHANGED,    /* was changed since, or in between by somebody else */
    COX_UNDO_REFERENCED, /* records made since refer to it */
    COX_UNDO_DANGLING,   /* its former values refer to a record that is no more */
    COX_UNDO_ERASED,     /* a person's data was erased */
    COX_UNDO_REFUSED, /* the entity's rule, a bound or a right says no (known when it is tried) */
    COX_UNDO_STATE_COUNT
};

struct cox_undo_item {
    int64_t id, first_seq, last_seq; /* first and last commit of the target that touched it */
    uint16_t entity;
    char first_op, last_op;
    bool has_history; /* history was put or withdrawn in between */
    enum cox_undo_kind kind;
    enum cox_undo_state state;
};

struct cox_undo_plan {
    struct cox_undo_item *items; /* in the order they will be taken back */
    size_t count;
    size_t counts[COX_UNDO_STATE_COUNT];
};

/*
 * What undoing would do. Within a read or a write; the plan lives in the call's arena. The actor must
 * be administrator or operator, or the one who made the commit.
 * Errors: COX_MISSING no such commit or batch, COX_DENIED, COX_INVALID when it changed no records,
 * COX_TOO_LARGE above COX_UNDO_RECORDS_MAX.
 */
enum cox_rc cox_undo_preview(struct cox_call *call, const struct cox_undo_target *target,
    struct cox_undo_plan *ret_plan, struct cox_err *reterr) COX_NODISCARD;

struct cox_undo_opt {
    struct cox_actor actor;
    struct cox_undo_target target;
    bool all_or_nothing; /* refuse unless every record is free; then one commit */
    /* Every record that is left as it is, with the reason in words; may be NULL. */
    void (*left)(void *ctx, const struct cox_undo_item *item, const char *why);
    void (*progress)(void *ctx, int64_t done, int64_t all); /* may be NULL */
    void *ctx;
};

struct cox_undo_report {
    size_t counts[COX_UNDO_STATE_COUNT]; /* DONE: taken back by this run or one before */
    int64_t commit_count, last_seq;
};

/*
 * Takes back what is free and leaves the rest. Up to COX_UNDO_CHUNK records a commit; after a crash the
 * same call goes on where it stopped. A batch of which nothing is left is marked undone.
 * Errors: as preview; COX_CONFLICT with all_or_nothing when a record is not free (nothing is done
 * then), COX_TOO_LARGE for more than COX_UNDO_WHOLE_MAX of them.
 */
enum cox_rc cox_undo(struct cox_store *store, const struct cox_undo_opt *opt,
    struct cox_undo_report *ret_report, struct cox_err *reterr) COX_NODISCARD;

/* In words for people, for a list of what was left. */
const char *cox_undo_state_text(enum cox_undo_state state);

#endif
