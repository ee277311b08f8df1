/* record/scope.c: rights as a condition in SQL. The yes or no for single rows is scope_check.c. */
#include "record/scope.h"

#include <assert.h>

#include "record/store.h"
#include "record/switches.h"

/* ---- authority ---- */

static unsigned roles_of(const struct cox_actor *actor)
{
    return actor->user_id == 0 ? COX_ROLE_BIT(COX_OPERATOR) : actor->roles;
}

static enum cox_extent extent_of(const struct cox_grant *grant, enum cox_verb verb)
{
    switch (verb) {
    case COX_READ:
        return grant->read;
    case COX_CREATE:
        return grant->create;
    case COX_CHANGE:
        return grant->change;
    case COX_REMOVE:
        return grant->remove;
    case COX_VERB_COUNT:
        break;
    }
    return COX_NONE;
}

enum cox_extent cox_scope_extent(const struct cox_call *call, const struct cox_table *table,
    enum cox_verb verb)
{
    const struct cox_grant *grant = table->entity->grants;
    unsigned roles = roles_of(&call->actor);
    enum cox_extent widest = COX_NONE;

    if (table->entity->reach == COX_REACH_COMPANY && verb == COX_READ) {
        return COX_ALL;
    }
    for (; grant != NULL && grant->roles != 0; grant++) {
        if ((grant->roles & roles) != 0 && extent_of(grant, verb) > widest) {
            widest = extent_of(grant, verb);
        }
    }
    return widest;
}

static const struct cox_table *parent_of(const struct cox_call *call, const struct cox_table *table)
{
    uint32_t at = table->entity->parent_field;

    if (at >= table->entity->field_count || table->entity->fields == NULL ||
        table->entity->fields[at].ref == NULL) {
        return NULL;
    }
    return cox_registry_entity(call->registry, table->entity->fields[at].ref);
}

bool cox_scope_is_people(const struct cox_call *call, const struct cox_table *table)
{
    for (int depth = 0; table != NULL && depth <= COX_PARENT_DEPTH_MAX; depth++) {
        if (cox_entity_is_people(table->entity)) {
            return true;
        }
        table = parent_of(call, table);
    }
    return false;
}

bool cox_scope_may_name(const struct cox_field *field)
{
    return (field->flags & (COX_PRIVATE | COX_RETIRED)) == 0 && field->type != COX_BYTES;
}

/* ---- pieces ---- */

void cox_scope_add_table(struct cox_sql *sql, const struct cox_table *table, enum cox_arm arm,
    const char *alias)
{
    if (arm == COX_ARM_CURRENT) {
        cox_sql_name(sql, table->entity->name);
    } else {
        cox_sql_name_with(sql, table->entity->name, "_past");
    }
    cox_sql_lit(sql, " AS ");
    cox_sql_name(sql, alias);
}

void cox_scope_add_column(struct cox_sql *sql, const char *alias, const struct cox_field *field)
{
    cox_sql_name(sql, alias);
    cox_sql_lit(sql, ".");
    cox_sql_column(sql, field);
}

static void add_id(struct cox_sql *sql, const char *alias)
{
    cox_sql_name(sql, alias);
    cox_sql_lit(sql, ".\"id\"");
}

static bool is_sqlite(const struct cox_call *call)
{
    return cox_db_engine(call->db) == COX_SQLITE;
}

/* One side of "the version holds": never a reason for SQLite to come from an index of instants. */
static void add_instant(struct cox_sql *sql, const struct cox_call *call, const char *alias,
    const char *column)
{
    if (is_sqlite(call)) {
        cox_sql_lit(sql, "+");
    }
    cox_sql_name(sql, alias);
    cox_sql_lit(sql, ".");
    cox_sql_name(sql, column);
}

void cox_scope_add_valid(struct cox_sql *sql, const struct cox_call *call, enum cox_arm arm,
    const char *alias)
{
    if (call->is_now) {
        cox_sql_lit(sql, "(1 = 1)");
        return;
    }
    cox_sql_lit(sql, "(");
    add_instant(sql, call, alias, "from_us");
    cox_sql_lit(sql, " <= ");
    cox_sql_int(sql, call->as_of.at_us);
    cox_sql_lit(sql, " AND ");
    add_instant(sql, call, alias, "rev");
    cox_sql_lit(sql, " <= ");
    cox_sql_int(sql, call->as_of.seq);
    if (arm == COX_ARM_PAST) {
        cox_sql_lit(sql, " AND ");
        add_instant(sql, call, alias, "to_us");
        cox_sql_lit(sql, " > ");
        cox_sql_int(sql, call->as_of.at_us);
        cox_sql_lit(sql, " AND ");
        add_instant(sql, call, alias, "seq_to");
        cox_sql_lit(sql, " > ");
        cox_sql_int(sql, call->as_of.seq);
    }
    cox_sql_lit(sql, ")");
}

/* A unary plus keeps SQLite's planner from an index on the column; PostgreSQL has statistics. */
static void add_shield(struct cox_sql *sql, const struct cox_scope *scope)
{
    if (scope->width == COX_WIDE && is_sqlite(scope->call)) {
        cox_sql_lit(sql, "+");
    }
}

static void add_line_on(struct cox_sql *sql, int64_t day)
{
    cox_sql_lit(sql, "(\"from_day\" <= ");
    cox_sql_int(sql, day);
    cox_sql_lit(sql, " AND \"to_day\" > ");
    cox_sql_int(sql, day);
    cox_sql_lit(sql, ")");
}

/* Which lines count for a column of users. */
enum when { TODAY, THEN, TODAY_OR_THEN };

/* "<column> is the actor or (extent LINE) in the actor's line": written behind the column. */
static void add_is_ours(struct cox_sql *sql, const struct cox_call *call, enum cox_extent extent,
    enum when when)
{
    if (extent == COX_OWN) {
        cox_sql_lit(sql, " = ");
        cox_sql_int(sql, call->actor.user_id);
        return;
    }
    cox_sql_lit(sql, " IN (SELECT \"member_id\" FROM \"line\" WHERE \"leader_id\" = ");
    cox_sql_int(sql, call->actor.user_id);
    cox_sql_lit(sql, " AND (");
    if (when != THEN) {
        add_line_on(sql, call->today);
    }
    if (when == TODAY_OR_THEN) {
        cox_sql_lit(sql, " OR ");
    }
    if (when != TODAY) {
        add_line_on(sql, call->as_of_day);
    }
    cox_sql_lit(sql, ") UNION ALL SELECT CAST(");
    cox_sql_int(sql, call->actor.user_id);
    cox_sql_lit(sql, " AS BIGINT))");
}

/* ---- routes to a row; each writes one condition ---- */

static const struct cox_field *owner_of(const struct cox_table *table)
{
    uint32_t at = table->entity->owner_field;

    return at < table->entity->field_count ? &table->entity->fields[at] : NULL;
}

/* The record's owner today, asked from a closed version. */
static void add_owner_today(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, const char *alias, enum cox_extent extent)
{
    const struct cox_field *owner = owner_of(table);

    if (scope->width == COX_NARROW) {
        add_id(sql, alias);
        cox_sql_lit(sql, " IN (SELECT \"c\".\"id\" FROM ");
        cox_scope_add_table(sql, table, COX_ARM_CURRENT, "c");
        cox_sql_lit(sql, " WHERE ");
    } else {
        cox_sql_lit(sql, "EXISTS (SELECT 1 FROM ");
        cox_scope_add_table(sql, table, COX_ARM_CURRENT, "c");
        cox_sql_lit(sql, " WHERE \"c\".\"id\" = ");
        add_id(sql, alias);
        cox_sql_lit(sql, " AND ");
        add_shield(sql, scope);
    }
    cox_scope_add_column(sql, "c", owner);
    add_is_ours(sql, scope->call, extent, TODAY);
    cox_sql_lit(sql, ")");
}

/*
 * "The owner is one of ours". SQLite comes to few closed versions by the index on the owner, which leaves
 * out those of the tail (schema.h): so it is asked for both.
 */
static void add_owner_column(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, const char *alias, enum cox_extent extent, enum when when)
{
    if (scope->arm == COX_ARM_PAST && scope->width == COX_NARROW && is_sqlite(scope->call)) {
        cox_sql_name(sql, alias);
        cox_sql_lit(sql, ".\"fresh\" = 1 AND ");
        cox_scope_add_column(sql, alias, owner_of(table));
        add_is_ours(sql, scope->call, extent, when);
        cox_sql_lit(sql, " OR ");
        cox_sql_name(sql, alias);
        cox_sql_lit(sql, ".\"fresh\" IS NULL AND ");
    }
    add_shield(sql, scope);
    cox_scope_add_column(sql, alias, owner_of(table));
    add_is_ours(sql, scope->call, extent, when);
}

static void add_owner(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, const char *alias, enum cox_extent extent)
{
    enum when when = scope->call->is_now          ? TODAY
                     : scope->arm == COX_ARM_PAST ? THEN
                                                  : TODAY_OR_THEN;

    add_owner_column(sql, scope, table, alias, extent, when);
    if (scope->arm == COX_ARM_PAST) {
        cox_sql_lit(sql, " OR ");
        add_owner_today(sql, scope, table, alias, extent);
    }
}

/* NULL: no row of it is open, or it is not a matter of reading. */
static const struct cox_field *open_of(const struct cox_scope *scope, const struct cox_table *table)
{
    uint32_t open = table->entity->open_field;

    return open == 0 || scope->verb != COX_READ ? NULL : &table->entity->fields[open - 1];
}

static void add_shared_ids(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table)
{
    cox_sql_lit(sql, "SELECT \"id\" FROM \"share\" WHERE \"user_id\" = ");
    cox_sql_int(sql, scope->call->actor.user_id);
    cox_sql_lit(sql, " AND \"entity\" = ");
    cox_sql_int(sql, table->entity->number);
    cox_sql_lit(sql, " AND \"verb\" >= ");
    cox_sql_int(sql, (int64_t)scope->verb);
    cox_sql_lit(sql, " AND (\"until_day\" IS NULL OR \"until_day\" >= ");
    cox_sql_int(sql, scope->call->today);
    cox_sql_lit(sql, ")");
}

static void add_share(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, const char *alias)
{
    add_shield(sql, scope);
    add_id(sql, alias);
    cox_sql_lit(sql, " IN (");
    add_shared_ids(sql, scope, table);
    cox_sql_lit(sql, ")");
}

static const struct cox_table *member_of(const struct cox_scope *scope,
    const struct cox_table *table)
{
    /* Being in a split or a team lets one see a record, not change it. */
    if (table->entity->member.entity == NULL || scope->verb != COX_READ) {
        return NULL;
    }
    return cox_registry_entity(scope->call->registry, table->entity->member.entity);
}

static void add_member(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, const char *alias, enum cox_extent extent)
{
    /* Callers ask member_of first: there is one. */
    const struct cox_table *member =
        cox_registry_entity(scope->call->registry, table->entity->member.entity);
    const struct cox_field *record = &member->entity->fields[table->entity->member.record_field];
    const struct cox_field *user = &member->entity->fields[table->entity->member.user_field];

    if (scope->width == COX_NARROW) {
        add_id(sql, alias);
        cox_sql_lit(sql, " IN (SELECT ");
        cox_scope_add_column(sql, "m", record);
        cox_sql_lit(sql, " FROM ");
        cox_scope_add_table(sql, member, COX_ARM_CURRENT, "m");
        cox_sql_lit(sql, " WHERE ");
    } else {
        cox_sql_lit(sql, "EXISTS (SELECT 1 FROM ");
        cox_scope_add_table(sql, member, COX_ARM_CURRENT, "m");
        cox_sql_lit(sql, " WHERE ");
        cox_scope_add_column(sql, "m", record);
        cox_sql_lit(sql, " = ");
        add_id(sql, alias);
        cox_sql_lit(sql, " AND ");
        add_shield(sql, scope);
    }
    cox_scope_add_column(sql, "m", user);
    add_is_ours(sql, scope->call, extent, TODAY);
    cox_sql_lit(sql, ")");
}

static void add_participants(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, const char *alias)
{
    const struct cox_entity *entity = table->entity;
    int64_t user = scope->call->actor.user_id;
    bool is_author_only = scope->verb == COX_CREATE || scope->verb == COX_REMOVE;

    for (int i = 0; i < (is_author_only ? 1 : 2); i++) {
        if (i > 0) {
            cox_sql_lit(sql, " OR ");
        }
        cox_scope_add_column(sql, alias, &entity->fields[entity->participant[i]]);
        cox_sql_lit(sql, " = ");
        cox_sql_int(sql, user);
    }
}

/* Who has been taken off a record no longer reads its old versions either. */
static void add_people(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, const char *alias)
{
    const struct cox_entity *entity = table->entity;

    if (scope->call->actor.user_id == 0) {
        cox_sql_lit(sql, "1 = 0");
        return;
    }
    if (scope->arm == COX_ARM_PAST) {
        cox_sql_lit(sql, "(");
    }
    add_participants(sql, scope, table, alias);
    if (scope->arm == COX_ARM_CURRENT) {
        return;
    }
    cox_sql_lit(sql, ") AND NOT EXISTS (SELECT 1 FROM ");
    cox_scope_add_table(sql, table, COX_ARM_CURRENT, "c");
    cox_sql_lit(sql, " WHERE \"c\".\"id\" = ");
    add_id(sql, alias);
    for (int i = 0; i < 2; i++) {
        cox_sql_lit(sql, " AND COALESCE(");
        cox_scope_add_column(sql, "c", &entity->fields[entity->participant[i]]);
        cox_sql_lit(sql, ", 0) <> ");
        cox_sql_int(sql, scope->call->actor.user_id);
    }
    cox_sql_lit(sql, ")");
}

/* The owner by grants, in the line of today whatever instant is read; and whom the record names. */
static void add_person(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, const char *alias)
{
    const struct cox_entity *entity = table->entity;
    enum cox_extent extent = cox_scope_extent(scope->call, table, scope->verb);
    bool is_named = scope->verb == COX_READ || scope->verb == COX_CHANGE;

    cox_sql_lit(sql, "1 = 0");
    if (scope->call->actor.user_id == 0) {
        return;
    }
    if (extent != COX_NONE) {
        cox_sql_lit(sql, " OR ");
        add_owner_column(sql, scope, table, alias, extent, TODAY);
    }
    for (int i = 0; i < 2 && is_named; i++) {
        if (entity->participant[i] != COX_NO_FIELD) {
            cox_sql_lit(sql, " OR ");
            add_shield(sql, scope);
            cox_scope_add_column(sql, alias, &entity->fields[entity->participant[i]]);
            cox_sql_lit(sql, " = ");
            cox_sql_int(sql, scope->call->actor.user_id);
        }
    }
}

/* ---- putting them together ---- */

static void add_visible(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, const char *alias, unsigned depth);

/* One arm of "the parent is visible": the parent's version must hold at the call's as_of. */
/* NOLINTNEXTLINE(misc-no-recursion): at most COX_PARENT_DEPTH_MAX deep */
static void add_parent_arm(struct cox_sql *sql, const struct cox_scope *child, enum cox_arm arm,
    const struct cox_table *table, const char *alias, unsigned depth)
{
    static const char *const names[COX_PARENT_DEPTH_MAX] = {"p1", "p2", "p3", "p4"};
    const struct cox_table *parent = parent_of(child->call, table);
    const struct cox_field *link = &table->entity->fields[table->entity->parent_field];
    const char *name = names[depth];
    struct cox_scope scope = *child;

    scope.arm = arm;
    scope.verb = child->verb == COX_READ ? COX_READ : COX_CHANGE;
    if (scope.width == COX_NARROW) {
        cox_scope_add_column(sql, alias, link);
        cox_sql_lit(sql, " IN (SELECT ");
        add_id(sql, name);
        cox_sql_lit(sql, " FROM ");
        cox_scope_add_table(sql, parent, arm, name);
        cox_sql_lit(sql, " WHERE ");
    } else {
        cox_sql_lit(sql, "EXISTS (SELECT 1 FROM ");
        cox_scope_add_table(sql, parent, arm, name);
        cox_sql_lit(sql, " WHERE ");
        add_id(sql, name);
        cox_sql_lit(sql, " = ");
        cox_scope_add_column(sql, alias, link);
        cox_sql_lit(sql, " AND ");
    }
    cox_scope_add_valid(sql, scope.call, arm, name);
    cox_sql_lit(sql, " AND ");
    add_visible(sql, &scope, parent, name, depth + 1);
    cox_sql_lit(sql, ")");
}

/* NOLINTNEXTLINE(misc-no-recursion): at most COX_PARENT_DEPTH_MAX deep */
static void add_parent(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, const char *alias, unsigned depth)
{
    if (depth >= COX_PARENT_DEPTH_MAX) {
        cox_sql_lit(sql, "1 = 0");
        return;
    }
    add_parent_arm(sql, scope, COX_ARM_CURRENT, table, alias, depth);
    if (!scope->call->is_now) {
        cox_sql_lit(sql, " OR ");
        add_parent_arm(sql, scope, COX_ARM_PAST, table, alias, depth);
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): at most COX_PARENT_DEPTH_MAX deep */
static void add_routes(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, const char *alias, unsigned depth)
{
    enum cox_extent extent = cox_scope_extent(scope->call, table, scope->verb);

    if (extent == COX_NONE) {
        cox_sql_lit(sql, "1 = 0");
        return;
    }
    if (extent == COX_ALL) {
        cox_sql_lit(sql, "1 = 1");
        return;
    }
    if (open_of(scope, table) != NULL) {
        add_shield(sql, scope);
        cox_scope_add_column(sql, alias, open_of(scope, table));
        cox_sql_lit(sql, " = 1 OR ");
    }
    if (owner_of(table) != NULL) {
        add_owner(sql, scope, table, alias, extent);
        cox_sql_lit(sql, " OR ");
    }
    if (member_of(scope, table) != NULL) {
        add_member(sql, scope, table, alias, extent);
        cox_sql_lit(sql, " OR ");
    }
    if (parent_of(scope->call, table) != NULL) {
        add_parent(sql, scope, table, alias, depth);
        cox_sql_lit(sql, " OR ");
    }
    add_share(sql, scope, table, alias);
}

/* NOLINTNEXTLINE(misc-no-recursion): at most COX_PARENT_DEPTH_MAX deep */
static void add_visible(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, const char *alias, unsigned depth)
{
    cox_sql_lit(sql, "(");
    if (table->entity->reach == COX_REACH_PARTICIPANTS) {
        add_people(sql, scope, table, alias);
    } else if (table->entity->reach == COX_REACH_PERSON) {
        add_person(sql, scope, table, alias);
    } else if (cox_scope_is_people(scope->call, table)) {
        /* Part of a people record: no grant of its own widens what the record's two people see. */
        add_parent(sql, scope, table, alias, depth);
    } else {
        add_routes(sql, scope, table, alias, depth);
    }
    cox_sql_lit(sql, ")");
}

/*
 * ---- PostgreSQL's way to few rows ----
 *
 * It cannot come to rows from several subqueries joined by OR. So the rows are named by one set of
 * ids that holds all of them and maybe some more; the condition proper still decides about each.
 */

static void add_ids(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, unsigned depth);

/* " UNION ALL SELECT id FROM <arm> WHERE <field>", for the caller to go on. */
static void add_ids_where(struct cox_sql *sql, const struct cox_table *table, enum cox_arm arm,
    const struct cox_field *field)
{
    cox_sql_lit(sql, " UNION ALL SELECT \"q\".\"id\" FROM ");
    cox_scope_add_table(sql, table, arm, "q");
    cox_sql_lit(sql, " WHERE ");
    cox_scope_add_column(sql, "q", field);
}

static void add_ids_of_owner(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, enum cox_extent extent)
{
    add_ids_where(sql, table, COX_ARM_CURRENT, owner_of(table));
    add_is_ours(sql, scope->call, extent, scope->call->is_now ? TODAY : TODAY_OR_THEN);
    if (!scope->call->is_now) {
        add_ids_where(sql, table, COX_ARM_PAST, owner_of(table));
        add_is_ours(sql, scope->call, extent, THEN);
    }
}

static void add_ids_of_open(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table)
{
    const struct cox_field *open = open_of(scope, table);

    for (int arm = COX_ARM_CURRENT;
         open != NULL && arm <= (scope->call->is_now ? COX_ARM_CURRENT : COX_ARM_PAST); arm++) {
        add_ids_where(sql, table, (enum cox_arm)arm, open);
        cox_sql_lit(sql, " = 1");
    }
}

static void add_ids_of_people(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table)
{
    for (int arm = COX_ARM_CURRENT; arm <= (scope->call->is_now ? COX_ARM_CURRENT : COX_ARM_PAST);
         arm++) {
        for (int i = 0; i < 2; i++) {
            if (table->entity->participant[i] != COX_NO_FIELD) {
                add_ids_where(sql, table, (enum cox_arm)arm,
                    &table->entity->fields[table->entity->participant[i]]);
                cox_sql_lit(sql, " = ");
                cox_sql_int(sql, scope->call->actor.user_id);
            }
        }
    }
}

static void add_ids_of_person(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, enum cox_extent extent)
{
    add_ids_of_people(sql, scope, table);
    for (int arm = COX_ARM_CURRENT;
         extent != COX_NONE && arm <= (scope->call->is_now ? COX_ARM_CURRENT : COX_ARM_PAST);
         arm++) {
        add_ids_where(sql, table, (enum cox_arm)arm, owner_of(table));
        add_is_ours(sql, scope->call, extent, TODAY);
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): at most COX_PARENT_DEPTH_MAX deep */
static void add_ids_of_parent(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, unsigned depth)
{
    const struct cox_table *parent = parent_of(scope->call, table);
    const struct cox_field *link;

    if (parent == NULL || depth >= COX_PARENT_DEPTH_MAX) {
        return;
    }
    link = &table->entity->fields[table->entity->parent_field];
    for (int arm = COX_ARM_CURRENT; arm <= (scope->call->is_now ? COX_ARM_CURRENT : COX_ARM_PAST);
         arm++) {
        add_ids_where(sql, table, (enum cox_arm)arm, link);
        add_ids(sql, scope, parent, depth + 1);
    }
}

static void add_ids_of_member(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, enum cox_extent extent)
{
    const struct cox_table *member = member_of(scope, table);
    const struct cox_membership *by = &table->entity->member;

    if (member == NULL) {
        return;
    }
    cox_sql_lit(sql, " UNION ALL SELECT ");
    cox_scope_add_column(sql, "m", &member->entity->fields[by->record_field]);
    cox_sql_lit(sql, " FROM ");
    cox_scope_add_table(sql, member, COX_ARM_CURRENT, "m");
    cox_sql_lit(sql, " WHERE ");
    cox_scope_add_column(sql, "m", &member->entity->fields[by->user_field]);
    add_is_ours(sql, scope->call, extent, TODAY);
}

/* " IN (...)": every id the actor may read as of the call's instant, of a table that is narrow. */
/* NOLINTNEXTLINE(misc-no-recursion): at most COX_PARENT_DEPTH_MAX deep */
static void add_ids(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, unsigned depth)
{
    enum cox_extent extent = cox_scope_extent(scope->call, table, scope->verb);

    cox_sql_lit(sql, " IN (SELECT CAST(0 AS BIGINT) WHERE 1 = 0");
    if (table->entity->reach == COX_REACH_PARTICIPANTS) {
        add_ids_of_people(sql, scope, table);
    } else if (table->entity->reach == COX_REACH_PERSON) {
        add_ids_of_person(sql, scope, table, extent);
    } else if (cox_scope_is_people(scope->call, table)) {
        add_ids_of_parent(sql, scope, table, depth);
    } else if (extent == COX_OWN || extent == COX_LINE) {
        if (owner_of(table) != NULL) {
            add_ids_of_owner(sql, scope, table, extent);
        }
        add_ids_of_open(sql, scope, table);
        add_ids_of_member(sql, scope, table, extent);
        add_ids_of_parent(sql, scope, table, depth);
        cox_sql_lit(sql, " UNION ALL ");
        add_shared_ids(sql, scope, table);
    }
    cox_sql_lit(sql, ")");
}

void cox_scope_add_extra(struct cox_sql *sql, struct cox_call *call, const struct cox_table *table)
{
    const struct cox_scope scope = {call, COX_READ, COX_ARM_CURRENT, COX_WIDE};

    cox_sql_lit(sql, "SELECT DISTINCT \"id\" FROM (SELECT CAST(0 AS BIGINT) AS \"id\" WHERE 1 = 0");
    add_ids_of_member(sql, &scope, table, cox_scope_extent(call, table, COX_READ));
    cox_sql_lit(sql, " UNION ALL ");
    add_shared_ids(sql, &scope, table);
    cox_sql_lit(sql, ") AS \"x\" ORDER BY \"id\"");
}

bool cox_scope_is_absent(const struct cox_call *call, const struct cox_table *table)
{
    return call->actor.user_id > 0 && cox_table_is_off(table);
}

void cox_scope_add(struct cox_sql *sql, const struct cox_scope *scope,
    const struct cox_table *table, const char *alias)
{
    struct cox_scope wide = *scope;

    assert(scope->verb == COX_READ || scope->call->is_now);
    if (cox_scope_is_absent(scope->call, table)) {
        cox_sql_lit(sql, "1 = 0");
        return;
    }
    if (scope->width == COX_WIDE || is_sqlite(scope->call)) {
        add_visible(sql, scope, table, alias, 0);
        return;
    }
    wide.width = COX_WIDE;
    add_visible(sql, &wide, table, alias, 0);
    cox_sql_lit(sql, " AND ");
    add_id(sql, alias);
    add_ids(sql, scope, table, 0);
}

/* ---- how many ---- */

static enum cox_rc probe(struct cox_call *call, const struct cox_table *table, bool *ret_is_narrow,
    struct cox_err *reterr)
{
    struct cox_call now = *call;
    const struct cox_scope scope = {&now, COX_READ, COX_ARM_CURRENT, COX_NARROW};
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;
    bool is_row;

    now.is_now = true; /* today's records are a good enough measure for any instant */
    cox_sql_init(&sql, call->arena);
    cox_sql_lit(&sql, "SELECT 1 FROM ");
    cox_scope_add_table(&sql, table, COX_ARM_CURRENT, "r");
    cox_sql_lit(&sql, " WHERE ");
    cox_scope_add(&sql, &scope, table, "r");
    cox_sql_lit(&sql, " LIMIT 1 OFFSET ");
    cox_sql_int(&sql, COX_NARROW_MAX);
    COX_TRY(cox_sql_prepare(call->db, &sql, &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_is_narrow = !is_row;
    return COX_OK;
}

/* Can the actor's records be few at all? A wide parent makes its children wide. */
static bool may_be_narrow(const struct cox_call *call, const struct cox_table *table)
{
    bool is_people = cox_scope_is_people(call, table);

    for (int depth = 0; table != NULL && depth <= COX_PARENT_DEPTH_MAX; depth++) {
        enum cox_extent extent = cox_scope_extent(call, table, COX_READ);
        if (!is_people && extent == COX_ALL) {
            return false;
        }
        if (!is_people && extent == COX_NONE) {
            return true;
        }
        table = parent_of(call, table);
    }
    return true;
}

static struct cox_width_note *note_of(const struct cox_call *call, const struct cox_table *table)
{
    uint64_t hash = (uint64_t)call->actor.user_id * 0x9e3779b97f4a7c15U + table->entity->number;

    return &call->store->widths[(hash ^ hash >> 32) % COX_WIDTH_COUNT];
}

static bool recall_width(const struct cox_call *call, const struct cox_table *table,
    bool *ret_is_narrow)
{
    const struct cox_width_note *note = note_of(call, table);
    bool is_known;

    (void)pthread_mutex_lock(&call->store->lock);
    is_known = note->entity == table->entity->number && note->user_id == call->actor.user_id &&
               note->roles == call->actor.roles && note->seq <= call->head_seq &&
               note->seq > call->head_seq - COX_WIDTH_COMMITS &&
               note->at_us > call->now_us - COX_WIDTH_US;
    *ret_is_narrow = note->is_narrow;
    (void)pthread_mutex_unlock(&call->store->lock);
    return is_known;
}

static void keep_width(const struct cox_call *call, const struct cox_table *table, bool is_narrow)
{
    (void)pthread_mutex_lock(&call->store->lock);
    *note_of(call, table) = (struct cox_width_note){.user_id = call->actor.user_id,
        .seq = call->head_seq,
        .at_us = call->now_us,
        .roles = call->actor.roles,
        .entity = table->entity->number,
        .is_narrow = is_narrow};
    (void)pthread_mutex_unlock(&call->store->lock);
}

static enum cox_rc find_width(struct cox_call *call, const struct cox_table *table,
    bool *ret_is_narrow, struct cox_err *reterr)
{
    const struct cox_table *chain[COX_PARENT_DEPTH_MAX + 1];
    int count = 0;
    bool is_narrow = may_be_narrow(call, table);

    for (; table != NULL && count <= COX_PARENT_DEPTH_MAX; table = parent_of(call, table)) {
        chain[count++] = table;
    }
    /* From the top: each question then starts from a set already known to be small. */
    while (is_narrow && count > 0) {
        COX_TRY(probe(call, chain[--count], &is_narrow, reterr));
    }
    *ret_is_narrow = is_narrow;
    return COX_OK;
}

enum cox_rc cox_scope_width(struct cox_call *call, const struct cox_table *table,
    enum cox_width *ret_width, struct cox_err *reterr)
{
    bool is_narrow;

    if (call->write != NULL) { /* its own rows may be many by now, and may never be committed */
        COX_TRY(find_width(call, table, &is_narrow, reterr));
    } else if (!recall_width(call, table, &is_narrow)) {
        COX_TRY(find_width(call, table, &is_narrow, reterr));
        keep_width(call, table, is_narrow);
    }
    *ret_width = is_narrow ? COX_NARROW : COX_WIDE;
    return COX_OK;
}
