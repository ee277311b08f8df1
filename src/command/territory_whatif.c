/* command/territory_whatif.c: a plan mended after a rep leaves, joins or changes share. */
#include "command/territory_whatif.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "command/territory_run.h"
#include "command/territory_sheet.h"
#include "kernel/territory/whatif.h"

enum { PLAN_ACCOUNT, PLAN_REP };
static const char *const plan_names[] = {"account", "rep", NULL};

enum { PRICE_REP, PRICE_WORK, PRICE_POTENTIAL };
static const char *const price_names[] = {"rep", "work", "potential", NULL};

/* The plan as it stands. Accounts it does not name are new; reps that are gone leave theirs free. */
static enum cox_rc load_plan(struct cox_cli *cli, const struct territory_input *input,
    uint32_t **ret_plan, struct cox_err *reterr)
{
    const struct cox_territory_problem *problem = &input->problem;
    struct territory_sheet sheet = {.path = cox_cli_value(cli, "before"), .names = plan_names};
    uint32_t *plan = COX_NEW_ARRAY(cli->arena, problem->account_count, uint32_t);

    if (plan == NULL) {
        return cox_no_memory(reterr);
    }
    if (sheet.path == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "before", 0, "name the plan with --before");
    }
    COX_TRY(territory_sheet_read(cli, &sheet, reterr));
    if (sheet.at[PLAN_REP] == SIZE_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "rep", 0, "%s has no such column", sheet.path);
    }
    for (size_t i = 0; i < problem->account_count; i++) {
        plan[i] = COX_TERRITORY_NONE;
    }
    for (size_t row = 0; row < sheet.count; row++) {
        size_t account, rep;

        COX_TRY(territory_sheet_find(&sheet, PLAN_ACCOUNT, row, input->account_map,
            problem->account_count, "account", &account, reterr));
        if (plan[account] != COX_TERRITORY_NONE) {
            return cox_fail_at(reterr, COX_INVALID, "account", (int64_t)row + 1,
                "is there a second time");
        }
        if (territory_name_find(input->rep_map, sheet.cells[PLAN_REP][row], problem->rep_count,
                &rep)) {
            plan[account] = (uint32_t)rep;
        }
    }
    *ret_plan = plan;
    return COX_OK;
}

/* Prices of the plan before; a rep they do not name starts at 0. None at all: NULL. */
static enum cox_rc load_prices(struct cox_cli *cli, const struct territory_input *input,
    struct cox_territory_before *before, struct cox_err *reterr)
{
    struct territory_sheet sheet = {.path = cox_cli_value(cli, "before-prices"),
        .names = price_names};
    size_t k = input->problem.rep_count;
    double *work = COX_NEW_ARRAY(cli->arena, k, double);
    double *potential = COX_NEW_ARRAY(cli->arena, k, double);
    const double *read[2];

    if (work == NULL || potential == NULL) {
        return cox_no_memory(reterr);
    }
    if (sheet.path == NULL) {
        return COX_OK;
    }
    COX_TRY(territory_sheet_read(cli, &sheet, reterr));
    COX_TRY(territory_sheet_reals(cli, &sheet, PRICE_WORK, (double)NAN, &read[0], reterr));
    COX_TRY(territory_sheet_reals(cli, &sheet, PRICE_POTENTIAL, (double)NAN, &read[1], reterr));
    for (size_t row = 0; row < sheet.count; row++) {
        size_t rep;

        if (!isfinite(read[0][row]) || !isfinite(read[1][row])) {
            return cox_fail_at(reterr, COX_INVALID, "work or potential", (int64_t)row + 1,
                "must be finite");
        }
        if (territory_name_find(input->rep_map, sheet.cells[PRICE_REP][row], k, &rep)) {
            work[rep] = read[0][row];
            potential[rep] = read[1][row];
        }
    }
    before->work_price = work;
    before->potential_price = potential;
    return COX_OK;
}

static enum cox_rc find_rep(const struct territory_input *input, const char *option,
    struct cox_text name, size_t *ret_rep, struct cox_err *reterr)
{
    if (!territory_name_find(input->rep_map, name, input->problem.rep_count, ret_rep)) {
        return cox_fail_at(reterr, COX_INVALID, option, 0, "there is no rep \"%.*s\"",
            (int)name.size, name.ptr);
    }
    return COX_OK;
}

/* One "rep=share". */
static enum cox_rc read_share(const struct territory_input *input, const char *text,
    size_t *ret_rep, double *ret_share, struct cox_err *reterr)
{
    const char *sign = strrchr(text, '=');

    if (sign == NULL ||
        cox_num_parse_real(cox_text_of(sign + 1), COX_POINT_DOT, ret_share, NULL) != COX_OK ||
        !isfinite(*ret_share) || *ret_share < 0) {
        return cox_fail_at(reterr, COX_INVALID, "share", 0,
            "\"%s\" is not REP=SHARE with a share of 0 or above", text);
    }
    return find_rep(input, "share", (struct cox_text){text, (size_t)(sign - text)}, ret_rep,
        reterr);
}

/* --leaves and --share over the shares of the input. */
static enum cox_rc change_shares(struct cox_cli *cli, struct territory_input *input,
    struct cox_err *reterr)
{
    struct cox_territory_problem *problem = &input->problem;
    double *share = COX_NEW_ARRAY(cli->arena, problem->rep_count, double);
    double *potential = COX_NEW_ARRAY(cli->arena, problem->rep_count, double);
    const char *text;
    size_t rep;

    if (share == NULL || potential == NULL) {
        return cox_no_memory(reterr);
    }
    memcpy(share, problem->share, problem->rep_count * sizeof(*share));
    memcpy(potential, problem->potential_share == NULL ? share : problem->potential_share,
        problem->rep_count * sizeof(*potential));
    for (size_t at = 0; (text = cox_cli_value_at(cli, "leaves", at)) != NULL; at++) {
        COX_TRY(find_rep(input, "leaves", cox_text_of(text), &rep, reterr));
        share[rep] = potential[rep] = 0;
    }
    for (size_t at = 0; (text = cox_cli_value_at(cli, "share", at)) != NULL; at++) {
        double value;

        COX_TRY(read_share(input, text, &rep, &value, reterr));
        /* Potential goes with work, as before; a rep without a share before has one of both now. */
        potential[rep] = share[rep] > 0 ? potential[rep] * (value / share[rep]) : value;
        share[rep] = value;
    }
    problem->share = share;
    problem->potential_share = problem->potential_share == NULL ? NULL : potential;
    return COX_OK;
}

/* Nobody stays with a rep who has gone, not even the fixed accounts; the others stay fixed to theirs. */
static enum cox_rc free_fixed(struct cox_cli *cli, struct cox_territory_problem *problem,
    const uint32_t *plan, struct cox_err *reterr)
{
    uint8_t *fixed = COX_NEW_ARRAY(cli->arena, problem->account_count, uint8_t);

    if (fixed == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; problem->fixed != NULL && i < problem->account_count; i++) {
        fixed[i] =
            problem->fixed[i] != 0 && plan[i] != COX_TERRITORY_NONE && problem->share[plan[i]] > 0;
    }
    problem->fixed = fixed;
    return COX_OK;
}

enum cox_rc territory_run_whatif(struct cox_cli *cli, struct cox_err *reterr)
{
    struct territory_run run = {.is_whatif = true};
    struct cox_territory_problem *problem = &run.input.problem;
    struct cox_territory_before before = {.plan = NULL};
    uint32_t *plan = NULL;
    enum cox_rc rc;

    COX_TRY(territory_run_prepare(cli, &run, reterr));
    if (!cox_cli_has(cli, "effort")) {
        run.opt.effort = 0;
    }
    COX_TRY(territory_real(cli, "keep", 0, &before.keep_km, reterr));
    COX_TRY(change_shares(cli, &run.input, reterr));
    COX_TRY(load_plan(cli, &run.input, &plan, reterr));
    COX_TRY(load_prices(cli, &run.input, &before, reterr));
    COX_TRY(free_fixed(cli, problem, plan, reterr));
    before.plan = plan;
    problem->owner = plan;
    for (size_t i = 0; i < problem->account_count; i++) {
        run.forced += plan[i] != COX_TERRITORY_NONE && !cox_territory_may(problem, i, plan[i]);
    }
    rc = cox_territory_whatif(problem, &before, &run.opt, &run.host.host, run.workspace,
        run.workspace_size, &run.plan, reterr);
    if (rc == COX_OK) {
        rc = territory_run_connect(cli, &run, reterr);
    }
    territory_host_done(&run.host);
    COX_TRY(rc);
    return territory_run_report(cli, &run, reterr);
}
