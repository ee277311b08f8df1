/* leader/goal_value.c: values of key results out of the deals, and how they came about. */
#include "base/money.h"
#include "leader/goals.h"
#include "org/actor.h"
#include "org/line.h"

/*
 * Figures of the instant, and those that lean on one, have no course within a period. Nor has slippage: what was due
 * in a month and moved to the next is not out of the quarter.
 */
static bool has_course(const struct cox_sales_measure *measure)
{
    const uint64_t none = COX_SUM_BITS(0, COX_SUM_WON_COUNT) | COX_SUM_BIT(COX_SUM_SLIP_DUE) |
                          COX_SUM_BIT(COX_SUM_SLIP_OUT);

    return (cox_measure_uses(measure) & none) == 0;
}

static double scaled(const struct cox_goals *goals, const struct cox_sales_measure *measure,
    double value)
{
    bool is_money = measure->unit == COX_UNIT_MONEY || measure->unit == COX_UNIT_MONEY_A_DAY;

    return is_money ? value / goals->minor_per_unit : value;
}

static double value_of(const struct cox_goals *goals, const struct cox_sales_measure *measure,
    const int64_t sums[static COX_SUM_COUNT])
{
    return scaled(goals, measure,
        measure->value != NULL ? measure->value(sums) : (double)sums[measure->sum]);
}

/* What the measure was at the end of each month of the goal so far; sums: of all of it. */
static void tell_months(const struct cox_goals *goals, const struct cox_sales_measure *measure,
    const struct cox_measure_result *months, int64_t sums[static COX_SUM_COUNT],
    struct cox_goal_result *result)
{
    for (size_t i = 0; i < months->count; i++) {
        int64_t next = i + 1 < months->count ? months->rows[i + 1].keys[0] : goals->day + 1;
        double value;

        for (int s = COX_SUM_WON_COUNT; s < COX_SUM_COUNT; s++) {
            sums[s] += months->rows[i].sums[s];
        }
        value = value_of(goals, measure, sums);
        if (!isnan(value) && months->rows[i].keys[0] <= goals->day &&
            result->history_count < COX_GOAL_HISTORY_MAX) {
            result->history[result->history_count++] =
                (struct cox_goal_point){(next > goals->day + 1 ? goals->day + 1 : next) - 1, value};
        }
    }
}

/* May the goal's owner know a figure of everybody's deals? */
static enum cox_rc owner_sees_all(struct cox_call *call, struct cox_books *books,
    const struct cox_goals *goals, int64_t owner, bool *ret_sees, struct cox_err *reterr)
{
    const struct cox_book_generation *book;
    struct cox_err why = {0};
    struct cox_actor actor;
    const int64_t *below;
    size_t count;

    *ret_sees = false;
    if (cox_actor_of_user(call, owner, goals->day, &actor, &why) != COX_OK) {
        return COX_OK; /* has left, or is not active: sees nothing */
    }
    if ((actor.roles & COX_ROLE_BIT(COX_EXECUTIVE)) != 0) {
        *ret_sees = true;
        return COX_OK;
    }
    COX_TRY(cox_line_below(call, owner, goals->day, &below, &count, reterr));
    COX_TRY(cox_books_use(books, call, &book, reterr));
    *ret_sees = true;
    for (size_t i = 0; i < book->book.owner_count && *ret_sees; i++) {
        bool is_below = book->owners[i] == owner;

        for (size_t b = 0; b < count && !is_below; b++) {
            is_below = below[b] == book->owners[i];
        }
        *ret_sees = is_below;
    }
    cox_books_release(books, book);
    return COX_OK;
}

static enum cox_rc measure_one(struct cox_call *call, struct cox_books *books,
    struct cox_goals *goals, struct cox_goal_result *result, struct cox_err *reterr)
{
    const struct cox_sales_measure *measure = cox_sales_measure_find(result->row.measure);
    const struct cox_goal *goal = &goals->goals[result->goal];
    struct cox_measure_ask ask = {.as_it_is = true,
        .period = {goal->row.from_day, goal->row.to_day}};
    int64_t *sums = COX_NEW_ARRAY(goals->arena, COX_SUM_COUNT, int64_t);
    struct cox_measure_result found;
    bool sees;

    if (sums == NULL) {
        return cox_no_memory(reterr);
    }
    ask.wants = measure == NULL ? 0 : cox_measure_uses(measure);
    if (measure == NULL || goal->row.from_day > goals->day) {
        result->known = measure == NULL ? COX_GOAL_NOT_TOLD : COX_GOAL_NOT_BEGUN;
        return COX_OK;
    }
    COX_TRY(cox_goal_population(call, goals, result, &ask.owners, &ask.owner_count, reterr));
    if (ask.owners == NULL) {
        COX_TRY(owner_sees_all(call, books, goals, goal->row.owner, &sees, reterr));
        if (!sees) {
            result->known = COX_GOAL_OWNER_SHORT;
            return COX_OK;
        }
    }
    ask.by[0] = has_course(measure) ? COX_BY_MONTH : COX_BY_NOTHING;
    COX_TRY(cox_measure_read(call, books, &ask, &found, reterr));
    if (has_course(measure)) {
        tell_months(goals, measure, &found, sums, result);
    } else if (found.count > 0) {
        memcpy(sums, found.rows[0].sums, sizeof(found.rows[0].sums));
    }
    result->sums = sums;
    result->value = value_of(goals, measure, sums);
    result->known = isnan(result->value) ? COX_GOAL_NOT_TOLD : COX_GOAL_KNOWN;
    result->progress = cox_goal_progress(&result->row, result->value);
    return COX_OK;
}

enum cox_rc cox_goals_measure(struct cox_call *call, struct cox_books *books,
    struct cox_goals *goals, struct cox_err *reterr)
{
    const struct cox_iso_currency *currency = cox_iso_currency_find(goals->currency);

    goals->minor_per_unit = pow(10, currency == NULL ? 2 : currency->digits);
    for (size_t i = 0; i < goals->result_count; i++) {
        struct cox_goal_result *result = &goals->results[i];

        if (result->row.kind == COX_KEY_RESULT_MEASURE && result->known == COX_GOAL_KNOWN) {
            COX_TRY(measure_one(call, books, goals, result, reterr));
        }
    }
    return cox_goals_chances(call, books, goals, reterr);
}
