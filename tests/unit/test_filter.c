/*
 * Tests of the filter language and of orders: what is read as what, and what is refused in which
 * words. No database takes part.
 */
#include "check.h"
#include "club.h"
#include "record/filter.h"

enum { MEMORY = 16 << 20 };

struct fixture {
    struct cox_call call;
    struct cox_registry *registry;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    struct cox_err err;

    fixture = (struct fixture){0};
    *state = &fixture;
    if (cox_registry_open(club_entities, &fixture.registry, &err) != COX_OK) {
        print_message("# %s\n", err.text);
        return -1;
    }
    fixture.call = (struct cox_call){.registry = fixture.registry,
        .actor = {.user_id = 77},
        .zone = cox_zone_utc(),
        .is_now = true,
        .arena = cox_arena_open(MEMORY)};
    return fixture.call.arena == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    cox_arena_close(f->call.arena);
    cox_registry_close(f->registry);
    return 0;
}

/* ---- a tree as text ---- */

static void show_value(struct cox_buf *out, const struct cox_value *value)
{
    switch (value->kind) {
    case COX_VALUE_NULL:
        cox_buf_add_string(out, "null");
        return;
    case COX_VALUE_INT:
        cox_buf_format(out, "%lld", (long long)value->number);
        return;
    case COX_VALUE_REAL:
        cox_buf_format(out, "%g", value->real);
        return;
    case COX_VALUE_TEXT:
        cox_buf_add_char(out, '<');
        cox_buf_add_text(out, value->text);
        cox_buf_add_char(out, '>');
        return;
    }
}

static void show(struct cox_buf *out, const struct fixture *f, const struct cox_filter *node)
{
    static const char *const ops[COX_OP_COUNT] = {"=", "!=", ">", ">=", "<", "<=", "like",
        "not like", "ilike", "not ilike", "in", "not in", "is null", "is not null"};
    const struct cox_table *table = cox_registry_entity(f->registry, &club_visit);

    if (node->kind != COX_FILTER_TERM) {
        cox_buf_add_string(out, node->kind == COX_FILTER_AND ? "and(" : "or(");
        for (uint32_t i = 0; i < node->part_count; i++) {
            cox_buf_add_string(out, i == 0 ? "" : ", ");
            show(out, f, node->parts[i]);
        }
        cox_buf_add_char(out, ')');
        return;
    }
    cox_buf_add_string(out, node->field == COX_NO_FIELD ? "id" : table->fields[node->field]->name);
    cox_buf_format(out, "%s %s", node->is_name ? ".name" : "", ops[node->op]);
    for (uint32_t i = 0; i < node->value_count; i++) {
        cox_buf_add_char(out, ' ');
        show_value(out, &node->values[i]);
    }
}

/* ---- what is read ---- */

static const struct {
    const char *text, *tree;
} good[] = {
    {"", NULL},
    {"&&", NULL},
    {"cost=gte.1000", "and(cost >= 100000)"},
    {"cost=eq.-5&day=lt.2024-05-31", "and(cost = -500, day < 19874)"},
    {"id=in.(3,4,5)", "and(id in 3 4 5)"},
    {"id=gt.9", "and(id > 9)"},
    {"title=eq.Acme, Inc. (2)", "and(title = <Acme, Inc. (2)>)"},
    {"title=eq.\"quoted\"", "and(title = <\"quoted\">)"},
    {"title=eq.a%26b+c%2Bd", "and(title = <a&b c+d>)"},
    {"title=eq.%c3%a9", "and(title = <\xc3\xa9>)"},
    {"t%69tle=eq.x", "and(title = <x>)"},
    {"title=eq.", "and(title = <>)"},
    {"title=in.(a,\"b,c\",\"d\\\"e\\\\\")", "and(title in <a> <b,c> <d\"e\\>)"},
    {"title=like.*a?b*", "and(title like <*a?b*>)"},
    {"title=not.ilike.*x*", "and(title not ilike <*x*>)"},
    {"memo=like.x*", "and(memo like <x*>)"},
    {"house.name=ilike.*haus*", "and(house.name ilike <*haus*>)"},
    {"house.name=is.null", "and(house.name is null)"},
    {"owner.name=eq.Ada", "and(owner.name = <Ada>)"},
    {"owner=eq.me", "and(owner = 77)"},
    {"owner=not.in.(me,7)", "and(owner not in 77 7)"},
    {"paid=is.true", "and(paid = 1)"},
    {"paid=not.is.true", "and(paid != 1)"},
    {"paid=eq.false", "and(paid = 0)"},
    {"rating=lte.2.5e-1", "and(rating <= 0.25)"},
    {"kind=eq.long", "and(kind = 1)"},
    {"kind=in.(Short,LONG)", "and(kind in 0 1)"},
    {"cost=is.null", "and(cost is null)"},
    {"cost=not.is.null", "and(cost is not null)"},
    {"cost=not.not.eq.1", "and(cost = 100)"},
    {"cost=not.gt.1", "and(cost <= 100)"},
    {"seen_at=gte.2024-01-01T00:00:00Z", "and(seen_at >= 1704067200000000)"},
    {"seen_at=gte.2024-01-01T01:00:00%2B01:00", "and(seen_at >= 1704067200000000)"},
    {"or=(cost.eq.1,title.ilike.*a*)", "and(or(cost = 100, title ilike <*a*>))"},
    {"and=(cost.gt.1,cost.lt.5)", "and(and(cost > 100, cost < 500))"},
    {"not.or=(cost.eq.1,cost.is.null)", "and(and(cost != 100, cost is not null))"},
    {"not.and=(cost.eq.1,or(paid.is.true,kind.eq.long))",
        "and(or(cost != 100, and(paid != 1, kind != 1)))"},
    {"or=(not.and(cost.eq.1,cost.eq.2),cost.eq.3)",
        "and(or(or(cost != 100, cost != 200), cost = 300))"},
    {"not.or=(not.and(cost.eq.1,cost.eq.2),cost.eq.3)",
        "and(and(and(cost = 100, cost = 200), cost != 300))"},
    {"or=(house.name.eq.x,owner.name.not.eq.y)", "and(or(house.name = <x>, owner.name != <y>))"},
    {"or=(title.eq.\"a,b)\",title.in.(x,y))", "and(or(title = <a,b)>, title in <x> <y>))"},
};

static void test_good(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < COX_COUNT(good); i++) {
        const struct cox_filter *filter = NULL;
        struct cox_err err = {0};
        struct cox_buf out;
        if (cox_filter_parse(&f->call, &club_visit, cox_text_of(good[i].text), &filter, &err) !=
            COX_OK) {
            fail_msg("\"%s\" is refused: %s", good[i].text, err.text);
        }
        if (good[i].tree == NULL) {
            assert_null(filter);
            continue;
        }
        cox_buf_init(&out, 4096);
        show(&out, f, filter);
        cox_buf_add_char(&out, '\0');
        assert_false(out.failed);
        assert_string_equal(out.ptr, good[i].tree);
        cox_buf_done(&out);
    }
}

/* ---- what is refused ---- */

static const struct {
    const char *text, *field, *words;
} bad[] = {
    {"nothing=eq.1", "nothing", "unknown field"},
    {"secret=eq.1", "secret", "unknown field"},
    {"secret=is.null", "secret", "unknown field"},
    {"old=eq.1", "old", "unknown field"},
    {"photo=is.null", "photo", "unknown field"},
    {"title.name=eq.1", "title.name", "unknown field"},
    {"house.height=eq.1", "house.height", "unknown field"},
    {"house.name.name=eq.1", "house.name.name", "unknown field"},
    {"or=(secret.eq.1,cost.eq.1)", "secret", "unknown field"},
    {"=eq.1", "", "unknown field"},
    {"id.name=eq.1", "id.name", "unknown field"},
    {"cost", "", "each part reads field=operator.value"},
    {"cost=5", "", "after a field comes an operator and a dot"},
    {"cost=eq", "", "after a field comes an operator and a dot"},
    {"cost=same.5", "", "after a field comes eq, neq"},
    {"cost=eq.five", "cost", "not an amount"},
    {"cost=eq.", "cost", "not an amount"},
    {"cost=eq.99999999999999999999", "cost", "not an amount"},
    {"cost=eq.-9223372036854775808", "cost", "not an amount"},
    {"cost=like.1", "cost", "not text"},
    {"memo=ilike.x", "memo", "neither sorted nor searched"},
    {"kind=eq.middle", "kind", "not one of its choices"},
    {"kind=gt.short", "kind", "has no order"},
    {"owner=gt.3", "owner", "has no order"},
    {"owner=eq.ada", "owner", "not the number of a record"},
    {"paid=eq.maybe", "paid", "not true or false"},
    {"paid=is.maybe", "", "is takes null, true or false"},
    {"cost=is.true", "cost", "is takes only null"},
    {"rating=eq.nan", "rating", "not a number"},
    {"rating=eq.1e999", "rating", "not a number"},
    {"day=eq.2024-02-30", "day", "day"},
    {"seen_at=gt.yesterday", "seen_at", "seen_at"},
    {"cost=in.1,2", "", "parentheses"},
    {"cost=in.(1,2", "", "not closed"},
    {"cost=in.()", "cost", "not an amount"},
    {"title=in.(a(b))", "", "must be put in quotes"},
    {"title=in.(\"a", "", "quote is not closed"},
    {"cost=in.(1)x", "", "more behind its end"},
    {"or=cost.eq.1", "", "followed by conditions"},
    {"or=(cost.eq.1", "", "not closed"},
    {"or=()", ")", "unknown field"},
    {"or=(cost.eq.1)x", "", "more behind its end"},
    {"not.cost=eq.1", "", "not stands before"},
    {"title=eq.%4", "", "hexadecimal"},
    {"title=eq.%zz", "", "hexadecimal"},
    {"title=eq.%ff", "", "UTF-8"},
    {"title=eq.%00", "", "UTF-8"},
    {"title=eq.%ed%a0%80", "", "UTF-8"},
    {"or=(or(or(or(or(or(or(or(or(cost.eq.1)))))))))", "", "at most 8 deep"},
};

static void test_bad(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < COX_COUNT(bad); i++) {
        const struct cox_filter *filter = NULL;
        struct cox_err err = {0};
        enum cox_rc rc =
            cox_filter_parse(&f->call, &club_visit, cox_text_of(bad[i].text), &filter, &err);
        if (rc == COX_OK || strstr(err.text, bad[i].words) == NULL ||
            strcmp(err.field, bad[i].field) != 0) {
            fail_msg("\"%s\": %s: %s: %s", bad[i].text, cox_rc_name(rc), err.field, err.text);
        }
        assert_null(filter);
    }
}

/* The bytes of an answer must not tell a field one may not read from one that is not there. */
static void test_unreadable_is_unknown(void **state)
{
    static const char *const forms[] = {"%s=eq.1", "%s=is.null", "%s=wrong", "or=(%s.gt.1)",
        "%s.name=eq.1", "not.and=(%s.in.(1,2))"};
    static const char *const names[] = {"secret", "photo", "old", "absent"};
    struct fixture *f = *state;

    for (size_t i = 0; i < COX_COUNT(forms); i++) {
        struct cox_err errs[COX_COUNT(names)];
        for (size_t j = 0; j < COX_COUNT(names); j++) {
            const struct cox_filter *filter;
            char *text = cox_arena_format(f->call.arena, "%s", forms[i]);
            char *at = strstr(text, "%s");
            text = cox_arena_format(f->call.arena, "%.*s%s%s", (int)(at - text), text, names[j],
                at + 2);
            assert_int_not_equal(
                cox_filter_parse(&f->call, &club_visit, cox_text_of(text), &filter, &errs[j]),
                COX_OK);
            assert_int_equal(errs[j].rc, errs[0].rc);
            assert_string_equal(errs[j].text, errs[0].text);
        }
    }
}

static void test_limits(void **state)
{
    struct fixture *f = *state;
    const struct cox_filter *filter = NULL;
    struct cox_err err;
    struct cox_buf text;

    cox_buf_init(&text, 1 << 20);
    for (int i = 0; i < COX_FILTER_TERMS_MAX; i++) {
        cox_buf_add_string(&text, i == 0 ? "cost=eq.1" : "&cost=eq.1");
    }
    assert_int_equal(cox_filter_parse(&f->call, &club_visit, cox_buf_text(&text), &filter, &err),
        COX_OK);
    cox_buf_add_string(&text, "&cost=eq.1");
    assert_int_equal(cox_filter_parse(&f->call, &club_visit, cox_buf_text(&text), &filter, &err),
        COX_TOO_LARGE);
    cox_buf_clear(&text);
    cox_buf_add_string(&text, "cost=in.(1");
    for (int i = 0; i < COX_FILTER_VALUES_MAX; i++) {
        cox_buf_add_string(&text, ",1");
    }
    cox_buf_add_string(&text, ")");
    assert_int_equal(cox_filter_parse(&f->call, &club_visit, cox_buf_text(&text), &filter, &err),
        COX_TOO_LARGE);
    cox_buf_clear(&text);
    cox_buf_add_string(&text, "title=eq.");
    for (int i = 0; i < COX_FILTER_SIZE_MAX; i++) {
        cox_buf_add_char(&text, 'x');
    }
    assert_int_equal(cox_filter_parse(&f->call, &club_visit, cox_buf_text(&text), &filter, &err),
        COX_TOO_LARGE);
    cox_buf_done(&text);
}

/* ---- built by code ---- */

static enum cox_rc build(struct fixture *f, uint32_t field, const char *op, struct cox_value value,
    const struct cox_filter **ret_filter)
{
    const struct cox_filter_term term = {field, op, value};

    return cox_filter_build(&f->call, &club_visit, &term, 1, ret_filter, NULL);
}

static void test_build(void **state)
{
    struct fixture *f = *state;
    const struct cox_filter *filter = NULL;

    assert_int_equal(build(f, CLUB_VISIT_COST, "gte", cox_int(5), &filter), COX_OK);
    assert_int_equal(filter->parts[0]->op, COX_OP_GTE);
    assert_int_equal(build(f, CLUB_VISIT_COST, "not.gte", cox_int(5), &filter), COX_OK);
    assert_int_equal(filter->parts[0]->op, COX_OP_LT);
    assert_int_equal(build(f, CLUB_VISIT_COST, "is", cox_null(), &filter), COX_OK);
    assert_int_equal(filter->parts[0]->op, COX_OP_NULL);
    assert_int_equal(build(f, CLUB_VISIT_PAID, "is", cox_int(1), &filter), COX_OK);
    assert_int_equal(build(f, COX_NO_FIELD, "gt", cox_int(5), &filter), COX_OK);
    assert_int_equal(build(f, CLUB_VISIT_RATING, "lt", cox_int(5), &filter), COX_OK);
    assert_int_equal(build(f, CLUB_VISIT_COST, "eq", cox_null(), &filter), COX_INVALID);
    assert_int_equal(build(f, CLUB_VISIT_COST, "in", cox_int(5), &filter), COX_INVALID);
    assert_int_equal(build(f, CLUB_VISIT_SECRET, "is", cox_null(), &filter), COX_INVALID);
    assert_int_equal(build(f, 999, "is", cox_null(), &filter), COX_INVALID);
    assert_int_equal(cox_filter_build(&f->call, &club_visit, NULL, 0, &filter, NULL), COX_OK);
    assert_null(filter);
}

/* ---- orders ---- */

static void test_order(void **state)
{
    static const struct {
        const char *text;
        size_t count; /* COX_ORDER_MAX + 1: refused */
    } cases[] = {{"", 0}, {"day", 1}, {"day.desc,title", 2}, {"day.asc,title.desc,id", 3},
        {"day,title,rating,cost", 4}, {"secret", 4}, {"absent.desc", 4}, {"photo", 4}, {"old", 4},
        {"day.down", 4}, {",", 4}, {"day.desc.asc", 4}, {"house.name", 4}};
    struct fixture *f = *state;
    struct cox_order order[COX_ORDER_MAX];

    for (size_t i = 0; i < COX_COUNT(cases); i++) {
        size_t count = COX_ORDER_MAX + 1;
        struct cox_err err = {0};
        enum cox_rc rc =
            cox_order_parse(&f->call, &club_visit, cox_text_of(cases[i].text), order, &count, &err);
        assert_int_equal(rc, cases[i].count > COX_ORDER_MAX ? COX_INVALID : COX_OK);
        assert_int_equal(count, cases[i].count);
    }
    size_t count = 0;
    assert_int_equal(
        cox_order_parse(&f->call, &club_visit, COX_LIT("day.desc,id"), order, &count, NULL),
        COX_OK);
    assert_int_equal(order[0].field, CLUB_VISIT_DAY);
    assert_true(order[0].is_descending);
    assert_int_equal(order[1].field, COX_NO_FIELD);
    assert_false(order[1].is_descending);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_good, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unreadable_is_unknown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_limits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_build, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
