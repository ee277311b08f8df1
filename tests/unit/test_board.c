/* tests/unit/test_board.c: the pipeline board, against sums by hand, on both engines. */
#include <jansson.h>
#include <stdio.h>

#include "base/day.h"
#include "firm.h"
#include "org/currency.h"
#include "sales/board.h"
#include "sales/opportunity.h"

enum { QUALIFICATION, DISCOVERY, PROPOSAL, NEGOTIATION, WON, LOST };

static const struct cox_as_of now = {0};

struct look {
    struct firm *f;
    struct cox_board_ask ask;
    json_t *json; /* of the test */
};

static enum cox_rc make_text(struct cox_call *call, const struct cox_board_ask *ask,
    struct cox_buf *buf, struct cox_err *reterr)
{
    struct cox_board board;
    struct cox_json json;

    COX_TRY(cox_board_load(call, ask, &board, reterr));
    cox_json_init(&json, cox_call_arena(call), cox_buf_sink(buf));
    COX_TRY(cox_board_put_json(&board, &json, reterr));
    return cox_json_done(&json, reterr);
}

/* From the records and from the book: to the byte the same, or the same refusal. */
static enum cox_rc make(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct look *look = ctx;
    struct cox_board_ask ask = look->ask;
    struct cox_buf buf, from_book;
    struct cox_err err;
    enum cox_rc rc;

    cox_buf_init(&buf, 4 << 20);
    cox_buf_init(&from_book, 4 << 20);
    rc = make_text(call, &ask, &buf, reterr);
    assert_int_equal(cox_books_open(&ask.books, &err), COX_OK);
    assert_int_equal(make_text(call, &ask, &from_book, &err), rc);
    cox_books_close(ask.books);
    if (rc == COX_OK) {
        assert_true(cox_text_same(cox_buf_text(&buf), cox_buf_text(&from_book)));
        json_decref(look->json);
        look->json = json_loadb(buf.ptr, buf.size, 0, NULL);
        assert_non_null(look->json);
    }
    cox_buf_done(&buf);
    cox_buf_done(&from_book);
    return rc;
}

static json_t *column(const struct look *look, struct firm *f, int stage)
{
    json_t *found;
    size_t at;

    json_array_foreach(json_object_get(look->json, "columns"), at, found)
    {
        if (json_integer_value(json_object_get(found, "stage")) == f->stages[stage]) {
            return found;
        }
    }
    fail_msg("no column of stage %d", stage);
    return NULL;
}

static double number(const json_t *object, const char *key)
{
    assert_true(json_is_number(json_object_get(object, key)));
    return json_number_value(json_object_get(object, key));
}

static size_t card_count(const json_t *found)
{
    return json_array_size(json_object_get(found, "rows"));
}

static json_t *card(const json_t *found, size_t at)
{
    return json_array_get(json_object_get(found, "rows"), at);
}

static int64_t deal(struct firm *f, const char *name, int64_t owner, int64_t amount, int stage,
    int64_t day)
{
    struct cox_opportunity row;
    int64_t id;

    cox_struct_init(&cox_opportunity, &row);
    row.name = cox_text_of(name);
    row.owner = owner;
    row.amount = amount;
    row.stage = f->stages[stage];
    row.created_day = FIRM_TODAY - 400;
    if (stage == WON || stage == LOST) {
        row.closed_day = day;
    } else {
        row.close_day = day;
        row.stage_day = FIRM_TODAY - 9;
    }
    OK(firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_opportunity, &row, &id));
    return id;
}

static void fill(struct firm *f, int64_t ada, int64_t ben)
{
    (void)deal(f, "Late", ada, 10000, PROPOSAL, FIRM_TODAY + 40);
    (void)deal(f, "Soon", ada, 20000, PROPOSAL, FIRM_TODAY + 4);
    (void)deal(f, "Some day", ada, 30001, PROPOSAL, COX_NULL);
    (void)deal(f, "Overdue", ben, 40000, PROPOSAL, FIRM_TODAY - 4);
    (void)deal(f, "Other", ben, 50000, NEGOTIATION, FIRM_TODAY);
    (void)deal(f, "This quarter", ben, 600, WON, cox_day_ymd(2026, 4, 1));
    (void)deal(f, "Last quarter", ben, 777, WON, cox_day_ymd(2026, 3, 31));
    (void)deal(f, "Gone", ada, 80, LOST, FIRM_TODAY);
}

static void test_sums_and_first_cards(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "ada@example.com");
    int64_t ben = firm_user(f, "Ben", "ben@example.com");
    struct look look = {.f = f, .ask = {.card_max = 3}};
    json_t *proposal;

    fill(f, ada, ben);
    OK(firm_read(f, firm_operator, now, make, &look));
    proposal = column(&look, f, PROPOSAL);
    assert_true(number(proposal, "count") == 4);
    assert_true(number(proposal, "sum") == 1000.01);
    assert_true(number(proposal, "weighted") == 450); /* 45 %: 450.0045 */
    assert_int_equal(card_count(proposal), 3);
    assert_string_equal(json_string_value(json_object_get(card(proposal, 0), "name")), "Overdue");
    assert_string_equal(json_string_value(json_object_get(card(proposal, 1), "name")), "Soon");
    assert_string_equal(json_string_value(json_object_get(card(proposal, 2), "name")), "Late");
    assert_true(number(card(proposal, 0), "age_days") == 9);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(card(proposal, 0), "names"), "owner")),
        "Ben");
    assert_true(number(column(&look, f, QUALIFICATION), "count") == 0);
    assert_true(number(column(&look, f, WON), "sum") == 6.0); /* of this quarter alone */
    assert_true(number(column(&look, f, LOST), "sum") == 0.8);

    look.ask.stage = f->stages[PROPOSAL];
    look.ask.after =
        cox_arena_text(f->arena, cox_text_of(json_string_value(json_object_get(proposal, "next"))));
    OK(firm_read(f, firm_operator, now, make, &look));
    assert_int_equal(json_array_size(json_object_get(look.json, "columns")), 1);
    proposal = column(&look, f, PROPOSAL);
    assert_true(number(proposal, "count") == 4);
    assert_int_equal(card_count(proposal), 1);
    assert_string_equal(json_string_value(json_object_get(card(proposal, 0), "name")), "Some day");
    assert_true(json_is_null(json_object_get(proposal, "next")));

    look.ask.order = COX_BOARD_AMOUNT;
    REFUSED(COX_INVALID, "cursor", firm_read(f, firm_operator, now, make, &look));
    look.ask.after = (struct cox_text){0};
    OK(firm_read(f, firm_operator, now, make, &look));
    assert_string_equal(
        json_string_value(json_object_get(card(column(&look, f, PROPOSAL), 0), "name")), "Overdue");
    json_decref(look.json);
}

static void test_rights_filters_and_refusals(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "ada@example.com");
    int64_t ben = firm_user(f, "Ben", "ben@example.com");
    struct look look = {.f = f, .ask = {.card_max = 50}};

    fill(f, ada, ben);
    OK(firm_read(f, firm_actor(ada, COX_REP), now, make, &look));
    assert_true(number(column(&look, f, PROPOSAL), "count") == 3);
    assert_true(number(column(&look, f, PROPOSAL), "sum") == 600.01);
    assert_true(number(column(&look, f, NEGOTIATION), "count") == 0);
    assert_true(number(column(&look, f, WON), "count") == 0);

    look.ask.filter = COX_LIT("amount=gte.200&close_day=not.is.null");
    OK(firm_read(f, firm_operator, now, make, &look));
    assert_true(number(column(&look, f, PROPOSAL), "count") == 2);
    assert_true(number(column(&look, f, PROPOSAL), "sum") == 600);
    assert_true(number(column(&look, f, WON), "count") == 0);
    look.ask.filter = COX_LIT("colour=eq.red");
    REFUSED(COX_INVALID, "colour", firm_read(f, firm_operator, now, make, &look));
    look.ask.filter = COX_LIT("");
    look.ask.pipeline = 999999;
    REFUSED(COX_MISSING, "pipeline", firm_read(f, firm_operator, now, make, &look));
    look.ask.pipeline = 0;
    look.ask.stage = 999999;
    REFUSED(COX_MISSING, "stage", firm_read(f, firm_operator, now, make, &look));
    json_decref(look.json);
}

static void test_other_currencies_and_other_days(void **state)
{
    struct firm *f = firm_of(state);
    int64_t ada = firm_user(f, "Ada", "ada@example.com");
    struct look look = {.f = f, .ask = {.card_max = 50}};
    int64_t dollars = deal(f, "Dollars", ada, 1000, PROPOSAL, FIRM_TODAY);
    int64_t yen = deal(f, "Yen", ada, 5000, PROPOSAL, FIRM_TODAY);
    struct cox_currency_rate rate;
    struct cox_as_of then;

    OK(firm_change(f, firm_operator, &cox_opportunity, dollars, COX_OPPORTUNITY_CURRENCY,
        cox_text_value(COX_LIT("USD"))));
    OK(firm_change(f, firm_operator, &cox_opportunity, yen, COX_OPPORTUNITY_CURRENCY,
        cox_text_value(COX_LIT("JPY"))));
    cox_struct_init(&cox_currency_rate, &rate);
    rate.from_code = COX_LIT("USD");
    rate.to_code = COX_LIT("EUR");
    rate.day = FIRM_TODAY - 100;
    rate.kind = COX_RATE_PLAN;
    rate.rate_e9 = COX_RATE_ONE / 2;
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_currency_rate, &rate, NULL));
    OK(firm_read(f, firm_operator, now, make, &look));
    assert_true(number(column(&look, f, PROPOSAL), "sum") == 5.0);
    assert_true(number(column(&look, f, PROPOSAL), "count") == 2);
    assert_true(number(look.json, "unrated_count") == 1);

    then = (struct cox_as_of){f->now_us, 0};
    f->now_us += COX_DAY_US;
    OK(firm_change(f, firm_operator, &cox_opportunity, dollars, COX_OPPORTUNITY_STAGE,
        cox_int(f->stages[WON])));
    OK(firm_read(f, firm_operator, now, make, &look));
    assert_true(number(column(&look, f, PROPOSAL), "count") == 1);
    OK(firm_read(f, firm_operator, then, make, &look));
    assert_true(number(column(&look, f, PROPOSAL), "count") == 2);
    assert_true(number(column(&look, f, PROPOSAL), "sum") == 5.0);
    json_decref(look.json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_sums_and_first_cards),
        BOTH(test_rights_filters_and_refusals),
        BOTH(test_other_currencies_and_other_days),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
