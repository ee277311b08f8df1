/* kernel/territory/frontier.h: what fewer moves cost: plans from all moves worth making to few. */
#ifndef COX_KERNEL_TERRITORY_FRONTIER_H
#define COX_KERNEL_TERRITORY_FRONTIER_H

#include "kernel/territory/solve.h"

/*
 * Solves point_count times (at least 1) with a rising price on moves, each from the prices of the one
 * before, and hands each plan over as it is found; opt's limits on moves are not used. The bound of a
 * point holds for every plan with at most as many moves. The arrays of plan are overwritten by each
 * point and hold the last at the end. Errors: as cox_territory_solve, which it calls.
 */
enum cox_rc cox_territory_frontier(const struct cox_territory_problem *problem,
    const struct cox_territory_opt *opt, const struct cox_territory_host *host, void *workspace,
    size_t workspace_size, size_t point_count,
    void (*each)(void *ctx, const struct cox_territory_plan *plan), void *ctx,
    struct cox_territory_plan *ret_plan, struct cox_err *reterr) COX_NODISCARD;

#endif
