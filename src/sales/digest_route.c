/* sales/digest_route.c: whether one wants a digest, and the address in each by which it ends without signing in. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "org/people.h"
#include "record/cell.h"
#include "sales/digest.h"
#include "serve/seal.h"
#include "serve/server.h"

#define MARK "digest-off:"

enum { BODY_MAX = 1024, TOKEN_MAX = 400 };

static const char *const frequencies[COX_FREQUENCY_COUNT] = {"never", "daily", "weekly"};

/* ---- one's own wish ---- */

struct wish {
    struct cox_exchange *x;
    int64_t user;
    int frequency; /* -1: as it is */
    int64_t hour;  /* -1: as it is */
};

static enum cox_rc read_state(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct wish *wish = ctx;
    struct cox_exchange *x = wish->x;
    struct cox_digest_state state;
    struct cox_user user;
    struct cox_json json;

    COX_TRY(cox_digest_get(call, wish->user, &state, reterr));
    COX_TRY(cox_load(call, &cox_user, wish->user, &user, reterr));
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "frequency", frequencies[state.frequency]);
    cox_json_put_int(&json, "hour", state.hour);
    cox_json_put_text(&json, "zone",
        user.zone.size > 0 ? user.zone : cox_zone_name(cox_call_zone(call)));
    cox_json_put_text(&json, "email", user.email);
    cox_cell_put_day(&json, "last", state.try_count > 0 ? state.last_day : COX_NULL);
    cox_json_put_bool(&json, "is_sent_here", cox_server_smtp(x->server) != NULL);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc get_digest(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct wish wish = {.x = x, .user = x->who.actor.user_id};

    return cox_store_read(x->store, &opt, read_state, &wish, reterr);
}

/* Who begins gets the first one when it is next due, not the one of this morning. */
static enum cox_rc put_wish(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct wish *wish = ctx;
    struct cox_digest_state state;

    COX_TRY(cox_digest_get(call, wish->user, &state, reterr));
    state.hour = wish->hour < 0 ? state.hour : wish->hour;
    if (wish->frequency >= 0 && wish->frequency != (int)state.frequency) {
        int64_t now = cox_call_now_us(call);
        struct cox_user user;
        const struct cox_zone *zone = cox_call_zone(call);
        struct cox_err ignored;
        int64_t due;
        COX_TRY(cox_load(call, &cox_user, wish->user, &user, reterr));
        if (user.zone.size > 0 &&
            cox_zone_open(user.zone, cox_call_arena(call), &zone, &ignored) != COX_OK) {
            zone = cox_call_zone(call);
        }
        state.frequency = (enum cox_frequency)wish->frequency;
        state.next_us = 0;
        due = cox_schedule_last(zone, now, state.frequency, (int)state.hour);
        if (due != INT64_MIN && (state.last_day == COX_NULL || due > state.last_day)) {
            state.last_day = due;
            state.try_count = 0;
        }
    }
    return cox_digest_put(call, &state, reterr);
}

static enum cox_rc read_wish(struct cox_exchange *x, struct wish *wish, struct cox_err *reterr)
{
    json_t *asked, *value;
    const char *key;

    COX_TRY(cox_exchange_json(x, &asked, reterr));
    json_object_foreach(asked, key, value)
    {
        const char *text = json_string_value(value);
        if (strcmp(key, "hour") == 0) {
            wish->hour = json_is_integer(value) ? json_integer_value(value) : -1;
            if (wish->hour < 0 || wish->hour > 23) {
                return cox_fail_at(reterr, COX_INVALID, "hour", 0,
                    "is a whole number from 0 to 23");
            }
        } else if (strcmp(key, "frequency") == 0) {
            for (int i = 0; text != NULL && i < COX_FREQUENCY_COUNT; i++) {
                wish->frequency = strcmp(text, frequencies[i]) == 0 ? i : wish->frequency;
            }
            if (wish->frequency < 0) {
                return cox_fail_at(reterr, COX_INVALID, key, 0, "is never, daily or weekly");
            }
        } else {
            return cox_fail_at(reterr, COX_INVALID, key, 0, "there is no such setting");
        }
    }
    return COX_OK;
}

static enum cox_rc patch_digest(struct cox_exchange *x, struct cox_err *reterr)
{
    struct wish wish = {.x = x, .user = x->who.actor.user_id, .frequency = -1, .hour = -1};
    struct cox_write_opt opt;
    struct cox_commit commit;

    COX_TRY(read_wish(x, &wish, reterr));
    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    COX_TRY(cox_store_write(x->store, &opt, put_wish, &wish, &commit, reterr));
    return get_digest(x, reterr);
}

/* ---- without signing in ---- */

const char *cox_digest_unsubscribe(const struct cox_server *server, struct cox_arena *arena,
    int64_t user_id)
{
    char *mark = cox_arena_format(arena, MARK "%lld", (long long)user_id);
    char token[TOKEN_MAX];
    struct cox_text sealed;
    struct cox_err ignored;

    if (mark == NULL || cox_seal(server, arena, cox_text_of(mark), &sealed, &ignored) != COX_OK ||
        sodium_base64_encoded_len(sealed.size, sodium_base64_VARIANT_URLSAFE_NO_PADDING) >
            sizeof(token)) {
        return NULL;
    }
    (void)sodium_bin2base64(token, sizeof(token), (const unsigned char *)sealed.ptr, sealed.size,
        sodium_base64_VARIANT_URLSAFE_NO_PADDING); /* the room was looked at */
    return cox_arena_format(arena, "%s/unsubscribe/%s", cox_server_url(server), token);
}

/* Whose address is it? One answer for all that are none. */
static enum cox_rc read_token(struct cox_exchange *x, int64_t *ret_user, struct cox_err *reterr)
{
    unsigned char sealed[TOKEN_MAX];
    struct cox_text token = x->params[0], mark;
    struct cox_err ignored;
    size_t size;

    if (sodium_base642bin(sealed, sizeof(sealed), token.ptr, token.size, NULL, &size, NULL,
            sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        cox_unseal(x->server, x->arena, (struct cox_text){(const char *)sealed, size}, &mark,
            &ignored) != COX_OK ||
        mark.size <= sizeof(MARK) - 1 || memcmp(mark.ptr, MARK, sizeof(MARK) - 1) != 0 ||
        !cox_num_parse_plain(
            (struct cox_text){mark.ptr + sizeof(MARK) - 1, mark.size - (sizeof(MARK) - 1)},
            ret_user)) {
        return cox_fail(reterr, COX_MISSING, "there is nothing at this address");
    }
    return COX_OK;
}

static enum cox_rc put_page(struct cox_exchange *x, const char *content, struct cox_err *reterr)
{
    x->reply.type = "text/html; charset=utf-8";
    cox_buf_format(&x->reply.body,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width\"><title>Coxswain</title></head><body><h1>Digests by mail</h1>"
        "%s</body></html>\n",
        content);
    return cox_reply_header(x, "Cache-Control", "no-store", reterr);
}

/* Programs that look at links before people do end nothing: that takes the button. */
static enum cox_rc get_unsubscribe(struct cox_exchange *x, struct cox_err *reterr)
{
    int64_t user;

    COX_TRY(read_token(x, &user, reterr));
    return put_page(x,
        "<form method=\"post\"><p>Shall no more digests come?</p><button>No more digests</button></form>",
        reterr);
}

static enum cox_rc post_unsubscribe(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_write_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
        .cause = COX_CAUSE_API,
        .request = x->request_id};
    struct wish wish = {.x = x, .frequency = COX_NEVER, .hour = -1};
    struct cox_commit commit;

    COX_TRY(read_token(x, &wish.user, reterr));
    COX_TRY(cox_store_write(x->store, &opt, put_wish, &wish, &commit, reterr));
    return put_page(x, "<p>No more digests come. The settings bring them back.</p>", reterr);
}

#define STATE "{\"type\":\"object\",\"required\":[\"frequency\",\"hour\",\"is_sent_here\"]}"

const struct cox_route cox_routes_digest[] = {
    {.method = COX_GET,
        .path = "/api/v1/digest",
        .handle = get_digest,
        .summary = "Whether the caller gets the home page by mail, and when.",
        .out = STATE},
    {.method = COX_PATCH,
        .path = "/api/v1/digest",
        .handle = patch_digest,
        .body_max = BODY_MAX,
        .summary = "Asks for it daily, weekly or never, at an hour of one's own zone.",
        .in = "{\"type\":\"object\",\"properties\":{\"frequency\":{\"enum\":[\"never\",\"daily\","
              "\"weekly\"]},\"hour\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":23}},"
              "\"additionalProperties\":false}",
        .out = STATE},
    {.method = COX_GET,
        .path = "/unsubscribe/{token}",
        .handle = get_unsubscribe,
        .flags = COX_ROUTE_PUBLIC,
        .summary = "A page with the button that ends the digests of whoever got this address."},
    {.method = COX_POST,
        .path = "/unsubscribe/{token}",
        .handle = post_unsubscribe,
        .flags = COX_ROUTE_PUBLIC | COX_ROUTE_KEEPS_BODY,
        .body_max = BODY_MAX,
        .summary = "Ends them (RFC 8058)."},
    {0},
};
