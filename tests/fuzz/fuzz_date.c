/*
 * tests/fuzz/fuzz_date.c: any text as a date, a line each. What is accepted is a real day and time,
 * and its ISO form reads back the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/day.h"
#include "base/zone.h"
#include "fuzz.h"

static void check(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "%s\n", what);
        abort();
    }
}

static void check_date(struct cox_text text, enum cox_date_order order)
{
    const struct cox_date_opt opt = {.order = order};
    struct cox_stamp stamp;
    struct cox_err err = {0};
    char iso[COX_INSTANT_SIZE];
    int64_t us, again;

    if (cox_stamp_parse(text, &opt, &stamp, &err) != COX_OK) {
        check(err.rc == COX_INVALID && err.text[0] != '\0', "refused without a word");
        return;
    }
    check(stamp.day >= COX_DAY_MIN && stamp.day <= COX_DAY_MAX, "day out of range");
    check(stamp.time_us >= 0 && stamp.time_us <= COX_DAY_US, "time out of range");
    check(stamp.east_s > -19 * 3600 && stamp.east_s < 19 * 3600, "zone out of range");
    check(cox_instant_parse(text, &opt, NULL, &us, &err) == COX_OK, "a stamp but no instant");
    if (us >= COX_DAY_MIN * COX_DAY_US && us < COX_DAY_MAX * COX_DAY_US) {
        cox_instant_format(us, iso);
        check(cox_instant_parse(cox_text_of(iso), &opt, NULL, &again, &err) == COX_OK,
            "own text refused");
        check(us == again, "own text reads differently");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cox_text rest = {(const char *)data, size}, lines[64];
    size_t count = 0;

    while (rest.ptr != NULL && count < COX_COUNT(lines)) {
        lines[count] = cox_text_split(&rest, '\n');
        for (enum cox_date_order order = COX_DATE_YMD; order <= COX_DATE_MDY; order++) {
            check_date(lines[count], order);
        }
        count++;
    }
    (void)cox_date_guess(lines, count);
    return 0;
}
