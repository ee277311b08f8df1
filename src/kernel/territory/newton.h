/*
 * kernel/territory/newton.h: prices that balance the territories: the smoothed dual of the transport
 * problem, climbed by damped Newton steps. Private to the room.
 *
 * F_T(x) = sum_i v_i softmin_T(km_ij + x_j . ratio_i) - sum_j (mid_j x_j + half_j sqrt(x_j^2 + T^2)),
 * softmin_T(r) = -T log sum_j exp(-r_j / T): concave, its gradient is load against target. Source:
 * semi-discrete transport as in J. Kitagawa, Q. Merigot, B. Thibert, "Convergence of a Newton
 * algorithm for semi-discrete optimal transport", JEMS 21, 2019; entropic smoothing as in M. Cuturi,
 * "Sinkhorn distances", 2013. The Hessian is a weighted graph Laplacian over reps that share accounts.
 */
#ifndef COX_KERNEL_TERRITORY_NEWTON_H
#define COX_KERNEL_TERRITORY_NEWTON_H

#include "kernel/territory/candidates.h"

struct newton {
    size_t k;
    size_t words;    /* 64-bit words per row of the neighbour bitmap */
    size_t edge_max; /* room in edges */
    size_t edge_count;
    double reach;        /* temperatures between two reps that still count as neighbours */
    uint64_t *bits;      /* k * words: which pairs j < l share accounts */
    uint32_t *rank;      /* k * words: edges before this word */
    uint32_t *edge_from; /* edge_max */
    uint32_t *edge_to;
    double *edge;                                     /* BLOCK_COUNT * edge_max * 3: ww, wp, pp */
    double *grad;                                     /* BLOCK_COUNT * 2k */
    double *diag;                                     /* 2k: curvature of the tolerance band */
    double *block;                                    /* 3k: 2 x 2 preconditioner per rep */
    double *step, *residual, *image, *along, *solved; /* 2k each: conjugate gradients */
    double *trial, *split;                            /* 2k each */
    double *built;    /* 2k: prices at which the candidates were chosen; see newton_candidates */
    uint32_t *fresh;  /* k: reps whose price fell since */
    size_t far_count; /* prices that went far since all lists were made */
    double value;     /* F at the last evaluation */
};

void newton_init(struct newton *newton, const struct model *model, struct desk *desk);

/* Chooses the candidates anew and remembers at which prices. */
void newton_candidates(struct newton *newton, const struct model *model, struct candidates *set,
    const double *x);

struct climb {
    double temperature_km;
    double gain_min; /* stop when a step promises less than this share of |F| */
    size_t step_max;
    double stale_km; /* rebuild the candidates when a price went this far; 0: never */
};

/* Climbs F_T from x, in place. Returns the number of steps taken. Stops early with keep_going. */
size_t newton_climb(struct newton *newton, const struct model *model, struct candidates *set,
    const struct climb *climb, double *x);

#endif
