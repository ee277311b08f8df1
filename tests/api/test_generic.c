/* Tests of what all entities share beyond single records: metadata, history, bulk, undo, search, shares, CSV, events. */
#include "base/day.h"
#include "org/people.h"
#include "record/expire.h"
#include "sales/opportunity.h"
#include "site.h"

static json_t *get(struct site *site, enum site_role who, const char *path)
{
    struct answer answer = site_get(site, who, path, 200);

    return site_json(site, &answer);
}

static json_t *rows_of(struct site *site, enum site_role who, const char *path)
{
    return json_object_get(get(site, who, path), "rows");
}

static json_int_t number(const json_t *json, const char *key)
{
    return json_integer_value(json_object_get(json, key));
}

static const char *text(const json_t *json, const char *key)
{
    const char *value = json_string_value(json_object_get(json, key));

    return value == NULL ? "" : value;
}

static const char *path_of(struct site *site, json_int_t id, const char *rest)
{
    return cox_arena_format(site->arena, "/api/v1/opportunities/%lld%s", (long long)id, rest);
}

static json_t *post(struct site *site, enum site_role who, const char *path, const char *body,
    int status)
{
    struct answer answer = site_ask(site, who, "POST", path, body, NULL);

    if (answer.status != status) {
        print_message("# %.*s\n", (int)answer.body.size, answer.body.ptr);
    }
    assert_int_equal(answer.status, status);
    return site_json(site, &answer);
}

static json_int_t make_deal(struct site *site, enum site_role who, const char *name, int amount)
{
    struct firm *f = site->firm;
    char *body = cox_arena_format(site->arena,
        "{\"name\":\"%s\",\"pipeline\":%lld,\"stage\":%lld,\"amount\":%d}", name,
        (long long)f->pipeline, (long long)f->stages[0], amount);

    return number(post(site, who, "/api/v1/opportunities", body, 201), "id");
}

/* ---- metadata and description ---- */

static void test_metadata_say_what_one_may(void **state)
{
    struct site *site = site_of(state);
    struct answer answer = site_get(site, SITE_REP, "/api/v1/meta", 200), again;
    struct cox_text etag = answer_header(&answer, "ETag");
    json_t *entity, *entities = json_object_get(site_json(site, &answer), "entities");
    bool found = false;
    size_t at;

    json_array_foreach(entities, at, entity)
    {
        if (strcmp(text(entity, "name"), "opportunity") == 0) {
            found = true;
            assert_string_equal(text(entity, "plural"), "opportunities");
            assert_string_equal(text(entity, "owner_field"), "owner");
            assert_true(json_array_size(json_object_get(entity, "fields")) > 20);
        }
        assert_true(json_array_size(json_object_get(entity, "may")) > 0);
    }
    assert_true(found);
    again = site_ask(site, SITE_REP, "GET", "/api/v1/meta", NULL,
        cox_arena_format(site->arena, "If-None-Match: %.*s\r\n", (int)etag.size, etag.ptr));
    assert_int_equal(again.status, 304);
    again = site_ask(site, SITE_ADMIN, "GET", "/api/v1/meta", NULL,
        cox_arena_format(site->arena, "If-None-Match: %.*s\r\n", (int)etag.size, etag.ptr));
    assert_int_equal(again.status, 200); /* an administrator may do other things */
}

/* Every path of the description answers, and every schema that is named is there. */
static void check_refs(json_t *node, json_t *schemas)
{
    const char *key, *ref = text(node, "$ref");
    json_t *value;
    size_t at;

    if (ref[0] != '\0') {
        assert_int_equal(strncmp(ref, "#/components/schemas/", 21), 0);
        assert_non_null(json_object_get(schemas, ref + 21));
    }
    json_object_foreach(node, key, value)
    {
        check_refs(value, schemas);
    }
    json_array_foreach(node, at, value)
    {
        check_refs(value, schemas);
    }
}

static void test_the_description_is_whole(void **state)
{
    struct site *site = site_of(state);
    json_t *api = get(site, SITE_MANAGER, "/api/v1/openapi.json"), *path, *paths;
    json_t *schemas = json_object_get(json_object_get(api, "components"), "schemas");
    size_t lists = 0;
    const char *name;

    assert_string_equal(text(api, "openapi"), "3.1.0");
    check_refs(api, schemas);
    paths = json_object_get(api, "paths");
    json_object_foreach(paths, name, path)
    {
        json_t *list = json_object_get(path, "get");
        if (list == NULL || strchr(name, '{') != NULL || strstr(name, "events") != NULL ||
            strstr(name, "export.csv") != NULL || strstr(name, "duplicates") != NULL) {
            continue;
        }
        struct answer answer = site_ask(site, SITE_MANAGER, "GET", name, NULL, NULL);
        assert_true(answer.status == 200 || answer.status == 403 || answer.status == 400);
        lists += answer.status == 200;
    }
    assert_true(lists > 20);
}

/* Replies have the fields that the description says, of the types it says. */
static void test_records_fit_their_schema(void **state)
{
    struct site *site = site_of(state);
    json_int_t id = make_deal(site, SITE_REP, "Described", 100);
    json_t *api = get(site, SITE_REP, "/api/v1/openapi.json"), *value;
    json_t *schema = json_object_get(
        json_object_get(json_object_get(json_object_get(api, "components"), "schemas"),
            "opportunity"),
        "properties");
    json_t *deal = get(site, SITE_REP, path_of(site, id, ""));
    const char *name;

    assert_int_equal(json_object_size(deal), json_object_size(schema));
    json_object_foreach(deal, name, value)
    {
        json_t *types = json_object_get(json_object_get(schema, name), "type");
        const char *type = json_is_array(types) ? json_string_value(json_array_get(types, 0))
                                                : json_string_value(types);
        assert_non_null(json_object_get(schema, name));
        if (type == NULL || json_is_null(value)) {
            continue;
        }
        assert_true((strcmp(type, "string") == 0 && json_is_string(value)) ||
                    (strcmp(type, "integer") == 0 && json_is_integer(value)) ||
                    (strcmp(type, "number") == 0 && json_is_number(value)) ||
                    (strcmp(type, "boolean") == 0 && json_is_boolean(value)) ||
                    (strcmp(type, "object") == 0 && json_is_object(value)));
    }
}

/* ---- history and undo ---- */

static void test_history_tells_differences(void **state)
{
    struct site *site = site_of(state);
    json_int_t id = make_deal(site, SITE_REP, "Told", 100), seq;
    struct answer answer;
    json_t *rows, *change;

    answer = site_ask(site, SITE_MANAGER, "PATCH", path_of(site, id, ""),
        "{\"amount\":250,\"next_step\":\"Call\"}", NULL);
    assert_int_equal(answer.status, 200);
    rows = rows_of(site, SITE_REP, path_of(site, id, "/history"));
    assert_int_equal(json_array_size(rows), 2);
    assert_string_equal(text(json_array_get(rows, 0), "op"), "changed");
    assert_string_equal(text(json_array_get(rows, 0), "cause"), "api");
    assert_int_equal(number(json_array_get(rows, 0), "actor"), site->users[SITE_MANAGER]);
    assert_true(strlen(text(json_array_get(rows, 0), "actor_name")) > 0);
    change = json_array_get(json_object_get(json_array_get(rows, 0), "changes"), 0);
    assert_string_equal(text(change, "field"), "amount");
    assert_true(json_number_value(json_object_get(change, "before")) == 100.0);
    assert_true(json_number_value(json_object_get(change, "after")) == 250.0);
    assert_string_equal(text(json_array_get(rows, 1), "op"), "created");
    (void)site_get(site, SITE_PEER, path_of(site, id, "/history"), 404);
    /* Taken back by who made it, and by nobody else. */
    seq = number(json_array_get(rows, 0), "seq");
    (void)post(site, SITE_PEER, "/api/v1/undo",
        cox_arena_format(site->arena, "{\"seq\":%lld}", (long long)seq), 403);
    rows = json_object_get(
        post(site, SITE_MANAGER, "/api/v1/undo",
            cox_arena_format(site->arena, "{\"seq\":%lld,\"preview\":true}", (long long)seq), 200),
        "items");
    assert_string_equal(text(json_array_get(rows, 0), "state"), "free");
    assert_int_equal(
        number(post(site, SITE_MANAGER, "/api/v1/undo",
                   cox_arena_format(site->arena, "{\"seq\":%lld}", (long long)seq), 200),
            "done"),
        1);
    assert_true(json_number_value(json_object_get(get(site, SITE_REP, path_of(site, id, "")),
                    "amount")) == 100.0);
}

/* ---- bulk ---- */

static void test_bulk_changes_are_tried_first_and_undone_together(void **state)
{
    struct site *site = site_of(state);
    json_t *reply;
    const char *body;

    for (int i = 0; i < 5; i++) {
        (void)make_deal(site, SITE_REP, "Many", 100 + i);
    }
    (void)make_deal(site, SITE_PEER, "Many", 500);
    body = "{\"filter\":\"name=eq.Many\",\"changes\":{\"next_step\":\"All\"},\"preview\":true}";
    reply = post(site, SITE_REP, "/api/v1/opportunities/bulk", body, 200);
    assert_int_equal(number(reply, "total"), 5); /* not the peer's */
    assert_int_equal(number(reply, "changed"), 5);
    assert_int_equal(
        json_array_size(rows_of(site, SITE_REP, "/api/v1/opportunities?next_step=eq.All")), 0);
    body = "{\"filter\":\"name=eq.Many\",\"changes\":{\"next_step\":\"All\"}}";
    reply = post(site, SITE_REP, "/api/v1/opportunities/bulk", body, 200);
    assert_int_equal(
        json_array_size(rows_of(site, SITE_REP, "/api/v1/opportunities?next_step=eq.All")), 5);
    body = cox_arena_format(site->arena, "{\"batch\":%lld}", (long long)number(reply, "batch"));
    assert_int_equal(number(post(site, SITE_REP, "/api/v1/undo", body, 200), "done"), 5);
    assert_int_equal(
        json_array_size(rows_of(site, SITE_REP, "/api/v1/opportunities?next_step=eq.All")), 0);
    (void)post(site, SITE_REP, "/api/v1/opportunities/bulk", "{\"filter\":\"\"}", 400);
    (void)post(site, SITE_REP, "/api/v1/opportunities/bulk", "{\"changes\":{}}", 400);
}

/* What one record refuses does not keep the others from being saved. */
static void test_a_refusal_in_bulk_is_told_with_its_reason(void **state)
{
    struct site *site = site_of(state);
    json_int_t mine = make_deal(site, SITE_REP, "Mine", 1),
               other = make_deal(site, SITE_PEER, "Not", 2);
    char *body =
        cox_arena_format(site->arena, "{\"ids\":[%lld,%lld],\"changes\":{\"next_step\":\"Try\"}}",
            (long long)mine, (long long)other);
    json_t *reply = post(site, SITE_REP, "/api/v1/opportunities/bulk", body, 200), *rows;

    assert_int_equal(number(reply, "changed"), 1);
    assert_int_equal(number(reply, "refused"), 1);
    rows = json_object_get(reply, "rows");
    assert_int_equal(number(json_array_get(rows, 0), "id"), other);
    assert_true(json_is_null(json_object_get(json_array_get(rows, 0), "name"))); /* nothing leaks */
    assert_true(strlen(text(json_array_get(rows, 0), "reason")) > 0);
}

static struct answer bulk_with_key(struct site *site, enum site_role who, const char *key,
    const char *body)
{
    return site_ask(site, who, "POST", "/api/v1/opportunities/bulk", body,
        cox_arena_format(site->arena, "Idempotency-Key: %s\r\n", key));
}

/* A line that broke: whoever asks again is told what the first time did, and nothing happens twice. */
static void test_bulk_with_a_key_is_done_once(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    struct cox_expire_report report;
    json_int_t mine = make_deal(site, SITE_REP, "Mine", 1),
               same = make_deal(site, SITE_REP, "So", 2),
               other = make_deal(site, SITE_PEER, "Not", 3);
    const char *body =
        cox_arena_format(site->arena, "{\"ids\":[%lld,%lld,%lld],\"changes\":{\"name\":\"So\"}}",
            (long long)mine, (long long)other, (long long)same);
    struct answer first = bulk_with_key(site, SITE_REP, "k1", body), again;
    json_t *reply = site_json(site, &first);

    assert_int_equal(number(reply, "changed"), 1);
    assert_int_equal(number(reply, "unchanged"), 1);
    assert_int_equal(number(reply, "refused"), 1);
    json_int_t seq =
        number(json_array_get(rows_of(site, SITE_REP, path_of(site, mine, "/history")), 0), "seq");
    (void)make_deal(site, SITE_REP, "Between", 4);
    again = bulk_with_key(site, SITE_REP, "k1", body);
    assert_int_equal(again.status, 200);
    assert_int_equal(again.body.size, first.body.size); /* names of before the change too */
    assert_memory_equal(again.body.ptr, first.body.ptr, first.body.size);
    assert_int_equal(
        number(json_array_get(rows_of(site, SITE_REP, path_of(site, mine, "/history")), 0), "seq"),
        seq);
    again = bulk_with_key(site, SITE_REP, "k1", "{\"filter\":\"name=eq.So\",\"remove\":true}");
    site_refused(site, &again, 409, "COX_CONFLICT");
    assert_int_equal(json_array_size(rows_of(site, SITE_REP, "/api/v1/opportunities?name=eq.So")),
        2);
    /* One person's key is not another's, and a preview takes none. */
    again = bulk_with_key(site, SITE_PEER, "k1", body);
    assert_int_equal(number(site_json(site, &again), "refused"), 2);
    body = "{\"filter\":\"name=eq.So\",\"remove\":true,\"preview\":true}";
    (void)bulk_with_key(site, SITE_REP, "k2", body);
    body = "{\"filter\":\"name=eq.So\",\"remove\":true}";
    first = bulk_with_key(site, SITE_REP, "k2", body);
    assert_int_equal(number(site_json(site, &first), "changed"), 2);
    again = bulk_with_key(site, SITE_REP, "k2", body); /* when the filter finds none of them */
    assert_memory_equal(again.body.ptr, first.body.ptr, first.body.size);
    body = "{\"filter\":\"name=eq.So\",\"remove\":true}";
    first = bulk_with_key(site, SITE_REP, "k3", body); /* none at all */
    again = bulk_with_key(site, SITE_REP, "k3", body);
    assert_int_equal(number(site_json(site, &first), "total"), 0);
    assert_memory_equal(again.body.ptr, first.body.ptr, first.body.size);
    /* What was kept for that goes with the keys, after a day. */
    OK(cox_expire(f->store, NULL, NULL, &report, &f->err));
    assert_int_equal(report.outcome_count, 0);
    f->now_us += COX_DAY_US + COX_SECOND_US;
    OK(cox_expire(f->store, NULL, NULL, &report, &f->err));
    assert_int_equal(report.outcome_count, 4);
    OK(cox_expire(f->store, NULL, NULL, &report, &f->err));
    assert_int_equal(report.outcome_count, 0);
}

/* ---- search, likeness, shares, CSV ---- */

static void test_search_finds_what_one_sees(void **state)
{
    struct site *site = site_of(state);
    json_t *rows;

    (void)make_deal(site, SITE_REP, "Zanzibar pumps", 1);
    rows = rows_of(site, SITE_MANAGER, "/api/v1/search?q=zanz");
    assert_int_equal(json_array_size(rows), 1);
    assert_string_equal(text(json_array_get(rows, 0), "entity"), "opportunity");
    assert_int_equal(json_array_size(rows_of(site, SITE_PEER, "/api/v1/search?q=zanz")), 0);
    assert_int_equal(json_array_size(rows_of(site, SITE_REP,
                         "/api/v1/opportunities/duplicates?name=Zanzibar%20pump")),
        1);
    assert_int_equal(json_array_size(rows_of(site, SITE_PEER,
                         "/api/v1/opportunities/duplicates?name=Zanzibar%20pump")),
        0);
}

/* More records begin alike than are looked at: the same name otherwise written is found all the same. */
static void test_the_same_name_is_found_among_very_many(void **state)
{
    struct site *site = site_of(state);
    json_int_t id;
    json_t *rows;

    for (int i = 0; i < 205; i++) {
        (void)make_deal(site, SITE_REP, cox_arena_format(site->arena, "Zanzibar Inn %d", i), 1);
    }
    id = make_deal(site, SITE_REP, "Zanz\u00efbar, INC.", 1);
    rows = rows_of(site, SITE_REP, "/api/v1/opportunities/duplicates?name=zanzibar%20Inc");
    assert_true(json_array_size(rows) >= 1);
    assert_int_equal(number(json_array_get(rows, 0), "id"), id);
}

static void test_a_share_opens_one_record(void **state)
{
    struct site *site = site_of(state);
    json_int_t id = make_deal(site, SITE_REP, "Shared", 1);
    char *path = cox_arena_format(site->arena, "/api/v1/opportunities/%lld/shares/%lld",
        (long long)id, (long long)site->users[SITE_PEER]);
    struct answer answer;

    answer = site_ask(site, SITE_PEER, "PUT", path, "{\"verb\":\"read\"}", NULL);
    assert_int_equal(answer.status, 404);
    answer = site_ask(site, SITE_REP, "PUT", path, "{\"verb\":\"read\"}", NULL);
    assert_int_equal(answer.status, 204);
    (void)get(site, SITE_PEER, path_of(site, id, ""));
    answer = site_ask(site, SITE_PEER, "PATCH", path_of(site, id, ""), "{\"name\":\"x\"}", NULL);
    site_refused(site, &answer, 403, "COX_DENIED");
    assert_int_equal(json_array_size(rows_of(site, SITE_REP, path_of(site, id, "/shares"))), 1);
    answer = site_ask(site, SITE_REP, "DELETE", path, NULL, NULL);
    assert_int_equal(answer.status, 204);
    (void)site_get(site, SITE_PEER, path_of(site, id, ""), 404);
}

/* A share changes nothing of the record: what must hold across rows is not asked about it. */
static void test_parts_are_shared_like_other_records(void **state)
{
    struct site *site = site_of(state);
    json_int_t deal = make_deal(site, SITE_REP, "Split", 1), id;
    char *body = cox_arena_format(site->arena,
        "{\"opportunity\":%lld,\"user\":%lld,\"kind\":\"overlay\",\"share_bp\":1000}",
        (long long)deal, (long long)site->users[SITE_MANAGER]);
    struct answer answer;
    char *path;

    id = number(post(site, SITE_REP, "/api/v1/opportunity_splits", body, 201), "id");
    path = cox_arena_format(site->arena, "/api/v1/opportunity_splits/%lld/shares/%lld",
        (long long)id, (long long)site->users[SITE_PEER]);
    answer = site_ask(site, SITE_REP, "PUT", path, "{\"verb\":\"read\"}", NULL);
    assert_int_equal(answer.status, 204);
    answer = site_ask(site, SITE_REP, "DELETE", path, NULL, NULL);
    assert_int_equal(answer.status, 204);
}

static void test_csv_is_the_whole_list(void **state)
{
    struct site *site = site_of(state);
    struct answer answer;

    (void)make_deal(site, SITE_REP, "=cmd()", 2);
    (void)make_deal(site, SITE_REP, "Plain", 1);
    (void)make_deal(site, SITE_PEER, "Hidden", 3);
    answer = site_get(site, SITE_REP, "/api/v1/opportunities/export.csv?order=amount.desc", 200);
    assert_true(cox_text_starts(answer.body, COX_LIT("id,name,")));
    assert_non_null(strstr(answer.body.ptr, "'=cmd()")); /* no formula for a spreadsheet */
    assert_null(strstr(answer.body.ptr, "Hidden"));
    assert_true(strstr(answer.body.ptr, "=cmd()") < strstr(answer.body.ptr, "Plain"));
}

/* ---- live ---- */

static void send_get(struct site *site, struct client *client, enum site_role who, const char *path,
    const char *headers)
{
    char *bytes = cox_arena_format(site->arena,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\n%s\r\n", path,
        site->port, site->tokens[who], headers);

    assert_true(client_open(client, site->port));
    assert_true(client_send(client, bytes, strlen(bytes)));
    assert_true(client_wait(client, "retry: 3000", 5000, site->arena, NULL));
}

static void test_events_tell_who_may_know(void **state)
{
    struct site *site = site_of(state);
    struct client manager, peer;
    struct cox_text all;
    struct answer answer;
    json_int_t id;
    char *line;

    send_get(site, &manager, SITE_MANAGER, "/api/v1/events", "");
    send_get(site, &peer, SITE_PEER, "/api/v1/events", "");
    id = make_deal(site, SITE_REP, "Live", 1);
    line = cox_arena_format(site->arena,
        "\"entity\":\"opportunity\",\"id\":%lld,\"op\":\"created\"", (long long)id);
    assert_true(client_wait(&manager, line, 5000, site->arena, &all));
    assert_null(strstr(all.ptr, "Live")); /* numbers only */
    assert_false(client_wait(&peer, line, 300, site->arena, NULL));
    /* Given to the peer: seen there, still seen by the manager; given back: gone for the peer. */
    answer = site_ask(site, SITE_MANAGER, "PATCH", path_of(site, id, ""),
        cox_arena_format(site->arena, "{\"owner\":%lld}", (long long)site->users[SITE_PEER]), NULL);
    assert_int_equal(answer.status, 200);
    assert_true(client_wait(&peer, "\"op\":\"changed\"", 5000, site->arena, NULL));
    answer = site_ask(site, SITE_MANAGER, "PATCH", path_of(site, id, ""),
        cox_arena_format(site->arena, "{\"owner\":%lld}", (long long)site->users[SITE_REP]), NULL);
    assert_int_equal(answer.status, 200);
    assert_true(client_wait(&peer, "event: gone", 5000, site->arena, NULL));
    client_close(&manager);
    client_close(&peer);
}

static void test_who_comes_back_misses_nothing(void **state)
{
    struct site *site = site_of(state);
    json_int_t rev, id = make_deal(site, SITE_REP, "Before", 1);
    struct client client;
    char *line;

    rev = number(get(site, SITE_REP, path_of(site, id, "")), "rev");
    id = make_deal(site, SITE_REP, "Missed", 1);
    send_get(site, &client, SITE_REP, "/api/v1/events",
        cox_arena_format(site->arena, "Last-Event-ID: %lld\r\n", (long long)rev));
    line = cox_arena_format(site->arena, "\"id\":%lld,\"op\":\"created\"", (long long)id);
    assert_true(client_wait(&client, line, 5000, site->arena, NULL));
    client_close(&client);
}

/* Cut off amid a commit of many records, a client has no id yet by which to skip the rest of it. */
static void test_an_id_follows_what_it_stands_for(void **state)
{
    struct site *site = site_of(state);
    struct client client;
    struct cox_text all;
    const char *first, *last;
    json_int_t ids[3];

    for (size_t i = 0; i < COX_COUNT(ids); i++) {
        ids[i] = make_deal(site, SITE_REP, "Together", 1);
    }
    send_get(site, &client, SITE_REP, "/api/v1/events", "");
    (void)post(site, SITE_REP, "/api/v1/opportunities/bulk",
        "{\"filter\":\"name=eq.Together\",\"changes\":{\"next_step\":\"Call\"}}", 200);
    assert_true(client_wait(&client, "\nid: ", 5000, site->arena, &all));
    first = strstr(all.ptr, "\nid: ");
    for (size_t i = 0; i < COX_COUNT(ids); i++) {
        last = strstr(all.ptr,
            cox_arena_format(site->arena, "\"id\":%lld,\"op\":\"changed\"", (long long)ids[i]));
        assert_non_null(last);
        assert_true(last < first);
    }
    client_close(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_metadata_say_what_one_may),
        BOTH_SITES(test_the_description_is_whole),
        BOTH_SITES(test_records_fit_their_schema),
        BOTH_SITES(test_history_tells_differences),
        BOTH_SITES(test_bulk_changes_are_tried_first_and_undone_together),
        BOTH_SITES(test_a_refusal_in_bulk_is_told_with_its_reason),
        BOTH_SITES(test_bulk_with_a_key_is_done_once),
        BOTH_SITES(test_search_finds_what_one_sees),
        BOTH_SITES(test_the_same_name_is_found_among_very_many),
        BOTH_SITES(test_a_share_opens_one_record),
        BOTH_SITES(test_parts_are_shared_like_other_records),
        BOTH_SITES(test_csv_is_the_whole_list),
        BOTH_SITES(test_events_tell_who_may_know),
        BOTH_SITES(test_who_comes_back_misses_nothing),
        BOTH_SITES(test_an_id_follows_what_it_stands_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
