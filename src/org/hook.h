/* org/hook.h: the inside of webhooks: where they may go, what is sent, the thread that sends. For webhook code only. */
#ifndef COX_ORG_HOOK_H
#define COX_ORG_HOOK_H

#include <sys/socket.h>

#include "record/record.h"
#include "serve/http.h"
#include "serve/part.h"

/* ---- hook_url.c ---- */

/*
 * https, a host, no user and no fragment; plain http only to hosts that the operator has named in
 * COX_WEBHOOK_HOSTS (names with commas between). COX_INVALID at "url".
 */
enum cox_rc cox_hook_url_check(struct cox_text url, struct cox_err *reterr) COX_NODISCARD;

/* Is the url's host one of those in COX_WEBHOOK_HOSTS? Then it may have a private address. */
bool cox_hook_host_is_named(struct cox_text url);

/* Does the address belong to one host of the public internet? Loopback, private, link-local, shared, multicast and
 * reserved ones do not, nor such written as IPv6 (mapped, translated, 6to4, Teredo). */
bool cox_hook_address_is_public(const struct sockaddr *address);

/* ---- hook_body.c ---- */

struct cox_hook_ask {
    struct cox_store *store;
    struct cox_arena *arena; /* of the result */
    struct cox_actor owner;
    int64_t hook, seq;                /* seq 0: a trial, of no commit */
    struct cox_text entities, events; /* ptr NULL: all */
};

/* ret_is_empty: the owner may see nothing of it that is wanted. */
enum cox_rc cox_hook_body(const struct cox_hook_ask *ask, struct cox_text *ret_body,
    bool *ret_is_empty, struct cox_err *reterr) COX_NODISCARD;

/* The first commit after one, up to the call's newest, that may hold something wanted; looks at a few thousand
 * commits at most. ret_seq: that commit, or 0; then ret_until is how far none does. */
enum cox_rc cox_hook_next(struct cox_call *call, struct cox_text entities, struct cox_text events,
    int64_t after_seq, int64_t *ret_seq, int64_t *ret_until, struct cox_err *reterr) COX_NODISCARD;

/* Is name one of a list with commas between? ptr NULL: yes. */
bool cox_hook_names(struct cox_text list, const char *name);

/* ---- hook_sender.c ---- */

extern const struct cox_part cox_part_hooks;

/* Something was asked for out of turn. */
void cox_hooks_wake(const struct cox_server *server);

/* ---- hook_route.c ---- */

extern const struct cox_route cox_routes_hooks[];

#endif
