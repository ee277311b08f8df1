/* sales/measure_route.h: handlers of the measures; their rows are in sales/routes.c. */
#ifndef COX_SALES_MEASURE_ROUTE_H
#define COX_SALES_MEASURE_ROUTE_H

#include "serve/http.h"

enum cox_rc cox_measures_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_measures_query(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

#endif
