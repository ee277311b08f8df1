/* Tests of the routes behind home, board, people and saved views, as each role. */
#include <stdio.h>

#include "org/people.h"
#include "org/saved_view.h"
#include "sales/opportunity.h"
#include "site.h"

static json_t *get(struct site *site, enum site_role who, const char *path)
{
    struct answer answer = site_get(site, who, path, 200);

    return site_json(site, &answer);
}

static void refuse(struct site *site, enum site_role who, const char *path, int status,
    const char *code)
{
    struct answer answer = site_ask(site, who, "GET", path, NULL, NULL);

    site_refused(site, &answer, status, code);
}

static int64_t deal(struct site *site, enum site_role owner, int64_t amount, int stage)
{
    return firm_deal(site->firm, "Deal", site->users[owner], amount, stage);
}

/* ---- home ---- */

static void test_each_hat_has_its_home(void **state)
{
    struct site *site = site_of(state);
    json_t *json, *sections, *row;

    (void)deal(site, SITE_REP, 12345, 1);
    (void)deal(site, SITE_PEER, 100000, 1);
    json = get(site, SITE_REP, "/api/v1/home");
    assert_string_equal(json_string_value(json_object_get(json, "hat")), "rep");
    sections = json_object_get(json, "sections");
    row = json_array_get(json_object_get(json_object_get(sections, "pipeline"), "rows"), 0);
    assert_int_equal(json_integer_value(json_object_get(row, "count")), 1);
    assert_true(json_number_value(json_object_get(row, "amount")) == 123.45);
    assert_int_equal(json_integer_value(json_object_get(row, "stage_id")), site->firm->stages[1]);

    json = get(site, SITE_MANAGER, "/api/v1/home?hat=manager&since=2026-05-01T00:00:00Z");
    sections = json_object_get(json, "sections");
    row = json_array_get(json_object_get(json_object_get(sections, "pipeline"), "rows"), 0);
    assert_int_equal(json_integer_value(json_object_get(row, "count")), 2);
    assert_true(json_number_value(json_object_get(row, "amount")) == 1123.45);
    assert_non_null(json_object_get(sections, "progress"));
    assert_string_equal(json_string_value(json_object_get(json, "since")), "2026-05-01T00:00:00Z");
    json = get(site, SITE_LEADER, "/api/v1/home?hat=leader");
    assert_non_null(json_object_get(json_object_get(json, "sections"), "one_on_ones"));
    (void)get(site, SITE_EXECUTIVE, "/api/v1/home?hat=manager&period=2026-02-01");
}

static void test_home_refuses(void **state)
{
    struct site *site = site_of(state);

    refuse(site, SITE_NOBODY, "/api/v1/home", 401, "COX_SIGN_IN");
    refuse(site, SITE_REP, "/api/v1/home?hat=manager", 403, "COX_DENIED");
    refuse(site, SITE_REP, "/api/v1/home?hat=leader", 403, "COX_DENIED");
    refuse(site, SITE_ADMIN, "/api/v1/home?hat=manager", 403, "COX_DENIED");
    refuse(site, SITE_MANAGER, "/api/v1/home?hat=king", 400, "COX_INVALID");
    refuse(site, SITE_MANAGER, "/api/v1/home?hat=manager&period=soon", 400, "COX_INVALID");
    refuse(site, SITE_MANAGER, "/api/v1/home?hat=manager&since=2030-01-01", 400, "COX_INVALID");
    refuse(site, SITE_MANAGER, "/api/v1/home?hat=manager&team=999999", 404, "COX_MISSING");
    refuse(site, SITE_MANAGER, "/api/v1/home?hat=manager&colour=red", 400, "COX_INVALID");
}

/* ---- board ---- */

static const json_t *column_of(const json_t *board, int64_t stage)
{
    const json_t *column;
    size_t at;

    json_array_foreach(json_object_get(board, "columns"), at, column)
    {
        if (json_integer_value(json_object_get(column, "stage")) == stage) {
            return column;
        }
    }
    fail_msg("no such column");
    return NULL;
}

static int64_t count_in(const json_t *board, int64_t stage)
{
    return json_integer_value(json_object_get(column_of(board, stage), "count"));
}

static void test_the_board_counts_what_one_sees(void **state)
{
    struct site *site = site_of(state);
    int64_t stage = site->firm->stages[1];
    char path[200];
    json_t *board;

    for (int i = 0; i < 7; i++) {
        (void)deal(site, i < 3 ? SITE_REP : SITE_PEER, 1000 * (i + 1), 1);
    }
    assert_int_equal(count_in(get(site, SITE_REP, "/api/v1/board"), stage), 3);
    assert_int_equal(count_in(get(site, SITE_PEER, "/api/v1/board"), stage), 4);
    assert_int_equal(count_in(get(site, SITE_MANAGER, "/api/v1/board"), stage), 7);
    assert_int_equal(count_in(get(site, SITE_ADMIN, "/api/v1/board"), stage), 7);
    assert_int_equal(count_in(get(site, SITE_EXECUTIVE, "/api/v1/board"), stage), 0);

    board = get(site, SITE_MANAGER, "/api/v1/board?amount=gte.50&order=amount&limit=1");
    assert_int_equal(count_in(board, stage), 3);
    assert_int_equal(json_array_size(json_object_get(column_of(board, stage), "rows")), 1);
    (void)snprintf(path, sizeof(path),
        "/api/v1/board?amount=gte.50&order=amount&limit=5&column=%lld&cursor=%s", (long long)stage,
        json_string_value(json_object_get(column_of(board, stage), "next")));
    board = get(site, SITE_MANAGER, path);
    assert_int_equal(json_array_size(json_object_get(column_of(board, stage), "rows")), 2);
    refuse(site, SITE_NOBODY, "/api/v1/board", 401, "COX_SIGN_IN");
    refuse(site, SITE_REP, "/api/v1/board?colour=eq.red", 400, "COX_INVALID");
    refuse(site, SITE_REP, "/api/v1/board?limit=0", 400, "COX_INVALID");
    refuse(site, SITE_REP, "/api/v1/board?order=name", 400, "COX_INVALID");
    refuse(site, SITE_REP, "/api/v1/board?cursor=amount.1.2", 400, "COX_INVALID");
    refuse(site, SITE_REP, "/api/v1/board?pipeline=424242", 404, "COX_MISSING");
}

/* ---- people ---- */

static const json_t *person_of(const json_t *people, int64_t id)
{
    const json_t *person;
    size_t at;

    json_array_foreach(json_object_get(people, "people"), at, person)
    {
        if (json_integer_value(json_object_get(person, "id")) == id) {
            return person;
        }
    }
    fail_msg("no such person");
    return NULL;
}

static void test_people_are_a_tree_on_any_day(void **state)
{
    struct site *site = site_of(state);
    json_t *people = get(site, SITE_REP, "/api/v1/people");
    const json_t *rep = person_of(people, site->users[SITE_REP]);
    const json_t *line = json_array_get(json_object_get(rep, "lines"), 0);

    assert_int_equal(json_integer_value(json_object_get(rep, "manager")),
        site->users[SITE_MANAGER]);
    assert_true(json_integer_value(json_object_get(line, "id")) > 0);
    people = get(site, SITE_REP, "/api/v1/people?day=1999-12-31");
    assert_true(json_is_string(json_object_get(people, "day")));
    refuse(site, SITE_REP, "/api/v1/people?day=someday", 400, "COX_INVALID");
    refuse(site, SITE_NOBODY, "/api/v1/people", 401, "COX_SIGN_IN");
}

/* ---- saved views ---- */

static void test_views_are_ones_own_until_shared(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    struct cox_actor rep = firm_actor(site->users[SITE_REP], COX_REP);
    struct cox_actor peer = firm_actor(site->users[SITE_PEER], COX_REP);
    struct cox_saved_view view, seen;
    struct cox_team team;
    int64_t id, team_id;

    cox_struct_init(&cox_team, &team);
    team.name = COX_LIT("North");
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_team, &team, &team_id));
    cox_struct_init(&cox_saved_view, &view);
    view.name = COX_LIT("Closing soon");
    view.owner = site->users[SITE_REP];
    view.entity = COX_LIT("opportunity");
    view.query = COX_LIT("close_day=lte.2026-06-30&order=close_day");
    OK(firm_create(f, rep, COX_CAUSE_UI, &cox_saved_view, &view, &id));
    OK(firm_load(f, rep, (struct cox_as_of){0}, &cox_saved_view, id, &seen));
    assert_int_equal(seen.owner, site->users[SITE_REP]);
    assert_int_equal(firm_load(f, peer, (struct cox_as_of){0}, &cox_saved_view, id, &seen),
        COX_MISSING);
    OK(firm_change(f, rep, &cox_saved_view, id, COX_SAVED_VIEW_TEAM, cox_int(team_id)));
    OK(firm_load(f, peer, (struct cox_as_of){0}, &cox_saved_view, id, &seen));
    assert_int_equal(firm_change(f, peer, &cox_saved_view, id, COX_SAVED_VIEW_NAME,
                         cox_text_value(COX_LIT("Mine"))),
        COX_DENIED);
    view.entity = COX_LIT("nonsense");
    REFUSED(COX_INVALID, "entity", firm_create(f, rep, COX_CAUSE_UI, &cox_saved_view, &view, &id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_each_hat_has_its_home),
        BOTH_SITES(test_home_refuses),
        BOTH_SITES(test_the_board_counts_what_one_sees),
        BOTH_SITES(test_people_are_a_tree_on_any_day),
        BOTH_SITES(test_views_are_ones_own_until_shared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
