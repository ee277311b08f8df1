/*
 * record/token.h: tokens by which programs sign in as a user. A token is shown once, when it is
 * made; the store keeps its digest (BLAKE2b-256; a token holds 256 random bits, so no salt is
 * needed). Tokens are not entities: no version or log row tells of one.
 */
#ifndef COX_RECORD_TOKEN_H
#define COX_RECORD_TOKEN_H

#include "record/record.h"

enum { COX_TOKEN_SIZE = 48, COX_TOKEN_HANDLE_SIZE = 17, COX_TOKEN_LABEL_MAX = 100 };

/* What a token may do within its user's rights; WRITE includes READ. */
enum cox_token_scope {
    COX_TOKEN_READ = 1,
    COX_TOKEN_WRITE = 3,
    COX_TOKEN_PEOPLE =
        4, /* also people entities (1:1s, reviews); together with one of the others */
};

struct cox_token {
    char handle[COX_TOKEN_HANDLE_SIZE]; /* names the token without giving it away */
    int64_t user_id;
    struct cox_text label;
    unsigned scope;
    int64_t created_us, expires_us, revoked_us; /* COX_NULL: never / not */
};

/* For oneself; for others administrators and the operator. expires_us COX_NULL: never. The user must exist, which is
 * the caller's to see to. */
enum cox_rc cox_token_add(struct cox_call *call, int64_t user_id, struct cox_text label,
    unsigned scope, int64_t expires_us, char ret_token[COX_TOKEN_SIZE],
    struct cox_err *reterr) COX_NODISCARD;

/* The handle of a token that was just made. */
void cox_token_handle(struct cox_text token, char ret_handle[COX_TOKEN_HANDLE_SIZE]);

/* Newest first; user_id 0: everybody's. */
enum cox_rc cox_token_list(struct cox_call *call, int64_t user_id,
    const struct cox_token **ret_tokens, size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

/* By handle, which may be cut short as long as one token alone starts so. COX_MISSING, COX_INVALID. */
enum cox_rc cox_token_revoke(struct cox_call *call, struct cox_text handle,
    struct cox_err *reterr) COX_NODISCARD;

/* All of a user who leaves; ret_count may be NULL. */
enum cox_rc cox_token_revoke_user(struct cox_call *call, int64_t user_id, int64_t *ret_count,
    struct cox_err *reterr) COX_NODISCARD;

/* Whose is it? COX_DENIED alike for one that never was, has expired or was revoked. */
enum cox_rc cox_token_find(struct cox_call *call, struct cox_text token,
    struct cox_token *ret_token, struct cox_err *reterr) COX_NODISCARD;

/* "read", "write", "read,people" ... and back; COX_INVALID. */
enum cox_rc cox_token_scope_parse(struct cox_text text, unsigned *ret_scope,
    struct cox_err *reterr) COX_NODISCARD;
const char *cox_token_scope_name(unsigned scope);

#endif
