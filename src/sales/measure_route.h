/* sales/measure_route.h: a question for measures, its reply, and the handlers; their rows are in sales/routes.c. */
#ifndef COX_SALES_MEASURE_ROUTE_H
#define COX_SALES_MEASURE_ROUTE_H

#include "sales/analysis.h"
#include "sales/measure.h"

enum { COX_MEASURES_MAX = 24 };

struct cox_measure_query {
    const struct cox_sales_measure *measures[COX_MEASURES_MAX];
    size_t count;
    struct cox_measure_ask ask;
    struct cox_measure_frame *frame;
};

/* Names with commas into query, which is zeroed. Errors: COX_INVALID names "measure" or "by". */
enum cox_rc cox_measure_query_parse(struct cox_text measures, struct cox_text by,
    struct cox_measure_query *query, struct cox_err *reterr) COX_NODISCARD;

/*
 * What is asked for may be asked for: its feature is on, and what is no deal's is not asked of some of the deals
 * (is_part: by filters or pipeline). Errors: COX_INVALID names "measure".
 */
enum cox_rc cox_measure_query_check(struct cox_call *call, const struct cox_measure_query *query,
    bool is_part, struct cox_err *reterr) COX_NODISCARD;

/* The reply's members behind the head: by, measures, rows, total. a->ctx is the query, with its frame. */
enum cox_rc cox_measure_query_put(struct cox_analysis *a, struct cox_err *reterr) COX_NODISCARD;

enum cox_rc cox_measures_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_measures_query(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

#endif
