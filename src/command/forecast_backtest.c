/* command/forecast_backtest.c: coxswain forecast backtest. */
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/day.h"
#include "command/forecast_past.h"
#include "kernel/forecast/score.h"

enum { WARM_MONTHS = 3, SOURCES = 5, BOOTSTRAPS = 2000, NAMED_MAX = 1000, SHOWN_MAX = 20 };

/* Beside the kernel's own reasons for leaving a row out. */
enum { REJECT_TWICE = COX_LIFE_REJECT_COUNT, REJECT_FUTURE, REJECT_COUNT };

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
        reject_count[REJECT_COUNT];
    size_t no_amount_count;
    int32_t first_day, as_of_day;
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

/* Rows that name a deal again, or tell of a close or creation after the as-of day, are no deals. */
static enum cox_rc refuse_rows(struct cox_cli *cli, struct backtest *b, struct cox_err *reterr)
{
    const char *name = cox_cli_has(cli, "id") ? cox_cli_value(cli, "id") : "id";
    size_t id_column = forecast_table_find(&b->table, name);
    bool *twice;

    if (cox_cli_has(cli, "id") && id_column == SIZE_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "id", 0, "%s has no column \"%s\"", b->table.path,
            name);
    }
    b->as_of_day = (int32_t)(time(NULL) / 86400);
    if (cox_cli_has(cli, "as-of") &&
        !forecast_day(cox_text_of(cox_cli_value(cli, "as-of")), &b->as_of_day)) {
        return cox_fail_at(reterr, COX_INVALID, "as-of", 0, "is not a date");
    }
    COX_TRY(forecast_table_twice(cli, &b->table, id_column, &twice, reterr));
    for (size_t i = 0; i < b->table.row_count; i++) {
        bool has_closed = b->ending[i] != COX_STILL_OPEN;
        bool later = (b->created[i] != INT32_MAX && b->created[i] > b->as_of_day) ||
                     (has_closed && b->closed[i] > b->as_of_day);
        b->reject[i] = twice[i] ? REJECT_TWICE : later ? REJECT_FUTURE : COX_LIFE_USED;
        b->ending[i] = b->reject[i] == COX_LIFE_USED ? b->ending[i] : COX_ENDING_COUNT;
        if (b->reject[i] != COX_LIFE_USED) {
            b->created[i] = INT32_MAX; /* so that nothing reads the rest of it */
            b->closed[i] = COX_NO_DAY;
        }
    }
    return COX_OK;
}

static const char *reject_text(size_t reject)
{
    return reject == REJECT_TWICE    ? "its id was there before"
           : reject == REJECT_FUTURE ? "dated after the as-of day"
                                     : cox_life_reject_text((enum cox_life_reject)reject);
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
    b->reject = COX_NEW_ARRAY(cli->arena, n, unsigned char);
    if (b->created == NULL || b->closed == NULL || b->ending == NULL || b->amount == NULL ||
        b->reject == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < b->table.row_count; i++) {
        COX_TRY(read_row(cli, b, at, i, reterr));
    }
    COX_TRY(refuse_rows(cli, b, reterr));
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
    unsigned char *reject = COX_NEW_ARRAY(cli->arena, b->table.row_count + 1, unsigned char);
    void *work = cox_arena_alloc(cli->arena, cox_rolling_workspace_size(&deals, 3));
    void *space = cox_arena_alloc(cli->arena, cox_hazard_workspace_size(1, 3));
    if (b->row == NULL || reject == NULL || work == NULL || space == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(cox_hazard_fit(&deals.lives, &seasons, &last, space, reject, &hazard, reterr));
    for (size_t i = 0; i < b->table.row_count; i++) {
        b->reject[i] = b->reject[i] == COX_LIFE_USED ? reject[i] : b->reject[i];
        b->reject_count[b->reject[i]]++;
    }
    return cox_rolling_run(&deals, &seasons, &opt, work, b->row, reterr);
}

/* ---- scores ---- */

struct source {
    double wape, bias, pinball, cover;
    double crps, mase;      /* CRPS over the mean actual, as pinball; NaN: nothing to scale by */
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

/* CRPS of one row; of a bare figure that of a normal with +-40 % as P10 and P90. */
static double crps_of(const struct cox_rolling_row *r, size_t source)
{
    double point = source == 3 ? r->last : r->crm;

    return source == 0   ? r->blend_crps
           : source == 1 ? r->kernel_crps
           : source == 2 ? r->run_crps
                         : cox_crps_normal(r->actual, point, 0.4 * point / 1.2815515655446004);
}

/* One source over all rows; its loss summed by month, for months are what the bootstrap draws. */
static void score_source(const struct backtest *b, size_t s, double mean, double *actual,
    double *point, double *month_loss, struct source *ret)
{
    size_t n = b->row_count;
    double scaled = 0.0, scaled_count = 0.0;

    *ret = (struct source){0};
    for (size_t i = 0; i < n; i++) {
        const struct cox_rolling_row *r = &b->row[i];
        double q[3];
        quantiles_of(r, s, q);
        actual[i] = r->actual;
        point[i] = q[1];
        double loss = cox_mean_pinball(&actual[i], q, 1, levels, 3);
        month_loss[i / b->team_count] += loss;
        ret->pinball += loss / (double)n / mean;
        ret->crps += crps_of(r, s) / (double)n / mean;
        ret->cover += cox_cover(&actual[i], &q[0], &q[2], 1) / (double)n;
        scaled += r->naive_scale > 0.0 ? fabs(actual[i] - q[1]) / r->naive_scale : 0.0;
        scaled_count += r->naive_scale > 0.0 ? 1.0 : 0.0;
    }
    ret->mase = scaled_count > 0.0 ? scaled / scaled_count : (double)NAN;
    ret->wape = cox_wape(actual, point, n);
    ret->bias = cox_bias(actual, point, n);
}

static enum cox_rc score(struct cox_cli *cli, const struct backtest *b, struct source *ret,
    struct cox_err *reterr)
{
    size_t n = b->row_count, months = n / b->team_count;
    double *actual = COX_NEW_ARRAY(cli->arena, n, double),
           *loss = COX_NEW_ARRAY(cli->arena, SOURCES * months, double);
    double *point = COX_NEW_ARRAY(cli->arena, n, double),
           *scratch = COX_NEW_ARRAY(cli->arena, 2 * BOOTSTRAPS, double);
    double mean = 0.0;

    if (actual == NULL || loss == NULL || point == NULL || scratch == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < n; i++) {
        mean += b->row[i].actual / (double)n;
    }
    mean = mean > 0.0 ? mean : (double)NAN;
    memset(loss, 0, SOURCES * months * sizeof(double));
    for (size_t s = 0; s < SOURCES; s++) {
        score_source(b, s, mean, actual, point, loss + s * months, &ret[s]);
    }
    size_t best = ret[2].pinball <= ret[3].pinball ? 2 : 3;
    for (size_t s = 0; s < SOURCES; s++) {
        ret[s].skill = cox_skill_of(loss + s * months, loss + best * months, months, 0, BOOTSTRAPS,
            1, scratch);
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

static bool is_named(const struct backtest *b, size_t row)
{
    return b->reject[row] >= COX_LIFE_CLOSED_EARLY;
}

/* The rows that were left out, by number and reason. */
static void put_rejects(struct cox_json *json, const struct backtest *b)
{
    size_t named = 0;

    cox_json_key(json, "left_out_rows");
    cox_json_begin_array(json);
    for (size_t i = 0; i < b->table.row_count && named < NAMED_MAX; i++) {
        if (is_named(b, i)) {
            cox_json_begin_object(json);
            cox_json_put_int(json, "row", (int64_t)i + 2);
            cox_json_put_string(json, "reason", reject_text(b->reject[i]));
            cox_json_end_object(json);
            named++;
        }
    }
    cox_json_end_array(json);
}

static void print_rejects(struct cox_cli *cli, const struct backtest *b)
{
    size_t named = 0;

    for (size_t k = COX_LIFE_CLOSED_EARLY; k < REJECT_COUNT; k++) {
        if (b->reject_count[k] > 0) {
            cox_cli_note(cli, "%zu deals left out: %s", b->reject_count[k], reject_text(k));
        }
    }
    for (size_t i = 0; i < b->table.row_count && named < SHOWN_MAX; i++) {
        if (is_named(b, i)) {
            cox_cli_note(cli, "  row %zu: %s", i + 2, reject_text(b->reject[i]));
            named++;
        }
    }
}

static enum cox_rc put_json(struct cox_cli *cli, const struct backtest *b, const struct source *s,
    const struct forecast_past *past, const struct forecast_judged *judged, struct cox_err *reterr)
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
        cox_json_put_real(&json, "crps", s[k].crps);
        cox_json_put_real(&json, "mase", s[k].mase);
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
    for (size_t k = COX_LIFE_CLOSED_EARLY; k < REJECT_COUNT; k++) {
        cox_json_put_int(&json, reject_text(k), (int64_t)b->reject_count[k]);
    }
    cox_json_end_object(&json);
    put_rejects(&json, b);
    forecast_put_judged(&json, past, judged);
    put_rows(&json, b);
    cox_json_end_object(&json);
    return cox_json_done(&json, reterr);
}

static void put_text(struct cox_cli *cli, const struct backtest *b, const struct source *s,
    const struct forecast_past *past, const struct forecast_judged *judged)
{
    (void)fprintf(cli->out, "%-14s %7s %8s %6s %6s %6s %7s  %s\n", "", "WAPE", "pinball", "CRPS",
        "MASE", "cover", "bias", "skill against the better run rate (80 %)");
    for (size_t k = 0; k < SOURCES; k++) {
        (void)fprintf(cli->out,
            "%-14s %7.3f %8.3f %6.3f %6.3f %6.2f %+7.3f  %+.3f (%+.3f to %+.3f)\n", source_names[k],
            s[k].wape, s[k].pinball, s[k].crps, s[k].mase, s[k].cover, s[k].bias, s[k].skill.skill,
            s[k].skill.low, s[k].skill.high);
    }
    forecast_print_judged(cli, past, judged);
    (void)fprintf(cli->out, "\nmonth,team,actual,p10,p50,p90,mean3,last,crm\n");
    for (size_t i = 0; i < b->row_count; i++) {
        const struct cox_rolling_row *r = &b->row[i];
        char month[16];
        month_text(b, i, month, sizeof(month));
        (void)fprintf(cli->out, "%s,%s,%.2f,%.2f,%.2f,%.2f,%.2f,%.2f,%.2f\n", month,
            team_text(b, i), r->actual / 100.0, r->blend[0] / 100.0, r->blend[1] / 100.0,
            r->blend[2] / 100.0, r->mean3 / 100.0, r->last / 100.0, r->crm / 100.0);
    }
    print_rejects(cli, b);
    if (b->no_amount_count > 0) {
        cox_cli_note(cli, "%zu won deals have no amount and count as 0", b->no_amount_count);
    }
}

enum cox_rc forecast_backtest(struct cox_cli *cli, struct cox_err *reterr)
{
    struct backtest b = {0};
    struct source sources[SOURCES];
    struct forecast_judged judged;

    COX_TRY(read_deals(cli, &b, reterr));
    COX_TRY(set_calendar(cli, &b, reterr));
    COX_TRY(run(cli, &b, reterr));
    COX_TRY(score(cli, &b, sources, reterr));
    const struct forecast_past past = {b.row_count / b.team_count, b.team_count,
        b.start + WARM_MONTHS, b.team_name, b.row};
    COX_TRY(forecast_judge(cli, &past, &judged, reterr));
    if (cli->is_json) {
        return put_json(cli, &b, sources, &past, &judged, reterr);
    }
    put_text(cli, &b, sources, &past, &judged);
    return COX_OK;
}
