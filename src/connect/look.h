/* connect/look.h: what an import would make of its files, before it runs. */
#ifndef COX_CONNECT_LOOK_H
#define COX_CONNECT_LOOK_H

#include "base/json.h"
#include "connect/work.h"

/* work has its jobs planned and surveyed, and is gone after the call. */
typedef enum cox_rc (*cox_look_fn)(void *ctx, struct cox_work *work, struct cox_err *reterr);

/* Reads the files to their ends, saves nothing. run.c. */
enum cox_rc cox_import_look(struct cox_arena *arena, const struct cox_import_opt *opt,
    cox_look_fn fn, void *ctx, struct cox_err *reterr) COX_NODISCARD;

/*
 * The preview as one JSON object: for each file what it was taken for and why, its columns with what each
 * becomes, the stages its rows speak of, and its first rows. map: all of it as a map file. preview.c.
 */
enum { COX_PREVIEW_ROWS = 20 };
enum cox_rc cox_import_preview_json(struct cox_arena *arena, const struct cox_import_opt *opt,
    struct cox_json *json, struct cox_err *reterr) COX_NODISCARD;

#endif
