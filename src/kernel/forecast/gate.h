/*
 * kernel/forecast/gate.h: which model of win probability the data support, and the model itself. Layers:
 * base rate; shrunk segment rates (rate.h); points of single features; points with pairs
 * (points.h). A layer is taken only if its log-loss on rows it has not seen is better than the
 * layer's below by more than one standard error: where nothing can be learnt the answer is the
 * base rate and "no usable signal". Points are recalibrated by a two-parameter logistic on the
 * unseen rows' scores.
 * Sources: one-standard-error rule, Breiman et al., CART, 1984; recalibration, Cox, Biometrika 1958.
 */
#ifndef COX_KERNEL_FORECAST_GATE_H
#define COX_KERNEL_FORECAST_GATE_H

#include "kernel/forecast/points.h"
#include "kernel/forecast/rate.h"

enum cox_layer {
    COX_LAYER_BASE,
    COX_LAYER_RATE,
    COX_LAYER_POINTS,
    COX_LAYER_PAIRS,
    COX_LAYER_COUNT
};
const char *cox_layer_name(enum cox_layer layer);

/* Closed deals needed. */
enum {
    COX_GATE_RATE_MIN = 10,
    COX_GATE_PROVISIONAL_MIN = 30, /* up to POINTS_MIN: points ungated, at 3/4 of their spread */
    COX_GATE_PROVISIONAL_RARER_MIN = 5,
    COX_GATE_POINTS_MIN = 60,
    COX_GATE_POINTS_RARER_MIN = 20, /* in the rarer class */
    COX_GATE_PAIRS_MIN = 3000,
};

struct cox_gate_opt {
    bool
        is_ordered; /* rows are in time order: folds are tested on what came after; else on the others, so shuffle them */
    size_t pair_max;                   /* 0 .. COX_POINTS_PAIRS */
    const struct cox_rate_data *rates; /* same rows; NULL: the single feature that tells most */
};

struct cox_gate_layer {
    bool tried;
    double loss;          /* mean log-loss on unseen rows */
    double gain, gain_se; /* against the layer it had to beat, and its standard error */
};

/* A fitted model. Its tables live in the caller's memory. */
struct cox_win_model {
    enum cox_layer layer;
    bool has_signal;     /* false: nothing beat the base rate, "no usable signal" */
    bool is_provisional; /* too few deals to test: see COX_GATE_PROVISIONAL_MIN */
    bool is_prior_only;  /* under COX_GATE_RATE_MIN closed deals */
    size_t row_count, won_count;
    double intercept, slope; /* of the recalibration; 0 and 1 where there is none */
    struct cox_gate_layer tried[COX_LAYER_COUNT];
    struct cox_rates rates;
    unsigned char rate_feature; /* the segment where the caller gave none, else COX_POINTS_NONE */
    struct cox_points points;
    uint64_t id; /* of everything a score depends on: equal data give an equal id */
};

/* Bytes of the model's memory and of scratch. */
size_t cox_win_model_size(const struct cox_points_data *data, const struct cox_gate_opt *opt);
size_t cox_win_workspace_size(const struct cox_points_data *data, const struct cox_gate_opt *opt);

/*
 * Chooses and fits. Empty or one-class data give the base rate (Beta(1, 1) posterior mean) and no
 * error. Deterministic: the same rows give the same bytes. Errors: COX_INVALID as in points.h.
 */
enum cox_rc cox_win_fit(const struct cox_points_data *data, const struct cox_gate_opt *opt,
    void *memory, void *workspace, struct cox_win_model *ret_model,
    struct cox_err *reterr) COX_NODISCARD;

struct cox_win {
    double prob, low, high; /* chance of winning and its 80 % interval */
    double logit;           /* of prob: recalibrated base + parts for points */
    double pool_count;      /* training deals it rests on at the level used */
    size_t pool_depth;      /* 0: all deals */
};

/* Row i of the columns; chain has one code per depth, NULL where the caller gave no rate data. */
struct cox_win cox_win_score(const struct cox_win_model *model, const unsigned char *const *code,
    size_t i, const uint16_t *chain);

/* Recalibrated parts: *ret_base + sum of ret_part[0 .. points.term_count) is the score's logit. */
void cox_win_explain(const struct cox_win_model *model, const unsigned char *code, double *ret_base,
    double *ret_part);

#endif
