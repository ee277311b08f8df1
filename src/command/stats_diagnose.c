/* command/stats_diagnose.c: coxswain stats diagnose. */
#include <math.h>

#include "command/stats.h"
#include "command/stats_table.h"
#include "kernel/stats/diagnose.h"

struct funnel {
    struct stats_table table;
    struct stats_labels reps, stages;
    struct cox_diagnose_stage *stage;
    struct cox_diagnose_fit *fit;
    struct cox_diagnose_cell *cell;
    /* Where the file has segments: [stage][rep][segment], -1 in entries where it has no row. */
    struct stats_labels segments;
    int64_t *mix_entries, *mix_successes;
};

static enum cox_rc make_stages(struct cox_cli *cli, struct funnel *in, struct cox_err *reterr)
{
    size_t stages = in->stages.count, reps = in->reps.count;
    double *ratio = cox_arena_array(cli->arena, stages * reps, sizeof(*ratio));
    int64_t *entries = cox_arena_array(cli->arena, stages * reps, sizeof(*entries));
    int64_t *successes = cox_arena_array(cli->arena, stages * reps, sizeof(*successes));

    in->stage = COX_NEW_ARRAY(cli->arena, stages, struct cox_diagnose_stage);
    in->fit = COX_NEW_ARRAY(cli->arena, stages, struct cox_diagnose_fit);
    in->cell = cox_arena_array(cli->arena, stages * reps, sizeof(*in->cell));
    if (ratio == NULL || entries == NULL || successes == NULL || in->stage == NULL ||
        in->fit == NULL || in->cell == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < stages; i++) {
        in->stage[i] = (struct cox_diagnose_stage){entries + i * reps, successes + i * reps,
            ratio + i * reps, 1, 1};
    }
    for (size_t i = 0; i < stages * reps; i++) {
        ratio[i] = 1;
        entries[i] = -1; /* no row yet */
        successes[i] = 0;
    }
    return COX_OK;
}

static enum cox_rc make_mix(struct cox_cli *cli, struct funnel *in, struct cox_err *reterr)
{
    if (!stats_has(&in->table, "segment")) {
        return COX_OK;
    }
    if (stats_has(&in->table, "mix_ratio")) {
        return cox_fail_at(reterr, COX_INVALID, "mix_ratio", 0,
            "is worked out from the segments: leave one of the two columns out");
    }
    COX_TRY(stats_label(cli, &in->table, "segment", false, &in->segments, reterr));
    size_t count = in->stages.count * in->reps.count * in->segments.count;
    in->mix_entries = cox_arena_array(cli->arena, count, sizeof(*in->mix_entries));
    in->mix_successes = cox_arena_array(cli->arena, count, sizeof(*in->mix_successes));
    if (in->mix_entries == NULL || in->mix_successes == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        in->mix_entries[i] = -1;
        in->mix_successes[i] = 0;
    }
    return COX_OK;
}

/* A row's place among those of its rep and stage; it must be the first there. */
static enum cox_rc claim_place(const struct funnel *in, size_t row, size_t at, int64_t entries,
    int64_t successes, int64_t *to_entries, int64_t *to_successes, struct cox_err *reterr)
{
    bool is_mixed = in->mix_entries != NULL;
    size_t place = is_mixed ? at * in->segments.count + in->segments.of_row[row] : at;
    int64_t *claimed = is_mixed ? &in->mix_entries[place] : &to_entries[at];

    if (*claimed >= 0) {
        return cox_fail_at(reterr, COX_INVALID, "stage", in->table.rows[row].row,
            "this rep has a row for this stage%s already", is_mixed ? " and segment" : "");
    }
    if (entries < 0 || successes < 0 || successes > entries) {
        return cox_fail_at(reterr, COX_INVALID, "successes", in->table.rows[row].row,
            "must be from 0 to the entries");
    }
    *claimed = entries;
    if (is_mixed) {
        in->mix_successes[place] = successes;
        to_entries[at] = (to_entries[at] < 0 ? 0 : to_entries[at]) + entries;
        to_successes[at] += successes;
    } else {
        to_successes[at] = successes;
    }
    return COX_OK;
}

/* What each rep's segments make expected of the rep. */
static enum cox_rc set_mix(struct funnel *in, double *ratio, struct cox_err *reterr)
{
    size_t one = in->reps.count * in->segments.count;

    if (in->mix_entries == NULL) {
        return COX_OK;
    }
    for (size_t i = 0; i < in->stages.count * one; i++) {
        in->mix_entries[i] = in->mix_entries[i] < 0 ? 0 : in->mix_entries[i];
    }
    for (size_t s = 0; s < in->stages.count; s++) {
        COX_TRY(cox_diagnose_mix(in->mix_entries + s * one, in->mix_successes + s * one,
            in->reps.count, in->segments.count, ratio + s * in->reps.count, reterr));
    }
    return COX_OK;
}

/* The rows' numbers into the stages' arrays; these were made here, so they may be written. */
static enum cox_rc fill_stages(struct cox_cli *cli, struct funnel *in, struct cox_err *reterr)
{
    int64_t *entries, *successes, *to_entries, *to_successes;
    double *ratio, *downstream, *amount, *to_ratio;
    size_t reps = in->reps.count;

    COX_TRY(stats_ints(cli, &in->table, "entries", true, &entries, reterr));
    COX_TRY(stats_ints(cli, &in->table, "successes", true, &successes, reterr));
    COX_TRY(stats_reals(cli, &in->table, "mix_ratio", false, &ratio, reterr));
    COX_TRY(stats_reals(cli, &in->table, "downstream", false, &downstream, reterr));
    COX_TRY(stats_reals(cli, &in->table, "amount", false, &amount, reterr));
    to_entries = (int64_t *)(uintptr_t)in->stage[0].entry_count;
    to_successes = (int64_t *)(uintptr_t)in->stage[0].success_count;
    to_ratio = (double *)(uintptr_t)in->stage[0].mix_ratio;
    for (size_t i = 0; i < in->table.row_count; i++) {
        size_t stage = in->stages.of_row[i], at = stage * reps + in->reps.of_row[i];

        COX_TRY(claim_place(in, i, at, entries[i], successes[i], to_entries, to_successes, reterr));
        to_ratio[at] = ratio == NULL || isnan(ratio[i]) ? 1 : ratio[i];
        if (downstream != NULL && !isnan(downstream[i])) {
            in->stage[stage].downstream_rate = downstream[i];
        }
        if (amount != NULL && !isnan(amount[i])) {
            in->stage[stage].mean_amount = amount[i];
        }
    }
    for (size_t i = 0; i < in->stages.count * reps; i++) {
        to_entries[i] = to_entries[i] < 0 ? 0 : to_entries[i];
    }
    return set_mix(in, to_ratio, reterr);
}

static const char *const flags[] = {
    [COX_DIAGNOSE_NONE] = "",
    [COX_DIAGNOSE_LEAK] = "leak",
    [COX_DIAGNOSE_STRENGTH] = "strength",
};

static void put_cell(struct cox_json *json, struct cox_text rep, const struct cox_diagnose_cell *c)
{
    cox_json_begin_object(json);
    cox_json_put_text(json, "rep", rep);
    cox_json_put_real(json, "raw", c->raw);
    cox_json_put_real(json, "expected", c->expected);
    cox_json_put_real(json, "shrunk", c->shrunk);
    cox_json_put_real(json, "low", c->low);
    cox_json_put_real(json, "high", c->high);
    cox_json_put_real(json, "weak_prob", c->weak_prob);
    cox_json_put_real(json, "strong_prob", c->strong_prob);
    cox_json_put_real(json, "leak", c->leak);
    cox_json_put_real(json, "leak_low", c->leak_low);
    cox_json_put_real(json, "leak_high", c->leak_high);
    cox_json_put_string(json, "flag", c->flag == COX_DIAGNOSE_NONE ? NULL : flags[c->flag]);
    cox_json_end_object(json);
}

static enum cox_rc print_diagnosis_json(struct cox_cli *cli, const struct funnel *in,
    struct cox_err *reterr)
{
    struct cox_json json;

    cox_cli_json(cli, &json);
    cox_json_begin_array(&json);
    for (size_t s = 0; s < in->stages.count; s++) {
        cox_json_begin_object(&json);
        cox_json_put_text(&json, "stage", in->stages.name[s]);
        cox_json_put_real(&json, "mean", in->fit[s].mean);
        cox_json_put_real(&json, "precision", in->fit[s].precision);
        cox_json_put_real(&json, "log_likelihood", in->fit[s].log_likelihood);
        cox_json_put_bool(&json, "no_signal", in->fit[s].no_signal);
        cox_json_key(&json, "reps");
        cox_json_begin_array(&json);
        for (size_t r = 0; r < in->reps.count; r++) {
            put_cell(&json, in->reps.name[r], &in->cell[s * in->reps.count + r]);
        }
        cox_json_end_array(&json);
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    return cox_json_done(&json, reterr);
}

/* "leak: costs 12,300 (4,000 to 20,000)": money only where amounts are known. */
static void print_flag(struct cox_cli *cli, const struct funnel *in,
    const struct cox_diagnose_cell *c)
{
    if (c->flag == COX_DIAGNOSE_LEAK) {
        fprintf(cli->out, "  leak: %s %.4g (%.4g to %.4g)\n",
            stats_has(&in->table, "amount") ? "worth" : "successes", c->leak, c->leak_low,
            c->leak_high);
    } else {
        fprintf(cli->out, "%s%s\n", c->flag == COX_DIAGNOSE_NONE ? "" : "  ", flags[c->flag]);
    }
}

static void print_diagnosis(struct cox_cli *cli, const struct funnel *in)
{
    for (size_t s = 0; s < in->stages.count; s++) {
        const struct cox_diagnose_fit *fit = &in->fit[s];

        fprintf(cli->out, "%.*s: peers at %.1f %%%s\n", (int)in->stages.name[s].size,
            in->stages.name[s].ptr, 100 * fit->mean,
            fit->no_signal ? "; nothing but chance between them, nobody is flagged" : "");
        for (size_t r = 0; r < in->reps.count; r++) {
            const struct cox_diagnose_cell *c = &in->cell[s * in->reps.count + r];
            if (isnan(c->raw)) {
                continue;
            }
            fprintf(cli->out,
                "  %-20.*s raw %5.1f %%, peers %5.1f %%, likely %5.1f %% (%.1f to %.1f)",
                (int)in->reps.name[r].size, in->reps.name[r].ptr, 100 * c->raw, 100 * c->expected,
                100 * c->shrunk, 100 * c->low, 100 * c->high);
            print_flag(cli, in, c);
        }
    }
}

enum cox_rc stats_run_diagnose(struct cox_cli *cli, struct cox_err *reterr)
{
    struct funnel in = {.stage = NULL};

    COX_TRY(stats_load(cli, cli->args[0], &in.table, reterr));
    COX_TRY(stats_label(cli, &in.table, "rep", false, &in.reps, reterr));
    COX_TRY(stats_label(cli, &in.table, "stage", false, &in.stages, reterr));
    COX_TRY(make_stages(cli, &in, reterr));
    COX_TRY(make_mix(cli, &in, reterr));
    COX_TRY(fill_stages(cli, &in, reterr));
    COX_TRY(cox_diagnose_team(in.stage, in.stages.count, in.reps.count, in.fit, in.cell, reterr));
    if (cli->is_json) {
        return print_diagnosis_json(cli, &in, reterr);
    }
    print_diagnosis(cli, &in);
    return COX_OK;
}
