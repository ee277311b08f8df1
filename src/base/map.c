/*
 * base/map.c: text to 64 bits. Entries lie in order of adding; an index of 8-byte slots holds half
 * of the hash beside the entry's position, so that most probes touch no entry.
 */
#include "base/map.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"

enum { INDEX_LEAST = 16, ENTRIES_LEAST = 12, KEY_BLOCK = 65536 };
#define COUNT_MAX ((size_t)UINT32_MAX - 1)

struct entry {
    const char *ptr;
    uint64_t value;
    uint32_t size;
    bool is_dropped;
};

/* hash decides the home slot (hash & mask) as well, so that moving slots needs no entry. */
struct slot {
    uint32_t hash;
    uint32_t entry; /* position + 1; 0: empty */
};

struct key_block {
    struct key_block *next;
    size_t used, size;
    char bytes[];
};

struct cox_map {
    struct cox_hash_key key;
    struct slot *slots;
    struct entry *entries;
    struct key_block *keys; /* copies */
    size_t mask, count, used, room, count_max;
    bool copy_keys;
};

size_t cox_map_count(const struct cox_map *map)
{
    return map->count;
}

/* A power of two of slots that stays at most 3/4 full with count entries; 0: too many. */
static size_t slots_for(size_t count)
{
    size_t slots = INDEX_LEAST;

    while (slots / 4 * 3 < count) {
        slots *= 2;
    }
    return slots;
}

enum cox_rc cox_map_open(const struct cox_map_opt *opt, struct cox_map **ret_map,
    struct cox_err *reterr)
{
    struct cox_map_opt all = opt == NULL ? (struct cox_map_opt){0} : *opt;

    if (all.key.k0 == 0 && all.key.k1 == 0) {
        COX_TRY(cox_hash_key_random(&all.key, reterr));
    }
    size_t hint = all.size_hint > COUNT_MAX ? COUNT_MAX : all.size_hint;
    size_t slot_count = slots_for(hint), room = hint < ENTRIES_LEAST ? ENTRIES_LEAST : hint;
    struct cox_map *map = cox_memory_alloc(sizeof(*map));
    struct slot *slots = cox_memory_alloc(slot_count * sizeof(*slots));
    struct entry *entries = cox_memory_alloc(room * sizeof(*entries));
    if (map == NULL || slots == NULL || entries == NULL) {
        cox_memory_free(map);
        cox_memory_free(slots);
        cox_memory_free(entries);
        return cox_no_memory(reterr);
    }
    memset(slots, 0, slot_count * sizeof(*slots));
    *map = (struct cox_map){.key = all.key,
        .slots = slots,
        .entries = entries,
        .mask = slot_count - 1,
        .room = room,
        .count_max = all.count_max == 0 || all.count_max > COUNT_MAX ? COUNT_MAX : all.count_max,
        .copy_keys = all.copy_keys};
    *ret_map = map;
    return COX_OK;
}

void cox_map_close(struct cox_map *map)
{
    if (map == NULL) {
        return;
    }
    while (map->keys != NULL) {
        struct key_block *next = map->keys->next;
        cox_memory_free(map->keys);
        map->keys = next;
    }
    cox_memory_free(map->slots);
    cox_memory_free(map->entries);
    cox_memory_free(map);
}

static void close_deferred(void *map)
{
    cox_map_close(map);
}

enum cox_rc cox_map_open_in(struct cox_arena *arena, const struct cox_map_opt *opt,
    struct cox_map **ret_map, struct cox_err *reterr)
{
    struct cox_map *map = NULL;

    COX_TRY(cox_map_open(opt, &map, reterr));
    if (cox_arena_defer(arena, close_deferred, map) != COX_OK) { /* it has closed the map */
        return cox_no_memory(reterr);
    }
    *ret_map = map;
    return COX_OK;
}

/* The key's slot, or the empty one where it would go. */
static struct slot *probe(const struct cox_map *map, struct cox_text key, uint32_t hash)
{
    size_t at = hash & map->mask;

    for (;; at = (at + 1) & map->mask) {
        struct slot *slot = &map->slots[at];
        if (slot->entry == 0) {
            return slot;
        }
        if (slot->hash == hash) {
            const struct entry *entry = &map->entries[slot->entry - 1];
            if (cox_text_same(key, (struct cox_text){entry->ptr, entry->size})) {
                return slot;
            }
        }
    }
}

static uint32_t hash_of(const struct cox_map *map, struct cox_text key)
{
    return (uint32_t)cox_hash_text(&map->key, key);
}

bool cox_map_find(const struct cox_map *map, struct cox_text key, uint64_t *ret_value)
{
    const struct slot *slot = probe(map, key, hash_of(map, key));

    if (slot->entry == 0) {
        return false;
    }
    *ret_value = map->entries[slot->entry - 1].value;
    return true;
}

static void place(struct slot *slots, size_t mask, struct slot slot)
{
    size_t at = slot.hash & mask;

    while (slots[at].entry != 0) {
        at = (at + 1) & mask;
    }
    slots[at] = slot;
}

static enum cox_rc grow_index(struct cox_map *map, struct cox_err *reterr)
{
    size_t count = (map->mask + 1) * 2;
    struct slot *slots = cox_memory_alloc(count * sizeof(*slots));

    if (slots == NULL) {
        return cox_no_memory(reterr);
    }
    memset(slots, 0, count * sizeof(*slots));
    for (size_t i = 0; i <= map->mask; i++) {
        if (map->slots[i].entry != 0) {
            place(slots, count - 1, map->slots[i]);
        }
    }
    cox_memory_free(map->slots);
    map->slots = slots;
    map->mask = count - 1;
    return COX_OK;
}

/* Entries without the dropped ones: the index is made anew from the keys' hashes. */
static void squeeze(struct cox_map *map)
{
    size_t used = 0;

    memset(map->slots, 0, (map->mask + 1) * sizeof(*map->slots));
    for (size_t i = 0; i < map->used; i++) {
        struct entry entry = map->entries[i];
        if (!entry.is_dropped) {
            struct cox_text key = {entry.ptr, entry.size};
            map->entries[used] = entry;
            used++;
            place(map->slots, map->mask, (struct slot){hash_of(map, key), (uint32_t)used});
        }
    }
    map->used = used;
}

static enum cox_rc make_room(struct cox_map *map, struct cox_err *reterr)
{
    if (map->count >= map->count_max) {
        return cox_fail(reterr, COX_TOO_LARGE, "more than %zu different keys", map->count_max);
    }
    if (map->used == map->room) {
        if (map->count <= map->used / 2) {
            squeeze(map);
        } else {
            size_t room = map->room + map->room / 2;
            struct entry *entries = cox_memory_resize(map->entries, room * sizeof(*entries));
            if (entries == NULL) {
                return cox_no_memory(reterr);
            }
            map->entries = entries;
            map->room = room;
        }
    }
    return (map->count + 1) > (map->mask + 1) / 4 * 3 ? grow_index(map, reterr) : COX_OK;
}

static const char *copy_key(struct cox_map *map, struct cox_text key)
{
    struct key_block *block = map->keys;

    if (block == NULL || block->size - block->used < key.size) {
        size_t size = key.size > KEY_BLOCK ? key.size : KEY_BLOCK;
        block = cox_memory_alloc(sizeof(*block) + size);
        if (block == NULL) {
            return NULL;
        }
        *block = (struct key_block){.next = map->keys, .size = size};
        map->keys = block;
    }
    char *copy = block->bytes + block->used;
    if (key.size > 0) {
        memcpy(copy, key.ptr, key.size);
    }
    block->used += key.size;
    return copy;
}

enum cox_rc cox_map_add(struct cox_map *map, struct cox_text key, uint64_t value,
    uint64_t **ret_place, bool *ret_is_new, struct cox_err *reterr)
{
    uint32_t hash = hash_of(map, key);
    struct slot *slot = probe(map, key, hash);
    bool is_new = slot->entry == 0;

    if (is_new) {
        if (key.size > UINT32_MAX) {
            return cox_fail(reterr, COX_TOO_LARGE, "a key is longer than 4 GiB");
        }
        COX_TRY(make_room(map, reterr));
        slot = probe(map, key, hash); /* making room may have moved it */
        const char *ptr = key.ptr;
        if (map->copy_keys && ptr != NULL) {
            ptr = copy_key(map, key);
            if (ptr == NULL) {
                return cox_no_memory(reterr);
            }
        }
        map->entries[map->used] =
            (struct entry){.ptr = ptr, .value = value, .size = (uint32_t)key.size};
        map->used++;
        map->count++;
        *slot = (struct slot){hash, (uint32_t)map->used};
    }
    *ret_place = &map->entries[slot->entry - 1].value;
    if (ret_is_new != NULL) {
        *ret_is_new = is_new;
    }
    return COX_OK;
}

enum cox_rc cox_map_put(struct cox_map *map, struct cox_text key, uint64_t value,
    struct cox_err *reterr)
{
    uint64_t *place_of = NULL;

    COX_TRY(cox_map_add(map, key, value, &place_of, NULL, reterr));
    *place_of = value;
    return COX_OK;
}

bool cox_map_drop(struct cox_map *map, struct cox_text key)
{
    struct slot *slot = probe(map, key, hash_of(map, key));

    if (slot->entry == 0) {
        return false;
    }
    map->entries[slot->entry - 1].is_dropped = true;
    map->count--;
    /* Close the hole: slots behind it that may come nearer to their home do. */
    size_t hole = (size_t)(slot - map->slots);
    for (size_t at = (hole + 1) & map->mask; map->slots[at].entry != 0; at = (at + 1) & map->mask) {
        size_t home = map->slots[at].hash & map->mask;
        if (((at - home) & map->mask) >= ((at - hole) & map->mask)) {
            map->slots[hole] = map->slots[at];
            hole = at;
        }
    }
    map->slots[hole] = (struct slot){0};
    return true;
}

bool cox_map_next(const struct cox_map *map, size_t *at, struct cox_text *ret_key,
    uint64_t *ret_value)
{
    while (*at < map->used && map->entries[*at].is_dropped) {
        ++*at;
    }
    if (*at == map->used) {
        return false;
    }
    const struct entry *entry = &map->entries[*at];
    *ret_key = (struct cox_text){entry->ptr, entry->size};
    *ret_value = entry->value;
    ++*at;
    return true;
}
