/* connect/run.h: how the parts of an import save. For connect/ itself. */
#ifndef COX_CONNECT_RUN_H
#define COX_CONNECT_RUN_H

#include "connect/chunk.h"

/*
 * One call of the import. The first one that changes anything opens the batch, so that an import of
 * what is known already leaves no trace; fn then runs again.
 */
enum cox_rc cox_work_write(struct cox_work *work, cox_call_fn fn, void *ctx,
    struct cox_err *reterr) COX_NODISCARD;

#endif
