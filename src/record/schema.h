/*
 * record/schema.h: from declarations to tables: the DDL of both engines, and the plan that brings
 * an existing store to today's declarations (new table, nullable column, index, rename by .was).
 *
 * The tail. Each closed version belongs at another place of every index of the past, and SQLite writes
 * a page for each of these places. So on SQLite a save puts the version it closes into the tail:
 * fresh is 1, and the indexes in which it would stand anywhere leave it out. The writer settles the
 * tail now and then (fresh becomes null), many versions at once, so that a page is written once for
 * many. Lists of the past that come along such an index look at the tail as well (list.h).
 */
#ifndef COX_RECORD_SCHEMA_H
#define COX_RECORD_SCHEMA_H

#include "record/call.h"

struct cox_step {
    const char *text; /* for people: "opportunity: new field next_step" */
    const char *sql;
    bool is_index; /* changes nothing but speed: carried out unasked */
    struct cox_step *next;
};

/* What must be done to this store; NULL: nothing. Lives in arena. A change that cannot be planned
 * (another type, another number) is COX_UNSUPPORTED and says so. */
enum cox_rc cox_schema_plan(struct cox_db *db, const struct cox_registry *registry,
    struct cox_arena *arena, struct cox_step **ret_steps, struct cox_err *reterr) COX_NODISCARD;

/* Carries a plan out and notes today's declarations, within the caller's transaction. */
enum cox_rc cox_schema_apply(struct cox_db *db, const struct cox_registry *registry,
    const struct cox_step *steps, struct cox_err *reterr) COX_NODISCARD;

/* Has the store been opened with exactly these declarations before, every index in place? */
enum cox_rc cox_schema_is_current(struct cox_db *db, const struct cox_registry *registry,
    bool *ret_is_current, struct cox_err *reterr) COX_NODISCARD;

/* Columns and indexes of one run-time field, while a store is in use. */
enum cox_rc cox_schema_add_custom(struct cox_db *db, const struct cox_entity *entity,
    const struct cox_field *field, struct cox_err *reterr) COX_NODISCARD;

/* Secondary indexes of an entity away, and back (bulk loading). */
enum cox_rc cox_schema_drop_indexes(struct cox_db *db, const struct cox_table *table,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc cox_schema_make_indexes(struct cox_db *db, const struct cox_table *table,
    struct cox_err *reterr) COX_NODISCARD;

/* The versions of the tail into the indexes of the past, within the caller's transaction. SQLite alone. */
enum cox_rc cox_schema_settle(struct cox_db *db, const struct cox_entity *entity,
    struct cox_err *reterr) COX_NODISCARD;

/* How many versions are in the tail. SQLite alone. */
enum cox_rc cox_schema_tail(struct cox_db *db, const struct cox_entity *entity, int64_t *ret_count,
    struct cox_err *reterr) COX_NODISCARD;

/* Notes that every index of these declarations is in place. */
enum cox_rc cox_schema_note(struct cox_db *db, const struct cox_entity *const *entities,
    struct cox_err *reterr) COX_NODISCARD;

/* The whole DDL as text, for golden files and docs. */
enum cox_rc cox_schema_ddl(enum cox_engine engine, const struct cox_registry *registry,
    struct cox_arena *arena, struct cox_text *ret_ddl, struct cox_err *reterr) COX_NODISCARD;

#endif
