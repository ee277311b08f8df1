/*
 * Tests of early warning within a budget: the limit's false alarms by simulation of healthy weeks, and all of it, from
 * weekly figures with season, leave and people who differ, to what one person is told: planted nulls stay within the budget,
 * planted falls are found. COX_ALERT_WORLDS=n runs more of the latter, for the figures in docs/alerts.md.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "kernel/stats/budget.h"
#include "kernel/stats/watch.h"
#include "manager/alert_watch.h"

/* ---- the limit ---- */

static double poisson(struct cox_random *random, double mean)
{
    double left = cox_random_unit(random), chance = exp(-mean), k = 0;

    while (left > chance && k < 500) {
        left -= chance;
        chance *= mean / ++k;
    }
    return k;
}

static double limit_of(const struct cox_budget_series *series, double budget, uint64_t seed)
{
    static double workspace[1000 * 26];
    const struct cox_budget_opt opt = {.weeks = 13, .budget = budget, .seed = seed};
    struct cox_err err = {0};
    double limit = 0;

    assert_true(cox_budget_workspace_size(&opt) <= sizeof(workspace));
    assert_int_equal(cox_budget_limit(series, &opt, workspace, &limit, &err), COX_OK);
    return limit;
}

/* False alarms in the second of two quarters, by another generator than the kernel's own. */
static double false_alarms(const struct cox_budget_series *series, double limit, int runs)
{
    struct cox_random random;
    int alarms = 0;

    cox_random_init(&random, 11);
    for (int run = 0; run < runs; run++) {
        double sum = 0;
        for (int week = 0; week < 26; week++) {
            double gain, events = 0;
            if (series->trials > 0) {
                for (int i = 0; i < (int)series->trials; i++) {
                    events += cox_random_chance(&random, series->mean);
                }
                gain = events * log(series->ratio) +
                       (series->trials - events) *
                           (log1p(-series->mean * series->ratio) - log1p(-series->mean));
            } else {
                events = poisson(&random, series->mean);
                gain = events * log(series->ratio) - series->mean * (series->ratio - 1);
            }
            sum = fmax(sum + gain, 0);
            if (sum >= limit) {
                alarms += week >= 13;
                sum = 0;
            }
        }
    }
    return (double)alarms / runs;
}

static void the_limit_keeps_the_budget(void **state)
{
    static const struct cox_budget_series all[] = {
        {0, 2, (double)INFINITY, 0, .6},
        {0, 12, (double)INFINITY, 0, .6},
        {0, 4, (double)INFINITY, 0, 1.6},
        {8, .35, (double)INFINITY, 0, .6},
        {30, .2, (double)INFINITY, 0, 1.6},
    };

    (void)state;
    for (size_t i = 0; i < COX_COUNT(all); i++) {
        double budget = i % 2 == 0 ? 0.1 : 0.03, limit = limit_of(&all[i], budget, i + 1);
        double found = false_alarms(&all[i], limit, 8000);

        print_message("# mean %g, %g trials, ratio %g: limit %.2f for %g a quarter: %.4f\n",
            all[i].mean, all[i].trials, all[i].ratio, limit, budget, found);
        /* Its own 1,000 runs and these 8,000: three standard errors of both. */
        assert_true(found <= budget + 3 * sqrt(budget / 1000 + budget / 8000));
        assert_true(found >= budget - 3 * sqrt(budget / 1000 + budget / 8000) - .01);
    }
}

static void what_is_less_known_or_varies_more_has_a_higher_limit(void **state)
{
    struct cox_budget_series series = {0, 5, (double)INFINITY, 0, .6};
    double sure = limit_of(&series, .05, 3), unsure, varied;
    double workspace[1], limit;
    struct cox_err err = {0};
    struct cox_budget_opt opt = {.weeks = 13, .budget = 2};

    (void)state;
    series.known = 26;
    unsure = limit_of(&series, .05, 3);
    series.dispersion = .3;
    varied = limit_of(&series, .05, 3);
    assert_true(sure < unsure);
    print_message("# limit %.2f; learnt from half a year %.2f; and weeks that vary %.2f\n", sure,
        unsure, varied);
    assert_true(limit_of(&series, .05, 3) == varied); /* the same seed, the same limit */
    assert_int_equal(cox_budget_limit(&series, &opt, workspace, &limit, &err), COX_INVALID);
    assert_string_equal(err.field, "budget");
    opt.budget = .1;
    series.mean = 0;
    assert_int_equal(cox_budget_limit(&series, &opt, workspace, &limit, &err), COX_INVALID);
    assert_string_equal(err.field, "mean");
}

/* ---- all of it ---- */

enum { PEOPLE = 12, WEEKS_AHEAD = 26, ALL_WEEKS = COX_ALERT_WEEKS + WEEKS_AHEAD };

struct world {
    struct cox_random random;
    struct cox_arena *arena;
    bool is_rate;
    int64_t events[PEOPLE][ALL_WEEKS], attempts[PEOPLE][ALL_WEEKS];
    double worked[PEOPLE][ALL_WEEKS];
    int64_t last_alert[PEOPLE]; /* week; -1 */
    int found_week[PEOPLE];     /* first alarm after the planted change, in weeks from it; -1 */
    int alarms;
};

/* People of 1.5 to 6 a week, a season of a third up and down, five weeks off a year, weeks that vary by a fifth. */
static void make_world(struct world *w, uint64_t seed, bool is_rate, int fallen, int fall_week)
{
    cox_random_init(&w->random, seed);
    w->is_rate = is_rate;
    w->alarms = 0;
    for (int person = 0; person < PEOPLE; person++) {
        double own = 1.5 + 4.5 * cox_random_unit(&w->random);
        double rate = .25 + .2 * cox_random_unit(&w->random);
        w->last_alert[person] = w->found_week[person] = -1;
        for (int week = 0; week < ALL_WEEKS; week++) {
            double season = 1 + .33 * sin(2 * M_PI * week / 52.18);
            double factor = person < fallen && week >= fall_week ? .5 : 1;
            double vary = exp(.2 * cox_random_normal(&w->random) - .02);
            bool is_off = cox_random_chance(&w->random, 5.0 / 52);
            w->worked[person][week] = is_off ? 0 : 1;
            w->attempts[person][week] = 0;
            w->events[person][week] = 0;
            if (is_off) {
                continue;
            }
            if (is_rate) {
                w->attempts[person][week] = (int64_t)poisson(&w->random, 2 * own * season);
                for (int64_t i = 0; i < w->attempts[person][week]; i++) {
                    w->events[person][week] += cox_random_chance(&w->random, rate * factor);
                }
            } else {
                w->events[person][week] =
                    (int64_t)poisson(&w->random, own * season * factor * vary);
            }
        }
    }
}

/* As the job does in a week: newest is the last of COX_ALERT_WEEKS weeks. */
static void look_at_week(struct world *w, int newest, double budget, int fall_week)
{
    static struct cox_alert_series series[PEOPLE];
    static struct cox_alert_watched watched[PEOPLE];
    static double expected[PEOPLE][COX_ALERT_WEEKS];
    int first = newest - COX_ALERT_WEEKS + 1;
    int32_t season[COX_ALERT_WEEKS];
    const bool is_rise = false;
    struct cox_err err = {0};

    cox_arena_close(w->arena);
    w->arena = cox_arena_open((size_t)64 << 20);
    assert_non_null(w->arena);
    for (int i = 0; i < COX_ALERT_WEEKS; i++) {
        season[i] = (int32_t)fmod((first + i) / (52.18 / 12), 12);
    }
    for (int person = 0; person < PEOPLE; person++) {
        series[person] = (struct cox_alert_series){.id = person + 1,
            .events = w->events[person] + first,
            .attempts = w->is_rate ? w->attempts[person] + first : NULL,
            .worked = w->worked[person] + first,
            .expected = expected[person]};
    }
    assert_int_equal(cox_alert_expect(series, PEOPLE, season, w->arena, &err), COX_OK);
    for (int person = 0; person < PEOPLE; person++) {
        size_t from =
            w->last_alert[person] < first ? 0 : (size_t)(w->last_alert[person] - first + 1);
        watched[person] = (struct cox_alert_watched){.series = &series[person],
            .from = from > series[person].first ? from : series[person].first};
    }
    assert_int_equal(cox_alert_look(watched, PEOPLE, &is_rise, budget, w->arena, &err), COX_OK);
    for (int person = 0; person < PEOPLE; person++) {
        if (watched[person].reading.alarm) {
            w->alarms++;
            w->last_alert[person] = newest;
            if (w->found_week[person] < 0 && newest >= fall_week) {
                w->found_week[person] = newest - fall_week + 1;
            }
        }
    }
}

static int worlds(int few)
{
    const char *wanted = getenv("COX_ALERT_WORLDS");

    return wanted == NULL ? few : atoi(wanted);
}

static struct world *open_world(void)
{
    static struct world world;

    world.arena = cox_arena_open((size_t)64 << 20);
    assert_non_null(world.arena);
    return &world;
}

/* Nobody changes: two quarters of 12 people a world, budget 1 a quarter. */
static void healthy_people_stay_within_the_budget(void **state)
{
    struct world *w = open_world();

    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        int count = worlds(1), alarms = 0, quarters = 0;
        for (int world = 0; world < count; world++) {
            make_world(w, 100 + (uint64_t)world, kind == 1, 0, 0);
            for (int week = 0; week < WEEKS_AHEAD; week++) {
                look_at_week(w, COX_ALERT_WEEKS + week, 1, 0);
            }
            alarms += w->alarms;
            quarters += WEEKS_AHEAD / 13;
        }
        print_message("# %s, %d quarters of %d healthy people: %.2f false alarms a quarter (budget "
                      "1, standard error %.2f)\n",
            kind == 1 ? "rates" : "counts", quarters, PEOPLE, (double)alarms / quarters,
            sqrt((double)alarms) / quarters);
        assert_true(alarms <= quarters + 3 * sqrt(quarters));
    }
    cox_arena_close(w->arena);
}

static int compare_ints(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* A third falls to half: how many are told of within 26 weeks, and when. */
static void falls_are_found(void **state)
{
    enum { FALLEN = 4 };
    struct world *w = open_world();

    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        int count = worlds(1), found = 0, all = 0, delays[FALLEN * 400];
        for (int world = 0; world < count && world < 400; world++) {
            int fall = COX_ALERT_WEEKS;
            make_world(w, 500 + (uint64_t)world, kind == 1, FALLEN, fall);
            for (int week = 0; week < WEEKS_AHEAD; week++) {
                look_at_week(w, COX_ALERT_WEEKS + week, 1, fall);
            }
            for (int person = 0; person < FALLEN; person++) {
                delays[all] = w->found_week[person] < 0 ? 99 : w->found_week[person];
                found += delays[all++] < 99;
            }
        }
        qsort(delays, (size_t)all, sizeof(delays[0]), compare_ints);
        print_message("# %s halved, %d people: %d %% told of within 26 weeks, median %d weeks\n",
            kind == 1 ? "rates" : "counts", all, 100 * found / all, delays[all / 2]);
        assert_true(found * 2 >= all);
    }
    cox_arena_close(w->arena);
}

static void intervals(void **state)
{
    double low, high;

    (void)state;
    cox_alert_interval(12, 20, 0, 1, &low, &high); /* exact Poisson: 6.92 to 19.44 */
    assert_true(fabs(low * 20 - 6.92) < .03 && fabs(high * 20 - 19.44) < .03);
    cox_alert_interval(0, 5, 0, 1, &low, &high); /* exact: 0 to 3.00 */
    assert_true(low == 0 && fabs(high * 5 - 3.0) < .1);
    cox_alert_interval(10, 20, 40, 1, &low, &high); /* Wilson: .1557 to .3760 */
    assert_true(fabs(low * 20 / 40 - .1557) < .001 && fabs(high * 20 / 40 - .3760) < .001);
    assert_true(
        cox_budget_dispersion(NULL, (const int64_t[]){1, 2}, (const double[]){1, 2}, 2) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limit_keeps_the_budget),
        cmocka_unit_test(what_is_less_known_or_varies_more_has_a_higher_limit),
        cmocka_unit_test(intervals),
        cmocka_unit_test(healthy_people_stay_within_the_budget),
        cmocka_unit_test(falls_are_found),
    };

    return cmocka_run_group_tests_name("alerts", tests, NULL, NULL);
}
