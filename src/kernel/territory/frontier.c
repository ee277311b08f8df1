/* kernel/territory/frontier.c: one solution after the other along the price of moving. */
#include "kernel/territory/frontier.h"

#include <math.h>

/* Prices per move from a fortieth of an account's mean cost to four times it. */
static double price_at(size_t point, size_t point_count, double mean)
{
    if (point == 0) {
        return 0;
    }
    return mean / 40 *
           pow(160, point_count > 2 ? (double)(point - 1) / (double)(point_count - 2) : 1);
}

enum cox_rc cox_territory_frontier(const struct cox_territory_problem *problem,
    const struct cox_territory_opt *opt, const struct cox_territory_host *host, void *workspace,
    size_t workspace_size, size_t point_count,
    void (*each)(void *ctx, const struct cox_territory_plan *plan), void *ctx,
    struct cox_territory_plan *ret_plan, struct cox_err *reterr)
{
    struct cox_territory_opt along = *opt;
    double mean = 0;

    along.moves_max = SIZE_MAX;
    along.moved_potential_max = 1;
    for (size_t point = 0; point < point_count; point++) {
        along.move_price_km = price_at(point, point_count, mean);
        COX_TRY(cox_territory_solve(problem, &along, host, workspace, workspace_size, ret_plan,
            reterr));
        each(ctx, ret_plan);
        if (ret_plan->is_stopped) {
            break;
        }
        /* The next point starts at these prices, which lie near. */
        along.warm_work_price = ret_plan->work_price;
        along.warm_potential_price = ret_plan->potential_price;
        mean = point == 0 ? ret_plan->measures.cost_km / (double)problem->account_count : mean;
    }
    return COX_OK;
}
