/*
 * leader/goal_chance.c: the chance that a key result is reached. What is won is taken as a distribution: of the open
 * deals, each won in time by the hazards that all deals teach, and of deals still to come at the rate of
 * the last 90 days. What else is counted goes on as its own course (months, or check-ins) lets expect.
 */
#include <string.h>

#include "kernel/forecast/hazard.h"
#include "kernel/forecast/period.h"
#include "kernel/forecast/series.h"
#include "kernel/stats/special.h"
#include "leader/goals.h"
#include "sales/deals.h"

const char *const cox_chance_names[COX_CHANCE_COUNT] = {
    [COX_CHANCE_NONE] = "none",
    [COX_CHANCE_CERTAIN] = "certain",
    [COX_CHANCE_DEALS] = "deals",
    [COX_CHANCE_SERIES] = "series",
    [COX_CHANCE_TOO_FEW_DEALS] = "too_few_deals",
    [COX_CHANCE_TOO_SHORT] = "too_short",
    [COX_CHANCE_NO_METHOD] = "no_method",
};

enum {
    LEARN_DAYS = 730,
    CREATE_DAYS = 90,
    SERIES_MONTHS = 24,
    AMOUNTS_MIN = 5,
    FUTURE_DAYS_MAX = 3 * 366,
};

/* What deals tell; loaded when the first result needs it. */
struct lore {
    struct cox_call *call;
    struct cox_books *books;
    struct cox_goals *goals;
    bool is_loaded;
    struct cox_deals deals;
    struct cox_hazard hazard;
    struct cox_seasons seasons;
    double *scratch;
};

/* ---- learning ---- */

static enum cox_rc fill_lives(struct lore *lore, struct cox_lives *ret_lives, int32_t *ret_first,
    struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(lore->call);
    size_t count = lore->deals.count;
    int32_t *created = COX_NEW_ARRAY(arena, count + 1, int32_t);
    int32_t *closed = COX_NEW_ARRAY(arena, count + 1, int32_t);
    unsigned char *ending = COX_NEW_ARRAY(arena, count + 1, unsigned char);
    int32_t first = (int32_t)lore->goals->day;
    size_t used = 0;

    if (created == NULL || closed == NULL || ending == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        const struct cox_deal *deal = &lore->deals.at[i];

        if (deal->created_day == COX_NULL) {
            continue; /* its age is not known */
        }
        created[used] = (int32_t)deal->created_day;
        closed[used] = deal->closed_day == COX_NULL ? COX_NO_DAY : (int32_t)deal->closed_day;
        ending[used] = deal->closed_day == COX_NULL ? COX_STILL_OPEN
                       : deal->won_day != COX_NULL  ? COX_WON
                                                    : COX_LOST;
        first = created[used] < first ? created[used] : first;
        used++;
    }
    *ret_lives = (struct cox_lives){used, created, closed, ending, NULL};
    *ret_first = first;
    return COX_OK;
}

static enum cox_rc learn(struct lore *lore, struct cox_err *reterr)
{
    const struct cox_hazard_opt opt = {(int32_t)lore->goals->day + 1, 1, 0};
    struct cox_arena *arena = cox_call_arena(lore->call);
    struct cox_lives lives;
    unsigned char *season;
    int32_t first;
    void *workspace;

    lore->is_loaded = true;
    COX_TRY(cox_deals_load(lore->call, lore->goals->day - LEARN_DAYS, true, &lore->deals, reterr));
    COX_TRY(fill_lives(lore, &lives, &first, reterr));
    lore->seasons = (struct cox_seasons){.first_day = first,
        .day_count = (size_t)(lore->goals->day - first) + FUTURE_DAYS_MAX,
        .season_count = 1};
    season = COX_NEW_ARRAY(arena, lore->seasons.day_count, unsigned char);
    workspace = cox_arena_alloc(arena, cox_hazard_workspace_size(1, 1));
    lore->scratch = COX_NEW_ARRAY(arena, COX_HAZARD_WEEKS * 7 + 1, double);
    if (season == NULL || workspace == NULL || lore->scratch == NULL) {
        return cox_no_memory(reterr);
    }
    memset(season, 0, lore->seasons.day_count);
    lore->seasons.season = season;
    lore->hazard.thin = true;
    return lives.count == 0 ? COX_OK
                            : cox_hazard_fit(&lives, &lore->seasons, &opt, workspace, NULL,
                                  &lore->hazard, reterr);
}

/* ---- what will be won ---- */

struct prospects {
    struct cox_period_deals deals;
    int64_t *amounts;
    double *probs;
    int32_t *ages;
    size_t created_count, won_count;
    double won_sum, won_squares;
};

static bool is_of(const int64_t *users, size_t count, int64_t owner)
{
    for (size_t i = 0; i < count; i++) {
        if (users[i] == owner) {
            return true;
        }
    }
    return users == NULL;
}

static enum cox_rc gather(struct lore *lore, const struct cox_goal_result *result, bool of_money,
    struct prospects *p, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(lore->call);
    int64_t day = lore->goals->day;
    const int64_t *users;
    size_t user_count;

    *p = (struct prospects){.amounts = COX_NEW_ARRAY(arena, lore->deals.count + 1, int64_t),
        .probs = COX_NEW_ARRAY(arena, lore->deals.count + 1, double),
        .ages = COX_NEW_ARRAY(arena, lore->deals.count + 1, int32_t)};
    if (p->amounts == NULL || p->probs == NULL || p->ages == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_goal_population(lore->call, lore->goals, result, &users, &user_count, reterr));
    for (size_t i = 0; i < lore->deals.count; i++) {
        const struct cox_deal *deal = &lore->deals.at[i];
        int64_t amount = of_money ? deal->amount_minor : 1;

        if (!is_of(users, user_count, deal->owner) || deal->created_day == COX_NULL) {
            continue;
        }
        p->created_count += deal->created_day > day - CREATE_DAYS;
        if (deal->won_day != COX_NULL) {
            p->won_count++;
            p->won_sum += (double)amount;
            p->won_squares += (double)amount * (double)amount;
        } else if (cox_deal_is_open(deal) && amount >= 0) {
            p->amounts[p->deals.count] = amount;
            p->ages[p->deals.count++] = (int32_t)(day + 1 - deal->created_day);
        }
    }
    p->deals.amount_minor = p->amounts;
    p->deals.win_prob = p->probs;
    return COX_OK;
}

/* Deals to come: as many a day as lately, won as young deals are in half of what is left, sizes as won. */
static struct cox_period_new to_come(const struct lore *lore, const struct prospects *p,
    int32_t days, bool of_money)
{
    double mean = of_money ? p->won_sum / (double)p->won_count : 1;
    double variance = p->won_squares / (double)p->won_count - mean * mean;
    struct cox_period_new later = {
        .create_count = (double)p->created_count / CREATE_DAYS * days,
        .win_prob = cox_hazard_outlook(&lore->hazard, &lore->seasons, 0, 0, days / 2).won,
        .mean_minor = mean,
        .shape = of_money && variance > 0 ? fmin(fmax(mean * mean / variance, .2), 20) : 20,
    };

    return p->won_count < AMOUNTS_MIN ? (struct cox_period_new){0} : later;
}

static enum cox_rc chance_of_deals(struct lore *lore, struct cox_goal_result *result, bool of_money,
    struct cox_err *reterr)
{
    const struct cox_goals *goals = lore->goals;
    const struct cox_goal *goal = &goals->goals[result->goal];
    double unit = of_money ? goals->minor_per_unit : 1;
    int32_t days = (int32_t)(goal->row.to_day - goals->day - 1);
    bool is_down = result->row.direction == COX_AT_MOST;
    struct cox_period_opt opt = {.closed_minor = (int64_t)nearbyint(result->value * unit),
        .target_minor = (int64_t)ceil(result->row.target * unit) + (is_down ? 1 : 0),
        .without_swing = true};
    struct cox_period_result period;
    struct prospects p;
    void *workspace;

    if (!lore->is_loaded) {
        COX_TRY(learn(lore, reterr));
    }
    if (lore->hazard.thin || opt.target_minor <= 0) {
        result->chance_by = COX_CHANCE_TOO_FEW_DEALS;
        return COX_OK;
    }
    COX_TRY(gather(lore, result, of_money, &p, reterr));
    cox_hazard_won(&lore->hazard, &lore->seasons, p.deals.count, p.ages, NULL, days, lore->scratch,
        p.probs);
    opt.later = to_come(lore, &p, days, of_money);
    workspace =
        cox_arena_alloc(cox_call_arena(lore->call), cox_period_workspace_size(p.deals.count));
    if (workspace == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_period_forecast(&p.deals, &opt, workspace, NULL, &period, reterr));
    result->chance = is_down ? 1 - period.prob_target : period.prob_target;
    result->chance_by = COX_CHANCE_DEALS;
    return COX_OK;
}

/* ---- what goes on as it went ---- */

/* Chance that the course y of count equal steps ends at or over the target after horizon more. */
static enum cox_rc chance_of_course(struct lore *lore, const double *y, size_t count,
    size_t horizon, double target, struct cox_goal_result *result, struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(lore->call);
    double *room = COX_NEW_ARRAY(arena, 8 * horizon, double);
    double *workspace = COX_NEW_ARRAY(arena, cox_series_workspace_size(count), double);
    struct cox_series_path path = {room, room + horizon, room + 2 * horizon, room + 3 * horizon,
        room + 4 * horizon, room + 5 * horizon, room + 6 * horizon, room + 7 * horizon};
    struct cox_series series;
    double sd, over;

    if (room == NULL || workspace == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_series_forecast(y, count, 1, horizon, workspace, &path, &series, reterr));
    sd = (path.high80[horizon - 1] - path.low80[horizon - 1]) / 2 / cox_normal_quantile(.9);
    over = path.point[horizon - 1] - target;
    if (sd > 0) {
        over = cox_normal_cdf(over / sd);
    } else {
        over = over >= 0 ? 1 : 0;
    }
    result->chance = result->row.direction == COX_AT_MOST ? 1 - over : over;
    result->chance_by = COX_CHANCE_SERIES;
    return COX_OK;
}

/* Check-ins come when they come: read off at equal steps between the first and the last. */
static enum cox_rc chance_of_check_ins(struct lore *lore, struct cox_goal_result *result,
    struct cox_err *reterr)
{
    const struct cox_goal_point *points = result->history;
    size_t count = result->history_count, at = 0;
    int64_t end = lore->goals->goals[result->goal].row.to_day - 1;
    double y[COX_GOAL_HISTORY_MAX], step, left;

    if (count < COX_GOAL_POINTS_MIN) {
        result->chance_by = COX_CHANCE_TOO_SHORT;
        return COX_OK;
    }
    step = (double)(points[count - 1].day - points[0].day) / (double)(count - 1);
    for (size_t i = 0; i < count; i++) {
        double day = (double)points[0].day + step * (double)i;

        while (at + 2 < count && (double)points[at + 1].day < day) {
            at++;
        }
        y[i] = points[at].value + (points[at + 1].value - points[at].value) *
                                      (day - (double)points[at].day) /
                                      (double)(points[at + 1].day - points[at].day);
    }
    left = ceil((double)(end - points[count - 1].day) / step);
    return chance_of_course(lore, y, count,
        left < 1                        ? 1
        : left > COX_SERIES_HORIZON_MAX ? COX_SERIES_HORIZON_MAX
                                        : (size_t)left,
        result->row.target, result, reterr);
}

static int64_t month_start(int64_t day, int months_back)
{
    struct cox_civil civil = cox_day_civil(day);

    return cox_day_add_months(cox_day_ymd(civil.year, civil.month, 1), -months_back);
}

/* Whole months add up to a course; from its end on, what the goal's period still lacks must come. */
static enum cox_rc chance_of_months(struct lore *lore, const struct cox_sales_measure *measure,
    struct cox_goal_result *result, struct cox_err *reterr)
{
    const struct cox_goals *goals = lore->goals;
    const struct cox_goal *goal = &goals->goals[result->goal];
    int64_t this_month = month_start(goals->day, 0);
    struct cox_civil end = cox_day_civil(goal->row.to_day - 1), now = cox_day_civil(goals->day);
    size_t horizon = (size_t)((end.year - now.year) * 12 + end.month - now.month + 1);
    struct cox_measure_ask ask = {.as_it_is = true,
        .wants = cox_measure_uses(measure),
        .by = {COX_BY_MONTH},
        .period = {month_start(goals->day, SERIES_MONTHS), this_month}};
    double unit = measure->unit == COX_UNIT_MONEY ? goals->minor_per_unit : 1;
    double y[SERIES_MONTHS] = {0}, before = 0, sum = 0;
    struct cox_measure_result months;

    if (goal->row.from_day < ask.period.from_day) {
        result->chance_by = COX_CHANCE_NO_METHOD; /* its beginning lies before the course */
        return COX_OK;
    }
    COX_TRY(cox_goal_population(lore->call, goals, result, &ask.owners, &ask.owner_count, reterr));
    COX_TRY(cox_measure_read(lore->call, lore->books, &ask, &months, reterr));
    if (months.count < COX_GOAL_POINTS_MIN) {
        result->chance_by = COX_CHANCE_TOO_SHORT;
        return COX_OK;
    }
    for (int m = 0; m < SERIES_MONTHS; m++) {
        int64_t day = month_start(goals->day, SERIES_MONTHS - m);

        for (size_t i = 0; i < months.count; i++) {
            if (months.rows[i].keys[0] == day) {
                sum += (double)months.rows[i].sums[measure->sum] / unit;
            }
        }
        y[m] = sum;
        if (day < goal->row.from_day) {
            before = sum; /* what had come before the goal began */
        }
    }
    return chance_of_course(lore, y, SERIES_MONTHS,
        horizon > COX_SERIES_HORIZON_MAX ? COX_SERIES_HORIZON_MAX : horizon,
        before + result->row.target, result, reterr);
}

/* ---- one result ---- */

static bool is_met(const struct cox_goal_result *result)
{
    return result->row.direction == COX_AT_MOST ? result->value <= result->row.target
                                                : result->value >= result->row.target;
}

/* A sum over a period never falls: once there it stays, once over an upper limit it is lost. */
static bool is_decided(const struct cox_goal_result *result,
    const struct cox_sales_measure *measure)
{
    bool only_rises =
        measure != NULL && measure->value == NULL && measure->sum >= COX_SUM_WON_COUNT;
    bool is_over =
        result->value >= result->row.target + (result->row.direction == COX_AT_MOST ? 1e-9 : 0);

    return only_rises && is_over;
}

static enum cox_rc chance_of(struct lore *lore, struct cox_goal_result *result,
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
    if (measure == NULL) {
        return chance_of_check_ins(lore, result, reterr);
    }
    if (measure->value == NULL &&
        (measure->sum == COX_SUM_WON || measure->sum == COX_SUM_WON_COUNT)) {
        return chance_of_deals(lore, result, measure->sum == COX_SUM_WON, reterr);
    }
    if (measure->value == NULL && measure->sum > COX_SUM_WON_DAYS) {
        return chance_of_months(lore, measure, result, reterr);
    }
    result->chance_by = COX_CHANCE_NO_METHOD;
    return COX_OK;
}

enum cox_rc cox_goals_chances(struct cox_call *call, struct cox_books *books,
    struct cox_goals *goals, struct cox_err *reterr)
{
    struct lore lore = {.call = call, .books = books, .goals = goals};

    for (size_t i = 0; i < goals->result_count; i++) {
        COX_TRY(chance_of(&lore, &goals->results[i], reterr));
    }
    return COX_OK;
}
