/* sales/measure.c: the list of measures. A new one is a row here. */
#include "sales/measure.h"

#include <math.h>

#include "sales/activity.h"
#include "sales/quota.h"

_Static_assert(COX_SUM_TEAM_QUOTA - COX_SUM_QUOTA == COX_MEASURE_COUNT &&
                   COX_BEHIND_ACTIVITIES - COX_BEHIND_QUOTAS == COX_MEASURE_COUNT,
    "a sum and a list for each thing that a quota counts");
_Static_assert(COX_SUM_ACTIVITY_ALL - COX_SUM_ACTIVITY == COX_ACTIVITY_KIND_COUNT &&
                   COX_BEHIND_NOTHING - COX_BEHIND_ACTIVITY == COX_ACTIVITY_KIND_COUNT,
    "a sum and a list for each kind of activity");
_Static_assert(COX_SUM_COUNT < 64, "a bit for each sum");

static double over(int64_t part, int64_t whole)
{
    return whole == 0 ? (double)NAN : (double)part / (double)whole;
}

static double win_rate(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_WON_COUNT], s[COX_SUM_WON_COUNT] + s[COX_SUM_LOST_COUNT]);
}

static double win_rate_by_value(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_WON], s[COX_SUM_WON] + s[COX_SUM_LOST]);
}

static double average_deal(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_WON], s[COX_SUM_WON_COUNT]);
}

static double cycle(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_WON_DAYS], s[COX_SUM_WON_COUNT]);
}

static double open_age(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_OPEN_AGE], s[COX_SUM_OPEN_COUNT]);
}

/* Open deals x win rate x average deal / days to win: money a day. */
static double velocity(const int64_t s[static COX_SUM_COUNT])
{
    double days = cycle(s);

    return days > 0.0 ? (double)s[COX_SUM_OPEN_COUNT] * win_rate(s) * average_deal(s) / days
                      : (double)NAN;
}

/* ---- quotas ---- */

/* What people are to reach; where nobody has a quota, what teams are. 0: there is none. */
static int64_t target(const int64_t s[static COX_SUM_COUNT], enum cox_measure measure)
{
    int64_t people = s[COX_SUM_QUOTA + measure];

    return people > 0 ? people : s[COX_SUM_TEAM_QUOTA + measure];
}

static double quota_of(const int64_t s[static COX_SUM_COUNT], enum cox_measure measure)
{
    int64_t quota = target(s, measure);

    return quota > 0 ? (double)quota : (double)NAN;
}

static double quota(const int64_t s[static COX_SUM_COUNT])
{
    return quota_of(s, COX_MEASURE_REVENUE);
}

static double deals_quota(const int64_t s[static COX_SUM_COUNT])
{
    return quota_of(s, COX_MEASURE_DEALS);
}

static double created_quota(const int64_t s[static COX_SUM_COUNT])
{
    return quota_of(s, COX_MEASURE_CREATED);
}

static double meetings_quota(const int64_t s[static COX_SUM_COUNT])
{
    return quota_of(s, COX_MEASURE_MEETINGS);
}

static double calls_quota(const int64_t s[static COX_SUM_COUNT])
{
    return quota_of(s, COX_MEASURE_CALLS);
}

static double attainment(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_CREDIT], target(s, COX_MEASURE_REVENUE));
}

static double deals_attainment(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_WON_COUNT], target(s, COX_MEASURE_DEALS));
}

static double created_attainment(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_CREATED_COUNT], target(s, COX_MEASURE_CREATED));
}

static double meetings_attainment(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_ACTIVITY + COX_ACTIVITY_MEETING], target(s, COX_MEASURE_MEETINGS));
}

static double calls_attainment(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_ACTIVITY + COX_ACTIVITY_CALL], target(s, COX_MEASURE_CALLS));
}

static double pace(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_WORKDAYS_PASSED], s[COX_SUM_WORKDAYS]);
}

static double expected(const int64_t s[static COX_SUM_COUNT])
{
    return nearbyint(quota(s) * pace(s));
}

static double to_pace(const int64_t s[static COX_SUM_COUNT])
{
    return (double)s[COX_SUM_CREDIT] - expected(s);
}

static double still_to_win(const int64_t s[static COX_SUM_COUNT])
{
    return fmax(quota(s) - (double)s[COX_SUM_CREDIT], isnan(quota(s)) ? (double)NAN : 0.0);
}

static double coverage(const int64_t s[static COX_SUM_COUNT])
{
    double left = still_to_win(s);

    return left > 0.0 ? (double)s[COX_SUM_DUE_BY] / left : (double)NAN;
}

static double weighted_coverage(const int64_t s[static COX_SUM_COUNT])
{
    double left = still_to_win(s);

    return left > 0.0 ? (double)s[COX_SUM_DUE_BY_WEIGHTED] / left : (double)NAN;
}

/* ---- activities, slippage ---- */

static double activities_per_win(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_ACTIVITY_ALL], s[COX_SUM_WON_COUNT]);
}

static double activities_per_created(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_ACTIVITY_ALL], s[COX_SUM_CREATED_COUNT]);
}

static double active_share(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_ACTIVE_COUNT], s[COX_SUM_OPEN_COUNT]);
}

static double slippage(const int64_t s[static COX_SUM_COUNT])
{
    return over(s[COX_SUM_SLIP_OUT], s[COX_SUM_SLIP_DUE]);
}

/* ---- the rows ---- */

#define QUOTA_BITS(measure)                                                                        \
    (COX_SUM_BIT(COX_SUM_QUOTA + (measure)) | COX_SUM_BIT(COX_SUM_TEAM_QUOTA + (measure)))
#define REVENUE_BITS (QUOTA_BITS(COX_MEASURE_REVENUE) | COX_SUM_BIT(COX_SUM_CREDIT))
#define QUOTA_ROW(what, title, counts, formula, value)                                             \
    {                                                                                              \
        what, title, COX_UNIT_COUNT, (enum cox_measure_behind)(COX_BEHIND_QUOTAS + (int)(counts)), \
            formula, COX_SUM_COUNT, value, QUOTA_BITS(counts)                                      \
    }
#define KIND_ROW(name, label, kind, formula)                                                       \
    {                                                                                              \
        name, label, COX_UNIT_COUNT, (enum cox_measure_behind)(COX_BEHIND_ACTIVITY + (int)(kind)), \
            formula, (enum cox_measure_sum)(COX_SUM_ACTIVITY + (int)(kind)), NULL, 0               \
    }

const struct cox_sales_measure cox_sales_measures[] = {
    {"pipeline", "Open pipeline", COX_UNIT_MONEY, COX_BEHIND_OPEN,
        "Sum of the amounts of deals open at the instant.", COX_SUM_OPEN, NULL, 0},
    {"pipeline_count", "Open deals", COX_UNIT_COUNT, COX_BEHIND_OPEN, "Deals open at the instant.",
        COX_SUM_OPEN_COUNT, NULL, 0},
    {"weighted", "Weighted pipeline", COX_UNIT_MONEY, COX_BEHIND_OPEN,
        "Amount x chance of winning of each open deal, rounded per deal, then added.",
        COX_SUM_WEIGHTED, NULL, 0},
    {"open_age", "Age of open deals", COX_UNIT_DAYS, COX_BEHIND_OPEN,
        "Mean days since creation of open deals.", COX_SUM_COUNT, open_age,
        COX_SUM_BIT(COX_SUM_OPEN_AGE) | COX_SUM_BIT(COX_SUM_OPEN_COUNT)},
    {"due", "Open due in the period", COX_UNIT_MONEY, COX_BEHIND_DUE,
        "Open deals whose expected close day lies in the period.", COX_SUM_DUE, NULL, 0},
    {"due_count", "Deals due in the period", COX_UNIT_COUNT, COX_BEHIND_DUE,
        "Open deals whose expected close day lies in the period.", COX_SUM_DUE_COUNT, NULL, 0},
    {"due_weighted", "Due in the period, weighted", COX_UNIT_MONEY, COX_BEHIND_DUE,
        "Amount x chance of winning of open deals due in the period.", COX_SUM_DUE_WEIGHTED, NULL,
        0},
    {"won", "Won", COX_UNIT_MONEY, COX_BEHIND_WON,
        "Amounts of deals won in the period, by the day of winning.", COX_SUM_WON, NULL, 0},
    {"won_count", "Deals won", COX_UNIT_COUNT, COX_BEHIND_WON, "Deals won in the period.",
        COX_SUM_WON_COUNT, NULL, 0},
    {"lost", "Lost", COX_UNIT_MONEY, COX_BEHIND_LOST, "Amounts of deals lost in the period.",
        COX_SUM_LOST, NULL, 0},
    {"lost_count", "Deals lost", COX_UNIT_COUNT, COX_BEHIND_LOST, "Deals lost in the period.",
        COX_SUM_LOST_COUNT, NULL, 0},
    {"win_rate", "Win rate", COX_UNIT_SHARE, COX_BEHIND_CLOSED,
        "Deals won / (won + lost) in the period.", COX_SUM_COUNT, win_rate,
        COX_SUM_BIT(COX_SUM_WON_COUNT) | COX_SUM_BIT(COX_SUM_LOST_COUNT)},
    {"win_rate_by_value", "Win rate by value", COX_UNIT_SHARE, COX_BEHIND_CLOSED,
        "Amount won / (won + lost) in the period.", COX_SUM_COUNT, win_rate_by_value,
        COX_SUM_BIT(COX_SUM_WON) | COX_SUM_BIT(COX_SUM_LOST)},
    {"average_deal", "Average deal", COX_UNIT_MONEY, COX_BEHIND_WON,
        "Won / deals won in the period.", COX_SUM_COUNT, average_deal,
        COX_SUM_BIT(COX_SUM_WON) | COX_SUM_BIT(COX_SUM_WON_COUNT)},
    {"cycle", "Sales cycle", COX_UNIT_DAYS, COX_BEHIND_WON, "Mean days from creation to winning.",
        COX_SUM_COUNT, cycle, COX_SUM_BIT(COX_SUM_WON_DAYS) | COX_SUM_BIT(COX_SUM_WON_COUNT)},
    {"velocity", "Sales velocity", COX_UNIT_MONEY_A_DAY, COX_BEHIND_CLOSED,
        "Open deals x win rate x average deal / sales cycle: money a day.", COX_SUM_COUNT, velocity,
        COX_SUM_BIT(COX_SUM_OPEN_COUNT) | COX_SUM_BIT(COX_SUM_WON_COUNT) |
            COX_SUM_BIT(COX_SUM_LOST_COUNT) | COX_SUM_BIT(COX_SUM_WON) |
            COX_SUM_BIT(COX_SUM_WON_DAYS)},
    {"created", "Created", COX_UNIT_MONEY, COX_BEHIND_CREATED,
        "Amounts, as they are at the instant, of deals created in the period.", COX_SUM_CREATED,
        NULL, 0},
    {"created_count", "Deals created", COX_UNIT_COUNT, COX_BEHIND_CREATED,
        "Deals created in the period.", COX_SUM_CREATED_COUNT, NULL, 0},
    {"slippage", "Slippage", COX_UNIT_SHARE, COX_BEHIND_NOTHING,
        "Deals pushed out of the period / deals that were due in it at its beginning or came to be.",
        COX_SUM_COUNT, slippage, COX_SUM_BIT(COX_SUM_SLIP_DUE) | COX_SUM_BIT(COX_SUM_SLIP_OUT)},
    {"credited", "Won, by credit", COX_UNIT_MONEY, COX_BEHIND_WON,
        "Amounts of deals won in the period, divided among those who share them.", COX_SUM_CREDIT,
        NULL, 0},
    {"quota", "Quota", COX_UNIT_MONEY, COX_BEHIND_QUOTAS,
        "Revenue quotas, each with the share of its working days that lies in the period: people's; "
        "where nobody has one, the teams' own.",
        COX_SUM_COUNT, quota, QUOTA_BITS(COX_MEASURE_REVENUE)},
    {"attainment", "Attainment", COX_UNIT_SHARE, COX_BEHIND_WON, "Won, by credit / quota.",
        COX_SUM_COUNT, attainment, REVENUE_BITS},
    {"pace", "Pace", COX_UNIT_SHARE, COX_BEHIND_NOTHING,
        "Working days of the period that have passed, today included / all of them.", COX_SUM_COUNT,
        pace, COX_SUMS_OF_DAYS},
    {"expected", "Expected by now", COX_UNIT_MONEY, COX_BEHIND_QUOTAS, "Quota x pace.",
        COX_SUM_COUNT, expected, QUOTA_BITS(COX_MEASURE_REVENUE) | COX_SUMS_OF_DAYS},
    {"to_pace", "Ahead of pace", COX_UNIT_MONEY, COX_BEHIND_WON,
        "Won, by credit, less what is expected by now: negative is behind.", COX_SUM_COUNT, to_pace,
        REVENUE_BITS | COX_SUMS_OF_DAYS},
    {"still_to_win", "Still to win", COX_UNIT_MONEY, COX_BEHIND_QUOTAS,
        "Quota less what was won, by credit; at least 0.", COX_SUM_COUNT, still_to_win,
        REVENUE_BITS},
    {"due_by_end", "Open due by the end", COX_UNIT_MONEY, COX_BEHIND_DUE_BY,
        "Open deals expected before the end of the period; overdue ones too once it has begun.",
        COX_SUM_DUE_BY, NULL, 0},
    {"coverage", "Coverage", COX_UNIT_RATIO, COX_BEHIND_DUE_BY,
        "Open deals due by the end of the period / what is still to win.", COX_SUM_COUNT, coverage,
        REVENUE_BITS | COX_SUM_BIT(COX_SUM_DUE_BY)},
    {"weighted_coverage", "Weighted coverage", COX_UNIT_RATIO, COX_BEHIND_DUE_BY,
        "The same with amount x chance of winning.", COX_SUM_COUNT, weighted_coverage,
        REVENUE_BITS | COX_SUM_BIT(COX_SUM_DUE_BY_WEIGHTED)},
    QUOTA_ROW("deals_quota", "Quota of deals", COX_MEASURE_DEALS, "Deals to be won.", deals_quota),
    {"deals_attainment", "Attainment of deals", COX_UNIT_SHARE, COX_BEHIND_WON,
        "Deals won / their quota.", COX_SUM_COUNT, deals_attainment,
        QUOTA_BITS(COX_MEASURE_DEALS) | COX_SUM_BIT(COX_SUM_WON_COUNT)},
    QUOTA_ROW("created_quota", "Quota of created deals", COX_MEASURE_CREATED,
        "Deals to be created.", created_quota),
    {"created_attainment", "Attainment of created deals", COX_UNIT_SHARE, COX_BEHIND_CREATED,
        "Deals created / their quota.", COX_SUM_COUNT, created_attainment,
        QUOTA_BITS(COX_MEASURE_CREATED) | COX_SUM_BIT(COX_SUM_CREATED_COUNT)},
    QUOTA_ROW("meetings_quota", "Quota of meetings", COX_MEASURE_MEETINGS, "Meetings to be held.",
        meetings_quota),
    {"meetings_attainment", "Attainment of meetings", COX_UNIT_SHARE,
        (enum cox_measure_behind)(COX_BEHIND_ACTIVITY + COX_ACTIVITY_MEETING),
        "Meetings held / their quota.", COX_SUM_COUNT, meetings_attainment,
        QUOTA_BITS(COX_MEASURE_MEETINGS) | COX_SUM_BIT(COX_SUM_ACTIVITY + COX_ACTIVITY_MEETING)},
    QUOTA_ROW("calls_quota", "Quota of calls", COX_MEASURE_CALLS, "Calls to be made.", calls_quota),
    {"calls_attainment", "Attainment of calls", COX_UNIT_SHARE,
        (enum cox_measure_behind)(COX_BEHIND_ACTIVITY + COX_ACTIVITY_CALL),
        "Calls made / their quota.", COX_SUM_COUNT, calls_attainment,
        QUOTA_BITS(COX_MEASURE_CALLS) | COX_SUM_BIT(COX_SUM_ACTIVITY + COX_ACTIVITY_CALL)},
    {"activities", "Activities", COX_UNIT_COUNT, COX_BEHIND_ACTIVITIES,
        "Activities done in the period, until the instant's day.", COX_SUM_ACTIVITY_ALL, NULL, 0},
    KIND_ROW("calls", "Calls", COX_ACTIVITY_CALL, "Calls made in the period."),
    KIND_ROW("meetings", "Meetings", COX_ACTIVITY_MEETING, "Meetings held in the period."),
    KIND_ROW("emails", "E-mails", COX_ACTIVITY_EMAIL, "E-mails sent or received in the period."),
    KIND_ROW("tasks", "Tasks", COX_ACTIVITY_TASK, "Tasks done in the period."),
    KIND_ROW("notes", "Notes", COX_ACTIVITY_NOTE, "Notes taken in the period."),
    {"activities_per_win", "Activities per deal won", COX_UNIT_RATIO, COX_BEHIND_ACTIVITIES,
        "Activities done / deals won in the period.", COX_SUM_COUNT, activities_per_win,
        COX_SUM_BIT(COX_SUM_ACTIVITY_ALL) | COX_SUM_BIT(COX_SUM_WON_COUNT)},
    {"activities_per_created", "Activities per deal created", COX_UNIT_RATIO, COX_BEHIND_ACTIVITIES,
        "Activities done / deals created in the period.", COX_SUM_COUNT, activities_per_created,
        COX_SUM_BIT(COX_SUM_ACTIVITY_ALL) | COX_SUM_BIT(COX_SUM_CREATED_COUNT)},
    {"active_share", "Deals with activity", COX_UNIT_SHARE, COX_BEHIND_OPEN,
        "Open deals with something done in the last 21 days / open deals.", COX_SUM_COUNT,
        active_share, COX_SUM_BIT(COX_SUM_ACTIVE_COUNT) | COX_SUM_BIT(COX_SUM_OPEN_COUNT)},
    {0},
};

const struct cox_sales_measure *cox_sales_measure_find(struct cox_text name)
{
    for (const struct cox_sales_measure *m = cox_sales_measures; m->name != NULL; m++) {
        if (cox_text_same(name, cox_text_of(m->name))) {
            return m;
        }
    }
    return NULL;
}

const char *cox_measure_unit_name(enum cox_measure_unit unit)
{
    static const char *const names[COX_UNIT_COUNT_OF] = {"money", "count", "share", "days",
        "money_a_day", "ratio"};

    return names[unit];
}

const char *cox_measure_records(enum cox_measure_behind behind)
{
    return behind == COX_BEHIND_NOTHING     ? NULL
           : behind < COX_BEHIND_QUOTAS     ? "opportunities"
           : behind < COX_BEHIND_ACTIVITIES ? "quotas"
                                            : "activities";
}

const char *cox_measure_feature(const struct cox_sales_measure *measure)
{
    return (cox_measure_uses(measure) & COX_SUMS_OF_QUOTAS) != 0 ? cox_feature_quota.name : NULL;
}

static const char *const by_names[COX_BY_COUNT] = {"nothing", "owner", "team", "stage", "product",
    "month", "quarter", "week", "day"};

enum cox_measure_by cox_measure_by_find(struct cox_text name)
{
    int by = 0;

    while (by < COX_BY_COUNT && !cox_text_same(name, cox_text_of(by_names[by]))) {
        by++;
    }
    return (enum cox_measure_by)by;
}

const char *cox_measure_by_name(enum cox_measure_by by)
{
    return by_names[by];
}

/* Open deals are told by the day they are expected, closed ones by that of closing: one figure is not of both. */
static bool mixes_days(const struct cox_sales_measure *measure)
{
    uint64_t uses = cox_measure_uses(measure);

    return (uses & COX_SUM_BIT(COX_SUM_OPEN_COUNT)) != 0 &&
           (uses & COX_SUM_BIT(COX_SUM_WON_COUNT)) != 0;
}

bool cox_measure_has_by(const struct cox_sales_measure *measure, enum cox_measure_by by)
{
    if (cox_measure_by_is_time(by) && mixes_days(measure)) {
        return false;
    }
    return (by != COX_BY_STAGE && by != COX_BY_PRODUCT) ||
           (cox_measure_uses(measure) & COX_SUMS_OF_PEOPLE) == 0;
}

/* ---- part and whole ---- */

/* Whose value is over(sum of part, sum of whole); of a quota the target of what it counts. */
static const struct {
    double (*value)(const int64_t sums[static COX_SUM_COUNT]);
    enum cox_measure_sum part;
    uint64_t whole;
    enum cox_measure quota; /* with whole 0 */
} ratios[] = {
    {win_rate, COX_SUM_WON_COUNT, COX_SUM_BIT(COX_SUM_WON_COUNT) | COX_SUM_BIT(COX_SUM_LOST_COUNT),
        0},
    {win_rate_by_value, COX_SUM_WON, COX_SUM_BIT(COX_SUM_WON) | COX_SUM_BIT(COX_SUM_LOST), 0},
    {average_deal, COX_SUM_WON, COX_SUM_BIT(COX_SUM_WON_COUNT), 0},
    {cycle, COX_SUM_WON_DAYS, COX_SUM_BIT(COX_SUM_WON_COUNT), 0},
    {activities_per_win, COX_SUM_ACTIVITY_ALL, COX_SUM_BIT(COX_SUM_WON_COUNT), 0},
    {activities_per_created, COX_SUM_ACTIVITY_ALL, COX_SUM_BIT(COX_SUM_CREATED_COUNT), 0},
    {attainment, COX_SUM_CREDIT, 0, COX_MEASURE_REVENUE},
    {deals_attainment, COX_SUM_WON_COUNT, 0, COX_MEASURE_DEALS},
    {created_attainment, COX_SUM_CREATED_COUNT, 0, COX_MEASURE_CREATED},
    {meetings_attainment, COX_SUM_ACTIVITY + COX_ACTIVITY_MEETING, 0, COX_MEASURE_MEETINGS},
    {calls_attainment, COX_SUM_ACTIVITY + COX_ACTIVITY_CALL, 0, COX_MEASURE_CALLS},
};

bool cox_measure_ratio_of(const struct cox_sales_measure *measure,
    const int64_t sums[static COX_SUM_COUNT], struct cox_measure_ratio *ret_ratio)
{
    for (size_t i = 0; measure->value != NULL && i < COX_COUNT(ratios); i++) {
        if (ratios[i].value != measure->value) {
            continue;
        }
        *ret_ratio = (struct cox_measure_ratio){.part = (double)sums[ratios[i].part],
            .whole = ratios[i].whole == 0 ? (double)target(sums, ratios[i].quota) : 0,
            .is_known_ahead = ratios[i].whole == 0};
        for (int s = 0; s < COX_SUM_COUNT; s++) {
            ret_ratio->whole += (ratios[i].whole & COX_SUM_BIT(s)) != 0 ? (double)sums[s] : 0;
        }
        return true;
    }
    return false;
}
