/* tests/unit/test_text.c: pieces of text, folding, words, keys, likeness, the growable buffer. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/utf8.h"
#include "check.h"

static int setup(void **state)
{
    *state = cox_arena_open(64U << 20);
    return *state == NULL;
}

static int teardown(void **state)
{
    cox_arena_close(*state);
    return 0;
}

static void assert_text(struct cox_text text, const char *expected)
{
    assert_non_null(text.ptr);
    if (!cox_text_same(text, cox_text_of(expected))) {
        fail_msg("got \"%.*s\", expected \"%s\"", (int)text.size, text.ptr, expected);
    }
}

static void assert_near(double got, double expected, double within)
{
    if (!(got >= expected - within && got <= expected + within)) {
        fail_msg("got %.17g, expected %.17g", got, expected);
    }
}

struct pair {
    const char *from, *to;
};

static void fold_rows(void **state)
{
    static const struct pair rows[] = {
        {"", ""},
        {"  Acme\t\r\n Corp  ", "acme corp"},
        {"Müller Straße GROẞ", "muller strasse gross"},
        {"ÀÉÎÕÜ ÿ Ñ Ç", "aeiou y n c"},
        {"Łódź Żółć ĄĘ", "lodz zolc ae"},
        {"Škoda Plzeň Ďáblice", "skoda plzen dablice"},
        {"ÆØÅ Œuvre Þór Đà", "aeoa oeuvre thor da"},
        {"İstanbul ISPARTA ılgın", "istanbul isparta ilgin"},
        {"Việt Nguyễn Ấ", "viet nguyen a"},
        {"ΆΛΦΑ Ώρα ς Ϊ", "αλφα ωρα σ ι"},
        {"Ёлка ЙОД Україна Ї", "елка иод украіна і"},
        {"e\xcc\x81"
         "a\xcc\x88",
            "ea"},
        {"a\xc2\xa0\xe2\x80\x83"
         "b",
            "a b"},
        {"L\xe2\x80\x99Or\xc3\xa9"
         "al \xe2\x80\x93 \xe2\x80\x9cX\xe2\x80\x9d",
            "l'oreal - \"x\""},
        {"zero\xe2\x80\x8bwidth soft\xc2\xadhyphen \xef\xbb\xbf", "zerowidth softhyphen"},
        {"東京 Tokyo", "東京 tokyo"},
        {"bad\xff"
         "byte",
            "bad\xef\xbf\xbd"
            "byte"},
        {"\xee\x80\x80", "\xef\xbf\xbd"},
    };

    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        assert_text(cox_text_fold(*state, cox_text_of(rows[i].from)), rows[i].to);
    }
    assert_null(cox_text_fold(*state, (struct cox_text){0}).ptr);
}

static void fold_twice_changes_nothing(void **state)
{
    for (uint32_t code = 1; code < 0x30000; code++) {
        char bytes[COX_UTF8_MAX];
        struct cox_mark mark = cox_arena_mark(*state);
        struct cox_text once, twice;

        if (code >= 0xD800 && code <= 0xDFFF) {
            continue;
        }
        once = cox_text_fold(*state, (struct cox_text){bytes, cox_utf8_write(bytes, code)});
        assert_true(once.size == 0 || cox_text_is_utf8(once));
        twice = cox_text_fold(*state, once);
        if (!cox_text_same(once, twice)) {
            fail_msg("U+%04X folds to other text when folded again", code);
        }
        cox_arena_rewind(*state, mark);
    }
}

static void words_rows(void **state)
{
    static const struct pair rows[] = {
        {"", ""},
        {"  -- ,, ", ""},
        {"b a b A", "a b"},
        {"GTX-Pro 500 (blue)", "500 blue gtx pro"},
        {"L\xe2\x80\x99Or\xc3\xa9"
         "al \xe2\x80\x93 Paris\xc2\xae",
            "l oreal paris"},
        {"東京、大阪", "大阪 東京"},
        {"o'neil@mail.com", "com mail neil o"},
    };

    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        assert_text(cox_text_words(*state, cox_text_of(rows[i].from)), rows[i].to);
    }
}

static void words_are_cut_between_characters(void **state)
{
    char bytes[200];
    struct cox_text words;

    bytes[0] = 'x';
    for (size_t i = 0; i < 60; i++) {
        (void)cox_utf8_write(bytes + 1 + 2 * i, 0x436);
    }
    words = cox_text_words(*state, (struct cox_text){bytes, 121});
    assert_int_equal(words.size, 63);
    assert_true(cox_text_is_utf8(words));
}

static void key_and_likeness(void **state)
{
    struct cox_arena *arena = *state;

    assert_text(cox_text_key(arena, COX_LIT("GTX Pro")), "gtxpro");
    assert_text(cox_text_key(arena, COX_LIT("GTX-Pro\xc2\xae")), "gtxpro");
    assert_text(cox_text_key(arena, COX_LIT(" - ")), "");
    assert_near(cox_text_likeness(arena, COX_LIT("GTXPro"), COX_LIT("gtx pro")), 1, 0);
    assert_near(cox_text_likeness(arena, COX_LIT("ca"), COX_LIT("abc")), 0, 1e-15);
    assert_near(cox_text_likeness(arena, COX_LIT("abcd"), COX_LIT("acbd")), 0.75, 1e-15);
    assert_near(cox_text_likeness(arena, COX_LIT("kitten"), COX_LIT("sitting")), 1 - 3.0 / 7,
        1e-15);
    assert_near(cox_text_likeness(arena, COX_LIT("Müller"), COX_LIT("muller")), 1, 0);
    assert_near(cox_text_likeness(arena, COX_LIT(""), COX_LIT("")), 0, 0);
    assert_near(cox_text_likeness(arena, COX_LIT("a"), COX_LIT("")), 0, 0);
}

/* Plain recursion over the definition, for short texts only. */
static size_t edits_plain(const char *a, size_t n, const char *b, size_t m)
{
    size_t best, other;

    if (n == 0 || m == 0) {
        return n + m;
    }
    best = edits_plain(a, n - 1, b, m) + 1;
    other = edits_plain(a, n, b, m - 1) + 1;
    best = other < best ? other : best;
    other = edits_plain(a, n - 1, b, m - 1) + (a[n - 1] != b[m - 1]);
    best = other < best ? other : best;
    if (n > 1 && m > 1 && a[n - 1] == b[m - 2] && a[n - 2] == b[m - 1]) {
        other = edits_plain(a, n - 2, b, m - 2) + 1;
        best = other < best ? other : best;
    }
    return best;
}

static void likeness_equals_the_plain_recursion(void **state)
{
    unsigned seed = 7;

    for (int run = 0; run < 300; run++) {
        char a[6], b[6];
        size_t n = 1 + (size_t)rand_r(&seed) % 6, m = 1 + (size_t)rand_r(&seed) % 6;
        for (size_t i = 0; i < 6; i++) {
            a[i] = (char)('a' + rand_r(&seed) % 3);
            b[i] = (char)('a' + rand_r(&seed) % 3);
        }
        double expected = 1 - (double)edits_plain(a, n, b, m) / (double)(n > m ? n : m);
        double got = cox_text_likeness(*state, (struct cox_text){a, n}, (struct cox_text){b, m});
        assert_near(got, expected, 1e-12);
        assert_near(cox_text_likeness(*state, (struct cox_text){b, m}, (struct cox_text){a, n}),
            got, 0);
    }
}

static void order_and_ends(void **state)
{
    struct cox_text none = {0}, rest = COX_LIT("a,,b");

    (void)state;
    assert_true(cox_text_compare(none, COX_LIT("")) < 0);
    assert_true(cox_text_compare(COX_LIT("a"), COX_LIT("ab")) < 0);
    assert_true(cox_text_compare(COX_LIT("b"), COX_LIT("ab")) > 0);
    assert_true(cox_text_compare(COX_LIT("\xc3\xa4"), COX_LIT("z")) > 0);
    assert_int_equal(cox_text_compare(none, none), 0);
    assert_true(cox_text_same_ascii(COX_LIT("UTF-8"), COX_LIT("utf-8")));
    assert_false(cox_text_same_ascii(COX_LIT("\xc3\x84"), COX_LIT("\xc3\xa4")));
    assert_true(cox_text_starts(COX_LIT("abc"), COX_LIT("ab")));
    assert_false(cox_text_starts(COX_LIT("a"), COX_LIT("ab")));
    assert_true(cox_text_ends(COX_LIT("abc"), COX_LIT("bc")));
    assert_true(cox_text_ends(COX_LIT("abc"), COX_LIT("")));
    assert_text(cox_text_trim(COX_LIT(" \xc2\xa0 a b \xe3\x80\x80\n")), "a b");
    assert_int_equal(cox_text_trim(COX_LIT(" \t ")).size, 0);
    assert_text(cox_text_trim(COX_LIT("\x80\x80")), "\x80\x80");
    assert_text(cox_text_split(&rest, ','), "a");
    assert_text(cox_text_split(&rest, ','), "");
    assert_text(cox_text_split(&rest, ','), "b");
    assert_null(rest.ptr);
    assert_null(cox_text_split(&rest, ',').ptr);
}

static void utf8_is_checked_strictly(void **state)
{
    static const char *const bad[] = {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80",
        "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
        "\xe2\x82", "\xc3", "plain text of more than eight bytes \xc3"};

    (void)state;
    for (size_t i = 0; i < COX_COUNT(bad); i++) {
        assert_false(cox_text_is_utf8(cox_text_of(bad[i])));
    }
    assert_false(cox_text_is_utf8((struct cox_text){"a\0bcdefghij", 11}));
    assert_true(cox_text_is_utf8(COX_LIT("\xf4\x8f\xbf\xbf \xed\x9f\xbf \xee\x80\x80 abcdefghij")));
    assert_true(cox_text_is_utf8((struct cox_text){NULL, 0}));
    assert_int_equal(cox_text_length(COX_LIT("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80")), 4);
}

static void buffer_grows_and_stays_failed(void **state)
{
    struct cox_buf buf;
    struct cox_err err;
    struct cox_sink sink = cox_buf_sink(&buf);

    (void)state;
    cox_buf_init(&buf, 1000);
    assert_text(cox_buf_text(&buf), "");
    for (int i = 0; i < 100; i++) {
        cox_buf_format(&buf, "%03d", i);
    }
    assert_int_equal(buf.size, 300);
    assert_memory_equal(buf.ptr + 297, "099", 3);
    assert_int_equal(sink.write(sink.ctx, "x", 1, &err), COX_OK);
    for (int i = 0; i < 100; i++) {
        cox_buf_add(&buf, "0123456789", 10);
    }
    assert_true(buf.failed);
    assert_int_equal(sink.write(sink.ctx, "0123456789", 10, &err), COX_TOO_LARGE);
    cox_buf_clear(&buf);
    cox_buf_add_char(&buf, 'a');
    assert_text(cox_buf_text(&buf), "a");
    cox_buf_done(&buf);
    cox_memory_fail_after(0);
    for (int i = 0; i < 70; i++) {
        cox_buf_add_string(&buf, "0123456789");
    }
    cox_memory_fail_after(-1);
    assert_true(buf.failed);
    cox_buf_done(&buf);
    cox_buf_done(&buf);
}

static void memory_runs_out_cleanly(void **state)
{
    for (int64_t n = 0; n < 4; n++) {
        struct cox_arena *arena = cox_arena_open(n == 3 ? 100 : 1 << 20);
        assert_non_null(arena);
        cox_memory_fail_after(n == 3 ? -1 : n);
        (void)cox_text_words(arena, COX_LIT("one two three four five six seven"));
        (void)cox_text_key(arena, COX_LIT("one two"));
        (void)cox_text_likeness(arena, COX_LIT("one two"), COX_LIT("two"));
        cox_memory_fail_after(-1);
        cox_arena_close(arena);
    }
    (void)state;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(fold_rows),
        cmocka_unit_test(fold_twice_changes_nothing),
        cmocka_unit_test(words_rows),
        cmocka_unit_test(words_are_cut_between_characters),
        cmocka_unit_test(key_and_likeness),
        cmocka_unit_test(likeness_equals_the_plain_recursion),
        cmocka_unit_test(order_and_ends),
        cmocka_unit_test(utf8_is_checked_strictly),
        cmocka_unit_test(buffer_grows_and_stays_failed),
        cmocka_unit_test(memory_runs_out_cleanly),
    };

    return cmocka_run_group_tests_name("text", tests, setup, teardown);
}
