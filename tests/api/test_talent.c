/*
 * Tests of talent over HTTP: who reads what is said about somebody, by every route; who may write which part of
 * it; the estimate against its formula; the gap to the next rung, in which own sales count for nothing.
 */
#include <math.h>
#include <stdio.h>

#include "ask.h"
#include "leader/skill_estimate.h"
#include "sales/opportunity.h"

#define SECRET "Zyxwvut"

static const char *at(struct site *site, const char *plural, int64_t id, const char *rest)
{
    return cox_arena_format(site->arena, "/api/v1/%s/%lld%s", plural, (long long)id, rest);
}

#define ADD(who, plural, ...)                                                                      \
    number(ask(site, (who), "POST", "/api/v1/" plural, 201, __VA_ARGS__), "id")

/* ---- a record of each kind about the rep ---- */

struct held {
    int64_t skill, self, line, rung, next, place, position, successor;
};

static void hold(struct site *site, struct held *held)
{
    long long rep = site->users[SITE_REP], track;

    held->skill = ADD(SITE_MANAGER, "skills", "{\"name\":\"Listening\",\"hat\":\"seller\"}");
    held->self = ADD(SITE_REP, "skill_ratings",
        "{\"skill\":%lld,\"level\":4,\"evidence\":\"" SECRET " mine\"}", (long long)held->skill);
    held->line = ADD(SITE_MANAGER, "skill_ratings",
        "{\"person\":%lld,\"skill\":%lld,\"level\":2,\"evidence\":\"" SECRET " seen\"}", rep,
        (long long)held->skill);
    track = ADD(SITE_LEADER, "career_tracks", "{\"name\":\"Selling\"}");
    held->rung = ADD(SITE_LEADER, "career_rungs",
        "{\"track\":%lld,\"name\":\"Seller\",\"position\":1}", track);
    held->next = ADD(SITE_LEADER, "career_rungs",
        "{\"track\":%lld,\"name\":\"Senior seller\",\"position\":2}", track);
    held->place = ADD(SITE_MANAGER, "career_places",
        "{\"person\":%lld,\"rung\":%lld,\"from_day\":\"2026-01-01\"}", rep, (long long)held->rung);
    held->position = ADD(SITE_LEADER, "positions", "{\"name\":\"Head of the north\"}");
    held->successor = ADD(SITE_LEADER, "successors",
        "{\"person\":%lld,\"position\":%lld,\"readiness\":\"year\",\"why\":\"" SECRET " why\"}",
        rep, (long long)held->position);
}

static void finds_nothing(struct site *site, enum site_role who, const char *path)
{
    struct answer answer = say(site, who, "GET", path, NULL);

    if (answer.body.size > 0 &&
        memmem(answer.body.ptr, answer.body.size, SECRET, sizeof(SECRET) - 1) != NULL) {
        fail_msg("%d sees in %s: %s", (int)who, path, answer.body.ptr);
    }
}

static void sees_none(struct site *site, enum site_role who, const char *plural, int64_t id)
{
    json_t *list = ask(site, who, "GET",
        cox_arena_format(site->arena, "/api/v1/%s?count=exact&limit=1000", plural), 200, "%s", "");

    assert_int_equal(json_array_size(json_object_get(list, "rows")), 0);
    assert_int_equal(number(list, "count"), 0);
    (void)ask(site, who, "GET", at(site, plural, id, ""), 404, "%s", "");
    (void)ask(site, who, "GET", at(site, plural, id, "/history"), 404, "%s", "");
    (void)ask(site, who, "PATCH", at(site, plural, id, ""), 404, "{\"comment\":\"x\"}");
    (void)ask(site, who, "DELETE", at(site, plural, id, ""), 404, "%s", "");
    finds_nothing(site, who, cox_arena_format(site->arena, "/api/v1/%s/export.csv", plural));
    finds_nothing(site, who, cox_arena_format(site->arena, "/api/v1/%s?as_of=seq:999999", plural));
    (void)ask(site, who, "GET", at(site, "talent/people", site->users[SITE_REP], ""), 404, "%s",
        "");
}

static void sees(struct site *site, enum site_role who, const char *plural, int64_t id)
{
    (void)ask(site, who, "GET", at(site, plural, id, ""), 200, "%s", "");
    (void)ask(site, who, "GET", at(site, plural, id, "/history"), 200, "%s", "");
}

static void test_the_person_and_the_line_read_it(void **state)
{
    static const enum site_role others[] = {SITE_PEER, SITE_EXECUTIVE, SITE_ADMIN};
    static const char *const paths[] = {"/api/v1/search?q=Zyxwv", "/api/v1/commits",
        "/api/v1/audit", "/api/v1/notifications", "/api/v1/access", "/api/v1/batches",
        "/api/v1/talent/matrix"};
    struct site *site = site_of(state);
    struct held held;

    hold(site, &held);
    for (enum site_role who = SITE_REP; who <= SITE_LEADER; who++) {
        if (who != SITE_PEER) {
            sees(site, who, "skill_ratings", held.self);
            sees(site, who, "skill_ratings", held.line);
            sees(site, who, "career_places", held.place);
        }
    }
    sees(site, SITE_REP, "successors", held.successor);
    sees(site, SITE_LEADER, "successors", held.successor);
    for (size_t i = 0; i < COX_COUNT(others); i++) {
        sees_none(site, others[i], "skill_ratings", held.line);
        sees_none(site, others[i], "career_places", held.place);
        sees_none(site, others[i], "successors", held.successor);
        for (size_t p = 0; p < COX_COUNT(paths); p++) {
            finds_nothing(site, others[i], paths[p]);
        }
        (void)ask(site, others[i], "POST", "/api/v1/skill_ratings", 403,
            "{\"person\":%lld,\"skill\":%lld,\"level\":1}", (long long)site->users[SITE_REP],
            (long long)held.skill);
    }
    /* A manager without the leader's hat does not see who could follow whom. */
    (void)ask(site, SITE_MANAGER, "GET", at(site, "successors", held.successor, ""), 404, "%s", "");
    (void)ask(site, SITE_NOBODY, "GET", "/api/v1/talent/matrix", 401, "%s", "");
    (void)ask(site, SITE_REP, "PUT",
        at(site, "skill_ratings", held.line,
            cox_arena_format(site->arena, "/shares/%lld", (long long)site->users[SITE_PEER])),
        403, "{\"verb\":\"read\"}");
    finds_nothing(site, SITE_REP, "/api/v1/search?q=Zyxwv");
    finds_nothing(site, SITE_LEADER, "/api/v1/commits");
}

/* Each look is told to whom it is about. */
static void test_looks_are_told(void **state)
{
    struct site *site = site_of(state);
    int64_t looks[2] = {0, 0};
    struct held held;
    json_t *rows, *row;
    size_t index;

    hold(site, &held);
    (void)ask(site, SITE_LEADER, "GET", "/api/v1/talent/matrix", 200, "%s", "");
    (void)ask(site, SITE_MANAGER, "GET", at(site, "talent/people", site->users[SITE_REP], ""), 200,
        "%s", "");
    (void)ask(site, SITE_LEADER, "GET", at(site, "successors", held.successor, ""), 200, "%s", "");
    rows = json_object_get(ask(site, SITE_REP, "GET", "/api/v1/access", 200, "%s", ""), "rows");
    json_array_foreach(rows, index, row)
    {
        looks[0] += strcmp(string(row, "entity"), "skill_rating") == 0;
        looks[1] += strcmp(string(row, "entity"), "successor") == 0 &&
                    number(row, "actor") == site->users[SITE_LEADER];
    }
    assert_true(looks[0] >= 3); /* two by the leader, at least one by the manager */
    assert_true(looks[1] >= 1);
}

/* The manager of yesterday reads nothing more, not even what was said in their time. */
static void test_a_former_manager_reads_nothing(void **state)
{
    struct site *site = site_of(state);
    json_t *lines, *line;
    struct held held;

    hold(site, &held);
    lines = ask(site, SITE_ADMIN, "GET",
        cox_arena_format(site->arena, "/api/v1/reporting_lines?user=eq.%lld",
            (long long)site->users[SITE_REP]),
        200, "%s", "");
    line = json_array_get(json_object_get(lines, "rows"), 0);
    (void)ask(site, SITE_ADMIN, "PATCH", at(site, "reporting_lines", number(line, "id"), ""), 200,
        "{\"to_day\":\"2026-05-20\"}");
    (void)ask(site, SITE_ADMIN, "POST", "/api/v1/reporting_lines", 201,
        "{\"user\":%lld,\"manager\":%lld,\"from_day\":\"2026-05-20\"}",
        (long long)site->users[SITE_REP], (long long)site->users[SITE_LEADER]);
    sees_none(site, SITE_MANAGER, "skill_ratings", held.line);
    (void)ask(site, SITE_MANAGER, "GET",
        cox_arena_format(site->arena, "/api/v1/skill_ratings/%lld?as_of=2026-05-19",
            (long long)held.line),
        404, "%s", "");
    sees(site, SITE_LEADER, "skill_ratings", held.line);
    sees(site, SITE_REP, "skill_ratings", held.line);
}

/* ---- who writes which part ---- */

static void test_each_writes_their_own_part(void **state)
{
    struct site *site = site_of(state);
    long long rep = site->users[SITE_REP], manager = site->users[SITE_MANAGER];
    struct held held;
    json_t *json;

    hold(site, &held);
    /* Ratings: the rater judges, the person comments. */
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "skill_ratings", held.self, ""), 403,
        "{\"level\":1}");
    (void)ask(site, SITE_REP, "PATCH", at(site, "skill_ratings", held.line, ""), 403,
        "{\"level\":5}");
    (void)ask(site, SITE_REP, "DELETE", at(site, "skill_ratings", held.line, ""), 403, "%s", "");
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "skill_ratings", held.line, ""), 403,
        "{\"comment\":\"they agree\"}");
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/skill_ratings", 403,
        "{\"person\":%lld,\"skill\":%lld,\"level\":3,\"comment\":\"they agree\"}", rep,
        (long long)held.skill);
    json = ask(site, SITE_REP, "PATCH", at(site, "skill_ratings", held.line, ""), 200,
        "{\"comment\":\"You saw one call\"}");
    assert_string_equal(string(json, "source"), "manager");
    assert_int_equal(number(json, "rater"), manager);
    (void)ask(site, SITE_REP, "POST", "/api/v1/skill_ratings", 400, "{\"skill\":%lld,\"level\":6}",
        (long long)held.skill);
    (void)ask(site, SITE_REP, "POST", "/api/v1/skills", 403, "{\"name\":\"x\",\"hat\":\"leader\"}");
    /* The ladder: the line says where one stands, oneself where one wants to go. */
    (void)ask(site, SITE_REP, "PATCH", at(site, "career_places", held.place, ""), 403,
        "{\"rung\":%lld}", (long long)held.next);
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "career_places", held.place, ""), 403,
        "{\"aim\":%lld}", (long long)held.next);
    (void)ask(site, SITE_REP, "PATCH", at(site, "career_places", held.place, ""), 200,
        "{\"aim\":%lld}", (long long)held.next);
    /* Succession: said by others, contested by oneself; nobody names oneself. */
    (void)ask(site, SITE_REP, "PATCH", at(site, "successors", held.successor, ""), 403,
        "{\"readiness\":\"now\"}");
    (void)ask(site, SITE_REP, "DELETE", at(site, "successors", held.successor, ""), 403, "%s", "");
    (void)ask(site, SITE_LEADER, "PATCH", at(site, "successors", held.successor, ""), 403,
        "{\"comment\":\"fine\"}");
    json = ask(site, SITE_REP, "PATCH", at(site, "successors", held.successor, ""), 200,
        "{\"comment\":\"I would be ready now\"}");
    assert_string_equal(string(json, "comment_day"), "2026-05-20");
    assert_int_equal(number(json, "stated_by"), site->users[SITE_LEADER]);
    (void)ask(site, SITE_LEADER, "POST", "/api/v1/successors", 403,
        "{\"person\":%lld,\"position\":%lld,\"readiness\":\"now\",\"why\":\"me\"}",
        (long long)site->users[SITE_LEADER], (long long)held.position);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/successors", 403,
        "{\"person\":%lld,\"position\":%lld,\"readiness\":\"now\",\"why\":\"good\"}", rep,
        (long long)held.position);
    (void)ask(site, SITE_EXECUTIVE, "POST", "/api/v1/successors", 403,
        "{\"person\":%lld,\"position\":%lld,\"readiness\":\"now\",\"why\":\"good\"}", rep,
        (long long)held.position); /* not of the executive's line */
}

static void test_the_catalogue_is_taken_over_once(void **state)
{
    struct site *site = site_of(state);
    json_t *rows, *row;
    size_t index, hats[3] = {0};

    (void)ask(site, SITE_REP, "POST", "/api/v1/talent/catalogue", 403, "%s", "");
    (void)ask(site, SITE_EXECUTIVE, "POST", "/api/v1/talent/catalogue", 403, "%s", "");
    assert_int_equal(
        number(ask(site, SITE_LEADER, "POST", "/api/v1/talent/catalogue", 200, "%s", ""), "added"),
        18);
    assert_int_equal(
        number(ask(site, SITE_ADMIN, "POST", "/api/v1/talent/catalogue", 200, "%s", ""), "added"),
        0);
    rows = json_object_get(ask(site, SITE_REP, "GET", "/api/v1/skills?limit=100", 200, "%s", ""),
        "rows");
    json_array_foreach(rows, index, row)
    {
        const char *hat = string(row, "hat");

        hats[strcmp(hat, "manager") == 0 ? 0 : strcmp(hat, "leader") == 0 ? 1 : 2]++;
        assert_true(json_is_string(json_object_get(row, "level_1")));
        assert_true(json_is_string(json_object_get(row, "level_3")));
        assert_true(json_is_string(json_object_get(row, "level_5")));
    }
    assert_int_equal(hats[0], 5);
    assert_int_equal(hats[1], 5);
    assert_int_equal(hats[2], 8);
}

/* ---- the estimate ---- */

static json_t *cell_of(struct site *site, enum site_role who, int64_t user, int64_t skill)
{
    json_t *json = ask(site, who, "GET", "/api/v1/talent/matrix", 200, "%s", "");
    json_t *person, *cell;
    size_t p, c;

    json_array_foreach(json_object_get(json, "people"), p, person)
    {
        json_array_foreach(json_object_get(person, "cells"), c, cell)
        {
            if (number(person, "user") == user && number(cell, "skill") == skill) {
                return cell;
            }
        }
    }
    return NULL;
}

static void expect_cell(const json_t *cell, double weights, double levels)
{
    assert_non_null(cell);
    assert_true(fabs(real(cell, "estimate") - levels / weights) < 1e-9);
    assert_true(fabs(real(cell, "error") - 1 / sqrt(weights)) < 1e-9);
    assert_true(real(cell, "low") < real(cell, "estimate"));
    assert_true(real(cell, "high") > real(cell, "estimate"));
}

static void test_the_estimate_is_its_formula(void **state)
{
    struct site *site = site_of(state);
    long long rubric, line, session, rep = site->users[SITE_REP],
                                     manager = site->users[SITE_MANAGER];
    double v = COX_SKILL_RATER + COX_SKILL_OCCASION, both;
    double weights = 1 / COX_SKILL_SPREAD + 1 / COX_SKILL_SELF + 1 / v;
    double levels = COX_SKILL_MEAN + 4 / COX_SKILL_SELF + 2 / v;
    struct held held;
    json_t *cell;

    hold(site, &held);
    cell = cell_of(site, SITE_LEADER, site->users[SITE_REP], held.skill);
    expect_cell(cell, weights, levels);
    assert_int_equal(number(json_object_get(cell, "sources"), "people"), 2);
    /* A score of the same coach is no further source, but makes theirs surer. */
    rubric = ADD(SITE_MANAGER, "rubrics", "{\"name\":\"Calls\",\"kind\":\"call\"}");
    line = ADD(SITE_MANAGER, "rubric_lines",
        "{\"rubric\":%lld,\"text\":\"Listens\",\"position\":1,\"skill\":%lld}", rubric,
        (long long)held.skill);
    session = ADD(SITE_MANAGER, "coaching_sessions",
        "{\"coach\":%lld,\"person\":%lld,\"kind\":\"call\",\"rubric\":%lld}", manager, rep, rubric);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/coaching_scores", 201,
        "{\"session\":%lld,\"line\":%lld,\"score\":5}", session, line);
    both = 1 / COX_SKILL_OCCASION + 1 / COX_SKILL_SCENE;
    v = COX_SKILL_RATER + 1 / both;
    cell = cell_of(site, SITE_MANAGER, site->users[SITE_REP], held.skill);
    expect_cell(cell, 1 / COX_SKILL_SPREAD + 1 / COX_SKILL_SELF + 1 / v,
        COX_SKILL_MEAN + 4 / COX_SKILL_SELF +
            (2 / COX_SKILL_OCCASION + 5 / COX_SKILL_SCENE) / both / v);
    assert_int_equal(number(json_object_get(cell, "sources"), "people"), 2);
    assert_int_equal(number(json_object_get(cell, "sources"), "sessions"), 1);
    assert_int_equal(number(cell, "self"), 4);
    assert_int_equal(number(cell, "line"), 2);
    /* The session is the two people's: the leader's estimate knows nothing of it. */
    expect_cell(cell_of(site, SITE_LEADER, site->users[SITE_REP], held.skill), weights, levels);
    assert_null(cell_of(site, SITE_PEER, site->users[SITE_REP], held.skill));
    assert_null(cell_of(site, SITE_ADMIN, site->users[SITE_REP], held.skill));
}

/* ---- certificates ---- */

static int64_t notices_of(struct site *site, enum site_role who, const char *kind)
{
    json_t *row, *json = get(site, who, "/api/v1/notifications");
    int64_t count = 0;
    size_t index;

    json_array_foreach(json_object_get(json, "rows"), index, row)
    {
        count += strcmp(string(row, "kind"), kind) == 0;
    }
    return count;
}

static json_t *first_certificate(struct site *site, enum site_role who)
{
    json_t *page = get(site, who, at(site, "talent/people", site->users[SITE_REP], ""));

    return json_array_get(json_object_get(page, "certificates"), 0);
}

static void test_certificates_are_evidence(void **state)
{
    struct site *site = site_of(state);
    long long rep = site->users[SITE_REP];
    double years = (double)(FIRM_TODAY - cox_day_ymd(2026, 1, 10)) / 365.25;
    double v = COX_SKILL_TEST + COX_SKILL_DRIFT * years;
    int64_t skill = ADD(SITE_MANAGER, "skills", "{\"name\":\"Listening\",\"hat\":\"seller\"}");
    int64_t kind, passed;
    json_t *cell, *one;

    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/certificates", 400,
        "{\"name\":\"Vague\",\"skill\":%lld}", (long long)skill);
    (void)ask(site, SITE_REP, "POST", "/api/v1/certificates", 403, "{\"name\":\"Mine\"}");
    kind = ADD(SITE_MANAGER, "certificates",
        "{\"name\":\"Ears\",\"skill\":%lld,\"level\":5,\"months\":12}", (long long)skill);
    passed = ADD(SITE_REP, "certificates_passed",
        "{\"certificate\":%lld,\"earned_day\":\"2026-01-10\",\"note\":\"" SECRET "\"}",
        (long long)kind);
    /* Nobody has seen it: it is there, and counts nowhere. */
    one = first_certificate(site, SITE_REP);
    assert_string_equal(string(one, "standing"), "unseen");
    assert_string_equal(string(one, "end_day"), "2027-01-10");
    assert_null(cell_of(site, SITE_MANAGER, rep, skill));
    (void)ask(site, SITE_REP, "PATCH", at(site, "certificates_passed", passed, ""), 403,
        "{\"is_seen\":true}");
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "certificates_passed", passed, ""), 200,
        "{\"is_seen\":true}");
    cell = cell_of(site, SITE_MANAGER, rep, skill);
    expect_cell(cell, 1 / COX_SKILL_SPREAD + 1 / v, COX_SKILL_MEAN + 5 / v);
    assert_int_equal(number(json_object_get(cell, "sources"), "certificates"), 1);
    assert_int_equal(number(json_object_get(cell, "sources"), "people"), 0);
    assert_string_equal(string(first_certificate(site, SITE_LEADER), "standing"), "holds");
    /* Of nobody else's, by no route. */
    sees(site, SITE_LEADER, "certificates_passed", passed);
    sees_none(site, SITE_PEER, "certificates_passed", passed);
    sees_none(site, SITE_EXECUTIVE, "certificates_passed", passed);
    sees_none(site, SITE_ADMIN, "certificates_passed", passed);
    /* Another end, by the person alone, is to be seen anew; one that lies in the past has ended. */
    (void)ask(site, SITE_REP, "PATCH", at(site, "certificates_passed", passed, ""), 200,
        "{\"end_day\":\"2028-01-10\"}");
    assert_string_equal(string(first_certificate(site, SITE_REP), "standing"), "unseen");
    assert_int_equal(notices_of(site, SITE_REP, "certificate_ends"), 0);
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "certificates_passed", passed, ""), 200,
        "{\"is_seen\":true,\"end_day\":\"2026-06-20\"}");
    for (enum site_role who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        bool is_told = who == SITE_REP || who == SITE_MANAGER || who == SITE_LEADER;

        assert_int_equal(notices_of(site, who, "certificate_ends"), is_told);
    }
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "certificates_passed", passed, ""), 200,
        "{\"end_day\":\"2026-05-10\"}");
    assert_string_equal(string(first_certificate(site, SITE_REP), "standing"), "ended");
    assert_null(cell_of(site, SITE_MANAGER, rep, skill));
    assert_int_equal(notices_of(site, SITE_REP, "certificate_ended"), 1);
    /* Passed again: the old one is no news any more. */
    (void)ADD(SITE_MANAGER, "certificates_passed",
        "{\"person\":%lld,\"certificate\":%lld,\"earned_day\":\"2026-05-15\"}", rep,
        (long long)kind);
    assert_int_equal(notices_of(site, SITE_REP, "certificate_ended"), 0);
    assert_non_null(cell_of(site, SITE_MANAGER, rep, skill));
}

/* ---- the gap ---- */

static void win_big(struct site *site)
{
    struct firm *f = site->firm;
    struct cox_opportunity row;
    int64_t id;

    cox_struct_init(&cox_opportunity, &row);
    row.name = COX_LIT("Largest of the year");
    row.owner = site->users[SITE_REP];
    row.amount = INT64_C(900000000);
    row.stage = f->stages[0];
    row.created_day = FIRM_TODAY - 30;
    f->now_us += COX_SECOND_US;
    OK(firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_opportunity, &row, &id));
    f->now_us += COX_SECOND_US;
    OK(firm_change(f, firm_operator, &cox_opportunity, id, COX_OPPORTUNITY_STAGE,
        cox_int(f->stages[4])));
}

static void test_sales_do_not_make_ready(void **state)
{
    struct site *site = site_of(state);
    const char *path = at(site, "talent/people", site->users[SITE_REP], "");
    struct held held;
    struct answer before, after;
    json_t *page, *gap;
    long long other;

    hold(site, &held);
    other = ADD(SITE_LEADER, "skills", "{\"name\":\"Deciding\",\"hat\":\"manager\"}");
    (void)ask(site, SITE_LEADER, "POST", "/api/v1/rung_expectations", 201,
        "{\"rung\":%lld,\"skill\":%lld,\"level\":5}", (long long)held.next, (long long)held.skill);
    (void)ask(site, SITE_LEADER, "POST", "/api/v1/rung_expectations", 201,
        "{\"rung\":%lld,\"skill\":%lld,\"level\":2}", (long long)held.next, other);
    page = ask(site, SITE_MANAGER, "GET", path, 200, "%s", "");
    gap = json_object_get(page, "gap");
    assert_string_equal(string(gap, "why"), "next");
    assert_string_equal(string(gap, "name"), "Senior seller");
    gap = json_object_get(gap, "expectations");
    assert_int_equal(json_array_size(gap), 2);
    assert_string_equal(string(json_array_get(gap, 0), "state"), "below");
    assert_string_equal(string(json_array_get(gap, 1), "state"), "unseen");
    /* The same bytes after the win of the year: no sale makes anybody readier. */
    before = say(site, SITE_MANAGER, "GET", path, NULL);
    win_big(site);
    after = say(site, SITE_MANAGER, "GET", path, NULL);
    assert_int_equal(before.body.size, after.body.size);
    assert_memory_equal(before.body.ptr, after.body.ptr, before.body.size);
    /* The person reads the same of oneself, and where they could follow. */
    page = ask(site, SITE_REP, "GET", path, 200, "%s", "");
    assert_int_equal(json_array_size(json_object_get(page, "succession")), 1);
    page = ask(site, SITE_MANAGER, "GET", path, 200, "%s", "");
    assert_int_equal(json_array_size(json_object_get(page, "succession")), 0);
}

/* A step of a plan names its skill, and the page counts what is done. */
static void test_plans_are_steps_towards_skills(void **state)
{
    struct site *site = site_of(state);
    long long plan, rep = site->users[SITE_REP], manager = site->users[SITE_MANAGER];
    struct held held;
    json_t *one;

    hold(site, &held);
    plan = ADD(SITE_REP, "development_plans",
        "{\"person\":%lld,\"manager\":%lld,\"goal\":\"" SECRET "\"}", rep, manager);
    (void)ask(site, SITE_REP, "POST", "/api/v1/plan_steps", 201,
        "{\"plan\":%lld,\"text\":\"Ask first\",\"skill\":%lld,\"is_done\":true}", plan,
        (long long)held.skill);
    (void)ask(site, SITE_REP, "POST", "/api/v1/plan_steps", 201,
        "{\"plan\":%lld,\"text\":\"Ask more\",\"skill\":%lld}", plan, (long long)held.skill);
    one = json_array_get(
        json_object_get(ask(site, SITE_MANAGER, "GET",
                            at(site, "talent/people", site->users[SITE_REP], ""), 200, "%s", ""),
            "plans"),
        0);
    assert_int_equal(number(one, "step_count"), 2);
    assert_int_equal(number(one, "done_count"), 1);
    assert_string_equal(string(json_array_get(json_object_get(one, "steps"), 0), "skill_name"),
        "Listening");
    /* Plans are of two: whoever else leads the line sees none of it. */
    finds_nothing(site, SITE_PEER, at(site, "talent/people", site->users[SITE_REP], ""));
    one = json_object_get(ask(site, SITE_LEADER, "GET",
                              at(site, "talent/people", site->users[SITE_REP], ""), 200, "%s", ""),
        "plans");
    assert_int_equal(json_array_size(one), 0);
}

/* ---- pairs ---- */

enum { EXTRA = 6 };

struct group {
    long long programme, skill, other_skill, extra[EXTRA];
};

static long long enter(struct site *site, const struct group *group, long long person,
    const char *side, long long wanted, long long offered, int capacity)
{
    char skills[80];

    (void)snprintf(skills, sizeof(skills), "\"%s\":%lld", wanted != 0 ? "wanted" : "offered",
        wanted != 0 ? wanted : offered);
    return ADD(SITE_LEADER, "mentor_members",
        "{\"programme\":%lld,\"person\":%lld,\"side\":\"%s\",\"capacity\":%d,%s}", group->programme,
        person, side, capacity, skills);
}

/* The leader runs it. Mentors: the manager, 0 (takes two) and 1; those who learn: rep, peer, 2 to 5. */
static void gather(struct site *site, struct group *group)
{
    static const char *const letters = "abcdef";
    long long team;

    group->skill = ADD(SITE_LEADER, "skills", "{\"name\":\"Asking\",\"hat\":\"seller\"}");
    group->other_skill = ADD(SITE_LEADER, "skills", "{\"name\":\"Deciding\",\"hat\":\"leader\"}");
    for (int i = 0; i < EXTRA; i++) {
        group->extra[i] = firm_user(site->firm, "Extra",
            cox_arena_format(site->arena, "%c@example.com", letters[i]));
    }
    team = ADD(SITE_ADMIN, "teams", "{\"name\":\"North\"}");
    (void)ADD(SITE_ADMIN, "team_members", "{\"team\":%lld,\"user\":%lld}", team, group->extra[1]);
    (void)ADD(SITE_ADMIN, "team_members", "{\"team\":%lld,\"user\":%lld}", team,
        (long long)site->users[SITE_PEER]);
    group->programme = ADD(SITE_LEADER, "mentor_programmes",
        "{\"name\":\"Mentors\",\"kind\":\"mentoring\",\"from_day\":\"2026-06-01\"}");
    (void)enter(site, group, site->users[SITE_MANAGER], "mentor", 0, group->skill, 1);
    (void)enter(site, group, group->extra[0], "mentor", 0, group->skill, 2);
    (void)enter(site, group, group->extra[1], "mentor", 0, group->other_skill, 2);
    (void)enter(site, group, group->extra[2], "mentee", group->other_skill, 0, 1);
    (void)enter(site, group, group->extra[3], "mentee", group->skill, 0, 1);
    (void)enter(site, group, group->extra[4], "mentee", group->skill, 0, 1);
    (void)enter(site, group, group->extra[5], "mentee", group->other_skill, 0, 1);
}

static void expect_pairs(struct site *site, const struct group *group, const json_t *draw)
{
    long long rep = site->users[SITE_REP], peer = site->users[SITE_PEER];
    json_t *pairs = json_object_get(draw, "pairs"), *pair;
    size_t index, by_zero = 0, waves[3] = {0};

    assert_int_equal(json_array_size(pairs), 5); /* five places, six who want to learn */
    assert_int_equal(json_array_size(json_object_get(draw, "alone")), 1);
    json_array_foreach(pairs, index, pair)
    {
        int64_t mentor = number(pair, "mentor"), mentee = number(pair, "mentee");

        by_zero += mentor == group->extra[0];
        waves[number(pair, "wave") - 1]++;
        assert_false(mentor == site->users[SITE_MANAGER] && (mentee == rep || mentee == peer));
        assert_false(mentor == group->extra[1] && mentee == peer); /* the same team */
        assert_false(mentor == group->extra[0] && mentee == rep);  /* said by the rep */
        assert_true(real(pair, "chance") > 0 && real(pair, "chance") <= 1);
    }
    assert_int_equal(by_zero, 2);
    assert_true(waves[0] == 2 && waves[1] == 2 && waves[2] == 1);
    assert_int_equal(number(draw, "bound"), number(draw, "best_score"));
    assert_true(real(draw, "gap") >= 0 && real(draw, "gap") <= .02);
    assert_int_equal(number(json_object_get(draw, "struck"), "listed"), 1);
}

static void test_pairs_are_drawn_once(void **state)
{
    struct site *site = site_of(state);
    struct group group;
    const char *preview, *draw;
    const json_t *first, *again;
    json_t *page;
    size_t index;
    int64_t pair = 0;

    (void)ask(site, SITE_REP, "POST", "/api/v1/mentor_programmes", 403,
        "{\"name\":\"Mine\",\"kind\":\"peers\"}");
    gather(site, &group);
    preview = at(site, "talent/programmes", group.programme, "/preview");
    draw = at(site, "talent/programmes", group.programme, "/draw");
    (void)ask(site, SITE_REP, "POST", "/api/v1/mentor_members", 201,
        "{\"programme\":%lld,\"wanted\":%lld}", group.programme, group.skill);
    (void)ask(site, SITE_REP, "POST", "/api/v1/mentor_members", 409, "{\"programme\":%lld}",
        group.programme); /* once is enough */
    (void)ask(site, SITE_REP, "POST", "/api/v1/mentor_members", 403,
        "{\"programme\":%lld,\"person\":%lld}", group.programme, (long long)site->users[SITE_PEER]);
    (void)ask(site, SITE_LEADER, "POST", "/api/v1/mentor_members", 400, "{\"programme\":%lld}",
        group.programme); /* who runs it does not take part */
    (void)ask(site, SITE_PEER, "POST", "/api/v1/mentor_members", 201, "{\"programme\":%lld}",
        group.programme);
    (void)ask(site, SITE_REP, "POST", "/api/v1/mentor_aparts", 201,
        "{\"programme\":%lld,\"two\":%lld}", group.programme, group.extra[0]);
    first = ask(site, SITE_LEADER, "GET", preview, 200, "%s", "");
    expect_pairs(site, &group, first);
    again = ask(site, SITE_LEADER, "GET", preview, 200, "%s", "");
    assert_true(json_equal(first, again)); /* no drawing until it suits */
    for (enum site_role who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        if (who != SITE_LEADER) {
            (void)ask(site, who, "GET", preview, 403, "%s", "");
            (void)ask(site, who, "POST", draw, 403, "{\"digest\":\"%s\"}", string(first, "digest"));
            (void)ask(site, who, "GET", at(site, "talent/programmes", group.programme, "/effect"),
                403, "%s", "");
        }
    }
    (void)ask(site, SITE_LEADER, "POST", draw, 409, "{\"digest\":\"0000000000000000\"}");
    (void)ask(site, SITE_LEADER, "POST", "/api/v1/mentor_pairs", 400,
        "{\"programme\":%lld,\"organiser\":%lld,\"mentor\":%lld,\"mentee\":%lld}", group.programme,
        (long long)site->users[SITE_LEADER], group.extra[0],
        (long long)site->users[SITE_REP]); /* by the lot alone */
    (void)ask(site, SITE_LEADER, "POST", draw, 200, "{\"digest\":\"%s\"}", string(first, "digest"));
    (void)ask(site, SITE_LEADER, "POST", draw, 409, "{\"digest\":\"%s\"}", string(first, "digest"));
    (void)ask(site, SITE_ADMIN, "POST", "/api/v1/mentor_members", 409, "{\"programme\":%lld}",
        group.programme);
    page = ask(site, SITE_LEADER, "GET", at(site, "talent/programmes", group.programme, ""), 200,
        "%s", "");
    assert_int_equal(number(json_object_get(page, "drawn"), "score"), number(first, "score"));
    assert_int_equal(number(page, "seed"), number(first, "seed"));
    assert_int_equal(json_array_size(json_object_get(page, "members")), 9);
    assert_int_equal(json_array_size(json_object_get(page, "pairs")), 5);
    for (index = 0; index < 5; index++) {
        const json_t *one = json_array_get(json_object_get(page, "pairs"), index);
        const json_t *drawn = json_array_get(json_object_get(first, "pairs"), index);

        assert_int_equal(number(one, "mentor"), number(drawn, "mentor"));
        assert_int_equal(number(one, "mentee"), number(drawn, "mentee"));
        assert_int_equal(number(one, "wave"), number(drawn, "wave"));
        pair = number(one, "mentor") == site->users[SITE_MANAGER] ? number(one, "id") : pair;
    }
    /* A pair is its two people's and who runs it: here the manager's. */
    assert_true(pair != 0);
    (void)ask(site, SITE_MANAGER, "GET", at(site, "mentor_pairs", pair, ""), 200, "%s", "");
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/pair_meetings", 201,
        "{\"pair\":%lld,\"day\":\"2026-05-20\",\"minutes\":40}", (long long)pair);
    page = ask(site, SITE_LEADER, "GET", at(site, "talent/programmes", group.programme, "/effect"),
        200, "%s", "");
    assert_false(json_is_true(
        json_object_get(json_array_get(json_object_get(page, "effects"), 0), "is_known")));
    sees_none(site, SITE_EXECUTIVE, "mentor_pairs", pair);
    sees_none(site, SITE_ADMIN, "mentor_pairs", pair);
    (void)ask(site, SITE_ADMIN, "POST", "/api/v1/pair_meetings", 403,
        "{\"pair\":%lld,\"day\":\"2026-05-20\"}", (long long)pair);
    page = ask(site, SITE_ADMIN, "GET", at(site, "talent/programmes", group.programme, ""), 200,
        "%s", "");
    assert_int_equal(json_array_size(json_object_get(page, "members")), 0);
    assert_int_equal(json_array_size(json_object_get(page, "pairs")), 0);
    page = ask(site, SITE_REP, "GET", at(site, "talent/programmes", group.programme, ""), 200, "%s",
        "");
    assert_int_equal(json_array_size(json_object_get(page, "members")), 1); /* oneself */
    assert_true(json_array_size(json_object_get(page, "pairs")) <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_the_person_and_the_line_read_it),
        BOTH_SITES(test_looks_are_told),
        BOTH_SITES(test_a_former_manager_reads_nothing),
        BOTH_SITES(test_each_writes_their_own_part),
        BOTH_SITES(test_the_catalogue_is_taken_over_once),
        BOTH_SITES(test_the_estimate_is_its_formula),
        BOTH_SITES(test_certificates_are_evidence),
        BOTH_SITES(test_sales_do_not_make_ready),
        BOTH_SITES(test_plans_are_steps_towards_skills),
        BOTH_SITES(test_pairs_are_drawn_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
