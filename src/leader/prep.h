/* leader/prep.h: what to know before a talk, and the library of questions. */
#ifndef COX_LEADER_PREP_H
#define COX_LEADER_PREP_H

#include "serve/http.h"

extern const struct cox_route cox_routes_prep[];

/* leader/coaching_library.c: built-in templates and questions, and the company's own. */
enum cox_rc cox_coaching_library_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

#endif
