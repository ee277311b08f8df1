/* kernel/territory/contiguity.c: components, orphans, and why no connected plan can hold. */
#include "kernel/territory/contiguity.h"

#include <math.h>
#include <string.h>

#include "kernel/territory/desk.h"
#include "kernel/territory/weave.h"

static void weave_init(struct weave *weave, const struct cox_territory_problem *problem,
    struct desk *desk)
{
    size_t n = problem->account_count, k = problem->rep_count;

    *weave = (struct weave){.problem = problem};
    weave->queue = DESK_ARRAY(desk, n, uint32_t);
    weave->seen = DESK_ARRAY(desk, n, uint32_t);
    weave->load = DESK_ARRAY(desk, 2 * k, double);
    weave->target = DESK_ARRAY(desk, 2 * k, double);
    weave->core = DESK_ARRAY(desk, k, size_t);
    weave->core_at = DESK_ARRAY(desk, k, uint32_t);
    weave->stress = DESK_ARRAY(desk, 2 * k, double);
    weave->best = DESK_ARRAY(desk, n, uint32_t);
}

size_t cox_territory_connect_workspace_size(const struct cox_territory_problem *problem)
{
    struct desk desk = desk_open(NULL);
    struct weave weave;

    weave_init(&weave, problem, &desk);
    (void)DESK_ARRAY(&desk, problem->account_count, uint32_t); /* counted: see connect_reason */
    return desk_size(&desk);
}

void weave_loads(struct weave *weave)
{
    const struct cox_territory_problem *problem = weave->problem;
    const double *share[2] = {problem->share,
        problem->potential_share == NULL ? problem->share : problem->potential_share};

    memset(weave->load, 0, 2 * problem->rep_count * sizeof(*weave->load));
    for (int which = 0; which < 2; which++) {
        double total = 0, sum = 0;

        for (size_t i = 0; i < problem->account_count; i++) {
            weave->load[2 * weave->plan[i] + (size_t)which] += weave_weight(weave, i, which);
            total += weave_weight(weave, i, which);
        }
        for (size_t j = 0; j < problem->rep_count; j++) {
            sum += share[which][j];
        }
        for (size_t j = 0; j < problem->rep_count; j++) {
            weave->target[2 * j + (size_t)which] = total * share[which][j] / sum;
        }
    }
}

/* Walks the component of i within its territory, marking it with the present stamp. */
static size_t walk(struct weave *weave, uint32_t i)
{
    size_t from = 0, to = 0;

    weave->seen[i] = weave->stamp;
    weave->queue[to++] = i;
    for (; from < to; from++) {
        uint32_t at = weave->queue[from];

        for (size_t e = weave->graph->edge_start[at]; e < weave->graph->edge_start[at + 1]; e++) {
            uint32_t other = weave->graph->edge_to[e];

            if (weave->seen[other] != weave->stamp && weave->plan[other] == weave->plan[i]) {
                weave->seen[other] = weave->stamp;
                weave->queue[to++] = other;
            }
        }
    }
    return to;
}

/* The largest component of each territory; returns the most components of one. */
static size_t find_cores(struct weave *weave)
{
    size_t n = weave->problem->account_count, k = weave->problem->rep_count, most = 0;
    double *count = weave->load; /* filled anew afterwards */

    memset(weave->core, 0, k * sizeof(*weave->core));
    memset(count, 0, k * sizeof(*count));
    weave->stamp++;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t j = weave->plan[i];
        size_t size;

        if (weave->seen[i] == weave->stamp) {
            continue;
        }
        size = walk(weave, i);
        count[j]++;
        most = count[j] > (double)most ? (size_t)count[j] : most;
        if (size > weave->core[j]) {
            weave->core[j] = size;
            weave->core_at[j] = i;
        }
    }
    weave_loads(weave);
    return most;
}

/* The neighbouring core that may take i at least cost. */
static uint32_t adopter(const struct weave *weave, uint32_t i)
{
    double least = HUGE_VAL;
    uint32_t best = COX_TERRITORY_NONE;

    for (size_t e = weave->graph->edge_start[i]; e < weave->graph->edge_start[i + 1]; e++) {
        uint32_t other = weave->graph->edge_to[e], j = weave->plan[other];
        double cost = cox_territory_cost_km(weave->problem, i, j);

        if (weave->seen[other] == weave->stamp && cost < least &&
            cox_territory_may(weave->problem, i, j)) {
            least = cost;
            best = j;
        }
    }
    return best;
}

static void place_orphans(struct weave *weave)
{
    size_t n = weave->problem->account_count, placed = 1;

    (void)find_cores(weave); /* how many does not matter yet */
    weave->stamp++;
    for (size_t j = 0; j < weave->problem->rep_count; j++) {
        if (weave->core[j] > 0) {
            (void)walk(weave, weave->core_at[j]); /* marks the core */
        }
    }
    while (placed > 0) {
        placed = 0;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t to = weave->seen[i] == weave->stamp ? COX_TERRITORY_NONE : adopter(weave, i);

            if (to != COX_TERRITORY_NONE) {
                weave->plan[i] = to;
                weave->seen[i] = weave->stamp;
                placed++;
            }
        }
    }
    weave_loads(weave);
}

enum cox_rc cox_territory_connect(const struct cox_territory_problem *problem,
    const struct cox_territory_graph *graph, uint64_t seed, const struct cox_territory_host *host,
    void *workspace, size_t workspace_size, uint32_t *plan, size_t *ret_component_max,
    struct cox_err *reterr)
{
    struct desk desk = desk_open(workspace);
    struct weave weave;

    if (workspace == NULL || workspace_size < cox_territory_connect_workspace_size(problem)) {
        return cox_fail_at(reterr, COX_INVALID, "workspace_size", 0, "the workspace is too small");
    }
    for (size_t i = 0; i < problem->account_count; i++) {
        if (plan[i] >= problem->rep_count) {
            return cox_fail_at(reterr, COX_INVALID, "plan", (int64_t)i + 1, "there is no such rep");
        }
        for (size_t e = graph->edge_start[i]; e < graph->edge_start[i + 1]; e++) {
            if (graph->edge_to[e] >= problem->account_count) {
                return cox_fail_at(reterr, COX_INVALID, "edge_to", (int64_t)i + 1,
                    "there is no such account");
            }
        }
    }
    weave_init(&weave, problem, &desk);
    weave.graph = graph;
    weave.plan = plan;
    weave.state = seed * 0x9E3779B97F4A7C15U + 1;
    memset(weave.seen, 0, problem->account_count * sizeof(*weave.seen));
    place_orphans(&weave);
    weave_settle(&weave, host);
    *ret_component_max = find_cores(&weave);
    return COX_OK;
}

/* The least a rep with a share must have of work (0) or potential (1). */
static double least_load(const struct weave *weave, int which)
{
    const struct cox_territory_problem *problem = weave->problem;
    double tol = which == 0 ? problem->work_tol : problem->potential_tol, least = HUGE_VAL;

    for (size_t j = 0; j < problem->rep_count; j++) {
        if (problem->share[j] > 0) {
            least = fmin(least, weave->target[2 * j + (size_t)which] * (1 - tol));
        }
    }
    return least;
}

/* One part of the graph, from account i on: is it too small to be anybody's? */
static enum cox_rc check_part(struct weave *weave, uint32_t i, const double *least,
    struct cox_err *ret_reason)
{
    size_t size = walk(weave, i);

    for (int which = 0; which < 2; which++) {
        double total = 0;

        for (size_t at = 0; at < size; at++) {
            total += weave_weight(weave, weave->queue[at], which);
        }
        if (total < least[which] * (1 - 1e-9)) {
            return cox_fail_at(ret_reason, COX_INVALID, "neighbours", (int64_t)i + 1,
                "%zu accounts, this one among them, have no neighbours but each other and "
                "%.6g of %s; no rep may have less than %.6g",
                size, total, which == 0 ? "work" : "potential", least[which]);
        }
    }
    return COX_OK;
}

enum cox_rc cox_territory_connect_reason(const struct cox_territory_problem *problem,
    const struct cox_territory_graph *graph, void *workspace, size_t workspace_size,
    struct cox_err *ret_reason)
{
    struct desk desk = desk_open(workspace);
    size_t n = problem->account_count, parts = 0, reps = 0;
    struct weave weave;
    double least[2];

    if (workspace == NULL || workspace_size < cox_territory_connect_workspace_size(problem)) {
        return COX_OK;
    }
    weave_init(&weave, problem, &desk);
    weave.graph = graph;
    weave.plan = DESK_ARRAY(&desk, n, uint32_t); /* all in one territory: parts of the graph */
    memset(weave.plan, 0, n * sizeof(*weave.plan));
    memset(weave.seen, 0, n * sizeof(*weave.seen));
    weave.stamp = 1;
    weave_loads(&weave);
    for (int which = 0; which < 2; which++) {
        least[which] = least_load(&weave, which);
    }
    for (size_t j = 0; j < problem->rep_count; j++) {
        reps += problem->share[j] > 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (weave.seen[i] != weave.stamp) {
            parts++;
            COX_TRY(check_part(&weave, i, least, ret_reason));
        }
    }
    return parts <= reps
               ? COX_OK
               : cox_fail(ret_reason, COX_INVALID,
                     "the neighbour graph falls into %zu parts for %zu reps", parts, reps);
}
