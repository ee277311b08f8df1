/* Tests of vision and goals over HTTP, as each role: who reads and writes what, live values, chances. */
#include <math.h>
#include <stdio.h>

#include "ask.h"
#include "sales/opportunity.h"

/* The element of an array that has this id. */
static json_t *with_id(const json_t *json, const char *array, int64_t id)
{
    json_t *item;
    size_t at;

    json_array_foreach(json_object_get(json, array), at, item)
    {
        if (number(item, "id") == id) {
            return item;
        }
    }
    return NULL;
}

/* ---- vision ---- */

static void test_the_vision_is_everybodys(void **state)
{
    struct site *site = site_of(state);
    int64_t vision, question;
    char path[80];
    json_t *page;

    page = get(site, SITE_REP, "/api/v1/vision/page");
    assert_true(json_is_null(json_object_get(page, "vision")));
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/visions", 403, "{\"statement\":\"Mine\"}");
    vision = number(
        ask(site, SITE_LEADER, "POST", "/api/v1/visions", 201,
            "{\"statement\":\"The pump nobody thinks of\",\"narrative\":\"Because it runs\"}"),
        "id");
    (void)ask(site, SITE_LEADER, "POST", "/api/v1/visions", 201,
        "{\"statement\":\"Much later\",\"from_day\":\"2030-01-01\"}");
    (void)ask(site, SITE_LEADER, "POST", "/api/v1/pillars", 201,
        "{\"vision\":%lld,\"name\":\"Service first\",\"position\":1}", (long long)vision);
    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        page = get(site, (enum site_role)who, "/api/v1/vision/page");
        assert_int_equal(number(json_object_get(page, "vision"), "id"), vision);
        assert_int_equal(json_array_size(json_object_get(page, "pillars")), 1);
    }
    (void)ask(site, SITE_NOBODY, "GET", "/api/v1/vision/page", 401, "%s", "");

    question = number(ask(site, SITE_REP, "POST", "/api/v1/vision_questions", 201,
                          "{\"vision\":%lld,\"text\":\"And quality?\"}", (long long)vision),
        "id");
    (void)snprintf(path, sizeof(path), "/api/v1/vision_questions/%lld", (long long)question);
    (void)ask(site, SITE_REP, "PATCH", path, 403, "{\"answer\":\"I answer myself\"}");
    (void)ask(site, SITE_PEER, "PATCH", path, 403, "{\"text\":\"Not mine\"}");
    (void)ask(site, SITE_LEADER, "PATCH", path, 403, "{\"text\":\"Another question\"}");
    (void)ask(site, SITE_LEADER, "PATCH", path, 200, "{\"answer\":\"Comes with it\"}");
    page = json_array_get(json_object_get(get(site, SITE_PEER, "/api/v1/vision/page"), "questions"),
        0);
    assert_string_equal(string(page, "answer"), "Comes with it");
    assert_string_equal(string(page, "answered_by_name"), "Dan Ito");
}

static void test_who_has_read_it(void **state)
{
    struct site *site = site_of(state);
    int64_t vision = number(
        ask(site, SITE_LEADER, "POST", "/api/v1/visions", 201, "{\"statement\":\"Pumps\"}"), "id");
    char path[80];
    json_t *page;

    (void)ask(site, SITE_REP, "POST", "/api/v1/vision_reads", 201, "{\"vision\":%lld}",
        (long long)vision);
    (void)ask(site, SITE_REP, "POST", "/api/v1/vision_reads", 409, "{\"vision\":%lld}",
        (long long)vision);
    (void)ask(site, SITE_REP, "POST", "/api/v1/vision_reads", 403,
        "{\"vision\":%lld,\"user\":%lld}", (long long)vision, (long long)site->users[SITE_PEER]);
    page = get(site, SITE_REP, "/api/v1/vision/page");
    assert_true(json_is_true(json_object_get(json_object_get(page, "read"), "is_current")));
    page = json_object_get(get(site, SITE_LEADER, "/api/v1/vision/page"), "line");
    assert_int_equal(number(page, "count"), 3);
    assert_int_equal(number(page, "read_count"), 1);
    assert_int_equal(json_array_size(json_object_get(page, "unread")), 2);
    page = json_object_get(get(site, SITE_PEER, "/api/v1/vision/page"), "line");
    assert_int_equal(number(page, "count"), 0); /* nobody else is told */
    page = get(site, SITE_PEER, "/api/v1/vision_reads");
    assert_int_equal(json_array_size(json_object_get(page, "rows")), 0);

    (void)snprintf(path, sizeof(path), "/api/v1/visions/%lld", (long long)vision);
    (void)ask(site, SITE_LEADER, "PATCH", path, 200, "{\"statement\":\"Better pumps\"}");
    page = get(site, SITE_REP, "/api/v1/vision/page");
    assert_true(json_is_false(json_object_get(json_object_get(page, "read"), "is_current")));
    (void)ask(site, SITE_REP, "POST", "/api/v1/vision_reads", 201, "{\"vision\":%lld}",
        (long long)vision);
}

/* ---- goals ---- */

#define SPAN "\"from_day\":\"2026-04-01\",\"to_day\":\"2026-07-01\""

static int64_t goal(struct site *site, enum site_role who, const char *name, enum site_role owner,
    int64_t parent, bool is_open)
{
    char above[32] = "null";

    if (parent != 0) {
        (void)snprintf(above, sizeof(above), "%lld", (long long)parent);
    }
    return number(ask(site, who, "POST", "/api/v1/objectives", 201,
                      "{\"name\":\"%s\",\"owner\":%lld,\"parent\":%s,\"is_open\":%s," SPAN "}",
                      name, (long long)site->users[owner], above, is_open ? "true" : "false"),
        "id");
}

static int64_t result(struct site *site, enum site_role who, int64_t objective, const char *measure,
    const char *whose, double target)
{
    return number(ask(site, who, "POST", "/api/v1/key_results", 201,
                      "{\"objective\":%lld,\"name\":\"Result\",\"measure\":\"%s\",\"whose\":\"%s\","
                      "\"target\":%g}",
                      (long long)objective, measure, whose, target),
        "id");
}

static json_t *tree_goal(struct site *site, enum site_role who, int64_t id)
{
    return with_id(get(site, who, "/api/v1/goals/tree"), "goals", id);
}

/* The only key result of a goal. */
static json_t *tree_result(struct site *site, enum site_role who, int64_t id)
{
    json_t *found = tree_goal(site, who, id);

    assert_non_null(found);
    return json_array_get(json_object_get(found, "key_results"), 0);
}

static void test_who_sees_which_goal(void **state)
{
    struct site *site = site_of(state);
    int64_t open = goal(site, SITE_LEADER, "Company", SITE_LEADER, 0, true);
    int64_t team = goal(site, SITE_MANAGER, "Team", SITE_MANAGER, open, false);
    int64_t own = goal(site, SITE_REP, "Own", SITE_REP, open, false);
    char path[80];

    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        assert_non_null(tree_goal(site, (enum site_role)who, open));
    }
    assert_non_null(tree_goal(site, SITE_MANAGER, own));
    assert_non_null(tree_goal(site, SITE_LEADER, team));
    assert_null(tree_goal(site, SITE_REP, team));
    assert_null(tree_goal(site, SITE_PEER, own));
    assert_null(tree_goal(site, SITE_EXECUTIVE, own));
    assert_null(tree_goal(site, SITE_ADMIN, team));
    (void)snprintf(path, sizeof(path), "/api/v1/objectives/%lld", (long long)open);
    (void)ask(site, SITE_REP, "PATCH", path, 403, "{\"name\":\"Mine\"}");
    (void)snprintf(path, sizeof(path), "/api/v1/objectives/%lld", (long long)team);
    (void)ask(site, SITE_REP, "PATCH", path, 404, "{\"name\":\"Mine\"}");
    (void)ask(site, SITE_MANAGER, "PATCH", path, 400, "{\"parent\":%lld}", (long long)team);
    (void)snprintf(path, sizeof(path), "/api/v1/objectives/%lld", (long long)own);
    (void)ask(site, SITE_REP, "PATCH", path, 403, "{\"is_open\":true}");
    (void)ask(site, SITE_MANAGER, "PATCH", path, 200, "{\"weight\":3}");
    /* Somebody of another line takes part: sees the goal, does not change it. */
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/objective_members", 201,
        "{\"objective\":%lld,\"user\":%lld,\"part\":\"marketing\"}", (long long)team,
        (long long)site->users[SITE_EXECUTIVE]);
    assert_non_null(tree_goal(site, SITE_EXECUTIVE, team));
    (void)snprintf(path, sizeof(path), "/api/v1/objectives/%lld", (long long)team);
    (void)ask(site, SITE_EXECUTIVE, "PATCH", path, 403, "{\"name\":\"Ours\"}");
}

static void won(struct site *site, enum site_role owner, int64_t amount, int64_t days_ago,
    int64_t days, int stage)
{
    struct firm *f = site->firm;
    struct cox_opportunity deal;

    cox_struct_init(&cox_opportunity, &deal);
    deal.name = COX_LIT("Deal");
    deal.owner = site->users[owner];
    deal.amount = amount;
    deal.stage = f->stages[stage];
    deal.created_day = FIRM_TODAY - days_ago - days;
    if (stage >= 4) {
        deal.closed_day = FIRM_TODAY - days_ago;
    }
    OK(firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_opportunity, &deal, NULL));
}

static void test_live_values_of_whole_populations(void **state)
{
    struct site *site = site_of(state);
    int64_t open, team, all, own;
    json_t *found;

    won(site, SITE_REP, 100000, 10, 30, 4);
    won(site, SITE_PEER, 300000, 20, 30, 4);
    won(site, SITE_EXECUTIVE, 500000, 20, 30, 4);
    won(site, SITE_REP, 900000, 200, 30, 4); /* before the span */
    open = goal(site, SITE_LEADER, "Company", SITE_LEADER, 0, true);
    team = goal(site, SITE_MANAGER, "Team", SITE_MANAGER, open, false);
    own = goal(site, SITE_MANAGER, "Own", SITE_REP, team, false);
    all = goal(site, SITE_EXECUTIVE, "All", SITE_EXECUTIVE, 0, true);
    (void)result(site, SITE_LEADER, open, "won", "line", 8000);
    (void)result(site, SITE_MANAGER, team, "won_count", "line", 4);
    (void)result(site, SITE_REP, own, "won", "owner", 2000);
    (void)result(site, SITE_EXECUTIVE, all, "won", "all", 18000);
    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) { /* open: the same figure for all */
        found = tree_result(site, (enum site_role)who, open);
        assert_string_equal(string(found, "known"), "known");
        assert_true(real(found, "value") == 4000);
        assert_true(real(found, "progress") == .5);
        assert_true(real(tree_result(site, (enum site_role)who, all), "value") == 9000);
    }
    assert_true(real(tree_result(site, SITE_MANAGER, team), "value") == 2);
    assert_true(real(tree_result(site, SITE_REP, own), "value") == 1000);
    assert_string_equal(string(tree_result(site, SITE_REP, own), "chance_by"), "too_few_deals");
    /* (0.5 of its own line + the team's mean of .5 and own .5) all the way up */
    assert_true(fabs(real(tree_goal(site, SITE_LEADER, open), "progress") - .5) < 1e-9);
    found = json_object_get(tree_result(site, SITE_LEADER, open), "history");
    assert_true(json_array_size(found) >= 1);
    assert_true(real(json_array_get(found, json_array_size(found) - 1), "value") == 4000);

    /* Taking part shows a goal, not the deals of others behind it. */
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/objective_members", 201,
        "{\"objective\":%lld,\"user\":%lld}", (long long)team, (long long)site->users[SITE_REP]);
    found = tree_result(site, SITE_REP, team);
    assert_string_equal(string(found, "known"), "withheld");
    assert_true(json_is_null(json_object_get(found, "value")));
    assert_int_equal(json_array_size(json_object_get(found, "history")), 0);
    /* Opening a goal of "everybody" shows no more than its owner may see. */
    open = goal(site, SITE_MANAGER, "Sly", SITE_MANAGER, 0, true);
    (void)result(site, SITE_MANAGER, open, "won", "all", 1);
    found = tree_result(site, SITE_MANAGER, open);
    assert_string_equal(string(found, "known"), "owner_does_not_see");
    assert_true(json_is_null(json_object_get(found, "value")));
}

static void test_check_ins_and_refusals(void **state)
{
    struct site *site = site_of(state);
    int64_t own = goal(site, SITE_REP, "Own", SITE_REP, 0, false), live, manual;
    json_t *found;

    (void)ask(site, SITE_REP, "POST", "/api/v1/key_results", 400,
        "{\"objective\":%lld,\"name\":\"x\",\"measure\":\"luck\",\"target\":1}", (long long)own);
    (void)ask(site, SITE_REP, "POST", "/api/v1/key_results", 400,
        "{\"objective\":%lld,\"name\":\"x\",\"start\":5,\"target\":1}", (long long)own);
    (void)ask(site, SITE_PEER, "POST", "/api/v1/key_results", 403,
        "{\"objective\":%lld,\"name\":\"x\",\"target\":1}", (long long)own);
    manual = number(ask(site, SITE_REP, "POST", "/api/v1/key_results", 201,
                        "{\"objective\":%lld,\"name\":\"Demos\",\"start\":10,\"target\":30}",
                        (long long)own),
        "id");
    (void)ask(site, SITE_REP, "POST", "/api/v1/check_ins", 201,
        "{\"key_result\":%lld,\"value\":20,\"confidence\":7,\"day\":\"2026-05-10\"}",
        (long long)manual);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/check_ins", 201,
        "{\"key_result\":%lld,\"value\":12,\"day\":\"2026-04-10\"}", (long long)manual);
    found = tree_result(site, SITE_MANAGER, own);
    assert_true(real(found, "value") == 20 && real(found, "progress") == .5);
    assert_int_equal(number(found, "confidence"), 7);
    assert_string_equal(string(found, "chance_by"), "too_short");
    assert_int_equal(json_array_size(json_object_get(found, "history")), 2);
    live = result(site, SITE_REP, own, "won", "owner", 10);
    (void)ask(site, SITE_REP, "POST", "/api/v1/check_ins", 400, "{\"key_result\":%lld,\"value\":9}",
        (long long)live);
    (void)ask(site, SITE_REP, "POST", "/api/v1/check_ins", 201,
        "{\"key_result\":%lld,\"confidence\":2}", (long long)live);
    /* Twelve weeks of one more each: the course goes on. */
    for (int week = 0; week < 14; week++) {
        char day[COX_DAY_SIZE];

        cox_day_format(FIRM_TODAY - 7 * (14 - week), day);
        (void)ask(site, SITE_REP, "POST", "/api/v1/check_ins", 201,
            "{\"key_result\":%lld,\"value\":%g,\"day\":\"%s\"}", (long long)manual,
            10 + week * 1.0 + (week % 3 == 0 ? .4 : 0), day);
    }
    found = with_id(tree_goal(site, SITE_REP, own), "key_results", manual);
    assert_string_equal(string(found, "chance_by"), "series");
    assert_true(real(found, "chance") >= 0 && real(found, "chance") <= 1);
}

/* The more is asked for, the smaller the chance; what has been reached is certain. */
static void test_chance_out_of_the_deals(void **state)
{
    static const double targets[] = {1000, 60000, 75000, 200000};
    struct site *site = site_of(state);
    double before = 2;
    int64_t own[COX_COUNT(targets)];

    for (int i = 0; i < 70; i++) {
        won(site, i % 2 == 0 ? SITE_REP : SITE_PEER, 500000 + i * 1000, 60 + i * 3, 20 + i % 40,
            i % 3 == 0 ? 5 : 4);
    }
    for (int i = 0; i < 12; i++) {
        won(site, SITE_REP, 800000, 0, 10 + i, 1); /* open */
    }
    won(site, SITE_REP, 5000000, 5, 30, 4);
    for (size_t i = 0; i < COX_COUNT(targets); i++) {
        own[i] = goal(site, SITE_REP, "Own", SITE_REP, 0, false);
        (void)result(site, SITE_REP, own[i], "won", "owner", targets[i]);
    }
    for (size_t i = 0; i < COX_COUNT(targets); i++) {
        json_t *found = tree_result(site, SITE_REP, own[i]);

        assert_string_equal(string(found, "chance_by"), i == 0 ? "certain" : "deals");
        assert_true(real(found, "chance") < before && real(found, "chance") >= 0);
        before = real(found, "chance");
        assert_true(i == 0 || real(found, "end_low") < real(found, "end_high"));
    }
    assert_true(before < .05);
}

/* A ratio goes on as in the months before: chances, the interval they go with, and when nothing can be said. */
static void test_chance_of_a_ratio(void **state)
{
    static const double targets[] = {.1, .45, .55, .9};
    struct site *site = site_of(state);
    int64_t own[COX_COUNT(targets)], late, quota;
    double before = 2;
    json_t *found;

    for (int month = 1; month <= 15; month++) {
        for (int i = 0; i < 4; i++) { /* half of them won, in every month but two */
            won(site, SITE_REP, 100000, month * 30 + i, 20, i % 2 == 0 || month == 4 ? 4 : 5);
        }
    }
    for (size_t i = 0; i < COX_COUNT(targets); i++) {
        own[i] = goal(site, SITE_REP, "Own", SITE_REP, 0, false);
        (void)result(site, SITE_REP, own[i], "win_rate", "owner", targets[i]);
    }
    quota = goal(site, SITE_REP, "Quota", SITE_REP, 0, false);
    (void)result(site, SITE_REP, quota, "created_attainment", "owner", 1);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/quotas", 201,
        "{\"user\":%lld,\"measure\":\"created\",\"count\":40," SPAN "}",
        (long long)site->users[SITE_REP]);
    late = goal(site, SITE_MANAGER, "New", SITE_PEER, 0, false);
    (void)result(site, SITE_MANAGER, late, "win_rate", "owner", .5);
    won(site, SITE_PEER, 100000, 40, 20, 4); /* one month is no course */
    for (size_t i = 0; i < COX_COUNT(targets); i++) {
        found = tree_result(site, SITE_REP, own[i]);
        assert_string_equal(string(found, "chance_by"), "months");
        assert_true(real(found, "chance") < before);
        before = real(found, "chance");
        assert_true(i > 0 || before > .97);
        assert_true(real(found, "end_low") < real(found, "end_high"));
        assert_true(real(found, "end_low") > .3 && real(found, "end_high") < .8);
    }
    assert_true(before < .03);
    found = tree_result(site, SITE_REP, quota);
    assert_string_equal(string(found, "chance_by"), "months");
    assert_true(real(found, "chance") < .2 && real(found, "end_high") < 1);
    assert_string_equal(string(tree_result(site, SITE_MANAGER, late), "chance_by"),
        "too_few_months");
}

static const json_t *contradiction(const json_t *tree, const char *kind, int64_t id)
{
    json_t *item;
    size_t at;

    json_array_foreach(json_object_get(tree, "contradictions"), at, item)
    {
        if (strcmp(string(item, "kind"), kind) == 0 && number(item, "goal") == id) {
            return item;
        }
    }
    return NULL;
}

static void test_planted_contradictions_are_found(void **state)
{
    struct site *site = site_of(state);
    int64_t team = goal(site, SITE_MANAGER, "Team", SITE_MANAGER, 0, false);
    int64_t low = goal(site, SITE_MANAGER, "Low", SITE_REP, team, false);
    int64_t high = goal(site, SITE_MANAGER, "High", SITE_PEER, team, false);
    int64_t empty = goal(site, SITE_MANAGER, "Empty", SITE_MANAGER, 0, false), late;
    const json_t *found;
    json_t *tree;

    for (enum site_role who = SITE_REP; who <= SITE_PEER; who++) {
        (void)ask(site, SITE_MANAGER, "POST", "/api/v1/quotas", 201,
            "{\"user\":%lld,\"measure\":\"revenue\",\"amount\":10000," SPAN "}",
            (long long)site->users[who]);
    }
    (void)result(site, SITE_MANAGER, team, "won", "line", 30000);
    (void)result(site, SITE_MANAGER, low, "won", "owner", 9000);
    (void)result(site, SITE_MANAGER, high, "won", "owner", 13000);
    late = number(ask(site, SITE_MANAGER, "POST", "/api/v1/objectives", 201,
                      "{\"name\":\"Late\",\"parent\":%lld,\"from_day\":\"2026-04-01\","
                      "\"to_day\":\"2026-08-01\"}",
                      (long long)team),
        "id");
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/key_results", 201,
        "{\"objective\":%lld,\"name\":\"Less\",\"measure\":\"won\",\"direction\":\"at_most\","
        "\"target\":5}",
        (long long)late);
    tree = get(site, SITE_MANAGER, "/api/v1/goals/tree");
    found = contradiction(tree, "under_quota", low);
    assert_non_null(found);
    assert_true(real(found, "asks") == 9000 && real(found, "against") == 10000);
    assert_non_null(contradiction(tree, "over_quota", high));
    found = contradiction(tree, "children_short", team);
    assert_non_null(found);
    assert_true(real(found, "asks") == 22000 && real(found, "against") == 30000);
    assert_non_null(contradiction(tree, "out_of_span", late));
    assert_non_null(contradiction(tree, "other_direction", late));
    assert_non_null(contradiction(tree, "nothing_measured", empty));
    assert_int_equal(json_array_size(json_object_get(tree, "contradictions")), 6);
    /* Who does not see the quota is told nothing of it. */
    assert_null(contradiction(get(site, SITE_PEER, "/api/v1/goals/tree"), "under_quota", low));
}

/* ---- against pay plans ---- */

static int64_t pay_plan(struct site *site, const char *name, const char *team)
{
    return number(ask(site, SITE_ADMIN, "POST", "/api/v1/pay_plans", 201,
                      "{\"name\":\"%s\",\"role\":\"rep\",\"team\":%s," SPAN "}", name, team),
        "id");
}

static void pays(struct site *site, int status, int64_t plan, const char *measure, int weight,
    const char *direction)
{
    (void)ask(site, SITE_ADMIN, "POST", "/api/v1/pay_parts", status,
        "{\"plan\":%lld,\"measure\":\"%s\",\"weight\":%d,\"direction\":\"%s\"}", (long long)plan,
        measure, weight, direction);
}

static void test_goals_against_pay_plans(void **state)
{
    struct site *site = site_of(state);
    int64_t paid = goal(site, SITE_REP, "Paid", SITE_REP, 0, false);
    int64_t unpaid = goal(site, SITE_REP, "Unpaid", SITE_REP, 0, false);
    int64_t plan = pay_plan(site, "Reps", "null"), team;
    const json_t *found;
    json_t *tree;

    (void)result(site, SITE_REP, paid, "won", "owner", 1000);
    (void)result(site, SITE_REP, unpaid, "win_rate", "owner", .5);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/quotas", 201,
        "{\"user\":%lld,\"measure\":\"meetings\",\"count\":10," SPAN "}",
        (long long)site->users[SITE_REP]);
    pays(site, 400, plan, "luck", 10, "more");
    pays(site, 201, plan, "attainment", 80, "more"); /* what was won, over its quota */
    pays(site, 400, plan, "cycle", 30, "less");      /* that would be 110 percent */
    tree = get(site, SITE_REP, "/api/v1/goals/tree");
    found = contradiction(tree, "goal_unpaid", unpaid);
    assert_non_null(found);
    assert_int_equal(number(found, "pay_plan"), plan);
    assert_string_equal(string(found, "pay_plan_name"), "Reps");
    assert_null(contradiction(tree, "goal_unpaid", paid));
    found = contradiction(tree, "quota_unpaid", paid);
    assert_non_null(found);
    assert_string_equal(string(found, "label"), "Meetings held");
    assert_null(contradiction(tree, "quota_unpaid", unpaid)); /* told once */
    assert_int_equal(json_array_size(json_object_get(tree, "contradictions")), 2);
    /* Who leads the line reads the same; whoever reads no quota is told of none. */
    assert_non_null(
        contradiction(get(site, SITE_LEADER, "/api/v1/goals/tree"), "quota_unpaid", paid));
    (void)ask(site, SITE_REP, "POST", "/api/v1/pay_plans", 403,
        "{\"name\":\"Mine\",\"role\":\"rep\"," SPAN "}");
    /* The team's own plan stands in its place, and pays for less of what the goal wants more of. */
    team =
        number(ask(site, SITE_ADMIN, "POST", "/api/v1/teams", 201, "{\"name\":\"Pilot\"}"), "id");
    (void)ask(site, SITE_ADMIN, "POST", "/api/v1/team_members", 201,
        "{\"team\":%lld,\"user\":%lld}", (long long)team, (long long)site->users[SITE_REP]);
    plan = pay_plan(site, "Pilot", cox_arena_format(site->arena, "%lld", (long long)team));
    pays(site, 201, plan, "win_rate", 50, "less");
    pays(site, 201, plan, "meetings_attainment", 50, "more");
    tree = get(site, SITE_REP, "/api/v1/goals/tree");
    assert_non_null(contradiction(tree, "pay_other_direction", unpaid));
    assert_null(contradiction(tree, "quota_unpaid", paid));
    assert_non_null(contradiction(tree, "goal_unpaid", paid)); /* what is won pays nothing here */
    site_ask(site, SITE_ADMIN, "PATCH", "/api/v1/settings", "{\"features_off\":[\"pay_plans\"]}",
        NULL);
    tree = get(site, SITE_REP, "/api/v1/goals/tree");
    assert_int_equal(json_array_size(json_object_get(tree, "contradictions")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_the_vision_is_everybodys),
        BOTH_SITES(test_who_has_read_it),
        BOTH_SITES(test_who_sees_which_goal),
        BOTH_SITES(test_live_values_of_whole_populations),
        BOTH_SITES(test_check_ins_and_refusals),
        BOTH_SITES(test_chance_out_of_the_deals),
        BOTH_SITES(test_chance_of_a_ratio),
        BOTH_SITES(test_planted_contradictions_are_found),
        BOTH_SITES(test_goals_against_pay_plans),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
