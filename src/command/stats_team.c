/* command/stats_team.c: coxswain stats impact, rollout and compare. */
#include <math.h>
#include <string.h>

#include "command/stats.h"
#include "command/stats_plan.h"
#include "command/stats_plot.h"
#include "command/stats_table.h"
#include "kernel/stats/impact.h"
#include "kernel/stats/impact_mixed.h"
#include "kernel/stats/stagger.h"

/* outcome[team * period count + period], NaN where the file has no row. */
struct panel {
    struct stats_table table;
    struct stats_labels teams, periods;
    double *outcome;
    struct cox_impact_opt opt;
    size_t small_count; /* figures of too few people, left out */
};

static enum cox_rc read_opt(const struct cox_cli *cli, const struct stats_plan *plan,
    struct cox_impact_opt *opt, struct cox_err *reterr)
{
    double seed, draws;

    COX_TRY(stats_plan_number(cli, plan, "alpha", 1e-6, 0.5, 0.05, &opt->alpha, reterr));
    COX_TRY(stats_plan_number(cli, plan, "seed", 0, 9007199254740992.0, 1, &seed, reterr));
    COX_TRY(stats_plan_number(cli, plan, "draws", 0, 1000000, 0, &draws, reterr));
    opt->seed = (uint64_t)seed;
    opt->draw_count = (size_t)draws; /* 0: the kernel's own number */
    return COX_OK;
}

/* Figures of fewer people than --answers-min (never under 5) become as if not there. */
static enum cox_rc hide_small(struct cox_cli *cli, struct panel *panel, double *value,
    struct cox_err *reterr)
{
    int64_t least, *answers;

    COX_TRY(cox_cli_int(cli, "answers-min", 5, 1000000, 5, &least, reterr));
    COX_TRY(stats_ints(cli, &panel->table, "answers", false, &answers, reterr));
    for (size_t i = 0; answers != NULL && i < panel->table.row_count; i++) {
        if (answers[i] < least) {
            value[i] = (double)NAN;
            panel->small_count++;
        }
    }
    return COX_OK;
}

static enum cox_rc load_panel(struct cox_cli *cli, const struct stats_plan *plan,
    struct panel *panel, struct cox_err *reterr)
{
    COX_TRY(read_opt(cli, plan, &panel->opt, reterr));
    COX_TRY(stats_load(cli, cli->args[0], &panel->table, reterr));
    COX_TRY(stats_label(cli, &panel->table, "team", false, &panel->teams, reterr));
    return stats_label(cli, &panel->table, "period", true, &panel->periods, reterr);
}

/* The cells of one outcome's column. */
static enum cox_rc load_outcome(struct cox_cli *cli, const char *column, struct panel *panel,
    struct cox_err *reterr)
{
    size_t count = panel->teams.count * panel->periods.count;
    double *value;

    panel->small_count = 0;
    if (!stats_has(&panel->table, column)) {
        return cox_fail_at(reterr, COX_INVALID, column, 0, "the file has no such column");
    }
    COX_TRY(stats_reals(cli, &panel->table, column, false, &value, reterr));
    COX_TRY(hide_small(cli, panel, value, reterr));
    panel->outcome = cox_arena_array(cli->arena, count, sizeof(double));
    if (panel->outcome == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        panel->outcome[i] = (double)NAN;
    }
    for (size_t i = 0; i < panel->table.row_count; i++) {
        double *cell = &panel->outcome[panel->teams.of_row[i] * panel->periods.count +
                                       panel->periods.of_row[i]];
        if (!isnan(*cell)) {
            return cox_fail_at(reterr, COX_INVALID, "period", panel->table.rows[i].row,
                "this team has a row for this period already");
        }
        *cell = value[i];
    }
    return COX_OK;
}

/* Place of a period by name. */
static enum cox_rc find_period(const struct panel *panel, struct cox_text name, int64_t row,
    size_t *ret_place, struct cox_err *reterr)
{
    for (size_t i = 0; i < panel->periods.count; i++) {
        if (cox_text_same(panel->periods.name[i], name)) {
            *ret_place = i;
            return COX_OK;
        }
    }
    return cox_fail_at(reterr, COX_INVALID, "start", row, "\"%.*s\" is not a period of the file",
        (int)(name.size > 40 ? 40 : name.size), name.ptr);
}

static enum cox_rc read_treated(struct cox_cli *cli, const struct panel *panel, bool **ret_treated,
    struct cox_err *reterr)
{
    bool *treated = COX_NEW_ARRAY(cli->arena, panel->teams.count, bool);
    bool *known = COX_NEW_ARRAY(cli->arena, panel->teams.count, bool);
    int64_t *value;

    if (treated == NULL || known == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(stats_ints(cli, &panel->table, "treated", true, &value, reterr));
    for (size_t i = 0; i < panel->table.row_count; i++) {
        size_t team = panel->teams.of_row[i];

        if ((value[i] != 0 && value[i] != 1) || (known[team] && treated[team] != (value[i] == 1))) {
            return cox_fail_at(reterr, COX_INVALID, "treated", panel->table.rows[i].row,
                "must be 0 or 1, and the same in all rows of a team");
        }
        known[team] = true;
        treated[team] = value[i] == 1;
    }
    *ret_treated = treated;
    return COX_OK;
}

static void put_effect(struct cox_json *json, const struct cox_impact_effect *e)
{
    cox_json_put_real(json, "estimate", e->estimate);
    cox_json_put_real(json, "error", e->error);
    cox_json_put_real(json, "low", e->low);
    cox_json_put_real(json, "high", e->high);
    cox_json_put_real(json, "p_value", e->p_value);
    cox_json_put_real(json, "p_permutation", e->p_permutation);
    cox_json_put_bool(json, "exact", e->exact);
    cox_json_put_int(json, "treated", (int64_t)e->treated_count);
    cox_json_put_int(json, "control", (int64_t)e->control_count);
    cox_json_put_int(json, "left_out", (int64_t)e->left_out);
    cox_json_put_bool(json, "descriptive_only", e->descriptive_only);
}

/* What stats impact says; too few teams for a regression or a model leave the others standing. */
struct impact {
    struct cox_impact_effect did, ancova, *by_period;
    struct cox_impact_mixed mixed;
    bool has_ancova, has_mixed;
    size_t small_count;
};

static void put_mixed(struct cox_json *json, const struct impact *r)
{
    cox_json_key(json, "mixed");
    if (!r->has_mixed) {
        cox_json_null(json);
        return;
    }
    cox_json_begin_object(json);
    put_effect(json, &r->mixed.effect);
    cox_json_put_real(json, "ar1", r->mixed.ar1);
    cox_json_put_real(json, "team_share", r->mixed.team_share);
    cox_json_put_real(json, "log_likelihood", r->mixed.log_likelihood);
    cox_json_end_object(json);
}

static void put_impact(struct cox_json *json, const void *ctx, const void *result)
{
    const struct panel *panel = ctx;
    const struct impact *r = result;

    cox_json_put_int(json, "left_out_small", (int64_t)r->small_count);
    cox_json_key(json, "difference");
    cox_json_begin_object(json);
    put_effect(json, &r->did);
    cox_json_end_object(json);
    cox_json_key(json, "adjusted");
    if (!r->has_ancova) {
        cox_json_null(json);
    } else {
        cox_json_begin_object(json);
        put_effect(json, &r->ancova);
        cox_json_end_object(json);
    }
    put_mixed(json, r);
    cox_json_key(json, "periods");
    cox_json_begin_array(json);
    for (size_t i = 0; i < panel->periods.count; i++) {
        cox_json_begin_object(json);
        cox_json_put_text(json, "period", panel->periods.name[i]);
        put_effect(json, &r->by_period[i]);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

static void print_line(struct cox_cli *cli, const char *name, const struct cox_impact_effect *e,
    const char *remark)
{
    fprintf(cli->out, "%-22s %+.4g (%+.4g to %+.4g), p %.3g%s\n", name, e->estimate, e->low,
        e->high, e->p_value, remark);
}

static void print_impact(struct cox_cli *cli, const void *ctx, const void *result)
{
    const struct panel *panel = ctx;
    const struct impact *r = result;
    const struct cox_impact_effect *did = &r->did;

    fprintf(cli->out, "%zu treated and %zu other teams%s\n", did->treated_count, did->control_count,
        did->descriptive_only ? ": too few for a conclusion, this is a description" : "");
    if (r->small_count > 0) {
        fprintf(cli->out, "%zu figures of too few answers are left out\n", r->small_count);
    }
    fprintf(cli->out, "difference of changes: %+.4g (%+.4g to %+.4g), p by %s assignments %.3g\n",
        did->estimate, did->low, did->high, did->exact ? "all" : "random", did->p_permutation);
    if (r->has_ancova) {
        print_line(cli, "adjusted for before:", &r->ancova,
            "; the one to use where teams were chosen");
    }
    if (r->has_mixed) {
        print_line(cli, "mixed model:", &r->mixed.effect, "");
    }
    for (size_t i = 0; i < panel->periods.count; i++) {
        const struct cox_impact_effect *e = &r->by_period[i];
        fprintf(cli->out, "  %-12.*s %+10.4g (%+.4g to %+.4g)\n", (int)panel->periods.name[i].size,
            panel->periods.name[i].ptr, e->estimate, e->low, e->high);
    }
}

/* Too few teams for a regression or a model: what stands above still stands. */
static enum cox_rc read_impact(struct cox_cli *cli, const struct panel *panel,
    const struct cox_impact_panel *in, struct impact *r, struct cox_err *reterr)
{
    void *space = cox_arena_alloc(cli->arena, cox_impact_workspace_size(in->team_count));
    void *mixed_space =
        cox_arena_alloc(cli->arena, cox_impact_mixed_workspace_size(in->period_count));
    struct cox_err ignored;

    r->by_period = COX_NEW_ARRAY(cli->arena, in->period_count, struct cox_impact_effect);
    r->small_count = panel->small_count;
    if (space == NULL || mixed_space == NULL || r->by_period == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_impact_did(in, &panel->opt, &r->did, space, reterr));
    COX_TRY(cox_impact_event_study(in, &panel->opt, r->by_period, space, reterr));
    r->has_ancova = cox_impact_ancova(in, &panel->opt, &r->ancova, space, &ignored) == COX_OK;
    r->has_mixed = cox_impact_mixed(in, &panel->opt, &r->mixed, mixed_space, &ignored) == COX_OK;
    return COX_OK;
}

/* The p-value of the test that the plan chose; NaN: it says nothing, or only describes. */
static double impact_p(const struct impact *r, const char *method)
{
    if (r->did.descriptive_only) {
        return (double)NAN;
    }
    if (strcmp(method, "adjusted") == 0) {
        return r->has_ancova ? r->ancova.p_value : (double)NAN;
    }
    if (strcmp(method, "mixed") == 0) {
        return r->has_mixed ? r->mixed.effect.p_value : (double)NAN;
    }
    return r->did.p_permutation;
}

/* --plot FILE: the event study of the outcome that decides. */
static enum cox_rc plot_impact(struct cox_cli *cli, const struct panel *panel, size_t start,
    const struct stats_plan *plan, const struct impact *r, struct cox_err *reterr)
{
    const struct stats_plot plot = {
        .title = plan->question != NULL ? plan->question : "Effect by period",
        .outcome = plan->outcomes[0],
        .periods = panel->periods.name,
        .effects = r->by_period,
        .count = panel->periods.count,
        .start = start,
    };
    const char *path = cox_cli_value(cli, "plot");

    return path == NULL ? COX_OK : stats_plot_write(path, &plot, reterr);
}

struct impact_reader {
    struct panel *panel;
    const struct stats_plan *plan;
    struct cox_impact_panel in; /* but for the outcome */
};

static enum cox_rc read_impact_of(struct cox_cli *cli, void *ctx, const char *column,
    struct stats_outcome *ret_outcome, struct cox_err *reterr)
{
    struct impact_reader *reader = ctx;
    struct impact *r = COX_NEW(cli->arena, struct impact);

    if (r == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(load_outcome(cli, column, reader->panel, reterr));
    reader->in.outcome = reader->panel->outcome;
    COX_TRY(read_impact(cli, reader->panel, &reader->in, r, reterr));
    ret_outcome->result = r;
    ret_outcome->p_value = impact_p(r, reader->plan->method);
    return COX_OK;
}

enum cox_rc stats_run_impact(struct cox_cli *cli, struct cox_err *reterr)
{
    struct stats_outcome outcomes[STATS_OUTCOMES_MAX];
    struct panel panel = {.outcome = NULL};
    const struct stats_teller teller = {put_impact, print_impact, &panel};
    struct stats_plan plan;
    struct impact_reader reader = {.panel = &panel, .plan = &plan};
    const char *start;
    bool *treated = NULL;

    COX_TRY(stats_plan_load(cli, "impact", "outcome", &plan, reterr));
    COX_TRY(stats_plan_text(cli, &plan, "start", &start, reterr));
    if (start == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "start", 0, "say the first period of the change");
    }
    COX_TRY(load_panel(cli, &plan, &panel, reterr));
    COX_TRY(read_treated(cli, &panel, &treated, reterr));
    reader.in = (struct cox_impact_panel){.team_count = panel.teams.count,
        .period_count = panel.periods.count,
        .treated = treated};
    COX_TRY(find_period(&panel, cox_text_of(start), 0, &reader.in.start, reterr));
    COX_TRY(stats_plan_read(cli, &plan, &panel.table, read_impact_of, &reader, outcomes, reterr));
    if (outcomes[0].is_there) {
        COX_TRY(plot_impact(cli, &panel, reader.in.start, &plan, outcomes[0].result, reterr));
    }
    return stats_plan_tell(cli, &plan, outcomes, &teller, reterr);
}

/* First treated period by team from the start column; never: -1. */
static enum cox_rc read_starts(struct cox_cli *cli, const struct panel *panel, int32_t **ret_start,
    struct cox_err *reterr)
{
    int32_t *start = COX_NEW_ARRAY(cli->arena, panel->teams.count, int32_t);

    if (start == NULL) {
        return cox_no_memory(reterr);
    }
    if (!stats_has(&panel->table, "start")) {
        return cox_fail_at(reterr, COX_INVALID, "start", 0, "the file has no such column");
    }
    for (size_t i = 0; i < panel->teams.count; i++) {
        start[i] = INT32_MIN; /* not read yet */
    }
    for (size_t i = 0; i < panel->table.row_count; i++) {
        struct cox_text text = stats_text(&panel->table, i, "start");
        int32_t *of_team = &start[panel->teams.of_row[i]], here = -1;
        size_t place;

        if (text.size > 0) {
            COX_TRY(find_period(panel, text, panel->table.rows[i].row, &place, reterr));
            here = (int32_t)place;
        }
        if (*of_team != INT32_MIN && *of_team != here) {
            return cox_fail_at(reterr, COX_INVALID, "start", panel->table.rows[i].row,
                "must be the same in all rows of a team");
        }
        *of_team = here;
    }
    *ret_start = start;
    return COX_OK;
}

struct rollout {
    struct cox_stagger_effect effect;
    double *by_age;
};

static void print_rollout(struct cox_cli *cli, const void *ctx, const void *result)
{
    const struct panel *panel = ctx;
    const struct rollout *r = result;
    const struct cox_stagger_effect *e = &r->effect;

    fprintf(cli->out, "%zu teams started, %zu did not%s\n", e->started_count, e->never_count,
        e->descriptive_only ? ": too few for a conclusion, this is a description" : "");
    fprintf(cli->out, "effect: %+.4g (%+.4g to %+.4g), p by random orders of starting %.3g\n",
        e->estimate, e->low, e->high, e->p_permutation);
    for (size_t i = 0; i < panel->periods.count && !isnan(r->by_age[i]); i++) {
        fprintf(cli->out, "  period %-3zu of it %+10.4g\n", i + 1, r->by_age[i]);
    }
}

static void put_rollout(struct cox_json *json, const void *ctx, const void *result)
{
    const struct panel *panel = ctx;
    const struct rollout *r = result;
    const struct cox_stagger_effect *e = &r->effect;

    cox_json_put_real(json, "estimate", e->estimate);
    cox_json_put_real(json, "error", e->error);
    cox_json_put_real(json, "low", e->low);
    cox_json_put_real(json, "high", e->high);
    cox_json_put_real(json, "p_permutation", e->p_permutation);
    cox_json_put_int(json, "started", (int64_t)e->started_count);
    cox_json_put_int(json, "never", (int64_t)e->never_count);
    cox_json_put_int(json, "left_out", (int64_t)e->left_out);
    cox_json_put_int(json, "uncontrolled", (int64_t)e->uncontrolled);
    cox_json_put_bool(json, "descriptive_only", e->descriptive_only);
    cox_json_key(json, "by_age");
    cox_json_begin_array(json);
    for (size_t i = 0; i < panel->periods.count; i++) {
        cox_json_real(json, r->by_age[i]);
    }
    cox_json_end_array(json);
}

struct rollout_reader {
    struct panel *panel;
    const int32_t *start;
};

static enum cox_rc read_rollout_of(struct cox_cli *cli, void *ctx, const char *column,
    struct stats_outcome *ret_outcome, struct cox_err *reterr)
{
    struct rollout_reader *reader = ctx;
    struct panel *panel = reader->panel;
    struct rollout *r = COX_NEW(cli->arena, struct rollout);

    COX_TRY(load_outcome(cli, column, panel, reterr));
    const struct cox_stagger_panel in = {panel->teams.count, panel->periods.count, panel->outcome,
        reader->start};
    void *space = cox_arena_alloc(cli->arena, cox_stagger_workspace_size(&in, &panel->opt));
    if (r == NULL || space == NULL) {
        return cox_no_memory(reterr);
    }
    r->by_age = COX_NEW_ARRAY(cli->arena, in.period_count, double);
    if (r->by_age == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_stagger_estimate(&in, &panel->opt, &r->effect, r->by_age, space, reterr));
    ret_outcome->result = r;
    ret_outcome->p_value = r->effect.descriptive_only ? (double)NAN : r->effect.p_permutation;
    return COX_OK;
}

enum cox_rc stats_run_rollout(struct cox_cli *cli, struct cox_err *reterr)
{
    struct stats_outcome outcomes[STATS_OUTCOMES_MAX];
    struct panel panel = {.outcome = NULL};
    const struct stats_teller teller = {put_rollout, print_rollout, &panel};
    struct rollout_reader reader = {.panel = &panel};
    struct stats_plan plan;
    int32_t *start = NULL;

    COX_TRY(stats_plan_load(cli, "rollout", "outcome", &plan, reterr));
    COX_TRY(load_panel(cli, &plan, &panel, reterr));
    COX_TRY(read_starts(cli, &panel, &start, reterr));
    reader.start = start;
    COX_TRY(stats_plan_read(cli, &plan, &panel.table, read_rollout_of, &reader, outcomes, reterr));
    return stats_plan_tell(cli, &plan, outcomes, &teller, reterr);
}

static enum cox_rc print_pool(struct cox_cli *cli, const struct stats_table *table,
    const double *estimate, const struct cox_impact_pool *pool, struct cox_err *reterr)
{
    struct cox_json json;

    if (cli->is_json) {
        cox_cli_json(cli, &json);
        cox_json_begin_object(&json);
        cox_json_put_real(&json, "mean", pool->mean);
        cox_json_put_real(&json, "spread", pool->spread);
        cox_json_key(&json, "effects");
        cox_json_begin_array(&json);
    } else {
        fprintf(cli->out, "mean %+.4g, true effects spread by %.4g%s\n", pool->mean, pool->spread,
            pool->spread == 0 ? ": nothing but chance between them, nothing to rank" : "");
    }
    for (size_t i = 0; i < table->row_count; i++) {
        struct cox_text name = stats_text(table, i, "name");

        if (!cli->is_json) {
            fprintf(cli->out, "  %-20.*s %+10.4g (%+.4g to %+.4g), best with chance %.0f %%\n",
                (int)name.size, name.ptr, pool->effect[i], pool->low[i], pool->high[i],
                100 * pool->best_prob[i]);
            continue;
        }
        cox_json_begin_object(&json);
        cox_json_put_text(&json, "name", name);
        cox_json_put_real(&json, "estimate", estimate[i]);
        cox_json_put_real(&json, "effect", pool->effect[i]);
        cox_json_put_real(&json, "error", pool->error[i]);
        cox_json_put_real(&json, "low", pool->low[i]);
        cox_json_put_real(&json, "high", pool->high[i]);
        cox_json_put_real(&json, "best_prob", pool->best_prob[i]);
        cox_json_end_object(&json);
    }
    if (!cli->is_json) {
        return COX_OK;
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_json_done(&json, reterr);
}

/* Each name once, and an error that is one. */
static enum cox_rc check_compared(struct cox_cli *cli, const struct stats_table *table,
    const double *error, struct cox_err *reterr)
{
    struct stats_labels names;
    size_t count = 0;

    COX_TRY(stats_label(cli, table, "name", false, &names, reterr));
    for (size_t i = 0; i < table->row_count; i++) {
        /* Labels are numbered as they appear: a new one carries the next number. */
        if (names.of_row[i] != count) {
            return cox_fail_at(reterr, COX_INVALID, "name", table->rows[i].row, "was there before");
        }
        if (error[i] <= 0) {
            return cox_fail_at(reterr, COX_INVALID, "error", table->rows[i].row, "must be above 0");
        }
        count++;
    }
    return COX_OK;
}

enum cox_rc stats_run_compare(struct cox_cli *cli, struct cox_err *reterr)
{
    const struct stats_plan no_plan = {.is_sealed = false};
    struct cox_impact_opt opt = {0};
    struct cox_impact_pool pool = {.mean = 0};
    struct stats_table table;
    double *estimate, *error,
        **arrays[] = {&pool.effect, &pool.error, &pool.low, &pool.high, &pool.best_prob};

    COX_TRY(read_opt(cli, &no_plan, &opt, reterr));
    COX_TRY(stats_load(cli, cli->args[0], &table, reterr));
    COX_TRY(stats_reals(cli, &table, "estimate", true, &estimate, reterr));
    COX_TRY(stats_reals(cli, &table, "error", true, &error, reterr));
    COX_TRY(check_compared(cli, &table, error, reterr));
    for (size_t i = 0; i < COX_COUNT(arrays); i++) {
        *arrays[i] = COX_NEW_ARRAY(cli->arena, table.row_count, double);
        if (*arrays[i] == NULL) {
            return cox_no_memory(reterr);
        }
    }
    COX_TRY(cox_impact_shrink(estimate, error, table.row_count, &opt, &pool, reterr));
    return print_pool(cli, &table, estimate, &pool, reterr);
}
