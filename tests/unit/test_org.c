/* Tests of org: people, lines and what rights follow from them, hats, calendar, rates. */
#include "firm.h"
#include "org/actor.h"
#include "org/calendar.h"
#include "org/currency.h"
#include "org/line.h"
#include "org/people.h"
#include "sales/account.h"

static const struct cox_as_of now = {0};

/* ---- people ---- */

static void test_a_user_has_a_name_and_one_address(void **state)
{
    struct firm *f = firm_of(state);
    struct cox_user user;
    int64_t id;

    cox_struct_init(&cox_user, &user);
    user.first_name = COX_LIT("Ayşe");
    user.last_name = COX_LIT("Çelik");
    user.email = COX_LIT("ayse@example.com");
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_user, &user, &id));
    OK(firm_load(f, firm_operator, now, &cox_user, id, &user));
    assert_true(cox_text_same(user.name, COX_LIT("Ayşe Çelik")));
    assert_int_equal(user.is_active, 1);

    user.name = COX_LIT("Another");
    user.email = COX_LIT("AYSE@example.com");
    assert_int_equal(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_user, &user, NULL),
        COX_CONFLICT);
    user.email = COX_LIT("no address");
    REFUSED(COX_INVALID, "email",
        firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_user, &user, NULL));
    user.email = COX_LIT("b@example.com");
    user.hire_day = 100;
    user.leave_day = 99;
    REFUSED(COX_INVALID, "leave_day",
        firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_user, &user, NULL));
    cox_struct_init(&cox_user, &user);
    REFUSED(COX_INVALID, "name",
        firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_user, &user, NULL));
}

static void test_only_administrators_change_people(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "ada@example.com");

    assert_int_equal(firm_change(f, firm_actor(ada, COX_REP), &cox_user, ada, COX_USER_NAME,
                         cox_text_value(COX_LIT("Eve"))),
        COX_DENIED);
    OK(firm_change(f, firm_actor(ada, COX_ADMIN), &cox_user, ada, COX_USER_NAME,
        cox_text_value(COX_LIT("Eve"))));
}

static void test_a_team_is_no_part_of_itself(void **state)
{
    struct firm *f = firm_of(state);
    int64_t north, branch;
    struct cox_team team;

    cox_struct_init(&cox_team, &team);
    team.name = COX_LIT("North");
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_team, &team, &north));
    team.name = COX_LIT("Branch");
    team.parent = north;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_team, &team, &branch));
    REFUSED(COX_INVALID, "parent",
        firm_change(f, firm_operator, &cox_team, north, COX_TEAM_PARENT, cox_int(branch)));
    OK(firm_change(f, firm_operator, &cox_team, north, COX_TEAM_TO_DAY, cox_int(100)));
    REFUSED(COX_INVALID, "to_day",
        firm_change(f, firm_operator, &cox_team, north, COX_TEAM_FROM_DAY, cox_int(100)));
}

/* ---- lines ---- */

static enum cox_rc add_line(struct firm *f, int64_t user, int64_t manager, int64_t from_day,
    int64_t to_day)
{
    struct cox_reporting_line line;

    cox_struct_init(&cox_reporting_line, &line);
    line.user = user;
    line.manager = manager;
    line.from_day = from_day;
    line.to_day = to_day;
    return firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_reporting_line, &line, NULL);
}

static void test_a_loop_is_refused_by_name(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "a@example.com"), ben = firm_user(f, "Ben", "b@example.com");
    int64_t cem = firm_user(f, "Cem", "c@example.com");

    OK(add_line(f, ada, ben, COX_NULL, COX_NULL));
    OK(add_line(f, ben, cem, COX_NULL, COX_NULL));
    REFUSED(COX_INVALID, "manager", add_line(f, cem, ada, COX_NULL, COX_NULL));
    assert_string_equal(f->err.text, "a loop: Cem reports to Ada reports to Ben reports to Cem");
    REFUSED(COX_INVALID, "manager", add_line(f, cem, cem, COX_NULL, COX_NULL));
    REFUSED(COX_INVALID, "from_day", add_line(f, ada, cem, 100, 200));
    REFUSED(COX_INVALID, "to_day", add_line(f, cem, ada, 200, 100));
}

static void test_two_may_lead_each_other_in_turn(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "a@example.com"), ben = firm_user(f, "Ben", "b@example.com");
    int64_t cem = firm_user(f, "Cem", "c@example.com");

    OK(add_line(f, ada, ben, COX_NULL, 1000));
    OK(add_line(f, ben, cem, COX_NULL, 500));
    OK(add_line(f, ben, ada, 1000, COX_NULL));
    /* Cem under Ada while Ada is under Ben is fine only after Ben left Cem. */
    REFUSED(COX_INVALID, "manager", add_line(f, cem, ada, 499, COX_NULL));
    OK(add_line(f, cem, ada, 500, COX_NULL));
}

struct below {
    int64_t leader, day;
    int64_t users[8];
    size_t count;
};

static enum cox_rc ask_below(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct below *below = ctx;
    const int64_t *users;

    COX_TRY(cox_line_below(call, below->leader, below->day, &users, &below->count, reterr));
    memcpy(below->users, users, below->count * sizeof(*users));
    return COX_OK;
}

static void test_rights_follow_the_line(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "a@example.com"), ben = firm_user(f, "Ben", "b@example.com");
    int64_t cem = firm_user(f, "Cem", "c@example.com");
    int64_t account = firm_account(f, "Fjällwerk AB", ada);
    struct below below = {.leader = cem, .day = FIRM_TODAY};
    struct cox_account row;

    assert_int_equal(firm_load(f, firm_actor(cem, COX_MANAGER), now, &cox_account, account, &row),
        COX_MISSING);
    OK(add_line(f, ada, ben, COX_NULL, FIRM_TODAY + 10));
    OK(add_line(f, ben, cem, COX_NULL, COX_NULL));
    OK(firm_load(f, firm_actor(cem, COX_MANAGER), now, &cox_account, account, &row));
    OK(firm_load(f, firm_actor(ada, COX_REP), now, &cox_account, account, &row));
    /* A rep reads own records, whoever reports to them. */
    assert_int_equal(firm_load(f, firm_actor(ben, COX_REP), now, &cox_account, account, &row),
        COX_MISSING);
    OK(firm_read(f, firm_operator, now, ask_below, &below));
    assert_int_equal(below.count, 2);
    assert_int_equal(below.users[0], ada);
    below.day = FIRM_TODAY + 10;
    OK(firm_read(f, firm_operator, now, ask_below, &below));
    assert_int_equal(below.count, 1);
    assert_int_equal(below.users[0], ben);

    f->now_us += 10 * COX_DAY_US; /* the line has ended: rights end with it */
    OK(firm_change(f, firm_operator, &cox_user, ada, COX_USER_TITLE,
        cox_text_value(COX_LIT("Rep"))));
    assert_int_equal(firm_load(f, firm_actor(cem, COX_MANAGER), now, &cox_account, account, &row),
        COX_MISSING);
}

/* ---- actors ---- */

struct who {
    const char *text;
    struct cox_actor actor;
};

static enum cox_rc ask_actor(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct who *who = ctx;

    return cox_actor_find(call, cox_text_of(who->text), FIRM_TODAY, &who->actor, reterr);
}

static void test_an_actor_wears_todays_hats(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "ada@example.com");
    struct who who = {.text = "ADA@example.com"};
    struct cox_hat hat;

    OK(firm_read(f, firm_operator, now, ask_actor, &who));
    assert_int_equal(who.actor.user_id, ada);
    assert_int_equal(who.actor.roles, COX_ROLE_BIT(COX_REP));

    cox_struct_init(&cox_hat, &hat);
    hat.user = ada;
    hat.role = COX_MANAGER;
    hat.to_day = FIRM_TODAY;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_hat, &hat, NULL));
    hat.role = COX_LEADER;
    hat.to_day = COX_NULL;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_hat, &hat, NULL));
    OK(firm_read(f, firm_operator, now, ask_actor, &who));
    assert_int_equal(who.actor.roles, COX_ROLE_BIT(COX_LEADER));

    who.text = "nobody@example.com";
    REFUSED(COX_MISSING, "user", firm_read(f, firm_operator, now, ask_actor, &who));
    OK(firm_change(f, firm_operator, &cox_user, ada, COX_USER_LEAVE_DAY, cox_int(FIRM_TODAY)));
    who.text = "ada@example.com";
    REFUSED(COX_DENIED, "user", firm_read(f, firm_operator, now, ask_actor, &who));
}

/* ---- calendar ---- */

struct fill {
    int64_t calendar;
    size_t count;
    struct cox_period_at quarter;
    struct cox_workweek week;
};

static enum cox_rc count_row(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    (void)row, (void)reterr;
    *(size_t *)ctx += 1;
    return COX_OK;
}

static enum cox_rc fill_years(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fill *fill = ctx;

    fill->count = 0;
    COX_TRY(cox_fiscal_fill(call, fill->calendar, 2026, 2027, reterr));
    return cox_each(call, &cox_period, NULL, count_row, &fill->count, reterr);
}

static enum cox_rc ask_calendar(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fill *fill = ctx;

    COX_TRY(cox_workweek_load(call, FIRM_TODAY, &fill->week, reterr));
    fill->count =
        (size_t)cox_workday_count(&fill->week, cox_day_ymd(2026, 5, 1), cox_day_ymd(2026, 6, 1));
    return cox_fiscal_at_day(call, COX_PERIOD_QUARTER, FIRM_TODAY, &fill->quarter, reterr);
}

static void test_periods_are_made_once(void **state)
{
    struct firm *f = firm_of(state);
    struct cox_fiscal_calendar calendar;
    struct cox_holiday holiday;
    struct fill fill = {0};
    size_t before;

    cox_struct_init(&cox_fiscal_calendar, &calendar);
    calendar.name = COX_LIT("13 periods");
    calendar.kind = COX_FISCAL_13;
    calendar.start_month = 2;
    calendar.end_weekday = 6;
    calendar.end_rule = COX_FISCAL_LAST;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_fiscal_calendar, &calendar,
        &fill.calendar));
    OK(firm_write(f, firm_operator, COX_CAUSE_CLI, fill_years, &fill));
    before = fill.count;
    OK(firm_write(f, firm_operator, COX_CAUSE_CLI, fill_years, &fill));
    assert_int_equal(fill.count, before); /* 7 seeded years of 17, 2 of 18 */
    assert_int_equal(before, 7 * 17 + 2 * 18);

    cox_struct_init(&cox_holiday, &holiday);
    holiday.name = COX_LIT("Ascension");
    holiday.day = cox_day_ymd(2026, 5, 14);
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_holiday, &holiday, NULL));
    OK(firm_read(f, firm_operator, now, ask_calendar, &fill));
    assert_int_equal(fill.count, 20); /* 21 weekdays in May 2026 less one */
    assert_string_equal(fill.quarter.label, "FY2026 Q2");
    assert_int_equal(fill.quarter.span.to_day, cox_day_ymd(2026, 7, 1));

    calendar.start_month = 13;
    REFUSED(COX_INVALID, "start_month",
        firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_fiscal_calendar, &calendar, NULL));
}

/* ---- rates ---- */

struct exchange {
    const char *from, *to;
    int64_t amount, day, result;
    bool is_known;
};

static enum cox_rc exchange(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct exchange *e = ctx;

    return cox_currency_convert(call, e->amount, cox_text_of(e->from), cox_text_of(e->to), e->day,
        COX_RATE_SPOT, &e->result, &e->is_known, reterr);
}

static void test_money_is_converted_by_the_rate_of_its_day(void **state)
{
    struct firm *f = firm_of(state);
    static const struct {
        const char *from;
        int64_t day, rate_e9;
    } rates[] = {{"USD", 100, 900000000}, {"USD", 200, 800000000}, {"JPY", 100, 6250000}};
    static const struct exchange cases[] = {
        {"USD", "EUR", 10000, 150, 9000, true}, /* the older rate holds on day 150 */
        {"USD", "EUR", 10000, 200, 8000, true}, /* the newer from its first day on */
        {"EUR", "USD", 8000, 250, 10000, true}, /* the inverse */
        {"JPY", "EUR", 1000, 150, 625, true},   /* yen have no cents */
        {"JPY", "USD", 1000, 250, 781, true},   /* by way of the euro: 6.25 / 0.8 = 7.8125 */
        {"USD", "EUR", 10000, 99, 0, false},    /* before the first rate */
        {"CHF", "EUR", 10000, 150, 0, false},   /* no rate at all */
        {"EUR", "EUR", 12345, 0, 12345, true},
    };
    struct cox_currency_rate rate;

    cox_struct_init(&cox_currency_rate, &rate);
    for (size_t i = 0; i < COX_COUNT(rates); i++) {
        rate.from_code = cox_text_of(rates[i].from);
        rate.to_code = COX_LIT("EUR");
        rate.kind = COX_RATE_SPOT;
        rate.day = rates[i].day;
        rate.rate_e9 = rates[i].rate_e9;
        OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_currency_rate, &rate, NULL));
    }
    for (size_t i = 0; i < COX_COUNT(cases); i++) {
        struct exchange e = cases[i];

        OK(firm_read(f, firm_operator, now, exchange, &e));
        assert_int_equal(e.is_known, cases[i].is_known);
        assert_int_equal(e.result, cases[i].result);
    }
    rate.to_code = rate.from_code;
    REFUSED(COX_INVALID, "to_code",
        firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_currency_rate, &rate, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_a_user_has_a_name_and_one_address),
        BOTH(test_only_administrators_change_people),
        BOTH(test_a_team_is_no_part_of_itself),
        BOTH(test_a_loop_is_refused_by_name),
        BOTH(test_two_may_lead_each_other_in_turn),
        BOTH(test_rights_follow_the_line),
        BOTH(test_an_actor_wears_todays_hats),
        BOTH(test_periods_are_made_once),
        BOTH(test_money_is_converted_by_the_rate_of_its_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
