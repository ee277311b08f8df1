/*
 * record/plain.h: the engine's own tables: log, rights, settings, secrets. Not entities, not
 * versioned. One list, from which the schema is made and copies are taken.
 */
#ifndef COX_RECORD_PLAIN_H
#define COX_RECORD_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct cox_plain_column {
    const char *name;
    char type; /* 'i' whole number, 't' text, 'b' bytes; capital: may be null */
};

struct cox_plain_table {
    const char *name;
    struct cox_plain_column columns[12]; /* ends with {0} */
    unsigned key_count;                  /* the first key_count columns are the primary key */
    const char *indexes[3];              /* column lists of further indexes, NULL after the last */
    bool is_secret;                      /* never leaves in a backup meant for others */
};

extern const struct cox_plain_table cox_plain_tables[];
extern const size_t cox_plain_table_count;

#endif
