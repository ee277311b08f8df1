/* demo/org.c: people, teams, lines, hats, rates and quotas of the demo. */
#include <math.h>
#include <stddef.h>

#include "demo/write.h"
#include "org/currency.h"
#include "org/people.h"

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t morning(int64_t day)
{
    return day * COX_DAY_US + INT64_C(7) * 3600 * COX_SECOND_US;
}

/* A planned change is known some days before it happens, and nothing is known before the start. */
static int64_t known_at(const struct demo_plan *plan, int64_t day, int64_t before)
{
    return morning(later(plan->start_day, day - before));
}

/* ---- people ---- */

static enum cox_rc write_person(struct cox_call *call, const struct demo_plan *plan,
    struct demo_person *person, struct cox_err *reterr)
{
    struct cox_user versions[3];
    int64_t at_us[3];
    size_t count = 1;

    cox_struct_init(&cox_user, &versions[0]);
    versions[0].name = person->name.full;
    versions[0].first_name = cox_text_of(person->name.first);
    versions[0].last_name = cox_text_of(person->name.last);
    versions[0].email = cox_text_of(person->email);
    versions[0].title = cox_text_of(person->title);
    versions[0].hire_day = person->hire_day;
    versions[0].is_active = 1;
    at_us[0] = known_at(plan, person->hire_day, 14);
    if (person->leave_day != COX_NULL) {
        versions[1] = versions[0];
        versions[1].leave_day = person->leave_day;
        at_us[1] = later(at_us[0] + COX_DAY_US, known_at(plan, person->leave_day, 10));
        versions[2] = versions[1];
        versions[2].is_active = 0;
        at_us[2] = later(at_us[1] + COX_DAY_US, morning(person->leave_day));
        count = at_us[2] < plan->today * COX_DAY_US ? 3 : 2;
    }
    return demo_put_versions(call, &cox_user, versions, at_us, count, &person->id, reterr);
}

/*
 * A row that holds from from_day to to_day (COX_NULL: open): made some days before it starts, and
 * given its end some days before that. to_day_at is where to_day stands in the struct.
 */
static enum cox_rc put_dated(struct cox_call *call, const struct demo_plan *plan,
    const struct cox_entity *entity, const void *structure, size_t to_day_at, int64_t from_day,
    int64_t to_day, struct cox_err *reterr)
{
    char *versions = COX_NEW_ARRAY(cox_call_arena(call), 2 * entity->struct_size, char);
    int64_t at_us[2], id;

    if (versions == NULL) {
        return cox_no_memory(reterr);
    }
    memcpy(versions, structure, entity->struct_size);
    memcpy(versions + entity->struct_size, structure, entity->struct_size);
    memcpy(versions + entity->struct_size + to_day_at, &to_day, sizeof(to_day));
    at_us[0] = known_at(plan, from_day, 7);
    at_us[1] = to_day == COX_NULL ? 0 : later(at_us[0] + COX_DAY_US, known_at(plan, to_day, 10));
    return demo_put_versions(call, entity, versions, at_us, to_day == COX_NULL ? 1 : 2, &id,
        reterr);
}

static enum cox_rc put_line(struct cox_call *call, const struct demo_plan *plan,
    const struct demo_person *user, const struct demo_person *manager, int64_t from_day,
    int64_t to_day, struct cox_err *reterr)
{
    struct cox_reporting_line line;

    cox_struct_init(&cox_reporting_line, &line);
    line.user = user->id;
    line.manager = manager->id;
    line.from_day = from_day;
    return put_dated(call, plan, &cox_reporting_line, &line,
        offsetof(struct cox_reporting_line, to_day), from_day, to_day, reterr);
}

static enum cox_rc put_member(struct cox_call *call, const struct demo_plan *plan,
    const struct demo_person *user, int64_t team, int64_t from_day, int64_t to_day,
    struct cox_err *reterr)
{
    struct cox_team_member member;

    cox_struct_init(&cox_team_member, &member);
    member.user = user->id;
    member.team = team;
    member.from_day = from_day;
    return put_dated(call, plan, &cox_team_member, &member,
        offsetof(struct cox_team_member, to_day), from_day, to_day, reterr);
}

/* Team and line of a rep, before and after the reorganisation. */
static enum cox_rc place_rep(struct cox_call *call, const struct demo_plan *plan,
    const struct demo_person *rep, struct cox_err *reterr)
{
    const struct demo_seat *seat = &plan->seats[rep->seat];
    int64_t end = rep->leave_day == COX_NULL ? COX_FOREVER : rep->leave_day;
    bool is_moved =
        seat->team != seat->team_after && rep->hire_day < plan->reorg_day && end > plan->reorg_day;
    int team = rep->hire_day >= plan->reorg_day ? seat->team_after : seat->team;
    int64_t to_day = is_moved ? plan->reorg_day : rep->leave_day;

    COX_TRY(put_member(call, plan, rep, plan->teams[team].id, rep->hire_day, to_day, reterr));
    COX_TRY(put_line(call, plan, rep, &plan->people[plan->teams[team].manager], rep->hire_day,
        to_day, reterr));
    if (!is_moved) {
        return COX_OK;
    }
    team = seat->team_after;
    COX_TRY(
        put_member(call, plan, rep, plan->teams[team].id, plan->reorg_day, rep->leave_day, reterr));
    return put_line(call, plan, rep, &plan->people[plan->teams[team].manager], plan->reorg_day,
        rep->leave_day, reterr);
}

static enum cox_rc put_hat(struct cox_call *call, const struct demo_plan *plan,
    const struct demo_person *person, enum cox_role role, struct cox_err *reterr)
{
    struct cox_hat hat;

    cox_struct_init(&cox_hat, &hat);
    hat.user = person->id;
    hat.role = (int64_t)role;
    hat.from_day = person->hire_day;
    return put_dated(call, plan, &cox_hat, &hat, offsetof(struct cox_hat, to_day), person->hire_day,
        person->leave_day, reterr);
}

static enum cox_rc write_hats(struct cox_call *call, const struct demo_plan *plan,
    struct cox_err *reterr)
{
    const struct demo_person *council = NULL;

    for (int i = 0; i < plan->people_count; i++) {
        const struct demo_person *person = &plan->people[i];

        COX_TRY(put_hat(call, plan, person, person->seat >= 0 ? COX_REP : COX_MANAGER, reterr));
        if (person->is_leader) {
            COX_TRY(put_hat(call, plan, person, COX_LEADER, reterr));
        }
    }
    /* Whoever sells longest of those who are still here sits on the works council. */
    for (int i = 0; i < plan->people_count; i++) {
        if (plan->people[i].seat >= 0 && plan->people[i].leave_day == COX_NULL &&
            (council == NULL || plan->people[i].hire_day < council->hire_day)) {
            council = &plan->people[i];
        }
    }
    if (council != NULL) {
        COX_TRY(put_hat(call, plan, council, COX_COUNCIL, reterr));
    }
    return put_hat(call, plan, &plan->people[plan->boss], COX_EXECUTIVE, reterr);
}

/* ---- teams ---- */

static enum cox_rc write_region(struct cox_call *call, const struct demo_plan *plan,
    struct demo_region *region, struct cox_err *reterr)
{
    struct cox_team team;

    cox_struct_init(&cox_team, &team);
    team.name = cox_text_of(region->name);
    team.kind = COX_TEAM_REGION;
    team.lead = plan->people[region->head].id;
    COX_TRY(demo_put(call, &cox_team, &team, morning(plan->start_day), &region->id, reterr));
    return put_line(call, plan, &plan->people[region->head], &plan->people[plan->boss],
        plan->people[region->head].hire_day, COX_NULL, reterr);
}

static enum cox_rc write_team(struct cox_call *call, const struct demo_plan *plan,
    struct demo_team *team, struct cox_err *reterr)
{
    const struct demo_person *manager = &plan->people[team->manager];
    const struct demo_region *before = &plan->regions[team->region];
    const struct demo_region *after = &plan->regions[team->region_after];
    int64_t at_us[2] = {morning(plan->start_day), morning(plan->reorg_day)};
    struct cox_team versions[2];
    bool is_moved = before != after;

    cox_struct_init(&cox_team, &versions[0]);
    versions[0].name = cox_text_of(team->name);
    versions[0].kind = COX_TEAM_TEAM;
    versions[0].parent = before->id;
    versions[0].lead = manager->id;
    versions[1] = versions[0];
    versions[1].parent = after->id;
    COX_TRY(
        demo_put_versions(call, &cox_team, versions, at_us, is_moved ? 2 : 1, &team->id, reterr));
    COX_TRY(put_line(call, plan, manager, &plan->people[before->head], manager->hire_day,
        is_moved ? plan->reorg_day : COX_NULL, reterr));
    return is_moved ? put_line(call, plan, manager, &plan->people[after->head], plan->reorg_day,
                          COX_NULL, reterr)
                    : COX_OK;
}

/* ---- rates: a plan rate each year, a spot rate each month that wanders about it ---- */

static enum cox_rc write_rates(struct cox_call *call, const struct demo_plan *plan,
    struct cox_err *reterr)
{
    static const struct {
        const char *code;
        int64_t rate_e9;
    } currencies[] = {{"USD", INT64_C(920000000)}, {"GBP", INT64_C(1160000000)}};
    struct cox_random random = cox_random_part(plan->opt->seed, 3);

    for (size_t i = 0; i < COX_COUNT(currencies); i++) {
        for (int64_t month = 0; month <= 12 * DEMO_YEARS + 3; month++) {
            int64_t day = cox_day_add_months(plan->start_day, month), id;
            struct cox_currency_rate rate;

            cox_struct_init(&cox_currency_rate, &rate);
            rate.from_code = cox_text_of(currencies[i].code);
            rate.to_code = COX_LIT("EUR");
            rate.day = day;
            rate.kind = COX_RATE_PLAN;
            rate.rate_e9 = currencies[i].rate_e9;
            if (month % 12 == 0) {
                COX_TRY(demo_put(call, &cox_currency_rate, &rate, morning(plan->start_day), &id,
                    reterr));
            }
            rate.kind = COX_RATE_SPOT;
            rate.rate_e9 += cox_random_range(&random, -30000000, 30000000);
            if (day < plan->today) {
                COX_TRY(demo_put(call, &cox_currency_rate, &rate, morning(day), &id, reterr));
            }
        }
    }
    return COX_OK;
}

static enum cox_rc write_org(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct demo_writer *writer = (struct demo_writer *)ctx;
    struct demo_plan *plan = writer->plan;

    for (int i = 0; i < plan->people_count; i++) {
        COX_TRY(write_person(call, plan, &plan->people[i], reterr));
    }
    for (int i = 0; i < plan->scale.regions; i++) {
        COX_TRY(write_region(call, plan, &plan->regions[i], reterr));
    }
    for (int i = 0; i < plan->scale.teams; i++) {
        COX_TRY(write_team(call, plan, &plan->teams[i], reterr));
    }
    COX_TRY(write_hats(call, plan, reterr));
    COX_TRY(write_rates(call, plan, reterr));
    for (int i = 0; i < plan->people_count; i++) {
        if (plan->people[i].seat >= 0) {
            COX_TRY(place_rep(call, plan, &plan->people[i], reterr));
        }
    }
    return COX_OK;
}

enum cox_rc demo_write_org(struct demo_writer *writer, struct cox_err *reterr)
{
    return demo_write(writer, NULL, write_org, writer, reterr);
}
