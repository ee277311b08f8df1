/* base/zone_parts.h: what the files of a zone share. Not for others: use base/zone.h. */
#ifndef COX_BASE_ZONE_PARTS_H
#define COX_BASE_ZONE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

struct zone_type {
    int64_t east_s;
};

/* When the clocks move, by a POSIX TZ text: "M3.2.0/2", "J60", "59/-1". */
struct zone_date {
    enum { ZONE_BY_WEEK, ZONE_BY_DAY_WITHOUT_LEAP, ZONE_BY_DAY } how;
    int month, week, weekday; /* week 5: the last; weekday 0: Sunday */
    int day;
    int64_t time_s; /* of the day, -167..167 hours */
};

struct zone_rule {
    int64_t standard_east_s, summer_east_s;
    bool has_summer;
    struct zone_date start, end;
};

struct cox_zone {
    struct cox_text name;
    const struct zone_type *types; /* at least one */
    const int64_t *times;          /* strictly rising seconds */
    const uint8_t *type_at;        /* type from that instant on */
    size_t type_count, time_count;
    bool has_rule;
    struct zone_rule rule;
};

/* COX_CORRUPT when text is no POSIX TZ text as RFC 8536, 3.3 allows it. */
enum cox_rc zone_rule_parse(struct cox_text text, struct zone_rule *ret_rule,
    struct cox_err *reterr) COX_NODISCARD;

int64_t zone_rule_east(const struct zone_rule *rule, int64_t at_s);

#endif
