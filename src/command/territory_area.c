/* command/territory_area.c: coxswain territory centers and size: units from a CSV, centres chosen. */
#include "command/territory_area.h"

#include <math.h>
#include <string.h>

#include "base/csv.h"
#include "base/map.h"
#include "base/num.h"
#include "command/territory_host.h"
#include "command/territory_load.h"
#include "command/territory_sheet.h"
#include "kernel/territory/centers.h"
#include "kernel/territory/sizing.h"

enum { UNIT_ID, UNIT_LAT, UNIT_LON, UNIT_X, UNIT_Y, UNIT_WORK, UNIT_VISITS, UNIT_CAPACITY };
static const char *const unit_names[] = {"account", "lat", "lon", "x", "y", "work", "visits",
    "capacity", NULL};

struct area_run {
    struct cox_territory_area area;
    struct cox_territory_areas areas;
    struct territory_sheet units;
    struct territory_host host;
    double total;
    void *workspace;
    size_t workspace_size;
};

static enum cox_rc load_units(struct cox_cli *cli, struct area_run *run, struct cox_err *reterr)
{
    struct cox_territory_area *area = &run->area;
    const char *neighbours = cox_cli_value(cli, "neighbours");
    struct cox_map *map;
    bool is_globe;

    run->units =
        (struct territory_sheet){.path = cox_cli_value(cli, "accounts"), .names = unit_names};
    if (run->units.path == NULL) {
        return cox_fail_at(reterr, COX_INVALID, "accounts", 0, "name a CSV with --accounts");
    }
    COX_TRY(territory_sheet_read(cli, &run->units, reterr));
    COX_TRY(territory_sheet_ids(cli, &run->units, &map, reterr));
    is_globe = run->units.at[UNIT_LAT] != SIZE_MAX;
    area->unit_count = run->units.count;
    area->metric = is_globe ? COX_TERRITORY_GLOBE : COX_TERRITORY_PLANE;
    COX_TRY(territory_sheet_reals(cli, &run->units, is_globe ? UNIT_LON : UNIT_X, (double)NAN,
        &area->x, reterr));
    COX_TRY(territory_sheet_reals(cli, &run->units, is_globe ? UNIT_LAT : UNIT_Y, (double)NAN,
        &area->y, reterr));
    COX_TRY(territory_sheet_reals(cli, &run->units, UNIT_WORK, (double)NAN, &area->load, reterr));
    COX_TRY(territory_sheet_reals(cli, &run->units, UNIT_VISITS, 1, &area->visits, reterr));
    if (run->units.at[UNIT_CAPACITY] != SIZE_MAX) {
        COX_TRY(territory_sheet_reals(cli, &run->units, UNIT_CAPACITY, (double)NAN, &area->capacity,
            reterr));
    }
    for (size_t i = 0; i < area->unit_count; i++) {
        run->total += area->load[i];
    }
    return neighbours == NULL ? COX_OK
                              : territory_edges_load(cli, neighbours, map, area->unit_count,
                                    &area->edge_start, &area->edge_to, reterr);
}

static enum cox_rc prepare(struct cox_cli *cli, struct area_run *run, size_t center_count,
    struct cox_err *reterr)
{
    run->area.center_count = center_count;
    if (run->area.unit_count == 0 || run->area.unit_count > COX_TERRITORY_UNIT_MAX ||
        center_count < 1 || center_count > run->area.unit_count) {
        return cox_fail_at(reterr, COX_INVALID, "count", 0,
            "%zu centres for %zu accounts: 1 to all of at most %d accounts", center_count,
            run->area.unit_count, COX_TERRITORY_UNIT_MAX);
    }
    run->workspace_size = cox_territory_centers_workspace_size(&run->area);
    run->workspace = cox_arena_alloc(cli->arena, run->workspace_size);
    run->areas.territory = COX_NEW_ARRAY(cli->arena, run->area.unit_count, uint32_t);
    run->areas.center = COX_NEW_ARRAY(cli->arena, center_count, uint32_t);
    if (run->workspace == NULL || run->areas.territory == NULL || run->areas.center == NULL) {
        return cox_no_memory(reterr);
    }
    return territory_host_init(&run->host, cli, reterr);
}

static enum cox_rc write_centers(const struct area_run *run, const char *path,
    struct cox_err *reterr)
{
    struct territory_csv file;

    COX_TRY(territory_csv_begin(path, &file, reterr));
    cox_csv_out_plain(&file.out, "account");
    cox_csv_out_plain(&file.out, "center");
    cox_csv_out_end_row(&file.out);
    for (size_t i = 0; i < run->area.unit_count; i++) {
        cox_csv_out_text(&file.out, run->units.cells[UNIT_ID][i]);
        cox_csv_out_text(&file.out,
            run->units.cells[UNIT_ID][run->areas.center[run->areas.territory[i]]]);
        cox_csv_out_end_row(&file.out);
    }
    return territory_csv_finish(path, &file, reterr);
}

static enum cox_rc tell_centers(struct cox_cli *cli, const struct area_run *run,
    struct cox_err *reterr)
{
    struct cox_json json;

    if (!run->areas.is_feasible) {
        cli->exit = COX_EXIT_FAILED;
        cox_cli_note(cli, "work outside the bounds: %.6g in all", run->areas.violation);
    }
    if (!cli->is_json) {
        fprintf(cli->out, "cost       %.1f visit-%s\noutside    %.6g of work\ntook       %.1f s\n",
            run->areas.cost, run->area.metric == COX_TERRITORY_GLOBE ? "km" : "units of x and y",
            run->areas.violation, territory_host_seconds(&run->host));
        return COX_OK;
    }
    cox_cli_json(cli, &json);
    cox_json_begin_object(&json);
    cox_json_put_real(&json, "cost", run->areas.cost);
    cox_json_put_real(&json, "violation", run->areas.violation);
    cox_json_put_int(&json, "component_max", (int64_t)run->areas.component_max);
    cox_json_put_bool(&json, "is_feasible", run->areas.is_feasible);
    cox_json_put_real(&json, "seconds", territory_host_seconds(&run->host));
    cox_json_put_real(&json, "cpu_seconds", territory_host_cpu_seconds());
    cox_json_put_int(&json, "peak_bytes", territory_host_peak());
    cox_json_end_object(&json);
    return cox_json_done(&json, reterr);
}

enum cox_rc territory_run_centers(struct cox_cli *cli, struct cox_err *reterr)
{
    struct area_run run = {.workspace = NULL};
    const char *out = cox_cli_value(cli, "out");
    int64_t count, seed;
    double tol, effort;
    enum cox_rc rc;

    COX_TRY(cox_cli_int(cli, "count", 1, COX_TERRITORY_UNIT_MAX, 1, &count, reterr));
    COX_TRY(cox_cli_int(cli, "seed", 0, INT64_MAX, 1, &seed, reterr));
    COX_TRY(territory_real(cli, "work-tol", 5, &tol, reterr));
    COX_TRY(territory_real(cli, "effort", 1, &effort, reterr));
    COX_TRY(load_units(cli, &run, reterr));
    run.area.load_min = run.area.capacity != NULL ? 0 : run.total / (double)count * (1 - tol / 100);
    run.area.load_max = run.total / (double)count * (1 + tol / 100);
    COX_TRY(prepare(cli, &run, (size_t)count, reterr));
    rc = cox_territory_centers(&run.area, (uint64_t)seed, effort, &run.host.host, run.workspace,
        run.workspace_size, &run.areas, reterr);
    territory_host_done(&run.host);
    COX_TRY(rc);
    if (out != NULL) {
        COX_TRY(write_centers(&run, out, reterr));
    }
    return tell_centers(cli, &run, reterr);
}

struct size_out {
    struct cox_cli *cli;
    struct cox_json json;
};

static void put_size(void *ctx, const struct cox_territory_size *size)
{
    struct size_out *out = ctx;

    if (!out->cli->is_json) {
        fprintf(out->cli->out, "%6zu  %12.0f  %10.0f  %7.1f %%  %14.0f  %s\n", size->rep_count,
            size->travel_km, size->travel_hours, 100 * size->use, size->cost,
            size->is_balanced ? "" : "not balanced");
        return;
    }
    cox_json_begin_object(&out->json);
    cox_json_put_int(&out->json, "reps", (int64_t)size->rep_count);
    cox_json_put_real(&out->json, "travel_km", size->travel_km);
    cox_json_put_real(&out->json, "travel_hours", size->travel_hours);
    cox_json_put_real(&out->json, "work_hours", size->work_hours);
    cox_json_put_real(&out->json, "use_pct", 100 * size->use);
    cox_json_put_real(&out->json, "cost", size->cost);
    cox_json_put_bool(&out->json, "is_balanced", size->is_balanced);
    cox_json_end_object(&out->json);
}

static enum cox_rc read_sizing(struct cox_cli *cli, struct cox_territory_sizing *ret_sizing,
    struct cox_err *reterr)
{
    int64_t from, to;
    double tol;

    COX_TRY(cox_cli_int(cli, "from", 1, COX_TERRITORY_UNIT_MAX, 1, &from, reterr));
    COX_TRY(cox_cli_int(cli, "to", from, COX_TERRITORY_UNIT_MAX, from, &to, reterr));
    COX_TRY(territory_real(cli, "hours", 1600, &ret_sizing->hours_per_rep, reterr));
    COX_TRY(territory_real(cli, "speed", 60, &ret_sizing->km_per_hour, reterr));
    COX_TRY(territory_real(cli, "detour", 2.6, &ret_sizing->detour, reterr));
    COX_TRY(territory_real(cli, "rep-cost", 0, &ret_sizing->cost_per_rep, reterr));
    COX_TRY(territory_real(cli, "km-cost", 0, &ret_sizing->cost_per_km, reterr));
    COX_TRY(territory_real(cli, "work-tol", 10, &tol, reterr));
    ret_sizing->rep_min = (size_t)from;
    ret_sizing->rep_max = (size_t)to;
    ret_sizing->tolerance = tol / 100;
    return COX_OK;
}

enum cox_rc territory_run_size(struct cox_cli *cli, struct cox_err *reterr)
{
    struct area_run run = {.workspace = NULL};
    struct cox_territory_sizing sizing;
    struct cox_territory_size best;
    struct size_out out = {.cli = cli};
    int64_t seed;
    enum cox_rc rc;

    COX_TRY(cox_cli_int(cli, "seed", 0, INT64_MAX, 1, &seed, reterr));
    COX_TRY(read_sizing(cli, &sizing, reterr));
    COX_TRY(load_units(cli, &run, reterr));
    COX_TRY(prepare(cli, &run, sizing.rep_max, reterr));
    if (cli->is_json) {
        cox_cli_json(cli, &out.json);
        cox_json_begin_array(&out.json);
    } else {
        fprintf(cli->out, "%6s  %12s  %10s  %9s  %14s\n", "reps", "travel km", "hours", "in use",
            "cost");
    }
    rc = cox_territory_size_up(&run.area, &sizing, (uint64_t)seed, &run.host.host, run.workspace,
        run.workspace_size, &run.areas, put_size, &out, &best, reterr);
    territory_host_done(&run.host);
    if (cli->is_json) {
        cox_json_end_array(&out.json);
        COX_TRY(cox_json_done(&out.json, rc == COX_OK ? reterr : NULL));
    }
    COX_TRY(rc);
    cox_cli_note(cli, "%zu reps cost least: %.1f %% of their hours in use", best.rep_count,
        100 * best.use);
    return COX_OK;
}
