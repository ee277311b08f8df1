/* jobs/repeat.h: a thread that does one thing again and again until it is told to stop. */
#ifndef COX_JOBS_REPEAT_H
#define COX_JOBS_REPEAT_H

#include <stdbool.h>

#include "base/err.h"

struct cox_repeat;

/* fn runs first_ms from now, then every_ms after each end of it, never twice at once. ctx outlives the repeat. */
enum cox_rc cox_repeat_open(void (*fn)(void *ctx), void *ctx, unsigned first_ms, unsigned every_ms,
    struct cox_repeat **ret_ticker, struct cox_err *reterr) COX_NODISCARD;

/* For a long fn: false once the repeat is being closed. */
bool cox_repeat_goes_on(struct cox_repeat *repeat);

/* Waits for what runs; accepts NULL. */
void cox_repeat_close(struct cox_repeat *repeat);

#endif
