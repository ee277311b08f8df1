/* command/stats_table.c: tables for coxswain stats. */
#include "command/stats_table.h"

#include <math.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/num.h"
#include "base/real.h"

enum { ROWS_MAX = 200000, SAMPLES_MAX = 10000 };

/* Which of two columns of one name is meant cannot be known. */
static enum cox_rc check_names(const struct stats_table *table, struct cox_err *reterr)
{
    for (size_t i = 0; i < table->column_count; i++) {
        struct cox_text name = cox_text_trim(table->names[i]);
        for (size_t j = 0; j < i && name.size > 0; j++) {
            if (cox_text_same_ascii(name, cox_text_trim(table->names[j]))) {
                return cox_fail(reterr, COX_INVALID, "columns %zu and %zu are both named \"%.*s\"",
                    j + 1, i + 1, (int)(name.size > 40 ? 40 : name.size), name.ptr);
            }
        }
    }
    return COX_OK;
}

enum cox_rc stats_load(struct cox_cli *cli, const char *path, struct stats_table *ret_table,
    struct cox_err *reterr)
{
    COX_AUTO_FILE file = NULL;
    struct cox_csv_sample sample;
    struct stats_table table = {.point = COX_POINT_DOT};
    struct cox_text *cells = COX_NEW_ARRAY(cli->arena, SAMPLES_MAX, struct cox_text);
    size_t count = 0;

    if (cells == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_file_open(path, 0, &file, reterr));
    COX_TRY(cox_csv_sniff(cli->arena, cox_file_source(file), NULL, ROWS_MAX, &sample, reterr));
    if (sample.row_count < 2) {
        return cox_fail(reterr, COX_INVALID, "%s has no rows below the names of its columns", path);
    }
    if (sample.row_count == ROWS_MAX) {
        return cox_fail(reterr, COX_TOO_LARGE, "%s has more than %d rows", path, ROWS_MAX - 1);
    }
    table.names = sample.rows[0].fields;
    table.column_count = sample.rows[0].field_count;
    table.rows = sample.rows + 1;
    table.row_count = sample.row_count - 1;
    for (size_t i = 0; i < table.row_count && count < SAMPLES_MAX; i++) {
        for (size_t j = 0; j < table.rows[i].field_count && count < SAMPLES_MAX; j++) {
            cells[count++] = table.rows[i].fields[j];
        }
    }
    if (cox_num_guess_point(cells, count) == COX_POINT_COMMA) {
        table.point = COX_POINT_COMMA;
    }
    COX_TRY(check_names(&table, reterr));
    *ret_table = table;
    return COX_OK;
}

/* column_count where there is none. */
static size_t find(const struct stats_table *table, const char *name)
{
    size_t at = 0;

    while (at < table->column_count &&
           !cox_text_same_ascii(cox_text_trim(table->names[at]), cox_text_of(name))) {
        at++;
    }
    return at;
}

bool stats_has(const struct stats_table *table, const char *name)
{
    return find(table, name) < table->column_count;
}

static struct cox_text cell(const struct stats_table *table, size_t row, size_t column)
{
    const struct cox_csv_row *cells = &table->rows[row];

    return column < cells->field_count ? cox_text_trim(cells->fields[column]) : COX_LIT("");
}

struct cox_text stats_text(const struct stats_table *table, size_t row, const char *name)
{
    return cell(table, row, find(table, name));
}

static enum cox_rc fail_cell(const struct stats_table *table, size_t row, const char *name,
    const char *what, struct cox_err *reterr)
{
    return cox_fail_at(reterr, COX_INVALID, name, table->rows[row].row, "%s", what);
}

static enum cox_rc need_column(const struct stats_table *table, const char *name,
    struct cox_err *reterr)
{
    return stats_has(table, name)
               ? COX_OK
               : cox_fail_at(reterr, COX_INVALID, name, 0, "the file has no such column");
}

enum cox_rc stats_reals(struct cox_cli *cli, const struct stats_table *table, const char *name,
    bool need, double **ret_value, struct cox_err *reterr)
{
    size_t column = find(table, name);
    double *value;

    if (column == table->column_count && !need) {
        *ret_value = NULL;
        return COX_OK;
    }
    COX_TRY(need_column(table, name, reterr));
    value = COX_NEW_ARRAY(cli->arena, table->row_count, double);
    if (value == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < table->row_count; i++) {
        struct cox_text text = cell(table, i, column);

        if (text.size == 0 && !need) {
            value[i] = (double)NAN;
        } else if (cox_num_parse_real(text, table->point, &value[i], NULL) != COX_OK) {
            return fail_cell(table, i, name, "not a number", reterr);
        } else if (fabs(value[i]) > COX_REAL_MAX) {
            return fail_cell(table, i, name, "beyond 1e75", reterr);
        }
    }
    *ret_value = value;
    return COX_OK;
}

enum cox_rc stats_ints(struct cox_cli *cli, const struct stats_table *table, const char *name,
    bool need, int64_t **ret_value, struct cox_err *reterr)
{
    size_t column = find(table, name);
    int64_t *value;

    if (column == table->column_count && !need) {
        *ret_value = NULL;
        return COX_OK;
    }
    COX_TRY(need_column(table, name, reterr));
    value = COX_NEW_ARRAY(cli->arena, table->row_count, int64_t);
    if (value == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < table->row_count; i++) {
        if (cox_num_parse_int(cell(table, i, column), table->point, &value[i], NULL) != COX_OK) {
            return fail_cell(table, i, name, "not a whole number", reterr);
        }
    }
    *ret_value = value;
    return COX_OK;
}

/* Whole numbers by size, before texts in bytewise order. */
static int compare(const void *a, const void *b)
{
    const struct cox_text *left = a, *right = b;
    int64_t x, y;
    bool x_is = cox_num_parse_plain(*left, &x), y_is = cox_num_parse_plain(*right, &y);

    if (x_is && y_is && x != y) {
        return x < y ? -1 : 1;
    }
    return x_is != y_is ? y_is - x_is : cox_text_compare(*left, *right);
}

/* The places of the labels, by text, after they have been put in order. */
static enum cox_rc place_rows(struct cox_map *map, const struct stats_table *table,
    const char *column, struct stats_labels *labels, struct cox_err *reterr)
{
    for (size_t i = 0; i < labels->count; i++) {
        COX_TRY(cox_map_put(map, labels->name[i], i, reterr));
    }
    for (size_t i = 0; i < table->row_count; i++) {
        uint64_t place = 0;
        (void)cox_map_find(map, stats_text(table, i, column), &place); /* all are in it */
        labels->of_row[i] = (size_t)place;
    }
    return COX_OK;
}

enum cox_rc stats_label(struct cox_cli *cli, const struct stats_table *table, const char *column,
    bool sorted, struct stats_labels *ret_labels, struct cox_err *reterr)
{
    struct stats_labels labels = {
        .name = COX_NEW_ARRAY(cli->arena, table->row_count, struct cox_text),
        .of_row = COX_NEW_ARRAY(cli->arena, table->row_count, size_t),
    };
    struct cox_map *map;

    COX_TRY(need_column(table, column, reterr));
    if (labels.name == NULL || labels.of_row == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_map_open_in(cli->arena, NULL, &map, reterr));
    for (size_t i = 0; i < table->row_count; i++) {
        struct cox_text text = stats_text(table, i, column);
        uint64_t *place;
        bool is_new;

        if (text.size == 0) {
            return fail_cell(table, i, column, "empty", reterr);
        }
        COX_TRY(cox_map_add(map, text, 0, &place, &is_new, reterr));
        if (is_new) {
            labels.name[labels.count++] = text;
        }
    }
    if (sorted) {
        qsort(labels.name, labels.count, sizeof(*labels.name), compare);
    }
    COX_TRY(place_rows(map, table, column, &labels, reterr));
    *ret_labels = labels;
    return COX_OK;
}

enum cox_rc stats_option(const struct cox_cli *cli, const char *name, double least, double most,
    double otherwise, double *ret_value, struct cox_err *reterr)
{
    const char *text = cox_cli_value(cli, name);

    if (text == NULL) {
        *ret_value = otherwise;
        return COX_OK;
    }
    if (cox_num_parse_real(cox_text_of(text), COX_POINT_DOT, ret_value, NULL) != COX_OK ||
        *ret_value < least || *ret_value > most) {
        return cox_fail_at(reterr, COX_INVALID, name, 0, "\"%s\" is not a number from %g to %g",
            text, least, most);
    }
    return COX_OK;
}
