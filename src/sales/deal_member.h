/* sales/deal_member.h: who works on a deal beside its owner, and whom at the customer it is worked with. */
#ifndef COX_SALES_DEAL_MEMBER_H
#define COX_SALES_DEAL_MEMBER_H

#include "record/entity.h"

enum {
    COX_DEAL_MEMBER_OPPORTUNITY,
    COX_DEAL_MEMBER_USER,
    COX_DEAL_MEMBER_ROLE,
    COX_DEAL_MEMBER_FIELD_COUNT
};

struct cox_deal_member {
    struct cox_head head;
    int64_t opportunity, user;
    struct cox_text role;
};
extern const struct cox_entity cox_deal_member;

enum {
    COX_DEAL_CONTACT_OPPORTUNITY,
    COX_DEAL_CONTACT_CONTACT,
    COX_DEAL_CONTACT_ROLE,
    COX_DEAL_CONTACT_IS_PRIMARY,
    COX_DEAL_CONTACT_FIELD_COUNT
};

struct cox_deal_contact {
    struct cox_head head;
    int64_t opportunity, contact;
    struct cox_text role;
    int64_t is_primary;
};
extern const struct cox_entity cox_deal_contact;

#endif
