/*
 * connect/tags.h: the words a file's row is marked with, as tags on its record. Tags nobody knows are
 * made; those a record has stay, whatever the file says.
 */
#ifndef COX_CONNECT_TAGS_H
#define COX_CONNECT_TAGS_H

#include "connect/work.h"

struct cox_tags_of {
    struct cox_job *job;
    const struct cox_table *table;
    int64_t id;
    int64_t owner; /* of the record, whose tags they will be; COX_NULL: nobody */
};

/* words: "a, b" or "a;b". Sets *is_changed when a tag was put on the record, else leaves it. */
enum cox_rc cox_tags_put(struct cox_call *call, const struct cox_tags_of *of, struct cox_text words,
    bool *is_changed, struct cox_err *reterr) COX_NODISCARD;

#endif
