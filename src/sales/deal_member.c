/* sales/deal_member.c: the tables of those who work on a deal beside its owner, and of the customer's people. */
#include "sales/deal_member.h"

#include "org/people.h"
#include "record/query.h"
#include "sales/account.h"
#include "sales/opportunity.h"
#include "sales/rule.h"

static const struct cox_field deal_member_fields[] = {
    [COX_DEAL_MEMBER_OPPORTUNITY] = {"opportunity", .type = COX_REF, .ref = &cox_opportunity,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_deal_member, opportunity),
        .alias = {"OpportunityId|Opportunity", NULL, NULL}, .help = "The deal."},
    [COX_DEAL_MEMBER_USER] = {"user", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_deal_member, user),
        .alias = {"UserId|Team Member", NULL, NULL}, .help = "Who works on it."},
    [COX_DEAL_MEMBER_ROLE] = {"role", .type = COX_TEXT, .max = 100,
        .at = COX_AT_TEXT(struct cox_deal_member, role),
        .alias = {"TeamMemberRole|Team Role|Member Role", NULL, NULL}, .help = "As what."},
};
_Static_assert(COX_COUNT(deal_member_fields) == COX_DEAL_MEMBER_FIELD_COUNT,
    "one row for each field id");

const struct cox_entity cox_deal_member = {
    .name = "deal_member",
    .plural = "deal_members",
    .label = "Deal team member",
    .label_plural = "Deal team",
    .number = 61,
    .fields = deal_member_fields,
    .field_count = COX_DEAL_MEMBER_FIELD_COUNT,
    .struct_size = sizeof(struct cox_deal_member),
    .reach = COX_REACH_LINE,
    .name_field = COX_DEAL_MEMBER_USER,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_DEAL_MEMBER_OPPORTUNITY,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_records,
    .external_alias = {"OpportunityTeamMember", NULL, NULL},
    .help = "Somebody who works on a deal beside its owner. Gives no share in it and no rights.",
};

/* ---- the customer's people ---- */

static const struct cox_field deal_contact_fields[] = {
    [COX_DEAL_CONTACT_OPPORTUNITY] = {"opportunity", .type = COX_REF, .ref = &cox_opportunity,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_deal_contact, opportunity),
        .alias = {"OpportunityId|Opportunity", "deal_id|Associated Deal IDs", "Deal_Name.id"},
        .help = "The deal."},
    [COX_DEAL_CONTACT_CONTACT] = {"contact", .type = COX_REF, .ref = &cox_contact,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_deal_contact, contact),
        .alias = {"ContactId|Contact", "contact_id|Associated Contact IDs", "Contact_Name.id"},
        .help = "The person at the customer."},
    [COX_DEAL_CONTACT_ROLE] = {"role", .type = COX_TEXT, .max = 100,
        .at = COX_AT_TEXT(struct cox_deal_contact, role),
        .alias = {"Role", NULL, "Contact_Role|Contact Role"},
        .help = "As what: decides, uses, pays, advises ..."},
    [COX_DEAL_CONTACT_IS_PRIMARY] = {"is_primary", .label = "Main contact", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_deal_contact, is_primary),
        .alias = {"IsPrimary|Primary", NULL, NULL},
        .help = "Is it the one the deal is mainly worked with?"},
};
_Static_assert(COX_COUNT(deal_contact_fields) == COX_DEAL_CONTACT_FIELD_COUNT,
    "one row for each field id");

/* A person has one role in a deal. */
static enum cox_rc check_deal_contact(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    struct cox_query query = {.entity = &cox_deal_contact, .limit = 1};
    struct cox_page page;

    if (before != NULL || after == NULL) {
        return COX_OK; /* deal and person are fixed: only a new one can be the second */
    }
    const struct cox_filter_term terms[] = {
        {COX_DEAL_CONTACT_OPPORTUNITY, "eq",
            cox_int(cox_row_int(after, COX_DEAL_CONTACT_OPPORTUNITY))},
        {COX_DEAL_CONTACT_CONTACT, "eq", cox_int(cox_row_int(after, COX_DEAL_CONTACT_CONTACT))},
    };

    COX_TRY(
        cox_filter_build(call, &cox_deal_contact, terms, COX_COUNT(terms), &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    return page.count == 0 ? COX_OK
                           : cox_fail_at(reterr, COX_CONFLICT, "contact", 0,
                                 "this person has a role in the deal already");
}

const struct cox_entity cox_deal_contact = {
    .name = "deal_contact",
    .plural = "deal_contacts",
    .label = "Contact of a deal",
    .label_plural = "Contacts of deals",
    .number = 65,
    .fields = deal_contact_fields,
    .field_count = COX_DEAL_CONTACT_FIELD_COUNT,
    .struct_size = sizeof(struct cox_deal_contact),
    .reach = COX_REACH_LINE,
    .name_field = COX_DEAL_CONTACT_CONTACT,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_DEAL_CONTACT_OPPORTUNITY,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_records,
    .check = check_deal_contact,
    .external_alias = {"OpportunityContactRole", NULL, NULL},
    .help = "Somebody at the customer a deal is worked with, and as what.",
};
