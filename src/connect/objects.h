/*
 * connect/objects.h: which of a vendor's objects a file holds, where its records say so themselves: by
 * the first three characters of a Salesforce id, or by the type a JSON record names. Objects that are
 * not kept here are known too, so that nothing else is made of them.
 */
#ifndef COX_CONNECT_OBJECTS_H
#define COX_CONNECT_OBJECTS_H

#include "connect/recognise.h"

struct cox_object {
    const char *prefix; /* of ids; "" : none that is sure */
    const char *name;   /* of the object, alternatives with '|' */
    const char *table;  /* the entity it becomes; NULL: it is not kept here */
    const char *why;    /* table NULL: what to say of it */
};

/* NULL: the file does not say. header_keys as cox_header_key gives them. */
const struct cox_object *cox_object_of(const struct cox_sheet *sheet,
    const struct cox_text *header_keys);

/*
 * Does the file's id belong to an object nobody here knows (of a package, of the customer's own)? Then it
 * is none of the entities whose ids begin otherwise.
 */
bool cox_object_is_other(const struct cox_sheet *sheet, const struct cox_text *header_keys,
    const char *table);

#endif
