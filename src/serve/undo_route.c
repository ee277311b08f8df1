/* serve/undo_route.c: taking back a commit or a batch, and looking first. */
#include "record/undo.h"
#include "serve/list.h"
#include "serve/record_json.h"
#include "serve/server.h"

enum { ITEMS_SHOWN = 500 };

struct undoing {
    struct cox_exchange *x;
    struct cox_undo_target target;
    bool is_whole;
    struct cox_json json;
    struct cox_call *call;
    size_t shown;
    struct cox_undo_plan plan;
};

static enum cox_rc read_body(struct cox_exchange *x, struct undoing *undoing, bool *ret_is_preview,
    struct cox_err *reterr)
{
    json_t *body, *seq, *batch;

    COX_TRY(cox_exchange_json(x, &body, reterr));
    seq = json_object_get(body, "seq");
    batch = json_object_get(body, "batch");
    if (json_is_integer(seq) == json_is_integer(batch)) {
        return cox_fail_at(reterr, COX_INVALID, "seq", 0, "either seq or batch, a whole number");
    }
    undoing->target.seq = json_is_integer(seq) ? json_integer_value(seq) : 0;
    undoing->target.batch = json_is_integer(batch) ? json_integer_value(batch) : 0;
    if (undoing->target.seq + undoing->target.batch <= 0) {
        return cox_fail_at(reterr, COX_INVALID, json_is_integer(seq) ? "seq" : "batch", 0,
            "is a number above 0");
    }
    undoing->is_whole = json_is_true(json_object_get(body, "whole"));
    *ret_is_preview = json_is_true(json_object_get(body, "preview"));
    return COX_OK;
}

static void put_item(struct cox_json *json, const char *entity, const struct cox_undo_item *item,
    struct cox_text name, const char *reason)
{
    static const char *const states[COX_UNDO_STATE_COUNT] = {"free", "done", "changed",
        "referenced", "dangling", "erased", "refused"};

    cox_json_begin_object(json);
    cox_json_put_string(json, "entity", entity);
    cox_json_put_int(json, "id", item->id);
    cox_json_put_text(json, "name", name);
    cox_json_put_string(json, "state", states[item->state]);
    cox_json_put_string(json, "reason", reason);
    cox_json_end_object(json);
}

static enum cox_rc preview(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct undoing *u = ctx;
    const struct cox_undo_plan *plan = &u->plan;

    COX_TRY(cox_undo_preview(call, &u->target, &u->plan, reterr));
    cox_reply_json(u->x, 200, &u->json);
    cox_json_begin_object(&u->json);
    cox_json_put_int(&u->json, "total", (int64_t)plan->count);
    cox_json_put_int(&u->json, "restorable", (int64_t)plan->counts[COX_UNDO_FREE]);
    cox_json_put_int(&u->json, "done", (int64_t)plan->counts[COX_UNDO_DONE]);
    cox_json_key(&u->json, "items");
    cox_json_begin_array(&u->json);
    for (size_t i = 0; i < plan->count && u->shown < ITEMS_SHOWN; i++) {
        const struct cox_undo_item *item = &plan->items[i];
        const struct cox_table *table = cox_registry_number(cox_call_registry(call), item->entity);
        struct cox_text name = {0};
        if (item->state == COX_UNDO_FREE && plan->count > 20) {
            continue; /* of many, those are told that stay as they are */
        }
        if (table != NULL) {
            COX_TRY(cox_ref_name(call, table->entity, item->id, &name, reterr));
        }
        put_item(&u->json, table == NULL ? NULL : table->entity->name, item, name,
            cox_undo_state_text(item->state));
        u->shown++;
    }
    cox_json_end_array(&u->json);
    cox_json_end_object(&u->json);
    return cox_reply_json_done(u->x, &u->json, reterr);
}

static const char *entity_name(const struct cox_exchange *x, uint16_t number)
{
    const struct cox_feature *const *features = cox_server_host(x->server)->features;

    for (size_t f = 0; features[f] != NULL; f++) {
        for (size_t e = 0; features[f]->entities != NULL && features[f]->entities[e] != NULL; e++) {
            if (features[f]->entities[e]->number == number) {
                return features[f]->entities[e]->name;
            }
        }
    }
    return NULL;
}

/* What was left, written while it is found. */
static void note_left(void *ctx, const struct cox_undo_item *item, const char *why)
{
    struct undoing *u = ctx;

    if (u->shown++ < ITEMS_SHOWN) {
        put_item(&u->json, entity_name(u->x, item->entity), item, (struct cox_text){0}, why);
    }
}

static enum cox_rc run(struct cox_exchange *x, struct undoing *u, struct cox_err *reterr)
{
    const struct cox_undo_opt opt = {.actor = x->who.actor,
        .target = u->target,
        .all_or_nothing = u->is_whole,
        .left = note_left,
        .ctx = u};
    struct cox_undo_report report;
    size_t left = 0;

    cox_reply_json(x, 200, &u->json);
    cox_json_begin_object(&u->json);
    cox_json_key(&u->json, "items");
    cox_json_begin_array(&u->json);
    COX_TRY(cox_undo(x->store, &opt, &report, reterr));
    cox_json_end_array(&u->json);
    for (size_t i = 0; i < COX_UNDO_STATE_COUNT; i++) {
        left += i == COX_UNDO_DONE || i == COX_UNDO_FREE ? 0 : report.counts[i];
    }
    cox_json_put_int(&u->json, "done", (int64_t)report.counts[COX_UNDO_DONE]);
    cox_json_put_int(&u->json, "left", (int64_t)left);
    cox_json_put_int(&u->json, "seq", report.last_seq);
    cox_json_end_object(&u->json);
    x->reply.seq = report.last_seq;
    return cox_reply_json_done(x, &u->json, reterr);
}

static enum cox_rc post_undo(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct undoing undoing = {.x = x};
    bool is_preview = false;

    COX_TRY(read_body(x, &undoing, &is_preview, reterr));
    return is_preview ? cox_store_read(x->store, &opt, preview, &undoing, reterr)
                      : run(x, &undoing, reterr);
}

const struct cox_route cox_routes_undo[] = {
    {.method = COX_POST,
        .path = "/api/v1/undo",
        .handle = post_undo,
        .body_max = 4096,
        .summary = "Takes back one's own commit or batch by new commits; preview only looks.",
        .in =
            "{\"type\":\"object\",\"properties\":{\"seq\":{\"type\":\"integer\"},\"batch\":{\"type\":"
            "\"integer\"},\"preview\":{\"type\":\"boolean\"},\"whole\":{\"type\":\"boolean\"}}}",
        .out =
            "{\"type\":\"object\",\"required\":[\"items\",\"done\"],\"properties\":{\"items\":{"
            "\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"entity\",\"id\","
            "\"name\",\"state\",\"reason\"],\"properties\":{\"entity\":{\"type\":[\"string\",\"null\"]},"
            "\"id\":{\"type\":\"integer\"},\"name\":{\"type\":[\"string\",\"null\"]},\"state\":{\"type\":"
            "\"string\"},\"reason\":{\"type\":[\"string\",\"null\"]}}}},\"done\":{\"type\":\"integer\"},"
            "\"total\":{\"type\":\"integer\"},\"restorable\":{\"type\":\"integer\"},\"left\":{\"type\":\"integer\"},"
            "\"seq\":{\"type\":\"integer\"}}}"},
    {0},
};
