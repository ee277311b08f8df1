/* kernel/forecast/aalen.c: Aalen-Johansen by one pass over the times in order. */
#include "kernel/forecast/aalen.h"

#include <math.h>

#include "kernel/stats/order.h"

size_t cox_aalen_workspace_size(size_t count)
{
    return 3 * count;
}

static enum cox_rc check_spells(const struct cox_spells *s, struct cox_err *reterr)
{
    if (s->count == 0 || s->count > UINT32_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "time", 0, "needs at least one deal");
    }
    for (size_t i = 0; i < s->count; i++) {
        int64_t row = (int64_t)i + 1;
        if (!(s->time[i] >= 0.0) || isinf(s->time[i])) {
            return cox_fail_at(reterr, COX_INVALID, "time", row, "%g is not a time", s->time[i]);
        }
        if (s->entry != NULL && !(s->entry[i] < s->time[i])) {
            return cox_fail_at(reterr, COX_INVALID, "entry", row, "is not before the time");
        }
        if (s->ending[i] >= COX_ENDING_COUNT) {
            return cox_fail_at(reterr, COX_INVALID, "ending", row, "is neither open, won nor lost");
        }
    }
    return COX_OK;
}

enum cox_rc cox_aalen_johansen(const struct cox_spells *spells, uint32_t *workspace,
    struct cox_incidence *ret_incidence, struct cox_err *reterr)
{
    struct cox_incidence *r = ret_incidence;
    uint32_t *order = workspace, *entered = order + spells->count,
             *scratch = entered + spells->count;
    size_t n = spells->count, next_entry = 0, ended = 0;
    double open = 1.0, won = 0.0, lost = 0.0;

    COX_TRY(check_spells(spells, reterr));
    cox_order_doubles(spells->time, n, order, scratch);
    if (spells->entry != NULL) {
        cox_order_doubles(spells->entry, n, entered, scratch);
    } else {
        next_entry = n;
    }
    r->count = 0;
    while (ended < n) {
        double now = spells->time[order[ended]], events[COX_ENDING_COUNT] = {0};
        while (next_entry < n && spells->entry[entered[next_entry]] < now) {
            next_entry++;
        }
        double at_risk = (double)(next_entry - ended);
        while (ended < n && spells->time[order[ended]] == now) {
            events[spells->ending[order[ended++]]] += 1.0;
        }
        if (at_risk > 0.0) {
            won += open * events[COX_WON] / at_risk;
            lost += open * events[COX_LOST] / at_risk;
            open *= 1.0 - (events[COX_WON] + events[COX_LOST]) / at_risk;
        }
        r->time[r->count] = now;
        r->open[r->count] = open;
        r->won[r->count] = won;
        r->lost[r->count] = lost;
        r->at_risk[r->count++] = at_risk;
    }
    return COX_OK;
}

/* Rows with time <= t. */
static size_t rows_until(const struct cox_incidence *incidence, double t)
{
    size_t low = 0, high = incidence->count;

    while (low < high) {
        size_t mid = (low + high) / 2;
        if (incidence->time[mid] <= t) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

double cox_incidence_within(const struct cox_incidence *incidence, enum cox_ending ending,
    double age, double within)
{
    const double *curve = ending == COX_WON    ? incidence->won
                          : ending == COX_LOST ? incidence->lost
                                               : incidence->open;
    size_t now = rows_until(incidence, age), then = rows_until(incidence, age + within);
    double open = now == 0 ? 1.0 : incidence->open[now - 1];
    double start = now == 0 ? (ending == COX_STILL_OPEN ? 1.0 : 0.0) : curve[now - 1];
    double end = then == 0 ? (ending == COX_STILL_OPEN ? 1.0 : 0.0) : curve[then - 1];

    if (!(open > 0.0)) {
        return (double)NAN;
    }
    return ending == COX_STILL_OPEN ? end / open : (end - start) / open;
}
