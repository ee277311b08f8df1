/*
 * base/arena.h: memory that lives as long as a request, job or test: given out piece by piece,
 * limited in total, freed at once. What is not memory is closed by a deferred call.
 */
#ifndef COX_BASE_ARENA_H
#define COX_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct cox_arena;
struct cox_text;

/* A place to come back to: everything given out since is taken back, deferred calls are run. */
struct cox_mark {
    void *block;
    size_t used;
    void *defers;
};

/* At most limit bytes in total. NULL when there is no memory. Close accepts NULL. */
struct cox_arena *cox_arena_open(size_t limit);
void cox_arena_close(struct cox_arena *arena);

/*
 * size bytes, zeroed, aligned for any type; NULL past the limit or without memory. A size of 0
 * gives a valid pointer to nothing. The block lives until the arena is closed or rewound.
 */
void *cox_arena_alloc(struct cox_arena *arena, size_t size) __attribute__((malloc));

/* count * size with the product checked. */
void *cox_arena_array(struct cox_arena *arena, size_t count, size_t size) __attribute__((malloc));

#define COX_NEW(arena, type)              ((type *)cox_arena_alloc((arena), sizeof(type)))
#define COX_NEW_ARRAY(arena, count, type) ((type *)cox_arena_array((arena), (count), sizeof(type)))

/* Copies: text is terminated as well, so .ptr may go where a C string is wanted. ptr NULL: failed. */
char *cox_arena_string(struct cox_arena *arena, const char *string);
struct cox_text cox_arena_text(struct cox_arena *arena, struct cox_text text);
char *cox_arena_format(struct cox_arena *arena, const char *format, ...) COX_PRINTF(2, 3);

struct cox_mark cox_arena_mark(struct cox_arena *arena);
void cox_arena_rewind(struct cox_arena *arena, struct cox_mark mark);

/* Runs done(what) when the arena is closed or rewound past here, last first; at once on failure. */
enum cox_rc cox_arena_defer(struct cox_arena *arena, void (*done)(void *),
    void *what) COX_NODISCARD;

size_t cox_arena_used(const struct cox_arena *arena);

/* "Out of memory" said the same way everywhere. */
enum cox_rc cox_no_memory(struct cox_err *reterr);

#define COX_AUTO_ARENA __attribute__((cleanup(cox_arena_close_at))) struct cox_arena *
void cox_arena_close_at(struct cox_arena **arena);

/*
 * Every allocation of the program outside libraries goes through here, so that tests can make the
 * n-th one fail. Never called by features.
 */
void *cox_memory_alloc(size_t size);
void *cox_memory_resize(void *block, size_t size);
void cox_memory_free(void *block);

/* Tests only: the countdown-th allocation from now fails, once; negative switches it off. */
void cox_memory_fail_after(int64_t countdown);

#endif
