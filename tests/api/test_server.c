/* Tests of the server itself: what it refuses, whom it lets in, how it waits. */
#include <unistd.h>

#include "site.h"

static void test_it_lives(void **state)
{
    struct site *site = site_of(state);
    struct answer answer = site_get(site, SITE_NOBODY, "/healthz", 200);
    json_t *json = site_json(site, &answer);

    assert_string_equal(json_string_value(json_object_get(json, "status")), "ok");
    assert_true(json_integer_value(json_object_get(json, "seq")) > 0);
    assert_true(
        cox_text_same(answer_header(&answer, "X-Content-Type-Options"), COX_LIT("nosniff")));
    answer = site_ask(site, SITE_NOBODY, "HEAD", "/healthz", NULL, NULL);
    assert_int_equal(answer.status, 200);
    answer = site_get(site, SITE_NOBODY, "/healthz", 200); /* on the same connection */
    assert_false(answer.closes);
}

static void test_what_is_not_there(void **state)
{
    struct site *site = site_of(state);
    struct answer answer = site_get(site, SITE_REP, "/api/v1/no/such/thing", 404);

    site_refused(site, &answer, 404, "COX_MISSING");
    answer = site_ask(site, SITE_REP, "DELETE", "/healthz", NULL, NULL);
    site_refused(site, &answer, 405, "COX_UNSUPPORTED");
    assert_true(cox_text_same(answer_header(&answer, "Allow"), COX_LIT("GET, HEAD")));
    answer = site_ask(site, SITE_REP, "OPTIONS", "/healthz", NULL, NULL);
    assert_int_equal(answer.status, 405);
    answer = site_get(site, SITE_REP, "/healthz?nonsense=1", 400);
    site_refused(site, &answer, 400, "COX_INVALID");
}

static void test_odd_requests_are_refused(void **state)
{
    static const struct {
        const char *bytes;
        int status; /* 0: closed without a reply will do as well */
    } cases[] = {
        {"GET /healthz HTTP/1.1\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\nHost: evil.example.com\r\n\r\n", 421},
        {"GET /healthz HTTP/1.1\r\nHost: local host\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\nHost: localhost:80:80\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\nHost: localhost@evil.com\r\n\r\n", 400},
        {"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: "
         "2\r\n\r\nab",
            400},
        {"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: "
         "1\r\n\r\na",
            400},
        {"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n",
            400},
        {"POST /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
            400},
        {"POST /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n", 400},
        {"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400},
        {"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1e3\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", 413},
        {"GET /../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /..%2fetc%2fpasswd HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /a%ff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /%c0%ae%c0%ae/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /%e0%80%af HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /%ed%a0%80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /%252e%252e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
        {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nA: b\rSet-Cookie: c=d\r\n\r\n", 0},
        {"GET /a%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET //healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /..\\..\\x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /healthz HTTP/3.7\r\nHost: localhost\r\n\r\n", 505},
        {"TRACE /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
        {"CONNECT evil.com:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nCoxswain-After: -1\r\n\r\n", 400},
        {"\x16\x03\x01\x02\r\n\r\n", 0},
        {"nonsense\r\n\r\n", 0},
    };
    struct site *site = site_of(state);

    for (size_t i = 0; i < COX_COUNT(cases); i++) {
        struct answer answer = site_raw(site, cases[i].bytes, strlen(cases[i].bytes));
        bool is_right =
            answer.status == cases[i].status || (cases[i].status == 0 && answer.status >= 400);
        if (!is_right) {
            print_message("# %d for: %s\n", answer.status, cases[i].bytes);
        }
        assert_true(is_right);
    }
    (void)site_get(site, SITE_NOBODY, "/healthz", 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_it_lives),
        BOTH_SITES(test_what_is_not_there),
        BOTH_SITES(test_odd_requests_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
