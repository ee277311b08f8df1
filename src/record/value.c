/* record/value.c: what a value of each type may be; said once, for every way in. */
#include <math.h>

#include "base/day.h"
#include "record/save.h"

static const int64_t money_max = 9000000000000000; /* +-9e15 minor units */

static enum cox_rc refuse(const struct cox_field *field, struct cox_err *reterr, const char *text)
{
    return cox_fail_at(reterr, COX_INVALID, field->name, 0, "%s", text);
}

static enum cox_rc check_text(const struct cox_field *field, struct cox_value *value,
    struct cox_err *reterr)
{
    enum { TEXT_MAX = 255 };
    size_t max = field->max == 0 ? TEXT_MAX : (size_t)field->max;

    if (value->kind != COX_VALUE_TEXT) {
        return refuse(field, reterr, "is not a text");
    }
    if (field->type == COX_TEXT) {
        value->text = cox_text_trim(value->text);
        if (!cox_text_is_utf8(value->text)) {
            return refuse(field, reterr, "is not valid UTF-8");
        }
    }
    if (value->text.size > max) {
        return cox_fail_at(reterr, COX_INVALID, field->name, 0, "is longer than %zu bytes", max);
    }
    if (value->text.size == 0) {
        *value = cox_null();
    }
    return COX_OK;
}

static int64_t choice_count(const struct cox_choice *choices)
{
    int64_t count = 0;

    while (choices[count].name != NULL) {
        count++;
    }
    return count;
}

static enum cox_rc check_bounds(const struct cox_field *field, int64_t number, int64_t min,
    int64_t max, struct cox_err *reterr)
{
    if (number < min || number > max) {
        return cox_fail_at(reterr, COX_INVALID, field->name, 0, "is outside %lld to %lld",
            (long long)min, (long long)max);
    }
    return COX_OK;
}

static enum cox_rc check_number(const struct cox_field *field, int64_t number,
    struct cox_err *reterr)
{
    bool is_bounded = field->max > field->min;

    switch (field->type) {
    case COX_BOOL:
        return number == 0 || number == 1 ? COX_OK
                                          : refuse(field, reterr, "is neither true nor false");
    case COX_CHOICE:
        return number >= 0 && number < choice_count(field->choices)
                   ? COX_OK
                   : refuse(field, reterr, "is none of the choices");
    case COX_DATE:
        return check_bounds(field, number, COX_DAY_MIN, COX_DAY_MAX, reterr);
    case COX_INSTANT:
        return check_bounds(field, number, COX_DAY_MIN * COX_DAY_US, COX_DAY_MAX * COX_DAY_US,
            reterr);
    case COX_MONEY:
        return check_bounds(field, number, is_bounded ? field->min : -money_max,
            is_bounded ? field->max : money_max, reterr);
    case COX_REF:
        return number > 0 ? COX_OK : refuse(field, reterr, "is not an id");
    case COX_INT:
        return is_bounded ? check_bounds(field, number, field->min, field->max, reterr) : COX_OK;
    case COX_TEXT:
    case COX_BYTES:
    case COX_REAL:
    case COX_TYPE_COUNT:
        break;
    }
    return COX_OK;
}

static enum cox_rc check_real(const struct cox_field *field, struct cox_value *value,
    struct cox_err *reterr)
{
    double real = value->kind == COX_VALUE_REAL ? value->real : (double)value->number;

    if (!isfinite(real)) {
        return refuse(field, reterr, "is not a finite number");
    }
    if (field->max > field->min && (real < (double)field->min || real > (double)field->max)) {
        return cox_fail_at(reterr, COX_INVALID, field->name, 0, "is outside [%lld, %lld]",
            (long long)field->min, (long long)field->max);
    }
    *value = cox_real(real + 0.0); /* one zero */
    return COX_OK;
}

enum cox_rc cox_value_check(const struct cox_table *table, uint32_t at, struct cox_value *value,
    struct cox_err *reterr)
{
    const struct cox_field *field = table->fields[at];

    if (value->kind == COX_VALUE_NULL) {
        return COX_OK;
    }
    if (field->type == COX_TEXT || field->type == COX_BYTES) {
        return check_text(field, value, reterr);
    }
    if (field->type == COX_REAL && value->kind != COX_VALUE_TEXT) {
        return check_real(field, value, reterr);
    }
    if (value->kind != COX_VALUE_INT) {
        return refuse(field, reterr,
            field->type == COX_REAL ? "is not a number" : "is not a whole number");
    }
    return check_number(field, value->number, reterr);
}
