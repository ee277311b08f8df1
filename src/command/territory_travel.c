/* command/territory_travel.c: a matrix of travel times in place of distances, from a CSV. */
#include <math.h>

#include "base/num.h"
#include "command/territory_load.h"
#include "command/territory_sheet.h"

enum { TRAVEL_ACCOUNT, TRAVEL_REP, TRAVEL_MINUTES };
static const char *const travel_names[] = {"account", "rep", "minutes", NULL};

struct travel {
    const struct territory_input *input;
    float *minutes; /* account * rep_count + rep; NAN: not yet there */
};

static enum cox_rc refuse(struct cox_err *reterr, int column, size_t row, const char *why,
    struct cox_text text)
{
    return cox_fail_at(reterr, COX_INVALID, travel_names[column], (int64_t)row + 1, "%s \"%.*s\"",
        why, (int)text.size, text.ptr);
}

static enum cox_rc take_row(void *ctx, size_t row, const struct cox_text *cells,
    struct cox_err *reterr)
{
    const struct travel *travel = ctx;
    const struct territory_input *input = travel->input;
    size_t account = 0, rep = 0;
    double minutes;
    float *at;

    if (!territory_name_find(input->account_map, cells[TRAVEL_ACCOUNT],
            input->problem.account_count, &account)) {
        return refuse(reterr, TRAVEL_ACCOUNT, row, "there is no account", cells[TRAVEL_ACCOUNT]);
    }
    if (!territory_name_find(input->rep_map, cells[TRAVEL_REP], input->problem.rep_count, &rep)) {
        return refuse(reterr, TRAVEL_REP, row, "there is no rep", cells[TRAVEL_REP]);
    }
    if (cox_num_parse_real(cells[TRAVEL_MINUTES], COX_POINT_DOT, &minutes, NULL) != COX_OK ||
        !(minutes >= 0) || minutes > 1e9) {
        return refuse(reterr, TRAVEL_MINUTES, row,
            "not a number of 0 or above:", cells[TRAVEL_MINUTES]);
    }
    at = &travel->minutes[account * input->problem.rep_count + rep];
    if (!isnan(*at)) {
        return refuse(reterr, TRAVEL_REP, row, "the same account has a row before with rep",
            cells[TRAVEL_REP]);
    }
    *at = (float)minutes;
    return COX_OK;
}

/* An account or rep as messages name it; a .bin counts from 0. */
static struct cox_text name_of(struct cox_cli *cli, const struct cox_text *names, size_t at)
{
    char *number = names == NULL ? cox_arena_format(cli->arena, "%zu", at) : NULL;

    return names != NULL ? names[at] : cox_text_of(number != NULL ? number : "?");
}

enum cox_rc territory_load_travel(struct cox_cli *cli, const char *path,
    struct territory_input *input, struct cox_err *reterr)
{
    struct territory_sheet sheet = {.path = path, .names = travel_names};
    struct cox_territory_problem *problem = &input->problem;
    size_t k = problem->rep_count, count = problem->account_count * k;
    struct travel travel = {input, COX_NEW_ARRAY(cli->arena, count, float)};

    if (travel.minutes == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t at = 0; at < count; at++) {
        travel.minutes[at] = NAN;
    }
    COX_TRY(territory_sheet_each(&sheet, take_row, &travel, reterr));
    for (size_t at = 0; at < count; at++) {
        if (isnan(travel.minutes[at])) {
            struct cox_text account = name_of(cli, input->account, at / k);
            struct cox_text rep = name_of(cli, input->rep, at % k);

            return cox_fail_at(reterr, COX_INVALID, "travel", 0,
                "%s has no row for account \"%.*s\" and rep \"%.*s\": every pair is needed", path,
                (int)account.size, account.ptr, (int)rep.size, rep.ptr);
        }
    }
    problem->metric = COX_TERRITORY_MATRIX;
    problem->travel = travel.minutes;
    return COX_OK;
}
