/* serve/web_files.h: the built web app inside the program; made by tools/web, empty without it. */
#ifndef COX_SERVE_WEB_FILES_H
#define COX_SERVE_WEB_FILES_H

#include "serve/server.h"

extern const struct cox_web_file cox_web_files[]; /* ends with {0} */

#endif
