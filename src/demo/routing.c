/*
 * demo/routing.c: two rules of lead routing, with the reps who get leads by them, and the leads of the last weeks
 * as the rules have given them out: answered, but for the newest.
 */
#include "sales/routing.h"

#include <stdlib.h>

#include "base/num.h"
#include "demo/write.h"
#include "sales/lead.h"
#include "sales/routing_pick.h"

enum { RULES = 2, SEATS_MAX = 12, LEADS = 70, DAYS = 42, WAITING_DAYS = 6, RESPOND_MIN = 240 };

static const struct {
    const char *name, *condition;
} rules[RULES] = {
    {"North America", "country=in.(\"United States\",Canada)"},
    {"Everywhere else", NULL},
};

struct routing {
    struct demo_writer *writer;
    int64_t ids[RULES];
    struct cox_turn turns[RULES][SEATS_MAX];
    size_t counts[RULES];
    int64_t weights[RULES];
    int64_t decided[RULES][LEADS];
    size_t decided_counts[RULES];
    int64_t instants[LEADS]; /* rising: turns are taken in order of time */
};

static enum cox_rc put_rule(struct cox_call *call, struct routing *routing, int at, int64_t from_us,
    struct cox_err *reterr)
{
    struct cox_routing_rule rule;

    cox_struct_init(&cox_routing_rule, &rule);
    rule.name = cox_text_of(rules[at].name);
    rule.position = at + 1;
    rule.is_active = 1;
    rule.condition = cox_text_of(rules[at].condition);
    rule.method = COX_ROUND_ROBIN;
    rule.at_work = 0;
    rule.respond_min = RESPOND_MIN;
    return demo_put(call, &cox_routing_rule, &rule, from_us, &routing->ids[at], reterr);
}

/* Every third seat sells to North America. */
static enum cox_rc put_member(struct cox_call *call, struct routing *routing, int seat,
    int64_t from_us, struct cox_err *reterr)
{
    const struct demo_plan *plan = routing->writer->plan;
    const struct demo_person *rep = demo_seat_on(plan, seat, plan->today);
    int rule = seat % 3 == 0 ? 0 : 1;
    struct cox_routing_member member;
    int64_t id;

    if (rep->seat != seat || rep->hire_day > plan->today - DAYS) {
        return COX_OK; /* the seat is empty, or the rep has only begun */
    }
    cox_struct_init(&cox_routing_member, &member);
    member.rule = routing->ids[rule];
    member.user = rep->id;
    member.weight = seat % 5 == 0 ? 2 : 1;
    routing->weights[rule] += member.weight;
    routing->turns[rule][routing->counts[rule]++] =
        (struct cox_turn){.user = rep->id, .weight = member.weight, .is_eligible = true};
    return demo_put(call, &cox_routing_member, &member, from_us, &id, reterr);
}

/* Whose turn it is, told as the program tells it. false: nobody gets leads by the rule. */
static bool route(struct cox_call *call, struct routing *routing, struct cox_lead *lead)
{
    bool is_home = cox_text_same(lead->country, COX_LIT("United States")) ||
                   cox_text_same(lead->country, COX_LIT("Canada"));
    int rule = is_home ? 0 : 1;
    size_t count = routing->decided_counts[rule], window = cox_turn_window(routing->weights[rule]);
    size_t from = count > window ? count - window : 0;
    int at = cox_turn_round_robin(routing->turns[rule], routing->counts[rule],
        routing->decided[rule] + from, count - from);

    if (at == COX_NO_TURN) {
        return false;
    }
    lead->owner = lead->routed_to = routing->turns[rule][at].user;
    lead->routing_rule = routing->ids[rule];
    routing->decided[rule][routing->decided_counts[rule]++] = lead->owner;
    lead->routed_why = cox_text_of(cox_arena_format(cox_call_arena(call),
        "%s\"%s\" is met, round robin among %zu", is_home ? "" : "\"North America\" is not met\n",
        rules[rule].name, routing->counts[rule]));
    return true;
}

static void make_instants(struct routing *routing)
{
    const struct demo_plan *plan = routing->writer->plan;
    struct cox_random random = cox_random_part(plan->opt->seed, UINT64_C(6) << 40);

    for (int64_t at = 0; at < LEADS; at++) {
        routing->instants[at] = demo_instant(&random, plan->today - DAYS + at * (DAYS - 3) / LEADS);
    }
    qsort(routing->instants, LEADS, sizeof(*routing->instants), cox_num_compare);
}

static enum cox_rc put_lead(struct cox_call *call, struct routing *routing, int64_t at,
    struct cox_err *reterr)
{
    const struct demo_plan *plan = routing->writer->plan;
    struct cox_random random = cox_random_part(plan->opt->seed, (UINT64_C(7) << 40) + (uint64_t)at);
    int64_t at_us[2] = {routing->instants[at], 0}, id;
    struct cox_lead versions[2];

    COX_TRY(demo_lead_make(&random, cox_call_arena(call), &versions[0], reterr));
    if (!route(call, routing, &versions[0])) {
        return COX_OK;
    }
    versions[0].routed_at = at_us[0];
    versions[0].respond_by = at_us[0] + RESPOND_MIN * 60 * COX_SECOND_US;
    versions[1] = versions[0];
    at_us[1] = at_us[0] + cox_random_range(&random, 5, 600) * 60 * COX_SECOND_US;
    versions[1].responded_at = at_us[1];
    versions[1].status = COX_LIT("Working");
    return demo_put_versions(call, &cox_lead, versions, at_us,
        at_us[1] < (plan->today - WAITING_DAYS) * COX_DAY_US ? 2 : 1, &id, reterr);
}

static enum cox_rc write_routing(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct routing routing = {.writer = ctx};
    const struct demo_plan *plan = routing.writer->plan;
    int64_t from_us = (plan->today - DAYS - 1) * COX_DAY_US;

    for (int at = 0; at < RULES; at++) {
        COX_TRY(put_rule(call, &routing, at, from_us, reterr));
    }
    for (int seat = 0; seat < plan->scale.seats && seat < SEATS_MAX; seat++) {
        COX_TRY(put_member(call, &routing, seat, from_us, reterr));
    }
    make_instants(&routing);
    for (int64_t at = 0; at < LEADS; at++) {
        COX_TRY(put_lead(call, &routing, at, reterr));
    }
    return COX_OK;
}

enum cox_rc demo_write_routing(struct demo_writer *writer, struct cox_err *reterr)
{
    return demo_write(writer, NULL, write_routing, writer, reterr);
}
