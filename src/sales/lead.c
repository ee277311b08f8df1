/* sales/lead.c: the table of leads. */
#include "sales/lead.h"

#include "org/people.h"
#include "sales/account.h"
#include "sales/opportunity.h"
#include "sales/routing.h"
#include "sales/rule.h"

static const struct cox_choice lead_phases[] = {
    [COX_LEAD_OPEN] = {"open", "Open", "false|0|no"},
    [COX_LEAD_CONVERTED] = {"converted", "Converted", "true|1|yes"},
    [COX_LEAD_DISQUALIFIED] = {"disqualified", "Disqualified", "junk|lost"},
    {0},
};

/* ---- lead ---- */

static const struct cox_field lead_fields[] = {
    [COX_LEAD_NAME] = {"name", .type = COX_TEXT, .max = 255,
        .flags = COX_REQUIRED | COX_SORTED | COX_SEARCHED | COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_lead, name),
        .alias = {"Name|Full Name", "hs_lead_name|Full Name", "Full_Name|Lead Name|Full Name"},
        .also = "lead|lead name|name|contact",
        .help = "Name of the person or, where there is none, the company.",
        .purpose = "To contact the person about business they have with us."},
    [COX_LEAD_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_lead, owner),
        .alias = {"OwnerId|Lead Owner|Owner Name",
            "hubspot_owner_id|property_hubspot_owner_id|Lead owner",
            "Owner|Lead Owner.id|Lead Owner"},
        .also = "owner|sales_agent|sales agent|salesperson|rep|assigned to|account manager",
        .help =
            "Who is responsible. Left empty: as the routing rules say, else whoever enters it."},
    [COX_LEAD_COMPANY] = {"company", .type = COX_TEXT, .max = 255,
        .flags = COX_SORTED | COX_SEARCHED, .at = COX_AT_TEXT(struct cox_lead, company),
        .alias = {"Company|Company / Account", "company|property_company|Company Name", "Company"},
        .also = "organization|account|company name", .help = "The company, as given."},
    [COX_LEAD_SALUTATION] = {"salutation", .type = COX_TEXT, .max = 40, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_lead, salutation),
        .alias = {"Salutation", "salutation", "Salutation"}, .help = "How to address the person.",
        .purpose = "To contact the person about business they have with us."},
    [COX_LEAD_FIRST_NAME] = {"first_name", .type = COX_TEXT, .max = 100, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_lead, first_name),
        .alias = {"FirstName|First Name", "firstname|property_firstname|First Name",
            "First_Name|First Name"},
        .help = "Given name.",
        .purpose = "To contact the person about business they have with us."},
    [COX_LEAD_LAST_NAME] = {"last_name", .type = COX_TEXT, .max = 100, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_lead, last_name),
        .alias = {"LastName|Last Name", "lastname|property_lastname|Last Name",
            "Last_Name|Last Name"},
        .help = "Family name.",
        .purpose = "To contact the person about business they have with us."},
    [COX_LEAD_TITLE] = {"title", .type = COX_TEXT, .max = 200,
        .at = COX_AT_TEXT(struct cox_lead, title),
        .alias = {"Title", "jobtitle|Job Title", "Designation|Title"}, .also = "job title|position",
        .help = "Job title."},
    [COX_LEAD_EMAIL] = {"email", .type = COX_TEXT, .max = 254,
        .flags = COX_SORTED | COX_SEARCHED | COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_lead, email),
        .alias = {"Email", "email|property_email|Email", "Email"}, .also = "e-mail|mail",
        .help = "E-mail address.",
        .purpose = "To contact the person about business they have with us."},
    [COX_LEAD_PHONE] = {"phone", .type = COX_TEXT, .max = 60, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_lead, phone),
        .alias = {"Phone", "phone|Phone Number", "Phone"}, .also = "telephone|tel",
        .help = "Telephone.", .purpose = "To contact the person about business they have with us."},
    [COX_LEAD_MOBILE] = {"mobile", .type = COX_TEXT, .max = 60, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_lead, mobile),
        .alias = {"MobilePhone|Mobile", "mobilephone", "Mobile"}, .help = "Mobile telephone.",
        .purpose = "To contact the person about business they have with us."},
    [COX_LEAD_WEBSITE] = {"website", .type = COX_TEXT, .max = 500,
        .at = COX_AT_TEXT(struct cox_lead, website), .alias = {"Website", "website", "Website"},
        .help = "Web address."},
    [COX_LEAD_PHASE] = {"phase", .type = COX_CHOICE, .choices = lead_phases,
        .at = COX_AT_INT(struct cox_lead, phase),
        .alias = {"IsConverted|Converted", NULL, "Converted__s|Is Converted|$converted"},
        .help = "Open, converted or disqualified."},
    [COX_LEAD_STATUS] = {"status", .type = COX_TEXT, .max = 100, .flags = COX_SORTED,
        .at = COX_AT_TEXT(struct cox_lead, status),
        .alias = {"Status|Lead Status", "hs_lead_status|Lead Status", "Lead_Status|Lead Status"},
        .also = "status", .help = "Where it stands, in the company's own words."},
    [COX_LEAD_SOURCE] = {"source", .type = COX_TEXT, .max = 100, .flags = COX_SORTED,
        .at = COX_AT_TEXT(struct cox_lead, source),
        .alias = {"LeadSource|Lead Source", "hs_analytics_source|Original Source",
            "Lead_Source|Lead Source"},
        .also = "source|channel|lead origin", .help = "How it came to us."},
    [COX_LEAD_INDUSTRY] = {"industry", .type = COX_TEXT, .max = 100,
        .at = COX_AT_TEXT(struct cox_lead, industry), .alias = {"Industry", "industry", "Industry"},
        .also = "sector|specialization", .help = "What business it is in."},
    [COX_LEAD_RATING] = {"rating", .type = COX_TEXT, .max = 60,
        .at = COX_AT_TEXT(struct cox_lead, rating), .alias = {"Rating", NULL, "Rating"},
        .also = "lead quality", .help = "How promising it is."},
    [COX_LEAD_EMPLOYEES] = {"employees", .type = COX_INT, .min = 0, .max = 100000000,
        .at = COX_AT_INT(struct cox_lead, employees),
        .alias = {"NumberOfEmployees|No. of Employees", "numemployees",
            "No_of_Employees|No. of Employees"},
        .also = "employees|headcount", .help = "People who work there."},
    [COX_LEAD_ANNUAL_REVENUE] = {"annual_revenue", .type = COX_MONEY,
        .at = COX_AT_INT(struct cox_lead, annual_revenue),
        .alias = {"AnnualRevenue|Annual Revenue", "annualrevenue", "Annual_Revenue|Annual Revenue"},
        .help = "Revenue a year."},
    [COX_LEAD_CURRENCY] = {"currency", .type = COX_TEXT, .max = 3,
        .at = COX_AT_TEXT(struct cox_lead, currency),
        .alias = {"CurrencyIsoCode|Currency|Amount Currency", "deal_currency_code|Currency",
            "Currency"},
        .also = "currency code",
        .help = "Currency of the money in this row; empty: the company's."},
    [COX_LEAD_STREET] = {"street", .type = COX_TEXT, .max = 500, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_lead, street),
        .alias = {"Street|Address.street", "address|property_address|Street Address",
            "Street|Address - Street Address"},
        .also = "street|address", .help = "Address: street and number.",
        .purpose = "To reach the person by post and to place them in a territory."},
    [COX_LEAD_CITY] = {"city", .type = COX_TEXT, .max = 100, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_lead, city),
        .alias = {"City|Address.city", "city|property_city|City", "City|Address - City"},
        .also = "city|town", .help = "Address: city.",
        .purpose = "To reach the person by post and to place them in a territory."},
    [COX_LEAD_STATE] = {"state", .type = COX_TEXT, .max = 100, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_lead, state),
        .alias = {"State|State/Province|StateCode|Address.state",
            "state|property_state|State/Region", "State|Address - State / Province"},
        .also = "state|province|county", .help = "Address: state or province.",
        .purpose = "To reach the person by post and to place them in a territory."},
    [COX_LEAD_POSTAL_CODE] = {"postal_code", .type = COX_TEXT, .max = 20, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_lead, postal_code),
        .alias = {"PostalCode|Zip/Postal Code|Address.postalCode", "zip|property_zip|Postal Code",
            "Zip_Code|Zip Code|Address - Zip / Postal Code"},
        .also = "zip|zip code|postcode|zipcode", .help = "Address: postal code.",
        .purpose = "To reach the person by post and to place them in a territory."},
    [COX_LEAD_COUNTRY] = {"country", .type = COX_TEXT, .max = 100, .flags = COX_PERSONAL,
        .at = COX_AT_TEXT(struct cox_lead, country),
        .alias = {"Country|CountryCode|Address.country",
            "country|property_country|Country/Region|Country",
            "Country|Address - Country / Region"},
        .also = "country|office_location|nation", .help = "Address: country.",
        .purpose = "To reach the person by post and to place them in a territory."},
    [COX_LEAD_NO_EMAIL] = {"no_email", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_lead, no_email),
        .alias = {"HasOptedOutOfEmail|Email Opt Out", "hs_email_optout",
            "Email_Opt_Out|Email Opt Out"},
        .also = "do not email", .help = "Wants no e-mail."},
    [COX_LEAD_NO_CALL] = {"no_call", .type = COX_BOOL, .at = COX_AT_INT(struct cox_lead, no_call),
        .alias = {"DoNotCall|Do Not Call", NULL, NULL}, .also = "do not call",
        .help = "Wants no calls."},
    [COX_LEAD_CONVERTED_DAY] = {"converted_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_lead, converted_day),
        .alias = {"ConvertedDate|Converted Date", NULL, "Converted_Date_Time|Converted Time"},
        .help = "Day it became a contact or deal."},
    [COX_LEAD_CONVERTED_ACCOUNT] = {"converted_account", .type = COX_REF, .ref = &cox_account,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_lead, converted_account),
        .alias = {"ConvertedAccountId", NULL,
            "Converted_Account|Converted Account.id|Converted Account"},
        .help = "The account it became."},
    [COX_LEAD_CONVERTED_CONTACT] = {"converted_contact", .type = COX_REF, .ref = &cox_contact,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_lead, converted_contact),
        .alias = {"ConvertedContactId", "hs_primary_contact_id",
            "Converted_Contact|Converted Contact.id|Converted Contact"},
        .help = "The contact it became."},
    [COX_LEAD_CONVERTED_OPPORTUNITY] = {"converted_opportunity", .type = COX_REF,
        .ref = &cox_opportunity, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_lead, converted_opportunity),
        .alias = {"ConvertedOpportunityId", NULL,
            "Converted_Deal|Converted Deal.id|Converted Deal"},
        .help = "The deal it became."},
    [COX_LEAD_DESCRIPTION] = {"description", .type = COX_TEXT, .max = 32000, .flags = COX_SEARCHED,
        .at = COX_AT_TEXT(struct cox_lead, description),
        .alias = {"Description", "description|property_description|Description", "Description"},
        .also = "notes|comment|details", .help = "Anything worth knowing."},
    [COX_LEAD_CREATED_DAY] = {"created_day", .type = COX_DATE, .flags = COX_SORTED,
        .at = COX_AT_INT(struct cox_lead, created_day),
        .alias = {"CreatedDate|Created Date",
            "createdate|property_createdate|createdAt|created_at|Create Date",
            "Created_Time|Created Time"},
        .also = "created|date created|created on",
        .help = "Day it came to us, in the company zone."},
    [COX_LEAD_UNMATCHED] = {"unmatched", .type = COX_TEXT, .max = 4000,
        .flags = COX_SEARCHED | COX_PERSONAL,
        .help =
            "What an import could not place, as \"field: text\" lines, so that nothing is lost.",
        .purpose = "So that nothing is lost on import; it may name people."},
    [COX_LEAD_ROUTING_RULE] = {"routing_rule", .type = COX_REF, .ref = &cox_routing_rule,
        .on_delete = COX_SET_NULL, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_lead, routing_rule),
        .help = "The rule that gave it its owner."},
    [COX_LEAD_ROUTED_TO] = {"routed_to", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_SET_NULL, .flags = COX_SYSTEM,
        .at = COX_AT_INT(struct cox_lead, routed_to), .help = "Whom the rule gave it to."},
    [COX_LEAD_ROUTED_AT] = {"routed_at", .type = COX_INSTANT,
        .flags = COX_SYSTEM | COX_SORTED | COX_SORTED_PAST, /* past decisions are replayed */
        .at = COX_AT_INT(struct cox_lead, routed_at), .help = "When the rule decided."},
    [COX_LEAD_ROUTED_WHY] = {"routed_why", .label = "Why this owner", .type = COX_TEXT, .max = 2000,
        .flags = COX_SYSTEM, .at = COX_AT_TEXT(struct cox_lead, routed_why),
        .help = "Which rules were asked, and how it was decided."},
    [COX_LEAD_RESPOND_BY] = {"respond_by", .label = "Answer by", .type = COX_INSTANT,
        .flags = COX_SYSTEM | COX_SORTED, .at = COX_AT_INT(struct cox_lead, respond_by),
        .help = "By when it is to be answered, in the owner's working time."},
    [COX_LEAD_RESPONDED_AT] = {"responded_at", .label = "First answer", .type = COX_INSTANT,
        .flags = COX_SYSTEM, .at = COX_AT_INT(struct cox_lead, responded_at),
        .help = "First call, meeting, e-mail or change of status after it was routed."},
};
_Static_assert(COX_COUNT(lead_fields) == COX_LEAD_FIELD_COUNT, "one row for each field id");

/*
 * A new lead that names nobody goes to whom the rules say, else it is its maker's; imported ones are routed when
 * somebody asks.
 */
static enum cox_rc route_new(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    bool is_routed = false;

    if (before != NULL || cox_row_int(after, COX_LEAD_OWNER) != COX_NULL ||
        !cox_is_own_entry(call) || after->imported) {
        return COX_OK;
    }
    COX_TRY(cox_routing_fill(call, after, &is_routed, reterr));
    if (is_routed) {
        return COX_OK;
    }
    if (cox_call_actor(call)->user_id == 0) {
        return cox_fail_at(reterr, COX_INVALID, "owner", 0,
            "a value is needed: no routing rule takes this lead");
    }
    cox_row_set(after, COX_LEAD_OWNER, cox_int(cox_call_actor(call)->user_id));
    return COX_OK;
}

static bool is_waiting(const struct cox_row *lead)
{
    return cox_row_int(lead, COX_LEAD_ROUTED_AT) != COX_NULL &&
           cox_row_int(lead, COX_LEAD_RESPONDED_AT) == COX_NULL;
}

/* A change of status or phase is an answer: somebody has looked at it. */
static void note_answer(struct cox_call *call, const struct cox_row *before, struct cox_row *after)
{
    static const uint32_t fields[] = {COX_LEAD_STATUS, COX_LEAD_PHASE};

    for (size_t i = 0; before != NULL && i < COX_COUNT(fields); i++) {
        if (cox_is_own_entry(call) && is_waiting(after) &&
            cox_row_int(before, COX_LEAD_ROUTED_AT) == cox_row_int(after, COX_LEAD_ROUTED_AT) &&
            !cox_value_same(&before->values[fields[i]], &after->values[fields[i]])) {
            cox_row_set(after, COX_LEAD_RESPONDED_AT, cox_int(cox_call_now_us(call)));
        }
    }
}

enum cox_rc cox_lead_answered(struct cox_call *call, int64_t lead, struct cox_err *reterr)
{
    const struct cox_change change = {COX_LEAD_RESPONDED_AT, cox_int(cox_call_now_us(call))};
    const struct cox_row *row;
    enum cox_rc rc = cox_get(call, &cox_lead, lead, &row, reterr);

    if (rc == COX_OK && is_waiting(row)) {
        rc = cox_change_fields(call, &cox_lead, lead, 0, &change, 1, NULL, reterr);
    }
    return rc == COX_MISSING || rc == COX_DENIED || rc == COX_GONE ? COX_OK : rc;
}

static enum cox_rc check_lead(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    bool is_converted;

    if (after == NULL) {
        return COX_OK;
    }
    COX_TRY(
        cox_fill_name(call, after, COX_LEAD_NAME, COX_LEAD_FIRST_NAME, COX_LEAD_LAST_NAME, reterr));
    if (cox_row_text(after, COX_LEAD_NAME).size == 0) {
        cox_row_set(after, COX_LEAD_NAME, cox_text_value(cox_row_text(after, COX_LEAD_COMPANY)));
    }
    cox_fill_currency(call, after, COX_LEAD_CURRENCY);
    cox_fill_created_day(call, before, after, COX_LEAD_CREATED_DAY);
    cox_fill_int(after, COX_LEAD_PHASE, COX_LEAD_OPEN);
    COX_TRY(route_new(call, before, after, reterr));
    note_answer(call, before, after);
    is_converted = cox_row_int(after, COX_LEAD_PHASE) == COX_LEAD_CONVERTED;
    if (!is_converted && cox_row_int(after, COX_LEAD_CONVERTED_OPPORTUNITY) != COX_NULL) {
        return cox_fail_at(reterr, COX_INVALID, "phase", 0,
            "a lead that became a deal is converted");
    }
    if (is_converted && (after->imported || cox_is_own_entry(call))) {
        cox_fill_int(after, COX_LEAD_CONVERTED_DAY, cox_call_day(call, cox_row_at_us(call, after)));
    }
    return COX_OK;
}

const struct cox_entity cox_lead = {
    .name = "lead",
    .plural = "leads",
    .label = "Lead",
    .label_plural = "Leads",
    .number = 46,
    .fields = lead_fields,
    .field_count = COX_LEAD_FIELD_COUNT,
    .struct_size = sizeof(struct cox_lead),
    .reach = COX_REACH_LINE,
    .name_field = COX_LEAD_NAME,
    .owner_field = COX_LEAD_OWNER,
    .fills_owner = true,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_LEAD_CURRENCY,
    .grants = cox_grants_records,
    .check = check_lead,
    .external_alias = {"Lead|sf_lead", "leads|lead", "Leads"},
    .also = "prospects|enquiries|inquiries",
    .keep = {"To find out whether there is business with the person's company.", COX_BASIS_INTEREST,
        0},
    .help = "Somebody who may become a customer, before there is a deal.",
};
