/* record/query.c: lists: a page of versions in order, the count, every row page by page. */
#include <assert.h>

#include "record/access.h"
#include "record/list.h"
#include "record/rows.h"

/* ---- one statement ---- */

/* bound: rows behind it are not wanted; NULL: all are. */
static enum cox_rc add_arm(struct cox_sql *sql, const struct cox_list *list, int arm,
    const struct cox_place *bound, uint32_t limit, struct cox_err *reterr)
{
    cox_sql_lit(sql, "SELECT ");
    cox_rows_add_columns(sql, list->table, arm == COX_ARM_CURRENT ? COX_ARM_CURRENT : COX_ARM_PAST,
        "r");
    for (unsigned i = 0; i + 1 < list->key_count; i++) {
        cox_sql_lit(sql, ", ");
        cox_list_add_key(sql, &list->keys[i], "r");
    }
    cox_sql_lit(sql, " FROM ");
    cox_list_add_table(sql, list, arm);
    cox_sql_lit(sql, " WHERE ");
    COX_TRY(cox_list_add_where(sql, list, arm, false, reterr));
    cox_list_add_after(sql, list);
    if (bound != NULL) {
        cox_list_add_bound(sql, list, bound);
    }
    cox_list_add_order(sql, list);
    cox_sql_lit(sql, " LIMIT ");
    cox_sql_int(sql, limit);
    return COX_OK;
}

/* ---- rows as they come ---- */

struct page {
    struct cox_row *rows;
    struct cox_place *places; /* of each row, for the cursor behind it */
    uint32_t count, room;
    int64_t until_us;
};

static enum cox_rc read_key(const struct cox_list *list, struct cox_stmt *stmt, unsigned at,
    struct cox_value *ret_value, struct cox_err *reterr)
{
    unsigned column = COX_ROW_COLUMNS + list->table->field_count + at;
    enum cox_type type = list->keys[at].field->type;
    struct cox_text text;

    if (cox_stmt_is_null(stmt, column)) {
        *ret_value = cox_null();
    } else if (type == COX_REAL) {
        *ret_value = cox_real(cox_stmt_real(stmt, column));
    } else if (type != COX_TEXT) {
        *ret_value = cox_int(cox_stmt_int(stmt, column));
    } else {
        text = cox_arena_text(list->call->arena, cox_stmt_text(stmt, column));
        if (text.ptr == NULL) {
            return cox_no_memory(reterr);
        }
        *ret_value = (struct cox_value){COX_VALUE_TEXT, {.text = text}};
    }
    return COX_OK;
}

static enum cox_rc read_row(const struct cox_list *list, struct cox_stmt *stmt, struct page *page,
    struct cox_err *reterr)
{
    struct cox_row *row = &page->rows[page->count];
    struct cox_place *place = &page->places[page->count];

    assert(page->count < page->room);
    COX_TRY(cox_rows_read(list->call, list->table, stmt, page->until_us, row, reterr));
    place->is_set = true;
    place->is_in_nulls = list->place.is_in_nulls;
    for (unsigned i = 0; i + 1 < list->key_count; i++) {
        COX_TRY(read_key(list, stmt, i, &place->keys[i], reterr));
    }
    place->keys[list->key_count - 1] = cox_int(row->id);
    page->count++;
    return COX_OK;
}

static enum cox_rc read_arm(const struct cox_list *list, int arm, const struct cox_place *bound,
    struct page *page, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;
    bool is_row;

    cox_sql_init(&sql, list->call->arena);
    COX_TRY(add_arm(&sql, list, arm, bound, page->room - page->count, reterr));
    COX_TRY(cox_sql_prepare(list->call->db, &sql, &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        COX_TRY(read_row(list, stmt, page, reterr));
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

static enum cox_rc open_page(const struct cox_list *list, uint32_t room, struct page *page,
    struct cox_err *reterr)
{
    *page = (struct page){.room = room};
    page->rows = COX_NEW_ARRAY(list->call->arena, room, struct cox_row);
    page->places = COX_NEW_ARRAY(list->call->arena, room, struct cox_place);
    if (page->rows == NULL || page->places == NULL) {
        return cox_no_memory(reterr);
    }
    return cox_rows_horizon(list->call, &page->until_us, reterr);
}

/* Both in the list's order; what does not fit is left out. */
static void merge(const struct cox_list *list, const struct page *a, const struct page *b,
    struct page *page)
{
    for (uint32_t i = 0, j = 0; page->count < page->room && (i < a->count || j < b->count);) {
        bool is_a = j == b->count ||
                    (i < a->count && cox_list_compare(list, &a->places[i], &b->places[j]) < 0);
        page->rows[page->count] = is_a ? a->rows[i] : b->rows[j];
        page->places[page->count++] = is_a ? a->places[i++] : b->places[j++];
    }
}

/*
 * Rows of the part of the list that list->place is in, behind it. As of an instant the current rows
 * come first: when they fill the page, closed versions behind the last of them need not be looked
 * at, which spares a walk over versions long dead.
 */
static enum cox_rc read_part(const struct cox_list *list, struct page *page, struct cox_err *reterr)
{
    struct page so_far, arm_page, both;
    uint32_t room = page->room - page->count;

    if (list->call->is_now) {
        return read_arm(list, COX_ARM_CURRENT, NULL, page, reterr);
    }
    COX_TRY(open_page(list, room, &so_far, reterr));
    COX_TRY(read_arm(list, COX_ARM_CURRENT, NULL, &so_far, reterr));
    for (int arm = list->last_arm; arm > COX_ARM_CURRENT; arm--) { /* the tail first: it is short */
        COX_TRY(open_page(list, room, &arm_page, reterr));
        COX_TRY(open_page(list, room, &both, reterr));
        COX_TRY(read_arm(list, arm, so_far.count == room ? &so_far.places[room - 1] : NULL,
            &arm_page, reterr));
        merge(list, &so_far, &arm_page, &both);
        so_far = both;
    }
    for (uint32_t i = 0; i < so_far.count; i++, page->count++) {
        page->rows[page->count] = so_far.rows[i];
        page->places[page->count] = so_far.places[i];
    }
    return COX_OK;
}

/* Up to limit rows and one more, which tells that there is a next page. */
static enum cox_rc read_page(struct cox_list *list, uint32_t limit, struct page *page,
    struct cox_err *reterr)
{
    COX_TRY(open_page(list, limit + 1, page, reterr));
    COX_TRY(read_part(list, page, reterr));
    if (page->count < page->room && list->key_count > 1 && !list->place.is_in_nulls) {
        list->place = (struct cox_place){.is_in_nulls = true};
        COX_TRY(read_part(list, page, reterr));
    }
    return COX_OK;
}

/* ---- count ---- */

static enum cox_rc read_count(const struct cox_list *list, struct cox_page *page,
    struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;
    bool is_row;

    cox_sql_init(&sql, list->call->arena);
    cox_sql_lit(&sql, "SELECT count(*) FROM (");
    for (int arm = COX_ARM_CURRENT; arm <= list->last_arm; arm++) {
        if (arm > COX_ARM_CURRENT) {
            cox_sql_lit(&sql, " UNION ALL ");
        }
        cox_sql_lit(&sql, "SELECT 1 AS \"one\" FROM ");
        cox_list_add_table(&sql, list, arm);
        cox_sql_lit(&sql, " WHERE ");
        COX_TRY(cox_list_add_where(&sql, list, arm, true, reterr));
    }
    cox_sql_lit(&sql, " LIMIT ");
    cox_sql_int(&sql, COX_COUNT_EXACT_MAX + 1);
    cox_sql_lit(&sql, ") AS \"u\"");
    COX_TRY(cox_sql_prepare(list->call->db, &sql, &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    page->total = cox_stmt_int(stmt, 0);
    page->total_is_exact = page->total <= COX_COUNT_EXACT_MAX;
    if (!page->total_is_exact) {
        page->total = COX_COUNT_EXACT_MAX;
    }
    return COX_OK;
}

/* ---- the question ---- */

static enum cox_rc read_question(const struct cox_query *query, struct cox_call *call,
    struct cox_list *list, struct cox_err *reterr)
{
    *list = (struct cox_list){.call = call, .filter = query->filter};
    list->table = cox_registry_entity(call->registry, query->entity);
    assert(list->table != NULL);
    if (query->limit == 0 || query->limit > COX_PAGE_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "limit", 0, "limit is between 1 and %d",
            COX_PAGE_MAX);
    }
    COX_TRY(cox_list_keys(list, query->order, query->order_count, reterr));
    if (query->search.ptr == NULL) {
        return COX_OK;
    }
    if (!call->is_now) {
        return cox_fail_at(reterr, COX_UNSUPPORTED, "search", 0,
            "search finds the text as it is now: it does not look into the past");
    }
    if (!((const struct cox_table_inside *)(const void *)list->table)->has_search) {
        return cox_fail_at(reterr, COX_INVALID, "search", 0, "a %s has no text to search",
            query->entity->name);
    }
    list->words = cox_text_words(call->arena, query->search);
    return list->words.ptr == NULL ? cox_no_memory(reterr) : COX_OK;
}

/* A page of what the first page read: seq stays what was known then. */
static enum cox_rc go_to_cursor(struct cox_list *list, struct cox_text cursor,
    struct cox_err *reterr)
{
    int64_t seq;

    if (cursor.ptr == NULL) {
        return COX_OK;
    }
    COX_TRY(cox_cursor_read(list, cursor, &seq, reterr));
    if (!list->call->is_now) {
        list->call->as_of.seq = seq;
    }
    return COX_OK;
}

enum cox_rc cox_list(struct cox_call *call, const struct cox_query *query,
    struct cox_page *ret_page, struct cox_err *reterr)
{
    struct cox_call asked = *call;
    struct cox_list list;
    struct page page;
    struct cox_page result = {0};

    COX_TRY(read_question(query, &asked, &list, reterr));
    COX_TRY(go_to_cursor(&list, query->cursor, reterr));
    COX_TRY(cox_list_plan(&list, reterr));
    if (query->want_count) {
        COX_TRY(read_count(&list, &result, reterr));
    }
    COX_TRY(read_page(&list, query->limit, &page, reterr));
    result.rows = page.rows;
    result.count = page.count < page.room ? page.count : query->limit;
    for (size_t i = 0; i < result.count; i++) {
        COX_TRY(cox_access_note(call, &page.rows[i], reterr));
    }
    if (page.count == page.room) {
        COX_TRY(cox_cursor_write(&list, &page.places[query->limit - 1], &result.next, reterr));
    }
    *ret_page = result;
    return COX_OK;
}

enum cox_rc cox_peek_list(struct cox_call *call, const struct cox_query *query,
    struct cox_page *ret_page, struct cox_err *reterr)
{
    struct cox_call anybody = *call;

    if (cox_entity_is_people(query->entity)) {
        return cox_fail(reterr, COX_INTERNAL, "people's records are for their people alone");
    }
    anybody.actor = (struct cox_actor){.roles = COX_ROLE_BIT(COX_OPERATOR)};
    anybody.line_count = 0; /* what is known of the actor's line is not the operator's */
    return cox_list(&anybody, query, ret_page, reterr);
}

/* ---- every row ---- */

enum { EACH_PAGE = 500, EACH_MEMORY = 128 << 20 };

static enum cox_rc give_page(struct cox_call *call, const struct page *page, cox_row_fn fn,
    void *ctx, struct cox_err *reterr)
{
    for (uint32_t i = 0; i < page->count && i < EACH_PAGE; i++) {
        COX_TRY(cox_access_note(call, &page->rows[i], reterr));
        COX_TRY(fn(ctx, &page->rows[i], reterr));
    }
    return COX_OK;
}

enum cox_rc cox_each(struct cox_call *call, const struct cox_entity *entity,
    const struct cox_filter *filter, cox_row_fn fn, void *ctx, struct cox_err *reterr)
{
    const struct cox_query query = {.entity = entity, .filter = filter, .limit = EACH_PAGE};
    /* Rows live apart from the call's memory: fn may keep things there while pages come and go. */
    COX_AUTO_ARENA arena = cox_arena_open(EACH_MEMORY);
    struct cox_call asked = *call;
    struct cox_list list;
    struct page page;
    struct cox_mark mark;

    if (arena == NULL) {
        return cox_no_memory(reterr);
    }
    asked.arena = arena;
    COX_TRY(read_question(&query, &asked, &list, reterr));
    COX_TRY(cox_list_plan(&list, reterr));
    mark = cox_arena_mark(arena);
    do {
        COX_TRY(read_page(&list, EACH_PAGE, &page, reterr));
        COX_TRY(give_page(call, &page, fn, ctx, reterr));
        if (page.count == page.room) {
            list.place = page.places[EACH_PAGE - 1]; /* an id: nothing in it lives in the arena */
        }
        cox_arena_rewind(arena, mark);
    } while (page.count == page.room);
    return COX_OK;
}

/* ---- a few fields of every row ---- */

static enum cox_rc check_scan(const struct cox_list *list, const uint32_t *fields, size_t count,
    struct cox_err *reterr)
{
    assert(count > 0 && count <= COX_SCAN_FIELDS_MAX);
    if (cox_scope_is_people(list->call, list->table)) {
        return cox_fail(reterr, COX_UNSUPPORTED, "%s are not summed up",
            list->table->entity->plural);
    }
    for (size_t i = 0; i < count; i++) {
        const struct cox_field *field = list->table->fields[fields[i]];

        if (field->type == COX_BYTES || (field->flags & COX_PRIVATE) != 0) {
            return cox_fail_at(reterr, COX_UNSUPPORTED, field->name, 0, "%s is not summed up",
                field->name);
        }
    }
    return COX_OK;
}

static enum cox_rc add_scan_arm(struct cox_sql *sql, const struct cox_list *list, int arm,
    const uint32_t *fields, size_t count, struct cox_err *reterr)
{
    cox_sql_lit(sql, "SELECT \"r\".\"id\"");
    for (size_t i = 0; i < count; i++) {
        cox_sql_lit(sql, ", ");
        cox_scope_add_column(sql, "r", list->table->fields[fields[i]]);
    }
    cox_sql_lit(sql, " FROM ");
    cox_list_add_table(sql, list, arm);
    cox_sql_lit(sql, " WHERE ");
    /* With few records the actor's own lead the way; with many the filter's indexes may. */
    return cox_list_add_where(sql, list, arm, list->width == COX_WIDE, reterr);
}

static struct cox_value scan_value(struct cox_stmt *stmt, unsigned column, enum cox_type type)
{
    if (cox_stmt_is_null(stmt, column)) {
        return cox_null();
    }
    if (type == COX_TEXT) {
        return cox_text_value(cox_stmt_text(stmt, column));
    }
    return type == COX_REAL ? cox_real(cox_stmt_real(stmt, column))
                            : cox_int(cox_stmt_int(stmt, column));
}

static enum cox_rc scan_arm(const struct cox_list *list, int arm, const uint32_t *fields,
    size_t count, cox_scan_fn fn, void *ctx, struct cox_err *reterr)
{
    struct cox_value values[COX_SCAN_FIELDS_MAX];
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;
    bool is_row;

    cox_sql_init(&sql, list->call->arena);
    COX_TRY(add_scan_arm(&sql, list, arm, fields, count, reterr));
    COX_TRY(cox_sql_prepare(list->call->db, &sql, &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    while (is_row) {
        for (size_t i = 0; i < count; i++) {
            values[i] = scan_value(stmt, (unsigned)i + 1, list->table->fields[fields[i]]->type);
        }
        COX_TRY(fn(ctx, cox_stmt_int(stmt, 0), values, reterr));
        COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    }
    return COX_OK;
}

enum cox_rc cox_scan(struct cox_call *call, const struct cox_query *query, const uint32_t *fields,
    size_t count, cox_scan_fn fn, void *ctx, struct cox_err *reterr)
{
    const struct cox_query asked = {.entity = query->entity,
        .filter = query->filter,
        .search = query->search,
        .limit = 1};
    struct cox_list list;

    COX_TRY(read_question(&asked, call, &list, reterr));
    COX_TRY(check_scan(&list, fields, count, reterr));
    COX_TRY(cox_list_plan(&list, reterr));
    for (int arm = COX_ARM_CURRENT; arm <= list.last_arm; arm++) {
        COX_TRY(scan_arm(&list, arm, fields, count, fn, ctx, reterr));
    }
    return COX_OK;
}
