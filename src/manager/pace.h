/* manager/pace.h: results against pace day by day, coverage of this period and the next, quota gaps. */
#ifndef COX_MANAGER_PACE_H
#define COX_MANAGER_PACE_H

#include "sales/brief.h"

/*
 * "progress", for screens: a row for each day of the period with what was won until its end (none
 * after the brief's day), what the pace asks for by then, and the target. Money.
 */
enum cox_rc cox_progress_add(struct cox_brief *brief, struct cox_err *reterr) COX_NODISCARD;

/* "coverage": open deals due over what is left of the target, this period and the next. */
enum cox_rc cox_coverage_add(struct cox_brief *brief, struct cox_err *reterr) COX_NODISCARD;

/* "quota_gaps": people here who hold open deals and have no revenue quota that touches the period. */
enum cox_rc cox_quota_gaps_add(struct cox_brief *brief, struct cox_err *reterr) COX_NODISCARD;

/* "periods", for screens: the quarters one may want to look at: eight before, the next two. */
enum cox_rc cox_periods_add(struct cox_brief *brief, struct cox_err *reterr) COX_NODISCARD;

#endif
