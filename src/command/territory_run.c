/* command/territory_run.c: see the header. */
#include "command/territory_run.h"

#include <math.h>
#include <stdio.h>

#include "base/num.h"
#include "command/territory_sheet.h"
#include "kernel/territory/contiguity.h"

/* Lines about reps outside their tolerances; --json has all. */
enum { LAPSE_MAX = 10 };

/* Connecting a plan moves many accounts again: the last tenth of a percent before it is lost work. */
static const double connected_effort = 0.6;

static enum cox_rc read_opt(struct cox_cli *cli, struct cox_territory_opt *ret_opt,
    struct cox_err *reterr)
{
    int64_t seed, moves;
    double effort, potential;

    COX_TRY(cox_cli_int(cli, "seed", 0, INT64_MAX, 1, &seed, reterr));
    COX_TRY(cox_cli_int(cli, "max-moves", 0, INT64_MAX, INT64_MAX, &moves, reterr));
    COX_TRY(territory_real(cli, "effort", cox_cli_has(cli, "neighbours") ? connected_effort : 1,
        &effort, reterr));
    COX_TRY(territory_real(cli, "max-moved-potential", 100, &potential, reterr));
    *ret_opt = (struct cox_territory_opt){
        .seed = (uint64_t)seed,
        .effort = effort,
        .moves_max = moves == INT64_MAX ? SIZE_MAX : (size_t)moves,
        .moved_potential_max = potential / 100,
    };
    return COX_OK;
}

enum cox_rc territory_run_prepare(struct cox_cli *cli, struct territory_run *run,
    struct cox_err *reterr)
{
    const struct cox_territory_problem *problem = &run->input.problem;

    COX_TRY(read_opt(cli, &run->opt, reterr));
    COX_TRY(territory_load(cli, &run->input, reterr));
    run->workspace_size = cox_territory_workspace_size(problem);
    run->workspace = cox_arena_alloc(cli->arena, run->workspace_size);
    run->plan.rep = COX_NEW_ARRAY(cli->arena, problem->account_count, uint32_t);
    run->plan.work_price = COX_NEW_ARRAY(cli->arena, problem->rep_count, double);
    run->plan.potential_price = COX_NEW_ARRAY(cli->arena, problem->rep_count, double);
    run->loads = COX_NEW_ARRAY(cli->arena, 2 * problem->rep_count, double);
    if (run->workspace == NULL || run->loads == NULL || run->plan.rep == NULL ||
        run->plan.work_price == NULL || run->plan.potential_price == NULL) {
        return cox_no_memory(reterr);
    }
    return territory_host_init(&run->host, cli, reterr);
}

/* An account or rep as the input names it; a .bin counts from 0. */
static void put_name(struct cox_csv_out *out, const struct cox_text *names, size_t at)
{
    char number[24];

    if (names != NULL) {
        cox_csv_out_text(out, names[at]);
        return;
    }
    (void)snprintf(number, sizeof(number), "%zu", at); /* 20 digits at most */
    cox_csv_out_plain(out, number);
}

static enum cox_rc write_plan(const struct territory_run *run, const char *path,
    struct cox_err *reterr)
{
    struct territory_csv file;

    COX_TRY(territory_csv_begin(path, &file, reterr));
    cox_csv_out_plain(&file.out, "account");
    cox_csv_out_plain(&file.out, "rep");
    cox_csv_out_end_row(&file.out);
    for (size_t i = 0; i < run->input.problem.account_count; i++) {
        put_name(&file.out, run->input.account, i);
        put_name(&file.out, run->input.rep, run->plan.rep[i]);
        cox_csv_out_end_row(&file.out);
    }
    return territory_csv_finish(path, &file, reterr);
}

static enum cox_rc write_prices(const struct territory_run *run, const char *path,
    struct cox_err *reterr)
{
    struct territory_csv file;
    char number[COX_NUM_TEXT_MAX];

    COX_TRY(territory_csv_begin(path, &file, reterr));
    cox_csv_out_plain(&file.out, "rep");
    cox_csv_out_plain(&file.out, "work");
    cox_csv_out_plain(&file.out, "potential");
    cox_csv_out_end_row(&file.out);
    for (size_t j = 0; j < run->input.problem.rep_count; j++) {
        put_name(&file.out, run->input.rep, j);
        cox_csv_out_plain(&file.out, cox_num_format_real(run->plan.work_price[j], number));
        cox_csv_out_plain(&file.out, cox_num_format_real(run->plan.potential_price[j], number));
        cox_csv_out_end_row(&file.out);
    }
    return territory_csv_finish(path, &file, reterr);
}

static double share_pct(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

/* A plan that breaks rules may cost less than any that keeps them: then there is no gap. */
static bool has_gap(const struct cox_territory_plan *plan)
{
    return plan->is_feasible || plan->measures.cost_km >= plan->bound_km;
}

static void put_bound(struct cox_json *json, const struct cox_territory_plan *plan)
{
    if (isfinite(plan->bound_km)) {
        cox_json_put_real(json, "bound_km", plan->bound_km);
    } else {
        cox_json_key(json, "bound_km");
        cox_json_null(json);
    }
    if (has_gap(plan)) {
        cox_json_put_real(json, "gap_pct", 100 * plan->gap);
    } else {
        cox_json_key(json, "gap_pct");
        cox_json_null(json);
    }
}

void territory_run_put_json(struct cox_json *json, const struct territory_run *run)
{
    const struct cox_territory_measures *m = &run->plan.measures;

    cox_json_put_int(json, "accounts", (int64_t)run->input.problem.account_count);
    cox_json_put_int(json, "reps", (int64_t)run->input.problem.rep_count);
    cox_json_put_string(json, "unit",
        run->input.problem.metric == COX_TERRITORY_MATRIX ? "minutes" : "km");
    cox_json_put_bool(json, "is_feasible", run->plan.is_feasible);
    cox_json_put_bool(json, "is_stopped", run->plan.is_stopped);
    cox_json_put_real(json, "cost_km", m->cost_km);
    cox_json_put_real(json, "visit_km", m->visit_km);
    cox_json_put_real(json, "relation_km", m->relation_km);
    put_bound(json, &run->plan);
    cox_json_put_int(json, "out_of_tolerance", (int64_t)m->out_of_tolerance);
    cox_json_put_real(json, "max_work_dev_pct", 100 * m->max_work_dev);
    cox_json_put_real(json, "max_potential_dev_pct", 100 * m->max_potential_dev);
    cox_json_put_int(json, "hard_breaches", (int64_t)m->hard_breaches);
    cox_json_put_int(json, "moved", (int64_t)m->moved);
    cox_json_put_real(json, "moved_pct", share_pct((double)m->moved, (double)m->owned));
    cox_json_put_real(json, "moved_potential_pct",
        share_pct(m->moved_potential, m->owned_potential));
    cox_json_put_real(json, "move_price_km", run->plan.move_price);
    if (run->component_max > 0) {
        cox_json_put_int(json, "component_max", (int64_t)run->component_max);
    }
    if (run->is_whatif) {
        cox_json_put_int(json, "forced", (int64_t)run->forced);
    }
}

/* One bound that does not hold. */
struct lapse {
    const char *of; /* "work" or "potential" */
    double dev, tol, units;
};

/* Does this load of rep j lie outside its tolerance, and by how much? As cox_territory_measure. */
static bool find_lapse(const struct territory_run *run, size_t j, int which, double total,
    struct lapse *ret_lapse)
{
    const struct cox_territory_problem *problem = &run->input.problem;
    double tol = which == 0 ? problem->work_tol : problem->potential_tol;
    double target = cox_territory_target(problem, j, which, total);
    double load = run->loads[2 * j + (size_t)which];
    double dev = target > 0 ? load / target - 1 : load > 0 ? HUGE_VAL : 0;

    if (isinf(tol) || fabs(dev) <= tol + 1e-9) {
        return false;
    }
    *ret_lapse = (struct lapse){.of = which == 0 ? "work" : "potential",
        .dev = dev,
        .tol = tol,
        .units = fabs(load - target) - tol * target};
    return true;
}

static void put_name_json(struct cox_json *json, const struct territory_run *run, size_t j)
{
    if (run->input.rep != NULL) {
        cox_json_put_text(json, "rep", run->input.rep[j]);
    } else {
        cox_json_put_int(json, "rep", (int64_t)j);
    }
}

/* Who is outside which tolerance by how much: as members of the report, or as lines, the first ten. */
static void tell_lapses(struct cox_cli *cli, const struct territory_run *run, struct cox_json *json)
{
    size_t told = 0;

    for (size_t j = 0; j < run->input.problem.rep_count; j++) {
        for (int which = 0; which < 2; which++) {
            struct lapse lapse;
            char number[24];
            struct cox_text name = {number, 0};

            if (!find_lapse(run, j, which, run->total[which], &lapse)) {
                continue;
            }
            if (json != NULL) {
                cox_json_begin_object(json);
                put_name_json(json, run, j);
                cox_json_put_string(json, "of", lapse.of);
                cox_json_put_real(json, "dev_pct", isfinite(lapse.dev) ? 100 * lapse.dev : 100);
                cox_json_put_real(json, "allowed_pct", 100 * lapse.tol);
                cox_json_put_real(json, "outside", lapse.units);
                cox_json_end_object(json);
            } else if (told++ < LAPSE_MAX) {
                name.size = (size_t)snprintf(number, sizeof(number), "%zu", j);
                name = run->input.rep != NULL ? run->input.rep[j] : name;
                fprintf(cli->out, "outside    rep %.*s: %s %+.2f %%, allowed %.2f %%: %.6g %s\n",
                    (int)name.size, name.ptr, lapse.of, 100 * lapse.dev, 100 * lapse.tol,
                    lapse.units, lapse.dev > 0 ? "too much" : "too little");
            }
        }
    }
    if (told > LAPSE_MAX) {
        fprintf(cli->out, "           and %zu more\n", told - LAPSE_MAX);
    }
}

static enum cox_rc print_json(struct cox_cli *cli, const struct territory_run *run,
    struct cox_err *reterr)
{
    struct cox_json json;
    char reason[400];

    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    territory_run_put_json(&json, run);
    if (run->plan.reason.rc != COX_OK) {
        cox_err_format(&run->plan.reason, reason, sizeof(reason));
    }
    cox_json_put_string(&json, "reason", run->plan.reason.rc == COX_OK ? NULL : reason);
    cox_json_key(&json, "outside");
    cox_json_begin_array(&json);
    tell_lapses(cli, run, &json);
    cox_json_end_array(&json);
    cox_json_put_real(&json, "seconds", territory_host_seconds(&run->host));
    cox_json_put_real(&json, "cpu_seconds", territory_host_cpu_seconds());
    cox_json_put_int(&json, "peak_bytes", territory_host_peak());
    cox_json_end_object(&json);
    return cox_json_done(&json, reterr);
}

static void print_text(struct cox_cli *cli, const struct territory_run *run)
{
    const struct cox_territory_measures *m = &run->plan.measures;

    const char *unit = run->input.problem.metric == COX_TERRITORY_MATRIX ? "minutes" : "km";

    fprintf(cli->out, "cost       %.1f visit-%s (%.1f travel, %.1f relations)\n", m->cost_km, unit,
        m->visit_km, m->relation_km);
    if (run->plan.is_feasible) {
        fprintf(cli->out,
            "bound      %.1f visit-%s: no plan costs less; this one is within %.4f %%\n",
            run->plan.bound_km, unit, 100 * run->plan.gap);
    } else if (isfinite(run->plan.bound_km)) {
        fprintf(cli->out, "bound      %.1f visit-%s: a plan within all limits costs no less\n",
            run->plan.bound_km, unit);
    } else {
        fprintf(cli->out, "bound      none: no plan can keep all rules\n");
    }
    fprintf(cli->out, "balance    work within %.2f %%, potential within %.2f %%, %zu reps out\n",
        100 * m->max_work_dev, 100 * m->max_potential_dev, m->out_of_tolerance);
    fprintf(cli->out, "moves      %zu of %zu owned accounts, %.2f %% of their potential\n",
        m->moved, m->owned, share_pct(m->moved_potential, m->owned_potential));
    fprintf(cli->out, "took       %.1f s, %.0f MB%s\n", territory_host_seconds(&run->host),
        (double)territory_host_peak() / 1e6, run->plan.is_stopped ? ", stopped early" : "");
}

static bool keeps_limits(const struct territory_run *run)
{
    const struct cox_territory_measures *m = &run->plan.measures;

    return m->moved <= run->opt.moves_max &&
           (run->opt.moved_potential_max >= 1 ||
               m->moved_potential <= run->opt.moved_potential_max * m->owned_potential);
}

/* The plan stands even where it breaks a rule; the reason is for people. */
static void tell_infeasible(struct cox_cli *cli, const struct territory_run *run)
{
    char reason[400];

    cli->exit = COX_EXIT_FAILED;
    if (run->plan.reason.rc == COX_OK) {
        cox_cli_note(cli,
            "no plan within all limits was found; this one breaks them least (%zu reps "
            "out of tolerance, %zu accounts with a rep they must not have%s%s)",
            run->plan.measures.out_of_tolerance, run->plan.measures.hard_breaches,
            keeps_limits(run) ? "" : ", more moves than allowed",
            run->component_max > 1 ? ", a territory in pieces" : "");
        return;
    }
    cox_err_format(&run->plan.reason, reason, sizeof(reason));
    cox_cli_note(cli, "no plan can keep all rules: %s", reason);
}

enum cox_rc territory_run_connect(struct cox_cli *cli, struct territory_run *run,
    struct cox_err *reterr)
{
    const char *path = cox_cli_value(cli, "neighbours");
    const struct cox_territory_problem *problem = &run->input.problem;
    struct cox_territory_graph graph;
    size_t size = cox_territory_connect_workspace_size(problem);
    void *workspace;
    double *loads;

    if (path == NULL) {
        return COX_OK;
    }
    workspace = cox_arena_alloc(cli->arena, size);
    loads = COX_NEW_ARRAY(cli->arena, 2 * problem->rep_count, double);
    if (workspace == NULL || loads == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(territory_edges_load(cli, path, run->input.account_map, problem->account_count,
        &graph.edge_start, &graph.edge_to, reterr));
    COX_TRY(cox_territory_connect(problem, &graph, run->opt.seed, &run->host.host, workspace, size,
        run->plan.rep, &run->component_max, reterr));
    cox_territory_measure(problem, run->plan.rep, loads, &run->plan.measures);
    run->plan.gap =
        run->plan.bound_km > 0 ? run->plan.measures.cost_km / run->plan.bound_km - 1 : 0;
    run->plan.is_feasible = run->plan.measures.out_of_tolerance == 0 &&
                            run->plan.measures.hard_breaches == 0 && run->component_max == 1 &&
                            keeps_limits(run);
    if (!run->plan.is_feasible && run->plan.reason.rc == COX_OK) {
        /* None found: rc stays COX_OK. */
        (void)cox_territory_connect_reason(problem, &graph, workspace, size, &run->plan.reason);
    }
    return COX_OK;
}

static void tell_lost(struct cox_cli *cli, const struct territory_run *run)
{
    if (run->is_whatif && !cli->is_json) {
        fprintf(cli->out, "had to     %zu of the moved accounts could not stay where they were\n",
            run->forced);
    }
}

enum cox_rc territory_run_report(struct cox_cli *cli, struct territory_run *run,
    struct cox_err *reterr)
{
    const struct cox_territory_problem *problem = &run->input.problem;
    struct cox_territory_measures again; /* of the plan as it is now; wanted for the loads */
    const char *out = cox_cli_value(cli, "out"), *prices = cox_cli_value(cli, "prices");

    if (out != NULL) {
        COX_TRY(write_plan(run, out, reterr));
    }
    if (prices != NULL) {
        COX_TRY(write_prices(run, prices, reterr));
    }
    if (!run->plan.is_feasible) {
        tell_infeasible(cli, run);
    }
    cox_territory_measure(problem, run->plan.rep, run->loads, &again);
    for (size_t at = 0; at < 2 * problem->rep_count; at++) {
        run->total[at % 2] += run->loads[at];
    }
    if (cli->is_json) {
        return print_json(cli, run, reterr);
    }
    print_text(cli, run);
    tell_lapses(cli, run, NULL);
    tell_lost(cli, run);
    return COX_OK;
}
