/*
 * connect/applying.h: one row on its way into the store, shared by the rooms that save it. For apply*.c
 * alone; everything lives as long as the chunk.
 */
#ifndef COX_CONNECT_APPLYING_H
#define COX_CONNECT_APPLYING_H

#include "connect/chunk.h"

struct cox_applying {
    struct cox_call *call;
    struct cox_chunk *chunk;
    struct cox_job *job;
    const struct cox_table *table;
    struct cox_prepared *prepared;
    struct cox_value *set; /* per field */
    bool *has;
    bool only_empty;    /* the record is better known by another file: what it has stays */
    size_t missed_from; /* first of this row's in chunk->missed */
};

void cox_applying_set(struct cox_applying *applying, uint32_t field, struct cox_value value);
/* ptr NULL: the row says nothing of the field, or it is no text. */
struct cox_text cox_applying_text(const struct cox_applying *applying, uint32_t field);

/* apply_refs.c: references become ids; those that name nothing are noted, or refuse the row. */
enum cox_rc cox_apply_refs(struct cox_applying *applying, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_apply_stage(struct cox_applying *applying, bool is_new,
    struct cox_err *reterr) COX_NODISCARD;

/* apply_find.c: NULL when it is not here (any more). */
enum cox_rc cox_apply_find(struct cox_applying *applying, const struct cox_row **ret_row,
    struct cox_err *reterr) COX_NODISCARD;

/* apply_fill.c: for every row, and for records to be made. */
void cox_apply_stage_facts(struct cox_applying *applying);
enum cox_rc cox_apply_defaults(struct cox_applying *applying, struct cox_err *reterr) COX_NODISCARD;

#endif
