/* kernel/territory/reason.h: why no plan can keep all the rules, said in the smallest terms found. */
#ifndef COX_KERNEL_TERRITORY_REASON_H
#define COX_KERNEL_TERRITORY_REASON_H

#include "kernel/territory/problem.h"

/*
 * True when a reason was found; ret_reason then has rc COX_CONFLICT, field and row (account or rep).
 * Looks, in this order, for: an account nobody may serve; a fixed account whose owner lacks a skill;
 * an account larger than the upper bound of every rep who may serve it; fixed accounts that fill a
 * rep past the bound; accounts wanting some skills with more load than the reps with these skills may
 * carry; reps that cannot reach their lower bound (a Hall condition for each set of skills wanted).
 * False does not prove a plan exists. O(n * k) at worst, usually O(n).
 */
bool cox_territory_reason(const struct cox_territory_problem *problem, struct cox_err *ret_reason);

#endif
