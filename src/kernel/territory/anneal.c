/* kernel/territory/anneal.c: shifts and swaps within one part of the map, and the cooling schedule. */
#include "kernel/territory/anneal.h"

#include <math.h>
#include <string.h>

#include "kernel/territory/anneal_setup.h"

enum {
    SWAP_TRIES = 4,
    ROUNDS = 60,
    EXTRA_ROUNDS = 40,
    STOP_TRIES = 65536,
    HURRY_TRIES = 8,
    HURRY_ROUNDS = 6
};

/* How far inside a bound, in shares of it: far below one account, far above rounding. */
static const double aim_margin = 3e-5;

struct part {
    struct anneal *anneal;
    uint64_t state; /* of the generator */
    size_t accepted;
};

/* splitmix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014). */
static inline uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15U;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

static inline uint32_t below(uint64_t bits, uint32_t count)
{
    return (uint32_t)(((bits & 0xFFFFFFFFU) * count) >> 32);
}

/* Units outside the bounds. */
static inline double outside(double load, double lo, double hi)
{
    return load > hi ? load - hi : load < lo ? lo - load : 0;
}

/* Change of penalty when a bag's loads change by dw and dp. */
static inline double strain(const struct bag *bag, double dw, double dp)
{
    double work = outside(bag->load[WORK] + dw, bag->lo[WORK], bag->hi[WORK]) -
                  outside(bag->load[WORK], bag->lo[WORK], bag->hi[WORK]);
    double pot = outside(bag->load[POTENTIAL] + dp, bag->lo[POTENTIAL], bag->hi[POTENTIAL]) -
                 outside(bag->load[POTENTIAL], bag->lo[POTENTIAL], bag->hi[POTENTIAL]);

    return work * bag->penalty[WORK] + pot * bag->penalty[POTENTIAL];
}

static inline bool accept(struct part *part, double delta)
{
    return delta <= 0 ||
           delta <
               part->anneal->heat * (double)part->anneal->chance[draw(&part->state) % CHANCE_COUNT];
}

void anneal_leave(struct anneal *anneal, uint32_t m, uint32_t rep)
{
    struct mover *mover = &anneal->mover[m];
    struct bag *bag = &anneal->bag[rep];
    uint32_t last = anneal->member[bag->first + --bag->count];

    anneal->member[bag->first + mover->at] = last;
    anneal->mover[last].at = mover->at;
    bag->load[WORK] -= mover->weight[WORK];
    bag->load[POTENTIAL] -= mover->weight[POTENTIAL];
}

void anneal_enter(struct anneal *anneal, uint32_t m, uint32_t rep)
{
    struct mover *mover = &anneal->mover[m];
    struct bag *bag = &anneal->bag[rep];

    mover->at = bag->count;
    anneal->member[bag->first + bag->count++] = m;
    bag->load[WORK] += mover->weight[WORK];
    bag->load[POTENTIAL] += mover->weight[POTENTIAL];
}

static void take(struct anneal *anneal, uint32_t m, uint16_t option)
{
    size_t base = m * anneal->width;

    anneal_leave(anneal, m, anneal->rep[base + anneal->mover[m].now]);
    anneal->mover[m].now = option;
    anneal_enter(anneal, m, anneal->rep[base + option]);
}

static bool try_shift(struct part *part, uint32_t m, uint16_t option)
{
    struct anneal *anneal = part->anneal;
    const struct mover *mover = &anneal->mover[m];
    size_t base = m * anneal->width;
    const struct bag *from = &anneal->bag[anneal->rep[base + mover->now]];
    const struct bag *to = &anneal->bag[anneal->rep[base + option]];
    double delta = (double)(anneal->cost[base + option] - anneal->cost[base + mover->now]);

    delta += strain(from, -mover->weight[WORK], -mover->weight[POTENTIAL]);
    delta += strain(to, mover->weight[WORK], mover->weight[POTENTIAL]);
    if (!accept(part, delta)) {
        return false;
    }
    take(anneal, m, option);
    return true;
}

/* Some member of rep `to` that could go to rep `from` in exchange. */
static bool try_swap(struct part *part, uint32_t m, uint16_t option)
{
    struct anneal *anneal = part->anneal;
    const struct mover *mover = &anneal->mover[m];
    size_t base = m * anneal->width;
    uint32_t from = anneal->rep[base + mover->now], to = anneal->rep[base + option];
    const struct bag *bag = &anneal->bag[to];
    double gain = (double)(anneal->cost[base + option] - anneal->cost[base + mover->now]);

    for (int attempt = 0; attempt < SWAP_TRIES && bag->count > 0; attempt++) {
        uint32_t other = anneal->member[bag->first + below(draw(&part->state), bag->count)];
        const struct mover *back = &anneal->mover[other];
        size_t at = other * anneal->width;
        uint16_t c = 0;
        double dw, dp, delta;

        while (c < back->len && anneal->rep[at + c] != from) {
            c++;
        }
        if (c == back->len) {
            continue;
        }
        dw = mover->weight[WORK] - back->weight[WORK];
        dp = mover->weight[POTENTIAL] - back->weight[POTENTIAL];
        delta = gain + (double)(anneal->cost[at + c] - anneal->cost[at + back->now]) +
                strain(&anneal->bag[from], -dw, -dp) + strain(bag, dw, dp);
        if (accept(part, delta)) {
            take(anneal, m, option);
            take(anneal, other, c);
            return true;
        }
    }
    return false;
}

/* Options by their worth; byte: of a random number. */
static inline uint16_t pick_option(const struct anneal *anneal, uint32_t m, uint8_t byte)
{
    const uint8_t *chances = anneal->chances + m * anneal->width;
    uint16_t option = 0;

    while (option + 1 < anneal->mover[m].len && byte >= chances[option]) {
        option++;
    }
    return option;
}

static void run_part(void *arg, size_t number)
{
    struct anneal *anneal = arg;
    struct part part = {.anneal = anneal};
    uint32_t first = anneal->part_start[number];
    uint32_t count = anneal->part_start[number + 1] - first;
    size_t tries = anneal->try_count * count / (ORDER_PER_MOVER - 1);

    part.state = anneal->seed ^ (anneal->round * 0x100000001B3U + number * 0x9E3779B97F4A7C15U);
    for (size_t t = 0; t < tries; t++) {
        uint64_t bits = draw(&part.state);
        uint32_t m = anneal->order[first + below(bits, count)];
        const struct mover *mover = &anneal->mover[m];
        uint16_t option = pick_option(anneal, m, (uint8_t)(bits >> 32));
        uint32_t to = anneal->rep[m * anneal->width + option];

        if (t % STOP_TRIES == STOP_TRIES - 1 && !anneal->is_hurried &&
            !model_keep_going(anneal->model)) {
            return;
        }
        if (option == mover->now || anneal->bag[to].part != number) {
            continue;
        }
        if (!try_shift(&part, m, option)) {
            (void)try_swap(&part, m, option); /* a try that fails changes nothing */
        }
    }
}

/* Of the bounds as given, in shares of the mean load: those in the bags may be tighter. */
static double violation(const struct anneal *anneal)
{
    const struct model *model = anneal->model;
    double total = 0;

    for (size_t j = 0; j < model->k; j++) {
        for (int which = 0; which < WEIGHT_COUNT; which++) {
            total += outside(anneal->bag[j].load[which], model->lo[which][j] * (1 + BOUND_SLIP),
                         model->hi[which][j] * (1 - BOUND_SLIP)) /
                     model->total[which];
        }
    }
    return total * (double)model->k;
}

/*
 * Where a whole region is at its bounds, what one rep lacks is taken from the next, and a few units
 * are short somewhere for ever. Who is outside aims a little inside, which leaves room for them.
 */
static void aim_inside(struct anneal *anneal)
{
    for (size_t j = 0; j < anneal->model->k; j++) {
        struct bag *bag = &anneal->bag[j];

        for (int which = 0; which < WEIGHT_COUNT; which++) {
            double lo = anneal->model->lo[which][j], hi = anneal->model->hi[which][j];
            double margin = fmin(aim_margin * lo, 0.25 * (hi - lo));

            if (margin > 0 && outside(bag->load[which], lo, hi) > 0) {
                bag->lo[which] = lo + margin;
                bag->hi[which] = hi - margin;
            }
        }
    }
}

/* Late in the game, bounds that do not hold press harder each round, and only those. */
static void set_penalties(struct anneal *anneal, double factor, bool is_late)
{
    for (size_t j = 0; j < anneal->model->k; j++) {
        struct bag *bag = &anneal->bag[j];

        for (int which = 0; which < WEIGHT_COUNT; which++) {
            if (is_late && outside(bag->load[which], bag->lo[which], bag->hi[which]) > 0) {
                bag->stress[which] *= 1.4;
            }
            bag->penalty[which] = bag->stress[which] * factor * anneal->spread[which];
        }
    }
}

static void run_round(struct anneal *anneal, double heat, double factor, bool is_late)
{
    anneal->heat = heat;
    set_penalties(anneal, factor, is_late);
    if (is_late) {
        aim_inside(anneal);
    }
    anneal_partition(anneal, anneal->round++);
    model_parallel(anneal->model, anneal->part_count, run_part, anneal);
}

/*
 * Heat falls geometrically to a sixtieth, the penalty rises from 0.7 to 2 price ranges: first the
 * cost is settled with bounds that bend, then the bounds. Half of the rounds make them stiff.
 */
static void cool(struct anneal *anneal, const struct prices *prices, double hot)
{
    for (size_t round = 0; round < ROUNDS && model_keep_going(anneal->model); round++) {
        double done = (double)round / (ROUNDS - 1);

        run_round(anneal, hot * pow(60, -done), 0.7 * pow(2 / 0.7, done), done > 0.4);
        if (anneal->is_talking) {
            model_progress(anneal->model,
                &(struct cox_territory_progress){.stage = "rounding", .done = done});
        }
    }
    /* A few rounds without heat settle it; a bound that still does not hold gets some heat more. */
    for (size_t round = 0; round < 2 + EXTRA_ROUNDS; round++) {
        if (round >= 2 && (violation(anneal) <= 0 || !model_keep_going(anneal->model))) {
            break;
        }
        if (round >= 2 && round % 8 == 2) {
            /* What near ties could not mend takes options that cost more, wider each time. */
            anneal_weigh(anneal, prices, hot * pow(4, 1 + (double)(round / 8)));
        }
        run_round(anneal, round < 2 ? 0 : hot / 60, 2, true);
    }
}

/* Told to stop while it was hot: a short settling, so that what is handed out holds its bounds. */
static void quench(struct anneal *anneal)
{
    anneal->is_hurried = true;
    anneal->try_count = anneal->try_count < HURRY_TRIES ? anneal->try_count : HURRY_TRIES;
    for (size_t round = 0; round < HURRY_ROUNDS; round++) {
        run_round(anneal, 0, 2, true);
    }
}

double anneal_run(struct anneal *anneal, const struct prices *prices, const struct anneal_opt *opt,
    uint32_t *plan)
{
    const struct model *model = anneal->model;
    double mean = 0, before = 0, after = 0, per_rep = (double)model->n / (double)model->k;

    anneal->seed = (opt->seed + 1) * 0x9E3779B97F4A7C15U;
    anneal->round = 0;
    anneal->try_count = opt->try_count;
    for (size_t i = 0; i < model->n; i++) {
        mean += model_cost(model, i, plan[i]) / (double)model->n;
    }
    /* The differences that matter shrink with the square root of the accounts in a territory. */
    anneal->heat = opt->heat * 0.3 * mean / sqrt(fmax(per_rep, 1));
    anneal_movers(anneal, prices, plan);
    anneal_weigh(anneal, prices, anneal->heat);
    anneal_spread(anneal, prices, mean * (double)model->n, anneal->spread);
    for (size_t m = 0; m < anneal->mover_count; m++) {
        before += (double)anneal->cost[m * anneal->width + anneal->mover[m].now];
    }
    anneal->is_hurried = false;
    cool(anneal, prices, anneal->heat);
    if (!model_keep_going(model)) {
        quench(anneal);
    }
    for (size_t m = 0; m < anneal->mover_count; m++) {
        plan[anneal->mover[m].account] = anneal->rep[m * anneal->width + anneal->mover[m].now];
        after += (double)anneal->cost[m * anneal->width + anneal->mover[m].now];
    }
    anneal->cost_km = mean * (double)model->n + after - before;
    return violation(anneal);
}
