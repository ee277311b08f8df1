/* connect/import_route.h: the feature of imports: files are sent, looked at, tried, and taken over. */
#ifndef COX_CONNECT_IMPORT_ROUTE_H
#define COX_CONNECT_IMPORT_ROUTE_H

#include "record/feature.h"

extern const struct cox_feature cox_feature_import;

#endif
