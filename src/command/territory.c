/* command/territory.c: coxswain territory: plans from files, without a database. */
#include <stdlib.h>

#include "command/command.h"
#include "command/territory_area.h"
#include "command/territory_run.h"
#include "command/territory_whatif.h"
#include "kernel/territory/frontier.h"

static const struct cox_option options[] = {
    {"accounts", "FILE", "accounts as CSV, instead of INSTANCE", false},
    {"reps", "FILE", "reps as CSV", false},
    {"travel", "FILE", "CSV account,rep,minutes: travel times in place of distances", false},
    {"joins", "FILE", "reps who join, as CSV like --reps, to either kind of input", false},
    {"out", "FILE", "where the plan goes: account,rep", false},
    {"prices", "FILE", "where the prices go that prove its quality: rep,work,potential", false},
    {"threads", "N", "threads (else one for each core); the plan is the same", false},
    {"seed", "N", "another seed, another plan of like quality (else 1)", false},
    {"time", "S", "stop after so many seconds with the best so far", false},
    {"effort", "X", "how long to search for the plan; else 1, or 0.6 with --neighbours", false},
    {"max-moves", "N", "at most so many accounts change owner", false},
    {"max-moved-potential", "PCT", "at most so much of owned potential changes owner", false},
    {"work-tol", "PCT", "how far work may be from its share (else 5, or the instance's)", false},
    {"potential-tol", "PCT", "the same for potential (else 10, or the instance's)", false},
    {"relation", "FACTOR", "multiplies the cost of changing owners (else 1)", false},
    {"before", "FILE", "whatif: the plan as it stands, account,rep", false},
    {"before-prices", "FILE",
        "whatif: its prices, rep,work,potential; without them it takes longer", false},
    {"leaves", "REP", "whatif: a rep who goes", true},
    {"share", "REP=SHARE", "whatif: a rep's new share; of 0 before: the rep joins", true},
    {"keep", "KM", "whatif: visit-km worth paying to leave an account where it is", false},
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

static enum cox_rc run_solve(struct cox_cli *cli, struct cox_err *reterr)
{
    struct territory_run run = {.workspace = NULL};
    enum cox_rc rc;

    COX_TRY(territory_run_prepare(cli, &run, reterr));
    rc = cox_territory_solve(&run.input.problem, &run.opt, &run.host.host, run.workspace,
        run.workspace_size, &run.plan, reterr);
    if (rc == COX_OK) {
        rc = territory_run_connect(cli, &run, reterr);
    }
    territory_host_done(&run.host);
    COX_TRY(rc);
    return territory_run_report(cli, &run, reterr);
}

/* One plan of the frontier, as it is found. */
struct frontier_out {
    struct cox_cli *cli;
    struct territory_run *run;
    struct cox_json json;
};

static void put_point(void *ctx, const struct cox_territory_plan *plan)
{
    struct frontier_out *out = ctx;

    if (out->cli->is_json) {
        cox_json_begin_object(&out->json);
        territory_run_put_json(&out->json, out->run);
        cox_json_end_object(&out->json);
        return;
    }
    fprintf(out->cli->out, "%10zu  %14.1f  %14.1f  %14.1f  %8.3f %%  %s\n", plan->measures.moved,
        plan->measures.visit_km, plan->measures.cost_km, plan->bound_km, 100 * plan->gap,
        plan->is_feasible ? "" : "breaks a limit");
}

static enum cox_rc run_frontier(struct cox_cli *cli, struct cox_err *reterr)
{
    struct territory_run run = {.workspace = NULL};
    struct frontier_out out = {.cli = cli, .run = &run};
    int64_t points;
    enum cox_rc rc;

    COX_TRY(cox_cli_int(cli, "points", 2, 100, 8, &points, reterr));
    COX_TRY(territory_run_prepare(cli, &run, reterr));
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
    {"whatif", "[INSTANCE]", "mend a plan after a rep leaves, joins or changes share", 0, 1,
        territory_run_whatif},
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
            "With --travel every pair of account and rep has a row; positions are then not\n"
            "needed, and costs are visit-minutes.\n"
            "\n"
            "  $ coxswain territory solve --accounts accounts.csv --reps reps.csv \\\n"
            "      --out plan.csv --prices prices.csv --max-moves 500\n"
            "  $ coxswain territory frontier --accounts accounts.csv --reps reps.csv\n"
            "  $ coxswain territory whatif --accounts accounts.csv --reps reps.csv \\\n"
            "      --before plan.csv --before-prices prices.csv --leaves ada\n"
            "  $ coxswain territory whatif instance.bin --before plan.csv --joins new.csv\n"
            "  $ coxswain territory centers --accounts accounts.csv --count 12\n"
            "  $ coxswain territory size --accounts accounts.csv --from 8 --to 20 \\\n"
            "      --rep-cost 90000 --km-cost 0.4\n"
            "\n"
            "Ctrl-C ends the search with the best plan so far.",
    .options = options,
    .subcommands = subcommands,
};
