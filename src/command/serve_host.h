/* command/serve_host.h: what the server needs of the rooms above it, put together. */
#ifndef COX_COMMAND_SERVE_HOST_H
#define COX_COMMAND_SERVE_HOST_H

#include "serve/server.h"

extern const struct cox_host cox_serve_host;

#endif
