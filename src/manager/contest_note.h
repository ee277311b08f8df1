/*
 * manager/contest_note.h: what to look at before a prize is handed over: deals entered as won on the day they
 * were created, and deals that were won when results were taken and are not any more.
 */
#ifndef COX_MANAGER_CONTEST_NOTE_H
#define COX_MANAGER_CONTEST_NOTE_H

#include "base/fiscal.h"
#include "record/record.h"

struct cox_contest_note {
    int64_t user;
    int64_t same_day_count, reopened_count;
};

/* Deals won in a span; in an arena. */
struct cox_contest_wins {
    struct cox_contest_win {
        int64_t id, owner;
        bool is_same_day;
    } * at;
    size_t count, room;
};

/* As the program's call reads; ascending by deal. */
enum cox_rc cox_contest_wins_read(struct cox_call *call, struct cox_arena *arena,
    struct cox_span period, struct cox_contest_wins *ret_wins,
    struct cox_err *reterr) COX_NODISCARD;

/* then: what counted; now: as things are (NULL: the same). Of one owner. */
struct cox_contest_note cox_contest_note_of(const struct cox_contest_wins *then,
    const struct cox_contest_wins *now, int64_t user);

#endif
