/*
 * kernel/forecast/judgement.h: managers forecast too: what their commits were worth, and how far to
 * listen to them beside the model.
 */
#ifndef COX_KERNEL_FORECAST_JUDGEMENT_H
#define COX_KERNEL_FORECAST_JUDGEMENT_H

#include <stddef.h>

enum { COX_BLEND_PERIODS_MIN = 3, COX_CALLS_MAX = 2 };

/* log(actual / commit) of one manager: bias and spread, shrunk to the peers' by 3 pseudo-periods. */
struct cox_judgement {
    double bias, spread; /* of the logarithm; bias < 0: commits more than comes */
    double count;        /* periods of one's own behind it */
};

/*
 * commit and actual by period, owner[i] < owner_count the manager; pairs with a side not above 0 do
 * not count. ret_judgement has owner_count entries; owners without periods get the peers' values, and
 * without any period at all bias 0 and the spread of +-40 %.
 */
void cox_judgement_fit(const double *commit, const double *actual, const size_t *owner,
    size_t count, size_t owner_count, struct cox_judgement *ret_judgement);

/* Quantile of the result a commit stands for: commit * exp(bias + z(level) * spread). */
double cox_judgement_quantile(const struct cox_judgement *judgement, double commit, double level);

/*
 * Weights of source_count forecasts by inverse past loss (mean pinball, say), summing to 1. Under
 * COX_BLEND_PERIODS_MIN scored periods, or when a loss is not above 0 for all: equal.
 */
void cox_blend_weights(const double *loss, size_t source_count, size_t period_count,
    double *ret_weight);

/*
 * Past periods judged one after the other, each by what was known before it. All arrays have
 * period_count * owner_count rows, period by period.
 */
struct cox_calls {
    size_t period_count, owner_count, call_count; /* call_count 1 .. COX_CALLS_MAX */
    const double *actual;
    const double *call[COX_CALLS_MAX]; /* commit, best case ..; NaN: none was made */
    const double *model;               /* three quantiles a row: P10, P50, P90 */
};

struct cox_call_row {
    double call[COX_CALLS_MAX]
               [3];  /* what the call stands for by its owner's record; NaN without one */
    double blend[3]; /* weighted mean of the model and the calls that were made */
    double weight[COX_CALLS_MAX + 1]; /* the model's, then the calls'; 0 for one not made */
};

/*
 * Weights are by each owner's own past pinball on periods with all calls. owner is scratch of as many
 * rows, judgement of owner_count * call_count.
 */
void cox_calls_walk(const struct cox_calls *calls, size_t *owner, struct cox_judgement *judgement,
    struct cox_call_row *ret_row);

#endif
