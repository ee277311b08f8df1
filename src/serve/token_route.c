/* serve/token_route.c: one's own tokens for programs. Made and revoked by a session only. */
#include <stdlib.h>

#include "base/day.h"
#include "record/cell.h"
#include "record/token.h"
#include "serve/list.h"
#include "serve/server.h"
#include "serve/sign_in.h"

struct tokening {
    struct cox_exchange *x;
    struct cox_text label, handle;
    unsigned scope;
    int64_t expires_us;
    char token[COX_TOKEN_SIZE];
};

static enum cox_rc list(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_exchange *x = ctx;
    const struct cox_token *tokens;
    struct cox_json json;
    size_t count;

    COX_TRY(cox_token_list(call, x->who.actor.user_id, &tokens, &count, reterr));
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < count; i++) {
        cox_json_begin_object(&json);
        cox_json_put_string(&json, "id", tokens[i].handle);
        cox_json_put_text(&json, "label", tokens[i].label);
        cox_json_put_string(&json, "scope", cox_token_scope_name(tokens[i].scope));
        cox_cell_put_instant(&json, "created", tokens[i].created_us);
        cox_cell_put_instant(&json, "expires", tokens[i].expires_us);
        cox_cell_put_instant(&json, "revoked", tokens[i].revoked_us);
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc get_tokens(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};

    return cox_store_read(x->store, &opt, list, x, reterr);
}

static enum cox_rc add(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct tokening *t = ctx;

    return cox_token_add(call, t->x->who.actor.user_id, t->label, t->scope, t->expires_us, t->token,
        reterr);
}

static enum cox_rc read_expiry(struct tokening *t, json_t *body, struct cox_err *reterr)
{
    const struct cox_date_opt date = {.order = COX_DATE_YMD};
    struct cox_text expires;
    int64_t day;

    COX_TRY(cox_body_text(body, "expires", false, &expires, reterr));
    t->expires_us = COX_NULL;
    if (expires.ptr == NULL) {
        return COX_OK;
    }
    if (cox_day_parse(expires, &date, &day, reterr) != COX_OK) {
        return cox_fail_at(reterr, COX_INVALID, "expires", 0, "a day like 2027-03-31 is wanted");
    }
    t->expires_us = (day + 1) * COX_DAY_US;
    return COX_OK;
}

static enum cox_rc post_token(struct cox_exchange *x, struct cox_err *reterr)
{
    struct tokening t = {.x = x};
    char handle[COX_TOKEN_HANDLE_SIZE];
    struct cox_text scope;
    struct cox_json json;
    json_t *body;

    COX_TRY(cox_exchange_json(x, &body, reterr));
    COX_TRY(cox_body_text(body, "label", true, &t.label, reterr));
    COX_TRY(cox_body_text(body, "scope", true, &scope, reterr));
    COX_TRY(cox_token_scope_parse(scope, &t.scope, reterr));
    COX_TRY(read_expiry(&t, body, reterr));
    COX_TRY(cox_exchange_write_secret(x, add, &t, reterr));
    cox_token_handle(cox_text_of(t.token), handle);
    cox_reply_json(x, 201, &json);
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "id", handle);
    cox_json_put_string(&json, "token", t.token);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc revoke(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct tokening *t = ctx;
    const struct cox_token *tokens;
    size_t count;

    COX_TRY(cox_token_list(call, t->x->who.actor.user_id, &tokens, &count, reterr));
    for (size_t i = 0; i < count; i++) {
        if (cox_text_same(cox_text_of(tokens[i].handle), t->handle)) {
            return cox_token_revoke(call, t->handle, reterr);
        }
    }
    return cox_fail(reterr, COX_MISSING, "there is no such token of yours");
}

static enum cox_rc delete_token(struct cox_exchange *x, struct cox_err *reterr)
{
    struct tokening t = {.x = x, .handle = x->params[0]};

    COX_TRY(cox_exchange_write_secret(x, revoke, &t, reterr));
    cox_server_forget(x->server);
    x->reply.status = 204;
    return COX_OK;
}

const struct cox_route cox_routes_tokens[] = {
    {.method = COX_GET,
        .path = "/api/v1/tokens",
        .handle = get_tokens,
        .flags = COX_ROUTE_SESSION,
        .summary = "One's own tokens, without their secrets.",
        .out = "{\"type\":\"object\",\"required\":[\"rows\"],\"properties\":{\"rows\":{\"type\":"
               "\"array\",\"items\":{\"type\":\"object\"}}}}"},
    {.method = COX_POST,
        .path = "/api/v1/tokens",
        .handle = post_token,
        .flags = COX_ROUTE_SESSION,
        .body_max = 4096,
        .summary = "A new token; it is shown this once.",
        .in =
            "{\"type\":\"object\",\"required\":[\"label\",\"scope\"],\"properties\":{\"label\":{\"type\":"
            "\"string\"},\"scope\":{\"enum\":[\"read\",\"write\",\"read,people\",\"write,people\"]},"
            "\"expires\":{\"type\":[\"string\",\"null\"],\"format\":\"date\"}}}",
        .out =
            "{\"type\":\"object\",\"required\":[\"id\",\"token\"],\"properties\":{\"id\":{\"type\":"
            "\"string\"},\"token\":{\"type\":\"string\"}}}"},
    {.method = COX_DELETE,
        .path = "/api/v1/tokens/{id}",
        .handle = delete_token,
        .flags = COX_ROUTE_SESSION,
        .summary = "Revokes one of one's own tokens, at once."},
    {0},
};
