/* serve/history_route.c: what became of a record: its versions as differences, with who and why. */
#include "base/day.h"
#include "record/cell.h"
#include "record/journal.h"
#include "serve/list.h"
#include "serve/record_json.h"
#include "serve/server.h"

struct telling {
    struct cox_exchange *x;
    int64_t id;
    struct cox_record_writer writer; /* for names */
    struct cox_json json;
    struct cox_journal_commit commit;
};

static void put_instant(struct cox_json *json, const char *key, int64_t us)
{
    char text[COX_INSTANT_SIZE];

    if (us == COX_SINCE_EVER || us == COX_FOREVER) {
        cox_json_put_string(json, key, NULL);
        return;
    }
    cox_instant_format(us, text);
    cox_json_put_string(json, key, text);
}

static enum cox_rc put_side(struct telling *t, const char *key, const char *name_key,
    const struct cox_row *row, uint32_t field, struct cox_err *reterr)
{
    const struct cox_field *is = t->writer.table->fields[field];
    struct cox_text name;

    cox_json_key(&t->json, key);
    if (row == NULL) {
        cox_json_null(&t->json);
        return COX_OK;
    }
    COX_TRY(cox_cell_json(t->writer.call, row, field, &t->json, reterr));
    if (is->type == COX_REF && row->values[field].kind == COX_VALUE_INT) {
        COX_TRY(cox_record_name(&t->writer, is->ref, row->values[field].number, &name, reterr));
        cox_json_put_text(&t->json, name_key, name);
    }
    return COX_OK;
}

static bool differs(const struct cox_row *before, const struct cox_row *after, uint32_t field)
{
    return before == NULL ? after->values[field].kind != COX_VALUE_NULL
                          : !cox_value_same(&before->values[field], &after->values[field]);
}

static enum cox_rc put_changes(struct telling *t, const struct cox_row *before,
    const struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_table *table = t->writer.table;

    cox_json_key(&t->json, "changes");
    cox_json_begin_array(&t->json);
    for (uint32_t i = 0; i < table->field_count; i++) {
        if (!cox_field_is_shown(table->fields[i]) || !differs(before, after, i)) {
            continue;
        }
        cox_json_begin_object(&t->json);
        cox_json_put_string(&t->json, "field", table->fields[i]->name);
        COX_TRY(put_side(t, "before", "before_name", before, i, reterr));
        COX_TRY(put_side(t, "after", "after_name", after, i, reterr));
        cox_json_end_object(&t->json);
    }
    cox_json_end_array(&t->json);
    return COX_OK;
}

/* Names of users are everybody's to read; 0 is the program itself. */
static enum cox_rc put_actor(struct telling *t, struct cox_err *reterr)
{
    const struct cox_host *host = cox_server_host(t->x->server);
    struct cox_profile profile = {0};
    enum cox_rc rc = COX_OK;

    if (t->commit.actor_id != 0) {
        rc = host->profile(t->writer.call, t->commit.actor_id, &profile, reterr);
    }
    if (rc != COX_OK && rc != COX_MISSING) {
        return rc;
    }
    cox_json_put_int(&t->json, "actor", t->commit.actor_id);
    cox_json_put_text(&t->json, "actor_name", profile.name);
    return COX_OK;
}

static enum cox_rc put_version(struct telling *t, const struct cox_row *before,
    const struct cox_row *row, struct cox_err *reterr)
{
    const char *op = before == NULL                 ? "created"
                     : before->to_us < row->from_us ? "restored"
                                                    : "changed";

    if (t->commit.seq != row->rev) {
        COX_TRY(cox_journal_commit(t->writer.call, row->rev, &t->commit, reterr));
    }
    cox_json_begin_object(&t->json);
    cox_json_put_int(&t->json, "seq", row->rev);
    put_instant(&t->json, "at", t->commit.at_us);
    put_instant(&t->json, "from", row->from_us);
    put_instant(&t->json, "to", row->to_us);
    COX_TRY(put_actor(t, reterr));
    cox_json_put_string(&t->json, "cause", cox_cause_name(t->commit.cause));
    cox_json_key(&t->json, "batch");
    t->commit.batch == COX_NULL ? cox_json_null(&t->json) : cox_json_int(&t->json, t->commit.batch);
    cox_json_put_bool(&t->json, "imported", row->imported);
    cox_json_put_string(&t->json, "op", op);
    COX_TRY(put_changes(t, op[0] == 'c' && op[1] == 'h' ? before : NULL, row, reterr));
    cox_json_end_object(&t->json);
    return COX_OK;
}

static enum cox_rc read_history(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct telling *t = ctx;
    const struct cox_table *table;
    const struct cox_row *rows;
    size_t count;

    COX_TRY(cox_api_table(call, t->x, t->x->params[0], &table, reterr));
    COX_TRY(cox_history(call, table->entity, t->id, &rows, &count, reterr));
    t->x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(t->x, 200, &t->json);
    COX_TRY(
        cox_record_writer_open(call, table, (struct cox_text){0}, &t->json, &t->writer, reterr));
    cox_json_begin_object(&t->json);
    cox_json_key(&t->json, "rows");
    cox_json_begin_array(&t->json);
    for (size_t i = count; i-- > 0;) {
        COX_TRY(put_version(t, i == 0 ? NULL : &rows[i - 1], &rows[i], reterr));
    }
    cox_json_end_array(&t->json);
    cox_json_put_int(&t->json, "as_of_seq", cox_call_as_of(call).seq);
    cox_json_end_object(&t->json);
    return cox_reply_json_done(t->x, &t->json, reterr);
}

static enum cox_rc get_history(struct cox_exchange *x, struct cox_err *reterr)
{
    struct telling telling = {.x = x};
    struct cox_read_opt opt;

    COX_TRY(cox_exchange_id(x, 1, &telling.id, reterr));
    COX_TRY(cox_exchange_read_opt(x, &opt, reterr));
    return cox_store_read(x->store, &opt, read_history, &telling, reterr);
}

static const struct cox_parameter as_of[] = {
    {"as_of", "string", "A date, an instant or seq:N: the history as known and so far then."},
    {0},
};

const struct cox_route cox_routes_history[] = {
    {.method = COX_GET,
        .path = "/api/v1/{entities}/{id}/history",
        .handle = get_history,
        .summary = "The versions of a record one may see, newest first, as differences.",
        .parameters = as_of,
        .out =
            "{\"type\":\"object\",\"required\":[\"rows\",\"as_of_seq\"],\"properties\":{\"as_of_"
            "seq\":{\"type\":\"integer\"},\"rows\":{\"type\":\"array\",\"items\":{\"type\":\"object"
            "\",\"required\":[\"seq\",\"at\",\"from\",\"to\",\"actor\",\"actor_name\",\"cause\",\"bat"
            "ch\",\"imported\",\"op\",\"changes\"],\"properties\":{\"seq\":{\"type\":\"integer\"},"
            "\"at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},\"from\":{\"type\":[\""
            "string\",\"null\"],\"format\":\"date-time\"},\"to\":{\"type\":[\"string\",\"null\"],\""
            "format\":\"date-time\"},\"actor\":{\"type\":\"integer\"},\"actor_name\":{\"type\":["
            "\"string\",\"null\"]},\"cause\":{\"type\":\"string\"},\"batch\":{\"type\":[\"integer\""
            ",\"null\"]},\"imported\":{\"type\":\"boolean\"},\"op\":{\"enum\":[\"created\",\"resto"
            "red\",\"changed\"]},\"changes\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"r"
            "equired\":[\"field\",\"before\",\"after\"],\"properties\":{\"field\":{\"type\":\"str"
            "ing\"},\"before\":{},\"after\":{},\"before_name\":{\"type\":[\"string\",\"null\"]},"
            "\"after_name\":{\"type\":[\"string\",\"null\"]}}}}}}}}}"},
    {0},
};
