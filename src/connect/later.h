/*
 * connect/later.h: references that could not be followed when their row was saved. Those whose
 * file came afterwards are followed at the end; what still matches nothing is counted, noted on the
 * record, and proposed with the nearest name there is.
 */
#ifndef COX_CONNECT_LATER_H
#define COX_CONNECT_LATER_H

#include "connect/chunk.h"

/* Beyond this many, references are only counted. */
enum { COX_LATER_MAX = 1000000, COX_UNMATCHED_TEXTS_MAX = 5000 };

enum cox_rc cox_later_open(struct cox_arena *arena, struct cox_later **ret_later,
    struct cox_err *reterr) COX_NODISCARD;

/* Takes over what a saved chunk missed. */
enum cox_rc cox_later_add(struct cox_work *work, const struct cox_chunk *chunk,
    struct cox_err *reterr) COX_NODISCARD;

/* After the last file: follows, notes, makes reporting lines and team memberships. */
enum cox_rc cox_later_run(struct cox_work *work, struct cox_err *reterr) COX_NODISCARD;

/* Notes of the report, and proposals as "value" lines of a map file (buf may be NULL). */
enum cox_rc cox_later_tell(struct cox_work *work, struct cox_buf *buf,
    struct cox_err *reterr) COX_NODISCARD;

#endif
