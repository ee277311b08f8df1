/* serve/route.h: from method and path to a route. Built once; then read by any thread. */
#ifndef COX_SERVE_ROUTE_H
#define COX_SERVE_ROUTE_H

#include "base/arena.h"
#include "serve/http.h"

struct cox_router;

/* COX_INTERNAL names a route that is malformed, or two that answer the same. */
enum cox_rc cox_router_open(struct cox_arena *arena, const struct cox_route *const *routes,
    size_t count, struct cox_router **ret_router, struct cox_err *reterr) COX_NODISCARD;

/* Longest paths: more segments are no path of ours. */
enum { COX_PATH_DEPTH_MAX = 12 };

/*
 * segments are decoded. A literal segment goes before one in braces. The route's position in the array
 * given to open, COX_NO_ROUTE when nothing matches; ret_methods has a bit for each method that the
 * path does have.
 */
enum { COX_NO_ROUTE = UINT16_MAX };
unsigned cox_router_find(const struct cox_router *router, enum cox_method method,
    const struct cox_text *segments, size_t count, struct cox_text ret_params[COX_ROUTE_PARAM_MAX],
    unsigned *ret_methods);

const char *cox_method_name(enum cox_method method);

#endif
