/*
 * org/hook_sender.c: the thread that sends to webhooks. One delivery of each at a time, in the order of commits; a position
 * moves when the receiver has said yes, so a crash in between sends again and leaves nothing out. A failure is tried
 * again later and later; after many in a row the webhook is switched off, by a commit that says why.
 */
#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/day.h"
#include "org/hook.h"
#include "org/webhook.h"
#include "record/head.h"
#include "record/outbox.h"
#include "record/query.h"
#include "record/switches.h"
#include "serve/seal.h"
#include "serve/server.h"

enum {
    REST_MS = 50,    /* between two looks, however many commits there are */
    WAIT_MS = 500,   /* between looks while something waits for its time or for another process */
    IDLE_MS = 10000, /* else, beside being woken */
    HELD_S = 60,     /* a claim lasts, longer than any delivery */
    REPLY_MAX = 65536,
    RETRY_MAX_S = 3600,
    ARENA_MAX = 64 << 20,
};

struct hook {
    int64_t id;    /* 0: a free place */
    bool is_there; /* at the last look */
    struct cox_actor owner;
    char url[COX_WEBHOOK_URL_MAX + 1], entities[COX_WEBHOOK_LIST_MAX + 1], events[101];
    int64_t scanned_seq; /* up to here there is nothing for it */
    int64_t next_seq;    /* 0: nothing to send; found by the last look */
    bool wants_again;

    /* In flight when easy is not NULL. */
    CURL *easy;
    struct curl_slist *headers;
    struct cox_arena *arena; /* of the body */
    struct cox_outbox outbox;
    int64_t seq, begun_ms;
    bool is_again, is_refused, may_be_private;
    size_t reply_size;
};

struct sender {
    struct cox_server *server;
    struct cox_store *store;
    CURLM *multi;
    pthread_t thread;
    _Atomic bool is_stopping, is_woken;
    char holder[17]; /* names this process among those on the store */
    bool waits, has_more;
    struct hook hooks[COX_WEBHOOK_MAX];
};

static const struct cox_actor program = {.roles = COX_ROLE_BIT(COX_OPERATOR)};

static const struct cox_write_opt by_program = {
    .actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
    .cause = COX_CAUSE_JOB,
    .request = "webhook",
};

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void complain(const struct sender *s, const struct hook *hook, const struct cox_err *err)
{
    COX_LOG_EVENT(cox_server_log(s->server), COX_LOG_WARN, "webhook", COX_LOGI("id", hook->id),
        COX_LOGT("code", cox_text_of(cox_rc_name(err->rc))));
}

static struct cox_text list_of(const char *text)
{
    return text[0] == '\0' ? (struct cox_text){0} : cox_text_of(text);
}

/* ---- switching off ---- */

struct ending {
    int64_t hook;
    char reason[300];
};

static enum cox_rc save_off(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct ending *ending = ctx;
    const struct cox_change changes[] = {{COX_WEBHOOK_IS_ACTIVE, cox_int(0)},
        {COX_WEBHOOK_OFF_REASON, cox_text_value(cox_text_of(ending->reason))}};

    return cox_change_fields(call, &cox_webhook, ending->hook, 0, changes, COX_COUNT(changes), NULL,
        reterr);
}

static void switch_off(const struct sender *s, const struct hook *hook, const char *reason)
{
    struct ending ending = {.hook = hook->id};
    struct cox_commit commit;
    struct cox_err err;

    (void)snprintf(ending.reason, sizeof(ending.reason), "%s",
        reason); /* cut where it is too long */
    if (cox_store_write(s->store, &by_program, save_off, &ending, &commit, &err) != COX_OK) {
        complain(s, hook, &err); /* looked at again: it is still active */
    }
}

/* ---- looking what there is to send ---- */

static struct hook *place_of(struct sender *s, int64_t id)
{
    struct hook *free_place = NULL;

    for (size_t i = 0; i < COX_COUNT(s->hooks); i++) {
        if (s->hooks[i].id == id) {
            return &s->hooks[i];
        }
        if (s->hooks[i].id == 0 && free_place == NULL) {
            free_place = &s->hooks[i];
        }
    }
    if (free_place != NULL) {
        *free_place = (struct hook){.id = id};
    }
    return free_place;
}

static void copy(char *to, size_t size, struct cox_text text)
{
    size_t count = text.size < size ? text.size : size - 1; /* the table's limits are smaller */

    if (count > 0) {
        memcpy(to, text.ptr, count);
    }
    to[count] = '\0';
}

static void copy_settings(struct hook *hook, const struct cox_webhook *is)
{
    char entities[sizeof(hook->entities)], events[sizeof(hook->events)];

    copy(entities, sizeof(entities), is->entities);
    copy(events, sizeof(events), is->events);
    hook->is_there = true;
    hook->owner.user_id = is->owner;
    copy(hook->url, sizeof(hook->url), is->url);
    (void)memcpy(hook->entities, entities, sizeof(entities));
    (void)memcpy(hook->events, events, sizeof(events));
}

/* What it is to be sent next, as far as numbers tell. */
static enum cox_rc look_at(struct cox_call *call, struct sender *s, struct hook *hook,
    struct cox_err *reterr)
{
    struct cox_outbox outbox;
    int64_t after, until;
    enum cox_rc rc = cox_outbox_get(call, hook->id, &outbox, reterr);

    hook->next_seq = 0;
    hook->wants_again = false;
    if (rc != COX_OK) {
        return rc == COX_MISSING ? COX_OK : rc; /* no secret yet */
    }
    hook->wants_again = outbox.again_seq != COX_NULL;
    if (outbox.next_us > cox_store_now_us(s->store)) {
        s->waits = true;
        return COX_OK;
    }
    after = hook->scanned_seq > outbox.after_seq ? hook->scanned_seq : outbox.after_seq;
    COX_TRY(cox_hook_next(call, list_of(hook->entities), list_of(hook->events), after,
        &hook->next_seq, &until, reterr));
    hook->scanned_seq = until;
    s->has_more = s->has_more || (hook->next_seq == 0 && until < cox_call_head_seq(call));
    return COX_OK;
}

static enum cox_rc look(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_query all = {.entity = &cox_webhook, .limit = COX_WEBHOOK_MAX};
    struct sender *s = ctx;
    struct cox_page page;

    COX_TRY(cox_list(call, &all, &page, reterr));
    for (size_t i = 0; i < page.count; i++) {
        struct cox_webhook is;
        struct hook *hook;
        cox_row_unpack(&page.rows[i], &is);
        hook = is.is_active == 1 ? place_of(s, is.head.id) : NULL;
        if (hook != NULL && hook->easy == NULL) {
            copy_settings(hook, &is);
            COX_TRY(look_at(call, s, hook, reterr));
        } else if (hook != NULL) {
            hook->is_there = true;
        }
    }
    return COX_OK;
}

/* ---- one delivery ---- */

static void end_flight(struct sender *s, struct hook *hook)
{
    if (hook->easy != NULL) {
        (void)curl_multi_remove_handle(s->multi, hook->easy); /* it is in it */
        curl_easy_cleanup(hook->easy);
    }
    curl_slist_free_all(hook->headers);
    cox_arena_close(hook->arena);
    hook->easy = NULL;
    hook->headers = NULL;
    hook->arena = NULL;
}

struct claiming {
    const struct sender *s;
    struct hook *hook;
    bool is_ours;
};

static enum cox_rc claim(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct claiming *c = ctx;
    struct hook *hook = c->hook;

    COX_TRY(cox_outbox_claim(call, hook->id, cox_text_of(c->s->holder),
        cox_call_now_us(call) + HELD_S * COX_SECOND_US, &c->is_ours, &hook->outbox, reterr));
    hook->outbox.secret = cox_arena_text(hook->arena, hook->outbox.secret);
    if (hook->outbox.old_secret.ptr != NULL) {
        hook->outbox.old_secret = cox_arena_text(hook->arena, hook->outbox.old_secret);
    }
    return hook->outbox.secret.ptr == NULL ||
                   (hook->outbox.old_until_us != COX_NULL && hook->outbox.old_secret.ptr == NULL)
               ? cox_no_memory(reterr)
               : COX_OK;
}

struct owning {
    const struct sender *s;
    struct hook *hook;
};

/* Connects to the address that the name gave just now, and to no other: it is judged here, after the look-up. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct hook *hook = ctx;

    (void)purpose; /* there is one */
    if (!hook->may_be_private && !cox_hook_address_is_public(&address->addr)) {
        hook->is_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* What a receiver answers is not kept; endless answers are cut off. */
static size_t swallow(char *bytes, size_t size, size_t count, void *ctx)
{
    struct hook *hook = ctx;

    (void)bytes;
    hook->reply_size += size * count;
    return hook->reply_size > REPLY_MAX ? 0 : size * count;
}

static bool add_header(struct hook *hook, const char *line)
{
    struct curl_slist *longer = line == NULL ? NULL : curl_slist_append(hook->headers, line);

    hook->headers = longer == NULL ? hook->headers : longer;
    return longer != NULL;
}

enum { HEX_SIZE = crypto_auth_hmacsha256_BYTES * 2 + 1 };

/* HMAC-SHA256(secret, "SECONDS.BODY") in hex. */
static enum cox_rc sign_by(const struct sender *s, struct hook *hook, struct cox_text sealed,
    const char *stamp, struct cox_text body, char hex[HEX_SIZE], struct cox_err *reterr)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    struct cox_text secret;

    COX_TRY(cox_unseal(s->server, hook->arena, sealed, &secret, reterr));
    (void)crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret.ptr, secret.size);
    (void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)stamp, strlen(stamp));
    (void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.ptr, body.size);
    (void)crypto_auth_hmacsha256_final(&state, mac); /* these cannot fail */
    (void)sodium_bin2hex(hex, HEX_SIZE, mac, sizeof(mac));
    return COX_OK;
}

/* Coxswain-Signature: t=SECONDS,v1=HEX, and while the secret before is in force too a second v1 by that. */
static enum cox_rc sign(const struct sender *s, struct hook *hook, struct cox_text body,
    struct cox_err *reterr)
{
    const struct cox_outbox *outbox = &hook->outbox;
    long long now_s = (long long)(cox_store_now_us(s->store) / COX_SECOND_US);
    char stamp[32], hex[HEX_SIZE], old[HEX_SIZE] = "";

    (void)snprintf(stamp, sizeof(stamp), "%lld.", now_s); /* fits */
    COX_TRY(sign_by(s, hook, outbox->secret, stamp, body, hex, reterr));
    if (outbox->old_secret.ptr != NULL) {
        COX_TRY(sign_by(s, hook, outbox->old_secret, stamp, body, old, reterr));
    }
    return add_header(hook, "Content-Type: application/json") && add_header(hook, "Expect:") &&
                   add_header(hook, cox_arena_format(hook->arena, "Coxswain-Event: %lld",
                                        (long long)hook->seq)) &&
                   add_header(hook, cox_arena_format(hook->arena, "Coxswain-Webhook: %lld",
                                        (long long)hook->id)) &&
                   add_header(hook,
                       cox_arena_format(hook->arena, "Coxswain-Signature: t=%lld,v1=%s%s%s", now_s,
                           hex, old[0] == '\0' ? "" : ",v1=", old))
               ? COX_OK
               : cox_no_memory(reterr);
}

static bool set_options(const struct sender *s, struct hook *hook, struct cox_text body)
{
    long limit_ms = (long)cox_server_limit_table(s->server)->hook_timeout_ms;
    const char *ca_file = cox_server_ca_file(s->server);
    CURL *easy = hook->easy;

    return curl_easy_setopt(easy, CURLOPT_URL, hook->url) == CURLE_OK &&
           (ca_file == NULL || curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file) == CURLE_OK) &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, limit_ms) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, hook) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, hook) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PRIVATE, hook) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, "Coxswain/" COX_VERSION) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTPHEADER, hook->headers) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.size) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.ptr) == CURLE_OK;
}

static enum cox_rc send_body(struct sender *s, struct hook *hook, struct cox_text body,
    struct cox_err *reterr)
{
    COX_TRY(sign(s, hook, body, reterr));
    hook->is_refused = false;
    hook->reply_size = 0;
    hook->may_be_private = cox_hook_host_is_named(cox_text_of(hook->url));
    hook->begun_ms = now_ms();
    hook->easy = curl_easy_init();
    if (hook->easy == NULL || !set_options(s, hook, body)) {
        curl_easy_cleanup(hook->easy);
        hook->easy = NULL;
        return cox_no_memory(reterr);
    }
    if (curl_multi_add_handle(s->multi, hook->easy) != CURLM_OK) {
        curl_easy_cleanup(hook->easy);
        hook->easy = NULL;
        return cox_no_memory(reterr);
    }
    return COX_OK;
}

static enum cox_rc ask_owner(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct owning *o = ctx;

    return cox_server_host(o->s->server)
        ->actor(call, o->hook->owner.user_id, &o->hook->owner, reterr);
}

/* May the owner still have webhooks? Else it is switched off: true. */
static enum cox_rc is_ended(const struct sender *s, struct hook *hook, bool *ret_is_ended,
    struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = program};
    struct owning owning = {s, hook};
    enum cox_rc rc = cox_store_read(s->store, &opt, ask_owner, &owning, reterr);

    *ret_is_ended = true;
    if (rc == COX_DENIED || rc == COX_MISSING) {
        switch_off(s, hook, "its owner no longer works here");
        return COX_OK;
    }
    COX_TRY(rc);
    if ((hook->owner.roles & COX_ROLE_BIT(COX_ADMIN)) == 0) {
        switch_off(s, hook, "its owner is no administrator any more");
        return COX_OK;
    }
    *ret_is_ended = false;
    return COX_OK;
}

static enum cox_rc begin(struct sender *s, struct hook *hook, struct cox_err *reterr)
{
    struct claiming claiming = {.s = s, .hook = hook};
    struct cox_hook_ask ask = {.store = s->store,
        .arena = hook->arena,
        .hook = hook->id,
        .entities = list_of(hook->entities),
        .events = list_of(hook->events)};
    bool is_over = false;
    struct cox_commit commit;
    struct cox_text body;

    COX_TRY(is_ended(s, hook, &is_over, reterr));
    if (is_over) {
        return COX_OK;
    }
    COX_TRY(cox_store_write(s->store, &by_program, claim, &claiming, &commit, reterr));
    hook->is_again = hook->outbox.again_seq != COX_NULL;
    hook->seq = hook->is_again ? hook->outbox.again_seq : hook->next_seq;
    if (!claiming.is_ours) {
        s->waits = true;
        return COX_OK;
    }
    if (!hook->is_again && (hook->seq == 0 || hook->seq <= hook->outbox.after_seq)) {
        s->has_more = true; /* another process has sent it */
        return COX_OK;
    }
    ask.owner = hook->owner;
    ask.seq = hook->seq;
    COX_TRY(cox_hook_body(&ask, &body, &is_over, reterr));
    if (is_over && !hook->is_again) {
        hook->scanned_seq = hook->seq;
        s->has_more = true;
        return COX_OK;
    }
    return send_body(s, hook, body, reterr);
}

/* ---- what became of it ---- */

struct noting {
    struct hook *hook;
    struct cox_outbox_sent sent;
};

static enum cox_rc note(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct noting *noting = ctx;

    return cox_outbox_note(call, &noting->hook->outbox, &noting->sent, reterr);
}

static const char *reason_of(const struct hook *hook, CURLcode code, long status)
{
    if (hook->is_refused) {
        return "the address is not a public one";
    }
    if (hook->reply_size > REPLY_MAX) {
        return "the reply is too long";
    }
    if (code != CURLE_OK) {
        return curl_easy_strerror(code);
    }
    if (status >= 300 && status < 400) {
        return "redirects are not followed";
    }
    return status >= 200 && status < 300 ? NULL : "the receiver refused it";
}

static void count_failure(const struct sender *s, struct hook *hook)
{
    const struct cox_server_limits *limits = cox_server_limit_table(s->server);
    struct cox_outbox *outbox = &hook->outbox;
    int64_t wait_us = (int64_t)limits->hook_retry_ms * 1000;

    for (int64_t i = 0; i < outbox->fail_count && wait_us < RETRY_MAX_S * COX_SECOND_US; i++) {
        wait_us *= 2;
    }
    wait_us = wait_us < RETRY_MAX_S * COX_SECOND_US ? wait_us : RETRY_MAX_S * COX_SECOND_US;
    outbox->fail_count++;
    outbox->next_us = cox_store_now_us(s->store) + wait_us;
}

static void finish(struct sender *s, struct hook *hook, CURLcode code)
{
    struct noting noting = {.hook = hook,
        .sent = {.seq = hook->seq,
            .at_us = cox_store_now_us(s->store),
            .ms = now_ms() - hook->begun_ms}};
    struct cox_outbox *outbox = &hook->outbox;
    struct cox_commit commit;
    struct cox_err err;
    const char *reason;
    char text[300];
    long status = 0;

    (void)curl_easy_getinfo(hook->easy, CURLINFO_RESPONSE_CODE, &status); /* else 0 */
    reason = reason_of(hook, code, status);
    noting.sent.status = status;
    noting.sent.error = cox_text_of(reason);
    if (hook->is_again) {
        outbox->again_seq =
            COX_NULL; /* asked for by somebody who looks: no sign of health or illness */
    } else if (reason == NULL) {
        outbox->after_seq = hook->seq;
        outbox->fail_count = outbox->next_us = 0;
    } else {
        count_failure(s, hook);
    }
    if (cox_store_write(s->store, &by_program, note, &noting, &commit, &err) != COX_OK) {
        complain(s, hook, &err); /* it is sent again */
    }
    if (!hook->is_again &&
        outbox->fail_count >= (int64_t)cox_server_limit_table(s->server)->hook_fail_max) {
        (void)snprintf(text, sizeof(text), "%lld deliveries failed in a row; the last: %s (%ld)",
            (long long)outbox->fail_count, reason, status); /* cut where it is too long */
        switch_off(s, hook, text);
    }
    s->has_more = true;
    end_flight(s, hook);
}

/* ---- the thread ---- */

static void look_and_begin(struct sender *s)
{
    const struct cox_read_opt opt = {.actor = program};
    struct cox_err err;
    struct hook *hook;

    s->waits = s->has_more = false;
    for (size_t i = 0; i < COX_COUNT(s->hooks); i++) {
        s->hooks[i].is_there = false;
    }
    if (!cox_store_is_off(s->store, cox_feature_webhook.name) &&
        cox_store_read(s->store, &opt, look, s, &err) != COX_OK) {
        s->waits = true; /* the server says elsewhere that the store is lost */
        return;
    }
    for (size_t i = 0; i < COX_COUNT(s->hooks); i++) {
        hook = &s->hooks[i];
        if (hook->id == 0 || hook->easy != NULL) {
            continue;
        }
        if (!hook->is_there) {
            hook->id = 0;
        } else if (hook->next_seq != 0 || hook->wants_again) {
            hook->arena = cox_arena_open(ARENA_MAX);
            if (hook->arena == NULL || begin(s, hook, &err) != COX_OK) {
                s->waits = true;
            }
            if (hook->easy == NULL) {
                end_flight(s, hook);
            }
        }
    }
}

static void take_finished(struct sender *s)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(s->multi, &left)) != NULL) {
        char *hook = NULL;
        CURLcode code = message->data.result;
        if (message->msg == CURLMSG_DONE &&
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &hook) == CURLE_OK) {
            finish(s, (struct hook *)(void *)hook, code);
        }
    }
}

static void *run(void *ctx)
{
    struct sender *s = ctx;
    int64_t looked_ms = 0, seen_seq = -1;

    while (!atomic_load(&s->is_stopping)) {
        int64_t head = cox_store_head(s->store), rested_ms = now_ms() - looked_ms;
        bool is_news = head != seen_seq || s->has_more || atomic_load(&s->is_woken);
        int wait_ms = is_news ? REST_MS : s->waits ? WAIT_MS : IDLE_MS;
        int running;

        if (rested_ms >= wait_ms) {
            atomic_store(&s->is_woken, false);
            seen_seq = head;
            looked_ms = now_ms();
            look_and_begin(s);
            continue;
        }
        (void)curl_multi_perform(s->multi, &running); /* failures stand in the messages */
        take_finished(s);
        is_news = is_news || s->has_more;
        wait_ms = (is_news ? REST_MS : wait_ms) - (int)rested_ms;
        (void)curl_multi_poll(s->multi, NULL, 0, wait_ms < 1 ? 1 : wait_ms, NULL); /* likewise */
    }
    return NULL;
}

static void wake(void *state)
{
    struct sender *s = state;

    (void)curl_multi_wakeup(s->multi); /* else it looks a little later */
}

void cox_hooks_wake(const struct cox_server *server)
{
    struct sender *s = cox_server_part(server, &cox_part_hooks);

    atomic_store(&s->is_woken, true);
    wake(s);
}

static enum cox_rc release(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct sender *s = ctx;

    return cox_outbox_release(call, cox_text_of(s->holder), reterr);
}

static void close_hooks(void *state)
{
    struct sender *s = state;
    struct cox_commit commit;
    struct cox_err err;

    atomic_store(&s->is_stopping, true);
    wake(s);
    (void)pthread_join(s->thread, NULL); /* ours, joined once */
    for (size_t i = 0; i < COX_COUNT(s->hooks); i++) {
        end_flight(s, &s->hooks[i]); /* sent again by the next process */
    }
    if (cox_store_write(s->store, &by_program, release, s, &commit, &err) != COX_OK) {
        COX_LOG_EVENT(cox_server_log(s->server), COX_LOG_WARN, "webhook",
            COX_LOGT("code",
                cox_text_of(cox_rc_name(err.rc)))); /* the claims run out by themselves */
    }
    (void)curl_multi_cleanup(s->multi); /* nothing is in it */
    curl_global_cleanup();
    cox_memory_free(s);
}

static enum cox_rc start(struct sender *s, struct cox_err *reterr)
{
    sigset_t pipe, before;
    int failed;

    s->multi = curl_multi_init();
    if (s->multi == NULL) {
        return cox_no_memory(reterr);
    }
    /* A receiver that hangs up is an error of that delivery, not a signal. */
    (void)sigemptyset(&pipe);
    (void)sigaddset(&pipe, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &pipe, &before);
    failed = pthread_create(&s->thread, NULL, run, s);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0) {
        (void)curl_multi_cleanup(s->multi);
        return cox_fail(reterr, COX_NO_MEMORY, "the thread of the webhooks does not start");
    }
    return COX_OK;
}

static enum cox_rc open_hooks(struct cox_server *server, void **ret_state, struct cox_err *reterr)
{
    struct sender *s = cox_memory_alloc(sizeof(*s));
    unsigned char random[8];

    if (s == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        cox_memory_free(s);
        return cox_no_memory(reterr);
    }
    memset(s, 0, sizeof(*s));
    s->server = server;
    s->store = cox_server_store(server);
    randombytes_buf(random, sizeof(random));
    (void)sodium_bin2hex(s->holder, sizeof(s->holder), random, sizeof(random));
    if (start(s, reterr) != COX_OK) {
        curl_global_cleanup();
        cox_memory_free(s);
        return reterr->rc;
    }
    *ret_state = s;
    return COX_OK;
}

const struct cox_part cox_part_hooks = {
    .name = "webhooks", .open = open_hooks, .close = close_hooks, .moved = wake};
