/* Tests of the generic record routes: every role, refusals, conflicts, time, repeats. */
#include <stdlib.h>

#include "sales/opportunity.h"
#include "sales/pipeline.h"
#include "site.h"

static json_t *get(struct site *site, enum site_role who, const char *path, int status)
{
    struct answer answer = site_get(site, who, path, status);

    return site_json(site, &answer);
}

static json_int_t number(const json_t *json, const char *key)
{
    assert_true(json_is_integer(json_object_get(json, key)));
    return json_integer_value(json_object_get(json, key));
}

static const char *text(const json_t *json, const char *key)
{
    const char *value = json_string_value(json_object_get(json, key));

    return value == NULL ? "" : value;
}

static const char *path_of(struct site *site, const char *list, json_int_t id)
{
    char *path = cox_arena_format(site->arena, "%s/%lld", list, (long long)id);

    assert_non_null(path);
    return path;
}

/* A deal made over the API by somebody. */
static json_int_t make_deal(struct site *site, enum site_role who, const char *name)
{
    struct firm *f = site->firm;
    char *body = cox_arena_format(site->arena,
        "{\"name\":\"%s\",\"pipeline\":%lld,\"stage\":%lld,\"amount\":1200.50,\"close_day\":\"2026-07-01\"}",
        name, (long long)f->pipeline, (long long)f->stages[0]);
    struct answer answer = site_ask(site, who, "POST", "/api/v1/opportunities", body, NULL);

    assert_int_equal(answer.status, 201);
    return number(site_json(site, &answer), "id");
}

static void test_a_record_goes_there_and_back(void **state)
{
    struct site *site = site_of(state);
    json_int_t id = make_deal(site, SITE_REP, "Pumps for Berlin");
    json_t *deal = get(site, SITE_REP, path_of(site, "/api/v1/opportunities", id), 200), *list;
    struct answer answer;

    assert_string_equal(text(deal, "name"), "Pumps for Berlin");
    assert_int_equal(number(deal, "owner"), site->users[SITE_REP]); /* whoever makes it owns it */
    assert_true(json_real_value(json_object_get(deal, "amount")) == 1200.5);
    assert_string_equal(text(deal, "close_day"), "2026-07-01");
    assert_string_equal(text(json_object_get(deal, "names"), "stage"), "Qualification");
    assert_true(json_is_null(json_object_get(deal, "won_day")));
    answer = site_ask(site, SITE_REP, "PATCH", path_of(site, "/api/v1/opportunities", id),
        "{\"amount\":\"99.99\",\"next_step\":\"Call\",\"close_day\":null}", NULL);
    assert_int_equal(answer.status, 200);
    deal = site_json(site, &answer);
    assert_true(json_real_value(json_object_get(deal, "amount")) == 99.99);
    assert_true(json_is_null(json_object_get(deal, "close_day")));
    /* What was read can be sent back as it is. */
    answer = site_ask(site, SITE_REP, "PATCH", path_of(site, "/api/v1/opportunities", id),
        "{\"id\":1,\"names\":{}}", NULL);
    assert_int_equal(answer.status, 200);
    list =
        get(site, SITE_REP, "/api/v1/opportunities?name=eq.Pumps%20for%20Berlin&count=exact", 200);
    assert_int_equal(json_array_size(json_object_get(list, "rows")), 1);
    assert_int_equal(number(list, "count"), 1);
    answer =
        site_ask(site, SITE_REP, "DELETE", path_of(site, "/api/v1/opportunities", id), NULL, NULL);
    assert_int_equal(answer.status, 204);
    (void)get(site, SITE_REP, path_of(site, "/api/v1/opportunities", id), 404);
}

static void test_others_see_nothing_of_it(void **state)
{
    struct site *site = site_of(state);
    json_int_t id = make_deal(site, SITE_REP, "Secret pumps");
    const char *path = path_of(site, "/api/v1/opportunities", id);
    const char *absent = path_of(site, "/api/v1/opportunities", id + 1000000);
    struct answer there, nowhere;
    static const enum site_role blind[] = {SITE_PEER, SITE_ADMIN};
    static const enum site_role seeing[] = {SITE_MANAGER, SITE_LEADER};

    for (size_t i = 0; i < COX_COUNT(seeing); i++) {
        (void)get(site, seeing[i], path, 200);
    }
    there = site_get(site, SITE_PEER, path, 404);
    nowhere = site_get(site, SITE_PEER, absent, 404);
    /* The same bytes but for the request's number. */
    assert_int_equal(there.body.size, nowhere.body.size);
    assert_int_equal(strncmp(there.body.ptr, nowhere.body.ptr,
                         (size_t)(strstr(there.body.ptr, "\"request\"") - there.body.ptr)),
        0);
    there = site_ask(site, SITE_PEER, "PATCH", path, "{\"name\":\"Mine\"}", NULL);
    site_refused(site, &there, 404, "COX_MISSING");
    there = site_ask(site, SITE_PEER, "DELETE", path, NULL, NULL);
    site_refused(site, &there, 404, "COX_MISSING");
    for (size_t i = 0; i < COX_COUNT(blind) - 1; i++) {
        json_t *list =
            get(site, blind[i], "/api/v1/opportunities?name=ilike.*secret*&count=exact", 200);
        assert_int_equal(number(list, "count"), 0);
    }
    there = site_get(site, SITE_NOBODY, path, 401);
    site_refused(site, &there, 401, "COX_SIGN_IN");
}

/* Replies are kept for who asks the same again: nobody else gets them, nor anybody after a commit. */
static void test_a_repeated_question_has_the_newest_answer(void **state)
{
    struct site *site = site_of(state);
    const char *path = path_of(site, "/api/v1/opportunities", make_deal(site, SITE_REP, "Kept 0"));
    const char *list = "/api/v1/opportunities?name=like.Kept*&order=name";
    char name[32], body[64];

    for (int i = 1; i <= 6; i++) {
        (void)snprintf(name, sizeof(name), "Kept %d", i);
        (void)snprintf(body, sizeof(body), "{\"name\":\"%s\"}", name);
        struct answer answer =
            site_ask(site, i % 2 == 0 ? SITE_REP : SITE_MANAGER, "PATCH", path, body, NULL);
        assert_int_equal(answer.status, 200);
        for (int again = 0; again < 2; again++) {
            struct answer one = site_get(site, SITE_REP, path, 200);
            json_t *rows = json_object_get(get(site, SITE_REP, list, 200), "rows");
            assert_string_equal(text(site_json(site, &one), "name"), name);
            assert_int_equal(json_array_size(rows), 1);
            assert_string_equal(text(json_array_get(rows, 0), "name"), name);
            assert_int_equal(number(json_array_get(rows, 0), "rev"),
                number(site_json(site, &one), "rev"));
            char *etag = cox_arena_format(site->arena, "\"%lld\"",
                (long long)number(site_json(site, &one), "rev"));
            assert_true(cox_text_same(answer_header(&one, "ETag"), cox_text_of(etag)));
        }
        assert_int_equal(json_array_size(json_object_get(get(site, SITE_PEER, list, 200), "rows")),
            0);
        (void)get(site, SITE_PEER, path, 404);
    }
    (void)site_ask(site, SITE_REP, "DELETE", path, NULL, NULL);
    (void)get(site, SITE_REP, path, 404);
    assert_int_equal(json_array_size(json_object_get(get(site, SITE_REP, list, 200), "rows")), 0);
}

static void test_a_late_change_is_told_both_states(void **state)
{
    struct site *site = site_of(state);
    json_int_t id = make_deal(site, SITE_REP, "Contested");
    const char *path = path_of(site, "/api/v1/opportunities", id);
    struct answer first = site_get(site, SITE_REP, path, 200), answer;
    struct cox_text etag = answer_header(&first, "ETag");
    char *if_match = cox_arena_format(site->arena, "If-Match: %.*s\r\n", (int)etag.size, etag.ptr);
    json_t *json;

    answer = site_ask(site, SITE_MANAGER, "PATCH", path, "{\"next_step\":\"Manager's\"}", if_match);
    assert_int_equal(answer.status, 200);
    answer = site_ask(site, SITE_REP, "PATCH", path, "{\"next_step\":\"Rep's\"}", if_match);
    assert_int_equal(answer.status, 412);
    json = site_json(site, &answer);
    assert_string_equal(text(json_object_get(json, "yours"), "next_step"), "Rep's");
    assert_string_equal(text(json_object_get(json, "current"), "next_step"), "Manager's");
    assert_string_equal(text(json, "code"), "COX_STALE");
    etag = answer_header(&answer, "ETag"); /* what to send when it is to be overwritten */
    if_match = cox_arena_format(site->arena, "If-Match: %.*s\r\n", (int)etag.size, etag.ptr);
    answer = site_ask(site, SITE_REP, "PATCH", path, "{\"next_step\":\"Rep's\"}", if_match);
    assert_int_equal(answer.status, 200);
    answer =
        site_ask(site, SITE_REP, "PATCH", path, "{\"next_step\":\"x\"}", "If-Match: \"abc\"\r\n");
    site_refused(site, &answer, 400, "COX_INVALID");
}

static void test_the_past_is_read_and_not_written(void **state)
{
    struct site *site = site_of(state);
    json_int_t id = make_deal(site, SITE_REP, "Before");
    const char *path = path_of(site, "/api/v1/opportunities", id);
    json_t *deal = get(site, SITE_REP, path, 200);
    json_int_t rev = number(deal, "rev");
    struct answer answer;
    char *then;

    site->firm->now_us += INT64_C(3600000000);
    answer = site_ask(site, SITE_REP, "PATCH", path, "{\"name\":\"After\"}", NULL);
    assert_int_equal(answer.status, 200);
    then = cox_arena_format(site->arena, "%s?as_of=seq:%lld", path, (long long)rev);
    assert_string_equal(text(get(site, SITE_REP, then, 200), "name"), "Before");
    then = cox_arena_format(site->arena, "/api/v1/opportunities?as_of=seq:%lld&name=eq.Before",
        (long long)rev);
    assert_int_equal(json_array_size(json_object_get(get(site, SITE_REP, then, 200), "rows")), 1);
    then = cox_arena_format(site->arena, "%s?as_of=2020-01-01", path);
    (void)get(site, SITE_REP, then, 404);
    then = cox_arena_format(site->arena, "%s?as_of=yesterday", path);
    answer = site_get(site, SITE_REP, then, 400);
    site_refused(site, &answer, 400, "COX_INVALID");
    then = cox_arena_format(site->arena, "%s?as_of=seq:%lld", path, (long long)rev);
    answer = site_ask(site, SITE_REP, "PATCH", then, "{\"name\":\"Never\"}", NULL);
    site_refused(site, &answer, 400, "COX_INVALID");
}

static void test_a_repeated_key_is_one_record(void **state)
{
    struct site *site = site_of(state);
    static const char body[] = "{\"name\":\"Once\"}";
    struct answer first =
        site_ask(site, SITE_MANAGER, "POST", "/api/v1/accounts", body, "Idempotency-Key: abc\r\n");
    struct answer again =
        site_ask(site, SITE_MANAGER, "POST", "/api/v1/accounts", body, "Idempotency-Key: abc\r\n");
    struct answer other = site_ask(site, SITE_MANAGER, "POST", "/api/v1/accounts",
        "{\"name\":\"Twice\"}", "Idempotency-Key: abc\r\n");
    json_t *list;

    assert_int_equal(first.status, 201);
    assert_int_equal(again.status, 201);
    assert_int_equal(number(site_json(site, &first), "id"), number(site_json(site, &again), "id"));
    site_refused(site, &other, 409, "COX_CONFLICT");
    list = get(site, SITE_MANAGER, "/api/v1/accounts?name=eq.Once&count=exact", 200);
    assert_int_equal(number(list, "count"), 1);
}

static void test_bad_fields_are_named(void **state)
{
    static const struct {
        const char *body, *field;
    } cases[] = {
        {"{\"name\":\"x\",\"bogus\":1}", "bogus"},
        {"{\"name\":5}", "name"},
        {"{\"name\":\"x\",\"amount\":\"lots\"}", "amount"},
        {"{\"name\":\"x\",\"close_day\":\"31.31.2026\"}", "close_day"},
        {"{\"name\":\"x\",\"forecast_category\":\"surely\"}", "forecast_category"},
        {"{\"name\":\"x\",\"account\":{\"id\":1}}", "account"},
        {"{\"name\":\"x\",\"owner\":true}", "owner"},
        {"{}", "stage"},
    };
    struct site *site = site_of(state);
    struct answer answer;

    for (size_t i = 0; i < COX_COUNT(cases); i++) {
        json_t *json;
        answer = site_ask(site, SITE_REP, "POST", "/api/v1/opportunities", cases[i].body, NULL);
        assert_true(answer.status >= 400 && answer.status < 500);
        json = site_json(site, &answer);
        assert_string_equal(text(json, "field"), cases[i].field);
    }
    answer = site_ask(site, SITE_REP, "PATCH",
        path_of(site, "/api/v1/opportunities", make_deal(site, SITE_REP, "Whose")),
        "{\"account\":999999999}", NULL);
    assert_string_equal(text(site_json(site, &answer), "field"), "account");
    answer = site_ask(site, SITE_REP, "POST", "/api/v1/opportunities", "[1]", NULL);
    site_refused(site, &answer, 400, "COX_INVALID");
    answer = site_ask(site, SITE_REP, "POST", "/api/v1/opportunities",
        "{\"name\":\"a\",\"name\":\"b\"}", NULL);
    site_refused(site, &answer, 400, "COX_INVALID");
    answer = site_get(site, SITE_REP, "/api/v1/opportunities?bogus=eq.1", 400);
    site_refused(site, &answer, 400, "COX_INVALID");
    answer = site_get(site, SITE_REP, "/api/v1/opportunities?select=bogus", 400);
    site_refused(site, &answer, 400, "COX_INVALID");
    answer = site_get(site, SITE_REP, "/api/v1/opportunity", 404); /* the plural is the path */
    site_refused(site, &answer, 404, "COX_MISSING");
}

static void test_pages_join_up(void **state)
{
    struct site *site = site_of(state);
    const char *path = "/api/v1/opportunities?order=name&limit=7&name=ilike.page*";
    size_t seen = 0;
    char last[32] = "";

    for (int i = 0; i < 30; i++) {
        (void)make_deal(site, SITE_REP, cox_arena_format(site->arena, "Page %02d", i));
    }
    while (path != NULL) {
        json_t *list = get(site, SITE_REP, path, 200), *row;
        const char *next = json_string_value(json_object_get(list, "next"));
        size_t at;
        json_array_foreach(json_object_get(list, "rows"), at, row)
        {
            assert_true(strcmp(text(row, "name"), last) > 0);
            (void)snprintf(last, sizeof(last), "%s", text(row, "name"));
            seen++;
        }
        path =
            next == NULL
                ? NULL
                : cox_arena_format(site->arena,
                      "/api/v1/opportunities?order=name&limit=7&name=ilike.page*&cursor=%s", next);
    }
    assert_int_equal(seen, 30);
}

/* Two accounts become one: field by field the value that stays, what pointed to either, one commit, one undo. */
static void test_two_records_become_one(void **state)
{
    static const struct {
        const char *body, *field;
    } bad[] = {{"", "from"}, {"\"into\":1,", "into"}, {"\"fields\":\"city\",", "fields"},
        {"\"fields\":[\"nonsense\"],", "fields"}, {"\"fields\":[7],", "fields"},
        {"\"fields\":[\"annual_revenue\"],", "annual_revenue"}};
    struct site *site = site_of(state);
    const char *accounts = "/api/v1/accounts", *path, *merge;
    json_int_t keep, gone, deal;
    struct answer answer;
    json_t *row;
    int64_t seq;

    answer = site_ask(site, SITE_REP, "POST", accounts,
        "{\"name\":\"Nordwind\",\"city\":\"Kiel\",\"phone\":\"1\",\"currency\":\"EUR\","
        "\"annual_revenue\":5}",
        NULL);
    keep = number(site_json(site, &answer), "id");
    answer = site_ask(site, SITE_REP, "POST", accounts,
        "{\"name\":\"Nordwind AG\",\"city\":\"Berlin\",\"phone\":\"2\",\"currency\":\"USD\","
        "\"annual_revenue\":7}",
        NULL);
    gone = number(site_json(site, &answer), "id");
    deal = make_deal(site, SITE_REP, "With the one that goes");
    answer = site_ask(site, SITE_REP, "PATCH", path_of(site, "/api/v1/opportunities", deal),
        cox_arena_format(site->arena, "{\"account\":%lld}", (long long)gone), NULL);
    assert_int_equal(answer.status, 200);
    path = path_of(site, accounts, keep);
    merge = cox_arena_format(site->arena, "%s/merge", path);
    for (size_t i = 0; i < COX_COUNT(bad); i++) {
        answer = site_ask(site, SITE_REP, "POST", merge,
            cox_arena_format(site->arena, "{%s\"from\":%lld}", bad[i].body,
                bad[i].body[0] == '\0' ? 0 : (long long)gone),
            NULL);
        site_refused(site, &answer, 400, "COX_INVALID");
        assert_string_equal(text(site_json(site, &answer), "field"), bad[i].field);
    }
    answer = site_ask(site, SITE_PEER, "POST", merge,
        cox_arena_format(site->arena, "{\"from\":%lld}", (long long)gone), NULL);
    assert_true(answer.status == 404 || answer.status == 403);
    answer = site_ask(site, SITE_REP, "POST", merge,
        cox_arena_format(site->arena,
            "{\"from\":%lld,\"fields\":[\"city\",\"annual_revenue\",\"currency\"]}",
            (long long)gone),
        NULL);
    assert_int_equal(answer.status, 204);
    seq = atoll(answer_header(&answer, "Coxswain-Seq").ptr);
    row = get(site, SITE_REP, path, 200);
    assert_string_equal(text(row, "name"), "Nordwind");
    assert_string_equal(text(row, "city"), "Berlin");
    assert_string_equal(text(row, "phone"), "1");
    assert_string_equal(text(row, "currency"), "USD");
    assert_true(json_number_value(json_object_get(row, "annual_revenue")) == 7);
    assert_int_equal(
        number(get(site, SITE_REP, path_of(site, "/api/v1/opportunities", deal), 200), "account"),
        keep);
    (void)get(site, SITE_REP, path_of(site, accounts, gone), 410);
    answer = site_ask(site, SITE_REP, "POST", "/api/v1/undo",
        cox_arena_format(site->arena, "{\"seq\":%lld}", (long long)seq), NULL);
    assert_int_equal(answer.status, 200);
    assert_string_equal(text(get(site, SITE_REP, path, 200), "city"), "Kiel");
    assert_string_equal(text(get(site, SITE_REP, path_of(site, accounts, gone), 200), "city"),
        "Berlin");
    /* The other way round, as before. */
    answer = site_ask(site, SITE_REP, "POST",
        cox_arena_format(site->arena, "%s/merge", path_of(site, accounts, gone)),
        cox_arena_format(site->arena, "{\"into\":%lld}", (long long)keep), NULL);
    assert_int_equal(answer.status, 204);
    assert_string_equal(text(get(site, SITE_REP, path, 200), "city"), "Kiel");
}

static void test_private_notes_stay_with_their_author(void **state)
{
    struct site *site = site_of(state);
    char *body = cox_arena_format(site->arena,
        "{\"person\":%lld,\"day\":\"2026-05-20\",\"shared_note\":\"Both read this\"}",
        (long long)site->users[SITE_REP]);
    struct answer answer = site_ask(site, SITE_MANAGER, "POST", "/api/v1/one_on_ones", body, NULL);
    json_int_t talk, note;
    const char *path;
    static const enum site_role outsiders[] = {SITE_PEER, SITE_LEADER, SITE_EXECUTIVE, SITE_ADMIN};

    assert_int_equal(answer.status, 201);
    talk = number(site_json(site, &answer), "id");
    body =
        cox_arena_format(site->arena, "{\"other\":%lld,\"one_on_one\":%lld,\"text\":\"Only mine\"}",
            (long long)site->users[SITE_REP], (long long)talk);
    answer = site_ask(site, SITE_MANAGER, "POST", "/api/v1/private_notes", body, NULL);
    assert_int_equal(answer.status, 201);
    note = number(site_json(site, &answer), "id");
    path = path_of(site, "/api/v1/private_notes", note);
    assert_string_equal(text(get(site, SITE_MANAGER, path, 200), "text"), "Only mine");
    /* The other knows that there is one, and reads nothing of it. */
    assert_true(json_is_null(json_object_get(get(site, SITE_REP, path, 200), "text")));
    for (size_t i = 0; i < COX_COUNT(outsiders); i++) {
        (void)get(site, outsiders[i], path, 404);
        (void)get(site, outsiders[i], path_of(site, "/api/v1/one_on_ones", talk), 404);
        assert_int_equal(json_array_size(json_object_get(
                             get(site, outsiders[i], "/api/v1/private_notes", 200), "rows")),
            0);
    }
    answer = site_get(site, SITE_REP, "/api/v1/private_notes?text=like.*mine*", 400);
    site_refused(site, &answer, 400, "COX_INVALID");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_a_record_goes_there_and_back),
        BOTH_SITES(test_others_see_nothing_of_it),
        BOTH_SITES(test_a_repeated_question_has_the_newest_answer),
        BOTH_SITES(test_a_late_change_is_told_both_states),
        BOTH_SITES(test_the_past_is_read_and_not_written),
        BOTH_SITES(test_a_repeated_key_is_one_record),
        BOTH_SITES(test_bad_fields_are_named),
        BOTH_SITES(test_pages_join_up),
        BOTH_SITES(test_two_records_become_one),
        BOTH_SITES(test_private_notes_stay_with_their_author),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
