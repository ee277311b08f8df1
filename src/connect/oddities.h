/*
 * connect/oddities.h: rows that are taken as they stand, but that somebody should look at: a deal that is
 * expected to close before it was created. Told in the report with their lines; nothing is refused.
 */
#ifndef COX_CONNECT_ODDITIES_H
#define COX_CONNECT_ODDITIES_H

#include "connect/prepare.h"

enum cox_odd {
    COX_ODD_CLOSE_BEFORE_CREATED,
    COX_ODD_CLOSED_IN_FUTURE,
    COX_ODD_FAR_DAY,
    COX_ODD_NEGATIVE_AMOUNT,
    COX_ODD_COUNT
};
enum { COX_ODD_LINES = 5 };

struct cox_oddities {
    int64_t count[COX_ODD_COUNT];
    int64_t lines[COX_ODD_COUNT][COX_ODD_LINES]; /* the first of them */
};

/* Looks at a row that was saved. today: in the company's zone. */
void cox_oddities_look(const struct cox_job *job, const struct cox_prepared *row, int64_t today,
    struct cox_oddities *oddities);

/* One line a kind into the file's report. */
void cox_oddities_tell(const struct cox_job *job, const struct cox_oddities *oddities);

#endif
