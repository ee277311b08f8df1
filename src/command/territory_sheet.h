/* command/territory_sheet.h: CSV files by column names, read whole; and CSV files written. */
#ifndef COX_COMMAND_TERRITORY_SHEET_H
#define COX_COMMAND_TERRITORY_SHEET_H

#include "base/csv.h"
#include "base/map.h"
#include "command/command.h"

enum { TERRITORY_COLUMN_MAX = 16 };

/* One kind of file: its columns, in the order of the caller's own enum; the first is the id. */
struct territory_sheet {
    const char *path;
    const char *const *names;        /* NULL-terminated */
    size_t at[TERRITORY_COLUMN_MAX]; /* column in the file; SIZE_MAX: absent */
    size_t count, room;              /* rows */
    struct cox_text *cells[TERRITORY_COLUMN_MAX];
};

/* One row, from 0: trimmed cells in the order of names, "" where there is none. They do not last. */
typedef enum cox_rc (
    *territory_row_fn)(void *ctx, size_t row, const struct cox_text *cells, struct cox_err *reterr);

/* Hands over row by row, for files too long to be held. COX_INVALID as territory_sheet_read. */
enum cox_rc territory_sheet_each(struct territory_sheet *sheet, territory_row_fn each, void *ctx,
    struct cox_err *reterr) COX_NODISCARD;

/* Cells are the arena's. COX_INVALID when the first of names is no column of the file. */
enum cox_rc territory_sheet_read(struct cox_cli *cli, struct territory_sheet *sheet,
    struct cox_err *reterr) COX_NODISCARD;

/* Id -> row. Refuses empty and repeated ids. */
enum cox_rc territory_sheet_ids(struct cox_cli *cli, const struct territory_sheet *sheet,
    struct cox_map **ret_map, struct cox_err *reterr) COX_NODISCARD;

/* A column of numbers. otherwise: for empty cells and an absent column; NAN: must be there. */
enum cox_rc territory_sheet_reals(struct cox_cli *cli, const struct territory_sheet *sheet,
    size_t column, double otherwise, const double **ret_values,
    struct cox_err *reterr) COX_NODISCARD;

/* An account or rep by name, or by number from 0 where there are no names (map NULL). */
bool territory_name_find(const struct cox_map *map, struct cox_text name, size_t count,
    size_t *ret);

/* The same for a cell; what ("account", "rep") is for the message. */
enum cox_rc territory_sheet_find(const struct territory_sheet *sheet, size_t column, size_t row,
    const struct cox_map *map, size_t count, const char *what, size_t *ret,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Pairs of neighbours, columns from and to, by the names in map (NULL: numbers from 0). Each pair is
 * stored both ways: those of account i at ret_to[ret_start[i]] and on. The arena's.
 */
enum cox_rc territory_edges_load(struct cox_cli *cli, const char *path, const struct cox_map *map,
    size_t account_count, const size_t **ret_start, const uint32_t **ret_to,
    struct cox_err *reterr) COX_NODISCARD;

/* A CSV file being written; finish closes it, whatever happened. */
struct territory_csv {
    int fd;
    struct cox_csv_out out;
};

enum cox_rc territory_csv_begin(const char *path, struct territory_csv *file,
    struct cox_err *reterr) COX_NODISCARD;
enum cox_rc territory_csv_finish(const char *path, struct territory_csv *file,
    struct cox_err *reterr) COX_NODISCARD;

#endif
