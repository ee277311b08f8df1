/* sales/product.c: the tables of products, price lists and prices. */
#include "sales/product.h"

#include "org/people.h"
#include "sales/rule.h"

/* ---- product ---- */

static const struct cox_field product_fields[] = {
    [COX_PRODUCT_NAME] = {"name", .type = COX_TEXT, .max = 255,
        .flags = COX_REQUIRED | COX_SORTED | COX_SEARCHED,
        .at = COX_AT_TEXT(struct cox_product, name),
        .alias = {"Name|Product Name", "name|Name", "Product_Name|Product Name"},
        .also = "product|item|article", .help = "What it is called."},
    [COX_PRODUCT_CODE] = {"code", .type = COX_TEXT, .max = 100, .flags = COX_SEARCHED,
        .at = COX_AT_TEXT(struct cox_product, code),
        .alias = {"ProductCode|Product Code|StockKeepingUnit", "hs_sku|SKU",
            "Product_Code|Product Code"},
        .also = "sku|article number|ProductKey", .help = "Its number."},
    [COX_PRODUCT_FAMILY] = {"family", .type = COX_TEXT, .max = 100, .flags = COX_SORTED,
        .at = COX_AT_TEXT(struct cox_product, family),
        .alias = {"Family|Product Family", "hs_product_type|Product Type",
            "Product_Category|Product Category"},
        .also = "series|category|Subcategory|product line", .help = "Series or family."},
    [COX_PRODUCT_UNIT_PRICE] = {"unit_price", .type = COX_MONEY,
        .at = COX_AT_INT(struct cox_product, unit_price),
        .alias = {NULL, "price|Unit price", "Unit_Price|Unit Price"},
        .also = "sales_price|price|list price|retail price",
        .help = "List price; price lists may say otherwise."},
    [COX_PRODUCT_CURRENCY] = {"currency", .type = COX_TEXT, .max = 3,
        .at = COX_AT_TEXT(struct cox_product, currency),
        .alias = {"CurrencyIsoCode|Currency|Amount Currency", "deal_currency_code|Currency",
            "Currency"},
        .also = "currency code",
        .help = "Currency of the money in this row; empty: the company's."},
    [COX_PRODUCT_IS_ACTIVE] = {"is_active", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_product, is_active),
        .alias = {"IsActive|Active", NULL, "Product_Active|Product Active"},
        .help = "May it be sold? Empty counts as yes."},
    [COX_PRODUCT_DESCRIPTION] = {"description", .type = COX_TEXT, .max = 32000,
        .flags = COX_SEARCHED, .at = COX_AT_TEXT(struct cox_product, description),
        .alias = {"Description|Product Description", "description|Product description",
            "Description"},
        .help = "What it is."},
};
_Static_assert(COX_COUNT(product_fields) == COX_PRODUCT_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_product(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)before, (void)reterr; /* nothing can be wrong */
    if (after != NULL) {
        cox_fill_currency(call, after, COX_PRODUCT_CURRENCY);
        cox_fill_int(after, COX_PRODUCT_IS_ACTIVE, 1);
    }
    return COX_OK;
}

const struct cox_entity cox_product = {
    .name = "product",
    .plural = "products",
    .label = "Product",
    .label_plural = "Products",
    .number = 47,
    .fields = product_fields,
    .field_count = COX_PRODUCT_FIELD_COUNT,
    .struct_size = sizeof(struct cox_product),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_PRODUCT_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_PRODUCT_CURRENCY,
    .grants = cox_grants_shared,
    .check = check_product,
    .external_alias = {"Product2", "products|product", "Products"},
    .also = "items|product",
    .help = "Something we sell.",
};

/* ---- price list ---- */

static const struct cox_field price_list_fields[] = {
    [COX_PRICE_LIST_NAME] = {"name", .type = COX_TEXT, .max = 200,
        .flags = COX_REQUIRED | COX_SORTED, .at = COX_AT_TEXT(struct cox_price_list, name),
        .alias = {"Name", NULL, "Price_Book_Name|Price Book Name"}, .help = "What it is called."},
    [COX_PRICE_LIST_CURRENCY] = {"currency", .type = COX_TEXT, .max = 3,
        .at = COX_AT_TEXT(struct cox_price_list, currency),
        .alias = {"CurrencyIsoCode", NULL, "Currency"},
        .help = "Currency of its prices; empty: the company's."},
    [COX_PRICE_LIST_IS_STANDARD] = {"is_standard", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_price_list, is_standard), .alias = {"IsStandard", NULL, NULL},
        .help = "Used where no other is chosen."},
    [COX_PRICE_LIST_IS_ACTIVE] = {"is_active", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_price_list, is_active), .alias = {"IsActive", NULL, "Active"},
        .help = "May it be used? Empty counts as yes."},
};
_Static_assert(COX_COUNT(price_list_fields) == COX_PRICE_LIST_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_price_list(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    if (after == NULL) {
        return COX_OK;
    }
    cox_fill_currency(call, after, COX_PRICE_LIST_CURRENCY);
    cox_fill_int(after, COX_PRICE_LIST_IS_ACTIVE, 1);
    if (before != NULL && !cox_text_same(cox_row_text(before, COX_PRICE_LIST_CURRENCY),
                              cox_row_text(after, COX_PRICE_LIST_CURRENCY))) {
        return cox_fail_at(reterr, COX_INVALID, "currency", 0,
            "prices are in this currency already; make another list");
    }
    return COX_OK;
}

const struct cox_entity cox_price_list = {
    .name = "price_list",
    .plural = "price_lists",
    .label = "Price list",
    .label_plural = "Price lists",
    .number = 48,
    .fields = price_list_fields,
    .field_count = COX_PRICE_LIST_FIELD_COUNT,
    .struct_size = sizeof(struct cox_price_list),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_PRICE_LIST_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_price_list,
    .external_alias = {"Pricebook2", NULL, "Price_Books"},
    .help = "Prices in one currency.",
};

/* ---- price ---- */

static const struct cox_field price_fields[] = {
    [COX_PRICE_PRICE_LIST] = {"price_list", .type = COX_REF, .ref = &cox_price_list,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_price, price_list), .alias = {"Pricebook2Id", NULL, NULL},
        .help = "The list."},
    [COX_PRICE_PRODUCT] = {"product", .type = COX_REF, .ref = &cox_product,
        .on_delete = COX_CASCADE, .flags = COX_REQUIRED | COX_FIXED,
        .at = COX_AT_INT(struct cox_price, product), .alias = {"Product2Id", NULL, NULL},
        .help = "The product."},
    [COX_PRICE_AMOUNT] = {"amount", .type = COX_MONEY, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_price, amount), .alias = {"UnitPrice|List Price", NULL, NULL},
        .help = "Price of one unit."},
    [COX_PRICE_CURRENCY] = {"currency", .type = COX_TEXT, .max = 3, .flags = COX_SYSTEM,
        .at = COX_AT_TEXT(struct cox_price, currency), .alias = {"CurrencyIsoCode", NULL, NULL},
        .help = "That of the list."},
    [COX_PRICE_IS_ACTIVE] = {"is_active", .type = COX_BOOL,
        .at = COX_AT_INT(struct cox_price, is_active), .alias = {"IsActive", NULL, NULL},
        .help = "May it be used? Empty counts as yes."},
};
_Static_assert(COX_COUNT(price_fields) == COX_PRICE_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_price(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    const struct cox_row *list;

    (void)before; /* a price is judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    COX_TRY(
        cox_peek(call, &cox_price_list, cox_row_int(after, COX_PRICE_PRICE_LIST), &list, reterr));
    cox_row_set(after, COX_PRICE_CURRENCY,
        cox_text_value(cox_row_text(list, COX_PRICE_LIST_CURRENCY)));
    cox_fill_int(after, COX_PRICE_IS_ACTIVE, 1);
    if (cox_row_int(after, COX_PRICE_AMOUNT) < 0) {
        return cox_fail_at(reterr, COX_INVALID, "amount", 0, "a price is not negative");
    }
    return COX_OK;
}

const struct cox_entity cox_price = {
    .name = "price",
    .plural = "prices",
    .label = "Price",
    .label_plural = "Prices",
    .number = 49,
    .fields = price_fields,
    .field_count = COX_PRICE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_price),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_PRICE_PRODUCT,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_PRICE_CURRENCY,
    .grants = cox_grants_shared,
    .check = check_price,
    .external_alias = {"PricebookEntry", NULL, NULL},
    .help = "Price of a product in a price list.",
};
