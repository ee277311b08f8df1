/* record/schema.c: DDL from tables, and the plan of changes. */
#include "record/schema.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "record/find.h"
#include "record/plain.h"

enum { DDL_MAX = 8 << 20 };

/* Where a column or index stands: the current rows or the closed versions. */
enum part { CURRENT, PAST };

static const char *part_suffix(enum part part)
{
    return part == CURRENT ? "" : "_past";
}

char cox_type_storage(enum cox_type type)
{
    switch (type) {
    case COX_TEXT:
        return 't';
    case COX_REAL:
        return 'r';
    case COX_BYTES:
        return 'b';
    case COX_INT:
    case COX_BOOL:
    case COX_MONEY:
    case COX_DATE:
    case COX_INSTANT:
    case COX_CHOICE:
    case COX_REF:
    case COX_TYPE_COUNT:
        break;
    }
    return 'i';
}

/* ---- tables ---- */

static void add_plain_table(struct cox_buf *sql, enum cox_engine engine,
    const struct cox_plain_table *plain)
{
    bool is_rowid = plain->key_count == 1 && plain->columns[0].type == 'i';

    cox_buf_format(sql, "CREATE TABLE \"%s\" (", plain->name);
    for (size_t i = 0; plain->columns[i].name != NULL; i++) {
        const struct cox_plain_column *column = &plain->columns[i];
        bool is_nullable = column->type == 'I' || column->type == 'T' || column->type == 'B';
        cox_buf_format(sql, "%s\"%s\" %s%s", i == 0 ? "" : ", ", column->name,
            cox_db_type_name(engine, (char)(column->type | 0x20)), is_nullable ? "" : " NOT NULL");
    }
    cox_buf_add_string(sql, ", PRIMARY KEY (");
    for (unsigned i = 0; i < plain->key_count; i++) {
        cox_buf_format(sql, "%s\"%s\"", i == 0 ? "" : ", ", plain->columns[i].name);
    }
    cox_buf_format(sql, "))%s;\n", engine == COX_SQLITE && !is_rowid ? " WITHOUT ROWID" : "");
    for (size_t i = 0; i < COX_COUNT(plain->indexes) && plain->indexes[i] != NULL; i++) {
        cox_buf_format(sql, "CREATE INDEX \"%s_i%zu\" ON \"%s\" (%s);\n", plain->name, i + 1,
            plain->name, plain->indexes[i]);
    }
}

static bool has_search(const struct cox_table *table)
{
    return ((const struct cox_table_inside *)(const void *)table)->has_search;
}

static bool has_tail(enum cox_engine engine, const struct cox_table *table)
{
    return engine == COX_SQLITE && ((const struct cox_table_inside *)(const void *)table)->has_tail;
}

static void add_entity_table(struct cox_buf *sql, enum cox_engine engine,
    const struct cox_table *table, enum part part)
{
    const char *i_type = cox_db_type_name(engine, 'i');
    const char *b_type = cox_db_type_name(engine, 'b');

    cox_buf_format(sql, "CREATE TABLE \"%s%s\" (\"id\" %s NOT NULL, \"rev\" %s NOT NULL, ",
        table->entity->name, part_suffix(part), i_type, i_type);
    cox_buf_format(sql, "\"from_us\" %s NOT NULL, ", i_type);
    if (part == PAST) {
        cox_buf_format(sql, "\"to_us\" %s NOT NULL, \"seq_to\" %s NOT NULL, ", i_type, i_type);
    }
    cox_buf_format(sql, "\"imported\" %s NOT NULL", i_type);
    if (part == PAST && has_tail(engine, table)) {
        cox_buf_format(sql, ", \"fresh\" %s", i_type);
    }
    /* In every table, so that an entity may get its first personal field later. */
    cox_buf_format(sql, ", \"psalt\" %s, \"phash\" %s", b_type, b_type);
    for (uint32_t i = 0; i < table->field_count; i++) {
        const struct cox_field *field = table->fields[i];
        cox_buf_format(sql, ", \"%s\" %s", field->name,
            cox_db_type_name(engine, cox_type_storage(field->type)));
        if (cox_field_has_fold(table->entity, i)) {
            cox_buf_format(sql, ", \"%s_fold\" %s", field->name, cox_db_type_name(engine, 't'));
        }
    }
    if (part == CURRENT) {
        cox_buf_add_string(sql, ", PRIMARY KEY (\"id\"));\n");
    } else {
        /* Not WITHOUT ROWID: SQLite would go to the row for every entry of an index it walks,
         * before it looks at the instants that stand in the index. */
        cox_buf_add_string(sql, ", PRIMARY KEY (\"id\", \"rev\", \"from_us\"));\n");
    }
}

/* ---- indexes ---- */

/* Calls what(ctx, name, sql) for every secondary index of the table. */
typedef enum cox_rc (
    *index_fn)(void *ctx, const char *name, const char *sql, struct cox_err *reterr);

struct index_ask {
    enum cox_engine engine;
    index_fn what;
    void *ctx;
    struct cox_err *reterr;
};

static enum cox_rc give_index(const struct index_ask *ask, const struct cox_table *table,
    enum part part, const char *kind, const char *field, const char *columns)
{
    char name[160], sql[600];

    (void)snprintf(name, sizeof(name), "%s%s_%s_%s", table->entity->name, part_suffix(part), field,
        kind);
    int length = snprintf(sql, sizeof(sql), "CREATE %s \"%s\" ON \"%s%s\" (%s)",
        kind[0] == 'u' ? "UNIQUE INDEX" : "INDEX", name, table->entity->name, part_suffix(part),
        columns);
    if (length < 0 || (size_t)length >= sizeof(sql)) {
        return cox_fail(ask->reterr, COX_INTERNAL, "index %s: the names are too long", name);
    }
    return ask->what(ask->ctx, name, sql, ask->reterr);
}

/* An index of closed versions in which the next one may stand anywhere: without those of the tail. */
static enum cox_rc give_scattered(const struct index_ask *ask, const struct cox_table *table,
    const char *kind, const char *field, const char *columns)
{
    char some[640];

    if (!has_tail(ask->engine, table)) {
        return give_index(ask, table, PAST, kind, field, columns);
    }
    (void)snprintf(some, sizeof(some), "%s%s\"fresh\" IS NULL", columns,
        strstr(columns, " WHERE ") == NULL ? ") WHERE (" : " AND ");
    return give_index(ask, table, PAST, "s", field, some);
}

static enum cox_rc each_field_index(const struct index_ask *ask, const struct cox_table *table,
    uint32_t at)
{
    const struct cox_entity *entity = table->entity;
    const struct cox_field *field = table->fields[at];
    const char *fold = cox_field_has_fold(entity, at) ? "_fold" : "";
    bool is_sorted = (field->flags & COX_SORTED) != 0;
    char columns[300];

    if ((field->flags & COX_UNIQUE) != 0) {
        (void)snprintf(columns, sizeof(columns), "\"%s%s\"", field->name, fold);
        COX_TRY(give_index(ask, table, CURRENT, "u", field->name, columns));
    }
    if (!is_sorted && field->type != COX_REF) {
        return COX_OK;
    }
    /* Rows without a value are a part of their own in lists: no index need hold them. */
    char some[160] = "";
    if ((field->flags & COX_REQUIRED) == 0) {
        (void)snprintf(some, sizeof(some), ") WHERE (\"%s%s\" IS NOT NULL", field->name, fold);
    }
    (void)snprintf(columns, sizeof(columns), "\"%s%s\", \"id\"%s", field->name, fold, some);
    COX_TRY(give_index(ask, table, CURRENT, "i", field->name, columns));
    if (is_sorted && entity->owner_field < entity->field_count && entity->owner_field != at) {
        (void)snprintf(columns, sizeof(columns), "\"%s\", \"%s%s\", \"id\"%s",
            entity->fields[entity->owner_field].name, field->name, fold, some);
        COX_TRY(give_index(ask, table, CURRENT, "o", field->name, columns));
    }
    /* To the few closed versions of one person, or of one parent, without a walk over all. */
    bool is_way_in = at == entity->owner_field || at == entity->parent_field;
    if ((field->flags & COX_SORTED_PAST) == 0 && !is_way_in) {
        return COX_OK;
    }
    (void)snprintf(columns, sizeof(columns),
        "\"%s%s\", \"id\", \"from_us\", \"to_us\", \"rev\", \"seq_to\"%s", field->name, fold, some);
    return at == entity->parent_field ? give_index(ask, table, PAST, "i", field->name, columns)
                                      : give_scattered(ask, table, "i", field->name, columns);
}

static enum cox_rc each_index(enum cox_engine engine, const struct cox_table *table, index_fn what,
    void *ctx, struct cox_err *reterr)
{
    const struct index_ask ask = {engine, what, ctx, reterr};

    /* Lists as of an early or a late instant come from the few versions begun, or not ended, by then. */
    if (table->entity->owner_field < table->entity->field_count) {
        COX_TRY(give_index(&ask, table, CURRENT, "t", "from_us", "\"from_us\""));
        COX_TRY(give_scattered(&ask, table, "t", "from_us", "\"from_us\""));
        COX_TRY(give_index(&ask, table, PAST, "t", "to_us", "\"to_us\""));
    }
    for (uint32_t i = 0; i < table->field_count; i++) {
        COX_TRY(each_field_index(&ask, table, i));
    }
    return has_tail(engine, table) ? give_index(&ask, table, PAST, "f", "fresh",
                                         "\"fresh\") WHERE (\"fresh\" IS NOT NULL")
                                   : COX_OK;
}

/* ---- the whole DDL ---- */

static enum cox_rc append_index(void *ctx, const char *name, const char *sql,
    struct cox_err *reterr)
{
    struct cox_buf *buf = ctx;

    (void)name; /* it stands in the SQL */
    (void)reterr;
    cox_buf_format(buf, "%s;\n", sql);
    return COX_OK;
}

enum cox_rc cox_schema_ddl(enum cox_engine engine, const struct cox_registry *registry,
    struct cox_arena *arena, struct cox_text *ret_ddl, struct cox_err *reterr)
{
    struct cox_buf sql;
    enum cox_rc rc = COX_OK;

    cox_buf_init(&sql, DDL_MAX);
    for (size_t i = 0; i < cox_plain_table_count; i++) {
        add_plain_table(&sql, engine, &cox_plain_tables[i]);
    }
    for (size_t i = 0; rc == COX_OK && i < registry->table_count; i++) {
        const struct cox_table *table = &registry->tables[i]->table;
        add_entity_table(&sql, engine, table, CURRENT);
        add_entity_table(&sql, engine, table, PAST);
        if (has_search(table)) {
            cox_find_ddl(engine, table->entity->name, &sql);
        }
        rc = each_index(engine, table, append_index, &sql, reterr);
    }
    if (rc == COX_OK && !sql.failed) {
        *ret_ddl = cox_arena_text(arena, cox_buf_text(&sql));
    }
    bool is_short = sql.failed || (rc == COX_OK && ret_ddl->ptr == NULL);
    cox_buf_done(&sql);
    return rc != COX_OK ? rc : is_short ? cox_no_memory(reterr) : COX_OK;
}

/* ---- planning ---- */

struct plan {
    struct cox_db *db;
    struct cox_arena *arena;
    enum cox_engine engine;
    struct cox_step *first, **last;
    const struct cox_table *table;
    struct cox_text *known; /* fields noted for the table at hand */
    int64_t *known_types;
    size_t known_count;
};

static enum cox_rc add_step(struct plan *plan, const char *text, struct cox_text sql,
    struct cox_err *reterr)
{
    struct cox_step *step = COX_NEW(plan->arena, struct cox_step);
    struct cox_text copy = cox_arena_text(plan->arena, sql);

    if (step == NULL || copy.ptr == NULL || text == NULL) {
        return cox_no_memory(reterr);
    }
    *step = (struct cox_step){.text = text, .sql = copy.ptr};
    *plan->last = step;
    plan->last = &step->next;
    return COX_OK;
}

static enum cox_rc plan_plain(struct plan *plan, const struct cox_plain_table *plain,
    struct cox_err *reterr)
{
    struct cox_buf sql;
    bool is_there;
    enum cox_rc rc;

    COX_TRY(cox_db_has(plan->db, "table", plain->name, &is_there, reterr));
    if (is_there) {
        return COX_OK; /* a later release that adds a column notes it as a schema_step */
    }
    cox_buf_init(&sql, DDL_MAX);
    add_plain_table(&sql, plan->engine, plain);
    rc = sql.failed ? cox_no_memory(reterr)
                    : add_step(plan, cox_arena_format(plan->arena, "new table %s", plain->name),
                          cox_buf_text(&sql), reterr);
    cox_buf_done(&sql);
    return rc;
}

/* Reads the fields noted for an entity name; none: the entity is new. */
static enum cox_rc read_known(struct plan *plan, const char *entity, struct cox_err *reterr)
{
    enum { KNOWN_MAX = 400 };
    COX_AUTO_STMT stmt = NULL;
    bool is_row, is_there;

    plan->known_count = 0;
    plan->known = COX_NEW_ARRAY(plan->arena, KNOWN_MAX, struct cox_text);
    plan->known_types = COX_NEW_ARRAY(plan->arena, KNOWN_MAX, int64_t);
    if (plan->known == NULL || plan->known_types == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_db_has(plan->db, "table", "schema_field", &is_there, reterr));
    if (!is_there) {
        return COX_OK;
    }
    COX_TRY(cox_db_prepare(plan->db,
        COX_LIT("SELECT \"field\", \"type\" FROM \"schema_field\" WHERE \"entity\" = $1"), &stmt,
        reterr));
    cox_stmt_bind_text(stmt, 1, cox_text_of(entity));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row && plan->known_count < KNOWN_MAX) {
        plan->known[plan->known_count] = cox_arena_text(plan->arena, cox_stmt_text(stmt, 0));
        plan->known_types[plan->known_count++] = cox_stmt_int(stmt, 1);
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

static size_t find_known(const struct plan *plan, const char *name)
{
    size_t at = 0;

    while (at < plan->known_count &&
           (name == NULL || !cox_text_same(plan->known[at], cox_text_of(name)))) {
        at++;
    }
    return at;
}

static enum cox_rc plan_new_table(struct plan *plan, struct cox_err *reterr)
{
    const char *name = plan->table->entity->name;
    struct cox_buf sql;
    enum cox_rc rc;

    cox_buf_init(&sql, DDL_MAX);
    add_entity_table(&sql, plan->engine, plan->table, CURRENT);
    add_entity_table(&sql, plan->engine, plan->table, PAST);
    if (has_search(plan->table)) {
        cox_find_ddl(plan->engine, name, &sql);
    }
    rc = sql.failed ? cox_no_memory(reterr)
                    : add_step(plan, cox_arena_format(plan->arena, "%s: new table", name),
                          cox_buf_text(&sql), reterr);
    cox_buf_done(&sql);
    return rc;
}

static enum cox_rc plan_rename_table(struct plan *plan, struct cox_err *reterr)
{
    const struct cox_entity *entity = plan->table->entity;
    const char *sql = cox_arena_format(plan->arena,
        "ALTER TABLE \"%s\" RENAME TO \"%s\";\nALTER TABLE \"%s_past\" RENAME TO \"%s_past\";\n"
        "%s%s%s%s%s"
        "UPDATE \"schema_field\" SET \"entity\" = '%s' WHERE \"entity\" = '%s';\n",
        entity->was, entity->name, entity->was, entity->name,
        has_search(plan->table) ? "ALTER TABLE \"" : "", has_search(plan->table) ? entity->was : "",
        has_search(plan->table) ? "_find\" RENAME TO \"" : "",
        has_search(plan->table) ? entity->name : "", has_search(plan->table) ? "_find\";\n" : "",
        entity->name, entity->was);

    if (sql == NULL) {
        return cox_no_memory(reterr);
    }
    return add_step(plan, cox_arena_format(plan->arena, "%s: was %s", entity->name, entity->was),
        cox_text_of(sql), reterr);
}

static enum cox_rc has_fresh(struct plan *plan, const char *entity, bool *ret_has,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    char past[160];

    (void)snprintf(past, sizeof(past), "%s_past", entity);
    COX_TRY(cox_db_prepare(plan->db,
        COX_LIT("SELECT 1 FROM pragma_table_info($1) WHERE \"name\" = 'fresh'"), &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, cox_text_of(past));
    return cox_stmt_step(stmt, ret_has, reterr);
}

/* One field that is not noted: renamed, or a new column in both tables. */
static enum cox_rc plan_field(struct plan *plan, uint32_t at, struct cox_err *reterr)
{
    const char *entity = plan->table->entity->name;
    const struct cox_field *field = plan->table->fields[at];
    bool is_rename = find_known(plan, field->was) < plan->known_count;
    struct cox_buf sql;
    enum cox_rc rc;

    cox_buf_init(&sql, DDL_MAX);
    for (enum part part = CURRENT; part <= PAST; part++) {
        for (int fold = 0; fold <= (cox_field_has_fold(plan->table->entity, at) ? 1 : 0); fold++) {
            const char *suffix = fold == 1 ? "_fold" : "";
            if (is_rename) {
                cox_buf_format(&sql, "ALTER TABLE \"%s%s\" RENAME COLUMN \"%s%s\" TO \"%s%s\";\n",
                    entity, part_suffix(part), field->was, suffix, field->name, suffix);
            } else {
                cox_buf_format(&sql, "ALTER TABLE \"%s%s\" ADD COLUMN \"%s%s\" %s;\n", entity,
                    part_suffix(part), field->name, suffix,
                    cox_db_type_name(plan->engine,
                        fold == 1 ? 't' : cox_type_storage(field->type)));
            }
        }
    }
    rc = sql.failed ? cox_no_memory(reterr)
                    : add_step(plan,
                          cox_arena_format(plan->arena,
                              is_rename ? "%s: field %s was %s" : "%s: new field %s", entity,
                              field->name, field->was),
                          cox_buf_text(&sql), reterr);
    cox_buf_done(&sql);
    return rc;
}

static enum cox_rc plan_fields(struct plan *plan, struct cox_err *reterr)
{
    for (uint32_t i = 0; i < plan->table->entity->field_count; i++) {
        const struct cox_field *field = plan->table->fields[i];
        size_t known = find_known(plan, field->name);
        if (known == plan->known_count) {
            COX_TRY(plan_field(plan, i, reterr));
        } else if (plan->known_types[known] != (int64_t)field->type) {
            return cox_fail_at(reterr, COX_UNSUPPORTED, field->name, 0,
                "%s.%s is stored with another type: this change needs a migration file",
                plan->table->entity->name, field->name);
        }
    }
    return COX_OK;
}

/* A store made before there was a tail: its whole indexes go, and plan_index makes those without it. */
static enum cox_rc plan_tail(struct plan *plan, const char *was, struct cox_err *reterr)
{
    const struct cox_table *table = plan->table;
    const char *name = table->entity->name;
    struct cox_buf sql;
    bool is_there;
    enum cox_rc rc;

    if (!has_tail(plan->engine, table)) {
        return COX_OK;
    }
    COX_TRY(has_fresh(plan, was, &is_there, reterr));
    if (is_there) {
        return COX_OK;
    }
    cox_buf_init(&sql, DDL_MAX);
    cox_buf_format(&sql,
        "ALTER TABLE \"%s_past\" ADD COLUMN \"fresh\" %s;\n"
        "DROP INDEX IF EXISTS \"%s_past_from_us_t\";\n",
        name, cox_db_type_name(plan->engine, 'i'), was);
    for (uint32_t i = 0; i < table->entity->field_count; i++) {
        if ((table->fields[i]->flags & COX_SORTED_PAST) != 0 || i == table->entity->owner_field) {
            cox_buf_format(&sql, "DROP INDEX IF EXISTS \"%s_past_%s_i\";\n", was,
                table->fields[i]->name);
        }
    }
    rc = sql.failed ? cox_no_memory(reterr)
                    : add_step(plan, cox_arena_format(plan->arena, "%s: a tail of the past", name),
                          cox_buf_text(&sql), reterr);
    cox_buf_done(&sql);
    return rc;
}

static enum cox_rc plan_index(void *ctx, const char *name, const char *sql, struct cox_err *reterr)
{
    struct plan *plan = ctx;
    bool is_there;

    COX_TRY(cox_db_has(plan->db, "index", name, &is_there, reterr));
    if (is_there) {
        return COX_OK;
    }
    struct cox_step **place = plan->last;
    COX_TRY(add_step(plan, cox_arena_format(plan->arena, "new index %s", name), cox_text_of(sql),
        reterr));
    (*place)->is_index = true;
    return COX_OK;
}

static enum cox_rc plan_entity(struct plan *plan, struct cox_err *reterr)
{
    const struct cox_entity *entity = plan->table->entity;
    const char *was = entity->name;

    COX_TRY(read_known(plan, entity->name, reterr));
    if (plan->known_count == 0 && entity->was != NULL) {
        COX_TRY(read_known(plan, entity->was, reterr));
        if (plan->known_count > 0) {
            was = entity->was;
            COX_TRY(plan_rename_table(plan, reterr));
        }
    }
    if (plan->known_count == 0) {
        COX_TRY(plan_new_table(plan, reterr));
    } else {
        COX_TRY(plan_fields(plan, reterr));
        COX_TRY(plan_tail(plan, was, reterr));
    }
    return each_index(plan->engine, plan->table, plan_index, plan, reterr);
}

enum cox_rc cox_schema_plan(struct cox_db *db, const struct cox_registry *registry,
    struct cox_arena *arena, struct cox_step **ret_steps, struct cox_err *reterr)
{
    struct plan plan = {.db = db, .arena = arena, .engine = cox_db_engine(db)};

    plan.last = &plan.first;
    for (size_t i = 0; i < cox_plain_table_count; i++) {
        COX_TRY(plan_plain(&plan, &cox_plain_tables[i], reterr));
    }
    for (size_t i = 0; i < registry->table_count; i++) {
        plan.table = &registry->tables[i]->table;
        COX_TRY(plan_entity(&plan, reterr));
    }
    *ret_steps = plan.first;
    return COX_OK;
}

/* ---- noting what was declared ---- */

static enum cox_rc note_fields(struct cox_db *db, const struct cox_table *table,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(db,
        COX_LIT("INSERT INTO \"schema_field\" (\"entity\", \"field\", \"type\", \"position\") "
                "VALUES ($1, $2, $3, $4) ON CONFLICT (\"entity\", \"field\") DO NOTHING"),
        &stmt, reterr));
    for (uint32_t i = 0; i < table->entity->field_count; i++) {
        cox_stmt_bind_text(stmt, 1, cox_text_of(table->entity->name));
        cox_stmt_bind_text(stmt, 2, cox_text_of(table->fields[i]->name));
        cox_stmt_bind_int(stmt, 3, (int64_t)table->fields[i]->type);
        cox_stmt_bind_int(stmt, 4, (int64_t)i);
        COX_TRY(cox_stmt_run(stmt, reterr));
    }
    return COX_OK;
}

/* Digest of the whole DDL and of the fields' former names: equal means nothing to look at. */
static enum cox_rc fingerprint(struct cox_db *db, const struct cox_registry *registry,
    char ret_text[65], struct cox_err *reterr)
{
    COX_AUTO_ARENA arena = cox_arena_open(DDL_MAX);
    unsigned char digest[32];
    struct cox_text ddl;

    if (arena == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_schema_ddl(cox_db_engine(db), registry, arena, &ddl, reterr));
    (void)crypto_generichash(digest, sizeof(digest), (const unsigned char *)ddl.ptr, ddl.size, NULL,
        0);
    (void)sodium_bin2hex(ret_text, 65, digest, sizeof(digest));
    return COX_OK;
}

static enum cox_rc put_fingerprint(struct cox_db *db, const char *text, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(db,
        COX_LIT("INSERT INTO \"setting\" (\"name\", \"value\") VALUES ('schema.fingerprint', $1) "
                "ON CONFLICT (\"name\") DO UPDATE SET \"value\" = excluded.\"value\""),
        &stmt, reterr));
    cox_stmt_bind_text(stmt, 1, cox_text_of(text));
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_schema_apply(struct cox_db *db, const struct cox_registry *registry,
    const struct cox_step *steps, struct cox_err *reterr)
{
    char text[65];

    for (const struct cox_step *step = steps; step != NULL; step = step->next) {
        COX_TRY(cox_db_exec(db, step->sql, reterr));
    }
    for (size_t i = 0; i < registry->table_count; i++) {
        COX_TRY(note_fields(db, &registry->tables[i]->table, reterr));
    }
    COX_TRY(fingerprint(db, registry, text, reterr));
    return put_fingerprint(db, text, reterr);
}

enum cox_rc cox_schema_is_current(struct cox_db *db, const struct cox_registry *registry,
    bool *ret_is_current, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    char text[65];
    bool is_there, is_row;

    COX_TRY(cox_db_has(db, "table", "setting", &is_there, reterr));
    if (!is_there) {
        *ret_is_current = false;
        return COX_OK;
    }
    COX_TRY(fingerprint(db, registry, text, reterr));
    COX_TRY(cox_db_prepare(db,
        COX_LIT("SELECT \"value\" FROM \"setting\" WHERE \"name\" = 'schema.fingerprint'"), &stmt,
        reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_is_current = is_row && cox_text_same(cox_stmt_text(stmt, 0), cox_text_of(text));
    return COX_OK;
}

/* ---- while a store is in use ---- */

static enum cox_rc exec_index(void *ctx, const char *name, const char *sql, struct cox_err *reterr)
{
    struct cox_db *db = ctx;
    bool is_there;

    COX_TRY(cox_db_has(db, "index", name, &is_there, reterr));
    return is_there ? COX_OK : cox_db_exec(db, sql, reterr);
}

static enum cox_rc drop_index(void *ctx, const char *name, const char *sql, struct cox_err *reterr)
{
    struct cox_db *db = ctx;
    char text[200];

    if (strncmp(sql, "CREATE UNIQUE", 13) == 0) {
        return COX_OK; /* a promise, not a help for reading: stays while loading */
    }
    (void)snprintf(text, sizeof(text), "DROP INDEX IF EXISTS \"%s\"", name);
    return cox_db_exec(db, text, reterr);
}

enum cox_rc cox_schema_drop_indexes(struct cox_db *db, const struct cox_table *table,
    struct cox_err *reterr)
{
    COX_TRY(put_fingerprint(db, "", reterr)); /* a crash before the end: the next open repairs */
    return each_index(cox_db_engine(db), table, drop_index, db, reterr);
}

enum cox_rc cox_schema_make_indexes(struct cox_db *db, const struct cox_table *table,
    struct cox_err *reterr)
{
    return each_index(cox_db_engine(db), table, exec_index, db, reterr);
}

enum cox_rc cox_schema_settle(struct cox_db *db, const struct cox_entity *entity,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    char sql[240];

    (void)snprintf(sql, sizeof(sql),
        "UPDATE \"%.100s_past\" SET \"fresh\" = NULL WHERE \"fresh\" = 1", entity->name);
    COX_TRY(cox_db_prepare(db, cox_text_of(sql), &stmt, reterr));
    return cox_stmt_run(stmt, reterr);
}

enum cox_rc cox_schema_tail(struct cox_db *db, const struct cox_entity *entity, int64_t *ret_count,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    char sql[240];
    bool is_row;

    (void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM \"%.100s_past\" WHERE \"fresh\" = 1",
        entity->name);
    COX_TRY(cox_db_prepare(db, cox_text_of(sql), &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *ret_count = cox_stmt_int(stmt, 0);
    return COX_OK;
}

/* Today's declarations are in place again: the next open need not look. */
enum cox_rc cox_schema_note(struct cox_db *db, const struct cox_entity *const *entities,
    struct cox_err *reterr)
{
    struct cox_registry *compiled = NULL;
    char text[65];
    enum cox_rc rc;

    COX_TRY(cox_registry_open(entities, &compiled, reterr));
    rc = fingerprint(db, compiled, text, reterr);
    cox_registry_close(compiled);
    return rc == COX_OK ? put_fingerprint(db, text, reterr) : rc;
}

enum cox_rc cox_schema_add_custom(struct cox_db *db, const struct cox_entity *entity,
    const struct cox_field *field, struct cox_err *reterr)
{
    bool is_indexed = (field->flags & COX_SORTED) != 0 || field->type == COX_REF;
    char sql[400];

    for (enum part part = CURRENT; part <= PAST; part++) {
        (void)snprintf(sql, sizeof(sql), "ALTER TABLE \"%s%s\" ADD COLUMN \"%s\" %s", entity->name,
            part_suffix(part), field->name,
            cox_db_type_name(cox_db_engine(db), cox_type_storage(field->type)));
        COX_TRY(cox_db_exec(db, sql, reterr));
        if (!is_indexed || (part == PAST && (field->flags & COX_SORTED_PAST) == 0)) {
            continue;
        }
        (void)snprintf(sql, sizeof(sql),
            "CREATE INDEX \"%s%s_%s_i\" ON \"%s%s\" (\"%s\", \"id\"%s)", entity->name,
            part_suffix(part), field->name, entity->name, part_suffix(part), field->name,
            part == PAST ? ", \"from_us\", \"to_us\", \"rev\", \"seq_to\"" : "");
        COX_TRY(cox_db_exec(db, sql, reterr));
    }
    return COX_OK;
}
