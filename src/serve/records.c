/* serve/records.c: list, read, create, change and remove records of every entity alike. */
#include <stdlib.h>

#include "base/day.h"
#include "record/journal.h"
#include "record/query.h"
#include "serve/list.h"
#include "serve/record_json.h"
#include "serve/reply_memo.h"

/* ---- one record ---- */

struct one {
    struct cox_exchange *x;
    int64_t id;
    int status;
    int64_t rev;
};

static enum cox_rc write_one(struct cox_call *call, struct one *one, const struct cox_table *table,
    const struct cox_row *row, struct cox_err *reterr)
{
    struct cox_record_writer writer;
    struct cox_json json;

    cox_reply_json(one->x, one->status, &json);
    COX_TRY(cox_record_writer_open(call, table, (struct cox_text){0}, &json, &writer, reterr));
    COX_TRY(cox_record_write(&writer, row, reterr));
    one->rev = row->rev;
    return cox_reply_json_done(one->x, &json, reterr);
}

static enum cox_rc read_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct one *one = ctx;
    const struct cox_table *table;
    const struct cox_row *row;

    COX_TRY(cox_api_table(call, one->x, one->x->params[0], &table, reterr));
    one->x->reply.seq = cox_call_as_of(call).seq;
    if (cox_reply_memo_find(one->x, call, table, &one->rev)) {
        return COX_OK;
    }
    COX_TRY(cox_get(call, table->entity, one->id, &row, reterr));
    COX_TRY(write_one(call, one, table, row, reterr));
    cox_reply_memo_put(one->x, call, table, one->rev);
    return COX_OK;
}

static enum cox_rc put_etag(struct cox_exchange *x, int64_t rev, struct cox_err *reterr)
{
    char etag[32];

    (void)snprintf(etag, sizeof(etag), "\"%lld\"", (long long)rev);
    return cox_reply_header(x, "ETag", etag, reterr);
}

static enum cox_rc reply_one(struct cox_exchange *x, int64_t id, int status,
    const struct cox_read_opt *opt, struct cox_err *reterr)
{
    struct one one = {.x = x, .id = id, .status = status};

    COX_TRY(cox_store_read(x->store, opt, read_one, &one, reterr));
    return put_etag(x, one.rev, reterr);
}

static enum cox_rc get_record(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_read_opt opt;
    int64_t id;

    COX_TRY(cox_exchange_id(x, 1, &id, reterr));
    COX_TRY(cox_exchange_read_opt(x, &opt, reterr));
    return reply_one(x, id, 200, &opt, reterr);
}

/* ---- lists ---- */

struct listing {
    struct cox_exchange *x;
    struct cox_text filter, order, select, cursor, search, count;
    int64_t limit;
};

static enum cox_rc write_page(struct cox_call *call, const struct listing *listing,
    const struct cox_table *table, const struct cox_page *page, struct cox_err *reterr)
{
    struct cox_as_of as_of = cox_call_as_of(call);
    struct cox_record_writer writer;
    char instant[COX_INSTANT_SIZE];
    struct cox_json json;

    cox_reply_json(listing->x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    COX_TRY(cox_record_writer_open(call, table, listing->select, &json, &writer, reterr));
    for (size_t i = 0; i < page->count; i++) {
        COX_TRY(cox_record_write(&writer, &page->rows[i], reterr));
    }
    cox_json_end_array(&json);
    cox_json_put_text(&json, "next", page->next);
    if (listing->count.ptr != NULL) {
        cox_json_put_int(&json, "count", page->total);
        cox_json_put_bool(&json, "count_is_exact", page->total_is_exact);
    }
    cox_instant_format(as_of.at_us, instant);
    cox_json_put_string(&json, "as_of", instant);
    cox_json_put_int(&json, "as_of_seq", as_of.seq);
    cox_json_end_object(&json);
    return cox_reply_json_done(listing->x, &json, reterr);
}

static enum cox_rc read_list(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct listing *listing = ctx;
    struct cox_query query = {.limit = (uint32_t)listing->limit,
        .cursor = listing->cursor,
        .search = listing->search,
        .want_count = listing->count.ptr != NULL};
    const struct cox_table *table;
    struct cox_page page;
    int64_t none = 0;

    COX_TRY(cox_api_table(call, listing->x, listing->x->params[0], &table, reterr));
    listing->x->reply.seq = cox_call_as_of(call).seq;
    if (cox_reply_memo_find(listing->x, call, table, &none)) {
        return COX_OK;
    }
    query.entity = table->entity;
    COX_TRY(cox_filter_parse(call, table->entity, listing->filter, &query.filter, reterr));
    if (listing->order.size > 0) {
        COX_TRY(cox_order_parse(call, table->entity, listing->order, query.order,
            &query.order_count, reterr));
    }
    COX_TRY(cox_list(call, &query, &page, reterr));
    COX_TRY(write_page(call, listing, table, &page, reterr));
    cox_reply_memo_put(listing->x, call, table, none);
    return COX_OK;
}

static enum cox_rc get_list(struct cox_exchange *x, struct cox_err *reterr)
{
    struct listing listing = {.x = x};
    struct cox_read_opt opt;

    COX_TRY(cox_exchange_filter(x, &listing.filter, reterr));
    COX_TRY(cox_exchange_parameter(x, "order", &listing.order, reterr));
    COX_TRY(cox_exchange_parameter(x, "select", &listing.select, reterr));
    COX_TRY(cox_exchange_parameter(x, "cursor", &listing.cursor, reterr));
    COX_TRY(cox_exchange_parameter(x, "search", &listing.search, reterr));
    COX_TRY(cox_exchange_parameter(x, "count", &listing.count, reterr));
    COX_TRY(cox_exchange_integer(x, "limit", 1, COX_PAGE_MAX, 50, &listing.limit, reterr));
    if (listing.count.ptr != NULL && !cox_text_same(listing.count, COX_LIT("exact"))) {
        return cox_fail_at(reterr, COX_INVALID, "count", 0, "count is exact, or left out");
    }
    if (listing.search.size == 0) {
        listing.search = (struct cox_text){0};
    }
    COX_TRY(cox_exchange_read_opt(x, &opt, reterr));
    return cox_store_read(x->store, &opt, read_list, &listing, reterr);
}

/* ---- writing ---- */

struct edit {
    struct cox_exchange *x;
    json_t *json;
    int64_t id, if_rev;
};

/* If-Match: "977", 977 or *; 0: none. */
static enum cox_rc read_if_match(struct cox_exchange *x, int64_t *ret_rev, struct cox_err *reterr)
{
    struct cox_text text = cox_exchange_header(x, "If-Match");
    int64_t rev = 0;

    *ret_rev = 0;
    if (text.ptr == NULL || cox_text_same(text, COX_LIT("*"))) {
        return COX_OK;
    }
    if (text.size >= 2 && text.ptr[0] == '"' && text.ptr[text.size - 1] == '"') {
        text = (struct cox_text){text.ptr + 1, text.size - 2};
    }
    for (size_t i = 0; i < text.size; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || rev > INT64_MAX / 100) {
            return cox_fail(reterr, COX_INVALID,
                "If-Match is the ETag of the record as it was read");
        }
        rev = rev * 10 + (text.ptr[i] - '0');
    }
    if (rev == 0) {
        return cox_fail(reterr, COX_INVALID, "If-Match is the ETag of the record as it was read");
    }
    *ret_rev = rev;
    return COX_OK;
}

/* The past is read, never written. */
static enum cox_rc refuse_as_of(struct cox_exchange *x, struct cox_err *reterr)
{
    struct cox_text as_of;

    COX_TRY(cox_exchange_parameter(x, "as_of", &as_of, reterr));
    return as_of.ptr == NULL ? COX_OK
                             : cox_fail_at(reterr, COX_INVALID, "as_of", 0,
                                   "the past is read only: save without as_of");
}

/* A new record is its maker's, unless it or its rule says otherwise: the owner, or the author of people's
 * records. */
static void default_owner(struct cox_call *call, struct cox_row *row)
{
    const struct cox_entity *entity = row->table->entity;
    uint32_t at =
        entity->reach == COX_REACH_PARTICIPANTS ? entity->participant[0] : entity->owner_field;

    if (!entity->fills_owner && at < entity->field_count &&
        row->values[at].kind == COX_VALUE_NULL) {
        cox_row_set(row, at, cox_int(cox_call_actor(call)->user_id));
    }
}

static enum cox_rc create(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct edit *edit = ctx;
    const struct cox_change *changes;
    const struct cox_table *table;
    struct cox_row *row;
    size_t count;

    COX_TRY(cox_api_table(call, edit->x, edit->x->params[0], &table, reterr));
    COX_TRY(cox_record_changes(call, table, NULL, edit->json, &changes, &count, reterr));
    row = cox_row_new(call, table->entity);
    if (row == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        cox_row_set(row, changes[i].field, changes[i].value);
    }
    default_owner(call, row);
    return cox_create(call, row, &edit->id, reterr);
}

/* A repeated request with the same key: the record that the first one made. */
struct made {
    struct cox_exchange *x;
    int64_t seq, id;
};

static enum cox_rc find_made(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_table *table;
    struct made *made = ctx;

    COX_TRY(cox_api_table(call, made->x, made->x->params[0], &table, reterr));
    return cox_journal_made(call, made->seq, table->entity, &made->id, reterr);
}

static enum cox_rc post_record(struct cox_exchange *x, struct cox_err *reterr)
{
    struct edit edit = {.x = x};
    struct cox_read_opt read = {.actor = x->who.actor};
    struct cox_write_opt opt;
    struct cox_commit commit;
    const char *location;

    COX_TRY(cox_exchange_json(x, &edit.json, reterr));
    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    COX_TRY(cox_store_write(x->store, &opt, create, &edit, &commit, reterr));
    if (commit.repeated) {
        struct made made = {.x = x, .seq = commit.seq};
        COX_TRY(cox_store_read(x->store, &read, find_made, &made, reterr));
        edit.id = made.id;
    }
    COX_TRY(reply_one(x, edit.id, 201, &read, reterr));
    location = cox_arena_format(x->arena, "/api/v1/%.*s/%lld", (int)x->params[0].size,
        x->params[0].ptr, (long long)edit.id);
    return location == NULL ? cox_no_memory(reterr)
                            : cox_reply_header(x, "Location", location, reterr);
}

static enum cox_rc change(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct edit *edit = ctx;
    const struct cox_change *changes;
    const struct cox_table *table;
    const struct cox_row *before;
    size_t count;

    COX_TRY(cox_api_table(call, edit->x, edit->x->params[0], &table, reterr));
    COX_TRY(cox_get(call, table->entity, edit->id, &before, reterr));
    COX_TRY(cox_record_changes(call, table, before, edit->json, &changes, &count, reterr));
    return cox_change_fields(call, table->entity, edit->id, edit->if_rev, changes, count, NULL,
        reterr);
}

struct conflict {
    struct edit *edit;
    const struct cox_err *why;
};

/* 412 with what was sent and what is there, so that a person can choose. */
static enum cox_rc write_conflict(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct conflict *conflict = ctx;
    struct cox_exchange *x = conflict->edit->x;
    struct cox_record_writer writer;
    const struct cox_table *table;
    const struct cox_row *row;
    struct cox_json json;
    char *yours;

    COX_TRY(cox_api_table(call, x, x->params[0], &table, reterr));
    COX_TRY(cox_get(call, table->entity, conflict->edit->id, &row, reterr));
    cox_reply_json(x, 412, &json);
    x->reply.type = "application/problem+json";
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "type", "about:blank");
    cox_json_put_string(&json, "title", cox_rc_sentence(COX_STALE));
    cox_json_put_int(&json, "status", 412);
    cox_json_put_string(&json, "code", cox_rc_name(COX_STALE));
    cox_json_put_string(&json, "detail", conflict->why->text);
    cox_json_put_string(&json, "request", x->request_id);
    cox_json_key(&json, "yours");
    if (conflict->edit->json == NULL) {
        cox_json_null(&json);
    } else {
        yours = json_dumps(conflict->edit->json, JSON_COMPACT);
        if (yours == NULL) {
            return cox_no_memory(reterr);
        }
        cox_json_raw(&json, cox_text_of(yours));
        free(yours);
    }
    cox_json_key(&json, "current");
    COX_TRY(cox_record_writer_open(call, table, (struct cox_text){0}, &json, &writer, reterr));
    COX_TRY(cox_record_write(&writer, row, reterr));
    cox_json_end_object(&json);
    COX_TRY(cox_reply_json_done(x, &json, reterr));
    return put_etag(x, row->rev, reterr);
}

/* Saves; a conflict becomes the reply (ret_is_done), every other failure is passed on. */
static enum cox_rc save(struct edit *edit, cox_call_fn fn, bool *ret_is_conflict,
    struct cox_err *reterr)
{
    struct cox_exchange *x = edit->x;
    const struct cox_read_opt read = {.actor = x->who.actor};
    struct cox_write_opt opt;
    struct cox_commit commit;
    enum cox_rc rc;

    COX_TRY(refuse_as_of(x, reterr));
    COX_TRY(cox_exchange_id(x, 1, &edit->id, reterr));
    COX_TRY(read_if_match(x, &edit->if_rev, reterr));
    COX_TRY(cox_exchange_write_opt(x, &opt, reterr));
    rc = cox_store_write(x->store, &opt, fn, edit, &commit, reterr);
    *ret_is_conflict = rc == COX_STALE;
    if (rc == COX_STALE) {
        struct cox_err why = *reterr;
        struct conflict conflict = {edit, &why};
        return cox_store_read(x->store, &read, write_conflict, &conflict, reterr);
    }
    if (rc == COX_OK && commit.seq > 0) {
        x->reply.seq = commit.seq;
    }
    return rc;
}

static enum cox_rc patch_record(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt read = {.actor = x->who.actor};
    struct edit edit = {.x = x};
    bool is_conflict;

    COX_TRY(cox_exchange_json(x, &edit.json, reterr));
    COX_TRY(save(&edit, change, &is_conflict, reterr));
    return is_conflict ? COX_OK : reply_one(x, edit.id, 200, &read, reterr);
}

static enum cox_rc drop(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct edit *edit = ctx;
    const struct cox_table *table;

    COX_TRY(cox_api_table(call, edit->x, edit->x->params[0], &table, reterr));
    return cox_remove(call, table->entity, edit->id, edit->if_rev, reterr);
}

static enum cox_rc delete_record(struct cox_exchange *x, struct cox_err *reterr)
{
    struct edit edit = {.x = x};
    bool is_conflict;

    COX_TRY(save(&edit, drop, &is_conflict, reterr));
    if (!is_conflict) {
        x->reply.status = 204;
    }
    return COX_OK;
}

/* ---- routes ---- */

static const struct cox_parameter list_parameters[] = {
    {"as_of", "string", "A date, an instant or seq:N: the records as they were then."},
    {"order", "string", "Fields with .desc behind those that fall: close_day.desc,name"},
    {"select", "string", "Fields wanted, with commas between; all when left out."},
    {"limit", "integer", "Rows of a page: 50 unless said, 1,000 at most."},
    {"cursor", "string", "The next of the page before."},
    {"search", "string", "Words, all of which the record's text holds."},
    {"count", "string", "exact: also how many there are, up to 10,000."},
    {"*", "string", "Filters: field=operator.value, also and=(...) and or=(...)."},
    {0},
};

static const struct cox_parameter as_of_parameter[] = {
    {"as_of", "string", "A date, an instant or seq:N: the record as it was then."},
    {0},
};

const struct cox_route cox_routes_records[] = {
    {.method = COX_GET,
        .path = "/api/v1/{entities}",
        .handle = get_list,
        .summary = "A page of the records one may see.",
        .parameters = list_parameters,
        .out = "{\"$ref\":\"#/components/schemas/{entity}_page\"}"},
    {.method = COX_POST,
        .path = "/api/v1/{entities}",
        .handle = post_record,
        .body_max = 1 << 20,
        .summary = "Creates a record; Location and ETag are its address and version.",
        .in = "{\"$ref\":\"#/components/schemas/{entity}_new\"}",
        .out = "{\"$ref\":\"#/components/schemas/{entity}\"}"},
    {.method = COX_GET,
        .path = "/api/v1/{entities}/{id}",
        .handle = get_record,
        .flags = COX_ROUTE_QUICK,
        .summary = "One record, as it is or as of an instant.",
        .parameters = as_of_parameter,
        .out = "{\"$ref\":\"#/components/schemas/{entity}\"}"},
    {.method = COX_PATCH,
        .path = "/api/v1/{entities}/{id}",
        .handle = patch_record,
        .body_max = 1 << 20,
        .summary = "Changes the given fields; with If-Match only while nobody else has.",
        .parameters = as_of_parameter,
        .in = "{\"$ref\":\"#/components/schemas/{entity}_change\"}",
        .out = "{\"$ref\":\"#/components/schemas/{entity}\"}"},
    {.method = COX_DELETE,
        .path = "/api/v1/{entities}/{id}",
        .handle = delete_record,
        .summary = "Removes a record; its history stays.",
        .parameters = as_of_parameter},
    {0},
};
