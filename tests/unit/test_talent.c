/*
 * Tests of the estimate of a skill and of what a programme has done: closed forms, and planted truth: levels that are known, seen through errors as
 * the header says (and through some that it does not), are within the interval as often as it claims.
 */
#include <math.h>
#include <stdio.h>

#include "base/random.h"
#include "check.h"
#include "leader/mentor_effect.h"
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

/* ---- what a programme has done ---- */

enum { LEARNERS = 24, MONTHS = 24, WORLDS = 80 };

struct programme {
    double outcome[LEARNERS * MONTHS];
    int32_t start[LEARNERS];
    struct cox_mentor_effect said;
};

/* People differ (sd 10), months scatter (sd 10) and share a season; waves by lot in months 16, 18 and 20. */
static void run_programme(struct programme *p, uint64_t seed, size_t count, double effect)
{
    static double workspace[64 * 1024];
    const struct cox_stagger_panel panel = {count, MONTHS, p->outcome, p->start};
    struct cox_random random = cox_random_part(seed, 5);
    size_t order[LEARNERS];
    struct cox_err err = {0};

    for (size_t i = 0; i < count; i++) {
        order[i] = i;
    }
    cox_random_shuffle(&random, order, count);
    for (size_t i = 0; i < count; i++) {
        double own = 50 + 10 * cox_random_normal(&random);

        p->start[i] = 16 + 2 * (int32_t)(order[i] % 3);
        for (size_t m = 0; m < MONTHS; m++) {
            p->outcome[i * MONTHS + m] = own + 10 * cox_random_normal(&random) +
                                         (m % 12 == 11 ? 20 : 0) +
                                         ((int32_t)m >= p->start[i] ? effect : 0);
        }
    }
    assert_true(cox_mentor_effect_workspace_size(count, MONTHS) <= sizeof(workspace));
    assert_int_equal(cox_mentor_effect_judge(&panel, workspace, &p->said, &err), COX_OK);
}

static void judge_worlds(double effect, double *ret_mean, double *ret_covered, double *ret_found)
{
    static struct programme p;

    *ret_mean = *ret_covered = *ret_found = 0;
    for (uint64_t world = 0; world < WORLDS; world++) {
        run_programme(&p, world + 1, LEARNERS, effect);
        assert_true(p.said.is_known);
        *ret_mean += p.said.effect / WORLDS;
        *ret_covered += (p.said.low <= effect && effect <= p.said.high) ? 1. / WORLDS : 0;
        *ret_found += p.said.low > 0 ? 1. / WORLDS : 0;
    }
    print_message("# true %.0f: said %.2f, 95 %% interval holds it in %.1f %%, above 0 in %.1f %%, "
                  "detectable %.1f\n",
        effect, *ret_mean, 100 * *ret_covered, 100 * *ret_found, p.said.detectable);
    assert_true(p.said.detectable > 0);
}

static void test_planted_programmes_are_judged(void **state)
{
    double mean, covered, found;
    struct programme few;

    (void)state;
    judge_worlds(0, &mean, &covered, &found);
    assert_true(fabs(mean) < 1 && covered > .88 && found < .08);
    judge_worlds(20, &mean, &covered, &found);
    assert_true(fabs(mean - 20) < 1 && covered > .88 && found > .9);
    /* Of a few, nothing is said; what they could have shown is. */
    run_programme(&few, 1, 6, 20); /* two begin first: four to compare with */
    assert_false(few.said.is_known);
    assert_true(isnan(few.said.effect) && isnan(few.said.low));
    assert_true(few.said.detectable > 0);
    run_programme(&few, 1, 4, 20);
    assert_true(isnan(few.said.effect) && isnan(few.said.detectable));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closed_forms),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_planted_levels_are_within),
        cmocka_unit_test(test_planted_programmes_are_judged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
