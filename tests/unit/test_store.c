/* Tests of the store: saving, versions, the log, its chain; the same cases on both engines. */
#include <pthread.h>

#include "base/day.h"
#include "check.h"
#include "engines.h"
#include "record/access.h"
#include "record/audit.h"
#include "record/custom.h"
#include "record/pin.h"
#include "record/save.h"
#include "record/share.h"
#include "shop.h"

#define OK(call) ok_at((call), &f->err, __LINE__)

struct fixture {
    struct place place;
    struct shop_clock clock;
    struct cox_store *store;
    struct cox_err err;
    bool is_there;
    int64_t user, customer, deal, merged, talk, seq; /* of the last call */
};

static void ok_at(enum cox_rc rc, const struct cox_err *err, int line)
{
    if (rc != COX_OK) {
        print_message("# line %d: %s: %s: %s\n", line, cox_rc_name(rc), err->field, err->text);
    }
    assert_int_equal(rc, COX_OK);
}

static enum cox_rc open_store(struct fixture *f)
{
    const struct cox_store_opt opt = {
        .url = f->place.url,
        .entities = shop_entities,
        .now_us = shop_now,
        .random = shop_random,
        .ctx = &f->clock,
        .create = true,
        .migrate = true,
    };

    return cox_store_open(&opt, &f->store, &f->err);
}

static int set_up(void **state, enum cox_engine engine)
{
    static struct fixture fixture;
    struct fixture *f = &fixture;

    *f = (struct fixture){.clock = {.now_us = INT64_C(1700000000000000), .random = 7}};
    *state = f;
    f->is_there = place_make(&f->place, engine, "store");
    if (!f->is_there) {
        return 0;
    }
    if (open_store(f) != COX_OK) {
        print_message("# %s\n", f->err.text);
        return -1;
    }
    return 0;
}

static int set_up_sqlite(void **state)
{
    return set_up(state, COX_SQLITE);
}

static int set_up_postgres(void **state)
{
    return set_up(state, COX_POSTGRES);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    if (f->is_there) {
        cox_store_close(f->store);
        place_drop(&f->place);
    }
    return 0;
}

static struct fixture *fixture_of(void **state)
{
    struct fixture *f = *state;

    if (!f->is_there) {
        print_message("# COX_TEST_POSTGRES is not set: not run on PostgreSQL\n");
        skip();
    }
    return f;
}

/* One second passes, then fn runs as the operator. */
static enum cox_rc write_now(struct fixture *f, cox_call_fn fn)
{
    const struct cox_write_opt opt = {.actor = SHOP_OPERATOR,
        .cause = COX_CAUSE_CLI,
        .request = "test"};
    struct cox_commit commit = {0};

    f->clock.now_us += COX_SECOND_US;
    enum cox_rc rc = cox_store_write(f->store, &opt, fn, f, &commit, &f->err);
    f->seq = commit.seq;
    return rc;
}

static enum cox_rc make_deal(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_row *user = cox_row_new(call, &shop_user),
                   *customer = cox_row_new(call, &shop_customer);
    struct shop_deal deal;

    cox_row_set(user, SHOP_USER_NAME, cox_text_value(COX_LIT("Ada Berg")));
    cox_row_set(user, SHOP_USER_EMAIL, cox_text_value(COX_LIT("ada@example.com")));
    COX_TRY(cox_create(call, user, &f->user, reterr));
    cox_row_set(customer, SHOP_CUSTOMER_NAME, cox_text_value(COX_LIT("  Müller & Söhne ")));
    cox_row_set(customer, SHOP_CUSTOMER_OWNER, cox_int(f->user));
    cox_row_set(customer, SHOP_CUSTOMER_PHONE, cox_text_value(COX_LIT("+49 30 1234")));
    COX_TRY(cox_create(call, customer, &f->customer, reterr));
    cox_struct_init(&shop_deal, &deal);
    deal.name = COX_LIT("200 seats");
    deal.owner_id = f->user;
    deal.customer_id = f->customer;
    deal.amount_minor = 1250000;
    deal.currency = COX_LIT("EUR");
    deal.stage = 0;
    deal.close_day = 20000;
    deal.chance = 0.25;
    return cox_create_struct(call, &shop_deal, &deal, &f->deal, reterr);
}

static enum cox_rc change_amount(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_change change = {SHOP_DEAL_AMOUNT, cox_int(1300000)};

    return cox_change_fields(call, &shop_deal, f->deal, 0, &change, 1, NULL, reterr);
}

static enum cox_rc read_deal(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_stored stored;
    bool is_there;

    COX_TRY(cox_save_stored(call, cox_registry_entity(cox_call_registry(call), &shop_deal), f->deal,
        &stored, &is_there, reterr));
    assert_true(is_there);
    struct shop_deal deal;
    cox_row_unpack(&stored.row, &deal);
    assert_int_equal(deal.head.id, f->deal);
    assert_true(cox_text_same(deal.name, COX_LIT("200 seats")));
    assert_int_equal(deal.amount_minor, 1250000);
    assert_int_equal(deal.close_day, 20000);
    assert_true(deal.chance == 0.25);
    assert_int_equal(deal.stage, 0);
    return COX_OK;
}

static const struct cox_read_opt as_operator = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)}};

static void assert_valid(struct fixture *f)
{
    struct cox_audit_report report;

    OK(cox_audit_verify(f->store, NULL, NULL, &report, &f->err));
    assert_string_equal(report.fault, "");
}

static void test_created_rows_come_back(void **state)
{
    struct fixture *f = fixture_of(state);

    OK(write_now(f, make_deal));
    assert_int_equal(f->seq, 1);
    OK(cox_store_read(f->store, &as_operator, read_deal, f, &f->err));
    assert_valid(f);
}

static void test_state_is_that_of_its_instant(void **state)
{
    struct fixture *f = fixture_of(state);
    char before[65], after[65], again[65], by_instant[65];
    int64_t instant;

    OK(write_now(f, make_deal));
    OK(cox_state_digest(f->store, (struct cox_as_of){0}, before, &f->err));
    instant = f->clock.now_us;
    OK(write_now(f, change_amount));
    assert_int_equal(f->seq, 2);
    OK(cox_state_digest(f->store, (struct cox_as_of){0}, after, &f->err));
    assert_string_not_equal(before, after);
    OK(cox_state_digest(f->store, (struct cox_as_of){.seq = 1}, again, &f->err));
    assert_string_equal(before, again);
    OK(cox_state_digest(f->store, (struct cox_as_of){.at_us = instant}, by_instant, &f->err));
    assert_string_equal(before, by_instant);
    OK(write_now(f, change_amount)); /* the same value: no commit */
    assert_int_equal(f->seq, 0);
    assert_valid(f);
}

static void test_the_store_opens_again(void **state)
{
    struct fixture *f = fixture_of(state);

    OK(write_now(f, make_deal));
    cox_store_close(f->store);
    f->store = NULL;
    OK(open_store(f));
    OK(cox_store_read(f->store, &as_operator, read_deal, f, &f->err));
    assert_valid(f);
}

/* ---- refusals ---- */

static enum cox_rc refuse_range(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_change change = {SHOP_DEAL_CHANCE, cox_real(1.5)};

    return cox_change_fields(call, &shop_deal, f->deal, 0, &change, 1, NULL, reterr);
}

static enum cox_rc refuse_reference(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_change change = {SHOP_DEAL_CUSTOMER, cox_int(f->deal)};

    return cox_change_fields(call, &shop_deal, f->deal, 0, &change, 1, NULL, reterr);
}

static enum cox_rc refuse_rule(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_change changes[] = {{SHOP_DEAL_STAGE, cox_int(1)}, {SHOP_DEAL_AMOUNT, cox_null()}};

    return cox_change_fields(call, &shop_deal, f->deal, 0, changes, 2, NULL, reterr);
}

static enum cox_rc refuse_required(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_change change = {SHOP_DEAL_NAME, cox_text_value(COX_LIT("   "))};

    return cox_change_fields(call, &shop_deal, f->deal, 0, &change, 1, NULL, reterr);
}

static enum cox_rc refuse_stale(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_change change = {SHOP_DEAL_AMOUNT, cox_int(5)};

    return cox_change_fields(call, &shop_deal, f->deal, 99, &change, 1, NULL, reterr);
}

static enum cox_rc refuse_used(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;

    return cox_remove(call, &shop_user, f->user, 0, reterr);
}

static enum cox_rc refuse_twice(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_row *user = cox_row_new(call, &shop_user);
    int64_t id;

    (void)ctx;
    cox_row_set(user, SHOP_USER_NAME, cox_text_value(COX_LIT("Other")));
    cox_row_set(user, SHOP_USER_EMAIL, cox_text_value(COX_LIT("ADA@example.com")));
    return cox_create(call, user, &id, reterr);
}

static void test_refusals_name_the_field_and_leave_nothing(void **state)
{
    static const struct {
        cox_call_fn fn;
        enum cox_rc rc;
        const char *field;
    } rows[] = {
        {refuse_range, COX_INVALID, "chance"},
        {refuse_reference, COX_INVALID, "customer"},
        {refuse_rule, COX_INVALID, "amount"},
        {refuse_required, COX_INVALID, "name"},
        {refuse_stale, COX_STALE, ""},
        {refuse_used, COX_CONFLICT, ""},
        {refuse_twice, COX_CONFLICT, ""},
    };
    struct fixture *f = fixture_of(state);
    char before[65], after[65];

    OK(write_now(f, make_deal));
    OK(cox_state_digest(f->store, (struct cox_as_of){0}, before, &f->err));
    for (size_t i = 0; i < COX_COUNT(rows); i++) {
        f->err = (struct cox_err){0};
        assert_int_equal(write_now(f, rows[i].fn), rows[i].rc);
        assert_string_equal(f->err.field, rows[i].field);
    }
    OK(cox_state_digest(f->store, (struct cox_as_of){0}, after, &f->err));
    assert_string_equal(before, after);
    OK(write_now(f, change_amount));
    assert_int_equal(f->seq, 2); /* refused calls gave their number back */
    assert_valid(f);
}

/* ---- removal ---- */

static enum cox_rc remove_customer(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;

    return cox_remove(call, &shop_customer, f->customer, 0, reterr);
}

static void test_removal_cascades_and_history_stays(void **state)
{
    struct fixture *f = fixture_of(state);
    char before[65], again[65];

    OK(write_now(f, make_deal));
    OK(cox_state_digest(f->store, (struct cox_as_of){0}, before, &f->err));
    OK(write_now(f, remove_customer));
    OK(cox_state_digest(f->store, (struct cox_as_of){.seq = 1}, again, &f->err));
    assert_string_equal(before, again);
    assert_valid(f);
}

/* ---- another system's history ---- */

static enum cox_rc put_three(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_version versions[3];
    bool is_changed;

    for (int i = 0; i < 3; i++) {
        versions[i].row = cox_row_new(call, &shop_deal);
        versions[i].from_us = INT64_C(1600000000000000) + i * COX_DAY_US;
        cox_row_set(versions[i].row, SHOP_DEAL_NAME, cox_text_value(COX_LIT("Old deal")));
        cox_row_set(versions[i].row, SHOP_DEAL_AMOUNT, cox_int(100 + i));
        cox_row_set(versions[i].row, SHOP_DEAL_STAGE, cox_int(i == 2 ? 1 : 0));
    }
    int64_t known = f->deal;
    COX_TRY(cox_put_history(call, &shop_deal, known, versions, 3, COX_FOREVER, &f->deal,
        &is_changed, reterr));
    assert_int_equal(is_changed, known == 0);
    return COX_OK;
}

static enum cox_rc withdraw_deal(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;

    return cox_save_withdraw(call, cox_registry_entity(cox_call_registry(call), &shop_deal),
        f->deal, reterr);
}

static void test_imported_history_lies_on_the_time_axis(void **state)
{
    struct fixture *f = fixture_of(state);
    char empty[65], early[65], middle[65], late[65], again[65];

    OK(cox_state_digest(f->store, (struct cox_as_of){0}, empty, &f->err));
    OK(write_now(f, put_three));
    OK(cox_state_digest(f->store, (struct cox_as_of){.at_us = INT64_C(1599999999999999)}, early,
        &f->err));
    assert_string_equal(early, empty);
    OK(cox_state_digest(f->store, (struct cox_as_of){.at_us = INT64_C(1600000000000000)}, middle,
        &f->err));
    OK(cox_state_digest(f->store, (struct cox_as_of){0}, late, &f->err));
    assert_string_not_equal(middle, empty);
    assert_string_not_equal(middle, late);
    OK(write_now(f, put_three)); /* known already */
    assert_int_equal(f->seq, 0);
    assert_valid(f);
    OK(write_now(f, change_amount)); /* an own save on top of it */
    OK(cox_state_digest(f->store, (struct cox_as_of){.at_us = INT64_C(1600000000000000)}, again,
        &f->err));
    assert_string_equal(again, middle);
    assert_valid(f);
    OK(write_now(f, withdraw_deal));
    OK(cox_state_digest(f->store, (struct cox_as_of){.at_us = INT64_C(1600000000000000)}, again,
        &f->err));
    assert_string_equal(again, empty);
    OK(cox_state_digest(f->store, (struct cox_as_of){.at_us = INT64_C(1600000000000000), .seq = 1},
        again, &f->err));
    assert_string_equal(again, middle);
    assert_valid(f);
}

/* ---- run-time fields ---- */

static enum cox_rc add_field(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    static const struct cox_text choices[] = {{"North", 5}, {"South", 5}};
    const struct cox_custom_spec spec = {.label = COX_LIT("Region"),
        .type = COX_CHOICE,
        .choices = choices,
        .choice_count = 2};
    struct fixture *f = ctx;

    return cox_custom_add(call, &shop_deal, &spec, &f->user, reterr);
}

static enum cox_rc set_field(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_change change = {SHOP_DEAL_COUNT, cox_int(1)};

    return cox_change_fields(call, &shop_deal, f->deal, 0, &change, 1, NULL, reterr);
}

static void test_run_time_fields_change_no_earlier_state(void **state)
{
    struct fixture *f = fixture_of(state);
    char before[65], again[65], after[65];

    OK(write_now(f, make_deal));
    OK(cox_state_digest(f->store, (struct cox_as_of){0}, before, &f->err));
    OK(write_now(f, add_field));
    OK(cox_state_digest(f->store, (struct cox_as_of){0}, again, &f->err));
    assert_string_equal(before, again);
    assert_int_equal(write_now(f, add_field), COX_CONFLICT); /* the label is taken */
    OK(write_now(f, set_field));
    OK(cox_state_digest(f->store, (struct cox_as_of){0}, after, &f->err));
    assert_string_not_equal(before, after);
    OK(cox_state_digest(f->store, (struct cox_as_of){.seq = 1}, again, &f->err));
    assert_string_equal(before, again);
    assert_valid(f);
    cox_store_close(f->store);
    f->store = NULL;
    OK(open_store(f));
    OK(cox_state_digest(f->store, (struct cox_as_of){0}, again, &f->err));
    assert_string_equal(after, again);
}

/* ---- keys ---- */

static void test_a_key_answers_once(void **state)
{
    struct fixture *f = fixture_of(state);
    struct cox_write_opt opt = {.actor = SHOP_OPERATOR,
        .cause = COX_CAUSE_API,
        .key = COX_LIT("k1"),
        .key_hash = COX_LIT("h1")};
    struct cox_commit first, second;

    OK(cox_store_write(f->store, &opt, make_deal, f, &first, &f->err));
    OK(cox_store_write(f->store, &opt, make_deal, f, &second, &f->err));
    assert_true(second.repeated);
    assert_int_equal(second.seq, first.seq);
    opt.key_hash = COX_LIT("h2");
    assert_int_equal(cox_store_write(f->store, &opt, make_deal, f, &second, &f->err), COX_CONFLICT);
}

/* ---- flips ---- */

static void test_flips_of_values_are_found(void **state)
{
    static const char *const flips[] = {
        "UPDATE \"deal\" SET \"amount\" = \"amount\" + 1",
        "UPDATE \"deal_past\" SET \"amount\" = 7",
        "UPDATE \"deal_past\" SET \"to_us\" = \"to_us\" - 1",
        "UPDATE \"customer\" SET \"phone\" = 'x'",
        "UPDATE \"log\" SET \"actor\" = 5 WHERE \"seq\" = 1",
        "DELETE FROM \"log\" WHERE \"seq\" = 2",
        "DELETE FROM \"log_row\" WHERE \"seq\" = 2",
        "UPDATE \"deal\" SET \"from_us\" = \"from_us\" - 1",
        "DELETE FROM \"deal\"",
        "INSERT INTO \"user\" (\"id\", \"rev\", \"from_us\", \"imported\", \"name\") VALUES (99, 1, 5, 0, 'x')",
    };
    struct fixture *f = fixture_of(state);
    struct cox_audit_report report;

    OK(write_now(f, make_deal));
    OK(write_now(f, change_amount));
    assert_valid(f);
    for (size_t i = 0; i < COX_COUNT(flips); i++) {
        struct cox_db *db = NULL;
        char save[200];
        OK(cox_db_open(f->place.url, COX_DB_WRITE, &db, &f->err));
        OK(cox_db_begin(db, COX_BEGIN_WRITE, &f->err));
        OK(cox_db_exec(db, flips[i], &f->err));
        OK(cox_db_commit(db, &f->err));
        OK(cox_audit_verify(f->store, NULL, NULL, &report, &f->err));
        (void)snprintf(save, sizeof(save), "%s", flips[i]);
        if (report.fault_count == 0) {
            print_message("# not found: %s\n", save);
        }
        assert_true(report.fault_count > 0);
        cox_db_close(db);
        cox_store_close(f->store); /* a fresh store for the next flip */
        f->store = NULL;
        place_drop(&f->place);
        assert_true(place_make(&f->place, f->place.engine, "store"));
        OK(open_store(f));
        OK(write_now(f, make_deal));
        OK(write_now(f, change_amount));
    }
}

/* ---- merges and pins ---- */

static enum cox_rc merge_customers(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_row *other = cox_row_new(call, &shop_customer);
    int64_t id;

    cox_row_set(other, SHOP_CUSTOMER_NAME, cox_text_value(COX_LIT("Mueller und Soehne")));
    COX_TRY(cox_create(call, other, &id, reterr));
    f->merged = f->customer;
    f->customer = id;
    return cox_merge(call, &shop_customer, f->merged, id, reterr);
}

static enum cox_rc read_merged(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_stored stored;
    bool is_there;

    COX_TRY(cox_save_stored(call, cox_registry_entity(cox_call_registry(call), &shop_deal), f->deal,
        &stored, &is_there, reterr));
    assert_true(is_there);
    assert_int_equal(cox_row_int(&stored.row, SHOP_DEAL_CUSTOMER), f->customer);
    return COX_OK;
}

static enum cox_rc get_merged(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    const struct cox_row *row;

    return cox_get(call, &shop_customer, f->merged, &row, reterr);
}

static void test_a_merge_moves_every_reference(void **state)
{
    struct fixture *f = fixture_of(state);

    OK(write_now(f, make_deal));
    OK(write_now(f, merge_customers));
    OK(cox_store_read(f->store, &as_operator, read_merged, f, &f->err));
    assert_int_equal(cox_store_read(f->store, &as_operator, get_merged, f, &f->err), COX_GONE);
    assert_valid(f);
}

/* ---- who looked ---- */

static enum cox_rc make_talk(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_row *other = cox_row_new(call, &shop_user), *talk = cox_row_new(call, &shop_talk);

    cox_row_set(other, SHOP_USER_NAME, cox_text_value(COX_LIT("Bo")));
    COX_TRY(cox_create(call, other, &f->merged, reterr));
    cox_row_set(talk, SHOP_TALK_AUTHOR, cox_int(f->user));
    cox_row_set(talk, SHOP_TALK_OTHER, cox_int(f->merged));
    cox_row_set(talk, SHOP_TALK_SHARED, cox_text_value(COX_LIT("agreed")));
    cox_row_set(talk, SHOP_TALK_PRIVATE, cox_text_value(COX_LIT("thought")));
    return cox_save_create(call, talk, COX_SAVE_NO_RIGHTS, &f->talk, reterr);
}

static enum cox_rc get_talk(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    const struct cox_row *row;

    return cox_get(call, &shop_talk, f->talk, &row, reterr);
}

static enum cox_rc count_looks(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    const struct cox_access *rows;
    size_t count;

    COX_TRY(cox_access_list(call, 10, &rows, &count, reterr));
    assert_int_equal(count, f->seq);
    if (count > 0) {
        assert_int_equal(rows[0].id, f->talk);
        assert_int_equal(rows[0].actor_id, f->user);
    }
    return COX_OK;
}

static void test_a_look_at_people_data_is_on_record(void **state)
{
    struct fixture *f = fixture_of(state);
    struct cox_read_opt author = {.actor = {.roles = COX_ROLE_BIT(COX_MANAGER)}};
    struct cox_read_opt other = {.actor = {.roles = COX_ROLE_BIT(COX_REP)}};

    OK(write_now(f, make_deal));
    OK(write_now(f, make_talk));
    author.actor.user_id = f->user;
    other.actor.user_id = f->merged;
    f->seq = 0;
    OK(cox_store_read(f->store, &other, count_looks, f, &f->err));
    assert_int_equal(cox_store_read(f->store, &as_operator, get_talk, f, &f->err), COX_MISSING);
    OK(cox_store_read(f->store, &author, get_talk, f, &f->err));
    f->seq = 1;
    OK(cox_store_read(f->store, &other, count_looks, f, &f->err));
    assert_valid(f);
}

static enum cox_rc put_pin(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    int64_t id;

    (void)ctx;
    return cox_pin_put(call, COX_LIT("Q1 closed"), COX_LIT("company"), COX_LIT("quarter end"), &id,
        reterr);
}

static enum cox_rc find_pin(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_pin *pin = ctx;

    assert_int_equal(cox_pin_find(call, COX_LIT("Q9 closed"), pin, reterr), COX_MISSING);
    COX_TRY(cox_pin_find(call, COX_LIT("Q1 closed"), pin, reterr));
    pin->name = pin->why = pin->scope = (struct cox_text){0}; /* they go with the call */
    return COX_OK;
}

static void test_a_pin_names_a_state_for_ever(void **state)
{
    struct fixture *f = fixture_of(state);
    struct cox_pin pin;
    char before[65], again[65];

    OK(write_now(f, make_deal));
    OK(cox_state_digest(f->store, (struct cox_as_of){0}, before, &f->err));
    OK(write_now(f, put_pin));
    OK(write_now(f, change_amount));
    OK(cox_store_read(f->store, &as_operator, find_pin, &pin, &f->err));
    OK(cox_state_digest(f->store, cox_pin_as_of(&pin), again, &f->err));
    assert_string_equal(before, again);
}

/* ---- many at once ---- */

struct worker {
    struct fixture *f;
    int64_t deal;
    int done;
};

static enum cox_rc bump(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct worker *w = ctx;
    struct cox_stored stored;
    bool is_there;

    COX_TRY(cox_save_stored(call, cox_registry_entity(cox_call_registry(call), &shop_deal), w->deal,
        &stored, &is_there, reterr));
    struct cox_change change = {SHOP_DEAL_AMOUNT,
        cox_int(cox_row_int(&stored.row, SHOP_DEAL_AMOUNT) + 1)};
    return cox_change_fields(call, &shop_deal, w->deal, 0, &change, 1, NULL, reterr);
}

static void *bump_often(void *arg)
{
    static const struct cox_write_opt opt = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
        .cause = COX_CAUSE_API};
    struct worker *w = arg;
    struct cox_commit commit;
    struct cox_err err;

    for (int i = 0; i < 25; i++) {
        if (cox_store_write(w->f->store, &opt, bump, w, &commit, &err) == COX_OK) {
            w->done++;
        }
    }
    return NULL;
}

static void test_many_writers_make_one_dense_log(void **state)
{
    enum { WORKERS = 8 };
    struct fixture *f = fixture_of(state);
    struct worker workers[WORKERS];
    pthread_t threads[WORKERS];
    struct cox_audit_head head;

    OK(write_now(f, make_deal));
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){f, f->deal, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, bump_often, &workers[i]), 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(workers[i].done, 25);
    }
    OK(cox_audit_head(f->store, &head, &f->err));
    assert_int_equal(head.seq, 1 + WORKERS * 25);
    assert_valid(f);
}

/* ---- reads that are kept ---- */

static enum cox_rc read_amount(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    const struct cox_row *row;

    COX_TRY(cox_get(call, &shop_deal, f->deal, &row, reterr));
    f->seq = cox_row_int(row, SHOP_DEAL_AMOUNT);
    return COX_OK;
}

static enum cox_rc put_amount(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_change change = {SHOP_DEAL_AMOUNT, cox_int(f->talk)};

    return cox_change_fields(call, &shop_deal, f->deal, 0, &change, 1, NULL, reterr);
}

static int64_t amount_of(struct fixture *f)
{
    OK(cox_store_read(f->store, &as_operator, read_amount, f, &f->err));
    return f->seq;
}

/* Whoever has committed, this process or (a second store stands for it) another: the next read knows. */
static void test_a_kept_read_is_never_an_old_one(void **state)
{
    struct fixture *f = fixture_of(state), other;

    OK(write_now(f, make_deal));
    cox_store_keep_reads(f->store, true);
    other = *f;
    OK(open_store(&other));
    for (int64_t i = 1; i <= 40; i++) {
        struct fixture *writer = i % 2 == 0 ? f : &other;
        assert_int_equal(amount_of(f), i == 1 ? 1250000 : i - 1);
        assert_int_equal(amount_of(f), i == 1 ? 1250000 : i - 1);
        writer->talk = i;
        writer->clock.now_us = f->clock.now_us + i * COX_SECOND_US;
        OK(write_now(writer, put_amount));
        assert_int_equal(amount_of(f), i);
        if (i % 7 == 0) {
            cox_store_relax(f->store, INT64_MAX);
        }
    }
    cox_store_close(other.store);
    cox_store_keep_reads(f->store, false);
    assert_int_equal(amount_of(f), 40);
    assert_valid(f);
}

#define BOTH(test)                                                                                 \
    {#test " on SQLite", test, set_up_sqlite, tear_down, NULL},                                    \
    {                                                                                              \
#        test " on PostgreSQL", test, set_up_postgres, tear_down, NULL                             \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_created_rows_come_back),
        BOTH(test_state_is_that_of_its_instant),
        BOTH(test_the_store_opens_again),
        BOTH(test_refusals_name_the_field_and_leave_nothing),
        BOTH(test_removal_cascades_and_history_stays),
        BOTH(test_imported_history_lies_on_the_time_axis),
        BOTH(test_run_time_fields_change_no_earlier_state),
        BOTH(test_a_key_answers_once),
        BOTH(test_flips_of_values_are_found),
        BOTH(test_a_merge_moves_every_reference),
        BOTH(test_a_look_at_people_data_is_on_record),
        BOTH(test_a_pin_names_a_state_for_ever),
        BOTH(test_many_writers_make_one_dense_log),
        BOTH(test_a_kept_read_is_never_an_old_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
