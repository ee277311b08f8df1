/*
 * kernel/forecast/hazard.h: when open deals close: daily hazards of winning and losing by week of age,
 * season of the calendar (month of the quarter, say) and group (stage, segment), learnt from what
 * was known on a day.
 *
 * h = events / exposure, each cell shrunk to its parent as gamma-Poisson with a pseudo-exposure:
 * (week, group, season) -> (week, group) -> (week) -> all. Deals open on the as-of day count as open
 * until then (censored); what happened later is not read, so planting it changes nothing.
 * Source: discrete cause-specific hazards, Prentice et al., Biometrics 1978; the shrinkage is the
 * conjugate gamma prior with mean h(parent).
 */
#ifndef COX_KERNEL_FORECAST_HAZARD_H
#define COX_KERNEL_FORECAST_HAZARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "kernel/forecast/aalen.h"

enum {
    COX_HAZARD_WEEKS = 104, /* ages beyond share the last cell */
    COX_HAZARD_SEASONS = 12,
    COX_HAZARD_GROUPS = 64,
    COX_HAZARD_CLOSES_MIN = 50, /* fewer closes: thin, take the parent pool */
};

#define COX_NO_DAY INT32_MIN

/* count rows, any order. Days as elsewhere (days since 1970-01-01). */
struct cox_lives {
    size_t count;
    const int32_t *created_day;
    const int32_t *closed_day; /* COX_NO_DAY while open */
    const unsigned char
        *ending; /* enum cox_ending, as it stands today; read only if closed by as_of */
    const unsigned char *group; /* below group_count; NULL: all in one */
};

/* season[d - first_day] for day_count days; must cover the first creation to the last prediction. */
struct cox_seasons {
    int32_t first_day;
    size_t day_count, season_count; /* 1 .. COX_HAZARD_SEASONS */
    const unsigned char *season;
};

struct cox_hazard_opt {
    int32_t as_of_day;   /* what happened on this day or later is unknown */
    size_t group_count;  /* 1 .. COX_HAZARD_GROUPS */
    double pseudo_weeks; /* strength of the parent; <= 0 takes 40 */
};

enum cox_life_reject {
    COX_LIFE_USED,
    COX_LIFE_LATER,         /* created on or after the as-of day: not yet known */
    COX_LIFE_CLOSED_EARLY,  /* closed before it was created */
    COX_LIFE_NO_CLOSE_DAY,  /* won or lost without a day */
    COX_LIFE_OPEN_WITH_DAY, /* open, with a closing day before as-of */
    COX_LIFE_BAD_ENDING,    /* neither open, won nor lost, or group out of range */
    COX_LIFE_OFF_CALENDAR,  /* created outside the calendar given */
    COX_LIFE_REJECT_COUNT,
};
const char *cox_life_reject_text(enum cox_life_reject reject);

struct cox_hazard_cell {
    double per_day, events; /* posterior mean, and the events (with the parent's) it rests on */
};

struct cox_hazard {
    int32_t as_of_day, record_day; /* the record begins with the first close; as_of without any */
    int32_t last_close_age;        /* days; older open deals have no precedent ("zombie") */
    size_t group_count, season_count, used_count;
    size_t close_count[2]; /* won, lost */
    bool thin;             /* under COX_HAZARD_CLOSES_MIN closes */
    size_t reject_count[COX_LIFE_REJECT_COUNT];
    struct cox_hazard_cell *cell[2]; /* [group][week][season], the caller's workspace */
};

/* Bytes; aligned as malloc would. The workspace holds the model: keep it as long as that. */
size_t cox_hazard_workspace_size(size_t group_count, size_t season_count);

/*
 * Learns the hazards. ret_reject (may be NULL) has a enum cox_life_reject per row: bad rows are left
 * out and counted, never mended. Errors: COX_INVALID for options, a calendar without the as-of day,
 * or no usable row.
 */
enum cox_rc cox_hazard_fit(const struct cox_lives *lives, const struct cox_seasons *seasons,
    const struct cox_hazard_opt *opt, void *workspace, unsigned char *ret_reject,
    struct cox_hazard *ret_hazard, struct cox_err *reterr) COX_NODISCARD;

/* What becomes of a deal open at as-of. */
struct cox_outlook {
    double won, won_low, won_high; /* P(won within the days asked), and its 80 % interval */
    double lost;                   /* P(lost within them); slip past a date = 1 - won - lost */
    double median_days;    /* to either end; +inf when more than half stay open on the calendar */
    double won_ever_share; /* of those that close on the calendar, how many are won */
    bool zombie;
};

/*
 * Outlook of one age (days at as-of, >= 0) and group over the next days; days beyond the calendar
 * repeat its last season. O(days until the calendar's end). Deals of the same age and group share it.
 */
struct cox_outlook cox_hazard_outlook(const struct cox_hazard *hazard,
    const struct cox_seasons *seasons, size_t group, int32_t age_days, int32_t days);

/*
 * ret_won[i] = P(won within days) for count deals; ages as above, group NULL for one. scratch has
 * group_count * (COX_HAZARD_WEEKS * 7 + 1) doubles: one answer per age and group, then look-ups.
 */
void cox_hazard_won(const struct cox_hazard *hazard, const struct cox_seasons *seasons,
    size_t count, const int32_t *age_days, const unsigned char *group, int32_t days,
    double *scratch, double *ret_won);

#endif
