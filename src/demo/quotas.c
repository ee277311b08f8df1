/* demo/quotas.c: a revenue quota for every rep and team in every quarter. */
#include <math.h>

#include "base/fiscal.h"
#include "demo/write.h"
#include "sales/quota.h"

static const struct demo_person *rep_of(const struct demo_plan *plan, int seat,
    struct cox_span span)
{
    const struct demo_person *person = demo_seat_on(plan, seat, (span.from_day + span.to_day) / 2);

    return person->seat == seat ? person : NULL; /* the seat is empty: no quota */
}

/* What the seat brings on average, ramped for a newcomer, in hundreds of euros. */
static int64_t target_of(const struct demo_plan *plan, const struct demo_person *rep,
    struct cox_span span)
{
    double deals = (double)plan->scale.deals / ((double)plan->scale.seats * 4 * DEMO_YEARS);
    double amount = DEMO_AMOUNT_MEDIAN * exp(DEMO_AMOUNT_SIGMA * DEMO_AMOUNT_SIGMA / 2);
    double target = deals * amount * DEMO_QUOTA_FACTOR * demo_ramp(rep, span.to_day);

    return (int64_t)nearbyint(target / 100) * 100 * 100;
}

static enum cox_rc put_quota(struct cox_call *call, const struct demo_plan *plan, int64_t user,
    int64_t team, struct cox_span span, int64_t amount, struct cox_err *reterr)
{
    int64_t set_day = span.from_day - 14 > plan->start_day ? span.from_day - 14 : plan->start_day;
    struct cox_quota quota;
    int64_t id;

    cox_struct_init(&cox_quota, &quota);
    quota.user = user;
    quota.team = team;
    quota.measure = COX_MEASURE_REVENUE;
    quota.from_day = span.from_day;
    quota.to_day = span.to_day;
    quota.amount = amount;
    return demo_put(call, &cox_quota, &quota, set_day * COX_DAY_US + COX_DAY_US / 2, &id, reterr);
}

static enum cox_rc write_quarter(struct demo_writer *writer, struct cox_call *call,
    struct cox_span span, struct cox_err *reterr)
{
    const struct demo_plan *plan = writer->plan;
    int64_t *sums = COX_NEW_ARRAY(cox_call_arena(call), (size_t)plan->scale.teams, int64_t);

    if (sums == NULL) {
        return cox_no_memory(reterr);
    }
    for (int seat = 0; seat < plan->scale.seats; seat++) {
        const struct demo_person *rep = rep_of(plan, seat, span);
        int64_t target;

        if (rep == NULL) {
            continue;
        }
        target = target_of(plan, rep, span);
        sums[demo_team_on(plan, seat, span.from_day)] += target;
        COX_TRY(put_quota(call, plan, rep->id, COX_NULL, span, target, reterr));
        writer->report->quotas++;
    }
    for (int team = 0; team < plan->scale.teams; team++) {
        COX_TRY(put_quota(call, plan, plan->people[plan->teams[team].manager].id,
            plan->teams[team].id, span, sums[team] / 100 * 95, reterr));
        writer->report->quotas++;
    }
    return COX_OK;
}

static enum cox_rc write_quotas(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct demo_writer *writer = (struct demo_writer *)ctx;
    const struct cox_fiscal fiscal = {.start_month = 1};
    int64_t day = writer->plan->start_day;

    writer->report->quotas = 0;
    while (day < writer->plan->today) {
        struct cox_span span = cox_fiscal_find(&fiscal, day).quarter_span;

        COX_TRY(write_quarter(writer, call, span, reterr));
        day = span.to_day;
    }
    return COX_OK;
}

enum cox_rc demo_write_quotas(struct demo_writer *writer, struct cox_err *reterr)
{
    return demo_write(writer, NULL, write_quotas, writer, reterr);
}
