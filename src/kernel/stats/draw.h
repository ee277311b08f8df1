/*
 * kernel/stats/draw.h: the random numbers of permutation tests and simulations inside kernels, from
 * a seed the caller gives: same seed, same answer. Source: S. Vigna's splitmix64; D. Lemire, "Fast
 * random integer generation in an interval", 2019.
 */
#ifndef COX_KERNEL_STATS_DRAW_H
#define COX_KERNEL_STATS_DRAW_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t cox_draw_bits(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* 0..below-1, below > 0, without bias. */
static inline uint32_t cox_draw_below(uint64_t *state, uint32_t below)
{
    uint32_t least = (uint32_t)-below % below;
    uint64_t product;

    do {
        product = (cox_draw_bits(state) >> 32) * below;
    } while ((uint32_t)product < least);
    return (uint32_t)(product >> 32);
}

/* Shuffles count places. */
static inline void cox_draw_shuffle(uint64_t *state, uint32_t *places, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = cox_draw_below(state, (uint32_t)i);
        uint32_t place = places[i - 1];
        places[i - 1] = places[j];
        places[j] = place;
    }
}

#endif
