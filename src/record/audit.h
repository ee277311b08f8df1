/*
 * record/audit.h: is the store what its log says? The chain over commits is computed again from the
 * stored versions; a flip anywhere that changes a value is found. The state digest tells two
 * stores (or two engines) apart by what they hold.
 */
#ifndef COX_RECORD_AUDIT_H
#define COX_RECORD_AUDIT_H

#include "record/record.h"

struct cox_audit_head {
    int64_t seq, at_us;
    char digest
        [65]; /* hexadecimal; keep it elsewhere: a chain proves nothing against its own author */
};
enum cox_rc cox_audit_head(struct cox_store *store, struct cox_audit_head *ret_head,
    struct cox_err *reterr) COX_NODISCARD;

struct cox_audit_report {
    int64_t commit_count, version_count;
    int64_t fault_count;
    char fault[300]; /* the first one, in words; "" when there is none */
};

/*
 * progress may be NULL; it is called now and then with commits done and in all. COX_OK also when
 * faults were found: look at the report. Needs no rights beyond the file: it reads hashes.
 */
enum cox_rc cox_audit_verify(struct cox_store *store,
    void (*progress)(void *ctx, int64_t done, int64_t all), void *ctx,
    struct cox_audit_report *ret_report, struct cox_err *reterr) COX_NODISCARD;

/* Hexadecimal digest of all rows as of (at_us, seq); {0}: now. Equal on both engines. */
enum cox_rc cox_state_digest(struct cox_store *store, struct cox_as_of as_of, char ret_digest[65],
    struct cox_err *reterr) COX_NODISCARD;

/* The same inside a call. */
enum cox_rc cox_call_state_digest(struct cox_call *call, char ret_digest[65],
    struct cox_err *reterr) COX_NODISCARD;

#endif
