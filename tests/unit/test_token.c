/* tests/unit/test_token.c: tokens and the look at a store's structure, on both engines. */
#include "base/day.h"
#include "check.h"
#include "engines.h"
#include "record/inspect.h"
#include "record/token.h"
#include "shop.h"

struct fixture {
    struct place place;
    struct shop_clock clock;
    struct cox_store *store;
    struct cox_err err;
    bool is_there;
    char token[2][COX_TOKEN_SIZE];
    char handle[COX_TOKEN_HANDLE_SIZE];
    const char *sql;
};

static int set_up(void **state, enum cox_engine engine)
{
    static struct fixture fixture;
    struct fixture *f = &fixture;

    *f = (struct fixture){.clock = {.now_us = INT64_C(1700000000000000), .random = 7}};
    *state = f;
    f->is_there = place_make(&f->place, engine, "token");
    if (!f->is_there) {
        return 0;
    }
    const struct cox_store_opt opt = {.url = f->place.url,
        .entities = shop_entities,
        .now_us = shop_now,
        .random = shop_random,
        .ctx = &f->clock,
        .create = true,
        .migrate = true};
    return cox_store_open(&opt, &f->store, &f->err) == COX_OK ? 0 : -1;
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
        skip();
    }
    return f;
}

static enum cox_rc write_as(struct fixture *f, unsigned roles, cox_call_fn fn)
{
    const struct cox_write_opt opt = {.actor = {.roles = roles}, .cause = COX_CAUSE_CLI};
    struct cox_commit commit;

    f->clock.now_us += COX_SECOND_US;
    return cox_store_write(f->store, &opt, fn, f, &commit, &f->err);
}

static enum cox_rc write_now(struct fixture *f, cox_call_fn fn)
{
    return write_as(f, COX_ROLE_BIT(COX_OPERATOR), fn);
}

static enum cox_rc read_now(struct fixture *f, cox_call_fn fn)
{
    const struct cox_read_opt opt = {.actor = SHOP_OPERATOR};

    return cox_store_read(f->store, &opt, fn, f, &f->err);
}

static enum cox_rc add_two(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;

    COX_TRY(cox_token_add(call, 5, COX_LIT("sync"), COX_TOKEN_READ | COX_TOKEN_PEOPLE, COX_NULL,
        f->token[0], reterr));
    return cox_token_add(call, 6, COX_LIT("report"), COX_TOKEN_WRITE,
        cox_call_now_us(call) + 10 * COX_SECOND_US, f->token[1], reterr);
}

static enum cox_rc find_first(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_token token;

    COX_TRY(cox_token_find(call, cox_text_of(f->token[0]), &token, reterr));
    assert_int_equal(token.user_id, 5);
    assert_int_equal(token.scope, COX_TOKEN_READ | COX_TOKEN_PEOPLE);
    assert_int_equal(token.expires_us, COX_NULL);
    memcpy(f->handle, token.handle, sizeof(f->handle));
    return COX_OK;
}

static enum cox_rc find_second(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_token token;

    return cox_token_find(call, cox_text_of(f->token[1]), &token, reterr);
}

static enum cox_rc find_wrong(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_token token;

    (void)ctx;
    return cox_token_find(call, COX_LIT("cox_AAAA"), &token, reterr);
}

static enum cox_rc list_them(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_token *tokens;
    size_t count;

    (void)ctx;
    COX_TRY(cox_token_list(call, 0, &tokens, &count, reterr));
    assert_int_equal(count, 2);
    COX_TRY(cox_token_list(call, 6, &tokens, &count, reterr));
    assert_int_equal(count, 1);
    assert_true(cox_text_same(tokens[0].label, COX_LIT("report")));
    assert_string_equal(cox_token_scope_name(tokens[0].scope), "write");
    return COX_OK;
}

static enum cox_rc revoke_first(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;

    return cox_token_revoke(call, (struct cox_text){f->handle, 12}, reterr);
}

static enum cox_rc revoke_wrong(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    (void)ctx;
    return cox_token_revoke(call, COX_LIT("zzzz"), reterr);
}

static enum cox_rc revoke_user(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    int64_t count = 0;

    (void)ctx;
    COX_TRY(cox_token_revoke_user(call, 6, &count, reterr));
    assert_int_equal(count, 1);
    return COX_OK;
}

static void token_lives_and_ends(void **state)
{
    struct fixture *f = fixture_of(state);

    assert_int_equal(write_as(f, COX_ROLE_BIT(COX_MANAGER), add_two), COX_DENIED);
    assert_int_equal(write_now(f, add_two), COX_OK);
    assert_int_equal(strlen(f->token[0]), COX_TOKEN_SIZE - 1);
    assert_string_not_equal(f->token[0], f->token[1]);
    assert_int_equal(read_now(f, find_first), COX_OK);
    assert_int_equal(read_now(f, find_second), COX_OK);
    assert_int_equal(read_now(f, find_wrong), COX_DENIED);
    assert_int_equal(read_now(f, list_them), COX_OK);
    assert_int_equal(write_now(f, revoke_wrong), COX_MISSING);
    assert_int_equal(write_now(f, revoke_first), COX_OK);
    assert_int_equal(read_now(f, find_first), COX_DENIED);
    assert_int_equal(write_now(f, revoke_first), COX_MISSING);
    f->clock.now_us += 20 * COX_SECOND_US; /* past the other's end */
    assert_int_equal(read_now(f, find_second), COX_DENIED);
    assert_int_equal(write_now(f, revoke_user), COX_OK);
}

static void scopes(void **state)
{
    unsigned scope = 99;

    (void)state;
    assert_int_equal(cox_token_scope_parse(COX_LIT("write,people"), &scope, NULL), COX_OK);
    assert_int_equal(scope, COX_TOKEN_WRITE | COX_TOKEN_PEOPLE);
    assert_int_equal(cox_token_scope_parse(COX_LIT("people"), &scope, NULL), COX_INVALID);
    assert_int_equal(cox_token_scope_parse(COX_LIT(""), &scope, NULL), COX_INVALID);
}

static enum cox_rc add_customer(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_row *user = cox_row_new(call, &shop_user);
    struct cox_row *customer = cox_row_new(call, &shop_customer);
    int64_t id;

    (void)ctx;
    cox_row_set(user, SHOP_USER_NAME, cox_text_value(COX_LIT("Ada")));
    COX_TRY(cox_create(call, user, &id, reterr));
    cox_row_set(customer, SHOP_CUSTOMER_NAME, cox_text_value(COX_LIT("Acme")));
    cox_row_set(customer, SHOP_CUSTOMER_OWNER, cox_int(id));
    return cox_create(call, customer, &id, reterr);
}

static enum cox_rc look(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct fixture *f = ctx;
    struct cox_inspect_report report;

    COX_TRY(cox_inspect(call, &report, reterr));
    assert_true(report.reference_count > 2);
    (void)snprintf(f->err.text, sizeof(f->err.text), "%lld %.200s", (long long)report.fault_count,
        report.fault);
    return COX_OK;
}

/* Behind the engine's back. */
static void damage(struct fixture *f, const char *sql)
{
    struct cox_db *db = NULL;

    assert_int_equal(cox_db_open(f->place.url, COX_DB_WRITE, &db, &f->err), COX_OK);
    assert_int_equal(cox_db_exec(db, sql, &f->err), COX_OK);
    cox_db_close(db);
}

static void faults_are_found(void **state)
{
    struct fixture *f = fixture_of(state);

    assert_int_equal(write_now(f, add_customer), COX_OK);
    assert_int_equal(read_now(f, look), COX_OK);
    assert_string_equal(f->err.text, "0 ");
    damage(f, "DELETE FROM \"user\"");
    assert_int_equal(read_now(f, look), COX_OK);
    assert_non_null(strstr(f->err.text, "leads nowhere"));
    damage(f, "DELETE FROM \"log\"");
    assert_int_equal(read_now(f, look), COX_OK);
    assert_int_equal(f->err.text[0], '3');
    assert_non_null(strstr(f->err.text, "commits missing from the log"));
}

#define BOTH(test)                                                                                 \
    cmocka_unit_test_setup_teardown(test, set_up_sqlite, tear_down),                               \
        cmocka_unit_test_setup_teardown(test, set_up_postgres, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(token_lives_and_ends),
        BOTH(faults_are_found),
        cmocka_unit_test(scopes),
    };
    return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
