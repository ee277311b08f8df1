/* serve/limit.c: see limit.h. */
#include "serve/limit.h"

#include <stdatomic.h>
#include <string.h>

enum { PLACES = 1 << 14, SECOND_US = 1000000 };

struct cox_limiter {
    struct cox_hash_key key;
    _Atomic int64_t due_us[PLACES]; /* when the next one would be due at the rate */
    _Atomic unsigned counts[PLACES];
};

enum cox_rc cox_limiter_open(struct cox_arena *arena, struct cox_limiter **ret_limiter,
    struct cox_err *reterr)
{
    struct cox_limiter *limiter = COX_NEW(arena, struct cox_limiter);

    if (limiter == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_hash_key_random(&limiter->key, reterr));
    *ret_limiter = limiter;
    return COX_OK;
}

struct cox_limit_key cox_limit_user(char kind, int64_t user_id)
{
    struct cox_limit_key key = {.kind = kind};

    memcpy(key.who, &user_id, sizeof(user_id));
    return key;
}

static size_t place_of(const struct cox_limiter *limiter, const struct cox_limit_key *key)
{
    char bytes[1 + sizeof(key->who)];

    bytes[0] = key->kind;
    memcpy(bytes + 1, key->who, sizeof(key->who));
    return cox_hash_text(&limiter->key, (struct cox_text){bytes, sizeof(bytes)}) % PLACES;
}

enum cox_rc cox_limiter_take(struct cox_limiter *limiter, const struct cox_limit_key *key,
    unsigned rate, unsigned burst, int64_t now_us, int *ret_wait_s, struct cox_err *reterr)
{
    _Atomic int64_t *due = &limiter->due_us[place_of(limiter, key)];
    int64_t step = SECOND_US / (rate == 0 ? 1 : rate), room = step * burst;
    int64_t known = atomic_load(due), next;

    do {
        next = (known > now_us ? known : now_us) + step;
        if (next - now_us > room) {
            *ret_wait_s = (int)((next - now_us - room) / SECOND_US) + 1;
            return cox_fail(reterr, COX_TOO_OFTEN, "too many requests; try again in %d s",
                *ret_wait_s);
        }
    } while (!atomic_compare_exchange_weak(due, &known, next));
    return COX_OK;
}

bool cox_limiter_enter(struct cox_limiter *limiter, const struct cox_limit_key *key, unsigned max)
{
    _Atomic unsigned *count = &limiter->counts[place_of(limiter, key)];

    if (atomic_fetch_add(count, 1) < max) {
        return true;
    }
    atomic_fetch_sub(count, 1);
    return false;
}

void cox_limiter_leave(struct cox_limiter *limiter, const struct cox_limit_key *key)
{
    atomic_fetch_sub(&limiter->counts[place_of(limiter, key)], 1);
}
