/* tests/unit/test_zone.c: zones against the C library's, rules beyond 2037, gaps, broken files. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/random.h"
#include "base/zone.h"
#include "check.h"

#define FOLDER "/usr/share/zoneinfo"

static int setup(void **state)
{
    *state = cox_arena_open((size_t)64 << 20);
    return *state == NULL;
}

static int teardown(void **state)
{
    cox_arena_close(*state);
    return 0;
}

static const struct cox_zone *open_zone(void **state, const char *name)
{
    const struct cox_zone *zone = NULL;
    struct cox_err err = {0};

    if (cox_zone_open(cox_text_of(name), *state, &zone, &err) != COX_OK) {
        fail_msg("%s: %s", name, err.text);
    }
    return zone;
}

static void need_database(void)
{
    if (access(FOLDER "/Europe/Berlin", R_OK) != 0) {
        skip();
    }
}

static int64_t at(int year, int month, int day, int hour, int minute)
{
    return (cox_day_ymd(year, month, day) * 24 * 60 + hour * 60 + minute) * 60 * COX_SECOND_US;
}

static void assert_same_as_libc(const struct cox_zone *zone, const char *name, int64_t at_s)
{
    struct tm local;
    time_t when = (time_t)at_s;

    assert_non_null(localtime_r(&when, &local));
    int64_t got = cox_zone_east_s(zone, at_s * COX_SECOND_US);
    if (got != local.tm_gmtoff) {
        fail_msg("%s at %lld: %lld, the C library says %ld", name, (long long)at_s, (long long)got,
            local.tm_gmtoff);
    }
}

/* Around every transition from 1900 to 2037, and at random instants up to the year 2500. */
static void same_as_the_c_library(void **state)
{
    static const char *const names[] = {"Europe/Berlin", "Europe/London", "Europe/Dublin",
        "America/New_York", "America/Sao_Paulo", "America/St_Johns", "America/Havana",
        "Asia/Kolkata", "Asia/Tehran", "Asia/Gaza", "Asia/Kathmandu", "Africa/Casablanca",
        "Africa/Cairo", "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Apia",
        "Pacific/Chatham", "Pacific/Kwajalein", "Antarctica/Troll", "America/Nuuk",
        "America/Santiago", "Asia/Jerusalem", "Etc/GMT+5", "EST5EDT"};
    struct cox_random random;

    need_database();
    cox_random_init(&random, 20260305);
    for (size_t i = 0; i < COX_COUNT(names); i++) {
        const struct cox_zone *zone = open_zone(state, names[i]);
        assert_int_equal(setenv("TZ", names[i], 1), 0);
        tzset();
        int64_t east_s = cox_zone_east_s(zone, -INT64_C(2208988800) * COX_SECOND_US);
        for (int64_t s = -INT64_C(2208988800); s < INT64_C(2145916800); s += 6 * 3600) {
            int64_t now_s = cox_zone_east_s(zone, s * COX_SECOND_US);
            if (now_s != east_s) { /* look closely at the six hours in which it changed */
                for (int64_t close = s - 6 * 3600; close <= s; close += 60) {
                    assert_same_as_libc(zone, names[i], close);
                }
                east_s = now_s;
            }
        }
        for (int n = 0; n < 4000; n++) {
            assert_same_as_libc(zone, names[i],
                cox_random_range(&random, -INT64_C(2208988800), INT64_C(16725225600)));
        }
    }
    assert_int_equal(unsetenv("TZ"), 0);
    tzset();
}

/* The first instant of a wall-clock time, searched minute by minute. */
static void local_by_search(void **state)
{
    static const struct {
        const char *name;
        int year, month, day;
    } rows[] = {{"Europe/Berlin", 2026, 3, 29}, {"Europe/Berlin", 2026, 10, 25},
        {"America/New_York", 2026, 3, 8}, {"Australia/Lord_Howe", 2026, 4, 5},
        {"Australia/Lord_Howe", 2026, 10, 4}, {"America/Havana", 2026, 3, 8},
        {"Pacific/Apia", 2011, 12, 30}, {"Africa/Casablanca", 2026, 2, 15},
        {"Europe/Berlin", 2099, 3, 29}, {"America/Sao_Paulo", 2018, 11, 4}};

    need_database();
    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        const struct cox_zone *zone = open_zone(state, rows[i].name);
        int64_t noon = at(rows[i].year, rows[i].month, rows[i].day, 12, 0);
        for (int64_t local = noon - COX_DAY_US; local < noon + COX_DAY_US;
             local += 15 * 60 * COX_SECOND_US) {
            int64_t got = cox_zone_instant(zone, local), first = 0;
            bool is_shown = false;
            for (int64_t us = local - 27 * 3600 * COX_SECOND_US;
                 us <= local + 27 * 3600 * COX_SECOND_US && !is_shown; us += 60 * COX_SECOND_US) {
                is_shown = us + cox_zone_east_s(zone, us) * COX_SECOND_US == local;
                first = us;
            }
            if (is_shown && got != first) {
                fail_msg("%s: %lld is first shown at %lld, got %lld", rows[i].name,
                    (long long)local, (long long)first, (long long)got);
            }
            if (!is_shown) { /* in a gap: the clock there shows a later time, by the gap's length */
                int64_t shown = got + cox_zone_east_s(zone, got) * COX_SECOND_US;
                int64_t before_us = got - 25 * 3600 * COX_SECOND_US;
                assert_true(shown > local);
                assert_int_equal(shown - local,
                    (cox_zone_east_s(zone, got) - cox_zone_east_s(zone, before_us)) *
                        COX_SECOND_US);
            }
        }
    }
}

static void gaps_and_overlaps(void **state)
{
    need_database();
    const struct cox_zone *berlin = open_zone(state, "Europe/Berlin");

    assert_int_equal(cox_zone_instant(berlin, at(2026, 3, 29, 2, 30)), at(2026, 3, 29, 1, 30));
    assert_int_equal(cox_zone_instant(berlin, at(2026, 10, 25, 2, 30)), at(2026, 10, 25, 0, 30));
    assert_int_equal(cox_zone_instant(berlin, at(2026, 7, 1, 0, 0) + 7),
        at(2026, 6, 30, 22, 0) + 7);
    /* Midnight that is not there: the day starts at one o'clock, which is the move itself. */
    const struct cox_zone *sao = open_zone(state, "America/Sao_Paulo");
    assert_int_equal(cox_zone_day_start(sao, cox_day_ymd(2018, 11, 4)), at(2018, 11, 4, 3, 0));
    /* A day that is not there: as empty as it was. */
    const struct cox_zone *apia = open_zone(state, "Pacific/Apia");
    assert_int_equal(cox_zone_day_start(apia, cox_day_ymd(2011, 12, 30)),
        cox_zone_day_start(apia, cox_day_ymd(2011, 12, 31)));
    assert_int_equal(cox_zone_day_start(berlin, cox_day_ymd(2026, 3, 5)), at(2026, 3, 4, 23, 0));
}

static void days_tile(void **state)
{
    static const char *const names[] = {"Europe/Berlin", "Pacific/Apia", "America/Havana",
        "America/Sao_Paulo", "Asia/Kathmandu", "America/Nuuk"};

    need_database();
    for (size_t i = 0; i < COX_COUNT(names); i++) {
        const struct cox_zone *zone = open_zone(state, names[i]);
        for (int64_t day = cox_day_ymd(2005, 1, 1); day < cox_day_ymd(2045, 1, 1); day++) {
            int64_t start = cox_zone_day_start(zone, day), next = cox_zone_day_start(zone, day + 1);
            assert_true(next >= start);
            if (next > start) {
                assert_int_equal(cox_zone_day(zone, start), day);
                assert_int_equal(cox_zone_day(zone, next - 1), day);
                assert_true(cox_zone_day(zone, start - 1) < day);
            }
        }
    }
}

static void utc_needs_no_file(void **state)
{
    const struct cox_zone *zone = NULL;
    struct cox_err err = {0};

    assert_int_equal(cox_zone_open_in("/nowhere", COX_LIT("UTC"), *state, &zone, &err), COX_OK);
    assert_int_equal(cox_zone_east_s(zone, 0), 0);
    assert_int_equal(cox_zone_instant(zone, 77), 77);
    assert_int_equal(cox_zone_day_start(zone, 5), 5 * COX_DAY_US);
    assert_int_equal(cox_zone_day(cox_zone_utc(), -1), -1);
    assert_int_equal(cox_zone_open_in("/nowhere", COX_LIT("Europe/Berlin"), *state, &zone, &err),
        COX_MISSING);
    assert_non_null(strstr(err.text, "tzdata"));
}

static void refuses_names(void **state)
{
    static const char *const names[] = {"", "/etc/passwd", "../../etc/passwd", "Europe/../UTC",
        "Europe//Berlin", "Europe/", ".", "a b", "posix\nrules", "Europe/Ber.lin"};
    const struct cox_zone *zone = NULL;

    for (size_t i = 0; i < COX_COUNT(names); i++) {
        assert_int_equal(cox_zone_open(cox_text_of(names[i]), *state, &zone, NULL), COX_INVALID);
    }
    need_database();
    struct cox_err err = {0};
    assert_int_equal(cox_zone_open(COX_LIT("Europe/Nowhere"), *state, &zone, &err), COX_MISSING);
    assert_string_equal(err.text, "there is no time zone \"Europe/Nowhere\"");
    assert_int_equal(cox_zone_open(COX_LIT("Europe"), *state, &zone, &err), COX_MISSING);
    assert_null(zone);
}

/* A small file made here: one type, no transitions, a footer. */
static struct cox_text make_file(struct cox_arena *arena, const char *footer)
{
    unsigned char header[44] = {'T', 'Z', 'i', 'f', '3'};
    unsigned char types[6 + 4] = {0, 0, 0, 0, 0, 0, 'A', 'B', 'C', 0};
    size_t size = 2 * (sizeof(header) + sizeof(types)) + strlen(footer) + 2;
    char *bytes = cox_arena_alloc(arena, size), *to = bytes;

    header[39] = 1; /* types */
    header[43] = 4; /* characters */
    for (int block = 0; block < 2; block++) {
        memcpy(to, header, sizeof(header));
        memcpy(to + sizeof(header), types, sizeof(types));
        to += sizeof(header) + sizeof(types);
    }
    *to = '\n';
    memcpy(to + 1, footer, strlen(footer));
    to[1 + strlen(footer)] = '\n';
    return (struct cox_text){bytes, size};
}

static void footers(void **state)
{
    static const struct {
        const char *footer;
        int64_t january, july; /* hours east */
    } rows[] = {{"CET-1CEST,M3.5.0,M10.5.0/3", 1, 2}, {"XXX3EDT4,0/0,J365/23", -4, -4},
        {"EST5EDT,0/0,J365/25", -4, -4}, {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 11, 10},
        {"IST-2IDT,M3.4.4/26,M10.5.0", 2, 3}, {"ABC0DEF,J60/-1:30,J300", 0, 1}, {"", 0, 0}};

    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        const struct cox_zone *zone = NULL;
        struct cox_err err = {0};
        struct cox_text file = make_file(*state, rows[i].footer);
        if (cox_zone_read(file, COX_LIT("x"), *state, &zone, &err) != COX_OK) {
            fail_msg("%s: %s", rows[i].footer, err.text);
        }
        for (int year = 2027; year < 2130; year += 17) {
            assert_int_equal(cox_zone_east_s(zone, at(year, 1, 15, 0, 0)) / 3600, rows[i].january);
            assert_int_equal(cox_zone_east_s(zone, at(year, 7, 15, 0, 0)) / 3600, rows[i].july);
        }
        (void)cox_zone_east_s(zone, INT64_MAX); /* far from any year: must only not fail */
        (void)cox_zone_east_s(zone, INT64_MIN);
        (void)cox_zone_instant(zone, INT64_MAX);
        (void)cox_zone_instant(zone, INT64_MIN);
    }
}

static void refuses_files(void **state)
{
    static const char *const footers[] = {"CE-1", "CET", "CET-1CEST", "CET-1CEST,M3.5.0",
        "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,J0,J365", "CET-1CEST,366,0", "CET-99", "<+1>-1", "CET-1CEST,M3.5.0,M10.5.0/168",
        "CET-1CEST,M3.5.0,M10.5.0junk", "12345"};
    const struct cox_zone *zone = NULL;
    struct cox_err err = {0};

    for (size_t i = 0; i < COX_COUNT(footers); i++) {
        if (cox_zone_read(make_file(*state, footers[i]), COX_LIT("x"), *state, &zone, &err) !=
            COX_CORRUPT) {
            fail_msg("%s was read", footers[i]);
        }
    }
    /* Cut anywhere, the file is refused and nothing outside it is read. */
    struct cox_text whole = make_file(*state, "CET-1CEST,M3.5.0,M10.5.0/3");
    for (size_t size = 0; size < whole.size; size++) {
        char *copy = malloc(size + 1);
        assert_non_null(copy);
        memcpy(copy, whole.ptr, size);
        assert_int_equal(
            cox_zone_read((struct cox_text){copy, size}, COX_LIT("x"), *state, &zone, &err),
            COX_CORRUPT);
        free(copy);
    }
    assert_null(zone);
}

static void parses_instants(void **state)
{
    struct cox_date_opt opt = {.order = COX_DATE_DMY};
    int64_t us = 0;
    char text[COX_LOCAL_SIZE];

    need_database();
    const struct cox_zone *berlin = open_zone(state, "Europe/Berlin");
    assert_int_equal(cox_instant_parse(COX_LIT("5.3.2026 14:15"), &opt, berlin, &us, NULL), COX_OK);
    assert_int_equal(us, at(2026, 3, 5, 13, 15));
    cox_zone_format(berlin, us, text);
    assert_string_equal(text, "2026-03-05T14:15:00+01:00");
    assert_int_equal(
        cox_instant_parse(COX_LIT("2026-03-05T14:15:00Z-0300"), &opt, berlin, &us, NULL), COX_OK);
    assert_int_equal(us, at(2026, 3, 5, 17, 15));
    assert_int_equal(cox_instant_parse(COX_LIT("5.3.2026"), &opt, berlin, &us, NULL), COX_OK);
    assert_int_equal(us, at(2026, 3, 4, 23, 0));
    assert_int_equal(cox_instant_parse(COX_LIT("5.3.2026"), &opt, NULL, &us, NULL), COX_OK);
    assert_int_equal(us, at(2026, 3, 5, 0, 0));
    assert_int_equal(cox_instant_parse(COX_LIT("5.3.2026 24:00"), &opt, berlin, &us, NULL), COX_OK);
    assert_int_equal(us, at(2026, 3, 5, 23, 0));
    cox_zone_format(open_zone(state, "America/St_Johns"), at(2026, 1, 1, 0, 0) + 5, text);
    assert_string_equal(text, "2025-12-31T20:30:00.000005-03:30");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(same_as_the_c_library, setup, teardown),
        cmocka_unit_test_setup_teardown(local_by_search, setup, teardown),
        cmocka_unit_test_setup_teardown(gaps_and_overlaps, setup, teardown),
        cmocka_unit_test_setup_teardown(days_tile, setup, teardown),
        cmocka_unit_test_setup_teardown(utc_needs_no_file, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_names, setup, teardown),
        cmocka_unit_test_setup_teardown(footers, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_files, setup, teardown),
        cmocka_unit_test_setup_teardown(parses_instants, setup, teardown),
    };
    return cmocka_run_group_tests_name("zone", tests, NULL, NULL);
}
