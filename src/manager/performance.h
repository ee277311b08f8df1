/*
 * manager/performance.h: scorecards of people, teams and regions: measures month by month within the limits of
 * chance, and conversion beside the company's in the same products.
 *
 * What is judged is judged of the whole company, as the program: whoever looks reads the same verdict about
 * somebody, and how many people are looked at does not change it. What is shown is the asker's: people of the own
 * line; teams that are wholly of it; executives every team of five or more, and nobody by name.
 */
#ifndef COX_MANAGER_PERFORMANCE_H
#define COX_MANAGER_PERFORMANCE_H

#include "kernel/score/compare.h"
#include "kernel/score/trend.h"
#include "sales/analysis.h"
#include "sales/measure.h"

enum {
    COX_PERFORMANCE_MONTHS_MAX = 36, /* shown */
    COX_PERFORMANCE_RAMP_MONTHS =
        24, /* read, at least: newcomers' first months are measured in them */
    COX_PERFORMANCE_CARDS_MAX = 12,
    COX_PERFORMANCE_RECENT = 3, /* complete months that a change is looked for in */
    COX_PERFORMANCE_NEW =
        6, /* months since hiring in which nobody is compared, where no ramp is measured */
    COX_PERFORMANCE_PEERS_MIN = 5,
};

/* Half of it is for comparisons, half for changes. */
#define COX_PERFORMANCE_BUDGET 0.05

enum cox_performance_by {
    COX_PERFORMANCE_PERSON,
    COX_PERFORMANCE_TEAM,
    COX_PERFORMANCE_OFFICE, /* the nearest office, region or department above the team, or the team itself */
    COX_PERFORMANCE_BY_COUNT
};

/* How chance moves a measure's months. */
enum cox_performance_law {
    COX_PERFORMANCE_NO_LAW, /* shown without limits */
    COX_PERFORMANCE_SINGLE, /* single values: XmR limits, never a flag */
    COX_PERFORMANCE_COUNT,
    COX_PERFORMANCE_RATE
};

struct cox_performance_card {
    const struct cox_sales_measure *measure;
    const char *group;
    enum cox_performance_law law;
    /* Judged; by unit, and points also by complete month shown. NULL without a law of counts. */
    struct cox_score_point *points;
    struct cox_score_recent *recents;
    double *change_p; /* adjusted; NaN: not tested */
    struct cox_score_pace *paces;
    struct cox_score_ramp ramp;
    double spread;
};

struct cox_performance_person {
    int64_t id, hire_day, leave_day;
    bool is_active, is_rep; /* is_rep: wears the rep's hat in the months shown */
};

/* Sums of units month by month, out of one reading of the measures. */
struct cox_performance_panel {
    struct cox_arena *arena;
    int64_t *units; /* ascending: users, or teams */
    size_t unit_count;
    size_t month_count;
    struct cox_measure_row **cells; /* [unit * month_count + month]; NULL: nothing there */
};

struct cox_performance {
    struct cox_exchange *x;
    enum cox_performance_by by;
    int64_t user; /* one person's page; 0: a list */
    bool as_it_is;
    struct cox_text period_text;
    /* who asks, today */
    int64_t *line; /* ascending: the asker and whoever is below */
    size_t line_count;
    bool is_leading, sees_teams;
    /* frame */
    int64_t day;
    struct cox_period_at period; /* shown: whole months, the last up to the day */
    struct cox_measure_ask people_ask, unit_ask, product_ask; /* by month; by product */
    struct cox_measure_frame *people_frame, *unit_frame, *product_frame;
    struct cox_performance_person *people;
    size_t people_count, people_room;
    bool has_reps; /* somebody is_rep: people without the hat have no scorecard then */
    struct cox_performance_team {
        int64_t id, parent, kind;
    } * teams;
    size_t team_count, team_room;
    /* the company's */
    struct cox_performance_card cards[COX_PERFORMANCE_CARDS_MAX];
    size_t card_count;
    size_t first_shown, complete_count; /* months of the panel: shown from, of them complete */
    struct cox_performance_panel company;
    double *weight; /* of the panel's cells: how much of the month was worked, 0..1 a person */
    int32_t *since; /* months since hiring; < 0: not known */
    int64_t *products;
    size_t product_count;
    int64_t *trials,
        *successes; /* [unit * product_count + product], of the complete months shown */
    struct cox_score_ratio *ratios;
    double *ratio_p;                           /* adjusted; NaN: not tested */
    double *pooled, *pooled_low, *pooled_high; /* win rates, 80 %; NULL: too few people */
    bool *is_new;                              /* still in the first months */
    size_t compared_count, changed_count;      /* tests */
    size_t outside_count, point_count; /* months outside natural limits, of all that have any */
};

/* What is asked, of whom, in which frame. Errors: COX_INVALID names "period". */
enum cox_rc cox_performance_frame(struct cox_performance *p, const struct cox_read_opt *opt,
    struct cox_err *reterr) COX_NODISCARD;

/* Of the question's deals; panel->arena holds it. */
enum cox_rc cox_performance_load(struct cox_call *call, const struct cox_performance *p,
    const struct cox_book_generation *generation, const struct cox_book_ask *question,
    enum cox_performance_by by, struct cox_performance_panel *panel,
    struct cox_err *reterr) COX_NODISCARD;

/* NULL when there is none. */
const struct cox_performance_person *cox_performance_person_of(const struct cox_performance *p,
    int64_t id);

/* The unit that a row of the measures with this key (a user, a team) belongs to. */
int64_t cox_performance_unit_of(const struct cox_performance *p, enum cox_performance_by by,
    int64_t key);

/* Position of a unit; unit_count when there is none. */
size_t cox_performance_find(const struct cox_performance_panel *panel, int64_t id);

/* Sums of a cell, of nothing where it is empty. */
const int64_t *cox_performance_sums(const struct cox_performance_panel *panel, size_t unit,
    size_t month);

/* The company's panel, limits, comparisons: by a call of the program at the instant. */
enum cox_rc cox_performance_judge(struct cox_call *call, struct cox_performance *p,
    const struct cox_book_generation *generation, struct cox_err *reterr) COX_NODISCARD;

/* The members of the reply behind its head. */
enum cox_rc cox_performance_put(struct cox_analysis *a, struct cox_performance *p,
    struct cox_err *reterr) COX_NODISCARD;

extern const struct cox_feature cox_feature_performance;

#endif
