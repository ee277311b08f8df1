/*
 * tests/unit/test_forecast_arima.c: seasonal ARIMA against closed forms, R's arima (offline, R 4.2.2, exact
 * likelihood, so coefficients are near and not equal), planted models, and refusals.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "kernel/forecast/arima.h"
#include "kernel/stats/special.h"

/* Airline passengers 1949-1954, Box and Jenkins. */
static const double air[] = {112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126,
    141, 135, 125, 149, 170, 170, 158, 133, 114, 140, 145, 150, 178, 163, 172, 178, 199, 199, 184,
    162, 146, 166, 171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194, 196, 196, 236, 235,
    229, 243, 264, 272, 237, 211, 180, 201, 204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203,
    229};
/* Luteinizing hormone, Diggle 1990 (R's "lh"). */
static const double lh[] = {2.4, 2.4, 2.4, 2.2, 2.1, 1.5, 2.3, 2.3, 2.5, 2.0, 1.9, 1.7, 2.2, 1.8,
    3.2, 3.2, 2.7, 2.2, 2.2, 1.9, 1.9, 1.8, 2.7, 3.0, 2.3, 2.0, 2.0, 2.9, 2.9, 2.7, 2.7, 2.3, 2.6,
    2.4, 1.8, 1.7, 1.5, 1.4, 2.1, 3.3, 3.5, 3.5, 3.1, 2.6, 2.1, 3.4, 3.0, 2.9};
enum { AIR = sizeof(air) / sizeof(air[0]), LH = sizeof(lh) / sizeof(lh[0]), LONG = 400 };

static double work[20000];

static double draw(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return cox_normal_quantile(((double)(*seed >> 11) + .5) * 0x1p-53);
}

static void agrees_with_r(void **state)
{
    const struct cox_arima_order airline = {0, 1, 1, 0, 1, 1, false}, ar = {1, 0, 0, 0, 0, 0, true},
                                 both = {1, 0, 1, 0, 0, 0, true};
    double y[AIR], point[3], sd[3];
    struct cox_arima a;
    struct cox_err err;

    (void)state;
    assert_true(cox_arima_workspace_size(LONG) <= 20000);
    for (size_t t = 0; t < AIR; t++) {
        y[t] = log(air[t]);
    }
    assert_int_equal(cox_arima_fit(y, AIR, 12, airline, work, &a, &err), COX_OK);
    cox_arima_forecast(&a, y, AIR, 3, work, point, sd);
    print_message("airline: %.4f %.4f, R -.3986 -.6694\n", a.theta[0], a.season_theta);
    /* Within a standard error: least squares lean to the boundary that the determinant holds off. */
    assert_true(fabs(a.theta[0] + .3986) < .05 && fabs(a.season_theta + .6694) < .18);
    assert_true(fabs(point[0] - 5.4504) < .01 && fabs(point[2] - 5.6131) < .01);
    assert_true(fabs(sd[0] - .04274) < .003 && fabs(sd[2] - .05606) < .004);
    assert_int_equal(cox_arima_fit(lh, LH, 1, ar, work, &a, &err), COX_OK);
    cox_arima_forecast(&a, lh, LH, 3, work, point, sd);
    assert_true(fabs(a.phi[0] - .5739) < .02 && fabs(a.mean - 2.4133) < .02);
    assert_true(fabs(point[0] - 2.69263) < .01 && fabs(point[2] - 2.5053) < .02);
    assert_true(fabs(sd[0] - .4444) < .02 && fabs(sd[2] - .5329) < .03);
    assert_int_equal(cox_arima_fit(lh, LH, 1, both, work, &a, &err), COX_OK);
    assert_true(fabs(a.phi[0] - .4522) < .05 && fabs(a.theta[0] - .1982) < .05);
}

/* A walk forecasts its last value with sd sigma sqrt(h); with a constant it drifts by the mean step. */
static void walk_is_closed(void **state)
{
    static const double y[] = {3, 5, 4, 8, 9, 7, 12, 11};
    const struct cox_arima_order walk = {0, 1, 0, 0, 0, 0, false}, drift = {0, 1, 0, 0, 0, 0, true};
    double point[4], sd[4], square = 0;
    struct cox_arima a;
    struct cox_err err;

    (void)state;
    for (size_t t = 1; t < 8; t++) {
        square += (y[t] - y[t - 1]) * (y[t] - y[t - 1]) / 7;
    }
    assert_int_equal(cox_arima_fit(y, 8, 1, walk, work, &a, &err), COX_OK);
    cox_arima_forecast(&a, y, 8, 4, work, point, sd);
    assert_true(fabs(a.sigma2 - square) < 1e-12);
    assert_true(fabs(point[3] - 11) < 1e-12 && fabs(sd[3] - sqrt(4 * square)) < 1e-12);
    assert_int_equal(cox_arima_fit(y, 8, 1, drift, work, &a, &err), COX_OK);
    cox_arima_forecast(&a, y, 8, 4, work, point, sd);
    assert_true(fabs(point[3] - (11 + 4 * 8 / 7.0)) < 1e-6);
}

/* A planted seasonal model: coefficients come back, and the choice covers what it forecasts. */
static void planted_is_found(void **state)
{
    const struct cox_arima_order order = {1, 0, 0, 0, 1, 1, false};
    static double y[LONG + 12], e[LONG + 12];
    double in = 0, n = 0, phi = 0, season = 0, point[12], sd[12];
    uint64_t seed = 5;
    struct cox_arima a;
    struct cox_err err;

    (void)state;
    for (int run = 0; run < 40; run++) {
        double w[LONG + 12] = {0};
        for (size_t t = 0; t < LONG + 12; t++) {
            e[t] = draw(&seed);
            w[t] = (t > 0 ? .6 * w[t - 1] : 0) + e[t] - (t >= 12 ? .5 * e[t - 12] : 0);
            y[t] = w[t] + (t >= 12 ? y[t - 12] : 50 + 10 * (double)(t % 5));
        }
        assert_int_equal(cox_arima_fit(y, LONG, 12, order, work, &a, &err), COX_OK);
        phi += a.phi[0] / 40;
        season += a.season_theta / 40;
        assert_int_equal(cox_arima_choose(y, LONG, 12, work, &a, &err), COX_OK);
        cox_arima_forecast(&a, y, LONG, 12, work, point, sd);
        for (size_t h = 0; h < 12; h++, n++) {
            in += fabs(y[LONG + h] - point[h]) <= 1.2815515655446004 * sd[h];
        }
    }
    print_message("planted .6 and -.5: %.3f %.3f; cover of 80 %%: %.3f\n", phi, season, in / n);
    assert_true(fabs(phi - .6) < .02 && fabs(season + .5) < .05);
    assert_true(in / n > .74 && in / n < .86);
}

static void scale_and_shift_follow(void **state)
{
    double twice[AIR], point[6], sd[6], other[6], other_sd[6];
    struct cox_arima a, b;
    struct cox_err err;
    char name[24];

    (void)state;
    for (size_t t = 0; t < AIR; t++) {
        twice[t] = 2 * air[t] + 1000;
    }
    assert_int_equal(cox_arima_choose(air, AIR, 12, work, &a, &err), COX_OK);
    cox_arima_forecast(&a, air, AIR, 6, work, point, sd);
    assert_int_equal(cox_arima_choose(twice, AIR, 12, work, &b, &err), COX_OK);
    cox_arima_forecast(&b, twice, AIR, 6, work, other, other_sd);
    assert_memory_equal(&a.order, &b.order, sizeof(a.order));
    for (size_t h = 0; h < 6; h++) {
        assert_true(fabs(other[h] - 2 * point[h] - 1000) < .05);
        assert_true(fabs(other_sd[h] - 2 * sd[h]) < .01 * sd[h]);
    }
    cox_arima_name((struct cox_arima_order){2, 1, 3, 0, 1, 1, true}, name);
    assert_string_equal(name, "ARIMA(2,1,3)(0,1,1)+c");
}

static void odd_series(void **state)
{
    const struct cox_arima_order wild = {4, 0, 0, 0, 0, 0, false},
                                 season = {0, 0, 0, 1, 0, 0, false};
    double y[40], point[4], sd[4];
    struct cox_arima a;
    struct cox_err err;

    (void)state;
    for (size_t t = 0; t < 40; t++) {
        y[t] = 7;
    }
    assert_int_equal(cox_arima_choose(y, 40, 12, work, &a, &err), COX_OK);
    cox_arima_forecast(&a, y, 40, 4, work, point, sd);
    assert_true(fabs(point[3] - 7) < 1e-9 && sd[3] < 1e-3);
    assert_int_equal(cox_arima_fit(y, 40, 12, wild, work, &a, &err), COX_INVALID);
    assert_int_equal(cox_arima_fit(y, 20, 12, season, work, &a, &err), COX_INVALID);
    assert_int_equal(cox_arima_fit(y, 40, 1, season, work, &a, &err), COX_INVALID);
    assert_int_equal(cox_arima_choose(y, 3, 12, work, &a, &err), COX_INVALID);
    y[5] = (double)NAN;
    assert_int_equal(cox_arima_choose(y, 40, 12, work, &a, &err), COX_INVALID);
    assert_int_equal(err.row, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_r),
        cmocka_unit_test(walk_is_closed),
        cmocka_unit_test(planted_is_found),
        cmocka_unit_test(scale_and_shift_follow),
        cmocka_unit_test(odd_series),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
