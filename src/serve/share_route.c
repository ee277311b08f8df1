/* serve/share_route.c: who else sees a record; two records made one. */
#include "base/day.h"
#include "record/share.h"
#include "serve/list.h"
#include "serve/record_json.h"

struct sharing {
    struct cox_exchange *x;
    int64_t id, user, into;
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

static enum cox_rc merge(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct sharing *s = ctx;
    const struct cox_table *table;

    COX_TRY(cox_api_table(call, s->x, s->x->params[0], &table, reterr));
    return cox_merge(call, table->entity, s->id, s->into, reterr);
}

static enum cox_rc post_merge(struct cox_exchange *x, struct cox_err *reterr)
{
    struct sharing sharing = {.x = x};
    json_t *body;

    COX_TRY(cox_exchange_id(x, 1, &sharing.id, reterr));
    COX_TRY(cox_exchange_json(x, &body, reterr));
    sharing.into = json_integer_value(json_object_get(body, "into"));
    if (sharing.into <= 0) {
        return cox_fail_at(reterr, COX_INVALID, "into", 0,
            "is the number of the record that stays");
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
        .summary = "Makes this record part of another: references follow, this one is gone.",
        .in = "{\"type\":\"object\",\"required\":[\"into\"],\"properties\":{\"into\":{\"type\":"
              "\"integer\"}}}"},
    {0},
};
