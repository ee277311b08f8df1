/*
 * Tests of the estimate of a skill: closed forms, and planted truth: levels that are known, seen through errors as
 * the header says (and through some that it does not), are within the interval as often as it claims.
 */
#include <math.h>
#include <stdio.h>

#include "base/random.h"
#include "check.h"
#include "leader/skill_estimate.h"

static void test_closed_forms(void **state)
{
    const struct cox_skill_saying one[] = {{7, COX_SKILL_BY_MANAGER, 5, 0}};
    struct cox_skill_saying same[8];
    struct cox_skill_estimate found, other;
    double v = COX_SKILL_RATER + COX_SKILL_OCCASION;

    (void)state;
    cox_skill_judge(NULL, 0, &found);
    assert_true(isnan(found.estimate) && isnan(found.low));
    assert_int_equal(cox_skill_gap_of(&found, 1), COX_SKILL_UNSEEN);
    cox_skill_judge(one, 1, &found);
    assert_true(fabs(found.estimate - (COX_SKILL_MEAN + 5 / v) / (1 + 1 / v)) < 1e-12);
    assert_true(fabs(found.error - sqrt(v / (1 + v))) < 1e-12);
    v -= COX_SKILL_ROUNDING;
    assert_true(fabs(1 / (1 + v) - .52) < .001); /* reliability of one superior's rating */
    assert_true(fabs(1 / sqrt((1 + v) * (1 + COX_SKILL_SELF)) - .22) < .001);
    /* However many scenes one coach sees, their own error stays. */
    for (int i = 0; i < 8; i++) {
        same[i] = (struct cox_skill_saying){9, COX_SKILL_BY_SCENE, 4, 0};
    }
    cox_skill_judge(same, 8, &found);
    assert_int_equal(found.rater_count, 1);
    assert_true(found.error > sqrt(COX_SKILL_RATER / (1 + COX_SKILL_RATER)));
    cox_skill_judge(same, 1, &other);
    assert_true(other.error > found.error);
    /* Of different coaches it does not. */
    for (int i = 0; i < 8; i++) {
        same[i].rater = i;
    }
    cox_skill_judge(same, 8, &other);
    assert_true(other.error < found.error && other.rater_count == 8);
    /* What is long ago says less. */
    same[0].years = 4;
    cox_skill_judge(same, 1, &found);
    same[0].years = 0;
    cox_skill_judge(same, 1, &other);
    assert_true(found.error > other.error && found.estimate < other.estimate);
}

static void test_gaps(void **state)
{
    const struct cox_skill_estimate found = {.estimate = 3, .error = .5, .low = 2.4, .high = 3.6};

    (void)state;
    assert_int_equal(cox_skill_gap_of(&found, 2), COX_SKILL_REACHED);
    assert_int_equal(cox_skill_gap_of(&found, 3), COX_SKILL_OPEN);
    assert_int_equal(cox_skill_gap_of(&found, 4), COX_SKILL_BELOW);
}

enum { PEOPLE = 20000 };

/* rater, occasion, scene: sd of errors in the world. Share of people whose level is within the interval. */
static double cover(double rater, double occasion, double scene, bool rounds, double *ret_bias)
{
    struct cox_random random = cox_random_part(11, 3);
    double bias = 0;
    size_t covered = 0;

    for (int p = 0; p < PEOPLE; p++) {
        double truth = COX_SKILL_MEAN + cox_random_normal(&random);
        struct cox_skill_saying sayings[10];
        struct cox_skill_estimate found;
        size_t count = 0;

        if (rounds) { /* a scale of 1 to 5: nobody is beyond its ends */
            truth = truth < 1 ? 1 : truth > 5 ? 5 : truth;
        }
        sayings[count++] = (struct cox_skill_saying){1, COX_SKILL_BY_SELF,
            truth + sqrt(COX_SKILL_SELF) * cox_random_normal(&random), 0};
        for (int r = 0; r < 1 + p % 3; r++) {
            double own = rater * cox_random_normal(&random);

            sayings[count++] = (struct cox_skill_saying){2 + r, COX_SKILL_BY_MANAGER,
                truth + own + occasion * cox_random_normal(&random), 0};
            for (int s = 0; s < p % 2; s++) {
                sayings[count++] = (struct cox_skill_saying){2 + r, COX_SKILL_BY_SCENE,
                    truth + own + scene * cox_random_normal(&random), 0};
            }
        }
        for (size_t i = 0; i < count && rounds; i++) { /* as people write it down */
            double level = nearbyint(sayings[i].level);
            sayings[i].level = level < 1 ? 1 : level > 5 ? 5 : level;
        }
        cox_skill_judge(sayings, count, &found);
        bias += (found.estimate - truth) / PEOPLE;
        covered += fabs(found.estimate - truth) <= COX_SKILL_REACH * found.error;
    }
    *ret_bias = bias;
    return (double)covered / PEOPLE;
}

static void test_planted_levels_are_within(void **state)
{
    double rater = sqrt(COX_SKILL_RATER), occasion = sqrt(COX_SKILL_OCCASION), bias, share;

    (void)state;
    share = cover(rater, occasion, 1, false, &bias);
    print_message("# as assumed: 80 %% interval holds %.1f %%, bias %.3f\n", 100 * share, bias);
    assert_true(share > .79 && share < .81);
    assert_true(fabs(bias) < .02);
    occasion = sqrt(COX_SKILL_OCCASION - COX_SKILL_ROUNDING);
    share = cover(rater, occasion, 1, true, &bias);
    print_message("# told as whole numbers from 1 to 5: holds %.1f %%, bias %.3f\n", 100 * share,
        bias);
    assert_true(share > .78 && share < .82);
    assert_true(fabs(bias) < .02);
    share = cover(1.5 * rater, occasion, 1.5, true, &bias);
    print_message("# raters differ half as much again: holds %.1f %%\n", 100 * share);
    assert_true(share > .70);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closed_forms),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_planted_levels_are_within),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
