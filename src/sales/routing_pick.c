/* sales/routing_pick.c: whose turn it is. */
#include "sales/routing_pick.h"

size_t cox_turn_window(int64_t weight_sum)
{
    enum { LEAST = 20, MOST = 400, ROUNDS = 4 };
    int64_t wanted = ROUNDS * weight_sum;

    return wanted < LEAST ? LEAST : wanted > MOST ? MOST : (size_t)wanted;
}

static int find(const struct cox_turn *turns, size_t count, int64_t user)
{
    for (size_t i = 0; i < count; i++) {
        if (turns[i].user == user) {
            return (int)i;
        }
    }
    return COX_NO_TURN;
}

/*
 * Passes after the decisions. Who is chosen while behind the pass of the turn before was away or new: that
 * one is first brought to where the others are, so a missed turn is not made up for.
 */
static double replay(struct cox_turn *turns, size_t count, const int64_t *decided,
    size_t decided_count)
{
    double now = 0;

    for (size_t i = 0; i < count; i++) {
        turns[i].pass = 0;
    }
    for (size_t i = 0; i < decided_count; i++) {
        int at = find(turns, count, decided[i]);
        struct cox_turn *turn = at == COX_NO_TURN ? NULL : &turns[at];

        if (turn == NULL) {
            continue;
        }
        turn->pass = turn->pass < now ? now : turn->pass;
        now = turn->pass;
        turn->pass += 1.0 / (double)turn->weight;
    }
    return now;
}

int cox_turn_round_robin(struct cox_turn *turns, size_t count, const int64_t *decided,
    size_t decided_count)
{
    double now = replay(turns, count, decided, decided_count);
    int next = COX_NO_TURN;

    for (size_t i = 0; i < count; i++) {
        turns[i].pass = turns[i].pass < now ? now : turns[i].pass;
        if (turns[i].is_eligible && (next == COX_NO_TURN || turns[i].pass < turns[next].pass)) {
            next = (int)i;
        }
    }
    return next;
}

int cox_turn_least_loaded(struct cox_turn *turns, size_t count, const int64_t *decided,
    size_t decided_count)
{
    double least = 0;
    int next = COX_NO_TURN;

    for (size_t i = 0; i < count; i++) {
        double load = (double)turns[i].load / (double)turns[i].weight;

        if (turns[i].is_eligible && (next == COX_NO_TURN || load < least)) {
            least = load;
            next = (int)i;
        }
    }
    for (size_t i = 0; i < count; i++) {
        turns[i].is_eligible =
            turns[i].is_eligible && (double)turns[i].load / (double)turns[i].weight <= least;
    }
    return next == COX_NO_TURN ? next : cox_turn_round_robin(turns, count, decided, decided_count);
}
