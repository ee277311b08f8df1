/*
 * serve/watch.h: commits of other processes: the command line beside the server, other nodes on one
 * PostgreSQL. Whoever listens to the store's head is told of them.
 */
#ifndef COX_SERVE_WATCH_H
#define COX_SERVE_WATCH_H

#include "base/log.h"
#include "record/record.h"

struct cox_watch;

enum cox_rc cox_watch_open(struct cox_store *store, const struct cox_log *log,
    struct cox_watch **ret_watch, struct cox_err *reterr) COX_NODISCARD;
void cox_watch_close(struct cox_watch *watch); /* accepts NULL */

#endif
