/* base/hash.c: SipHash-1-3 (declared in base/map.h). */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/map.h"

struct sip {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

/* Eight bytes, first lowest, whatever the machine's order: compilers make one load of it. */
static uint64_t little_endian(const char *bytes, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size; i++) {
        value |= (uint64_t)(unsigned char)bytes[i] << 8 * i;
    }
    return value;
}

uint64_t cox_hash_text(const struct cox_hash_key *key, struct cox_text text)
{
    struct sip s = {key->k0 ^ UINT64_C(0x736f6d6570736575), key->k1 ^ UINT64_C(0x646f72616e646f6d),
        key->k0 ^ UINT64_C(0x6c7967656e657261), key->k1 ^ UINT64_C(0x7465646279746573)};
    size_t whole = text.size & ~(size_t)7;

    for (size_t i = 0; i < whole; i += 8) {
        uint64_t word = little_endian(text.ptr + i, 8);
        s.v3 ^= word;
        sip_round(&s);
        s.v0 ^= word;
    }
    uint64_t last = (uint64_t)text.size << 56;
    if (text.size > whole) {
        last |= little_endian(text.ptr + whole, text.size - whole);
    }
    s.v3 ^= last;
    sip_round(&s);
    s.v0 ^= last;
    s.v2 ^= 0xff;
    sip_round(&s);
    sip_round(&s);
    sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

enum cox_rc cox_hash_key_random(struct cox_hash_key *ret_key, struct cox_err *reterr)
{
    struct cox_hash_key key;
    ssize_t got;

    do {
        got = getrandom(&key, sizeof(key), 0);
    } while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof(key)) {
        return cox_fail(reterr, COX_IO, "the system gives no random bytes: %s", strerror(errno));
    }
    *ret_key = key;
    return COX_OK;
}
