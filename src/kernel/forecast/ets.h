/*
 * kernel/forecast/ets.h: exponential smoothing in state-space form: error A or M, trend N, A or Ad, season
 * N, A or M, with the restrictions of R's forecast::ets. Likelihood maximised by BFGS with the exact
 * gradient (one pass back over the series), form chosen by AICc.
 * Source: Hyndman, Koehler, Ord, Snyder, Forecasting with Exponential Smoothing, 2008.
 */
#ifndef COX_KERNEL_FORECAST_ETS_H
#define COX_KERNEL_FORECAST_ETS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { COX_ETS_PERIOD_MAX = 24 };

enum cox_ets_part { COX_ETS_NONE, COX_ETS_ADD, COX_ETS_DAMPED, COX_ETS_MULT };

struct cox_ets_form {
    enum cox_ets_part error;  /* ADD or MULT */
    enum cox_ets_part trend;  /* NONE, ADD or DAMPED */
    enum cox_ets_part season; /* NONE, ADD or MULT */
    /*
     * How strongly the initial states are held to their classical values, in squared units of the
     * series' usual change; 0: maximum likelihood. Held states forecast better: a dozen initial
     * states of their own fit the first year's noise.
     */
    double pull;
};

struct cox_ets {
    struct cox_ets_form form;
    size_t period, param_count; /* smoothing and initial states, and the variance */
    double alpha, beta, gamma, phi;
    double log_likelihood, aicc; /* as R's forecast prints them */
    double sigma2;               /* residual variance (relative for MULT) */
    double level, slope,
        season[COX_ETS_PERIOD_MAX]; /* at the end; season[k] is k + 1 steps ahead */
};

/* Doubles. */
size_t cox_ets_workspace_size(size_t count);

/*
 * One form. y[t] NaN is a gap, filled by the state-space form. Errors: COX_INVALID where the series
 * is too short for the form, has infinities, or is not positive with a MULT part.
 */
enum cox_rc cox_ets_fit(const double *y, size_t count, size_t period, struct cox_ets_form form,
    double *workspace, struct cox_ets *ret_ets, struct cox_err *reterr) COX_NODISCARD;

/* The best of the forms allowed: no season under two full periods, MULT only for positive series. */
enum cox_rc cox_ets_choose(const double *y, size_t count, size_t period, double *workspace,
    struct cox_ets *ret_ets, struct cox_err *reterr) COX_NODISCARD;

/*
 * Point forecasts of the next horizon steps and their standard deviations: exact for ADD errors and
 * for MULT errors without MULT season, else the same formula on the seasonally adjusted scale.
 */
void cox_ets_forecast(const struct cox_ets *ets, size_t horizon, double *ret_point, double *ret_sd);

/* "ETS(M,Ad,M)"; ret_name has at least 16 bytes. */
void cox_ets_name(struct cox_ets_form form, char *ret_name);

#endif
