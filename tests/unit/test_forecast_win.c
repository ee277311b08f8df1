/* tests/unit/test_forecast_win.c: bins, shrunk rates, points, gate and leak checks on planted truth. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "kernel/forecast/bins.h"
#include "kernel/forecast/gate.h"
#include "kernel/forecast/leak.h"
#include "kernel/stats/special.h"

enum { N = 6000, F = 4 };

struct set {
    unsigned char code[F][N], won[N];
    const unsigned char *column[F];
    struct cox_points_data data;
};

static const unsigned char levels[F] = {5, 4, 6, 3};

static double draw(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(*seed >> 11) * 0x1p-53;
}

/* logit = -1 + .6 (a - 2) + pair * (+1.5 where b is even and c < 3, -1.5 where b is odd and c < 3); d is noise. */
static double truth(const struct set *s, size_t i, double single, double pair)
{
    double both = s->code[2][i] < 3 ? (s->code[1][i] % 2 == 0 ? 1.5 : -1.5) : 0.0;

    return -1.0 + single * (s->code[0][i] - 2.0) + pair * both;
}

static void make(struct set *s, size_t count, double single, double pair, uint64_t seed)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t f = 0; f < F; f++) {
            s->code[f][i] = (unsigned char)(draw(&seed) * levels[f]);
        }
        s->won[i] = draw(&seed) < cox_logistic(truth(s, i, single, pair));
    }
    for (size_t f = 0; f < F; f++) {
        s->column[f] = s->code[f];
    }
    s->data = (struct cox_points_data){count, F, s->column, levels, s->won};
}

static struct cox_win_model fit(const struct set *s, void **ret_memory)
{
    const struct cox_gate_opt opt = {.is_ordered = true, .pair_max = 20};
    struct cox_win_model model;
    struct cox_err err;
    void *memory = malloc(cox_win_model_size(&s->data, &opt));
    void *work = malloc(cox_win_workspace_size(&s->data, &opt));

    assert_int_equal(cox_win_fit(&s->data, &opt, memory, work, &model, &err), COX_OK);
    free(work);
    *ret_memory = memory;
    return model;
}

static double mean_error(const struct set *s, const struct cox_win_model *m, double single,
    double pair)
{
    double sum = 0.0;

    for (size_t i = 0; i < s->data.count; i++) {
        sum += fabs(
            cox_win_score(m, s->data.code, i, NULL).prob - cox_logistic(truth(s, i, single, pair)));
    }
    return sum / (double)s->data.count;
}

static void gate_takes_what_is_there(void **state)
{
    static struct set s;
    static const struct {
        double single, pair;
        enum cox_layer want;
    } rows[] = {{0, 0, COX_LAYER_BASE}, {.6, 0, COX_LAYER_POINTS}, {.6, 1, COX_LAYER_PAIRS}};

    (void)state;
    for (size_t r = 0; r < 3; r++) {
        void *memory, *again;
        make(&s, N, rows[r].single, rows[r].pair, 5 + r);
        struct cox_win_model m = fit(&s, &memory), same = fit(&s, &again);
        if (r == 1) { /* one field carries it all: the shrunk rate of that field is as good */
            assert_true(m.layer == COX_LAYER_RATE || m.layer == COX_LAYER_POINTS);
        } else {
            assert_int_equal(m.layer, rows[r].want);
        }
        assert_int_equal(m.has_signal, r > 0);
        assert_true(mean_error(&s, &m, rows[r].single, rows[r].pair) < .03);
        assert_true(m.id == same.id);
        assert_true(m.layer < COX_LAYER_POINTS || (m.slope > .85 && m.slope < 1.15));
        free(memory);
        free(again);
    }
}

static void reasons_add_up(void **state)
{
    static struct set s;
    void *memory;

    (void)state;
    make(&s, N, .6, 1, 9);
    struct cox_win_model m = fit(&s, &memory);
    for (size_t i = 0; i < 200; i++) {
        double base, part[COX_POINTS_TERMS], sum;
        unsigned char row[F];
        for (size_t f = 0; f < F; f++) {
            row[f] = s.code[f][i];
        }
        struct cox_win w = cox_win_score(&m, s.data.code, i, NULL);
        cox_win_explain(&m, row, &base, part);
        sum = base;
        for (size_t t = 0; t < m.points.term_count; t++) {
            sum += part[t];
        }
        assert_true(fabs(sum - w.logit) < 1e-9);
        assert_true(w.low < w.prob && w.prob < w.high);
    }
    free(memory);
}

/* Renaming levels and moving columns changes no score. */
static void names_do_not_matter(void **state)
{
    static struct set s, t;
    void *memory, *other;

    (void)state;
    make(&s, N, .6, 0, 3);
    t = s;
    for (size_t i = 0; i < N; i++) {
        t.code[0][i] = (unsigned char)(4 - s.code[0][i]);
    }
    for (size_t f = 0; f < F; f++) {
        t.column[f] = t.code[f];
    }
    t.data = (struct cox_points_data){N, F, t.column, levels, t.won};
    struct cox_win_model a = fit(&s, &memory), b = fit(&t, &other);
    for (size_t i = 0; i < 50; i++) {
        double p = cox_win_score(&a, s.data.code, i, NULL).prob;
        assert_true(fabs(p - cox_win_score(&b, t.data.code, i, NULL).prob) < 1e-6);
    }
    free(memory);
    free(other);
}

static void few_deals_say_so(void **state)
{
    static struct set s;
    void *memory;

    (void)state;
    make(&s, 0, 0, 0, 1);
    struct cox_win_model m = fit(&s, &memory);
    assert_true(m.layer == COX_LAYER_BASE && m.is_prior_only && m.rates.overall == 0.5);
    free(memory);
    make(&s, 9, .6, 1, 1);
    m = fit(&s, &memory);
    assert_true(m.layer == COX_LAYER_BASE && m.is_prior_only);
    free(memory);
    make(&s, 25, 0, 0, 1);
    m = fit(&s, &memory);
    assert_true(m.layer <= COX_LAYER_RATE && !m.is_prior_only);
    free(memory);
    make(&s, 50, .6, 1, 1);
    m = fit(&s, &memory);
    assert_true(m.is_provisional == (m.layer == COX_LAYER_POINTS));
    free(memory);
    make(&s, 100, 0, 0, 1);
    memset(s.won, 1, 100); /* one class */
    m = fit(&s, &memory);
    assert_true(m.layer == COX_LAYER_BASE && !m.has_signal);
    assert_true(fabs(cox_win_score(&m, s.data.code, 0, NULL).prob - 101 / 102.0) < 1e-12);
    free(memory);
}

/* Over no-signal sets the gate lets something through seldom, and it costs next to nothing. */
static void false_alarms_are_rare(void **state)
{
    static struct set s;
    size_t passed = 0;

    (void)state;
    for (uint64_t seed = 100; seed < 140; seed++) {
        void *memory;
        make(&s, 1000, 0, 0, seed);
        struct cox_win_model m = fit(&s, &memory);
        passed += m.has_signal;
        assert_true(mean_error(&s, &m, 0, 0) < .06);
        free(memory);
    }
    print_message("no signal, 40 sets: %zu passed the gate\n", passed);
    assert_true(passed <= 10);
}

static void bad_codes_are_named(void **state)
{
    static struct set s;
    const struct cox_gate_opt opt = {.pair_max = 20};
    struct cox_win_model m;
    struct cox_err err;

    (void)state;
    make(&s, 200, .6, 0, 1);
    s.code[2][150] = 6;
    void *memory = malloc(cox_win_model_size(&s.data, &opt)),
         *work = malloc(cox_win_workspace_size(&s.data, &opt));
    assert_int_equal(cox_win_fit(&s.data, &opt, memory, work, &m, &err), COX_INVALID);
    assert_string_equal(err.field, "code");
    assert_int_equal(err.row, 151);
    free(memory);
    free(work);
}

/* Groups that differ by chance only share one rate; real differences are kept. Nested shrinks to parent. */
static void rates_shrink(void **state)
{
    static uint16_t team[N], rep[N];
    static unsigned char won[N];
    const uint16_t *const code[] = {team, rep};
    const size_t groups[] = {4, 40};
    const struct cox_rate_data data = {N, 2, code, groups, won};
    double *work = malloc(cox_rates_workspace_size(&data) * sizeof(double));
    uint64_t seed = 4;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        rep[i] = (uint16_t)(draw(&seed) * 39); /* rep 39 has no deals */
        team[i] = rep[i] / 10;
        won[i] = draw(&seed) < (team[i] == 0 ? .2 : .5);
    }
    struct cox_rates r = cox_rates_fit(&data, 0, 0, work);
    assert_true(r.strength[0] < 100 && r.strength[1] > 100 && r.gain[0] > 10);
    struct cox_rate known = cox_rates_get(&r, (uint16_t[]){0, 3}),
                    fresh = cox_rates_get(&r, (uint16_t[]){3, 39});
    assert_true(known.prob > .14 && known.prob < .26 && known.low < known.prob && known.depth == 2);
    assert_true(fresh.prob > .45 && fresh.prob < .55 && fresh.depth == 1);
    free(work);
}

static void bins_respect_ties(void **state)
{
    double value[100], scratch[200];

    (void)state;
    for (size_t i = 0; i < 100; i++) {
        value[i] = i < 40 ? 0 : (double)i;
    }
    value[99] = (double)NAN;
    struct cox_bins b = cox_bins_fit(value, 100, 5, scratch);
    assert_true(b.count >= 4 && b.count <= 5);
    assert_true(cox_bins_code(&b, 0) == 0 && cox_bins_code(&b, 40) == 1);
    assert_true(cox_bins_code(&b, 1e9) == b.count - 1 && cox_bins_code(&b, (double)NAN) == b.count);
    assert_true(cox_bins_code(&b, -HUGE_VAL) == 0);
    value[0] = (double)NAN;
    b = cox_bins_fit(value, 1, 5, scratch);
    assert_int_equal(b.count, 1);
}

static void leaks_are_refused(void **state)
{
    static struct set s;
    static unsigned char answer[N];
    static int64_t changed[N], closed[N];
    static uint32_t scratch[2 * N];
    static double score[N];

    (void)state;
    make(&s, N, .6, 0, 8);
    for (size_t i = 0; i < N; i++) {
        answer[i] = (unsigned char)(s.won[i] + (i % 50 == 0 ? 1 : 0)) % 3;
        closed[i] = 1000;
        changed[i] = i % 10 == 0 ? 1000 : INT64_MIN;
        score[i] = s.code[0][i];
    }
    struct cox_leak fair = cox_leak_check(s.code[0], 5, s.won, N, NULL, NULL);
    assert_true(fair.verdict == COX_LEAK_NONE && fair.auc > .6 && fair.auc < .8);
    assert_true(fabs(fair.auc - cox_auc(score, s.won, N, scratch)) < .01);
    assert_int_equal(cox_leak_check(answer, 3, s.won, N, NULL, NULL).verdict, COX_LEAK_SUSPECT);
    assert_int_equal(cox_leak_check(s.code[0], 5, s.won, N, changed, closed).verdict,
        COX_LEAK_CHANGED);
    memset(answer, 1, N);
    assert_int_equal(cox_leak_check(answer, 3, s.won, N, NULL, NULL).verdict, COX_LEAK_CONSTANT);
    assert_true(isnan(cox_auc(score, answer, N, scratch)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gate_takes_what_is_there),
        cmocka_unit_test(reasons_add_up),
        cmocka_unit_test(names_do_not_matter),
        cmocka_unit_test(few_deals_say_so),
        cmocka_unit_test(false_alarms_are_rare),
        cmocka_unit_test(bad_codes_are_named),
        cmocka_unit_test(rates_shrink),
        cmocka_unit_test(bins_respect_ties),
        cmocka_unit_test(leaks_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
