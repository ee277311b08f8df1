/* command/forecast_period.c: coxswain forecast period. */
#include <math.h>
#include <string.h>

#include "command/forecast_table.h"
#include "kernel/forecast/period.h"
#include "kernel/stats/order.h"

static const double levels[3] = {0.1, 0.5, 0.9};

struct period_run {
    struct forecast_table table;
    struct cox_period_deals deals;
    struct cox_period_opt opt;
    struct cox_period_result result;
    int64_t quantile[3];
    size_t imputed_count, id_column, past_count;
    bool is_wide, has_past;
};

/* Median of the known amounts of rows alike in segment; of all when the segment has none. */
static int64_t median_of(const int64_t *amount, const uint16_t *code, size_t count,
    uint16_t segment, double *scratch)
{
    for (int pass = 0; pass < 2; pass++) {
        size_t n = 0;
        for (size_t i = 0; i < count; i++) {
            if (amount[i] >= 0 && (pass == 1 || code == NULL || code[i] == segment)) {
                scratch[n++] = (double)amount[i];
            }
        }
        if (n > 0) {
            cox_sort_doubles(scratch, n, scratch + count);
            return llround(cox_sorted_quantile(scratch, n, 0.5));
        }
    }
    return -1;
}

static enum cox_rc impute(struct cox_cli *cli, struct period_run *r, int64_t *amount,
    struct cox_err *reterr)
{
    size_t n = r->table.row_count, column = SIZE_MAX, names;
    const char *segment = cox_cli_value(cli, "segment");
    uint16_t *code = NULL;
    struct cox_text *name;

    if (segment != NULL) {
        COX_TRY(forecast_table_column(cli, &r->table, "segment", segment, &column, reterr));
        COX_TRY(forecast_codes(cli, &r->table, column, &code, &name, &names, reterr));
    }
    double *scratch = COX_NEW_ARRAY(cli->arena, 2 * n, double);
    int64_t *filled = COX_NEW_ARRAY(cli->arena, n, int64_t);
    if (scratch == NULL || filled == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < n; i++) {
        filled[i] = amount[i] >= 0
                        ? amount[i]
                        : median_of(amount, code, n, code == NULL ? 0 : code[i], scratch);
        if (filled[i] < 0) {
            return cox_fail_at(reterr, COX_INVALID, "amount", (int64_t)i + 2,
                "is missing on every deal");
        }
    }
    memcpy(amount, filled, n * sizeof(*amount));
    return COX_OK;
}

static enum cox_rc read_deals(struct cox_cli *cli, struct period_run *r, struct cox_err *reterr)
{
    const char *path = cox_cli_value(cli, "deals");
    size_t amount_at, prob_at;
    bool *twice;

    if (path == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "deals", 0, "is needed: a CSV file");
    }
    COX_TRY(forecast_table_load(cli, path, &r->table, reterr));
    COX_TRY(forecast_table_column(cli, &r->table, "amount", "amount", &amount_at, reterr));
    COX_TRY(forecast_table_column(cli, &r->table, "prob", "probability", &prob_at, reterr));
    r->id_column =
        forecast_table_find(&r->table, cox_cli_has(cli, "id") ? cox_cli_value(cli, "id") : "id");
    int64_t *amount = COX_NEW_ARRAY(cli->arena, r->table.row_count, int64_t);
    double *prob = COX_NEW_ARRAY(cli->arena, r->table.row_count, double);
    if (amount == NULL || prob == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(forecast_table_twice(cli, &r->table, r->id_column, &twice, reterr));
    for (size_t i = 0; i < r->table.row_count; i++) {
        struct cox_text a = r->table.cell[amount_at][i], p = r->table.cell[prob_at][i];
        int64_t row = (int64_t)i + 2;
        if (twice[i]) {
            return cox_fail_at(reterr, COX_INVALID, r->table.name[r->id_column].ptr, row,
                "\"%.40s\" was there before: its money would count twice",
                r->table.cell[r->id_column][i].ptr);
        }
        if (a.size == 0) {
            amount[i] = -1;
            r->imputed_count++;
        } else if (!forecast_minor(a, &amount[i]) || amount[i] < 0) {
            return cox_fail_at(reterr, COX_INVALID, r->table.name[amount_at].ptr, row,
                "\"%.40s\" is not an amount of 0 or more", a.ptr);
        }
        if (!forecast_real(p, &prob[i]) || prob[i] < 0.0 || prob[i] > 1.0) {
            return cox_fail_at(reterr, COX_INVALID, r->table.name[prob_at].ptr, row,
                "\"%.40s\" is outside [0, 1]", p.ptr);
        }
    }
    COX_TRY(forecast_convert(cli, &r->table, r->id_column, amount, reterr));
    r->deals = (struct cox_period_deals){r->table.row_count, amount, prob};
    return r->imputed_count > 0 ? impute(cli, r, amount, reterr) : COX_OK;
}

static enum cox_rc read_past(struct cox_cli *cli, struct period_run *r, struct cox_err *reterr)
{
    const char *path = cox_cli_value(cli, "history");
    struct forecast_table t;

    if (path == NULL) {
        return COX_OK;
    }
    COX_TRY(forecast_table_load(cli, path, &t, reterr));
    size_t forecast_at = forecast_table_find(&t, "forecast"),
           actual_at = forecast_table_find(&t, "actual");
    double *pair = COX_NEW_ARRAY(cli->arena, 2 * t.row_count, double);
    if (forecast_at == SIZE_MAX || actual_at == SIZE_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "history", 0,
            "%s needs columns forecast and actual", path);
    }
    if (pair == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < t.row_count; i++) {
        if (!forecast_real(t.cell[forecast_at][i], &pair[i]) ||
            !forecast_real(t.cell[actual_at][i], &pair[t.row_count + i])) {
            return cox_fail_at(reterr, COX_INVALID, "history", (int64_t)i + 2,
                "is not a pair of numbers");
        }
    }
    r->has_past = true;
    r->past_count = t.row_count;
    r->opt.error = cox_period_error_scale(pair, pair + t.row_count, t.row_count, &r->is_wide);
    return COX_OK;
}

static enum cox_rc read_opt(struct cox_cli *cli, struct period_run *r, struct cox_err *reterr)
{
    double target, closed, mean = 0.0, *later = &r->opt.later.create_count;

    COX_TRY(forecast_option_real(cli, "target-amount", 0, 9e13, 0, &target, reterr));
    COX_TRY(forecast_option_real(cli, "won-so-far", 0, 9e13, 0, &closed, reterr));
    COX_TRY(forecast_option_real(cli, "rho", 0, 0.99, 0, &r->opt.rho, reterr));
    COX_TRY(forecast_option_real(cli, "new-count", 0, 1e8, 0, later, reterr));
    COX_TRY(forecast_option_real(cli, "new-prob", 0, 1, 0.1, &r->opt.later.win_prob, reterr));
    COX_TRY(forecast_option_real(cli, "new-shape", 0.01, 1000, 1, &r->opt.later.shape, reterr));
    for (size_t i = 0; i < r->deals.count; i++) {
        mean += (double)r->deals.amount_minor[i] / (double)r->deals.count / 100.0;
    }
    COX_TRY(forecast_option_real(cli, "new-mean", 0.01, 9e13, mean, &mean, reterr));
    r->opt.later.mean_minor = mean * 100.0;
    r->opt.target_minor = llround(target * 100.0);
    r->opt.closed_minor = llround(closed * 100.0);
    r->opt.level = levels;
    r->opt.level_count = 3;
    return COX_OK;
}

static void put_money(struct cox_json *json, const char *key, int64_t minor)
{
    cox_json_put_real(json, key, (double)minor / 100.0);
}

static const char *deal_name(const struct period_run *r, size_t row)
{
    return r->id_column == SIZE_MAX ? "" : r->table.cell[r->id_column][row].ptr;
}

static enum cox_rc put_json(struct cox_cli *cli, const struct period_run *r, const char *range,
    struct cox_err *reterr)
{
    const struct cox_period_result *s = &r->result;
    struct cox_json json;

    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    put_money(&json, "p10", r->quantile[0]);
    put_money(&json, "p50", r->quantile[1]);
    put_money(&json, "p90", r->quantile[2]);
    put_money(&json, "expected", s->total_minor);
    put_money(&json, "closed", s->closed_minor);
    put_money(&json, "open", s->open_minor);
    put_money(&json, "new", s->later_minor);
    put_money(&json, "correction", s->correction_minor);
    cox_json_put_real(&json, "sd", s->sd_minor / 100.0);
    cox_json_key(&json, "prob_target");
    if (r->opt.target_minor > 0) {
        cox_json_real(&json, s->prob_target);
    } else {
        cox_json_null(&json);
    }
    cox_json_put_int(&json, "deals", (int64_t)r->deals.count);
    cox_json_put_int(&json, "amounts_imputed", (int64_t)r->imputed_count);
    cox_json_put_string(&json, "range", range);
    cox_json_key(&json, "swing");
    cox_json_begin_array(&json);
    for (size_t i = 0; i < s->swing_count; i++) {
        cox_json_begin_object(&json);
        cox_json_put_int(&json, "row", (int64_t)s->swing[i].row + 2);
        cox_json_put_string(&json, "deal", deal_name(r, s->swing[i].row));
        put_money(&json, "amount", r->deals.amount_minor[s->swing[i].row]);
        cox_json_put_real(&json, "prob_if_won", s->swing[i].prob_if_won);
        cox_json_put_real(&json, "prob_if_lost", s->swing[i].prob_if_lost);
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    cox_json_end_object(&json);
    return cox_json_done(&json, reterr);
}

static void put_text(struct cox_cli *cli, const struct period_run *r, const char *range)
{
    const struct cox_period_result *s = &r->result;

    (void)fprintf(cli->out, "P10        %16.2f\nP50        %16.2f\nP90        %16.2f\n",
        (double)r->quantile[0] / 100.0, (double)r->quantile[1] / 100.0,
        (double)r->quantile[2] / 100.0);
    (void)fprintf(cli->out,
        "expected   %16.2f\n  closed   %16.2f\n  open     %16.2f\n  new      %16.2f\n",
        (double)s->total_minor / 100.0, (double)s->closed_minor / 100.0,
        (double)s->open_minor / 100.0, (double)s->later_minor / 100.0);
    (void)fprintf(cli->out, "  record   %16.2f\n", (double)s->correction_minor / 100.0);
    if (r->opt.target_minor > 0) {
        (void)fprintf(cli->out, "chance of the target %6.3f\n", s->prob_target);
    }
    (void)fprintf(cli->out, "deals that move it most: row, amount, chance if won, if lost\n");
    for (size_t i = 0; i < s->swing_count; i++) {
        (void)fprintf(cli->out, "  %zu %s  %.2f  %.3f  %.3f\n", s->swing[i].row + 2,
            deal_name(r, s->swing[i].row), (double)r->deals.amount_minor[s->swing[i].row] / 100.0,
            s->swing[i].prob_if_won, s->swing[i].prob_if_lost);
    }
    cox_cli_note(cli, "%s", range);
    if (r->imputed_count > 0) {
        cox_cli_note(cli, "%zu amounts were missing and took a median", r->imputed_count);
    }
}

enum cox_rc forecast_period(struct cox_cli *cli, struct cox_err *reterr)
{
    struct period_run r = {0};

    COX_TRY(read_deals(cli, &r, reterr));
    COX_TRY(read_opt(cli, &r, reterr));
    COX_TRY(read_past(cli, &r, reterr));
    void *work = cox_arena_alloc(cli->arena, cox_period_workspace_size(r.deals.count));
    if (work == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_period_forecast(&r.deals, &r.opt, work, r.quantile, &r.result, reterr));
    const char *range = !r.has_past
                            ? "the range takes the chances as exact: no past periods were given"
                        : r.is_wide ? "wide by default: under 3 past periods"
                                    : "the range includes the error of past periods";
    if (cli->is_json) {
        return put_json(cli, &r, range, reterr);
    }
    put_text(cli, &r, range);
    return COX_OK;
}
