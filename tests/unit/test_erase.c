/* Tests of record/erase.h: nothing of the person is left in any file; everything else stands. */
#include <dirent.h>
#include <fcntl.h>

#include "base/day.h"
#include "record/erase.h"
#include "shop_case.h"

#define PLANTED "Zzyzxplanted"

enum { PLANTED_AT = SHOP_IDS_MAX - 1 }; /* random work does not reach so far */

static int set_up_sqlite(void **state)
{
    return case_set_up(state, COX_SQLITE, "erase", 5, 40);
}

static int set_up_postgres(void **state)
{
    return case_set_up(state, COX_POSTGRES, "erase", 5, 40);
}

/* ---- planting ---- */

static enum cox_rc plant(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;
    struct cox_row *row = cox_row_new(call, &shop_customer);

    cox_row_set(row, SHOP_CUSTOMER_NAME, cox_text_value(COX_LIT("Firm without a secret")));
    cox_row_set(row, SHOP_CUSTOMER_OWNER, cox_int(w->users.ids[0]));
    cox_row_set(row, SHOP_CUSTOMER_PHONE, cox_text_value(COX_LIT(PLANTED " 4711")));
    COX_TRY(cox_create(call, row, &w->customers.ids[PLANTED_AT], reterr));
    return cox_external_put(call, COX_LIT("csv"), &shop_customer, COX_LIT(PLANTED "@example.com"),
        w->customers.ids[PLANTED_AT], reterr);
}

static enum cox_rc change_planted(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;
    char *phone = cox_arena_format(cox_call_arena(call), PLANTED " number %u",
        (unsigned)shop_pick(w, 1000000));
    struct cox_change change = {SHOP_CUSTOMER_PHONE, cox_text_value(cox_text_of(phone))};

    return cox_change_fields(call, &shop_customer, w->customers.ids[PLANTED_AT], 0, &change, 1,
        NULL, reterr);
}

static enum cox_rc remove_planted(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;

    return cox_remove(call, &shop_customer, w->customers.ids[PLANTED_AT], 0, reterr);
}

static enum cox_rc erase_planted(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;
    struct cox_erase_report report;

    COX_TRY(cox_erase(call, &shop_customer, w->customers.ids[PLANTED_AT], &report, reterr));
    w->said = report.version_count;
    return COX_OK;
}

/* ---- looking for it ---- */

static bool holds(const char *bytes, size_t size, const char *word)
{
    size_t length = strlen(word);

    for (size_t i = 0; i + length <= size; i++) {
        if (strncasecmp(bytes + i, word, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Any file of the store: database, write-ahead log, shared memory, whatever else lies there. */
static bool files_hold(const struct shop_work *w, const char *word)
{
    static char bytes[16 << 20];
    DIR *folder = opendir(w->place.folder);
    struct dirent *entry;
    bool found = false;

    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        char path[700];
        (void)snprintf(path, sizeof(path), "%s/%s", w->place.folder, entry->d_name);
        int file = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t size = file < 0 ? 0 : read(file, bytes, sizeof(bytes));
        assert_true(size < (ssize_t)sizeof(bytes));
        found = found || (size > 0 && holds(bytes, (size_t)size, word));
        if (file >= 0) {
            (void)close(file);
        }
    }
    (void)closedir(folder);
    return found;
}

/* Every table of the schema, and what the planner has noted of them, as text. */
static bool tables_hold(const struct shop_work *w, const char *word)
{
    struct cox_db *db = NULL;
    struct cox_stmt *tables = NULL;
    bool is_table, is_row, found = false;
    char sql[400];

    assert_int_equal(cox_db_open(w->place.url, COX_DB_READ, &db, NULL), COX_OK);
    assert_int_equal(
        cox_db_prepare(db,
            COX_LIT("SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = "
                    "current_schema() UNION ALL SELECT 'pg_stats'"),
            &tables, NULL),
        COX_OK);
    while (cox_stmt_step(tables, &is_table, NULL) == COX_OK && is_table) {
        struct cox_stmt *stmt = NULL;
        struct cox_text name = cox_stmt_text(tables, 0);
        (void)snprintf(sql, sizeof(sql),
            "SELECT count(*) FROM \"%.*s\" t WHERE t::text ILIKE '%%%s%%'", (int)name.size,
            name.ptr, word);
        assert_int_equal(cox_db_prepare(db, cox_text_of(sql), &stmt, NULL), COX_OK);
        assert_int_equal(cox_stmt_step(stmt, &is_row, NULL), COX_OK);
        found = found || cox_stmt_int(stmt, 0) > 0;
        cox_stmt_done(stmt);
    }
    cox_stmt_done(tables);
    cox_db_close(db);
    return found;
}

static bool store_holds(const struct shop_work *w, const char *word)
{
    return w->place.engine == COX_SQLITE ? files_hold(w, word) : tables_hold(w, word);
}

/* ---- cases ---- */

static int64_t total_amount(struct shop_work *w)
{
    struct cox_db *db = NULL;
    struct cox_stmt *stmt = NULL;
    bool is_row;

    assert_int_equal(cox_db_open(w->place.url, COX_DB_READ, &db, NULL), COX_OK);
    assert_int_equal(
        cox_db_prepare(db,
            COX_LIT("SELECT CAST(COALESCE(SUM(\"amount\"), 0) AS BIGINT) + (SELECT count(*) "
                    "FROM \"customer\") FROM \"deal\""),
            &stmt, NULL),
        COX_OK);
    assert_int_equal(cox_stmt_step(stmt, &is_row, NULL), COX_OK);
    int64_t total = cox_stmt_int(stmt, 0);
    cox_stmt_done(stmt);
    cox_db_close(db);
    return total;
}

static void plant_and_work(struct shop_work *w)
{
    OK(shop_write(w, plant, w));
    for (int i = 0; i < 12; i++) {
        OK(shop_write(w, change_planted, w));
        OK(shop_run(w, 2));
    }
}

static void nothing_of_the_person_is_left(void **state)
{
    struct shop_work *w = work_of(state);
    bool is_pending;

    plant_and_work(w);
    w->seq = 0;
    int64_t total = total_amount(w);
    assert_true(store_holds(w, PLANTED)); /* the search itself works */
    assert_true(shop_is_valid(w->store));
    w->cause = COX_CAUSE_ERASE;
    OK(shop_write(w, erase_planted, w));
    assert_true(w->said >= 13);
    OK(cox_erase_is_pending(w->store, &is_pending, &w->err));
    assert_true(is_pending);
    OK(cox_erase_finish(w->store, &w->err));
    OK(cox_erase_is_pending(w->store, &is_pending, &w->err));
    assert_false(is_pending);
    assert_false(store_holds(w, PLANTED));
    assert_false(store_holds(w, "zyzxplante")); /* pieces of the index's pages */
    assert_true(shop_is_valid(w->store));
    assert_int_equal(total_amount(w), total);
    w->cause = COX_CAUSE_UI;
    OK(shop_run(w, 10)); /* the store goes on */
    assert_true(shop_is_valid(w->store));
    OK(shop_reopen(w));
    assert_false(store_holds(w, PLANTED));
}

static void a_deleted_person_is_erased_too(void **state)
{
    struct shop_work *w = work_of(state);

    plant_and_work(w);
    OK(shop_write(w, remove_planted, w));
    assert_true(store_holds(w, PLANTED));
    w->cause = COX_CAUSE_ERASE;
    OK(shop_write(w, erase_planted, w));
    OK(cox_erase_finish(w->store, &w->err));
    assert_false(store_holds(w, PLANTED));
    assert_true(shop_is_valid(w->store));
}

static enum cox_rc rename_planted(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;
    const struct cox_change change = {SHOP_CUSTOMER_NAME, cox_text_value(COX_LIT("New firm"))};

    return cox_change_fields(call, &shop_customer, w->customers.ids[PLANTED_AT], 0, &change, 1,
        NULL, reterr);
}

static enum cox_rc import_planted(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;
    struct cox_row *row = cox_row_new(call, &shop_customer);
    struct cox_version version = {cox_call_now_us(call) - COX_SECOND_US * 100, row};
    bool is_changed;
    int64_t id;

    cox_row_set(row, SHOP_CUSTOMER_NAME, cox_text_value(COX_LIT("Firm")));
    cox_row_set(row, SHOP_CUSTOMER_PHONE, cox_text_value(COX_LIT(PLANTED " again")));
    return cox_put_history(call, &shop_customer, w->customers.ids[PLANTED_AT], &version, 1,
        COX_FOREVER, &id, &is_changed, reterr);
}

static void a_sync_does_not_bring_the_person_back(void **state)
{
    struct shop_work *w = work_of(state);

    plant_and_work(w);
    w->cause = COX_CAUSE_ERASE;
    OK(shop_write(w, erase_planted, w));
    w->cause = COX_CAUSE_SYNC;
    assert_int_equal(shop_write(w, change_planted, w), COX_GONE);
    assert_int_equal(shop_write(w, import_planted, w), COX_GONE);
    OK(shop_write(w, rename_planted, w)); /* what is no personal data goes on */
    assert_int_equal(shop_write(w, change_planted, w), COX_GONE);
    OK(cox_erase_finish(w->store, &w->err));
    assert_false(store_holds(w, PLANTED));
    assert_true(shop_is_valid(w->store));
}

static enum cox_rc erase_deal(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;
    struct cox_erase_report report;

    return cox_erase(call, &shop_deal, w->deals.ids[0], &report, reterr);
}

static enum cox_rc erase_nobody(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_erase_report report;

    (void)ctx;
    return cox_erase(call, &shop_customer, 987654321, &report, reterr);
}

static void what_cannot_be_erased_is_refused(void **state)
{
    struct shop_work *w = work_of(state);
    char before[65], after[65];
    bool is_pending;

    shop_state(w, before);
    assert_int_equal(shop_write(w, erase_planted, w), COX_INTERNAL); /* not the cause */
    w->cause = COX_CAUSE_ERASE;
    assert_int_equal(shop_write(w, erase_deal, w), COX_INVALID);
    assert_int_equal(shop_write(w, erase_nobody, w), COX_MISSING);
    const struct cox_write_opt opt = {
        .actor = {.user_id = w->users.ids[0], .roles = COX_ROLE_BIT(COX_EXECUTIVE)},
        .cause = COX_CAUSE_ERASE};
    assert_int_equal(cox_store_write(w->store, &opt, erase_planted, w, NULL, &w->err), COX_DENIED);
    shop_state(w, after);
    assert_string_equal(before, after);
    OK(cox_erase_is_pending(w->store, &is_pending, &w->err));
    assert_false(is_pending);
    OK(cox_erase_finish(w->store, &w->err)); /* nothing to do */
}

#define BOTH(test)                                                                                 \
    cmocka_unit_test_setup_teardown(test, set_up_sqlite, tear_down),                               \
    {                                                                                              \
#        test " (postgres)", test, set_up_postgres, tear_down, NULL                                \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(nothing_of_the_person_is_left),
        BOTH(a_deleted_person_is_erased_too),
        BOTH(a_sync_does_not_bring_the_person_back),
        BOTH(what_cannot_be_erased_is_refused),
    };

    return cmocka_run_group_tests_name("erase", tests, NULL, NULL);
}
