/*
 * serve/throttle.c: the cost of guessing. Failures are counted by account and by network address, in memory: a table
 * of fixed size in which the oldest entry of a bucket goes. An attempt counts as a failure until it has been
 * a good one, so that many at once gain nothing.
 */
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "serve/inside.h"
#include "serve/sign_in.h"

enum {
    WAYS = 4,
    BUCKETS = 1024,
    ACCOUNT_FREE = 5,
    ADDRESS_FREE = 30,
    WAIT_MAX_S = 300,
    AT_ONCE = 2,
    WAITING_MAX = 32,
};
#define FORGET_US INT64_C(3600000000)

struct attempts {
    uint64_t key; /* 0: empty */
    unsigned failures;
    int64_t last_us, next_us; /* next_us: not before */
};

struct sign_in {
    struct cox_server *server;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t is_free;
    struct attempts attempts[BUCKETS * WAYS];
    unsigned hashing, waiting;
    struct cox_hash_key hash_key;
    char nobody[COX_PASSWORD_HASH_SIZE]; /* hash of a password that nobody has */
    unsigned char seal_key[32];
    bool has_seal_key;
};

static enum cox_rc open_part(struct cox_server *server, void **ret_state, struct cox_err *reterr)
{
    struct sign_in *s = calloc(1, sizeof(*s));
    unsigned char bits[16];
    char password[33];

    if (s == NULL) {
        return cox_no_memory(reterr);
    }
    s->server = server;
    (void)pthread_mutex_init(&s->lock, NULL); /* default attributes: cannot fail */
    (void)pthread_cond_init(&s->is_free, NULL);
    randombytes_buf(bits, sizeof(bits));
    randombytes_buf(&s->hash_key, sizeof(s->hash_key));
    (void)sodium_bin2hex(password, sizeof(password), bits, sizeof(bits));
    if (cox_password_hash(cox_text_of(password), s->nobody, reterr) != COX_OK) {
        free(s);
        return COX_NO_MEMORY;
    }
    *ret_state = s;
    return COX_OK;
}

static void close_part(void *state)
{
    sodium_memzero(state, sizeof(struct sign_in));
    free(state);
}

const struct cox_part cox_sign_in_part = {
    .name = "sign_in", .open = open_part, .close = close_part};

static struct sign_in *part_of(struct cox_exchange *x)
{
    return cox_server_part(x->server, &cox_sign_in_part);
}

/* ---- attempts ---- */

static uint64_t key_of(const struct sign_in *s, char kind, struct cox_text text)
{
    return cox_hash_text(&s->hash_key, text) * 2 + (kind == 'a') + 1;
}

static uint64_t address_key(struct cox_exchange *x, const struct sign_in *s)
{
    struct cox_text peer = cox_exchange_peer(x); /* behind a proxy: whoever it speaks for */
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    bool is_v4 = memcmp(peer.ptr, mapped, sizeof(mapped)) == 0;

    return key_of(s, 'a', (struct cox_text){peer.ptr, is_v4 ? 16 : 8});
}

static uint64_t account_key(struct cox_exchange *x, const struct sign_in *s,
    struct cox_text account)
{
    struct cox_text folded = cox_text_fold(x->arena, account);

    return key_of(s, 'u', folded.ptr == NULL ? account : folded);
}

/* Under the lock: the entry of a key, made anew in place of the oldest. It is the newest from now on, so that a second
 * key of the same bucket does not take its place. */
static struct attempts *entry_of(struct sign_in *s, uint64_t key, int64_t now_us)
{
    struct attempts *bucket = &s->attempts[key % BUCKETS * WAYS], *oldest = bucket;

    for (size_t i = 0; i < WAYS; i++) {
        if (bucket[i].key == key && now_us - bucket[i].last_us < FORGET_US) {
            bucket[i].last_us = now_us;
            return &bucket[i];
        }
        oldest = bucket[i].last_us < oldest->last_us ? &bucket[i] : oldest;
    }
    *oldest = (struct attempts){.key = key, .last_us = now_us};
    return oldest;
}

static void count(struct attempts *entry, unsigned is_free, int64_t now_us)
{
    unsigned over = ++entry->failures > is_free ? entry->failures - is_free : 0;
    int64_t wait_s = over == 0 ? 0 : over > 9 ? WAIT_MAX_S : INT64_C(1) << (over - 1);

    entry->next_us = now_us + (wait_s > WAIT_MAX_S ? WAIT_MAX_S : wait_s) * 1000000;
}

enum cox_rc cox_throttle_begin(struct cox_exchange *x, struct cox_text account,
    struct cox_err *reterr)
{
    struct sign_in *s = part_of(x);
    int64_t now_us = cox_store_now_us(x->store), next_us;
    struct attempts *by_account, *by_address;

    (void)pthread_mutex_lock(&s->lock);
    by_account = entry_of(s, account_key(x, s, account), now_us);
    by_address = entry_of(s, address_key(x, s), now_us);
    next_us = by_account->next_us > by_address->next_us ? by_account->next_us : by_address->next_us;
    if (next_us <= now_us) {
        count(by_account, ACCOUNT_FREE, now_us);
        count(by_address, ADDRESS_FREE, now_us);
    }
    (void)pthread_mutex_unlock(&s->lock);
    if (next_us <= now_us) {
        return COX_OK;
    }
    x->reply.retry_after_s = (int)((next_us - now_us) / 1000000) + 1;
    return cox_fail(reterr, COX_TOO_OFTEN, "too many attempts: try again in %d s",
        x->reply.retry_after_s);
}

/* The attempt was let in, so that nothing was to be waited for before it. */
static void take_back(struct attempts *entry)
{
    entry->failures -= entry->failures > 0;
    entry->next_us = 0;
}

void cox_throttle_good(struct cox_exchange *x, struct cox_text account)
{
    struct sign_in *s = part_of(x);
    int64_t now_us = cox_store_now_us(x->store);

    (void)pthread_mutex_lock(&s->lock);
    *entry_of(s, account_key(x, s, account), now_us) = (struct attempts){0};
    take_back(entry_of(s, address_key(x, s), now_us));
    (void)pthread_mutex_unlock(&s->lock);
}

void cox_throttle_half(struct cox_exchange *x, struct cox_text account)
{
    struct sign_in *s = part_of(x);
    int64_t now_us = cox_store_now_us(x->store);

    (void)pthread_mutex_lock(&s->lock);
    take_back(entry_of(s, account_key(x, s, account), now_us));
    take_back(entry_of(s, address_key(x, s), now_us));
    (void)pthread_mutex_unlock(&s->lock);
}

/* ---- at most two hashes at once ---- */

static enum cox_rc enter(struct sign_in *s, struct cox_err *reterr)
{
    bool is_in;

    (void)pthread_mutex_lock(&s->lock);
    is_in = s->waiting < WAITING_MAX;
    if (is_in) {
        s->waiting++;
        while (s->hashing >= AT_ONCE) {
            (void)pthread_cond_wait(&s->is_free, &s->lock);
        }
        s->waiting--;
        s->hashing++;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return is_in ? COX_OK : cox_fail(reterr, COX_BUSY, "many people are signing in: try again");
}

static void leave(struct sign_in *s)
{
    (void)pthread_mutex_lock(&s->lock);
    s->hashing--;
    (void)pthread_cond_signal(&s->is_free);
    (void)pthread_mutex_unlock(&s->lock);
}

enum cox_rc cox_gate_verify(struct cox_exchange *x, const char *hash, struct cox_text password,
    bool *ret_matches, struct cox_err *reterr)
{
    struct sign_in *s = part_of(x);

    COX_TRY(enter(s, reterr));
    *ret_matches = cox_password_matches(hash == NULL ? s->nobody : hash, password) && hash != NULL;
    leave(s);
    return COX_OK;
}

enum cox_rc cox_gate_hash(struct cox_exchange *x, struct cox_text password,
    char ret_hash[COX_PASSWORD_HASH_SIZE], struct cox_err *reterr)
{
    struct sign_in *s = part_of(x);
    enum cox_rc rc;

    COX_TRY(enter(s, reterr));
    rc = cox_password_hash(password, ret_hash, reterr);
    leave(s);
    return rc;
}

/* ---- the key of sealed secrets, read when it is first needed ---- */

const unsigned char *cox_sign_in_key(const struct cox_server *server, struct cox_err *reterr)
{
    struct sign_in *s = cox_server_part(server, &cox_sign_in_part);
    enum cox_rc rc = COX_OK;

    (void)pthread_mutex_lock(&s->lock);
    if (!s->has_seal_key) {
        rc = cox_seal_key_load(cox_store_url(cox_server_store(server)), s->seal_key, reterr);
        s->has_seal_key = rc == COX_OK;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return rc == COX_OK ? s->seal_key : NULL;
}
