/*
 * kernel/territory/newton_graph.h: which reps compete for accounts, and the linear system over that
 * graph. Private to newton.
 */
#ifndef COX_KERNEL_TERRITORY_NEWTON_GRAPH_H
#define COX_KERNEL_TERRITORY_NEWTON_GRAPH_H

#include "kernel/territory/newton.h"

#define GRAPH_NONE SIZE_MAX

/* Edges between reps whose reduced costs for some account lie within a few temperatures. */
void graph_build(struct newton *newton, const struct model *model, const struct candidates *set,
    const double *x, double temperature);

/* Number of the edge between two reps, or GRAPH_NONE. */
static inline size_t graph_find(const struct newton *newton, uint32_t a, uint32_t b)
{
    uint32_t from = a < b ? a : b, to = a < b ? b : a;
    size_t word = from * newton->words + to / 64;
    uint64_t bit = (uint64_t)1 << (to % 64);

    if ((newton->bits[word] & bit) == 0) {
        return GRAPH_NONE;
    }
    return newton->rank[word] + (size_t)__builtin_popcountll(newton->bits[word] & (bit - 1));
}

/* Solves Hessian * step = gradient by conjugate gradients, 2 x 2 blocks as preconditioner. */
void graph_solve(struct newton *newton);

#endif
