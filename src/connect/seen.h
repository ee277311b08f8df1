/*
 * connect/seen.h: which row of a record counts when an import has several of it (two exports in one
 * folder, a file with an id twice): the one modified last there, else the last one. Without
 * this, importing the same files again would change records to and fro. 40 bytes a row.
 */
#ifndef COX_CONNECT_SEEN_H
#define COX_CONNECT_SEEN_H

#include "connect/mapping.h"

struct cox_seen;

/* Closed with the arena; its memory is the program's. */
enum cox_rc cox_seen_open(struct cox_arena *arena, struct cox_seen **ret_seen,
    struct cox_err *reterr) COX_NODISCARD;

/* A row of a file; the mapping has an id column. */
enum cox_rc cox_seen_note(struct cox_seen *seen, const struct cox_mapping *mapping, uint32_t file,
    const struct cox_feed_row *row, struct cox_err *reterr) COX_NODISCARD;

/* Does this row (noted before) count? */
bool cox_seen_counts(const struct cox_seen *seen, const struct cox_mapping *mapping, uint32_t file,
    const struct cox_feed_row *row);

#endif
