/*
 * kernel/match/assign.h: who goes with whom where the two sides differ (newcomers and mentors): the
 * exact best assignment. Whole numbers throughout, so that the optimum is one number and proved.
 *
 * First as many pairs as the forbidden ones allow, then the largest sum of scores. Shortest augmenting
 * paths with prices on both sides; when it ends, the prices prove that no plan is better.
 * Sources: H. Kuhn, "The Hungarian method", 1955; R. Jonker, A. Volgenant, "A shortest augmenting path
 * algorithm for dense and sparse linear assignment problems", Computing 38, 1987.
 */
#ifndef COX_KERNEL_MATCH_ASSIGN_H
#define COX_KERNEL_MATCH_ASSIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A pair that must not be. */
#define COX_MATCH_FORBIDDEN INT64_MIN
/* Scores lie within +- this, in any unit. */
#define COX_MATCH_SCORE_MAX INT64_C(5000000000)
/* In place of a partner. */
#define COX_MATCH_NOBODY UINT32_MAX

enum { COX_MATCH_PEOPLE_MAX = 1000 }; /* on a side */

/* Caller's arrays. */
struct cox_assign {
    size_t row_count, place_count;
    const int64_t *score; /* row * col_count + col */
    size_t col_count;
    const uint32_t *place_col; /* column of each place: a column may take several; NULL: one each */
};

struct cox_match_value {
    size_t pair_count;
    int64_t score; /* sum over the pairs */
    int64_t
        bound; /* no plan with as many pairs has more: equal to score where it is proved optimal */
};

/* Bytes, aligned as for int64_t. */
size_t cox_assign_workspace_size(size_t row_count, size_t place_count);

/*
 * ret_place has row_count elements: the place of each row, or COX_MATCH_NOBODY. The same input gives
 * the same answer. Nothing is written on failure.
 * Cost: O(row_count^2 * max(row_count, place_count)).
 * Errors: COX_INVALID names "score" and the row, or "place_col"; COX_TOO_LARGE above
 * COX_MATCH_PEOPLE_MAX on a side.
 * Checks: brute force for small sizes; the prices for every size; transposition; scale.
 */
enum cox_rc cox_assign_solve(const struct cox_assign *assign, void *workspace, uint32_t *ret_place,
    struct cox_match_value *ret_value, struct cox_err *reterr) COX_NODISCARD;

#endif
