/*
 * sales/territory.h: models of territories beside one another, territories as a tree, who works them and which accounts belong to them, each
 * from a day to a day.
 */
#ifndef COX_SALES_TERRITORY_H
#define COX_SALES_TERRITORY_H

#include "record/entity.h"

enum cox_territory_state { COX_TERRITORY_PLANNING, COX_TERRITORY_ACTIVE, COX_TERRITORY_ARCHIVED };

enum {
    COX_TERRITORY_MODEL_NAME,
    COX_TERRITORY_MODEL_STATE,
    COX_TERRITORY_MODEL_CODE,
    COX_TERRITORY_MODEL_FROM_DAY,
    COX_TERRITORY_MODEL_TO_DAY,
    COX_TERRITORY_MODEL_DESCRIPTION,
    COX_TERRITORY_MODEL_FIELD_COUNT
};

struct cox_territory_model {
    struct cox_head head;
    struct cox_text name;
    int64_t state;
    struct cox_text code;
    int64_t from_day, to_day;
    struct cox_text description;
};
extern const struct cox_entity cox_territory_model;

enum {
    COX_TERRITORY_NAME,
    COX_TERRITORY_PARENT,
    COX_TERRITORY_CODE,
    COX_TERRITORY_LEAD,
    COX_TERRITORY_PLAN,
    COX_TERRITORY_DESCRIPTION,
    COX_TERRITORY_MODEL,
    COX_TERRITORY_FIELD_COUNT
};

struct cox_territory {
    struct cox_head head;
    struct cox_text name;
    int64_t parent;
    struct cox_text code;
    int64_t lead;
    struct cox_text plan, description;
    int64_t model;
};
extern const struct cox_entity cox_territory;

enum {
    COX_TERRITORY_MEMBER_TERRITORY,
    COX_TERRITORY_MEMBER_USER,
    COX_TERRITORY_MEMBER_ROLE,
    COX_TERRITORY_MEMBER_FROM_DAY,
    COX_TERRITORY_MEMBER_TO_DAY,
    COX_TERRITORY_MEMBER_FIELD_COUNT
};

struct cox_territory_member {
    struct cox_head head;
    int64_t territory, user;
    struct cox_text role;
    int64_t from_day, to_day;
};
extern const struct cox_entity cox_territory_member;

enum {
    COX_TERRITORY_ACCOUNT_TERRITORY,
    COX_TERRITORY_ACCOUNT_ACCOUNT,
    COX_TERRITORY_ACCOUNT_FROM_DAY,
    COX_TERRITORY_ACCOUNT_TO_DAY,
    COX_TERRITORY_ACCOUNT_FIELD_COUNT
};

struct cox_territory_account {
    struct cox_head head;
    int64_t territory, account, from_day, to_day;
};
extern const struct cox_entity cox_territory_account;

#endif
