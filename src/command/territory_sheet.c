/* command/territory_sheet.c: see the header. */
#include "command/territory_sheet.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"

static void find_columns(struct territory_sheet *sheet, const struct cox_csv_row *row)
{
    for (size_t c = 0; sheet->names[c] != NULL; c++) {
        sheet->at[c] = SIZE_MAX;
        for (size_t f = 0; f < row->field_count; f++) {
            if (cox_text_same_ascii(cox_text_trim(row->fields[f]), cox_text_of(sheet->names[c]))) {
                sheet->at[c] = f;
            }
        }
    }
}

/* Room doubles; the old cells stay in the arena until the end. */
static enum cox_rc grow(struct cox_cli *cli, struct territory_sheet *sheet, struct cox_err *reterr)
{
    size_t room = sheet->room == 0 ? 1024 : 2 * sheet->room;

    for (size_t c = 0; sheet->names[c] != NULL; c++) {
        struct cox_text *cells;

        if (sheet->at[c] == SIZE_MAX) {
            continue;
        }
        cells = COX_NEW_ARRAY(cli->arena, room, struct cox_text);
        if (cells == NULL) {
            return cox_no_memory(reterr);
        }
        if (sheet->count > 0) {
            memcpy(cells, sheet->cells[c], sheet->count * sizeof(*cells));
        }
        sheet->cells[c] = cells;
    }
    sheet->room = room;
    return COX_OK;
}

struct reading {
    struct cox_cli *cli;
    struct territory_sheet *sheet;
};

static enum cox_rc add_row(void *ctx, size_t at, const struct cox_text *cells,
    struct cox_err *reterr)
{
    const struct reading *reading = ctx;
    struct territory_sheet *sheet = reading->sheet;

    if (sheet->count == sheet->room) {
        COX_TRY(grow(reading->cli, sheet, reterr));
    }
    for (size_t c = 0; sheet->names[c] != NULL; c++) {
        struct cox_text text = {"", 0};

        if (sheet->at[c] == SIZE_MAX) {
            continue;
        }
        if (cells[c].size > 0) {
            text = cox_arena_text(reading->cli->arena, cells[c]);
        }
        if (text.ptr == NULL) {
            return cox_no_memory(reterr);
        }
        sheet->cells[c][at] = text;
    }
    sheet->count = at + 1;
    return COX_OK;
}

enum cox_rc territory_sheet_each(struct territory_sheet *sheet, territory_row_fn each, void *ctx,
    struct cox_err *reterr)
{
    COX_AUTO_FILE file = NULL;
    COX_AUTO_CSV csv = NULL;
    struct cox_csv_row row;

    COX_TRY(cox_file_open(sheet->path, 0, &file, reterr));
    COX_TRY(cox_csv_open(cox_file_source(file), NULL, &csv, reterr));
    COX_TRY(cox_csv_read(csv, &row, reterr));
    find_columns(sheet, &row);
    if (sheet->at[0] == SIZE_MAX) {
        return cox_fail_at(reterr, COX_INVALID, sheet->names[0], 0,
            "%s has no column \"%s\" in its first row", sheet->path, sheet->names[0]);
    }
    for (size_t at = 0;; at++) {
        struct cox_text cells[TERRITORY_COLUMN_MAX];

        COX_TRY(cox_csv_read(csv, &row, reterr));
        if (row.field_count == 0) {
            return COX_OK;
        }
        for (size_t c = 0; sheet->names[c] != NULL; c++) {
            cells[c] = sheet->at[c] < row.field_count ? cox_text_trim(row.fields[sheet->at[c]])
                                                      : (struct cox_text){"", 0};
        }
        COX_TRY(each(ctx, at, cells, reterr));
    }
}

enum cox_rc territory_sheet_read(struct cox_cli *cli, struct territory_sheet *sheet,
    struct cox_err *reterr)
{
    struct reading reading = {cli, sheet};

    return territory_sheet_each(sheet, add_row, &reading, reterr);
}

/* A column of numbers. otherwise: for empty cells and an absent column; (double)NAN: must be there. */
enum cox_rc territory_sheet_reals(struct cox_cli *cli, const struct territory_sheet *sheet,
    size_t column, double otherwise, const double **ret_values, struct cox_err *reterr)
{
    double *values = COX_NEW_ARRAY(cli->arena, sheet->count, double);
    bool is_there = sheet->at[column] != SIZE_MAX;

    if (values == NULL) {
        return cox_no_memory(reterr);
    }
    if (!is_there && isnan(otherwise)) {
        return cox_fail_at(reterr, COX_INVALID, sheet->names[column], 0, "%s has no such column",
            sheet->path);
    }
    for (size_t i = 0; i < sheet->count; i++) {
        struct cox_err why;

        values[i] = otherwise;
        if (is_there && sheet->cells[column][i].size > 0 &&
            cox_num_parse_real(sheet->cells[column][i], COX_POINT_DOT, &values[i], &why) !=
                COX_OK) {
            return cox_fail_at(reterr, COX_INVALID, sheet->names[column], (int64_t)i + 1, "%s",
                why.text);
        }
        if (isnan(values[i])) {
            return cox_fail_at(reterr, COX_INVALID, sheet->names[column], (int64_t)i + 1,
                "a number is missing");
        }
    }
    *ret_values = values;
    return COX_OK;
}

enum cox_rc territory_sheet_ids(struct cox_cli *cli, const struct territory_sheet *sheet,
    struct cox_map **ret_map, struct cox_err *reterr)
{
    COX_TRY(cox_map_open_in(cli->arena, NULL, ret_map, reterr));
    for (size_t i = 0; i < sheet->count; i++) {
        uint64_t *place;
        bool is_new;

        if (sheet->cells[0][i].size == 0) {
            return cox_fail_at(reterr, COX_INVALID, sheet->names[0], (int64_t)i + 1,
                "must not be empty");
        }
        COX_TRY(cox_map_add(*ret_map, sheet->cells[0][i], i, &place, &is_new, reterr));
        if (!is_new) {
            return cox_fail_at(reterr, COX_INVALID, sheet->names[0], (int64_t)i + 1,
                "the same as in row %lld", (long long)*place + 1);
        }
    }
    return COX_OK;
}

bool territory_name_find(const struct cox_map *map, struct cox_text name, size_t count, size_t *ret)
{
    int64_t number = -1;
    uint64_t found = 0;
    bool is_known =
        map != NULL ? cox_map_find(map, name, &found)
                    : cox_num_parse_plain(name, &number) && number >= 0 && (uint64_t)number < count;

    if (is_known) {
        *ret = map != NULL ? (size_t)found : (size_t)number;
    }
    return is_known;
}

enum { EDGE_FROM, EDGE_TO };
static const char *const edge_names[] = {"from", "to", NULL};

enum cox_rc territory_sheet_find(const struct territory_sheet *sheet, size_t column, size_t row,
    const struct cox_map *map, size_t count, const char *what, size_t *ret, struct cox_err *reterr)
{
    struct cox_text name = sheet->cells[column][row];

    if (!territory_name_find(map, name, count, ret)) {
        return cox_fail_at(reterr, COX_INVALID, sheet->names[column], (int64_t)row + 1,
            "there is no %s \"%.*s\"", what, (int)name.size, name.ptr);
    }
    return COX_OK;
}

enum cox_rc territory_edges_load(struct cox_cli *cli, const char *path, const struct cox_map *map,
    size_t account_count, const size_t **ret_start, const uint32_t **ret_to, struct cox_err *reterr)
{
    struct territory_sheet edges = {.path = path, .names = edge_names};
    size_t *start = COX_NEW_ARRAY(cli->arena, account_count + 2, size_t), a = 0, b = 0;
    uint32_t *to;

    COX_TRY(territory_sheet_read(cli, &edges, reterr));
    to = COX_NEW_ARRAY(cli->arena, 2 * edges.count, uint32_t);
    if (start == NULL || to == NULL) {
        return cox_no_memory(reterr);
    }
    if (edges.at[EDGE_TO] == SIZE_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "to", 0, "%s has no such column", path);
    }
    for (size_t e = 0; e < edges.count; e++) {
        COX_TRY(
            territory_sheet_find(&edges, EDGE_FROM, e, map, account_count, "account", &a, reterr));
        COX_TRY(
            territory_sheet_find(&edges, EDGE_TO, e, map, account_count, "account", &b, reterr));
        start[a + 2]++;
        start[b + 2]++;
    }
    for (size_t i = 0; i < account_count; i++) {
        start[i + 2] += start[i + 1];
    }
    for (size_t e = 0; e < edges.count; e++) {
        COX_TRY(
            territory_sheet_find(&edges, EDGE_FROM, e, map, account_count, "account", &a, reterr));
        COX_TRY(
            territory_sheet_find(&edges, EDGE_TO, e, map, account_count, "account", &b, reterr));
        to[start[a + 1]++] = (uint32_t)b;
        to[start[b + 1]++] = (uint32_t)a;
    }
    *ret_start = start;
    *ret_to = to;
    return COX_OK;
}

enum cox_rc territory_csv_begin(const char *path, struct territory_csv *file,
    struct cox_err *reterr)
{
    file->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file->fd < 0) {
        return cox_fail(reterr, COX_IO, "cannot write %s", path);
    }
    cox_csv_out_init(&file->out, cox_fd_sink(&file->fd));
    file->out.lf = true;
    return COX_OK;
}

enum cox_rc territory_csv_finish(const char *path, struct territory_csv *file,
    struct cox_err *reterr)
{
    enum cox_rc rc = cox_csv_out_done(&file->out, reterr);

    if (close(file->fd) != 0 && rc == COX_OK) {
        rc = cox_fail(reterr, COX_IO, "cannot write %s", path);
    }
    return rc;
}
