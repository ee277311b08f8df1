/*
 * base/csv_shape.c: every sensible way to read the beginning is tried, and the one that gives rows
 * of equal length with no leftovers wins.
 */
#include "base/csv_shape.h"

#include <string.h>

#include "base/csv_scan.h"
#include "base/num.h"

enum { LOOK_SIZE = 65536, LOOK_ROWS = 500, COLUMN_MAX = 1024, TAIL_MAX = 8, HEAD_MAX = 24 };

/* How well a shape fits. */
struct fit {
    double score; /* share of rows as wide as most, less for what does not fit; below 0: no rows */
    size_t rows, columns, quoted_rows, stray_rows;
    bool single; /* one column from the first row to the last */
};

/*
 * Signs that stand in numbers and prose are tried last: of two that fit alike the earlier is taken,
 * so that "1,5;2,5" is two columns.
 */
static const char delimiters[] = {'\t', ';', '|', '^', '`', ','};

struct tally {
    uint16_t rows_of[COLUMN_MAX + 1]; /* by number of columns */
    size_t first_columns;
    size_t head_rows;   /* of one column, above the first wider row */
    size_t wider_first; /* columns of that one */
    bool has_gap;       /* a blank line stands between them */
    size_t tail_rows;   /* of one column, below the last wider row */
};

/*
 * What a report says below its table ("Grand Totals", a copyright) is no row of it, and must not
 * outnumber the rows of a short one.
 */
static void drop_tail(struct tally *tally, struct fit *fit)
{
    size_t wide_rows = fit->rows - tally->rows_of[1];

    if (tally->first_columns > 1 && wide_rows >= 2 && tally->tail_rows <= TAIL_MAX) {
        tally->rows_of[1] = (uint16_t)(tally->rows_of[1] - tally->tail_rows);
        fit->rows -= tally->tail_rows;
    }
}

/* So with a title and the filters above it, told by a blank line or by being several. */
static void drop_head(struct tally *tally, struct fit *fit)
{
    size_t wide_rows = fit->rows - tally->rows_of[1];

    if (tally->first_columns == 1 && wide_rows >= 2 && tally->wider_first >= 3 &&
        tally->head_rows <= HEAD_MAX && (tally->has_gap || tally->head_rows >= 2)) {
        tally->rows_of[1] = (uint16_t)(tally->rows_of[1] - tally->head_rows);
        fit->rows -= tally->head_rows;
        tally->first_columns = tally->wider_first;
    }
}

static void weigh(struct tally *tally, struct fit *fit)
{
    size_t most = 0;

    drop_head(tally, fit);
    drop_tail(tally, fit);
    for (size_t i = 1; i <= COLUMN_MAX; i++) {
        if (tally->rows_of[i] > most) {
            most = tally->rows_of[i];
            fit->columns = i;
        }
    }
    fit->single = tally->rows_of[1] == fit->rows;
    fit->score = (double)most / (double)fit->rows - 2 * (double)fit->stray_rows / (double)fit->rows;
    if (tally->first_columns != fit->columns) {
        fit->score -= 0.25; /* a header line has no prose in it */
    }
    if (fit->columns == 1) {
        fit->score = 0;
    }
}

static enum cox_rc try_shape(const char *bytes, size_t size, bool at_end,
    const struct cox_csv_shape *shape, struct fit *ret_fit, struct cox_err *reterr)
{
    struct cox_csv_scan scan;
    struct tally tally = {.first_columns = 0};
    struct fit fit = {.score = -1};
    enum cox_csv_found found = COX_CSV_BLANK;

    cox_csv_scan_init(&scan, shape, COLUMN_MAX);
    cox_csv_scan_set(&scan, bytes, size, at_end);
    for (size_t at = 0; at < size && fit.rows < LOOK_ROWS; at = scan.next) {
        found = cox_csv_scan_row(&scan, at);
        if (found != COX_CSV_ROW && found != COX_CSV_BLANK) {
            break;
        }
        if (found == COX_CSV_BLANK) {
            tally.has_gap |= fit.rows > 0 && tally.wider_first == 0;
            continue;
        }
        if (fit.rows == 0) {
            tally.first_columns = scan.span_count;
        }
        if (tally.wider_first == 0 && scan.span_count > 1) {
            tally.wider_first = scan.span_count;
        }
        tally.head_rows += tally.wider_first == 0;
        tally.rows_of[scan.span_count]++;
        tally.tail_rows = scan.span_count > 1 ? 0 : tally.tail_rows + 1;
        fit.rows++;
        fit.quoted_rows += scan.quoted_count > 0;
        fit.stray_rows += scan.stray;
    }
    cox_csv_scan_done(&scan);
    if (found == COX_CSV_OUT_OF_MEMORY) {
        return cox_fail(reterr, COX_NO_MEMORY, "%s", cox_rc_sentence(COX_NO_MEMORY));
    }
    if (fit.rows > 0) {
        weigh(&tally, &fit);
    }
    fit.stray_rows += found == COX_CSV_OPEN_QUOTE;
    *ret_fit = fit;
    return COX_OK;
}

/*
 * No delimiter makes a table: one column, or a very uneven one. Where the first line has no comma,
 * commas further down are prose, and a sign that does not occur keeps the lines whole.
 */
static enum cox_rc settle_single(const char *bytes, size_t size, bool at_end,
    struct cox_csv_shape *shape, struct fit *ret_fit, struct cox_err *reterr)
{
    const char *end = memchr(bytes, '\n', size);
    size_t first_size = end == NULL ? size : (size_t)(end - bytes);

    shape->delimiter = ',';
    COX_TRY(try_shape(bytes, size, at_end, shape, ret_fit, reterr));
    if (ret_fit->single || first_size == 0 || memchr(bytes, ',', first_size) != NULL) {
        return COX_OK;
    }
    for (size_t i = 0; i < sizeof(delimiters); i++) {
        struct cox_csv_shape other = *shape;
        struct fit fit;

        other.delimiter = delimiters[i];
        COX_TRY(try_shape(bytes, size, at_end, &other, &fit, reterr));
        if (fit.single) {
            *shape = other;
            *ret_fit = fit;
            return COX_OK;
        }
    }
    return COX_OK;
}

/* The best delimiter for a way of quoting. */
static enum cox_rc try_delimiters(const char *bytes, size_t size, bool at_end,
    const struct cox_csv_shape *given, struct cox_csv_shape *ret_shape, struct fit *ret_fit,
    struct cox_err *reterr)
{
    struct fit best = {.score = -2};

    *ret_shape = *given;
    for (size_t i = 0; i < sizeof(delimiters); i++) {
        struct cox_csv_shape shape = *given;
        struct fit fit;
        bool wider;

        shape.delimiter = given->delimiter != 0 ? given->delimiter : delimiters[i];
        COX_TRY(try_shape(bytes, size, at_end, &shape, &fit, reterr));
        /* One or two lines agree with themselves under any delimiter: there the wider one. */
        wider =
            fit.rows <= 2 && fit.score >= 0.5 && best.score >= 0.5 && fit.columns > best.columns;
        if (fit.score > best.score + 1e-9 || wider) {
            best = fit;
            *ret_shape = shape;
        }
        if (given->delimiter != 0) {
            break;
        }
    }
    if (best.score < 0.5 && given->delimiter == 0) {
        COX_TRY(settle_single(bytes, size, at_end, ret_shape, &best, reterr));
    }
    *ret_fit = best;
    return COX_OK;
}

static bool holds(const char *bytes, size_t size, const char *wanted)
{
    return memmem(bytes, size, wanted, strlen(wanted)) != NULL;
}

/* The ways of quoting that the bytes give reason for; the first is the usual one. */
static size_t list_quotings(const char *bytes, size_t size, const struct cox_csv_shape *given,
    struct cox_csv_shape ret_list[static 5])
{
    size_t count = 0;

    if (given->quote != 0) {
        ret_list[count++] = *given;
        return count;
    }
    for (size_t i = 0; i < 5; i++) {
        ret_list[i] = *given;
        ret_list[i].quote = '"';
    }
    count++;
    if (holds(bytes, size, "\\\"")) {
        ret_list[count++].backslash = true;
    }
    if (holds(bytes, size, " \"")) {
        ret_list[count++].blanks = true;
    }
    if (!holds(bytes, size, "\"") && holds(bytes, size, "'")) {
        ret_list[count++].quote = '\'';
    }
    if (holds(bytes, size, "\"")) {
        ret_list[count++].quote = COX_CSV_NO_QUOTE;
    }
    return count;
}

/* Is another way of quoting so much better that the usual one must be wrong? */
static bool beats(const struct cox_csv_shape *shape, const struct fit *fit, const struct fit *best)
{
    if (shape->quote == COX_CSV_NO_QUOTE) {
        return best->stray_rows > 0 && best->stray_rows >= best->quoted_rows &&
               fit->score >= best->score;
    }
    if (shape->quote == '\'') {
        return fit->stray_rows == 0 && fit->quoted_rows * 2 >= fit->rows &&
               fit->score >= best->score;
    }
    if (shape->blanks) {
        return fit->quoted_rows > best->quoted_rows && fit->stray_rows <= best->stray_rows;
    }
    return fit->score > best->score + 1e-9 || fit->stray_rows < best->stray_rows;
}

enum cox_rc cox_csv_guess(const char *bytes, size_t size, bool at_end, struct cox_csv_shape *shape,
    struct cox_err *reterr)
{
    struct cox_csv_shape list[5], best_shape, tried;
    struct fit best, fit;
    size_t count;

    if (size > LOOK_SIZE) {
        size = LOOK_SIZE;
        at_end = false;
    }
    count = list_quotings(bytes, size, shape, list);
    COX_TRY(try_delimiters(bytes, size, at_end, &list[0], &best_shape, &best, reterr));
    for (size_t i = 1; i < count; i++) {
        COX_TRY(try_delimiters(bytes, size, at_end, &list[i], &tried, &fit, reterr));
        if (beats(&tried, &fit, &best)) {
            best = fit;
            best_shape = tried;
        }
    }
    *shape = best_shape;
    return COX_OK;
}

static bool has_char(struct cox_text text, const char *any)
{
    for (size_t i = 0; i < text.size; i++) {
        if (strchr(any, text.ptr[i]) != NULL && text.ptr[i] != '\0') {
            return true;
        }
    }
    return false;
}

/* Numbers, dates, addresses, yes and no: what stands in columns and not above them. */
static bool is_value(struct cox_text cell)
{
    struct cox_number number;

    cell = cox_text_trim(cell);
    if (cell.size == 0) {
        return false;
    }
    if (cell.ptr[0] >= '0' && cell.ptr[0] <= '9' && cell.size >= 6 && has_char(cell, "-/.:")) {
        return true;
    }
    return cox_num_parse(cell, COX_POINT_DOT, &number, NULL) == COX_OK ||
           cox_num_parse(cell, COX_POINT_COMMA, &number, NULL) == COX_OK ||
           (has_char(cell, "@") && !has_char(cell, " ")) ||
           cox_text_same_ascii(cell, COX_LIT("true")) ||
           cox_text_same_ascii(cell, COX_LIT("false"));
}

/* Do rows further down repeat the cell of the first one in the same column? */
static bool recurs(const struct cox_csv_row *rows, size_t count, size_t column)
{
    for (size_t i = 1; i < count; i++) {
        if (column < rows[i].field_count &&
            cox_text_same(rows[i].fields[column], rows[0].fields[column])) {
            return true;
        }
    }
    return false;
}

bool cox_csv_guess_header(const struct cox_csv_row *rows, size_t count)
{
    size_t empty = 0, recurring = 0;

    if (count == 0) {
        return false;
    }
    for (size_t column = 0; column < rows[0].field_count; column++) {
        if (cox_text_trim(rows[0].fields[column]).size == 0) {
            empty++;
        } else if (is_value(rows[0].fields[column])) {
            return false;
        } else {
            recurring += recurs(rows, count, column);
        }
    }
    /* A value may by chance be called like its column; when a third are, these are no names. */
    return empty * 2 <= rows[0].field_count && recurring * 3 < rows[0].field_count - empty + 1;
}
