/*
 * record/pin.h: a name for a commit, so that what was known then can be read again for ever: period
 * closes, packs, submissions, acceptances. Nothing is copied.
 */
#ifndef COX_RECORD_PIN_H
#define COX_RECORD_PIN_H

#include "record/record.h"

struct cox_pin {
    int64_t id, seq, at_us, actor_id;
    struct cox_text name;  /* not unique: the newest of a name is found */
    struct cox_text scope; /* what it covers, as its feature writes it; may have no value */
    struct cox_text why;
};

/* Pins the state before this call's own commit is added: seq of the last commit. */
enum cox_rc cox_pin_put(struct cox_call *call, struct cox_text name, struct cox_text scope,
    struct cox_text why, int64_t *ret_id, struct cox_err *reterr) COX_NODISCARD;

/* The newest pin of this name; COX_MISSING when there is none. */
enum cox_rc cox_pin_find(struct cox_call *call, struct cox_text name, struct cox_pin *ret_pin,
    struct cox_err *reterr) COX_NODISCARD;

/* What to read with so that the pinned state is seen. */
static inline struct cox_as_of cox_pin_as_of(const struct cox_pin *pin)
{
    return (struct cox_as_of){.at_us = 0, .seq = pin->seq};
}

#endif
