/* Tests of imports over HTTP: files, preview, dry run, run, rejected rows, restart, who may. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sales/opportunity.h"
#include "site.h"

static const char deals[] = "Deal Name,Owner,Amount,Close Date,Stage\n"
                            "Alder,ada@example.com,\"1.200,50\",13.05.2026,Discovery\n"
                            "Beech,ada@example.com,\"99,00\",14.05.2026,Discovery\n"
                            "Cedar,ada@example.com,much,15.05.2026,Discovery\n";

static const char *string_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));

    return text == NULL ? "" : text;
}

static json_t *ask(struct site *site, enum site_role who, const char *method, const char *path,
    const char *body, int status)
{
    struct answer answer = site_ask(site, who, method, path, body, NULL);

    if (answer.status != status) {
        print_message("# %s %s: %d %.*s\n", method, path, answer.status, (int)answer.body.size,
            answer.body.ptr);
    }
    assert_int_equal(answer.status, status);
    return site_json(site, &answer);
}

static const char *send(struct site *site, enum site_role who, const char *name, const char *text)
{
    char path[200];

    (void)snprintf(path, sizeof(path), "/api/v1/import-files?name=%s", name);
    return string_of(ask(site, who, "POST", path, text, 201), "id");
}

static const char *asked(struct site *site, const char *file, const char *more)
{
    return cox_arena_format(site->arena, "{\"files\":[\"%s\"]%s}", file, more);
}

/* Waits until it is over. */
static json_t *wait_for(struct site *site, enum site_role who, const char *id)
{
    const char *path = cox_arena_format(site->arena, "/api/v1/imports/%s", id);

    for (int i = 0; i < 5000; i++) {
        json_t *json = ask(site, who, "GET", path, NULL, 200);
        const char *state = string_of(json, "state");

        if (strcmp(state, "waiting") != 0 && strcmp(state, "running") != 0) {
            return json;
        }
        usleep(20000);
    }
    fail_msg("the import does not end");
    return NULL;
}

static json_t *run(struct site *site, enum site_role who, const char *file, const char *more)
{
    json_t *json = ask(site, who, "POST", "/api/v1/imports", asked(site, file, more), 202);

    return wait_for(site, who, string_of(json, "id"));
}

static int64_t reported(const json_t *import, const char *key)
{
    return json_integer_value(json_object_get(json_object_get(import, "report"), key));
}

static int64_t deal_count(struct site *site)
{
    json_t *board = ask(site, SITE_ADMIN, "GET", "/api/v1/board", NULL, 200);
    int64_t count = 0;
    json_t *column;
    size_t at;

    json_array_foreach(json_object_get(board, "columns"), at, column)
    {
        count += json_integer_value(json_object_get(column, "count"));
    }
    return count;
}

static void test_from_file_to_records(void **state)
{
    struct site *site = site_of(state);
    const char *file = send(site, SITE_ADMIN, "opportunities.csv", deals);
    json_t *json =
        ask(site, SITE_ADMIN, "POST", "/api/v1/import-preview", asked(site, file, ""), 200);
    json_t *first = json_array_get(json_object_get(json, "files"), 0);
    json_t *import;
    struct answer answer;

    assert_string_equal(string_of(first, "entity"), "opportunities");
    assert_int_equal(json_integer_value(json_object_get(first, "row_count")), 3);
    assert_int_equal(json_array_size(json_object_get(first, "columns")), 5);
    assert_int_equal(json_array_size(json_object_get(first, "rows")), 3);
    assert_string_equal(
        string_of(json_array_get(json_object_get(first, "columns"), 3), "date_order"), "dmy");
    assert_string_equal(string_of(json_array_get(json_object_get(first, "columns"), 2), "point"),
        "comma");

    import = run(site, SITE_ADMIN, file, ",\"dry_run\":true");
    assert_string_equal(string_of(import, "state"), "done");
    assert_int_equal(reported(import, "created"), 2);
    assert_int_equal(reported(import, "rejected"), 1);
    assert_int_equal(deal_count(site), 0);

    import = run(site, SITE_ADMIN, file, "");
    assert_int_equal(reported(import, "created"), 2);
    assert_true(reported(import, "batch") > 0);
    assert_int_equal(deal_count(site), 2);
    answer = site_get(site, SITE_ADMIN,
        cox_arena_format(site->arena, "/api/v1/imports/%s/rejected/0.csv", string_of(import, "id")),
        200);
    assert_non_null(strstr(answer.body.ptr, "error_reason"));
    assert_non_null(strstr(answer.body.ptr, "Cedar"));
    assert_null(strstr(answer.body.ptr, "Alder"));
    answer = site_ask(site, SITE_ADMIN, "GET",
        cox_arena_format(site->arena, "/api/v1/imports/%s/rejected/7.csv", string_of(import, "id")),
        NULL, NULL);
    site_refused(site, &answer, 404, "COX_MISSING");
    import = run(site, SITE_ADMIN, file, "");
    assert_int_equal(reported(import, "unchanged"), 2); /* again changes nothing */
}

static void test_decisions_overrule(void **state)
{
    struct site *site = site_of(state);
    const char *file = send(site, SITE_ADMIN, "list.csv",
        "A,B=x,C\nAlder,500,ada@example.com\nBeech,600,ada@example.com\n");
    json_t *unsure =
        ask(site, SITE_ADMIN, "POST", "/api/v1/import-preview", asked(site, file, ""), 200);
    const char *more =
        ",\"decisions\":{\"list.csv\":{\"entity\":\"opportunity\",\"columns\":{\"A\":\"name\","
        "\"B=x\":\"amount\",\"C\":\"owner\"}}}";
    json_t *json =
        ask(site, SITE_ADMIN, "POST", "/api/v1/import-preview", asked(site, file, more), 200);
    json_t *first = json_array_get(json_object_get(json, "files"), 0);
    struct answer answer;

    unsure = json_array_get(json_object_get(unsure, "files"), 0); /* is shown all the same */
    assert_true(json_is_true(json_object_get(unsure, "is_skipped")));
    assert_int_equal(json_array_size(json_object_get(unsure, "columns")), 3);
    assert_int_equal(json_array_size(json_object_get(unsure, "rows")), 2);

    assert_string_equal(string_of(json_array_get(json_object_get(first, "columns"), 1), "field"),
        "amount");
    assert_int_equal(reported(run(site, SITE_ADMIN, file, more), "created"), 2);
    answer = site_ask(site, SITE_ADMIN, "POST", "/api/v1/import-preview",
        asked(site, file,
            ",\"decisions\":{\"list.csv\":{\"entity\":\"opportunity\",\"columns\":{\"A\":"
            "\"no_such_field\"}}}"),
        NULL);
    site_refused(site, &answer, 400, "COX_INVALID");
    answer = site_ask(site, SITE_ADMIN, "POST", "/api/v1/imports",
        asked(site, file, ",\"decisions\":{\"list.csv\":{\"columns\":{\"A\":\"x\\ny\"}}}"), NULL);
    site_refused(site, &answer, 400, "COX_INVALID");
}

static void test_who_may_and_whose_it_is(void **state)
{
    struct site *site = site_of(state);
    const char *file = send(site, SITE_ADMIN, "..%2F..%2Fetc%2Fpasswd%0A.csv", deals);
    struct answer answer;
    json_t *import;

    answer = site_ask(site, SITE_NOBODY, "POST", "/api/v1/import-files?name=a.csv", deals, NULL);
    site_refused(site, &answer, 401, "COX_SIGN_IN");
    answer = site_ask(site, SITE_REP, "POST", "/api/v1/import-files?name=a.csv", deals, NULL);
    site_refused(site, &answer, 403, "COX_DENIED");
    answer =
        site_ask(site, SITE_MANAGER, "POST", "/api/v1/import-preview", asked(site, file, ""), NULL);
    site_refused(site, &answer, 404, "COX_MISSING"); /* another's file */
    answer = site_ask(site, SITE_ADMIN, "POST", "/api/v1/imports", asked(site, "../../../etc", ""),
        NULL);
    site_refused(site, &answer, 404, "COX_MISSING");
    answer = site_ask(site, SITE_ADMIN, "POST", "/api/v1/imports", "{\"files\":[]}", NULL);
    site_refused(site, &answer, 400, "COX_INVALID");
    answer = site_ask(site, SITE_ADMIN, "POST", "/api/v1/import-files?name=a.csv", NULL, NULL);
    assert_int_equal(answer.status, 400);

    import = run(site, SITE_MANAGER, send(site, SITE_MANAGER, "opportunities.csv", deals), "");
    assert_int_equal(reported(import, "created"), 2); /* rep is in the manager's line */
    answer = site_ask(site, SITE_ADMIN, "GET",
        cox_arena_format(site->arena, "/api/v1/imports/%s", string_of(import, "id")), NULL, NULL);
    site_refused(site, &answer, 404, "COX_MISSING");
}

static void test_a_restart_keeps_imports(void **state)
{
    struct site *site = site_of(state);
    json_t *import = run(site, SITE_ADMIN, send(site, SITE_ADMIN, "opportunities.csv", deals), "");
    const char *path = cox_arena_format(site->arena, "/api/v1/imports/%s", string_of(import, "id"));
    struct cox_server_opt opt = {0};

    assert_int_equal(reported(import, "created"), 2);
    site_restart(site, &opt);
    import = ask(site, SITE_ADMIN, "GET", path, NULL, 200);
    assert_string_equal(string_of(import, "state"), "done");
    assert_int_equal(reported(import, "created"), 2);
    import = ask(site, SITE_ADMIN, "GET", "/api/v1/imports", NULL, 200);
    assert_true(json_array_size(json_object_get(import, "rows")) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_SITES(test_from_file_to_records),
        BOTH_SITES(test_decisions_overrule),
        BOTH_SITES(test_who_may_and_whose_it_is),
        BOTH_SITES(test_a_restart_keeps_imports),
    };

    /* Imports of stores on PostgreSQL lie there. */
    char folder[] = "/tmp/cox-imports-XXXXXX";
    int failed;

    assert_non_null(mkdtemp(folder));
    (void)setenv("STATE_DIRECTORY", folder, 1); /* a good name: cannot fail */
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    place_drop_folder(folder);
    return failed;
}
