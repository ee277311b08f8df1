/* tests/unit/test_random.c: fixed first values, moments, bias, exactness of the quantile. */
#include <math.h>

#include "base/err.h"
#include "base/random.h"
#include "check.h"

enum { N = 200000 };

static void assert_near(double got, double want, double within)
{
    if (!(fabs(got - want) <= within)) {
        fail_msg("got %.17g, expected %.17g within %g", got, want, within);
    }
}

/* The authors' own code gives these: splitmix64 from 1234567, xoshiro256** from state 1, 2, 3, 4. */
static void published_values(void **state)
{
    static const uint64_t xoshiro[] = {11520, 0, 1509978240, UINT64_C(1215971899390074240)};
    struct cox_random random = {{1, 2, 3, 4}};

    (void)state;
    for (size_t i = 0; i < COX_COUNT(xoshiro); i++) {
        assert_true(cox_random_bits(&random) == xoshiro[i]);
    }
    cox_random_init(&random, 1234567);
    assert_true(random.state[0] == UINT64_C(6457827717110365317));
    assert_true(random.state[1] == UINT64_C(3203168211198807973));
}

/* These must never change: samples in tests and demo data depend on them. */
static void same_on_all_machines(void **state)
{
    struct cox_random random;

    (void)state;
    cox_random_init(&random, 42);
    double sum = 0;
    for (int i = 0; i < 1000; i++) {
        sum += cox_random_normal(&random) + cox_random_exponential(&random, 2) +
               cox_random_lognormal(&random, 1, 0.5);
    }
    assert_true(sum == 0x1.3acbd52c01abp+12);
}

static void below_is_fair(void **state)
{
    struct cox_random random;
    int64_t seen[7] = {0};

    (void)state;
    cox_random_init(&random, 3);
    for (int i = 0; i < N; i++) {
        seen[cox_random_below(&random, 7)]++;
    }
    for (size_t i = 0; i < 7; i++) {
        assert_near((double)seen[i], N / 7.0, 5 * sqrt(N / 7.0));
    }
    /* A range in which the plain remainder would favour the lower half by a third. */
    int64_t low = 0;
    for (int i = 0; i < N; i++) {
        low += cox_random_below(&random, UINT64_C(3) << 62) < (UINT64_C(3) << 61);
    }
    assert_near((double)low, N / 2.0, 5 * sqrt(N / 4.0));
    assert_int_equal(cox_random_below(&random, 1), 0);
    assert_int_equal(cox_random_range(&random, -5, -5), -5);
    for (int i = 0; i < 1000; i++) {
        int64_t drawn = cox_random_range(&random, -3, 3);
        assert_true(drawn >= -3 && drawn <= 3);
    }
    (void)cox_random_range(&random, INT64_MIN, INT64_MAX);
}

struct moments {
    double mean, variance;
};

static struct moments moments_of(const double *x)
{
    struct moments m = {0};

    for (int i = 0; i < N; i++) {
        m.mean += x[i] / N;
    }
    for (int i = 0; i < N; i++) {
        m.variance += (x[i] - m.mean) * (x[i] - m.mean) / N;
    }
    return m;
}

static void moments(void **state)
{
    static double x[N];
    struct cox_random random;
    struct moments m;

    (void)state;
    cox_random_init(&random, 4);
    for (int i = 0; i < N; i++) {
        x[i] = cox_random_normal(&random);
    }
    m = moments_of(x);
    assert_near(m.mean, 0, 5 / sqrt(N));
    assert_near(m.variance, 1, 5 * sqrt(2.0 / N));
    int64_t within[3] = {0};
    for (int i = 0; i < N; i++) {
        within[0] += erfc(-x[i] / sqrt(2)) / 2 < 0.1; /* uniform again, through the C library */
        within[1] += erfc(-x[i] / sqrt(2)) / 2 < 0.5;
        within[2] += erfc(-x[i] / sqrt(2)) / 2 < 0.999;
    }
    assert_near((double)within[0], N * 0.1, 5 * sqrt(N * 0.09));
    assert_near((double)within[1], N * 0.5, 5 * sqrt(N * 0.25));
    assert_near((double)within[2], N * 0.999, 5 * sqrt(N * 0.000999));
    for (int i = 0; i < N; i++) {
        x[i] = cox_random_exponential(&random, 3);
    }
    m = moments_of(x);
    assert_near(m.mean, 3, 5 * 3 / sqrt(N));
    assert_near(m.variance, 9, 5 * 9 * sqrt(8.0 / N));
    for (int i = 0; i < N; i++) {
        x[i] = cox_random_lognormal(&random, 0.5, 0.25);
        assert_true(x[i] > 0);
    }
    m = moments_of(x);
    assert_near(m.mean, exp(0.5 + 0.25 * 0.25 / 2), 5 * 0.45 / sqrt(N));
    static const double means[] = {0, 0.3, 4, 16, 100};
    for (size_t k = 0; k < COX_COUNT(means); k++) {
        for (int i = 0; i < N; i++) {
            x[i] = (double)cox_random_poisson(&random, means[k]);
        }
        m = moments_of(x);
        assert_near(m.mean, means[k], 5 * sqrt(means[k] / N) + 1e-12);
        assert_near(m.variance, means[k], 0.03 * means[k] + 1e-12);
    }
}

static void picks_by_weight(void **state)
{
    static const double weights[] = {0, 1, 0, 3, 0};
    struct cox_random random;
    int64_t seen[5] = {0};

    (void)state;
    cox_random_init(&random, 5);
    for (int i = 0; i < N; i++) {
        seen[cox_random_pick(&random, weights, 5)]++;
    }
    assert_int_equal(seen[0] + seen[2] + seen[4], 0);
    assert_near((double)seen[1], N / 4.0, 5 * sqrt(N * 3 / 16.0));
    int64_t first[4] = {0};
    for (int i = 0; i < N; i++) {
        size_t order[4] = {0, 1, 2, 3};
        cox_random_shuffle(&random, order, 4);
        first[order[2]]++;
        assert_int_equal(order[0] + order[1] + order[2] + order[3], 6);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_near((double)first[i], N / 4.0, 5 * sqrt(N * 3 / 16.0));
    }
}

static void parts_differ(void **state)
{
    struct cox_random a = cox_random_part(1, 1), b = cox_random_part(1, 2),
                      again = cox_random_part(1, 1);

    (void)state;
    uint64_t bits = cox_random_bits(&a);
    assert_true(bits != cox_random_bits(&b));
    assert_true(bits == cox_random_bits(&again));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values),
        cmocka_unit_test(same_on_all_machines),
        cmocka_unit_test(below_is_fair),
        cmocka_unit_test(moments),
        cmocka_unit_test(picks_by_weight),
        cmocka_unit_test(parts_differ),
    };
    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
