/*
 * record/outbox.h: readers of the log outside of the store (webhooks): up to which commit each has been told all,
 * and what was sent to it of late. Plain tables, not versioned: what they say is about sending and about no record.
 * Keeping it is no commit, so that sending does not make more to send.
 */
#ifndef COX_RECORD_OUTBOX_H
#define COX_RECORD_OUTBOX_H

#include "record/record.h"

enum { COX_OUTBOX_SENT_MAX = 100 }; /* deliveries kept of each reader */

/* again_seq: asked for out of turn: a commit, or 0 for a trial; COX_NULL: nothing. */
struct cox_outbox {
    int64_t reader;              /* id of the record that says who and where */
    int64_t after_seq;           /* all up to here has been told */
    struct cox_text secret;      /* sealed; in the call's arena */
    int64_t fail_count, next_us; /* failures in a row; not before this instant */
    int64_t again_seq;
    struct cox_text
        old_secret;       /* the one before, sealed; ptr NULL: it is over, or there was none */
    int64_t old_until_us; /* when it is over; COX_NULL: there is none */
};

/* One attempt. status 0: no reply came, and error says why. */
struct cox_outbox_sent {
    int64_t number; /* of the reader's deliveries, from 1 */
    int64_t seq;    /* the commit; 0: a trial */
    int64_t at_us, ms, status;
    struct cox_text error; /* short, never of the reply's body; ptr NULL: none */
};

/* COX_MISSING: the reader has no place yet. */
enum cox_rc cox_outbox_get(struct cox_call *call, int64_t reader, struct cox_outbox *ret_outbox,
    struct cox_err *reterr) COX_NODISCARD;

/* Gives a reader a place at the newest commit there is, or the one it has another secret. The one before stays
 * beside it until old_until_us; an instant that has passed: not at all. */
enum cox_rc cox_outbox_put(struct cox_call *call, int64_t reader, struct cox_text secret,
    int64_t old_until_us, struct cox_err *reterr) COX_NODISCARD;

/* From the newest commit on, failures forgotten: a reader that was switched on. Nothing when it has no place. */
enum cox_rc cox_outbox_renew(struct cox_call *call, int64_t reader,
    struct cox_err *reterr) COX_NODISCARD;

/* The reader is gone, and what was kept of it. */
enum cox_rc cox_outbox_drop(struct cox_call *call, int64_t reader,
    struct cox_err *reterr) COX_NODISCARD;

/* Sends a commit out of turn, or with 0 a trial. COX_MISSING: no place. COX_CONFLICT: another one waits. */
enum cox_rc cox_outbox_ask(struct cox_call *call, int64_t reader, int64_t seq,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Of several processes on one store one sends to a reader at a time: holder has it until held_us, unless
 * another one has it now (ret_is_ours false). ret_outbox as it stands then.
 */
enum cox_rc cox_outbox_claim(struct cox_call *call, int64_t reader, struct cox_text holder,
    int64_t held_us, bool *ret_is_ours, struct cox_outbox *ret_outbox,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_outbox_release(struct cox_call *call, struct cox_text holder,
    struct cox_err *reterr) COX_NODISCARD;

/* What became of an attempt: position, failures and again_seq as outbox says; sent is added (its number is given
 * here), the oldest beyond COX_OUTBOX_SENT_MAX go. sent NULL: the position alone. */
enum cox_rc cox_outbox_note(struct cox_call *call, const struct cox_outbox *outbox,
    const struct cox_outbox_sent *sent, struct cox_err *reterr) COX_NODISCARD;

/* Newest first, at most COX_OUTBOX_SENT_MAX; in the call's arena. */
enum cox_rc cox_outbox_list(struct cox_call *call, int64_t reader,
    const struct cox_outbox_sent **ret_rows, size_t *ret_count,
    struct cox_err *reterr) COX_NODISCARD;

#endif
