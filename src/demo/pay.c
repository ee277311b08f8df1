/* demo/pay.c: what pay depends on in the invented company: one plan a year for those who sell and for who leads them. */
#include "demo/write.h"
#include "sales/pay_plan.h"

struct share {
    const char *measure;
    int64_t weight;
};

static enum cox_rc put_plan(struct cox_call *call, const struct demo_plan *plan, int year,
    enum cox_role role, const struct share *shares, struct cox_err *reterr)
{
    int64_t from = cox_day_ymd(year, 1, 1), id, part_id;
    int64_t at_us = (from < plan->start_day ? plan->start_day : from) * COX_DAY_US;
    struct cox_pay_plan pay;

    cox_struct_init(&cox_pay_plan, &pay);
    pay.name = cox_text_of(cox_arena_format(cox_call_arena(call), "%s %d",
        role == COX_REP ? "Sellers" : "Managers", year));
    pay.role = role;
    pay.from_day = from;
    pay.to_day = cox_day_ymd(year + 1, 1, 1);
    COX_TRY(demo_put(call, &cox_pay_plan, &pay, at_us, &id, reterr));
    for (size_t i = 0; shares[i].measure != NULL; i++) {
        struct cox_pay_part part;

        cox_struct_init(&cox_pay_part, &part);
        part.plan = id;
        part.measure = cox_text_of(shares[i].measure);
        part.weight = shares[i].weight;
        part.direction = COX_PAY_MORE;
        COX_TRY(demo_put(call, &cox_pay_part, &part, at_us, &part_id, reterr));
    }
    return COX_OK;
}

/* Managers are paid for new deals, while the region's goal is a better win rate: the page of goals tells. */
static enum cox_rc put_plans(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    static const struct share sellers[] = {{"attainment", 80}, {"meetings", 20}, {NULL, 0}};
    static const struct share managers[] = {{"won", 60}, {"created_count", 40}, {NULL, 0}};
    const struct demo_plan *plan = ctx;
    int first = cox_day_civil(plan->start_day).year, last = cox_day_civil(plan->today).year;

    for (int year = first; year <= last; year++) {
        COX_TRY(put_plan(call, plan, year, COX_REP, sellers, reterr));
        COX_TRY(put_plan(call, plan, year, COX_MANAGER, managers, reterr));
    }
    return COX_OK;
}

enum cox_rc demo_write_pay(struct demo_writer *writer, struct cox_err *reterr)
{
    return demo_write(writer, NULL, put_plans, writer->plan, reterr);
}
