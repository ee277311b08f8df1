/*
 * record/filter_row.c: does one row meet a filter, without asking the database: for rules about a
 * record that is being saved. The same answer as filter_sql.c gives for the saved row.
 */
#include "record/filter.h"

struct judge {
    struct cox_call *call;
    const struct cox_row *row;
    struct cox_err *reterr;
};

/* What a term compares: the value, and how texts of it are ordered and matched. */
struct side {
    struct cox_value value;
    bool has_fold;
};

static enum cox_rc fold(const struct judge *judge, bool is_fold, struct cox_text text,
    struct cox_text *ret_text)
{
    *ret_text = is_fold ? cox_text_fold(judge->call->arena, text) : text;
    return is_fold && ret_text->ptr == NULL ? cox_no_memory(judge->reterr) : COX_OK;
}

/* A * stands for anything. Greedy with one way back is enough: only the last * matters. */
static bool fits(struct cox_text text, struct cox_text pattern)
{
    size_t at = 0, in = 0, star = SIZE_MAX, from = 0;

    while (at < text.size) {
        if (in < pattern.size && pattern.ptr[in] == '*') {
            star = in++;
            from = at;
        } else if (in < pattern.size && pattern.ptr[in] == text.ptr[at]) {
            in++;
            at++;
        } else if (star != SIZE_MAX) {
            in = star + 1;
            at = ++from;
        } else {
            return false;
        }
    }
    while (in < pattern.size && pattern.ptr[in] == '*') {
        in++;
    }
    return in == pattern.size;
}

static enum cox_rc is_like(const struct judge *judge, const struct side *side, bool is_fold,
    struct cox_text pattern, bool *ret_is)
{
    struct cox_text text;

    COX_TRY(fold(judge, is_fold, side->value.text, &text));
    COX_TRY(fold(judge, is_fold, pattern, &pattern));
    *ret_is = fits(text, pattern);
    return COX_OK;
}

/* Below, equal or above: -1, 0, 1. */
static enum cox_rc compare(const struct judge *judge, const struct side *side,
    const struct cox_value *other, int *ret_order)
{
    double left, right;
    struct cox_text a, b;

    if (side->value.kind == COX_VALUE_TEXT) {
        COX_TRY(fold(judge, side->has_fold, side->value.text, &a));
        COX_TRY(fold(judge, side->has_fold, other->text, &b));
        *ret_order = cox_text_compare(a, b);
        return COX_OK;
    }
    if (side->value.kind == COX_VALUE_INT && other->kind == COX_VALUE_INT) {
        *ret_order = (side->value.number > other->number) - (side->value.number < other->number);
        return COX_OK;
    }
    left = side->value.kind == COX_VALUE_INT ? (double)side->value.number : side->value.real;
    right = other->kind == COX_VALUE_INT ? (double)other->number : other->real;
    *ret_order = (left > right) - (left < right);
    return COX_OK;
}

/* Numbers by value (0.0 is -0.0), texts by their bytes. */
static enum cox_rc is_among(const struct judge *judge, const struct side *side,
    const struct cox_filter *term, bool *ret_is)
{
    const struct side plain = {.value = side->value};
    int order = 1;

    for (uint32_t i = 0; i < term->value_count && order != 0; i++) {
        COX_TRY(compare(judge, &plain, &term->values[i], &order));
    }
    *ret_is = order == 0;
    return COX_OK;
}

static enum cox_rc compares(const struct judge *judge, const struct side *side,
    const struct cox_filter *term, bool *ret_is_met)
{
    bool is_it = false;
    int order = 0;

    switch (term->op) {
    case COX_OP_EQ:
    case COX_OP_IN:
    case COX_OP_NEQ:
    case COX_OP_NOT_IN:
        COX_TRY(is_among(judge, side, term, &is_it));
        *ret_is_met = is_it == (term->op == COX_OP_EQ || term->op == COX_OP_IN);
        return COX_OK;
    case COX_OP_LIKE:
    case COX_OP_NOT_LIKE:
    case COX_OP_ILIKE:
    case COX_OP_NOT_ILIKE:
        COX_TRY(is_like(judge, side, term->op == COX_OP_ILIKE || term->op == COX_OP_NOT_ILIKE,
            term->values[0].text, &is_it));
        *ret_is_met = is_it == (term->op == COX_OP_LIKE || term->op == COX_OP_ILIKE);
        return COX_OK;
    case COX_OP_GT:
    case COX_OP_GTE:
    case COX_OP_LT:
    case COX_OP_LTE:
        COX_TRY(compare(judge, side, &term->values[0], &order));
        *ret_is_met = term->op == COX_OP_GT    ? order > 0
                      : term->op == COX_OP_GTE ? order >= 0
                      : term->op == COX_OP_LT  ? order < 0
                                               : order <= 0;
        return COX_OK;
    case COX_OP_NULL:
    case COX_OP_NOT_NULL:
    case COX_OP_COUNT:
        break;
    }
    return cox_fail(judge->reterr, COX_INTERNAL, "a filter has an operator that does not exist");
}

/* A record that the actor may not see has no name, as in lists. */
static enum cox_rc name_value(const struct judge *judge, const struct cox_filter *term,
    struct cox_value *ret_value)
{
    const struct cox_entity *other = judge->row->table->fields[term->field]->ref;
    int64_t id = cox_row_int(judge->row, term->field);
    const struct cox_row *row;
    enum cox_rc rc;

    *ret_value = cox_null();
    if (id == COX_NULL) {
        return COX_OK;
    }
    rc = cox_get(judge->call, other, id, &row, judge->reterr);
    if (rc == COX_OK) {
        *ret_value = row->values[other->name_field];
    }
    return rc == COX_MISSING || rc == COX_GONE ? COX_OK : rc;
}

static enum cox_rc meets_term(const struct judge *judge, const struct cox_filter *term,
    bool *ret_is_met)
{
    struct side side = {.has_fold = false};
    bool is_null;

    (void)cox_filter_field(judge->call, judge->row->table, term, &side.has_fold);
    if (term->is_name) {
        COX_TRY(name_value(judge, term, &side.value));
    } else {
        side.value =
            term->field == COX_NO_FIELD ? cox_int(judge->row->id) : judge->row->values[term->field];
    }
    is_null = side.value.kind == COX_VALUE_NULL;
    if (is_null || term->op == COX_OP_NULL || term->op == COX_OP_NOT_NULL) {
        *ret_is_met = term->op == (is_null ? COX_OP_NULL : COX_OP_NOT_NULL);
        return COX_OK;
    }
    return compares(judge, &side, term, ret_is_met);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the parser allows */
static enum cox_rc meets(const struct judge *judge, const struct cox_filter *filter,
    bool *ret_is_met)
{
    bool is_or = filter->kind == COX_FILTER_OR;

    if (filter->kind == COX_FILTER_TERM) {
        return meets_term(judge, filter, ret_is_met);
    }
    *ret_is_met = !is_or;
    for (uint32_t i = 0; i < filter->part_count && *ret_is_met != is_or; i++) {
        COX_TRY(meets(judge, filter->parts[i], ret_is_met));
    }
    return COX_OK;
}

enum cox_rc cox_filter_meets(struct cox_call *call, const struct cox_filter *filter,
    const struct cox_row *row, bool *ret_is_met, struct cox_err *reterr)
{
    const struct judge judge = {call, row, reterr};

    *ret_is_met = true;
    return filter == NULL ? COX_OK : meets(&judge, filter, ret_is_met);
}
