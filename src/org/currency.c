/* org/currency.c: the tables of currencies and rates, and exact conversion. */
#include "org/currency.h"

#include "base/money.h"
#include "org/people.h"
#include "record/query.h"
#include "record/record.h"

/* Upper-case letters only, three of them. */
static enum cox_rc check_code(struct cox_text code, const char *field, struct cox_err *reterr)
{
    if (code.size != 3) {
        return cox_fail_at(reterr, COX_INVALID, field, 0,
            "a currency is three capital letters, as EUR");
    }
    for (size_t i = 0; i < code.size; i++) {
        if (code.ptr[i] < 'A' || code.ptr[i] > 'Z') {
            return cox_fail_at(reterr, COX_INVALID, field, 0,
                "a currency is three capital letters, as EUR");
        }
    }
    return COX_OK;
}

static const struct cox_field currency_fields[] = {
    [COX_CURRENCY_CODE] = {"code", .type = COX_TEXT, .max = 3, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_TEXT(struct cox_currency, code),
        .alias = {"IsoCode|iso_code", "currencyCode", "iso_code"}, .also = "currency",
        .help = "ISO 4217 code, as EUR."},
    [COX_CURRENCY_NAME] = {"name", .type = COX_TEXT, .max = 100,
        .at = COX_AT_TEXT(struct cox_currency, name), .alias = {NULL, NULL, "name"},
        .help = "Its name."},
    [COX_CURRENCY_DIGITS] = {"digits", .type = COX_INT, .min = 0, .max = 4, .flags = COX_REQUIRED,
        .at = COX_AT_INT(struct cox_currency, digits),
        .alias = {"DecimalPlaces", NULL, "decimal_places"},
        .help = "Digits of the smallest unit: 2 for cents."},
};
_Static_assert(COX_COUNT(currency_fields) == COX_CURRENCY_FIELD_COUNT, "one row for each field id");

static enum cox_rc check_currency(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    (void)call; /* the row says all */
    if (after == NULL) {
        return COX_OK;
    }
    if (before != NULL &&
        cox_row_int(before, COX_CURRENCY_DIGITS) != cox_row_int(after, COX_CURRENCY_DIGITS)) {
        return cox_fail_at(reterr, COX_INVALID, "digits", 0,
            "amounts are stored in these units already");
    }
    return check_code(cox_row_text(after, COX_CURRENCY_CODE), "code", reterr);
}

const struct cox_entity cox_currency = {
    .name = "currency",
    .plural = "currencies",
    .label = "Currency",
    .label_plural = "Currencies",
    .number = 29,
    .fields = currency_fields,
    .field_count = COX_CURRENCY_FIELD_COUNT,
    .struct_size = sizeof(struct cox_currency),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_CURRENCY_CODE,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_currency,
    .external_alias = {"CurrencyType", NULL, "currencies"},
    .help = "A currency the company sells in.",
};

static const struct cox_choice rate_kinds[] = {
    [COX_RATE_SPOT] = {"spot", "Spot", NULL},
    [COX_RATE_PLAN] = {"plan", "Plan", "budget"},
    {0},
};

static const struct cox_field currency_rate_fields[] = {
    [COX_CURRENCY_RATE_FROM_CODE] = {"from_code", .type = COX_TEXT, .max = 3,
        .flags = COX_REQUIRED | COX_SORTED, .at = COX_AT_TEXT(struct cox_currency_rate, from_code),
        .alias = {NULL, "fromCurrencyCode", NULL}, .also = "from|from currency",
        .help = "The currency one unit of which is valued; empty: the company's."},
    [COX_CURRENCY_RATE_TO_CODE] = {"to_code", .type = COX_TEXT, .max = 3, .flags = COX_REQUIRED,
        .at = COX_AT_TEXT(struct cox_currency_rate, to_code),
        .alias = {"IsoCode|iso_code", "toCurrencyCode", NULL}, .also = "to|to currency|currency",
        .help = "The currency its value is given in."},
    [COX_CURRENCY_RATE_DAY] = {"day", .type = COX_DATE, .flags = COX_REQUIRED | COX_SORTED,
        .at = COX_AT_INT(struct cox_currency_rate, day),
        .alias = {"StartDate|start_date", "effectiveAt", NULL}, .also = "date",
        .help = "First day of the rate; it holds until the next one."},
    [COX_CURRENCY_RATE_KIND] = {"kind", .type = COX_CHOICE, .choices = rate_kinds,
        .flags = COX_REQUIRED, .at = COX_AT_INT(struct cox_currency_rate, kind),
        .help = "Spot: of the market. Plan: of the period's plan."},
    [COX_CURRENCY_RATE_RATE_E9] = {"rate_e9", .label = "Rate, times 1,000,000,000", .type = COX_INT,
        .min = 1, .max = INT64_C(1000000000000000000), .flags = COX_REQUIRED,
        .per_unit = COX_RATE_ONE, .at = COX_AT_INT(struct cox_currency_rate, rate_e9),
        .alias = {"ConversionRate|conversion_rate", "conversionRate", NULL},
        .also = "rate|exchange rate",
        .help = "Units of the second currency for one of the first, times 1e9."},
};
_Static_assert(COX_COUNT(currency_rate_fields) == COX_CURRENCY_RATE_FIELD_COUNT,
    "one row for each field id");

static enum cox_rc check_currency_rate(struct cox_call *call, const struct cox_row *before,
    struct cox_row *after, struct cox_err *reterr)
{
    struct cox_text from, to;

    (void)before; /* a rate is judged by what it becomes */
    if (after == NULL) {
        return COX_OK;
    }
    if (cox_row_int(after, COX_CURRENCY_RATE_KIND) == COX_NULL) {
        cox_row_set(after, COX_CURRENCY_RATE_KIND, cox_int(COX_RATE_SPOT));
    }
    if (cox_row_text(after, COX_CURRENCY_RATE_FROM_CODE).size == 0) {
        cox_row_set(after, COX_CURRENCY_RATE_FROM_CODE, cox_text_value(cox_call_currency(call)));
    }
    from = cox_row_text(after, COX_CURRENCY_RATE_FROM_CODE);
    to = cox_row_text(after, COX_CURRENCY_RATE_TO_CODE);
    COX_TRY(check_code(from, "from_code", reterr));
    COX_TRY(check_code(to, "to_code", reterr));
    if (cox_text_same(from, to)) {
        return cox_fail_at(reterr, COX_INVALID, "to_code", 0, "a currency has no rate to itself");
    }
    return COX_OK;
}

const struct cox_entity cox_currency_rate = {
    .name = "currency_rate",
    .plural = "currency_rates",
    .label = "Currency rate",
    .label_plural = "Currency rates",
    .number = 30,
    .fields = currency_rate_fields,
    .field_count = COX_CURRENCY_RATE_FIELD_COUNT,
    .struct_size = sizeof(struct cox_currency_rate),
    .reach = COX_REACH_COMPANY,
    .name_field = COX_CURRENCY_RATE_FROM_CODE,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = cox_grants_shared,
    .check = check_currency_rate,
    .external_alias = {"DatedConversionRate", NULL, NULL},
    .help = "What one currency is worth in another, from a day on.",
};

/* ---- conversion ---- */

/* The newest rate on or before day; 0 when there is none. */
static enum cox_rc find_rate(struct cox_call *call, struct cox_text from, struct cox_text to,
    int64_t day, enum cox_rate_kind kind, int64_t *ret_rate_e9, struct cox_err *reterr)
{
    const struct cox_filter_term terms[] = {
        {COX_CURRENCY_RATE_FROM_CODE, "eq", cox_text_value(from)},
        {COX_CURRENCY_RATE_TO_CODE, "eq", cox_text_value(to)},
        {COX_CURRENCY_RATE_KIND, "eq", cox_int((int64_t)kind)},
        {COX_CURRENCY_RATE_DAY, "lte", cox_int(day)},
    };
    struct cox_query query = {
        .entity = &cox_currency_rate,
        .order = {{COX_CURRENCY_RATE_DAY, .is_descending = true}},
        .order_count = 1,
        .limit = 1,
    };
    struct cox_page page;

    COX_TRY(
        cox_filter_build(call, &cox_currency_rate, terms, COX_COUNT(terms), &query.filter, reterr));
    COX_TRY(cox_list(call, &query, &page, reterr));
    *ret_rate_e9 = page.count > 0 ? cox_row_int(&page.rows[0], COX_CURRENCY_RATE_RATE_E9) : 0;
    return COX_OK;
}

/* The rate or the inverse of the opposite one. */
static enum cox_rc find_either(struct cox_call *call, struct cox_text from, struct cox_text to,
    int64_t day, enum cox_rate_kind kind, int64_t *ret_rate_e9, struct cox_err *reterr)
{
    int64_t rate_e9;

    if (cox_text_same(from, to)) {
        *ret_rate_e9 = COX_RATE_ONE;
        return COX_OK;
    }
    COX_TRY(find_rate(call, from, to, day, kind, &rate_e9, reterr));
    if (rate_e9 == 0) {
        COX_TRY(find_rate(call, to, from, day, kind, &rate_e9, reterr));
        if (rate_e9 != 0 && !cox_num_mul_div(COX_RATE_ONE, COX_RATE_ONE, rate_e9, &rate_e9)) {
            rate_e9 = 0; /* the inverse of next to nothing is no rate */
        }
    }
    *ret_rate_e9 = rate_e9;
    return COX_OK;
}

/* The rate itself, its inverse, or both by way of the company's currency; 0: none. */
static enum cox_rc find_any(struct cox_call *call, struct cox_text from, struct cox_text to,
    int64_t day, enum cox_rate_kind kind, int64_t *ret_rate_e9, struct cox_err *reterr)
{
    struct cox_text company = cox_call_currency(call);
    int64_t rate_e9, first_e9;

    COX_TRY(find_either(call, from, to, day, kind, &rate_e9, reterr));
    if (rate_e9 == 0 && company.size > 0 && !cox_text_same(from, company) &&
        !cox_text_same(to, company)) {
        COX_TRY(find_either(call, from, company, day, kind, &first_e9, reterr));
        COX_TRY(find_either(call, company, to, day, kind, &rate_e9, reterr));
        if (!cox_num_mul_div(first_e9, rate_e9, COX_RATE_ONE, &rate_e9)) {
            rate_e9 = 0;
        }
    }
    *ret_rate_e9 = rate_e9;
    return COX_OK;
}

/* Nothing of the search stays in the arena: callers convert many. */
static enum cox_rc find_and_forget(struct cox_call *call, struct cox_text from, struct cox_text to,
    int64_t day, enum cox_rate_kind kind, int64_t *ret_rate_e9, struct cox_err *reterr)
{
    struct cox_mark mark = cox_arena_mark(cox_call_arena(call));
    enum cox_rc rc = find_any(call, from, to, day, kind, ret_rate_e9, reterr);

    cox_arena_rewind(cox_call_arena(call), mark);
    return rc;
}

static enum cox_rc apply(int64_t amount_minor, const struct cox_iso_currency *from,
    const struct cox_iso_currency *to, int64_t rate_e9, int64_t *ret_minor, struct cox_err *reterr)
{
    if (rate_e9 == COX_RATE_ONE && from == to) {
        *ret_minor = amount_minor;
        return COX_OK;
    }
    return cox_money_convert(amount_minor, from, to,
        (struct cox_decimal){.digits = rate_e9, .scale = 9}, ret_minor, reterr);
}

enum cox_rc cox_currency_convert(struct cox_call *call, int64_t amount_minor,
    struct cox_text from_code, struct cox_text to_code, int64_t day, enum cox_rate_kind kind,
    int64_t *ret_minor, bool *ret_is_known, struct cox_err *reterr)
{
    const struct cox_iso_currency *from = cox_iso_currency_find(from_code);
    const struct cox_iso_currency *to = cox_iso_currency_find(to_code);
    int64_t rate_e9 = 0;

    if (from != NULL && to != NULL) {
        COX_TRY(find_and_forget(call, from_code, to_code, day, kind, &rate_e9, reterr));
    }
    *ret_is_known = rate_e9 != 0;
    if (rate_e9 == 0) {
        *ret_minor = 0;
        return COX_OK;
    }
    return apply(amount_minor, from, to, rate_e9, ret_minor, reterr);
}

enum cox_rc cox_currency_convert_by(struct cox_rate_memo *memo, struct cox_call *call,
    int64_t amount_minor, struct cox_text from_code, struct cox_text to_code, int64_t day,
    enum cox_rate_kind kind, int64_t *ret_minor, struct cox_err *reterr)
{
    const struct cox_iso_currency *from = cox_iso_currency_find(from_code);
    const struct cox_iso_currency *to = cox_iso_currency_find(to_code);
    uint64_t slot;

    *ret_minor = COX_NULL;
    if (from == NULL || to == NULL) {
        return COX_OK;
    }
    slot = ((uint64_t)day * 31 + (uint64_t)from->number * 7 + (uint64_t)kind) % COX_RATE_MEMO_SIZE;
    if (strcmp(memo->rows[slot].from, from->code) != 0 || memo->rows[slot].day != day ||
        memo->rows[slot].kind != (int)kind) {
        int64_t rate_e9;

        COX_TRY(find_and_forget(call, from_code, to_code, day, kind, &rate_e9, reterr));
        memcpy(memo->rows[slot].from, from->code, sizeof(from->code));
        memo->rows[slot].day = day;
        memo->rows[slot].kind = (int)kind;
        memo->rows[slot].rate_e9 = rate_e9;
    }
    return memo->rows[slot].rate_e9 == 0
               ? COX_OK
               : apply(amount_minor, from, to, memo->rows[slot].rate_e9, ret_minor, reterr);
}
