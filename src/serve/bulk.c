/*
 * serve/bulk.c: one change to many records: tried first, then saved in chunks, so that nobody else's save
 * waits long; one batch, so that undo takes all of it back. A record that refuses is left out and told; the
 * others of its chunk are saved without it.
 */
#include <stdlib.h>
#include <string.h>

#include "record/cell.h"
#include "record/query.h"
#include "serve/list.h"
#include "serve/record_json.h"

enum { BULK_MAX = 10000, CHUNK = 100, ROWS_SHOWN = 1000 };

enum outcome { WAITING, CHANGED, UNCHANGED, REFUSED };

struct item {
    int64_t id;
    enum outcome outcome;
    const char *name, *reason;
};

struct bulk {
    struct cox_exchange *x;
    json_t *changes; /* NULL: removal */
    struct cox_text filter;
    json_t *ids;
    bool is_preview;
    struct item *items;
    size_t count;
    size_t first, end; /* of the chunk */
    size_t failed;     /* position of the item that refused */
};

/* ---- which records ---- */

static enum cox_rc take_ids(struct bulk *bulk, struct cox_err *reterr)
{
    size_t at;
    json_t *id;

    bulk->items = COX_NEW_ARRAY(bulk->x->arena, json_array_size(bulk->ids) + 1, struct item);
    if (bulk->items == NULL) {
        return cox_no_memory(reterr);
    }
    json_array_foreach(bulk->ids, at, id)
    {
        if (!json_is_integer(id) || json_integer_value(id) <= 0) {
            return cox_fail_at(reterr, COX_INVALID, "ids", (int64_t)at + 1, "is not a number");
        }
        bulk->items[bulk->count++].id = json_integer_value(id);
    }
    return COX_OK;
}

static enum cox_rc find_items(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct bulk *bulk = ctx;
    const struct cox_table *table;
    struct cox_query query = {.limit = COX_PAGE_MAX, .want_count = true};
    struct cox_page page;

    COX_TRY(cox_api_table(call, bulk->x, bulk->x->params[0], &table, reterr));
    query.entity = table->entity;
    COX_TRY(cox_filter_parse(call, table->entity, bulk->filter, &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    if (!page.total_is_exact || page.total > BULK_MAX) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "filter", 0,
            "more than %d records: narrow it down", BULK_MAX);
    }
    bulk->items = COX_NEW_ARRAY(bulk->x->arena, (size_t)page.total + 1, struct item);
    if (bulk->items == NULL) {
        return cox_no_memory(reterr);
    }
    for (;;) {
        for (size_t i = 0; i < page.count && bulk->count < (size_t)page.total; i++) {
            bulk->items[bulk->count++].id = page.rows[i].id;
        }
        if (page.next.ptr == NULL) {
            return COX_OK;
        }
        query.cursor = page.next;
        query.want_count = false;
        int64_t total = page.total;
        COX_TRY(cox_list(call, &query, &page, reterr));
        page.total = total;
    }
}

/* ---- saving ---- */

static enum cox_rc save_one(struct cox_call *call, struct bulk *bulk, const struct cox_table *table,
    struct item *item, struct cox_err *reterr)
{
    const struct cox_change *changes;
    const struct cox_row *before;
    struct cox_text name;
    bool is_changed = true;
    size_t count;

    COX_TRY(cox_get(call, table->entity, item->id, &before, reterr));
    COX_TRY(cox_cell_text(call, before, table->entity->name_field, &name, NULL, reterr));
    item->name = cox_arena_text(bulk->x->arena, name).ptr;
    if (bulk->changes == NULL) {
        COX_TRY(cox_remove(call, table->entity, item->id, 0, reterr));
    } else {
        COX_TRY(cox_record_changes(call, table, before, bulk->changes, &changes, &count, reterr));
        COX_TRY(cox_change_fields(call, table->entity, item->id, 0, changes, count, &is_changed,
            reterr));
    }
    item->outcome = is_changed ? CHANGED : UNCHANGED;
    return COX_OK;
}

static enum cox_rc save_chunk(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct bulk *bulk = ctx;
    const struct cox_table *table;

    bulk->failed = bulk->count;
    COX_TRY(cox_api_table(call, bulk->x, bulk->x->params[0], &table, reterr));
    for (size_t i = bulk->first; i < bulk->end; i++) {
        if (bulk->items[i].outcome == REFUSED) {
            continue;
        }
        bulk->failed = i;
        COX_TRY(save_one(call, bulk, table, &bulk->items[i], reterr));
        bulk->failed = bulk->count;
    }
    /* A preview has now been through all rules: nothing of it stays. */
    return bulk->is_preview ? cox_fail(reterr, COX_CANCELLED, "looked only") : COX_OK;
}

/* Is it the record's fault, not the store's? */
static bool is_refusal(enum cox_rc rc)
{
    return rc == COX_INVALID || rc == COX_DENIED || rc == COX_MISSING || rc == COX_CONFLICT ||
           rc == COX_GONE || rc == COX_STALE;
}

static enum cox_rc run_chunk(struct bulk *bulk, const struct cox_write_opt *opt,
    struct cox_err *reterr)
{
    struct cox_commit commit;
    enum cox_rc rc;

    for (;;) {
        rc = cox_store_write(bulk->x->store, opt, save_chunk, bulk, &commit, reterr);
        if (rc == COX_OK || (rc == COX_CANCELLED && bulk->is_preview)) {
            return COX_OK;
        }
        if (!is_refusal(rc) || bulk->failed >= bulk->end) {
            return rc;
        }
        bulk->items[bulk->failed].outcome = REFUSED;
        bulk->items[bulk->failed].reason = cox_arena_string(bulk->x->arena, reterr->text);
    }
}

static enum cox_rc run_all(struct bulk *bulk, int64_t *ret_batch, struct cox_err *reterr)
{
    struct cox_write_opt opt;
    enum cox_rc rc = COX_OK;

    COX_TRY(cox_exchange_write_opt(bulk->x, &opt, reterr));
    opt.key = (struct cox_text){0}; /* many commits: the batch is what is repeated or not */
    if (!bulk->is_preview) {
        COX_TRY(cox_batch_open(bulk->x->store, bulk->x->who.actor, "bulk",
            bulk->changes == NULL ? "bulk removal" : "bulk change", ret_batch, reterr));
        opt.batch = *ret_batch;
    }
    for (bulk->first = 0; rc == COX_OK && bulk->first < bulk->count; bulk->first = bulk->end) {
        bulk->end = bulk->first + CHUNK < bulk->count ? bulk->first + CHUNK : bulk->count;
        rc = run_chunk(bulk, &opt, reterr);
    }
    if (!bulk->is_preview) {
        struct cox_err ignored;
        enum cox_rc closed = cox_batch_close(bulk->x->store, *ret_batch, COX_BATCH_DONE,
            rc == COX_OK ? reterr : &ignored);
        rc = rc == COX_OK ? closed : rc;
    }
    return rc;
}

/* ---- the reply ---- */

static enum cox_rc write_reply(struct bulk *bulk, int64_t batch, struct cox_err *reterr)
{
    static const char *const outcomes[] = {"waiting", "changed", "unchanged", "refused"};
    int64_t counts[4] = {0};
    struct cox_json json;
    size_t shown = 0;

    for (size_t i = 0; i < bulk->count; i++) {
        counts[bulk->items[i].outcome]++;
    }
    cox_reply_json(bulk->x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_bool(&json, "preview", bulk->is_preview);
    cox_json_put_int(&json, "total", (int64_t)bulk->count);
    cox_json_put_int(&json, "changed", counts[CHANGED]);
    cox_json_put_int(&json, "unchanged", counts[UNCHANGED]);
    cox_json_put_int(&json, "refused", counts[REFUSED]);
    cox_json_key(&json, "batch");
    batch == 0 ? cox_json_null(&json) : cox_json_int(&json, batch);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    /* Refusals first: they are what somebody has to look at. */
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < bulk->count && shown < ROWS_SHOWN; i++) {
            const struct item *item = &bulk->items[i];
            if ((item->outcome == REFUSED) != (pass == 0)) {
                continue;
            }
            cox_json_begin_object(&json);
            cox_json_put_int(&json, "id", item->id);
            cox_json_put_string(&json, "name", item->name);
            cox_json_put_string(&json, "outcome", outcomes[item->outcome]);
            cox_json_put_string(&json, "reason", item->reason);
            cox_json_end_object(&json);
            shown++;
        }
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(bulk->x, &json, reterr);
}

static enum cox_rc read_body(struct bulk *bulk, struct cox_err *reterr)
{
    json_t *body, *filter;
    bool is_removal;

    COX_TRY(cox_exchange_json(bulk->x, &body, reterr));
    filter = json_object_get(body, "filter");
    bulk->ids = json_object_get(body, "ids");
    bulk->changes = json_object_get(body, "changes");
    bulk->is_preview = json_is_true(json_object_get(body, "preview"));
    is_removal = json_is_true(json_object_get(body, "remove"));
    if (json_is_array(bulk->ids) == json_is_string(filter)) {
        return cox_fail_at(reterr, COX_INVALID, "ids", 0, "either ids or a filter");
    }
    if (json_is_object(bulk->changes) == is_removal) {
        return cox_fail_at(reterr, COX_INVALID, "changes", 0, "either changes or remove");
    }
    if (json_array_size(bulk->ids) > BULK_MAX) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "ids", 0, "at most %d records", BULK_MAX);
    }
    bulk->changes = is_removal ? NULL : bulk->changes;
    bulk->filter = (struct cox_text){json_string_value(filter), json_string_length(filter)};
    return COX_OK;
}

static enum cox_rc post_bulk(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct bulk bulk = {.x = x};
    int64_t batch = 0;

    COX_TRY(read_body(&bulk, reterr));
    if (json_is_array(bulk.ids)) {
        COX_TRY(take_ids(&bulk, reterr));
    } else {
        COX_TRY(cox_store_read(x->store, &opt, find_items, &bulk, reterr));
    }
    COX_TRY(run_all(&bulk, &batch, reterr));
    return write_reply(&bulk, batch, reterr);
}

const struct cox_route cox_routes_bulk[] = {
    {.method = COX_POST,
        .path = "/api/v1/{entities}/bulk",
        .handle = post_bulk,
        .body_max = 1 << 20,
        .summary = "One change, or a removal, of up to 10,000 records, with the outcome of each.",
        .in =
            "{\"type\":\"object\",\"properties\":{\"ids\":{\"type\":\"array\",\"items\":{\"type\":"
            "\"integer\"}},\"filter\":{\"type\":\"string\"},\"changes\":{\"type\":\"object\"},"
            "\"remove\":{\"type\":\"boolean\"},\"preview\":{\"type\":\"boolean\"}}}",
        .out =
            "{\"type\":\"object\",\"required\":[\"preview\",\"total\",\"changed\",\"unchanged\",\""
            "refused\",\"batch\",\"rows\"],\"properties\":{\"preview\":{\"type\":\"boolean\"},\"t"
            "otal\":{\"type\":\"integer\"},\"changed\":{\"type\":\"integer\"},\"unchanged\":{\"ty"
            "pe\":\"integer\"},\"refused\":{\"type\":\"integer\"},\"batch\":{\"type\":[\"integer\""
            ",\"null\"]},\"rows\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":["
            "\"id\",\"name\",\"outcome\",\"reason\"],\"properties\":{\"id\":{\"type\":\"integer\"},"
            "\"name\":{\"type\":[\"string\",\"null\"]},\"outcome\":{\"enum\":[\"waiting\",\"change"
            "d\",\"unchanged\",\"refused\"]},\"reason\":{\"type\":[\"string\",\"null\"]}}}}}}"},
    {0},
};
