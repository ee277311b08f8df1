/*
 * tests/unit/test_stats_signal.c: early warning and diagnosis. Reference values computed with SciPy
 * 1.10.1 (betabinom, binom, poisson, nbinom log-probabilities, Nelder-Mead); false alarms, delay,
 * error and false flags by simulation of planted truth.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/random.h"
#include "check.h"
#include "kernel/stats/diagnose.h"
#include "kernel/stats/expect.h"
#include "kernel/stats/watch.h"
#include "shared_data.h"

static void near(double got, double expected, double within)
{
    if (!(fabs(got - expected) <= within)) {
        fail_msg("got %.15g, expected %.15g", got, expected);
    }
}

enum { WEEKS = 12 };
static const int64_t attempts[WEEKS] = {8, 8, 7, 0, 9, 8, 8, 8, 10, 8, 6, 8},
                     wins[WEEKS] = {3, 2, 3, 0, 2, 1, 2, 0, 1, 2, 0, 1},
                     calls[WEEKS] = {5, 4, 6, 3, 2, 3, 1, 2, 0, 3, 1, 2};
static const double rate[WEEKS] = {.35, .35, .35, .35, .35, .35, .35, .35, .35, .35, .35, .35},
                    mean[WEEKS] = {4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4};

static struct cox_watch_reading read_series(const struct cox_watch_series *series,
    const struct cox_watch_opt *opt)
{
    struct cox_watch_reading reading;
    struct cox_err err;

    if (cox_watch_read(series, opt, &reading, &err) != COX_OK) {
        fail_msg("%s: %s", err.field, err.text);
    }
    return reading;
}

static void statistics_equal_the_reference(void **state)
{
    struct cox_watch_series series = {WEEKS, attempts, wins, rate, 0};
    struct cox_watch_opt ewma = {.method = COX_WATCH_EWMA}, rises = ewma;
    struct cox_watch_reading reading = read_series(&series, NULL);

    (void)state;
    near(reading.statistic, 6.3259620101, 1e-9);
    near(reading.p_value, exp(-6.3259620101), 1e-9);
    assert_true(reading.alarm && !reading.silent && reading.first_week == 10);
    assert_true(reading.since_week == 4 && reading.week_count == 11 && reading.trial_count == 88);
    near(reading.observed, 9, 0);
    near(reading.expected, 65 * .35, 1e-12);
    reading = read_series(&series, &ewma);
    near(reading.statistic, 3.34455054405, 1e-9);
    rises.rises = true;
    near(read_series(&series, &rises).statistic, -3.34455054405, 1e-9);
    series.dispersion = 0.05;
    near(read_series(&series, NULL).statistic, 4.71052089285, 1e-9);
    series = (struct cox_watch_series){WEEKS, NULL, calls, mean, 0};
    near(read_series(&series, NULL).statistic, 5.71596439598, 1e-9);
    series.dispersion = 0.2;
    near(read_series(&series, NULL).statistic, 3.4521281778, 1e-9);
}

static void little_data_is_silent(void **state)
{
    static const int64_t few[WEEKS] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}, none[WEEKS] = {0};
    double away[WEEKS];
    struct cox_watch_series series = {7, attempts, none, rate, 0};
    struct cox_watch_reading reading = read_series(&series, NULL);

    (void)state;
    assert_true(reading.silent && !reading.alarm && reading.statistic > 5);
    series.week_count = 9; /* eight that count */
    reading = read_series(&series, NULL);
    assert_true(!reading.silent && reading.alarm && reading.first_week == 8);
    series = (struct cox_watch_series){WEEKS, few, none, rate, 0};
    assert_true(read_series(&series, NULL).silent);
    for (size_t i = 0; i < WEEKS; i++) {
        away[i] = (double)NAN;
    }
    series = (struct cox_watch_series){WEEKS, attempts, none, away, 0};
    reading = read_series(&series, NULL);
    assert_true(reading.silent && reading.statistic == 0 && reading.week_count == 0);
    series.week_count = 0;
    assert_true(read_series(&series, NULL).silent);
}

static void bad_weeks_are_named(void **state)
{
    static const double certain[WEEKS] = {.5, .5, 1};
    static const int64_t over[WEEKS] = {3, 9};
    struct cox_watch_series good = {WEEKS, attempts, wins, rate, 0},
                            bad_rate = {3, attempts, wins, certain, 0},
                            bad_events = {3, attempts, over, rate, 0},
                            bad_spread = {3, attempts, wins, rate, 1};
    struct cox_watch_reading reading = {.statistic = 42};
    struct cox_err err;
    double limit;

    (void)state;
    assert_int_equal(cox_watch_read(&bad_rate, NULL, &reading, &err), COX_INVALID);
    assert_string_equal(err.field, "expected");
    assert_int_equal(err.row, 3);
    assert_int_equal(cox_watch_read(&bad_events, NULL, &reading, &err), COX_INVALID);
    assert_string_equal(err.field, "events");
    assert_int_equal(err.row, 2);
    assert_int_equal(cox_watch_read(&bad_spread, NULL, &reading, &err), COX_INVALID);
    assert_int_equal(cox_watch_read(&good, &(struct cox_watch_opt){.ratio = 1}, &reading, &err),
        COX_INVALID);
    assert_int_equal(cox_watch_read(&good, &(struct cox_watch_opt){.limit = -1}, &reading, &err),
        COX_INVALID);
    assert_int_equal(cox_watch_read(&good, &(struct cox_watch_opt){.weight = 2}, &reading, &err),
        COX_INVALID);
    assert_true(reading.statistic == 42);
    assert_true(isnan(cox_watch_alarm_prob(0, .3, (double)INFINITY, .6, 4, 52)));
    assert_int_equal(cox_watch_limit(8, .35, (double)INFINITY, 1, 52, .1, &limit, &err),
        COX_INVALID);
    assert_int_equal(cox_watch_limit(8, .35, (double)INFINITY, .6, 52, 0, &limit, &err),
        COX_INVALID);
}

struct outcome {
    double false_share;
    int median_delay;
};

/* 8 attempts a week; a year of health, and a fall from .35 to .20 after 20 weeks. */
static struct outcome simulate(const struct cox_watch_opt *opt)
{
    enum { RUNS = 1500, HEALTHY = 52, BEFORE = 20, AFTER = 40 };
    struct cox_random random;
    int delays[AFTER + 1] = {0}, seen = 0, alarmed = 0, median = 0;
    double expected[BEFORE + AFTER];
    int64_t tried[BEFORE + AFTER], won[BEFORE + AFTER];
    struct cox_watch_series series = {HEALTHY, tried, won, expected, 0};

    cox_random_init(&random, 8);
    for (int run = 0; run < 2 * RUNS; run++) {
        bool healthy = run < RUNS;
        for (size_t i = 0; i < BEFORE + AFTER; i++) {
            expected[i] = .35;
            tried[i] = 8;
            won[i] = 0;
            for (int j = 0; j < 8; j++) {
                won[i] += cox_random_chance(&random, healthy || i < BEFORE ? .35 : .2);
            }
        }
        series.week_count = HEALTHY;
        if (healthy) {
            alarmed += read_series(&series, opt).first_week >= 0;
            continue;
        }
        int delay = AFTER;
        for (series.week_count = BEFORE + 1; series.week_count <= BEFORE + AFTER;
             series.week_count++) {
            if (read_series(&series, opt).alarm) {
                delay = (int)series.week_count - BEFORE;
                break;
            }
        }
        delays[delay]++;
    }
    while ((seen += delays[median]) < RUNS / 2) {
        median++;
    }
    return (struct outcome){100.0 * alarmed / RUNS, median};
}

static void alarms_are_rare_and_soon(void **state)
{
    struct cox_watch_opt exact = {.ratio = .2 / .35}, ewma = {.method = COX_WATCH_EWMA};
    struct outcome plain = simulate(NULL), known = simulate(&exact), smooth = simulate(&ewma);

    (void)state;
    print_message("CUSUM: %.1f %% of healthy reps a year, median delay %d weeks; the size of the "
                  "change known: %.1f %%, %d; EWMA: %.1f %%, %d\n",
        plain.false_share, plain.median_delay, known.false_share, known.median_delay,
        smooth.false_share, smooth.median_delay);
    assert_true(plain.false_share <= 9.5 && plain.median_delay <= 9);
    assert_true(known.false_share <= 9.5 && known.median_delay <= 9);
    assert_true(smooth.false_share <= 5.5 && smooth.median_delay <= 10);
    near(100 * cox_watch_alarm_prob(8, .35, (double)INFINITY, .6, 4.5, 52), plain.false_share, 2);
}

static void the_limit_meets_the_budget(void **state)
{
    struct cox_err err;
    double limit, strict;

    (void)state;
    assert_int_equal(cox_watch_limit(8, .35, (double)INFINITY, .6, 52, .09, &limit, &err), COX_OK);
    near(cox_watch_alarm_prob(8, .35, (double)INFINITY, .6, limit, 52), .09, .005);
    assert_int_equal(cox_watch_limit(8, .35, (double)INFINITY, .6, 52, .02, &strict, &err), COX_OK);
    assert_true(strict > limit);
    near(cox_watch_alarm_prob(8, .35, (double)INFINITY, .6, 1e6, 52), 0, 1e-12);
}

static void false_discoveries_are_bounded(void **state)
{
    static const double p[] = {.001, .008, .039, .041, .042, .06, .074, .205, .212, .216,
        (double)NAN};
    double scratch[200], value[100];
    bool chosen[100];
    struct cox_random random;
    double share = 0;

    (void)state;
    assert_int_equal(cox_watch_stand_out(p, 11, .05, chosen, scratch), 2);
    assert_true(chosen[0] && chosen[1] && !chosen[2] && !chosen[10]);
    assert_int_equal(cox_watch_stand_out(p, 0, .05, chosen, scratch), 0);
    cox_random_init(&random, 6);
    for (int run = 0; run < 2000; run++) {
        size_t bad = 0, all;
        for (size_t i = 0; i < 100; i++) { /* the first ten are real */
            value[i] = cox_random_unit(&random) * (i < 10 ? 0.002 : 1);
        }
        all = cox_watch_stand_out(value, 100, .1, chosen, scratch);
        for (size_t i = 10; i < 100; i++) {
            bad += chosen[i];
        }
        share += all == 0 ? 0 : (double)bad / (double)all / 2000;
    }
    assert_true(share > .07 && share <= .1);
}

static void the_fit_equals_the_reference(void **state)
{
    static const int64_t entries[] = {12, 40, 55, 8, 23, 31, 60, 17, 5, 44, 0},
                         successes[] = {3, 18, 15, 4, 5, 16, 20, 9, 0, 25, 0};
    struct cox_diagnose_stage stage = {entries, successes, NULL, .5, 1000};
    struct cox_diagnose_fit fit;
    struct cox_diagnose_cell cell[11];
    struct cox_err err;

    (void)state;
    assert_int_equal(cox_diagnose_fit(&stage, 11, &fit, &err), COX_OK);
    near(fit.log_likelihood, -26.1360294216, 1e-8);
    near(fit.mean, 0.3878599225, 1e-5);
    near(fit.precision, 25.36295104, 1e-2);
    assert_true(!fit.no_signal && fit.rep_count == 10);
    assert_int_equal(cox_diagnose_team(&stage, 1, 11, &fit, cell, &err), COX_OK);
    assert_true(isnan(cell[10].raw));
    near(cell[10].shrunk, fit.mean, 0.01); /* nothing known: the peers' rate */
    for (size_t i = 0; i < 10; i++) {
        assert_true(cell[i].low < cell[i].shrunk && cell[i].shrunk < cell[i].high);
        assert_true((cell[i].raw < fit.mean) == (cell[i].shrunk < fit.mean));
        near(cell[i].leak, (cell[i].expected - cell[i].shrunk) * (double)entries[i] * 500, 1e-9);
        assert_true(cell[i].leak_low <= cell[i].leak && cell[i].leak <= cell[i].leak_high);
    }
}

static void mix_is_taken_off(void **state)
{
    /* Two segments with rates .2 and .5; reps differ in mix only. */
    static const int64_t entries[] = {400, 400, 400, 400}, successes[] = {80, 120, 160, 200};
    static const double ratio[] = {.2 / .35, .3 / .35, .4 / .35, .5 / .35};
    struct cox_diagnose_stage plain = {entries, successes, NULL, 1, 1},
                              adjusted = {entries, successes, ratio, 1, 1};
    struct cox_diagnose_fit fit;
    struct cox_diagnose_cell cell[4];
    struct cox_err err;

    (void)state;
    assert_int_equal(cox_diagnose_team(&plain, 1, 4, &fit, cell, &err), COX_OK);
    assert_true(!fit.no_signal && cell[0].flag == COX_DIAGNOSE_LEAK);
    assert_int_equal(cox_diagnose_team(&adjusted, 1, 4, &fit, cell, &err), COX_OK);
    assert_true(fit.no_signal);
    near(fit.mean, .35, 1e-4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(cell[i].flag, COX_DIAGNOSE_NONE);
    }
}

static void bad_stages_are_named(void **state)
{
    static const int64_t entries[] = {10, 10, 10}, successes[] = {5, 11, 5}, good[] = {5, 5, 5},
                         idle[] = {10, 0, 10}, least[] = {1, 0, 1};
    struct cox_diagnose_stage stage = {entries, successes, NULL, 1, 1};
    struct cox_diagnose_fit fit;
    struct cox_diagnose_cell cell[3];
    struct cox_err err;

    (void)state;
    assert_int_equal(cox_diagnose_team(&stage, 1, 3, &fit, cell, &err), COX_INVALID);
    assert_string_equal(err.field, "successes");
    assert_int_equal(err.row, 2);
    stage.success_count = good;
    stage.downstream_rate = 1.5;
    assert_int_equal(cox_diagnose_team(&stage, 1, 3, &fit, cell, &err), COX_INVALID);
    assert_string_equal(err.field, "downstream_rate");
    stage = (struct cox_diagnose_stage){idle, least, NULL, 1, 1};
    assert_int_equal(cox_diagnose_team(&stage, 1, 3, &fit, cell, &err), COX_INVALID);
    assert_string_equal(err.field, "entries");
    static const int64_t all[] = {10, 10, 10}, zero[] = {0, 0, 0};
    stage = (struct cox_diagnose_stage){all, all, NULL, 1, 1};
    assert_int_equal(cox_diagnose_team(&stage, 1, 3, &fit, cell, &err), COX_OK);
    assert_true(fit.mean > .9 && cell[0].flag == COX_DIAGNOSE_NONE);
    stage.success_count = zero;
    assert_int_equal(cox_diagnose_team(&stage, 1, 3, &fit, cell, &err), COX_OK);
    assert_true(fit.mean < .1 && cell[0].flag == COX_DIAGNOSE_NONE);
}

/* Beta(14, 26), precision 40: the 14th smallest of 39 uniform numbers. */
static double draw_rate(struct cox_random *random)
{
    double value[39];

    for (size_t i = 0; i < 39; i++) {
        double drawn = cox_random_unit(random);
        size_t j = i;
        for (; j > 0 && value[j - 1] > drawn; j--) {
            value[j] = value[j - 1];
        }
        value[j] = drawn;
    }
    return value[13];
}

static void flags_are_mostly_right(void **state)
{
    enum { REPS = 40, TEAMS = 1000 }; /* the share of 400 teams would waver by two points */
    struct cox_random random;
    double raw = 0, shrunk = 0;
    int right = 0, wrong = 0;

    (void)state;
    cox_random_init(&random, 41);
    for (int team = 0; team < TEAMS; team++) {
        int64_t entries[REPS], successes[REPS] = {0};
        double truth[REPS];
        struct cox_diagnose_stage stage = {entries, successes, NULL, 1, 1};
        struct cox_diagnose_fit fit;
        struct cox_diagnose_cell cell[REPS];
        struct cox_err err;

        for (size_t i = 0; i < REPS; i++) {
            truth[i] = draw_rate(&random);
            entries[i] = cox_random_range(&random, 5, 60);
            for (int64_t j = 0; j < entries[i]; j++) {
                successes[i] += cox_random_chance(&random, truth[i]);
            }
        }
        assert_int_equal(cox_diagnose_team(&stage, 1, REPS, &fit, cell, &err), COX_OK);
        for (size_t i = 0; i < REPS; i++) {
            raw += pow(cell[i].raw - truth[i], 2);
            shrunk += pow(cell[i].shrunk - truth[i], 2);
            if (cell[i].flag == COX_DIAGNOSE_LEAK) {
                right += truth[i] < .9 * .35;
                wrong += truth[i] >= .9 * .35;
            }
        }
    }
    print_message("error shrunk / raw %.3f; %d flags, %d right, %.1f %% wrong\n",
        sqrt(shrunk / raw), right + wrong, right, 100.0 * wrong / (right + wrong));
    assert_true(sqrt(shrunk / raw) <= .62);
    assert_true(right >= 2.5 * 150 && wrong <= .08 * (right + wrong));
}

/* Win rates of the 30 agents of a public file, .55 to .70, are chance alone: nobody is flagged. */
static void chance_is_not_flagged(void **state)
{
    char path[SHARED_PATH_SIZE], names[64][64];
    int64_t closed[64] = {0}, won[64] = {0};
    size_t count = 0;
    COX_AUTO_FILE file = NULL;
    COX_AUTO_CSV csv = NULL;
    struct cox_csv_row row;
    struct cox_err err;

    (void)state;
    if (!find_shared("maven-crm/sales_pipeline.csv", path)) {
        print_message("no shared maven-crm: skipped\n");
        skip();
    }
    assert_int_equal(cox_file_open(path, 0, &file, &err), COX_OK);
    assert_int_equal(cox_csv_open(cox_file_source(file), NULL, &csv, &err), COX_OK);
    for (;;) {
        assert_int_equal(cox_csv_read(csv, &row, &err), COX_OK);
        if (row.field_count < 5) {
            break;
        }
        bool is_won = cox_text_same(row.fields[4], COX_LIT("Won"));
        if (!is_won && !cox_text_same(row.fields[4], COX_LIT("Lost"))) {
            continue;
        }
        size_t at = 0;
        while (at < count && !cox_text_same(row.fields[1], cox_text_of(names[at]))) {
            at++;
        }
        assert_true(at < 64 && row.fields[1].size < sizeof(names[0]));
        if (at == count) {
            memcpy(names[at], row.fields[1].ptr, row.fields[1].size);
            names[at][row.fields[1].size] = '\0';
            count++;
        }
        closed[at]++;
        won[at] += is_won;
    }
    struct cox_diagnose_stage stage = {closed, won, NULL, 1, 1};
    struct cox_diagnose_fit fit;
    struct cox_diagnose_cell cell[64];
    double low = 1, high = 0;
    assert_int_equal(cox_diagnose_team(&stage, 1, count, &fit, cell, &err), COX_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(cell[i].flag, COX_DIAGNOSE_NONE);
        low = fmin(low, cell[i].shrunk);
        high = fmax(high, cell[i].shrunk);
    }
    print_message("%zu agents, shrunk win rates %.3f to %.3f, nobody flagged\n", count, low, high);
    assert_int_equal(count, 30);
}

/* Segments with rates .2 and .5, one rep weak in both: the mix explains the others, not the weak one. */
static void mix_comes_from_segments(void **state)
{
    static const int64_t entries[5][2] = {{400, 0}, {300, 100}, {200, 200}, {100, 300}, {200, 200}},
                         successes[5][2] = {{80, 0}, {60, 50}, {40, 100}, {20, 150}, {20, 50}};
    int64_t total[5], won[5];
    double ratio[5];
    struct cox_diagnose_stage stage = {total, won, ratio, 1, 1};
    struct cox_diagnose_fit fit;
    struct cox_diagnose_cell cell[5];
    struct cox_err err;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        total[i] = entries[i][0] + entries[i][1];
        won[i] = successes[i][0] + successes[i][1];
    }
    assert_int_equal(cox_diagnose_mix(&entries[0][0], &successes[0][0], 5, 2, ratio, &err), COX_OK);
    /* The first rep's segment, of the others: 140 of 800, and 10 at the overall 570.5 / 2001. */
    near(ratio[0], (140 + 10 * 570.5 / 2001) / 810 / (570.5 / 2001), 1e-12);
    assert_true(ratio[0] < ratio[1] && ratio[1] < ratio[2] && ratio[2] < ratio[3]);
    assert_int_equal(cox_diagnose_team(&stage, 1, 5, &fit, cell, &err), COX_OK);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(cell[i].flag == COX_DIAGNOSE_LEAK, i == 4);
    }
    assert_int_equal(cox_diagnose_mix((int64_t[]){1, 2}, (int64_t[]){1, 3}, 1, 2, ratio, &err),
        COX_INVALID);
    assert_true(err.row == 2);
    assert_int_equal(cox_diagnose_mix((int64_t[]){0, 0}, (int64_t[]){0, 0}, 1, 2, ratio, &err),
        COX_OK);
    near(ratio[0], 1, 0);
}

enum { CAUSE_WEEKS = 24, CAUSE_REPS = 4 };

/* Four reps at .4 of ten; the first falls to one from week 12 on, in the way of the case. */
static enum cox_watch_cause cause_of(int fallen, int64_t attempts_then, bool away,
    bool has_attempts)
{
    static int64_t tries[CAUSE_REPS][CAUSE_WEEKS], events[CAUSE_REPS][CAUSE_WEEKS];
    static double expected[CAUSE_REPS][CAUSE_WEEKS];
    struct cox_watch_series series[CAUSE_REPS];
    struct cox_watch_reading reading[CAUSE_REPS];

    for (int r = 0; r < CAUSE_REPS; r++) {
        for (int w = 0; w < CAUSE_WEEKS; w++) {
            bool off = away && r == 0 && (w == 10 || w == 11), late = w >= 12;
            tries[r][w] = r == 0 && late ? attempts_then : 10;
            events[r][w] = late && r < fallen ? 1 : 4;
            expected[r][w] = off ? (double)NAN : has_attempts ? .4 : 4;
        }
        series[r] = (struct cox_watch_series){CAUSE_WEEKS, has_attempts ? tries[r] : NULL,
            events[r], expected[r], 0};
        reading[r] = read_series(&series[r], NULL);
    }
    assert_int_equal(cox_watch_explain(series, reading, CAUSE_REPS, 3).cause, COX_WATCH_NO_CAUSE);
    struct cox_watch_finding f = cox_watch_explain(series, reading, CAUSE_REPS, 0);
    assert_true(*cox_watch_cause_text(f.cause) != '\0' && *cox_watch_question(f.cause) != '\0');
    return f.cause;
}

static void causes_are_read_off_the_figures(void **state)
{
    (void)state;
    assert_int_equal(cause_of(1, 10, false, true), COX_WATCH_RATE);
    assert_int_equal(cause_of(1, 6, false, true), COX_WATCH_EFFORT);
    assert_int_equal(cause_of(1, 15, false, true), COX_WATCH_THIN);
    assert_int_equal(cause_of(3, 10, false, true), COX_WATCH_TEAM);
    assert_int_equal(cause_of(2, 10, false, true), COX_WATCH_RATE); /* one of three others */
    assert_int_equal(cause_of(1, 10, true, true), COX_WATCH_ABSENCE);
    assert_int_equal(cause_of(1, 10, false, false), COX_WATCH_NUMBER);
}

/* ---- what is expected, learnt ---- */

enum { LEARNT_REPS = 10, LEARNT_WEEKS = 104, LEARNT_BASE = 48, LEARNT_SEASONS = 13, TEAMS = 60 };

struct learnt_team {
    int64_t attempts[LEARNT_REPS * LEARNT_WEEKS], events[LEARNT_REPS * LEARNT_WEEKS];
    double worked[LEARNT_REPS * LEARNT_WEEKS], expected[LEARNT_REPS * LEARNT_WEEKS];
    double known[LEARNT_REPS], factor[LEARNT_WEEKS];
    int32_t season[LEARNT_WEEKS];
};

/* Two years, 8 attempts a week, rates about .35 that differ, a season of up to a third, five weeks off a year. */
static void make_team(struct cox_random *random, struct learnt_team *team)
{
    for (size_t rep = 0; rep < LEARNT_REPS; rep++) {
        double logit = -.62 + .25 * cox_random_normal(random);
        for (size_t week = 0; week < LEARNT_WEEKS; week++) {
            size_t at = rep * LEARNT_WEEKS + week;
            double season = 1 + .33 * sin(2 * 3.14159265358979 * (double)(week % 52) / 52);
            double chance = season / (1 + exp(-logit));
            team->season[week] = (int32_t)(week % 52 / 4);
            team->worked[at] = cox_random_chance(random, 5. / 52) ? 0 : 1;
            team->attempts[at] = team->worked[at] > 0 ? 8 : 0;
            team->events[at] = 0;
            for (int64_t i = 0; i < team->attempts[at]; i++) {
                team->events[at] += cox_random_chance(random, chance) ? 1 : 0;
            }
        }
    }
}

/* Share of healthy reps alarmed in the second year. */
static double alarms_of(bool has_season, double limit)
{
    static struct learnt_team team;
    static double space[2000];
    struct cox_expect_team in = {LEARNT_REPS, LEARNT_WEEKS, team.attempts, team.events, team.worked,
        has_season ? team.season : NULL, LEARNT_SEASONS, LEARNT_BASE};
    const struct cox_watch_opt opt = {.limit = limit};
    struct cox_random random;
    struct cox_err err;
    int alarmed = 0;

    cox_random_init(&random, 31);
    assert_true(cox_expect_workspace_size(&in) <= sizeof(space));
    for (int i = 0; i < TEAMS; i++) {
        make_team(&random, &team);
        assert_int_equal(cox_expect_learn(&in, team.expected, team.known, team.factor, space, &err),
            COX_OK);
        for (size_t rep = 0; rep < LEARNT_REPS; rep++) {
            const struct cox_watch_series series = {LEARNT_WEEKS,
                team.attempts + rep * LEARNT_WEEKS, team.events + rep * LEARNT_WEEKS,
                team.expected + rep * LEARNT_WEEKS, 0};
            alarmed += read_series(&series, &opt).first_week >= 0 ? 1 : 0;
        }
    }
    return 100. * alarmed / (TEAMS * LEARNT_REPS);
}

static void season_and_leave_raise_no_alarm(void **state)
{
    double limit, with, without;
    struct cox_err err;

    (void)state;
    assert_int_equal(cox_watch_limit(8, .35, LEARNT_BASE * 8 + 20, .6, 52, .09, &limit, &err),
        COX_OK);
    with = alarms_of(true, limit);
    without = alarms_of(false, limit);
    print_message("expectation learnt from %d weeks, limit %.2f: %.1f %% of healthy reps a year; "
                  "without the season %.1f %%\n",
        LEARNT_BASE, limit, with, without);
    assert_true(with <= 9 + 3 * 1.2); /* the budget, and three standard errors of 600 reps */
    assert_true(without > 3 * with);
}

static void expectations_are_learnt(void **state)
{
    enum { WEEKS_HERE = 12 };
    int64_t events[WEEKS_HERE] = {4, 4, 4, 4, 4, 4, 4, 4, 0, 4, 2, 4};
    double worked[WEEKS_HERE] = {1, 1, 1, 1, 1, 1, 1, 1, 0, 1, .5, 1}, expected[WEEKS_HERE], known,
           space[100];
    struct cox_expect_team team = {1, WEEKS_HERE, NULL, events, worked, NULL, 0, 8};
    struct cox_err err;

    (void)state;
    assert_int_equal(cox_expect_learn(&team, expected, &known, NULL, space, &err), COX_OK);
    assert_true(isnan(expected[7]) && isnan(expected[8])); /* the baseline, and a week away */
    near(expected[9], 4, 1e-12);
    near(expected[10], 2, 1e-12); /* half a week */
    near(known, 10, 1e-12);
    team.baseline_weeks = 3;
    assert_int_equal(cox_expect_learn(&team, expected, &known, NULL, space, &err), COX_INVALID);
    assert_string_equal(err.field, "baseline");
    team.baseline_weeks = 8;
    worked[2] = 1.5;
    assert_int_equal(cox_expect_learn(&team, expected, &known, NULL, space, &err), COX_INVALID);
    assert_string_equal(err.field, "worked");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics_equal_the_reference),
        cmocka_unit_test(little_data_is_silent),
        cmocka_unit_test(bad_weeks_are_named),
        cmocka_unit_test(alarms_are_rare_and_soon),
        cmocka_unit_test(the_limit_meets_the_budget),
        cmocka_unit_test(season_and_leave_raise_no_alarm),
        cmocka_unit_test(expectations_are_learnt),
        cmocka_unit_test(false_discoveries_are_bounded),
        cmocka_unit_test(the_fit_equals_the_reference),
        cmocka_unit_test(mix_is_taken_off),
        cmocka_unit_test(mix_comes_from_segments),
        cmocka_unit_test(causes_are_read_off_the_figures),
        cmocka_unit_test(bad_stages_are_named),
        cmocka_unit_test(flags_are_mostly_right),
        cmocka_unit_test(chance_is_not_flagged),
    };

    return cmocka_run_group_tests_name("stats_signal", tests, NULL, NULL);
}
