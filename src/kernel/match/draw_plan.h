/*
 * kernel/match/draw_plan.h: pairs drawn by lot among plans near the optimum, so that a programme can
 * be judged afterwards: who was paired with whom is then partly chance, with chances that are known.
 *
 * A list of plans is made, each with as many pairs as the best one and at most epsilon of its score
 * less; one plan of the list is drawn, each with the same chance. The chance of a pair is the share
 * of plans in the list that have it: exactly, not an estimate, and a permutation test draws from the
 * same list again. Each plan is the exact optimum of scores shaken a little; where a strong shake
 * costs more than epsilon, it is halved; shaken by epsilon / pairs it never does.
 * Source: randomisation inference as in R. Fisher, "The Design of Experiments", 1935; the shaking is
 * "follow the perturbed leader" (A. Kalai, S. Vempala, JCSS 71, 2005) used to spread plans.
 */
#ifndef COX_KERNEL_MATCH_DRAW_PLAN_H
#define COX_KERNEL_MATCH_DRAW_PLAN_H

#include <stdbool.h>

#include "kernel/match/assign.h"

enum { COX_MATCH_PLANS_MAX = 1000, COX_MATCH_POINTS_MAX = 1000000 };

struct cox_match_ask {
    bool
        is_peers; /* pairs within one group: col_count == row_count, of a pair (a < b) [a][b] is read */
    size_t row_count, col_count;
    const int64_t *score;     /* row * col_count + col: +- COX_MATCH_POINTS_MAX, or forbidden */
    const uint32_t *capacity; /* by column: how many rows it takes; NULL: one each; not for peers */
    double epsilon;           /* share of the best score that chance may cost, 0..0.2 */
    size_t plan_count;        /* 1..COX_MATCH_PLANS_MAX; the first is the optimum itself */
    uint64_t seed;
};

struct cox_match_drawn {
    struct cox_match_value best; /* in the units of score; bound == score: proved */
    size_t chosen;               /* plan of the list */
    int64_t chosen_score, least_score;
    size_t distinct_count; /* different plans in the list */
};

/* Bytes, aligned as for int64_t. */
size_t cox_match_workspace_size(const struct cox_match_ask *ask);

/*
 * ret_plan[plan * row_count + row]: column (of peers: the other) or COX_MATCH_NOBODY. ret_chance
 * [row * col_count + col]: chance of the pair under the list. Same seed, same list, same draw.
 * Cost: plan_count (up to 4 times, where shaking was too strong) solutions of O(n^3).
 * Errors: COX_INVALID names "epsilon", "plan_count", "capacity", or "score" and the row; COX_TOO_LARGE
 * as assign.h and blossom.h; a column's capacity counts as so many people.
 */
enum cox_rc cox_match_draw(const struct cox_match_ask *ask, void *workspace, uint32_t *ret_plan,
    double *ret_chance, struct cox_match_drawn *ret_drawn, struct cox_err *reterr) COX_NODISCARD;

#endif
