/*
 * sales/measure.h: what is measured: one row a measure, used by every tile, report, goal, alert and question
 * alike. A measure is computed from a few sums, of the book's deals and of quotas and activities beside them; a
 * ratio is taken of sums, never of ratios.
 */
#ifndef COX_SALES_MEASURE_H
#define COX_SALES_MEASURE_H

#include "base/fiscal.h"
#include "sales/book.h"

enum cox_measure_unit {
    COX_UNIT_MONEY, /* minor units of the company's currency */
    COX_UNIT_COUNT,
    COX_UNIT_SHARE, /* 1 is all of it */
    COX_UNIT_DAYS,
    COX_UNIT_MONEY_A_DAY,
    COX_UNIT_RATIO, /* times */
    COX_UNIT_COUNT_OF
};

/*
 * Sums of one group. Of the instant: what is open then; from WON_COUNT on of the period: closed, created or done in
 * it, which months of the period add up to.
 */
enum cox_measure_sum {
    COX_SUM_OPEN_COUNT,
    COX_SUM_OPEN,
    COX_SUM_WEIGHTED,
    COX_SUM_OPEN_AGE,  /* days */
    COX_SUM_DUE_COUNT, /* open with the close day in the period */
    COX_SUM_DUE,
    COX_SUM_DUE_WEIGHTED,
    COX_SUM_DUE_BY_COUNT, /* due by its end: once it has begun, those overdue as well */
    COX_SUM_DUE_BY,
    COX_SUM_DUE_BY_WEIGHTED,
    COX_SUM_ACTIVE_COUNT, /* open with something done in the last COX_RISK_QUIET_DAYS days */
    COX_SUM_WON_COUNT,
    COX_SUM_WON,
    COX_SUM_WON_DAYS, /* from creation to winning */
    COX_SUM_LOST_COUNT,
    COX_SUM_LOST,
    COX_SUM_CREATED_COUNT,
    COX_SUM_CREATED,
    COX_SUM_SLIP_DUE, /* deals due in the period at its beginning, and those that came in */
    COX_SUM_SLIP_OUT, /* of these, pushed out of it */
    COX_SUM_CREDIT,   /* won, divided among those who share the deal */
    COX_SUM_QUOTA,    /* people's: + enum cox_measure of sales/quota.h; money or a count */
    COX_SUM_TEAM_QUOTA = COX_SUM_QUOTA + 5,      /* teams' own, likewise */
    COX_SUM_ACTIVITY = COX_SUM_TEAM_QUOTA + 5,   /* done: + enum cox_activity_kind */
    COX_SUM_ACTIVITY_ALL = COX_SUM_ACTIVITY + 5, /* of every kind */
    COX_SUM_WORKDAYS,                            /* of the period; the same for every group */
    COX_SUM_WORKDAYS_PASSED,                     /* of them, until the instant's day, it included */
    COX_SUM_COUNT
};

/* The deals behind a measure, which a list can show. */
enum cox_measure_behind {
    COX_BEHIND_OPEN,
    COX_BEHIND_DUE,
    COX_BEHIND_WON,
    COX_BEHIND_LOST,
    COX_BEHIND_CLOSED, /* won and lost */
    COX_BEHIND_CREATED,
    COX_BEHIND_DUE_BY,
    COX_BEHIND_QUOTAS,                             /* + enum cox_measure */
    COX_BEHIND_ACTIVITIES = COX_BEHIND_QUOTAS + 5, /* of every kind */
    COX_BEHIND_ACTIVITY,                           /* + enum cox_activity_kind */
    COX_BEHIND_NOTHING = COX_BEHIND_ACTIVITY + 5,  /* no list shows just these */
};

struct cox_sales_measure {
    const char *name, *label;
    enum cox_measure_unit unit;
    enum cox_measure_behind behind;
    const char *formula; /* in words, for people */
    /* The sum itself, or (SUM_COUNT) value of the sums: NaN where nothing can be said. */
    enum cox_measure_sum sum;
    double (*value)(const int64_t sums[static COX_SUM_COUNT]);
    uint64_t uses; /* with value: COX_SUM_BIT(...) of the sums it is of */
};
#define COX_SUM_BIT(sum)        (UINT64_C(1) << (sum))
#define COX_SUM_BITS(sum, over) (COX_SUM_BIT(over) - COX_SUM_BIT(sum))

/* Sums by where they come from. */
#define COX_SUMS_OF_DEALS                                                                          \
    (COX_SUM_BITS(COX_SUM_OPEN_COUNT, COX_SUM_DUE_BY_COUNT) |                                      \
        COX_SUM_BITS(COX_SUM_WON_COUNT, COX_SUM_SLIP_DUE))
#define COX_SUMS_OF_QUOTAS     COX_SUM_BITS(COX_SUM_QUOTA, COX_SUM_ACTIVITY)
#define COX_SUMS_OF_ACTIVITIES COX_SUM_BITS(COX_SUM_ACTIVITY, COX_SUM_WORKDAYS)
#define COX_SUMS_OF_DAYS       COX_SUM_BITS(COX_SUM_WORKDAYS, COX_SUM_COUNT)
/* What people answer for: told by owner, team and time alone. */
#define COX_SUMS_OF_PEOPLE COX_SUM_BITS(COX_SUM_SLIP_DUE, COX_SUM_COUNT)

static inline uint64_t cox_measure_uses(const struct cox_sales_measure *measure)
{
    return measure->value == NULL ? COX_SUM_BIT(measure->sum) : measure->uses;
}

/* Ends with {0}. */
extern const struct cox_sales_measure cox_sales_measures[];

/* NULL when there is none of this name. */
const struct cox_sales_measure *cox_sales_measure_find(struct cox_text name);

/*
 * Of a measure that is one sum over others, all of the period (a win rate): value is part / whole, both told here;
 * is_known_ahead: the whole is a quota, which does not wait for what happens. False: it is no such measure.
 */
struct cox_measure_ratio {
    double part, whole;
    bool is_known_ahead;
};
bool cox_measure_ratio_of(const struct cox_sales_measure *measure,
    const int64_t sums[static COX_SUM_COUNT], struct cox_measure_ratio *ret_ratio);

const char *cox_measure_unit_name(enum cox_measure_unit unit);

/* Plural of the entity whose list shows what is behind; NULL for COX_BEHIND_NOTHING. */
const char *cox_measure_records(enum cox_measure_behind behind);

static inline bool cox_measure_is_of_deals(enum cox_measure_behind behind)
{
    return behind < COX_BEHIND_QUOTAS;
}

/* The feature without which there is no such measure; NULL: none. */
const char *cox_measure_feature(const struct cox_sales_measure *measure);

enum cox_measure_by {
    COX_BY_NOTHING,
    COX_BY_OWNER,
    COX_BY_TEAM,
    COX_BY_STAGE,
    COX_BY_PRODUCT,
    COX_BY_MONTH,   /* of the day that counts: closed, created, or expected for open deals */
    COX_BY_QUARTER, /* fiscal */
    COX_BY_WEEK,    /* from Monday on */
    COX_BY_DAY,
    COX_BY_COUNT
};

/* Is its key the first day of a span of time? */
static inline bool cox_measure_by_is_time(enum cox_measure_by by)
{
    return by >= COX_BY_MONTH && by < COX_BY_COUNT;
}

/* "owner"; COX_BY_COUNT when there is none of this name. */
enum cox_measure_by cox_measure_by_find(struct cox_text name);
const char *cox_measure_by_name(enum cox_measure_by by);

/* Is it told by this dimension? */
bool cox_measure_has_by(const struct cox_sales_measure *measure, enum cox_measure_by by);

/* ---- what may be done with it (measure_law.c) ---- */

/* Is it made of what happened in a period alone, so that it can be followed by the day? */
bool cox_measure_has_course(const struct cox_sales_measure *measure);

/*
 * A rate of counts as successes of trials: a share whose figure is one used sum over all used sums, none of them
 * money. false where the measure is none.
 */
bool cox_measure_trials(const struct cox_sales_measure *measure,
    const int64_t sums[static COX_SUM_COUNT], int64_t *ret_events, int64_t *ret_trials);

/* Is less of it better: days, what was lost, what slipped? */
bool cox_measure_low_is_best(const struct cox_sales_measure *measure);

/* A count of a period, or a rate of such counts: chance is known, and a change beyond it can be told. */
bool cox_measure_can_watch(const struct cox_sales_measure *measure);

struct cox_measure_ask {
    struct cox_span period;
    enum cox_measure_by by[2];
    /* As it is: teams of today. As it was: the team on the day that counts; open deals, on the as-of day. */
    bool as_it_is;
    uint64_t wants;        /* COX_SUM_BIT(...); 0: COX_SUMS_OF_DEALS */
    const int64_t *owners; /* only what is of these users; NULL: all that the actor sees */
    size_t owner_count;
};

/* Teams and calendar that the groups are of: as of the call that loaded them. */
struct cox_measure_member {
    int64_t id, user, team, from_day, to_day;
};
enum { COX_MEASURE_BOUNDS_MAX = 400 };
struct cox_measure_frame {
    struct cox_measure_member *members; /* when it is by team; by user, then id */
    size_t member_count;
    int64_t day; /* whose teams open deals have; as it is: of all */
    int32_t bounds[2][COX_MEASURE_BOUNDS_MAX + 1]; /* of months, quarters, weeks, days */
    size_t bound_count[2];
    struct cox_workweek week; /* when working days are wanted; valid on day */
};

/* In arena. Errors: COX_INVALID names "by" or "period". */
enum cox_rc cox_measure_frame_load(struct cox_call *call, const struct cox_measure_ask *ask,
    struct cox_arena *arena, struct cox_measure_frame **ret_frame,
    struct cox_err *reterr) COX_NODISCARD;

/* The user's team on day; 0: none. The frame is of a question by team. */
int64_t cox_measure_team_of(const struct cox_measure_frame *frame, int64_t user, int64_t day);

/* Keys: ids of the dimension's records (0: none), or for spans of time their first day. */
struct cox_measure_row {
    int64_t keys[2];
    int64_t sums[COX_SUM_COUNT];
};

struct cox_measure_result {
    const struct cox_measure_row
        *rows; /* by key, ascending; groups without any deal are left out */
    size_t count;
    int64_t seq; /* the book's */
    size_t unrated_count;
};

/*
 * All sums of every group, as the call's actor sees them at the call's instant; in the call's arena.
 * Errors: COX_INVALID names "by" or "period"; COX_TOO_LARGE past 4 million cells.
 */
enum cox_rc cox_measure_read(struct cox_call *call, struct cox_books *books,
    const struct cox_measure_ask *ask, struct cox_measure_result *ret_result,
    struct cox_err *reterr) COX_NODISCARD;

/* The same of the deals that question is about (sales/book.h), in a frame; ask's owners limit what is of no deals. */
enum cox_rc cox_measure_sum_deals(struct cox_call *call,
    const struct cox_book_generation *generation, const struct cox_book_ask *question,
    const struct cox_measure_ask *ask, const struct cox_measure_frame *frame,
    struct cox_measure_result *ret_result, struct cox_err *reterr) COX_NODISCARD;

/*
 * Appends the filter of cox_measure_records(behind) that gives the records behind a row of the result:
 * "stage=eq.3&...", the measure's own part last. keys NULL: of all rows. Of quotas a part is counted. day: of the
 * instant. False: no list shows just these.
 */
bool cox_measure_add_filter(struct cox_buf *text, const struct cox_measure_ask *ask,
    const struct cox_measure_frame *frame, const struct cox_book_generation *generation,
    const int64_t *keys, enum cox_measure_behind behind, int64_t day);

/* ---- slippage ---- */

/*
 * The question whose waterfall from *ret_from_us tells what was due in span and moved out of it, from its beginning
 * to its end or the call's instant; not has_begun: there is nothing to tell yet.
 */
enum cox_rc cox_slip_window(struct cox_call *call, const struct cox_book_generation *generation,
    struct cox_span span, struct cox_book_ask *ask, int64_t *ret_from_us, bool *ret_has_begun,
    struct cox_err *reterr) COX_NODISCARD;

/* Deals due at the beginning or come in since; of these, pushed out. */
int64_t cox_slip_due(const struct cox_book_flow *flow);
int64_t cox_slip_out(const struct cox_book_flow *flow);

#endif
