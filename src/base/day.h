/*
 * base/day.h: days and instants. A day is int64 days since 1970-01-01 (proleptic Gregorian, years
 * 1 to 9999), an instant int64 microseconds since 1970-01-01T00:00Z (leap seconds not counted).
 * Here also: reading dates as people and other systems write them, and guessing a column's order.
 */
#ifndef COX_BASE_DAY_H
#define COX_BASE_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

#define COX_SECOND_US INT64_C(1000000)
#define COX_DAY_US    (INT64_C(86400) * COX_SECOND_US)

#define COX_DAY_MIN INT64_C(-719162) /* 0001-01-01 */
#define COX_DAY_MAX INT64_C(2932896) /* 9999-12-31 */

struct cox_civil {
    int year, month, day; /* month 1..12, day 1..31 */
};

/* Is there such a day, in years 1 to 9999? */
bool cox_civil_is_valid(struct cox_civil civil);

/* civil must be valid; day within COX_DAY_MIN..MAX. Source: H. Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms". */
int64_t cox_day_of(struct cox_civil civil);
struct cox_civil cox_day_civil(int64_t day);

/* The same with the numbers beside each other: cox_day_ymd(2026, 3, 5). */
int64_t cox_day_ymd(int year, int month, int day);

int cox_day_weekday(int64_t day); /* 1 Monday .. 7 Sunday (ISO 8601) */
int cox_month_days(int year, int month);

/* The same day of the month count months on, or that month's last day (31 January + 1: 28 or 29
 * February). Clamped to COX_DAY_MIN..MAX. */
int64_t cox_day_add_months(int64_t day, int64_t count);

/* UTC day of an instant: rounds down, also before 1970. */
int64_t cox_us_day(int64_t us);

/* ---- writing ---- */

enum { COX_DAY_SIZE = 11, COX_INSTANT_SIZE = 28 };

/* "2026-03-05". Days out of range are clamped. */
void cox_day_format(int64_t day, char ret_text[COX_DAY_SIZE]);

/* "2026-03-05T14:15:00Z", with ".123456" only where it is not zero. */
void cox_instant_format(int64_t us, char ret_text[COX_INSTANT_SIZE]);

/* ---- reading ---- */

enum cox_date_order {
    COX_DATE_NONE,      /* guess only: these are not dates */
    COX_DATE_YMD,       /* 2026-03-05, 2026/3/5, 20260305, 26-03-05 when asked for */
    COX_DATE_DMY,       /* 5/3/2026, 05.03.26 */
    COX_DATE_MDY,       /* 3/5/2026 */
    COX_DATE_AMBIGUOUS, /* guess only: day and month first fit alike */
    COX_DATE_EPOCH,     /* guess only: all are epoch milliseconds; any order reads them */
    COX_DATE_ORDER_COUNT
};
const char *cox_date_order_name(enum cox_date_order order); /* "ymd", "dmy" ... */

struct cox_date_opt {
    enum cox_date_order
        order; /* YMD, DMY or MDY: for dates in figures whose first part has 1-2 digits */
    int pivot; /* two-digit years below it are 20xx, the others 19xx; 0: 70 */
};

/*
 * A date as written. What a text may be (case, blanks around it and a comma between date and time
 * do not matter):
 *  - three numbers with one kind of separator: - / . or blank; or 8 digits. A four-digit first
 *    part is the year whatever the order says, and then month before day;
 *  - a month by its English name or its first three letters (Sept too), before or after the day:
 *    "15 Apr, 2021", "Mar 5, 2026", "05-Jan-26", a week day before it is skipped;
 *  - a time after T, blank or comma: 4:30, 04:30:07, 4:30 PM, 043007, with .123456 or ,123456
 *    (further digits are cut); 24:00 is the end of the day; second 60 is read as 59.999999;
 *  - a zone after the time: Z, UTC, GMT, +03:00, +0300, +03, Z-0300 (as Data Loader writes it);
 *  - 11 to 13 digits alone, also negative: epoch milliseconds (UTC); 14 digits: YYYYMMDDhhmmss.
 */
struct cox_stamp {
    int64_t day;     /* as written, not shifted by the zone */
    int64_t time_us; /* of the day, 0..COX_DAY_US; 0 without a time */
    int64_t east_s;  /* seconds east of UTC; 0 without a zone */
    bool has_time, has_zone;
};

/* COX_INVALID says what is wrong with the text, e.g. "there is no day 31 in month 2". */
enum cox_rc cox_stamp_parse(struct cox_text text, const struct cox_date_opt *opt,
    struct cox_stamp *ret_stamp, struct cox_err *reterr) COX_NODISCARD;

/* The day as written; a time and a zone after it are read and left out. For an instant whose day is
 * wanted in a zone, use cox_instant_parse and cox_zone_day (zone.h). */
enum cox_rc cox_day_parse(struct cox_text text, const struct cox_date_opt *opt, int64_t *ret_day,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * The order of a column, from some of its values (empty ones are left out; "" alone gives NONE):
 * the one order that reads them, when more than half are dates at all (rows spoilt by hand do not take
 * the order away); AMBIGUOUS when DMY and MDY read the same; NONE when rows speak for one and for the other; YMD when the text itself says so (year first, month by name). NONE otherwise.
 */
enum cox_date_order cox_date_guess(const struct cox_text *samples, size_t count);

#endif
