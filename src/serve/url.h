/* serve/url.h: pieces of a request target. */
#ifndef COX_SERVE_URL_H
#define COX_SERVE_URL_H

#include "base/arena.h"
#include "base/text.h"

/* %XX undone, and + as a blank in queries. ptr NULL: malformed, a NUL byte, not UTF-8, or no memory. */
struct cox_text cox_url_decode(struct cox_arena *arena, struct cox_text text, bool is_query);

/* The next name=value of a query, both still encoded (value "" without =); false at the end. */
bool cox_url_next(struct cox_text *rest, struct cox_text *ret_name, struct cox_text *ret_value);

#endif
