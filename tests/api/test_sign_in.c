/* Tests of signing in: who comes in, who does not, what ends a session, how guessing is slowed down. */
#include <liboath/oath.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "org/people.h"
#include "record/sign_in.h"
#include "site.h"

#define PASSWORD "a long enough one"

/* ---- helpers ---- */

struct set {
    int64_t user;
    char hash[COX_PASSWORD_HASH_SIZE];
};

static enum cox_rc set_hash(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct set *set = ctx;

    return cox_credential_put(call, set->user, COX_CREDENTIAL_PASSWORD, cox_text_of(set->hash),
        reterr);
}

static void set_password(struct site *site, enum site_role who, const char *password)
{
    struct set set = {.user = site->users[who]};
    struct firm *f = site->firm;

    OK(cox_password_hash(cox_text_of(password), set.hash, &f->err));
    OK(firm_write(f, firm_operator, COX_CAUSE_CLI, set_hash, &set));
}

static const char *email_of(struct site *site, enum site_role who);

static enum cox_rc read_email(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    void **both = ctx;
    struct site *site = both[0];
    enum site_role who = *(enum site_role *)both[1];
    const struct cox_row *row;
    struct cox_text email;

    COX_TRY(cox_get(call, &cox_user, site->users[who], &row, reterr));
    email = cox_arena_text(site->arena, cox_row_text(row, COX_USER_EMAIL));
    both[2] = (void *)(uintptr_t)email.ptr;
    return COX_OK;
}

static const char *email_of(struct site *site, enum site_role who)
{
    void *both[3] = {site, &who, NULL};
    struct firm *f = site->firm;

    OK(firm_read(f, firm_operator, (struct cox_as_of){0}, read_email, both));
    return both[2];
}

static struct answer try_sign_in(struct site *site, const char *email, const char *password,
    const char *code, const char *headers)
{
    char *body = cox_arena_format(site->arena, "{\"email\":\"%s\",\"password\":\"%s\"%s%s%s}",
        email, password, code == NULL ? "" : ",\"code\":\"", code == NULL ? "" : code,
        code == NULL ? "" : "\"");

    return site_ask(site, SITE_NOBODY, "POST", "/api/v1/session", body, headers);
}

/* "Cookie: coxswain_session=...\r\n" of a good sign-in. */
static char *cookie_of(struct site *site, const struct answer *answer)
{
    struct cox_text set = answer_header(answer, "Set-Cookie");
    const char *end = set.ptr == NULL ? NULL : strchr(set.ptr, ';');

    assert_int_equal(answer->status, 200);
    assert_non_null(end);
    return cox_arena_format(site->arena, "Cookie: %.*s\r\n", (int)(end - set.ptr), set.ptr);
}

static char *sign_in(struct site *site, enum site_role who)
{
    struct answer answer;

    set_password(site, who, PASSWORD);
    answer = try_sign_in(site, email_of(site, who), PASSWORD, NULL, NULL);
    return cookie_of(site, &answer);
}

/* With the cookie, as a page of ours does. */
static struct answer as(struct site *site, const char *cookie, const char *method, const char *path,
    const char *body)
{
    char *headers =
        cox_arena_format(site->arena, "%sOrigin: http://127.0.0.1:%u\r\n", cookie, site->port);

    return site_ask(site, SITE_NOBODY, method, path, body, headers);
}

static struct answer look(struct site *site, const char *cookie)
{
    return site_ask(site, SITE_NOBODY, "GET", "/api/v1/session", NULL, cookie);
}

/* ---- coming in ---- */

static void test_a_good_password_opens_a_session(void **state)
{
    struct site *site = site_of(state);
    char *cookie = sign_in(site, SITE_MANAGER);
    struct answer answer = look(site, cookie);
    json_t *json;

    assert_int_equal(answer.status, 200);
    json = site_json(site, &answer);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(json, "user"), "id")),
        site->users[SITE_MANAGER]);
    assert_true(json_is_false(json_object_get(json, "has_totp")));
    answer = site_ask(site, SITE_NOBODY, "GET", "/api/v1/sessions", NULL, cookie);
    json = json_object_get(site_json(site, &answer), "rows");
    assert_int_equal(json_array_size(json), 1);
    assert_true(json_is_true(json_object_get(json_array_get(json, 0), "is_this")));
}

static void test_the_cookie_is_for_our_pages_alone(void **state)
{
    struct site *site = site_of(state);
    struct answer answer;
    struct cox_text set;

    set_password(site, SITE_REP, PASSWORD);
    answer = try_sign_in(site, email_of(site, SITE_REP), PASSWORD, NULL, NULL);
    set = answer_header(&answer, "Set-Cookie");
    assert_non_null(strstr(set.ptr, "HttpOnly"));
    assert_non_null(strstr(set.ptr, "SameSite=Strict"));
    assert_non_null(strstr(set.ptr, "Path=/"));
}

static void test_nobody_else_comes_in(void **state)
{
    struct site *site = site_of(state);
    struct answer wrong, unknown;

    set_password(site, SITE_REP, PASSWORD);
    wrong = try_sign_in(site, email_of(site, SITE_REP), "not the right one", NULL, NULL);
    unknown = try_sign_in(site, "nobody@example.com", PASSWORD, NULL, NULL);
    site_refused(site, &wrong, 401, "COX_SIGN_IN");
    site_refused(site, &unknown, 401, "COX_SIGN_IN");
    /* The same words for both. */
    assert_string_equal(json_string_value(json_object_get(site_json(site, &wrong), "detail")),
        json_string_value(json_object_get(site_json(site, &unknown), "detail")));
    assert_null(answer_header(&wrong, "Set-Cookie").ptr);
    /* Without a password nobody comes in by an empty one. */
    wrong = try_sign_in(site, email_of(site, SITE_PEER), "", NULL, NULL);
    site_refused(site, &wrong, 401, "COX_SIGN_IN");
    wrong = site_ask(site, SITE_NOBODY, "POST", "/api/v1/session", "{\"email\":5}", NULL);
    site_refused(site, &wrong, 400, "COX_INVALID");
    wrong = look(site, "Cookie: coxswain_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n");
    site_refused(site, &wrong, 401, "COX_SIGN_IN");
}

static void test_guessing_is_slowed_down(void **state)
{
    struct site *site = site_of(state);
    const char *email;
    struct answer answer;
    int refused = 0;

    set_password(site, SITE_REP, PASSWORD);
    email = email_of(site, SITE_REP);
    for (int i = 0; i < 12; i++) {
        answer = try_sign_in(site, email, "wrong wrong wrong", NULL, NULL);
        refused += answer.status == 429;
    }
    assert_true(refused >= 6); /* the clock stands still: after five all must wait */
    answer = try_sign_in(site, email, PASSWORD, NULL, NULL);
    site_refused(site, &answer, 429, "COX_TOO_OFTEN"); /* also with the right one */
    assert_non_null(answer_header(&answer, "Retry-After").ptr);
    answer = try_sign_in(site, email_of(site, SITE_PEER), "wrong wrong wrong", NULL, NULL);
    site_refused(site, &answer, 401, "COX_SIGN_IN"); /* others are not kept waiting */
    site->firm->now_us += INT64_C(2000000);
    answer = try_sign_in(site, email, PASSWORD, NULL, NULL);
    assert_int_equal(answer.status, 200);
}

/* ---- who asks ---- */

static void test_other_pages_change_nothing(void **state)
{
    struct site *site = site_of(state);
    char *cookie = sign_in(site, SITE_MANAGER);
    static const char *const forged[] = {
        "",
        "Origin: http://evil.example.com\r\n",
        "Origin: null\r\n",
        "Origin: https://localhost\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\n",
    };
    struct answer answer;

    for (size_t i = 0; i < COX_COUNT(forged); i++) {
        char *headers = cox_arena_format(site->arena, "%s%s", cookie, forged[i]);
        answer = site_ask(site, SITE_NOBODY, "POST", "/api/v1/accounts", "{\"name\":\"Forged\"}",
            headers);
        site_refused(site, &answer, 403, "COX_DENIED");
    }
    answer = as(site, cookie, "POST", "/api/v1/accounts", "{\"name\":\"Ours\"}");
    assert_int_equal(answer.status, 201);
    answer = try_sign_in(site, email_of(site, SITE_MANAGER), PASSWORD, NULL,
        "Origin: http://evil.example.com\r\n");
    site_refused(site, &answer, 403, "COX_DENIED"); /* nobody is signed in unawares */
}

/* ---- what ends a session ---- */

static void test_signing_out_ends_it_at_once(void **state)
{
    struct site *site = site_of(state);
    char *cookie = sign_in(site, SITE_REP);
    struct answer answer;

    assert_int_equal(look(site, cookie).status, 200);
    answer = as(site, cookie, "DELETE", "/api/v1/session", NULL);
    assert_int_equal(answer.status, 204);
    assert_non_null(strstr(answer_header(&answer, "Set-Cookie").ptr, "Max-Age=0"));
    assert_int_equal(look(site, cookie).status, 401);
}

/* What is listened to with it ends too, without waiting for the next change. */
static void test_signing_out_ends_its_streams(void **state)
{
    struct site *site = site_of(state);
    char *cookie = sign_in(site, SITE_REP), *head;
    struct client stream;

    head = cox_arena_format(site->arena,
        "GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s\r\n", site->port, cookie);
    assert_true(client_open(&stream, site->port));
    assert_true(client_send(&stream, head, strlen(head)));
    assert_true(client_wait(&stream, "retry: 3000", 5000, site->arena, NULL));
    assert_int_equal(as(site, cookie, "DELETE", "/api/v1/session", NULL).status, 204);
    assert_true(client_wait(&stream, "0\r\n\r\n", 5000, site->arena, NULL));
    client_close(&stream);
    assert_int_equal(site_raw(site, head, strlen(head)).status, 401);
}

/* A cookie that somebody has put into the browser beforehand is not the session's afterwards. */
static void test_a_session_is_never_the_one_brought_along(void **state)
{
    static const char *const planted[] = {
        "Cookie: coxswain_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
        "Cookie: coxswain_session=\r\n", NULL};
    struct site *site = site_of(state);
    char *peer = sign_in(site, SITE_PEER);

    set_password(site, SITE_REP, PASSWORD);
    for (size_t i = 0; i < COX_COUNT(planted); i++) {
        const char *cookie = planted[i] == NULL ? peer : planted[i];
        struct answer answer = try_sign_in(site, email_of(site, SITE_REP), PASSWORD, NULL, cookie);
        char *given = cookie_of(site, &answer);
        assert_string_not_equal(given, cookie);
        assert_int_equal(look(site, given).status, 200);
        if (planted[i] != NULL) {
            assert_int_equal(look(site, cookie).status, 401);
        }
    }
    /* Somebody else's good cookie names that person still, or nobody; never who has just come in. */
    struct answer answer = look(site, peer);
    if (answer.status == 200) {
        json_t *user = json_object_get(site_json(site, &answer), "user");
        assert_int_equal(json_integer_value(json_object_get(user, "id")), site->users[SITE_PEER]);
    }
}

static void test_a_new_sign_in_ends_the_former(void **state)
{
    struct site *site = site_of(state);
    char *first = sign_in(site, SITE_REP), *second;
    struct answer answer = try_sign_in(site, email_of(site, SITE_REP), PASSWORD, NULL, first);

    second = cookie_of(site, &answer);
    assert_string_not_equal(first, second);
    assert_int_equal(look(site, first).status, 401);
    assert_int_equal(look(site, second).status, 200);
}

static void test_sessions_end_by_themselves(void **state)
{
    struct site *site = site_of(state);
    char *cookie = sign_in(site, SITE_REP);

    site->firm->now_us += 13 * COX_DAY_US;
    assert_int_equal(look(site, cookie).status, 200); /* was seen: goes on */
    site->firm->now_us += 13 * COX_DAY_US;
    assert_int_equal(look(site, cookie).status, 200);
    site->firm->now_us += 15 * COX_DAY_US;
    assert_int_equal(look(site, cookie).status, 401); /* nobody was here for two weeks */
}

static void test_a_new_password_ends_the_others(void **state)
{
    struct site *site = site_of(state);
    char *here = sign_in(site, SITE_REP);
    struct answer answer = try_sign_in(site, email_of(site, SITE_REP), PASSWORD, NULL, NULL);
    char *elsewhere = cookie_of(site, &answer);

    answer = as(site, here, "POST", "/api/v1/password",
        "{\"current\":\"wrong\",\"password\":\"quite another one\"}");
    site_refused(site, &answer, 403, "COX_DENIED");
    answer = as(site, here, "POST", "/api/v1/password",
        "{\"current\":\"" PASSWORD "\",\"password\":\"short\"}");
    site_refused(site, &answer, 400, "COX_INVALID");
    answer = as(site, here, "POST", "/api/v1/password",
        "{\"current\":\"" PASSWORD "\",\"password\":\"1234567890\"}");
    site_refused(site, &answer, 400, "COX_INVALID");
    answer = as(site, here, "POST", "/api/v1/password",
        "{\"current\":\"" PASSWORD "\",\"password\":\"quite another one\"}");
    assert_int_equal(answer.status, 204);
    assert_int_equal(look(site, here).status, 200);
    assert_int_equal(look(site, elsewhere).status, 401);
    answer = try_sign_in(site, email_of(site, SITE_REP), "quite another one", NULL, NULL);
    assert_int_equal(answer.status, 200);
}

static void test_whoever_leaves_is_out(void **state)
{
    struct site *site = site_of(state);
    char *cookie = sign_in(site, SITE_PEER);
    struct firm *f = site->firm;
    struct answer answer;

    assert_int_equal(look(site, cookie).status, 200);
    OK(firm_change(f, firm_operator, &cox_user, site->users[SITE_PEER], COX_USER_IS_ACTIVE,
        cox_int(0)));
    assert_int_equal(look(site, cookie).status, 401);
    answer = try_sign_in(site, email_of(site, SITE_PEER), PASSWORD, NULL, NULL);
    site_refused(site, &answer, 401, "COX_SIGN_IN");
}

static void set_active(struct site *site, int is_active)
{
    struct firm *f = site->firm;

    OK(firm_change(f, firm_operator, &cox_user, site->users[SITE_PEER], COX_USER_IS_ACTIVE,
        cox_int(is_active)));
}

/* Coming back is no way for an old cookie, link, token or stream to live again. */
static void test_what_ended_with_somebody_stays_ended(void **state)
{
    struct site *site = site_of(state);
    char *cookie = sign_in(site, SITE_PEER), *admin = sign_in(site, SITE_ADMIN), *body;
    struct firm *f = site->firm;
    struct client stream;
    struct answer answer;
    const char *url;

    body = cox_arena_format(site->arena,
        "GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s\r\n", site->port, cookie);
    assert_true(client_open(&stream, site->port));
    assert_true(client_send(&stream, body, strlen(body)));
    assert_true(client_wait(&stream, "retry: 3000", 5000, site->arena, NULL));
    set_active(site, 0);
    assert_true(client_wait(&stream, "0\r\n\r\n", 5000, site->arena, NULL)); /* its last chunk */
    client_close(&stream);
    set_active(site, 1);
    assert_int_equal(look(site, cookie).status, 401);
    answer = site_ask(site, SITE_PEER, "GET", "/api/v1/opportunities", NULL, NULL);
    site_refused(site, &answer, 401, "COX_SIGN_IN");

    body = cox_arena_format(site->arena, "{\"user\":%lld}", (long long)site->users[SITE_PEER]);
    answer = as(site, admin, "POST", "/api/v1/reset-links", body);
    assert_int_equal(answer.status, 201);
    url = json_string_value(json_object_get(site_json(site, &answer), "url"));
    /* The last day passes by itself, with no commit; then it is taken back. */
    cookie = sign_in(site, SITE_PEER);
    OK(firm_change(f, firm_operator, &cox_user, site->users[SITE_PEER], COX_USER_LEAVE_DAY,
        cox_int(FIRM_TODAY + 1)));
    assert_int_equal(look(site, cookie).status, 200); /* still here today */
    f->now_us += 14 * 3600 * COX_SECOND_US;           /* the link would be good for ten hours yet */
    OK(firm_change(f, firm_operator, &cox_user, site->users[SITE_PEER], COX_USER_LEAVE_DAY,
        cox_null()));
    assert_int_equal(look(site, cookie).status, 401);
    body = cox_arena_format(site->arena, "{\"token\":\"%s\",\"password\":\"fresh and long\"}",
        strstr(url, "#") + 1);
    answer = site_ask(site, SITE_NOBODY, "POST", "/api/v1/password-reset", body, NULL);
    site_refused(site, &answer, 403, "COX_DENIED");
    (void)sign_in(site, SITE_PEER); /* the password is still the person's */
}

/* ---- reset links ---- */

static void test_a_link_is_good_once(void **state)
{
    struct site *site = site_of(state);
    char *cookie = sign_in(site, SITE_REP), *admin = sign_in(site, SITE_ADMIN), *body;
    struct answer answer;
    const char *url;
    json_t *json;

    body = cox_arena_format(site->arena, "{\"user\":%lld}", (long long)site->users[SITE_REP]);
    answer = as(site, cookie, "POST", "/api/v1/reset-links", body);
    site_refused(site, &answer, 403, "COX_DENIED");
    answer = site_ask(site, SITE_ADMIN, "POST", "/api/v1/reset-links", body, NULL);
    site_refused(site, &answer, 403, "COX_DENIED"); /* by a session only */
    answer = as(site, admin, "POST", "/api/v1/reset-links", body);
    assert_int_equal(answer.status, 201);
    url = json_string_value(json_object_get(site_json(site, &answer), "url"));
    assert_non_null(strstr(url, "/reset#"));
    assert_int_equal(look(site, cookie).status, 401); /* who lost the password is out everywhere */
    body = cox_arena_format(site->arena, "{\"token\":\"%s\",\"password\":\"fresh and long\"}",
        strstr(url, "#") + 1);
    answer = site_ask(site, SITE_NOBODY, "POST", "/api/v1/password-reset", body, NULL);
    assert_int_equal(answer.status, 204);
    answer = site_ask(site, SITE_NOBODY, "POST", "/api/v1/password-reset", body, NULL);
    site_refused(site, &answer, 403, "COX_DENIED");
    answer = try_sign_in(site, email_of(site, SITE_REP), "fresh and long", NULL, NULL);
    assert_int_equal(answer.status, 200);
    json = site_json(site, &answer);
    assert_true(json_is_string(json_object_get(json, "reset_at"))); /* and is told of it */
}

static void test_a_link_grows_old(void **state)
{
    struct site *site = site_of(state);
    char *admin = sign_in(site, SITE_ADMIN), *body;
    struct answer answer;
    const char *url;

    body = cox_arena_format(site->arena, "{\"user\":%lld}", (long long)site->users[SITE_REP]);
    answer = as(site, admin, "POST", "/api/v1/reset-links", body);
    url = json_string_value(json_object_get(site_json(site, &answer), "url"));
    site->firm->now_us += COX_DAY_US + 1000000;
    body = cox_arena_format(site->arena, "{\"token\":\"%s\",\"password\":\"fresh and long\"}",
        strstr(url, "#") + 1);
    answer = site_ask(site, SITE_NOBODY, "POST", "/api/v1/password-reset", body, NULL);
    site_refused(site, &answer, 403, "COX_DENIED");
}

/* ---- the second factor ---- */

static void code_at(struct site *site, const char *secret, int64_t now_us, char ret_code[8])
{
    char *seed = NULL;
    size_t size = 0;

    (void)site;
    assert_int_equal(oath_base32_decode(secret, strlen(secret), &seed, &size), OATH_OK);
    assert_int_equal(oath_totp_generate(seed, size, now_us / 1000000, 30, 0, 6, ret_code), OATH_OK);
    free(seed);
}

static void test_a_second_factor_is_asked_for_and_used_once(void **state)
{
    struct site *site = site_of(state);
    char *cookie = sign_in(site, SITE_MANAGER), code[8], *body, *recovery;
    const char *email = email_of(site, SITE_MANAGER), *secret;
    struct answer answer = as(site, cookie, "POST", "/api/v1/totp", "{}");

    secret = json_string_value(json_object_get(site_json(site, &answer), "secret"));
    assert_non_null(secret);
    answer = as(site, cookie, "POST", "/api/v1/totp/confirm", "{\"code\":\"000000\"}");
    assert_int_equal(answer.status, 400);
    answer = try_sign_in(site, email, PASSWORD, NULL, NULL);
    assert_int_equal(answer.status, 200); /* not confirmed: not asked for */
    code_at(site, secret, site->firm->now_us, code);
    body = cox_arena_format(site->arena, "{\"code\":\"%s\"}", code);
    answer = as(site, cookie, "POST", "/api/v1/totp/confirm", body);
    assert_int_equal(answer.status, 200);
    recovery = cox_arena_string(site->arena,
        json_string_value(
            json_array_get(json_object_get(site_json(site, &answer), "recovery_codes"), 3)));
    answer = try_sign_in(site, email, PASSWORD, NULL, NULL);
    site_refused(site, &answer, 401, "totp_required");
    assert_null(answer_header(&answer, "Set-Cookie").ptr);
    site->firm->now_us += INT64_C(60000000);
    code_at(site, secret, site->firm->now_us, code);
    answer = try_sign_in(site, email, PASSWORD, code, NULL);
    assert_int_equal(answer.status, 200);
    answer = try_sign_in(site, email, PASSWORD, code, NULL); /* somebody looked over the shoulder */
    site_refused(site, &answer, 401, "COX_SIGN_IN");
    answer = try_sign_in(site, email, PASSWORD, recovery, NULL);
    assert_int_equal(answer.status, 200);
    answer = try_sign_in(site, email, PASSWORD, recovery, NULL);
    site_refused(site, &answer, 401, "COX_SIGN_IN");
    answer = as(site, cookie, "POST", "/api/v1/totp/remove", "{\"password\":\"" PASSWORD "\"}");
    assert_int_equal(answer.status, 204);
    site->firm->now_us += INT64_C(60000000);
    answer = try_sign_in(site, email, PASSWORD, NULL, NULL);
    assert_int_equal(answer.status, 200);
}

/* ---- tokens ---- */

static void test_tokens_are_made_by_people(void **state)
{
    struct site *site = site_of(state);
    char *cookie = sign_in(site, SITE_REP), *bearer;
    struct answer answer = site_ask(site, SITE_REP, "POST", "/api/v1/tokens",
        "{\"label\":\"x\",\"scope\":\"read\"}", NULL);
    const char *token;
    json_t *rows;

    site_refused(site, &answer, 403, "COX_DENIED"); /* no token makes tokens */
    answer =
        as(site, cookie, "POST", "/api/v1/tokens", "{\"label\":\"x\",\"scope\":\"everything\"}");
    site_refused(site, &answer, 400, "COX_INVALID");
    answer = as(site, cookie, "POST", "/api/v1/tokens", "{\"label\":\"x\",\"scope\":\"read\"}");
    assert_int_equal(answer.status, 201);
    token = json_string_value(json_object_get(site_json(site, &answer), "token"));
    bearer = cox_arena_format(site->arena, "Authorization: Bearer %s\r\n", token);
    assert_int_equal(
        site_ask(site, SITE_NOBODY, "GET", "/api/v1/opportunities", NULL, bearer).status, 200);
    answer =
        site_ask(site, SITE_NOBODY, "POST", "/api/v1/opportunities", "{\"name\":\"x\"}", bearer);
    site_refused(site, &answer, 403, "COX_DENIED");
    answer = site_ask(site, SITE_NOBODY, "GET", "/api/v1/tokens", NULL, cookie);
    rows = json_object_get(site_json(site, &answer), "rows");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (strcmp(json_string_value(json_object_get(row, "scope")), "read") == 0) {
            char *path = cox_arena_format(site->arena, "/api/v1/tokens/%s",
                json_string_value(json_object_get(row, "id")));
            assert_int_equal(as(site, cookie, "DELETE", path, NULL).status, 204);
        }
    }
    assert_int_equal(
        site_ask(site, SITE_NOBODY, "GET", "/api/v1/opportunities", NULL, bearer).status, 401);
}

/* ---- what a guesser would like ---- */

static void turn_on_factor(struct site *site, const char *cookie, char ret_code[8])
{
    struct answer answer = as(site, cookie, "POST", "/api/v1/totp", "{}");
    const char *secret = json_string_value(json_object_get(site_json(site, &answer), "secret"));

    assert_non_null(secret);
    code_at(site, secret, site->firm->now_us, ret_code);
    answer = as(site, cookie, "POST", "/api/v1/totp/confirm",
        cox_arena_format(site->arena, "{\"code\":\"%s\"}", ret_code));
    assert_int_equal(answer.status, 200);
}

/* Asking for the code in between, which needs no code, does not set the count back. */
static void test_codes_are_not_guessed_either(void **state)
{
    struct site *site = site_of(state);
    char *cookie = sign_in(site, SITE_MANAGER), code[8];
    const char *email = email_of(site, SITE_MANAGER);
    struct answer answer;
    int guesses = 0;

    turn_on_factor(site, cookie, code);
    for (int i = 0; i < 20; i++) {
        answer = try_sign_in(site, email, PASSWORD, NULL, NULL);
        answer = try_sign_in(site, email, PASSWORD, "not one", NULL);
        guesses += answer.status == 401;
    }
    assert_in_range(guesses, 5, 6);
    site_refused(site, &answer, 429, "COX_TOO_OFTEN");
}

static void test_a_factor_is_not_replaced_unawares(void **state)
{
    struct site *site = site_of(state);
    char *cookie = sign_in(site, SITE_MANAGER), code[8];
    const char *email = email_of(site, SITE_MANAGER);
    struct answer answer;

    turn_on_factor(site, cookie, code);
    answer = try_sign_in(site, email, PASSWORD, code, NULL); /* the one that confirmed it */
    site_refused(site, &answer, 401, "COX_SIGN_IN");
    answer = as(site, cookie, "POST", "/api/v1/totp", "{}");
    site_refused(site, &answer, 409, "COX_CONFLICT");
    answer = as(site, cookie, "POST", "/api/v1/totp/remove", "{\"password\":\"not mine\"}");
    site_refused(site, &answer, 403, "COX_DENIED");
}

/* Whoever tries wrong links keeps nobody with a good one waiting. */
static void test_wrong_links_block_nobody(void **state)
{
    struct site *site = site_of(state);
    char *admin = sign_in(site, SITE_ADMIN), *body;
    struct answer answer;
    const char *url;

    body = cox_arena_format(site->arena, "{\"user\":%lld}", (long long)site->users[SITE_REP]);
    answer = as(site, admin, "POST", "/api/v1/reset-links", body);
    url = json_string_value(json_object_get(site_json(site, &answer), "url"));
    for (int i = 0; i < 12; i++) {
        body = cox_arena_format(site->arena,
            "{\"token\":\"wrong-%d\",\"password\":\"fresh and long\"}", i);
        answer = site_ask(site, SITE_NOBODY, "POST", "/api/v1/password-reset", body, NULL);
        site_refused(site, &answer, 403, "COX_DENIED");
    }
    body = cox_arena_format(site->arena, "{\"token\":\"%s\",\"password\":\"ada@example.com\"}",
        strstr(url, "#") + 1);
    answer = site_ask(site, SITE_NOBODY, "POST", "/api/v1/password-reset", body, NULL);
    site_refused(site, &answer, 400, "COX_INVALID"); /* and a bad password does not use it up */
    body = cox_arena_format(site->arena, "{\"token\":\"%s\",\"password\":\"fresh and long\"}",
        strstr(url, "#") + 1);
    answer = site_ask(site, SITE_NOBODY, "POST", "/api/v1/password-reset", body, NULL);
    assert_int_equal(answer.status, 204);
}

/* Behind a proxy the address is the one it speaks for: one guesser does not lock out all. */
static void test_a_proxy_is_not_the_guesser(void **state)
{
    enum { TRIES = 40 };
    struct site *site = site_of(state);
    const struct cox_server_opt opt = {.is_behind_proxy = true};
    struct answer answer;
    char email[32];
    int refused = 0;

    site_restart(site, &opt);
    set_password(site, SITE_REP, PASSWORD);
    for (int i = 0; i < TRIES; i++) {
        (void)snprintf(email, sizeof(email), "guess%d@example.com", i);
        answer = try_sign_in(site, email, PASSWORD, NULL, "X-Forwarded-For: 203.0.113.9\r\n");
        refused += answer.status == 429;
    }
    assert_true(refused > 0);
    answer = try_sign_in(site, email_of(site, SITE_REP), PASSWORD, NULL,
        "X-Forwarded-For: 198.51.100.4\r\n");
    assert_int_equal(answer.status, 200);
}

/* ---- sessions outlive the server; one's own are one's own ---- */

static void test_sessions_outlive_the_server(void **state)
{
    struct site *site = site_of(state);
    char *cookie = sign_in(site, SITE_REP), *other = sign_in(site, SITE_PEER), *path;
    struct answer answer;
    json_t *rows;

    site_restart(site, NULL);
    assert_int_equal(look(site, cookie).status, 200);
    answer = site_ask(site, SITE_NOBODY, "GET", "/api/v1/sessions", NULL, cookie);
    rows = json_object_get(site_json(site, &answer), "rows");
    assert_int_equal(json_array_size(rows), 1);
    path = cox_arena_format(site->arena, "/api/v1/sessions/%s",
        json_string_value(json_object_get(json_array_get(rows, 0), "id")));
    answer = as(site, other, "DELETE", path, NULL);
    site_refused(site, &answer, 404, "COX_MISSING");
    assert_int_equal(look(site, cookie).status, 200);
    assert_int_equal(as(site, cookie, "DELETE", path, NULL).status, 204);
    assert_int_equal(look(site, cookie).status, 401);
}

int main(void)
{
    char key[64];
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_a_good_password_opens_a_session),
        BOTH_SITES(test_the_cookie_is_for_our_pages_alone),
        BOTH_SITES(test_nobody_else_comes_in),
        BOTH_SITES(test_guessing_is_slowed_down),
        BOTH_SITES(test_other_pages_change_nothing),
        BOTH_SITES(test_signing_out_ends_it_at_once),
        BOTH_SITES(test_signing_out_ends_its_streams),
        BOTH_SITES(test_a_session_is_never_the_one_brought_along),
        BOTH_SITES(test_a_new_sign_in_ends_the_former),
        BOTH_SITES(test_sessions_end_by_themselves),
        BOTH_SITES(test_a_new_password_ends_the_others),
        BOTH_SITES(test_whoever_leaves_is_out),
        BOTH_SITES(test_what_ended_with_somebody_stays_ended),
        BOTH_SITES(test_a_link_is_good_once),
        BOTH_SITES(test_a_link_grows_old),
        BOTH_SITES(test_a_second_factor_is_asked_for_and_used_once),
        BOTH_SITES(test_tokens_are_made_by_people),
        BOTH_SITES(test_codes_are_not_guessed_either),
        BOTH_SITES(test_a_factor_is_not_replaced_unawares),
        BOTH_SITES(test_wrong_links_block_nobody),
        BOTH_SITES(test_a_proxy_is_not_the_guesser),
        BOTH_SITES(test_sessions_outlive_the_server),
    };
    int failed;

    (void)snprintf(key, sizeof(key), "/tmp/cox-test-%d.key", (int)getpid());
    (void)setenv("COX_KEY_FILE", key, 1); /* not in the folder the tests run in */
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)unlink(key);
    return failed;
}
