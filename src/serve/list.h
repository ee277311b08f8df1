/* serve/list.h: what serve/ itself adds to the server: a line each in list.c. */
#ifndef COX_SERVE_LIST_H
#define COX_SERVE_LIST_H

#include "serve/http.h"
#include "serve/part.h"

extern const struct cox_route
    *const cox_serve_routes[]; /* arrays that end with {0}; NULL-terminated */
extern const struct cox_part *const cox_serve_parts[]; /* NULL-terminated */

/* records.c */
extern const struct cox_route cox_routes_records[];

/* meta.c */
extern const struct cox_route cox_routes_meta[];

/* history_route.c */
extern const struct cox_route cox_routes_history[];

/* search_route.c */
extern const struct cox_route cox_routes_search[];

/* undo_route.c */
extern const struct cox_route cox_routes_undo[];

/* share_route.c */
extern const struct cox_route cox_routes_share[];

/* bulk.c */
extern const struct cox_route cox_routes_bulk[];

/* csv_route.c */
extern const struct cox_route cox_routes_csv[];

/* journal_route.c */
extern const struct cox_route cox_routes_journal[];

/* sign_in.c */
extern const struct cox_route cox_routes_sign_in[];

/* second_factor.c */
extern const struct cox_route cox_routes_second_factor[];

/* token_route.c */
extern const struct cox_route cox_routes_tokens[];

/* events.c */
extern const struct cox_route cox_routes_events[];

/* openapi.c */
extern const struct cox_route cox_routes_openapi[];

/* health.c */
extern const struct cox_route cox_routes_health[];
/* metrics.c */
extern const struct cox_route cox_routes_metrics[];

#endif
