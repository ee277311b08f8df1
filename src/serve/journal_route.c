/* serve/journal_route.c: the log as administrators read it. */
#include "record/cell.h"
#include "record/journal.h"
#include "serve/list.h"

struct reading {
    struct cox_exchange *x;
    int64_t limit;
};

static enum cox_rc begin(struct cox_exchange *x, struct cox_json *json)
{
    cox_reply_json(x, 200, json);
    cox_json_begin_object(json);
    cox_json_key(json, "rows");
    cox_json_begin_array(json);
    return COX_OK;
}

static enum cox_rc end(struct cox_exchange *x, struct cox_json *json, struct cox_err *reterr)
{
    cox_json_end_array(json);
    cox_json_end_object(json);
    return cox_reply_json_done(x, json, reterr);
}

static enum cox_rc read_commits(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct reading *reading = ctx;
    const struct cox_journal_commit *rows;
    struct cox_json json;
    size_t count;

    COX_TRY(cox_journal_commits(call, (uint32_t)reading->limit, &rows, &count, reterr));
    COX_TRY(begin(reading->x, &json));
    for (size_t i = 0; i < count; i++) {
        cox_json_begin_object(&json);
        cox_json_put_int(&json, "seq", rows[i].seq);
        cox_cell_put_instant(&json, "at", rows[i].at_us);
        cox_json_put_int(&json, "actor", rows[i].actor_id);
        cox_json_put_string(&json, "cause", cox_cause_name(rows[i].cause));
        cox_json_key(&json, "batch");
        rows[i].batch == COX_NULL ? cox_json_null(&json) : cox_json_int(&json, rows[i].batch);
        cox_json_put_int(&json, "changes", rows[i].change_count);
        cox_json_put_text(&json, "request", rows[i].request);
        cox_json_end_object(&json);
    }
    return end(reading->x, &json, reterr);
}

static enum cox_rc read_batches(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct reading *reading = ctx;
    const struct cox_journal_batch *rows;
    struct cox_json json;
    size_t count;

    COX_TRY(cox_journal_batches(call, (uint32_t)reading->limit, &rows, &count, reterr));
    COX_TRY(begin(reading->x, &json));
    for (size_t i = 0; i < count; i++) {
        cox_json_begin_object(&json);
        cox_json_put_int(&json, "id", rows[i].id);
        cox_json_put_text(&json, "kind", rows[i].kind);
        cox_json_put_text(&json, "name", rows[i].name);
        cox_json_put_int(&json, "actor", rows[i].actor_id);
        cox_cell_put_instant(&json, "started", rows[i].started_us);
        cox_cell_put_instant(&json, "ended", rows[i].ended_us);
        cox_json_put_string(&json, "state", cox_batch_state_name(rows[i].state));
        cox_json_put_int(&json, "commits", rows[i].commit_count);
        cox_json_end_object(&json);
    }
    return end(reading->x, &json, reterr);
}

static enum cox_rc answer(struct cox_exchange *x, cox_call_fn fn, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct reading reading = {.x = x};

    COX_TRY(cox_exchange_integer(x, "limit", 1, COX_JOURNAL_MAX, 50, &reading.limit, reterr));
    return cox_store_read(x->store, &opt, fn, &reading, reterr);
}

static enum cox_rc get_commits(struct cox_exchange *x, struct cox_err *reterr)
{
    return answer(x, read_commits, reterr);
}

static enum cox_rc get_batches(struct cox_exchange *x, struct cox_err *reterr)
{
    return answer(x, read_batches, reterr);
}

static const struct cox_parameter parameters[] = {
    {"limit", "integer", "Rows, newest first: 50 unless said, 1,000 at most."},
    {0},
};

#define ROWS                                                                                       \
    "{\"type\":\"object\",\"required\":[\"rows\"],\"properties\":{\"rows\":{\"type\":\"array\","   \
    "\"items\":{\"type\":\"object\"}}}}"

const struct cox_route cox_routes_journal[] = {
    {.method = COX_GET,
        .path = "/api/v1/commits",
        .handle = get_commits,
        .roles = COX_ROLE_BIT(COX_ADMIN),
        .summary = "The newest commits: who, when, why, how many records.",
        .parameters = parameters,
        .out = ROWS},
    {.method = COX_GET,
        .path = "/api/v1/batches",
        .handle = get_batches,
        .roles = COX_ROLE_BIT(COX_ADMIN),
        .summary = "The newest imports, bulk changes and other batches.",
        .parameters = parameters,
        .out = ROWS},
    {0},
};
