/*
 * record/filter.h: the inside of a filter, for record/ only. A tree of and, or and terms in which
 * every "not" has been pushed down to the terms, so that a term is either met or not: a missing
 * value meets no comparison, negated or not, on both engines alike.
 */
#ifndef COX_RECORD_FILTER_H
#define COX_RECORD_FILTER_H

#include <sodium.h>

#include "record/query.h"
#include "record/scope.h"

enum cox_filter_kind { COX_FILTER_AND, COX_FILTER_OR, COX_FILTER_TERM };

enum cox_filter_op {
    COX_OP_EQ,
    COX_OP_NEQ,
    COX_OP_GT,
    COX_OP_GTE,
    COX_OP_LT,
    COX_OP_LTE,
    COX_OP_LIKE, /* exact bytes, * stands for anything */
    COX_OP_NOT_LIKE,
    COX_OP_ILIKE, /* folded on both sides */
    COX_OP_NOT_ILIKE,
    COX_OP_IN,
    COX_OP_NOT_IN,
    COX_OP_NULL,
    COX_OP_NOT_NULL,
    COX_OP_COUNT
};

struct cox_filter {
    enum cox_filter_kind kind;
    struct cox_filter **parts; /* and, or: at least one */
    uint32_t part_count;
    uint32_t field; /* term: of the filter's entity; COX_NO_FIELD: the id */
    bool is_name;   /* term: not the reference itself but the name of the record it points to */
    enum cox_filter_op op;
    struct cox_value *values; /* one; in: at least one; null: none. Patterns as written, with * */
    uint32_t value_count;
};

enum {
    COX_FILTER_SIZE_MAX = 16 * 1024,
    COX_FILTER_DEPTH_MAX = 8,
    COX_FILTER_TERMS_MAX = 200,
    COX_FILTER_VALUES_MAX = 500, /* of one in */
};

/* The op of a name of the grammar, "is" aside; COX_OP_COUNT when there is none. */
enum cox_filter_op cox_filter_op_find(struct cox_text name);

enum cox_filter_op cox_filter_op_negate(enum cox_filter_op op);

/*
 * The field a term compares: its own, the name field of the referenced entity, or NULL for the id.
 * ret_has_fold (may be NULL): is there a folded twin?
 */
const struct cox_field *cox_filter_field(const struct cox_call *call, const struct cox_table *table,
    const struct cox_filter *term, bool *ret_has_fold);

/* One value from text by the field's type (NULL: an id). Errors name the field. */
enum cox_rc cox_filter_value(struct cox_call *call, const struct cox_field *field,
    struct cox_text text, struct cox_value *ret_value, struct cox_err *reterr) COX_NODISCARD;

/* Does the op make sense for the field's type? */
enum cox_rc cox_filter_check_op(const struct cox_field *field, bool has_fold, enum cox_filter_op op,
    struct cox_err *reterr) COX_NODISCARD;

/* What the filter says, into a running hash; NULL is "everything". */
void cox_filter_hash(const struct cox_filter *filter, crypto_generichash_state *state);

struct cox_filter_view {
    struct cox_call *call;
    const struct cox_table *table;
    const char *alias;
    enum cox_arm arm;
    bool is_shielded; /* SQLite: keep the planner from indexes on the filter's columns */
    const struct cox_filter *driver; /* but not for this term; may be NULL */
    bool has_open;                   /* nor for terms on the field open (NULL: the id), */
    const struct cox_field *open;    /* along whose index the list is walked */
};

/* Appends one condition in parentheses; filter is not NULL. Uses the alias x inside. */
enum cox_rc cox_filter_add(struct cox_sql *sql, const struct cox_filter_view *view,
    const struct cox_filter *filter, struct cox_err *reterr) COX_NODISCARD;

#endif
