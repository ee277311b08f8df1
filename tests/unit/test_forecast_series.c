/*
 * tests/unit/test_forecast_series.c: exponential smoothing and Theta against R's forecast 8.20 (offline),
 * intervals on planted series, and the scores against closed forms.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "check.h"
#include "kernel/forecast/course.h"
#include "kernel/forecast/score.h"
#include "kernel/forecast/season.h"
#include "kernel/forecast/series.h"
#include "kernel/stats/special.h"

/* Airline passengers 1949-1954, Box and Jenkins. */
static const double air[] = {112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126,
    141, 135, 125, 149, 170, 170, 158, 133, 114, 140, 145, 150, 178, 163, 172, 178, 199, 199, 184,
    162, 146, 166, 171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194, 196, 196, 236, 235,
    229, 243, 264, 272, 237, 211, 180, 201, 204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203,
    229};
enum { AIR = sizeof(air) / sizeof(air[0]) };

static double work[12000];

static void likelihood_agrees_with_r(void **state)
{
    static const struct {
        struct cox_ets_form form;
        const char *name;
        double log_likelihood, aicc;
    } rows[] = {
        {{COX_ETS_ADD, COX_ETS_NONE, COX_ETS_NONE, 0}, "ETS(A,N,N)", -366.081145, 738.515231},
        {{COX_ETS_MULT, COX_ETS_NONE, COX_ETS_NONE, 0}, "ETS(M,N,N)", -363.528450, 733.409841},
        {{COX_ETS_MULT, COX_ETS_ADD, COX_ETS_NONE, 0}, "ETS(M,A,N)", -362.572463, 736.054017},
        {{COX_ETS_ADD, COX_ETS_ADD, COX_ETS_NONE, 0}, "ETS(A,A,N)", -365.936655, 742.782401},
        {{COX_ETS_MULT, COX_ETS_ADD, COX_ETS_MULT, 0}, "ETS(M,A,M)", -291.167120, 627.667574},
        {{COX_ETS_ADD, COX_ETS_ADD, COX_ETS_ADD, 0}, "ETS(A,A,A)", -302.830546, 650.994426},
    };

    (void)state;
    assert_true(cox_series_workspace_size(AIR) <= 12000);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cox_ets e;
        struct cox_err err;
        char name[16];
        assert_int_equal(cox_ets_fit(air, AIR, 12, rows[i].form, work, &e, &err), COX_OK);
        cox_ets_name(e.form, name);
        assert_string_equal(name, rows[i].name);
        /* A higher likelihood is a better optimum of the same function; R stops early on many states. */
        double tol = 1e-4 * fabs(rows[i].log_likelihood);
        if (e.log_likelihood < rows[i].log_likelihood - tol) {
            fail_msg("%s: %.6f, R has %.6f", name, e.log_likelihood, rows[i].log_likelihood);
        }
        if (e.period == 0 && e.form.trend == COX_ETS_NONE) {
            assert_true(fabs(e.log_likelihood - rows[i].log_likelihood) < tol);
            assert_true(fabs(e.aicc - rows[i].aicc) < 2 * tol);
        }
    }
}

static void theta_agrees_with_r(void **state)
{
    double point[3], scratch[AIR];

    (void)state;
    cox_series_theta(air, AIR, 12, 3, scratch, point);
    assert_true(fabs(point[0] - 230.1663848) < .1);
    assert_true(fabs(point[1] - 232.6415964) < .1);
    assert_true(fabs(point[2] - 268.3160211) < .1);
}

static struct cox_series_path path_in(double (*room)[60])
{
    return (struct cox_series_path){room[0], room[1], room[2], room[3], room[4], room[5], room[6],
        room[7]};
}

/* Shift and scale follow through; order of the band; a doubled series doubles all. */
static void scale_follows(void **state)
{
    double room[8][60], again[8][60], twice[AIR];
    struct cox_series_path a = path_in(room), b = path_in(again);
    struct cox_series s, t;
    struct cox_err err;

    (void)state;
    for (size_t i = 0; i < AIR; i++) {
        twice[i] = 1000 * air[i];
    }
    assert_int_equal(cox_series_forecast(air, AIR, 12, 18, work, &a, &s, &err), COX_OK);
    assert_int_equal(cox_series_forecast(twice, AIR, 12, 18, work, &b, &t, &err), COX_OK);
    assert_true(s.has_season && s.has_ets && s.ets.period == 12);
    for (size_t h = 0; h < 18; h++) {
        assert_true(a.low95[h] < a.low80[h] && a.low80[h] < a.point[h] && a.point[h] < a.high80[h]);
        assert_true(fabs(b.point[h] / a.point[h] - 1000) < 1e-2);
        assert_true(fabs(a.point[h] - (a.ets[h] + a.theta[h] + a.arima[h]) / 3) < 1e-9);
    }
}

static void gaps_zeros_and_short_series(void **state)
{
    double room[8][60], y[AIR];
    struct cox_series_path p = path_in(room);
    struct cox_series s;
    struct cox_err err;

    (void)state;
    memcpy(y, air, sizeof(y));
    y[20] = y[41] = (double)NAN;
    assert_int_equal(cox_series_forecast(y, AIR, 12, 12, work, &p, &s, &err), COX_OK);
    assert_true(s.gap_count == 2 && (s.notes & COX_SERIES_GAPS) != 0);
    assert_true(fabs(p.point[6] - 300) < 40);
    y[20] = 0;
    y[41] = -3;
    assert_int_equal(cox_series_forecast(y, AIR, 12, 12, work, &p, &s, &err), COX_OK);
    assert_true((s.notes & COX_SERIES_ADDITIVE) != 0 && s.ets.form.error == COX_ETS_ADD);
    assert_int_equal(cox_series_forecast(air, 5, 12, 3, work, &p, &s, &err), COX_OK);
    assert_true(
        (s.notes & COX_SERIES_SHORT) != 0 && fabs(p.point[2] - 122.4) < 1e-9 && p.low80[0] < 80);
    assert_int_equal(cox_series_forecast(air, 18, 12, 3, work, &p, &s, &err), COX_OK);
    assert_true((s.notes & COX_SERIES_NO_SEASON) != 0 && s.ets.period == 0);
    for (size_t i = 0; i < 30; i++) {
        y[i] = 7;
    }
    assert_int_equal(cox_series_forecast(y, 30, 12, 3, work, &p, &s, &err), COX_OK);
    assert_true(fabs(p.point[2] - 7) < 1e-6);
    y[3] = HUGE_VAL;
    assert_int_equal(cox_series_forecast(y, 30, 12, 3, work, &p, &s, &err), COX_INVALID);
    assert_int_equal(err.row, 4);
    assert_int_equal(cox_series_forecast(y, 0, 12, 3, work, &p, &s, &err), COX_INVALID);
    y[3] = 7;
    y[4] = 1e300; /* its square is not finite */
    assert_int_equal(cox_series_forecast(y, 30, 12, 3, work, &p, &s, &err), COX_INVALID);
    assert_int_equal(err.row, 5);
    assert_int_equal(cox_series_forecast(air, AIR, 0, 3, work, &p, &s, &err), COX_INVALID);
    assert_int_equal(cox_series_forecast(air, AIR, 12, 0, work, &p, &s, &err), COX_INVALID);
    y[0] = (double)NAN;
    assert_int_equal(cox_series_forecast(y, 1, 12, 3, work, &p, &s, &err), COX_INVALID);
}

static double draw(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*seed >> 11) + .5) * 0x1p-53;
}

/* Planted level with noise and season: the 80 % band holds about 80 % of the future. */
static void bands_cover(void **state)
{
    double room[8][60], y[72];
    struct cox_series_path p = path_in(room);
    struct cox_series s;
    struct cox_err err;
    uint64_t seed = 21;
    double in80 = 0, in95 = 0, n = 0;

    (void)state;
    for (int run = 0; run < 60; run++) {
        double level = 100;
        for (size_t t = 0; t < 72; t++) {
            double e = 5 * cox_normal_quantile(draw(&seed));
            y[t] = level + 20 * sin((double)t * M_PI / 6) + e;
            level += .3 * e;
        }
        assert_int_equal(cox_series_forecast(y, 60, 12, 12, work, &p, &s, &err), COX_OK);
        for (size_t h = 0; h < 12; h++, n++) {
            in80 += y[60 + h] >= p.low80[h] && y[60 + h] <= p.high80[h];
            in95 += y[60 + h] >= p.low95[h] && y[60 + h] <= p.high95[h];
        }
    }
    print_message("cover of 80 and 95 %% bands: %.3f, %.3f\n", in80 / n, in95 / n);
    assert_true(in80 / n > .72 && in80 / n < .88 && in95 / n > .89);
}

static void seasons(void **state)
{
    double y[48], index[12], share[12], sum = 0;

    (void)state;
    for (size_t t = 0; t < 48; t++) {
        y[t] = (t % 12 == 0 ? 2.1 : .9) * 100;
    }
    assert_true(cox_season_test(y, 48, 12) && !cox_season_test(y, 20, 12));
    assert_true(cox_season_indices(y, 48, 12, true, index));
    assert_true(fabs(index[0] - 2.1) < 1e-9 && fabs(index[5] - .9) < 1e-9);
    cox_season_shares(y, 48, 12, share);
    for (size_t k = 0; k < 12; k++) {
        sum += share[k];
    }
    assert_true(fabs(sum - 1) < 1e-12 && fabs(share[0] - (1 + 4 / 6.0 * 1.1) / 12) < 1e-9);
    cox_season_shares(y, 8, 12, share);
    assert_true(fabs(share[0] - 1 / 12.0) < 1e-12);
}

static void scores_agree_with_closed_forms(void **state)
{
    static const double a[] = {10, 20, 30}, f[] = {12, 18, 33}, sample[] = {1, 3, 2, 5};
    static const double p[] = {.9, .2, .6, .4};
    static const unsigned char won[] = {1, 0, 1, 0};
    static double loss[] = {1, 2, 3, 4}, base[] = {2, 4, 6, 8}, scratch[400];

    (void)state;
    assert_true(fabs(cox_wape(a, f, 3) - 7 / 60.0) < 1e-15);
    assert_true(fabs(cox_bias(a, f, 3) - 3 / 60.0) < 1e-15);
    assert_true(fabs(cox_smape(a, f, 3) - 200 * (2 / 22.0 + 2 / 38.0 + 3 / 63.0) / 3) < 1e-12);
    assert_true(fabs(cox_mase(a, f, 3, sample, 4, 1) - 7 / 3.0 / 2) < 1e-15);
    assert_true(isnan(cox_mase(a, f, 3, a, 1, 1)) && isnan(cox_wape((double[]){0}, f, 1)));
    assert_true(cox_pinball(10, 8, .9) == 3.6 && fabs(cox_pinball(8, 10, .9) - .4) < 1e-15);
    assert_true(fabs(cox_crps_sample(2, (double[]){1, 3}, 2) - .5) < 1e-15);
    assert_true(fabs(cox_crps_normal(0, 0, 1) - 0.23369497725510913) < 1e-12);
    assert_true(cox_crps_normal(3, 1, 0) == 2);
    assert_true(fabs(cox_brier(p, won, 4) - (.01 + .04 + .16 + .16) / 4) < 1e-15);
    assert_true(
        fabs(cox_log_loss(p, won, 4) + (log(.9) + log(.8) + log(.6) + log(.6)) / 4) < 1e-12);
    assert_true(fabs(cox_calibration_error(p, won, 4, 2) -
                     (fabs(.2 + .4) + fabs(.9 + .6 - 2)) / 4) < 1e-12);
    struct cox_skill s = cox_skill_of(loss, base, 4, 0, 200, 1, scratch);
    assert_true(
        fabs(s.skill - .5) < 1e-15 && fabs(s.low - .5) < 1e-12 && fabs(s.high - .5) < 1e-12);
    assert_true(isnan(cox_skill_of(loss, base, 1, 0, 200, 1, scratch).low));
}

/* Planted recalibration: true logit = .3 + .7 * stated. */
static void calibration_line_is_found(void **state)
{
    enum { N = 20000 };
    static double prob[N];
    static unsigned char won[N];
    uint64_t seed = 5;
    double slope, intercept;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        double s = 2 * cox_normal_quantile(draw(&seed));
        prob[i] = cox_logistic(s);
        won[i] = draw(&seed) < cox_logistic(.3 + .7 * s);
    }
    cox_calibration_line(prob, won, N, &slope, &intercept);
    assert_true(fabs(slope - .7) < .03 && fabs(intercept - .3) < .05);
    memset(won, 1, N);
    cox_calibration_line(prob, won, N, &slope, &intercept);
    assert_true(isnan(slope));
}

/* ---- sums to come ---- */

static void a_course_agrees_with_students_interval(void **state)
{
    static const double steps[] = {4, 7, 5, 8, 6};
    struct cox_course course = cox_course_of(steps, 5, 3);
    struct cox_course flat = cox_course_of((double[]){2, 2, 2}, 3, 4.5);

    (void)state;
    assert_true(fabs(course.mean - 18) < 1e-12 && course.df == 4);
    assert_true(fabs(course.sd - sqrt(2.5 * (3 + 9 / 5.0))) < 1e-12);
    /* t(4) passes 2.776445 with chance .025. */
    assert_true(fabs(cox_course_over(&course, 18 + 2.7764451 * course.sd) - .025) < 1e-7);
    assert_true(fabs(cox_course_over(&course, 18) - .5) < 1e-9);
    assert_true(flat.sd == 0 && cox_course_over(&flat, 8.9) == 1);
    assert_true(cox_course_over(&flat, 9.1) == 0);
    assert_true(cox_course_of(steps, 5, 0).sd == 0);
}

/*
 * Planted: deals close as a Poisson number a month, each is won with a chance that is somewhere from .2 to .45; the
 * share won of a half year, two months of which are still to come, is to be .33. Chances are told from 18 months, of
 * which the last four are of that half year.
 */
static void chances_of_a_share_come_true(void **state)
{
    enum { WORLDS = 6000, MONTHS = 18, OVER = 4, LEFT = 2, BINS = 5 };
    struct cox_random random;
    double told[BINS] = {0}, came[BINS] = {0};
    int count[BINS] = {0};

    (void)state;
    cox_random_init(&random, 7);
    for (int w = 0; w < WORLDS; w++) {
        double steps[MONTHS], before = 0, after = 0, chance;
        double win_prob = .2 + .25 * cox_random_unit(&random);
        struct cox_course course;
        int bin;

        for (int m = 0; m < MONTHS + LEFT; m++) {
            double excess = 0;

            for (int64_t n = cox_random_poisson(&random, 20); n > 0; n--) {
                excess += (cox_random_chance(&random, win_prob) ? 1 : 0) - .33;
            }
            if (m < MONTHS) {
                steps[m] = excess;
            }
            before += m >= MONTHS - OVER && m < MONTHS ? excess : 0;
            after += m >= MONTHS ? excess : 0;
        }
        course = cox_course_of(steps, MONTHS, LEFT);
        chance = cox_course_over(&course, -before);
        bin = (int)fmin(chance * BINS, BINS - 1);
        count[bin]++;
        told[bin] += chance;
        came[bin] += before + after >= 0;
    }
    for (int b = 0; b < BINS; b++) {
        double share = came[b] / count[b];

        assert_true(count[b] > 100);
        if (fabs(share - told[b] / count[b]) > .02 + 2.6 * sqrt(share * (1 - share) / count[b])) {
            fail_msg("told %.3f, came %.3f of %d", told[b] / count[b], share, count[b]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(likelihood_agrees_with_r),
        cmocka_unit_test(theta_agrees_with_r),
        cmocka_unit_test(scale_follows),
        cmocka_unit_test(gaps_zeros_and_short_series),
        cmocka_unit_test(bands_cover),
        cmocka_unit_test(seasons),
        cmocka_unit_test(scores_agree_with_closed_forms),
        cmocka_unit_test(calibration_line_is_found),
        cmocka_unit_test(a_course_agrees_with_students_interval),
        cmocka_unit_test(chances_of_a_share_come_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
