/* Tests of what is bounded: sizes, slow clients, connections, the queue, rates; and of waiting for a commit. */
#include <poll.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "org/people.h"
#include "probe.h"

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- sizes ---- */

static void test_bodies(void **state)
{
    struct site *site = site_of(state);
    char big[1100], header[2000];
    struct answer answer;

    probe_start(site, NULL);
    answer = site_ask(site, SITE_REP, "POST", "/api/v1/probe/echo", "{\"a\":1}", NULL);
    assert_int_equal(answer.status, 200);
    assert_true(cox_text_same(answer.body, COX_LIT("{\"a\":1}")));
    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    answer = site_ask(site, SITE_REP, "POST", "/api/v1/probe/echo", big, NULL);
    site_refused(site, &answer, 413, "COX_TOO_LARGE");
    /* In chunks, which tell no size before. */
    answer = site_ask(site, SITE_REP, "POST", "/api/v1/probe/echo", NULL,
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"a\":1}\r\n0\r\n");
    assert_int_equal(answer.status, 200);
    (void)snprintf(header, sizeof(header),
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n44b\r\n%s\r\n0\r\n",
        big);
    answer = site_ask(site, SITE_REP, "POST", "/api/v1/probe/echo", NULL, header);
    site_refused(site, &answer, 413, "COX_TOO_LARGE");
    answer = site_ask(site, SITE_REP, "POST", "/api/v1/probe/change", "{}", NULL);
    site_refused(site, &answer, 413, "COX_TOO_LARGE");
    answer = site_ask(site, SITE_REP, "POST", "/api/v1/probe/echo", NULL,
        "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}");
    site_refused(site, &answer, 415, "COX_INVALID");
    answer = site_ask(site, SITE_REP, "POST", "/api/v1/probe/echo", "[1", NULL);
    site_refused(site, &answer, 400, "COX_INVALID");
    answer = site_ask(site, SITE_REP, "POST", "/api/v1/probe/echo", "{\"a\":1,\"a\":2}", NULL);
    site_refused(site, &answer, 400, "COX_INVALID");
}

static void test_a_file(void **state)
{
    enum { SIZE = 3 << 20 };
    struct site *site = site_of(state);
    char *head = cox_arena_alloc(site->arena, SIZE + 200), *body;
    uint64_t sum = 0;
    char wanted[100];

    probe_start(site, NULL);
    body = head + sprintf(head, "Content-Type: text/csv\r\nContent-Length: %d\r\n\r\n", SIZE);
    for (int i = 0; i < SIZE; i++) {
        body[i] = (char)('a' + i * 7 % 26);
        sum = sum * 31 + (unsigned char)body[i];
    }
    /* The end of the head that site_ask adds is two bytes of the body more: sent within its size. */
    body[SIZE - 2] = '\0';
    sum = 0;
    for (int i = 0; i < SIZE - 2; i++) {
        sum = sum * 31 + (unsigned char)body[i];
    }
    sum = (sum * 31 + '\r') * 31 + '\n';
    struct answer answer = site_ask(site, SITE_REP, "POST", "/api/v1/probe/file", NULL, head);
    (void)snprintf(wanted, sizeof(wanted), "{\"size\":%d,\"sum\":\"%llx\"}", SIZE,
        (unsigned long long)sum);
    assert_int_equal(answer.status, 200);
    assert_true(cox_text_same(answer.body, cox_text_of(wanted)));
}

static void test_heads(void **state)
{
    struct site *site = site_of(state);
    static char bytes[64 * 1024];
    struct answer answer;
    int size = 0;

    size = sprintf(bytes, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n");
    for (int i = 0; i < 100; i++) {
        size += sprintf(bytes + size, "X-%d: y\r\n", i);
    }
    size += sprintf(bytes + size, "\r\n");
    answer = site_raw(site, bytes, (size_t)size);
    assert_int_equal(answer.status, 431);
    size = sprintf(bytes, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: %050000d\r\n\r\n", 1);
    answer = site_raw(site, bytes, (size_t)size);
    assert_true(answer.status == 0 || answer.status == 431 || answer.status == 413);
    size = sprintf(bytes, "GET /%050000d HTTP/1.1\r\nHost: localhost\r\n\r\n", 1);
    answer = site_raw(site, bytes, (size_t)size);
    assert_true(answer.status == 0 || answer.status == 414 || answer.status == 431);
    (void)site_get(site, SITE_NOBODY, "/healthz", 200);
}

static void test_what_handlers_get(void **state)
{
    struct site *site = site_of(state);
    struct answer answer;

    probe_start(site, NULL);
    answer = site_get(site, SITE_REP, "/api/v1/probe/items/7/a%20b%C3%A4.txt", 200);
    assert_true(cox_text_same(answer.body, COX_LIT("7:a b\xc3\xa4")));
    assert_true(cox_text_same(answer_header(&answer, "ETag"), COX_LIT("\"5\"")));
    assert_non_null(answer_header(&answer, "Coxswain-Seq").ptr);
    (void)site_get(site, SITE_REP, "/api/v1/probe/items/7/.txt", 404);
    (void)site_get(site, SITE_REP, "/api/v1/probe/items/x/a.txt", 404);
    (void)site_get(site, SITE_REP, "/api/v1/probe/items/99999999999999999999/a.txt", 404);
    (void)site_get(site, SITE_REP, "/api/v1/probe/slow?ms=x", 400);
    (void)site_get(site, SITE_REP, "/api/v1/probe/slow?ms=%ff", 400);
    answer = site_get(site, SITE_REP, "/api/v1/probe/fault", 500);
    assert_null(memmem(answer.body.ptr, answer.body.size, "secret", 6));
    assert_true(site_logged(site, "a secret of the machine room")); /* for the operator */
    assert_true(site_logged(site, "route=/api/v1/probe/items/{id}/{name}.txt"));
    assert_true(site_never_logged(site, "a%20b")); /* patterns only */
}

/* ---- slow clients ---- */

static void test_drips_are_closed(void **state)
{
    const struct cox_server_limits limits = {.header_s = 1, .idle_s = 2, .body_s = 1};
    static const char body[] =
        "POST /api/v1/probe/echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 100\r\n\r\n";
    struct site *site = site_of(state);
    struct client silent, dripping, slow_body;
    int64_t start = now_ms();
    bool is_closed = false;

    probe_start(site, &limits);
    assert_true(client_open(&silent, site->port));
    assert_true(client_open(&dripping, site->port));
    assert_true(client_open(&slow_body, site->port));
    assert_true(client_send(&slow_body, body, sizeof(body) - 1));
    for (int i = 0; i < 200 && !is_closed; i++) { /* a byte each 0.1 s never is idle for long */
        (void)client_send(&dripping, "G", 1);
        (void)client_send(&slow_body, "x", 1);
        is_closed = client_is_closed(&dripping, 100);
    }
    assert_true(is_closed);
    assert_true(client_is_closed(&slow_body, 20000));
    assert_true(client_is_closed(&silent, 20000));
    assert_true(now_ms() - start < 30000);
    (void)site_get(site, SITE_REP, "/api/v1/probe/who", 200);
    assert_true(client_is_closed(&site->clients[SITE_REP], 20000)); /* idle */
    client_close(&site->clients[SITE_REP]);
    client_close(&silent);
    client_close(&dripping);
    client_close(&slow_body);
}

/* ---- many at once ---- */

/* count connections, each with several requests, all at the same time: none waits for another. */
static void ask_all(struct site *site, struct client *clients, int count, const char *path)
{
    char bytes[300];
    int size = snprintf(bytes, sizeof(bytes),
        "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n", path,
        site->tokens[SITE_REP]);
    int64_t start = now_ms();

    for (int i = 0; i < count; i++) {
        assert_true(client_send(&clients[i], bytes, (size_t)size));
    }
    for (int i = 0; i < count; i++) {
        struct answer answer = client_read(&clients[i], site->arena, false);
        assert_int_equal(answer.status, 200);
    }
    assert_true(now_ms() - start < 30000);
}

static void test_many_connections(void **state)
{
    static const int counts[] = {128, 256, 512, 1024};
    static struct client clients[1024];
    const struct cox_server_limits limits = {.user_rate = 100000, .user_burst = 100000};
    struct site *site = site_of(state);
    int open_count = 0;

    probe_start(site, &limits);
    for (size_t c = 0; c < COX_COUNT(counts); c++) {
        for (; open_count < counts[c]; open_count++) {
            assert_true(client_open(&clients[open_count], site->port));
        }
        for (int round = 0; round < 3; round++) {
            ask_all(site, clients, open_count, "/api/v1/probe/quick");
            ask_all(site, clients, open_count, "/api/v1/probe/who");
        }
    }
    for (int i = 0; i < open_count; i++) {
        client_close(&clients[i]);
    }
}

/* Waits, a minute at most, until so many have an answer. */
static bool answered(const struct client *clients, size_t count, size_t wanted)
{
    struct pollfd pollers[32];
    size_t found = 0;

    assert_true(count <= COX_COUNT(pollers));
    for (int i = 0; i < 600 && found != wanted; i++) {
        found = 0;
        for (size_t at = 0; at < count; at++) {
            pollers[at] = (struct pollfd){.fd = clients[at].fd, .events = POLLIN};
        }
        (void)poll(pollers, count, 0);
        for (size_t at = 0; at < count; at++) {
            found += (pollers[at].revents & POLLIN) != 0;
        }
        if (found != wanted) {
            (void)usleep(100000);
        }
    }
    return found == wanted;
}

static void test_a_full_queue(void **state)
{
    enum { COUNT = 12 };
    const struct cox_server_limits limits = {.worker_count = 2, .queue_max = 4};
    struct site *site = site_of(state);
    struct client clients[COUNT];
    int done = 0, refused = 0;
    char bytes[300];

    probe_start(site, &limits);
    int size = snprintf(bytes, sizeof(bytes),
        "GET /api/v1/probe/slow?gate=1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
        site->tokens[SITE_REP]);
    for (int i = 0; i < COUNT; i++) {
        assert_true(client_open(&clients[i], site->port));
        assert_true(client_send(&clients[i], bytes, (size_t)size));
        assert_true(i >= 2 || probe_at_work(i + 1));
    }
    assert_true(answered(clients, COUNT, COUNT - 6));
    probe_open_gate();
    for (int i = 0; i < COUNT; i++) {
        struct answer answer = client_read(&clients[i], site->arena, false);
        done += answer.status == 200;
        if (answer.status == 503) {
            refused++;
            assert_non_null(answer_header(&answer, "Retry-After").ptr);
        }
        client_close(&clients[i]);
    }
    assert_int_equal(done, 6); /* two at work, four waiting */
    assert_int_equal(refused, COUNT - 6);
}

/* Long reads take all connections of the store but those kept for quick ones. */
static void test_long_reads_stop_nobody(void **state)
{
    enum { COUNT = 12 };
    struct site *site = site_of(state);
    struct client clients[COUNT];
    int64_t deal = firm_deal(site->firm, "Pumps", site->users[SITE_REP], 100000, 1);
    char bytes[300], path[80];

    probe_start(site, NULL);
    (void)snprintf(path, sizeof(path), "/api/v1/opportunities/%lld", (long long)deal);
    (void)site_get(site, SITE_REP, path, 200); /* signed in, as far as memory goes */
    int size = snprintf(bytes, sizeof(bytes),
        "GET /api/v1/probe/hold?gate=1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
        site->tokens[SITE_PEER]);
    for (int i = 0; i < COUNT; i++) {
        assert_true(client_open(&clients[i], site->port));
        assert_true(client_send(&clients[i], bytes, (size_t)size));
    }
    (void)usleep(200000); /* those that get no connection stand behind the others */
    for (int i = 0; i < 10; i++) {
        (void)site_get(site, SITE_REP, path, 200);
    }
    assert_true(answered(clients, COUNT, 0)); /* not one of them was waited for */
    probe_open_gate();
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(client_read(&clients[i], site->arena, false).status, 200);
        client_close(&clients[i]);
    }
}

/* A large file of somebody who is not signed in is refused by its head. */
static void test_no_file_from_a_stranger(void **state)
{
    static const char head[] = "POST /api/v1/probe/file HTTP/1.1\r\nHost: localhost\r\n"
                               "Content-Type: text/csv\r\nContent-Length: 8000000\r\n\r\n";
    struct site *site = site_of(state);

    probe_start(site, NULL);
    struct answer answer = site_raw(site, head, sizeof(head) - 1);
    site_refused(site, &answer, 401, "COX_SIGN_IN");
    assert_true(answer.closes);
}

/* So many are let in at once, and one more for each second that this takes; then none. */
static void expect_refusal(struct site *site, enum site_role who, int let_in, int burst)
{
    int64_t start = now_ms();
    int count = 0, status;

    while (
        (status = site_ask(site, who, "GET", "/api/v1/probe/who", NULL, NULL).status) == let_in) {
        count++;
        assert_true(count <= burst + 1 + (now_ms() - start) / 1000);
    }
    assert_int_equal(status, 429);
    assert_true(count >= burst);
}

static void test_rates(void **state)
{
    const struct cox_server_limits limits = {.user_rate = 1,
        .user_burst = 5,
        .address_rate = 1,
        .address_burst = 3};
    struct site *site = site_of(state);

    probe_start(site, &limits);
    expect_refusal(site, SITE_REP, 200, 5);
    struct answer answer = site_get(site, SITE_REP, "/api/v1/probe/who", 429);
    site_refused(site, &answer, 429, "COX_TOO_OFTEN");
    assert_non_null(answer_header(&answer, "Retry-After").ptr);
    (void)site_get(site, SITE_PEER, "/api/v1/probe/who", 200); /* another's is untouched */
    expect_refusal(site, SITE_NOBODY, 401, 3);
}

/* ---- waiting for a commit ---- */

static void *commit_later(void *arg)
{
    struct site *site = arg;

    (void)usleep(100000);
    (void)firm_account(site->firm, "Nordwind", site->users[SITE_REP]);
    return NULL;
}

static void test_after_waits_for_its_commit(void **state)
{
    struct site *site = site_of(state);
    int64_t head = cox_server_head(site->server), start;
    pthread_t thread;
    char header[64];

    (void)snprintf(header, sizeof(header), "Coxswain-After: %lld\r\n", (long long)head);
    start = now_ms();
    (void)site_ask(site, SITE_NOBODY, "GET", "/healthz", NULL, header);
    assert_true(now_ms() - start < 400); /* it is there */
    int64_t waited = 0;
    for (int tries = 0; tries < 20 && (waited < 90 || waited >= 490);
         tries++) { /* on a busy machine the commit may be late */
        head = cox_server_head(site->server);
        (void)snprintf(header, sizeof(header), "Coxswain-After: %lld\r\n", (long long)head + 1);
        start = now_ms();
        assert_int_equal(pthread_create(&thread, NULL, commit_later, site), 0);
        struct answer answer = site_ask(site, SITE_NOBODY, "GET", "/healthz", NULL, header);
        waited = now_ms() - start;
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_true(waited >= 490 || atoll(answer_header(&answer, "Coxswain-Seq").ptr) >= head + 1);
    }
    assert_true(waited >= 90 && waited < 490);
    head = cox_server_head(site->server);
    (void)snprintf(header, sizeof(header), "Coxswain-After: %lld\r\n", (long long)head + 1000);
    start = now_ms();
    assert_int_equal(site_ask(site, SITE_NOBODY, "GET", "/healthz", NULL, header).status, 200);
    waited = now_ms() - start;
    assert_true(waited >= 490 && waited < 10000);
}

/* ---- streams ---- */

static void open_stream(struct site *site, struct client *client, enum site_role who)
{
    char bytes[300];
    int size = snprintf(bytes, sizeof(bytes),
        "GET /api/v1/probe/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
        site->tokens[who]);

    assert_true(client_open(client, site->port));
    assert_true(client_send(client, bytes, (size_t)size));
}

static void test_streams(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    struct client client, gone, more[4];
    char wanted[64];

    probe_start(site, &(struct cox_server_limits){.user_stream_max = 3});
    open_stream(site, &client, SITE_REP);
    (void)snprintf(wanted, sizeof(wanted), "data: %lld %lld\n", (long long)site->users[SITE_REP],
        (long long)cox_server_head(site->server));
    assert_true(client_wait(&client, wanted, 5000, site->arena, NULL));
    for (int i = 0; i < 3; i++) {
        (void)firm_account(f, "Nordwind", site->users[SITE_REP]);
        (void)snprintf(wanted, sizeof(wanted), "data: %lld %lld\n",
            (long long)site->users[SITE_REP], (long long)cox_server_head(site->server));
        assert_true(client_wait(&client, wanted, 5000, site->arena, NULL));
    }
    open_stream(site, &gone, SITE_REP);
    assert_true(client_wait(&gone, "data:", 5000, site->arena, NULL));
    client_close(&gone); /* the server finds out when it next writes */
    (void)firm_account(f, "Nordwind", site->users[SITE_REP]);
    assert_true(client_wait(&client, "data:", 5000, site->arena, NULL));
    for (int i = 0; i < 4; i++) {
        open_stream(site, &more[i], SITE_PEER);
        assert_true(client_wait(&more[i], i < 3 ? "data:" : "429", 5000, site->arena, NULL));
    }
    /* Who has left hears nothing more. */
    OK(firm_change(f, firm_operator, &cox_user, site->users[SITE_REP], COX_USER_IS_ACTIVE,
        cox_int(0)));
    struct cox_text rest;
    assert_true(client_wait(&client, "0\r\n\r\n", 5000, site->arena, &rest)); /* its last chunk */
    assert_null(memmem(rest.ptr, rest.size, "data:", 5));
    client_close(&client);
    for (int i = 0; i < 4; i++) {
        client_close(&more[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_bodies),
        BOTH_SITES(test_a_file),
        BOTH_SITES(test_heads),
        BOTH_SITES(test_what_handlers_get),
        {"test_drips_are_closed", test_drips_are_closed, site_sqlite, site_close, NULL},
        {"test_many_connections", test_many_connections, site_sqlite, site_close, NULL},
        {"test_a_full_queue", test_a_full_queue, site_sqlite, site_close, NULL},
        {"test_long_reads_stop_nobody", test_long_reads_stop_nobody, site_sqlite, site_close, NULL},
        {"test_no_file_from_a_stranger", test_no_file_from_a_stranger, site_sqlite, site_close,
            NULL},
        {"test_rates", test_rates, site_sqlite, site_close, NULL},
        BOTH_SITES(test_after_waits_for_its_commit),
        BOTH_SITES(test_streams),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
