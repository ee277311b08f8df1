/*
 * Tests of lists: random filters and orders page by page against the plain model, now and as of
 * random instants; cursors that were tampered with or belong elsewhere; counts above the exact
 * ones; orders that would sort too much. On both engines.
 */
#include <stdlib.h>

#include "base/day.h"
#include "check.h"
#include "club_filter.h"
#include "record/call.h"
#include "record/query.h"

enum { VIEW_COUNT = 30, ASK_COUNT = 25, MEMORY = 64 << 20 };

static struct model models[2];

static void ok(enum cox_rc rc, const struct cox_err *err, int line)
{
    if (rc != COX_OK) {
        fail_msg("line %d: %s: %s: %s", line, cox_rc_name(rc), err->field, err->text);
    }
}
#define OK(call) ok((call), reterr, __LINE__)

static struct model *model_of(void **state)
{
    struct model *model = *state;

    if (!model->is_there) {
        print_message("# COX_TEST_POSTGRES is not set: not run on PostgreSQL\n");
        skip();
    }
    return model;
}

/* ---- what a list must be ---- */

struct expected {
    const struct model_record *record;
    const struct model_version *version;
    struct cox_value keys[COX_ORDER_MAX];
};

struct sorting {
    const struct cox_order *order;
    size_t order_count;
};

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

static int compare_rows(const void *left, const void *right, void *ctx)
{
    const struct sorting *sorting = ctx;
    const struct expected *a = left, *b = right;

    for (size_t i = 0; i < sorting->order_count; i++) {
        const struct cox_value *x = &a->keys[i], *y = &b->keys[i];
        bool x_null = x->kind == COX_VALUE_NULL, y_null = y->kind == COX_VALUE_NULL;
        int order = x_null || y_null ? 0 : compare_values(x, y);
        if (x_null != y_null) {
            return x_null ? 1 : -1;
        }
        if (order != 0) {
            return sorting->order[i].is_descending ? -order : order;
        }
    }
    bool is_descending = sorting->order_count > 0 && sorting->order[0].is_descending;
    int order = a->record->id < b->record->id ? -1 : 1;
    return is_descending ? -order : order;
}

struct look {
    struct model *model;
    struct model_view view;
};

static struct cox_value key_of(const struct model_version *version, uint32_t field,
    struct cox_arena *arena)
{
    const struct cox_value *value = &version->values[field];

    if (value->kind == COX_VALUE_TEXT && field == CLUB_VISIT_TITLE) {
        return (struct cox_value){COX_VALUE_TEXT, {.text = cox_text_fold(arena, value->text)}};
    }
    return *value;
}

static size_t expect(const struct look *look, const struct ask *ask, const struct cox_query *query,
    struct expected *ret_rows, struct cox_arena *arena)
{
    struct sorting sorting = {query->order, query->order_count};
    size_t count = 0;

    for (size_t i = 0; i < look->model->record_count; i++) {
        const struct model_record *record = &look->model->records[i];
        const struct model_version *version =
            record->which == CLUB_VISIT ? model_look(look->model, &look->view, record) : NULL;
        if (version == NULL ||
            (ask != NULL && !ask_holds(ask, look->model, &look->view, version, arena))) {
            continue;
        }
        struct expected *row = &ret_rows[count++];
        *row = (struct expected){.record = record, .version = version};
        for (size_t j = 0; j < query->order_count; j++) {
            row->keys[j] = key_of(version, query->order[j].field, arena);
        }
    }
    qsort_r(ret_rows, count, sizeof(*ret_rows), compare_rows, &sorting);
    return count;
}

/* ---- page by page ---- */

static void check_pages(struct cox_call *call, const struct look *look, struct cox_query *query,
    const struct expected *rows, size_t count, const char *what, struct cox_err *reterr)
{
    struct cox_page page;
    size_t at = 0;

    do {
        OK(cox_list(call, query, &page, reterr));
        if (page.total != (int64_t)count) {
            fail_msg("%s: %lld rows counted, not %zu", what, (long long)page.total, count);
        }
        for (size_t i = 0; i < page.count; i++, at++) {
            if (at >= count || page.rows[i].id != rows[at].record->id) {
                fail_msg("%s: row %zu of %zu is %lld, not %lld (user %lld, at %lld)", what, at,
                    count, (long long)page.rows[i].id,
                    at >= count ? 0LL : (long long)rows[at].record->id, (long long)look->view.user,
                    (long long)look->view.at_us);
            }
            assert_int_equal(page.rows[i].from_us, rows[at].version->from_us);
        }
        query->cursor = page.next;
    } while (page.next.ptr != NULL);
    if (at != count) {
        fail_msg("%s: %zu rows, not %zu", what, at, count);
    }
}

/* Judged one by one, without the database, the same rows meet the filter. */
static void check_meets(struct cox_call *call, const struct cox_filter *filter,
    const struct expected *rows, size_t count, const char *what, struct cox_err *reterr)
{
    const struct cox_query all = {.entity = &club_visit, .limit = COX_PAGE_MAX};
    struct cox_page page;
    size_t met = 0;

    OK(cox_list(call, &all, &page, reterr));
    assert_null(page.next.ptr);
    for (size_t i = 0; i < page.count; i++) {
        bool is_met, is_expected = false;
        OK(cox_filter_meets(call, filter, &page.rows[i], &is_met, reterr));
        for (size_t j = 0; j < count && !is_expected; j++) {
            is_expected = rows[j].record->id == page.rows[i].id;
        }
        if (is_met != is_expected) {
            fail_msg("%s: row %lld meets it: %d, not %d", what, (long long)page.rows[i].id, is_met,
                is_expected);
        }
        met += is_met ? 1 : 0;
    }
    assert_int_equal(met, count);
}

static void pick_order(struct model *model, struct cox_query *query)
{
    static const uint32_t fields[] = {CLUB_VISIT_TITLE, CLUB_VISIT_DAY, CLUB_VISIT_RATING,
        CLUB_VISIT_COST, CLUB_VISIT_KIND, CLUB_VISIT_MEMO, CLUB_VISIT_OWNER};

    query->order_count = model_pick(model, COX_ORDER_MAX + 1);
    for (size_t i = 0; i < query->order_count; i++) {
        query->order[i] = (struct cox_order){fields[model_pick(model, COX_COUNT(fields))],
            model_pick(model, 2) == 0};
    }
}

static enum cox_rc ask_all(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct look *look = ctx;
    struct expected *rows = calloc(RECORD_MAX, sizeof(*rows));
    struct cox_arena *arena = cox_arena_open(MEMORY);

    for (int i = 0; i < ASK_COUNT; i++) {
        const struct ask *ask = i % 5 == 0 ? NULL : ask_make(look->model, arena);
        struct cox_text text = ask == NULL ? (struct cox_text){0} : ask_text(ask, arena);
        struct cox_query query = {.entity = &club_visit,
            .limit = 1 + (uint32_t)model_pick(look->model, 40),
            .want_count = true};
        pick_order(look->model, &query);
        OK(cox_filter_parse(call, &club_visit, text, &query.filter, reterr));
        size_t count = expect(look, ask, &query, rows, arena);
        check_pages(call, look, &query, rows, count, text.ptr == NULL ? "all" : text.ptr, reterr);
        check_meets(call, query.filter, rows, count, text.ptr == NULL ? "all" : text.ptr, reterr);
    }
    cox_arena_close(arena);
    free(rows);
    return COX_OK;
}

static void test_filters_and_orders(void **state)
{
    static const enum cox_role roles[] = {COX_ADMIN, COX_REP, COX_MANAGER};
    struct model *model = model_of(state);

    for (int i = 0; i < VIEW_COUNT; i++) {
        struct look look = {model,
            {model->persons[model_pick(model, PERSON_COUNT)], roles[i % 3], NOW}};
        if (i % 2 == 1) {
            look.view.at_us =
                model->start_us +
                (int64_t)model_pick(model, (uint64_t)(model->clock.now_us - model->start_us));
        }
        const struct cox_read_opt opt = {.actor = model_actor(&look.view),
            .as_of.at_us = look.view.at_us};
        struct cox_err err = {0};
        struct cox_err *reterr = &err;
        OK(cox_store_read(model->store, &opt, ask_all, &look, &err));
    }
}

/* ---- cursors ---- */

static const struct cox_query plain = {
    .entity = &club_visit, .limit = 3, .order = {{CLUB_VISIT_TITLE, false}}, .order_count = 1};

static enum cox_rc list_with(struct cox_call *call, const struct cox_query *query,
    struct cox_text cursor)
{
    struct cox_query next = *query;
    struct cox_page page;
    struct cox_err err;

    next.cursor = cursor;
    return cox_list(call, &next, &page, &err);
}

static enum cox_rc misuse_cursors(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_query other = plain;
    struct cox_page page;
    char copy[2000];

    (void)ctx;
    OK(cox_list(call, &plain, &page, reterr));
    assert_non_null(page.next.ptr);
    assert_int_equal(list_with(call, &plain, page.next), COX_OK);
    for (size_t i = 0; i < page.next.size; i++) { /* any changed character */
        memcpy(copy, page.next.ptr, page.next.size);
        copy[i] = copy[i] == 'A' ? 'B' : 'A';
        assert_int_equal(list_with(call, &plain, (struct cox_text){copy, page.next.size}),
            COX_INVALID);
    }
    for (size_t size = 0; size < page.next.size; size++) { /* cut off anywhere */
        assert_int_equal(list_with(call, &plain, (struct cox_text){page.next.ptr, size}),
            COX_INVALID);
    }
    other.order[0].is_descending = true;
    assert_int_equal(list_with(call, &other, page.next), COX_INVALID);
    other = plain;
    other.order[other.order_count++] = (struct cox_order){CLUB_VISIT_DAY, false};
    assert_int_equal(list_with(call, &other, page.next), COX_INVALID);
    other = plain;
    OK(cox_filter_parse(call, &club_visit, COX_LIT("cost=eq.1"), &other.filter, reterr));
    assert_int_equal(list_with(call, &other, page.next), COX_INVALID);
    other = plain;
    other.entity = &club_house;
    other.order[0].field = CLUB_HOUSE_NAME;
    assert_int_equal(list_with(call, &other, page.next), COX_INVALID);
    other = plain;
    other.limit = 7; /* another page size is the same question */
    assert_int_equal(list_with(call, &other, page.next), COX_OK);
    memcpy(ctx, page.next.ptr, page.next.size + 1);
    return COX_OK;
}

static enum cox_rc refuse_cursor(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    (void)reterr;
    assert_int_equal(list_with(call, &plain, cox_text_of(ctx)), COX_INVALID);
    return COX_OK;
}

static void test_cursor_misuse(void **state)
{
    struct model *model = model_of(state);
    struct cox_read_opt opt = {.actor = SHOP_OPERATOR};
    struct cox_err err = {0};
    struct cox_err *reterr = &err;
    char cursor[2000] = "";

    OK(cox_store_read(model->store, &opt, misuse_cursors, cursor, &err));
    opt.as_of.at_us = model->start_us + 30 * COX_DAY_US; /* of now, used in the past */
    OK(cox_store_read(model->store, &opt, refuse_cursor, cursor, &err));
}

/* ---- limits ---- */

static enum cox_rc ask_wrongly(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_query query = {.entity = &club_visit};
    struct cox_page page;

    (void)ctx;
    assert_int_equal(cox_list(call, &query, &page, reterr), COX_INVALID);
    query.limit = COX_PAGE_MAX + 1;
    assert_int_equal(cox_list(call, &query, &page, reterr), COX_INVALID);
    query.limit = 10;
    query.order_count = 1;
    query.order[0].field = CLUB_VISIT_SECRET;
    assert_int_equal(cox_list(call, &query, &page, reterr), COX_INVALID);
    query = (struct cox_query){.entity = &club_guest, .limit = 1, .search = COX_LIT("x")};
    assert_int_equal(cox_list(call, &query, &page, reterr), COX_INVALID);
    return COX_OK;
}

static void test_wrong_questions(void **state)
{
    struct model *model = model_of(state);
    const struct cox_read_opt opt = {.actor = SHOP_OPERATOR};
    struct cox_err err = {0};
    struct cox_err *reterr = &err;

    OK(cox_store_read(model->store, &opt, ask_wrongly, NULL, &err));
}

/* Rows straight into the table: only their number matters here. */
static enum cox_rc add_many(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    (void)ctx;
    return cox_db_exec(cox_call_db(call),
        "INSERT INTO \"house\" (\"id\", \"rev\", \"from_us\", \"imported\", \"height\") "
        "WITH RECURSIVE \"n\" (\"i\") AS (SELECT 1 UNION ALL SELECT \"i\" + 1 FROM \"n\" "
        "WHERE \"i\" < 60000) SELECT \"i\" + 5000000, 1, 1, 0, \"i\" % 100 FROM \"n\"; "
        "INSERT INTO \"visit\" (\"id\", \"rev\", \"from_us\", \"imported\", \"cost\") "
        "SELECT \"id\" + 5000000, 1, 1, 0, \"height\" FROM \"house\" WHERE \"id\" > 5000000",
        reterr);
}

static enum cox_rc ask_much(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_query query = {.entity = &club_visit, .limit = 5, .want_count = true};
    struct cox_page page;
    struct cox_err err = {0};

    (void)ctx;
    OK(cox_list(call, &query, &page, reterr));
    assert_int_equal(page.total, COX_COUNT_EXACT_MAX);
    assert_false(page.total_is_exact);
    query.order[query.order_count++].field = CLUB_VISIT_COST;
    assert_int_equal(cox_list(call, &query, &page, &err), COX_INVALID);
    assert_string_equal(err.field, "cost");
    assert_non_null(strstr(err.text, "order by another field"));
    OK(cox_filter_parse(call, &club_visit, COX_LIT("title=eq.zz"), &query.filter, reterr));
    OK(cox_list(call, &query, &page, reterr)); /* few are left: sorting them is cheap */
    query.filter = NULL;
    query.order[0].field = CLUB_VISIT_DAY;
    OK(cox_list(call, &query, &page, reterr));
    return COX_OK;
}

static enum cox_rc ask_own(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_query query = {.entity = &club_visit,
        .limit = 5,
        .order = {{CLUB_VISIT_COST, true}},
        .order_count = 1};
    struct cox_page page;

    (void)ctx;
    OK(cox_list(call, &query, &page, reterr)); /* one's own few may be sorted by anything */
    return COX_OK;
}

static void test_many_rows(void **state)
{
    struct model *model = model_of(state);
    const struct cox_write_opt write = {.actor = SHOP_OPERATOR, .cause = COX_CAUSE_CLI};
    const struct cox_read_opt read = {.actor = SHOP_OPERATOR};
    const struct cox_read_opt own = {.actor = {model->persons[3], COX_ROLE_BIT(COX_REP)}};
    struct cox_commit commit;
    struct cox_err err = {0};
    struct cox_err *reterr = &err;

    OK(cox_store_write(model->store, &write, add_many, NULL, &commit, &err));
    OK(cox_store_read(model->store, &read, ask_much, NULL, &err));
    OK(cox_store_read(model->store, &own, ask_own, NULL, &err));
}

/* ---- running it on both engines ---- */

static int open_sqlite(void **state)
{
    *state = &models[0];
    return model_open(&models[0], COX_SQLITE, "query", 5, 900) ? 0 : -1;
}

static int open_postgres(void **state)
{
    *state = &models[1];
    (void)model_open(&models[1], COX_POSTGRES, "query", 5, 900); /* absent: every case skips */
    return 0;
}

static int close_model(void **state)
{
    model_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filters_and_orders),
        cmocka_unit_test(test_cursor_misuse),
        cmocka_unit_test(test_wrong_questions),
        cmocka_unit_test(test_many_rows),
    };
    int failed = cmocka_run_group_tests_name("query on SQLite", tests, open_sqlite, close_model);

    return failed +
           cmocka_run_group_tests_name("query on PostgreSQL", tests, open_postgres, close_model);
}
