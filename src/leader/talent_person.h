/* leader/talent_person.h: GET /talent/people/{id}: everything that is held about one person here. */
#ifndef COX_LEADER_TALENT_PERSON_H
#define COX_LEADER_TALENT_PERSON_H

#include "serve/http.h"

/* Does the actor wear a hat that leads people (manager or leader)? Of a line is asked apart. */
bool cox_talent_leads(struct cox_call *call);

extern const struct cox_route cox_routes_talent[]; /* leader/talent_route.c */

enum cox_rc cox_talent_person_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

#endif
