/*
 * record/erase.h: erasure of a person. Values of PERSONAL fields become null in the current row and
 * in every closed version, and the record's salt goes; what the chain covers stands, so it verifies
 * as before, and so do all totals. The record stays and reads "erased".
 */
#ifndef COX_RECORD_ERASE_H
#define COX_RECORD_ERASE_H

#include "record/record.h"

struct cox_erase_report {
    int64_t record_count; /* the person's, and those that would go with it when deleted (CASCADE) */
    int64_t version_count;
};

/*
 * Within a write (cause COX_CAUSE_ERASE, or RESTORE). Deleted records are erased too. For
 * administrators and the operator; COX_DENIED else. COX_MISSING when there never was such a
 * record. Records of other entities that refer to it with COX_CASCADE are erased alike.
 * Also forgets the record's external ids. Credentials and the like are their owner's (org) to drop
 * in the same write.
 */
enum cox_rc cox_erase(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    struct cox_erase_report *ret_report, struct cox_err *reterr) COX_NODISCARD;

/*
 * The same for one record alone, without what hangs on it: for what is kept no longer (record/expire.h).
 * Of one that holds nothing any more nothing is said: record_count stays as it is.
 */
enum cox_rc cox_erase_alone(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    struct cox_erase_report *report, struct cox_err *reterr) COX_NODISCARD;

/*
 * Some personal fields of a record that is there: they become null in a new version, and all earlier versions lose
 * their personal values, which stand under one hash with them. The others are kept, under a salt of
 * their own. Fields that are null already are null in earlier versions too afterwards.
 */
enum cox_rc cox_erase_fields(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    const uint32_t *fields, size_t count, struct cox_erase_report *report,
    struct cox_err *reterr) COX_NODISCARD;

/* Is there an erasure whose traces in index, log file and free space have not been purged? */
enum cox_rc cox_erase_is_pending(struct cox_store *store, bool *ret_is_pending,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Purges those traces: search index merged, SQLite's write-ahead log written back and cut to
 * nothing, PostgreSQL's tables vacuumed and their statistics taken anew. An erasure is complete
 * when this has returned COX_OK; it is a job's to call it again otherwise (COX_BUSY: a long read still
 * needs the old pages). Does nothing when nothing is pending.
 */
enum cox_rc cox_erase_finish(struct cox_store *store, struct cox_err *reterr) COX_NODISCARD;

/* Was this record erased? */
enum cox_rc cox_is_erased(struct cox_call *call, const struct cox_entity *entity, int64_t id,
    bool *ret_is_erased, struct cox_err *reterr) COX_NODISCARD;

#endif
