/* serve/sign_in.c: signing in and out, sessions, passwords, reset links. */
#include "serve/sign_in.h"

#include <sodium.h>
#include <string.h>

#include "base/day.h"
#include "record/switches.h"
#include "serve/list.h"
#include "serve/server.h"
#include "serve/session.h"

enum cox_rc cox_body_text(json_t *body, const char *name, bool is_required,
    struct cox_text *ret_text, struct cox_err *reterr)
{
    json_t *value = json_object_get(body, name);

    *ret_text = (struct cox_text){0};
    if (json_is_string(value)) {
        *ret_text = (struct cox_text){json_string_value(value), json_string_length(value)};
        return COX_OK;
    }
    return (value == NULL || json_is_null(value)) && !is_required
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, name, 0, "%s: a text is wanted", name);
}

static enum cox_rc put_cookie(struct cox_exchange *x, const char *secret, struct cox_err *reterr)
{
    enum { DAYS_90_S = 90 * 86400 };
    bool is_https = cox_server_is_https(x->server);
    const char *cookie = cox_arena_format(x->arena,
        "%s=%s; Path=/; HttpOnly; SameSite=Strict%s; Max-Age=%d", cox_session_cookie(x->server),
        secret, is_https ? "; Secure" : "", secret[0] == '\0' ? 0 : DAYS_90_S);

    return cookie == NULL ? cox_no_memory(reterr)
                          : cox_reply_header(x, "Set-Cookie", cookie, reterr);
}

/* ---- who is signed in ---- */

static void put_roles(struct cox_json *json, unsigned roles)
{
    static const char *const names[COX_ROLE_COUNT] = {"rep", "manager", "leader", "executive",
        "admin", "works_council", "operator"};

    cox_json_key(json, "roles");
    cox_json_begin_array(json);
    for (unsigned role = 0; role < COX_ROLE_COUNT; role++) {
        if ((roles & COX_ROLE_BIT(role)) != 0) {
            cox_json_string(json, names[role]);
        }
    }
    cox_json_end_array(json);
}

static void put_features(struct cox_json *json, const struct cox_exchange *x)
{
    const struct cox_feature *const *features = cox_server_host(x->server)->features;

    cox_json_key(json, "features");
    cox_json_begin_array(json);
    for (size_t i = 0; features[i] != NULL; i++) {
        if (!cox_store_is_off(x->store, features[i]->name)) {
            cox_json_string(json, features[i]->name);
        }
    }
    cox_json_end_array(json);
}

static enum cox_rc put_reset(struct cox_json *json, struct cox_call *call, int64_t user,
    struct cox_err *reterr)
{
    enum { SHOWN_DAYS = 30 };
    char instant[COX_INSTANT_SIZE];
    int64_t at_us, by;

    COX_TRY(cox_reset_last(call, user, &at_us, &by, reterr));
    if (at_us == COX_NULL || at_us < cox_call_now_us(call) - SHOWN_DAYS * COX_DAY_US) {
        cox_json_put_string(json, "reset_at", NULL);
        return COX_OK;
    }
    cox_instant_format(at_us, instant);
    cox_json_put_string(json, "reset_at", instant);
    cox_json_put_int(json, "reset_by", by);
    return COX_OK;
}

static enum cox_rc write_session(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_exchange *x = ctx;
    const struct cox_host *host = cox_server_host(x->server);
    struct cox_profile profile;
    struct cox_company company;
    struct cox_text totp;
    char day[COX_DAY_SIZE];
    struct cox_json json;

    COX_TRY(host->profile(call, x->who.actor.user_id, &profile, reterr));
    COX_TRY(host->company(call, &company, reterr));
    COX_TRY(cox_credential_get(call, x->who.actor.user_id, COX_CREDENTIAL_TOTP, &totp, reterr));
    x->reply.seq = cox_call_as_of(call).seq;
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "user");
    cox_json_begin_object(&json);
    cox_json_put_int(&json, "id", x->who.actor.user_id);
    cox_json_put_text(&json, "name", profile.name);
    cox_json_put_text(&json, "email", profile.email);
    cox_json_put_text(&json, "locale", profile.locale);
    cox_json_put_text(&json, "zone", profile.zone);
    cox_json_put_text(&json, "currency", profile.currency);
    cox_json_put_text(&json, "title", profile.title);
    cox_json_end_object(&json);
    put_roles(&json, x->who.actor.roles);
    cox_json_key(&json, "company");
    cox_json_begin_object(&json);
    cox_json_put_text(&json, "name", company.name.ptr == NULL ? COX_LIT("") : company.name);
    cox_json_put_text(&json, "zone", company.zone.ptr == NULL ? COX_LIT("UTC") : company.zone);
    cox_json_put_text(&json, "currency", company.currency);
    cox_json_end_object(&json);
    put_features(&json, x);
    cox_json_put_string(&json, "version", COX_VERSION);
    cox_json_put_int(&json, "seq", cox_call_as_of(call).seq);
    cox_day_format(cox_call_today(call), day);
    cox_json_put_string(&json, "today", day);
    cox_json_put_bool(&json, "has_totp", totp.ptr != NULL);
    COX_TRY(put_reset(&json, call, x->who.actor.user_id, reterr));
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc reply_session(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};

    return cox_store_read(x->store, &opt, write_session, x, reterr);
}

static enum cox_rc get_session(struct cox_exchange *x, struct cox_err *reterr)
{
    return reply_session(x, reterr);
}

/* ---- signing in ---- */

struct signing {
    struct cox_exchange *x;
    struct cox_text email, password, code, hash;
    int64_t user; /* 0: nobody of this address, or nobody who may come in */
    struct cox_actor actor;
    bool has_factor, is_good;
    char secret[COX_SESSION_SECRET_SIZE];
    const char *agent;
};

static enum cox_rc find_user(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct signing *s = ctx;
    const struct cox_host *host = cox_server_host(s->x->server);
    enum cox_rc rc;

    COX_TRY(host->user_by_email(call, s->email, &s->user, reterr));
    if (s->user == 0) {
        return COX_OK;
    }
    rc = host->actor(call, s->user, &s->actor, reterr);
    if (rc == COX_DENIED || rc == COX_MISSING) {
        s->user = 0;
        return COX_OK;
    }
    COX_TRY(rc);
    COX_TRY(cox_credential_get(call, s->user, COX_CREDENTIAL_PASSWORD, &s->hash, reterr));
    s->hash = cox_arena_text(s->x->arena, s->hash);
    return COX_OK;
}

/* Enough to know one's own devices apart, and no more of anybody. */
static const char *agent_of(const struct cox_exchange *x)
{
    static const char *const families[][2] = {{"Edg/", "Edge"}, {"OPR/", "Opera"},
        {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}};
    struct cox_text agent = cox_exchange_header(x, "User-Agent");

    for (size_t i = 0; agent.ptr != NULL && i < COX_COUNT(families); i++) {
        if (strstr(agent.ptr, families[i][0]) != NULL) {
            return families[i][1];
        }
    }
    return "another program";
}

static enum cox_rc open_session(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct signing *s = ctx;

    COX_TRY(
        cox_second_factor_take(s->x, call, s->user, s->code, &s->has_factor, &s->is_good, reterr));
    if (s->has_factor && !s->is_good) {
        return COX_OK;
    }
    return cox_session_add(call, s->user, cox_text_of(s->agent), s->secret, reterr);
}

static enum cox_rc wrong(struct cox_err *reterr)
{
    return cox_fail(reterr, COX_SIGN_IN, "the address or the password is wrong");
}

static enum cox_rc reply_code_wanted(struct cox_exchange *x)
{
    struct cox_err err;

    (void)cox_fail(&err, COX_SIGN_IN, "the code of your authenticator is wanted as well");
    cox_reply_problem(x, 401, "totp_required", &err);
    return COX_OK;
}

static enum cox_rc check_password(struct signing *s, struct cox_err *reterr)
{
    char hash[COX_PASSWORD_HASH_SIZE] = {0};
    bool has_hash = s->user != 0 && s->hash.size > 0 && s->hash.size < sizeof(hash), matches;

    if (has_hash) {
        memcpy(hash, s->hash.ptr, s->hash.size);
    }
    COX_TRY(cox_gate_verify(s->x, has_hash ? hash : NULL, s->password, &matches, reterr));
    return matches ? COX_OK : wrong(reterr);
}

/* A session of before is ended: nobody goes on under a secret that was known before the sign-in. */
static void end_former(struct cox_exchange *x);

static enum cox_rc post_session(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt read = {.actor.roles = COX_ROLE_BIT(COX_OPERATOR)};
    struct signing s = {.x = x, .agent = agent_of(x)};
    json_t *body;

    COX_TRY(cox_session_origin(x, true, reterr));
    COX_TRY(cox_exchange_json(x, &body, reterr));
    COX_TRY(cox_body_text(body, "email", true, &s.email, reterr));
    COX_TRY(cox_body_text(body, "password", true, &s.password, reterr));
    COX_TRY(cox_body_text(body, "code", false, &s.code, reterr));
    if (s.password.size > COX_PASSWORD_MAX || s.email.size > 320) {
        return wrong(reterr);
    }
    COX_TRY(cox_throttle_begin(x, s.email, reterr));
    COX_TRY(cox_store_read(x->store, &read, find_user, &s, reterr));
    COX_TRY(check_password(&s, reterr));
    x->who = (struct cox_who){.actor = s.actor};
    COX_TRY(cox_exchange_write_secret(x, open_session, &s, reterr));
    if (s.has_factor && !s.is_good) {
        if (s.code.ptr == NULL) {
            cox_throttle_half(x, s.email); /* the password was right: the code is asked for next */
            return reply_code_wanted(x);
        }
        return cox_fail(reterr, COX_SIGN_IN, "this code is not good, or has been used");
    }
    cox_throttle_good(x, s.email);
    end_former(x);
    COX_TRY(put_cookie(x, s.secret, reterr));
    return reply_session(x, reterr);
}

/* ---- ending sessions ---- */

struct ending {
    struct cox_exchange *x;
    struct cox_text handle, secret;
};

static enum cox_rc end_this(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct ending *e = ctx;
    struct cox_session_row row;

    COX_TRY(cox_session_get(call, e->secret, &row, reterr));
    return cox_session_end(call, row.user_id, cox_text_of(row.handle), reterr);
}

static void end_former(struct cox_exchange *x)
{
    struct ending ending = {.x = x, .secret = cox_session_secret(x)};
    struct cox_err ignored;

    if (ending.secret.ptr != NULL) {
        enum cox_rc rc = cox_exchange_write_secret(x, end_this, &ending,
            &ignored); /* it may have ended long ago */
        (void)rc;
        cox_server_forget(x->server);
    }
}

static enum cox_rc delete_session(struct cox_exchange *x, struct cox_err *reterr)
{
    end_former(x);
    x->reply.status = 204;
    return put_cookie(x, "", reterr);
}

static enum cox_rc list_sessions(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_exchange *x = ctx;
    const struct cox_session_row *rows;
    char instant[COX_INSTANT_SIZE];
    struct cox_json json;
    size_t count;

    COX_TRY(cox_session_rows(call, x->who.actor.user_id, &rows, &count, reterr));
    cox_reply_json(x, 200, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < count; i++) {
        cox_json_begin_object(&json);
        cox_json_put_string(&json, "id", rows[i].handle);
        cox_instant_format(rows[i].created_us, instant);
        cox_json_put_string(&json, "created", instant);
        cox_instant_format(rows[i].seen_us, instant);
        cox_json_put_string(&json, "seen", instant);
        cox_json_put_text(&json, "agent", rows[i].agent);
        cox_json_put_bool(&json, "is_this",
            memcmp(rows[i].digest, x->who.session, sizeof(rows[i].digest)) == 0);
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

static enum cox_rc get_sessions(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};

    return cox_store_read(x->store, &opt, list_sessions, x, reterr);
}

static enum cox_rc end_one(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct ending *e = ctx;

    return cox_session_end(call, e->x->who.actor.user_id, e->handle, reterr);
}

static enum cox_rc delete_one(struct cox_exchange *x, struct cox_err *reterr)
{
    struct ending ending = {.x = x, .handle = x->params[0]};

    COX_TRY(cox_exchange_write_secret(x, end_one, &ending, reterr));
    cox_server_forget(x->server);
    x->reply.status = 204;
    return COX_OK;
}

/* ---- passwords ---- */

struct renewal {
    struct cox_exchange *x;
    int64_t user;
    struct cox_text email, name, old_hash, password, link;
    char hash[COX_PASSWORD_HASH_SIZE];
};

static enum cox_rc read_person(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct renewal *r = ctx;
    struct cox_profile profile;

    COX_TRY(cox_server_host(r->x->server)->profile(call, r->user, &profile, reterr));
    COX_TRY(cox_credential_get(call, r->user, COX_CREDENTIAL_PASSWORD, &r->old_hash, reterr));
    r->email = cox_arena_text(r->x->arena, profile.email);
    r->name = cox_arena_text(r->x->arena, profile.name);
    r->old_hash = cox_arena_text(r->x->arena, r->old_hash);
    return COX_OK;
}

enum cox_rc cox_sign_in_again(struct cox_exchange *x, struct cox_text password,
    struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct renewal r = {.x = x, .user = x->who.actor.user_id};
    struct signing s = {.x = x, .user = r.user, .password = password};
    struct cox_err why;

    COX_TRY(cox_store_read(x->store, &opt, read_person, &r, reterr));
    COX_TRY(cox_throttle_begin(x, r.email, reterr));
    s.hash = r.old_hash;
    if (check_password(&s, &why) != COX_OK) {
        return why.rc == COX_SIGN_IN
                   ? cox_fail_at(reterr, COX_DENIED, "password", 0, "this is not your password")
                   : cox_fail(reterr, why.rc, "%s", why.text);
    }
    cox_throttle_good(x, r.email);
    return COX_OK;
}

static enum cox_rc save_password(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct renewal *r = ctx;

    COX_TRY(
        cox_credential_put(call, r->user, COX_CREDENTIAL_PASSWORD, cox_text_of(r->hash), reterr));
    return cox_session_end_all(call, r->user, r->link.ptr == NULL ? r->x->who.session : NULL,
        reterr);
}

static enum cox_rc post_password(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor = x->who.actor};
    struct renewal r = {.x = x, .user = x->who.actor.user_id};
    struct cox_text current;
    json_t *body;

    COX_TRY(cox_exchange_json(x, &body, reterr));
    COX_TRY(cox_body_text(body, "current", true, &current, reterr));
    COX_TRY(cox_body_text(body, "password", true, &r.password, reterr));
    COX_TRY(cox_sign_in_again(x, current, reterr));
    COX_TRY(cox_store_read(x->store, &opt, read_person, &r, reterr));
    COX_TRY(cox_password_check(r.password, r.email, r.name, reterr));
    COX_TRY(cox_gate_hash(x, r.password, r.hash, reterr));
    COX_TRY(cox_exchange_write_secret(x, save_password, &r, reterr));
    cox_server_forget(x->server);
    x->reply.status = 204;
    return COX_OK;
}

/* ---- reset links ---- */

static enum cox_rc look_at_link(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct renewal *r = ctx;

    COX_TRY(cox_reset_find(call, r->link, &r->user, reterr));
    return read_person(call, r, reterr);
}

static enum cox_rc take_link(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct renewal *r = ctx;

    COX_TRY(
        cox_reset_take(call, r->link, &r->user, reterr)); /* somebody else may have been faster */
    return save_password(call, r, reterr);
}

static enum cox_rc post_reset(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_read_opt read = {.actor.roles = COX_ROLE_BIT(COX_OPERATOR)};
    struct renewal r = {.x = x};
    json_t *body;

    COX_TRY(cox_session_origin(x, true, reterr));
    COX_TRY(cox_exchange_json(x, &body, reterr));
    COX_TRY(cox_body_text(body, "token", true, &r.link, reterr));
    COX_TRY(cox_body_text(body, "password", true, &r.password, reterr));
    COX_TRY(
        cox_throttle_begin(x, r.link, reterr)); /* nobody is kept waiting by another's guesses */
    COX_TRY(
        cox_store_read(x->store, &read, look_at_link, &r, reterr)); /* no hash for who has none */
    COX_TRY(cox_password_check(r.password, r.email, r.name, reterr));
    COX_TRY(cox_gate_hash(x, r.password, r.hash, reterr));
    x->who.actor = (struct cox_actor){.roles = COX_ROLE_BIT(COX_OPERATOR)};
    COX_TRY(cox_exchange_write_secret(x, take_link, &r, reterr));
    cox_throttle_good(x, r.link);
    cox_server_forget(x->server);
    x->reply.status = 204;
    return COX_OK;
}

struct link {
    struct cox_exchange *x;
    int64_t user, until_us;
    char secret[COX_SESSION_SECRET_SIZE];
};

static enum cox_rc make_link(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct link *link = ctx;
    struct cox_profile profile;

    COX_TRY(cox_server_host(link->x->server)->profile(call, link->user, &profile, reterr));
    return cox_reset_add(call, link->user, link->x->who.actor.user_id, link->secret,
        &link->until_us, reterr);
}

static enum cox_rc post_link(struct cox_exchange *x, struct cox_err *reterr)
{
    struct link link = {.x = x};
    char instant[COX_INSTANT_SIZE];
    struct cox_json json;
    json_t *body;

    COX_TRY(cox_exchange_json(x, &body, reterr));
    link.user = json_integer_value(json_object_get(body, "user"));
    if (link.user <= 0) {
        return cox_fail_at(reterr, COX_INVALID, "user", 0, "is the number of a person");
    }
    COX_TRY(cox_exchange_write_secret(x, make_link, &link, reterr));
    cox_server_forget(x->server);
    cox_reply_json(x, 201, &json);
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "url",
        cox_arena_format(x->arena, "%s/reset#%s", cox_server_url(x->server), link.secret));
    cox_instant_format(link.until_us, instant);
    cox_json_put_string(&json, "expires", instant);
    cox_json_end_object(&json);
    return cox_reply_json_done(x, &json, reterr);
}

/* ---- routes ---- */

#define SESSION                                                                                    \
    "{\"type\":\"object\",\"required\":[\"user\",\"roles\",\"company\",\"features\",\"seq\"]}"

const struct cox_route cox_routes_sign_in[] = {
    {.method = COX_POST,
        .path = "/api/v1/session",
        .handle = post_session,
        .flags = COX_ROUTE_PUBLIC,
        .body_max = 8192,
        .summary = "Signs in: sets the session's cookie.",
        .in =
            "{\"type\":\"object\",\"required\":[\"email\",\"password\"],\"properties\":{\"email\":{"
            "\"type\":\"string\"},\"password\":{\"type\":\"string\"},\"code\":{\"type\":\"string\"}}}",
        .out = SESSION},
    {.method = COX_GET,
        .path = "/api/v1/session",
        .handle = get_session,
        .summary = "Who is signed in, with which roles, in which company.",
        .out = SESSION},
    {.method = COX_DELETE,
        .path = "/api/v1/session",
        .handle = delete_session,
        .flags = COX_ROUTE_SESSION,
        .summary = "Signs out."},
    {.method = COX_GET,
        .path = "/api/v1/sessions",
        .handle = get_sessions,
        .flags = COX_ROUTE_SESSION,
        .summary = "One's own sessions.",
        .out = "{\"type\":\"object\",\"required\":[\"rows\"],\"properties\":{\"rows\":{\"type\":"
               "\"array\",\"items\":{\"type\":\"object\"}}}}"},
    {.method = COX_DELETE,
        .path = "/api/v1/sessions/{id}",
        .handle = delete_one,
        .flags = COX_ROUTE_SESSION,
        .summary = "Ends one of one's own sessions."},
    {.method = COX_POST,
        .path = "/api/v1/password",
        .handle = post_password,
        .flags = COX_ROUTE_SESSION,
        .body_max = 8192,
        .summary = "Changes one's own password; other sessions end.",
        .in =
            "{\"type\":\"object\",\"required\":[\"current\",\"password\"],\"properties\":{\"current\":{"
            "\"type\":\"string\"},\"password\":{\"type\":\"string\"}}}"},
    {.method = COX_POST,
        .path = "/api/v1/password-reset",
        .handle = post_reset,
        .flags = COX_ROUTE_PUBLIC,
        .body_max = 8192,
        .summary = "Sets a password by a reset link.",
        .in =
            "{\"type\":\"object\",\"required\":[\"token\",\"password\"],\"properties\":{\"token\":{"
            "\"type\":\"string\"},\"password\":{\"type\":\"string\"}}}"},
    {.method = COX_POST,
        .path = "/api/v1/reset-links",
        .handle = post_link,
        .flags = COX_ROUTE_SESSION,
        .roles = COX_ROLE_BIT(COX_ADMIN),
        .body_max = 4096,
        .summary = "A link by which a person sets a new password; ends the person's sessions.",
        .in = "{\"type\":\"object\",\"required\":[\"user\"],\"properties\":{\"user\":{\"type\":"
              "\"integer\"}}}",
        .out =
            "{\"type\":\"object\",\"required\":[\"url\",\"expires\"],\"properties\":{\"url\":{\"type\":"
            "\"string\"},\"expires\":{\"type\":\"string\"}}}"},
    {0},
};
