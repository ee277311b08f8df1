/* command/forecast_table.c: reading CSV into columns, and cells as what they mean. */
#include "command/forecast_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/day.h"
#include "base/map.h"
#include "base/real.h"

enum { CODES_MAX = 65535 };

static enum cox_rc grow(struct cox_cli *cli, struct forecast_table *t, size_t *room,
    struct cox_err *reterr)
{
    size_t more = *room == 0 ? 1024 : 2 * *room;

    for (size_t c = 0; c < t->column_count; c++) {
        struct cox_text *cells = COX_NEW_ARRAY(cli->arena, more, struct cox_text);
        if (cells == NULL) {
            return cox_no_memory(reterr);
        }
        if (t->row_count > 0) {
            memcpy(cells, t->cell[c], t->row_count * sizeof(*cells));
        }
        t->cell[c] = cells;
    }
    *room = more;
    return COX_OK;
}

static enum cox_rc add_row(struct cox_cli *cli, struct forecast_table *t,
    const struct cox_csv_row *row, struct cox_err *reterr)
{
    for (size_t c = 0; c < t->column_count; c++) {
        struct cox_text text = c < row->field_count ? cox_text_trim(row->fields[c]) : COX_LIT("");
        text = cox_arena_text(cli->arena, text.ptr == NULL ? COX_LIT("") : text);
        if (text.ptr == NULL) {
            return cox_no_memory(reterr);
        }
        t->cell[c][t->row_count] = text;
    }
    t->row_count++;
    return COX_OK;
}

/* Which of two columns of one name is meant cannot be known. */
static enum cox_rc check_names(const struct forecast_table *t, struct cox_err *reterr)
{
    for (size_t c = 0; c < t->column_count; c++) {
        for (size_t before = 0; before < c && t->name[c].size > 0; before++) {
            if (cox_text_same(t->name[c], t->name[before])) {
                return cox_fail(reterr, COX_INVALID,
                    "%s: columns %zu and %zu are both named \"%.40s\"", t->path, before + 1, c + 1,
                    t->name[c].ptr);
            }
        }
    }
    return COX_OK;
}

static enum cox_rc take_header(struct cox_cli *cli, struct forecast_table *t,
    const struct cox_csv_row *row, struct cox_err *reterr)
{
    if (row->field_count == 0) {
        return cox_fail(reterr, COX_INVALID, "%s is empty", t->path);
    }
    t->column_count = row->field_count;
    t->name = COX_NEW_ARRAY(cli->arena, t->column_count, struct cox_text);
    t->cell = COX_NEW_ARRAY(cli->arena, t->column_count, struct cox_text *);
    if (t->name == NULL || t->cell == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t c = 0; c < t->column_count; c++) {
        t->name[c] = cox_arena_text(cli->arena, cox_text_trim(row->fields[c]));
        if (t->name[c].ptr == NULL) {
            return cox_no_memory(reterr);
        }
    }
    return check_names(t, reterr);
}

enum cox_rc forecast_table_load(struct cox_cli *cli, const char *path,
    struct forecast_table *ret_table, struct cox_err *reterr)
{
    struct forecast_table t = {.path = path};
    COX_AUTO_FILE file = NULL;
    COX_AUTO_CSV csv = NULL;
    struct cox_csv_row row;
    size_t room = 0;

    COX_TRY(cox_file_open(path, 0, &file, reterr));
    COX_TRY(cox_csv_open(cox_file_source(file), NULL, &csv, reterr));
    COX_TRY(cox_csv_read(csv, &row, reterr));
    COX_TRY(take_header(cli, &t, &row, reterr));
    for (;;) {
        COX_TRY(cox_csv_read(csv, &row, reterr));
        if (row.field_count == 0) {
            break;
        }
        if (t.row_count == room) {
            COX_TRY(grow(cli, &t, &room, reterr));
        }
        COX_TRY(add_row(cli, &t, &row, reterr));
    }
    *ret_table = t;
    return COX_OK;
}

size_t forecast_table_find(const struct forecast_table *table, const char *name)
{
    for (size_t c = 0; c < table->column_count; c++) {
        if (cox_text_same_ascii(table->name[c], cox_text_of(name))) {
            return c;
        }
    }
    return SIZE_MAX;
}

enum cox_rc forecast_table_column(struct cox_cli *cli, const struct forecast_table *table,
    const char *option, const char *usual, size_t *ret_column, struct cox_err *reterr)
{
    const char *name = cox_cli_value(cli, option);

    *ret_column = forecast_table_find(table, name != NULL ? name : usual);
    if (*ret_column == SIZE_MAX) {
        return cox_fail_at(reterr, COX_INVALID, option, 0,
            "%s has no column \"%s\"; name it with --%s", table->path, name != NULL ? name : usual,
            option);
    }
    return COX_OK;
}

enum cox_rc forecast_table_twice(struct cox_cli *cli, const struct forecast_table *table,
    size_t column, bool **ret_twice, struct cox_err *reterr)
{
    bool *twice = COX_NEW_ARRAY(cli->arena, table->row_count + 1, bool);
    struct cox_map *map;

    if (twice == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_map_open_in(cli->arena, NULL, &map, reterr));
    for (size_t i = 0; i < table->row_count && column != SIZE_MAX; i++) {
        uint64_t *place;
        bool is_new = true;

        if (table->cell[column][i].size > 0) {
            COX_TRY(cox_map_add(map, table->cell[column][i], 0, &place, &is_new, reterr));
        }
        twice[i] = !is_new;
    }
    *ret_twice = twice;
    return COX_OK;
}

bool forecast_real(struct cox_text text, double *ret)
{
    char room[64], *end;

    if (text.size == 0 || text.size >= sizeof(room)) {
        return false;
    }
    memcpy(room, text.ptr, text.size);
    room[text.size] = '\0';
    double value = strtod(room, &end);
    if (end == room || !(fabs(value) <= COX_REAL_MAX)) {
        return false;
    }
    if (*end == '%') {
        value /= 100.0;
        end++;
    }
    *ret = value;
    return *end == '\0';
}

bool forecast_minor(struct cox_text text, int64_t *ret)
{
    double value;

    if (!forecast_real(text, &value) || fabs(value) > 9e13) {
        return false;
    }
    *ret = llround(value * 100.0);
    return true;
}

bool forecast_day(struct cox_text text, int32_t *ret)
{
    int y, m, d;
    char room[32];

    if (text.size < 8 || text.size >= sizeof(room)) {
        return false;
    }
    memcpy(room, text.ptr, text.size);
    room[text.size] = '\0';
    if (sscanf(room, "%4d-%2d-%2d", &y, &m, &d) != 3 ||
        !cox_civil_is_valid((struct cox_civil){y, m, d})) {
        return false;
    }
    *ret = (int32_t)cox_day_ymd(y, m, d);
    return true;
}

int forecast_outcome(const struct cox_cli *cli, struct cox_text text)
{
    static const char *const won[] = {"won", "closed won", "1", "true", "yes", "converted"};
    static const char *const lost[] = {"lost", "loss", "closed lost", "0", "false", "no"};
    const char *given = cox_cli_value(cli, "won");

    if (given != NULL) {
        return text.size == 0 ? -1 : cox_text_same_ascii(text, cox_text_of(given));
    }
    for (size_t i = 0; i < COX_COUNT(won); i++) {
        if (cox_text_same_ascii(text, cox_text_of(won[i]))) {
            return 1;
        }
        if (cox_text_same_ascii(text, cox_text_of(lost[i]))) {
            return 0;
        }
    }
    return -1;
}

enum cox_rc forecast_option_real(const struct cox_cli *cli, const char *name, double least,
    double most, double otherwise, double *ret, struct cox_err *reterr)
{
    const char *text = cox_cli_value(cli, name);
    double value = otherwise;

    if (text != NULL &&
        (!forecast_real(cox_text_of(text), &value) || value < least || value > most)) {
        return cox_fail_at(reterr, COX_INVALID, name, 0, "must be a number from %g to %g", least,
            most);
    }
    *ret = value;
    return COX_OK;
}

enum cox_rc forecast_codes(struct cox_cli *cli, const struct forecast_table *table, size_t column,
    uint16_t **ret_code, struct cox_text **ret_name, size_t *ret_count, struct cox_err *reterr)
{
    size_t count = 0, slots = 1 << 18;
    uint32_t *slot = COX_NEW_ARRAY(cli->arena, slots, uint32_t); /* 1 + code; 0 is free */
    uint16_t *code = COX_NEW_ARRAY(cli->arena, table->row_count, uint16_t);
    struct cox_text *name = COX_NEW_ARRAY(cli->arena, table->row_count + 1, struct cox_text);

    if (slot == NULL || code == NULL || name == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < table->row_count; i++) {
        struct cox_text text = table->cell[column][i];
        uint64_t at = 0xcbf29ce484222325u;
        for (size_t k = 0; k < text.size; k++) {
            at = (at ^ (unsigned char)text.ptr[k]) * 0x100000001b3u;
        }
        for (at ^= at >> 29;
             slot[at % slots] != 0 && !cox_text_same(name[slot[at % slots] - 1], text);) {
            at++;
        }
        if (slot[at % slots] == 0) {
            if (count == CODES_MAX) {
                return cox_fail_at(reterr, COX_TOO_LARGE, table->name[column].ptr, 0,
                    "has more than %d different values", CODES_MAX);
            }
            name[count] = text;
            slot[at % slots] = (uint32_t)++count;
        }
        code[i] = (uint16_t)(slot[at % slots] - 1);
    }
    *ret_code = code;
    *ret_name = name;
    *ret_count = count;
    return COX_OK;
}
