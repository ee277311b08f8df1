/* tests/unit/test_command_stats.c: coxswain stats from files, as text and JSON; refusals with place. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "command/command.h"

struct answer {
    int status;
    char *out, *err;
};

static char path[64];

static int setup(void **state)
{
    (void)state;
    (void)strcpy(path, "/tmp/cox-test-stats-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
    (void)state;
    return unlink(path);
}

/* coxswain stats WORD... over a file with that text; FILE among the words is its path. */
static struct answer run(const char *csv, const char *const *words)
{
    const char *argv[16] = {"coxswain", "stats"};
    struct answer answer = {0};
    size_t out_size, err_size;
    int argc = 2;
    FILE *file = fopen(path, "w"), *out, *err;

    assert_non_null(file);
    (void)fputs(csv, file);
    (void)fclose(file);
    for (; words[argc - 2] != NULL; argc++) {
        argv[argc] = strcmp(words[argc - 2], "FILE") == 0 ? path : words[argc - 2];
    }
    out = open_memstream(&answer.out, &out_size);
    err = open_memstream(&answer.err, &err_size);
    answer.status = cox_cli_main(argc, argv, out, err);
    (void)fclose(out);
    (void)fclose(err);
    return answer;
}

static void done(struct answer answer)
{
    free(answer.out);
    free(answer.err);
}

static json_t *run_json(const char *csv, const char *const *words)
{
    struct answer answer = run(csv, words);
    json_t *json;

    if (answer.status != 0) {
        fail_msg("%s", answer.err);
    }
    json = json_loads(answer.out, 0, NULL);
    assert_non_null(json);
    done(answer);
    return json;
}

static void near(const json_t *json, const char *key, double expected, double within)
{
    double got = json_number_value(json_object_get(json, key));

    if (!(fabs(got - expected) <= within)) {
        fail_msg("%s is %.12g, expected %.12g", key, got, expected);
    }
}

static void refuses(const char *csv, const char *const *words, const char *says)
{
    struct answer answer = run(csv, words);

    assert_int_not_equal(answer.status, 0);
    assert_string_equal(answer.out, "");
    if (strstr(answer.err, says) == NULL) {
        fail_msg("refused with: %s", answer.err);
    }
    done(answer);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void experiments(void **state)
{
    static const char looks[] = "look,arm,trials,wins\n1,control,200,50\n1,variant,200,70\n"
                                "2,control,300,60\n2,variant,300,90\n";
    json_t *json = run_json(looks, WORDS("experiment", "FILE", "--json"));
    struct answer answer;

    (void)state;
    near(json, "control_trials", 500, 0);
    near(json, "control_rate", .22, 1e-12);
    near(json, "p_value", 0.010726251654352, 1e-9);
    near(json, "looks", 2, 0);
    assert_string_equal(json_string_value(json_object_get(json, "verdict")), "better");
    json_decref(json);
    answer = run(looks, WORDS("experiment", "FILE"));
    assert_non_null(strstr(answer.out, "verdict: better, after 2 looks"));
    done(answer);
    json =
        run_json("arm,rep,trials,wins\ncontrol,a,10,2\ncontrol,b,12,5\ncontrol,c,8,1\n"
                 "control,d,15,6\nvariant,e,9,3\nvariant,f,10,8\nvariant,g,12,3\nvariant,h,11,9\n",
            WORDS("experiment", "FILE", "--json"));
    assert_string_equal(json_string_value(json_object_get(json, "verdict")), "undecided");
    json_decref(json);
    json = run_json("arm,received,trials,wins\ncontrol,control,30,9\ncontrol,variant,5,1\n"
                    "variant,variant,35,12\n",
        WORDS("experiment", "FILE", "--json"));
    near(json, "moved_trials", 5, 0);
    near(json, "control_trials", 35, 0);
    json_decref(json);
    refuses("arm,received,trials,wins\ncontrol,none,1,1\n", WORDS("experiment", "FILE"),
        "received");
    refuses("arm,trials,wins\nboth,1,1\n", WORDS("experiment", "FILE"), "control or variant");
    refuses("arm,trials,wins\ncontrol,1,2\n", WORDS("experiment", "FILE"), "row 2");
    refuses("arm,trials\ncontrol,1\n", WORDS("experiment", "FILE"), "wins");
    refuses("arm,trials,wins,Wins\ncontrol,1,1,0\n", WORDS("experiment", "FILE"),
        "columns 3 and 4 are both named");
    refuses("name,estimate,error\na,1,1\nb,2,1\nc,1e300,1\n", WORDS("compare", "FILE"), "row 4");
    refuses("name,estimate,error\na,1,1\nb,2,0\nc,3,1\n", WORDS("compare", "FILE"), "row 3");
    refuses("name,estimate,error\na,1,1\nb,2,1\na,3,1\n", WORDS("compare", "FILE"),
        "row 4: name: was there before");
    refuses("rep,week,attempts,events,expected\na,1,8,3,.3\nb,1,8,3,.3\nb,2,8,3,1.3\n",
        WORDS("watch", "FILE"), "row 4: expected");
    refuses("rep,week,attempts,events,expected\na,1,8,3,.3\nb,1,8,9,.3\n", WORDS("watch", "FILE"),
        "row 3: events");
    refuses("arm,trials,wins\n", WORDS("experiment", "FILE"), "no rows");
    refuses(looks, WORDS("experiment", "FILE", "--alpha", "2"), "alpha");
}

/* The panel of test_stats_impact.c, with a decimal comma for good measure. */
static void write_panel(char *text, size_t size, bool starts)
{
    static const int value[10][6] = {{10, 12, 11, 13, 15, 14}, {9, 8, 10, 9, 12, 13},
        {14, 15, 13, 16, 15, 17}, {7, 9, 8, 8, 9, 9}, {11, 11, 12, 13, 12, 12},
        {8, 10, 9, 10, 9, 11}, {13, 12, 14, 13, 14, 14}, {10, 9, 11, 10, 11, 10},
        {12, 13, 12, 14, 13, 13}, {9, 9, 10, 9, 10, 10}};
    int used = snprintf(text, size, "team;period;outcome;%s\n", starts ? "start" : "treated");

    for (int i = 0; i < 10; i++) {
        for (int j = 5; j >= 0; j--) {
            const char *last = starts ? (i < 4 ? "Q4" : "") : (i < 4 ? "1" : "0");
            used += snprintf(text + used, size - (size_t)used, "T%d;Q%d;%d,0;%s\n", i, j + 1,
                value[i][j], last);
        }
    }
}

static void impact_and_rollout(void **state)
{
    char panel[4000];
    const json_t *part;
    json_t *json;

    (void)state;
    write_panel(panel, sizeof(panel), false);
    json = run_json(panel, WORDS("impact", "FILE", "--start", "Q4", "--json"));
    part = json_object_get(json, "difference");
    near(part, "estimate", 1.27777777777778, 1e-12);
    near(part, "p_permutation", 5.0 / 210, 1e-12);
    near(json_object_get(json, "adjusted"), "estimate", 1.37728972554985, 1e-10);
    near(json_object_get(json, "mixed"), "treated", 4, 0);
    near(json_object_get(json, "mixed"), "estimate", 1.28, .3);
    near(json_array_get(json_object_get(json, "periods"), 4), "estimate", 2.08333333333333, 1e-12);
    json_decref(json);
    refuses(panel, WORDS("impact", "FILE"), "start");
    refuses(panel, WORDS("impact", "FILE", "--start", "Q9"), "not a period");
    refuses("team,period,outcome,treated\na,1,5,1\na,1,6,1\n",
        WORDS("impact", "FILE", "--start", "1"), "already");
    refuses("team,period,outcome,treated\na,1,5,1\na,2,6,0\n",
        WORDS("impact", "FILE", "--start", "2"), "same in all rows");
    json = run_json("team,period,outcome,treated,answers\na,1,5,1,9\na,2,6,1,4\na,3,6,1,9\n"
                    "b,1,5,0,9\nb,2,6,0,5\nb,3,7,0,9\n",
        WORDS("impact", "FILE", "--start", "2", "--json"));
    near(json, "left_out_small", 1, 0);
    json_decref(json);
    refuses("team,period,outcome,treated,answers\na,1,5,1,9\n",
        WORDS("impact", "FILE", "--start", "1", "--answers-min", "4"), "answers-min");
    write_panel(panel, sizeof(panel), true);
    json = run_json(panel, WORDS("rollout", "FILE", "--json", "--draws", "200"));
    near(json, "started", 4, 0);
    near(json, "estimate", 16.0 / 9, 1e-12); /* base: the last period before */
    json_decref(json);
    refuses("team,period,outcome,start\na,1,5,9\n", WORDS("rollout", "FILE"), "not a period");
}

static void leaders(void **state)
{
    json_t *json = run_json("name,estimate,error\na,1.2,.5\nb,-.4,.6\nc,.8,.4\nd,2.5,.9\ne,.1,.5\n"
                            "f,.6,.7\ng,-1.1,.8\n",
        WORDS("compare", "FILE", "--json"));

    (void)state;
    near(json, "spread", 0.7031781199, 1e-6);
    near(json_array_get(json_object_get(json, "effects"), 3), "effect", 1.260612894037111, 1e-6);
    json_decref(json);
    refuses("name,estimate,error\na,1,1\nb,1,0\nc,1,1\n", WORDS("compare", "FILE"), "error");
}

static void weeks_and_funnels(void **state)
{
    char series[4000];
    static const int wins[12] = {3, 2, 3, 0, 2, 1, 2, 0, 1, 2, 0, 1},
                     attempts[12] = {8, 8, 7, 0, 9, 8, 8, 8, 10, 8, 6, 8};
    int used = snprintf(series, sizeof(series), "rep,week,attempts,events,expected\n");
    const json_t *part;
    json_t *json;

    (void)state;
    for (int i = 0; i < 12; i++) {
        used += snprintf(series + used, sizeof(series) - (size_t)used, "Ann,%d,%d,%d,.35\n", i + 1,
            attempts[i], wins[i]);
    }
    (void)snprintf(series + used, sizeof(series) - (size_t)used, "Bob,1,8,3,.35\n");
    json = run_json(series, WORDS("watch", "FILE", "--json"));
    part = json_array_get(json, 0);
    near(part, "statistic", 6.3259620101, 1e-9);
    assert_true(json_is_true(json_object_get(part, "alarm")));
    assert_string_equal(json_string_value(json_object_get(part, "since")), "5");
    assert_non_null(strstr(json_string_value(json_object_get(part, "message")), "Ann, since 5: "));
    assert_non_null(strstr(json_string_value(json_object_get(part, "question")), "?"));
    near(part, "limit", 4.5, 0);
    assert_true(json_is_true(json_object_get(json_array_get(json, 1), "silent")));
    json_decref(json);
    json = run_json(series, WORDS("watch", "FILE", "--json", "--budget", ".05"));
    near(json_array_get(json, 0), "false_alarms_a_year", .05, 1e-4);
    json_decref(json);
    refuses(series, WORDS("watch", "FILE", "--budget", ".05", "--method", "ewma"), "budget");
    refuses(series, WORDS("watch", "FILE", "--method", "runes"), "cusum or ewma");
    json = run_json("rep,stage,segment,entries,successes\na,demo,s,60,12\na,demo,l,20,10\n"
                    "b,demo,s,20,4\nb,demo,l,60,30\nc,demo,s,40,8\nc,demo,l,40,20\n",
        WORDS("diagnose", "FILE", "--json"));
    part = json_array_get(json_object_get(json_array_get(json, 0), "reps"), 0);
    near(part, "raw", 22 / 80.0, 1e-12);
    near(part, "expected", 22 / 80.0, .02);
    assert_true(json_is_null(json_object_get(part, "flag")));
    json_decref(json);
    refuses("rep,stage,segment,entries,successes\na,d,s,9,1\na,d,s,9,1\n",
        WORDS("diagnose", "FILE"), "this stage and segment already");
    refuses("rep,stage,segment,mix_ratio,entries,successes\na,d,s,1,9,1\n",
        WORDS("diagnose", "FILE"), "mix_ratio");
    json = run_json("rep,stage,entries,successes,amount\na,demo,12,3,100\nb,demo,40,18,\n"
                    "c,demo,55,15,\nd,demo,8,4,\ne,demo,23,5,\nf,demo,31,16,\ng,demo,60,20,\n"
                    "h,demo,17,9,\ni,demo,5,0,\nj,demo,44,25,\n",
        WORDS("diagnose", "FILE", "--json"));
    part = json_array_get(json, 0);
    near(part, "log_likelihood", -26.1360294216, 1e-8);
    near(part, "mean", 0.3878599225, 1e-5);
    json_decref(json);
    refuses("rep,stage,entries,successes\na,demo,12,3\n", WORDS("diagnose", "FILE"), "no peers");
    refuses("rep,stage,entries,successes\na,demo,12,13\n", WORDS("diagnose", "FILE"), "row 2");
}

static void plans(void **state)
{
    json_t *json = run_json("", WORDS("power", "--json", "--rate", ".22", "--trials", "400"));

    (void)state;
    near(json, "mde", 0.0871495029084473, 1e-10);
    json_decref(json);
    json = run_json("",
        WORDS("power", "--json", "--sd", "5", "--teams", "4", "--cell-sd", "10", "--periods", "5"));
    /* Eight clusters two by two, as in test_stats_impact.c. */
    near(json_array_get(json_object_get(json, "rollouts"), 2), "mde", 14.2066300024362, 1e-9);
    near(json_array_get(json_object_get(json, "rollouts"), 0), "mde", 13.2890855224449, 1e-9);
    json_decref(json);
    /* Small teams, as docs/stats.md tells. */
    json = run_json("", WORDS("power", "--json", "--rate", ".245", "--trials", "288"));
    near(json, "mde", .1065, .0005);
    json_decref(json);
    json = run_json("",
        WORDS("power", "--json", "--rate", ".245", "--trials", "288", "--per-cluster", "36"));
    near(json, "mde", .169, .0005);
    json_decref(json);
    json = run_json("", WORDS("power", "--json", "--sd", "14.8", "--teams", "4", "--cell-sd",
                            "12.5", "--periods", "4"));
    near(json, "mde", 35.1, .05);
    near(json_array_get(json_object_get(json, "rollouts"), 2), "mde", 22.9, .05);
    json_decref(json);
    refuses("", WORDS("power", "--sd", "5", "--teams", "4", "--periods", "5"), "--cell-sd");
    refuses("", WORDS("power", "--rate", ".22"), "--trials");
    refuses("", WORDS("power"), "--sd and --teams");
    refuses("", WORDS("power", "--rate", "2", "--trials", "4"), "rate");
}

/* ---- sealed plans ---- */

#define PLAN                                                                                       \
    "{\"question\":\"Does it help?\",\"design\":\"experiment\",\"unit\":\"deal\",\"outcomes\":["   \
    "\"wins\",\"meetings\",\"renewals\"],\"alpha\":0.05,\"size\":400,\"effect\":0.08}"

/* The sealed text of a plan, or the failure's words; freed by the caller. */
static char *seal(const char *plan)
{
    struct answer answer = run(plan, WORDS("seal", "FILE"));
    char *text = strdup(answer.status == 0 ? answer.out : answer.err);

    assert_non_null(text);
    done(answer);
    return text;
}

/* Plan and data in files of their own. */
static struct answer run_planned(const char *sealed, const char *csv, const char *const *words)
{
    char plan_path[80];
    const char *all[16] = {0};
    size_t count = 0;
    FILE *file;

    (void)snprintf(plan_path, sizeof(plan_path), "%s.plan", path);
    file = fopen(plan_path, "w");
    assert_non_null(file);
    (void)fputs(sealed, file);
    (void)fclose(file);
    for (; words[count] != NULL; count++) {
        all[count] = words[count];
    }
    all[count] = "--plan";
    all[count + 1] = plan_path;
    struct answer answer = run(csv, all);
    (void)unlink(plan_path);
    return answer;
}

static void says(struct answer answer, bool is_refused, const char *text)
{
    const char *told = is_refused ? answer.err : answer.out;

    if ((answer.status != 0) != is_refused || strstr(told, text) == NULL) {
        fail_msg("%d: %s%s", answer.status, answer.out, answer.err);
    }
    done(answer);
}

static void sealed_plans(void **state)
{
    static const char looks[] = "arm,trials,wins,meetings\ncontrol,500,110,200\n"
                                "variant,500,165,205\n";
    char *sealed = seal(PLAN), *other, *at;
    struct answer answer;
    json_t *json, *outcome;

    (void)state;
    says(run_planned(sealed, looks, WORDS("experiment", "FILE")), false,
        "outcome 3 of 3, renewals: not in the data");
    answer = run_planned(sealed, looks, WORDS("experiment", "FILE", "--json"));
    json = json_loads(answer.out, 0, NULL);
    assert_non_null(json);
    assert_int_equal(json_array_size(json_object_get(json, "outcomes")), 3);
    outcome = json_array_get(json_object_get(json, "outcomes"), 0);
    assert_true(json_is_true(json_object_get(outcome, "decides")));
    near(outcome, "p_holm", 3 * json_number_value(json_object_get(outcome, "p")), 1e-12);
    json_decref(json);
    done(answer);
    says(run_planned(sealed, looks, WORDS("experiment", "FILE", "--alpha", ".1")), true, "alpha");
    says(run_planned(sealed, looks, WORDS("impact", "FILE", "--start", "1")), true,
        "another design");
    says(run_planned(PLAN, looks, WORDS("experiment", "FILE")), true, "is not sealed");
    at = strstr(sealed, "400"); /* a later wish for fewer */
    assert_non_null(at);
    *at = '3';
    says(run_planned(sealed, looks, WORDS("experiment", "FILE")), true,
        "not the plan that was sealed");
    free(sealed);
    /* The layout does not matter, and the same plan has the same digest. */
    sealed = seal(PLAN);
    other =
        seal("{\"unit\":\"deal\", \"effect\":0.08,\n \"size\":400,\"alpha\":0.05,\"design\":"
             "\"experiment\",\"question\":\"Does it help?\",\"outcomes\":[\"wins\",\"meetings\","
             "\"renewals\"]}");
    assert_string_equal(sealed, other);
    free(sealed);
    free(other);
    refuses("{\"question\":\"x\"}", WORDS("seal", "FILE"), "design");
    refuses("{\"colour\":1}", WORDS("seal", "FILE"), "colour");
    refuses("[", WORDS("seal", "FILE"), "JSON");
}

static void planned_impact(void **state)
{
    static const char plan[] =
        "{\"question\":\"Coaching?\",\"design\":\"impact\",\"unit\":\"team\",\"outcomes\":["
        "\"outcome\",\"morale\"],\"alpha\":0.05,\"size\":10,\"effect\":1,\"start\":\"3\","
        "\"method\":\"adjusted\"}";
    char csv[4000] = "team,period,outcome,treated\n", picture[80], line[60];
    char *sealed = seal(plan);
    FILE *file;

    (void)state;
    for (int team = 0; team < 10; team++) {
        for (int period = 0; period < 6; period++) {
            (void)snprintf(line, sizeof(line), "t%d,%d,%d,%d\n", team, period,
                10 + team + (team * 7 + period * 5) % 4 + (team % 2 != 0 && period > 2 ? 5 : 0),
                team % 2);
            (void)strcat(csv, line);
        }
    }
    (void)snprintf(picture, sizeof(picture), "%s.svg", path);
    says(run_planned(sealed, csv, WORDS("impact", "FILE", "--plot", picture)), false,
        "outcome 2 of 2, morale: not in the data");
    file = fopen(picture, "r");
    assert_non_null(file);
    assert_true(fread(line, 1, 4, file) == 4 && strncmp(line, "<svg", 4) == 0);
    (void)fclose(file);
    (void)unlink(picture);
    says(run_planned(sealed, csv, WORDS("impact", "FILE", "--start", "2")), true, "start");
    free(sealed);
    refuses("{\"question\":\"x\",\"design\":\"impact\",\"unit\":\"t\",\"outcomes\":[\"a\"],"
            "\"alpha\":0.05,\"size\":1,\"effect\":1,\"method\":\"magic\"}",
        WORDS("seal", "FILE"), "method");
}

static void watch_learns(void **state)
{
    char csv[8000] = "rep,week,attempts,events,worked\n", line[60];
    json_t *json;

    (void)state;
    for (int rep = 0; rep < 3; rep++) {
        for (int week = 1; week <= 40; week++) {
            bool is_away = week % 13 == 0, is_low = rep == 0 && week > 20;
            (void)snprintf(line, sizeof(line), "r%d,%d,%d,%d,%d\n", rep, week, is_away ? 0 : 10,
                is_away  ? 0
                : is_low ? 1
                         : 4,
                is_away ? 0 : 1);
            (void)strcat(csv, line);
        }
    }
    json = run_json(csv, WORDS("watch", "FILE", "--baseline", "16", "--budget", ".05", "--json"));
    assert_true(json_is_true(json_object_get(json_array_get(json, 0), "alarm")));
    assert_true(json_is_false(json_object_get(json_array_get(json, 1), "alarm")));
    json_decref(json);
    refuses(csv, WORDS("watch", "FILE"), "--baseline");
    refuses("rep,week,attempts,events,worked\na,1,5,2,3\n",
        WORDS("watch", "FILE", "--baseline", "8"), "worked");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(experiments),
        cmocka_unit_test(impact_and_rollout),
        cmocka_unit_test(leaders),
        cmocka_unit_test(weeks_and_funnels),
        cmocka_unit_test(plans),
        cmocka_unit_test(sealed_plans),
        cmocka_unit_test(planned_impact),
        cmocka_unit_test(watch_learns),
    };

    return cmocka_run_group_tests_name("command_stats", tests, setup, teardown);
}
