/* tests/unit/test_num.c: checked arithmetic, numbers and money as people write them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/money.h"
#include "base/num.h"
#include "check.h"

static struct cox_text text_of(const char *string)
{
    return cox_text_of(string);
}

struct good {
    const char *text;
    enum cox_point point;
    const char *value;
    const char *unit; /* "%" for percent */
};

static void numbers_are_read(void **state)
{
    static const struct good rows[] = {
        {"0", COX_POINT_ANY, "0", NULL},
        {" 1234.5 ", COX_POINT_ANY, "1234.5", NULL},
        {"-1.234,50", COX_POINT_ANY, "-1234.5", NULL},
        {"1,234,567", COX_POINT_ANY, "1234567", NULL},
        {"1.234.567", COX_POINT_ANY, "1234567", NULL},
        {"1,234,567.89", COX_POINT_ANY, "1234567.89", NULL},
        {"1.234.567,89", COX_POINT_ANY, "1234567.89", NULL},
        {"0,123", COX_POINT_ANY, "0.123", NULL},
        {"1234,567", COX_POINT_ANY, "1234.567", NULL},
        {"1 234,567", COX_POINT_ANY, "1234.567", NULL},
        {"1,234", COX_POINT_DOT, "1234", NULL},
        {"1,234", COX_POINT_COMMA, "1.234", NULL},
        {"1.234", COX_POINT_DOT, "1.234", NULL},
        {"1 234 567,8", COX_POINT_COMMA, "1234567.8", NULL},
        {"1\xc2\xa0"
         "234\xe2\x80\xaf"
         "567",
            COX_POINT_ANY, "1234567", NULL},
        {"1'234'567.80", COX_POINT_DOT, "1234567.8", NULL},
        {"1\xe2\x80\x99"
         "234.5",
            COX_POINT_ANY, "1234.5", NULL},
        {"12,34,567.5", COX_POINT_DOT, "1234567.5", NULL},
        {"1,00,00,000", COX_POINT_ANY, "10000000", NULL},
        {"(1,234.5)", COX_POINT_DOT, "-1234.5", NULL},
        {"$(1,234.5)", COX_POINT_DOT, "-1234.5", "$"},
        {"1234-", COX_POINT_ANY, "-1234", NULL},
        {"1.234,5 -", COX_POINT_COMMA, "-1234.5", NULL},
        {"\xe2\x88\x92"
         "7",
            COX_POINT_ANY, "-7", NULL},
        {"+7", COX_POINT_ANY, "7", NULL},
        {"12 %", COX_POINT_ANY, "12", "%"},
        {"-12.5%", COX_POINT_ANY, "-12.5", "%"},
        {"$1,498.22K", COX_POINT_DOT, "1498220", "$"},
        {"-$5", COX_POINT_ANY, "-5", "$"},
        {"$-5", COX_POINT_ANY, "-5", "$"},
        {"US$ 5", COX_POINT_ANY, "5", "US$"},
        {"EUR 5.000,00", COX_POINT_ANY, "5000", "EUR"},
        {"5 eur", COX_POINT_ANY, "5", "eur"},
        {"5KEUR", COX_POINT_ANY, "5000", "EUR"},
        {"5 k\xe2\x82\xac", COX_POINT_ANY, "5000", "\xe2\x82\xac"},
        {"2.5M \xe2\x82\xac", COX_POINT_DOT, "2500000", "\xe2\x82\xac"},
        {"\xe2\x82\xac.50", COX_POINT_DOT, "0.5", "\xe2\x82\xac"},
        {"Rs.500", COX_POINT_ANY, "500", "Rs."},
        {"3 Mio. CHF", COX_POINT_ANY, "3000000", "CHF"},
        {"1,5 Mrd", COX_POINT_COMMA, "1500000000", NULL},
        {"1.5bn", COX_POINT_DOT, "1500000000", NULL},
        {"500000.0", COX_POINT_ANY, "500000", NULL},
        {"1.2e3", COX_POINT_ANY, "1200", NULL},
        {"12E-2", COX_POINT_ANY, "0.12", NULL},
        {"0e999999999999", COX_POINT_ANY, "0", NULL},
        {"5.", COX_POINT_ANY, "5", NULL},
        {".5", COX_POINT_ANY, "0.5", NULL},
        {"007", COX_POINT_ANY, "7", NULL},
        {"9223372036854775807", COX_POINT_ANY, "9223372036854775807", NULL},
        {"0.30000000000000004", COX_POINT_ANY, "0.30000000000000004", NULL},
        {"0.123456789012345678901", COX_POINT_ANY, "0.123456789012345678", NULL},
        {"0.0000000000000000000000001", COX_POINT_ANY, "0", NULL},
        {"5e-40", COX_POINT_ANY, "0", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        struct cox_number number;
        struct cox_err err = {0};
        char text[COX_NUM_TEXT_MAX];

        if (cox_num_parse(text_of(rows[i].text), rows[i].point, &number, &err) != COX_OK) {
            fail_msg("\"%s\" was refused: %s", rows[i].text, err.text);
        }
        if (strcmp(cox_decimal_format(number.value, text), rows[i].value) != 0) {
            fail_msg("\"%s\" was read as %s", rows[i].text, text);
        }
        bool percent = rows[i].unit != NULL && strcmp(rows[i].unit, "%") == 0;
        assert_int_equal(number.percent, percent);
        assert_true(
            cox_text_same(number.unit, percent ? (struct cox_text){0} : text_of(rows[i].unit)));
    }
}

struct bad {
    const char *text;
    enum cox_point point;
    const char *says;
};

static void what_is_no_number_is_refused(void **state)
{
    static const struct bad rows[] = {
        {"", COX_POINT_ANY, "empty"},
        {"   ", COX_POINT_ANY, "empty"},
        {"abc", COX_POINT_ANY, "no currency or magnitude"},
        {"-", COX_POINT_ANY, "not a number"},
        {".", COX_POINT_ANY, "not a number"},
        {"()", COX_POINT_ANY, "not a number"},
        {"(5", COX_POINT_ANY, "bracket"},
        {"5)", COX_POINT_ANY, "not a number"},
        {"--5", COX_POINT_ANY, "not a number"},
        {"-5-", COX_POINT_ANY, "not a number"},
        {"(-5)", COX_POINT_ANY, "not a number"},
        {"5 5", COX_POINT_ANY, "not grouped"},
        {"1,234", COX_POINT_ANY, "state the decimal mark"},
        {"1.234", COX_POINT_ANY, "state the decimal mark"},
        {"1,23", COX_POINT_DOT, "not grouped"},
        {"0,123", COX_POINT_DOT, "not grouped"},
        {"12,3456", COX_POINT_DOT, "not grouped"},
        {"1234,567", COX_POINT_DOT, "not grouped"},
        {"1,2345,678", COX_POINT_DOT, "not grouped"},
        {"1,234.567,8", COX_POINT_DOT, "two decimal marks"},
        {"1.2.3", COX_POINT_DOT, "two decimal marks"},
        {"1,234'567", COX_POINT_DOT, "not grouped"},
        {"1,234,56", COX_POINT_ANY, "not grouped"},
        {"2020-01-05", COX_POINT_ANY, "not a number"},
        {"12/05/2020", COX_POINT_ANY, "no currency"},
        {"10:30", COX_POINT_ANY, "no currency"},
        {"5 apples", COX_POINT_ANY, "\"apples\""},
        {"$5 EUR", COX_POINT_ANY, "more than one currency"},
        {"5kk", COX_POINT_ANY, "no currency"},
        {"5 k k", COX_POINT_ANY, "more than one magnitude"},
        {"5%%", COX_POINT_ANY, "not a number"},
        {"0x10", COX_POINT_ANY, "no currency"},
        {"nan", COX_POINT_ANY, "no currency"},
        {"1e400", COX_POINT_ANY, "too large"},
        {"99999999999999999999", COX_POINT_ANY, "more digits"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890123",
            COX_POINT_ANY, "too long"},
        {"5\xff", COX_POINT_ANY, "no currency"},
    };

    (void)state;
    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        struct cox_number number;
        struct cox_err err = {0};

        if (cox_num_parse(text_of(rows[i].text), rows[i].point, &number, &err) == COX_OK) {
            fail_msg("\"%s\" was accepted", rows[i].text);
        }
        assert_int_equal(err.rc, COX_INVALID);
        if (strstr(err.text, rows[i].says) == NULL) {
            fail_msg("\"%s\" was refused with: %s", rows[i].text, err.text);
        }
    }
}

static void whole_numbers(void **state)
{
    struct cox_err err;
    int64_t value = 42;

    (void)state;
    assert_int_equal(cox_num_parse_int(COX_LIT("500000.0"), COX_POINT_ANY, &value, &err), COX_OK);
    assert_int_equal(value, 500000);
    assert_int_equal(cox_num_parse_int(COX_LIT("2.5k"), COX_POINT_DOT, &value, &err), COX_OK);
    assert_int_equal(value, 2500);
    assert_int_equal(cox_num_parse_int(COX_LIT("0.5"), COX_POINT_ANY, &value, &err), COX_INVALID);
    assert_int_equal(cox_num_parse_int(COX_LIT("5%"), COX_POINT_ANY, &value, &err), COX_INVALID);
    assert_int_equal(cox_num_parse_int(COX_LIT("5 EUR"), COX_POINT_ANY, &value, &err), COX_INVALID);
    assert_int_equal(value, 2500);
    assert_true(cox_num_parse_plain(COX_LIT("-9223372036854775808"), &value));
    assert_int_equal(value, INT64_MIN);
    assert_true(cox_num_parse_plain(COX_LIT("9223372036854775807"), &value));
    assert_int_equal(value, INT64_MAX);
    assert_false(cox_num_parse_plain(COX_LIT("9223372036854775808"), &value));
    assert_false(cox_num_parse_plain(COX_LIT("-9223372036854775809"), &value));
    assert_false(cox_num_parse_plain(COX_LIT(""), &value));
    assert_false(cox_num_parse_plain(COX_LIT("-"), &value));
    assert_false(cox_num_parse_plain(COX_LIT("+1"), &value));
    assert_false(cox_num_parse_plain(COX_LIT(" 1"), &value));
    assert_int_equal(value, INT64_MAX);
}

static void reals_read_back(void **state)
{
    unsigned seed = 3;
    struct cox_err err;
    char text[COX_NUM_TEXT_MAX];
    double value;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        double wanted = ((double)rand_r(&seed) - 1e9) * pow(10, rand_r(&seed) % 40 - 20) /
                        (1 + rand_r(&seed) % 7);
        cox_num_format_real(wanted, text);
        assert_int_equal(cox_num_parse_real(text_of(text), COX_POINT_DOT, &value, &err), COX_OK);
        assert_memory_equal(&value, &wanted, sizeof(value));
    }
    assert_string_equal(cox_num_format_real(0.1, text), "0.1");
    assert_string_equal(cox_num_format_real(0.1 + 0.2, text), "0.30000000000000004");
    assert_string_equal(cox_num_format_real(1e15 - 1, text), "999999999999999");
    assert_string_equal(cox_num_format_real(-1.5e300, text), "-1.5e+300");
    assert_string_equal(cox_num_format_real((double)NAN, text), "nan");
    assert_string_equal(cox_num_format_real(-(double)INFINITY, text), "-inf");
    assert_int_equal(cox_num_parse_real(COX_LIT("12,5 %"), COX_POINT_COMMA, &value, &err), COX_OK);
    assert_true(value == 0.125);
    assert_int_equal(cox_num_parse_real(COX_LIT("1e999"), COX_POINT_DOT, &value, &err),
        COX_INVALID);
    assert_int_equal(cox_num_parse_real(COX_LIT("inf"), COX_POINT_DOT, &value, &err), COX_INVALID);
    assert_true(cox_decimal_double((struct cox_decimal){INT64_MAX, 18}) == 9.223372036854775807);
    assert_true(cox_decimal_double((struct cox_decimal){-5, 1}) == -0.5);
}

static void column_of_numbers_tells_its_point(void **state)
{
    static const struct {
        const char *samples[4];
        enum cox_point point;
    } rows[] = {
        {{"1,234", "5", "12.5"}, COX_POINT_DOT},
        {{"1.234", "5", "12,5"}, COX_POINT_COMMA},
        {{"1,234", "2,345", "12"}, COX_POINT_ANY},
        {{"1", "2", "3"}, COX_POINT_ANY},
        {{"1.5", "1,5", ""}, COX_POINT_ANY},
        {{"n/a", "", "0,25 \xe2\x82\xac"}, COX_POINT_COMMA},
        {{"1,234,567"}, COX_POINT_DOT},
    };

    (void)state;
    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        struct cox_text samples[4];
        for (size_t j = 0; j < 4; j++) {
            samples[j] = text_of(rows[i].samples[j]);
        }
        assert_int_equal(cox_num_guess_point(samples, 4), rows[i].point);
    }
}

__extension__ typedef __int128 wide;

/* Half-even by the definition, on the exact remainder. */
static wide divide_plain(wide product, wide divisor)
{
    wide floor = product / divisor, rest;

    if ((product % divisor != 0) && ((product < 0) != (divisor < 0))) {
        floor--;
    }
    rest = product - floor * divisor;
    rest = rest < 0 ? -rest : rest;
    divisor = divisor < 0 ? -divisor : divisor;
    if (2 * rest > divisor || (2 * rest == divisor && floor % 2 != 0)) {
        floor++;
    }
    return floor;
}

static int64_t random_int(unsigned *seed)
{
    int64_t value = ((int64_t)rand_r(seed) << 31 ^ rand_r(seed)) >> rand_r(seed) % 62;

    return rand_r(seed) % 2 == 0 ? value : -value;
}

static void arithmetic_is_exact_or_refused(void **state)
{
    unsigned seed = 11;
    int64_t value = 1;

    (void)state;
    assert_false(cox_num_add(INT64_MAX, 1, &value));
    assert_false(cox_num_sub(INT64_MIN, 1, &value));
    assert_false(cox_num_mul(INT64_MAX, 2, &value));
    assert_false(cox_num_mul_div(1, 1, 0, &value));
    assert_false(cox_num_mul_div(INT64_MAX, 3, 2, &value));
    assert_int_equal(value, 1);
    assert_true(cox_num_mul_div(INT64_MAX, INT64_MAX, INT64_MAX, &value));
    assert_int_equal(value, INT64_MAX);
    for (int i = 0; i < 100000; i++) {
        int64_t a = random_int(&seed), b = random_int(&seed), c = random_int(&seed) % 1000;
        wide expected;

        if (c == 0) {
            continue;
        }
        expected = divide_plain((wide)a * b, c);
        if (cox_num_mul_div(a, b, c, &value)) {
            assert_true(value == expected);
        } else {
            assert_true(expected > INT64_MAX || expected < INT64_MIN);
        }
    }
    assert_true(cox_decimal_rescale((struct cox_decimal){125, 2}, 1, &value) && value == 12);
    assert_true(cox_decimal_rescale((struct cox_decimal){135, 2}, 1, &value) && value == 14);
    assert_true(cox_decimal_rescale((struct cox_decimal){-125, 2}, 1, &value) && value == -12);
    assert_true(cox_decimal_rescale((struct cox_decimal){5, 0}, 3, &value) && value == 5000);
    assert_false(cox_decimal_rescale((struct cox_decimal){INT64_MAX, 0}, 1, &value));
}

static void currencies_are_ordered_and_found(void **state)
{
    size_t count;
    const struct cox_iso_currency *rows = cox_iso_currencies(&count);

    (void)state;
    assert_true(count > 150);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || strcmp(rows[i - 1].code, rows[i].code) < 0);
        assert_ptr_equal(cox_iso_currency_find(text_of(rows[i].code)), &rows[i]);
        assert_true(rows[i].digits >= 0 && rows[i].digits <= 4 && rows[i].number < 1000);
    }
    assert_int_equal(cox_iso_currency_find(COX_LIT("jpy"))->digits, 0);
    assert_int_equal(cox_iso_currency_find(COX_LIT("KWD"))->digits, 3);
    assert_null(cox_iso_currency_find(COX_LIT("XXX")));
    assert_null(cox_iso_currency_find(COX_LIT("EU")));
    assert_null(cox_iso_currency_find((struct cox_text){0}));
    assert_true(cox_text_same(cox_iso_currency_codes(COX_LIT("KR")), COX_LIT("SEK NOK DKK ISK")));
}

struct money_row {
    const char *text;
    enum cox_point point;
    const char *currency; /* NULL: as the text says */
    enum cox_rc rc;
    int64_t minor;
};

static void money_rows(void **state)
{
    static const struct money_row rows[] = {
        {"1,234.56", COX_POINT_DOT, "EUR", COX_OK, 123456},
        {"1.234,56 \xe2\x82\xac", COX_POINT_ANY, NULL, COX_OK, 123456},
        {"\xc2\xa3"
         "5",
            COX_POINT_ANY, "GBP", COX_OK, 500},
        {"$5", COX_POINT_ANY, "CAD", COX_OK, 500},
        {"kr 5", COX_POINT_ANY, "SEK", COX_OK, 500},
        {"$1,498.22K", COX_POINT_DOT, "USD", COX_OK, 149822000},
        {"1234.5", COX_POINT_ANY, "JPY", COX_OK, 1234},
        {"1235.5", COX_POINT_ANY, "JPY", COX_OK, 1236},
        {"0.125", COX_POINT_DOT, "EUR", COX_OK, 12},
        {"0.135", COX_POINT_DOT, "EUR", COX_OK, 14},
        {"0.1250000000000000000000001", COX_POINT_DOT, "EUR", COX_OK, 13},
        {"1.2345", COX_POINT_DOT, "KWD", COX_OK, 1234},
        {"90000000000000", COX_POINT_ANY, "EUR", COX_OK, INT64_C(9000000000000000)},
        {"90000000000000.01", COX_POINT_ANY, "EUR", COX_INVALID, 0},
        {"-90000000000000.01", COX_POINT_ANY, "EUR", COX_INVALID, 0},
        {"5 USD", COX_POINT_ANY, "EUR", COX_CONFLICT, 0},
        {"\xe2\x82\xac"
         "5",
            COX_POINT_ANY, "USD", COX_CONFLICT, 0},
        {"$5", COX_POINT_ANY, NULL, COX_INVALID, 0},
        {"5", COX_POINT_ANY, NULL, COX_INVALID, 0},
        {"5%", COX_POINT_ANY, "EUR", COX_INVALID, 0},
        {"", COX_POINT_ANY, "EUR", COX_INVALID, 0},
    };

    (void)state;
    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        struct cox_err err = {0};
        int64_t minor = -1;
        const struct cox_iso_currency *found = NULL,
                                      *currency = cox_iso_currency_find(text_of(rows[i].currency));
        enum cox_rc rc =
            cox_money_parse(text_of(rows[i].text), rows[i].point, currency, &minor, &found, &err);

        if (rc != rows[i].rc) {
            fail_msg("\"%s\": %s %s", rows[i].text, cox_rc_name(rc), err.text);
        }
        assert_int_equal(minor, rc == COX_OK ? rows[i].minor : -1);
        assert_true(rc != COX_OK || currency == NULL || found == currency);
    }
}

static void money_is_printed_and_converted(void **state)
{
    const struct cox_iso_currency *eur = cox_iso_currency_find(COX_LIT("EUR"));
    const struct cox_iso_currency *jpy = cox_iso_currency_find(COX_LIT("JPY"));
    const struct cox_iso_currency *kwd = cox_iso_currency_find(COX_LIT("KWD"));
    struct cox_err err;
    char text[COX_NUM_TEXT_MAX];
    int64_t minor;

    (void)state;
    assert_string_equal(cox_money_format(-5, eur, text), "-0.05");
    assert_string_equal(cox_money_format(123456, jpy, text), "123456");
    assert_string_equal(cox_money_format_grouped(-123456789, eur, ',', '.', text),
        "-1,234,567.89 EUR");
    assert_string_equal(cox_money_format_grouped(123, jpy, '.', ',', text), "123 JPY");
    assert_string_equal(cox_money_format_grouped(1234567, kwd, 0, ',', text), "1234,567 KWD");
    assert_int_equal(
        cox_money_convert(10000, eur, jpy, (struct cox_decimal){162345, 3}, &minor, &err), COX_OK);
    assert_int_equal(minor, 16234); /* 16234.5, half-even */
    assert_int_equal(cox_money_convert(16234, jpy, kwd, (struct cox_decimal){2, 3}, &minor, &err),
        COX_OK);
    assert_int_equal(minor, 32468);
    assert_int_equal(cox_money_convert(100, eur, jpy,
                         (struct cox_decimal){INT64_C(1234567890123456789), 18}, &minor, &err),
        COX_OK);
    assert_int_equal(minor, 1);
    assert_int_equal(
        cox_money_convert(COX_MONEY_MAX, eur, eur, (struct cox_decimal){2, 0}, &minor, &err),
        COX_INVALID);
    assert_int_equal(cox_money_convert(1, eur, eur, (struct cox_decimal){0, 0}, &minor, &err),
        COX_INVALID);
}

static void money_splits_to_the_last_unit(void **state)
{
    static const double thirds[] = {1, 1, 1}, one[] = {0, 5, 0}, bad[] = {1, -1}, none[] = {0, 0};
    double weight[20];
    int64_t part[20];
    struct cox_err err;
    unsigned seed = 5;

    (void)state;
    assert_int_equal(cox_money_split(100, thirds, 3, part, &err), COX_OK);
    assert_true(part[0] == 34 && part[1] == 33 && part[2] == 33);
    assert_int_equal(cox_money_split(-100, one, 3, part, &err), COX_OK);
    assert_true(part[0] == 0 && part[1] == -100 && part[2] == 0);
    assert_int_equal(cox_money_split(1, bad, 2, part, &err), COX_INVALID);
    assert_int_equal(err.row, 2);
    assert_string_equal(err.field, "weight");
    assert_int_equal(cox_money_split(1, none, 2, part, &err), COX_INVALID);
    assert_int_equal(cox_money_split(1, none, 0, part, &err), COX_INVALID);
    assert_int_equal(cox_money_split(COX_MONEY_MAX + 1, thirds, 3, part, &err), COX_INVALID);
    for (int run = 0; run < 2000; run++) {
        size_t count = 1 + (size_t)rand_r(&seed) % 20;
        int64_t minor = random_int(&seed) % (COX_MONEY_MAX + 1), sum = 0;
        for (size_t i = 0; i < count; i++) {
            weight[i] = (double)(rand_r(&seed) % 1000 + 1);
        }
        assert_int_equal(cox_money_split(minor, weight, count, part, &err), COX_OK);
        for (size_t i = 0; i < count; i++) {
            sum += part[i];
        }
        assert_true(sum == minor);
    }
    cox_memory_fail_after(0);
    assert_int_equal(cox_money_split(100, thirds, 3, part, &err), COX_NO_MEMORY);
    cox_memory_fail_after(-1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(reals_read_back),
        cmocka_unit_test(column_of_numbers_tells_its_point),
        cmocka_unit_test(arithmetic_is_exact_or_refused),
        cmocka_unit_test(currencies_are_ordered_and_found),
        cmocka_unit_test(money_rows),
        cmocka_unit_test(money_is_printed_and_converted),
        cmocka_unit_test(money_splits_to_the_last_unit),
    };

    return cmocka_run_group_tests_name("num", tests, NULL, NULL);
}
