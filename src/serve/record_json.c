/* serve/record_json.c: records as JSON, and JSON as changes of records. */
#include "serve/record_json.h"

#include <string.h>

#include "base/day.h"
#include "base/map.h"
#include "base/num.h"
#include "record/cell.h"
#include "record/reach.h"
#include "record/switches.h"
#include "record/token.h"

enum cox_rc cox_api_table(struct cox_call *call, const struct cox_exchange *x,
    struct cox_text plural, const struct cox_table **ret_table, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_find(cox_call_registry(call), plural);

    if (table == NULL || !cox_text_same(plural, cox_text_of(table->entity->plural)) ||
        cox_table_is_off(table)) {
        return cox_fail(reterr, COX_MISSING, "there is no such kind of record");
    }
    if (x->who.token_scope != 0 && (x->who.token_scope & COX_TOKEN_PEOPLE) == 0 &&
        cox_reach_is_people(call, table)) {
        return cox_fail(reterr, COX_DENIED, "the token has no scope for data about people");
    }
    *ret_table = table;
    return COX_OK;
}

/* ---- writing ---- */

static enum cox_rc read_select(struct cox_call *call, const struct cox_table *table,
    struct cox_text select, const bool **ret_is_selected, struct cox_err *reterr)
{
    bool *is_selected;

    *ret_is_selected = NULL;
    if (select.ptr == NULL || select.size == 0) {
        return COX_OK;
    }
    is_selected = COX_NEW_ARRAY(cox_call_arena(call), table->field_count, bool);
    if (is_selected == NULL) {
        return cox_no_memory(reterr);
    }
    while (select.ptr != NULL) {
        struct cox_text name = cox_text_split(&select, ',');
        uint32_t field = cox_table_field(table, name);
        if (cox_text_same(name, COX_LIT("id"))) {
            continue; /* always there */
        }
        if (field == COX_NO_FIELD) {
            return cox_fail_at(reterr, COX_INVALID, "select", 0, "\"%.*s\" is an unknown field",
                (int)(name.size < 60 ? name.size : 60), name.ptr);
        }
        is_selected[field] = true;
    }
    *ret_is_selected = is_selected;
    return COX_OK;
}

enum cox_rc cox_record_writer_open(struct cox_call *call, const struct cox_table *table,
    struct cox_text select, struct cox_json *json, struct cox_record_writer *ret_writer,
    struct cox_err *reterr)
{
    *ret_writer = (struct cox_record_writer){.call = call, .table = table, .json = json};
    return read_select(call, table, select, &ret_writer->is_selected, reterr);
}

static enum cox_rc keep_name(struct cox_record_writer *writer, int64_t key, struct cox_text name,
    struct cox_err *reterr)
{
    struct cox_arena *arena = cox_call_arena(writer->call);

    if (writer->names == NULL) {
        COX_TRY(cox_imap_open_in(arena, 64, &writer->names, reterr));
    }
    if (writer->name_count == writer->name_room) {
        size_t room = writer->name_room == 0 ? 32 : writer->name_room * 2;
        struct cox_text *grown = COX_NEW_ARRAY(arena, room, struct cox_text);
        if (grown == NULL) {
            return cox_no_memory(reterr);
        }
        if (writer->name_count > 0) {
            memcpy(grown, writer->name_texts, writer->name_count * sizeof(*grown));
        }
        writer->name_texts = grown;
        writer->name_room = room;
    }
    writer->name_texts[writer->name_count++] = name;
    return cox_imap_put(writer->names, key, writer->name_count, reterr);
}

enum cox_rc cox_record_name(struct cox_record_writer *writer, const struct cox_entity *entity,
    int64_t id, struct cox_text *ret_name, struct cox_err *reterr)
{
    int64_t key = (int64_t)((uint64_t)entity->number << 51 ^ (uint64_t)id);
    uint64_t at;

    if (writer->names != NULL && cox_imap_find(writer->names, key, &at)) {
        *ret_name = writer->name_texts[at - 1];
        return COX_OK;
    }
    COX_TRY(cox_ref_name(writer->call, entity, id, ret_name, reterr));
    /* Of one record alone hardly any name comes twice. */
    return writer->is_several ? keep_name(writer, key, *ret_name, reterr) : COX_OK;
}

static bool is_shown(const struct cox_record_writer *writer, uint32_t field)
{
    return cox_field_is_shown(writer->table->fields[field]) &&
           (writer->is_selected == NULL || writer->is_selected[field]);
}

static enum cox_rc write_names(struct cox_record_writer *writer, const struct cox_row *row,
    struct cox_err *reterr)
{
    cox_json_key(writer->json, "names");
    cox_json_begin_object(writer->json);
    for (uint32_t i = 0; i < writer->table->field_count; i++) {
        const struct cox_field *field = writer->table->fields[i];
        struct cox_text name;
        if (field->type != COX_REF || row->values[i].kind != COX_VALUE_INT ||
            !is_shown(writer, i)) {
            continue;
        }
        COX_TRY(cox_record_name(writer, field->ref, row->values[i].number, &name, reterr));
        if (name.ptr != NULL) {
            cox_json_put_text(writer->json, field->name, name);
        }
    }
    cox_json_end_object(writer->json);
    return COX_OK;
}

enum cox_rc cox_record_write(struct cox_record_writer *writer, const struct cox_row *row,
    struct cox_err *reterr)
{
    char from[COX_INSTANT_SIZE];

    cox_json_begin_object(writer->json);
    cox_json_put_int(writer->json, "id", row->id);
    cox_json_put_int(writer->json, "rev", row->rev);
    if (row->from_us == COX_SINCE_EVER) {
        cox_json_put_string(writer->json, "from", NULL);
    } else {
        cox_instant_format(row->from_us, from);
        cox_json_put_string(writer->json, "from", from);
    }
    for (uint32_t i = 0; i < writer->table->field_count; i++) {
        if (is_shown(writer, i)) {
            cox_json_key(writer->json, writer->table->fields[i]->name);
            COX_TRY(cox_cell_json(writer->call, row, i, writer->json, reterr));
        }
    }
    COX_TRY(write_names(writer, row, reterr));
    writer->is_several = true;
    cox_json_end_object(writer->json);
    return COX_OK;
}

/* ---- reading ---- */

static enum cox_rc wants(const struct cox_field *field, const char *what, struct cox_err *reterr)
{
    return cox_fail_at(reterr, COX_INVALID, field->name, 0, "%s: %s is wanted", field->name, what);
}

/* A JSON value as the text that cox_cell_parse reads. */
static enum cox_rc text_of(struct cox_call *call, const struct cox_field *field, json_t *value,
    struct cox_text *ret_text, struct cox_err *reterr)
{
    char number[COX_NUM_TEXT_MAX];

    *ret_text = (struct cox_text){0};
    if (json_is_null(value)) {
        return COX_OK;
    }
    if (json_is_string(value)) {
        *ret_text = (struct cox_text){json_string_value(value), json_string_length(value)};
        return COX_OK;
    }
    if (field->type == COX_TEXT || json_is_object(value) || json_is_array(value)) {
        return wants(field, "a text or null", reterr);
    }
    if (json_is_boolean(value)) {
        if (field->type != COX_BOOL) {
            return wants(field, "another type than true or false", reterr);
        }
        *ret_text = json_is_true(value) ? COX_LIT("true") : COX_LIT("false");
        return COX_OK;
    }
    if (json_is_integer(value)) {
        (void)snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
    } else {
        (void)cox_num_format_real(json_real_value(value), number);
    }
    *ret_text = cox_arena_text(cox_call_arena(call), cox_text_of(number));
    return ret_text->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

static bool is_ours(const char *name)
{
    return strcmp(name, "id") == 0 || strcmp(name, "rev") == 0 || strcmp(name, "from") == 0 ||
           strcmp(name, "names") == 0;
}

/* The currency that amounts of the object are in. */
static enum cox_rc currency_of(const struct cox_table *table, const struct cox_row *before,
    json_t *json, struct cox_text *ret_currency)
{
    uint32_t at = table->entity->currency_field;
    json_t *value = at == COX_NO_FIELD ? NULL : json_object_get(json, table->fields[at]->name);

    *ret_currency = (struct cox_text){0};
    if (json_is_string(value)) {
        *ret_currency = (struct cox_text){json_string_value(value), json_string_length(value)};
    } else if (at != COX_NO_FIELD && value == NULL && before != NULL) {
        *ret_currency = cox_row_text(before, at);
    }
    return COX_OK;
}

/*
 * What the program alone sets may be sent back as it was read, not changed. ret_is_kept: nothing is to be
 * changed.
 */
static enum cox_rc check_system(const struct cox_field *field, const struct cox_row *before,
    const struct cox_change *change, bool *ret_is_kept, struct cox_err *reterr)
{
    const struct cox_value none = cox_null();
    const struct cox_value *now = before == NULL ? &none : &before->values[change->field];

    *ret_is_kept = (field->flags & COX_SYSTEM) != 0;
    if (*ret_is_kept && !cox_value_same(now, &change->value)) {
        return cox_fail_at(reterr, COX_INVALID, field->name, 0, "the program alone sets this");
    }
    return COX_OK;
}

enum cox_rc cox_record_changes(struct cox_call *call, const struct cox_table *table,
    const struct cox_row *before, json_t *json, const struct cox_change **ret_changes,
    size_t *ret_count, struct cox_err *reterr)
{
    struct cox_change *changes =
        COX_NEW_ARRAY(cox_call_arena(call), json_object_size(json) + 1, struct cox_change);
    struct cox_text currency;
    const char *name;
    size_t count = 0;
    json_t *value;

    if (changes == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(currency_of(table, before, json, &currency));
    json_object_foreach(json, name, value)
    {
        uint32_t field = is_ours(name) ? COX_NO_FIELD : cox_table_field(table, cox_text_of(name));
        struct cox_text text;
        bool is_kept;
        if (is_ours(name)) {
            continue;
        }
        if (field == COX_NO_FIELD) {
            return cox_fail_at(reterr, COX_INVALID, name, 0, "\"%.60s\" is an unknown field", name);
        }
        COX_TRY(text_of(call, table->fields[field], value, &text, reterr));
        changes[count].field = field;
        COX_TRY(cox_cell_parse(call, table->fields[field], currency, text, &changes[count].value,
            reterr));
        COX_TRY(check_system(table->fields[field], before, &changes[count], &is_kept, reterr));
        count += is_kept ? 0 : 1;
    }
    *ret_changes = changes;
    *ret_count = count;
    return COX_OK;
}
