/* sales/tag.h: words to mark any record with. */
#ifndef COX_SALES_TAG_H
#define COX_SALES_TAG_H

#include "record/entity.h"

enum { COX_TAG_NAME, COX_TAG_COLOUR, COX_TAG_FIELD_COUNT };

struct cox_tag {
    struct cox_head head;
    struct cox_text name, colour;
};
extern const struct cox_entity cox_tag;

enum {
    COX_TAGGING_TAG,
    COX_TAGGING_RECORD_KIND,
    COX_TAGGING_RECORD_ID,
    COX_TAGGING_OWNER,
    COX_TAGGING_FIELD_COUNT
};

struct cox_tagging {
    struct cox_head head;
    int64_t tag;
    struct cox_text record_kind;
    int64_t record_id, owner;
};
extern const struct cox_entity cox_tagging;

#endif
