/*
 * record/access.h: who looked at people data. Every row of a people entity that a read hands out is
 * written down when the read ends; the person it is about reads the list.
 */
#ifndef COX_RECORD_ACCESS_H
#define COX_RECORD_ACCESS_H

#include "record/record.h"

/* For record/ itself: the call has handed out this row. Rows of other entities are passed over. */
enum cox_rc cox_access_note(struct cox_call *call, const struct cox_row *row,
    struct cox_err *reterr) COX_NODISCARD;

/* What a read has noted, into the store, before its result is answered. */
enum cox_rc cox_access_flush(struct cox_call *call, struct cox_err *reterr) COX_NODISCARD;

struct cox_access {
    int64_t at_us, actor_id, subject_id, id;
    const struct cox_table *table;
};

/* Looks at data about the actor by others and by themselves, newest first, at most limit. */
enum cox_rc cox_access_list(struct cox_call *call, uint32_t limit,
    const struct cox_access **ret_rows, size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

/* For the works council: looks at data about anybody; 0 and COX_FOREVER: no bound. COX_DENIED for others. */
struct cox_access_ask {
    int64_t before_us, actor_id, subject_id;
    uint32_t limit;
};
enum cox_rc cox_access_list_all(struct cox_call *call, const struct cox_access_ask *ask,
    const struct cox_access **ret_rows, size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

#endif
