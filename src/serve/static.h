/* serve/static.h: the web app's files out of the program, and its first page for every other address. */
#ifndef COX_SERVE_STATIC_H
#define COX_SERVE_STATIC_H

#include "serve/inside.h"

/* Makes every response once; files may be NULL. */
enum cox_rc cox_static_open(struct cox_server *server, struct cox_err *reterr) COX_NODISCARD;
void cox_static_close(struct cox_static *files);

/* On the loop. Fills response, status, reply_size; a request that finds nothing gets a problem. */
void cox_static_run(struct cox_request *request);

#endif
