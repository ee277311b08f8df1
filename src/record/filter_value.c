/* record/filter_value.c: values of a filter, from the text of a request, by the field's type. */
#include <errno.h>
#include <stdlib.h>

#include "base/day.h"
#include "base/money.h"
#include "base/zone.h"
#include "record/filter.h"

static const char *name_of(const struct cox_field *field)
{
    return field == NULL ? "id" : field->name;
}

static enum cox_rc not_a(const struct cox_field *field, const char *what, struct cox_err *reterr)
{
    return cox_fail_at(reterr, COX_INVALID, name_of(field), 0, "%s: this is not %s", name_of(field),
        what);
}

static bool read_int(struct cox_text text, int64_t *ret_number)
{
    bool is_negative = text.ptr != NULL && text.size > 0 && text.ptr[0] == '-';
    size_t at = is_negative ? 1 : 0;
    int64_t number = 0; /* kept negative: that side of the range is larger */

    if (at == text.size || text.size - at > 19) {
        return false;
    }
    for (; at < text.size; at++) {
        int digit = text.ptr[at] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_sub_overflow(number, digit, &number)) {
            return false;
        }
    }
    if (number == INT64_MIN) {
        return false; /* as positive out of range, as negative the mark for no value */
    }
    *ret_number = is_negative ? number : -number;
    return true;
}

static bool read_real(struct cox_text text, double *ret_real)
{
    char copy[64];
    char *end;

    if (text.size == 0 || text.size >= sizeof copy ||
        strspn(text.ptr, "+-.0123456789eE") < text.size) {
        return false;
    }
    memcpy(copy, text.ptr, text.size);
    copy[text.size] = '\0';
    errno = 0;
    *ret_real = strtod(copy, &end);
    return end == copy + text.size && isfinite(*ret_real);
}

static bool read_bool(struct cox_text text, int64_t *ret_number)
{
    bool is_true = cox_text_same(text, COX_LIT("true")) || cox_text_same(text, COX_LIT("1"));
    bool is_false = cox_text_same(text, COX_LIT("false")) || cox_text_same(text, COX_LIT("0"));

    *ret_number = is_true ? 1 : 0;
    return is_true || is_false;
}

static bool read_choice(const struct cox_field *field, struct cox_text text, int64_t *ret_number)
{
    for (int64_t i = 0; field->choices != NULL && field->choices[i].name != NULL; i++) {
        if (cox_text_same_ascii(text, cox_text_of(field->choices[i].name))) {
            *ret_number = i;
            return true;
        }
    }
    return false;
}

static bool read_ref(const struct cox_call *call, struct cox_text text, int64_t *ret_number)
{
    if (cox_text_same(text, COX_LIT("me"))) {
        *ret_number = call->actor.user_id;
        return true;
    }
    return read_int(text, ret_number);
}

/* A local failure of the parser of days becomes one that names the field. */
static enum cox_rc read_time(struct cox_call *call, const struct cox_field *field,
    struct cox_text text, int64_t *ret_number, struct cox_err *reterr)
{
    const struct cox_date_opt opt = {.order = COX_DATE_YMD};
    struct cox_err why;
    enum cox_rc rc = field->type == COX_DATE
                         ? cox_day_parse(text, &opt, ret_number, &why)
                         : cox_instant_parse(text, &opt, call->zone, ret_number, &why);

    if (rc == COX_OK) {
        return COX_OK;
    }
    return cox_fail_at(reterr, rc, field->name, 0, "%s: %s", field->name, why.text);
}

/* An amount as exports and the API write it, in the company's currency (without one: two decimals). */
static bool read_money(const struct cox_call *call, struct cox_text text, int64_t *ret_minor)
{
    const struct cox_iso_currency *currency = cox_iso_currency_find(call->currency);

    if (currency == NULL) {
        currency = cox_iso_currency_find(COX_LIT("EUR"));
    }
    return cox_money_parse(text, COX_POINT_DOT, currency, ret_minor, NULL, NULL) == COX_OK;
}

static enum cox_rc whole(const struct cox_field *field, bool is_good, int64_t number,
    const char *what, struct cox_value *ret_value, struct cox_err *reterr)
{
    if (!is_good) {
        return not_a(field, what, reterr);
    }
    *ret_value = cox_int(number);
    return COX_OK;
}

enum cox_rc cox_filter_value(struct cox_call *call, const struct cox_field *field,
    struct cox_text text, struct cox_value *ret_value, struct cox_err *reterr)
{
    enum cox_type type = field == NULL ? COX_INT : field->type;
    bool is_good;
    int64_t number = 0;
    double real = 0;

    switch (type) {
    case COX_TEXT:
        *ret_value = (struct cox_value){COX_VALUE_TEXT, {.text = text}};
        return COX_OK;
    case COX_REAL:
        if (!read_real(text, &real)) {
            return not_a(field, "a number", reterr);
        }
        *ret_value = cox_real(real);
        return COX_OK;
    case COX_INT:
        is_good = read_int(text, &number);
        return whole(field, is_good, number, "a whole number", ret_value, reterr);
    case COX_MONEY:
        is_good = read_money(call, text, &number);
        return whole(field, is_good, number, "an amount like 1200 or 1200.50", ret_value, reterr);
    case COX_BOOL:
        is_good = read_bool(text, &number);
        return whole(field, is_good, number, "true or false", ret_value, reterr);
    case COX_CHOICE:
        is_good = read_choice(field, text, &number);
        return whole(field, is_good, number, "one of its choices", ret_value, reterr);
    case COX_REF:
        is_good = read_ref(call, text, &number);
        return whole(field, is_good, number, "the number of a record, or me", ret_value, reterr);
    case COX_DATE:
    case COX_INSTANT:
        COX_TRY(read_time(call, field, text, &number, reterr));
        *ret_value = cox_int(number);
        return COX_OK;
    case COX_BYTES:
    case COX_TYPE_COUNT:
        break;
    }
    return not_a(field, "something to filter by", reterr);
}

/* ---- operators ---- */

static bool is_ordered(enum cox_type type)
{
    return type != COX_BOOL && type != COX_CHOICE && type != COX_REF;
}

enum cox_rc cox_filter_check_op(const struct cox_field *field, bool has_fold, enum cox_filter_op op,
    struct cox_err *reterr)
{
    enum cox_type type = field == NULL ? COX_INT : field->type;

    switch (op) {
    case COX_OP_GT:
    case COX_OP_GTE:
    case COX_OP_LT:
    case COX_OP_LTE:
        if (!is_ordered(type)) {
            return cox_fail_at(reterr, COX_INVALID, name_of(field), 0,
                "%s has no order: use eq, neq or in", name_of(field));
        }
        return COX_OK;
    case COX_OP_LIKE:
    case COX_OP_NOT_LIKE:
    case COX_OP_ILIKE:
    case COX_OP_NOT_ILIKE:
        if (type != COX_TEXT) {
            return cox_fail_at(reterr, COX_INVALID, name_of(field), 0,
                "%s is not text: like and ilike do not apply", name_of(field));
        }
        if ((op == COX_OP_ILIKE || op == COX_OP_NOT_ILIKE) && !has_fold) {
            return cox_fail_at(reterr, COX_INVALID, name_of(field), 0,
                "%s is neither sorted nor searched: use like, which compares exactly",
                name_of(field));
        }
        return COX_OK;
    case COX_OP_EQ:
    case COX_OP_NEQ:
    case COX_OP_IN:
    case COX_OP_NOT_IN:
    case COX_OP_NULL:
    case COX_OP_NOT_NULL:
    case COX_OP_COUNT:
        break;
    }
    return COX_OK;
}

enum cox_filter_op cox_filter_op_find(struct cox_text name)
{
    static const struct {
        const char *name;
        enum cox_filter_op op;
    } ops[] = {
        {"eq", COX_OP_EQ},
        {"neq", COX_OP_NEQ},
        {"gt", COX_OP_GT},
        {"gte", COX_OP_GTE},
        {"lt", COX_OP_LT},
        {"lte", COX_OP_LTE},
        {"like", COX_OP_LIKE},
        {"ilike", COX_OP_ILIKE},
        {"in", COX_OP_IN},
    };

    for (size_t i = 0; i < COX_COUNT(ops); i++) {
        if (cox_text_same(name, cox_text_of(ops[i].name))) {
            return ops[i].op;
        }
    }
    return COX_OP_COUNT;
}

enum cox_filter_op cox_filter_op_negate(enum cox_filter_op op)
{
    static const enum cox_filter_op opposite[COX_OP_COUNT] = {
        [COX_OP_EQ] = COX_OP_NEQ,
        [COX_OP_NEQ] = COX_OP_EQ,
        [COX_OP_GT] = COX_OP_LTE,
        [COX_OP_GTE] = COX_OP_LT,
        [COX_OP_LT] = COX_OP_GTE,
        [COX_OP_LTE] = COX_OP_GT,
        [COX_OP_LIKE] = COX_OP_NOT_LIKE,
        [COX_OP_NOT_LIKE] = COX_OP_LIKE,
        [COX_OP_ILIKE] = COX_OP_NOT_ILIKE,
        [COX_OP_NOT_ILIKE] = COX_OP_ILIKE,
        [COX_OP_IN] = COX_OP_NOT_IN,
        [COX_OP_NOT_IN] = COX_OP_IN,
        [COX_OP_NULL] = COX_OP_NOT_NULL,
        [COX_OP_NOT_NULL] = COX_OP_NULL,
    };

    return opposite[op];
}
