/* sales/measure_law.c: what may be done with a measure, read off its row: followed by the day, taken as successes of trials, watched. */
#include "sales/measure.h"

bool cox_measure_has_course(const struct cox_sales_measure *measure)
{
    return (cox_measure_uses(measure) &
               (COX_SUM_BITS(0, COX_SUM_WON_COUNT) | COX_SUM_BIT(COX_SUM_SLIP_DUE) |
                   COX_SUM_BIT(COX_SUM_SLIP_OUT) | COX_SUMS_OF_QUOTAS | COX_SUMS_OF_DAYS)) == 0;
}

static bool is_money_sum(unsigned sum)
{
    return sum == COX_SUM_OPEN || sum == COX_SUM_WEIGHTED || sum == COX_SUM_DUE ||
           sum == COX_SUM_DUE_WEIGHTED || sum == COX_SUM_WON || sum == COX_SUM_LOST ||
           sum == COX_SUM_CREATED || sum == COX_SUM_CREDIT || sum == COX_SUM_DUE_BY ||
           sum == COX_SUM_DUE_BY_WEIGHTED;
}

bool cox_measure_trials(const struct cox_sales_measure *measure,
    const int64_t sums[static COX_SUM_COUNT], int64_t *ret_events, int64_t *ret_trials)
{
    uint64_t uses = cox_measure_uses(measure);
    unsigned top = COX_SUM_COUNT;
    int64_t trials = 0;

    if (measure->unit != COX_UNIT_SHARE || measure->value == NULL) {
        return false;
    }
    for (unsigned s = 0; s < COX_SUM_COUNT; s++) {
        int64_t alone[COX_SUM_COUNT] = {0};

        if ((uses & COX_SUM_BIT(s)) == 0) {
            continue;
        }
        if (is_money_sum(s)) {
            return false;
        }
        alone[s] = 1;
        top = measure->value(alone) == 1.0 ? s : top; /* nothing else there: 1 of it is all */
        trials += sums[s];
    }
    if (top == COX_SUM_COUNT) {
        return false;
    }
    *ret_events = sums[top];
    *ret_trials = trials;
    return true;
}

bool cox_measure_low_is_best(const struct cox_sales_measure *measure)
{
    return measure->unit == COX_UNIT_DAYS || measure->behind == COX_BEHIND_LOST ||
           (cox_measure_uses(measure) & COX_SUM_BIT(COX_SUM_SLIP_OUT)) != 0;
}

bool cox_measure_can_watch(const struct cox_sales_measure *measure)
{
    const int64_t none[COX_SUM_COUNT] = {0};
    int64_t events, trials;

    /* Levels of the instant are out: their weeks are not independent. */
    return cox_measure_has_course(measure) &&
           ((measure->unit == COX_UNIT_COUNT && measure->value == NULL) ||
               cox_measure_trials(measure, none, &events, &trials));
}
