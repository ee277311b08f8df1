/* sales/brief_json.c: a brief as JSON. */
#include "sales/brief_json.h"

#include <stdio.h>

#include "base/money.h"
#include "record/cell.h"

static const char *const kind_names[] = {
    [COX_BRIEF_TEXT] = "text",
    [COX_BRIEF_COUNT] = "count",
    [COX_BRIEF_MONEY] = "money",
    [COX_BRIEF_SHARE] = "share",
    [COX_BRIEF_RATIO] = "ratio",
    [COX_BRIEF_DAY] = "day",
    [COX_BRIEF_DAYS] = "days",
    [COX_BRIEF_ID] = "id",
    [COX_BRIEF_KEY] = "key",
};

const char *cox_brief_hat_name(enum cox_role hat)
{
    return hat == COX_LEADER ? "leader" : hat == COX_REP ? "rep" : "manager";
}

struct out {
    struct cox_json *json;
    enum cox_brief_money_as money;
    const struct cox_iso_currency *currency; /* NULL: unknown, amounts stay as they are */
};

static void put_key(const struct out *out, const struct cox_brief_column *column)
{
    char name[80];

    (void)snprintf(name, sizeof(name), "%s%s", column->name, /* cut names stay valid JSON */
        column->kind == COX_BRIEF_MONEY && out->money == COX_BRIEF_MINOR ? "_minor" : "");
    cox_json_key(out->json, name);
}

static void put_cell(const struct out *out, const struct cox_brief_column *column,
    const struct cox_value *value)
{
    char text[COX_NUM_TEXT_MAX], day[COX_DAY_SIZE];

    put_key(out, column);
    if (value->kind == COX_VALUE_NULL) {
        cox_json_null(out->json);
    } else if (column->kind == COX_BRIEF_DAY) {
        cox_day_format(value->number, day);
        cox_json_string(out->json, day);
    } else if (value->kind == COX_VALUE_TEXT) {
        cox_json_text(out->json, value->text);
    } else if (value->kind == COX_VALUE_REAL) {
        cox_json_real(out->json, value->real);
    } else if (column->kind == COX_BRIEF_MONEY && out->money == COX_BRIEF_UNITS &&
               out->currency != NULL) {
        cox_json_raw(out->json, cox_text_of(cox_money_format(value->number, out->currency, text)));
    } else {
        cox_json_int(out->json, value->number);
    }
}

static void put_columns(const struct out *out, const struct cox_brief_section *section)
{
    cox_json_key(out->json, "columns");
    cox_json_begin_array(out->json);
    for (size_t i = 0; i < section->column_count; i++) {
        const struct cox_brief_column *column = &section->columns[i];

        cox_json_begin_object(out->json);
        cox_json_put_string(out->json, "name", column->name);
        cox_json_put_string(out->json, column->kind == COX_BRIEF_ID ? "entity" : "label",
            column->label);
        cox_json_put_string(out->json, "kind", kind_names[column->kind]);
        cox_json_end_object(out->json);
    }
    cox_json_end_array(out->json);
}

static void put_section(const struct out *out, const struct cox_brief_section *section)
{
    struct cox_json *json = out->json;

    cox_json_key(json, section->name);
    cox_json_begin_object(json);
    cox_json_put_string(json, "title", section->title);
    cox_json_put_string(json, "note",
        section->row_count == 0 && section->empty != NULL ? section->empty : section->note);
    cox_json_put_int(json, "left_out", (int64_t)section->more_count);
    if (out->money == COX_BRIEF_UNITS) {
        put_columns(out, section);
    }
    cox_json_key(json, "rows");
    cox_json_begin_array(json);
    for (size_t row = 0; row < section->row_count; row++) {
        cox_json_begin_object(json);
        for (size_t column = 0; column < section->column_count; column++) {
            put_cell(out, &section->columns[column],
                &section->cells[row * section->column_count + column]);
        }
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
}

static void put_id(struct cox_json *json, const char *key, int64_t id)
{
    cox_json_key(json, key);
    if (id == 0) {
        cox_json_null(json);
    } else {
        cox_json_int(json, id);
    }
}

void cox_brief_put_json(const struct cox_brief *brief, enum cox_brief_money_as money,
    struct cox_json *json)
{
    struct cox_as_of as_of = cox_call_as_of(brief->call);
    struct out out = {json, money, cox_iso_currency_find(brief->currency)};

    cox_json_begin_object(json);
    cox_json_put_string(json, "hat", cox_brief_hat_name(brief->hat));
    put_id(json, "user", brief->user);
    put_id(json, "team", brief->team);
    cox_cell_put_instant(json, "as_of", as_of.at_us);
    cox_json_put_int(json, "as_of_seq", as_of.seq);
    cox_cell_put_day(json, "day", brief->day);
    cox_cell_put_instant(json, "since", brief->since_us);
    cox_json_put_text(json, "currency", brief->currency);
    cox_json_key(json, "period");
    cox_json_begin_object(json);
    cox_json_put_string(json, "label", brief->period.label);
    cox_cell_put_day(json, "from_day", brief->period.span.from_day);
    cox_cell_put_day(json, "to_day", brief->period.span.to_day);
    cox_json_end_object(json);
    cox_json_key(json, "sections");
    cox_json_begin_object(json);
    for (const struct cox_brief_section *section = brief->first; section != NULL;
         section = section->next) {
        put_section(&out, section);
    }
    cox_json_end_object(json);
    cox_json_end_object(json);
}
