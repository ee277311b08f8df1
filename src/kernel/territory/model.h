/*
 * kernel/territory/model.h: a problem made ready for computing: bounds per rep, scales, geometry.
 * Private to the room. Everything here is fixed once made, except the bounds a dive narrows.
 */
#ifndef COX_KERNEL_TERRITORY_MODEL_H
#define COX_KERNEL_TERRITORY_MODEL_H

#include "kernel/territory/desk.h"
#include "kernel/territory/host.h"
#include "kernel/territory/problem.h"

enum { WORK, POTENTIAL, WEIGHT_COUNT };

/* Work is cut into this many blocks whatever the number of threads, and summed in block order. */
enum { BLOCK_COUNT = 8 };

struct model {
    const struct cox_territory_problem *problem;
    const struct cox_territory_host *host;
    size_t n, k;
    double visit_sum;
    double total[WEIGHT_COUNT];
    double unit[WEIGHT_COUNT]; /* weight per visit: price * unit is in km */
    double *lo[WEIGHT_COUNT];  /* per rep */
    double *hi[WEIGHT_COUNT];
    bool is_bound[WEIGHT_COUNT];   /* false: an infinite tolerance, no price */
    double *rep_x, *rep_y, *rep_z; /* plane: km; globe: unit vectors */
    double move_price;     /* km for each owned account that changes hands (limit on moves) */
    double move_price_pot; /* km per currency unit of potential that changes hands */
};

/* Takes its arrays from desk; on a counting desk nothing is written but sizes. */
void model_init(struct model *model, const struct cox_territory_problem *problem,
    const struct cox_territory_host *host, struct desk *desk);

/* Homes in the form distances want them; part of model_init. */
void model_place(struct model *model);

static inline const double *model_weights(const struct model *model, int which)
{
    return which == WORK ? model->problem->work : model->problem->potential;
}

static inline uint32_t model_owner(const struct model *model, size_t i)
{
    return model->problem->owner == NULL ? COX_TERRITORY_NONE : model->problem->owner[i];
}

/* What a change of owner costs now, in visit-km, with the prices of the limits on moves. */
double model_relation(const struct model *model, size_t i);

/* Kilometres from account i to reps first .. first + count - 1. */
void model_km(const struct model *model, size_t i, size_t first, size_t count, double *ret_km);

/* The cost used while optimising: visits * km + relation with move prices. */
double model_cost(const struct model *model, size_t i, size_t j);

/* Runs body over count items of work on the host's threads. */
void model_parallel(const struct model *model, size_t count, void (*body)(void *, size_t),
    void *arg);
bool model_keep_going(const struct model *model);
void model_progress(const struct model *model, const struct cox_territory_progress *progress);

#endif
