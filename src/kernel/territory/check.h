/*
 * kernel/territory/check.h: what a plan is worth, recomputed from the problem alone. Used on every
 * plan before it is handed out, and by anybody who does not trust it.
 */
#ifndef COX_KERNEL_TERRITORY_CHECK_H
#define COX_KERNEL_TERRITORY_CHECK_H

#include "kernel/territory/host.h"
#include "kernel/territory/problem.h"

struct cox_territory_measures {
    double cost_km;      /* visit_km + relation_km */
    double visit_km;     /* sum of visits * distance */
    double relation_km;  /* relation cost of accounts that change owner */
    double max_work_dev; /* largest |load / target - 1| over reps with a target */
    double max_potential_dev;
    double violation;        /* outside the bounds, in shares of all work and all potential */
    size_t out_of_tolerance; /* reps with either load outside its bounds */
    size_t hard_breaches;    /* accounts with a rep they must not have */
    size_t owned, moved;     /* accounts with an owner; those that change hands */
    double owned_potential, moved_potential;
};

/*
 * Measures a plan (account -> rep, every rep < rep_count). loads: 2 * rep_count doubles of scratch;
 * on return work of rep j at loads[2 * j], potential at loads[2 * j + 1]. Tolerances as in the
 * problem, plus 1e-9 for rounding. O(n + k).
 */
void cox_territory_measure(const struct cox_territory_problem *problem, const uint32_t *plan,
    double *loads, struct cox_territory_measures *ret_measures);

/* Target of one rep: its share of the total; which 0: work, 1: potential. */
double cox_territory_target(const struct cox_territory_problem *problem, size_t rep, int which,
    double total);

#endif
