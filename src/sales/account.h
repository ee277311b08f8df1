/* sales/account.h: accounts (companies, in a hierarchy) and contacts (people there). */
#ifndef COX_SALES_ACCOUNT_H
#define COX_SALES_ACCOUNT_H

#include "record/entity.h"

enum {
    COX_ACCOUNT_NAME,
    COX_ACCOUNT_OWNER,
    COX_ACCOUNT_PARENT,
    COX_ACCOUNT_TYPE,
    COX_ACCOUNT_INDUSTRY,
    COX_ACCOUNT_WEBSITE,
    COX_ACCOUNT_PHONE,
    COX_ACCOUNT_FAX,
    COX_ACCOUNT_STREET,
    COX_ACCOUNT_CITY,
    COX_ACCOUNT_STATE,
    COX_ACCOUNT_POSTAL_CODE,
    COX_ACCOUNT_COUNTRY,
    COX_ACCOUNT_SHIPPING_STREET,
    COX_ACCOUNT_SHIPPING_CITY,
    COX_ACCOUNT_SHIPPING_STATE,
    COX_ACCOUNT_SHIPPING_POSTAL_CODE,
    COX_ACCOUNT_SHIPPING_COUNTRY,
    COX_ACCOUNT_LATITUDE,
    COX_ACCOUNT_LONGITUDE,
    COX_ACCOUNT_EMPLOYEES,
    COX_ACCOUNT_ANNUAL_REVENUE,
    COX_ACCOUNT_CURRENCY,
    COX_ACCOUNT_ACCOUNT_NUMBER,
    COX_ACCOUNT_OWNERSHIP,
    COX_ACCOUNT_RATING,
    COX_ACCOUNT_SOURCE,
    COX_ACCOUNT_LIFECYCLE,
    COX_ACCOUNT_FOUNDED_YEAR,
    COX_ACCOUNT_SITE,
    COX_ACCOUNT_SIC,
    COX_ACCOUNT_TICKER,
    COX_ACCOUNT_DESCRIPTION,
    COX_ACCOUNT_CREATED_DAY,
    COX_ACCOUNT_LAST_ACTIVITY_DAY,
    COX_ACCOUNT_UNMATCHED,
    COX_ACCOUNT_SIC_TEXT,
    COX_ACCOUNT_FIELD_COUNT
};

struct cox_account {
    struct cox_head head;
    struct cox_text name;
    int64_t owner, parent;
    struct cox_text type, industry, website, phone, fax, street, city, state, postal_code, country,
        shipping_street, shipping_city, shipping_state, shipping_postal_code, shipping_country;
    double latitude, longitude;
    int64_t employees, annual_revenue;
    struct cox_text currency, account_number, ownership, rating, source, lifecycle;
    int64_t founded_year;
    struct cox_text site, sic, ticker, description;
    int64_t created_day, last_activity_day;
    struct cox_text sic_text;
};
extern const struct cox_entity cox_account;

enum {
    COX_CONTACT_NAME,
    COX_CONTACT_OWNER,
    COX_CONTACT_ACCOUNT,
    COX_CONTACT_SALUTATION,
    COX_CONTACT_FIRST_NAME,
    COX_CONTACT_LAST_NAME,
    COX_CONTACT_EMAIL,
    COX_CONTACT_PHONE,
    COX_CONTACT_MOBILE,
    COX_CONTACT_TITLE,
    COX_CONTACT_DEPARTMENT,
    COX_CONTACT_REPORTS_TO,
    COX_CONTACT_STREET,
    COX_CONTACT_CITY,
    COX_CONTACT_STATE,
    COX_CONTACT_POSTAL_CODE,
    COX_CONTACT_COUNTRY,
    COX_CONTACT_LEAD_SOURCE,
    COX_CONTACT_LIFECYCLE,
    COX_CONTACT_NO_EMAIL,
    COX_CONTACT_NO_CALL,
    COX_CONTACT_BIRTH_DAY,
    COX_CONTACT_DESCRIPTION,
    COX_CONTACT_CREATED_DAY,
    COX_CONTACT_UNMATCHED,
    COX_CONTACT_FIELD_COUNT
};

struct cox_contact {
    struct cox_head head;
    struct cox_text name;
    int64_t owner, account;
    struct cox_text salutation, first_name, last_name, email, phone, mobile, title, department;
    int64_t reports_to;
    struct cox_text street, city, state, postal_code, country, lead_source, lifecycle;
    int64_t no_email, no_call, birth_day;
    struct cox_text description;
    int64_t created_day;
};
extern const struct cox_entity cox_contact;

#endif
