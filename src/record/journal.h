/*
 * record/journal.h: the log as people read it: the last commits and the last batches. Numbers, kinds
 * and names only, no value of any record; for administrators and the operator.
 */
#ifndef COX_RECORD_JOURNAL_H
#define COX_RECORD_JOURNAL_H

#include "record/record.h"

struct cox_journal_commit {
    int64_t seq, at_us, actor_id; /* actor_id 0: the operator */
    int64_t batch;                /* COX_NULL: none */
    enum cox_cause cause;
    int64_t change_count; /* records that it changed */
    struct cox_text request, note;
};

struct cox_journal_batch {
    int64_t id, actor_id, started_us, ended_us; /* ended_us COX_NULL: not yet */
    struct cox_text kind, name;
    enum cox_batch_state state;
    int64_t commit_count;
};

enum { COX_JOURNAL_MAX = 1000 };

/* Newest first, at most limit (1..COX_JOURNAL_MAX); in the call's arena. */
enum cox_rc cox_journal_commits(struct cox_call *call, uint32_t limit,
    const struct cox_journal_commit **ret_commits, size_t *ret_count,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_journal_batches(struct cox_call *call, uint32_t limit,
    const struct cox_journal_batch **ret_batches, size_t *ret_count,
    struct cox_err *reterr) COX_NODISCARD;

/* One commit, for whoever sees what it changed: who, when, why. COX_MISSING. */
enum cox_rc cox_journal_commit(struct cox_call *call, int64_t seq,
    struct cox_journal_commit *ret_commit, struct cox_err *reterr) COX_NODISCARD;

/* One record that a commit touched; op: c created, u changed, d removed, h history put, w withdrawn, e erased. */
struct cox_journal_change {
    int64_t seq, id;
    uint16_t entity;
    char op;
};

/*
 * What the commits after one, up to another, touched, in order; ret_is_cut: more than limit, and none of them
 * is told. Numbers alone: who may know of them is the caller's to ask.
 */
enum cox_rc cox_journal_changes(struct cox_call *call, int64_t after_seq, int64_t until_seq,
    size_t limit, const struct cox_journal_change **ret_changes, size_t *ret_count,
    bool *ret_is_cut, struct cox_err *reterr) COX_NODISCARD;

/* The first record of an entity that a commit made; COX_MISSING. Ids only: ask for the record by it. */
enum cox_rc cox_journal_made(struct cox_call *call, int64_t seq, const struct cox_entity *entity,
    int64_t *ret_id, struct cox_err *reterr) COX_NODISCARD;

/* Has a batch of this kind been written into the store and not been taken back? */
enum cox_rc cox_journal_has_batch(struct cox_call *call, const char *kind, bool *ret_has,
    struct cox_err *reterr) COX_NODISCARD;

const char *cox_cause_name(enum cox_cause cause);             /* "import" */
const char *cox_batch_state_name(enum cox_batch_state state); /* "open" */

#endif
