/* serve/exchange.c: what handlers ask of a request. */
#include <arpa/inet.h>
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/zone.h"
#include "serve/inside.h"
#include "serve/url.h"

struct cox_text cox_exchange_header(const struct cox_exchange *x, const char *name)
{
    struct MHD_Connection *mhd = x->connection;
    const char *value = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, name);

    return cox_text_of(value);
}

/* The last address of X-Forwarded-For, which the proxy itself has added; ptr NULL without a good one. */
static struct cox_text forwarded(const struct cox_exchange *x)
{
    struct cox_text list = cox_exchange_header(x, "X-Forwarded-For"), last = {0};
    struct cox_address *address = COX_NEW(x->arena, struct cox_address);
    char text[INET6_ADDRSTRLEN];
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } parsed = {0};
    bool is_loopback;

    while (list.ptr != NULL) {
        last = cox_text_trim(cox_text_split(&list, ','));
    }
    if (last.size == 0 || last.size >= sizeof(text) || address == NULL) {
        return (struct cox_text){0};
    }
    memcpy(text, last.ptr, last.size);
    text[last.size] = '\0';
    if (inet_pton(AF_INET, text, &parsed.in.sin_addr) == 1) {
        parsed.any.sa_family = AF_INET;
    } else if (inet_pton(AF_INET6, text, &parsed.in6.sin6_addr) == 1) {
        parsed.any.sa_family = AF_INET6;
    } else {
        return (struct cox_text){0};
    }
    cox_address_of(&parsed.any, address, &is_loopback);
    return (struct cox_text){(const char *)address->bytes, sizeof(address->bytes)};
}

struct cox_text cox_exchange_peer(const struct cox_exchange *x)
{
    const struct cox_connection *connection =
        ((const struct cox_request *)((const char *)x - offsetof(struct cox_request, x)))
            ->connection;

    if (x->server->opt.is_behind_proxy && connection->is_loopback) {
        struct cox_text peer = forwarded(x);
        if (peer.ptr != NULL) {
            return peer;
        }
    }
    return (struct cox_text){(const char *)connection->address.bytes,
        sizeof(connection->address.bytes)};
}

/* ---- the query ---- */

static const struct cox_parameter *declared(const struct cox_route *route, struct cox_text name)
{
    for (const struct cox_parameter *p = route->parameters; p != NULL && p->name != NULL; p++) {
        if (cox_text_same(cox_text_of(p->name), name)) {
            return p;
        }
    }
    return NULL;
}

enum cox_rc cox_exchange_parameter(struct cox_exchange *x, const char *name,
    struct cox_text *ret_value, struct cox_err *reterr)
{
    struct cox_text rest = x->query, key, value;

    assert(declared(x->route, cox_text_of(name)) != NULL);
    while (cox_url_next(&rest, &key, &value)) {
        if (!cox_text_same(key, cox_text_of(name))) {
            continue;
        }
        value = cox_url_decode(x->arena, value, true);
        if (value.ptr == NULL) {
            return cox_fail_at(reterr, COX_INVALID, name, 0, "is not percent-encoded UTF-8");
        }
        *ret_value = value;
        return COX_OK;
    }
    *ret_value = (struct cox_text){0};
    return COX_OK;
}

static bool to_number(struct cox_text text, int64_t *ret)
{
    bool is_negative = text.size > 1 && text.ptr[0] == '-';
    int64_t value = 0;

    for (size_t i = is_negative; i < text.size; i++) {
        int64_t digit = text.ptr[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value)) {
            return false;
        }
    }
    *ret = is_negative ? -value : value;
    return text.size > 0;
}

enum cox_rc cox_exchange_integer(struct cox_exchange *x, const char *name, int64_t least,
    int64_t most, int64_t otherwise, int64_t *ret_value, struct cox_err *reterr)
{
    struct cox_text text;
    int64_t value = otherwise;

    COX_TRY(cox_exchange_parameter(x, name, &text, reterr));
    if (text.ptr != NULL && (!to_number(text, &value) || value < least || value > most)) {
        return cox_fail_at(reterr, COX_INVALID, name, 0, "is a whole number from %lld to %lld",
            (long long)least, (long long)most);
    }
    *ret_value = value;
    return COX_OK;
}

enum cox_rc cox_exchange_id(struct cox_exchange *x, size_t at, int64_t *ret_id,
    struct cox_err *reterr)
{
    int64_t id;

    assert(at < COX_ROUTE_PARAM_MAX);
    if (!to_number(x->params[at], &id) || id <= 0) {
        return cox_fail(reterr, COX_MISSING, "there is no such record, or you may not see it");
    }
    *ret_id = id;
    return COX_OK;
}

enum cox_rc cox_exchange_filter(struct cox_exchange *x, struct cox_text *ret_filter,
    struct cox_err *reterr)
{
    struct cox_text rest = x->query, name, value;
    char *out = cox_arena_alloc(x->arena, x->query.size + 1);
    size_t size = 0;

    if (out == NULL) {
        return cox_no_memory(reterr);
    }
    while (cox_url_next(&rest, &name, &value)) {
        if (declared(x->route, name) != NULL) {
            continue;
        }
        if (size > 0) {
            out[size++] = '&';
        }
        /* name=value lie side by side in the query as sent */
        size_t piece = value.size > 0 ? (size_t)(value.ptr + value.size - name.ptr) : name.size;
        memcpy(out + size, name.ptr, piece);
        size += piece;
    }
    *ret_filter = (struct cox_text){out, size};
    return COX_OK;
}

/* ---- the body ---- */

static void drop_json(void *json)
{
    json_decref(json);
}

enum cox_rc cox_exchange_json(struct cox_exchange *x, json_t **ret_json, struct cox_err *reterr)
{
    json_error_t why;
    json_t *json;

    if (x->body.size == 0) {
        return cox_fail(reterr, COX_INVALID, "the request has no body: a JSON object is wanted");
    }
    json = json_loadb(x->body.ptr, x->body.size, JSON_REJECT_DUPLICATES, &why);
    if (json == NULL) {
        return cox_fail(reterr, COX_INVALID, "the body is not JSON: %.150s (line %d, column %d)",
            why.text, why.line, why.column);
    }
    if (!json_is_object(json)) {
        json_decref(json);
        return cox_fail(reterr, COX_INVALID, "the body is not a JSON object");
    }
    COX_TRY(cox_arena_defer(x->arena, drop_json, json));
    *ret_json = json;
    return COX_OK;
}

/* ---- as of, and how to write ---- */

struct as_of_ask {
    const char *name;
    struct cox_text text;
    struct cox_as_of as_of;
};

static enum cox_rc resolve_as_of(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct as_of_ask *ask = ctx;
    const struct cox_date_opt opt = {.order = COX_DATE_YMD};
    const struct cox_zone *zone = cox_call_zone(call);
    struct cox_stamp stamp;
    struct cox_err why;

    if (cox_stamp_parse(ask->text, &opt, &stamp, &why) != COX_OK) {
        return cox_fail_at(reterr, COX_INVALID, ask->name, 0,
            "%s; write 2026-03-05, 2026-03-05T14:15:00Z or seq:123", why.text);
    }
    if (stamp.has_time) {
        return cox_instant_parse(ask->text, &opt, zone, &ask->as_of.at_us, reterr);
    }
    ask->as_of.at_us =
        cox_zone_day_start(zone, stamp.day < COX_DAY_MAX ? stamp.day + 1 : stamp.day) - 1;
    return COX_OK;
}

enum cox_rc cox_exchange_as_of(struct cox_exchange *x, const char *name,
    struct cox_as_of *ret_as_of, struct cox_err *reterr)
{
    struct as_of_ask ask = {.name = name};

    COX_TRY(cox_exchange_parameter(x, name, &ask.text, reterr));
    if (cox_text_starts(ask.text, COX_LIT("seq:"))) {
        struct cox_text number = {ask.text.ptr + 4, ask.text.size - 4};
        if (!to_number(number, &ask.as_of.seq) || ask.as_of.seq <= 0) {
            return cox_fail_at(reterr, COX_INVALID, name, 0, "a commit is written seq:123");
        }
    } else if (ask.text.size > 0) {
        const struct cox_read_opt now = {.actor = x->who.actor,
            .is_quick = cox_request_of(x)->is_on_loop};
        COX_TRY(cox_store_read(x->store, &now, resolve_as_of, &ask, reterr));
    }
    *ret_as_of = ask.as_of;
    return COX_OK;
}

enum cox_rc cox_exchange_read_opt(struct cox_exchange *x, struct cox_read_opt *ret_opt,
    struct cox_err *reterr)
{
    struct cox_as_of as_of = {0};

    if (declared(x->route, COX_LIT("as_of")) != NULL) {
        COX_TRY(cox_exchange_as_of(x, "as_of", &as_of, reterr));
    }
    *ret_opt = (struct cox_read_opt){.actor = x->who.actor,
        .as_of = as_of,
        .is_quick = cox_request_of(x)->is_on_loop};
    return COX_OK;
}

/* What an Idempotency-Key stands for: the same method, target and body. */
static struct cox_text digest_of(struct cox_exchange *x)
{
    crypto_generichash_state state;
    unsigned char *digest = cox_arena_alloc(x->arena, crypto_generichash_BYTES);
    const char *method = cox_method_name(x->method);

    if (digest == NULL) {
        return (struct cox_text){0};
    }
    (void)crypto_generichash_init(&state, NULL, 0, crypto_generichash_BYTES); /* sizes are fixed */
    (void)crypto_generichash_update(&state, (const unsigned char *)method, strlen(method) + 1);
    (void)crypto_generichash_update(&state, (const unsigned char *)x->path.ptr, x->path.size);
    (void)crypto_generichash_update(&state, (const unsigned char *)"?", 1);
    (void)crypto_generichash_update(&state, (const unsigned char *)x->query.ptr, x->query.size);
    (void)crypto_generichash_update(&state, (const unsigned char *)"\n", 1);
    (void)crypto_generichash_update(&state, (const unsigned char *)x->body.ptr, x->body.size);
    (void)crypto_generichash_final(&state, digest, crypto_generichash_BYTES);
    return (struct cox_text){(const char *)digest, crypto_generichash_BYTES};
}

enum cox_rc cox_exchange_write_opt(struct cox_exchange *x, struct cox_write_opt *ret_opt,
    struct cox_err *reterr)
{
    enum { KEY_MAX = 200 };
    struct cox_text key = cox_exchange_header(x, "Idempotency-Key"), hash = {0};

    if (key.size > KEY_MAX || (key.ptr != NULL && key.size == 0)) {
        return cox_fail(reterr, COX_INVALID, "an Idempotency-Key has 1 to %d bytes", KEY_MAX);
    }
    if (key.ptr != NULL) {
        if (!cox_text_is_utf8(key)) {
            return cox_fail(reterr, COX_INVALID, "an Idempotency-Key is UTF-8");
        }
        hash = digest_of(x);
        if (hash.ptr == NULL) {
            return cox_no_memory(reterr);
        }
    }
    *ret_opt = (struct cox_write_opt){.actor = x->who.actor,
        .cause = x->who.token_scope != 0 ? COX_CAUSE_API : COX_CAUSE_UI,
        .request = x->request_id,
        .key = key,
        .key_hash = hash};
    return COX_OK;
}

enum cox_rc cox_exchange_write_secret(struct cox_exchange *x, cox_call_fn fn, void *ctx,
    struct cox_err *reterr)
{
    struct cox_write_opt opt;
    struct cox_commit commit;

    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    opt.key = (struct cox_text){0};
    return cox_store_write(x->store, &opt, fn, ctx, &commit, reterr);
}
