/* Special functions, minimisers, matrices and sorting against closed forms and scipy 1.10 values. */
#include <math.h>

#include "check.h"
#include "kernel/stats/matrix.h"
#include "kernel/stats/minimize.h"
#include "kernel/stats/order.h"
#include "kernel/stats/special.h"

struct row {
    double got, want;
};

static void assert_close(double got, double want, double tol)
{
    if (!(fabs(got - want) <= tol * fmax(1e-6, fabs(want)) || got == want)) {
        fail_msg("got %.17g, want %.17g", got, want);
    }
}

static void values_agree_with_scipy(void **state)
{
    (void)state;
    const struct row rows[] = {
        {cox_normal_quantile(1e-300), -37.0470962993612},
        {cox_normal_quantile(1e-10), -6.361340902404056},
        {cox_normal_quantile(.1), -1.2815515655446004},
        {cox_normal_quantile(.5), 0.0},
        {cox_normal_quantile(.975), 1.959963984540054},
        {cox_beta_cdf(.5, .5, .3), 0.3690101195655454},
        {cox_beta_cdf(2, 3, .4), 0.5248},
        {cox_beta_cdf(50, 400, .1), 0.23156707348742617},
        {cox_beta_cdf(1e4, 2e4, .335), 0.7301346342291288},
        {cox_beta_cdf(.02, 3, 1e-5), 0.8183166265051584},
        {cox_gamma_cdf(.5, .2), 0.47291074313446196},
        {cox_gamma_cdf(3, 5), 0.8753479805169189},
        {cox_gamma_cdf(100, 90), 0.15822098918643007},
        {cox_gamma_cdf(1e4, 1.01e4), 0.8413487504471796},
        {cox_digamma(.1), -10.423754940411076},
        {cox_digamma(1), -0.5772156649015329},
        {cox_digamma(7.5), 1.9467574842460866},
        {cox_digamma(1234), 7.117610963354264},
        {cox_trigamma(.1), 101.43329915079275},
        {cox_trigamma(1), 1.6449340668482266},
        {cox_trigamma(7.5), 0.1426158966967038},
        {cox_trigamma(1234), 0.0008107012121850846},
        {cox_beta_quantile(2, 3, .1), 0.14255931671003072},
        {cox_beta_quantile(41, 122, .9), 0.29565062648987095},
        {cox_beta_quantile(.5, .5, .025), 0.001541333133436011},
        {cox_student_cdf(3, 1.2), 0.8418689426509476},
        {cox_student_cdf(30, -2.1), 0.022121235631161782},
        {cox_chi_square_cdf(5, 11.07), 0.9499903813775946},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_close(rows[i].got, rows[i].want, 1e-10);
    }
}

static void ends_and_nonsense_are_defined(void **state)
{
    (void)state;
    assert_true(isinf(cox_normal_quantile(0)) && cox_normal_quantile(0) < 0);
    assert_true(isinf(cox_normal_quantile(1)) && cox_normal_quantile(1) > 0);
    assert_true(isnan(cox_normal_quantile(-.1)) && isnan(cox_normal_quantile((double)NAN)));
    assert_true(isnan(cox_beta_cdf(0, 1, .5)) && isnan(cox_beta_cdf(1, 1, 1.5)));
    assert_true(isnan(cox_gamma_cdf(-1, 1)) && cox_gamma_cdf(2, 0) == 0.0);
    assert_true(isnan(cox_digamma(0)) && isnan(cox_log_gamma(0)));
    assert_true(cox_logistic(800) == 1.0 && cox_logistic(-800) == 0.0);
    assert_close(cox_log1p_exp(800), 800, 1e-15);
    assert_close(cox_logit(cox_logistic(-3.25)), -3.25, 1e-13);
}

static void quantile_inverts_cdf(void **state)
{
    (void)state;
    for (int i = 1; i < 400; i++) {
        double p = i / 400.0;
        assert_close(cox_normal_cdf(cox_normal_quantile(p)), p, 1e-14);
        assert_close(cox_beta_cdf(3.5, 40, cox_beta_quantile(3.5, 40, p)), p, 1e-10);
    }
}

/* Rosenbrock's valley in count variables: minimum 0 at (1, ..., 1). */
static double valley(const double *x, double *ret_gradient, void *ctx)
{
    size_t count = *(const size_t *)ctx;
    double sum = 0.0;

    for (size_t i = 0; ret_gradient != NULL && i < count; i++) {
        ret_gradient[i] = 0.0;
    }
    for (size_t i = 0; i + 1 < count; i++) {
        double a = x[i + 1] - x[i] * x[i], b = 1.0 - x[i];
        sum += 100.0 * a * a + b * b;
        if (ret_gradient != NULL) {
            ret_gradient[i] += -400.0 * a * x[i] - 2.0 * b;
            ret_gradient[i + 1] += 200.0 * a;
        }
    }
    return sum;
}

static void minimisers_find_the_valley(void **state)
{
    double x[4] = {-1.2, 1.0}, work[64];
    size_t two = 2, four = 4;
    const struct cox_minimize_opt opt = {.value_tol = 1e-14, .call_max = 4000};

    (void)state;
    assert_true(cox_nelder_mead_workspace_size(2) <= 64 && cox_bfgs_workspace_size(4) <= 64);
    assert_true(cox_nelder_mead(valley, &two, 2, x, &opt, work) < 1e-12);
    assert_true(fabs(x[0] - 1) < 1e-5 && fabs(x[1] - 1) < 1e-5);
    x[0] = -1.2;
    x[1] = 1;
    x[2] = -.5;
    x[3] = 2;
    assert_true(cox_bfgs(valley, &four, 4, x, &opt, work) < 1e-10);
    assert_true(fabs(x[3] - 1) < 1e-4);
}

static void cholesky_solves(void **state)
{
    double a[9] = {4, 2, .6, 2, 5, 1, .6, 1, 3}, b[3] = {1, 2, 3}, bad[4] = {1, 2, 2, 1};
    const double m[9] = {4, 2, .6, 2, 5, 1, .6, 1, 3};

    (void)state;
    assert_true(cox_cholesky(a, 3));
    cox_cholesky_solve(a, 3, b);
    for (size_t i = 0; i < 3; i++) {
        assert_close(m[3 * i] * b[0] + m[3 * i + 1] * b[1] + m[3 * i + 2] * b[2], (double)i + 1,
            1e-13);
    }
    assert_close(cox_cholesky_log_det(a, 3), log(4 * 14 - 2 * 5.4 + .6 * -1), 1e-12);
    assert_false(cox_cholesky(bad, 2));
}

static void sorting_is_stable(void **state)
{
    enum { N = 1000 };
    static double key[N], scratch_d[N];
    static uint32_t order[N], scratch[N];

    (void)state;
    for (uint32_t i = 0; i < N; i++) {
        key[i] = (double)(i * 7919 % 37);
    }
    cox_order_doubles(key, N, order, scratch);
    for (size_t i = 1; i < N; i++) {
        double a = key[order[i - 1]], b = key[order[i]];
        assert_true(a < b || (a == b && order[i - 1] < order[i]));
    }
    cox_sort_doubles(key, N, scratch_d);
    for (size_t i = 1; i < N; i++) {
        assert_true(key[i - 1] <= key[i]);
    }
    const double four[] = {1, 2, 4, 8};
    assert_close(cox_sorted_quantile(four, 4, .5), 3, 1e-15);
    assert_close(cox_sorted_quantile(four, 4, 1), 8, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_agree_with_scipy),
        cmocka_unit_test(ends_and_nonsense_are_defined),
        cmocka_unit_test(quantile_inverts_cdf),
        cmocka_unit_test(minimisers_find_the_valley),
        cmocka_unit_test(cholesky_solves),
        cmocka_unit_test(sorting_is_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
