/* serve/share_route.c: who else sees a record; two records made one. */
#include "base/day.h"
#include "record/share.h"
#include "serve/list.h"
#include "serve/record_json.h"

struct sharing {
    struct cox_exchange *x;
    int64_t id, user, gone, stays; /* merging: the record that goes and the one that stays */
    const json_t *fields; /* merging: names of those whose values are the gone one's; NULL: none */
    struct cox_share share;
    bool is_drop;
};

static enum cox_rc list_shares(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct sharing *s = ctx;
    const struct cox_table *table;
    const struct cox_share *shares;
    struct cox_json json;
    size_t count;

    COX_TRY(cox_api_table(call, s->x, s->x->params[0], &table, reterr));
    COX_TRY(cox_share_list(call, table->entity, s->id, &shares, &count, reterr));
    cox_reply_json(s->x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < count; i++) {
        char day[COX_DAY_SIZE];
        cox_json_begin_object(&json);
        cox_json_put_int(&json, "user", shares[i].user_id);
        cox_json_put_string(&json, "verb", shares[i].verb == COX_CHANGE ? "change" : "read");
        if (shares[i].until_day == COX_NULL) {
            cox_json_put_string(&json, "until", NULL);
        } else {
            cox_day_format(shares[i].until_day, day);
            cox_json_put_string(&json, "until", day);
        }
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(s->x, &json, reterr);
}

static enum cox_rc get_shares(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct sharing sharing = {.x = x};

    COX_TRY(cox_exchange_id(x, 1, &sharing.id, reterr));
    return cox_store_read(x->store, &opt, list_shares, &sharing, reterr);
}

static enum cox_rc save_share(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct sharing *s = ctx;
    const struct cox_table *table;

    COX_TRY(cox_api_table(call, s->x, s->x->params[0], &table, reterr));
    return s->is_drop ? cox_share_drop(call, table->entity, s->id, s->user, reterr)
                      : cox_share_put(call, table->entity, s->id, &s->share, reterr);
}

static enum cox_rc read_share(struct cox_exchange *x, struct sharing *s, struct cox_err *reterr)
{
    const struct cox_date_opt date = {.order = COX_DATE_YMD};
    struct cox_text verb, until;
    json_t *body;

    COX_TRY(cox_exchange_json(x, &body, reterr));
    verb = cox_text_of(json_string_value(json_object_get(body, "verb")));
    until = cox_text_of(json_string_value(json_object_get(body, "until")));
    if (!cox_text_same(verb, COX_LIT("read")) && !cox_text_same(verb, COX_LIT("change"))) {
        return cox_fail_at(reterr, COX_INVALID, "verb", 0, "verb is read or change");
    }
    s->share = (struct cox_share){s->user,
        cox_text_same(verb, COX_LIT("change")) ? COX_CHANGE : COX_READ, COX_NULL};
    return until.ptr == NULL ? COX_OK : cox_day_parse(until, &date, &s->share.until_day, reterr);
}

static enum cox_rc write(struct cox_exchange *x, struct sharing *s, cox_call_fn fn,
    struct cox_err *reterr)
{
    struct cox_write_opt opt;
    struct cox_commit commit;

    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    COX_TRY(cox_store_write(x->store, &opt, fn, s, &commit, reterr));
    x->reply.seq = commit.seq;
    x->reply.status = 204;
    return COX_OK;
}

static enum cox_rc put_share(struct cox_exchange *x, struct cox_err *reterr)
{
    struct sharing sharing = {.x = x};

    COX_TRY(cox_exchange_id(x, 1, &sharing.id, reterr));
    COX_TRY(cox_exchange_id(x, 2, &sharing.user, reterr));
    COX_TRY(read_share(x, &sharing, reterr));
    return write(x, &sharing, save_share, reterr);
}

static enum cox_rc delete_share(struct cox_exchange *x, struct cox_err *reterr)
{
    struct sharing sharing = {.x = x, .is_drop = true};

    COX_TRY(cox_exchange_id(x, 1, &sharing.id, reterr));
    COX_TRY(cox_exchange_id(x, 2, &sharing.user, reterr));
    return write(x, &sharing, save_share, reterr);
}

/* ---- merging ---- */

static enum cox_rc check_taken(const struct cox_table *table, const struct cox_row *gone,
    const struct cox_row *stays, const struct cox_change *changes, size_t count,
    struct cox_err *reterr)
{
    uint32_t currency = table->entity->currency_field;
    bool is_taken = currency == COX_NO_FIELD ||
                    cox_value_same(&gone->values[currency], &stays->values[currency]);

    for (size_t i = 0; i < count; i++) {
        is_taken |= changes[i].field == currency;
    }
    for (size_t i = 0; i < count && !is_taken; i++) {
        if (table->fields[changes[i].field]->type == COX_MONEY) {
            return cox_fail_at(reterr, COX_INVALID, table->fields[changes[i].field]->name, 0,
                "the two records are in different currencies: take %s with it",
                table->fields[currency]->name);
        }
    }
    return COX_OK;
}

/* What the record that stays takes over from the one that goes. */
static enum cox_rc read_taken(struct cox_call *call, const struct sharing *s,
    const struct cox_table *table, const struct cox_change **ret_changes, size_t *ret_count,
    struct cox_err *reterr)
{
    size_t count = json_array_size(s->fields);
    struct cox_change *changes = COX_NEW_ARRAY(cox_call_arena(call), count + 1, struct cox_change);
    const struct cox_row *gone, *stays;

    if (changes == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_get(call, table->entity, s->gone, &gone, reterr));
    COX_TRY(cox_get(call, table->entity, s->stays, &stays, reterr));
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_array_get(s->fields, i));
        uint32_t field = name == NULL ? COX_NO_FIELD : cox_table_field(table, cox_text_of(name));

        if (field == COX_NO_FIELD ||
            (table->fields[field]->flags & (COX_SYSTEM | COX_FIXED)) != 0) {
            return cox_fail_at(reterr, COX_INVALID, "fields", 0,
                field == COX_NO_FIELD ? "\"%.60s\" is an unknown field"
                                      : "\"%.60s\" cannot be taken over",
                name == NULL ? "" : name);
        }
        changes[i] = (struct cox_change){field, gone->values[field]};
    }
    *ret_changes = changes;
    *ret_count = count;
    return check_taken(table, gone, stays, changes, count, reterr);
}

static enum cox_rc merge(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct sharing *s = ctx;
    const struct cox_change *changes = NULL;
    const struct cox_table *table;
    size_t count = 0;

    COX_TRY(cox_api_table(call, s->x, s->x->params[0], &table, reterr));
    if (s->gone != s->stays && json_array_size(s->fields) > 0) {
        COX_TRY(read_taken(call, s, table, &changes, &count, reterr));
    }
    COX_TRY(cox_merge(call, table->entity, s->gone, s->stays, reterr));
    /* Afterwards: a value that only one record may have is free then. */
    return count == 0
               ? COX_OK
               : cox_change_fields(call, table->entity, s->stays, 0, changes, count, NULL, reterr);
}

static enum cox_rc post_merge(struct cox_exchange *x, struct cox_err *reterr)
{
    struct sharing sharing = {.x = x};
    const json_t *into, *from;
    json_t *body;

    COX_TRY(cox_exchange_id(x, 1, &sharing.id, reterr));
    COX_TRY(cox_exchange_json(x, &body, reterr));
    into = json_object_get(body, "into");
    from = json_object_get(body, "from");
    sharing.fields = json_object_get(body, "fields");
    sharing.stays = into != NULL ? json_integer_value(into) : sharing.id;
    sharing.gone = into != NULL ? sharing.id : json_integer_value(from);
    if ((into == NULL) == (from == NULL) || sharing.stays <= 0 || sharing.gone <= 0) {
        return cox_fail_at(reterr, COX_INVALID, into != NULL ? "into" : "from", 0,
            "\"into\" is the number of the record that stays, or \"from\" that of the one that goes");
    }
    if (sharing.fields != NULL && !json_is_array(sharing.fields)) {
        return cox_fail_at(reterr, COX_INVALID, "fields", 0, "is a list of names of fields");
    }
    return write(x, &sharing, merge, reterr);
}

const struct cox_route cox_routes_share[] = {
    {.method = COX_GET,
        .path = "/api/v1/{entities}/{id}/shares",
        .handle = get_shares,
        .summary = "Whom the record is shared with beyond its line.",
        .out =
            "{\"type\":\"object\",\"required\":[\"rows\"],\"properties\":{\"rows\":{\"type\":\"arr"
            "ay\",\"items\":{\"type\":\"object\",\"required\":[\"user\",\"verb\",\"until\"],\"prope"
            "rties\":{\"user\":{\"type\":\"integer\"},\"verb\":{\"enum\":[\"read\",\"change\"]},\"u"
            "ntil\":{\"type\":[\"string\",\"null\"],\"format\":\"date\"}}}}}}"},
    {.method = COX_PUT,
        .path = "/api/v1/{entities}/{id}/shares/{user}",
        .handle = put_share,
        .body_max = 4096,
        .summary = "Shares the record with a person, to read or to change, until a day.",
        .in =
            "{\"type\":\"object\",\"required\":[\"verb\"],\"properties\":{\"verb\":{\"enum\":[\"read\","
            "\"change\"]},\"until\":{\"type\":[\"string\",\"null\"],\"format\":\"date\"}}}"},
    {.method = COX_DELETE,
        .path = "/api/v1/{entities}/{id}/shares/{user}",
        .handle = delete_share,
        .summary = "Ends a share."},
    {.method = COX_POST,
        .path = "/api/v1/{entities}/{id}/merge",
        .handle = post_merge,
        .body_max = 4096,
        .summary = "Makes one record of two: this one goes into another, or another (from) into "
                   "this one. References follow; of the fields named the values of the one that "
                   "goes stay.",
        .in = "{\"type\":\"object\",\"properties\":{\"into\":{\"type\":\"integer\"},\"from\":{"
              "\"type\":\"integer\"},\"fields\":{\"type\":\"array\",\"items\":{\"type\":"
              "\"string\"}}},\"oneOf\":[{\"required\":[\"into\"]},{\"required\":[\"from\"]}]}"},
    {0},
};
