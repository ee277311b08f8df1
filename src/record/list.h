/* record/list.h: the inside of a list: its keys, its place between pages, its plan. For record/ only. */
#ifndef COX_RECORD_LIST_H
#define COX_RECORD_LIST_H

#include "record/filter.h"

enum { COX_KEY_MAX = COX_ORDER_MAX + 1, COX_LIST_HASH_SIZE = 16, COX_UNSORTED_MAX = 50000 };

/* One column a list is ordered by. The last key is always the id, in the first key's direction. */
struct cox_key {
    uint32_t at;                   /* COX_NO_FIELD: the id */
    const struct cox_field *field; /* NULL: the id */
    bool is_fold;                  /* the folded twin is what is ordered */
    bool is_descending;
};

/*
 * Between pages. Rows whose first key is null form a second part of the list, behind the others, as
 * neither engine walks an index with the nulls moved to the end.
 */
struct cox_place {
    bool is_set;
    bool is_in_nulls;
    struct cox_value keys[COX_KEY_MAX];
};

/* Reading as of an instant: are the versions of an arm few because of their time alone? */
enum cox_few {
    COX_FEW_NOT,
    COX_FEW_BEGUN, /* few had begun by then */
    COX_FEW_OPEN,  /* few have ended since then */
};

/*
 * Closed versions of the tail (schema.h) as an arm of their own, in lists alone. They are few and come
 * from the index of the tail; the arm of the past is then without them.
 */
enum { COX_ARM_TAIL = COX_ARM_PAST + 1 };

struct cox_list {
    struct cox_call *call;
    const struct cox_table *table;
    const struct cox_filter *filter; /* may be NULL */
    struct cox_text words;           /* of the search, ptr NULL: none */
    struct cox_key keys[COX_KEY_MAX];
    unsigned key_count;
    enum cox_width width;
    const struct cox_filter
        *driver; /* the term whose index finds the rows; NULL: the scope (NARROW) or the order */
    enum cox_few few[2]; /* by arm; decides before width and driver */
    int last_arm;        /* CURRENT when now is read, PAST, or TAIL */
    struct cox_place place;
};

/* Keys from an order; refuses fields that may not be named. */
enum cox_rc cox_list_keys(struct cox_list *list, const struct cox_order *order, size_t count,
    struct cox_err *reterr) COX_NODISCARD;

/* Decides width and driver; refuses an order that would sort too much. */
enum cox_rc cox_list_plan(struct cox_list *list, struct cox_err *reterr) COX_NODISCARD;

/* Is the order walked along an index (else what the plan finds is sorted)? */
bool cox_list_walks(const struct cox_list *list);

/* Appends "alias"."column" of a key. */
void cox_list_add_key(struct cox_sql *sql, const struct cox_key *key, const char *alias);

/* Appends " AND ..." : behind list->place, within the part of the list that is_in_nulls says. */
void cox_list_add_after(struct cox_sql *sql, const struct cox_list *list);

/* Appends " AND ...": not behind this place, as far as the first key tells. */
void cox_list_add_bound(struct cox_sql *sql, const struct cox_list *list,
    const struct cox_place *bound);

/* Appends the ORDER BY of an arm. */
void cox_list_add_order(struct cox_sql *sql, const struct cox_list *list);

/* Which of two rows of one part of the list comes first? As both engines order them. */
int cox_list_compare(const struct cox_list *list, const struct cox_place *a,
    const struct cox_place *b);

/* Appends the table of an arm as r: all of it, or the few versions of its time or of the tail. */
void cox_list_add_table(struct cox_sql *sql, const struct cox_list *list, int arm);

/* Appends one arm's conditions: validity, scope, filter, search. */
enum cox_rc cox_list_add_where(struct cox_sql *sql, const struct cox_list *list, int arm,
    bool is_count, struct cox_err *reterr) COX_NODISCARD;

/* What the list asks, place aside: a cursor of another question is refused. */
void cox_list_hash(const struct cox_list *list, unsigned char ret_hash[COX_LIST_HASH_SIZE]);

/* A place as text that nobody can make or change without the store's key, and back. */
enum cox_rc cox_cursor_write(const struct cox_list *list, const struct cox_place *place,
    struct cox_text *ret_cursor, struct cox_err *reterr) COX_NODISCARD;

/* Sets list->place; ret_seq is what was known when the first page was read (now: of no meaning). */
enum cox_rc cox_cursor_read(struct cox_list *list, struct cox_text cursor, int64_t *ret_seq,
    struct cox_err *reterr) COX_NODISCARD;

#endif
