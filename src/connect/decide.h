/* connect/decide.h: decisions about an import as JSON, for screens: the same as a map file. */
#ifndef COX_CONNECT_DECIDE_H
#define COX_CONNECT_DECIDE_H

#include <jansson.h>

#include "base/text.h"

/*
 * {"deals.csv": {"entity": "opportunity", "source": "csv", "columns": {"Opened": "created_day, dmy",
 * "Junk": "@ignore"}, "values": {"product": {"GTXPro": "GTX Pro"}}}} appended as lines of a map file
 * (mapfile.h). COX_INVALID for anything else in it.
 */
enum cox_rc cox_import_decide(json_t *decisions, struct cox_buf *buf,
    struct cox_err *reterr) COX_NODISCARD;

#endif
