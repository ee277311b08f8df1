/* manager/contest_route.h: GET /contests/{id}/standing and /leaderboards/{id}/standing. */
#ifndef COX_MANAGER_CONTEST_ROUTE_H
#define COX_MANAGER_CONTEST_ROUTE_H

#include "serve/http.h"

extern const struct cox_route cox_routes_contests[];

#endif
