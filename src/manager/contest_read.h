/*
 * manager/contest_read.h: standings out of the deals, for contests and leaderboards.
 *
 * Rights come in two steps, as with goals: whether there is a contest or leaderboard is read as the asker; its figures
 * are read as the program, over those whom its owner may put up. Whoever has chosen to stay off, now or at
 * the instant that is read, is left out before anything is counted, alone and within teams: what others are
 * shown is a function of the others' deals, so neither order, counts nor sums tell of the one who is not there.
 * Only the person is shown the own figure. Who has nothing yet is not listed either, so that a missing name
 * may mean either.
 */
#ifndef COX_MANAGER_CONTEST_READ_H
#define COX_MANAGER_CONTEST_READ_H

#include "manager/contest.h"
#include "manager/leaderboard.h"
#include "manager/standing.h"
#include "record/record.h"
#include "sales/measure.h"

/* Users, ascending. */
struct cox_standing_users {
    int64_t *at;
    size_t count, room;
};

struct cox_standing_ask {
    const struct cox_sales_measure *measure;
    struct cox_span period;
    enum cox_contest_among among;
    const int64_t *ids; /* users or teams that take part */
    size_t count;
    struct cox_standing_opt opt;
};

/* What a figure of the measure's sums is, money in major units. NaN: nothing to measure. */
double cox_standing_value(const struct cox_sales_measure *measure, double minor_per_unit,
    const int64_t sums[static COX_SUM_COUNT]);

/* Deals or activities behind the figure; of a figure behind which nothing is counted 1 where there is one. */
int64_t cox_standing_base(const struct cox_sales_measure *measure,
    const int64_t sums[static COX_SUM_COUNT]);

/* 100 for EUR. */
double cox_minor_per_unit(struct cox_call *call);

/* Who stays off as the call reads; call: the program's. Added to users, which stay ascending; in arena. */
enum cox_rc cox_standing_hidden(struct cox_call *call, struct cox_arena *arena,
    struct cox_standing_users *users, struct cox_err *reterr) COX_NODISCARD;

bool cox_standing_has(const struct cox_standing_users *users, int64_t user);

/*
 * The ranked lines, as of the program's call, in arena; who has nothing yet, and who is in hidden, is left out.
 */
enum cox_rc cox_standing_read(struct cox_call *call, struct cox_books *books,
    struct cox_arena *arena, const struct cox_standing_ask *ask,
    const struct cox_standing_users *hidden, struct cox_standing_line **ret_lines,
    size_t *ret_count, struct cox_err *reterr) COX_NODISCARD;

/* The question that a contest asks; of entries the users or teams, in arena. call: the program's. */
enum cox_rc cox_contest_ask(struct cox_call *call, struct cox_arena *arena, int64_t id,
    const struct cox_contest *contest, struct cox_standing_ask *ret_ask,
    struct cox_err *reterr) COX_NODISCARD;

/* Likewise a leaderboard's, with the period and the people of the call's instant. */
enum cox_rc cox_leaderboard_ask(struct cox_call *call, struct cox_arena *arena,
    const struct cox_leaderboard *board, struct cox_standing_ask *ret_ask,
    struct cox_err *reterr) COX_NODISCARD;

#endif
