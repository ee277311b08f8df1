/*
 * kernel/territory/contiguity.h: a plan with fixed homes made connected on a neighbour graph: what
 * hangs together with the home's side stays, orphans go to neighbours, then only moves that keep
 * every territory in one piece win back cost and balance.
 */
#ifndef COX_KERNEL_TERRITORY_CONTIGUITY_H
#define COX_KERNEL_TERRITORY_CONTIGUITY_H

#include "kernel/territory/host.h"
#include "kernel/territory/problem.h"

struct cox_territory_graph {
    const size_t *edge_start; /* account_count + 1 */
    const uint32_t *edge_to;  /* each edge both ways */
};

size_t cox_territory_connect_workspace_size(const struct cox_territory_problem *problem);

/*
 * Changes plan in place. ret_component_max: components of the territory that has most; 1 unless the
 * graph itself, fixed accounts or skills forbid it. Balance may suffer: measure the plan again. Fixed accounts do not
 * move. Deterministic for a seed. Errors: COX_INVALID for an edge to no account, a plan with a rep
 * that does not exist, a workspace too small. O(rounds * n * size of a territory) at worst.
 */
enum cox_rc cox_territory_connect(const struct cox_territory_problem *problem,
    const struct cox_territory_graph *graph, uint64_t seed, const struct cox_territory_host *host,
    void *workspace, size_t workspace_size, uint32_t *plan, size_t *ret_component_max,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * Why no connected plan can hold, where the graph falls apart: more parts than reps with a share, or
 * a part with less work or potential than any rep must have. ret_reason stays as it is and COX_OK is
 * returned when neither is so, which proves nothing. Else COX_INVALID with an account of the part.
 */
enum cox_rc cox_territory_connect_reason(const struct cox_territory_problem *problem,
    const struct cox_territory_graph *graph, void *workspace, size_t workspace_size,
    struct cox_err *ret_reason);

#endif
