/* sales/routing_route.h: the feature of lead routing: its tables and routes. */
#ifndef COX_SALES_ROUTING_ROUTE_H
#define COX_SALES_ROUTING_ROUTE_H

#include "record/feature.h"

extern const struct cox_feature cox_feature_routing;

#endif
