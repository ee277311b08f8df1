/* record/filter_sql.c: a filter as a condition in SQL, the same rows on both engines. */
#include "record/filter.h"

/* What one term compares: columns of one alias, and where to say so. */
struct place {
    struct cox_sql *sql;
    const struct cox_filter_view *view;
    const struct cox_filter *term;
    const char *alias;
    const struct cox_field *field; /* NULL: the id */
    bool has_fold;
    bool is_shielded;
    struct cox_err *reterr;
};

static void add_column(const struct place *place, bool is_fold)
{
    if (place->is_shielded && cox_db_engine(place->view->call->db) == COX_SQLITE) {
        cox_sql_lit(place->sql, "+"); /* scope.c says what for */
    }
    cox_sql_name(place->sql, place->alias);
    cox_sql_lit(place->sql, ".");
    if (place->field == NULL) {
        cox_sql_lit(place->sql, "\"id\"");
    } else if (is_fold) {
        cox_sql_fold_column(place->sql, place->field);
    } else {
        cox_sql_column(place->sql, place->field);
    }
}

static enum cox_rc fold(const struct place *place, struct cox_text text, struct cox_text *ret_text)
{
    *ret_text = cox_text_fold(place->view->call->arena, text);
    return ret_text->ptr == NULL ? cox_no_memory(place->reterr) : COX_OK;
}

static enum cox_rc add_value(const struct place *place, const struct cox_value *value, bool is_fold)
{
    struct cox_text folded;

    if (!is_fold) {
        cox_sql_value(place->sql, *value);
        return COX_OK;
    }
    COX_TRY(fold(place, value->text, &folded));
    cox_sql_text(place->sql, folded);
    return COX_OK;
}

/*
 * The pattern in the engine's own words. SQLite's LIKE ignores the case of ASCII letters, its GLOB
 * does not; PostgreSQL has only LIKE, with a backslash before what stands for itself.
 */
static enum cox_rc add_pattern(const struct place *place, struct cox_text pattern)
{
    bool is_glob = cox_db_engine(place->view->call->db) == COX_SQLITE;
    char *out = cox_arena_alloc(place->view->call->arena, pattern.size * 3 + 1);
    size_t size = 0;

    if (out == NULL) {
        return cox_no_memory(place->reterr);
    }
    for (size_t i = 0; i < pattern.size; i++) {
        char c = pattern.ptr[i];
        if (c == '*') {
            out[size++] = is_glob ? '*' : '%';
        } else if (is_glob && (c == '?' || c == '[')) {
            out[size++] = '[';
            out[size++] = c;
            out[size++] = ']';
        } else {
            if (!is_glob && (c == '%' || c == '_' || c == '\\')) {
                out[size++] = '\\';
            }
            out[size++] = c;
        }
    }
    cox_sql_text(place->sql, (struct cox_text){out, size});
    return COX_OK;
}

static enum cox_rc add_like(const struct place *place, bool is_fold, bool is_negated)
{
    bool is_glob = cox_db_engine(place->view->call->db) == COX_SQLITE;
    struct cox_text pattern = place->term->values[0].text;

    if (is_fold) {
        COX_TRY(fold(place, pattern, &pattern));
    }
    add_column(place, is_fold);
    if (is_negated) {
        cox_sql_lit(place->sql, " NOT");
    }
    if (is_glob) {
        cox_sql_lit(place->sql, " GLOB ");
    } else {
        cox_sql_lit(place->sql, " LIKE ");
    }
    return add_pattern(place, pattern);
}

/* Equal texts have equal folds: asking for both lets the index on the fold find them. */
static enum cox_rc add_equal(const struct place *place)
{
    if (place->has_fold) {
        add_column(place, true);
        cox_sql_lit(place->sql, " = ");
        COX_TRY(add_value(place, &place->term->values[0], true));
        cox_sql_lit(place->sql, " AND ");
    }
    add_column(place, false);
    cox_sql_lit(place->sql, " = ");
    return add_value(place, &place->term->values[0], false);
}

/* The list is filled up with its last value to a power of two, so that few texts are prepared. */
static enum cox_rc add_list(const struct place *place, bool is_fold, bool is_negated)
{
    const struct cox_filter *term = place->term;
    uint32_t room = 1;

    while (room < term->value_count) {
        room *= 2;
    }
    add_column(place, is_fold);
    if (is_negated) {
        cox_sql_lit(place->sql, " NOT");
    }
    cox_sql_lit(place->sql, " IN (");
    for (uint32_t i = 0; i < room; i++) {
        uint32_t at = i < term->value_count ? i : term->value_count - 1;
        if (i > 0) {
            cox_sql_lit(place->sql, ", ");
        }
        COX_TRY(add_value(place, &term->values[at], is_fold));
    }
    cox_sql_lit(place->sql, ")");
    return COX_OK;
}

static enum cox_rc add_in(const struct place *place)
{
    if (place->has_fold) {
        COX_TRY(add_list(place, true, false));
        cox_sql_lit(place->sql, " AND ");
    }
    return add_list(place, false, false);
}

/* Texts are ordered as lists show them: folded where there is a fold. */
static enum cox_rc add_ordered(const struct place *place)
{
    enum cox_filter_op op = place->term->op;

    add_column(place, place->has_fold);
    if (op == COX_OP_GT || op == COX_OP_GTE) {
        cox_sql_lit(place->sql, " >");
    } else {
        cox_sql_lit(place->sql, " <");
    }
    if (op == COX_OP_GTE || op == COX_OP_LTE) {
        cox_sql_lit(place->sql, "=");
    }
    cox_sql_lit(place->sql, " ");
    return add_value(place, &place->term->values[0], place->has_fold);
}

static enum cox_rc add_comparison(const struct place *place)
{
    switch (place->term->op) {
    case COX_OP_EQ:
        return add_equal(place);
    case COX_OP_NEQ:
        add_column(place, false);
        cox_sql_lit(place->sql, " <> ");
        return add_value(place, &place->term->values[0], false);
    case COX_OP_GT:
    case COX_OP_GTE:
    case COX_OP_LT:
    case COX_OP_LTE:
        return add_ordered(place);
    case COX_OP_LIKE:
    case COX_OP_NOT_LIKE:
        return add_like(place, false, place->term->op == COX_OP_NOT_LIKE);
    case COX_OP_ILIKE:
    case COX_OP_NOT_ILIKE:
        return add_like(place, true, place->term->op == COX_OP_NOT_ILIKE);
    case COX_OP_IN:
        return add_in(place);
    case COX_OP_NOT_IN:
        return add_list(place, false, true);
    case COX_OP_NULL:
        add_column(place, false);
        cox_sql_lit(place->sql, " IS NULL");
        return COX_OK;
    case COX_OP_NOT_NULL:
        add_column(place, false);
        cox_sql_lit(place->sql, " IS NOT NULL");
        return COX_OK;
    case COX_OP_COUNT:
        break;
    }
    return cox_fail(place->reterr, COX_INTERNAL, "a filter has an operator that does not exist");
}

/* ---- the name of a reference ---- */

/* SELECT x.id of the records the actor may see whose name meets the term. */
static enum cox_rc add_named(const struct place *place, const struct cox_table *other,
    enum cox_arm arm)
{
    struct cox_call *call = place->view->call;
    const struct cox_scope scope = {call, COX_READ, arm, COX_WIDE};

    cox_sql_lit(place->sql, "SELECT \"x\".\"id\" FROM ");
    cox_scope_add_table(place->sql, other, arm, "x");
    cox_sql_lit(place->sql, " WHERE ");
    COX_TRY(add_comparison(place));
    cox_sql_lit(place->sql, " AND ");
    cox_scope_add_valid(place->sql, call, arm, "x");
    cox_sql_lit(place->sql, " AND ");
    cox_scope_add(place->sql, &scope, other, "x");
    return COX_OK;
}

/*
 * A reference to a record that the actor may not see has no name, like one to a record without a
 * name, and like no reference at all.
 */
static enum cox_rc add_name_term(const struct place *link)
{
    const struct cox_filter_view *view = link->view;
    const struct cox_table *other = cox_registry_entity(view->call->registry, link->field->ref);
    struct cox_filter positive = *link->term;
    struct place name = *link;

    name.term = &positive;
    name.alias = "x";
    name.is_shielded = false;
    name.field = cox_filter_field(view->call, view->table, link->term, &name.has_fold);
    if (link->term->op == COX_OP_NULL) {
        positive.op = COX_OP_NOT_NULL;
        add_column(link, false);
        cox_sql_lit(link->sql, " IS NULL OR ");
    }
    add_column(link, false);
    if (link->term->op == COX_OP_NULL) {
        cox_sql_lit(link->sql, " NOT");
    }
    cox_sql_lit(link->sql, " IN (");
    COX_TRY(add_named(&name, other, COX_ARM_CURRENT));
    if (!view->call->is_now) {
        cox_sql_lit(link->sql, " UNION ALL ");
        COX_TRY(add_named(&name, other, COX_ARM_PAST));
    }
    cox_sql_lit(link->sql, ")");
    return COX_OK;
}

/* ---- the tree ---- */

static enum cox_rc add_term(struct cox_sql *sql, const struct cox_filter_view *view,
    const struct cox_filter *term, struct cox_err *reterr)
{
    struct place place = {.sql = sql,
        .view = view,
        .term = term,
        .alias = view->alias,
        .is_shielded = view->is_shielded && term != view->driver,
        .reterr = reterr};

    if (term->is_name) {
        place.field = view->table->fields[term->field];
    } else {
        place.field = cox_filter_field(view->call, view->table, term, &place.has_fold);
    }
    place.is_shielded =
        view->is_shielded && term != view->driver && !(view->has_open && place.field == view->open);
    return term->is_name ? add_name_term(&place) : add_comparison(&place);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the parser allows */
enum cox_rc cox_filter_add(struct cox_sql *sql, const struct cox_filter_view *view,
    const struct cox_filter *filter, struct cox_err *reterr)
{
    cox_sql_lit(sql, "(");
    if (filter->kind == COX_FILTER_TERM) {
        COX_TRY(add_term(sql, view, filter, reterr));
    }
    for (uint32_t i = 0; i < filter->part_count; i++) {
        if (i > 0 && filter->kind == COX_FILTER_OR) {
            cox_sql_lit(sql, " OR ");
        } else if (i > 0) {
            cox_sql_lit(sql, " AND ");
        }
        COX_TRY(cox_filter_add(sql, view, filter->parts[i], reterr)); /* depth: the parser's */
    }
    cox_sql_lit(sql, ")");
    return COX_OK;
}
