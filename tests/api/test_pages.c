/* Tests of the web app's files as they are sent, and of stopping while somebody waits for a reply. */
#include <pthread.h>
#include <unistd.h>

#include "probe.h"

#define BYTES(text) (const unsigned char *)("" text ""), NULL, NULL, sizeof(text) - 1, 0, 0

static const struct cox_web_file files[] = {
    {"/index.html", "text/html; charset=utf-8", "\"i1\"", BYTES("<!doctype html>app"), false},
    {"/assets/app-1.js", "text/javascript; charset=utf-8", "\"a1\"",
        (const unsigned char *)"plain script", (const unsigned char *)"GZ",
        (const unsigned char *)"BR!", 12, 2, 3, true},
    {0},
};

static void start(struct site *site, const char *url)
{
    const struct cox_server_opt opt = {.files = files, .url = url};

    site_restart(site, &opt);
}

static bool is(const struct answer *answer, const char *header, const char *value)
{
    return cox_text_same(answer_header(answer, header), cox_text_of(value));
}

static bool has(const struct answer *answer, const char *header, const char *part)
{
    struct cox_text value = answer_header(answer, header);

    return value.ptr != NULL && memmem(value.ptr, value.size, part, strlen(part)) != NULL;
}

static void test_files(void **state)
{
    struct site *site = site_of(state);
    struct answer answer;

    start(site, NULL);
    answer = site_get(site, SITE_NOBODY, "/assets/app-1.js", 200);
    assert_true(cox_text_same(answer.body, COX_LIT("plain script")));
    assert_true(is(&answer, "Cache-Control", "public, max-age=31536000, immutable"));
    assert_true(is(&answer, "Vary", "Accept-Encoding"));
    answer = site_ask(site, SITE_NOBODY, "GET", "/assets/app-1.js", NULL,
        "Accept-Encoding: gzip, deflate, br\r\n");
    assert_true(
        cox_text_same(answer.body, COX_LIT("BR!")) && is(&answer, "Content-Encoding", "br"));
    answer = site_ask(site, SITE_NOBODY, "GET", "/assets/app-1.js", NULL,
        "Accept-Encoding: br;q=0, gzip\r\n");
    assert_true(
        cox_text_same(answer.body, COX_LIT("GZ")) && is(&answer, "Content-Encoding", "gzip"));
    answer = site_ask(site, SITE_NOBODY, "GET", "/assets/app-1.js", NULL,
        "If-None-Match: \"x\", W/\"a1\"\r\n");
    assert_int_equal(answer.status, 304);
    answer =
        site_ask(site, SITE_NOBODY, "GET", "/assets/app-1.js", NULL, "If-None-Match: \"b\"\r\n");
    assert_int_equal(answer.status, 200);
    answer = site_ask(site, SITE_NOBODY, "HEAD", "/assets/app-1.js", NULL, NULL);
    assert_int_equal(answer.status, 200);
    assert_true(is(&answer, "Content-Length", "12"));
    (void)site_get(site, SITE_NOBODY, "/assets/app-2.js", 404);
    (void)site_get(site, SITE_NOBODY, "/assets/%2e%2e/index.html", 400);
    answer = site_ask(site, SITE_NOBODY, "POST", "/assets/app-1.js", "{}", NULL);
    assert_int_equal(answer.status, 405);
}

/* Every address of the app is its first page; of the API none is. */
static void test_pages(void **state)
{
    static const char *const pages[] = {"/", "/deals", "/opportunities/41?tab=history", "/a/b/c"};
    struct site *site = site_of(state);
    struct answer answer;

    start(site, NULL);
    for (size_t i = 0; i < COX_COUNT(pages); i++) {
        answer = site_get(site, SITE_NOBODY, pages[i], 200);
        assert_true(cox_text_same(answer.body, COX_LIT("<!doctype html>app")));
        assert_true(is(&answer, "Cache-Control", "no-cache"));
    }
    assert_true(has(&answer, "Content-Security-Policy", "script-src 'self'"));
    assert_false(has(&answer, "Content-Security-Policy", "script-src 'self' "));
    assert_true(has(&answer, "Content-Security-Policy", "frame-ancestors 'none'"));
    assert_true(is(&answer, "X-Content-Type-Options", "nosniff"));
    assert_true(is(&answer, "Referrer-Policy", "same-origin"));
    assert_true(is(&answer, "Cross-Origin-Opener-Policy", "same-origin"));
    assert_null(answer_header(&answer, "Strict-Transport-Security").ptr);
    assert_null(answer_header(&answer, "Access-Control-Allow-Origin").ptr);
    (void)site_get(site, SITE_NOBODY, "/api/v1/nothing/at/all", 404);
    (void)site_get(site, SITE_NOBODY, "/api", 404);
}

static void test_a_name_of_its_own(void **state)
{
    static const char ours[] = "GET / HTTP/1.1\r\nHost: CRM.example.com\r\n\r\n",
                      theirs[] = "GET / HTTP/1.1\r\nHost: crm.example.com.evil.net\r\n\r\n";
    struct site *site = site_of(state);

    start(site, "https://crm.example.com");
    struct answer answer = site_raw(site, ours, sizeof(ours) - 1);
    assert_int_equal(answer.status, 200);
    assert_true(has(&answer, "Strict-Transport-Security", "max-age="));
    assert_int_equal(site_raw(site, theirs, sizeof(theirs) - 1).status, 421);
    assert_string_equal(cox_server_url(site->server), "https://crm.example.com");
}

/* ---- stopping ---- */

static void *stop_server(void *arg)
{
    struct site *site = arg;

    (void)probe_at_work(1);
    cox_server_stop(site->server, 5000);
    return NULL;
}

static void test_stopping_answers_first(void **state)
{
    struct site *site = site_of(state);
    struct client late;
    pthread_t thread;

    probe_start(site, NULL);
    assert_int_equal(pthread_create(&thread, NULL, stop_server, site), 0);
    struct answer answer = site_get(site, SITE_REP, "/api/v1/probe/slow?ms=800", 200);
    assert_true(answer.closes);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_false(client_open(&late, site->port)); /* nobody listens any more */
    client_close(&late);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"test_files", test_files, site_sqlite, site_close, NULL},
        {"test_pages", test_pages, site_sqlite, site_close, NULL},
        {"test_a_name_of_its_own", test_a_name_of_its_own, site_sqlite, site_close, NULL},
        {"test_stopping_answers_first", test_stopping_answers_first, site_sqlite, site_close, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
