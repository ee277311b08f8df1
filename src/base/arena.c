/* base/arena.c: blocks in a list, newest first; big requests get a block of their own. */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { BLOCK_SIZE = 16384, ALIGN = alignof(max_align_t) };

struct block {
    struct block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct defer {
    struct defer *next;
    void (*done)(void *);
    void *what;
};

struct cox_arena {
    struct block *blocks;
    struct defer *defers;
    size_t used, limit;
};

static _Atomic int64_t fail_countdown =
    -1; /* the one global: test-only, see cox_memory_fail_after */

void cox_memory_fail_after(int64_t countdown)
{
    atomic_store(&fail_countdown, countdown);
}

static bool must_fail(void)
{
    if (atomic_load_explicit(&fail_countdown, memory_order_relaxed) < 0) {
        return false;
    }
    return atomic_fetch_sub(&fail_countdown, 1) == 0;
}

void *cox_memory_alloc(size_t size)
{
    return must_fail() ? NULL : malloc(size == 0 ? 1 : size);
}

void *cox_memory_resize(void *block, size_t size)
{
    return must_fail() ? NULL : realloc(block, size == 0 ? 1 : size);
}

void cox_memory_free(void *block)
{
    free(block);
}

struct cox_arena *cox_arena_open(size_t limit)
{
    struct cox_arena *arena = cox_memory_alloc(sizeof(*arena));

    if (arena != NULL) {
        *arena = (struct cox_arena){.limit = limit};
    }
    return arena;
}

static void run_defers(struct cox_arena *arena, const struct defer *until)
{
    while (arena->defers != until) {
        struct defer *defer = arena->defers;
        arena->defers = defer->next;
        defer->done(defer->what);
    }
}

void cox_arena_close(struct cox_arena *arena)
{
    if (arena == NULL) {
        return;
    }
    run_defers(arena, NULL);
    while (arena->blocks != NULL) {
        struct block *next = arena->blocks->next;
        cox_memory_free(arena->blocks);
        arena->blocks = next;
    }
    cox_memory_free(arena);
}

void cox_arena_close_at(struct cox_arena **arena)
{
    cox_arena_close(*arena);
}

static struct block *add_block(struct cox_arena *arena, size_t least)
{
    size_t size = least > BLOCK_SIZE ? least : BLOCK_SIZE;
    struct block *block = cox_memory_alloc(sizeof(*block) + size);

    if (block != NULL) {
        block->next = arena->blocks;
        block->size = size;
        block->used = 0;
        arena->blocks = block;
    }
    return block;
}

void *cox_arena_alloc(struct cox_arena *arena, size_t size)
{
    struct block *block = arena->blocks;

    if (size > arena->limit || arena->limit - size < ALIGN) {
        return NULL;
    }
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (size > arena->limit - arena->used) {
        return NULL;
    }
    if (block == NULL || block->size - block->used < size) {
        block = add_block(arena, size);
    }
    if (block == NULL) {
        return NULL;
    }
    void *bytes = block->bytes + block->used;
    block->used += size;
    arena->used += size;
    return memset(bytes, 0, size);
}

void *cox_arena_array(struct cox_arena *arena, size_t count, size_t size)
{
    size_t total;

    return __builtin_mul_overflow(count, size, &total) ? NULL : cox_arena_alloc(arena, total);
}

char *cox_arena_string(struct cox_arena *arena, const char *string)
{
    size_t size = strlen(string) + 1;
    char *copy = cox_arena_alloc(arena, size);

    return copy == NULL ? NULL : memcpy(copy, string, size);
}

struct cox_text cox_arena_text(struct cox_arena *arena, struct cox_text text)
{
    char *copy;

    if (text.ptr == NULL) {
        return text;
    }
    copy = cox_arena_alloc(arena, text.size + 1);
    if (copy == NULL) {
        return (struct cox_text){0};
    }
    memcpy(copy, text.ptr, text.size);
    return (struct cox_text){copy, text.size};
}

char *cox_arena_format(struct cox_arena *arena, const char *format, ...)
{
    va_list args, again;
    char *text = NULL;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length >= 0) {
        text = cox_arena_alloc(arena, (size_t)length + 1);
    }
    if (text != NULL) {
        (void)vsnprintf(text, (size_t)length + 1, format, again); /* measured just above */
    }
    va_end(again);
    va_end(args);
    return text;
}

struct cox_mark cox_arena_mark(struct cox_arena *arena)
{
    return (struct cox_mark){
        .block = arena->blocks,
        .used = arena->blocks == NULL ? 0 : arena->blocks->used,
        .defers = arena->defers,
    };
}

void cox_arena_rewind(struct cox_arena *arena, struct cox_mark mark)
{
    run_defers(arena, mark.defers);
    while (arena->blocks != mark.block) {
        struct block *next = arena->blocks->next;
        arena->used -= arena->blocks->used;
        cox_memory_free(arena->blocks);
        arena->blocks = next;
    }
    if (arena->blocks != NULL) {
        assert(arena->blocks->used >= mark.used);
        arena->used -= arena->blocks->used - mark.used;
        arena->blocks->used = mark.used;
    }
}

enum cox_rc cox_arena_defer(struct cox_arena *arena, void (*done)(void *), void *what)
{
    struct defer *defer = COX_NEW(arena, struct defer);

    if (defer == NULL) {
        done(what);
        return COX_NO_MEMORY;
    }
    *defer = (struct defer){arena->defers, done, what};
    arena->defers = defer;
    return COX_OK;
}

size_t cox_arena_used(const struct cox_arena *arena)
{
    return arena->used;
}

enum cox_rc cox_no_memory(struct cox_err *reterr)
{
    return cox_fail(reterr, COX_NO_MEMORY, "%s", cox_rc_sentence(COX_NO_MEMORY));
}
