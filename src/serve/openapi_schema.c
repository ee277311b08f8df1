/* serve/openapi_schema.c: an entity's tables as JSON Schema. */
#include <stdio.h>

#include "serve/openapi.h"

static void put_type(struct cox_json *json, const char *type, const char *format)
{
    cox_json_key(json, "type");
    cox_json_begin_array(json);
    cox_json_string(json, type);
    cox_json_string(json, "null");
    cox_json_end_array(json);
    if (format != NULL) {
        cox_json_put_string(json, "format", format);
    }
}

static void put_choices(struct cox_json *json, const struct cox_field *field)
{
    cox_json_key(json, "enum");
    cox_json_begin_array(json);
    for (const struct cox_choice *c = field->choices; c != NULL && c->name != NULL; c++) {
        cox_json_string(json, c->name);
    }
    cox_json_null(json);
    cox_json_end_array(json);
}

/* Amounts and reals are numbers in replies; both may be sent as text, which keeps every digit. */
static void put_number(struct cox_json *json, bool is_sent)
{
    cox_json_key(json, "type");
    cox_json_begin_array(json);
    cox_json_string(json, "number");
    if (is_sent) {
        cox_json_string(json, "string");
    }
    cox_json_string(json, "null");
    cox_json_end_array(json);
}

static void put_bounds(struct cox_json *json, const struct cox_field *field)
{
    if (field->max > field->min && field->type == COX_INT) {
        cox_json_put_int(json, "minimum", field->min);
        cox_json_put_int(json, "maximum", field->max);
    }
}

static void put_field(struct cox_json *json, const struct cox_field *field, bool is_sent)
{
    cox_json_key(json, field->name);
    cox_json_begin_object(json);
    switch (field->type) {
    case COX_TEXT:
        put_type(json, "string", NULL);
        cox_json_put_int(json, "maxLength", field->max == 0 ? 255 : field->max);
        break;
    case COX_INT:
    case COX_REF:
        put_type(json, "integer", "int64");
        put_bounds(json, field);
        break;
    case COX_MONEY:
    case COX_REAL:
        put_number(json, is_sent);
        break;
    case COX_BOOL:
        put_type(json, "boolean", NULL);
        break;
    case COX_DATE:
        put_type(json, "string", "date");
        break;
    case COX_INSTANT:
        put_type(json, "string", "date-time");
        break;
    case COX_CHOICE:
        put_choices(json, field);
        break;
    case COX_BYTES:
    case COX_TYPE_COUNT:
        break;
    }
    if (field->help != NULL) {
        cox_json_put_string(json, "description", field->help);
    }
    if (field->type == COX_REF) {
        cox_json_put_string(json, "x-reference", field->ref->name);
    }
    cox_json_end_object(json);
}

static void put_plain(struct cox_json *json, const char *name, const char *type, const char *format)
{
    cox_json_key(json, name);
    cox_json_begin_object(json);
    if (format == NULL) {
        cox_json_put_string(json, "type", type);
    } else {
        put_type(json, type, format);
    }
    cox_json_end_object(json);
}

static void begin_schema(struct cox_json *json, const struct cox_table *table, const char *suffix)
{
    char name[128];

    (void)snprintf(name, sizeof(name), "%s%s", table->entity->name, suffix);
    cox_json_key(json, name);
    cox_json_begin_object(json);
    cox_json_put_string(json, "type", "object");
}

static void put_record(struct cox_json *json, const struct cox_table *table)
{
    begin_schema(json, table, "");
    cox_json_put_string(json, "description", table->entity->help);
    cox_json_key(json, "required");
    cox_json_raw(json, COX_LIT("[\"id\",\"rev\",\"from\",\"names\"]"));
    cox_json_key(json, "properties");
    cox_json_begin_object(json);
    put_plain(json, "id", "integer", NULL);
    put_plain(json, "rev", "integer", NULL);
    put_plain(json, "from", "string", "date-time");
    for (uint32_t i = 0; i < table->field_count; i++) {
        if (cox_field_is_shown(table->fields[i])) {
            put_field(json, table->fields[i], false);
        }
    }
    cox_json_key(json, "names");
    cox_json_raw(json,
        COX_LIT("{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}"));
    cox_json_end_object(json);
    cox_json_end_object(json);
}

static void put_sent(struct cox_json *json, const struct cox_table *table, bool is_new)
{
    begin_schema(json, table, is_new ? "_new" : "_change");
    cox_json_key(json, "properties");
    cox_json_begin_object(json);
    for (uint32_t i = 0; i < table->field_count; i++) {
        const struct cox_field *field = table->fields[i];
        if (cox_field_is_shown(field) && (field->flags & COX_SYSTEM) == 0 &&
            (is_new || (field->flags & COX_FIXED) == 0)) {
            put_field(json, field, true);
        }
    }
    cox_json_end_object(json);
    cox_json_end_object(json);
}

static void put_page(struct cox_json *json, const struct cox_table *table)
{
    char ref[160];

    begin_schema(json, table, "_page");
    cox_json_key(json, "required");
    cox_json_raw(json, COX_LIT("[\"rows\",\"next\",\"as_of\",\"as_of_seq\"]"));
    cox_json_key(json, "properties");
    cox_json_begin_object(json);
    cox_json_key(json, "rows");
    cox_json_begin_object(json);
    cox_json_put_string(json, "type", "array");
    (void)snprintf(ref, sizeof(ref), "{\"$ref\":\"#/components/schemas/%s\"}", table->entity->name);
    cox_json_key(json, "items");
    cox_json_raw(json, cox_text_of(ref));
    cox_json_end_object(json);
    put_plain(json, "next", "string", "cursor");
    put_plain(json, "count", "integer", NULL);
    put_plain(json, "count_is_exact", "boolean", NULL);
    put_plain(json, "as_of", "string", "date-time");
    put_plain(json, "as_of_seq", "integer", NULL);
    cox_json_end_object(json);
    cox_json_end_object(json);
}

void cox_openapi_put_schemas(struct cox_json *json, const struct cox_table *table)
{
    put_record(json, table);
    put_sent(json, table, true);
    put_sent(json, table, false);
    put_page(json, table);
}

void cox_openapi_put_shared_schemas(struct cox_json *json)
{
    cox_json_key(json, "problem");
    cox_json_raw(json,
        COX_LIT(
            "{\"type\":\"object\",\"description\":\"Problem details, RFC 9457.\",\"required\":[\"type\","
            "\"title\",\"status\",\"code\"],\"properties\":{\"type\":{\"type\":\"string\"},\"title\":{"
            "\"type\":\"string\"},\"status\":{\"type\":\"integer\"},\"code\":{\"type\":\"string\"},"
            "\"detail\":{\"type\":\"string\"},\"field\":{\"type\":\"string\"},\"row\":{\"type\":"
            "\"integer\"},\"request\":{\"type\":\"string\"}}}"));
}
