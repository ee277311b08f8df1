/* Tests of settings, feature switches, added fields, audit, access log and backups, as each role. */
#include <stdio.h>
#include <unistd.h>

#include "command/feature_list.h"
#include "leader/one_on_one.h"
#include "site.h"

static json_t *ask(struct site *site, enum site_role who, const char *method, const char *path,
    const char *body, int status)
{
    struct answer answer = site_ask(site, who, method, path, body, NULL);

    if (answer.status != status) {
        print_message("# %s %s: %d %.*s\n", method, path, answer.status, (int)answer.body.size,
            answer.body.ptr);
    }
    assert_int_equal(answer.status, status);
    return answer.body.size == 0 ? NULL : site_json(site, &answer);
}

static const char *string_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));

    return text == NULL ? "" : text;
}

static const char settings[] = "/api/v1/settings";

static void test_the_company_is_settled_by_administrators(void **state)
{
    static const enum site_role others[] = {SITE_REP, SITE_MANAGER, SITE_LEADER, SITE_EXECUTIVE};
    static const char *const bad[] = {"{\"zone\":\"Mars/Olympus\"}", "{\"currency\":\"XXXX\"}",
        "{\"name\":\"\"}", "{\"colour\":\"red\"}", "{\"features_off\":[\"sales\"]}",
        "{\"features_off\":[\"nonsense\"]}", "{\"features_off\":\"quota\"}"};
    struct site *site = site_of(state);
    struct answer answer;
    json_t *json = ask(site, SITE_ADMIN, "PATCH", settings,
        "{\"name\":\"Nordwind\",\"zone\":\"Europe/Berlin\",\"currency\":\"eur\"}", 200);

    assert_string_equal(string_of(json, "name"), "Nordwind");
    assert_string_equal(string_of(json, "currency"), "EUR");
    for (size_t i = 0; i < COX_COUNT(bad); i++) {
        answer = site_ask(site, SITE_ADMIN, "PATCH", settings, bad[i], NULL);
        site_refused(site, &answer, 400, "COX_INVALID");
    }
    json = ask(site, SITE_ADMIN, "GET", settings, NULL, 200);
    assert_string_equal(string_of(json, "zone"), "Europe/Berlin"); /* nothing half done */
    for (size_t i = 0; i < COX_COUNT(others); i++) {
        answer = site_ask(site, others[i], "GET", settings, NULL, NULL);
        site_refused(site, &answer, 403, "COX_DENIED");
        answer = site_ask(site, others[i], "PATCH", settings, "{\"name\":\"Mine\"}", NULL);
        site_refused(site, &answer, 403, "COX_DENIED");
    }
}

/* ---- switches ---- */

static void switch_off(struct site *site, const char *name)
{
    (void)ask(site, SITE_ADMIN, "PATCH", settings,
        cox_arena_format(site->arena, "{\"features_off\":[%s%s%s]}", *name == '\0' ? "" : "\"",
            name, *name == '\0' ? "" : "\""),
        200);
}

static bool is_in_meta(struct site *site, enum site_role who, const char *entity)
{
    json_t *json = ask(site, who, "GET", "/api/v1/meta", NULL, 200), *row;
    size_t at;

    json_array_foreach(json_object_get(json, "entities"), at, row)
    {
        if (strcmp(string_of(row, "name"), entity) == 0) {
            return true;
        }
    }
    return false;
}

/* Somebody for whom the entity is there at all. */
static enum site_role reader_of(const struct cox_entity *entity)
{
    return entity->reach == COX_REACH_PARTICIPANTS ? SITE_LEADER : SITE_ADMIN;
}

static void look_at_entities(struct site *site, const struct cox_feature *feature, bool is_off)
{
    for (size_t e = 0; feature->entities != NULL && feature->entities[e] != NULL; e++) {
        const struct cox_entity *entity = feature->entities[e];
        enum site_role who = reader_of(entity);
        const char *path = cox_arena_format(site->arena, "/api/v1/%s?limit=1", entity->plural);

        if (is_in_meta(site, who, entity->name) == is_off) {
            print_message("# %s\n", entity->name);
        }
        assert_true(is_in_meta(site, who, entity->name) != is_off);
        (void)ask(site, who, "GET", path, NULL, is_off ? 404 : 200);
    }
}

/* A request of every method that the entity's generic routes have: nobody finds anything there. */
static void check_entity_is_gone(struct site *site, const struct cox_entity *entity)
{
    static const struct {
        const char *method, *rest, *body;
    } asks[] = {{"GET", "", NULL}, {"POST", "", "{}"}, {"GET", "/1", NULL}, {"PATCH", "/1", "{}"},
        {"DELETE", "/1", NULL}, {"GET", "/1/history", NULL}, {"GET", "/1/shares", NULL},
        {"GET", "/export.csv", NULL}, {"GET", "/duplicates?name=a", NULL},
        {"POST", "/bulk", "{\"ids\":[1],\"changes\":{},\"is_dry\":true}"}};
    enum site_role who = reader_of(entity);
    struct answer answer;

    for (size_t i = 0; i < COX_COUNT(asks); i++) {
        const char *path =
            cox_arena_format(site->arena, "/api/v1/%s%s", entity->plural, asks[i].rest);
        answer = site_ask(site, who, asks[i].method, path, asks[i].body, NULL);
        if (answer.status != 404) {
            fail_msg("%s %s: %d %.*s", asks[i].method, path, answer.status, (int)answer.body.size,
                answer.body.ptr);
        }
    }
}

/* Who may ask a route at all. */
static enum site_role asker_of(const struct cox_route *route)
{
    static const enum site_role by_role[COX_ROLE_COUNT] = {
        [COX_REP] = SITE_REP,
        [COX_MANAGER] = SITE_MANAGER,
        [COX_LEADER] = SITE_LEADER,
        [COX_EXECUTIVE] = SITE_EXECUTIVE,
        [COX_ADMIN] = SITE_ADMIN,
    };

    for (unsigned role = 0; route->roles != 0 && role < COX_COUNCIL; role++) {
        if ((route->roles & COX_ROLE_BIT(role)) != 0) {
            return by_role[role];
        }
    }
    return SITE_ADMIN;
}

/* Its own routes, of every method, with a number wherever the path has a place. Off: there is no such page. */
static void look_at_routes(struct site *site, const struct cox_feature *feature, bool is_off)
{
    static const char *const methods[COX_METHOD_COUNT] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

    for (size_t r = 0; feature->routes != NULL && feature->routes[r].path != NULL; r++) {
        const struct cox_route *route = &feature->routes[r];
        const char *brace = strchr(route->path, '{');
        char path[200];
        struct answer answer;

        if (!is_off && (route->method != COX_GET || brace != NULL || route->parameters != NULL)) {
            continue; /* what it would answer is its own tests' to say */
        }
        (void)snprintf(path, sizeof(path), "%s", route->path);
        for (char *at = strchr(path, '{'); at != NULL; at = strchr(path, '{')) {
            char *end = strchr(at, '}');
            *at = '1';
            memmove(at + 1, end + 1, strlen(end));
        }
        answer = site_ask(site, asker_of(route), methods[route->method], path,
            route->body_max > 0 ? "{}" : NULL, NULL);
        if ((answer.status == 404) != is_off) {
            fail_msg("%s %s: %d when off is %d", methods[route->method], path, answer.status,
                is_off);
        }
    }
}

/* Neither the API's description, nor the metadata, nor the record about oneself speaks of it. */
static void check_nothing_tells(struct site *site, const struct cox_feature *feature)
{
    static const char *const pages[] = {"/api/v1/openapi.json", "/api/v1/about-me",
        "/api/v1/about-me/export"};

    for (size_t i = 0; i < COX_COUNT(pages); i++) {
        struct answer answer = site_get(site, SITE_LEADER, pages[i], 200);
        for (size_t e = 0; feature->entities != NULL && feature->entities[e] != NULL; e++) {
            const struct cox_entity *entity = feature->entities[e];
            const char *name =
                i == 0   ? cox_arena_format(site->arena, "\"/api/v1/%s\"", entity->plural)
                : i == 1 ? cox_arena_format(site->arena, "\"entity\":\"%s\"", entity->name)
                         : cox_arena_format(site->arena, "\"%s\":[", entity->plural);
            if (strstr(answer.body.ptr, name) != NULL) {
                fail_msg("%s tells of %s", pages[i], entity->name);
            }
        }
    }
}

static void test_what_is_off_is_absent(void **state)
{
    struct site *site = site_of(state);
    struct answer answer;
    size_t count = 0;

    for (size_t f = 0; cox_features[f] != NULL; f++) {
        const char *name = cox_features[f]->name;

        if (strcmp(name, "org") == 0 || strcmp(name, "sales") == 0 ||
            strcmp(name, "settings") == 0) {
            continue;
        }
        look_at_entities(site, cox_features[f], false);
        look_at_routes(site, cox_features[f], false);
        switch_off(site, name);
        look_at_entities(site, cox_features[f], true);
        look_at_routes(site, cox_features[f], true);
        check_nothing_tells(site, cox_features[f]);
        for (size_t e = 0;
             cox_features[f]->entities != NULL && cox_features[f]->entities[e] != NULL; e++) {
            check_entity_is_gone(site, cox_features[f]->entities[e]);
        }
        switch_off(site, "");
        look_at_entities(site, cox_features[f], false);
        count++;
    }
    assert_true(count >= 5);
    switch_off(site, "quota");
    answer = site_get(site, SITE_MANAGER, "/api/v1/measures", 200);
    assert_null(strstr(answer.body.ptr, "\"attainment\""));
    answer = site_ask(site, SITE_MANAGER, "GET", "/api/v1/measures/query?measure=attainment", NULL,
        NULL);
    site_refused(site, &answer, 400, "COX_INVALID");
    switch_off(site, "desk");
    answer = site_get(site, SITE_REP, "/api/v1/home", 200);
    assert_null(strstr(answer.body.ptr, "\"next_steps\""));
    switch_off(site, "");
    answer = site_get(site, SITE_REP, "/api/v1/home", 200);
    assert_non_null(strstr(answer.body.ptr, "\"next_steps\""));
}

/* ---- fields ---- */

/* Of the field Competitor; it bears that label again in the end. */
static void check_renaming(struct site *site, const char *path)
{
    static const char *const bad[] = {"{}", "{\"label\":\"\"}", "{\"label\":7}",
        "{\"label\":\"A\",\"type\":\"text\"}"};
    json_t *json = ask(site, SITE_ADMIN, "PATCH", path, "{\"label\":\" Rival \"}", 200);
    struct answer answer = site_get(site, SITE_REP, "/api/v1/meta", 200);

    assert_string_equal(string_of(json, "label"), "Rival");
    assert_string_equal(string_of(json, "was"), "Competitor");
    assert_non_null(strstr(answer.body.ptr, "\"Rival\""));
    assert_null(strstr(answer.body.ptr, "\"Competitor\""));
    for (size_t i = 0; i < COX_COUNT(bad); i++) {
        answer = site_ask(site, SITE_ADMIN, "PATCH", path, bad[i], NULL);
        site_refused(site, &answer, 400, "COX_INVALID");
    }
    answer = site_ask(site, SITE_ADMIN, "PATCH", path, "{\"label\":\"amount\"}", NULL);
    site_refused(site, &answer, 409, "COX_CONFLICT");
    answer = site_ask(site, SITE_MANAGER, "PATCH", path, "{\"label\":\"Mine\"}", NULL);
    site_refused(site, &answer, 403, "COX_DENIED");
    (void)ask(site, SITE_ADMIN, "PATCH", path, "{\"label\":\"rival\"}", 200); /* its own */
    json = ask(site, SITE_ADMIN, "PATCH", path, "{\"label\":\"Competitor\"}", 200);
    assert_string_equal(string_of(json, "was"), "rival");
}

static void test_fields_come_and_go(void **state)
{
    static const char *const bad[] = {
        "{\"entity\":\"opportunity\",\"label\":\"\",\"type\":\"text\"}",
        "{\"entity\":\"nothing\",\"label\":\"A\",\"type\":\"text\"}",
        "{\"entity\":\"opportunity\",\"label\":\"A\",\"type\":\"bytes\"}",
        "{\"entity\":\"opportunity\",\"label\":\"A\",\"type\":\"choice\"}",
        "{\"entity\":\"opportunity\",\"label\":\"A\",\"type\":\"ref\"}",
        "{\"entity\":\"opportunity\",\"label\":\"A\",\"type\":\"text\",\"flags\":[\"unique\"]}"};
    struct site *site = site_of(state);
    struct answer answer;
    const char *name, *path;
    json_int_t once[2];
    json_t *json = ask(site, SITE_ADMIN, "POST", "/api/v1/fields",
        "{\"entity\":\"opportunity\",\"label\":\"Competitor\",\"type\":\"choice\",\"choices\":["
        "\"Acme\",\"Globex\"],\"flags\":[\"sorted\"]}",
        201);

    name = string_of(json, "name");
    for (int i = 0; i < 2; i++) { /* a line that broke: one field, told twice */
        answer = site_ask(site, SITE_ADMIN, "POST", "/api/v1/fields",
            "{\"entity\":\"account\",\"label\":\"Once\",\"type\":\"text\"}",
            "Idempotency-Key: once\r\n");
        assert_int_equal(answer.status, 201);
        once[i] = json_integer_value(json_object_get(site_json(site, &answer), "id"));
        assert_true(once[i] > 0 && once[i] == once[0]);
    }
    path = cox_arena_format(site->arena, "/api/v1/fields/%lld",
        (long long)json_integer_value(json_object_get(json, "id")));
    answer = site_get(site, SITE_REP, "/api/v1/meta", 200);
    assert_non_null(strstr(answer.body.ptr, "Competitor"));
    (void)ask(site, SITE_REP, "GET",
        cox_arena_format(site->arena, "/api/v1/opportunities?%s=eq.Acme", name), NULL, 200);
    for (size_t i = 0; i < COX_COUNT(bad); i++) {
        answer = site_ask(site, SITE_ADMIN, "POST", "/api/v1/fields", bad[i], NULL);
        site_refused(site, &answer, 400, "COX_INVALID");
    }
    check_renaming(site, path);
    answer = site_ask(site, SITE_MANAGER, "DELETE", path, NULL, NULL);
    site_refused(site, &answer, 403, "COX_DENIED");
    answer = site_ask(site, SITE_ADMIN, "DELETE", path, NULL, NULL);
    assert_int_equal(answer.status, 204);
    (void)ask(site, SITE_REP, "GET",
        cox_arena_format(site->arena, "/api/v1/opportunities?%s=eq.Acme", name), NULL, 400);
    answer = site_ask(site, SITE_ADMIN, "PATCH", path, "{\"label\":\"Gone\"}", NULL);
    site_refused(site, &answer, 404, "COX_MISSING");
    answer = site_ask(site, SITE_ADMIN, "DELETE", "/api/v1/fields/999999", NULL, NULL);
    site_refused(site, &answer, 404, "COX_MISSING");
}

/* ---- audit, access, backups ---- */

static void test_the_chain_is_verified(void **state)
{
    struct site *site = site_of(state);
    struct answer answer;
    json_t *json = ask(site, SITE_ADMIN, "GET", "/api/v1/audit", NULL, 200);

    assert_int_equal(strlen(string_of(json, "digest")), 64);
    json = ask(site, SITE_ADMIN, "POST", "/api/v1/audit", NULL, 200);
    assert_int_equal(json_integer_value(json_object_get(json, "faults")), 0);
    assert_true(json_integer_value(json_object_get(json, "commits")) > 0);
    answer = site_ask(site, SITE_MANAGER, "GET", "/api/v1/audit", NULL, NULL);
    site_refused(site, &answer, 403, "COX_DENIED");
}

static void test_who_looked_is_told_to_whom_it_is_about(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    struct cox_one_on_one talk;
    json_t *json;
    int64_t id;

    cox_struct_init(&cox_one_on_one, &talk);
    talk.leader = site->users[SITE_MANAGER];
    talk.person = site->users[SITE_REP];
    talk.day = FIRM_TODAY - 1;
    OK(firm_create(f, firm_actor(site->users[SITE_MANAGER], COX_LEADER), COX_CAUSE_UI,
        &cox_one_on_one, &talk, &id));
    (void)ask(site, SITE_MANAGER, "GET",
        cox_arena_format(site->arena, "/api/v1/one_on_ones/%lld", (long long)id), NULL, 200);
    json = ask(site, SITE_REP, "GET", "/api/v1/access", NULL, 200);
    json = json_array_get(json_object_get(json, "rows"), 0);
    assert_int_equal(json_integer_value(json_object_get(json, "actor")), site->users[SITE_MANAGER]);
    assert_string_equal(string_of(json, "entity"), "one_on_one");
    json = ask(site, SITE_PEER, "GET", "/api/v1/access", NULL, 200);
    assert_int_equal(json_array_size(json_object_get(json, "rows")), 0);
    (void)ask(site, SITE_NOBODY, "GET", "/api/v1/access", NULL, 401);
}

static void test_a_backup_is_made(void **state)
{
    struct site *site = site_of(state);
    bool has_place = strncmp(site->firm->place.url, "postgres", 8) != 0;
    struct answer answer = site_ask(site, SITE_MANAGER, "POST", "/api/v1/backups", NULL, NULL);
    json_t *json = NULL;

    site_refused(site, &answer, 403, "COX_DENIED");
    answer = site_ask(site, SITE_ADMIN, "POST", "/api/v1/backups", NULL, NULL);
    if (!has_place) {
        assert_int_equal(answer.status, 501); /* nobody has settled where */
        return;
    }
    assert_int_equal(answer.status, 202);
    for (int i = 0; i < 3000; i++) {
        json = ask(site, SITE_ADMIN, "GET", "/api/v1/backups", NULL, 200);
        if (strcmp(string_of(json, "state"), "idle") == 0) {
            break;
        }
        usleep(20000);
    }
    assert_string_equal(string_of(json, "error"), "");
    assert_int_equal(json_array_size(json_object_get(json, "rows")), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_the_company_is_settled_by_administrators),
        BOTH_SITES(test_what_is_off_is_absent),
        BOTH_SITES(test_fields_come_and_go),
        BOTH_SITES(test_the_chain_is_verified),
        BOTH_SITES(test_who_looked_is_told_to_whom_it_is_about),
        BOTH_SITES(test_a_backup_is_made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
