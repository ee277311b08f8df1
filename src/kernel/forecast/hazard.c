/* kernel/forecast/hazard.c: counting events and exposure, shrinking them, and reading ahead. */
#include "kernel/forecast/hazard.h"

#include <math.h>
#include <string.h>

enum { AGE_MAX = COX_HAZARD_WEEKS * 7 };

const char *cox_life_reject_text(enum cox_life_reject reject)
{
    static const char *const texts[COX_LIFE_REJECT_COUNT] = {
        [COX_LIFE_USED] = "used",
        [COX_LIFE_LATER] = "created after the as-of day",
        [COX_LIFE_CLOSED_EARLY] = "closed before it was created",
        [COX_LIFE_NO_CLOSE_DAY] = "won or lost without a closing day",
        [COX_LIFE_OPEN_WITH_DAY] = "open, but with a closing day",
        [COX_LIFE_BAD_ENDING] = "neither open, won nor lost, or of an unknown group",
        [COX_LIFE_OFF_CALENDAR] = "created outside the calendar",
    };

    return texts[reject];
}

static size_t cell_count(size_t group_count, size_t season_count)
{
    return group_count * COX_HAZARD_WEEKS * season_count;
}

/* Per cause the cells; then exposure per cell. */
size_t cox_hazard_workspace_size(size_t group_count, size_t season_count)
{
    return cell_count(group_count, season_count) *
           (2 * sizeof(struct cox_hazard_cell) + sizeof(double));
}

static size_t week_of(int32_t age)
{
    size_t week = (size_t)age / 7;

    return week < COX_HAZARD_WEEKS ? week : COX_HAZARD_WEEKS - 1;
}

static size_t season_at(const struct cox_seasons *seasons, int64_t day)
{
    int64_t at = day - seasons->first_day;
    int64_t last = (int64_t)seasons->day_count - 1;

    return seasons->season[at < last ? at : last];
}

static size_t place(const struct cox_hazard *h, size_t group, size_t week, size_t season)
{
    return (group * COX_HAZARD_WEEKS + week) * h->season_count + season;
}

static bool closed_by(const struct cox_lives *lives, size_t i, int32_t as_of)
{
    return lives->closed_day[i] != COX_NO_DAY && lives->closed_day[i] < as_of;
}

static enum cox_life_reject judge(const struct cox_lives *lives, size_t i,
    const struct cox_seasons *seasons, const struct cox_hazard_opt *opt)
{
    unsigned char ending = lives->ending[i];

    if (lives->created_day[i] >= opt->as_of_day) {
        return COX_LIFE_LATER;
    }
    if (lives->created_day[i] < seasons->first_day) {
        return COX_LIFE_OFF_CALENDAR;
    }
    if (ending >= COX_ENDING_COUNT ||
        (lives->group != NULL && lives->group[i] >= opt->group_count)) {
        return COX_LIFE_BAD_ENDING;
    }
    if (lives->closed_day[i] == COX_NO_DAY) {
        return ending == COX_STILL_OPEN ? COX_LIFE_USED : COX_LIFE_NO_CLOSE_DAY;
    }
    if (lives->closed_day[i] < lives->created_day[i]) {
        return COX_LIFE_CLOSED_EARLY;
    }
    if (closed_by(lives, i, opt->as_of_day) && ending == COX_STILL_OPEN) {
        return COX_LIFE_OPEN_WITH_DAY;
    }
    return COX_LIFE_USED;
}

/*
 * The record of closes begins with the first one: days before it say nothing about how seldom
 * deals close, only that nobody wrote it down.
 */
static int32_t first_close(const struct cox_lives *lives, int32_t as_of)
{
    int32_t first = as_of;

    for (size_t i = 0; i < lives->count; i++) {
        bool used = closed_by(lives, i, as_of) && lives->closed_day[i] >= lives->created_day[i];
        first = used && lives->closed_day[i] < first ? lives->closed_day[i] : first;
    }
    return first;
}

/* A deal is exposed on each day from creation to the day before its end, and on the day of its end. */
static void count_deal(struct cox_hazard *h, double *exposure, const struct cox_lives *lives,
    size_t i, const struct cox_seasons *seasons)
{
    size_t group = lives->group == NULL ? 0 : lives->group[i];
    bool closed = closed_by(lives, i, h->as_of_day);
    int32_t end = closed ? lives->closed_day[i] + 1 : h->as_of_day;

    int32_t from = lives->created_day[i] > h->record_day ? lives->created_day[i] : h->record_day;
    for (int32_t day = from; day < end; day++) {
        size_t week = week_of(day - lives->created_day[i]);
        exposure[place(h, group, week, season_at(seasons, day))] += 1.0;
    }
    if (closed) {
        int32_t age = lives->closed_day[i] - lives->created_day[i];
        size_t cause = lives->ending[i] == COX_WON ? 0 : 1;
        size_t at = place(h, group, week_of(age), season_at(seasons, lives->closed_day[i]));
        h->cell[cause][at].events += 1.0;
        h->close_count[cause]++;
        h->last_close_age = age > h->last_close_age ? age : h->last_close_age;
    }
}

static double shrink(double events, double exposure, double pseudo, double parent)
{
    return (events + pseudo * parent) / (exposure + pseudo);
}

/* Events and exposure of a week in all groups, or in one, over all seasons. */
static double week_rate(const struct cox_hazard *h, size_t cause, const double *exposure,
    size_t week, size_t from, size_t to, double pseudo, double parent)
{
    double events = 0.0, exposed = 0.0;

    for (size_t group = from; group < to; group++) {
        for (size_t season = 0; season < h->season_count; season++) {
            size_t at = place(h, group, week, season);
            events += h->cell[cause][at].events;
            exposed += exposure[at];
        }
    }
    return shrink(events, exposed, pseudo, parent);
}

static void shrink_cells(struct cox_hazard *h, size_t cause, const double *exposure, double pseudo)
{
    double total = 0.0;

    for (size_t at = 0; at < cell_count(h->group_count, h->season_count); at++) {
        total += exposure[at];
    }
    double all = ((double)h->close_count[cause] + 0.5) / (total + 1.0);
    for (size_t week = 0; week < COX_HAZARD_WEEKS; week++) {
        double by_week = week_rate(h, cause, exposure, week, 0, h->group_count, pseudo, all);
        for (size_t group = 0; group < h->group_count; group++) {
            double parent = h->group_count == 1 ? by_week
                                                : week_rate(h, cause, exposure, week, group,
                                                      group + 1, pseudo, by_week);
            for (size_t season = 0; season < h->season_count; season++) {
                struct cox_hazard_cell *cell = &h->cell[cause][place(h, group, week, season)];
                double exposed = exposure[place(h, group, week, season)];
                cell->per_day =
                    h->season_count == 1 ? parent : shrink(cell->events, exposed, pseudo, parent);
                cell->events = cell->per_day * (exposed + pseudo);
            }
        }
    }
}

static enum cox_rc check_opt(const struct cox_seasons *seasons, const struct cox_hazard_opt *opt,
    struct cox_err *reterr)
{
    if (opt->group_count < 1 || opt->group_count > COX_HAZARD_GROUPS) {
        return cox_fail_at(reterr, COX_INVALID, "group_count", 0, "must be 1 to %d",
            COX_HAZARD_GROUPS);
    }
    if (seasons->season_count < 1 || seasons->season_count > COX_HAZARD_SEASONS) {
        return cox_fail_at(reterr, COX_INVALID, "season_count", 0, "must be 1 to %d",
            COX_HAZARD_SEASONS);
    }
    if (opt->as_of_day < seasons->first_day ||
        (uint64_t)((int64_t)opt->as_of_day - seasons->first_day) >= seasons->day_count) {
        return cox_fail_at(reterr, COX_INVALID, "as_of_day", 0, "is outside the calendar given");
    }
    for (size_t d = 0; d < seasons->day_count; d++) {
        if (seasons->season[d] >= seasons->season_count) {
            return cox_fail_at(reterr, COX_INVALID, "season", (int64_t)d + 1, "is out of range");
        }
    }
    return COX_OK;
}

enum cox_rc cox_hazard_fit(const struct cox_lives *lives, const struct cox_seasons *seasons,
    const struct cox_hazard_opt *opt, void *workspace, unsigned char *ret_reject,
    struct cox_hazard *ret_hazard, struct cox_err *reterr)
{
    struct cox_hazard h = {.as_of_day = opt->as_of_day, .group_count = opt->group_count};
    double pseudo = 7.0 * (opt->pseudo_weeks > 0.0 ? opt->pseudo_weeks : 40.0), *exposure;

    COX_TRY(check_opt(seasons, opt, reterr));
    h.season_count = seasons->season_count;
    size_t cells = cell_count(h.group_count, h.season_count);
    memset(workspace, 0, cox_hazard_workspace_size(h.group_count, h.season_count));
    h.cell[0] = workspace;
    h.cell[1] = h.cell[0] + cells;
    exposure = (double *)(void *)(h.cell[1] + cells);
    h.record_day = first_close(lives, opt->as_of_day);
    for (size_t i = 0; i < lives->count; i++) {
        enum cox_life_reject reject = judge(lives, i, seasons, opt);
        h.reject_count[reject]++;
        if (ret_reject != NULL) {
            ret_reject[i] = (unsigned char)reject;
        }
        if (reject == COX_LIFE_USED) {
            count_deal(&h, exposure, lives, i, seasons);
            h.used_count++;
        }
    }
    if (h.used_count == 0) {
        return cox_fail(reterr, COX_INVALID, "no deal was known before the as-of day");
    }
    h.thin = h.close_count[0] + h.close_count[1] < COX_HAZARD_CLOSES_MIN;
    shrink_cells(&h, 0, exposure, pseudo);
    shrink_cells(&h, 1, exposure, pseudo);
    *ret_hazard = h;
    return COX_OK;
}

/* Walks ahead day by day; each day's chances are those of the deals still open. */
struct walk {
    double open, won, lost, sum, variance; /* of the cumulated hazard of winning */
};

static void step(const struct cox_hazard *h, const struct cox_seasons *seasons, size_t group,
    int32_t age, int32_t ahead, struct walk *w)
{
    size_t at =
        place(h, group, week_of(age + ahead), season_at(seasons, (int64_t)h->as_of_day + ahead));
    struct cox_hazard_cell won = h->cell[0][at];
    double lost = h->cell[1][at].per_day, both = won.per_day + lost;
    double scale = both > 1.0 ? 1.0 / both : 1.0;

    w->won += w->open * won.per_day * scale;
    w->lost += w->open * lost * scale;
    w->open *= 1.0 - both * scale;
    w->sum += won.per_day;
    w->variance +=
        7.0 * won.per_day * won.per_day / fmax(won.events, 1e-9); /* a week shares a cell */
}

struct cox_outlook cox_hazard_outlook(const struct cox_hazard *hazard,
    const struct cox_seasons *seasons, size_t group, int32_t age_days, int32_t days)
{
    struct walk w = {.open = 1.0};
    struct cox_outlook r = {.median_days = HUGE_VAL, .zombie = age_days > hazard->last_close_age};
    int64_t end = (int64_t)seasons->first_day + (int64_t)seasons->day_count - hazard->as_of_day;
    int64_t last = days > end ? days : end;

    for (int32_t ahead = 0; ahead < last; ahead++) {
        if (ahead == days) {
            r.won = w.won;
            r.lost = w.lost;
        }
        step(hazard, seasons, group, age_days, ahead, &w);
        if (ahead < days) {
            r.won_low = w.sum;
            r.won_high = w.variance;
        }
        if (w.open <= 0.5 && r.median_days == HUGE_VAL) {
            r.median_days = ahead + 1;
        }
    }
    if (days >= last) {
        r.won = w.won;
        r.lost = w.lost;
    }
    double wide = r.won_low > 0.0 ? 1.2815515655446004 * sqrt(r.won_high) / r.won_low : 0.0;
    double loglog = log(-log1p(-fmin(r.won, 1.0 - 1e-12)));
    r.won_low = r.won > 0.0 ? -expm1(-exp(loglog - wide)) : 0.0;
    r.won_high = r.won > 0.0 ? fmin(-expm1(-exp(loglog + wide)), 1.0 - r.lost) : 0.0;
    r.won_high = fmax(r.won_high, r.won);
    r.won_ever_share = w.won + w.lost > 0.0 ? w.won / (w.won + w.lost) : 0.0;
    return r;
}

void cox_hazard_won(const struct cox_hazard *hazard, const struct cox_seasons *seasons,
    size_t count, const int32_t *age_days, const unsigned char *group, int32_t days,
    double *scratch, double *ret_won)
{
    for (size_t i = 0; i < hazard->group_count * (AGE_MAX + 1); i++) {
        scratch[i] = -1.0;
    }
    for (size_t i = 0; i < count; i++) {
        size_t age = age_days[i] < AGE_MAX ? (size_t)age_days[i] : AGE_MAX;
        size_t g = group == NULL ? 0 : group[i];
        double *known = &scratch[g * (AGE_MAX + 1) + age];
        if (*known < 0.0) {
            struct walk w = {.open = 1.0};
            for (int32_t ahead = 0; ahead < days; ahead++) {
                step(hazard, seasons, g, (int32_t)age, ahead, &w);
            }
            *known = w.won;
        }
        ret_won[i] = *known;
    }
}
