/*
 * kernel/territory/solve.h: the territory optimiser: a plan, and prices that prove how good it is.
 *
 * Every account gets exactly one rep; sum of visits * km + relation costs is made small, with work
 * and potential of every rep within tolerance. The prices give the bound
 *   D = sum_i min_j [c_ij + lambda_j w_i + mu_j p_i] - sum_j max(lambda_j U_j, lambda_j L_j) - ...
 * which no plan whatever can undercut (weak duality), so (cost - D) / D is a proven gap that anybody
 * can recompute from instance, plan and prices.
 */
#ifndef COX_KERNEL_TERRITORY_SOLVE_H
#define COX_KERNEL_TERRITORY_SOLVE_H

#include "kernel/territory/check.h"

struct cox_territory_opt {
    uint64_t seed;
    double effort;    /* 1: usual; tries of the rounding grow in proportion; 0 counts as 1 */
    size_t moves_max; /* accounts that may change owner; SIZE_MAX: any */
    double moved_potential_max; /* share (0..1) of owned potential that may; 1 or more: any */
    double move_price_km; /* visit-km put on every move while optimising, not part of the cost;
                                   the bound then holds for plans with at most as many moves */

    /* A start from an earlier solution of nearly the same problem; NULL: from nothing. */
    const double *warm_work_price;
    const double *warm_potential_price;
    const uint32_t *warm_plan; /* COX_TERRITORY_NONE where there is none */
};

#define COX_TERRITORY_OPT_USUAL                                                                    \
    {                                                                                              \
        .seed = 1, .effort = 1, .moves_max = SIZE_MAX, .moved_potential_max = 1                    \
    }

struct cox_territory_plan {
    /* The caller's arrays. */
    uint32_t *rep;           /* account_count */
    double *work_price;      /* rep_count: lambda, visit-km per minute */
    double *potential_price; /* rep_count: mu, visit-km per currency unit */

    /* Filled in. */
    struct cox_territory_measures measures;
    double bound_km;             /* D at the prices, and at the prices of the limits on moves */
    double gap;                  /* (cost - bound) / bound; 0 where the bound is not above 0 */
    double move_price;           /* visit-km per account that changes hands: worth of moves_max */
    double move_price_potential; /* visit-km per currency unit that changes hands */
    bool is_feasible;            /* all tolerances, rules and limits hold */
    bool is_stopped;             /* keep_going said no: the best so far */
    struct cox_err reason; /* if not feasible: the smallest reason found; rc COX_OK: none found */
};

/* Bytes of workspace for this problem, exactly what cox_territory_solve uses at most. */
size_t cox_territory_workspace_size(const struct cox_territory_problem *problem);

/*
 * Deterministic for a problem and options, whatever the number of threads (unless stopped early).
 * Not finding a feasible plan is no error: the plan then has the least violation found, is_feasible is
 * false. Errors: those of cox_territory_problem_check; COX_INVALID for options and a workspace that is
 * too small. Cost: about O(n * k) for pricing and O(n) per Newton step and annealing round.
 */
enum cox_rc cox_territory_solve(const struct cox_territory_problem *problem,
    const struct cox_territory_opt *opt, const struct cox_territory_host *host, void *workspace,
    size_t workspace_size, struct cox_territory_plan *ret_plan,
    struct cox_err *reterr) COX_NODISCARD;

/* The bound for any prices (arrays of rep_count), in O(n * k). Workspace as for solve. */
enum cox_rc cox_territory_bound(const struct cox_territory_problem *problem,
    const double *work_price, const double *potential_price, const struct cox_territory_host *host,
    void *workspace, size_t workspace_size, double *ret_bound_km,
    struct cox_err *reterr) COX_NODISCARD;

#endif
