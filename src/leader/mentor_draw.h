/*
 * leader/mentor_draw.h: the pairs of a programme, drawn by lot near the best (kernel/match/draw_plan.h), and the wave
 * in which each begins. Nobody can draw until it suits: the seed is the programme's own from its first day, so that
 * the same people give the same pairs.
 */
#ifndef COX_LEADER_MENTOR_DRAW_H
#define COX_LEADER_MENTOR_DRAW_H

#include "kernel/match/draw_plan.h"
#include "kernel/match/rules.h"
#include "leader/mentor.h"

/*
 * Points of a pair: what one wants the other offers 1,000; a skill of the same hat 300; neither has said
 * anything 100; else 50. Of peers both directions are added.
 */
enum {
    COX_MENTOR_POINTS_SAME = 1000,
    COX_MENTOR_POINTS_HAT = 300,
    COX_MENTOR_POINTS_ANY = 100,
    COX_MENTOR_POINTS_OTHER = 50,
    COX_MENTOR_PLANS = 50,    /* in the list that is drawn from */
    COX_MENTOR_SIDE_MAX = 200 /* people on a side; more are refused */
};

struct cox_drawn_pair {
    int64_t mentor, mentee, skill; /* users; skill COX_NULL: none in common */
    int64_t score, wave, start_day;
    double chance; /* of this pair under the list */
};

/* Everything lives in the call's arena. */
struct cox_mentor_draw {
    struct cox_programme programme;
    struct cox_drawn_pair *pairs;
    size_t pair_count;
    int64_t *alone; /* users for whom there was nobody */
    size_t alone_count, member_count;
    struct cox_match_drawn
        drawn; /* gap: best.score - chosen_score; proved: best.bound == best.score */
    size_t plan_count;
    size_t why[COX_MATCH_WHY_COUNT]; /* pairs that must not be, by reason */
    uint64_t digest;                 /* of the pairs and waves: the same again, or not */
};

/*
 * As the actor, who must run the programme (else COX_DENIED); as of today.
 * Errors: COX_MISSING; COX_TOO_LARGE; COX_CONFLICT when nobody can be paired.
 */
enum cox_rc cox_mentor_draw(struct cox_call *call, int64_t programme,
    struct cox_mentor_draw *ret_draw, struct cox_err *reterr) COX_NODISCARD;

/* Makes the pairs, in a write; the programme keeps seed, score and bound. COX_CONFLICT: drawn already. */
enum cox_rc cox_mentor_make_pairs(struct cox_call *call, const struct cox_mentor_draw *draw,
    struct cox_err *reterr) COX_NODISCARD;

#endif
