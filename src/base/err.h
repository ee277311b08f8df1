/* base/err.h: what can go wrong, said once: code, HTTP status and sentence come from one list. */
#ifndef COX_BASE_ERR_H
#define COX_BASE_ERR_H

#include <stdbool.h>
#include <stdint.h>

/* X(code, HTTP status, sentence). Order is part of no interface; names are. */
#define COX_RC_LIST(X)                                                                             \
    X(COX_OK, 200, "done")                                                                         \
    X(COX_INVALID, 400, "the request is not valid")                                                \
    X(COX_SIGN_IN, 401, "sign in first")                                                           \
    X(COX_DENIED, 403, "this is not allowed for you")                                              \
    X(COX_MISSING, 404, "there is no such thing, or you may not see it")                           \
    X(COX_CONFLICT, 409, "this contradicts what is stored")                                        \
    X(COX_GONE, 410, "this was merged or erased")                                                  \
    X(COX_STALE, 412, "somebody else changed this in the meantime")                                \
    X(COX_TOO_LARGE, 413, "this is larger than the limit")                                         \
    X(COX_TOO_OFTEN, 429, "too often, wait a little")                                              \
    X(COX_CANCELLED, 499, "stopped on request")                                                    \
    X(COX_INTERNAL, 500, "a fault of the program")                                                 \
    X(COX_CORRUPT, 500, "stored data contradicts itself")                                          \
    X(COX_IO, 500, "reading or writing failed")                                                    \
    X(COX_UNSUPPORTED, 501, "this is not supported here")                                          \
    X(COX_BUSY, 503, "busy, try again")                                                            \
    X(COX_NO_MEMORY, 503, "out of memory, or past this request's memory limit")                    \
    X(COX_UNKNOWN_OUTCOME, 503, "outcome unknown, retry with the same key")                        \
    X(COX_TIMEOUT, 504, "this took longer than its limit")                                         \
    X(COX_FULL, 507, "no space left for data")

enum cox_rc {
#define COX_RC_ENUM(code, status, sentence) code,
    COX_RC_LIST(COX_RC_ENUM)
#undef COX_RC_ENUM
        COX_RC_COUNT
};

/*
 * What failed and where, in words for the user. field and text are always terminated; field is ""
 * and row 0 where none applies (rows count from 1).
 */
struct cox_err {
    enum cox_rc rc;
    int64_t row;
    char field[64];
    char text[300];
};

#define COX_NODISCARD                __attribute__((warn_unused_result))
#define COX_PRINTF(text_at, args_at) __attribute__((format(printf, text_at, args_at)))

/* Passes a failure on to the caller; the callee has filled reterr. */
#define COX_TRY(call)                                                                              \
    do {                                                                                           \
        enum cox_rc try_rc_ = (call);                                                              \
        if (try_rc_ != COX_OK) {                                                                   \
            return try_rc_;                                                                        \
        }                                                                                          \
    } while (0)

#define COX_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Fill reterr (may be NULL) and return rc, so that "return cox_fail(...)" reads as one thing. */
enum cox_rc cox_fail(struct cox_err *reterr, enum cox_rc rc, const char *text, ...)
    COX_PRINTF(3, 4);

/* The same, naming the field; row 0 means no row. */
enum cox_rc cox_fail_at(struct cox_err *reterr, enum cox_rc rc, const char *field, int64_t row,
    const char *text, ...) COX_PRINTF(5, 6);

const char *cox_rc_name(enum cox_rc rc);
const char *cox_rc_sentence(enum cox_rc rc);
int cox_rc_http_status(enum cox_rc rc);

/* Does the failure lie with what was asked of one record? Then the others (of an import, an undo) go on. */
bool cox_rc_is_refusal(enum cox_rc rc);

/* "row 12: amount: not a number" for a terminal; always terminated, cut where it does not fit. */
void cox_err_format(const struct cox_err *err, char *ret_text, uint64_t size);

#endif
