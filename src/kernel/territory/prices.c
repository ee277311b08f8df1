/* kernel/territory/prices.c: the schedule of temperatures and samples that leads to the prices. */
#include "kernel/territory/prices.h"

#include <math.h>
#include <string.h>

enum {
    FULL_MAX = 2000000,
    HALVINGS = 12,
    STEP_MAX = 60,
    SAMPLE_PER_REP = 40,
    WARM_LEVEL = 3,
    WARM_END = 10
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

void prices_init(struct prices *prices, const struct model *model, struct desk *desk)
{
    size_t n = model->n, k = model->k, places;

    *prices = (struct prices){0};
    /* Small problems look at all reps, so that nothing is lost; large ones at the 20 cheapest. */
    prices->width = least(k, n * least(k, CANDIDATE_MAX) <= FULL_MAX ? CANDIDATE_MAX
                             : n > 400000                            ? 16
                                                                     : 20);
    prices->wide = least(k, CANDIDATE_MAX);
    /* Samples use the room of the lists of all; many reps want more, or their prices are noise. */
    prices->sample_max =
        most(least(n, n * prices->width / prices->wide), least(n, SAMPLE_PER_REP * k));
    places = most(n * prices->width, prices->sample_max * prices->wide);
    prices->x = DESK_ARRAY(desk, 2 * k, double);
    prices->best_x = DESK_ARRAY(desk, 2 * k, double);
    prices->all.rep = DESK_ARRAY(desk, places, uint32_t);
    prices->all.km = DESK_ARRAY(desk, places, float);
    prices->all.len = DESK_ARRAY(desk, n, uint16_t);
    prices->places = places;
    prices->sample = DESK_ARRAY(desk, n, uint32_t);
    prices->sample_weight = DESK_ARRAY(desk, n, float);
    newton_init(&prices->newton, model, desk);
    prices->all.count = n;
    prices->all.width = prices->width;
    if (desk->base != NULL) {
        memset(prices->x, 0, 2 * k * sizeof(*prices->x));
        memset(prices->best_x, 0, 2 * k * sizeof(*prices->best_x));
        prices->bound_km = -HUGE_VAL;
    }
}

double prices_natural(const struct prices *prices, const struct model *model, size_t rep, int which)
{
    return prices->x[2 * rep + (size_t)which] / model->unit[which];
}

/* How large an account is among all: what a sample must not miss. */
static double size_of(const struct model *model, size_t i)
{
    return 0.5 * model->problem->work[i] / model->total[WORK] +
           0.5 * model->problem->potential[i] / model->total[POTENTIAL];
}

/* The size at and above which an account is taken for certain, so that about want are taken. */
static double sure_size(const struct model *model, size_t want)
{
    double sure = 1.0 / (double)want;

    for (int round = 0; round < 8; round++) {
        double small = 0;
        size_t certain = 0;

        for (size_t i = 0; i < model->n; i++) {
            double size = size_of(model, i);

            if (size >= sure) {
                certain++;
            } else {
                small += size;
            }
        }
        if (certain >= want || small <= 0) {
            break;
        }
        sure = small / (double)(want - certain);
    }
    return sure;
}

/*
 * Systematic sampling proportional to size: every large account as itself, of the small ones every
 * so many, standing for the others.
 */
static void draw_sample(struct prices *prices, const struct model *model, size_t want,
    struct candidates *ret_set)
{
    double sure = sure_size(model, want), pile = 0.5;
    size_t count = 0;

    for (size_t i = 0; i < model->n; i++) {
        double chance = fmin(1, size_of(model, i) / sure);

        pile += chance;
        if (pile >= 1) {
            pile -= 1;
            prices->sample[count] = (uint32_t)i;
            prices->sample_weight[count++] = (float)(1 / chance);
        }
    }
    prices->all.is_built = false; /* the sample's lists take its place */
    *ret_set = prices->all;
    ret_set->count = count;
    ret_set->account = prices->sample;
    ret_set->weight = prices->sample_weight;
    ret_set->width = least(prices->wide, prices->places / count);
}

/* Mean distance to the nearest home over a few accounts: the first temperature. */
static double scale_of(const struct model *model, const struct candidates *set)
{
    double total = 0, visits = 0;

    for (size_t s = 0; s < set->count; s++) {
        size_t i = slot_account(set, s);
        double v = model->problem->visits[i];
        float near = INFINITY;

        for (size_t c = 0; c < set->len[s]; c++) {
            near = fminf(near, set->km[s * set->width + c]);
        }
        total += v * (double)near;
        visits += v;
    }
    return fmax(total / visits, 1e-6);
}

static void note_bound(struct prices *prices, const struct model *model)
{
    double bound = candidates_bound(model, prices->x, prices->newton.split);

    if (bound > prices->bound_km) {
        prices->bound_km = bound;
        memcpy(prices->best_x, prices->x, 2 * model->k * sizeof(*prices->x));
    }
}

/* One temperature after the other on the given accounts, from a down to b halvings of the scale. */
static void cool(struct prices *prices, const struct model *model, struct candidates *set, int from,
    int to)
{
    for (int level = from; level < to && model_keep_going(model); level++) {
        struct climb climb = {
            .temperature_km = ldexp(prices->scale_km, -level),
            .gain_min = level < 6 ? 1e-6 : 1e-7,
            .step_max = STEP_MAX,
            .stale_km =
                set->width < model->k ? 0.1 * sqrt((double)set->width) * prices->scale_km : 0,
        };

        (void)newton_climb(&prices->newton, model, set, &climb,
            prices->x); /* steps: as many as it takes */
        model_progress(model,
            &(struct cox_territory_progress){.stage = "prices", .done = level / (double)HALVINGS});
    }
}

static void finish(struct prices *prices, const struct model *model, int from, int to)
{
    struct candidates *all = &prices->all;
    bool is_partial = prices->width < model->k;

    newton_candidates(&prices->newton, model, all, prices->x);
    for (int level = from; level < to; level += 2) {
        cool(prices, model, all, level, level + 2 < to ? level + 2 : to);
        if (is_partial && (level == from || level + 2 >= to)) {
            newton_candidates(&prices->newton, model, all, prices->x);
        }
    }
    note_bound(prices, model);
}

void prices_find(struct prices *prices, const struct model *model)
{
    static const struct {
        size_t count, per_rep;
        int to; /* halvings */
    } plan[] = {{8000, 8, 3}, {40000, SAMPLE_PER_REP, 5}, {200000, 200, 6}};
    size_t stage_count = COX_COUNT(plan);
    struct candidates set;
    int level = 0;

    draw_sample(prices, model, least(model->n, 2000), &set);
    newton_candidates(&prices->newton, model, &set, prices->x);
    prices->scale_km = scale_of(model, &set);
    for (size_t stage = 0; stage < stage_count; stage++) {
        size_t want = most(plan[stage].count, plan[stage].per_rep * model->k);

        if (stage == 0) {
            want = least(want, prices->sample_max);
        }
        if (want * 2 >= model->n) {
            continue;
        }
        draw_sample(prices, model, want, &set);
        newton_candidates(&prices->newton, model, &set, prices->x);
        cool(prices, model, &set, level, plan[stage].to);
        level = plan[stage].to - 1; /* once more on the larger sample: the smaller one was noisy */
    }
    finish(prices, model, level, HALVINGS);
}

void prices_warm(struct prices *prices, const struct model *model)
{
    size_t want = least(prices->sample_max, most(20000, 2 * SAMPLE_PER_REP * model->k));
    struct candidates set;

    draw_sample(prices, model, least(model->n, 2000), &set);
    newton_candidates(&prices->newton, model, &set, prices->x);
    prices->scale_km = scale_of(model, &set);
    if (2 * want >= model->n) {
        finish(prices, model, WARM_LEVEL, HALVINGS);
        return;
    }
    /*
     * The long way is gone on a sample, in lists twice as wide as those of all, and the last two
     * halvings are left out: they are worth some thousandths of a percent and a fifth of the time.
     */
    draw_sample(prices, model, want, &set);
    set.width = least(set.width, 2 * prices->width);
    newton_candidates(&prices->newton, model, &set, prices->x);
    cool(prices, model, &set, WARM_LEVEL, WARM_LEVEL + 3);
    finish(prices, model, WARM_LEVEL + 2, WARM_END);
}

void prices_renew(struct prices *prices, const struct model *model, double from_km)
{
    int level = (int)floor(log2(prices->scale_km / from_km));

    finish(prices, model, level < 0 ? 0 : level > HALVINGS - 2 ? HALVINGS - 2 : level, HALVINGS);
}
