/*
 * kernel/forecast/aalen.h: how deals end over time when an end may be a win or a loss and some are
 * still open: the Aalen-Johansen estimator of the two cumulative incidences.
 *
 * Source: O. Aalen, S. Johansen, Scand. J. Statist. 1978; as in R's survival::survfit with a factor
 * status. Deals censored at an instant are still at risk for the events of that instant.
 */
#ifndef COX_KERNEL_FORECAST_AALEN_H
#define COX_KERNEL_FORECAST_AALEN_H

#include <stddef.h>

#include "base/err.h"

enum cox_ending { COX_STILL_OPEN, COX_WON, COX_LOST, COX_ENDING_COUNT };

/* count rows. time > entry; entry NULL: all are watched from 0. */
struct cox_spells {
    size_t count;
    const double *time;  /* of the end, or of the last look while still open; finite, >= 0 */
    const double *entry; /* watched from here on (left truncation); < time */
    const unsigned char *ending; /* enum cox_ending */
};

/* One row per distinct time, ascending; arrays of spells->count are always enough. */
struct cox_incidence {
    size_t count;
    double *time, *open; /* share still open after the time */
    double *won, *lost;  /* cumulative incidence; open + won + lost = 1 */
    double *at_risk;
};

/* uint32_t of scratch. */
size_t cox_aalen_workspace_size(size_t count);

/*
 * Fills ret_incidence's arrays, which the caller brings. O(n log n). With nobody at risk (gap in
 * truncated data) the curves stay level. Errors: COX_INVALID names the column and row; an empty set
 * is COX_INVALID, all open gives level curves. Checks: R survival 3.5 vectors; no censoring gives
 * plain shares.
 */
enum cox_rc cox_aalen_johansen(const struct cox_spells *spells, uint32_t *workspace,
    struct cox_incidence *ret_incidence, struct cox_err *reterr) COX_NODISCARD;

/* P(this ending by age + within | open at age), 0..1; NaN when nobody was open at age. */
double cox_incidence_within(const struct cox_incidence *incidence, enum cox_ending ending,
    double age, double within);

#endif
