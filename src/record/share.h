/*
 * record/share.h: a record shown to one person beyond the rules of line and ownership, and a merge
 * of two records. Both need the right to change the record.
 */
#ifndef COX_RECORD_SHARE_H
#define COX_RECORD_SHARE_H

#include "record/record.h"

struct cox_share {
    int64_t user_id;
    enum cox_verb verb; /* COX_READ or COX_CHANGE (which includes reading) */
    int64_t until_day;  /* last company day; COX_NULL: open */
};

/* Never for people entities: their participants alone read them (COX_DENIED). */
enum cox_rc cox_share_put(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const struct cox_share *share, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_share_drop(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    int64_t user_id, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_share_list(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const struct cox_share **ret_shares, size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

/*
 * Two records are one: every reference to from leads to into, from is removed, and reading it says
 * COX_GONE from now on. One commit, so undo takes it back.
 */
enum cox_rc cox_merge(struct cox_call *call, const struct cox_entity *entity, int64_t from_id,
    int64_t into_id, struct cox_err *reterr) COX_NODISCARD;

/* The record that an id was merged into, 0 when it was not (or is back). */
enum cox_rc cox_merged_into(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    int64_t *ret_into_id, struct cox_err *reterr) COX_NODISCARD;

#endif
