/* manager/leaderboard.c: the tables of leaderboards and of who stays off them, and their rules. */
#include "manager/leaderboard.h"

#include "manager/contest.h"
#include "org/people.h"
#include "record/query.h"
#include "record/record.h"
#include "sales/measure.h"
#include "sales/rule.h"

#define LEADING (COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER) | COX_ROLE_BIT(COX_EXECUTIVE))

static const struct cox_grant grants[] = {
    {COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_ADMIN), .read = COX_OWN},
    {LEADING, COX_LINE, COX_OWN, COX_LINE, COX_LINE},
    {COX_ROLE_BIT(COX_OPERATOR), COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

static const struct cox_choice periods[] = {
    [COX_LEADERBOARD_MONTH] = {"month", "This month", NULL},
    [COX_LEADERBOARD_QUARTER] = {"quarter", "This quarter", NULL},
    [COX_LEADERBOARD_YEAR] = {"year", "This year", NULL},
    [COX_LEADERBOARD_90_DAYS] = {"90_days", "The last 90 days", NULL},
    {0},
};

static const struct cox_field fields[] = {
    [COX_LEADERBOARD_NAME] = {"name", .type = COX_TEXT, .max = 120,
        .flags = COX_REQUIRED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_leaderboard, name),
        .help = "What it is called."},
    [COX_LEADERBOARD_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_leaderboard, owner),
        .help = "Who puts it up; it is of this person's line."},
    [COX_LEADERBOARD_MEASURE] = {"measure", .type = COX_TEXT, .max = 60, .flags = COX_REQUIRED,
        .at = COX_AT_TEXT(struct cox_leaderboard, measure),
        .help = "Name of the measure: won, won_count, win_rate, created_count ..."},
    [COX_LEADERBOARD_PERIOD] = {"period", .type = COX_CHOICE, .choices = periods,
        .at = COX_AT_INT(struct cox_leaderboard, period), .help = "Of which days."},
    [COX_LEADERBOARD_AMONG] = {"among", .type = COX_CHOICE, .choices = cox_among_choices,
        .at = COX_AT_INT(struct cox_leaderboard, among), .help = "People or teams."},
    [COX_LEADERBOARD_TEAM] = {"team", .type = COX_REF, .ref = &cox_team, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_leaderboard, team),
        .help = "This team's people alone; empty: all of the owner's line."},
    [COX_LEADERBOARD_BASE_MIN] = {"base_min", .label = "Deals at least", .type = COX_INT, .min = 0,
        .max = 100000, .at = COX_AT_INT(struct cox_leaderboard, base_min),
        .help = "With fewer deals behind the figure nobody is ranked."},
    [COX_LEADERBOARD_IS_OPEN] = {"is_open", .label = "Everybody sees it", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_leaderboard, is_open),
        .help = "Seen by the whole company; otherwise by its owner and those above."},
};
_Static_assert(COX_COUNT(fields) == COX_LEADERBOARD_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_leaderboard(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id, team;

    (void)before; /* judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_LEADERBOARD_OWNER, actor == 0 ? COX_NULL : actor);
    cox_fill_int(after, COX_LEADERBOARD_PERIOD, COX_LEADERBOARD_QUARTER);
    cox_fill_int(after, COX_LEADERBOARD_AMONG, COX_AMONG_PEOPLE);
    cox_fill_int(after, COX_LEADERBOARD_BASE_MIN, 1);
    cox_fill_int(after, COX_LEADERBOARD_IS_OPEN, 1);
    if (cox_sales_measure_find(cox_row_text(after, COX_LEADERBOARD_MEASURE)) == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "measure", 0, "there is no measure of this name");
    }
    team = cox_row_int(after, COX_LEADERBOARD_TEAM);
    if (team != COX_NULL && cox_row_int(after, COX_LEADERBOARD_AMONG) == COX_AMONG_TEAMS) {
        return cox_fail_at(reterr, COX_INVALID, "team", 0, "one team is no list of teams");
    }
    return team == COX_NULL || !cox_is_own_entry(call)
               ? COX_OK
               : cox_may_put_up(call, cox_row_int(after, COX_LEADERBOARD_OWNER), COX_NULL, team,
                     reterr);
}

const struct cox_entity cox_leaderboard = {
    .name = "leaderboard",
    .plural = "leaderboards",
    .label = "Leaderboard",
    .label_plural = "Leaderboards",
    .number = 123,
    .fields = fields,
    .field_count = COX_LEADERBOARD_FIELD_COUNT,
    .struct_size = sizeof(struct cox_leaderboard),
    .reach = COX_REACH_LINE,
    .name_field = COX_LEADERBOARD_NAME,
    .owner_field = COX_LEADERBOARD_OWNER,
    .fills_owner = true,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .open_field = 1 + COX_LEADERBOARD_IS_OPEN,
    .grants = grants,
    .check = check_leaderboard,
    .help = "Who does best by a measure in the running period.",
};

/* ---- the own choice ---- */

/* Own for everybody, and nobody else's: not a manager's, not an administrator's. The program reads them. */
static const struct cox_grant choice_grants[] = {
    {COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_ADMIN) | LEADING, COX_OWN, COX_OWN, COX_OWN, COX_OWN},
    {COX_ROLE_BIT(COX_OPERATOR), COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

static const struct cox_field choice_fields[] = {
    [COX_BOARD_CHOICE_USER] = {"user", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_board_choice, user),
        .help = "Whose choice: the own one alone."},
    [COX_BOARD_CHOICE_IS_HIDDEN] = {"is_hidden", .label = "Stays off leaderboards",
        .type = COX_BOOL, .at = COX_AT_INT(struct cox_board_choice, is_hidden),
        .help = "Neither ranked nor counted in contests and leaderboards."},
};
_Static_assert(COX_COUNT(choice_fields) == COX_BOARD_CHOICE_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_choice(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t actor = cox_call_actor(call)->user_id;
    struct cox_query query = {.entity = &cox_board_choice, .limit = 1};
    struct cox_page page;

    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_BOARD_CHOICE_USER, actor == 0 ? COX_NULL : actor);
    cox_fill_int(after, COX_BOARD_CHOICE_IS_HIDDEN, 1);
    if (cox_is_own_entry(call) && cox_row_int(after, COX_BOARD_CHOICE_USER) != actor) {
        return cox_fail_at(reterr, COX_DENIED, "user", 0, "nobody chooses this for another");
    }
    if (before != NULL) {
        return COX_OK;
    }
    const struct cox_filter_term term = {COX_BOARD_CHOICE_USER, "eq",
        cox_int(cox_row_int(after, COX_BOARD_CHOICE_USER))};
    COX_TRY(cox_filter_build(call, &cox_board_choice, &term, 1, &query.filter, reterr));
    COX_TRY(cox_peek_list(call, &query, &page, reterr));
    return page.count == 0
               ? COX_OK
               : cox_fail_at(reterr, COX_CONFLICT, "user", 0, "the choice is there: change it");
}

const struct cox_entity cox_board_choice = {
    .name = "board_choice",
    .plural = "board_choices",
    .label = "Choice about leaderboards",
    .label_plural = "Choices about leaderboards",
    .number = 124,
    .fields = choice_fields,
    .field_count = COX_BOARD_CHOICE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_board_choice),
    .reach = COX_REACH_LINE,
    .name_field = COX_BOARD_CHOICE_USER,
    .owner_field = COX_BOARD_CHOICE_USER,
    .fills_owner = true,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = choice_grants,
    .check = check_choice,
    .keep = {"So that who wants to stay off leaderboards does.", COX_BASIS_CONSENT, 0},
    .help = "Somebody's own choice to stay off contests and leaderboards.",
};
