/* sales/brief_json.h: a brief as JSON, for the command line and for the home page alike. */
#ifndef COX_SALES_BRIEF_JSON_H
#define COX_SALES_BRIEF_JSON_H

#include "base/json.h"
#include "sales/brief.h"

enum cox_brief_money_as {
    COX_BRIEF_MINOR, /* "won_minor": whole minor units; files and scripts */
    COX_BRIEF_UNITS, /* "won": a decimal number in units of the brief's currency; the API */
};

/* One object: hat, user, team, as_of, day, currency, period, sections by name. */
void cox_brief_put_json(const struct cox_brief *brief, enum cox_brief_money_as money,
    struct cox_json *json);

/* "manager", "leader" or "rep". */
const char *cox_brief_hat_name(enum cox_role hat);

#endif
