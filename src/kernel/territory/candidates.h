/*
 * kernel/territory/candidates.h: for each account the few reps worth looking at, cheapest first at
 * the prices of the day. Also the exact lower bound, which looks at all reps. Private to the room.
 */
#ifndef COX_KERNEL_TERRITORY_CANDIDATES_H
#define COX_KERNEL_TERRITORY_CANDIDATES_H

#include "kernel/territory/model.h"

enum { CANDIDATE_MAX = 128 };

struct candidates {
    size_t count;            /* slots in use */
    size_t width;            /* places per slot, at most CANDIDATE_MAX or k */
    const uint32_t *account; /* slot -> account; NULL: the same number */
    const float *weight;     /* how many accounts a slot stands for; NULL: 1 */
    uint32_t *rep;           /* count * width */
    float *km;               /* the same: distance plus relation cost per visit */
    uint16_t *len;           /* per slot; at least 1 once built */
    bool is_built;           /* the lists are of these slots and costs, only prices have changed */
};

/* Prices are held as x[2 * rep + WORK or POTENTIAL], in km: price * model->unit. */
static inline double price_at(const double *x, size_t rep, double work_ratio, double pot_ratio)
{
    return x[2 * rep + WORK] * work_ratio + x[2 * rep + POTENTIAL] * pot_ratio;
}

/* Weight of an account per visit, over the mean of all; 0 where the weight has no bounds. */
static inline double model_ratio(const struct model *model, int which, size_t i)
{
    return model->is_bound[which]
               ? model_weights(model, which)[i] / model->problem->visits[i] / model->unit[which]
               : 0;
}

static inline size_t slot_account(const struct candidates *set, size_t slot)
{
    return set->account == NULL ? slot : set->account[slot];
}

/*
 * Fills rep, km, len of every slot with the width cheapest allowed reps; the owner is always among
 * them. An account nobody may serve gets the cheapest of all reps. split: 2 * k doubles of scratch.
 */
void candidates_build(const struct model *model, struct candidates *set, const double *x,
    double *split);

/*
 * Puts those of the given reps that have become cheap into lists that are built already, each in
 * place of the list's dearest (never the owner). For prices of which only a few have fallen.
 */
void candidates_patch(const struct model *model, struct candidates *set, const double *x,
    double *split, const uint32_t *rep, size_t rep_count);

/*
 * The Lagrangian bound sum_i min_j [c_ij + lambda_j w_i + mu_j p_i] - sum_j max(lambda_j U_j,
 * lambda_j L_j) - the same for mu, over all allowed pairs, in visit-km. Valid for any prices
 * (weak duality; e.g. M. Fisher, Management Science 27, 1981). Infinite when an account has no rep.
 */
double candidates_bound(const struct model *model, const double *x, double *split);

#endif
