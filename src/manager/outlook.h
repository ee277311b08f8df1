/* manager/outlook.h: what the period will bring by its end, as a range. */
#ifndef COX_MANAGER_OUTLOOK_H
#define COX_MANAGER_OUTLOOK_H

#include "sales/brief.h"

/*
 * "outlook": what was won, and the open deals due by the period's end with their chances, as a distribution
 * (kernel/forecast/period.h), corrected by how the same sum did at the same point of the four quarters before: deals
 * that slip and deals that come late are in that error. Needs the book and a period that is not over, else no section.
 */
enum cox_rc cox_outlook_add(struct cox_brief *brief, struct cox_err *reterr) COX_NODISCARD;

#endif
