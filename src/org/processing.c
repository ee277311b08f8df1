/* org/processing.c: the record of processing activities. */
#include "org/processing.h"

#include <stdio.h>

#include "record/keep.h"
#include "record/reach.h"
#include "record/switches.h"

static const char access_purpose[] = "So that people know who looked at data about them.";

static const char *feature_of(const struct cox_feature *const *features,
    const struct cox_entity *entity)
{
    for (size_t f = 0; features[f] != NULL; f++) {
        for (size_t e = 0; features[f]->entities != NULL && features[f]->entities[e] != NULL; e++) {
            if (features[f]->entities[e] == entity) {
                return features[f]->name;
            }
        }
    }
    return NULL;
}

static const char *label_of(const struct cox_field *field)
{
    return field->label != NULL ? field->label : field->name;
}

/* ---- who reads ---- */

static void add_reader(char text[COX_READERS_SIZE], const char *who, const char *how)
{
    size_t size = strlen(text);

    (void)snprintf(text + size, COX_READERS_SIZE - size, "%s%s%s%s", size == 0 ? "" : ", ", who,
        how[0] == '\0' ? "" : ": ", how); /* all of them fit */
}

void cox_processing_readers(const struct cox_entity *entity, char ret_text[COX_READERS_SIZE])
{
    static const char *const roles[COX_ROLE_COUNT] = {"rep", "manager", "leader", "executive",
        "admin", "works_council", "operator"};
    static const char *const extents[] = {"none", "own", "line", "all"};

    ret_text[0] = '\0';
    if (entity->reach == COX_REACH_PARTICIPANTS) {
        add_reader(ret_text, "participants", "");
        return;
    }
    if (entity->reach == COX_REACH_COMPANY) {
        add_reader(ret_text, "everybody", "");
        return;
    }
    if (entity->parent_field != COX_NO_FIELD) {
        add_reader(ret_text, "with", entity->fields[entity->parent_field].ref->name);
    }
    for (unsigned role = 0; role < COX_ROLE_COUNT; role++) {
        enum cox_extent most = COX_NONE;
        for (const struct cox_grant *g = entity->grants; g != NULL && g->roles != 0; g++) {
            most = (g->roles & COX_ROLE_BIT(role)) != 0 && g->read > most ? g->read : most;
        }
        if (most != COX_NONE) {
            add_reader(ret_text, roles[role], extents[most]);
        }
    }
}

/* ---- as JSON ---- */

static enum cox_rc put_fields(struct cox_call *call, const struct cox_table *table,
    struct cox_json *json, struct cox_err *reterr)
{
    int64_t months;

    cox_json_key(json, "fields");
    cox_json_begin_array(json);
    for (uint32_t i = 0; i < table->field_count; i++) {
        const struct cox_field *field = table->fields[i];
        if (!cox_keep_has_field(call, table, i)) {
            continue;
        }
        cox_json_begin_object(json);
        cox_json_put_string(json, "name", field->name);
        cox_json_put_string(json, "label", label_of(field));
        cox_json_put_string(json, "purpose", cox_keep_purpose(table, i));
        cox_json_put_string(json, "basis", cox_basis_name(cox_keep_basis(table, i)));
        COX_TRY(cox_keep_field_months(call, table, i, &months, reterr));
        cox_json_put_int(json, "months", months);
        cox_json_put_int(json, "declared_months", field->months);
        cox_json_put_bool(json, "can_expire", cox_keep_field_can_expire(table, i));
        cox_json_put_bool(json, "is_private", (field->flags & COX_PRIVATE) != 0);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    return COX_OK;
}

static enum cox_rc put_entity(struct cox_call *call, const struct cox_feature *const *features,
    const struct cox_table *table, struct cox_json *json, struct cox_err *reterr)
{
    const struct cox_entity *entity = table->entity;
    char readers[COX_READERS_SIZE];
    int64_t months;

    COX_TRY(cox_keep_months(call, table, &months, reterr));
    cox_processing_readers(entity, readers);
    cox_json_begin_object(json);
    cox_json_put_string(json, "entity", entity->name);
    cox_json_put_string(json, "label", entity->label_plural);
    cox_json_put_string(json, "feature", feature_of(features, entity));
    cox_json_put_bool(json, "is_off", cox_table_is_off(table));
    cox_json_put_bool(json, "is_people", cox_reach_is_people(call, table));
    cox_json_put_string(json, "readers", readers);
    cox_json_put_string(json, "purpose", entity->keep.purpose);
    cox_json_put_string(json, "basis", cox_basis_name(entity->keep.basis));
    cox_json_put_int(json, "months", months);
    cox_json_put_int(json, "declared_months", entity->keep.months);
    cox_json_put_bool(json, "can_expire", cox_keep_can_expire(table));
    COX_TRY(put_fields(call, table, json, reterr));
    cox_json_end_object(json);
    return COX_OK;
}

enum cox_rc cox_processing_json(struct cox_call *call, const struct cox_feature *const *features,
    struct cox_json *json, struct cox_err *reterr)
{
    const struct cox_registry *registry = cox_call_registry(call);
    struct cox_text name;
    int64_t months;

    COX_TRY(cox_setting_get(call, "name", &name, reterr));
    COX_TRY(cox_keep_access_months(call, &months, reterr));
    cox_json_begin_object(json);
    cox_json_put_text(json, "name", name);
    cox_json_key(json, "rows");
    cox_json_begin_array(json);
    for (size_t i = 0; i < cox_registry_count(registry); i++) {
        const struct cox_table *table = cox_registry_at(registry, i);
        if (cox_keep_is_about_people(call, table)) {
            COX_TRY(put_entity(call, features, table, json, reterr));
        }
    }
    cox_json_end_array(json);
    cox_json_put_int(json, "access_months", months);
    cox_json_put_string(json, "access_purpose", access_purpose);
    cox_json_end_object(json);
    return COX_OK;
}

/* ---- as a table ---- */

static void write_row(struct cox_csv_out *csv, const char *const *cells, size_t count,
    int64_t months)
{
    char text[24] = "";

    for (size_t i = 0; i < count; i++) {
        cox_csv_out_text(csv, cox_text_of(cells[i]));
    }
    if (months > 0) {
        (void)snprintf(text, sizeof(text), "%lld", (long long)months); /* fits */
    }
    cox_csv_out_plain(csv, text);
    cox_csv_out_end_row(csv);
}

static enum cox_rc write_entity(struct cox_call *call, const struct cox_feature *const *features,
    const struct cox_table *table, struct cox_csv_out *csv, struct cox_err *reterr)
{
    char readers[COX_READERS_SIZE];
    int64_t months;

    cox_processing_readers(table->entity, readers);
    for (uint32_t i = 0; i < table->field_count; i++) {
        const struct cox_field *field = table->fields[i];
        const char *const cells[] = {table->entity->label_plural, label_of(field),
            cox_keep_purpose(table, i), cox_basis_name(cox_keep_basis(table, i)),
            (field->flags & COX_PRIVATE) != 0 ? "author" : readers,
            feature_of(features, table->entity)};
        if (cox_keep_has_field(call, table, i)) {
            COX_TRY(cox_keep_field_months(call, table, i, &months, reterr));
            write_row(csv, cells, COX_COUNT(cells), months);
        }
    }
    return COX_OK;
}

enum cox_rc cox_processing_csv(struct cox_call *call, const struct cox_feature *const *features,
    struct cox_csv_out *csv, struct cox_err *reterr)
{
    static const char *const head[] = {"Kind of record", "Field", "Purpose", "Lawful basis",
        "Read by", "Feature", "Months kept"};
    static const char *const looks[] = {"Who looked", "when, who, at which record of whom",
        access_purpose, "legal_duty", "the person, works_council", "settings"};
    const struct cox_registry *registry = cox_call_registry(call);
    int64_t months;

    for (size_t i = 0; i < COX_COUNT(head); i++) {
        cox_csv_out_plain(csv, head[i]);
    }
    cox_csv_out_end_row(csv);
    for (size_t i = 0; i < cox_registry_count(registry); i++) {
        const struct cox_table *table = cox_registry_at(registry, i);
        if (cox_keep_is_about_people(call, table)) {
            COX_TRY(write_entity(call, features, table, csv, reterr));
        }
    }
    COX_TRY(cox_keep_access_months(call, &months, reterr));
    write_row(csv, looks, COX_COUNT(looks), months);
    return COX_OK;
}

/* ---- how long ---- */

static enum cox_rc keep_field(struct cox_call *call, const struct cox_table *table,
    struct cox_text field, int64_t months, struct cox_err *reterr)
{
    for (uint32_t i = 0; i < table->field_count; i++) {
        if (cox_text_same(cox_text_of(table->fields[i]->name), field)) {
            return cox_keep_put_field(call, table, i, months, reterr);
        }
    }
    return cox_fail_at(reterr, COX_INVALID, "field", 0, "%s have no such field",
        table->entity->label_plural);
}

enum cox_rc cox_processing_keep(struct cox_call *call, struct cox_text entity,
    struct cox_text field, int64_t months, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_find(cox_call_registry(call), entity);

    if (cox_text_same(entity, COX_LIT("access_log"))) {
        return cox_keep_access_put(call, months, reterr);
    }
    if (table == NULL || !cox_keep_is_about_people(call, table)) {
        return cox_fail(reterr, COX_MISSING, "there is no such kind of record about people");
    }
    return field.size > 0 ? keep_field(call, table, field, months, reterr)
                          : cox_keep_put(call, table, months, reterr);
}
