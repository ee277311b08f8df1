/*
 * Tests of digests by mail: the message's form, when one is due, and what a small SMTP server of this test is given:
 * once a day, never words of two people, again only after a clear no.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/zone.h"
#include "jobs/mail.h"
#include "jobs/schedule.h"
#include "site.h"

#define SECRET "Qxvplanted"

/* ---- the form ---- */

static void test_addresses(void **state)
{
    static const char *const good[] = {"a@b", "ada.berg+x@example.com"};
    static const char *const bad[] = {"", "ada", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nBcc: c@d",
        "<a@b>", "a,b@c", "\xc3\xa4@b"};

    (void)state;
    for (size_t i = 0; i < COX_COUNT(good); i++) {
        assert_true(cox_mail_is_address(cox_text_of(good[i])));
    }
    for (size_t i = 0; i < COX_COUNT(bad); i++) {
        assert_false(cox_mail_is_address(cox_text_of(bad[i])));
    }
}

static void test_the_message_has_its_form(void **state)
{
    struct cox_mail mail = {.from = "crm@example.com",
        .to = "ada@example.com",
        .subject = COX_LIT("M\xc3\xbcller"),
        .text =
            COX_LIT("gr\xc3\xbc\xc3\x9f \n.dot = 1\n"
                    "a long line that goes on and on and on and on and on and on and on and on"),
        .html = COX_LIT("<p>x</p>"),
        .message_id = "digest-7-20000@example.com",
        .unsubscribe = "https://crm.example.com/unsubscribe/abc",
        .at_us = INT64_C(1779278400000000)};
    static const char *const wanted[] = {"Date: Wed, 20 May 2026 12:00:00 +0000\r\n",
        "From: Coxswain <crm@example.com>\r\nTo: <ada@example.com>\r\n",
        "Subject: =?UTF-8?B?TcO8bGxlcg==?=\r\n", "Message-ID: <digest-7-20000@example.com>\r\n",
        "List-Unsubscribe: <https://crm.example.com/unsubscribe/abc>\r\n",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", "gr=C3=BC=C3=9F=20\r\n",
        ".dot =3D 1\r\n", "=\r\n"};
    struct cox_buf buf;

    (void)state;
    cox_buf_init(&buf, 65536);
    cox_mail_write(&mail, &buf);
    cox_buf_add_char(&buf, '\0');
    for (size_t i = 0; i < COX_COUNT(wanted); i++) {
        if (strstr(buf.ptr, wanted[i]) == NULL) {
            fail_msg("%s is not in %s", wanted[i], buf.ptr);
        }
    }
    for (char *line = buf.ptr, *end; (end = strstr(line, "\r\n")) != NULL; line = end + 2) {
        assert_true(end - line <= 100);
        assert_null(memchr(line, '\n', (size_t)(end - line)));
    }
    cox_buf_done(&buf);
}

static void test_days_are_due_on_the_clock_there(void **state)
{
    static const struct {
        const char *now;
        enum cox_frequency frequency;
        int hour;
        int year, month, day;
    } cases[] = {
        {"2026-05-20T06:59:59+02:00", COX_DAILY, 7, 2026, 5, 19},
        {"2026-05-20T07:00:00+02:00", COX_DAILY, 7, 2026, 5, 20},
        {"2026-05-23T12:00:00+02:00", COX_DAILY, 7, 2026, 5, 22}, /* a Saturday */
        {"2026-05-25T06:00:00+02:00", COX_DAILY, 7, 2026, 5, 22},
        {"2026-05-25T07:00:00+02:00", COX_WEEKLY, 7, 2026, 5, 25},
        {"2026-05-25T06:00:00+02:00", COX_WEEKLY, 7, 2026, 5, 18},
        {"2026-05-24T23:59:59+02:00", COX_WEEKLY, 0, 2026, 5, 18},
        {"2026-03-30T07:00:00+02:00", COX_DAILY, 7, 2026, 3,
            30}, /* after the clocks went forward */
        {"2026-10-26T06:59:59+01:00", COX_DAILY, 7, 2026, 10, 23}, /* after they went back */
        {"2026-10-26T07:00:00+01:00", COX_DAILY, 7, 2026, 10, 26},
    };
    const struct cox_date_opt iso = {.order = COX_DATE_YMD};
    struct cox_arena *arena = cox_arena_open(1 << 20);
    const struct cox_zone *zone;
    struct cox_err err;

    (void)state;
    assert_int_equal(cox_zone_open(COX_LIT("Europe/Berlin"), arena, &zone, &err), COX_OK);
    for (size_t i = 0; i < COX_COUNT(cases); i++) {
        int64_t us;
        assert_int_equal(cox_instant_parse(cox_text_of(cases[i].now), &iso, NULL, &us, &err),
            COX_OK);
        assert_int_equal(cox_schedule_last(zone, us, cases[i].frequency, cases[i].hour),
            cox_day_ymd(cases[i].year, cases[i].month, cases[i].day));
    }
    assert_true(cox_schedule_last(zone, 0, COX_NEVER, 7) == INT64_MIN);
    cox_arena_close(arena);
}

/* ---- a small SMTP server ---- */

enum sink_mode { ACCEPT, REFUSE_PERSON, REFUSE_MESSAGE, HANG_UP };
enum { MESSAGES_MAX = 16, MESSAGE_SIZE = 128 * 1024 };

struct sink {
    int fd;
    uint16_t port;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    enum sink_mode mode;
    size_t tried, count; /* messages begun; those that were read to their end */
    char *messages[MESSAGES_MAX];
};

static void say(FILE *client, const char *line)
{
    (void)fprintf(client, "%s\r\n", line); /* whoever has gone needs no answer */
    (void)fflush(client);
}

/* The message to its dot, into the list; false: hang up without a word. */
static bool take_message(struct sink *sink, FILE *client, enum sink_mode mode)
{
    char line[2048], *message = calloc(1, MESSAGE_SIZE);
    size_t size = 0;

    say(client, "354 go on");
    while (fgets(line, sizeof(line), client) != NULL && strcmp(line, ".\r\n") != 0) {
        size_t length = strlen(line);
        if (size + length < MESSAGE_SIZE) {
            memcpy(message + size, line, length);
            size += length;
        }
    }
    (void)pthread_mutex_lock(&sink->lock);
    if (mode != REFUSE_MESSAGE && sink->count < MESSAGES_MAX) {
        sink->messages[sink->count++] = message;
        message = NULL;
    }
    (void)pthread_mutex_unlock(&sink->lock);
    free(message);
    if (mode == HANG_UP) {
        return false;
    }
    say(client, mode == REFUSE_MESSAGE ? "452 full" : "250 taken");
    return true;
}

static void serve(struct sink *sink, FILE *client)
{
    enum sink_mode mode;
    char line[2048];

    (void)pthread_mutex_lock(&sink->lock);
    mode = sink->mode;
    sink->tried++;
    (void)pthread_mutex_unlock(&sink->lock);
    say(client, "220 sink");
    while (fgets(line, sizeof(line), client) != NULL) {
        if (strncmp(line, "DATA", 4) == 0) {
            if (!take_message(sink, client, mode)) {
                return;
            }
        } else if (strncmp(line, "QUIT", 4) == 0) {
            say(client, "221 bye");
            return;
        } else {
            bool refuses = strncmp(line, "RCPT", 4) == 0 && mode == REFUSE_PERSON;
            say(client, refuses ? "451 later" : "250 fine");
        }
    }
}

static void *run_sink(void *ctx)
{
    struct sink *sink = ctx;
    int fd;

    while ((fd = accept(sink->fd, NULL, NULL)) >= 0) {
        FILE *client = fdopen(fd, "r+");
        if (client != NULL) {
            serve(sink, client);
            (void)fclose(client);
        }
    }
    return NULL;
}

static void open_sink(struct sink *sink)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);

    *sink = (struct sink){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(sink->fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(sink->fd, 8), 0);
    assert_int_equal(getsockname(sink->fd, (struct sockaddr *)&address, &size), 0);
    sink->port = ntohs(address.sin_port);
    (void)pthread_mutex_init(&sink->lock, NULL);
    assert_int_equal(pthread_create(&sink->thread, NULL, run_sink, sink), 0);
}

static void close_sink(struct sink *sink)
{
    (void)shutdown(sink->fd, SHUT_RDWR);
    (void)pthread_join(sink->thread, NULL);
    (void)close(sink->fd);
    for (size_t i = 0; i < sink->count; i++) {
        free(sink->messages[i]);
    }
}

static void set_mode(struct sink *sink, enum sink_mode mode)
{
    (void)pthread_mutex_lock(&sink->lock);
    sink->mode = mode;
    sink->tried = 0;
    (void)pthread_mutex_unlock(&sink->lock);
}

static size_t number_of(struct sink *sink, size_t *which)
{
    size_t number;

    (void)pthread_mutex_lock(&sink->lock);
    number = *which;
    (void)pthread_mutex_unlock(&sink->lock);
    return number;
}

/* Within a minute this many, and no more in some rounds of the server after it. */
static void expect(struct sink *sink, size_t *which, size_t wanted)
{
    for (int i = 0; i < 3000 && number_of(sink, which) < wanted; i++) {
        (void)usleep(20000); /* a thread of the server's */
    }
    (void)usleep(150000);
    assert_int_equal(number_of(sink, which), wanted);
}

/* ---- over the server ---- */

static char smtp[64];

static void restart(struct site *site, const struct sink *sink)
{
    const struct cox_server_opt opt = {.smtp = smtp,
        .mail_from = "crm@example.com",
        .limits = {.digest_ms = 20}};

    (void)snprintf(smtp, sizeof(smtp), "smtp://127.0.0.1:%u", sink->port);
    site_restart(site, &opt);
}

static json_t *ask(struct site *site, enum site_role who, const char *method, const char *path,
    const char *body, int status)
{
    struct answer answer;

    site->firm->now_us += COX_SECOND_US; /* the clock of tests stands still */
    answer = site_ask(site, who, method, path, body, NULL);
    if (answer.status != status) {
        fail_msg("%s %s: %d %.*s", method, path, answer.status, (int)answer.body.size,
            answer.body.ptr);
    }
    return answer.body.size == 0 ? NULL : site_json(site, &answer);
}

#define DIGEST "/api/v1/digest"

static void at_hour(struct site *site, int year, int month, int day, int hour)
{
    site->firm->now_us =
        cox_day_ymd(year, month, day) * COX_DAY_US + (int64_t)hour * 3600 * COX_SECOND_US;
}

/* Words of two people wherever they could get in: notes, agenda, promises. */
static void plant(struct site *site)
{
    long long leader = (long long)site->users[SITE_MANAGER], rep = (long long)site->users[SITE_REP];
    json_t *talk = ask(site, SITE_MANAGER, "POST", "/api/v1/one_on_ones",
        cox_arena_format(site->arena,
            "{\"leader\":%lld,\"person\":%lld,\"day\":\"2026-05-22\",\"agenda\":\"" SECRET
            "\",\"shared_note\":\"" SECRET "\"}",
            leader, rep),
        201);
    long long id = (long long)json_integer_value(json_object_get(talk, "id"));

    (void)ask(site, SITE_REP, "POST", "/api/v1/action_items",
        cox_arena_format(site->arena,
            "{\"author\":%lld,\"other\":%lld,\"owner\":%lld,\"one_on_one\":%lld,\"text\":\"" SECRET
            "\",\"due_day\":\"2026-05-21\"}",
            rep, leader, rep, id),
        201);
}

/* The path of the address in the newest message's header. */
static const char *unsubscribe_of(struct site *site, const struct sink *sink)
{
    const char *at = strstr(sink->messages[sink->count - 1], "List-Unsubscribe: <http");
    const char *path = strstr(at, "/unsubscribe/"), *end = strchr(path, '>');

    return cox_arena_format(site->arena, "%.*s", (int)(end - path), path);
}

static void check_first(struct site *site, const struct sink *sink)
{
    const char *message = sink->messages[0];
    static const char *const wanted[] = {"To: <ada@example.com>",
        "From: Coxswain <crm@example.com>", "Subject: Coxswain: 2026-05-21", "text/plain",
        "text/html", "My next 1:1", "Cleo Ray", "multipart/alternative"};

    (void)site;
    for (size_t i = 0; i < COX_COUNT(wanted); i++) {
        if (strstr(message, wanted[i]) == NULL) {
            fail_msg("%s is not in %s", wanted[i], message);
        }
    }
    assert_null(strstr(message, SECRET));
}

static void test_one_a_day_without_words_of_two(void **state)
{
    struct site *site = site_of(state);
    struct sink sink;
    struct answer answer;
    const char *path;

    open_sink(&sink);
    restart(site, &sink);
    plant(site);
    (void)ask(site, SITE_REP, "PATCH", DIGEST, "{\"frequency\":\"daily\",\"hour\":7}", 200);
    expect(&sink, &sink.count, 0); /* not the one of this morning */
    at_hour(site, 2026, 5, 21, 6);
    expect(&sink, &sink.count, 0);
    at_hour(site, 2026, 5, 21, 8);
    expect(&sink, &sink.count, 1);
    check_first(site, &sink);
    restart(site, &sink); /* what is sent stays sent */
    expect(&sink, &sink.count, 1);
    at_hour(site, 2026, 5, 23, 8); /* Saturday; Friday's is a day late: still told */
    expect(&sink, &sink.count, 2);
    at_hour(site, 2026, 5, 24, 12);
    expect(&sink, &sink.count, 2);
    path = unsubscribe_of(site, &sink);
    answer = site_get(site, SITE_NOBODY, path, 200); /* looking at it ends nothing */
    assert_non_null(strstr(answer.body.ptr, "<form method=\"post\">"));
    assert_non_null(strstr(site_get(site, SITE_REP, DIGEST, 200).body.ptr, "\"daily\""));
    (void)site_get(site, SITE_NOBODY, "/unsubscribe/bm9uc2Vuc2U", 404);
    answer = site_ask(site, SITE_NOBODY, "POST", path, NULL, NULL);
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(site_get(site, SITE_REP, DIGEST, 200).body.ptr, "\"never\""));
    at_hour(site, 2026, 5, 25, 12);
    expect(&sink, &sink.count, 2);
    close_sink(&sink);
}

static void test_again_only_after_a_clear_no(void **state)
{
    struct site *site = site_of(state);
    struct sink sink;

    open_sink(&sink);
    restart(site, &sink);
    (void)ask(site, SITE_REP, "PATCH", DIGEST, "{\"frequency\":\"daily\"}", 200);
    set_mode(&sink, REFUSE_PERSON);
    at_hour(site, 2026, 5, 21, 8);
    expect(&sink, &sink.tried, 1);
    expect(&sink, &sink.tried, 1); /* not at once */
    set_mode(&sink, REFUSE_MESSAGE);
    site->firm->now_us += COX_SECOND_US;
    expect(&sink, &sink.tried, 1);
    set_mode(&sink, ACCEPT);
    site->firm->now_us += COX_SECOND_US;
    expect(&sink, &sink.count, 1);
    site->firm->now_us += COX_SECOND_US * 3600;
    expect(&sink, &sink.count, 1);
    set_mode(&sink, HANG_UP); /* it has all of it, and says nothing: never again */
    at_hour(site, 2026, 5, 22, 8);
    expect(&sink, &sink.count, 2);
    site->firm->now_us += COX_SECOND_US * 3600;
    expect(&sink, &sink.count, 2);
    close_sink(&sink);
}

static void test_who_gets_one_and_when(void **state)
{
    static const char *const bad[] = {"{\"frequency\":\"hourly\"}", "{\"hour\":24}",
        "{\"hour\":-1}", "{\"hour\":\"7\"}", "{\"colour\":1}"};
    struct site *site = site_of(state);
    struct sink sink;
    const char *user =
        cox_arena_format(site->arena, "/api/v1/users/%lld", (long long)site->users[SITE_PEER]);

    open_sink(&sink);
    restart(site, &sink);
    for (size_t i = 0; i < COX_COUNT(bad); i++) {
        (void)ask(site, SITE_REP, "PATCH", DIGEST, bad[i], 400);
    }
    (void)ask(site, SITE_NOBODY, "GET", DIGEST, NULL, 401);
    (void)ask(site, SITE_ADMIN, "PATCH", user, "{\"zone\":\"America/New_York\"}", 200);
    (void)ask(site, SITE_PEER, "PATCH", DIGEST, "{\"frequency\":\"weekly\",\"hour\":9}", 200);
    (void)ask(site, SITE_LEADER, "PATCH", DIGEST, "{\"frequency\":\"daily\",\"hour\":12}", 200);
    at_hour(site, 2026, 5, 21, 12);
    expect(&sink, &sink.count, 1);
    assert_non_null(strstr(sink.messages[0], "To: <dan@example.com>"));
    at_hour(site, 2026, 5, 25, 11); /* seven in New York */
    expect(&sink, &sink.count, 1);
    at_hour(site, 2026, 5, 25, 13);
    expect(&sink, &sink.count, 3); /* the leader's of noon, and at nine the peer's */
    /* Gone and switched off: none. */
    (void)ask(site, SITE_ADMIN, "PATCH", user, "{\"is_active\":false}", 200);
    (void)ask(site, SITE_ADMIN, "PATCH", "/api/v1/settings", "{\"features_off\":[\"digest\"]}",
        200);
    expect(&sink, &sink.count, 3); /* a round that had begun before ends under the old clock */
    at_hour(site, 2026, 6, 1, 14);
    expect(&sink, &sink.count, 3);
    (void)ask(site, SITE_ADMIN, "PATCH", "/api/v1/settings", "{\"features_off\":[]}", 200);
    expect(&sink, &sink.count, 4); /* the leader's alone */
    assert_non_null(strstr(sink.messages[3], "To: <dan@example.com>"));
    close_sink(&sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_the_message_has_its_form),
        cmocka_unit_test(test_days_are_due_on_the_clock_there),
        BOTH_SITES(test_one_a_day_without_words_of_two),
        BOTH_SITES(test_again_only_after_a_clear_no),
        BOTH_SITES(test_who_gets_one_and_when),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
