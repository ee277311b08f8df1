/* base/money.c: amounts in minor units: from text, between currencies, split and printed. */
#include "base/money.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

enum { POWER_MAX = 18 }; /* of ten, in an int64 */

static bool names(struct cox_text codes, const char *code)
{
    while (codes.ptr != NULL) {
        if (cox_text_same_ascii(cox_text_split(&codes, ' '), cox_text_of(code))) {
            return true;
        }
    }
    return false;
}

/* The currency meant: the one given, if the unit agrees with it, or the only one of the unit. */
static enum cox_rc resolve(struct cox_text unit, const struct cox_iso_currency *given,
    const struct cox_iso_currency **ret_currency, struct cox_err *reterr)
{
    struct cox_text codes = cox_iso_currency_codes(unit);
    int size = (int)(unit.size > 20 ? 20 : unit.size);

    if (unit.ptr == NULL && given == NULL) {
        return cox_fail(reterr, COX_INVALID, "no currency is named");
    }
    if (given != NULL) {
        if (unit.ptr != NULL && !names(codes, given->code)) {
            return cox_fail(reterr, COX_CONFLICT, "the amount is in %.*s, not in %s", size,
                unit.ptr, given->code);
        }
        *ret_currency = given;
        return COX_OK;
    }
    *ret_currency = cox_iso_currency_find(codes);
    if (*ret_currency == NULL) {
        return cox_fail(reterr, COX_INVALID, "\"%.*s\" may be one of several currencies", size,
            unit.ptr);
    }
    return COX_OK;
}

enum cox_rc cox_money_of(struct cox_decimal major, const struct cox_iso_currency *currency,
    int64_t *ret_minor, struct cox_err *reterr)
{
    int64_t minor;

    if (!cox_decimal_rescale(major, currency->digits, &minor) || minor > COX_MONEY_MAX ||
        minor < -COX_MONEY_MAX) {
        return cox_fail(reterr, COX_INVALID, "more than %s can hold (9e15 of the smallest unit)",
            currency->code);
    }
    *ret_minor = minor;
    return COX_OK;
}

enum cox_rc cox_money_parse(struct cox_text text, enum cox_point point,
    const struct cox_iso_currency *currency, int64_t *ret_minor,
    const struct cox_iso_currency **ret_currency, struct cox_err *reterr)
{
    struct cox_number number;
    const struct cox_iso_currency *meant = NULL;

    COX_TRY(cox_num_parse(text, point, &number, reterr));
    if (number.percent) {
        return cox_fail(reterr, COX_INVALID, "an amount is wanted, not a percentage");
    }
    COX_TRY(resolve(number.unit, currency, &meant, reterr));
    COX_TRY(cox_money_of(number.value, meant, ret_minor, reterr));
    if (ret_currency != NULL) {
        *ret_currency = meant;
    }
    return COX_OK;
}

enum cox_rc cox_money_convert(int64_t minor, const struct cox_iso_currency *from,
    const struct cox_iso_currency *to, struct cox_decimal rate, int64_t *ret_minor,
    struct cox_err *reterr)
{
    /* minor / 10^from * digits / 10^scale * 10^to, brought to one multiplication and one division. */
    int power = rate.scale + from->digits - to->digits;
    int64_t factor = 1, divisor = 1, value;
    bool fits;

    if (rate.digits <= 0) {
        return cox_fail(reterr, COX_INVALID, "the rate from %s to %s is not above 0", from->code,
            to->code);
    }
    for (; power < 0; power++) {
        factor *= 10; /* at most 4 digits */
    }
    for (; power > POWER_MAX; power--) {
        rate.digits /= 10; /* the last of 18 digits behind the point */
    }
    for (; power > 0; power--) {
        divisor *= 10;
    }
    fits = cox_num_mul(rate.digits, factor, &factor) &&
           cox_num_mul_div(minor, factor, divisor, &value);
    if (!fits || value > COX_MONEY_MAX || value < -COX_MONEY_MAX) {
        return cox_fail(reterr, COX_INVALID, "more than %s can hold (9e15 of the smallest unit)",
            to->code);
    }
    *ret_minor = value;
    return COX_OK;
}

char *cox_money_format(int64_t minor, const struct cox_iso_currency *currency,
    char ret_text[static COX_NUM_TEXT_MAX])
{
    return cox_decimal_format((struct cox_decimal){minor, currency->digits}, ret_text);
}

char *cox_money_format_grouped(int64_t minor, const struct cox_iso_currency *currency, char group,
    char point, char ret_text[static COX_NUM_TEXT_MAX])
{
    char plain[COX_NUM_TEXT_MAX];
    const char *mark, *at = cox_money_format(minor, currency, plain);
    size_t whole, size = 0;

    if (*at == '-') {
        ret_text[size++] = *at++;
    }
    mark = strchr(at, '.');
    whole = mark == NULL ? strlen(at) : (size_t)(mark - at);
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && group != 0 && (whole - i) % 3 == 0) {
            ret_text[size++] = group;
        }
        ret_text[size++] = at[i];
    }
    if (mark != NULL) {
        ret_text[size++] = point;
        at = mark + 1;
    } else {
        at = "";
    }
    (void)snprintf(ret_text + size, COX_NUM_TEXT_MAX - size, "%s %s", at, currency->code);
    return ret_text;
}

struct remainder {
    double size;
    size_t place;
};

static int compare_remainder(const void *a, const void *b)
{
    const struct remainder *left = a, *right = b;

    if (left->size != right->size) {
        return left->size > right->size ? -1 : 1;
    }
    return left->place < right->place ? -1 : 1;
}

/* Whole parts of a size >= 0, never more than it together; what is left over is returned. */
static int64_t split_down(int64_t size, const double *weight, size_t count, double sum,
    int64_t *ret_part, struct remainder *remainders)
{
    int64_t left = size;

    for (size_t i = 0; i < count; i++) {
        double exact = (double)size * (weight[i] / sum);
        int64_t part = (int64_t)floor(exact);
        part = part > left ? left : part; /* rounding of the quotient may overshoot by one */
        remainders[i] = (struct remainder){exact - (double)part, i};
        ret_part[i] = part;
        left -= part;
    }
    return left;
}

enum cox_rc cox_money_split(int64_t minor, const double *weight, size_t count, int64_t *ret_part,
    struct cox_err *reterr)
{
    int64_t size = minor < 0 ? -minor : minor, left;
    struct remainder *remainders;
    double sum = 0;

    if (minor > COX_MONEY_MAX || minor < -COX_MONEY_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "amount", 0, "outside of 9e15 minor units");
    }
    for (size_t i = 0; i < count; i++) {
        if (!(weight[i] >= 0 && weight[i] <= 1e100)) {
            return cox_fail_at(reterr, COX_INVALID, "weight", (int64_t)i + 1,
                "a weight is a number from 0 to 1e100");
        }
        sum += weight[i];
    }
    if (!(sum > 0)) {
        return cox_fail_at(reterr, COX_INVALID, "weight", 0, "all weights are 0");
    }
    remainders = cox_memory_alloc(count * sizeof(*remainders));
    if (remainders == NULL) {
        return cox_no_memory(reterr);
    }
    left = split_down(size, weight, count, sum, ret_part, remainders);
    qsort(remainders, count, sizeof(*remainders), compare_remainder);
    for (size_t i = 0; left > 0; i = (i + 1) % count) {
        size_t place = remainders[i].place;
        if (weight[place] > 0) { /* nothing for those without a claim */
            ret_part[place]++;
            left--;
        }
    }
    for (size_t i = 0; i < count && minor < 0; i++) {
        ret_part[i] = -ret_part[i];
    }
    cox_memory_free(remainders);
    return COX_OK;
}
