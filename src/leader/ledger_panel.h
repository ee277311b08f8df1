/*
 * leader/ledger_panel.h: the figures that a coach's ledger is judged by: those of the people coached, and of everybody in
 * the company who sells and leads nobody. Read as the program; nothing of anybody leaves but sums over all.
 */
#ifndef COX_LEADER_LEDGER_PANEL_H
#define COX_LEADER_LEDGER_PANEL_H

#include "leader/coaching.h"
#include "leader/ledger_effect.h"
#include "leader/months.h"

/* Of one of the coach's line, out of the sessions of the two, which the coach alone may read. */
struct cox_ledger_person {
    int64_t user, session_count, minutes, rating_sum, rating_count, first_day; /* COX_NULL: none */
    int64_t early_count, early_rating_sum, early_rating_count; /* of the first half year of it */
    int64_t kinds[COX_COACHING_KIND_COUNT];
    bool leads; /* others report to this person: own deals are not what coaching leaders is for */
    struct cox_text name;
};

struct cox_ledger_panel {
    /* Given: */
    struct cox_books *books;
    struct cox_ledger_person *people; /* leads is set here */
    size_t count;
    int64_t day;
    /* Found: */
    int64_t from_day, to_day; /* to_day: first after */
    size_t outside_count;     /* people from outside of the line among those who are compared */
    struct cox_ledger_effect effects[COX_MONTH_OUTCOME_COUNT];
    struct cox_ledger_factors factors[COX_MONTH_OUTCOME_COUNT];
};

/*
 * In a read of the program's. People from outside of the line come in when there are at least COX_LEDGER_OUTSIDE of
 * them; sessions that others have held are in nobody's sight here, so it is compared with what is usual.
 * A month counts for a person who has been here for a year and was here all of it.
 */
enum { COX_LEDGER_OUTSIDE = 5 };
enum cox_rc cox_ledger_panel_judge(struct cox_call *call, struct cox_ledger_panel *panel,
    struct cox_err *reterr) COX_NODISCARD;

#endif
