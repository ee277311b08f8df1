/* command/forecast_judge.c: managers' commits and best cases scored beside the model, and blended with it. */
#include <math.h>

#include "base/day.h"
#include "command/forecast_past.h"
#include "kernel/forecast/score.h"

static const double levels[3] = {0.1, 0.5, 0.9};
static const char *const judge_names[FORECAST_JUDGES] = {"model", "commit", "best case", "blend"};

/* Row of the past that a line of the file speaks of; SIZE_MAX: outside the months tested. */
static enum cox_rc find_row(const struct forecast_past *past, const struct forecast_table *t,
    size_t month_at, size_t team_at, size_t line, size_t *ret_row, struct cox_err *reterr)
{
    struct cox_text month = t->cell[month_at][line];
    char room[16];
    int32_t day = 0;
    size_t team = 0;

    *ret_row = SIZE_MAX;
    (void)snprintf(room, sizeof(room), "%.7s-01", month.ptr);
    if (month.size < 7 || !forecast_day(cox_text_of(room), &day)) {
        return cox_fail_at(reterr, COX_INVALID, "month", (int64_t)line + 2,
            "\"%.40s\" is not a month as 2024-05", month.ptr);
    }
    while (past->team_name != NULL && team < past->team_count &&
           !cox_text_same_ascii(past->team_name[team], t->cell[team_at][line])) {
        team++;
    }
    if (team == past->team_count) {
        return cox_fail_at(reterr, COX_INVALID, "team", (int64_t)line + 2,
            "\"%.40s\" is none of the deals'", t->cell[team_at][line].ptr);
    }
    for (size_t k = 0; k < past->month_count; k++) {
        *ret_row = past->start[k] == day ? k * past->team_count + team : *ret_row;
    }
    return COX_OK;
}

static enum cox_rc read_calls(struct cox_cli *cli, const struct forecast_past *past,
    const char *path, double **call, size_t *ret_count, struct cox_err *reterr)
{
    static const char *const names[COX_CALLS_MAX] = {"commit", "best"};
    struct forecast_table t;
    size_t column[COX_CALLS_MAX], row;

    COX_TRY(forecast_table_load(cli, path, &t, reterr));
    size_t month_at = forecast_table_find(&t, "month"), team_at = forecast_table_find(&t, "team");
    for (size_t s = 0; s < COX_CALLS_MAX; s++) {
        column[s] = forecast_table_find(&t, names[s]);
    }
    if (month_at == SIZE_MAX || column[0] == SIZE_MAX ||
        (past->team_name != NULL && team_at == SIZE_MAX)) {
        return cox_fail_at(reterr, COX_INVALID, "commits", 0, "%s needs columns month and commit%s",
            path, past->team_name != NULL ? ", and team" : "");
    }
    *ret_count = column[1] == SIZE_MAX ? 1 : 2;
    for (size_t i = 0; i < t.row_count; i++) {
        COX_TRY(find_row(past, &t, month_at, team_at, i, &row, reterr));
        for (size_t s = 0; s < *ret_count; s++) {
            struct cox_text text = t.cell[column[s]][i];
            double value;
            if (text.size == 0) {
                continue;
            }
            if (!forecast_real(text, &value) || value < 0.0) {
                return cox_fail_at(reterr, COX_INVALID, names[s], (int64_t)i + 2,
                    "\"%.40s\" is not an amount of 0 or more", text.ptr);
            }
            if (row != SIZE_MAX) {
                call[s][row] = value * 100.0;
            }
        }
    }
    return COX_OK;
}

static void quantiles_of(const struct forecast_judged *j, size_t row, size_t judge,
    const double *model, double *ret_q)
{
    const struct cox_call_row *r = &j->row[row];

    for (size_t q = 0; q < 3; q++) {
        ret_q[q] = judge == 0                     ? model[3 * row + q]
                   : judge == FORECAST_JUDGES - 1 ? r->blend[q]
                                                  : r->call[judge - 1][q];
    }
}

/* Over the rows that have all calls, so that all judges are scored on the same. */
static void score(const struct forecast_past *past, const double *model, struct forecast_judged *j)
{
    double mean = 0.0;

    for (size_t i = 0; i < past->month_count * past->team_count; i++) {
        double q[3], actual = past->row[i].actual;
        bool whole = true;
        for (size_t s = 0; s < j->call_count; s++) {
            whole = whole && !isnan(j->call[s][i]);
        }
        if (!whole) {
            continue;
        }
        j->count++;
        mean += actual;
        for (size_t k = 0; k < FORECAST_JUDGES; k++) {
            quantiles_of(j, i, k, model, q);
            j->pinball[k] += cox_mean_pinball(&actual, q, 1, levels, 3);
            j->bias[k] += q[1] - actual;
            j->cover[k] += cox_cover(&actual, &q[0], &q[2], 1);
        }
    }
    for (size_t k = 0; k < FORECAST_JUDGES; k++) {
        j->pinball[k] = mean > 0.0 ? j->pinball[k] / mean : (double)NAN;
        j->bias[k] = mean > 0.0 ? j->bias[k] / mean : (double)NAN;
        j->cover[k] = j->count > 0 ? j->cover[k] / (double)j->count : (double)NAN;
    }
}

enum cox_rc forecast_judge(struct cox_cli *cli, const struct forecast_past *past,
    struct forecast_judged *ret_judged, struct cox_err *reterr)
{
    const char *path = cox_cli_value(cli, "commits");
    size_t n = past->month_count * past->team_count;
    struct forecast_judged j = {0};
    double *call[COX_CALLS_MAX];

    *ret_judged = j;
    if (path == NULL) {
        return COX_OK;
    }
    double *actual = COX_NEW_ARRAY(cli->arena, n, double),
           *model = COX_NEW_ARRAY(cli->arena, 3 * n, double);
    size_t *owner = COX_NEW_ARRAY(cli->arena, n, size_t);
    struct cox_call_row *row = COX_NEW_ARRAY(cli->arena, n, struct cox_call_row);
    struct cox_judgement *record =
        COX_NEW_ARRAY(cli->arena, COX_CALLS_MAX * past->team_count, struct cox_judgement);
    call[0] = COX_NEW_ARRAY(cli->arena, n, double);
    call[1] = COX_NEW_ARRAY(cli->arena, n, double);
    if (actual == NULL || model == NULL || owner == NULL || row == NULL || record == NULL ||
        call[0] == NULL || call[1] == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < n; i++) {
        call[0][i] = call[1][i] = (double)NAN;
        actual[i] = past->row[i].actual;
        for (size_t q = 0; q < 3; q++) {
            model[3 * i + q] = past->row[i].blend[q];
        }
    }
    COX_TRY(read_calls(cli, past, path, call, &j.call_count, reterr));
    const struct cox_calls calls = {past->month_count, past->team_count, j.call_count, actual,
        {call[0], call[1]}, model};
    cox_calls_walk(&calls, owner, record, row);
    j.row = row;
    j.call[0] = call[0];
    j.call[1] = call[1];
    score(past, model, &j);
    *ret_judged = j;
    return COX_OK;
}

/* ---- output ---- */

static bool is_used(const struct forecast_judged *j, size_t judge)
{
    return judge <= j->call_count || judge == FORECAST_JUDGES - 1;
}

static const char *team_text(const struct forecast_past *past, size_t team)
{
    return past->team_name == NULL ? "all" : past->team_name[team].ptr;
}

/* Weights of the last month tested. */
static const struct cox_call_row *last_of(const struct forecast_past *past,
    const struct forecast_judged *j, size_t team)
{
    return &j->row[(past->month_count - 1) * past->team_count + team];
}

void forecast_put_judged(struct cox_json *json, const struct forecast_past *past,
    const struct forecast_judged *judged)
{
    cox_json_key(json, "judgement");
    if (judged->call_count == 0) {
        cox_json_null(json);
        return;
    }
    cox_json_begin_object(json);
    cox_json_put_int(json, "periods", (int64_t)judged->count);
    cox_json_key(json, "scores");
    cox_json_begin_array(json);
    for (size_t k = 0; k < FORECAST_JUDGES; k++) {
        if (is_used(judged, k)) {
            cox_json_begin_object(json);
            cox_json_put_string(json, "source", judge_names[k]);
            cox_json_put_real(json, "pinball", judged->pinball[k]);
            cox_json_put_real(json, "bias", judged->bias[k]);
            cox_json_put_real(json, "cover", judged->cover[k]);
            cox_json_end_object(json);
        }
    }
    cox_json_end_array(json);
    cox_json_key(json, "teams");
    cox_json_begin_array(json);
    for (size_t team = 0; team < past->team_count; team++) {
        const struct cox_call_row *r = last_of(past, judged, team);
        cox_json_begin_object(json);
        cox_json_put_string(json, "team", team_text(past, team));
        for (size_t k = 0; k <= judged->call_count; k++) {
            static const char *const keys[] = {"weight_model", "weight_commit", "weight_best"};
            cox_json_put_real(json, keys[k], r->weight[k]);
        }
        cox_json_put_real(json, "p10", r->blend[0] / 100.0);
        cox_json_put_real(json, "p50", r->blend[1] / 100.0);
        cox_json_put_real(json, "p90", r->blend[2] / 100.0);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
    cox_json_end_object(json);
}

void forecast_print_judged(struct cox_cli *cli, const struct forecast_past *past,
    const struct forecast_judged *judged)
{
    if (judged->call_count == 0) {
        return;
    }
    (void)fprintf(cli->out, "\njudgement, %zu periods with commits\n%-14s %8s %7s %6s\n",
        judged->count, "", "pinball", "bias", "cover");
    for (size_t k = 0; k < FORECAST_JUDGES; k++) {
        if (is_used(judged, k)) {
            (void)fprintf(cli->out, "%-14s %8.3f %+7.3f %6.2f\n", judge_names[k],
                judged->pinball[k], judged->bias[k], judged->cover[k]);
        }
    }
    (void)fprintf(cli->out, "weights of the last month: model, commit%s\n",
        judged->call_count > 1 ? ", best case" : "");
    for (size_t team = 0; team < past->team_count; team++) {
        const struct cox_call_row *r = last_of(past, judged, team);
        (void)fprintf(cli->out, "  %-12s", team_text(past, team));
        for (size_t k = 0; k <= judged->call_count; k++) {
            (void)fprintf(cli->out, " %5.2f", r->weight[k]);
        }
        (void)fprintf(cli->out, "\n");
    }
}
