/*
 * sales/routing_pick.h: whose turn it is. Pure: from the last decisions of a rule alone, so a decision can be
 * replayed at any time and gives the same answer.
 */
#ifndef COX_SALES_ROUTING_PICK_H
#define COX_SALES_ROUTING_PICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cox_turn {
    int64_t user;
    int64_t weight;   /* 1..100: a share of the turns */
    bool is_eligible; /* may be chosen now; the others only keep their place */
    int64_t load;     /* open leads: for the least loaded alone */
    int64_t today;    /* leads of that day: the caller's own */
    double pass;      /* the picker's own */
};

enum { COX_NO_TURN = -1 };

/* How many of the last decisions are looked at, by the sum of all weights: a few rounds say where everybody
 * stands. */
size_t cox_turn_window(int64_t weight_sum);

/*
 * Weighted round robin by stride scheduling (Waldspurger and Weihl, 1995): each turn moves its user on by
 * 1 / weight, and the one furthest behind is next; ties go to the earlier in the list. Somebody who was
 * away, or is new, joins where the others are: nobody is flooded to catch up.
 * decided: users of the rule's last decisions, oldest first; those who are no longer in turns are passed over.
 * Returns a position in turns, COX_NO_TURN when nobody is eligible.
 */
int cox_turn_round_robin(struct cox_turn *turns, size_t count, const int64_t *decided,
    size_t decided_count);

/* The eligible one with the smallest load / weight; ties by the round robin. */
int cox_turn_least_loaded(struct cox_turn *turns, size_t count, const int64_t *decided,
    size_t decided_count);

#endif
