/* command/stats_power.c: coxswain stats power: what a plan could detect, said before anything starts. */
#include <math.h>

#include "command/stats.h"
#include "command/stats_table.h"
#include "kernel/stats/experiment.h"
#include "kernel/stats/power.h"

enum { LIFTS = 4, SIZES = 3, DESIGNS = 3 };

static const double lifts[LIFTS] = {0.03, 0.05, 0.10, 0.15}, sizes[SIZES] = {0.5, 1, 2};

struct plan {
    struct cox_power_opt opt;
    double rate, trials, per_cluster, icc, sd, teams, cell_sd;
    int64_t periods;
};

static enum cox_rc read_plan(const struct cox_cli *cli, struct plan *plan, struct cox_err *reterr)
{
    COX_TRY(stats_option(cli, "alpha", 1e-6, 0.5, 0.05, &plan->opt.alpha, reterr));
    COX_TRY(stats_option(cli, "power", 0.5, 0.999, 0.8, &plan->opt.power, reterr));
    COX_TRY(stats_option(cli, "rate", 1e-6, 1 - 1e-6, 0, &plan->rate, reterr));
    COX_TRY(stats_option(cli, "trials", 1, 1e12, 0, &plan->trials, reterr));
    COX_TRY(stats_option(cli, "per-cluster", 1, 1e9, 1, &plan->per_cluster, reterr));
    COX_TRY(stats_option(cli, "icc", 0, 1, 0.04, &plan->icc, reterr));
    COX_TRY(stats_option(cli, "sd", 1e-300, 1e300, 0, &plan->sd, reterr));
    COX_TRY(stats_option(cli, "teams", 2, 1000, 0, &plan->teams, reterr));
    COX_TRY(stats_option(cli, "cell-sd", 1e-300, 1e300, 0, &plan->cell_sd, reterr));
    COX_TRY(cox_cli_int(cli, "periods", 2, 1000, 0, &plan->periods, reterr));
    if ((plan->periods > 0) != (plan->cell_sd > 0)) {
        return cox_fail(reterr, COX_INVALID,
            "--periods and --cell-sd, the spread of a team's own periods, belong together");
    }
    if ((plan->rate > 0) == (plan->sd > 0) || (plan->rate > 0 && plan->trials == 0) ||
        (plan->sd > 0 && plan->teams == 0)) {
        return cox_fail(reterr, COX_INVALID,
            "say --rate and --trials for a share of wins, or --sd and --teams for a figure of teams");
    }
    return COX_OK;
}

/* Chance of finding a lift, by one test at the end and by the sequential test. */
struct chance {
    double lift, trials, fixed, sequential;
};

static enum cox_rc set_table(const struct plan *plan, double effect, struct chance *ret_table,
    size_t *ret_count, struct cox_err *reterr)
{
    const struct cox_experiment_opt opt = {.alpha = plan->opt.alpha};
    size_t n = 0;

    for (size_t i = 0; i < LIFTS * SIZES; i++) {
        struct chance c = {.lift = lifts[i / SIZES],
            .trials = ceil(plan->trials * sizes[i % SIZES])};
        const struct cox_experiment_plan one = {plan->rate, c.lift, effect, (int64_t)c.trials};
        if (plan->rate + c.lift < 1) {
            COX_TRY(cox_experiment_power(&opt, &one, &c.fixed, &c.sequential, reterr));
            ret_table[n++] = c;
        }
    }
    *ret_count = n;
    return COX_OK;
}

/* Smallest effects of ways to roll out over twice as many teams as stand on a side. */
static const char *const design_names[DESIGNS] = {"parallel from the first period",
    "parallel after half of the periods", "stepped wedge"};

static enum cox_rc set_designs(struct cox_cli *cli, const struct plan *plan, double *ret_mde,
    struct cox_err *reterr)
{
    size_t teams = 2 * (size_t)plan->teams, periods = (size_t)plan->periods;
    size_t *start = COX_NEW_ARRAY(cli->arena, teams, size_t);

    if (start == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t d = 0; d < DESIGNS; d++) {
        for (size_t i = 0; i < teams; i++) {
            size_t step =
                1 + i * (periods - 1) / teams; /* evenly over the periods after the first */
            start[i] = d == 2 ? step : i % 2 == 0 ? periods : d == 0 ? 0 : periods / 2;
        }
        const struct cox_power_rollout rollout = {teams, periods, start,
            plan->cell_sd * plan->cell_sd, plan->sd * plan->sd};
        COX_TRY(cox_power_rollout_mde(&plan->opt, &rollout, &ret_mde[d], reterr));
    }
    return COX_OK;
}

struct power {
    double effect, mde, design_mde[DESIGNS];
    struct chance table[LIFTS * SIZES];
    size_t table_count;
};

static enum cox_rc put_json(struct cox_cli *cli, const struct plan *plan, const struct power *p,
    struct cox_err *reterr)
{
    struct cox_json json;

    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    cox_json_put_real(&json, "mde", p->mde);
    cox_json_put_real(&json, "design_effect", plan->rate > 0 ? p->effect : 1);
    cox_json_put_real(&json, "alpha", plan->opt.alpha);
    cox_json_put_real(&json, "power", plan->opt.power);
    cox_json_key(&json, "table");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < p->table_count; i++) {
        cox_json_begin_object(&json);
        cox_json_put_real(&json, "lift", p->table[i].lift);
        cox_json_put_real(&json, "trials", p->table[i].trials);
        cox_json_put_real(&json, "fixed", p->table[i].fixed);
        cox_json_put_real(&json, "sequential", p->table[i].sequential);
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    cox_json_key(&json, "rollouts");
    cox_json_begin_array(&json);
    for (size_t d = 0; d < DESIGNS && plan->periods > 0; d++) {
        cox_json_begin_object(&json);
        cox_json_put_string(&json, "design", design_names[d]);
        cox_json_put_real(&json, "mde", p->design_mde[d]);
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_json_done(&json, reterr);
}

static void put_text(struct cox_cli *cli, const struct plan *plan, const struct power *p)
{
    if (plan->rate > 0) {
        fprintf(cli->out,
            "smallest rise that would be found: %.1f points, from %.1f %% to %.1f %%\n",
            100 * p->mde, 100 * plan->rate, 100 * (plan->rate + p->mde));
        fprintf(cli->out, "chance of finding a rise of    by trials per arm: one test at the end, "
                          "looking as often as one likes\n");
    } else {
        fprintf(cli->out, "smallest effect that would be found: %.4g\n", p->mde);
    }
    for (size_t i = 0; i < p->table_count; i++) {
        fprintf(cli->out, "  %4.0f points  %8.0f  %4.0f %%  %4.0f %%\n", 100 * p->table[i].lift,
            p->table[i].trials, 100 * p->table[i].fixed, 100 * p->table[i].sequential);
    }
    for (size_t d = 0; d < DESIGNS && plan->periods > 0; d++) {
        fprintf(cli->out, "  over %lld periods, %-36s %.4g\n", (long long)plan->periods,
            design_names[d], p->design_mde[d]);
    }
}

enum cox_rc stats_run_power(struct cox_cli *cli, struct cox_err *reterr)
{
    struct plan plan = {.rate = 0};
    struct power p = {0};

    COX_TRY(read_plan(cli, &plan, reterr));
    p.effect = cox_power_design_effect(plan.per_cluster, 0, plan.icc);
    if (plan.rate > 0) {
        COX_TRY(cox_power_rate_mde(&plan.opt, plan.rate, plan.trials, plan.trials, p.effect, &p.mde,
            reterr));
        COX_TRY(set_table(&plan, p.effect, p.table, &p.table_count, reterr));
    } else {
        COX_TRY(cox_power_mean_mde(&plan.opt, plan.sd, (size_t)plan.teams, (size_t)plan.teams,
            &p.mde, reterr));
    }
    if (plan.periods > 0 && plan.sd > 0) {
        COX_TRY(set_designs(cli, &plan, p.design_mde, reterr));
    }
    if (cli->is_json) {
        return put_json(cli, &plan, &p, reterr);
    }
    put_text(cli, &plan, &p);
    return COX_OK;
}
