/* sales/contract.c: the table of contracts. */
#include "sales/contract.h"

#include "org/people.h"
#include "sales/account.h"
#include "sales/opportunity.h"
#include "sales/rule.h"

/* ---- contract ---- */

static const struct cox_field contract_fields[] = {
    [COX_CONTRACT_NAME] = {"name", .type = COX_TEXT, .max = 255,
        .flags = COX_REQUIRED | COX_SORTED | COX_SEARCHED,
        .at = COX_AT_TEXT(struct cox_contract, name),
        .alias = {"Name|ContractNumber|Contract Number", NULL, NULL},
        .also = "contract|contract name|subscription", .help = "Title or number."},
    [COX_CONTRACT_OWNER] = {"owner", .type = COX_REF, .ref = &cox_user, .on_delete = COX_REFUSE,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_contract, owner),
        .alias = {"OwnerId|Owner Name|Owner",
            "hubspot_owner_id|property_hubspot_owner_id|owner_id|Owner", "Owner|Owner Name"},
        .also = "owner|sales_agent|sales agent|salesperson|rep|assigned to|account manager",
        .help = "Who is responsible."},
    [COX_CONTRACT_ACCOUNT] = {"account", .type = COX_REF, .ref = &cox_account,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_contract, account),
        .alias = {"AccountId|Account Name", NULL, NULL}, .also = "account|customer",
        .help = "The customer."},
    [COX_CONTRACT_OPPORTUNITY] = {"opportunity", .type = COX_REF, .ref = &cox_opportunity,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_contract, opportunity),
        .alias = {"SBQQ__Opportunity__c", NULL, NULL}, .help = "The deal it came from."},
    [COX_CONTRACT_START_DAY] = {"start_day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_contract, start_day),
        .alias = {"StartDate|Contract Start Date", NULL, NULL}, .also = "start|start date",
        .help = "First day."},
    [COX_CONTRACT_END_DAY] = {"end_day", .type = COX_DATE, .flags = COX_SORTED,
        .at = COX_AT_INT(struct cox_contract, end_day),
        .alias = {"EndDate|Contract End Date", NULL, NULL}, .also = "end|end date|renewal date",
        .help = "First day after; empty: open-ended."},
    [COX_CONTRACT_VALUE] = {"value", .type = COX_MONEY,
        .at = COX_AT_INT(struct cox_contract, value), .also = "contract value|acv|arr|amount",
        .help = "Value over the whole term."},
    [COX_CONTRACT_CURRENCY] = {"currency", .type = COX_TEXT, .max = 3,
        .at = COX_AT_TEXT(struct cox_contract, currency),
        .alias = {"CurrencyIsoCode|Currency|Amount Currency", "deal_currency_code|Currency",
            "Currency"},
        .also = "currency code",
        .help = "Currency of the money in this row; empty: the company's."},
    [COX_CONTRACT_RENEWED_BY] = {"renewed_by", .type = COX_REF, .ref = &cox_contract,
        .on_delete = COX_SET_NULL, .at = COX_AT_INT(struct cox_contract, renewed_by),
        .help = "The contract that followed."},
    [COX_CONTRACT_IS_AUTO_RENEWED] = {"is_auto_renewed", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_contract, is_auto_renewed),
        .help = "Goes on unless somebody ends it."},
    [COX_CONTRACT_ENDED_DAY] = {"ended_day", .type = COX_DATE,
        .at = COX_AT_INT(struct cox_contract, ended_day),
        .help = "First day after, where it ended early."},
    [COX_CONTRACT_DESCRIPTION] = {"description", .type = COX_TEXT, .max = 32000,
        .flags = COX_SEARCHED, .at = COX_AT_TEXT(struct cox_contract, description),
        .alias = {"Description", NULL, NULL}, .help = "Anything worth knowing."},
};
_Static_assert(COX_COUNT(contract_fields) == COX_CONTRACT_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_contract(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    int64_t start_day, end_day, ended_day, next;
    const struct cox_row *row;

    (void)before; /* a contract is judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_currency(call, after, COX_CONTRACT_CURRENCY);
    start_day = cox_row_int(after, COX_CONTRACT_START_DAY);
    end_day = cox_row_int(after, COX_CONTRACT_END_DAY);
    ended_day = cox_row_int(after, COX_CONTRACT_ENDED_DAY);
    next = cox_row_int(after, COX_CONTRACT_RENEWED_BY);
    if (end_day != COX_NULL && end_day <= start_day) {
        return cox_fail_at(reterr, COX_INVALID, "end_day", 0, "the contract ends before it starts");
    }
    if (ended_day != COX_NULL && ended_day < start_day) {
        return cox_fail_at(reterr, COX_INVALID, "ended_day", 0,
            "the contract was ended before it started");
    }
    if (next == COX_NULL) {
        return COX_OK;
    }
    COX_TRY(cox_peek(call, &cox_contract, next, &row, reterr));
    if (next == after->id || cox_row_int(row, COX_CONTRACT_START_DAY) < start_day) {
        return cox_fail_at(reterr, COX_INVALID, "renewed_by", 0,
            "a contract is renewed by a later one");
    }
    if (cox_row_int(row, COX_CONTRACT_ACCOUNT) != cox_row_int(after, COX_CONTRACT_ACCOUNT)) {
        return cox_fail_at(reterr, COX_INVALID, "renewed_by", 0,
            "that contract is another account's");
    }
    return COX_OK;
}

const struct cox_entity cox_contract = {
    .name = "contract",
    .plural = "contracts",
    .label = "Contract",
    .label_plural = "Contracts",
    .number = 53,
    .fields = contract_fields,
    .field_count = COX_CONTRACT_FIELD_COUNT,
    .struct_size = sizeof(struct cox_contract),
    .reach = COX_REACH_LINE,
    .name_field = COX_CONTRACT_NAME,
    .owner_field = COX_CONTRACT_OWNER,
    .parent_field = COX_CONTRACT_ACCOUNT,
    .currency_field = COX_CONTRACT_CURRENCY,
    .grants = cox_grants_records,
    .check = check_contract,
    .external_alias = {"Contract", NULL, NULL},
    .help = "What a customer has agreed to, from when to when: the base of retention.",
};
