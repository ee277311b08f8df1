/* command/territory_load.c: which files make a problem, and the benchmark's binary format. */
#include "command/territory_load.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/num.h"

enum { BIN_ACCOUNT_COLUMNS = 6, BIN_REP_COLUMNS = 3 };

enum cox_rc territory_real(const struct cox_cli *cli, const char *name, double otherwise,
    double *ret_value, struct cox_err *reterr)
{
    const char *text = cox_cli_value(cli, name);

    if (text == NULL) {
        *ret_value = otherwise;
        return COX_OK;
    }
    if (cox_num_parse_real(cox_text_of(text), COX_POINT_DOT, ret_value, NULL) != COX_OK ||
        !isfinite(*ret_value) || *ret_value < 0) {
        return cox_fail_at(reterr, COX_INVALID, name, 0, "\"%s\" is not a number of 0 or above",
            text);
    }
    return COX_OK;
}

static enum cox_rc read_all(struct cox_source source, void *ret_bytes, size_t size,
    struct cox_err *reterr)
{
    char *at = ret_bytes;

    while (size > 0) {
        size_t got = 0;

        COX_TRY(source.read(source.ctx, at, size, &got, reterr));
        if (got == 0) {
            return cox_fail(reterr, COX_INVALID, "the file ends too early for its size line");
        }
        at += got;
        size -= got;
    }
    return COX_OK;
}

static enum cox_rc read_reals(struct cox_cli *cli, struct cox_source source, size_t count,
    double **ret_values, struct cox_err *reterr)
{
    *ret_values = COX_NEW_ARRAY(cli->arena, count, double);
    if (*ret_values == NULL) {
        return cox_no_memory(reterr);
    }
    return read_all(source, *ret_values, count * sizeof(**ret_values), reterr);
}

static enum cox_rc read_ints(struct cox_cli *cli, struct cox_source source, size_t count,
    uint32_t **ret_values, struct cox_err *reterr)
{
    *ret_values = COX_NEW_ARRAY(cli->arena, count, uint32_t);
    if (*ret_values == NULL) {
        return cox_no_memory(reterr);
    }
    return read_all(source, *ret_values, count * sizeof(**ret_values), reterr);
}

/* Flags stored as 32-bit numbers. */
static enum cox_rc narrow(struct cox_cli *cli, const uint32_t *wide, size_t count,
    const uint8_t **ret_flags, struct cox_err *reterr)
{
    uint8_t *flags = COX_NEW_ARRAY(cli->arena, count, uint8_t);

    if (flags == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        flags[i] = wide[i] != 0;
    }
    *ret_flags = flags;
    return COX_OK;
}

static enum cox_rc read_bin(struct cox_cli *cli, struct cox_source source,
    struct cox_territory_problem *problem, struct cox_err *reterr)
{
    int64_t counts[2];
    double tols[2], *reals[BIN_ACCOUNT_COLUMNS], *homes[BIN_REP_COLUMNS];
    uint32_t *owner, *need, *fixed, *skills;

    COX_TRY(read_all(source, counts, sizeof(counts), reterr));
    COX_TRY(read_all(source, tols, sizeof(tols), reterr));
    if (counts[0] < 0 || counts[0] > COX_TERRITORY_ACCOUNT_MAX || counts[1] < 0 ||
        counts[1] > COX_TERRITORY_REP_MAX) {
        return cox_fail(reterr, COX_INVALID,
            "not a territory instance: it claims %lld accounts and %lld reps", (long long)counts[0],
            (long long)counts[1]);
    }
    problem->account_count = (size_t)counts[0];
    problem->rep_count = (size_t)counts[1];
    for (size_t c = 0; c < BIN_ACCOUNT_COLUMNS; c++) {
        COX_TRY(read_reals(cli, source, problem->account_count, &reals[c], reterr));
    }
    COX_TRY(read_ints(cli, source, problem->account_count, &owner, reterr));
    COX_TRY(read_ints(cli, source, problem->account_count, &need, reterr));
    COX_TRY(read_ints(cli, source, problem->account_count, &fixed, reterr));
    for (size_t c = 0; c < BIN_REP_COLUMNS; c++) {
        COX_TRY(read_reals(cli, source, problem->rep_count, &homes[c], reterr));
    }
    COX_TRY(read_ints(cli, source, problem->rep_count, &skills, reterr));
    COX_TRY(narrow(cli, fixed, problem->account_count, &problem->fixed, reterr));
    for (size_t i = 0; i < problem->account_count; i++) {
        reals[5][i] /= 1000; /* visit-metres */
    }
    problem->work_tol = tols[0];
    problem->potential_tol = tols[1];
    problem->x = reals[0];
    problem->y = reals[1];
    problem->visits = reals[2];
    problem->work = reals[3];
    problem->potential = reals[4];
    problem->relation_km = reals[5];
    problem->owner = owner; /* -1, nobody, is COX_TERRITORY_NONE in 32 bits */
    problem->need = need;
    problem->home_x = homes[0];
    problem->home_y = homes[1];
    problem->share = homes[2];
    problem->skills = skills;
    return COX_OK;
}

enum cox_rc territory_load_bin(struct cox_cli *cli, const char *path,
    struct territory_input *ret_input, struct cox_err *reterr)
{
    COX_AUTO_FILE file = NULL;
    struct cox_territory_problem problem = {.metric = COX_TERRITORY_PLANE, .relation_factor = 1};

    COX_TRY(cox_file_open(path, 0, &file, reterr));
    COX_TRY(read_bin(cli, cox_file_source(file), &problem, reterr));
    *ret_input = (struct territory_input){.problem = problem};
    return COX_OK;
}

enum cox_rc territory_load(struct cox_cli *cli, struct territory_input *ret_input,
    struct cox_err *reterr)
{
    const char *accounts = cox_cli_value(cli, "accounts"), *reps = cox_cli_value(cli, "reps");
    const char *joins = cox_cli_value(cli, "joins"), *travel = cox_cli_value(cli, "travel");
    struct cox_territory_problem *problem = &ret_input->problem;

    if (cli->arg_count == 1 && accounts == NULL && reps == NULL) {
        COX_TRY(territory_load_bin(cli, cli->args[0], ret_input, reterr));
    } else if (cli->arg_count == 0 && accounts != NULL && reps != NULL) {
        COX_TRY(territory_load_csv(cli, accounts, reps, ret_input, reterr));
    } else {
        return cox_fail(reterr, COX_INVALID,
            "name one instance, or --accounts and --reps, but not both");
    }
    if (joins != NULL) {
        COX_TRY(territory_load_joins(cli, joins, ret_input, reterr));
    }
    if (travel != NULL) {
        COX_TRY(territory_load_travel(cli, travel, ret_input, reterr));
    }
    COX_TRY(territory_real(cli, "work-tol", 100 * problem->work_tol, &problem->work_tol, reterr));
    COX_TRY(territory_real(cli, "potential-tol", 100 * problem->potential_tol,
        &problem->potential_tol, reterr));
    problem->work_tol /= 100;
    problem->potential_tol /= 100;
    COX_TRY(territory_real(cli, "relation", 1, &problem->relation_factor, reterr));
    return cox_territory_problem_check(problem, reterr);
}
