/*
 * kernel/territory/prices.h: from nothing (or from old prices) to the best prices and candidate lists
 * for all accounts. Private to the room.
 */
#ifndef COX_KERNEL_TERRITORY_PRICES_H
#define COX_KERNEL_TERRITORY_PRICES_H

#include "kernel/territory/newton.h"

struct prices {
    double *x;       /* 2k, km: see candidates.h */
    double *best_x;  /* those of the best bound seen */
    double bound_km; /* the bound at best_x */
    double scale_km; /* typical distance to the nearest home */
    struct newton newton;
    struct candidates all; /* one slot for each account, kept for rounding */
    uint32_t *sample;      /* accounts of the current sample */
    float *sample_weight;
    size_t sample_max, width, wide;
    size_t places; /* room of the lists, in entries */
};

void prices_init(struct prices *prices, const struct model *model, struct desk *desk);

/* From scratch: temperatures from the scale of the map down to a 4,096th, on growing samples. */
void prices_find(struct prices *prices, const struct model *model);

/* From old prices in prices->x. */
void prices_warm(struct prices *prices, const struct model *model);

/* From prices->x, which are near already: the last few temperatures, on all accounts. */
void prices_renew(struct prices *prices, const struct model *model, double from_km);

/* Cost per unit of work or potential that the bounds are worth: |price|, in visit-km per unit. */
double prices_natural(const struct prices *prices, const struct model *model, size_t rep,
    int which);

#endif
