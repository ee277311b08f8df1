/*
 * tests/unit/test_forecast_rolling.c: the rolling backtest: a planted leak changes nothing, the Maven months
 * come out within their bars, weights and commits follow their record.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "kernel/forecast/judgement.h"
#include "kernel/forecast/rolling.h"
#include "kernel/forecast/score.h"
#include "shared_data.h"

enum { DEALS = 9000, DAYS = 900, PERIODS = 11, NAMES = 40 };

struct maven {
    size_t count, team_count, product_count;
    int32_t created[DEALS], closed[DEALS];
    unsigned char ending[DEALS];
    int64_t amount[DEALS];
    uint16_t team[DEALS], product[DEALS];
    unsigned char season[DAYS];
    int32_t start[PERIODS + 1];
    char agent[NAMES][64], manager[NAMES][64], product_name[NAMES][64], manager_name[NAMES][64];
    size_t agent_count;
};

static uint16_t name_id(char (*names)[64], size_t *count, const char *name)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(names[i], name) == 0) {
            return (uint16_t)i;
        }
    }
    (void)snprintf(names[*count], 64, "%s", name);
    return (uint16_t)(*count)++;
}

static bool load(struct maven *m)
{
    char line[512], room[64];
    FILE *teams = open_shared("maven-crm/sales_teams.csv");
    FILE *deals = teams == NULL ? NULL : open_shared("maven-crm/sales_pipeline.csv");

    if (deals == NULL) {
        return false;
    }
    while (fgets(line, sizeof(line), teams) != NULL) {
        (void)snprintf(m->agent[m->agent_count], 64, "%s", field_of(line, 0, room, sizeof(room)));
        (void)snprintf(m->manager[m->agent_count++], 64, "%s",
            field_of(line, 1, room, sizeof(room)));
    }
    (void)fclose(teams);
    while (fgets(line, sizeof(line), deals) != NULL) {
        size_t i = m->count, agents = m->agent_count;
        m->created[i] = day_of_text(field_of(line, 5, room, sizeof(room)));
        if (m->created[i] == INT32_MIN) {
            continue;
        }
        m->closed[i] = day_of_text(field_of(line, 6, room, sizeof(room)));
        (void)field_of(line, 4, room, sizeof(room));
        m->ending[i] = strcmp(room, "Won") == 0    ? COX_WON
                       : strcmp(room, "Lost") == 0 ? COX_LOST
                                                   : 0;
        m->amount[i] = 100 * (int64_t)strtod(field_of(line, 7, room, sizeof(room)), NULL);
        m->product[i] =
            name_id(m->product_name, &m->product_count, field_of(line, 2, room, sizeof(room)));
        size_t agent = name_id(m->agent, &agents, field_of(line, 1, room, sizeof(room)));
        m->team[i] = name_id(m->manager_name, &m->team_count, m->manager[agent]);
        m->count++;
    }
    (void)fclose(deals);
    for (int k = 0; k <= PERIODS; k++) {
        char text[32];
        (void)snprintf(text, sizeof(text), "%d-%02d-01", k + 1 > 11 ? 2018 : 2017,
            (k + 1) % 12 + 1);
        m->start[k] = day_of_text(text);
    }
    for (int32_t d = 0, k = 0; d < DAYS; d++) { /* the calendar begins on 1 October 2016 */
        while (k < PERIODS && day_of_text("2016-10-01") + d >= m->start[k]) {
            k++;
        }
        m->season[d] = (unsigned char)(k == 0 ? (d < 31 ? 0 : d < 61 ? 1 : d < 92 ? 2 : 0) : k % 3);
    }
    return true;
}

struct figures {
    double wape_blend, wape_kernel, wape_run, wape_last, wape_crm;
    double pin_blend, pin_run, pin_last, cover, count;
};

static struct figures score(const struct cox_rolling_row *rows, size_t count)
{
    static const double level[] = {.1, .5, .9};
    double sum = 0.0;
    struct figures f = {.count = (double)count};

    for (size_t i = 0; i < count; i++) {
        const struct cox_rolling_row *r = &rows[i];
        double last[3] = {r->last * .6, r->last, r->last * 1.4};
        sum += r->actual;
        f.wape_blend += fabs(r->actual - r->blend[1]);
        f.wape_kernel += fabs(r->actual - r->kernel[1]);
        f.wape_run += fabs(r->actual - r->mean3);
        f.wape_last += fabs(r->actual - r->last);
        f.wape_crm += fabs(r->actual - r->crm);
        f.pin_blend += cox_mean_pinball(&r->actual, r->blend, 1, level, 3);
        f.pin_run += cox_mean_pinball(&r->actual, r->run, 1, level, 3);
        f.pin_last += cox_mean_pinball(&r->actual, last, 1, level, 3);
        f.cover += cox_cover(&r->actual, &r->blend[0], &r->blend[2], 1) / f.count;
    }
    f.wape_blend /= sum;
    f.wape_kernel /= sum;
    f.wape_run /= sum;
    f.wape_last /= sum;
    f.wape_crm /= sum;
    f.pin_blend /= sum;
    f.pin_run /= sum;
    f.pin_last /= sum;
    return f;
}

static struct cox_rolling_row *run(struct maven *m, bool by_team)
{
    const struct cox_rolling_deals deals = {
        .lives = {m->count, m->created, m->closed, m->ending, NULL},
        .hazard_group_count = 1,
        .amount_minor = m->amount,
        .segment = m->product,
        .segment_count = m->product_count,
        .team = by_team ? m->team : NULL,
        .team_count = by_team ? m->team_count : 1};
    const struct cox_seasons seasons = {day_of_text("2016-10-01"), DAYS, 3, m->season};
    const struct cox_rolling_opt opt = {m->start, PERIODS, 3, 0.0};
    struct cox_rolling_row *rows = calloc((PERIODS - 3) * deals.team_count, sizeof(*rows));
    void *work = malloc(cox_rolling_workspace_size(&deals, 3));
    struct cox_err err;

    if (cox_rolling_run(&deals, &seasons, &opt, work, rows, &err) != COX_OK) {
        fail_msg("%s: %s", err.field, err.text);
    }
    free(work);
    return rows;
}

static void maven_months_meet_their_bars(void **state)
{
    static struct maven m;

    (void)state;
    if (!load(&m)) {
        skip();
    }
    for (int by_team = 0; by_team < 2; by_team++) {
        struct cox_rolling_row *rows = run(&m, by_team);
        struct figures f = score(rows, 8 * (by_team ? m.team_count : 1));
        print_message(
            "%s: WAPE blend %.3f kernel %.3f mean3 %.3f last %.3f CRM %.2f; pinball blend %.3f "
            "mean3 %.3f last %.3f; cover %.2f (n=%.0f)\n",
            by_team ? "manager" : "company", f.wape_blend, f.wape_kernel, f.wape_run, f.wape_last,
            f.wape_crm, f.pin_blend, f.pin_run, f.pin_last, f.cover, f.count);
        assert_true(f.wape_blend <= (by_team ? .27 : .20));
        assert_true(f.pin_blend <= 1.05 * fmin(f.pin_run, f.pin_last));
        assert_true(!by_team || (f.cover >= .70 && f.cover <= .92));
        free(rows);
    }
}

/* Rewriting what was recorded from November on leaves the forecasts up to the one of 1 November alone. */
static void a_planted_leak_changes_nothing(void **state)
{
    static struct maven m;

    (void)state;
    if (!load(&m)) {
        skip();
    }
    struct cox_rolling_row *before = run(&m, false);
    for (size_t i = 0; i < m.count; i++) {
        if (m.closed[i] == COX_NO_DAY || m.closed[i] >= m.start[9]) {
            m.ending[i] = COX_WON;
            m.closed[i] = m.start[9] + 3;
            m.amount[i] = 777777777;
        }
    }
    struct cox_rolling_row *after = run(&m, false);
    for (size_t k = 0; k <= 6; k++) {
        assert_memory_equal(before[k].kernel, after[k].kernel, sizeof(after[k].kernel));
        assert_memory_equal(before[k].blend, after[k].blend, sizeof(after[k].blend));
        assert_true(before[k].crm == after[k].crm);
    }
    free(before);
    free(after);
}

static void commits_are_read_by_their_record(void **state)
{
    /* Owner 0 always gets half of the commit, owner 1 hits it, owner 2 is new. */
    static const double commit[] = {10, 20, 10, 30, 10, 20, 10, 30, 5};
    static const double actual[] = {5, 10, 5, 15, 10, 20, 10, 30, 0};
    static const size_t owner[] = {0, 0, 0, 0, 1, 1, 1, 1, 1};
    struct cox_judgement j[3];
    double weight[2];

    (void)state;
    cox_judgement_fit(commit, actual, owner, 9, 3, j);
    assert_true(j[0].bias < -.4 && j[0].bias > log(.5) && j[1].bias > j[0].bias && j[1].bias < 0);
    assert_true(
        j[2].bias < j[1].bias && j[2].bias > j[0].bias && j[2].count == 0 && j[1].count == 4);
    assert_true(cox_judgement_quantile(&j[0], 100, .5) < 70);
    cox_judgement_fit(commit, actual, owner, 0, 1, j);
    assert_true(
        j[0].bias == 0 && fabs(cox_judgement_quantile(&j[0], 100, .9) - 100 * exp(.4)) < 1e-6);
    cox_blend_weights((double[]){1, 3}, 2, 4, weight);
    assert_true(fabs(weight[0] - .75) < 1e-12);
    cox_blend_weights((double[]){1, 3}, 2, 2, weight);
    assert_true(weight[0] == .5);
    cox_blend_weights((double[]){0, 3}, 2, 4, weight);
    assert_true(weight[0] == .5);
}

static void refusals(void **state)
{
    static const int32_t start[] = {10, 40, 30};
    static unsigned char season[100];
    const struct cox_rolling_deals deals = {.hazard_group_count = 1,
        .segment_count = 1,
        .team_count = 1};
    const struct cox_seasons seasons = {0, 100, 1, season};
    struct cox_rolling_opt opt = {start, 2, 1, 0};
    struct cox_rolling_row row;
    struct cox_err err;
    void *work = malloc(cox_rolling_workspace_size(&deals, 1));

    (void)state;
    assert_int_equal(cox_rolling_run(&deals, &seasons, &opt, work, &row, &err), COX_INVALID);
    assert_string_equal(err.field, "start_day");
    opt.warm_count = 2;
    assert_int_equal(cox_rolling_run(&deals, &seasons, &opt, work, &row, &err), COX_INVALID);
    assert_string_equal(err.field, "period_count");
    free(work);
}

/*
 * A manager whose commits are a fifth too high, always: after some periods the commit is read as what
 * it is worth, and weighs more than a model that is far off. What comes later changes nothing.
 */
static void commits_are_judged(void **state)
{
    enum { PERIODS_JUDGED = 10, OWNERS = 2, ROWS = PERIODS_JUDGED * OWNERS };
    double actual[ROWS], commit[ROWS], model[3 * ROWS];
    struct cox_call_row row[ROWS], again[ROWS];
    struct cox_judgement record[OWNERS];
    size_t owner[ROWS];
    struct cox_calls calls = {PERIODS_JUDGED, OWNERS, 1, actual, {commit}, model};

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        actual[i] = 100 + 7 * (double)(i * 13 % 9);
        commit[i] = i % OWNERS == 0 ? 1.25 * actual[i] : (double)NAN;
        for (size_t q = 0; q < 3; q++) {
            model[3 * i + q] = 160 + 40 * (double)q;
        }
    }
    cox_calls_walk(&calls, owner, record, row);
    assert_true(row[0].weight[0] == .5 && row[0].weight[1] == .5); /* nothing known yet */
    assert_true(fabs(row[0].call[0][1] - commit[0]) < 1e-9);
    const struct cox_call_row *last = &row[ROWS - OWNERS];
    assert_true(last->weight[1] > .6 && fabs(last->weight[0] + last->weight[1] - 1) < 1e-12);
    assert_true(fabs(last->call[0][1] / actual[ROWS - OWNERS] - 1) < .07);
    assert_true(last->call[0][0] < last->call[0][1] && last->call[0][1] < last->call[0][2]);
    assert_true(row[ROWS - 1].weight[0] == 1 && isnan(row[ROWS - 1].call[0][1]));
    assert_true(row[ROWS - 1].blend[1] == model[3 * (ROWS - 1) + 1]);
    for (size_t i = ROWS / 2; i < ROWS; i++) {
        actual[i] = 1;
    }
    cox_calls_walk(&calls, owner, record, again);
    for (size_t i = 0; i < ROWS / 2 + OWNERS; i += OWNERS) {
        assert_memory_equal(&row[i], &again[i], sizeof(row[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maven_months_meet_their_bars),
        cmocka_unit_test(a_planted_leak_changes_nothing),
        cmocka_unit_test(commits_are_read_by_their_record),
        cmocka_unit_test(commits_are_judged),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
