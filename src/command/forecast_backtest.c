/* command/forecast_backtest.c: coxswain forecast backtest. */
#include <math.h>
#include <string.h>

#include "base/day.h"
#include "command/forecast_table.h"
#include "kernel/forecast/rolling.h"
#include "kernel/forecast/score.h"

enum { WARM_MONTHS = 3, SOURCES = 5, BOOTSTRAPS = 2000 };

static const double levels[3] = {0.1, 0.5, 0.9};
static const char *const source_names[SOURCES] = {"forecast", "deals alone", "mean of three",
    "last month", "CRM pipeline"};

struct backtest {
    struct forecast_table table;
    int32_t *created, *closed, *start;
    unsigned char *ending, *reject, *season;
    int64_t *amount;
    uint16_t *segment, *team;
    struct cox_text *team_name;
    size_t segment_count, team_count, period_count, row_count, day_count,
        reject_count[COX_LIFE_REJECT_COUNT];
    size_t no_amount_count;
    int32_t first_day;
    struct cox_rolling_row *row;
};

static enum cox_rc read_row(const struct cox_cli *cli, struct backtest *b, const size_t *at,
    size_t i, struct cox_err *reterr)
{
    struct cox_text created = b->table.cell[at[0]][i], closed = b->table.cell[at[1]][i];
    struct cox_text outcome = b->table.cell[at[2]][i], amount = b->table.cell[at[3]][i];
    int64_t line = (int64_t)i + 2;

    b->created[i] = INT32_MAX; /* never known: left out and counted */
    b->closed[i] = COX_NO_DAY;
    if (created.size > 0 && !forecast_day(created, &b->created[i])) {
        return cox_fail_at(reterr, COX_INVALID, b->table.name[at[0]].ptr, line,
            "\"%.40s\" is not a date", created.ptr);
    }
    if (closed.size > 0 && !forecast_day(closed, &b->closed[i])) {
        return cox_fail_at(reterr, COX_INVALID, b->table.name[at[1]].ptr, line,
            "\"%.40s\" is not a date", closed.ptr);
    }
    int won = forecast_outcome(cli, outcome);
    b->ending[i] = won == 1 ? COX_WON : won == 0 ? COX_LOST : COX_STILL_OPEN;
    if (amount.size > 0 && (!forecast_minor(amount, &b->amount[i]) || b->amount[i] < 0)) {
        return cox_fail_at(reterr, COX_INVALID, b->table.name[at[3]].ptr, line,
            "\"%.40s\" is not an amount of 0 or more", amount.ptr);
    }
    b->no_amount_count += amount.size == 0 && won == 1;
    return COX_OK;
}

static enum cox_rc read_deals(struct cox_cli *cli, struct backtest *b, struct cox_err *reterr)
{
    static const char *const options[] = {"created", "closed", "outcome", "amount"};
    const char *path = cox_cli_value(cli, "deals");
    size_t at[4], column;
    struct cox_text *name;

    if (path == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "deals", 0, "is needed: a CSV file");
    }
    COX_TRY(forecast_table_load(cli, path, &b->table, reterr));
    for (size_t k = 0; k < 4; k++) {
        COX_TRY(forecast_table_column(cli, &b->table, options[k], options[k], &at[k], reterr));
    }
    size_t n = b->table.row_count + 1;
    b->created = COX_NEW_ARRAY(cli->arena, n, int32_t);
    b->closed = COX_NEW_ARRAY(cli->arena, n, int32_t);
    b->ending = COX_NEW_ARRAY(cli->arena, n, unsigned char);
    b->amount = COX_NEW_ARRAY(cli->arena, n, int64_t);
    if (b->created == NULL || b->closed == NULL || b->ending == NULL || b->amount == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < b->table.row_count; i++) {
        COX_TRY(read_row(cli, b, at, i, reterr));
    }
    b->segment_count = b->team_count = 1;
    if (cox_cli_has(cli, "segment")) {
        COX_TRY(forecast_table_column(cli, &b->table, "segment", "", &column, reterr));
        COX_TRY(
            forecast_codes(cli, &b->table, column, &b->segment, &name, &b->segment_count, reterr));
    }
    if (cox_cli_has(cli, "by")) {
        COX_TRY(forecast_table_column(cli, &b->table, "by", "", &column, reterr));
        COX_TRY(forecast_codes(cli, &b->table, column, &b->team, &b->team_name, &b->team_count,
            reterr));
    }
    return COX_OK;
}

static int32_t month_start(int32_t day, int64_t months)
{
    struct cox_civil civil = cox_day_civil(day);

    civil.day = 1;
    return (int32_t)cox_day_add_months(cox_day_of(civil), months);
}

/* Months from the first close to the last whole one, and the month of the quarter of each day. */
static enum cox_rc set_calendar(struct cox_cli *cli, struct backtest *b, struct cox_err *reterr)
{
    int32_t first_close = INT32_MAX, last_close = INT32_MIN, first = INT32_MAX;

    for (size_t i = 0; i < b->table.row_count; i++) {
        first = b->created[i] < first ? b->created[i] : first;
        if (b->closed[i] != COX_NO_DAY && b->ending[i] == COX_WON) {
            first_close = b->closed[i] < first_close ? b->closed[i] : first_close;
            last_close = b->closed[i] > last_close ? b->closed[i] : last_close;
        }
    }
    if (first == INT32_MAX || last_close == INT32_MIN) {
        return cox_fail_at(reterr, COX_INVALID, "deals", 0, "needs created deals and won ones");
    }
    b->start = COX_NEW_ARRAY(cli->arena, COX_ROLLING_PERIODS + 1, int32_t);
    b->first_day = month_start(first, 0);
    b->day_count = (size_t)(month_start(last_close, 13) - b->first_day);
    b->season = COX_NEW_ARRAY(cli->arena, b->day_count, unsigned char);
    if (b->start == NULL || b->season == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t d = 0; d < b->day_count; d++) {
        b->season[d] = (unsigned char)((cox_day_civil(b->first_day + (int64_t)d).month - 1) % 3);
    }
    /* A month counts when closes reach its last days; the calendar ends with the latest close. */
    int32_t end = month_start(last_close, 1) - last_close <= 3 ? month_start(last_close, 1)
                                                               : month_start(last_close, 0);
    int32_t from = month_start(first_close, 0);
    while (month_start(from, COX_ROLLING_PERIODS) < end) {
        from = month_start(from, 1);
    }
    for (b->start[0] = from; b->start[b->period_count] < end; b->period_count++) {
        b->start[b->period_count + 1] = month_start(b->start[b->period_count], 1);
    }
    if (b->period_count <= WARM_MONTHS) {
        return cox_fail_at(reterr, COX_INVALID, "deals", 0,
            "cover %zu months with closes; a backtest needs more than %d", b->period_count,
            WARM_MONTHS);
    }
    return COX_OK;
}

static enum cox_rc run(struct cox_cli *cli, struct backtest *b, struct cox_err *reterr)
{
    const struct cox_rolling_deals deals = {
        .lives = {b->table.row_count, b->created, b->closed, b->ending, NULL},
        .hazard_group_count = 1,
        .amount_minor = b->amount,
        .segment = b->segment,
        .segment_count = b->segment_count,
        .team = b->team,
        .team_count = b->team_count};
    const struct cox_seasons seasons = {b->first_day, b->day_count, 3, b->season};
    struct cox_rolling_opt opt = {b->start, b->period_count, WARM_MONTHS, 0.0};
    const struct cox_hazard_opt last = {.as_of_day = b->start[b->period_count - 1],
        .group_count = 1};
    struct cox_hazard hazard;

    COX_TRY(forecast_option_real(cli, "rho", 0, 0.99, 0, &opt.rho, reterr));
    b->row_count = (b->period_count - WARM_MONTHS) * b->team_count;
    b->row = COX_NEW_ARRAY(cli->arena, b->row_count, struct cox_rolling_row);
    b->reject = COX_NEW_ARRAY(cli->arena, b->table.row_count + 1, unsigned char);
    void *work = cox_arena_alloc(cli->arena, cox_rolling_workspace_size(&deals, 3));
    void *space = cox_arena_alloc(cli->arena, cox_hazard_workspace_size(1, 3));
    if (b->row == NULL || b->reject == NULL || work == NULL || space == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_hazard_fit(&deals.lives, &seasons, &last, space, b->reject, &hazard, reterr));
    memcpy(b->reject_count, hazard.reject_count, sizeof(hazard.reject_count));
    return cox_rolling_run(&deals, &seasons, &opt, work, b->row, reterr);
}

/* ---- scores ---- */

struct source {
    double wape, bias, pinball, cover;
    struct cox_skill skill; /* against the better run rate's pinball */
};

static void quantiles_of(const struct cox_rolling_row *r, size_t source, double *ret_q)
{
    double point = source == 3 ? r->last : r->crm;

    for (size_t q = 0; q < 3; q++) {
        ret_q[q] = source == 0   ? r->blend[q]
                   : source == 1 ? r->kernel[q]
                   : source == 2
                       ? r->run[q]
                       : point * (0.6 + 0.4 * (double)q); /* a bare figure: wide by default */
    }
}

static enum cox_rc score(struct cox_cli *cli, const struct backtest *b, struct source *ret,
    struct cox_err *reterr)
{
    size_t n = b->row_count;
    double *actual = COX_NEW_ARRAY(cli->arena, n, double),
           *loss = COX_NEW_ARRAY(cli->arena, SOURCES * n, double);
    double *point = COX_NEW_ARRAY(cli->arena, n, double),
           *scratch = COX_NEW_ARRAY(cli->arena, 2 * BOOTSTRAPS, double);
    double mean = 0.0;

    if (actual == NULL || loss == NULL || point == NULL || scratch == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < n; i++) {
        actual[i] = b->row[i].actual;
        mean += actual[i] / (double)n;
    }
    for (size_t s = 0; s < SOURCES; s++) {
        ret[s] = (struct source){0};
        for (size_t i = 0; i < n; i++) {
            double q[3];
            quantiles_of(&b->row[i], s, q);
            point[i] = q[1];
            loss[s * n + i] = cox_mean_pinball(&actual[i], q, 1, levels, 3);
            ret[s].pinball += mean > 0.0 ? loss[s * n + i] / (double)n / mean : (double)NAN;
            ret[s].cover += cox_cover(&actual[i], &q[0], &q[2], 1) / (double)n;
        }
        ret[s].wape = cox_wape(actual, point, n);
        ret[s].bias = cox_bias(actual, point, n);
    }
    size_t best = ret[2].pinball <= ret[3].pinball ? 2 : 3;
    for (size_t s = 0; s < SOURCES; s++) {
        ret[s].skill = cox_skill_of(loss + s * n, loss + best * n, n, 0, BOOTSTRAPS, 1, scratch);
    }
    return COX_OK;
}

/* ---- output ---- */

static void month_text(const struct backtest *b, size_t i, char *room, size_t size)
{
    struct cox_civil c = cox_day_civil(b->start[WARM_MONTHS + i / b->team_count]);

    (void)snprintf(room, size, "%04d-%02d", c.year, c.month);
}

static const char *team_text(const struct backtest *b, size_t i)
{
    return b->team_name == NULL ? "all" : b->team_name[i % b->team_count].ptr;
}

static void put_rows(struct cox_json *json, const struct backtest *b)
{
    cox_json_key(json, "rows");
    cox_json_begin_array(json);
    for (size_t i = 0; i < b->row_count; i++) {
        const struct cox_rolling_row *r = &b->row[i];
        char month[16];
        month_text(b, i, month, sizeof(month));
        cox_json_begin_object(json);
        cox_json_put_string(json, "month", month);
        cox_json_put_string(json, "team", team_text(b, i));
        cox_json_put_real(json, "actual", r->actual / 100.0);
        cox_json_put_real(json, "p10", r->blend[0] / 100.0);
        cox_json_put_real(json, "p50", r->blend[1] / 100.0);
        cox_json_put_real(json, "p90", r->blend[2] / 100.0);
        cox_json_put_real(json, "deals_p50", r->kernel[1] / 100.0);
        cox_json_put_real(json, "mean3", r->mean3 / 100.0);
        cox_json_put_real(json, "last", r->last / 100.0);
        cox_json_put_real(json, "crm", r->crm / 100.0);
        cox_json_put_real(json, "weight_of_deals", r->weight);
        cox_json_put_int(json, "open_deals", (int64_t)r->open_count);
        cox_json_put_bool(json, "wide_by_default", r->is_wide);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

static enum cox_rc put_json(struct cox_cli *cli, const struct backtest *b, const struct source *s,
    struct cox_err *reterr)
{
    struct cox_json json;

    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    cox_json_key(&json, "scores");
    cox_json_begin_array(&json);
    for (size_t k = 0; k < SOURCES; k++) {
        cox_json_begin_object(&json);
        cox_json_put_string(&json, "source", source_names[k]);
        cox_json_put_real(&json, "wape", s[k].wape);
        cox_json_put_real(&json, "pinball", s[k].pinball);
        cox_json_put_real(&json, "cover", s[k].cover);
        cox_json_put_real(&json, "bias", s[k].bias);
        cox_json_put_real(&json, "skill", s[k].skill.skill);
        cox_json_put_real(&json, "skill_low80", s[k].skill.low);
        cox_json_put_real(&json, "skill_high80", s[k].skill.high);
        cox_json_end_object(&json);
    }
    cox_json_end_array(&json);
    cox_json_key(&json, "left_out");
    cox_json_begin_object(&json);
    for (size_t k = COX_LIFE_CLOSED_EARLY; k < COX_LIFE_REJECT_COUNT; k++) {
        cox_json_put_int(&json, cox_life_reject_text((enum cox_life_reject)k),
            (int64_t)b->reject_count[k]);
    }
    cox_json_end_object(&json);
    put_rows(&json, b);
    cox_json_end_object(&json);
    return cox_json_done(&json, reterr);
}

static void put_text(struct cox_cli *cli, const struct backtest *b, const struct source *s)
{
    (void)fprintf(cli->out, "%-14s %7s %8s %6s %7s  %s\n", "", "WAPE", "pinball", "cover", "bias",
        "skill against the better run rate (80 %)");
    for (size_t k = 0; k < SOURCES; k++) {
        (void)fprintf(cli->out, "%-14s %7.3f %8.3f %6.2f %+7.3f  %+.3f (%+.3f to %+.3f)\n",
            source_names[k], s[k].wape, s[k].pinball, s[k].cover, s[k].bias, s[k].skill.skill,
            s[k].skill.low, s[k].skill.high);
    }
    (void)fprintf(cli->out, "\nmonth,team,actual,p10,p50,p90,mean3,last,crm\n");
    for (size_t i = 0; i < b->row_count; i++) {
        const struct cox_rolling_row *r = &b->row[i];
        char month[16];
        month_text(b, i, month, sizeof(month));
        (void)fprintf(cli->out, "%s,%s,%.2f,%.2f,%.2f,%.2f,%.2f,%.2f,%.2f\n", month,
            team_text(b, i), r->actual / 100.0, r->blend[0] / 100.0, r->blend[1] / 100.0,
            r->blend[2] / 100.0, r->mean3 / 100.0, r->last / 100.0, r->crm / 100.0);
    }
    for (size_t k = COX_LIFE_CLOSED_EARLY; k < COX_LIFE_REJECT_COUNT; k++) {
        if (b->reject_count[k] > 0) {
            cox_cli_note(cli, "%zu deals left out: %s", b->reject_count[k],
                cox_life_reject_text((enum cox_life_reject)k));
        }
    }
    if (b->no_amount_count > 0) {
        cox_cli_note(cli, "%zu won deals have no amount and count as 0", b->no_amount_count);
    }
}

enum cox_rc forecast_backtest(struct cox_cli *cli, struct cox_err *reterr)
{
    struct backtest b = {0};
    struct source sources[SOURCES];

    COX_TRY(read_deals(cli, &b, reterr));
    COX_TRY(set_calendar(cli, &b, reterr));
    COX_TRY(run(cli, &b, reterr));
    COX_TRY(score(cli, &b, sources, reterr));
    if (cli->is_json) {
        return put_json(cli, &b, sources, reterr);
    }
    put_text(cli, &b, sources);
    return COX_OK;
}
