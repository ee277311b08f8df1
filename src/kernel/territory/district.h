/* kernel/territory/district.h: one state of the search for centres, and its moves. Private. */
#ifndef COX_KERNEL_TERRITORY_DISTRICT_H
#define COX_KERNEL_TERRITORY_DISTRICT_H

#include "kernel/territory/centers.h"
#include "kernel/territory/desk.h"

enum { NEAR_MAX = 48, DISTRICT_NONE = -1 };

/* What all lanes share: positions and who is near whom. */
struct terrain {
    const struct cox_territory_area *area;
    const struct cox_territory_host *host;
    size_t n, k, near_count;
    double *x, *y, *z; /* globe: unit vectors; else the plane */
    uint32_t *near;    /* n * near_count, nearest first */
    double mean_load;
};

struct district {
    const struct terrain *terrain;
    uint32_t *of;           /* n: territory */
    uint32_t *center;       /* k */
    double *load;           /* k */
    double *stress;         /* k: times the penalty; grows while the bounds do not hold */
    uint32_t *head;         /* k: first member */
    uint32_t *next, *prev;  /* n */
    uint32_t *queue, *seen; /* n: connectivity; members of a closed territory */
    double *scratch;        /* n: distances at the start */
    uint32_t *best_of, *best_center;
    uint32_t stamp;
    bool is_connected; /* moves must keep every territory in one piece */
    double penalty, heat;
    double cost, best_cost, best_violation;
    uint64_t state;
};

double terrain_distance(const struct terrain *terrain, uint32_t a, uint32_t b);

static inline double terrain_cost(const struct terrain *terrain, uint32_t i, uint32_t center)
{
    double visits = terrain->area->visits == NULL ? 1 : terrain->area->visits[i];

    return visits * terrain_distance(terrain, i, center);
}

/* Most load with this centre. */
static inline double terrain_room(const struct terrain *terrain, uint32_t center)
{
    return terrain->area->capacity == NULL ? terrain->area->load_max
                                           : terrain->area->capacity[center];
}

static inline double terrain_outside(const struct terrain *terrain, double load, uint32_t center)
{
    double most = terrain_room(terrain, center);

    return load > most                      ? load - most
           : load < terrain->area->load_min ? terrain->area->load_min - load
                                            : 0;
}

uint64_t district_draw(struct district *district);
void district_leave(struct district *district, uint32_t i);
void district_enter(struct district *district, uint32_t i, uint32_t t);
double district_violation(const struct district *district);

/* Territories outside their bounds press harder from now on, by this factor, and only those. */
void district_press(struct district *district, double factor);

/* True unless taking i out of its territory would cut it in two (or empty it). */
bool district_may_leave(struct district *district, uint32_t i);

/*
 * Makes every territory one piece: what the graph connects to the centre stays, the rest joins
 * neighbours unit by unit. From then on moves keep it so.
 */
void district_connect(struct district *district);

/* A start: spread centres, units to the nearest. */
void district_start(struct district *district);

/* count random moves at district->heat and ->penalty. */
void district_search(struct district *district, size_t count);

/* Best centre of every territory, by trying all members. */
void district_recenter(struct district *district);

#endif
