/* leader/ledger_panel.c: the coached, and everybody else who sells, in their months; judged. */
#include "leader/ledger_panel.h"

#include <math.h>

#include "org/people.h"
#include "record/query.h"

/*
 * A year in which people learn the trade (newcomers, as on the home page): they rise whether coached or not, and
 * faster than anybody who stood as they did. Their figures measure nothing of coaching, on either side.
 */
enum { MONTHS = COX_MONTH_COUNT, RAMP_DAYS = 365, CROWD_MAX = 5000 };

struct crowd {
    struct cox_call *call;
    struct cox_ledger_panel *panel;
    struct cox_months months;
    struct cox_month_person *people; /* the line first, in its order */
    bool *leads;
    size_t count, room;
    /* What is judged: who of the people, and their columns. */
    size_t *who, *start;
    double *outcome, *amount, *skill;
    struct cox_ledger_people judged;
    void *workspace;
};

/* ---- who ---- */

static size_t place_of(const struct crowd *c, int64_t user)
{
    for (size_t i = 0; i < c->count; i++) {
        if (c->people[i].user == user) {
            return i;
        }
    }
    return SIZE_MAX;
}

static enum cox_rc note_user(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct crowd *c = (struct crowd *)ctx;
    size_t at = SIZE_MAX;

    (void)reterr; /* nothing can fail */
    for (size_t i = 0; i < c->panel->count; i++) {
        at = c->panel->people[i].user == row->id ? i : at;
    }
    if (at == SIZE_MAX && c->count < c->room && cox_row_int(row, COX_USER_IS_ACTIVE) != 0) {
        at = c->count++;
    }
    if (at != SIZE_MAX) {
        c->people[at] = (struct cox_month_person){row->id, cox_row_int(row, COX_USER_HIRE_DAY),
            cox_row_int(row, COX_USER_LEAVE_DAY)};
    }
    return COX_OK;
}

static enum cox_rc note_line(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct crowd *c = (struct crowd *)ctx;
    struct cox_reporting_line line;
    size_t at;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &line);
    if ((line.from_day != COX_NULL && line.from_day > c->panel->day) ||
        (line.to_day != COX_NULL && line.to_day <= c->panel->day)) {
        return COX_OK;
    }
    at = place_of(c, line.manager);
    if (at != SIZE_MAX) {
        c->leads[at] = true;
    }
    return COX_OK;
}

static enum cox_rc find_people(struct crowd *c, struct cox_err *reterr)
{
    struct cox_ledger_panel *panel = c->panel;

    c->room = panel->count + CROWD_MAX;
    c->people = COX_NEW_ARRAY(cox_call_arena(c->call), c->room, struct cox_month_person);
    c->leads = COX_NEW_ARRAY(cox_call_arena(c->call), c->room, bool);
    if (c->people == NULL || c->leads == NULL) {
        return cox_no_memory(reterr);
    }
    c->count = panel->count;
    COX_TRY(cox_each(c->call, &cox_user, NULL, note_user, c, reterr));
    COX_TRY(cox_each(c->call, &cox_reporting_line, NULL, note_line, c, reterr));
    for (size_t i = 0; i < panel->count; i++) {
        panel->people[i].leads = c->leads[i];
    }
    return cox_months_read(c->call, panel->books, c->people, c->count, &c->months, reterr);
}

/* Of those outside of the line, whoever has sold anything, opened or done anything at all. */
static bool sells(const struct crowd *c, size_t person)
{
    for (int o = 0; o < COX_MONTH_OUTCOME_COUNT; o++) {
        for (size_t m = 0; m < MONTHS; m++) {
            double one = c->months.figures[o][person * MONTHS + m];

            if (!isnan(one) && one != 0) {
                return true;
            }
        }
    }
    return false;
}

/* ---- in columns ---- */

/* Sessions a month over the first half year, or over what has passed of it. */
static double amount_of(const struct cox_ledger_panel *panel,
    const struct cox_ledger_person *person)
{
    double days = (double)(panel->day - person->first_day + 1);

    return (double)person->early_count / fmin(fmax(days / 30.44, 1), 6);
}

static void add(struct crowd *c, size_t at)
{
    const struct cox_ledger_person *person =
        at < c->panel->count ? &c->panel->people[at]
                             : &(struct cox_ledger_person){.first_day = COX_NULL};
    size_t place = c->judged.person_count++;
    bool is_coached = person->first_day != COX_NULL;

    c->who[place] = at;
    c->start[place] = is_coached ? cox_month_of(&c->months, person->first_day) : MONTHS;
    c->amount[place] = is_coached ? amount_of(c->panel, person) : (double)NAN;
    c->skill[place] = person->early_rating_count == 0
                          ? (double)NAN
                          : (double)person->early_rating_sum / (double)person->early_rating_count;
}

/* Who was coached before the two years began has no before: left out, and so are those who lead. */
static enum cox_rc line_up(struct crowd *c, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(c->call);
    struct cox_ledger_panel *panel = c->panel;
    size_t outside = 0;

    c->who = COX_NEW_ARRAY(arena, c->count + 1, size_t);
    c->start = COX_NEW_ARRAY(arena, c->count + 1, size_t);
    c->outcome = COX_NEW_ARRAY(arena, c->count * MONTHS + 1, double);
    c->amount = COX_NEW_ARRAY(arena, c->count + 1, double);
    c->skill = COX_NEW_ARRAY(arena, c->count + 1, double);
    if (c->who == NULL || c->start == NULL || c->outcome == NULL || c->amount == NULL ||
        c->skill == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < panel->count; i++) {
        int64_t first = panel->people[i].first_day;

        if (!c->leads[i] && !(first != COX_NULL && first < c->months.first[1])) {
            add(c, i);
        }
    }
    for (size_t i = panel->count; i < c->count; i++) {
        outside += !c->leads[i] && sells(c, i);
    }
    for (size_t i = panel->count; outside >= COX_LEDGER_OUTSIDE && i < c->count; i++) {
        if (!c->leads[i] && sells(c, i)) {
            add(c, i);
            panel->outside_count++;
        }
    }
    c->workspace =
        cox_arena_alloc(arena, cox_ledger_workspace_size(c->judged.person_count, MONTHS) + 1);
    return c->workspace == NULL ? cox_no_memory(reterr) : COX_OK;
}

static void take_outcome(const struct crowd *c, int outcome)
{
    for (size_t i = 0; i < c->judged.person_count; i++) {
        size_t at = c->who[i];
        int64_t hired = c->people[at].hire_day;

        for (size_t m = 0; m < MONTHS; m++) {
            bool is_new = hired != COX_NULL && c->months.first[m] < hired + RAMP_DAYS;

            c->outcome[i * MONTHS + m] =
                is_new ? (double)NAN : c->months.figures[outcome][at * MONTHS + m];
        }
    }
}

enum cox_rc cox_ledger_panel_judge(struct cox_call *call, struct cox_ledger_panel *panel,
    struct cox_err *reterr)
{
    struct crowd c = {.call = call, .panel = panel};

    panel->outside_count = 0;
    cox_months_begin(call, &c.months);
    panel->from_day = c.months.first[0];
    panel->to_day = c.months.first[MONTHS];
    COX_TRY(find_people(&c, reterr));
    COX_TRY(line_up(&c, reterr));
    c.judged.month_count = MONTHS;
    c.judged.outcome = c.outcome;
    c.judged.start = c.start;
    c.judged.amount = c.amount;
    c.judged.skill = c.skill;
    for (int o = 0; o < COX_MONTH_OUTCOME_COUNT; o++) {
        take_outcome(&c, o);
        COX_TRY(cox_ledger_judge(&c.judged, c.workspace, &panel->effects[o], reterr));
        COX_TRY(cox_ledger_factors_judge(&c.judged, c.workspace, &panel->factors[o], reterr));
    }
    return COX_OK;
}
