/* Tests of webhooks: what is told, to whom, signed, in order; what happens when the receiver does not take it. */
#include <arpa/inet.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/day.h"
#include "org/hook.h"
#include "org/people.h"
#include "org/webhook.h"
#include "receiver.h"
#include "site.h"

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
    return receiver_open(NULL);
}

static const char *hook_path(struct site *site, json_int_t id, const char *rest)
{
    return cox_arena_format(site->arena, "/api/v1/webhooks/%lld%s", (long long)id, rest);
}

static json_int_t make_hook(struct site *site, const struct receiver *r, const char *more)
{
    char *body = cox_arena_format(site->arena,
        "{\"name\":\"To the warehouse\",\"url\":\"http://127.0.0.1:%u/in?a=1\"%s}",
        receiver_port(r), more);

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

/* at: which of the signatures there are. */
static void must_be_signed_at(const char *call, const char *secret, size_t at)
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
    header += stamp + at * (4 + strlen(hex));
    assert_memory_equal(header, ",v1=", 4);
    assert_memory_equal(header + 4, hex, strlen(hex));
}

static void must_be_signed(const char *call, const char *secret)
{
    must_be_signed_at(call, secret, 0);
}

static size_t signatures_of(const char *call)
{
    const char *header = strstr(call, "Coxswain-Signature: "), *end;
    size_t count = 0;

    assert_non_null(header);
    end = strstr(header, "\r\n");
    for (const char *at = header; (at = strstr(at, ",v1=")) != NULL && at < end; at++) {
        count++;
    }
    return count;
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

    call = receiver_call(r, 0);
    assert_memory_equal(call, "POST /in?a=1 HTTP/1.1\r\n", 23);
    must_be_signed(call, secret);
    body = body_of(site, call);
    assert_int_equal(number(body, "webhook"), hook);
    assert_int_equal(number(body, "actor"), site->users[SITE_REP]);
    assert_string_equal(string_of(json_array_get(json_object_get(body, "changes"), 0), "op"),
        "created");
    assert_string_equal(string_of(change_of(body, "name"), "after"), "Pumps");
    body = body_of(site, receiver_call(r, 1));
    assert_true(json_number_value(json_object_get(change_of(body, "amount"), "before")) == 12.5);
    assert_true(json_number_value(json_object_get(change_of(body, "amount"), "after")) == 99);
    assert_null(change_of(body, "name"));
    body = body_of(site, receiver_call(r, 2));
    assert_string_equal(string_of(json_array_get(json_object_get(body, "changes"), 0), "op"),
        "removed");
    assert_true(number(body_of(site, receiver_call(r, 0)), "id") <
                number(body_of(site, receiver_call(r, 1)), "id"));
    assert_true(number(body_of(site, receiver_call(r, 1)), "id") < number(body, "id"));

    body = newest(site, hook, 3);
    assert_int_equal(number(body, "status"), 200);
    assert_true(json_is_null(json_object_get(body, "error")));
    /* A trial, and one of them again. */
    (void)ask(site, SITE_ADMIN, "POST", hook_path(site, hook, "/test"), NULL, 202);
    assert_true(json_is_true(json_object_get(body_of(site, receiver_call(r, 3)), "is_test")));
    (void)newest(site, hook, 4);
    (void)ask(site, SITE_ADMIN, "POST", hook_path(site, hook, "/deliveries/1/redeliver"), NULL,
        202);
    assert_string_equal(string_of(change_of(body_of(site, receiver_call(r, 4)), "name"), "after"),
        "Pumps"); /* as it was then, though the deal is gone */
    (void)newest(site, hook, 5);
    (void)ask(site, SITE_ADMIN, "POST", hook_path(site, hook, "/deliveries/99/redeliver"), NULL,
        404);
    assert_int_equal(receiver_count(r), 5);
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
    body = body_of(site, receiver_call(r, 0));
    assert_string_equal(string_of(change_of(body, "name"), "after"), "Wanted");
    /* Off: what happens meanwhile is not sent later. */
    (void)ask(site, SITE_ADMIN, "PATCH", hook_path(site, hook, ""), "{\"is_active\":false}", 200);
    (void)ask(site, SITE_REP, "POST", "/api/v1/accounts", "{\"name\":\"Unheard\"}", 201);
    (void)ask(site, SITE_ADMIN, "PATCH", hook_path(site, hook, ""), "{\"is_active\":true}", 200);
    (void)ask(site, SITE_REP, "POST", "/api/v1/accounts", "{\"name\":\"Heard\"}", 201);
    assert_string_equal(string_of(change_of(body_of(site, receiver_call(r, 1)), "name"), "after"),
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
    assert_int_equal(receiver_count(r), 2);
    receiver_close(r);
}

/* A new secret takes over without a gap: for as long as is asked for the one before signs beside it. */
static void test_secrets_overlap(void **state)
{
    struct site *site = site_of(state);
    struct receiver *r = set_up_hooks(site);
    json_int_t hook = make_hook(site, r, ",\"entities\":\"account\"");
    const char *path = hook_path(site, hook, "/secret"), *first = make_secret(site, hook), *second;
    struct answer answer;

    (void)ask(site, SITE_REP, "POST", "/api/v1/accounts", "{\"name\":\"One\"}", 201);
    assert_int_equal(signatures_of(receiver_call(r, 0)), 1);
    must_be_signed(receiver_call(r, 0), first);
    second = string_of(ask(site, SITE_ADMIN, "POST", path, "{\"overlap_s\":3600}", 201), "secret");
    assert_string_not_equal(second, first);
    (void)ask(site, SITE_REP, "POST", "/api/v1/accounts", "{\"name\":\"Two\"}", 201);
    assert_int_equal(signatures_of(receiver_call(r, 1)), 2);
    must_be_signed_at(receiver_call(r, 1), second, 0);
    must_be_signed_at(receiver_call(r, 1), first, 1);
    assert_true(json_is_string(json_object_get(deliveries(site, hook, 1), "old_secret_until")));
    /* The hour is over; then one that is to end at once. */
    site->firm->now_us += 3601 * COX_SECOND_US;
    (void)ask(site, SITE_REP, "POST", "/api/v1/accounts", "{\"name\":\"Three\"}", 201);
    assert_int_equal(signatures_of(receiver_call(r, 2)), 1);
    must_be_signed(receiver_call(r, 2), second);
    assert_true(json_is_null(json_object_get(deliveries(site, hook, 1), "old_secret_until")));
    first = string_of(ask(site, SITE_ADMIN, "POST", path, "{\"overlap_s\":60}", 201), "secret");
    first = make_secret(site, hook);
    (void)ask(site, SITE_REP, "POST", "/api/v1/accounts", "{\"name\":\"Four\"}", 201);
    assert_int_equal(signatures_of(receiver_call(r, 3)), 1);
    must_be_signed(receiver_call(r, 3), first);
    for (int i = 0; i < 4; i++) {
        static const char *const bad[] = {"{\"overlap_s\":-1}", "{\"overlap_s\":604801}",
            "{\"overlap_s\":\"1 h\"}", "[1]"};

        answer = site_ask(site, SITE_ADMIN, "POST", path, bad[i], NULL);
        site_refused(site, &answer, 400, "COX_INVALID");
    }
    receiver_close(r);
}

/* ---- over HTTPS ---- */

static const char *trial_error(struct site *site, json_int_t hook, size_t count)
{
    (void)ask(site, SITE_ADMIN, "POST", hook_path(site, hook, "/test"), NULL, 202);
    return string_of(newest(site, hook, count), "error");
}

static void test_an_own_authority_is_believed(void **state)
{
    struct site *site = site_of(state);
    char folder[] = "/tmp/cox-hooks-XXXXXX", *ca, *body;
    struct receiver_trust *good, *other;
    struct receiver *plain = set_up_hooks(site), *r, *wrong;
    struct cox_server_opt opt = {
        .limits = {.hook_timeout_ms = 10000, .hook_retry_ms = 1000, .hook_fail_max = 3}};
    json_int_t hook, misled;
    const char *secret;

    assert_non_null(mkdtemp(folder));
    ca = cox_arena_format(site->arena, "%s/ca.pem", folder);
    other = receiver_trust_make(folder, "127.0.0.2"); /* a certificate for another address */
    good = receiver_trust_make(folder, "127.0.0.1");
    r = receiver_open(good);
    wrong = receiver_open(other);
    body = cox_arena_format(site->arena,
        "{\"name\":\"Safe\",\"url\":\"https://127.0.0.1:%u/\",\"entities\":\"account\"}",
        receiver_port(r));
    hook = number(ask(site, SITE_ADMIN, "POST", "/api/v1/webhooks", body, 201), "id");
    body = cox_arena_format(site->arena,
        "{\"name\":\"Wrong\",\"url\":\"https://127.0.0.1:%u/\",\"entities\":\"lead\"}",
        receiver_port(wrong));
    misled = number(ask(site, SITE_ADMIN, "POST", "/api/v1/webhooks", body, 201), "id");
    secret = make_secret(site, hook);
    (void)make_secret(site, misled);
    /* Nobody has said that this authority is to be believed. */
    site_restart(site, &opt);
    assert_string_not_equal(trial_error(site, hook, 1), "");
    assert_int_equal(receiver_count(r), 0);
    opt.ca_file = ca;
    site_restart(site, &opt);
    assert_string_equal(trial_error(site, hook, 2), "");
    must_be_signed(receiver_call(r, 0), secret);
    (void)ask(site, SITE_REP, "POST", "/api/v1/accounts", "{\"name\":\"Told\"}", 201);
    assert_string_equal(string_of(change_of(body_of(site, receiver_call(r, 1)), "name"), "after"),
        "Told");
    assert_string_not_equal(trial_error(site, misled, 1), "");
    assert_int_equal(receiver_count(wrong), 0);
    receiver_close(r);
    receiver_close(wrong);
    receiver_close(plain);
    receiver_trust_drop(good);
    receiver_trust_drop(other);
    (void)unlink(ca);
    (void)rmdir(folder);
}

/* ---- two servers on one store ---- */

/* In the normal case each event is sent once, by whichever of the two; none is left out when one of them ends. */
static void test_two_nodes_send_once(void **state)
{
    enum { EVENTS = 24 };
    struct site *site = site_of(state);
    const struct cox_server_opt opt = {
        .limits = {.hook_timeout_ms = 10000, .hook_retry_ms = 1000, .hook_fail_max = 3}};
    struct receiver *a = set_up_hooks(site), *b = receiver_open(NULL);
    json_int_t hooks[2] = {make_hook(site, a, ",\"entities\":\"account\""),
        make_hook(site, b, ",\"entities\":\"account\"")};
    struct receiver *const receivers[] = {a, b};
    struct site *second = cox_arena_alloc(site->arena, sizeof(*second));
    struct cox_store *store;

    site_open_second(site, second, &store, &opt);
    (void)make_secret(site, hooks[0]);
    (void)make_secret(second, hooks[1]);
    for (int i = 0; i < EVENTS; i++) {
        char *body = cox_arena_format(site->arena, "{\"name\":\"Account %02d\"}", i);

        (void)ask(i % 2 == 0 ? site : second, SITE_REP, "POST", "/api/v1/accounts", body, 201);
    }
    for (int i = 0; i < 2; i++) {
        (void)receiver_call(receivers[i], EVENTS - 1);
        (void)deliveries(site, hooks[i], EVENTS);
    }
    site_close_second(second, store);
    (void)ask(site, SITE_REP, "POST", "/api/v1/accounts", "{\"name\":\"Account 24\"}", 201);
    for (int i = 0; i < 2; i++) {
        (void)receiver_call(receivers[i], EVENTS);
        (void)usleep(300000); /* whoever would send twice has had the time */
        assert_int_equal(receiver_count(receivers[i]), EVENTS + 1);
        for (int k = 0; k <= EVENTS; k++) {
            const char *call = receiver_call(receivers[i], (size_t)k);
            char *name = cox_arena_format(site->arena, "Account %02d", k);

            assert_string_equal(string_of(change_of(body_of(site, call), "name"), "after"), name);
        }
    }
    receiver_close(a);
    receiver_close(b);
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
    (void)receiver_call(r, 0);
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
        assert_string_equal(
            string_of(change_of(body_of(site, receiver_call(r, i)), "name"), "after"), "First");
    }
    assert_string_equal(string_of(change_of(body_of(site, receiver_call(r, 3)), "name"), "after"),
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
            receiver_port(r));
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
    assert_int_equal(receiver_count(r), 0);
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
        BOTH_SITES(test_secrets_overlap),
        cmocka_unit_test_setup_teardown(test_an_own_authority_is_believed, site_sqlite, site_close),
        cmocka_unit_test_setup_teardown(test_two_nodes_send_once, site_postgres, site_close),
        BOTH_SITES(test_failures_are_tried_again_and_end),
        BOTH_SITES(test_private_addresses_are_not_reached),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
