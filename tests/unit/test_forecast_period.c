/*
 * tests/unit/test_forecast_period.c: the period distribution against brute force: a table of all
 * sums on a lattice, with 441 points of the common factor.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "kernel/forecast/period.h"
#include "kernel/stats/special.h"

static const double levels[] = {0.1, 0.5, 0.9};

static double draw(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(*seed >> 11) * 0x1p-53;
}

struct scene {
    const char *name;
    size_t count;
    int64_t amount_max, unit;
    double prob_max, rho;
    bool whale, ends; /* one very large deal; some p = 0, p = 1, amount 0 */
    double tol;       /* in sd */
    enum cox_period_method method;
};

struct deals {
    int64_t amount[6000];
    double prob[6000];
    size_t count;
};

static void make(const struct scene *s, struct deals *d, uint64_t seed)
{
    d->count = s->count;
    for (size_t i = 0; i < s->count; i++) {
        d->amount[i] = (1 + (int64_t)(draw(&seed) * (double)s->amount_max)) * s->unit;
        d->prob[i] = draw(&seed) * s->prob_max;
        if (s->ends && i % 7 < 3) {
            d->prob[i] = i % 7 == 0 ? 0.0 : i % 7 == 1 ? 1.0 : d->prob[i];
            d->amount[i] = i % 7 == 2 ? 0 : d->amount[i];
        }
    }
    if (s->whale) {
        d->amount[s->count / 2] = s->amount_max * s->unit * 40;
        d->prob[s->count / 2] = 0.3;
    }
}

/* All sums in units, exactly: pmf of the mixture over z. Caller frees. */
static double *lattice(const struct scene *s, const struct deals *d, size_t *ret_size)
{
    size_t size = 1;
    int steps = s->rho > 0.0 ? 220 : 0;

    for (size_t i = 0; i < d->count; i++) {
        size += (size_t)(d->amount[i] / s->unit);
    }
    double *total = calloc(size, sizeof(double)), *pmf = calloc(size, sizeof(double));
    for (int j = -steps; j <= steps; j++) {
        double z = steps == 0 ? 0.0 : j * 6.0 / steps;
        double weight = steps == 0 ? 1.0 : cox_normal_pdf(z) * 6.0 / steps;
        size_t top = 0;
        memset(pmf, 0, size * sizeof(double));
        pmf[0] = 1.0;
        for (size_t i = 0; i < d->count; i++) {
            size_t a = (size_t)(d->amount[i] / s->unit);
            double p = d->prob[i];
            if (s->rho > 0.0) {
                p = cox_normal_cdf((cox_normal_quantile(p) - sqrt(s->rho) * z) / sqrt(1 - s->rho));
            }
            for (size_t x = top + 1; x-- > 0 && p > 0.0 && a > 0;) {
                pmf[x + a] += p * pmf[x]; /* from above, so that each deal counts once */
                pmf[x] *= 1.0 - p;
            }
            top += p > 0.0 ? a : 0;
        }
        for (size_t x = 0; x < size; x++) {
            total[x] += weight * pmf[x];
        }
    }
    free(pmf);
    *ret_size = size;
    return total;
}

static double lattice_quantile(const double *pmf, size_t size, double level)
{
    double sum = 0.0;

    for (size_t x = 0; x < size; x++) {
        sum += pmf[x];
        if (sum >= level - 1e-12) {
            return (double)x;
        }
    }
    return (double)(size - 1);
}

static double lattice_sd(const double *pmf, size_t size)
{
    double m = 0.0, v = 0.0;

    for (size_t x = 0; x < size; x++) {
        m += pmf[x] * (double)x;
        v += pmf[x] * (double)x * (double)x;
    }
    return sqrt(v - m * m);
}

static void run_scene(const struct scene *s, uint64_t seed)
{
    static struct deals d;
    struct cox_period_result r;
    struct cox_err err;
    size_t size;
    int64_t got[3];

    make(s, &d, seed);
    const struct cox_period_deals deals = {d.count, d.amount, d.prob};
    double *pmf = lattice(s, &d, &size), sd = lattice_sd(pmf, size), mean = 0.0, reach = 0.0;
    int64_t line = (int64_t)lattice_quantile(pmf, size, 0.7);
    for (size_t x = 0; x < size; x++) {
        mean += pmf[x] * (double)x;
        reach += (int64_t)x >= line ? pmf[x] : 0.0;
    }
    const struct cox_period_opt opt = {.rho = s->rho,
        .level = levels,
        .level_count = 3,
        .target_minor = line * s->unit};
    void *work = malloc(cox_period_workspace_size(d.count));
    assert_int_equal(cox_period_forecast(&deals, &opt, work, got, &r, &err), COX_OK);
    free(work);
    assert_int_equal(r.method, s->method);
    for (size_t i = 0; i < 3; i++) {
        double want = lattice_quantile(pmf, size, levels[i]);
        double off = fabs((double)got[i] / (double)s->unit - want) / sd;
        if (off > s->tol) {
            fail_msg("%s: P%g off by %g sd (sd %g, want %g)", s->name, 100 * levels[i], off, sd,
                want);
        }
    }
    double unit = (double)s->unit;
    assert_true(fabs((double)r.total_minor - mean * unit) < 1e-6 * mean * unit + 1);
    assert_true(fabs(r.sd_minor / unit - sd) < 2e-3 * sd);
    if (fabs(r.prob_target - reach) > 2e-3) {
        fail_msg("%s: P(>= target) %g, want %g", s->name, r.prob_target, reach);
    }
    assert_int_equal(r.total_minor,
        r.closed_minor + r.open_minor + r.later_minor + r.correction_minor);
    free(pmf);
}

static void agrees_with_the_lattice(void **state)
{
    (void)state;
    static const struct scene scenes[] = {
        {"one deal", 1, 50, 100, 1, 0, .tol = 1e-12, .method = COX_PERIOD_ENUMERATED},
        {"two", 2, 50, 100, 1, .1, .tol = 1e-12, .method = COX_PERIOD_ENUMERATED},
        {"twenty", 20, 90, 137, 1, 0, .tol = 1e-12, .method = COX_PERIOD_ENUMERATED},
        {"twenty tied", 20, 90, 137, 1, .1, .tol = 1e-12, .method = COX_PERIOD_ENUMERATED},
        {"thirty", 30, 900, 11, 1, 0, .tol = .002, .method = COX_PERIOD_INVERTED},
        {"thirty ends", 60, 900, 11, 1, 0, .ends = true, .tol = .002,
            .method = COX_PERIOD_INVERTED},
        {"equal amounts", 200, 0, 5000, .5, 0, .tol = 1e-12, .method = COX_PERIOD_INVERTED},
        {"round amounts", 200, 10, 100000, .5, 0, .tol = 1e-12, .method = COX_PERIOD_INVERTED},
        {"whale", 200, 100, 7, .6, 0, true, true, .002, COX_PERIOD_INVERTED},
        {"rare wins", 300, 100, 7, .004, 0, .tol = .002, .method = COX_PERIOD_INVERTED},
        {"tied", 40, 60, 7, .6, .1, .tol = .01, .method = COX_PERIOD_INVERTED},
        {"tied whale", 60, 30, 7, .6, .1, true, true, .01, COX_PERIOD_INVERTED},
        {"tied many", 300, 12, 7, .6, .1, false, false, .01, COX_PERIOD_EDGEWORTH},
        {"tied many and whale", 300, 12, 7, .6, .1, true, false, .01, COX_PERIOD_EDGEWORTH},
        {"much tied", 60, 30, 7, .6, .6, false, true, .01, COX_PERIOD_INVERTED},
    };
    for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
        for (uint64_t seed = 1; seed <= 3; seed++) {
            run_scene(&scenes[i], seed * 77 + i);
        }
    }
}

/* 6,000 deals of sizes 1..4: the series and its lattice correction. */
static void many_deals_follow_the_series(void **state)
{
    static const struct scene scenes[] = {
        {"series", 6000, 4, 1000, .3, 0, .tol = 1e-3, .method = COX_PERIOD_EDGEWORTH},
        {"series whale", 6000, 3, 1000, .3, 0, true, false, 2e-3, COX_PERIOD_EDGEWORTH},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
        run_scene(&scenes[i], 5 + i);
    }
}

static void nothing_open_is_certain(void **state)
{
    const struct cox_period_deals deals = {2, (int64_t[]){500, 700}, (double[]){1, 0}};
    const struct cox_period_opt opt = {.closed_minor = 40,
        .level = levels,
        .level_count = 3,
        .target_minor = 540};
    struct cox_period_result r;
    struct cox_err err;
    int64_t got[3];
    void *work = malloc(cox_period_workspace_size(2));

    (void)state;
    assert_int_equal(cox_period_forecast(&deals, &opt, work, got, &r, &err), COX_OK);
    assert_true(got[0] == 540 && got[2] == 540 && r.total_minor == 540);
    assert_true(r.prob_target == 1.0 && r.method == COX_PERIOD_CERTAIN && r.swing_count == 0);
    free(work);
}

/* N alone: compound Poisson with exponential amounts has known mean and variance; P(0) = e^-rate. */
static void business_to_come(void **state)
{
    const double level[] = {0.3, 0.5, 0.9};
    struct cox_period_opt opt = {.level = level,
        .level_count = 3,
        .later = {.create_count = 2.0, .win_prob = 0.5, .mean_minor = 1e6, .shape = 1.0}};
    const struct cox_period_deals none = {0};
    struct cox_period_result r;
    struct cox_err err;
    int64_t got[3];
    void *work = malloc(cox_period_workspace_size(0));

    (void)state;
    assert_int_equal(cox_period_forecast(&none, &opt, work, got, &r, &err), COX_OK);
    assert_true(labs(got[0]) < 2000);          /* e^-1 = .37 lies at 0 */
    assert_true(labs(got[1] - 396723) < 2500); /* scipy: sum of Poisson x Gamma */
    assert_true(fabs((double)got[2] - 2906290.0) < 5000.0);
    assert_int_equal(r.later_minor, 1000000);
    assert_true(fabs(r.sd_minor - sqrt(2.0) * 1e6) < 1.0);
    opt.error = (struct cox_period_error){.bias = 0.1, .sd = 0.2};
    assert_int_equal(cox_period_forecast(&none, &opt, work, got, &r, &err), COX_OK);
    assert_int_equal(r.total_minor, r.later_minor + r.correction_minor);
    assert_true(labs(r.correction_minor - 127497) <= 1); /* exp(.1 + .02) - 1 */
    free(work);
}

/* A certain sum with an error scale is lognormal; the swing of a lone deal is all or nothing. */
static void error_scale_and_swing(void **state)
{
    const struct cox_period_deals deals = {2, (int64_t[]){100000, 30000}, (double[]){1, .5}};
    struct cox_period_opt opt = {.level = levels, .level_count = 3, .target_minor = 120000};
    struct cox_period_result r;
    struct cox_err err;
    int64_t got[3];
    void *work = malloc(cox_period_workspace_size(2));
    bool is_default;

    (void)state;
    assert_int_equal(cox_period_forecast(&deals, &opt, work, got, &r, &err), COX_OK);
    assert_true(got[0] == 100000 && got[1] == 100000 && got[2] == 130000);
    assert_true(r.swing_count == 1 && r.swing[0].row == 1);
    assert_true(r.swing[0].prob_if_won == 1.0 && r.swing[0].prob_if_lost == 0.0);
    opt.error.sd = 0.3;
    const struct cox_period_deals sure = {1, (int64_t[]){100000}, (double[]){1}};
    assert_int_equal(cox_period_forecast(&sure, &opt, work, got, &r, &err), COX_OK);
    assert_true(labs(got[0] - (int64_t)(1e5 * exp(-.3 * 1.2815515655))) <= 2);
    assert_true(labs(got[1] - 100000) <= 1);
    struct cox_period_error e =
        cox_period_error_scale((double[]){1, 1}, (double[]){1, 2}, 2, &is_default);
    assert_true(is_default && e.bias == 0.0 && e.sd > 0.31 && e.sd < 0.313);
    e = cox_period_error_scale((double[]){1, 1, 1, 0}, (double[]){2, 2, 2, 9}, 4, &is_default);
    assert_true(!is_default && fabs(e.bias - 0.5 * log(2)) < 1e-12);
    free(work);
}

static void refusals_name_the_place(void **state)
{
    static const struct {
        int64_t amount;
        double prob, rho, level;
        const char *field;
    } rows[] = {
        {-1, .5, 0, .5, "amount_minor"},
        {1, -.1, 0, .5, "win_prob"},
        {1, 1.01, 0, .5, "win_prob"},
        {1, (double)NAN, 0, .5, "win_prob"},
        {1, .5, 1, .5, "rho"},
        {1, .5, -.1, .5, "rho"},
        {1, .5, (double)NAN, .5, "rho"},
        {1, .5, 0, 0, "level"},
        {1, .5, 0, (double)NAN, "level"},
        {INT64_MAX, .5, 0, .5, "amount_minor"},
    };
    void *work = malloc(cox_period_workspace_size(2));

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct cox_period_deals deals = {2, (int64_t[]){1, rows[i].amount},
            (double[]){.5, rows[i].prob}};
        const struct cox_period_opt opt = {.rho = rows[i].rho,
            .level = &rows[i].level,
            .level_count = 1};
        struct cox_period_result r;
        struct cox_err err = {0};
        int64_t got[1];
        assert_int_not_equal(cox_period_forecast(&deals, &opt, work, got, &r, &err), COX_OK);
        assert_string_equal(err.field, rows[i].field);
    }
    free(work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_lattice),
        cmocka_unit_test(many_deals_follow_the_series),
        cmocka_unit_test(nothing_open_is_certain),
        cmocka_unit_test(business_to_come),
        cmocka_unit_test(error_scale_and_swing),
        cmocka_unit_test(refusals_name_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
