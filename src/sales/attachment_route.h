/* sales/attachment_route.h: the handlers of files; their rows are in sales/routes.c. */
#ifndef COX_SALES_ATTACHMENT_ROUTE_H
#define COX_SALES_ATTACHMENT_ROUTE_H

#include "serve/http.h"

enum cox_rc cox_attachments_post(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_attachments_content(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

#endif
