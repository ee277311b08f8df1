/* connect/run.h: what the run of an import and the files it goes through ask of each other. For connect/ itself. */
#ifndef COX_CONNECT_RUN_H
#define COX_CONNECT_RUN_H

#include "connect/chunk.h"

/*
 * One call of the import. The first one that changes anything opens the batch, so that an import of
 * what is known already leaves no trace; fn then runs again.
 */
enum cox_rc cox_work_write(struct cox_work *work, cox_call_fn fn, void *ctx,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * An open batch of the same paths, left by a run that died: sets the counts of the files it had read, the
 * file it stood in, the row of that and the size of its error file. Untouched when there is none. batch.c.
 */
enum cox_rc cox_work_resume(struct cox_work *work, size_t *ret_job, int64_t *ret_row,
    int64_t *ret_error_size, struct cox_err *reterr) COX_NODISCARD;

/* Names of what is referred to, and of the records themselves where a name says which one it is. records.c. */
enum cox_rc cox_work_load_names(struct cox_work *work, const struct cox_table *table,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * A file of records. Rows up to done_row were counted by an earlier run, whose error file had error_size
 * bytes then. A large file into a table that is small as yet is saved without the table's indexes, which
 * are made at the end; if this process dies before, whoever opens the store next makes them. records.c.
 */
enum cox_rc cox_records_file(struct cox_job *job, int64_t done_row, int64_t error_size,
    struct cox_err *reterr) COX_NODISCARD;

#endif
