/* command/territory.c: coxswain territory: plans from files, without a database. */
#include <stdlib.h>

#include "base/num.h"
#include "command/command.h"
#include "command/territory_area.h"
#include "command/territory_host.h"
#include "command/territory_load.h"
#include "command/territory_sheet.h"
#include "kernel/territory/contiguity.h"
#include "kernel/territory/frontier.h"
#include "kernel/territory/solve.h"

static const struct cox_option options[] = {
    {"accounts", "FILE", "accounts as CSV, instead of INSTANCE", false},
    {"reps", "FILE", "reps as CSV", false},
    {"out", "FILE", "where the plan goes: account,rep", false},
    {"prices", "FILE", "where the prices go that prove its quality: rep,work,potential", false},
    {"threads", "N", "threads (else one for each core); the plan is the same", false},
    {"seed", "N", "another seed, another plan of like quality (else 1)", false},
    {"time", "S", "stop after so many seconds with the best so far", false},
    {"effort", "X", "how long to search for the plan; 1 is usual", false},
    {"max-moves", "N", "at most so many accounts change owner", false},
    {"max-moved-potential", "PCT", "at most so much of owned potential changes owner", false},
    {"work-tol", "PCT", "how far work may be from its share (else 5, or the instance's)", false},
    {"potential-tol", "PCT", "the same for potential (else 10, or the instance's)", false},
    {"relation", "FACTOR", "multiplies the cost of changing owners (else 1)", false},
    {"points", "N", "frontier: how many plans (else 8)", false},
    {"count", "N", "centers: how many", false},
    {"neighbours", "FILE", "CSV from,to: every territory is kept in one piece", false},
    {"from", "N", "size: fewest reps to try", false},
    {"to", "N", "size: most reps to try", false},
    {"hours", "H", "size: hours a rep has in a year (else 1600)", false},
    {"speed", "KMH", "size: km an hour on the road (else 60)", false},
    {"detour", "X", "size: road km per straight km, there and back (else 2.6)", false},
    {"rep-cost", "MONEY", "size: a rep's cost a year", false},
    {"km-cost", "MONEY", "size: cost of a km", false},
    {0},
};

struct run {
    struct territory_input input;
    struct territory_host host;
    struct cox_territory_opt opt;
    struct cox_territory_plan plan;
    void *workspace;
    size_t workspace_size;
    size_t component_max; /* 0: nobody asked */
};

static enum cox_rc read_opt(struct cox_cli *cli, struct cox_territory_opt *ret_opt,
    struct cox_err *reterr)
{
    int64_t seed, moves;
    double effort, potential;

    COX_TRY(cox_cli_int(cli, "seed", 0, INT64_MAX, 1, &seed, reterr));
    COX_TRY(cox_cli_int(cli, "max-moves", 0, INT64_MAX, INT64_MAX, &moves, reterr));
    COX_TRY(territory_real(cli, "effort", 1, &effort, reterr));
    COX_TRY(territory_real(cli, "max-moved-potential", 100, &potential, reterr));
    *ret_opt = (struct cox_territory_opt){
        .seed = (uint64_t)seed,
        .effort = effort,
        .moves_max = moves == INT64_MAX ? SIZE_MAX : (size_t)moves,
        .moved_potential_max = potential / 100,
    };
    return COX_OK;
}

static enum cox_rc prepare(struct cox_cli *cli, struct run *run, struct cox_err *reterr)
{
    const struct cox_territory_problem *problem = &run->input.problem;

    COX_TRY(read_opt(cli, &run->opt, reterr));
    COX_TRY(territory_load(cli, &run->input, reterr));
    run->workspace_size = cox_territory_workspace_size(problem);
    run->workspace = cox_arena_alloc(cli->arena, run->workspace_size);
    run->plan.rep = COX_NEW_ARRAY(cli->arena, problem->account_count, uint32_t);
    run->plan.work_price = COX_NEW_ARRAY(cli->arena, problem->rep_count, double);
    run->plan.potential_price = COX_NEW_ARRAY(cli->arena, problem->rep_count, double);
    if (run->workspace == NULL || run->plan.rep == NULL || run->plan.work_price == NULL ||
        run->plan.potential_price == NULL) {
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

static enum cox_rc write_plan(const struct run *run, const char *path, struct cox_err *reterr)
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

static enum cox_rc write_prices(const struct run *run, const char *path, struct cox_err *reterr)
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

static void put_plan_json(struct cox_json *json, const struct run *run)
{
    const struct cox_territory_measures *m = &run->plan.measures;

    cox_json_put_int(json, "accounts", (int64_t)run->input.problem.account_count);
    cox_json_put_int(json, "reps", (int64_t)run->input.problem.rep_count);
    cox_json_put_bool(json, "is_feasible", run->plan.is_feasible);
    cox_json_put_bool(json, "is_stopped", run->plan.is_stopped);
    cox_json_put_real(json, "cost_km", m->cost_km);
    cox_json_put_real(json, "visit_km", m->visit_km);
    cox_json_put_real(json, "relation_km", m->relation_km);
    cox_json_put_real(json, "bound_km", run->plan.bound_km);
    cox_json_put_real(json, "gap_pct", 100 * run->plan.gap);
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
}

static enum cox_rc print_json(struct cox_cli *cli, const struct run *run, struct cox_err *reterr)
{
    struct cox_json json;

    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    put_plan_json(&json, run);
    cox_json_put_string(&json, "reason",
        run->plan.reason.rc == COX_OK ? NULL : run->plan.reason.text);
    cox_json_put_real(&json, "seconds", territory_host_seconds(&run->host));
    cox_json_put_real(&json, "cpu_seconds", territory_host_cpu_seconds());
    cox_json_put_int(&json, "peak_bytes", territory_host_peak());
    cox_json_end_object(&json);
    return cox_json_done(&json, reterr);
}

static void print_text(struct cox_cli *cli, const struct run *run)
{
    const struct cox_territory_measures *m = &run->plan.measures;

    fprintf(cli->out, "cost       %.1f visit-km (%.1f travel, %.1f relations)\n", m->cost_km,
        m->visit_km, m->relation_km);
    fprintf(cli->out, "bound      %.1f visit-km: no plan costs less; this one is within %.4f %%\n",
        run->plan.bound_km, 100 * run->plan.gap);
    fprintf(cli->out, "balance    work within %.2f %%, potential within %.2f %%, %zu reps out\n",
        100 * m->max_work_dev, 100 * m->max_potential_dev, m->out_of_tolerance);
    fprintf(cli->out, "moves      %zu of %zu owned accounts, %.2f %% of their potential\n",
        m->moved, m->owned, share_pct(m->moved_potential, m->owned_potential));
    fprintf(cli->out, "took       %.1f s, %.0f MB%s\n", territory_host_seconds(&run->host),
        (double)territory_host_peak() / 1e6, run->plan.is_stopped ? ", stopped early" : "");
}

/* The plan stands even where it breaks a rule; the reason is for people. */
static void tell_infeasible(struct cox_cli *cli, const struct run *run)
{
    char reason[400];

    cli->exit = COX_EXIT_FAILED;
    if (run->plan.reason.rc == COX_OK) {
        cox_cli_note(cli,
            "no plan within all limits was found; this one breaks them least (%zu reps "
            "out of tolerance, %zu accounts with a rep they must not have)",
            run->plan.measures.out_of_tolerance, run->plan.measures.hard_breaches);
        return;
    }
    cox_err_format(&run->plan.reason, reason, sizeof(reason));
    cox_cli_note(cli, "no plan can keep all rules: %s", reason);
}

/* Makes the plan connected and measures it anew; the bound stays valid, it knows no graph. */
static enum cox_rc connect_plan(struct cox_cli *cli, struct run *run, struct cox_err *reterr)
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
                            run->plan.measures.hard_breaches == 0 && run->component_max == 1;
    return COX_OK;
}

static enum cox_rc run_solve(struct cox_cli *cli, struct cox_err *reterr)
{
    const char *out = cox_cli_value(cli, "out"), *prices = cox_cli_value(cli, "prices");
    struct run run = {.workspace = NULL};
    enum cox_rc rc;

    COX_TRY(prepare(cli, &run, reterr));
    rc = cox_territory_solve(&run.input.problem, &run.opt, &run.host.host, run.workspace,
        run.workspace_size, &run.plan, reterr);
    if (rc == COX_OK) {
        rc = connect_plan(cli, &run, reterr);
    }
    territory_host_done(&run.host);
    COX_TRY(rc);
    if (out != NULL) {
        COX_TRY(write_plan(&run, out, reterr));
    }
    if (prices != NULL) {
        COX_TRY(write_prices(&run, prices, reterr));
    }
    if (!run.plan.is_feasible) {
        tell_infeasible(cli, &run);
    }
    if (cli->is_json) {
        return print_json(cli, &run, reterr);
    }
    print_text(cli, &run);
    return COX_OK;
}

/* One plan of the frontier, as it is found. */
struct frontier_out {
    struct cox_cli *cli;
    struct run *run;
    struct cox_json json;
};

static void put_point(void *ctx, const struct cox_territory_plan *plan)
{
    struct frontier_out *out = ctx;

    if (out->cli->is_json) {
        cox_json_begin_object(&out->json);
        put_plan_json(&out->json, out->run);
        cox_json_end_object(&out->json);
        return;
    }
    fprintf(out->cli->out, "%10zu  %14.1f  %14.1f  %14.1f  %8.3f %%  %s\n", plan->measures.moved,
        plan->measures.visit_km, plan->measures.cost_km, plan->bound_km, 100 * plan->gap,
        plan->is_feasible ? "" : "breaks a limit");
}

static enum cox_rc run_frontier(struct cox_cli *cli, struct cox_err *reterr)
{
    struct run run = {.workspace = NULL};
    struct frontier_out out = {.cli = cli, .run = &run};
    int64_t points;
    enum cox_rc rc;

    COX_TRY(cox_cli_int(cli, "points", 2, 100, 8, &points, reterr));
    COX_TRY(prepare(cli, &run, reterr));
    if (cli->is_json) {
        cox_cli_json(cli, &out.json);
        cox_json_begin_array(&out.json);
    } else {
        fprintf(cli->out, "%10s  %14s  %14s  %14s  %10s\n", "moves", "visit-km", "cost", "bound",
            "gap");
    }
    rc = cox_territory_frontier(&run.input.problem, &run.opt, &run.host.host, run.workspace,
        run.workspace_size, (size_t)points, put_point, &out, &run.plan, reterr);
    territory_host_done(&run.host);
    COX_TRY(rc);
    if (cli->is_json) {
        cox_json_end_array(&out.json);
        return cox_json_done(&out.json, reterr);
    }
    return COX_OK;
}

static const struct cox_subcommand subcommands[] = {
    {"solve", "[INSTANCE]", "find a plan, and prices that prove how good it is", 0, 1, run_solve},
    {"frontier", "[INSTANCE]", "plans from few moves to many, with cost and bound", 0, 1,
        run_frontier},
    {"centers", "", "choose homes too: accounts to N centres", 0, 0, territory_run_centers},
    {"size", "", "how many reps the work and its travel need", 0, 0, territory_run_size},
    {0},
};

const struct cox_command cox_command_territory = {
    .name = "territory",
    .line = "align territories: who serves which account",
    .help = "Gives every account one rep so that travel is small while work and potential\n"
            "of every rep stay within tolerance of the rep's share. With the plan come\n"
            "prices: anybody can compute from them a bound that no plan undercuts.\n"
            "\n"
            "accounts.csv has the columns account, lat and lon in degrees (or x and y in\n"
            "metres), visits a year, work in minutes a year, potential in currency a year,\n"
            "and where wanted owner, relation_km (visit-km paid when the owner changes),\n"
            "need (skills), fixed (yes: stays with the owner), forbidden (reps).\n"
            "reps.csv has rep, lat and lon (or x and y), share (1 is full time),\n"
            "potential_share and skills. Lists are parted by blanks.\n"
            "\n"
            "  $ coxswain territory solve --accounts accounts.csv --reps reps.csv \\\n"
            "      --out plan.csv --prices prices.csv --max-moves 500\n"
            "  $ coxswain territory frontier --accounts accounts.csv --reps reps.csv\n"
            "  $ coxswain territory centers --accounts accounts.csv --count 12\n"
            "  $ coxswain territory size --accounts accounts.csv --from 8 --to 20 \\\n"
            "      --rep-cost 90000 --km-cost 0.4\n"
            "\n"
            "Ctrl-C ends the search with the best plan so far.",
    .options = options,
    .subcommands = subcommands,
};
