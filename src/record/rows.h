/* record/rows.h: whole versions out of a statement: columns, horizon, private values. For record/ only. */
#ifndef COX_RECORD_ROWS_H
#define COX_RECORD_ROWS_H

#include "record/scope.h"

/* As a seq: whatever is known, this call's own changes included. Below the seq_to of what holds. */
#define COX_ALL_KNOWN (COX_FOREVER - 1)

/* Appends the columns cox_row_read wants, each with its own name. */
void cox_rows_add_columns(struct cox_sql *sql, const struct cox_table *table, enum cox_arm arm,
    const char *alias);

/*
 * The instant up to which ends of versions are known to the call: FOREVER when it reads now, else
 * that of the commit as_of.seq. What ended later is shown as still so, or the same {instant, seq}
 * would not read the same for ever.
 */
enum cox_rc cox_rows_horizon(struct cox_call *call, int64_t *ret_until_us,
    struct cox_err *reterr) COX_NODISCARD;

/* The statement's row as the actor may see it. */
enum cox_rc cox_rows_read(struct cox_call *call, const struct cox_table *table,
    struct cox_stmt *stmt, int64_t until_us, struct cox_row *ret_row,
    struct cox_err *reterr) COX_NODISCARD;

#endif
