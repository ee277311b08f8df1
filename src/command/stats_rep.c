/* command/stats_rep.c: coxswain stats watch and diagnose. */
#include <math.h>

#include "command/stats.h"
#include "command/stats_table.h"
#include "kernel/stats/diagnose.h"
#include "kernel/stats/watch.h"

/* The file's columns, and one rep's rows of them in the order of weeks. */
struct weeks {
    struct stats_table table;
    struct stats_labels reps, weeks;
    int64_t *attempts, *events; /* attempts NULL: counts */
    double *expected;
    int64_t *rep_attempts, *rep_events;
    double *rep_expected;
    size_t *first, *next; /* rows of a rep as a list; SIZE_MAX ends it */
};

static enum cox_rc load_weeks(struct cox_cli *cli, struct weeks *in, struct cox_err *reterr)
{
    COX_TRY(stats_load(cli, cli->args[0], &in->table, reterr));
    COX_TRY(stats_label(cli, &in->table, "rep", false, &in->reps, reterr));
    COX_TRY(stats_label(cli, &in->table, "week", true, &in->weeks, reterr));
    COX_TRY(stats_ints(cli, &in->table, "attempts", false, &in->attempts, reterr));
    COX_TRY(stats_ints(cli, &in->table, "events", true, &in->events, reterr));
    COX_TRY(stats_reals(cli, &in->table, "expected", false, &in->expected, reterr));
    if (in->expected == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "expected", 0, "the file has no such column");
    }
    in->rep_attempts = COX_NEW_ARRAY(cli->arena, in->weeks.count, int64_t);
    in->rep_events = COX_NEW_ARRAY(cli->arena, in->weeks.count, int64_t);
    in->rep_expected = COX_NEW_ARRAY(cli->arena, in->weeks.count, double);
    in->first = COX_NEW_ARRAY(cli->arena, in->reps.count, size_t);
    in->next = COX_NEW_ARRAY(cli->arena, in->table.row_count, size_t);
    if (in->rep_attempts == NULL || in->rep_events == NULL || in->rep_expected == NULL ||
        in->first == NULL || in->next == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < in->reps.count; i++) {
        in->first[i] = SIZE_MAX;
    }
    for (size_t i = in->table.row_count; i-- > 0;) {
        in->next[i] = in->first[in->reps.of_row[i]];
        in->first[in->reps.of_row[i]] = i;
    }
    return COX_OK;
}

/* Weeks without a row do not count. */
static enum cox_rc pick_rep(const struct weeks *in, size_t rep, struct cox_watch_series *ret_series,
    struct cox_err *reterr)
{
    for (size_t i = 0; i < in->weeks.count; i++) {
        in->rep_attempts[i] = in->rep_events[i] = 0;
        in->rep_expected[i] = (double)NAN;
    }
    for (size_t i = in->first[rep]; i != SIZE_MAX; i = in->next[i]) {
        size_t week = in->weeks.of_row[i];

        if (!isnan(in->rep_expected[week])) {
            return cox_fail_at(reterr, COX_INVALID, "week", in->table.rows[i].row,
                "this rep has a row for this week already");
        }
        in->rep_attempts[week] = in->attempts == NULL ? 0 : in->attempts[i];
        in->rep_events[week] = in->events[i];
        in->rep_expected[week] = in->expected[i];
    }
    *ret_series = (struct cox_watch_series){
        .week_count = in->weeks.count,
        .attempts = in->attempts == NULL ? NULL : in->rep_attempts,
        .events = in->rep_events,
        .expected = in->rep_expected,
    };
    return COX_OK;
}

static enum cox_rc read_watch_opt(const struct cox_cli *cli, struct cox_watch_opt *opt,
    struct cox_err *reterr)
{
    const char *method = cox_cli_value(cli, "method");
    struct cox_text name = cox_text_of(method == NULL ? "cusum" : method);

    if (cox_text_same(name, COX_LIT("ewma"))) {
        opt->method = COX_WATCH_EWMA;
    } else if (!cox_text_same(name, COX_LIT("cusum"))) {
        return cox_fail_at(reterr, COX_INVALID, "method", 0, "must be cusum or ewma");
    }
    COX_TRY(stats_option(cli, "ratio", 0.01, 99, 0.6, &opt->ratio, reterr));
    return stats_option(cli, "limit", 0.01, 1000, 0, &opt->limit, reterr);
}

static void put_reading(struct cox_json *json, const struct weeks *in, size_t rep,
    const struct cox_watch_reading *r, bool stands_out)
{
    cox_json_begin_object(json);
    cox_json_put_text(json, "rep", in->reps.name[rep]);
    cox_json_put_bool(json, "silent", r->silent);
    cox_json_put_bool(json, "alarm", r->alarm);
    cox_json_put_bool(json, "stands_out", stands_out);
    cox_json_put_text(json, "since",
        r->since_week < 0 ? (struct cox_text){0} : in->weeks.name[r->since_week]);
    cox_json_put_text(json, "first_alarm",
        r->first_week < 0 ? (struct cox_text){0} : in->weeks.name[r->first_week]);
    cox_json_put_real(json, "statistic", r->statistic);
    cox_json_put_real(json, "p_value", r->p_value);
    cox_json_put_real(json, "observed", r->observed);
    cox_json_put_real(json, "expected", r->expected);
    cox_json_put_int(json, "weeks", (int64_t)r->week_count);
    cox_json_end_object(json);
}

static void print_watch(struct cox_cli *cli, const struct weeks *in, size_t rep,
    const struct cox_watch_reading *r, bool stands_out)
{
    struct cox_text name = in->reps.name[rep];

    if (r->silent) {
        fprintf(cli->out, "%-20.*s too little known\n", (int)name.size, name.ptr);
        return;
    }
    fprintf(cli->out, "%-20.*s %-6s %6.2f", (int)name.size, name.ptr, r->alarm ? "alarm" : "-",
        r->statistic);
    if (r->since_week >= 0 && r->alarm) {
        struct cox_text week = in->weeks.name[r->since_week];
        fprintf(cli->out, "  since %.*s: %.0f where %.1f were expected", (int)week.size, week.ptr,
            r->observed, r->expected);
    }
    fprintf(cli->out, "%s\n", stands_out ? "  (stands out in the team)" : "");
}

enum cox_rc stats_run_watch(struct cox_cli *cli, struct cox_err *reterr)
{
    struct cox_watch_opt opt = {.method = COX_WATCH_CUSUM};
    struct weeks in = {.attempts = NULL};
    struct cox_watch_reading *reading;
    double *p_value, *scratch;
    bool *chosen;
    struct cox_json json;

    COX_TRY(read_watch_opt(cli, &opt, reterr));
    COX_TRY(load_weeks(cli, &in, reterr));
    reading = COX_NEW_ARRAY(cli->arena, in.reps.count, struct cox_watch_reading);
    p_value = COX_NEW_ARRAY(cli->arena, in.reps.count, double);
    scratch = COX_NEW_ARRAY(cli->arena, 2 * in.reps.count, double);
    chosen = COX_NEW_ARRAY(cli->arena, in.reps.count, bool);
    if (reading == NULL || p_value == NULL || scratch == NULL || chosen == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < in.reps.count; i++) {
        struct cox_watch_series series;
        COX_TRY(pick_rep(&in, i, &series, reterr));
        COX_TRY(cox_watch_read(&series, &opt, &reading[i], reterr));
        p_value[i] = reading[i].silent ? (double)NAN : reading[i].p_value;
    }
    (void)cox_watch_stand_out(p_value, in.reps.count, 0.1, chosen, scratch); /* count not shown */
    if (!cli->is_json) {
        for (size_t i = 0; i < in.reps.count; i++) {
            print_watch(cli, &in, i, &reading[i], chosen[i]);
        }
        return COX_OK;
    }
    cox_cli_json(cli, &json);
    cox_json_begin_array(&json);
    for (size_t i = 0; i < in.reps.count; i++) {
        put_reading(&json, &in, i, &reading[i], chosen[i]);
    }
    cox_json_end_array(&json);
    return cox_json_done(&json, reterr);
}

struct funnel {
    struct stats_table table;
    struct stats_labels reps, stages;
    struct cox_diagnose_stage *stage;
    struct cox_diagnose_fit *fit;
    struct cox_diagnose_cell *cell;
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

        if (to_entries[at] >= 0) {
            return cox_fail_at(reterr, COX_INVALID, "stage", in->table.rows[i].row,
                "this rep has a row for this stage already");
        }
        if (entries[i] < 0 || successes[i] < 0 || successes[i] > entries[i]) {
            return cox_fail_at(reterr, COX_INVALID, "successes", in->table.rows[i].row,
                "must be from 0 to the entries");
        }
        to_entries[at] = entries[i];
        to_successes[at] = successes[i];
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
    return COX_OK;
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
            fprintf(cli->out, "  %-20.*s raw %5.1f %%, likely %5.1f %% (%.1f to %.1f) %s\n",
                (int)in->reps.name[r].size, in->reps.name[r].ptr, 100 * c->raw, 100 * c->shrunk,
                100 * c->low, 100 * c->high, flags[c->flag]);
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
    COX_TRY(fill_stages(cli, &in, reterr));
    COX_TRY(cox_diagnose_team(in.stage, in.stages.count, in.reps.count, in.fit, in.cell, reterr));
    if (cli->is_json) {
        return print_diagnosis_json(cli, &in, reterr);
    }
    print_diagnosis(cli, &in);
    return COX_OK;
}
