/* Tests of webhooks: what is told, to whom, signed, in order; what happens when the receiver does not take it. */
#include <arpa/inet.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/day.h"
#include "org/hook.h"
#include "org/people.h"
#include "org/webhook.h"
#include "site.h"

/* ---- a receiver: one connection after the other, what came is kept ---- */

enum { CALLS_MAX = 64, CALL_SIZE = 16384 };

struct receiver {
    int fd;
    uint16_t port;
    pthread_t thread;
    char call[CALL_SIZE]; /* the one being read */
    pthread_mutex_t lock; /* guards what follows */
    int status;           /* what is answered; 0: nothing, until the caller gives up */
    size_t count;
    char calls[CALLS_MAX][CALL_SIZE];
};

static void read_call(int fd, char *call)
{
    size_t size = 0, wanted = CALL_SIZE;
    ssize_t got;

    while (size < wanted && (got = read(fd, call + size, CALL_SIZE - 1 - size)) > 0) {
        const char *end, *length;
        size += (size_t)got;
        call[size] = '\0';
        end = strstr(call, "\r\n\r\n");
        length = strstr(call, "Content-Length: ");
        if (end != NULL && length != NULL) {
            wanted = (size_t)(end + 4 - call) + strtoul(length + 16, NULL, 10);
        }
    }
    call[size] = '\0';
}

static void answer_call(struct receiver *r, int fd)
{
    char *call = r->call, text[200], rest[64];
    int status, size;

    read_call(fd, call);
    (void)pthread_mutex_lock(&r->lock);
    status = r->status;
    if (call[0] != '\0' && r->count < CALLS_MAX) {
        memcpy(r->calls[r->count++], call, CALL_SIZE);
    }
    (void)pthread_mutex_unlock(&r->lock);
    if (status == 0) {
        while (read(fd, rest, sizeof(rest)) > 0) {
        }
        return;
    }
    size = snprintf(text, sizeof(text),
        "HTTP/1.1 %d Said\r\nLocation: http://127.0.0.1:%u/else\r\nContent-Length: 0\r\n\r\n",
        status, r->port);
    (void)!write(fd, text, (size_t)size); /* whoever has gone needs no answer */
}

static void *receive(void *ctx)
{
    struct receiver *r = ctx;
    int fd;

    while ((fd = accept(r->fd, NULL, NULL)) >= 0) {
        answer_call(r, fd);
        (void)close(fd);
    }
    return NULL;
}

static struct receiver *receiver_open(void)
{
    struct receiver *r = calloc(1, sizeof(*r));
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(here);

    assert_non_null(r);
    r->status = 200;
    r->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(r->fd, (struct sockaddr *)&here, sizeof(here)), 0);
    assert_int_equal(listen(r->fd, 16), 0);
    assert_int_equal(getsockname(r->fd, (struct sockaddr *)&here, &size), 0);
    r->port = ntohs(here.sin_port);
    (void)pthread_mutex_init(&r->lock, NULL);
    assert_int_equal(pthread_create(&r->thread, NULL, receive, r), 0);
    return r;
}

static void receiver_close(struct receiver *r)
{
    (void)shutdown(r->fd, SHUT_RDWR);
    (void)pthread_join(r->thread, NULL);
    (void)close(r->fd);
    free(r);
}

static void receiver_says(struct receiver *r, int status)
{
    (void)pthread_mutex_lock(&r->lock);
    r->status = status;
    (void)pthread_mutex_unlock(&r->lock);
}

static size_t received(struct receiver *r)
{
    size_t count;

    (void)pthread_mutex_lock(&r->lock);
    count = r->count;
    (void)pthread_mutex_unlock(&r->lock);
    return count;
}

/* The at-th call, when it has come within a minute. */
static const char *call_of(struct receiver *r, size_t at)
{
    for (int i = 0; i < 6000 && received(r) <= at; i++) {
        (void)usleep(10000);
    }
    assert_true(received(r) > at);
    return r->calls[at];
}

/* ---- the site ---- */

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

static json_int_t number(const json_t *json, const char *key)
{
    return json_integer_value(json_object_get(json, key));
}

static const char *string_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));

    return text == NULL ? "" : text;
}

static void start(struct site *site)
{
    const struct cox_server_opt opt = {
        .limits = {.hook_timeout_ms = 300, .hook_retry_ms = 1000, .hook_fail_max = 3}};

    site_restart(site, &opt);
}

/* Administrators read no deals by that alone: this one leads too. */
static struct receiver *set_up_hooks(struct site *site)
{
    struct firm *f = site->firm;
    struct cox_hat hat;

    assert_int_equal(setenv("COX_WEBHOOK_HOSTS", "crm.internal, 127.0.0.1", 1), 0);
    cox_struct_init(&cox_hat, &hat);
    hat.user = site->users[SITE_ADMIN];
    hat.role = COX_EXECUTIVE;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_hat, &hat, NULL));
    start(site);
    return receiver_open();
}

static const char *hook_path(struct site *site, json_int_t id, const char *rest)
{
    return cox_arena_format(site->arena, "/api/v1/webhooks/%lld%s", (long long)id, rest);
}

static json_int_t make_hook(struct site *site, const struct receiver *r, const char *more)
{
    char *body = cox_arena_format(site->arena,
        "{\"name\":\"To the warehouse\",\"url\":\"http://127.0.0.1:%u/in?a=1\"%s}", r->port, more);

    return number(ask(site, SITE_ADMIN, "POST", "/api/v1/webhooks", body, 201), "id");
}

static const char *make_secret(struct site *site, json_int_t id)
{
    return string_of(ask(site, SITE_ADMIN, "POST", hook_path(site, id, "/secret"), NULL, 201),
        "secret");
}

static json_int_t make_deal(struct site *site, const char *name)
{
    struct firm *f = site->firm;
    char *body = cox_arena_format(site->arena,
        "{\"name\":\"%s\",\"pipeline\":%lld,\"stage\":%lld,\"amount\":12.5}", name,
        (long long)f->pipeline, (long long)f->stages[0]);

    return number(ask(site, SITE_REP, "POST", "/api/v1/opportunities", body, 201), "id");
}

/* Deliveries of a hook once there are so many. */
static json_t *deliveries(struct site *site, json_int_t id, size_t count)
{
    json_t *json = NULL;

    for (int i = 0; i < 6000; i++) {
        json = ask(site, SITE_ADMIN, "GET", hook_path(site, id, "/deliveries"), NULL, 200);
        if (json_array_size(json_object_get(json, "rows")) >= count) {
            return json;
        }
        (void)usleep(10000);
    }
    fail_msg("there are not %zu deliveries", count);
    return json;
}

static json_t *newest(struct site *site, json_int_t id, size_t count)
{
    return json_array_get(json_object_get(deliveries(site, id, count), "rows"), 0);
}

static json_t *body_of(struct site *site, const char *call)
{
    struct answer answer = {.status = 200};
    const char *body = strstr(call, "\r\n\r\n");

    assert_non_null(body);
    answer.body = cox_text_of(body + 4);
    return site_json(site, &answer);
}

static const json_t *change_of(const json_t *body, const char *field)
{
    const json_t *change = json_array_get(json_object_get(body, "changes"), 0);

    return json_object_get(json_object_get(change, "fields"), field);
}

static void must_be_signed(const char *call, const char *secret)
{
    const char *header = strstr(call, "Coxswain-Signature: t="), *body = strstr(call, "\r\n\r\n");
    char hex[crypto_auth_hmacsha256_BYTES * 2 + 1];
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    size_t stamp;

    assert_non_null(header);
    header += 22;
    stamp = strcspn(header, ",");
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)header, stamp);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body + 4, strlen(body + 4));
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2hex(hex, sizeof(hex), mac, sizeof(mac));
    assert_memory_equal(header + stamp, ",v1=", 4);
    assert_memory_equal(header + stamp + 4, hex, strlen(hex));
}

/* ---- what is told ---- */

static void test_changes_are_told_signed_and_in_order(void **state)
{
    struct site *site = site_of(state);
    struct receiver *r = set_up_hooks(site);
    json_int_t hook = make_hook(site, r, ",\"entities\":\"opportunity\""), deal;
    const char *secret, *call, *path;
    json_t *body;

    (void)make_deal(site, "Before the secret");
    secret = make_secret(site, hook);
    assert_memory_equal(secret, "whsec_", 6);
    deal = make_deal(site, "Pumps");
    path = cox_arena_format(site->arena, "/api/v1/opportunities/%lld", (long long)deal);
    (void)ask(site, SITE_REP, "PATCH", path, "{\"amount\":99}", 200);
    (void)ask(site, SITE_REP, "DELETE", path, NULL, 204);

    call = call_of(r, 0);
    assert_memory_equal(call, "POST /in?a=1 HTTP/1.1\r\n", 23);
    must_be_signed(call, secret);
    body = body_of(site, call);
    assert_int_equal(number(body, "webhook"), hook);
    assert_int_equal(number(body, "actor"), site->users[SITE_REP]);
    assert_string_equal(string_of(json_array_get(json_object_get(body, "changes"), 0), "op"),
        "created");
    assert_string_equal(string_of(change_of(body, "name"), "after"), "Pumps");
    body = body_of(site, call_of(r, 1));
    assert_true(json_number_value(json_object_get(change_of(body, "amount"), "before")) == 12.5);
    assert_true(json_number_value(json_object_get(change_of(body, "amount"), "after")) == 99);
    assert_null(change_of(body, "name"));
    body = body_of(site, call_of(r, 2));
    assert_string_equal(string_of(json_array_get(json_object_get(body, "changes"), 0), "op"),
        "removed");
    assert_true(
        number(body_of(site, r->calls[0]), "id") < number(body_of(site, r->calls[1]), "id"));
    assert_true(number(body_of(site, r->calls[1]), "id") < number(body, "id"));

    body = newest(site, hook, 3);
    assert_int_equal(number(body, "status"), 200);
    assert_true(json_is_null(json_object_get(body, "error")));
    /* A trial, and one of them again. */
    (void)ask(site, SITE_ADMIN, "POST", hook_path(site, hook, "/test"), NULL, 202);
    assert_true(json_is_true(json_object_get(body_of(site, call_of(r, 3)), "is_test")));
    (void)newest(site, hook, 4);
    (void)ask(site, SITE_ADMIN, "POST", hook_path(site, hook, "/deliveries/1/redeliver"), NULL,
        202);
    assert_string_equal(string_of(change_of(body_of(site, call_of(r, 4)), "name"), "after"),
        "Pumps"); /* as it was then, though the deal is gone */
    (void)newest(site, hook, 5);
    (void)ask(site, SITE_ADMIN, "POST", hook_path(site, hook, "/deliveries/99/redeliver"), NULL,
        404);
    assert_int_equal(received(r), 5);
    receiver_close(r);
}

static void test_only_what_is_wanted_and_seen(void **state)
{
    static const char *const bad[] = {"\"url\":\"http://example.com/\"", "\"url\":\"ftp://a.com/\"",
        "\"url\":\"https://a:b@example.com/\"", "\"url\":\"https://example.com/#a\"",
        "\"url\":\"nonsense\"", "\"url\":\"https://exa mple.com/\"",
        "\"url\":\"https://example.com/\",\"entities\":\"nothing\"",
        "\"url\":\"https://example.com/\",\"entities\":\"one_on_one\"",
        "\"url\":\"https://example.com/\",\"events\":\"exploded\"",
        "\"url\":\"https://example.com/\",\"off_reason\":\"mine\""};
    struct site *site = site_of(state);
    struct receiver *r = set_up_hooks(site);
    json_int_t hook = make_hook(site, r, ",\"entities\":\"account,lead\",\"events\":\"created\"");
    struct firm *f = site->firm;
    struct answer answer;
    json_t *body;
    char *text;

    for (size_t i = 0; i < COX_COUNT(bad); i++) {
        text = cox_arena_format(site->arena, "{\"name\":\"Bad\",%s}", bad[i]);
        answer = site_ask(site, SITE_ADMIN, "POST", "/api/v1/webhooks", text, NULL);
        site_refused(site, &answer, 400, "COX_INVALID");
    }
    text = cox_arena_format(site->arena,
        "{\"name\":\"Not mine\",\"url\":\"https://example.com/\",\"owner\":%lld}",
        (long long)site->users[SITE_REP]);
    answer = site_ask(site, SITE_ADMIN, "POST", "/api/v1/webhooks", text, NULL);
    site_refused(site, &answer, 400, "COX_INVALID");
    for (enum site_role who = SITE_REP; who <= SITE_EXECUTIVE; who++) {
        answer = site_ask(site, who, "POST", "/api/v1/webhooks",
            "{\"name\":\"No\",\"url\":\"https://example.com/\"}", NULL);
        site_refused(site, &answer, 403, "COX_DENIED");
        answer = site_ask(site, who, "GET", hook_path(site, hook, "/deliveries"), NULL, NULL);
        site_refused(site, &answer, 403, "COX_DENIED");
        answer = site_ask(site, who, "POST", hook_path(site, hook, "/secret"), NULL, NULL);
        site_refused(site, &answer, 403, "COX_DENIED");
    }
    (void)make_secret(site, hook);
    (void)make_deal(site, "Not wanted");
    (void)ask(site, SITE_REP, "POST", "/api/v1/accounts", "{\"name\":\"Wanted\"}", 201);
    body = body_of(site, call_of(r, 0));
    assert_string_equal(string_of(change_of(body, "name"), "after"), "Wanted");
    /* Off: what happens meanwhile is not sent later. */
    (void)ask(site, SITE_ADMIN, "PATCH", hook_path(site, hook, ""), "{\"is_active\":false}", 200);
    (void)ask(site, SITE_REP, "POST", "/api/v1/accounts", "{\"name\":\"Unheard\"}", 201);
    (void)ask(site, SITE_ADMIN, "PATCH", hook_path(site, hook, ""), "{\"is_active\":true}", 200);
    (void)ask(site, SITE_REP, "POST", "/api/v1/accounts", "{\"name\":\"Heard\"}", 201);
    assert_string_equal(string_of(change_of(body_of(site, call_of(r, 1)), "name"), "after"),
        "Heard");
    /* The owner is administrator no more. */
    OK(firm_change(f, firm_operator, &cox_user, site->users[SITE_ADMIN], COX_USER_IS_ACTIVE,
        cox_int(0)));
    (void)ask(site, SITE_REP, "POST", "/api/v1/accounts", "{\"name\":\"Too late\"}", 201);
    for (int i = 0; i < 6000; i++) {
        struct cox_webhook is;
        OK(firm_load(f, firm_operator, (struct cox_as_of){0}, &cox_webhook, hook, &is));
        if (is.is_active == 0) {
            assert_true(cox_text_same(is.off_reason, COX_LIT("its owner no longer works here")));
            break;
        }
        (void)usleep(10000);
        assert_int_not_equal(i, 5999);
    }
    assert_int_equal(received(r), 2);
    receiver_close(r);
}

/* ---- receivers that do not take it ---- */

static void test_failures_are_tried_again_and_end(void **state)
{
    struct site *site = site_of(state);
    struct receiver *r = set_up_hooks(site);
    json_int_t hook = make_hook(site, r, "");
    struct firm *f = site->firm;
    struct answer answer;
    json_t *row;

    (void)make_secret(site, hook);
    receiver_says(r, 500);
    (void)make_deal(site, "First");
    (void)make_deal(site, "Second");
    row = newest(site, hook, 1);
    assert_int_equal(number(row, "status"), 500);
    assert_int_equal(number(deliveries(site, hook, 1), "failures"), 1);
    (void)call_of(r, 0);
    /* A restart forgets nothing; a redirect is a failure; then it is taken, in order. */
    receiver_says(r, 302);
    start(site);
    f->now_us += 1000 * 1000;
    row = newest(site, hook, 2);
    assert_int_equal(number(row, "status"), 302);
    assert_string_equal(string_of(row, "error"), "redirects are not followed");
    receiver_says(r, 204);
    f->now_us += 2000 * 1000;
    (void)newest(site, hook, 4);
    assert_int_equal(number(deliveries(site, hook, 4), "failures"), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(string_of(change_of(body_of(site, call_of(r, i)), "name"), "after"),
            "First");
    }
    assert_string_equal(string_of(change_of(body_of(site, call_of(r, 3)), "name"), "after"),
        "Second");
    /* One that says nothing, until it is switched off: the owner is told. */
    receiver_says(r, 0);
    (void)make_deal(site, "Third");
    for (size_t i = 5; i <= 7; i++) {
        row = newest(site, hook, i);
        assert_true(json_is_null(json_object_get(row, "status")));
        assert_string_not_equal(string_of(row, "error"), "");
        f->now_us += 8000 * 1000;
    }
    for (int i = 0; i < 6000; i++) {
        row = ask(site, SITE_ADMIN, "GET", hook_path(site, hook, ""), NULL, 200);
        if (json_is_false(json_object_get(row, "is_active"))) {
            break;
        }
        (void)usleep(10000);
    }
    assert_non_null(strstr(string_of(row, "off_reason"), "3 deliveries failed in a row"));
    answer = site_get(site, SITE_ADMIN, "/api/v1/notifications", 200);
    assert_non_null(strstr(answer.body.ptr, "\"kind\":\"webhook_off\""));
    receiver_close(r);
}

static void test_private_addresses_are_not_reached(void **state)
{
    struct site *site = site_of(state);
    struct receiver *r = set_up_hooks(site);
    static const char *const hosts[] = {"localhost", "[::1]", "0x7f.1", "[::ffff:127.0.0.1]",
        "169.254.169.254"};

    for (size_t i = 0; i < COX_COUNT(hosts); i++) {
        char *body = cox_arena_format(site->arena,
            "{\"name\":\"In\",\"entities\":\"lead\",\"url\":\"https://%s:%u/\"}", hosts[i],
            r->port);
        json_int_t hook =
            number(ask(site, SITE_ADMIN, "POST", "/api/v1/webhooks", body, 201), "id");
        json_t *row;

        if (strcmp(hosts[i], "0x7f.1") == 0) {
            continue; /* the same host as 127.0.0.1, which is named */
        }
        (void)make_secret(site, hook);
        (void)ask(site, SITE_ADMIN, "POST", hook_path(site, hook, "/test"), NULL, 202);
        row = newest(site, hook, 1);
        assert_string_equal(string_of(row, "error"), "the address is not a public one");
    }
    assert_int_equal(received(r), 0);
    receiver_close(r);
}

static void test_public_addresses(void **state)
{
    static const char *const no4[] = {"0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1",
        "127.255.0.9", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"};
    static const char *const yes4[] = {"1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1",
        "193.0.0.1", "223.255.255.254"};
    static const char *const no6[] = {"::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::a00:1",
        "2002:7f00:1::", "2002:c0a8:101::1", "2001::1", "2001:db8::1", "100::1"};
    static const char *const yes6[] = {"2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8",
        "2002:808:808::1", "64:ff9b::808:808"};
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    struct sockaddr other = {.sa_family = AF_UNIX};

    (void)state;
    for (size_t i = 0; i < COX_COUNT(no4) + COX_COUNT(yes4); i++) {
        bool is_no = i < COX_COUNT(no4);
        const char *text = is_no ? no4[i] : yes4[i - COX_COUNT(no4)];
        assert_int_equal(inet_pton(AF_INET, text, &in.sin_addr), 1);
        if (cox_hook_address_is_public((const struct sockaddr *)&in) == is_no) {
            fail_msg("%s", text);
        }
    }
    for (size_t i = 0; i < COX_COUNT(no6) + COX_COUNT(yes6); i++) {
        bool is_no = i < COX_COUNT(no6);
        const char *text = is_no ? no6[i] : yes6[i - COX_COUNT(no6)];
        assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
        if (cox_hook_address_is_public((const struct sockaddr *)&in6) == is_no) {
            fail_msg("%s", text);
        }
    }
    assert_false(cox_hook_address_is_public(&other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_public_addresses),
        BOTH_SITES(test_changes_are_told_signed_and_in_order),
        BOTH_SITES(test_only_what_is_wanted_and_seen),
        BOTH_SITES(test_failures_are_tried_again_and_end),
        BOTH_SITES(test_private_addresses_are_not_reached),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
