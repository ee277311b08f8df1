/* serve/metrics.h: counters of the server, as text for Prometheus at /metrics. */
#ifndef COX_SERVE_METRICS_H
#define COX_SERVE_METRICS_H

#include "serve/http.h"

struct cox_metrics;

enum cox_rc cox_metrics_open(struct cox_server *server, struct cox_err *reterr) COX_NODISCARD;

/* index: of the route; count of routes: pages; one more: what has no route. Any thread. */
void cox_metrics_request(struct cox_metrics *metrics, size_t index, int status, int64_t us,
    uint64_t in_size, uint64_t out_size);

#endif
