/*
 * The n-th allocation fails, for every n, on the save path: in the program itself and inside SQLite.
 * A save either happened or did not, and the store goes on.
 */
#include <malloc.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "check.h"
#include "shop_work.h"

enum {
    CALM = 60,
    MOST = 4000
}; /* so many saves without a failure: n is past the last allocation */

/* ---- SQLite's allocator, made to fail ---- */

static _Atomic int64_t countdown = -1;

static bool must_fail(void)
{
    return atomic_load(&countdown) >= 0 && atomic_fetch_sub(&countdown, 1) == 0;
}

static void *lite_malloc(int size)
{
    return must_fail() ? NULL : malloc((size_t)size);
}

static void *lite_realloc(void *block, int size)
{
    return must_fail() ? NULL : realloc(block, (size_t)size);
}

static int lite_size(void *block)
{
    return block == NULL ? 0 : (int)malloc_usable_size(block);
}

static int lite_round(int size)
{
    return (size + 7) & ~7;
}

static int lite_init(void *ctx)
{
    (void)ctx;
    return SQLITE_OK;
}

static void lite_shutdown(void *ctx)
{
    (void)ctx;
}

static void fail_in_sqlite(int64_t n)
{
    atomic_store(&countdown, n);
}

static void fail_in_program(int64_t n)
{
    cox_memory_fail_after(n);
}

/* ---- the save that is tried ---- */

struct save {
    struct shop_work *work;
    int64_t number;
};

static enum cox_rc save_some(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct save *save = ctx;
    struct cox_row *deal = cox_row_new(call, &shop_deal);
    const struct cox_change change = {SHOP_DEAL_AMOUNT, cox_int(save->number)};
    char *name = cox_arena_format(cox_call_arena(call), "Deal %lld ä", (long long)save->number);
    int64_t id;

    if (deal == NULL || name == NULL) {
        return cox_no_memory(reterr);
    }
    cox_row_set(deal, SHOP_DEAL_NAME, cox_text_value(cox_text_of(name)));
    cox_row_set(deal, SHOP_DEAL_OWNER, cox_int(save->work->users.ids[0]));
    COX_TRY(cox_create(call, deal, &id, reterr));
    COX_TRY(
        cox_change_fields(call, &shop_deal, save->work->deals.ids[0], 0, &change, 1, NULL, reterr));
    return cox_remove(call, &shop_deal, id, 0, reterr);
}

static void try_every_n(void **state, void (*fail_at)(int64_t n), int64_t step)
{
    struct shop_work *w = *state;
    struct save save = {w, 0};
    char before[65], after[65];
    int calm = 0, failures = 0;

    assert_int_equal(shop_write(w, save_some, &save), COX_OK); /* statements are prepared */
    shop_state(w, before);
    for (int64_t n = 0; n < MOST && calm < CALM; n += step) {
        save.number = n + 1;
        fail_at(n);
        enum cox_rc rc = shop_write(w, save_some, &save);
        fail_at(-1);
        shop_state(w, after);
        if (rc == COX_OK) {
            calm++;
            assert_string_not_equal(before, after);
            memcpy(before, after, sizeof(before));
            continue;
        }
        calm = 0;
        failures++;
        if (rc != COX_NO_MEMORY) {
            print_message("# n = %lld: %s: %s\n", (long long)n, cox_rc_name(rc), w->err.text);
        }
        assert_int_equal(rc, COX_NO_MEMORY);
        assert_string_equal(before, after);
    }
    assert_int_equal(calm, CALM);
    assert_true(failures > 3);
    assert_true(shop_is_valid(w->store));
    assert_int_equal(shop_reopen(w), COX_OK);
    assert_true(shop_is_valid(w->store));
    print_message("# %d allocations failed\n", failures);
}

static void the_programs_own(void **state)
{
    try_every_n(state, fail_in_program, 1);
}

static void those_of_sqlite(void **state)
{
    try_every_n(state, fail_in_sqlite, 1);
}

static void opening_a_store(void **state)
{
    struct shop_work *w = *state;
    char before[65], after[65];
    int calm = 0;

    shop_state(w, before);
    for (int64_t n = 0; n < MOST && calm < 3; n += 7) {
        struct cox_store *store = NULL;
        fail_in_program(n);
        enum cox_rc rc = shop_open_url(w, w->place.url, &store);
        fail_in_program(-1);
        assert_true(rc == COX_OK || rc == COX_NO_MEMORY);
        calm = rc == COX_OK ? calm + 1 : 0;
        cox_store_close(store);
    }
    shop_state(w, after);
    assert_string_equal(before, after);
}

static int set_up(void **state)
{
    static struct shop_work work;

    *state = &work;
    (void)shop_open(&work, COX_SQLITE, "memory", 9);
    return shop_start(&work) == COX_OK && shop_run(&work, 10) == COX_OK && work.deals.count > 0 &&
                   work.users.count > 0
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    shop_close(*state);
    return 0;
}

int main(void)
{
    static const sqlite3_mem_methods methods = {.xMalloc = lite_malloc,
        .xFree = free,
        .xRealloc = lite_realloc,
        .xSize = lite_size,
        .xRoundup = lite_round,
        .xInit = lite_init,
        .xShutdown = lite_shutdown};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_programs_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(those_of_sqlite, set_up, tear_down),
        cmocka_unit_test_setup_teardown(opening_a_store, set_up, tear_down),
    };

    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK) {
        return 1; /* before anything has used SQLite */
    }
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
