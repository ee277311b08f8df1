/* record/reference.h: references are kept by the engine, alike on both stores. */
#ifndef COX_RECORD_REFERENCE_H
#define COX_RECORD_REFERENCE_H

#include "record/save.h"

/* Every reference of after that before did not have must lead to a record the actor may see. */
enum cox_rc cox_reference_check(struct cox_call *call, const struct cox_row *before,
    const struct cox_row *after, unsigned flags, struct cox_err *reterr) COX_NODISCARD;

/* Before a record goes: refuse, null or cascade, as each reference to it is declared. */
enum cox_rc cox_reference_release(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr) COX_NODISCARD;

/* Every reference to from leads to into afterwards (a merge). */
enum cox_rc cox_reference_move(struct cox_call *call, const struct cox_table *table,
    int64_t from_id, int64_t into_id, struct cox_err *reterr) COX_NODISCARD;

#endif
