/* manager/alert_job.h: what is watched is looked at once a week, when it is over. */
#ifndef COX_MANAGER_ALERT_JOB_H
#define COX_MANAGER_ALERT_JOB_H

#include "sales/book.h"
#include "serve/part.h"

/*
 * Looks at every rule that has not been looked at since the newest week that is over (for monthly ones: the
 * newest that ended a month), and raises alerts. Whose figures: those in the owner's line today. May run on
 * several nodes at once and any number of times: a rule's week is looked at once, and no alert is raised twice.
 */
enum cox_rc cox_alerts_run(struct cox_store *store, struct cox_books *books,
    struct cox_err *reterr) COX_NODISCARD;

extern const struct cox_part cox_part_alerts;

#endif
