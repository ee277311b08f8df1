/*
 * serve/session.h: sign-in by a cookie, as far as the server itself calls on it. Replies of the
 * authentication cache stand in between: find runs when it has none.
 */
#ifndef COX_SERVE_SESSION_H
#define COX_SERVE_SESSION_H

#include "serve/http.h"

struct cox_session {
    int64_t user_id;
    unsigned char digest[32]; /* of the secret: who.session */
    int64_t until_us;         /* when it ends by itself */
};

/* The secret in the request's cookie; ptr NULL without one. No reading of the store. */
struct cox_text cox_session_secret(const struct cox_exchange *x);

/* Whose is it? COX_SIGN_IN alike for one that never was and one that has ended. */
enum cox_rc cox_session_find(struct cox_call *call, struct cox_text secret,
    struct cox_session *ret_session, struct cox_err *reterr) COX_NODISCARD;

/* Every request that is signed in by session comes past here before its handler, also with who from the
 * cache: does a request that changes something come from our own pages? COX_DENIED. No reading. */
enum cox_rc cox_session_check(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

/* After find, outside of any call, on a worker thread; at most once a minute for a session. */
void cox_session_seen(struct cox_exchange *x);

#endif
