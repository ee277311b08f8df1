/*
 * command/forecast_table.h: a CSV file (packed or not) as columns of text, and columns of it as numbers,
 * days or names. Private to the forecast commands. Everything lives in the run's arena.
 */
#ifndef COX_COMMAND_FORECAST_TABLE_H
#define COX_COMMAND_FORECAST_TABLE_H

#include "command/command.h"

struct forecast_table {
    const char *path;
    size_t column_count, row_count;
    struct cox_text *name;  /* by column */
    struct cox_text **cell; /* [column][row], trimmed, terminated */
};

/* The first row names the columns; shorter rows end in empty cells. */
enum cox_rc forecast_table_load(struct cox_cli *cli, const char *path,
    struct forecast_table *ret_table, struct cox_err *reterr) COX_NODISCARD;

/* SIZE_MAX: no such column. Case does not matter. */
size_t forecast_table_find(const struct forecast_table *table, const char *name);

/* The column of an option, or of its usual name; COX_INVALID names both when it is not there. */
enum cox_rc forecast_table_column(struct cox_cli *cli, const struct forecast_table *table,
    const char *option, const char *usual, size_t *ret_column,
    struct cox_err *reterr) COX_NODISCARD;

/* ret_twice, by row: did an earlier row say the same? Empty cells never do; column SIZE_MAX: no row does. */
enum cox_rc forecast_table_twice(struct cox_cli *cli, const struct forecast_table *table,
    size_t column, bool **ret_twice, struct cox_err *reterr) COX_NODISCARD;

/* A number, "45%" as .45; false when it is none. Empty cells are none. */
bool forecast_real(struct cox_text text, double *ret);

/* Money to hundredths. */
bool forecast_minor(struct cox_text text, int64_t *ret);

/* Days since 1970 of a date; false when it is none. */
bool forecast_day(struct cox_text text, int32_t *ret);

/* 1 won, 0 lost, -1 neither, by the usual words or by the option --won. */
int forecast_outcome(const struct cox_cli *cli, struct cox_text text);

/* A real option within [least, most]; otherwise when not given. */
enum cox_rc forecast_option_real(const struct cox_cli *cli, const char *name, double least,
    double most, double otherwise, double *ret, struct cox_err *reterr) COX_NODISCARD;

/* Codes of a column's distinct texts in order of appearance; ret_name has that many. */
enum cox_rc forecast_codes(struct cox_cli *cli, const struct forecast_table *table, size_t column,
    uint16_t **ret_code, struct cox_text **ret_name, size_t *ret_count,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Amounts (one a row, negative: missing) into the currency of --into by the rates of --rates, where the
 * table has a currency column; without --into all must be in one. COX_INVALID names the deal that has no rate.
 */
enum cox_rc forecast_convert(struct cox_cli *cli, const struct forecast_table *table,
    size_t id_column, int64_t *amount_minor, struct cox_err *reterr) COX_NODISCARD;

/* The subcommands. */
enum cox_rc forecast_score(struct cox_cli *cli, struct cox_err *reterr);
enum cox_rc forecast_period(struct cox_cli *cli, struct cox_err *reterr);
enum cox_rc forecast_series(struct cox_cli *cli, struct cox_err *reterr);
enum cox_rc forecast_backtest(struct cox_cli *cli, struct cox_err *reterr);

#endif
