/* sales/pipeline_route.h: handlers of the questions about the pipeline; their rows are in sales/routes.c. */
#ifndef COX_SALES_PIPELINE_ROUTE_H
#define COX_SALES_PIPELINE_ROUTE_H

#include "serve/http.h"

enum cox_rc cox_waterfall_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_slippage_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_funnel_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_velocity_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_ageing_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_reasons_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_hygiene_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_risk_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

#endif
