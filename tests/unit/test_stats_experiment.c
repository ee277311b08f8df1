/*
 * tests/unit/test_stats_experiment.c: reference values computed with SciPy 1.10.1 (betaln, brentq,
 * chi2, norm) from the formulas in the header; false wins and power by simulation of planted truth,
 * one look every ten deals per arm up to 500.
 */
#include <math.h>

#include "base/random.h"
#include "check.h"
#include "kernel/stats/experiment.h"

static void near(double got, double expected, double within)
{
    if (!(fabs(got - expected) <= within)) {
        fail_msg("got %.15g, expected %.15g", got, expected);
    }
}

static void readings_equal_the_reference(void **state)
{
    static const struct {
        struct cox_experiment_arm control, variant;
        double p_value, lift_low, lift_high, lift_shrunk, control_low, control_high, variant_low,
            variant_high;
    } rows[] = {
        {{.trial_count = 100, .win_count = 22}, {.trial_count = 100, .win_count = 35},
            0.454647172154946, -0.0828723861199806, 0.342872386119981, 0.0799163852830565,
            0.105147146212556, 0.374691872979834, 0.206204671306889, 0.515172917277422},
        {{.trial_count = 120, .win_count = 3}, {.trial_count = 118, .win_count = 9},
            0.756303860456226, -0.0375800441093823, 0.140122416990738, 0.0452188760986615,
            0.00151256794887196, 0.104201532121941, 0.019967200329192, 0.184258373689738},
        {{.trial_count = 500, .win_count = 110}, {.trial_count = 500, .win_count = 160},
            0.010726251654352, 0.0152725723320079, 0.184727427667992, 0.089145383087772,
            0.159105205271092, 0.290270522511474, 0.249227721947455, 0.396801522997211},
    };
    struct cox_experiment_reading reading;
    struct cox_err err;
    double low, high;

    (void)state;
    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        assert_int_equal(
            cox_experiment_read(NULL, &rows[i].control, &rows[i].variant, 1, &reading, &err),
            COX_OK);
        near(reading.p_value, rows[i].p_value, 1e-9);
        near(reading.lift_low, rows[i].lift_low, 1e-9);
        near(reading.lift_high, rows[i].lift_high, 1e-9);
        near(reading.lift_shrunk, rows[i].lift_shrunk, 1e-9);
        near(reading.control_low, rows[i].control_low, 1e-9);
        near(reading.control_high, rows[i].control_high, 1e-9);
        near(reading.variant_low, rows[i].variant_low, 1e-9);
        near(reading.variant_high, rows[i].variant_high, 1e-9);
        near(cox_experiment_p_value(NULL, &rows[i].control, &rows[i].variant, 1), reading.p_value,
            0);
        assert_int_equal(reading.verdict,
            i == 2 ? COX_EXPERIMENT_BETTER : COX_EXPERIMENT_UNDECIDED);
    }
    cox_experiment_rate_bounds(0, 30, 0.05, &low, &high);
    near(low, 0, 0);
    near(high, 0.161182468407722, 1e-9);
    cox_experiment_rate_bounds(30, 30, 0.05, &low, &high);
    near(low, 0.838817531592278, 1e-9);
    near(high, 1, 0);
    cox_experiment_rate_bounds(0, 0, 0.05, &low, &high);
    assert_true(low == 0 && high == 1);
    near(cox_experiment_mismatch_p(400, 600, 0.5), 2.53962930282748e-10, 1e-9);
    near(cox_experiment_mismatch_p(850, 150, 0.2), 7.72267955054341e-05, 1e-9);
    near(cox_experiment_mismatch_p(0, 0, 0.5), 1, 0);
}

static void verdicts(void **state)
{
    struct cox_experiment_arm small = {.trial_count = 19, .win_count = 19},
                              control = {.trial_count = 400, .win_count = 100},
                              better = {.trial_count = 400, .win_count = 180},
                              few = {.trial_count = 300, .win_count = 100};
    struct cox_experiment_reading reading;
    struct cox_err err;

    (void)state;
    assert_int_equal(cox_experiment_read(NULL, &control, &small, 1, &reading, &err), COX_OK);
    assert_int_equal(reading.verdict, COX_EXPERIMENT_COLLECTING);
    assert_true(reading.p_value == 1 && reading.lift_low == -1 && reading.lift_high == 1);
    assert_int_equal(cox_experiment_read(NULL, &control, &few, 1, &reading, &err), COX_OK);
    assert_int_equal(reading.verdict, COX_EXPERIMENT_MISMATCH);
    assert_int_equal(cox_experiment_read(NULL, &control, &better, 1, &reading, &err), COX_OK);
    assert_int_equal(reading.verdict, COX_EXPERIMENT_BETTER);
    assert_true(reading.lift_shrunk > 0 && reading.lift_shrunk < reading.lift);
    assert_int_equal(cox_experiment_read(NULL, &better, &control, 1, &reading, &err), COX_OK);
    assert_int_equal(reading.verdict, COX_EXPERIMENT_WORSE);
    /* What an earlier look has shown stays shown. */
    assert_int_equal(cox_experiment_read(NULL, &control, &control, 0.01, &reading, &err), COX_OK);
    near(reading.p_value, 0.01, 0);
    better.cluster_count = 3;
    better.variance = 0.001;
    assert_int_equal(cox_experiment_read(NULL, &control, &better, 1, &reading, &err), COX_OK);
    assert_int_equal(reading.verdict, COX_EXPERIMENT_COLLECTING);
    better.cluster_count = 8;
    better.variance = 0;
    control.cluster_count = 8;
    assert_int_equal(cox_experiment_read(NULL, &control, &better, 1, &reading, &err), COX_OK);
    assert_int_equal(reading.verdict, COX_EXPERIMENT_UNDECIDED);
}

static void bad_input_is_refused_by_name(void **state)
{
    struct cox_experiment_arm good = {.trial_count = 30, .win_count = 10},
                              over = {.trial_count = 30, .win_count = 31},
                              nan_variance = {.trial_count = 30,
                                  .win_count = 3,
                                  .variance = (double)NAN,
                                  .cluster_count = 5};
    struct cox_experiment_opt alpha = {.alpha = 1}, tau = {.tau = -1}, share = {.variant_share = 1},
                              burn = {.burn_count = -1};
    struct cox_experiment_reading reading = {.lift = 42};
    struct cox_experiment_plan plan = {.control_rate = 0.9,
        .lift = 0.2,
        .design_effect = 1,
        .trials_per_arm = 100};
    struct cox_err err;
    double fixed, sequential;
    const int64_t trials[] = {5, 5}, wins[] = {5, 6};

    (void)state;
    assert_int_equal(cox_experiment_read(NULL, &over, &good, 1, &reading, &err), COX_INVALID);
    assert_string_equal(err.field, "control");
    assert_int_equal(cox_experiment_read(NULL, &good, &nan_variance, 1, &reading, &err),
        COX_INVALID);
    assert_string_equal(err.field, "variant");
    assert_int_equal(cox_experiment_read(&alpha, &good, &good, 1, &reading, &err), COX_INVALID);
    assert_int_equal(cox_experiment_read(&tau, &good, &good, 1, &reading, &err), COX_INVALID);
    assert_int_equal(cox_experiment_read(&share, &good, &good, 1, &reading, &err), COX_INVALID);
    assert_int_equal(cox_experiment_read(&burn, &good, &good, 1, &reading, &err), COX_INVALID);
    assert_int_equal(cox_experiment_read(NULL, &good, &good, (double)NAN, &reading, &err),
        COX_INVALID);
    assert_true(reading.lift == 42);
    assert_int_equal(cox_experiment_cluster(trials, wins, 2, &good, &err), COX_INVALID);
    assert_int_equal(err.row, 2);
    assert_int_equal(cox_experiment_power(NULL, &plan, &fixed, &sequential, &err), COX_INVALID);
    assert_string_equal(err.field, "lift");
    plan = (struct cox_experiment_plan){.control_rate = 0.2,
        .lift = 0.1,
        .design_effect = 0.5,
        .trials_per_arm = 10};
    assert_int_equal(cox_experiment_power(NULL, &plan, &fixed, &sequential, &err), COX_INVALID);
    assert_string_equal(err.field, "design_effect");
}

static void clusters_and_power_equal_the_reference(void **state)
{
    static const int64_t trials[] = {10, 12, 8, 15, 9}, wins[] = {2, 5, 1, 6, 3};
    struct cox_experiment_plan plan = {.control_rate = 0.22,
        .lift = 0.1,
        .design_effect = 1,
        .trials_per_arm = 400};
    struct cox_experiment_arm arm;
    struct cox_err err;
    double fixed, sequential;

    (void)state;
    assert_int_equal(cox_experiment_cluster(trials, wins, 5, &arm, &err), COX_OK);
    near(arm.variance, 0.00290572001407494, 1e-15);
    assert_true(arm.trial_count == 54 && arm.win_count == 17 && arm.cluster_count == 5);
    assert_int_equal(cox_experiment_cluster(trials, wins, 1, &arm, &err), COX_OK);
    assert_true(isinf(arm.variance));
    assert_int_equal(cox_experiment_power(NULL, &plan, &fixed, &sequential, &err), COX_OK);
    near(fixed, 0.891275401951762, 1e-9);
    near(sequential, 0.558406383496413, 1e-9);
}

/* Share of runs that ever pass p <= .05, in per cent. */
static double stop_share(double p0, double lift, int control_step, int variant_step, int runs)
{
    struct cox_random random;
    int stopped = 0;

    cox_random_init(&random, 5);
    for (int run = 0; run < runs; run++) {
        struct cox_experiment_arm control = {0}, variant = {0};
        double p = 1;
        for (int look = 0; look < 50 && p > 0.05; look++) {
            for (int i = 0; i < control_step; i++) {
                control.trial_count++;
                control.win_count += cox_random_chance(&random, p0);
            }
            for (int i = 0; i < variant_step; i++) {
                variant.trial_count++;
                variant.win_count += cox_random_chance(&random, p0 + lift);
            }
            p = cox_experiment_p_value(NULL, &control, &variant, p);
        }
        stopped += p <= 0.05;
    }
    return 100.0 * stopped / runs;
}

static void peeking_gives_no_false_wins(void **state)
{
    static const struct {
        double p0;
        int control_step, variant_step;
    } rows[] = {{0.22, 10, 10}, {0.02, 10, 10}, {0.02, 4, 16}, {0.02, 16, 4}, {0.5, 1, 1}};

    (void)state;
    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        double share = stop_share(rows[i].p0, 0, rows[i].control_step, rows[i].variant_step, 10000);
        print_message("no lift, rate %.2f, arms %d:%d: %.2f %% false wins\n", rows[i].p0,
            rows[i].control_step, rows[i].variant_step, share);
        assert_true(share <= 5);
    }
}

static void real_lifts_are_found(void **state)
{
    double small = stop_share(0.22, 0.05, 10, 10, 2000),
           middle = stop_share(0.22, 0.1, 10, 10, 2000),
           large = stop_share(0.22, 0.15, 10, 10, 2000);

    (void)state;
    print_message("power at +.05 %.1f %%, at +.10 %.1f %%, at +.15 %.1f %%\n", small, middle,
        large);
    assert_true(small >= 0.95 * 18 && middle >= 0.95 * 78 && large >= 0.95 * 99);
}

/* Reps differ (sd .08 around .25): whole reps assigned, eight per arm, no effect. */
static void clusters_keep_false_wins_down(void **state)
{
    struct cox_random random;
    int stopped = 0, naive = 0;

    (void)state;
    cox_random_init(&random, 9);
    for (int run = 0; run < 2000; run++) {
        int64_t trials[16] = {0}, wins[16] = {0};
        double rate[16], p = 1, p_naive = 1;
        for (int r = 0; r < 16; r++) {
            rate[r] = fmin(fmax(0.25 + 0.08 * cox_random_normal(&random), 0.02), 0.6);
        }
        for (int look = 0; look < 20; look++) {
            struct cox_experiment_arm arm[2], plain[2];
            struct cox_err err;
            for (int r = 0; r < 16; r++) {
                for (int i = 0; i < 2; i++) {
                    trials[r]++;
                    wins[r] += cox_random_chance(&random, rate[r]);
                }
            }
            for (int a = 0; a < 2; a++) {
                assert_int_equal(
                    cox_experiment_cluster(trials + 8 * a, wins + 8 * a, 8, &arm[a], &err), COX_OK);
                plain[a] = arm[a];
                plain[a].cluster_count = 0;
            }
            p = cox_experiment_p_value(NULL, &arm[0], &arm[1], p);
            p_naive = cox_experiment_p_value(NULL, &plain[0], &plain[1], p_naive);
        }
        stopped += p <= 0.05;
        naive += p_naive <= 0.05;
    }
    print_message("reps assigned, no effect: %.2f %% false wins; taken for deals: %.2f %%\n",
        stopped / 20.0, naive / 20.0);
    assert_true(stopped <= 100);
}

/* The lift bounds hold at all looks together. */
static void bounds_hold_at_all_looks(void **state)
{
    struct cox_random random;
    int lift_missed = 0, rate_missed = 0;

    (void)state;
    cox_random_init(&random, 31);
    for (int run = 0; run < 500; run++) {
        struct cox_experiment_arm control = {0}, variant = {0};
        bool lift_out = false, rate_out = false;
        for (int look = 0; look < 25; look++) {
            struct cox_experiment_reading reading;
            struct cox_err err;
            for (int i = 0; i < 20; i++) {
                control.trial_count++;
                control.win_count += cox_random_chance(&random, 0.2);
                variant.trial_count++;
                variant.win_count += cox_random_chance(&random, 0.3);
            }
            assert_int_equal(cox_experiment_read(NULL, &control, &variant, 1, &reading, &err),
                COX_OK);
            lift_out = lift_out || reading.lift_low > 0.1 || reading.lift_high < 0.1;
            rate_out = rate_out || reading.control_low > 0.2 || reading.control_high < 0.2;
        }
        lift_missed += lift_out;
        rate_missed += rate_out;
    }
    print_message("bounds missed at some look: lift %.1f %%, rate %.1f %%\n", lift_missed / 5.0,
        rate_missed / 5.0);
    assert_true(lift_missed <= 25 && rate_missed <= 25);
}

/* people.md 5: twelve looks at a naive test say "found" in a fifth of all runs without effect. */
static void twelve_looks(void **state)
{
    enum { RUNS = 2000, LOOKS = 12, STEP = 24 };
    int naive = 0, sequential = 0;
    struct cox_random random;
    struct cox_err err;

    (void)state;
    cox_random_init(&random, 12);
    for (int run = 0; run < RUNS; run++) {
        struct cox_experiment_arm arm[2] = {{0}, {0}};
        struct cox_experiment_reading reading = {.p_value = 1};
        bool is_found = false;

        for (int look = 0; look < LOOKS; look++) {
            for (int i = 0; i < 2 * STEP; i++) {
                arm[i % 2].trial_count++;
                arm[i % 2].win_count += cox_random_chance(&random, .22) ? 1 : 0;
            }
            double n = (double)arm[0].trial_count;
            double a = (double)arm[0].win_count / n, b = (double)arm[1].win_count / n;
            double both = (a + b) / 2;
            is_found = is_found || fabs(a - b) > 1.959964 * sqrt(2 * both * (1 - both) / n);
            assert_int_equal(
                cox_experiment_read(NULL, &arm[0], &arm[1], reading.p_value, &reading, &err),
                COX_OK);
        }
        naive += is_found ? 1 : 0;
        sequential += reading.p_value <= .05 ? 1 : 0;
    }
    print_message(
        "twelve looks without effect: a naive test finds one in %.1f %%, the sequential in "
        "%.1f %%\n",
        100. * naive / RUNS, 100. * sequential / RUNS);
    near(100. * naive / RUNS, 21, 3);
    assert_true(100. * sequential / RUNS <= 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_equal_the_reference),
        cmocka_unit_test(verdicts),
        cmocka_unit_test(bad_input_is_refused_by_name),
        cmocka_unit_test(clusters_and_power_equal_the_reference),
        cmocka_unit_test(peeking_gives_no_false_wins),
        cmocka_unit_test(twelve_looks),
        cmocka_unit_test(real_lifts_are_found),
        cmocka_unit_test(clusters_keep_false_wins_down),
        cmocka_unit_test(bounds_hold_at_all_looks),
    };

    return cmocka_run_group_tests_name("stats_experiment", tests, NULL, NULL);
}
