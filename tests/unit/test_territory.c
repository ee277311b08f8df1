/* tests/unit/test_territory.c: plans against brute force, their own bound, and what must not matter. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "territory_case.h"

/* A tenth of the usual tries: the tests run under sanitizers. */
static const struct cox_territory_opt usual = {
    .seed = 1, .effort = 0.1, .moves_max = SIZE_MAX, .moved_potential_max = 1};

/* Cost of the best feasible plan by trying all; infinite when there is none. */
static double brute_force(struct territory_case *kase)
{
    size_t n = kase->problem.account_count, k = kase->problem.rep_count;
    uint32_t plan[16] = {0};
    double loads[16], best = HUGE_VAL;
    size_t at = 0;

    while (at < n) {
        struct cox_territory_measures measures;

        cox_territory_measure(&kase->problem, plan, loads, &measures);
        if (measures.out_of_tolerance == 0 && measures.hard_breaches == 0) {
            best = fmin(best, measures.cost_km);
        }
        for (at = 0; at < n && ++plan[at] == k; at++) {
            plan[at] = 0;
        }
    }
    return best;
}

static void test_brute_force(void **state)
{
    size_t found = 0, possible = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct territory_case kase;
        double best;

        territory_case_open(&kase, 9, 2 + seed % 2, seed);
        kase.problem.work_tol = 0.15;
        kase.problem.potential_tol = 0.5;
        best = brute_force(&kase);
        assert_int_equal(territory_case_solve(&kase, &usual, NULL), COX_OK);
        if (isfinite(best)) {
            possible++;
            assert_true(kase.plan.bound_km <= best * (1 + 1e-9));
            assert_true(!kase.plan.is_feasible || kase.plan.measures.cost_km >= best * (1 - 1e-9));
            found += kase.plan.is_feasible && kase.plan.measures.cost_km <= best * (1 + 1e-9);
        } else {
            assert_false(kase.plan.is_feasible);
        }
        territory_case_close(&kase);
    }
    assert_true(possible > 10);
    assert_true(found * 10 >= possible * 9); /* a heuristic: 90 % optimal at this size */
}

static void test_gap_is_honest(void **state)
{
    struct territory_case kase;
    double bound = 0;

    (void)state;
    territory_case_open(&kase, 400, 12, 5);
    assert_int_equal(territory_case_solve(&kase, &usual, NULL), COX_OK);
    assert_true(kase.plan.is_feasible);
    assert_true(kase.plan.gap >= 0 && kase.plan.gap < 0.03);
    assert_int_equal(cox_territory_bound(&kase.problem, kase.plan.work_price,
                         kase.plan.potential_price, NULL, kase.workspace, kase.workspace_size,
                         &bound, &kase.err),
        COX_OK);
    assert_true(fabs(bound - kase.plan.bound_km) < 1e-6 * bound);
    territory_case_close(&kase);
}

static void test_threads_do_not_matter(void **state)
{
    static const size_t counts[] = {1, 2, 5};
    uint32_t *first = NULL;

    (void)state;
    for (size_t c = 0; c < COX_COUNT(counts); c++) {
        size_t threads = counts[c];
        struct cox_territory_host host = territory_case_host(&threads);
        struct territory_case kase;

        territory_case_open(&kase, 5200, 41, 9);
        assert_int_equal(territory_case_solve(&kase, &usual, &host), COX_OK);
        assert_true(kase.plan.is_feasible);
        if (first == NULL) {
            first = kase.plan.rep;
            kase.plan.rep = NULL;
        } else {
            assert_memory_equal(first, kase.plan.rep, 5200 * sizeof(*first));
        }
        territory_case_close(&kase);
    }
    free(first);
}

/* Ten thousand kilometres to the east nothing changes but the coordinates. */
static void test_translation(void **state)
{
    struct territory_case here, there;

    (void)state;
    territory_case_open(&here, 300, 8, 3);
    territory_case_open(&there, 300, 8, 3);
    for (size_t i = 0; i < 300; i++) {
        there.x[i] += 1e7;
    }
    for (size_t j = 0; j < 8; j++) {
        there.home_x[j] += 1e7;
    }
    assert_int_equal(territory_case_solve(&here, &usual, NULL), COX_OK);
    assert_int_equal(territory_case_solve(&there, &usual, NULL), COX_OK);
    assert_memory_equal(here.plan.rep, there.plan.rep, 300 * sizeof(uint32_t));
    territory_case_close(&here);
    territory_case_close(&there);
}

/* The order of the accounts may change the search, never what is proven. */
static void test_permutation(void **state)
{
    struct territory_case kase, turned;

    (void)state;
    territory_case_open(&kase, 500, 10, 4);
    territory_case_open(&turned, 500, 10, 4);
    for (size_t i = 0; i < 500; i++) {
        size_t from = (i * 7 + 13) % 500;

        turned.x[i] = kase.x[from];
        turned.y[i] = kase.y[from];
        turned.visits[i] = kase.visits[from];
        turned.work[i] = kase.work[from];
        turned.potential[i] = kase.potential[from];
        turned.relation_km[i] = kase.relation_km[from];
        turned.owner[i] = kase.owner[from];
        turned.need[i] = kase.need[from];
    }
    assert_int_equal(territory_case_solve(&kase, &usual, NULL), COX_OK);
    assert_int_equal(territory_case_solve(&turned, &usual, NULL), COX_OK);
    assert_true(fabs(kase.plan.bound_km / turned.plan.bound_km - 1) < 2e-4);
    assert_true(turned.plan.is_feasible && turned.plan.gap < 0.03);
    territory_case_close(&kase);
    territory_case_close(&turned);
}

static void test_relation_slider_is_monotone(void **state)
{
    static const double factors[] = {0, 0.5, 2, 10, 100};
    struct territory_case kase;
    size_t before = SIZE_MAX;

    (void)state;
    territory_case_open(&kase, 1500, 10, 6);
    for (size_t f = 0; f < COX_COUNT(factors); f++) {
        kase.problem.relation_factor = factors[f];
        assert_int_equal(territory_case_solve(&kase, &usual, NULL), COX_OK);
        assert_true(kase.plan.is_feasible);
        assert_true(kase.plan.measures.moved <= before + before / 50 + 5);
        before = kase.plan.measures.moved;
    }
    territory_case_close(&kase);
}

static void test_limit_on_moves(void **state)
{
    struct cox_territory_opt opt = usual;
    struct territory_case kase;

    (void)state;
    territory_case_open(&kase, 2000, 10, 8);
    assert_int_equal(territory_case_solve(&kase, &usual, NULL), COX_OK);
    opt.moves_max = kase.plan.measures.moved * 3 / 4;
    assert_int_equal(territory_case_solve(&kase, &opt, NULL), COX_OK);
    assert_true(kase.plan.is_feasible);
    assert_true(kase.plan.measures.moved <= opt.moves_max);
    assert_true(kase.plan.move_price > 0);
    assert_true(kase.plan.gap >= 0 && kase.plan.gap < 0.05);
    opt.moves_max = SIZE_MAX;
    opt.moved_potential_max = 0.5;
    assert_int_equal(territory_case_solve(&kase, &opt, NULL), COX_OK);
    assert_true(kase.plan.measures.moved_potential <= 0.5 * kase.plan.measures.owned_potential);
    territory_case_close(&kase);
}

static void test_odd_shapes(void **state)
{
    static const struct {
        size_t n, k;
    } shapes[] = {{1, 1}, {50, 1}, {3, 7}, {200, 200}};

    (void)state;
    for (size_t s = 0; s < COX_COUNT(shapes); s++) {
        struct territory_case kase;

        territory_case_open(&kase, shapes[s].n, shapes[s].k, 2);
        assert_int_equal(territory_case_solve(&kase, &usual, NULL), COX_OK);
        for (size_t i = 0; i < shapes[s].n; i++) {
            assert_true(kase.plan.rep[i] < shapes[s].k);
        }
        assert_true(shapes[s].k > 1 || kase.plan.is_feasible);
        territory_case_close(&kase);
    }
}

static void test_all_in_one_place(void **state)
{
    struct territory_case kase;

    (void)state;
    territory_case_open(&kase, 300, 6, 2);
    for (size_t i = 0; i < 300; i++) {
        kase.x[i] = kase.y[i] = 1000;
    }
    for (size_t j = 0; j < 6; j++) {
        kase.home_x[j] = kase.home_y[j] = j < 2 ? 1000 : 2000;
    }
    assert_int_equal(territory_case_solve(&kase, &usual, NULL), COX_OK);
    assert_true(kase.plan.is_feasible);
    territory_case_close(&kase);
}

/* What is refused: each row breaks one value. */
static void test_refusals(void **state)
{
    static const struct {
        const char *field;
        size_t array; /* of the pointers below */
        double value;
    } rows[] = {{"visits", 0, 0}, {"visits", 0, (double)NAN}, {"work", 1, -5},
        {"work", 1, HUGE_VAL}, {"potential", 2, 0}, {"x", 3, (double)NAN}, {"y", 4, -HUGE_VAL},
        {"relation_km", 5, -1}, {"work", 1, 1e16}};

    (void)state;
    for (size_t r = 0; r < COX_COUNT(rows); r++) {
        struct territory_case kase;
        double **arrays[] = {&kase.visits, &kase.work, &kase.potential, &kase.x, &kase.y,
            &kase.relation_km};

        territory_case_open(&kase, 20, 3, 1);
        (*arrays[rows[r].array])[6] = rows[r].value;
        assert_int_not_equal(territory_case_solve(&kase, &usual, NULL), COX_OK);
        assert_string_equal(kase.err.field, rows[r].field);
        assert_true(kase.err.row == 7 || rows[r].value > 1e15);
        territory_case_close(&kase);
    }
}

static void test_more_refusals(void **state)
{
    struct territory_case kase;

    (void)state;
    territory_case_open(&kase, 20, 3, 1);
    kase.owner[4] = 3;
    assert_int_equal(territory_case_solve(&kase, &usual, NULL), COX_INVALID);
    assert_string_equal(kase.err.field, "owner");
    assert_int_equal(kase.err.row, 5);
    kase.owner[4] = COX_TERRITORY_NONE;
    kase.fixed[4] = 1;
    assert_int_equal(territory_case_solve(&kase, &usual, NULL), COX_INVALID);
    assert_string_equal(kase.err.field, "fixed");
    kase.fixed[4] = 0;
    memset(kase.share, 0, 3 * sizeof(double));
    assert_int_equal(territory_case_solve(&kase, &usual, NULL), COX_INVALID);
    assert_string_equal(kase.err.field, "share");
    kase.share[0] = 1;
    kase.problem.rep_count = 0;
    assert_int_equal(cox_territory_problem_check(&kase.problem, &kase.err), COX_INVALID);
    assert_string_equal(kase.err.field, "reps");
    kase.problem.rep_count = 3;
    kase.problem.metric = COX_TERRITORY_GLOBE;
    assert_int_equal(cox_territory_problem_check(&kase.problem, &kase.err), COX_INVALID);
    assert_string_equal(kase.err.field, "lon");
    territory_case_close(&kase);
}

static void test_reasons(void **state)
{
    struct territory_case kase;

    (void)state;
    territory_case_open(&kase, 60, 4, 1);
    kase.need[10] = 1U << 9; /* a skill nobody has */
    assert_int_equal(territory_case_solve(&kase, &usual, NULL), COX_OK);
    assert_false(kase.plan.is_feasible);
    assert_int_equal(kase.plan.reason.rc, COX_CONFLICT);
    assert_string_equal(kase.plan.reason.field, "need");
    assert_int_equal(kase.plan.reason.row, 11);
    assert_int_equal(kase.plan.measures.hard_breaches, 1);
    kase.need[10] = 0;
    kase.work[3] = 1e6; /* larger than any rep */
    assert_int_equal(territory_case_solve(&kase, &usual, NULL), COX_OK);
    assert_string_equal(kase.plan.reason.field, "work");
    assert_int_equal(kase.plan.reason.row, 4);
    kase.work[3] = 100;
    for (size_t i = 0; i < 60; i++) {
        kase.need[i] = i < 50 ? 1 : 0;
    }
    kase.skills[0] = 1;
    kase.skills[1] = kase.skills[2] = kase.skills[3] = 0;
    assert_int_equal(territory_case_solve(&kase, &usual, NULL), COX_OK);
    assert_false(kase.plan.is_feasible);
    assert_string_equal(kase.plan.reason.field, "need");
    assert_int_equal(kase.plan.measures.hard_breaches, 0);
    territory_case_close(&kase);
}

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static void test_stop_returns_a_plan(void **state)
{
    struct cox_territory_host host = {.keep_going = never};
    struct territory_case kase;

    (void)state;
    territory_case_open(&kase, 800, 10, 1);
    assert_int_equal(territory_case_solve(&kase, &usual, &host), COX_OK);
    assert_true(kase.plan.is_stopped);
    for (size_t i = 0; i < 800; i++) {
        assert_true(kase.plan.rep[i] < 10);
    }
    territory_case_close(&kase);
}

static void test_globe(void **state)
{
    static const double lon[] = {-0.1276, 179.9}, lat[] = {51.5072, 0};
    static const double home_lon[] = {2.3522, -179.9}, home_lat[] = {48.8566, 0};
    struct cox_territory_problem problem = {.account_count = 2,
        .rep_count = 2,
        .metric = COX_TERRITORY_GLOBE,
        .x = lon,
        .y = lat,
        .home_x = home_lon,
        .home_y = home_lat};

    (void)state;
    assert_true(fabs(cox_territory_km(&problem, 0, 0) - 343.53034) < 1e-4); /* London to Paris */
    assert_true(fabs(cox_territory_km(&problem, 1, 1) - 0.2 * 111.195080) < 1e-4); /* date line */
}

/* Upper and lower bounds of one kind of load, as rows of an LP. */
static void write_loads(FILE *file, const struct territory_case *kase, const double *weight,
    double tol, const char *name)
{
    const struct cox_territory_problem *problem = &kase->problem;
    double total = 0, share = 0;

    for (size_t i = 0; i < problem->account_count; i++) {
        total += weight[i];
    }
    for (size_t j = 0; j < problem->rep_count; j++) {
        share += problem->share[j];
    }
    for (size_t j = 0; j < problem->rep_count; j++) {
        double target = total * problem->share[j] / share;

        for (int side = -1; side <= 1; side += 2) {
            fprintf(file, "%s%zu%c:", name, j, side < 0 ? 'l' : 'u');
            for (size_t i = 0; i < problem->account_count; i++) {
                if (cox_territory_may(problem, i, j)) {
                    fprintf(file, " + %.17g x%zu_%zu\n", weight[i], i, j);
                }
            }
            fprintf(file, "%s %.17g\n", side < 0 ? ">=" : "<=", target * (1 + side * tol));
        }
    }
}

static void write_lp(const struct territory_case *kase, const char *path)
{
    const struct cox_territory_problem *problem = &kase->problem;
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fprintf(file, "Minimize\ncost:");
    for (size_t i = 0; i < problem->account_count; i++) {
        for (size_t j = 0; j < problem->rep_count; j++) {
            if (cox_territory_may(problem, i, j)) {
                fprintf(file, " + %.17g x%zu_%zu\n", cox_territory_cost_km(problem, i, j), i, j);
            }
        }
    }
    fprintf(file, "Subject To\n");
    for (size_t i = 0; i < problem->account_count; i++) {
        fprintf(file, "a%zu:", i);
        for (size_t j = 0; j < problem->rep_count; j++) {
            if (cox_territory_may(problem, i, j)) {
                fprintf(file, " + x%zu_%zu", i, j);
            }
        }
        fprintf(file, " = 1\n");
    }
    write_loads(file, kase, kase->work, problem->work_tol, "w");
    write_loads(file, kase, kase->potential, problem->potential_tol, "p");
    fprintf(file, "End\n");
    assert_int_equal(fclose(file), 0);
}

/* The bound is the transport LP's optimum, by another solver (GLPK, where it is installed). */
static void test_lp_oracle(void **state)
{
    char dir[] = "/tmp/cox-territory-XXXXXX", lp[64], out[64], command[256], line[256];
    struct territory_case kase;
    double optimum = 0;
    FILE *file;

    (void)state;
    if (system("glpsol --version >/dev/null 2>&1") != 0) {
        print_message("no glpsol: skipped\n");
        skip();
        return;
    }
    assert_non_null(mkdtemp(dir));
    (void)snprintf(lp, sizeof(lp), "%s/t.lp", dir); /* short by construction */
    (void)snprintf(out, sizeof(out), "%s/t.out", dir);
    (void)snprintf(command, sizeof(command), "glpsol --lp %s -o %s >/dev/null 2>&1", lp, out);
    territory_case_open(&kase, 150, 6, 21);
    write_lp(&kase, lp);
    assert_int_equal(system(command), 0);
    file = fopen(out, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        (void)sscanf(line, "Objective: cost = %lf", &optimum); /* other lines leave it alone */
    }
    assert_int_equal(fclose(file), 0);
    assert_true(optimum > 0);
    assert_int_equal(territory_case_solve(&kase, &usual, NULL), COX_OK);
    print_message("bound %.3f, LP %.3f\n", kase.plan.bound_km, optimum);
    assert_true(kase.plan.bound_km <= optimum * (1 + 1e-6));
    assert_true(kase.plan.bound_km >= 0.9999 * optimum);
    assert_int_equal(remove(lp) | remove(out) | remove(dir), 0);
    territory_case_close(&kase);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_brute_force),
        cmocka_unit_test(test_gap_is_honest),
        cmocka_unit_test(test_threads_do_not_matter),
        cmocka_unit_test(test_translation),
        cmocka_unit_test(test_permutation),
        cmocka_unit_test(test_relation_slider_is_monotone),
        cmocka_unit_test(test_limit_on_moves),
        cmocka_unit_test(test_odd_shapes),
        cmocka_unit_test(test_all_in_one_place),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_more_refusals),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_stop_returns_a_plan),
        cmocka_unit_test(test_globe),
        cmocka_unit_test(test_lp_oracle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
