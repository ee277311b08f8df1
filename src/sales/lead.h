/* sales/lead.h: leads: somebody who may become a customer, before there is a deal. */
#ifndef COX_SALES_LEAD_H
#define COX_SALES_LEAD_H

#include "record/entity.h"

enum cox_lead_phase { COX_LEAD_OPEN, COX_LEAD_CONVERTED, COX_LEAD_DISQUALIFIED };

enum {
    COX_LEAD_NAME,
    COX_LEAD_OWNER,
    COX_LEAD_COMPANY,
    COX_LEAD_SALUTATION,
    COX_LEAD_FIRST_NAME,
    COX_LEAD_LAST_NAME,
    COX_LEAD_TITLE,
    COX_LEAD_EMAIL,
    COX_LEAD_PHONE,
    COX_LEAD_MOBILE,
    COX_LEAD_WEBSITE,
    COX_LEAD_PHASE,
    COX_LEAD_STATUS,
    COX_LEAD_SOURCE,
    COX_LEAD_INDUSTRY,
    COX_LEAD_RATING,
    COX_LEAD_EMPLOYEES,
    COX_LEAD_ANNUAL_REVENUE,
    COX_LEAD_CURRENCY,
    COX_LEAD_STREET,
    COX_LEAD_CITY,
    COX_LEAD_STATE,
    COX_LEAD_POSTAL_CODE,
    COX_LEAD_COUNTRY,
    COX_LEAD_NO_EMAIL,
    COX_LEAD_NO_CALL,
    COX_LEAD_CONVERTED_DAY,
    COX_LEAD_CONVERTED_ACCOUNT,
    COX_LEAD_CONVERTED_CONTACT,
    COX_LEAD_CONVERTED_OPPORTUNITY,
    COX_LEAD_DESCRIPTION,
    COX_LEAD_CREATED_DAY,
    COX_LEAD_UNMATCHED,
    COX_LEAD_ROUTING_RULE,
    COX_LEAD_ROUTED_TO,
    COX_LEAD_ROUTED_AT,
    COX_LEAD_ROUTED_WHY,
    COX_LEAD_RESPOND_BY,
    COX_LEAD_RESPONDED_AT,
    COX_LEAD_FIELD_COUNT
};

struct cox_lead {
    struct cox_head head;
    struct cox_text name;
    int64_t owner;
    struct cox_text company, salutation, first_name, last_name, title, email, phone, mobile,
        website;
    int64_t phase;
    struct cox_text status, source, industry, rating;
    int64_t employees, annual_revenue;
    struct cox_text currency, street, city, state, postal_code, country;
    int64_t no_email, no_call, converted_day, converted_account, converted_contact,
        converted_opportunity;
    struct cox_text description;
    int64_t created_day;
    int64_t routing_rule, routed_to, routed_at;
    struct cox_text routed_why;
    int64_t respond_by, responded_at;
};
extern const struct cox_entity cox_lead;

/*
 * Somebody has turned to the lead (call, meeting, e-mail): the clock of its first answer stops, once. Nothing
 * when it has no clock, or the actor may not change it.
 */
enum cox_rc cox_lead_answered(struct cox_call *call, int64_t lead,
    struct cox_err *reterr) COX_NODISCARD;

#endif
