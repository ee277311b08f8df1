/* command/forecast_series.c: coxswain forecast series. */
#include <math.h>
#include <string.h>

#include "command/forecast_table.h"
#include "kernel/forecast/season.h"
#include "kernel/forecast/series.h"

struct series_run {
    struct cox_series series;
    struct cox_series_path path;
    size_t horizon, period;
    bool is_form; /* one form was asked for */
    double share[COX_SEASON_MAX];
};

static enum cox_rc read_values(struct cox_cli *cli, double **ret_y, size_t *ret_count,
    struct cox_err *reterr)
{
    const char *path = cox_cli_value(cli, "series");
    struct forecast_table t;
    size_t column;

    if (path == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "series", 0, "is needed: a CSV file");
    }
    COX_TRY(forecast_table_load(cli, path, &t, reterr));
    COX_TRY(forecast_table_column(cli, &t, "value", "value", &column, reterr));
    double *y = COX_NEW_ARRAY(cli->arena, t.row_count + 1, double);
    if (y == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < t.row_count; i++) {
        if (t.cell[column][i].size == 0) {
            y[i] = (double)NAN;
        } else if (!forecast_real(t.cell[column][i], &y[i])) {
            return cox_fail_at(reterr, COX_INVALID, t.name[column].ptr, (int64_t)i + 2,
                "\"%.40s\" is not a number", t.cell[column][i].ptr);
        }
    }
    *ret_y = y;
    *ret_count = t.row_count;
    return COX_OK;
}

/* "MAdM", or as it is printed, "ETS(M,Ad,M)". */
static bool parse_form(const char *text, struct cox_ets_form *ret_form)
{
    enum cox_ets_part part[3];
    size_t count = 0;

    text += strncmp(text, "ETS", 3) == 0 ? 3 : 0;
    for (; *text != '\0'; text++) {
        if (*text == 'd' && count == 2 && part[1] == COX_ETS_ADD) {
            part[1] = COX_ETS_DAMPED;
        } else if (strchr("NAM", *text) != NULL && count < 3) {
            part[count++] = *text == 'N' ? COX_ETS_NONE : *text == 'A' ? COX_ETS_ADD : COX_ETS_MULT;
        } else if (strchr("(), ", *text) == NULL) {
            return false;
        }
    }
    if (count != 3 || part[0] == COX_ETS_NONE || part[1] == COX_ETS_MULT) {
        return false;
    }
    *ret_form = (struct cox_ets_form){part[0], part[1], part[2], 0.0};
    return true;
}

/* One form of smoothing by plain maximum likelihood, as R's ets fits it. */
static enum cox_rc run_form(struct cox_cli *cli, const char *text, const double *y, size_t count,
    struct series_run *r, struct cox_err *reterr)
{
    struct cox_ets_form form;
    double *work = COX_NEW_ARRAY(cli->arena, cox_ets_workspace_size(count), double);
    double *sd = COX_NEW_ARRAY(cli->arena, r->horizon, double);

    if (work == NULL || sd == NULL) {
        return cox_no_memory(reterr);
    }
    if (!parse_form(text, &form)) {
        return cox_fail_at(reterr, COX_INVALID, "form", 0,
            "must be error (A, M), trend (N, A, Ad) and season (N, A, M), as in MAdM");
    }
    COX_TRY(cox_ets_fit(y, count, r->period, form, work, &r->series.ets, reterr));
    r->series.has_ets = r->is_form = true;
    cox_ets_forecast(&r->series.ets, r->horizon, r->path.ets, sd);
    for (size_t h = 0; h < r->horizon; h++) {
        r->path.point[h] = r->path.ets[h];
        r->path.theta[h] = r->path.arima[h] = (double)NAN;
        r->path.low80[h] = r->path.point[h] - 1.2815515655446004 * sd[h];
        r->path.high80[h] = r->path.point[h] + 1.2815515655446004 * sd[h];
        r->path.low95[h] = r->path.point[h] - 1.959963984540054 * sd[h];
        r->path.high95[h] = r->path.point[h] + 1.959963984540054 * sd[h];
    }
    return COX_OK;
}

static enum cox_rc run(struct cox_cli *cli, struct series_run *r, struct cox_err *reterr)
{
    double *y = NULL, *room, *work,
           **const path[] = {&r->path.ets, &r->path.theta, &r->path.point, &r->path.low80,
               &r->path.high80, &r->path.low95, &r->path.high95, &r->path.arima};
    int64_t horizon, period;
    size_t count = 0;

    COX_TRY(cox_cli_int(cli, "horizon", 1, COX_SERIES_HORIZON_MAX, 12, &horizon, reterr));
    COX_TRY(cox_cli_int(cli, "season", 1, COX_SEASON_MAX, 12, &period, reterr));
    COX_TRY(read_values(cli, &y, &count, reterr));
    r->horizon = (size_t)horizon;
    r->period = (size_t)period;
    room = COX_NEW_ARRAY(cli->arena, COX_COUNT(path) * r->horizon, double);
    work = COX_NEW_ARRAY(cli->arena, cox_series_workspace_size(count), double);
    if (room == NULL || work == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t k = 0; k < COX_COUNT(path); k++) {
        *path[k] = room + k * r->horizon;
    }
    cox_season_shares(y, count, r->period, r->share);
    if (cox_cli_has(cli, "form")) {
        return run_form(cli, cox_cli_value(cli, "form"), y, count, r, reterr);
    }
    return cox_series_forecast(y, count, r->period, r->horizon, work, &r->path, &r->series, reterr);
}

static const char *const note_texts[] = {"short: the mean, wide by default", "no season found",
    "gaps filled by the state-space form", "zeros or negatives: additive forms only"};

static enum cox_rc put_json(struct cox_cli *cli, const struct series_run *r, const char *form,
    const char *arima, struct cox_err *reterr)
{
    struct cox_json json;

    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "form", form);
    cox_json_put_real(&json, "log_likelihood", r->series.ets.log_likelihood);
    cox_json_put_real(&json, "aicc", r->series.ets.aicc);
    cox_json_put_string(&json, "arima", *arima == '\0' ? NULL : arima);
    cox_json_put_int(&json, "gaps", (int64_t)r->series.gap_count);
    cox_json_key(&json, "notes");
    cox_json_begin_array(&json);
    for (size_t k = 0; k < COX_COUNT(note_texts); k++) {
        if ((r->series.notes >> k & 1) != 0) {
            cox_json_string(&json, note_texts[k]);
        }
    }
    cox_json_end_array(&json);
    cox_json_key(&json, "quota_shares");
    cox_json_begin_array(&json);
    for (size_t k = 0; k < r->period; k++) {
        cox_json_real(&json, r->share[k]);
    }
    cox_json_end_array(&json);
    cox_json_key(&json, "rows");
    cox_json_begin_array(&json);
    for (size_t h = 0; h < r->horizon; h++) {
        cox_json_begin_object(&json);
        cox_json_put_int(&json, "step", (int64_t)h + 1);
        cox_json_put_real(&json, "point", r->path.point[h]);
        cox_json_put_real(&json, "low80", r->path.low80[h]);
        cox_json_put_real(&json, "high80", r->path.high80[h]);
        cox_json_put_real(&json, "low95", r->path.low95[h]);
        cox_json_put_real(&json, "high95", r->path.high95[h]);
        cox_json_put_real(&json, "smoothing", r->path.ets[h]);
        cox_json_put_real(&json, "theta", r->path.theta[h]);
        cox_json_put_real(&json, "arima", r->path.arima[h]);
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_json_done(&json, reterr);
}

enum cox_rc forecast_series(struct cox_cli *cli, struct cox_err *reterr)
{
    struct series_run r = {0};
    char form[16] = "mean", arima[24] = "";

    COX_TRY(run(cli, &r, reterr));
    if (r.series.has_ets) {
        cox_ets_name(r.series.ets.form, form);
    }
    if (r.series.has_arima) {
        cox_arima_name(r.series.arima.order, arima);
    }
    if (cli->is_json) {
        return put_json(cli, &r, form, arima, reterr);
    }
    (void)fprintf(cli->out, "step,point,low80,high80,low95,high95\n");
    for (size_t h = 0; h < r.horizon; h++) {
        (void)fprintf(cli->out, "%zu,%.6g,%.6g,%.6g,%.6g,%.6g\n", h + 1, r.path.point[h],
            r.path.low80[h], r.path.high80[h], r.path.low95[h], r.path.high95[h]);
    }
    if (r.is_form || !r.series.has_ets) {
        cox_cli_note(cli, "%s alone", form);
    } else {
        cox_cli_note(cli, "mean of %s, Theta%s%s", form, *arima == '\0' ? "" : " and ", arima);
    }
    for (size_t k = 0; k < COX_COUNT(note_texts); k++) {
        if ((r.series.notes >> k & 1) != 0) {
            cox_cli_note(cli, "%s", note_texts[k]);
        }
    }
    return COX_OK;
}
