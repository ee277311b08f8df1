/* command/stats_table.h: small tables from CSV for coxswain stats: columns by name, cells as numbers. */
#ifndef COX_COMMAND_STATS_TABLE_H
#define COX_COMMAND_STATS_TABLE_H

#include "base/csv.h"
#include "base/num.h"
#include "command/command.h"

/* The first row names the columns; row_count counts the others. In the run's arena. */
struct stats_table {
    const struct cox_csv_row *rows; /* rows[0] is the first behind the names */
    size_t row_count, column_count;
    const struct cox_text *names;
    enum cox_point point; /* decimal mark, found from all cells */
};

/* At most 200,000 rows. */
enum cox_rc stats_load(struct cox_cli *cli, const char *path, struct stats_table *ret_table,
    struct cox_err *reterr) COX_NODISCARD;

bool stats_has(const struct stats_table *table, const char *name);

/* The text of a cell, trimmed; "" where the column is absent or the row too short. */
struct cox_text stats_text(const struct stats_table *table, size_t row, const char *name);

/*
 * A whole column as numbers, in the arena. An empty cell is NaN, or an error where need is set; an
 * absent column is an error where need is set, else ret_value is NULL.
 */
enum cox_rc stats_reals(struct cox_cli *cli, const struct stats_table *table, const char *name,
    bool need, double **ret_value, struct cox_err *reterr) COX_NODISCARD;
enum cox_rc stats_ints(struct cox_cli *cli, const struct stats_table *table, const char *name,
    bool need, int64_t **ret_value, struct cox_err *reterr) COX_NODISCARD;

/* The different texts of a column in order of appearance, or as numbers or texts sorted. */
struct stats_labels {
    struct cox_text *name;
    size_t count;
    size_t *of_row; /* place by row */
};
enum cox_rc stats_label(struct cox_cli *cli, const struct stats_table *table, const char *column,
    bool sorted, struct stats_labels *ret_labels, struct cox_err *reterr) COX_NODISCARD;

/* An option as a number within bounds; otherwise where it is not given. */
enum cox_rc stats_option(const struct cox_cli *cli, const char *name, double least, double most,
    double otherwise, double *ret_value, struct cox_err *reterr) COX_NODISCARD;

#endif
