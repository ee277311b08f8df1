/* record/undo_plan.h: what undo.c and undo_plan.c share. For record/ only. */
#ifndef COX_RECORD_UNDO_PLAN_H
#define COX_RECORD_UNDO_PLAN_H

#include "record/save.h"
#include "record/undo.h"

/* A plan with what is needed to judge single records again. */
struct cox_undo_work {
    struct cox_call *call;   /* the one at hand: its arena holds what one record needs */
    struct cox_arena *arena; /* holds the plan; may be the call's */
    struct cox_undo_target target;
    struct cox_undo_plan plan;
    struct cox_imap *commits;   /* seq of the target -> its at_us */
    struct cox_imap *by_record; /* cox_record_key -> index in plan.items */
    bool is_foreign;            /* a commit of the target is not the actor's */
    int64_t undo_batch;         /* of an earlier run that did not end; 0: none */
};

/* The state of a record just before the target touched it. */
struct cox_undo_before {
    struct cox_version *versions; /* known then, by from_us */
    size_t count;
    bool was_there; /* the last of them was the current row */
};

/* Reads the target and judges every record. The maps are closed with the arena. */
enum cox_rc cox_undo_plan_make(struct cox_call *call, struct cox_arena *arena,
    const struct cox_undo_target *target, struct cox_undo_work *ret_work,
    struct cox_err *reterr) COX_NODISCARD;

/* Kind and state of every record that is not done yet. */
enum cox_rc cox_undo_judge_all(struct cox_undo_work *work, struct cox_err *reterr) COX_NODISCARD;

/* Judges one record anew, for the moment at hand; sets item->state. */
enum cox_rc cox_undo_judge(struct cox_undo_work *work, struct cox_undo_item *item,
    struct cox_err *reterr) COX_NODISCARD;

enum cox_rc cox_undo_read_before(struct cox_undo_work *work, const struct cox_undo_item *item,
    struct cox_undo_before *ret_before, struct cox_err *reterr) COX_NODISCARD;

/* Name under which runs of one undo find each other: "batch 17". */
void cox_undo_name(const struct cox_undo_target *target, char ret_name[40]);

#endif
