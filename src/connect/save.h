/* connect/save.h: saves chunks of a file. For connect/ itself. */
#ifndef COX_CONNECT_SAVE_H
#define COX_CONNECT_SAVE_H

#include "connect/chunk.h"
#include "connect/oddities.h"
#include "connect/reject.h"

struct cox_saving {
    struct cox_work *work;
    struct cox_chunk *chunk;
    struct cox_reject *reject;
    size_t first, count; /* rows of the chunk to be saved in this call */
    int64_t last_row;    /* of the file, once this call stands */
    int64_t today;       /* in the company's zone */
    struct cox_oddities oddities;
    int64_t done_row; /* rows up to here were saved and counted by an earlier run */
};

/*
 * One commit, told and counted. A failure of the whole call that is about one row (two rows that only
 * clash together): halves, down to the row.
 */
enum cox_rc cox_save_rows(struct cox_saving *saving, size_t first, size_t count,
    struct cox_err *reterr) COX_NODISCARD;

#endif
