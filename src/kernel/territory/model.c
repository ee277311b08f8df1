/* kernel/territory/model.c: bounds, scales and the host's callbacks behind one door. */
#include "kernel/territory/model.h"

#include <math.h>

static double sum(const double *values, size_t count)
{
    double total = 0;

    for (size_t i = 0; i < count; i++) {
        total += values[i];
    }
    return total;
}

static void set_bounds(struct model *model, int which)
{
    const struct cox_territory_problem *problem = model->problem;
    double tol = which == WORK ? problem->work_tol : problem->potential_tol;
    const double *share = which == WORK || problem->potential_share == NULL
                              ? problem->share
                              : problem->potential_share;
    double share_sum = sum(share, model->k);

    model->is_bound[which] = isfinite(tol);
    for (size_t j = 0; j < model->k; j++) {
        double load = model->total[which] * share[j] / share_sum;

        model->lo[which][j] = isfinite(tol) ? fmax(0, load * (1 - tol)) : 0;
        model->hi[which][j] = isfinite(tol) ? load * (1 + tol) : model->total[which];
    }
}

void model_init(struct model *model, const struct cox_territory_problem *problem,
    const struct cox_territory_host *host, struct desk *desk)
{
    size_t k = problem->rep_count;

    *model = (struct model){.problem = problem, .host = host, .n = problem->account_count, .k = k};
    for (int which = 0; which < WEIGHT_COUNT; which++) {
        model->lo[which] = DESK_ARRAY(desk, k, double);
        model->hi[which] = DESK_ARRAY(desk, k, double);
    }
    model->rep_x = DESK_ARRAY(desk, k, double);
    model->rep_y = DESK_ARRAY(desk, k, double);
    model->rep_z = DESK_ARRAY(desk, k, double);
    if (desk->base == NULL) {
        return;
    }
    model->visit_sum = sum(problem->visits, model->n);
    for (int which = 0; which < WEIGHT_COUNT; which++) {
        model->total[which] = sum(model_weights(model, which), model->n);
        model->unit[which] = model->total[which] / model->visit_sum;
        set_bounds(model, which);
    }
    model_place(model);
}

double model_relation(const struct model *model, size_t i)
{
    const struct cox_territory_problem *problem = model->problem;
    double km = model->move_price + model->move_price_pot * problem->potential[i];

    return problem->relation_km == NULL ? km
                                        : km + problem->relation_km[i] * problem->relation_factor;
}

double model_cost(const struct model *model, size_t i, size_t j)
{
    const struct cox_territory_problem *problem = model->problem;
    double km = 0, cost;
    uint32_t owner = model_owner(model, i);

    model_km(model, i, j, 1, &km);
    cost = problem->visits[i] * km;
    return owner == COX_TERRITORY_NONE || owner == j ? cost : cost + model_relation(model, i);
}

double cox_territory_cost_km(const struct cox_territory_problem *problem, size_t account,
    size_t rep)
{
    double cost = problem->visits[account] * cox_territory_km(problem, account, rep);
    uint32_t owner = problem->owner == NULL ? COX_TERRITORY_NONE : problem->owner[account];

    if (owner == COX_TERRITORY_NONE || owner == rep || problem->relation_km == NULL) {
        return cost;
    }
    return cost + problem->relation_km[account] * problem->relation_factor;
}

bool cox_territory_forbids(const struct cox_territory_problem *problem, size_t account, size_t rep)
{
    if (problem->forbid_start == NULL) {
        return false;
    }
    for (size_t at = problem->forbid_start[account]; at < problem->forbid_start[account + 1];
         at++) {
        if (problem->forbid_rep[at] == rep) {
            return true;
        }
    }
    return false;
}

bool cox_territory_may(const struct cox_territory_problem *problem, size_t account, size_t rep)
{
    if (problem->fixed != NULL && problem->fixed[account] != 0) {
        return problem->owner[account] == rep;
    }
    if (problem->share[rep] <= 0) {
        return false; /* a rep without a share carries nothing */
    }
    if (problem->need != NULL && problem->skills != NULL &&
        (problem->need[account] & ~problem->skills[rep]) != 0) {
        return false;
    }
    return !cox_territory_forbids(problem, account, rep);
}

void model_parallel(const struct model *model, size_t count, void (*body)(void *, size_t),
    void *arg)
{
    if (model->host != NULL && model->host->parallel_for != NULL && count > 1) {
        model->host->parallel_for(model->host->ctx, count, body, arg);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        body(arg, i);
    }
}

bool model_keep_going(const struct model *model)
{
    return model->host == NULL || model->host->keep_going == NULL ||
           model->host->keep_going(model->host->ctx);
}

void model_progress(const struct model *model, const struct cox_territory_progress *progress)
{
    if (model->host != NULL && model->host->progress != NULL) {
        model->host->progress(model->host->ctx, progress);
    }
}
