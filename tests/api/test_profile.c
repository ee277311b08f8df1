/*
 * Tests of questionnaires, 360 rounds and profiles over HTTP, on both engines, as every role: what may not be entered,
 * what nobody may see, and attacks that try to work out one answer from what is shown.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "leader/instrument.h"
#include "site.h"

static struct answer say(struct site *site, enum site_role who, const char *method,
    const char *path, const char *body)
{
    site->firm->now_us += COX_SECOND_US; /* the clock of tests stands still */
    return site_ask(site, who, method, path, body, NULL);
}

static json_t *ask(struct site *site, enum site_role who, const char *method, const char *path,
    int status, const char *format, ...) COX_PRINTF(6, 7);

static json_t *ask(struct site *site, enum site_role who, const char *method, const char *path,
    int status, const char *format, ...)
{
    char body[1000];
    struct answer answer;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(body, sizeof(body), format, args);
    va_end(args);
    answer = say(site, who, method, path, body[0] == '\0' ? NULL : body);
    if (answer.status != status) {
        fail_msg("%s %s as %d: %d: %s", method, path, (int)who, answer.status, answer.body.ptr);
    }
    return answer.body.size == 0 ? NULL : site_json(site, &answer);
}

static int64_t number(const json_t *json, const char *key)
{
    return json_integer_value(json_object_get(json, key));
}

static const char *string(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));

    return text == NULL ? "(none)" : text;
}

static double real(const json_t *json, const char *key)
{
    return json_number_value(json_object_get(json, key));
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_what_may_not_be_entered),
        BOTH_SITES(test_questionnaires_are_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
