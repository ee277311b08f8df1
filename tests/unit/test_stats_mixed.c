/*
 * tests/unit/test_stats_mixed.c: the mixed model against R's nlme (offline, 3.1-162: lme with random
 * intercept and corAR1, REML), planted truth, and refusals.
 */
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "kernel/stats/impact_mixed.h"

enum { TEAMS = 30, PERIODS = 8, START = 4, RUNS = 600 };

static void simulate(struct cox_random *random, double truth, double *value, bool *ret_treated)
{
    size_t order[TEAMS];

    for (size_t i = 0; i < TEAMS; i++) {
        order[i] = i;
    }
    cox_random_shuffle(random, order, TEAMS);
    for (size_t i = 0; i < TEAMS; i++) {
        double level = 0.7 * cox_random_normal(random), noise = cox_random_normal(random);
        ret_treated[i] = order[i] < TEAMS / 2;
        for (size_t j = 0; j < PERIODS; j++) {
            value[i * PERIODS + j] =
                level + noise + (ret_treated[i] && j >= START ? truth : 0) + 0.1 * (double)j;
            noise = 0.5 * noise + sqrt(0.75) * cox_random_normal(random);
        }
    }
}

/* One simulated panel, a figure missing; nlme gives 1.6588067, .46024996, .469104, -127.513. */
static void agrees_with_nlme(void **state)
{
    static const double value[12 * 8] = {-0.86, -0.20, 1.51, 0.85, -0.19, -1.14, 0.07, 0.50, 0.09,
        0.19, -0.40, 0.97, 2.02, 1.52, 1.69, 1.93, -1.17, -0.42, 0.44, -0.20, -1.06, 1.04, 1.10,
        1.98, 2.85, 0.77, 2.39, 0.54, 1.56, (double)NAN, 3.01, 3.97, 1.57, 0.54, 0.24, -0.88, -0.63,
        1.00, -0.33, 0.01, -1.45, -2.72, -1.82, -1.29, -1.10, -1.63, -1.35, -1.62, 0.99, 1.36, 1.44,
        1.90, -0.21, 1.18, 1.62, 2.14, -0.85, -2.25, -2.99, -2.07, 0.77, 0.84, 0.40, 1.15, -0.24,
        0.04, 1.08, 2.73, 1.02, 2.63, 0.13, 1.31, -0.68, -0.24, -1.06, -0.62, 0.76, 2.12, 1.66,
        1.46, 0.52, -0.29, 1.11, 1.64, 2.58, 2.51, 0.32, 0.50, -0.59, -1.57, -0.73, -0.38, 0.83,
        0.71, 0.43, 3.13};
    bool treated[12];
    struct cox_impact_panel panel = {12, 8, value, treated, 4};
    void *space = malloc(cox_impact_mixed_workspace_size(8));
    struct cox_impact_mixed m;
    struct cox_err err;

    (void)state;
    for (size_t i = 0; i < 12; i++) {
        treated[i] = i % 2 == 1;
    }
    assert_int_equal(cox_impact_mixed(&panel, NULL, &m, space, &err), COX_OK);
    assert_true(fabs(m.effect.estimate - 1.6588067) < 1e-4);
    assert_true(fabs(m.effect.error - .46024996) < 1e-4);
    assert_true(fabs(m.ar1 - .469104) < 1e-3);
    assert_true(fabs(m.team_share - .8121348 / (.8121348 + .9417533)) < 1e-3);
    assert_true(fabs(m.log_likelihood + 127.513) < 1e-3);
    assert_true(m.effect.df == 10 && !m.effect.descriptive_only);
    panel.start = 0;
    assert_int_equal(cox_impact_mixed(&panel, NULL, &m, space, &err), COX_INVALID);
    assert_string_equal(err.field, "start");
    panel.start = 2;
    assert_int_equal(cox_impact_mixed(&panel, NULL, &m, space, &err), COX_OK);
    assert_true(m.effect.descriptive_only);
    treated[0] = true;
    panel.team_count = 2;
    assert_int_equal(cox_impact_mixed(&panel, NULL, &m, space, &err), COX_INVALID);
    assert_string_equal(err.field, "treated");
    free(space);
}

static void planted_effects_are_found_and_no_others(void **state)
{
    struct cox_random random;
    void *space = malloc(cox_impact_mixed_workspace_size(PERIODS));

    (void)state;
    cox_random_init(&random, 3);
    for (int some = 0; some < 2; some++) {
        double truth = 0.8 * some, mean = 0, found = 0, covered = 0, ar1 = 0;
        for (int run = 0; run < RUNS; run++) {
            double value[TEAMS * PERIODS];
            bool treated[TEAMS];
            struct cox_impact_panel panel = {TEAMS, PERIODS, value, treated, START};
            struct cox_impact_mixed m;
            struct cox_err err;
            simulate(&random, truth, value, treated);
            value[11] = value[100] = (double)NAN;
            assert_int_equal(cox_impact_mixed(&panel, NULL, &m, space, &err), COX_OK);
            mean += m.effect.estimate / RUNS;
            found += (m.effect.p_value <= 0.05) / (double)RUNS;
            covered += (m.effect.low <= truth && truth <= m.effect.high) / (double)RUNS;
            ar1 += m.ar1 / RUNS;
        }
        print_message("truth %.1f: mean %+.3f, found %.1f %%, covered %.1f %%, AR(1) %.2f\n", truth,
            mean, 100 * found, 100 * covered, ar1);
        assert_true(fabs(mean - truth) <= 0.04 && covered >= 0.93 && covered <= 0.975);
        assert_true(some == 0 ? found <= 0.065 : found >= 0.55);
    }
    free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_nlme),
        cmocka_unit_test(planted_effects_are_found_and_no_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
