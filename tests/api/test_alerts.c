/* Tests of alerts over HTTP, as each role: what may be watched, that a fall is told once, to its owner alone, and dismissed. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>

#include "ask.h"
#include "manager/alert.h"
#include "manager/alert_job.h"
#include "sales/analysis.h"
#include "sales/opportunity.h"

static json_t *rows(struct site *site, enum site_role who, const char *path)
{
    return json_object_get(ask(site, who, "GET", path, 200, "%s", ""), "rows");
}

static const char *text(const json_t *json, const char *key)
{
    const char *value = json_string_value(json_object_get(json, key));

    return value == NULL ? "(none)" : value;
}

/* Two years of three deals a week each; the rep creates hardly any in the last weeks. */
struct past {
    struct site *site;
    int quiet_weeks;
};

static enum cox_rc make_past(struct cox_call *call, void *ctx, struct cox_err *reterr)
{
    const struct past *past = ctx;
    int64_t monday = FIRM_TODAY - 2; /* of the week that runs: FIRM_TODAY is a Wednesday */

    for (int week = 1; week <= 70; week++) {
        for (int i = 0; i < 6; i++) {
            struct cox_opportunity deal;
            int64_t id;

            if (i % 2 == 0 && week <= past->quiet_weeks && i > 0) {
                continue;
            }
            cox_struct_init(&cox_opportunity, &deal);
            deal.name = COX_LIT("Deal");
            deal.owner = past->site->users[i % 2 == 0 ? SITE_REP : SITE_PEER];
            deal.stage = past->site->firm->stages[0];
            deal.created_day = monday - 7 * week + i % 5;
            COX_TRY(cox_create_struct(call, &cox_opportunity, &deal, &id, reterr));
        }
    }
    return COX_OK;
}

static void run_jobs(struct site *site)
{
    struct cox_err err = {0};

    firm_ok(cox_alerts_run(site->firm->store, cox_books_of(site->server), &err), &err, __LINE__);
}

struct node {
    struct site *site;
    enum cox_rc rc;
    struct cox_err err;
};

static void *run_node(void *ctx)
{
    struct node *node = ctx;

    node->rc =
        cox_alerts_run(node->site->firm->store, cox_books_of(node->site->server), &node->err);
    return NULL;
}

static void run_on_two_nodes(struct site *site)
{
    struct node nodes[2] = {{.site = site}, {.site = site}};
    pthread_t threads[2];

    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, run_node, &nodes[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        firm_ok(nodes[i].rc, &nodes[i].err, __LINE__);
    }
}

static void test_what_may_be_watched(void **state)
{
    struct site *site = site_of(state);
    static const char *const bad[] = {
        "{\"measure\":\"luck\"}",           /* there is none */
        "{\"measure\":\"won\"}",            /* money: no chance is known of it */
        "{\"measure\":\"pipeline_count\"}", /* a level */
        "{\"measure\":\"quota\"}",
        "{\"measure\":\"won_count\",\"whose\":\"person\"}", /* whose? */
        "{\"measure\":\"won_count\",\"whose\":\"line\",\"user\":1}",
    };
    json_t *rule;

    for (size_t i = 0; i < COX_COUNT(bad); i++) {
        (void)ask(site, SITE_MANAGER, "POST", "/api/v1/alert_rules", 400, "%s", bad[i]);
    }
    rule =
        ask(site, SITE_MANAGER, "POST", "/api/v1/alert_rules", 201, "{\"measure\":\"win_rate\"}");
    assert_string_equal(text(rule, "whose"), "line");
    assert_string_equal(text(rule, "cadence"), "week");
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/alert_rules", 201, "{\"measure\":\"meetings\"}");
    /* One's own figures and those of the own line, nobody else's; an executive's is everybody. */
    (void)ask(site, SITE_REP, "POST", "/api/v1/alert_rules", 201,
        "{\"measure\":\"won_count\",\"user\":%lld}", (long long)site->users[SITE_REP]);
    (void)ask(site, SITE_REP, "POST", "/api/v1/alert_rules", 403,
        "{\"measure\":\"won_count\",\"user\":%lld}", (long long)site->users[SITE_PEER]);
    (void)ask(site, SITE_ADMIN, "POST", "/api/v1/alert_rules", 403,
        "{\"measure\":\"won_count\",\"user\":%lld}", (long long)site->users[SITE_PEER]);
    (void)ask(site, SITE_EXECUTIVE, "POST", "/api/v1/alert_rules", 201,
        "{\"measure\":\"won_count\",\"user\":%lld}", (long long)site->users[SITE_PEER]);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/alert_rules", 403,
        "{\"measure\":\"won_count\",\"owner\":%lld}", (long long)site->users[SITE_LEADER]);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/alert_budgets", 201, "{\"per_quarter\":2}");
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/alert_budgets", 409, "{\"per_quarter\":3}");
    (void)ask(site, SITE_LEADER, "POST", "/api/v1/alert_budgets", 400, "{\"per_quarter\":13}");
    assert_int_equal(json_array_size(rows(site, SITE_LEADER, "/api/v1/alert_rules")), 0);
    assert_int_equal(json_array_size(rows(site, SITE_MANAGER, "/api/v1/alert_rules")), 2);
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/alerts", 403, "{}");
}

static json_t *section(struct site *site, enum site_role who, const char *hat, const char *name)
{
    char path[60];

    (void)snprintf(path, sizeof(path), "/api/v1/home?hat=%s", hat);
    return json_object_get(json_object_get(ask(site, who, "GET", path, 200, "%s", ""), "sections"),
        name);
}

static json_t *notice(struct site *site, enum site_role who)
{
    json_t *item;
    size_t at;

    json_array_foreach(rows(site, who, "/api/v1/notifications"), at, item)
    {
        if (strcmp(text(item, "kind"), "alert") == 0) {
            return item;
        }
    }
    return NULL;
}

static void check_alert(struct site *site, const json_t *alert)
{
    char path[600];
    const json_t *found;

    assert_int_equal(number(alert, "user"), site->users[SITE_REP]);
    assert_string_equal(text(alert, "week_day"), "2026-05-11");
    assert_string_equal(text(alert, "since_day"), "2026-03-16");
    assert_int_equal(number(alert, "team"), 0);
    assert_true(json_number_value(json_object_get(alert, "observed")) == 9);
    assert_true(fabs(json_number_value(json_object_get(alert, "expected")) - 27) < 2);
    assert_true(json_number_value(json_object_get(alert, "high")) < .7);
    assert_true(json_number_value(json_object_get(alert, "low")) > .15);
    assert_string_equal(text(alert, "question"), "Was less started, or did less come through?");
    /* What is behind it is a list that shows just as many. */
    (void)snprintf(path, sizeof(path), "/api/v1/%s&limit=100", text(alert, "records"));
    found = rows(site, SITE_MANAGER, path);
    assert_int_equal(json_array_size(found), 9);
}

static void test_a_fall_is_told_once(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    struct past past = {site, 9};
    int64_t rule, alert;
    char path[80];
    json_t *found;

    OK(firm_write(f, firm_operator, COX_CAUSE_IMPORT, make_past, &past));
    rule = number(ask(site, SITE_MANAGER, "POST", "/api/v1/alert_rules", 201,
                      "{\"measure\":\"created_count\"}"),
        "id");
    run_on_two_nodes(site);
    run_jobs(site);
    found = rows(site, SITE_MANAGER, "/api/v1/alerts");
    assert_int_equal(json_array_size(found), 1);
    check_alert(site, json_array_get(found, 0));
    alert = number(json_array_get(found, 0), "id");
    (void)snprintf(path, sizeof(path), "/api/v1/alert_rules/%lld", (long long)rule);
    found = ask(site, SITE_MANAGER, "GET", path, 200, "%s", "");
    assert_int_equal(number(found, "series_count"), 2);
    assert_int_equal(number(found, "quiet_count"), 0);
    assert_string_equal(text(found, "checked_day"), "2026-05-11");

    /* It is the manager's alone: not even of the person it is about, or of those above. */
    (void)snprintf(path, sizeof(path), "/api/v1/alerts/%lld", (long long)alert);
    for (int who = SITE_REP; who < SITE_ROLE_COUNT; who++) {
        char history[120];
        if (who == SITE_MANAGER) {
            continue;
        }
        (void)snprintf(history, sizeof(history), "%s/history", path);
        (void)ask(site, (enum site_role)who, "GET", path, 404, "%s", "");
        (void)ask(site, (enum site_role)who, "GET", history, 404, "%s", "");
        assert_int_equal(json_array_size(rows(site, (enum site_role)who, "/api/v1/alerts")), 0);
        assert_null(notice(site, (enum site_role)who));
    }
    assert_null(section(site, SITE_LEADER, "leader", "alerts"));
    found = section(site, SITE_MANAGER, "manager", "alerts");
    assert_non_null(found);
    assert_int_equal(json_array_size(json_object_get(found, "rows")), 1);
    found = notice(site, SITE_MANAGER);
    assert_non_null(found);
    assert_string_equal(text(found, "title"), "Deals created");
    assert_string_equal(text(found, "detail"), "Ada Berg");

    (void)ask(site, SITE_MANAGER, "PATCH", path, 400, "{\"state\":\"dismissed\"}");
    (void)ask(site, SITE_MANAGER, "PATCH", path, 400, "{\"observed\":20}");
    found = ask(site, SITE_MANAGER, "PATCH", path, 200,
        "{\"state\":\"dismissed\",\"reason\":\"Parental leave\"}");
    assert_string_equal(text(found, "dismissed_day"), "2026-05-20");
    assert_null(section(site, SITE_MANAGER, "manager", "alerts"));
    assert_null(notice(site, SITE_MANAGER));
    /* A week later what has been told is not told again. */
    site->firm->now_us += 7 * COX_DAY_US;
    run_jobs(site);
    assert_int_equal(json_array_size(rows(site, SITE_MANAGER, "/api/v1/alerts")), 1);
    (void)ask(site, SITE_ADMIN, "PATCH", "/api/v1/settings", 200,
        "{\"features_off\":[\"alerts\"]}");
    (void)ask(site, SITE_MANAGER, "GET", "/api/v1/alerts", 404, "%s", "");
    (void)ask(site, SITE_MANAGER, "GET", "/api/v1/alert_rules", 404, "%s", "");
}

static void test_nothing_is_told_of_what_is_thin_or_as_ever(void **state)
{
    struct site *site = site_of(state);
    struct firm *f = site->firm;
    struct past past = {site, 0};
    json_t *found;

    OK(firm_write(f, firm_operator, COX_CAUSE_IMPORT, make_past, &past));
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/alert_rules", 201,
        "{\"measure\":\"created_count\"}");
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/alert_rules", 201,
        "{\"measure\":\"created_count\",\"direction\":\"rises\",\"cadence\":\"month\"}");
    (void)ask(site, SITE_MANAGER, "POST", "/api/v1/alert_rules", 201, "{\"measure\":\"win_rate\"}");
    run_jobs(site);
    assert_int_equal(json_array_size(rows(site, SITE_MANAGER, "/api/v1/alerts")), 0);
    found = rows(site, SITE_MANAGER, "/api/v1/alert_rules?measure=eq.win_rate");
    assert_int_equal(number(json_array_get(found, 0), "series_count"), 0); /* nothing was closed */
    assert_string_equal(text(json_array_get(found, 0), "checked_day"), "2026-05-11");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_what_may_be_watched),
        BOTH_SITES(test_a_fall_is_told_once),
        BOTH_SITES(test_nothing_is_told_of_what_is_thin_or_as_ever),
    };

    return cmocka_run_group_tests_name("api_alerts", tests, NULL, NULL);
}
