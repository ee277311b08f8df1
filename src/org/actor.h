/* org/actor.h: who acts: a person with the hats worn on a day. */
#ifndef COX_ORG_ACTOR_H
#define COX_ORG_ACTOR_H

#include "record/record.h"

/*
 * The actor of a user id: roles of the hats held on day (company day); somebody without any hat row
 * is a rep. COX_MISSING: no such user; COX_DENIED: not active, or has left by that day.
 */
enum cox_rc cox_actor_of_user(struct cox_call *call, int64_t user, int64_t day,
    struct cox_actor *ret_actor, struct cox_err *reterr) COX_NODISCARD;

/* The same by e-mail address (no regard to case), or by id written as a number. */
enum cox_rc cox_actor_find(struct cox_call *call, struct cox_text who, int64_t day,
    struct cox_actor *ret_actor, struct cox_err *reterr) COX_NODISCARD;

/* The user of an address, no regard to case; 0 when there is none. */
enum cox_rc cox_user_by_email(struct cox_call *call, struct cox_text email, int64_t *ret_user,
    struct cox_err *reterr) COX_NODISCARD;

#endif
