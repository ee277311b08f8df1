/* serve/second_factor.c: six figures from an authenticator (RFC 6238), and recovery codes for when it is lost. */
#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "serve/list.h"
#include "serve/server.h"
#include "serve/seal.h"
#include "serve/sign_in.h"

enum { SEED_SIZE = 20, STEP_S = 30, WINDOW = 1, CODES = 10, CODE_BYTES = 16 };

/* ---- taking a code ---- */

/* The time step of the code among those around now, or -1. */
static int64_t step_of(struct cox_text seed, struct cox_text code, int64_t now_s)
{
    char otp[16];

    if (code.size != 6) {
        return -1;
    }
    for (int64_t step = now_s / STEP_S - WINDOW; step <= now_s / STEP_S + WINDOW; step++) {
        if (oath_hotp_generate(seed.ptr, seed.size, (uint64_t)step, 6, false,
                OATH_HOTP_DYNAMIC_TRUNCATION, otp) == OATH_OK &&
            sodium_memcmp(otp, code.ptr, 6) == 0) {
            return step;
        }
    }
    return -1;
}

static enum cox_rc take_figures(struct cox_exchange *x, struct cox_call *call, int64_t user,
    struct cox_text sealed, struct cox_text code, bool *ret_is_good, struct cox_err *reterr)
{
    struct cox_text seed, used;
    char number[24];
    int64_t step;

    COX_TRY(cox_unseal(x->server, x->arena, sealed, &seed, reterr));
    step = step_of(seed, code, cox_store_now_us(x->store) / 1000000);
    if (step < 0) {
        return COX_OK;
    }
    COX_TRY(cox_credential_get(call, user, COX_CREDENTIAL_TOTP_USED, &used, reterr));
    if (used.ptr != NULL && step <= strtoll(used.ptr, NULL, 10)) {
        return COX_OK; /* seen before: somebody has watched */
    }
    (void)snprintf(number, sizeof(number), "%lld", (long long)step);
    *ret_is_good = true;
    return cox_credential_put(call, user, COX_CREDENTIAL_TOTP_USED, cox_text_of(number), reterr);
}

static void code_digest(struct cox_text code, unsigned char ret_digest[CODE_BYTES])
{
    (void)crypto_generichash(ret_digest, CODE_BYTES, (const unsigned char *)code.ptr, code.size,
        NULL, 0); /* sizes are in range; 80 random bits need no salt */
}

static enum cox_rc take_recovery(struct cox_call *call, int64_t user, struct cox_text code,
    bool *ret_is_good, struct cox_err *reterr)
{
    unsigned char digest[CODE_BYTES];
    struct cox_text codes;

    code_digest(code, digest);
    COX_TRY(cox_credential_get(call, user, COX_CREDENTIAL_RECOVERY, &codes, reterr));
    for (size_t at = 0; at + CODE_BYTES <= codes.size; at += CODE_BYTES) {
        if (sodium_memcmp(codes.ptr + at, digest, CODE_BYTES) != 0) {
            continue;
        }
        char *rest = cox_arena_alloc(cox_call_arena(call), codes.size);
        if (rest == NULL) {
            return cox_no_memory(reterr);
        }
        memcpy(rest, codes.ptr, at);
        memcpy(rest + at, codes.ptr + at + CODE_BYTES, codes.size - at - CODE_BYTES);
        *ret_is_good = true;
        return cox_credential_put(call, user, COX_CREDENTIAL_RECOVERY,
            (struct cox_text){rest, codes.size - CODE_BYTES}, reterr);
    }
    return COX_OK;
}

enum cox_rc cox_second_factor_take(struct cox_exchange *x, struct cox_call *call, int64_t user,
    struct cox_text code, bool *ret_has, bool *ret_is_good, struct cox_err *reterr)
{
    struct cox_text sealed;

    *ret_is_good = false;
    COX_TRY(cox_credential_get(call, user, COX_CREDENTIAL_TOTP, &sealed, reterr));
    *ret_has = sealed.ptr != NULL;
    if (!*ret_has || code.ptr == NULL) {
        return COX_OK;
    }
    return code.size == 6 ? take_figures(x, call, user, sealed, code, ret_is_good, reterr)
                          : take_recovery(call, user, code, ret_is_good, reterr);
}

/* ---- setting it up ---- */

struct factor {
    struct cox_exchange *x;
    struct cox_text secret; /* sealed seed, or the code to confirm by */
    unsigned char digests[CODES * CODE_BYTES];
    char codes[CODES][24];
};

static enum cox_rc save_new(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct factor *f = ctx;
    struct cox_text old;

    /* Else whoever finds a screen unlocked puts a phone of his own in the place of this one. */
    COX_TRY(cox_credential_get(call, f->x->who.actor.user_id, COX_CREDENTIAL_TOTP, &old, reterr));
    if (old.ptr != NULL) {
        return cox_fail(reterr, COX_CONFLICT, "there is a second factor already: remove it first");
    }
    return cox_credential_put(call, f->x->who.actor.user_id, COX_CREDENTIAL_TOTP_NEW, f->secret,
        reterr);
}

static enum cox_rc name_of(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct factor *f = ctx;
    struct cox_profile profile;

    COX_TRY(
        cox_server_host(f->x->server)->profile(call, f->x->who.actor.user_id, &profile, reterr));
    f->secret = cox_arena_text(f->x->arena, profile.email);
    return COX_OK;
}

/* A seed of its own is made each time; it counts once a code has confirmed it. */
static enum cox_rc post_totp(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt read = {.actor = x->who.actor};
    unsigned char seed[SEED_SIZE];
    struct factor factor = {.x = x}, named = {.x = x};
    struct cox_json json;
    char *base32 = NULL;
    const char *uri;

    randombytes_buf(seed, sizeof(seed));
    COX_TRY(cox_store_read(x->store, &read, name_of, &named, reterr));
    COX_TRY(
        cox_seal(x->server, x->arena, (struct cox_text){(const char *)seed, sizeof(seed)}, &factor.secret, reterr));
    COX_TRY(cox_exchange_write_secret(x, save_new, &factor, reterr));
    if (oath_base32_encode((const char *)seed, sizeof(seed), &base32, NULL) != OATH_OK) {
        return cox_no_memory(reterr);
    }
    base32[strcspn(base32, "=")] = '\0';
    uri = cox_arena_format(x->arena, "otpauth://totp/Coxswain:%.*s?secret=%s&issuer=Coxswain",
        (int)named.secret.size, named.secret.ptr == NULL ? "" : named.secret.ptr, base32);
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "secret", base32);
    cox_json_put_string(&json, "uri", uri);
    cox_json_end_object(&json);
    free(base32);
    return cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc confirm(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct factor *f = ctx;
    int64_t user = f->x->who.actor.user_id;
    struct cox_text sealed, seed;
    char number[24];
    int64_t step;

    COX_TRY(cox_credential_get(call, user, COX_CREDENTIAL_TOTP_NEW, &sealed, reterr));
    if (sealed.ptr == NULL) {
        return cox_fail(reterr, COX_CONFLICT, "there is nothing to confirm: begin anew");
    }
    COX_TRY(cox_unseal(f->x->server, f->x->arena, sealed, &seed, reterr));
    step = step_of(seed, f->secret, cox_store_now_us(f->x->store) / 1000000);
    if (step < 0) {
        return cox_fail_at(reterr, COX_INVALID, "code", 0,
            "this code does not fit: is the clock of the phone right?");
    }
    (void)snprintf(number, sizeof(number), "%lld", (long long)step);
    COX_TRY(cox_credential_put(call, user, COX_CREDENTIAL_TOTP, sealed, reterr));
    COX_TRY(cox_credential_put(call, user, COX_CREDENTIAL_TOTP_USED, cox_text_of(number), reterr));
    COX_TRY(cox_credential_put(call, user, COX_CREDENTIAL_TOTP_NEW, (struct cox_text){0}, reterr));
    return cox_credential_put(call, user, COX_CREDENTIAL_RECOVERY,
        (struct cox_text){(const char *)f->digests, sizeof(f->digests)}, reterr);
}

/* Shown once; ten letters and figures that are not easily taken for one another. */
static void make_codes(struct factor *f)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";

    for (int i = 0; i < CODES; i++) {
        for (int c = 0; c < 16; c++) {
            f->codes[i][c] = letters[randombytes_uniform(sizeof(letters) - 1)];
        }
        f->codes[i][16] = '\0';
        code_digest(cox_text_of(f->codes[i]), f->digests + (size_t)i * CODE_BYTES);
    }
}

static enum cox_rc post_confirm(struct cox_exchange *x, struct cox_err *reterr)
{
    struct factor factor = {.x = x};
    struct cox_json json;
    json_t *body;

    COX_TRY(cox_exchange_json(x, &body, reterr));
    COX_TRY(cox_body_text(body, "code", true, &factor.secret, reterr));
    make_codes(&factor);
    COX_TRY(cox_exchange_write_secret(x, confirm, &factor, reterr));
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "recovery_codes");
    cox_json_begin_array(&json);
    for (int i = 0; i < CODES; i++) {
        cox_json_string(&json, factor.codes[i]);
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc drop(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_exchange *x = ctx;

    return cox_credential_drop_factor(call, x->who.actor.user_id, reterr);
}

static enum cox_rc post_remove(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_text password;
    json_t *body;

    COX_TRY(cox_exchange_json(x, &body, reterr));
    COX_TRY(cox_body_text(body, "password", true, &password, reterr));
    COX_TRY(cox_sign_in_again(x, password, reterr));
    COX_TRY(cox_exchange_write_secret(x, drop, x, reterr));
    x->reply.status = 204;
    return COX_OK;
}

const struct cox_route cox_routes_second_factor[] = {
    {.method = COX_POST,
        .path = "/api/v1/totp",
        .handle = post_totp,
        .flags = COX_ROUTE_SESSION,
        .body_max = 4096,
        .summary = "Begins a second factor: the seed for an authenticator.",
        .out = "{\"type\":\"object\",\"required\":[\"secret\",\"uri\"],\"properties\":{\"secret\":{"
               "\"type\":\"string\"},\"uri\":{\"type\":\"string\"}}}"},
    {.method = COX_POST,
        .path = "/api/v1/totp/confirm",
        .handle = post_confirm,
        .flags = COX_ROUTE_SESSION,
        .body_max = 4096,
        .summary = "Confirms it by a code; the recovery codes are shown this once.",
        .in = "{\"type\":\"object\",\"required\":[\"code\"],\"properties\":{\"code\":{\"type\":"
              "\"string\"}}}",
        .out = "{\"type\":\"object\",\"required\":[\"recovery_codes\"],\"properties\":{"
               "\"recovery_codes\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}"},
    {.method = COX_POST,
        .path = "/api/v1/totp/remove",
        .handle = post_remove,
        .flags = COX_ROUTE_SESSION,
        .body_max = 4096,
        .summary = "Ends the second factor.",
        .in =
            "{\"type\":\"object\",\"required\":[\"password\"],\"properties\":{\"password\":{\"type\":"
            "\"string\"}}}"},
    {0},
};
