/* record/token.c: tokens of programs. */
#include "record/token.h"

#include <sodium.h>

#include "record/digest.h"

enum { SECRET_SIZE = 32, LIST_MAX = 10000 };
static const char prefix[] = "cox_";

/* Everybody has tokens of their own; those of others are the administrators'. */
static enum cox_rc may_change(struct cox_call *call, int64_t user_id, struct cox_err *reterr)
{
    unsigned roles = COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR);

    if (call->write == NULL) {
        return cox_fail(reterr, COX_INTERNAL, "a read cannot save");
    }
    return (cox_call_actor(call)->roles & roles) != 0 ||
                   (user_id != 0 && user_id == cox_call_actor(call)->user_id)
               ? COX_OK
               : cox_fail(reterr, COX_DENIED, "only administrators make and revoke tokens");
}

static const struct {
    unsigned scope;
    const char *name;
} scopes[] = {
    {COX_TOKEN_READ, "read"},
    {COX_TOKEN_WRITE, "write"},
    {COX_TOKEN_READ | COX_TOKEN_PEOPLE, "read,people"},
    {COX_TOKEN_WRITE | COX_TOKEN_PEOPLE, "write,people"},
};

const char *cox_token_scope_name(unsigned scope)
{
    for (size_t i = 0; i < COX_COUNT(scopes); i++) {
        if (scopes[i].scope == scope) {
            return scopes[i].name;
        }
    }
    return "";
}

enum cox_rc cox_token_scope_parse(struct cox_text text, unsigned *ret_scope, struct cox_err *reterr)
{
    for (size_t i = 0; i < COX_COUNT(scopes); i++) {
        if (cox_text_same(text, cox_text_of(scopes[i].name))) {
            *ret_scope = scopes[i].scope;
            return COX_OK;
        }
    }
    return cox_fail_at(reterr, COX_INVALID, "scope", 0,
        "a scope is read, write, or one of these with people: read,people");
}

void cox_token_handle(struct cox_text token, char ret_handle[COX_TOKEN_HANDLE_SIZE])
{
    unsigned char digest[COX_DIGEST_SIZE];

    cox_digest_secret(token, digest);
    (void)sodium_bin2hex(ret_handle, COX_TOKEN_HANDLE_SIZE, digest,
        (COX_TOKEN_HANDLE_SIZE - 1) / 2); /* the sizes are fixed */
}

enum cox_rc cox_token_add(struct cox_call *call, int64_t user_id, struct cox_text label,
    unsigned scope, int64_t expires_us, char ret_token[COX_TOKEN_SIZE], struct cox_err *reterr)
{
    unsigned char secret[SECRET_SIZE], digest[COX_DIGEST_SIZE];
    char token[COX_TOKEN_SIZE];
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(may_change(call, user_id, reterr));
    if (label.size == 0 || label.size > COX_TOKEN_LABEL_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "label", 0,
            "a token's label has 1 to %d bytes: say what it is for", COX_TOKEN_LABEL_MAX);
    }
    if (expires_us != COX_NULL && expires_us <= call->now_us) {
        return cox_fail_at(reterr, COX_INVALID, "expires", 0, "lies in the past");
    }
    cox_store_random(call->store, secret, sizeof(secret));
    memcpy(token, prefix, sizeof(prefix) - 1);
    (void)sodium_bin2base64(token + sizeof(prefix) - 1, sizeof(token) - sizeof(prefix) + 1, secret,
        sizeof(secret), sodium_base64_VARIANT_URLSAFE_NO_PADDING); /* the room is fixed */
    cox_digest_secret(cox_text_of(token), digest);
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("INSERT INTO \"token\" (\"hash\", \"user_id\", \"label\", \"scope\", "
                "\"created_us\", \"expires_us\") VALUES ($1, $2, $3, $4, $5, $6)"),
        &stmt, reterr));
    cox_stmt_bind_bytes(stmt, 1, cox_digest_as_text(digest));
    cox_stmt_bind_int(stmt, 2, user_id);
    cox_stmt_bind_text(stmt, 3, label);
    cox_stmt_bind_text(stmt, 4, cox_text_of(cox_token_scope_name(scope)));
    cox_stmt_bind_int(stmt, 5, call->now_us);
    if (expires_us == COX_NULL) {
        cox_stmt_bind_null(stmt, 6);
    } else {
        cox_stmt_bind_int(stmt, 6, expires_us);
    }
    COX_TRY(cox_stmt_run(stmt, reterr));
    call->commit.is_noted = true;
    memcpy(ret_token, token, sizeof(token));
    sodium_memzero(secret, sizeof(secret));
    return COX_OK;
}

#define COLUMNS                                                                                    \
    "\"hash\", \"user_id\", \"label\", \"scope\", \"created_us\", \"expires_us\", \"revoked_us\""

static enum cox_rc read_token(struct cox_call *call, struct cox_stmt *stmt, struct cox_token *ret,
    struct cox_err *reterr)
{
    struct cox_text digest = cox_stmt_text(stmt, 0);

    if (digest.size != COX_DIGEST_SIZE) {
        return cox_fail(reterr, COX_CORRUPT, "a stored token is damaged");
    }
    (void)sodium_bin2hex(ret->handle, sizeof(ret->handle), (const unsigned char *)digest.ptr,
        (sizeof(ret->handle) - 1) / 2); /* the sizes are fixed */
    ret->user_id = cox_stmt_int(stmt, 1);
    ret->label = cox_arena_text(call->arena, cox_stmt_text(stmt, 2));
    COX_TRY(cox_token_scope_parse(cox_stmt_text(stmt, 3), &ret->scope, reterr));
    ret->created_us = cox_stmt_int(stmt, 4);
    ret->expires_us = cox_stmt_int(stmt, 5);
    ret->revoked_us = cox_stmt_int(stmt, 6);
    return ret->label.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static enum cox_rc count_tokens(struct cox_call *call, int64_t user_id, size_t *ret_count,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT count(*) FROM \"token\" WHERE $1 = 0 OR \"user_id\" = $2"), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, user_id);
    cox_stmt_bind_int(stmt, 2, user_id);
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    int64_t count = is_row ? cox_stmt_int(stmt, 0) : 0;
    *ret_count = count > LIST_MAX ? LIST_MAX : (size_t)count;
    return COX_OK;
}

enum cox_rc cox_token_list(struct cox_call *call, int64_t user_id,
    const struct cox_token **ret_tokens, size_t *ret_count, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    size_t room = 0, count = 0;
    bool is_row;

    COX_TRY(count_tokens(call, user_id, &room, reterr));
    struct cox_token *tokens = COX_NEW_ARRAY(call->arena, room, struct cox_token);
    if (tokens == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT " COLUMNS " FROM \"token\" WHERE $1 = 0 OR \"user_id\" = $2 "
                "ORDER BY \"created_us\" DESC, \"hash\""),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, user_id);
    cox_stmt_bind_int(stmt, 2, user_id);
    for (;;) {
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row || count == room) {
            break;
        }
        COX_TRY(read_token(call, stmt, &tokens[count], reterr));
        count++;
    }
    *ret_tokens = tokens;
    *ret_count = count;
    return COX_OK;
}

static enum cox_rc revoke_digest(struct cox_call *call, struct cox_text digest,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("UPDATE \"token\" SET \"revoked_us\" = $1 WHERE \"hash\" = $2"), &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, call->now_us);
    cox_stmt_bind_bytes(stmt, 2, digest);
    call->commit.is_noted = true;
    return cox_stmt_run(stmt, reterr);
}

/* The one token not yet revoked, and the actor's to revoke, whose handle starts so. */
static enum cox_rc find_handle(struct cox_call *call, struct cox_text handle,
    struct cox_text *ret_digest, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_text found = {0};
    struct cox_err ignored;
    bool is_row;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT " COLUMNS " FROM \"token\" WHERE \"revoked_us\" IS NULL"), &stmt, reterr));
    for (;;) {
        struct cox_token token;
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
        if (!is_row) {
            break;
        }
        COX_TRY(read_token(call, stmt, &token, reterr));
        if (may_change(call, token.user_id, &ignored) == COX_OK &&
            cox_text_starts(cox_text_of(token.handle), handle)) {
            if (found.ptr != NULL) {
                return cox_fail(reterr, COX_INVALID, "several tokens start with \"%.*s\"",
                    (int)handle.size, handle.ptr);
            }
            found = cox_arena_text(call->arena, cox_stmt_text(stmt, 0));
            if (found.ptr == NULL) {
                return cox_no_memory(reterr);
            }
        }
    }
    *ret_digest = found;
    return COX_OK;
}

enum cox_rc cox_token_revoke(struct cox_call *call, struct cox_text handle, struct cox_err *reterr)
{
    struct cox_text digest = {0};

    if (call->write == NULL) {
        return cox_fail(reterr, COX_INTERNAL, "a read cannot save");
    }
    if (handle.size == 0 || handle.size >= COX_TOKEN_HANDLE_SIZE) {
        return cox_fail(reterr, COX_INVALID,
            "a token is named by the first figures of its handle, as the list shows it");
    }
    COX_TRY(find_handle(call, handle, &digest, reterr));
    if (digest.ptr == NULL) {
        return cox_fail(reterr, COX_MISSING, "there is no token \"%.*s\", or it is revoked already",
            (int)handle.size, handle.ptr);
    }
    return revoke_digest(call, digest, reterr);
}

enum cox_rc cox_token_revoke_user(struct cox_call *call, int64_t user_id, int64_t *ret_count,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(may_change(call, user_id, reterr));
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("UPDATE \"token\" SET \"revoked_us\" = $1 WHERE \"user_id\" = $2 "
                "AND \"revoked_us\" IS NULL"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, call->now_us);
    cox_stmt_bind_int(stmt, 2, user_id);
    COX_TRY(cox_stmt_run(stmt, reterr));
    int64_t count = cox_stmt_changes(stmt);
    call->commit.is_noted = call->commit.is_noted || count > 0;
    if (ret_count != NULL) {
        *ret_count = count;
    }
    return COX_OK;
}

enum cox_rc cox_token_find(struct cox_call *call, struct cox_text token,
    struct cox_token *ret_token, struct cox_err *reterr)
{
    unsigned char digest[COX_DIGEST_SIZE];
    COX_AUTO_STMT stmt = NULL;
    struct cox_token found;
    bool is_row;

    cox_digest_secret(token, digest);
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT " COLUMNS " FROM \"token\" WHERE \"hash\" = $1"), &stmt, reterr));
    cox_stmt_bind_bytes(stmt, 1, cox_digest_as_text(digest));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (is_row) {
        COX_TRY(read_token(call, stmt, &found, reterr));
    }
    if (!is_row || found.revoked_us != COX_NULL ||
        (found.expires_us != COX_NULL && found.expires_us <= call->now_us)) {
        return cox_fail(reterr, COX_DENIED, "this token is not valid");
    }
    *ret_token = found;
    return COX_OK;
}
