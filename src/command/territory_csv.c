/* command/territory_csv.c: accounts and reps from CSV files, by the names of their columns. */
#include <math.h>
#include <string.h>

#include "base/csv.h"
#include "base/map.h"
#include "base/num.h"
#include "command/territory_load.h"
#include "command/territory_sheet.h"

enum { SKILL_MAX = 32 };

enum { REP_ID, REP_LAT, REP_LON, REP_X, REP_Y, REP_SHARE, REP_POTENTIAL_SHARE, REP_SKILLS };
static const char *const rep_names[] = {"rep", "lat", "lon", "x", "y", "share", "potential_share",
    "skills", NULL};

enum {
    ACC_ID,
    ACC_LAT,
    ACC_LON,
    ACC_X,
    ACC_Y,
    ACC_VISITS,
    ACC_WORK,
    ACC_POTENTIAL,
    ACC_OWNER,
    ACC_RELATION,
    ACC_NEED,
    ACC_FIXED,
    ACC_FORBIDDEN,
};
static const char *const account_names[] = {"account", "lat", "lon", "x", "y", "visits", "work",
    "potential", "owner", "relation_km", "need", "fixed", "forbidden", NULL};

/* Words of a cell, parted by blanks or semicolons. */
static struct cox_text next_word(struct cox_text *rest)
{
    struct cox_text word;
    size_t from = 0, to;

    while (from < rest->size && (rest->ptr[from] == ' ' || rest->ptr[from] == ';')) {
        from++;
    }
    to = from;
    while (to < rest->size && rest->ptr[to] != ' ' && rest->ptr[to] != ';') {
        to++;
    }
    word = (struct cox_text){rest->ptr + from, to - from};
    *rest = (struct cox_text){rest->ptr + to, rest->size - to};
    return word;
}

/* Skills are words; each new one gets the next bit. */
static enum cox_rc skills(struct cox_cli *cli, const struct territory_sheet *sheet, size_t column,
    struct cox_map *bits, const uint32_t **ret_skills, struct cox_err *reterr)
{
    uint32_t *values = COX_NEW_ARRAY(cli->arena, sheet->count, uint32_t);

    if (values == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; sheet->at[column] != SIZE_MAX && i < sheet->count; i++) {
        struct cox_text rest = sheet->cells[column][i], word;

        while ((word = next_word(&rest)).size > 0) {
            uint64_t *bit;

            COX_TRY(cox_map_add(bits, word, cox_map_count(bits), &bit, NULL, reterr));
            if (*bit >= SKILL_MAX) {
                return cox_fail_at(reterr, COX_TOO_LARGE, sheet->names[column], (int64_t)i + 1,
                    "more than %d different skills", SKILL_MAX);
            }
            values[i] |= (uint32_t)1 << *bit;
        }
    }
    *ret_skills = values;
    return COX_OK;
}

static enum cox_rc owners(struct cox_cli *cli, const struct territory_sheet *sheet,
    const struct cox_map *reps, const uint32_t **ret_owner, struct cox_err *reterr)
{
    uint32_t *owner = COX_NEW_ARRAY(cli->arena, sheet->count, uint32_t);

    if (owner == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < sheet->count; i++) {
        uint64_t rep = COX_TERRITORY_NONE;

        if (sheet->at[ACC_OWNER] != SIZE_MAX && sheet->cells[ACC_OWNER][i].size > 0 &&
            !cox_map_find(reps, sheet->cells[ACC_OWNER][i], &rep)) {
            return cox_fail_at(reterr, COX_INVALID, "owner", (int64_t)i + 1,
                "there is no rep \"%.*s\"", (int)sheet->cells[ACC_OWNER][i].size,
                sheet->cells[ACC_OWNER][i].ptr);
        }
        owner[i] = (uint32_t)rep;
    }
    *ret_owner = owner;
    return COX_OK;
}

static enum cox_rc fixed(struct cox_cli *cli, const struct territory_sheet *sheet,
    const uint8_t **ret_fixed, struct cox_err *reterr)
{
    uint8_t *flags = COX_NEW_ARRAY(cli->arena, sheet->count, uint8_t);

    if (flags == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; sheet->at[ACC_FIXED] != SIZE_MAX && i < sheet->count; i++) {
        struct cox_text text = sheet->cells[ACC_FIXED][i];

        flags[i] = cox_text_same_ascii(text, COX_LIT("1")) ||
                   cox_text_same_ascii(text, COX_LIT("yes")) ||
                   cox_text_same_ascii(text, COX_LIT("true"));
        if (flags[i] == 0 && text.size > 0 && !cox_text_same_ascii(text, COX_LIT("0")) &&
            !cox_text_same_ascii(text, COX_LIT("no")) &&
            !cox_text_same_ascii(text, COX_LIT("false"))) {
            return cox_fail_at(reterr, COX_INVALID, "fixed", (int64_t)i + 1,
                "must be yes, no, 1, 0 or empty");
        }
    }
    *ret_fixed = flags;
    return COX_OK;
}

static size_t count_words(const struct territory_sheet *sheet, size_t column)
{
    size_t count = 0;

    for (size_t i = 0; i < sheet->count; i++) {
        struct cox_text rest = sheet->cells[column][i];

        while (next_word(&rest).size > 0) {
            count++;
        }
    }
    return count;
}

static enum cox_rc forbidden(struct cox_cli *cli, const struct territory_sheet *sheet,
    const struct cox_map *reps, struct cox_territory_problem *problem, struct cox_err *reterr)
{
    size_t *start, at = 0;
    uint32_t *list;

    if (sheet->at[ACC_FORBIDDEN] == SIZE_MAX) {
        return COX_OK;
    }
    start = COX_NEW_ARRAY(cli->arena, sheet->count + 1, size_t);
    list = COX_NEW_ARRAY(cli->arena, count_words(sheet, ACC_FORBIDDEN), uint32_t);
    if (start == NULL || list == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < sheet->count; i++) {
        struct cox_text rest = sheet->cells[ACC_FORBIDDEN][i], word;

        while ((word = next_word(&rest)).size > 0) {
            uint64_t rep = 0;

            if (!cox_map_find(reps, word, &rep)) {
                return cox_fail_at(reterr, COX_INVALID, "forbidden", (int64_t)i + 1,
                    "there is no rep \"%.*s\"", (int)word.size, word.ptr);
            }
            list[at++] = (uint32_t)rep;
        }
        start[i + 1] = at;
    }
    problem->forbid_start = start;
    problem->forbid_rep = list;
    return COX_OK;
}

/* Both files in degrees, or both in metres. */
static enum cox_rc positions(struct cox_cli *cli, const struct territory_sheet *accounts,
    const struct territory_sheet *reps, struct cox_territory_problem *problem,
    struct cox_err *reterr)
{
    bool is_globe = accounts->at[ACC_LAT] != SIZE_MAX && reps->at[REP_LAT] != SIZE_MAX;

    problem->metric = is_globe ? COX_TERRITORY_GLOBE : COX_TERRITORY_PLANE;
    COX_TRY(territory_sheet_reals(cli, accounts, is_globe ? ACC_LON : ACC_X, (double)NAN,
        &problem->x, reterr));
    COX_TRY(territory_sheet_reals(cli, accounts, is_globe ? ACC_LAT : ACC_Y, (double)NAN,
        &problem->y, reterr));
    COX_TRY(territory_sheet_reals(cli, reps, is_globe ? REP_LON : REP_X, (double)NAN,
        &problem->home_x, reterr));
    return territory_sheet_reals(cli, reps, is_globe ? REP_LAT : REP_Y, (double)NAN,
        &problem->home_y, reterr);
}

static enum cox_rc fill(struct cox_cli *cli, const struct territory_sheet *accounts,
    const struct territory_sheet *reps, const struct cox_map *rep_map, struct cox_map *bits,
    struct cox_territory_problem *problem, struct cox_err *reterr)
{
    problem->account_count = accounts->count;
    problem->rep_count = reps->count;
    if (cox_cli_value(cli, "travel") == NULL) { /* times given are all that counts */
        COX_TRY(positions(cli, accounts, reps, problem, reterr));
    }
    COX_TRY(
        territory_sheet_reals(cli, accounts, ACC_VISITS, (double)NAN, &problem->visits, reterr));
    COX_TRY(territory_sheet_reals(cli, accounts, ACC_WORK, (double)NAN, &problem->work, reterr));
    COX_TRY(territory_sheet_reals(cli, accounts, ACC_POTENTIAL, (double)NAN, &problem->potential,
        reterr));
    COX_TRY(territory_sheet_reals(cli, accounts, ACC_RELATION, 0, &problem->relation_km, reterr));
    COX_TRY(owners(cli, accounts, rep_map, &problem->owner, reterr));
    COX_TRY(fixed(cli, accounts, &problem->fixed, reterr));
    COX_TRY(forbidden(cli, accounts, rep_map, problem, reterr));
    COX_TRY(territory_sheet_reals(cli, reps, REP_SHARE, 1, &problem->share, reterr));
    if (reps->at[REP_POTENTIAL_SHARE] != SIZE_MAX) {
        COX_TRY(territory_sheet_reals(cli, reps, REP_POTENTIAL_SHARE, (double)NAN,
            &problem->potential_share, reterr));
    }
    COX_TRY(skills(cli, accounts, ACC_NEED, bits, &problem->need, reterr));
    return skills(cli, reps, REP_SKILLS, bits, &problem->skills, reterr);
}

enum cox_rc territory_load_csv(struct cox_cli *cli, const char *accounts, const char *reps,
    struct territory_input *ret_input, struct cox_err *reterr)
{
    struct territory_sheet account_sheet = {.path = accounts, .names = account_names};
    struct territory_sheet rep_sheet = {.path = reps, .names = rep_names};
    struct cox_map *account_map, *rep_map, *bits;
    struct cox_territory_problem problem = {.work_tol = 0.05,
        .potential_tol = 0.10,
        .relation_factor = 1};

    COX_TRY(territory_sheet_read(cli, &account_sheet, reterr));
    COX_TRY(territory_sheet_read(cli, &rep_sheet, reterr));
    COX_TRY(territory_sheet_ids(cli, &account_sheet, &account_map, reterr));
    COX_TRY(territory_sheet_ids(cli, &rep_sheet, &rep_map, reterr));
    COX_TRY(cox_map_open_in(cli->arena, NULL, &bits, reterr));
    COX_TRY(fill(cli, &account_sheet, &rep_sheet, rep_map, bits, &problem, reterr));
    *ret_input = (struct territory_input){.problem = problem,
        .account = account_sheet.cells[ACC_ID],
        .rep = rep_sheet.cells[REP_ID],
        .account_map = account_map,
        .rep_map = rep_map,
        .skill_map = bits};
    return COX_OK;
}

/* The reps of the input and those of the sheet, one column. */
static enum cox_rc append(struct cox_cli *cli, const double *before, size_t count,
    const double *more, size_t more_count, const double **ret_values, struct cox_err *reterr)
{
    double *values = COX_NEW_ARRAY(cli->arena, count + more_count, double);

    if (values == NULL) {
        return cox_no_memory(reterr);
    }
    memcpy(values, before, count * sizeof(*values));
    memcpy(values + count, more, more_count * sizeof(*values));
    *ret_values = values;
    return COX_OK;
}

/* A name nobody has; in a .bin, which has only numbers, the next number. */
static enum cox_rc join_names(struct cox_cli *cli, struct territory_input *input,
    const struct territory_sheet *sheet, struct cox_err *reterr)
{
    size_t k = input->problem.rep_count;
    struct cox_text *names = COX_NEW_ARRAY(cli->arena, k + sheet->count, struct cox_text);

    if (names == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t row = 0; row < sheet->count; row++) {
        struct cox_text name = sheet->cells[REP_ID][row];
        int64_t number = -1;
        uint64_t *place;
        bool is_new;

        if (input->rep_map == NULL) {
            if (!cox_num_parse_plain(name, &number) || number != (int64_t)(k + row)) {
                return cox_fail_at(reterr, COX_INVALID, "rep", (int64_t)row + 1,
                    "reps of this instance are numbered: the next is %zu", k + row);
            }
            continue;
        }
        names[k + row] = name;
        COX_TRY(cox_map_add(input->rep_map, name, k + row, &place, &is_new, reterr));
        if (!is_new) {
            return cox_fail_at(reterr, COX_INVALID, "rep", (int64_t)row + 1,
                "\"%.*s\" is there already", (int)name.size, name.ptr);
        }
    }
    if (input->rep_map != NULL) {
        memcpy(names, input->rep, k * sizeof(*names));
        input->rep = names;
    }
    return COX_OK;
}

/* Skills by name; those of a .bin are the numbers of their bits. */
static enum cox_rc join_skills(struct cox_cli *cli, struct territory_input *input,
    const struct territory_sheet *sheet, struct cox_err *reterr)
{
    size_t k = input->problem.rep_count;
    uint32_t *all = COX_NEW_ARRAY(cli->arena, k + sheet->count, uint32_t);
    const uint32_t *joined = all;

    if (all == NULL) {
        return cox_no_memory(reterr);
    }
    if (input->skill_map != NULL) {
        COX_TRY(skills(cli, sheet, REP_SKILLS, input->skill_map, &joined, reterr));
        memcpy(all + k, joined, sheet->count * sizeof(*all));
    }
    for (size_t row = 0;
         input->skill_map == NULL && sheet->at[REP_SKILLS] != SIZE_MAX && row < sheet->count;
         row++) {
        struct cox_text rest = sheet->cells[REP_SKILLS][row], word;

        while ((word = next_word(&rest)).size > 0) {
            int64_t bit = -1;

            if (!cox_num_parse_plain(word, &bit) || bit < 0 || bit >= SKILL_MAX) {
                return cox_fail_at(reterr, COX_INVALID, "skills", (int64_t)row + 1,
                    "skills of this instance are numbers from 0 to %d", SKILL_MAX - 1);
            }
            all[k + row] |= (uint32_t)1 << bit;
        }
    }
    memcpy(all, input->problem.skills, k * sizeof(*all));
    input->problem.skills = all;
    return COX_OK;
}

static enum cox_rc join_shares(struct cox_cli *cli, struct cox_territory_problem *problem,
    const struct territory_sheet *sheet, struct cox_err *reterr)
{
    const double *share, *potential;
    size_t k = problem->rep_count;

    COX_TRY(territory_sheet_reals(cli, sheet, REP_SHARE, 1, &share, reterr));
    potential = share;
    if (sheet->at[REP_POTENTIAL_SHARE] != SIZE_MAX) {
        COX_TRY(territory_sheet_reals(cli, sheet, REP_POTENTIAL_SHARE, (double)NAN, &potential,
            reterr));
    }
    if (problem->potential_share != NULL || potential != share) {
        COX_TRY(append(cli,
            problem->potential_share != NULL ? problem->potential_share : problem->share, k,
            potential, sheet->count, &problem->potential_share, reterr));
    }
    return append(cli, problem->share, k, share, sheet->count, &problem->share, reterr);
}

enum cox_rc territory_load_joins(struct cox_cli *cli, const char *path,
    struct territory_input *input, struct cox_err *reterr)
{
    struct territory_sheet sheet = {.path = path, .names = rep_names};
    struct cox_territory_problem *problem = &input->problem;
    bool is_globe = problem->metric == COX_TERRITORY_GLOBE;
    const double *x, *y;
    struct cox_map *ids;

    COX_TRY(territory_sheet_read(cli, &sheet, reterr));
    COX_TRY(territory_sheet_ids(cli, &sheet, &ids, reterr));
    COX_TRY(join_names(cli, input, &sheet, reterr));
    if (problem->home_x != NULL) {
        COX_TRY(territory_sheet_reals(cli, &sheet, is_globe ? REP_LON : REP_X, (double)NAN, &x,
            reterr));
        COX_TRY(territory_sheet_reals(cli, &sheet, is_globe ? REP_LAT : REP_Y, (double)NAN, &y,
            reterr));
        COX_TRY(append(cli, problem->home_x, problem->rep_count, x, sheet.count, &problem->home_x,
            reterr));
        COX_TRY(append(cli, problem->home_y, problem->rep_count, y, sheet.count, &problem->home_y,
            reterr));
    }
    COX_TRY(join_skills(cli, input, &sheet, reterr));
    COX_TRY(join_shares(cli, problem, &sheet, reterr));
    problem->rep_count += sheet.count;
    return COX_OK;
}
