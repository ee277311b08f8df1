/*
 * org/feed.h: one's own dates as an iCalendar file at a secret address. A feature says in a table which of its
 * records between people have a day; the file says when, and of what kind, and nothing of what is in them.
 */
#ifndef COX_ORG_FEED_H
#define COX_ORG_FEED_H

#include "record/feature.h"

/* A feature's .dated ends with {0}. Fields may be COX_NO_FIELD but for day. */
struct cox_dated {
    const struct cox_entity *entity; /* of people: it stands in the calendars of those it names */
    const char *title;               /* all that a calendar says of it: "1:1" */
    uint32_t day, starts, minutes;   /* DATE, INSTANT, INT */
    uint32_t state;                  /* a choice */
    unsigned cancelled;              /* 1u << choice: stands there as cancelled */
};

/*
 * For checks of such entities: the day follows the instant it starts at; who moves the day alone moves the instant
 * by as many days on the company's clock.
 */
void cox_dated_follow(struct cox_call *call, const struct cox_row *before, struct cox_row *after,
    uint32_t day, uint32_t starts);

extern const struct cox_feature cox_feature_feed;

#endif
