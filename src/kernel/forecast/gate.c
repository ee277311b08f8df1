/* kernel/forecast/gate.c: cross-validation of the layers, choice, recalibration, scores. */
#include "kernel/forecast/gate.h"

#include <math.h>
#include <string.h>

#include "kernel/stats/special.h"

enum { FOLDS = 5, FOLDS_SMALL = 10, SMALL = 2000 };

const char *cox_layer_name(enum cox_layer layer)
{
    static const char *const names[COX_LAYER_COUNT] = {"base rate", "segment rate", "points",
        "points with pairs"};

    return names[layer];
}

/* One run over the rows: where each fold's test rows are, what the layers said of unseen rows. */
struct run {
    const struct cox_points_data *data;
    const struct cox_gate_opt *opt;
    struct cox_rate_data rates; /* the caller's, or over one feature */
    const uint16_t *one_code[1];
    size_t one_count[1];
    uint16_t *feature_code;         /* that feature's codes */
    double *logit[COX_LAYER_COUNT]; /* of unseen rows */
    unsigned char *seen;            /* row has an unseen score */
    double *table, *rate_space;
    void *fit_space;
    bool can[COX_LAYER_COUNT];
};

static size_t rate_doubles(const struct cox_gate_opt *opt)
{
    size_t doubles = opt->rates == NULL ? 0 : cox_rates_workspace_size(opt->rates);

    return doubles > 3 * COX_POINTS_LEVELS ? doubles : 3 * COX_POINTS_LEVELS;
}

size_t cox_win_model_size(const struct cox_points_data *data, const struct cox_gate_opt *opt)
{
    return (cox_points_table_size(data, COX_POINTS_PAIRS) + rate_doubles(opt)) * sizeof(double);
}

size_t cox_win_workspace_size(const struct cox_points_data *data, const struct cox_gate_opt *opt)
{
    size_t rounded = data->count + 16;

    return cox_win_model_size(data, opt) + COX_LAYER_COUNT * rounded * sizeof(double) +
           cox_points_workspace_size(data) + rounded * (sizeof(uint16_t) + 1) + 64;
}

static void lay_out(struct run *run, void *workspace)
{
    const struct cox_points_data *data = run->data;
    unsigned char *at = workspace;

    run->table = (double *)(void *)at;
    at += cox_points_table_size(data, COX_POINTS_PAIRS) * sizeof(double);
    run->rate_space = (double *)(void *)at;
    at += rate_doubles(run->opt) * sizeof(double);
    for (size_t k = 0; k < COX_LAYER_COUNT; k++) {
        run->logit[k] = (double *)(void *)at;
        at += (data->count + 16) * sizeof(double);
    }
    run->fit_space = at;
    at += cox_points_workspace_size(data);
    run->feature_code = (uint16_t *)(void *)at;
    at += (data->count + 16) * sizeof(uint16_t);
    run->seen = at;
}

static double log_loss(double logit, bool won)
{
    return cox_log1p_exp(won ? -logit : logit);
}

/* ---- the segment rate ---- */

static void use_feature(struct run *run, unsigned char f)
{
    for (size_t i = 0; i < run->data->count; i++) {
        run->feature_code[i] = run->data->code[f][i];
    }
    run->one_code[0] = run->feature_code;
    run->one_count[0] = run->data->level_count[f];
    run->rates =
        (struct cox_rate_data){run->data->count, 1, run->one_code, run->one_count, run->data->won};
}

/* Rate data of the caller, or over the feature whose groups differ most beyond chance. */
static unsigned char choose_segment(struct run *run, size_t skip_from, size_t skip_to)
{
    unsigned char best = COX_POINTS_NONE;
    /* The best of many looks better than it is: each is one of feature_count equally likely guesses. */
    double most = log(fmax(1.0, (double)run->data->feature_count)) + 1.0;

    if (run->opt->rates != NULL) {
        run->rates = *run->opt->rates;
        return COX_POINTS_NONE;
    }
    for (unsigned char f = 0; f < run->data->feature_count; f++) {
        use_feature(run, f);
        struct cox_rates r = cox_rates_fit(&run->rates, skip_from, skip_to, run->rate_space);
        if (r.gain[0] > most) {
            most = r.gain[0];
            best = f;
        }
    }
    if (best != COX_POINTS_NONE) {
        use_feature(run, best);
    } else {
        run->rates = (struct cox_rate_data){.count = run->data->count, .won = run->data->won};
    }
    return best;
}

static void chain_of(const struct cox_rate_data *rates, size_t i, uint16_t *ret_chain)
{
    for (size_t k = 0; k < rates->depth; k++) {
        ret_chain[k] = rates->code[k][i];
    }
}

/* ---- cross-validation ---- */

/* Does fold's training set hold both classes? */
static bool has_both(const struct cox_points_data *data, size_t from, size_t to)
{
    size_t won = 0, n = 0;

    for (size_t i = 0; i < data->count; i++) {
        if (i < from || i >= to) {
            won += data->won[i] != 0;
            n++;
        }
    }
    return won > 0 && won < n;
}

static enum cox_rc score_points(struct run *run, size_t from, size_t to, size_t skip_to,
    struct cox_err *reterr)
{
    struct cox_points points;

    if (!run->can[COX_LAYER_POINTS]) {
        return COX_OK;
    }
    COX_TRY(cox_points_fit(run->data, from, skip_to, run->table, run->fit_space, &points, reterr));
    cox_points_score(&points, run->data->code, from, to, run->logit[COX_LAYER_POINTS] + from, NULL);
    if (run->can[COX_LAYER_PAIRS]) {
        cox_points_add_pairs(run->data, from, skip_to, run->opt->pair_max, run->fit_space, &points);
        cox_points_score(&points, run->data->code, from, to, run->logit[COX_LAYER_PAIRS] + from,
            NULL);
    }
    return COX_OK;
}

/* Rows from .. to - 1 are tested; in time order what comes after them is unknown too. */
static enum cox_rc run_fold(struct run *run, size_t from, size_t to, struct cox_err *reterr)
{
    size_t skip_to = run->opt->is_ordered ? run->data->count : to;

    if (from == to || !has_both(run->data, from, skip_to)) {
        return COX_OK;
    }
    (void)choose_segment(run, from, skip_to);
    struct cox_rates rates = cox_rates_fit(&run->rates, from, skip_to, run->rate_space);
    for (size_t i = from; i < to; i++) {
        uint16_t chain[COX_RATE_DEPTH];
        double mean = rates.overall;
        chain_of(&run->rates, i, chain);
        run->logit[COX_LAYER_BASE][i] = cox_logit(mean);
        for (size_t k = 0; k < rates.depth; k++) {
            double m = rates.strength[k];
            mean = (rates.won[k][chain[k]] + m * mean) / (rates.count[k][chain[k]] + m);
        }
        run->logit[COX_LAYER_RATE][i] = cox_logit(mean);
        run->seen[i] = 1;
    }
    return score_points(run, from, to, skip_to, reterr);
}

static enum cox_rc run_folds(struct run *run, struct cox_err *reterr)
{
    size_t n = run->data->count, folds = n < SMALL ? FOLDS_SMALL : FOLDS;

    memset(run->seen, 0, n);
    for (size_t f = run->opt->is_ordered ? 1 : 0; f < folds; f++) {
        COX_TRY(run_fold(run, f * n / folds, (f + 1) * n / folds, reterr));
    }
    return COX_OK;
}

/* Mean gain of layer over the present one on unseen rows, and its standard error. */
static struct cox_gate_layer compare(const struct run *run, size_t layer, size_t against)
{
    struct cox_gate_layer r = {.tried = true};
    double sum = 0.0, square = 0.0, n = 0.0;

    for (size_t i = 0; i < run->data->count; i++) {
        if (run->seen[i]) {
            double loss = log_loss(run->logit[layer][i], run->data->won[i] != 0);
            double gain = log_loss(run->logit[against][i], run->data->won[i] != 0) - loss;
            r.loss += loss;
            sum += gain;
            square += gain * gain;
            n += 1.0;
        }
    }
    if (n < 2.0) {
        return (struct cox_gate_layer){0};
    }
    r.loss /= n;
    r.gain = sum / n;
    r.gain_se = sqrt(fmax(0.0, square / n - r.gain * r.gain) / n);
    return r;
}

static void choose_layer(const struct run *run, struct cox_win_model *model)
{
    size_t best = COX_LAYER_BASE;

    for (size_t layer = 0; layer < COX_LAYER_COUNT; layer++) {
        if (!run->can[layer]) {
            continue;
        }
        model->tried[layer] = compare(run, layer, best);
        if (layer > 0 && model->tried[layer].gain > model->tried[layer].gain_se) {
            best = layer;
        }
    }
    model->layer = (enum cox_layer)best;
    model->has_signal = best != COX_LAYER_BASE;
}

/*
 * Newton for intercept and slope on unseen scores, held to 0 and 1 as by ten deals of prior: a fold's
 * scores say little about the slope where there are few.
 */
static void recalibrate(const struct run *run, struct cox_win_model *model)
{
    const double prior = 10.0;
    double a = 0.0, b = 1.0;

    for (int step = 0; step < 20; step++) {
        double ga = -prior * a, gb = -prior * (b - 1.0), haa = prior, hbb = prior, hab = 0.0;
        for (size_t i = 0; i < run->data->count; i++) {
            if (run->seen[i]) {
                double s = run->logit[model->layer][i], p = cox_logistic(a + b * s),
                       w = p * (1.0 - p);
                double r = (run->data->won[i] != 0) - p;
                ga += r;
                gb += r * s;
                haa += w;
                hab += w * s;
                hbb += w * s * s;
            }
        }
        double det = haa * hbb - hab * hab;
        double da = (hbb * ga - hab * gb) / det, db = (haa * gb - hab * ga) / det;
        a += da;
        b += db;
        if (fabs(da) + fabs(db) < 1e-10) {
            break;
        }
    }
    model->intercept = a;
    model->slope = fmax(0.0, b);
}

/* ---- fit ---- */

static void set_limits(struct run *run, struct cox_win_model *model)
{
    size_t n = run->data->count, won = model->won_count, rarer = won < n - won ? won : n - won;

    run->can[COX_LAYER_BASE] = true;
    run->can[COX_LAYER_RATE] = n >= COX_GATE_RATE_MIN && rarer > 0;
    run->can[COX_LAYER_POINTS] = n >= COX_GATE_POINTS_MIN && rarer >= COX_GATE_POINTS_RARER_MIN &&
                                 run->data->feature_count > 0;
    run->can[COX_LAYER_PAIRS] =
        run->can[COX_LAYER_POINTS] && n >= COX_GATE_PAIRS_MIN && run->opt->pair_max > 0;
    model->is_prior_only = n < COX_GATE_RATE_MIN;
}

static uint64_t mix(uint64_t id, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++) {
        id = (id ^ at[i]) * 0x100000001b3u; /* FNV-1a */
    }
    return id;
}

static uint64_t model_id(const struct cox_win_model *m)
{
    uint64_t id = mix(0xcbf29ce484222325u, &m->layer, sizeof(m->layer));

    id = mix(id, &m->rates.overall, sizeof(double));
    id = mix(id, m->rates.strength, sizeof(m->rates.strength));
    id = mix(id, &m->intercept, 2 * sizeof(double));
    if (m->layer >= COX_LAYER_POINTS) {
        const struct cox_points_term *last = &m->points.term[m->points.term_count - 1];
        id = mix(id, &m->points.base, sizeof(double));
        id = mix(id, m->points.value, (last->first + last->cells) * sizeof(double));
    }
    return id;
}

static enum cox_rc fit_final(struct run *run, struct cox_win_model *model, void *memory,
    struct cox_err *reterr)
{
    double *table = memory;
    double *rate_space = table + cox_points_table_size(run->data, COX_POINTS_PAIRS);

    model->rate_feature = choose_segment(run, 0, 0);
    model->rates = cox_rates_fit(&run->rates, 0, 0, rate_space);
    if (model->layer >= COX_LAYER_POINTS) {
        COX_TRY(cox_points_fit(run->data, 0, 0, table, run->fit_space, &model->points, reterr));
    }
    if (model->is_provisional) {
        model->slope = 0.75;
        model->intercept = 0.25 * cox_logit(model->rates.overall);
    }
    if (model->layer == COX_LAYER_PAIRS) {
        cox_points_add_pairs(run->data, 0, 0, run->opt->pair_max, run->fit_space, &model->points);
    }
    model->id = model_id(model);
    return COX_OK;
}

/*
 * Too few deals for the gate to tell anything, yet a shrunken table of points is better on average
 * than the base rate: it is used at a fixed part of its spread around the base rate.
 */
static bool may_be_provisional(const struct run *run, const struct cox_win_model *model)
{
    size_t n = run->data->count, won = model->won_count, rarer = won < n - won ? won : n - won;

    return n >= COX_GATE_PROVISIONAL_MIN && n < COX_GATE_POINTS_MIN &&
           rarer >= COX_GATE_PROVISIONAL_RARER_MIN && run->data->feature_count > 0;
}

enum cox_rc cox_win_fit(const struct cox_points_data *data, const struct cox_gate_opt *opt,
    void *memory, void *workspace, struct cox_win_model *ret_model, struct cox_err *reterr)
{
    struct cox_win_model model = {.slope = 1.0, .row_count = data->count};
    struct run run = {.data = data, .opt = opt};

    COX_TRY(cox_points_check(data, reterr));
    lay_out(&run, workspace);
    for (size_t i = 0; i < data->count; i++) {
        model.won_count += data->won[i] != 0;
    }
    set_limits(&run, &model);
    if (run.can[COX_LAYER_RATE]) {
        COX_TRY(run_folds(&run, reterr));
        choose_layer(&run, &model);
    }
    if (model.layer >= COX_LAYER_POINTS) {
        recalibrate(&run, &model);
    } else if (may_be_provisional(&run, &model)) {
        model.layer = COX_LAYER_POINTS;
        model.is_provisional = true;
    }
    COX_TRY(fit_final(&run, &model, memory, reterr));
    *ret_model = model;
    return COX_OK;
}

/* ---- scores ---- */

static struct cox_win score_rate(const struct cox_win_model *model,
    const unsigned char *const *code, size_t i, const uint16_t *chain)
{
    uint16_t one[1] = {0};
    struct cox_rates rates = model->rates;

    if (model->layer == COX_LAYER_BASE) {
        rates.depth = 0;
    } else if (model->rate_feature != COX_POINTS_NONE) {
        one[0] = code[model->rate_feature][i];
        chain = one;
    }
    struct cox_rate r = cox_rates_get(&rates, chain);
    return (struct cox_win){r.prob, r.low, r.high, cox_logit(r.prob), r.count, r.depth};
}

struct cox_win cox_win_score(const struct cox_win_model *model, const unsigned char *const *code,
    size_t i, const uint16_t *chain)
{
    double logit, spread;

    if (model->layer < COX_LAYER_POINTS) {
        return score_rate(model, code, i, chain);
    }
    cox_points_score(&model->points, code, i, i + 1, &logit, &spread);
    logit = model->intercept + model->slope * logit;
    double half = 1.2815515655446004 * model->slope * sqrt(spread);
    return (struct cox_win){cox_logistic(logit), cox_logistic(logit - half),
        cox_logistic(logit + half), logit, (double)model->row_count, 0};
}

void cox_win_explain(const struct cox_win_model *model, const unsigned char *code, double *ret_base,
    double *ret_part)
{
    *ret_base = model->intercept + model->slope * model->points.base;
    cox_points_explain(&model->points, code, ret_part);
    for (size_t t = 0; t < model->points.term_count; t++) {
        ret_part[t] *= model->slope;
    }
}
