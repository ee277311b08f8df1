/* manager/alert_series.c: weekly figures from the book and what was to be expected. */
#include "manager/alert_series.h"

#include <stdlib.h>

#include "base/day.h"
#include "kernel/stats/budget.h"
#include "kernel/stats/expect.h"
#include "manager/contest_read.h"
#include "org/calendar.h"
#include "org/people.h"
#include "record/query.h"

enum { WEEKS = COX_ALERT_WEEKS, SEASONS = 12 };

/* ---- the weeks ---- */

struct reading {
    struct cox_call *call;
    struct cox_arena *arena;
    struct cox_alert_figures *figures;
    struct cox_workweek week;
    int64_t day; /* the first after the newest week */
};

static enum cox_rc open_series(struct cox_alert_series *series, int64_t id, bool is_rate,
    struct cox_arena *arena, struct cox_err *reterr)
{
    *series = (struct cox_alert_series){.id = id,
        .events = COX_NEW_ARRAY(arena, WEEKS, int64_t),
        .attempts = is_rate ? COX_NEW_ARRAY(arena, WEEKS, int64_t) : NULL,
        .worked = COX_NEW_ARRAY(arena, WEEKS, double),
        .expected = COX_NEW_ARRAY(arena, WEEKS, double),
        .first = WEEKS};
    return series->events == NULL || (is_rate && series->attempts == NULL) ||
                   series->worked == NULL || series->expected == NULL
               ? cox_no_memory(reterr)
               : COX_OK;
}

static size_t count_ids(const struct cox_measure_result *found)
{
    size_t count = 0;

    for (size_t i = 0; i < found->count; i++) {
        count += i == 0 || found->rows[i].keys[0] != found->rows[i - 1].keys[0];
    }
    return count;
}

/* Rows are in order of id and week. */
static enum cox_rc note_rows(struct reading *r, const struct cox_measure_result *found,
    struct cox_err *reterr)
{
    struct cox_alert_figures *figures = r->figures;
    const int64_t none[COX_SUM_COUNT] = {0};
    int64_t events, trials;
    bool is_rate = cox_measure_trials(figures->measure, none, &events, &trials);

    figures->series = COX_NEW_ARRAY(r->arena, count_ids(found) + 1, struct cox_alert_series);
    if (figures->series == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < found->count; i++) {
        const struct cox_measure_row *row = &found->rows[i];
        int64_t week = (row->keys[1] - figures->first_day) / 7;
        struct cox_alert_series *series;

        if (row->keys[0] == 0 || week < 0 || week >= WEEKS) {
            continue;
        }
        if (figures->count == 0 || figures->series[figures->count - 1].id != row->keys[0]) {
            COX_TRY(open_series(&figures->series[figures->count++], row->keys[0], is_rate, r->arena,
                reterr));
        }
        series = &figures->series[figures->count - 1];
        if (is_rate) {
            (void)cox_measure_trials(figures->measure, row->sums, &events, &trials); /* it is one */
            series->events[week] = events;
            series->attempts[week] = trials;
        } else {
            series->events[week] = row->sums[figures->measure->sum];
        }
    }
    return COX_OK;
}

const struct cox_alert_series *cox_alert_series_find(const struct cox_alert_figures *figures,
    int64_t id)
{
    size_t low = 0, high = figures->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (figures->series[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < figures->count && figures->series[low].id == id ? &figures->series[low] : NULL;
}

/* ---- who was at work ---- */

/* Working days of a week in [from, to), as a share of those of a week without holidays. */
static double share_of_week(const struct cox_workweek *week, int64_t monday, int64_t from,
    int64_t to)
{
    int64_t first = from > monday ? from : monday, end = to < monday + 7 ? to : monday + 7;
    int usual = __builtin_popcount(week->days & 0x7fU);

    return first >= end || usual == 0
               ? 0
               : fmax((double)cox_workday_count(week, first, end) / usual, 0);
}

static struct cox_alert_series *series_of(struct reading *r, int64_t id)
{
    const struct cox_alert_series *found = cox_alert_series_find(r->figures, id);

    return found == NULL ? NULL : &r->figures->series[found - r->figures->series];
}

static void add_worked(struct reading *r, struct cox_alert_series *series, int64_t from, int64_t to)
{
    for (size_t i = 0; i < WEEKS; i++) {
        series->worked[i] +=
            share_of_week(&r->week, r->figures->first_day + 7 * (int64_t)i, from, to);
    }
}

/* The Monday after the first week with a figure. */
static int64_t after_first(const struct reading *r, const struct cox_alert_series *series)
{
    size_t i = 0;

    while (i < WEEKS && series->events[i] == 0) {
        i++;
    }
    return r->figures->first_day + 7 * ((int64_t)i + 1);
}

static enum cox_rc note_person(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct reading *r = ctx;
    struct cox_alert_series *series = series_of(r, row->id);
    int64_t from = cox_row_int(row, COX_USER_HIRE_DAY), to = cox_row_int(row, COX_USER_LEAVE_DAY);

    (void)reterr; /* nothing can fail */
    if (series != NULL) {
        from = from == COX_NULL ? after_first(r, series) : from;
        add_worked(r, series, from, to == COX_NULL ? INT64_MAX : to);
    }
    return COX_OK;
}

static enum cox_rc note_member(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct reading *r = ctx;
    struct cox_alert_series *series = series_of(r, cox_row_int(row, COX_TEAM_MEMBER_TEAM));
    int64_t from = cox_row_int(row, COX_TEAM_MEMBER_FROM_DAY);
    int64_t to = cox_row_int(row, COX_TEAM_MEMBER_TO_DAY);

    (void)reterr; /* nothing can fail */
    if (series != NULL) {
        add_worked(r, series, from, to == COX_NULL ? INT64_MAX : to);
    }
    return COX_OK;
}

/* Weeks before the company's first figure do not count. A team's weeks are shares of its largest. */
static void cut_beginning(struct reading *r)
{
    size_t start = WEEKS;

    for (size_t s = 0; s < r->figures->count; s++) {
        const struct cox_alert_series *series = &r->figures->series[s];
        for (size_t i = 0; i < start; i++) {
            if (series->events[i] > 0 || (series->attempts != NULL && series->attempts[i] > 0)) {
                start = i;
            }
        }
    }
    for (size_t s = 0; s < r->figures->count; s++) {
        struct cox_alert_series *series = &r->figures->series[s];
        double most = 0;
        for (size_t i = 0; i < WEEKS; i++) {
            series->worked[i] = i < start ? 0 : series->worked[i];
            most = fmax(most, series->worked[i]);
        }
        for (size_t i = 0; i < WEEKS && most > 1; i++) {
            series->worked[i] /= most;
        }
    }
}

static enum cox_rc read_worked(struct reading *r, struct cox_err *reterr)
{
    COX_TRY(cox_workweek_load(r->call, r->day - 1, &r->week, reterr));
    COX_TRY(r->figures->of_teams ? cox_each(r->call, &cox_team_member, NULL, note_member, r, reterr)
                                 : cox_each(r->call, &cox_user, NULL, note_person, r, reterr));
    cut_beginning(r);
    return COX_OK;
}

/* ---- what was to be expected ---- */

/* Weeks this far apart are of different years; a season nobody has seen twice may be off by a seventh. */
enum { SEASON_APART = 20 };
static const double season_unseen = 0.02;

/* No expectation of a count is better than to a tenth, whatever the history: customers, months and people differ. */
static const double count_variance = 0.01;

/* By week: how high the season stands, 1 at its height, and how sure that is. */
struct season {
    double scale[WEEKS], variance[WEEKS];
};

struct learning {
    struct cox_expect_team team; /* of the arrays that follow */
    int64_t *attempts, *events;
    double *worked;
    double *expected, *known, *factor;
    void *workspace;
};

static enum cox_rc open_learning(struct learning *l, size_t count, bool is_rate,
    struct cox_arena *arena, struct cox_err *reterr)
{
    size_t cells = count * WEEKS;
    int64_t *attempts = is_rate ? COX_NEW_ARRAY(arena, cells + 1, int64_t) : NULL;
    int64_t *events = COX_NEW_ARRAY(arena, cells + 1, int64_t);
    double *worked = COX_NEW_ARRAY(arena, cells + 1, double);

    *l = (struct learning){.team = {.rep_count = count,
                               .week_count = WEEKS,
                               .attempts = attempts,
                               .events = events,
                               .worked = worked,
                               .season_count = SEASONS,
                               .baseline_weeks = COX_ALERT_BASELINE},
        .attempts = attempts,
        .events = events,
        .worked = worked};
    l->expected = COX_NEW_ARRAY(arena, cells + 1, double);
    l->known = COX_NEW_ARRAY(arena, count + 1, double);
    l->factor = COX_NEW_ARRAY(arena, WEEKS, double);
    l->workspace = cox_arena_alloc(arena, cox_expect_workspace_size(&l->team));
    return (is_rate && attempts == NULL) || events == NULL || worked == NULL ||
                   l->expected == NULL || l->known == NULL || l->factor == NULL ||
                   l->workspace == NULL
               ? cox_no_memory(reterr)
               : COX_OK;
}

/* scale: by week, of the exposure; NULL: 1. */
static void fill_learning(struct learning *l, const struct cox_alert_series *series, size_t at,
    const double *scale, size_t from)
{
    for (size_t i = 0; i < WEEKS; i++) {
        size_t cell = at * WEEKS + i;
        l->worked[cell] = i < from ? 0 : series->worked[i] * (scale == NULL ? 1 : scale[i]);
        l->events[cell] = series->events[i];
        if (l->attempts != NULL) {
            l->attempts[cell] = series->attempts[i];
        }
    }
}

static bool week_counts(const struct cox_alert_series *series, size_t week)
{
    return series->worked[week] > 0 && (series->attempts == NULL || series->attempts[week] > 0);
}

/* Where the weeks that matter begin, and how many of them are the baseline; 0: too short a history. */
static size_t find_window(const struct cox_alert_series *series, size_t *ret_from)
{
    size_t counting = 0, wanted = COX_ALERT_BASELINE + COX_ALERT_WATCHED;

    *ret_from = 0;
    for (size_t i = WEEKS; i > 0 && counting < wanted; i--) {
        counting += week_counts(series, i - 1);
        *ret_from = i - 1;
    }
    return counting == wanted                       ? COX_ALERT_BASELINE
           : counting >= COX_ALERT_BASELINE_MIN + 8 ? COX_ALERT_BASELINE_MIN
                                                    : 0;
}

/* Of the longest history all but the watched weeks: a fall in these is no season. */
static size_t season_baseline(const struct cox_alert_series *series, size_t count)
{
    size_t longest = 0;

    for (size_t s = 0; s < count; s++) {
        size_t counting = 0;
        for (size_t i = 0; i < WEEKS; i++) {
            counting += week_counts(&series[s], i);
        }
        longest = counting > longest ? counting : longest;
    }
    return longest > COX_ALERT_BASELINE_MIN + COX_ALERT_WATCHED ? longest - COX_ALERT_WATCHED
                                                                : COX_ALERT_BASELINE_MIN;
}

/* How sure a season is, as a variance of its factor: by the events of the same one in other years. */
static void judge_season(const struct cox_alert_series *series, size_t count, const int32_t *season,
    double *ret_variance)
{
    for (size_t i = 0; i < WEEKS; i++) {
        double events = 0;
        for (size_t k = 0; k < WEEKS; k++) {
            bool is_other_year = k + SEASON_APART < i || i + SEASON_APART < k;
            for (size_t s = 0; is_other_year && season[k] == season[i] && s < count; s++) {
                events += series[s].worked[k] > 0 ? (double)series[s].events[k] : 0;
            }
        }
        ret_variance[i] = events > 0 ? 1 / events : season_unseen;
    }
}

/* The company's season as a share of its height, so that exposures stay within 1; counts alone have one here. */
static enum cox_rc learn_season(struct cox_alert_series *series, size_t count,
    const int32_t *season, struct cox_arena *arena, struct season *ret, struct cox_err *reterr)
{
    double *ret_scale = ret->scale;
    struct learning l;
    double most = 0;

    for (size_t i = 0; i < WEEKS; i++) {
        ret_scale[i] = 1;
        ret->variance[i] = 0;
    }
    if (season == NULL || count == 0 || series[0].attempts != NULL) {
        return COX_OK;
    }
    COX_TRY(open_learning(&l, count, false, arena, reterr));
    for (size_t s = 0; s < count; s++) {
        fill_learning(&l, &series[s], s, NULL, 0);
    }
    l.team.season = season;
    l.team.baseline_weeks = season_baseline(series, count);
    COX_TRY(cox_expect_learn(&l.team, l.expected, l.known, l.factor, l.workspace, reterr));
    for (size_t i = 0; i < WEEKS; i++) {
        most = fmax(most, l.factor[i]);
    }
    for (size_t i = 0; i < WEEKS; i++) {
        ret_scale[i] = l.factor[i] / most;
    }
    judge_season(series, count, season, ret->variance);
    return COX_OK;
}

/* What all people's baselines say of how much weeks vary: one's own say too little. */
struct spread {
    int64_t *attempts, *events; /* attempts NULL: counts */
    double *expected;
    size_t count;
};

static enum cox_rc open_spread(size_t series_count, bool is_rate, struct cox_arena *arena,
    struct spread *spread, struct cox_err *reterr)
{
    size_t room = series_count * WEEKS + 1;

    *spread = (struct spread){.attempts = is_rate ? COX_NEW_ARRAY(arena, room, int64_t) : NULL,
        .events = COX_NEW_ARRAY(arena, room, int64_t),
        .expected = COX_NEW_ARRAY(arena, room, double)};
    return (is_rate && spread->attempts == NULL) || spread->events == NULL ||
                   spread->expected == NULL
               ? cox_no_memory(reterr)
               : COX_OK;
}

/* Expected of the baseline's own weeks: the kernel says nothing of those. */
static void add_baseline(struct spread *spread, const struct cox_alert_series *series,
    const struct season *season, size_t from)
{
    double events = 0, exposure = 0;

    for (size_t i = from; i < series->first; i++) {
        if (week_counts(series, i)) {
            events += (double)series->events[i];
            exposure += series->attempts == NULL ? series->worked[i] * season->scale[i]
                                                 : (double)series->attempts[i];
        }
    }
    for (size_t i = from; i < series->first && events > 0; i++) {
        if (!week_counts(series, i)) {
            continue;
        }
        if (spread->attempts != NULL) {
            spread->attempts[spread->count] = series->attempts[i];
        }
        spread->events[spread->count] = series->events[i];
        spread->expected[spread->count++] =
            events / exposure *
            (series->attempts == NULL ? series->worked[i] * season->scale[i] : 1);
    }
}

/* Of the watched weeks; a season that is not sure makes the mean less known. */
static void sum_up(struct cox_alert_series *series, double known, const struct season *season)
{
    double mean = 0, trials = 0, variance = 0, weeks = 0;

    for (size_t i = series->first; i < WEEKS; i++) {
        if (!isnan(series->expected[i])) {
            mean += series->expected[i];
            trials += series->attempts == NULL ? 0 : (double)series->attempts[i];
            variance += season->variance[i];
            weeks++;
        }
    }
    if (weeks == 0) {
        series->first = WEEKS;
        return;
    }
    series->mean = mean / weeks;
    series->trials = trials / weeks;
    variance = variance / weeks + (series->attempts == NULL ? count_variance : 0);
    series->known = 1 / (1 / known + series->mean * variance);
}

static enum cox_rc learn_rates(struct learning *l, struct cox_err *reterr)
{
    struct cox_expect_team one = l->team;

    if (l->attempts != NULL) {
        return cox_expect_learn(&l->team, l->expected, l->known, NULL, l->workspace, reterr);
    }
    one.rep_count = 1;
    for (size_t i = 0; i < l->team.rep_count; i++) {
        one.events = l->events + i * WEEKS;
        one.worked = l->worked + i * WEEKS;
        COX_TRY(cox_expect_learn(&one, l->expected + i * WEEKS, &l->known[i], NULL, l->workspace,
            reterr));
    }
    return COX_OK;
}

/*
 * Those with as long a baseline as each other. Rates are learnt together, each pulled a little to the others; counts each
 * alone: people's numbers differ by far more than chance, and a pull of a tenth would treble the false alarms of the lower ones.
 */
static enum cox_rc learn_group(struct cox_alert_series *series, size_t count, size_t baseline,
    const struct season *season, struct spread *spread, struct cox_arena *arena,
    struct cox_err *reterr)
{
    size_t *at = COX_NEW_ARRAY(arena, count + 1, size_t);
    size_t *from = COX_NEW_ARRAY(arena, count + 1, size_t), found = 0;
    struct learning l;

    if (at == NULL || from == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t s = 0; s < count; s++) {
        if (find_window(&series[s], &from[found]) == baseline) {
            at[found++] = s;
        }
    }
    if (found == 0) {
        return COX_OK;
    }
    COX_TRY(open_learning(&l, found, series[0].attempts != NULL, arena, reterr));
    for (size_t i = 0; i < found; i++) {
        fill_learning(&l, &series[at[i]], i, season->scale, from[i]);
    }
    l.team.baseline_weeks = baseline;
    COX_TRY(learn_rates(&l, reterr));
    for (size_t i = 0; i < found; i++) {
        struct cox_alert_series *one = &series[at[i]];

        memcpy(one->expected, l.expected + i * WEEKS, WEEKS * sizeof(*one->expected));
        for (one->first = from[i]; one->first < WEEKS && isnan(one->expected[one->first]);) {
            one->first++;
        }
        add_baseline(spread, one, season, from[i]);
        sum_up(one, l.known[i], season);
    }
    return COX_OK;
}

enum cox_rc cox_alert_expect(struct cox_alert_series *series, size_t count, const int32_t *season,
    struct cox_arena *arena, struct cox_err *reterr)
{
    struct season *learnt = COX_NEW(arena, struct season);
    bool is_rate = count > 0 && series[0].attempts != NULL;
    struct spread spread;
    double dispersion;

    if (learnt == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t s = 0; s < count; s++) {
        series[s].first = WEEKS;
        for (size_t i = 0; i < WEEKS; i++) {
            series[s].expected[i] = (double)NAN;
        }
    }
    COX_TRY(open_spread(count, is_rate, arena, &spread, reterr));
    COX_TRY(learn_season(series, count, season, arena, learnt, reterr));
    COX_TRY(learn_group(series, count, COX_ALERT_BASELINE, learnt, &spread, arena, reterr));
    COX_TRY(learn_group(series, count, COX_ALERT_BASELINE_MIN, learnt, &spread, arena, reterr));
    dispersion =
        cox_budget_dispersion(spread.attempts, spread.events, spread.expected, spread.count);
    for (size_t s = 0; s < count; s++) {
        series[s].dispersion = dispersion;
    }
    return COX_OK;
}

/* ---- all of it ---- */

enum cox_rc cox_alert_figures_read(struct cox_call *call, struct cox_books *books,
    struct cox_arena *arena, const struct cox_sales_measure *measure, bool of_teams, int64_t newest,
    struct cox_alert_figures *ret_figures, struct cox_err *reterr)
{
    struct reading r = {.call = call, .arena = arena, .figures = ret_figures, .day = newest + 7};
    const struct cox_measure_ask ask = {.period = {newest - 7 * (WEEKS - 1), newest + 7},
        .by = {of_teams ? COX_BY_TEAM : COX_BY_OWNER, COX_BY_WEEK},
        .wants = cox_measure_uses(measure)};
    int32_t season[WEEKS];
    struct cox_measure_result found;

    *ret_figures = (struct cox_alert_figures){.measure = measure,
        .of_teams = of_teams,
        .first_day = ask.period.from_day};
    COX_TRY(cox_measure_read(call, books, &ask, &found, reterr));
    COX_TRY(note_rows(&r, &found, reterr));
    COX_TRY(read_worked(&r, reterr));
    for (size_t i = 0; i < WEEKS; i++) { /* a week is of the month that its Thursday is of */
        season[i] = cox_day_civil(ret_figures->first_day + 7 * (int64_t)i + 3).month - 1;
    }
    return cox_alert_expect(ret_figures->series, ret_figures->count, season, arena, reterr);
}
