/* sales/home.h: the handlers of GET /home and GET /board; their rows are in sales/routes.c. */
#ifndef COX_SALES_HOME_H
#define COX_SALES_HOME_H

#include "serve/http.h"

enum cox_rc cox_home_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_board_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

#endif
