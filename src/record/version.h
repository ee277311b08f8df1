/*
 * record/version.h: versions in the two tables of an entity: in, over, from current to past. No
 * rights, rules or log here: save.c and history.c see to those.
 */
#ifndef COX_RECORD_VERSION_H
#define COX_RECORD_VERSION_H

#include "record/save.h"

/* Salt of a record and hash of a version's personal fields; unused where there are none. */
struct cox_personal {
    unsigned char salt[COX_SALT_SIZE], hash[COX_DIGEST_SIZE];
    bool is_used;
};

/* salt: that of the record's earlier versions, or ptr NULL for a new record. */
void cox_personal_make(struct cox_call *call, const struct cox_row *row, struct cox_text salt,
    struct cox_personal *ret_personal);

enum cox_rc cox_version_insert(struct cox_call *call, const struct cox_row *row,
    const struct cox_personal *personal, struct cox_err *reterr) COX_NODISCARD;

/* Into the past table, with the row's to_us and seq_to. */
enum cox_rc cox_version_insert_past(struct cox_call *call, const struct cox_row *row,
    const struct cox_personal *personal, struct cox_err *reterr) COX_NODISCARD;

/* UPDATE of the columns that differ, so that only their indexes are touched. */
enum cox_rc cox_version_update(struct cox_call *call, const struct cox_row *before,
    const struct cox_row *after, const struct cox_personal *personal,
    struct cox_err *reterr) COX_NODISCARD;

/* Copies the current row into the past table; it still stands in the current one. */
enum cox_rc cox_version_archive(struct cox_call *call, const struct cox_table *table, int64_t id,
    int64_t to_us, int64_t seq_to, struct cox_err *reterr) COX_NODISCARD;

enum cox_rc cox_version_drop(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr) COX_NODISCARD;

/* Every version of the past table, by from_us; those taken back included. */
enum cox_rc cox_version_past(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_stored **ret_versions, size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

/* Those of them, and the current one, that commit seq made; by from_us. */
enum cox_rc cox_version_made(struct cox_call *call, const struct cox_table *table, int64_t id,
    int64_t seq, struct cox_stored ***ret_made, size_t *ret_count,
    struct cox_err *reterr) COX_NODISCARD;

#endif
