/* demo/plan.c: who sits where from when to when. */
#include "demo/plan.h"

#include <math.h>
#include <stdio.h>

const char *const cox_demo_size_names[COX_DEMO_SIZE_COUNT] = {"small", "company", "large"};

static const struct demo_scale scales[COX_DEMO_SIZE_COUNT] = {
    [COX_DEMO_SMALL] = {1, 2, 8, 500, 160, 1.5, 0.6, 3, 0.3},
    [COX_DEMO_COMPANY] = {3, 9, 60, 20000, 6000, 1.3, 0.3, 3, 0.2},
    [COX_DEMO_LARGE] = {5, 150, 1200, 2000000, 300000, 0, 0, 0, 0},
};

static const char *const region_names[] = {"Nord", "South", "West", "Ost", "Overseas"};

/* ---- days ---- */

/* New deals by month: a strong spring and autumn, a quiet August and December; 12 % growth a year. */
static double weight_of(int64_t day, int64_t start_day)
{
    static const double months[] = {0.90, 1.00, 1.15, 1.00, 1.00, 1.10, 0.85, 0.70, 1.10, 1.10,
        1.05, 0.75};
    double years = (double)(day - start_day) / 365.25;

    if (cox_day_weekday(day) > 5) {
        return 0;
    }
    return months[cox_day_civil(day).month - 1] * (1 + 0.12 * years);
}

static enum cox_rc plan_days(struct demo_plan *plan, struct cox_err *reterr)
{
    double sum = 0;

    plan->day_weights = COX_NEW_ARRAY(plan->arena, DEMO_DAYS, double);
    if (plan->day_weights == NULL) {
        return cox_no_memory(reterr);
    }
    for (int i = 0; i < DEMO_DAYS; i++) {
        sum += weight_of(plan->start_day + i, plan->start_day);
        plan->day_weights[i] = sum;
    }
    return COX_OK;
}

int64_t demo_instant(struct cox_random *random, int64_t day)
{
    int weekday = cox_day_weekday(day);
    int64_t second = cox_random_range(random, INT64_C(8) * 3600, INT64_C(17) * 3600);

    return (day + (weekday > 5 ? 8 - weekday : 0)) * COX_DAY_US + second * COX_SECOND_US;
}

/* ---- people ---- */

static enum cox_rc add_person(struct demo_plan *plan, struct cox_random *random, const char *title,
    int64_t hire_day, int *ret_person, struct cox_err *reterr)
{
    struct demo_person *person = &plan->people[plan->people_count];

    *person = (struct demo_person){
        .title = title,
        .hire_day = hire_day,
        .leave_day = COX_NULL,
        .seat = -1,
        .skill = 0.35 * cox_random_normal(random),
        .speed = exp(0.20 * cox_random_normal(random)),
        .hygiene = 0.35 + 0.6 * cox_random_unit(random),
        .cadence = cox_random_chance(random, 0.6)   ? 14
                   : cox_random_chance(random, 0.5) ? 28
                                                    : 42,
    };
    if (!demo_name_make(random, plan->arena, &person->name)) {
        return cox_no_memory(reterr);
    }
    /* The number keeps addresses apart where names are alike. */
    (void)snprintf(person->email, sizeof(person->email), "%s%d@example.com", person->name.ascii,
        plan->people_count + 1);
    *ret_person = plan->people_count++;
    return COX_OK;
}

/* Leads: here since before the start. */
static enum cox_rc add_lead(struct demo_plan *plan, struct cox_random *random, const char *title,
    int *ret_person, struct cox_err *reterr)
{
    COX_TRY(add_person(plan, random, title, plan->start_day - cox_random_range(random, 200, 3000),
        ret_person, reterr));
    plan->people[*ret_person].is_leader = true;
    return COX_OK;
}

static enum cox_rc plan_teams(struct demo_plan *plan, struct cox_random *random,
    struct cox_err *reterr)
{
    plan->regions = COX_NEW_ARRAY(plan->arena, (size_t)plan->scale.regions, struct demo_region);
    plan->teams = COX_NEW_ARRAY(plan->arena, (size_t)plan->scale.teams, struct demo_team);
    if (plan->regions == NULL || plan->teams == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(add_lead(plan, random, "Chief Revenue Officer", &plan->boss, reterr));
    for (int i = 0; i < plan->scale.regions; i++) {
        plan->regions[i].name = region_names[i % (int)COX_COUNT(region_names)];
        COX_TRY(add_lead(plan, random, "Regional Sales Director", &plan->regions[i].head, reterr));
    }
    for (int i = 0; i < plan->scale.teams; i++) {
        struct demo_team *team = &plan->teams[i];

        team->region = i % plan->scale.regions;
        /* The reorganisation hands some teams to the next region. */
        team->region_after =
            i % DEMO_REORG_TEAMS == 1 ? (team->region + 1) % plan->scale.regions : team->region;
        team->name = cox_arena_format(plan->arena, "%s %d", plan->regions[team->region].name,
            i / plan->scale.regions + 1);
        COX_TRY(add_lead(plan, random, "Sales Manager", &team->manager, reterr));
        plan->people[team->manager].is_leader = i % 4 != 3; /* some manage and do not lead */
        if (team->name == NULL) {
            return cox_no_memory(reterr);
        }
    }
    return COX_OK;
}

/* One rep after another: most stay long, about one in seven leaves within a year. */
static enum cox_rc fill_seat(struct demo_plan *plan, struct cox_random *random, int at,
    struct cox_err *reterr)
{
    struct demo_seat *seat = &plan->seats[at];
    bool is_new = cox_random_chance(random, 0.15); /* a seat made during the three years */
    int64_t day = is_new ? plan->start_day + cox_random_range(random, 100, DEMO_DAYS - 60)
                         : plan->start_day - cox_random_range(random, 30, 1500);

    seat->first = plan->people_count;
    while (day < plan->today - 14) {
        int64_t stay = 120 + (int64_t)cox_random_exponential(random, 2200);
        int person;

        COX_TRY(add_person(plan, random, "Account Executive", day, &person, reterr));
        plan->people[person].seat = at;
        seat->count++;
        if (day + stay < plan->start_day + 30) {
            stay = plan->start_day + 30 - day + cox_random_range(random, 0, 900);
        }
        if (day + stay >= plan->today - 20 || seat->count == 4) {
            break;
        }
        plan->people[person].leave_day = day + stay;
        day += stay + cox_random_range(random, 14, 75);
    }
    return COX_OK;
}

static enum cox_rc plan_seats(struct demo_plan *plan, struct cox_random *random,
    struct cox_err *reterr)
{
    plan->seats = COX_NEW_ARRAY(plan->arena, (size_t)plan->scale.seats, struct demo_seat);
    if (plan->seats == NULL) {
        return cox_no_memory(reterr);
    }
    for (int i = 0; i < plan->scale.seats; i++) {
        struct demo_seat *seat = &plan->seats[i];

        seat->team = i % plan->scale.teams;
        seat->team_after =
            cox_random_chance(random, 0.3) ? (seat->team + 1) % plan->scale.teams : seat->team;
        COX_TRY(fill_seat(plan, random, i, reterr));
    }
    return COX_OK;
}

enum cox_rc demo_plan_make(const struct cox_demo_opt *opt, struct cox_arena *arena,
    struct demo_plan *ret_plan, struct cox_err *reterr)
{
    struct cox_random random = cox_random_part(opt->seed, 1);
    struct cox_civil civil;
    size_t people_max;

    *ret_plan = (struct demo_plan){
        .arena = arena,
        .opt = opt,
        .scale = scales[opt->size],
        .start_day = opt->today - DEMO_DAYS,
        .today = opt->today,
    };
    if (opt->deal_count > 0) {
        ret_plan->scale.deals = opt->deal_count;
    }
    /* The first of a quarter about two years in. */
    civil = cox_day_civil(ret_plan->start_day + 700);
    ret_plan->reorg_day = cox_day_ymd(civil.year, (civil.month - 1) / 3 * 3 + 1, 1);
    people_max =
        (size_t)(1 + ret_plan->scale.regions + ret_plan->scale.teams + 4 * ret_plan->scale.seats);
    ret_plan->people = COX_NEW_ARRAY(arena, people_max, struct demo_person);
    if (ret_plan->people == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(plan_days(ret_plan, reterr));
    COX_TRY(plan_teams(ret_plan, &random, reterr));
    return plan_seats(ret_plan, &random, reterr);
}

/* ---- questions ---- */

int demo_team_on(const struct demo_plan *plan, int seat, int64_t day)
{
    return day < plan->reorg_day ? plan->seats[seat].team : plan->seats[seat].team_after;
}

const struct demo_person *demo_seat_on(const struct demo_plan *plan, int seat, int64_t day)
{
    const struct demo_seat *chair = &plan->seats[seat];

    for (int i = chair->first; i < chair->first + chair->count; i++) {
        const struct demo_person *person = &plan->people[i];

        if (person->hire_day <= day && (person->leave_day == COX_NULL || day < person->leave_day)) {
            return person;
        }
    }
    return &plan->people[plan->teams[demo_team_on(plan, seat, day)].manager];
}

const struct demo_person *demo_guide(const struct demo_plan *plan)
{
    int best = 0, most = -1;

    for (int team = 0; team < plan->scale.teams; team++) {
        int count = 0;

        for (int seat = 0; seat < plan->scale.seats; seat++) {
            const struct demo_person *rep = demo_seat_on(plan, seat, plan->today);

            count += demo_team_on(plan, seat, plan->today) == team && rep->seat == seat &&
                     rep->hire_day <= plan->today - 800;
        }
        if (count > most && plan->people[plan->teams[team].manager].is_leader) {
            most = count;
            best = team;
        }
    }
    return &plan->people[plan->teams[best].manager];
}

double demo_ramp(const struct demo_person *person, int64_t day)
{
    double days = (double)(day - person->hire_day);

    return days <= 0 ? 0.05 : 1 - 0.95 * exp(-days / 110);
}
