/* leader/talks.h: who needs a 1:1 and why, and one's own next one, as sections of the brief. */
#ifndef COX_LEADER_TALKS_H
#define COX_LEADER_TALKS_H

#include "sales/brief.h"

/* The people a leader's brief is about; in the call's arena. */
struct cox_crew {
    const struct cox_person **at;
    size_t count;
};

/* Those below the person on the day; for the operator everybody who works here. */
enum cox_rc cox_crew_load(struct cox_brief *brief, struct cox_crew *ret_crew,
    struct cox_err *reterr) COX_NODISCARD;

/*
 * "one_on_ones": those who report to the person, and those below with whom there are talks. last: the
 * newest COX_TALKS_SHOWN talks, oldest first, as letters: h held, m missed, c cancelled. Whoever
 * needs one most comes first; the reasons are in words. usual_days: middle gap of
 * the held ones; agreed_days: of the rhythm the two have agreed (leader/coaching.h).
 */
enum { COX_TALKS_SHOWN = 8 };
enum cox_rc cox_talks_add(struct cox_brief *brief, struct cox_err *reterr) COX_NODISCARD;

/* "next_one_on_one": a rep's next planned talk with its agenda, and when the last was held. */
enum cox_rc cox_next_talk_add(struct cox_brief *brief, struct cox_err *reterr) COX_NODISCARD;

#endif
