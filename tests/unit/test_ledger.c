/*
 * Tests of what coaching is said to have done, against planted truth: coaching that does nothing shows
 * nothing within its interval where the naive figure shows a gain; a planted effect is found again.
 */
#include <math.h>
#include <stdio.h>

#include "base/random.h"
#include "check.h"
#include "leader/ledger_effect.h"

enum { PEOPLE = 24, MONTHS = 18, COACHED = 8, RUNS = 2000 };

struct world {
    double outcome[PEOPLE * MONTHS];
    size_t start[PEOPLE];
    struct cox_ledger_effect said;
};

static char workspace[256 * 1024] __attribute__((aligned(16)));

static double sum_before(const struct world *w, size_t person, size_t month)
{
    double sum = 0;

    for (size_t m = month - COX_LEDGER_BEFORE; m < month; m++) {
        sum += w->outcome[person * MONTHS + m];
    }
    return sum;
}

/* The lowest of those not coached yet, by the half year before. */
static void choose(struct world *w, size_t month, size_t count, double effect)
{
    for (; count > 0; count--) {
        size_t lowest = PEOPLE;

        for (size_t i = 0; i < PEOPLE; i++) {
            if (w->start[i] == MONTHS &&
                (lowest == PEOPLE || sum_before(w, i, month) < sum_before(w, lowest, month))) {
                lowest = i;
            }
        }
        w->start[lowest] = month;
        for (size_t m = month; m < MONTHS; m++) {
            w->outcome[lowest * MONTHS + m] += effect;
        }
    }
}

/* People differ (sd 10), months scatter (sd 30), December is good; the low ones are coached. */
static void live(struct world *w, uint64_t seed, bool in_waves, double effect)
{
    const struct cox_ledger_people people = {PEOPLE, MONTHS, w->outcome, w->start, NULL, NULL};
    struct cox_random random = cox_random_part(seed, 1);
    struct cox_err err = {0};

    for (size_t i = 0; i < PEOPLE; i++) {
        double own = 100 + 10 * cox_random_normal(&random);

        w->start[i] = MONTHS;
        for (size_t m = 0; m < MONTHS; m++) {
            w->outcome[i * MONTHS + m] =
                own + 30 * cox_random_normal(&random) + (m % 12 == 11 ? 40 : 0);
        }
    }
    if (in_waves) {
        choose(w, 6, 3, effect);
        choose(w, 8, 3, effect);
        choose(w, 10, 2, effect);
    } else {
        choose(w, 8, COACHED, effect);
    }
    assert_true(cox_ledger_workspace_size(PEOPLE, MONTHS) <= sizeof(workspace));
    assert_int_equal(cox_ledger_judge(&people, workspace, &w->said, &err), COX_OK);
}

struct score {
    double naive, effect, covered;
};

static struct score play(bool in_waves, double truth)
{
    struct score score = {0};
    struct world w;

    for (uint64_t run = 0; run < RUNS; run++) {
        live(&w, run, in_waves, truth);
        assert_true(w.said.is_known);
        assert_int_equal(w.said.coached_count, COACHED);
        assert_true(fabs(w.said.naive - w.said.alike - w.said.effect) < 1e-9);
        score.naive += w.said.naive / RUNS;
        score.effect += w.said.effect / RUNS;
        score.covered += (w.said.low <= truth && truth <= w.said.high) ? 1.0 / RUNS : 0;
    }
    print_message("# waves %d, truth %.0f: naive %.2f, said %.2f, covered %.3f\n", in_waves, truth,
        score.naive, score.effect, score.covered);
    return score;
}

static void test_nothing_shows_as_nothing(void **state)
{
    (void)state;
    for (int waves = 0; waves < 2; waves++) {
        struct score score = play(waves == 1, 0);

        assert_true(score.naive > 8);        /* the chart that fools */
        assert_true(fabs(score.effect) < 1); /* 5 % of the effect planted below */
        assert_true(score.covered > .93 && score.covered < .97);
    }
}

static void test_a_planted_effect_is_found_again(void **state)
{
    (void)state;
    for (int waves = 0; waves < 2; waves++) {
        struct score score = play(waves == 1, 20);

        assert_true(fabs(score.effect - 20) < 1);
        assert_true(score.covered > .93 && score.covered < .97);
        assert_true(score.naive > 28);
    }
}

/* ---- amount and skill ---- */

enum { MANY = 36, RATED_MAX = 16, FACTOR_RUNS = 1000 };

struct crowd {
    double outcome[MANY * MONTHS], amount[MANY], skill[MANY];
    size_t start[MANY];
};

/* A third is coached, the low ones, in two waves; amount and rating fall to them by chance. */
static void live_crowd(struct crowd *w, uint64_t seed, size_t coached,
    const double truth[COX_LEDGER_FACTOR_COUNT])
{
    struct cox_random random = cox_random_part(seed, 2);
    double stood[MANY];

    for (size_t i = 0; i < MANY; i++) {
        double own = 100 + 10 * cox_random_normal(&random);

        w->start[i] = MONTHS;
        stood[i] = 0;
        w->amount[i] = 1 + 2 * cox_random_unit(&random);
        w->skill[i] = 3 + 2 * cox_random_unit(&random);
        for (size_t m = 0; m < MONTHS; m++) {
            w->outcome[i * MONTHS + m] = own + 30 * cox_random_normal(&random);
            stood[i] += m < 6 ? w->outcome[i * MONTHS + m] : 0;
        }
    }
    for (size_t n = 0; n < coached; n++) {
        size_t lowest = MANY, month = n % 2 == 0 ? 6 : 9;
        double a, s;

        for (size_t i = 0; i < MANY; i++) {
            if (w->start[i] == MONTHS && (lowest == MANY || stood[i] < stood[lowest])) {
                lowest = i;
            }
        }
        w->start[lowest] = month;
        a = w->amount[lowest] - 2;
        s = w->skill[lowest] - 4;
        for (size_t m = month; m < MONTHS; m++) {
            w->outcome[lowest * MONTHS + m] += 20 + truth[COX_LEDGER_AMOUNT] * a +
                                               truth[COX_LEDGER_SKILL] * s +
                                               truth[COX_LEDGER_BOTH] * a * s;
        }
    }
}

static struct cox_ledger_factors factors_of(const struct crowd *w)
{
    const struct cox_ledger_people people = {MANY, MONTHS, w->outcome, w->start, w->amount,
        w->skill};
    struct cox_ledger_factors said;
    struct cox_err err = {0};

    assert_true(cox_ledger_workspace_size(MANY, MONTHS) <= sizeof(workspace));
    assert_int_equal(cox_ledger_factors_judge(&people, workspace, &said, &err), COX_OK);
    return said;
}

static void test_amount_and_skill_are_found_again(void **state)
{
    static const double truths[][COX_LEDGER_FACTOR_COUNT] = {{0, 0, 0}, {15, 25, 0}, {0, 0, 40}};

    (void)state;
    for (size_t t = 0; t < COX_COUNT(truths); t++) {
        double mean[COX_LEDGER_FACTOR_COUNT] = {0}, covered[COX_LEDGER_FACTOR_COUNT] = {0};
        /* With a product in the world, what one factor does depends on the other: no single number. */
        bool is_plain = truths[t][COX_LEDGER_BOTH] == 0;

        for (uint64_t run = 0; run < FACTOR_RUNS; run++) {
            struct crowd w;
            struct cox_ledger_factors said;

            live_crowd(&w, run, RATED_MAX, truths[t]);
            said = factors_of(&w);
            assert_int_equal(said.rated_count, RATED_MAX);
            for (size_t k = 0; k < COX_LEDGER_FACTOR_COUNT; k++) {
                assert_true(said.at[k].is_known);
                mean[k] += said.at[k].slope / FACTOR_RUNS;
                covered[k] += said.at[k].low <= truths[t][k] && truths[t][k] <= said.at[k].high
                                  ? 1.0 / FACTOR_RUNS
                                  : 0;
            }
        }
        for (size_t k = 0; k < COX_LEDGER_FACTOR_COUNT; k++) {
            print_message("# world %zu factor %zu: truth %.0f, said %.2f, covered %.3f\n", t, k,
                truths[t][k], mean[k], covered[k]);
            if (is_plain || k == COX_LEDGER_BOTH) {
                assert_true(fabs(mean[k] - truths[t][k]) < 2);
                assert_true(covered[k] > .93 && covered[k] < .97);
            }
        }
    }
}

/* With five the slopes are not said, only what so many could show; with two not even that. */
static void test_too_few_ratings_are_said(void **state)
{
    static const double none[COX_LEDGER_FACTOR_COUNT] = {0};
    struct cox_ledger_factors said;
    struct crowd w;

    (void)state;
    live_crowd(&w, 1, 5, none);
    said = factors_of(&w);
    assert_int_equal(said.rated_count, 5);
    for (size_t k = 0; k < COX_LEDGER_FACTOR_COUNT; k++) {
        assert_false(said.at[k].is_known);
        assert_true(isnan(said.at[k].slope) && isnan(said.at[k].low));
        assert_true(said.at[k].detectable > 5);
    }
    live_crowd(&w, 1, 2, none);
    said = factors_of(&w);
    assert_true(isnan(said.at[COX_LEDGER_SKILL].detectable));
    live_crowd(&w, 1, 8, none);
    for (size_t i = 0; i < MANY; i++) {
        w.skill[i] = i % 2 == 0 ? (double)NAN : 4; /* half have not said, the others all the same */
    }
    said = factors_of(&w);
    assert_true(said.rated_count < 8);
    assert_true(isnan(said.at[COX_LEDGER_SKILL].detectable));
}

static void test_too_few_is_said(void **state)
{
    double outcome[4 * MONTHS] = {0};
    size_t start[] = {6, 6, MONTHS, MONTHS};
    const struct cox_ledger_people people = {4, MONTHS, outcome, start, NULL, NULL};
    struct cox_ledger_effect said;
    struct cox_err err = {0};

    (void)state;
    assert_int_equal(cox_ledger_judge(&people, workspace, &said, &err), COX_OK);
    assert_false(said.is_known);
    assert_true(isnan(said.effect) && isnan(said.low) && isnan(said.high));
    start[0] = 0;
    assert_int_equal(cox_ledger_judge(&people, workspace, &said, &err), COX_INVALID);
    assert_string_equal(err.field, "start");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_shows_as_nothing),
        cmocka_unit_test(test_a_planted_effect_is_found_again),
        cmocka_unit_test(test_amount_and_skill_are_found_again),
        cmocka_unit_test(test_too_few_ratings_are_said),
        cmocka_unit_test(test_too_few_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
