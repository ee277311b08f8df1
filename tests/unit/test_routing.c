/*
 * Lead routing: turns are fair and nobody is flooded; working time to the minute, over holidays and moved
 * clocks; the first rule that is met and has somebody free decides, the same again when replayed; the clock of
 * the first answer.
 */
#include "base/random.h"
#include "base/zone.h"
#include "firm.h"
#include "org/calendar.h"
#include "org/duty.h"
#include "org/people.h"
#include "sales/activity.h"
#include "sales/lead.h"
#include "sales/routing.h"
#include "sales/routing_pick.h"

#define MINUTE_US (60 * COX_SECOND_US)

/* ---- turns ---- */

enum { PEOPLE = 5, TURNS = 1500 };

static void test_turns_are_fair(void **state)
{
    struct cox_random random;
    int64_t decided[TURNS];

    (void)state;
    cox_random_init(&random, 7);
    for (int round = 0; round < 50; round++) {
        struct cox_turn turns[PEOPLE] = {0};
        int64_t weights = 0, got[PEOPLE] = {0};

        for (int i = 0; i < PEOPLE; i++) {
            turns[i] = (struct cox_turn){.user = 100 + i,
                .weight = 1 + (int64_t)cox_random_below(&random, 5),
                .is_eligible = true};
            weights += turns[i].weight;
        }
        for (int i = 0; i < 20 * weights; i++) {
            int at = cox_turn_round_robin(turns, PEOPLE, decided, (size_t)i);
            assert_in_range(at, 0, PEOPLE - 1);
            decided[i] = turns[at].user;
            got[at]++;
        }
        for (int i = 0; i < PEOPLE; i++) {
            assert_true(llabs(got[i] - 20 * turns[i].weight) <= 1);
        }
    }
}

/* The last few decisions are enough: turns known from a window of them stay as fair. */
static void test_a_window_is_enough(void **state)
{
    int64_t decided[TURNS], got[3] = {0};
    struct cox_turn turns[3] = {{.user = 1, .weight = 3, .is_eligible = true},
        {.user = 2, .weight = 2, .is_eligible = true},
        {.user = 3, .weight = 1, .is_eligible = true}};

    (void)state;
    for (size_t i = 0; i < 1200; i++) {
        size_t from = i > 24 ? i - 24 : 0;
        int at = cox_turn_round_robin(turns, 3, decided + from, i - from);
        decided[i] = turns[at].user;
        got[at]++;
    }
    assert_in_range(got[0], 590, 610);
    assert_in_range(got[1], 392, 408);
    assert_in_range(got[2], 192, 208);
}

static void test_who_was_away_is_not_flooded(void **state)
{
    int64_t decided[TURNS], got[3] = {0};
    struct cox_turn turns[3] = {{.user = 1, .weight = 1, .is_eligible = true},
        {.user = 2, .weight = 1, .is_eligible = true}, {.user = 3, .weight = 1}};

    (void)state;
    for (size_t i = 0; i < 160; i++) {
        int at;
        turns[2].is_eligible = i >= 100; /* away for a hundred turns */
        at = cox_turn_round_robin(turns, 3, decided, i);
        decided[i] = turns[at].user;
        got[at] += i >= 100 ? 1 : 0;
    }
    for (int i = 0; i < 3; i++) {
        assert_in_range(got[i], 19, 21);
    }
    turns[0].is_eligible = turns[1].is_eligible = turns[2].is_eligible = false;
    assert_int_equal(cox_turn_round_robin(turns, 3, decided, 160), COX_NO_TURN);
    assert_int_equal(cox_turn_least_loaded(turns, 3, decided, 160), COX_NO_TURN);
}

static void test_the_least_loaded(void **state)
{
    struct cox_turn turns[3] = {{.user = 1, .weight = 1, .is_eligible = true, .load = 4},
        {.user = 2, .weight = 2, .is_eligible = true, .load = 6},
        {.user = 3, .weight = 1, .is_eligible = true, .load = 3}};
    const int64_t decided[] = {2};

    (void)state;
    assert_int_equal(cox_turn_least_loaded(turns, 3, decided, 1),
        2); /* 4, 3, 3: 2 has just had one */
}

/* ---- working time ---- */

static int64_t at(const struct cox_zone *zone, int64_t day, int hour, int minute)
{
    return cox_zone_instant(zone, day * COX_DAY_US + (hour * 60 + minute) * MINUTE_US);
}

static void test_working_time(void **state)
{
    static const struct cox_duty_span spans[] = {{1, 540, 720}, {1, 780, 1020}, {2, 540, 1020},
        {3, 540, 1020}, {4, 540, 1020}, {5, 540, 1020}, {7, 60, 240}};
    const int64_t monday = cox_day_ymd(2026, 5, 18), holidays[] = {monday + 2};
    struct cox_duty duty = {.zone = cox_zone_utc(),
        .spans = spans,
        .span_count = COX_COUNT(spans),
        .holidays = holidays,
        .holiday_count = 1};
    const struct cox_zone *utc = duty.zone, *berlin;
    struct cox_arena *arena = cox_arena_open(1 << 20);
    struct cox_err err;

    (void)state;
    assert_true(cox_duty_is_on(&duty, at(utc, monday, 9, 0)));
    assert_false(cox_duty_is_on(&duty, at(utc, monday, 12, 0)));
    assert_false(cox_duty_is_on(&duty, at(utc, monday + 2, 10, 0)));
    assert_int_equal(cox_duty_add(&duty, at(utc, monday, 11, 50), 20), at(utc, monday, 13, 10));
    assert_int_equal(cox_duty_add(&duty, at(utc, monday, 16, 0), 60), at(utc, monday, 17, 0));
    assert_int_equal(cox_duty_add(&duty, at(utc, monday, 17, 0), 0), at(utc, monday + 1, 9, 0));
    assert_int_equal(cox_duty_add(&duty, at(utc, monday + 1, 16, 30), 60),
        at(utc, monday + 3, 9, 30)); /* over the holiday */
    assert_int_equal(
        cox_duty_between(&duty, at(utc, monday + 1, 16, 30), at(utc, monday + 3, 9, 30)), 60);
    assert_int_equal(cox_duty_between(&duty, at(utc, monday, 18, 0), at(utc, monday, 9, 0)), 0);
    for (int64_t minutes = 0; minutes < 3000; minutes += 37) { /* the one undoes the other */
        int64_t from_us = at(utc, monday, 8, 13) + minutes * MINUTE_US * 3;
        assert_int_equal(cox_duty_between(&duty, from_us, cox_duty_add(&duty, from_us, minutes)),
            minutes);
    }
    if (cox_zone_open(COX_LIT("Europe/Berlin"), arena, &berlin, &err) == COX_OK) {
        const int64_t sunday = cox_day_ymd(2026, 3, 29); /* 02:00 is 03:00 there */
        duty.zone = berlin;
        assert_int_equal(
            cox_duty_between(&duty, at(berlin, sunday, 0, 0), at(berlin, sunday, 9, 0)), 120);
        assert_int_equal(cox_duty_add(&duty, at(berlin, sunday, 0, 0), 90),
            at(berlin, sunday, 3, 30));
    }
    duty.span_count = 0;
    assert_int_equal(cox_duty_add(&duty, at(utc, monday, 9, 0), 1), COX_NULL);
    cox_arena_close(arena);
}

/* ---- decisions ---- */

static int64_t make_rule(struct firm *f, const char *name, int position, const char *condition,
    int64_t method, int64_t respond_min)
{
    struct cox_routing_rule rule;
    int64_t id;

    cox_struct_init(&cox_routing_rule, &rule);
    rule.name = cox_text_of(name);
    rule.position = position;
    rule.condition = cox_text_of(condition);
    rule.method = method;
    rule.respond_min = respond_min;
    OK(firm_create(f, firm_operator, COX_CAUSE_UI, &cox_routing_rule, &rule, &id));
    return id;
}

static int64_t make_member(struct firm *f, int64_t rule, int64_t user, int64_t open_max)
{
    struct cox_routing_member member;
    int64_t id;

    cox_struct_init(&cox_routing_member, &member);
    member.rule = rule;
    member.user = user;
    member.open_max = open_max;
    OK(firm_create(f, firm_operator, COX_CAUSE_UI, &cox_routing_member, &member, &id));
    return id;
}

static enum cox_rc try_lead(struct firm *f, struct cox_actor actor, const char *company,
    const char *country, int64_t employees, int64_t *ret_id)
{
    struct cox_lead lead;

    cox_struct_init(&cox_lead, &lead);
    lead.company = cox_text_of(company);
    lead.country = cox_text_of(country);
    lead.employees = employees;
    return firm_create(f, actor, COX_CAUSE_API, &cox_lead, &lead, ret_id);
}

static struct cox_lead make_lead(struct firm *f, const char *company, const char *country,
    int64_t employees)
{
    struct cox_lead lead;
    int64_t id;

    f->now_us += MINUTE_US;
    OK(try_lead(f, firm_operator, company, country, employees, &id));
    OK(firm_load(f, firm_operator, (struct cox_as_of){0}, &cox_lead, id, &lead));
    return lead;
}

static void assert_why(const struct cox_lead *lead, const char *why)
{
    if (!cox_text_same(lead->routed_why, cox_text_of(why))) {
        fail_msg("why: %.*s", (int)lead->routed_why.size, lead->routed_why.ptr);
    }
}

struct replay {
    int64_t lead;
    struct cox_routing_decision decision;
};

static enum cox_rc replay(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct replay *r = ctx;
    struct cox_routing_rules rules;
    const struct cox_row *row;

    COX_TRY(cox_peek(call, &cox_lead, r->lead, &row, reterr));
    COX_TRY(cox_routing_rules_load(call, cox_call_arena(call), &rules, reterr));
    return cox_routing_decide(call, &rules, row, &r->decision, reterr);
}

static void test_rules_in_order(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ann = firm_user(f, "Ann", "ann@x.test"), ben = firm_user(f, "Ben", "ben@x.test"),
            cem = firm_user(f, "Cem", "cem@x.test");
    int64_t big =
        make_rule(f, "Large", 1, "country=in.(DE,AT)&employees=gte.200", COX_ROUND_ROBIN, COX_NULL);
    int64_t rest = make_rule(f, "Rest", 2, NULL, COX_ROUND_ROBIN, 60);
    struct cox_lead leads[6];
    const struct cox_lead *lead;

    make_member(f, big, ann, 2);
    make_member(f, rest, ben, COX_NULL);
    make_member(f, rest, cem, COX_NULL);
    leads[0] = make_lead(f, "A", "DE", 500);
    leads[1] = make_lead(f, "B", "DE", 20);
    leads[2] = make_lead(f, "C", "AT", 200);
    leads[3] = make_lead(f, "D", "FR", COX_NULL);
    leads[4] = make_lead(f, "E", "DE", 900); /* Ann has two open */
    leads[5] = make_lead(f, "F", NULL, 900);
    const int64_t owners[] = {ann, ben, ann, cem, ben, cem};
    for (size_t i = 0; i < COX_COUNT(owners); i++) {
        struct replay again = {leads[i].head.id, {0}};
        assert_int_equal(leads[i].owner, owners[i]);
        assert_int_equal(leads[i].routed_to, owners[i]);
        assert_true(i == 0 || leads[i].routed_at > leads[i - 1].routed_at);
        if (i != 2) { /* as of the decision Ann has two open ones, this one among them */
            OK(firm_read(f, firm_operator, (struct cox_as_of){leads[i].routed_at, 0}, replay,
                &again));
            assert_int_equal(again.decision.owner, owners[i]);
        }
    }
    assert_why(&leads[0], "\"Large\" is met, round robin among 1");
    assert_why(&leads[4],
        "\"Large\" is met, round robin among 1: 1 with as many open leads as allowed\n"
        "\"Rest\" is met, round robin among 2");
    lead = &leads[3];
    assert_int_equal(lead->routing_rule, rest);
    assert_int_equal(lead->respond_by, lead->routed_at + 60 * MINUTE_US);
    assert_true(leads[0].respond_by == COX_NULL);
}

static void test_nobody(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ann = firm_user(f, "Ann", "ann@x.test"), id, rule;
    struct cox_routing_rule broken;

    REFUSED(COX_INVALID, "owner", try_lead(f, firm_operator, "A", "DE", 5, &id));
    rule = make_rule(f, "Germans", 1, "country=eq.DE", COX_LEAST_LOADED, COX_NULL);
    REFUSED(COX_INVALID, "owner", try_lead(f, firm_operator, "A", "DE", 5, &id)); /* no people */
    make_member(f, rule, ann, COX_NULL);
    REFUSED(COX_INVALID, "owner", try_lead(f, firm_operator, "A", "FR", 5, &id));
    OK(try_lead(f, firm_operator, "A", "DE", 5, &id));
    OK(firm_change(f, firm_operator, &cox_user, ann, COX_USER_IS_ACTIVE, cox_int(0)));
    REFUSED(COX_INVALID, "owner", try_lead(f, firm_operator, "B", "DE", 5, &id));
    cox_struct_init(&cox_routing_rule, &broken);
    broken.name = COX_LIT("Broken");
    broken.position = 3;
    broken.condition = COX_LIT("colour=eq.red");
    REFUSED(COX_INVALID, "condition",
        firm_create(f, firm_operator, COX_CAUSE_UI, &cox_routing_rule, &broken, &id));
    REFUSED(COX_DENIED, "",
        firm_create(f, firm_actor(ann, COX_REP), COX_CAUSE_UI, &cox_routing_rule, &broken, &id));
}

/* What a rep may not see counts all the same: limits are the program's. */
static void test_limits_whoever_asks(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ann = firm_user(f, "Ann", "ann@x.test"), ben = firm_user(f, "Ben", "ben@x.test"),
            boss = firm_user(f, "Eva", "eva@x.test"), id;
    int64_t rule = make_rule(f, "All", 1, NULL, COX_LEAST_LOADED, COX_NULL);
    struct cox_lead lead;

    firm_line(f, ann, boss);
    firm_line(f, ben, boss);
    make_member(f, rule, ben, 2);
    make_member(f, rule, ann, COX_NULL);
    make_lead(f, "A", "DE", 1);
    make_lead(f, "B", "DE", 1);
    make_lead(f, "C", "DE", 1);
    make_lead(f, "D", "DE", 1);
    OK(try_lead(f, firm_actor(boss, COX_MANAGER), "E", "DE", 1, &id));
    OK(firm_load(f, firm_operator, (struct cox_as_of){0}, &cox_lead, id, &lead));
    assert_int_equal(lead.owner, ann); /* two each, and Ben is full */
    OK(try_lead(f, firm_actor(ben, COX_REP), "F", "DE", 1,
        &id)); /* handed over by whoever has it */
    assert_int_equal(
        firm_load(f, firm_actor(ben, COX_REP), (struct cox_as_of){0}, &cox_lead, id, &lead),
        COX_MISSING);
    assert_why(&lead,
        "\"All\" is met, fewest open leads of 2: 1 with as many open leads as allowed");
}

static void test_first_answer(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ann = firm_user(f, "Ann", "ann@x.test"), id;
    struct cox_actor rep = firm_actor(ann, COX_REP);
    int64_t rule = make_rule(f, "All", 1, NULL, COX_ROUND_ROBIN, 30);
    struct cox_lead called, opened;
    struct cox_activity call;
    int64_t answered_us;

    make_member(f, rule, ann, COX_NULL);
    called = make_lead(f, "A", "DE", 1);
    opened = make_lead(f, "B", "DE", 1);
    f->now_us += 10 * MINUTE_US;
    cox_struct_init(&cox_activity, &call);
    call.kind = COX_ACTIVITY_NOTE;
    call.subject = COX_LIT("Looks good");
    call.owner = ann;
    call.lead = called.head.id;
    OK(firm_create(f, rep, COX_CAUSE_UI, &cox_activity, &call, &id));
    OK(firm_load(f, rep, (struct cox_as_of){0}, &cox_lead, called.head.id, &called));
    assert_true(called.responded_at == COX_NULL); /* a note is no answer */
    call.kind = COX_ACTIVITY_CALL;
    call.is_done = 1;
    OK(firm_create(f, rep, COX_CAUSE_UI, &cox_activity, &call, &id));
    OK(firm_load(f, rep, (struct cox_as_of){0}, &cox_lead, called.head.id, &called));
    answered_us = called.responded_at;
    assert_true(answered_us > called.routed_at + 10 * MINUTE_US);
    OK(firm_create(f, rep, COX_CAUSE_UI, &cox_activity, &call, &id));
    OK(firm_change(f, rep, &cox_lead, opened.head.id, COX_LEAD_STATUS,
        cox_text_value(COX_LIT("Working"))));
    OK(firm_load(f, rep, (struct cox_as_of){0}, &cox_lead, called.head.id, &called));
    OK(firm_load(f, rep, (struct cox_as_of){0}, &cox_lead, opened.head.id, &opened));
    assert_int_equal(called.responded_at, answered_us); /* the first one stays */
    assert_true(opened.responded_at > answered_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns_are_fair),
        cmocka_unit_test(test_a_window_is_enough),
        cmocka_unit_test(test_who_was_away_is_not_flooded),
        cmocka_unit_test(test_the_least_loaded),
        cmocka_unit_test(test_working_time),
        BOTH(test_rules_in_order),
        BOTH(test_nobody),
        BOTH(test_limits_whoever_asks),
        BOTH(test_first_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
