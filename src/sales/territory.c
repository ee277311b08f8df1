/* sales/territory.c: the tables of territories, of who works them and of their accounts. */
#include "sales/territory.h"

#include "org/people.h"
#include "record/record.h"
#include "sales/account.h"
#include "sales/rule.h"

enum { DEPTH_MAX = 64 };

/* ---- territory model ---- */

static const struct cox_choice model_states[] = {
    [COX_TERRITORY_PLANNING] = {"planning", "Planning", NULL},
    [COX_TERRITORY_ACTIVE] = {"active", "Active", NULL},
    [COX_TERRITORY_ARCHIVED] = {"archived", "Archived", NULL},
    {0},
};

static const struct cox_field territory_model_fields[] = {
    [COX_TERRITORY_MODEL_NAME] = {"name", .type = COX_TEXT, .max = 200,
        .flags = COX_REQUIRED | COX_SORTED | COX_SEARCHED,
        .at = COX_AT_TEXT(struct cox_territory_model, name), .alias = {"Name|Label", NULL, NULL},
        .help = "What it is called."},
    [COX_TERRITORY_MODEL_STATE] = {"state", .type = COX_CHOICE, .choices = model_states,
        .at = COX_AT_INT(struct cox_territory_model, state), .alias = {"State", NULL, NULL},
        .help = "Is it planned, in force, or kept for the record?"},
    [COX_TERRITORY_MODEL_CODE] = {"code", .type = COX_TEXT, .max = 100,
        .at = COX_AT_TEXT(struct cox_territory_model, code), .alias = {"DeveloperName", NULL, NULL},
        .help = "Its short name."},
    [COX_TERRITORY_MODEL_FROM_DAY] = {"from_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_territory_model, from_day),
        .alias = {"ActivatedDate", NULL, NULL}, .help = "First day in force."},
    [COX_TERRITORY_MODEL_TO_DAY] = {"to_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_territory_model, to_day),
        .alias = {"DeactivatedDate", NULL, NULL}, .help = "First day no longer in force."},
    [COX_TERRITORY_MODEL_DESCRIPTION] = {"description", .type = COX_TEXT, .max = 32000,
        .at = COX_AT_TEXT(struct cox_territory_model, description),
        .alias = {"Description", NULL, NULL}, .help = "What it is for."},
};
_Static_assert(COX_COUNT(territory_model_fields) == COX_TERRITORY_MODEL_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_days(const struct cox_row *after, uint32_t from, uint32_t to,
    struct cox_err *reterr)
{
    return after == NULL || cox_row_int(after, from) == COX_NULL ||
                   cox_row_int(after, to) == COX_NULL
               ? COX_OK
               : cox_days_check(cox_row_int(after, from), cox_row_int(after, to), reterr);
}

static enum cox_rc check_model(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call, (void)before; /* judged by what it becomes */
    return check_days(after, COX_TERRITORY_MODEL_FROM_DAY, COX_TERRITORY_MODEL_TO_DAY, reterr);
}

const struct cox_entity cox_territory_model = {
    .name = "territory_model",
    .plural = "territory_models",
    .label = "Territory model",
    .label_plural = "Territory models",
    .number = 66,
    .fields = territory_model_fields,
    .field_count = COX_TERRITORY_MODEL_FIELD_COUNT,
    .struct_size = sizeof(struct cox_territory_model),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_TERRITORY_MODEL_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_model,
    .external_alias = {"Territory2Model", NULL, NULL},
    .help =
        "A set of territories kept as a whole: the one in force, the one planned, earlier ones.",
};

/* ---- territory ---- */

static const struct cox_field territory_fields[] = {
    [COX_TERRITORY_NAME] = {"name", .type = COX_TEXT, .max = 200,
        .flags = COX_REQUIRED | COX_SORTED | COX_SEARCHED,
        .at = COX_AT_TEXT(struct cox_territory, name),
        .alias = {"Name|Territory Name|Label", NULL, "Name|Territory Name"},
        .help = "What it is called."},
    [COX_TERRITORY_PARENT] = {"parent", .type = COX_REF, .ref = &cox_territory,
        .on_delete = COX_REFUSE, .at = COX_AT_INT(struct cox_territory, parent),
        .alias = {"ParentTerritory2Id|Parent Territory", NULL, "Reporting_To|Parent Territory"},
        .help = "The one it is a part of; empty: at the top."},
    [COX_TERRITORY_CODE] = {"code", .type = COX_TEXT, .max = 100,
        .at = COX_AT_TEXT(struct cox_territory, code), .alias = {"DeveloperName", NULL, NULL},
        .help = "Its short name."},
    [COX_TERRITORY_LEAD] = {"lead", .type = COX_REF, .ref = &cox_user, .on_delete = COX_SET_NULL,
        .at = COX_AT_INT(struct cox_territory, lead),
        .alias = {"ForecastUserId|Forecast Manager", NULL, "Manager"},
        .help = "Who answers for it."},
    [COX_TERRITORY_PLAN] = {"plan", .type = COX_TEXT, .max = 100,
        .at = COX_AT_TEXT(struct cox_territory, plan),
        .help = "Which plan it belongs to, in words."},
    [COX_TERRITORY_DESCRIPTION] = {"description", .type = COX_TEXT, .max = 32000,
        .at = COX_AT_TEXT(struct cox_territory, description),
        .alias = {"Description", NULL, "Description"}, .help = "What it covers."},
    [COX_TERRITORY_MODEL] = {"model", .type = COX_REF, .ref = &cox_territory_model,
        .on_delete = COX_REFUSE, .at = COX_AT_INT(struct cox_territory, model),
        .alias = {"Territory2ModelId|Territory Model", NULL, NULL},
        .help = "Which model it belongs to, where several are kept beside one another."},
};
_Static_assert(COX_COUNT(territory_fields) == COX_TERRITORY_FIELD_COUNT,
    "one row for each field id");

/* No territory is a part of itself, however many steps away. */
static enum cox_rc check_territory(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t above;

    if (after == NULL || (before != NULL && cox_row_int(before, COX_TERRITORY_PARENT) ==
                                                cox_row_int(after, COX_TERRITORY_PARENT))) {
        return COX_OK;
    }
    above = cox_row_int(after, COX_TERRITORY_PARENT);
    for (int depth = 0; above != COX_NULL; depth++) {
        const struct cox_row *row;

        if (above == after->id || depth == DEPTH_MAX) {
            return cox_fail_at(reterr, COX_INVALID, "parent", 0,
                above == after->id ? "a territory is no part of itself"
                                   : "territories are at most %d deep",
                DEPTH_MAX);
        }
        COX_TRY(cox_peek(call, &cox_territory, above, &row, reterr));
        above = cox_row_int(row, COX_TERRITORY_PARENT);
    }
    return COX_OK;
}

const struct cox_entity cox_territory = {
    .name = "territory",
    .plural = "territories",
    .label = "Territory",
    .label_plural = "Territories",
    .number = 62,
    .fields = territory_fields,
    .field_count = COX_TERRITORY_FIELD_COUNT,
    .struct_size = sizeof(struct cox_territory),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_TERRITORY_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_territory,
    .external_alias = {"Territory2", NULL, "Territories"},
    .help = "A part of the market; territories form a tree.",
};

/* ---- territory member ---- */

static const struct cox_field territory_member_fields[] = {
    [COX_TERRITORY_MEMBER_TERRITORY] = {"territory", .type = COX_REF, .ref = &cox_territory,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_territory_member, territory),
        .alias = {"Territory2Id", NULL, NULL}, .help = "The territory."},
    [COX_TERRITORY_MEMBER_USER] = {"user", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_territory_member, user), .alias = {"UserId", NULL, NULL},
        .help = "Who works there."},
    [COX_TERRITORY_MEMBER_ROLE] = {"role", .type = COX_TEXT, .max = 100,
        .at = COX_AT_TEXT(struct cox_territory_member, role),
        .alias = {"RoleInTerritory2|Role in Territory", NULL, NULL}, .help = "As what."},
    [COX_TERRITORY_MEMBER_FROM_DAY] = {"from_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_territory_member, from_day), .also = "start date",
        .help = "First day; empty: since ever."},
    [COX_TERRITORY_MEMBER_TO_DAY] = {"to_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_territory_member, to_day), .also = "end date",
        .help = "First day after; empty: until further notice."},
};
_Static_assert(COX_COUNT(territory_member_fields) == COX_TERRITORY_MEMBER_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_member(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call, (void)before; /* judged by what it becomes */
    return check_days(after, COX_TERRITORY_MEMBER_FROM_DAY, COX_TERRITORY_MEMBER_TO_DAY, reterr);
}

const struct cox_entity cox_territory_member = {
    .name = "territory_member",
    .plural = "territory_members",
    .label = "Territory member",
    .label_plural = "Territory members",
    .number = 63,
    .fields = territory_member_fields,
    .field_count = COX_TERRITORY_MEMBER_FIELD_COUNT,
    .struct_size = sizeof(struct cox_territory_member),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_TERRITORY_MEMBER_USER,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_member,
    .external_alias = {"UserTerritory2Association", NULL, NULL},
    .help = "Somebody who works in a territory, within a span of days.",
};

/* ---- territory account ---- */

static const struct cox_field territory_account_fields[] = {
    [COX_TERRITORY_ACCOUNT_TERRITORY] = {"territory", .type = COX_REF, .ref = &cox_territory,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_territory_account, territory),
        .alias = {"Territory2Id", NULL, NULL}, .help = "The territory."},
    [COX_TERRITORY_ACCOUNT_ACCOUNT] = {"account", .type = COX_REF, .ref = &cox_account,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_territory_account, account), .alias = {"ObjectId", NULL, NULL},
        .help = "The account."},
    [COX_TERRITORY_ACCOUNT_FROM_DAY] = {"from_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_territory_account, from_day), .also = "start date",
        .help = "First day; empty: since ever."},
    [COX_TERRITORY_ACCOUNT_TO_DAY] = {"to_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_territory_account, to_day), .also = "end date",
        .help = "First day after; empty: until further notice."},
};
_Static_assert(COX_COUNT(territory_account_fields) == COX_TERRITORY_ACCOUNT_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_account(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call, (void)before; /* judged by what it becomes */
    return check_days(after, COX_TERRITORY_ACCOUNT_FROM_DAY, COX_TERRITORY_ACCOUNT_TO_DAY, reterr);
}

const struct cox_entity cox_territory_account = {
    .name = "territory_account",
    .plural = "territory_accounts",
    .label = "Account of a territory",
    .label_plural = "Accounts of territories",
    .number = 64,
    .fields = territory_account_fields,
    .field_count = COX_TERRITORY_ACCOUNT_FIELD_COUNT,
    .struct_size = sizeof(struct cox_territory_account),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_TERRITORY_ACCOUNT_ACCOUNT,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_account,
    .external_alias = {"ObjectTerritory2Association", NULL, NULL},
    .help = "An account that belongs to a territory, within a span of days.",
};
