/* tests/unit/test_day.c: the civil calendar against brute force, date texts good and bad, guesses. */
#include <stdio.h>

#include "base/day.h"
#include "check.h"

#define Y COX_DATE_YMD
#define D COX_DATE_DMY
#define M COX_DATE_MDY

/* Every day of 10,000 years, counted up one by one. */
static void calendar_counts_up(void **state)
{
    struct cox_civil civil = {1, 1, 1};
    int weekday = 1; /* 0001-01-01 was a Monday */

    (void)state;
    for (int64_t day = COX_DAY_MIN; day <= COX_DAY_MAX; day++) {
        struct cox_civil got = cox_day_civil(day);
        if (got.year != civil.year || got.month != civil.month || got.day != civil.day ||
            cox_day_of(civil) != day || cox_day_weekday(day) != weekday) {
            fail_msg("day %lld is %d-%d-%d", (long long)day, got.year, got.month, got.day);
        }
        weekday = weekday % 7 + 1;
        civil.day++;
        if (civil.day > cox_month_days(civil.year, civil.month)) {
            civil.day = 1;
            civil.month = civil.month % 12 + 1;
            civil.year += civil.month == 1;
        }
    }
    assert_int_equal(civil.year, 10000);
    assert_int_equal(cox_day_ymd(1970, 1, 1), 0);
    assert_int_equal(cox_day_weekday(0), 4);
    assert_int_equal(cox_day_ymd(2000, 2, 29), 11016);
}

static void validity(void **state)
{
    (void)state;
    assert_true(cox_civil_is_valid((struct cox_civil){2024, 2, 29}));
    assert_false(cox_civil_is_valid((struct cox_civil){2023, 2, 29}));
    assert_false(cox_civil_is_valid((struct cox_civil){1900, 2, 29}));
    assert_false(cox_civil_is_valid((struct cox_civil){2024, 0, 1}));
    assert_false(cox_civil_is_valid((struct cox_civil){2024, 13, 1}));
    assert_false(cox_civil_is_valid((struct cox_civil){2024, 4, 31}));
    assert_false(cox_civil_is_valid((struct cox_civil){0, 1, 1}));
    assert_false(cox_civil_is_valid((struct cox_civil){10000, 1, 1}));
}

static void months_on(void **state)
{
    (void)state;
    assert_int_equal(cox_day_add_months(cox_day_ymd(2024, 1, 31), 1), cox_day_ymd(2024, 2, 29));
    assert_int_equal(cox_day_add_months(cox_day_ymd(2024, 3, 31), -13), cox_day_ymd(2023, 2, 28));
    assert_int_equal(cox_day_add_months(cox_day_ymd(2024, 12, 15), 1), cox_day_ymd(2025, 1, 15));
    assert_int_equal(cox_day_add_months(0, INT64_MAX), COX_DAY_MAX);
    assert_int_equal(cox_day_add_months(0, INT64_MIN), COX_DAY_MIN);
    assert_int_equal(cox_day_add_months(0, 12 * 9000), COX_DAY_MAX);
}

static void writing(void **state)
{
    char day[COX_DAY_SIZE], instant[COX_INSTANT_SIZE];

    (void)state;
    cox_day_format(cox_day_ymd(2026, 3, 5), day);
    assert_string_equal(day, "2026-03-05");
    cox_day_format(INT64_MIN, day);
    assert_string_equal(day, "0001-01-01");
    cox_instant_format(0, instant);
    assert_string_equal(instant, "1970-01-01T00:00:00Z");
    cox_instant_format(-1, instant);
    assert_string_equal(instant, "1969-12-31T23:59:59.999999Z");
    cox_instant_format(cox_day_ymd(2026, 3, 5) * COX_DAY_US + INT64_C(51300000123), instant);
    assert_string_equal(instant, "2026-03-05T14:15:00.000123Z");
    cox_instant_format(INT64_MAX, instant);
    assert_string_equal(instant, "9999-12-31T00:00:00Z");
}

struct reading {
    const char *text;
    enum cox_date_order order;
    const char *expected; /* as written, with what else there was */
};

static void describe(const struct cox_stamp *stamp, char *ret_text, size_t size)
{
    char day[COX_DAY_SIZE], time[48] = "", zone[32] = "";

    cox_day_format(stamp->day, day);
    if (stamp->has_time) {
        (void)snprintf(time, sizeof(time), " %lld.%06lld", (long long)(stamp->time_us / 1000000),
            (long long)(stamp->time_us % 1000000));
    }
    if (stamp->has_zone) {
        (void)snprintf(zone, sizeof(zone), " z%lld", (long long)stamp->east_s);
    }
    (void)snprintf(ret_text, size, "%s%s%s", day, time, zone);
}

static void reads(void **state)
{
    static const struct reading rows[] = {
        {"2026-03-05", D, "2026-03-05"},
        {" 2026-03-05 ", Y, "2026-03-05"},
        {"2026/3/5", M, "2026-03-05"},
        {"2026.03.05", D, "2026-03-05"},
        {"2026 03 05", D, "2026-03-05"},
        {"20260305", D, "2026-03-05"},
        {"0001-01-01", Y, "0001-01-01"},
        {"9999-12-31", Y, "9999-12-31"},
        {"5/3/2026", D, "2026-03-05"},
        {"5/3/2026", M, "2026-05-03"},
        {"05.03.26", D, "2026-03-05"},
        {"05.03.70", D, "1970-03-05"},
        {"26-03-05", Y, "2026-03-05"},
        {"12/31/69", M, "2069-12-31"},
        {"15 Apr, 2021 00:03:00", D, "2021-04-15 180.000000"},
        {"Mar 5, 2026", M, "2026-03-05"},
        {"MARCH 5 2026", D, "2026-03-05"},
        {"05-Jan-26", M, "2026-01-05"},
        {"2026-Jan-05", M, "2026-01-05"},
        {"1st September 2026", M, "2026-09-01"},
        {"Sept. 1, 2026", M, "2026-09-01"},
        {"5. March 2026", D, "2026-03-05"},
        {"Thu, 5 Mar 2026 14:15:00 GMT", D, "2026-03-05 51300.000000 z0"},
        {"Thursday 5 Mar 2026", D, "2026-03-05"},
        {"2026-03-05T14:15:00.123Z", Y, "2026-03-05 51300.123000 z0"},
        {"2026-03-05T14:15:00.000+0000", Y, "2026-03-05 51300.000000 z0"},
        {"2026-03-05T14:15:00+05:30", Y, "2026-03-05 51300.000000 z19800"},
        {"2026-03-05T14:15:00-0330", Y, "2026-03-05 51300.000000 z-12600"},
        {"2026-03-05T14:15:00Z-0300", Y, "2026-03-05 51300.000000 z-10800"},
        {"2026-03-05 14:15:00 +03", Y, "2026-03-05 51300.000000 z10800"},
        {"2026-03-05 14:15:00 UTC", Y, "2026-03-05 51300.000000 z0"},
        {"2022-04-14 4:30:42", Y, "2022-04-14 16242.000000"},
        {"2023-06-08 23:22:51.0219999", Y, "2023-06-08 84171.021999"},
        {"2023-06-08 23:22:51,5", Y, "2023-06-08 84171.500000"},
        {"2026-03-05 24:00", Y, "2026-03-05 86400.000000"},
        {"2016-12-31T23:59:60Z", Y, "2016-12-31 86399.999999 z0"},
        {"3/5/2026 4:30 PM", M, "2026-03-05 59400.000000"},
        {"3/5/2026, 12:00:01 am", M, "2026-03-05 1.000000"},
        {"3/5/2026 12 p.m.", M, "2026-03-05 43200.000000"},
        {"20260305T141500Z", Y, "2026-03-05 51300.000000 z0"},
        {"20260305141500", Y, "2026-03-05 51300.000000"},
        {"1767600000000", D, "2026-01-05 28800.000000 z0"},
        {"-86400000000", D, "1967-04-07 0.000000 z0"},
    };
    (void)state;
    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        struct cox_date_opt opt = {.order = rows[i].order};
        struct cox_stamp stamp;
        struct cox_err err = {0};
        char got[128];
        enum cox_rc rc = cox_stamp_parse(cox_text_of(rows[i].text), &opt, &stamp, &err);
        if (rc != COX_OK) {
            fail_msg("\"%s\": %s", rows[i].text, err.text);
        }
        describe(&stamp, got, sizeof(got));
        if (strcmp(got, rows[i].expected) != 0) {
            fail_msg("\"%s\": got %s, expected %s", rows[i].text, got, rows[i].expected);
        }
    }
}

static void refuses(void **state)
{
    static const struct reading rows[] = {
        {"", Y, "there is no date"},
        {"   ", Y, "there is no date"},
        {"soon", Y, "this is not a date"},
        {"12", Y, "this is not a date"},
        {"3.14", Y, "this is not a date"},
        {"1234567890", Y, "this is not a date"},
        {"2026-03", Y, "this is not a date"},
        {"2026-03/05", Y, "this is not a date"},
        {"March 2026", Y, "this is not a date"},
        {"Marc 5, 2026", Y, "this is not a date"},
        {"Mar 52026", Y, "this is not a date"},
        {"2026-02-29", Y, "there is no day 29 in month 2 of 2026"},
        {"31/04/2026", D, "there is no day 31 in month 4 of 2026"},
        {"13/13/2026", D, "there is no month 13"},
        {"13/01/2026", M, "there is no month 13"},
        {"0000-01-01", Y, "the year is outside 1 to 9999"},
        {"5/3/2026", Y, "a year has four or two figures"},
        {"2026-003-05", Y, "a day or month has one or two figures"},
        {"5/3/026", D, "a year has four or two figures"},
        {"20261305", Y, "there is no month 13"},
        {"2026-03-05 at noon", Y, "the time after the date is not a time"},
        {"2026-03-05T", Y, "the time after the date is not a time"},
        {"2026-03-05 25:00", Y, "the time after the date is not a time"},
        {"2026-03-05 24:01", Y, "the time after the date is not a time"},
        {"2026-03-05 14:60", Y, "the time after the date is not a time"},
        {"2026-03-05 14:5", Y, "the time after the date is not a time"},
        {"2026-03-05 14", Y, "the time after the date is not a time"},
        {"2026-03-05 14:15 PM", Y, "an hour before AM or PM is 1 to 12"},
        {"2026-03-05 0:15 AM", Y, "an hour before AM or PM is 1 to 12"},
        {"2026-03-05 14:15 CET", Y,
            "unknown zone after the time: write Z or an offset like +03:00"},
        {"2026-03-05 14:15 +1", Y, "a zone's offset is written like +03:00 or +0300"},
        {"2026-03-05 14:15 +25:00", Y, "the zone's offset is more than 18 hours"},
        {"2026-03-05 14:15Z extra", Y, "there is more behind the date than a time and zone"},
        {"2026-03-05x", Y, "there is more behind the date than a time and zone"},
        {"99999999999999999999999", Y, "this is not a date"},
    };
    (void)state;
    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        struct cox_date_opt opt = {.order = rows[i].order};
        struct cox_stamp stamp;
        struct cox_err err = {0};
        if (cox_stamp_parse(cox_text_of(rows[i].text), &opt, &stamp, &err) == COX_OK) {
            fail_msg("\"%s\" was read", rows[i].text);
        }
        if (strcmp(err.text, rows[i].expected) != 0) {
            fail_msg("\"%s\": said \"%s\", expected \"%s\"", rows[i].text, err.text,
                rows[i].expected);
        }
    }
    int64_t untouched = 42;
    struct cox_date_opt opt = {.order = COX_DATE_YMD};
    assert_int_equal(cox_day_parse(COX_LIT("no"), &opt, &untouched, NULL), COX_INVALID);
    assert_int_equal(untouched, 42);
}

static void pivots(void **state)
{
    int64_t day;
    struct cox_date_opt opt = {.order = COX_DATE_DMY, .pivot = 30};

    (void)state;
    assert_int_equal(cox_day_parse(COX_LIT("1.1.29"), &opt, &day, NULL), COX_OK);
    assert_int_equal(day, cox_day_ymd(2029, 1, 1));
    assert_int_equal(cox_day_parse(COX_LIT("1.1.30"), &opt, &day, NULL), COX_OK);
    assert_int_equal(day, cox_day_ymd(1930, 1, 1));
}

static enum cox_date_order guess(const char *const *texts)
{
    struct cox_text samples[64];
    size_t count = 0;

    for (; texts[count] != NULL; count++) {
        samples[count] = cox_text_of(texts[count]);
    }
    return cox_date_guess(samples, count);
}

#define GUESS(...) guess((const char *const[]){__VA_ARGS__, NULL})

static void guesses(void **state)
{
    (void)state;
    assert_int_equal(GUESS("2026-03-05", "", "2026-12-31"), COX_DATE_YMD);
    assert_int_equal(GUESS("20260305", "20261231"), COX_DATE_YMD);
    assert_int_equal(GUESS("Mar 5, 2026", "15 Apr 2021"), COX_DATE_YMD);
    assert_int_equal(GUESS("5/3/2026", "25/3/2026"), COX_DATE_DMY);
    assert_int_equal(GUESS("5/3/2026", "3/25/2026"), COX_DATE_MDY);
    assert_int_equal(GUESS("5/3/2026", "4/4/2026"), COX_DATE_AMBIGUOUS);
    assert_int_equal(GUESS("25/3/2026", "3/25/2026"), COX_DATE_NONE);
    assert_int_equal(GUESS("98-12-31", "97-01-02"), COX_DATE_YMD);
    assert_int_equal(GUESS("1767600000000", "1767700000000"), COX_DATE_EPOCH);
    assert_int_equal(GUESS("32034933897", "32779820111"), COX_DATE_NONE);
    assert_int_equal(GUESS("12345678", "87654321"), COX_DATE_NONE);
    assert_int_equal(GUESS("Acme", "2026-01-01"), COX_DATE_NONE);
    assert_int_equal(GUESS("", " "), COX_DATE_NONE);
    assert_int_equal(cox_date_guess(NULL, 0), COX_DATE_NONE);
    /* One in twenty may be no date, and one decisive row in twenty still decides. */
    assert_int_equal(GUESS("1/2/2026", "1/2/2026", "1/2/2026", "1/2/2026", "1/2/2026", "1/2/2026",
                         "1/2/2026", "1/2/2026", "1/2/2026", "1/2/2026", "1/2/2026", "1/2/2026",
                         "1/2/2026", "1/2/2026", "1/2/2026", "1/2/2026", "1/2/2026", "1/2/2026",
                         "n/a", "1/25/2026"),
        COX_DATE_MDY);
    assert_string_equal(cox_date_order_name(COX_DATE_DMY), "dmy");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calendar_counts_up),
        cmocka_unit_test(validity),
        cmocka_unit_test(months_on),
        cmocka_unit_test(writing),
        cmocka_unit_test(reads),
        cmocka_unit_test(refuses),
        cmocka_unit_test(pivots),
        cmocka_unit_test(guesses),
    };
    return cmocka_run_group_tests_name("day", tests, NULL, NULL);
}
