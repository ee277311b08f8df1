/* Disk full, in both shapes SQLite can meet it: no page and no byte. Nothing half-done is left. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "check.h"
#include "shop_work.h"

#define OK(call) ok_at((call), &w->err, __LINE__)

static void ok_at(enum cox_rc rc, const struct cox_err *err, int line)
{
    if (rc != COX_OK) {
        print_message("# line %d: %s: %s: %s\n", line, cox_rc_name(rc), err->field, err->text);
    }
    assert_int_equal(rc, COX_OK);
}

static int set_up(void **state)
{
    static struct shop_work work;

    *state = &work;
    (void)shop_open(&work, COX_SQLITE, "full", 3);
    return shop_start(&work) == COX_OK && shop_run(&work, 20) == COX_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    shop_close(*state);
    return 0;
}

struct pages {
    int64_t most;
};

/* The writer's own connection takes the limit: it is one of the connection, not of the file. */
static enum cox_rc limit_pages(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct pages *pages = ctx;
    char sql[80];

    (void)snprintf(sql, sizeof(sql), "PRAGMA max_page_count=%lld", (long long)pages->most);
    return cox_db_exec(cox_call_db(call), sql, reterr);
}

/* Saves until one fails; that one has left nothing, and the store is whole. */
static void save_until_it_fails(struct shop_work *w, enum cox_rc either, enum cox_rc or)
{
    char before[65], after[65];
    enum cox_rc rc = COX_OK;

    for (int i = 0; i < 5000 && rc == COX_OK; i++) {
        shop_state(w, before);
        rc = shop_run(w, 1);
    }
    shop_state(w, after);
    assert_string_equal(before, after);
    if (rc != either) {
        assert_int_equal(rc, or);
    }
    assert_true(shop_is_valid(w->store));
    assert_null(strstr(w->err.text, "Deal")); /* no value in the sentence */
}

static void no_page_left(void **state)
{
    struct shop_work *w = *state;
    struct pages pages = {.most = 0};
    struct stat file;

    w->ops = 10;
    for (int round = 0; round < 4; round++) {
        assert_int_equal(stat(w->place.url, &file), 0);
        pages.most = 1; /* SQLite raises it to what the file has */
        OK(shop_write(w, limit_pages, &pages));
        save_until_it_fails(w, COX_FULL, COX_FULL);
        pages.most = 1000000;
        OK(shop_write(w, limit_pages, &pages));
        OK(shop_run(w, 20)); /* as if nothing had been */
        assert_true(shop_is_valid(w->store));
    }
    OK(shop_reopen(w));
    assert_true(shop_is_valid(w->store));
}

static void set_file_limit(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void no_byte_left(void **state)
{
    struct shop_work *w = *state;
    struct rlimit limit;
    char wal[700];
    struct stat file;

    (void)signal(SIGXFSZ, SIG_IGN); /* a write past the limit then fails with EFBIG */
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    (void)snprintf(wal, sizeof(wal), "%s-wal", w->place.url);
    for (int round = 0; round < 6; round++) {
        assert_int_equal(stat(wal, &file), 0);
        set_file_limit((rlim_t)file.st_size + (rlim_t)(round * 5000 + 100));
        save_until_it_fails(w, COX_FULL, COX_IO);
        set_file_limit(limit.rlim_max);
        OK(shop_run(w, 20));
        assert_true(shop_is_valid(w->store));
    }
    set_file_limit(limit.rlim_cur);
    OK(shop_reopen(w));
    assert_true(shop_is_valid(w->store));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_page_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_byte_left, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("full", tests, NULL, NULL);
}
