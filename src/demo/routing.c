/* demo/routing.c: two rules of lead routing, with the reps who get leads by them. */
#include "sales/routing.h"

#include <string.h>

#include "demo/write.h"

enum { SEATS_MAX = 18 };

static const struct {
    const char *name, *condition;
} rules[] = {
    {"North America", "country=in.(\"United States\",Canada)"},
    {"Everywhere else", NULL},
};

int demo_rule_of(const char *country)
{
    return strcmp(country, "United States") == 0 || strcmp(country, "Canada") == 0 ? 0 : 1;
}

static enum cox_rc put_rule(struct cox_call *call, struct demo_writer *writer, int at,
    int64_t from_us, struct cox_err *reterr)
{
    struct cox_routing_rule rule;

    cox_struct_init(&cox_routing_rule, &rule);
    rule.name = cox_text_of(rules[at].name);
    rule.position = at + 1;
    rule.is_active = 1;
    rule.condition = cox_text_of(rules[at].condition);
    rule.method = COX_ROUND_ROBIN;
    rule.at_work = at == 0;
    rule.respond_min = DEMO_RESPOND_MIN;
    return demo_put(call, &cox_routing_rule, &rule, from_us, &writer->rules[at], reterr);
}

/* Every third seat sells to North America. */
static enum cox_rc put_member(struct cox_call *call, const struct demo_writer *writer, int seat,
    int64_t from_us, struct cox_err *reterr)
{
    const struct demo_person *rep = demo_seat_on(writer->plan, seat, writer->plan->today);
    struct cox_routing_member member;
    int64_t id;

    if (rep->seat != seat) {
        return COX_OK; /* the seat is empty */
    }
    cox_struct_init(&cox_routing_member, &member);
    member.rule = writer->rules[seat % 3 == 0 ? 0 : 1];
    member.user = rep->id;
    member.weight = seat % 5 == 0 ? 2 : 1;
    member.day_max = seat % 4 == 0 ? 5 : COX_NULL;
    return demo_put(call, &cox_routing_member, &member, from_us, &id, reterr);
}

static enum cox_rc write_rules(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct demo_writer *writer = ctx;
    int64_t from_us = (writer->plan->today - DEMO_ROUTED_DAYS) * COX_DAY_US;

    for (int at = 0; at < (int)COX_COUNT(rules); at++) {
        COX_TRY(put_rule(call, writer, at, from_us, reterr));
    }
    for (int seat = 0; seat < writer->plan->scale.seats && seat < SEATS_MAX; seat++) {
        COX_TRY(put_member(call, writer, seat, from_us, reterr));
    }
    return COX_OK;
}

enum cox_rc demo_write_routing(struct demo_writer *writer, struct cox_err *reterr)
{
    return demo_write(writer, NULL, write_rules, writer, reterr);
}
