/*
 * leader/goals.h: the goals somebody sees with live values, progress, chances and contradictions.
 *
 * Rights come in two steps. Which goals and check-ins there are is read as the asker. A value out of the
 * deals is computed over the whole population the key result names, never over the part that the asker
 * happens to see; it is shown when the goal is open to everybody, or when the asker reaches all of that
 * population. Else it is withheld. "Everybody" as population is only ever computed where the goal's owner
 * is an executive, or leads everybody who has deals: opening a goal shows nobody more than its owner sees.
 */
#ifndef COX_LEADER_GOALS_H
#define COX_LEADER_GOALS_H

#include "leader/objective.h"
#include "record/record.h"
#include "sales/measure.h"
#include "serve/http.h"

extern const struct cox_route cox_routes_goals[];

enum cox_goal_known {
    COX_GOAL_KNOWN,
    COX_GOAL_NOT_TOLD,    /* by hand, and no check-in says a value; or a ratio of nothing */
    COX_GOAL_WITHHELD,    /* of deals the asker does not see */
    COX_GOAL_OWNER_SHORT, /* of deals the goal's owner does not see */
    COX_GOAL_NOT_BEGUN,
};

/* Why a chance is missing, or how it came about. */
enum cox_chance_by {
    COX_CHANCE_NONE,    /* no value, or the goal is over */
    COX_CHANCE_CERTAIN, /* nothing can change it any more */
    COX_CHANCE_DEALS,   /* distribution of what the open deals and those to come will bring */
    COX_CHANCE_MONTHS,  /* as in the months before */
    COX_CHANCE_SERIES,  /* as its check-ins went */
    COX_CHANCE_TOO_FEW_DEALS,
    COX_CHANCE_TOO_FEW_MONTHS, /* fewer than COX_GOAL_POINTS_MIN */
    COX_CHANCE_TOO_SHORT,      /* as many check-ins */
    COX_CHANCE_NO_METHOD,      /* a figure of the instant, or slippage: nothing adds up to it */
    COX_CHANCE_COUNT
};
extern const char *const cox_chance_names[COX_CHANCE_COUNT];

enum { COX_GOAL_POINTS_MIN = 12, COX_GOAL_HISTORY_MAX = 60 };

struct cox_goal_point {
    int64_t day; /* at the end of which */
    double value;
};

struct cox_goal_result {
    int64_t id, rev;
    size_t goal; /* position */
    struct cox_key_result row;
    enum cox_goal_known known;
    double value, progress; /* NaN: not known. progress 0..1 */
    struct cox_goal_point *history;
    size_t history_count;
    const int64_t
        *sums;     /* of the period so far, as the measure wants them; NULL: by hand, or not read */
    double chance; /* NaN: cannot be said, chance_by says why */
    double end_low, end_high; /* it will be within them at the end with chance .8; NaN */
    enum cox_chance_by chance_by;
    int64_t confidence, check_in_day; /* of the newest check-in */
    struct cox_text check_in_text;
};

struct cox_goal {
    int64_t id, rev;
    struct cox_objective row;
    struct cox_text owner_name;
    int64_t pillar;  /* its own, or that of the nearest goal above that is seen */
    size_t parent;   /* position; SIZE_MAX: none that is seen */
    double progress; /* weighted mean of key results and goals below; NaN: nothing to measure */
    double chance;   /* least of its key results' chances; NaN */
    bool is_summed;
};

struct cox_goals {
    struct cox_arena *arena; /* outlives the calls */
    int64_t day;
    struct cox_text currency;
    double minor_per_unit; /* 100 for EUR */
    struct cox_goal *goals;
    size_t goal_count;
    struct cox_goal_result *results;
    size_t result_count;
    size_t goal_room, result_room;
};

/* As the asker: goals whose span touches [from_day, to_day), key results, check-ins. */
enum cox_rc cox_goals_load(struct cox_call *call, struct cox_span span, struct cox_goals *goals,
    struct cox_err *reterr) COX_NODISCARD;

/* As the program, as of the same instant: values out of the deals, and chances. */
enum cox_rc cox_goals_measure(struct cox_call *call, struct cox_books *books,
    struct cox_goals *goals, struct cox_err *reterr) COX_NODISCARD;

/* Progress of every goal, from below. Goals without anything to measure count nowhere. */
void cox_goals_roll_up(struct cox_goals *goals);

/* Chances of all results that have a value; deals are read once. */
enum cox_rc cox_goals_chances(struct cox_call *call, struct cox_books *books,
    struct cox_goals *goals, struct cox_err *reterr) COX_NODISCARD;

/* The users a measured result is of, in arena; NULL with count 0: everybody. */
enum cox_rc cox_goal_population(struct cox_call *call, const struct cox_goals *goals,
    const struct cox_goal_result *result, const int64_t **ret_users, size_t *ret_count,
    struct cox_err *reterr) COX_NODISCARD;

double cox_goal_progress(const struct cox_key_result *row, double value);

#endif
