/*
 * command/forecast_fields.h: columns of a table as the codes the win model takes: numbers in quantile bins,
 * texts by level, with a bin for what is missing; and which columns are refused, and why. Private to
 * forecast score.
 */
#ifndef COX_COMMAND_FORECAST_FIELDS_H
#define COX_COMMAND_FORECAST_FIELDS_H

#include "command/forecast_table.h"
#include "kernel/forecast/bins.h"
#include "kernel/forecast/points.h"

struct forecast_field {
    char *name;                /* as shown */
    size_t column;             /* of the training table */
    bool is_number, is_digits; /* is_digits: significant digits of the number */
    struct cox_bins bins;
    struct cox_text *level; /* known texts, most frequent first */
    size_t level_count;     /* of texts: two more codes follow, other and missing */
    unsigned char code_count;
    unsigned char *code; /* of the training rows */
};

struct forecast_refusal {
    const char *name, *reason;
    double auc; /* 0: not known */
};

struct forecast_fields {
    struct forecast_field field[COX_POINTS_FEATURES];
    size_t count;
    struct forecast_refusal *refused;
    size_t refused_count;
};

/* Rows row[0 .. count) of the training table, won per such row. skip is a column that is no field. */
enum cox_rc forecast_fields_fit(struct cox_cli *cli, const struct forecast_table *table,
    const size_t *row, size_t count, const unsigned char *won, const size_t *skip,
    size_t skip_count, struct forecast_fields *ret_fields, struct cox_err *reterr) COX_NODISCARD;

/* The code of a cell of any table. */
unsigned char forecast_field_code(const struct forecast_field *field, struct cox_text cell);

/* "Region = West"; "Amount 100 to 250". Writes into room. */
const char *forecast_field_text(const struct forecast_field *field, unsigned char code, char *room,
    size_t size);

#endif
