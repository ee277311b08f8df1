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
    refuses("", WORDS("power", "--sd", "5", "--teams", "4", "--periods", "5"), "--cell-sd");
    refuses("", WORDS("power", "--rate", ".22"), "--trials");
    refuses("", WORDS("power"), "--sd and --teams");
    refuses("", WORDS("power", "--rate", "2", "--trials", "4"), "rate");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(experiments),
        cmocka_unit_test(impact_and_rollout),
        cmocka_unit_test(leaders),
        cmocka_unit_test(weeks_and_funnels),
        cmocka_unit_test(plans),
    };

    return cmocka_run_group_tests_name("command_stats", tests, setup, teardown);
}
