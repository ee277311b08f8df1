/* manager/contest.c: the tables of contests, of who takes part and of results, and their rules. */
#include "manager/contest.h"

#include "manager/contest_job.h"
#include "manager/contest_read.h"
#include "manager/contest_route.h"
#include "manager/leaderboard.h"
#include "manager/standing.h"
#include "org/actor.h"
#include "org/calendar.h"
#include "org/line.h"
#include "org/people.h"
#include "record/query.h"
#include "record/record.h"
#include "sales/measure.h"
#include "sales/rule.h"

#define LEADING (COX_ROLE_BIT(COX_MANAGER) | COX_ROLE_BIT(COX_LEADER) | COX_ROLE_BIT(COX_EXECUTIVE))

static const struct cox_grant contest_grants[] = {
    {COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_ADMIN), .read = COX_OWN},
    {LEADING, COX_LINE, COX_OWN, COX_LINE, COX_LINE},
    {COX_ROLE_BIT(COX_OPERATOR), COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {0},
};

/* Results are written by the program alone. */
static const struct cox_grant result_grants[] = {
    {COX_ROLE_BIT(COX_REP) | COX_ROLE_BIT(COX_ADMIN), .read = COX_OWN},
    {LEADING, .read = COX_LINE},
    {COX_ROLE_BIT(COX_OPERATOR), .read = COX_ALL, .create = COX_ALL},
    {0},
};

const struct cox_choice cox_among_choices[] = {
    [COX_AMONG_PEOPLE] = {"people", "People", NULL},
    [COX_AMONG_TEAMS] = {"teams", "Teams", NULL},
    {0},
};

static const struct cox_choice rules[] = {
    [COX_CONTEST_MOST] = {"most", "The best figure", NULL},
    [COX_CONTEST_FIRST] = {"first_to_target", "First to reach the target", NULL},
    [COX_CONTEST_IMPROVED] = {"most_improved", "Most improved on the own past", NULL},
    [COX_CONTEST_ALL] = {"all_who_pass", "All who reach the target", NULL},
    {0},
};

static const struct cox_choice ties[] = {
    [COX_TIE_SHARED] = {"shared", "They share the place", NULL},
    [COX_TIE_EARLIER] = {"earlier", "Whoever had it earlier", NULL},
    [COX_TIE_BASE] = {"more_deals", "Whoever has more deals behind it", NULL},
    {0},
};

static const struct cox_choice states[] = {
    [COX_CONTEST_PLANNED] = {"planned", "Planned", NULL},
    [COX_CONTEST_RUNNING] = {"running", "Running", NULL},
    [COX_CONTEST_ENDED] = {"ended", "Ended", NULL},
    {0},
};

/* ---- contest ---- */

static const struct cox_field contest_fields[] = {
    [COX_CONTEST_NAME] = {"name", .type = COX_TEXT, .max = 120,
        .flags = COX_REQUIRED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_contest, name),
        .help = "What it is called."},
    [COX_CONTEST_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_contest, owner),
        .help = "Who puts it up; those who take part are of this person's line."},
    [COX_CONTEST_MEASURE] = {"measure", .type = COX_TEXT, .max = 60, .flags = COX_REQUIRED,
        .at = COX_AT_TEXT(struct cox_contest, measure),
        .help = "Name of the measure: won, won_count, win_rate, created_count ..."},
    [COX_CONTEST_FROM_DAY] = {"from_day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_contest, from_day), .help = "First day."},
    [COX_CONTEST_TO_DAY] = {"to_day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_contest, to_day), .help = "First day after."},
    [COX_CONTEST_AMONG] = {"among", .type = COX_CHOICE, .choices = cox_among_choices,
        .flags = COX_FIXED, .at = COX_AT_INT(struct cox_contest, among),
        .help = "People or teams take part."},
    [COX_CONTEST_RULE] = {"rule", .type = COX_CHOICE, .choices = rules,
        .at = COX_AT_INT(struct cox_contest, rule), .help = "What decides."},
    [COX_CONTEST_TARGET] = {"target", .type = COX_REAL,
        .at = COX_AT_REAL(struct cox_contest, target),
        .help = "To be reached, for the rules that have one. Money in units of the company's "
                "currency; shares from 0 to 1."},
    [COX_CONTEST_TIE] = {"tie", .type = COX_CHOICE, .choices = ties,
        .at = COX_AT_INT(struct cox_contest, tie), .help = "What happens when figures are equal."},
    [COX_CONTEST_BASE_MIN] = {"base_min", .label = "Deals at least", .type = COX_INT, .min = 0,
        .max = 100000, .at = COX_AT_INT(struct cox_contest, base_min),
        .help = "With fewer deals behind the figure nobody is ranked: few make chance."},
    [COX_CONTEST_GRACE_DAYS] = {"grace_days", .label = "Days to enter late", .type = COX_INT,
        .min = 0, .max = COX_CONTEST_GRACE_MAX, .at = COX_AT_INT(struct cox_contest, grace_days),
        .help = "Days after the last one in which what happened in time may still be entered."},
    [COX_CONTEST_PRIZE] = {"prize", .type = COX_TEXT, .max = 500,
        .at = COX_AT_TEXT(struct cox_contest, prize), .help = "What there is to win."},
    [COX_CONTEST_TEXT] = {"text", .type = COX_TEXT, .max = 4000,
        .at = COX_AT_TEXT(struct cox_contest, text), .help = "Anything else to know."},
    [COX_CONTEST_IS_OPEN] = {"is_open", .label = "Everybody sees it", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_contest, is_open),
        .help = "Seen by the whole company; otherwise by its owner's line above and those who take "
                "part. One of teams is open."},
    [COX_CONTEST_STATE] = {"state", .type = COX_CHOICE, .choices = states, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_contest, state), .help = "Planned, running or ended."},
    [COX_CONTEST_FROZEN_DAY] = {"frozen_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_contest, frozen_day),
        .help = "The day at whose beginning the results were taken; set at the end."},
    [COX_CONTEST_PIN_SEQ] = {"pin_seq", .type = COX_INT, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_contest, pin_seq),
        .help = "Number of the commit up to which things were known then; set at the end."},
};
_Static_assert(COX_COUNT(contest_fields) == COX_CONTEST_FIELD_COUNT, "one row for each field id");

enum cox_contest_state cox_contest_state_on(const struct cox_contest *contest, int64_t day)
{
    return contest->frozen_day != COX_NULL ? COX_CONTEST_ENDED
           : day < contest->from_day       ? COX_CONTEST_PLANNED
                                           : COX_CONTEST_RUNNING;
}

/* What decides who wins stays as it was announced. */
static enum cox_rc check_kept(const struct cox_row *before, const struct cox_row *after,
    struct cox_err *reterr)
{
    static const uint32_t decisive[] = {COX_CONTEST_OWNER, COX_CONTEST_MEASURE,
        COX_CONTEST_FROM_DAY, COX_CONTEST_TO_DAY, COX_CONTEST_RULE, COX_CONTEST_TARGET,
        COX_CONTEST_TIE, COX_CONTEST_BASE_MIN, COX_CONTEST_GRACE_DAYS};

    for (size_t i = 0; i < COX_COUNT(decisive); i++) {
        uint32_t field = decisive[i];

        if (!cox_value_same(&before->values[field], &after->values[field])) {
            return cox_fail_at(reterr, COX_CONFLICT, contest_fields[field].name, 0,
                "the contest has begun: what decides it stays as it was announced");
        }
    }
    return COX_OK;
}

static enum cox_rc check_rule(const struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_sales_measure *measure =
        cox_sales_measure_find(cox_row_text(after, COX_CONTEST_MEASURE));
    int64_t rule = cox_row_int(after, COX_CONTEST_RULE);
    bool has_target = !isnan(cox_row_real(after, COX_CONTEST_TARGET));
    bool wants_target = rule == COX_CONTEST_FIRST || rule == COX_CONTEST_ALL;

    if (measure == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "measure", 0, "there is no measure of this name");
    }
    if (has_target != wants_target) {
        return cox_fail_at(reterr, COX_INVALID, "target", 0,
            wants_target ? "this rule needs a target" : "this rule has no target");
    }
    if ((rule == COX_CONTEST_FIRST || rule == COX_CONTEST_IMPROVED) &&
        !cox_measure_has_course(measure)) {
        return cox_fail_at(reterr, COX_INVALID, "rule", 0,
            "a figure that is not of a period alone has no course: take the best figure, or all who pass");
    }
    if (cox_row_int(after, COX_CONTEST_TIE) == COX_TIE_EARLIER &&
        !cox_measure_has_course(measure)) {
        return cox_fail_at(reterr, COX_INVALID, "tie", 0,
            "a figure that is not of a period alone has no course");
    }
    return COX_OK;
}

static void fill_contest(struct cox_call *call, struct cox_row *after)
{
    int64_t actor = cox_call_actor(call)->user_id;

    cox_fill_int(after, COX_CONTEST_OWNER, actor == 0 ? COX_NULL : actor);
    cox_fill_int(after, COX_CONTEST_AMONG, COX_AMONG_PEOPLE);
    cox_fill_int(after, COX_CONTEST_RULE, COX_CONTEST_MOST);
    cox_fill_int(after, COX_CONTEST_TIE, COX_TIE_SHARED);
    cox_fill_int(after, COX_CONTEST_BASE_MIN, 1);
    cox_fill_int(after, COX_CONTEST_GRACE_DAYS, 0);
    cox_fill_int(after, COX_CONTEST_IS_OPEN, 1);
    if (cox_row_int(after, COX_CONTEST_AMONG) == COX_AMONG_TEAMS) {
        cox_row_set(after, COX_CONTEST_IS_OPEN, cox_int(1));
    }
}

static enum cox_rc check_contest(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t day, from, to;
    struct cox_contest contest;

    if (after == NULL) {
        return COX_OK;
    }
    fill_contest(call, after);
    from = cox_row_int(after, COX_CONTEST_FROM_DAY);
    to = cox_row_int(after, COX_CONTEST_TO_DAY);
    COX_TRY(cox_days_check(from, to, reterr));
    if (from == COX_NULL || to == COX_NULL || to - from > COX_CONTEST_DAYS_MAX) {
        return cox_fail_at(reterr, COX_INVALID, to == COX_NULL ? "to_day" : "from_day", 0,
            "a contest has a first day and lasts %d days at most", COX_CONTEST_DAYS_MAX);
    }
    COX_TRY(check_rule(after, reterr));
    day = cox_is_own_entry(call) ? cox_call_today(call)
                                 : cox_call_day(call, cox_row_at_us(call, after));
    if (before != NULL && cox_is_own_entry(call) &&
        (cox_row_int(before, COX_CONTEST_FROM_DAY) <= day ||
            cox_row_int(before, COX_CONTEST_FROZEN_DAY) != COX_NULL)) {
        COX_TRY(check_kept(before, after, reterr));
    }
    cox_row_unpack(after, &contest);
    cox_row_set(after, COX_CONTEST_STATE, cox_int((int64_t)cox_contest_state_on(&contest, day)));
    return COX_OK;
}

const struct cox_entity cox_contest = {
    .name = "contest",
    .plural = "contests",
    .label = "Contest",
    .label_plural = "Contests",
    .number = 120,
    .fields = contest_fields,
    .field_count = COX_CONTEST_FIELD_COUNT,
    .struct_size = sizeof(struct cox_contest),
    .reach = COX_REACH_LINE,
    .name_field = COX_CONTEST_NAME,
    .owner_field = COX_CONTEST_OWNER,
    .fills_owner = true,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .member = {&cox_contest_entry, COX_CONTEST_ENTRY_CONTEST, COX_CONTEST_ENTRY_USER},
    .open_field = 1 + COX_CONTEST_IS_OPEN,
    .grants = contest_grants,
    .check = check_contest,
    .help = "Who does best by a measure within a span of days, and what there is to win.",
};

/* ---- who takes part ---- */

static const struct cox_field entry_fields[] = {
    [COX_CONTEST_ENTRY_CONTEST] = {"contest", .type = COX_REF, .ref = &cox_contest,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_contest_entry, contest), .help = "The contest."},
    [COX_CONTEST_ENTRY_USER] = {"user", .type = COX_REF, .ref = &cox_user, .on_delete = COX_CASCADE,
        .flags = COX_FIXED, .at = COX_AT_INT(struct cox_contest_entry, user),
        .help = "Who takes part."},
    [COX_CONTEST_ENTRY_TEAM] = {"team", .type = COX_REF, .ref = &cox_team, .on_delete = COX_CASCADE,
        .flags = COX_FIXED, .at = COX_AT_INT(struct cox_contest_entry, team),
        .help = "Which team takes part."},
};
_Static_assert(COX_COUNT(entry_fields) == COX_CONTEST_ENTRY_FIELD_COUNT,
    "one row for each field id");

static bool is_below(const int64_t *users, size_t count, int64_t user)
{
    for (size_t i = 0; i < count; i++) {
        if (users[i] == user) {
            return true;
        }
    }
    return false;
}

enum cox_rc cox_may_put_up(struct cox_call *call, int64_t owner, int64_t user, int64_t team,
    struct cox_err *reterr)
{
    int64_t day = cox_call_today(call);
    const struct cox_row *row;
    struct cox_actor actor;
    struct cox_err why = {0};
    const int64_t *below;
    size_t count;

    if (cox_actor_of_user(call, owner, day, &actor, &why) == COX_OK &&
        (actor.roles & COX_ROLE_BIT(COX_EXECUTIVE)) != 0) {
        return COX_OK;
    }
    if (team != COX_NULL) {
        COX_TRY(cox_peek(call, &cox_team, team, &row, reterr));
        user = cox_row_int(row, COX_TEAM_LEAD);
    }
    COX_TRY(cox_line_below(call, owner, day, &below, &count, reterr));
    if (user == owner || is_below(below, count, user)) {
        return COX_OK;
    }
    return cox_fail_at(reterr, COX_DENIED, team != COX_NULL ? "team" : "user", 0,
        "not of the line of whoever puts it up");
}

/* The same one twice would be ranked twice. */
static enum cox_rc check_once(struct cox_call *call, const struct cox_contest_entry *entry,
    struct cox_err *reterr)
{
    bool is_team = entry->team != COX_NULL;
    const struct cox_filter_term terms[] = {
        {COX_CONTEST_ENTRY_CONTEST, "eq", cox_int(entry->contest)},
        {is_team ? COX_CONTEST_ENTRY_TEAM : COX_CONTEST_ENTRY_USER, "eq",
            cox_int(is_team ? entry->team : entry->user)},
    };
    struct cox_query query = {.entity = &cox_contest_entry, .limit = 1};
    struct cox_page page;

    COX_TRY(
        cox_filter_build(call, &cox_contest_entry, terms, COX_COUNT(terms), &query.filter, reterr));
    COX_TRY(cox_peek_list(call, &query, &page, reterr));
    return page.count == 0 ? COX_OK
                           : cox_fail_at(reterr, COX_CONFLICT, is_team ? "team" : "user", 0,
                                 "takes part already");
}

static enum cox_rc check_entry(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_row *row;
    struct cox_contest_entry entry;
    struct cox_contest contest;
    enum cox_contest_state state;

    cox_row_unpack(after != NULL ? after : before, &entry);
    if (!cox_is_own_entry(call) || entry.contest == COX_NULL) {
        return COX_OK;
    }
    if (cox_peek(call, &cox_contest, entry.contest, &row, reterr) != COX_OK) {
        return after == NULL ? COX_OK : reterr->rc; /* the contest goes, and its entries with it */
    }
    cox_row_unpack(row, &contest);
    state = cox_contest_state_on(&contest, cox_call_today(call));
    if (state == COX_CONTEST_ENDED || (state == COX_CONTEST_RUNNING && after == NULL)) {
        return cox_fail_at(reterr, COX_CONFLICT, "contest", 0,
            state == COX_CONTEST_ENDED ? "the contest has ended"
                                       : "nobody is taken out of a contest that has begun");
    }
    if (after == NULL || before != NULL) {
        return COX_OK;
    }
    if ((contest.among == COX_AMONG_TEAMS ? entry.user : entry.team) != COX_NULL ||
        (contest.among == COX_AMONG_TEAMS ? entry.team : entry.user) == COX_NULL) {
        return cox_fail_at(reterr, COX_INVALID, contest.among == COX_AMONG_TEAMS ? "team" : "user",
            0, "%s take part in this contest",
            contest.among == COX_AMONG_TEAMS ? "teams" : "people");
    }
    COX_TRY(cox_may_put_up(call, contest.owner, entry.user, entry.team, reterr));
    return check_once(call, &entry, reterr);
}

const struct cox_entity cox_contest_entry = {
    .name = "contest_entry",
    .plural = "contest_entries",
    .label = "Entry to a contest",
    .label_plural = "Entries to a contest",
    .number = 121,
    .fields = entry_fields,
    .field_count = COX_CONTEST_ENTRY_FIELD_COUNT,
    .struct_size = sizeof(struct cox_contest_entry),
    .reach = COX_REACH_LINE,
    .name_field = COX_CONTEST_ENTRY_USER,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_CONTEST_ENTRY_CONTEST,
    .currency_field = COX_NO_FIELD,
    .grants = contest_grants,
    .check = check_entry,
    .help = "A person or a team that takes part in a contest.",
};

/* ---- results ---- */

static const struct cox_field result_fields[] = {
    [COX_CONTEST_RESULT_CONTEST] = {"contest", .type = COX_REF, .ref = &cox_contest,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_SYSTEM,
        .at = COX_AT_INT(struct cox_contest_result, contest), .help = "The contest."},
    [COX_CONTEST_RESULT_USER] = {"user", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_CASCADE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_contest_result, user), .help = "Whose result."},
    [COX_CONTEST_RESULT_TEAM] = {"team", .type = COX_REF, .ref = &cox_team,
        .on_delete = COX_CASCADE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_contest_result, team), .help = "Which team's result."},
    [COX_CONTEST_RESULT_PLACE] = {"place", .type = COX_INT, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_contest_result, place), .help = "None: not ranked."},
    [COX_CONTEST_RESULT_IS_WINNER] = {"is_winner", .type = COX_BOOL, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_contest_result, is_winner), .help = "Has won."},
    [COX_CONTEST_RESULT_VALUE] = {"value", .type = COX_REAL, .flags = COX_SYSTEM,
        .at = COX_AT_REAL(struct cox_contest_result, value), .help = "The measure's figure."},
    [COX_CONTEST_RESULT_PAST] = {"past", .type = COX_REAL, .flags = COX_SYSTEM,
        .at = COX_AT_REAL(struct cox_contest_result, past),
        .help = "That of the span of the same length before, for the most improved."},
    [COX_CONTEST_RESULT_BASE] = {"base", .type = COX_INT, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_contest_result, base), .help = "Deals behind it."},
    [COX_CONTEST_RESULT_REACHED_DAY] = {"reached_day", .type = COX_DATE, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_contest_result, reached_day),
        .help = "The day the target was reached."},
    [COX_CONTEST_RESULT_LOW] = {"low", .type = COX_REAL, .flags = COX_SYSTEM,
        .at = COX_AT_REAL(struct cox_contest_result, low), .help = "Of a rate: lower bound."},
    [COX_CONTEST_RESULT_HIGH] = {"high", .type = COX_REAL, .flags = COX_SYSTEM,
        .at = COX_AT_REAL(struct cox_contest_result, high), .help = "Of a rate: upper bound."},
};
_Static_assert(COX_COUNT(result_fields) == COX_CONTEST_RESULT_FIELD_COUNT,
    "one row for each field id");

const struct cox_entity cox_contest_result = {
    .name = "contest_result",
    .plural = "contest_results",
    .label = "Result of a contest",
    .label_plural = "Results of a contest",
    .number = 122,
    .fields = result_fields,
    .field_count = COX_CONTEST_RESULT_FIELD_COUNT,
    .struct_size = sizeof(struct cox_contest_result),
    .reach = COX_REACH_LINE,
    .name_field = COX_CONTEST_RESULT_USER,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_CONTEST_RESULT_CONTEST,
    .currency_field = COX_NO_FIELD,
    .grants = result_grants,
    .keep = {"So that the result of a contest stands as it was announced.", COX_BASIS_INTEREST, 0},
    .help = "How somebody did in a contest that has ended; later edits of deals do not change it.",
};

static const struct cox_entity *const entities[] = {&cox_contest, &cox_contest_entry,
    &cox_contest_result, &cox_leaderboard, &cox_board_choice, NULL};
static const struct cox_part *const parts[] = {&cox_part_contests, NULL};

const struct cox_feature cox_feature_contests = {
    .name = "contests",
    .help = "Contests and leaderboards on any measure, which everybody may stay out of.",
    .entities = entities,
    .routes = cox_routes_contests,
    .parts = parts,
};
