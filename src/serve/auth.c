/*
 * serve/auth.c: the cache of who is signed in. An entry knows the commit it was found at; it holds while no
 * later commit has touched tokens, settings or the records that roles follow from. Which commits have is
 * looked up once for all entries, as far as the head has come.
 */
#include "serve/auth.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/zone.h"
#include "record/head.h"
#include "record/token.h"
#include "serve/inside.h"
#include "serve/limit.h"
#include "serve/session.h"

enum { WAYS = 4, ENTRIES = 4096, KEY_SIZE = 32, SEEN_US = 60 * 1000 * 1000 };

struct entry {
    unsigned char key[KEY_SIZE]; /* digest of the secret; zero: empty */
    struct cox_who who;
    int64_t seq, until_us, used; /* used: a running number, the oldest one goes */
    int64_t seen_us;             /* the session was last told of */
};

struct cox_auth {
    pthread_mutex_t lock; /* guards what follows */
    int64_t looked_seq;   /* commits up to here have been looked at ... */
    int64_t changed_seq;  /* ... and the last of them that counts is not after this one */
    int64_t number;
    int64_t
        forgets; /* how often all was forgotten: what was looked up before does not come in after */
    size_t bucket_count; /* a power of two */
    struct entry entries[];
};

enum cox_rc cox_auth_open(struct cox_server *server, size_t count, struct cox_err *reterr)
{
    size_t buckets = 1;
    struct cox_auth *auth;

    while (buckets * WAYS < (count == 0 ? ENTRIES : count)) {
        buckets *= 2;
    }
    auth = calloc(1, sizeof(*auth) + buckets * WAYS * sizeof(struct entry));
    if (auth == NULL) {
        return cox_no_memory(reterr);
    }
    (void)pthread_mutex_init(&auth->lock, NULL); /* default attributes: cannot fail */
    auth->bucket_count = buckets;
    auth->looked_seq = auth->changed_seq = cox_store_head(server->opt.store);
    server->auth = auth;
    return COX_OK;
}

void cox_auth_close(struct cox_auth *auth)
{
    free(auth);
}

void cox_server_forget(struct cox_server *server)
{
    struct cox_auth *auth = server->auth;

    (void)pthread_mutex_lock(&auth->lock); /* a plain mutex: fails on misuse only */
    auth->forgets++;
    for (size_t i = 0; i < auth->bucket_count * WAYS; i++) {
        memset(auth->entries[i].key, 0, KEY_SIZE);
    }
    (void)pthread_mutex_unlock(&auth->lock);
}

/* ---- what the request brings ---- */

static void take_ticket(const struct cox_exchange *x, struct cox_auth_ticket *ret)
{
    struct cox_text header = cox_exchange_header(x, "Authorization"), secret;
    static const char bearer[] = "Bearer ";

    ret->size = 0;
    ret->is_token = header.ptr != NULL;
    if (ret->is_token) {
        struct cox_text word = {header.ptr, sizeof(bearer) - 1};
        secret = (struct cox_text){0};
        if (header.size > word.size && cox_text_same_ascii(word, COX_LIT("Bearer "))) {
            secret = (struct cox_text){header.ptr + word.size, header.size - word.size};
        }
    } else {
        secret = cox_session_secret(x);
    }
    if (secret.size > 0 && secret.size < sizeof(ret->secret)) {
        memcpy(ret->secret, secret.ptr, secret.size);
        ret->size = secret.size;
    }
}

void cox_auth_ticket(const struct cox_exchange *x, struct cox_auth_ticket *ret_ticket)
{
    take_ticket(x, ret_ticket);
    if ((x->route->flags & COX_ROUTE_PUBLIC) != 0) {
        ret_ticket->size = 0;
    }
}

static void key_of(const struct cox_auth_ticket *ticket, unsigned char ret_key[KEY_SIZE])
{
    (void)crypto_generichash(ret_key, KEY_SIZE, (const unsigned char *)ticket->secret, ticket->size,
        NULL, 0); /* sizes are in range */
    ret_key[0] = (unsigned char)((ret_key[0] & 0xfe) | ticket->is_token);
}

/* ---- the cache ---- */

static struct entry *bucket_of(struct cox_auth *auth, const unsigned char key[KEY_SIZE])
{
    uint64_t hash;

    memcpy(&hash, key + 8, sizeof(hash));
    return &auth->entries[(hash & (auth->bucket_count - 1)) * WAYS];
}

/* ret_seen: is the session to be told of again? */
static bool find(struct cox_server *server, const unsigned char key[KEY_SIZE],
    struct cox_who *ret_who, bool *ret_seen)
{
    struct cox_auth *auth = server->auth;
    int64_t head = cox_store_head(server->opt.store);
    int64_t now_us = cox_store_now_us(server->opt.store);
    bool is_found = false;

    (void)pthread_mutex_lock(&auth->lock);
    struct entry *bucket = bucket_of(auth, key);
    for (size_t i = 0; i < WAYS && auth->looked_seq >= head; i++) {
        struct entry *entry = &bucket[i];
        if (memcmp(entry->key, key, KEY_SIZE) == 0) {
            is_found = entry->seq >= auth->changed_seq && now_us < entry->until_us;
            *ret_who = entry->who;
            entry->used = ++auth->number;
            *ret_seen = now_us - entry->seen_us >= SEEN_US;
            break;
        }
    }
    (void)pthread_mutex_unlock(&auth->lock);
    return is_found;
}

static void keep(struct cox_auth *auth, const struct entry *made, int64_t forgets)
{
    struct entry *bucket, *place;

    (void)pthread_mutex_lock(&auth->lock);
    if (auth->forgets != forgets) {
        (void)pthread_mutex_unlock(&auth->lock);
        return;
    }
    place = bucket = bucket_of(auth, made->key);
    for (size_t i = 0; i < WAYS; i++) {
        if (memcmp(bucket[i].key, made->key, KEY_SIZE) == 0) {
            place = &bucket[i];
            break;
        }
        place = bucket[i].used < place->used ? &bucket[i] : place;
    }
    int64_t seen_us = memcmp(place->key, made->key, KEY_SIZE) == 0 ? place->seen_us : 0;
    *place = *made;
    place->seen_us = seen_us;
    place->used = ++auth->number;
    (void)pthread_mutex_unlock(&auth->lock);
}

static void note_seen(struct cox_auth *auth, const unsigned char key[KEY_SIZE], int64_t now_us)
{
    (void)pthread_mutex_lock(&auth->lock);
    struct entry *bucket = bucket_of(auth, key);
    for (size_t i = 0; i < WAYS; i++) {
        if (memcmp(bucket[i].key, key, KEY_SIZE) == 0) {
            bucket[i].seen_us = now_us;
        }
    }
    (void)pthread_mutex_unlock(&auth->lock);
}

/* ---- out of the store ---- */

struct load {
    struct cox_server *server;
    const struct cox_auth_ticket *ticket;
    struct entry entry;
};

/* Looks at the commits that nobody has looked at yet. */
static enum cox_rc look(struct cox_server *server, struct cox_call *call, struct cox_err *reterr)
{
    struct cox_auth *auth = server->auth;
    int64_t from, seq = cox_call_as_of(call).seq;
    bool is_changed = false;

    (void)pthread_mutex_lock(&auth->lock);
    from = auth->looked_seq;
    (void)pthread_mutex_unlock(&auth->lock);
    if (from >= seq) {
        return COX_OK;
    }
    COX_TRY(cox_changed_since(call, from, server->opt.host->actor_entities, &is_changed, reterr));
    (void)pthread_mutex_lock(&auth->lock);
    if (is_changed && auth->changed_seq < seq) {
        auth->changed_seq = seq;
    }
    if (auth->looked_seq < seq) {
        auth->looked_seq = seq;
    }
    (void)pthread_mutex_unlock(&auth->lock);
    return COX_OK;
}

static enum cox_rc find_user(struct cox_call *call, struct load *load, int64_t *ret_user,
    struct cox_err *reterr)
{
    struct cox_text secret = {load->ticket->secret, load->ticket->size};
    struct entry *entry = &load->entry;
    struct cox_session session = {0};
    struct cox_token token;
    enum cox_rc rc;

    if (!load->ticket->is_token) {
        COX_TRY(cox_session_find(call, secret, &session, reterr));
        memcpy(entry->who.session, session.digest, sizeof(session.digest));
        entry->until_us = session.until_us;
        *ret_user = session.user_id;
        return COX_OK;
    }
    rc = cox_token_find(call, secret, &token, reterr);
    if (rc == COX_DENIED) {
        return cox_fail(reterr, COX_SIGN_IN, "this token is not valid");
    }
    COX_TRY(rc);
    entry->who.token_scope = token.scope;
    entry->until_us = token.expires_us == COX_NULL ? COX_FOREVER : token.expires_us;
    *ret_user = token.user_id;
    return COX_OK;
}

static enum cox_rc load_entry(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct load *load = ctx;
    struct entry *entry = &load->entry;
    int64_t user_id = 0, day_end;
    enum cox_rc rc;

    COX_TRY(look(load->server, call, reterr));
    COX_TRY(find_user(call, load, &user_id, reterr));
    rc = load->server->opt.host->actor(call, user_id, &entry->who.actor, reterr);
    if (rc == COX_MISSING || rc == COX_DENIED) {
        return cox_fail(reterr, COX_SIGN_IN, "this person no longer works here");
    }
    COX_TRY(rc);
    entry->seq = cox_call_as_of(call).seq;
    day_end = cox_zone_day_start(cox_call_zone(call), cox_call_today(call) + 1);
    entry->until_us = entry->until_us < day_end ? entry->until_us : day_end;
    return COX_OK;
}

static enum cox_rc who_is(struct cox_server *server, const struct cox_auth_ticket *ticket,
    struct cox_who *ret_who, bool *ret_seen, struct cox_err *reterr)
{
    const struct cox_read_opt opt = {.actor.roles = COX_ROLE_BIT(COX_OPERATOR), .is_quick = true};
    struct load load = {.server = server, .ticket = ticket};
    int64_t forgets;

    key_of(ticket, load.entry.key);
    if (find(server, load.entry.key, ret_who, ret_seen)) {
        return COX_OK;
    }
    (void)pthread_mutex_lock(&server->auth->lock);
    forgets = server->auth->forgets;
    (void)pthread_mutex_unlock(&server->auth->lock);
    COX_TRY(cox_store_read(server->opt.store, &opt, load_entry, &load, reterr));
    keep(server->auth, &load.entry, forgets);
    *ret_who = load.entry.who;
    *ret_seen = true;
    return COX_OK;
}

enum cox_rc cox_auth_again(struct cox_server *server, const struct cox_auth_ticket *ticket,
    struct cox_who *ret_who, struct cox_err *reterr)
{
    bool is_seen;

    *ret_who = (struct cox_who){0};
    return ticket->size == 0 ? COX_OK : who_is(server, ticket, ret_who, &is_seen, reterr);
}

/* ---- requests ---- */

bool cox_auth_is_ready(struct cox_exchange *x)
{
    struct cox_auth_ticket ticket;
    unsigned char key[KEY_SIZE];
    struct cox_who who;
    bool is_seen = false;

    if ((x->route->flags & COX_ROUTE_PUBLIC) != 0) {
        return true;
    }
    take_ticket(x, &ticket);
    if (ticket.size == 0) {
        return true; /* refused at once */
    }
    key_of(&ticket, key);
    return find(x->server, key, &who, &is_seen) && (ticket.is_token || !is_seen);
}

static enum cox_rc check_token(const struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_route *route = x->route;
    unsigned needed = COX_TOKEN_READ;

    if ((route->flags & COX_ROUTE_SESSION) != 0) {
        return cox_fail(reterr, COX_DENIED, "a token does not reach this: sign in yourself");
    }
    if (route->method != COX_GET && (route->flags & COX_ROUTE_SAFE) == 0) {
        needed = COX_TOKEN_WRITE;
    }
    if ((route->flags & COX_ROUTE_PEOPLE) != 0) {
        needed |= COX_TOKEN_PEOPLE;
    }
    return (x->who.token_scope & needed) == needed
               ? COX_OK
               : cox_fail(reterr, COX_DENIED, "this token's scope does not reach so far");
}

/* Who brings nothing, or nothing that is valid, is counted by address. */
static enum cox_rc count_address(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_server_limits *limits = &x->server->limits;
    struct cox_limit_key key = {.kind = 'a'};
    struct cox_text peer = cox_exchange_peer(x);

    memcpy(key.who, peer.ptr, sizeof(key.who));
    return cox_limiter_take(x->server->limiter, &key, limits->address_rate, limits->address_burst,
        cox_clock_us(), &x->reply.retry_after_s, reterr);
}

static enum cox_rc count_user(struct cox_exchange *x, struct cox_err *reterr)
{
    const struct cox_server_limits *limits = &x->server->limits;
    struct cox_limit_key key =
        cox_limit_user(x->who.token_scope != 0 ? 't' : 'u', x->who.actor.user_id);

    return cox_limiter_take(x->server->limiter, &key, limits->user_rate, limits->user_burst,
        cox_clock_us(), &x->reply.retry_after_s, reterr);
}

enum cox_rc cox_auth_require(struct cox_exchange *x, unsigned roles, struct cox_err *reterr)
{
    struct cox_auth_ticket ticket;
    bool is_seen = false;
    enum cox_rc rc;

    take_ticket(x, &ticket);
    if (ticket.size == 0) {
        COX_TRY(count_address(x, reterr));
        return cox_fail(reterr, COX_SIGN_IN, "sign in, or send a token");
    }
    rc = who_is(x->server, &ticket, &x->who, &is_seen, reterr);
    if (rc == COX_SIGN_IN) {
        COX_TRY(count_address(x, reterr));
    }
    COX_TRY(rc);
    COX_TRY(count_user(x, reterr));
    if (ticket.is_token) {
        COX_TRY(check_token(x, reterr));
    } else {
        COX_TRY(cox_session_check(x, reterr));
        if (is_seen && !cox_request_of(x)->is_on_loop) { /* which does not wait for a commit */
            unsigned char key[KEY_SIZE];
            key_of(&ticket, key);
            note_seen(x->server->auth, key, cox_store_now_us(x->store));
            cox_session_seen(x);
        }
    }
    if (roles != 0 && (x->who.actor.roles & roles) == 0) {
        return cox_fail(reterr, COX_DENIED, "this is not among your tasks here");
    }
    return COX_OK;
}

enum cox_rc cox_auth_run(struct cox_exchange *x, struct cox_err *reterr)
{
    if ((x->route->flags & COX_ROUTE_PUBLIC) != 0) {
        return count_address(x, reterr);
    }
    return cox_auth_require(x, x->route->roles, reterr);
}
