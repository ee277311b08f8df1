/* command/territory_run.h: what the subcommands of territory with fixed homes share: one run's input,
 * host and plan, and how they are written and told. */
#ifndef COX_COMMAND_TERRITORY_RUN_H
#define COX_COMMAND_TERRITORY_RUN_H

#include "command/territory_host.h"
#include "command/territory_load.h"
#include "kernel/territory/solve.h"

struct territory_run {
    struct territory_input input;
    struct territory_host host;
    struct cox_territory_opt opt;
    struct cox_territory_plan plan;
    void *workspace;
    size_t workspace_size;
    double *loads;        /* 2 * rep_count: work and potential of each rep, for the report */
    double total[2];      /* of all reps */
    size_t component_max; /* 0: nobody asked */
    size_t forced;        /* what-if: accounts whose rep may not keep them */
    bool is_whatif;
};

/* Reads input and options, makes room for the plan. Call territory_host_done(&run->host) afterwards. */
enum cox_rc territory_run_prepare(struct cox_cli *cli, struct territory_run *run,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * With --neighbours: makes the plan connected and measures it anew; the bound stays valid, it knows no
 * graph. component_max tells how many pieces the worst territory has.
 */
enum cox_rc territory_run_connect(struct cox_cli *cli, struct territory_run *run,
    struct cox_err *reterr) COX_NODISCARD;

/* Writes --out and --prices, prints the figures; the exit status says whether the plan holds. */
enum cox_rc territory_run_report(struct cox_cli *cli, struct territory_run *run,
    struct cox_err *reterr) COX_NODISCARD;

/* The figures of a plan as members of an object that is open. */
void territory_run_put_json(struct cox_json *json, const struct territory_run *run);

#endif
