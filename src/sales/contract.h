/* sales/contract.h: what a customer has agreed to, from when to when. */
#ifndef COX_SALES_CONTRACT_H
#define COX_SALES_CONTRACT_H

#include "record/entity.h"

enum {
    COX_CONTRACT_NAME,
    COX_CONTRACT_OWNER,
    COX_CONTRACT_ACCOUNT,
    COX_CONTRACT_OPPORTUNITY,
    COX_CONTRACT_START_DAY,
    COX_CONTRACT_END_DAY,
    COX_CONTRACT_VALUE,
    COX_CONTRACT_CURRENCY,
    COX_CONTRACT_RENEWED_BY,
    COX_CONTRACT_IS_AUTO_RENEWED,
    COX_CONTRACT_ENDED_DAY,
    COX_CONTRACT_DESCRIPTION,
    COX_CONTRACT_FIELD_COUNT
};

struct cox_contract {
    struct cox_head head;
    struct cox_text name;
    int64_t owner, account, opportunity, start_day, end_day, value;
    struct cox_text currency;
    int64_t renewed_by, is_auto_renewed, ended_day;
    struct cox_text description;
};
extern const struct cox_entity cox_contract;

#endif
