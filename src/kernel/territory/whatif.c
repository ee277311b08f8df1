/* kernel/territory/whatif.c: the earlier plan becomes the owners, and leaving it costs something. */
#include "kernel/territory/whatif.h"

/* Mean cost of an account in the plan before, for what is still there. */
static double mean_cost(const struct cox_territory_problem *problem, const uint32_t *plan)
{
    double total = 0;
    size_t count = 0;

    for (size_t i = 0; i < problem->account_count; i++) {
        if (plan[i] != COX_TERRITORY_NONE) {
            total += problem->visits[i] * cox_territory_km(problem, i, plan[i]);
            count++;
        }
    }
    return count > 0 ? total / (double)count : 0;
}

enum cox_rc cox_territory_whatif(const struct cox_territory_problem *problem,
    const struct cox_territory_before *before, const struct cox_territory_opt *opt,
    const struct cox_territory_host *host, void *workspace, size_t workspace_size,
    struct cox_territory_plan *ret_plan, struct cox_err *reterr)
{
    struct cox_territory_problem now = *problem;
    struct cox_territory_opt again = *opt;

    COX_TRY(cox_territory_problem_check(problem, reterr));
    for (size_t i = 0; i < problem->account_count; i++) {
        if (before->plan[i] != COX_TERRITORY_NONE && before->plan[i] >= problem->rep_count) {
            return cox_fail_at(reterr, COX_INVALID, "plan", (int64_t)i + 1, "there is no such rep");
        }
    }
    now.owner = before->plan;
    again.effort = opt->effort > 0 ? opt->effort : 0.1;
    again.move_price_km =
        before->keep_km > 0 ? before->keep_km : 0.5 * mean_cost(problem, before->plan);
    again.warm_work_price = before->work_price;
    again.warm_potential_price = before->potential_price;
    again.warm_plan = before->plan;
    return cox_territory_solve(&now, &again, host, workspace, workspace_size, ret_plan, reterr);
}
