/* kernel/match/draw_plan.c: plans near the optimum, and one of them by lot. */
#include "kernel/match/draw_plan.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "kernel/match/blossom.h"

enum {
    FINE = 4096, /* steps of shaking within one point of score */
    STRONGEST = 8,
};

struct draw {
    const struct cox_match_ask *ask;
    size_t place_count;
    int64_t *shaken;     /* row_count * col_count */
    uint32_t *place_col; /* by place; peers: not used */
    uint32_t *place;     /* of the plan at hand */
    void *solver;
};

/* ---- the question ---- */

static size_t places_of(const struct cox_match_ask *ask)
{
    size_t count = 0;

    if (ask->is_peers || ask->capacity == NULL) {
        return ask->col_count;
    }
    for (size_t col = 0; col < ask->col_count && count <= COX_MATCH_PEOPLE_MAX; col++) {
        count += ask->capacity[col] < ask->row_count ? ask->capacity[col] : ask->row_count;
    }
    return count;
}

static size_t solver_size(const struct cox_match_ask *ask)
{
    return ask->is_peers ? cox_peers_workspace_size(ask->row_count)
                         : cox_assign_workspace_size(ask->row_count, places_of(ask));
}

static size_t rounded(size_t size)
{
    return (size + 7) / 8 * 8;
}

size_t cox_match_workspace_size(const struct cox_match_ask *ask)
{
    return ask->row_count * ask->col_count * sizeof(int64_t) +
           rounded((places_of(ask) + ask->row_count) * sizeof(uint32_t)) + solver_size(ask);
}

static enum cox_rc check(const struct cox_match_ask *ask, struct cox_err *reterr)
{
    if (!(ask->epsilon >= 0 && ask->epsilon <= 0.2)) {
        return cox_fail_at(reterr, COX_INVALID, "epsilon", 0, "from 0 to 0.2");
    }
    if (ask->plan_count < 1 || ask->plan_count > COX_MATCH_PLANS_MAX) {
        return cox_fail_at(reterr, COX_INVALID, "plan_count", 0, "from 1 to %d",
            COX_MATCH_PLANS_MAX);
    }
    if (ask->is_peers && (ask->col_count != ask->row_count || ask->capacity != NULL)) {
        return cox_fail_at(reterr, COX_INVALID, "capacity", 0,
            "peers are one group, in pairs of two");
    }
    if (ask->row_count > (ask->is_peers ? (size_t)COX_PEERS_MAX : COX_MATCH_PEOPLE_MAX) ||
        places_of(ask) > COX_MATCH_PEOPLE_MAX) {
        return cox_fail_at(reterr, COX_TOO_LARGE, "score", 0, "too many people for one draw");
    }
    for (size_t i = 0; i < ask->row_count * ask->col_count; i++) {
        int64_t score = ask->score[i];

        if (score != COX_MATCH_FORBIDDEN &&
            (score > COX_MATCH_POINTS_MAX || score < -COX_MATCH_POINTS_MAX)) {
            return cox_fail_at(reterr, COX_INVALID, "score", (int64_t)(i / ask->col_count) + 1,
                "out of range");
        }
    }
    return COX_OK;
}

static struct draw lay_out(const struct cox_match_ask *ask, void *workspace)
{
    struct draw draw = {.ask = ask, .place_count = places_of(ask)};
    size_t at = 0;

    draw.shaken = (int64_t *)workspace;
    draw.place_col = (uint32_t *)(draw.shaken + ask->row_count * ask->col_count);
    draw.place = draw.place_col + draw.place_count;
    draw.solver =
        (char *)draw.place_col + rounded((draw.place_count + ask->row_count) * sizeof(uint32_t));
    for (size_t col = 0; col < ask->col_count; col++) {
        size_t capacity = ask->is_peers || ask->capacity == NULL ? 1
                          : ask->capacity[col] < ask->row_count  ? ask->capacity[col]
                                                                 : ask->row_count;

        for (size_t i = 0; i < capacity; i++) {
            draw.place_col[at++] = (uint32_t)col;
        }
    }
    return draw;
}

/* ---- one plan ---- */

static void shake(struct draw *draw, int64_t strength, struct cox_random *random)
{
    const struct cox_match_ask *ask = draw->ask;

    for (size_t i = 0; i < ask->row_count * ask->col_count; i++) {
        draw->shaken[i] = ask->score[i];
        if (ask->score[i] != COX_MATCH_FORBIDDEN) {
            draw->shaken[i] =
                ask->score[i] * FINE + (int64_t)cox_random_below(random, (uint64_t)strength + 1);
        }
    }
}

static enum cox_rc solve(struct draw *draw, uint32_t *plan, struct cox_match_value *ret_value,
    struct cox_err *reterr)
{
    const struct cox_match_ask *ask = draw->ask;
    const struct cox_assign assign = {ask->row_count, draw->place_count, draw->shaken,
        ask->col_count, draw->place_col};

    if (ask->is_peers) {
        return cox_peers_solve(draw->shaken, ask->row_count, draw->solver, plan, ret_value, reterr);
    }
    COX_TRY(cox_assign_solve(&assign, draw->solver, draw->place, ret_value, reterr));
    for (size_t row = 0; row < ask->row_count; row++) {
        plan[row] = draw->place[row] == COX_MATCH_NOBODY ? COX_MATCH_NOBODY
                                                         : draw->place_col[draw->place[row]];
    }
    return COX_OK;
}

/* By the scores as asked. */
static int64_t worth(const struct cox_match_ask *ask, const uint32_t *plan)
{
    int64_t sum = 0;

    for (size_t row = 0; row < ask->row_count; row++) {
        if (plan[row] != COX_MATCH_NOBODY && (!ask->is_peers || plan[row] > row)) {
            sum += ask->score[row * ask->col_count + plan[row]];
        }
    }
    return sum;
}

/* A plan within the allowance, shaken as strongly as it bears. */
static enum cox_rc near_plan(struct draw *draw, const struct cox_match_value *best,
    struct cox_random random, uint32_t *plan, struct cox_err *reterr)
{
    double allowance = draw->ask->epsilon * fabs((double)best->score);
    size_t pairs = best->pair_count > 0 ? best->pair_count : 1;
    int64_t least = (int64_t)(allowance * FINE / (double)pairs);

    for (int64_t strength = STRONGEST;; strength /= 2) {
        struct cox_match_value value;
        int64_t full = least * strength;

        full = full > COX_MATCH_SCORE_MAX / 10 ? COX_MATCH_SCORE_MAX / 10 : full;
        shake(draw, full, &random);
        COX_TRY(solve(draw, plan, &value, reterr));
        if (strength == 1 || (double)worth(draw->ask, plan) >= (double)best->score - allowance) {
            return COX_OK;
        }
    }
}

/* ---- the list ---- */

static void count_chances(const struct cox_match_ask *ask, const uint32_t *plans,
    double *ret_chance)
{
    memset(ret_chance, 0, ask->row_count * ask->col_count * sizeof(*ret_chance));
    for (size_t i = 0; i < ask->plan_count * ask->row_count; i++) {
        if (plans[i] != COX_MATCH_NOBODY) {
            ret_chance[i % ask->row_count * ask->col_count + plans[i]] += 1;
        }
    }
    for (size_t i = 0; i < ask->row_count * ask->col_count; i++) {
        ret_chance[i] /= (double)ask->plan_count;
    }
}

static size_t count_distinct(const struct cox_match_ask *ask, const uint32_t *plans)
{
    size_t size = ask->row_count * sizeof(*plans), count = 0;

    for (size_t i = 0; i < ask->plan_count; i++) {
        size_t j = 0;

        while (j < i && memcmp(plans + i * ask->row_count, plans + j * ask->row_count, size) != 0) {
            j++;
        }
        count += j == i;
    }
    return count;
}

enum cox_rc cox_match_draw(const struct cox_match_ask *ask, void *workspace, uint32_t *ret_plan,
    double *ret_chance, struct cox_match_drawn *ret_drawn, struct cox_err *reterr)
{
    struct cox_match_drawn drawn = {0};
    struct cox_random random = cox_random_part(ask->seed, 0);
    struct draw draw;

    COX_TRY(check(ask, reterr));
    draw = lay_out(ask, workspace);
    shake(&draw, 0, &random);
    COX_TRY(solve(&draw, ret_plan, &drawn.best, reterr));
    drawn.best.score = worth(ask, ret_plan);
    if (drawn.best.bound != INT64_MAX) { /* whole points: the part below one proves the point */
        drawn.best.bound = (int64_t)floor((double)drawn.best.bound / FINE);
    }
    for (size_t i = 1; i < ask->plan_count; i++) {
        COX_TRY(near_plan(&draw, &drawn.best, cox_random_part(ask->seed, i),
            ret_plan + i * ask->row_count, reterr));
    }
    random = cox_random_part(ask->seed, COX_MATCH_PLANS_MAX);
    drawn.chosen = (size_t)cox_random_below(&random, ask->plan_count);
    drawn.chosen_score = worth(ask, ret_plan + drawn.chosen * ask->row_count);
    drawn.least_score = drawn.best.score;
    for (size_t i = 0; i < ask->plan_count; i++) {
        int64_t score = worth(ask, ret_plan + i * ask->row_count);

        drawn.least_score = score < drawn.least_score ? score : drawn.least_score;
    }
    drawn.distinct_count = count_distinct(ask, ret_plan);
    count_chances(ask, ret_plan, ret_chance);
    *ret_drawn = drawn;
    return COX_OK;
}
