/*
 * record/registry.c: all entities of the program and their run-time fields as one structure, with
 * the SQL that follows from them. It is never changed once built, only swapped as a whole.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "record/call.h"

enum { REGISTRY_MEMORY_MAX = 64 << 20, SQL_MAX = 1 << 20 };

bool cox_field_is_indexed(const struct cox_entity *entity, uint32_t field)
{
    const struct cox_field *row = &entity->fields[field];

    return (row->flags & (COX_SORTED | COX_UNIQUE)) != 0 || row->type == COX_REF ||
           field == entity->owner_field;
}

bool cox_field_has_fold(const struct cox_entity *entity, uint32_t field)
{
    const struct cox_field *row;

    if (field >= entity->field_count) {
        return false; /* run-time fields are not folded */
    }
    row = &entity->fields[field];
    return row->type == COX_TEXT && ((row->flags & (COX_SORTED | COX_SEARCHED | COX_UNIQUE)) != 0 ||
                                        field == entity->name_field);
}

size_t cox_registry_count(const struct cox_registry *registry)
{
    return registry->table_count;
}

const struct cox_table *cox_registry_at(const struct cox_registry *registry, size_t index)
{
    assert(index < registry->table_count);
    return &registry->tables[index]->table;
}

const struct cox_table *cox_registry_find(const struct cox_registry *registry, struct cox_text name)
{
    for (size_t i = 0; i < registry->table_count; i++) {
        const struct cox_entity *entity = registry->tables[i]->table.entity;
        if (cox_text_same(name, cox_text_of(entity->name)) ||
            cox_text_same(name, cox_text_of(entity->plural))) {
            return &registry->tables[i]->table;
        }
    }
    return NULL;
}

const struct cox_table *cox_registry_number(const struct cox_registry *registry, uint16_t number)
{
    if (number >= registry->number_count || registry->by_number[number] == NULL) {
        return NULL;
    }
    return &registry->by_number[number]->table;
}

const struct cox_table *cox_registry_entity(const struct cox_registry *registry,
    const struct cox_entity *entity)
{
    const struct cox_table *table = cox_registry_number(registry, entity->number);

    assert(table != NULL && table->entity == entity);
    return table;
}

uint32_t cox_table_field(const struct cox_table *table, struct cox_text name)
{
    for (uint32_t i = 0; i < table->field_count; i++) {
        if ((table->fields[i]->flags & COX_RETIRED) == 0 &&
            cox_text_same(name, cox_text_of(table->fields[i]->name))) {
            return i;
        }
    }
    return COX_NO_FIELD;
}

/* ---- the SQL of one table ---- */

static void add_columns(struct cox_buf *sql, const struct cox_table_inside *inside,
    bool is_row_order)
{
    const struct cox_table *table = &inside->table;

    for (uint32_t i = 0; i < table->field_count; i++) {
        cox_buf_format(sql, ", \"%s\"", table->fields[i]->name);
    }
    if (is_row_order) {
        return;
    }
    for (uint32_t i = 0; i < table->field_count; i++) {
        if (cox_field_has_fold(table->entity, i)) {
            cox_buf_format(sql, ", \"%s_fold\"", table->fields[i]->name);
        }
    }
}

static unsigned column_count(const struct cox_table_inside *inside)
{
    unsigned count = 4U + (inside->has_personal ? 2U : 0U) + inside->table.field_count;

    for (uint32_t i = 0; i < inside->table.field_count; i++) {
        count += cox_field_has_fold(inside->table.entity, i) ? 1U : 0U;
    }
    return count;
}

static void add_params(struct cox_buf *sql, unsigned count)
{
    for (unsigned i = 1; i <= count; i++) {
        cox_buf_format(sql, i == 1 ? "$%u" : ", $%u", i);
    }
}

static bool keep(struct cox_registry *registry, struct cox_buf *sql, struct cox_text *ret_text)
{
    if (!sql->failed) {
        *ret_text = cox_arena_text(registry->arena, cox_buf_text(sql));
    }
    bool is_kept = !sql->failed && ret_text->ptr != NULL;
    cox_buf_clear(sql);
    return is_kept;
}

static bool make_write_sql(struct cox_registry *registry, struct cox_table_inside *inside,
    struct cox_buf *sql)
{
    const char *name = inside->table.entity->name;
    unsigned count = column_count(inside);
    bool ok;

    cox_buf_add_string(sql, "\"id\", \"rev\", \"from_us\", \"imported\"");
    cox_buf_add_string(sql, inside->has_personal ? ", \"psalt\", \"phash\"" : "");
    add_columns(sql, inside, false);
    ok = keep(registry, sql, &inside->columns);
    if (!ok) {
        return false;
    }
    cox_buf_format(sql, "INSERT INTO \"%s\" (%s) VALUES (", name, inside->columns.ptr);
    add_params(sql, count);
    cox_buf_add_string(sql, ")");
    ok = keep(registry, sql, &inside->insert_sql);
    cox_buf_format(sql, "INSERT INTO \"%s_past\" (%s, \"to_us\", \"seq_to\") VALUES (", name,
        inside->columns.ptr);
    add_params(sql, count + 2);
    cox_buf_add_string(sql, ")");
    ok = ok && keep(registry, sql, &inside->past_sql);
    cox_buf_format(sql,
        "INSERT INTO \"%s_past\" (\"to_us\", \"seq_to\", %s) SELECT CAST($1 AS BIGINT), "
        "CAST($2 AS BIGINT), %s FROM \"%s\" WHERE \"id\" = $3",
        name, inside->columns.ptr, inside->columns.ptr, name);
    ok = ok && keep(registry, sql, &inside->archive_sql);
    cox_buf_format(sql,
        "INSERT INTO \"%s_past\" (\"to_us\", \"seq_to\", \"fresh\", %s) SELECT "
        "CAST($1 AS BIGINT), CAST($2 AS BIGINT), 1, %s FROM \"%s\" WHERE \"id\" = $3",
        name, inside->columns.ptr, inside->columns.ptr, name);
    ok = ok && keep(registry, sql, &inside->tail_sql);
    cox_buf_format(sql, "DELETE FROM \"%s\" WHERE \"id\" = $1", name);
    return ok && keep(registry, sql, &inside->drop_sql);
}

static void add_route(struct cox_table_inside *inside, uint32_t field)
{
    if (field < inside->table.entity->field_count) {
        inside->route_fields[inside->route_count++] = field;
    }
}

/* The name of a record with the fields by which an actor comes to see it. */
static bool make_name_sql(struct cox_registry *registry, struct cox_table_inside *inside,
    struct cox_buf *sql)
{
    const struct cox_entity *entity = inside->table.entity;

    add_route(inside, entity->owner_field);
    add_route(inside, entity->parent_field);
    if (cox_entity_is_people(entity)) {
        add_route(inside, entity->participant[0]);
        add_route(inside, entity->participant[1]);
    } else if (entity->open_field != 0) {
        add_route(inside, entity->open_field - 1);
    }
    cox_buf_format(sql, "SELECT \"%s\"", entity->fields[entity->name_field].name);
    for (unsigned i = 0; i < inside->route_count; i++) {
        cox_buf_format(sql, ", \"%s\"", entity->fields[inside->route_fields[i]].name);
    }
    cox_buf_format(sql, " FROM \"%s\" WHERE \"id\" = $1", entity->name);
    return keep(registry, sql, &inside->name_sql);
}

static bool make_read_sql(struct cox_registry *registry, struct cox_table_inside *inside,
    struct cox_buf *sql)
{
    const char *name = inside->table.entity->name;
    bool ok;

    cox_buf_format(sql, "SELECT \"id\", \"rev\", \"from_us\", %lld, %lld, \"imported\"",
        (long long)COX_FOREVER, (long long)COX_FOREVER);
    add_columns(sql, inside, true);
    cox_buf_add_string(sql, inside->has_personal ? ", \"psalt\", \"phash\"" : "");
    cox_buf_format(sql, " FROM \"%s\" WHERE \"id\" = $1", name);
    ok = keep(registry, sql, &inside->get_sql);
    cox_buf_add_string(sql,
        "SELECT \"id\", \"rev\", \"from_us\", \"to_us\", \"seq_to\", \"imported\"");
    add_columns(sql, inside, true);
    cox_buf_add_string(sql, inside->has_personal ? ", \"psalt\", \"phash\"" : "");
    cox_buf_format(sql, " FROM \"%s_past\" WHERE \"id\" = $1 ORDER BY \"from_us\", \"rev\"", name);
    return ok && keep(registry, sql, &inside->versions_sql) && make_name_sql(registry, inside, sql);
}

/* ---- building ---- */

static bool is_fixed_ref(const struct cox_entity *entity, uint32_t field)
{
    return field < entity->field_count && entity->fields[field].type == COX_REF &&
           (entity->fields[field].flags & COX_FIXED) != 0;
}

/* What COX_REACH_PERSON asks of a declaration: nobody ever sees more of it by being put on it later. */
static bool is_person_declared(const struct cox_entity *entity)
{
    bool is_ok = is_fixed_ref(entity, entity->owner_field);

    for (int i = 0; i < 2; i++) {
        is_ok &=
            entity->participant[i] == COX_NO_FIELD || is_fixed_ref(entity, entity->participant[i]);
    }
    for (const struct cox_grant *grant = entity->grants; grant != NULL && grant->roles != 0;
         grant++) {
        is_ok &= grant->read != COX_ALL && grant->create != COX_ALL && grant->change != COX_ALL &&
                 grant->remove != COX_ALL;
    }
    return is_ok;
}

static enum cox_rc check_entity(const struct cox_entity *entity, struct cox_err *reterr)
{
    if (entity->number == 0 || entity->number >= COX_ENTITY_NUMBER_MAX) {
        return cox_fail(reterr, COX_INTERNAL, "entity %s needs a number below %d", entity->name,
            COX_ENTITY_NUMBER_MAX);
    }
    for (uint32_t i = 0; i < entity->field_count; i++) {
        const struct cox_field *field = &entity->fields[i];
        bool is_bad = field->name == NULL || field->type < COX_TEXT ||
                      field->type >= COX_TYPE_COUNT ||
                      (field->type == COX_REF) != (field->ref != NULL) ||
                      (field->type == COX_CHOICE) != (field->choices != NULL) ||
                      (field->type == COX_MONEY && entity->currency_field >= entity->field_count);
        if (is_bad) {
            return cox_fail(reterr, COX_INTERNAL, "entity %s: field %u (%s) is declared badly",
                entity->name, i, field->name == NULL ? "?" : field->name);
        }
    }
    if (entity->open_field != 0 &&
        (entity->reach != COX_REACH_LINE || entity->open_field > entity->field_count ||
            entity->fields[entity->open_field - 1].type != COX_BOOL)) {
        return cox_fail(reterr, COX_INTERNAL, "entity %s has a bad open field", entity->name);
    }
    if (entity->reach == COX_REACH_PERSON && !is_person_declared(entity)) {
        return cox_fail(reterr, COX_INTERNAL, "entity %s: whom it is about is declared badly",
            entity->name);
    }
    if (entity->name_field >= entity->field_count) {
        return cox_fail(reterr, COX_INTERNAL, "entity %s has no name field", entity->name);
    }
    return COX_OK;
}

static enum cox_rc build_table(struct cox_registry *registry, const struct cox_entity *entity,
    const struct cox_custom_row *customs, size_t custom_count, struct cox_table_inside **ret_inside,
    struct cox_err *reterr)
{
    struct cox_table_inside *inside = COX_NEW(registry->arena, struct cox_table_inside);
    uint32_t count = entity->field_count;
    const struct cox_field **fields;
    struct cox_buf sql;

    for (size_t i = 0; i < custom_count; i++) {
        count += customs[i].entity == entity->number ? 1U : 0U;
    }
    fields = COX_NEW_ARRAY(registry->arena, count, const struct cox_field *);
    if (inside == NULL || fields == NULL) {
        return cox_no_memory(reterr);
    }
    count = 0;
    for (uint32_t i = 0; i < entity->field_count; i++) {
        fields[count++] = &entity->fields[i];
        inside->has_personal |= (entity->fields[i].flags & COX_PERSONAL) != 0;
        inside->has_search |= (entity->fields[i].flags & COX_SEARCHED) != 0;
        inside->has_tail |= (entity->fields[i].flags & COX_SORTED_PAST) != 0;
    }
    for (size_t i = 0; i < custom_count; i++) {
        if (customs[i].entity == entity->number) {
            fields[count++] = &customs[i].field;
        }
    }
    inside->has_tail |= entity->owner_field < entity->field_count;
    inside->table = (struct cox_table){entity, fields, count};
    cox_buf_init(&sql, SQL_MAX);
    bool ok = make_write_sql(registry, inside, &sql) && make_read_sql(registry, inside, &sql);
    cox_buf_done(&sql);
    *ret_inside = inside;
    return ok ? COX_OK : cox_no_memory(reterr);
}

static enum cox_rc fill(struct cox_registry *registry, const struct cox_entity *const *entities,
    const struct cox_custom_row *customs, size_t custom_count, struct cox_err *reterr)
{
    size_t count = 0;

    while (entities[count] != NULL) {
        COX_TRY(check_entity(entities[count], reterr));
        if (entities[count]->number >= registry->number_count) {
            registry->number_count = entities[count]->number + 1U;
        }
        count++;
    }
    registry->tables = COX_NEW_ARRAY(registry->arena, count, struct cox_table_inside *);
    registry->by_number =
        COX_NEW_ARRAY(registry->arena, registry->number_count, struct cox_table_inside *);
    if (registry->tables == NULL || registry->by_number == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        struct cox_table_inside **slot = &registry->by_number[entities[i]->number];
        if (*slot != NULL) {
            return cox_fail(reterr, COX_INTERNAL, "entities %s and %s share a number",
                (*slot)->table.entity->name, entities[i]->name);
        }
        COX_TRY(build_table(registry, entities[i], customs, custom_count, slot, reterr));
    }
    for (size_t i = 0; i < registry->number_count; i++) {
        if (registry->by_number[i] != NULL) {
            registry->tables[registry->table_count++] = registry->by_number[i];
        }
    }
    return COX_OK;
}

static const struct cox_choice *copy_choices(struct cox_arena *arena,
    const struct cox_choice *choices)
{
    struct cox_choice *copy;
    size_t count = 0;

    while (choices[count].name != NULL) {
        count++;
    }
    copy = COX_NEW_ARRAY(arena, count + 1, struct cox_choice);
    for (size_t i = 0; copy != NULL && i < count; i++) {
        copy[i].name = copy[i].label = cox_arena_string(arena, choices[i].name);
        copy = copy[i].name == NULL ? NULL : copy;
    }
    return copy;
}

/* Run-time fields are copied, so that the registry lives on its own. */
static enum cox_rc copy_customs(struct cox_registry *registry, const struct cox_custom_row *customs,
    size_t count, const struct cox_custom_row **ret_copy, struct cox_err *reterr)
{
    struct cox_custom_row *copy = COX_NEW_ARRAY(registry->arena, count, struct cox_custom_row);

    if (copy == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        copy[i] = customs[i];
        copy[i].field.name = cox_arena_string(registry->arena, customs[i].field.name);
        copy[i].field.label = cox_arena_string(registry->arena, customs[i].field.label);
        if (copy[i].field.name == NULL || copy[i].field.label == NULL) {
            return cox_no_memory(reterr);
        }
        if (customs[i].field.choices != NULL) {
            copy[i].field.choices = copy_choices(registry->arena, customs[i].field.choices);
            if (copy[i].field.choices == NULL) {
                return cox_no_memory(reterr);
            }
        }
    }
    *ret_copy = copy;
    return COX_OK;
}

enum cox_rc cox_registry_build(const struct cox_entity *const *entities,
    const struct cox_custom_row *customs, size_t custom_count, struct cox_registry **ret_registry,
    struct cox_err *reterr)
{
    struct cox_arena *arena = cox_arena_open(REGISTRY_MEMORY_MAX);
    struct cox_registry *registry = arena == NULL ? NULL : COX_NEW(arena, struct cox_registry);
    const struct cox_custom_row *copy = NULL;
    enum cox_rc rc;

    if (registry == NULL) {
        cox_arena_close(arena);
        return cox_no_memory(reterr);
    }
    registry->arena = arena;
    rc = copy_customs(registry, customs, custom_count, &copy, reterr);
    if (rc == COX_OK) {
        rc = fill(registry, entities, copy, custom_count, reterr);
    }
    if (rc != COX_OK) {
        cox_arena_close(arena);
        return rc;
    }
    *ret_registry = registry;
    return COX_OK;
}

enum cox_rc cox_registry_open(const struct cox_entity *const *entities,
    struct cox_registry **ret_registry, struct cox_err *reterr)
{
    return cox_registry_build(entities, NULL, 0, ret_registry, reterr);
}

void cox_registry_close(struct cox_registry *registry)
{
    if (registry != NULL) {
        cox_arena_close(registry->arena);
    }
}
