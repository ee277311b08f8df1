/* record/order.c: orders of lists: parsing, keys, where a page begins, ORDER BY. */
#include "record/list.h"

/* ---- parsing ---- */

static enum cox_rc parse_one(const struct cox_table *table, struct cox_text text,
    struct cox_order *ret_order, struct cox_err *reterr)
{
    struct cox_text way = text;
    struct cox_text name = cox_text_split(&way, '.');
    bool is_descending = cox_text_same(way, COX_LIT("desc"));
    char shown[64];
    uint32_t at;

    (void)snprintf(shown, sizeof shown, "%.*s", (int)(name.size < 63 ? name.size : 63),
        name.size == 0 ? "" : name.ptr);
    if (cox_text_same(name, COX_LIT("id"))) {
        at = COX_NO_FIELD;
    } else {
        at = cox_table_field(table, name);
        if (at == COX_NO_FIELD || !cox_scope_may_name(table->fields[at])) {
            return cox_fail_at(reterr, COX_INVALID, shown, 0, "unknown field");
        }
    }
    if (way.ptr != NULL && !is_descending && !cox_text_same(way, COX_LIT("asc"))) {
        return cox_fail_at(reterr, COX_INVALID, shown, 0,
            "an order is a field, with .asc or .desc behind it");
    }
    *ret_order = (struct cox_order){at, is_descending};
    return COX_OK;
}

enum cox_rc cox_order_parse(struct cox_call *call, const struct cox_entity *entity,
    struct cox_text text, struct cox_order *ret_order, size_t *ret_count, struct cox_err *reterr)
{
    const struct cox_table *table = cox_registry_entity(call->registry, entity);
    struct cox_order orders[COX_ORDER_MAX];
    size_t count = 0;

    while (text.ptr != NULL && text.size > 0) {
        struct cox_text one = cox_text_split(&text, ',');
        if (count == COX_ORDER_MAX) {
            return cox_fail(reterr, COX_INVALID, "a list is ordered by at most %d fields",
                COX_ORDER_MAX);
        }
        COX_TRY(parse_one(table, one, &orders[count++], reterr));
    }
    for (size_t i = 0; i < count; i++) {
        ret_order[i] = orders[i];
    }
    *ret_count = count;
    return COX_OK;
}

/* ---- keys ---- */

enum cox_rc cox_list_keys(struct cox_list *list, const struct cox_order *order, size_t count,
    struct cox_err *reterr)
{
    const struct cox_table *table = list->table;
    bool is_descending = count > 0 && order[0].is_descending;

    list->key_count = 0;
    for (size_t i = 0; i < count && order[i].field != COX_NO_FIELD; i++) {
        struct cox_key *key = &list->keys[list->key_count++];
        if (i >= COX_ORDER_MAX || order[i].field >= table->field_count ||
            !cox_scope_may_name(table->fields[order[i].field])) {
            return cox_fail(reterr, COX_INVALID, "the order names an unknown field");
        }
        key->at = order[i].field;
        key->field = table->fields[key->at];
        key->is_fold = key->field->custom_id == 0 && cox_field_has_fold(table->entity, key->at);
        key->is_descending = order[i].is_descending;
    }
    if (list->key_count < count) {
        is_descending = order[list->key_count].is_descending; /* the order itself names the id */
    }
    list->keys[list->key_count++] = (struct cox_key){COX_NO_FIELD, NULL, false, is_descending};
    return COX_OK;
}

bool cox_list_walks(const struct cox_list *list)
{
    return list->width == COX_WIDE && list->driver == NULL;
}

/* ---- SQL ---- */

void cox_list_add_key(struct cox_sql *sql, const struct cox_key *key, const char *alias)
{
    cox_sql_name(sql, alias);
    cox_sql_lit(sql, ".");
    if (key->field == NULL) {
        cox_sql_lit(sql, "\"id\"");
    } else if (key->is_fold) {
        cox_sql_fold_column(sql, key->field);
    } else {
        cox_sql_column(sql, key->field);
    }
}

/* The key within an arm; a unary plus where its index must not tempt SQLite (scope.c). */
static void add_arm_key(struct cox_sql *sql, const struct cox_list *list, unsigned at)
{
    if (!cox_list_walks(list) && cox_db_engine(list->call->db) == COX_SQLITE) {
        cox_sql_lit(sql, "+");
    }
    cox_list_add_key(sql, &list->keys[at], "r");
}

static void add_compare(struct cox_sql *sql, const struct cox_list *list, unsigned at)
{
    add_arm_key(sql, list, at);
    if (list->keys[at].is_descending) {
        cox_sql_lit(sql, " < ");
    } else {
        cox_sql_lit(sql, " > ");
    }
    cox_sql_value(sql, list->place.keys[at]);
}

static void add_equals(struct cox_sql *sql, const struct cox_list *list, unsigned at)
{
    add_arm_key(sql, list, at);
    cox_sql_lit(sql, " = ");
    cox_sql_value(sql, list->place.keys[at]);
}

/* "behind the place in the order of keys at, at + 1 ..."; nulls of these come last. */
static void add_behind(struct cox_sql *sql, const struct cox_list *list, unsigned at)
{
    unsigned open_count = 0;

    for (; at + 1 < list->key_count; at++) {
        cox_sql_lit(sql, "(");
        open_count++;
        if (list->place.keys[at].kind == COX_VALUE_NULL) {
            add_arm_key(sql, list, at);
            cox_sql_lit(sql, " IS NULL AND ");
            continue;
        }
        add_compare(sql, list, at);
        cox_sql_lit(sql, " OR ");
        if (at > 0) {
            add_arm_key(sql, list, at);
            cox_sql_lit(sql, " IS NULL OR ");
        }
        cox_sql_lit(sql, "(");
        open_count++;
        add_equals(sql, list, at);
        cox_sql_lit(sql, " AND ");
    }
    add_compare(sql, list, at);
    for (; open_count > 0; open_count--) {
        cox_sql_lit(sql, ")");
    }
}

/* By one field and the id, the commonest order: (field, id) > ($1, $2) walks straight from there. */
static void add_behind_pair(struct cox_sql *sql, const struct cox_list *list)
{
    cox_sql_lit(sql, "(");
    add_arm_key(sql, list, 0);
    cox_sql_lit(sql, ", ");
    add_arm_key(sql, list, 1);
    if (list->keys[0].is_descending) {
        cox_sql_lit(sql, ") < (");
    } else {
        cox_sql_lit(sql, ") > (");
    }
    cox_sql_value(sql, list->place.keys[0]);
    cox_sql_lit(sql, ", ");
    cox_sql_value(sql, list->place.keys[1]);
    cox_sql_lit(sql, ")");
}

void cox_list_add_after(struct cox_sql *sql, const struct cox_list *list)
{
    bool has_nulls = list->key_count > 1;

    if (has_nulls) {
        cox_sql_lit(sql, " AND ");
        add_arm_key(sql, list, 0);
        if (list->place.is_in_nulls) {
            cox_sql_lit(sql, " IS NULL");
        } else {
            cox_sql_lit(sql, " IS NOT NULL");
        }
    }
    if (!list->place.is_set) {
        return;
    }
    cox_sql_lit(sql, " AND ");
    if (has_nulls && list->place.is_in_nulls) {
        add_behind(sql, list, 1);
    } else if (list->key_count == 2) {
        add_behind_pair(sql, list);
    } else {
        if (has_nulls) { /* says nothing new, but an index can begin there */
            add_arm_key(sql, list, 0);
            if (list->keys[0].is_descending) {
                cox_sql_lit(sql, " <= ");
            } else {
                cox_sql_lit(sql, " >= ");
            }
            cox_sql_value(sql, list->place.keys[0]);
            cox_sql_lit(sql, " AND ");
        }
        add_behind(sql, list, 0);
    }
}

void cox_list_add_bound(struct cox_sql *sql, const struct cox_list *list,
    const struct cox_place *bound)
{
    if (bound->is_in_nulls && list->key_count > 1) {
        return; /* the first key is no help there */
    }
    cox_sql_lit(sql, " AND ");
    add_arm_key(sql, list, 0);
    if (list->keys[0].is_descending) {
        cox_sql_lit(sql, " >= ");
    } else {
        cox_sql_lit(sql, " <= ");
    }
    cox_sql_value(sql, bound->keys[0]);
}

void cox_list_add_order(struct cox_sql *sql, const struct cox_list *list)
{
    cox_sql_lit(sql, " ORDER BY ");
    for (unsigned i = list->place.is_in_nulls ? 1 : 0; i < list->key_count; i++) {
        if (i > 0 && i + 1 < list->key_count) {
            cox_sql_lit(sql, "(");
            add_arm_key(sql, list, i);
            cox_sql_lit(sql, " IS NULL), ");
        }
        add_arm_key(sql, list, i);
        if (list->keys[i].is_descending) {
            cox_sql_lit(sql, " DESC");
        }
        if (i + 1 < list->key_count) {
            cox_sql_lit(sql, ", ");
        }
    }
}

/* ---- in C ---- */

static int compare_values(const struct cox_value *a, const struct cox_value *b)
{
    if (a->kind == COX_VALUE_INT) {
        return a->number < b->number ? -1 : a->number > b->number;
    }
    if (a->kind == COX_VALUE_REAL) {
        return a->real < b->real ? -1 : a->real > b->real;
    }
    return cox_text_compare(a->text, b->text);
}

int cox_list_compare(const struct cox_list *list, const struct cox_place *a,
    const struct cox_place *b)
{
    int order = 0;

    for (unsigned i = 0; i < list->key_count && order == 0; i++) {
        bool a_null = a->keys[i].kind == COX_VALUE_NULL, b_null = b->keys[i].kind == COX_VALUE_NULL;
        if (a_null || b_null) {
            order = a_null && b_null ? 0 : a_null ? 1 : -1;
        } else {
            order = compare_values(&a->keys[i], &b->keys[i]);
            order = list->keys[i].is_descending ? -order : order;
        }
    }
    return order;
}
