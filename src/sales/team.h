/* sales/team.h: whose work a team's figures are: its people and those of the teams below it. */
#ifndef COX_SALES_TEAM_H
#define COX_SALES_TEAM_H

#include "record/record.h"

/*
 * The people of the team and of the teams below it on day, and its lead; in no order, somebody in two of the
 * teams twice. In the call's arena. Errors: COX_MISSING, also when nobody is in it.
 */
enum cox_rc cox_team_people(struct cox_call *call, int64_t team, int64_t day, int64_t **ret_users,
    size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

/* By name or number. Errors: COX_MISSING; COX_INVALID when several have the name. */
enum cox_rc cox_team_find(struct cox_call *call, struct cox_text text, int64_t *ret_team,
    struct cox_err *reterr) COX_NODISCARD;

#endif
