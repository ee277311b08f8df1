/* tests/unit/shop.c: entities of the test company. */
#include "shop.h"

#include <string.h>

#define EVERYBODY (COX_ROLE_BIT(COX_ROLE_COUNT) - 1U)
#define BOSSES    (COX_ROLE_BIT(COX_ADMIN) | COX_ROLE_BIT(COX_OPERATOR))

static const struct cox_grant open_grants[] = {
    {BOSSES, COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {EVERYBODY, COX_ALL, COX_NONE, COX_NONE, COX_NONE},
    {0},
};

static const struct cox_grant line_grants[] = {
    {BOSSES, COX_ALL, COX_ALL, COX_ALL, COX_ALL},
    {COX_ROLE_BIT(COX_MANAGER), COX_LINE, COX_LINE, COX_LINE, COX_LINE},
    {COX_ROLE_BIT(COX_REP), COX_OWN, COX_OWN, COX_OWN, COX_NONE},
    {0},
};

static const struct cox_field user_fields[] = {
    [SHOP_USER_NAME] = {"name", .type = COX_TEXT,
        .flags = COX_REQUIRED | COX_SORTED | COX_SEARCHED},
    [SHOP_USER_EMAIL] = {"email", .type = COX_TEXT, .flags = COX_UNIQUE | COX_PERSONAL},
};

const struct cox_entity shop_user = {
    .name = "user",
    .plural = "users",
    .label = "user",
    .label_plural = "users",
    .number = 1,
    .fields = user_fields,
    .field_count = SHOP_USER_COUNT,
    .reach = COX_REACH_COMPANY,
    .name_field = SHOP_USER_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = open_grants,
};

static const struct cox_field customer_fields[] = {
    [SHOP_CUSTOMER_NAME] = {"name", .type = COX_TEXT,
        .flags = COX_REQUIRED | COX_SORTED | COX_SEARCHED},
    [SHOP_CUSTOMER_OWNER] = {"owner", .type = COX_REF, .ref = &shop_user},
    [SHOP_CUSTOMER_PHONE] = {"phone", .type = COX_TEXT, .flags = COX_PERSONAL | COX_SEARCHED},
};

const struct cox_entity shop_customer = {
    .name = "customer",
    .plural = "customers",
    .label = "customer",
    .label_plural = "customers",
    .number = 2,
    .fields = customer_fields,
    .field_count = SHOP_CUSTOMER_COUNT,
    .reach = COX_REACH_LINE,
    .name_field = SHOP_CUSTOMER_NAME,
    .owner_field = SHOP_CUSTOMER_OWNER,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = line_grants,
};

static const struct cox_choice stages[] = {{"open", "Open", NULL}, {"won", "Won", NULL},
    {"lost", "Lost", NULL}, {0}};

static const struct cox_field deal_fields[] = {
    [SHOP_DEAL_NAME] = {"name", .type = COX_TEXT, .max = 100,
        .flags = COX_REQUIRED | COX_SORTED | COX_SEARCHED,
        .at = COX_AT_TEXT(struct shop_deal, name)},
    [SHOP_DEAL_OWNER] = {"owner", .type = COX_REF, .ref = &shop_user,
        .at = COX_AT_INT(struct shop_deal, owner_id)},
    [SHOP_DEAL_CUSTOMER] = {"customer", .type = COX_REF, .ref = &shop_customer,
        .on_delete = COX_CASCADE, .at = COX_AT_INT(struct shop_deal, customer_id)},
    [SHOP_DEAL_AMOUNT] = {"amount", .type = COX_MONEY, .flags = COX_SORTED,
        .at = COX_AT_INT(struct shop_deal, amount_minor)},
    [SHOP_DEAL_CURRENCY] = {"currency", .type = COX_TEXT, .max = 3,
        .at = COX_AT_TEXT(struct shop_deal, currency)},
    [SHOP_DEAL_STAGE] = {"stage", .type = COX_CHOICE, .choices = stages,
        .at = COX_AT_INT(struct shop_deal, stage)},
    [SHOP_DEAL_CLOSE_DAY] = {"close_day", .type = COX_DATE, .flags = COX_SORTED,
        .at = COX_AT_INT(struct shop_deal, close_day)},
    [SHOP_DEAL_CHANCE] = {"chance", .type = COX_REAL, .min = 0, .max = 1,
        .at = COX_AT_REAL(struct shop_deal, chance)},
};

/* A won deal needs an amount. */
static enum cox_rc check_deal(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call;
    (void)before;
    if (after != NULL && cox_row_int(after, SHOP_DEAL_STAGE) == 1 &&
        cox_row_int(after, SHOP_DEAL_AMOUNT) == COX_NULL) {
        return cox_fail_at(reterr, COX_INVALID, "amount", 0, "a won deal needs an amount");
    }
    return COX_OK;
}

const struct cox_entity shop_deal = {
    .name = "deal",
    .plural = "deals",
    .label = "deal",
    .label_plural = "deals",
    .number = 3,
    .fields = deal_fields,
    .field_count = SHOP_DEAL_COUNT,
    .struct_size = sizeof(struct shop_deal),
    .reach = COX_REACH_LINE,
    .name_field = SHOP_DEAL_NAME,
    .owner_field = SHOP_DEAL_OWNER,
    .parent_field = COX_NO_FIELD,
    .currency_field = SHOP_DEAL_CURRENCY,
    .grants = line_grants,
    .check = check_deal,
};

static const struct cox_field talk_fields[] = {
    [SHOP_TALK_AUTHOR] = {"author", .type = COX_REF, .ref = &shop_user,
        .flags = COX_REQUIRED | COX_FIXED},
    [SHOP_TALK_OTHER] = {"other", .type = COX_REF, .ref = &shop_user,
        .flags = COX_REQUIRED | COX_FIXED},
    [SHOP_TALK_SHARED] = {"shared", .type = COX_TEXT, .max = 4000},
    [SHOP_TALK_PRIVATE] = {"private", .type = COX_TEXT, .max = 4000, .flags = COX_PRIVATE},
};

const struct cox_entity shop_talk = {
    .name = "talk",
    .plural = "talks",
    .label = "talk",
    .label_plural = "talks",
    .number = 4,
    .fields = talk_fields,
    .field_count = SHOP_TALK_COUNT,
    .reach = COX_REACH_PARTICIPANTS,
    .name_field = SHOP_TALK_SHARED,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .participant = {SHOP_TALK_AUTHOR, SHOP_TALK_OTHER},
};

const struct cox_entity *const shop_entities[] = {&shop_user, &shop_customer, &shop_deal,
    &shop_talk, NULL};

int64_t shop_now(void *clock)
{
    return ((struct shop_clock *)clock)->now_us;
}

void shop_random(void *clock, void *bytes, size_t size)
{
    struct shop_clock *state = clock;
    unsigned char *out = bytes;

    for (size_t i = 0; i < size; i++) {
        state->random = state->random * 6364136223846793005U + 1442695040888963407U;
        out[i] = (unsigned char)(state->random >> 56);
    }
}
