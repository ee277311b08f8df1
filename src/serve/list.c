/* serve/list.c: the routes and parts of serve/ itself; those of features are in their structs. */
#include "serve/list.h"

#include <stddef.h>

#include "serve/sign_in.h"

const struct cox_route *const cox_serve_routes[] = {
    cox_routes_health,
    cox_routes_metrics,
    cox_routes_records,
    cox_routes_events,
    cox_routes_openapi,
    cox_routes_sign_in,
    cox_routes_second_factor,
    cox_routes_tokens,
    cox_routes_meta,
    cox_routes_history,
    cox_routes_search,
    cox_routes_undo,
    cox_routes_share,
    cox_routes_bulk,
    cox_routes_csv,
    cox_routes_journal,
    NULL,
};

const struct cox_part *const cox_serve_parts[] = {
    &cox_sign_in_part,
    NULL,
};
