/*
 * kernel/forecast/period_engine.h: inside of the period forecast: the distribution function of the
 * open part, by one of three methods. Private to the period files.
 */
#ifndef COX_KERNEL_FORECAST_PERIOD_ENGINE_H
#define COX_KERNEL_FORECAST_PERIOD_ENGINE_H

#include <stdint.h>

#include "kernel/forecast/period.h"

enum {
    PERIOD_ENUM_MAX = 22,       /* deals; 2 halves of 2^11 outcomes */
    PERIOD_CF_COUNT_MAX = 5000, /* deals: beyond, the series is as good and faster */
    PERIOD_EDGE_BLURRED_MIN = 200,
    PERIOD_NODE_MAX = 512,     /* points of the common factor in the inversion */
    PERIOD_CELL_MAX = 1 << 18, /* nodes x frequencies */
    PERIOD_CHEB = 16,          /* points at which the series takes cumulants */
    PERIOD_FINE_MAX = 12001,   /* points at which the series integrates z */
    PERIOD_WHALE_MAX = 6,
};

/* The open part in units of the amounts' greatest common divisor. */
struct period_engine {
    enum cox_period_method method;
    size_t count; /* the rest: without the deals kept apart, certain and impossible ones */
    double *amount, *prob;
    double *normal;     /* Phi^-1(prob), where rho > 0 */
    size_t apart_count; /* largest A^2 p (1-p), for swing and for tails */
    double apart_amount[COX_PERIOD_SWING_MAX], apart_prob[COX_PERIOD_SWING_MAX];
    size_t apart_row[COX_PERIOD_SWING_MAX];
    int64_t unit_minor; /* amounts above are in these */
    double total;       /* of rest and apart, in units */
    bool is_rough;
    double rho;
    struct cox_period_new later; /* mean in units */
    double mean, sd;             /* of the open part, units */
    double low, high;            /* whole units between which the distribution is looked for */
    size_t node_count;
    double *node, *node_weight; /* z and its weight */
    double *work;               /* the method's own */
    double *table;              /* what cdf reads: set by assemble */
    /* enumeration */
    size_t half_count[2], atom_count[2];
    /* inversion */
    double modulus;              /* odd number of lattice points */
    size_t freq_count, freq_row; /* in use; room per node */
    bool taper;
    /* series */
    size_t whale_count, fine_count;
    size_t whale[PERIOD_WHALE_MAX]; /* index among those apart */
};

/* A deal kept apart whose outcome is set: index -1 for none. */
struct period_force {
    int index;
    bool won;
};

/* p given the common factor. quantile is Phi^-1(p). */
double period_prob_given(const struct period_engine *e, double quantile, double z);

/* Mean and variance of the rest given z; variance of the new business included. */
void period_moments_given(const struct period_engine *e, double z, double *ret_mean,
    double *ret_var);

/* Widest useful step of the trapezoid rule over z, at most 0.25. */
double period_node_step(const struct period_engine *e);
void period_set_nodes(struct period_engine *e, double step);

/* Builds what does not depend on a forced deal; false when the method does not fit the deals. */
void period_enum_build(struct period_engine *e);
bool period_edge_build(struct period_engine *e, double shape_max);
void period_cf_build(struct period_engine *e);

/* Prepares cdf for a forced deal (or none). A forced deal that is won is not part of the sum. */
void period_enum_assemble(struct period_engine *e, struct period_force force);
void period_edge_assemble(struct period_engine *e, struct period_force force);
void period_cf_assemble(struct period_engine *e, struct period_force force);

/* P(open part <= x units), x whole. */
double period_enum_cdf(const struct period_engine *e, double x);
double period_edge_cdf(const struct period_engine *e, double x);
double period_cf_cdf(const struct period_engine *e, double x);

/* Doubles of e->work and e->table, enough for each method. */
enum {
    PERIOD_WORK_DOUBLES = 2 * PERIOD_CELL_MAX + 64 + PERIOD_NODE_MAX * 64,
    PERIOD_TABLE_DOUBLES = 2 * PERIOD_CELL_MAX + 64,
};

#endif
