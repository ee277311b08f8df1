/*
 * kernel/territory/sizing.h: how many reps a load needs. More reps work nearer to their accounts but
 * cost salaries; the workload method with travel: each rep has so many hours a year, visits take time
 * and so does the way.
 */
#ifndef COX_KERNEL_TERRITORY_SIZING_H
#define COX_KERNEL_TERRITORY_SIZING_H

#include "kernel/territory/centers.h"

struct cox_territory_sizing {
    size_t rep_min, rep_max; /* tried, 1 <= min <= max <= units */
    double hours_per_rep;    /* a year, > 0: visits, preparation and travel together */
    double km_per_hour;      /* > 0 */
    double detour;           /* road km per straight km and visit, there and back: 2.6 is usual */
    double cost_per_rep;     /* currency a year, >= 0 */
    double cost_per_km;      /* currency, >= 0 */
    double tolerance;        /* of work per rep around the mean, for example 0.10 */
};

struct cox_territory_size {
    size_t rep_count;
    double travel_km;                /* road km a year */
    double travel_hours, work_hours; /* a year, all reps */
    double use;                      /* hours needed / hours there are; above 1: too few reps */
    double cost;                     /* currency a year: reps and km */
    bool is_balanced;                /* work within tolerance for every rep */
};

/*
 * For each number of reps in turn chooses centres and says what it takes. area's load is work in
 * minutes a year, visits as there; center_count, load_min and load_max of the area are set here.
 * ret_best: the cheapest with use <= 1, COX_MISSING in its absence (each has still been told).
 * Workspace: cox_territory_centers_workspace_size with center_count = rep_max. Source of the workload
 * method: W. Talley, "How to design sales territories", Journal of Marketing 25, 1961.
 */
enum cox_rc cox_territory_size_up(const struct cox_territory_area *area,
    const struct cox_territory_sizing *sizing, uint64_t seed, const struct cox_territory_host *host,
    void *workspace, size_t workspace_size, struct cox_territory_areas *areas,
    void (*each)(void *ctx, const struct cox_territory_size *size), void *ctx,
    struct cox_territory_size *ret_best, struct cox_err *reterr) COX_NODISCARD;

#endif
