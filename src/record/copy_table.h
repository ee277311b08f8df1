/* record/copy_table.h: one table from one database into another, page by page. For record/ only. */
#ifndef COX_RECORD_COPY_TABLE_H
#define COX_RECORD_COPY_TABLE_H

#include "record/call.h"
#include "record/plain.h"

struct cox_copy_pipe {
    struct cox_db *from, *to;
    struct cox_arena *arena;
    bool commits_pages; /* each page in a transaction of its own; else the caller's */
    int64_t done, all;  /* rows */
    bool (*progress)(void *ctx, int64_t done, int64_t all);
    void *ctx;
};

/* without: rows whose first column is this text stay behind; NULL: none do. */
enum cox_rc cox_copy_plain(struct cox_copy_pipe *pipe, const struct cox_plain_table *plain,
    const char *without, struct cox_err *reterr) COX_NODISCARD;

/* Current rows with their search words, then the closed versions. */
enum cox_rc cox_copy_entity(struct cox_copy_pipe *pipe, const struct cox_table *table,
    struct cox_err *reterr) COX_NODISCARD;

/* Adds the rows of all tables to pipe->all. */
enum cox_rc cox_copy_count(struct cox_copy_pipe *pipe, const struct cox_registry *registry,
    struct cox_err *reterr) COX_NODISCARD;

#endif
