/* Tests of the demo: the same seed makes the same company, everywhere; and it is lifelike. */
#include "base/day.h"
#include "check.h"
#include "command/feature_list.h"
#include "demo/demo.h"
#include "engines.h"
#include "leader/one_on_one.h"
#include "org/people.h"
#include "record/audit.h"
#include "record/query.h"
#include "sales/opportunity.h"
#include "sales/pipeline.h"

#define TODAY cox_day_ymd(2026, 7, 1)

struct made {
    struct place place;
    struct cox_arena *arena;
    struct cox_demo_opt opt;
    struct cox_demo_report report;
    char digest[65];
};

static const struct cox_actor operator= {.roles = COX_ROLE_BIT(COX_OPERATOR)};

static void ok(enum cox_rc rc, const struct cox_err *err)
{
    if (rc != COX_OK) {
        print_message("# %s: %s: %s\n", cox_rc_name(rc), err->field, err->text);
    }
    assert_int_equal(rc, COX_OK);
}

static bool make(struct made *made, enum cox_engine engine, const char *name, uint64_t seed)
{
    struct cox_err err = {0};

    *made = (struct made){.opt = {.seed = seed, .today = TODAY}};
    if (!place_make(&made->place, engine, name)) {
        return false;
    }
    made->arena = cox_arena_open(1 << 20);
    made->opt.url = made->place.url;
    made->opt.entities = cox_features_entities(made->arena);
    ok(cox_demo_make(&made->opt, &made->report, &err), &err);
    return true;
}

static struct cox_store *open_made(const struct made *made)
{
    const struct cox_store_opt opt = {.url = made->place.url, .entities = made->opt.entities};
    struct cox_store *store;
    struct cox_err err = {0};

    ok(cox_store_open(&opt, &store, &err), &err);
    return store;
}

static void digest_of(struct made *made)
{
    struct cox_store *store = open_made(made);
    struct cox_err err = {0};

    ok(cox_state_digest(store, (struct cox_as_of){0}, made->digest, &err), &err);
    cox_store_close(store);
}

static void drop(struct made *made)
{
    place_drop(&made->place);
    cox_arena_close(made->arena);
}

static void test_a_seed_is_a_company(void **state)
{
    struct made a, again, other;

    (void)state;
    assert_true(make(&a, COX_SQLITE, "demo-a", 5));
    assert_true(make(&again, COX_SQLITE, "demo-b", 5));
    assert_true(make(&other, COX_SQLITE, "demo-c", 6));
    digest_of(&a);
    digest_of(&again);
    digest_of(&other);
    assert_string_equal(a.digest, again.digest);
    assert_string_not_equal(a.digest, other.digest);
    drop(&a);
    drop(&again);
    drop(&other);
}

static void test_both_engines_hold_the_same(void **state)
{
    struct made sqlite, postgres;

    (void)state;
    if (!place_has_postgres()) {
        print_message("# COX_TEST_POSTGRES is not set: not run on PostgreSQL\n");
        skip();
    }
    assert_true(make(&sqlite, COX_SQLITE, "demo-s", 5));
    assert_true(make(&postgres, COX_POSTGRES, "demo_p", 5));
    digest_of(&sqlite);
    digest_of(&postgres);
    assert_string_equal(sqlite.digest, postgres.digest);
    drop(&sqlite);
    drop(&postgres);
}

/* ---- lifelike ---- */

struct look {
    int64_t stages[6]; /* ids */
    int64_t open, won, lost, slipped, leavers, newcomers, talks;
    int64_t before_close_count; /* deals closed before they were created: none */
    int64_t person;
};

static enum cox_rc note_stage(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct look *look = ctx;
    int64_t position = cox_row_int(row, COX_STAGE_POSITION);

    (void)reterr;
    look->stages[position - 1] = row->id;
    return COX_OK;
}

static enum cox_rc note_deal(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct look *look = ctx;
    struct cox_opportunity deal;

    (void)reterr;
    cox_row_unpack(row, &deal);
    look->open += deal.closed_day == COX_NULL;
    look->won += deal.won_day != COX_NULL;
    look->lost += deal.closed_day != COX_NULL && deal.won_day == COX_NULL;
    look->slipped += deal.closed_day == COX_NULL && deal.close_day < TODAY;
    look->before_close_count += deal.closed_day != COX_NULL && deal.closed_day < deal.created_day;
    assert_true(deal.created_day < TODAY);
    assert_true(deal.stage_day != COX_NULL);
    return COX_OK;
}

static enum cox_rc note_person(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct look *look = ctx;

    (void)reterr;
    look->leavers += cox_row_int(row, COX_USER_LEAVE_DAY) != COX_NULL;
    look->newcomers += cox_row_int(row, COX_USER_HIRE_DAY) > TODAY - 1096;
    return COX_OK;
}

static enum cox_rc note_talk(void *ctx, const struct cox_row *row, struct cox_err *reterr)
{
    struct look *look = ctx;

    (void)reterr;
    look->talks++;
    look->person = cox_row_int(row, COX_ONE_ON_ONE_PERSON);
    return COX_OK;
}

static enum cox_rc look_around(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct look *look = ctx;

    COX_TRY(cox_each(call, &cox_stage, NULL, note_stage, look, reterr));
    COX_TRY(cox_each(call, &cox_opportunity, NULL, note_deal, look, reterr));
    COX_TRY(cox_each(call, &cox_user, NULL, note_person, look, reterr));
    return cox_each(call, &cox_one_on_one, NULL, note_talk, look, reterr);
}

static void look_as(struct cox_store *store, struct cox_actor actor, int64_t at_us,
    struct look *look)
{
    const struct cox_read_opt opt = {.actor = actor, .as_of = {at_us, 0}};
    struct cox_err err = {0};

    *look = (struct look){0};
    ok(cox_store_read(store, &opt, look_around, look, &err), &err);
}

static void test_the_company_is_lifelike(void **state)
{
    struct look all, leader, year_ago;
    struct cox_audit_report report;
    struct cox_store *store;
    struct cox_err err = {0};
    struct made made;
    double rate;

    (void)state;
    assert_true(make(&made, COX_SQLITE, "demo-l", 5));
    store = open_made(&made);
    ok(cox_audit_verify(store, NULL, NULL, &report, &err), &err);
    assert_string_equal(report.fault, "");
    look_as(store, operator, 0, &all);
    rate = (double)all.won / (double)(all.won + all.lost);
    print_message("# open %lld won %lld lost %lld past day %lld leavers %lld\n",
        (long long)all.open, (long long)all.won, (long long)all.lost, (long long)all.slipped,
        (long long)all.leavers);
    assert_int_equal(all.open + all.won + all.lost, made.report.deals);
    assert_true(rate > 0.2 && rate < 0.5);
    assert_true(all.open > 15 && all.open < 120);
    assert_true(all.slipped > 0 && all.slipped < all.open);
    assert_true(all.leavers > 0 && all.newcomers > 0);
    assert_int_equal(all.before_close_count, 0);
    assert_int_equal(all.talks, 0); /* the operator sees no 1:1 */

    look_as(store,
        (struct cox_actor){made.report.leader,
            COX_ROLE_BIT(COX_LEADER) | COX_ROLE_BIT(COX_MANAGER)},
        0, &leader);
    assert_true(leader.talks > 50);
    look_as(store, operator,(TODAY - 365) * COX_DAY_US, &year_ago);
    assert_true(year_ago.won < all.won && year_ago.won > 0 && year_ago.open > 10);
    cox_store_close(store);

    assert_int_equal(cox_demo_make(&made.opt, &made.report, &err), COX_CONFLICT);
    drop(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_seed_is_a_company),
        cmocka_unit_test(test_both_engines_hold_the_same),
        cmocka_unit_test(test_the_company_is_lifelike),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
