/* base/date_read.c: reading dates and times as people and other systems write them. */
#include <assert.h>
#include <string.h>

#include "base/day.h"

enum { PIVOT = 70, NAME_MIN = 3 };

/* A place in the text; every step either takes something or leaves it as it was. */
struct cursor {
    const char *at, *end;
};

/* A run of figures: at most 18 are worth anything here. */
struct figures {
    int64_t value;
    size_t count;
};

/* How the date was written, which is what the guess counts. */
enum shape { SHAPE_CLEAR, SHAPE_COMPACT, SHAPE_EPOCH, SHAPE_FIGURES };

struct date {
    struct cox_civil civil;
    enum shape shape;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool take_char(struct cursor *in, char c)
{
    if (in->at < in->end && *in->at == c) {
        in->at++;
        return true;
    }
    return false;
}

static bool take_blanks(struct cursor *in)
{
    const char *start = in->at;

    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t')) {
        in->at++;
    }
    return in->at > start;
}

static bool take_figures(struct cursor *in, struct figures *ret)
{
    struct figures figures = {0};

    while (in->at < in->end && is_digit(*in->at)) {
        if (figures.count < 18) {
            figures.value = figures.value * 10 + (*in->at - '0');
        }
        figures.count++;
        in->at++;
    }
    *ret = figures;
    return figures.count > 0;
}

static struct cox_text take_word(struct cursor *in)
{
    const char *start = in->at;

    while (in->at < in->end && is_letter(*in->at)) {
        in->at++;
    }
    return (struct cox_text){start, (size_t)(in->at - start)};
}

/* Position of the name that word is, or is cut short of (three letters at least); -1: none. */
static int find_name(struct cox_text word, const char *const *names, int count)
{
    if (word.size < NAME_MIN) {
        return -1;
    }
    for (int i = 0; i < count; i++) {
        struct cox_text name = cox_text_of(names[i]);
        if (word.size == NAME_MIN || word.size == name.size) {
            name.size = word.size;
            if (cox_text_same_ascii(word, name)) {
                return i;
            }
        }
    }
    return -1;
}

/* 1..12, or 0. */
static int month_of(struct cox_text word)
{
    static const char *const names[] = {"january", "february", "march", "april", "may", "june",
        "july", "august", "september", "october", "november", "december"};

    if (cox_text_same_ascii(word, COX_LIT("sept"))) {
        return 9;
    }
    return find_name(word, names, (int)COX_COUNT(names)) + 1;
}

static void skip_weekday(struct cursor *in)
{
    static const char *const names[] = {"monday", "tuesday", "wednesday", "thursday", "friday",
        "saturday", "sunday"};
    struct cursor ahead = *in;

    if (find_name(take_word(&ahead), names, (int)COX_COUNT(names)) >= 0) {
        (void)take_char(&ahead, '.'); /* either may be there or not */
        (void)take_char(&ahead, ',');
        (void)take_blanks(&ahead);
        *in = ahead;
    }
}

/* 15th, 1st: the ending is no part of the date. */
static void skip_ordinal(struct cursor *in)
{
    struct cursor ahead = *in;
    struct cox_text word = take_word(&ahead);

    if (cox_text_same_ascii(word, COX_LIT("st")) || cox_text_same_ascii(word, COX_LIT("nd")) ||
        cox_text_same_ascii(word, COX_LIT("rd")) || cox_text_same_ascii(word, COX_LIT("th"))) {
        *in = ahead;
    }
}

static enum cox_rc year_of(struct figures figures, const struct cox_date_opt *opt, int *ret_year,
    struct cox_err *reterr)
{
    int pivot = opt->pivot == 0 ? PIVOT : opt->pivot;

    if (figures.count == 4) {
        *ret_year = (int)figures.value;
    } else if (figures.count == 2) {
        *ret_year = (int)figures.value + (figures.value < pivot ? 2000 : 1900);
    } else {
        return cox_fail(reterr, COX_INVALID, "a year has four or two figures");
    }
    return COX_OK;
}

static enum cox_rc part_of(struct figures figures, int *ret_part, struct cox_err *reterr)
{
    if (figures.count > 2) {
        return cox_fail(reterr, COX_INVALID, "a day or month has one or two figures");
    }
    *ret_part = (int)figures.value;
    return COX_OK;
}

static enum cox_rc check_civil(struct cox_civil civil, struct cox_err *reterr)
{
    if (civil.year < 1 || civil.year > 9999) {
        return cox_fail(reterr, COX_INVALID, "the year is outside 1 to 9999");
    }
    if (civil.month < 1 || civil.month > 12) {
        return cox_fail(reterr, COX_INVALID, "there is no month %d", civil.month);
    }
    if (!cox_civil_is_valid(civil)) {
        return cox_fail(reterr, COX_INVALID, "there is no day %d in month %d of %d", civil.day,
            civil.month, civil.year);
    }
    return COX_OK;
}

static enum cox_rc not_a_date(struct cox_err *reterr)
{
    return cox_fail(reterr, COX_INVALID, "this is not a date");
}

/* Three numbers in the column's order; a first part of four figures is the year. */
static enum cox_rc order_parts(const struct figures part[3], const struct cox_date_opt *opt,
    struct date *ret_date, struct cox_err *reterr)
{
    struct date date = {.shape = part[0].count == 4 ? SHAPE_CLEAR : SHAPE_FIGURES};
    int year_at = part[0].count == 4 || opt->order == COX_DATE_YMD ? 0 : 2;
    int month_at = year_at == 0 || opt->order == COX_DATE_DMY ? 1 : 0;
    int day_at = 3 - year_at - month_at;

    COX_TRY(year_of(part[year_at], opt, &date.civil.year, reterr));
    COX_TRY(part_of(part[month_at], &date.civil.month, reterr));
    COX_TRY(part_of(part[day_at], &date.civil.day, reterr));
    *ret_date = date;
    return COX_OK;
}

/* What stands between two parts of a date: '-', '/', '.' or ' ' (also after a dot); 0: nothing. */
static char take_separator(struct cursor *in)
{
    static const char separators[] = "-/.";

    for (const char *c = separators; *c != '\0'; c++) {
        if (take_char(in, *c)) {
            (void)take_blanks(in); /* "5. March 2026" */
            return *c;
        }
    }
    return take_blanks(in) ? ' ' : '\0';
}

/* After the month's name: "Mar 5, 2026", "March-05-2026". */
static enum cox_rc read_after_month(struct cursor *in, int month, const struct cox_date_opt *opt,
    struct date *ret_date, struct cox_err *reterr)
{
    struct date date = {.civil.month = month, .shape = SHAPE_CLEAR};
    struct figures day, year;

    if (take_separator(in) == '\0' || !take_figures(in, &day)) {
        return not_a_date(reterr);
    }
    skip_ordinal(in);
    bool is_apart = take_char(in, ',');
    is_apart = take_separator(in) != '\0' || is_apart;
    if (!is_apart || !take_figures(in, &year)) {
        return not_a_date(reterr);
    }
    COX_TRY(part_of(day, &date.civil.day, reterr));
    COX_TRY(year_of(year, opt, &date.civil.year, reterr));
    *ret_date = date;
    return COX_OK;
}

/* After day and separator, at the month's name: "15 Apr, 2021", "05-Jan-26"; or year first:
 * "2026-Jan-05". */
static enum cox_rc read_around_month(struct cursor *in, struct figures first,
    const struct cox_date_opt *opt, struct date *ret_date, struct cox_err *reterr)
{
    struct date date = {.civil.month = month_of(take_word(in)), .shape = SHAPE_CLEAR};
    struct figures last;

    if (date.civil.month == 0) {
        return not_a_date(reterr);
    }
    bool is_apart = take_char(in, '.');
    is_apart = take_char(in, ',') || is_apart;
    is_apart = take_separator(in) != '\0' || is_apart;
    if (!is_apart || !take_figures(in, &last)) {
        return not_a_date(reterr);
    }
    bool is_year_first = first.count == 4;
    COX_TRY(year_of(is_year_first ? first : last, opt, &date.civil.year, reterr));
    COX_TRY(part_of(is_year_first ? last : first, &date.civil.day, reterr));
    *ret_date = date;
    return COX_OK;
}

static enum cox_rc read_date(struct cursor *in, const struct cox_date_opt *opt,
    struct date *ret_date, struct cox_err *reterr)
{
    struct figures part[3];

    skip_weekday(in);
    if (in->at < in->end && is_letter(*in->at)) {
        int month = month_of(take_word(in));
        return month == 0 ? not_a_date(reterr) : read_after_month(in, month, opt, ret_date, reterr);
    }
    if (!take_figures(in, &part[0])) {
        return not_a_date(reterr);
    }
    if (part[0].count == 8) {
        int64_t value = part[0].value;
        *ret_date = (struct date){
            .civil = {(int)(value / 10000), (int)(value / 100 % 100), (int)(value % 100)},
            .shape = SHAPE_COMPACT};
        return COX_OK;
    }
    skip_ordinal(in);
    char separator = take_separator(in);
    if (separator == '\0') {
        return not_a_date(reterr);
    }
    if (in->at < in->end && is_letter(*in->at)) {
        return read_around_month(in, part[0], opt, ret_date, reterr);
    }
    if (!take_figures(in, &part[1]) || take_separator(in) != separator ||
        !take_figures(in, &part[2])) {
        return not_a_date(reterr);
    }
    return order_parts(part, opt, ret_date, reterr);
}

struct clock {
    int64_t hour, minute, second, micros;
};

static void read_fraction(struct cursor *in, int64_t *ret_micros)
{
    struct cursor ahead = *in;
    struct figures figures;
    int64_t micros = 0;

    if (!take_char(&ahead, '.') && !take_char(&ahead, ',')) {
        return;
    }
    const char *start = ahead.at;
    if (!take_figures(&ahead, &figures)) {
        return;
    }
    for (size_t i = 0; i < 6; i++) {
        micros = micros * 10 + (i < figures.count ? start[i] - '0' : 0);
    }
    *ret_micros = micros;
    *in = ahead;
}

/* AM and PM, also "a.m."; twelve o'clock comes first in each half. */
static enum cox_rc read_meridiem(struct cursor *in, struct clock *clock, bool *ret_is_there,
    struct cox_err *reterr)
{
    struct cursor ahead = *in;

    *ret_is_there = false;
    (void)take_blanks(&ahead);
    if (ahead.at == ahead.end) {
        return COX_OK;
    }
    char half = *ahead.at;
    if (half != 'a' && half != 'A' && half != 'p' && half != 'P') {
        return COX_OK;
    }
    ahead.at++;
    (void)take_char(&ahead, '.');
    if (!take_char(&ahead, 'm') && !take_char(&ahead, 'M')) {
        return COX_OK;
    }
    (void)take_char(&ahead, '.');
    if (clock->hour < 1 || clock->hour > 12) {
        return cox_fail(reterr, COX_INVALID, "an hour before AM or PM is 1 to 12");
    }
    clock->hour = clock->hour % 12 + (half == 'p' || half == 'P' ? 12 : 0);
    *ret_is_there = true;
    *in = ahead;
    return COX_OK;
}

/* ":30" or ":30:07.5" behind the hour. */
static bool read_after_hour(struct cursor *in, struct clock *clock)
{
    struct figures figures;

    if (!take_char(in, ':')) {
        return true;
    }
    if (!take_figures(in, &figures) || figures.count != 2) {
        return false;
    }
    clock->minute = figures.value;
    if (!take_char(in, ':')) {
        return true;
    }
    if (!take_figures(in, &figures) || figures.count != 2) {
        return false;
    }
    clock->second = figures.value;
    read_fraction(in, &clock->micros);
    return true;
}

/* What the first figures are, and what follows them: 4:30, 0430, 043007. */
static bool read_parts(struct cursor *in, struct figures first, struct clock *clock)
{
    if (first.count <= 2) {
        clock->hour = first.value;
        return read_after_hour(in, clock);
    }
    if (first.count != 4 && first.count != 6) {
        return false;
    }
    int64_t value = first.count == 4 ? first.value * 100 : first.value;
    *clock = (struct clock){value / 10000, value / 100 % 100, value % 100, 0};
    if (first.count == 6) {
        read_fraction(in, &clock->micros);
    }
    return true;
}

static enum cox_rc read_time(struct cursor *in, struct cox_stamp *stamp, struct cox_err *reterr)
{
    struct figures first;
    struct clock clock = {0};
    bool is_halved;
    const char *start = in->at;

    if (!take_figures(in, &first) || !read_parts(in, first, &clock)) {
        return cox_fail(reterr, COX_INVALID, "the time after the date is not a time");
    }
    bool is_bare_hour = first.count <= 2 && (size_t)(in->at - start) == first.count;
    COX_TRY(read_meridiem(in, &clock, &is_halved, reterr));
    bool is_end = clock.hour == 24 && clock.minute == 0 && clock.second == 0 && clock.micros == 0;
    if ((is_bare_hour && !is_halved) || clock.minute > 59 || clock.second > 60 ||
        (clock.hour > 23 && !is_end)) {
        return cox_fail(reterr, COX_INVALID, "the time after the date is not a time");
    }
    if (clock.second == 60) { /* a leap second: the last instant that our count has */
        clock.second = 59;
        clock.micros = 999999;
    }
    stamp->time_us =
        ((clock.hour * 60 + clock.minute) * 60 + clock.second) * COX_SECOND_US + clock.micros;
    stamp->has_time = true;
    return COX_OK;
}

static enum cox_rc read_zone(struct cursor *in, struct cox_stamp *stamp, struct cox_err *reterr)
{
    struct figures hour, minute = {0};
    struct cox_text word = take_word(in);

    if (word.size > 0) {
        if (!cox_text_same_ascii(word, COX_LIT("Z")) &&
            !cox_text_same_ascii(word, COX_LIT("UTC")) &&
            !cox_text_same_ascii(word, COX_LIT("GMT"))) {
            return cox_fail(reterr, COX_INVALID,
                "unknown zone after the time: write Z or an offset like +03:00");
        }
        stamp->has_zone = true;
    }
    bool is_west = in->at < in->end && *in->at == '-';
    if (!take_char(in, '+') && !take_char(in, '-')) {
        return COX_OK;
    }
    if (!take_figures(in, &hour) || (hour.count != 2 && hour.count != 4)) {
        return cox_fail(reterr, COX_INVALID, "a zone's offset is written like +03:00 or +0300");
    }
    if (hour.count == 4) {
        minute = (struct figures){hour.value % 100, 2};
        hour.value /= 100;
    } else if (take_char(in, ':') && (!take_figures(in, &minute) || minute.count != 2)) {
        return cox_fail(reterr, COX_INVALID, "a zone's offset is written like +03:00 or +0300");
    }
    if (hour.value > 18 || minute.value > 59) {
        return cox_fail(reterr, COX_INVALID, "the zone's offset is more than 18 hours");
    }
    stamp->east_s = (hour.value * 60 + minute.value) * (is_west ? -60 : 60);
    stamp->has_zone = true;
    return COX_OK;
}

/* Epoch milliseconds: 11 to 13 figures and nothing else. */
static bool read_epoch(struct cursor in, struct cox_stamp *ret_stamp)
{
    struct figures figures;
    bool is_negative = take_char(&in, '-');

    if (!take_figures(&in, &figures) || figures.count < 11 || figures.count > 13 ||
        in.at != in.end) {
        return false;
    }
    int64_t us = figures.value * (is_negative ? -1000 : 1000);
    int64_t day = cox_us_day(us);
    *ret_stamp = (struct cox_stamp){.day = day,
        .time_us = us - day * COX_DAY_US,
        .has_time = true,
        .has_zone = true};
    return true;
}

/* 20260305141500: take the day's figures off, so that the rest is read as a time. */
static bool read_fourteen(struct cursor *in, struct date *ret_date)
{
    struct cursor ahead = *in, date = *in;
    struct figures figures;

    if (!take_figures(&ahead, &figures) || figures.count != 14) {
        return false;
    }
    date.end = date.at + 8;
    (void)take_figures(&date, &figures); /* eight were just counted */
    *ret_date = (struct date){.civil = {(int)(figures.value / 10000),
                                  (int)(figures.value / 100 % 100), (int)(figures.value % 100)},
        .shape = SHAPE_COMPACT};
    in->at += 8;
    return true;
}

static bool take_time_mark(struct cursor *in)
{
    struct cursor ahead = *in;
    bool is_there = take_char(&ahead, ',');

    is_there = take_blanks(&ahead) || is_there;
    is_there = take_char(&ahead, 'T') || take_char(&ahead, 't') || is_there;
    if (is_there) {
        *in = ahead;
    }
    return is_there;
}

static enum cox_rc read_stamp(struct cox_text text, const struct cox_date_opt *opt,
    struct cox_stamp *ret_stamp, enum shape *ret_shape, struct cox_err *reterr)
{
    struct cox_text trimmed = cox_text_trim(text);
    struct cursor in = {trimmed.ptr, trimmed.ptr + trimmed.size};
    struct cox_stamp stamp = {0};
    struct date date = {0};

    assert(opt->order == COX_DATE_YMD || opt->order == COX_DATE_DMY || opt->order == COX_DATE_MDY);
    if (trimmed.size == 0) {
        return cox_fail(reterr, COX_INVALID, "there is no date");
    }
    if (read_epoch(in, ret_stamp)) {
        *ret_shape = SHAPE_EPOCH;
        return COX_OK;
    }
    bool is_fourteen = read_fourteen(&in, &date);
    if (!is_fourteen) {
        COX_TRY(read_date(&in, opt, &date, reterr));
    }
    COX_TRY(check_civil(date.civil, reterr));
    stamp.day = cox_day_of(date.civil);
    if (is_fourteen || take_time_mark(&in)) {
        COX_TRY(read_time(&in, &stamp, reterr));
        (void)take_blanks(&in); /* may be there or not */
        COX_TRY(read_zone(&in, &stamp, reterr));
    }
    if (in.at != in.end) {
        return cox_fail(reterr, COX_INVALID, "there is more behind the date than a time and zone");
    }
    *ret_stamp = stamp;
    *ret_shape = date.shape;
    return COX_OK;
}

enum cox_rc cox_stamp_parse(struct cox_text text, const struct cox_date_opt *opt,
    struct cox_stamp *ret_stamp, struct cox_err *reterr)
{
    enum shape shape;

    return read_stamp(text, opt, ret_stamp, &shape, reterr);
}

enum cox_rc cox_day_parse(struct cox_text text, const struct cox_date_opt *opt, int64_t *ret_day,
    struct cox_err *reterr)
{
    struct cox_stamp stamp = {0};

    COX_TRY(cox_stamp_parse(text, opt, &stamp, reterr));
    *ret_day = stamp.day;
    return COX_OK;
}

const char *cox_date_order_name(enum cox_date_order order)
{
    static const char *const names[COX_DATE_ORDER_COUNT] = {"none", "ymd", "dmy", "mdy",
        "ambiguous", "epoch"};

    assert(order < COX_DATE_ORDER_COUNT);
    return names[order];
}

/* Is a text that reads as a date also likely to be meant as one? Whole numbers often are not. */
static bool is_likely(enum shape shape, const struct cox_stamp *stamp, struct cox_text text)
{
    if (shape == SHAPE_COMPACT) {
        int year = cox_day_civil(stamp->day).year;
        return year >= 1900 && year <= 2100;
    }
    return shape != SHAPE_EPOCH || cox_text_trim(text).size == 13; /* from September 2001 on */
}

/* What the samples say, each read in every order. */
struct tally {
    size_t full, clear, epoch, both; /* both: day first and month first alike */
    size_t read[COX_DATE_ORDER_COUNT];
};

static void count_sample(struct tally *tally, struct cox_text sample)
{
    bool is_clear = false, is_epoch = false, reads[COX_DATE_ORDER_COUNT] = {false};

    tally->full++;
    for (enum cox_date_order order = COX_DATE_YMD; order <= COX_DATE_MDY; order++) {
        struct cox_date_opt opt = {.order = order};
        struct cox_stamp stamp = {0};
        enum shape shape = SHAPE_FIGURES;
        if (read_stamp(sample, &opt, &stamp, &shape, NULL) == COX_OK &&
            is_likely(shape, &stamp, sample)) {
            tally->read[order]++;
            reads[order] = true;
            is_epoch = shape == SHAPE_EPOCH;
            is_clear = shape == SHAPE_CLEAR || shape == SHAPE_COMPACT;
        }
    }
    tally->clear += is_clear;
    tally->epoch += is_epoch;
    tally->both += reads[COX_DATE_DMY] && reads[COX_DATE_MDY];
}

enum cox_date_order cox_date_guess(const struct cox_text *samples, size_t count)
{
    struct tally tally = {0};

    for (size_t i = 0; i < count; i++) {
        if (cox_text_trim(samples[i]).size > 0) {
            count_sample(&tally, samples[i]);
        }
    }
    /* More than half must read; a few rows spoilt by hand do not take a column's order away. */
    size_t most = tally.full / 2, day_only = tally.read[COX_DATE_DMY] - tally.both,
           month_only = tally.read[COX_DATE_MDY] - tally.both;
    if (tally.epoch > most) {
        return COX_DATE_EPOCH;
    }
    if (tally.clear > most) {
        return COX_DATE_YMD;
    }
    if (tally.both + day_only + month_only > most) {
        size_t odd = (day_only < month_only ? day_only : month_only);
        return odd > tally.full / 20    ? COX_DATE_NONE /* two orders in one column */
               : day_only == month_only ? COX_DATE_AMBIGUOUS
               : day_only > month_only  ? COX_DATE_DMY
                                        : COX_DATE_MDY;
    }
    return tally.read[COX_DATE_YMD] > most ? COX_DATE_YMD : COX_DATE_NONE;
}
