/*
 * tests/fuzz/fuzz_num.c: any text as number and money. What is accepted prints to a text that reads
 * back as the same value under the same rules; an amount agrees with the decimal it came from.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/money.h"
#include "base/num.h"
#include "fuzz.h"

static void check(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "%s\n", what);
        abort();
    }
}

static void check_number(struct cox_text text, enum cox_point point)
{
    struct cox_number number, again;
    struct cox_err err = {0};
    char plain[COX_NUM_TEXT_MAX];
    double real, close;

    if (cox_num_parse(text, point, &number, &err) != COX_OK) {
        check(err.rc == COX_INVALID && err.text[0] != '\0', "refused without a word");
        return;
    }
    check(number.value.scale >= 0 && number.value.scale <= 18, "scale out of range");
    check(number.value.scale == 0 || number.value.digits % 10 != 0, "needless zeros");
    (void)cox_decimal_format(number.value, plain);
    check(cox_num_parse(cox_text_of(plain), COX_POINT_DOT, &again, &err) == COX_OK,
        "own text refused");
    check(again.value.digits == number.value.digits && again.value.scale == number.value.scale,
        "own text reads differently");
    close = cox_decimal_double(number.value) / (number.percent ? 100 : 1);
    if (number.unit.ptr == NULL && cox_num_parse_real(text, point, &real, &err) == COX_OK) {
        check(fabs(real - close) <= 1e-15 * fabs(real) + 1e-18, "real and decimal differ");
    }
}

static void check_money(struct cox_text text, enum cox_point point)
{
    const struct cox_iso_currency *found = NULL;
    struct cox_number number;
    int64_t minor, expected;

    if (cox_money_parse(text, point, NULL, &minor, &found, NULL) == COX_OK) {
        check(found != NULL && minor <= COX_MONEY_MAX && minor >= -COX_MONEY_MAX,
            "amount too large");
        check(cox_num_parse(text, point, &number, NULL) == COX_OK &&
                  cox_decimal_rescale(number.value, found->digits, &expected) && minor == expected,
            "amount and number differ");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cox_text text = {(const char *)data, size};
    int64_t value;

    for (int i = COX_POINT_ANY; i <= COX_POINT_COMMA; i++) {
        check_number(text, (enum cox_point)i);
        check_money(text, (enum cox_point)i);
    }
    if (cox_num_parse_plain(text, &value)) {
        char again[32];
        (void)snprintf(again, sizeof(again), "%lld", (long long)value);
        check(size > 0 && (data[0] == '-') == (value < 0 || data[0] == '-'), "sign lost");
    }
    (void)cox_num_guess_point(&text, 1); /* any answer, no crash */
    return 0;
}
