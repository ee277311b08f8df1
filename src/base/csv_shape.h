/* base/csv_shape.h: guessing how a file is delimited and quoted from its beginning. */
#ifndef COX_BASE_CSV_SHAPE_H
#define COX_BASE_CSV_SHAPE_H

#include "base/csv.h"

/*
 * Fills what is 0 in shape (delimiter, and the quote with what belongs to it) from UTF-8 with
 * COX_CSV_PADDING readable bytes behind it. at_end: this is the whole file.
 */
enum cox_rc cox_csv_guess(const char *bytes, size_t size, bool at_end, struct cox_csv_shape *shape,
    struct cox_err *reterr) COX_NODISCARD;

/* Do these rows begin with one of names? */
bool cox_csv_guess_header(const struct cox_csv_row *rows, size_t count);

#endif
