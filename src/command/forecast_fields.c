/* command/forecast_fields.c: typing columns, binning, levels, and the leak checks. */
#include "command/forecast_fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/forecast/leak.h"

enum { LEVELS_MAX = COX_POINTS_LEVELS - 2, BINS = 20, NUMBER_LEVELS = 10 };

struct fit {
    struct cox_cli *cli;
    const struct forecast_table *table;
    const size_t *row;
    size_t count;
    const unsigned char *won;
    const struct forecast_table *history; /* deal, field, changed; NULL without */
    struct forecast_fields *fields;
};

static bool in_option(const struct cox_cli *cli, const char *option, const char *name)
{
    const char *value;

    for (size_t i = 0; (value = cox_cli_value_at(cli, option, i)) != NULL; i++) {
        if (cox_text_same_ascii(cox_text_of(value), cox_text_of(name))) {
            return true;
        }
    }
    return false;
}

static void refuse(struct fit *f, const char *name, const char *reason, double auc)
{
    f->fields->refused[f->fields->refused_count++] = (struct forecast_refusal){name, reason, auc};
}

/* Significant digits of a whole number: 50000 has 1, 101000 has 3; round sums are guesses. */
static double digits_of(double value)
{
    double rest = fabs(value), digits = 0.0;

    if (!(rest >= 1.0) || rest != floor(rest) || rest > 1e15) {
        return rest == 0.0 ? 0.0 : (double)NAN;
    }
    while (fmod(rest, 10.0) == 0.0) {
        rest /= 10.0;
    }
    for (; rest >= 1.0; rest = floor(rest / 10.0)) {
        digits += 1.0;
    }
    return fmin(digits, 6.0);
}

static double number_of(const struct forecast_field *field, struct cox_text cell)
{
    double value;

    if (!forecast_real(cell, &value)) {
        return (double)NAN;
    }
    return field->is_digits ? digits_of(value) : value;
}

unsigned char forecast_field_code(const struct forecast_field *field, struct cox_text cell)
{
    if (field->is_number) {
        return (unsigned char)cox_bins_code(&field->bins, number_of(field, cell));
    }
    if (cell.size == 0) {
        return (unsigned char)(field->level_count + 1);
    }
    for (size_t l = 0; l < field->level_count; l++) {
        if (cox_text_same(field->level[l], cell)) {
            return (unsigned char)l;
        }
    }
    return (unsigned char)field->level_count;
}

const char *forecast_field_text(const struct forecast_field *field, unsigned char code, char *room,
    size_t size)
{
    if (!field->is_number) {
        (void)snprintf(room, size, "%s = %s", field->name,
            code < field->level_count    ? field->level[code].ptr
            : code == field->level_count ? "(another)"
                                         : "(empty)");
    } else if (code == field->bins.count) {
        (void)snprintf(room, size, "%s is empty", field->name);
    } else if (code == 0) {
        (void)snprintf(room, size, "%s up to %g", field->name,
            field->bins.count > 1 ? field->bins.edge[0] : HUGE_VAL);
    } else if (code + 1U == field->bins.count) {
        (void)snprintf(room, size, "%s above %g", field->name, field->bins.edge[code - 1]);
    } else {
        (void)snprintf(room, size, "%s %g to %g", field->name, field->bins.edge[code - 1],
            field->bins.edge[code]);
    }
    return room;
}

/* ---- texts ---- */

struct tally {
    size_t *count;
    struct cox_text *name;
    size_t name_count;
};

/* Levels by frequency, ties in order of appearance; at most LEVELS_MAX. */
static enum cox_rc set_levels(struct fit *f, struct forecast_field *field, const struct tally *t,
    struct cox_err *reterr)
{
    size_t wanted = t->name_count < LEVELS_MAX ? t->name_count : LEVELS_MAX;

    field->level = COX_NEW_ARRAY(f->cli->arena, wanted + 1, struct cox_text);
    if (field->level == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t l = 0; l < wanted; l++) {
        size_t best = SIZE_MAX;
        for (size_t n = 0; n < t->name_count; n++) {
            if (t->count[n] > 0 && (best == SIZE_MAX || t->count[n] > t->count[best])) {
                best = n;
            }
        }
        if (best == SIZE_MAX) {
            break;
        }
        t->count[best] = 0;
        if (t->name[best].size > 0) {
            field->level[field->level_count++] = t->name[best];
        }
    }
    field->code_count = (unsigned char)(field->level_count + 2);
    return COX_OK;
}

/* ---- one column ---- */

struct look {
    size_t filled, numbers, days, hundreds, wholes;
};

static struct look look_at(const struct fit *f, size_t column)
{
    struct look k = {0};

    for (size_t i = 0; i < f->count; i++) {
        struct cox_text cell = f->table->cell[column][f->row[i]];
        double value;
        int32_t day;
        k.filled += cell.size > 0;
        if (forecast_real(cell, &value)) {
            k.numbers++;
            k.wholes += value == floor(value);
            k.hundreds += value != 0.0 && fmod(value, 100.0) == 0.0;
        }
        k.days += forecast_day(cell, &day);
    }
    return k;
}

/* Last change of the field per row and the close, from --history; false: no history of this field. */
static enum cox_rc find_changes(const struct fit *f, const char *name, int64_t *changed,
    int64_t *closed, bool *ret_has, struct cox_err *reterr)
{
    const struct forecast_table *h = f->history;
    size_t id, close_at, deal = forecast_table_find(h, "deal"),
                         field = forecast_table_find(h, "field"),
                         when = forecast_table_find(h, "changed");

    *ret_has = false;
    if (deal == SIZE_MAX || field == SIZE_MAX || when == SIZE_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "history", 0,
            "%s needs columns deal, field, changed", h->path);
    }
    COX_TRY(forecast_table_column(f->cli, f->table, "id", "id", &id, reterr));
    COX_TRY(forecast_table_column(f->cli, f->table, "closed", "closed", &close_at, reterr));
    for (size_t i = 0; i < f->count; i++) {
        int32_t day = INT32_MAX;
        (void)forecast_day(f->table->cell[close_at][f->row[i]], &day); /* no day: never late */
        closed[i] = day;
        changed[i] = INT64_MIN;
    }
    for (size_t k = 0; k < h->row_count; k++) {
        int32_t day;
        if (!cox_text_same_ascii(h->cell[field][k], cox_text_of(name)) ||
            !forecast_day(h->cell[when][k], &day)) {
            continue;
        }
        for (size_t i = 0; i < f->count; i++) {
            if (cox_text_same(f->table->cell[id][f->row[i]], h->cell[deal][k])) {
                changed[i] = day > changed[i] ? day : changed[i];
                *ret_has = true;
            }
        }
    }
    return COX_OK;
}

static enum cox_rc keep_or_refuse(struct fit *f, struct forecast_field *field,
    struct cox_err *reterr)
{
    int64_t *changed = NULL, *closed = NULL;
    bool has = false;

    if (f->history != NULL) {
        changed = COX_NEW_ARRAY(f->cli->arena, f->count, int64_t);
        closed = COX_NEW_ARRAY(f->cli->arena, f->count, int64_t);
        if (changed == NULL || closed == NULL) {
            return cox_no_memory(reterr);
        }
        COX_TRY(find_changes(f, f->table->name[field->column].ptr, changed, closed, &has, reterr));
    }
    for (size_t i = 0; i < f->count; i++) {
        field->code[i] = forecast_field_code(field, f->table->cell[field->column][f->row[i]]);
    }
    struct cox_leak leak = cox_leak_check(field->code, field->code_count, f->won, f->count,
        has ? changed : NULL, has ? closed : NULL);
    bool allowed = leak.verdict == COX_LEAK_SUSPECT &&
                   in_option(f->cli, "allow", f->table->name[field->column].ptr);
    if (leak.verdict == COX_LEAK_NONE || allowed) {
        f->fields->count++;
    } else {
        refuse(f, field->name, cox_leak_reason(leak.verdict), leak.auc);
    }
    return COX_OK;
}

static struct forecast_field *next_field(struct fit *f, size_t column, const char *suffix)
{
    struct forecast_field *field = &f->fields->field[f->fields->count];

    *field = (struct forecast_field){.column = column};
    field->name = cox_arena_format(f->cli->arena, "%s%s", f->table->name[column].ptr, suffix);
    field->code = COX_NEW_ARRAY(f->cli->arena, f->count + 1, unsigned char);
    return field->name == NULL || field->code == NULL ? NULL : field;
}

static enum cox_rc add_number(struct fit *f, size_t column, bool is_digits, struct cox_err *reterr)
{
    struct forecast_field *field = next_field(f, column, is_digits ? " (significant digits)" : "");
    double *value = COX_NEW_ARRAY(f->cli->arena, 3 * f->count + 1, double);
    size_t bins = f->count / 30 < 3 ? 3 : f->count / 30;

    if (field == NULL || value == NULL) {
        return cox_no_memory(reterr);
    }
    field->is_number = true;
    field->is_digits = is_digits;
    for (size_t i = 0; i < f->count; i++) {
        value[i] = number_of(field, f->table->cell[column][f->row[i]]);
    }
    field->bins = cox_bins_fit(value, f->count, bins < BINS ? bins : BINS, value + f->count);
    field->code_count = (unsigned char)(field->bins.count + 1);
    return keep_or_refuse(f, field, reterr);
}

static enum cox_rc add_column(struct fit *f, size_t column, struct cox_err *reterr)
{
    struct look k = look_at(f, column);
    const char *name = f->table->name[column].ptr;
    uint16_t *code;
    struct tally t;

    if (in_option(f->cli, "late", name)) {
        refuse(f, name, "is known only late, as said with --late", 0);
        return COX_OK;
    }
    if (k.filled == 0 || k.days * 20 > k.filled * 19) {
        refuse(f, name, k.filled == 0 ? "is empty" : "is a date; days of the deal's end would leak",
            0);
        return COX_OK;
    }
    COX_TRY(forecast_codes(f->cli, f->table, column, &code, &t.name, &t.name_count, reterr));
    t.count = COX_NEW_ARRAY(f->cli->arena, t.name_count + 1, size_t);
    if (t.count == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < f->count; i++) {
        t.count[code[f->row[i]]]++;
    }
    if (k.numbers * 20 >= k.filled * 19 && t.name_count > NUMBER_LEVELS) {
        COX_TRY(add_number(f, column, false, reterr));
        bool money =
            k.wholes * 20 >= k.numbers * 19 && k.hundreds * 10 >= k.numbers && t.name_count > 100;
        return money && f->fields->count < COX_POINTS_FEATURES ? add_number(f, column, true, reterr)
                                                               : COX_OK;
    }
    if (t.name_count * 2 > f->count && t.name_count > LEVELS_MAX) {
        refuse(f, name, "differs on most deals, as an identifier does", 0);
        return COX_OK;
    }
    struct forecast_field *field = next_field(f, column, "");
    if (field == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(set_levels(f, field, &t, reterr));
    return keep_or_refuse(f, field, reterr);
}

enum cox_rc forecast_fields_fit(struct cox_cli *cli, const struct forecast_table *table,
    const size_t *row, size_t count, const unsigned char *won, const size_t *skip,
    size_t skip_count, struct forecast_fields *ret_fields, struct cox_err *reterr)
{
    struct fit f = {cli, table, row, count, won, NULL, ret_fields};
    struct forecast_table history;

    ret_fields->count = ret_fields->refused_count = 0;
    ret_fields->refused =
        COX_NEW_ARRAY(cli->arena, 2 * table->column_count + 1, struct forecast_refusal);
    if (ret_fields->refused == NULL) {
        return cox_no_memory(reterr);
    }
    if (cox_cli_has(cli, "history")) {
        COX_TRY(forecast_table_load(cli, cox_cli_value(cli, "history"), &history, reterr));
        f.history = &history;
    }
    for (size_t c = 0; c < table->column_count; c++) {
        bool skipped = in_option(cli, "drop", table->name[c].ptr);
        for (size_t s = 0; s < skip_count; s++) {
            skipped = skipped || skip[s] == c;
        }
        if (!skipped && f.fields->count == COX_POINTS_FEATURES) {
            refuse(&f, table->name[c].ptr, "is past the limit of 64 fields", 0);
        } else if (!skipped) {
            COX_TRY(add_column(&f, c, reterr));
        }
    }
    return COX_OK;
}
