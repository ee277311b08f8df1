/* serve/health.c: does it live? For whoever watches it. */
#include "record/head.h"
#include "serve/list.h"
#include "serve/server.h"

static enum cox_rc look(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    int64_t *seq = ctx;

    (void)reterr; /* nothing can fail */
    *seq = cox_call_as_of(call).seq;
    return COX_OK;
}

/* 200 while the store can be read; a failure to read is what it replies otherwise. */
static enum cox_rc get_health(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor.roles = COX_ROLE_BIT(COX_OPERATOR)};
    struct cox_json json;
    int64_t seq = 0;

    COX_TRY(cox_store_read(x->store, &opt, look, &seq, reterr));
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "status", "ok");
    cox_json_put_string(&json, "version", COX_VERSION);
    cox_json_put_int(&json, "seq", seq);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

const struct cox_route cox_routes_health[] = {
    {.method = COX_GET,
        .path = "/healthz",
        .handle = get_health,
        .flags = COX_ROUTE_PUBLIC | COX_ROUTE_UNLOGGED,
        .summary = "Does the server live, and can it read its store?",
        .out = "{\"type\":\"object\",\"required\":[\"status\",\"version\",\"seq\"],\"properties\":{"
               "\"status\":{\"type\":\"string\"},\"version\":{\"type\":\"string\"},"
               "\"seq\":{\"type\":\"integer\"}}}"},
    {0},
};
