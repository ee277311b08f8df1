/* org/hook_route.c: a webhook's secret, its deliveries, a trial, and one of them again. */
#include <sodium.h>

#include "base/day.h"
#include "org/hook.h"
#include "org/webhook.h"
#include "record/cell.h"
#include "record/outbox.h"
#include "serve/seal.h"
#include "serve/server.h"

#define ADMIN COX_ROLE_BIT(COX_ADMIN)

enum { SECRET_BITS = 32, SECRET_SIZE = 52, OVERLAP_MAX_S = 7 * 86400 };

struct hooking {
    struct cox_exchange *x;
    int64_t hook, number, overlap_s;
    struct cox_text sealed;
};

/* ---- the secret ---- */

/* Whoever has the secret can speak for the webhook: it is the owner's alone to make. */
static enum cox_rc must_own(struct cox_call *call, int64_t id, struct cox_err *reterr)
{
    struct cox_webhook hook;

    COX_TRY(cox_load(call, &cox_webhook, id, &hook, reterr));
    return hook.owner == cox_call_actor(call)->user_id
               ? COX_OK
               : cox_fail(reterr, COX_DENIED, "this webhook is somebody else's");
}

static enum cox_rc put_secret(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct hooking *h = ctx;

    COX_TRY(must_own(call, h->hook, reterr));
    return cox_outbox_put(call, h->hook, h->sealed,
        cox_call_now_us(call) + h->overlap_s * COX_SECOND_US, reterr);
}

/* {overlap_s}: how long the secret before signs beside the new one. Without a body it ends at once. */
static enum cox_rc read_overlap(struct cox_exchange *x, struct hooking *h, struct cox_err *reterr)
{
    const json_t *overlap;
    json_t *body;

    if (x->body.size == 0) {
        return COX_OK;
    }
    COX_TRY(cox_exchange_json(x, &body, reterr));
    overlap = json_object_get(body, "overlap_s");
    if (overlap == NULL || json_is_null(overlap)) {
        return COX_OK;
    }
    h->overlap_s = json_is_integer(overlap) ? json_integer_value(overlap) : -1;
    return h->overlap_s >= 0 && h->overlap_s <= OVERLAP_MAX_S
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, "overlap_s", 0,
                     "is a number of seconds, at most seven days (%d)", OVERLAP_MAX_S);
}

static enum cox_rc post_secret(struct cox_exchange *x, struct cox_err *reterr)
{
    struct hooking h = {.x = x};
    unsigned char bits[SECRET_BITS];
    char secret[SECRET_SIZE] = "whsec_";
    struct cox_json json;

    COX_TRY(cox_exchange_id(x, 0, &h.hook, reterr));
    COX_TRY(read_overlap(x, &h, reterr));
    randombytes_buf(bits, sizeof(bits));
    (void)sodium_bin2base64(secret + 6, sizeof(secret) - 6, bits, sizeof(bits),
        sodium_base64_VARIANT_URLSAFE_NO_PADDING); /* the room is fixed */
    COX_TRY(cox_seal(x->server, x->arena, cox_text_of(secret), &h.sealed, reterr));
    COX_TRY(cox_exchange_write_secret(x, put_secret, &h, reterr));
    cox_hooks_wake(x->server);
    cox_reply_json(x, 201, &json);
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "secret", secret);
    cox_json_end_object(&json);
    sodium_memzero(bits, sizeof(bits));
    return cox_reply_json_done(x, &json, reterr);
}

/* ---- deliveries ---- */

static void put_sent(struct cox_json *json, const struct cox_outbox_sent *sent)
{
    cox_json_begin_object(json);
    cox_json_put_int(json, "number", sent->number);
    cox_json_put_int(json, "event", sent->seq);
    cox_cell_put_instant(json, "at", sent->at_us);
    cox_json_put_int(json, "ms", sent->ms);
    cox_cell_put_number(json, "status", sent->status == 0 ? COX_NULL : sent->status);
    cox_json_put_text(json, "error", sent->error);
    cox_json_end_object(json);
}

static enum cox_rc read_deliveries(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct hooking *h = ctx;
    const struct cox_outbox_sent *rows;
    struct cox_outbox outbox = {.again_seq = COX_NULL, .old_until_us = COX_NULL};
    const struct cox_row *row;
    struct cox_json json;
    size_t count;
    enum cox_rc rc;

    COX_TRY(cox_get(call, &cox_webhook, h->hook, &row, reterr));
    rc = cox_outbox_get(call, h->hook, &outbox, reterr);
    if (rc != COX_OK && rc != COX_MISSING) {
        return rc;
    }
    COX_TRY(cox_outbox_list(call, h->hook, &rows, &count, reterr));
    cox_reply_json(h->x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_bool(&json, "has_secret", rc == COX_OK);
    cox_cell_put_instant(&json, "old_secret_until", outbox.old_until_us);
    cox_json_put_int(&json, "after", outbox.after_seq);
    cox_json_put_int(&json, "failures", outbox.fail_count);
    cox_cell_put_instant(&json, "next", outbox.next_us == 0 ? COX_NULL : outbox.next_us);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < count; i++) {
        put_sent(&json, &rows[i]);
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(h->x, &json, reterr);
}

static enum cox_rc get_deliveries(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct hooking h = {.x = x};

    COX_TRY(cox_exchange_id(x, 0, &h.hook, reterr));
    return cox_store_read(x->store, &opt, read_deliveries, &h, reterr);
}

/* ---- out of turn ---- */

static enum cox_rc ask(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct hooking *h = ctx;
    const struct cox_outbox_sent *rows;
    size_t count;

    COX_TRY(must_own(call, h->hook, reterr));
    if (h->number == 0) {
        return cox_outbox_ask(call, h->hook, 0, reterr);
    }
    COX_TRY(cox_outbox_list(call, h->hook, &rows, &count, reterr));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].number == h->number) {
            return cox_outbox_ask(call, h->hook, rows[i].seq, reterr);
        }
    }
    return cox_fail(reterr, COX_MISSING, "there is no such delivery");
}

static enum cox_rc ask_for(struct cox_exchange *x, struct hooking *h, struct cox_err *reterr)
{
    COX_TRY(cox_exchange_write_secret(x, ask, h, reterr));
    cox_hooks_wake(x->server);
    x->reply.status = 202;
    return COX_OK;
}

static enum cox_rc post_test(struct cox_exchange *x, struct cox_err *reterr)
{
    struct hooking h = {.x = x};

    COX_TRY(cox_exchange_id(x, 0, &h.hook, reterr));
    return ask_for(x, &h, reterr);
}

static enum cox_rc post_redeliver(struct cox_exchange *x, struct cox_err *reterr)
{
    struct hooking h = {.x = x};

    COX_TRY(cox_exchange_id(x, 0, &h.hook, reterr));
    COX_TRY(cox_exchange_id(x, 1, &h.number, reterr));
    if (h.number < 1) {
        return cox_fail(reterr, COX_MISSING, "there is no such delivery");
    }
    return ask_for(x, &h, reterr);
}

const struct cox_route cox_routes_hooks[] = {
    {.method = COX_POST,
        .path = "/api/v1/webhooks/{id}/secret",
        .handle = post_secret,
        .roles = ADMIN,
        .summary =
            "Makes the secret by which deliveries are signed; it is shown this once. A newer "
            "one takes the place of the older, which signs beside it for overlap_s seconds.",
        .body_max = 4096,
        .in = "{\"type\":\"object\",\"properties\":{\"overlap_s\":{\"type\":[\"integer\",\"null\"],"
              "\"minimum\":0,\"maximum\":604800}}}",
        .out = "{\"type\":\"object\",\"required\":[\"secret\"],\"properties\":{\"secret\":{"
               "\"type\":\"string\"}}}"},
    {.method = COX_GET,
        .path = "/api/v1/webhooks/{id}/deliveries",
        .handle = get_deliveries,
        .roles = ADMIN,
        .summary = "What was sent of late, newest first, and where sending stands.",
        .out =
            "{\"type\":\"object\",\"required\":[\"rows\",\"has_secret\",\"after\","
            "\"failures\",\"old_secret_until\"],\"properties\":{\"rows\":{\"type\":\"array\",\"items\":{\"type\":"
            "\"object\",\"required\":[\"number\",\"event\",\"at\",\"ms\",\"status\","
            "\"error\"]}}}}"},
    {.method = COX_POST,
        .path = "/api/v1/webhooks/{id}/test",
        .handle = post_test,
        .roles = ADMIN,
        .summary = "Sends a trial without changes; what became of it stands among the deliveries."},
    {.method = COX_POST,
        .path = "/api/v1/webhooks/{id}/deliveries/{number}/redeliver",
        .handle = post_redeliver,
        .roles = ADMIN,
        .summary = "Sends a delivery's event once more, out of turn."},
    {0},
};
