/* tests/unit/test_map.c: hash against published values, maps against plain arrays, limits, memory. */
#include <stdio.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/random.h"
#include "check.h"

static const struct cox_hash_key fixed = {UINT64_C(0x0706050403020100),
    UINT64_C(0x0f0e0d0c0b0a0908)};

/* The empty text under the paper's key; the others are what CPython 3.11 gives with a zero key. */
static void hash_vectors(void **state)
{
    static const struct cox_hash_key zero = {0, 0};

    (void)state;
    assert_true(cox_hash_text(&fixed, COX_LIT("")) == UINT64_C(0xabac0158050fc4dc));
    assert_true((int64_t)cox_hash_text(&zero, COX_LIT("abc")) == -INT64_C(4594863902769663758));
    assert_true((int64_t)cox_hash_text(&zero, COX_LIT("The quick brown fox")) ==
                -INT64_C(7539517227509841101));
}

enum { KEYS = 500, STEPS = 60000 };

/* Random adds, puts and drops, the same done to an array. */
static void texts_as_an_array(void **state)
{
    static char names[KEYS][24];
    uint64_t values[KEYS], value;
    bool is_there[KEYS] = {false};
    size_t count = 0;
    struct cox_random random;
    struct cox_map *map = NULL;

    (void)state;
    cox_random_init(&random, 1);
    for (int i = 0; i < KEYS; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "%.*s%d", i % 9, "key-key-key", i);
    }
    assert_int_equal(
        cox_map_open(&(struct cox_map_opt){.key = fixed, .copy_keys = true}, &map, NULL), COX_OK);
    for (int step = 0; step < STEPS; step++) {
        size_t i = (size_t)cox_random_below(&random, step < STEPS / 2 ? KEYS : 20);
        struct cox_text key = cox_text_of(names[i]);
        switch (cox_random_below(&random, 3)) {
        case 0:
            values[i] = cox_random_bits(&random);
            assert_int_equal(cox_map_put(map, key, values[i], NULL), COX_OK);
            count += !is_there[i];
            is_there[i] = true;
            break;
        case 1:
            assert_int_equal(cox_map_drop(map, key), is_there[i]);
            count -= is_there[i];
            is_there[i] = false;
            break;
        default:
            assert_int_equal(cox_map_find(map, key, &value), is_there[i]);
            assert_true(!is_there[i] || value == values[i]);
        }
        assert_int_equal(cox_map_count(map), count);
    }
    size_t at = 0, seen = 0;
    struct cox_text key;
    while (cox_map_next(map, &at, &key, &value)) {
        uint64_t again;
        assert_true(cox_map_find(map, key, &again));
        assert_true(value == again);
        seen++;
    }
    assert_int_equal(seen, count);
    cox_map_close(map);
}

static void numbers_as_an_array(void **state)
{
    uint64_t values[KEYS], value;
    bool is_there[KEYS] = {false};
    size_t count = 0;
    struct cox_random random;
    struct cox_imap *map = NULL;

    (void)state;
    cox_random_init(&random, 2);
    assert_int_equal(cox_imap_open(0, 0, &map, NULL), COX_OK);
    for (int step = 0; step < STEPS; step++) {
        size_t i = (size_t)cox_random_below(&random, KEYS);
        int64_t key = i == 0 ? INT64_MIN : i == 1 ? INT64_MAX : (int64_t)i * 1024 - 250000;
        switch (cox_random_below(&random, 3)) {
        case 0:
            values[i] = cox_random_bits(&random);
            assert_int_equal(cox_imap_put(map, key, values[i], NULL), COX_OK);
            count += !is_there[i];
            is_there[i] = true;
            break;
        case 1:
            assert_int_equal(cox_imap_drop(map, key), is_there[i]);
            count -= is_there[i];
            is_there[i] = false;
            break;
        default:
            assert_int_equal(cox_imap_find(map, key, &value), is_there[i]);
            assert_true(!is_there[i] || value == values[i]);
        }
        assert_int_equal(cox_imap_count(map), count);
    }
    size_t at = 0, seen = 0;
    int64_t key;
    while (cox_imap_next(map, &at, &key, &value)) {
        uint64_t again;
        assert_true(cox_imap_find(map, key, &again));
        assert_true(value == again);
        seen++;
    }
    assert_int_equal(seen, count);
    cox_imap_close(map);
}

static void order_of_adding(void **state)
{
    struct cox_map *map = NULL;
    struct cox_text key;
    uint64_t value, *place;
    size_t at = 0;
    bool is_new;

    (void)state;
    assert_int_equal(cox_map_open(NULL, &map, NULL), COX_OK);
    assert_int_equal(cox_map_put(map, COX_LIT("b"), 1, NULL), COX_OK);
    assert_int_equal(cox_map_put(map, COX_LIT("a"), 2, NULL), COX_OK);
    assert_int_equal(cox_map_put(map, COX_LIT(""), 3, NULL), COX_OK);
    assert_int_equal(cox_map_put(map, (struct cox_text){0}, 4, NULL), COX_OK);
    assert_int_equal(cox_map_add(map, COX_LIT("b"), 9, &place, &is_new, NULL), COX_OK);
    assert_false(is_new);
    assert_int_equal(*place, 1);
    assert_true(cox_map_drop(map, COX_LIT("a")));
    assert_true(cox_map_next(map, &at, &key, &value));
    assert_true(cox_text_same(key, COX_LIT("b")));
    assert_true(cox_map_next(map, &at, &key, &value));
    assert_int_equal(value, 3);
    assert_non_null(key.ptr);
    assert_true(cox_map_next(map, &at, &key, &value));
    assert_null(key.ptr);
    assert_false(cox_map_next(map, &at, &key, &value));
    cox_map_close(map);
    cox_map_close(NULL);
}

static void limits(void **state)
{
    struct cox_map *map = NULL;
    struct cox_imap *imap = NULL;
    struct cox_err err;
    char name[2] = "a";

    (void)state;
    assert_int_equal(
        cox_map_open(&(struct cox_map_opt){.count_max = 3, .copy_keys = true}, &map, NULL), COX_OK);
    assert_int_equal(cox_imap_open(0, 3, &imap, NULL), COX_OK);
    for (; name[0] < 'd'; name[0]++) {
        assert_int_equal(cox_map_put(map, cox_text_of(name), 1, NULL), COX_OK);
        assert_int_equal(cox_imap_put(imap, name[0], 1, NULL), COX_OK);
    }
    assert_int_equal(cox_map_put(map, COX_LIT("d"), 1, &err), COX_TOO_LARGE);
    assert_string_equal(err.text, "more than 3 different keys");
    assert_int_equal(cox_map_put(map, COX_LIT("a"), 2, &err), COX_OK);
    assert_int_equal(cox_imap_put(imap, 'd', 1, &err), COX_TOO_LARGE);
    assert_int_equal(cox_imap_put(imap, INT64_MIN, 1, &err), COX_TOO_LARGE);
    assert_int_equal(cox_imap_put(imap, 'a', 2, &err), COX_OK);
    assert_int_equal(cox_imap_open(SIZE_MAX, 0, &imap, &err), COX_TOO_LARGE);
    cox_map_close(map);
    cox_imap_close(imap);
}

static enum cox_rc fill_maps(struct cox_arena *arena)
{
    struct cox_map *map;
    struct cox_imap *imap;
    char name[16];

    COX_TRY(cox_map_open_in(arena, &(struct cox_map_opt){.copy_keys = true}, &map, NULL));
    COX_TRY(cox_imap_open_in(arena, 0, &imap, NULL));
    for (int i = 0; i < 100; i++) {
        (void)snprintf(name, sizeof(name), "%d", i);
        COX_TRY(cox_map_put(map, cox_text_of(name), (uint64_t)i, NULL));
        COX_TRY(cox_imap_put(imap, i, (uint64_t)i, NULL));
    }
    return COX_OK;
}

/* Each allocation fails once; whatever fails, nothing leaks and the last try is whole. */
static void memory_runs_out(void **state)
{
    (void)state;
    for (int64_t n = 0;; n++) {
        struct cox_arena *arena = cox_arena_open(1 << 20);
        assert_non_null(arena);
        cox_memory_fail_after(n);
        enum cox_rc rc = fill_maps(arena);
        cox_memory_fail_after(-1);
        cox_arena_close(arena);
        if (rc == COX_OK) {
            assert_true(n > 8);
            return;
        }
        assert_int_equal(rc, COX_NO_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_vectors),
        cmocka_unit_test(texts_as_an_array),
        cmocka_unit_test(numbers_as_an_array),
        cmocka_unit_test(order_of_adding),
        cmocka_unit_test(limits),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
