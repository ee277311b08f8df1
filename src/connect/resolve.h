/*
 * connect/resolve.h: from what a file says about another record (its id there, an e-mail address, a
 * name) to the record here. Only exact matches are taken: the same id, the same address, the same
 * name but for letter case, accents and blanks. What is merely alike is proposed.
 */
#ifndef COX_CONNECT_RESOLVE_H
#define COX_CONNECT_RESOLVE_H

#include "record/record.h"

/* Names of an entity with more records than this are not kept: its records are found by id only. */
enum { COX_RESOLVE_NAMES_MAX = 400000 };

enum cox_found {
    COX_FOUND_NOT,
    COX_FOUND_ID,
    COX_FOUND_EMAIL,
    COX_FOUND_NAME,
    COX_FOUND_MANY, /* several records are called so */
};

struct cox_resolver;

/* Lives in arena; names are read when an entity is first asked for. */
enum cox_rc cox_resolver_open(struct cox_arena *arena, struct cox_store *store,
    struct cox_actor actor, struct cox_resolver **ret_resolver,
    struct cox_err *reterr) COX_NODISCARD;

/* Reads the names of an entity, outside of any call. Needed before finding; twice is once. */
enum cox_rc cox_resolver_load(struct cox_resolver *resolver, const struct cox_table *table,
    struct cox_err *reterr) COX_NODISCARD;

/* By id in a source (ptr NULL: not asked), then address, then name. ret_id 0 when not found. */
enum cox_rc cox_resolver_find(struct cox_resolver *resolver, struct cox_call *call,
    const struct cox_table *table, struct cox_text source, struct cox_text text, int64_t *ret_id,
    enum cox_found *ret_how, struct cox_err *reterr) COX_NODISCARD;

/* By address or name alone; needs no call. */
enum cox_rc cox_resolver_find_name(struct cox_resolver *resolver, const struct cox_table *table,
    struct cox_text text, int64_t *ret_id, enum cox_found *ret_how,
    struct cox_err *reterr) COX_NODISCARD;

/* A record that was just made in a call is found from now on ... */
enum cox_rc cox_resolver_add(struct cox_resolver *resolver, const struct cox_table *table,
    int64_t id, struct cox_text name, struct cox_text email, struct cox_err *reterr) COX_NODISCARD;
/* ... and what was added since the last settle is forgotten when the call did not come about. */
void cox_resolver_settle(struct cox_resolver *resolver);
void cox_resolver_forget(struct cox_resolver *resolver);

/* How many names of an entity are kept. */
size_t cox_resolver_count(struct cox_resolver *resolver, const struct cox_table *table);

/* The name most like a text, and how much (0..1); ptr NULL when nothing reaches least. */
enum cox_rc cox_resolver_nearest(struct cox_resolver *resolver, const struct cox_table *table,
    struct cox_text text, double least, struct cox_arena *arena, struct cox_text *ret_name,
    double *ret_likeness, struct cox_err *reterr) COX_NODISCARD;

#endif
