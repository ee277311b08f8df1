/* demo/plan.h: the invented company before it is written: who sits where from when to when. */
#ifndef COX_DEMO_PLAN_H
#define COX_DEMO_PLAN_H

#include "base/arena.h"
#include "base/day.h"
#include "base/random.h"
#include "demo/demo.h"
#include "demo/names.h"

enum { DEMO_YEARS = 3, DEMO_DAYS = 1096, DEMO_REORG_TEAMS = 3 };

/* How large; one row for each enum cox_demo_size. */
struct demo_scale {
    int regions, teams, seats;
    int64_t deals, accounts;
    double contacts_per_account, leads_per_deal, activities_per_deal, lines_per_deal;
};

struct demo_person {
    struct demo_name name;
    char email[120];
    const char *title;
    int64_t id;                   /* in the store; 0 until written */
    int64_t hire_day, leave_day;  /* leave_day COX_NULL: still here */
    double skill, speed, hygiene; /* of a rep: log odds, factor, 0..1 */
    int seat;                     /* of a rep; -1: leads */
    int cadence;                  /* of a leader: days between 1:1s */
    bool is_leader;               /* wears the leader's hat too */
};

/* A chair that one rep after another sits on. */
struct demo_seat {
    int team, team_after; /* before and from the reorganisation on */
    int first, count;     /* persons in order of time */
};

struct demo_team {
    const char *name;
    int region, region_after;
    int manager; /* person */
    int64_t id;
};

struct demo_region {
    const char *name;
    int head; /* person */
    int64_t id;
};

struct demo_plan {
    struct cox_arena *arena;
    const struct cox_demo_opt *opt;
    struct demo_scale scale;
    int64_t start_day, today, reorg_day; /* start: three years before today */
    struct demo_person *people;
    int people_count;
    int boss; /* person */
    struct demo_region *regions;
    struct demo_team *teams;
    struct demo_seat *seats;
    double *day_weights; /* cumulated, of the days from start_day on */
};

enum cox_rc demo_plan_make(const struct cox_demo_opt *opt, struct cox_arena *arena,
    struct demo_plan *ret_plan, struct cox_err *reterr) COX_NODISCARD;

/* Who sits there on a day; the team's manager while the seat is empty. */
const struct demo_person *demo_seat_on(const struct demo_plan *plan, int seat, int64_t day);

/* The team of a seat on a day. */
int demo_team_on(const struct demo_plan *plan, int seat, int64_t day);

/* Whose pages are worth showing: who wears both hats and leads most reps with a history of some years. */
const struct demo_person *demo_guide(const struct demo_plan *plan);

/* How productive somebody is after so many days: 0..1. */
double demo_ramp(const struct demo_person *person, int64_t day);

/* A working instant of a day: between 8 and 17 o'clock; a weekend moves to Monday. */
int64_t demo_instant(struct cox_random *random, int64_t day);

#endif
