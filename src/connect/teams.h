/*
 * connect/teams.h: people in their organisation. A sales-team file (agent, manager, office) makes the
 * people, an office for each office named, a team below it for each manager, memberships, reporting
 * lines and hats; all of it valid since always, for such a file has no dates.
 */
#ifndef COX_CONNECT_TEAMS_H
#define COX_CONNECT_TEAMS_H

#include "connect/work.h"

/* A reporting line from user to manager, unless it is there. Another open one ends today. */
enum cox_rc cox_teams_report(struct cox_call *call, int64_t user, int64_t manager,
    struct cox_err *reterr) COX_NODISCARD;

/* A membership, unless it is there. */
enum cox_rc cox_teams_join(struct cox_call *call, int64_t team, int64_t user,
    struct cox_err *reterr) COX_NODISCARD;

/* The team of that name, made (since ever) when there is none. */
enum cox_rc cox_teams_named(struct cox_call *call, struct cox_job *job, struct cox_text name,
    int64_t *ret_team, struct cox_err *reterr) COX_NODISCARD;

/* Reads such a file to its end and counts its rows. */
enum cox_rc cox_teams_file(struct cox_job *job, struct cox_err *reterr) COX_NODISCARD;

#endif
