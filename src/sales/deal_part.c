/* sales/deal_part.c: line items and splits of a deal. */
#include "org/people.h"
#include "record/query.h"
#include "sales/opportunity.h"
#include "sales/product.h"
#include "sales/rule.h"

/* ---- line item ---- */

static const struct cox_field opportunity_line_fields[] = {
    [COX_OPPORTUNITY_LINE_OPPORTUNITY] = {"opportunity", .type = COX_REF, .ref = &cox_opportunity,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_opportunity_line, opportunity),
        .alias = {"OpportunityId|Opportunity ID",
            "Associated Deal IDs|Associated Deal|deal_id|associations.deals",
            "Parent_Id|Parent Id.id|Parent Id|Deal Name.id|Deal Name"},
        .help = "The deal."},
    [COX_OPPORTUNITY_LINE_PRODUCT] = {"product", .type = COX_REF, .ref = &cox_product,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_opportunity_line, product),
        .alias = {"Product2Id|Product", "hs_product_id|Product ID|Product|Name|name",
            "Product_Name|Product Name.id|Product Name"},
        .also = "product|item", .help = "What is sold."},
    [COX_OPPORTUNITY_LINE_QUANTITY] = {"quantity", .type = COX_REAL, .min = 0, .max = 1000000000,
        .flags = COX_REQUIRED, .at = COX_AT_REAL(struct cox_opportunity_line, quantity),
        .alias = {"Quantity", "quantity|Quantity", "Quantity"}, .also = "units|qty",
        .help = "How many."},
    [COX_OPPORTUNITY_LINE_UNIT_PRICE] = {"unit_price", .type = COX_MONEY,
        .at = COX_AT_INT(struct cox_opportunity_line, unit_price),
        .alias = {"UnitPrice|Sales Price", "price|Unit price",
            "List_Price|Unit_Price|List Price|Unit Price"},
        .also = "price", .help = "Price of one, after discount; empty: from the price list."},
    [COX_OPPORTUNITY_LINE_AMOUNT] = {"amount", .type = COX_MONEY,
        .at = COX_AT_INT(struct cox_opportunity_line, amount),
        .alias = {"TotalPrice|Total Price", "amount|Net price", "Total|Net_Total|Net Total"},
        .also = "total", .help = "Quantity times price, unless said otherwise."},
    [COX_OPPORTUNITY_LINE_CURRENCY] = {"currency", .type = COX_TEXT, .max = 3, .flags = COX_SYSTEM,
        .at = COX_AT_TEXT(struct cox_opportunity_line, currency),
        .alias = {"CurrencyIsoCode", NULL, NULL}, .help = "That of the deal."},
    [COX_OPPORTUNITY_LINE_DESCRIPTION] = {"description", .type = COX_TEXT, .max = 4000,
        .at = COX_AT_TEXT(struct cox_opportunity_line, description),
        .alias = {"Description|Line Description", "description", "Description"},
        .help = "Anything worth knowing."},
};
_Static_assert(COX_COUNT(opportunity_line_fields) == COX_OPPORTUNITY_LINE_FIELD_COUNT,
    "one row for each field id");

/* Price of a product in a currency: of the standard list, else of any, else of the product itself. */
static enum cox_rc find_price(struct cox_call *call, int64_t product, struct cox_text currency,
    int64_t *ret_amount, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_PRICE_PRODUCT, "eq", cox_int(product)},
        {COX_PRICE_CURRENCY, "eq", cox_text_value(currency)},
        {COX_PRICE_IS_ACTIVE, "eq", cox_int(1)},
    };
    struct cox_query query = {.entity = &cox_price, .limit = 100};
    const struct cox_row *row;
    struct cox_page page;
    int64_t amount = COX_NULL;

    if (currency.size == 0) {
        *ret_amount = COX_NULL;
        return COX_OK;
    }
    COX_TRY(cox_filter_build(call, &cox_price, terms, COX_COUNT(terms), &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    for (size_t i = 0; i < page.count; i++) {
        COX_TRY(cox_peek(call, &cox_price_list, cox_row_int(&page.rows[i], COX_PRICE_PRICE_LIST),
            &row, reterr));
        if (amount == COX_NULL || cox_row_int(row, COX_PRICE_LIST_IS_STANDARD) == 1) {
            amount = cox_row_int(&page.rows[i], COX_PRICE_AMOUNT);
        }
    }
    if (amount == COX_NULL) {
        COX_TRY(cox_peek(call, &cox_product, product, &row, reterr));
        if (cox_text_same(cox_row_text(row, COX_PRODUCT_CURRENCY), currency)) {
            amount = cox_row_int(row, COX_PRODUCT_UNIT_PRICE);
        }
    }
    *ret_amount = amount;
    return COX_OK;
}

static enum cox_rc fill_amount(const struct cox_row *before, struct cox_row *after,
    struct cox_err *reterr)
{
    int64_t unit_price = cox_row_int(after, COX_OPPORTUNITY_LINE_UNIT_PRICE);
    int64_t amount = cox_row_int(after, COX_OPPORTUNITY_LINE_AMOUNT);
    double quantity = cox_row_real(after, COX_OPPORTUNITY_LINE_QUANTITY), total;
    bool is_stale = before != NULL && amount == cox_row_int(before, COX_OPPORTUNITY_LINE_AMOUNT) &&
                    (unit_price != cox_row_int(before, COX_OPPORTUNITY_LINE_UNIT_PRICE) ||
                        quantity != cox_row_real(before, COX_OPPORTUNITY_LINE_QUANTITY));

    if (unit_price == COX_NULL || isnan(quantity) || (amount != COX_NULL && !is_stale)) {
        return COX_OK;
    }
    total = nearbyint((double)unit_price * quantity);
    if (fabs(total) > 9e15) {
        return cox_fail_at(reterr, COX_INVALID, "quantity", 0,
            "quantity times price is past 9e15 minor units");
    }
    cox_row_set(after, COX_OPPORTUNITY_LINE_AMOUNT, cox_int((int64_t)total));
    return COX_OK;
}

static enum cox_rc check_line(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_row *deal;
    struct cox_text currency;
    int64_t price;

    if (after == NULL) {
        return COX_OK;
    }
    COX_TRY(cox_peek(call, &cox_opportunity, cox_row_int(after, COX_OPPORTUNITY_LINE_OPPORTUNITY),
        &deal, reterr));
    currency = cox_row_text(deal, COX_OPPORTUNITY_CURRENCY);
    cox_row_set(after, COX_OPPORTUNITY_LINE_CURRENCY, cox_text_value(currency));
    if (cox_row_int(after, COX_OPPORTUNITY_LINE_UNIT_PRICE) == COX_NULL &&
        cox_row_int(after, COX_OPPORTUNITY_LINE_AMOUNT) == COX_NULL) {
        COX_TRY(find_price(call, cox_row_int(after, COX_OPPORTUNITY_LINE_PRODUCT), currency, &price,
            reterr));
        cox_row_set(after, COX_OPPORTUNITY_LINE_UNIT_PRICE, cox_int(price));
    }
    return fill_amount(before, after, reterr);
}

const struct cox_entity cox_opportunity_line = {
    .name = "opportunity_line",
    .plural = "opportunity_lines",
    .label = "Line item",
    .label_plural = "Line items",
    .number = 51,
    .fields = opportunity_line_fields,
    .field_count = COX_OPPORTUNITY_LINE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_opportunity_line),
    .reach = COX_REACH_LINE,
    .name_field = COX_OPPORTUNITY_LINE_PRODUCT,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_OPPORTUNITY_LINE_OPPORTUNITY,
    .currency_field = COX_OPPORTUNITY_LINE_CURRENCY,
    .grants = cox_grants_records,
    .check = check_line,
    .external_alias = {"OpportunityLineItem", "line_items|line_item", "Products_Deals"},
    .help = "A product within a deal.",
};

static const struct cox_choice split_kinds[] = {
    [COX_SPLIT_REVENUE] = {"revenue", "Revenue", NULL},
    [COX_SPLIT_OVERLAY] = {"overlay", "Overlay", NULL},
    {0},
};

/* ---- split ---- */

static const struct cox_field opportunity_split_fields[] = {
    [COX_OPPORTUNITY_SPLIT_OPPORTUNITY] = {"opportunity", .type = COX_REF, .ref = &cox_opportunity,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_opportunity_split, opportunity),
        .alias = {"OpportunityId", NULL, NULL}, .help = "The deal."},
    [COX_OPPORTUNITY_SPLIT_USER] = {"user", .type = COX_REF, .ref = &cox_user,
        .on_delete = COX_REFUSE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_opportunity_split, user),
        .alias = {"SplitOwnerId", "hubspot_owner_id", NULL}, .help = "Who shares."},
    [COX_OPPORTUNITY_SPLIT_KIND] = {"kind", .type = COX_CHOICE, .choices = split_kinds,
        .flags = COX_REQUIRED | COX_FIXED, .at = COX_AT_INT(struct cox_opportunity_split, kind),
        .alias = {"SplitType|Split Type", NULL, NULL}, .help = "Revenue or overlay."},
    [COX_OPPORTUNITY_SPLIT_SHARE_BP] = {"share_bp", .label = "Share, in 1/100 %", .type = COX_INT,
        .min = 1, .max = 10000, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_opportunity_split, share_bp), .per_unit = 100,
        .alias = {"SplitPercentage|Split Percentage|Split %|Percent", NULL, NULL},
        .also = "share|split|percentage",
        .help = "Share in hundredths of a per cent: 10000 is all of it."},
};
_Static_assert(COX_COUNT(opportunity_split_fields) == COX_OPPORTUNITY_SPLIT_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc list_splits(struct cox_call *call, int64_t opportunity,
    struct cox_page *ret_page, struct cox_err *reterr)
{
    const struct cox_filter_term term = {COX_OPPORTUNITY_SPLIT_OPPORTUNITY, "eq",
        cox_int(opportunity)};
    struct cox_query query = {.entity = &cox_opportunity_split, .limit = COX_PAGE_MAX};

    COX_TRY(cox_filter_build(call, &cox_opportunity_split, &term, 1, &query.filter, reterr));
    return cox_list(call, &query, ret_page, reterr);
}

static enum cox_rc check_split(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    struct cox_page page;

    (void)before; /* a share is judged by what it becomes; the sum by the settle */
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_int(after, COX_OPPORTUNITY_SPLIT_KIND, COX_SPLIT_REVENUE);
    COX_TRY(
        list_splits(call, cox_row_int(after, COX_OPPORTUNITY_SPLIT_OPPORTUNITY), &page, reterr));
    for (size_t i = 0; i < page.count; i++) {
        const struct cox_row *other = &page.rows[i];

        if (other->id != after->id &&
            cox_row_int(other, COX_OPPORTUNITY_SPLIT_USER) ==
                cox_row_int(after, COX_OPPORTUNITY_SPLIT_USER) &&
            cox_row_int(other, COX_OPPORTUNITY_SPLIT_KIND) ==
                cox_row_int(after, COX_OPPORTUNITY_SPLIT_KIND)) {
            return cox_fail_at(reterr, COX_CONFLICT, "user", 0,
                "this person has a share of that kind already");
        }
    }
    return COX_OK;
}

const struct cox_entity cox_opportunity_split = {
    .name = "opportunity_split",
    .plural = "opportunity_splits",
    .label = "Split",
    .label_plural = "Splits",
    .number = 52,
    .fields = opportunity_split_fields,
    .field_count = COX_OPPORTUNITY_SPLIT_FIELD_COUNT,
    .struct_size = sizeof(struct cox_opportunity_split),
    .reach = COX_REACH_LINE,
    .name_field = COX_OPPORTUNITY_SPLIT_USER,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_OPPORTUNITY_SPLIT_OPPORTUNITY,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_records,
    .check = check_split,
    .settle = cox_split_settle,
    .external_alias = {"OpportunitySplit", "deal_splits", NULL},
    .help =
        "A person's share in a deal. Revenue shares of a deal sum to 100 %; overlay shares never enter totals.",
};

static enum cox_rc settle_one(struct cox_call *call, int64_t opportunity, struct cox_err *reterr)
{
    struct cox_page page;
    int64_t sum_bp = 0;

    COX_TRY(list_splits(call, opportunity, &page, reterr));
    for (size_t i = 0; i < page.count; i++) {
        if (cox_row_int(&page.rows[i], COX_OPPORTUNITY_SPLIT_KIND) == COX_SPLIT_REVENUE) {
            sum_bp += cox_row_int(&page.rows[i], COX_OPPORTUNITY_SPLIT_SHARE_BP);
        }
    }
    if (sum_bp != 0 && sum_bp != 10000) {
        return cox_fail_at(reterr, COX_INVALID, "share_bp", 0,
            "the revenue shares of deal %lld sum to %lld.%02lld %%, not to 100 %%",
            (long long)opportunity, (long long)(sum_bp / 100), (long long)(sum_bp % 100));
    }
    return COX_OK;
}

enum cox_rc cox_split_settle(struct cox_call *call, const struct cox_edit *edits, size_t count,
    struct cox_err *reterr)
{
    int64_t last = 0;

    for (size_t i = 0; i < count; i++) {
        const struct cox_row *row = edits[i].after != NULL ? edits[i].after : edits[i].before;
        int64_t opportunity = cox_row_int(row, COX_OPPORTUNITY_SPLIT_OPPORTUNITY);

        if (opportunity != last) {
            COX_TRY(settle_one(call, opportunity, reterr));
        }
        last = opportunity;
    }
    return COX_OK;
}

static bool is_wanted(const struct cox_row *row, const struct cox_split_share *shares, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (shares[i].user == cox_row_int(row, COX_OPPORTUNITY_SPLIT_USER) &&
            shares[i].kind == cox_row_int(row, COX_OPPORTUNITY_SPLIT_KIND)) {
            return true;
        }
    }
    return false;
}

static enum cox_rc save_share(struct cox_call *call, int64_t opportunity,
    const struct cox_split_share *share, const struct cox_page *page, struct cox_err *reterr)
{
    struct cox_opportunity_split split;
    int64_t id;

    for (size_t i = 0; i < page->count; i++) {
        if (is_wanted(&page->rows[i], share, 1)) {
            const struct cox_change change = {COX_OPPORTUNITY_SPLIT_SHARE_BP,
                cox_int(share->share_bp)};

            return cox_change_fields(call, &cox_opportunity_split, page->rows[i].id, 0, &change, 1,
                NULL, reterr);
        }
    }
    cox_struct_init(&cox_opportunity_split, &split);
    split.opportunity = opportunity;
    split.user = share->user;
    split.kind = share->kind;
    split.share_bp = share->share_bp;
    return cox_create_struct(call, &cox_opportunity_split, &split, &id, reterr);
}

enum cox_rc cox_split_save(struct cox_call *call, int64_t opportunity,
    const struct cox_split_share *shares, size_t count, struct cox_err *reterr)
{
    struct cox_page page;

    COX_TRY(list_splits(call, opportunity, &page, reterr));
    for (size_t i = 0; i < page.count; i++) {
        if (!is_wanted(&page.rows[i], shares, count)) {
            COX_TRY(cox_remove(call, &cox_opportunity_split, page.rows[i].id, 0, reterr));
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (shares[j].user == shares[i].user && shares[j].kind == shares[i].kind) {
                return cox_fail_at(reterr, COX_INVALID, "user", (int64_t)i + 1,
                    "this person has a share of that kind already");
            }
        }
        COX_TRY(save_share(call, opportunity, &shares[i], &page, reterr));
    }
    return COX_OK;
}
