/* kernel/territory/anneal_setup.c: movers, their options, members per rep, parts of the map. */
#include "kernel/territory/anneal_setup.h"

#include <math.h>
#include <string.h>

enum { PART_MAX = 16, MOVERS_PER_REP = 300 };

/* Heats below which one regret is as good as another. */
static const double worth_floor = 0.05;

void anneal_init(struct anneal *anneal, const struct model *model, const struct prices *prices,
    struct desk *desk)
{
    size_t n = model->n, k = model->k, want = MOVERS_PER_REP * k;

    *anneal = (struct anneal){.model = model};
    anneal->mover_max = n < want || n <= 20000 ? n : want < 20000 ? 20000 : want;
    anneal->width = n <= 20000 ? 24 : 10;
    anneal->width = anneal->width < prices->width ? anneal->width : prices->width;
    anneal->mover = DESK_ARRAY(desk, anneal->mover_max, struct mover);
    anneal->rep = DESK_ARRAY(desk, anneal->mover_max * anneal->width, uint32_t);
    anneal->cost = DESK_ARRAY(desk, anneal->mover_max * anneal->width, float);
    anneal->member = DESK_ARRAY(desk, anneal->mover_max * anneal->width, uint32_t);
    anneal->chances = DESK_ARRAY(desk, anneal->mover_max * anneal->width, uint8_t);
    anneal->order = DESK_ARRAY(desk, ORDER_PER_MOVER * anneal->mover_max, uint32_t);
    anneal->bag = DESK_ARRAY(desk, k, struct bag);
    anneal->part_start = DESK_ARRAY(desk, PART_MAX + 1, uint32_t);
    anneal->regret = DESK_ARRAY(desk, n, float);
    anneal->by_place = DESK_ARRAY(desk, k, uint32_t);
    anneal->place = DESK_ARRAY(desk, k, double);
    anneal->chance = DESK_ARRAY(desk, CHANCE_COUNT, float);
}

/* Reduced cost of candidate c of account i, in visit-km. */
static double reduced(const struct anneal *anneal, const struct prices *prices, size_t i, size_t c)
{
    const struct model *model = anneal->model;
    size_t at = i * prices->all.width + c;

    return model->problem->visits[i] *
           ((double)prices->all.km[at] + price_at(prices->x, prices->all.rep[at],
                                             model_ratio(model, WORK, i),
                                             model_ratio(model, POTENTIAL, i)));
}

/* The second-best candidate's cost over the best: how open the choice is. Infinite with one. */
static float regret_of(const struct anneal *anneal, const struct prices *prices, size_t i)
{
    double best = HUGE_VAL, second = HUGE_VAL;

    for (size_t c = 0; c < prices->all.len[i]; c++) {
        double cost = reduced(anneal, prices, i, c);

        if (cost < best) {
            second = best;
            best = cost;
        } else if (cost < second) {
            second = cost;
        }
    }
    return (float)(second - best);
}

/* The regret below which about mover_max accounts lie, by counting in a histogram of logarithms. */
static float band_of(const struct anneal *anneal)
{
    enum { BINS = 512 };
    size_t count[BINS] = {0}, total = 0;

    for (size_t i = 0; i < anneal->model->n; i++) {
        float regret = anneal->regret[i];
        int bin = regret > 0 ? (int)(8 * (log2f(regret) + 24)) : 0;

        if (isfinite(regret)) {
            count[bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin]++;
        }
    }
    for (int bin = 0; bin < BINS; bin++) {
        total += count[bin];
        if (total > anneal->mover_max) {
            return exp2f((float)bin / 8 - 24);
        }
    }
    return INFINITY;
}

/* The cheapest width candidates of account i, the plan's among them. */
static void fill_options(struct anneal *anneal, const struct prices *prices, size_t i, size_t m)
{
    const struct candidates *all = &prices->all;
    double key[CANDIDATE_MAX];
    size_t base = m * anneal->width, len = 0;

    for (size_t c = 0; c < all->len[i]; c++) {
        double cost = reduced(anneal, prices, i, c);
        size_t at = len < anneal->width ? len++ : anneal->width;

        while (at > 0 && key[at - 1] > cost) {
            if (at < anneal->width) {
                key[at] = key[at - 1];
                anneal->rep[base + at] = anneal->rep[base + at - 1];
                anneal->cost[base + at] = anneal->cost[base + at - 1];
            }
            at--;
        }
        if (at < anneal->width) {
            key[at] = cost;
            anneal->rep[base + at] = all->rep[i * all->width + c];
            anneal->cost[base + at] =
                (float)anneal->model->problem->visits[i] * all->km[i * all->width + c];
        }
    }
    anneal->mover[m].len = (uint16_t)len;
}

/* Which option the plan takes; one that is not among them takes the last place. */
static void find_now(struct anneal *anneal, size_t m, uint32_t rep)
{
    struct mover *mover = &anneal->mover[m];
    size_t base = m * anneal->width;

    mover->now = 0;
    while (mover->now < mover->len && anneal->rep[base + mover->now] != rep) {
        mover->now++;
    }
    if (mover->now == mover->len) {
        mover->now = (uint16_t)(mover->len - 1);
        anneal->rep[base + mover->now] = rep;
        anneal->cost[base + mover->now] = (float)model_cost(anneal->model, mover->account, rep);
    }
}

static void fill_bags(struct anneal *anneal, const uint32_t *plan)
{
    const struct model *model = anneal->model;
    uint32_t first = 0;

    for (size_t j = 0; j < model->k; j++) {
        struct bag *bag = &anneal->bag[j];

        *bag = (struct bag){.stress = {1, 1}};
        for (int which = 0; which < WEIGHT_COUNT; which++) {
            bag->lo[which] = model->lo[which][j] * (1 + BOUND_SLIP);
            bag->hi[which] = model->hi[which][j] * (1 - BOUND_SLIP);
        }
    }
    for (size_t i = 0; i < model->n; i++) {
        anneal->bag[plan[i]].load[WORK] += model->problem->work[i];
        anneal->bag[plan[i]].load[POTENTIAL] += model->problem->potential[i];
    }
    for (size_t m = 0; m < anneal->mover_count; m++) {
        for (size_t c = 0; c < anneal->mover[m].len; c++) {
            anneal->bag[anneal->rep[m * anneal->width + c]].count++;
        }
    }
    for (size_t j = 0; j < model->k; j++) {
        anneal->bag[j].first = first;
        first += anneal->bag[j].count;
        anneal->bag[j].count = 0;
    }
}

/*
 * An option is worth trying about as often as it is taken in the end: often where it costs next to
 * nothing over the cheapest, seldom where it costs many times the heat.
 */
static double weigh_options(struct anneal *anneal, const struct prices *prices, size_t m,
    double heat)
{
    struct mover *mover = &anneal->mover[m];
    size_t base = m * anneal->width;
    double over[CANDIDATE_MAX], total = 0, sum = 0, least = HUGE_VAL, second = HUGE_VAL;

    for (size_t c = 0; c < mover->len; c++) {
        uint32_t rep = anneal->rep[base + c];

        over[c] = (double)anneal->cost[base + c];
        for (int which = 0; which < WEIGHT_COUNT; which++) {
            over[c] +=
                mover->weight[which] * (anneal->model->is_bound[which]
                                               ? prices_natural(prices, anneal->model, rep, which)
                                               : 0);
        }
        second = fmin(second, fmax(over[c], least));
        least = fmin(least, over[c]);
    }
    for (size_t c = 0; c < mover->len; c++) {
        /* The cheapest is worth as much as the second: it is the way back. */
        over[c] = 1 / ((fmax(over[c], second) - least) / heat + worth_floor);
        total += over[c];
    }
    for (size_t c = 0; c < mover->len; c++) {
        sum += over[c];
        anneal->chances[base + c] = (uint8_t)(255 * sum / total);
    }
    return total;
}

void anneal_weigh(struct anneal *anneal, const struct prices *prices, double heat)
{
    double total = 0;

    for (size_t m = 0; m < anneal->mover_count; m++) {
        double worth = weigh_options(anneal, prices, m, heat);

        anneal->mover[m].worth = (float)worth;
        total += worth;
    }
    anneal->worth_unit = total / (double)((ORDER_PER_MOVER - 1) * anneal->mover_count + 1);
}

void anneal_movers(struct anneal *anneal, const struct prices *prices, const uint32_t *plan)
{
    const struct model *model = anneal->model;
    float band, *chance = (float *)(uintptr_t)anneal->chance;

    for (size_t i = 0; i < CHANCE_COUNT; i++) {
        chance[i] = (float)-log(((double)i + 0.5) / CHANCE_COUNT);
    }
    for (size_t i = 0; i < model->n; i++) {
        anneal->regret[i] = regret_of(anneal, prices, i);
    }
    band = band_of(anneal);
    anneal->mover_count = 0;
    for (size_t i = 0; i < model->n && anneal->mover_count < anneal->mover_max; i++) {
        size_t m = anneal->mover_count;

        if (prices->all.len[i] < 2 || anneal->regret[i] >= band) {
            continue;
        }
        anneal->mover_count++;
        anneal->mover[m] = (struct mover){
            .weight = {model->problem->work[i], model->problem->potential[i]},
            .account = (uint32_t)i,
        };
        fill_options(anneal, prices, i, m);
        find_now(anneal, m, plan[i]);
    }
    fill_bags(anneal, plan);
    for (size_t m = 0; m < anneal->mover_count; m++) {
        uint32_t rep = anneal->rep[m * anneal->width + anneal->mover[m].now];
        struct bag *bag = &anneal->bag[rep];

        anneal->mover[m].at = bag->count;
        anneal->member[bag->first + bag->count++] = (uint32_t)m;
    }
}

void anneal_spread(const struct anneal *anneal, const struct prices *prices, double cost_km,
    double *ret_spread)
{
    const struct model *model = anneal->model;
    /* An account nobody may serve makes the bound infinite; the others still want balance. */
    double worth = isfinite(prices->bound_km) ? prices->bound_km : cost_km;

    for (int which = 0; which < WEIGHT_COUNT; which++) {
        double lowest = 0, highest = 0;

        for (size_t j = 0; j < model->k; j++) {
            double price = prices_natural(prices, model, j, which);

            lowest = fmin(lowest, price);
            highest = fmax(highest, price);
        }
        /* Half the mean cost of a unit as a floor: a penalty must bite even where prices are 0. */
        ret_spread[which] = fmax(highest - lowest, 0.5 * worth / model->total[which]);
        if (!model->is_bound[which]) {
            ret_spread[which] = 0;
        }
    }
}

/* Sorts count reps by their place (heap sort: no recursion, no allocation). */
static void sort_places(uint32_t *rep, const double *place, size_t count)
{
    for (size_t size = count, start = count / 2; size > 1;) {
        uint32_t value;
        size_t hole, child;

        if (start > 0) {
            value = rep[--start];
        } else {
            value = rep[--size];
            rep[size] = rep[0];
        }
        for (hole = start; (child = 2 * hole + 1) < size; hole = child) {
            if (child + 1 < size &&
                (place[rep[child]] < place[rep[child + 1]] ||
                    (place[rep[child]] <= place[rep[child + 1]] && rep[child] < rep[child + 1]))) {
                child++;
            }
            if (place[rep[child]] < place[value] ||
                (place[rep[child]] <= place[value] && rep[child] <= value)) {
                break;
            }
            rep[hole] = rep[child];
        }
        rep[hole] = value;
    }
}

/* Places along a direction: angle in the plane of the map (or a slanted one on the globe). */
static void project(struct anneal *anneal, double angle)
{
    const struct model *model = anneal->model;
    double dx = cos(angle), dy = sin(angle), dz = model->problem->metric == COX_TERRITORY_GLOBE;

    for (size_t j = 0; j < model->k; j++) {
        anneal->place[j] = model->problem->metric == COX_TERRITORY_MATRIX
                               ? (double)j
                               : dx * model->rep_x[j] + dy * model->rep_y[j];
        if (dz > 0) {
            anneal->place[j] += sin(2 * angle + 1) * model->rep_z[j];
        }
    }
}

/* A number in 0..1 that differs by mover and round. */
static double dither(size_t m, size_t round)
{
    uint64_t z = ((uint64_t)m << 20 ^ round) * 0x9E3779B97F4A7C15U;

    z = (z ^ (z >> 32)) * 0x94D049BB133111EBU;
    return (double)(z >> 40) * 0x1p-24;
}

/* How often mover m stands in the order of this round. */
static size_t copies(const struct anneal *anneal, size_t m, size_t round)
{
    return (size_t)((double)anneal->mover[m].worth / anneal->worth_unit + dither(m, round));
}

static void order_movers(struct anneal *anneal, size_t round)
{
    uint32_t *start = anneal->part_start;

    memset(start, 0, (PART_MAX + 1) * sizeof(*start));
    for (size_t m = 0; m < anneal->mover_count; m++) {
        start[anneal->bag[anneal->rep[m * anneal->width + anneal->mover[m].now]].part + 1] +=
            (uint32_t)copies(anneal, m, round);
    }
    for (size_t p = 0; p < PART_MAX; p++) {
        start[p + 1] += start[p];
    }
    for (size_t m = 0; m < anneal->mover_count; m++) {
        uint32_t part = anneal->bag[anneal->rep[m * anneal->width + anneal->mover[m].now]].part;

        for (size_t left = copies(anneal, m, round); left > 0; left--) {
            anneal->order[start[part]++] = (uint32_t)m;
        }
    }
    for (size_t p = PART_MAX; p > 0; p--) {
        start[p] = start[p - 1];
    }
    start[0] = 0;
}

void anneal_partition(struct anneal *anneal, size_t round)
{
    size_t k = anneal->model->k, side = k < 40 ? 1 : k < 300 ? 2 : 4;
    double angle =
        2.399963229728653 * (double)round; /* the golden angle: never twice the same cut */

    anneal->part_count = side * side;
    for (size_t j = 0; j < k; j++) {
        anneal->by_place[j] = (uint32_t)j;
    }
    if (side == 1) {
        for (size_t j = 0; j < k; j++) {
            anneal->bag[j].part = 0;
        }
        order_movers(anneal, round);
        return;
    }
    project(anneal, angle);
    sort_places(anneal->by_place, anneal->place, k);
    project(anneal, angle + 1.5707963267948966);
    for (size_t s = 0; s < side; s++) {
        size_t from = k * s / side, to = k * (s + 1) / side;

        sort_places(anneal->by_place + from, anneal->place, to - from);
        for (size_t at = from; at < to; at++) {
            anneal->bag[anneal->by_place[at]].part =
                (uint32_t)(s * side + (at - from) * side / (to - from));
        }
    }
    order_movers(anneal, round);
}
