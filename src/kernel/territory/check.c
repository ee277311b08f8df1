/* kernel/territory/check.c: measures of a plan, by nothing but the definitions. */
#include "kernel/territory/check.h"

#include <math.h>
#include <string.h>

static const double *shares(const struct cox_territory_problem *problem, int which)
{
    return which == 1 && problem->potential_share != NULL ? problem->potential_share
                                                          : problem->share;
}

double cox_territory_target(const struct cox_territory_problem *problem, size_t rep, int which,
    double total)
{
    const double *share = shares(problem, which);
    double sum = 0;

    for (size_t j = 0; j < problem->rep_count; j++) {
        sum += share[j];
    }
    return total * share[rep] / sum;
}

static bool is_breach(const struct cox_territory_problem *problem, size_t i, uint32_t rep)
{
    if (problem->need != NULL && problem->skills != NULL &&
        (problem->need[i] & ~problem->skills[rep]) != 0) {
        return true;
    }
    return cox_territory_forbids(problem, i, rep) || !cox_territory_may(problem, i, rep);
}

static void measure_account(const struct cox_territory_problem *problem, size_t i, uint32_t rep,
    struct cox_territory_measures *measures)
{
    uint32_t owner = problem->owner == NULL ? COX_TERRITORY_NONE : problem->owner[i];

    measures->visit_km += problem->visits[i] * cox_territory_km(problem, i, rep);
    measures->hard_breaches += is_breach(problem, i, rep);
    if (owner == COX_TERRITORY_NONE) {
        return;
    }
    measures->owned++;
    measures->owned_potential += problem->potential[i];
    if (owner != rep) {
        measures->moved++;
        measures->moved_potential += problem->potential[i];
        measures->relation_km +=
            problem->relation_km == NULL ? 0 : problem->relation_km[i] * problem->relation_factor;
    }
}

/* Deviation of one load from its target; past the tolerance it counts as violation. */
static bool measure_load(double load, double target, double tol, double total, double *dev,
    double *violation)
{
    double off = target > 0 ? fabs(load / target - 1) : load > 0 ? HUGE_VAL : 0;

    *dev = fmax(*dev, off);
    if (off <= tol + 1e-9 || isinf(tol)) {
        return false;
    }
    *violation += (fabs(load - target) - tol * target) / total;
    return true;
}

void cox_territory_measure(const struct cox_territory_problem *problem, const uint32_t *plan,
    double *loads, struct cox_territory_measures *ret_measures)
{
    struct cox_territory_measures measures = {0};
    double total[2] = {0, 0}, sum[2] = {0, 0};

    memset(loads, 0, 2 * problem->rep_count * sizeof(*loads));
    for (size_t i = 0; i < problem->account_count; i++) {
        measure_account(problem, i, plan[i], &measures);
        loads[2 * plan[i]] += problem->work[i];
        loads[2 * plan[i] + 1] += problem->potential[i];
        total[0] += problem->work[i];
        total[1] += problem->potential[i];
    }
    for (size_t j = 0; j < problem->rep_count; j++) {
        sum[0] += shares(problem, 0)[j];
        sum[1] += shares(problem, 1)[j];
    }
    for (size_t j = 0; j < problem->rep_count; j++) {
        bool is_out = measure_load(loads[2 * j], total[0] * shares(problem, 0)[j] / sum[0],
            problem->work_tol, total[0], &measures.max_work_dev, &measures.violation);

        is_out |= measure_load(loads[2 * j + 1], total[1] * shares(problem, 1)[j] / sum[1],
            problem->potential_tol, total[1], &measures.max_potential_dev, &measures.violation);
        measures.out_of_tolerance += is_out;
    }
    measures.cost_km = measures.visit_km + measures.relation_km;
    *ret_measures = measures;
}
