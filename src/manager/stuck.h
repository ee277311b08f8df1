/* manager/stuck.h: open deals that do not move, each with the reasons. */
#ifndef COX_MANAGER_STUCK_H
#define COX_MANAGER_STUCK_H

#include "sales/brief.h"

enum {
    COX_STUCK_QUIET_DAYS = 21, /* no activity for longer is a reason */
    COX_STUCK_SHOWN_MAX = 10,
};

/*
 * The section of stuck deals. Strong reasons: longer in the stage than four in five won deals took
 * (this company's own, at least COX_LEARNT_MIN of them), or past the expected close day. Weak ones:
 * no next step or one overdue, nothing done for COX_STUCK_QUIET_DAYS. A deal with a strong reason or
 * two weak ones is stuck; largest amount first.
 */
enum cox_rc cox_stuck_add(struct cox_brief *brief, struct cox_err *reterr) COX_NODISCARD;

#endif
