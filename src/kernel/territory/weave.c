/* kernel/territory/weave.c: annealing among connected plans; balance first, then cost. */
#include "kernel/territory/weave.h"

#include <math.h>
#include <string.h>

enum {
    ROUNDS = 60,
    EXTRA_ROUNDS = 60,
    TRIES_MIN = 10, /* per account and round */
    TRIES_MAX = 60,
    TRIES_TOTAL = 2000000, /* of a round, where that leaves more than the least */
    WALK_MAX = 6,
};

/* Units of weight outside the tolerance when rep j carries d more. */
static double outside(const struct weave *weave, uint32_t j, int which, double d)
{
    double tol = which == 0 ? weave->problem->work_tol : weave->problem->potential_tol;
    double target = weave->target[2 * j + (size_t)which];
    double off = fabs(weave->load[2 * j + (size_t)which] + d - target) - tol * target;

    return off > 0 ? off : 0;
}

/* i may go when its neighbours in the territory still reach each other without it. */
static bool may_leave(struct weave *weave, uint32_t i)
{
    const struct cox_territory_graph *graph = weave->graph;
    size_t wanted = 0, from = 0, to = 0, met = 0;

    for (size_t e = graph->edge_start[i]; e < graph->edge_start[i + 1]; e++) {
        wanted += weave->plan[graph->edge_to[e]] == weave->plan[i] && graph->edge_to[e] != i;
    }
    if (wanted <= 1) {
        return wanted == 1;
    }
    weave->stamp++;
    weave->seen[i] = weave->stamp;
    for (size_t e = graph->edge_start[i]; to == 0; e++) {
        if (weave->plan[graph->edge_to[e]] == weave->plan[i] && graph->edge_to[e] != i) {
            weave->queue[to++] = graph->edge_to[e];
            weave->seen[graph->edge_to[e]] = weave->stamp;
        }
    }
    for (; from < to && met < wanted; from++) {
        uint32_t at = weave->queue[from];

        for (size_t e = graph->edge_start[at]; e < graph->edge_start[at + 1]; e++) {
            uint32_t other = graph->edge_to[e];

            met += other == i;
            if (weave->seen[other] != weave->stamp && weave->plan[other] == weave->plan[i]) {
                weave->seen[other] = weave->stamp;
                weave->queue[to++] = other;
            }
        }
    }
    return met >= wanted;
}

/* Has i a neighbour in the territory of rep j? */
static bool touches(const struct weave *weave, uint32_t i, uint32_t j)
{
    for (size_t e = weave->graph->edge_start[i]; e < weave->graph->edge_start[i + 1]; e++) {
        if (weave->plan[weave->graph->edge_to[e]] == j && weave->graph->edge_to[e] != i) {
            return true;
        }
    }
    return false;
}

static uint64_t draw(struct weave *weave)
{
    uint64_t z = weave->state += 0x9E3779B97F4A7C15U; /* splitmix64, as in anneal.c */

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

static bool accept(struct weave *weave, double delta)
{
    double unit = (double)(draw(weave) >> 11) * 0x1p-53;

    return delta <= 0 || (weave->heat > 0 && unit < exp(-delta / weave->heat));
}

static void give(struct weave *weave, uint32_t i, uint32_t to)
{
    uint32_t from = weave->plan[i];

    weave->plan[i] = to;
    for (int which = 0; which < 2; which++) {
        weave->load[2 * from + (size_t)which] -= weave_weight(weave, i, which);
        weave->load[2 * to + (size_t)which] += weave_weight(weave, i, which);
    }
}

/* Change of penalty when weight d of one kind goes from one rep to another. */
static double strain(const struct weave *weave, uint32_t from, uint32_t to, int which, double d)
{
    double out = outside(weave, from, which, -d) - outside(weave, from, which, 0);
    double in = outside(weave, to, which, d) - outside(weave, to, which, 0);

    return weave->penalty[which] * (weave->stress[2 * from + (size_t)which] * out +
                                       weave->stress[2 * to + (size_t)which] * in);
}

static double cost_change(const struct weave *weave, uint32_t i, uint32_t to)
{
    return cox_territory_cost_km(weave->problem, i, to) -
           cox_territory_cost_km(weave->problem, i, weave->plan[i]);
}

static bool try_shift(struct weave *weave, uint32_t i, uint32_t to)
{
    uint32_t from = weave->plan[i];
    double delta = cost_change(weave, i, to);

    for (int which = 0; which < 2; which++) {
        delta += strain(weave, from, to, which, weave_weight(weave, i, which));
    }
    if (!accept(weave, delta) || !may_leave(weave, i)) {
        return false;
    }
    give(weave, i, to);
    return true;
}

/* i goes to rep `to`, and an account of that rep that a short walk from i meets comes back for it. */
static void try_swap(struct weave *weave, uint32_t i, uint32_t to)
{
    const struct cox_territory_graph *graph = weave->graph;
    uint32_t from = weave->plan[i], back = i;
    double delta = cost_change(weave, i, to);

    for (size_t step = 0; step < WALK_MAX; step++) {
        size_t first = graph->edge_start[back], count = graph->edge_start[back + 1] - first;

        back = graph->edge_to[first + draw(weave) % count];
        if (back != i && weave->plan[back] == to && touches(weave, back, from)) {
            break;
        }
    }
    if (back == i || weave->plan[back] != to || !cox_territory_may(weave->problem, back, from)) {
        return;
    }
    delta += cost_change(weave, back, from);
    for (int which = 0; which < 2; which++) {
        delta += strain(weave, from, to, which,
            weave_weight(weave, i, which) - weave_weight(weave, back, which));
    }
    if (!accept(weave, delta) || !may_leave(weave, i)) {
        return;
    }
    give(weave, i, to);
    if (touches(weave, back, from) && may_leave(weave, back)) {
        give(weave, back, from);
    } else {
        give(weave, i, from);
    }
}

/* Outside the tolerances, in shares of all work and all potential. */
static double violation_of(const struct weave *weave, const double *total)
{
    double sum = 0;

    for (uint32_t j = 0; j < weave->problem->rep_count; j++) {
        for (int which = 0; which < 2; which++) {
            double out = outside(weave, j, which, 0);

            sum += out > 1e-9 * weave->target[2 * j + (size_t)which] ? out / total[which] : 0;
        }
    }
    return sum;
}

static double cost_of(const struct weave *weave)
{
    double cost = 0;

    for (size_t i = 0; i < weave->problem->account_count; i++) {
        cost += cox_territory_cost_km(weave->problem, i, weave->plan[i]);
    }
    return cost;
}

static void note_best(struct weave *weave, const double *total)
{
    double violation = violation_of(weave, total), cost = cost_of(weave);

    if (violation < weave->best_violation ||
        (violation <= weave->best_violation && cost < weave->best_cost)) {
        weave->best_violation = violation;
        weave->best_cost = cost;
        memcpy(weave->best, weave->plan, weave->problem->account_count * sizeof(*weave->best));
    }
}

/* Bounds that do not hold press harder from round to round, and only those. */
static void press(struct weave *weave, double factor)
{
    for (uint32_t j = 0; j < weave->problem->rep_count; j++) {
        for (int which = 0; which < 2; which++) {
            if (outside(weave, j, which, 0) > 0) {
                weave->stress[2 * j + (size_t)which] *= factor;
            }
        }
    }
}

static void run_round(struct weave *weave, size_t tries)
{
    const struct cox_territory_graph *graph = weave->graph;
    size_t n = weave->problem->account_count;

    for (size_t t = 0; t < tries; t++) {
        uint32_t i = (uint32_t)(draw(weave) % n), to;
        size_t first = graph->edge_start[i], count = graph->edge_start[i + 1] - first;

        if (count == 0) {
            continue;
        }
        to = weave->plan[graph->edge_to[first + draw(weave) % count]];
        if (to != weave->plan[i] && cox_territory_may(weave->problem, i, to) &&
            !try_shift(weave, i, to)) {
            try_swap(weave, i, to);
        }
    }
}

/*
 * Heat falls and the penalty rises; every state on the way is connected. A balance that does not hold
 * in the end gets some heat, round by round, and presses harder where it does not hold.
 */
void weave_settle(struct weave *weave, const struct cox_territory_host *host)
{
    const struct cox_territory_problem *problem = weave->problem;
    size_t n = problem->account_count, tries = TRIES_TOTAL / n;
    double cost = cost_of(weave), total[2] = {0, 0};

    for (size_t i = 0; i < n; i++) {
        total[0] += problem->work[i];
        total[1] += problem->potential[i];
    }
    for (size_t at = 0; at < 2 * problem->rep_count; at++) {
        weave->stress[at] = 1;
    }
    weave->best_violation = weave->best_cost = HUGE_VAL;
    note_best(weave, total);
    tries = n * (tries < TRIES_MIN ? TRIES_MIN : tries > TRIES_MAX ? TRIES_MAX : tries);
    for (int round = 0; round < ROUNDS + EXTRA_ROUNDS; round++) {
        double done = fmin(1, round / (double)(ROUNDS - 1)), stiff = 2 * pow(20, done) * cost;
        bool is_extra = round >= ROUNDS, is_cold = round + 3 >= ROUNDS;

        if ((is_extra && weave->best_violation <= 0) ||
            (host != NULL && host->keep_going != NULL && !host->keep_going(host->ctx))) {
            break;
        }
        weave->heat = is_cold && (!is_extra || round % 3 != 0)
                          ? 0
                          : 0.05 * cost / (double)n * pow(is_extra ? 40 : 200, -done);
        weave->penalty[0] = isfinite(problem->work_tol) ? stiff / total[0] : 0;
        weave->penalty[1] = isfinite(problem->potential_tol) ? stiff / total[1] : 0;
        if (2 * round > ROUNDS) {
            press(weave, 1.2);
        }
        run_round(weave, tries);
        note_best(weave, total);
    }
    memcpy(weave->plan, weave->best, n * sizeof(*weave->plan));
    weave_loads(weave);
}
