/* sales/deal_member.h: who works on a deal beside its owner. */
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

#endif
