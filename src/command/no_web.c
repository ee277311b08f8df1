/* command/no_web.c: no web app in the program (meson option web=false); the API alone answers. */
#include "serve/web_files.h"

const struct cox_web_file cox_web_files[] = {{0}};
