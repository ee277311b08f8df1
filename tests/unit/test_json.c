/* tests/unit/test_json.c: the JSON writer, read back with another library's parser. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"
#include "check.h"

struct fixture {
    struct cox_arena *arena;
    struct cox_buf buf;
    struct cox_json json;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    fixture->arena = cox_arena_open(16U << 20);
    cox_buf_init(&fixture->buf, 64U << 20);
    cox_json_init(&fixture->json, fixture->arena, cox_buf_sink(&fixture->buf));
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    cox_buf_done(&fixture->buf);
    cox_arena_close(fixture->arena);
    free(fixture);
    return 0;
}

static void assert_written(struct fixture *fixture, const char *expected)
{
    struct cox_err err;

    assert_int_equal(cox_json_done(&fixture->json, &err), COX_OK);
    cox_buf_add_char(&fixture->buf, '\0');
    assert_string_equal(fixture->buf.ptr, expected);
}

static void plain_nesting(void **state)
{
    struct cox_json *json = &((struct fixture *)*state)->json;

    cox_json_begin_object(json);
    cox_json_put_int(json, "a", INT64_MIN);
    cox_json_key(json, "b");
    cox_json_begin_array(json);
    cox_json_begin_array(json);
    cox_json_end_array(json);
    cox_json_begin_object(json);
    cox_json_put_bool(json, "x", true);
    cox_json_put_bool(json, "y", false);
    cox_json_end_object(json);
    cox_json_null(json);
    cox_json_raw(json, COX_LIT("[1]"));
    cox_json_end_array(json);
    cox_json_put_string(json, "c", NULL);
    cox_json_put_text(json, "d", (struct cox_text){0});
    cox_json_end_object(json);
    assert_written(*state,
        "{\"a\":-9223372036854775808,\"b\":[[],{\"x\":true,\"y\":false},null,[1]],"
        "\"c\":null,\"d\":null}");
}

static void text_is_escaped(void **state)
{
    struct cox_json *json = &((struct fixture *)*state)->json;

    cox_json_begin_array(json);
    cox_json_string(json, "a\"b\\c/\b\t\n\v\f\r\x1f\x7f");
    cox_json_text(json, (struct cox_text){"\0", 1});
    cox_json_string(json, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
    cox_json_string(json, "x\xff\xc3(\xed\xa0\x80");
    cox_json_string(json, "");
    cox_json_end_array(json);
    assert_written(*state,
        "[\"a\\\"b\\\\c/\\b\\t\\n\\u000b\\f\\r\\u001f\x7f\",\"\\u0000\","
        "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\","
        "\"x\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\",\"\"]");
}

static void reals(void **state)
{
    struct cox_json *json = &((struct fixture *)*state)->json;

    cox_json_begin_array(json);
    cox_json_real(json, 0.1);
    cox_json_real(json, 5);
    cox_json_real(json, -1e300);
    cox_json_real(json, (double)NAN);
    cox_json_real(json, (double)INFINITY);
    cox_json_end_array(json);
    assert_written(*state, "[0.1,5,-1e+300,null,null]");
}

static void lines_of_values(void **state)
{
    struct cox_json *json = &((struct fixture *)*state)->json;

    cox_json_int(json, 1);
    cox_json_newline(json);
    cox_json_begin_array(json);
    cox_json_end_array(json);
    cox_json_newline(json);
    assert_written(*state, "1\n[]\n");
}

/* A random tree is written twice: with ours, and into jansson's tree; both must be equal. */
static json_t *grow(struct cox_json *json, unsigned *seed, int depth)
{
    char bytes[300];
    size_t size;
    json_t *tree;

    switch (rand_r(seed) % (depth > 6 ? 5 : 7)) {
    case 0:
        cox_json_null(json);
        return json_null();
    case 1: {
        int64_t value = ((int64_t)rand_r(seed) << 32 ^ rand_r(seed)) * (rand_r(seed) % 2 ? 1 : -1);
        cox_json_int(json, value);
        return json_integer(value);
    }
    case 2: {
        double value = (rand_r(seed) - 1e9) * pow(10, rand_r(seed) % 60 - 30) + 0.5;
        cox_json_real(json, value);
        return json_real(value);
    }
    case 3:
        cox_json_bool(json, depth % 2 == 0);
        return json_boolean(depth % 2 == 0);
    case 4:
        size = (size_t)rand_r(seed) % sizeof(bytes);
        for (size_t i = 0; i < size; i++) {
            bytes[i] = (char)(rand_r(seed) % 127 + 1);
        }
        cox_json_text(json, (struct cox_text){bytes, size});
        return json_stringn(bytes, size);
    case 5:
        tree = json_array();
        cox_json_begin_array(json);
        for (int i = rand_r(seed) % 8; i > 0; i--) {
            json_array_append_new(tree, grow(json, seed, depth + 1));
        }
        cox_json_end_array(json);
        return tree;
    default:
        tree = json_object();
        cox_json_begin_object(json);
        for (int i = rand_r(seed) % 8; i > 0; i--) {
            (void)snprintf(bytes, sizeof(bytes), "k\n%d", i);
            cox_json_key(json, bytes);
            json_object_set_new(tree, bytes, grow(json, seed, depth + 1));
        }
        cox_json_end_object(json);
        return tree;
    }
}

static bool same_tree(const json_t *a, const json_t *b)
{
    /* 5.0 is written as 5, and that is the same number. */
    if (json_is_number(a) && json_is_number(b) && (json_is_real(a) || json_is_real(b))) {
        return json_number_value(a) == json_number_value(b);
    }
    if (json_typeof(a) != json_typeof(b)) {
        return false;
    }
    if (json_is_array(a)) {
        bool same = json_array_size(a) == json_array_size(b);
        for (size_t i = 0; same && i < json_array_size(a); i++) {
            same = same_tree(json_array_get(a, i), json_array_get(b, i));
        }
        return same;
    }
    if (json_is_object(a)) {
        void *at = json_object_iter((json_t *)(uintptr_t)a);
        bool same = json_object_size(a) == json_object_size(b);
        for (; same && at != NULL; at = json_object_iter_next((json_t *)(uintptr_t)a, at)) {
            const json_t *other = json_object_get(b, json_object_iter_key(at));
            same = other != NULL && same_tree(json_object_iter_value(at), other);
        }
        return same;
    }
    return json_equal(a, b) != 0;
}

static void random_trees_read_back(void **state)
{
    struct fixture *fixture = *state;
    unsigned seed = 17;

    for (int run = 0; run < 60; run++) {
        struct cox_arena *arena = cox_arena_open(1U << 20);
        struct cox_err err;
        json_t *grown, *parsed;

        cox_buf_clear(&fixture->buf);
        cox_json_init(&fixture->json, arena, cox_buf_sink(&fixture->buf));
        grown = json_array();
        cox_json_begin_array(&fixture->json);
        for (int i = 0; i < 50; i++) {
            json_array_append_new(grown, grow(&fixture->json, &seed, 0));
        }
        cox_json_end_array(&fixture->json);
        assert_int_equal(cox_json_done(&fixture->json, &err), COX_OK);
        parsed = json_loadb(fixture->buf.ptr, fixture->buf.size, 0, NULL);
        assert_non_null(parsed);
        assert_true(same_tree(grown, parsed));
        json_decref(parsed);
        json_decref(grown);
        cox_arena_close(arena);
    }
}

static enum cox_rc refuse(void *ctx, const void *bytes, size_t size, struct cox_err *reterr)
{
    (void)bytes;
    (void)size;
    ++*(int *)ctx;
    return cox_fail(reterr, COX_FULL, "no room");
}

static void the_first_failure_sticks(void **state)
{
    struct fixture *fixture = *state;
    struct cox_err err = {0};
    struct cox_arena *tiny = cox_arena_open(1000);
    int calls = 0;

    cox_json_init(&fixture->json, fixture->arena, (struct cox_sink){refuse, &calls});
    cox_json_begin_array(&fixture->json);
    for (int i = 0; i < 100000; i++) {
        cox_json_int(&fixture->json, i);
    }
    assert_int_equal(cox_json_done(&fixture->json, &err), COX_FULL);
    assert_string_equal(err.text, "no room");
    assert_int_equal(calls, 1);
    cox_json_init(&fixture->json, tiny, cox_buf_sink(&fixture->buf));
    cox_json_int(&fixture->json, 1);
    assert_int_equal(cox_json_done(&fixture->json, &err), COX_NO_MEMORY);
    cox_arena_close(tiny);
}

static void pieces_larger_than_the_buffer(void **state)
{
    struct fixture *fixture = *state;
    struct cox_err err;
    size_t size = 200000;
    char *bytes = malloc(size);

    memset(bytes, 'x', size);
    cox_json_text(&fixture->json, (struct cox_text){bytes, size});
    assert_int_equal(cox_json_done(&fixture->json, &err), COX_OK);
    assert_int_equal(fixture->buf.size, size + 2);
    assert_memory_equal(fixture->buf.ptr + 1, bytes, size);
    free(bytes);
}

int main(void)
{
#define COX_CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    static const struct CMUnitTest tests[] = {
        COX_CASE(plain_nesting),
        COX_CASE(text_is_escaped),
        COX_CASE(reals),
        COX_CASE(lines_of_values),
        COX_CASE(random_trees_read_back),
        COX_CASE(the_first_failure_sticks),
        COX_CASE(pieces_larger_than_the_buffer),
    };

    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
