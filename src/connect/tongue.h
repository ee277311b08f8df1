/* connect/tongue.h: what headers of other languages mean in English, for the index of names. */
#ifndef COX_CONNECT_TONGUE_H
#define COX_CONNECT_TONGUE_H

#include <stddef.h>

#include "base/text.h"

size_t cox_tongue_count(void);

/* Row at: header keys of other languages, and the English keys each stands for; '|' between. */
void cox_tongue_at(size_t at, struct cox_text *ret_keys, struct cox_text *ret_english);

#endif
