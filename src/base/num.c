/* base/num.c: reading numbers. One pass finds the parts of the text, then the parts become a value. */
#include "base/num.h"

#include <assert.h>
#include <float.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/money.h"
#include "base/utf8.h"

__extension__ typedef __int128 wide;

enum {
    BODY_MAX = 80,        /* signs of the number proper: digits, separators */
    SCALE_MAX = 18,       /* of a decimal */
    EXPONENT_MAX = 9999,  /* beyond this every double is 0 or too large anyway */
    FRACTION_UNCLEAR = 3, /* digits behind a lone sign that may as well be a group */
};

/* A number taken apart. */
struct parts {
    char digits[BODY_MAX];
    int digit_count, fraction_count, exponent;
    bool negative, is_signed, percent;
    struct cox_text unit;
};

struct cursor {
    const char *at, *end;
};

/* The next sign with Unicode's blanks, minus signs and apostrophes made plain; 0 at the end, 1 for other. */
static char peek(const struct cursor *cursor, size_t *ret_size)
{
    int32_t code;

    *ret_size = 1;
    if (cursor->at == cursor->end) {
        return 0;
    }
    if ((unsigned char)*cursor->at < 0x80) {
        char c = *cursor->at;
        return c == '\t' || c == '\n' || c == '\r' ? ' ' : c < ' ' ? 1 : c;
    }
    *ret_size = cox_utf8_read(cursor->at, (size_t)(cursor->end - cursor->at), &code);
    if (code == 0xA0 || (code >= 0x2000 && code <= 0x200A) || code == 0x202F || code == 0x3000) {
        return ' ';
    }
    if (code == 0x2212 || code == 0x2010 || code == 0x2011 || code == 0x2013) {
        return '-';
    }
    return code == 0x2019 || code == 0x02BC ? '\'' : 1;
}

static bool take(struct cursor *cursor, char wanted)
{
    size_t size;

    if (peek(cursor, &size) != wanted) {
        return false;
    }
    cursor->at += size;
    return true;
}

static void skip_blanks(struct cursor *cursor)
{
    while (take(cursor, ' ')) {
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_separator(char c)
{
    return c == '.' || c == ',' || c == ' ' || c == '\'';
}

/* Digits and the separators between them; a last '.' or ',' too ("5."). False: too long. */
static bool take_body(struct cursor *cursor, char *ret_body, int *ret_count)
{
    int count = 0;

    for (;;) {
        struct cursor ahead = *cursor;
        size_t size;
        char c = peek(cursor, &size);

        if (!is_digit(c) && !is_separator(c)) {
            break;
        }
        ahead.at += size;
        if (!is_digit(c) && !is_digit(peek(&ahead, &size)) &&
            (c == ' ' || c == '\'' || count == 0)) {
            break; /* a blank before a unit, not inside a number */
        }
        if (count == BODY_MAX) {
            return false;
        }
        ret_body[count++] = c;
        cursor->at = ahead.at;
    }
    *ret_count = count;
    return true;
}

/* Where the decimal mark of a body stands: its place, or count where there is none; -1: unclear. */
static int find_point(const char *body, int count, enum cox_point point)
{
    int dots = 0, commas = 0, last = count, others = 0;

    for (int i = 0; i < count; i++) {
        dots += body[i] == '.';
        commas += body[i] == ',';
        others += body[i] == ' ' || body[i] == '\'';
        if (body[i] == '.' || body[i] == ',') {
            last = i;
        }
    }
    if (point != COX_POINT_ANY) {
        char mark = point == COX_POINT_DOT ? '.' : ',';
        for (int i = 0; i < count; i++) {
            if (body[i] == mark) {
                return i;
            }
        }
        return count;
    }
    if (dots + commas == 0 || (dots + commas > 1 && (dots == 0 || commas == 0))) {
        return count;
    }
    if (dots + commas == 1 && others == 0 && count - last - 1 == FRACTION_UNCLEAR && last >= 1 &&
        last <= 3 && body[0] != '0') {
        return -1;
    }
    return last;
}

/*
 * Do the separators before the point group the digits as people do? Threes, or India's 12,34,567;
 * one kind of sign only; no leading zero in front of a group.
 */
static bool is_grouped(const char *body, int whole_count)
{
    char sign = 0;
    int run = 0, first_run = -1, middle_run = 0;

    for (int i = 0; i < whole_count; i++) {
        if (is_digit(body[i])) {
            run++;
            continue;
        }
        if ((sign != 0 && body[i] != sign) || run == 0) {
            return false;
        }
        sign = body[i];
        if (first_run < 0) {
            first_run = run;
        } else if (middle_run != 0 && run != middle_run) {
            return false;
        } else {
            middle_run = run;
        }
        run = 0;
    }
    if (sign == 0) {
        return true;
    }
    if (run != 3 || body[0] == '0') {
        return false;
    }
    return middle_run == 2 ? first_run <= 2
                           : (middle_run == 0 || middle_run == 3) && first_run <= 3;
}

static enum cox_rc read_body(struct cursor *cursor, enum cox_point point, struct parts *parts,
    struct cox_err *reterr)
{
    char body[BODY_MAX];
    int count = 0, at;

    if (!take_body(cursor, body, &count)) {
        return cox_fail(reterr, COX_INVALID, "too long for a number");
    }
    at = find_point(body, count, point);
    if (at < 0) {
        return cox_fail(reterr, COX_INVALID,
            "\"%.*s\" may be thousands or a fraction: state the decimal mark", count, body);
    }
    if (!is_grouped(body, at)) {
        return cox_fail(reterr, COX_INVALID, "\"%.*s\" is not grouped like a number", count, body);
    }
    for (int i = 0; i < count; i++) {
        if (is_digit(body[i])) {
            parts->digits[parts->digit_count++] = body[i];
            parts->fraction_count += i > at;
        } else if (i > at) {
            return cox_fail(reterr, COX_INVALID, "\"%.*s\" has two decimal marks", count, body);
        }
    }
    return parts->digit_count > 0 ? COX_OK : cox_fail(reterr, COX_INVALID, "not a number");
}

/* "e-7" right behind the digits. */
static void read_exponent(struct cursor *cursor, struct parts *parts)
{
    struct cursor ahead = *cursor;
    size_t size;
    bool negative = false;
    int exponent = 0;

    if (!take(&ahead, 'e') && !take(&ahead, 'E')) {
        return;
    }
    if (take(&ahead, '-')) {
        negative = true;
    } else {
        (void)take(&ahead, '+'); /* may be there or not */
    }
    if (!is_digit(peek(&ahead, &size))) {
        return;
    }
    for (char c; is_digit(c = peek(&ahead, &size)); ahead.at += size) {
        exponent = exponent > EXPONENT_MAX ? exponent : exponent * 10 + (c - '0');
    }
    parts->exponent = negative ? -exponent : exponent;
    *cursor = ahead;
}

/* A run of letters and signs: neither blank, digit, sign, bracket nor percent. */
static struct cox_text take_token(struct cursor *cursor)
{
    const char *start = cursor->at;
    bool letters_only = true;

    for (;;) {
        size_t size;
        char c = peek(cursor, &size);
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (c == 0 || c == '\'' || c == '(' || c == ')' || c == '%' || c == '+' || c == '-' ||
            c == ',' || c == ' ' || is_digit(c)) {
            break;
        }
        if (c == '.' && (cursor->at == start || !letters_only)) {
            break;
        }
        letters_only = letters_only && (letter || c == 1 || c == '/');
        cursor->at += size;
    }
    return (struct cox_text){start, (size_t)(cursor->at - start)};
}

/* Powers of ten that people abbreviate; 0 for any other word. */
static int magnitude(struct cox_text word)
{
    static const struct {
        const char *name;
        int power;
    } rows[] = {
        {"k", 3},
        {"tsd", 3},
        {"tsd.", 3},
        {"thousand", 3},
        {"m", 6},
        {"mm", 6},
        {"mn", 6},
        {"mio", 6},
        {"mio.", 6},
        {"mln", 6},
        {"million", 6},
        {"b", 9},
        {"bn", 9},
        {"mrd", 9},
        {"mrd.", 9},
        {"billion", 9},
        {"t", 12},
        {"tn", 12},
        {"trillion", 12},
    };

    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        if (cox_text_same_ascii(word, cox_text_of(rows[i].name))) {
            return rows[i].power;
        }
    }
    return 0;
}

static enum cox_rc set_unit(struct parts *parts, struct cox_text unit, struct cox_err *reterr)
{
    if (parts->unit.ptr != NULL) {
        return cox_fail(reterr, COX_INVALID, "more than one currency or unit");
    }
    if (cox_iso_currency_codes(unit).ptr == NULL) {
        return cox_fail(reterr, COX_INVALID, "\"%.*s\" is no currency or magnitude",
            (int)(unit.size > 40 ? 40 : unit.size), unit.ptr);
    }
    parts->unit = unit;
    return COX_OK;
}

/* "K", "EUR", "KEUR" and "K€" behind the digits: the power of ten, and what is left as unit. */
static int split_suffix(struct cox_text token, struct cox_text *ret_unit)
{
    int power = magnitude(token);

    *ret_unit = power == 0 ? token : (struct cox_text){0};
    if (power != 0 || cox_iso_currency_codes(token).ptr != NULL) {
        return power;
    }
    for (size_t cut = 1; cut < token.size; cut++) {
        struct cox_text rest = {token.ptr + cut, token.size - cut};

        power = magnitude((struct cox_text){token.ptr, cut});
        if (power != 0 && cox_iso_currency_codes(rest).ptr != NULL) {
            *ret_unit = rest;
            return power;
        }
    }
    return 0;
}

/* A currency in front: "Rs." has a full stop of its own, "€" before ".50" has not. */
static enum cox_rc read_prefix(struct cursor *cursor, struct parts *parts, struct cox_err *reterr)
{
    struct cox_text token = take_token(cursor);

    if (token.size > 1 && token.ptr[token.size - 1] == '.' &&
        cox_iso_currency_codes(token).ptr == NULL) {
        token.size--;
        cursor->at--;
    }
    return token.size > 0 ? set_unit(parts, token, reterr)
                          : cox_fail(reterr, COX_INVALID, "not a number");
}

/* Bracket, sign and currency before the digits, in any order that makes sense. */
static enum cox_rc read_head(struct cursor *cursor, struct parts *parts, bool *ret_bracket,
    struct cox_err *reterr)
{
    for (;;) {
        size_t size;
        char c;

        skip_blanks(cursor);
        c = peek(cursor, &size);
        if (c == 0 || is_digit(c) || c == '.' || c == ',') {
            return COX_OK;
        }
        if (c == '(' && !*ret_bracket && !parts->is_signed) {
            *ret_bracket = true;
            cursor->at += size;
        } else if ((c == '-' || c == '+') && !parts->is_signed && !*ret_bracket) {
            parts->is_signed = true;
            parts->negative = c == '-';
            cursor->at += size;
        } else {
            COX_TRY(read_prefix(cursor, parts, reterr));
        }
    }
}

/* Closing bracket, sign, percent, magnitude and currency behind the digits. */
static enum cox_rc read_tail(struct cursor *cursor, struct parts *parts, bool bracket,
    struct cox_err *reterr)
{
    bool scaled = false;

    for (;;) {
        struct cox_text token, unit;
        int power;

        skip_blanks(cursor);
        if (cursor->at == cursor->end) {
            return bracket ? cox_fail(reterr, COX_INVALID, "a bracket is not closed") : COX_OK;
        }
        if ((bracket && take(cursor, ')')) ||
            (!bracket && !parts->is_signed && take(cursor, '-'))) {
            bracket = false;
            parts->is_signed = true;
            parts->negative = true;
            continue;
        }
        if (!parts->percent && take(cursor, '%')) {
            parts->percent = true;
            continue;
        }
        token = take_token(cursor);
        if (token.size == 0) {
            return cox_fail(reterr, COX_INVALID, "not a number");
        }
        power = split_suffix(token, &unit);
        if (power != 0 && scaled) {
            return cox_fail(reterr, COX_INVALID, "more than one magnitude");
        }
        scaled = scaled || power != 0;
        parts->exponent += power;
        if (unit.ptr != NULL) {
            COX_TRY(set_unit(parts, unit, reterr));
        }
    }
}

static enum cox_rc read_parts(struct cox_text text, enum cox_point point, struct parts *parts,
    struct cox_err *reterr)
{
    struct cox_text trimmed = cox_text_trim(text);
    struct cursor cursor = {trimmed.ptr, trimmed.ptr};
    bool bracket = false;

    *parts = (struct parts){0};
    if (trimmed.size == 0) {
        return cox_fail(reterr, COX_INVALID, "empty, a number is wanted");
    }
    cursor.end += trimmed.size;
    COX_TRY(read_head(&cursor, parts, &bracket, reterr));
    COX_TRY(read_body(&cursor, point, parts, reterr));
    read_exponent(&cursor, parts);
    return read_tail(&cursor, parts, bracket, reterr);
}

/* value * 10^power, or false past int64. */
static bool scale_up(int64_t value, int power, int64_t *ret)
{
    for (; power > 0 && value != 0; power--) {
        if (!cox_num_mul(value, 10, &value)) {
            return false;
        }
    }
    *ret = value;
    return true;
}

/*
 * The digits as one int64 with at most SCALE_MAX behind the point. What has no room is dropped, but
 * not without a trace: an inexact last 0 or 5 is moved off, so that rounding later goes the right way.
 */
static enum cox_rc to_decimal(const struct parts *parts, struct cox_decimal *ret_value,
    struct cox_err *reterr)
{
    int scale = parts->fraction_count - parts->exponent, used = 0;
    int count = parts->digit_count;
    int64_t digits = 0;
    bool inexact = false;

    while (count > 0 && parts->digits[count - 1] == '0' && scale > 0) {
        count--; /* 500000.0 */
        scale--;
    }
    for (; used < count && scale - (count - used - 1) <= SCALE_MAX; used++) {
        int64_t more;
        if (!cox_num_mul(digits, 10, &more) ||
            !cox_num_add(more, parts->digits[used] - '0', &more)) {
            break;
        }
        digits = more;
    }
    for (int i = used; i < count; i++) {
        inexact = inexact || parts->digits[i] != '0';
    }
    scale -= count - used;
    if (scale < 0 && inexact) {
        return cox_fail(reterr, COX_INVALID, "more digits than can be kept");
    }
    if (inexact && digits != 0 && digits % 5 == 0) {
        digits++;
    }
    if (scale < 0 && !scale_up(digits, -scale, &digits)) {
        return cox_fail(reterr, COX_INVALID, "too large");
    }
    scale = scale < 0 || digits == 0 ? 0 : scale;
    while (scale > 0 && digits % 10 == 0) {
        digits /= 10;
        scale--;
    }
    *ret_value = (struct cox_decimal){parts->negative ? -digits : digits, scale};
    return COX_OK;
}

enum cox_rc cox_num_parse(struct cox_text text, enum cox_point point, struct cox_number *ret_number,
    struct cox_err *reterr)
{
    struct parts parts;
    struct cox_decimal value;

    COX_TRY(read_parts(text, point, &parts, reterr));
    COX_TRY(to_decimal(&parts, &value, reterr));
    *ret_number = (struct cox_number){value, parts.percent, parts.unit};
    return COX_OK;
}

enum cox_rc cox_num_parse_int(struct cox_text text, enum cox_point point, int64_t *ret_value,
    struct cox_err *reterr)
{
    struct cox_number number;

    if (cox_num_parse_plain(text, ret_value)) {
        return COX_OK;
    }
    COX_TRY(cox_num_parse(text, point, &number, reterr));
    if (number.percent || number.unit.ptr != NULL) {
        return cox_fail(reterr, COX_INVALID, "a whole number is wanted, without unit or percent");
    }
    if (number.value.scale > 0) {
        return cox_fail(reterr, COX_INVALID, "a whole number is wanted, not a fraction");
    }
    *ret_value = number.value.digits;
    return COX_OK;
}

enum cox_rc cox_num_parse_real(struct cox_text text, enum cox_point point, double *ret_value,
    struct cox_err *reterr)
{
    char plain[BODY_MAX + 24];
    struct parts parts;
    double value;

    COX_TRY(read_parts(text, point, &parts, reterr));
    if (parts.unit.ptr != NULL) {
        return cox_fail(reterr, COX_INVALID, "a number without unit is wanted");
    }
    (void)snprintf(plain, sizeof(plain), "%s%.*se%d", parts.negative ? "-" : "", parts.digit_count,
        parts.digits, parts.exponent - parts.fraction_count - (parts.percent ? 2 : 0));
    value = strtod(plain, NULL);
    if (value > DBL_MAX || value < -DBL_MAX) {
        return cox_fail(reterr, COX_INVALID, "too large");
    }
    *ret_value = value;
    return COX_OK;
}

bool cox_num_parse_plain(struct cox_text text, int64_t *ret_value)
{
    size_t at = text.size > 0 && text.ptr[0] == '-';
    bool negative = at == 1;
    int64_t value = 0;

    if (at == text.size) {
        return false;
    }
    for (; at < text.size; at++) {
        if (!is_digit(text.ptr[at]) || !cox_num_mul(value, 10, &value) ||
            !cox_num_sub(value, text.ptr[at] - '0', &value)) {
            return false;
        }
    }
    /* Collected below zero, where there is one more. */
    if (!negative && value == INT64_MIN) {
        return false;
    }
    *ret_value = negative ? value : -value;
    return true;
}

enum cox_point cox_num_guess_point(const struct cox_text *samples, size_t count)
{
    size_t dots = 0, commas = 0;

    for (size_t i = 0; i < count; i++) {
        struct parts parts;
        bool dot = read_parts(samples[i], COX_POINT_DOT, &parts, NULL) == COX_OK;
        bool comma = read_parts(samples[i], COX_POINT_COMMA, &parts, NULL) == COX_OK;

        dots += dot && !comma;
        commas += comma && !dot;
    }
    if ((dots == 0) == (commas == 0)) {
        return COX_POINT_ANY;
    }
    return dots > 0 ? COX_POINT_DOT : COX_POINT_COMMA;
}

int cox_num_compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

bool cox_num_mul_div(int64_t a, int64_t b, int64_t divisor, int64_t *ret)
{
    wide product = (wide)a * b, whole, rest, twice;

    if (divisor == 0) {
        return false;
    }
    whole = product / divisor;
    rest = product % divisor;
    twice = 2 * (rest < 0 ? -rest : rest) - (divisor < 0 ? -(wide)divisor : divisor);
    if (twice > 0 || (twice == 0 && whole % 2 != 0)) {
        whole += (product < 0) == (divisor < 0) ? 1 : -1;
    }
    if (whole > INT64_MAX || whole < INT64_MIN) {
        return false;
    }
    *ret = (int64_t)whole;
    return true;
}

bool cox_decimal_rescale(struct cox_decimal value, int scale, int64_t *ret_digits)
{
    int drop = value.scale - scale;
    int64_t divisor;

    assert(scale >= 0 && value.scale >= 0 && value.scale <= SCALE_MAX);
    if (drop <= 0) {
        return scale_up(value.digits, -drop, ret_digits);
    }
    return scale_up(1, drop, &divisor) && cox_num_mul_div(value.digits, 1, divisor, ret_digits);
}

double cox_decimal_double(struct cox_decimal value)
{
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    char text[COX_NUM_TEXT_MAX];

    /* Both exact: one division, rounded once. */
    if (value.digits <= INT64_C(1) << 53 && value.digits >= -(INT64_C(1) << 53)) {
        return (double)value.digits / powers[value.scale];
    }
    return strtod(cox_decimal_format(value, text), NULL);
}

char *cox_decimal_format(struct cox_decimal value, char ret_text[static COX_NUM_TEXT_MAX])
{
    char digits[COX_NUM_TEXT_MAX], *at = digits + sizeof(digits), *to = ret_text;
    uint64_t left = value.digits < 0 ? 0 - (uint64_t)value.digits : (uint64_t)value.digits;

    /* A digit before the point even for fractions: 5 at scale 2 is 0.05. */
    for (int place = 0; left > 0 || place <= value.scale; place++) {
        if (place == value.scale && place > 0) {
            *--at = '.';
        }
        *--at = (char)('0' + left % 10);
        left /= 10;
    }
    if (value.digits < 0) {
        *to++ = '-';
    }
    size_t size = (size_t)(digits + sizeof(digits) - at);
    memcpy(to, at, size);
    to[size] = '\0';
    return ret_text;
}

/*
 * A few digits behind the point, which is what most reals have. Both numbers of the quotient are
 * exact, so it is the double nearest to the decimal: if that is the value, the decimal reads back.
 */
static bool format_short(double value, char ret_text[static COX_NUM_TEXT_MAX])
{
    double power = 1;

    if (!(value > -1e9 && value < 1e9) || (value > -1e-3 && value < 1e-3)) {
        return false;
    }
    for (int scale = 1; scale <= 6; scale++) {
        power *= 10;
        int64_t digits = (int64_t)(value * power + (value < 0 ? -0.5 : 0.5));
        if ((double)digits / power == value) {
            (void)cox_decimal_format((struct cox_decimal){digits, scale}, ret_text);
            return true;
        }
    }
    return false;
}

char *cox_num_format_real(double value, char ret_text[static COX_NUM_TEXT_MAX])
{
    if (value != value || value > DBL_MAX || value < -DBL_MAX) {
        (void)snprintf(ret_text, COX_NUM_TEXT_MAX, "%s",
            value != value ? "nan"
            : value > 0    ? "inf"
                           : "-inf");
        return ret_text;
    }
    if (value > -1e15 && value < 1e15 && value == (double)(int64_t)value) {
        (void)snprintf(ret_text, COX_NUM_TEXT_MAX, "%lld", (long long)value);
        return ret_text;
    }
    if (format_short(value, ret_text)) {
        return ret_text;
    }
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(ret_text, COX_NUM_TEXT_MAX, "%.*g", digits, value);
        if (strtod(ret_text, NULL) == value) {
            break;
        }
    }
    return ret_text;
}
