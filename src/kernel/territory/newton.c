/* kernel/territory/newton.c: one level of smoothing: evaluate, step, search along the step. */
#include "kernel/territory/newton.h"

#include <math.h>
#include <string.h>

#include "kernel/territory/newton_graph.h"

/* Terms below exp(-REACH) of the cheapest count as nothing. */
static const double reach = 30;

/* Pairs of reps less likely than this add too little curvature to be worth the time. */
static const double pair_min = 1e-4;

struct pass {
    struct newton *newton;
    const struct model *model;
    const struct candidates *set;
    const double *x;
    double temperature;
    double value[BLOCK_COUNT];
};

/* One account's shares among its candidates. */
struct mix {
    size_t count;
    uint32_t rep[CANDIDATE_MAX];
    double prob[CANDIDATE_MAX];
};

/* Returns softmin in km per visit and the reps that matter. */
static double mix_of(const struct pass *pass, size_t slot, const double *ratio, struct mix *ret_mix)
{
    const struct candidates *set = pass->set;
    const uint32_t *rep = set->rep + slot * set->width;
    const float *km = set->km + slot * set->width;
    size_t len = set->len[slot], count = 0;
    double reduced[CANDIDATE_MAX], least = HUGE_VAL, total = 0;

    for (size_t c = 0; c < len; c++) {
        reduced[c] = (double)km[c] + price_at(pass->x, rep[c], ratio[WORK], ratio[POTENTIAL]);
        least = reduced[c] < least ? reduced[c] : least;
    }
    for (size_t c = 0; c < len; c++) {
        double behind = (reduced[c] - least) / pass->temperature;

        if (behind < reach) {
            ret_mix->rep[count] = rep[c];
            ret_mix->prob[count] = behind > 0 ? exp(-behind) : 1;
            total += ret_mix->prob[count++];
        }
    }
    ret_mix->count = count;
    if (count == 1) {
        return least;
    }
    for (size_t c = 0; c < count; c++) {
        ret_mix->prob[c] /= total;
    }
    return least - pass->temperature * log(total);
}

/* Curvature between every two reps that share this account. */
static void add_edges(const struct pass *pass, const struct mix *mix, const double *ratio,
    double visits, double *edge)
{
    double scale = visits / pass->temperature;
    double ww = scale * ratio[WORK] * ratio[WORK], wp = scale * ratio[WORK] * ratio[POTENTIAL];
    double pp = scale * ratio[POTENTIAL] * ratio[POTENTIAL];

    for (size_t a = 0; a < mix->count; a++) {
        if (mix->prob[a] < pair_min) {
            continue;
        }
        for (size_t b = 0; b < a; b++) {
            double both = mix->prob[a] * mix->prob[b];
            size_t at;

            if (both < pair_min) {
                continue;
            }
            at = graph_find(pass->newton, mix->rep[a], mix->rep[b]);
            if (at != GRAPH_NONE) {
                edge[3 * at] += both * ww;
                edge[3 * at + 1] += both * wp;
                edge[3 * at + 2] += both * pp;
            }
        }
    }
}

static void pass_block(void *arg, size_t block)
{
    struct pass *pass = arg;
    const struct candidates *set = pass->set;
    size_t k = pass->newton->k;
    double *grad = pass->newton->grad + block * 2 * k;
    double *edge = pass->newton->edge + block * pass->newton->edge_max * 3;
    double value = 0;
    struct mix mix;

    memset(grad, 0, 2 * k * sizeof(*grad));
    memset(edge, 0, pass->newton->edge_count * 3 * sizeof(*edge));
    for (size_t s = set->count * block / BLOCK_COUNT; s < set->count * (block + 1) / BLOCK_COUNT;
         s++) {
        size_t i = slot_account(set, s);
        double visits =
            pass->model->problem->visits[i] * (set->weight == NULL ? 1 : (double)set->weight[s]);
        double ratio[WEIGHT_COUNT] = {model_ratio(pass->model, WORK, i),
            model_ratio(pass->model, POTENTIAL, i)};

        value += visits * mix_of(pass, s, ratio, &mix);
        for (size_t c = 0; c < mix.count; c++) {
            grad[2 * mix.rep[c] + WORK] += visits * mix.prob[c] * ratio[WORK];
            grad[2 * mix.rep[c] + POTENTIAL] += visits * mix.prob[c] * ratio[POTENTIAL];
        }
        if (mix.count > 1) {
            add_edges(pass, &mix, ratio, visits, edge);
        }
    }
    pass->value[block] = value;
}

/* Adds the other blocks to the first, in order, so that the sum does not depend on threads. */
static void fold_blocks(double *blocks, size_t stride, size_t count)
{
    for (size_t block = 1; block < BLOCK_COUNT; block++) {
        const double *from = blocks + block * stride;

        for (size_t at = 0; at < count; at++) {
            blocks[at] += from[at];
        }
    }
}

/* The tolerance band: linear far from 0 on either side, rounded off at the temperature. */
static double add_band(struct newton *newton, const struct model *model, const double *x,
    double temp)
{
    double value = 0;

    for (size_t at = 0; at < 2 * newton->k; at++) {
        size_t which = at % 2, j = at / 2;
        double hi = model->hi[which][j] / model->unit[which];
        double lo = model->lo[which][j] / model->unit[which];
        double mid = 0.5 * (hi + lo), half = 0.5 * (hi - lo),
               root = sqrt(x[at] * x[at] + temp * temp);

        if (!model->is_bound[which]) {
            newton->diag[at] = 0;
            continue;
        }
        value -= mid * x[at] + half * root;
        newton->grad[at] -= mid + half * x[at] / root;
        newton->diag[at] = half * temp * temp / (root * root * root);
    }
    return value;
}

/* F, its gradient (grad[0 .. 2k-1]) and curvature (edge, diag) at x. */
static void evaluate(struct newton *newton, const struct model *model, const struct candidates *set,
    const double *x, double temperature)
{
    struct pass pass = {newton, model, set, x, temperature, {0}};

    model_parallel(model, BLOCK_COUNT, pass_block, &pass);
    fold_blocks(newton->grad, 2 * newton->k, 2 * newton->k);
    fold_blocks(newton->edge, newton->edge_max * 3, newton->edge_count * 3);
    newton->value = add_band(newton, model, x, temperature);
    for (size_t block = 0; block < BLOCK_COUNT; block++) {
        newton->value += pass.value[block];
    }
}

/*
 * Keeps the step within most, entry by entry where that still climbs, as a whole where it does not.
 * Returns the gain promised: half of gradient . step.
 */
static double clip(struct newton *newton, double most)
{
    double *step = newton->step, whole = 0, gain = 0, largest = 0;
    size_t count = 2 * newton->k;

    for (size_t at = 0; at < count; at++) {
        double cut = step[at] > most ? most : step[at] < -most ? -most : step[at];

        largest = fmax(largest, fabs(step[at]));
        whole += 0.5 * newton->grad[at] * step[at];
        gain += 0.5 * newton->grad[at] * cut;
    }
    if (largest <= most) {
        return whole;
    }
    if (gain > whole * most / largest) {
        for (size_t at = 0; at < count; at++) {
            step[at] = step[at] > most ? most : step[at] < -most ? -most : step[at];
        }
        return gain;
    }
    for (size_t at = 0; at < count; at++) {
        step[at] *= most / largest;
    }
    return whole * most / largest;
}

/*
 * Halves the step until F rises enough (Armijo). Leaves the evaluation of the accepted point in
 * newton; returns the step's length, 0 when nothing helps.
 */
static double search(struct newton *newton, const struct model *model, const struct candidates *set,
    double *x, double temperature)
{
    size_t count = 2 * newton->k;
    double before = newton->value, slope = 0, length = 1;

    for (size_t at = 0; at < count; at++) {
        slope += newton->grad[at] * newton->step[at];
    }
    for (int halving = 0; halving < 10; halving++, length *= 0.5) {
        for (size_t at = 0; at < count; at++) {
            newton->trial[at] = x[at] + length * newton->step[at];
        }
        evaluate(newton, model, set, newton->trial, temperature);
        if (newton->value >= before + 1e-4 * length * slope - 1e-13 * fabs(before)) {
            memcpy(x, newton->trial, count * sizeof(*x));
            return length;
        }
    }
    return 0;
}

void newton_candidates(struct newton *newton, const struct model *model, struct candidates *set,
    const double *x)
{
    candidates_build(model, set, x, newton->split);
    memcpy(newton->built, x, 2 * newton->k * sizeof(*x));
    newton->far_count = 0;
}

/*
 * Prices that went far since the lists were made may have made other reps cheap: a few are looked at
 * alone, many (a quarter of all reps, at once or one after the other) are worth new lists.
 */
static bool refresh(struct newton *newton, const struct model *model, struct candidates *set,
    const double *x, double most)
{
    size_t fallen = 0, far = 0;

    for (size_t j = 0; j < newton->k; j++) {
        double work = x[2 * j] - newton->built[2 * j];
        double pot = x[2 * j + 1] - newton->built[2 * j + 1];

        if (fabs(work) > most || fabs(pot) > most) {
            far++;
            if (work < -most || pot < -most) {
                newton->fresh[fallen++] = (uint32_t)j;
            }
        }
    }
    if (far == 0) {
        return false;
    }
    newton->far_count += far;
    if (4 * newton->far_count > newton->k) {
        newton_candidates(newton, model, set, x);
        return true;
    }
    candidates_patch(model, set, x, newton->split, newton->fresh, fallen);
    for (size_t j = 0; j < newton->k; j++) {
        if (fabs(x[2 * j] - newton->built[2 * j]) > most ||
            fabs(x[2 * j + 1] - newton->built[2 * j + 1]) > most) {
            newton->built[2 * j] = x[2 * j];
            newton->built[2 * j + 1] = x[2 * j + 1];
        }
    }
    return true;
}

size_t newton_climb(struct newton *newton, const struct model *model, struct candidates *set,
    const struct climb *climb, double *x)
{
    double temp = climb->temperature_km;
    size_t steps = 0;

    graph_build(newton, model, set, x, temp);
    evaluate(newton, model, set, x, temp);
    while (steps < climb->step_max && model_keep_going(model)) {
        double gain;

        graph_solve(newton);
        gain = clip(newton, 4 * temp);
        if (gain < climb->gain_min * fabs(newton->value)) {
            break;
        }
        steps++;
        if (search(newton, model, set, x, temp) <= 0) {
            break;
        }
        if (climb->stale_km > 0 && refresh(newton, model, set, x, climb->stale_km)) {
            graph_build(newton, model, set, x, temp);
            evaluate(newton, model, set, x, temp);
        }
    }
    return steps;
}
