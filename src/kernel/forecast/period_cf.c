/*
 * kernel/forecast/period_cf.c: the distribution function from its Fourier coefficients on the
 * lattice of the amounts. With all frequencies of the lattice the result is exact; most sums need
 * about 32, because the coefficients vanish. Where they do not (few large deals) the frequencies
 * are cut with a Gaussian taper, which smooths by less than .001 standard deviations.
 */
#include <complex.h>
#include <math.h>
#include <string.h>

#include "kernel/forecast/period_engine.h"
#include "kernel/stats/special.h"

/* clang on glibc has no CMPLX in this mode; its builtin does the same. */
#ifndef CMPLX
#    define CMPLX(re, im) __builtin_complex((double)(re), (double)(im))
#endif

enum { BLOCK = 32, CHUNK = 64, LANES = 4 };

static const double vanished = 1e-10;

/* log E exp(t S) given z, of the rest and, where wanted, the deals apart. */
static double log_moment(const struct period_engine *e, double t, double z, bool with_apart)
{
    double sum = 0.0;
    size_t total = e->count + (with_apart ? e->apart_count : 0);

    for (size_t i = 0; i < total; i++) {
        bool apart = i >= e->count;
        double a = apart ? e->apart_amount[i - e->count] : e->amount[i];
        double p = apart ? e->apart_prob[i - e->count] : e->prob[i];
        if (e->rho > 0.0) {
            p = period_prob_given(e, apart ? cox_normal_quantile(p) : e->normal[i], z);
        }
        sum += t * a > 30.0 ? t * a + log(p) : log1p(p * expm1(t * a));
    }
    if (e->later.create_count > 0.0) {
        double p = e->later.win_prob;
        p = e->rho > 0.0 ? period_prob_given(e, cox_normal_quantile(p), z) : p;
        double u = t * e->later.mean_minor / e->later.shape;
        sum +=
            u < 1.0 ? e->later.create_count * p * (pow(1.0 - u, -e->later.shape) - 1.0) : HUGE_VAL;
    }
    return sum;
}

/* Chernoff's bound at a few t: beyond the ends there is less than 1e-9. */
static void set_window(struct period_engine *e)
{
    const double log_tail = 20.8;
    double bad = e->rho > 0.0 ? 5.0 : 0.0, best_high = HUGE_VAL, best_low = 0.0;
    double mean, var, low_mean, low_var;

    period_moments_given(e, -bad, &mean, &var);
    period_moments_given(e, bad, &low_mean, &low_var);
    for (int i = 0; i < 9; i++) {
        double scale = 0.02 * pow(2.2, i);
        double up = scale * 8.0 / fmax(e->sd, 1e-9);
        best_high = fmin(best_high, (log_moment(e, up, -bad, true) + log_tail) / up);
        if (low_var > 0.0) {
            double down = scale * 8.0 / sqrt(low_var);
            best_low = fmax(best_low, -(log_moment(e, -down, bad, false) + log_tail) / down);
        }
    }
    if (e->later.create_count == 0.0) {
        best_high = fmin(best_high, e->total);
    }
    e->low = floor(best_low);
    e->high = ceil(fmax(best_high, e->low + 1.0));
}

static size_t choose_frequencies(struct period_engine *e)
{
    double points = e->high - e->low + 1.0, full, wanted, margin;
    double smooth = (e->is_rough ? 0.01 : e->rho > 0.0 ? 0.001 : 0.0004) * e->sd;
    double cells = (double)PERIOD_CELL_MAX / (double)e->node_count;

    e->modulus = points;
    full = points / 2.0;
    wanted = 6.0 * e->modulus / (2.0 * M_PI * smooth);
    /* Never more work than about 1e8 multiplications, whatever the deals. */
    cells = fmin(cells, 1e8 / ((double)(e->count + 1) * (double)e->node_count));
    wanted = fmin(wanted, fmax(cells, 64.0));
    e->taper = wanted < full;
    if (e->taper) { /* smoothed mass at an end must not come out at the other */
        margin = ceil(8.0 * 6.0 * e->modulus / (2.0 * M_PI * wanted));
        e->low -= margin;
        e->high += margin;
        e->modulus += 2.0 * margin;
    }
    e->modulus += fmod(e->modulus, 2.0) == 0.0 ? 1.0 : 0.0;
    return (size_t)fmax(1.0, fmin(floor(wanted), floor((e->modulus - 1.0) / 2.0)));
}

/* CHUNK deals with the turn of each at the present and the step to the next frequency. */
struct chunk {
    size_t count, row[CHUNK];
    double cos_now[CHUNK], sin_now[CHUNK], cos_step[CHUNK], sin_step[CHUNK];
};

static void start_chunk(const struct period_engine *e, double freq, struct chunk *c)
{
    for (size_t d = 0; d < CHUNK; d++) {
        double turn = d < c->count ? fmod(e->amount[c->row[d]] / e->modulus, 1.0) : 0.0;
        double place = turn * freq;
        sincos(2.0 * M_PI * turn, &c->sin_step[d], &c->cos_step[d]);
        place -= floor(place);
        sincos(2.0 * M_PI * place, &c->sin_now[d], &c->cos_now[d]);
    }
}

static void next_frequency(struct chunk *c)
{
    for (size_t d = 0; d < CHUNK; d++) {
        double re = c->cos_now[d] * c->cos_step[d] - c->sin_now[d] * c->sin_step[d];
        double im = c->cos_now[d] * c->sin_step[d] + c->sin_now[d] * c->cos_step[d];
        c->cos_now[d] = re;
        c->sin_now[d] = im;
    }
}

/* phi *= prod over the chunk of 1 + p (e^{i w a} - 1), in LANES independent products. */
static void multiply_in(double *phi, const struct chunk *c, const double *prob)
{
    double re[LANES] = {phi[0], 1.0, 1.0, 1.0}, im[LANES] = {phi[1], 0.0, 0.0, 0.0};

    for (size_t d = 0; d < CHUNK; d += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            double fr = 1.0 + prob[d + l] * (c->cos_now[d + l] - 1.0);
            double fi = prob[d + l] * c->sin_now[d + l];
            double next = re[l] * fr - im[l] * fi;
            im[l] = re[l] * fi + im[l] * fr;
            re[l] = next;
        }
    }
    double complex product = 1.0;
    for (size_t l = 0; l < LANES; l++) {
        product *= CMPLX(re[l], im[l]);
    }
    bool gone = fabs(creal(product)) + fabs(cimag(product)) < 1e-30; /* keeps denormals away */
    phi[0] = gone ? 0.0 : creal(product);
    phi[1] = gone ? 0.0 : cimag(product);
}

/* work: [node][frequency][2], then probabilities of one chunk by node. */
static double *cell(const struct period_engine *e, size_t node, size_t freq)
{
    return e->work + 2 * (node * e->freq_row + freq);
}

static double *chunk_probs(const struct period_engine *e)
{
    return e->work + 2 * (size_t)PERIOD_CELL_MAX + 64;
}

static void set_chunk_probs(const struct period_engine *e, size_t first, size_t size)
{
    double *to = chunk_probs(e);

    memset(to, 0, e->node_count * CHUNK * sizeof(double));
    for (size_t d = 0; d < size; d++) {
        double p = e->prob[first + d], q = e->normal[first + d];
        for (size_t node = 0; node < e->node_count; node++) {
            to[node * CHUNK + d] = e->rho > 0.0 ? period_prob_given(e, q, e->node[node]) : p;
        }
    }
}

/* Frequencies from .. from + size - 1 (0 is frequency 1) of the rest; the largest modulus met. */
static double fill_block(const struct period_engine *e, size_t from, size_t size)
{
    struct chunk c;
    double largest = 0.0;

    for (size_t node = 0; node < e->node_count; node++) {
        for (size_t k = from; k < from + size; k++) {
            cell(e, node, k)[0] = 1.0;
            cell(e, node, k)[1] = 0.0;
        }
    }
    for (size_t first = 0; first < e->count; first += CHUNK) {
        size_t left = e->count - first < CHUNK ? e->count - first : CHUNK;
        c.count = left;
        for (size_t d = 0; d < left; d++) {
            c.row[d] = first + d;
        }
        start_chunk(e, (double)from + 1.0, &c);
        set_chunk_probs(e, first, left);
        for (size_t k = from; k < from + size; k++) {
            for (size_t node = 0; node < e->node_count; node++) {
                double *phi = cell(e, node, k);
                if (phi[0] != 0.0 || phi[1] != 0.0) {
                    multiply_in(phi, &c, chunk_probs(e) + node * CHUNK);
                }
            }
            next_frequency(&c);
        }
    }
    for (size_t node = 0; node < e->node_count; node++) {
        for (size_t k = from; k < from + size; k++) {
            const double *phi = cell(e, node, k);
            largest = fmax(largest, fabs(phi[0]) + fabs(phi[1]));
        }
    }
    return largest;
}

/*
 * May the coefficients come back in this block? |phi|^2 = prod 1 - 2 p q (1 - cos w a); a sample of
 * deals tells. They do come back at 2 pi / unit when amounts are round numbers.
 */
static bool may_return(const struct period_engine *e, size_t from, size_t size)
{
    size_t sample = e->count < CHUNK ? e->count : CHUNK;
    double stride = (double)e->count / (double)sample;
    struct chunk c = {.count = sample};

    for (size_t i = 0; i < sample; i++) {
        c.row[i] = (size_t)((double)i * stride);
    }
    start_chunk(e, (double)from + 1.0, &c);
    for (size_t k = from; k < from + size; k++) {
        double sum = 0.0;
        for (size_t i = 0; i < sample; i++) {
            double p = e->prob[c.row[i]];
            sum += p * (1.0 - p) * (1.0 - c.cos_now[i]);
        }
        if (sum * stride < 30.0) {
            return true;
        }
        next_frequency(&c);
    }
    return false;
}

void period_cf_build(struct period_engine *e)
{
    bool gone = false;
    size_t last = 0;

    e->method = COX_PERIOD_INVERTED;
    period_set_nodes(e, period_node_step(e));
    set_window(e);
    e->freq_count = e->freq_row = choose_frequencies(e);
    for (size_t from = 0; from < e->freq_row; from += BLOCK) {
        size_t size = e->freq_row - from < BLOCK ? e->freq_row - from : BLOCK;
        if (gone && !may_return(e, from, size)) {
            for (size_t node = 0; node < e->node_count; node++) {
                memset(cell(e, node, from), 0, 2 * size * sizeof(double));
            }
            continue;
        }
        gone = fill_block(e, from, size) < vanished;
        last = gone ? last : from + size;
    }
    if (gone || last < e->freq_row) {
        e->taper = false;
    }
    e->freq_count = last > 0 ? last : 1;
}

/* Turns e^{i w a} of the deals apart, and of new business the factor's exponent per expected win. */
struct others {
    double complex turn[COX_PERIOD_SWING_MAX];
    double complex later;
};

static void set_others(const struct period_engine *e, double omega, struct others *o)
{
    for (size_t i = 0; i < e->apart_count; i++) {
        double place = fmod(e->apart_amount[i] * omega, 1.0), s, c;
        sincos(2.0 * M_PI * place, &s, &c);
        o->turn[i] = CMPLX(c - 1.0, s);
    }
    o->later = 0.0;
    if (e->later.create_count > 0.0) {
        double u = 2.0 * M_PI * omega * e->later.mean_minor / e->later.shape;
        double complex size = cexp(-e->later.shape * clog(CMPLX(1.0, -u)));
        o->later = e->later.create_count * (size - 1.0);
    }
}

/* Probabilities of the deals apart by node (CHUNK a row), that of new business last. */
static void set_other_probs(const struct period_engine *e, struct period_force force)
{
    for (size_t node = 0; node < e->node_count; node++) {
        double *to = chunk_probs(e) + node * CHUNK, z = e->node[node];
        for (size_t i = 0; i <= e->apart_count; i++) {
            double p = i < e->apart_count ? e->apart_prob[i] : e->later.win_prob;
            p = e->rho > 0.0 ? period_prob_given(e, cox_normal_quantile(p), z) : p;
            to[i < e->apart_count ? i : CHUNK - 1] = (int)i == force.index ? 0.0 : p;
        }
    }
}

/* Mixture over the common factor at frequency k. */
static double complex mix_nodes(const struct period_engine *e, size_t k)
{
    double complex sum = 0.0;
    struct others o;

    set_others(e, (double)(k + 1) / e->modulus, &o);
    for (size_t node = 0; node < e->node_count; node++) {
        const double *phi = cell(e, node, k), *prob = chunk_probs(e) + node * CHUNK;
        double re = phi[0] * e->node_weight[node], im = phi[1] * e->node_weight[node];
        if (re == 0.0 && im == 0.0) {
            continue;
        }
        for (size_t i = 0; i < e->apart_count; i++) {
            double fr = 1.0 + prob[i] * creal(o.turn[i]), fi = prob[i] * cimag(o.turn[i]);
            double next = re * fr - im * fi;
            im = re * fi + im * fr;
            re = next;
        }
        double complex value = CMPLX(re, im);
        sum += o.later == 0.0 ? value : value * cexp(prob[CHUNK - 1] * o.later);
    }
    return sum;
}

/* table: coefficients c_k with F(j) = (j+1)/M + Re sum c_k (1 - e^{-i t_k (j+1)}), then Re sum c_k. */
void period_cf_assemble(struct period_engine *e, struct period_force force)
{
    double sum = 0.0;

    set_other_probs(e, force);
    for (size_t k = 0; k < e->freq_count; k++) {
        double turn = (double)(k + 1) / e->modulus, share = (double)(k + 1) / (double)e->freq_count;
        double shift = -2.0 * M_PI * fmod(turn * e->low, 1.0);
        double taper = e->taper ? exp(-18.0 * share * share) : 1.0;
        double complex value = mix_nodes(e, k) * taper * cexp(CMPLX(0, shift));
        value *= cexp(CMPLX(0, M_PI * turn)) / CMPLX(0, e->modulus * sin(M_PI * turn));
        e->table[2 * k] = creal(value);
        e->table[2 * k + 1] = cimag(value);
        sum += creal(value);
    }
    e->table[2 * e->freq_count] = sum;
}

double period_cf_cdf(const struct period_engine *e, double x)
{
    double j = floor(x) - e->low + 1.0, turn, re, im, sum = 0.0, step_re, step_im;

    if (j <= 0.0 || j >= e->modulus) {
        return j <= 0.0 ? 0.0 : 1.0;
    }
    turn = j / e->modulus;
    sincos(-2.0 * M_PI * turn, &step_im, &step_re);
    re = step_re;
    im = step_im;
    for (size_t k = 0; k < e->freq_count; k++) {
        if (k % 4096 == 4095) { /* the recurrence drifts */
            double place = turn * (double)(k + 1);
            sincos(-2.0 * M_PI * (place - floor(place)), &im, &re);
        }
        sum += e->table[2 * k] * re - e->table[2 * k + 1] * im;
        double next = re * step_re - im * step_im;
        im = re * step_im + im * step_re;
        re = next;
    }
    return fmin(1.0, fmax(0.0, turn + e->table[2 * e->freq_count] - sum));
}
