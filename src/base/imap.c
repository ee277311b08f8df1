/* base/imap.c: whole number to 64 bits (declared in base/map.h). */
#include <string.h>

#include "base/arena.h"
#include "base/map.h"

enum { SLOTS_LEAST = 16 };
#define EMPTY     INT64_MIN /* an empty slot; this key itself is kept beside the slots */
#define COUNT_MAX (SIZE_MAX / 64)

struct slot {
    int64_t key;
    uint64_t value;
};

struct cox_imap {
    struct slot *slots;
    size_t mask, count, count_max; /* count without the empty key */
    uint64_t empty_value;
    bool has_empty;
};

/* Source: the finaliser of splitmix64 (D. Stafford's variant 13 of MurmurHash3's). */
static size_t mix(int64_t key)
{
    uint64_t x = (uint64_t)key;

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (size_t)(x ^ x >> 31);
}

static struct slot *open_slots(size_t count)
{
    size_t size;

    if (__builtin_mul_overflow(count, sizeof(struct slot), &size)) {
        return NULL;
    }
    struct slot *slots = cox_memory_alloc(size);
    for (size_t i = 0; slots != NULL && i < count; i++) {
        slots[i] = (struct slot){.key = EMPTY};
    }
    return slots;
}

enum cox_rc cox_imap_open(size_t size_hint, size_t count_max, struct cox_imap **ret_map,
    struct cox_err *reterr)
{
    size_t count = SLOTS_LEAST;

    if (size_hint > COUNT_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "a map of %zu numbers is too large", size_hint);
    }
    while (count / 4 * 3 < size_hint) {
        count *= 2;
    }
    struct cox_imap *map = cox_memory_alloc(sizeof(*map));
    struct slot *slots = open_slots(count);
    if (map == NULL || slots == NULL) {
        cox_memory_free(map);
        cox_memory_free(slots);
        return cox_no_memory(reterr);
    }
    *map = (struct cox_imap){.slots = slots,
        .mask = count - 1,
        .count_max = count_max == 0 || count_max > COUNT_MAX ? COUNT_MAX : count_max};
    *ret_map = map;
    return COX_OK;
}

void cox_imap_close(struct cox_imap *map)
{
    if (map != NULL) {
        cox_memory_free(map->slots);
        cox_memory_free(map);
    }
}

static void close_deferred(void *map)
{
    cox_imap_close(map);
}

enum cox_rc cox_imap_open_in(struct cox_arena *arena, size_t size_hint, struct cox_imap **ret_map,
    struct cox_err *reterr)
{
    struct cox_imap *map = NULL;

    COX_TRY(cox_imap_open(size_hint, 0, &map, reterr));
    if (cox_arena_defer(arena, close_deferred, map) != COX_OK) { /* it has closed the map */
        return cox_no_memory(reterr);
    }
    *ret_map = map;
    return COX_OK;
}

size_t cox_imap_count(const struct cox_imap *map)
{
    return map->count + map->has_empty;
}

/* The key's slot, or the empty one where it would go. key is not EMPTY. */
static struct slot *probe(const struct cox_imap *map, int64_t key)
{
    size_t at = mix(key) & map->mask;

    while (map->slots[at].key != key && map->slots[at].key != EMPTY) {
        at = (at + 1) & map->mask;
    }
    return &map->slots[at];
}

bool cox_imap_find(const struct cox_imap *map, int64_t key, uint64_t *ret_value)
{
    if (key == EMPTY) {
        if (map->has_empty) {
            *ret_value = map->empty_value;
        }
        return map->has_empty;
    }
    const struct slot *slot = probe(map, key);
    if (slot->key == EMPTY) {
        return false;
    }
    *ret_value = slot->value;
    return true;
}

static enum cox_rc grow(struct cox_imap *map, struct cox_err *reterr)
{
    struct cox_imap grown = *map;
    size_t count = (map->mask + 1) * 2;

    grown.slots = open_slots(count);
    if (grown.slots == NULL) {
        return cox_no_memory(reterr);
    }
    grown.mask = count - 1;
    for (size_t i = 0; i <= map->mask; i++) {
        if (map->slots[i].key != EMPTY) {
            *probe(&grown, map->slots[i].key) = map->slots[i];
        }
    }
    cox_memory_free(map->slots);
    *map = grown;
    return COX_OK;
}

static enum cox_rc check_room(const struct cox_imap *map, struct cox_err *reterr)
{
    return cox_imap_count(map) < map->count_max
               ? COX_OK
               : cox_fail(reterr, COX_TOO_LARGE, "more than %zu different numbers", map->count_max);
}

/* The one key that marks empty slots has its place beside them. */
static enum cox_rc add_empty(struct cox_imap *map, uint64_t value, uint64_t **ret_place,
    bool *ret_is_new, struct cox_err *reterr)
{
    *ret_is_new = !map->has_empty;
    if (!map->has_empty) {
        COX_TRY(check_room(map, reterr));
        map->has_empty = true;
        map->empty_value = value;
    }
    *ret_place = &map->empty_value;
    return COX_OK;
}

enum cox_rc cox_imap_add(struct cox_imap *map, int64_t key, uint64_t value, uint64_t **ret_place,
    bool *ret_is_new, struct cox_err *reterr)
{
    bool is_new;

    ret_is_new = ret_is_new == NULL ? &is_new : ret_is_new;
    if (key == EMPTY) {
        return add_empty(map, value, ret_place, ret_is_new, reterr);
    }
    struct slot *slot = probe(map, key);
    *ret_is_new = slot->key == EMPTY;
    if (slot->key == EMPTY) {
        COX_TRY(check_room(map, reterr));
        if (map->count + 1 > (map->mask + 1) / 4 * 3) {
            COX_TRY(grow(map, reterr));
            slot = probe(map, key);
        }
        *slot = (struct slot){key, value};
        map->count++;
    }
    *ret_place = &slot->value;
    return COX_OK;
}

enum cox_rc cox_imap_put(struct cox_imap *map, int64_t key, uint64_t value, struct cox_err *reterr)
{
    uint64_t *place = NULL;

    COX_TRY(cox_imap_add(map, key, value, &place, NULL, reterr));
    *place = value;
    return COX_OK;
}

bool cox_imap_drop(struct cox_imap *map, int64_t key)
{
    bool was_there = map->has_empty;

    if (key == EMPTY) {
        map->has_empty = false;
        return was_there;
    }
    struct slot *slot = probe(map, key);
    if (slot->key == EMPTY) {
        return false;
    }
    map->count--;
    /* Close the hole: slots behind it that may come nearer to their home do. */
    size_t hole = (size_t)(slot - map->slots);
    for (size_t at = (hole + 1) & map->mask; map->slots[at].key != EMPTY;
         at = (at + 1) & map->mask) {
        size_t home = mix(map->slots[at].key) & map->mask;
        if (((at - home) & map->mask) >= ((at - hole) & map->mask)) {
            map->slots[hole] = map->slots[at];
            hole = at;
        }
    }
    map->slots[hole] = (struct slot){.key = EMPTY};
    return true;
}

bool cox_imap_next(const struct cox_imap *map, size_t *at, int64_t *ret_key, uint64_t *ret_value)
{
    for (; *at <= map->mask; ++*at) {
        if (map->slots[*at].key != EMPTY) {
            *ret_key = map->slots[*at].key;
            *ret_value = map->slots[*at].value;
            ++*at;
            return true;
        }
    }
    if (*at == map->mask + 1 && map->has_empty) {
        *ret_key = EMPTY;
        *ret_value = map->empty_value;
        ++*at;
        return true;
    }
    return false;
}
