/* leader/balance.h: GET /balance: how much of what somebody did was for people, how much for deals. */
#ifndef COX_LEADER_BALANCE_H
#define COX_LEADER_BALANCE_H

#include "serve/http.h"

extern const struct cox_route cox_routes_balance[];

#endif
