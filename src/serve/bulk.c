/*
 * serve/bulk.c: one change to many records: tried first, then saved in chunks, so that nobody else's save
 * waits long; one batch, so that undo takes all of it back. A record that refuses is left out and told; the
 * others of its chunk are saved without it. The outcome is saved with the last chunk, as the batch's mark: a
 * request that comes again with its Idempotency-Key is answered from it, with the names of that time.
 */
#include <stdlib.h>
#include <string.h>

#include "record/cell.h"
#include "record/query.h"
#include "serve/list.h"
#include "serve/record_json.h"

enum { BULK_MAX = 10000, CHUNK = 100, ROWS_SHOWN = 1000 };

enum outcome { WAITING, CHANGED, UNCHANGED, REFUSED, OUTCOME_COUNT };

static const char kind[] = "bulk";

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
    int64_t batch;     /* 0: none was opened */
    struct cox_commit opening;
    int64_t counts[OUTCOME_COUNT];
    struct item *shown; /* refusals first */
    size_t shown_count;
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

/* ---- the outcome, kept for whoever asks again ---- */

/* Refusals first: they are what somebody has to look at. */
static enum cox_rc tally(struct bulk *bulk, struct cox_err *reterr)
{
    if (bulk->shown == NULL) {
        bulk->shown = COX_NEW_ARRAY(bulk->x->arena, ROWS_SHOWN, struct item);
    }
    if (bulk->shown == NULL) {
        return cox_no_memory(reterr);
    }
    memset(bulk->counts, 0, sizeof(bulk->counts));
    bulk->shown_count = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < bulk->count; i++) {
            const struct item *item = &bulk->items[i];
            bulk->counts[item->outcome] += pass;
            if ((item->outcome == REFUSED) == (pass == 0) && bulk->shown_count < ROWS_SHOWN) {
                bulk->shown[bulk->shown_count++] = *item;
            }
        }
    }
    return COX_OK;
}

/* Without names: whoever asks again is shown those that he may see. */
static enum cox_rc save_outcome(struct cox_call *call, struct bulk *bulk, struct cox_err *reterr)
{
    struct cox_json json;
    struct cox_buf lines;
    enum cox_rc rc;

    COX_TRY(tally(bulk, reterr));
    cox_buf_init(&lines, 1 << 20);
    cox_json_init(&json, cox_call_arena(call), cox_buf_sink(&lines));
    cox_json_begin_array(&json);
    cox_json_begin_array(&json);
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        cox_json_int(&json, bulk->counts[i]);
    }
    cox_json_end_array(&json);
    for (size_t i = 0; i < bulk->shown_count; i++) {
        cox_json_begin_array(&json);
        cox_json_int(&json, bulk->shown[i].id);
        cox_json_int(&json, (int64_t)bulk->shown[i].outcome);
        cox_json_string(&json, bulk->shown[i].reason);
        cox_json_end_array(&json);
    }
    cox_json_end_array(&json);
    rc = cox_json_done(&json, reterr);
    if (rc == COX_OK) {
        rc = cox_batch_mark(call, bulk->batch, cox_buf_text(&lines), reterr);
    }
    cox_buf_done(&lines);
    return rc;
}

static enum cox_rc parse_outcome(struct bulk *bulk, const json_t *kept, struct cox_err *reterr)
{
    json_t *counts = json_array_get(kept, 0);
    size_t count = json_array_size(kept);

    bulk->shown = COX_NEW_ARRAY(bulk->x->arena, count + 1, struct item);
    if (bulk->shown == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < OUTCOME_COUNT; i++) {
        bulk->counts[i] = json_integer_value(json_array_get(counts, i));
    }
    for (size_t i = 1; i < count; i++) {
        const json_t *row = json_array_get(kept, i);
        const char *reason = json_string_value(json_array_get(row, 2));
        json_int_t outcome = json_integer_value(json_array_get(row, 1));
        if (outcome < WAITING || outcome >= OUTCOME_COUNT) {
            return cox_fail(reterr, COX_CORRUPT, "the outcome of a bulk change is no outcome");
        }
        bulk->shown[bulk->shown_count++] = (struct item){
            .id = json_integer_value(json_array_get(row, 0)),
            .outcome = (enum outcome)outcome,
            .reason = reason == NULL ? NULL : cox_arena_string(bulk->x->arena, reason),
        };
    }
    return COX_OK;
}

/* Is it the record's fault, not the store's? */
static bool is_refusal(enum cox_rc rc)
{
    return rc == COX_INVALID || rc == COX_DENIED || rc == COX_MISSING || rc == COX_CONFLICT ||
           rc == COX_GONE || rc == COX_STALE;
}

static enum cox_rc read_outcome(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct bulk *bulk = ctx;
    const struct cox_table *table;
    const struct cox_row *row;
    struct cox_text mark, name;
    json_t *kept;
    enum cox_rc rc;

    COX_TRY(cox_api_table(call, bulk->x, bulk->x->params[0], &table, reterr));
    COX_TRY(cox_batch_find_opened(call, &bulk->opening, kind, &bulk->batch, &mark, reterr));
    if (mark.ptr == NULL) {
        return cox_fail(reterr, COX_CONFLICT,
            "the first request with this Idempotency-Key has not ended: see batch %lld",
            (long long)bulk->batch);
    }
    kept = json_loadb(mark.ptr, mark.size, 0, NULL);
    rc = parse_outcome(bulk, kept, reterr);
    json_decref(kept);
    for (size_t i = 0; rc == COX_OK && i < bulk->shown_count; i++) {
        rc = cox_get(call, table->entity, bulk->shown[i].id, &row, reterr);
        if (rc == COX_OK) {
            rc = cox_cell_text(call, row, table->entity->name_field, &name, NULL, reterr);
        }
        if (rc == COX_OK) {
            bulk->shown[i].name = cox_arena_text(bulk->x->arena, name).ptr;
        }
        rc = is_refusal(rc) ? COX_OK : rc;
    }
    return rc;
}

/* ---- chunk after chunk ---- */

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
    if (bulk->batch != 0 && bulk->end == bulk->count) {
        COX_TRY(save_outcome(call, bulk, reterr));
    }
    /* A preview has now been through all rules: nothing of it stays. */
    return bulk->is_preview ? cox_fail(reterr, COX_CANCELLED, "looked only") : COX_OK;
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

static enum cox_rc run_chunks(struct bulk *bulk, const struct cox_write_opt *opt,
    struct cox_err *reterr)
{
    do { /* one chunk at least: that of the outcome */
        bulk->end = bulk->first + CHUNK < bulk->count ? bulk->first + CHUNK : bulk->count;
        COX_TRY(run_chunk(bulk, opt, reterr));
        bulk->first = bulk->end;
    } while (bulk->first < bulk->count);
    return COX_OK;
}

static enum cox_rc run_all(struct bulk *bulk, struct cox_err *reterr)
{
    struct cox_store *store = bulk->x->store;
    struct cox_write_opt opt;
    struct cox_err ignored;
    enum cox_rc rc, closed;

    COX_TRY(cox_exchange_write_opt(bulk->x, &opt, reterr));
    if (bulk->is_preview) {
        opt.key = (struct cox_text){0}; /* there is nothing to do twice */
        COX_TRY(run_chunks(bulk, &opt, reterr));
        return tally(bulk, reterr);
    }
    COX_TRY(cox_batch_open_once(store, &opt, kind,
        bulk->changes == NULL ? "bulk removal" : "bulk change", &bulk->batch, &bulk->opening,
        reterr));
    if (bulk->opening.repeated) {
        const struct cox_read_opt then = {.actor = bulk->x->who.actor,
            .as_of = {.seq = bulk->opening.seq}};
        return cox_store_read(store, &then, read_outcome, bulk, reterr);
    }
    opt.key = (struct cox_text){0}; /* it is the opening's */
    opt.batch = bulk->batch;
    rc = run_chunks(bulk, &opt, reterr);
    closed = cox_batch_close(store, bulk->batch, COX_BATCH_DONE, rc == COX_OK ? reterr : &ignored);
    return rc == COX_OK ? closed : rc;
}

/* ---- the reply ---- */

static enum cox_rc write_reply(struct bulk *bulk, struct cox_err *reterr)
{
    static const char *const outcomes[OUTCOME_COUNT] = {"waiting", "changed", "unchanged",
        "refused"};
    const int64_t *counts = bulk->counts;
    struct cox_json json;

    cox_reply_json(bulk->x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_put_bool(&json, "preview", bulk->is_preview);
    cox_json_put_int(&json, "total",
        counts[WAITING] + counts[CHANGED] + counts[UNCHANGED] + counts[REFUSED]);
    cox_json_put_int(&json, "changed", counts[CHANGED]);
    cox_json_put_int(&json, "unchanged", counts[UNCHANGED]);
    cox_json_put_int(&json, "refused", counts[REFUSED]);
    cox_json_key(&json, "batch");
    bulk->batch == 0 ? cox_json_null(&json) : cox_json_int(&json, bulk->batch);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < bulk->shown_count; i++) {
        const struct item *item = &bulk->shown[i];
        cox_json_begin_object(&json);
        cox_json_put_int(&json, "id", item->id);
        cox_json_put_string(&json, "name", item->name);
        cox_json_put_string(&json, "outcome", outcomes[item->outcome]);
        cox_json_put_string(&json, "reason", item->reason);
        cox_json_end_object(&json);
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

    COX_TRY(read_body(&bulk, reterr));
    if (json_is_array(bulk.ids)) {
        COX_TRY(take_ids(&bulk, reterr));
    } else {
        COX_TRY(cox_store_read(x->store, &opt, find_items, &bulk, reterr));
    }
    COX_TRY(run_all(&bulk, reterr));
    return write_reply(&bulk, reterr);
}

const struct cox_route cox_routes_bulk[] = {
    {.method = COX_POST,
        .path = "/api/v1/{entities}/bulk",
        .handle = post_bulk,
        .body_max = 1 << 20,
        .summary = "One change, or a removal, of up to 10,000 records, with the outcome of each.",
        .in =
            "{\"type\":\"object\",\"properties\":{\"ids\":{\"type\":\"array\",\"items\":{\"type\":"
            "\"integer\"}},\"filter\":{\"type\":\"string\"},\"changes\":{\"$ref\":"
            "\"#/components/schemas/{entity}_change\"},\"remove\":{\"type\":\"boolean\"},\"preview\":{\"type\":\"boolean\"}}}",
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
