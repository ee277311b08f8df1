/*
 * kernel/match/blossom.h: who goes with whom within one group (peer meetings): the exact best pairs.
 *
 * First as many pairs as the forbidden ones allow, then the largest sum of scores. Whole numbers; when
 * it ends, the labels of people and of odd groups prove that no set of pairs is better.
 * Sources: J. Edmonds, "Maximum matching and a polyhedron with 0,1-vertices", 1965; Z. Galil,
 * "Efficient algorithms for finding maximum matching in graphs", ACM Computing Surveys 18, 1986.
 */
#ifndef COX_KERNEL_MATCH_BLOSSOM_H
#define COX_KERNEL_MATCH_BLOSSOM_H

#include "kernel/match/assign.h"

enum { COX_PEERS_MAX = 500 };

/* Bytes, aligned as for int64_t. */
size_t cox_peers_workspace_size(size_t count);

/*
 * score: count * count; of a pair (a < b) score[a * count + b] is read, COX_MATCH_FORBIDDEN: must not
 * be. ret_peer has count elements: the other of the pair, or COX_MATCH_NOBODY. The same input gives
 * the same answer. Nothing is written on failure. Cost: O(count^3).
 * Errors: COX_INVALID names "score" and the row; COX_TOO_LARGE above COX_PEERS_MAX.
 * Checks: all pairings for small groups; the labels for every size; permutation.
 */
enum cox_rc cox_peers_solve(const int64_t *score, size_t count, void *workspace, uint32_t *ret_peer,
    struct cox_match_value *ret_value, struct cox_err *reterr) COX_NODISCARD;

#endif
