/* org/people_route.h: GET /people. */
#ifndef COX_ORG_PEOPLE_ROUTE_H
#define COX_ORG_PEOPLE_ROUTE_H

#include "serve/http.h"

extern const struct cox_route cox_routes_people[];

#endif
