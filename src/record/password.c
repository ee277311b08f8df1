/* record/password.c: passwords: which are good enough, their hashes, and what else is kept of a person. */
#include <sodium.h>
#include <string.h>

#include "record/call.h"
#include "record/sign_in.h"

_Static_assert((int)COX_PASSWORD_HASH_SIZE >= (int)crypto_pwhash_STRBYTES, "room for a hash");

/* What people choose first where ten characters are asked for. */
static const char *const common[] = {"1234567890", "0123456789", "9876543210", "password12",
    "password123", "password1234", "passwort123", "qwertyuiop", "qwertzuiop", "qwerty1234",
    "1q2w3e4r5t", "iloveyou12", "administrator", "welcome123", "letmein123", "coxswain12",
    "coxswain123", "changeme123", "abcdefghij", "aaaaaaaaaa", "1111111111", "0000000000",
    "salesforce", "summer2026", "winter2026"};

static bool same_letters(struct cox_text a, struct cox_text b)
{
    return a.size > 0 && a.size == b.size && cox_text_same_ascii(a, b);
}

static bool is_one_sign(struct cox_text text)
{
    for (size_t i = 1; i < text.size; i++) {
        if (text.ptr[i] != text.ptr[0]) {
            return false;
        }
    }
    return true;
}

enum cox_rc cox_password_check(struct cox_text password, struct cox_text email,
    struct cox_text name, struct cox_err *reterr)
{
    struct cox_text before_at = email;
    const char *at = email.size == 0 ? NULL : memchr(email.ptr, '@', email.size);
    bool is_common = is_one_sign(password);

    if (!cox_text_is_utf8(password) || cox_text_length(password) < COX_PASSWORD_MIN) {
        return cox_fail_at(reterr, COX_INVALID, "password", 0,
            "a password has at least %d characters: a few words are fine", COX_PASSWORD_MIN);
    }
    if (password.size > COX_PASSWORD_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "password", 0, "a password has at most %d bytes",
            COX_PASSWORD_MAX);
    }
    before_at.size = at == NULL ? email.size : (size_t)(at - email.ptr);
    if (same_letters(password, email) || same_letters(password, before_at) ||
        same_letters(password, name)) {
        return cox_fail_at(reterr, COX_INVALID, "password", 0,
            "this is your own name or address: choose something nobody knows");
    }
    for (size_t i = 0; i < COX_COUNT(common); i++) {
        is_common = is_common || same_letters(password, cox_text_of(common[i]));
    }
    return !is_common ? COX_OK
                      : cox_fail_at(reterr, COX_INVALID, "password", 0,
                            "this is among the commonest passwords: choose another");
}

enum cox_rc cox_password_hash(struct cox_text password, char ret_hash[COX_PASSWORD_HASH_SIZE],
    struct cox_err *reterr)
{
    if (crypto_pwhash_str(ret_hash, password.ptr, password.size, crypto_pwhash_OPSLIMIT_INTERACTIVE,
            crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
        return cox_no_memory(reterr);
    }
    return COX_OK;
}

bool cox_password_matches(const char hash[COX_PASSWORD_HASH_SIZE], struct cox_text password)
{
    return crypto_pwhash_str_verify(hash, password.ptr == NULL ? "" : password.ptr,
               password.size) == 0;
}

/* ---- what is kept ---- */

static const char *const kinds[COX_CREDENTIAL_COUNT] = {"password", "totp", "totp_new", "totp_used",
    "recovery", "calendar"};

enum cox_rc cox_credential_get(struct cox_call *call, int64_t user, enum cox_credential kind,
    struct cox_text *ret_secret, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    bool is_row;

    *ret_secret = (struct cox_text){0};
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("SELECT \"secret\" FROM \"credential\" WHERE \"user_id\" = $1 AND \"kind\" = $2"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, user);
    cox_stmt_bind_text(stmt, 2, cox_text_of(kinds[kind]));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    if (!is_row) {
        return COX_OK;
    }
    *ret_secret = cox_arena_text(call->arena, cox_stmt_text(stmt, 0));
    return ret_secret->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_credential_put(struct cox_call *call, int64_t user, enum cox_credential kind,
    struct cox_text secret, struct cox_err *reterr)
{
    COX_AUTO_STMT drop = NULL;
    COX_AUTO_STMT add = NULL;

    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("DELETE FROM \"credential\" WHERE \"user_id\" = $1 AND \"kind\" = $2"), &drop,
        reterr));
    cox_stmt_bind_int(drop, 1, user);
    cox_stmt_bind_text(drop, 2, cox_text_of(kinds[kind]));
    COX_TRY(cox_stmt_run(drop, reterr));
    call->commit.is_noted = true;
    if (secret.ptr == NULL) {
        return COX_OK;
    }
    COX_TRY(cox_db_prepare(call->db,
        COX_LIT("INSERT INTO \"credential\" (\"user_id\", \"kind\", \"secret\", \"set_us\") "
                "VALUES ($1, $2, $3, $4)"),
        &add, reterr));
    cox_stmt_bind_int(add, 1, user);
    cox_stmt_bind_text(add, 2, cox_text_of(kinds[kind]));
    cox_stmt_bind_bytes(add, 3, secret);
    cox_stmt_bind_int(add, 4, call->now_us);
    return cox_stmt_run(add, reterr);
}

enum cox_rc cox_credential_drop_factor(struct cox_call *call, int64_t user, struct cox_err *reterr)
{
    static const enum cox_credential parts[] = {COX_CREDENTIAL_TOTP, COX_CREDENTIAL_TOTP_NEW,
        COX_CREDENTIAL_TOTP_USED, COX_CREDENTIAL_RECOVERY};

    for (size_t i = 0; i < COX_COUNT(parts); i++) {
        COX_TRY(cox_credential_put(call, user, parts[i], (struct cox_text){0}, reterr));
    }
    return COX_OK;
}
