/*
 * tests/unit/shop.h: a small company for tests of the record engine: people, customers, deals and
 * a private page, in no sales words of the product's own.
 */
#ifndef COX_TESTS_UNIT_SHOP_H
#define COX_TESTS_UNIT_SHOP_H

#include "record/record.h"

extern const struct cox_entity shop_user, shop_customer, shop_deal, shop_talk;
extern const struct cox_entity *const shop_entities[];

enum { SHOP_USER_NAME, SHOP_USER_EMAIL, SHOP_USER_COUNT };
enum { SHOP_CUSTOMER_NAME, SHOP_CUSTOMER_OWNER, SHOP_CUSTOMER_PHONE, SHOP_CUSTOMER_COUNT };
enum {
    SHOP_DEAL_NAME,
    SHOP_DEAL_OWNER,
    SHOP_DEAL_CUSTOMER,
    SHOP_DEAL_AMOUNT,
    SHOP_DEAL_CURRENCY,
    SHOP_DEAL_STAGE,
    SHOP_DEAL_CLOSE_DAY,
    SHOP_DEAL_CHANCE,
    SHOP_DEAL_COUNT
};
enum { SHOP_TALK_AUTHOR, SHOP_TALK_OTHER, SHOP_TALK_SHARED, SHOP_TALK_PRIVATE, SHOP_TALK_COUNT };

struct shop_deal {
    struct cox_head head;
    struct cox_text name;
    int64_t owner_id, customer_id, amount_minor;
    struct cox_text currency;
    int64_t stage, close_day;
    double chance;
};

/* A clock that stands still until it is moved, and random bytes that are the same each time. */
struct shop_clock {
    int64_t now_us;
    uint64_t random;
};
int64_t shop_now(void *clock);
void shop_random(void *clock, void *bytes, size_t size);

#define SHOP_OPERATOR ((struct cox_actor){.roles = COX_ROLE_BIT(COX_OPERATOR)})

#endif
