/*
 * Tests of what is held about people: the record of processing, what expires under a moved clock, what a person
 * reads about themselves, and the log of who looked for the works council.
 */
#include <unistd.h>

#include "ask.h"
#include "client.h"
#include "org/people.h"
#include "record/audit.h"
#include "record/expire.h"
#include "record/head.h"

#define SECRET "Qxvplanted"

/* The row of this entity; NULL: none. */
static json_t *row_of(json_t *json, const char *entity)
{
    json_t *row;
    size_t at;

    json_array_foreach(json_object_get(json, "rows"), at, row)
    {
        if (strcmp(string(row, "entity"), entity) == 0) {
            return row;
        }
    }
    return NULL;
}

/* ---- the record of processing ---- */

#define PROCESSING "/api/v1/processing"

static void check_complete(const json_t *row)
{
    const json_t *field;
    size_t at;

    assert_string_not_equal(string(row, "purpose"), "(none)");
    assert_string_not_equal(string(row, "basis"), "(none)");
    assert_string_not_equal(string(row, "readers"), "");
    assert_string_not_equal(string(row, "feature"), "(none)");
    json_array_foreach(json_object_get(row, "fields"), at, field)
    {
        assert_string_not_equal(string(field, "purpose"), "(none)");
        assert_string_not_equal(string(field, "basis"), "(none)");
    }
    assert_true(at > 0);
}

static void test_the_record_of_processing(void **state)
{
    static const enum site_role others[] = {SITE_REP, SITE_MANAGER, SITE_LEADER, SITE_EXECUTIVE};
    struct site *site = site_of(state);
    json_t *json = ask(site, SITE_ADMIN, "GET", PROCESSING, 200, "%s", ""), *row;
    struct answer answer;
    size_t at;

    json_array_foreach(json_object_get(json, "rows"), at, row)
    {
        check_complete(row);
    }
    assert_true(at >= 12);
    row = row_of(json, "private_note");
    assert_int_equal(number(row, "months"), 12);
    assert_string_equal(string(row, "basis"), "legitimate_interest");
    assert_string_equal(string(row, "readers"), "participants");
    assert_non_null(row_of(json, "contact"));
    assert_null(row_of(json, "product"));
    answer = site_get(site, SITE_ADMIN, PROCESSING ".csv", 200);
    assert_non_null(strstr(answer.body.ptr, "Contacts,birth_day,"));
    assert_non_null(strstr(answer.body.ptr, ",consent,"));
    assert_non_null(strstr(answer.body.ptr, ",author,one_on_one,12"));
    assert_non_null(strstr(answer.body.ptr, "Ratings of skills,evidence,"));
    assert_non_null(strstr(answer.body.ptr, ",talent,24")); /* that field; the others 36 */
    assert_non_null(strstr(answer.body.ptr, ",talent,36"));
    for (size_t i = 0; i < COX_COUNT(others); i++) {
        (void)ask(site, others[i], "GET", PROCESSING, 403, "%s", "");
        (void)ask(site, others[i], "GET", PROCESSING ".csv", 403, "%s", "");
        (void)ask(site, others[i], "GET", PROCESSING ".md", 403, "%s", "");
        (void)ask(site, others[i], "PATCH", PROCESSING "/private_note", 403, "{\"months\":240}");
    }
}

static void test_times_are_set_by_commits(void **state)
{
    static const char *const bad[] = {"{\"months\":0}", "{\"months\":-1}", "{\"months\":241}",
        "{\"months\":\"12\"}", "{\"months\":1.5}", "{}", "{\"months\":6,\"more\":1}"};
    struct site *site = site_of(state);
    json_t *json;

    for (size_t i = 0; i < COX_COUNT(bad); i++) {
        (void)ask(site, SITE_ADMIN, "PATCH", PROCESSING "/private_note", 400, "%s", bad[i]);
    }
    (void)ask(site, SITE_ADMIN, "PATCH", PROCESSING "/product", 404, "{\"months\":6}");
    (void)ask(site, SITE_ADMIN, "PATCH", PROCESSING "/nonsense", 404, "{\"months\":6}");
    (void)ask(site, SITE_ADMIN, "PATCH", PROCESSING "/cadence", 400, "{\"months\":6}");
    json = ask(site, SITE_ADMIN, "PATCH", PROCESSING "/private_note", 200, "{\"months\":6}");
    assert_int_equal(number(row_of(json, "private_note"), "months"), 6);
    assert_int_equal(number(row_of(json, "private_note"), "declared_months"), 12);
    json = ask(site, SITE_ADMIN, "GET", "/api/v1/commits?limit=1", 200, "%s", "");
    json = json_array_get(json_object_get(json, "rows"), 0);
    assert_int_equal(number(json, "actor"), site->users[SITE_ADMIN]);
    (void)ask(site, SITE_ADMIN, "PATCH", PROCESSING "/contact", 200, "{\"months\":60}");
    (void)ask(site, SITE_ADMIN, "PATCH", PROCESSING "/contact", 200, "{\"months\":0}");
    json = ask(site, SITE_ADMIN, "PATCH", PROCESSING "/access_log", 200, "{\"months\":36}");
    assert_int_equal(number(json, "access_months"), 36);
    (void)ask(site, SITE_ADMIN, "PATCH", PROCESSING "/access_log", 400, "{\"months\":0}");
}

/* ---- fields that go before their record ---- */

static json_t *field_of(json_t *row, const char *name)
{
    json_t *field;
    size_t at;

    json_array_foreach(json_object_get(row, "fields"), at, field)
    {
        if (strcmp(string(field, "name"), name) == 0) {
            return field;
        }
    }
    return NULL;
}

static void months_on(struct site *site, int months);
static void expire(struct site *site, int64_t records);
static const char *path(struct site *site, const char *plural, int64_t id, const char *rest);

static void test_a_field_goes_before_its_record(void **state)
{
    static const char *const bad[] = {"{\"months\":6,\"field\":\"level\"}",
        "{\"months\":0,\"field\":\"evidence\"}", "{\"months\":6,\"field\":\"colour\"}",
        "{\"months\":6,\"field\":\"person\"}", "{\"months\":6,\"field\":7}"};
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    struct cox_audit_report audit;
    struct answer answer;
    json_t *json, *row;
    int64_t skill, rating;

    for (size_t i = 0; i < COX_COUNT(bad); i++) {
        (void)ask(site, SITE_ADMIN, "PATCH", PROCESSING "/skill_rating", 400, "%s", bad[i]);
    }
    row = row_of(ask(site, SITE_ADMIN, "GET", PROCESSING, 200, "%s", ""), "skill_rating");
    assert_int_equal(number(row, "months"), 36);
    assert_int_equal(number(field_of(row, "evidence"), "months"), 24);
    assert_int_equal(number(field_of(row, "level"), "months"), 36);
    json = ask(site, SITE_ADMIN, "PATCH", PROCESSING "/skill_rating", 200,
        "{\"months\":12,\"field\":\"evidence\"}");
    row = row_of(json, "skill_rating");
    assert_int_equal(number(field_of(row, "evidence"), "months"), 12);
    assert_int_equal(number(row, "months"), 36);

    skill = number(ask(site, SITE_LEADER, "POST", "/api/v1/skills", 201,
                       "{\"name\":\"Listening\",\"hat\":\"seller\"}"),
        "id");
    rating =
        number(ask(site, SITE_LEADER, "POST", "/api/v1/skill_ratings", 201,
                   "{\"person\":%lld,\"skill\":%lld,\"level\":4,\"evidence\":\"" SECRET " first\"}",
                   (long long)site->users[SITE_REP], (long long)skill),
            "id");
    (void)ask(site, SITE_LEADER, "PATCH", path(site, "skill_ratings", rating, ""), 200,
        "{\"evidence\":\"" SECRET " second\"}");
    months_on(site, 11);
    expire(site, 0);
    months_on(site, 2);
    expire(site, 1); /* the words go, the level stays */
    expire(site, 0);
    json = ask(site, SITE_LEADER, "GET", path(site, "skill_ratings", rating, ""), 200, "%s", "");
    assert_int_equal(number(json, "level"), 4);
    assert_true(json_is_null(json_object_get(json, "evidence")));
    answer = site_get(site, SITE_LEADER, path(site, "skill_ratings", rating, "/history"), 200);
    assert_null(strstr(answer.body.ptr, SECRET));
    OK(cox_audit_verify(f->store, NULL, NULL, &audit, &f->err));
    assert_int_equal(audit.fault_count, 0);
    /* That the program took the words away is no change: the rest goes 36 months after the rater's last word. */
    months_on(site, 22);
    expire(site, 0);
    months_on(site, 2);
    expire(site, 1);
    json = ask(site, SITE_LEADER, "GET", path(site, "skill_ratings", rating, ""), 200, "%s", "");
    assert_true(json_is_null(json_object_get(json, "level")));
    OK(cox_audit_verify(f->store, NULL, NULL, &audit, &f->err));
    assert_int_equal(audit.fault_count, 0);
}

static void test_the_assessment_is_made_of_the_tables(void **state)
{
    struct site *site = site_of(state);
    struct answer answer = site_get(site, SITE_ADMIN, PROCESSING ".md", 200);

    assert_non_null(strstr(answer.body.ptr, "### Private notes\n"));
    assert_non_null(strstr(answer.body.ptr, "| its author alone |"));
    assert_non_null(strstr(answer.body.ptr, "| 24 |"));
    assert_non_null(strstr(answer.body.ptr, "Held where the person cannot read it"));
    site_ask(site, SITE_ADMIN, "PATCH", "/api/v1/settings", "{\"features_off\":[\"one_on_one\"]}",
        NULL);
    answer = site_get(site, SITE_ADMIN, PROCESSING ".md", 200);
    assert_null(strstr(answer.body.ptr, "Private notes"));
    assert_non_null(
        strstr(answer.body.ptr, "Switched off, and therefore in none of this: one_on_one."));
}

/* ---- what expires ---- */

static void months_on(struct site *site, int months)
{
    site->firm->now_us += (int64_t)months * 31 * COX_DAY_US;
}

static void expire(struct site *site, int64_t records)
{
    struct cox_expire_report report;
    struct firm *f = site->firm;

    OK(cox_expire(f->store, NULL, NULL, &report, &f->err));
    assert_int_equal(report.record_count, records);
}

static int64_t make_talk(struct site *site)
{
    return number(
        ask(site, SITE_LEADER, "POST", "/api/v1/one_on_ones", 201,
            "{\"leader\":%lld,\"person\":%lld,\"day\":\"2026-05-20\",\"shared_note\":\"" SECRET
            " shared\"}",
            (long long)site->users[SITE_LEADER], (long long)site->users[SITE_REP]),
        "id");
}

static int64_t make_note(struct site *site, int64_t talk)
{
    return number(
        ask(site, SITE_LEADER, "POST", "/api/v1/private_notes", 201,
            "{\"author\":%lld,\"other\":%lld,\"one_on_one\":%lld,\"text\":\"" SECRET " private\"}",
            (long long)site->users[SITE_LEADER], (long long)site->users[SITE_REP], (long long)talk),
        "id");
}

static const char *path(struct site *site, const char *plural, int64_t id, const char *rest)
{
    return cox_arena_format(site->arena, "/api/v1/%s/%lld%s", plural, (long long)id, rest);
}

/* The author's own look at the note: now, as of the day it was written, and in its history. */
static bool is_there(struct site *site, int64_t note, bool is_removed)
{
    const char *const paths[] = {path(site, "private_notes", note, "?as_of=2026-05-20"),
        path(site, "private_notes", note, ""), path(site, "private_notes", note, "/history")};
    size_t count = 0, asked = is_removed ? 1 : COX_COUNT(paths);

    for (size_t i = 0; i < asked; i++) {
        struct answer answer = site_get(site, SITE_LEADER, paths[i], 200);
        count += strstr(answer.body.ptr, SECRET) != NULL;
    }
    assert_true(count == 0 || count == asked);
    return count > 0;
}

static void test_what_expires_is_gone_everywhere(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    int64_t talk = make_talk(site), note = make_note(site, talk), removed = make_note(site, talk);
    struct cox_audit_report audit;
    struct answer answer;

    site->firm->now_us += COX_DAY_US;
    (void)ask(site, SITE_LEADER, "DELETE", path(site, "private_notes", removed, ""), 204, "%s", "");
    expire(site, 0);
    months_on(site, 11);
    expire(site, 0);
    assert_true(is_there(site, note, false));
    (void)ask(site, SITE_ADMIN, "PATCH", PROCESSING "/private_note", 200, "{\"months\":24}");
    months_on(site, 2);
    expire(site, 0); /* as long as the administrator says */
    assert_true(is_there(site, removed, true));
    (void)ask(site, SITE_ADMIN, "PATCH", PROCESSING "/private_note", 200, "{\"months\":12}");
    expire(site, 2);
    expire(site, 0);
    assert_false(is_there(site, note, false));
    assert_false(is_there(site, removed, true));
    answer = site_get(site, SITE_LEADER, path(site, "one_on_ones", talk, ""), 200);
    assert_non_null(strstr(answer.body.ptr, SECRET)); /* kept longer */
    (void)ask(site, SITE_LEADER, "PATCH", path(site, "private_notes", note, ""), 410,
        "{\"text\":\"Again\"}");
    OK(cox_audit_verify(f->store, NULL, NULL, &audit, &f->err));
    assert_int_equal(audit.fault_count, 0);
    months_on(site, 24);
    expire(site, 1);
    answer = site_get(site, SITE_REP, path(site, "one_on_ones", talk, "/history"), 200);
    assert_null(strstr(answer.body.ptr, SECRET));
}

static void test_the_server_erases_by_itself(void **state)
{
    const struct cox_server_opt opt = {.limits = {.expire_ms = 20}};
    struct site *site = site_of(state);
    int64_t note = make_note(site, make_talk(site));

    months_on(site, 13);
    site_restart(site, &opt);
    for (int i = 0; i < 1200 && is_there(site, note, true); i++) {
        (void)usleep(50000); /* a thread of the server's */
    }
    assert_false(is_there(site, note, false));
    assert_true(site_logged(site, "expire"));
}

/* ---- about oneself ---- */

static void test_what_is_held_about_me(void **state)
{
    struct site *site = site_of(state);
    int64_t talk = make_talk(site);
    json_t *json, *row;
    struct answer answer;

    (void)make_note(site, talk);
    json = ask(site, SITE_REP, "GET", "/api/v1/about-me", 200, "%s", "");
    assert_int_equal(number(row_of(json, "one_on_one"), "count"), 1);
    row = row_of(json, "private_note"); /* that there is one is told */
    assert_int_equal(number(row, "count"), 1);
    assert_int_equal(number(row, "months"), 12);
    assert_int_equal(number(row_of(json, "user"), "count"), 1);
    json = ask(site, SITE_PEER, "GET", "/api/v1/about-me", 200, "%s", "");
    assert_int_equal(number(row_of(json, "one_on_one"), "count"), 0);
    answer = site_get(site, SITE_REP, "/api/v1/about-me/export", 200);
    assert_non_null(strstr(answer.body.ptr, SECRET " shared"));
    assert_null(strstr(answer.body.ptr, SECRET " private"));
    assert_non_null(strstr(answer.body.ptr, "ada@example.com"));
    assert_null(strstr(answer.body.ptr, "bo@example.com"));
    json = site_json(site, &answer);
    assert_int_equal(json_array_size(json_object_get(json, "private_notes")), 1);
    for (int who = SITE_PEER; who < SITE_ROLE_COUNT; who++) {
        answer = site_get(site, (enum site_role)who, "/api/v1/about-me/export", 200);
        assert_int_equal(strstr(answer.body.ptr, SECRET) != NULL, who == SITE_LEADER);
    }
    site_ask(site, SITE_ADMIN, "PATCH", "/api/v1/settings", "{\"features_off\":[\"one_on_one\"]}",
        NULL);
    answer = site_get(site, SITE_REP, "/api/v1/about-me/export", 200);
    assert_null(strstr(answer.body.ptr, "one_on_ones"));
}

/* ---- switched off ---- */

/* A record of a people feature by which it would be seen that the feature has been there. */
static const struct {
    const char *feature, *path, *body; /* without an end: who is to be added */
    const char *entity;
    bool is_told; /* in events: people's records never are */
} traces[] = {
    {"one_on_one", "/api/v1/action_items", "{\"text\":\"" SECRET " promise\"", "action_item",
        false},
    {"coaching", "/api/v1/coaching_questions",
        "{\"text\":\"" SECRET " question\",\"kind\":\"deal\"}", "coaching_question", true},
    {"talent", "/api/v1/skills", "{\"name\":\"" SECRET " skill\",\"hat\":\"seller\"}", "skill",
        true},
    {"vision", "/api/v1/visions",
        "{\"statement\":\"" SECRET " vision\",\"from_day\":\"2026-01-01\"}", "vision", true},
    {"goals", "/api/v1/objectives",
        "{\"name\":\"" SECRET
        " goal\",\"from_day\":\"2026-04-01\",\"to_day\":\"2026-07-01\",\"is_open\":true}",
        "objective", true},
    {"instruments", "/api/v1/instruments",
        "{\"name\":\"" SECRET " form\",\"points\":5,\"source\":\"us\",\"licence\":\"ours\"}",
        "instrument", true},
};

/* What lists, search, the home pages, notifications, the log and the file about oneself tell; "" when off. */
static size_t told_of(struct site *site, const char *words)
{
    static const char *const pages[] = {"/api/v1/search?q=" SECRET, "/api/v1/home?hat=leader",
        "/api/v1/home", "/api/v1/notifications", "/api/v1/commits?limit=100",
        "/api/v1/about-me/export", "/api/v1/goals/tree", "/api/v1/vision/page", "/api/v1/profile",
        "/api/v1/talent/matrix", "/api/v1/balance"};
    size_t count = 0;

    for (size_t i = 0; i < COX_COUNT(pages); i++) {
        for (int who = SITE_REP; who <= SITE_LEADER; who++) {
            struct answer answer = site_ask(site, (enum site_role)who, "GET", pages[i], NULL, NULL);

            if (answer.body.ptr != NULL && strstr(answer.body.ptr, words) != NULL) {
                count++;
            }
        }
    }
    return count;
}

/* Does whoever comes back to the events after seq hear of the entity, before those of a new account? */
static bool is_in_events(struct site *site, int64_t seq, const char *entity)
{
    struct client client;
    struct cox_text all;
    int64_t account =
        number(ask(site, SITE_REP, "POST", "/api/v1/accounts", 201, "{\"name\":\"Bell %lld\"}",
                   (long long)cox_store_head(site->firm->store)),
            "id");
    char *bytes = cox_arena_format(site->arena,
        "GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\n"
        "Last-Event-ID: %lld\r\n\r\n",
        site->port, site->tokens[SITE_LEADER], (long long)seq);
    bool is_in;

    assert_true(client_open(&client, site->port));
    assert_true(client_send(&client, bytes, strlen(bytes)));
    assert_true(client_wait(&client,
        cox_arena_format(site->arena, "\"entity\":\"account\",\"id\":%lld", (long long)account),
        5000, site->arena, &all));
    is_in = strstr(all.ptr, cox_arena_format(site->arena, "\"entity\":\"%s\"", entity)) != NULL;
    client_close(&client);
    return is_in;
}

static void test_nothing_is_told_of_what_is_off(void **state)
{
    struct site *site = site_of(state);
    long long leader = (long long)site->users[SITE_LEADER], rep = (long long)site->users[SITE_REP];
    int64_t seq = cox_store_head(site->firm->store);

    for (size_t i = 0; i < COX_COUNT(traces); i++) {
        size_t size = strlen(traces[i].body);
        char *who = cox_arena_format(site->arena,
            ",\"author\":%lld,\"other\":%lld,\"owner\":%lld,\"due_day\":\"2026-05-01\"}", leader,
            rep, rep);
        char *body = cox_arena_format(site->arena, "%s%s", traces[i].body,
            traces[i].body[size - 1] == '}' ? "" : who);

        (void)ask(site, SITE_LEADER, "POST", traces[i].path, 201, "%s", body);
    }
    for (size_t i = 0; i < COX_COUNT(traces); i++) {
        const char *words = strstr(traces[i].body, SECRET);
        char *end, *mine = cox_arena_format(site->arena, "%s", words);

        end = strchr(mine, '"');
        *end = '\0';
        if (told_of(site, mine) == 0) {
            fail_msg("%s: nothing tells of it even when on", traces[i].feature);
        }
        assert_int_equal(is_in_events(site, seq, traces[i].entity), traces[i].is_told);
        site_ask(site, SITE_ADMIN, "PATCH", "/api/v1/settings",
            cox_arena_format(site->arena, "{\"features_off\":[\"%s\"]}", traces[i].feature), NULL);
        if (told_of(site, mine) != 0) {
            fail_msg("%s is off, and yet told of", traces[i].feature);
        }
        assert_false(is_in_events(site, seq, traces[i].entity));
        site_ask(site, SITE_ADMIN, "PATCH", "/api/v1/settings", "{\"features_off\":[]}", NULL);
    }
}

/* ---- the works council ---- */

static void add_council(struct site *site, enum site_role who)
{
    struct firm *f = site->firm;
    struct cox_hat hat;

    cox_struct_init(&cox_hat, &hat);
    hat.user = site->users[who];
    hat.role = COX_COUNCIL;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_hat, &hat, NULL));
}

static void test_the_works_council_reads_who_looked(void **state)
{
    static const char log[] = "/api/v1/access/log";
    struct site *site = site_of(state);
    int64_t talk = make_talk(site);
    struct answer answer;
    json_t *json;
    char *asked;

    site_get(site, SITE_LEADER, path(site, "one_on_ones", talk, ""), 200);
    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        (void)ask(site, (enum site_role)who, "GET", log, 403, "%s", "");
    }
    add_council(site, SITE_PEER);
    json =
        json_array_get(json_object_get(ask(site, SITE_PEER, "GET", log, 200, "%s", ""), "rows"), 0);
    assert_string_equal(string(json, "actor_name"), "Dan Ito");
    assert_string_equal(string(json, "subject_name"), "Ada Berg");
    assert_string_equal(string(json, "entity"), "one_on_one");
    assert_int_equal(number(json, "id"), talk);
    asked = cox_arena_format(site->arena, "%s?subject=%lld&before=%s", log,
        (long long)site->users[SITE_LEADER], string(json, "at"));
    json = ask(site, SITE_PEER, "GET", asked, 200, "%s", "");
    assert_int_equal(json_array_size(json_object_get(json, "rows")), 0);
    (void)ask(site, SITE_PEER, "GET", "/api/v1/access/log?before=yesterday", 400, "%s", "");
    /* It reads the record of processing, changes nothing, and sees none of the records. */
    (void)ask(site, SITE_PEER, "GET", PROCESSING, 200, "%s", "");
    (void)ask(site, SITE_PEER, "PATCH", PROCESSING "/private_note", 403, "{\"months\":6}");
    (void)ask(site, SITE_PEER, "GET", path(site, "one_on_ones", talk, ""), 404, "%s", "");
    answer = site_get(site, SITE_PEER, "/api/v1/one_on_ones", 200);
    assert_null(strstr(answer.body.ptr, SECRET));
    json = ask(site, SITE_REP, "GET", "/api/v1/access", 200, "%s", "");
    assert_int_equal(json_array_size(json_object_get(json, "rows")), 1);
    months_on(site, 25); /* and is forgotten in time */
    expire(site, 0);
    json = ask(site, SITE_PEER, "GET", log, 200, "%s", "");
    assert_int_equal(json_array_size(json_object_get(json, "rows")), 0);
}

/* Whichever way somebody comes to a record between people, it is written down. */
static void test_every_look_is_written_down(void **state)
{
    struct site *site = site_of(state);
    int64_t talk = make_talk(site);
    const char *const ways[] = {path(site, "one_on_ones", talk, ""), "/api/v1/one_on_ones",
        path(site, "one_on_ones", talk, "/history"), "/api/v1/one_on_ones/export.csv",
        path(site, "one_on_ones", talk, "?as_of=2026-05-20"), "/api/v1/home?hat=leader",
        cox_arena_format(site->arena, "/api/v1/coaching/%lld/prep",
            (long long)site->users[SITE_REP]),
        "/api/v1/about-me/export", "/api/v1/balance"};
    size_t before = 0;

    (void)ask(site, SITE_LEADER, "PATCH", ways[0], 200, "{\"state\":\"held\",\"minutes\":45}");
    for (size_t i = 0; i < COX_COUNT(ways); i++) {
        size_t now;
        json_t *json;

        site_get(site, SITE_LEADER, ways[i], 200);
        json = ask(site, SITE_REP, "GET", "/api/v1/access?limit=100", 200, "%s", "");
        now = json_array_size(json_object_get(json, "rows"));
        if (now <= before) {
            fail_msg("%s: nobody is told", ways[i]);
        }
        before = now;
    }
}

/* ---- the two hats ---- */

static const json_t *hat_of(struct site *site, enum site_role who, size_t at)
{
    return json_array_get(
        json_object_get(ask(site, who, "GET", "/api/v1/balance", 200, "%s", ""), "hats"), at);
}

static void test_the_two_hats_are_ones_own(void **state)
{
    struct site *site = site_of(state);
    int64_t talk = make_talk(site);
    const json_t *kind;

    (void)make_talk(site); /* planned only: no act yet */
    (void)ask(site, SITE_LEADER, "PATCH", path(site, "one_on_ones", talk, ""), 200,
        "{\"state\":\"held\",\"minutes\":45}");
    assert_int_equal(number(hat_of(site, SITE_LEADER, 0), "count"), 1);
    assert_int_equal(number(hat_of(site, SITE_LEADER, 0), "minutes"), 45);
    assert_true(real(hat_of(site, SITE_LEADER, 0), "share") == 1);
    kind = json_array_get(json_object_get(hat_of(site, SITE_LEADER, 0), "kinds"), 0);
    assert_string_equal(string(kind, "kind"), "talks_held");
    assert_int_equal(
        json_array_size(json_object_get(ask(site, SITE_LEADER, "GET",
                                            cox_arena_format(site->arena, "/api/v1/%s?%s",
                                                string(kind, "records"), string(kind, "filter")),
                                            200, "%s", ""),
            "rows")),
        1); /* what is behind it */
    /* The other of the two has not led it, and nobody else has any. */
    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        if (who != SITE_LEADER) {
            assert_int_equal(number(hat_of(site, (enum site_role)who, 0), "count"), 0);
        }
    }
    (void)ask(site, SITE_REP, "POST", "/api/v1/activities", 201,
        "{\"kind\":\"call\",\"subject\":\"x\",\"is_done\":true,\"duration_min\":20}");
    assert_int_equal(number(hat_of(site, SITE_REP, 1), "count"), 1);
    assert_int_equal(number(hat_of(site, SITE_REP, 1), "minutes"), 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_the_record_of_processing),
        BOTH_SITES(test_times_are_set_by_commits),
        BOTH_SITES(test_a_field_goes_before_its_record),
        BOTH_SITES(test_the_assessment_is_made_of_the_tables),
        BOTH_SITES(test_nothing_is_told_of_what_is_off),
        BOTH_SITES(test_what_expires_is_gone_everywhere),
        BOTH_SITES(test_the_server_erases_by_itself),
        BOTH_SITES(test_what_is_held_about_me),
        BOTH_SITES(test_the_works_council_reads_who_looked),
        BOTH_SITES(test_every_look_is_written_down),
        BOTH_SITES(test_the_two_hats_are_ones_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
