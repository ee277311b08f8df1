/* Tests of record/copy.h: what a copy holds, what it refuses, between and across the engines. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/day.h"
#include "record/copy.h"
#include "record/custom.h"
#include "record/erase.h"
#include "record/find.h"
#include "shop_case.h"

static int set_up_sqlite(void **state)
{
    return case_set_up(state, COX_SQLITE, "copy", 11, 60);
}

static int set_up_postgres(void **state)
{
    return case_set_up(state, COX_POSTGRES, "copy", 11, 60);
}

static bool make_target(struct place *place, enum cox_engine engine)
{
    if (!place_make(place, engine, "target")) {
        print_message("# COX_TEST_POSTGRES is not set: not run across engines\n");
        return false;
    }
    return true;
}

/* Copies to a new place and holds the copy to the original, commit by commit. */
static void copy_and_compare(struct shop_work *w, struct cox_store *from, enum cox_engine engine)
{
    struct place target;
    struct cox_copy_report report;
    struct cox_store *copy = NULL;
    char ours[65], theirs[65];

    if (!make_target(&target, engine)) {
        return;
    }
    const struct cox_copy_opt opt = {.to_url = target.url};
    OK(cox_store_copy(from, &opt, &report, &w->err));
    OK(shop_open_url(w, target.url, &copy));
    assert_true(shop_is_valid(copy));
    struct cox_store *own = w->store;
    for (int64_t seq = 1; seq <= report.seq; seq += 7) {
        w->store = from;
        shop_state_at(w, seq, ours);
        w->store = copy;
        shop_state_at(w, seq, theirs);
        assert_string_equal(ours, theirs);
    }
    w->store = copy; /* and it goes on working, with ids never given before */
    OK(shop_run(w, 5));
    assert_true(shop_is_valid(copy));
    w->store = own;
    cox_store_close(copy);
    place_drop(&target);
}

static void a_copy_in_sqlite_is_the_same(void **state)
{
    struct shop_work *w = work_of(state);

    copy_and_compare(w, w->store, COX_SQLITE);
}

static void a_copy_in_postgres_is_the_same(void **state)
{
    struct shop_work *w = work_of(state);

    copy_and_compare(w, w->store, COX_POSTGRES);
}

static enum cox_rc add_field(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_custom_spec spec = {.label = COX_LIT("Next step"),
        .type = COX_TEXT,
        .flags = COX_SORTED};
    int64_t id;

    (void)ctx;
    return cox_custom_add(call, &shop_deal, &spec, &id, reterr);
}

static enum cox_rc fill_field(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;
    const struct cox_change change = {SHOP_DEAL_COUNT,
        cox_text_value(COX_LIT("call on Monday, früh"))};

    for (size_t i = 0; i < w->deals.count; i++) {
        enum cox_rc rc =
            cox_change_fields(call, &shop_deal, w->deals.ids[i], 0, &change, 1, NULL, reterr);
        if (rc != COX_OK && rc != COX_MISSING) {
            return rc;
        }
    }
    return COX_OK;
}

static void run_time_fields_come_along(void **state)
{
    struct shop_work *w = work_of(state);

    OK(shop_write(w, add_field, w));
    OK(shop_write(w, fill_field, w));
    copy_and_compare(w, w->store, COX_SQLITE);
    copy_and_compare(w, w->store, COX_POSTGRES);
}

static void there_and_back_is_the_same(void **state)
{
    struct shop_work *w = work_of(state);
    struct place there, back;
    struct cox_copy_report first, second;
    struct cox_store *other = NULL;
    enum cox_engine engine = w->place.engine == COX_SQLITE ? COX_POSTGRES : COX_SQLITE;

    if (!make_target(&there, engine)) {
        return;
    }
    assert_true(place_make(&back, w->place.engine, "back"));
    OK(cox_store_copy(w->store, &(struct cox_copy_opt){.to_url = there.url}, &first, &w->err));
    OK(shop_open_url(w, there.url, &other));
    OK(cox_store_copy(other, &(struct cox_copy_opt){.to_url = back.url}, &second, &w->err));
    assert_string_equal(first.state, second.state);
    assert_string_equal(first.chain, second.chain);
    assert_int_equal(first.seq, second.seq);
    cox_store_close(other);
    place_drop(&there);
    place_drop(&back);
}

static enum cox_rc count_found(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    COX_AUTO_STMT stmt = NULL;
    struct cox_sql sql;
    bool is_row;

    cox_sql_init(&sql, cox_call_arena(call));
    cox_sql_lit(&sql, "SELECT count(*) FROM \"customer\" WHERE \"id\"");
    cox_find_in(&sql, cox_store_engine(cox_call_store(call)), "customer", COX_LIT("cust mul"));
    COX_TRY(cox_sql_prepare(cox_call_db(call), &sql, &stmt, reterr));
    COX_TRY(cox_stmt_step(stmt, &is_row, reterr));
    *(int64_t *)ctx = cox_stmt_int(stmt, 0);
    return COX_OK;
}

static void the_copy_can_be_searched(void **state)
{
    struct shop_work *w = work_of(state);
    const struct cox_read_opt read = {.actor = SHOP_OPERATOR};
    struct place target;
    struct cox_copy_report report;
    struct cox_store *copy = NULL;
    int64_t ours = 0, theirs = 0;

    assert_true(place_make(&target, COX_SQLITE, "found"));
    OK(cox_store_copy(w->store, &(struct cox_copy_opt){.to_url = target.url}, &report, &w->err));
    OK(shop_open_url(w, target.url, &copy));
    OK(cox_store_read(w->store, &read, count_found, &ours, &w->err));
    OK(cox_store_read(copy, &read, count_found, &theirs, &w->err));
    assert_true(ours > 0);
    assert_int_equal(ours, theirs);
    cox_store_close(copy);
    place_drop(&target);
}

static void what_exists_is_not_written_over(void **state)
{
    struct shop_work *w = work_of(state);
    const char precious[] = "precious";
    struct cox_copy_report report;
    struct place target;
    char bytes[16], before[65], after[65];

    shop_state(w, before);
    assert_int_equal(
        cox_store_copy(w->store, &(struct cox_copy_opt){.to_url = w->place.url}, &report, &w->err),
        COX_CONFLICT);
    shop_state(w, after);
    assert_string_equal(before, after);

    assert_true(place_make(&target, COX_SQLITE, "over"));
    int file = open(target.url, O_RDWR | O_CREAT, 0600);
    assert_int_equal(write(file, precious, sizeof(precious)), sizeof(precious));
    assert_int_equal(
        cox_store_copy(w->store, &(struct cox_copy_opt){.to_url = target.url}, &report, &w->err),
        COX_CONFLICT);
    assert_int_equal(pread(file, bytes, sizeof(bytes), 0), sizeof(precious));
    assert_string_equal(bytes, precious);
    (void)close(file);
    place_drop(&target);
}

static bool stop_soon(void *ctx, int64_t done, int64_t all)
{
    assert_true(done >= 0 && all > 0);
    return --*(int *)ctx > 0;
}

/* Wherever it is stopped, nothing is left and the next copy succeeds. */
static void a_stopped_copy_leaves_nothing(void **state)
{
    struct shop_work *w = work_of(state);
    struct cox_copy_report report;
    struct place target;
    char part[700];

    if (!make_target(&target, w->place.engine)) {
        return;
    }
    for (int after = 1; after < 20; after += 6) {
        int left = after;
        const struct cox_copy_opt opt = {.to_url = target.url, .progress = stop_soon, .ctx = &left};
        assert_int_equal(cox_store_copy(w->store, &opt, &report, &w->err), COX_CANCELLED);
        (void)snprintf(part, sizeof(part), "%s.part", target.url);
        assert_int_equal(access(part, F_OK), -1);
        assert_int_equal(access(target.url, F_OK), -1);
    }
    OK(cox_store_copy(w->store, &(struct cox_copy_opt){.to_url = target.url}, &report, &w->err));
    place_drop(&target);
}

static enum cox_rc put_secret(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;
    COX_AUTO_STMT stmt = NULL;

    COX_TRY(cox_db_prepare(cox_call_db(call),
        COX_LIT("INSERT INTO \"credential\" (\"user_id\", \"kind\", \"secret\", \"set_us\") VALUES "
                "($1, 'password', $2, 1)"),
        &stmt, reterr));
    cox_stmt_bind_int(stmt, 1, w->users.ids[0]);
    cox_stmt_bind_bytes(stmt, 2, COX_LIT("hash"));
    COX_TRY(cox_stmt_run(stmt, reterr));
    return cox_setting_put(call, "test", COX_LIT("1"), reterr);
}

static int64_t count_secrets(const char *url)
{
    struct cox_db *db = NULL;
    struct cox_stmt *stmt = NULL;
    bool is_row;

    assert_int_equal(cox_db_open(url, COX_DB_READ, &db, NULL), COX_OK);
    assert_int_equal(
        cox_db_prepare(db, COX_LIT("SELECT count(*) FROM \"credential\""), &stmt, NULL), COX_OK);
    assert_int_equal(cox_stmt_step(stmt, &is_row, NULL), COX_OK);
    int64_t count = cox_stmt_int(stmt, 0);
    cox_stmt_done(stmt);
    cox_db_close(db);
    return count;
}

static void secrets_stay_behind_when_asked(void **state)
{
    struct shop_work *w = work_of(state);
    struct cox_copy_report report;

    OK(shop_write(w, put_secret, w));
    for (int leave = 0; leave < 2; leave++) {
        struct place target;
        assert_true(place_make(&target, COX_SQLITE, "secret"));
        const struct cox_copy_opt opt = {.to_url = target.url, .leave_secrets = leave == 1};
        OK(cox_store_copy(w->store, &opt, &report, &w->err));
        assert_int_equal(count_secrets(target.url), leave == 1 ? 0 : 1);
        place_drop(&target);
    }
}

static enum cox_rc erase_first(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;
    struct cox_erase_report report;

    return cox_erase(call, &shop_customer, w->customers.ids[0], &report, reterr);
}

static enum cox_rc phone_of_first(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct shop_work *w = ctx;
    bool is_erased;

    COX_TRY(cox_is_erased(call, &shop_customer, w->customers.ids[0], &is_erased, reterr));
    return is_erased ? COX_OK : cox_fail(reterr, COX_INTERNAL, "not erased");
}

/* A backup of before an erasure, restored, must not bring the person back. */
static void a_restore_erases_again(void **state)
{
    struct shop_work *w = work_of(state);
    const struct cox_read_opt read = {.actor = SHOP_OPERATOR};
    struct place backup, again;
    struct cox_copy_report report;
    struct cox_store *old = NULL, *restored = NULL;
    char list[700];

    assert_true(place_make(&backup, COX_SQLITE, "backup"));
    assert_true(place_make(&again, w->place.engine, "again"));
    (void)snprintf(list, sizeof(list), "%s.erased", backup.url);
    OK(cox_store_copy(w->store, &(struct cox_copy_opt){.to_url = backup.url}, &report, &w->err));
    w->cause = COX_CAUSE_ERASE;
    OK(shop_write(w, erase_first, w));
    OK(cox_erase_finish(w->store, &w->err));
    OK(cox_erased_save(w->store, list, &w->err));

    OK(shop_open_url(w, backup.url, &old));
    const struct cox_copy_opt opt = {.to_url = again.url, .erased = list};
    OK(cox_store_copy(old, &opt, &report, &w->err));
    assert_int_equal(report.erased_count, 1);
    OK(shop_open_url(w, again.url, &restored));
    OK(cox_store_read(restored, &read, phone_of_first, w, &w->err));
    assert_true(shop_is_valid(restored));
    cox_store_close(restored);
    cox_store_close(old);
    place_drop(&again);

    FILE *file = fopen(list, "w");
    assert_non_null(file);
    (void)fputs("coxswain erased 1\n2 x\n", file);
    (void)fclose(file);
    assert_true(place_make(&again, w->place.engine, "again"));
    OK(shop_open_url(w, backup.url, &old));
    const struct cox_copy_opt bad = {.to_url = again.url, .erased = list};
    assert_int_equal(cox_store_copy(old, &bad, &report, &w->err), COX_INVALID);
    assert_int_equal(w->err.row, 2);
    cox_store_close(old);
    place_drop(&again);
    (void)unlink(list);
    place_drop(&backup);
}

#define BOTH(test)                                                                                 \
    cmocka_unit_test_setup_teardown(test, set_up_sqlite, tear_down),                               \
    {                                                                                              \
#        test " (postgres)", test, set_up_postgres, tear_down, NULL                                \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_copy_in_sqlite_is_the_same),
        BOTH(a_copy_in_postgres_is_the_same),
        BOTH(run_time_fields_come_along),
        BOTH(there_and_back_is_the_same),
        BOTH(the_copy_can_be_searched),
        BOTH(what_exists_is_not_written_over),
        BOTH(a_stopped_copy_leaves_nothing),
        BOTH(secrets_stay_behind_when_asked),
        BOTH(a_restore_erases_again),
    };

    return cmocka_run_group_tests_name("copy", tests, NULL, NULL);
}
