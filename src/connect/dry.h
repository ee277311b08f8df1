/* connect/dry.h: an import into a copy that is thrown away. For connect/ itself. */
#ifndef COX_CONNECT_DRY_H
#define COX_CONNECT_DRY_H

#include "connect/import.h"

enum cox_rc cox_import_dry(struct cox_arena *arena, const struct cox_import_opt *opt,
    struct cox_import_report *ret_report, struct cox_err *reterr) COX_NODISCARD;

/* The import itself, whatever opt->dry_run says (run.c). */
enum cox_rc cox_import_run_in(struct cox_arena *arena, const struct cox_import_opt *opt,
    struct cox_import_report *ret_report, struct cox_err *reterr) COX_NODISCARD;

#endif
