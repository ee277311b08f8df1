/* record/cell.c: one value of a record as text or JSON, and back. */
#include "record/cell.h"

#include <stdio.h>

#include "base/day.h"
#include "base/money.h"
#include "record/filter.h"

static const struct cox_iso_currency *currency_of(struct cox_call *call, const struct cox_row *row)
{
    uint32_t field = row->table->entity->currency_field;
    struct cox_text code = field == COX_NO_FIELD ? (struct cox_text){0} : cox_row_text(row, field);

    if (code.ptr == NULL) {
        code = cox_call_currency(call);
    }
    return cox_iso_currency_find(code.ptr == NULL ? COX_LIT("EUR") : code);
}

static const char *choice_name(const struct cox_field *field, int64_t at)
{
    for (int64_t i = 0; field->choices != NULL && field->choices[i].name != NULL; i++) {
        if (i == at) {
            return field->choices[i].name;
        }
    }
    return "";
}

enum { CELL_SIZE = 64 };
_Static_assert((int)CELL_SIZE >= (int)COX_NUM_TEXT_MAX && (int)CELL_SIZE >= (int)COX_INSTANT_SIZE,
    "room for every kind of value");

/* A value that is not somebody's text. */
static void write_cell(struct cox_call *call, const struct cox_row *row, uint32_t field,
    char ret_text[static CELL_SIZE])
{
    const struct cox_field *is = row->table->fields[field];
    const struct cox_iso_currency *currency;
    int64_t number = is->type == COX_REAL ? 0 : cox_row_int(row, field);

    switch (is->type) {
    case COX_MONEY:
        currency = currency_of(call, row);
        if (currency != NULL) {
            (void)cox_money_format(number, currency, ret_text);
            return;
        }
        break;
    case COX_DATE:
        cox_day_format(number, ret_text);
        return;
    case COX_INSTANT:
        cox_instant_format(number, ret_text);
        return;
    case COX_BOOL:
        (void)snprintf(ret_text, CELL_SIZE, "%s", number != 0 ? "true" : "false");
        return;
    case COX_CHOICE:
        (void)snprintf(ret_text, CELL_SIZE, "%s", choice_name(is, number));
        return;
    case COX_REAL:
        (void)cox_num_format_real(cox_row_real(row, field), ret_text);
        return;
    case COX_TEXT:
    case COX_INT:
    case COX_REF:
    case COX_BYTES:
    case COX_TYPE_COUNT:
        break;
    }
    (void)snprintf(ret_text, CELL_SIZE, "%lld", (long long)number);
}

enum cox_rc cox_cell_text(struct cox_call *call, const struct cox_row *row, uint32_t field,
    struct cox_text *ret_text, bool *ret_is_text, struct cox_err *reterr)
{
    const struct cox_field *is = row->table->fields[field];
    char text[CELL_SIZE];

    if (ret_is_text != NULL) {
        *ret_is_text = is->type == COX_TEXT;
    }
    if (row->values[field].kind == COX_VALUE_NULL || is->type == COX_BYTES) {
        *ret_text = (struct cox_text){0};
        return COX_OK;
    }
    if (is->type == COX_TEXT) {
        *ret_text = cox_row_text(row, field);
        return COX_OK;
    }
    write_cell(call, row, field, text);
    *ret_text = cox_arena_text(cox_call_arena(call), cox_text_of(text));
    return ret_text->ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

enum cox_rc cox_cell_json(struct cox_call *call, const struct cox_row *row, uint32_t field,
    struct cox_json *json, struct cox_err *reterr)
{
    enum cox_type type = row->table->fields[field]->type;
    struct cox_text text;

    if (row->values[field].kind == COX_VALUE_INT) {
        int64_t number = row->values[field].number;
        switch (type) {
        case COX_INT:
        case COX_REF:
            cox_json_int(json, number);
            return COX_OK;
        case COX_BOOL:
            cox_json_bool(json, number != 0);
            return COX_OK;
        case COX_CHOICE:
            cox_json_string(json, choice_name(row->table->fields[field], number));
            return COX_OK;
        case COX_TEXT:
        case COX_REAL:
        case COX_MONEY:
        case COX_DATE:
        case COX_INSTANT:
        case COX_BYTES:
        case COX_TYPE_COUNT:
            break;
        }
    }
    COX_TRY(cox_cell_text(call, row, field, &text, NULL, reterr));
    if (text.ptr == NULL) {
        cox_json_null(json);
    } else if (type == COX_TEXT || type == COX_DATE || type == COX_INSTANT || type == COX_CHOICE) {
        cox_json_text(json, text);
    } else {
        cox_json_raw(json, text);
    }
    return COX_OK;
}

void cox_cell_put_number(struct cox_json *json, const char *key, int64_t number)
{
    cox_json_key(json, key);
    if (number == COX_NULL) {
        cox_json_null(json);
    } else {
        cox_json_int(json, number);
    }
}

void cox_cell_put_day(struct cox_json *json, const char *key, int64_t day)
{
    char text[COX_DAY_SIZE];

    cox_day_format(day, text);
    cox_json_put_string(json, key, day == COX_NULL ? NULL : text);
}

void cox_cell_put_instant(struct cox_json *json, const char *key, int64_t us)
{
    char text[COX_INSTANT_SIZE];

    cox_instant_format(us, text);
    cox_json_put_string(json, key, us == COX_NULL ? NULL : text);
}

enum cox_rc cox_cell_parse(struct cox_call *call, const struct cox_field *field,
    struct cox_text currency, struct cox_text text, struct cox_value *ret_value,
    struct cox_err *reterr)
{
    const struct cox_iso_currency *iso = cox_iso_currency_find(currency);
    int64_t minor;

    if (text.ptr == NULL || text.size == 0) {
        *ret_value = cox_null();
        return COX_OK;
    }
    if (field->type == COX_BYTES) {
        return cox_fail_at(reterr, COX_INVALID, field->name, 0,
            "%s: content is not written this way", field->name);
    }
    if (field->type != COX_MONEY || iso == NULL) {
        return cox_filter_value(call, field, text, ret_value, reterr);
    }
    if (cox_money_parse(text, COX_POINT_DOT, iso, &minor, NULL, NULL) != COX_OK) {
        return cox_fail_at(reterr, COX_INVALID, field->name, 0,
            "%s: this is not an amount like 1200 or 1200.50", field->name);
    }
    *ret_value = cox_int(minor);
    return COX_OK;
}

enum cox_rc cox_cell_put_name(struct cox_call *call, struct cox_json *json, const char *key,
    const struct cox_entity *entity, int64_t id, struct cox_err *reterr)
{
    struct cox_text name = {0};

    if (id != 0) {
        COX_TRY(cox_ref_name(call, entity, id, &name, reterr));
    }
    cox_json_put_text(json, key, name);
    return COX_OK;
}
