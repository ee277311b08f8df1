/*
 * kernel/territory/weave.h: a plan on a neighbour graph while its territories are kept in one piece:
 * shared by contiguity.c, which makes it so, and weave.c, which improves it. Private to the room.
 */
#ifndef COX_KERNEL_TERRITORY_WEAVE_H
#define COX_KERNEL_TERRITORY_WEAVE_H

#include "kernel/territory/contiguity.h"

struct weave {
    const struct cox_territory_problem *problem;
    const struct cox_territory_graph *graph;
    uint32_t *plan, *queue, *seen;
    uint32_t stamp;
    double *load;      /* 2k: work, potential */
    double *target;    /* 2k */
    size_t *core;      /* k: size of the largest component so far */
    uint32_t *core_at; /* k: an account of it */
    double *stress;    /* 2k: times the usual penalty; grows where a bound does not hold */
    uint32_t *best;    /* n: the plan with the least violation so far, then the least cost */
    double best_violation, best_cost;
    double penalty[2]; /* visit-km per unit outside a tolerance */
    double heat;
    uint64_t state;
};

static inline double weave_weight(const struct weave *weave, size_t i, int which)
{
    return which == 0 ? weave->problem->work[i] : weave->problem->potential[i];
}

/* Loads and targets of the plan as it stands. */
void weave_loads(struct weave *weave);

/*
 * From a connected plan to a better one: annealing with shifts and swaps that cut no territory. The
 * plan returned breaks the tolerances least of all that were met between rounds; among those, it is the
 * cheapest. Loads must be those of the plan.
 */
void weave_settle(struct weave *weave, const struct cox_territory_host *host);

#endif
