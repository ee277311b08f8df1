/*
 * kernel/territory/anneal.h: from prices to a plan. Accounts start with their cheapest rep; those
 * whose choice is close are then shifted and swapped by simulated annealing on true cost plus a
 * penalty for leaving the bounds, in parts of the map that do not touch each other. Private.
 *
 * Source of the method: S. Kirkpatrick, C. Gelatt, M. Vecchi, Science 220, 1983. With prices at the
 * optimum, cost = bound + regrets + price * slack, so moves among near ties are all that matters.
 */
#ifndef COX_KERNEL_TERRITORY_ANNEAL_H
#define COX_KERNEL_TERRITORY_ANNEAL_H

#include "kernel/territory/prices.h"

/* Random numbers made beforehand; places in the order of a round for each mover, one to spare. */
enum { CHANCE_COUNT = 4096, ORDER_PER_MOVER = 5 };

/* Loads are sums that round in the last bits: bounds are kept by this much more. */
#define BOUND_SLIP 1e-12

/* What one rep carries and may carry. Two of them decide a move. */
struct bag {
    double load[WEIGHT_COUNT];
    double lo[WEIGHT_COUNT];
    double hi[WEIGHT_COUNT];
    double penalty[WEIGHT_COUNT]; /* visit-km per unit outside the bounds, this round */
    double stress[WEIGHT_COUNT];  /* times the usual penalty: grows while the bounds do not hold */
    uint32_t part;                /* of the map, this round */
    uint32_t first;               /* of its members in anneal.member */
    uint32_t count;
};

/* An account whose choice is open. */
struct mover {
    double weight[WEIGHT_COUNT];
    uint32_t account;
    uint32_t at;       /* place among the members of its rep */
    uint16_t len, now; /* options; the one taken */
    float worth;       /* how often to try it: the sum of its options' worths */
};

struct anneal {
    const struct model *model;
    size_t mover_count, mover_max, width;
    struct mover *mover;
    uint32_t *rep;    /* mover_max * width: options */
    float *cost;      /* the same: visit-km */
    uint8_t *chances; /* the same: options up to this one, in 255ths of the mover's worth */
    struct bag *bag;  /* k */
    uint32_t *member; /* mover_max * width: movers by rep, room for all that have it as option */
    uint32_t *order; /* ORDER_PER_MOVER * mover_max: movers by part, each as often as it is worth */
    uint32_t *part_start;
    float *regret;      /* n: for choosing the movers */
    uint32_t *by_place; /* k: scratch of the partition */
    double *place;      /* k */
    size_t part_count;
    double heat;                 /* visit-km, this round */
    double worth_unit;           /* of one place in the order */
    double spread[WEIGHT_COUNT]; /* range of the prices */
    bool is_talking;             /* reports progress */
    bool is_hurried;             /* finishes its last rounds whatever the clock says */
    double cost_km;              /* of the plan returned, in the model's costs */
    uint64_t seed;
    size_t round, try_count; /* tries per mover and round */
    const float *chance;     /* CHANCE_COUNT exponential variates */
};

struct anneal_opt {
    uint64_t seed;
    size_t try_count; /* per mover and round; 20 is usual */
    double heat;      /* 1: from scratch; less: from a good plan */
};

void anneal_init(struct anneal *anneal, const struct model *model, const struct prices *prices,
    struct desk *desk);

/*
 * Improves plan (account -> rep, in place; on entry any plan, for instance the cheapest reps).
 * Returns the violation left, in shares of the mean load (0: all bounds hold).
 */
double anneal_run(struct anneal *anneal, const struct prices *prices, const struct anneal_opt *opt,
    uint32_t *plan);

#endif
