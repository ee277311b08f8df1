/* record/row.c: values, rows, and the way between a row and an entity's typed struct. */
#include <assert.h>
#include <string.h>

#include "record/call.h"

bool cox_value_same(const struct cox_value *a, const struct cox_value *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case COX_VALUE_INT:
        return a->number == b->number;
    case COX_VALUE_REAL:
        return memcmp(&a->real, &b->real, sizeof(a->real)) == 0; /* -0.0 and 0.0 are two values */
    case COX_VALUE_TEXT:
        return cox_text_same(a->text, b->text);
    case COX_VALUE_NULL:
        break;
    }
    return true;
}

int64_t cox_row_int(const struct cox_row *row, uint32_t field)
{
    assert(field < row->table->field_count);
    return row->values[field].kind == COX_VALUE_INT ? row->values[field].number : COX_NULL;
}

double cox_row_real(const struct cox_row *row, uint32_t field)
{
    assert(field < row->table->field_count);
    return row->values[field].kind == COX_VALUE_REAL ? row->values[field].real : (double)NAN;
}

struct cox_text cox_row_text(const struct cox_row *row, uint32_t field)
{
    assert(field < row->table->field_count);
    return row->values[field].kind == COX_VALUE_TEXT ? row->values[field].text
                                                     : (struct cox_text){0};
}

void cox_row_set(struct cox_row *row, uint32_t field, struct cox_value value)
{
    assert(field < row->table->field_count);
    row->values[field] = value;
}

struct cox_row *cox_row_new(struct cox_call *call, const struct cox_entity *entity)
{
    struct cox_row *row = COX_NEW(call->arena, struct cox_row);

    if (row == NULL) {
        return NULL;
    }
    row->table = cox_registry_entity(call->registry, entity);
    row->values = COX_NEW_ARRAY(call->arena, row->table->field_count, struct cox_value);
    return row->values == NULL ? NULL : row;
}

/* ---- typed structs ---- */

static void store_member(const struct cox_field *field, const struct cox_value *value,
    void *structure)
{
    unsigned char *member = (unsigned char *)structure + field->at - 1;

    switch (field->type) {
    case COX_TEXT:
    case COX_BYTES: {
        struct cox_text text = value->kind == COX_VALUE_TEXT ? value->text : (struct cox_text){0};
        memcpy(member, &text, sizeof(text));
        break;
    }
    case COX_REAL: {
        double real = value->kind == COX_VALUE_REAL ? value->real : (double)NAN;
        memcpy(member, &real, sizeof(real));
        break;
    }
    case COX_INT:
    case COX_BOOL:
    case COX_MONEY:
    case COX_DATE:
    case COX_INSTANT:
    case COX_CHOICE:
    case COX_REF: {
        int64_t number = value->kind == COX_VALUE_INT ? value->number : COX_NULL;
        memcpy(member, &number, sizeof(number));
        break;
    }
    case COX_TYPE_COUNT:
        assert(false);
    }
}

static struct cox_value load_member(const struct cox_field *field, const void *structure)
{
    const unsigned char *member = (const unsigned char *)structure + field->at - 1;
    struct cox_text text;
    double real;
    int64_t number;

    if (field->type == COX_TEXT || field->type == COX_BYTES) {
        memcpy(&text, member, sizeof(text));
        return cox_text_value(text);
    }
    if (field->type == COX_REAL) {
        memcpy(&real, member, sizeof(real));
        return cox_real(real);
    }
    memcpy(&number, member, sizeof(number));
    return cox_int(number);
}

void cox_row_unpack(const struct cox_row *row, void *ret_struct)
{
    struct cox_head head = {row->id, row->rev};

    memcpy(ret_struct, &head, sizeof(head));
    for (uint32_t i = 0; i < row->table->entity->field_count; i++) {
        if (row->table->fields[i]->at != 0) {
            store_member(row->table->fields[i], &row->values[i], ret_struct);
        }
    }
}

void cox_row_pack(struct cox_row *row, const void *structure)
{
    struct cox_head head;

    memcpy(&head, structure, sizeof(head));
    row->id = head.id;
    row->rev = head.rev;
    for (uint32_t i = 0; i < row->table->entity->field_count; i++) {
        if (row->table->fields[i]->at != 0) {
            row->values[i] = load_member(row->table->fields[i], structure);
        }
    }
}

void cox_struct_init(const struct cox_entity *entity, void *structure)
{
    static const struct cox_value none = {.kind = COX_VALUE_NULL};

    memset(structure, 0, entity->struct_size);
    for (uint32_t i = 0; i < entity->field_count; i++) {
        if (entity->fields[i].at != 0) {
            store_member(&entity->fields[i], &none, structure);
        }
    }
}

/* ---- from the store ---- */

static struct cox_value read_value(struct cox_stmt *stmt, unsigned column, enum cox_type type)
{
    if (cox_stmt_is_null(stmt, column)) {
        return cox_null();
    }
    if (type == COX_TEXT || type == COX_BYTES) {
        return (struct cox_value){COX_VALUE_TEXT, {.text = cox_stmt_text(stmt, column)}};
    }
    if (type == COX_REAL) {
        return (struct cox_value){COX_VALUE_REAL, {.real = cox_stmt_real(stmt, column)}};
    }
    return (struct cox_value){COX_VALUE_INT, {.number = cox_stmt_int(stmt, column)}};
}

enum cox_rc cox_row_read(struct cox_arena *arena, const struct cox_table *table,
    struct cox_stmt *stmt, struct cox_row *ret_row, struct cox_err *reterr)
{
    struct cox_value *values = COX_NEW_ARRAY(arena, table->field_count, struct cox_value);

    if (values == NULL) {
        return cox_no_memory(reterr);
    }
    for (uint32_t i = 0; i < table->field_count; i++) {
        values[i] = read_value(stmt, COX_ROW_COLUMNS + i, table->fields[i]->type);
        if (values[i].kind == COX_VALUE_TEXT) {
            values[i].text = cox_arena_text(arena, values[i].text);
            if (values[i].text.ptr == NULL) {
                return cox_no_memory(reterr);
            }
        }
    }
    *ret_row = (struct cox_row){
        .table = table,
        .id = cox_stmt_int(stmt, 0),
        .rev = cox_stmt_int(stmt, 1),
        .from_us = cox_stmt_int(stmt, 2),
        .to_us = cox_stmt_int(stmt, 3),
        .seq_from = cox_stmt_int(stmt, 1),
        .seq_to = cox_stmt_int(stmt, 4),
        .imported = cox_stmt_int(stmt, 5) == 1,
        .values = values,
    };
    return COX_OK;
}
