/* command/forecast_score.c: coxswain forecast score. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/csv.h"
#include "base/day.h"
#include "command/forecast_fields.h"
#include "kernel/forecast/gate.h"
#include "kernel/forecast/leak.h"
#include "kernel/forecast/score.h"
#include "kernel/stats/order.h"
#include "kernel/stats/special.h"

enum { REASONS = 3, REASON_SIZE = 200, BAD_SHOWN = 5 };

/* Why a row of --train was left out. */
enum left_out { LEFT_OUTCOME, LEFT_TWICE, LEFT_COUNT };
static const char *const left_texts[LEFT_COUNT] = {"it is neither won nor lost",
    "its id was there before"};

struct score_run {
    struct forecast_table train, test;
    struct forecast_fields *fields;
    struct cox_win_model model;
    size_t target, order, id, *row; /* row: of the training table, in time order if known */
    size_t count, bad_count;
    struct {
        size_t row; /* of the file, from 1 */
        enum left_out why;
    } * bad;
    size_t later_count; /* closed on --as-of or after it: not known then */
    char as_of[16]; /* given, else the day after the latest close; "" where closes have no days */
    unsigned char *won;
    bool has_test;
    const unsigned char *column[COX_POINTS_FEATURES]; /* codes of the scored rows */
    /* segments */
    struct cox_rate_data rates;
    const uint16_t *chain[COX_RATE_DEPTH];
    struct cox_text *chain_name[COX_RATE_DEPTH];
    size_t chain_count[COX_RATE_DEPTH], chain_column[COX_RATE_DEPTH];
    bool has_rates;
    /* scores */
    struct cox_win *win;
    char (*reason)[REASON_SIZE];
    unsigned char *test_won;
    bool is_judged;
};

/* ---- training rows ---- */

/* The column that says when a deal closed: --closed, "closed", or --order; SIZE_MAX: none. */
static size_t close_column(const struct cox_cli *cli, const struct score_run *r)
{
    const char *name = cox_cli_value(cli, "closed");
    size_t at = forecast_table_find(&r->train, name != NULL ? name : "closed");

    return at != SIZE_MAX ? at : r->order;
}

/* ret_known[i]: had it closed by then? */
static enum cox_rc set_as_of(const struct cox_cli *cli, struct score_run *r, bool *ret_known,
    struct cox_err *reterr)
{
    const char *given = cox_cli_value(cli, "as-of");
    size_t column = close_column(cli, r);
    int32_t as_of = INT32_MAX, latest = INT32_MIN, day;

    if (given != NULL && !forecast_day(cox_text_of(given), &as_of)) {
        return cox_fail_at(reterr, COX_INVALID, "as-of", 0, "is not a date");
    }
    if (given != NULL && column == SIZE_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "closed", 0,
            "say which column has the day of the close, for --as-of");
    }
    for (size_t i = 0; i < r->train.row_count; i++) {
        bool is_day = column != SIZE_MAX && forecast_day(r->train.cell[column][i], &day);
        ret_known[i] = given == NULL || (is_day && day < as_of);
        latest = is_day && day > latest && ret_known[i] ? day : latest;
    }
    if (given != NULL || latest > INT32_MIN) {
        struct cox_civil c = cox_day_civil(given != NULL ? as_of : latest + 1);
        (void)snprintf(r->as_of, sizeof(r->as_of), "%04d-%02d-%02d", c.year % 10000, c.month % 100,
            c.day % 100);
    }
    return COX_OK;
}

static enum cox_rc pick_rows(struct cox_cli *cli, struct score_run *r, struct cox_err *reterr)
{
    size_t n = r->train.row_count;
    bool *known = COX_NEW_ARRAY(cli->arena, n + 1, bool), *twice;

    r->bad = cox_arena_array(cli->arena, n + 1, sizeof(*r->bad));
    r->row = COX_NEW_ARRAY(cli->arena, n + 1, size_t);
    r->won = COX_NEW_ARRAY(cli->arena, n + 1, unsigned char);
    if (r->row == NULL || r->won == NULL || known == NULL || r->bad == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(set_as_of(cli, r, known, reterr));
    COX_TRY(forecast_table_twice(cli, &r->train, r->id, &twice, reterr));
    for (size_t i = 0; i < n; i++) {
        bool is_closed = forecast_outcome(cli, r->train.cell[r->target][i]) >= 0;

        if (!known[i]) {
            r->later_count++;
        } else if (is_closed && !twice[i]) {
            r->row[r->count++] = i;
        } else {
            r->bad[r->bad_count].row = i + 2;
            r->bad[r->bad_count++].why = is_closed ? LEFT_TWICE : LEFT_OUTCOME;
        }
    }
    return COX_OK;
}

/* By --order, else by a hash of the row number, so that folds are alike whatever the file's order. */
static enum cox_rc sort_rows(struct cox_cli *cli, struct score_run *r, struct cox_err *reterr)
{
    double *key = COX_NEW_ARRAY(cli->arena, r->count + 1, double);
    uint32_t *order = COX_NEW_ARRAY(cli->arena, 2 * r->count + 1, uint32_t);
    size_t *sorted = COX_NEW_ARRAY(cli->arena, r->count + 1, size_t);

    if (key == NULL || order == NULL || sorted == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < r->count; i++) {
        key[i] = (double)((uint64_t)r->row[i] * 0x9e3779b97f4a7c15u >> 11);
        if (r->order != SIZE_MAX) {
            struct cox_text cell = r->train.cell[r->order][r->row[i]];
            int32_t day;
            if (forecast_day(cell, &day)) {
                key[i] = day;
            } else if (!forecast_real(cell, &key[i])) {
                return cox_fail_at(reterr, COX_INVALID, r->train.name[r->order].ptr,
                    (int64_t)r->row[i] + 2, "\"%.40s\" is neither a date nor a number", cell.ptr);
            }
        }
    }
    cox_order_doubles(key, r->count, order, order + r->count);
    for (size_t i = 0; i < r->count; i++) {
        sorted[i] = r->row[order[i]];
    }
    r->row = sorted;
    for (size_t i = 0; i < r->count; i++) {
        r->won[i] = forecast_outcome(cli, r->train.cell[r->target][sorted[i]]) == 1;
    }
    return COX_OK;
}

/* Nested segments: each depth's code is that of the names of all depths so far. */
static enum cox_rc set_segments(struct cox_cli *cli, struct score_run *r, struct cox_err *reterr)
{
    const char *name;
    size_t depth = 0;

    for (; depth < COX_RATE_DEPTH && (name = cox_cli_value_at(cli, "segment", depth)) != NULL;
         depth++) {
        size_t at = forecast_table_find(&r->train, name);
        uint16_t *all, *code = COX_NEW_ARRAY(cli->arena, r->count + 1, uint16_t);
        if (at == SIZE_MAX || code == NULL) {
            return at == SIZE_MAX ? cox_fail_at(reterr, COX_INVALID, "segment", 0,
                                        "%s has no column \"%s\"", r->train.path, name)
                                  : cox_no_memory(reterr);
        }
        COX_TRY(forecast_codes(cli, &r->train, at, &all, &r->chain_name[depth],
            &r->chain_count[depth], reterr));
        for (size_t i = 0; i < r->count; i++) {
            code[i] = all[r->row[i]];
        }
        r->chain_count[depth]++; /* the last: not seen in training */
        r->chain[depth] = code;
        r->chain_column[depth] = at;
    }
    r->has_rates = depth > 0;
    r->rates = (struct cox_rate_data){r->count, depth, r->chain, r->chain_count, r->won};
    return COX_OK;
}

static enum cox_rc fit(struct cox_cli *cli, struct score_run *r, struct cox_err *reterr)
{
    const unsigned char *column[COX_POINTS_FEATURES];
    unsigned char levels[COX_POINTS_FEATURES];
    size_t skip[3] = {r->target, r->order, r->id};

    r->fields = COX_NEW(cli->arena, struct forecast_fields);
    if (r->fields == NULL) {
        return cox_no_memory(reterr);
    }
    COX_TRY(
        forecast_fields_fit(cli, &r->train, r->row, r->count, r->won, skip, 3, r->fields, reterr));
    for (size_t f = 0; f < r->fields->count; f++) {
        column[f] = r->fields->field[f].code;
        levels[f] = r->fields->field[f].code_count;
    }
    const struct cox_points_data data = {r->count, r->fields->count, column, levels, r->won};
    const struct cox_gate_opt opt = {.is_ordered = r->order != SIZE_MAX,
        .pair_max = COX_POINTS_PAIRS,
        .rates = r->has_rates ? &r->rates : NULL};
    void *memory = cox_arena_alloc(cli->arena, cox_win_model_size(&data, &opt));
    void *work = cox_arena_alloc(cli->arena, cox_win_workspace_size(&data, &opt));
    if (memory == NULL || work == NULL) {
        return cox_no_memory(reterr);
    }
    return cox_win_fit(&data, &opt, memory, work, &r->model, reterr);
}

/* ---- scoring ---- */

static enum cox_rc code_rows(struct cox_cli *cli, struct score_run *r, struct cox_err *reterr)
{
    for (size_t f = 0; f < r->fields->count; f++) {
        const struct forecast_field *field = &r->fields->field[f];
        size_t at = forecast_table_find(&r->test, r->train.name[field->column].ptr);
        unsigned char *code = COX_NEW_ARRAY(cli->arena, r->test.row_count + 1, unsigned char);
        if (code == NULL) {
            return cox_no_memory(reterr);
        }
        for (size_t i = 0; i < r->test.row_count; i++) {
            code[i] =
                forecast_field_code(field, at == SIZE_MAX ? COX_LIT("") : r->test.cell[at][i]);
        }
        r->column[f] = code;
    }
    return COX_OK;
}

static void set_chain(const struct score_run *r, size_t i, uint16_t *ret_chain)
{
    for (size_t k = 0; k < r->rates.depth; k++) {
        size_t at = forecast_table_find(&r->test, r->train.name[r->chain_column[k]].ptr);
        size_t last = r->chain_count[k] - 1, code = last;
        for (size_t n = 0; at != SIZE_MAX && n < last && code == last; n++) {
            code = cox_text_same(r->chain_name[k][n], r->test.cell[at][i]) ? n : last;
        }
        ret_chain[k] = (uint16_t)code;
    }
}

/* "no competitor named: +6": what the part moves the chance by, in hundredths. */
static void write_reason(const struct score_run *r, const struct cox_win *win,
    const unsigned char *code, size_t term, double part, char *room)
{
    const struct cox_points_term *t = &r->model.points.term[term];
    char a[REASON_SIZE / 2 - 16], b[REASON_SIZE / 2 - 16];
    double points = 100.0 * (win->prob - cox_logistic(win->logit - part));

    (void)forecast_field_text(&r->fields->field[t->a], code[t->a], a, sizeof(a));
    if (t->b == COX_POINTS_NONE) {
        (void)snprintf(room, REASON_SIZE, "%s: %+.1f", a, points);
    } else {
        (void)forecast_field_text(&r->fields->field[t->b], code[t->b], b, sizeof(b));
        (void)snprintf(room, REASON_SIZE, "%s with %s: %+.1f", a, b, points);
    }
}

static void find_reasons(const struct score_run *r, size_t i)
{
    unsigned char code[COX_POINTS_FEATURES];
    double base, part[COX_POINTS_TERMS];

    for (size_t f = 0; f < r->fields->count; f++) {
        code[f] = r->column[f][i];
    }
    cox_win_explain(&r->model, code, &base, part);
    for (size_t k = 0; k < REASONS; k++) {
        size_t best = 0;
        for (size_t t = 1; t < r->model.points.term_count; t++) {
            best = fabs(part[t]) > fabs(part[best]) ? t : best;
        }
        if (part[best] != 0.0) {
            write_reason(r, &r->win[i], code, best, part[best], r->reason[i * REASONS + k]);
            part[best] = 0.0;
        }
    }
}

static enum cox_rc score_rows(struct cox_cli *cli, struct score_run *r, struct cox_err *reterr)
{
    size_t n = r->test.row_count,
           target = forecast_table_find(&r->test, r->train.name[r->target].ptr);

    COX_TRY(code_rows(cli, r, reterr));
    r->win = COX_NEW_ARRAY(cli->arena, n + 1, struct cox_win);
    r->reason = cox_arena_array(cli->arena, n * REASONS + 1, REASON_SIZE);
    r->test_won = COX_NEW_ARRAY(cli->arena, n + 1, unsigned char);
    if (r->win == NULL || r->reason == NULL || r->test_won == NULL) {
        return cox_no_memory(reterr);
    }
    r->is_judged = target != SIZE_MAX && n > 0;
    for (size_t i = 0; i < n; i++) {
        uint16_t chain[COX_RATE_DEPTH];
        set_chain(r, i, chain);
        r->win[i] = cox_win_score(&r->model, r->column, i, r->has_rates ? chain : NULL);
        if (r->model.layer >= COX_LAYER_POINTS) {
            find_reasons(r, i);
        }
        int won = target == SIZE_MAX ? -1 : forecast_outcome(cli, r->test.cell[target][i]);
        r->is_judged = r->is_judged && won >= 0;
        r->test_won[i] = won == 1;
    }
    return COX_OK;
}

/* ---- output ---- */

struct verdict {
    double log_loss, base_loss, brier, auc, ece, slope, intercept;
};

static enum cox_rc judge(struct cox_cli *cli, const struct score_run *r, struct verdict *v,
    struct cox_err *reterr)
{
    size_t n = r->test.row_count;
    double *prob = COX_NEW_ARRAY(cli->arena, n + 1, double),
           *base = COX_NEW_ARRAY(cli->arena, n + 1, double);
    uint32_t *scratch = COX_NEW_ARRAY(cli->arena, 2 * n + 1, uint32_t);

    if (prob == NULL || base == NULL || scratch == NULL) {
        return cox_no_memory(reterr);
    }
    for (size_t i = 0; i < n; i++) {
        prob[i] = r->win[i].prob;
        base[i] = r->model.rates.overall;
    }
    v->log_loss = cox_log_loss(prob, r->test_won, n);
    v->base_loss = cox_log_loss(base, r->test_won, n);
    v->brier = cox_brier(prob, r->test_won, n);
    v->auc = cox_auc(prob, r->test_won, n, scratch);
    v->ece = cox_calibration_error(prob, r->test_won, n, 10);
    cox_calibration_line(prob, r->test_won, n, &v->slope, &v->intercept);
    return COX_OK;
}

static const char *summary_of(const struct cox_win_model *m)
{
    return m->is_prior_only    ? "too few closed deals: the base rate, mostly prior"
           : m->is_provisional ? "too few closed deals to test: provisional points"
           : m->has_signal     ? "usable signal"
                               : "no usable signal: the base rate";
}

static const char *id_of(const struct score_run *r, size_t i)
{
    size_t at =
        r->id == SIZE_MAX ? SIZE_MAX : forecast_table_find(&r->test, r->train.name[r->id].ptr);

    return at == SIZE_MAX ? "" : r->test.cell[at][i].ptr;
}

/* The name of the level that a chance rests on: a column of segments, or all deals. */
static const char *pool_text(const struct score_run *r, size_t i)
{
    size_t depth = r->win[i].pool_depth;

    return r->has_rates && depth > 0 && depth <= r->rates.depth
               ? r->train.name[r->chain_column[depth - 1]].ptr
               : "all deals";
}

static void model_text(const struct score_run *r, char *room, size_t size)
{
    (void)snprintf(room, size, "%016llx", (unsigned long long)r->model.id);
}

static enum cox_rc write_file(void *ctx, const void *bytes, size_t size, struct cox_err *reterr)
{
    return fwrite(bytes, 1, size, (FILE *)ctx) == size
               ? COX_OK
               : cox_fail(reterr, COX_IO, "the scores could not be written");
}

static enum cox_rc write_scores(const char *path, const struct score_run *r, struct cox_err *reterr)
{
    static const char *const names[] = {"row", "id", "probability", "low80", "high80", "logit",
        "reason1", "reason2", "reason3", "n", "pool", "model", "as_of"};
    char model[20];
    struct cox_csv_out out;
    FILE *file = fopen(path, "we");

    if (file == NULL) {
        return cox_fail(reterr, COX_IO, "%s: %s", path, strerror(errno));
    }
    model_text(r, model, sizeof(model));
    cox_csv_out_init(&out, (struct cox_sink){write_file, file});
    for (size_t k = 0; k < COX_COUNT(names); k++) {
        cox_csv_out_plain(&out, names[k]);
    }
    cox_csv_out_end_row(&out);
    for (size_t i = 0; i < r->test.row_count; i++) {
        const double value[] = {r->win[i].prob, r->win[i].low, r->win[i].high, r->win[i].logit};
        char room[40];
        (void)snprintf(room, sizeof(room), "%zu", i + 2);
        cox_csv_out_plain(&out, room);
        cox_csv_out_text(&out, cox_text_of(id_of(r, i)));
        for (size_t k = 0; k < COX_COUNT(value); k++) {
            (void)snprintf(room, sizeof(room), "%.12g", value[k]);
            cox_csv_out_plain(&out, room);
        }
        for (size_t k = 0; k < REASONS; k++) {
            cox_csv_out_text(&out, cox_text_of(r->reason[i * REASONS + k]));
        }
        (void)snprintf(room, sizeof(room), "%.0f", r->win[i].pool_count);
        cox_csv_out_plain(&out, room);
        cox_csv_out_text(&out, cox_text_of(pool_text(r, i)));
        cox_csv_out_plain(&out, model);
        cox_csv_out_plain(&out, r->as_of);
        cox_csv_out_end_row(&out);
    }
    enum cox_rc rc = cox_csv_out_done(&out, reterr);
    if (fclose(file) != 0 && rc == COX_OK) {
        rc = cox_fail(reterr, COX_IO, "%s: %s", path, strerror(errno));
    }
    return rc;
}

static void put_layers(struct cox_json *json, const struct cox_win_model *m)
{
    cox_json_key(json, "gate");
    cox_json_begin_array(json);
    for (size_t k = 0; k < COX_LAYER_COUNT; k++) {
        if (m->tried[k].tried) {
            cox_json_begin_object(json);
            cox_json_put_string(json, "layer", cox_layer_name((enum cox_layer)k));
            cox_json_put_real(json, "log_loss", m->tried[k].loss);
            cox_json_put_real(json, "gain", m->tried[k].gain);
            cox_json_put_real(json, "gain_se", m->tried[k].gain_se);
            cox_json_end_object(json);
        }
    }
    cox_json_end_array(json);
}

static void put_refused(struct cox_json *json, const struct forecast_fields *f)
{
    cox_json_key(json, "refused");
    cox_json_begin_array(json);
    for (size_t k = 0; k < f->refused_count; k++) {
        cox_json_begin_object(json);
        cox_json_put_string(json, "field", f->refused[k].name);
        cox_json_put_string(json, "reason", f->refused[k].reason);
        cox_json_put_real(json, "auc", f->refused[k].auc > 0.0 ? f->refused[k].auc : (double)NAN);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

/* Every row that was left out, by number, and why. */
static void put_left_out(struct cox_json *json, const struct score_run *r)
{
    cox_json_key(json, "left_out_rows");
    cox_json_begin_array(json);
    for (size_t i = 0; i < r->bad_count; i++) {
        cox_json_begin_object(json);
        cox_json_put_int(json, "row", (int64_t)r->bad[i].row);
        cox_json_put_string(json, "reason", left_texts[r->bad[i].why]);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

/* Each reason with how many rows it took and the first few of them. */
static void note_left_out(struct cox_cli *cli, const struct score_run *r)
{
    for (int why = 0; why < LEFT_COUNT; why++) {
        char rows[BAD_SHOWN * 24] = "";
        size_t count = 0, used = 0;

        for (size_t i = 0; i < r->bad_count; i++) {
            if (r->bad[i].why == (enum left_out)why && count++ < BAD_SHOWN) {
                used += (size_t)snprintf(rows + used, sizeof(rows) - used, "%s%zu",
                    used == 0 ? "" : ", ", r->bad[i].row);
            }
        }
        if (count > 0) {
            cox_cli_note(cli, "%zu rows left out: %s (row %s%s)", count, left_texts[why], rows,
                count > BAD_SHOWN ? " ...; all with --json" : "");
        }
    }
}

/* Cell c of a table in words: "region = East", "region = East with size 3 to 5". */
static void write_cell(const struct score_run *r, const struct cox_points_term *t, size_t c,
    char *room)
{
    char a[REASON_SIZE / 2 - 8], b[REASON_SIZE / 2 - 8];
    size_t levels = t->b == COX_POINTS_NONE ? 1 : r->model.points.level_count[t->b];

    (void)forecast_field_text(&r->fields->field[t->a], (unsigned char)(c / levels), a, sizeof(a));
    if (t->b == COX_POINTS_NONE) {
        (void)snprintf(room, REASON_SIZE, "%s", a);
    } else {
        (void)forecast_field_text(&r->fields->field[t->b], (unsigned char)(c % levels), b,
            sizeof(b));
        (void)snprintf(room, REASON_SIZE, "%s with %s", a, b);
    }
}

/* All tables, pairs too: a deal's logit is base plus one value of each. */
static void put_points(struct cox_json *json, const struct score_run *r)
{
    const struct cox_points *p = &r->model.points;
    size_t terms = r->model.layer >= COX_LAYER_POINTS ? p->term_count : 0;
    char room[REASON_SIZE];

    cox_json_key(json, "points");
    cox_json_begin_array(json);
    for (size_t t = 0; t < terms; t++) {
        for (size_t c = 0; c < p->term[t].cells; c++) {
            write_cell(r, &p->term[t], c, room);
            cox_json_begin_object(json);
            cox_json_put_int(json, "table", (int64_t)t);
            cox_json_put_string(json, "when", room);
            cox_json_put_real(json, "logit", r->model.slope * p->value[p->term[t].first + c]);
            cox_json_end_object(json);
        }
    }
    cox_json_end_array(json);
}

/* base and one part for each table: they add up to the logit. */
static void put_parts(struct cox_json *json, const struct score_run *r, size_t i)
{
    unsigned char code[COX_POINTS_FEATURES];
    double base, part[COX_POINTS_TERMS];

    for (size_t f = 0; f < r->fields->count; f++) {
        code[f] = r->column[f][i];
    }
    cox_win_explain(&r->model, code, &base, part);
    cox_json_put_real(json, "base", base);
    cox_json_key(json, "parts");
    cox_json_begin_array(json);
    for (size_t t = 0; t < r->model.points.term_count; t++) {
        cox_json_real(json, part[t]);
    }
    cox_json_end_array(json);
}

static void put_scores(struct cox_json *json, const struct score_run *r)
{
    cox_json_key(json, "scores");
    cox_json_begin_array(json);
    for (size_t i = 0; i < r->test.row_count; i++) {
        cox_json_begin_object(json);
        cox_json_put_int(json, "row", (int64_t)i + 2);
        cox_json_put_string(json, "id", id_of(r, i));
        cox_json_put_real(json, "probability", r->win[i].prob);
        cox_json_put_real(json, "low80", r->win[i].low);
        cox_json_put_real(json, "high80", r->win[i].high);
        cox_json_put_real(json, "logit", r->win[i].logit);
        cox_json_put_real(json, "pool_count", r->win[i].pool_count);
        cox_json_put_int(json, "pool_depth", (int64_t)r->win[i].pool_depth);
        cox_json_put_string(json, "pool", pool_text(r, i));
        if (r->model.layer >= COX_LAYER_POINTS) {
            put_parts(json, r, i);
        }
        cox_json_key(json, "reasons");
        cox_json_begin_array(json);
        for (size_t k = 0; k < REASONS && r->reason[i * REASONS + k][0] != '\0'; k++) {
            cox_json_string(json, r->reason[i * REASONS + k]);
        }
        cox_json_end_array(json);
        cox_json_end_object(json);
    }
    cox_json_end_array(json);
}

static void put_verdict(struct cox_json *json, const struct verdict *v)
{
    cox_json_key(json, "judged");
    cox_json_begin_object(json);
    cox_json_put_real(json, "log_loss", v->log_loss);
    cox_json_put_real(json, "base_log_loss", v->base_loss);
    cox_json_put_real(json, "brier", v->brier);
    cox_json_put_real(json, "auc", v->auc);
    cox_json_put_real(json, "ece", v->ece);
    cox_json_put_real(json, "calibration_slope", v->slope);
    cox_json_put_real(json, "calibration_intercept", v->intercept);
    cox_json_end_object(json);
}

static enum cox_rc put_json(struct cox_cli *cli, const struct score_run *r, const struct verdict *v,
    struct cox_err *reterr)
{
    struct cox_json json;
    char id[20];

    model_text(r, id, sizeof(id));
    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    cox_json_put_string(&json, "verdict", summary_of(&r->model));
    cox_json_put_string(&json, "layer", cox_layer_name(r->model.layer));
    cox_json_put_string(&json, "model", id);
    cox_json_put_int(&json, "closed_deals", (int64_t)r->model.row_count);
    cox_json_put_int(&json, "won_deals", (int64_t)r->model.won_count);
    cox_json_put_int(&json, "rows_left_out", (int64_t)r->bad_count);
    put_left_out(&json, r);
    cox_json_put_int(&json, "rows_closed_later", (int64_t)r->later_count);
    cox_json_put_string(&json, "as_of", r->as_of[0] == '\0' ? NULL : r->as_of);
    cox_json_put_real(&json, "recalibration_slope", r->model.slope);
    cox_json_put_real(&json, "recalibration_intercept", r->model.intercept);
    put_layers(&json, &r->model);
    put_refused(&json, r->fields);
    put_points(&json, r);
    if (r->is_judged) {
        put_verdict(&json, v);
    }
    if (r->has_test) {
        put_scores(&json, r);
    }
    cox_json_end_object(&json);
    return cox_json_done(&json, reterr);
}

static void put_text(struct cox_cli *cli, const struct score_run *r, const struct verdict *v)
{
    const struct cox_win_model *m = &r->model;

    (void)fprintf(cli->out, "%s\nmodel: %s, %zu closed deals, %zu won\n", summary_of(m),
        cox_layer_name(m->layer), m->row_count, m->won_count);
    for (size_t k = 0; k < COX_LAYER_COUNT; k++) {
        if (m->tried[k].tried) {
            (void)fprintf(cli->out, "  %-18s log-loss on unseen deals %.4f, gain %+.4f (se %.4f)\n",
                cox_layer_name((enum cox_layer)k), m->tried[k].loss, m->tried[k].gain,
                m->tried[k].gain_se);
        }
    }
    for (size_t k = 0; k < r->fields->refused_count; k++) {
        (void)fprintf(cli->out, "refused: %s %s\n", r->fields->refused[k].name,
            r->fields->refused[k].reason);
    }
    if (r->is_judged) {
        (void)fprintf(cli->out,
            "on %zu deals of known outcome: log-loss %.4f (base rate %.4f), AUC %.3f,\n"
            "  Brier %.4f, calibration error %.4f, calibration slope %.3f\n",
            r->test.row_count, v->log_loss, v->base_loss, v->auc, v->brier, v->ece, v->slope);
    }
    if (r->later_count > 0) {
        cox_cli_note(cli, "%zu deals closed on %s or later and were not read", r->later_count,
            r->as_of);
    }
    note_left_out(cli, r);
}

enum cox_rc forecast_score(struct cox_cli *cli, struct cox_err *reterr)
{
    const char *train = cox_cli_value(cli, "train"), *test = cox_cli_value(cli, "score"), *order,
               *id;
    struct score_run r = {.order = SIZE_MAX};
    struct verdict v = {0};

    if (train == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "train", 0,
            "is needed: a CSV file of closed deals");
    }
    COX_TRY(forecast_table_load(cli, train, &r.train, reterr));
    COX_TRY(forecast_table_column(cli, &r.train, "target", "outcome", &r.target, reterr));
    if ((order = cox_cli_value(cli, "order")) != NULL) {
        COX_TRY(forecast_table_column(cli, &r.train, "order", order, &r.order, reterr));
    }
    id = cox_cli_value(cli, "id");
    r.id = forecast_table_find(&r.train, id != NULL ? id : "id");
    COX_TRY(pick_rows(cli, &r, reterr));
    COX_TRY(sort_rows(cli, &r, reterr));
    COX_TRY(set_segments(cli, &r, reterr));
    COX_TRY(fit(cli, &r, reterr));
    if (test != NULL) {
        r.has_test = true;
        COX_TRY(forecast_table_load(cli, test, &r.test, reterr));
        COX_TRY(score_rows(cli, &r, reterr));
        if (r.is_judged) {
            COX_TRY(judge(cli, &r, &v, reterr));
        }
        if (cox_cli_has(cli, "out")) {
            COX_TRY(write_scores(cox_cli_value(cli, "out"), &r, reterr));
        }
    }
    if (cli->is_json) {
        return put_json(cli, &r, &v, reterr);
    }
    put_text(cli, &r, &v);
    return COX_OK;
}
