/* record/custom.h: run-time fields: columns added by an administrator while the store is in use. */
#ifndef COX_RECORD_CUSTOM_H
#define COX_RECORD_CUSTOM_H

#include "record/record.h"

enum { COX_CUSTOM_MAX = 200 }; /* per entity */

struct cox_custom_spec {
    struct cox_text label;
    enum cox_type type; /* not BYTES */
    unsigned flags;     /* of SORTED, SEARCHED, PERSONAL (entities that hold personal fields) */
    const struct cox_text *choices; /* CHOICE: names, at least one; append only */
    size_t choice_count;
    const struct cox_entity *ref; /* REF */
};

/* Adds a field; its column is "x<id>", never user text. Takes effect with the commit. A label that
 * another field of the entity bears is COX_CONFLICT. Administrators and the operator only. */
enum cox_rc cox_custom_add(struct cox_call *call, const struct cox_entity *entity,
    const struct cox_custom_spec *spec, int64_t *ret_custom_id,
    struct cox_err *reterr) COX_NODISCARD;

/* The field that the commit added: what is answered to whoever asks again. */
enum cox_rc cox_custom_find_added(struct cox_call *call, int64_t seq, int64_t *ret_custom_id,
    struct cox_err *reterr) COX_NODISCARD;

/* Another label, which no other field of the entity may bear; its column and its values stay. The former one in
 * the call's arena. Administrators and the operator only. */
enum cox_rc cox_custom_rename(struct cox_call *call, int64_t custom_id, struct cox_text label,
    struct cox_text *ret_was, struct cox_err *reterr) COX_NODISCARD;

/* Out of sight; old versions keep their values; the column is never used again. */
enum cox_rc cox_custom_retire(struct cox_call *call, int64_t custom_id,
    struct cox_err *reterr) COX_NODISCARD;

#endif
