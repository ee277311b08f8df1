/*
 * demo/contests.c: a contest that has ended, one that runs, one of teams, two leaderboards, and what managers watch. Results
 * and alerts are not written here: the server finds them in the deals, as it does elsewhere.
 */
#include "demo/write.h"
#include "manager/alert.h"
#include "manager/contest.h"
#include "manager/leaderboard.h"
#include "manager/standing.h"

struct contests {
    const struct demo_plan *plan;
    const struct demo_region *region;
    const struct demo_person *owner; /* who leads the region */
    const struct demo_person *manager;
    int64_t this_month;
};

static int64_t morning(int64_t day)
{
    return day * COX_DAY_US + INT64_C(9) * 3600 * COX_SECOND_US;
}

static enum cox_rc put_entry(struct cox_call *call, int64_t contest, int64_t user, int64_t team,
    int64_t at_us, struct cox_err *reterr)
{
    struct cox_contest_entry entry;
    int64_t id;

    cox_struct_init(&cox_contest_entry, &entry);
    entry.contest = contest;
    entry.user = user;
    entry.team = team;
    return demo_put(call, &cox_contest_entry, &entry, at_us, &id, reterr);
}

/* The region's reps of the first day, or its teams. */
static enum cox_rc put_entries(struct cox_call *call, const struct contests *c, int64_t contest,
    const struct cox_contest *about, int64_t at_us, struct cox_err *reterr)
{
    const struct demo_plan *plan = c->plan;

    for (int i = 0; i < plan->scale.teams && about->among == COX_AMONG_TEAMS; i++) {
        if (&plan->regions[plan->teams[i].region_after] == c->region) {
            COX_TRY(put_entry(call, contest, COX_NULL, plan->teams[i].id, at_us, reterr));
        }
    }
    for (int seat = 0; seat < plan->scale.seats && about->among == COX_AMONG_PEOPLE; seat++) {
        const struct demo_person *rep = demo_seat_on(plan, seat, about->from_day);
        int team = demo_team_on(plan, seat, about->from_day);

        if (rep->seat == seat && &plan->regions[plan->teams[team].region_after] == c->region) {
            COX_TRY(put_entry(call, contest, rep->id, COX_NULL, at_us, reterr));
        }
    }
    return COX_OK;
}

static enum cox_rc put_contest(struct cox_call *call, const struct contests *c,
    const struct cox_contest *about, struct cox_err *reterr)
{
    int64_t day = about->from_day - 5, contest;
    int64_t at_us = morning(day < c->plan->today ? day : c->plan->today - 1);

    COX_TRY(demo_put(call, &cox_contest, about, at_us, &contest, reterr));
    return put_entries(call, c, contest, about, at_us + COX_SECOND_US, reterr);
}

static struct cox_contest contest_of(const struct contests *c, const char *name,
    const char *measure, int64_t from_day, int64_t to_day)
{
    struct cox_contest contest;

    cox_struct_init(&cox_contest, &contest);
    contest.name = cox_text_of(name);
    contest.measure = cox_text_of(measure);
    contest.owner = c->owner->id;
    contest.from_day = from_day;
    contest.to_day = to_day;
    contest.is_open = 1;
    contest.among = COX_AMONG_PEOPLE;
    return contest;
}

static enum cox_rc put_contests(struct cox_call *call, const struct contests *c,
    struct cox_err *reterr)
{
    int64_t month = c->this_month, next = cox_day_add_months(month, 1);
    struct cox_contest won =
        contest_of(c, "Autumn close", "won", cox_day_add_months(month, -2), month);
    struct cox_contest created =
        contest_of(c, "Fresh start", "created_count", cox_day_add_months(month, -1), next);
    struct cox_contest rate =
        contest_of(c, "Teams that win", "win_rate", cox_day_add_months(month, -2), next);

    won.prize = COX_LIT("Dinner for two");
    won.text = COX_LIT("Signed is signed: what is entered after the last day does not count.");
    created.rule = COX_CONTEST_IMPROVED;
    created.base_min = 3;
    created.prize = COX_LIT("A day off");
    created.grace_days = 2;
    rate.among = COX_AMONG_TEAMS;
    rate.base_min = 10;
    rate.prize = COX_LIT("The team's choice of outing");
    COX_TRY(put_contest(call, c, &won, reterr));
    COX_TRY(put_contest(call, c, &created, reterr));
    return put_contest(call, c, &rate, reterr);
}

static enum cox_rc put_board(struct cox_call *call, const struct contests *c, const char *name,
    const char *measure, int64_t period, int64_t base_min, struct cox_err *reterr)
{
    struct cox_leaderboard board;
    int64_t id;

    cox_struct_init(&cox_leaderboard, &board);
    board.name = cox_text_of(name);
    board.measure = cox_text_of(measure);
    board.owner = c->owner->id;
    board.period = period;
    board.base_min = base_min;
    board.is_open = 1;
    return demo_put(call, &cox_leaderboard, &board, morning(c->plan->today - 90), &id, reterr);
}

static enum cox_rc put_rule(struct cox_call *call, const struct contests *c,
    const struct demo_person *owner, const char *measure, int64_t direction, struct cox_err *reterr)
{
    struct cox_alert_rule rule;
    int64_t id;

    cox_struct_init(&cox_alert_rule, &rule);
    rule.owner = owner->id;
    rule.measure = cox_text_of(measure);
    rule.whose = COX_ALERT_OF_LINE;
    rule.direction = direction;
    rule.cadence = COX_ALERT_WEEKLY;
    rule.is_paused = 0;
    return demo_put(call, &cox_alert_rule, &rule, morning(c->plan->today - 60), &id, reterr);
}

static enum cox_rc put_rules(struct cox_call *call, const struct contests *c,
    const struct demo_person *owner, struct cox_err *reterr)
{
    COX_TRY(put_rule(call, c, owner, "created_count", COX_ALERT_FALLS, reterr));
    COX_TRY(put_rule(call, c, owner, "created_count", COX_ALERT_RISES, reterr));
    COX_TRY(put_rule(call, c, owner, "activities", COX_ALERT_FALLS, reterr));
    return put_rule(call, c, owner, "win_rate", COX_ALERT_FALLS, reterr);
}

static enum cox_rc write_all(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct contests *c = ctx;
    struct cox_alert_budget budget;
    struct cox_board_choice choice;
    int64_t id;

    COX_TRY(put_contests(call, c, reterr));
    COX_TRY(put_board(call, c, "Won this quarter", "won", COX_LEADERBOARD_QUARTER, 1, reterr));
    COX_TRY(put_board(call, c, "Win rate", "win_rate", COX_LEADERBOARD_90_DAYS, 8, reterr));
    for (int i = 0; i < c->plan->scale.teams; i++) {
        COX_TRY(put_rules(call, c, &c->plan->people[c->plan->teams[i].manager], reterr));
    }
    COX_TRY(put_rules(call, c, c->owner, reterr));
    cox_struct_init(&cox_alert_budget, &budget);
    budget.owner = c->manager->id;
    budget.per_quarter = 2;
    COX_TRY(demo_put(call, &cox_alert_budget, &budget, morning(c->plan->today - 60), &id, reterr));
    cox_struct_init(&cox_board_choice, &choice);
    choice.user = demo_seat_on(c->plan, 1, c->plan->today)->id;
    choice.is_hidden = 1;
    return demo_put(call, &cox_board_choice, &choice, morning(c->plan->today - 30), &id, reterr);
}

enum cox_rc demo_write_contests(struct demo_writer *writer, struct cox_err *reterr)
{
    const struct demo_plan *plan = writer->plan;
    const struct demo_team *team = &plan->teams[0];
    struct cox_civil today = cox_day_civil(plan->today);
    struct contests c = {.plan = plan,
        .region = &plan->regions[team->region_after],
        .owner = &plan->people[plan->regions[team->region_after].head],
        .manager = &plan->people[team->manager],
        .this_month = cox_day_ymd(today.year, today.month, 1)};

    return demo_write(writer, NULL, write_all, &c, reterr);
}
