/* sales/risk.h: what speaks for an open deal not moving. One rule for the home page, the API and reports. */
#ifndef COX_SALES_RISK_H
#define COX_SALES_RISK_H

#include <stdbool.h>
#include <stdint.h>

enum {
    COX_RISK_QUIET_DAYS = 21, /* no activity for longer is a reason */
    COX_RISK_PUSHES = 2,      /* close day moved back so often or more is told */
};

enum cox_risk_reason {
    COX_RISK_STAGE_AGE,    /* longer in its stage than four in five won deals took */
    COX_RISK_PAST_CLOSE,   /* the expected day is over */
    COX_RISK_NO_NEXT_STEP, /* none is written down */
    COX_RISK_STEP_OVERDUE, /* its day is over */
    COX_RISK_QUIET,        /* nothing done for COX_RISK_QUIET_DAYS */
    COX_RISK_PUSHED,       /* told, but decides nothing */
    COX_RISK_COUNT
};
extern const char *const cox_risk_reasons[COX_RISK_COUNT];

/* COX_NULL where there is none. */
struct cox_risk_facts {
    int64_t day; /* of the judgement */
    int64_t stage_day, usual_days, close_day, created_day, last_activity_day, next_step_day;
    bool has_next_step;
    uint32_t push_count;
};

struct cox_risk {
    unsigned reasons;             /* bit 1 << reason */
    int64_t days[COX_RISK_COUNT]; /* how long; of PUSHED how often */
    bool is_at_risk;              /* a strong reason (the first two), or two weak ones */
};

struct cox_risk cox_risk_judge(const struct cox_risk_facts *facts);

static inline bool cox_risk_has(const struct cox_risk *risk, enum cox_risk_reason reason)
{
    return (risk->reasons >> reason & 1U) != 0;
}

#endif
