/* Tests of record/schema.h: a filled store is brought to newer declarations, and nothing is lost. */
#include "check.h"
#include "engines.h"
#include "record/audit.h"
#include "record/query.h"
#include "record/save.h"
#include "shop.h"

/* The same entity in two releases: the second renames a field and the table, adds a field. */
enum { OLD_NAME, OLD_SIZE, OLD_COUNT };

static const struct cox_grant grants[] = {
    {COX_ROLE_BIT(COX_OPERATOR), COX_ALL, COX_ALL, COX_ALL, COX_ALL}, {0}};

static const struct cox_field old_fields[] = {
    [OLD_NAME] = {"title", .type = COX_TEXT, .flags = COX_REQUIRED | COX_SORTED | COX_SEARCHED},
    [OLD_SIZE] = {"size", .type = COX_INT},
};

static const struct cox_entity old_thing = {
    .name = "thing",
    .plural = "things",
    .label = "thing",
    .label_plural = "things",
    .number = 9,
    .fields = old_fields,
    .field_count = OLD_COUNT,
    .reach = COX_REACH_COMPANY,
    .name_field = OLD_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = grants,
};

enum { NEW_NAME, NEW_SIZE, NEW_COLOUR, NEW_COUNT };

static const struct cox_field new_fields[] = {
    [NEW_NAME] = {"label", .was = "title", .type = COX_TEXT,
        .flags = COX_REQUIRED | COX_SORTED | COX_SEARCHED},
    [NEW_SIZE] = {"size", .type = COX_INT, .flags = COX_SORTED},
    [NEW_COLOUR] = {"colour", .type = COX_TEXT, .flags = COX_SORTED | COX_PERSONAL},
};

static const struct cox_entity new_thing = {
    .name = "item",
    .plural = "items",
    .label = "item",
    .label_plural = "items",
    .was = "thing",
    .number = 9,
    .fields = new_fields,
    .field_count = NEW_COUNT,
    .reach = COX_REACH_COMPANY,
    .name_field = NEW_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = grants,
};

static const struct cox_field bad_fields[] = {
    [OLD_NAME] = {"title", .type = COX_TEXT, .flags = COX_REQUIRED},
    [OLD_SIZE] = {"size", .type = COX_TEXT},
};

static const struct cox_entity bad_thing = {
    .name = "thing",
    .plural = "things",
    .label = "thing",
    .label_plural = "things",
    .number = 9,
    .fields = bad_fields,
    .field_count = OLD_COUNT,
    .reach = COX_REACH_COMPANY,
    .name_field = OLD_NAME,
    .owner_field = COX_NO_FIELD,
    .parent_field = COX_NO_FIELD,
    .currency_field = COX_NO_FIELD,
    .grants = grants,
};

static const struct cox_entity *const old_entities[] = {&old_thing, NULL};
static const struct cox_entity *const new_entities[] = {&new_thing, &shop_user, NULL};
static const struct cox_entity *const bad_entities[] = {&bad_thing, NULL};

static enum cox_rc fill(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    int64_t *id = ctx;
    struct cox_row *row = cox_row_new(call, &old_thing);

    cox_row_set(row, OLD_NAME, cox_text_value(COX_LIT("Oar")));
    cox_row_set(row, OLD_SIZE, cox_int(3));
    return cox_create(call, row, id, reterr);
}

static enum cox_rc grow(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const int64_t *id = ctx;
    const struct cox_change change = {OLD_SIZE, cox_int(4)};

    return cox_change_fields(call, &old_thing, *id, 0, &change, 1, NULL, reterr);
}

/* The entity's first personal field came with this release. */
static enum cox_rc paint(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const int64_t *id = ctx;
    const struct cox_change change = {NEW_COLOUR, cox_text_value(COX_LIT("red"))};

    return cox_change_fields(call, &new_thing, *id, 0, &change, 1, NULL, reterr);
}

static enum cox_rc read_new(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const int64_t *id = ctx;
    struct cox_stored stored;
    bool is_there;

    COX_TRY(cox_save_stored(call, cox_registry_entity(cox_call_registry(call), &new_thing), *id,
        &stored, &is_there, reterr));
    assert_true(is_there);
    assert_true(cox_text_same(cox_row_text(&stored.row, NEW_NAME), COX_LIT("Oar")));
    assert_int_equal(cox_row_int(&stored.row, NEW_SIZE), 4);
    assert_true(cox_row_text(&stored.row, NEW_COLOUR).ptr == NULL);
    return COX_OK;
}

static void ok(enum cox_rc rc, const struct cox_err *err)
{
    if (rc != COX_OK) {
        print_message("# %s: %s %s\n", cox_rc_name(rc), err->field, err->text);
    }
    assert_int_equal(rc, COX_OK);
}

static void upgrade_on(enum cox_engine engine)
{
    static const struct cox_write_opt write = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
        .cause = COX_CAUSE_CLI};
    static const struct cox_read_opt read = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)}};
    struct cox_arena *arena = cox_arena_open(1 << 22);
    struct cox_audit_report report;
    struct cox_store *store = NULL;
    struct cox_err err = {0};
    struct cox_text plan;
    char before[65], after[65];
    struct place place;
    int64_t id;

    if (!place_make(&place, engine, "schema")) {
        cox_arena_close(arena);
        print_message("# COX_TEST_POSTGRES is not set: not run on PostgreSQL\n");
        skip();
    }
    struct cox_store_opt opt = {.url = place.url,
        .entities = old_entities,
        .create = true,
        .migrate = true};
    ok(cox_store_open(&opt, &store, &err), &err);
    ok(cox_store_write(store, &write, fill, &id, NULL, &err), &err);
    ok(cox_state_digest(store, (struct cox_as_of){0}, before, &err), &err);
    ok(cox_store_write(store, &write, grow, &id, NULL, &err), &err);
    cox_store_close(store);

    opt = (struct cox_store_opt){.url = place.url, .entities = new_entities};
    assert_int_equal(cox_store_open(&opt, &store, &err),
        COX_CONFLICT); /* not without being asked */
    ok(cox_store_plan(&opt, arena, &plan, &err), &err);
    assert_non_null(strstr(plan.ptr, "item: was thing"));
    assert_non_null(strstr(plan.ptr, "item: field label was title"));
    assert_non_null(strstr(plan.ptr, "item: new field colour"));
    assert_non_null(strstr(plan.ptr, "user: new table"));
    opt.migrate = true;
    ok(cox_store_open(&opt, &store, &err), &err);
    ok(cox_store_read(store, &read, read_new, &id, &err), &err);
    ok(cox_state_digest(store, (struct cox_as_of){.seq = 1}, after, &err), &err);
    assert_string_equal(before, after);
    ok(cox_audit_verify(store, NULL, NULL, &report, &err), &err);
    assert_string_equal(report.fault, "");
    ok(cox_store_write(store, &write, paint, &id, NULL, &err), &err);
    ok(cox_audit_verify(store, NULL, NULL, &report, &err), &err);
    assert_string_equal(report.fault, "");
    ok(cox_store_plan(&opt, arena, &plan, &err), &err);
    assert_int_equal(plan.size, 0);
    cox_store_close(store);
    place_drop(&place);
    cox_arena_close(arena);
}

static void test_upgrade_on_sqlite(void **state)
{
    (void)state;
    upgrade_on(COX_SQLITE);
}

static void test_upgrade_on_postgres(void **state)
{
    (void)state;
    upgrade_on(COX_POSTGRES);
}

static enum cox_rc make_user(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_row *row = cox_row_new(call, &shop_user);

    cox_row_set(row, SHOP_USER_NAME, cox_text_value(COX_LIT("Ada")));
    return cox_create(call, row, ctx, reterr);
}

static enum cox_rc make_customer(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct cox_row *row = cox_row_new(call, &shop_customer);
    int64_t *id = ctx;

    cox_row_set(row, SHOP_CUSTOMER_NAME, cox_text_value(COX_LIT("Oar & Sons")));
    cox_row_set(row, SHOP_CUSTOMER_OWNER, cox_int(*id));
    return cox_create(call, row, id, reterr);
}

static enum cox_rc rename_customer(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const int64_t *id = ctx;
    char *name = cox_arena_format(cox_call_arena(call), "Oar %lld", (long long)call->commit.seq);
    const struct cox_change change = {SHOP_CUSTOMER_NAME, cox_text_value(cox_text_of(name))};

    return cox_change_fields(call, &shop_customer, *id, 0, &change, 1, NULL, reterr);
}

static enum cox_rc list_customers(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct cox_query query = {.entity = &shop_customer, .limit = 10};
    struct cox_page page;
    char *name = ctx;

    COX_TRY(cox_list(call, &query, &page, reterr));
    assert_int_equal(page.count, 1);
    (void)snprintf(name, 40, "%s", cox_row_text(&page.rows[0], SHOP_CUSTOMER_NAME).ptr);
    return COX_OK;
}

/* A store made before closed versions had a tail: the migration gives it one, and the past reads the same. */
static void test_a_store_without_a_tail_gets_one(void **state)
{
    static const char old[] =
        "DROP INDEX \"customer_past_from_us_s\"; DROP INDEX \"customer_past_owner_s\"; "
        "DROP INDEX \"customer_past_fresh_f\"; ALTER TABLE \"customer_past\" DROP COLUMN \"fresh\"; "
        "CREATE INDEX \"customer_past_from_us_t\" ON \"customer_past\" (\"from_us\"); "
        "CREATE INDEX \"customer_past_owner_i\" ON \"customer_past\" (\"owner\", \"id\"); "
        "UPDATE \"setting\" SET \"value\" = '' WHERE \"name\" = 'schema.fingerprint'";
    static const struct cox_write_opt write = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)},
        .cause = COX_CAUSE_CLI};
    struct cox_read_opt read = {.actor = {.roles = COX_ROLE_BIT(COX_OPERATOR)}};
    struct cox_commit commits[6];
    struct cox_store *store = NULL;
    struct cox_db *db = NULL;
    struct cox_err err = {0};
    struct place place;
    char name[40];
    int64_t id;
    bool has;

    (void)state;
    assert_true(place_make(&place, COX_SQLITE, "schema"));
    struct cox_store_opt opt = {.url = place.url,
        .entities = shop_entities,
        .create = true,
        .migrate = true,
        .tail_max = 2};
    ok(cox_store_open(&opt, &store, &err), &err);
    ok(cox_store_write(store, &write, make_user, &id, NULL, &err), &err);
    ok(cox_store_write(store, &write, make_customer, &id, NULL, &err), &err);
    for (int i = 0; i < 3; i++) {
        ok(cox_store_write(store, &write, rename_customer, &id, &commits[i], &err), &err);
    }
    cox_store_close(store);
    ok(cox_db_open(place.url, COX_DB_WRITE, &db, &err), &err);
    ok(cox_db_exec(db, old, &err), &err);
    cox_db_close(db);

    opt.create = opt.migrate = false;
    assert_int_equal(cox_store_open(&opt, &store, &err), COX_CONFLICT); /* not unasked */
    opt.migrate = true;
    ok(cox_store_open(&opt, &store, &err), &err);
    for (int i = 3; i < 6; i++) {
        ok(cox_store_write(store, &write, rename_customer, &id, &commits[i], &err), &err);
    }
    for (int i = 0; i < 6; i++) {
        char want[40];
        (void)snprintf(want, sizeof(want), "Oar %lld", (long long)commits[i].seq);
        read.as_of.at_us = commits[i].at_us;
        ok(cox_store_read(store, &read, list_customers, name, &err), &err);
        assert_string_equal(name, want);
    }
    cox_store_close(store);
    ok(cox_db_open(place.url, COX_DB_READ, &db, &err), &err);
    ok(cox_db_has(db, "index", "customer_past_owner_i", &has, &err), &err);
    assert_false(has);
    ok(cox_db_has(db, "index", "customer_past_owner_s", &has, &err), &err);
    assert_true(has);
    cox_db_close(db);
    place_drop(&place);
}

/* A process that dies while it loads in bulk leaves indexes away. */
static void test_a_broken_off_bulk_load_is_mended(void **state)
{
    static const struct cox_entity *const bulk[] = {&shop_deal};
    struct cox_store *store = NULL;
    struct cox_db *db = NULL;
    struct cox_err err = {0};
    struct place place;
    bool has = true;

    (void)state;
    assert_true(place_make(&place, COX_SQLITE, "schema"));
    struct cox_store_opt opt = {.url = place.url,
        .entities = shop_entities,
        .create = true,
        .migrate = true};
    ok(cox_store_open(&opt, &store, &err), &err);
    ok(cox_bulk_begin(store, bulk, 1, &err), &err);
    cox_store_close(store); /* without cox_bulk_end */
    ok(cox_db_open(place.url, COX_DB_READ, &db, &err), &err);
    ok(cox_db_has(db, "index", "deal_amount_i", &has, &err), &err);
    assert_false(has);
    cox_db_close(db);
    opt.create = opt.migrate = false;
    ok(cox_store_open(&opt, &store, &err), &err);
    cox_store_close(store);
    ok(cox_db_open(place.url, COX_DB_READ, &db, &err), &err);
    ok(cox_db_has(db, "index", "deal_amount_i", &has, &err), &err);
    assert_true(has);
    cox_db_close(db);
    place_drop(&place);
}

static void test_another_type_needs_a_file(void **state)
{
    struct cox_store *store = NULL;
    struct cox_err err = {0};
    struct place place;

    (void)state;
    assert_true(place_make(&place, COX_SQLITE, "schema"));
    struct cox_store_opt opt = {.url = place.url,
        .entities = old_entities,
        .create = true,
        .migrate = true};
    ok(cox_store_open(&opt, &store, &err), &err);
    cox_store_close(store);
    opt.entities = bad_entities;
    assert_int_equal(cox_store_open(&opt, &store, &err), COX_UNSUPPORTED);
    assert_string_equal(err.field, "size");
    place_drop(&place);
}

static void test_a_strange_file_is_refused(void **state)
{
    struct cox_store *store = NULL;
    struct cox_err err = {0};
    struct place place;

    (void)state;
    assert_true(place_make(&place, COX_SQLITE, "schema"));
    struct cox_store_opt opt = {.url = place.url, .entities = old_entities};
    assert_int_not_equal(cox_store_open(&opt, &store, &err), COX_OK); /* no file, none made */
    FILE *file = fopen(place.url, "w");
    assert_non_null(file);
    (void)fputs("this is a letter to my aunt, and long enough to be mistaken for a header of pages",
        file);
    (void)fclose(file);
    assert_int_not_equal(cox_store_open(&opt, &store, &err), COX_OK);
    place_drop(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_upgrade_on_sqlite),
        cmocka_unit_test(test_upgrade_on_postgres),
        cmocka_unit_test(test_a_store_without_a_tail_gets_one),
        cmocka_unit_test(test_a_broken_off_bulk_load_is_mended),
        cmocka_unit_test(test_another_type_needs_a_file),
        cmocka_unit_test(test_a_strange_file_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
