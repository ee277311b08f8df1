/* sales/deal_member.c: the table of those who work on a deal beside its owner. */
#include "sales/deal_member.h"

#include "org/people.h"
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
