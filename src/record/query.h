/*
 * record/query.h: lists: filters, order, cursors, counts, search; always within the actor's rights
 * and as of the call's instant.
 *
 * Filter grammar (that of PostgREST): "amount=gte.1000&stage=in.(3,4)&or=(name.ilike.*acme*,owner.eq.7)".
 * Operators eq neq gt gte lt lte like ilike in is (null, true, false), "not." before any, and=(...),
 * or=(...) nested to 8 deep; money is written in units with decimals (1200.50), days in ISO 8601;
 * "field.name" reaches the name of a reference: account.name=ilike.*acme*. More in docs/rights.md.
 */
#ifndef COX_RECORD_QUERY_H
#define COX_RECORD_QUERY_H

#include "record/record.h"

struct cox_filter; /* parsed, checked against the entity and the actor; lives in the arena */

/*
 * text: as it stands in an address: parts are split at & and then percent-decoded here, + is a
 * blank. An empty text gives NULL (everything). A field that is absent or that nobody may name is
 * "unknown field" alike.
 */
enum cox_rc cox_filter_parse(struct cox_call *call, const struct cox_entity *entity,
    struct cox_text text, const struct cox_filter **ret_filter,
    struct cox_err *reterr) COX_NODISCARD;

/* Built by code: all are joined with and. */
struct cox_filter_term {
    uint32_t field;
    const char
        *op; /* of the grammar: "eq", "gte", "is" ... ; "in" takes several terms' values no */
    struct cox_value value;
};
enum cox_rc cox_filter_build(struct cox_call *call, const struct cox_entity *entity,
    const struct cox_filter_term *terms, size_t count, const struct cox_filter **ret_filter,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Does this row (saved or being saved) meet a filter of its entity? As cox_list would say of the same
 * row; NULL is met by every row.
 */
enum cox_rc cox_filter_meets(struct cox_call *call, const struct cox_filter *filter,
    const struct cox_row *row, bool *ret_is_met, struct cox_err *reterr) COX_NODISCARD;

enum { COX_ORDER_MAX = 3, COX_PAGE_MAX = 1000, COX_COUNT_EXACT_MAX = 10000 };

/* COX_NO_FIELD: by id. NULLs come last either way. */
struct cox_order {
    uint32_t field;
    bool is_descending;
};

/* "close_day.desc,name" */
enum cox_rc cox_order_parse(struct cox_call *call, const struct cox_entity *entity,
    struct cox_text text, struct cox_order *ret_order, size_t *ret_count,
    struct cox_err *reterr) COX_NODISCARD;

struct cox_query {
    const struct cox_entity *entity;
    const struct cox_filter *filter; /* NULL: all */
    struct cox_text search;          /* words, all of them, each a prefix; ptr NULL: none */
    struct cox_order order[COX_ORDER_MAX];
    size_t order_count;     /* 0: by id */
    uint32_t limit;         /* 1..COX_PAGE_MAX */
    struct cox_text cursor; /* from the page before; ptr NULL: from the start */
    bool want_count;
};

struct cox_page {
    const struct cox_row *rows;
    size_t count;
    struct cox_text next; /* cursor; ptr NULL: this was the last page */
    int64_t total;        /* when wanted: exact up to COX_COUNT_EXACT_MAX, else that number */
    bool total_is_exact;
};

/* Other orders than indexed fields are refused above 50,000 rows with a sentence. */
enum cox_rc cox_list(struct cox_call *call, const struct cox_query *query,
    struct cox_page *ret_page, struct cox_err *reterr) COX_NODISCARD;

/*
 * For checks, as cox_peek: the same whoever the actor is. Never hand its content to a reply; people entities
 * are refused.
 */
enum cox_rc cox_peek_list(struct cox_call *call, const struct cox_query *query,
    struct cox_page *ret_page, struct cox_err *reterr) COX_NODISCARD;

/* Every visible row in id order, page by page; each row lives until the callback returns. */
typedef enum cox_rc (*cox_row_fn)(void *ctx, const struct cox_row *row, struct cox_err *reterr);
enum cox_rc cox_each(struct cox_call *call, const struct cox_entity *entity,
    const struct cox_filter *filter, cox_row_fn fn, void *ctx,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * A few fields of every visible row, in no order, in one statement: for sums over many records. values
 * has count elements in the order of fields; texts live until the callback returns. People entities are
 * refused (who looks at them is written down row by row), and so are bytes and private fields.
 * query: entity, filter and search; what else it says is not looked at.
 */
typedef enum cox_rc (
    *cox_scan_fn)(void *ctx, int64_t id, const struct cox_value *values, struct cox_err *reterr);
enum { COX_SCAN_FIELDS_MAX = 16 };
enum cox_rc cox_scan(struct cox_call *call, const struct cox_query *query, const uint32_t *fields,
    size_t count, cox_scan_fn fn, void *ctx, struct cox_err *reterr) COX_NODISCARD;

#endif
