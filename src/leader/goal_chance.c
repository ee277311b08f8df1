/*
 * leader/goal_chance.c: the chance that a key result is reached, and where it will probably stand at the end. What
 * is won comes from the open deals and those to come (goal_deals.c). What else is counted goes on as in the months
 * before; so does a ratio, which is at or over a target exactly when its part less target x whole is at least 0.
 * What is told by hand goes on as its check-ins went.
 */
#include <math.h>
#include <string.h>

#include "kernel/forecast/course.h"
#include "kernel/forecast/series.h"
#include "kernel/stats/special.h"
#include "leader/goal_lore.h"

const char *const cox_chance_names[COX_CHANCE_COUNT] = {
    [COX_CHANCE_NONE] = "none",
    [COX_CHANCE_CERTAIN] = "certain",
    [COX_CHANCE_DEALS] = "deals",
    [COX_CHANCE_MONTHS] = "months",
    [COX_CHANCE_SERIES] = "series",
    [COX_CHANCE_TOO_FEW_DEALS] = "too_few_deals",
    [COX_CHANCE_TOO_FEW_MONTHS] = "too_few_months",
    [COX_CHANCE_TOO_SHORT] = "too_short",
    [COX_CHANCE_NO_METHOD] = "no_method",
};

enum { MONTHS = 24, HALVINGS = 40 };

static void settle(struct cox_goal_result *result, enum cox_chance_by by, double chance, double low,
    double high)
{
    result->chance_by = by;
    result->chance = result->row.direction == COX_AT_MOST ? 1 - chance : chance;
    result->end_low = low;
    result->end_high = high;
}

/* ---- what is won ---- */

/* scale: sums of the book for 1 of the result. "At most" is passed by the next unit above. */
static enum cox_rc chance_of_deals(struct cox_goal_lore *lore, struct cox_goal_result *result,
    bool of_money, double scale, struct cox_err *reterr)
{
    double above = result->row.direction == COX_AT_MOST ? 1 : 0;
    struct cox_goal_ahead ahead;

    COX_TRY(cox_goal_deals_ahead(lore, result, of_money, result->value * scale,
        result->row.target * scale + above, &ahead, reterr));
    if (ahead.is_thin) {
        result->chance_by = COX_CHANCE_TOO_FEW_DEALS;
        return COX_OK;
    }
    settle(result, COX_CHANCE_DEALS, ahead.chance, ahead.low / scale, ahead.high / scale);
    return COX_OK;
}

/* ---- what is told by hand ---- */

/* Check-ins come when they come: read off at equal steps between the first and the last. */
static double even_out(const struct cox_goal_point *points, size_t count,
    double ret_y[COX_GOAL_HISTORY_MAX])
{
    double step = (double)(points[count - 1].day - points[0].day) / (double)(count - 1);
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        double day = (double)points[0].day + step * (double)i;

        while (at + 2 < count && (double)points[at + 1].day < day) {
            at++;
        }
        ret_y[i] = points[at].value + (points[at + 1].value - points[at].value) *
                                          (day - (double)points[at].day) /
                                          (double)(points[at + 1].day - points[at].day);
    }
    return step;
}

static enum cox_rc chance_of_check_ins(struct cox_goal_lore *lore, struct cox_goal_result *result,
    struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(lore->call);
    size_t count = result->history_count, horizon, last;
    int64_t end = lore->goals->goals[result->goal].row.to_day - 1;
    double y[COX_GOAL_HISTORY_MAX], left, sd, over, *room, *workspace;
    struct cox_series series;

    if (count < COX_GOAL_POINTS_MIN) {
        result->chance_by = COX_CHANCE_TOO_SHORT;
        return COX_OK;
    }
    left =
        ceil((double)(end - result->history[count - 1].day) / even_out(result->history, count, y));
    horizon = (size_t)fmin(fmax(left, 1), COX_SERIES_HORIZON_MAX);
    room = COX_NEW_ARRAY(arena, 8 * horizon, double);
    workspace = COX_NEW_ARRAY(arena, cox_series_workspace_size(count), double);
    if (room == NULL || workspace == NULL) {
        return cox_no_memory(reterr);
    }
    const struct cox_series_path path = {room, room + horizon, room + 2 * horizon,
        room + 3 * horizon, room + 4 * horizon, room + 5 * horizon, room + 6 * horizon,
        room + 7 * horizon};
    COX_TRY(cox_series_forecast(y, count, 1, horizon, workspace, &path, &series, reterr));
    last = horizon - 1;
    sd = (path.high80[last] - path.low80[last]) / 2 / cox_normal_quantile(.9);
    over = path.point[last] - result->row.target;
    settle(result, COX_CHANCE_SERIES,
        sd > 0      ? cox_normal_cdf(over / sd)
        : over >= 0 ? 1
                    : 0,
        path.low80[last], path.high80[last]);
    return COX_OK;
}

/* ---- what goes on month by month ---- */

/* One result's past months and what its period has so far, in the book's units. */
struct course {
    const struct cox_sales_measure *measure;
    const struct cox_goal_result *result;
    int64_t sums[MONTHS][COX_SUM_COUNT]; /* the oldest first */
    size_t first;                        /* months before it have nothing: it had not begun then */
    double left;                         /* months */
    double scale;
};

/* What counts of some sums for the question whether the value is at or over x: see the head of this file. */
static double excess(const struct course *c, const int64_t sums[static COX_SUM_COUNT], double x)
{
    struct cox_measure_ratio ratio;

    return !cox_measure_ratio_of(c->measure, sums, &ratio) ? (double)sums[c->measure->sum]
           : ratio.is_known_ahead                          ? ratio.part
                                  : ratio.part - x * c->scale * ratio.whole;
}

/* What of x the period's end must have: of a ratio of what is still open on both sides nothing. */
static double needed(const struct course *c, double x)
{
    struct cox_measure_ratio ratio;

    return !cox_measure_ratio_of(c->measure, c->result->sums, &ratio) ? x * c->scale
           : ratio.is_known_ahead                                     ? x * ratio.whole
                                                                      : 0;
}

/* Chance that the value will be at least x. */
static double chance_over(const struct course *c, double x)
{
    double steps[MONTHS];
    struct cox_course course;

    for (size_t m = c->first; m < MONTHS; m++) {
        steps[m - c->first] = excess(c, c->sums[m], x);
    }
    course = cox_course_of(steps, MONTHS - c->first, c->left);
    return cox_course_over(&course, needed(c, x) - excess(c, c->result->sums, x));
}

/* The value that is passed with this chance; falls as the chance rises. */
static double passed_with(const struct course *c, double chance)
{
    double low = 0, high = fmax(fabs(c->result->value), fabs(c->result->row.target)) + 1;

    for (int i = 0; i < HALVINGS && chance_over(c, high) > chance; i++) {
        high *= 2;
    }
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;

        if (chance_over(c, middle) > chance) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (low + high) / 2;
}

static int64_t month_start(int64_t day, int months_back)
{
    struct cox_civil civil = cox_day_civil(day);

    return cox_day_add_months(cox_day_ymd(civil.year, civil.month, 1), -months_back);
}

static enum cox_rc load_course(struct cox_goal_lore *lore, struct course *c, struct cox_err *reterr)
{
    const struct cox_goals *goals = lore->goals;
    struct cox_measure_ask ask = {.as_it_is = true,
        .wants = cox_measure_uses(c->measure),
        .by = {COX_BY_MONTH},
        .period = {month_start(goals->day, MONTHS), month_start(goals->day, 0)}};
    struct cox_measure_result months;

    c->first = MONTHS;
    COX_TRY(
        cox_goal_population(lore->call, goals, c->result, &ask.owners, &ask.owner_count, reterr));
    COX_TRY(cox_measure_read(lore->call, lore->books, &ask, &months, reterr));
    for (size_t m = MONTHS; m-- > 0;) {
        for (size_t i = 0; i < months.count; i++) {
            if (months.rows[i].keys[0] == month_start(goals->day, MONTHS - (int)m)) {
                memcpy(c->sums[m], months.rows[i].sums, sizeof(c->sums[m]));
                c->first = m;
            }
        }
    }
    return COX_OK;
}

static enum cox_rc chance_of_months(struct cox_goal_lore *lore, struct cox_goal_result *result,
    const struct cox_sales_measure *measure, struct cox_err *reterr)
{
    int64_t to_day = lore->goals->goals[result->goal].row.to_day;
    bool is_money = measure->unit == COX_UNIT_MONEY || measure->unit == COX_UNIT_MONEY_A_DAY;
    struct course *c = COX_NEW(cox_call_arena(lore->call), struct course);

    if (c == NULL) {
        return cox_no_memory(reterr);
    }
    *c = (struct course){.measure = measure,
        .result = result,
        .left = (double)(to_day - 1 - lore->goals->day) / (365.25 / 12),
        .scale = is_money ? lore->goals->minor_per_unit : 1};
    COX_TRY(load_course(lore, c, reterr));
    if (MONTHS - c->first < COX_GOAL_POINTS_MIN) {
        result->chance_by = COX_CHANCE_TOO_FEW_MONTHS;
        return COX_OK;
    }
    settle(result, COX_CHANCE_MONTHS, chance_over(c, result->row.target), passed_with(c, .9),
        passed_with(c, .1));
    return COX_OK;
}

/* ---- one result ---- */

static bool is_met(const struct cox_goal_result *result)
{
    return result->row.direction == COX_AT_MOST ? result->value <= result->row.target
                                                : result->value >= result->row.target;
}

/* Sums of the period never fall: once there it stays, once over an upper limit it is lost. */
static bool is_decided(const struct cox_goal_result *result,
    const struct cox_sales_measure *measure)
{
    struct cox_measure_ratio ratio;
    bool only_rises =
        measure != NULL && result->sums != NULL &&
        (measure->value == NULL
                ? measure->sum >= COX_SUM_WON_COUNT
                : cox_measure_ratio_of(measure, result->sums, &ratio) && ratio.is_known_ahead);

    return only_rises &&
           result->value >= result->row.target + (result->row.direction == COX_AT_MOST ? 1e-9 : 0);
}

/*
 * How a measure's chance is found: by the deals, of what is won and of what is won over a quota; by its months; or not
 * at all (figures of the instant, what leans on one, slippage).
 */
static enum cox_rc chance_of_measure(struct cox_goal_lore *lore, struct cox_goal_result *result,
    const struct cox_sales_measure *measure, struct cox_err *reterr)
{
    struct cox_measure_ratio ratio = {0};
    bool is_ratio = result->sums != NULL && cox_measure_ratio_of(measure, result->sums, &ratio);
    uint64_t counts = is_ratio && ratio.is_known_ahead
                          ? cox_measure_uses(measure) & ~COX_SUMS_OF_QUOTAS
                      : measure->value == NULL ? COX_SUM_BIT(measure->sum)
                                               : 0;

    if (counts == COX_SUM_BIT(COX_SUM_WON) || counts == COX_SUM_BIT(COX_SUM_WON_COUNT) ||
        counts == COX_SUM_BIT(COX_SUM_CREDIT)) {
        bool of_money = counts != COX_SUM_BIT(COX_SUM_WON_COUNT);

        return chance_of_deals(lore, result, of_money,
            is_ratio   ? ratio.whole
            : of_money ? lore->goals->minor_per_unit
                       : 1,
            reterr);
    }
    if (is_ratio || (measure->value == NULL && measure->sum > COX_SUM_WON_COUNT &&
                        measure->sum != COX_SUM_SLIP_DUE && measure->sum != COX_SUM_SLIP_OUT)) {
        return chance_of_months(lore, result, measure, reterr);
    }
    result->chance_by = COX_CHANCE_NO_METHOD;
    return COX_OK;
}

static enum cox_rc chance_of(struct cox_goal_lore *lore, struct cox_goal_result *result,
    struct cox_err *reterr)
{
    const struct cox_goal *goal = &lore->goals->goals[result->goal];
    const struct cox_sales_measure *measure = result->row.kind == COX_KEY_RESULT_MEASURE
                                                  ? cox_sales_measure_find(result->row.measure)
                                                  : NULL;

    if (isnan(result->value) || goal->row.state != COX_OBJECTIVE_ACTIVE) {
        return COX_OK;
    }
    if (goal->row.to_day <= lore->goals->day + 1 || is_decided(result, measure)) {
        result->chance = is_met(result) ? 1 : 0;
        result->chance_by = COX_CHANCE_CERTAIN;
        return COX_OK;
    }
    return measure == NULL ? chance_of_check_ins(lore, result, reterr)
                           : chance_of_measure(lore, result, measure, reterr);
}

enum cox_rc cox_goals_chances(struct cox_call *call, struct cox_books *books,
    struct cox_goals *goals, struct cox_err *reterr)
{
    struct cox_goal_lore lore = {.call = call, .books = books, .goals = goals};
    enum cox_rc rc = COX_OK;

    for (size_t i = 0; i < goals->result_count && rc == COX_OK; i++) {
        rc = chance_of(&lore, &goals->results[i], reterr);
    }
    cox_goal_lore_close(&lore);
    return rc;
}
