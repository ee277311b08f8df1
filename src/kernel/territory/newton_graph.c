/* kernel/territory/newton_graph.c: the reps' neighbour graph and conjugate gradients over it. */
#include "kernel/territory/newton_graph.h"

#include <math.h>
#include <string.h>

enum { CG_MAX = 150 };

void newton_init(struct newton *newton, const struct model *model, struct desk *desk)
{
    size_t k = model->k, all = k * (k - 1) / 2;

    *newton = (struct newton){.k = k, .words = (k + 63) / 64, .reach = 12};
    newton->edge_max = all < 64 * k ? all : 64 * k;
    newton->bits = DESK_ARRAY(desk, k * newton->words, uint64_t);
    newton->rank = DESK_ARRAY(desk, k * newton->words, uint32_t);
    newton->edge_from = DESK_ARRAY(desk, newton->edge_max, uint32_t);
    newton->edge_to = DESK_ARRAY(desk, newton->edge_max, uint32_t);
    newton->edge = DESK_ARRAY(desk, BLOCK_COUNT * newton->edge_max * 3, double);
    newton->grad = DESK_ARRAY(desk, BLOCK_COUNT * 2 * k, double);
    newton->diag = DESK_ARRAY(desk, 2 * k, double);
    newton->block = DESK_ARRAY(desk, 3 * k, double);
    newton->step = DESK_ARRAY(desk, 2 * k, double);
    newton->residual = DESK_ARRAY(desk, 2 * k, double);
    newton->image = DESK_ARRAY(desk, 2 * k, double);
    newton->along = DESK_ARRAY(desk, 2 * k, double);
    newton->solved = DESK_ARRAY(desk, 2 * k, double);
    newton->trial = DESK_ARRAY(desk, 2 * k, double);
    newton->split = DESK_ARRAY(desk, 2 * k, double);
    newton->built = DESK_ARRAY(desk, 2 * k, double);
    newton->fresh = DESK_ARRAY(desk, k, uint32_t);
}

static void mark(struct newton *newton, uint32_t a, uint32_t b)
{
    uint32_t from = a < b ? a : b, to = a < b ? b : a;

    newton->bits[from * newton->words + to / 64] |= (uint64_t)1 << (to % 64);
}

/* Pairs of reps within reach_km of an account's cheapest. */
static void mark_slot(struct newton *newton, const struct model *model,
    const struct candidates *set, const double *x, size_t slot, double reach_km)
{
    const uint32_t *rep = set->rep + slot * set->width;
    const float *km = set->km + slot * set->width;
    size_t i = slot_account(set, slot), count = 0;
    double work = model_ratio(model, WORK, i), pot = model_ratio(model, POTENTIAL, i);
    double reduced[CANDIDATE_MAX], least = HUGE_VAL;
    uint32_t near[CANDIDATE_MAX];

    for (size_t c = 0; c < set->len[slot]; c++) {
        reduced[c] = (double)km[c] + price_at(x, rep[c], work, pot);
        least = reduced[c] < least ? reduced[c] : least;
    }
    for (size_t c = 0; c < set->len[slot]; c++) {
        if (reduced[c] < least + reach_km) {
            near[count++] = rep[c];
        }
    }
    for (size_t a = 1; a < count; a++) {
        for (size_t b = 0; b < a; b++) {
            mark(newton, near[a], near[b]);
        }
    }
}

static size_t count_edges(const struct newton *newton)
{
    size_t count = 0;

    for (size_t word = 0; word < newton->k * newton->words; word++) {
        count += (size_t)__builtin_popcountll(newton->bits[word]);
    }
    return count;
}

/* Numbers the edges in the order of the bitmap; what finds no room is left out. */
static void number_edges(struct newton *newton)
{
    size_t count = 0;

    for (size_t word = 0; word < newton->k * newton->words; word++) {
        uint64_t left = newton->bits[word];

        newton->rank[word] = (uint32_t)count;
        if (count + (size_t)__builtin_popcountll(left) > newton->edge_max) {
            newton->bits[word] = left = 0;
        }
        for (; left != 0; left &= left - 1) {
            size_t to = word % newton->words * 64 + (size_t)__builtin_ctzll(left);

            newton->edge_from[count] = (uint32_t)(word / newton->words);
            newton->edge_to[count++] = (uint32_t)to;
        }
    }
    newton->edge_count = count;
}

void graph_build(struct newton *newton, const struct model *model, const struct candidates *set,
    const double *x, double temperature)
{
    bool is_small = newton->edge_max == newton->k * (newton->k - 1) / 2;

    /* A narrower reach loses some curvature, never correctness: the Hessian stays a Laplacian. */
    newton->reach = is_small ? 0 : fmin(12, 4 * newton->reach);
    for (;; newton->reach /= 2) {
        memset(newton->bits, 0, newton->k * newton->words * sizeof(*newton->bits));
        if (is_small) {
            for (uint32_t a = 0; a < newton->k; a++) {
                for (uint32_t b = 0; b < a; b++) {
                    mark(newton, a, b);
                }
            }
            break;
        }
        for (size_t slot = 0; slot < set->count; slot++) {
            mark_slot(newton, model, set, x, slot, newton->reach * temperature);
        }
        if (count_edges(newton) <= newton->edge_max || newton->reach < 1e-3) {
            break;
        }
    }
    number_edges(newton);
}

/* 2 x 2 blocks of the Hessian's diagonal: all edges at a rep, the band, a little for safety. */
static double build_blocks(struct newton *newton)
{
    double most = 0;

    memset(newton->block, 0, 3 * newton->k * sizeof(*newton->block));
    for (size_t e = 0; e < newton->edge_count; e++) {
        for (size_t part = 0; part < 3; part++) {
            newton->block[3 * newton->edge_from[e] + part] += newton->edge[3 * e + part];
            newton->block[3 * newton->edge_to[e] + part] += newton->edge[3 * e + part];
        }
    }
    for (size_t j = 0; j < newton->k; j++) {
        newton->block[3 * j] += newton->diag[2 * j];
        newton->block[3 * j + 2] += newton->diag[2 * j + 1];
        most = fmax(most, fmax(newton->block[3 * j], newton->block[3 * j + 2]));
    }
    return most;
}

static void multiply(const struct newton *newton, const double *x, double ridge,
    double *restrict ret)
{
    for (size_t at = 0; at < 2 * newton->k; at++) {
        ret[at] = (newton->diag[at] + ridge) * x[at];
    }
    for (size_t e = 0; e < newton->edge_count; e++) {
        size_t a = 2 * newton->edge_from[e], b = 2 * newton->edge_to[e];
        double work = x[a] - x[b], pot = x[a + 1] - x[b + 1];
        double dw = newton->edge[3 * e] * work + newton->edge[3 * e + 1] * pot;
        double dp = newton->edge[3 * e + 1] * work + newton->edge[3 * e + 2] * pot;

        ret[a] += dw;
        ret[b] -= dw;
        ret[a + 1] += dp;
        ret[b + 1] -= dp;
    }
}

static void precondition(const struct newton *newton, const double *x, double ridge, double *ret)
{
    for (size_t j = 0; j < newton->k; j++) {
        double ww = newton->block[3 * j] + ridge, pp = newton->block[3 * j + 2] + ridge;
        double wp = newton->block[3 * j + 1], det = ww * pp - wp * wp;

        if (det <= 1e-12 * ww * pp) {
            ret[2 * j] = x[2 * j] / ww;
            ret[2 * j + 1] = x[2 * j + 1] / pp;
            continue;
        }
        ret[2 * j] = (pp * x[2 * j] - wp * x[2 * j + 1]) / det;
        ret[2 * j + 1] = (ww * x[2 * j + 1] - wp * x[2 * j]) / det;
    }
}

static double dot(const double *a, const double *b, size_t count)
{
    double total = 0;

    for (size_t at = 0; at < count; at++) {
        total += a[at] * b[at];
    }
    return total;
}

void graph_solve(struct newton *newton)
{
    size_t count = 2 * newton->k;
    double ridge = build_blocks(newton) * 1e-10 + 1e-300, rho, rho_first;

    memset(newton->step, 0, count * sizeof(*newton->step));
    memcpy(newton->residual, newton->grad, count * sizeof(*newton->residual));
    precondition(newton, newton->residual, ridge, newton->solved);
    memcpy(newton->along, newton->solved, count * sizeof(*newton->along));
    rho = rho_first = dot(newton->residual, newton->solved, count);
    for (int round = 0; round < CG_MAX && rho > 1e-6 * rho_first; round++) {
        double next, curve, alpha;

        multiply(newton, newton->along, ridge, newton->image);
        curve = dot(newton->along, newton->image, count);
        if (!(curve > 0)) {
            break;
        }
        alpha = rho / curve;
        for (size_t at = 0; at < count; at++) {
            newton->step[at] += alpha * newton->along[at];
            newton->residual[at] -= alpha * newton->image[at];
        }
        precondition(newton, newton->residual, ridge, newton->solved);
        next = dot(newton->residual, newton->solved, count);
        for (size_t at = 0; at < count; at++) {
            newton->along[at] = newton->solved[at] + next / rho * newton->along[at];
        }
        rho = next;
    }
}
