/*
 * Tests of questionnaires, 360 rounds and profiles over HTTP, on both engines, as every role: what may not be entered,
 * what nobody may see, and attacks that try to work out one answer from what is shown.
 */
#include <math.h>
#include <stdio.h>

#include "ask.h"
#include "kernel/stats/tilt.h"
#include "leader/feedback.h"
#include "leader/profile.h"
#include "record/sealed.h"

static const char *at(struct site *site, const char *plural, int64_t id, const char *rest)
{
    return cox_arena_format(site->arena, "/api/v1/%s/%lld%s", plural, (long long)id, rest);
}

static const json_t *found(const json_t *rows, const char *key, const char *value)
{
    size_t i;
    json_t *row;

    json_array_foreach(rows, i, row)
    {
        if (strcmp(string(row, key), value) == 0) {
            return row;
        }
    }
    return NULL;
}

/* ---- questionnaires ---- */

static void test_what_may_not_be_entered(void **state)
{
    static const char *const refused[] = {"Gallup Q12", "Q12", "q 12", "Q-12 pulse", "G\\u00e1llup",
        "GallupQ12", "MLQ", "mlq-5x", "M.L.Q.", "Our MLQ (short)", "Multifactor  Leadership",
        "TEIQue", "teique-SF", "Trait emotional intelligence questionnaire", "UWES-9", "U W E S",
        "Utrecht Work Engagement Scale", "BRS", "Brief Resilience Scale", "wleis",
        "Wong & Law emotional intelligence", "LMX-7", "LMX", "lmx 7",
        "Leader\\u2013Member Exchange", "SL-7", "SL7", "sl 28", "Servant Leadership Scale", "ADKAR",
        "a.d.k.a.r", "Prosci change", "U\\u200bWES", "Q\\u00ad12"};
    static const char *const allowed[] = {"Listening", "Q1 2026 pulse", "Servant attitude",
        "Change readiness", "SLA 7 days", "Resilience in brief", "Umbrella survey"};
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    struct cox_instrument row;
    int64_t id;

    for (size_t i = 0; i < COX_COUNT(refused); i++) {
        for (int field = 0; field < 2; field++) {
            json_t *problem = ask(site, SITE_LEADER, "POST", "/api/v1/instruments", 400,
                "{\"name\":\"%s\",\"source\":\"%s\",\"licence\":\"Ours\"}",
                field == 0 ? refused[i] : "Mine", field == 0 ? "Ours" : refused[i]);

            assert_non_null(strstr(string(problem, "detail"), "may not be entered"));
        }
    }
    for (size_t i = 0; i < COX_COUNT(allowed); i++) {
        id = number(ask(site, SITE_LEADER, "POST", "/api/v1/instruments", 201,
                        "{\"name\":\"%s\",\"source\":\"Ours\",\"licence\":\"Ours\"}", allowed[i]),
            "id");
        (void)ask(site, SITE_LEADER, "PATCH", at(site, "instruments", id, ""), 400,
            "{\"name\":\"UWES\"}");
    }
    cox_struct_init(&cox_instrument, &row);
    row.name = COX_LIT("Utrecht work engagement");
    row.source = row.licence = COX_LIT("Imported");
    REFUSED(COX_INVALID, "name",
        firm_create(f, firm_operator, COX_CAUSE_IMPORT, &cox_instrument, &row, &id));
}

static int64_t put_item(struct site *site, int64_t instrument, int position, const char *key)
{
    return number(
        ask(site, SITE_LEADER, "POST", "/api/v1/instrument_items", 201,
            "{\"instrument\":%lld,\"position\":%d,\"text\":\"Item %d\",\"scale\":\"asks\","
            "\"key\":\"%s\"}",
            (long long)instrument, position, position, key),
        "id");
}

static void test_questionnaires_are_data(void **state)
{
    struct site *site = site_of(state);
    json_t *library = ask(site, SITE_REP, "GET", "/api/v1/questionnaires", 200, "%s", "");
    const json_t *rows = json_object_get(library, "rows"),
                 *six = found(rows, "name", "six_aspects");
    int64_t own, item;

    assert_int_equal(json_array_size(json_object_get(library, "refused")), 9);
    assert_int_equal(json_array_size(json_object_get(six, "items")), 18);
    assert_int_equal(json_array_size(json_object_get(six, "scales")), 6);
    assert_string_equal(string(found(rows, "name", "ipip_expressivity"), "licence"),
        "Public domain");
    assert_true(
        json_is_null(json_object_get(json_array_get(json_object_get(six, "scales"), 0), "alpha")));

    (void)ask(site, SITE_REP, "POST", "/api/v1/instruments", 403,
        "{\"name\":\"Mine\",\"source\":\"Ours\",\"licence\":\"Ours\"}");
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/instruments", 403,
        "{\"name\":\"Mine\",\"source\":\"Ours\",\"licence\":\"Ours\"}");
    own = number(ask(site, SITE_LEADER, "POST", "/api/v1/instruments", 201,
                     "{\"name\":\"Asking\",\"version\":\"2\",\"points\":7,\"source\":\"Ours\","
                     "\"licence\":\"Ours\",\"alpha\":0.81}"),
        "id");
    (void)ask(site, SITE_LEADER, "PATCH", at(site, "instruments", own, ""), 400,
        "{\"is_final\":true}"); /* without items */
    item = put_item(site, own, 1, "plus");
    (void)put_item(site, own, 2, "minus");
    (void)ask(site, SITE_LEADER, "PATCH", at(site, "instruments", own, ""), 200,
        "{\"is_final\":true}");
    (void)ask(site, SITE_LEADER, "PATCH", at(site, "instruments", own, ""), 403,
        "{\"is_final\":false}");
    (void)ask(site, SITE_LEADER, "PATCH", at(site, "instrument_items", item, ""), 403,
        "{\"text\":\"Else\"}");
    (void)ask(site, SITE_LEADER, "DELETE", at(site, "instrument_items", item, ""), 403, "%s", "");
    library = ask(site, SITE_PEER, "GET", "/api/v1/questionnaires", 200, "%s", "");
    six = found(json_object_get(library, "rows"), "name", "Asking");
    assert_string_equal(
        string(json_array_get(json_object_get(six, "scales"), 0), "alpha_published"), "0.81");

    /* Keys: 7 and, turned round, 1 are both all the way up. Nothing is stored of it. */
    library = ask(site, SITE_REP, "POST", "/api/v1/questionnaires/score", 200,
        "{\"questionnaire\":%lld,\"answers\":[7,1]}", (long long)own);
    assert_true(real(json_array_get(json_object_get(library, "scales"), 0), "score") == 1);
    library = ask(site, SITE_REP, "POST", "/api/v1/questionnaires/score", 200,
        "{\"questionnaire\":\"ipip_attending\",\"answers\":[5,5,5,5,5,3,3,3,3,3]}");
    assert_true(real(json_array_get(json_object_get(library, "scales"), 0), "score") == .75);
    assert_true(json_is_null(
        json_object_get(json_array_get(json_object_get(library, "scales"), 0), "error")));
    (void)ask(site, SITE_REP, "POST", "/api/v1/questionnaires/score", 400,
        "{\"questionnaire\":%lld,\"answers\":[8,1]}", (long long)own);
    (void)ask(site, SITE_REP, "POST", "/api/v1/questionnaires/score", 400,
        "{\"questionnaire\":%lld,\"answers\":[1]}", (long long)own);
    (void)ask(site, SITE_NOBODY, "GET", "/api/v1/questionnaires", 401, "%s", "");
}

/* ---- 360: a crowd around the manager ---- */

enum { REPORTS = 7, COLLEAGUES = 6, CROWD = REPORTS + COLLEAGUES, ITEMS = 18 };

/* Reports 0..6 (rep and peer among them), then the leader, then five colleagues of other lines. */
struct crowd {
    int64_t users[CROWD];
    char tokens[CROWD][COX_TOKEN_SIZE];
};

static enum cox_rc add_tokens(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    struct crowd *crowd = (struct crowd *)ctx;

    for (int i = 0; i < CROWD; i++) {
        COX_TRY(cox_token_add(call, crowd->users[i], COX_LIT("crowd"),
            COX_TOKEN_WRITE | COX_TOKEN_PEOPLE, COX_NULL, crowd->tokens[i], reterr));
    }
    return COX_OK;
}

static void gather(struct site *site, struct crowd *crowd)
{
    struct firm *f = site->firm;

    crowd->users[0] = site->users[SITE_REP];
    crowd->users[1] = site->users[SITE_PEER];
    crowd->users[REPORTS] = site->users[SITE_LEADER];
    for (int i = 0; i < CROWD; i++) {
        if (crowd->users[i] == 0) {
            crowd->users[i] = firm_user(f, cox_arena_format(site->arena, "Crowd %d", i),
                cox_arena_format(site->arena, "crowd%d@example.com", i));
            if (i < REPORTS) {
                firm_line(f, crowd->users[i], site->users[SITE_MANAGER]);
            }
        }
    }
    OK(firm_write(f, firm_operator, COX_CAUSE_CLI, add_tokens, crowd));
}

/* As one of the crowd. */
static json_t *as(struct site *site, const struct crowd *crowd, int who, const char *method,
    const char *path, int status, const char *body)
{
    const char *headers =
        cox_arena_format(site->arena, "Authorization: Bearer %s\r\n", crowd->tokens[who]);
    struct answer answer;

    site->firm->now_us += COX_SECOND_US;
    answer = site_ask(site, SITE_NOBODY, method, path, body, headers);
    if (answer.status != status) {
        fail_msg("%s %s as crowd %d: %d: %s", method, path, who, answer.status, answer.body.ptr);
    }
    return answer.body.size == 0 ? NULL : site_json(site, &answer);
}

/* Everybody answers in a way of their own: item i of person p. */
static int answer_of(int person, int item)
{
    return 1 + (person * 7 + item * 3 + person * item) % 5;
}

static const char *answers_of(struct site *site, int person)
{
    char text[200] = "{\"answers\":[";
    size_t size = strlen(text);

    for (int i = 0; i < ITEMS; i++) {
        size += (size_t)snprintf(text + size, sizeof(text) - size, "%s%d", i == 0 ? "" : ",",
            answer_of(person, i));
    }
    return cox_arena_format(site->arena, "%s]}", text);
}

/* A draft about the manager with some of the crowd, opened. */
static int64_t open_round(struct site *site, const struct crowd *crowd, unsigned invited)
{
    long long manager = site->users[SITE_MANAGER];
    int64_t round = number(ask(site, SITE_MANAGER, "POST", "/api/v1/feedback_rounds", 201,
                               "{\"author\":%lld,\"person\":%lld}", manager, manager),
        "id");

    for (int i = 0; i < CROWD; i++) {
        if ((invited >> i & 1) != 0) {
            (void)ask(site, SITE_MANAGER, "POST", "/api/v1/feedback_raters", 201,
                "{\"author\":%lld,\"rater\":%lld,\"round\":%lld}", manager,
                (long long)crowd->users[i], (long long)round);
        }
    }
    (void)ask(site, SITE_MANAGER, "POST", at(site, "feedback", round, "/open"), 204, "%s", "");
    return round;
}

static const unsigned everybody = (1u << CROWD) - 1;

static void all_answer(struct site *site, const struct crowd *crowd, int64_t round, unsigned who)
{
    for (int i = 0; i < CROWD; i++) {
        if ((who >> i & 1) != 0) {
            (void)as(site, crowd, i, "PUT", at(site, "feedback", round, "/answers"), 204,
                answers_of(site, i));
        }
    }
}

static void pass_days(struct site *site, int64_t days)
{
    site->firm->now_us += days * COX_DAY_US;
}

/* Rows of a round, by cell and scale; NULL: not shown. */
static const json_t *result_of(const json_t *list, int64_t round, const char *cell,
    const char *scale)
{
    size_t i;
    json_t *row;

    json_array_foreach(json_object_get(list, "rows"), i, row)
    {
        if (number(row, "round") == round && strcmp(string(row, "cell"), cell) == 0 &&
            strcmp(string(row, "scale"), scale) == 0) {
            return row;
        }
    }
    return NULL;
}

static const json_t *results(struct site *site, enum site_role who)
{
    return ask(site, who, "GET", "/api/v1/feedback_results?limit=1000", 200, "%s", "");
}

/* What is shown of a group, worked out again from the answers: focus is items 0 (+), 6 (-) and 12 (+). */
static void expect_focus(const json_t *row, int from, int to)
{
    double sum = 0, square = 0, n = to - from, error;

    for (int p = from; p < to; p++) {
        double score = ((answer_of(p, 0) + 6 - answer_of(p, 6) + answer_of(p, 12)) / 3.0 - 1) / 4;
        sum += score;
        square += score * score;
    }
    assert_non_null(row);
    assert_int_equal(number(row, "count"), (int64_t)n);
    error = sqrt((square - sum * sum / n) / (n - 1) / n);
    assert_true(fabs(real(row, "mean") - sum / n) <= .0250001);
    assert_true(fabs(real(row, "mean") * 20 - round(real(row, "mean") * 20)) < 1e-9);
    assert_true(fabs(real(row, "error") - sqrt(error * error + .0025 / 12)) <= .0050001);
}

struct seen {
    int64_t round, head;
    size_t count;
    bool has_plain;
};

static enum cox_rc look(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    static const double fives[] = {5, 5};
    struct seen *seen = (struct seen *)ctx;
    const struct cox_text *bodies;

    COX_TRY(cox_sealed_list(call, seen->round, &bodies, &seen->count, reterr));
    for (size_t i = 0; i < seen->count; i++) {
        seen->has_plain =
            seen->has_plain || memmem(bodies[i].ptr, bodies[i].size, fives, sizeof(fives)) != NULL;
    }
    seen->head = cox_call_head_seq(call);
    return COX_OK;
}

static struct seen look_at(struct site *site, int64_t round)
{
    struct firm *f = site->firm;
    struct seen seen = {.round = round};

    OK(firm_read(f, firm_operator, (struct cox_as_of){0}, look, &seen));
    return seen;
}

static void test_a_round_stands_fast(void **state)
{
    struct site *site = site_of(state);
    long long manager = site->users[SITE_MANAGER], rep = site->users[SITE_REP];
    struct crowd crowd = {0};
    int64_t round, rater;
    json_t *own;

    gather(site, &crowd);
    /* About oneself, or whom one leads. */
    (void)ask(site, SITE_REP, "POST", "/api/v1/feedback_rounds", 403,
        "{\"author\":%lld,\"person\":%lld}", rep, manager);
    (void)ask(site, SITE_EXECUTIVE, "POST", "/api/v1/feedback_rounds", 403,
        "{\"author\":%lld,\"person\":%lld}", (long long)site->users[SITE_EXECUTIVE], manager);
    (void)ask(site, SITE_LEADER, "POST", "/api/v1/feedback_rounds", 201,
        "{\"author\":%lld,\"person\":%lld}", (long long)site->users[SITE_LEADER], manager);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/feedback_rounds", 400,
        "{\"author\":%lld,\"person\":%lld,\"to_day\":\"2026-05-22\"}", manager, manager);
    round =
        number(ask(site, SITE_MANAGER, "POST", "/api/v1/feedback_rounds", 201,
                   "{\"author\":%lld,\"person\":%lld,\"to_day\":\"2026-06-01\"}", manager, manager),
            "id");
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "feedback_rounds", round, ""), 400,
        "{\"state\":\"open\"}");
    for (int i = 0; i < 4; i++) {
        rater = number(ask(site, SITE_MANAGER, "POST", "/api/v1/feedback_raters", 201,
                           "{\"author\":%lld,\"rater\":%lld,\"round\":%lld}", manager,
                           (long long)crowd.users[i], (long long)round),
            "id");
    }
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/feedback_raters", 409,
        "{\"author\":%lld,\"rater\":%lld,\"round\":%lld}", manager, (long long)crowd.users[0],
        (long long)round);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/feedback_raters", 201,
        "{\"author\":%lld,\"rater\":%lld,\"round\":%lld}", manager, manager, (long long)round);
    (void)ask(site, SITE_MANAGER, "POST", at(site, "feedback", round, "/open"), 400, "%s", "");
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/feedback_raters", 201,
        "{\"author\":%lld,\"rater\":%lld,\"round\":%lld}", manager, (long long)crowd.users[REPORTS],
        (long long)round);
    (void)as(site, &crowd, 0, "PUT", at(site, "feedback", round, "/answers"), 409,
        answers_of(site, 0));
    (void)ask(site, SITE_MANAGER, "POST", at(site, "feedback", round, "/open"), 204, "%s", "");
    own = json_object_get(ask(site, SITE_MANAGER, "GET", "/api/v1/feedback", 200, "%s", ""),
        "rounds");
    own = json_array_get(own, number(json_array_get(own, 0), "id") == round ? 0 : 1);
    assert_int_equal(number(own, "invited_count"), 5);
    assert_string_equal(string(found(json_object_get(own, "raters"), "group", "self"), "group"),
        "self");
    assert_int_equal(number(found(json_object_get(own, "raters"), "group", "leader"), "user"),
        site->users[SITE_LEADER]);
    assert_non_null(found(json_object_get(own, "raters"), "group", "report"));

    /* From now on nothing changes, by nobody. */
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/feedback_raters", 403,
        "{\"author\":%lld,\"rater\":%lld,\"round\":%lld}", manager, (long long)crowd.users[9],
        (long long)round);
    (void)ask(site, SITE_MANAGER, "DELETE", at(site, "feedback_raters", rater, ""), 403, "%s", "");
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "feedback_rounds", round, ""), 403,
        "{\"to_day\":\"2026-05-30\"}");
    (void)ask(site, SITE_MANAGER, "DELETE", at(site, "feedback_rounds", round, ""), 403, "%s", "");
    (void)ask(site, SITE_MANAGER, "POST", at(site, "feedback", round, "/open"), 409, "%s", "");
    (void)ask(site, SITE_MANAGER, "POST", at(site, "feedback", round, "/close"), 409, "%s", "");
}

/* Each role in turn looks for the round, its raters and its results. */
static void nobody_sees(struct site *site, int64_t round)
{
    static const enum site_role others[] = {SITE_LEADER, SITE_PEER, SITE_EXECUTIVE, SITE_ADMIN};
    static const char *const plurals[] = {"feedback_rounds", "feedback_raters", "feedback_results"};

    for (size_t r = 0; r < COX_COUNT(others); r++) {
        (void)ask(site, others[r], "GET", at(site, "feedback_rounds", round, ""), 404, "%s", "");
        (void)ask(site, others[r], "GET", at(site, "feedback_rounds", round, "/history"), 404, "%s",
            "");
        for (size_t p = 0; p < COX_COUNT(plurals); p++) {
            const json_t *list = ask(site, others[r], "GET",
                cox_arena_format(site->arena, "/api/v1/%s?limit=1000", plurals[p]), 200, "%s", "");
            bool is_invited = p == 1 && others[r] < SITE_EXECUTIVE;

            assert_int_equal(json_array_size(json_object_get(list, "rows")), is_invited);
            (void)ask(site, others[r], "GET",
                cox_arena_format(site->arena, "/api/v1/%s?as_of=2026-05-31", plurals[p]), 200, "%s",
                "");
        }
        (void)ask(site, others[r], "POST", at(site, "feedback", round, "/close"), 404, "%s", "");
    }
}

static void test_answers_are_the_raters(void **state)
{
    struct site *site = site_of(state);
    struct crowd crowd = {0};
    struct seen before, after;
    const json_t *list;
    json_t *own;
    int64_t round;
    const char *path;

    gather(site, &crowd);
    round = open_round(site, &crowd, everybody);
    path = at(site, "feedback", round, "/answers");
    before = look_at(site, round);
    all_answer(site, &crowd, round, everybody);
    (void)as(site, &crowd, 3, "PUT", path, 204, answers_of(site, 3)); /* again */
    (void)as(site, &crowd, 4, "DELETE", path, 204, NULL);
    after = look_at(site, round);
    assert_int_equal(after.count, CROWD - 1);
    assert_int_equal(after.head, before.head); /* no commit tells of it */
    assert_false(after.has_plain);
    assert_true(site_never_logged(site, "/answers"));
    (void)as(site, &crowd, 4, "PUT", path, 204, answers_of(site, 4));

    /* One's own and nobody else's; the person and administrators neither. */
    own = as(site, &crowd, 2, "GET", path, 200, NULL);
    assert_int_equal(json_array_size(json_object_get(own, "answers")), ITEMS);
    assert_int_equal(json_integer_value(json_array_get(json_object_get(own, "answers"), 5)),
        answer_of(2, 5));
    (void)ask(site, SITE_MANAGER, "GET", path, 404, "%s", "");
    (void)ask(site, SITE_ADMIN, "GET", path, 404, "%s", "");
    (void)ask(site, SITE_EXECUTIVE, "PUT", path, 404, "%s", answers_of(site, 1));
    (void)as(site, &crowd, 2, "PUT", path, 400, "{\"answers\":[1,2,3]}");
    own = as(site, &crowd, 2, "GET", "/api/v1/feedback", 200, NULL);
    assert_true(json_is_true(
        json_object_get(json_array_get(json_object_get(own, "asked"), 0), "is_answered")));
    assert_int_equal(json_array_size(json_object_get(own, "rounds")), 0);
    /* Before the close nothing is known, also to the person: not even how many have answered. */
    own = json_array_get(
        json_object_get(ask(site, SITE_MANAGER, "GET", "/api/v1/feedback", 200, "%s", ""),
            "rounds"),
        0);
    assert_null(json_object_get(own, "answered_count"));
    assert_int_equal(json_array_size(json_object_get(results(site, SITE_MANAGER), "rows")), 0);

    pass_days(site, 14);
    (void)as(site, &crowd, 3, "PUT", path, 409, answers_of(site, 4)); /* late */
    (void)as(site, &crowd, 3, "DELETE", path, 409, NULL);
    nobody_sees(site, round);
    (void)ask(site, SITE_MANAGER, "POST", at(site, "feedback", round, "/close"), 204, "%s", "");
    (void)ask(site, SITE_MANAGER, "POST", at(site, "feedback", round, "/close"), 409, "%s", "");
    (void)as(site, &crowd, 3, "PUT", path, 409, answers_of(site, 4));
    assert_int_equal(look_at(site, round).count, 0);
    nobody_sees(site, round);
    list = results(site, SITE_MANAGER);
    expect_focus(result_of(list, round, "reports", "focus"), 0, REPORTS);
    expect_focus(result_of(list, round, "colleagues", "focus"), REPORTS, CROWD);
    expect_focus(result_of(list, round, "all", "focus"), 0, CROWD);
    assert_null(result_of(list, round, "self", "focus"));
    assert_int_equal(json_array_size(json_object_get(list, "rows")), 18);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/feedback_results", 400,
        "{\"person\":%lld,\"round\":%lld}", (long long)site->users[SITE_MANAGER], (long long)round);
}

static int64_t whole_round(struct site *site, const struct crowd *crowd, unsigned invited,
    unsigned answering)
{
    int64_t round = open_round(site, crowd, invited);

    all_answer(site, crowd, round, answering);
    pass_days(site, 15);
    (void)ask(site, SITE_MANAGER, "POST", at(site, "feedback", round, "/close"), 204, "%s", "");
    return round;
}

/* What several rounds show together must not tell of fewer than five. */
/* How often somebody is reminded: among the notifications, and in what a digest is made of. */
static size_t reminders(struct site *site, enum site_role who, bool *ret_is_new)
{
    json_t *rows = json_object_get(
        ask(site, who, "GET", "/api/v1/notifications?since=999999", 200, "%s", ""), "rows");
    const json_t *row = found(rows, "kind", "feedback");

    if (row != NULL && ret_is_new != NULL) {
        *ret_is_new = json_is_true(json_object_get(row, "is_new"));
    }
    return row == NULL ? 0 : 1;
}

static bool is_in_digest(struct site *site, enum site_role who, const char *hat)
{
    json_t *home = ask(site, who, "GET", cox_arena_format(site->arena, "/api/v1/home?hat=%s", hat),
        200, "%s", "");

    return json_object_get(json_object_get(home, "sections"), "feedback_asked") != NULL;
}

static void test_raters_are_reminded_and_not_told_of(void **state)
{
    struct site *site = site_of(state);
    struct crowd crowd = {0};
    bool is_new = true;
    int64_t round;

    gather(site, &crowd);
    assert_int_equal(reminders(site, SITE_REP, NULL), 0);
    round = open_round(site, &crowd, everybody); /* on a Wednesday */
    assert_int_equal(reminders(site, SITE_REP, NULL), 1);
    assert_int_equal(reminders(site, SITE_MANAGER, NULL), 0); /* not asked */
    assert_int_equal(reminders(site, SITE_ADMIN, NULL), 0);
    assert_false(is_in_digest(site, SITE_REP, "rep"));
    pass_days(site, 5); /* Monday */
    assert_int_equal(reminders(site, SITE_REP, &is_new), 1);
    assert_false(is_new);
    assert_true(is_in_digest(site, SITE_REP, "rep"));
    pass_days(site, 1);
    assert_false(is_in_digest(site, SITE_REP, "rep"));
    pass_days(site, 1);
    assert_int_equal(reminders(site, SITE_REP, &is_new), 1);
    assert_true(is_new); /* once a week */
    (void)as(site, &crowd, 0, "PUT", at(site, "feedback", round, "/answers"), 204,
        answers_of(site, 0));
    assert_int_equal(reminders(site, SITE_REP, NULL), 0);
    assert_int_equal(reminders(site, SITE_PEER, NULL), 1);
    pass_days(site, 5); /* Monday: a mail tells nobody who has answered */
    assert_true(is_in_digest(site, SITE_REP, "rep"));
    assert_true(is_in_digest(site, SITE_PEER, "rep"));
    assert_false(is_in_digest(site, SITE_MANAGER, "manager"));
    pass_days(site, 7); /* it is over */
    assert_int_equal(reminders(site, SITE_PEER, NULL), 0);
    assert_false(is_in_digest(site, SITE_PEER, "rep"));
}

static void test_rounds_are_not_subtracted(void **state)
{
    struct site *site = site_of(state);
    struct crowd crowd = {0};
    int64_t first, less, same, few, none;
    const json_t *list;

    gather(site, &crowd);
    first = whole_round(site, &crowd, everybody, everybody);
    less = whole_round(site, &crowd, everybody & ~(1u << 12), everybody & ~(1u << 12));
    same = whole_round(site, &crowd, everybody, everybody);
    few = whole_round(site, &crowd, everybody, (1u << 4) - 1);
    none = whole_round(site, &crowd, everybody, 0);
    list = results(site, SITE_MANAGER);
    expect_focus(result_of(list, first, "colleagues", "focus"), REPORTS, CROWD);
    /* Five colleagues would do by themselves; with the six of before they are one person's answer. */
    assert_null(result_of(list, less, "colleagues", "focus"));
    assert_null(result_of(list, less, "reports", "focus"));
    assert_null(result_of(list, less, "all", "focus"));
    /* The same people again are shown, and compared. */
    expect_focus(result_of(list, same, "colleagues", "focus"), REPORTS, CROWD);
    assert_null(result_of(list, few, "all", "focus"));
    assert_null(result_of(list, none, "all", "focus"));
    assert_int_equal(json_array_size(json_object_get(list, "rows")), 2 * 18);
}

/* A small group goes into the large one; own answers are told to oneself, alone. */
static void test_small_groups_are_merged(void **state)
{
    struct site *site = site_of(state);
    struct crowd crowd = {0};
    long long manager = site->users[SITE_MANAGER];
    unsigned invited = 0x7f | 3u << REPORTS;
    int64_t round;
    const json_t *list;

    gather(site, &crowd);
    round = number(ask(site, SITE_LEADER, "POST", "/api/v1/feedback_rounds", 201,
                       "{\"author\":%lld,\"person\":%lld}", (long long)site->users[SITE_LEADER],
                       manager),
        "id");
    for (int i = 0; i < CROWD; i++) {
        if ((invited >> i & 1) != 0) {
            (void)ask(site, SITE_LEADER, "POST", "/api/v1/feedback_raters", 201,
                "{\"author\":%lld,\"rater\":%lld,\"round\":%lld}",
                (long long)site->users[SITE_LEADER], (long long)crowd.users[i], (long long)round);
        }
    }
    (void)ask(site, SITE_LEADER, "POST", "/api/v1/feedback_raters", 201,
        "{\"author\":%lld,\"rater\":%lld,\"round\":%lld}", (long long)site->users[SITE_LEADER],
        manager, (long long)round);
    (void)ask(site, SITE_MANAGER, "POST", at(site, "feedback", round, "/open"), 403, "%s", "");
    (void)ask(site, SITE_LEADER, "POST", at(site, "feedback", round, "/open"), 204, "%s", "");
    all_answer(site, &crowd, round, invited);
    (void)ask(site, SITE_MANAGER, "PUT", at(site, "feedback", round, "/answers"), 204, "%s",
        answers_of(site, 20));
    pass_days(site, 20);
    /* Who asked does not open the results; the person does, first. */
    (void)ask(site, SITE_LEADER, "POST", at(site, "feedback", round, "/close"), 403, "%s", "");
    (void)ask(site, SITE_MANAGER, "POST", at(site, "feedback", round, "/close"), 204, "%s", "");
    list = results(site, SITE_MANAGER);
    expect_focus(result_of(list, round, "all", "focus"), 0, REPORTS + 2);
    assert_null(result_of(list, round, "reports", "focus"));
    assert_null(result_of(list, round, "colleagues", "focus"));
    assert_int_equal(number(result_of(list, round, "self", "focus"), "count"), 1);
    assert_int_equal(json_array_size(json_object_get(results(site, SITE_LEADER), "rows")), 0);
    assert_int_equal(json_array_size(json_object_get(results(site, SITE_ADMIN), "rows")), 0);

    /* The close is not undone: others could answer then, beside what is shown. */
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/undo", 200, "{\"seq\":%lld}",
        (long long)look_at(site, round).head);
    assert_string_equal(string(ask(site, SITE_MANAGER, "GET",
                                   at(site, "feedback_rounds", round, ""), 200, "%s", ""),
                            "state"),
        "closed");
    (void)as(site, &crowd, 1, "PUT", at(site, "feedback", round, "/answers"), 409,
        answers_of(site, 1));
}

/* Reliability of the questionnaire comes from closed rounds, none of which can be told from it. */
static void test_reliability_is_pooled(void **state)
{
    struct site *site = site_of(state);
    struct crowd crowd = {0};
    const json_t *six;

    gather(site, &crowd);
    for (int i = 0; i < 3; i++) {
        six =
            found(json_object_get(
                      ask(site, SITE_REP, "GET", "/api/v1/questionnaires", 200, "%s", ""), "rows"),
                "name", "six_aspects");
        assert_true(json_is_false(json_object_get(six, "is_reliability_known")));
        (void)whole_round(site, &crowd, everybody, everybody);
    }
    six = found(json_object_get(ask(site, SITE_REP, "GET", "/api/v1/questionnaires", 200, "%s", ""),
                    "rows"),
        "name", "six_aspects");
    assert_true(json_is_true(json_object_get(six, "is_reliability_known")));
    assert_true(json_is_number(
        json_object_get(json_array_get(json_object_get(six, "scales"), 0), "alpha")));
}

/* ---- the profile ---- */

static const json_t *aspect_of(const json_t *profile, const char *name)
{
    return found(json_object_get(profile, "aspects"), "name", name);
}

static void talk(struct site *site, const char *day, const char *state)
{
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/one_on_ones", 201,
        "{\"leader\":%lld,\"person\":%lld,\"day\":\"%s\",\"state\":\"%s\"}",
        (long long)site->users[SITE_MANAGER], (long long)site->users[SITE_REP], day, state);
}

/* Four talks in three weeks, one of them missed; a promise given, one chosen; a goal; two deals of the rep's changed. */
static void act(struct site *site)
{
    long long rep = site->users[SITE_REP], manager = site->users[SITE_MANAGER];
    int64_t deal = firm_deal(site->firm, "Pumps", rep, 100, 0);

    talk(site, "2026-05-04", "held");
    talk(site, "2026-05-11", "held");
    talk(site, "2026-05-12", "missed");
    talk(site, "2026-05-18", "held");
    talk(site, "2026-05-19", "cancelled");
    talk(site, "2025-05-19", "held"); /* long ago */
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/action_items", 201,
        "{\"author\":%lld,\"other\":%lld,\"owner\":%lld,\"text\":\"Ask\",\"due_day\":\"2026-05-25\"}",
        manager, rep, rep);
    (void)ask(site, SITE_REP, "POST", "/api/v1/action_items", 201,
        "{\"author\":%lld,\"other\":%lld,\"text\":\"Try\"}", rep, manager);
    (void)ask(site, SITE_REP, "POST", "/api/v1/agenda_items", 201,
        "{\"author\":%lld,\"other\":%lld,\"text\":\"Mine\"}", rep, manager);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/objectives", 201,
        "{\"name\":\"Grow\",\"from_day\":\"2026-05-01\",\"to_day\":\"2027-05-01\"}");
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "opportunities", deal, ""), 200,
        "{\"amount\":200}");
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "opportunities", deal, ""), 200,
        "{\"stage\":%lld}", (long long)site->firm->stages[1]);
    (void)ask(site, SITE_REP, "PATCH", at(site, "opportunities", deal, ""), 200,
        "{\"amount\":300}"); /* the owner's own */
}

static void expect_focus_of_acts(const json_t *profile, double held, double missed)
{
    /* Weeks of the talks; the day the window begins is a Wednesday. */
    const struct cox_tilt_week weeks[] = {{0, 1, 1}, {missed, 1, 1 + missed},
        {0, held - 2, held - 2}};
    const json_t *acts = json_object_get(aspect_of(profile, "focus"), "acts");
    struct cox_tilt tilt;

    assert_true(cox_tilt_of(weeks, 3, &tilt));
    assert_int_equal(number(acts, "count"), (int64_t)(held + missed));
    assert_true(fabs(real(acts, "tilt") - tilt.tilt) < 1e-9);
    assert_true(fabs(real(acts, "error") - tilt.error) < 1e-9);
    assert_true(fabs(real(acts, "low") - tilt.low) < 1e-9);
    assert_true(json_is_true(json_object_get(acts, "is_thin")));
}

static void test_acts_are_listed_and_contested(void **state)
{
    struct site *site = site_of(state);
    const json_t *profile, *row;
    json_t *list;
    int64_t contest;

    act(site);
    profile = ask(site, SITE_MANAGER, "GET", "/api/v1/profile", 200, "%s", "");
    expect_focus_of_acts(profile, 3, 1);
    assert_null(json_object_get(profile, "score"));
    assert_int_equal(number(json_object_get(aspect_of(profile, "approach"), "acts"), "count"), 2);
    assert_int_equal(number(json_object_get(aspect_of(profile, "horizon"), "acts"), "count"), 2);
    assert_int_equal(number(json_object_get(aspect_of(profile, "relationship"), "acts"), "count"),
        1);
    assert_int_equal(number(json_object_get(aspect_of(profile, "decision"), "acts"), "count"), 1);
    assert_int_equal(number(json_object_get(aspect_of(profile, "motivation"), "acts"), "count"), 2);
    assert_true(json_is_null(json_object_get(aspect_of(profile, "focus"), "feedback")));
    assert_true(real(json_object_get(aspect_of(profile, "focus"), "range"), "low") == .3);
    profile = ask(site, SITE_MANAGER, "GET", "/api/v1/profile?role=leader&situation=growing", 200,
        "%s", "");
    assert_true(real(json_object_get(aspect_of(profile, "focus"), "range"), "low") == .5);
    (void)ask(site, SITE_MANAGER, "GET", "/api/v1/profile?role=boss", 400, "%s", "");

    list = ask(site, SITE_MANAGER, "GET", "/api/v1/profile/acts?aspect=focus", 200, "%s", "");
    list = json_object_get(list, "rows");
    assert_int_equal(json_array_size(list), 4);
    row = found(list, "kind", "talk_missed");
    assert_string_equal(string(row, "day"), "2026-05-12");
    assert_string_equal(string(row, "with_name"), "Ada Berg");
    list = ask(site, SITE_MANAGER, "GET", "/api/v1/profile/acts", 200, "%s", "");
    assert_int_equal(json_array_size(json_object_get(list, "rows")), 12);
    assert_string_equal(
        string(found(json_object_get(list, "rows"), "kind", "stage_moved"), "record_name"),
        "Pumps");

    /* Contested by the person, decided by somebody who leads the person. */
    (void)ask(site, SITE_REP, "POST", "/api/v1/profile/contests", 404,
        "{\"act\":\"%s\",\"second\":%lld,\"reason\":\"Not mine\"}", string(row, "act"),
        (long long)site->users[SITE_MANAGER]);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/profile/contests", 400,
        "{\"act\":\"%s\",\"second\":%lld,\"reason\":\"I was ill\"}", string(row, "act"),
        (long long)site->users[SITE_REP]);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/profile/contests", 400,
        "{\"act\":\"%s\",\"second\":%lld,\"reason\":\"I was ill\"}", string(row, "act"),
        (long long)site->users[SITE_MANAGER]);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/act_contests", 400,
        "{\"person\":%lld,\"second\":%lld,\"act\":\"talk_missed.1\",\"reason\":\"I was ill\"}",
        (long long)site->users[SITE_MANAGER], (long long)site->users[SITE_LEADER]);
    contest = number(ask(site, SITE_MANAGER, "POST", "/api/v1/profile/contests", 201,
                         "{\"act\":\"%s\",\"second\":%lld,\"reason\":\"I was ill\"}",
                         string(row, "act"), (long long)site->users[SITE_LEADER]),
        "id");
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/profile/contests", 409,
        "{\"act\":\"%s\",\"second\":%lld,\"reason\":\"Again\"}", string(row, "act"),
        (long long)site->users[SITE_LEADER]);
    list = ask(site, SITE_MANAGER, "GET", "/api/v1/profile/acts?aspect=focus", 200, "%s", "");
    row = found(json_object_get(list, "rows"), "kind", "talk_missed");
    assert_true(json_is_true(json_object_get(row, "is_contested")));
    profile = ask(site, SITE_MANAGER, "GET", "/api/v1/profile", 200, "%s", "");
    expect_focus_of_acts(profile, 3, 1); /* counts until it is left out */
    (void)ask(site, SITE_MANAGER, "PATCH", at(site, "act_contests", contest, ""), 403,
        "{\"state\":\"left_out\",\"answer\":\"Yes\"}");
    (void)ask(site, SITE_LEADER, "PATCH", at(site, "act_contests", contest, ""), 400,
        "{\"state\":\"left_out\"}");
    (void)ask(site, SITE_LEADER, "PATCH", at(site, "act_contests", contest, ""), 403,
        "{\"reason\":\"Else\"}");
    (void)ask(site, SITE_LEADER, "PATCH", at(site, "act_contests", contest, ""), 200,
        "{\"state\":\"left_out\",\"answer\":\"I know of it\"}");
    profile = ask(site, SITE_MANAGER, "GET", "/api/v1/profile", 200, "%s", "");
    expect_focus_of_acts(profile, 3, 0);
    list = ask(site, SITE_MANAGER, "GET", "/api/v1/profile/acts?aspect=focus", 200, "%s", "");
    row = found(json_object_get(list, "rows"), "kind", "talk_missed");
    assert_true(json_is_true(json_object_get(row, "is_left_out")));
}

static void test_weights_and_ranges_are_data(void **state)
{
    struct site *site = site_of(state);
    const json_t *profile;

    act(site);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/act_weights", 403,
        "{\"kind\":\"talk_missed\",\"weight\":0}");
    (void)ask(site, SITE_EXECUTIVE, "POST", "/api/v1/act_weights", 400,
        "{\"kind\":\"nonsense\",\"weight\":0}");
    (void)ask(site, SITE_EXECUTIVE, "POST", "/api/v1/act_weights", 201,
        "{\"kind\":\"talk_missed\",\"weight\":0}");
    (void)ask(site, SITE_LEADER, "POST", "/api/v1/profile_ranges", 403,
        "{\"role\":\"manager\",\"situation\":\"steady\",\"aspect\":\"focus\",\"low\":0.1,\"high\":0.2}");
    (void)ask(site, SITE_ADMIN, "POST", "/api/v1/profile_ranges", 400,
        "{\"role\":\"manager\",\"situation\":\"steady\",\"aspect\":\"focus\",\"low\":0.3,\"high\":0.2}");
    (void)ask(site, SITE_ADMIN, "POST", "/api/v1/profile_ranges", 201,
        "{\"role\":\"manager\",\"situation\":\"steady\",\"aspect\":\"focus\",\"low\":0.1,\"high\":0.2,"
        "\"why\":\"Launch\"}");
    (void)ask(site, SITE_ADMIN, "POST", "/api/v1/profile_ranges", 201,
        "{\"role\":\"manager\",\"situation\":\"Launch\",\"aspect\":\"focus\",\"low\":0.1,"
        "\"high\":0.2}");
    profile = ask(site, SITE_MANAGER, "GET", "/api/v1/profile", 200, "%s", "");
    expect_focus_of_acts(profile, 3, 0);
    assert_true(real(json_object_get(aspect_of(profile, "focus"), "range"), "low") == .1);
    assert_true(real(json_object_get(aspect_of(profile, "approach"), "range"), "low") == .35);
    profile = ask(site, SITE_MANAGER, "GET", "/api/v1/profile?situation=Launch", 200, "%s", "");
    assert_true(json_is_null(json_object_get(aspect_of(profile, "approach"), "range")));
    assert_int_equal(json_array_size(json_object_get(profile, "situations")), 4);
}

/* The person first; others what the person has shown them, as it was; nobody else anything. */
static void test_profiles_are_shown_by_their_person(void **state)
{
    static const enum site_role others[] = {SITE_REP, SITE_LEADER, SITE_EXECUTIVE, SITE_ADMIN};
    struct site *site = site_of(state);
    const char *shown = at(site, "profiles", site->users[SITE_MANAGER], "");
    struct crowd crowd = {0};
    int64_t contest, share;
    const json_t *body, *focus, *row;

    act(site);
    gather(site, &crowd);
    (void)whole_round(site, &crowd, everybody, everybody);
    row = found(json_object_get(ask(site, SITE_MANAGER, "GET", "/api/v1/profile/acts?aspect=focus",
                                    200, "%s", ""),
                    "rows"),
        "kind", "talk_held");
    contest = number(ask(site, SITE_MANAGER, "POST", "/api/v1/profile/contests", 201,
                         "{\"act\":\"%s\",\"second\":%lld,\"reason\":\"Zyxwvut\"}",
                         string(row, "act"), (long long)site->users[SITE_LEADER]),
        "id");
    for (size_t r = 0; r < COX_COUNT(others); r++) {
        struct answer answer;

        (void)ask(site, others[r], "GET", shown, 404, "%s", "");
        body = ask(site, others[r], "GET", "/api/v1/profile", 200, "%s", ""); /* one's own */
        assert_int_equal(number(body, "person"), site->users[others[r]]);
        assert_true(json_is_null(json_object_get(aspect_of(body, "focus"), "feedback")));
        body = ask(site, others[r], "GET", "/api/v1/profile_shares", 200, "%s", "");
        assert_int_equal(json_array_size(json_object_get(body, "rows")), 0);
        if (others[r] != SITE_LEADER) {
            (void)ask(site, others[r], "GET", at(site, "act_contests", contest, ""), 404, "%s", "");
        }
        answer = say(site, others[r], "GET", "/api/v1/search?q=Zyxwvut", NULL);
        assert_null(memmem(answer.body.ptr, answer.body.size, "act_contest", 11));
        answer = say(site, others[r], "GET", "/api/v1/feedback_results/export.csv", NULL);
        assert_null(memmem(answer.body.ptr, answer.body.size, "focus", 5));
    }
    (void)ask(site, SITE_NOBODY, "GET", "/api/v1/profile", 401, "%s", "");
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/profile_shares", 400,
        "{\"person\":%lld,\"reader\":%lld,\"body\":\"{}\"}", (long long)site->users[SITE_MANAGER],
        (long long)site->users[SITE_LEADER]);
    share = number(ask(site, SITE_MANAGER, "POST", "/api/v1/profile/shares", 201,
                       "{\"reader\":%lld}", (long long)site->users[SITE_LEADER]),
        "id");
    body = ask(site, SITE_LEADER, "GET", shown, 200, "%s", "");
    focus = aspect_of(json_object_get(body, "profile"), "focus");
    assert_int_equal(number(json_object_get(focus, "feedback"), "count"), CROWD);
    assert_int_equal(json_array_size(json_object_get(json_object_get(focus, "feedback"), "cells")),
        2);
    assert_true(
        json_is_true(json_object_get(json_object_get(focus, "distance"), "is_more_than_chance")) ||
        json_is_false(json_object_get(json_object_get(focus, "distance"), "is_more_than_chance")));
    (void)ask(site, SITE_EXECUTIVE, "GET", shown, 404, "%s", "");
    (void)ask(site, SITE_ADMIN, "GET", at(site, "profile_shares", share, ""), 404, "%s", "");
    /* Who looked is told to the person. */
    body = ask(site, SITE_MANAGER, "GET", "/api/v1/access", 200, "%s", "");
    assert_non_null(found(json_object_get(body, "rows"), "entity", "profile_share"));
    (void)ask(site, SITE_MANAGER, "DELETE", at(site, "profile_shares", share, ""), 204, "%s", "");
    (void)ask(site, SITE_LEADER, "GET", shown, 404, "%s", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_what_may_not_be_entered),
        BOTH_SITES(test_questionnaires_are_data),
        BOTH_SITES(test_a_round_stands_fast),
        BOTH_SITES(test_answers_are_the_raters),
        BOTH_SITES(test_raters_are_reminded_and_not_told_of),
        BOTH_SITES(test_rounds_are_not_subtracted),
        BOTH_SITES(test_small_groups_are_merged),
        BOTH_SITES(test_reliability_is_pooled),
        BOTH_SITES(test_acts_are_listed_and_contested),
        BOTH_SITES(test_weights_and_ranges_are_data),
        BOTH_SITES(test_profiles_are_shown_by_their_person),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
