/*
 * manager/alert.h: what somebody wants to be told of when it changes beyond chance, alerts that came of it, and
 * how often one may be disturbed for nothing. Rules, alerts and budget are their owner's alone. What is watched is
 * a measure of the deals: never what is known of a person otherwise.
 */
#ifndef COX_MANAGER_ALERT_H
#define COX_MANAGER_ALERT_H

#include "record/feature.h"

enum cox_alert_whose { COX_ALERT_OF_PERSON, COX_ALERT_OF_TEAM, COX_ALERT_OF_LINE };
enum cox_alert_direction { COX_ALERT_FALLS, COX_ALERT_RISES };
enum cox_alert_cadence { COX_ALERT_WEEKLY, COX_ALERT_MONTHLY };
enum cox_alert_state { COX_ALERT_OPEN, COX_ALERT_DISMISSED };

enum {
    COX_ALERT_RULE_OWNER,
    COX_ALERT_RULE_MEASURE,
    COX_ALERT_RULE_WHOSE,
    COX_ALERT_RULE_USER,
    COX_ALERT_RULE_TEAM,
    COX_ALERT_RULE_DIRECTION,
    COX_ALERT_RULE_CADENCE,
    COX_ALERT_RULE_IS_PAUSED,
    COX_ALERT_RULE_CHECKED_DAY,
    COX_ALERT_RULE_SERIES_COUNT,
    COX_ALERT_RULE_QUIET_COUNT,
    COX_ALERT_RULE_FIELD_COUNT
};

struct cox_alert_rule {
    struct cox_head head;
    int64_t owner;
    struct cox_text measure; /* cox_sales_measures' name */
    int64_t whose, user, team, direction, cadence, is_paused;
    int64_t checked_day;               /* Monday of the newest week that was looked at */
    int64_t series_count, quiet_count; /* watched then; of those too thin to say anything */
};
extern const struct cox_entity cox_alert_rule;

enum {
    COX_ALERT_OWNER,
    COX_ALERT_RULE,
    COX_ALERT_MEASURE,
    COX_ALERT_USER,
    COX_ALERT_TEAM,
    COX_ALERT_IS_RISE,
    COX_ALERT_WEEK_DAY,
    COX_ALERT_SINCE_DAY,
    COX_ALERT_OBSERVED,
    COX_ALERT_EXPECTED,
    COX_ALERT_LOW,
    COX_ALERT_HIGH,
    COX_ALERT_STATISTIC,
    COX_ALERT_LIMIT,
    COX_ALERT_CAUSE,
    COX_ALERT_QUESTION,
    COX_ALERT_RECORDS,
    COX_ALERT_STATE,
    COX_ALERT_REASON,
    COX_ALERT_DISMISSED_DAY,
    COX_ALERT_FIELD_COUNT
};

struct cox_alert {
    struct cox_head head;
    int64_t owner, rule;
    struct cox_text measure;
    int64_t user, team, is_rise;
    int64_t week_day, since_day; /* Mondays: of the week that decided, of the first that is off */
    double observed, expected;   /* events since then */
    double low, high;            /* of observed / expected: 90 % interval */
    double statistic, limit;     /* of the CUSUM */
    struct cox_text cause, question;
    struct cox_text records; /* "opportunities?owner=eq.3&...": what is behind observed */
    int64_t state;
    struct cox_text reason;
    int64_t dismissed_day;
};
extern const struct cox_entity cox_alert;

enum { COX_ALERT_BUDGET_OWNER, COX_ALERT_BUDGET_PER_QUARTER, COX_ALERT_BUDGET_FIELD_COUNT };
enum { COX_ALERT_BUDGET_USUAL = 1, COX_ALERT_BUDGET_MAX = 12 };

struct cox_alert_budget {
    struct cox_head head;
    int64_t owner, per_quarter;
};
extern const struct cox_entity cox_alert_budget;

extern const struct cox_feature cox_feature_alerts;

#endif
