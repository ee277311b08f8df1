/* Tests of record/find.h: what is put is found, what is taken out is gone, on both engines. */
#include <fcntl.h>

#include "base/arena.h"
#include "check.h"
#include "engines.h"
#include "record/find.h"

struct fixture {
    struct place place;
    struct cox_db *db;
    struct cox_arena *arena;
    bool is_there;
};

#define OK(call) assert_int_equal((call), COX_OK)

static int set_up_engine(void **state, enum cox_engine engine)
{
    static struct fixture fixture;
    struct cox_buf ddl;
    struct cox_err err;

    fixture = (struct fixture){0};
    *state = &fixture;
    fixture.is_there = place_make(&fixture.place, engine, "find");
    if (!fixture.is_there) {
        return 0;
    }
    fixture.arena = cox_arena_open(1 << 24);
    cox_buf_init(&ddl, 4096);
    cox_find_ddl(engine, "contact", &ddl);
    cox_buf_add_char(&ddl, '\0');
    enum cox_rc rc = cox_db_open(fixture.place.url, COX_DB_CREATE, &fixture.db, &err);
    rc = rc == COX_OK ? cox_db_exec(fixture.db, ddl.ptr, &err) : rc;
    cox_buf_done(&ddl);
    return rc != COX_OK;
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
        cox_arena_close(fixture->arena);
        place_drop(&fixture->place);
    }
    return 0;
}

static struct fixture *fixture_of(void **state)
{
    struct fixture *fixture = *state;

    if (!fixture->is_there) {
        print_message("# COX_TEST_POSTGRES is not set: not run on PostgreSQL\n");
        skip();
    }
    return fixture;
}

static struct cox_text words_of(struct fixture *fixture, const char *text)
{
    return cox_text_words(fixture->arena, cox_text_of(text));
}

static void put(struct fixture *fixture, int64_t id, const char *old_text, const char *new_text)
{
    OK(cox_find_put(fixture->db, "contact", id, words_of(fixture, old_text),
        words_of(fixture, new_text), NULL));
}

/* Ids found, as digits in order: "13". */
static const char *find(struct fixture *fixture, struct cox_text words)
{
    static char found[64];
    struct cox_sql sql;
    struct cox_stmt *stmt = NULL;
    size_t count = 0;
    bool is_row;

    cox_sql_init(&sql, fixture->arena);
    cox_sql_lit(&sql, "SELECT \"x\" FROM (SELECT 1 AS \"x\" UNION SELECT 2 UNION SELECT 3"
                      " UNION SELECT 4) AS \"t\" WHERE \"x\"");
    cox_find_in(&sql, fixture->place.engine, "contact", words);
    cox_sql_lit(&sql, " ORDER BY \"x\"");
    OK(cox_sql_prepare(fixture->db, &sql, &stmt, NULL));
    while (cox_stmt_step(stmt, &is_row, NULL) == COX_OK && is_row) {
        found[count++] = (char)('0' + cox_stmt_int(stmt, 0));
    }
    cox_stmt_done(stmt);
    found[count] = '\0';
    return found;
}

static void every_word_begins_a_word_of_the_record(void **state)
{
    struct fixture *fixture = fixture_of(state);

    put(fixture, 1, "", "Jürgen Groß, Bäckerei Müller & Söhne");
    put(fixture, 2, "", "Anna Müller-Lüdenscheidt 0171-555");
    put(fixture, 3, "", "Фёдор Достоевский 東京");
    put(fixture, 4, "", "!?");
    assert_string_equal(find(fixture, words_of(fixture, "müller")), "12");
    assert_string_equal(find(fixture, words_of(fixture, "MUL")), "12");
    assert_string_equal(find(fixture, words_of(fixture, "m j")), "1");
    assert_string_equal(find(fixture, words_of(fixture, "gross")), "1");
    assert_string_equal(find(fixture, words_of(fixture, "017 an")), "2");
    assert_string_equal(find(fixture, words_of(fixture, "федор")), "3");
    assert_string_equal(find(fixture, words_of(fixture, "東")), "3");
    assert_string_equal(find(fixture, words_of(fixture, "uller")), "");
    assert_string_equal(find(fixture, words_of(fixture, "gross 017")), "");
}

static void a_change_takes_the_old_words_out(void **state)
{
    struct fixture *fixture = fixture_of(state);

    put(fixture, 1, "", "old name");
    put(fixture, 1, "old name", "new name");
    assert_string_equal(find(fixture, words_of(fixture, "old")), "");
    assert_string_equal(find(fixture, words_of(fixture, "new name")), "1");
    put(fixture, 1, "new name", "");
    assert_string_equal(find(fixture, words_of(fixture, "new")), "");
    put(fixture, 1, "", "");
    put(fixture, 1, "", "again");
    assert_string_equal(find(fixture, words_of(fixture, "again")), "1");
}

/* Words that never went through cox_text_words are words all the same, not operators. */
static void operators_are_not_spoken(void **state)
{
    struct fixture *fixture = fixture_of(state);

    put(fixture, 1, "", "plain");
    assert_string_equal(find(fixture, COX_LIT("")), "");
    assert_string_equal(find(fixture, COX_LIT("   ")), "");
    assert_string_equal(find(fixture, (struct cox_text){0}), "");
    (void)find(fixture, COX_LIT("' | 'plain"));
    (void)find(fixture, COX_LIT("\" OR plain \\ ) NEAR("));
    assert_string_equal(find(fixture, COX_LIT("plain")), "1");
}

static bool file_holds(const char *path, const char *planted)
{
    static char bytes[1 << 22];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? 0 : read(file, bytes, sizeof(bytes));

    if (file >= 0) {
        (void)close(file);
    }
    return size > 0 && memmem(bytes, (size_t)size, planted, strlen(planted)) != NULL;
}

static void what_is_taken_out_can_be_purged(void **state)
{
    struct fixture *fixture = fixture_of(state);
    char text[64], path[700];

    for (int i = 0; i < 300; i++) {
        (void)snprintf(text, sizeof(text), "person %d zzplanted", i);
        put(fixture, i + 10, "", text);
        if (i % 3 == 0) {
            put(fixture, i + 10, text, "");
        }
    }
    for (int i = 0; i < 300; i++) {
        (void)snprintf(text, sizeof(text), "person %d zzplanted", i);
        put(fixture, i + 10, i % 3 == 0 ? "" : text, "");
    }
    OK(cox_find_optimise(fixture->db, "contact", NULL));
    if (fixture->place.engine == COX_SQLITE) {
        OK(cox_db_exec(fixture->db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL));
        assert_false(file_holds(fixture->place.url, "zzplanted"));
        assert_false(
            file_holds(fixture->place.url, "zplanted")); /* prefixes are cut off in pages */
        (void)snprintf(path, sizeof(path), "%s-wal", fixture->place.url);
        assert_false(file_holds(path, "planted"));
    }
    put(fixture, 1, "", "still works");
    assert_string_equal(find(fixture, words_of(fixture, "work")), "1");
}

#define BOTH(test)                                                                                 \
    cmocka_unit_test_setup_teardown(test, set_up_sqlite, tear_down),                               \
    {                                                                                              \
#        test " (postgres)", test, set_up_postgres, tear_down, NULL                                \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(every_word_begins_a_word_of_the_record),
        BOTH(a_change_takes_the_old_words_out),
        BOTH(operators_are_not_spoken),
        BOTH(what_is_taken_out_can_be_purged),
    };

    return cmocka_run_group_tests_name("find", tests, NULL, NULL);
}
