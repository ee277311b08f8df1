/*
 * manager/ticker.h: a thread that does something every so often while the server runs. Every node of a
 * cluster has its own: what is done must find for itself whether another one has done it already.
 */
#ifndef COX_MANAGER_TICKER_H
#define COX_MANAGER_TICKER_H

#include "serve/part.h"

struct cox_ticker;

struct cox_tick {
    const char *name;    /* in the log, when it fails */
    const char *feature; /* nothing is done while it is switched off */
    enum cox_rc (*run)(struct cox_server *server, struct cox_err *reterr);
    unsigned first_s, every_s;
};

/* tick outlives the ticker. Errors: memory, or the thread does not start. */
enum cox_rc cox_ticker_open(struct cox_server *server, const struct cox_tick *tick,
    struct cox_ticker **ret_ticker, struct cox_err *reterr) COX_NODISCARD;
void cox_ticker_close(struct cox_ticker *ticker); /* waits until what runs is over; NULL: nothing */

#endif
