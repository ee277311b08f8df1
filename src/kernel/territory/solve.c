/* kernel/territory/solve.c: prices, rounding, limits on moves: the whole of a solution. */
#include "kernel/territory/solve.h"

#include <math.h>
#include <string.h>

#include "kernel/territory/anneal.h"
#include "kernel/territory/reason.h"

enum {
    LANE_COUNT = 4,
    LANE_ACCOUNT_MAX = 5000,
    RACE_PASSES = 20,
    MOVE_ROUNDS = 14,
    MOVE_RETRIES = 5,
};

struct solver {
    struct model model;
    struct model alone; /* the same without threads: lanes are the threads then */
    struct prices prices;
    struct anneal lane[LANE_COUNT];
    size_t lane_count;
    uint32_t *lane_plan; /* lane_count * n */
    double lane_violation[LANE_COUNT];
    struct cox_territory_host quiet;
    struct anneal_opt round;
    double *loads; /* 2k */
};

static void solver_init(struct solver *solver, const struct cox_territory_problem *problem,
    const struct cox_territory_host *host, struct desk *desk)
{
    *solver =
        (struct solver){.lane_count = problem->account_count <= LANE_ACCOUNT_MAX ? LANE_COUNT : 1};
    model_init(&solver->model, problem, host, desk);
    prices_init(&solver->prices, &solver->model, desk);
    for (size_t lane = 0; lane < solver->lane_count; lane++) {
        anneal_init(&solver->lane[lane], &solver->model, &solver->prices, desk);
    }
    solver->lane_plan = DESK_ARRAY(desk, solver->lane_count * problem->account_count, uint32_t);
    solver->loads = DESK_ARRAY(desk, 2 * problem->rep_count, double);
    if (desk->base == NULL) {
        return;
    }
    solver->alone = solver->model;
    if (host != NULL) {
        solver->quiet =
            (struct cox_territory_host){.ctx = host->ctx, .keep_going = host->keep_going};
    }
    solver->alone.host = &solver->quiet;
    for (size_t lane = 0; lane < solver->lane_count && solver->lane_count > 1; lane++) {
        solver->lane[lane].model = &solver->alone;
    }
    solver->lane[0].is_talking = solver->lane_count == 1;
}

size_t cox_territory_workspace_size(const struct cox_territory_problem *problem)
{
    struct desk desk = desk_open(NULL);
    struct solver solver;

    solver_init(&solver, problem, NULL, &desk);
    return desk_size(&desk);
}

static enum cox_rc check_opt(const struct cox_territory_opt *opt, struct cox_err *reterr)
{
    if (isnan(opt->effort) || opt->effort < 0 || opt->effort > 1e4) {
        return cox_fail_at(reterr, COX_INVALID, "effort", 0, "must be between 0 and 10000");
    }
    if (isnan(opt->moved_potential_max) || opt->moved_potential_max < 0) {
        return cox_fail_at(reterr, COX_INVALID, "moved_potential_max", 0, "must be 0 or above");
    }
    if (!isfinite(opt->move_price_km) || opt->move_price_km < 0) {
        return cox_fail_at(reterr, COX_INVALID, "move_price_km", 0, "must be 0 or above");
    }
    return COX_OK;
}

/* Every account to its cheapest rep at the prices, or to its place in the warm plan. */
static void start_plan(const struct solver *solver, const uint32_t *warm, uint32_t *plan)
{
    const struct candidates *all = &solver->prices.all;
    const struct model *model = &solver->model;

    for (size_t i = 0; i < model->n; i++) {
        double least = HUGE_VAL;
        double work = model_ratio(model, WORK, i), pot = model_ratio(model, POTENTIAL, i);

        plan[i] = all->rep[i * all->width];
        if (warm != NULL && warm[i] < model->k && cox_territory_may(model->problem, i, warm[i])) {
            plan[i] = warm[i];
            continue;
        }
        for (size_t c = 0; c < all->len[i]; c++) {
            size_t at = i * all->width + c;
            double reduced =
                (double)all->km[at] + price_at(solver->prices.x, all->rep[at], work, pot);

            if (reduced < least) {
                least = reduced;
                plan[i] = all->rep[at];
            }
        }
    }
}

static void run_lane(void *arg, size_t number)
{
    struct solver *solver = arg;
    struct anneal_opt opt = solver->round;

    opt.seed = opt.seed * LANE_COUNT + number;
    solver->lane_violation[number] = anneal_run(&solver->lane[number], &solver->prices, &opt,
        solver->lane_plan + number * solver->model.n);
}

/* Less violation first, then less cost. */
static size_t best_lane(const struct solver *solver)
{
    size_t best = 0;

    for (size_t lane = 1; lane < solver->lane_count; lane++) {
        double more = solver->lane_violation[lane] - solver->lane_violation[best];

        if (more < 0 || (more <= 0 && solver->lane[lane].cost_km < solver->lane[best].cost_km)) {
            best = lane;
        }
    }
    return best;
}

static void copy_lanes(struct solver *solver, const uint32_t *plan)
{
    for (size_t lane = 0; lane < solver->lane_count; lane++) {
        memcpy(solver->lane_plan + lane * solver->model.n, plan, solver->model.n * sizeof(*plan));
    }
}

/* From a start to a plan: lanes race, the best goes on with less heat, if it helps. */
static void round_plan(struct solver *solver, const struct cox_territory_opt *opt, double heat,
    uint32_t *plan)
{
    double usual = 1e6 / (double)solver->model.n, effort = opt->effort > 0 ? opt->effort : 1;
    bool is_race = solver->lane_count > 1;
    double best_violation = HUGE_VAL, best_cost = HUGE_VAL;
    /* A longer race has more passes, not longer ones: the best of each is where the next begins. */
    size_t passes = is_race ? (size_t)(RACE_PASSES * fmax(1, effort)) : 1;

    usual = is_race ? fmin(15, fmax(5, usual / 4)) : fmin(100, fmax(10, usual));
    solver->round = (struct anneal_opt){.seed = opt->seed, .heat = heat};
    solver->round.try_count = (size_t)fmax(1, usual * (is_race ? fmin(1, effort) : effort));
    for (size_t pass = 0; pass < passes && (pass == 0 || model_keep_going(&solver->model));
         pass++) {
        size_t best;

        copy_lanes(solver, plan);
        model_parallel(&solver->model, solver->lane_count, run_lane, solver);
        best = best_lane(solver);
        if (solver->lane_violation[best] < best_violation ||
            (solver->lane_violation[best] <= best_violation &&
                solver->lane[best].cost_km < best_cost)) {
            best_violation = solver->lane_violation[best];
            best_cost = solver->lane[best].cost_km;
            memcpy(plan, solver->lane_plan + best * solver->model.n,
                solver->model.n * sizeof(*plan));
        }
        solver->round.heat = fmax(0.9 * solver->round.heat, 0.13 * heat);
        solver->round.seed += 1000003;
        model_progress(&solver->model, &(struct cox_territory_progress){.stage = "rounding",
                                           .done = (double)(pass + 1) / (double)passes,
                                           .bound_km = solver->prices.bound_km});
    }
}

static void warm_prices(struct solver *solver, const struct cox_territory_opt *opt)
{
    const struct model *model = &solver->model;

    for (size_t j = 0; j < model->k; j++) {
        solver->prices.x[2 * j + WORK] = opt->warm_work_price[j] * model->unit[WORK];
        solver->prices.x[2 * j + POTENTIAL] = opt->warm_potential_price[j] * model->unit[POTENTIAL];
    }
}

/* How much of a limit a plan uses: above 1 it is broken. */
static double limit_use(const struct cox_territory_problem *problem,
    const struct cox_territory_opt *opt, const uint32_t *plan)
{
    size_t moved = 0;
    double potential = 0, owned = 0, use = 0;

    for (size_t i = 0; i < problem->account_count; i++) {
        uint32_t owner = problem->owner == NULL ? COX_TERRITORY_NONE : problem->owner[i];

        if (owner == COX_TERRITORY_NONE) {
            continue;
        }
        owned += problem->potential[i];
        moved += owner != plan[i];
        potential += owner != plan[i] ? problem->potential[i] : 0;
    }
    if (moved > 0 && opt->moves_max < SIZE_MAX) {
        use = opt->moves_max > 0 ? (double)moved / (double)opt->moves_max : HUGE_VAL;
    }
    if (potential > 0 && opt->moved_potential_max < 1) {
        double most = opt->moved_potential_max * owned;

        use = fmax(use, most > 0 ? potential / most : HUGE_VAL);
    }
    return use;
}

/* Puts a price on moves: on their number, and on the potential if that is limited too. */
static void set_move_price(struct solver *solver, const struct cox_territory_opt *opt, double price)
{
    bool is_count = opt->moves_max < SIZE_MAX;

    solver->model.move_price = is_count ? price : 0;
    if (opt->moved_potential_max < 1) {
        solver->model.move_price_pot =
            price * (double)solver->model.n / solver->model.total[POTENTIAL];
    }
    solver->alone.move_price = solver->model.move_price;
    solver->alone.move_price_pot = solver->model.move_price_pot;
    solver->prices.bound_km = -HUGE_VAL;
    solver->prices.all.is_built = false; /* costs have changed */
    prices_renew(&solver->prices, &solver->model, solver->prices.scale_km / 64);
}

/* About what an account costs. */
static double mean_cost(const struct solver *solver)
{
    double bound = fabs(solver->prices.bound_km);

    return isfinite(bound) ? bound / (double)solver->model.n : solver->prices.scale_km;
}

/* Finds the price at which the cheapest plan just keeps the limit on moves: bisection of log price. */
static double find_move_price(struct solver *solver, const struct cox_territory_opt *opt,
    uint32_t *plan)
{
    double low = 0, high = 0, price = mean_cost(solver) / 4;

    for (int round = 0; round < MOVE_ROUNDS && model_keep_going(&solver->model); round++) {
        double use;

        set_move_price(solver, opt, price);
        start_plan(solver, NULL, plan);
        use = limit_use(solver->model.problem, opt, plan);
        if (use > 0.99) {
            low = price;
            price = high > 0 ? 0.5 * (low + high) : 4 * price;
        } else {
            high = price;
            if (use > 0.96 || high - low < 1e-4 * high) {
                return price;
            }
            price = 0.5 * (low + high);
        }
    }
    set_move_price(solver, opt, high > 0 ? high : price);
    return high > 0 ? high : price;
}

/* What the limits take off the bound: price * limit. */
static double limit_worth(const struct solver *solver, const struct cox_territory_opt *opt,
    size_t moved)
{
    const struct cox_territory_problem *problem = solver->model.problem;
    double owned = 0, worth = 0;

    for (size_t i = 0; i < problem->account_count; i++) {
        owned += model_owner(&solver->model, i) == COX_TERRITORY_NONE ? 0 : problem->potential[i];
    }
    if (opt->moves_max == SIZE_MAX && opt->moved_potential_max >= 1) {
        return solver->model.move_price * (double)moved;
    }
    if (opt->moves_max < SIZE_MAX) {
        worth += solver->model.move_price * (double)opt->moves_max;
    }
    if (opt->moved_potential_max < 1) {
        worth += solver->model.move_price_pot * opt->moved_potential_max * owned;
    }
    return worth;
}

/* Rounds under a limit on moves; a plan over it is tried again at a higher price of moving. */
static void solve_limited(struct solver *solver, const struct cox_territory_opt *opt,
    uint32_t *plan)
{
    double price;

    start_plan(solver, opt->warm_plan, plan);
    if (limit_use(solver->model.problem, opt, plan) > 0.97) {
        price = find_move_price(solver, opt, plan);
    } else {
        price = 0;
    }
    for (int attempt = 0;; attempt++) {
        start_plan(solver, NULL, plan);
        round_plan(solver, opt, 1, plan);
        if (attempt == MOVE_RETRIES || limit_use(solver->model.problem, opt, plan) <= 1) {
            return;
        }
        price = price > 0 ? 1.1 * price : mean_cost(solver) / 20;
        set_move_price(solver, opt, price);
    }
}

/* Best prices and what they prove; measures; the reason when something does not hold. */
static void finish(struct solver *solver, const struct cox_territory_opt *opt,
    struct cox_territory_plan *plan)
{
    const struct model *model = &solver->model;

    for (size_t j = 0; j < model->k; j++) {
        plan->work_price[j] = solver->prices.best_x[2 * j + WORK] / model->unit[WORK];
        if (model->problem->share[j] <= 0) {
            /* Without a share the bounds are 0, so any price is valid: one that keeps all away. */
            plan->work_price[j] = 1e6 * fabs(solver->prices.scale_km) / model->unit[WORK];
        }
        plan->potential_price[j] =
            solver->prices.best_x[2 * j + POTENTIAL] / model->unit[POTENTIAL];
    }
    cox_territory_measure(model->problem, plan->rep, solver->loads, &plan->measures);
    plan->bound_km = solver->prices.bound_km - limit_worth(solver, opt, plan->measures.moved);
    plan->gap = plan->bound_km > 0 ? plan->measures.cost_km / plan->bound_km - 1 : 0;
    plan->move_price = model->move_price;
    plan->move_price_potential = model->move_price_pot;
    plan->is_stopped = !model_keep_going(model);
    plan->reason = (struct cox_err){.rc = COX_OK};
    plan->is_feasible = plan->measures.out_of_tolerance == 0 && plan->measures.hard_breaches == 0 &&
                        limit_use(model->problem, opt, plan->rep) <= 1;
    if (!plan->is_feasible) {
        (void)cox_territory_reason(model->problem, &plan->reason); /* none found: rc stays COX_OK */
    }
}

static enum cox_rc open_solver(struct solver *solver, const struct cox_territory_problem *problem,
    const struct cox_territory_host *host, double move_price, void *workspace,
    size_t workspace_size, struct cox_err *reterr)
{
    struct desk desk = desk_open(workspace);

    COX_TRY(cox_territory_problem_check(problem, reterr));
    if (workspace == NULL || workspace_size < cox_territory_workspace_size(problem)) {
        return cox_fail_at(reterr, COX_INVALID, "workspace_size", 0, "the workspace is too small");
    }
    solver_init(solver, problem, host, &desk);
    solver->model.move_price = solver->alone.move_price = move_price;
    return COX_OK;
}

enum cox_rc cox_territory_solve(const struct cox_territory_problem *problem,
    const struct cox_territory_opt *opt, const struct cox_territory_host *host, void *workspace,
    size_t workspace_size, struct cox_territory_plan *ret_plan, struct cox_err *reterr)
{
    bool is_limited = opt->moves_max < SIZE_MAX || opt->moved_potential_max < 1;
    bool is_warm = opt->warm_work_price != NULL && opt->warm_potential_price != NULL;
    struct solver solver;

    COX_TRY(check_opt(opt, reterr));
    COX_TRY(
        open_solver(&solver, problem, host, opt->move_price_km, workspace, workspace_size, reterr));
    if (is_warm) {
        warm_prices(&solver, opt);
        prices_warm(&solver.prices, &solver.model);
    } else {
        prices_find(&solver.prices, &solver.model);
    }
    if (is_limited) {
        solve_limited(&solver, opt, ret_plan->rep);
    } else {
        start_plan(&solver, opt->warm_plan, ret_plan->rep);
        round_plan(&solver, opt, opt->warm_plan == NULL ? 1 : 0.3, ret_plan->rep);
    }
    finish(&solver, opt, ret_plan);
    return COX_OK;
}

enum cox_rc cox_territory_bound(const struct cox_territory_problem *problem,
    const double *work_price, const double *potential_price, const struct cox_territory_host *host,
    void *workspace, size_t workspace_size, double *ret_bound_km, struct cox_err *reterr)
{
    struct cox_territory_opt opt = {.warm_work_price = work_price,
        .warm_potential_price = potential_price};
    struct solver solver;

    COX_TRY(open_solver(&solver, problem, host, 0, workspace, workspace_size, reterr));
    warm_prices(&solver, &opt);
    *ret_bound_km = candidates_bound(&solver.model, solver.prices.x, solver.prices.newton.split);
    return COX_OK;
}
