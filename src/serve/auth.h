/*
 * serve/auth.h: who asks, and may they? Tokens and sessions once found are kept in memory until the next
 * commit that could change the answer (cox_changed_since), the end of the company's day or their own end.
 */
#ifndef COX_SERVE_AUTH_H
#define COX_SERVE_AUTH_H

#include "serve/http.h"

struct cox_auth;

/* entries kept at most; 0: 4096 */
enum cox_rc cox_auth_open(struct cox_server *server, size_t count,
    struct cox_err *reterr) COX_NODISCARD;
void cox_auth_close(struct cox_auth *auth);

/* Would cox_auth_run answer without reading the store? For what runs on the event loop. */
bool cox_auth_is_ready(struct cox_exchange *x);

/* Fills x->who and looks at the route's flags and roles. COX_SIGN_IN, COX_DENIED. */
enum cox_rc cox_auth_run(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

/* For handlers of public routes that are not always public. roles 0: whoever is signed in. */
enum cox_rc cox_auth_require(struct cox_exchange *x, unsigned roles,
    struct cox_err *reterr) COX_NODISCARD;

/* For long replies: whoever asked is asked for again later. */
enum { COX_SECRET_MAX = 128 };
struct cox_auth_ticket {
    char secret[COX_SECRET_MAX];
    size_t size; /* 0: a public route */
    bool is_token;
};
void cox_auth_ticket(const struct cox_exchange *x, struct cox_auth_ticket *ret_ticket);
enum cox_rc cox_auth_again(struct cox_server *server, const struct cox_auth_ticket *ticket,
    struct cox_who *ret_who, struct cox_err *reterr) COX_NODISCARD;

#endif
