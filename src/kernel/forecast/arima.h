/*
 * kernel/forecast/arima.h: seasonal ARIMA (p,d,q)(P,D,Q) with or without a constant, chosen from a small
 * grid (p and q up to 3, P and Q up to 1) by AICc.
 *
 * Differences are set first: a season strong enough takes one of the season (D), then the KPSS test
 * takes up to two plain ones (d). Coefficients are unconditional least squares: values before the
 * series are forecast backwards, so that the first year counts; Levenberg-Marquardt over partial
 * autocorrelations keeps every fit stationary and invertible. The likelihood is that of the sum of
 * squares, without the determinant: AICc compares forms here, not with other programs.
 * Sources: Box and Jenkins, Time Series Analysis, 1970, ch. 7 (backcasting); Barndorff-Nielsen and Schou,
 * J. Multivariate Analysis 1973 (partial autocorrelations); Kwiatkowski et al., J. Econometrics 1992;
 * Wang, Smith, Hyndman, Data Mining and Knowledge Discovery 2006 (strength of season); Hyndman and Khandakar,
 * J. Statistical Software 2008 (the walk through the grid).
 */
#ifndef COX_KERNEL_FORECAST_ARIMA_H
#define COX_KERNEL_FORECAST_ARIMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { COX_ARIMA_ORDER_MAX = 3, COX_ARIMA_PERIOD_MAX = 24 };

struct cox_arima_order {
    unsigned char ar, diff, ma;                      /* p, d, q */
    unsigned char season_ar, season_diff, season_ma; /* P, D, Q: 0 or 1 */
    bool has_constant; /* mean of the differenced series; not with two differences */
};

struct cox_arima {
    struct cox_arima_order order;
    size_t period, param_count; /* coefficients, constant and variance */
    double phi[COX_ARIMA_ORDER_MAX], theta[COX_ARIMA_ORDER_MAX], season_phi, season_theta;
    double mean; /* of the differenced series */
    double sigma2, log_likelihood, aicc;
};

/* Doubles. */
size_t cox_arima_workspace_size(size_t count);

/*
 * One form; period 1: no season. Errors: COX_INVALID for an order out of range, a value that is not
 * finite (name the gaps away first), or a series too short for the form.
 */
enum cox_rc cox_arima_fit(const double *y, size_t count, size_t period,
    struct cox_arima_order order, double *workspace, struct cox_arima *ret_arima,
    struct cox_err *reterr) COX_NODISCARD;

/* The best form of the grid. Errors as above. Cost: some 15 to 30 fits. */
enum cox_rc cox_arima_choose(const double *y, size_t count, size_t period, double *workspace,
    struct cox_arima *ret_arima, struct cox_err *reterr) COX_NODISCARD;

/* Point forecasts of the series it was fitted to, and their standard deviations; horizon <= 256. */
void cox_arima_forecast(const struct cox_arima *arima, const double *y, size_t count,
    size_t horizon, double *workspace, double *ret_point, double *ret_sd);

/* "ARIMA(2,1,1)(0,1,1)+c"; ret_name has at least 24 bytes. */
void cox_arima_name(struct cox_arima_order order, char *ret_name);

#endif
