/*
 * record/scope.h: rights as SQL and as a yes or no; for record/ only. The rules are docs/rights.md.
 *
 * Authority (roles, lines, shares, memberships) is the actor's today, whatever instant is read.
 * Reading as of T, a version is in scope when the record's owner today is in the actor's line
 * today, or its owner at T was in the line the actor led at T.
 */
#ifndef COX_RECORD_SCOPE_H
#define COX_RECORD_SCOPE_H

#include "record/call.h"
#include "record/sql.h"

/* Which table of an entity an alias stands for: current rows, or closed versions. */
enum cox_arm { COX_ARM_CURRENT, COX_ARM_PAST };

/*
 * How the planner shall come to the rows. NARROW: from the actor's few records (index on owner,
 * parent, id). WIDE: from elsewhere (an order, another condition); the scope is only a test per
 * row and must not tempt the planner.
 */
enum cox_width { COX_WIDE, COX_NARROW };

struct cox_scope {
    struct cox_call *call;
    enum cox_verb verb;
    enum cox_arm arm;
    enum cox_width width;
};

enum { COX_PARENT_DEPTH_MAX = 4, COX_NARROW_MAX = 10000 };

/* How far the actor's roles reach: the widest grant. Of people entities only for COX_REACH_PERSON. */
enum cox_extent cox_scope_extent(const struct cox_call *call, const struct cox_table *table,
    enum cox_verb verb);

/* Is the entity, or one it is a child of, about people (cox_entity_is_people)? */
bool cox_scope_is_people(const struct cox_call *call, const struct cox_table *table);

/* For people nothing of a feature that is switched off is there; the program itself goes on reading it. */
bool cox_scope_is_absent(const struct cox_call *call, const struct cox_table *table);

/*
 * Appends one condition in parentheses: may the actor do scope->verb with the row that alias
 * (a name of a-z and 0-9, of the table scope->arm says) stands for? Uses the aliases m, c and p1
 * to p4 inside.
 */
void cox_scope_add(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, const char *alias);

/* Appends a whole question: the ids, ascending, that the actor reads by membership or share. */
void cox_scope_add_extra(struct cox_sql *sql, struct cox_call *call, const struct cox_table *table);

/* Appends: does the version of alias hold at the call's as_of? Appends TRUE when the call reads now. */
void cox_scope_add_valid(struct cox_sql *sql, const struct cox_call *call, enum cox_arm arm,
    const char *alias);

/* Appends "entity" or "entity_past" AS "alias". */
void cox_scope_add_table(struct cox_sql *sql, const struct cox_table *table, enum cox_arm arm,
    const char *alias);

/* Appends "alias"."column". */
void cox_scope_add_column(struct cox_sql *sql, const char *alias, const struct cox_field *field);

/* NARROW when the actor reads at most COX_NARROW_MAX records of the entity today. */
enum cox_rc cox_scope_width(struct cox_call *call, const struct cox_table *table,
    enum cox_width *ret_width, struct cox_err *reterr) COX_NODISCARD;

/* Is there a record of this id now with which the actor may do verb? For references: COX_READ. */
enum cox_rc cox_scope_sees(struct cox_call *call, const struct cox_table *table, enum cox_verb verb,
    int64_t id, bool *ret_sees, struct cox_err *reterr) COX_NODISCARD;

/*
 * May the actor read this row, which is stored and holds now? The answer of cox_scope_add, come to by
 * looking at the row: its owner first, then its parent, at last the general condition.
 */
enum cox_rc cox_scope_may_read(struct cox_call *call, const struct cox_row *row, bool *ret_may,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * May the actor save this? before NULL: a new row; after NULL: a removal. COX_MISSING when the
 * actor may not even see before (in the words of an absent record), COX_DENIED when only the act
 * is refused. Looks at rights alone, in the call's own transaction, as things are now.
 */
enum cox_rc cox_scope_check(struct cox_call *call, const struct cox_table *table,
    const struct cox_row *before, const struct cox_row *after,
    struct cox_err *reterr) COX_NODISCARD;

/* Is the actor the one whom the row's private fields are shown to? */
bool cox_scope_is_author(const struct cox_call *call, const struct cox_row *row);

/* Private values out of a row of somebody else. */
void cox_scope_mask(const struct cox_call *call, struct cox_row *row);

/* May a request name this field to filter, sort or search by? Else it is "unknown". */
bool cox_scope_may_name(const struct cox_field *field);

/* The one sentence for absent and invisible alike. */
enum cox_rc cox_scope_missing(const struct cox_table *table, struct cox_err *reterr);

#endif
