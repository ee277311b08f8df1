/* kernel/forecast/rolling.c: one forecast after the other, each from what was known. */
#include "kernel/forecast/rolling.h"

#include <math.h>
#include <string.h>

#include "kernel/forecast/judgement.h"
#include "kernel/forecast/score.h"
#include "kernel/stats/special.h"

enum { RECENT_DAYS = 90, SEGMENTS_MAX = 65536, YEAR_PERIODS = 12 };

static const double levels[3] = {0.1, 0.5, 0.9};
static const double fine[COX_ROLLING_LEVELS] = {.05, .1, .15, .2, .25, .3, .35, .4, .45, .5, .55,
    .6, .65, .7, .75, .8, .85, .9, .95};
static const size_t shown[3] = {1, 9, 17}; /* of fine */

struct roll {
    const struct cox_rolling_deals *deals;
    const struct cox_seasons *seasons;
    const struct cox_rolling_opt *opt;
    struct cox_rolling_row *rows;
    struct cox_hazard hazard;
    /* workspace */
    double *actual;      /* [period][team], all periods */
    double *mean_amount; /* by segment, as of the origin */
    double *count;       /* won by segment */
    double *prob, *scratch;
    int32_t *age;
    int64_t *amount;
    unsigned char *group;
    void *hazard_space, *period_space;
    double overall_mean, overall_square, overall_count, win_rate;
};

static size_t align_up(size_t size)
{
    return (size + 15) / 16 * 16;
}

static size_t parts_size(const struct cox_rolling_deals *d, size_t season_count, size_t *ret_part)
{
    const size_t n = d->lives.count + 1;
    const size_t sizes[] = {(COX_ROLLING_PERIODS * d->team_count) * sizeof(double),
        d->segment_count * sizeof(double), d->segment_count * sizeof(double), n * sizeof(double),
        d->hazard_group_count * (COX_HAZARD_WEEKS * 7 + 1) * sizeof(double), n * sizeof(int32_t),
        n * sizeof(int64_t), n, cox_hazard_workspace_size(d->hazard_group_count, season_count),
        cox_period_workspace_size(n)};
    size_t total = 0;

    for (size_t i = 0; i < COX_COUNT(sizes); i++) {
        if (ret_part != NULL) {
            ret_part[i] = total;
        }
        total += align_up(sizes[i]);
    }
    return total;
}

size_t cox_rolling_workspace_size(const struct cox_rolling_deals *deals, size_t season_count)
{
    return parts_size(deals, season_count, NULL);
}

static void lay_out(struct roll *r, unsigned char *workspace)
{
    size_t part[10];

    (void)parts_size(r->deals, r->seasons->season_count, part); /* only where the parts begin */
    r->actual = (double *)(void *)(workspace + part[0]);
    r->mean_amount = (double *)(void *)(workspace + part[1]);
    r->count = (double *)(void *)(workspace + part[2]);
    r->prob = (double *)(void *)(workspace + part[3]);
    r->scratch = (double *)(void *)(workspace + part[4]);
    r->age = (int32_t *)(void *)(workspace + part[5]);
    r->amount = (int64_t *)(void *)(workspace + part[6]);
    r->group = workspace + part[7];
    r->hazard_space = workspace + part[8];
    r->period_space = workspace + part[9];
}

static enum cox_rc check(const struct cox_rolling_deals *d, const struct cox_rolling_opt *opt,
    struct cox_err *reterr)
{
    if (opt->period_count < 2 || opt->period_count > COX_ROLLING_PERIODS || opt->warm_count < 1 ||
        opt->warm_count >= opt->period_count) {
        return cox_fail_at(reterr, COX_INVALID, "period_count", 0,
            "needs 2 to %d periods and at least one before the first forecast",
            COX_ROLLING_PERIODS);
    }
    for (size_t k = 0; k < opt->period_count; k++) {
        if (opt->start_day[k] >= opt->start_day[k + 1]) {
            return cox_fail_at(reterr, COX_INVALID, "start_day", (int64_t)k + 1, "does not ascend");
        }
    }
    if (d->team_count < 1 || d->team_count > COX_ROLLING_TEAMS || d->segment_count < 1 ||
        d->segment_count > SEGMENTS_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "team_count", 0, "must be 1 to %d",
            COX_ROLLING_TEAMS);
    }
    return COX_OK;
}

static size_t team_of(const struct roll *r, size_t i)
{
    return r->deals->team == NULL ? 0 : r->deals->team[i];
}

static size_t segment_of(const struct roll *r, size_t i)
{
    return r->deals->segment == NULL ? 0 : r->deals->segment[i];
}

static bool was_won_by(const struct roll *r, size_t i, int32_t day)
{
    const struct cox_lives *l = &r->deals->lives;

    return l->ending[i] == COX_WON && l->closed_day[i] != COX_NO_DAY && l->closed_day[i] < day;
}

/* Period totals. Each is read only by origins after its end. */
static void sum_actual(struct roll *r)
{
    const struct cox_rolling_opt *opt = r->opt;

    memset(r->actual, 0, COX_ROLLING_PERIODS * r->deals->team_count * sizeof(double));
    for (size_t i = 0; i < r->deals->lives.count; i++) {
        for (size_t k = 0; k < opt->period_count; k++) {
            if (was_won_by(r, i, opt->start_day[k + 1]) && !was_won_by(r, i, opt->start_day[k])) {
                r->actual[k * r->deals->team_count + team_of(r, i)] +=
                    (double)r->deals->amount_minor[i];
            }
        }
    }
}

/* Mean won amount per segment, drawn to the mean of all by one deal's weight; win rate of closed deals. */
static void learn_amounts(struct roll *r, int32_t as_of)
{
    const struct cox_lives *l = &r->deals->lives;
    double closed = 0.0;

    memset(r->mean_amount, 0, r->deals->segment_count * sizeof(double));
    memset(r->count, 0, r->deals->segment_count * sizeof(double));
    r->overall_mean = r->overall_square = r->overall_count = 0.0;
    for (size_t i = 0; i < l->count; i++) {
        closed += l->closed_day[i] != COX_NO_DAY && l->closed_day[i] < as_of;
        if (was_won_by(r, i, as_of)) {
            double a = (double)r->deals->amount_minor[i];
            r->mean_amount[segment_of(r, i)] += a;
            r->count[segment_of(r, i)] += 1.0;
            r->overall_mean += a;
            r->overall_square += a * a;
            r->overall_count += 1.0;
        }
    }
    r->win_rate = (r->overall_count + 1.0) / (closed + 2.0);
    r->overall_mean /= fmax(1.0, r->overall_count);
    r->overall_square /= fmax(1.0, r->overall_count);
    for (size_t s = 0; s < r->deals->segment_count; s++) {
        r->mean_amount[s] = (r->mean_amount[s] + r->overall_mean) / (r->count[s] + 1.0);
    }
}

/* The team's open deals at the origin, as the period kernel wants them; how many. */
static size_t take_open(struct roll *r, size_t team, int32_t as_of, int32_t days)
{
    const struct cox_lives *l = &r->deals->lives;
    size_t n = 0;

    for (size_t i = 0; i < l->count; i++) {
        bool open = l->created_day[i] < as_of &&
                    (l->closed_day[i] == COX_NO_DAY || l->closed_day[i] >= as_of);
        if (open && team_of(r, i) == team && l->ending[i] < COX_ENDING_COUNT) {
            r->age[n] = as_of - l->created_day[i];
            r->group[n] = l->group == NULL ? 0 : l->group[i];
            r->amount[n++] = llround(r->mean_amount[segment_of(r, i)]);
        }
    }
    cox_hazard_won(&r->hazard, r->seasons, n, r->age, r->group, days, r->scratch, r->prob);
    return n;
}

/* Deals still to be created: as many a day as lately, each with what is left of the period to be won. */
static struct cox_period_new look_ahead(struct roll *r, size_t team, int32_t as_of, int32_t days)
{
    const struct cox_lives *l = &r->deals->lives;
    double recent = 0.0, chance = 0.0, mean = r->overall_mean, span = RECENT_DAYS;
    int32_t first = as_of;

    for (size_t i = 0; i < l->count; i++) {
        first = l->created_day[i] < first ? l->created_day[i] : first;
        recent += l->created_day[i] < as_of && l->created_day[i] >= as_of - RECENT_DAYS &&
                  team_of(r, i) == team;
    }
    span = as_of - first < RECENT_DAYS ? fmax(1.0, as_of - first) : span;
    for (int32_t day = 0; day < days; day++) {
        struct cox_hazard later = r->hazard;
        double p;
        later.as_of_day += day; /* the calendar moves on, the hazards stay */
        cox_hazard_won(&later, r->seasons, 1, (int32_t[]){0}, NULL, days - day, r->scratch, &p);
        chance += p / days;
    }
    double var = fmax(r->overall_square - mean * mean, 0.01 * mean * mean);
    if (!(recent > 0.0) || !(mean > 0.0)) {
        return (struct cox_period_new){0};
    }
    return (
        struct cox_period_new){recent / span * days, fmin(1.0, chance), mean, mean * mean / var};
}

static struct cox_rolling_row *row_at(const struct roll *r, size_t period, size_t team)
{
    return &r->rows[(period - r->opt->warm_count) * r->deals->team_count + team];
}

/* Error scale of one of the two sources from the team's periods already over. */
static struct cox_period_error past_error(const struct roll *r, size_t period, size_t team,
    bool of_run, bool *ret_is_wide)
{
    double forecast[COX_ROLLING_PERIODS], actual[COX_ROLLING_PERIODS];
    size_t n = 0;

    for (size_t k = r->opt->warm_count; k < period; k++, n++) {
        const struct cox_rolling_row *row = row_at(r, k, team);
        forecast[n] = of_run ? row->mean3 : row->closed_by_kernel + row->later;
        actual[n] = row->actual;
    }
    return cox_period_error_scale(forecast, actual, n, ret_is_wide);
}

/* Mean |y_t - y_(t - lag)| of the periods before; lag a year where one is known. */
static double naive_scale(const struct roll *r, size_t period, size_t team)
{
    size_t teams = r->deals->team_count, lag = period > YEAR_PERIODS ? YEAR_PERIODS : 1;
    double sum = 0.0, n = 0.0;

    for (size_t k = lag; k < period; k++, n++) {
        sum += fabs(r->actual[k * teams + team] - r->actual[(k - lag) * teams + team]);
    }
    return n > 0.0 ? sum / n : 0.0;
}

/* The three that are shown, and the score of all. */
static double take_shown(const double *quantile, double actual, double *ret_shown)
{
    for (size_t q = 0; q < 3; q++) {
        ret_shown[q] = quantile[shown[q]];
    }
    return cox_mean_pinball(&actual, quantile, 1, fine, COX_ROLLING_LEVELS);
}

/* ret_run: quantiles of the run rate at the fine levels. */
static void set_baselines(const struct roll *r, size_t period, size_t team,
    struct cox_rolling_row *row, double *ret_run)
{
    size_t teams = r->deals->team_count, n = period < 3 ? period : 3;
    bool is_wide;

    row->actual = r->actual[period * teams + team];
    row->last = r->actual[(period - 1) * teams + team];
    row->naive_scale = naive_scale(r, period, team);
    row->mean3 = 0.0;
    for (size_t k = 1; k <= n; k++) {
        row->mean3 += r->actual[(period - k) * teams + team] / (double)n;
    }
    struct cox_period_error error = past_error(r, period, team, true, &is_wide);
    for (size_t q = 0; q < COX_ROLLING_LEVELS; q++) {
        ret_run[q] = row->mean3 * exp(error.bias + error.sd * cox_normal_quantile(fine[q]));
    }
    row->run_crps = take_shown(ret_run, row->actual, row->run);
}

static void set_blend(const struct roll *r, size_t period, size_t team, const double *kernel,
    const double *run, struct cox_rolling_row *row)
{
    double loss[2] = {0.0, 0.0}, weight[2], blend[COX_ROLLING_LEVELS];

    for (size_t k = r->opt->warm_count; k < period; k++) {
        const struct cox_rolling_row *past = row_at(r, k, team);
        loss[0] += cox_mean_pinball(&past->actual, past->kernel, 1, levels, 3);
        loss[1] += cox_mean_pinball(&past->actual, past->run, 1, levels, 3);
    }
    cox_blend_weights(loss, 2, period - r->opt->warm_count, weight);
    row->weight = weight[0];
    for (size_t q = 0; q < COX_ROLLING_LEVELS; q++) {
        blend[q] = weight[0] * kernel[q] + weight[1] * run[q];
    }
    row->blend_crps = take_shown(blend, row->actual, row->blend);
}

static enum cox_rc forecast_team(struct roll *r, size_t period, size_t team, struct cox_err *reterr)
{
    struct cox_rolling_row *row = row_at(r, period, team);
    int32_t as_of = r->opt->start_day[period], days = r->opt->start_day[period + 1] - as_of;
    struct cox_period_result result;
    int64_t quantile[COX_ROLLING_LEVELS];
    double kernel[COX_ROLLING_LEVELS], run[COX_ROLLING_LEVELS];

    *row = (struct cox_rolling_row){.open_count = take_open(r, team, as_of, days)};
    set_baselines(r, period, team, row, run);
    for (size_t i = 0; i < row->open_count; i++) {
        row->crm += (double)r->amount[i] * r->win_rate;
    }
    const struct cox_period_deals deals = {row->open_count, r->amount, r->prob};
    struct cox_period_opt opt = {.rho = r->opt->rho,
        .level = fine,
        .level_count = COX_ROLLING_LEVELS,
        .without_swing = true};
    opt.later = look_ahead(r, team, as_of, days);
    opt.error = past_error(r, period, team, false, &row->is_wide);
    COX_TRY(cox_period_forecast(&deals, &opt, r->period_space, quantile, &result, reterr));
    for (size_t q = 0; q < COX_ROLLING_LEVELS; q++) {
        kernel[q] = (double)quantile[q];
    }
    row->kernel_crps = take_shown(kernel, row->actual, row->kernel);
    row->closed_by_kernel = (double)result.open_minor;
    row->later = (double)result.later_minor;
    set_blend(r, period, team, kernel, run, row);
    return COX_OK;
}

enum cox_rc cox_rolling_run(const struct cox_rolling_deals *deals,
    const struct cox_seasons *seasons, const struct cox_rolling_opt *opt, void *workspace,
    struct cox_rolling_row *ret_row, struct cox_err *reterr)
{
    struct roll r = {.deals = deals, .seasons = seasons, .opt = opt, .rows = ret_row};

    COX_TRY(check(deals, opt, reterr));
    lay_out(&r, workspace);
    sum_actual(&r);
    for (size_t k = opt->warm_count; k < opt->period_count; k++) {
        const struct cox_hazard_opt hazard = {.as_of_day = opt->start_day[k],
            .group_count = deals->hazard_group_count};
        COX_TRY(cox_hazard_fit(&deals->lives, seasons, &hazard, r.hazard_space, NULL, &r.hazard,
            reterr));
        learn_amounts(&r, opt->start_day[k]);
        for (size_t team = 0; team < deals->team_count; team++) {
            COX_TRY(forecast_team(&r, k, team, reterr));
        }
    }
    return COX_OK;
}
