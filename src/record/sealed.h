/*
 * record/sealed.h: what somebody has said in confidence until it is summed up and thrown away: answers about another
 * person. No entity, so no list, search, history, export, event, undo or digest knows of it; no row of the log tells
 * who has said something or when. The caller hands in bytes that are sealed already (serve/seal.h).
 *
 * A piece belongs to a space (the record it is about) and stands for a record (who says it), by a digest under the
 * store's key: the table shows no record and no order. Erasing either record takes the piece along.
 */
#ifndef COX_RECORD_SEALED_H
#define COX_RECORD_SEALED_H

#include "record/record.h"

enum { COX_SEALED_SIZE_MAX = 64 * 1024 };

/* Writes: within cox_store_write, which they do not turn into a commit. One piece a space and record: put replaces. */
enum cox_rc cox_sealed_put(struct cox_call *call, int64_t space, int64_t record,
    struct cox_text body, struct cox_err *reterr) COX_NODISCARD;

/* record 0: all of the space. */
enum cox_rc cox_sealed_drop(struct cox_call *call, int64_t space, int64_t record,
    struct cox_err *reterr) COX_NODISCARD;

/* ptr NULL when there is none. In the call's arena. */
enum cox_rc cox_sealed_find(struct cox_call *call, int64_t space, int64_t record,
    struct cox_text *ret_body, struct cox_err *reterr) COX_NODISCARD;

/* All of a space, in the order of the digests, which means nothing. In the call's arena. */
enum cox_rc cox_sealed_list(struct cox_call *call, int64_t space,
    const struct cox_text **ret_bodies, size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

/* For erasure: what stands for this record in any space, and what is said about it. */
enum cox_rc cox_sealed_forget(struct cox_call *call, int64_t record,
    struct cox_err *reterr) COX_NODISCARD;

#endif
