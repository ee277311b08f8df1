/*
 * Reliability, leaning of acts, and the audit of released groups: against R 4.2 (cov, factanal, t.test, qt), published
 * instances, closed forms, an exhaustive audit by other arithmetic, and planted truth.
 */
#include <math.h>

#include "base/random.h"
#include "check.h"
#include "kernel/stats/release.h"
#include "kernel/stats/reliability.h"
#include "kernel/stats/tilt.h"

static void assert_near(double got, double want, double tol)
{
    if (!(fabs(got - want) <= tol)) {
        fail_msg("got %.17g, want %.17g", got, want);
    }
}

/* ---- items ---- */

enum { PEOPLE = 24, ITEMS = 5 };

static const double answers[PEOPLE][ITEMS] = {{5, 5, 5, 5, 5}, {2, 3, 1, 1, 2}, {3, 2, 1, 2, 3},
    {3, 3, 1, 3, 2}, {1, 3, 1, 3, 2}, {2, 4, 2, 3, 3}, {3, 4, 4, 4, 4}, {3, 3, 5, 2, 3},
    {3, 1, 3, 3, 2}, {5, 5, 5, 3, 5}, {3, 3, 3, 4, 3}, {5, 4, 5, 5, 5}, {5, 5, 4, 5, 5},
    {2, 3, 3, 3, 4}, {5, 5, 4, 4, 5}, {4, 4, 3, 4, 3}, {3, 3, 1, 3, 2}, {2, 4, 3, 3, 3},
    {3, 4, 5, 2, 3}, {3, 5, 3, 5, 5}, {4, 5, 4, 2, 3}, {3, 4, 4, 5, 3}, {5, 4, 5, 5, 5},
    {2, 1, 1, 2, 1}};

static void covariance_of(double *ret_covariance)
{
    double sum[ITEMS] = {0}, product[ITEMS * ITEMS] = {0};
    struct cox_moments moments = {ITEMS, 0, sum, product};
    struct cox_err err;

    assert_int_equal(cox_moments_covariance(&moments, ret_covariance, &err), COX_INVALID);
    for (int p = 0; p < PEOPLE; p++) {
        cox_moments_add(&moments, answers[p]);
    }
    assert_int_equal(cox_moments_covariance(&moments, ret_covariance, &err), COX_OK);
}

/* Hoyt's analysis of variance of people and items gives the same alpha by another way. */
static double alpha_by_variance(void)
{
    double grand = 0, people = 0, items = 0, all = 0;

    for (int p = 0; p < PEOPLE; p++) {
        for (int i = 0; i < ITEMS; i++) {
            grand += answers[p][i] / (PEOPLE * ITEMS);
        }
    }
    for (int p = 0; p < PEOPLE; p++) {
        double mean = 0;
        for (int i = 0; i < ITEMS; i++) {
            mean += answers[p][i] / ITEMS;
            all += (answers[p][i] - grand) * (answers[p][i] - grand);
        }
        people += ITEMS * (mean - grand) * (mean - grand);
    }
    for (int i = 0; i < ITEMS; i++) {
        double mean = 0;
        for (int p = 0; p < PEOPLE; p++) {
            mean += answers[p][i] / PEOPLE;
        }
        items += PEOPLE * (mean - grand) * (mean - grand);
    }
    return 1 - (all - people - items) / ((PEOPLE - 1) * (ITEMS - 1)) / (people / (PEOPLE - 1));
}

static void alpha_and_omega_agree_with_r(void **state)
{
    double covariance[ITEMS * ITEMS];
    char workspace[2000];

    (void)state;
    assert_true(cox_omega_workspace_size(ITEMS) <= sizeof(workspace));
    covariance_of(covariance);
    assert_near(cox_alpha(covariance, ITEMS), 0.890800921187, 1e-12);
    assert_near(cox_alpha(covariance, ITEMS), alpha_by_variance(), 1e-12);
    assert_near(cox_omega(covariance, ITEMS, workspace), 0.8958418588, 1e-6);
}

/* Covariances made from a model have the model's omega; three items have it in closed form. */
static void omega_of_a_model_is_the_models(void **state)
{
    static const double loading[6] = {.9, .4, -.3, .7, .55, .8},
                        unique[6] = {.5, 1, .7, .2, .9, .4};
    double covariance[36], three[9], strength[3], common = 0, rest = 0;
    char workspace[2000];

    (void)state;
    for (int i = 0; i < 6; i++) {
        common += loading[i];
        rest += unique[i];
        for (int j = 0; j < 6; j++) {
            covariance[i * 6 + j] = loading[i] * loading[j] + (i == j ? unique[i] : 0);
        }
    }
    assert_near(cox_omega(covariance, 6, workspace), common * common / (common * common + rest),
        1e-7);
    covariance_of(covariance);
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            three[i * 3 + j] = covariance[i * ITEMS + j];
        }
    }
    strength[0] = sqrt(three[1] * three[2] / three[5]);
    strength[1] = three[1] / strength[0];
    strength[2] = three[2] / strength[0];
    common = strength[0] + strength[1] + strength[2];
    rest = 0;
    for (int i = 0; i < 3; i++) {
        rest += three[i * 4] - strength[i] * strength[i];
    }
    assert_near(cox_omega(three, 3, workspace), common * common / (common * common + rest), 1e-7);
    /* Alike items: alpha is right then, and omega the same. Two items, a constant one: nothing. */
    for (int i = 0; i < 16; i++) {
        covariance[i] = i % 5 == 0 ? 1 : .5;
    }
    assert_near(cox_omega(covariance, 4, workspace), .8, 1e-7);
    assert_near(cox_alpha(covariance, 4), .8, 1e-12);
    assert_true(isnan(cox_omega(covariance, 2, workspace)));
    assert_true(isnan(cox_alpha(covariance, 1)));
    covariance[0] = 0;
    assert_true(isnan(cox_omega(covariance, 4, workspace)));
}

/* ---- raters ---- */

static void agreement_is_that_of_the_papers(void **state)
{
    static const double rated[6][4] = {{9, 2, 5, 8}, {6, 1, 3, 2}, {8, 4, 6, 8}, {7, 1, 2, 6},
        {10, 5, 6, 9}, {6, 2, 4, 7}}; /* Shrout, Fleiss 1979, table 2: .17 and .44 */
    double size[6], sum[6] = {0}, square[6] = {0};
    struct cox_icc icc;
    struct cox_err err;

    (void)state;
    for (int i = 0; i < 6; i++) {
        size[i] = 4;
        for (int j = 0; j < 4; j++) {
            sum[i] += rated[i][j];
            square[i] += rated[i][j] * rated[i][j];
        }
    }
    assert_int_equal(cox_icc_of(size, sum, square, 6, &icc, &err), COX_OK);
    assert_near(icc.single, .1657418, 1e-7);
    assert_near(icc.mean, .4427971, 1e-7);
    assert_near(icc.mean_size, 4, 1e-12);
    assert_int_equal(cox_icc_of(size, sum, square, 1, &icc, &err), COX_INVALID);
    /* James, Demaree, Wolf: even variance of five options is 2. */
    assert_near(cox_r_wg(.5, 5), .75, 1e-12);
    assert_near(cox_r_wg(3, 5), 0, 0);
    assert_near(cox_r_wg_j(.5, 4, 5), 4 * .75 / (4 * .75 + .25), 1e-12);
    assert_true(isnan(cox_r_wg(.5, 1)));
}

static void change_is_that_of_r(void **state)
{
    static const double before[] = {.55, .6, .7, .4, .65, .5};
    static const double after[] = {.8, .75, .9, .7, .85, .8, .6};
    struct cox_mean a = cox_mean_of(before, 6), b = cox_mean_of(after, 7);
    struct cox_change_index change = cox_reliable_change(&a, &b);

    (void)state;
    assert_near(change.index, 3.534578227065, 1e-10);
    assert_near(change.chance, 0.005128637387, 1e-10);
    assert_true(change.is_reliable);
    assert_near(cox_student_half(5, .8), 1.475884048824, 1e-9);
    assert_near(cox_student_half(11, .95), 2.200985160092, 1e-9);
    assert_near(cox_measurement_error(10, .91), 3, 1e-12);
    b = cox_mean_of(after, 1);
    assert_true(isnan(b.error));
    assert_false(cox_reliable_change(&a, &b).is_reliable);
}

/* Five raters twice and no change: one in twenty at most is told; the normal 1.96 would tell twice as many. */
static void no_change_is_rarely_told(void **state)
{
    enum { WORLDS = 4000, RATERS = 5 };
    struct cox_random random = cox_random_part(11, 1);
    int told = 0, naive = 0;

    (void)state;
    for (int w = 0; w < WORLDS; w++) {
        double values[2][RATERS];
        struct cox_mean mean[2];
        struct cox_change_index change;

        for (int side = 0; side < 2; side++) {
            for (int r = 0; r < RATERS; r++) {
                values[side][r] = .6 + .15 * cox_random_normal(&random);
            }
            mean[side] = cox_mean_of(values[side], RATERS);
        }
        change = cox_reliable_change(&mean[0], &mean[1]);
        told += change.is_reliable;
        naive += fabs(change.index) > 1.96;
    }
    assert_true(told <= .058 * WORLDS);
    assert_true(told >= .03 * WORLDS);
    assert_true(naive >= .075 * WORLDS);
}

/* ---- leaning ---- */

static void leaning_of_plain_acts_is_the_closed_form(void **state)
{
    const struct cox_tilt_week weeks[] = {{2, 3, 5}, {3, 2, 5}, {1, 4, 5}, {4, 1, 5}};
    const struct cox_tilt_week one[] = {{0, 4, 4}}, none[] = {{0, 0, 0}};
    struct cox_tilt tilt;

    (void)state;
    assert_true(cox_tilt_of(weeks, 4, &tilt));
    assert_near(tilt.tilt, .5, 1e-12);
    assert_near(tilt.design, (.25 + .25 + 2.25 + 2.25) / 400 * 4 / 3 * 20 / .25, 1e-9);
    assert_near(tilt.effective, 20 / tilt.design * pow(1.2815515655446 / 1.637744353696, 2), 1e-8);
    assert_true(cox_tilt_of(one, 1, &tilt));
    assert_near(tilt.tilt, 2.5 / 3, 1e-12); /* four alike acts in a week are worth two */
    assert_true(tilt.low < .75 && tilt.high < 1 && tilt.error > .1);
    assert_false(cox_tilt_of(none, 1, &tilt));
}

/* Weeks differ more than acts do: the interval holds the truth four times in five, a binomial one does not. */
static void leaning_holds_the_planted_truth(void **state)
{
    static const double truths[] = {.2, .5, .8};
    enum { WORLDS = 1500, WEEKS = 16 };
    struct cox_random random = cox_random_part(12, 1);

    (void)state;
    for (size_t t = 0; t < COX_COUNT(truths); t++) {
        int held = 0, naive = 0;

        for (int w = 0; w < WORLDS; w++) {
            struct cox_tilt_week weeks[WEEKS] = {{0}};
            double high = 0, all = 0, error;
            struct cox_tilt tilt;

            for (int k = 0; k < WEEKS; k++) {
                double logit = log(truths[t] / (1 - truths[t])) + .9 * cox_random_normal(&random);
                int64_t acts = cox_random_range(&random, 2, 10);

                for (int64_t a = 0; a < acts; a++) {
                    bool is_high = cox_random_chance(&random, 1 / (1 + exp(-logit)));
                    weeks[k].high += is_high;
                    weeks[k].low += !is_high;
                    weeks[k].square += 1;
                }
                high += weeks[k].high;
                all += weeks[k].high + weeks[k].low;
            }
            assert_true(cox_tilt_of(weeks, WEEKS, &tilt));
            /* The truth is the mean over weeks, which the normal of the logits moves a little. */
            double mean = 0;
            for (int g = -40; g <= 40; g++) {
                double z = g / 10.0;
                mean += exp(-z * z / 2) / sqrt(2 * 3.14159265358979) / 10 /
                        (1 + exp(-(log(truths[t] / (1 - truths[t])) + .9 * z)));
            }
            held += tilt.low <= mean && mean <= tilt.high;
            error = sqrt(high / all * (1 - high / all) / all) * 1.2816;
            naive += fabs(high / all - mean) <= error;
        }
        if (held < .77 * WORLDS || held > .86 * WORLDS || naive > .76 * WORLDS) {
            fail_msg("%.1f: %d held, naive %d, of %d", truths[t], held, naive, WORLDS);
        }
    }
}

/* ---- what may be shown ---- */

static const uint64_t prime = 1000000007;

static uint64_t inverse(uint64_t a)
{
    uint64_t result = 1;

    for (uint64_t power = prime - 2; power > 0; power >>= 1) {
        result = (power & 1) != 0 ? result * a % prime : result;
        a = a * a % prime;
    }
    return result;
}

/* Rank modulo a prime of the cells over the people not in the set. */
static int rank_without(const struct cox_release *in, unsigned set)
{
    uint64_t m[12][12];
    int rank = 0;

    for (size_t c = 0; c < in->cells; c++) {
        for (size_t p = 0; p < in->people; p++) {
            m[c][p] = (set >> p & 1) != 0 ? 0 : in->member[c * in->people + p];
        }
    }
    for (size_t p = 0; p < in->people && rank < (int)in->cells; p++) {
        int pivot = rank;
        while (pivot < (int)in->cells && m[pivot][p] == 0) {
            pivot++;
        }
        if (pivot == (int)in->cells) {
            continue;
        }
        for (size_t q = 0; q < in->people; q++) {
            uint64_t held = m[pivot][q];
            m[pivot][q] = m[rank][q];
            m[rank][q] = held;
        }
        for (int c = rank + 1; c < (int)in->cells; c++) {
            uint64_t factor = m[c][p] * inverse(m[rank][p]) % prime;
            for (size_t q = 0; q < in->people; q++) {
                m[c][q] = (m[c][q] + (prime - factor) * m[rank][q]) % prime;
            }
        }
        rank++;
    }
    return rank;
}

static bool is_safe_by_trying(const struct cox_release *in, int least)
{
    int whole = rank_without(in, 0);

    for (unsigned set = 1; set < 1u << in->people; set++) {
        if (__builtin_popcount(set) < least && rank_without(in, set) < whole) {
            return false;
        }
    }
    return true;
}

static void audit_finds_what_trying_all_finds(void **state)
{
    struct cox_random random = cox_random_part(13, 1);
    double workspace[400];
    int safe = 0;

    (void)state;
    for (int w = 0; w < 400; w++) {
        unsigned char member[5 * 10];
        const struct cox_release in = {(size_t)cox_random_range(&random, 1, 4),
            (size_t)cox_random_range(&random, 6, 10), member};
        int least = (int)cox_random_range(&random, 2, 4);
        struct cox_err err;
        bool is_safe;

        for (size_t i = 0; i < in.cells * in.people; i++) {
            member[i] = cox_random_chance(&random, .7);
        }
        assert_true(cox_release_workspace_size(&in) <= sizeof(workspace));
        assert_int_equal(cox_release_is_safe(&in, (size_t)least, workspace, &is_safe, &err),
            COX_OK);
        assert_int_equal(is_safe, is_safe_by_trying(&in, least));
        safe += is_safe;
    }
    assert_in_range(safe, 40, 360); /* neither answer is the rule */
}

static void differences_are_found(void **state)
{
    /* Reports and colleagues of one round; the next has one colleague fewer; a third mixes both. */
    static const unsigned char rounds[4][12] = {{1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0}, {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0},
        {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}};
    static const unsigned char whole[4][12] = {{1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
        {1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0}};
    struct cox_release in = {2, 12, &rounds[0][0]};
    double workspace[400];
    struct cox_err err;
    bool is_safe;

    (void)state;
    assert_int_equal(cox_release_is_safe(&in, 5, workspace, &is_safe, &err), COX_OK);
    assert_true(is_safe);
    in.cells = 3; /* six less five: one */
    assert_int_equal(cox_release_is_safe(&in, 5, workspace, &is_safe, &err), COX_OK);
    assert_false(is_safe);
    in = (struct cox_release){2, 12, &rounds[2][0]}; /* all less five: seven */
    assert_int_equal(cox_release_is_safe(&in, 5, workspace, &is_safe, &err), COX_OK);
    assert_true(is_safe);
    in = (struct cox_release){4, 12, &rounds[0][0]};
    assert_int_equal(cox_release_is_safe(&in, 5, workspace, &is_safe, &err), COX_OK);
    assert_false(is_safe);
    in = (struct cox_release){4, 12, &whole[0][0]}; /* the same groups again, and their sum */
    assert_int_equal(cox_release_is_safe(&in, 5, workspace, &is_safe, &err), COX_OK);
    assert_true(is_safe);
    in.people = 201;
    assert_int_equal(cox_release_is_safe(&in, 5, workspace, &is_safe, &err), COX_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alpha_and_omega_agree_with_r),
        cmocka_unit_test(omega_of_a_model_is_the_models),
        cmocka_unit_test(agreement_is_that_of_the_papers),
        cmocka_unit_test(change_is_that_of_r),
        cmocka_unit_test(no_change_is_rarely_told),
        cmocka_unit_test(leaning_of_plain_acts_is_the_closed_form),
        cmocka_unit_test(leaning_holds_the_planted_truth),
        cmocka_unit_test(audit_finds_what_trying_all_finds),
        cmocka_unit_test(differences_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
