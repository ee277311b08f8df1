/*
 * base/num.h: whole numbers that do not overflow unseen, and numbers as people write them: exact
 * decimals with either decimal mark, thousands separators, signs, percent, K/M/B.
 */
#ifndef COX_BASE_NUM_H
#define COX_BASE_NUM_H

#include "base/text.h"

/* True when the result fits; *ret is written only then. */
static inline bool cox_num_add(int64_t a, int64_t b, int64_t *ret)
{
    int64_t sum;
    bool fits = !__builtin_add_overflow(a, b, &sum);

    if (fits) {
        *ret = sum;
    }
    return fits;
}

static inline bool cox_num_sub(int64_t a, int64_t b, int64_t *ret)
{
    int64_t difference;
    bool fits = !__builtin_sub_overflow(a, b, &difference);

    if (fits) {
        *ret = difference;
    }
    return fits;
}

static inline bool cox_num_mul(int64_t a, int64_t b, int64_t *ret)
{
    int64_t product;
    bool fits = !__builtin_mul_overflow(a, b, &product);

    if (fits) {
        *ret = product;
    }
    return fits;
}

/* Order of two int64_t, for qsort and bsearch. */
int cox_num_compare(const void *a, const void *b);

/* a * b / divisor with no overflow in between, rounded half-even; false for divisor 0 or no fit. */
bool cox_num_mul_div(int64_t a, int64_t b, int64_t divisor, int64_t *ret);

/* An exact decimal: digits / 10^scale, scale 0..18; parsed ones have no needless trailing zeros. */
struct cox_decimal {
    int64_t digits;
    int scale;
};

/* The digits at another scale, rounded half-even where it is smaller; false when they do not fit. */
bool cox_decimal_rescale(struct cox_decimal value, int scale, int64_t *ret_digits);

/* The nearest double. */
double cox_decimal_double(struct cox_decimal value);

/* Which sign separates whole and fraction. ANY decides by the text itself, see cox_num_parse. */
enum cox_point { COX_POINT_ANY, COX_POINT_DOT, COX_POINT_COMMA };

struct cox_number {
    struct cox_decimal value; /* "12 %" is 12 with percent set, not 0.12 */
    bool percent;
    /*
     * The currency sign or code as written, pointing into the parsed text (see cox_iso_currency_codes);
     * ptr NULL where none. At most one, before or behind the number.
     */
    struct cox_text unit;
};

/*
 * A number as people write it: "1234.5", "-1.234,50", "1 234,5", "1'234.50", "(1,234)", "1234-",
 * "+7", "12%", "$1,498.22K", "1.2e3", "EUR 5", "5 Mio"; signs and blanks of Unicode are known.
 * K, M (mn, Mio), B (bn, Mrd), T multiply. Separators must group as people do (threes, or the Indian
 * 12,34,567), so "1,23" with DOT is refused, not read as 123. Digits past the 18th are rounded.
 * With ANY a text holding both signs has the last one as decimal mark, one sign seen twice is a
 * separator, and a single sign before exactly three digits ("1,234") is refused as unclear.
 * Errors: COX_INVALID says what is wrong with the text (without a field or row, the caller knows).
 */
enum cox_rc cox_num_parse(struct cox_text text, enum cox_point point, struct cox_number *ret_number,
    struct cox_err *reterr) COX_NODISCARD;

/* A whole number: as above, with no percent or unit; "500000.0" is whole, "0.5" is an error. */
enum cox_rc cox_num_parse_int(struct cox_text text, enum cox_point point, int64_t *ret_value,
    struct cox_err *reterr) COX_NODISCARD;

/* A real: as above (no unit), and beyond 18 digits or exponents within double; "12%" is 0.12. */
enum cox_rc cox_num_parse_real(struct cox_text text, enum cox_point point, double *ret_value,
    struct cox_err *reterr) COX_NODISCARD;

/* Digits only, with '-': for ids, ports, parameters. False where it is anything else or too big. */
bool cox_num_parse_plain(struct cox_text text, int64_t *ret_value);

/*
 * The decimal mark of a column: COX_POINT_ANY when the samples do not tell (all whole, or only the
 * like of "1,234"), or contradict each other. Samples that are no numbers are passed over.
 */
enum cox_point cox_num_guess_point(const struct cox_text *samples, size_t count);

enum {
    COX_NUM_TEXT_MAX = 48
}; /* room for anything the functions below write, terminator included */

/* "-1234.5", always with '.', no grouping; trailing zeros as scale says. Returns ret_text. */
char *cox_decimal_format(struct cox_decimal value, char ret_text[static COX_NUM_TEXT_MAX]);

/* The shortest decimal that reads back as the same double. Not-finite: "nan", "inf", "-inf". */
char *cox_num_format_real(double value, char ret_text[static COX_NUM_TEXT_MAX]);

#endif
