/* kernel/score/trend.c: what months would be had nothing changed, and the limits of chance. */
#include "kernel/score/trend.h"

#include <math.h>

#include "kernel/stats/special.h"

#define NOTHING    ((double)NAN)
#define LEVEL      0.0027 /* of the natural limits, both sides together: that of 3 sigma */
#define NEGLIGIBLE 1e-18

enum { ROUNDS_MAX = 200, HALVINGS = 24, SEASON_TRIALS = 30 };

size_t cox_score_workspace_count(size_t row_count, size_t month_count)
{
    return row_count + month_count;
}

static enum cox_rc check_panel(const struct cox_score_panel *panel, struct cox_err *reterr)
{
    for (size_t at = 0; at < panel->row_count * panel->month_count; at++) {
        if (panel->count[at] < 0 || panel->count[at] > INT64_C(1000000000000)) {
            return cox_fail_at(reterr, COX_INVALID, "count", (int64_t)at + 1,
                "cell %zu: a count is not negative", at + 1);
        }
        if (panel->trials != NULL && panel->trials[at] < panel->count[at]) {
            return cox_fail_at(reterr, COX_INVALID, "trials", (int64_t)at + 1,
                "cell %zu: fewer trials than successes", at + 1);
        }
        if (!(panel->weight[at] >= 0.0 && panel->weight[at] <= 1e6)) {
            return cox_fail_at(reterr, COX_INVALID, "weight", (int64_t)at + 1,
                "cell %zu: a weight is not negative", at + 1);
        }
    }
    return COX_OK;
}

/* ---- a binomial cell, or a beta-binomial one ---- */

struct cell {
    int64_t count;
    double trials, prob;
    double rho; /* correlation of trials */
};

/* P(x + 1) / P(x). */
static double step_up(const struct cell *cell, double x)
{
    double mass = cell->rho > 1e-9 ? 1.0 / cell->rho - 1.0 : 0.0;

    return (cell->trials - x) / (x + 1.0) *
           (mass > 0.0
                   ? (mass * cell->prob + x) / (mass * (1.0 - cell->prob) + cell->trials - x - 1.0)
                   : cell->prob / (1.0 - cell->prob));
}

struct tails {
    double below, above,
        whole; /* of at most and at least the count; of all. In units of start's chance */
};

static void add_tail(const struct cell *cell, struct tails *tails, double x, double chance)
{
    tails->whole += chance;
    tails->below += x <= (double)cell->count ? chance : 0.0;
    tails->above += x >= (double)cell->count ? chance : 0.0;
}

static struct tails tails_of(const struct cell *cell, double start)
{
    struct tails tails = {0};
    double chance = 1.0;

    add_tail(cell, &tails, start, 1.0);
    for (double x = start; x < cell->trials && chance > NEGLIGIBLE; x += 1.0) {
        chance *= step_up(cell, x);
        add_tail(cell, &tails, x + 1.0, chance);
    }
    chance = 1.0;
    for (double x = start; x > 0.0 && chance > NEGLIGIBLE; x -= 1.0) {
        chance /= step_up(cell, x - 1.0);
        add_tail(cell, &tails, x - 1.0, chance);
    }
    return tails;
}

/* Walks outwards again until what lies beyond is less than half of the level. */
static double limit_of(const struct cell *cell, double start, const struct tails *tails,
    bool is_high)
{
    double chance = 1.0, beyond = 0.0, x = start, end = is_high ? cell->trials : 0.0;

    for (double at = start; at != end && chance > NEGLIGIBLE; at += is_high ? 1.0 : -1.0) {
        chance = is_high ? chance * step_up(cell, at) : chance / step_up(cell, at - 1.0);
        beyond += chance;
    }
    chance = 1.0;
    while (x != end && beyond / tails->whole > LEVEL / 2.0) {
        chance = is_high ? chance * step_up(cell, x) : chance / step_up(cell, x - 1.0);
        beyond -= chance;
        x += is_high ? 1.0 : -1.0;
    }
    return x == end ? end : x + (is_high ? 0.5 : -0.5);
}

static double p_of(const struct tails *tails)
{
    return fmin(1.0, 2.0 * fmin(tails->below, tails->above) / tails->whole);
}

static struct cox_score_point point_of(const struct cell *cell)
{
    double start = floor(cell->trials * cell->prob);
    struct tails tails = tails_of(cell, start);

    return (struct cox_score_point){.expected = cell->trials * cell->prob,
        .low = limit_of(cell, start, &tails, false),
        .high = limit_of(cell, start, &tails, true),
        .p_value = p_of(&tails)};
}

/* ---- sums of rows ---- */

struct sums {
    double count, trials;
    size_t months;
};

static bool is_there(const struct cox_score_panel *panel, size_t at)
{
    return panel->weight[at] > 0.0 && (panel->trials == NULL || panel->trials[at] > 0);
}

static struct sums sums_of(const struct cox_score_panel *panel, size_t row)
{
    struct sums sums = {0};

    for (size_t m = 0; m < panel->month_count; m++) {
        size_t at = row * panel->month_count + m;
        if (is_there(panel, at)) {
            sums.count += (double)panel->count[at];
            sums.trials += panel->trials == NULL ? 0.0 : (double)panel->trials[at];
            sums.months++;
        }
    }
    return sums;
}

static bool says_something(const struct cox_score_panel *panel, const struct sums *sums)
{
    return sums->months >= COX_SCORE_MONTHS_MIN &&
           (panel->trials == NULL ? sums->count >= COX_SCORE_EVENTS_MIN
                                  : sums->trials >= COX_SCORE_TRIALS_MIN);
}

/* ---- counts ---- */

static bool has_season(const struct cox_score_panel *panel)
{
    size_t rows = 0;

    for (size_t row = 0; row < panel->row_count; row++) {
        rows += sums_of(panel, row).count > 0.0 ? 1 : 0;
    }
    return rows >= COX_SCORE_SEASON_ROWS;
}

/* One half of a round: levels of one side from those of the other. The largest relative change is told. */
static double fit_side(const struct cox_score_panel *panel, const double *other, bool is_rows,
    double *level)
{
    size_t count = is_rows ? panel->row_count : panel->month_count;
    size_t across = is_rows ? panel->month_count : panel->row_count;
    double change = 0.0;

    for (size_t i = 0; i < count; i++) {
        double observed = 0.0, base = 0.0, was = level[i];
        for (size_t j = 0; j < across; j++) {
            size_t at = is_rows ? i * panel->month_count + j : j * panel->month_count + i;
            observed += panel->weight[at] > 0.0 ? (double)panel->count[at] : 0.0;
            base += panel->weight[at] * other[j];
        }
        level[i] = base > 0.0 ? observed / base : 0.0;
        change = fmax(change, fabs(level[i] - was) / fmax(was, 1e-300));
    }
    return change;
}

static void fit_counts(const struct cox_score_panel *panel, double *own, double *month)
{
    bool with_season = has_season(panel);

    for (size_t m = 0; m < panel->month_count; m++) {
        month[m] = 1.0;
    }
    for (size_t row = 0; row < panel->row_count; row++) {
        own[row] = 1.0;
    }
    for (int round = 0; round < ROUNDS_MAX; round++) {
        double change = fit_side(panel, month, true, own);
        if (with_season) {
            change = fmax(change, fit_side(panel, own, false, month));
        }
        if (!with_season || change < 1e-9) {
            break;
        }
    }
}

/* ---- rates ---- */

/* What a month of the company's shifts everybody's log odds by; 0 where it says too little. */
static void fit_months(const struct cox_score_panel *panel, double *shift)
{
    double all = 0.0, all_trials = 0.0;

    for (size_t at = 0; at < panel->row_count * panel->month_count; at++) {
        all += is_there(panel, at) ? (double)panel->count[at] : 0.0;
        all_trials += is_there(panel, at) ? (double)panel->trials[at] : 0.0;
    }
    for (size_t m = 0; m < panel->month_count; m++) {
        double count = 0.0, trials = 0.0;
        size_t rows = 0;
        for (size_t row = 0; row < panel->row_count; row++) {
            size_t at = row * panel->month_count + m;
            count += is_there(panel, at) ? (double)panel->count[at] : 0.0;
            trials += is_there(panel, at) ? (double)panel->trials[at] : 0.0;
            rows += is_there(panel, at) ? 1 : 0;
        }
        shift[m] = rows >= COX_SCORE_SEASON_ROWS && trials >= SEASON_TRIALS
                       ? cox_logit((count + 0.5) / (trials + 1.0)) -
                             cox_logit((all + 0.5) / (all_trials + 1.0))
                       : 0.0;
    }
}

/* Own log odds at which the months together make as many successes as there were. */
static double fit_rate(const struct cox_score_panel *panel, size_t row, const struct sums *sums,
    const double *shift)
{
    double odds = cox_logit((sums->count + 0.5) / (sums->trials + 1.0));

    for (int i = 0; i < ROUNDS_MAX && sums->count > 0.0 && sums->count < sums->trials; i++) {
        double expected = 0.0, slope = 0.0, step;
        for (size_t m = 0; m < panel->month_count; m++) {
            size_t at = row * panel->month_count + m;
            double prob = cox_logistic(odds + shift[m]);
            double trials = is_there(panel, at) ? (double)panel->trials[at] : 0.0;
            expected += trials * prob;
            slope += trials * prob * (1.0 - prob);
        }
        step = fmax(-1.0, fmin(1.0, (sums->count - expected) / fmax(slope, 1e-9)));
        odds += step;
        if (fabs(step) < 1e-10) {
            break;
        }
    }
    return odds;
}

/* ---- both ---- */

struct fitting {
    const struct cox_score_panel *panel;
    double *own, *month;
    double spread;
};

/* Months first up to before last of a row together; squares is the sum of their squared means. */
struct span {
    double count, mean, trials, squares;
};

static struct span span_of(const struct fitting *f, size_t row, size_t first, size_t last)
{
    struct span span = {0};

    for (size_t m = first; m < last; m++) {
        size_t at = row * f->panel->month_count + m;
        double trials = f->panel->trials == NULL ? 0.0 : (double)f->panel->trials[at], mean;
        if (!is_there(f->panel, at)) {
            continue;
        }
        mean = f->panel->trials == NULL ? f->own[row] * f->month[m] * f->panel->weight[at]
                                        : trials * cox_logistic(f->own[row] + f->month[m]);
        span.count += (double)f->panel->count[at];
        span.mean += mean;
        span.trials += trials;
        span.squares += f->panel->trials == NULL ? mean * mean : trials * trials;
    }
    return span;
}

/* The cell with the variance that spread gives its months together. */
static struct cell cell_of(const struct fitting *f, const struct span *span,
    const struct sums *sums)
{
    struct cell cell = {.count = (int64_t)span->count,
        .trials = f->panel->trials == NULL ? sums->count : span->trials};
    double excess; /* variance over that of a binomial */

    cell.prob = fmax(0.0, fmin(span->mean / fmax(cell.trials, 1e-300), 1.0 - 1e-9));
    if (cell.trials < 2.0 || !(cell.prob > 0.0)) {
        return cell;
    }
    excess = f->panel->trials == NULL ? f->spread * span->squares / (span->mean * (1.0 - cell.prob))
                                      : f->spread * (span->squares / span->trials - 1.0);
    cell.rho = fmin(excess / (cell.trials - 1.0), 0.9);
    return cell;
}

/* Pearson's X2 at the fitting's spread, of the rows that say something; its degrees of freedom. */
static double pearson(const struct fitting *f, double *ret_freedom)
{
    double chi = 0.0;
    size_t cells = 0, fixed = has_season(f->panel) ? f->panel->month_count - 1 : 0;

    for (size_t row = 0; row < f->panel->row_count; row++) {
        struct sums sums = sums_of(f->panel, row);
        fixed += says_something(f->panel, &sums) ? 1 : 0;
        for (size_t m = 0; m < f->panel->month_count && says_something(f->panel, &sums); m++) {
            struct span span = span_of(f, row, m, m + 1);
            struct cell cell = cell_of(f, &span, &sums);
            double variance = cell.trials * cell.prob * (1.0 - cell.prob) *
                              (1.0 + (cell.trials - 1.0) * cell.rho);
            if (variance > 0.0) {
                chi += (span.count - span.mean) * (span.count - span.mean) / variance;
                cells++;
            }
        }
    }
    *ret_freedom = cells > fixed ? (double)(cells - fixed) : 0.0;
    return chi;
}

static double spread_of(struct fitting *f)
{
    double freedom, low = 0.0, high = f->panel->trials == NULL ? 4.0 : 0.9;

    f->spread = 0.0;
    if (pearson(f, &freedom) <= freedom || freedom < 1.0) {
        return 0.0;
    }
    for (int i = 0; i < HALVINGS; i++) {
        f->spread = (low + high) / 2.0;
        if (pearson(f, &freedom) > freedom) {
            low = f->spread;
        } else {
            high = f->spread;
        }
    }
    return high;
}

static void judge_row(const struct fitting *f, size_t row, struct cox_score_trend *trend)
{
    struct sums sums = sums_of(f->panel, row);
    size_t months = f->panel->month_count;

    for (size_t m = 0; m < months; m++) {
        struct span span = span_of(f, row, m, m + 1);
        struct cell cell = cell_of(f, &span, &sums);
        trend->points[row * months + m] =
            says_something(f->panel, &sums) && cell.prob > 0.0
                ? point_of(&cell)
                : (struct cox_score_point){NOTHING, NOTHING, NOTHING, NOTHING};
    }
    if (trend->recents != NULL) {
        size_t recent = trend->recent_count < months ? trend->recent_count : months;
        struct span span = span_of(f, row, months - recent, months);
        struct cell cell = cell_of(f, &span, &sums);
        struct cox_score_recent *into = &trend->recents[row];
        *into = (struct cox_score_recent){cell.count, NOTHING, NOTHING};
        if (says_something(f->panel, &sums) && cell.prob > 0.0) {
            struct tails tails = tails_of(&cell, floor(span.mean));
            into->expected = span.mean;
            into->p_value = p_of(&tails);
        }
    }
}

enum cox_rc cox_score_trend(const struct cox_score_panel *panel, struct cox_score_trend *trend,
    double *workspace, struct cox_err *reterr)
{
    struct fitting f = {panel, workspace, workspace + panel->row_count, 0.0};

    COX_TRY(check_panel(panel, reterr));
    if (panel->trials == NULL) {
        fit_counts(panel, f.own, f.month);
    } else {
        fit_months(panel, f.month);
        for (size_t row = 0; row < panel->row_count; row++) {
            struct sums sums = sums_of(panel, row);
            f.own[row] = sums.trials > 0.0 ? fit_rate(panel, row, &sums, f.month) : 0.0;
        }
    }
    f.spread = trend->spread = spread_of(&f);
    for (size_t row = 0; row < panel->row_count; row++) {
        judge_row(&f, row, trend);
    }
    return COX_OK;
}

bool cox_score_single(const double *value, size_t count, struct cox_score_limits *ret_limits)
{
    double sum = 0.0, range = 0.0, last = NOTHING;
    size_t there = 0;

    for (size_t i = 0; i < count; i++) {
        if (isnan(value[i])) {
            continue;
        }
        sum += value[i];
        range += there == 0 ? 0.0 : fabs(value[i] - last);
        last = value[i];
        there++;
    }
    if (there < COX_SCORE_MONTHS_MIN) {
        return false;
    }
    sum /= (double)there;
    range /= (double)(there - 1);
    *ret_limits = (struct cox_score_limits){sum, fmax(0.0, sum - 2.66 * range), sum + 2.66 * range};
    return true;
}
