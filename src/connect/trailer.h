/* connect/trailer.h: lines of a report that are no records: its sums, and what stands below its table. */
#ifndef COX_CONNECT_TRAILER_H
#define COX_CONNECT_TRAILER_H

#include "base/csv.h"

enum cox_line {
    COX_LINE_RECORD,
    COX_LINE_EMPTY,   /* delimiters alone */
    COX_LINE_TRAILER, /* confidentiality, copyright, the number of records */
    COX_LINE_TOTAL,   /* "Total" and nothing but numbers beside it */
    COX_LINE_SUBTOTAL /* the same of a group of the rows above it */
};

/* ret_at: the cell that says so. In the languages the vendors write their reports in. */
enum cox_line cox_line_of(const struct cox_csv_row *row, size_t *ret_at);

#endif
