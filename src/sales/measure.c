/* sales/measure.c: the list of measures. A new one is a row here. */
#include "sales/measure.h"

#include <math.h>

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
        "money_a_day"};

    return names[unit];
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
