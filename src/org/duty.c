/* org/duty.c: working time to the minute. Days are walked one by one: questions span days, not years. */
#include "org/duty.h"

#include <stdlib.h>

#include "base/num.h"
#include "base/zone.h"
#include "org/calendar.h"
#include "org/people.h"
#include "record/query.h"

enum {
    NINE = 9 * 60,
    FIVE = 17 * 60,
    WEEKDAYS = 5,
    DAYS_MAX = 3660,
    SPANS_MAX = 64,
    TEAMS_MAX = 16
};

#define MINUTE_US (60 * COX_SECOND_US)

/* ---- reading ---- */

struct loader {
    int64_t user, day;
    struct cox_duty_span own[SPANS_MAX], company[SPANS_MAX];
    size_t own_count, company_count;
    int64_t teams[TEAMS_MAX];
    size_t team_count;
    int64_t *holidays;
    size_t holiday_count, holiday_room;
    struct cox_arena *arena;
};

static enum cox_rc note_hours(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loader *loader = ctx;
    struct cox_working_hours hours;
    bool is_own;
    size_t *count;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &hours);
    is_own = hours.user == loader->user;
    count = is_own ? &loader->own_count : &loader->company_count;
    if ((hours.user != COX_NULL && !is_own) || *count == SPANS_MAX ||
        !cox_days_hold(hours.from_day, hours.to_day, loader->day)) {
        return COX_OK;
    }
    (is_own ? loader->own : loader->company)[(*count)++] =
        (struct cox_duty_span){hours.weekday, hours.from_minute, hours.to_minute};
    return COX_OK;
}

static enum cox_rc note_team(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loader *loader = ctx;
    struct cox_team_member member;

    (void)reterr; /* nothing can fail */
    cox_row_unpack(row, &member);
    if (loader->team_count < TEAMS_MAX &&
        cox_days_hold(member.from_day, member.to_day, loader->day)) {
        loader->teams[loader->team_count++] = member.team;
    }
    return COX_OK;
}

static enum cox_rc note_holiday(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct loader *loader = ctx;
    int64_t office = cox_row_int(row, COX_HOLIDAY_OFFICE);
    bool is_theirs = office == COX_NULL;

    for (size_t i = 0; i < loader->team_count; i++) {
        is_theirs = is_theirs || loader->teams[i] == office;
    }
    if (!is_theirs) {
        return COX_OK;
    }
    if (loader->holiday_count == loader->holiday_room) {
        size_t room = loader->holiday_room == 0 ? 64 : 2 * loader->holiday_room;
        int64_t *holidays = COX_NEW_ARRAY(loader->arena, room, int64_t);

        if (holidays == NULL) {
            return cox_no_memory(reterr);
        }
        if (loader->holiday_count > 0) {
            memcpy(holidays, loader->holidays, loader->holiday_count * sizeof(*holidays));
        }
        loader->holidays = holidays;
        loader->holiday_room = room;
    }
    loader->holidays[loader->holiday_count++] = cox_row_int(row, COX_HOLIDAY_DAY);
    return COX_OK;
}

static int compare_spans(const void *left, const void *right)
{
    const struct cox_duty_span *a = left, *b = right;

    if (a->weekday != b->weekday) {
        return a->weekday < b->weekday ? -1 : 1;
    }
    return (a->from_minute > b->from_minute) - (a->from_minute < b->from_minute);
}

/* Sorted, those that touch or overlap made one. Returns how many are left. */
static size_t tidy_spans(struct cox_duty_span *spans, size_t count)
{
    size_t kept = 0;

    if (count > 1) {
        qsort(spans, count, sizeof(*spans), compare_spans);
    }
    for (size_t i = 0; i < count; i++) {
        struct cox_duty_span *last = kept == 0 ? NULL : &spans[kept - 1];

        if (last != NULL && last->weekday == spans[i].weekday &&
            spans[i].from_minute <= last->to_minute) {
            last->to_minute =
                last->to_minute > spans[i].to_minute ? last->to_minute : spans[i].to_minute;
        } else {
            spans[kept++] = spans[i];
        }
    }
    return kept;
}

static enum cox_rc take_spans(struct loader *loader, struct cox_duty *duty, struct cox_err *reterr)
{
    struct cox_duty_span *from = loader->own_count > 0 ? loader->own : loader->company;
    size_t count = loader->own_count > 0 ? loader->own_count : loader->company_count;
    struct cox_duty_span *spans;

    if (count == 0) {
        for (; count < WEEKDAYS; count++) {
            from[count] = (struct cox_duty_span){(int64_t)count + 1, NINE, FIVE};
        }
    }
    count = tidy_spans(from, count);
    spans = COX_NEW_ARRAY(loader->arena, count, struct cox_duty_span);
    if (spans == NULL) {
        return cox_no_memory(reterr);
    }
    memcpy(spans, from, count * sizeof(*spans));
    duty->spans = spans;
    duty->span_count = count;
    return COX_OK;
}

/* A zone that the machine does not know is as good as none: the company's. */
static enum cox_rc take_zone(struct cox_call *call, int64_t user, struct cox_duty *duty,
    struct cox_err *reterr)
{
    const struct cox_row *row;
    struct cox_err unknown;
    struct cox_text zone;

    duty->zone = cox_call_zone(call);
    COX_TRY(cox_peek(call, &cox_user, user, &row, reterr));
    zone = cox_row_text(row, COX_USER_ZONE);
    if (zone.size > 0 &&
        cox_zone_open(zone, cox_call_arena(call), &duty->zone, &unknown) != COX_OK) {
        duty->zone = cox_call_zone(call);
    }
    return COX_OK;
}

enum cox_rc cox_duty_load(struct cox_call *call, int64_t user, int64_t day,
    struct cox_duty *ret_duty, struct cox_err *reterr)
{
    const struct cox_filter_term own[] = {{COX_TEAM_MEMBER_USER, "eq", cox_int(user)}};
    struct loader loader = {.user = user, .day = day, .arena = cox_call_arena(call)};
    const struct cox_filter *filter;

    *ret_duty = (struct cox_duty){0};
    COX_TRY(take_zone(call, user, ret_duty, reterr));
    COX_TRY(cox_filter_build(call, &cox_team_member, own, COX_COUNT(own), &filter, reterr));
    COX_TRY(cox_each(call, &cox_working_hours, NULL, note_hours, &loader, reterr));
    COX_TRY(cox_each(call, &cox_team_member, filter, note_team, &loader, reterr));
    COX_TRY(cox_each(call, &cox_holiday, NULL, note_holiday, &loader, reterr));
    if (loader.holiday_count > 1) {
        qsort(loader.holidays, loader.holiday_count, sizeof(*loader.holidays), cox_num_compare);
    }
    ret_duty->holidays = loader.holidays;
    ret_duty->holiday_count = loader.holiday_count;
    return take_spans(&loader, ret_duty, reterr);
}

/* ---- counting ---- */

static bool is_holiday(const struct cox_duty *duty, int64_t day)
{
    return duty->holiday_count > 0 && bsearch(&day, duty->holidays, duty->holiday_count,
                                          sizeof(*duty->holidays), cox_num_compare) != NULL;
}

/* Begin and end of a span on a local day, as instants: clocks that are moved make it longer or shorter. */
static void span_on(const struct cox_duty *duty, const struct cox_duty_span *span, int64_t day,
    int64_t *ret_from_us, int64_t *ret_to_us)
{
    *ret_from_us = cox_zone_instant(duty->zone, day * COX_DAY_US + span->from_minute * MINUTE_US);
    *ret_to_us = cox_zone_instant(duty->zone, day * COX_DAY_US + span->to_minute * MINUTE_US);
}

/* Told about each stretch of work from us on, in order; ends when it says so. */
typedef bool (*stretch_fn)(void *ctx, int64_t from_us, int64_t to_us);

static void walk(const struct cox_duty *duty, int64_t us, stretch_fn fn, void *ctx)
{
    int64_t first = cox_zone_day(duty->zone, us);
    bool is_on = true;

    for (int64_t day = first; is_on && day < first + DAYS_MAX; day++) {
        int64_t weekday = cox_day_weekday(day);

        for (size_t i = 0; is_on && i < duty->span_count && !is_holiday(duty, day); i++) {
            int64_t from_us, to_us;
            if (duty->spans[i].weekday != weekday) {
                continue;
            }
            span_on(duty, &duty->spans[i], day, &from_us, &to_us);
            from_us = from_us < us ? us : from_us;
            is_on = from_us >= to_us || fn(ctx, from_us, to_us);
        }
    }
}

struct adding {
    int64_t left_us, at_us;
};

static bool add_stretch(void *ctx, int64_t from_us, int64_t to_us)
{
    struct adding *adding = ctx;

    if (to_us - from_us > adding->left_us) {
        adding->at_us = from_us + adding->left_us;
        return false;
    }
    adding->left_us -= to_us - from_us;
    if (adding->left_us == 0) {
        adding->at_us = to_us; /* the last minute of a day, not the first of the next one */
        return false;
    }
    return true;
}

int64_t cox_duty_add(const struct cox_duty *duty, int64_t us, int64_t minutes)
{
    struct adding adding = {minutes * MINUTE_US, COX_NULL};

    walk(duty, us, add_stretch, &adding);
    return adding.at_us;
}

bool cox_duty_is_on(const struct cox_duty *duty, int64_t us)
{
    return cox_duty_add(duty, us, 0) == us;
}

struct counting {
    int64_t until_us, sum_us;
};

static bool count_stretch(void *ctx, int64_t from_us, int64_t to_us)
{
    struct counting *counting = ctx;
    int64_t end_us = to_us < counting->until_us ? to_us : counting->until_us;

    counting->sum_us += end_us > from_us ? end_us - from_us : 0;
    return to_us < counting->until_us;
}

int64_t cox_duty_between(const struct cox_duty *duty, int64_t from_us, int64_t to_us)
{
    struct counting counting = {.until_us = to_us};

    if (to_us <= from_us) {
        return 0;
    }
    walk(duty, from_us, count_stretch, &counting);
    return counting.sum_us / MINUTE_US;
}
