/* serve/sign_in.h: what the routes of sign-in share. For serve/ only. */
#ifndef COX_SERVE_SIGN_IN_H
#define COX_SERVE_SIGN_IN_H

#include "record/sign_in.h"
#include "serve/http.h"
#include "serve/part.h"

/* ---- session.c ---- */

const char *cox_session_cookie(const struct cox_server *server);

/* Does the request come from our own pages? COX_DENIED. */
enum cox_rc cox_session_origin(const struct cox_exchange *x, bool may_be_absent,
    struct cox_err *reterr) COX_NODISCARD;

/* ---- throttle.c: who tries too often waits ---- */

extern const struct cox_part cox_sign_in_part;

/*
 * Counts an attempt at the account (by its address) from x's network address, before it is known whether it is a good
 * one. COX_TOO_OFTEN with the reply's Retry-After set when it comes too early: after five failures the account
 * waits 1, 2, 4 ... 300 s, a network address after thirty.
 */
enum cox_rc cox_throttle_begin(struct cox_exchange *x, struct cox_text account,
    struct cox_err *reterr) COX_NODISCARD;
/* It was a good one: the account's failures are forgotten. */
void cox_throttle_good(struct cox_exchange *x, struct cox_text account);
/* No failure, but no sign-in either (the second factor is missing): this attempt does not count, those before it do.
 * Otherwise whoever knows a password could guess codes without end. */
void cox_throttle_half(struct cox_exchange *x, struct cox_text account);

/* At most two hashes at once; COX_BUSY when too many wait. hash NULL: of nobody, which takes as long. */
enum cox_rc cox_gate_verify(struct cox_exchange *x, const char *hash, struct cox_text password,
    bool *ret_matches, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_gate_hash(struct cox_exchange *x, struct cox_text password,
    char ret_hash[COX_PASSWORD_HASH_SIZE], struct cox_err *reterr) COX_NODISCARD;

/* ---- the key of sealed secrets (seal.h), read when it is first needed ---- */

enum cox_rc cox_seal_key_load(const char *store_url, unsigned char ret_key[32],
    struct cox_err *reterr) COX_NODISCARD;
/* NULL: reterr says why. */
const unsigned char *cox_sign_in_key(const struct cox_server *server, struct cox_err *reterr);

/* ---- second_factor.c ---- */

/*
 * Is the code good for this user now? A code of the authenticator or one of the recovery codes; each is good once.
 * Within a write, as it is used up. ret_has: is there a second factor at all?
 */
enum cox_rc cox_second_factor_take(struct cox_exchange *x, struct cox_call *call, int64_t user,
    struct cox_text code, bool *ret_has, bool *ret_is_good, struct cox_err *reterr) COX_NODISCARD;

/* ---- sign_in.c ---- */

/* The body's text of this name; COX_INVALID names it when it is absent and is_required. */
enum cox_rc cox_body_text(json_t *body, const char *name, bool is_required,
    struct cox_text *ret_text, struct cox_err *reterr) COX_NODISCARD;

/* Is this the password of who is signed in? COX_DENIED, throttled like a sign-in. */
enum cox_rc cox_sign_in_again(struct cox_exchange *x, struct cox_text password,
    struct cox_err *reterr) COX_NODISCARD;

#endif
