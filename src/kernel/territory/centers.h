/*
 * kernel/territory/centers.h: territories without given homes: k centres are chosen among the units,
 * every unit gets one centre (a centre its own), loads stay within bounds; on wish every territory is connected.
 * Covers the capacitated p-median problem and districting. Heuristic: there is no bound here.
 */
#ifndef COX_KERNEL_TERRITORY_CENTERS_H
#define COX_KERNEL_TERRITORY_CENTERS_H

#include "kernel/territory/host.h"
#include "kernel/territory/problem.h"

/* Units are compared all with all. */
#define COX_TERRITORY_UNIT_MAX 50000

struct cox_territory_area {
    size_t unit_count, center_count;  /* 1 <= center_count <= unit_count */
    enum cox_territory_metric metric; /* PLANE: distance in the unit of x and y; GLOBE: km */
    bool is_floor;                    /* distances rounded down to whole numbers (OR-Library) */
    const double *x, *y;
    const double *load;        /* > 0 */
    const double *visits;      /* weight of each unit's distance, > 0; NULL: 1 */
    double load_min, load_max; /* of each territory; load_min 0: none */
    const double *capacity;    /* most load with this unit as centre; NULL: load_max */
    const size_t *edge_start;  /* unit_count + 1: neighbours, each edge both ways; NULL: none */
    const uint32_t *edge_to;   /* with edges every territory is kept connected */
};

struct cox_territory_areas {
    /* The caller's arrays. */
    uint32_t *territory; /* unit_count: 0 .. center_count - 1 */
    uint32_t *center;    /* center_count: units */

    /* Filled in. */
    double cost;          /* sum of visits * distance to the centre */
    double violation;     /* load outside the bounds, summed */
    size_t component_max; /* most components of a territory; 1: all connected; 0 without edges */
    bool is_feasible;
};

size_t cox_territory_centers_workspace_size(const struct cox_territory_area *area);

/*
 * Simulated annealing over shifts, swaps, moves of a centre, and closing one centre while opening
 * another; several lanes race and the best is kept. Deterministic for area and seed whatever the
 * threads. effort 1 is usual (about 2 s of one core per lane and 1,000 units). Errors: COX_INVALID with field and
 * row. Source of the neighbourhoods: F. Stefanello, O. de Araujo, F. Mueller, "Matheuristics for the
 * capacitated p-median problem", ITOR 22, 2015; annealing as in anneal.h.
 */
enum cox_rc cox_territory_centers(const struct cox_territory_area *area, uint64_t seed,
    double effort, const struct cox_territory_host *host, void *workspace, size_t workspace_size,
    struct cox_territory_areas *ret_areas, struct cox_err *reterr) COX_NODISCARD;

/* Components of the territory that has most of them; queue, seen: unit_count each of scratch. */
size_t cox_territory_components(const struct cox_territory_area *area, const uint32_t *territory,
    uint32_t *queue, uint32_t *seen);

#endif
