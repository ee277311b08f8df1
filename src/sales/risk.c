/* sales/risk.c: what speaks for an open deal not moving. */
#include "sales/risk.h"

#include "record/record.h"

const char *const cox_risk_reasons[COX_RISK_COUNT] = {"stage_age", "past_close", "no_next_step",
    "next_step_overdue", "quiet", "pushed"};

static void add(struct cox_risk *risk, enum cox_risk_reason reason, int64_t days)
{
    risk->reasons |= 1U << reason;
    risk->days[reason] = days;
}

struct cox_risk cox_risk_judge(const struct cox_risk_facts *facts)
{
    int64_t last =
        facts->last_activity_day != COX_NULL ? facts->last_activity_day : facts->created_day;
    int64_t age = facts->stage_day == COX_NULL ? 0 : facts->day - facts->stage_day;
    struct cox_risk risk = {0};
    int weak;

    if (facts->usual_days != COX_NULL && age > facts->usual_days) {
        add(&risk, COX_RISK_STAGE_AGE, age);
    }
    if (facts->close_day != COX_NULL && facts->close_day < facts->day) {
        add(&risk, COX_RISK_PAST_CLOSE, facts->day - facts->close_day);
    }
    if (!facts->has_next_step) {
        add(&risk, COX_RISK_NO_NEXT_STEP, 0);
    } else if (facts->next_step_day != COX_NULL && facts->next_step_day < facts->day) {
        add(&risk, COX_RISK_STEP_OVERDUE, facts->day - facts->next_step_day);
    }
    if (last != COX_NULL && facts->day - last > COX_RISK_QUIET_DAYS) {
        add(&risk, COX_RISK_QUIET, facts->day - last);
    }
    if (facts->push_count >= COX_RISK_PUSHES) {
        add(&risk, COX_RISK_PUSHED, facts->push_count);
    }
    weak = cox_risk_has(&risk, COX_RISK_NO_NEXT_STEP) + cox_risk_has(&risk, COX_RISK_STEP_OVERDUE) +
           cox_risk_has(&risk, COX_RISK_QUIET);
    risk.is_at_risk = cox_risk_has(&risk, COX_RISK_STAGE_AGE) ||
                      cox_risk_has(&risk, COX_RISK_PAST_CLOSE) || weak > 1;
    return risk;
}
