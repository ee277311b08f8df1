/*
 * kernel/territory/whatif.h: a plan repaired after a change: a rep leaves (share 0), joins (a new
 * share) or works more or less; accounts that need not move stay.
 */
#ifndef COX_KERNEL_TERRITORY_WHATIF_H
#define COX_KERNEL_TERRITORY_WHATIF_H

#include "kernel/territory/solve.h"

struct cox_territory_before {
    const uint32_t *plan;     /* account -> rep of the changed problem, or COX_TERRITORY_NONE */
    const double *work_price; /* rep_count, as cox_territory_solve gave them; 0 for a new rep */
    const double *potential_price;
    double keep_km; /* visit-km worth paying to leave an account where it is; 0: usual,
                                     half of an account's mean cost */
};

/*
 * The changed problem, from the plan before. measures.moved counts against that plan, relation costs
 * are those of leaving it; opt's limits on moves hold against it too. Faster than a new solution: the
 * prices are near and few accounts are open. opt->effort 0 counts as 0.1. Errors and workspace: as
 * cox_territory_solve; COX_INVALID "plan" for a rep that does not exist.
 */
enum cox_rc cox_territory_whatif(const struct cox_territory_problem *problem,
    const struct cox_territory_before *before, const struct cox_territory_opt *opt,
    const struct cox_territory_host *host, void *workspace, size_t workspace_size,
    struct cox_territory_plan *ret_plan, struct cox_err *reterr) COX_NODISCARD;

#endif
