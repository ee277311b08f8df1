/*
 * Tests of coaching over HTTP: what two people share is looked for by everybody else on every route; the
 * rules of the records; the prep sheet against what was planted, counted again here.
 */
#include <math.h>
#include <stdio.h>

#include "ask.h"
#include "kernel/stats/diagnose.h"
#include "sales/opportunity.h"

#define SECRET "Zyxwvut"

static const char *at(struct site *site, const char *plural, int64_t id, const char *rest)
{
    return cox_arena_format(site->arena, "/api/v1/%s/%lld%s", plural, (long long)id, rest);
}

/* ---- what two people share ---- */

struct shared {
    const char *plural;
    int64_t id;
};
enum { SHARED_MAX = 9 };

/* One record of each kind between manager and rep, with a word that is looked for. */
static size_t share_all(struct site *site, struct shared *shared)
{
    long long rep = site->users[SITE_REP], manager = site->users[SITE_MANAGER];
    int64_t rubric, line;
    size_t count = 0;

#define SHARE(who, name, ...)                                                                      \
    shared[count++] = (struct shared){(name),                                                      \
        number(ask(site, who, "POST", "/api/v1/" name, 201, __VA_ARGS__), "id")}
    rubric = number(ask(site, SITE_MANAGER, "POST", "/api/v1/rubrics", 201,
                        "{\"name\":\"Discovery\",\"kind\":\"call\"}"),
        "id");
    line = number(ask(site, SITE_MANAGER, "POST", "/api/v1/rubric_lines", 201,
                      "{\"rubric\":%lld,\"text\":\"Listens\",\"position\":1}", (long long)rubric),
        "id");
    SHARE(SITE_MANAGER, "cadences", "{\"leader\":%lld,\"person\":%lld,\"every_days\":14}", manager,
        rep);
    SHARE(SITE_REP, "agenda_items", "{\"author\":%lld,\"other\":%lld,\"text\":\"" SECRET " pay\"}",
        rep, manager);
    SHARE(SITE_REP, "cards", "{\"person\":%lld,\"manager\":%lld,\"drives\":\"" SECRET " sea\"}",
        rep, manager);
    SHARE(SITE_MANAGER, "coaching_sessions",
        "{\"coach\":%lld,\"person\":%lld,\"kind\":\"call\",\"minutes\":30,\"rubric\":%lld,"
        "\"note\":\"" SECRET " note\"}",
        manager, rep, (long long)rubric);
    SHARE(SITE_MANAGER, "coaching_scores",
        "{\"session\":%lld,\"line\":%lld,\"score\":4,\"evidence\":\"" SECRET " heard\"}",
        (long long)shared[3].id, (long long)line);
    SHARE(SITE_REP, "development_plans",
        "{\"person\":%lld,\"manager\":%lld,\"goal\":\"" SECRET " goal\",\"skill\":\"Asking\"}", rep,
        manager);
    SHARE(SITE_REP, "plan_steps", "{\"plan\":%lld,\"text\":\"" SECRET " step\"}",
        (long long)shared[5].id);
    SHARE(SITE_MANAGER, "coaching_plans",
        "{\"author\":%lld,\"other\":%lld,\"goal\":\"" SECRET " series\",\"skill\":\"Asking\"}",
        manager, rep);
#undef SHARE
    return count;
}

static void finds_nothing(struct site *site, enum site_role who, const char *path)
{
    struct answer answer = say(site, who, "GET", path, NULL);

    if (answer.body.size > 0 &&
        memmem(answer.body.ptr, answer.body.size, SECRET, sizeof(SECRET) - 1) != NULL) {
        fail_msg("%d sees in %s: %s", (int)who, path, answer.body.ptr);
    }
}

static void look_for(struct site *site, enum site_role who, const struct shared *shared)
{
    json_t *list = ask(site, who, "GET",
        cox_arena_format(site->arena, "/api/v1/%s?count=exact&limit=1000", shared->plural), 200,
        "%s", "");
    assert_int_equal(json_array_size(json_object_get(list, "rows")), 0);
    assert_int_equal(number(list, "count"), 0);
    (void)ask(site, who, "GET", at(site, shared->plural, shared->id, ""), 404, "%s", "");
    (void)ask(site, who, "GET", at(site, shared->plural, shared->id, "/history"), 404, "%s", "");
    (void)ask(site, who, "DELETE", at(site, shared->plural, shared->id, ""), 404, "%s", "");
    finds_nothing(site, who,
        cox_arena_format(site->arena, "/api/v1/%s/export.csv", shared->plural));
    finds_nothing(site, who,
        cox_arena_format(site->arena, "/api/v1/%s?as_of=seq:999999", shared->plural));
    finds_nothing(site, who,
        cox_arena_format(site->arena, "/api/v1/%s?id=eq.%lld", shared->plural,
            (long long)shared->id));
}

static void test_what_two_share_is_theirs(void **state)
{
    static const enum site_role others[] = {SITE_PEER, SITE_LEADER, SITE_EXECUTIVE, SITE_ADMIN};
    static const char *const paths[] = {"/api/v1/search?q=Zyxwv", "/api/v1/commits",
        "/api/v1/audit", "/api/v1/notifications", "/api/v1/home?hat=rep", "/api/v1/access",
        "/api/v1/batches"};
    struct site *site = site_of(state);
    struct shared shared[SHARED_MAX];
    size_t count = share_all(site, shared);

    for (size_t i = 0; i < count; i++) {
        for (enum site_role who = SITE_REP; who <= SITE_MANAGER; who += SITE_MANAGER - SITE_REP) {
            (void)ask(site, who, "GET", at(site, shared[i].plural, shared[i].id, ""), 200, "%s",
                "");
        }
        for (size_t o = 0; o < COX_COUNT(others); o++) {
            look_for(site, others[o], &shared[i]);
        }
    }
    for (size_t p = 0; p < COX_COUNT(paths); p++) {
        for (size_t o = 0; o < COX_COUNT(others); o++) {
            finds_nothing(site, others[o], paths[p]);
        }
        finds_nothing(site, SITE_REP, paths[p]); /* search and log hold none of it, for nobody */
    }
    /* A share would widen it: there is none for such records. */
    for (size_t i = 0; i < count; i++) {
        (void)ask(site, SITE_REP, "PUT",
            at(site, shared[i].plural, shared[i].id,
                cox_arena_format(site->arena, "/shares/%lld", (long long)site->users[SITE_PEER])),
            403, "{\"verb\":\"read\"}");
    }
}

/* Everything that was handed out is told to whom it is about. */
static void test_looks_are_told(void **state)
{
    struct site *site = site_of(state);
    struct shared shared[SHARED_MAX];
    json_t *rows, *row;
    size_t index, seen = 0;

    (void)share_all(site, shared);
    (void)ask(site, SITE_MANAGER, "GET", at(site, "cards", shared[2].id, ""), 200, "%s", "");
    (void)ask(site, SITE_MANAGER, "GET", at(site, "coaching", site->users[SITE_REP], "/prep"), 200,
        "%s", "");
    rows = json_object_get(ask(site, SITE_REP, "GET", "/api/v1/access", 200, "%s", ""), "rows");
    json_array_foreach(rows, index, row)
    {
        seen += strcmp(string(row, "entity"), "card") == 0 &&
                number(row, "actor") == site->users[SITE_MANAGER];
    }
    assert_true(seen >= 1);
}

static void test_rules_of_coaching(void **state)
{
    struct site *site = site_of(state);
    long long rep = site->users[SITE_REP], manager = site->users[SITE_MANAGER];
    long long peer = site->users[SITE_PEER];
    struct shared shared[SHARED_MAX];
    json_t *json;

    (void)share_all(site, shared);
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "coaching_sessions", shared[3].id, ""), 403,
        "{\"rating\":5}"); /* not the coach */
    json = ask(site, SITE_REP, "PATCH", at(site, "coaching_sessions", shared[3].id, ""), 200,
        "{\"rating\":4}");
    assert_string_equal(string(json, "rated_day"), "2026-05-20");
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "cards", shared[2].id, ""), 403,
        "{\"drives\":\"What I think drives them\"}");
    /* The person chooses who reads the card; who read it before no longer does. */
    (void)ask(site, SITE_REP, "PATCH", at(site, "cards", shared[2].id, ""), 200,
        "{\"manager\":%lld}", (long long)site->users[SITE_LEADER]);
    (void)ask(site, SITE_MANAGER, "GET", at(site, "cards", shared[2].id, ""), 404, "%s", "");
    (void)ask(site, SITE_LEADER, "GET", at(site, "cards", shared[2].id, ""), 200, "%s", "");
    (void)ask(site, SITE_PEER, "POST", "/api/v1/coaching_scores", 403,
        "{\"session\":%lld,\"line\":1,\"score\":1}", (long long)shared[3].id);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/coaching_sessions", 400,
        "{\"coach\":%lld,\"person\":%lld,\"kind\":\"deal\",\"day\":\"2026-06-20\",\"state\":\"held\"}",
        manager, rep);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/coaching_sessions", 400,
        "{\"coach\":%lld,\"person\":%lld,\"kind\":\"deal\",\"plan\":%lld}", manager, peer,
        (long long)shared[5].id); /* the plan is the rep's */
    (void)ask(site, SITE_REP, "POST", "/api/v1/cadences", 400,
        "{\"leader\":%lld,\"person\":%lld,\"every_days\":7}", rep, rep);
    (void)ask(site, SITE_REP, "POST", "/api/v1/rubrics", 403, "{\"name\":\"x\",\"kind\":\"call\"}");
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/coaching_questions", 201,
        "{\"text\":\"And then?\",\"kind\":\"talk\",\"step\":\"reality\"}");
    json = ask(site, SITE_REP, "GET", "/api/v1/coaching/library", 200, "%s", "");
    assert_int_equal(json_array_size(json_object_get(json, "templates")), 4);
    assert_string_equal(string(json_array_get(json_object_get(json, "own"), 0), "text"),
        "And then?");
}

/* ---- a series ---- */

static int64_t make(struct site *site, enum site_role who, const char *plural, const char *body)
{
    return number(ask(site, who, "POST", cox_arena_format(site->arena, "/api/v1/%s", plural), 201,
                      "%s", body),
        "id");
}

#define BODY(...) cox_arena_format(site->arena, __VA_ARGS__)

static void test_a_series_is_one_page(void **state)
{
    struct site *site = site_of(state);
    long long rep = site->users[SITE_REP], manager = site->users[SITE_MANAGER];
    static const enum site_role others[] = {SITE_PEER, SITE_LEADER, SITE_EXECUTIVE, SITE_ADMIN};
    long long plan, theirs, held, planned, talk, rubric, lines[2];
    json_t *series, *entry;

    rubric = make(site, SITE_MANAGER, "rubrics", "{\"name\":\"Call\",\"kind\":\"call\"}");
    for (int i = 0; i < 2; i++) {
        lines[i] = make(site, SITE_MANAGER, "rubric_lines",
            BODY("{\"rubric\":%lld,\"text\":\"Line %d\",\"position\":%d}", rubric, i, 2 - i));
    }
    plan = make(site, SITE_MANAGER, "coaching_plans",
        BODY("{\"author\":%lld,\"other\":%lld,\"goal\":\"Asks before showing\"}", manager, rep));
    theirs = make(site, SITE_MANAGER, "coaching_plans",
        BODY("{\"author\":%lld,\"other\":%lld,\"goal\":\"x\"}", manager,
            (long long)site->users[SITE_PEER]));
    held = make(site, SITE_MANAGER, "coaching_sessions",
        BODY("{\"coach\":%lld,\"person\":%lld,\"kind\":\"call\",\"day\":\"2026-05-10\","
             "\"rubric\":%lld,\"agreed\":\"Two questions more\",\"coaching_plan\":%lld}",
            manager, rep, rubric, plan));
    for (int i = 0; i < 2; i++) {
        (void)make(site, SITE_MANAGER, "coaching_scores",
            BODY("{\"session\":%lld,\"line\":%lld,\"score\":%d}", held, lines[i], 2 + i));
    }
    talk = make(site, SITE_MANAGER, "one_on_ones",
        BODY("{\"leader\":%lld,\"person\":%lld,\"day\":\"2026-05-04\",\"state\":\"held\","
             "\"shared_note\":\"" SECRET "\",\"coaching_plan\":%lld}",
            manager, rep, plan));
    (void)make(site, SITE_MANAGER, "action_items",
        BODY("{\"author\":%lld,\"other\":%lld,\"one_on_one\":%lld,\"text\":\"Listen in\"}", manager,
            rep, talk));
    planned = make(site, SITE_MANAGER, "coaching_sessions",
        BODY("{\"coach\":%lld,\"person\":%lld,\"kind\":\"deal\",\"day\":\"2026-06-02\","
             "\"coaching_plan\":%lld}",
            manager, rep, plan));

    series = ask(site, SITE_REP, "GET", at(site, "coaching/plans", plan, ""), 200, "%s", "");
    assert_int_equal(number(series, "coach"), manager);
    assert_int_equal(number(series, "person"), rep);
    assert_int_equal(number(series, "held_count"), 2);
    assert_int_equal(json_array_size(json_object_get(series, "entries")), 3);
    entry = json_array_get(json_object_get(series, "entries"), 0);
    assert_string_equal(string(entry, "entity"), "one_on_one");
    assert_string_equal(string(json_array_get(json_object_get(entry, "promises"), 0), "text"),
        "Listen in");
    entry = json_array_get(json_object_get(series, "entries"), 1);
    assert_string_equal(string(entry, "agreed"), "Two questions more");
    assert_true(real(entry, "score_mean") == 2.5);
    entry = json_array_get(json_object_get(series, "entries"), 2);
    assert_string_equal(string(entry, "state"), "planned");
    assert_int_equal(json_array_size(json_object_get(series, "lines")), 2);
    assert_int_equal(number(json_object_get(series, "next"), "id"), planned);
    finds_nothing(site, SITE_REP, at(site, "coaching/plans", plan, "")); /* of the talk no note */
    for (size_t o = 0; o < COX_COUNT(others); o++) {
        (void)ask(site, others[o], "GET", at(site, "coaching/plans", plan, ""), 404, "%s", "");
    }

    /* What is planned counts nowhere and is not rated; when it is gone, the next is said to be due. */
    entry = ask(site, SITE_MANAGER, "GET", at(site, "coaching", rep, "/prep"), 200, "%s", "");
    assert_int_equal(number(json_object_get(entry, "sessions"), "count_90_days"), 1);
    (void)ask(site, SITE_REP, "PATCH", at(site, "coaching_sessions", planned, ""), 400,
        "{\"rating\":4}");
    (void)ask(site, SITE_MANAGER, "DELETE", at(site, "coaching_sessions", planned, ""), 204, "%s",
        "");
    series = ask(site, SITE_MANAGER, "GET", at(site, "coaching/plans", plan, ""), 200, "%s", "");
    assert_string_equal(string(json_object_get(series, "next"), "due_day"), "2026-05-20");

    /* Only of the same two; dropped with a reason; scored lines are not deleted. */
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "coaching_sessions", held, ""), 400,
        "{\"coaching_plan\":%lld}", theirs);
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "one_on_ones", talk, ""), 400,
        "{\"coaching_plan\":%lld}", theirs);
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "coaching_plans", plan, ""), 400,
        "{\"state\":\"dropped\"}");
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "coaching_plans", plan, ""), 200,
        "{\"state\":\"dropped\",\"reason\":\"Another skill first\"}");
    (void)ask(site, SITE_MANAGER, "DELETE", at(site, "rubric_lines", lines[0], ""), 409, "%s", "");
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "rubric_lines", lines[0], ""), 200,
        "{\"is_retired\":true,\"middle\":\"Some\"}");
}

static void test_own_templates_are_offered(void **state)
{
    struct site *site = site_of(state);
    long long own = make(site, SITE_MANAGER, "talk_templates",
        "{\"name\":\"Friday\",\"kind\":\"talk\",\"position\":1}");
    long long gone = make(site, SITE_MANAGER, "talk_templates",
        "{\"name\":\"Old\",\"kind\":\"talk\",\"is_retired\":true}");
    static const char *const texts[] = {"Second", "First", "Retired"};
    json_t *library, *template;

    for (int i = 0; i < 3; i++) {
        (void)make(site, SITE_MANAGER, "coaching_questions",
            BODY("{\"text\":\"%s\",\"kind\":\"talk\",\"step\":\"open\",\"template\":%lld,"
                 "\"position\":%d,\"is_retired\":%s}",
                texts[i], own, i == 0 ? 2 : 1, i == 2 ? "true" : "false"));
    }
    library = ask(site, SITE_REP, "GET", "/api/v1/coaching/library", 200, "%s", "");
    template = json_array_get(json_object_get(library, "templates"), 0);
    assert_string_equal(string(template, "label"), "Friday");
    assert_int_equal(number(template, "id"), own);
    assert_true(own != gone);
    assert_int_equal(json_array_size(json_object_get(library, "templates")), 5);
    template = json_object_get(template, "questions");
    assert_int_equal(json_array_size(template), 2);
    assert_string_equal(string(json_array_get(template, 0), "text"), "First");
    assert_int_equal(json_array_size(json_object_get(library, "own")), 0);
    (void)ask(site, SITE_REP, "POST", "/api/v1/talk_templates", 403,
        "{\"name\":\"x\",\"kind\":\"talk\"}");
}

/* ---- the prep sheet ---- */

enum { REPS = 6 };

/* A deal of a rep created in a stage, and where it ended: 4 won, 5 lost, else still there. */
static void deal(struct site *site, int64_t owner, int64_t amount, int64_t days_ago, int stage,
    int ending)
{
    struct firm *f = site->firm;
    struct cox_opportunity row;
    int64_t id;

    cox_struct_init(&cox_opportunity, &row);
    row.name = COX_LIT("Deal");
    row.owner = owner;
    row.amount = amount;
    row.stage = f->stages[stage];
    row.created_day = FIRM_TODAY - days_ago;
    f->now_us += COX_SECOND_US;
    OK(firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_opportunity, &row, &id));
    if (ending != stage) {
        f->now_us += COX_SECOND_US;
        OK(firm_change(f, firm_operator, &cox_opportunity, id, COX_OPPORTUNITY_STAGE,
            cox_int(f->stages[ending])));
    }
}

/* What is planted: lost[r][s] deals of rep r lost at stage s, won[r] won after all four. */
struct plant {
    int64_t reps[REPS];
    int lost[REPS][4], won[REPS];
};

static void plant_deals(struct site *site, struct plant *plant)
{
    static const int lost[REPS][4] = {{1, 6, 1, 0}, {1, 1, 1, 0}, {2, 1, 1, 1}, {1, 1, 2, 0},
        {2, 1, 1, 0}, {1, 2, 1, 0}};
    static const int won[REPS] = {2, 5, 4, 5, 4, 5};

    plant->reps[0] = site->users[SITE_REP];
    plant->reps[1] = site->users[SITE_PEER];
    for (int r = 2; r < REPS; r++) {
        char email[32];

        (void)snprintf(email, sizeof(email), "r%d@example.com", r);
        plant->reps[r] = firm_user(site->firm, "Rep", email);
        firm_line(site->firm, plant->reps[r], site->users[SITE_MANAGER]);
    }
    for (int r = 0; r < REPS; r++) {
        plant->won[r] = won[r];
        for (int s = 0; s < 4; s++) {
            plant->lost[r][s] = lost[r][s];
            for (int i = 0; i < lost[r][s]; i++) {
                deal(site, plant->reps[r], 100000, 100, s, 5);
            }
        }
        for (int i = 0; i < won[r]; i++) {
            deal(site, plant->reps[r], 200000 + 10000 * i, 90, 0, 4);
        }
    }
    deal(site, plant->reps[0], 1, 50, 2, 2);  /* still there: not an entry of its stage */
    deal(site, plant->reps[0], 1, 500, 1, 5); /* of an earlier year */
}

/* The same diagnosis from the plan alone. */
static void expect_diagnosis(const struct plant *plant, const json_t *sheet)
{
    int64_t entries[4][REPS], onward[4][REPS];
    struct cox_diagnose_stage stages[4];
    struct cox_diagnose_cell cells[4 * REPS];
    struct cox_diagnose_fit fits[4];
    const json_t *shown = json_object_get(json_object_get(sheet, "diagnosis"), "stages");
    double downstream[4], sum = 0, count = 0;
    struct cox_err err;

    for (int r = 0; r < REPS; r++) {
        int64_t further = plant->won[r];

        for (int i = 0; i < plant->won[r]; i++) {
            sum += 200000 + 10000 * i;
            count++;
        }
        for (int s = 3; s >= 0; s--) {
            /* The deal of rep 0 that stands at stage 2 went on from 0 and 1. */
            onward[s][r] = further + (r == 0 && s < 2);
            entries[s][r] = onward[s][r] + plant->lost[r][s];
            further += plant->lost[r][s];
        }
    }
    for (int s = 3; s >= 0; s--) {
        int64_t in = 0, on = 0;

        for (int r = 0; r < REPS; r++) {
            in += s < 3 ? entries[s + 1][r] : 0;
            on += s < 3 ? onward[s + 1][r] : 0;
        }
        downstream[s] = s == 3 ? 1 : downstream[s + 1] * (double)on / (double)in;
        stages[3 - s] =
            (struct cox_diagnose_stage){entries[s], onward[s], NULL, downstream[s], sum / count};
    }
    assert_int_equal(cox_diagnose_team(stages, 4, REPS, fits, cells, &err), COX_OK);
    assert_int_equal(json_array_size(shown), 4);
    for (int s = 0; s < 4; s++) {
        const json_t *one = json_array_get(shown, (size_t)s);
        const struct cox_diagnose_cell *cell = &cells[(3 - s) * REPS];

        assert_int_equal(number(one, "entries"), entries[s][0]);
        assert_int_equal(number(one, "onward"), onward[s][0]);
        assert_true(fabs(real(one, "shrunk") - cell->shrunk) < 1e-9);
        assert_true(fabs(real(one, "low") - cell->low) < 1e-9);
        assert_true(fabs(real(one, "leak") * 100 - cell->leak) <= .51);
        assert_true(fabs(real(one, "leak_high") * 100 - cell->leak_high) <= .51);
    }
    assert_true(real(json_array_get(shown, 1), "leak") > real(json_array_get(shown, 0), "leak"));
}

static void test_the_sheet_is_what_was_planted(void **state)
{
    struct site *site = site_of(state);
    long long rep = site->users[SITE_REP], manager = site->users[SITE_MANAGER];
    const char *path = at(site, "coaching", site->users[SITE_REP], "/prep");
    struct plant plant;
    json_t *sheet, *part;

    plant_deals(site, &plant);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/one_on_ones", 201,
        "{\"leader\":%lld,\"person\":%lld,\"day\":\"2026-05-01\",\"state\":\"held\","
        "\"shared_note\":\"" SECRET "\"}",
        manager, rep);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/cadences", 201,
        "{\"leader\":%lld,\"person\":%lld,\"every_days\":14,\"from_day\":\"2026-01-01\"}", manager,
        rep);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/action_items", 201,
        "{\"author\":%lld,\"other\":%lld,\"text\":\"Ask legal\",\"due_day\":\"2026-05-10\"}",
        manager, rep);
    (void)ask(site, SITE_REP, "POST", "/api/v1/agenda_items", 201,
        "{\"author\":%lld,\"other\":%lld,\"text\":\"Holidays\"}", rep, manager);
    sheet = ask(site, SITE_MANAGER, "GET", path, 200, "%s", "");
    assert_string_equal(string(sheet, "since_day"), "2026-05-01");
    part = json_object_get(sheet, "rhythm");
    assert_string_equal(string(part, "due_day"), "2026-05-15");
    assert_int_equal(number(part, "overdue_days"), 5);
    part = json_object_get(sheet, "wins"); /* closed today, when the stage was set */
    assert_int_equal(number(part, "count"), 2);
    assert_true(real(part, "amount") == 4100);
    assert_int_equal(number(json_object_get(sheet, "losses"), "count"), 9);
    part = json_array_get(json_object_get(sheet, "promises"), 0);
    assert_string_equal(string(part, "text"), "Ask legal");
    assert_int_equal(number(part, "overdue_days"), 10);
    part = json_array_get(json_object_get(sheet, "points"), 0);
    assert_string_equal(string(part, "text"), "Holidays");
    part = json_object_get(sheet, "diagnosis");
    assert_string_equal(string(part, "peers"), "team");
    assert_int_equal(number(part, "peer_count"), REPS);
    expect_diagnosis(&plant, sheet);
    finds_nothing(site, SITE_MANAGER, path); /* no note in it, not even one's own */

    /* The rep reads the same of oneself; nobody else gets a sheet. */
    sheet = ask(site, SITE_REP, "GET", path, 200, "%s", "");
    assert_int_equal(number(json_object_get(sheet, "wins"), "count"), 2);
    expect_diagnosis(&plant, sheet);
    (void)ask(site, SITE_PEER, "GET", path, 404, "%s", "");
    (void)ask(site, SITE_EXECUTIVE, "GET", path, 404, "%s", "");
    (void)ask(site, SITE_ADMIN, "GET", path, 404, "%s", "");
    (void)ask(site, SITE_NOBODY, "GET", path, 401, "%s", "");
    /* Who leads the manager sees the deals, not what the two share. */
    sheet = ask(site, SITE_LEADER, "GET", path, 200, "%s", "");
    assert_int_equal(json_array_size(json_object_get(sheet, "promises")), 0);
    assert_int_equal(json_array_size(json_object_get(sheet, "points")), 0);
    assert_string_equal(string(sheet, "since_day"), "2026-04-20");
}

/* ---- the ledger ---- */

static void test_the_ledger_is_the_coachs(void **state)
{
    static const char *const months[] = {"2026-01", "2026-02", "2026-03"};
    struct site *site = site_of(state);
    struct plant plant;
    json_t *ledger, *person, *effect;
    size_t index;

    plant_deals(site, &plant);
    for (int r = 0; r < 3; r++) {
        int64_t session =
            number(ask(site, SITE_MANAGER, "POST", "/api/v1/coaching_sessions", 201,
                       "{\"coach\":%lld,\"person\":%lld,\"kind\":\"deal\","
                       "\"minutes\":40,\"day\":\"%s-10\"}",
                       (long long)site->users[SITE_MANAGER], (long long)plant.reps[r], months[r]),
                "id");
        if (r == 0) {
            (void)ask(site, SITE_REP, "PATCH", at(site, "coaching_sessions", session, ""), 200,
                "{\"rating\":4}");
        }
    }
    ledger = ask(site, SITE_MANAGER, "GET", "/api/v1/coaching/ledger", 200, "%s", "");
    assert_int_equal(json_array_size(json_object_get(ledger, "people")), REPS);
    json_array_foreach(json_object_get(ledger, "people"), index, person)
    {
        bool is_coached = number(person, "user") == plant.reps[0] ||
                          number(person, "user") == plant.reps[1] ||
                          number(person, "user") == plant.reps[2];
        assert_int_equal(number(person, "session_count"), is_coached);
        assert_int_equal(number(person, "deal"), is_coached);
        assert_int_equal(number(person, "minutes"), is_coached ? 40 : 0);
        assert_int_equal(number(person, "rating_count"), number(person, "user") == plant.reps[0]);
    }
    assert_int_equal(json_array_size(json_object_get(ledger, "effects")), 4);
    json_array_foreach(json_object_get(ledger, "effects"), index, effect)
    {
        if (json_is_true(json_object_get(effect, "is_known"))) {
            assert_true(real(effect, "low") <= real(effect, "effect"));
            assert_true(real(effect, "effect") <= real(effect, "high"));
        } else {
            assert_true(json_is_null(json_object_get(effect, "effect")));
        }
    }
    effect = json_array_get(json_object_get(ledger, "effects"), 0);
    assert_int_equal(number(ledger, "outside_count"), 0); /* nobody sells outside of the line */
    assert_int_equal(json_array_size(json_object_get(effect, "factors")), 3);
    assert_false(json_is_true(json_object_get(effect, "is_clear")));
    /* Another coach's ledger has none of it; a rep leads nobody. */
    ledger = ask(site, SITE_LEADER, "GET", "/api/v1/coaching/ledger", 200, "%s", "");
    json_array_foreach(json_object_get(ledger, "people"), index, person)
    {
        assert_int_equal(number(person, "session_count"), 0);
        assert_int_equal(json_is_true(json_object_get(person, "leads")),
            number(person, "user") == site->users[SITE_MANAGER]);
    }
    ledger = ask(site, SITE_REP, "GET", "/api/v1/coaching/ledger", 200, "%s", "");
    assert_int_equal(json_array_size(json_object_get(ledger, "people")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_what_two_share_is_theirs),
        BOTH_SITES(test_looks_are_told),
        BOTH_SITES(test_rules_of_coaching),
        BOTH_SITES(test_a_series_is_one_page),
        BOTH_SITES(test_own_templates_are_offered),
        BOTH_SITES(test_the_sheet_is_what_was_planted),
        BOTH_SITES(test_the_ledger_is_the_coachs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
