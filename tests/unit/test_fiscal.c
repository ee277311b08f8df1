/* tests/unit/test_fiscal.c: fiscal calendars by properties and known years; working days by count. */
#include "base/fiscal.h"
#include "base/random.h"
#include "check.h"

static void assert_day(int64_t got, int year, int month, int day)
{
    char text[COX_DAY_SIZE];

    if (got != cox_day_ymd(year, month, day)) {
        cox_day_format(got, text);
        fail_msg("got %s, expected %04d-%02d-%02d", text, year, month, day);
    }
}

/* Every kind of calendar: spans tile the days, hold their day, and have the lengths they must. */
static void spans_tile(void **state)
{
    (void)state;
    for (unsigned n = 0; n < COX_FISCAL_KIND_COUNT * 12 * 2 * 2; n++) {
        struct cox_fiscal fiscal = {.kind = n % COX_FISCAL_KIND_COUNT,
            .start_month = (int)(n / COX_FISCAL_KIND_COUNT % 12) + 1,
            .end_weekday = (int)(n % 7) + 1,
            .end = n / (COX_FISCAL_KIND_COUNT * 12) % 2,
            .name = n / (COX_FISCAL_KIND_COUNT * 24) % 2};
        bool is_weeks = fiscal.kind != COX_FISCAL_MONTHS;
        struct cox_fiscal_at last = {0};
        assert_int_equal(cox_fiscal_check(&fiscal, NULL), COX_OK);
        for (int64_t day = cox_day_ymd(1998, 1, 1); day < cox_day_ymd(2012, 1, 1); day++) {
            struct cox_fiscal_at at = cox_fiscal_find(&fiscal, day);
            assert_true(at.year_span.from_day <= day && day < at.year_span.to_day);
            assert_true(at.quarter_span.from_day <= day && day < at.quarter_span.to_day);
            assert_true(at.period_span.from_day <= day && day < at.period_span.to_day);
            assert_true(at.quarter_span.from_day <= at.period_span.from_day &&
                        at.period_span.to_day <= at.quarter_span.to_day);
            int64_t length = at.year_span.to_day - at.year_span.from_day;
            assert_true(is_weeks ? length == 364 || length == 371 : length == 365 || length == 366);
            assert_true(at.week >= 1 && at.week <= 53);
            if (is_weeks) {
                assert_int_equal(cox_day_weekday(at.year_span.to_day - 1), fiscal.end_weekday);
            }
            if (last.year != 0 && at.period_span.from_day != last.period_span.from_day) {
                assert_int_equal(at.period_span.from_day, last.period_span.to_day);
                assert_int_equal(at.year * 100 + at.period,
                    last.period == cox_fiscal_period_count(&fiscal)
                        ? (last.year + 1) * 100 + 1
                        : last.year * 100 + last.period + 1);
            }
            last = at;
        }
    }
}

static void calendar_year(void **state)
{
    struct cox_fiscal fiscal = {.start_month = 1};
    struct cox_fiscal_at at = cox_fiscal_find(&fiscal, cox_day_ymd(2026, 5, 31));

    (void)state;
    assert_int_equal(at.year, 2026);
    assert_int_equal(at.quarter, 2);
    assert_int_equal(at.period, 5);
    assert_day(at.period_span.from_day, 2026, 5, 1);
    assert_day(at.quarter_span.to_day, 2026, 7, 1);
}

static void named_by_end_or_start(void **state)
{
    struct cox_fiscal fiscal = {.start_month = 4};
    struct cox_fiscal_at at = cox_fiscal_find(&fiscal, cox_day_ymd(2026, 3, 31));

    (void)state;
    assert_int_equal(at.year, 2026);
    assert_int_equal(at.quarter, 4);
    assert_int_equal(at.period, 12);
    assert_int_equal(cox_fiscal_find(&fiscal, cox_day_ymd(2026, 4, 1)).year, 2027);
    fiscal.name = COX_FISCAL_BY_START;
    assert_int_equal(cox_fiscal_find(&fiscal, cox_day_ymd(2026, 3, 31)).year, 2025);
    assert_int_equal(cox_fiscal_find(&fiscal, cox_day_ymd(2026, 4, 1)).year, 2026);
    assert_day(cox_fiscal_year(&fiscal, 2026).from_day, 2026, 4, 1);
}

/* The retail calendar (4-5-4, Saturday nearest 31 January, named by its start), as published. */
static void retail(void **state)
{
    static const struct {
        int year, from_month, from_day, weeks;
    } rows[] = {{2006, 1, 29, 53}, {2011, 1, 30, 52}, {2012, 1, 29, 53}, {2016, 1, 31, 52},
        {2017, 1, 29, 53}, {2018, 2, 4, 52}, {2022, 1, 30, 52}, {2023, 1, 29, 53}, {2024, 2, 4, 52},
        {2025, 2, 2, 52}};
    struct cox_fiscal fiscal = {.kind = COX_FISCAL_454,
        .start_month = 2,
        .end_weekday = 6,
        .end = COX_FISCAL_NEAREST,
        .name = COX_FISCAL_BY_START};

    (void)state;
    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        struct cox_span year = cox_fiscal_year(&fiscal, rows[i].year);
        assert_day(year.from_day, rows[i].year, rows[i].from_month, rows[i].from_day);
        assert_int_equal(year.to_day - year.from_day, rows[i].weeks * 7);
    }
    struct cox_span february = cox_fiscal_period(&fiscal, 2024, 1);
    struct cox_span march = cox_fiscal_period(&fiscal, 2024, 2);
    struct cox_span january = cox_fiscal_period(&fiscal, 2023, 12);
    assert_int_equal(february.to_day - february.from_day, 28);
    assert_int_equal(march.to_day - march.from_day, 35);
    assert_int_equal(january.to_day - january.from_day, 35); /* 4 weeks and the 53rd */
}

/* Years that end on the last Saturday of September, as a large maker of computers has them. */
static void last_saturday(void **state)
{
    struct cox_fiscal fiscal = {.kind = COX_FISCAL_544,
        .start_month = 10,
        .end_weekday = 6,
        .end = COX_FISCAL_LAST};

    (void)state;
    assert_day(cox_fiscal_year(&fiscal, 2023).from_day, 2022, 9, 25);
    assert_day(cox_fiscal_year(&fiscal, 2023).to_day, 2023, 10, 1); /* 53 weeks */
    assert_day(cox_fiscal_year(&fiscal, 2024).to_day, 2024, 9, 29);
}

static void thirteen(void **state)
{
    struct cox_fiscal fiscal = {.kind = COX_FISCAL_13, .start_month = 1, .end_weekday = 7};
    struct cox_span year = cox_fiscal_year(&fiscal, 2025);

    (void)state;
    assert_int_equal(cox_fiscal_period_count(&fiscal), 13);
    assert_int_equal(cox_fiscal_quarter(&fiscal, 2025, 1).to_day - year.from_day, 12 * 7);
    assert_int_equal(cox_fiscal_quarter(&fiscal, 2025, 4).to_day, year.to_day);
    assert_int_equal(cox_fiscal_find(&fiscal, year.to_day - 1).quarter, 4);
    assert_int_equal(cox_fiscal_find(&fiscal, year.to_day - 1).period, 13);
}

static void refuses(void **state)
{
    static const struct cox_fiscal rows[] = {{.start_month = 0}, {.start_month = 13},
        {.kind = COX_FISCAL_445, .start_month = 1, .end_weekday = 0},
        {.kind = COX_FISCAL_445, .start_month = 1, .end_weekday = 8}};
    struct cox_fiscal fiscal = {.start_month = 1};
    struct cox_err err;

    (void)state;
    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        assert_int_equal(cox_fiscal_check(&rows[i], &err), COX_INVALID);
        assert_true(err.field[0] != '\0');
    }
    assert_int_equal(cox_fiscal_quarter(&fiscal, 2026, 5).to_day, 0);
    assert_int_equal(cox_fiscal_period(&fiscal, 2026, 13).to_day, 0);
    assert_int_equal(cox_fiscal_period(&fiscal, 2026, 0).to_day, 0);
    assert_int_equal(cox_fiscal_year(&fiscal, 20260).to_day, 0);
    (void)cox_fiscal_find(&fiscal, COX_DAY_MIN); /* clamped */
    (void)cox_fiscal_find(&fiscal, COX_DAY_MAX);
}

static void labels(void **state)
{
    char text[COX_FISCAL_LABEL_SIZE];

    (void)state;
    cox_fiscal_label(2026, 2, 5, text);
    assert_string_equal(text, "FY2026 Q2 P5");
    cox_fiscal_label(2026, 2, 0, text);
    assert_string_equal(text, "FY2026 Q2");
    cox_fiscal_label(2026, 0, 13, text);
    assert_string_equal(text, "FY2026 P13");
    cox_fiscal_label(2026, 0, 0, text);
    assert_string_equal(text, "FY2026");
}

static void working_days_by_count(void **state)
{
    struct cox_random random;
    int64_t holidays[40];

    (void)state;
    cox_random_init(&random, 7);
    for (int round = 0; round < 300; round++) {
        size_t count = (size_t)cox_random_below(&random, COX_COUNT(holidays));
        int64_t day = 20000;
        for (size_t i = 0; i < count; i++) {
            day += cox_random_range(&random, 1, 20);
            holidays[i] = day;
        }
        struct cox_workweek week = {(unsigned)cox_random_below(&random, 128), holidays, count};
        int64_t from = cox_random_range(&random, 19900, 20500);
        int64_t to = from + cox_random_range(&random, 0, 400), counted = 0;
        for (day = from; day < to; day++) {
            counted += cox_workday_is(&week, day);
        }
        assert_int_equal(cox_workday_count(&week, from, to), counted);
        assert_int_equal(cox_workday_count(&week, to, from), -counted);
        if (week.days != 0 && counted > 0) {
            int64_t reached = cox_workday_add(&week, from - 1, counted);
            assert_true(cox_workday_is(&week, reached));
            assert_int_equal(cox_workday_count(&week, from, reached + 1), counted);
            assert_int_equal(cox_workday_count(&week, cox_workday_add(&week, to, -counted), to),
                counted);
        }
    }
    struct cox_workweek never = {0, NULL, 0};
    assert_int_equal(cox_workday_add(&never, 100, 5), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_tile),
        cmocka_unit_test(calendar_year),
        cmocka_unit_test(named_by_end_or_start),
        cmocka_unit_test(retail),
        cmocka_unit_test(last_saturday),
        cmocka_unit_test(thirteen),
        cmocka_unit_test(refuses),
        cmocka_unit_test(labels),
        cmocka_unit_test(working_days_by_count),
    };
    return cmocka_run_group_tests_name("fiscal", tests, NULL, NULL);
}
