/*
 * tests/unit/test_match.c: pairs of two sides and of one group: against all plans for small sizes,
 * against the proof for large ones; rules hold; draws are repeatable and their chances exact.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "check.h"
#include "kernel/match/blossom.h"
#include "kernel/match/draw_plan.h"
#include "kernel/match/rules.h"

static struct cox_err err;

static void *room(size_t size)
{
    void *space = malloc(size + 1);

    assert_non_null(space);
    memset(space, 0xA5, size + 1);
    return space;
}

/* Scores within +-limit; some pairs forbidden. */
static void fill(int64_t *score, size_t count, int64_t limit, double forbidden,
    struct cox_random *random)
{
    for (size_t i = 0; i < count; i++) {
        score[i] = cox_random_range(random, -limit, limit);
        if (cox_random_chance(random, forbidden)) {
            score[i] = COX_MATCH_FORBIDDEN;
        }
    }
}

static bool is_better(struct cox_match_value a, struct cox_match_value b)
{
    return a.pair_count > b.pair_count || (a.pair_count == b.pair_count && a.score > b.score);
}

/* ---- two sides ---- */

static struct cox_match_value best_assign(const int64_t *score, size_t rows, size_t cols,
    size_t row, unsigned taken)
{
    struct cox_match_value best = {0};

    if (row == rows) {
        return best;
    }
    best = best_assign(score, rows, cols, row + 1, taken);
    for (size_t col = 0; col < cols; col++) {
        int64_t one = score[row * cols + col];
        struct cox_match_value value;

        if ((taken >> col & 1) != 0 || one == COX_MATCH_FORBIDDEN) {
            continue;
        }
        value = best_assign(score, rows, cols, row + 1, taken | 1U << col);
        value.pair_count++;
        value.score += one;
        if (is_better(value, best)) {
            best = value;
        }
    }
    return best;
}

/* What the plan is worth, counted again; no place twice, nothing forbidden. */
static struct cox_match_value recount(const int64_t *score, size_t rows, size_t cols,
    const uint32_t *plan)
{
    struct cox_match_value value = {0};
    bool taken[COX_MATCH_PEOPLE_MAX] = {false};

    for (size_t row = 0; row < rows; row++) {
        if (plan[row] == COX_MATCH_NOBODY) {
            continue;
        }
        assert_true(plan[row] < cols && !taken[plan[row]]);
        assert_true(score[row * cols + plan[row]] != COX_MATCH_FORBIDDEN);
        taken[plan[row]] = true;
        value.pair_count++;
        value.score += score[row * cols + plan[row]];
    }
    return value;
}

static struct cox_match_value assign(const int64_t *score, size_t rows, size_t cols, uint32_t *plan)
{
    const struct cox_assign ask = {rows, cols, score, cols, NULL};
    void *space = room(cox_assign_workspace_size(rows, cols));
    struct cox_match_value value, again;

    assert_int_equal(cox_assign_solve(&ask, space, plan, &value, &err), COX_OK);
    free(space);
    again = recount(score, rows, cols, plan);
    assert_int_equal(value.pair_count, again.pair_count);
    assert_int_equal(value.score, again.score);
    assert_int_equal(value.bound, value.score); /* proved */
    return value;
}

static void test_two_sides_against_all_plans(void **state)
{
    static const double forbidden[] = {0, .2, .6, 1};
    struct cox_random random;
    int64_t score[49];
    uint32_t plan[7];

    (void)state;
    cox_random_init(&random, 1);
    for (int i = 0; i < 1200; i++) {
        size_t rows = cox_random_below(&random, 7), cols = cox_random_below(&random, 7);
        struct cox_match_value value, best;

        fill(score, rows * cols, i % 3 == 0 ? 2 : 1000000, forbidden[i % 4], &random);
        value = assign(score, rows, cols, plan);
        best = best_assign(score, rows, cols, 0, 0);
        assert_int_equal(value.pair_count, best.pair_count);
        assert_int_equal(value.score, best.score);
    }
}

static void test_two_sides_at_200(void **state)
{
    enum { N = 200 };
    int64_t *score = room(N * N * sizeof(*score)), *turned = room(N * N * sizeof(*turned));
    uint32_t plan[N], other[N];
    struct cox_random random;

    (void)state;
    cox_random_init(&random, 2);
    for (int i = 0; i < 4; i++) {
        size_t rows = i == 3 ? 120 : N;
        struct cox_match_value value;

        fill(score, rows * N, i == 1 ? 3 : COX_MATCH_SCORE_MAX, i == 2 ? .9 : .1, &random);
        for (size_t row = 0; row < rows; row++) {
            for (size_t col = 0; col < N; col++) {
                turned[col * rows + row] = score[row * N + col];
            }
        }
        value = assign(score, rows, N, plan);
        assert_int_equal(assign(turned, N, rows, other).score, value.score);
    }
    free(score);
    free(turned);
}

/* ---- one group ---- */

static struct cox_match_value best_peers(const int64_t *score, size_t count, unsigned taken)
{
    struct cox_match_value best = {0};
    size_t a = 0;

    while (a < count && (taken >> a & 1) != 0) {
        a++;
    }
    if (a >= count) {
        return best;
    }
    best = best_peers(score, count, taken | 1U << a);
    for (size_t b = a + 1; b < count; b++) {
        struct cox_match_value value;

        if ((taken >> b & 1) != 0 || score[a * count + b] == COX_MATCH_FORBIDDEN) {
            continue;
        }
        value = best_peers(score, count, taken | 1U << a | 1U << b);
        value.pair_count++;
        value.score += score[a * count + b];
        if (is_better(value, best)) {
            best = value;
        }
    }
    return best;
}

static struct cox_match_value pair_up(const int64_t *score, size_t count, uint32_t *peer)
{
    void *space = room(cox_peers_workspace_size(count));
    struct cox_match_value value, again = {0};

    assert_int_equal(cox_peers_solve(score, count, space, peer, &value, &err), COX_OK);
    free(space);
    for (size_t a = 0; a < count; a++) {
        if (peer[a] != COX_MATCH_NOBODY) {
            assert_int_equal(peer[peer[a]], a);
            if (peer[a] > a) {
                assert_true(score[a * count + peer[a]] != COX_MATCH_FORBIDDEN);
                again.pair_count++;
                again.score += score[a * count + peer[a]];
            }
        }
    }
    assert_int_equal(value.pair_count, again.pair_count);
    assert_int_equal(value.score, again.score);
    assert_int_equal(value.bound, value.score); /* proved */
    return value;
}

static void test_peers_against_all_pairings(void **state)
{
    static const double forbidden[] = {0, .3, .7, .85};
    struct cox_random random;
    int64_t score[100];
    uint32_t peer[10];

    (void)state;
    cox_random_init(&random, 3);
    for (int i = 0; i < 1500; i++) {
        size_t count = cox_random_below(&random, 11);
        struct cox_match_value value, best;

        fill(score, count * count, i % 3 == 0 ? 2 : 1000000, forbidden[i % 4], &random);
        value = pair_up(score, count, peer);
        best = best_peers(score, count, 0);
        assert_int_equal(value.pair_count, best.pair_count);
        assert_int_equal(value.score, best.score);
    }
}

/* Groups full of odd rings: teams of three and five, likes within them. */
static void test_peers_at_200(void **state)
{
    enum { N = 200 };
    int64_t *score = room(N * N * sizeof(*score));
    uint32_t peer[N];
    struct cox_random random;

    (void)state;
    cox_random_init(&random, 4);
    for (int i = 0; i < 4; i++) {
        size_t count = i == 3 ? N - 1 : N;

        fill(score, count * count, i == 1 ? 5 : 1000000, i == 2 ? .95 : .1, &random);
        for (size_t a = 0; a < count; a++) {
            for (size_t b = a + 1; b < count && i % 2 == 0; b++) {
                if (a / 5 == b / 5 && score[a * count + b] != COX_MATCH_FORBIDDEN) {
                    score[a * count + b] = 1000000;
                }
            }
        }
        (void)pair_up(score, count, peer);
    }
    free(score);
}

/* ---- rules ---- */

static void test_rules_hold(void **state)
{
    /* 0 leads 1 and 2; 1 leads 3; 4 and 5 stand alone. */
    static const int64_t team[] = {0, 7, 7, 8, 8, 9};
    static const uint32_t manager[] = {COX_MATCH_NOBODY, 0, 0, 1, COX_MATCH_NOBODY,
        COX_MATCH_NOBODY};
    static const uint64_t language[] = {1, 1, 2, 3, 0, 4};
    static const uint32_t listed[][2] = {{5, 4}};
    const struct cox_match_people people = {6, team, manager, language};
    const struct cox_match_rules none = {0};
    const struct cox_match_rules all = {true, true, true, listed, 1};
    static const uint32_t everybody[] = {0, 1, 2, 3, 4, 5};
    size_t counts[COX_MATCH_WHY_COUNT];
    int64_t score[36] = {0};
    size_t struck = 0;

    (void)state;
    assert_int_equal(cox_match_why(&people, &none, 1, 2), COX_MATCH_MAY);
    assert_int_equal(cox_match_why(&people, &none, 3, 3), COX_MATCH_SAME_PERSON);
    assert_int_equal(cox_match_why(&people, &all, 1, 2), COX_MATCH_SAME_TEAM);
    assert_int_equal(cox_match_why(&people, &all, 3, 4), COX_MATCH_SAME_TEAM);
    assert_int_equal(cox_match_why(&people, &all, 3, 0), COX_MATCH_SAME_LINE); /* through 1 */
    assert_int_equal(cox_match_why(&people, &all, 0, 3), COX_MATCH_SAME_LINE);
    assert_int_equal(cox_match_why(&people, &all, 2, 5), COX_MATCH_NO_LANGUAGE);
    assert_int_equal(cox_match_why(&people, &all, 2, 3), COX_MATCH_MAY);
    assert_int_equal(cox_match_why(&people, &all, 0, 4), COX_MATCH_MAY); /* language not known */
    assert_int_equal(cox_match_why(&people, &all, 4, 5), COX_MATCH_LISTED);
    cox_match_strike(&people, &all, everybody, 6, everybody, 6, score, counts);
    for (size_t i = 0; i < 36; i++) {
        struck += score[i] == COX_MATCH_FORBIDDEN;
    }
    assert_int_equal(counts[COX_MATCH_SAME_PERSON], 6);
    assert_int_equal(counts[COX_MATCH_SAME_TEAM], 4);
    assert_int_equal(struck, 36 - counts[COX_MATCH_MAY]);
}

/* ---- draws ---- */

struct lot {
    struct cox_match_ask ask;
    struct cox_match_drawn drawn;
    uint32_t *plans;
    double *chances;
};

static void lot_draw(struct lot *lot)
{
    void *space = room(cox_match_workspace_size(&lot->ask));

    lot->plans = room(lot->ask.plan_count * lot->ask.row_count * sizeof(uint32_t));
    lot->chances = room(lot->ask.row_count * lot->ask.col_count * sizeof(double));
    assert_int_equal(cox_match_draw(&lot->ask, space, lot->plans, lot->chances, &lot->drawn, &err),
        COX_OK);
    free(space);
}

static void lot_free(struct lot *lot)
{
    free(lot->plans);
    free(lot->chances);
}

/* Every plan of the list within the allowance and the capacities; chances are shares of the list. */
static void lot_check(const struct lot *lot)
{
    const struct cox_match_ask *ask = &lot->ask;
    double total = 0;

    assert_int_equal(lot->drawn.best.bound, lot->drawn.best.score);
    for (size_t p = 0; p < ask->plan_count; p++) {
        const uint32_t *plan = lot->plans + p * ask->row_count;
        unsigned taken[64] = {0};
        size_t pairs = 0;
        int64_t score = 0;

        for (size_t row = 0; row < ask->row_count; row++) {
            if (plan[row] == COX_MATCH_NOBODY) {
                continue;
            }
            if (ask->is_peers) {
                assert_int_equal(plan[plan[row]], row);
            }
            if (!ask->is_peers || plan[row] > row) {
                score += ask->score[row * ask->col_count + plan[row]];
                pairs++;
            }
            taken[plan[row]]++;
        }
        for (size_t col = 0; col < ask->col_count; col++) {
            assert_true(taken[col] <= (ask->capacity == NULL ? 1 : ask->capacity[col]));
        }
        assert_int_equal(pairs, lot->drawn.best.pair_count);
        assert_true((double)score >= (double)lot->drawn.best.score * (1 - ask->epsilon) - 1e-6);
        total += (double)pairs;
    }
    for (size_t i = 0; i < ask->row_count * ask->col_count; i++) {
        total -= lot->chances[i] * (double)ask->plan_count / (ask->is_peers ? 2 : 1);
    }
    assert_true(fabs(total) < 1e-6);
}

static void test_draws_near_the_optimum(void **state)
{
    enum { ROWS = 30, COLS = 14 };
    int64_t score[ROWS * ROWS];
    uint32_t capacity[COLS];
    struct cox_random random;

    (void)state;
    cox_random_init(&random, 5);
    for (size_t i = 0; i < COX_COUNT(score); i++) {
        score[i] = cox_random_range(&random, 40, 100);
    }
    for (size_t i = 0; i < COLS; i++) {
        capacity[i] = (uint32_t)cox_random_below(&random, 4);
    }
    for (int i = 0; i < 2; i++) {
        struct cox_match_ask ask = {.is_peers = i == 1,
            .row_count = ROWS,
            .col_count = i == 1 ? ROWS : COLS,
            .score = score,
            .capacity = i == 1 ? NULL : capacity,
            .epsilon = .05,
            .plan_count = 64,
            .seed = 77};
        struct lot lot = {.ask = ask}, again = {.ask = ask}, other = {.ask = ask};

        other.ask.seed = 78;
        lot_draw(&lot);
        lot_draw(&again);
        lot_draw(&other);
        lot_check(&lot);
        assert_memory_equal(lot.plans, again.plans, ask.plan_count * ROWS * sizeof(uint32_t));
        assert_int_equal(lot.drawn.chosen, again.drawn.chosen);
        assert_memory_not_equal(lot.plans, other.plans, ask.plan_count * ROWS * sizeof(uint32_t));
        assert_true(lot.drawn.distinct_count > 32); /* chance has room */
        lot_free(&lot);
        lot_free(&again);
        lot_free(&other);
    }
}

/* Over many seeds a pair comes up as often as the lists say. */
static void test_chances_are_what_happens(void **state)
{
    static const int64_t score[] = {90, 89, 60, 88, 90, 70, 50, 60, 90};
    enum { SEEDS = 4000 };
    double said[9] = {0}, seen[9] = {0};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct lot lot = {.ask = {.row_count = 3,
                              .col_count = 3,
                              .score = score,
                              .epsilon = .2,
                              .plan_count = 8,
                              .seed = seed}};

        lot_draw(&lot);
        for (size_t row = 0; row < 3; row++) {
            seen[row * 3 + lot.plans[lot.drawn.chosen * 3 + row]] += 1;
        }
        for (size_t i = 0; i < 9; i++) {
            said[i] += lot.chances[i];
        }
        lot_free(&lot);
    }
    for (size_t i = 0; i < 9; i++) {
        assert_true(fabs(said[i] - seen[i]) < 4 * sqrt(SEEDS * .25) + 1);
    }
    assert_true(said[1] > SEEDS * .2 && said[1] < SEEDS * .8); /* not always the optimum */
}

static void test_what_is_refused(void **state)
{
    static const int64_t wild[] = {COX_MATCH_SCORE_MAX + 1};
    static const struct {
        struct cox_match_ask ask;
        const char *field;
    } cases[] = {
        {{.row_count = 1, .col_count = 1, .score = wild, .plan_count = 1}, "score"},
        {{.epsilon = .3, .plan_count = 1}, "epsilon"},
        {{.epsilon = (double)NAN, .plan_count = 1}, "epsilon"},
        {{.plan_count = 0}, "plan_count"},
        {{.is_peers = true, .row_count = 2, .col_count = 3, .plan_count = 1}, "capacity"},
        {{.row_count = 1001, .plan_count = 1}, "score"},
    };
    struct cox_match_value value;
    uint32_t plan[2];
    char space[64];

    (void)state;
    for (size_t i = 0; i < COX_COUNT(cases); i++) {
        struct cox_match_drawn drawn;

        err = (struct cox_err){0};
        assert_int_not_equal(cox_match_draw(&cases[i].ask, space, plan, NULL, &drawn, &err),
            COX_OK);
        assert_string_equal(err.field, cases[i].field);
    }
    const struct cox_assign one = {1, 1, wild, 1, NULL};
    assert_int_equal(cox_assign_solve(&one, space, plan, &value, &err), COX_INVALID);
    assert_int_equal(cox_peers_solve(wild, 501, space, plan, &value, &err), COX_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_sides_against_all_plans),
        cmocka_unit_test(test_two_sides_at_200),
        cmocka_unit_test(test_peers_against_all_pairings),
        cmocka_unit_test(test_peers_at_200),
        cmocka_unit_test(test_rules_hold),
        cmocka_unit_test(test_draws_near_the_optimum),
        cmocka_unit_test(test_chances_are_what_happens),
        cmocka_unit_test(test_what_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
