/* command/stats_experiment.c: coxswain stats experiment. */
#include <math.h>

#include "command/stats.h"
#include "command/stats_plan.h"
#include "command/stats_table.h"
#include "kernel/stats/experiment.h"

/* Totals by arm (0 control, 1 variant) and rep, growing look by look. */
struct arms {
    size_t rep_count; /* 0: deals were assigned one by one */
    int64_t *trials[2], *wins[2];
    struct cox_experiment_arm total[2];
    int64_t moved; /* trials that met the other arm than theirs */
};

static enum cox_rc sum_up(struct arms *arms, struct cox_err *reterr)
{
    for (size_t a = 0; a < 2 && arms->rep_count > 0; a++) {
        int64_t *trials = arms->trials[a], *wins = arms->wins[a];
        size_t count = 0;

        /* A rep is a cluster of the arm it has trials in. */
        for (size_t r = 0; r < arms->rep_count; r++) {
            if (trials[r] > 0) {
                trials[arms->rep_count + count] = trials[r];
                wins[arms->rep_count + count++] = wins[r];
            }
        }
        COX_TRY(cox_experiment_cluster(trials + arms->rep_count, wins + arms->rep_count, count,
            &arms->total[a], reterr));
    }
    return COX_OK;
}

static enum cox_rc make_arms(struct cox_cli *cli, const struct stats_table *table,
    struct stats_labels *reps, struct arms *ret_arms, struct cox_err *reterr)
{
    struct arms arms = {.rep_count = 0};

    if (stats_has(table, "rep")) {
        COX_TRY(stats_label(cli, table, "rep", false, reps, reterr));
        arms.rep_count = reps->count;
    }
    for (size_t a = 0; a < 2; a++) {
        arms.trials[a] = COX_NEW_ARRAY(cli->arena, 2 * arms.rep_count, int64_t);
        arms.wins[a] = COX_NEW_ARRAY(cli->arena, 2 * arms.rep_count, int64_t);
        if (arms.trials[a] == NULL || arms.wins[a] == NULL) {
            return cox_no_memory(reterr);
        }
    }
    *ret_arms = arms;
    return COX_OK;
}

/* 0 or 1, or -1. */
static int arm_of(struct cox_text text)
{
    return cox_text_same_ascii(text, COX_LIT("control"))   ? 0
           : cox_text_same_ascii(text, COX_LIT("variant")) ? 1
                                                           : -1;
}

static enum cox_rc add_row(const struct stats_table *table, size_t row, const int64_t *trials,
    const int64_t *wins, const struct stats_labels *reps, struct arms *arms, struct cox_err *reterr)
{
    int arm = arm_of(stats_text(table, row, "arm"));

    if (arm < 0) {
        return cox_fail_at(reterr, COX_INVALID, "arm", table->rows[row].row,
            "must be control or variant");
    }
    if (trials[row] < 0 || wins[row] < 0 || wins[row] > trials[row] || trials[row] > INT32_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "wins", table->rows[row].row,
            "must be from 0 to the trials");
    }
    if (stats_has(table, "received")) {
        int received = arm_of(stats_text(table, row, "received"));
        if (received < 0) {
            return cox_fail_at(reterr, COX_INVALID, "received", table->rows[row].row,
                "must be control or variant");
        }
        arms->moved += received == arm ? 0 : trials[row];
    }
    if (arms->rep_count > 0) {
        arms->trials[arm][reps->of_row[row]] += trials[row];
        arms->wins[arm][reps->of_row[row]] += wins[row];
    } else {
        arms->total[arm].trial_count += trials[row];
        arms->total[arm].win_count += wins[row];
    }
    return COX_OK;
}

static const char *const verdicts[] = {
    [COX_EXPERIMENT_COLLECTING] = "collecting",
    [COX_EXPERIMENT_MISMATCH] = "sample ratio mismatch",
    [COX_EXPERIMENT_UNDECIDED] = "undecided",
    [COX_EXPERIMENT_BETTER] = "better",
    [COX_EXPERIMENT_WORSE] = "worse",
};

/* One outcome as it stands after the last look. */
struct reading {
    struct arms arms;
    struct cox_experiment_reading last;
    int64_t looks;
};

static void print_reading(struct cox_cli *cli, const void *ctx, const void *result)
{
    const struct reading *reading = result;
    const struct cox_experiment_reading *r = &reading->last;
    const struct arms *arms = &reading->arms;

    (void)ctx; /* a reading stands for itself */
    fprintf(cli->out, "verdict: %s, after %lld looks\n", verdicts[r->verdict],
        (long long)reading->looks);
    fprintf(cli->out, "control: %.1f %% of %lld (%.1f to %.1f)\n", 100 * r->control_rate,
        (long long)arms->total[0].trial_count, 100 * r->control_low, 100 * r->control_high);
    fprintf(cli->out, "variant: %.1f %% of %lld (%.1f to %.1f)\n", 100 * r->variant_rate,
        (long long)arms->total[1].trial_count, 100 * r->variant_low, 100 * r->variant_high);
    fprintf(cli->out, "lift: %+.1f points (%+.1f to %+.1f), expect %+.1f\n", 100 * r->lift,
        100 * r->lift_low, 100 * r->lift_high, 100 * r->lift_shrunk);
    if (arms->moved > 0) {
        fprintf(cli->out, "%lld trials met the other arm; they count as assigned\n",
            (long long)arms->moved);
    }
    fprintf(cli->out, "p, valid at any time: %.4g; sample ratio p: %.4g\n", r->p_value,
        r->mismatch_p);
}

static void put_reading(struct cox_json *json, const void *ctx, const void *result)
{
    const struct reading *reading = result;
    const struct cox_experiment_reading *r = &reading->last;

    (void)ctx; /* a reading stands for itself */
    cox_json_put_string(json, "verdict", verdicts[r->verdict]);
    cox_json_put_int(json, "looks", reading->looks);
    cox_json_put_int(json, "moved_trials", reading->arms.moved);
    cox_json_put_int(json, "control_trials", reading->arms.total[0].trial_count);
    cox_json_put_int(json, "variant_trials", reading->arms.total[1].trial_count);
    cox_json_put_real(json, "control_rate", r->control_rate);
    cox_json_put_real(json, "control_low", r->control_low);
    cox_json_put_real(json, "control_high", r->control_high);
    cox_json_put_real(json, "variant_rate", r->variant_rate);
    cox_json_put_real(json, "variant_low", r->variant_low);
    cox_json_put_real(json, "variant_high", r->variant_high);
    cox_json_put_real(json, "lift", r->lift);
    cox_json_put_real(json, "lift_low", r->lift_low);
    cox_json_put_real(json, "lift_high", r->lift_high);
    cox_json_put_real(json, "lift_shrunk", r->lift_shrunk);
    cox_json_put_real(json, "p_value", r->p_value);
    cox_json_put_real(json, "mismatch_p", r->mismatch_p);
}

/* Look by look: the p-value is the smallest so far. */
static enum cox_rc read_outcome(struct cox_cli *cli, const struct stats_table *table,
    const struct cox_experiment_opt *opt, const char *column, struct reading *reading,
    struct cox_err *reterr)
{
    struct stats_labels reps = {0};
    int64_t *trials, *wins;

    *reading = (struct reading){.last.p_value = 1};
    COX_TRY(stats_ints(cli, table, "trials", true, &trials, reterr));
    COX_TRY(stats_ints(cli, table, column, true, &wins, reterr));
    COX_TRY(make_arms(cli, table, &reps, &reading->arms, reterr));
    for (size_t i = 0; i < table->row_count; i++) {
        COX_TRY(add_row(table, i, trials, wins, &reps, &reading->arms, reterr));
        if (i + 1 == table->row_count ||
            !cox_text_same(stats_text(table, i, "look"), stats_text(table, i + 1, "look"))) {
            COX_TRY(sum_up(&reading->arms, reterr));
            COX_TRY(cox_experiment_read(opt, &reading->arms.total[0], &reading->arms.total[1],
                reading->last.p_value, &reading->last, reterr));
            reading->looks++;
        }
    }
    return COX_OK;
}

struct experiment_reader {
    const struct stats_table *table;
    struct cox_experiment_opt opt;
};

static enum cox_rc read_experiment_of(struct cox_cli *cli, void *ctx, const char *column,
    struct stats_outcome *ret_outcome, struct cox_err *reterr)
{
    struct experiment_reader *reader = ctx;
    struct reading *reading = COX_NEW(cli->arena, struct reading);

    if (reading == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(read_outcome(cli, reader->table, &reader->opt, column, reading, reterr));
    ret_outcome->result = reading;
    ret_outcome->p_value = reading->last.verdict == COX_EXPERIMENT_MISMATCH ||
                                   reading->last.verdict == COX_EXPERIMENT_COLLECTING
                               ? (double)NAN
                               : reading->last.p_value;
    return COX_OK;
}

enum cox_rc stats_run_experiment(struct cox_cli *cli, struct cox_err *reterr)
{
    const struct stats_teller teller = {put_reading, print_reading, NULL};
    struct stats_outcome outcomes[STATS_OUTCOMES_MAX];
    struct stats_table table;
    struct experiment_reader reader = {.table = &table};
    struct stats_plan plan;

    COX_TRY(stats_plan_load(cli, "experiment", "wins", &plan, reterr));
    COX_TRY(stats_plan_number(cli, &plan, "alpha", 1e-6, 0.5, 0.05, &reader.opt.alpha, reterr));
    COX_TRY(stats_plan_number(cli, &plan, "tau", 1e-4, 1, 0.08, &reader.opt.tau, reterr));
    COX_TRY(
        stats_plan_number(cli, &plan, "share", 0.01, 0.99, 0.5, &reader.opt.variant_share, reterr));
    COX_TRY(stats_load(cli, cli->args[0], &table, reterr));
    COX_TRY(stats_plan_read(cli, &plan, &table, read_experiment_of, &reader, outcomes, reterr));
    return stats_plan_tell(cli, &plan, outcomes, &teller, reterr);
}
