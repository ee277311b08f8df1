/* sales/routes.h: routes of the sales screens beyond those of the records. */
#ifndef COX_SALES_ROUTES_H
#define COX_SALES_ROUTES_H

#include "serve/http.h"

extern const struct cox_route cox_routes_sales[];

#endif
