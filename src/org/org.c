/* org/org.c: what the room org adds to the program. */
#include "org/org.h"

#include "org/calendar.h"
#include "org/currency.h"
#include "org/people.h"
#include "org/people_route.h"

static const struct cox_entity *const entities[] = {
    &cox_user,
    &cox_team,
    &cox_team_member,
    &cox_reporting_line,
    &cox_hat,
    &cox_fiscal_calendar,
    &cox_period,
    &cox_holiday,
    &cox_working_hours,
    &cox_currency,
    &cox_currency_rate,
    NULL,
};

const struct cox_feature cox_feature_org = {
    .name = "org",
    .help = "People, teams, reporting lines, hats, calendars and currencies.",
    .entities = entities,
    .routes = cox_routes_people,
};
