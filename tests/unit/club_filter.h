/*
 * tests/unit/club_filter.h: random filters over visits as text, and what they mean said plainly:
 * three-valued logic as the SQL standard has it, evaluated version by version.
 */
#ifndef COX_TESTS_UNIT_CLUB_FILTER_H
#define COX_TESTS_UNIT_CLUB_FILTER_H

#include "club_model.h"

struct ask; /* a tree of conditions */

/* A random filter; lives in arena. */
const struct ask *ask_make(struct model *model, struct cox_arena *arena);

/* As it would stand in an address. */
struct cox_text ask_text(const struct ask *ask, struct cox_arena *arena);

/* Is it met (true, not merely unknown) by this version, as the viewer sees things? */
bool ask_holds(const struct ask *ask, const struct model *model, const struct model_view *view,
    const struct model_version *version, struct cox_arena *arena);

#endif
