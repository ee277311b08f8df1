/*
 * tests/unit/test_stats_impact.c: reference values computed with NumPy 1.24.2 and SciPy 1.10.1 (plain
 * enumeration, lstsq, ttest_ind, bounded minimisation of the restricted likelihood, and generalised
 * least squares with the full covariance for roll-outs); bias, coverage and false findings by
 * simulation of planted truth: teams with own level and AR(1) noise of sd 1, correlation .5.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "check.h"
#include "kernel/stats/impact.h"
#include "kernel/stats/power.h"
#include "kernel/stats/stagger.h"

enum { TEAMS = 30, PERIODS = 8, START = 4, RUNS = 1500 };

static void near(double got, double expected, double within)
{
    if (!(fabs(got - expected) <= within)) {
        fail_msg("got %.15g, expected %.15g", got, expected);
    }
}

static const double outcome[60] = {10, 12, 11, 13, 15, 14, 9, 8, 10, 9, 12, 13, 14, 15, 13, 16, 15,
    17, 7, 9, 8, 8, 9, 9, 11, 11, 12, 13, 12, 12, 8, 10, 9, 10, 9, 11, 13, 12, 14, 13, 14, 14, 10,
    9, 11, 10, 11, 10, 12, 13, 12, 14, 13, 13, 9, 9, 10, 9, 10, 10};
static const bool treated[10] = {true, true, true, true};
static const struct cox_impact_panel small = {10, 6, outcome, treated, 3};

static void effects_equal_the_reference(void **state)
{
    struct cox_impact_effect effect, periods[6];
    struct cox_err err;
    void *space = malloc(cox_impact_workspace_size(10));

    (void)state;
    assert_int_equal(cox_impact_did(&small, NULL, &effect, space, &err), COX_OK);
    near(effect.estimate, 1.27777777777778, 1e-12);
    near(effect.error, 0.422414064604043, 1e-12);
    near(effect.p_value, 0.0164354190180417, 1e-10);
    near(effect.p_permutation, 5.0 / 210, 1e-15);
    assert_true(effect.exact && !effect.descriptive_only && effect.df == 8);
    assert_int_equal(cox_impact_ancova(&small, NULL, &effect, space, &err), COX_OK);
    near(effect.estimate, 1.37728972554985, 1e-10);
    near(effect.error, 0.503193476277704, 1e-10);
    near(effect.p_value, 0.0338657361780322, 1e-10);
    near(effect.low, 0.146019645027092, 1e-10); /* t quantile 2.446911851145, checked by its tail */
    assert_true(isnan(effect.p_permutation));
    assert_int_equal(cox_impact_event_study(&small, NULL, periods, space, &err), COX_OK);
    near(periods[0].estimate, 1.0 / 3, 1e-12);
    near(periods[0].p_value, 0.477011163274379, 1e-10);
    near(periods[2].estimate, 0, 0);
    near(periods[2].error, 0, 0);
    near(periods[4].estimate, 2.08333333333333, 1e-12);
    near(periods[4].p_value, 0.00478625738018361, 1e-10);
    free(space);
}

static void draws_agree_with_enumeration(void **state)
{
    struct cox_impact_opt drawn = {.exact_max = 1, .draw_count = 50000, .seed = 4};
    struct cox_impact_effect effect, again;
    struct cox_err err;
    void *space = malloc(cox_impact_workspace_size(10));

    (void)state;
    assert_int_equal(cox_impact_did(&small, &drawn, &effect, space, &err), COX_OK);
    assert_false(effect.exact);
    near(effect.p_permutation, 5.0 / 210, 0.003);
    assert_int_equal(cox_impact_did(&small, &drawn, &again, space, &err), COX_OK);
    assert_memory_equal(&effect, &again, sizeof(effect));
    free(space);
}

static void gaps_and_bad_input(void **state)
{
    double value[60];
    bool none[10] = {false};
    struct cox_impact_panel panel = {10, 6, value, treated, 3};
    struct cox_impact_effect effect = {.estimate = 42}, periods[6];
    struct cox_err err;
    void *space = malloc(cox_impact_workspace_size(10));

    (void)state;
    memcpy(value, outcome, sizeof(value));
    value[0] = (double)NAN;
    value[30] = value[31] = value[32] = (double)NAN; /* team 6 has nothing before */
    assert_int_equal(cox_impact_did(&panel, NULL, &effect, space, &err), COX_OK);
    assert_true(effect.left_out == 1 && effect.control_count == 5 && effect.df == 7);
    assert_int_equal(cox_impact_event_study(&panel, NULL, periods, space, &err), COX_OK);
    assert_true(periods[0].left_out == 2 && periods[1].left_out == 1);
    value[13] = (double)INFINITY;
    effect.estimate = 42;
    assert_int_equal(cox_impact_did(&panel, NULL, &effect, space, &err), COX_INVALID);
    assert_string_equal(err.field, "outcome");
    assert_int_equal(err.row, 3);
    memcpy(value, outcome, sizeof(value));
    panel.start = 0;
    assert_int_equal(cox_impact_did(&panel, NULL, &effect, space, &err), COX_INVALID);
    assert_string_equal(err.field, "start");
    panel.start = 6;
    assert_int_equal(cox_impact_ancova(&panel, NULL, &effect, space, &err), COX_INVALID);
    panel.start = 3;
    panel.treated = none;
    assert_int_equal(cox_impact_did(&panel, NULL, &effect, space, &err), COX_INVALID);
    assert_string_equal(err.field, "treated");
    assert_int_equal(cox_impact_event_study(&panel, NULL, periods, space, &err), COX_INVALID);
    assert_true(effect.estimate == 42);
    panel = (struct cox_impact_panel){2, 6, value, (bool[]){true, false}, 3};
    assert_int_equal(cox_impact_did(&panel, NULL, &effect, space, &err), COX_OK);
    assert_true(effect.descriptive_only && isinf(effect.error) && effect.p_value == 1);
    assert_int_equal(cox_impact_ancova(&panel, NULL, &effect, space, &err), COX_INVALID);
    /* All alike: no effect, no error, no finding. */
    for (size_t i = 0; i < 60; i++) {
        value[i] = 5;
    }
    panel = (struct cox_impact_panel){10, 6, value, treated, 3};
    assert_int_equal(cox_impact_did(&panel, NULL, &effect, space, &err), COX_OK);
    assert_true(effect.estimate == 0 && effect.p_value == 1 && effect.p_permutation == 1);
    assert_int_equal(cox_impact_ancova(&panel, NULL, &effect, space, &err), COX_OK);
    near(effect.estimate, 0, 1e-12);
    free(space);
}

/* Own level (sd .7) and AR(1) noise of sd 1. */
static void simulate_teams(struct cox_random *random, size_t teams, size_t periods, double *value)
{
    for (size_t i = 0; i < teams; i++) {
        double level = 0.7 * cox_random_normal(random), noise = cox_random_normal(random);
        for (size_t j = 0; j < periods; j++) {
            value[i * periods + j] = level + noise;
            noise = 0.5 * noise + sqrt(0.75) * cox_random_normal(random);
        }
    }
}

/* Half the teams: at random, or those with the lowest mean before. */
static void choose(struct cox_random *random, const double *value, bool worst, bool *ret_treated)
{
    size_t order[TEAMS];
    double before[TEAMS] = {0};

    for (size_t i = 0; i < TEAMS; i++) {
        order[i] = i;
        for (size_t j = 0; j < START; j++) {
            before[i] += value[i * PERIODS + j];
        }
    }
    cox_random_shuffle(random, order, TEAMS);
    for (size_t i = 1; worst && i < TEAMS; i++) {
        for (size_t j = i; j > 0 && before[order[j]] < before[order[j - 1]]; j--) {
            size_t place = order[j];
            order[j] = order[j - 1];
            order[j - 1] = place;
        }
    }
    for (size_t i = 0; i < TEAMS; i++) {
        ret_treated[order[i]] = i < TEAMS / 2;
    }
}

struct tally {
    double mean, found, found_permutation, covered;
};

static struct tally simulate(double truth, bool worst, bool ancova)
{
    struct cox_impact_opt opt = {.draw_count = 499};
    struct cox_random random;
    struct tally tally = {0};
    void *space = malloc(cox_impact_workspace_size(TEAMS));

    cox_random_init(&random, 12);
    for (int run = 0; run < RUNS; run++) {
        double value[TEAMS * PERIODS];
        bool chosen[TEAMS];
        struct cox_impact_panel panel = {TEAMS, PERIODS, value, chosen, START};
        struct cox_impact_effect effect;
        struct cox_err err;

        simulate_teams(&random, TEAMS, PERIODS, value);
        choose(&random, value, worst, chosen);
        for (size_t i = 0; i < TEAMS * PERIODS; i++) {
            value[i] += chosen[i / PERIODS] && i % PERIODS >= START ? truth : 0;
        }
        opt.seed = (uint64_t)run;
        enum cox_rc rc = ancova ? cox_impact_ancova(&panel, &opt, &effect, space, &err)
                                : cox_impact_did(&panel, &opt, &effect, space, &err);
        assert_int_equal(rc, COX_OK);
        tally.mean += effect.estimate / RUNS;
        tally.found += (effect.p_value <= 0.05) / (double)RUNS;
        tally.found_permutation += (effect.p_permutation <= 0.05) / (double)RUNS;
        tally.covered += (effect.low <= truth && truth <= effect.high) / (double)RUNS;
    }
    free(space);
    print_message("truth %.1f, %s chosen, %s: mean %+.3f, t finds %.1f %%, permutation %.1f %%, "
                  "covered %.1f %%\n",
        truth, worst ? "worst" : "randomly", ancova ? "ANCOVA" : "DiD", tally.mean,
        100 * tally.found, 100 * tally.found_permutation, 100 * tally.covered);
    return tally;
}

static void planted_effects_are_found_and_no_others(void **state)
{
    struct tally none = simulate(0, false, false), some = simulate(0.8, false, false),
                 worst = simulate(0, true, false), adjusted = simulate(0, true, true),
                 adjusted_some = simulate(0.8, false, true);

    (void)state;
    assert_true(none.found_permutation >= 0.04 && none.found_permutation <= 0.06);
    assert_true(fabs(none.mean) <= 0.04 && none.covered >= 0.93 && none.covered <= 0.97);
    assert_true(fabs(some.mean - 0.8) <= 0.04 && some.covered >= 0.93 && some.covered <= 0.97);
    assert_true(some.found_permutation >= 0.5);
    assert_true(worst.mean > 0.15); /* the trap that ANCOVA is for */
    assert_true(fabs(adjusted.mean) <= 0.05 && adjusted.found <= 0.06);
    assert_true(fabs(adjusted_some.mean - 0.8) <= 0.04);
    assert_true(adjusted_some.covered >= 0.93 && adjusted_some.covered <= 0.97);
}

static void leaders_are_pulled_together(void **state)
{
    static const double estimate[] = {1.2, -.4, .8, 2.5, .1, .6, -1.1},
                        error[] = {.5, .6, .4, .9, .5, .7, .8};
    static const double effect[] = {0.966285709510143, -0.019112156346299813, 0.7276439186736876,
        1.260612894037111, 0.23568123972587446, 0.5522357174646998, -0.1950901828689353};
    static const double after[] = {0.4243319367852714, 0.47997880899071593, 0.35820337338831554,
        0.595767055674675, 0.4243319367852714, 0.52620340281885, 0.5643481605295817};
    double arrays[5][7], sum = 0;
    struct cox_impact_pool pool = {.effect = arrays[0],
        .error = arrays[1],
        .low = arrays[2],
        .high = arrays[3],
        .best_prob = arrays[4]};
    struct cox_err err;

    (void)state;
    assert_int_equal(cox_impact_shrink(estimate, error, 7, NULL, &pool, &err), COX_OK);
    near(pool.spread, 0.7031781199, 1e-6);
    near(pool.mean, 0.5040367343, 1e-6);
    for (size_t i = 0; i < 7; i++) {
        near(pool.effect[i], effect[i], 1e-6);
        near(pool.error[i], after[i], 1e-6);
        sum += pool.best_prob[i];
    }
    near(sum, 1, 1e-9);
    assert_true(pool.best_prob[3] > pool.best_prob[2] && pool.best_prob[6] < 0.05);
    static const double alike[] = {1.1, 0.9, 1.0, 1.05}, wide[] = {1, 1, 1, 0};
    assert_int_equal(cox_impact_shrink(alike, error, 4, NULL, &pool, &err), COX_OK);
    near(pool.spread, 0, 0);
    near(pool.effect[0], pool.effect[1], 1e-12);
    assert_int_equal(cox_impact_shrink(alike, wide, 4, NULL, &pool, &err), COX_INVALID);
    assert_string_equal(err.field, "error");
    assert_int_equal(err.row, 4);
    assert_int_equal(cox_impact_shrink(alike, error, 2, NULL, &pool, &err), COX_INVALID);
    assert_int_equal(cox_impact_shrink((const double[]){1, 2, 1e300}, error, 3, NULL, &pool, &err),
        COX_INVALID);
    assert_string_equal(err.field, "estimate");
    assert_int_equal(err.row, 3);
}

static const double steps[56] = {14.1, 9.0, 9.8, 8.7, 7.8, 7.3, 3.3, 9.5, 7.8, 14.5, 14.9, 14.2,
    13.6, 12.3, 7.9, 7.1, 8.1, 7.6, 9.5, 9.1, 9.2, 13.1, 14.2, 13.2, 12.8, 13.9, 17.8, 17.2, 9.5,
    11.5, 9.7, 9.2, 10.9, 12.1, 12.3, 11.3, 5.7, 7.7, 5.8, 2.5, 3.0, 4.4, 9.1, 7.0, 7.0, 6.9, 9.7,
    11.2, 11.6, 12.2, 11.8, 10.0, 11.1, 12.3, 11.9, 10.3};

static void staggered_effect_equals_the_reference(void **state)
{
    static const int32_t start[] = {2, 2, 3, 4, 4, -1, -1, 5};
    static const double ages[] = {1.47111111111111, 2.08777777777778, 2.13, 1.01666666666667,
        -2.25};
    struct cox_stagger_panel panel = {8, 7, steps, start};
    struct cox_stagger_effect effect;
    struct cox_err err;
    double by_age[7];
    void *space = malloc(cox_stagger_workspace_size(&panel, NULL));

    (void)state;
    assert_int_equal(cox_stagger_estimate(&panel, NULL, &effect, by_age, space, &err), COX_OK);
    near(effect.estimate, 1.38878787878788, 1e-12);
    for (size_t i = 0; i < 5; i++) {
        near(by_age[i], ages[i], 1e-12);
    }
    assert_true(isnan(by_age[5]) && isnan(by_age[6]));
    assert_true(effect.started_count == 6 && effect.never_count == 2 && effect.uncontrolled == 0);
    assert_true(effect.low < effect.estimate && effect.estimate < effect.high);
    free(space);
}

static void staggered_input_is_checked(void **state)
{
    double value[56];
    int32_t start[] = {9, -1, 7, 9, -1, -1, -1, 0};
    struct cox_stagger_panel panel = {8, 7, value, start};
    struct cox_stagger_effect effect;
    struct cox_err err;
    double by_age[7];
    void *space = malloc(cox_stagger_workspace_size(&panel, NULL));

    (void)state;
    memcpy(value, steps, sizeof(value));
    assert_int_equal(cox_stagger_estimate(&panel, NULL, &effect, by_age, space, &err), COX_INVALID);
    assert_string_equal(err.field, "start");
    for (size_t i = 0; i < 8; i++) {
        start[i] = 3;
    }
    assert_int_equal(cox_stagger_estimate(&panel, NULL, &effect, by_age, space, &err), COX_INVALID);
    start[0] = 5;
    start[1] = 0;
    value[23] = (double)NAN;
    assert_int_equal(cox_stagger_estimate(&panel, NULL, &effect, by_age, space, &err), COX_OK);
    assert_true(effect.left_out == 1 && effect.uncontrolled == 4);
    value[24] = (double)INFINITY;
    assert_int_equal(cox_stagger_estimate(&panel, NULL, &effect, by_age, space, &err), COX_INVALID);
    assert_int_equal(err.row, 4);
    value[24] = -1e200;
    assert_int_equal(cox_stagger_estimate(&panel, NULL, &effect, by_age, space, &err), COX_INVALID);
    memcpy(value, steps, sizeof(value));
    panel = (struct cox_stagger_panel){6, 7, value, (const int32_t[]){3, -1, -1, -1, -1, -1}};
    assert_int_equal(cox_stagger_estimate(&panel, NULL, &effect, by_age, space, &err), COX_OK);
    assert_true(isinf(effect.low) && isinf(effect.high)); /* six orders never give 5 % */
    assert_true(effect.p_permutation > 0.05 && isfinite(effect.estimate));
    free(space);
}

/* 24 teams, 12 periods, four groups of five start at 3, 5, 7, 9, four never; effect as given by age. */
static struct tally simulate_stagger(double first, double growth, double *ret_truth)
{
    enum { N = 24, P = 12, REPEATS = 1000 };
    struct cox_impact_opt opt = {.draw_count = 199};
    struct cox_random random;
    struct tally tally = {0};
    double truth = 0;

    cox_random_init(&random, 77);
    for (int run = 0; run < REPEATS; run++) {
        double value[N * P], by_age[P], sum = 0;
        int32_t start[N];
        size_t places[N], cells = 0;
        struct cox_stagger_panel panel = {N, P, value, start};
        struct cox_stagger_effect effect;
        struct cox_err err;
        void *space = malloc(cox_stagger_workspace_size(&panel, &opt));

        simulate_teams(&random, N, P, value);
        for (size_t i = 0; i < N; i++) {
            places[i] = i;
        }
        cox_random_shuffle(&random, places, N);
        for (size_t i = 0; i < N; i++) {
            start[places[i]] = i < 20 ? (int32_t)(3 + 2 * (i / 5)) : -1;
        }
        for (size_t i = 0; i < N; i++) {
            for (size_t j = 0; j < P; j++) {
                value[i * P + j] += 0.3 * (double)j; /* time passes for all */
                if (start[i] > 0 && j >= (size_t)start[i]) {
                    double add = first + growth * (double)(j - (size_t)start[i]);
                    value[i * P + j] += add;
                    sum += add;
                    cells++;
                }
            }
        }
        truth = sum / (double)cells;
        opt.seed = (uint64_t)run;
        assert_int_equal(cox_stagger_estimate(&panel, &opt, &effect, by_age, space, &err), COX_OK);
        tally.mean += effect.estimate / REPEATS;
        tally.found_permutation += (effect.p_permutation <= 0.05) / (double)REPEATS;
        tally.covered += (effect.low <= truth && truth <= effect.high) / (double)REPEATS;
        free(space);
    }
    print_message("staggered, truth %.3f: mean %.3f, found %.1f %%, covered %.1f %%\n", truth,
        tally.mean, 100 * tally.found_permutation, 100 * tally.covered);
    *ret_truth = truth;
    return tally;
}

static void staggered_effects_are_not_biased(void **state)
{
    double truth;
    struct tally none = simulate_stagger(0, 0, &truth);
    struct tally flat = simulate_stagger(1, 0, &truth);

    (void)state;
    assert_true(none.found_permutation <= 0.07 && fabs(none.mean) <= 0.05);
    assert_true(fabs(flat.mean - 1) <= 0.05 && flat.covered >= 0.93 && flat.covered <= 0.97);
    struct tally growing = simulate_stagger(2, 0.65, &truth);
    assert_true(fabs(growing.mean - truth) <= 0.05 * truth && growing.covered >= 0.93 &&
                growing.covered <= 0.97);
}

static void detectable_effects_equal_the_reference(void **state)
{
    static const size_t wedge[] = {1, 1, 2, 2, 3, 3, 4, 4}, parallel[] = {0, 0, 0, 0, 9, 9, 9, 9},
                        mixed[] = {1, 3, 3, 9, 0}, together[] = {2, 2, 2};
    struct cox_power_rollout rollout = {8, 5, wedge, 100, 25};
    struct cox_err err;
    double mde;

    (void)state;
    assert_int_equal(cox_power_rollout_mde(NULL, &rollout, &mde, &err), COX_OK);
    near(mde, 14.2066300024362, 1e-9);
    rollout.start = parallel;
    assert_int_equal(cox_power_rollout_mde(NULL, &rollout, &mde, &err), COX_OK);
    near(mde, 13.2890855224449, 1e-9);
    rollout = (struct cox_power_rollout){5, 6, mixed, 4, 1.5};
    assert_int_equal(cox_power_rollout_mde(NULL, &rollout, &mde, &err), COX_OK);
    near(mde, 3.155103284561, 1e-9);
    rollout = (struct cox_power_rollout){3, 6, together, 4, 1.5};
    assert_int_equal(cox_power_rollout_mde(NULL, &rollout, &mde, &err), COX_INVALID);
    assert_string_equal(err.field, "start");
    rollout.cell_variance = 0;
    assert_int_equal(cox_power_rollout_mde(NULL, &rollout, &mde, &err), COX_INVALID);
    assert_int_equal(cox_power_mean_mde(NULL, 2, 8, 10, &mde, &err), COX_OK);
    near(mde, 2.8314138938012, 1e-9);
    assert_int_equal(cox_power_mean_mde(NULL, 0, 8, 10, &mde, &err), COX_INVALID);
    assert_int_equal(cox_power_mean_mde(NULL, 1, 1, 1, &mde, &err), COX_INVALID);
    assert_int_equal(cox_power_rate_mde(NULL, 0.22, 400, 400, 1, &mde, &err), COX_OK);
    near(mde, 0.0871495029084473, 1e-12);
    assert_int_equal(cox_power_rate_mde(NULL, 0.3, 288, 144, 1.8, &mde, &err), COX_OK);
    near(mde, 0.184998003509048, 1e-12);
    assert_int_equal(cox_power_rate_mde(NULL, 0.9, 5, 5, 1, &mde, &err), COX_INVALID);
    assert_string_equal(err.field, "trials");
    assert_int_equal(cox_power_rate_mde(NULL, 0, 5, 5, 1, &mde, &err), COX_INVALID);
    assert_int_equal(cox_power_rate_count(NULL, 0.22, 0.1, 1, &mde, &err), COX_OK);
    near(mde, 309, 0);
    assert_int_equal(cox_power_rate_count(NULL, 0.22, 0, 1, &mde, &err), COX_INVALID);
    assert_int_equal(
        cox_power_rate_count(&(struct cox_power_opt){.power = 0.01}, 0.2, 0.1, 1, &mde, &err),
        COX_INVALID);
    /* 16 reps with 36 deals: 10.6 points if deals are assigned, 17 if reps are (icc .04). */
    assert_int_equal(cox_power_rate_mde(NULL, 0.245, 288, 288, 1, &mde, &err), COX_OK);
    near(mde, 0.106, 0.001);
    assert_int_equal(
        cox_power_rate_mde(NULL, 0.245, 288, 288, cox_power_design_effect(36, 0, 0.04), &mde, &err),
        COX_OK);
    near(mde, 0.169, 0.001);
    near(cox_power_design_effect(10, 0.5, 0.1), 1 + (1.25 * 10 - 1) * 0.1, 1e-12);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_equal_the_reference),
        cmocka_unit_test(draws_agree_with_enumeration),
        cmocka_unit_test(gaps_and_bad_input),
        cmocka_unit_test(planted_effects_are_found_and_no_others),
        cmocka_unit_test(leaders_are_pulled_together),
        cmocka_unit_test(staggered_effect_equals_the_reference),
        cmocka_unit_test(staggered_input_is_checked),
        cmocka_unit_test(staggered_effects_are_not_biased),
        cmocka_unit_test(detectable_effects_equal_the_reference),
    };

    return cmocka_run_group_tests_name("stats_impact", tests, NULL, NULL);
}
