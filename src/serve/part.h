/*
 * serve/part.h: state that lives as long as the server (throttle, running imports): one
 * struct cox_part beside the code that uses it, listed in serve/parts.c or in its feature.
 */
#ifndef COX_SERVE_PART_H
#define COX_SERVE_PART_H

#include "base/err.h"

struct cox_server;

struct cox_part {
    const char *name; /* for the log */
    /* After the store is open, before the first request; may start threads. */
    enum cox_rc (*open)(struct cox_server *server, void **ret_state, struct cox_err *reterr);
    void (*close)(void *state); /* after the last request; stops what open has started */
    /* NULL, or called whenever the store's head has moved, by the thread that saw it: takes no time. */
    void (*moved)(void *state);
};

/* The state that open gave; a part that is not listed is a fault of the program (assertion). */
void *cox_server_part(const struct cox_server *server, const struct cox_part *part);

#endif
