/* Tests of record/db.h: the same cases on SQLite and, where there is one, on PostgreSQL. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "base/arena.h"
#include "check.h"
#include "engines.h"
#include "record/db.h"
#include "record/entity.h"

struct fixture {
    struct place place;
    struct cox_db *db;
    bool is_there;
};

static int set_up_engine(void **state, enum cox_engine engine)
{
    static struct fixture fixture;
    struct cox_err err = {0};
    char sql[400];

    fixture = (struct fixture){0};
    *state = &fixture;
    fixture.is_there = place_make(&fixture.place, engine, "db");
    if (!fixture.is_there) {
        return 0;
    }
    if (cox_db_open(fixture.place.url, COX_DB_CREATE, &fixture.db, &err) != COX_OK) {
        fprintf(stderr, "# %s\n", err.text);
        return -1;
    }
    (void)snprintf(sql, sizeof(sql),
        "CREATE TABLE \"a\"(\"id\" %s PRIMARY KEY, \"n\" %s, \"r\" %s, \"t\" %s, \"b\" %s);"
        "CREATE UNIQUE INDEX \"a_t\" ON \"a\"(\"t\")",
        cox_db_type_name(engine, 'i'), cox_db_type_name(engine, 'i'), cox_db_type_name(engine, 'r'),
        cox_db_type_name(engine, 't'), cox_db_type_name(engine, 'b'));
    return cox_db_exec(fixture.db, sql, &err) == COX_OK ? 0 : -1;
}

static int set_up_sqlite(void **state)
{
    return set_up_engine(state, COX_SQLITE);
}

static int set_up_postgres(void **state)
{
    return set_up_engine(state, COX_POSTGRES);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    if (fixture->is_there) {
        cox_db_close(fixture->db);
        place_drop(&fixture->place);
    }
    return 0;
}

static struct cox_db *db_of(void **state)
{
    struct fixture *fixture = *state;

    if (!fixture->is_there) {
        print_message("# COX_TEST_POSTGRES is not set: not run on PostgreSQL\n");
        skip();
    }
    return fixture->db;
}

#define OK(call) assert_int_equal((call), COX_OK)

static struct cox_stmt *prepare(struct cox_db *db, const char *sql)
{
    struct cox_stmt *stmt = NULL;
    struct cox_err err = {0};

    if (cox_db_prepare(db, cox_text_of(sql), &stmt, &err) != COX_OK) {
        fail_msg("%s: %s", sql, err.text);
    }
    return stmt;
}

static enum cox_rc put(struct cox_db *db, int64_t id, const char *text, struct cox_err *reterr)
{
    struct cox_stmt *stmt = prepare(db, "INSERT INTO \"a\"(\"id\", \"t\") VALUES($1, $2)");

    cox_stmt_bind_int(stmt, 1, id);
    cox_stmt_bind_text(stmt, 2, cox_text_of(text));
    enum cox_rc rc = cox_stmt_run(stmt, reterr);
    cox_stmt_done(stmt);
    return rc;
}

static int64_t count(struct cox_db *db)
{
    struct cox_stmt *stmt = prepare(db, "SELECT count(*) FROM \"a\"");
    bool is_row = false;

    OK(cox_stmt_step(stmt, &is_row, NULL));
    assert_true(is_row);
    int64_t n = cox_stmt_int(stmt, 0);
    OK(cox_stmt_step(stmt, &is_row, NULL));
    assert_false(is_row);
    OK(cox_stmt_step(stmt, &is_row, NULL)); /* and again: it does not start over */
    assert_false(is_row);
    cox_stmt_done(stmt);
    return n;
}

/* ---- cases ---- */

static void values_come_back_as_they_went(void **state)
{
    static const int64_t ints[] = {0, 1, -1, INT64_MAX, INT64_MIN + 1, 9000000000000000};
    static const double reals[] = {0, 0.1, -1e300, 5e-324, 3.0, (double)INFINITY};
    static const char bytes[] = "\0\1\377'\\x";
    struct cox_db *db = db_of(state);
    bool is_row;

    OK(cox_db_begin(db, COX_BEGIN_WRITE, NULL));
    for (unsigned i = 0; i < 6; i++) {
        struct cox_stmt *stmt = prepare(db,
            "INSERT INTO \"a\"(\"b\", \"t\", \"r\", \"n\", \"id\") VALUES($5, $4, $3, $2, $1)");
        char text[32];
        (void)snprintf(text, sizeof(text), "Größe \"%u\" 'x' \\", i);
        cox_stmt_bind_int(stmt, 1, i);
        cox_stmt_bind_int(stmt, 2, ints[i]);
        cox_stmt_bind_real(stmt, 3, reals[i]);
        cox_stmt_bind_text(stmt, 4, cox_text_of(text));
        cox_stmt_bind_bytes(stmt, 5, (struct cox_text){bytes, sizeof(bytes) - i});
        OK(cox_stmt_run(stmt, NULL));
        cox_stmt_done(stmt);
    }
    OK(cox_db_commit(db, NULL));
    struct cox_stmt *stmt =
        prepare(db, "SELECT \"n\", \"r\", \"t\", \"b\", \"n\" > $1 FROM \"a\" ORDER BY \"id\"");
    cox_stmt_bind_int(stmt, 1, 0);
    for (unsigned i = 0; i < 6; i++) {
        OK(cox_stmt_step(stmt, &is_row, NULL));
        assert_true(is_row);
        assert_int_equal(cox_stmt_int(stmt, 0), ints[i]);
        assert_true(cox_stmt_real(stmt, 1) == reals[i]);
        assert_true(
            cox_text_same(cox_stmt_text(stmt, 3), (struct cox_text){bytes, sizeof(bytes) - i}));
        assert_int_equal(cox_stmt_int(stmt, 4), ints[i] > 0);
        char text[32];
        (void)snprintf(text, sizeof(text), "Größe \"%u\" 'x' \\", i);
        assert_true(cox_text_same(cox_stmt_text(stmt, 2), cox_text_of(text)));
    }
    cox_stmt_done(stmt);
}

static void no_value_is_told_from_empty(void **state)
{
    struct cox_db *db = db_of(state);
    struct cox_stmt *stmt = prepare(db, "INSERT INTO \"a\" VALUES($1, $2, $3, $4, $5)");
    bool is_row;

    for (int i = 0; i < 2; i++) {
        cox_stmt_bind_int(stmt, 1, i);
        cox_stmt_bind_null(stmt, 2);
        cox_stmt_bind_real(stmt, 3, (double)NAN);
        cox_stmt_bind_text(stmt, 4, (struct cox_text){i == 0 ? NULL : "", 0});
        cox_stmt_bind_bytes(stmt, 5, (struct cox_text){i == 0 ? NULL : "", 0});
        OK(cox_stmt_run(stmt, NULL));
        assert_int_equal(cox_stmt_changes(stmt), 1);
    }
    cox_stmt_done(stmt);
    stmt = prepare(db, "SELECT * FROM \"a\" ORDER BY \"id\"");
    for (int i = 0; i < 2; i++) {
        OK(cox_stmt_step(stmt, &is_row, NULL));
        assert_true(cox_stmt_is_null(stmt, 1));
        assert_true(cox_stmt_int(stmt, 1) == COX_NULL);
        assert_true(isnan(cox_stmt_real(stmt, 2)));
        assert_int_equal(cox_stmt_text(stmt, 3).ptr == NULL, i == 0);
        assert_int_equal(cox_stmt_text(stmt, 4).ptr == NULL, i == 0);
        assert_int_equal(cox_stmt_text(stmt, 4).size, 0);
    }
    cox_stmt_done(stmt);
}

static void a_bind_left_out_is_no_value(void **state)
{
    struct cox_db *db = db_of(state);
    bool is_row;

    OK(put(db, 1, "kept from before?", NULL));
    struct cox_stmt *stmt = prepare(db, "INSERT INTO \"a\"(\"id\", \"t\") VALUES($1, $2)");
    cox_stmt_bind_int(stmt, 1, 2);
    OK(cox_stmt_run(stmt, NULL));
    cox_stmt_done(stmt);
    stmt = prepare(db, "SELECT \"t\" FROM \"a\" WHERE \"id\" = $1");
    cox_stmt_bind_int(stmt, 1, 2);
    OK(cox_stmt_step(stmt, &is_row, NULL));
    assert_true(is_row && cox_stmt_is_null(stmt, 0));
    cox_stmt_bind_int(stmt, 1, 1); /* binding starts a statement anew */
    OK(cox_stmt_step(stmt, &is_row, NULL));
    assert_true(is_row && !cox_stmt_is_null(stmt, 0));
    cox_stmt_done(stmt);
}

static void a_text_may_be_in_use_twice(void **state)
{
    struct cox_db *db = db_of(state);
    struct cox_stmt *outer, *inner;
    int64_t pairs = 0;
    bool is_row, is_inner;

    for (int i = 0; i < 10; i++) {
        OK(put(db, i, NULL, NULL));
    }
    outer = prepare(db, "SELECT \"id\" FROM \"a\"");
    while (cox_stmt_step(outer, &is_row, NULL) == COX_OK && is_row) {
        inner = prepare(db, "SELECT \"id\" FROM \"a\"");
        assert_ptr_not_equal(inner, outer);
        while (cox_stmt_step(inner, &is_inner, NULL) == COX_OK && is_inner) {
            pairs++;
        }
        cox_stmt_done(inner);
    }
    cox_stmt_done(outer);
    assert_int_equal(pairs, 100);
}

static void the_cache_reuses_and_forgets(void **state)
{
    struct cox_db *db = db_of(state);
    struct cox_stmt *first = prepare(db, "SELECT 1");
    bool is_row;
    char sql[40];

    cox_stmt_done(first);
    struct cox_stmt *again = prepare(db, "SELECT 1");
    assert_ptr_equal(first, again);
    cox_stmt_done(again);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 450; i++) {
            (void)snprintf(sql, sizeof(sql), "SELECT %d", i);
            struct cox_stmt *stmt = prepare(db, sql);
            OK(cox_stmt_step(stmt, &is_row, NULL));
            assert_int_equal(cox_stmt_int(stmt, 0), i);
            cox_stmt_done(stmt);
        }
        OK(cox_db_begin(db, COX_BEGIN_WRITE, NULL));
        OK(cox_db_commit(db, NULL));
    }
}

static void a_savepoint_takes_back_its_own_part(void **state)
{
    struct cox_db *db = db_of(state);

    OK(cox_db_begin(db, COX_BEGIN_WRITE, NULL));
    OK(put(db, 1, "one", NULL));
    OK(cox_db_savepoint(db, NULL));
    OK(put(db, 2, "two", NULL));
    OK(cox_db_rollback_savepoint(db, NULL));
    OK(cox_db_savepoint(db, NULL));
    OK(put(db, 3, "three", NULL));
    OK(cox_db_release(db, NULL));
    OK(cox_db_commit(db, NULL));
    assert_int_equal(count(db), 2);
    OK(cox_db_begin(db, COX_BEGIN_WRITE, NULL));
    OK(put(db, 4, "four", NULL));
    cox_db_rollback(db);
    assert_int_equal(count(db), 2);
}

/* The failure may come at the run or, sent ahead, at the release: never later. */
static void a_constraint_costs_only_its_savepoint(void **state)
{
    struct cox_db *db = db_of(state);
    struct cox_err err = {0};

    OK(cox_db_begin(db, COX_BEGIN_WRITE, NULL));
    OK(put(db, 1, "Geheim", NULL));
    OK(cox_db_savepoint(db, NULL));
    enum cox_rc rc = put(db, 2, "Geheim", &err);
    rc = rc == COX_OK ? cox_db_release(db, &err) : rc;
    assert_int_equal(rc, COX_CONFLICT);
    assert_null(strstr(err.text, "Geheim"));
    assert_non_null(strstr(err.text, "a"));
    assert_false(cox_db_lost(db));
    OK(cox_db_rollback_savepoint(db, NULL));
    OK(cox_db_savepoint(db, NULL));
    OK(put(db, 3, "other", NULL));
    OK(cox_db_release(db, NULL));
    OK(cox_db_commit(db, NULL));
    assert_int_equal(count(db), 2);
}

static void a_failure_sent_ahead_never_commits(void **state)
{
    struct cox_db *db = db_of(state);
    struct cox_err err = {0};
    bool is_row;

    OK(cox_db_begin(db, COX_BEGIN_WRITE, NULL));
    OK(put(db, 1, "one", NULL));
    enum cox_rc rc = put(db, 1, "two", &err);
    if (rc == COX_OK) {
        rc = cox_db_commit(db, &err);
    } else {
        cox_db_rollback(db);
    }
    assert_int_equal(rc, COX_CONFLICT);
    assert_int_equal(count(db), 0);

    OK(cox_db_begin(db, COX_BEGIN_WRITE, NULL));
    OK(put(db, 1, "one", NULL));
    struct cox_stmt *stmt = prepare(db, "SELECT 1");
    rc = put(db, 1, "two", &err);
    rc = rc == COX_OK ? cox_stmt_step(stmt, &is_row, &err) : rc;
    assert_int_equal(rc, COX_CONFLICT);
    cox_stmt_done(stmt);
    cox_db_rollback(db);
    assert_int_equal(count(db), 0);
}

static void many_runs_in_one_transaction(void **state)
{
    struct cox_db *db = db_of(state);
    char text[64];

    OK(cox_db_begin(db, COX_BEGIN_WRITE, NULL));
    for (int i = 0; i < 3000; i++) {
        (void)snprintf(text, sizeof(text), "row %d of many that are sent ahead", i);
        OK(put(db, i, text, NULL));
    }
    OK(cox_db_commit(db, NULL));
    assert_int_equal(count(db), 3000);
    struct cox_stmt *stmt = prepare(db, "UPDATE \"a\" SET \"n\" = $1 WHERE \"id\" < $2");
    cox_stmt_bind_int(stmt, 1, 7);
    cox_stmt_bind_int(stmt, 2, 1000);
    OK(cox_db_begin(db, COX_BEGIN_WRITE, NULL));
    OK(cox_stmt_run(stmt, NULL));
    assert_int_equal(cox_stmt_changes(stmt), 1000);
    OK(cox_db_commit(db, NULL));
    cox_stmt_done(stmt);
}

static void a_thousand_parameters_fit(void **state)
{
    struct cox_db *db = db_of(state);
    struct cox_buf sql;
    bool is_row;

    OK(put(db, 1500, "here", NULL));
    cox_buf_init(&sql, 1 << 20);
    cox_buf_add_string(&sql, "SELECT count(*) FROM \"a\" WHERE \"id\" IN (");
    for (unsigned i = 2000; i > 0; i--) {
        cox_buf_format(&sql, "$%u%s", i, i > 1 ? "," : ")");
    }
    struct cox_stmt *stmt = NULL;
    OK(cox_db_prepare(db, cox_buf_text(&sql), &stmt, NULL));
    for (unsigned i = 1; i <= 2000; i++) {
        cox_stmt_bind_int(stmt, i, i);
    }
    OK(cox_stmt_step(stmt, &is_row, NULL));
    assert_int_equal(cox_stmt_int(stmt, 0), 1);
    cox_stmt_done(stmt);
    cox_buf_done(&sql);
}

static void returning_and_upsert_work_on_both(void **state)
{
    struct cox_db *db = db_of(state);
    bool is_row;

    for (int64_t i = 1; i <= 3; i++) {
        struct cox_stmt *stmt = prepare(db,
            "INSERT INTO \"a\"(\"id\", \"n\") VALUES($1, $2) ON CONFLICT(\"id\") DO UPDATE "
            "SET \"n\" = \"a\".\"n\" + excluded.\"n\" RETURNING \"n\"");
        cox_stmt_bind_int(stmt, 1, 5);
        cox_stmt_bind_int(stmt, 2, i);
        OK(cox_stmt_step(stmt, &is_row, NULL));
        assert_true(is_row);
        assert_int_equal(cox_stmt_int(stmt, 0), i * (i + 1) / 2);
        cox_stmt_done(stmt);
    }
    struct cox_stmt *stmt =
        prepare(db, "SELECT CAST(SUM(\"n\") AS BIGINT), SUM(\"n\"), AVG(\"n\"), 1 = 1 FROM \"a\"");
    OK(cox_stmt_step(stmt, &is_row, NULL));
    assert_int_equal(cox_stmt_int(stmt, 0), 6);
    assert_int_equal(cox_stmt_int(stmt, 1), 6); /* numeric on PostgreSQL */
    assert_true(cox_stmt_real(stmt, 2) == 6.0);
    assert_int_equal(cox_stmt_int(stmt, 3), 1);
    cox_stmt_done(stmt);
}

static void what_is_wrong_is_refused(void **state)
{
    struct cox_db *db = db_of(state);
    struct cox_err err = {0};
    struct cox_stmt *stmt = NULL;
    bool is_row, has;

    enum cox_rc rc = cox_db_prepare(db, COX_LIT("SELEC 1"), &stmt, &err);
    if (rc == COX_OK) { /* PostgreSQL shows it at the step */
        rc = cox_stmt_step(stmt, &is_row, &err);
        cox_stmt_done(stmt);
    }
    assert_int_equal(rc, COX_INTERNAL);
    assert_non_null(strstr(err.text, "SELEC"));
    stmt = NULL;
    rc = cox_db_prepare(db, COX_LIT("SELECT \"nothing\" FROM \"a\""), &stmt, &err);
    if (rc == COX_OK) {
        rc = cox_stmt_step(stmt, &is_row, &err);
        cox_stmt_done(stmt);
    }
    assert_int_equal(rc, COX_INTERNAL);
    assert_int_equal(cox_db_exec(db, "CREATE TABLE \"a\"(x BIGINT)", &err), COX_INTERNAL);
    OK(cox_db_has(db, "table", "a", &has, NULL));
    assert_true(has);
    OK(cox_db_has(db, "index", "a_t", &has, NULL));
    assert_true(has);
    OK(cox_db_has(db, "index", "a", &has, NULL));
    assert_false(has);
    OK(cox_db_has(db, "table", "b", &has, NULL));
    assert_false(has);
    assert_int_equal(count(db), 0); /* the connection goes on working */
}

static void texts_compare_bytewise(void **state)
{
    struct cox_db *db = db_of(state);
    bool is_row;

    OK(put(db, 1, "b", NULL));
    OK(put(db, 2, "B", NULL));
    OK(put(db, 3, "ä", NULL));
    OK(put(db, 4, "a b", NULL));
    OK(put(db, 5, "a", NULL));
    struct cox_stmt *stmt = prepare(db, "SELECT \"t\" FROM \"a\" ORDER BY \"t\"");
    static const char *const order[] = {"B", "a", "a b", "b", "ä"};
    for (int i = 0; i < 5; i++) {
        OK(cox_stmt_step(stmt, &is_row, NULL));
        assert_true(cox_text_same(cox_stmt_text(stmt, 0), cox_text_of(order[i])));
    }
    cox_stmt_done(stmt);
    stmt = prepare(db, "SELECT count(*) FROM \"a\" WHERE \"t\" LIKE $1");
    cox_stmt_bind_text(stmt, 1, COX_LIT("B%"));
    OK(cox_stmt_step(stmt, &is_row, NULL));
    assert_int_equal(cox_stmt_int(stmt, 0), 1);
    cox_stmt_done(stmt);
}

static void a_read_sees_one_state(void **state)
{
    struct cox_db *db = db_of(state);
    struct fixture *fixture = *state;
    struct cox_db *reader = NULL;

    OK(cox_db_open(fixture->place.url, COX_DB_READ, &reader, NULL));
    OK(cox_db_begin(reader, COX_BEGIN_READ, NULL));
    assert_int_equal(count(reader), 0);
    OK(put(db, 1, "one", NULL));
    assert_int_equal(count(reader), 0);
    OK(cox_db_commit(reader, NULL));
    assert_int_equal(count(reader), 1);
    assert_int_equal(cox_db_begin(reader, COX_BEGIN_WRITE, NULL), COX_INTERNAL);
    assert_int_not_equal(put(reader, 2, "two", NULL), COX_OK);
    cox_db_close(reader);
    assert_int_equal(count(db), 1);
}

/* From another session, as an administrator or a fail-over would. */
static void cut_connection(struct fixture *fixture)
{
    struct cox_db *other = NULL;
    struct cox_stmt *stmt = prepare(fixture->db, "SELECT pg_backend_pid()");
    char sql[80];
    bool is_row;

    OK(cox_stmt_step(stmt, &is_row, NULL));
    (void)snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%d, 5000)",
        (int)cox_stmt_int(stmt, 0));
    cox_stmt_done(stmt);
    OK(cox_db_open(fixture->place.url, COX_DB_WRITE, &other, NULL));
    OK(cox_db_exec(other, sql, NULL));
    cox_db_close(other);
}

static void a_lost_connection_is_told(void **state)
{
    struct cox_db *db = db_of(state);
    struct fixture *fixture = *state;
    struct cox_err err = {0};

    OK(put(db, 1, "one", NULL));
    cut_connection(fixture); /* while idle: the next transaction connects anew */
    OK(cox_db_begin(db, COX_BEGIN_WRITE, NULL));
    OK(put(db, 2, "two", NULL));
    OK(cox_db_commit(db, NULL));

    OK(cox_db_begin(db, COX_BEGIN_WRITE, NULL));
    OK(put(db, 3, "three", NULL));
    cut_connection(fixture);
    assert_int_equal(cox_db_savepoint(db, &err) == COX_OK ? cox_db_release(db, &err) : COX_IO,
        COX_IO);
    assert_true(cox_db_lost(db));
    assert_int_equal(cox_db_commit(db, &err), COX_IO); /* known before: nothing was committed */
    OK(cox_db_reconnect(db, NULL));
    assert_false(cox_db_lost(db));
    assert_int_equal(count(db), 2);

    OK(cox_db_begin(db, COX_BEGIN_WRITE, NULL));
    OK(put(db, 4, "four", NULL));
    cut_connection(fixture);
    assert_int_equal(cox_db_commit(db, &err), COX_UNKNOWN_OUTCOME);
    assert_true(cox_db_lost(db));
    OK(cox_db_begin(db, COX_BEGIN_READ, NULL));
    assert_int_equal(count(db), 2);
    OK(cox_db_commit(db, NULL));
}

static void speed(void **state)
{
    struct cox_db *db = db_of(state);
    struct timespec from, to;
    bool is_row;
    double seconds;

    OK(cox_db_begin(db, COX_BEGIN_WRITE, NULL));
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < 20000; i++) {
        OK(put(db, i, NULL, NULL));
    }
    OK(cox_db_commit(db, NULL));
    clock_gettime(CLOCK_MONOTONIC, &to);
    seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    print_message("# inserts sent ahead: %.0f/s\n", 20000 / seconds);
    OK(cox_db_begin(db, COX_BEGIN_READ, NULL));
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < 5000; i++) {
        struct cox_stmt *stmt = prepare(db, "SELECT \"n\", \"t\" FROM \"a\" WHERE \"id\" = $1");
        cox_stmt_bind_int(stmt, 1, i);
        OK(cox_stmt_step(stmt, &is_row, NULL));
        assert_true(is_row);
        cox_stmt_done(stmt);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    OK(cox_db_commit(db, NULL));
    seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    print_message("# point reads: %.0f/s\n", 5000 / seconds);
}

static void places_that_are_no_store(void **state)
{
    struct cox_db *db = NULL;
    struct cox_err err = {0};
    char path[] = "/tmp/cox-nodb-XXXXXX";
    int file = mkstemp(path);

    (void)state;
    assert_true(
        write(file, "this is a letter, not a database, and long enough to tell\n", 58) == 58);
    (void)close(file);
    assert_int_equal(cox_db_open(path, COX_DB_WRITE, &db, &err), COX_CORRUPT);
    (void)unlink(path);
    assert_int_equal(cox_db_open(path, COX_DB_WRITE, &db, &err), COX_MISSING);
    assert_int_equal(cox_db_open(path, COX_DB_READ, &db, &err), COX_MISSING);
    assert_int_equal(cox_db_open(":memory:", COX_DB_CREATE, &db, &err), COX_INVALID);
    assert_int_equal(cox_db_open("", COX_DB_CREATE, &db, &err), COX_INVALID);
    assert_int_equal(cox_db_open("mysql://x/y", COX_DB_CREATE, &db, &err), COX_UNSUPPORTED);
    assert_null(db);
}

#define BOTH(test)                                                                                 \
    cmocka_unit_test_setup_teardown(test, set_up_sqlite, tear_down),                               \
    {                                                                                              \
#        test " (postgres)", test, set_up_postgres, tear_down, NULL                                \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(values_come_back_as_they_went),
        BOTH(no_value_is_told_from_empty),
        BOTH(a_bind_left_out_is_no_value),
        BOTH(a_text_may_be_in_use_twice),
        BOTH(the_cache_reuses_and_forgets),
        BOTH(a_savepoint_takes_back_its_own_part),
        BOTH(a_constraint_costs_only_its_savepoint),
        BOTH(a_failure_sent_ahead_never_commits),
        BOTH(many_runs_in_one_transaction),
        BOTH(a_thousand_parameters_fit),
        BOTH(returning_and_upsert_work_on_both),
        BOTH(what_is_wrong_is_refused),
        BOTH(texts_compare_bytewise),
        BOTH(a_read_sees_one_state),
        {"a_lost_connection_is_told (postgres)", a_lost_connection_is_told, set_up_postgres,
            tear_down, NULL},
        BOTH(speed),
        cmocka_unit_test(places_that_are_no_store),
    };

    return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
