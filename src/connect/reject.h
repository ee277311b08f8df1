/*
 * connect/reject.h: the file of rejected rows: all columns as they were, then error_field and
 * error_reason. Mended, it is imported like the original; those two columns are passed over.
 */
#ifndef COX_CONNECT_REJECT_H
#define COX_CONNECT_REJECT_H

#include "connect/work.h"

struct cox_reject;

/* size: bytes of it that are known to be right (a resumed import); 0: it begins anew. */
enum cox_rc cox_reject_open(struct cox_job *job, int64_t size, struct cox_reject **ret_reject,
    struct cox_err *reterr) COX_NODISCARD;

/* cells: one for each column of the file. Kept until flushed. */
void cox_reject_add(struct cox_reject *reject, const struct cox_text *cells,
    const struct cox_err *err);
/* What was added since the last flush is forgotten. */
void cox_reject_clear(struct cox_reject *reject);

/* Writes at the end; may be done again for the same rows (after clear and add): same place. */
enum cox_rc cox_reject_write(struct cox_reject *reject, struct cox_err *reterr) COX_NODISCARD;
/* What was written stays: the next rows follow it. */
void cox_reject_keep(struct cox_reject *reject);
enum cox_rc cox_reject_flush(struct cox_reject *reject, struct cox_err *reterr) COX_NODISCARD;

/* Bytes the file has once what was added is written. */
int64_t cox_reject_size(const struct cox_reject *reject);

#endif
