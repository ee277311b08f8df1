/*
 * Tests that what follows from the entity tables is what is checked in: DDL of both engines, and a
 * page of every entity and field. COX_UPDATE_GOLDEN=1 writes the files anew; the diff is reviewed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "command/feature_list.h"
#include "record/keep.h"
#include "record/schema.h"

static const char *const type_names[COX_TYPE_COUNT] = {"", "text", "int", "real", "bool", "money",
    "date", "instant", "choice", "ref", "bytes"};

static const char *const flag_names[] = {"required", "sorted", "searched", "personal", "private",
    "unique", "fixed", "system", "retired"};

static void ok(enum cox_rc rc, const struct cox_err *err)
{
    if (rc != COX_OK) {
        print_message("# %s: %s\n", err->field, err->text);
    }
    assert_int_equal(rc, COX_OK);
}

static void compare(const char *name, struct cox_text text)
{
    char path[200], *stored;
    FILE *file;
    size_t size;

    (void)snprintf(path, sizeof(path), "tests/golden/%s", name);
    if (getenv("COX_UPDATE_GOLDEN") != NULL) {
        file = fopen(path, "w");
        assert_non_null(file);
        assert_int_equal(fwrite(text.ptr, 1, text.size, file), text.size);
        assert_int_equal(fclose(file), 0);
        return;
    }
    file = fopen(path, "r");
    if (file == NULL) {
        fail_msg("%s is missing: make it with COX_UPDATE_GOLDEN=1", path);
    }
    stored = malloc(text.size + 2);
    assert_non_null(stored);
    size = fread(stored, 1, text.size + 1, file);
    fclose(file);
    for (size_t i = 0, line = 1; i < size && i < text.size; i++) {
        line += stored[i] == '\n';
        if (stored[i] != text.ptr[i]) {
            fail_msg("%s differs from the tables at line %zu; look at COX_UPDATE_GOLDEN=1's diff",
                path, line);
        }
    }
    assert_int_equal(size, text.size);
    free(stored);
}

/* ---- DDL ---- */

static void compare_ddl(enum cox_engine engine, const char *name)
{
    struct cox_arena *arena = cox_arena_open((size_t)64 << 20);
    struct cox_registry *registry;
    struct cox_err err = {0};
    struct cox_text ddl;

    ok(cox_registry_open(cox_features_entities(arena), &registry, &err), &err);
    ok(cox_schema_ddl(engine, registry, arena, &ddl, &err), &err);
    compare(name, ddl);
    cox_registry_close(registry);
    cox_arena_close(arena);
}

static void test_ddl_of_sqlite(void **state)
{
    (void)state;
    compare_ddl(COX_SQLITE, "ddl-sqlite.txt");
}

static void test_ddl_of_postgres(void **state)
{
    (void)state;
    compare_ddl(COX_POSTGRES, "ddl-postgres.txt");
}

/* ---- what people see ---- */

static void add_field(struct cox_buf *buf, const struct cox_field *field)
{
    cox_buf_format(buf, "  %s: %s", field->name, type_names[field->type]);
    if (field->ref != NULL) {
        cox_buf_format(buf, " of %s", field->ref->name);
    }
    for (size_t i = 0; field->choices != NULL && field->choices[i].name != NULL; i++) {
        cox_buf_format(buf, "%s%s", i == 0 ? " (" : " ", field->choices[i].name);
    }
    cox_buf_add_string(buf, field->choices != NULL ? ")" : "");
    for (size_t i = 0; i < COX_COUNT(flag_names); i++) {
        if ((field->flags & 1U << i) != 0) {
            cox_buf_format(buf, ", %s", flag_names[i]);
        }
    }
    cox_buf_format(buf, "\n    %s\n", field->help);
    if (field->purpose != NULL) {
        cox_buf_format(buf, "    held: %s\n", field->purpose);
    }
    if (field->basis != COX_BASIS_NONE) {
        cox_buf_format(buf, "    basis: %s\n", cox_basis_name(field->basis));
    }
}

static void test_entities_and_fields(void **state)
{
    struct cox_arena *arena = cox_arena_open(1 << 20);
    struct cox_buf buf;

    (void)state;
    cox_buf_init(&buf, 4 << 20);
    for (size_t i = 0; cox_features[i] != NULL; i++) {
        const struct cox_feature *feature = cox_features[i];

        cox_buf_format(&buf, "%s# %s: %s\n", i == 0 ? "" : "\n", feature->name, feature->help);
        for (size_t e = 0; feature->entities != NULL && feature->entities[e] != NULL; e++) {
            const struct cox_entity *entity = feature->entities[e];

            cox_buf_format(&buf, "\n%s %u (%s)\n  %s\n", entity->name, entity->number,
                entity->plural, entity->help);
            if (entity->keep.basis != COX_BASIS_NONE) {
                cox_buf_format(&buf, "  kept: %s (%s, %u months)\n", entity->keep.purpose,
                    cox_basis_name(entity->keep.basis), entity->keep.months);
            }
            for (uint32_t at = 0; at < entity->field_count; at++) {
                add_field(&buf, &entity->fields[at]);
            }
        }
    }
    compare("meta.txt", cox_buf_text(&buf));
    cox_buf_done(&buf);
    cox_arena_close(arena);
}

/* ---- rules for every table ---- */

static void check_field(const struct cox_entity *entity, const struct cox_field *field)
{
    bool is_bad = field->help == NULL || field->name == NULL ||
                  (field->type == COX_REF) != (field->ref != NULL) ||
                  (field->type == COX_CHOICE) != (field->choices != NULL) ||
                  ((field->flags & COX_PERSONAL) != 0 && field->purpose == NULL);

    if (is_bad) {
        fail_msg("%s.%s: help, reference, choices or purpose is missing", entity->name,
            field->name);
    }
}

/* Whatever is about people says why and on what ground it is held; only personal values can expire. */
static void check_keeping(const struct cox_entity *entity)
{
    bool has_personal = false,
         is_said = entity->keep.purpose != NULL && entity->keep.basis != COX_BASIS_NONE;

    for (uint32_t at = 0; at < entity->field_count; at++) {
        has_personal = has_personal || (entity->fields[at].flags & COX_PERSONAL) != 0;
    }
    if ((has_personal || cox_entity_is_people(entity)) && !is_said) {
        fail_msg("%s: purpose or lawful basis is missing (.keep)", entity->name);
    }
    if (entity->keep.months > 0 && !has_personal) {
        fail_msg("%s: has no personal values that could expire", entity->name);
    }
}

static void test_every_table_is_complete(void **state)
{
    struct cox_arena *arena = cox_arena_open(1 << 20);
    const struct cox_entity *const *entities = cox_features_entities(arena);
    bool seen[65536 / 8] = {0};

    (void)state;
    for (size_t i = 0; entities[i] != NULL; i++) {
        const struct cox_entity *entity = entities[i];

        assert_false(seen[entity->number % sizeof(seen)]);
        seen[entity->number % sizeof(seen)] = true;
        assert_non_null(entity->help);
        check_keeping(entity);
        assert_true(entity->name_field < entity->field_count);
        for (uint32_t at = 0; at < entity->field_count; at++) {
            check_field(entity, &entity->fields[at]);
        }
    }
    cox_arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ddl_of_sqlite),
        cmocka_unit_test(test_ddl_of_postgres),
        cmocka_unit_test(test_entities_and_fields),
        cmocka_unit_test(test_every_table_is_complete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
