/* sales/product.h: products, price lists and prices. */
#ifndef COX_SALES_PRODUCT_H
#define COX_SALES_PRODUCT_H

#include "record/entity.h"

enum {
    COX_PRODUCT_NAME,
    COX_PRODUCT_CODE,
    COX_PRODUCT_FAMILY,
    COX_PRODUCT_UNIT_PRICE,
    COX_PRODUCT_CURRENCY,
    COX_PRODUCT_IS_ACTIVE,
    COX_PRODUCT_DESCRIPTION,
    COX_PRODUCT_FIELD_COUNT
};

struct cox_product {
    struct cox_head head;
    struct cox_text name, code, family;
    int64_t unit_price;
    struct cox_text currency;
    int64_t is_active;
    struct cox_text description;
};
extern const struct cox_entity cox_product;

enum {
    COX_PRICE_LIST_NAME,
    COX_PRICE_LIST_CURRENCY,
    COX_PRICE_LIST_IS_STANDARD,
    COX_PRICE_LIST_IS_ACTIVE,
    COX_PRICE_LIST_FIELD_COUNT
};

struct cox_price_list {
    struct cox_head head;
    struct cox_text name, currency;
    int64_t is_standard, is_active;
};
extern const struct cox_entity cox_price_list;

enum {
    COX_PRICE_PRICE_LIST,
    COX_PRICE_PRODUCT,
    COX_PRICE_AMOUNT,
    COX_PRICE_CURRENCY,
    COX_PRICE_IS_ACTIVE,
    COX_PRICE_FIELD_COUNT
};

struct cox_price {
    struct cox_head head;
    int64_t price_list, product, amount;
    struct cox_text currency;
    int64_t is_active;
};
extern const struct cox_entity cox_price;

#endif
