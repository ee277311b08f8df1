/* manager/stuck.h: open deals that do not move, each with the reasons. */
#ifndef COX_MANAGER_STUCK_H
#define COX_MANAGER_STUCK_H

#include "sales/brief.h"

enum { COX_STUCK_SHOWN_MAX = 10 };

/* The section of stuck deals: those at risk (sales/risk.h), largest amount first. */
enum cox_rc cox_stuck_add(struct cox_brief *brief, struct cox_err *reterr) COX_NODISCARD;

#endif
