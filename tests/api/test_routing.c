/* Tests of the routes of lead routing, as each role. */
#include <stdio.h>

#include "site.h"

static json_t *ask(struct site *site, enum site_role who, const char *method, const char *path,
    const char *body, int status)
{
    struct answer answer = site_ask(site, who, method, path, body, NULL);

    if (answer.status != status) {
        fail_msg("%s %s: %d: %s", method, path, answer.status, answer.body.ptr);
    }
    return site_json(site, &answer);
}

static void refuse(struct site *site, enum site_role who, const char *method, const char *path,
    const char *body, int status, const char *code)
{
    struct answer answer = site_ask(site, who, method, path, body, NULL);

    site_refused(site, &answer, status, code);
}

static int64_t number(const json_t *json, const char *key)
{
    return json_integer_value(json_object_get(json, key));
}

/* One rule for German leads with both reps in turn, 30 minutes to answer. */
static int64_t make_rule(struct site *site, enum site_role who)
{
    static const enum site_role reps[] = {SITE_REP, SITE_PEER};
    char body[200];
    int64_t rule =
        number(ask(site, who, "POST", "/api/v1/routing_rules",
                   "{\"name\":\"Germans\",\"position\":1,\"condition\":\"country=eq.DE\","
                   "\"respond_min\":30}",
                   201),
            "id");

    for (size_t i = 0; i < COX_COUNT(reps); i++) {
        (void)snprintf(body, sizeof(body), "{\"rule\":%lld,\"user\":%lld}", (long long)rule,
            (long long)site->users[reps[i]]);
        (void)ask(site, who, "POST", "/api/v1/routing_members", body, 201);
    }
    return rule;
}

static int64_t make_lead(struct site *site, enum site_role who)
{
    site->firm->now_us += COX_SECOND_US; /* the clock of tests stands still */
    int64_t lead = number(
        ask(site, who, "POST", "/api/v1/leads", "{\"company\":\"Haus\",\"country\":\"DE\"}", 201),
        "id");
    site->firm->now_us += COX_SECOND_US;
    return lead;
}

static void test_a_lead_finds_its_owner(void **state)
{
    struct site *site = site_of(state);
    int64_t first, rule = make_rule(site, SITE_MANAGER);
    json_t *json, *step, *person;
    char path[80], body[80];

    json = ask(site, SITE_REP, "POST", "/api/v1/routing/try", "{\"country\":\"DE\"}", 200);
    assert_int_equal(number(json, "owner"), site->users[SITE_REP]);
    assert_int_equal(number(json, "rule"), rule);
    json = ask(site, SITE_REP, "POST", "/api/v1/routing/try", "{\"country\":\"FR\"}", 200);
    assert_true(json_is_null(json_object_get(json, "owner")));

    first = make_lead(site, SITE_ADMIN);
    (void)make_lead(site, SITE_PEER); /* whoever enters it: it is the peer's turn */
    (void)snprintf(path, sizeof(path), "/api/v1/leads/%lld/routing", (long long)first);
    json = ask(site, SITE_REP, "GET", path, NULL, 200);
    assert_int_equal(number(json, "routed_to"), site->users[SITE_REP]);
    assert_string_equal(json_string_value(json_object_get(json, "why")),
        "\"Germans\" is met, round robin among 2");
    assert_true(json_is_true(json_object_get(json, "is_replayed")));
    step = json_array_get(json_object_get(json, "steps"), 0);
    person = json_array_get(json_object_get(step, "people"), 0);
    assert_string_equal(json_string_value(json_object_get(person, "state")), "chosen");
    refuse(site, SITE_PEER, "GET", path, NULL, 404, "COX_MISSING");
    refuse(site, SITE_EXECUTIVE, "GET", path, NULL, 404, "COX_MISSING");
    refuse(site, SITE_NOBODY, "GET", path, NULL, 401, "COX_SIGN_IN");
    (void)ask(site, SITE_MANAGER, "GET", path, NULL, 200);

    (void)snprintf(path, sizeof(path), "/api/v1/leads/%lld", (long long)first);
    (void)snprintf(body, sizeof(body), "{\"routed_to\":%lld}", (long long)site->users[SITE_PEER]);
    refuse(site, SITE_ADMIN, "PATCH", path, body, 400, "COX_INVALID");
    (void)snprintf(body, sizeof(body), "{\"routed_to\":%lld,\"status\":\"New\"}",
        (long long)site->users[SITE_REP]);
    (void)ask(site, SITE_ADMIN, "PATCH", path, body, 200); /* sent back as it was read */
}

static void test_assigning_and_replaying(void **state)
{
    struct site *site = site_of(state);
    char body[160];
    json_t *json, *row;
    int64_t lead;

    (void)snprintf(body, sizeof(body), "{\"company\":\"Old\",\"country\":\"DE\",\"owner\":%lld}",
        (long long)site->users[SITE_MANAGER]);
    lead = number(ask(site, SITE_MANAGER, "POST", "/api/v1/leads", body, 201), "id");
    (void)make_rule(site, SITE_ADMIN);
    (void)snprintf(body, sizeof(body), "{\"leads\":[%lld]}", (long long)lead);
    refuse(site, SITE_REP, "POST", "/api/v1/routing/assign", body, 403, "COX_DENIED");
    refuse(site, SITE_MANAGER, "POST", "/api/v1/routing/assign", "{\"leads\":[]}", 400,
        "COX_INVALID");
    refuse(site, SITE_MANAGER, "POST", "/api/v1/routing/assign", "{\"leads\":[\"x\"]}", 400,
        "COX_INVALID");
    refuse(site, SITE_MANAGER, "POST", "/api/v1/routing/assign", "{\"leads\":[999999]}", 404,
        "COX_MISSING");
    site->firm->now_us += COX_SECOND_US;
    json = ask(site, SITE_MANAGER, "POST", "/api/v1/routing/assign", body, 200);
    row = json_array_get(json_object_get(json, "rows"), 0);
    assert_int_equal(number(row, "owner"), site->users[SITE_REP]);

    (void)make_lead(site, SITE_ADMIN);
    json = ask(site, SITE_MANAGER, "GET", "/api/v1/routing/replay?from=2026-05-01&to=2026-06-01",
        NULL, 200);
    assert_int_equal(number(json, "count"), 2);
    assert_int_equal(number(json, "same"), 2);
    refuse(site, SITE_REP, "GET", "/api/v1/routing/replay?from=2026-05-01&to=2026-06-01", NULL, 403,
        "COX_DENIED");
    refuse(site, SITE_MANAGER, "GET", "/api/v1/routing/replay?from=2026-05-01", NULL, 400,
        "COX_INVALID");
    refuse(site, SITE_REP, "POST", "/api/v1/routing_rules", "{\"name\":\"Mine\",\"position\":1}",
        403, "COX_DENIED");
    refuse(site, SITE_MANAGER, "POST", "/api/v1/routing_rules",
        "{\"name\":\"Bad\",\"position\":2,\"condition\":\"colour=eq.red\"}", 400, "COX_INVALID");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_a_lead_finds_its_owner),
        BOTH_SITES(test_assigning_and_replaying),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
