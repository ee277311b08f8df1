/* Tests of contests and leaderboards over HTTP, as each role: rights, standings, staying off, results that stay. */
#include <pthread.h>
#include <stdio.h>

#include "ask.h"
#include "manager/contest.h"
#include "manager/contest_job.h"
#include "org/people.h"
#include "sales/analysis.h"
#include "sales/opportunity.h"

static const char *path_of(const char *format, int64_t id)
{
    static char path[2][120];
    static int turn;

    const char *hole = strstr(format, "ID");

    assert_non_null(hole);
    turn = 1 - turn;
    (void)snprintf(path[turn], sizeof(path[turn]), "%.*s%lld%s", (int)(hole - format), format,
        (long long)id, hole + 2);
    return path[turn];
}

static json_t *standing(struct site *site, enum site_role who, int64_t contest)
{
    return get(site, who, path_of("/api/v1/contests/ID/standing", contest));
}

static json_t *line(struct site *site, json_t *standing, enum site_role whose)
{
    json_t *row;
    size_t at;

    json_array_foreach(json_object_get(standing, "rows"), at, row)
    {
        if (number(row, "id") == site->users[whose]) {
            return row;
        }
    }
    return NULL;
}

static int64_t deal(struct site *site, enum site_role owner, int64_t amount, int64_t days_ago,
    int stage)
{
    struct firm *f = site->firm;
    struct cox_opportunity deal;
    int64_t id;

    cox_struct_init(&cox_opportunity, &deal);
    deal.name = COX_LIT("Deal");
    deal.owner = site->users[owner];
    deal.amount = amount;
    deal.stage = f->stages[stage];
    deal.created_day = FIRM_TODAY - days_ago - (amount % 100 == 1 ? 0 : 20);
    if (stage >= 4) {
        deal.closed_day = FIRM_TODAY - days_ago;
    }
    OK(firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_opportunity, &deal, &id));
    return id;
}

/* Of May, by the manager, with both reps. */
static int64_t contest(struct site *site, const char *more)
{
    int64_t id = number(ask(site, SITE_MANAGER, "POST", "/api/v1/contests", 201,
                            "{\"name\":\"May\",\"measure\":\"won\",\"from_day\":\"2026-05-01\","
                            "\"to_day\":\"2026-06-01\",\"prize\":\"Dinner\"%s}",
                            more),
        "id");

    for (int who = SITE_REP; who <= SITE_PEER; who++) {
        (void)ask(site, SITE_MANAGER, "POST", "/api/v1/contest_entries", 201,
            "{\"contest\":%lld,\"user\":%lld}", (long long)id, (long long)site->users[who]);
    }
    return id;
}

static void run_jobs(struct site *site)
{
    struct cox_err err = {0};

    firm_ok(cox_contests_run(site->firm->store, cox_books_of(site->server), &err), &err, __LINE__);
}

/* ---- who may what ---- */

static void test_who_puts_up_and_sees(void **state)
{
    struct site *site = site_of(state);
    int64_t open = contest(site, ""), closed = contest(site, ",\"is_open\":false");
    static const char body[] = "{\"name\":\"Mine\",\"measure\":\"won\",\"from_day\":\"2026-05-01\","
                               "\"to_day\":\"2026-06-01\"}";

    deal(site, SITE_REP, 100000, 5, 4);
    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        assert_int_equal(
            json_array_size(json_object_get(standing(site, (enum site_role)who, open), "rows")), 1);
    }
    (void)ask(site, SITE_NOBODY, "GET", path_of("/api/v1/contests/ID/standing", open), 401, "%s",
        "");
    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) { /* closed: who takes part, the line */
        bool sees =
            who == SITE_REP || who == SITE_PEER || who == SITE_MANAGER || who == SITE_LEADER;
        (void)ask(site, (enum site_role)who, "GET", path_of("/api/v1/contests/ID/standing", closed),
            sees ? 200 : 404, "%s", "");
        (void)ask(site, (enum site_role)who, "GET", path_of("/api/v1/contests/ID", closed),
            sees ? 200 : 404, "%s", "");
    }
    (void)ask(site, SITE_REP, "POST", "/api/v1/contests", 403, body);
    (void)ask(site, SITE_ADMIN, "POST", "/api/v1/contests", 403, body);
    (void)ask(site, SITE_REP, "PATCH", path_of("/api/v1/contests/ID", open), 403,
        "{\"prize\":\"More\"}");
    (void)ask(site, SITE_EXECUTIVE, "PATCH", path_of("/api/v1/contests/ID", open), 403,
        "{\"prize\":\"More\"}");
    (void)ask(site, SITE_LEADER, "PATCH", path_of("/api/v1/contests/ID", open), 200,
        "{\"prize\":\"More\"}");
    /* Only the own line is put up; an executive's is everybody. */
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/contest_entries", 403,
        "{\"contest\":%lld,\"user\":%lld}", (long long)open,
        (long long)site->users[SITE_EXECUTIVE]);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/contest_entries", 409,
        "{\"contest\":%lld,\"user\":%lld}", (long long)open, (long long)site->users[SITE_REP]);
    (void)ask(site, SITE_REP, "POST", "/api/v1/contest_entries", 403,
        "{\"contest\":%lld,\"user\":%lld}", (long long)open, (long long)site->users[SITE_LEADER]);
}

static void test_what_is_refused(void **state)
{
    struct site *site = site_of(state);
    int64_t id = contest(site, ",\"grace_days\":2");
    static const char *const bad[] = {
        "{\"name\":\"x\",\"measure\":\"luck\",\"from_day\":\"2026-06-01\",\"to_day\":\"2026-07-01\"}",
        "{\"name\":\"x\",\"measure\":\"won\",\"from_day\":\"2026-07-01\",\"to_day\":\"2026-06-01\"}",
        "{\"name\":\"x\",\"measure\":\"won\",\"from_day\":\"2026-07-01\",\"to_day\":\"2028-06-01\"}",
        "{\"name\":\"x\",\"measure\":\"won\",\"rule\":\"first_to_target\",\"from_day\":\"2026-06-01\","
        "\"to_day\":\"2026-07-01\"}",
        "{\"name\":\"x\",\"measure\":\"won\",\"target\":5,\"from_day\":\"2026-06-01\","
        "\"to_day\":\"2026-07-01\"}",
        "{\"name\":\"x\",\"measure\":\"pipeline\",\"rule\":\"most_improved\",\"from_day\":"
        "\"2026-06-01\",\"to_day\":\"2026-07-01\"}",
    };
    json_t *entries;

    for (size_t i = 0; i < COX_COUNT(bad); i++) {
        (void)ask(site, SITE_MANAGER, "POST", "/api/v1/contests", 400, "%s", bad[i]);
    }
    /* It has begun: what decides it stays, what is written about it may be mended. */
    (void)ask(site, SITE_MANAGER, "PATCH", path_of("/api/v1/contests/ID", id), 409,
        "{\"to_day\":\"2026-05-21\"}");
    (void)ask(site, SITE_MANAGER, "PATCH", path_of("/api/v1/contests/ID", id), 409,
        "{\"measure\":\"won_count\"}");
    (void)ask(site, SITE_MANAGER, "PATCH", path_of("/api/v1/contests/ID", id), 200,
        "{\"text\":\"Signed is signed\"}");
    (void)ask(site, SITE_MANAGER, "PATCH", path_of("/api/v1/contests/ID", id), 400,
        "{\"state\":\"ended\"}");
    entries = json_object_get(get(site, SITE_MANAGER, "/api/v1/contest_entries"), "rows");
    (void)ask(site, SITE_MANAGER, "DELETE",
        path_of("/api/v1/contest_entries/ID", number(json_array_get(entries, 0), "id")), 409, "%s",
        "");
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/contest_results", 400,
        "{\"contest\":%lld,\"user\":%lld}", (long long)id, (long long)site->users[SITE_REP]);
}

/* ---- standings and staying off ---- */

static char *rows_text(json_t *standing)
{
    return json_dumps(json_object_get(standing, "rows"), JSON_COMPACT | JSON_SORT_KEYS);
}

static void test_whoever_stays_off_leaves_no_trace(void **state)
{
    struct site *site = site_of(state);
    int64_t id = contest(site, ""), choice, big;
    json_t *found;
    char *before, *after;

    big = deal(site, SITE_REP, 500000, 5, 4);
    deal(site, SITE_PEER, 100000, 6, 4);
    deal(site, SITE_PEER, 100001, 6, 4); /* created and won on one day */
    found = standing(site, SITE_PEER, id);
    assert_int_equal(number(line(site, found, SITE_REP), "place"), 1);
    assert_int_equal(number(line(site, found, SITE_PEER), "place"), 2);
    assert_true(real(line(site, found, SITE_PEER), "value") == 2000.01);
    assert_int_equal(number(line(site, found, SITE_PEER), "same_day_count"), 1);
    assert_true(is_true(line(site, found, SITE_PEER), "is_me"));

    /* Nobody chooses for another, nor reads another's choice. */
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/board_choices", 403, "{\"user\":%lld}",
        (long long)site->users[SITE_REP]);
    choice = number(ask(site, SITE_REP, "POST", "/api/v1/board_choices", 201, "{}"), "id");
    (void)ask(site, SITE_REP, "POST", "/api/v1/board_choices", 409, "{}");
    for (int who = SITE_PEER; who < SITE_ROLE_COUNT; who++) {
        (void)ask(site, (enum site_role)who, "GET", path_of("/api/v1/board_choices/ID", choice),
            404, "%s", "");
        (void)ask(site, (enum site_role)who, "PATCH", path_of("/api/v1/board_choices/ID", choice),
            404, "{\"is_hidden\":false}");
        (void)ask(site, (enum site_role)who, "GET",
            path_of("/api/v1/board_choices/ID/history", choice), 404, "%s", "");
        assert_int_equal(json_array_size(json_object_get(
                             get(site, (enum site_role)who, "/api/v1/board_choices"), "rows")),
            0);
    }
    /* The others' order is made of the others alone: whatever the hidden one does, it is the same text. */
    found = standing(site, SITE_PEER, id);
    assert_null(line(site, found, SITE_REP));
    assert_int_equal(number(line(site, found, SITE_PEER), "place"), 1);
    assert_true(json_is_null(json_object_get(found, "own")));
    before = rows_text(found);
    deal(site, SITE_REP, 900000, 3, 4);
    deal(site, SITE_REP, 900000, 3, 5);
    after = rows_text(standing(site, SITE_PEER, id));
    assert_string_equal(before, after);
    free(before);
    free(after);
    /* Nor by looking at a day on which nobody stayed off. */
    found = get(site, SITE_PEER, path_of("/api/v1/contests/ID/standing?as_of=2026-05-20", id));
    assert_null(line(site, found, SITE_REP));
    /* The person sees the own figure; the manager sees it among the line's deals, not here. */
    found = json_object_get(standing(site, SITE_REP, id), "own");
    assert_true(real(found, "value") == 14000.0);
    assert_int_equal(number(found, "base"), 2);
    assert_null(line(site, standing(site, SITE_MANAGER, id), SITE_REP));
    found = get(site, SITE_MANAGER, "/api/v1/measures/query?measure=won&by=owner&period=2026-05");
    assert_int_equal(json_array_size(json_object_get(found, "rows")), 2);
    (void)ask(site, SITE_REP, "PATCH", path_of("/api/v1/board_choices/ID", choice), 200,
        "{\"is_hidden\":false}");
    assert_non_null(line(site, standing(site, SITE_PEER, id), SITE_REP));
    (void)big;
}

static void test_first_improved_all(void **state)
{
    struct site *site = site_of(state);
    int64_t first, improved, all;
    json_t *found;

    first = contest(site, ",\"rule\":\"first_to_target\",\"target\":2000");
    improved = contest(site, ",\"rule\":\"most_improved\"");
    all = contest(site, ",\"rule\":\"all_who_pass\",\"target\":2000");
    deal(site, SITE_REP, 150000, 10, 4);
    deal(site, SITE_REP, 150000, 4, 4);  /* 3,000 since 16 May */
    deal(site, SITE_PEER, 250000, 6, 4); /* 2,500 since 14 May */
    deal(site, SITE_REP, 100000, 40, 4); /* before: tripled */
    deal(site, SITE_PEER, 200000, 40, 4);
    found = standing(site, SITE_REP, first);
    assert_int_equal(number(line(site, found, SITE_PEER), "place"), 1);
    assert_string_equal(
        json_string_value(json_object_get(line(site, found, SITE_PEER), "reached_day")),
        "2026-05-14");
    assert_string_equal(
        json_string_value(json_object_get(line(site, found, SITE_REP), "reached_day")),
        "2026-05-16");
    found = standing(site, SITE_REP, improved);
    assert_int_equal(number(line(site, found, SITE_REP), "place"), 1);
    assert_true(real(line(site, found, SITE_REP), "past") == 1000.0);
    found = standing(site, SITE_REP, all);
    assert_int_equal(number(line(site, found, SITE_REP), "place"), 1);
    assert_int_equal(number(line(site, found, SITE_PEER), "place"), 1);
    assert_false(is_true(line(site, found, SITE_PEER), "is_winner")); /* not before the end */
    (void)ask(site, SITE_REP, "GET", path_of("/api/v1/contests/ID/standing?as_of=2026-05-15", all),
        404, "%s", ""); /* not put up yet then */
}

/* ---- the end ---- */

struct node {
    struct site *site;
    enum cox_rc rc;
    struct cox_err err;
};

static void *run_node(void *ctx)
{
    struct node *node = ctx;

    node->rc =
        cox_contests_run(node->site->firm->store, cox_books_of(node->site->server), &node->err);
    return NULL;
}

static void test_results_stay(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    int64_t id = contest(site, ",\"grace_days\":2"), big, won;
    struct node nodes[2] = {{.site = site}, {.site = site}};
    pthread_t threads[2];
    json_t *found, *row;

    big = deal(site, SITE_REP, 500000, 5, 4);
    deal(site, SITE_PEER, 300000, 6, 4);
    run_jobs(site);
    assert_string_equal(json_string_value(json_object_get(standing(site, SITE_REP, id), "state")),
        "running");
    f->now_us = cox_day_ymd(2026, 6, 2) * COX_DAY_US + COX_DAY_US / 2;
    run_jobs(site); /* days to enter late are not over */
    assert_string_equal(json_string_value(json_object_get(standing(site, SITE_REP, id), "state")),
        "running");
    f->now_us = cox_day_ymd(2026, 6, 3) * COX_DAY_US + COX_DAY_US / 2;
    for (int i = 0; i < 2; i++) { /* two at once, and both once more */
        assert_int_equal(pthread_create(&threads[i], NULL, run_node, &nodes[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        firm_ok(nodes[i].rc, &nodes[i].err, __LINE__);
    }
    run_jobs(site);
    found = get(site, SITE_PEER, "/api/v1/contest_results");
    assert_int_equal(json_array_size(json_object_get(found, "rows")), 2);
    found = standing(site, SITE_PEER, id);
    assert_string_equal(json_string_value(json_object_get(found, "state")), "ended");
    row = line(site, found, SITE_REP);
    assert_true(is_true(row, "is_winner") && !is_true(row, "is_corrected"));
    assert_true(number(found, "pin_seq") > 0);

    /* The winner's deal is opened again, the other's gets larger: the results stay, and it is said. */
    OK(firm_change(f, firm_operator, &cox_opportunity, big, COX_OPPORTUNITY_STAGE,
        cox_int(f->stages[1])));
    won = deal(site, SITE_PEER, 700000, 7, 4);
    assert_true(won > 0);
    found = standing(site, SITE_PEER, id);
    row = line(site, found, SITE_REP);
    assert_int_equal(number(row, "place"), 1);
    assert_true(is_true(row, "is_winner") && is_true(row, "is_corrected"));
    assert_true(real(row, "value") == 5000.0);
    assert_true(json_is_null(json_object_get(row, "value_today")));
    assert_int_equal(number(row, "reopened_count"), 1);
    row = line(site, found, SITE_PEER);
    assert_true(real(row, "value") == 3000.0 && real(row, "value_today") == 10000.0);
    (void)ask(site, SITE_MANAGER, "PATCH", path_of("/api/v1/contests/ID", id), 409,
        "{\"rule\":\"all_who_pass\",\"target\":1}");
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/contest_entries", 409,
        "{\"contest\":%lld,\"user\":%lld}", (long long)id, (long long)site->users[SITE_MANAGER]);
}

/* ---- leaderboards ---- */

static int64_t team_of_both(struct site *site)
{
    struct firm *f = site->firm;
    struct cox_team_member member;
    struct cox_team team;
    int64_t id;

    cox_struct_init(&cox_team, &team);
    team.name = COX_LIT("North");
    team.lead = site->users[SITE_MANAGER];
    OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_team, &team, &id));
    for (int who = SITE_REP; who <= SITE_PEER; who++) {
        cox_struct_init(&cox_team_member, &member);
        member.team = id;
        member.user = site->users[who];
        OK(firm_create(f, firm_operator, COX_CAUSE_CLI, &cox_team_member, &member, NULL));
    }
    return id;
}

static void test_leaderboards(void **state)
{
    struct site *site = site_of(state);
    int64_t team = team_of_both(site), people, teams;
    json_t *found, *row;

    deal(site, SITE_REP, 500000, 5, 4);
    deal(site, SITE_PEER, 300000, 6, 4);
    deal(site, SITE_EXECUTIVE, 900000, 6, 4);
    (void)ask(site, SITE_REP, "POST", "/api/v1/leaderboards", 403,
        "{\"name\":\"Mine\",\"measure\":\"won\"}");
    people =
        number(ask(site, SITE_MANAGER, "POST", "/api/v1/leaderboards", 201,
                   "{\"name\":\"Quarter\",\"measure\":\"won\",\"team\":%lld}", (long long)team),
            "id");
    teams = number(ask(site, SITE_LEADER, "POST", "/api/v1/leaderboards", 201,
                       "{\"name\":\"Teams\",\"measure\":\"won\",\"among\":\"teams\"}"),
        "id");
    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) { /* only the owner's line is in it */
        found = get(site, (enum site_role)who, path_of("/api/v1/leaderboards/ID/standing", people));
        assert_int_equal(json_array_size(json_object_get(found, "rows")), 2);
    }
    row = json_array_get(
        json_object_get(get(site, SITE_PEER, path_of("/api/v1/leaderboards/ID/standing", teams)),
            "rows"),
        0);
    assert_int_equal(number(row, "id"), team);
    assert_true(real(row, "value") == 8000.0);
    (void)ask(site, SITE_REP, "POST", "/api/v1/board_choices", 201, "{}");
    /* A team's sum less the figures shown would be the hidden one's: it is not counted there either. */
    row = json_array_get(
        json_object_get(get(site, SITE_PEER, path_of("/api/v1/leaderboards/ID/standing", teams)),
            "rows"),
        0);
    assert_true(real(row, "value") == 3000.0);
    found = get(site, SITE_PEER, path_of("/api/v1/leaderboards/ID/standing", people));
    assert_int_equal(json_array_size(json_object_get(found, "rows")), 1);
    (void)ask(site, SITE_MANAGER, "PATCH", path_of("/api/v1/leaderboards/ID", people), 200,
        "{\"is_open\":false}");
    (void)ask(site, SITE_REP, "GET", path_of("/api/v1/leaderboards/ID/standing", people), 404, "%s",
        "");
    (void)ask(site, SITE_LEADER, "GET", path_of("/api/v1/leaderboards/ID/standing", people), 200,
        "%s", "");
    /* Switched off, all of it is gone. */
    (void)ask(site, SITE_ADMIN, "PATCH", "/api/v1/settings", 200,
        "{\"features_off\":[\"contests\"]}");
    (void)ask(site, SITE_LEADER, "GET", path_of("/api/v1/leaderboards/ID/standing", people), 404,
        "%s", "");
    (void)ask(site, SITE_LEADER, "GET", "/api/v1/contests", 404, "%s", "");
    (void)ask(site, SITE_REP, "GET", "/api/v1/board_choices", 404, "%s", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_who_puts_up_and_sees),
        BOTH_SITES(test_what_is_refused),
        BOTH_SITES(test_whoever_stays_off_leaves_no_trace),
        BOTH_SITES(test_first_improved_all),
        BOTH_SITES(test_results_stay),
        BOTH_SITES(test_leaderboards),
    };

    return cmocka_run_group_tests_name("api_contests", tests, NULL, NULL);
}
