/* kernel/territory/sizing.c: one choice of centres for each number of reps, and its bill. */
#include "kernel/territory/sizing.h"

#include <math.h>

static enum cox_rc check_sizing(const struct cox_territory_area *area,
    const struct cox_territory_sizing *sizing, struct cox_err *reterr)
{
    const struct {
        const char *name;
        double value;
        bool may_be_zero;
    } rows[] = {{"hours_per_rep", sizing->hours_per_rep, false},
        {"km_per_hour", sizing->km_per_hour, false}, {"detour", sizing->detour, false},
        {"cost_per_rep", sizing->cost_per_rep, true}, {"cost_per_km", sizing->cost_per_km, true},
        {"tolerance", sizing->tolerance, true}};

    for (size_t r = 0; r < COX_COUNT(rows); r++) {
        if (!isfinite(rows[r].value) || rows[r].value < 0 ||
            (rows[r].value <= 0 && !rows[r].may_be_zero)) {
            return cox_fail_at(reterr, COX_INVALID, rows[r].name, 0, "must be %s",
                rows[r].may_be_zero ? "0 or above" : "above 0");
        }
    }
    if (sizing->rep_min < 1 || sizing->rep_min > sizing->rep_max ||
        sizing->rep_max > area->unit_count) {
        return cox_fail_at(reterr, COX_INVALID, "reps", 0,
            "from %zu to %zu is no range within 1 .. %zu units", sizing->rep_min, sizing->rep_max,
            area->unit_count);
    }
    return COX_OK;
}

/* The bill for a number of reps whose centres are chosen. */
static struct cox_territory_size bill(const struct cox_territory_sizing *sizing, size_t rep_count,
    double work_minutes, const struct cox_territory_areas *areas, double km_per_unit)
{
    struct cox_territory_size size = {.rep_count = rep_count, .is_balanced = areas->is_feasible};

    size.travel_km = areas->cost * km_per_unit * sizing->detour;
    size.travel_hours = size.travel_km / sizing->km_per_hour;
    size.work_hours = work_minutes / 60;
    size.use = (size.travel_hours + size.work_hours) / ((double)rep_count * sizing->hours_per_rep);
    size.cost = (double)rep_count * sizing->cost_per_rep + size.travel_km * sizing->cost_per_km;
    return size;
}

enum cox_rc cox_territory_size_up(const struct cox_territory_area *area,
    const struct cox_territory_sizing *sizing, uint64_t seed, const struct cox_territory_host *host,
    void *workspace, size_t workspace_size, struct cox_territory_areas *areas,
    void (*each)(void *ctx, const struct cox_territory_size *size), void *ctx,
    struct cox_territory_size *ret_best, struct cox_err *reterr)
{
    struct cox_territory_area now = *area;
    struct cox_territory_size best = {.rep_count = 0};
    double work = 0, km_per_unit = area->metric == COX_TERRITORY_PLANE ? 1e-3 : 1;

    COX_TRY(check_sizing(area, sizing, reterr));
    for (size_t i = 0; i < area->unit_count; i++) {
        work += area->load[i];
    }
    for (size_t k = sizing->rep_min; k <= sizing->rep_max; k++) {
        struct cox_territory_size size;

        now.center_count = k;
        now.capacity = NULL;
        now.load_min = work / (double)k * fmax(0, 1 - sizing->tolerance);
        now.load_max = work / (double)k * (1 + sizing->tolerance);
        COX_TRY(
            cox_territory_centers(&now, seed, 0.3, host, workspace, workspace_size, areas, reterr));
        size = bill(sizing, k, work, areas, km_per_unit);
        each(ctx, &size);
        if (size.use <= 1 && (best.rep_count == 0 || size.cost < best.cost)) {
            best = size;
        }
        if (host != NULL && host->keep_going != NULL && !host->keep_going(host->ctx)) {
            break;
        }
    }
    if (best.rep_count == 0) {
        return cox_fail_at(reterr, COX_MISSING, "reps", 0,
            "even %zu reps have too few hours for work and travel", sizing->rep_max);
    }
    *ret_best = best;
    return COX_OK;
}
