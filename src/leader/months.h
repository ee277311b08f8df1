/*
 * leader/months.h: what people brought and did in each of the last whole months: the panel out of which it is said what
 * coaching or a programme has done.
 */
#ifndef COX_LEADER_MONTHS_H
#define COX_LEADER_MONTHS_H

#include "sales/measure.h"

enum { COX_MONTH_COUNT = 24 };

enum cox_month_outcome {
    COX_MONTH_WON,
    COX_MONTH_WON_COUNT,
    COX_MONTH_CREATED_COUNT,
    COX_MONTH_ACTIVITIES,
    COX_MONTH_OUTCOME_COUNT
};

struct cox_month_label {
    const char *name, *unit;
    const char *is; /* what people do ("behaviour"), or what comes of it ("result") */
};
extern const struct cox_month_label cox_month_labels[COX_MONTH_OUTCOME_COUNT];

struct cox_month_person {
    int64_t user, hire_day, leave_day;
};

struct cox_months {
    int64_t first[COX_MONTH_COUNT + 1]; /* first days; the last: of this month, which is not over */
    /* [person * COX_MONTH_COUNT + month]; NaN: not here all the month. Money in units of the company's currency. */
    double *figures[COX_MONTH_OUTCOME_COUNT];
};

/* The days alone, up to the month before the call's day. */
void cox_months_begin(struct cox_call *call, struct cox_months *ret_months);

/* Which month a day is in: 0 also before the first; COX_MONTH_COUNT: this month or later. */
size_t cox_month_of(const struct cox_months *months, int64_t day);

/* The figures, as far as the call's actor sees them; in the call's arena. cox_months_begin comes first. */
enum cox_rc cox_months_read(struct cox_call *call, struct cox_books *books,
    const struct cox_month_person *people, size_t count, struct cox_months *months,
    struct cox_err *reterr) COX_NODISCARD;

#endif
