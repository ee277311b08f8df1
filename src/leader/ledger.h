/* leader/ledger.h: one's own coaching: how much, how it was rated, what became of it. */
#ifndef COX_LEADER_LEDGER_H
#define COX_LEADER_LEDGER_H

#include "serve/http.h"

enum cox_rc cox_ledger_get(struct cox_exchange *x, struct cox_err *reterr) COX_NODISCARD;

#endif
