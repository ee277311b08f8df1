/* sales/digest.c: the part of the server that sends digests when they are due. */
#include "sales/digest.h"

#include <curl/curl.h>
#include <string.h>

#include "jobs/mail.h"
#include "jobs/repeat.h"
#include "org/people.h"
#include "record/switches.h"
#include "serve/server.h"

enum { TIMEOUT_MS = 30000, LATE_DAYS_DAILY = 1, LATE_DAYS_WEEKLY = 3, RETRY_FACTOR = 4 };

static const struct cox_actor program = {.roles = COX_ROLE_BIT(COX_OPERATOR)};

static const struct cox_write_opt by_program = {
    .actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
    .cause = COX_CAUSE_JOB,
    .request = "digest",
};

struct post {
    struct cox_server *server;
    struct cox_store *store;
    struct cox_repeat *repeat;
};

/* One person's turn. */
struct turn {
    struct post *post;
    struct cox_arena *arena; /* of what is sent */
    int64_t user;
    struct cox_actor actor;
    struct cox_text email;
    struct cox_digest_state state;
    struct cox_digest_text text;
    const char *unsubscribe;
    bool is_ours;
};

/* ---- who is due ---- */

/* Is there a day to be sent at this moment? Then state says so already. */
static bool is_due(struct cox_digest_state *state, const struct cox_zone *zone, int64_t now_us)
{
    int64_t day = cox_schedule_last(zone, now_us, state->frequency, (int)state->hour);
    int64_t late = state->frequency == COX_WEEKLY ? LATE_DAYS_WEEKLY : LATE_DAYS_DAILY;

    if (day != INT64_MIN && day > state->last_day && cox_zone_day(zone, now_us) - day <= late) {
        state->last_day = day;
        state->try_count = 1;
        state->next_us = 0;
        return true;
    }
    if (state->next_us == 0 || state->next_us > now_us) {
        return false;
    }
    state->try_count++;
    state->next_us = 0;
    return true;
}

static enum cox_rc zone_of(struct cox_call *call, const struct cox_user *user,
    const struct cox_zone **ret_zone, struct cox_err *reterr)
{
    struct cox_err ignored;

    *ret_zone = cox_call_zone(call);
    if (user->zone.size > 0 &&
        cox_zone_open(user->zone, cox_call_arena(call), ret_zone, &ignored) == COX_NO_MEMORY) {
        return cox_no_memory(reterr);
    }
    return COX_OK;
}

/* In the one writer's order: of several processes one finds the day unclaimed. */
static enum cox_rc claim(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct turn *turn = ctx;
    const struct cox_zone *zone;
    struct cox_user user;

    turn->is_ours = false;
    COX_TRY(cox_digest_get(call, turn->user, &turn->state, reterr));
    COX_TRY(cox_load(call, &cox_user, turn->user, &user, reterr));
    COX_TRY(zone_of(call, &user, &zone, reterr));
    if (!is_due(&turn->state, zone, cox_call_now_us(call))) {
        return COX_OK;
    }
    turn->is_ours = true;
    return cox_digest_put(call, &turn->state, reterr);
}

/* ---- one message ---- */

static enum cox_rc read_person(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct turn *turn = ctx;
    struct cox_user user;

    COX_TRY(cox_server_host(turn->post->server)->actor(call, turn->user, &turn->actor, reterr));
    COX_TRY(cox_load(call, &cox_user, turn->user, &user, reterr));
    turn->email = cox_arena_text(turn->arena, user.email);
    return cox_mail_is_address(user.email)
               ? COX_OK
               : cox_fail(reterr, COX_MISSING, "there is no address to send to");
}

static enum cox_rc copy(struct turn *turn, struct cox_text *text, struct cox_err *reterr)
{
    *text = cox_arena_text(turn->arena, *text);
    return text->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static enum cox_rc read_text(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct turn *turn = ctx;
    struct cox_server *server = turn->post->server;

    COX_TRY(cox_digest_write(call, cox_server_host(server)->features, cox_server_url(server),
        turn->unsubscribe, &turn->text, reterr));
    COX_TRY(copy(turn, &turn->text.subject, reterr));
    COX_TRY(copy(turn, &turn->text.text, reterr));
    return copy(turn, &turn->text.html, reterr);
}

static enum cox_mail_outcome send_text(const struct turn *turn)
{
    const struct cox_server *server = turn->post->server;
    const struct cox_mail_opt opt = {cox_server_smtp(server), cox_server_ca_file(server),
        TIMEOUT_MS};
    const char *reason = NULL, *from = cox_server_mail_from(server);
    struct cox_mail mail = {.from = from,
        .to = turn->email.ptr,
        .subject = turn->text.subject,
        .text = turn->text.text,
        .html = turn->text.html,
        .message_id = cox_arena_format(turn->arena, "digest-%lld-%lld%s", (long long)turn->user,
            (long long)turn->state.last_day, strchr(from, '@')),
        .unsubscribe = turn->unsubscribe,
        .at_us = cox_store_now_us(turn->post->store)};
    enum cox_mail_outcome outcome =
        mail.message_id == NULL ? COX_MAIL_REFUSED : cox_mail_send(&opt, &mail, &reason);

    COX_LOG_EVENT(cox_server_log(server), outcome == COX_MAIL_SENT ? COX_LOG_INFO : COX_LOG_WARN,
        "digest", COX_LOGI("user", turn->user),
        COX_LOGT("said", cox_text_of(reason == NULL ? "sent" : reason)));
    return outcome;
}

static enum cox_rc note_retry(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct turn *turn = ctx;
    struct cox_digest_state now;

    /* Whoever has changed their mind meanwhile is asked no more. */
    COX_TRY(cox_digest_get(call, turn->user, &now, reterr));
    if (now.frequency == COX_NEVER || now.last_day != turn->state.last_day) {
        return COX_OK;
    }
    now.next_us = turn->state.next_us;
    return cox_digest_put(call, &now, reterr);
}

/* Later and later, until the next day has come or patience ends. */
static enum cox_rc try_later(struct turn *turn, struct cox_err *reterr)
{
    int64_t wait_us = (int64_t)cox_server_limit_table(turn->post->server)->digest_ms * 1000;
    struct cox_commit commit;

    if (turn->state.try_count >= COX_DIGEST_TRIES) {
        return COX_OK;
    }
    for (int64_t i = 1; i < turn->state.try_count; i++) {
        wait_us *= RETRY_FACTOR;
    }
    turn->state.next_us = cox_store_now_us(turn->post->store) + wait_us;
    return cox_store_write(turn->post->store, &by_program, note_retry, turn, &commit, reterr);
}

static enum cox_rc take_turn(struct turn *turn, struct cox_err *reterr)
{
    const struct cox_read_opt as_program = {.actor = program};
    struct cox_read_opt as_person = {0};
    struct cox_commit commit;
    enum cox_rc rc = cox_store_read(turn->post->store, &as_program, read_person, turn, reterr);

    if (rc == COX_DENIED || rc == COX_MISSING) {
        return COX_OK; /* has left, or has no address */
    }
    COX_TRY(rc);
    COX_TRY(cox_store_write(turn->post->store, &by_program, claim, turn, &commit, reterr));
    if (!turn->is_ours) {
        return COX_OK;
    }
    turn->unsubscribe = cox_digest_unsubscribe(turn->post->server, turn->arena, turn->user);
    as_person.actor = turn->actor;
    rc = turn->unsubscribe == NULL
             ? cox_no_memory(reterr)
             : cox_store_read(turn->post->store, &as_person, read_text, turn, reterr);
    if (rc != COX_OK || send_text(turn) == COX_MAIL_REFUSED) {
        return try_later(turn, reterr);
    }
    return COX_OK;
}

/* ---- the round ---- */

struct round {
    struct post *post;
    struct cox_arena *arena;
    int64_t *users;
    size_t count;
};

static enum cox_rc find_due(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct round *round = ctx;
    const struct cox_digest_state *rows;
    size_t count;

    COX_TRY(cox_digest_list(call, &rows, &count, reterr));
    round->users = COX_NEW_ARRAY(round->arena, count + 1, int64_t);
    round->count = 0;
    for (size_t i = 0; round->users != NULL && i < count; i++) {
        struct cox_digest_state state = rows[i];
        const struct cox_zone *zone;
        struct cox_user user;
        if (cox_load(call, &cox_user, state.user_id, &user, reterr) != COX_OK) {
            continue; /* removed */
        }
        COX_TRY(zone_of(call, &user, &zone, reterr));
        if (is_due(&state, zone, cox_store_now_us(round->post->store))) {
            round->users[round->count++] = state.user_id;
        }
    }
    return round->users == NULL ? cox_no_memory(reterr) : COX_OK;
}

static void send_due(void *ctx)
{
    enum { ARENA_MAX = 16 << 20 };
    const struct cox_read_opt opt = {.actor = program};
    struct round round = {.post = ctx, .arena = cox_arena_open(ARENA_MAX)};
    struct cox_err err = {0};

    if (round.arena == NULL || cox_store_is_off(round.post->store, cox_feature_digest.name) ||
        cox_store_read(round.post->store, &opt, find_due, &round, &err) != COX_OK) {
        round.count = 0; /* the server says elsewhere that the store is lost */
    }
    for (size_t i = 0; i < round.count && cox_repeat_goes_on(round.post->repeat); i++) {
        struct turn turn = {.post = round.post, .user = round.users[i]};
        turn.arena = cox_arena_open(ARENA_MAX);
        if (turn.arena != NULL && take_turn(&turn, &err) != COX_OK) {
            COX_LOG_EVENT(cox_server_log(round.post->server), COX_LOG_WARN, "digest",
                COX_LOGT("code", cox_text_of(cox_rc_name(err.rc))));
        }
        cox_arena_close(turn.arena);
    }
    cox_arena_close(round.arena);
}

static enum cox_rc open_digest(struct cox_server *server, void **ret_state, struct cox_err *reterr)
{
    unsigned every_ms = cox_server_limit_table(server)->digest_ms;
    struct post *post;
    enum cox_rc rc;

    *ret_state = NULL;
    if (cox_server_smtp(server) == NULL) {
        return COX_OK; /* nobody has said over which server */
    }
    post = cox_memory_alloc(sizeof(*post));
    if (post == NULL) {
        return cox_no_memory(reterr);
    }
    *post = (struct post){.server = server, .store = cox_server_store(server)};
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        cox_memory_free(post);
        return cox_no_memory(reterr);
    }
    rc = cox_repeat_open(send_due, post, every_ms, every_ms, &post->repeat, reterr);
    if (rc != COX_OK) {
        curl_global_cleanup();
        cox_memory_free(post);
        return rc;
    }
    *ret_state = post;
    return COX_OK;
}

static void close_digest(void *state)
{
    struct post *post = state;

    if (post != NULL) {
        cox_repeat_close(post->repeat);
        curl_global_cleanup();
        cox_memory_free(post);
    }
}

const struct cox_part cox_part_digest = {
    .name = "digest", .open = open_digest, .close = close_digest};

static const struct cox_part *const parts[] = {&cox_part_digest, NULL};

const struct cox_feature cox_feature_digest = {
    .name = "digest",
    .help = "The home page by mail, daily or weekly, for who asks for it.",
    .routes = cox_routes_digest,
    .parts = parts,
};
