/* Tests of one's own calendar at a secret address: iCalendar text, who gets it, and what is never in it. */
#include <stdarg.h>
#include <stdio.h>

#include "org/ics.h"
#include "record/sign_in.h"
#include "site.h"

#define SECRET "Qxvplanted"

/* ---- the text ---- */

static void test_lines_are_folded_and_escaped(void **state)
{
    static const char wanted[] =
        "SUMMARY:One\\, two\\; three\\\\four\\nfive\r\n"
        "X-LONG:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
        " \xc3\xa9zzzz\r\n"
        "DTSTART;VALUE=DATE:20240229\r\n"
        "DTEND:20261231T235959Z\r\n"
        "DTSTAMP:19691231T235959Z\r\n";
    struct cox_buf buf;

    (void)state;
    cox_buf_init(&buf, 4096);
    cox_ics_text(&buf, "SUMMARY", COX_LIT("One, two; three\\four\nfi\x01ve"));
    /* 74 octets, then a character of two: it goes whole behind the fold. */
    cox_ics_text(&buf, "X-LONG",
        COX_LIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xc3\xa9zzzz"));
    cox_ics_day(&buf, "DTSTART", cox_day_ymd(2024, 2, 29));
    cox_ics_instant(&buf, "DTEND", cox_day_ymd(2027, 1, 1) * COX_DAY_US - COX_SECOND_US);
    cox_ics_instant(&buf, "DTSTAMP", -COX_SECOND_US);
    assert_true(cox_text_same(cox_buf_text(&buf), cox_text_of(wanted)));
    cox_buf_done(&buf);
}

/* ---- over HTTP ---- */

struct signing {
    int64_t user;
    char secret[COX_SESSION_SECRET_SIZE];
};

static enum cox_rc add_session(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct signing *signing = ctx;

    return cox_session_add(call, signing->user, COX_LIT("Test"), signing->secret, reterr);
}

/* Headers of a page of ours where this person is signed in. */
static const char *page_of(struct site *site, enum site_role who)
{
    struct signing signing = {.user = site->users[who]};
    struct firm *f = site->firm;

    OK(firm_write(f, firm_operator, COX_CAUSE_CLI, add_session, &signing));
    return cox_arena_format(site->arena, "Cookie: coxswain_session=%s\r\nOrigin: http://127.0.0.1:%u\r\n",
        signing.secret, site->port);
}

static const char *string(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));

    return text == NULL ? "(none)" : text;
}

/* The path of a new address. */
static const char *new_address(struct site *site, const char *page)
{
    struct answer answer = site_ask(site, SITE_NOBODY, "POST", "/api/v1/calendar-feed", NULL, page);
    const char *url;

    if (answer.status != 201) {
        fail_msg("%d %.*s", answer.status, (int)answer.body.size, answer.body.ptr);
    }
    url = strstr(string(site_json(site, &answer), "url"), "/calendar/");
    assert_non_null(url);
    return url;
}

static int64_t make(struct site *site, enum site_role who, const char *plural, const char *format,
    ...) COX_PRINTF(4, 5);

static int64_t make(struct site *site, enum site_role who, const char *plural, const char *format,
    ...)
{
    char body[1000];
    struct answer answer;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(body, sizeof(body), format, args);
    va_end(args);
    site->firm->now_us += COX_SECOND_US;
    answer = site_ask(site, who, "POST", cox_arena_format(site->arena, "/api/v1/%s", plural), body,
        NULL);
    if (answer.status != 201) {
        fail_msg("%d %.*s", answer.status, (int)answer.body.size, answer.body.ptr);
    }
    return json_integer_value(json_object_get(site_json(site, &answer), "id"));
}

static int64_t make_talk(struct site *site, const char *rest)
{
    return make(site, SITE_LEADER, "one_on_ones",
        "{\"leader\":%lld,\"person\":%lld,\"agenda\":\"" SECRET "\",\"shared_note\":\"" SECRET
        "\",%s}",
        (long long)site->users[SITE_LEADER], (long long)site->users[SITE_REP], rest);
}

static void patch_talk(struct site *site, int64_t id, const char *body, int status)
{
    site->firm->now_us += COX_SECOND_US;
    assert_int_equal(site_ask(site, SITE_REP, "PATCH",
                         cox_arena_format(site->arena, "/api/v1/one_on_ones/%lld", (long long)id),
                         body, NULL)
                         .status,
        status);
}

static const char *calendar(struct site *site, const char *address)
{
    struct answer answer = site_get(site, SITE_NOBODY, address, 200);

    return cox_arena_text(site->arena, answer.body).ptr;
}

static bool has(struct site *site, const char *address, const char *text)
{
    return strstr(calendar(site, address), text) != NULL;
}

/* Every line within 75 octets, ended by CR LF; what is begun is ended. */
static void check_form(const char *text)
{
    size_t events = 0;

    assert_int_equal(strncmp(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", 30), 0);
    while (*text != '\0') {
        const char *end = strstr(text, "\r\n");
        assert_non_null(end);
        assert_true(end - text <= 75);
        assert_null(memchr(text, '\n', (size_t)(end - text)));
        events += strncmp(text, "BEGIN:VEVENT", 12) == 0;
        events -= strncmp(text, "END:VEVENT", 10) == 0;
        if (end[2] == '\0') {
            assert_int_equal(strncmp(text, "END:VCALENDAR", 13), 0);
        }
        text = end + 2;
    }
    assert_int_equal(events, 0);
}

static void test_dates_stand_in_the_calendar(void **state)
{
    struct site *site = site_of(state);
    const char *address, *text, *uid;
    int64_t day, timed, session;
    struct answer answer;

    answer = site_ask(site, SITE_ADMIN, "PATCH", "/api/v1/settings",
        "{\"zone\":\"Europe/Berlin\",\"name\":\"Müller, Söhne; Töchter \\\\ Straßenbau und "
        "Tiefbau Gesellschaft im Süden\"}",
        NULL);
    assert_int_equal(answer.status, 200);
    address = new_address(site, page_of(site, SITE_REP));
    assert_false(has(site, address, "VEVENT"));
    day = make_talk(site, "\"day\":\"2026-06-01\"");
    /* Two o'clock in Berlin: noon in summer, one in winter; the day follows the clock there. */
    timed = make_talk(site, "\"starts\":\"2026-10-24T23:30:00+02:00\",\"minutes\":45");
    session = make(site, SITE_LEADER, "coaching_sessions",
        "{\"coach\":%lld,\"person\":%lld,\"kind\":\"talk\",\"day\":\"2026-05-19\",\"note\":\"" SECRET
        "\"}",
        (long long)site->users[SITE_LEADER], (long long)site->users[SITE_REP]);
    (void)make(site, SITE_LEADER, "one_on_ones",
        "{\"leader\":%lld,\"person\":%lld,\"day\":\"2026-06-02\"}",
        (long long)site->users[SITE_LEADER], (long long)site->users[SITE_PEER]);
    text = calendar(site, address);
    check_form(text);
    assert_non_null(strstr(text, "X-WR-CALNAME:Coxswain: Müller\\, Söhne\\; Töchter \\\\ Straße"));
    assert_non_null(strstr(text, "SUMMARY:1:1\r\n"));
    assert_non_null(strstr(text, "SUMMARY:Coaching\r\n"));
    assert_non_null(strstr(text,
        "DTSTART;VALUE=DATE:20260601\r\nDTEND;VALUE=DATE:20260602\r\nTRANSP:TRANSPARENT\r\n"));
    assert_non_null(strstr(text, "DTSTART:20261024T213000Z\r\nDTEND:20261024T221500Z\r\n"));
    assert_null(strstr(text, "20260602\r\nDTEND;VALUE=DATE:20260603")); /* another pair's */
    assert_null(strstr(text, SECRET));
    assert_null(strstr(text, "Dan"));
    uid = cox_arena_format(site->arena, "UID:one_on_one-%lld-", (long long)timed);
    assert_non_null(strstr(text, uid));
    assert_non_null(strstr(text,
        cox_arena_format(site->arena, "UID:coaching_session-%lld-", (long long)session)));
    /* Nobody is said to have looked, however often a calendar asks. */
    answer = site_get(site, SITE_LEADER, "/api/v1/access", 200);
    assert_null(strstr(answer.body.ptr, "one_on_one"));
    /* A day on: the clocks there have been set back, the hour stays. */
    patch_talk(site, timed, "{\"day\":\"2026-10-25\"}", 200);
    text = calendar(site, address);
    assert_non_null(strstr(text, "DTSTART:20261025T223000Z\r\n"));
    assert_non_null(strstr(text, uid));
    patch_talk(site, day, "{\"state\":\"cancelled\"}", 200);
    assert_true(has(site, address, "STATUS:CANCELLED"));
    patch_talk(site, day, "{\"minutes\":4}", 400);
    answer = site_ask(site, SITE_ADMIN, "PATCH", "/api/v1/settings",
        "{\"features_off\":[\"coaching\"]}", NULL);
    assert_int_equal(answer.status, 200);
    assert_false(has(site, address, "Coaching"));
    assert_true(has(site, address, "1:1"));
}

static void test_addresses_are_secret_and_end(void **state)
{
    struct site *site = site_of(state);
    const char *page = page_of(site, SITE_REP), *first = new_address(site, page), *second, *wrong;
    char *changed = cox_arena_format(site->arena, "%s", first);
    struct answer answer = site_ask(site, SITE_NOBODY, "GET", "/api/v1/calendar-feed", NULL, page);

    assert_non_null(strstr(answer.body.ptr, "\"has_address\":true"));
    assert_null(strstr(answer.body.ptr, strchr(first, '-')));
    (void)make_talk(site, "\"day\":\"2026-06-01\"");
    assert_true(has(site, first, "20260601"));
    changed[strlen(changed) - 6] ^= 1; /* within the secret */
    wrong = cox_arena_format(site->arena, "/calendar/%lld%s", (long long)site->users[SITE_LEADER],
        strchr(first, '-')); /* of another person */
    for (size_t i = 0; i < 5; i++) {
        const char *const paths[] = {changed, wrong, "/calendar/1-a.ics", "/calendar/.ics",
            "/calendar/nonsense.ics"};
        (void)site_get(site, SITE_NOBODY, paths[i], 404);
    }
    second = new_address(site, page);
    (void)site_get(site, SITE_NOBODY, first, 404);
    (void)site_get(site, SITE_NOBODY, second, 200);
    answer = site_ask(site, SITE_NOBODY, "DELETE", "/api/v1/calendar-feed", NULL, page);
    assert_int_equal(answer.status, 204);
    (void)site_get(site, SITE_NOBODY, second, 404);
    answer = site_ask(site, SITE_NOBODY, "GET", "/api/v1/calendar-feed", NULL, page);
    assert_non_null(strstr(answer.body.ptr, "\"has_address\":false"));
    /* No token makes one, and nobody who is not signed in. */
    answer = site_ask(site, SITE_REP, "POST", "/api/v1/calendar-feed", NULL, NULL);
    assert_int_equal(answer.status, 403);
    answer = site_ask(site, SITE_NOBODY, "POST", "/api/v1/calendar-feed", NULL, NULL);
    assert_int_equal(answer.status, 401);
    assert_true(site_never_logged(site, strchr(second, '-') + 1));
}

static void set_active(struct site *site, const char *value)
{
    struct answer answer = site_ask(site, SITE_ADMIN, "PATCH",
        cox_arena_format(site->arena, "/api/v1/users/%lld", (long long)site->users[SITE_REP]),
        cox_arena_format(site->arena, "{\"is_active\":%s}", value), NULL);

    site->firm->now_us += COX_SECOND_US;
    assert_int_equal(answer.status, 200);
}

static void test_who_leaves_has_no_calendar_any_more(void **state)
{
    struct site *site = site_of(state);
    const char *address = new_address(site, page_of(site, SITE_REP));

    (void)site_get(site, SITE_NOBODY, address, 200);
    set_active(site, "false");
    (void)site_get(site, SITE_NOBODY, address, 404);
    set_active(site, "true"); /* coming back revives none */
    (void)site_get(site, SITE_NOBODY, address, 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_folded_and_escaped),
        BOTH_SITES(test_dates_stand_in_the_calendar),
        BOTH_SITES(test_addresses_are_secret_and_end),
        BOTH_SITES(test_who_leaves_has_no_calendar_any_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
