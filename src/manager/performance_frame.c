/* manager/performance_frame.c: what a scorecard is of: months, people, teams; and its sums out of the measures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "manager/performance.h"
#include "org/line.h"
#include "org/people.h"
#include "record/query.h"

/* ---- who asks ---- */

static enum cox_rc load_line(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_performance *p = ctx;
    int64_t actor = p->x->who.actor.user_id;
    const int64_t *below;
    size_t count;

    COX_TRY(cox_line_below(call, actor, cox_call_today(call), &below, &count, reterr));
    p->line = COX_NEW_ARRAY(p->x->arena, count + 1, int64_t);
    if (p->line == NULL) {
        return cox_no_memory(reterr);
    }
    if (count > 0) {
        memcpy(p->line, below, count * sizeof(*below));
    }
    p->line[count] = actor;
    p->line_count = count + 1;
    qsort(p->line, p->line_count, sizeof(*p->line), cox_num_compare);
    p->is_leading = count > 0;
    p->sees_teams = (p->x->who.actor.roles & COX_ROLE_BIT(COX_EXECUTIVE)) != 0;
    return COX_OK;
}

/* ---- months ---- */

static int64_t month_of(int64_t day)
{
    struct cox_civil civil = cox_day_civil(day);

    return cox_day_ymd(civil.year, civil.month, 1);
}

/* Whole months, none that begins after the day; without a period the last twelve and the running one. */
static enum cox_rc set_period(struct cox_performance *p, struct cox_err *reterr)
{
    struct cox_span *span = &p->period.span;
    int64_t last = month_of(p->day), months = 0;
    char from[COX_DAY_SIZE], to[COX_DAY_SIZE];

    if (p->period_text.size == 0) {
        span->from_day = cox_day_add_months(last, -12);
        span->to_day = cox_day_add_months(last, 1);
    } else {
        span->from_day = month_of(span->from_day);
        span->to_day = cox_day_add_months(month_of(span->to_day - 1), 1);
    }
    if (span->to_day > cox_day_add_months(last, 1)) {
        span->to_day = cox_day_add_months(last, 1);
    }
    if (span->from_day >= span->to_day) {
        return cox_fail_at(reterr, COX_INVALID, "period", 0, "begins after the day that is read");
    }
    for (int64_t day = span->from_day; day < span->to_day; day = cox_day_add_months(day, 1)) {
        months++;
    }
    if (months > COX_PERFORMANCE_MONTHS_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "period", 0, "at most %d months",
            COX_PERFORMANCE_MONTHS_MAX);
    }
    cox_day_format(span->from_day, from);
    cox_day_format(span->to_day - 1, to);
    (void)snprintf(p->period.label, sizeof(p->period.label), "%.7s..%.7s", from, to); /* fits */
    return COX_OK;
}

static enum cox_rc note_day(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_performance *p = ctx;

    (void)reterr;
    p->day = cox_call_as_of_day(call);
    return COX_OK;
}

/* ---- people and teams ---- */

static enum cox_rc note_person(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct cox_performance *p = ctx;

    if (p->people_count == p->people_room) {
        size_t room = p->people_room == 0 ? 64 : 2 * p->people_room;
        struct cox_performance_person *grown =
            COX_NEW_ARRAY(p->x->arena, room, struct cox_performance_person);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (p->people_count > 0) {
            memcpy(grown, p->people, p->people_count * sizeof(*grown));
        }
        p->people = grown;
        p->people_room = room;
    }
    p->people[p->people_count++] = (struct cox_performance_person){.id = row->id,
        .hire_day = cox_row_int(row, COX_USER_HIRE_DAY),
        .leave_day = cox_row_int(row, COX_USER_LEAVE_DAY),
        .is_active = cox_row_int(row, COX_USER_IS_ACTIVE) != 0};
    return COX_OK;
}

static enum cox_rc note_hat(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct cox_performance *p = ctx;
    int64_t from = cox_row_int(row, COX_HAT_FROM_DAY), to = cox_row_int(row, COX_HAT_TO_DAY);

    (void)reterr;
    if (cox_row_int(row, COX_HAT_ROLE) != COX_REP ||
        (from != COX_NULL && from >= p->period.span.to_day) ||
        (to != COX_NULL && to <= p->period.span.from_day)) {
        return COX_OK;
    }
    for (size_t i = 0; i < p->people_count; i++) {
        if (p->people[i].id == cox_row_int(row, COX_HAT_USER)) {
            p->people[i].is_rep = p->has_reps = true;
        }
    }
    return COX_OK;
}

static enum cox_rc note_team(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct cox_performance *p = ctx;

    if (p->team_count == p->team_room) {
        size_t room = p->team_room == 0 ? 32 : 2 * p->team_room;
        struct cox_performance_team *grown =
            COX_NEW_ARRAY(p->x->arena, room, struct cox_performance_team);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (p->team_count > 0) {
            memcpy(grown, p->teams, p->team_count * sizeof(*grown));
        }
        p->teams = grown;
        p->team_room = room;
    }
    p->teams[p->team_count++] = (struct cox_performance_team){row->id,
        cox_row_int(row, COX_TEAM_PARENT), cox_row_int(row, COX_TEAM_KIND)};
    return COX_OK;
}

static const struct cox_performance_team *team_at(const struct cox_performance *p, int64_t id)
{
    for (size_t i = 0; i < p->team_count; i++) {
        if (p->teams[i].id == id) {
            return &p->teams[i];
        }
    }
    return NULL;
}

/* A loop of teams is refused when they are saved; the count of steps is a second lock on the door. */
static int64_t office_of(const struct cox_performance *p, int64_t team)
{
    const struct cox_performance_team *at = team_at(p, team);

    for (size_t steps = 0; at != NULL && steps <= p->team_count; steps++) {
        if (at->kind != COX_TEAM_TEAM) {
            return at->id;
        }
        at = team_at(p, at->parent);
    }
    return team;
}

/* ---- the frame ---- */

static enum cox_rc load_frames(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_performance *p = ctx;
    enum cox_measure_by unit = p->by == COX_PERFORMANCE_PERSON ? COX_BY_OWNER : COX_BY_TEAM;
    int64_t least;
    struct cox_span read;

    if (p->period_text.size > 0) {
        COX_TRY(cox_analysis_period(call, p->period_text, &p->period, reterr));
    }
    COX_TRY(set_period(p, reterr));
    read = p->period.span;
    least = cox_day_add_months(read.to_day, -COX_PERFORMANCE_RAMP_MONTHS);
    read.from_day = least < read.from_day ? least : read.from_day;
    p->people_ask = (struct cox_measure_ask){.period = read,
        .by = {COX_BY_OWNER, COX_BY_MONTH},
        .as_it_is = p->as_it_is};
    p->unit_ask = p->people_ask;
    p->unit_ask.by[0] = unit;
    p->product_ask = (struct cox_measure_ask){.period = p->period.span,
        .by = {unit, COX_BY_PRODUCT},
        .as_it_is = p->as_it_is,
        .wants = COX_SUM_BIT(COX_SUM_WON_COUNT) | COX_SUM_BIT(COX_SUM_LOST_COUNT) |
                 COX_SUM_BIT(COX_SUM_WON)};
    COX_TRY(cox_measure_frame_load(call, &p->people_ask, p->x->arena, &p->people_frame, reterr));
    COX_TRY(cox_measure_frame_load(call, &p->unit_ask, p->x->arena, &p->unit_frame, reterr));
    COX_TRY(cox_measure_frame_load(call, &p->product_ask, p->x->arena, &p->product_frame, reterr));
    COX_TRY(cox_each(call, &cox_user, NULL, note_person, p, reterr));
    COX_TRY(cox_each(call, &cox_hat, NULL, note_hat, p, reterr));
    return cox_each(call, &cox_team, NULL, note_team, p, reterr);
}

enum cox_rc cox_performance_frame(struct cox_performance *p, const struct cox_read_opt *opt,
    struct cox_err *reterr)
{
    const struct cox_read_opt now = {0}, then = {.as_of = opt->as_of};

    COX_TRY(cox_store_read(p->x->store, &now, load_line, p, reterr));
    COX_TRY(cox_store_read(p->x->store, &then, note_day, p, reterr));
    return cox_store_read(p->x->store, p->as_it_is ? &now : &then, load_frames, p, reterr);
}

/* ---- a panel ---- */

size_t cox_performance_find(const struct cox_performance_panel *panel, int64_t id)
{
    size_t low = 0, high = panel->unit_count;

    while (low < high) {
        size_t mid = (low + high) / 2;
        if (panel->units[mid] < id) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low < panel->unit_count && panel->units[low] == id ? low : panel->unit_count;
}

const int64_t *cox_performance_sums(const struct cox_performance_panel *panel, size_t unit,
    size_t month)
{
    static const int64_t nothing[COX_SUM_COUNT];

    return unit >= panel->unit_count || panel->cells[unit * panel->month_count + month] == NULL
               ? nothing
               : panel->cells[unit * panel->month_count + month]->sums;
}

int64_t cox_performance_unit_of(const struct cox_performance *p, enum cox_performance_by by,
    int64_t key)
{
    return by == COX_PERFORMANCE_OFFICE && key != 0 ? office_of(p, key) : key;
}

const struct cox_performance_person *cox_performance_person_of(const struct cox_performance *p,
    int64_t id)
{
    for (size_t i = 0; i < p->people_count; i++) {
        if (p->people[i].id == id) {
            return &p->people[i];
        }
    }
    return NULL;
}

static bool has_card(const struct cox_performance *p, enum cox_performance_by by, int64_t unit)
{
    const struct cox_performance_person *person =
        by == COX_PERFORMANCE_PERSON ? cox_performance_person_of(p, unit) : NULL;

    return unit != 0 &&
           (by != COX_PERFORMANCE_PERSON || !p->has_reps || (person != NULL && person->is_rep));
}

static enum cox_rc list_units(const struct cox_performance *p, enum cox_performance_by by,
    const struct cox_measure_result *result, struct cox_performance_panel *panel,
    struct cox_err *reterr)
{
    int64_t *units = COX_NEW_ARRAY(panel->arena, result->count + 1, int64_t);
    size_t count = 0, kept = 0;

    if (units == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < result->count; i++) {
        int64_t unit = cox_performance_unit_of(p, by, result->rows[i].keys[0]);
        if ((count == 0 || units[count - 1] != unit) && has_card(p, by, unit)) {
            units[count++] = unit;
        }
    }
    qsort(units, count, sizeof(*units), cox_num_compare);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || units[kept - 1] != units[i]) {
            units[kept++] = units[i];
        }
    }
    panel->units = units;
    panel->unit_count = kept;
    return COX_OK;
}

static size_t month_at(const struct cox_measure_frame *frame, int64_t day)
{
    size_t m = 0;

    while (m + 1 < frame->bound_count[1] && frame->bounds[1][m + 1] <= day) {
        m++;
    }
    return m;
}

/* Rows of several teams of one office are added up: measures are taken of sums. */
static enum cox_rc put_cells(const struct cox_performance *p, enum cox_performance_by by,
    const struct cox_measure_frame *frame, const struct cox_measure_result *result,
    struct cox_performance_panel *panel, struct cox_err *reterr)
{
    for (size_t i = 0; i < result->count; i++) {
        const struct cox_measure_row *row = &result->rows[i];
        size_t unit = cox_performance_find(panel, cox_performance_unit_of(p, by, row->keys[0]));
        struct cox_measure_row **cell;
        if (unit == panel->unit_count) {
            continue;
        }
        cell = &panel->cells[unit * panel->month_count + month_at(frame, row->keys[1])];
        if (*cell == NULL) {
            *cell = COX_NEW(panel->arena, struct cox_measure_row);
            if (*cell == NULL) {
                return cox_no_memory(reterr);
            }
            **cell = *row;
            continue;
        }
        for (size_t s = 0; s < COX_SUM_COUNT; s++) {
            (*cell)->sums[s] += row->sums[s];
        }
    }
    return COX_OK;
}

enum cox_rc cox_performance_load(struct cox_call *call, const struct cox_performance *p,
    const struct cox_book_generation *generation, const struct cox_book_ask *question,
    enum cox_performance_by by, struct cox_performance_panel *panel, struct cox_err *reterr)
{
    bool is_people = by == COX_PERFORMANCE_PERSON;
    struct cox_measure_ask ask = is_people ? p->people_ask : p->unit_ask;
    const struct cox_measure_frame *frame = is_people ? p->people_frame : p->unit_frame;
    struct cox_measure_result result;

    for (size_t i = 0; i < p->card_count; i++) {
        ask.wants |= cox_measure_uses(p->cards[i].measure);
    }
    COX_TRY(cox_measure_sum_deals(call, generation, question, &ask, frame, &result, reterr));
    panel->month_count = frame->bound_count[1] - 1;
    COX_TRY(list_units(p, by, &result, panel, reterr));
    panel->cells = COX_NEW_ARRAY(panel->arena, panel->unit_count * panel->month_count + 1,
        struct cox_measure_row *);
    return panel->cells == NULL ? cox_no_memory(reterr)
                                : put_cells(p, by, frame, &result, panel, reterr);
}
