/* kernel/forecast/points.c: fitting the tables one by one, and adding up points. */
#include "kernel/forecast/points.h"

#include <math.h>
#include <string.h>

#include "kernel/stats/special.h"

enum {
    CELL_MAX = COX_POINTS_LEVELS * COX_POINTS_LEVELS,
    MAIN_SWEEPS = 12,
    PAIR_ROUND = 5, /* pairs taken at a time, so that the next see what these explain */
    ROUND_SWEEPS = 2,
    LAST_SWEEPS = 5,
};

/* Rows in use: [0, skip_from) and [skip_to, count). */
struct fit {
    const struct cox_points_data *data;
    size_t skip_from, skip_to, used;
    struct cox_points *points;
    double *logit, *weight, *residual; /* by row */
    double *gradient, *curvature;      /* by cell */
};

size_t cox_points_table_size(const struct cox_points_data *data, size_t pair_max)
{
    size_t cells = 0, largest = 0;

    for (size_t f = 0; f < data->feature_count; f++) {
        cells += data->level_count[f];
        largest = data->level_count[f] > largest ? data->level_count[f] : largest;
    }
    return 2 * (cells + pair_max * largest * largest);
}

size_t cox_points_workspace_size(const struct cox_points_data *data)
{
    return (3 * data->count + 2 * CELL_MAX) * sizeof(double);
}

static struct fit lay_out(const struct cox_points_data *data, size_t skip_from, size_t skip_to,
    void *workspace, struct cox_points *points)
{
    struct fit fit = {data, skip_from, skip_to, data->count - (skip_to - skip_from), points,
        workspace, NULL, NULL, NULL, NULL};

    fit.weight = fit.logit + data->count;
    fit.residual = fit.weight + data->count;
    fit.gradient = fit.residual + data->count;
    fit.curvature = fit.gradient + CELL_MAX;
    return fit;
}

enum cox_rc cox_points_check(const struct cox_points_data *data, struct cox_err *reterr)
{
    if (data->feature_count > COX_POINTS_FEATURES) {
        return cox_fail_at(reterr, COX_INVALID, "feature", 0, "more than %d", COX_POINTS_FEATURES);
    }
    for (size_t f = 0; f < data->feature_count; f++) {
        if (data->level_count[f] < 1 || data->level_count[f] > COX_POINTS_LEVELS) {
            return cox_fail_at(reterr, COX_INVALID, "level_count", (int64_t)f + 1,
                "must be 1 to %d", COX_POINTS_LEVELS);
        }
        for (size_t i = 0; i < data->count; i++) {
            if (data->code[f][i] >= data->level_count[f]) {
                return cox_fail_at(reterr, COX_INVALID, "code", (int64_t)i + 1,
                    "feature %zu has no level %d", f + 1, data->code[f][i]);
            }
        }
    }
    return COX_OK;
}

static enum cox_rc set_base(const struct fit *fit, struct cox_err *reterr)
{
    const struct cox_points_data *d = fit->data;
    size_t won = 0;

    for (size_t i = 0; i < d->count; i++) {
        won += d->won[i] != 0 && (i < fit->skip_from || i >= fit->skip_to);
    }
    if (won == 0 || won >= fit->used) {
        return cox_fail_at(reterr, COX_INVALID, "won", 0, "needs both won and lost deals");
    }
    fit->points->base = cox_logit((double)won / (double)fit->used);
    return COX_OK;
}

/* The next row in use after i. */
static inline size_t next_row(const struct fit *fit, size_t i)
{
    return i + 1 == fit->skip_from ? fit->skip_to : i + 1;
}

static inline size_t first_row(const struct fit *fit)
{
    return fit->skip_from == 0 ? fit->skip_to : 0;
}

/* Working weights and residuals at the present logits. */
static void set_working(const struct fit *fit)
{
    for (size_t i = first_row(fit); i < fit->data->count; i = next_row(fit, i)) {
        double p = cox_logistic(fit->logit[i]);
        fit->weight[i] = fmax(p * (1.0 - p), 0.004); /* bounds the step, not where it ends */
        fit->residual[i] = (fit->data->won[i] != 0 ? 1.0 : 0.0) - p;
    }
}

static void sum_cells(const struct fit *fit, const struct cox_points_term *term)
{
    const unsigned char *a = fit->data->code[term->a];
    double *gradient = fit->gradient, *curvature = fit->curvature;

    memset(gradient, 0, term->cells * sizeof(double));
    memset(curvature, 0, term->cells * sizeof(double));
    if (term->b == COX_POINTS_NONE) {
        for (size_t i = first_row(fit); i < fit->data->count; i = next_row(fit, i)) {
            gradient[a[i]] += fit->residual[i];
            curvature[a[i]] += fit->weight[i];
        }
        return;
    }
    const unsigned char *b = fit->data->code[term->b];
    size_t width = fit->data->level_count[term->b];
    for (size_t i = first_row(fit); i < fit->data->count; i = next_row(fit, i)) {
        size_t cell = a[i] * width + b[i];
        gradient[cell] += fit->residual[i];
        curvature[cell] += fit->weight[i];
    }
}

/* Adds change[cell] to the logits and takes its first-order effect out of the residuals. */
static void apply(const struct fit *fit, const struct cox_points_term *term, const double *change)
{
    const unsigned char *a = fit->data->code[term->a];
    const unsigned char *b = term->b == COX_POINTS_NONE ? a : fit->data->code[term->b];
    size_t width = term->b == COX_POINTS_NONE ? 1 : fit->data->level_count[term->b];
    size_t also = term->b == COX_POINTS_NONE ? 0 : 1;

    for (size_t i = first_row(fit); i < fit->data->count; i = next_row(fit, i)) {
        double by = change[a[i] * width + also * b[i]];
        fit->logit[i] += by;
        fit->residual[i] -= fit->weight[i] * by;
    }
}

/* One Newton step of one table; the largest change. */
static double step_term(const struct fit *fit, struct cox_points_term *term)
{
    double *value = fit->points->value + term->first, *spread = fit->points->spread + term->first;
    double largest = 0.0;

    sum_cells(fit, term);
    term->freedom = 0.0;
    for (size_t c = 0; c < term->cells; c++) {
        double h = fit->curvature[c] + term->penalty;
        double change = (fit->gradient[c] - term->penalty * value[c]) / h;
        change = fmin(2.0, fmax(-2.0, change));
        term->freedom += fit->curvature[c] / h;
        spread[c] = 1.0 / h;
        value[c] += change;
        fit->gradient[c] = change;
        largest = fmax(largest, fabs(change));
    }
    apply(fit, term, fit->gradient);
    return largest;
}

static double step_base(const struct fit *fit)
{
    double gradient = 0.0, curvature = 0.0;

    for (size_t i = first_row(fit); i < fit->data->count; i = next_row(fit, i)) {
        gradient += fit->residual[i];
        curvature += fit->weight[i];
    }
    double change = gradient / curvature;
    for (size_t i = first_row(fit); i < fit->data->count; i = next_row(fit, i)) {
        fit->logit[i] += change;
        fit->residual[i] -= fit->weight[i] * change;
    }
    fit->points->base += change;
    fit->points->base_spread = 1.0 / curvature;
    return fabs(change);
}

/*
 * MacKay's fixed point: variance = sum of squares / effective parameters, per table, drawn with
 * the weight of one parameter towards the variance all tables of its kind share.
 */
static void set_penalties(const struct fit *fit, size_t from, size_t to)
{
    double square_all = 0.1, freedom_all = 5.0; /* few deals: small effects, until seen */

    for (int pass = 0; pass < 2; pass++) {
        for (size_t t = from; t < to; t++) {
            struct cox_points_term *term = &fit->points->term[t];
            double square = 0.0;
            for (size_t c = 0; c < term->cells; c++) {
                double v = fit->points->value[term->first + c];
                square += v * v;
            }
            if (pass == 0) {
                square_all += square;
                freedom_all += term->freedom;
            } else {
                double variance = (square + square_all / freedom_all) / (term->freedom + 1.0);
                term->penalty = fmin(1e6, fmax(0.02, 1.0 / variance));
            }
        }
    }
}

static void run_sweeps(const struct fit *fit, size_t main_count, int sweeps)
{
    size_t term_count = fit->points->term_count;

    for (int sweep = 0; sweep < sweeps; sweep++) {
        set_working(fit);
        double largest = step_base(fit);
        for (size_t t = 0; t < term_count; t++) {
            largest = fmax(largest, step_term(fit, &fit->points->term[t]));
        }
        set_penalties(fit, 0, main_count);
        set_penalties(fit, main_count, term_count);
        if (largest < 1e-3) {
            break;
        }
    }
}

static struct cox_points_term *add_term(struct cox_points *points, unsigned char a, unsigned char b,
    double penalty)
{
    size_t t = points->term_count++;
    struct cox_points_term *term = &points->term[t];
    size_t width = b == COX_POINTS_NONE ? 1 : points->level_count[b];

    *term = (struct cox_points_term){.a = a, .b = b, .penalty = penalty};
    term->first = t == 0 ? 0 : points->term[t - 1].first + points->term[t - 1].cells;
    term->cells = points->level_count[a] * width;
    memset(points->value + term->first, 0, term->cells * sizeof(double));
    return term;
}

/* Each table's mean over the rows goes to the base, so that points say "against the average". */
static void centre(const struct fit *fit)
{
    struct cox_points *p = fit->points;

    for (size_t t = 0; t < p->term_count; t++) {
        const struct cox_points_term *term = &p->term[t];
        double *value = p->value + term->first, sum = 0.0;
        memset(fit->curvature, 0, term->cells * sizeof(double));
        size_t width = term->b == COX_POINTS_NONE ? 1 : p->level_count[term->b];
        for (size_t i = first_row(fit); i < fit->data->count; i = next_row(fit, i)) {
            size_t b = term->b == COX_POINTS_NONE ? 0 : fit->data->code[term->b][i];
            fit->curvature[fit->data->code[term->a][i] * width + b] += 1.0;
        }
        for (size_t c = 0; c < term->cells; c++) {
            sum += fit->curvature[c] * value[c];
        }
        double mean = sum / (double)fit->used;
        for (size_t c = 0; c < term->cells; c++) {
            value[c] -= mean;
        }
        p->base += mean;
    }
}

enum cox_rc cox_points_fit(const struct cox_points_data *data, size_t skip_from, size_t skip_to,
    double *table, void *workspace, struct cox_points *ret_points, struct cox_err *reterr)
{
    struct cox_points points = {.feature_count = data->feature_count};
    struct fit fit = lay_out(data, skip_from, skip_to, workspace, &points);

    COX_TRY(set_base(&fit, reterr));
    points.row_count = fit.used;
    points.value = table;
    points.spread = table + cox_points_table_size(data, COX_POINTS_PAIRS) / 2;
    memcpy(points.level_count, data->level_count, data->feature_count);
    for (size_t f = 0; f < data->feature_count; f++) {
        (void)add_term(&points, (unsigned char)f, COX_POINTS_NONE, 4.0);
    }
    for (size_t i = 0; i < data->count; i++) {
        fit.logit[i] = points.base;
    }
    run_sweeps(&fit, points.term_count, MAIN_SWEEPS);
    centre(&fit);
    *ret_points = points;
    return COX_OK;
}

/*
 * What a table of a and b would take off twice the log-loss of the rows, less what it would by
 * chance. The single features are fitted, so their share of the residuals is nearly nil.
 */
static double pair_gain(const struct fit *fit, unsigned char a, unsigned char b)
{
    const double penalty = 15.0;
    struct cox_points_term term = {.a = a,
        .b = b,
        .cells = (size_t)fit->points->level_count[a] * fit->points->level_count[b]};
    double gain = 0.0;

    sum_cells(fit, &term);
    for (size_t c = 0; c < term.cells; c++) {
        double g = fit->gradient[c], h = fit->curvature[c];
        gain += (g * g - h) / (h + penalty);
    }
    return gain;
}

static bool has_pair(const struct cox_points *points, unsigned char a, unsigned char b)
{
    for (size_t t = points->feature_count; t < points->term_count; t++) {
        if (points->term[t].a == a && points->term[t].b == b) {
            return true;
        }
    }
    return false;
}

/* The best pairs not yet taken, at most wanted, best first; how many. */
static size_t best_pairs(const struct fit *fit, size_t wanted, unsigned char (*ret_pair)[2])
{
    double gain[PAIR_ROUND];
    size_t found = 0, features = fit->data->feature_count;

    for (unsigned char a = 0; a < features; a++) {
        for (unsigned char b = (unsigned char)(a + 1); b < features; b++) {
            double g = has_pair(fit->points, a, b) ? 0.0 : pair_gain(fit, a, b);
            size_t at = found < wanted ? found : wanted;
            for (; at > 0 && gain[at - 1] < g; at--) {
                if (at < wanted) {
                    gain[at] = gain[at - 1];
                    memcpy(ret_pair[at], ret_pair[at - 1], 2);
                }
            }
            if (at < wanted && g > 4.0) {
                gain[at] = g;
                ret_pair[at][0] = a;
                ret_pair[at][1] = b;
                found += found < wanted;
            }
        }
    }
    return found;
}

void cox_points_add_pairs(const struct cox_points_data *data, size_t skip_from, size_t skip_to,
    size_t pair_max, void *workspace, struct cox_points *points)
{
    struct fit fit = lay_out(data, skip_from, skip_to, workspace, points);
    size_t main_count = points->term_count;

    pair_max = pair_max < COX_POINTS_PAIRS ? pair_max : COX_POINTS_PAIRS;
    for (size_t left = pair_max; left > 0;) {
        unsigned char pair[PAIR_ROUND][2];
        set_working(&fit);
        size_t found = best_pairs(&fit, left < PAIR_ROUND ? left : PAIR_ROUND, pair);
        for (size_t i = 0; i < found; i++) {
            (void)add_term(points, pair[i][0], pair[i][1], 15.0);
        }
        if (found == 0) {
            break;
        }
        left -= found;
        run_sweeps(&fit, main_count, left > 0 ? ROUND_SWEEPS : LAST_SWEEPS);
    }
    centre(&fit);
}

void cox_points_score(const struct cox_points *points, const unsigned char *const *code,
    size_t from, size_t to, double *ret_logit, double *ret_spread)
{
    for (size_t i = from; i < to; i++) {
        double logit = points->base, spread = points->base_spread;
        for (size_t t = 0; t < points->term_count; t++) {
            const struct cox_points_term *term = &points->term[t];
            size_t cell = term->first + code[term->a][i];
            if (term->b != COX_POINTS_NONE) {
                cell = term->first + (size_t)code[term->a][i] * points->level_count[term->b] +
                       code[term->b][i];
            }
            logit += points->value[cell];
            spread += points->spread[cell];
        }
        ret_logit[i - from] = logit;
        if (ret_spread != NULL) {
            ret_spread[i - from] = spread;
        }
    }
}

void cox_points_explain(const struct cox_points *points, const unsigned char *code,
    double *ret_part)
{
    for (size_t t = 0; t < points->term_count; t++) {
        const struct cox_points_term *term = &points->term[t];
        size_t cell = code[term->a];
        if (term->b != COX_POINTS_NONE) {
            cell = cell * points->level_count[term->b] + code[term->b];
        }
        ret_part[t] = points->value[term->first + cell];
    }
}
