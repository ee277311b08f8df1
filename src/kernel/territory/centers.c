/* kernel/territory/centers.c: input, lanes and the cooling schedule of free centres. */
#include "kernel/territory/centers.h"

#include <math.h>
#include <string.h>

#include "kernel/territory/district.h"

enum { LANES = 4, ROUNDS = 80, TRIES_PER_UNIT = 120 };

struct race {
    struct terrain terrain;
    struct district lane[LANES];
    double scale; /* mean cost of a unit at the start */
    double effort;
    uint64_t seed;
};

static void terrain_init(struct terrain *terrain, const struct cox_territory_area *area,
    const struct cox_territory_host *host, struct desk *desk)
{
    size_t n = area->unit_count;

    *terrain = (struct terrain){.area = area, .host = host, .n = n, .k = area->center_count};
    terrain->near_count = n - 1 < NEAR_MAX ? n - 1 : NEAR_MAX;
    terrain->x = DESK_ARRAY(desk, n, double);
    terrain->y = DESK_ARRAY(desk, n, double);
    terrain->z = DESK_ARRAY(desk, n, double);
    terrain->near = DESK_ARRAY(desk, n * terrain->near_count, uint32_t);
}

static void district_init(struct district *district, const struct terrain *terrain,
    struct desk *desk)
{
    size_t n = terrain->n, k = terrain->k;

    *district = (struct district){.terrain = terrain};
    district->of = DESK_ARRAY(desk, n, uint32_t);
    district->scratch = DESK_ARRAY(desk, n, double);
    district->next = DESK_ARRAY(desk, n, uint32_t);
    district->prev = DESK_ARRAY(desk, n, uint32_t);
    district->queue = DESK_ARRAY(desk, n, uint32_t);
    district->seen = DESK_ARRAY(desk, n, uint32_t);
    district->best_of = DESK_ARRAY(desk, n, uint32_t);
    district->center = DESK_ARRAY(desk, k, uint32_t);
    district->best_center = DESK_ARRAY(desk, k, uint32_t);
    district->head = DESK_ARRAY(desk, k, uint32_t);
    district->load = DESK_ARRAY(desk, k, double);
    district->stress = DESK_ARRAY(desk, k, double);
}

static void race_init(struct race *race, const struct cox_territory_area *area,
    const struct cox_territory_host *host, struct desk *desk)
{
    terrain_init(&race->terrain, area, host, desk);
    for (size_t lane = 0; lane < LANES; lane++) {
        district_init(&race->lane[lane], &race->terrain, desk);
    }
}

size_t cox_territory_centers_workspace_size(const struct cox_territory_area *area)
{
    struct desk desk = desk_open(NULL);
    struct race race;

    race_init(&race, area, NULL, &desk);
    return desk_size(&desk);
}

static void place_units(struct terrain *terrain)
{
    static const double degree = 0.017453292519943295;
    const struct cox_territory_area *area = terrain->area;

    for (size_t i = 0; i < terrain->n; i++) {
        double lon = area->x[i] * degree, lat = area->y[i] * degree;
        bool is_globe = area->metric == COX_TERRITORY_GLOBE;

        terrain->x[i] = is_globe ? cos(lat) * cos(lon) : area->x[i];
        terrain->y[i] = is_globe ? cos(lat) * sin(lon) : area->y[i];
        terrain->z[i] = is_globe ? sin(lat) : 0;
        terrain->mean_load += area->load[i] / (double)terrain->n;
    }
}

double terrain_distance(const struct terrain *terrain, uint32_t a, uint32_t b)
{
    double dx = terrain->x[a] - terrain->x[b], dy = terrain->y[a] - terrain->y[b];
    double dz = terrain->z[a] - terrain->z[b], d = sqrt(dx * dx + dy * dy + dz * dz);

    if (terrain->area->metric == COX_TERRITORY_GLOBE) {
        d = 2 * 6371.0088 * asin(d < 2 ? 0.5 * d : 1); /* as distance.c */
    }
    return terrain->area->is_floor ? floor(d) : d;
}

/* The nearest units of each, by insertion: O(n^2), once. */
static void find_near(void *arg, size_t block)
{
    struct terrain *terrain = arg;
    size_t n = terrain->n, count = terrain->near_count;

    for (size_t i = n * block / 64; i < n * (block + 1) / 64; i++) {
        uint32_t *near = terrain->near + i * count;
        double key[NEAR_MAX];
        size_t len = 0;

        for (size_t q = 0; q < n; q++) {
            double dx = terrain->x[i] - terrain->x[q], dy = terrain->y[i] - terrain->y[q];
            double dz = terrain->z[i] - terrain->z[q], d = dx * dx + dy * dy + dz * dz;
            size_t at;

            if (q == i || (len == count && d >= key[count - 1])) {
                continue;
            }
            at = len < count ? len++ : count - 1;
            for (; at > 0 && key[at - 1] > d; at--) {
                key[at] = key[at - 1];
                near[at] = near[at - 1];
            }
            key[at] = d;
            near[at] = (uint32_t)q;
        }
    }
}

static void parallel(const struct cox_territory_host *host, size_t count,
    void (*body)(void *, size_t), void *arg)
{
    if (host != NULL && host->parallel_for != NULL) {
        host->parallel_for(host->ctx, count, body, arg);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        body(arg, i);
    }
}

static bool keep_going(const struct terrain *terrain)
{
    return terrain->host == NULL || terrain->host->keep_going == NULL ||
           terrain->host->keep_going(terrain->host->ctx);
}

static void note_best(struct district *district)
{
    double violation = district_violation(district), cost = 0;
    const struct terrain *terrain = district->terrain;

    for (uint32_t i = 0; i < terrain->n; i++) {
        cost += terrain_cost(terrain, i, district->center[district->of[i]]);
    }
    district->cost = cost;
    if (violation < district->best_violation ||
        (violation <= district->best_violation && cost < district->best_cost)) {
        district->best_violation = violation;
        district->best_cost = cost;
        memcpy(district->best_of, district->of, terrain->n * sizeof(*district->of));
        memcpy(district->best_center, district->center, terrain->k * sizeof(*district->center));
    }
}

/*
 * Heat falls from hot to a two-hundredth of the scale, penalties rise, later on faster where bounds
 * do not hold. What is still outside at the end presses harder there, and only there.
 */
static void cool(struct race *race, struct district *district, double hot, double scale,
    size_t rounds)
{
    const struct terrain *terrain = &race->terrain;
    size_t count = (size_t)(TRIES_PER_UNIT * race->effort * fmax(40, (double)terrain->n)) + 1;
    double stress = 1, cold = scale / 400;

    for (size_t round = 0; round < rounds && keep_going(terrain); round++) {
        double done = (double)round / (double)(rounds - 1);

        district->heat = round + 3 >= rounds ? 0 : hot * pow(cold / hot, done);
        if (done > 0.6 && district_violation(district) > 0) {
            stress *= 1.3;
        }
        district->penalty = stress * (1 + 3 * done) * scale / terrain->mean_load;
        district_search(district, count);
        if (done > 0.5) {
            district_recenter(district);
            note_best(district);
        }
    }
    /* What still does not fit gets some heat and more weight until it does. */
    for (size_t round = 0; round < rounds && district->best_violation > 0 && keep_going(terrain);
         round++) {
        district_press(district, 1.2);
        district->heat = round % 4 == 3 ? 0 : 2 * cold;
        district->penalty = 4 * stress * scale / terrain->mean_load;
        district_search(district, count);
        note_best(district);
    }
}

/* One lane; with a graph first without it, then again in one piece each. */
static void run_lane(void *arg, size_t number)
{
    struct race *race = arg;
    struct district *district = &race->lane[number];
    const struct terrain *terrain = &race->terrain;
    double scale;

    district->state = race->seed * 0x9E3779B97F4A7C15U + number;
    district->best_violation = district->best_cost = HUGE_VAL;
    district_start(district);
    note_best(district);
    scale = district->cost / (double)terrain->n;
    cool(race, district, 0.5 * scale, scale, ROUNDS);
    if (terrain->area->edge_start != NULL) {
        district_connect(district);
        district->best_violation = district->best_cost = HUGE_VAL;
        note_best(district);
        cool(race, district, 0.02 * scale, scale, ROUNDS / 2);
    }
}

static enum cox_rc check_area(const struct cox_territory_area *area, struct cox_err *reterr)
{
    if (area->unit_count == 0 || area->unit_count > COX_TERRITORY_UNIT_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "units", 0, "must be between 1 and %d",
            COX_TERRITORY_UNIT_MAX);
    }
    if (area->center_count == 0 || area->center_count > area->unit_count) {
        return cox_fail_at(reterr, COX_INVALID, "centers", 0,
            "must be between 1 and the number of units, %zu", area->unit_count);
    }
    if (area->metric == COX_TERRITORY_MATRIX) {
        return cox_fail_at(reterr, COX_UNSUPPORTED, "metric", 0, "free centres need positions");
    }
    for (size_t i = 0; i < area->unit_count; i++) {
        bool is_place = isfinite(area->x[i]) && isfinite(area->y[i]);
        bool is_load = isfinite(area->load[i]) && area->load[i] >= 0;

        if (!is_place || !is_load) {
            return cox_fail_at(reterr, COX_INVALID, is_place ? "load" : "position", (int64_t)i + 1,
                is_place ? "must be a number of 0 or above" : "must be finite numbers");
        }
        if (area->visits != NULL && !(area->visits[i] > 0 && isfinite(area->visits[i]))) {
            return cox_fail_at(reterr, COX_INVALID, "visits", (int64_t)i + 1,
                "must be a number above 0");
        }
    }
    return COX_OK;
}

size_t cox_territory_components(const struct cox_territory_area *area, const uint32_t *territory,
    uint32_t *queue, uint32_t *seen)
{
    size_t most = 0;

    memset(seen, 0, area->unit_count * sizeof(*seen));
    /* Counts per territory live in queue's last entries only after use; so one pass per component,
     * and the number of components of a territory is counted by its starts. */
    for (uint32_t t = 0; t < area->center_count; t++) {
        size_t starts = 0;

        for (uint32_t i = 0; i < area->unit_count; i++) {
            size_t from = 0, to = 0;

            if (territory[i] != t || seen[i] != 0) {
                continue;
            }
            starts++;
            queue[to++] = i;
            seen[i] = 1;
            while (from < to) {
                uint32_t at = queue[from++];

                for (size_t e = area->edge_start[at]; e < area->edge_start[at + 1]; e++) {
                    uint32_t other = area->edge_to[e];

                    if (territory[other] == t && seen[other] == 0) {
                        seen[other] = 1;
                        queue[to++] = other;
                    }
                }
            }
        }
        most = starts > most ? starts : most;
    }
    return most;
}

enum cox_rc cox_territory_centers(const struct cox_territory_area *area, uint64_t seed,
    double effort, const struct cox_territory_host *host, void *workspace, size_t workspace_size,
    struct cox_territory_areas *ret_areas, struct cox_err *reterr)
{
    struct desk desk = desk_open(workspace);
    struct race race = {.seed = seed + 1, .effort = effort};
    const struct district *best = &race.lane[0];

    COX_TRY(check_area(area, reterr));
    if (workspace == NULL || workspace_size < cox_territory_centers_workspace_size(area)) {
        return cox_fail_at(reterr, COX_INVALID, "workspace_size", 0, "the workspace is too small");
    }
    race_init(&race, area, host, &desk);
    place_units(&race.terrain);
    parallel(host, 64, find_near, &race.terrain);
    parallel(host, LANES, run_lane, &race);
    for (size_t lane = 1; lane < LANES; lane++) {
        const struct district *other = &race.lane[lane];

        if (other->best_violation < best->best_violation ||
            (other->best_violation <= best->best_violation && other->best_cost < best->best_cost)) {
            best = other;
        }
    }
    memcpy(ret_areas->territory, best->best_of, race.terrain.n * sizeof(uint32_t));
    memcpy(ret_areas->center, best->best_center, race.terrain.k * sizeof(uint32_t));
    ret_areas->cost = best->best_cost;
    ret_areas->violation = best->best_violation;
    ret_areas->component_max = area->edge_start == NULL
                                   ? 0
                                   : cox_territory_components(area, ret_areas->territory,
                                         race.lane[0].queue, race.lane[0].seen);
    ret_areas->is_feasible = best->best_violation <= 0 && ret_areas->component_max <= 1;
    return COX_OK;
}
