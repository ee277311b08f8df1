/* leader/mentor_route.h: a programme of pairs over HTTP; the addresses stand in leader/talent_route.c. */
#ifndef COX_LEADER_MENTOR_ROUTE_H
#define COX_LEADER_MENTOR_ROUTE_H

#include "serve/http.h"

/* The programme with the members and pairs that the caller sees. */
enum cox_rc cox_mentor_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

/* The pairs as they would be drawn now; nothing is kept. */
enum cox_rc cox_mentor_preview(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

/* The pairs as previewed (body: digest) are made. */
enum cox_rc cox_mentor_accept(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

/* What the programme has done: leader/mentor_effect.c. */
enum cox_rc cox_mentor_effect_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

#endif
