/* manager/contest_job.h: contests begin and end by the calendar; results are written once. */
#ifndef COX_MANAGER_CONTEST_JOB_H
#define COX_MANAGER_CONTEST_JOB_H

#include "sales/book.h"
#include "serve/part.h"

/*
 * Moves contests on to what the company's day says, and writes the results of those whose days, those for
 * entering late included, are over: places and figures as of the end, under a pin. May run on several nodes
 * at once and any number of times: who comes second changes nothing.
 */
enum cox_rc cox_contests_run(struct cox_store *store, struct cox_books *books,
    struct cox_err *reterr) COX_NODISCARD;

extern const struct cox_part cox_part_contests;

#endif
