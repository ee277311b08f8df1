/*
 * connect/names.h: every header a file may have, found by its key (folded letters and digits):
 * vendor aliases, labels and names of all fields of the entities that can be imported, and the
 * few columns that are no field (record id, deletion mark ...).
 */
#ifndef COX_CONNECT_NAMES_H
#define COX_CONNECT_NAMES_H

#include "record/record.h"

/* Where a file comes from: one of the vendors of entity.h, or none of them. */
enum { COX_FOREIGN = COX_VENDOR_COUNT, COX_SOURCE_COUNT };

/* "salesforce", "hubspot", "zoho", "csv": also the name under which external ids are kept. */
const char *cox_source_name(int source);
/* By that name; -1 when there is none. */
int cox_source_find(struct cox_text name);

/* What a column means for the import. */
enum cox_role_column {
    COX_COL_UNKNOWN,
    COX_COL_FIELD,    /* a field of the entity */
    COX_COL_ID,       /* the record's id in the source */
    COX_COL_OTHER_ID, /* a second id of it there (HubSpot's user id beside the owner id) */
    COX_COL_DELETED,  /* true: the record was deleted there */
    COX_COL_SINCE,    /* when the record began there */
    COX_COL_CLOSED,   /* flags of a stage, and its probability */
    COX_COL_WON,
    COX_COL_CHANCE,   /* win probability in per cent or 0..1, of the row's stage */
    COX_COL_PIPELINE, /* the funnel the stage belongs to */
    COX_COL_ENTERED,  /* when the stage of that name was entered; text holds the stage */
    COX_COL_MANAGER,  /* whom a person reports to */
    COX_COL_TEAM,     /* the team a person belongs to */
    COX_COL_TAGS,     /* words the record is marked with */
    COX_COL_KIND,     /* which object a reference of this file points to (Zoho's $se_module) */
    COX_COL_PAST,     /* JSON list of earlier values of a field (propertiesWithHistory) */
    COX_COL_AT,       /* history: when it became so */
    COX_COL_CHANGED,  /* history: which field changed */
    COX_COL_OLD,
    COX_COL_NEW,
    COX_COL_MEANT, /* an id that stands for values of other fields (meanings.h) */
    COX_COL_UNITS, /* true: a quota of units sold, which are not measured here */
    COX_COL_MINOR, /* a currency column beside an amount and the like: understood, not needed */
    COX_COL_KEEP,  /* becomes a run-time field */
    COX_COL_NOISE, /* bookkeeping of the source, not imported, not worth a line */
    COX_COL_ERROR, /* our own error_field and error_reason */
};
const char *cox_role_column_name(enum cox_role_column role);
enum cox_role_column cox_role_column_find(struct cox_text name); /* COX_COL_UNKNOWN: none */

/* One meaning of a header. */
struct cox_name {
    struct cox_text key;
    struct cox_text text;          /* as the alias is written */
    const struct cox_table *table; /* NULL: of any entity */
    int source;                    /* COX_FOREIGN: of no vendor */
    enum cox_role_column role;
    uint32_t field;
    double weight; /* how sure this meaning is: 1 a vendor's own name, less for others */
};

struct cox_names {
    struct cox_name *rows; /* by key */
    size_t count;
};

/* Can records of it come from a file? Entities that name something to import from. */
bool cox_entity_is_imported(const struct cox_entity *entity);

/* Built once per run; lives in arena. */
enum cox_rc cox_names_open(struct cox_arena *arena, const struct cox_registry *registry,
    struct cox_names **ret_names, struct cox_err *reterr) COX_NODISCARD;

/* All meanings of a key: rows [*ret_at, *ret_at + count). */
size_t cox_names_find(const struct cox_names *names, struct cox_text key, size_t *ret_at);

/*
 * The key a header is compared by: folded letters and digits, without what loaders put around it
 * ("property_", "zcrm_", a trailing ".name"). ret_is_id: it was written as "X.id".
 */
struct cox_text cox_header_key(struct cox_arena *arena, struct cox_text header, bool *ret_is_id);

/*
 * The best meaning of a header (with its key) in a file of this table and source; NULL when it has
 * none. Written exactly as the vendor does is better than merely alike:
 * BILLINGSTREET is Salesforce's BillingStreet before it is Zoho's Billing_Street.
 */
const struct cox_name *cox_names_best(const struct cox_names *names, struct cox_text header,
    struct cox_text key, bool is_id, const struct cox_table *table, int source, double *ret_weight);

/* The next alternative of an alias list "a|b|c", trimmed; false at the end. */
bool cox_alias_next(struct cox_text *rest, struct cox_text *ret_one);

#endif
