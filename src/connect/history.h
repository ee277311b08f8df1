/*
 * connect/history.h: versions of records on the time axis.
 *
 * An export without history says only how a deal stands and on which days it began and was closed.
 * From that: an open deal has been as it stands since it began; a closed one was in an open stage
 * (history.c says which) from the day it began to the day it was closed. What the export does not
 * tell of that time (amount, expected day, chance) is left empty, not guessed. All such versions are
 * marked as imported. Columns "date entered <stage>" and histories of properties are taken as they are.
 */
#ifndef COX_CONNECT_HISTORY_H
#define COX_CONNECT_HISTORY_H

#include "connect/chunk.h"

/*
 * The versions of a new record: row is its present state and becomes the last of them. ret_count 0:
 * nothing is known of its past, it begins now.
 */
enum cox_rc cox_history_of_row(struct cox_call *call, const struct cox_job *job,
    const struct cox_prepared *prepared, struct cox_row *row, struct cox_version **ret_versions,
    size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

/* Reads a history file (snapshots or changes) to its end and puts what it says; counts its rows. */
enum cox_rc cox_history_file(struct cox_job *job, struct cox_err *reterr) COX_NODISCARD;

#endif
