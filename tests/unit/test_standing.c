/* Tests of places: ties, tie rules, targets, improvement, bases, and rates that chance alone parts. */
#include <math.h>

#include "base/arena.h"
#include "check.h"
#include "kernel/stats/draw.h"
#include "manager/standing.h"
#include "record/entity.h"

enum { LINES_MAX = 40 };

struct set {
    struct cox_arena *arena;
    struct cox_standing_line lines[LINES_MAX];
    size_t count;
};

static void add(struct set *set, double value, int64_t base)
{
    set->lines[set->count] = (struct cox_standing_line){.id = (int64_t)set->count + 1,
        .value = value,
        .past = (double)NAN,
        .base = base,
        .trials = -1,
        .reached_day = COX_NULL,
        .last_day = COX_NULL};
    set->count++;
}

static void rank(struct set *set, struct cox_standing_opt opt)
{
    struct cox_err err = {0};

    assert_int_equal(cox_standing_rank(set->lines, set->count, &opt, set->arena, &err), COX_OK);
}

static const struct cox_standing_line *of(const struct set *set, int64_t id)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->lines[i].id == id) {
            return &set->lines[i];
        }
    }
    return NULL;
}

static void check_places(const struct set *set, const int64_t *places)
{
    for (size_t i = 0; i < set->count; i++) {
        assert_int_equal(of(set, (int64_t)i + 1)->place, places[i]);
    }
}

static int open_set(void **state)
{
    static struct set set;

    set = (struct set){.arena = cox_arena_open((size_t)1 << 20)};
    *state = &set;
    return 0;
}

static int close_set(void **state)
{
    cox_arena_close(((struct set *)*state)->arena);
    return 0;
}

static void equal_figures_share_a_place(void **state)
{
    struct set *set = *state;
    static const int64_t shared[] = {2, 1, 2, 4, 0, 0}, low[] = {2, 4, 2, 1, 0, 0};

    add(set, 10, 3);
    add(set, 20, 2);
    add(set, 10, 5);
    add(set, 5, 9);
    add(set, (double)NAN, 9);
    add(set, 99, 1); /* too few deals */
    rank(set, (struct cox_standing_opt){.base_min = 2});
    check_places(set, shared);
    assert_true(of(set, 1)->is_tied && of(set, 3)->is_tied && !of(set, 2)->is_tied);
    assert_true(of(set, 2)->is_winner && !of(set, 1)->is_winner);
    assert_int_equal(set->lines[5].place, 0); /* those without a place last */
    rank(set, (struct cox_standing_opt){.base_min = 2, .low_is_best = true});
    check_places(set, low);
}

static void the_tie_rule_parts_them(void **state)
{
    struct set *set = *state;
    static const int64_t by_base[] = {2, 1, 3}, by_day[] = {1, 3, 2}, same[] = {1, 1, 1};

    add(set, 10, 4);
    add(set, 10, 5);
    add(set, 10, 3);
    set->lines[0].last_day = 100;
    set->lines[1].last_day = 102;
    set->lines[2].last_day = 101;
    rank(set, (struct cox_standing_opt){.tie = COX_TIE_BASE});
    check_places(set, by_base);
    rank(set, (struct cox_standing_opt){.tie = COX_TIE_EARLIER});
    check_places(set, by_day);
    rank(set, (struct cox_standing_opt){.tie = COX_TIE_SHARED});
    check_places(set, same);
    assert_true(of(set, 1)->is_winner && of(set, 2)->is_winner && of(set, 3)->is_winner);
}

static void targets(void **state)
{
    struct set *set = *state;
    static const int64_t first[] = {2, 1, 0}, all[] = {1, 1, 0};

    add(set, 120, 4);
    add(set, 100, 5);
    add(set, 99, 3);
    set->lines[0].reached_day = 50;
    set->lines[1].reached_day = 49;
    rank(set, (struct cox_standing_opt){.rule = COX_CONTEST_FIRST, .target = 100});
    check_places(set, first);
    assert_true(of(set, 2)->is_winner && !of(set, 1)->is_winner);
    rank(set, (struct cox_standing_opt){.rule = COX_CONTEST_ALL, .target = 100});
    check_places(set, all);
    assert_true(of(set, 1)->is_winner && of(set, 2)->is_winner && !of(set, 3)->is_winner);
}

static void improvement_is_on_the_own_past(void **state)
{
    struct set *set = *state;
    static const int64_t shares[] = {2, 1, 3, 0};

    add(set, 200, 9); /* +100 % */
    add(set, 30, 9);  /* +200 % */
    add(set, 90, 9);  /* -10 % */
    add(set, 50, 9);  /* nothing before */
    for (size_t i = 0; i < 3; i++) {
        static const double past[] = {100, 10, 100};
        set->lines[i].past = past[i];
        set->lines[i].past_base = 5;
    }
    rank(set, (struct cox_standing_opt){.rule = COX_CONTEST_IMPROVED});
    check_places(set, shares);
    assert_true(of(set, 2)->is_winner);
    set->count = 1;
    set->lines[0] = *of(set, set->lines[0].id);
    set->lines[0].value = set->lines[0].past - 1;
    rank(set, (struct cox_standing_opt){.rule = COX_CONTEST_IMPROVED});
    assert_int_equal(set->lines[0].place, 1);
    assert_false(set->lines[0].is_winner); /* the least bad has not improved */
}

static void add_rate(struct set *set, int64_t events, int64_t trials)
{
    add(set, (double)events / (double)trials, trials);
    set->lines[set->count - 1].events = events;
    set->lines[set->count - 1].trials = trials;
}

static void small_differences_of_rates_are_ties(void **state)
{
    struct set *set = *state;

    add_rate(set, 31, 60);
    add_rate(set, 29, 60);
    add_rate(set, 30, 61);
    add_rate(set, 28, 58);
    rank(set, (struct cox_standing_opt){.base_min = 10});
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(set->lines[i].place, 1);
        assert_true(set->lines[i].low < set->lines[i].value);
        assert_true(set->lines[i].high > set->lines[i].value);
    }
    add_rate(set, 57, 60); /* far beyond chance */
    add_rate(set, 2, 3);   /* too few */
    rank(set, (struct cox_standing_opt){.base_min = 10});
    assert_int_equal(of(set, 5)->place, 1);
    assert_false(of(set, 5)->is_tied);
    assert_int_equal(of(set, 1)->place, 2);
    assert_int_equal(of(set, 4)->place, 2);
    assert_int_equal(of(set, 6)->place, 0);
}

/* People who are all alike: how often is one alone said to be ahead? */
static void alike_people_have_no_leader(void **state)
{
    struct set *set = *state;
    uint64_t seed = 5;
    int alone = 0, runs = 1000;

    for (int run = 0; run < runs; run++) {
        set->count = 0;
        for (int person = 0; person < 12; person++) {
            int64_t won = 0;
            for (int deal = 0; deal < 40; deal++) {
                won += cox_draw_below(&seed, 1000) < 350;
            }
            add_rate(set, won, 40);
        }
        rank(set, (struct cox_standing_opt){.base_min = 10});
        alone += !set->lines[0].is_tied;
    }
    print_message("# twelve alike people, 40 deals each: one alone ahead in %.1f %% of %d runs\n",
        100.0 * alone / runs, runs);
    assert_true(alone <= runs / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(equal_figures_share_a_place, open_set, close_set),
        cmocka_unit_test_setup_teardown(the_tie_rule_parts_them, open_set, close_set),
        cmocka_unit_test_setup_teardown(targets, open_set, close_set),
        cmocka_unit_test_setup_teardown(improvement_is_on_the_own_past, open_set, close_set),
        cmocka_unit_test_setup_teardown(small_differences_of_rates_are_ties, open_set, close_set),
        cmocka_unit_test_setup_teardown(alike_people_have_no_leader, open_set, close_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
