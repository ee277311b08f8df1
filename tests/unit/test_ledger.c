/*
 * Tests of what coaching is said to have done, against planted truth: coaching that does nothing shows
 * nothing within its interval where the naive figure shows a gain; a planted effect is found again.
 */
#include <math.h>
#include <stdio.h>

#include "base/random.h"
#include "check.h"
#include "leader/ledger_effect.h"

enum { PEOPLE = 24, MONTHS = 18, COACHED = 8, RUNS = 400 };

struct world {
    double outcome[PEOPLE * MONTHS];
    size_t start[PEOPLE];
    struct cox_ledger_effect said;
};

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
    static char workspace[64 * 1024] __attribute__((aligned(16)));
    const struct cox_ledger_people people = {PEOPLE, MONTHS, w->outcome, w->start};
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
    assert_true(cox_ledger_workspace_size(PEOPLE) <= sizeof(workspace));
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
        assert_true(score.covered > .93 && score.covered < .97 + .015);
    }
}

static void test_a_planted_effect_is_found_again(void **state)
{
    (void)state;
    for (int waves = 0; waves < 2; waves++) {
        struct score score = play(waves == 1, 20);

        assert_true(fabs(score.effect - 20) < 1);
        assert_true(score.covered > .93 && score.covered < .97 + .015);
        assert_true(score.naive > 28);
    }
}

static void test_too_few_is_said(void **state)
{
    static char workspace[4096] __attribute__((aligned(16)));
    double outcome[4 * MONTHS] = {0};
    size_t start[] = {6, 6, MONTHS, MONTHS};
    const struct cox_ledger_people people = {4, MONTHS, outcome, start};
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
        cmocka_unit_test(test_too_few_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
