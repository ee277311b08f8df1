/*
 * kernel/territory/desk.h: the caller's workspace, given out piece by piece. The same code run over
 * an empty desk only counts, so that a workspace size is exact by construction. Private to the room.
 */
#ifndef COX_KERNEL_TERRITORY_DESK_H
#define COX_KERNEL_TERRITORY_DESK_H

#include <stddef.h>
#include <stdint.h>

enum { DESK_ALIGN = 64 };

struct desk {
    char *base;  /* NULL: count only */
    size_t used; /* of what is taken now */
    size_t peak; /* the most that was ever taken */
};

static inline struct desk desk_open(void *workspace)
{
    uintptr_t at = (uintptr_t)workspace;
    size_t skip = (DESK_ALIGN - at % DESK_ALIGN) % DESK_ALIGN;

    return (struct desk){workspace == NULL ? NULL : (char *)workspace + skip, 0, 0};
}

/* Bytes a caller must pass: what was counted, and room to align the start. */
static inline size_t desk_size(const struct desk *desk)
{
    return desk->peak + DESK_ALIGN;
}

/* Sizes cannot overflow: counts are below 2^25 accounts times 2^8, see COX_TERRITORY_ACCOUNT_MAX. */
static inline void *desk_take(struct desk *desk, size_t count, size_t size)
{
    char *piece = desk->base == NULL ? NULL : desk->base + desk->used;

    desk->used += (count * size + DESK_ALIGN - 1) / DESK_ALIGN * DESK_ALIGN;
    if (desk->used > desk->peak) {
        desk->peak = desk->used;
    }
    return piece;
}

#define DESK_ARRAY(desk, count, type) ((type *)desk_take((desk), (count), sizeof(type)))

#endif
