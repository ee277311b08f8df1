/* serve/note.c: a line in the access log for each request. Patterns and numbers, nothing that somebody wrote. */
#include "serve/inside.h"
#include "serve/metrics.h"

void cox_request_note(struct cox_request *request, bool is_complete)
{
    const struct cox_server *server = request->x.server;
    const struct cox_route *route = request->x.route;
    int64_t us = cox_clock_us() - request->start_us;
    const char *pattern = route != NULL ? route->path : request->is_page ? "page" : "none";

    size_t index = route != NULL ? request->route_index : server->route_count + !request->is_page;
    cox_metrics_request(server->metrics, index, request->status, us, request->body_size,
        request->reply_size);
    if (route != NULL && (route->flags & COX_ROUTE_UNLOGGED) != 0) {
        return;
    }
    COX_LOG_EVENT(server->opt.log, COX_LOG_INFO, "request",
        COX_LOGT("id", cox_text_of(request->id)),
        COX_LOGT("method", cox_text_of(cox_method_name(request->x.method))),
        COX_LOGT("route", cox_text_of(pattern)), COX_LOGI("status", request->status),
        COX_LOGR("ms", (double)us / 1000), COX_LOGI("in", (int64_t)request->body_size),
        COX_LOGI("out", (int64_t)request->reply_size), COX_LOGB("whole", is_complete));
}
