/*
 * org/line.h: reporting lines: no loops, one manager at a time, and the closure that rights use.
 */
#ifndef COX_ORG_LINE_H
#define COX_ORG_LINE_H

#include "record/entity.h"

/* More levels than this between a person and the top are refused. */
enum { COX_LINE_DEPTH_MAX = 64 };

/*
 * The check of reporting_line: days in order, nobody reports to oneself, to two people at once, or
 * (through others, on any one day) to somebody below; the error names the loop.
 */
enum cox_rc cox_line_check(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr) COX_NODISCARD;

/* The settle of reporting_line: rebuilds the closure. */
enum cox_rc cox_line_settle(struct cox_call *call, const struct cox_edit *edits, size_t count,
    struct cox_err *reterr) COX_NODISCARD;

/* Who is in whose line when, from all reporting lines as the call sees them. O(people * levels). */
enum cox_rc cox_line_rebuild(struct cox_call *call, struct cox_err *reterr) COX_NODISCARD;

/* Users in the line of leader on a day, without the leader, in id order; in the call's arena. */
enum cox_rc cox_line_below(struct cox_call *call, int64_t leader, int64_t day,
    const int64_t **ret_users, size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

#endif
