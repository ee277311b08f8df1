/*
 * record/save.h: the one way into the tables, for record/ itself: as record.h's writing calls, but
 * with what undo, restore and erasure need: leave rights or the entity's rule aside.
 */
#ifndef COX_RECORD_SAVE_H
#define COX_RECORD_SAVE_H

#include "record/call.h"

enum cox_save_flag {
    COX_SAVE_NO_RIGHTS = 1 << 0, /* authority was settled elsewhere (undo works blind on notes) */
    COX_SAVE_NO_CHECK = 1 << 1,  /* the row was valid when it was first saved */
    COX_SAVE_NO_REFERENCES = 1 << 2, /* what it refers to comes back in the same undo */
    COX_SAVE_KEEP_IMPORTED = 1 << 3, /* history put back: own versions stay own */
    COX_SAVE_SINCE_EVER = 1 << 4,    /* create: it begins at COX_SINCE_EVER, imported */
};

enum cox_rc cox_save_create(struct cox_call *call, struct cox_row *row, unsigned flags,
    int64_t *ret_id, struct cox_err *reterr) COX_NODISCARD;

enum cox_rc cox_save_change(struct cox_call *call, const struct cox_table *table, int64_t id,
    int64_t if_rev, const struct cox_change *changes, size_t count, unsigned flags,
    bool *ret_is_changed, struct cox_err *reterr) COX_NODISCARD;

enum cox_rc cox_save_remove(struct cox_call *call, const struct cox_table *table, int64_t id,
    int64_t if_rev, unsigned flags, struct cox_err *reterr) COX_NODISCARD;

/* Takes a record off the whole time axis: every version known now gets seq_to = this commit (op w).
 * As of an earlier seq it is still there. References to it are not looked at. */
enum cox_rc cox_save_withdraw(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr) COX_NODISCARD;

/* As cox_put_history, which says what the members mean. */
struct cox_history_ask {
    const struct cox_table *table;
    int64_t id;
    const struct cox_version *versions;
    size_t count;
    int64_t end_us;
    unsigned flags;
};
enum cox_rc cox_save_put_history(struct cox_call *call, const struct cox_history_ask *ask,
    int64_t *ret_id, bool *ret_is_changed, struct cox_err *reterr) COX_NODISCARD;

/* Current row with its salt and hash (texts of 16 and 32 bytes, or ptr NULL); no rights asked. */
struct cox_stored {
    struct cox_row row;
    struct cox_text psalt, phash;
};
enum cox_rc cox_save_stored(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_stored *ret_stored, bool *ret_is_there, struct cox_err *reterr) COX_NODISCARD;

/* Notes an entry of the log for this commit (erasure makes its own). digest may be NULL: of the
 * entry without versions. */
enum cox_rc cox_save_note(struct cox_call *call, const struct cox_table *table, int64_t id, char op,
    const unsigned char *digest, struct cox_err *reterr) COX_NODISCARD;

/* The entry of a record to which this commit gave several versions, made anew from the tables. */
enum cox_rc cox_history_note(struct cox_call *call, const struct cox_table *table, int64_t id,
    struct cox_err *reterr) COX_NODISCARD;

/* Bounds, type and form of every value (of one field); texts are trimmed, empty ones made null. */
enum cox_rc cox_value_check(const struct cox_table *table, uint32_t at, struct cox_value *value,
    struct cox_err *reterr) COX_NODISCARD;

/* The entity's rule for a version, and the required fields of a row that becomes current. */
enum cox_rc cox_save_rule(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_save_required(const struct cox_row *row, struct cox_err *reterr) COX_NODISCARD;

/* COX_GONE when after gives a personal value to an erased record. before is the current row. */
enum cox_rc cox_save_refuse_erased(struct cox_call *call, const struct cox_row *before,
    const struct cox_row *after, struct cox_err *reterr) COX_NODISCARD;

/* The search index after a save. before or after NULL: the record begins or ends. */
enum cox_rc cox_save_words(struct cox_call *call, const struct cox_row *before,
    const struct cox_row *after, struct cox_err *reterr) COX_NODISCARD;

/* For entities that settle: what the record was before the call and is now. */
enum cox_rc cox_save_keep_edit(struct cox_call *call, const struct cox_table *table, int64_t id,
    const struct cox_row *before, const struct cox_row *after,
    struct cox_err *reterr) COX_NODISCARD;

/* Words of all searched fields of a row; ptr "" when there are none. */
enum cox_rc cox_row_words(struct cox_arena *arena, const struct cox_row *row,
    struct cox_text *ret_words, struct cox_err *reterr) COX_NODISCARD;

#endif
