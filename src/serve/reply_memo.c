/* serve/reply_memo.c: see reply_memo.h. A table of fixed size; who comes later takes the place. */
#include "serve/reply_memo.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "record/reach.h"
#include "serve/inside.h"

enum {
    PLACES = 4096,
    LOCKS = 64,
    TARGET_MAX = 512,
    BODY_MAX = 128 * 1024,
    SUM_MAX = 8 * 1024 * 1024,
    LIFE_US = 1000 * 1000
};

struct key {
    int64_t seq, day, user_id;
    unsigned roles, scope;
    struct cox_text path, query;
};

struct place {
    unsigned char *bytes; /* path, query, body; NULL: empty */
    uint32_t path_size, query_size, body_size;
    struct key key; /* without its texts */
    int64_t rev, put_us;
};

struct cox_reply_memo {
    struct cox_hash_key hash;
    _Atomic size_t sum;           /* of all bytes */
    pthread_mutex_t locks[LOCKS]; /* by place */
    struct place places[PLACES];
};

enum cox_rc cox_reply_memo_open(struct cox_reply_memo **ret_memo, struct cox_err *reterr)
{
    struct cox_reply_memo *memo = calloc(1, sizeof(*memo));

    if (memo == NULL) {
        return cox_no_memory(reterr);
    }
    enum cox_rc rc = cox_hash_key_random(&memo->hash, reterr);
    if (rc != COX_OK) {
        free(memo);
        return rc;
    }
    for (size_t i = 0; i < LOCKS; i++) {
        (void)pthread_mutex_init(&memo->locks[i], NULL); /* default attributes: cannot fail */
    }
    *ret_memo = memo;
    return COX_OK;
}

void cox_reply_memo_close(struct cox_reply_memo *memo)
{
    for (size_t i = 0; memo != NULL && i < PLACES; i++) {
        free(memo->places[i].bytes);
    }
    free(memo);
}

/* False: what is asked for is not kept. */
static bool key_of(const struct cox_exchange *x, struct cox_call *call,
    const struct cox_table *table, struct key *ret_key)
{
    *ret_key = (struct key){.seq = cox_call_head_seq(call),
        .day = cox_call_today(call),
        .user_id = x->who.actor.user_id,
        .roles = x->who.actor.roles,
        .scope = x->who.token_scope,
        .path = x->path,
        .query = x->query};
    return x->method == COX_GET && cox_call_is_now(call) && !cox_reach_is_people(call, table) &&
           x->path.size + x->query.size <= TARGET_MAX;
}

static struct place *place_of(struct cox_reply_memo *memo, const struct key *key)
{
    uint64_t hash = cox_hash_text(&memo->hash, key->path);

    if (key->query.size > 0) {
        hash = hash * 31 + cox_hash_text(&memo->hash, key->query);
    }
    hash = (hash ^ (uint64_t)key->user_id) * UINT64_C(0x9e3779b97f4a7c15);
    return &memo->places[hash >> 52]; /* 12 bits: PLACES */
}

static pthread_mutex_t *lock_of(struct cox_reply_memo *memo, const struct place *place)
{
    return &memo->locks[(size_t)(place - memo->places) % LOCKS];
}

static bool is_same(const struct place *place, const struct key *key)
{
    const struct key *is = &place->key;

    return place->bytes != NULL && is->seq == key->seq && is->day == key->day &&
           is->user_id == key->user_id && is->roles == key->roles && is->scope == key->scope &&
           place->path_size == key->path.size && place->query_size == key->query.size &&
           memcmp(place->bytes, key->path.ptr, key->path.size) == 0 &&
           memcmp(place->bytes + key->path.size, key->query.ptr, key->query.size) == 0;
}

bool cox_reply_memo_find(struct cox_exchange *x, struct cox_call *call,
    const struct cox_table *table, int64_t *ret_rev)
{
    struct cox_reply_memo *memo = x->server->reply_memo;
    bool is_found = false;
    struct key key;

    if (!key_of(x, call, table, &key)) {
        return false;
    }
    struct place *place = place_of(memo, &key);
    (void)pthread_mutex_lock(lock_of(memo, place)); /* a plain mutex: fails on misuse only */
    if (is_same(place, &key) && cox_clock_us() - place->put_us < LIFE_US) {
        cox_buf_add(&x->reply.body, place->bytes + place->path_size + place->query_size,
            place->body_size);
        *ret_rev = place->rev;
        is_found = true;
    }
    (void)pthread_mutex_unlock(lock_of(memo, place));
    if (is_found) {
        x->reply.status = 200;
    }
    return is_found;
}

static size_t size_of(const struct place *place)
{
    return place->bytes == NULL ? 0
                                : (size_t)place->path_size + place->query_size + place->body_size;
}

static void empty(struct cox_reply_memo *memo, struct place *place)
{
    atomic_fetch_sub(&memo->sum, size_of(place));
    free(place->bytes);
    place->bytes = NULL;
}

/* Room is made by what nobody will be given any more. */
static void sweep(struct cox_reply_memo *memo, int64_t now_us)
{
    for (size_t i = 0; i < PLACES; i++) {
        struct place *place = &memo->places[i];
        (void)pthread_mutex_lock(lock_of(memo, place));
        if (now_us - place->put_us >= LIFE_US) {
            empty(memo, place);
        }
        (void)pthread_mutex_unlock(lock_of(memo, place));
    }
}

static unsigned char *copy_of(const struct key *key, struct cox_text body)
{
    unsigned char *bytes = malloc(key->path.size + key->query.size + body.size);

    if (bytes != NULL) {
        memcpy(bytes, key->path.ptr, key->path.size);
        memcpy(bytes + key->path.size, key->query.ptr, key->query.size);
        memcpy(bytes + key->path.size + key->query.size, body.ptr, body.size);
    }
    return bytes;
}

void cox_reply_memo_put(struct cox_exchange *x, struct cox_call *call,
    const struct cox_table *table, int64_t rev)
{
    struct cox_reply_memo *memo = x->server->reply_memo;
    struct cox_text body = cox_buf_text(&x->reply.body);
    int64_t now_us = cox_clock_us();
    struct key key;

    if (x->reply.body.failed || body.size == 0 || body.size > BODY_MAX ||
        !key_of(x, call, table, &key)) {
        return;
    }
    size_t size = key.path.size + key.query.size + body.size;
    if (atomic_load(&memo->sum) + size > SUM_MAX) {
        sweep(memo, now_us);
    }
    unsigned char *bytes = atomic_load(&memo->sum) + size > SUM_MAX ? NULL : copy_of(&key, body);
    if (bytes == NULL) {
        return; /* the next one is made anew */
    }
    struct place *place = place_of(memo, &key);
    (void)pthread_mutex_lock(lock_of(memo, place));
    empty(memo, place);
    *place = (struct place){.bytes = bytes,
        .path_size = (uint32_t)key.path.size,
        .query_size = (uint32_t)key.query.size,
        .body_size = (uint32_t)body.size,
        .key = key,
        .rev = rev,
        .put_us = now_us};
    place->key.path = place->key.query = (struct cox_text){0}; /* they live with the request */
    atomic_fetch_add(&memo->sum, size);
    (void)pthread_mutex_unlock(lock_of(memo, place));
}
