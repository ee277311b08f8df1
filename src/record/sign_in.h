/*
 * record/sign_in.h: by what people sign in: passwords (argon2id), sessions, reset links, second factors.
 * Plain tables, never entities, never versioned: no log row tells of one. Secrets that are only compared
 * are kept as digests; what must be read back (the seed of a second factor) comes sealed from the caller.
 */
#ifndef COX_RECORD_SIGN_IN_H
#define COX_RECORD_SIGN_IN_H

#include "record/record.h"

/* ---- passwords ---- */

enum { COX_PASSWORD_MIN = 10, COX_PASSWORD_MAX = 1024, COX_PASSWORD_HASH_SIZE = 128 };

/* Long enough, not the person's own address or name, not one of the commonest. COX_INVALID says which. */
enum cox_rc cox_password_check(struct cox_text password, struct cox_text email,
    struct cox_text name, struct cox_err *reterr) COX_NODISCARD;

/* 64 MiB and about a tenth of a second: the caller sees to it that few run at once. */
enum cox_rc cox_password_hash(struct cox_text password, char ret_hash[COX_PASSWORD_HASH_SIZE],
    struct cox_err *reterr) COX_NODISCARD;
bool cox_password_matches(const char hash[COX_PASSWORD_HASH_SIZE], struct cox_text password);

/* ---- what is kept of a person ---- */

enum cox_credential {
    COX_CREDENTIAL_PASSWORD,  /* its hash */
    COX_CREDENTIAL_TOTP,      /* the sealed seed */
    COX_CREDENTIAL_TOTP_NEW,  /* sealed, not confirmed yet */
    COX_CREDENTIAL_TOTP_USED, /* the last time step that was used, as text */
    COX_CREDENTIAL_RECOVERY,  /* digests of recovery codes, 16 bytes each */
    COX_CREDENTIAL_CALENDAR,  /* digest of the secret in the address of one's calendar */
    COX_CREDENTIAL_COUNT
};

/* ptr NULL: none. In the call's arena. */
enum cox_rc cox_credential_get(struct cox_call *call, int64_t user, enum cox_credential kind,
    struct cox_text *ret_secret, struct cox_err *reterr) COX_NODISCARD;
/* secret ptr NULL: drops it. Who may is the caller's to see to. */
enum cox_rc cox_credential_put(struct cox_call *call, int64_t user, enum cox_credential kind,
    struct cox_text secret, struct cox_err *reterr) COX_NODISCARD;

/* The second factor and its recovery codes; nothing when there is none. */
enum cox_rc cox_credential_drop_factor(struct cox_call *call, int64_t user,
    struct cox_err *reterr) COX_NODISCARD;

/* ---- sessions ---- */

enum { COX_SESSION_SECRET_SIZE = 44, COX_SESSION_HANDLE_SIZE = 17, COX_SESSION_DIGEST_SIZE = 32 };

struct cox_session_row {
    unsigned char digest[COX_SESSION_DIGEST_SIZE];
    char handle[COX_SESSION_HANDLE_SIZE]; /* names it without giving it away */
    int64_t user_id, created_us, seen_us, until_us;
    struct cox_text agent; /* family of the browser, no more */
};

/* Ends by itself 90 days after it began, and 14 after it was last seen. */
enum cox_rc cox_session_add(struct cox_call *call, int64_t user, struct cox_text agent,
    char ret_secret[COX_SESSION_SECRET_SIZE], struct cox_err *reterr) COX_NODISCARD;

/* COX_SIGN_IN alike for one that never was and one that has ended. */
enum cox_rc cox_session_get(struct cox_call *call, struct cox_text secret,
    struct cox_session_row *ret_row, struct cox_err *reterr) COX_NODISCARD;

/* Written down at most once an hour. */
enum cox_rc cox_session_touch(struct cox_call *call, const unsigned char *digest,
    struct cox_err *reterr) COX_NODISCARD;

/* Those that have not ended, newest first. */
enum cox_rc cox_session_rows(struct cox_call *call, int64_t user,
    const struct cox_session_row **ret_rows, size_t *ret_count,
    struct cox_err *reterr) COX_NODISCARD;

/* The user's session of this handle; COX_MISSING. */
enum cox_rc cox_session_end(struct cox_call *call, int64_t user, struct cox_text handle,
    struct cox_err *reterr) COX_NODISCARD;

/* All of a user; but (may be NULL): the digest of the one that stays. */
enum cox_rc cox_session_end_all(struct cox_call *call, int64_t user, const unsigned char *but,
    struct cox_err *reterr) COX_NODISCARD;

/* ---- reset links ---- */

/* Good once, for 24 hours; a newer one ends the older. Ends the user's sessions. by: who made it. */
enum cox_rc cox_reset_add(struct cox_call *call, int64_t user, int64_t by,
    char ret_secret[COX_SESSION_SECRET_SIZE], int64_t *ret_until_us,
    struct cox_err *reterr) COX_NODISCARD;

/* Ends the user's links that have not been used. */
enum cox_rc cox_reset_drop(struct cox_call *call, int64_t user,
    struct cox_err *reterr) COX_NODISCARD;

/* Whose link is it? COX_DENIED alike for none, an old one and a used one. take uses it up. */
enum cox_rc cox_reset_find(struct cox_call *call, struct cox_text secret, int64_t *ret_user,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_reset_take(struct cox_call *call, struct cox_text secret, int64_t *ret_user,
    struct cox_err *reterr) COX_NODISCARD;

/* When a link was last made for the user, and by whom (0: the command line); ret_us COX_NULL: never. */
enum cox_rc cox_reset_last(struct cox_call *call, int64_t user, int64_t *ret_us, int64_t *ret_by,
    struct cox_err *reterr) COX_NODISCARD;

#endif
