/* kernel/territory/anneal_setup.h: what annealing needs before it moves anything. Private to anneal. */
#ifndef COX_KERNEL_TERRITORY_ANNEAL_SETUP_H
#define COX_KERNEL_TERRITORY_ANNEAL_SETUP_H

#include "kernel/territory/anneal.h"

/* Chooses the accounts whose choice is close, with their options; loads and members from plan. */
void anneal_movers(struct anneal *anneal, const struct prices *prices, const uint32_t *plan);

/* How often each mover and each of its options is tried at this heat (visit-km). */
void anneal_weigh(struct anneal *anneal, const struct prices *prices, double heat);

/* Highest minus lowest price: below that much penalty it pays to leave the bounds. cost_km: of a plan. */
void anneal_spread(const struct anneal *anneal, const struct prices *prices, double cost_km,
    double *ret_spread);

/* Cuts the reps into parts of the map, along another direction each round; movers follow. */
void anneal_partition(struct anneal *anneal, size_t round);

void anneal_leave(struct anneal *anneal, uint32_t m, uint32_t rep);
void anneal_enter(struct anneal *anneal, uint32_t m, uint32_t rep);

#endif
