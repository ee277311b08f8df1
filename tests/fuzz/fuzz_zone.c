/*
 * tests/fuzz/fuzz_zone.c: any bytes as a TZif file. What is read answers for any instant within the
 * bounds of the format, days follow each other, and a wall-clock time leads back to itself.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/zone.h"
#include "fuzz.h"

static void check(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "%s\n", what);
        abort();
    }
}

static void check_zone(const struct cox_zone *zone)
{
    static const int64_t far_us[] = {INT64_MIN, -1, 0, 1, INT64_MAX};

    for (size_t i = 0; i < COX_COUNT(far_us); i++) {
        int64_t east_s = cox_zone_east_s(zone, far_us[i]);
        check(east_s >= -26 * 3600 && east_s <= 26 * 3600, "offset out of bounds");
        (void)cox_zone_instant(zone, far_us[i]);
        (void)cox_zone_day(zone, far_us[i]);
    }
    for (int64_t day = -40000; day < 200000; day += 1499) {
        int64_t local_us = day * COX_DAY_US + 43200 * COX_SECOND_US;
        int64_t us = cox_zone_instant(zone, local_us);
        int64_t shown_us = us + cox_zone_east_s(zone, us) * COX_SECOND_US;
        check(shown_us - local_us <= 53 * 3600 * COX_SECOND_US &&
                  local_us - shown_us <= 53 * 3600 * COX_SECOND_US,
            "a wall-clock time leads far away");
        (void)cox_zone_day_start(zone, day);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    COX_AUTO_ARENA arena = cox_arena_open(1 << 22);
    const struct cox_zone *zone = NULL;
    struct cox_err err = {0};

    if (arena == NULL) {
        return 0;
    }
    enum cox_rc rc = cox_zone_read((struct cox_text){(const char *)data, size}, COX_LIT("fuzz"),
        arena, &zone, &err);
    if (rc != COX_OK) {
        check(err.text[0] != '\0' && zone == NULL, "refused without a word");
        return 0;
    }
    check_zone(zone);
    return 0;
}
