/* kernel/territory/district.c: shifts, swaps, moves of a centre, closing one and opening another. */
#include "kernel/territory/district.h"

#include <math.h>
#include <string.h>

#define NOBODY UINT32_MAX

uint64_t district_draw(struct district *district)
{
    uint64_t z = district->state += 0x9E3779B97F4A7C15U; /* splitmix64, as in anneal.c */

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

static uint32_t below(struct district *district, size_t count)
{
    return (uint32_t)(((district_draw(district) & 0xFFFFFFFFU) * count) >> 32);
}

static bool accept(struct district *district, double delta)
{
    double unit;

    if (delta <= 0) {
        return true;
    }
    if (delta > 12 * district->heat) {
        return false;
    }
    unit = (double)(district_draw(district) >> 11) * 0x1p-53;
    return unit < exp(-delta / district->heat);
}

void district_leave(struct district *district, uint32_t i)
{
    uint32_t t = district->of[i];

    if (district->prev[i] == NOBODY) {
        district->head[t] = district->next[i];
    } else {
        district->next[district->prev[i]] = district->next[i];
    }
    if (district->next[i] != NOBODY) {
        district->prev[district->next[i]] = district->prev[i];
    }
    district->load[t] -= district->terrain->area->load[i];
}

void district_enter(struct district *district, uint32_t i, uint32_t t)
{
    district->of[i] = t;
    district->prev[i] = NOBODY;
    district->next[i] = district->head[t];
    if (district->head[t] != NOBODY) {
        district->prev[district->head[t]] = i;
    }
    district->head[t] = i;
    district->load[t] += district->terrain->area->load[i];
}

double district_violation(const struct district *district)
{
    double total = 0;

    for (uint32_t t = 0; t < district->terrain->k; t++) {
        double outside = terrain_outside(district->terrain, district->load[t], district->center[t]);

        /* Sums of loads round in the last bits; a millionth of a unit is no violation. */
        total += outside > 1e-6 * district->terrain->mean_load ? outside : 0;
    }
    return total;
}

/* What territory t with this centre pays for the load it has. */
static double penalty_of(const struct district *district, uint32_t t, uint32_t center)
{
    return district->penalty * district->stress[t] *
           terrain_outside(district->terrain, district->load[t], center);
}

void district_press(struct district *district, double factor)
{
    for (uint32_t t = 0; t < district->terrain->k; t++) {
        if (terrain_outside(district->terrain, district->load[t], district->center[t]) > 0) {
            district->stress[t] *= factor;
        }
    }
}

/* Change of penalty when territory t with this centre carries d more. */
static double strain(const struct district *district, uint32_t t, uint32_t center, double d)
{
    return district->penalty * district->stress[t] *
           (terrain_outside(district->terrain, district->load[t] + d, center) -
               terrain_outside(district->terrain, district->load[t], district->center[t]));
}

/* Searches from one neighbour of i through its territory without i; all its neighbours must be met. */
bool district_may_leave(struct district *district, uint32_t i)
{
    const struct cox_territory_area *area = district->terrain->area;
    uint32_t t = district->of[i], stamp = ++district->stamp;
    size_t wanted = 0, met = 0, from = 0, to = 0;

    for (size_t e = area->edge_start[i]; e < area->edge_start[i + 1]; e++) {
        wanted += district->of[area->edge_to[e]] == t && area->edge_to[e] != i;
    }
    if (wanted <= 1) {
        return wanted == 1;
    }
    district->seen[i] = stamp;
    for (size_t e = area->edge_start[i]; to == 0; e++) {
        if (district->of[area->edge_to[e]] == t && area->edge_to[e] != i) {
            district->queue[to++] = area->edge_to[e];
            district->seen[area->edge_to[e]] = stamp;
        }
    }
    while (from < to && met < wanted) {
        uint32_t at = district->queue[from++];

        for (size_t e = area->edge_start[at]; e < area->edge_start[at + 1]; e++) {
            uint32_t other = area->edge_to[e];

            met += other == i; /* one of i's neighbours is reached */
            if (district->of[other] == t && district->seen[other] != stamp) {
                district->seen[other] = stamp;
                district->queue[to++] = other;
            }
        }
    }
    return met >= wanted;
}

static bool touches(const struct district *district, uint32_t i, uint32_t t)
{
    const struct cox_territory_area *area = district->terrain->area;

    for (size_t e = area->edge_start[i]; e < area->edge_start[i + 1]; e++) {
        if (district->of[area->edge_to[e]] == t) {
            return true;
        }
    }
    return false;
}

static bool may_shift(struct district *district, uint32_t i, uint32_t to)
{
    return !district->is_connected || (touches(district, i, to) && district_may_leave(district, i));
}

static bool try_shift(struct district *district, uint32_t i, uint32_t to)
{
    const struct terrain *terrain = district->terrain;
    uint32_t from = district->of[i];
    double load = terrain->area->load[i];
    double delta = terrain_cost(terrain, i, district->center[to]) -
                   terrain_cost(terrain, i, district->center[from]) +
                   strain(district, from, district->center[from], -load) +
                   strain(district, to, district->center[to], load);

    if (!accept(district, delta) || !may_shift(district, i, to)) {
        return false;
    }
    district_leave(district, i);
    district_enter(district, i, to);
    return true;
}

/* i and q change territories; with a graph the second half is undone if it does not hold. */
static bool try_swap(struct district *district, uint32_t i, uint32_t q)
{
    const struct terrain *terrain = district->terrain;
    uint32_t a = district->of[i], b = district->of[q];
    double d = terrain->area->load[q] - terrain->area->load[i];
    double delta = terrain_cost(terrain, i, district->center[b]) -
                   terrain_cost(terrain, i, district->center[a]) +
                   terrain_cost(terrain, q, district->center[a]) -
                   terrain_cost(terrain, q, district->center[b]) +
                   strain(district, a, district->center[a], d) +
                   strain(district, b, district->center[b], -d);

    if (!accept(district, delta) || !may_shift(district, i, b)) {
        return false;
    }
    district_leave(district, i);
    district_enter(district, i, b);
    if (!may_shift(district, q, a)) {
        district_leave(district, i);
        district_enter(district, i, a);
        return false;
    }
    district_leave(district, q);
    district_enter(district, q, a);
    return true;
}

/* Cost of territory t's members to another centre, given up once above limit. */
static double cost_to(const struct district *district, uint32_t t, uint32_t center, double limit)
{
    double total = 0;

    for (uint32_t i = district->head[t]; i != NOBODY && total <= limit; i = district->next[i]) {
        total += terrain_cost(district->terrain, i, center);
    }
    return total;
}

static void try_center(struct district *district, uint32_t t)
{
    const struct terrain *terrain = district->terrain;
    uint32_t now = district->center[t];
    uint32_t other =
        terrain->near[now * terrain->near_count + below(district, terrain->near_count)];
    double before, delta;

    if (district->of[other] != t) {
        return;
    }
    before = cost_to(district, t, now, HUGE_VAL);
    delta = cost_to(district, t, other, before + 12 * district->heat) - before +
            strain(district, t, other, 0);
    if (accept(district, delta)) {
        district->center[t] = other;
    }
}

void district_recenter(struct district *district)
{
    for (uint32_t t = 0; t < district->terrain->k; t++) {
        double least = cost_to(district, t, district->center[t], HUGE_VAL) +
                       penalty_of(district, t, district->center[t]);

        for (uint32_t i = district->head[t]; i != NOBODY; i = district->next[i]) {
            double cost = penalty_of(district, t, i);

            cost += cost_to(district, t, i, least);
            if (cost < least) {
                least = cost;
                district->center[t] = i;
            }
        }
    }
}

/* Sends the members of t to the cheapest territory of a near unit. Returns the change of cost. */
static double disperse(struct district *district, uint32_t t, uint32_t *moved, size_t *ret_count)
{
    const struct terrain *terrain = district->terrain;
    uint32_t i = district->head[t], center = district->center[t];
    double delta = 0;

    *ret_count = 0;
    while (i != NOBODY) {
        uint32_t next = district->next[i], best = NOBODY;
        double least = HUGE_VAL, load = terrain->area->load[i];

        for (size_t c = 0; c < terrain->near_count; c++) {
            uint32_t to = district->of[terrain->near[i * terrain->near_count + c]];
            double cost;

            if (to == t || to == best) {
                continue;
            }
            cost = terrain_cost(terrain, i, district->center[to]) +
                   strain(district, to, district->center[to], load);
            if (cost < least) {
                least = cost;
                best = to;
            }
        }
        if (best == NOBODY) {
            return HUGE_VAL;
        }
        delta += least - terrain_cost(terrain, i, center);
        district_leave(district, i);
        district_enter(district, i, best);
        moved[(*ret_count)++] = i;
        i = next;
    }
    return delta;
}

/* Makes the emptied territory t anew around unit `at`: the near units that gain by it come in. */
static double gather(struct district *district, uint32_t t, uint32_t at, uint32_t *came,
    uint32_t *from, size_t *ret_count)
{
    const struct terrain *terrain = district->terrain;
    double delta = 0, room = terrain_room(terrain, at);

    district->center[t] = at;
    *ret_count = 0;
    for (size_t c = 0; c <= terrain->near_count; c++) {
        uint32_t i = c == 0 ? at : terrain->near[at * terrain->near_count + c - 1];
        uint32_t old = district->of[i];
        double load = terrain->area->load[i], gain;

        if (old == t || district->load[t] + load > room) {
            continue;
        }
        gain = terrain_cost(terrain, i, at) - terrain_cost(terrain, i, district->center[old]) +
               strain(district, old, district->center[old], -load) + strain(district, t, at, load);
        if (c > 0 && (gain >= 0 || i == district->center[old])) {
            continue;
        }
        delta += gain;
        came[*ret_count] = i;
        from[(*ret_count)++] = old;
        district_leave(district, i);
        district_enter(district, i, t);
    }
    return delta;
}

/*
 * Closes territory t and opens one elsewhere. Done for real and taken back unless accepted: both
 * halves change loads, which the other half must see.
 */
static void try_relocate(struct district *district, uint32_t t, uint32_t at)
{
    uint32_t came[NEAR_MAX + 1], from[NEAR_MAX + 1], old_center = district->center[t];
    uint32_t *moved = district->queue;
    size_t moved_count, came_count = 0;
    double delta = -penalty_of(district, t, old_center);

    if (district->of[at] == t || district->center[district->of[at]] == at) {
        return;
    }
    delta += disperse(district, t, moved, &moved_count);
    if (district->head[t] == NOBODY) {
        delta += district->penalty * terrain_outside(district->terrain, 0, at);
        if (delta < HUGE_VAL) {
            delta += gather(district, t, at, came, from, &came_count);
        }
        if (accept(district, delta)) {
            return;
        }
    }
    while (came_count > 0) {
        came_count--;
        district_leave(district, came[came_count]);
        district_enter(district, came[came_count], from[came_count]);
    }
    district->center[t] = old_center;
    while (moved_count > 0) {
        district_leave(district, moved[--moved_count]);
        district_enter(district, moved[moved_count], t);
    }
}

void district_search(struct district *district, size_t count)
{
    const struct terrain *terrain = district->terrain;
    size_t width = terrain->near_count < 16 ? terrain->near_count : 16;
    size_t size = terrain->n / terrain->k + 1;

    if (terrain->k < 2 || terrain->near_count == 0) {
        return;
    }
    for (size_t t = 0; t < count; t++) {
        uint32_t i = below(district, terrain->n);
        uint32_t q = terrain->near[i * terrain->near_count + below(district, width)];
        uint32_t a = district->of[i], b = district->of[q];

        if (t % (8 + size) == 0) {
            try_center(district, a);
        } else if (!district->is_connected && t % (32 + 4 * size) == 1) {
            try_relocate(district, below(district, terrain->k), i);
        } else if (a != b && i != district->center[a] && !try_shift(district, i, b) &&
                   q != district->center[b]) {
            (void)try_swap(district, i, q); /* a try that fails changes nothing */
        }
    }
}

/* Centres far from each other: each next one drawn by squared distance (k-means++). */
static void spread_centers(struct district *district, double *nearest)
{
    const struct terrain *terrain = district->terrain;

    for (uint32_t t = 0; t < terrain->k; t++) {
        double total = 0, pick;
        uint32_t i = 0;

        for (uint32_t u = 0; u < terrain->n && t > 0; u++) {
            double d = terrain_distance(terrain, u, district->center[t - 1]);

            nearest[u] = t == 1 ? d * d : fmin(nearest[u], d * d);
            total += nearest[u];
        }
        pick = (double)(district_draw(district) >> 11) * 0x1p-53 * total;
        while (t > 0 && i + 1 < terrain->n && (pick -= nearest[i]) >= 0) {
            i++;
        }
        district->center[t] = t > 0 ? i : below(district, terrain->n);
    }
}

/* Units to the nearest centre. */
static void assign_nearest(struct district *district)
{
    const struct terrain *terrain = district->terrain;

    for (uint32_t i = 0; i < terrain->n; i++) {
        double least = HUGE_VAL;
        uint32_t best = 0;

        for (uint32_t t = 0; t < terrain->k; t++) {
            double d = terrain_distance(terrain, i, district->center[t]);

            if (d < least || i == district->center[t]) {
                least = i == district->center[t] ? -1 : d;
                best = t;
            }
        }
        district_enter(district, i, best);
    }
}

/* Marks what the graph connects to each centre within its territory; returns the number of units. */
static size_t mark_cores(struct district *district)
{
    const struct terrain *terrain = district->terrain;
    const struct cox_territory_area *area = terrain->area;
    uint32_t stamp = ++district->stamp;
    size_t from = 0, to = 0;

    for (uint32_t t = 0; t < terrain->k; t++) {
        district->seen[district->center[t]] = stamp;
        district->queue[to++] = district->center[t];
    }
    for (; from < to; from++) {
        uint32_t at = district->queue[from];

        for (size_t e = area->edge_start[at]; e < area->edge_start[at + 1]; e++) {
            uint32_t other = area->edge_to[e];

            if (district->seen[other] != stamp && district->of[other] == district->of[at]) {
                district->seen[other] = stamp;
                district->queue[to++] = other;
            }
        }
    }
    return to;
}

/* The neighbouring core that takes unit i at least cost; NOBODY: no neighbour is in a core yet. */
static uint32_t best_core(const struct district *district, uint32_t i)
{
    const struct terrain *terrain = district->terrain;
    const struct cox_territory_area *area = terrain->area;
    double least = HUGE_VAL;
    uint32_t best = NOBODY;

    for (size_t e = area->edge_start[i]; e < area->edge_start[i + 1]; e++) {
        uint32_t other = area->edge_to[e], t = district->of[other];
        double cost = terrain_cost(terrain, i, district->center[t]);

        if (district->seen[other] == district->stamp && other != i && cost < least) {
            least = cost;
            best = t;
        }
    }
    return best;
}

void district_connect(struct district *district)
{
    const struct terrain *terrain = district->terrain;
    size_t left = terrain->n - mark_cores(district), before = left + 1;

    district->is_connected = true;
    while (left > 0 && left < before) {
        before = left;
        for (uint32_t i = 0; i < terrain->n; i++) {
            uint32_t to = district->seen[i] == district->stamp ? NOBODY : best_core(district, i);

            if (to != NOBODY) {
                district_leave(district, i);
                district_enter(district, i, to);
                district->seen[i] = district->stamp;
                left--;
            }
        }
    }
}

void district_start(struct district *district)
{
    const struct terrain *terrain = district->terrain;

    memset(district->seen, 0, terrain->n * sizeof(*district->seen));
    district->stamp = 0;
    district->is_connected = false;
    spread_centers(district, district->scratch);
    for (uint32_t t = 0; t < terrain->k; t++) {
        district->head[t] = NOBODY;
        district->load[t] = 0;
        district->stress[t] = 1;
    }
    assign_nearest(district);
}
