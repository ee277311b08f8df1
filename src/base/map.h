/*
 * base/map.h: hash maps from a text (24 bytes an entry and an index of 8 bytes a slot) or a whole
 * number (16 bytes a slot) to 64 bits; linear probing, at most 3/4 full, without tombstones. Text keys are hashed with SipHash-1-3 under the map's key, so a file
 * of chosen names cannot make it slow; they are not copied unless asked.
 */
#ifndef COX_BASE_MAP_H
#define COX_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

struct cox_arena;

/* ---- keyed hash ---- */

/* 16 bytes: from the system's random for outside data, fixed in tests. */
struct cox_hash_key {
    uint64_t k0, k1;
};

/* Source: J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012 (1-3 rounds). */
uint64_t cox_hash_text(const struct cox_hash_key *key, struct cox_text text);

/* A new key each call. COX_IO when the system has no random. */
enum cox_rc cox_hash_key_random(struct cox_hash_key *ret_key, struct cox_err *reterr) COX_NODISCARD;

/* ---- text to 64 bits ---- */

struct cox_map;

struct cox_map_opt {
    size_t size_hint;        /* entries expected; 0: none */
    size_t count_max;        /* COX_TOO_LARGE past it; 0: 2^32 - 1 */
    struct cox_hash_key key; /* {0}: drawn from the system's random */
    bool copy_keys;          /* keys are copied; else they must outlive the map */
};

/* opt NULL: all defaults. Close accepts NULL. */
enum cox_rc cox_map_open(const struct cox_map_opt *opt, struct cox_map **ret_map,
    struct cox_err *reterr) COX_NODISCARD;
void cox_map_close(struct cox_map *map);

/* The same, closed with the arena (its memory is the program's, not counted in the arena's limit). */
enum cox_rc cox_map_open_in(struct cox_arena *arena, const struct cox_map_opt *opt,
    struct cox_map **ret_map, struct cox_err *reterr) COX_NODISCARD;

size_t cox_map_count(const struct cox_map *map);

/* A key without value (ptr NULL) is an ordinary key, different from "". */
bool cox_map_find(const struct cox_map *map, struct cox_text key, uint64_t *ret_value);
enum cox_rc cox_map_put(struct cox_map *map, struct cox_text key, uint64_t value,
    struct cox_err *reterr) COX_NODISCARD;

/* The value's place, made with value when the key was absent (ret_is_new may be NULL). It stays valid
 * until the next add. */
enum cox_rc cox_map_add(struct cox_map *map, struct cox_text key, uint64_t value,
    uint64_t **ret_place, bool *ret_is_new, struct cox_err *reterr) COX_NODISCARD;
bool cox_map_drop(struct cox_map *map, struct cox_text key);

/* Every entry, in the order of adding (dropped ones left out): at starts at 0; false at the end.
 * Adding while walking is seen. */
bool cox_map_next(const struct cox_map *map, size_t *at, struct cox_text *ret_key,
    uint64_t *ret_value);

/* ---- whole number to 64 bits ---- */

struct cox_imap;

enum cox_rc cox_imap_open(size_t size_hint, size_t count_max, struct cox_imap **ret_map,
    struct cox_err *reterr) COX_NODISCARD;
void cox_imap_close(struct cox_imap *map);
enum cox_rc cox_imap_open_in(struct cox_arena *arena, size_t size_hint, struct cox_imap **ret_map,
    struct cox_err *reterr) COX_NODISCARD;

size_t cox_imap_count(const struct cox_imap *map);
bool cox_imap_find(const struct cox_imap *map, int64_t key, uint64_t *ret_value);
enum cox_rc cox_imap_put(struct cox_imap *map, int64_t key, uint64_t value,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_imap_add(struct cox_imap *map, int64_t key, uint64_t value, uint64_t **ret_place,
    bool *ret_is_new, struct cox_err *reterr) COX_NODISCARD;
bool cox_imap_drop(struct cox_imap *map, int64_t key);

/* Every entry, in no particular order but the same for the same adds. No adding while walking. */
bool cox_imap_next(const struct cox_imap *map, size_t *at, int64_t *ret_key, uint64_t *ret_value);

#endif
