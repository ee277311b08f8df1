/* base/zone.c: what a zone answers. The file's reader is zone_read.c, its footer zone_rule.c. */
#include "base/zone.h"

#include <assert.h>
#include <stdio.h>

#include "base/zone_parts.h"

enum { WINDOW_S = 26 * 3600 }; /* no zone is further from UTC (RFC 8536, 3.2) */

static const struct zone_type utc_type = {0};
static const struct cox_zone utc = {
    .name = {"UTC", 3}, .types = &utc_type, .type_count = 1, .time_count = 0};

const struct cox_zone *cox_zone_utc(void)
{
    return &utc;
}

struct cox_text cox_zone_name(const struct cox_zone *zone)
{
    return zone->name;
}

static int64_t floor_seconds(int64_t us)
{
    int64_t seconds = us / COX_SECOND_US;

    return us % COX_SECOND_US < 0 ? seconds - 1 : seconds;
}

/* Transitions at or before at_s. */
static size_t passed(const struct cox_zone *zone, int64_t at_s)
{
    size_t low = 0, high = zone->time_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->times[middle] <= at_s) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int64_t east_at(const struct cox_zone *zone, int64_t at_s)
{
    size_t count = passed(zone, at_s);

    if (count == zone->time_count && zone->has_rule) {
        return zone_rule_east(&zone->rule, at_s);
    }
    return zone->types[count == 0 ? 0 : zone->type_at[count - 1]].east_s;
}

int64_t cox_zone_east_s(const struct cox_zone *zone, int64_t us)
{
    return east_at(zone, floor_seconds(us));
}

/*
 * Is local_s shown at some instant, and when first? The offsets that can matter are those in force
 * within a day and a bit around. Not shown: *ret_s is the reading by the offset before the gap, and
 * *ret_gap_from_s an instant before the clocks moved.
 */
static bool find_local(const struct cox_zone *zone, int64_t local_s, int64_t *ret_s,
    int64_t *ret_gap_from_s)
{
    int64_t east[4] = {east_at(zone, local_s - WINDOW_S), east_at(zone, local_s + WINDOW_S)};
    int64_t most = east[0] > east[1] ? east[0] : east[1];
    bool is_shown = false;

    east[2] = east_at(zone, local_s - east[0]);
    east[3] = east_at(zone, local_s - east[1]);
    for (size_t i = 0; i < COX_COUNT(east); i++) {
        int64_t at_s = local_s - east[i];
        most = east[i] > most ? east[i] : most;
        if (east_at(zone, at_s) == east[i] && (!is_shown || at_s < *ret_s)) {
            is_shown = true;
            *ret_s = at_s;
        }
    }
    if (!is_shown) {
        *ret_gap_from_s = local_s - most;
        *ret_s = local_s - east_at(zone, local_s - most);
    }
    return is_shown;
}

/* Far outside the civil range the sum would overflow; no clock shows that. */
static int64_t clamp_us(int64_t us)
{
    const int64_t most = (COX_DAY_MAX + 1) * COX_DAY_US, least = (COX_DAY_MIN - 1) * COX_DAY_US;

    return us > most ? most : us < least ? least : us;
}

int64_t cox_zone_instant(const struct cox_zone *zone, int64_t local_us)
{
    int64_t at_s, gap_from_s, local_s = floor_seconds(clamp_us(local_us));

    (void)find_local(zone, local_s, &at_s, &gap_from_s); /* both answers are what we want */
    return at_s * COX_SECOND_US + (clamp_us(local_us) - local_s * COX_SECOND_US);
}

int64_t cox_zone_day(const struct cox_zone *zone, int64_t us)
{
    us = clamp_us(us);
    return cox_us_day(us + cox_zone_east_s(zone, us) * COX_SECOND_US);
}

int64_t cox_zone_day_start(const struct cox_zone *zone, int64_t day)
{
    int64_t at_s, before_s, local_s;

    assert(day >= COX_DAY_MIN && day <= COX_DAY_MAX);
    local_s = day * 86400;
    if (!find_local(zone, local_s, &at_s, &before_s)) {
        /* Midnight is in a gap: the day starts when the clocks move, between these two. */
        while (at_s - before_s > 1) {
            int64_t middle = before_s + (at_s - before_s) / 2;
            if (middle + east_at(zone, middle) < local_s) {
                before_s = middle;
            } else {
                at_s = middle;
            }
        }
    }
    return at_s * COX_SECOND_US;
}

enum cox_rc cox_instant_parse(struct cox_text text, const struct cox_date_opt *opt,
    const struct cox_zone *zone, int64_t *ret_us, struct cox_err *reterr)
{
    struct cox_stamp stamp;

    COX_TRY(cox_stamp_parse(text, opt, &stamp, reterr));
    if (zone == NULL) {
        zone = cox_zone_utc();
    }
    if (stamp.has_zone) {
        *ret_us = stamp.day * COX_DAY_US + stamp.time_us - stamp.east_s * COX_SECOND_US;
    } else if (stamp.has_time) {
        *ret_us = cox_zone_instant(zone, stamp.day * COX_DAY_US + stamp.time_us);
    } else {
        *ret_us = cox_zone_day_start(zone, stamp.day);
    }
    return COX_OK;
}

void cox_zone_format(const struct cox_zone *zone, int64_t us, char ret_text[COX_LOCAL_SIZE])
{
    char utc_text[COX_INSTANT_SIZE];
    int64_t east_s = cox_zone_east_s(zone, clamp_us(us));
    uint64_t minutes = (uint64_t)(east_s < 0 ? -east_s : east_s) / 60;

    cox_instant_format(clamp_us(us) + east_s * COX_SECOND_US, utc_text);
    size_t size = strlen(utc_text) - 1; /* without the Z */
    (void)snprintf(ret_text, COX_LOCAL_SIZE, "%.*s%c%02u:%02u", (int)size, utc_text,
        east_s < 0 ? '-' : '+', (unsigned)(minutes / 60) % 100, (unsigned)(minutes % 60));
}
