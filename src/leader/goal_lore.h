/* leader/goal_lore.h: what the deals teach about those still open and those to come. For leader/goal_*.c. */
#ifndef COX_LEADER_GOAL_LORE_H
#define COX_LEADER_GOAL_LORE_H

#include "kernel/forecast/hazard.h"
#include "leader/goals.h"
#include "sales/book.h"

/* Filled when the first result needs it. Once it is, cox_goal_lore_close gives the book back. */
struct cox_goal_lore {
    struct cox_call *call;
    struct cox_books *books;
    struct cox_goals *goals;
    const struct cox_book_generation *generation; /* NULL: not filled */
    struct cox_book book;                         /* its stages as they were at the instant */
    struct cox_hazard hazard;
    struct cox_seasons seasons;
    double *scratch;
};

void cox_goal_lore_close(struct cox_goal_lore *lore);

/*
 * Chance that what the result's people win by the goal's end, in money or in deals, is at least target (minor units,
 * or deals; > 0), of which so_far is won: ret's chance of that, and the ends of the interval of 80 %. By the daily
 * hazards of all deals of two years (hazard.h), each open deal by its age, and deals still to come.
 */
struct cox_goal_ahead {
    double chance, low, high;
    bool is_thin; /* too few deals have closed: nothing else is set */
};
enum cox_rc cox_goal_deals_ahead(struct cox_goal_lore *lore, const struct cox_goal_result *result,
    bool of_money, double so_far, double target, struct cox_goal_ahead *ret_ahead,
    struct cox_err *reterr) COX_NODISCARD;

#endif
