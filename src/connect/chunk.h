/*
 * connect/chunk.h: some rows of a file on their way: read by prepare.c, saved as one commit by
 * apply.c. What a chunk did is counted only once its commit stands.
 */
#ifndef COX_CONNECT_CHUNK_H
#define COX_CONNECT_CHUNK_H

#include "connect/prepare.h"

enum cox_outcome {
    COX_OUTCOME_NONE,
    COX_OUTCOME_CREATED,
    COX_OUTCOME_UPDATED,
    COX_OUTCOME_UNCHANGED,
    COX_OUTCOME_REJECTED,
};

/* A reference of a saved record that matched nothing. */
struct cox_missed {
    const struct cox_table *table; /* of the record */
    const struct cox_table *ref;   /* where it was looked for */
    int64_t id;
    uint32_t field;
    struct cox_text name; /* of the field */
    struct cox_text text;
    bool is_later;  /* its file is yet to come: looked at again at the end */
    bool is_filled; /* a stand-in was made (people only) */
};

/* Beside the fields of a table, in cox_missed.field. */
#define COX_MISSED_MANAGER (UINT32_MAX - 1)
#define COX_MISSED_TEAM    (UINT32_MAX - 2)

struct cox_chunk {
    struct cox_job *job;
    struct cox_arena *arena;
    struct cox_prepared rows[COX_IMPORT_CHUNK];
    size_t count;
    enum cox_outcome outcome[COX_IMPORT_CHUNK];
    struct cox_err err[COX_IMPORT_CHUNK]; /* of rejected rows */
    int64_t deleted_count;
    struct cox_missed *missed;
    size_t missed_count, missed_room;
};

enum cox_rc cox_chunk_miss(struct cox_chunk *chunk, const struct cox_missed *missed,
    struct cox_err *reterr) COX_NODISCARD;

/* The rows from first on, count of them, in a call of cox_store_write. */
enum cox_rc cox_apply_rows(struct cox_call *call, struct cox_chunk *chunk, size_t first,
    size_t count, struct cox_err *reterr) COX_NODISCARD;

/* Records of these are the same when they have the same name: rows need no id. */
bool cox_is_matched_by_name(const struct cox_entity *entity);

/* Somebody who owns records but is in no file of people: made inactive, found by this text. */
enum cox_rc cox_apply_stand_in(struct cox_call *call, struct cox_work *work, struct cox_text source,
    struct cox_text text, int64_t *ret_user, struct cox_err *reterr) COX_NODISCARD;

#endif
