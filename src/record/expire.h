/*
 * record/expire.h: what has been kept for as long as it may be (record/keep.h) is erased, by commits of the
 * program (cause erase), now and in all versions; looks at people data older than their time are forgotten.
 */
#ifndef COX_RECORD_EXPIRE_H
#define COX_RECORD_EXPIRE_H

#include "record/record.h"

struct cox_expire_report {
    int64_t record_count, version_count;
    int64_t look_count; /* lines of the log of who looked */
    int64_t
        outcome_count; /* outcomes of bulk changes, kept a day for whoever asks again with the key */
};

/*
 * One round over all entities, also those of features that are off, in commits of some hundred records each; then
 * the traces are purged (cox_erase_finish). A record's time runs from its last change, of a removed one from
 * its removal. Doing it again, or from two processes at once, does nothing twice. goes_on (may be
 * NULL) is asked between commits; once it says no, the rest is left for the next round.
 */
enum cox_rc cox_expire(struct cox_store *store, bool (*goes_on)(void *ctx), void *ctx,
    struct cox_expire_report *ret_report, struct cox_err *reterr) COX_NODISCARD;

#endif
